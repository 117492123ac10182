//! The ways in which a listed member can misbehave on the wire (GossipSub evaluation PL-TechRep-2020-001, and the advisories of its
//! implementations since).

use std::sync::Arc;
use std::time::Instant;

use countersign_protocol::federation::evidence::Evidence;
use countersign_protocol::federation::message::{
    BUNDLE_BYTES_MAX, GOSSIP_BYTES_MAX, Gossip, REQUEST_BYTES_MAX, Request, Topic,
};
use countersign_protocol::log::{Checkpoint, SignerKey};

use super::gossip_rpc::{Control, Graft, Have, Ids, Prune, Rpc, Subscription};
use super::stream::{Flood, Written};

/// Message ids, topics and the like in one frame: what the 16 KiB hold that a node reads of control messages.
const ITEMS: u64 = 400;

/// What the member knows and uses.
#[derive(Clone)]
pub struct Knows {
    /// The federation's name.
    pub network: String,
    /// A true bundle of an honest country.
    pub bundle: Vec<u8>,
    /// Its own log key.
    pub log: SignerKey,
    /// The origin of an honest country's log.
    pub honest: String,
}

/// One way.
#[derive(Clone)]
pub struct Attack {
    /// Its name.
    pub name: &'static str,
    gossip: bool,
    never_reads: bool,
    frames: u64,
    frame: Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>,
}

impl Attack {
    /// All of them.
    #[must_use]
    pub fn all(knows: &Knows) -> Vec<Self> {
        vec![
            subscriptions(),
            have(knows),
            want(),
            graft_and_prune(knows),
            dont_want(),
            invalid_gossip(knows),
            gossip_of_any_bytes(knows),
            largest_frames(),
            slow_reader(knows),
            replayed(knows),
            malleated(knows),
            evidence(knows),
        ]
    }

    pub(super) fn is_gossip(&self) -> bool {
        self.gossip
    }

    pub(super) fn at_once(&self, most: usize) -> usize {
        if self.gossip { 1 } else { most }
    }

    pub(super) fn flood(&self, written: &Written, until: Instant) -> Flood {
        Flood {
            frame: Arc::clone(&self.frame),
            frames: self.frames,
            until,
            never_reads: self.never_reads,
            written: written.clone(),
        }
    }

    fn of_gossip(
        name: &'static str,
        frame: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            gossip: true,
            never_reads: false,
            frames: u64::MAX,
            frame: Arc::new(frame),
        }
    }

    fn of_requests(
        name: &'static str,
        frame: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            gossip: false,
            never_reads: false,
            frames: 1,
            frame: Arc::new(frame),
        }
    }
}

/// Ids that nobody has seen: SHA-256-sized, all different.
fn ids(number: u64) -> Vec<Vec<u8>> {
    let id = |place: u64| {
        let mut id = vec![0xad; 32];
        id[..8].copy_from_slice(&number.to_be_bytes());
        id[8..16].copy_from_slice(&place.to_be_bytes());
        id
    };
    (0..ITEMS).map(id).collect()
}

fn topics(knows: &Knows) -> Vec<String> {
    let name = |topic: Topic| topic.name(&knows.network);
    Topic::ALL.into_iter().map(name).collect()
}

fn subscriptions() -> Attack {
    Attack::of_gossip("subscriptions", |number| {
        let subscription = |place| Subscription {
            subscribe: Some(place % 2 == 0),
            topic: Some(format!("/nobody/{number}/{place}/listens/here")),
        };
        Rpc {
            subscriptions: (0..ITEMS).map(subscription).collect(),
            ..Rpc::default()
        }
        .frame()
    })
}

fn have(knows: &Knows) -> Attack {
    let topics = topics(knows);
    Attack::of_gossip("ihave", move |number| {
        let place = usize::try_from(number).unwrap_or(0) % topics.len();
        let have = Have {
            topic: Some(topics[place].clone()),
            ids: ids(number),
        };
        Rpc::of_control(Control {
            have: vec![have],
            ..Control::default()
        })
        .frame()
    })
}

fn want() -> Attack {
    Attack::of_gossip("iwant", |number| {
        Rpc::of_control(Control {
            want: vec![Ids { ids: ids(number) }],
            ..Control::default()
        })
        .frame()
    })
}

fn dont_want() -> Attack {
    Attack::of_gossip("idontwant", |number| {
        Rpc::of_control(Control {
            dont_want: vec![Ids { ids: ids(number) }],
            ..Control::default()
        })
        .frame()
    })
}

/// Grafts and prunes by turns, with the longest pause that the field can say: its sum with a clock once stopped nodes
/// (GHSA-gc42-3jg7-rxr2).
fn graft_and_prune(knows: &Knows) -> Attack {
    let topics = topics(knows);
    Attack::of_gossip("graft and prune", move |number| {
        let graft = topics.iter().map(|topic| Graft {
            topic: Some(topic.clone()),
        });
        let prune = topics.iter().map(|topic| Prune {
            topic: Some(topic.clone()),
            backoff_seconds: Some(u64::MAX - number % 3),
        });
        let one = Control {
            graft: graft.collect(),
            prune: prune.collect(),
            ..Control::default()
        };
        Rpc::of_control(one).frame()
    })
}

