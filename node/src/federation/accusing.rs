//! Evidence against partners' ledgers: checked, kept, recorded in this ledger, and told to everybody.
//!
//! From its record on, nothing new begins with the accused and nothing that its ledger says counts; what is open waits for
//! the members to name the line that lives on (rule R12).

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::federation::evidence::{
    Contradiction, Evidence, EvidenceError, ProvenContradiction,
};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{Hash, TileTree, TlogProof, VerifierKey, prove_inclusion};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, LedgerAccused};
use countersign_protocol::registry::{Command, Refusal, TransferKey};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use crate::federation::shared::{Shared, partner_of};
use crate::federation::verifier::Unpinned;
use crate::ledger::{Submission, SubmitError};
use crate::ops::files::FileFault;

/// How often evidence against whoever stands accused is told again: a member that was away hears of it then.
const TELL_EVERY: Duration = Duration::from_secs(300);

/// Why evidence was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AccusationError {
    /// It proves nothing.
    #[error("the evidence proves nothing: {0}")]
    Evidence(#[from] EvidenceError),
    /// It is against a ledger that no partner keeps.
    #[error("the evidence is against {0}, which is the ledger of no partner")]
    NoPartner(String),
    /// A leaf is said to break a rule, and this node's mirror of the ledger has not found that.
    #[error(
        "the leaf stands in the ledger, and this node's mirror of it has not found that it breaks a rule: wait until the mirror \
         is up to date"
    )]
    NotFoundHere,
    /// It can not be kept.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The ledger did not record it.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// What was made of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accused {
    /// The partner.
    pub party: Party,
    /// What its ledger did.
    pub kind: Contradiction,
    /// SHA-256 of the evidence.
    pub evidence: Hash,
}

/// Two checkpoints of one partner that this node has verified.
pub(crate) async fn of_two_notes(
    shared: &Arc<Shared>,
    party: Party,
    held: Option<&str>,
    other: &str,
) {
    let keys = keys_of_party(shared, party);
    let evidence = held.map(|held| Evidence::of_checkpoints(held, other, &keys));
    match evidence {
        Some(Ok(evidence)) => report(shared, party, &evidence).await,
        // Of two sizes: the fork is certain here, and two notes alone do not show it to others.
        _ => error!(
            %party,
            "a partner's witnessed checkpoint is not of the tree that is mirrored here: its ledger has two histories"
        ),
    }
}

/// What this node's own witness has kept against a log that it was asked to cosign.
pub(crate) async fn of_own_witness(shared: &Arc<Shared>, origin: &str) {
    let kept = shared
        .witness
        .evidence(crate::witness::origin_hash(origin))
        .ok();
    let Some(text) = kept.flatten() else {
        return;
    };
    let taken = match text.parse() {
        Ok(evidence) => take(shared, &evidence).await,
        Err(problem) => Err(AccusationError::Evidence(problem)),
    };
    match taken {
        Ok(_) | Err(AccusationError::NoPartner(_)) => {}
        Err(problem) => error!(origin, %problem, "the evidence of the own witness is not recorded"),
    }
}

/// A leaf of a partner's mirror that breaks a rule.
pub(crate) async fn of_broken_rule(shared: &Arc<Shared>, party: Party, index: u64) {
    if shared
        .ledger
        .read(|state| state.accusation(party).is_some())
    {
        return;
    }
    let keys = keys_of_party(shared, party);
    let bundle = mirrored_bundle(shared, party, index);
    let evidence = bundle.map(|bundle| Evidence::of_broken_rule(&bundle, &keys));
    match evidence {
        Some(Ok(evidence)) => report(shared, party, &evidence).await,
        Some(Err(problem)) => error!(%party, index, %problem, "a broken rule can not be shown"),
        None => debug!(%party, index, "a broken rule is shown once the mirror is up to date"),
    }
}

