//! The scheduled comparison with a partner's ledger, and what is made of what it finds.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_protocol::federation::reconcile::{Reconciliation, in_one_record};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{Checkpoint, Hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{MAX_RANGES, PositionDifference, PositionsCompared};
use countersign_protocol::registry::{Command, Holding, Refusal, State};
use countersign_protocol::units::UnitRange;
use tracing::{debug, error, info};

use crate::clock::now_ms;
use crate::federation::shared::{Shared, request_about};
use crate::ledger::{LedgerHandle, Submission, SubmitError};
use crate::mirror::{Mirror, MirrorError};

/// How often two ledgers are compared where nothing was found.
const EVERY: Duration = Duration::from_secs(24 * 3600);

/// How often while differences stand, or when it could not be done.
const AGAIN: Duration = Duration::from_secs(600);

/// How long a comparison that somebody asked for waits for the mirror. Shorter than a request over HTTP may take.
const CATCH_UP: Duration = Duration::from_secs(5);

/// So many ranges are judged while the ledger is read once: the writer waits no longer than for these.
const AT_ONCE: usize = 512;

/// Why two ledgers were not compared.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// No such partner is listed.
    #[error("{0} is not a partner")]
    NoPartner(Party),
    /// The newest head of the partner is not known from itself.
    #[error(
        "the mirror of the ledger of {0} does not stand under a head that {0} itself gave: it is compared once its node answers"
    )]
    NotCaughtUp(Party),
    /// The mirror has found a leaf that is not as it must be.
    #[error(
        "the audit of the ledger of {party} stopped at leaf {leaf}: nothing after it can be compared"
    )]
    Audit {
        /// The partner.
        party: Party,
        /// The leaf.
        leaf: u64,
    },
    /// This ledger relies on leaves that the mirror lacks.
    #[error("the ledger of {0} went on while it was compared: try again")]
    Behind(Party),
    /// The mirror's store.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// A thread was lost.
    #[error("the comparison was broken off")]
    BrokenOff,
    /// The ledger did not record it.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// What the last comparison with a partner's ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled {
    /// The partner.
    pub party: Party,
    /// When, in milliseconds since the Unix epoch.
    pub compared_ms: u64,
    /// Size of the partner's tree.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// Size of this ledger up to which what came here was judged.
    pub own_size: u64,
    /// Where the two differ.
    pub differences: Vec<FoundDifference>,
}

/// Units about which two ledgers disagree, and what each says of the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDifference {
    /// Which units, and in what.
    pub difference: PositionDifference,
    /// What this ledger says.
    pub here: Option<Holding>,
    /// What the partner's says.
    pub there: Option<Holding>,
}

/// When the next comparison is due.
#[derive(Debug, Default)]
pub(crate) struct Reconciler {
    next: Option<Instant>,
}

impl Reconciler {
    /// Compares where it is due. A failure is told and tried again.
    ///
    /// `catch_up` brings the mirror to the partner's newest head.
    pub(crate) async fn when_due(
        &mut self,
        shared: &Arc<Shared>,
        party: Party,
        catch_up: impl Future<Output = ()>,
    ) {
        if self.next.is_some_and(|next| Instant::now() < next) {
            return;
        }
        let compared = match compare(shared, party).await {
            Err(ReconcileError::Behind(_)) => compare_still(shared, party, catch_up).await,
            compared => compared,
        };
        let wait = match compared {
            Ok(found) if found.differences.is_empty() => EVERY,
            Ok(_) => AGAIN,
            // Nothing was read yet, and the partner mostly answers the next time that it is asked for its head.
            Err(ReconcileError::NotCaughtUp(_)) => return,
            Err(problem) => {
                debug!(%party, %problem, "a partner's ledger is not compared now");
                AGAIN
            }
        };
        self.next = Instant::now().checked_add(wait);
    }
}

/// Compares this ledger with a partner's as it is mirrored here, and records what changed.
///
/// # Errors
/// [`ReconcileError`] says why not.
pub(crate) async fn compare(
    shared: &Arc<Shared>,
    party: Party,
) -> Result<Reconciled, ReconcileError> {
    let partner = shared.ledger.read(|state| state.partner(party).cloned());
    let partner = partner.ok_or(ReconcileError::NoPartner(party))?;
    let mirror = shared.mirrors.of(&partner);
    let ledger = shared.ledger.clone();
    let found = tokio::task::spawn_blocking(move || find(&ledger, &mirror, party));
    let found = found.await.map_err(|_| ReconcileError::BrokenOff)??;
    record(shared, &found).await?;
    shared.reconciled(found.clone());
    Ok(found)
}

/// The same when somebody asks for it: where units come faster than the mirror grows, they wait until the two are compared.
///
/// # Errors
/// [`ReconcileError`] says why not.
pub(crate) async fn compare_when_asked(
    shared: &Arc<Shared>,
    party: Party,
) -> Result<Reconciled, ReconcileError> {
    match compare(shared, party).await {
        Err(ReconcileError::Behind(_)) => {
            let catch_up = mirrored_to_pin(shared, party);
            compare_still(shared, party, catch_up).await
        }
        compared => compared,
    }
}

/// Compares while nothing newer of the partner is taken in, so that this ledger relies on no leaf that the mirror lacks. What the
/// partner sends meanwhile it sends again.
async fn compare_still(
    shared: &Arc<Shared>,
    party: Party,
    catch_up: impl Future<Output = ()>,
) -> Result<Reconciled, ReconcileError> {
    let no_partner = ReconcileError::NoPartner(party);
    let origin = shared
        .ledger
        .read(|state| state.partner(party).map(|it| it.origin.clone()));
    let Some(heads) = origin.and_then(|origin| shared.heads_of(&origin).ok()) else {
        return Err(no_partner);
    };
    let _nothing_newer = heads.lock().await;
    catch_up.await;
    compare(shared, party).await
}

