//! Partners' ledgers as this node mirrors them, and evidence against them.

use countersign_protocol::federation::evidence::Contradiction;
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{Hash, TilePath};
use countersign_protocol::party::Party;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::LedgerCleared;
use countersign_protocol::registry::{Command, State};
use countersign_protocol::units::UnitRange;

use super::ledger::{entries_of, tile_of};
use super::{App, AppError, Caller, FederationError, Mode, Written};
use crate::federation::Accused;
use crate::ledger::replay::ReadLeaf;
use crate::mirror::MirrorStatus;
use crate::witness::{OriginHash, origin_hash};

/// A partner whose ledger stands accused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingAccusation {
    /// The partner.
    pub party: Party,
    /// What its ledger did.
    pub kind: Contradiction,
    /// SHA-256 of the evidence.
    pub evidence: Hash,
    /// The leaf of this ledger that says so.
    pub leaf: u64,
}

/// Why units may not be where they should be, or nothing begins with a partner. It is for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FederationAlarm {
    /// A partner's ledger stands accused.
    Accused(StandingAccusation),
    /// This ledger and a partner's disagree about units.
    Disputed {
        /// The partner.
        party: Party,
        /// Which units.
        ranges: Vec<UnitRange>,
        /// The leaf of this ledger that says so.
        leaf: u64,
    },
}

impl App {
    /// What everybody should know of partners' ledgers: accusations that stand, and differences about units.
    #[must_use]
    pub fn federation_alarms(&self) -> Vec<FederationAlarm> {
        self.ledger().read(|state| {
            let accused = standing_accusations(state).map(FederationAlarm::Accused);
            let parties = state.partners().map(|partner| partner.party);
            let disputed = parties.filter_map(|party| {
                let comparison = state.comparison(party)?;
                let ranges: Vec<UnitRange> =
                    comparison.differences.iter().map(|it| it.range).collect();
                (!ranges.is_empty()).then_some(FederationAlarm::Disputed {
                    party,
                    ranges,
                    leaf: comparison.at,
                })
            });
            accused.chain(disputed).collect()
        })
    }

    /// How partners' ledgers are mirrored here.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn mirrors(&self, caller: &Caller) -> Result<Vec<MirrorStatus>, AppError> {
        self.permit(caller, Action::FederationRead, &Object::default())?;
        Ok(self.federation().mirrors())
    }

    /// The newest checkpoint of a mirrored ledger whose leaves are all here, with its cosignatures; `None` where that ledger
    /// is not mirrored.
    #[must_use]
    pub fn mirrored_checkpoint(&self, origin: OriginHash) -> Option<String> {
        self.federation().mirrored(origin)?.checkpoint()
    }

    /// When an entry of a mirrored ledger was written, by its own clock, in milliseconds since the Unix epoch; `None` where the
    /// entry is not here.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn mirrored_time(&self, origin: &str, index: u64) -> Result<Option<u64>, AppError> {
        let mirror = self.federation().mirrored(origin_hash(origin));
        let Some(store) = mirror.and_then(|mirror| mirror.store()) else {
            return Ok(None);
        };
        self.blocking(move |_| {
            if index >= store.leaf_count()? {
                return Ok(None);
            }
            let mut leaves = store.leaves(index..index.saturating_add(1))?;
            let Some((index, bytes)) = leaves.next_leaf()? else {
                return Ok(None);
            };
            // A leaf that this release can not read has no time here.
            let leaf = ReadLeaf::read(index, bytes).ok();
            Ok(leaf.map(|leaf| leaf.record.time_ms))
        })
        .await
    }

    /// A tile of hashes, or of leaves, of a mirrored ledger; `None` where the mirror has none.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn mirrored_tile(
        &self,
        origin: OriginHash,
        path: TilePath,
    ) -> Result<Option<Vec<u8>>, AppError> {
        let store = self.federation().mirrored(origin);
        let Some(store) = store.and_then(|mirror| mirror.store()) else {
            return Ok(None);
        };
        self.blocking(move |_| {
            let size = store.leaf_count()?;
            match path {
                TilePath::Hashes(tile) => tile_of(&store, size, tile),
                TilePath::Entries(tile) => entries_of(&store, size, tile),
            }
        })
        .await
    }

    /// A file of the trust registry that this node holds (TUF 1.0); it is for everybody.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn trust_file(&self, name: String) -> Result<Option<Vec<u8>>, AppError> {
        self.blocking(move |app| Ok(app.federation().trust_file(&name)))
            .await
    }

    /// Partners whose ledgers stand accused.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn accusations(&self, caller: &Caller) -> Result<Vec<StandingAccusation>, AppError> {
        self.permit(caller, Action::FederationRead, &Object::default())?;
        Ok(self
            .ledger()
            .read(|state| standing_accusations(state).collect()))
    }

    /// The text of evidence that is kept here. It is for everybody.
    ///
    /// # Errors
    /// [`AppError::NotFound`], and when it can not be read.
    pub fn evidence(&self, sha256: &Hash) -> Result<String, AppError> {
        let text = self.federation().evidence(sha256)?;
        text.ok_or_else(|| AppError::not_found("evidence", &hex::encode(sha256)))
    }

    /// Takes evidence against a partner's ledger: it is kept, recorded and told to everybody. Taking it twice is harmless.
    ///
    /// # Errors
    /// [`AppError::Federation`] when it proves nothing, [`AppError::Forbidden`].
    pub async fn accuse(&self, caller: &Caller, evidence: &str) -> Result<Accused, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        Ok(self.federation().accuse(evidence).await?)
    }

    /// Names the line of an accused partner's ledger that lives on: what it says counts again as far as it continues that
    /// line.
    ///
    /// # Errors
    /// As [`App::write`], and when the partner is not accused.
    pub async fn clear(
        &self,
        caller: &Caller,
        request: RequestId,
        cleared: LedgerCleared,
        mode: Mode,
    ) -> Result<Written, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        let party = cleared.party;
        if self.ledger().read(|state| state.partner(party).is_none()) {
            return Err(FederationError::UnknownPartner(party).into());
        }
        let command = Command::Clear(cleared);
        self.submit(caller.actor(), request, command, mode).await
    }
}

fn standing_accusations(state: &State) -> impl Iterator<Item = StandingAccusation> {
    let parties = state.partners().map(|partner| partner.party);
    parties.filter_map(|party| {
        let accusation = state.accusation(party)?;
        Some(StandingAccusation {
            party,
            kind: accusation.kind,
            evidence: accusation.evidence,
            leaf: accusation.at,
        })
    })
}
