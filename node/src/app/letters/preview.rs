//! What the letters of a step would look like, before it is taken.

use countersign_protocol::record::Body;
use countersign_protocol::registry::{OwedLetter, OwedLetters, letters_named};

use super::clerk::names;
use super::content;
use super::facts::{Facts, Standing};
use crate::app::{ActWish, App, AppError, Caller, Mode, Written};
use countersign_protocol::id::RequestId;

/// A letter that a step would issue, as it would look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterPreview {
    /// Its id in the process.
    pub letter: String,
    /// The language.
    pub language: String,
    /// The file, marked as a preview: PDF/A-3b.
    pub bytes: Vec<u8>,
}

impl App {
    /// The letters that an act which was tried would issue; none for an act that completes no step.
    ///
    /// # Errors
    /// [`AppError`] when the act would not be taken any more.
    pub fn letters_of_trial(&self, written: &Written) -> Result<Vec<OwedLetter>, AppError> {
        let act = written.find(|_, body| match body {
            Body::CaseAct(act) => Some(act.clone()),
            _ => None,
        });
        let Some(act) = act.filter(|_| written.is_trial) else {
            return Ok(Vec::new());
        };
        let time_ms = written.receipt.time_ms;
        let named = self
            .ledger()
            .read(|state| letters_named(state, time_ms, &act));
        named.map_err(AppError::Refused)
    }

    /// One of them, made from what the wish says. Nothing is kept and nothing is written.
    ///
    /// # Errors
    /// [`AppError`] when the step cannot be taken, names no such letter, or the letter cannot be made.
    pub async fn preview_letter(
        &self,
        caller: &Caller,
        wish: ActWish,
        wanted: OwedLetter,
    ) -> Result<LetterPreview, AppError> {
        let (case, form, comment) = (wish.case, wish.form.clone(), wish.comment.clone());
        let mut request = [0; 16];
        getrandom::fill(&mut request)
            .map_err(|error| AppError::internal("draw a request id", &error))?;
        let tried = self
            .act(caller, RequestId(request), wish, Mode::Try)
            .await?;
        let named = self.letters_of_trial(&tried)?;
        if !named.contains(&wanted) {
            let all = named
                .iter()
                .map(|it| format!("{} in {}", it.letter, it.language));
            let all = all.collect::<Vec<_>>().join(", ");
            let why = if all.is_empty() {
                "this act would issue no letters".to_owned()
            } else {
                format!("this act would issue: {all}")
            };
            return Err(AppError::parameter("letter", why));
        }
        let mut facts = self.facts_of_trial(case, &tried)?;
        self.add_texts(&mut facts).await?;
        if let Some(form) = form {
            let flow = facts.known.case.flow.clone();
            let step = facts.act.step.to_string();
            facts.add_form(&flow, &step, &form.to_string());
        }
        facts.comment = comment;
        if let Some(reservation) = &facts.known.reserved {
            facts.reserved.clone_from(&reservation.ranges);
        }
        let (id, language) = names(&wanted)?;
        let data = content::data(&facts, &wanted.letter, &language, &self.office.letterhead)?;
        let pdf = self.office.letters.render(&id, &language, &data).await?;
        Ok(LetterPreview {
            letter: wanted.letter,
            language: wanted.language,
            bytes: pdf.bytes,
        })
    }

    fn facts_of_trial(&self, case: u64, tried: &Written) -> Result<Facts, AppError> {
        let (known, _) = self.case_and_process(case)?;
        let found = tried.find(|index, body| match body {
            Body::CaseAct(act) => Some((index, act.clone())),
            _ => None,
        });
        let (leaf, act) = found.ok_or_else(|| AppError::not_found("act of case", &case))?;
        let owed = OwedLetters {
            case,
            act: leaf,
            process: known.case.process,
            letters: Vec::new(),
        };
        self.gather(&owed, act, &tried.records, |origin| Standing {
            origin,
            leaf,
            head: None,
            time_ms: tried.receipt.time_ms,
        })
    }
}
