//! The rules of Article 6 over random histories of three countries.

use std::cell::RefCell;
use std::collections::BTreeMap;

use countersign_protocol::article6::NdcPeriod;
use countersign_protocol::id::{AccountId, AuthorisationId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    AccountKind, Article6, Authorisation, AuthorisationRevoked, Body, NotifiedUse, Purpose,
    UseNotified,
};
use countersign_protocol::registry::{Command, Place, Selection, State};
use countersign_protocol::units::{FirstTransfer, UnitBlock, UnitRange};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::invariants::check;
use crate::support::world::{countries, settle};
use crate::support::{Ledger, RESERVE, TRADING, text};
use crate::world::{Definition, Use, approach, authorisation, issue, ndc, record, retire};

const CODES: [&str; 3] = ["GH", "CH", "SE"];
/// The account of each country for shares of proceeds.
const SHARE: AccountId = AccountId(3);
const DEFINITIONS: [Definition; 3] = [
    Definition::UseOrCancellation,
    Definition::Issuance,
    Definition::Authorisation,
];

/// One thing that happens, in one country.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) at: usize,
    pub(crate) kind: u8,
    pub(crate) throws: [u16; 4],
}

pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    (0..CODES.len(), 0..12_u8, any::<[u16; 4]>()).prop_map(|(at, kind, throws)| Deed {
        at,
        kind,
        throws,
    })
}

/// How often each thing went through.
#[derive(Debug, Default)]
struct Tally {
    first_transferred: u64,
    used: u32,
    used_by_name: u32,
    ended_abroad: u32,
    revoked: u32,
    notified: u32,
    over_the_cap: u32,
}

pub(crate) struct Trial {
    pub(crate) ledgers: Vec<Ledger>,
    nonce: u8,
    tally: Tally,
}

/// Some authorisations end while the units are about.
const LAST_DAYS: [Option<&str>; 4] = [None, None, Some("2030-12-31"), Some("2026-06-01")];

/// The Parties that an authorisation names: mostly none, so that any may use.
fn named(throw: u16) -> Vec<Party> {
    let party = |at: u16| text(CODES[usize::from(at) % CODES.len()]);
    let mut parties: Vec<Party> = match throw / 11 % 4 {
        0 => vec![party(throw), party(throw + 1)],
        1 => vec![party(throw / 3)],
        _ => Vec::new(),
    };
    parties.sort();
    parties
}

fn id_of(party: Party, number: u16) -> AuthorisationId {
    text(&format!("{party} {}", number % 3))
}

impl Trial {
    pub(crate) fn new() -> Self {
        let mut ledgers = countries(&CODES);
        for (ledger, definition) in ledgers.iter_mut().zip(DEFINITIONS) {
            let known = approach(Some(definition));
            ledger.must(&record(Article6::CooperativeApproach(known)));
            ledger.must(&record(Article6::Ndc(ndc())));
            ledger.must(&Command::OpenAccount {
                organisation: OrganisationId(1),
                name: text("Adaptation Fund"),
                kind: AccountKind::ShareOfProceeds,
            });
        }
        Self {
            ledgers,
            nonce: 0,
            tally: Tally::default(),
        }
    }

    fn authorisation(&self, deed: &Deed) -> Authorisation {
        let ledger = &self.ledgers[deed.at];
        let id = id_of(ledger.party, deed.throws[0]);
        // Half of them for an airline only: those cross a border without a first transfer.
        let uses = match deed.throws[1] % 14 {
            it @ 0..7 => Use::ALL[usize::from(it)],
            _ => Use::Imp,
        };
        let known = ledger.state.authorisation(ledger.party, id);
        // Versions keep their definition, and so whether there is one.
        let uses = known.map_or(uses, |known| known.latest.uses);
        let definition = uses.covers_oimp().then_some(DEFINITIONS[deed.at]);
        Authorisation {
            id,
            party: ledger.party,
            version: known.map_or(1, |known| known.latest.version + 1),
            registry: text(&format!("{}01", ledger.party.alpha3())),
            quantity: u64::from(deed.throws[2] % 60),
            parties: named(deed.throws[2]),
            use_until: LAST_DAYS[usize::from(deed.throws[2] / 7) % LAST_DAYS.len()].map(text),
            vintages: NdcPeriod::new(2021 + deed.throws[3] % 4, 2030).unwrap(),
            projects: if deed.throws[3].is_multiple_of(5) {
                vec![1]
            } else {
                Vec::new()
            },
            ..authorisation(uses, definition)
        }
    }

