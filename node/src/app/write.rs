//! Use cases that write.

use countersign_protocol::id::{AccountId, AgreementId, RequestId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{
    Body, Claim, Commitment, PartnerStatus, Purpose, Reason, RetireKind,
};
use countersign_protocol::registry::{Command, Selection};
use tracing::{Instrument, info};

use super::beneficiaries::{Favour, FavourWish};
use super::{App, AppError, Caller, FederationError, StoredRecord};
use crate::ledger::{Receipt, Submission, SubmitError};
use crate::people::Actor;

/// How long a transfer to a partner stays open when nobody says: 30 days, in milliseconds.
pub const EXPIRY_DEFAULT_MS: u64 = 30 * 24 * 3_600_000;

/// What a write did: durable when this exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The ledger's receipt.
    pub receipt: Receipt,
    /// The leaves that the request wrote, in order.
    pub records: Vec<StoredRecord>,
    /// True when the request had been written before and this is its first receipt again.
    pub is_replay: bool,
    /// True when nothing was written: the leaves are those that the request would write now.
    pub is_trial: bool,
}

impl Written {
    /// The first of the written leaves that `pick` accepts.
    pub fn find<T>(&self, pick: impl Fn(u64, &Body) -> Option<T>) -> Option<T> {
        self.records
            .iter()
            .find_map(|stored| pick(stored.index, &stored.record.body))
    }
}

/// What came of a wish that may take two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is on the ledger, or was only tried. A trial that takes two names user 0 for whoever would approve.
    Done(Written),
    /// A second person must approve this proposal.
    Proposed(u64),
}

/// Whether a wish is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    #[default]
    Write,
    /// It is only tried: the answer is what it would write now, or what stands against it.
    Try,
}

/// Units for a partner country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendOrder {
    /// The partner.
    pub to: Party,
    /// The agreement.
    pub agreement: AgreementId,
    /// The giving account.
    pub from: AccountId,
    /// The partner's account.
    pub to_account: AccountId,
    /// Which units.
    pub units: Selection,
    /// Expiry by the destination's clock; [`EXPIRY_DEFAULT_MS`] from now when not given.
    pub expiry_ms: Option<u64>,
}

impl SendOrder {
    /// The request id is the nonce: one wish, one transfer.
    fn command(&self, request: RequestId, expiry_ms: u64) -> Command {
        Command::Send {
            to: self.to,
            agreement: self.agreement.clone(),
            from: self.from,
            to_account: self.to_account,
            units: self.units.clone(),
            nonce: request,
            expiry_ms,
        }
    }
}

/// Units to be used or cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// The account.
    pub account: AccountId,
    /// Which units.
    pub units: Selection,
    /// Used or cancelled.
    pub kind: RetireKind,
    /// For what.
    pub purpose: Purpose,
    /// What is said about it, publicly.
    pub claim: Claim,
    /// In whose name. It stays in this node.
    pub beneficiary: FavourWish,
}

impl App {
    /// Writes what a command asks for: organisations, accounts, projects, issuances, holds, transfers between accounts and
    /// cancel requests. Commands that need more than the ledger have methods of their own.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or the rules refuse it, the id was used for something else, or the ledger can not take
    /// it now.
    pub async fn write(
        &self,
        caller: &Caller,
        request: RequestId,
        command: Command,
        mode: Mode,
    ) -> Result<Written, AppError> {
        self.permit_command(caller, &command)?;
        self.submit(caller.actor(), request, command, mode).await
    }

    /// What the matrix says of a command. What users do by cases, and what only runs without a process, is the operator's.
    pub(super) fn permit_command(
        &self,
        caller: &Caller,
        command: &Command,
    ) -> Result<(), AppError> {
        let country = Object::default();
        match command {
            Command::OpenAccount { organisation, .. } => {
                self.permit_of(caller, Action::AccountOpen, *organisation)
            }
            Command::Hold { account, lift, .. } => {
                let action = if *lift {
                    Action::HoldLift
                } else {
                    Action::HoldPlace
                };
                let owner = self.known_account(*account)?.account.organisation;
                self.permit_of(caller, action, owner)
            }
            Command::Enrol { .. } => self.permit(caller, Action::OrganisationCreate, &country),
            _ => caller.operator().map(drop),
        }
    }

    /// Writes a command that was permitted.
    pub(super) async fn submit(
        &self,
        actor: &Actor,
        request: RequestId,
        command: Command,
        mode: Mode,
    ) -> Result<Written, AppError> {
        if mode == Mode::Try {
            return self.try_out(request, command).await;
        }
        self.submit_as(actor, Submission::new(request, command))
            .await
    }

    /// Writes what was permitted.
    pub(super) async fn submit_as(
        &self,
        actor: &Actor,
        submission: Submission,
    ) -> Result<Written, AppError> {
        let is_replay = self.is_written(&submission.request)?;
        let receipt = self.ledger().submit(submission).await?;
        self.written(actor, receipt, is_replay)
    }