/// Waits a while until the mirror holds all that this ledger relies on.
async fn mirrored_to_pin(shared: &Shared, party: Party) {
    let origin = shared
        .ledger
        .read(|state| state.partner(party).map(|it| it.origin.clone()));
    let mirror = origin.and_then(|origin| shared.mirrors.find(origin.as_str()));
    let Some(mirror) = mirror else {
        return;
    };
    let end = Instant::now() + CATCH_UP;
    while Instant::now() < end {
        let pin = shared.ledger.read(|state| state.pin(party));
        if pin.is_none_or(|pin| pin.size <= mirror.status().size) {
            return;
        }
        shared.mirror_bell(party).notify_one();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn find(
    ledger: &LedgerHandle,
    mirror: &Mirror,
    party: Party,
) -> Result<Reconciled, ReconcileError> {
    let status = mirror.status();
    if let Some(finding) = status.finding {
        let leaf = finding.index;
        return Err(ReconcileError::Audit { party, leaf });
    }
    let note = mirror.checkpoint();
    let head = note.and_then(|note| Checkpoint::parse_note(&note).ok());
    let (own_size, (_, head)) = status
        .asked_at
        .zip(head)
        .ok_or(ReconcileError::NotCaughtUp(party))?;
    let differences = mirror.read(|other| {
        let sides = Sides {
            ledger,
            other,
            asked_at: own_size,
        };
        sides.differences()
    })?;
    Ok(Reconciled {
        party,
        compared_ms: now_ms(),
        size: head.size,
        root: head.root,
        own_size,
        differences: differences.ok_or(ReconcileError::Behind(party))?,
    })
}

/// This node's ledger, which goes on, beside a mirror, which does not meanwhile.
struct Sides<'a> {
    ledger: &'a LedgerHandle,
    other: &'a State,
    asked_at: u64,
}

/// Where a part of a ledger's ranges begins; at the first for `None`.
type Cursor = Option<(Party, u64)>;

impl Sides<'_> {
    /// Every range of both, judged in parts; then all that was found once more, at one moment.
    fn differences(&self) -> Option<Vec<FoundDifference>> {
        let mut found = BTreeSet::new();
        let of_other = |from| ranges(self.other.holdings_from(from));
        let of_own = |from| self.ledger.read(|own| ranges(own.holdings_from(from)));
        self.sweep(of_other, &mut found)?;
        self.sweep(of_own, &mut found)?;
        let joined = in_one_record(found, usize::MAX);
        let suspects: Vec<UnitRange> = joined.iter().map(|it| it.range).collect();
        self.ledger.read(|own| {
            let both = Reconciliation::new(own, self.other, self.asked_at)?;
            let again = suspects.iter().flat_map(|range| both.differences(*range));
            let again = in_one_record(again, usize::MAX).into_iter();
            let found = again.map(|difference| FoundDifference {
                difference,
                here: own.holdings_over(difference.range).next(),
                there: self.other.holdings_over(difference.range).next(),
            });
            Some(found.collect())
        })
    }

    fn sweep(
        &self,
        part: impl Fn(Cursor) -> Vec<UnitRange>,
        found: &mut BTreeSet<PositionDifference>,
    ) -> Option<()> {
        let mut cursor = None;
        loop {
            let ranges = part(cursor);
            let Some(last) = ranges.last() else {
                return Some(());
            };
            cursor = Some((last.origin(), last.last().saturating_add(1)));
            let part = self.ledger.read(|own| {
                let both = Reconciliation::new(own, self.other, self.asked_at)?;
                let found = ranges.iter().flat_map(|range| both.differences(*range));
                Some(found.collect::<Vec<_>>())
            });
            found.extend(part?);
        }
    }
}

fn ranges(holdings: impl Iterator<Item = Holding>) -> Vec<UnitRange> {
    let ranges = holdings.map(|holding| holding.block.range());
    ranges.take(AT_ONCE).collect()
}

/// Writes what was found where it is not what was found before.
async fn record(shared: &Shared, found: &Reconciled) -> Result<(), SubmitError> {
    let all = found.differences.iter().map(|it| it.difference);
    let differences = in_one_record(all, MAX_RANGES);
    let known = shared.ledger.read(|state| {
        let known = state.comparison(found.party);
        known.map_or_else(Vec::new, |it| it.differences.clone())
    });
    if known == differences {
        return Ok(());
    }
    let count = differences.len();
    let command = Command::Compared(PositionsCompared {
        party: found.party,
        size: found.size,
        root: found.root,
        differences,
    });
    let submission = Submission::new(request_of(found), command);
    match shared.ledger.submit(submission).await {
        Ok(receipt) if count > 0 => error!(
            party = %found.party, count, leaf = receipt.first_index,
            "this ledger and a partner's disagree about units: they stay where they are"
        ),
        Ok(receipt) => info!(
            party = %found.party, leaf = receipt.first_index,
            "this ledger and a partner's agree again: no unit is in doubt"
        ),
        // Another comparison was faster.
        Err(SubmitError::Refused(Refusal::Comparison(_))) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

fn request_of(found: &Reconciled) -> RequestId {
    let (party, time) = (found.party.alpha2(), found.compared_ms.to_be_bytes());
    request_about("countersign/compared/v1", &[&party, &found.root, &time])
}
