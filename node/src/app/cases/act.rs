//! Taking a step of a case.

use countersign_protocol::id::{AccountId, AgreementId, RequestId};
use countersign_protocol::party::Party;
use countersign_protocol::permission::{acting, weighing};
use countersign_protocol::project::Description;
use countersign_protocol::record::{
    AttachedDocument, Body, CaseAct, Claim, Commitment, Fate, Purpose, RetireKind, Sending, Word,
};
use countersign_protocol::registry::{Command, IssueTo, NewAct, Refusal, Reserve, Selection};
use countersign_protocol::workflow::{FormError, Stated, Step, SubjectKind, stated};
use serde_json::Value;
use tracing::Instrument;

use super::super::beneficiaries::FavourWish;
use super::super::write::{EXPIRY_DEFAULT_MS, Mode};
use super::super::{App, AppError, Caller, Person, StoredRecord, Written};
use super::Seen;
use crate::ledger::Submission;
use crate::people::{DraftOf, NewSealed, SealedPart};

/// Where a form says the sectoral scope of its project.
const SCOPE: &str = "/sectoral_scope";

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
    /// They are locked for a partner country once the case approves it.
    Send {
        /// The country.
        to: Party,
        /// The agreement.
        agreement: AgreementId,
        /// Its account.
        account: AccountId,
        /// Expiry by the destination's clock; [`EXPIRY_DEFAULT_MS`] from now when not given.
        expiry_ms: Option<u64>,
    },
}

