//! `/api/v1`: what the command line does, as JSON.

mod ledger;
mod process;
mod registry;
mod transfers;
mod view;
mod write;

use axum::Router;
use axum::routing::{delete, get, post};

use super::Served;

pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route("/status", get(ledger::status))
        .route(
            "/organisations",
            get(registry::organisations).post(write::organisation),
        )
        .route("/accounts", get(registry::accounts).post(write::account))
        .route("/accounts/{id}", get(registry::account))
        .route("/accounts/{id}/holdings", get(registry::holdings))
        .route("/accounts/{id}/statement", get(registry::statement))
        .route("/projects", get(registry::projects).post(write::project))
        .route("/partners", get(registry::partners).post(write::partner))
        .route("/partners/{party}", delete(write::remove_partner))
        .route("/partners/{party}/ping", post(registry::ping))
        .route(
            "/agreements",
            get(registry::agreements).post(write::agreement),
        )
        .route("/agreements/sign", post(write::sign_agreement))
        .route("/invite", get(registry::invite))
        .route("/units/{name}", get(registry::units))
        .route("/transfers", get(transfers::list).post(write::send))
        .route("/transfers/{id}", get(transfers::show))
        .route("/transfers/{id}/cancel", post(write::cancel))
        .route("/issuances", post(write::issue))
        .route("/holds", post(write::hold))
        .route("/account-transfers", post(write::account_transfer))
        .route("/retirements", post(write::retire))
        .route("/keys/rotate", post(write::rotate))
        .route("/processes", get(process::list).post(process::adopt))
        .route("/processes/{version}/file", get(process::file))
        .route("/enrolments", post(process::enrol))
        .route("/cases", get(process::cases))
        .route("/cases/{number}", get(process::case))
        .route("/ledger/head", get(ledger::head))
        .route("/ledger/records", get(ledger::records))
        .route("/ledger/proof", get(ledger::proof))
}
