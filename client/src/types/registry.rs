//! The registry as it stands, and its records.

use countersign_protocol::id::AccountId;
use countersign_protocol::log::Hash;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Account, Agreement, Partner, Record};
use countersign_protocol::serial::{DomesticSerial, ItmoId};
use countersign_protocol::units::{FirstTransfer, UnitAuthorisation, UnitBlock, UnitRange};
use serde::{Deserialize, Serialize};

/// An account and its balances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountView {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// Tonnes that it can dispose of.
    pub available: u64,
    /// Tonnes on hold.
    pub on_hold: u64,
    /// Tonnes locked for a partner who has not answered.
    pub escrow: u64,
}

/// Where units are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceName {
    /// In an account that can dispose of them.
    Available,
    /// In an account, on hold.
    OnHold,
    /// Locked from an account for a partner who has not answered.
    Escrow,
    /// Acquired by a partner.
    Abroad,
    /// Used.
    Used,
    /// Cancelled.
    Cancelled,
}

/// A range of units with its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Units {
    /// The range, such as `GH-27-35`.
    pub range: UnitRange,
    /// How many.
    pub tonnes: u64,
    /// The domestic serial.
    pub serial: DomesticSerial,
    /// The ITMO identifier, once first transferred.
    pub itmo_id: Option<ItmoId>,
}

impl From<&UnitBlock> for Units {
    fn from(block: &UnitBlock) -> Self {
        Self {
            range: block.range(),
            tonnes: block.tonnes(),
            serial: block.serial,
            itmo_id: block.itmo_id(),
        }
    }
}

/// A range, where it is, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldingView {
    /// The units.
    #[serde(flatten)]
    pub units: Units,
    /// Where they are.
    pub place: PlaceName,
    /// The account that they are in, or were locked from.
    pub account: Option<AccountId>,
    /// The partner that acquired them.
    pub party: Option<Party>,
    /// Index of the leaf that put them there: prove it with `ledger/proof?index=`.
    pub since: u64,
    /// Leaf of the issuance in the ledger of the Party of origin.
    pub issued_at: u64,
    /// The range that this one was split from.
    pub split_from: Option<UnitRange>,
    /// The authorisation under Article 6 that counts for them now: for what they may be used.
    pub authorisation: Option<UnitAuthorisation>,
    /// Their first transfer, once it happened.
    pub first_transfer: Option<FirstTransfer>,
}

/// One line of an account's statement, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementLine {
    /// Leaf that moved the units.
    pub index: u64,
    /// Its time.
    pub time_ms: u64,
    /// Its kind, such as `issuance`.
    pub kind: String,
    /// Which of the account's balances changed: `available`, `on_hold` or `escrow`.
    pub place: PlaceName,
    /// By how much: above zero for units that came in.
    pub tonnes: i64,
    /// That balance after the line.
    pub balance: i64,
}

/// Tonnes by place, over all accounts. Issued + acquired = available + on hold + in escrow + transferred + used +
/// cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Balances {
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

/// A partner country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartnerView {
    /// The partner as the ledger lists it.
    #[serde(flatten)]
    pub partner: Partner,
    /// Its English short name.
    pub country: String,
    /// Whether its node is connected now.
    pub connected: bool,
    /// Size of its last checkpoint that this node verified.
    pub pinned_size: Option<u64>,
}

/// A bilateral agreement and how far it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgreementView {
    /// The agreement as the ledger records it.
    #[serde(flatten)]
    pub agreement: Agreement,
    /// Tonnes that left under it, open locks included.
    pub used_outgoing: u64,
    /// Tonnes that came in under it.
    pub used_incoming: u64,
    /// The calendar year (UTC) that the next two are of: that of the ledger's last record.
    pub year: u16,
    /// Tonnes that left under it in that year, open locks included.
    pub used_outgoing_in_year: u64,
    /// Tonnes that came in under it in that year.
    pub used_incoming_in_year: u64,
}

/// The answer to a ping of a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pong {
    /// The partner.
    pub party: Party,
    /// Its libp2p peer id.
    pub peer: String,
    /// Time for the way there and back.
    pub round_trip_us: u64,
}

/// A record of the ledger: the same members as a line of `records.jsonl` (docs/formats.md).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordView {
    /// Leaf index.
    pub index: u64,
    /// RFC 6962 leaf hash.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub leaf_hash: Hash,
    /// What the leaf says.
    pub record: Record,
}
