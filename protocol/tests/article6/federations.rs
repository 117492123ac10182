//! Three honest countries over three years, whatever they do: what they report agrees, passes the check of the format, and
//! adds up to zero. And each kind of tampering is seen, with its cause.

use std::cell::RefCell;
use std::collections::BTreeMap;

use countersign_protocol::article6::aef::Switches;
use countersign_protocol::article6::aef::check::{Severity, check};
use countersign_protocol::article6::{
    AefTerms, AuthorisedUse, Book, Cause, CrossCheck, TransferEvent, UnitEvent, UnitEventKind,
    cross_check, net_of_uses,
};
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::{Article6, InitialReport, NotifiedUse, UseNotified};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::histories::{Deed, Trial, deed, runner};
use crate::support::world::settle;
use crate::support::{Ledger, text};
use crate::world::{APPROACH, record};

const DAYS: [&str; 3] = ["2025-07-07", "2026-06-01", "2027-06-01"];

/// What happens most is what moves units: they come under authorisations, leave, are used.
const KINDS: [u8; 20] = [0, 1, 1, 2, 3, 4, 4, 4, 5, 5, 6, 6, 6, 7, 7, 7, 8, 9, 10, 12];

fn often() -> impl Strategy<Value = Deed> {
    (deed(), 0..KINDS.len()).prop_map(|(deed, kind)| Deed {
        kind: KINDS[kind],
        ..deed
    })
}

fn years() -> impl Strategy<Value = Vec<Vec<Deed>>> {
    vec(vec(often(), 20..60), DAYS.len())
}

/// Each country authorises, issues, and puts what it issued under its authorisations.
fn begin(trial: &mut Trial, throws: [u16; 4]) {
    for at in 0..trial.ledgers.len() {
        for number in 0..3_u16 {
            let uses = throws[usize::from(number)].wrapping_add(at as u16);
            // Without a limit, and for some Parties and days only.
            let terms = throws[3].wrapping_add(number + at as u16) % 1_000 * 60;
            for (kind, throws) in [
                (0, [number, uses, terms, 0]),
                (9, [number, 29, 0, 0]),
                (1, [number, 11, 0, 0]),
                (1, [number, 11, 0, 0]),
            ] {
                trial.run(&Deed { at, kind, throws });
            }
        }
    }
}

/// What three countries did in these years; every year ends with all transfers settled and all uses told.
fn play(years: &[Vec<Deed>]) -> Vec<Ledger> {
    let mut trial = Trial::new();
    for ledger in &mut trial.ledgers {
        ledger.must(&record(Article6::InitialReport(InitialReport {
            approach: text(APPROACH),
            submitted: text("2025-07-07"),
            reference: text("IR 1"),
            by: Vec::new(),
        })));
    }
    for (deeds, day) in years.iter().zip(DAYS) {
        let day: Day = text(day);
        for ledger in &mut trial.ledgers {
            ledger.time_ms = ledger.time_ms.max(day.start_ms());
        }
        if let Some(first) = deeds.first() {
            begin(&mut trial, first.throws);
        }
        for deed in deeds {
            let mut deed = deed.clone();
            if deed.kind == 9 {
                // Mitigation of a year that is over.
                deed.throws[0] %= 4;
            }
            trial.run(&deed);
        }
        settle(&mut trial.ledgers);
        tell(&mut trial.ledgers);
    }
    trial.ledgers
}

/// Tells the Parties of origin of the uses abroad that are first transfers.
fn tell(ledgers: &mut [Ledger]) {
    for user in 0..ledgers.len() {
        let book = Book::read(&ledgers[user].leaves).unwrap();
        assert_eq!(book.positions(), book.positions_at(u64::MAX));
        for movement in book.movements() {
            let UnitEventKind::PartnersFirstTransfer { by } = movement.kind else {
                continue;
            };
            let range = movement.block.range();
            let party = ledgers[user].party;
            let mut all = ledgers.iter_mut();
            let origin = all.find(|it| it.party == range.origin()).unwrap();
            let known = origin.state.holding_of(range.origin(), range.first());
            if known.unwrap().block.first_transfer.is_some() {
                continue;
            }
            let purpose = NotifiedUse::ALL.into_iter().find(|it| it.event() == by);
            let purpose = purpose.unwrap();
            origin.must(&record(Article6::UseNotified(UseNotified {
                ranges: vec![range],
                purpose,
                party,
                day: text("2025-07-07"),
                reference: text("Notice"),
                by: Vec::new(),
            })));
        }
    }
}

