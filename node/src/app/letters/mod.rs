//! The letters of cases: what acts name is made, recorded, listed, given out, and shown to be genuine.

mod carrying;
mod certificate;
mod clerk;
mod content;
mod facts;
mod preview;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use countersign_protocol::log::Hash;
use countersign_protocol::permission::Action;
use countersign_protocol::registry::{OwedLetter, OwedLetters, RegistryCase};
use countersign_protocol::workflow::Process;

use super::{App, AppError, Caller, LIST_MAX};
use crate::documents::Content;
use crate::letters::{Letterhead, Letters};
use crate::projection::query::{LetterRow, Page, Window};

pub use certificate::Certificate;
pub use preview::LetterPreview;

/// Everything that making letters takes.
pub(super) struct LetterOffice {
    letters: Letters,
    /// The same templates with turns of their own: nobody who asks for certificates delays a letter.
    certificates: Letters,
    letterhead: Letterhead,
    /// One at a time: two tries of one letter would only be in each other's way.
    turn: tokio::sync::Mutex<()>,
    troubles: std::sync::Mutex<BTreeMap<Which, Trouble>>,
}

/// One letter of one act.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Which {
    act: u64,
    letter: OwedLetter,
}

/// A letter that could not be made so far.
#[derive(Clone, Debug)]
struct Trouble {
    why: String,
    again_ms: u64,
}

impl LetterOffice {
    pub(super) fn new(letters: Letters, letterhead: Letterhead) -> Self {
        Self {
            certificates: letters.apart(),
            letters,
            letterhead,
            turn: tokio::sync::Mutex::default(),
            troubles: std::sync::Mutex::default(),
        }
    }

    fn trouble(&self, which: &Which) -> Option<Trouble> {
        let troubles = self.troubles.lock();
        let troubles = troubles.unwrap_or_else(PoisonError::into_inner);
        troubles.get(which).cloned()
    }

    fn note(&self, which: Which, trouble: Option<Trouble>) {
        let troubles = self.troubles.lock();
        let mut troubles = troubles.unwrap_or_else(PoisonError::into_inner);
        match trouble {
            Some(trouble) => drop(troubles.insert(which, trouble)),
            None => drop(troubles.remove(&which)),
        }
    }
}

/// A letter of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLetter {
    /// The case.
    pub case: u64,
    /// Leaf of the act that named it.
    pub act: u64,
    /// Its id in the process.
    pub letter: String,
    /// Its title, in its language.
    pub title: String,
    /// The language.
    pub language: String,
    /// Where it stands; `None` while it is still to be made.
    pub issued: Option<IssuedLetter>,
    /// Why it could not be made so far, where it was tried in vain.
    pub trouble: Option<String>,
}

/// Where a letter stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuedLetter {
    /// SHA-256 of its file.
    pub sha256: Hash,
    /// The leaf that records it.
    pub leaf: u64,
    /// When it was recorded, in milliseconds since 1970.
    pub time_ms: u64,
}

/// What the ledger says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterCheck {
    /// SHA-256 of the file.
    pub sha256: Hash,
    /// The letter; `None` when no letter with this hash was issued here.
    pub letter: Option<CaseLetter>,
    /// Leaves that were looked through: a letter that is newer than that is not known yet.
    pub size: u64,
}

impl App {
    /// The same use cases with the country's templates and letterhead.
    #[must_use]
    pub fn with_letters(self, letters: Letters, letterhead: Letterhead) -> Self {
        Self {
            office: Arc::new(LetterOffice::new(letters, letterhead)),
            ..self
        }
    }

    /// The letters of a case: those that were issued, oldest first, then those that its acts still owe.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not see them, or the read model is not ready.
    pub async fn letters_of(
        &self,
        caller: &Caller,
        case: u64,
    ) -> Result<Vec<CaseLetter>, AppError> {
        let (known, process) = self.case_and_process(case)?;
        self.permit_letters(caller, &known)?;
        let window = Window {
            limit: LIST_MAX,
            ..Window::default()
        };
        // Before the list: what is issued meanwhile is then named twice rather than not at all.
        let owed = self.ledger().read(|state| {
            let of_case = |it: &&OwedLetters| it.case == case;
            let owed = state.letters_owed_after(0).filter(of_case);
            owed.cloned().collect::<Vec<_>>()
        });
        let issued = self.lists().await?.letters_of(case, &window).await?.items;
        let is_issued = |act: u64, it: &OwedLetter| {
            issued
                .iter()
                .any(|row| row.act == act && row.letter == it.letter && row.language == it.language)
        };
        let still = owed.iter().flat_map(|owed| {
            let left = owed.letters.iter();
            left.filter(|it| !is_issued(owed.act, it))
                .map(|it| self.owed_letter(&process, owed, it))
        });
        let still: Vec<CaseLetter> = still.collect();
        let issued = issued.into_iter().map(|row| issued_letter(&process, row));
        Ok(issued.chain(still).collect())
    }