    fn command(&mut self, deed: &Deed) -> Command {
        let [a, b, c, _] = deed.throws;
        let ledger = &self.ledgers[deed.at];
        let tonnes = Selection::Tonnes(u64::from(b % 12) + 1);
        match deed.kind {
            0 => record(Article6::Authorisation(Box::new(self.authorisation(deed)))),
            1 | 2 => Command::AuthoriseUnits {
                account: TRADING,
                units: tonnes,
                authorisation: id_of(ledger.party, a),
                by: Vec::new(),
            },
            3 => record(Article6::AuthorisationRevoked(AuthorisationRevoked {
                id: id_of(ledger.party, a),
                party: ledger.party,
                date: text("2025-07-07"),
                reason: text("The activity ended"),
                reaches_first_transferred: false,
                by: Vec::new(),
            })),
            4 | 5 => {
                self.nonce = self.nonce.wrapping_add(1);
                let to = self.ledgers[(deed.at + 1 + usize::from(a) % 2) % 3].party;
                let tonnes = u64::from(b % 12) + 1;
                let ledger = &self.ledgers[deed.at];
                let mut command = ledger.send_command(to, tonnes, self.nonce);
                if let Command::Send { expiry_ms, .. } = &mut command {
                    *expiry_ms = ledger.time_ms + 86_400_000;
                }
                command
            }
            6 => {
                let purposes = [
                    Purpose::InternationalMitigation,
                    Purpose::OtherPurposes,
                    Purpose::OverallMitigation,
                    Purpose::Voluntary,
                ];
                retire(purposes[usize::from(c) % 4], None, tonnes)
            }
            7 => retire(Purpose::Ndc, Some(2019 + a % 13), tonnes),
            8 if c.is_multiple_of(4) => Command::Transfer {
                from: TRADING,
                to: SHARE,
                units: tonnes,
            },
            8 => Command::Transfer {
                from: TRADING,
                to: RESERVE,
                units: tonnes,
            },
            _ => Command::Transfer {
                from: RESERVE,
                to: TRADING,
                units: tonnes,
            },
        }
    }

    /// Units of this country that are used abroad for an airline, told to their Party.
    fn notice(&self, deed: &Deed) -> Option<(usize, Article6)> {
        let user = &self.ledgers[deed.at];
        let holding = user.state.holdings().find(|it| {
            let (at, block) = (it.place, &it.block);
            at == Place::Cancelled
                && block.serial.party() != user.party
                && block.authorisation.is_some_and(|it| !it.uses.covers_ndc())
        })?;
        let origin = holding.block.serial.party();
        let at = self.ledgers.iter().position(|it| it.party == origin)?;
        let notice = UseNotified {
            ranges: vec![holding.block.range()],
            purpose: NotifiedUse::InternationalMitigation,
            party: user.party,
            day: text("2025-07-07"),
            reference: text("Notice"),
            by: Vec::new(),
        };
        Some((at, Article6::UseNotified(notice)))
    }

    pub(crate) fn run(&mut self, deed: &Deed) {
        match deed.kind {
            9 => issue(
                &mut self.ledgers[deed.at],
                2021 + deed.throws[0] % 6,
                u64::from(deed.throws[1] % 30) + 1,
            ),
            10 => drop(settle(&mut self.ledgers)),
            11 => {
                if let Some((at, notice)) = self.notice(deed) {
                    let done = self.submit(at, &record(notice));
                    self.tally.notified += u32::from(done);
                }
            }
            _ => {
                let command = self.command(deed);
                let done = self.submit(deed.at, &command);
                self.tally.revoked += u32::from(done && deed.kind == 3);
                if done && deed.kind == 0 {
                    self.copy(deed.at, &command);
                }
            }
        }
    }

    /// The partners keep a copy of what a country authorises.
    fn copy(&mut self, from: usize, command: &Command) {
        for (at, ledger) in self.ledgers.iter_mut().enumerate() {
            if at != from {
                ledger.must(command);
            }
        }
    }

    /// Submits an intent; a use that goes through is judged here a second time.
    fn submit(&mut self, at: usize, command: &Command) -> bool {
        let before = self.ledgers[at].state.clone();
        let first = self.ledgers[at].leaves.len();
        match self.ledgers[at].submit(command) {
            Ok(_) => {
                for leaf in first..self.ledgers[at].leaves.len() {
                    if let Body::Retire(it) = self.ledgers[at].leaves[leaf].body.clone() {
                        for range in &it.ranges {
                            self.ended(at, &before, *range, it.purpose, it.claim.ndc_year);
                        }
                    }
                }
                true
            }
            Err(refusal) => {
                assert_eq!(before, self.ledgers[at].state, "{refusal}");
                if refusal.code() == "authorised-quantity" {
                    self.tally.over_the_cap += 1;
                }
                false
            }
        }
    }

