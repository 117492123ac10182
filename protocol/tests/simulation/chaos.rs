//! What people do, and what breaks.

use std::rc::Rc;

use countersign_protocol::id::RequestId;
use countersign_protocol::log::TlogProof;
use countersign_protocol::record::{Acquire, Body, ProofReference, Purpose, Record, RetireKind};
use countersign_protocol::registry::{Command, Selection, TransferKey};

use crate::defect::Defect;
use crate::disk::DiskFault;
use crate::founding::{COUNTRIES, FOUNDERS, TRADING, WITNESSES, country_of, origin, party};
use crate::governance;
use crate::letter::{Letter, Place, To};
use crate::node::Node;
use crate::random::Random;
use crate::support::{agreement_id, text};
use crate::witness::WitnessFault;
use crate::world::World;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: u64 = 3_600_000;

/// Something that can happen.
type Act = fn(&mut World);

/// What can happen, and how often beside the others.
const ACTS: [(u64, Act); 21] = [
    (430, send),
    (70, cancel),
    (30, retire),
    (60, crash),
    (30, crash_witness),
    (30, restore),
    (50, cut),
    (50, heal),
    (40, jump),
    (25, rotate),
    (40, spoil_disk),
    (20, spoil_witness),
    (40, two_histories),
    (30, forge),
    (20, freeze),
    (20, join),
    (12, leave),
    (20, repeat),
    (25, other_witnesses),
    (12, run_out),
    (12, renew),
];

/// How often each happens in one run: every run has its own weather, so that what is rare beside everything else comes often
/// somewhere.
pub(crate) fn weather(random: &mut Random) -> Vec<u64> {
    let weigh = |(place, (weight, _)): (usize, &(u64, Act))| {
        let times = [0, 1, 1, 4][random.index(4)];
        // Without locks nothing is at stake.
        if place == 0 { *weight } else { *weight * times }
    };
    ACTS.iter().enumerate().map(weigh).collect()
}

/// More of what brings a defect out that shows itself in the ledger of a liar only; whether a liar is needed for it.
pub(crate) fn bring_out(defect: Option<Defect>, weather: &mut [u64]) -> bool {
    let act: Act = match defect {
        Some(Defect::ExchangesAWitness | Defect::ChangesInARow | Defect::HeadsLeftBehind) => {
            other_witnesses
        }
        Some(Defect::WitnessAnswersBeforeStoring) => spoil_witness,
        _ => return false,
    };
    for (times, (weight, this)) in weather.iter_mut().zip(&ACTS) {
        if [act, two_histories].contains(this) {
            *times = weight * 8;
        }
    }
    true
}

/// One thing happens.
pub(crate) fn act(world: &mut World) {
    let mut drawn = world.shared.random.below(world.weather.iter().sum());
    for (place, (_, act)) in ACTS.iter().enumerate() {
        if drawn < world.weather[place] {
            return act(world);
        }
        drawn -= world.weather[place];
    }
}

fn heal(world: &mut World) {
    world.shared.network.cut.clear();
}

fn some_node(world: &mut World) -> Option<usize> {
    let running: Vec<usize> = (0..world.nodes.len())
        .filter(|node| world.nodes[*node].is_running())
        .collect();
    world.shared.random.pick(&running)
}

/// One of those that count or ever did.
fn some_witness(world: &mut World) -> usize {
    let used: Vec<usize> = world.used_witnesses.iter().copied().collect();
    world.shared.random.pick(&used).unwrap()
}

/// A country locks units for another.
fn send(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let shared = &mut world.shared;
    let node = &mut world.nodes[node];
    let Some(to) = shared.random.pick(&node.partners()) else {
        return;
    };
    if !node.may_begin(shared) {
        shared.checks.count("not begun");
        return;
    }
    world.nonce += 1;
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&world.nonce.to_be_bytes());
    let hours = shared.random.between(1, 48);
    let tonnes = shared.random.between(1, 3);
    // A little more than asked for, since the clock goes on until it is written.
    let expiry_ms = node.now_ms(shared) + hours * HOUR_MS + 1;
    let (from, to) = (party(node.country), party(to));
    let command = Command::Send {
        to,
        agreement: agreement_id(from, to),
        from: TRADING,
        to_account: TRADING,
        units: Selection::Tonnes(tonnes),
        nonce: RequestId(nonce),
        expiry_ms,
    };
    if node.commit(shared, &command).is_ok() {
        shared.checks.count("locked");
    }
}

