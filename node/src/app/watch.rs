//! The federation as everybody may watch it: partner countries and how this node stands with theirs, and whether anything of
//! that has changed.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_protocol::party::Party;
use countersign_protocol::record::{Partner, PartnerStatus};
use countersign_protocol::registry::State;

use super::{App, PeerInfo};
use crate::mirror::MirrorStatus;

/// How this node stands with a partner's, as everybody may know. An entry of a partner's ledger that this node's rules refuse
/// is [`Self::Behind`] until there is evidence: then it is [`Self::Accused`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartnerStanding {
    /// Its ledger is here as far as this node knows of it, and obeys the rules.
    Consistent,
    /// This node does not have, or has not judged, every entry that it knows of.
    Behind,
    /// Its node does not answer.
    Unreachable,
    /// Nothing begins with it for now, as this country decided.
    Frozen,
    /// There is evidence against its ledger.
    Accused,
    /// It is a partner no more.
    Removed,
}

/// A partner country, as everybody may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerCard {
    /// The country.
    pub party: Party,
    /// How this node stands with its node.
    pub standing: PartnerStanding,
    /// Entries of its ledger that this node has and has judged; none where it is not mirrored.
    pub mirrored: Option<u64>,
    /// When this node last had all of it, in milliseconds since the Unix epoch.
    pub caught_up_ms: Option<u64>,
    /// Transfers with it that are not settled.
    pub open_transfers: u64,
    /// Ranges about which the two ledgers disagree.
    pub differences: u64,
}

/// What pages show of the federation, in short: equal as long as none of them has to be drawn anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederationMark {
    /// Leaves of the ledger.
    pub size: u64,
    witnessed: u64,
    partners: Vec<(Party, bool, u64, bool)>,
}

impl App {
    /// Partner countries and how this node stands with their nodes. Addresses, keys and what a problem says in detail are for
    /// those who run the node.
    pub async fn partner_cards(&self) -> Vec<PartnerCard> {
        let (peers, mirrors) = (self.federation().peers().await, self.federation().mirrors());
        self.ledger().read(|state| {
            let open = open_transfers(state);
            let seen = Seen {
                peers: &peers,
                mirrors: &mirrors,
                open: &open,
            };
            let cards = state.partners().map(|it| card(state, it, &seen));
            cards.collect()
        })
    }

    /// What pages show of the federation, in short.
    pub async fn federation_mark(&self) -> FederationMark {
        let (size, witnessed) = self.feed_sizes();
        let (peers, mirrors) = (self.federation().peers().await, self.federation().mirrors());
        let of = |peer: &PeerInfo| {
            let mirror = mirrors.iter().find(|it| it.party == peer.party);
            let here = mirror.map_or(0, |it| it.size);
            let is_stuck = mirror.is_some_and(|it| it.finding.is_some() || it.problem.is_some());
            (peer.party, peer.connected, here, is_stuck)
        };
        FederationMark {
            size,
            witnessed,
            partners: peers.iter().map(of).collect(),
        }
    }

    /// Waits until pages of the federation differ from what they were, but not longer than `patience`; gives what they are then.
    pub async fn wait_for_federation(
        &self,
        known: &FederationMark,
        patience: Duration,
    ) -> FederationMark {
        // The ledger says when it grows; connections and mirrors are looked at.
        self.wait_for_events(known.size.checked_sub(1), false, patience)
            .await;
        self.federation_mark().await
    }
}

/// Transfers that are not settled, by partner.
fn open_transfers(state: &State) -> BTreeMap<Party, u64> {
    let mut open = BTreeMap::new();
    for (_, it) in state.transfers().filter(|(_, it)| !it.is_settled()) {
        *open.entry(it.partner).or_insert(0) += 1;
    }
    open
}

/// What this node sees of its partners.
struct Seen<'a> {
    peers: &'a [PeerInfo],
    mirrors: &'a [MirrorStatus],
    open: &'a BTreeMap<Party, u64>,
}

fn card(state: &State, partner: &Partner, seen: &Seen<'_>) -> PartnerCard {
    let party = partner.party;
    let peer = seen.peers.iter().find(|it| it.party == party);
    let mirror = seen.mirrors.iter().find(|it| it.party == party);
    let mirrored = mirror.map(|it| it.size);
    let known = state.pin(party).map(|it| it.size);
    let is_behind = mirror.is_some_and(|it| it.finding.is_some())
        || mirrored
            .zip(known)
            .is_some_and(|(here, known)| here < known);
    let is_connected = peer.is_some_and(|it| it.connected);
    let is_accused = state.accusation(party).is_some();
    PartnerCard {
        party,
        standing: standing(partner.status, is_accused, is_connected, is_behind),
        mirrored,
        caught_up_ms: mirror.and_then(|it| it.caught_up_ms),
        open_transfers: seen.open.get(&party).copied().unwrap_or(0),
        differences: state
            .comparison(party)
            .map_or(0, |it| it.differences.len() as u64),
    }
}

const fn standing(
    status: PartnerStatus,
    is_accused: bool,
    is_connected: bool,
    is_behind: bool,
) -> PartnerStanding {
    match status {
        PartnerStatus::Removed => PartnerStanding::Removed,
        _ if is_accused => PartnerStanding::Accused,
        PartnerStatus::Frozen => PartnerStanding::Frozen,
        PartnerStatus::Active if !is_connected => PartnerStanding::Unreachable,
        PartnerStatus::Active if is_behind => PartnerStanding::Behind,
        PartnerStatus::Active => PartnerStanding::Consistent,
    }
}

#[cfg(test)]
mod tests {
    use super::{PartnerStanding, PartnerStatus, standing};

    #[test]
    fn the_worst_that_is_known_of_a_partner_is_what_is_shown() {
        use PartnerStanding::{Accused, Behind, Consistent, Frozen, Removed, Unreachable};
        let active = |accused, connected, behind| {
            standing(PartnerStatus::Active, accused, connected, behind)
        };
        assert_eq!(active(false, true, false), Consistent);
        assert_eq!(active(false, true, true), Behind);
        assert_eq!(active(false, false, true), Unreachable);
        assert_eq!(active(true, false, true), Accused);
        assert_eq!(standing(PartnerStatus::Frozen, false, true, false), Frozen);
        assert_eq!(standing(PartnerStatus::Frozen, true, true, false), Accused);
        assert_eq!(standing(PartnerStatus::Removed, true, true, true), Removed);
    }
}
