//! Following the trust registry: its members become this ledger's partners, its keys and witnesses are the ones that count.
//!
//! A version is asked for again and again, from every partner and from the addresses in the configuration; whoever has a newer
//! one gives it, and nobody needs to be believed.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::federation::message::{Request, Response};
use countersign_protocol::party::Party;
use countersign_protocol::record::{LedgerCleared, Partner, PartnerStatus};
use countersign_protocol::registry::{Command, State};
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::{Member, Members, Standing, Trust, TrustSource};
use reqwest::Client;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::clock::now_ms;
use crate::federation::Federation;
use crate::federation::shared::{Shared, request_about};
use crate::ledger::Submission;
use crate::network::{Multiaddr, NetworkHandle, PeerId};
use crate::trust::TrustError;

/// How often a newer version is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// The same before there is any.
const LOOK_FIRST: Duration = Duration::from_secs(2);

/// The longest wait for a file over HTTP.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Runs until the node stops.
pub(crate) async fn run(federation: Federation, from: Vec<String>, stop: CancellationToken) {
    let client = Client::builder().timeout(TIMEOUT).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            warn!(%error, "no requests for the trust registry can be made");
            return;
        }
    };
    if let Some(trust) = federation.shared.trust() {
        federation.follow(&trust).await;
    }
    loop {
        let is_there = federation.shared.trust().is_some();
        look(&federation, &client, &from).await;
        federation.take_up_what_waits().await;
        let wait = if is_there { LOOK_EVERY } else { LOOK_FIRST };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Asks everybody once.
async fn look(federation: &Federation, client: &Client, from: &[String]) {
    let handle = Handle::current();
    for base in from {
        let source = OverHttp {
            handle: handle.clone(),
            client: client.clone(),
            base: base.trim_end_matches('/').to_owned(),
        };
        take_in(federation, source, base).await;
    }
    for peer in federation.shared.peers() {
        let source = OverPeer {
            handle: handle.clone(),
            network: federation.shared.network.clone(),
            peer,
        };
        take_in(federation, source, &peer.to_string()).await;
    }
}

async fn take_in(federation: &Federation, source: impl TrustSource + Send + 'static, name: &str) {
    let Some(keeper) = federation.shared.keeper.clone() else {
        return;
    };
    let Ok(now) = Timestamp::from_seconds(now_ms() / 1000) else {
        return;
    };
    // Files are asked for one after the other, each by name: on a thread that may wait.
    let taken = tokio::task::spawn_blocking(move || keeper.take_in(&source, now)).await;
    match taken {
        Ok(Ok(Some(trust))) => {
            let (snapshot, _) = trust.seen();
            info!(
                source = name,
                root = trust.root().common.version,
                snapshot,
                "a newer version of the trust registry is taken in"
            );
            federation.follow(&trust).await;
        }
        Ok(Ok(None)) => {}
        Ok(Err(TrustError::Nothing)) => {
            debug!(source = name, "no trust registry is to be had there");
        }
        Ok(Err(problem)) => {
            warn!(source = name, %problem, "a version of the trust registry is not taken in");
        }
        Err(_) => warn!(source = name, "taking in the trust registry was broken off"),
    }
}

/// Files from a partner's node.
struct OverPeer {
    handle: Handle,
    network: NetworkHandle,
    peer: PeerId,
}

impl TrustSource for OverPeer {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        let name = path.to_owned();
        let answer = self.network.request(self.peer, Request::GetTrust { name });
        match self.handle.block_on(answer) {
            Ok(Response::Trust { file }) if file.len() <= max => Some(file),
            _ => None,
        }
    }
}

/// Files from a web server: a member's node, or the secretariat's.
struct OverHttp {
    handle: Handle,
    client: Client,
    base: String,
}

impl TrustSource for OverHttp {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        let url = format!("{}/{path}", self.base);
        self.handle.block_on(async {
            let mut answer = self.client.get(url).send().await.ok()?;
            if !answer.status().is_success() {
                return None;
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = answer.chunk().await.ok()? {
                if bytes.len() + chunk.len() > max {
                    return None;
                }
                bytes.extend_from_slice(&chunk);
            }
            Some(bytes)
        })
    }
}

impl Federation {
    /// Makes a version of the trust registry the one that counts here.
    pub(crate) async fn follow(&self, trust: &Arc<Trust>) {
        self.shared.verifier.set_trust(Some(Arc::clone(trust)));
        if let Err(problem) = self.refresh() {
            warn!(%problem, "the keys of the trust registry can not be taken up");
        }
        let Some(settling) = trust.to_settle() else {
            return;
        };
        let Some(own) = self.shared.ledger.read(|state| state.genesis().cloned()) else {
            return;
        };
        let members = settling.members();
        let others = members
            .iter()
            .filter(|it| it.party != own.party && it.origin != own.origin);
        // A closed ledger stays the partner until its country has another one.
        let current = others.filter(|it| {
            !it.is_closed()
                || members
                    .of_party(it.party)
                    .is_none_or(|open| open.origin == it.origin)
        });
        for member in current {
            if let Err(problem) = self.follow_member(members, member).await {
                warn!(party = %member.party, problem, "a member can not be taken up as a partner");
            }
        }
        if let Err(problem) = self.refresh() {
            warn!(%problem, "the keys of partners can not be taken up");
        }
    }

