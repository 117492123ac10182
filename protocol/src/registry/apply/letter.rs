//! Letters: an act owes what its step names, and each is made once.

use crate::record::LetterIssued;
use crate::registry::apply::Context;
use crate::registry::letter::in_each_language;
use crate::registry::tx::Tx;
use crate::registry::{Key, OwedLetters, Refusal, Value};
use crate::workflow::{Case, Id, Process};

/// Notes what an act owes: every letter that it named, in every language of its process.
pub(super) fn owe(
    tx: &mut Tx<'_>,
    context: Context,
    number: u64,
    case: &Case,
    process: &Process,
    letters: &[Id],
) {
    let letters = in_each_language(process, letters);
    if letters.is_empty() {
        return;
    }
    let act = context.at.index;
    let owed = OwedLetters {
        case: number,
        act,
        process: case.process,
        letters,
    };
    tx.put(Key::OwedLetters(act), Value::OwedLetters(Box::new(owed)));
}

/// A letter is made: it must be owed, and is not any more.
pub(super) fn issued(tx: &mut Tx<'_>, it: &LetterIssued) -> Result<(), Refusal> {
    let LetterIssued {
        case,
        act,
        letter,
        language,
        // Whoever has the file can hold it against this; the rules have no file.
        sha256: _,
    } = it;
    let refused = || Refusal::LetterNotOwed {
        act: *act,
        letter: letter.to_string(),
        language: language.to_string(),
    };
    let owed = tx.state().letters_owed_by(*act).ok_or_else(refused)?;
    if owed.case != *case {
        return Err(Refusal::LetterOfAnotherCase {
            act: *act,
            found: *case,
            wanted: owed.case,
        });
    }
    let mut left = owed.clone();
    left.letters
        .retain(|it| it.letter != letter.as_str() || it.language != language.as_str());
    if left.letters.len() == owed.letters.len() {
        return Err(refused());
    }
    let key = Key::OwedLetters(*act);
    if left.letters.is_empty() {
        tx.delete(key);
    } else {
        tx.put(key, Value::OwedLetters(Box::new(left)));
    }
    Ok(())
}