    /// Locks units for a partner country.
    ///
    /// # Errors
    /// As [`App::write`].
    pub async fn send(
        &self,
        caller: &Caller,
        request: RequestId,
        order: &SendOrder,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let actor = caller.operator()?;
        let is_replay = self.is_written(&request)?;
        if !is_replay {
            self.federation().may_begin(order.to)?;
        }
        let expiry_ms = order
            .expiry_ms
            .unwrap_or_else(|| self.now_ms().saturating_add(EXPIRY_DEFAULT_MS));
        if mode == Mode::Try {
            return self
                .try_out(request, order.command(request, expiry_ms))
                .await;
        }
        let submitted = self.submit_send(request, order, expiry_ms).await;
        let receipt = match submitted {
            // Without an expiry of the caller's the first try chose one: the same wish again means that one.
            Err(SubmitError::Conflict { first_index, .. }) if order.expiry_ms.is_none() => {
                let first_ms = self.locked_expiry(&request, first_index)?;
                self.submit_send(request, order, first_ms.unwrap_or(expiry_ms))
                    .await?
            }
            other => other?,
        };
        self.written(actor, receipt, is_replay)
    }

    async fn submit_send(
        &self,
        request: RequestId,
        order: &SendOrder,
        expiry_ms: u64,
    ) -> Result<Receipt, SubmitError> {
        let command = order.command(request, expiry_ms);
        self.ledger()
            .submit(Submission::new(request, command))
            .await
    }

    /// The expiry in the lock that a request wrote, if it wrote one.
    fn locked_expiry(&self, request: &RequestId, first: u64) -> Result<Option<u64>, AppError> {
        let Some(stored) = self.ledger().store().request(request)? else {
            return Ok(None);
        };
        let records = self.records_of(first, stored.count)?;
        Ok(records.iter().find_map(|stored| match &stored.record.body {
            Body::Lock(lock) => Some(lock.expiry_ms),
            _ => None,
        }))
    }

    /// Asks the destination of an open transfer to refuse it. The units stay locked until it has answered.
    ///
    /// # Errors
    /// As [`App::write`].
    pub async fn cancel(
        &self,
        caller: &Caller,
        request: RequestId,
        transfer: TransferId,
        reason: Reason,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let command = Command::Cancel { transfer, reason };
        self.write(caller, request, command, mode).await
    }

    /// Uses or cancels units. A beneficiary's name is kept in this node under a fresh salt; the ledger carries
    /// `SHA-256(salt || name)`.
    ///
    /// # Errors
    /// As [`App::write`].
    pub async fn retire(
        &self,
        caller: &Caller,
        request: RequestId,
        retirement: Retirement,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let (app, actor) = (self.clone(), caller.operator()?.clone());
        let favour = self.favour(caller, &retirement.beneficiary).await?;
        let favour = match favour {
            Some(favour) if mode == Mode::Write => favour,
            // A name changes nothing about what the rules say.
            _ => {
                let command = retire_command(retirement, None);
                return app.submit(&actor, request, command, mode).await;
            }
        };
        // A task of its own: a caller who goes away must not leave a name half kept.
        let work = async move {
            app.retire_in_name(&actor, request, retirement, favour)
                .await
        };
        tokio::spawn(work.in_current_span())
            .await
            .map_err(|error| AppError::internal("retire units", &error))?
    }

    async fn retire_in_name(
        &self,
        actor: &Actor,
        request: RequestId,
        retirement: Retirement,
        favour: Favour,
    ) -> Result<Written, AppError> {
        let _alone = self.inner.naming.of(&request).lock().await;
        let is_replay = self.is_written(&request)?;
        let commitment = self.keep_favour(request, favour, is_replay).await?;
        let command = retire_command(retirement, Some(commitment));
        let submitted = self
            .ledger()
            .submit(Submission::new(request, command))
            .await;
        if matches!(submitted, Err(SubmitError::Refused(_))) && !is_replay {
            // Nothing was written: the name is not needed here.
            self.drop_favour(request).await?;
        }
        self.written(actor, submitted?, is_replay)
    }

