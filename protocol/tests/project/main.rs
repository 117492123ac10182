//! Project descriptions: the fragment that forms include, the typed reader, places on the map, differences of versions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod description;
mod diff;
mod fragments;
mod geometry;

use countersign_protocol::workflow::{Process, Schema};

/// The schema of a form, given as TOML, in an otherwise sound process.
fn schema(toml: &str) -> Schema {
    let process = process(toml).unwrap_or_else(|problems| panic!("{problems:?}"));
    process.form("tried").unwrap().schema.clone()
}

fn process(toml: &str) -> Result<Process, Vec<countersign_protocol::workflow::Problem>> {
    let text = include_str!("../workflow/tables/sound.toml");
    let form = format!("[[form]]\nid = \"tried\"\nlabel = \"Tried\"\nschema = {toml}\n\n[[flow]]");
    Process::parse(&text.replacen("[[flow]]", &form, 1))
}
