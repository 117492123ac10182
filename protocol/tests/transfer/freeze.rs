//! A partner's order that units stay where they are: a hold in its ledger, honoured here by serial number.

use countersign_protocol::federation::freeze::{to_end, to_honour};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    FREEZE_DAYS_MAX, FreezeEnded, FreezeHonoured, HoldOn, PartnerStatus,
};
use countersign_protocol::registry::{
    Command, LiftHold, PlaceHold, Refusal, Selection, State, TransferStage,
};

use crate::support::invariants::check;
use crate::support::world::{countries, settle};
use crate::support::{Ledger, RESERVE, START_MS, TRADING, partner_of, range, text};

const DAY_MS: u64 = 86_400_000;
const UNTIL_MS: u64 = START_MS + 30 * DAY_MS;

fn order(ranges: &[&str], expiry_ms: Option<u64>) -> Command {
    Command::PlaceHold(Box::new(PlaceHold {
        on: HoldOn::Ranges(ranges.iter().map(|it| range(it)).collect()),
        reason: text("Stolen"),
        authority: OrganisationId(1),
        reference: text("High Court, order 12/2026"),
        expiry_ms,
        by: None,
    }))
}

fn lift(hold: u64) -> Command {
    Command::LiftHold(Box::new(LiftHold {
        hold,
        reason: text("Given back"),
        authority: OrganisationId(1),
        reference: text("High Court, judgment 31/2026"),
        by: None,
    }))
}

fn due(own: &Ledger, partner: &Ledger) -> Vec<FreezeHonoured> {
    to_honour(&own.state, &partner.state, own.time_ms, |leaf| {
        Some(partner.prove(leaf).proof)
    })
}

fn over(own: &Ledger, partner: &Ledger) -> Vec<FreezeEnded> {
    to_end(&own.state, &partner.state, own.time_ms, |leaf| {
        Some(partner.prove(leaf).proof)
    })
}

fn honour(own: &mut Ledger, partner: &Ledger) -> usize {
    let due = due(own, partner);
    let count = due.len();
    for it in due {
        own.must(&Command::HonourFreeze(Box::new(it)));
    }
    count
}

fn moved(ledger: &mut Ledger, text_of_range: &str) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units: Selection::Ranges(vec![range(text_of_range)]),
    })
}

fn send_range(from: &Ledger, to: Party, named: &str) -> Command {
    let mut command = from.send_command(to, 1, 7);
    if let Command::Send { units, .. } = &mut command {
        *units = Selection::Ranges(vec![range(named)]);
    }
    command
}

/// Ghana's units 61 to 100 are in Switzerland; Vanuatu looks on.
fn world() -> [Ledger; 3] {
    let mut world = <[Ledger; 3]>::try_from(countries(&["GH", "CH", "VU"])).unwrap();
    world[0].issue(TRADING, 100);
    let to = world[1].party;
    world[0].send(to, 40, 1);
    settle(&mut world);
    world
}

#[test]
fn stolen_units_stay_where_they_are_in_the_country_that_bought_them() {
    let [mut ghana, mut swiss, _] = world();
    ghana.must(&order(&["GH-71-80"], Some(UNTIL_MS)));
    assert_eq!(honour(&mut swiss, &ghana), 1);
    check(&swiss.state);
    let Err(Refusal::FrozenByPartner {
        party, expiry_ms, ..
    }) = moved(&mut swiss, "GH-71-80")
    else {
        panic!("they moved");
    };
    assert_eq!((party, expiry_ms), (ghana.party, UNTIL_MS));
    let abroad = swiss.submit(&send_range(&swiss, ghana.party, "GH-71-80"));
    assert!(
        matches!(abroad, Err(Refusal::FrozenByPartner { .. })),
        "{abroad:?}"
    );
    // The rest of the range is free: the order cut it out.
    moved(&mut swiss, "GH-61-70").unwrap();
    moved(&mut swiss, "GH-81-100").unwrap();
    // Once is enough.
    assert_eq!(honour(&mut swiss, &ghana), 0);

    ghana.must(&lift(1));
    let ended = over(&swiss, &ghana);
    assert_eq!(ended.len(), 1);
    swiss.must(&Command::EndFreeze(Box::new(ended[0].clone())));
    moved(&mut swiss, "GH-71-80").unwrap();
    assert!(over(&swiss, &ghana).is_empty());
    check(&swiss.state);
}

#[test]
fn an_order_ends_by_itself_and_within_ninety_days() {
    let [mut ghana, mut swiss, _] = world();
    let far = START_MS + 400 * DAY_MS;
    ghana.must(&order(&["GH-61-100"], Some(far)));
    assert_eq!(honour(&mut swiss, &ghana), 1);
    assert!(moved(&mut swiss, "GH-61-100").is_err());
    swiss.time_ms += FREEZE_DAYS_MAX * DAY_MS + DAY_MS;
    moved(&mut swiss, "GH-61-100").unwrap();
    // It is not honoured a second time: whoever needs longer orders again.
    assert_eq!(honour(&mut swiss, &ghana), 0);

    let [mut ghana, swiss, _] = world();
    ghana.must(&order(&["GH-61-100"], Some(far)));
    let mut longer = due(&swiss, &ghana).remove(0);
    longer.expiry_ms = swiss.time_ms + (FREEZE_DAYS_MAX + 1) * DAY_MS;
    let refused = swiss
        .clone()
        .submit(&Command::HonourFreeze(Box::new(longer)));
    assert!(matches!(refused, Err(Refusal::Freeze(_))), "{refused:?}");
}

