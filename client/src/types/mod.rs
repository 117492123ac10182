//! What the API speaks of the registry itself, of Article 6, partners, bridges, monitoring data, webhooks and open data: the node
//! writes these types, and a client reads them.
//!
//! Rules that hold for all of them: names are in snake case; amounts are whole tonnes of CO2 equivalent; times are
//! milliseconds since the Unix epoch and end in `_ms`; hashes are lower-case hex; identifiers have the one text form
//! that the protocol gives them. A request with an unknown member is refused, so that a misspelled one is not lost;
//! a reader of responses must ignore members that it does not know.

mod article6;
mod bridge;
mod courier;
mod dmrv;
mod evidence;
mod open_data;
mod problem;
mod reconciliation;
mod registry;
mod request;
mod status;
mod transfer;
mod webhook;

pub use article6::{
    ApproachView, Article6Recorded, AuthorisationView, LevelView, NewApproach, NewAuthorisation,
    NewAuthorisedEntity, NewInitialReport, NewLevel, NewLevels, NewNdc, NewRevocation,
    NewUnitAuthorisation, NewUseNotice, Proposed, RevocationView,
};
pub use bridge::{
    AgreementItemView, AgreementWithView, AgreementWord, AgreementsView, BridgeActionWord,
    BridgeDiffView, BridgeItems, BridgeName, BridgePlanView, BridgeReplayed, BridgeRunView,
    BridgeState, BridgeView, CreditedFlag, DeadLetterView, DifferenceView, DifferingView,
    FieldStateView, ForeignView, ItemStateWord, MatchedView, PlannedView, ReconciliationView,
    ReplayBridge, StoppedView, UnmatchedView,
};
pub use courier::{RefusedBundles, UnpackedParcel};
pub use dmrv::{
    BatchView, BlueprintView, DataPoint, DataPointsTaken, FigureView, NewBatchBody, NewBlueprint,
    NewDataPoints, NewSource, PointProofView, SourceView,
};
pub use evidence::{AccusationView, AuditFindingView, EvidenceText, MirrorView, NewClearance};
pub use open_data::{LedgerPlace, OpenDataView, OpenFileView};
pub use problem::{Fault, Problem};
pub use reconciliation::{EndFreeze, FreezeView, LedgerComparisonView, PositionDifferenceView};
pub use registry::{
    AccountView, AgreementView, Balances, HoldingView, PartnerView, PlaceName, Pong, RecordView,
    StatementLine, Units,
};
pub use request::{
    AgreementText, DraftText, InviteText, NewAccount, NewAccountTransfer, NewCancel, NewHold,
    NewIssuance, NewOrganisation, NewProject, NewRetirement, NewTransfer, RotatedKey, moment,
};
pub use status::{HeadView, OpenTransfers, PeerView, Status, WitnessView, WitnessedView};
pub use transfer::{
    CancelAsked, Held, Issued, Moved, Retired, Sent, StateName, TransferEvent, TransferFilter,
    TransferView,
};
pub use webhook::{
    DeliveryView, NewWebhook, ReplayWebhook, ResumeWebhook, WebhookKeys, WebhookPonged, WebhookView,
};

use countersign_protocol::id::RequestId;
use serde::{Deserialize, Serialize};

/// The header that makes a write safe to send again: 32 hex digits or a UUID, drawn by the caller for each wish.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The header of a response that repeats an earlier one: `true`.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";

/// Items in a page when the caller does not say.
pub const PAGE_DEFAULT: u16 = 100;

/// The most items in a page.
pub const PAGE_MAX: u16 = 1000;

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The items. A page may hold fewer than asked for, even none, and still not be the last.
    pub items: Vec<T>,
    /// Give this as `after` (for records: as `from`) to read on; `None` at the end of the list.
    pub next: Option<String>,
}

/// What the ledger answered to a write: it is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The request that it answers.
    pub request: RequestId,
    /// Index of the first leaf that the request wrote.
    pub first_index: u64,
    /// Number of leaves that it wrote.
    pub count: u32,
    /// Size of the first signed tree that holds all of them.
    pub size: u64,
    /// Time of those leaves.
    pub time_ms: u64,
}

/// The answer to a write: the receipt, and what was made. Sending the same request again gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Written<T> {
    /// The ledger's receipt.
    pub receipt: Receipt,
    /// What was made.
    pub made: T,
}

/// The kinds of leaves about a transfer, for the description of the API.
#[cfg(feature = "openapi")]
pub struct TransferEventKind;

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for TransferEventKind {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
        let words = [
            "lock",
            "ask_cancel",
            "finalise",
            "release",
            "acquire",
            "refuse",
            "source_settled",
        ];
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(words))
            .description(Some("A leaf about a transfer between countries."))
            .build()
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for TransferEventKind {}
