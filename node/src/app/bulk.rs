//! Many wishes at once: each row is a request of its own, as if it had been sent singly.
//!
//! Rows are submitted in their order and the ledger plans them in that order, so later rows see what earlier ones did. A
//! row's request id follows from the upload's key and its number: sending the same file again with the same key writes
//! only what is missing.

use std::time::Duration;

use countersign_protocol::id::RequestId;
use countersign_protocol::record::Body;
use countersign_protocol::registry::{Command, Refusal};
use countersign_protocol::workflow::{Effect, SubjectKind};
use futures::StreamExt;
use futures::stream::iter;
use sha2::{Digest, Sha256};

use super::write::{Mode, Retirement, retire_command};
use super::{ActWish, App, AppError, Caller, CaseWish, HoldWish, Written};

/// Rows that are on their way to the ledger at a time: enough to fill its blocks, few beside its queue.
const ON_THEIR_WAY: usize = 64;

/// How often a row is offered again to a ledger whose queue is full.
const BUSY_TRIES: u32 = 20;
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkRow {
    /// Its number, from 1.
    pub row: u32,
    /// What it wants.
    pub wish: BulkWish,
}

/// What a row wants.
#[derive(Clone, Debug, PartialEq)]
pub enum BulkWish {
    /// An account, or a transfer between two accounts.
    Write(Command),
    /// Units used or cancelled.
    Retire(Box<Retirement>),
    /// A hold.
    Hold(Box<HoldWish>),
    /// A case, and the first step of it.
    Case(Box<CaseWish>, Box<ActWish>),
}

impl BulkWish {
    /// Whether the first thing that is done for it is to submit it. What keeps a name or a form before that would let a later
    /// row overtake it.
    const fn is_submitted_at_once(&self) -> bool {
        matches!(self, Self::Write(_))
    }

    /// What it is about, where a process may have a flow for it.
    const fn subject(&self) -> Option<(SubjectKind, &'static str)> {
        match self {
            Self::Write(Command::Transfer { .. }) => {
                Some((SubjectKind::TransferRequest, "a transfer"))
            }
            Self::Retire(_) => Some((SubjectKind::RetirementRequest, "a retirement")),
            _ => None,
        }
    }
}

impl App {
    /// Carries out rows, or tries them: then each is judged as if those before it had been written.
    ///
    /// # Errors
    /// Each row has its own; only a node that fails fails the whole.
    pub async fn bulk(
        &self,
        caller: &Caller,
        key: RequestId,
        rows: Vec<BulkRow>,
        mode: Mode,
    ) -> Result<Vec<Result<Written, AppError>>, AppError> {
        if mode == Mode::Try {
            return self.try_rows(caller, key, rows).await;
        }
        let keep_order = rows.iter().all(|row| row.wish.is_submitted_at_once());
        let on_their_way = if keep_order { ON_THEIR_WAY } else { 1 };
        let done = iter(rows)
            .map(|row| self.carry_out(caller, key, row))
            .buffered(on_their_way);
        Ok(done.collect().await)
    }

