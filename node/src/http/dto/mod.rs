//! The JSON that `/api/v1` speaks: the server writes these types and the command line reads them. Those of the registry itself
//! are the client's ([`countersign_client::types`]).
//!
//! Rules that hold for all of them: names are in snake case; amounts are whole tonnes of CO2 equivalent; times are
//! milliseconds since the Unix epoch and end in `_ms`; hashes are lower-case hex; identifiers have the one text form
//! that the protocol gives them. A request with an unknown member is refused, so that a misspelled one is not lost;
//! a reader of responses must ignore members that it does not know.

mod arrival;
mod article6;
mod beneficiary;
mod bridge;
mod bulk;
mod case;
mod courier;
mod dmrv;
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
mod process;
mod project;
mod reconciliation;
mod report;
mod sandbox;
mod trusted;
mod webhook;

pub use arrival::{
    ArrivalFieldView, ArrivalFileView, ArrivalKindWord, ArrivalState, ArrivalView, OpenArrival,
};
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
pub use dmrv::{
    BatchView, BlueprintView, DataPoint, DataPointsTaken, FigureView, NewBatchBody, NewBlueprint,
    NewDataPoints, NewSource, PointProofView, SourceView,
};
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
pub use process::{AwaitedStep, CaseView, NewEnrolment, NewProcess, ProcessView};
pub use project::{
    CommentView, DuplicateView, DuplicatesView, EditComment, FieldChangeView, FormDiffView,
    FormVersionView, HiddenDuplicatesView, NewCommentBody, OverlapView, OwnerView, ProjectView,
    WordingView,
};
pub use reconciliation::{EndFreeze, FreezeView, LedgerComparisonView, PositionDifferenceView};
pub use report::{
    AefCellChange, AefChangesView, AefCheckView, AefFinding, AefRowChange, AefRows,
    Article6ActionView, BalanceView, FreezeAef, HeldAtView, SubmissionView, SummaryRowView,
    SummaryView, YearValue,
};
pub use sandbox::{MoveTime, SandboxView};

pub use webhook::{
    DeliveryView, NewWebhook, ReplayWebhook, ResumeWebhook, WebhookKeys, WebhookPonged, WebhookView,
};

pub use trusted::{
    KeyChanged, NewTrustedReceiver, Proposed, RemoveTrustedReceiver, TrustedReceiverView,
};

pub use countersign_client::types::*;

#[cfg(test)]
mod tests;
