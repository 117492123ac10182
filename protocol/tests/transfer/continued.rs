//! A country whose ledger was closed goes on with another: serial numbers go on, and every unit comes out exactly once.

use countersign_protocol::federation::{
    ClosedError, ClosedLedger, Event, FaultCode, LastWord, check_continues, step,
};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    Body, Continues, Contradiction, Genesis, LedgerAccused, Partner, PartnerStatus,
};
use countersign_protocol::registry::{Command, Refusal, TransferKey, TransferStage};
use proptest::prelude::*;

use super::closed::{bytes, freeze, head_of};
use super::reconcile::{Deed, act, deed};
use crate::support::invariants::check;
use crate::support::world::{countries, ghana_and_switzerland, settle};
use crate::support::{Ledger, TRADING, genesis_of, partner_of, text};

/// The ledger as closed, at its end.
fn closed(ledger: &Ledger) -> Continues {
    let head = head_of(&bytes(ledger));
    Continues {
        origin: ledger.state.genesis().unwrap().origin.clone(),
        size: head.size,
        root: head.root,
    }
}

/// The identity of a country's ledger after so many closed ones.
fn identity(party: Party, after: u8) -> Genesis {
    let first = genesis_of(party);
    Genesis {
        origin: text(&format!("{}/{after}", first.origin)),
        registry: text(&format!("{}{:02}", party.alpha3(), after + 1)),
        log_key: text(&format!("{}/{after}+0000000{after}+AQ==", first.origin)),
        ..first
    }
}

fn begin_again(last: &Ledger, after: u8) -> Ledger {
    let continues = Some(closed(last));
    let mut next = last.clone();
    let genesis = Genesis {
        continues,
        ..identity(last.party, after)
    };
    next.write(Body::Genesis(genesis)).unwrap();
    next.end_block();
    next
}

fn taken_up(last: &Ledger, after: u8) -> Command {
    let Genesis {
        origin,
        registry,
        log_key,
        ..
    } = identity(last.party, after);
    Command::SetPartner(Partner {
        origin,
        registry,
        log_key,
        continues: Some(closed(last)),
        ..partner_of(last.party, PartnerStatus::Active)
    })
}

/// Every open lock to a closed ledger ends as its last tree says.
fn settle_by_last_tree(ledger: &mut Ledger, last: &Ledger) {
    let leaves = bytes(last);
    let origin = closed(last).origin;
    let read = ClosedLedger::read(&origin, head_of(&leaves), ledger.party, &leaves).unwrap();
    let open: Vec<_> = ledger
        .state
        .transfers()
        .filter(|(_, it)| it.partner == last.party && it.stage == TransferStage::Locked)
        .map(|(key, _)| key.id())
        .collect();
    for transfer in open {
        let command = match read.last_word(transfer) {
            LastWord::Answered(answer) => Command::Proven(answer),
            LastWord::Never(unanswered) => Command::Closed(Box::new(unanswered)),
        };
        ledger.must(&command);
    }
}

/// Units that the ledgers have, by origin: each number in one of them.
fn held(world: &[Ledger]) -> Vec<(Party, u64)> {
    let mut all: Vec<(Party, u64)> = world
        .iter()
        .flat_map(|ledger| ledger.state.holdings())
        .filter(|holding| {
            use countersign_protocol::registry::Place;
            !matches!(holding.place, Place::Abroad(_))
        })
        .flat_map(|holding| {
            let range = holding.block.range();
            (range.first()..=range.last()).map(move |unit| (range.origin(), unit))
        })
        .collect();
    all.sort_unstable();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    /// Messages are under way, what the closed ledger wrote after its last head is lost, and the three go on.
    #[test]
    fn every_unit_comes_out_exactly_once(
        before in proptest::collection::vec(deed(), 1..40), lost in proptest::collection::vec(deed(), 0..8),
        after in proptest::collection::vec(deed(), 1..30), who in 0..3_usize,
    ) {
        let mut world = countries(&["GH", "CH", "VU"]);
        let (mut nonce, mut sent) = (0, Vec::new());
        let mut go_on = |world: &mut [Ledger], deeds: &[Deed]| {
            for deed in deeds {
                act(world, nonce, &mut sent, deed);
                nonce += 1;
            }
        };
        go_on(&mut world, &before);
        world[who].end_block();
        let last = world[who].clone();
        // Nobody ever hears of these.
        let at_home: Vec<Deed> = lost.into_iter().filter(|it| !matches!(it, Deed::Deliver(..) | Deed::Send(..) | Deed::Cancel(..))).collect();
        let mut alone = world.clone();
        go_on(&mut alone[who..=who], &at_home.iter().map(|it| it.by_first()).collect::<Vec<_>>());
        let next = begin_again(&last, 1);
        prop_assert_eq!(check_continues(&closed(&last), bytes(&next).into_iter().take(last.leaves.len())), Ok(()));
        for ledger in world.iter_mut().filter(|it| it.party != last.party) {
            freeze(ledger, last.party);
            settle_by_last_tree(ledger, &last);
            ledger.must(&taken_up(&last, 1));
        }
        world[who] = next;
        let issued = world[who].state.issued();
        world[who].issue(TRADING, 5);
        prop_assert_eq!(world[who].state.issued(), issued + 5, "serial numbers go on");
        go_on(&mut world, &after);
        settle(&mut world);
        let all = held(&world);
        let mut once = all.clone();
        once.dedup();
        prop_assert_eq!(&all, &once, "a unit is in two ledgers");
        let there: u64 = world.iter().map(|ledger| ledger.state.issued()).sum();
        prop_assert_eq!(all.len() as u64, there, "a unit is in no ledger");
        for ledger in &world {
            check(&ledger.state);
        }
    }
}