    /// Tries again what had to wait: a country's new ledger is taken up after the last lock to its closed one has ended.
    async fn take_up_what_waits(&self) {
        let Some(trust) = self.shared.trust() else {
            return;
        };
        let waits = trust.to_settle().is_some_and(|settling| {
            let members = settling.members();
            let waits = |known: &Partner| members.continued_from(known.party, &known.origin);
            let read = |state: &State| state.partners().any(|known| waits(known).is_some());
            self.shared.ledger.read(read)
        });
        if waits {
            self.follow(&trust).await;
        }
    }

    async fn follow_member(&self, members: &Members, member: &Member) -> Result<(), String> {
        let mut wanted = partner_of(member)?;
        let known = self
            .shared
            .ledger
            .read(|state| state.partner(member.party).cloned());
        let former = known.as_ref().filter(|known| known.origin != wanted.origin);
        wanted.continues =
            former.and_then(|known| members.continued_from(member.party, &known.origin));
        if let Some(active) =
            former.filter(|it| wanted.continues.is_some() && it.status == PartnerStatus::Active)
        {
            // A version that closes one ledger and lists the other at once: nothing goes on from a ledger that counts.
            let frozen = Partner {
                status: PartnerStatus::Frozen,
                ..active.clone()
            };
            self.submit(member, "closed", Command::SetPartner(frozen))
                .await?;
        }
        if known.as_ref() != Some(&wanted) {
            self.submit(member, "partner", Command::SetPartner(wanted.clone()))
                .await?;
            info!(
                party = %member.party, status = ?wanted.status, origin = %wanted.origin,
                "a partner is as the trust registry lists it"
            );
            self.forget_peer_of(former, &wanted).await;
        }
        self.clear_if_decided(member).await?;
        let peer: PeerId = wanted
            .peer
            .as_str()
            .parse()
            .map_err(|_| "its peer id is none".to_owned())?;
        let addresses: Vec<Multiaddr> = member
            .addresses
            .iter()
            .filter_map(|address| address.as_str().parse().ok())
            .collect();
        self.shared
            .network
            .allow(peer, addresses)
            .await
            .map_err(|error| error.to_string())?;
        self.open(member.party, peer);
        Ok(())
    }

    /// The node of a closed ledger is nobody's any more.
    async fn forget_peer_of(&self, former: Option<&Partner>, now: &Partner) {
        let peer = former.filter(|former| former.peer != now.peer);
        if let Some(Ok(peer)) = peer.map(|former| former.peer.as_str().parse::<PeerId>())
            && let Err(problem) = self.shared.network.remove(peer).await
        {
            debug!(party = %now.party, %problem, "the peer of a closed ledger stays listed");
        }
    }

    /// The threshold of members that signs an entry has named the line that lives on.
    async fn clear_if_decided(&self, member: &Member) -> Result<(), String> {
        let (Standing::Active {
            surviving: Some(head),
        }
        | Standing::Frozen {
            surviving: Some(head),
            ..
        }) = &member.standing
        else {
            return Ok(());
        };
        let accusation = self
            .shared
            .ledger
            .read(|state| state.accusation(member.party));
        let Some(accusation) = accusation else {
            return Ok(());
        };
        let cleared = LedgerCleared {
            party: member.party,
            evidence: accusation.evidence,
            size: head.size,
            root: head.root,
            decision: entry_hash(member),
        };
        self.submit(member, "cleared", Command::Clear(cleared))
            .await?;
        info!(party = %member.party, size = head.size, "the trust registry names the line of an accused ledger that lives on");
        Ok(())
    }

    /// The same entry asks for the same record: one version is followed once.
    async fn submit(&self, member: &Member, what: &str, command: Command) -> Result<(), String> {
        let state = self.shared.ledger.read(|state| state.size());
        let parts: [&[u8]; 3] = [what.as_bytes(), &entry_hash(member), &state.to_be_bytes()];
        let id = request_about("countersign/member/v1", &parts);
        let submitted = Submission::new(id, command);
        let submitted = self.shared.ledger.submit(submitted).await;
        submitted.map(drop).map_err(|error| error.to_string())
    }
}

fn entry_hash(member: &Member) -> [u8; 32] {
    Sha256::digest(member.to_string()).into()
}

/// The partner that a member is, as a ledger lists it.
fn partner_of(member: &Member) -> Result<Partner, String> {
    let key = member.log_keys.last().ok_or("its entry has no log key")?;
    let peer = member.peers.first().ok_or("its entry has no peer id")?;
    Ok(Partner {
        party: member.party,
        origin: member.origin.clone(),
        registry: member.registry,
        log_key: key
            .key
            .to_string()
            .parse()
            .map_err(|_| "its log key is too long".to_owned())?,
        peer: peer
            .as_str()
            .parse()
            .map_err(|_| "its peer id is too long".to_owned())?,
        status: match member.standing {
            Standing::Active { .. } => PartnerStatus::Active,
            Standing::Frozen { .. } | Standing::Closed { .. } => PartnerStatus::Frozen,
        },
        invite: entry_hash(member),
        continues: None,
    })
}

/// Whether something new may begin with a country, as the trust registry says; always where a node has none.
pub(crate) fn may_begin(shared: &Shared, party: Party) -> Result<(), String> {
    if shared.keeper.is_none() {
        return Ok(());
    }
    let trust = shared
        .trust()
        .ok_or("the trust registry has not been fetched yet")?;
    let now = Timestamp::from_seconds(shared.ledger.now_ms() / 1000);
    let now = now.map_err(|error| error.to_string())?;
    let decisions = trust.for_new_decisions(now);
    let decisions = decisions.map_err(|refusal| refusal.to_string())?;
    let partner = decisions.partner(party);
    partner.map(drop).map_err(|refusal| refusal.to_string())
}