    /// Lists a partner country from its signed invitation.
    ///
    /// # Errors
    /// As [`App::write`], and when the invitation does not verify.
    pub async fn add_partner(
        &self,
        caller: &Caller,
        request: RequestId,
        invite: &str,
        mode: Mode,
    ) -> Result<Written, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        let actor = caller.actor();
        if mode == Mode::Try {
            let command = self.federation().check_partner(invite).await?;
            return self.try_out(request, command).await;
        }
        let is_replay = self.is_written(&request)?;
        let receipt = self.federation().add_partner(request, invite).await?;
        self.written(actor, receipt, is_replay)
    }

    /// Takes a partner off the list.
    ///
    /// # Errors
    /// As [`App::write`], and when it is not listed.
    pub async fn remove_partner(
        &self,
        caller: &Caller,
        request: RequestId,
        party: Party,
        mode: Mode,
    ) -> Result<Written, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        let actor = caller.actor();
        if self.ledger().read(|state| state.partner(party).is_none()) {
            return Err(FederationError::UnknownPartner(party).into());
        }
        if mode == Mode::Try {
            let command = self.federation().check_removal(party).await?;
            return self.try_out(request, command).await;
        }
        let is_removal = |body: &Body| match body {
            Body::Partner(it) => it.party == party && it.status == PartnerStatus::Removed,
            _ => false,
        };
        if let Some(written) = self.replay(actor, &request, is_removal)? {
            return Ok(written);
        }
        let receipt = self.federation().remove_partner(request, party).await?;
        self.written(actor, receipt, false)
    }

    /// Records an agreement that both Parties signed.
    ///
    /// # Errors
    /// As [`App::write`], and when a signature does not verify.
    pub async fn add_agreement(
        &self,
        caller: &Caller,
        request: RequestId,
        agreement: &str,
        mode: Mode,
    ) -> Result<Written, AppError> {
        self.permit(caller, Action::AgreementManage, &Object::default())?;
        let actor = caller.actor();
        if mode == Mode::Try {
            let command = self.federation().check_agreement(agreement).await?;
            return self.try_out(request, command).await;
        }
        let is_replay = self.is_written(&request)?;
        let receipt = self.federation().add_agreement(request, agreement).await?;
        self.written(actor, receipt, is_replay)
    }

    /// Signs an agreement for this Party. Writes nothing: the file goes to the other Party.
    ///
    /// # Errors
    /// [`AppError::Federation`] when the text is no agreement of this Party.
    pub async fn sign_agreement(&self, caller: &Caller, draft: &str) -> Result<String, AppError> {
        self.permit(caller, Action::AgreementManage, &Object::default())?;
        let signed = self.federation().sign_agreement(draft).await?;
        info!(actor = caller.actor().name(), "an agreement was signed");
        Ok(signed)
    }

    /// Makes a new log key and records that it signs from the next block on, once it was permitted.
    ///
    /// # Errors
    /// As [`App::write`], and when the key can not be made.
    pub(super) async fn rotate(
        &self,
        actor: &Actor,
        request: RequestId,
        mode: Mode,
    ) -> Result<Written, AppError> {
        if mode == Mode::Try {
            let command = self.federation().check_rotation().await?;
            return self.try_out(request, command).await;
        }
        let is_rotation = |body: &Body| matches!(body, Body::KeyRotation(_));
        if let Some(written) = self.replay(actor, &request, is_rotation)? {
            return Ok(written);
        }
        let receipt = self.federation().rotate_log_key(request).await?;
        self.written(actor, receipt, false)
    }

    /// What a request wrote before, for wishes whose command is not the same the second time: a new key, a partner as it
    /// is listed now.
    pub(super) fn replay(
        &self,
        actor: &Actor,
        request: &RequestId,
        is_same: impl Fn(&Body) -> bool,
    ) -> Result<Option<Written>, AppError> {
        let Some(stored) = self.ledger().store().request(request)? else {
            return Ok(None);
        };
        let receipt = Receipt {
            request: *request,
            first_index: stored.first_index,
            count: stored.count,
            size: stored.size,
            time_ms: stored.time_ms,
        };
        let written = self.written(actor, receipt, true)?;
        match written.find(|_, body| is_same(body).then_some(())) {
            Some(()) => Ok(Some(written)),
            None => Err(AppError::Conflict {
                request: *request,
                first_index: stored.first_index,
            }),
        }
    }

    /// Whether the ledger carries the request already.
    pub(super) fn is_written(&self, request: &RequestId) -> Result<bool, AppError> {
        Ok(self.ledger().store().request(request)?.is_some())
    }

    fn written(
        &self,
        actor: &Actor,
        receipt: Receipt,
        is_replay: bool,
    ) -> Result<Written, AppError> {
        let records = self.records_of(receipt.first_index, receipt.count)?;
        let kind = records
            .last()
            .map_or("none", |stored| stored.record.body.kind());
        let (actor, request) = (actor.name(), receipt.request);
        let index = receipt.first_index;
        info!(actor, %request, kind, index, is_replay, "written");
        Ok(Written {
            receipt,
            records,
            is_replay,
            is_trial: false,
        })
    }

    pub(super) fn records_of(&self, first: u64, count: u32) -> Result<Vec<StoredRecord>, AppError> {
        let end = first.saturating_add(u64::from(count));
        (first..end).map(|index| self.stored(index)).collect()
    }
}

pub(super) fn retire_command(retirement: Retirement, beneficiary: Option<Commitment>) -> Command {
    let Retirement {
        account,
        units,
        kind,
        purpose,
        claim,
        beneficiary: _,
    } = retirement;
    Command::Retire {
        account,
        units,
        kind,
        purpose,
        beneficiary,
        claim,
    }
}
