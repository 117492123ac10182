//! Letters: an act owes what its step names, in every language of the process; each is issued once, and nothing else is.

use std::sync::LazyLock;

use countersign_protocol::record::{Commitment, LetterIssued};
use countersign_protocol::registry::{Command, OwedLetters, Refusal};
use proptest::prelude::*;

use crate::small::{
    CERTIFIER, DEVELOPER, account_of, act, act_and_issue, authorised_project, certifier, developer,
    document, monitored, official, open, plain, registry, survives_storage, verify,
};
use crate::support::{Ledger, text};

/// Everything that is owed, in order.
fn owed(ledger: &Ledger) -> Vec<OwedLetters> {
    ledger.state.letters_owed_after(0).cloned().collect()
}

fn pairs(owed: &OwedLetters) -> Vec<(&str, &str)> {
    let letters = owed.letters.iter();
    letters
        .map(|it| (it.letter.as_str(), it.language.as_str()))
        .collect()
}

fn letter(owed: &OwedLetters, letter: &str, language: &str) -> LetterIssued {
    LetterIssued {
        case: owed.case,
        act: owed.act,
        letter: text(letter),
        language: text(language),
        sha256: [9; 32],
    }
}

fn issue(ledger: &mut Ledger, letter: LetterIssued) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&Command::IssueLetter(Box::new(letter)))
}

fn is_not_owed<T: std::fmt::Debug>(done: &Result<T, Refusal>) -> bool {
    matches!(done, Err(Refusal::LetterNotOwed { .. }))
}

/// [`authorised`], made once: the way there is long.
static AUTHORISED: LazyLock<(Ledger, OwedLetters)> = LazyLock::new(authorised);

/// A project that was authorised, and what its act owes.
fn authorised() -> (Ledger, OwedLetters) {
    let mut ledger = registry();
    authorised_project(&mut ledger);
    let [owed] = <[OwedLetters; 1]>::try_from(owed(&ledger)).unwrap();
    (ledger, owed)
}

#[test]
fn the_act_that_completes_a_step_owes_its_letters_in_every_language() {
    let (mut ledger, owed) = authorised();
    assert_eq!(
        pairs(&owed),
        [("authorisation", "en"), ("authorisation", "fr")]
    );
    // The last vote completes the step; the one before owes nothing.
    let last = ledger.state.case(owed.case).unwrap().changed_at;
    assert_eq!(owed.act, last);
    assert!(ledger.state.letters_owed_by(last - 1).is_none());
    survives_storage(&mut ledger);
}

#[test]
fn a_no_owes_the_letters_of_the_no() {
    let mut ledger = registry();
    let case = open(&mut ledger, "project", None, &developer()).unwrap();
    let mut submit = plain(case, "submit", &developer());
    submit.form = Some(Commitment([4; 32]));
    submit.documents = vec![document("design-document")];
    submit.names = Some(CERTIFIER);
    act(&mut ledger, submit).unwrap();
    let mut validate = plain(case, "validate", &certifier());
    validate.form = Some(Commitment([5; 32]));
    validate.documents = vec![document("validation-report")];
    validate.period = Some(text("2021-01-01/2030-12-31"));
    act(&mut ledger, validate).unwrap();
    act(&mut ledger, plain(case, "recommend", &official(1))).unwrap();
    assert_eq!(owed(&ledger), []);
    let mut refuse = plain(case, "authorise", &official(2));
    refuse.no = true;
    act(&mut ledger, refuse).unwrap();
    assert_eq!(
        pairs(&owed(&ledger)[0]),
        [("rejection", "en"), ("rejection", "fr")]
    );
}

#[test]
fn each_letter_is_issued_once_in_each_language_and_then_nothing_is_owed() {
    let (mut ledger, first) = authorised();
    let english = letter(&first, "authorisation", "en");
    issue(&mut ledger, english.clone()).unwrap();
    assert_eq!(pairs(&owed(&ledger)[0]), [("authorisation", "fr")]);
    // Neither the same file nor another one takes its place.
    assert!(is_not_owed(&issue(&mut ledger, english.clone())));
    let other = LetterIssued {
        sha256: [8; 32],
        ..english
    };
    assert!(is_not_owed(&issue(&mut ledger, other)));
    survives_storage(&mut ledger);
    issue(&mut ledger, letter(&first, "authorisation", "fr")).unwrap();
    assert_eq!(owed(&ledger), []);
    assert!(is_not_owed(&issue(
        &mut ledger,
        letter(&first, "authorisation", "fr")
    )));
    survives_storage(&mut ledger);
}

#[test]
fn nothing_is_issued_that_no_act_named() {
    let (mut ledger, owed) = authorised();
    for refused in [
        letter(&owed, "issuance", "en"),
        letter(&owed, "authorisation", "es"),
        LetterIssued {
            act: owed.act - 1,
            ..letter(&owed, "authorisation", "en")
        },
        LetterIssued {
            act: u64::MAX,
            ..letter(&owed, "authorisation", "en")
        },
    ] {
        assert!(is_not_owed(&issue(&mut ledger, refused)));
    }
    let elsewhere = LetterIssued {
        case: owed.case + 1,
        ..letter(&owed, "authorisation", "en")
    };
    let refusal = Refusal::LetterOfAnotherCase {
        act: owed.act,
        found: owed.case + 1,
        wanted: owed.case,
    };
    assert_eq!(issue(&mut ledger, elsewhere), Err(refusal));
}

#[test]
fn no_letter_comes_between_an_act_and_the_units_that_it_issues() {
    let (mut ledger, _) = authorised();
    let project = ledger.state.cases().last().unwrap().number;
    let account = account_of(&mut ledger, DEVELOPER);
    let case = monitored(&mut ledger, project);
    act(&mut ledger, verify(case, &[(2023, 100)])).unwrap();
    act(&mut ledger, plain(case, "issue", &official(1))).unwrap();
    act_and_issue(&mut ledger, plain(case, "issue", &official(2)), account).unwrap();
    let acts: Vec<OwedLetters> = owed(&ledger);
    assert_eq!(pairs(&acts[1]), [("issuance", "en"), ("issuance", "fr")]);
    issue(&mut ledger, letter(&acts[1], "issuance", "fr")).unwrap();
    assert_eq!(ledger.available(account), 100);
}

proptest! {
    /// Whatever is tried in whatever order: what is issued and what is still owed are together what was named.
    #[test]
    fn issued_and_owed_are_what_was_named(
        tries in proptest::collection::vec((0..3_usize, 0..3_usize, 0..2_u64, 0..2_u64), 0..24),
    ) {
        let (mut ledger, first) = AUTHORISED.clone();
        let mut made = Vec::new();
        for (which, language, case, act) in tries {
            let new = LetterIssued {
                case: first.case + case,
                act: first.act - act,
                ..letter(&first, ["authorisation", "issuance", "rejection"][which], ["en", "fr", "es"][language])
            };
            if issue(&mut ledger, new.clone()).is_ok() {
                prop_assert_eq!((new.case, new.act), (first.case, first.act));
                made.push((new.letter.to_string(), new.language.to_string()));
            }
        }
        let left = ledger.state.letters_owed_by(first.act);
        let left = left.into_iter().flat_map(|it| &it.letters);
        let mut all: Vec<_> = left.map(|it| (it.letter.clone(), it.language.clone())).collect();
        all.extend(made);
        all.sort();
        let named: Vec<_> = first.letters.iter().map(|it| (it.letter.clone(), it.language.clone())).collect();
        prop_assert_eq!(all, named);
    }
}
