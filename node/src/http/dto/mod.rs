//! The JSON that `/api/v1` speaks: the server writes these types and the command line reads them.
//!
//! Rules that hold for all of them: names are in snake case; amounts are whole tonnes of CO2 equivalent; times are
//! milliseconds since the Unix epoch and end in `_ms`; hashes are lower-case hex; identifiers have the one text form
//! that the protocol gives them. A request with an unknown member is refused, so that a misspelled one is not lost;
//! a reader of responses must ignore members that it does not know.

mod article6;
mod beneficiary;
mod bridge;
mod bulk;
mod case;
mod courier;
mod document;
mod event;
mod evidence;
mod letter;
mod list;
mod mail;
mod migration;
mod notification;
mod oauth;
mod open_data;
mod passkeys;
mod people;
mod problem;
mod process;
mod project;
mod reconciliation;
mod registry;
mod report;
mod request;
mod sandbox;
mod status;
mod transfer;
mod trusted;
mod webhook;

pub use article6::{
    ApproachView, Article6Recorded, AuthorisationView, LevelView, NewApproach, NewAuthorisation,
    NewAuthorisedEntity, NewInitialReport, NewLevel, NewLevels, NewNdc, NewRevocation,
    NewUnitAuthorisation, NewUseNotice, RevocationView,
};
pub use beneficiary::{BeneficiaryView, MergeBeneficiary, NewBeneficiaryBody};
pub use bridge::{
    AgreementItemView, AgreementWithView, AgreementWord, AgreementsView, BridgeDiffView,
    BridgeItems, BridgePlanView, BridgeReplayed, BridgeRunView, BridgeView, CreditedFlag,
    DeadLetterView, DifferenceView, DifferingView, FieldStateView, ForeignView, MatchedView,
    PlannedView, ReconciliationView, ReplayBridge, StoppedView, UnmatchedView,
};
pub use bulk::{BulkAnswer, BulkKind, BulkStatus, NewBulkCase, RowAnswer, RowProblem};
pub use case::{
    CaseActed, CaseFileView, CaseTextView, DraftFault, DraftView, InboxView, NewCaseAct,
    NewOpenCase, NewReserve, NextStepView, ReservedFate, Trial,
};
pub use courier::{RefusedBundles, UnpackedParcel};
pub use document::{
    DocumentView, FindingText, FindingView, LiftStandingHold, NewFindingBody, NewStandingHold,
    NewVisibility, StandingHoldView,
};
pub use event::{Events, StreamedEvent};
pub use evidence::{AccusationView, AuditFindingView, EvidenceText, MirrorView, NewClearance};
pub use letter::{FileHash, LetterCheckView, LetterView, NamedLetter};
pub use list::{RetirementView, SearchView, UnitsEvent};
pub use mail::{MailRetried, MailStatusView, MailView, Notifications, RetryMail};
pub use migration::{
    CaseMigratedView, DecideMigration, MigrationView, MoveView, NewMigration, OpenFindingView,
    ProposedMigrationView,
};
pub use notification::{
    NotificationAction, NotificationDraft, NotificationResult, NotificationStatus,
    NotificationsAnswer,
};
pub use oauth::{GrantType, TokenAnswer, TokenRequest};
pub use open_data::{OpenDataView, OpenFileView};
pub use passkeys::{
    BeginPasskeySignIn, CeremonyView, FinishPasskey, FinishPasskeySignIn, PasskeyMade, PasskeyView,
    RenamePasskey,
};
pub use people::{
    AcceptInvitation, ApiKeyMade, ApiKeyView, AuditView, AuthenticatorMade, ChangePassword,
    CodeBody, CompleteSignIn, DecideProposal, InvitationSent, InviteUser, MeView, NewApiKey,
    NewRegistration, NewRole, ProposalView, RecoveryCodesView, Registered, RequestReset,
    RoleAnswer, SessionView, SignInBody, SignedIn, UserView,
};
pub use problem::{Fault, Problem};
pub use process::{AwaitedStep, CaseView, NewEnrolment, NewProcess, ProcessView};
pub use project::{
    CommentView, DuplicateView, DuplicatesView, EditComment, FieldChangeView, FormDiffView,
    FormVersionView, HiddenDuplicatesView, NewCommentBody, OverlapView, OwnerView, ProjectView,
    WordingView,
};
pub use reconciliation::{EndFreeze, FreezeView, LedgerComparisonView, PositionDifferenceView};
pub use registry::{
    AccountView, AgreementView, Balances, HoldingView, PartnerView, PlaceName, Pong, RecordView,
    StatementLine, Units,
};
pub use report::{
    AefCellChange, AefChangesView, AefCheckView, AefFinding, AefRowChange, AefRows,
    Article6ActionView, BalanceView, FreezeAef, HeldAtView, SubmissionView, SummaryRowView,
    SummaryView, YearValue,
};
pub use request::{
    AgreementText, DraftText, InviteText, NewAccount, NewAccountTransfer, NewCancel, NewHold,
    NewIssuance, NewOrganisation, NewProject, NewRetirement, NewTransfer, RotatedKey,
};
pub use sandbox::{MoveTime, SandboxView};
pub use status::{HeadView, OpenTransfers, PeerView, Status, WitnessView, WitnessedView};
pub use transfer::{
    CancelAsked, Held, Issued, Moved, Retired, Sent, StateName, TransferEvent, TransferFilter,
    TransferView,
};

pub use webhook::{
    DeliveryView, NewWebhook, ReplayWebhook, ResumeWebhook, WebhookKeys, WebhookPonged, WebhookView,
};

pub use trusted::{
    KeyChanged, NewTrustedReceiver, Proposed, RemoveTrustedReceiver, TrustedReceiverView,
};

use countersign_protocol::id::RequestId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The header that makes a write safe to send again: 32 hex digits or a UUID, drawn by the caller for each wish.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The header of a response that repeats an earlier one: `true`.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";

/// Items in a page when the caller does not say.
pub const PAGE_DEFAULT: u16 = 100;

/// The most items in a page.
pub const PAGE_MAX: u16 = 1000;

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items. A page may hold fewer than asked for, even none, and still not be the last.
    pub items: Vec<T>,
    /// Give this as `after` (for records: as `from`) to read on; `None` at the end of the list.
    pub next: Option<String>,
}

/// What the ledger answered to a write: it is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Written<T> {
    /// The ledger's receipt.
    pub receipt: Receipt,
    /// What was made.
    pub made: T,
}

#[cfg(test)]
mod tests;
