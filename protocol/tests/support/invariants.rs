//! What holds of every state of every ledger, whoever its partners are.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::registry::{
    Direction, Holding, LedgerAccount, Place, RegistryCase, State, TransferKey, TransferStage,
};
use countersign_protocol::units::{UnitBlock, UnitRange};
use countersign_protocol::workflow::SubjectKind;

fn tonnes(holding: Holding) -> i128 {
    i128::from(holding.block.tonnes())
}

/// Every rule of one state at once. Panics with the rule that is broken.
pub fn check(state: &State) {
    double_entry(state);
    holdings_are_disjoint_and_complete(state);
    balances_are_the_holdings(state);
    the_index_of_available_ranges_is_exact(state);
    the_index_of_open_cases_is_exact(state);
    reserved_units_are_those_of_open_cases(state);
    escrow_is_what_open_transfers_hold(state);
    agreements_count_what_moved(state);
}

fn double_entry(state: &State) {
    let mut sum = 0_i128;
    for (account, balance) in state.balances() {
        sum += i128::from(balance);
        assert!(
            if account.is_contra() {
                balance <= 0
            } else {
                balance >= 0
            },
            "{account:?} stands at {balance}"
        );
    }
    assert_eq!(sum, 0, "the sum of all balances");
}

/// No unit twice; every unit that was ever issued here is somewhere.
fn holdings_are_disjoint_and_complete(state: &State) {
    let mut last: Option<UnitRange> = None;
    let mut next_own = 1;
    let own = state.genesis().unwrap().party;
    for holding in state.holdings() {
        let range = holding.block.range();
        if let Some(last) = last {
            assert!(!last.overlaps(range), "{last} and {range} overlap");
            assert!(last < range, "{range} after {last}");
        }
        if range.origin() == own {
            assert_eq!(
                range.first(),
                next_own,
                "a gap in the own units before {range}"
            );
            next_own = range.last() + 1;
        }
        let lineage = holding.block.split_from;
        assert!(
            lineage.is_none_or(|from| from.contains_range(range)),
            "{range} was not split from {lineage:?}"
        );
        last = Some(range);
    }
    assert_eq!(next_own, state.issued() + 1, "own units at the end");
}

/// Every balance is the sum of the tonnes at its place, and nothing came from nowhere.
fn balances_are_the_holdings(state: &State) {
    let mut at: BTreeMap<LedgerAccount, i128> = BTreeMap::new();
    let (mut all, mut abroad) = (0_i128, 0_i128);
    for holding in state.holdings() {
        all += tonnes(holding);
        let account = match holding.place {
            Place::Available(account) => LedgerAccount::Available(account),
            Place::OnHold(account) | Place::Reserved(account) => LedgerAccount::OnHold(account),
            Place::Escrow(account) => LedgerAccount::Escrow(account),
            Place::Used => LedgerAccount::Used,
            Place::Cancelled => LedgerAccount::Cancelled,
            Place::Abroad(_) => {
                abroad += tonnes(holding);
                continue;
            }
        };
        *at.entry(account).or_default() += tonnes(holding);
    }
    let (mut issued, mut acquired, mut transferred, mut here) = (0_i128, 0_i128, 0_i128, 0_i128);
    for (account, balance) in state.balances() {
        let balance = i128::from(balance);
        match account {
            LedgerAccount::Issued => issued -= balance,
            LedgerAccount::AcquiredFrom(_) => acquired -= balance,
            LedgerAccount::TransferredTo(_) => transferred += balance,
            place => {
                assert_eq!(
                    balance,
                    at.remove(&place).unwrap_or(0),
                    "balance of {place:?}"
                );
                here += balance;
            }
        }
    }
    assert!(at.is_empty(), "held without a balance: {at:?}");
    assert_eq!(issued, i128::from(state.issued()), "issued");
    assert_eq!(issued + acquired, here + transferred, "conservation");
    let came_back = transferred - abroad;
    assert!(
        came_back >= 0,
        "more is recorded as abroad than was transferred"
    );
    assert_eq!(issued + acquired - came_back, all, "tonnes of all holdings");
}

fn the_index_of_available_ranges_is_exact(state: &State) {
    for account in state.accounts() {
        let indexed: Vec<Holding> = state.available(account.id).collect();
        let mut held: Vec<Holding> = state
            .holdings()
            .filter(|holding| holding.place == Place::Available(account.id))
            .collect();
        held.sort_by_key(|holding| (holding.block.tonnes(), holding.block.range()));
        assert_eq!(indexed, held, "available ranges of account {}", account.id);
    }
}