/// A bundle that does not continue what is known of its ledger: beside the leaves of this node's mirror it is evidence when it says
/// something else about the same transfer (E3), block (E2) or index (E4).
pub(crate) async fn of_other_line(shared: &Arc<Shared>, said: &Unpinned, bundle: &[u8]) {
    let origin = said.origin();
    let party = shared.ledger.read(|state| {
        let party = partner_of(state, origin)?;
        state.accusation(party).is_none().then_some(party)
    });
    let (Some(party), Ok(text)) = (party, std::str::from_utf8(bundle)) else {
        return;
    };
    let keys = keys_of(shared, origin.as_str());
    let beside = {
        let (shared, said) = (Arc::clone(shared), said.record().body.clone());
        let index = text.parse::<TlogProof>().map(|bundle| bundle.index);
        // The mirror may be growing: reading it waits for that.
        let read = move || {
            let ended = ended_at(&shared, party, &said);
            let indices = ended.into_iter().chain(index.ok());
            indices
                .filter_map(|index| mirrored_bundle(&shared, party, index))
                .collect::<Vec<String>>()
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_default()
    };
    let evidence = beside
        .iter()
        .find_map(|held| Evidence::of_bundles(held, text, &keys).ok());
    if let Some(evidence) = evidence {
        report(shared, party, &evidence).await;
    }
}

/// Where the mirror of a partner's ledger has the end of the transfer that a record of that ledger speaks of.
fn ended_at(shared: &Shared, party: Party, said: &Body) -> Option<u64> {
    let key = match said {
        Body::Acquire(it) => TransferKey::In(it.source, it.transfer),
        Body::Refuse(it) => TransferKey::In(it.source, it.transfer),
        Body::Finalise(it) => TransferKey::Out(it.transfer),
        Body::Release(it) => TransferKey::Out(it.transfer),
        _ => return None,
    };
    let partner = shared.ledger.read(|state| state.partner(party).cloned())?;
    let mirror = shared.mirrors.find(partner.origin.as_str())?;
    let transfer = mirror.read(|state| state.transfer(&key)).ok()??;
    match key {
        TransferKey::In(..) => Some(transfer.opened_at),
        TransferKey::Out(_) => transfer.settled_at,
    }
}

async fn report(shared: &Arc<Shared>, party: Party, evidence: &Evidence) {
    if let Err(problem) = take(shared, evidence).await {
        error!(%party, %problem, "evidence against a partner is not recorded");
    }
}

/// The bundle of a leaf under the checkpoint that the mirror stands under.
fn mirrored_bundle(shared: &Shared, party: Party, index: u64) -> Option<String> {
    let partner = shared.ledger.read(|state| state.partner(party).cloned())?;
    let mirror = shared.mirrors.find(partner.origin.as_str())?;
    let (store, note) = (mirror.store()?, mirror.checkpoint()?);
    let (_, checkpoint) = countersign_protocol::log::Checkpoint::parse_note(&note).ok()?;
    let leaf = store.leaf(index).ok()??;
    let tree = TileTree::new(&**store, checkpoint.size);
    let hashes = prove_inclusion(&tree, index, checkpoint.size).ok()?;
    Some(TlogProof::new(leaf, index, hashes, note).to_string())
}

/// Takes evidence, from wherever it came.
///
/// # Errors
/// [`AccusationError`] says why not. Taking it again is harmless; while other evidence against the ledger stands, that is what
/// comes back.
pub(crate) async fn take(
    shared: &Arc<Shared>,
    evidence: &Evidence,
) -> Result<Accused, AccusationError> {
    let (party, proven) = check(shared, evidence)?;
    let _one_by_one = shared.accusing.lock().await;
    let standing = shared.ledger.read(|state| state.accusation(party));
    if let Some(standing) = standing.filter(|it| it.evidence != evidence.sha256()) {
        // It says all that matters; a member that signs a thousand contradictions does not fill our disk.
        return Ok(Accused {
            party,
            kind: standing.kind,
            evidence: standing.evidence,
        });
    }
    shared.evidence.keep(evidence)?;
    let accused = Accused {
        party,
        kind: proven.kind,
        evidence: evidence.sha256(),
    };
    record(shared, &accused).await?;
    tell(shared, evidence.to_string()).await;
    Ok(accused)
}

/// What evidence proves to this node, and against which partner. Changes nothing.
pub(crate) fn check(
    shared: &Shared,
    evidence: &Evidence,
) -> Result<(Party, ProvenContradiction), AccusationError> {
    let origin = evidence.origin()?;
    let party = origin.parse().ok();
    let party = party.and_then(|origin| shared.ledger.read(|state| partner_of(state, &origin)));
    let party = party.ok_or_else(|| AccusationError::NoPartner(origin.clone()))?;
    let proven = evidence.check(&keys_of(shared, &origin))?;
    if let Some(leaf) = proven.leaf {
        let mirror = shared.mirrors.find(&origin);
        let finding = mirror.and_then(|mirror| mirror.status().finding);
        if finding.is_none_or(|found| found.rule.is_none() || found.index != leaf) {
            return Err(AccusationError::NotFoundHere);
        }
    }
    Ok((party, proven))
}

fn keys_of_party(shared: &Shared, party: Party) -> Vec<VerifierKey> {
    let origin = shared
        .ledger
        .read(|state| state.partner(party).map(|it| it.origin.clone()));
    origin.map_or_else(Vec::new, |origin| keys_of(shared, origin.as_str()))
}

fn keys_of(shared: &Shared, origin: &str) -> Vec<VerifierKey> {
    let policy = shared.verifier.policy();
    let logs = policy.logs().iter().map(|log| &log.key);
    logs.filter(|key| key.name() == origin).cloned().collect()
}

async fn record(shared: &Shared, accused: &Accused) -> Result<(), SubmitError> {
    let command = Command::Accuse(LedgerAccused {
        party: accused.party,
        kind: accused.kind,
        evidence: accused.evidence,
    });
    let submission = Submission::new(request_of(&accused.evidence), command);
    match shared.ledger.submit(submission).await {
        Ok(receipt) => {
            error!(
                party = %accused.party,
                number = accused.kind.number(),
                evidence = hex::encode(accused.evidence),
                leaf = receipt.first_index,
                "a partner's ledger stands accused: nothing begins with it, and what is open waits"
            );
            Ok(())
        }
        // Other evidence came first, and says all that matters.
        Err(SubmitError::Refused(Refusal::Accusation(_))) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The same evidence is the same request: what was cleared is not accused by it again.
fn request_of(evidence: &Hash) -> RequestId {
    let mut id = [0; 16];
    id.copy_from_slice(&evidence[..16]);
    RequestId(id)
}

async fn tell(shared: &Shared, evidence: String) {
    if let Err(error) = shared.network.publish_evidence(evidence).await {
        debug!(%error, "the evidence is not gossiped now; it is told again");
    }
}

/// SHA-256 of the evidence against whoever stands accused.
pub(crate) fn standing(shared: &Shared) -> Vec<Hash> {
    shared.ledger.read(|state| {
        let parties = state.partners().map(|partner| partner.party);
        parties
            .filter_map(|party| state.accusation(party))
            .map(|accusation| accusation.evidence)
            .collect()
    })
}

/// Tells the evidence against whoever stands accused again and again, until the node stops.
pub(crate) async fn keep_telling(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TELL_EVERY) => {}
        }
        for sha256 in standing(&shared) {
            match shared.evidence.text(&sha256) {
                Ok(Some(text)) => tell(&shared, text).await,
                Ok(None) => debug!(evidence = hex::encode(sha256), "evidence is not kept here"),
                Err(problem) => warn!(%problem, "evidence can not be read"),
            }
        }
    }
}