fn books(ledgers: &[Ledger]) -> Vec<Book> {
    let read = |it: &Ledger| Book::read(&it.leaves).unwrap();
    ledgers.iter().map(read).collect()
}

/// What a property saw, so that one that never met anything fails.
#[derive(Debug, Default)]
struct Tally {
    rows: usize,
    first_transferred: usize,
    acquired: usize,
    used: usize,
    told: usize,
    contributed: usize,
    tampered: BTreeMap<&'static str, u32>,
}

#[test]
fn honest_ledgers_agree_pass_the_check_and_add_up_to_zero() {
    let tally = RefCell::new(Tally::default());
    runner(24)
        .run(&years(), |years| {
            let ledgers = play(&years);
            let books = books(&ledgers);
            for (place, one) in books.iter().enumerate() {
                for two in &books[place + 1..] {
                    let found = one.cross_check(two).unwrap();
                    prop_assert!(found.is_empty(), "{:?}", found.differences);
                }
            }
            let all: Vec<UnitEvent> = books.iter().flat_map(Book::events).collect();
            let net = net_of_uses(&all);
            prop_assert!(net.is_zero(), "{net:?}");
            let mut tally = tally.borrow_mut();
            tally.rows += reports(&books)?;
            for event in &all {
                match event.kind {
                    UnitEventKind::FirstTransferred { .. } => tally.first_transferred += 1,
                    UnitEventKind::Acquired { .. } => tally.acquired += 1,
                    UnitEventKind::UsedTowardsNdc { .. } => tally.used += 1,
                    UnitEventKind::PartnersFirstTransfer { by } => {
                        tally.told += 1;
                        let fund = by == TransferEvent::AdaptationFund;
                        tally.contributed += usize::from(fund);
                    }
                    _ => {}
                }
            }
            Ok(())
        })
        .unwrap();
    let tally = tally.into_inner();
    println!("{tally:?}");
    assert!(
        tally.rows > 100 && tally.first_transferred > 100,
        "{tally:?}"
    );
    assert!(tally.acquired > 50 && tally.used > 20, "{tally:?}");
    assert!(tally.told > 5 && tally.contributed > 0, "{tally:?}");
}

/// Every submission of every country over the years, checked against those before and its partners'. Returns their actions.
fn reports(books: &[Book]) -> Result<usize, TestCaseError> {
    let of = |book: &Book, year: u16| {
        let submitted = text(&format!("{}-04-10", year + 1));
        let of_year = book.aef(&AefTerms::first(year, submitted)).unwrap();
        assert!(of_year.without_initial_report.is_empty());
        of_year.aef
    };
    let mut rows = 0;
    for (place, book) in books.iter().enumerate() {
        let mut earlier = Vec::new();
        for year in 2025..=2027 {
            let aef = of(book, year);
            let others = books.iter().enumerate().filter(|(it, _)| *it != place);
            let partners: Vec<_> = others.map(|(_, it)| of(it, year)).collect();
            let report = check(&aef, &earlier, &partners, &Switches::default());
            let errors = report
                .findings
                .iter()
                .filter(|it| it.check.severity == Severity::Error);
            let errors: Vec<_> = errors.map(|it| (it.check.id, &it.message)).collect();
            prop_assert!(errors.is_empty(), "{:?} {year}: {errors:?}", book.party());
            rows += aef.actions.len();
            earlier.push(aef);
        }
    }
    Ok(rows)
}

/// One lie in one ledger: what it is called, which events it can be told about, what becomes of the event, and the cause that
/// the comparison must find.
struct Lie {
    name: &'static str,
    about: fn(&UnitEvent) -> bool,
    tell: fn(&mut UnitEvent),
    /// Whether the event is left out.
    hides: bool,
    finds: fn(Cause) -> bool,
}

fn acquired(it: &UnitEvent) -> bool {
    matches!(it.kind, UnitEventKind::Acquired { .. })
}

fn sent(it: &UnitEvent) -> bool {
    matches!(
        it.kind,
        UnitEventKind::FirstTransferred { to: Some(_), .. }
            | UnitEventKind::Transferred { to: Some(_) }
    )
}

fn told(it: &UnitEvent) -> bool {
    let first = matches!(it.kind, UnitEventKind::FirstTransferred { to: None, .. });
    first && it.user.is_some_and(|user| user != it.units.origin())
}

fn used_abroad(it: &UnitEvent) -> bool {
    matches!(it.kind, UnitEventKind::PartnersFirstTransfer { .. })
}

