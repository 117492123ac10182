//! What a record says, as far as whoever holds units, a letter or a certificate must know it.

use serde::Serialize;
use thiserror::Error;

use crate::id::{AccountId, Origin, TransferId};
use crate::log::Hash;
use crate::party::Party;
use crate::record::{
    Acquire, Body, Lock, MAX_BLOCKS_BYTES, ProofReference, Purpose, Record, RetireKind,
    blocks_bytes,
};
use crate::registry::{MAX_TRANSFER_TONNES, TransferTerms, transfer_id};
use crate::serial::{DomesticSerial, UnitType};
use crate::units::{UnitBlock, UnitRange};

/// What a record says. A field is absent where the record says nothing of the kind; of records that are not about units,
/// transfers or letters only kind and time are told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The kind's name in `record.proto`.
    pub kind: &'static str,
    /// When it was written, milliseconds since 1970 by the writer's clock.
    #[serde(serialize_with = "as_text")]
    pub time_ms: u64,
    /// The units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<UnitRange>,
    /// How many they are.
    #[serde(
        serialize_with = "maybe_as_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub tonnes: Option<u128>,
    /// Their serials, where the record repeats them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<DomesticSerial>,
    /// The transfer between countries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferId>,
    /// The Party that units come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Party>,
    /// The Party that units go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Party>,
    /// The bilateral agreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<String>,
    /// The account that units are in, or leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The account of the same ledger that units go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_account: Option<AccountId>,
    /// The kind of units that are issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_type: Option<UnitType>,
    /// The project that they are issued for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<u32>,
    /// Their vintage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// What units were used or cancelled for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Whether they were cancelled rather than used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<bool>,
    /// The country in whose jurisdiction they are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Party>,
    /// The year of the NDC towards which they are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ndc_year: Option<u16>,
    /// Why, in public words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether a hold is lifted rather than placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted: Option<bool>,
    /// Whether a transfer ended with its units in the other country.
    #[serde(rename = "final", skip_serializing_if = "Option::is_none")]
    pub is_final: Option<bool>,
    /// The fault code of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// The partner's entry that the record rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofPlace>,
    /// A letter: its name in the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// A letter: its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// A letter: the SHA-256 of its file.
    #[serde(serialize_with = "as_hex", skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Hash>,
}

/// An entry of a partner's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofPlace {
    /// The ledger.
    pub origin: String,
    /// The entry.
    #[serde(serialize_with = "as_text")]
    pub index: u64,
}

/// Why a record that reads well cannot be what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementError {
    /// A lock whose id is another transfer's, or was made for another ledger.
    #[error("the transfer's id does not follow from its terms in this ledger")]
    TransferId,
    /// A lock with more blocks than an acquisition could repeat.
    #[error("the blocks of the lock take more than {MAX_BLOCKS_BYTES} bytes")]
    TooManyBlocks,
    /// A lock of more tonnes than may cross a border at once.
    #[error("the lock is of more than {MAX_TRANSFER_TONNES} tonnes")]
    TooManyTonnes,
}

impl Statement {
    /// What a record of the ledger `origin` says.
    ///
    /// # Errors
    /// [`StatementError`] for a lock that breaks the rules of its format.
    pub fn of(record: &Record, origin: &str) -> Result<Self, StatementError> {
        if let Body::Lock(lock) = &record.body {
            check_lock(lock, origin)?;
        }
        let said = Self::of_body(&record.body);
        let tonnes = said.ranges.iter().map(|range| u128::from(range.tonnes()));
        Ok(Self {
            kind: record.body.kind(),
            time_ms: record.time_ms,
            tonnes: (!said.ranges.is_empty()).then(|| tonnes.sum()),
            ..said
        })
    }