    /// The file of a letter: its name for people, its length in bytes, and its bytes.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when no such letter was issued, [`AppError::Forbidden`] when the caller may not have it.
    pub async fn letter_file(
        &self,
        caller: &Caller,
        sha256: Hash,
    ) -> Result<(CaseLetter, u64, Content), AppError> {
        let unknown = || AppError::not_found("letter", &hex::encode(sha256));
        let letter = self.check_letter(sha256).await?.letter;
        let letter = letter.ok_or_else(unknown)?;
        let (known, _) = self.case_and_process(letter.case)?;
        match self.permit_letters(caller, &known) {
            Err(AppError::NotFound { .. }) => return Err(unknown()),
            other => other?,
        }
        let (bytes, content) = self
            .documents()
            .letter(&sha256)
            .await?
            .ok_or_else(unknown)?;
        Ok((letter, bytes, content))
    }

    /// Whether a file with this hash is a letter that was issued here, and where it stands. Anybody may ask: who has the
    /// file has its hash, and the ledger that says so is public.
    ///
    /// # Errors
    /// [`AppError::NotListed`] while the read model is not ready.
    pub async fn check_letter(&self, sha256: Hash) -> Result<LetterCheck, AppError> {
        let (row, size) = self.lists().await?.letter(&sha256).await?;
        let letter = row.and_then(|row| {
            let (_, process) = self.case_and_process(row.case).ok()?;
            Some(issued_letter(&process, row))
        });
        Ok(LetterCheck {
            sha256,
            letter,
            size,
        })
    }

    /// Letters that were issued, by their leaves. For everybody: the ledger that says so is public, and nothing of a letter is
    /// shown.
    ///
    /// # Errors
    /// [`AppError::NotListed`] while the read model is not ready.
    pub async fn issued_letters(&self, window: &Window) -> Result<Page<CaseLetter>, AppError> {
        let page = self.lists().await?.letters(window).await?;
        let letter = |row: LetterRow| {
            let (_, process) = self.case_and_process(row.case)?;
            Ok(issued_letter(&process, row))
        };
        let items: Result<Vec<CaseLetter>, AppError> = page.items.into_iter().map(letter).collect();
        Ok(Page {
            items: items?,
            next: page.next,
            size: page.size,
        })
    }

    /// How many letters are owed, and how many of those could not be made when it was tried.
    #[must_use]
    pub fn letters_waiting(&self) -> (u64, u64) {
        let owed = self.ledger().read(|state| {
            let owed = state.letters_owed_after(0);
            owed.map(|it| it.letters.len() as u64).sum()
        });
        let troubles = self.office.troubles.lock();
        let troubles = troubles.unwrap_or_else(PoisonError::into_inner);
        (owed, troubles.len() as u64)
    }

    /// Whom the matrix lets read letters, and the owners, whose letters they are. An API key opens them only when it was
    /// made for that.
    fn permit_letters(&self, caller: &Caller, known: &RegistryCase) -> Result<(), AppError> {
        let refused = match self.permit_case(caller, Action::LetterRead, known) {
            Ok(()) => return Ok(()),
            Err(refused) => refused,
        };
        let Caller::Person(person) = caller else {
            return Err(refused);
        };
        let principal = &person.principal;
        let owns = known.case.subject.owners.contains(&principal.organisation);
        if owns && principal.session().is_some() {
            return Ok(());
        }
        Err(refused)
    }

    fn owed_letter(&self, process: &Process, owed: &OwedLetters, it: &OwedLetter) -> CaseLetter {
        let which = Which {
            act: owed.act,
            letter: it.clone(),
        };
        CaseLetter {
            case: owed.case,
            act: owed.act,
            title: title(process, &it.letter, &it.language),
            letter: it.letter.clone(),
            language: it.language.clone(),
            issued: None,
            trouble: self.office.trouble(&which).map(|trouble| trouble.why),
        }
    }
}

fn issued_letter(process: &Process, row: LetterRow) -> CaseLetter {
    CaseLetter {
        case: row.case,
        act: row.act,
        title: title(process, &row.letter, &row.language),
        letter: row.letter,
        language: row.language,
        issued: Some(IssuedLetter {
            sha256: row.sha256,
            leaf: row.leaf,
            time_ms: row.time_ms,
        }),
        trouble: None,
    }
}

/// What a letter is called; its id where the process knows it no more.
fn title(process: &Process, letter: &str, language: &str) -> String {
    let known = process.letters.iter().find(|it| it.id == letter);
    known.map_or(letter, |it| it.label.get(language)).to_owned()
}
