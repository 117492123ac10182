//! The node in numbers, for Prometheus.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use countersign_bridge::frame::ItemState;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::app::NodeStatus;
use crate::bridges::{BridgeState, BridgeStatus};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Direction {
    direction: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Witness {
    witness: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfBridge {
    bridge: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Items {
    bridge: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Counted {
    bridge: &'static str,
    what: &'static str,
}

/// Where items of bridges stand.
const STATES: [ItemState; 5] = [
    ItemState::Due,
    ItemState::Agreed,
    ItemState::Stopped,
    ItemState::Dead,
    ItemState::Differs,
];

type Number = Gauge<u64, AtomicU64>;
type Seconds = Gauge<f64, AtomicU64>;

/// What this node counts itself, and what others registered.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_seconds: Histogram,
    ledger_size: Number,
    witnessed_size: Number,
    head_age: Seconds,
    queue_depth: Number,
    is_ready: Number,
    open_transfers: Family<Direction, Number>,
    oldest_lock_age: Seconds,
    witness_size: Family<Witness, Number>,
    witness_age: Family<Witness, Seconds>,
    peers_connected: Number,
    peers_listed: Number,
    mail_waiting: Number,
    mail_oldest_age: Seconds,
    mail_dead: Number,
    mail_sent: Number,
    letters_owed: Number,
    letters_failed: Number,
    bridge_items: Family<Items, Number>,
    bridge_lag: Family<OfBridge, Number>,
    bridge_waits: Family<OfBridge, Number>,
    bridge_barred: Family<OfBridge, Number>,
    bridge_done_age: Family<OfBridge, Seconds>,
    bridge_counted: Family<Counted, Counter>,
}

impl Metrics {
    /// Registers what is counted here beside what the rest of the node registered.
    pub(super) fn new(mut registry: Registry) -> Self {
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("countersign_build", "The running program", build);
        let mut metrics = Self {
            registry,
            requests: Family::default(),
            // 0.25 ms to 16 s.
            request_seconds: Histogram::new(exponential_buckets(0.000_25, 2.0, 17)),
            ledger_size: Number::default(),
            witnessed_size: Number::default(),
            head_age: Seconds::default(),
            queue_depth: Number::default(),
            is_ready: Number::default(),
            open_transfers: Family::default(),
            oldest_lock_age: Seconds::default(),
            witness_size: Family::default(),
            witness_age: Family::default(),
            peers_connected: Number::default(),
            peers_listed: Number::default(),
            mail_waiting: Number::default(),
            mail_oldest_age: Seconds::default(),
            mail_dead: Number::default(),
            mail_sent: Number::default(),
            letters_owed: Number::default(),
            letters_failed: Number::default(),
            bridge_items: Family::default(),
            bridge_lag: Family::default(),
            bridge_waits: Family::default(),
            bridge_barred: Family::default(),
            bridge_done_age: Family::default(),
            bridge_counted: Family::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let http = self.registry.sub_registry_with_prefix("countersign_http");
        http.register("requests", "Requests answered", self.requests.clone());
        let help = "Time from a request to its answer";
        http.register("request_seconds", help, self.request_seconds.clone());
        let own = self.registry.sub_registry_with_prefix("countersign");
        own.register("ready", "1 if /readyz says 200", self.is_ready.clone());
        own.register(
            "ledger_size",
            "Leaves of the ledger",
            self.ledger_size.clone(),
        );
        let help = "Leaves under the newest checkpoint with a quorum of cosignatures";
        own.register("ledger_witnessed_size", help, self.witnessed_size.clone());
        let help = "Age of the newest record";
        own.register("ledger_head_age_seconds", help, self.head_age.clone());
        let help = "Requests that wait for the ledger's writer";
        own.register("ledger_queue_depth", help, self.queue_depth.clone());
        let help = "Transfers that wait for an answer";
        own.register("transfers_open", help, self.open_transfers.clone());
        let help = "Age of the oldest open lock; 0 if there is none";
        own.register(
            "transfers_oldest_lock_age_seconds",
            help,
            self.oldest_lock_age.clone(),
        );
        let help = "Largest size that the witness cosigned";
        own.register("witness_size", help, self.witness_size.clone());
        let help = "Time since the witness's last cosignature";
        own.register("witness_age_seconds", help, self.witness_age.clone());
        let help = "Partners' nodes with an open connection";
        own.register("partners_connected", help, self.peers_connected.clone());
        own.register(
            "partners_listed",
            "Partners' nodes",
            self.peers_listed.clone(),
        );
        own.register("mail_waiting", "Mails that wait", self.mail_waiting.clone());
        let help = "Age of the oldest mail that waits; 0 if there is none";
        own.register(
            "mail_oldest_age_seconds",
            help,
            self.mail_oldest_age.clone(),
        );
        let help = "Mails that could not be sent";
        own.register("mail_dead", help, self.mail_dead.clone());
        let help = "Mails that went out since the start";
        own.register("mail_sent", help, self.mail_sent.clone());
        let help = "Letters that acts owe";
        own.register("letters_owed", help, self.letters_owed.clone());
        let help = "Letters that could not be made so far";
        own.register("letters_failed", help, self.letters_failed.clone());
        self.register_bridges();
    }

    fn register_bridges(&mut self) {
        let own = self.registry.sub_registry_with_prefix("countersign_bridge");
        let help = "Items of a bridge by their state";
        own.register("items", help, self.bridge_items.clone());
        let help = "Leaves that a bridge could read and has not";
        own.register("lag_leaves", help, self.bridge_lag.clone());
        let help = "1 while a bridge waits for its other side, or for a person";
        own.register("waits", help, self.bridge_waits.clone());
        let help = "1 while a bridge waits for a person";
        own.register("barred", help, self.bridge_barred.clone());
        let help = "Time since a bridge had nothing left to do; absent before the first time since the start";
        own.register("done_age_seconds", help, self.bridge_done_age.clone());
        let help = "What a bridge did since the start: events read, scopes drawn, changes staged, runs, items agreed, different and dead, faults";
        own.register("did", help, self.bridge_counted.clone());
    }

    pub(super) fn answered(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = Answered {
            method: known(method),
            route: route.to_owned(),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.observe(took.as_secs_f64());
    }

    /// Everything as OpenMetrics text.
    pub(super) fn render(
        &self,
        status: &NodeStatus,
        bridges: &[BridgeStatus],
    ) -> Result<String, fmt::Error> {
        self.take(status);
        for of in bridges {
            self.take_bridge(of, status.now_ms);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn take(&self, status: &NodeStatus) {
        let age = |since_ms: u64| seconds(status.now_ms.saturating_sub(since_ms));
        let witnessed = status.head.witnessed.as_ref();
        self.is_ready.set(u64::from(status.not_ready.is_empty()));
        self.ledger_size.set(status.head.head.size);
        self.witnessed_size
            .set(witnessed.map_or(0, |it| it.head.size));
        self.head_age.set(age(status.head.time_ms));
        self.queue_depth.set(status.queue_depth as u64);
        for (direction, count) in [("out", status.open.outgoing), ("in", status.open.incoming)] {
            self.open_transfers
                .get_or_create(&Direction { direction })
                .set(count);
        }
        let oldest = status.open.oldest_lock_ms;
        self.oldest_lock_age.set(oldest.map_or(0.0, age));
        for witness in &status.witnesses {
            let labels = Witness {
                witness: witness.name.clone(),
            };
            self.witness_size.get_or_create(&labels).set(witness.size);
            if let Some(last_ms) = witness.last_ms {
                self.witness_age.get_or_create(&labels).set(age(last_ms));
            }
        }
        let connected = status.peers.iter().filter(|peer| peer.connected).count();
        self.peers_connected.set(connected as u64);
        self.peers_listed.set(status.peers.len() as u64);
        if let Some(mail) = &status.mail {
            self.mail_waiting.set(mail.waiting);
            self.mail_oldest_age.set(mail.oldest_ms.map_or(0.0, age));
            self.mail_dead.set(mail.dead);
            self.mail_sent.set(mail.sent);
        }
        self.letters_owed.set(status.letters_owed);
        self.letters_failed.set(status.letters_failed);
    }

    fn take_bridge(&self, of: &BridgeStatus, now_ms: u64) {
        let bridge = of.bridge.word();
        for wanted in STATES {
            let found = of.items.iter().find(|(state, _)| *state == wanted);
            let state = wanted.name();
            let items = self.bridge_items.get_or_create(&Items { bridge, state });
            items.set(found.map_or(0, |(_, count)| *count));
        }
        let labels = OfBridge { bridge };
        self.bridge_lag.get_or_create(&labels).set(of.lag);
        let is_barred = of.state == BridgeState::Barred;
        let waits = is_barred || of.state == BridgeState::Waits;
        self.bridge_waits
            .get_or_create(&labels)
            .set(u64::from(waits));
        self.bridge_barred
            .get_or_create(&labels)
            .set(u64::from(is_barred));
        if let Some(done_ms) = of.done_ms {
            let age = seconds(now_ms.saturating_sub(done_ms));
            self.bridge_done_age.get_or_create(&labels).set(age);
        }
        for (what, count) in &of.counters {
            let what = *what;
            let counter = self.bridge_counted.get_or_create(&Counted { bridge, what });
            counter.inner().store(*count, Ordering::Relaxed);
        }
    }
}

/// A fixed list: a caller must not be able to make up labels.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "DELETE" => "DELETE",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}
