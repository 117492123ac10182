use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};

use super::backoff::{draw, redial_delay};
use super::budget::Budget;
use super::{Limits, PeerStatus};

/// Longest error text that is kept of a peer, bytes: some dial errors list every address.
const ERROR_BYTES_MAX: usize = 300;

/// Offences of one peer in one window after which it is shut out.
const OFFENCES_MAX: u32 = 1_000;

/// The window over which [`OFFENCES_MAX`] counts.
const OFFENCES_WINDOW: Duration = Duration::from_secs(10);

/// Work over the budget that is one offence. The budget has then been used up long ago; what comes beyond it costs the reading of
/// a frame and a hash, and this bounds even that. A node that is told that it is too much waits: it gets nowhere near.
const WORK_OF_AN_OFFENCE: u32 = 16;

/// The offence of one thing that no program that keeps the protocol sends: fifty in a window are no accident.
pub(super) const MISCONDUCT: u32 = OFFENCES_MAX / 50;

/// How long a peer that offends is shut out. Short: transfers of an honest state with a broken program wait for it.
const SHUT_OUT: Duration = Duration::from_secs(60);

/// The offence of a request or gossip message that was not taken because it is over the budget.
pub(super) const fn over_budget(work: u32) -> u32 {
    work.div_ceil(WORK_OF_AN_OFFENCE)
}

/// What the network knows of a listed peer.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) addresses: Vec<Multiaddr>,
    pub(super) connections: u32,
    /// The dial under way, if any.
    pub(super) dialing: Option<ConnectionId>,
    /// Failures in a row: dials that failed and connections that ended before the peer said who it is.
    failures: u32,
    next_dial: Instant,
    last_error: Option<String>,
    rtt: Option<Duration>,
    last_seen: Option<SystemTime>,
    pub(super) agent: Option<String>,
    pub(super) work: Budget,
    /// Its requests that are unanswered here.
    pub(super) answering: usize,
    /// Our requests that are unanswered there.
    pub(super) asking: usize,
    /// Its gossip messages that are unjudged here.
    pub(super) judging: usize,
    pub(super) refused: u64,
    offending_since: Instant,
    offences: u32,
    /// Until when it is shut out.
    shut_out_until: Option<Instant>,
}

impl Peer {
    pub(super) fn new(addresses: Vec<Multiaddr>, limits: &Limits, now: Instant) -> Self {
        Peer {
            addresses,
            connections: 0,
            dialing: None,
            failures: 0,
            next_dial: now,
            last_error: None,
            rtt: None,
            last_seen: None,
            agent: None,
            work: Budget::new(limits.work_per_second, limits.work_burst, now),
            answering: 0,
            asking: 0,
            judging: 0,
            refused: 0,
            offending_since: now,
            offences: 0,
            shut_out_until: None,
        }
    }

    /// Whether it is time to dial.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.connections == 0
            && self.dialing.is_none()
            && self.shut_out_until.is_none()
            && !self.addresses.is_empty()
            && self.next_dial <= now
    }

    /// Other addresses: dial them at once, whatever became of the old ones.
    pub(super) fn readdress(&mut self, addresses: Vec<Multiaddr>, now: Instant) {
        self.addresses = addresses;
        self.failures = 0;
        self.next_dial = now;
    }

    /// The peer said who it is: from here on it counts as reached.
    pub(super) fn greeted(&mut self, agent: String) {
        self.failures = 0;
        self.last_error = None;
        self.agent = Some(agent);
    }

    /// A dial failed or a connection ended: dial again, but not at once.
    pub(super) fn lost(&mut self, error: Option<String>, limits: &Limits, now: Instant) {
        if let Some(mut error) = error {
            error.truncate(error.floor_char_boundary(ERROR_BYTES_MAX));
            self.last_error = Some(error);
        }
        let wait = redial_delay(self.failures, limits.redial_min, limits.redial_max, draw());
        self.next_dial = now + wait;
        self.failures = self.failures.saturating_add(1);
    }

    pub(super) fn pinged(&mut self, rtt: Duration) {
        self.rtt = Some(rtt);
        self.seen();
    }

    pub(super) fn seen(&mut self) {
        self.last_seen = Some(SystemTime::now());
    }

    /// Counts an offence, and says whether it is one too many.
    pub(super) fn offends(&mut self, offence: u32, now: Instant) -> bool {
        if now.saturating_duration_since(self.offending_since) > OFFENCES_WINDOW {
            self.offending_since = now;
            self.offences = 0;
        }
        self.offences = self.offences.saturating_add(offence);
        self.offences > OFFENCES_MAX
    }

    /// Shuts the peer out for a while. Says whether it was not shut out before.
    pub(super) fn shut_out(&mut self, now: Instant) -> bool {
        self.last_error = Some(
            "shut out for a minute: it flooded this node, or sent what no node sends".to_owned(),
        );
        self.offences = 0;
        self.shut_out_until.replace(now + SHUT_OUT).is_none()
    }

    /// Ends the shutting out when its time has come, and says whether it did.
    pub(super) fn comes_back(&mut self, now: Instant) -> bool {
        self.shut_out_until.take_if(|until| *until <= now).is_some()
    }

    pub(super) fn status(&self, peer: PeerId, now: Instant) -> PeerStatus {
        let waits = self.connections == 0 && !self.addresses.is_empty();
        PeerStatus {
            peer,
            addresses: self.addresses.clone(),
            connected: self.connections > 0,
            connections: self.connections,
            rtt_ms: self.rtt.map(|rtt| rtt.as_secs_f64() * 1_000.0),
            last_seen_ms: self.last_seen.and_then(unix_ms),
            agent: self.agent.clone(),
            dial_failures: self.failures,
            next_dial_ms: waits.then(|| {
                let wait = self.next_dial.saturating_duration_since(now);
                u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
            }),
            last_error: self.last_error.clone(),
            refused: self.refused,
        }
    }
}

fn unix_ms(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}
