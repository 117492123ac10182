//! Taking a step of a case.

use countersign_protocol::id::{AccountId, RequestId};
use countersign_protocol::permission::{acting, weighing};
use countersign_protocol::record::{
    AttachedDocument, Body, CaseAct, Claim, Commitment, Fate, Purpose, RetireKind, Word,
};
use countersign_protocol::registry::{Command, IssueTo, NewAct, Reserve, Selection};
use countersign_protocol::workflow::{FormError, Stated, Step, stated};
use serde_json::Value;
use tracing::Instrument;

use super::super::beneficiaries::FavourWish;
use super::super::write::Mode;
use super::super::{App, AppError, Caller, Person, StoredRecord, Written};
use super::Seen;
use crate::people::{DraftOf, NewSealed, SealedPart};

/// The longest comment, in bytes.
const COMMENT_BYTES_MAX: usize = 16 * 1024;

/// A step that somebody wants to take.
#[derive(Clone, Debug, PartialEq)]
pub struct ActWish {
    /// The case.
    pub case: u64,
    /// The step.
    pub step: Word,
    /// Answers the step with no.
    pub no: bool,
    /// The filled form. It stays in this node; the ledger carries a commitment.
    pub form: Option<Value>,
    /// Documents that come along.
    pub documents: Vec<AttachedDocument>,
    /// A comment. It stays in this node, as the form does.
    pub comment: Option<String>,
    /// Where units go that the step issues.
    pub issue: Option<IssueTo>,
    /// Units that the step reserves.
    pub reserve: Option<ReserveWish>,
}

/// Units to be reserved for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReserveWish {
    /// The account that holds them.
    pub account: AccountId,
    /// Which.
    pub units: Selection,
    /// What is to become of them.
    pub fate: UnitsFate,
}

/// What is to become of reserved units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitsFate {
    /// They move to another account.
    Transfer {
        /// The account.
        to: AccountId,
    },
    /// They are used or cancelled.
    Retire {
        /// Used or cancelled.
        kind: RetireKind,
        /// For what.
        purpose: Purpose,
        /// What is said about it, publicly.
        claim: Claim,
        /// In whose name. It stays in this node.
        beneficiary: FavourWish,
    },
}

impl App {
    /// Takes a step of a case.
    ///
    /// The form is held against the process's own schema, and what it says in numbers (verified tonnes, the assigned
    /// certifier) goes into the record from there. Form and comment are kept under a fresh salt in this node.
    ///
    /// # Errors
    /// [`AppError`] when the matrix, the policy, the form or the process stands against it.
    pub async fn act(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: ActWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let person = caller.person()?.clone();
        let (app, caller) = (self.clone(), caller.clone());
        // A task of its own: a caller who goes away must not leave a form kept and its act unwritten.
        let work = async move { app.take_step(&caller, &person, request, wish, mode).await };
        tokio::spawn(work.in_current_span())
            .await
            .map_err(|error| AppError::internal("take a step of a case", &error))?
    }

    async fn take_step(
        &self,
        caller: &Caller,
        person: &Person,
        request: RequestId,
        wish: ActWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let _alone = self.inner.naming.of(&request).lock().await;
        let is_written = self.is_written(&request)?;
        let seen = self.seen(wish.case)?;
        let step = seen.step(wish.step.as_str())?;
        if !is_written {
            self.permit_step(caller, person, &seen, step)?;
            check_texts(&seen, step, &wish)?;
            self.check_documents(wish.case, &wish.documents).await?;
        }
        let stated = facts(&seen, step, &wish)?;
        let keeps = mode == Mode::Write && !is_written;
        let texts = Texts::seal(self, person, request, &wish, is_written || !keeps).await?;
        let command = self
            .command(caller, request, &wish, stated, &texts, !keeps)
            .await?;
        let submitted = self.submit(caller.actor(), request, command, mode).await;
        if keeps {
            self.keep_or_drop(person, request, &wish, &submitted)
                .await?;
        }
        submitted
    }

    /// What the matrix and the country's policy say before the process is asked.
    fn permit_step(
        &self,
        caller: &Caller,
        person: &Person,
        seen: &Seen,
        step: &Step,
    ) -> Result<(), AppError> {
        let by_party = seen.is_party(person.principal.organisation);
        let action = acting(seen.known.kind, step, by_party);
        self.permit_case(caller, action, &seen.known)?;
        let Some(heavy) = weighing(step) else {
            return Ok(());
        };
        // Whoever brought the case into this stage proposed what the step carries out, and so did those who voted for it.
        let case = &seen.known.case;
        let last = case.performed.last().filter(|done| done.flow == case.flow);
        let steps = last.into_iter().flat_map(|done| &done.by);
        let votes = case.votes(&step.id).iter();
        let policy = self.inner.matrix.policy();
        let approver = person.principal.user.number();
        for proposer in steps.chain(votes) {
            policy.check_second_person(heavy, proposer.user, approver)?;
        }
        Ok(())
    }