    async fn carry_out(
        &self,
        caller: &Caller,
        key: RequestId,
        BulkRow { row, wish }: BulkRow,
    ) -> Result<Written, AppError> {
        self.not_by_process(&wish)?;
        for _ in 0..BUSY_TRIES {
            match self.carry_out_once(caller, key, row, wish.clone()).await {
                Err(AppError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
                done => return done,
            }
        }
        Err(AppError::Busy)
    }

    async fn carry_out_once(
        &self,
        caller: &Caller,
        key: RequestId,
        row: u32,
        wish: BulkWish,
    ) -> Result<Written, AppError> {
        let request = row_request(&key, row, Part::First);
        match wish {
            BulkWish::Write(command) => self.write(caller, request, command, Mode::Write).await,
            BulkWish::Retire(retirement) => {
                self.retire(caller, request, *retirement, Mode::Write).await
            }
            BulkWish::Hold(wish) => self.place_hold(caller, request, *wish, Mode::Write).await,
            BulkWish::Case(open, mut act) => {
                let opened = self.open_case(caller, request, *open, Mode::Write).await?;
                let number = opened.find(|_, body| match body {
                    Body::CaseOpened(it) => Some(it.case),
                    _ => None,
                });
                act.case = number.ok_or(AppError::Internal)?;
                let (case, request) = (act.case, row_request(&key, row, Part::Second));
                let acted = self.act(caller, request, *act, Mode::Write).await;
                acted.map_err(|why| AppError::HalfDone {
                    case,
                    why: Box::new(why),
                })
            }
        }
    }

    /// Tries rows in one go. Of a case only the opening can be tried: its step needs the case.
    async fn try_rows(
        &self,
        caller: &Caller,
        key: RequestId,
        rows: Vec<BulkRow>,
    ) -> Result<Vec<Result<Written, AppError>>, AppError> {
        let mut answers = Vec::with_capacity(rows.len());
        let mut commands = Vec::new();
        for BulkRow { row, wish } in rows {
            let request = row_request(&key, row, Part::First);
            if let BulkWish::Case(open, _) = wish {
                let tried = self.open_case(caller, request, *open, Mode::Try).await;
                answers.push(Some(tried));
                continue;
            }
            match self.row_command(caller, wish) {
                Ok(command) => {
                    commands.push((request, command));
                    answers.push(None);
                }
                Err(error) => answers.push(Some(Err(error))),
            }
        }
        let mut tried = self.try_out_all(commands).await?.into_iter();
        let fill = |answer: Option<_>| {
            let tried = answer.or_else(|| tried.next());
            tried.unwrap_or(Err(AppError::Internal))
        };
        Ok(answers.into_iter().map(fill).collect())
    }

    /// What a row would ask of the ledger, if its sender may.
    fn row_command(&self, caller: &Caller, wish: BulkWish) -> Result<Command, AppError> {
        self.not_by_process(&wish)?;
        match wish {
            BulkWish::Write(command) => {
                self.permit_command(caller, &command)?;
                Ok(command)
            }
            BulkWish::Retire(retirement) => {
                caller.operator()?;
                // A name changes nothing about what the rules say.
                Ok(retire_command(*retirement, None))
            }
            BulkWish::Hold(wish) => self.hold_command(caller, *wish),
            BulkWish::Case(..) => Err(AppError::Internal),
        }
    }

    /// Under a process that has a flow for it, a row is told the way.
    fn not_by_process(&self, wish: &BulkWish) -> Result<(), AppError> {
        let Some((subject, what)) = wish.subject() else {
            return Ok(());
        };
        let way = self.ledger().read(|state| {
            let process = state.process()?;
            let flow = process.flows.iter().find(|flow| flow.subject == subject)?;
            let asks = |step: &&countersign_protocol::workflow::Step| step.has_effect(Effect::Reserve);
            let step = flow.steps.iter().find(asks)?;
            let (flow, step) = (&flow.id, &step.id);
            Some(format!(
                "send rows {{\"open\": {{\"flow\": \"{flow}\", ...}}, \"act\": {{\"step\": \"{step}\", ...}}}} to \
                 /api/v1/bulk/cases: each opens a case and takes its first step"
            ))
        });
        match way {
            Some(way) => Err(AppError::ByProcess {
                refusal: Refusal::ByProcess(what),
                way,
            }),
            None => Ok(()),
        }
    }
}

/// A case takes two requests.
#[derive(Clone, Copy)]
enum Part {
    First = 1,
    Second = 2,
}

/// The request id of a line of another kind of file.
pub(super) fn line_request(key: &RequestId, line: u64) -> RequestId {
    row_request(key, u32::try_from(line).unwrap_or(u32::MAX), Part::First)
}

/// The request id of a row: the same for the same upload, and no other's.
fn row_request(key: &RequestId, row: u32, part: Part) -> RequestId {
    let mut hash = Sha256::new();
    hash.update(b"countersign/bulk-row/v1");
    hash.update(key.0);
    hash.update(row.to_be_bytes());
    hash.update([part as u8]);
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    RequestId(id)
}
