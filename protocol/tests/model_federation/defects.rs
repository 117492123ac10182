//! Defects, each one rule left out: the model must find what goes wrong, or it would not find it in the protocol
//! either.

use crate::laws;
use crate::model::{Federation, SIMPLE, Scope, Situation};
use crate::search::{Graph, double_count, holds, told};

/// A rule that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    /// F1: the source frees the units when its own clock passes the expiry (against R3).
    SourceReleasesOnTimeout,
    /// F2: the destination forgets which transfers it has answered (against R4).
    DestinationForgetsIds,
    /// F3: the destination refuses a transfer that it has acquired, when asked to cancel (against R4 and R6).
    DestinationRefusesAfterAccepting,
    /// F4, F5: partners compare with what they saw themselves, and no witness is asked (against R2).
    PinsOnly,
    /// F6: messages leave, and are believed, before their leaf is cosigned (against R2).
    NothingIsWitnessedFirst,
    /// F7: nobody keeps a copy of a partner's log.
    NoMirrors,
    /// F8: two of four witnesses are a quorum, so that two quorums may share only the liar (against R2: 2k > n + f).
    QuorumOfTwo,
    /// F9: a witness forgets what it has cosigned.
    WitnessForgets,
    /// F10: a node that starts is content with what a quorum of witnesses says of its head.
    AsksAQuorumOnly,
    /// F11: nothing of a frozen partner is taken, answers neither (against R12).
    FreezeStopsAnswers,
    /// F12: witnesses are asked for the newest head only, though they do not know the key that signs it.
    NewestHeadOnly,
    /// F13: a ledger is closed at a head above which witnesses go on to cosign.
    ClosesWithoutSealing,
    /// F14: the answers in a closed ledger's last tree are not looked at.
    ClosedFreesAll,
    /// F15: one witness is exchanged for another at once, so that an old quorum and a new one may share only the liar.
    ExchangesAWitness,
    /// F16: the next change of witnesses is published before everybody has the one before.
    ChangesInARow,
    /// F17: witnesses are asked once for each head, and not again when others are the witnesses.
    AsksOncePerHead,
    /// F18: once the trust registry has run out nothing is taken, answers neither (against R12).
    ExpiryStopsAnswers,
    /// F19: a registry that has run out stops nothing.
    ExpiryStopsNothing,
    /// F20: the next change of witnesses is published while heads that counted have no quorum of the one before.
    HeadsLeftBehind,
}

pub(crate) fn with(defect: Defect, scope: Scope) -> Scope {
    Scope {
        defect: Some(defect),
        ..scope
    }
}

/// The defect leads to a double count; without it the same scope is safe.
pub(crate) fn is_found(name: &str, scope: Scope, steps: usize) {
    let way = double_count(scope).unwrap_or_else(|| panic!("{name}: no double count found"));
    println!(
        "{name}: DOUBLE COUNT in {} steps: {}",
        way.len(),
        told(&way)
    );
    assert_eq!(way.len(), steps, "{name}: {way:#?}");
    let sound = Scope {
        defect: None,
        ..scope
    };
    assert_eq!(double_count(sound), None, "{name} without the defect");
}

#[test]
fn f1_a_source_that_releases_on_its_own_timeout_counts_twice() {
    is_found("F1", with(Defect::SourceReleasesOnTimeout, SIMPLE), 5);
}

#[test]
fn f2_a_destination_that_forgets_ids_counts_twice() {
    is_found("F2", with(Defect::DestinationForgetsIds, SIMPLE), 6);
}

#[test]
fn f3_a_destination_that_refuses_after_accepting_counts_twice() {
    is_found(
        "F3",
        with(Defect::DestinationRefusesAfterAccepting, SIMPLE),
        7,
    );
}

#[test]
fn f4_pins_without_witnesses_count_twice_when_the_source_is_restored() {
    let scope = Scope {
        restores: 1,
        ..SIMPLE
    };
    is_found("F4", with(Defect::PinsOnly, scope), 3);
}

#[test]
fn f5_pins_without_witnesses_count_twice_when_the_source_is_two_faced() {
    let scope = Scope {
        countries: 3,
        transfers: 2,
        two_faced: true,
        cancels: false,
        clocks: false,
        ..SIMPLE
    };
    is_found("F5", with(Defect::PinsOnly, scope), 4);
}

#[test]
fn f6_messages_that_leave_before_the_cosignature_count_twice_after_a_restore() {
    let scope = Scope {
        restores: 1,
        ..SIMPLE
    };
    is_found("F6", with(Defect::NothingIsWitnessedFirst, scope), 3);
}

#[test]
fn f7_without_mirrors_a_restored_node_is_safe_and_stuck_for_ever() {
    let scope = Scope {
        restores: 1,
        ..SIMPLE
    };
    let without = with(Defect::NoMirrors, scope);
    assert_eq!(double_count(without), None);
    let (graph, _) = Graph::explore(without, |_, _| false);
    let way = graph.way_to(graph.stuck().expect("a situation without a way out"));
    println!(
        "F7: safe, and STUCK after {} steps: {}",
        way.len(),
        told(&way)
    );
    assert_eq!(way.len(), 3, "{way:#?}");
    holds("F7 mended: with mirrors", scope);
}

#[test]
fn every_law_is_broken_by_some_defect() {
    type Law = fn(&Federation, &Situation) -> bool;
    let restored = Scope {
        restores: 1,
        ..SIMPLE
    };
    let cases: [(&str, Law, Scope); 4] = [
        (
            "FINAL means acquired, RELEASED means not",
            laws::ends_agree,
            with(Defect::SourceReleasesOnTimeout, SIMPLE),
        ),
        (
            "one answer and one end to each transfer",
            laws::one_answer_each,
            with(Defect::DestinationForgetsIds, SIMPLE),
        ),
        (
            "nothing rests on an unwitnessed line",
            laws::pins_are_witnessed,
            with(Defect::NothingIsWitnessedFirst, restored),
        ),
        (
            "no honest ledger testifies against itself",
            laws::no_evidence,
            with(Defect::PinsOnly, restored),
        ),
    ];
    for (name, law, scope) in cases {
        let (graph, found) = Graph::explore(scope, |model, situation| !law(model, situation));
        let way = graph.way_to(found.unwrap_or_else(|| panic!("{name}: never broken")));
        println!("{name}: broken after {}", told(&way));
    }
}