#[test]
fn a_lock_that_began_in_the_closed_ledger_arrives_from_the_next_one() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    ghana.end_block();
    freeze(&mut swiss, ghana.party);
    swiss.must(&taken_up(&ghana, 1));
    let mut next = begin_again(&ghana, 1);
    // Once more, before anything was answered.
    let known = swiss.state.partner(ghana.party).unwrap().clone();
    swiss.must(&Command::SetPartner(Partner {
        status: PartnerStatus::Frozen,
        ..known
    }));
    let last = next.clone();
    next = begin_again(&last, 2);
    swiss.must(&taken_up(&last, 2));
    let formers: Vec<String> = swiss
        .state
        .former_origins(ghana.party)
        .map(ToString::to_string)
        .collect();
    assert_eq!(formers, ["gh.example/ledger", "gh.example/ledger/1"]);
    let acquired = swiss.receive_and_write(&next.prove(lock));
    next.receive_and_write(&swiss.prove(acquired));
    assert_eq!(next.stage_sent(transfer), TransferStage::Final);
    assert_eq!(swiss.available(TRADING), 40);
    assert_eq!(next.available(TRADING), 60);
}

#[test]
fn the_next_ledger_answers_no_lock_to_the_closed_one() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    swiss.end_block();
    freeze(&mut ghana, swiss.party);
    let mut next = begin_again(&swiss, 1);
    // The lock waits for its end by the last tree; before that nothing goes on.
    let refused = ghana.submit(&taken_up(&swiss, 1));
    assert!(matches!(refused, Err(Refusal::Continued(_))), "{refused:?}");
    let offer = ghana.prove(lock);
    let answer = step(&next.state, next.time_ms, Event::Proven(&offer));
    assert_eq!(answer, Err(FaultCode::NotAddressedToUs));
    settle_by_last_tree(&mut ghana, &swiss);
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Released);
    ghana.must(&taken_up(&swiss, 1));
    // The same units go to the next ledger.
    let (_, lock) = ghana.send(swiss.party, 40, 2);
    next.receive_and_write(&ghana.prove(lock));
    assert_eq!(next.available(TRADING), 40);
}

#[test]
fn a_ledger_that_begins_with_other_leaves_is_not_believed() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    ghana.end_block();
    let last = ghana.clone();
    let mut other = Ledger::new("GH");
    other.meet(swiss.party);
    other.issue(TRADING, 70);
    while other.leaves.len() + 1 < last.leaves.len() {
        other.issue(TRADING, 1);
    }
    other.end_block();
    assert_eq!(other.leaves.len(), last.leaves.len());
    let wrong = check_continues(&closed(&last), bytes(&other));
    assert_eq!(wrong, Err(ClosedError::Root));
    let short = check_continues(&closed(&last), &bytes(&last)[1..]);
    let size = last.leaves.len() as u64;
    let (found, wanted) = (size - 1, size);
    assert_eq!(short, Err(ClosedError::Size { found, wanted }));
    let wanted = size - 1;
    let cut = Continues {
        size: wanted,
        ..closed(&last)
    };
    let found = size;
    let long = check_continues(&cut, bytes(&last));
    assert_eq!(long, Err(ClosedError::Size { found, wanted }));
    freeze(&mut swiss, ghana.party);
    swiss.must(&taken_up(&last, 1));
    let next = begin_again(&other, 1);
    let shown = next.prove_under(0, size);
    assert_eq!(
        step(&swiss.state, swiss.time_ms, Event::Proven(&shown)),
        Err(FaultCode::Fork)
    );
}

