//! The node over HTTP: `/api/v1`, the log's tiles, health, metrics and the status page.

pub mod dto;