/// The largest messages whose last check fails: true bundles, each with a leaf of which one byte is another.
fn invalid_gossip(knows: &Knows) -> Attack {
    let topic = Topic::Transfers.name(&knows.network);
    let (bundle, count) = (
        knows.bundle.clone(),
        GOSSIP_BYTES_MAX / (knows.bundle.len() + 8),
    );
    Attack::of_gossip("gossip that fails its last check", move |number| {
        let many = u64::try_from(count).unwrap_or(1);
        let bundles = (0..many).map(|place| altered(&bundle, number * many + place));
        let message = Gossip::Transfers {
            bundles: bundles.collect(),
        };
        Rpc::of_message(&topic, message.encode().unwrap_or_default()).frame()
    })
}

/// The bundle with other digits in its leaf: the proof can be read, and does not prove it.
fn altered(bundle: &[u8], number: u64) -> Vec<u8> {
    let mut bundle = bundle.to_vec();
    let leaf = bundle.windows(6).position(|it| it == b"extra ");
    // Sixteen letters of base64 from the middle of the leaf, each by four bits of the number.
    let from = leaf.unwrap_or(0) + 40;
    for (place, byte) in bundle.iter_mut().skip(from).take(16).enumerate() {
        *byte = b"ABCDEFGHIJKLMNOP"[usize::try_from(number >> (4 * place) & 15).unwrap_or(0)];
    }
    bundle
}

fn gossip_of_any_bytes(knows: &Knows) -> Attack {
    let topics = topics(knows);
    Attack::of_gossip("gossip of any bytes", move |number| {
        let place = usize::try_from(number).unwrap_or(0) % topics.len();
        let mut data = vec![0x5a; GOSSIP_BYTES_MAX - 64];
        data[..8].copy_from_slice(&number.to_be_bytes());
        Rpc::of_message(&topics[place], data).frame()
    })
}

/// Request frames of the largest size, of bytes that are no message; now and then one that says it is 4 GiB long.
fn largest_frames() -> Attack {
    Attack::of_requests("largest frames", |number| {
        let length = if number % 16 == 15 {
            u32::MAX
        } else {
            u32::try_from(REQUEST_BYTES_MAX).unwrap_or(u32::MAX)
        };
        let mut frame = vec![0xff; REQUEST_BYTES_MAX + 4];
        frame[..4].copy_from_slice(&length.to_be_bytes());
        frame
    })
}

/// Asks for as many leaves as one answer holds, and reads none.
fn slow_reader(knows: &Knows) -> Attack {
    let request = Request::GetEntries {
        origin: knows.honest.clone(),
        from: 0,
        to: 1_024,
    };
    let frame = framed(&request);
    Attack {
        never_reads: true,
        ..Attack::of_requests("slow reader", move |_| frame.clone())
    }
}

/// The same true bundle, as often as a request holds it.
fn replayed(knows: &Knows) -> Attack {
    let bundles = vec![knows.bundle.clone(); REQUEST_BYTES_MAX / (knows.bundle.len() + 8)];
    let bundles = bundles.into_iter().take(256).collect();
    let frame = framed(&Request::Deliver { bundles });
    Attack::of_requests("replayed bundles", move |_| frame.clone())
}

/// The same true bundle in other spellings, none of them the one that counts.
fn malleated(knows: &Knows) -> Attack {
    let text = String::from_utf8_lossy(&knows.bundle).into_owned();
    Attack::of_requests("malleated bundles", move |number| {
        let spelled = |place: u64| match place % 5 {
            0 => format!("{text}\n"),
            1 => text.replace('\n', "\r\n"),
            2 => text.replacen("index ", "index 0", 1),
            3 => text.replacen("extra ", "extra  ", 1),
            _ => text.replacen('=', "", 1),
        };
        let bundles = (number..number + 64)
            .map(|place| spelled(place).into_bytes())
            .filter(|bundle| bundle.len() <= BUNDLE_BYTES_MAX);
        framed(&Request::Deliver {
            bundles: bundles.collect(),
        })
    })
}

/// Two heads of one size against itself, of another size each time: each is true evidence, and one is enough.
fn evidence(knows: &Knows) -> Attack {
    let topic = Topic::Evidence.name(&knows.network);
    let log = knows.log.clone();
    Attack::of_gossip("evidence", move |number| {
        let head = |root: u8| {
            let head = Checkpoint {
                origin: log.name().to_owned(),
                size: 1_000_000 + number,
                root: [root; 32],
            };
            head.sign(&log).unwrap_or_default()
        };
        let keys = [log.verifier().clone()];
        let evidence = Evidence::of_checkpoints(&head(1), &head(2), &keys);
        let message = Gossip::Evidence {
            evidence: evidence.map_or_else(|_| String::new(), |it| it.to_string()),
        };
        Rpc::of_message(&topic, message.encode().unwrap_or_default()).frame()
    })
}

fn framed(request: &Request) -> Vec<u8> {
    let frame = request.encode().unwrap_or_default();
    let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], &frame].concat()
}
