//! One test for each row of the crash table: the machine stops just there, and then everything goes on.

use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::record::Body;
use countersign_protocol::registry::{Command, Selection, TransferKey, TransferStage, plan};

use crate::disk::DiskFault;
use crate::founding::{LYING_WITNESS, TONNES, TRADING, party};
use crate::node::Node;
use crate::support::agreement_id;
use crate::witness::WitnessFault;
use crate::world::World;

const HOUR_MS: u64 = 3_600_000;
/// Ghana sends and Switzerland receives.
const GH: usize = 0;
const CH: usize = 1;

/// A federation in which nothing breaks but what the test breaks.
fn at_peace() -> World {
    let mut world = World::at_peace();
    world.until(|world| {
        world
            .nodes
            .iter()
            .all(|node| node.partners().len() == 3 && node.witnessed_size() == node.size())
    });
    world
}

fn wish(world: &World) -> Command {
    Command::Send {
        to: party(CH),
        agreement: agreement_id(party(GH), party(CH)),
        from: TRADING,
        to_account: TRADING,
        units: Selection::Tonnes(2),
        nonce: RequestId([9; 16]),
        expiry_ms: world.shared.now_ms + 48 * HOUR_MS,
    }
}

/// Which transfer the wish is.
fn planned(node: &Node, time_ms: u64, wish: &Command) -> TransferId {
    let bodies = plan(&node.memory.state, time_ms, wish).unwrap();
    match bodies.last() {
        Some(Body::Lock(lock)) => lock.transfer,
        other => panic!("no lock: {other:?}"),
    }
}

fn lock(world: &mut World) -> TransferId {
    let wish = wish(world);
    let transfer = planned(&world.nodes[GH], world.shared.now_ms, &wish);
    world.nodes[GH].commit(&mut world.shared, &wish).unwrap();
    transfer
}

fn sent(world: &World, transfer: TransferId) -> Option<TransferStage> {
    let state = &world.nodes[GH].memory.state;
    state
        .transfer(&TransferKey::Out(transfer))
        .map(|it| it.stage)
}

fn received(world: &World, transfer: TransferId) -> Option<(TransferStage, bool)> {
    let state = &world.nodes[CH].memory.state;
    let known = state.transfer(&TransferKey::In(party(GH), transfer));
    known.map(|it| (it.stage, it.settled_at.is_some()))
}

/// Everything comes to its end: once, at both sides, with everybody's units where they belong.
fn ends_once(mut world: World, transfer: TransferId) {
    world.until(|world| {
        sent(world, transfer) == Some(TransferStage::Final)
            && received(world, transfer) == Some((TransferStage::Acquired, true))
            && world
                .nodes
                .iter()
                .all(|node| node.witnessed_size() == node.size())
    });
    world.shared.checks.audit();
    assert_eq!(world.shared.checks.violation, None);
    let tonnes = |node: usize| {
        let held = world.nodes[node].memory.state.available(TRADING);
        held.map(|it| it.block.tonnes()).sum::<u64>()
    };
    assert_eq!((tonnes(GH), tonnes(CH)), (TONNES - 2, TONNES + 2));
}

#[test]
fn source_stops_before_the_lock_is_synced() {
    let mut world = at_peace();
    let wish = wish(&world);
    let transfer = planned(&world.nodes[GH], world.shared.now_ms, &wish);
    world.nodes[GH].disk.fault = Some(DiskFault::Lost);
    assert!(world.nodes[GH].commit(&mut world.shared, &wish).is_err());
    world.until(|world| world.nodes[GH].may_write(&world.shared));
    assert_eq!(sent(&world, transfer), None, "nothing exists");
    // The client asks again with the same nonce, and means the same transfer.
    world.nodes[GH].commit(&mut world.shared, &wish).unwrap();
    assert_eq!(sent(&world, transfer), Some(TransferStage::Locked));
    ends_once(world, transfer);
}

#[test]
fn source_stops_when_the_lock_is_synced_and_no_head_is_signed() {
    let mut world = at_peace();
    let wish = wish(&world);
    let transfer = planned(&world.nodes[GH], world.shared.now_ms, &wish);
    world.nodes[GH].disk.fault = Some(DiskFault::After);
    assert!(world.nodes[GH].commit(&mut world.shared, &wish).is_err());
    world.until(|world| world.nodes[GH].may_write(&world.shared));
    assert_eq!(sent(&world, transfer), Some(TransferStage::Locked));
    ends_once(world, transfer);
}