fn the_index_of_open_cases_is_exact(state: &State) {
    for organisation in state.organisations() {
        let indexed: Vec<u64> = state
            .open_cases_of(organisation.id)
            .map(|case| case.number)
            .collect();
        let takes_part = |case: &&RegistryCase| {
            let subject = &case.case.subject;
            let is_receiver = subject.counterparty == Some(organisation.id) && case.is_request();
            case.end.is_none()
                && case.kind != SubjectKind::Organisation
                && (is_receiver || subject.owners.contains(&organisation.id))
        };
        let open: Vec<u64> = state
            .cases()
            .filter(takes_part)
            .map(|case| case.number)
            .collect();
        assert_eq!(indexed, open, "open cases of {}", organisation.id);
    }
}

fn reserved_units_are_those_of_open_cases(state: &State) {
    let mut set_aside = BTreeSet::new();
    for case in state.cases() {
        let Some(reserved) = &case.reserved else {
            continue;
        };
        assert!(case.end.is_none(), "case {} has ended", case.number);
        for range in &reserved.ranges {
            let place = state.holding(*range).map(|holding| holding.place);
            assert_eq!(place, Some(Place::Reserved(reserved.account)));
            assert!(set_aside.insert(*range), "{range} is reserved twice");
        }
    }
    let held = state
        .holdings()
        .filter(|holding| matches!(holding.place, Place::Reserved(_)));
    assert_eq!(held.count(), set_aside.len(), "reserved for no case");
}

fn escrow_is_what_open_transfers_hold(state: &State) {
    let held: BTreeSet<UnitRange> = state
        .holdings()
        .filter(|holding| matches!(holding.place, Place::Escrow(_)))
        .map(|holding| holding.block.range())
        .collect();
    let mut locked = BTreeSet::new();
    for (key, transfer) in state.transfers() {
        match (key, transfer.stage) {
            (TransferKey::Out(_), TransferStage::Locked) => {
                assert!(!transfer.is_settled());
                let terms = transfer.terms.as_ref().unwrap();
                for range in terms.blocks.iter().map(UnitBlock::range) {
                    let place = state.holding(range).map(|holding| holding.place);
                    assert_eq!(place, Some(Place::Escrow(terms.account)));
                    assert!(locked.insert(range), "{range} is locked twice");
                }
            }
            (TransferKey::Out(_), TransferStage::Final | TransferStage::Released) => {
                assert!(transfer.is_settled());
            }
            (TransferKey::In(..), TransferStage::Acquired) => assert!(transfer.terms.is_some()),
            (TransferKey::In(..), TransferStage::Refused) => {
                assert!(transfer.terms.is_none() && transfer.refusal_code.is_some());
            }
            (key, stage) => panic!("{key:?} is {}", stage.name()),
        }
    }
    assert_eq!(locked, held, "ranges in escrow");
}

fn agreements_count_what_moved(state: &State) {
    let mut moved: BTreeMap<_, u128> = BTreeMap::new();
    for (key, transfer) in state.transfers() {
        if transfer.stage == TransferStage::Released {
            continue;
        }
        if let Some(terms) = &transfer.terms {
            *moved
                .entry((terms.agreement.clone(), key.direction()))
                .or_default() += u128::from(terms.tonnes());
        }
    }
    for agreement in state.agreements() {
        for direction in [Direction::Out, Direction::In] {
            let counted = state.agreement_use(&agreement.id, direction);
            let sum = moved
                .get(&(agreement.id.clone(), direction))
                .copied()
                .unwrap_or(0);
            assert_eq!(
                u128::from(counted),
                sum,
                "use of {} {direction:?}",
                agreement.id
            );
        }
    }
}

/// Equal in everything that a later record could see, the derived index included.
pub fn same(one: &State, other: &State) -> bool {
    one == other
        && one
            .accounts()
            .all(|account| one.available(account.id).eq(other.available(account.id)))
}

/// From one state to a later one: what a unit is never changes, and its first transfer is set once.
pub fn flags_are_kept(before: &State, after: &State) {
    for now in after.holdings() {
        for was in before.holdings_over(now.block.range()) {
            let (old, new) = (was.block, now.block);
            assert_eq!(
                old.serial.part(old.range()).map(|serial| (
                    serial.unit_type(),
                    serial.scope(),
                    serial.project(),
                    serial.year(),
                    serial.reserved()
                )),
                new.serial.part(new.range()).map(|serial| (
                    serial.unit_type(),
                    serial.scope(),
                    serial.project(),
                    serial.year(),
                    serial.reserved()
                )),
                "{} became {}",
                old.serial,
                new.serial
            );
            assert_eq!(old.issued_at, new.issued_at, "lineage of {}", new.serial);
            assert!(
                old.first_transfer.is_none() || old.first_transfer == new.first_transfer,
                "first transfer of {}",
                new.serial
            );
        }
    }
    for was in before.holdings() {
        let still: u64 = after
            .holdings_over(was.block.range())
            .map(|now| {
                let (a, b) = (was.block.range(), now.block.range());
                a.last().min(b.last()) - a.first().max(b.first()) + 1
            })
            .sum();
        assert_eq!(
            still,
            was.block.tonnes(),
            "units of {} vanished",
            was.block.serial
        );
    }
}
