//! The JSON that `/api/v1` speaks: the server writes these types and the command line reads them. Those of the registry itself
//! are the client's ([`countersign_client::types`]).
//!
//! Rules that hold for all of them: names are in snake case; amounts are whole tonnes of CO2 equivalent; times are
//! milliseconds since the Unix epoch and end in `_ms`; hashes are lower-case hex; identifiers have the one text form
//! that the protocol gives them. A request with an unknown member is refused, so that a misspelled one is not lost;
//! a reader of responses must ignore members that it does not know.

mod arrival;
mod beneficiary;
mod bulk;
mod case;
mod document;
mod event;
mod letter;
mod list;
mod mail;
mod migration;
mod notification;
mod oauth;
mod passkeys;
mod people;
mod process;
mod project;
mod report;
mod sandbox;
mod trusted;

pub use arrival::{
    ArrivalFieldView, ArrivalFileView, ArrivalKindWord, ArrivalState, ArrivalView, OpenArrival,
};
pub use beneficiary::{BeneficiaryView, MergeBeneficiary, NewBeneficiaryBody};
pub use bulk::{BulkAnswer, BulkKind, BulkStatus, NewBulkCase, RowAnswer, RowProblem};
pub use case::{
    CaseActed, CaseFileView, CaseTextView, DraftFault, DraftView, InboxView, NewCaseAct,
    NewOpenCase, NewReserve, NextStepView, ReservedFate, Trial,
};
pub use document::{
    DocumentView, FindingText, FindingView, LiftStandingHold, NewFindingBody, NewStandingHold,
    NewVisibility, StandingHoldView,
};
pub use event::{Events, StreamedEvent};
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
pub use passkeys::{
    BeginPasskeySignIn, CeremonyView, FinishPasskey, FinishPasskeySignIn, PasskeyMade, PasskeyView,
    RenamePasskey,
};
pub use people::{
    AcceptInvitation, ApiKeyMade, ApiKeyView, AuditView, AuthenticatorMade, ChangePassword,
    CodeBody, CompleteSignIn, DecideProposal, InvitationSent, InviteUser, MeView, NewApiKey,
    NewRegistration, NewRole, OwnProfile, ProposalView, RecoveryCodesView, Registered,
    RequestReset, RoleAnswer, SessionView, SignInBody, SignedIn, UserView,
};
pub use process::{
    AwaitedStep, CaseView, NewEnrolment, NewProcess, ProcessChange, ProcessView,
    ProposedProcessView,
};
pub use project::{
    CommentView, DuplicateView, DuplicatesView, EditComment, FieldChangeView, FormDiffView,
    FormVersionView, HiddenDuplicatesView, NewCommentBody, OverlapView, OwnerView, ProjectView,
    WordingView,
};
pub use report::{
    AefCellChange, AefChangesView, AefCheckView, AefCrossCheckView, AefFinding, AefRowChange,
    AefRows, Article6ActionView, BalanceView, FreezeAef, HeldAtView, SubmissionView,
    SummaryRowView, SummaryView, YearValue,
};
pub use sandbox::{MoveTime, SandboxView};

pub use trusted::{KeyChanged, NewTrustedReceiver, RemoveTrustedReceiver, TrustedReceiverView};

pub use countersign_client::types::*;

#[cfg(test)]
mod tests;
