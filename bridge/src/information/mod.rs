//! What the registry gives to the initial report and to the regular information of Article 6, as workbooks and JSON.
//!
//! JSON holds fractions exactly; a workbook holds them rounded, halves away from zero. The same information gives the same
//! bytes.

mod initial;
mod json;
mod regular;
mod sheets;

pub use crate::aef::WriteError;
pub use json::{
    InitialDocument, QuantityDocument, RegularDocument, RowDocument, read_initial_json,
    read_regular_json, write_initial_json, write_regular_json,
};

use countersign_protocol::article6::{InitialInformation, RegularInformation};

/// The structured summary and the quantities under it as a workbook of two sheets.
///
/// # Errors
/// [`WriteError`] where the workbook cannot be written.
pub fn write_regular_workbook(information: &RegularInformation) -> Result<Vec<u8>, WriteError> {
    sheets::write(
        "Article 6 regular information",
        &regular::sheets(information),
    )
}

/// The registry's part of the initial report as a workbook of four sheets.
///
/// # Errors
/// [`WriteError`] where the workbook cannot be written.
pub fn write_initial_workbook(information: &InitialInformation) -> Result<Vec<u8>, WriteError> {
    sheets::write("Article 6 initial report", &initial::sheets(information))
}
