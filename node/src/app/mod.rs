//! The one door: every use case of the node, with who asks and under which request id.
//!
//! HTTP, the pages and whatever comes later call these methods and nothing below them. Writes go to the ledger's
//! queue and come back with its receipt; reads look at the registry's state and the store for as short as they can.

mod adoption;
mod arrivals;
mod article6;
mod beneficiaries;
mod bridges;
mod bulk;
mod caller;
mod cases;
mod courier;
mod dmrv;
mod documents;
mod duplicates;
mod error;
mod events;
mod federation;
mod history;
mod holds;
mod ledger;
mod letters;
mod lists;
mod mirrored;
mod mirrors;
mod mrv_calls;
mod notices;
mod open_data;
mod people;
mod process;
mod projects;
mod public;
mod ready;
mod reconciliation;
mod registry;
mod status;
mod sums;
mod transfers;
mod trial;
mod units;
mod verify;
mod watch;
mod webhooks;
mod write;

use std::sync::Arc;

use countersign_protocol::article6::aef::Switches;
use countersign_protocol::id::RequestId;
use countersign_protocol::permission::Matrix;
use tokio::sync::Mutex;

pub use adoption::{Became, Change, ProposedProcess, between};
pub use arrivals::{ArrivalStanding, ArrivalWish, ListedArrival};
pub use article6::{
    AefChanges, AefComparison, AefDraft, AefWish, ApproachFile, Article6Rights,
    AuthorisationDefaults, AuthorisationFile, AuthorisationQuery, Level, MovementQuery, Notified,
    NotifiedOutcome, PublishedSubmission, SummaryFile,
};
pub use beneficiaries::FavourWish;
pub use bridges::{AgreementItem, AgreementOf, AgreementState, BridgeAgreement, ITEMS_SHOWN_MAX};
pub use bulk::{BulkRow, BulkWish};
pub use caller::{Caller, DrawnToken, Person, TokenWish};
pub use cases::{
    ActWish, CaseFile, CaseWish, CommentWish, FiledText, FindingDeed, FindingWish, FormDiff,
    FormVersion, InboxItem, MigrationPlan, NextStep, ProposedMigration, ReserveWish, RoleItem,
    UnitsFate,
};
pub use dmrv::{BatchStanding, MonitoringDesk, PointProof, SealWish, SourceStanding};
pub use documents::DocumentWish;
pub use duplicates::{Duplicate, Duplicates, HiddenDuplicates};
pub use error::{AppError, Field};
pub use events::{EventPage, EventQuery};
pub use federation::{
    FederationControl, FederationError, PeerInfo, PingReply, Unpacked, WitnessInfo,
};
pub use history::StatementEntry;
pub use holds::{HoldWish, LiftWish};
pub use ledger::{LedgerHead, ProofOf, StoredRecord, WitnessedHead};
pub use letters::{CaseLetter, Certificate, IssuedLetter, LetterCheck, LetterPreview};
pub use lists::SearchResult;
pub use mirrored::{MirroredEntry, MirroredPart};
pub use mirrors::{FederationAlarm, StandingAccusation};
pub use notices::MailReport;
pub use people::{
    Decided, Invited, ListedReceiver, Me, Registered, RegistrationWish, RoleChange, TrustWish,
    UserWish,
};
pub use process::{ListedCase, ListedProcess};
pub use projects::ProjectFile;
pub use public::{MappedProject, Overview};
pub use reconciliation::ListedReconciliation;
pub use registry::{AccountBalances, AgreementUse, ListedPartner};
pub use status::{NodeStatus, OpenTransferCount, Totals};
pub use sums::{Between, Ends, StageTime};
pub use transfers::{ListedTransfer, TransferQuery};
pub use units::{UnitsName, UnitsNameError};
pub use verify::{Judged, StandingHere};
pub use watch::{FederationMark, PartnerCard, PartnerStanding};
pub use webhooks::WebhookWish;
pub use write::{EXPIRY_DEFAULT_MS, Mode, Recorded, Retirement, SendOrder, Written};

use crate::bridges::Bridges;
use crate::documents::Documents;
use crate::ledger::{Clock, LedgerHandle};
use crate::letters::{Letterhead, Letters};
use crate::mail::Mail;
use crate::monitoring::Monitoring;
use crate::open_data::OpenData;
use crate::people::{AccessTokens, Beneficiaries, People, Tokens};
use crate::projection::Projection;
use crate::reports::Reports;
use crate::webhooks::Webhooks;