const fn nothing(_: &mut UnitEvent) {}

const LIES: [Lie; 10] = [
    Lie {
        name: "hides an acquisition",
        about: acquired,
        tell: nothing,
        hides: true,
        finds: |it| it == Cause::NotAcquired,
    },
    Lie {
        name: "hides a transfer",
        about: sent,
        tell: nothing,
        hides: true,
        finds: |it| it == Cause::NotTransferred,
    },
    Lie {
        name: "hides a use abroad that it told of",
        about: used_abroad,
        tell: nothing,
        hides: true,
        finds: |it| it == Cause::NotUsed,
    },
    Lie {
        name: "hides a use abroad that it was told of",
        about: told,
        tell: nothing,
        hides: true,
        finds: |it| it == Cause::NotNotified,
    },
    Lie {
        name: "makes units younger",
        about: acquired,
        tell: |it| it.vintage += 1,
        hides: false,
        finds: |it| matches!(it, Cause::OtherVintage { .. }),
    },
    Lie {
        name: "names another approach",
        about: sent,
        tell: |it| it.approach = text("CA0099"),
        hides: false,
        finds: |it| matches!(it, Cause::OtherApproach { .. }),
    },
    Lie {
        name: "widens what units are authorised for",
        about: acquired,
        tell: |it| {
            it.uses = match it.uses {
                AuthorisedUse::NdcAndOimp => AuthorisedUse::Ndc,
                _ => AuthorisedUse::NdcAndOimp,
            };
        },
        hides: false,
        finds: |it| matches!(it, Cause::OtherUses { .. }),
    },
    Lie {
        name: "counts more than the units",
        about: sent,
        tell: |it| it.quantity += 1,
        hides: false,
        finds: |it| matches!(it, Cause::OtherMetric { .. }),
    },
    Lie {
        name: "moves it into another year",
        about: acquired,
        tell: |it| it.day = text("2031-01-01"),
        hides: false,
        finds: |it| matches!(it, Cause::OtherYear { .. }),
    },
    Lie {
        name: "makes units that were used abroad older",
        about: used_abroad,
        tell: |it| it.vintage -= 1,
        hides: false,
        finds: |it| matches!(it, Cause::OtherVintage { .. }),
    },
];

fn pairs(all: &[(Party, Vec<UnitEvent>)]) -> Vec<CrossCheck> {
    let mut pairs = Vec::new();
    for (place, (one, events)) in all.iter().enumerate() {
        for (two, others) in &all[place + 1..] {
            pairs.push(cross_check((*one, events), (*two, others)));
        }
    }
    pairs
}

#[test]
fn each_kind_of_tampering_is_a_difference_with_its_cause() {
    let tally = RefCell::new(Tally::default());
    let case = (years(), any::<[u16; 2]>());
    runner(48)
        .run(&case, |(years, [where_to, which])| {
            let ledgers = play(&years);
            let all: Vec<(Party, Vec<UnitEvent>)> = books(&ledgers)
                .iter()
                .map(|it| (it.party().unwrap(), it.events()))
                .collect();
            for lie in &LIES {
                let at = usize::from(where_to) % all.len();
                let about: Vec<usize> = (0..all[at].1.len())
                    .filter(|it| (lie.about)(&all[at].1[*it]))
                    .collect();
                if about.is_empty() {
                    continue;
                }
                let event = about[usize::from(which) % about.len()];
                let mut told = all.clone();
                let truth = told[at].1[event];
                if lie.hides {
                    told[at].1.remove(event);
                } else {
                    (lie.tell)(&mut told[at].1[event]);
                }
                let found: Vec<_> = pairs(&told)
                    .into_iter()
                    .flat_map(|it| it.differences)
                    .collect();
                let party = all[at].0;
                prop_assert!(
                    found.iter().any(|it| {
                        (lie.finds)(it.cause)
                            && it.units.overlaps(truth.units)
                            && (it.from == party || it.to == party)
                    }),
                    "{party} {}: {truth:?} {found:?}",
                    lie.name
                );
                // Nobody else is blamed.
                prop_assert!(found.iter().all(|it| it.from == party || it.to == party));
                *tally.borrow_mut().tampered.entry(lie.name).or_default() += 1;
            }
            Ok(())
        })
        .unwrap();
    let tally = tally.into_inner().tampered;
    println!("{tally:?}");
    assert_eq!(tally.len(), LIES.len(), "{tally:?}");
}
