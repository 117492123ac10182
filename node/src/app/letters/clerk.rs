//! Making what is owed.
//!
//! The ledger says which letters its acts still owe; nothing else is remembered. A letter is made, its file is kept, and then
//! its record is written, which ends the debt. A stop between any two of these leaves the debt: the letter is made again,
//! from the same data with the same bytes, and what was kept before is kept once more.

use std::time::Duration;

use countersign_protocol::id::RequestId;
use countersign_protocol::record::LetterIssued;
use countersign_protocol::registry::{Command, OwedLetter, OwedLetters};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::facts::Facts;
use super::{Trouble, Which, content};
use crate::app::{App, AppError, Mode};
use crate::documents::MadeLetter;
use crate::letters::{Language, LetterId};
use crate::people::Actor;

/// The most acts whose letters are made in one go.
const ACTS_MAX: usize = 100;
/// After how long a letter that could not be made is tried again, in milliseconds.
const AGAIN_MS: u64 = 60_000;
/// How often the debts are looked at when the ledger is quiet.
const LOOK: Duration = Duration::from_secs(60);

impl App {
    /// Makes letters as acts name them, until the node stops.
    pub async fn make_letters(self, stop: CancellationToken) {
        let mut head = self.ledger().head();
        loop {
            if let Err(error) = self.issue_letters().await {
                warn!(%error, "letters could not be made; they are made later");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                changed = head.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Makes the letters that are owed, and gives how many. One that cannot be made keeps none of the others waiting; why is
    /// in the journal and in the list of the case's letters.
    ///
    /// # Errors
    /// [`AppError`] when the ledger cannot take them now; the rest is done at the next call.
    pub async fn issue_letters(&self) -> Result<usize, AppError> {
        let _turn = self.office.turn.lock().await;
        let signed = self.size();
        let owed: Vec<OwedLetters> = self.ledger().read(|state| {
            // The state may be a block ahead of what is durable.
            let owed = state.letters_owed_after(0);
            let owed = owed.filter(|it| it.act < signed);
            owed.filter(|it| self.is_due(it))
                .take(ACTS_MAX)
                .cloned()
                .collect()
        });
        let mut made = 0;
        for owed in &owed {
            let facts = match self.facts_of(owed).await {
                Ok(facts) => facts,
                Err(error @ (AppError::Busy | AppError::ReadOnly(_))) => return Err(error),
                Err(error) => {
                    owed.letters
                        .iter()
                        .for_each(|letter| self.in_trouble(owed, letter, &error));
                    continue;
                }
            };
            for letter in &owed.letters {
                match self.issue(owed, letter, &facts).await {
                    Ok(()) => made += 1,
                    Err(error @ (AppError::Busy | AppError::ReadOnly(_))) => return Err(error),
                    Err(error) => self.in_trouble(owed, letter, &error),
                }
            }
        }
        Ok(made)
    }

    /// Whether something of it is to be tried now.
    fn is_due(&self, owed: &OwedLetters) -> bool {
        let now_ms = self.now_ms();
        owed.letters.iter().any(|letter| {
            let which = Which {
                act: owed.act,
                letter: letter.clone(),
            };
            let trouble = self.office.trouble(&which);
            trouble.is_none_or(|trouble| trouble.again_ms <= now_ms)
        })
    }

    fn in_trouble(&self, owed: &OwedLetters, letter: &OwedLetter, error: &AppError) {
        let OwedLetter {
            letter: id,
            language,
        } = letter;
        warn!(case = owed.case, act = owed.act, letter = id, language, %error, "a letter could not be made");
        let which = Which {
            act: owed.act,
            letter: letter.clone(),
        };
        let trouble = Trouble {
            why: error.to_string(),
            again_ms: self.now_ms().saturating_add(AGAIN_MS),
        };
        self.office.note(which, Some(trouble));
    }

    /// Makes one letter, keeps its file, writes its record.
    async fn issue(
        &self,
        owed: &OwedLetters,
        letter: &OwedLetter,
        facts: &Facts,
    ) -> Result<(), AppError> {
        let (id, language) = names(letter)?;
        let data = content::data(facts, &letter.letter, &language, &self.office.letterhead)?;
        let pdf = self.office.letters.render(&id, &language, &data).await?;
        let made = MadeLetter {
            case: owed.case,
            act: owed.act,
            letter: &letter.letter,
            language: &letter.language,
            bytes: &pdf.bytes,
        };
        let sha256 = self.documents().keep_letter(made, self.now_ms()).await?;
        let unwritable = |error: countersign_protocol::id::IdError| {
            AppError::internal("name a letter in a record", &error)
        };
        let record = LetterIssued {
            case: owed.case,
            act: owed.act,
            letter: letter.letter.parse().map_err(unwritable)?,
            language: letter.language.parse().map_err(unwritable)?,
            sha256,
        };
        let command = Command::IssueLetter(Box::new(record));
        let request = request_of(owed.act, letter);
        let actor = Actor::new("letters");
        match self.submit(&actor, request, command, Mode::Write).await {
            Ok(_) => info!(case = owed.case, letter = %id, %language, "a letter was issued"),
            // Written by a try whose answer did not arrive.
            Err(AppError::Conflict { .. }) => {}
            Err(other) => return Err(other),
        }
        let which = Which {
            act: owed.act,
            letter: letter.clone(),
        };
        self.office.note(which, None);
        Ok(())
    }
}

/// Id and language as templates are found by them.
pub(super) fn names(letter: &OwedLetter) -> Result<(LetterId, Language), AppError> {
    let unusable = |why: &'static str| AppError::Letter(why.into());
    Ok((
        letter.letter.parse().map_err(unusable)?,
        letter.language.parse().map_err(unusable)?,
    ))
}

/// The same letter has the same request id, also after a stop in between.
fn request_of(act: u64, letter: &OwedLetter) -> RequestId {
    let mut hash = Sha256::new();
    hash.update(b"letter");
    hash.update(act.to_be_bytes());
    for part in [&letter.letter, &letter.language] {
        hash.update([u8::try_from(part.len()).unwrap_or(u8::MAX)]);
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    RequestId(id)
}
