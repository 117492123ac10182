//! What must always hold, and what must be possible.

use countersign_protocol::federation::FaultCode;
use countersign_protocol::party::Party;
use countersign_protocol::registry::{Place, State, TransferKey, TransferStage};
use stateright::Property;

use crate::archive::{Archive, LogId};
use crate::model::{CLOSING, Federation, Scope, Situation};

pub(crate) fn properties(scope: &Scope) -> Vec<Property<Federation>> {
    let mut properties = vec![
        Property::always("no unit is held twice", no_unit_is_held_twice),
        Property::always("FINAL means acquired, RELEASED means not", ends_agree),
        Property::always("one answer and one end to each transfer", one_answer_each),
        Property::always("nothing rests on an unwitnessed line", pins_are_witnessed),
        Property::always("no honest ledger testifies against itself", no_evidence),
        Property::always(
            "what the step writes, the registry takes",
            |_, situation: &Situation| situation.broken.is_none(),
        ),
        Property::sometimes("a transfer becomes FINAL", |model, situation| {
            some_transfer(model, situation, TransferStage::Final)
        }),
    ];
    if scope.cancels || scope.clocks {
        properties.push(Property::sometimes(
            "a transfer is RELEASED",
            |model, situation| some_transfer(model, situation, TransferStage::Released),
        ));
    }
    if scope.closes {
        properties.push(Property::sometimes(
            "a lock to a closed ledger is released",
            some_release_by_last_tree,
        ));
    }
    if scope.transfers > 1 && !scope.closes && !scope.one_sends {
        properties.push(Property::sometimes("a unit comes home", unit_came_home));
    }
    if scope.restores > 0 {
        properties.push(Property::sometimes(
            "a node finds itself rolled back",
            |model: &Federation, situation: &Situation| {
                let archive = model.archive();
                (0..situation.nodes.len())
                    .any(|node| model.is_rolled_back(&archive, situation, node))
            },
        ));
    }
    properties
}

/// Whether a ledger says that it has the unit: units in escrow wait for an answer and count nowhere.
fn holds(state: &State, origin: Party, number: u64) -> bool {
    let place = state.holding_of(origin, number).map(|it| it.place);
    matches!(
        place,
        Some(Place::Available(_) | Place::OnHold(_) | Place::Used | Place::Cancelled)
    )
}

/// Whether a country's ledger is closed: whatever its node still does counts nowhere.
fn is_over(situation: &Situation, country: usize) -> bool {
    country == CLOSING && situation.closed.is_some()
}

/// S1: in the witnessed ledgers, and in the ledgers with which honest nodes go on.
pub(crate) fn no_unit_is_held_twice(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    let going_on: Vec<LogId> = (0..model.scope.countries)
        .filter(|country| model.is_honest(*country) && !is_over(situation, *country))
        .filter(|node| {
            !model.asks_for_quorum() || !model.is_rolled_back(&archive, situation, *node)
        })
        .map(|node| situation.nodes[node])
        .collect();
    let held_once = |logs: &[LogId]| {
        let origin = archive.party(situation.witnessed[0]);
        (1..=model.scope.units).all(|unit| {
            let holders = logs
                .iter()
                .filter(|log| holds(archive.state(**log), origin, unit));
            holders.count() <= 1
        })
    };
    held_once(&going_on) && (!model.asks_for_quorum() || held_once(&situation.witnessed))
}

fn log_of_party(archive: &Archive, logs: &[LogId], party: Party) -> Option<LogId> {
    logs.iter()
        .copied()
        .find(|log| archive.party(*log) == party)
}

/// S2, of every node: the other side is asked in its witnessed ledger.
pub(crate) fn ends_agree(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    situation.nodes.iter().all(|log| {
        let own = archive.party(*log);
        archive.state(*log).transfers().all(|(key, transfer)| {
            let TransferKey::Out(id) = key else {
                return true;
            };
            let other = log_of_party(&archive, &situation.witnessed, transfer.partner).unwrap();
            let answer = archive.state(other).transfer(&TransferKey::In(own, *id));
            let answer = answer.map(|answer| answer.stage);
            let is_closed = transfer.refusal_code == Some(FaultCode::PartnerClosed.code());
            match transfer.stage {
                TransferStage::Final => answer == Some(TransferStage::Acquired),
                TransferStage::Released if is_closed => {
                    answer.is_none() && situation.closed.is_some()
                }
                TransferStage::Released => answer == Some(TransferStage::Refused),
                _ => true,
            }
        })
    })
}

/// S4, of every node.
pub(crate) fn one_answer_each(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    let mut logs = situation.nodes.iter();
    logs.all(|log| archive.block(*log).answers_once)
}

/// S6: every pin is on the line that the witnesses cosigned.
pub(crate) fn pins_are_witnessed(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    situation.nodes.iter().all(|log| {
        (0..model.scope.countries).all(|country| {
            let witnessed = situation.witnessed[country];
            let pin = archive.state(*log).pin(archive.party(witnessed));
            pin.is_none_or(|pin| {
                let pinned = archive.log_of(country, &pin.root);
                pinned.is_some_and(|pinned| archive.extends(witnessed, pinned))
            })
        })
    })
}

/// S7: all that an honest country ever sent is on one line, the one that it goes on with.
pub(crate) fn no_evidence(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    let in_line =
        |one: LogId, other: LogId| archive.extends(one, other) || archive.extends(other, one);
    // No two honest witnesses keep heads of two lines of an honest country.
    let votes: Vec<LogId> = situation.votes.iter().flatten().copied().collect();
    let pairs = votes
        .iter()
        .all(|one| votes.iter().all(|it| in_line(*one, *it)));
    (pairs || !model.is_honest(0))
        && situation.network.iter().all(|letter| {
            let country = archive.block(letter.log).country;
            !model.is_honest(country) || archive.extends(situation.witnessed[country], letter.log)
        })
}

fn some_transfer(model: &Federation, situation: &Situation, stage: TransferStage) -> bool {
    let archive = model.archive();
    situation.nodes.iter().any(|log| {
        let mut transfers = archive.state(*log).transfers();
        transfers.any(|(_, transfer)| transfer.stage == stage)
    })
}

fn some_release_by_last_tree(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    let closed = Some(FaultCode::PartnerClosed.code());
    situation.nodes.iter().any(|log| {
        let mut transfers = archive.state(*log).transfers();
        transfers.any(|(_, transfer)| transfer.refusal_code == closed)
    })
}

fn unit_came_home(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    let home = archive.state(situation.nodes[0]);
    home.transfers()
        .any(|(key, it)| matches!(key, TransferKey::In(..)) && it.stage == TransferStage::Acquired)
}

/// L1: no honest source waits any more, and no honest node is shut out by its own witnesses.
pub(crate) fn is_an_end(model: &Federation, situation: &Situation) -> bool {
    let archive = model.archive();
    (0..model.scope.countries)
        .filter(|country| model.is_honest(*country) && !is_over(situation, *country))
        .all(|node| {
            let state = archive.state(situation.nodes[node]);
            !model.is_rolled_back(&archive, situation, node)
                && state
                    .transfers()
                    .all(|(_, transfer)| transfer.stage != TransferStage::Locked)
        })
}