#[test]
fn each_rule_of_going_on_has_its_refusal() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    ghana.end_block();
    let right = Genesis {
        continues: Some(closed(&ghana)),
        ..identity(ghana.party, 1)
    };
    let refused = |change: &dyn Fn(&mut Genesis)| {
        let mut genesis = right.clone();
        change(&mut genesis);
        ghana.clone().write(Body::Genesis(genesis)).unwrap_err()
    };
    let changes: [&dyn Fn(&mut Genesis); 7] = [
        &|it| it.party = swiss.party,
        &|it| it.network = text("another"),
        &|it| it.continues.as_mut().unwrap().origin = text("other.example/ledger"),
        &|it| it.origin = genesis_of(it.party).origin,
        &|it| it.registry = genesis_of(it.party).registry,
        &|it| it.origin = genesis_of(swiss.party).origin,
        &|it| it.continues.as_mut().unwrap().size -= 1,
    ];
    for change in changes {
        assert!(matches!(refused(change), Refusal::Continued(_)));
    }
    assert!(matches!(
        refused(&|it| it.registry = text("CHE02")),
        Refusal::RegistryOfAnother { .. }
    ));
    assert!(matches!(
        refused(&|it| it.continues = None),
        Refusal::Genesis
    ));
    let mut in_a_block = ghana.clone();
    in_a_block.issue(TRADING, 1);
    let continues = Some(closed(&in_a_block));
    let genesis = Genesis {
        continues,
        ..right.clone()
    };
    let refused = in_a_block.write(Body::Genesis(genesis));
    assert!(matches!(refused, Err(Refusal::Continued(_))), "{refused:?}");
    assert!(ghana.clone().write(Body::Genesis(right)).is_ok());
}

#[test]
fn each_rule_of_taking_up_the_next_ledger_has_its_refusal() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (_, lock) = ghana.send(swiss.party, 10, 1);
    swiss.receive_and_write(&ghana.prove(lock));
    ghana.end_block();
    let command = taken_up(&ghana, 1);
    let Command::SetPartner(right) = &command else {
        panic!("no partner");
    };
    let active = swiss.clone().submit(&command);
    assert!(matches!(active, Err(Refusal::NotClosed(_))), "{active:?}");
    freeze(&mut swiss, ghana.party);
    let refused = |change: &dyn Fn(&mut Partner)| {
        let mut partner = right.clone();
        change(&mut partner);
        swiss
            .clone()
            .submit(&Command::SetPartner(partner))
            .unwrap_err()
    };
    let continued =
        |change: &dyn Fn(&mut Continues)| refused(&|it| change(it.continues.as_mut().unwrap()));
    assert!(matches!(
        continued(&|it| it.origin = text("a.example/b")),
        Refusal::Continued(_)
    ));
    // What was believed lies above.
    assert!(matches!(
        continued(&|it| it.size = 3),
        Refusal::Continued(_)
    ));
    assert!(matches!(
        refused(&|it| it.origin = genesis_of(it.party).origin),
        Refusal::Continued(_)
    ));
    let own = genesis_of(swiss.party).origin;
    assert!(matches!(
        refused(&|it| it.origin = own.clone()),
        Refusal::OwnParty(_)
    ));
    assert!(matches!(
        refused(&|it| it.continues = None),
        Refusal::WrongLog { .. }
    ));
    let mut accused = swiss.clone();
    accused.must(&Command::Accuse(LedgerAccused {
        party: ghana.party,
        kind: Contradiction::TwoTrees,
        evidence: [1; 32],
    }));
    let waits = accused.submit(&command);
    assert!(matches!(waits, Err(Refusal::PartnerFrozen(_))), "{waits:?}");
    swiss.must(&command);
    // It stands once; whatever changes later is said without it.
    let again = swiss.submit(&command);
    assert!(matches!(again, Err(Refusal::Continued(_))), "{again:?}");
    let known = swiss.state.partner(ghana.party).unwrap().clone();
    assert_eq!(known.continues, None);
    swiss.must(&Command::SetPartner(known));
    let key = TransferKey::In(ghana.party, {
        let Body::Lock(lock) = &ghana.leaves[lock as usize].body else {
            panic!("no lock");
        };
        lock.transfer
    });
    assert!(
        swiss.state.transfer(&key).is_some(),
        "what was answered stays answered"
    );
}
