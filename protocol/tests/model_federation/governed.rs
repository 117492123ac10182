//! Votes of witnesses one by one, freezing and taking back, a key rotation, and a ledger that is closed for ever: the
//! protocol holds, and each rule left out is found.

use crate::defects::{Defect, is_found, with};
use crate::model::{Federation, SIMPLE, Scope, Situation};
use crate::search::{Graph, double_count, holds, told};

/// One transfer, and the votes of four witnesses on the source's log.
const VOTED: Scope = Scope {
    votes: true,
    clocks: false,
    cancels: false,
    ..SIMPLE
};

/// A source with two histories and a witness that cosigns both.
const VOTED_TWO_FACED: Scope = Scope {
    countries: 3,
    transfers: 2,
    two_faced: true,
    ..VOTED
};

const FROZEN: Scope = Scope {
    freezes: 1,
    clocks: false,
    ..SIMPLE
};

const ROTATED: Scope = Scope {
    rotates: true,
    clocks: false,
    cancels: false,
    ..SIMPLE
};

/// Another witness joins while a lock is open.
const WITNESSES_CHANGE: Scope = Scope {
    witness_changes: 1,
    ..VOTED
};

/// The same, and a source that shows two histories to partners of which one has the change and one has not.
const WITNESSES_CHANGE_TWO_FACED: Scope = Scope {
    witness_changes: 1,
    one_sends: true,
    split: true,
    ..VOTED_TWO_FACED
};

/// Two changes, of which partners hear some time.
const CHANGES_TWO_FACED: Scope = Scope {
    witness_changes: 2,
    split: false,
    ..WITNESSES_CHANGE_TWO_FACED
};

/// The trust registry runs out and is never renewed.
const EXPIRED: Scope = Scope {
    expires: true,
    clocks: false,
    ..SIMPLE
};

const CLOSED: Scope = Scope {
    closes: true,
    transfers: 2,
    clocks: false,
    cancels: false,
    ..SIMPLE
};

#[test]
fn votes_of_four_witnesses_of_which_one_lies() {
    holds("1 transfer, votes", VOTED);
    let restored = Scope {
        restores: 1,
        ..VOTED
    };
    holds("1 transfer, votes, 1 restore", restored);
}

#[test]
fn a_two_faced_source_and_a_lying_witness() {
    holds("2 transfers, votes, two-faced source", VOTED_TWO_FACED);
}

#[test]
fn a_freeze_strands_nothing_with_or_without_an_end() {
    holds("1 transfer, 1 freeze for ever", FROZEN);
    let taken_back = Scope {
        unfreezes: true,
        ..FROZEN
    };
    holds("1 transfer, 1 freeze and back", taken_back);
}

#[test]
fn a_key_rotation_stops_no_transfer() {
    holds("1 transfer, rotation", ROTATED);
    let restored = Scope {
        restores: 1,
        ..ROTATED
    };
    holds("1 transfer, rotation, 1 restore", restored);
}

#[test]
fn a_ledger_that_is_closed_for_ever_strands_nothing() {
    holds("2 transfers, closing", CLOSED);
    let three = Scope {
        countries: 3,
        ..CLOSED
    };
    holds("2 transfers, 3 countries, closing", three);
}

#[test]
fn two_units_while_a_partner_is_frozen_and_a_ledger_is_closed() {
    let scope = Scope {
        units: 2,
        freezes: 1,
        ..CLOSED
    };
    holds("2 transfers of 2 units, closing, 1 freeze", scope);
}

#[test]
fn other_witnesses_while_locks_are_open_strand_nothing() {
    holds("1 transfer, a witness joins", WITNESSES_CHANGE);
    let twice = Scope {
        witness_changes: 2,
        ..WITNESSES_CHANGE
    };
    holds("1 transfer, a witness joins and another leaves", twice);
    let restored = Scope {
        restores: 1,
        ..WITNESSES_CHANGE
    };
    holds("1 transfer, a witness joins, 1 restore", restored);
}

#[test]
fn a_two_faced_source_while_a_witness_joins() {
    holds(
        "2 transfers, two-faced source, a witness joins",
        WITNESSES_CHANGE_TWO_FACED,
    );
}

#[test]
#[ignore = "long: partners hear of two changes at any time"]
fn long_two_faced_source_while_a_witness_joins_and_another_leaves() {
    holds(
        "2 transfers, two-faced source, 2 changes",
        CHANGES_TWO_FACED,
    );
}

#[test]
fn a_registry_that_runs_out_for_ever_strands_nothing() {
    holds("1 transfer, the registry runs out", EXPIRED);
    let restored = Scope {
        restores: 1,
        ..EXPIRED
    };
    holds("1 transfer, the registry runs out, 1 restore", restored);
    let there_and_back = Scope {
        transfers: 2,
        ..EXPIRED
    };
    holds("2 transfers, the registry runs out", there_and_back);
}