fn cancel(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let shared = &mut world.shared;
    let node = &mut world.nodes[node];
    let open = node.open_locks();
    let Some((transfer, _)) = shared.random.pick(&open) else {
        return;
    };
    let reason = text("entered twice");
    let command = Command::Cancel { transfer, reason };
    if node.commit(shared, &command).is_ok() {
        shared.checks.count("cancel asked");
    }
}

/// Nothing can be acquired any more: sources ask to cancel everything that is open.
pub(crate) fn cancel_all(world: &mut World) {
    for node in &mut world.nodes {
        for (transfer, _) in node.open_locks() {
            let reason = text("the trust registry has run out");
            let command = Command::Cancel { transfer, reason };
            let _asked_already = node.commit(&mut world.shared, &command);
        }
    }
}

fn retire(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let command = Command::Retire {
        account: TRADING,
        units: Selection::Tonnes(1),
        kind: RetireKind::Cancel,
        purpose: Purpose::Voluntary,
        beneficiary: None,
        claim: countersign_protocol::record::Claim::default(),
    };
    if world.nodes[node]
        .commit(&mut world.shared, &command)
        .is_ok()
    {
        world.shared.checks.count("retired");
    }
}

fn crash(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let after_ms = world.shared.random.between(200, 20_000);
    world.shared.checks.count("crash");
    world.nodes[node].crash(&mut world.shared, after_ms);
}

fn crash_witness(world: &mut World) {
    let witness = some_witness(world);
    if world.witnesses[witness].is_up {
        world.shared.checks.count("witness crash");
        world.witnesses[witness].crash(&mut world.shared);
    }
}

/// The operator puts an old copy in place. That takes longer than any request is on its way.
fn restore(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let shared = &mut world.shared;
    let node = &mut world.nodes[node];
    if node.is_liar || node.disk.blocks() < 2 {
        return;
    }
    let blocks = shared.random.between(1, node.disk.blocks() as u64 - 1);
    shared.checks.count("restored");
    shared.checks.restored(node.id);
    shared.tell(|| format!("{} is restored from {blocks} blocks", node.name()));
    let after_ms = shared.random.between(60_000, 120_000);
    node.crash(shared, after_ms);
    node.disk.restore(blocks as usize);
}

/// Some machines do not reach some others.
fn cut(world: &mut World) {
    let shared = &mut world.shared;
    let places: Vec<Place> = (0..COUNTRIES.len())
        .map(Place::Country)
        .chain((0..WITNESSES).map(Place::Witness))
        .collect();
    shared.checks.count("partition");
    let here: Vec<Place> = places
        .iter()
        .copied()
        .filter(|_| shared.random.chance(300))
        .collect();
    for one in &here {
        for other in places.iter().filter(|it| !here.contains(it)) {
            shared
                .network
                .cut
                .insert((*one.min(other), *one.max(other)));
        }
    }
}

fn jump(world: &mut World) {
    let node = world.shared.random.index(world.nodes.len());
    let ms = match world.shared.random.below(4) {
        0 => -DAY_MS,
        1 => DAY_MS,
        2 => world.shared.random.below(4 * HOUR_MS) as i64,
        _ => -(world.shared.random.below(4 * HOUR_MS) as i64),
    };
    world.shared.checks.count("clock jump");
    world.nodes[node].clock_ms += ms;
}

fn rotate(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let shared = &mut world.shared;
    let node = &mut world.nodes[node];
    // One rotation after the other: the registry has listed the last one.
    let is_listed = shared.registry.keys_listed(node.country) == node.keys();
    if let Some(key) = governance::next_key(node.country, node.keys())
        && is_listed
        && !node.is_liar
    {
        let log_key = text(&key);
        if node.commit(shared, &Command::RotateKey { log_key }).is_ok() {
            shared.checks.count("rotation");
        }
    }
}

fn spoil_disk(world: &mut World) {
    let node = world.shared.random.index(world.nodes.len());
    let faults = [
        DiskFault::Error,
        DiskFault::Lost,
        DiskFault::Torn,
        DiskFault::Whole,
        DiskFault::After,
    ];
    world.nodes[node].disk.fault = world.shared.random.pick(&faults);
    world.shared.checks.count("disk fault");
}

fn spoil_witness(world: &mut World) {
    let witness = some_witness(world);
    let faults = [WitnessFault::BeforeStoring, WitnessFault::AfterStoring];
    world.witnesses[witness].fault = world.shared.random.pick(&faults);
    world.shared.checks.count("witness fault");
}

