//! Two ledgers beside each other: honest ones never differ, however far one is behind; others are told apart by what they did.

use countersign_protocol::federation::reconcile::{Reconciliation, in_one_record};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Discrepancy, PositionDifference, PositionsCompared};
use countersign_protocol::registry::{Command, Refusal, Selection, State};
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::units::UnitRange;
use proptest::prelude::*;

use crate::support::invariants::check;
use crate::support::world::{countries, ghana_and_switzerland, settle};
use crate::support::{Ledger, RESERVE, TRADING, range, text};

/// Every difference, or `None` where the other is behind.
fn differences(own: &State, other: &State) -> Option<Vec<PositionDifference>> {
    differences_of(own, other, own.size())
}

/// The same with another's head that was asked for earlier.
fn differences_of(own: &State, other: &State, asked_at: u64) -> Option<Vec<PositionDifference>> {
    let both = Reconciliation::new(own, other, asked_at)?;
    let ranges = own.holdings().chain(other.holdings());
    let found = ranges.flat_map(|holding| both.differences(holding.block.range()));
    Some(in_one_record(found, usize::MAX))
}

fn found(own: &Ledger, other: &Ledger) -> Vec<(String, Discrepancy)> {
    let found = differences(&own.state, &other.state).expect("not behind");
    let found = found.into_iter();
    found.map(|it| (it.range.to_string(), it.kind)).collect()
}

/// More leaves that move no unit.
fn grow(ledger: &mut Ledger) {
    for _ in 0..10 {
        ledger.must(&Command::RegisterProject {
            organisation: OrganisationId(1),
            title: text("A forest"),
            scope: SectoralScope::new(14).unwrap(),
        });
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Issue(usize, u64),
    Send(usize, usize, u64),
    /// One message of that outbox arrives.
    Deliver(usize, usize),
    Cancel(usize, usize),
    Move(usize, u64),
}

impl Deed {
    /// The same, done by the first of a world of one.
    pub(crate) fn by_first(&self) -> Self {
        match *self {
            Self::Issue(_, tonnes) => Self::Issue(0, tonnes),
            Self::Move(_, tonnes) => Self::Move(0, tonnes),
            Self::Send(..) | Self::Deliver(..) | Self::Cancel(..) => Self::Move(0, 1),
        }
    }
}

pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    let who = 0..3_usize;
    prop_oneof![
        1 => (who.clone(), 1..60_u64).prop_map(|(who, tonnes)| Deed::Issue(who, tonnes)),
        4 => (who.clone(), 1..3_usize, 1..40_u64)
            .prop_map(|(from, by, tonnes)| Deed::Send(from, (from + by) % 3, tonnes)),
        8 => (who.clone(), any::<usize>()).prop_map(|(who, which)| Deed::Deliver(who, which)),
        1 => (who.clone(), any::<usize>()).prop_map(|(who, which)| Deed::Cancel(who, which)),
        1 => (who, 1..20_u64).prop_map(|(who, tonnes)| Deed::Move(who, tonnes)),
    ]
}

