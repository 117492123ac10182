//! What the node says about itself.

use countersign_protocol::record::{Genesis, VerifierKeyText};
use countersign_protocol::registry::{Direction, LedgerAccount, State, TransferStage};

use super::{App, AppError, LedgerHead, PeerInfo, WitnessInfo};
use crate::mail::MailStatus;

/// The whole picture, for the pages, the API and the metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    /// Whose ledger it is.
    pub genesis: Genesis,
    /// The key that signs checkpoints.
    pub log_key: VerifierKeyText,
    /// What stands against being ready; empty when the node is.
    pub not_ready: Vec<String>,
    /// The head.
    pub head: LedgerHead,
    /// The witnesses of the log.
    pub witnesses: Vec<WitnessInfo>,
    /// Partners' nodes.
    pub peers: Vec<PeerInfo>,
    /// Transfers that wait for an answer.
    pub open: OpenTransferCount,
    /// Tonnes by place.
    pub totals: Totals,
    /// Requests that wait in the ledger's queue.
    pub queue_depth: usize,
    /// The node's clock, in milliseconds since the Unix epoch.
    pub now_ms: u64,
    /// Mail; `None` when its queue can not be read.
    pub mail: Option<MailStatus>,
    /// Letters that acts owe.
    pub letters_owed: u64,
    /// Letters among them that could not be made when it was tried.
    pub letters_failed: u64,
}

/// Transfers that wait for an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenTransferCount {
    /// Locks that the destination has not answered with proof.
    pub outgoing: u64,
    /// Answers of this ledger whose end at the source is not noted.
    pub incoming: u64,
    /// When the oldest open lock was written, in milliseconds since the Unix epoch.
    pub oldest_lock_ms: Option<u64>,
}

impl OpenTransferCount {
    fn of(state: &State) -> Self {
        let mut count = Self::default();
        for (key, transfer) in state.transfers().filter(|(_, it)| !it.is_settled()) {
            match key.direction() {
                Direction::Out => count.outgoing += 1,
                Direction::In => count.incoming += 1,
            }
            if transfer.stage == TransferStage::Locked {
                let oldest = count.oldest_lock_ms.unwrap_or(u64::MAX);
                count.oldest_lock_ms = Some(oldest.min(transfer.opened_ms));
            }
        }
        count
    }
}

/// Tonnes by place over all accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Issued by this Party.
    pub issued: u64,
    /// Acquired from partners.
    pub acquired: u64,
    /// In accounts that can dispose of them.
    pub available: u64,
    /// On hold.
    pub on_hold: u64,
    /// Locked for partners who have not answered.
    pub escrow: u64,
    /// Acquired by partners.
    pub transferred: u64,
    /// Used.
    pub used: u64,
    /// Cancelled.
    pub cancelled: u64,
}

impl Totals {
    pub(super) fn of(state: &State) -> Self {
        let mut totals = Self::default();
        for (account, tonnes) in state.balances() {
            let total = match account {
                LedgerAccount::Issued => &mut totals.issued,
                LedgerAccount::AcquiredFrom(_) => &mut totals.acquired,
                LedgerAccount::Available(_) => &mut totals.available,
                LedgerAccount::OnHold(_) => &mut totals.on_hold,
                LedgerAccount::Escrow(_) => &mut totals.escrow,
                LedgerAccount::TransferredTo(_) => &mut totals.transferred,
                LedgerAccount::Used => &mut totals.used,
                LedgerAccount::Cancelled => &mut totals.cancelled,
            };
            // The contra accounts stand below zero.
            *total = total.saturating_add(tonnes.unsigned_abs());
        }
        totals
    }
}

impl App {
    /// The whole picture.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn status(&self) -> Result<NodeStatus, AppError> {
        let witnesses = self.federation().witnesses().await;
        let peers = self.federation().peers().await;
        let head = self.head()?;
        let read = self.ledger().read(|state| {
            let genesis = state.genesis()?.clone();
            let log_key = state.log_key()?.0.clone();
            let (open, totals) = (OpenTransferCount::of(state), Totals::of(state));
            Some((genesis, log_key, open, totals))
        });
        let missing = || AppError::internal("read the state", &"the state has no genesis");
        let (genesis, log_key, open, totals) = read.ok_or_else(missing)?;
        let (letters_owed, letters_failed) = self.letters_waiting();
        Ok(NodeStatus {
            mail: self.mail_status().await,
            letters_owed,
            letters_failed,
            genesis,
            log_key,
            not_ready: self.not_ready(),
            head,
            witnesses,
            peers,
            open,
            totals,
            queue_depth: self.ledger().queue_depth(),
            now_ms: self.now_ms(),
        })
    }

    /// What stands against being ready: a ledger that can not write, or a log that no witness quorum has seen.
    #[must_use]
    pub fn not_ready(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if let Some(reason) = self.ledger().failed().borrow().as_ref() {
            reasons.push(format!("the ledger is read-only: {reason}"));
        }
        if self.ledger().witnessed().borrow().is_none() {
            reasons.push(
                "no quorum of witnesses has cosigned a checkpoint of this log yet".to_owned(),
            );
        }
        reasons
    }
}
