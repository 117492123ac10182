//! Looking into a case: what was handed in, and what the caller can do next.

use countersign_protocol::record::Commitment;
use countersign_protocol::workflow::{Actor, possible};

use super::super::{App, AppError, Caller, Person};
use super::Seen;
use crate::people::{SealedPart, UserId};

/// A form or comment of a case.
#[derive(Clone, PartialEq, Eq)]
pub struct FiledText {
    /// Whether it is a form or a comment.
    pub part: SealedPart,
    /// The step that it came with.
    pub step: String,
    /// The leaf of the act.
    pub leaf: u64,
    /// Who wrote it, by pseudonym.
    pub user: UserId,
    /// What the ledger carries.
    pub commitment: Commitment,
    /// Salt and text; none once erased.
    pub opened: Option<([u8; 32], String)>,
}

/// A step that the caller can take now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The step.
    pub step: String,
    /// The form to fill in.
    pub form: Option<String>,
    /// The documents to attach.
    pub documents: Vec<String>,
    /// Whether a comment must be given.
    pub comment: bool,
    /// Whether it can be answered with no.
    pub may_refuse: bool,
    /// Why the caller cannot take it although somebody can; `None` when the caller can.
    pub hindrance: Option<String>,
}

/// What is in a case beyond what the ledger shows everybody.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Forms and comments, oldest first.
    pub texts: Vec<FiledText>,
    /// What the caller can do next; empty for the operator.
    pub next: Vec<NextStep>,
}

impl App {
    /// What was handed in with the acts of a case, and what the caller can do next.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub async fn case_file(&self, caller: &Caller, number: u64) -> Result<CaseFile, AppError> {
        let seen = self.seen(number)?;
        self.permit_reading(caller, &seen.known)?;
        let sealed = self.people().sealed_of(number).await?;
        let texts = sealed.into_iter().map(|it| FiledText {
            part: it.part,
            step: it.step,
            leaf: it.leaf,
            user: it.user,
            commitment: it.commitment,
            opened: it.opened,
        });
        let next = match caller {
            Caller::Person(person) => next_steps(&seen, person),
            Caller::Operator(_) => Vec::new(),
        };
        Ok(CaseFile {
            texts: texts.collect(),
            next,
        })
    }
}

/// A person as the process sees it.
pub(super) fn as_actor(person: &Person) -> Actor {
    Actor {
        user: person.principal.user.number(),
        organisation: person.principal.organisation,
        organisation_type: person.membership.organisation_type.clone(),
        role: person.principal.role.clone(),
        scopes: person.membership.sectors.iter().copied().collect(),
    }
}

fn next_steps(seen: &Seen, person: &Person) -> Vec<NextStep> {
    let steps = possible(&seen.process, &seen.known.case, &as_actor(person));
    let steps = steps.unwrap_or_default().into_iter().map(|it| NextStep {
        step: it.step,
        form: it.form,
        documents: it.documents,
        comment: it.comment,
        may_refuse: it.may_refuse,
        hindrance: it.hindrance.map(|why| why.to_string()),
    });
    steps.collect()
}
