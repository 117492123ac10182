//! Letters, wire to domain.

use super::Reader;
use crate::record::wire;
use crate::record::{Body, DecodeError, LetterIssued};

pub(super) fn letter_issued(it: &wire::LetterIssued) -> Result<Body, DecodeError> {
    let read = Reader("letter_issued");
    Ok(Body::LetterIssued(LetterIssued {
        case: read.case_number("case", it.case)?,
        act: read.act(it.act)?,
        letter: read.parse("letter", &it.letter)?,
        language: read.parse("language", &it.language)?,
        sha256: read.hash("sha256", &it.sha256)?,
    }))
}

impl Reader {
    /// The leaf of an act: never the first of a ledger, which is its genesis.
    fn act(self, leaf: u64) -> Result<u64, DecodeError> {
        if leaf == 0 {
            self.fail("act", &"is leaf 0; a ledger begins with its genesis")
        } else {
            Ok(leaf)
        }
    }
}
