//! Numbers in addresses.

use crate::app::AppError;
use crate::http::problem::ApiError;

/// A number out of an address; anything else names nothing that is here.
pub(super) fn number(what: &'static str, text: &str) -> Result<u64, ApiError> {
    let unknown = || AppError::NotFound {
        what,
        id: text.chars().take(48).collect(),
    };
    Ok(text.parse().map_err(|_| unknown())?)
}
