//! Files with the one-time codes of invitations: private, one line a person.

use std::collections::BTreeSet;
use std::path::Path;

use countersign_node::ops::files::{self, PRIVATE_FILE_MODE, Privacy};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::Word;
use serde::{Deserialize, Serialize};

use crate::exit::{Failure, Outcome};

/// The largest file of codes.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Somebody with an invitation.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct CodeLine {
    /// The name for `--as`.
    #[serde(rename = "as")]
    pub(super) name: Word,
    /// The organisation.
    pub(super) organisation: OrganisationId,
    /// The role in it.
    pub(super) role: String,
    /// The e-mail address.
    pub(super) email: String,
    /// The one-time code. Not shown where lines are printed.
    #[serde(skip_serializing)]
    pub(super) code: String,
}

impl CodeLine {
    fn cells(&self) -> [String; 5] {
        [
            self.name.to_string(),
            self.organisation.to_string(),
            self.role.clone(),
            self.email.clone(),
            self.code.clone(),
        ]
    }
}

const HEADER: [&str; 5] = ["as", "organisation", "role", "email", "code"];

/// Writes a new file with codes, which only its owner can read.
pub(super) fn write(path: &Path, lines: &[CodeLine]) -> Outcome {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).map_err(Failure::other)?;
    for line in lines {
        writer.write_record(line.cells()).map_err(Failure::other)?;
    }
    let bytes = writer.into_inner().map_err(Failure::other)?;
    Ok(files::write_new(path, &bytes, PRIVATE_FILE_MODE)?)
}

/// Reads a file with codes; one that others may read is refused.
pub(super) fn read(path: &Path) -> Outcome<Vec<CodeLine>> {
    let bytes = files::read(path, FILE_BYTES_MAX, Privacy::Private)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let lines: Result<Vec<CodeLine>, _> = reader.deserialize().collect();
    // The message of a CSV reader may show the line, and the line has a code in it.
    lines.map_err(|error| {
        let line = error.position().map_or(0, csv::Position::line);
        Failure::validation(format_args!(
            "{}, line {line}: this is no line of a file with invitation codes",
            path.display()
        ))
    })
}

/// A name for `--as` out of an e-mail address, that no other has.
pub(super) fn name_of(email: &str, taken: &mut BTreeSet<String>) -> Outcome<Word> {
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let simple = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '-'
        }
    };
    let base: String = local.chars().map(simple).take(40).collect();
    let base = base.trim_start_matches(|letter: char| !letter.is_ascii_lowercase());
    let base = if base.is_empty() { "user" } else { base };
    let mut name = base.to_owned();
    for number in 2_u32.. {
        if taken.insert(name.clone()) {
            break;
        }
        name = format!("{base}-{number}");
    }
    name.parse().map_err(Failure::other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn names_are_short_and_no_two_people_share_one() {
        let mut taken = BTreeSet::new();
        let mut name = |email| name_of(email, &mut taken).unwrap().to_string();
        assert_eq!(name("Efua.Mensah@gov.example"), "efua-mensah");
        assert_eq!(name("efua_mensah@other.example"), "efua-mensah-2");
        assert_eq!(name("007@gov.example"), "user");
    }
}
