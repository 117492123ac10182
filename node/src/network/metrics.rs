//! Counters: what came, what went, and everything that was refused or dropped, with its reason.

use countersign_protocol::federation::fault::FaultCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// Why something a peer sent, or a connection it wanted, was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The peer is not on the list.
    UnknownPeer,
    /// A limit on connections.
    ConnectionLimit,
    /// The peer belongs to a network of another name.
    OtherNetwork,
    /// The frame or its encoding.
    Frame(FaultCode),
    /// The peer's work budget is used up; this needed more of it.
    WorkBudget {
        /// In the units of the budget.
        work: u32,
    },
    /// Too many of the peer's messages wait here already.
    InFlight,
    /// The application's queue is full.
    QueueFull,
    /// The application has gone.
    Closed,
    /// The application gave no answer in time.
    AnswerTimeout,
    /// The application dropped the request.
    AnswerDropped,
    /// The peer's stream was gone when the answer came, or broke while the request was read.
    StreamGone,
    /// The application gave no verdict in time.
    VerdictTimeout,
    /// The peer went on far beyond its budget, or sent what no node sends, and is shut out for a while.
    Flood,
}

impl Reason {
    pub(super) fn label(self) -> &'static str {
        match self {
            Reason::UnknownPeer => "unknown-peer",
            Reason::ConnectionLimit => "connection-limit",
            Reason::OtherNetwork => "other-network",
            Reason::Frame(fault) => fault.name(),
            Reason::WorkBudget { .. } => "work-budget",
            Reason::InFlight => "in-flight",
            Reason::QueueFull => "queue-full",
            Reason::Closed => "closed",
            Reason::AnswerTimeout => "answer-timeout",
            Reason::AnswerDropped => "answer-dropped",
            Reason::StreamGone => "stream-gone",
            Reason::VerdictTimeout => "verdict-timeout",
            Reason::Flood => "flood",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    kind: &'static str,
    outcome: &'static str,
}

/// The network's own metrics and libp2p's.
pub(super) struct Metrics {
    pub(super) libp2p: libp2p::metrics::Metrics,
    pub(super) peers_listed: Gauge,
    pub(super) peers_connected: Gauge,
    refused: Family<ReasonLabel, Counter>,
    requests_received: Family<KindLabel, Counter>,
    requests_sent: Family<OutcomeLabel, Counter>,
    request_seconds: Histogram,
    gossip_received: Family<OutcomeLabel, Counter>,
    gossip_published: Family<OutcomeLabel, Counter>,
    dials: Family<OutcomeLabel, Counter>,
}

impl Metrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let libp2p = libp2p::metrics::Metrics::new(registry);
        let own = registry.sub_registry_with_prefix("countersign_network");
        let metrics = Metrics {
            libp2p,
            peers_listed: Gauge::default(),
            peers_connected: Gauge::default(),
            refused: Family::default(),
            requests_received: Family::default(),
            requests_sent: Family::default(),
            // 1 ms to 16 s.
            request_seconds: Histogram::new(exponential_buckets(0.001, 2.0, 15)),
            gossip_received: Family::default(),
            gossip_published: Family::default(),
            dials: Family::default(),
        };
        own.register(
            "peers_listed",
            "Peers on the list",
            metrics.peers_listed.clone(),
        );
        own.register(
            "peers_connected",
            "Peers with a connection",
            metrics.peers_connected.clone(),
        );
        own.register(
            "refused",
            "Messages and connections of peers that were not taken",
            metrics.refused.clone(),
        );
        own.register(
            "requests_received",
            "Requests handed to the application",
            metrics.requests_received.clone(),
        );
        own.register(
            "requests_sent",
            "Requests sent to peers, by outcome",
            metrics.requests_sent.clone(),
        );
        own.register(
            "request_seconds",
            "Time from a request to its answer",
            metrics.request_seconds.clone(),
        );
        own.register(
            "gossip_received",
            "Gossip messages judged, by verdict",
            metrics.gossip_received.clone(),
        );
        own.register(
            "gossip_published",
            "Gossip messages of our own, by outcome",
            metrics.gossip_published.clone(),
        );
        own.register(
            "dials",
            "Dials of listed peers, by outcome",
            metrics.dials.clone(),
        );
        metrics
    }

    pub(super) fn refused(&self, reason: Reason) {
        let reason = reason.label();
        self.refused.get_or_create(&ReasonLabel { reason }).inc();
    }

    pub(super) fn request_received(&self, kind: &'static str) {
        self.requests_received
            .get_or_create(&KindLabel { kind })
            .inc();
    }

    pub(super) fn request_sent(&self, kind: &'static str, outcome: &'static str, seconds: f64) {
        self.requests_sent
            .get_or_create(&OutcomeLabel { kind, outcome })
            .inc();
        self.request_seconds.observe(seconds);
    }

    pub(super) fn gossip_received(&self, kind: &'static str, outcome: &'static str) {
        self.gossip_received
            .get_or_create(&OutcomeLabel { kind, outcome })
            .inc();
    }

    pub(super) fn gossip_published(&self, kind: &'static str, outcome: &'static str) {
        self.gossip_published
            .get_or_create(&OutcomeLabel { kind, outcome })
            .inc();
    }

    pub(super) fn dial(&self, outcome: &'static str) {
        let kind = "dial";
        self.dials
            .get_or_create(&OutcomeLabel { kind, outcome })
            .inc();
    }
}
