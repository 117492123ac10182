//! What happens between countries, in steps that several tests take.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    Article6, AuthorisedEntity, EmissionsLevel, InitialReport, LevelSeries, Metric, Purpose,
};
use countersign_protocol::registry::{Command, Selection};
use countersign_protocol::serial::SectoralScope;

use crate::support::world::{countries, settle};
use crate::support::{Ledger, TRADING, text};
use crate::world::{
    APPROACH, Definition, Use, approach, authorisation, authorise, ndc, put_under, record, retire,
};

pub(crate) fn at_day(ledger: &mut Ledger, day: &str) {
    let day: Day = text(day);
    ledger.time_ms = u64::from(day.number()) * 86_400_000 + 43_200_000;
}

pub(crate) fn all_at(ledgers: &mut [Ledger], day: &str) {
    ledgers.iter_mut().for_each(|it| at_day(it, day));
}

pub(crate) fn reported(ledger: &mut Ledger) {
    ledger.must(&record(Article6::InitialReport(InitialReport {
        approach: text(APPROACH),
        submitted: text("2025-07-07"),
        reference: text("IR 1"),
        by: Vec::new(),
    })));
}

pub(crate) fn issue_authorised(ledger: &mut Ledger, tonnes: u64) {
    ledger.issue(TRADING, tonnes);
    put_under(ledger, tonnes).unwrap();
}

pub(crate) fn send(ledgers: &mut [Ledger], from: usize, to: usize, tonnes: u64, nonce: u8) {
    let destination = ledgers[to].party;
    let mut command = ledgers[from].send_command(destination, tonnes, nonce);
    if let Command::Send { expiry_ms, .. } = &mut command {
        *expiry_ms = ledgers[from].time_ms + 86_400_000;
    }
    ledgers[from].must(&command);
    settle(ledgers);
}

/// A ledger that says something in every column that a ledger can know, and its neighbours.
pub(crate) fn full(metric: &Metric) -> Vec<Ledger> {
    let mut ledgers = countries(&["GH", "CH", "SE"]);
    let definition = Some(Definition::UseOrCancellation);
    for ledger in &mut ledgers {
        let mut it = approach(definition);
        it.metric = metric.clone();
        ledger.must(&record(Article6::CooperativeApproach(it)));
        ledger.must(&record(Article6::Ndc(ndc())));
        reported(ledger);
        let code = ledger.party.alpha3();
        ledger.must(&record(Article6::AuthorisedEntity(AuthorisedEntity {
            approach: text(APPROACH),
            identification: text(&format!("{code}-77")),
            name: text("Airline"),
            country: ledger.party,
            organisation: Some(OrganisationId(1)),
            date: text("2025-07-07"),
            conditions: Some(text("Own flights")),
            changes: Some(text("With 30 days' notice")),
            information: Some(text("Public register")),
            revoked: false,
            by: Vec::new(),
        })));
    }
    let mut it = authorisation(Use::NdcAndImp, definition);
    it.date = text("2025-07-07");
    it.metric = metric.clone();
    it.parties = vec![text("CH"), text("GH"), text("SE")];
    it.entities = vec![text("GHA-77")];
    it.use_until = Some(text("2032-12-31"));
    it.oimp = Some(text("CORSIA"));
    it.quantity = 1_000;
    it.underlying = Some(text("VCS"));
    it.gases = Some(text("CH4: 28"));
    it.activities = Some(text("Biogas, Clean cooking"));
    it.terms = Some(text("For ten years"));
    it.scopes = vec![SectoralScope::new(3).unwrap()];
    it.reach = Some(text("Fraud"));
    authorise(&mut ledgers[0], it.clone());
    // The partner keeps a copy, from which it knows the underlying registry and the gases.
    it.entities = Vec::new();
    authorise(&mut ledgers[1], it);
    issue_authorised(&mut ledgers[0], 100);
    send(&mut ledgers, 0, 1, 40, 1);
    for ledger in &mut ledgers[..2] {
        ledger.must(&retire(
            Purpose::InternationalMitigation,
            None,
            Selection::Tonnes(2),
        ));
    }
    ledgers[1].must(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(7)));
    ledgers
}

/// A level of covered emissions.
pub(crate) fn level(ledger: &mut Ledger, year: u16, level: i64) {
    ledger.must(&record(Article6::EmissionsLevel(EmissionsLevel {
        series: LevelSeries::Covered,
        year,
        level,
        source: text("Inventory"),
        by: Vec::new(),
    })));
}
