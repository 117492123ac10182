//! Findings: what a certifier asks to be mended, and how that ends.

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::Action;
use countersign_protocol::record::{Body, FindingKind, FindingStep};
use countersign_protocol::registry::{Command, NewFinding, OpenFinding};
use tracing::Instrument;

use super::super::write::Mode;
use super::super::{App, AppError, Caller, Written};
use crate::people::{NewSealed, SealedPart};

/// What a finding's texts are kept under, beside the steps of its case.
const STEP: &str = "finding";

/// The longest text of a finding, in bytes.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// Something that is to happen to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingWish {
    /// The case in which it is, or will be, opened.
    pub case: u64,
    /// What is to happen.
    pub deed: FindingDeed,
    /// The finding, its answer or its conclusion. It stays in this node; the ledger carries a commitment.
    pub text: String,
}

/// What is to happen to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingDeed {
    /// The certifier opens one.
    Open(FindingKind),
    /// An owner answers one.
    Answer {
        /// Its number in the case.
        number: u32,
        /// The later case in which this happens, for a forward action request.
        within: Option<u64>,
    },
    /// The certifier closes one.
    Close {
        /// Its number in the case.
        number: u32,
        /// The later case in which this happens, for a forward action request.
        within: Option<u64>,
    },
}

impl App {
    /// Opens, answers or closes a finding of a case.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or the rules stand against it.
    pub async fn finding(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: FindingWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        caller.person()?;
        let (app, caller) = (self.clone(), caller.clone());
        // A task of its own: a caller who goes away must not leave a text kept and its record unwritten.
        let work = async move { app.write_finding(&caller, request, wish, mode).await };
        tokio::spawn(work.in_current_span())
            .await
            .map_err(|error| AppError::internal("write a finding", &error))?
    }

    /// The findings that are open in a case, with the forward action requests of its project's other cases. That they exist
    /// is public; what they say is not.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such case.
    pub fn open_findings(&self, case: u64) -> Result<Vec<OpenFinding>, AppError> {
        self.ledger()
            .read(|state| {
                state.case(case)?;
                Some(state.open_findings(case).copied().collect())
            })
            .ok_or_else(|| AppError::not_found("case", &case))
    }

    async fn write_finding(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: FindingWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let person = caller.person()?;
        let _alone = self.inner.naming.of(&request).lock().await;
        let is_written = self.is_written(&request)?;
        if !is_written {
            let seen = self.seen(wish.case)?;
            let action = match wish.deed {
                FindingDeed::Answer { .. } => Action::FindingAnswer,
                FindingDeed::Open(_) | FindingDeed::Close { .. } => Action::FindingWrite,
            };
            self.permit_case(caller, action, &seen.known)?;
        }
        if wish.text.trim().is_empty() || wish.text.len() > TEXT_BYTES_MAX {
            let why = format!("say it in 1 to {TEXT_BYTES_MAX} bytes");
            return Err(AppError::body("/text", why));
        }
        let keeps = mode == Mode::Write && !is_written;
        let sealed = NewSealed {
            request,
            part: SealedPart::Comment,
            case: wish.case,
            step: STEP,
            user: person.principal.user,
            content: &wish.text,
        };
        let now_ms = self.now_ms();
        let text = self.people().seal(sealed, !keeps, now_ms).await?;
        let by = person.acted_by()?;
        let step = |number, within| FindingStep {
            case: wish.case,
            number,
            within,
            text,
            by: by.clone(),
        };
        let new = match wish.deed {
            FindingDeed::Open(kind) => NewFinding::Open {
                case: wish.case,
                kind,
                text,
                by: by.clone(),
            },
            FindingDeed::Answer { number, within } => NewFinding::Answer(step(number, within)),
            FindingDeed::Close { number, within } => NewFinding::Close(step(number, within)),
        };
        let command = Command::Finding(Box::new(new));
        let submitted = self.submit(caller.actor(), request, command, mode).await;
        match &submitted {
            Ok(written) if keeps => {
                let leaf = written.find(|index, body| is_finding(body).then_some(index));
                let leaf = leaf.unwrap_or(written.receipt.first_index);
                self.people().settle_sealed(&request, leaf).await?;
            }
            Err(AppError::Refused(_)) if keeps => self.people().drop_sealed(&request).await?,
            _ => {}
        }
        submitted
    }
}

fn is_finding(body: &Body) -> bool {
    matches!(
        body,
        Body::FindingOpened(_) | Body::FindingAnswered(_) | Body::FindingClosed(_)
    )
}
