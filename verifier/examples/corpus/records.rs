//! Leaves: random records of every kind, most of the ones about units brought close together so that they meet.

use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::{TransferTerms, transfer_id};
use countersign_protocol::serial::DomesticSerial;
use countersign_protocol::units::{UnitBlock, UnitRange};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::any_record::any_record;
use crate::chance::Chance;
use crate::world::ORIGINS;

/// Leaves of one ledger. Some are no records, or records written in another than their one way.
pub(crate) fn leaves(
    log: usize,
    count: usize,
    runner: &mut TestRunner,
    chance: &mut Chance,
) -> Vec<Vec<u8>> {
    let strategy = any_record();
    let mut transfers = Vec::new();
    let mut leaves = Vec::new();
    while leaves.len() < count {
        let mut record = strategy.new_tree(runner).unwrap().current();
        if !chance.one_in(4) {
            bring_close(&mut record, log, &mut transfers, chance);
        }
        let leaf = record.encode();
        leaves.push(if chance.one_in(4) {
            spoil(leaf, chance)
        } else {
            leaf
        });
    }
    leaves
}

fn near(chance: &mut Chance) -> UnitRange {
    let first = 1 + chance.next() % 400;
    let origin = Party::from_alpha2(*chance.of(&[b"GH", b"VU"])).unwrap();
    UnitRange::new(origin, first, first + chance.next() % 90).unwrap()
}

fn bring_close(
    record: &mut Record,
    log: usize,
    transfers: &mut Vec<[u8; 32]>,
    chance: &mut Chance,
) {
    record.time_ms = 1_700_000_000_000 + chance.next() % 1_000_000_000;
    match &mut record.body {
        Body::Issuance(it) => it.range = near(chance),
        Body::Split(it) => it.range = near(chance),
        Body::Hold(it) => it.ranges = few(chance),
        Body::Transfer(it) => it.ranges = few(chance),
        Body::Retire(it) => it.ranges = few(chance),
        Body::Acquire(it) => near_blocks(&mut it.blocks, chance),
        Body::Lock(it) => {
            near_blocks(&mut it.blocks, chance);
            // Some locks were copied from another ledger.
            let source = if chance.one_in(5) {
                chance.of(&ORIGINS)
            } else {
                ORIGINS[log]
            };
            let source = source.parse().unwrap();
            let ranges: Vec<UnitRange> = it.blocks.iter().map(UnitBlock::range).collect();
            it.transfer = transfer_id(&TransferTerms {
                source: &source,
                destination: &it.destination_origin,
                agreement: &it.agreement,
                ranges: &ranges,
                from: it.from,
                to: it.to,
                nonce: &it.nonce,
                expiry_ms: it.expiry_ms,
            });
            transfers.push(it.transfer.0);
        }
        Body::Finalise(it) if !transfers.is_empty() => it.transfer.0 = chance.of(transfers),
        Body::Release(it) if !transfers.is_empty() => it.transfer.0 = chance.of(transfers),
        _ => {}
    }
}

fn few(chance: &mut Chance) -> Vec<UnitRange> {
    (0..=chance.below(4)).map(|_| near(chance)).collect()
}

fn near_blocks(blocks: &mut [UnitBlock], chance: &mut Chance) {
    for block in blocks {
        let it = block.serial;
        let serial = DomesticSerial::new(
            near(chance),
            it.unit_type(),
            it.scope(),
            it.project(),
            it.year(),
        );
        block.serial = serial.unwrap().with_reserved(it.reserved());
    }
}

/// One change of the bytes, as somebody might write them who reads the format loosely.
fn spoil(mut leaf: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(leaf.len());
    match chance.below(9) {
        0 => leaf[at] ^= 1 << chance.below(8),
        1 => leaf.truncate(at),
        2 => leaf.insert(at, chance.next().to_le_bytes()[0]),
        // The version again; an unknown field; a second body.
        3 => leaf.extend([0x08, 0x01]),
        4 => leaf.extend([0xfa, 0x3e, 0x01, 0x00]),
        5 => leaf.extend([0xd2, 0x01, 0x00]),
        // The version in two bytes; another version; no version.
        6 => drop(leaf.splice(0..2, [0x08, 0x81, 0x00])),
        7 => leaf[1] = 2,
        _ => drop(leaf.drain(0..2)),
    }
    leaf
}