#[test]
fn source_stops_when_the_offer_is_on_its_way() {
    let mut world = at_peace();
    let transfer = lock(&mut world);
    // It is sent once the lock is witnessed; the destination has it before the source is back.
    world.until(|world| received(world, transfer).is_some());
    world.nodes[GH].crash(&mut world.shared, 5_000);
    ends_once(world, transfer);
}

#[test]
fn destination_stops_before_its_answer_is_synced() {
    for fault in [DiskFault::Lost, DiskFault::Torn, DiskFault::Error] {
        let mut world = at_peace();
        let transfer = lock(&mut world);
        world.nodes[CH].disk.fault = Some(fault);
        world.until(|world| !world.nodes[CH].is_up);
        world.until(|world| world.nodes[CH].is_up);
        assert_eq!(received(&world, transfer), None);
        ends_once(world, transfer);
    }
}

#[test]
fn destination_stops_when_its_answer_is_synced_and_not_sent() {
    let mut world = at_peace();
    let transfer = lock(&mut world);
    world.nodes[CH].disk.fault = Some(DiskFault::After);
    world.until(|world| !world.nodes[CH].is_up);
    world.until(|world| world.nodes[CH].is_up);
    assert_eq!(
        received(&world, transfer),
        Some((TransferStage::Acquired, false))
    );
    ends_once(world, transfer);
}

#[test]
fn source_stops_when_the_receipt_is_read_and_its_end_is_not_synced() {
    let mut world = at_peace();
    let transfer = lock(&mut world);
    world.nodes[GH].disk.fault = Some(DiskFault::Lost);
    world.until(|world| !world.nodes[GH].is_up);
    world.until(|world| world.nodes[GH].is_up);
    assert_eq!(sent(&world, transfer), Some(TransferStage::Locked));
    ends_once(world, transfer);
}

#[test]
fn source_stops_when_its_end_is_synced_and_the_notice_is_lost() {
    let mut world = at_peace();
    let transfer = lock(&mut world);
    world.nodes[GH].disk.fault = Some(DiskFault::After);
    world.until(|world| !world.nodes[GH].is_up);
    world.until(|world| world.nodes[GH].is_up);
    assert_eq!(sent(&world, transfer), Some(TransferStage::Final));
    assert_eq!(
        received(&world, transfer),
        Some((TransferStage::Acquired, false))
    );
    // The destination's receipt, sent again, brings the notice.
    ends_once(world, transfer);
}

#[test]
fn witnesses_stop_when_they_have_cosigned_and_the_answer_is_lost() {
    let mut world = at_peace();
    for witness in world
        .witnesses
        .iter_mut()
        .filter(|it| it.id != LYING_WITNESS)
    {
        witness.fault = Some(WitnessFault::AfterStoring);
    }
    let transfer = lock(&mut world);
    world.until(|world| world.witnesses.iter().filter(|it| !it.is_up).count() == 3);
    assert!(world.nodes[GH].witnessed_size() < world.nodes[GH].size());
    ends_once(world, transfer);
}

#[test]
fn a_torn_block_that_nobody_was_told_of_goes_and_what_witnesses_saw_comes_back() {
    let mut world = at_peace();
    let wish = wish(&world);
    let transfer = planned(&world.nodes[GH], world.shared.now_ms, &wish);
    let size = world.nodes[GH].size();
    world.nodes[GH].disk.fault = Some(DiskFault::Torn);
    assert!(world.nodes[GH].commit(&mut world.shared, &wish).is_err());
    world.until(|world| world.nodes[GH].is_up);
    assert_eq!(world.nodes[GH].size(), size, "only the torn block is gone");
    world.until(|world| world.nodes[GH].may_write(&world.shared));
    world.nodes[GH].commit(&mut world.shared, &wish).unwrap();
    world.until(|world| world.nodes[GH].witnessed_size() > size);
    // A disk that loses what witnesses saw is a rollback: nothing is written before the leaves are back.
    let node = &mut world.nodes[GH];
    world.shared.checks.restored(node.id);
    node.crash(&mut world.shared, 1_000);
    node.disk.restore(2);
    world.until(|world| world.nodes[GH].memory.behind.is_some());
    assert!(!world.nodes[GH].may_write(&world.shared));
    ends_once(world, transfer);
}