pub(crate) fn act(world: &mut [Ledger], nonce: u8, sent: &mut Vec<(usize, Command)>, deed: &Deed) {
    match *deed {
        Deed::Issue(who, tonnes) => world[who].issue(TRADING, tonnes),
        Deed::Send(from, to, tonnes) => {
            let to = world[to].party;
            let command = world[from].send_command(to, tonnes, nonce);
            if world[from].submit(&command).is_ok() {
                sent.push((from, command));
            }
        }
        Deed::Deliver(who, which) => {
            let messages = world[who].outbox();
            if messages.is_empty() {
                return;
            }
            let message = messages[which % messages.len()];
            let proven = world[who].prove(message.leaf);
            let to = world.iter().position(|it| it.party == message.to).unwrap();
            world[to].receive(&proven).unwrap();
        }
        Deed::Cancel(who, which) => {
            let open: Vec<_> = world[who]
                .state
                .transfers()
                .filter_map(|(key, transfer)| {
                    let is_out = matches!(key, countersign_protocol::registry::TransferKey::Out(_));
                    (is_out && !transfer.is_settled()).then(|| key.id())
                })
                .collect();
            if !open.is_empty() {
                let transfer = open[which % open.len()];
                let reason = text("entered twice");
                let _asked_before = world[who].submit(&Command::Cancel { transfer, reason });
            }
        }
        Deed::Move(who, tonnes) => {
            let units = Selection::Tonnes(tonnes);
            let _too_few = world[who].submit(&Command::Transfer {
                from: TRADING,
                to: RESERVE,
                units,
            });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 5))]

    /// Messages are under way at any moment, and a mirror is as old as it likes.
    #[test]
    fn honest_ledgers_never_differ(deeds in proptest::collection::vec(deed(), 1..60)) {
        let mut world = countries(&["GH", "CH", "VU"]);
        // All three at one moment, again and again.
        let mut seen: Vec<Vec<State>> = Vec::new();
        let mut sent = Vec::new();
        let mut compared = 0;
        for (nonce, deed) in (0..).zip(&deeds) {
            act(&mut world, nonce, &mut sent, deed);
            seen.push(world.iter().map(|ledger| ledger.state.clone()).collect());
            for own in 0..3 {
                for other in (0..3).filter(|other| *other != own) {
                    for then in &seen {
                        let asked_at = then[own].size();
                        let found = differences_of(&world[own].state, &then[other], asked_at);
                        if let Some(found) = found {
                            prop_assert_eq!(found, vec![], "after {:?}", deed);
                            compared += 1;
                        }
                    }
                }
            }
        }
        prop_assert!(compared >= deeds.len(), "the newest of two is never behind for both");
    }
}

/// Ghana shows Switzerland another history than the one that it keeps: 40 t leave there, and stay here.
fn two_faces() -> (Ledger, Ledger) {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let mut shown = ghana.clone();
    shown.send(swiss.party, 40, 1);
    let mut pair = [shown, swiss];
    settle(&mut pair);
    let [_, taken] = pair;
    swiss = taken;
    ghana.issue(TRADING, 1);
    (ghana, swiss)
}

#[test]
fn units_that_two_ledgers_have_are_found_by_both() {
    let (ghana, swiss) = two_faces();
    let twice = vec![("GH-61-100".to_owned(), Discrepancy::HeldTwice)];
    assert_eq!(found(&ghana, &swiss), twice);
    // Ghana's ledger as it is is shorter than what Switzerland relied on: it waits for more.
    assert!(differences(&swiss.state, &ghana.state).is_none());
    let mut longer = ghana;
    grow(&mut longer);
    assert_eq!(found(&swiss, &longer), twice);
}

#[test]
fn units_that_were_given_away_and_never_came_are_found() {
    let (ghana, swiss) = ghana_and_switzerland(100);
    let mut pair = [ghana, swiss.clone()];
    let to = swiss.party;
    pair[0].send(to, 40, 1);
    settle(&mut pair);
    let [ghana, _] = pair;
    // Another Switzerland, which never took them, and has as many leaves as Ghana has seen of it.
    let mut other = swiss;
    grow(&mut other);
    let nowhere = vec![("GH-61-100".to_owned(), Discrepancy::Nowhere)];
    assert_eq!(found(&ghana, &other), nowhere);
    assert_eq!(found(&other, &ghana), nowhere);
}

#[test]
fn units_that_were_never_issued_and_units_of_another_kind_are_found() {
    let (ghana, mut swiss) = ghana_and_switzerland(100);
    let mut shown = ghana.clone();
    shown.issue(TRADING, 50);
    shown.send(swiss.party, 150, 1);
    let mut pair = [shown, swiss];
    settle(&mut pair);
    [_, swiss] = pair;
    let mut longer = ghana.clone();
    grow(&mut longer);
    let never = ("GH-101-150".to_owned(), Discrepancy::NeverIssued);
    assert!(found(&longer, &swiss).contains(&never));

    // The same numbers, of another year.
    let mut renamed = ghana;
    renamed.must(&Command::Issue {
        account: TRADING,
        project: 1,
        year: 2024,
        unit_type: UnitType::ITMO,
        tonnes: 50,
    });
    let mut send = renamed.send_command(swiss.party, 50, 9);
    if let Command::Send { units, .. } = &mut send {
        *units = Selection::Ranges(vec![range("GH-101-150")]);
    }
    renamed.must(&send);
    grow(&mut renamed);
    let found = found(&renamed, &swiss);
    // On their way, and not the units that Switzerland has under these numbers.
    assert!(
        found.contains(&("GH-101-150".to_owned(), Discrepancy::Attributes)),
        "{found:?}"
    );
}