/// The liar begins a second history somewhere in its past, and shows either to anybody.
fn two_histories(world: &mut World) {
    let (Some(country), None) = (world.liar, world.shared.checks.liar) else {
        return;
    };
    let id = world.nodes.len();
    let shared = &mut world.shared;
    let Some(first) = world.nodes.iter_mut().find(|it| it.country == country) else {
        return;
    };
    if !first.is_running() || shared.registry.closed_at(country).is_some() {
        return;
    }
    shared.checks.count("two histories");
    shared.checks.liar = Some(country);
    first.is_liar = true;
    let mut second = Node::new(id, country);
    second.is_liar = true;
    second.version = first.version;
    second.clock_ms = first.clock_ms;
    second.disk = first.disk.clone();
    second.disk.fault = None;
    let blocks = shared.random.between(1, first.disk.blocks() as u64);
    second.disk.restore(blocks as usize);
    shared.tell(|| {
        format!(
            "{} has a second history from {blocks} blocks on",
            first.name()
        )
    });
    second.start(shared);
    world.nodes.push(second);
}

/// Somebody makes up a receipt, or changes a true bundle.
fn forge(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let source = &world.nodes[node];
    let open = source.open_locks();
    let Some((transfer, to)) = world.shared.random.pick(&open) else {
        return;
    };
    let known = source.memory.state.transfer(&TransferKey::Out(transfer));
    let Some(terms) = known.and_then(|it| it.terms) else {
        return;
    };
    let destination = country_of(to);
    let Some(forger) = world.nodes.iter().find(|it| it.country == destination) else {
        return;
    };
    let Some(true_bundle) = forger.bundle(&world.shared, 0) else {
        return;
    };
    let Ok(mut bundle) = TlogProof::parse(&true_bundle) else {
        return;
    };
    let proof = ProofReference {
        origin: origin(source.country),
        index: 0,
        size: 1,
        root: [7; 32],
    };
    let body = Body::Acquire(Acquire {
        transfer,
        source: party(source.country),
        agreement: terms.agreement,
        account: TRADING,
        blocks: terms.blocks,
        proof,
    });
    let forged = if world.shared.random.chance(700) {
        let record = Record {
            time_ms: forger.memory.state.time_ms(),
            request: RequestId([0; 16]),
            body,
        };
        bundle.extra = Some(record.encode());
        bundle.to_string()
    } else {
        let mut bytes = true_bundle.as_bytes().to_vec();
        let at = world.shared.random.index(bytes.len());
        bytes[at] ^= 1 << world.shared.random.below(7);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let to = To::Country(source.country);
    world.shared.checks.count("forged");
    let letter = Letter::Bundles(vec![Rc::from(forged)]);
    world.shared.send(Place::Country(destination), to, letter);
}

/// An operator wants nothing new with a country, or changes its mind.
fn freeze(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let node = &mut world.nodes[node];
    let Some(partner) = world.shared.random.pick(&node.partners()) else {
        return;
    };
    world.shared.checks.count("freeze");
    if !node.disk.frozen.remove(&partner) {
        node.disk.frozen.insert(partner);
    }
}

fn other_witnesses(world: &mut World) {
    governance::change_witnesses(world);
}

/// Nobody renews the trust registry: within a minute nothing begins by it any more.
fn run_out(world: &mut World) {
    let ms = world.shared.random.between(0, 60_000);
    let until_ms = world.shared.now_ms + ms;
    world.shared.checks.count("registry ran out");
    world.shared.registry.sign_until(until_ms);
}

fn renew(world: &mut World) {
    let now_ms = world.shared.now_ms;
    world.shared.registry.renew(now_ms);
}

fn join(world: &mut World) {
    let next = world
        .nodes
        .iter()
        .map(|it| it.country + 1)
        .max()
        .unwrap_or(FOUNDERS);
    if next < COUNTRIES.len() {
        governance::join(world, next);
    }
}

/// A country is given up: whatever its node still does, its ledger is over.
fn leave(world: &mut World) {
    let Some(node) = some_node(world) else { return };
    let country = world.nodes[node].country;
    let is_over = !world.shared.checks.closed.is_empty();
    let lies = world.shared.checks.liar == Some(country);
    if !is_over && !lies && country < FOUNDERS {
        governance::close(world, country);
    }
}

/// Something that was sent long ago comes again.
fn repeat(world: &mut World) {
    let remembered = world.shared.network.remembered.len();
    if remembered == 0 {
        return;
    }
    let at = world.shared.random.index(remembered);
    let (to, letter) = world.shared.network.remembered[at].clone();
    let from = Place::Country(world.shared.random.index(COUNTRIES.len()));
    world.shared.checks.count("replayed");
    world.shared.send(from, to, letter);
}