/// How often the policy is asked about one act while others act in the same case.
const LOOKS_MAX: usize = 16;

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
        let evidence = if is_written {
            Vec::new()
        } else {
            self.check_evidence(&seen.known, wish.form.as_ref()).await?
        };
        let stated = facts(&seen, step, &wish)?;
        let keeps = mode == Mode::Write && !is_written;
        if keeps {
            self.claim_evidence(wish.case, &evidence).await?;
        }
        let description = description(&seen, step, &wish);
        let _ids_alone = match &description {
            Some(of) if !is_written && !of.external_ids.is_empty() => {
                let alone = self.radar().naming.lock().await;
                self.refuse_taken_ids(wish.case, of).await?;
                Some(alone)
            }
            _ => None,
        };
        let texts = Texts::seal(self, person, request, &wish, is_written || !keeps).await?;
        let command = self
            .command(caller, request, &wish, stated, &texts, !keeps)
            .await?;
        let submitted = if keeps && weighing(step).is_some() {
            self.submit_weighed(caller, person, request, command, &seen, step)
                .await
        } else {
            self.submit(caller.actor(), request, command, mode).await
        };
        if keeps {
            self.keep_or_drop(person, request, &wish, &submitted)
                .await?;
            if description.is_some() {
                self.note_handed_in(wish.case);
            }
            self.settle_evidence(wish.case, &evidence, submitted.is_ok())
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

    /// Writes an act on which the policy has a say. Whoever proposed it must still be who the policy was asked about when
    /// its turn comes, so the ledger takes it only if nothing happened in the case meanwhile; otherwise the policy is asked
    /// again.
    async fn submit_weighed(
        &self,
        caller: &Caller,
        person: &Person,
        request: RequestId,
        command: Command,
        seen: &Seen,
        step: &Step,
    ) -> Result<Written, AppError> {
        let (case, mut changed_at) = (seen.known.number, seen.known.changed_at);
        for _ in 0..LOOKS_MAX {
            let submission = Submission::new(request, command.clone());
            let submission = submission.if_unchanged(case, changed_at);
            let tried = self.submit_as(caller.actor(), submission).await;
            match tried {
                Err(AppError::Refused(Refusal::CaseChanged { .. })) => {}
                other => return other,
            }
            let now = self.seen(case)?;
            self.permit_step(caller, person, &now, step)?;
            changed_at = now.known.changed_at;
        }
        Err(AppError::Refused(Refusal::CaseChanged {
            case,
            at: changed_at,
        }))
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
            UnitsFate::Send {
                to,
                agreement,
                account,
                expiry_ms,
            } => {
                let default_ms = self.now_ms().saturating_add(EXPIRY_DEFAULT_MS);
                let expiry_ms = match expiry_ms {
                    Some(expiry_ms) => *expiry_ms,
                    // The same wish again means the expiry that was chosen at its first time.
                    None => self.asked_expiry(&request)?.unwrap_or(default_ms),
                };
                Fate::Send(Box::new(Sending {
                    destination: *to,
                    agreement: agreement.clone(),
                    to: *account,
                    nonce: request,
                    expiry_ms,
                }))
            }
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

    /// The expiry in the reservation that a request wrote, if it wrote one.
    fn asked_expiry(&self, request: &RequestId) -> Result<Option<u64>, AppError> {
        let Some(stored) = self.ledger().store().request(request)? else {
            return Ok(None);
        };
        let records = self.records_of(stored.first_index, stored.count)?;
        Ok(records.iter().find_map(|stored| match &stored.record.body {
            Body::CaseAct(act) => match &act.reservation.as_ref()?.fate {
                Fate::Send(sending) => Some(sending.expiry_ms),
                _ => None,
            },
            _ => None,
        }))
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
            Err(AppError::Refused(_) | AppError::Forbidden(_) | AppError::SamePerson(_)) => {
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

/// What a form says of the project that the case is about, if it says anything and is not part of a no.
fn description(seen: &Seen, step: &Step, wish: &ActWish) -> Option<Description> {
    let form = seen.process.form(step.form.as_deref()?)?;
    let describes = form.schema.fragment().is_some() && seen.known.kind == SubjectKind::Project;
    let instance = wish.form.as_ref().filter(|_| describes && !wish.no)?;
    Description::read(instance).ok()
}

fn facts(seen: &Seen, step: &Step, wish: &ActWish) -> Result<Stated, AppError> {
    // A no states nothing in public: it may leave out what a yes says.
    let Some(form) = wish.form.as_ref().filter(|_| !wish.no) else {
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
    let mut errors = wish.form.as_ref().map(|form| form_errors(seen, step, form));
    // Why it is a no says the comment; of the form it takes what there is.
    if let Some(errors) = errors.as_mut().filter(|_| wish.no) {
        errors.retain(|it| !it.is_missing);
    }
    match errors {
        Some(errors) if !errors.is_empty() => {
            Err(form_fault(step.form.as_deref().unwrap_or_default(), errors))
        }
        _ => Ok(()),
    }
}

/// Everything that is wrong with, or missing in, the form of a step.
pub(super) fn form_errors(seen: &Seen, step: &Step, instance: &Value) -> Vec<FormError> {
    let form = step.form.as_deref().and_then(|id| seen.process.form(id));
    let Some(form) = form else { return Vec::new() };
    let mut errors = form.schema.errors(instance);
    let is_scope_wrong = errors.iter().any(|it| it.pointer == SCOPE);
    if form.schema.fragment().is_some() && !is_scope_wrong {
        errors.extend(other_scope(seen, instance));
    }
    errors
}

/// The scope in the form is one of those that the case was opened with, which the ledger shows everybody.
fn other_scope(seen: &Seen, instance: &Value) -> Option<FormError> {
    let scope = instance.get("sectoral_scope")?.as_u64()?;
    let known: Vec<u64> = seen
        .known
        .case
        .subject
        .scopes
        .iter()
        .map(|it| it.number().into())
        .collect();
    if known.is_empty() || known.contains(&scope) {
        return None;
    }
    let known: Vec<String> = known.iter().map(u64::to_string).collect();
    let why = format!(
        "is not among the scopes of the case; give one of {}",
        known.join(", ")
    );
    Some(FormError::wrong(SCOPE.to_owned(), why))
}