#[test]
fn a_hold_without_an_end_asks_nobody_abroad() {
    let [mut ghana, swiss, _] = world();
    let refused = ghana.submit(&order(&["GH-61-100"], None));
    assert!(matches!(refused, Err(Refusal::Hold(_))), "{refused:?}");
    // On what is at home it needs none, and others do not hear of it.
    ghana.must(&order(&["GH-1-10"], None));
    assert!(due(&swiss, &ghana).is_empty());
}

#[test]
fn nobody_freezes_what_is_not_its_business() {
    let [mut ghana, swiss, mut vanuatu] = world();
    // Vanuatu never had Ghana's units, so it can not even order it.
    assert!(
        vanuatu
            .submit(&order(&["GH-61-100"], Some(UNTIL_MS)))
            .is_err()
    );
    vanuatu.issue(TRADING, 10);
    vanuatu.must(&order(&["VU-1-10"], Some(UNTIL_MS)));
    assert!(due(&swiss, &vanuatu).is_empty(), "they are not here");
    // What Ghana kept is no concern of Switzerland's either.
    ghana.must(&order(&["GH-1-10"], Some(UNTIL_MS)));
    assert!(due(&swiss, &ghana).is_empty());
}

#[test]
fn a_country_through_which_units_came_freezes_them_where_they_went() {
    let mut all = world();
    let (swiss, vanuatu) = (all[1].party, all[2].party);
    all[1].send(vanuatu, 40, 2);
    settle(&mut all);
    let [mut ghana, mut between, mut last] = all;
    assert_eq!(between.party, swiss);
    between.must(&order(&["GH-61-70"], Some(UNTIL_MS)));
    ghana.must(&order(&["GH-71-80"], Some(UNTIL_MS)));
    assert_eq!(honour(&mut last, &between), 1);
    assert_eq!(honour(&mut last, &ghana), 1, "whoever issued them may, too");
    assert!(moved(&mut last, "GH-61-70").is_err());
    assert!(moved(&mut last, "GH-71-80").is_err());
    moved(&mut last, "GH-81-100").unwrap();
}

#[test]
fn what_is_under_way_arrives_and_ends_all_the_same() {
    let [mut ghana, mut swiss, vanuatu] = world();
    let (transfer, _) = swiss.send(vanuatu.party, 40, 3);
    ghana.must(&order(&["GH-61-100"], Some(UNTIL_MS)));
    honour(&mut swiss, &ghana);
    let mut all = [ghana, swiss, vanuatu];
    settle(&mut all);
    assert_eq!(all[1].stage_sent(transfer), TransferStage::Final);
}

#[test]
fn this_country_ends_an_order_by_itself() {
    let [mut ghana, mut swiss, _] = world();
    ghana.must(&order(&["GH-61-100"], Some(UNTIL_MS)));
    honour(&mut swiss, &ghana);
    let end = FreezeEnded {
        party: ghana.party,
        hold: 1,
        reason: text("Our court decided otherwise"),
        proof: None,
        by: None,
    };
    swiss.must(&Command::EndFreeze(Box::new(end.clone())));
    moved(&mut swiss, "GH-61-100").unwrap();
    assert_eq!(honour(&mut swiss, &ghana), 0, "and it stays so");
    let again = swiss.submit(&Command::EndFreeze(Box::new(end)));
    assert!(matches!(again, Err(Refusal::Freeze(_))), "{again:?}");
}

#[test]
fn a_frozen_partner_orders_nothing_and_another_ledger_proves_nothing() {
    let [mut ghana, mut swiss, vanuatu] = world();
    ghana.must(&order(&["GH-61-100"], Some(UNTIL_MS)));
    let good = due(&swiss, &ghana).remove(0);
    let foreign = FreezeHonoured {
        proof: vanuatu.prove(0).proof,
        ..good.clone()
    };
    let refused = swiss.submit(&Command::HonourFreeze(Box::new(foreign)));
    assert!(
        matches!(refused, Err(Refusal::WrongLog { .. })),
        "{refused:?}"
    );
    swiss.must(&Command::SetPartner(partner_of(
        ghana.party,
        PartnerStatus::Frozen,
    )));
    let refused = swiss.submit(&Command::HonourFreeze(Box::new(good)));
    assert!(
        matches!(refused, Err(Refusal::PartnerFrozen(_))),
        "{refused:?}"
    );
}

#[test]
fn a_store_gives_back_what_restrains() {
    let [mut ghana, mut swiss, _] = world();
    ghana.must(&order(&["GH-61-70"], Some(UNTIL_MS)));
    honour(&mut swiss, &ghana);
    swiss.end_block();
    let kept: Vec<_> = swiss.state.values().collect();
    let settled = std::sync::Arc::new(countersign_protocol::registry::NoSettledTransfers);
    let loaded = State::load(kept, swiss.state.digest(), settled).unwrap();
    let block = loaded
        .holdings_over(range("GH-61-70"))
        .next()
        .unwrap()
        .block;
    assert!(loaded.restraint_on(&block, swiss.time_ms).is_some());
    assert!(loaded.restraint_on(&block, UNTIL_MS).is_none());
}
