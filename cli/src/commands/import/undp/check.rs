//! Holding a row against the country's process, and telling all mistakes at once.

use countersign_bridge::undp::{Organisation, RowError};
use countersign_protocol::record::Name;
use countersign_protocol::workflow::Process;

use crate::exit::Failure;

/// The most mistakes that are printed.
const SHOWN_MAX: usize = 100;

/// The mistakes of a file, the first few of them.
pub(super) fn faults(found: Vec<RowError>) -> Failure {
    let count = found.len();
    let message = format!("{count} mistakes in the files: nothing was written");
    let failure = Failure::validation(message);
    let shown = found.into_iter().take(SHOWN_MAX);
    let failure = shown.fold(failure, Failure::hint);
    if count > SHOWN_MAX {
        return failure.hint(format_args!("... and {} more", count - SHOWN_MAX));
    }
    failure
}

pub(super) fn fault(
    file: &str,
    line: u64,
    column: &str,
    value: &str,
    why: &dyn std::fmt::Display,
) -> RowError {
    RowError {
        file: file.to_owned(),
        line,
        column: Some(column.to_owned()),
        value: Some(value.to_owned()),
        why: why.to_string(),
    }
}

/// What of an organisation this country's process does not allow.
pub(super) fn organisation(
    it: &Organisation,
    process: &Process,
    file: &str,
    found: &mut Vec<RowError>,
) {
    let mut wrong = |column: &str, value: &str, why: &dyn std::fmt::Display| {
        found.push(fault(file, it.line, column, value, why));
    };
    if let Err(why) = it.name.parse::<Name>() {
        wrong("NAME", &it.name, &why);
    }
    match process.organisation_type(&it.organisation_type) {
        None => {
            let why = format!(
                "the process has no type {}; change the mapping or the row",
                it.organisation_type
            );
            wrong("TYPE", &it.organisation_type, &why);
        }
        Some(kind) if kind.sectoral && it.scopes.is_empty() => {
            let why =
                "an organisation of this type answers for sectoral scopes: name them, such as 1;3";
            wrong("SECTORAL SCOPE", "", &why);
        }
        Some(kind) if !kind.sectoral && !it.scopes.is_empty() => {
            let why =
                "an organisation of this type has no sectoral scopes here: leave the field empty";
            wrong("SECTORAL SCOPE", "", &why);
        }
        Some(_) => {}
    }
}