fn compared(other: &Ledger, differences: Vec<PositionDifference>) -> Command {
    let size = other.leaves.len() as u64;
    Command::Compared(PositionsCompared {
        party: other.party,
        size,
        root: other.prove(0).proof.root,
        differences,
    })
}

#[test]
fn units_in_doubt_stay_where_they_are_until_a_comparison_finds_nothing() {
    let (mut ghana, swiss) = two_faces();
    let found = differences(&ghana.state, &swiss.state).unwrap();
    ghana.must(&compared(&swiss, found.clone()));
    check(&ghana.state);
    let piece = |text: &str| Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units: Selection::Ranges(vec![range(text)]),
    };
    let Err(Refusal::Disputed { party, .. }) = ghana.submit(&piece("GH-61-100")) else {
        panic!("it moved");
    };
    assert_eq!(party, swiss.party);
    // What lies beside them is free, and is what a number of tonnes is taken from.
    ghana.must(&piece("GH-1-60"));
    let tonnes = |tonnes| Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units: Selection::Tonnes(tonnes),
    };
    ghana.must(&tonnes(1));
    let refused = ghana.submit(&tonnes(1));
    assert!(
        matches!(refused, Err(Refusal::Disputed { .. })),
        "{refused:?}"
    );

    let again = ghana.submit(&compared(&swiss, found));
    assert!(matches!(again, Err(Refusal::Comparison(_))), "{again:?}");
    ghana.must(&compared(&swiss, Vec::new()));
    ghana.must(&piece("GH-61-100"));
    check(&ghana.state);
}

fn difference(text: &str, kind: Discrepancy) -> PositionDifference {
    PositionDifference {
        range: range(text),
        kind,
    }
}

#[test]
fn what_is_too_much_for_one_record_is_joined_at_the_narrowest_gaps() {
    use Discrepancy::{HeldTwice, Nowhere};
    let found = [
        difference("GH-1-5", Nowhere),
        difference("GH-6-9", Nowhere),
        difference("GH-20-29", HeldTwice),
        difference("GH-31-40", Nowhere),
        difference("CH-41-50", Nowhere),
    ];
    let all = in_one_record(found, 64);
    assert_eq!(
        all,
        [
            difference("CH-41-50", Nowhere),
            difference("GH-1-9", Nowhere),
            difference("GH-20-29", HeldTwice),
            difference("GH-31-40", Nowhere),
        ]
    );
    assert_eq!(
        in_one_record(found, 3),
        [
            difference("CH-41-50", Nowhere),
            difference("GH-1-9", Nowhere),
            difference("GH-20-40", HeldTwice),
        ]
    );
}

proptest! {
    #[test]
    fn no_unit_in_doubt_is_left_out_by_joining(
        starts in proptest::collection::btree_set(0..400_u64, 0..80),
        max in 1..20_usize,
    ) {
        let ranges: Vec<UnitRange> = starts
            .iter()
            .map(|start| UnitRange::new(text::<Party>("GH"), start * 5 + 1, start * 5 + 3).unwrap())
            .collect();
        let found = ranges.iter().map(|range| PositionDifference {
            range: *range,
            kind: Discrepancy::HeldTwice,
        });
        let joined = in_one_record(found, max);
        prop_assert!(joined.len() <= max);
        for range in &ranges {
            prop_assert!(joined.iter().any(|it| it.range.contains_range(*range)));
        }
        prop_assert!(joined.windows(2).all(|pair| pair[0].range.last() < pair[1].range.first()));
    }
}
