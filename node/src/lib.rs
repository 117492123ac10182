//! One country's node: store, ledger, network, federation, application and HTTP.

pub mod app;
pub mod bridges;
pub mod clock;
pub mod conformance;
pub mod documents;
pub mod export;
pub mod federation;
pub mod http;
pub mod ledger;
pub mod letters;
pub mod mail;
pub mod mirror;
pub mod network;
pub mod open_data;
pub mod ops;
pub mod people;
pub mod projection;
pub mod radar;
pub mod recover;
pub mod reports;
pub mod run;
pub mod store;
pub mod trust;
pub mod web;
pub mod webhooks;
pub mod witness;
