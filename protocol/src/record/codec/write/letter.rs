//! Letters, domain to wire.

use crate::record::LetterIssued;
use crate::record::wire;

pub(super) fn letter_issued(it: &LetterIssued) -> wire::LetterIssued {
    wire::LetterIssued {
        case: it.case,
        act: it.act,
        letter: it.letter.to_string(),
        language: it.language.to_string(),
        sha256: it.sha256.to_vec(),
    }
}