    /// Whether the record tells of something that was done once and for all, so that no later record can overtake it.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        matches!(
            self.kind,
            "retire"
                | "refuse"
                | "finalise"
                | "release"
                | "source_settled"
                | "block_header"
                | "genesis"
        )
    }

    /// Whether this record, of a later time, moved on the units that an `earlier` one is about.
    pub(super) fn overtakes(&self, earlier: &Self) -> bool {
        let same = self.transfer.is_some() && self.transfer == earlier.transfer;
        let moves = matches!(
            self.kind,
            "hold" | "transfer" | "retire" | "lock" | "acquire"
        );
        let touches = |range: &UnitRange| self.ranges.iter().any(|it| it.overlaps(*range));
        (same && matches!(self.kind, "finalise" | "release"))
            || (moves && earlier.ranges.iter().any(touches))
    }

    fn of_body(body: &Body) -> Self {
        match body {
            Body::Issuance(it) => Self {
                ranges: vec![it.range],
                account: Some(it.account),
                unit_type: Some(it.unit_type),
                project: Some(it.project),
                year: Some(it.year),
                ..Self::default()
            },
            Body::Split(it) => Self {
                ranges: vec![it.range],
                ..Self::default()
            },
            Body::Hold(it) => Self {
                ranges: it.ranges.clone(),
                account: Some(it.account),
                lifted: Some(it.lift),
                reason: Some(it.reason.to_string()),
                ..Self::default()
            },
            Body::Transfer(it) => Self {
                ranges: it.ranges.clone(),
                account: Some(it.from),
                to_account: Some(it.to),
                ..Self::default()
            },
            Body::Retire(it) => Self {
                ranges: it.ranges.clone(),
                account: Some(it.account),
                purpose: Some(it.purpose),
                cancelled: Some(matches!(it.kind, RetireKind::Cancel)),
                jurisdiction: it.claim.jurisdiction,
                ndc_year: it.claim.ndc_year,
                reason: it.claim.reason.as_ref().map(ToString::to_string),
                ..Self::default()
            },
            Body::LetterIssued(it) => Self {
                letter: Some(it.letter.to_string()),
                language: Some(it.language.to_string()),
                sha256: Some(it.sha256),
                ..Self::default()
            },
            other => Self::of_transfer(other),
        }
    }

    /// The records of transfers between countries.
    fn of_transfer(body: &Body) -> Self {
        match body {
            Body::Lock(it) => Self {
                transfer: Some(it.transfer),
                to: Some(it.destination),
                agreement: Some(it.agreement.to_string()),
                account: Some(it.from),
                ..Self::of_blocks(&it.blocks)
            },
            Body::AskCancel(it) => Self {
                transfer: Some(it.transfer),
                to: Some(it.destination),
                reason: Some(it.reason.to_string()),
                ..Self::default()
            },
            Body::Acquire(it) => Self::of_acquire(it),
            Body::Refuse(it) => Self {
                transfer: Some(it.transfer),
                from: Some(it.source),
                code: Some(it.code),
                reason: Some(it.reason.to_string()),
                proof: Some((&it.proof).into()),
                ..Self::default()
            },
            Body::Finalise(it) => Self {
                transfer: Some(it.transfer),
                proof: Some((&it.proof).into()),
                ..Self::default()
            },
            Body::Release(it) => Self {
                transfer: Some(it.transfer),
                code: Some(it.code),
                proof: Some((&it.proof).into()),
                ..Self::default()
            },
            Body::SourceSettled(it) => Self {
                transfer: Some(it.transfer),
                from: Some(it.source),
                is_final: Some(it.is_final),
                proof: Some((&it.proof).into()),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    fn of_acquire(it: &Acquire) -> Self {
        Self {
            transfer: Some(it.transfer),
            from: Some(it.source),
            agreement: Some(it.agreement.to_string()),
            account: Some(it.account),
            proof: Some((&it.proof).into()),
            ..Self::of_blocks(&it.blocks)
        }
    }

    fn of_blocks(blocks: &[UnitBlock]) -> Self {
        Self {
            ranges: blocks.iter().map(UnitBlock::range).collect(),
            serials: blocks.iter().map(|block| block.serial).collect(),
            ..Self::default()
        }
    }
}

impl From<&ProofReference> for ProofPlace {
    fn from(it: &ProofReference) -> Self {
        Self {
            origin: it.origin.to_string(),
            index: it.index,
        }
    }
}

fn check_lock(lock: &Lock, origin: &str) -> Result<(), StatementError> {
    if blocks_bytes(&lock.blocks) > MAX_BLOCKS_BYTES {
        return Err(StatementError::TooManyBlocks);
    }
    let tonnes = lock.blocks.iter().map(|block| u128::from(block.tonnes()));
    if tonnes.sum::<u128>() > u128::from(MAX_TRANSFER_TONNES) {
        return Err(StatementError::TooManyTonnes);
    }
    let source: Origin = origin.parse().map_err(|_| StatementError::TransferId)?;
    let ranges: Vec<UnitRange> = lock.blocks.iter().map(UnitBlock::range).collect();
    let terms = TransferTerms {
        source: &source,
        destination: &lock.destination_origin,
        agreement: &lock.agreement,
        ranges: &ranges,
        from: lock.from,
        to: lock.to,
        nonce: &lock.nonce,
        expiry_ms: lock.expiry_ms,
    };
    if transfer_id(&terms) == lock.transfer {
        Ok(())
    } else {
        Err(StatementError::TransferId)
    }
}

/// A number as text: readers of JSON lose digits above 2^53.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
pub(super) fn as_text<S: serde::Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(number)
}

fn maybe_as_text<S: serde::Serializer>(number: &Option<u128>, to: S) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => to.collect_str(number),
        None => to.serialize_none(),
    }
}

fn as_hex<S: serde::Serializer>(hash: &Option<Hash>, to: S) -> Result<S::Ok, S::Error> {
    match hash {
        Some(hash) => to.serialize_str(&hex::encode(hash)),
        None => to.serialize_none(),
    }
}