/// The most items that one call lists.
pub const LIST_MAX: usize = 1000;

/// What the use cases are made of.
pub struct AppParts {
    /// The ledger.
    pub ledger: LedgerHandle,
    /// The federation.
    pub federation: Arc<dyn FederationControl>,
    /// Who may use the node.
    pub tokens: Tokens,
    /// Users, and what they wrote that stays in the node.
    pub people: People,
    /// The documents of cases.
    pub documents: Documents,
    /// Where mail goes out.
    pub mail: Mail,
    /// Which role may do what.
    pub matrix: Matrix,
    /// Names that stay in the node.
    pub beneficiaries: Beneficiaries,
    /// What time it is.
    pub clock: Clock,
}

/// The use cases. Clones share everything.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    projection: Option<Projection>,
    office: Arc<letters::LetterOffice>,
    reports: Option<(Reports, Switches)>,
    policy: Arc<str>,
    bridges: Bridges,
    webhooks: Option<Webhooks>,
    monitoring: Option<Monitoring>,
    open_data: Option<OpenData>,
}

struct Inner {
    ledger: LedgerHandle,
    federation: Arc<dyn FederationControl>,
    tokens: Tokens,
    people: People,
    documents: Documents,
    mail: Mail,
    matrix: Matrix,
    beneficiaries: Beneficiaries,
    clock: Clock,
    access: AccessTokens,
    /// Held while something is kept and its commitment written: nobody replaces a salt whose commitment is on its way.
    naming: Naming,
    counts: cases::Counts,
    radar: duplicates::RadarKeeper,
    book: article6::BookKeeper,
    overview: public::OverviewKeeper,
}

/// Locks for requests, few for all of them: two requests seldom share one, and one request always has the same.
struct Naming([Mutex<()>; 64]);

impl Naming {
    fn new() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(())))
    }

    fn of(&self, request: &RequestId) -> &Mutex<()> {
        let sum = request
            .0
            .iter()
            .fold(0_usize, |sum, byte| sum + usize::from(*byte));
        &self.0[sum % self.0.len()]
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

impl<T> Listing<T> {
    /// Cuts a list that was read one item too far; `cursor` names the last item that stays.
    fn cut(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> String) -> Self {
        let next = if items.len() > limit {
            items.truncate(limit);
            items.last().map(cursor)
        } else {
            None
        };
        Self { items, next }
    }

    /// The same list of other things.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Listing<U> {
        Listing {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }
}

impl App {
    /// Opens the door.
    #[must_use]
    pub fn new(parts: AppParts) -> Self {
        let AppParts {
            ledger,
            federation,
            tokens,
            people,
            documents,
            mail,
            matrix,
            beneficiaries,
            clock,
        } = parts;
        Self {
            projection: None,
            reports: None,
            policy: Arc::from(""),
            bridges: Bridges::default(),
            webhooks: None,
            monitoring: None,
            open_data: None,
            office: Arc::new(letters::LetterOffice::new(
                Letters::presets(),
                Letterhead::default(),
            )),
            inner: Arc::new(Inner {
                ledger,
                federation,
                tokens,
                people,
                documents,
                mail,
                matrix,
                beneficiaries,
                clock,
                access: AccessTokens::default(),
                naming: Naming::new(),
                counts: cases::Counts::default(),
                radar: duplicates::RadarKeeper::default(),
                book: article6::BookKeeper::default(),
                overview: public::OverviewKeeper::default(),
            }),
        }
    }

    fn ledger(&self) -> &LedgerHandle {
        &self.inner.ledger
    }

    fn people(&self) -> &People {
        &self.inner.people
    }

    /// The store of people for a write, or for a trial of which nothing stays.
    fn people_in(&self, mode: Mode) -> People {
        match mode {
            Mode::Write => self.inner.people.clone(),
            Mode::Try => self.inner.people.trial(),
        }
    }

    fn federation(&self) -> &dyn FederationControl {
        self.inner.federation.as_ref()
    }

    /// What time it is, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        (self.inner.clock)()
    }

    /// Runs something that waits for the disk where waiting is allowed.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let (app, span) = (self.clone(), tracing::Span::current());
        tokio::task::spawn_blocking(move || span.in_scope(|| work(&app)))
            .await
            .map_err(|error| AppError::internal("a task of the node ended early", &error))?
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("App")
            .field("ledger", self.ledger())
            .finish_non_exhaustive()
    }
}
