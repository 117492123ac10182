//! What addresses name.

use std::str::FromStr;

use crate::app::AppError;
use crate::http::problem::ApiError;

/// That there is nothing of this name; as much of it as is worth showing.
pub(super) fn unknown(what: &'static str, text: &str) -> AppError {
    AppError::NotFound {
        what,
        id: text.chars().take(48).collect(),
    }
}

/// The id out of an address; anything else names nothing that is here.
pub(super) fn named<T: FromStr>(what: &'static str, text: &str) -> Result<T, AppError> {
    text.parse().map_err(|_| unknown(what, text))
}

/// A number out of an address; anything else names nothing that is here.
pub(super) fn number(what: &'static str, text: &str) -> Result<u64, ApiError> {
    Ok(named(what, text)?)
}