#[test]
fn f8_quorums_that_share_only_the_liar_count_twice() {
    let scope = with(Defect::QuorumOfTwo, VOTED_TWO_FACED);
    let way = double_count(scope).expect("a double count");
    println!("F8: DOUBLE COUNT in {} steps: {}", way.len(), told(&way));
    assert_eq!(way.len(), 6, "{way:#?}");
}

#[test]
fn f9_witnesses_that_forget_cosign_two_lines() {
    let scope = with(Defect::WitnessForgets, VOTED_TWO_FACED);
    let two_lines = |_: &Federation, situation: &Situation| situation.broken.is_some();
    let (graph, found) = Graph::explore(scope, two_lines);
    let way = graph.way_to(found.expect("two lines with a quorum"));
    println!("F9: TWO LINES in {} steps: {}", way.len(), told(&way));
}

#[test]
fn f10_a_restored_node_that_asks_a_quorum_only_testifies_against_itself() {
    let scope = Scope {
        restores: 1,
        transfers: 2,
        ..with(Defect::AsksAQuorumOnly, VOTED)
    };
    let (graph, found) = Graph::explore(scope, |model, situation| {
        !crate::laws::no_evidence(model, situation)
    });
    let way = graph.way_to(found.expect("two heads of an honest country"));
    println!("F10: EVIDENCE in {} steps: {}", way.len(), told(&way));
}

#[test]
fn f11_a_freeze_that_stops_answers_strands_locks() {
    is_stuck("F11", with(Defect::FreezeStopsAnswers, FROZEN));
}

#[test]
fn f12_a_rotation_whose_own_head_is_passed_over_strands_the_ledger() {
    is_stuck("F12", with(Defect::NewestHeadOnly, ROTATED));
}

#[test]
fn f13_a_ledger_that_is_closed_while_witnesses_go_on_counts_twice() {
    let scope = Scope {
        transfers: 1,
        ..CLOSED
    };
    is_found("F13", with(Defect::ClosesWithoutSealing, scope), 6);
}

#[test]
fn f14_a_closed_ledger_whose_answers_are_not_looked_at_counts_twice() {
    let scope = Scope {
        transfers: 1,
        ..CLOSED
    };
    is_found("F14", with(Defect::ClosedFreesAll, scope), 7);
}

#[test]
fn f15_a_witness_that_is_exchanged_at_once_counts_twice() {
    let scope = with(Defect::ExchangesAWitness, WITNESSES_CHANGE_TWO_FACED);
    let way = double_count(scope).expect("a double count");
    println!("F15: DOUBLE COUNT in {} steps: {}", way.len(), told(&way));
}

#[test]
fn f16_changes_of_witnesses_in_a_row_count_twice() {
    let scope = Scope {
        witness_changes: 2,
        ..with(Defect::ChangesInARow, WITNESSES_CHANGE_TWO_FACED)
    };
    let way = double_count(scope).expect("a double count");
    println!("F16: DOUBLE COUNT in {} steps: {}", way.len(), told(&way));
}

#[test]
fn f17_a_head_that_new_witnesses_are_not_asked_for_strands_locks() {
    is_stuck("F17", with(Defect::AsksOncePerHead, WITNESSES_CHANGE));
}

#[test]
fn f18_an_expiry_that_stops_answers_strands_locks() {
    is_stuck("F18", with(Defect::ExpiryStopsAnswers, EXPIRED));
}

#[test]
fn f19_a_registry_that_has_run_out_and_stops_nothing_is_found() {
    let scope = with(Defect::ExpiryStopsNothing, EXPIRED);
    let began = |_: &Federation, situation: &Situation| situation.broken.is_some();
    let (graph, found) = Graph::explore(scope, began);
    let way = graph.way_to(found.expect("an acquisition under a registry that has run out"));
    println!("F19: BEGUN in {} steps: {}", way.len(), told(&way));
}

#[test]
#[ignore = "long: two changes of witnesses"]
fn long_f20_heads_that_a_change_leaves_behind_count_twice() {
    let scope = with(Defect::HeadsLeftBehind, CHANGES_TWO_FACED);
    let way = double_count(scope).expect("a double count");
    println!("F20: DOUBLE COUNT in {} steps: {}", way.len(), told(&way));
}

/// The defect leads into a situation without a way out; it counts nothing twice.
fn is_stuck(name: &str, scope: Scope) {
    assert_eq!(double_count(scope), None, "{name}");
    let (graph, _) = Graph::explore(scope, |_, _| false);
    let way = graph.way_to(graph.stuck().expect("a situation without a way out"));
    println!(
        "{name}: safe, and STUCK after {} steps: {}",
        way.len(),
        told(&way)
    );
}