    fn ended(
        &mut self,
        at: usize,
        before: &State,
        range: UnitRange,
        purpose: Purpose,
        year: Option<u16>,
    ) {
        let ledger = &self.ledgers[at];
        let held = before.holding_of(range.origin(), range.first()).unwrap();
        let block = before.in_force(&held.block);
        let foreign = range.origin() != ledger.party;
        self.tally.used += 1;
        self.tally.ended_abroad += u32::from(foreign);
        let uses = block.authorisation.map(|it| it.uses);
        // What the report says of a use stands in the authorisation.
        if let (Some(of), Purpose::Ndc | Purpose::InternationalMitigation | Purpose::OtherPurposes) =
            (block.authorisation, purpose)
            && (block.first_transfer.is_some() || purpose != Purpose::Ndc)
        {
            let known = before.authorisation(range.origin(), of.id).unwrap();
            let (parties, until) = (&known.latest.parties, known.latest.use_until);
            assert!(
                parties.is_empty() || parties.contains(&ledger.party),
                "{of:?}"
            );
            self.tally.used_by_name += u32::from(!parties.is_empty());
            let today = Day::of_ms(ledger.time_ms);
            assert!(until.is_none_or(|last| today <= last), "{of:?}");
        }
        match purpose {
            Purpose::Ndc if foreign || block.first_transfer.is_some() => {
                assert!(uses.unwrap().covers_ndc(), "{block:?}");
                assert!(block.first_transfer.is_some());
                let period = ndc().period;
                assert!(period.contains(block.serial.year()) && period.contains(year.unwrap()));
            }
            Purpose::InternationalMitigation => assert!(uses.unwrap().covers_imp(), "{block:?}"),
            Purpose::OtherPurposes => assert!(uses.unwrap().covers_op(), "{block:?}"),
            _ => {}
        }
    }

    /// What holds of every ledger at every moment.
    fn laws(&self, marks: &mut BTreeMap<(Party, Party, u64), FirstTransfer>) {
        for ledger in &self.ledgers {
            check(&ledger.state);
            counters_are_the_holdings(ledger);
            marks_stay(ledger, marks);
        }
    }
}

/// What is counted under each authorisation is what its units say; the quantity caps it.
fn counters_are_the_holdings(ledger: &Ledger) {
    let own = |block: &UnitBlock| block.serial.party() == ledger.party;
    for known in ledger.state.authorisations() {
        let id = known.latest.id;
        let used = ledger.state.authorisation_use(id);
        let of_it =
            |block: &UnitBlock| own(block) && block.authorisation.is_some_and(|it| it.id == id);
        let sum = |holds: &dyn Fn(Place, bool) -> bool| -> u64 {
            let blocks = ledger.state.holdings().filter(|it| of_it(&it.block));
            let counted = blocks.filter(|it| holds(it.place, it.block.first_transfer.is_some()));
            counted.map(|it| it.block.tonnes()).sum()
        };
        assert_eq!(used.first_transferred, sum(&|_, marked| marked), "{id}");
        let away = |place, marked| marked || matches!(place, Place::Abroad(_) | Place::Escrow(_));
        assert_eq!(used.committed, sum(&away), "{id}");
        let quantity = known.latest.quantity;
        assert!(
            quantity == 0 || used.committed <= quantity,
            "{id}: {used:?}"
        );
        assert!(used.first_transferred <= used.committed);
    }
}

/// A first transfer is set once, for ever, and only on what is authorised.
fn marks_stay(ledger: &Ledger, marks: &mut BTreeMap<(Party, Party, u64), FirstTransfer>) {
    for holding in ledger.state.holdings() {
        let range = holding.block.range();
        for number in range.first()..=range.last() {
            let key = (ledger.party, range.origin(), number);
            let Some(mark) = holding.block.first_transfer else {
                assert!(!marks.contains_key(&key), "{range} lost its first transfer");
                continue;
            };
            assert!(
                holding.block.authorisation.is_some(),
                "{range} is not authorised"
            );
            assert_eq!(mark.party, range.origin());
            assert_eq!(*marks.entry(key).or_insert(mark), mark);
        }
    }
}

/// What is rare must be seen to happen, so the short form draws the same histories each time; the long one draws others.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = |cases| Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let long = std::env::var("PROPTEST_CASES");
    let long = long.ok().and_then(|cases| cases.parse().ok());
    match long {
        Some(cases) => TestRunner::new(config(cases)),
        None => TestRunner::new_with_rng(
            config(cases),
            TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        ),
    }
}

#[test]
fn caps_marks_and_uses_hold_over_any_history() {
    let tally = RefCell::new(Tally::default());
    runner(120)
        .run(&vec(deed(), 1..120), |deeds| {
            let mut trial = Trial::new();
            let mut marks = BTreeMap::new();
            for deed in &deeds {
                trial.run(deed);
                trial.laws(&mut marks);
            }
            let mut sum = tally.borrow_mut();
            for ledger in &trial.ledgers {
                for known in ledger.state.authorisations() {
                    let used = ledger.state.authorisation_use(known.latest.id);
                    sum.first_transferred += used.first_transferred;
                }
            }
            sum.used += trial.tally.used;
            sum.used_by_name += trial.tally.used_by_name;
            sum.ended_abroad += trial.tally.ended_abroad;
            sum.revoked += trial.tally.revoked;
            sum.notified += trial.tally.notified;
            sum.over_the_cap += trial.tally.over_the_cap;
            Ok(())
        })
        .unwrap();
    let tally = tally.into_inner();
    println!("{tally:?}");
    assert!(tally.first_transferred > 0 && tally.used > 0, "{tally:?}");
    assert!(tally.ended_abroad > 0 && tally.revoked > 0, "{tally:?}");
    assert!(
        tally.over_the_cap > 0 && tally.used_by_name > 0,
        "{tally:?}"
    );
}