    async fn command(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: &ActWish,
        stated: Stated,
        texts: &Texts,
        is_written: bool,
    ) -> Result<Command, AppError> {
        let reserve = match &wish.reserve {
            None => None,
            Some(reserve) => Some(Reserve {
                account: reserve.account,
                units: reserve.units.clone(),
                fate: self
                    .fate(caller, request, &reserve.fate, is_written)
                    .await?,
            }),
        };
        let act = CaseAct {
            case: wish.case,
            step: wish.step.clone(),
            no: wish.no,
            by: Some(caller.person()?.acted_by()?),
            form: texts.form,
            documents: wish.documents.clone(),
            comment: texts.comment,
            names: stated.names.filter(|_| !wish.no),
            amounts: if wish.no { Vec::new() } else { stated.amounts },
            reservation: None,
            period: stated.period.filter(|_| !wish.no),
        };
        Ok(Command::Act(Box::new(NewAct {
            act,
            issue: wish.issue.clone(),
            reserve,
        })))
    }

    async fn fate(
        &self,
        caller: &Caller,
        request: RequestId,
        fate: &UnitsFate,
        is_written: bool,
    ) -> Result<Fate, AppError> {
        Ok(match fate {
            UnitsFate::Transfer { to } => Fate::Transfer { to: *to },
            UnitsFate::Retire {
                kind,
                purpose,
                claim,
                beneficiary,
            } => {
                let commitment = match self.favour(caller, beneficiary).await? {
                    Some(favour) => Some(self.keep_favour(request, favour, is_written).await?),
                    None => None,
                };
                Fate::Retire {
                    kind: *kind,
                    purpose: *purpose,
                    beneficiary: commitment,
                    claim: claim.clone(),
                }
            }
        })
    }

    /// What was sealed belongs to a leaf now, or to nothing. Whatever else went wrong, the ledger is asked later
    /// ([`App::tidy`]).
    async fn keep_or_drop(
        &self,
        person: &Person,
        request: RequestId,
        wish: &ActWish,
        submitted: &Result<Written, AppError>,
    ) -> Result<(), AppError> {
        match submitted {
            Ok(written) => {
                let leaf = act_leaf(&written.records).unwrap_or(written.receipt.first_index);
                self.people().settle_sealed(&request, leaf).await?;
                let documents = wish.documents.iter().map(|document| document.sha256);
                self.attach_documents(wish.case, documents, leaf).await?;
                let draft = DraftOf {
                    case: wish.case,
                    organisation: person.principal.organisation,
                    step: wish.step.as_str(),
                };
                if wish.form.is_some() {
                    self.people().drop_draft(draft).await?;
                }
            }
            Err(AppError::Refused(_)) => {
                self.people().drop_sealed(&request).await?;
                self.drop_favour(request).await?;
            }
            Err(_) => {}
        }
        Ok(())
    }
}

/// The leaf of the act among those that its request wrote.
pub(super) fn act_leaf(records: &[StoredRecord]) -> Option<u64> {
    let act = records
        .iter()
        .find(|stored| matches!(stored.record.body, Body::CaseAct(_)));
    act.map(|stored| stored.index)
}

/// The commitments of an act's texts.
#[derive(Default)]
struct Texts {
    form: Option<Commitment>,
    comment: Option<Commitment>,
}

impl Texts {
    async fn seal(
        app: &App,
        person: &Person,
        request: RequestId,
        wish: &ActWish,
        is_written: bool,
    ) -> Result<Self, AppError> {
        // JSON with its names in order and without blanks: the same form is the same text.
        let form = wish.form.as_ref().map(Value::to_string);
        let seal = async |part, text: Option<&str>| {
            let Some(content) = text else {
                return Ok(None);
            };
            let new = NewSealed {
                request,
                part,
                case: wish.case,
                step: wish.step.as_str(),
                user: person.principal.user,
                content,
            };
            let sealed = app.people().seal(new, is_written, app.now_ms()).await;
            sealed.map(Some)
        };
        // Side by side: both wait for the same sync of the disk.
        let (form, comment) = futures::try_join!(
            seal(SealedPart::Form, form.as_deref()),
            seal(SealedPart::Comment, wish.comment.as_deref()),
        )?;
        Ok(Self { form, comment })
    }
}

fn form_fault(form: &str, errors: Vec<FormError>) -> AppError {
    AppError::Form {
        form: form.to_owned(),
        errors,
    }
}

fn facts(seen: &Seen, step: &Step, wish: &ActWish) -> Result<Stated, AppError> {
    let Some(form) = &wish.form else {
        return Ok(Stated::default());
    };
    let name = step.form.as_deref().unwrap_or_default();
    stated(&seen.process, step, form).map_err(|error| form_fault(name, vec![error]))
}

/// What people wrote, before anything of it is kept.
fn check_texts(seen: &Seen, step: &Step, wish: &ActWish) -> Result<(), AppError> {
    let comment = wish.comment.as_deref().unwrap_or_default();
    if comment.len() > COMMENT_BYTES_MAX {
        let why = format!("a comment may have {COMMENT_BYTES_MAX} bytes; attach longer texts");
        return Err(AppError::body("/comment", why));
    }
    let form = step.form.as_deref().and_then(|id| seen.process.form(id));
    let (Some(form), Some(instance)) = (form, &wish.form) else {
        return Ok(());
    };
    let errors = form.schema.errors(instance);
    if errors.is_empty() {
        return Ok(());
    }
    Err(form_fault(&form.id, errors))
}
