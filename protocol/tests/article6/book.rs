//! From the ledger to the rows of the agreed electronic format: each event and its row.

use std::collections::BTreeSet;

use countersign_protocol::article6::aef::check::{Severity, check};
use countersign_protocol::article6::aef::value::{Field, UnitId, Value};
use countersign_protocol::article6::aef::{Action, Origin, Requirement, State, Switches, Table};
use countersign_protocol::article6::{
    AccountPurpose, AefTerms, Book, Cause, ElapsedYears, HoldingFilter, NdcPeriod, Ratio,
    SummaryRow, SummaryTerms, YearAef, cross_check, net_of_uses,
};
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    AccountKind, Article6, AuthorisedEntity, Metric, NotifiedUse, OrganisationKind, Purpose,
    UseNotified,
};
use countersign_protocol::registry::{Command, Place, Selection};

use crate::story::{all_at, at_day, full, issue_authorised, level as set_level, reported, send};
use crate::support::world::countries;
use crate::support::{Ledger, RESERVE, TRADING, range, text};
use crate::world::{
    APPROACH, Definition, Use, approach, authorisation, authorise, issue, ndc, numbers, parties,
    put_under, record, retire, revocation,
};

fn book(ledger: &Ledger) -> Book {
    let book = Book::read(&ledger.leaves).unwrap();
    assert_eq!(book.positions(), book.positions_at(u64::MAX));
    book
}

/// Ghana, Switzerland and Sweden, each with the approach, its initial report and an NDC; Ghana has an authorisation.
fn world(uses: Use, definition: Option<Definition>) -> Vec<Ledger> {
    let mut ledgers = countries(&["GH", "CH", "SE"]);
    for ledger in &mut ledgers {
        ledger.must(&record(Article6::CooperativeApproach(approach(definition))));
        ledger.must(&record(Article6::Ndc(ndc())));
        reported(ledger);
    }
    let mut it = authorisation(uses, definition);
    it.date = text("2025-07-07");
    authorise(&mut ledgers[0], it);
    ledgers
}

fn aef(ledger: &Ledger, year: u16) -> YearAef {
    let submitted: Day = text(&format!("{}-04-10", year + 1));
    book(ledger).aef(&AefTerms::first(year, submitted)).unwrap()
}

fn word<T: Value>(field: &Field<T>) -> String {
    field
        .value()
        .map_or_else(|| "-".to_owned(), |it| it.text().into_owned())
}

/// A row in short: type, subtype, numbers, then transferring, acquiring, purpose, user, year, each `-` where it does not apply.
fn short(row: &Action) -> String {
    let number = |id: &Field<UnitId>| id.value().unwrap().number();
    [
        word(&row.action_type),
        word(&row.subtype),
        format!(
            "{}-{}",
            number(&row.block.first_id),
            number(&row.block.last_id)
        ),
        word(&row.transferring_party),
        word(&row.acquiring_party),
        word(&row.purpose),
        word(&row.using_party),
        word(&row.use_year),
    ]
    .join(" | ")
}

fn actions(ledger: &Ledger, year: u16) -> Vec<String> {
    let aef = aef(ledger, year).aef;
    // Every row names the whole chain.
    for row in &aef.actions {
        assert_eq!(word(&row.block.cooperative_approach), APPROACH);
        assert_eq!(word(&row.block.authorisation), crate::world::AUTHORISATION);
        assert_eq!(word(&row.block.first_transferring_party), "GHA");
        let registry = format!("{}01", ledger.party.alpha3());
        assert_eq!(word(&row.block.registry), registry);
    }
    aef.actions.iter().map(short).collect()
}

/// The errors that the check of the format finds.
fn errors(ledger: &Ledger, year: u16, earlier: &[u16], partners: &[&Ledger]) -> Vec<String> {
    let this = aef(ledger, year).aef;
    let before: Vec<_> = earlier.iter().map(|year| aef(ledger, *year).aef).collect();
    let partners: Vec<_> = partners.iter().map(|it| aef(it, year).aef).collect();
    let report = countersign_protocol::article6::aef::check::check(
        &this,
        &before,
        &partners,
        &Switches::default(),
    );
    let errors = report.findings.iter();
    errors
        .filter(|it| it.check.severity == Severity::Error)
        .map(|it| format!("{} {}", it.check.id, it.message))
        .collect()
}

#[test]
fn an_authorisation_is_a_row_of_table_2_and_no_action() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    let of_year = aef(&ledgers[0], 2025);
    let row = &of_year.aef.authorisations[0];
    assert_eq!(word(&row.id), crate::world::AUTHORISATION);
    assert_eq!(
        (word(&row.version), word(&row.purposes)),
        ("1".into(), "NDC".into())
    );
    assert_eq!(of_year.aef.authorisations.len(), 1);
    assert_eq!(actions(&ledgers[0], 2025), [""; 0]);
    assert_eq!(aef(&ledgers[0], 2026).aef.authorisations, []);
}

#[test]
fn a_new_version_is_a_row_of_its_year() {
    let mut ledgers = world(Use::Ndc, None);
    at_day(&mut ledgers[0], "2026-03-01");
    let mut second = authorisation(Use::Ndc, None);
    (second.version, second.date) = (2, text("2026-03-01"));
    authorise(&mut ledgers[0], second);
    assert_eq!(aef(&ledgers[0], 2025).aef.authorisations.len(), 1);
    let of_year = aef(&ledgers[0], 2026).aef.authorisations;
    assert_eq!(
        of_year
            .iter()
            .map(|it| word(&it.version))
            .collect::<Vec<_>>(),
        ["2"]
    );
}

#[test]
fn an_entity_is_a_row_of_table_5() {
    let mut ledgers = world(Use::Imp, Some(Definition::UseOrCancellation));
    ledgers[0].must(&record(Article6::AuthorisedEntity(AuthorisedEntity {
        approach: text(APPROACH),
        identification: text("GHA-77"),
        name: text("Airline"),
        country: text("GH"),
        organisation: Some(OrganisationId(1)),
        date: text("2025-07-07"),
        conditions: None,
        changes: Some(text("With 30 days' notice")),
        information: None,
        revoked: false,
        by: Vec::new(),
    })));
    let of_year = aef(&ledgers[0], 2025).aef.entities;
    assert_eq!(of_year.len(), 1);
    assert_eq!(word(&of_year[0].identification), "GHA-77");
    assert_eq!(word(&of_year[0].change_conditions), "With 30 days' notice");
}

#[test]
fn a_first_transfer_by_authorisation_or_issuance_is_an_action_at_once() {
    for (definition, subtype) in [
        (Definition::Authorisation, "Authorization"),
        (Definition::Issuance, "Issuance"),
    ] {
        let mut ledgers = world(Use::Imp, Some(definition));
        issue_authorised(&mut ledgers[0], 10);
        let expected = format!("First transfer | {subtype} | 1-10 | - | - | - | - | -");
        assert_eq!(actions(&ledgers[0], 2025), [expected]);
    }
}

#[test]
fn a_first_international_transfer_is_a_first_transfer_here_and_an_acquisition_there() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 4, 1);
    let first = "First transfer | First transfer to another Party | 7-10 | - | CHE | - | - | -";
    assert_eq!(actions(&ledgers[0], 2025), [first]);
    assert_eq!(
        actions(&ledgers[1], 2025),
        ["Acquisition | - | 7-10 | GHA | - | - | - | -"]
    );
}

#[test]
fn a_later_transfer_keeps_the_first_transferring_party() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 10, 1);
    send(&mut ledgers, 1, 2, 3, 2);
    let swiss = actions(&ledgers[1], 2025);
    assert_eq!(swiss[1], "Transfer | - | 8-10 | - | SWE | - | - | -");
    assert_eq!(
        actions(&ledgers[2], 2025),
        ["Acquisition | - | 8-10 | CHE | - | - | - | -"]
    );
}

#[test]
fn a_use_towards_an_ndc_says_its_calendar_year() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 10, 1);
    ledgers[1].must(&retire(Purpose::Ndc, Some(2024), Selection::Tonnes(6)));
    let used = &actions(&ledgers[1], 2025)[1];
    assert_eq!(used, "Use | - | 5-10 | - | - | - | CHE | 2024");
    assert_eq!(aef(&ledgers[1], 2025).aef.holdings.len(), 1);
}

#[test]
fn a_use_for_an_airline_that_is_the_first_transfer_is_one_row_or_two() {
    let definition = Some(Definition::UseOrCancellation);
    let mut ledgers = world(Use::Imp, definition);
    issue_authorised(&mut ledgers[0], 10);
    ledgers[0].must(&retire(
        Purpose::InternationalMitigation,
        None,
        Selection::Tonnes(2),
    ));
    let first = "First transfer | Use or cancellation | 9-10 | - | - | IMP | GHA | -";
    assert_eq!(actions(&ledgers[0], 2025), [first]);
    let mut terms = AefTerms::first(2025, text("2026-04-10"));
    terms.second_row_for_use = true;
    let both = book(&ledgers[0]).aef(&terms).unwrap().aef.actions;
    let second = "Cancellation | Other cancellations | 9-10 | - | - | IMP | GHA | -";
    assert_eq!(both.iter().map(short).collect::<Vec<_>>(), [first, second]);
}

#[test]
fn a_use_abroad_is_reported_by_the_first_transferring_party_once_it_was_told() {
    let mut ledgers = world(Use::Imp, Some(Definition::UseOrCancellation));
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 10, 1);
    assert_eq!(actions(&ledgers[0], 2025), [""; 0]);
    ledgers[1].must(&retire(
        Purpose::InternationalMitigation,
        None,
        numbers("GH-1-4"),
    ));
    ledgers[0].must(&record(Article6::UseNotified(UseNotified {
        ranges: vec![range("GH-1-4")],
        purpose: NotifiedUse::InternationalMitigation,
        party: text("CH"),
        day: text("2025-07-07"),
        reference: text("Notice 1"),
        by: Vec::new(),
    })));
    let first = "First transfer | Use or cancellation | 1-4 | - | - | IMP | CHE | -";
    assert_eq!(actions(&ledgers[0], 2025), [first]);
    assert_eq!(actions(&ledgers[1], 2025), [""; 0]);
}

#[test]
fn a_contribution_abroad_to_the_adaptation_fund_is_a_first_transfer_once_it_was_told() {
    let mut ledgers = world(Use::Imp, Some(Definition::UseOrCancellation));
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 10, 1);
    ledgers[1].must(&Command::OpenAccount {
        organisation: OrganisationId(1),
        name: text("Adaptation Fund"),
        kind: AccountKind::ShareOfProceeds,
    });
    ledgers[1].must(&Command::Transfer {
        from: TRADING,
        to: AccountId(3),
        units: numbers("GH-1-4"),
    });
    let differs = |ledgers: &[Ledger]| {
        let found = book(&ledgers[0]).cross_check(&book(&ledgers[1])).unwrap();
        found
            .differences
            .iter()
            .map(|it| it.cause)
            .collect::<Vec<_>>()
    };
    assert_eq!(differs(&ledgers), [Cause::NotNotified]);
    ledgers[0].must(&record(Article6::UseNotified(UseNotified {
        ranges: vec![range("GH-1-4")],
        purpose: NotifiedUse::AdaptationFund,
        party: text("CH"),
        day: text("2025-07-07"),
        reference: text("Notice 1"),
        by: Vec::new(),
    })));
    assert_eq!(differs(&ledgers), []);
    let fund = "Voluntary transfer to the Adaptation Fund (A6.4 ERs)";
    let first = format!("First transfer | {fund} | 1-4 | - | - | - | - | -");
    assert_eq!(actions(&ledgers[0], 2025), [first]);
    assert_eq!(actions(&ledgers[1], 2025), [""; 0]);
}

#[test]
fn a_cancellation_for_an_airline_after_the_first_transfer_is_a_cancellation() {
    let mut ledgers = world(Use::NdcAndImp, Some(Definition::UseOrCancellation));
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 10, 1);
    ledgers[1].must(&retire(
        Purpose::InternationalMitigation,
        None,
        Selection::Tonnes(2),
    ));
    let cancelled = &actions(&ledgers[1], 2025)[1];
    assert_eq!(
        cancelled,
        "Cancellation | Other cancellations | 9-10 | - | - | IMP | CHE | -"
    );
}

#[test]
fn overall_mitigation_is_a_first_transfer_or_a_voluntary_cancellation() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 5, 1);
    for ledger in &mut ledgers[..2] {
        ledger.must(&retire(
            Purpose::OverallMitigation,
            None,
            Selection::Tonnes(1),
        ));
    }
    let omge = "Voluntary cancellation to deliver OMGE";
    let ghana = &actions(&ledgers[0], 2025)[1];
    assert_eq!(
        *ghana,
        format!("First transfer | {omge} | 5-5 | - | - | - | GHA | -")
    );
    let swiss = &actions(&ledgers[1], 2025)[1];
    assert_eq!(
        *swiss,
        format!("Voluntary Cancellation | {omge} | 10-10 | - | - | - | CHE | -")
    );
}

#[test]
fn a_contribution_to_the_adaptation_fund_is_a_first_transfer_or_a_transfer() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 5, 1);
    for ledger in &mut ledgers[..2] {
        ledger.must(&Command::OpenAccount {
            organisation: OrganisationId(1),
            name: text("Adaptation Fund"),
            kind: AccountKind::ShareOfProceeds,
        });
        let to = AccountId(3);
        ledger.must(&Command::Transfer {
            from: TRADING,
            to,
            units: Selection::Tonnes(1),
        });
    }
    let fund = "Voluntary transfer to the Adaptation Fund (A6.4 ERs)";
    let ghana = &actions(&ledgers[0], 2025)[1];
    assert_eq!(
        *ghana,
        format!("First transfer | {fund} | 5-5 | - | - | - | - | -")
    );
    let swiss = &actions(&ledgers[1], 2025)[1];
    assert_eq!(
        *swiss,
        format!("Transfer | {fund} | 10-10 | - | - | - | - | -")
    );
}

#[test]
fn transfers_between_accounts_of_a_party_are_no_actions() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 5, 1);
    let before = aef(&ledgers[1], 2025);
    ledgers[1].must(&Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units: Selection::Tonnes(5),
    });
    assert_eq!(aef(&ledgers[1], 2025), before);
}

#[test]
fn holdings_are_those_of_the_end_of_31_december() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 10, 1);
    all_at(&mut ledgers, "2025-12-31");
    ledgers[1].must(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(4)));
    all_at(&mut ledgers, "2026-01-01");
    ledgers[1].must(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(6)));
    let held = |year| {
        let rows = aef(&ledgers[1], year).aef.holdings;
        rows.iter().map(|it| word(&it.quantity)).collect::<Vec<_>>()
    };
    assert_eq!((held(2025), held(2026)), (vec!["6".to_owned()], vec![]));
    assert_eq!(aef(&ledgers[0], 2025).aef.holdings, []);
    // The same view for an outside registry.
    let history = book(&ledgers[1]);
    let end: Day = text("2026-01-01");
    let at = u64::from(end.number()) * 86_400_000 - 1;
    let filter = HoldingFilter {
        account: Some(TRADING),
        vintage: Some(2023),
        ..Default::default()
    };
    let view = history.history().holdings_at(at, filter);
    assert_eq!(view.iter().map(|it| it.0.tonnes()).sum::<u64>(), 6);
    let steps: Vec<_> = history.history().of(range("GH-10-10")).collect();
    assert_eq!(
        steps.first().unwrap().after.unwrap().1,
        Place::Available(TRADING)
    );
    assert_eq!(steps.last().unwrap().after.unwrap().1, Place::Used);
}

#[test]
fn an_approach_without_initial_report_has_no_rows() {
    let mut ledgers = countries(&["GH", "CH"]);
    for ledger in &mut ledgers {
        ledger.must(&record(Article6::CooperativeApproach(approach(None))));
    }
    authorise(&mut ledgers[0], authorisation(Use::Ndc, None));
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 10, 1);
    let of_year = aef(&ledgers[0], 2025);
    assert_eq!(
        (of_year.aef.actions.len(), of_year.aef.authorisations.len()),
        (0, 0)
    );
    let missing: Vec<String> = of_year
        .without_initial_report
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(missing, [APPROACH]);
    reported(&mut ledgers[0]);
    let of_year = aef(&ledgers[0], 2025);
    assert_eq!(
        (of_year.aef.actions.len(), of_year.aef.authorisations.len()),
        (1, 1)
    );
    assert!(of_year.without_initial_report.is_empty());
}

#[test]
fn a_transfer_of_an_older_vintage_is_of_the_year_in_which_it_happens_and_changes_the_vintage_s_balance()
 {
    let mut ledgers = world(Use::Ndc, None);
    for (year, level) in [(2023, 1_000), (2024, 1_000)] {
        set_level(&mut ledgers[0], year, level);
    }
    issue_authorised(&mut ledgers[0], 10);
    let balance = |ledger: &Ledger| {
        let period = book(ledger).balance(2023, ElapsedYears::default()).unwrap();
        [2023, 2024].map(|year| period.year(year).unwrap().balance.unwrap())
    };
    assert_eq!(balance(&ledgers[0]), [Ratio::whole(1_000); 2]);
    all_at(&mut ledgers, "2027-02-01");
    send(&mut ledgers, 0, 1, 10, 1);
    assert_eq!(
        balance(&ledgers[0]),
        [Ratio::whole(1_010), Ratio::whole(1_000)]
    );
    assert_eq!(aef(&ledgers[0], 2023).aef.actions, []);
    assert_eq!(aef(&ledgers[0], 2027).aef.actions.len(), 1);
    let summary = book(&ledgers[0])
        .summary(2023, SummaryTerms::default())
        .unwrap();
    let value = |row, year| summary.value(row, year).unwrap();
    assert_eq!(value(SummaryRow::FirstTransferred, 2027), Ratio::whole(10));
    assert_eq!(value(SummaryRow::Adjustments, 2023), Ratio::whole(10));
    assert_eq!(
        value(SummaryRow::EmissionsBalance, 2023),
        Ratio::whole(1_010)
    );
}

#[test]
fn a_revocation_is_a_version_of_the_year_in_which_it_happens() {
    let mut ledgers = world(Use::Ndc, None);
    issue_authorised(&mut ledgers[0], 10);
    send(&mut ledgers, 0, 1, 4, 1);
    at_day(&mut ledgers[0], "2026-02-03");
    let Article6::AuthorisationRevoked(mut end) = revocation(false) else {
        unreachable!()
    };
    end.date = text("2026-02-03");
    ledgers[0].must(&record(Article6::AuthorisationRevoked(end)));
    assert_eq!(aef(&ledgers[0], 2025).aef.authorisations.len(), 1);
    let rows = aef(&ledgers[0], 2026).aef.authorisations;
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(word(&row.version), "2");
    assert_eq!(word(&row.date), "03/02/2026");
    assert_eq!(
        word(&row.explanation),
        "Revoked on 03/02/2026, not for what was first transferred: The activity ended; Framework: Framework"
    );
    assert_eq!(errors(&ledgers[0], 2026, &[2025], &[]), [""; 0]);
}

#[test]
fn an_entity_that_is_recorded_twice_in_a_year_is_one_row_and_its_end_another_year_s() {
    let mut ledgers = world(Use::Imp, Some(Definition::UseOrCancellation));
    let entity = |name: &str, date: &str, revoked| {
        record(Article6::AuthorisedEntity(AuthorisedEntity {
            approach: text(APPROACH),
            identification: text("GHA-77"),
            name: text(name),
            country: text("GH"),
            organisation: None,
            date: text(date),
            conditions: None,
            changes: None,
            information: None,
            revoked,
            by: Vec::new(),
        }))
    };
    ledgers[0].must(&entity("Arline", "2025-07-07", false));
    ledgers[0].must(&entity("Airline", "2025-07-08", false));
    at_day(&mut ledgers[0], "2026-01-02");
    ledgers[0].must(&entity("Airline", "2026-01-02", true));
    let rows = |year| {
        let rows = aef(&ledgers[0], year).aef.entities;
        let texts = rows
            .iter()
            .map(|it| (word(&it.name), word(&it.explanation)));
        texts.collect::<Vec<_>>()
    };
    let of = |name: &str, text: &str| vec![(name.to_owned(), text.to_owned())];
    assert_eq!(rows(2025), of("Airline", "-"));
    assert_eq!(rows(2026), of("Airline", "Revoked on 02/01/2026"));
}

#[test]
fn activities_of_the_list_are_codes_and_others_are_explained() {
    let mut ledgers = countries(&["GH", "CH"]);
    let ghana = &mut ledgers[0];
    ghana.must(&record(Article6::CooperativeApproach(approach(None))));
    reported(ghana);
    let mut it = authorisation(Use::Ndc, None);
    it.date = text("2025-07-07");
    it.activities = Some(text("solar, Clean cooking"));
    authorise(ghana, it);
    let rows = aef(ghana, 2025).aef.authorisations;
    assert_eq!(word(&rows[0].activity_types), "Solar");
    assert_eq!(
        word(&rows[0].explanation),
        "Framework: Framework; Activities: Clean cooking"
    );
}

#[test]
fn units_without_a_last_day_of_use_may_be_used_after_the_last_vintage() {
    let mut ledgers = countries(&["GH", "CH"]);
    let ghana = &mut ledgers[0];
    let definition = Some(Definition::UseOrCancellation);
    ghana.must(&record(Article6::CooperativeApproach(approach(definition))));
    ghana.must(&record(Article6::Ndc(ndc())));
    reported(ghana);
    let mut it = authorisation(Use::Imp, definition);
    it.date = text("2025-07-07");
    it.vintages = NdcPeriod::new(2021, 2024).unwrap();
    authorise(ghana, it);
    issue_authorised(ghana, 10);
    at_day(ghana, "2026-03-01");
    ghana.must(&retire(
        Purpose::InternationalMitigation,
        None,
        Selection::Tonnes(2),
    ));
    assert_eq!(actions(ghana, 2026).len(), 1);
    assert_eq!(errors(ghana, 2026, &[2025], &[]), [""; 0]);
}

#[test]
fn a_ledger_that_the_rules_refuse_has_no_book() {
    let [ghana, _] = parties(None);
    let mut leaves = ghana.leaves.clone();
    leaves.remove(2);
    assert_eq!(Book::read(&leaves).unwrap_err().leaf, 2);
    assert_eq!(
        Book::default().aef(&AefTerms::first(2025, text("2026-04-10"))),
        None
    );
}

#[test]
fn positions_say_what_is_held_and_what_ended_for_which_purpose() {
    let mut ledgers = world(Use::NdcAndImp, Some(Definition::UseOrCancellation));
    issue_authorised(&mut ledgers[0], 20);
    send(&mut ledgers, 0, 1, 10, 1);
    ledgers[1].must(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(4)));
    for (purpose, tonnes) in [
        (Purpose::InternationalMitigation, 3),
        (Purpose::OverallMitigation, 1),
    ] {
        ledgers[1].must(&retire(purpose, None, Selection::Tonnes(tonnes)));
    }
    let positions = |ledger: &Ledger, year| {
        let all = book(ledger).positions_at_end_of(year);
        let short = all
            .iter()
            .map(|it| (it.purpose, it.vintage, it.itmos, it.authorised));
        short.collect::<Vec<_>>()
    };
    assert_eq!(
        positions(&ledgers[0], 2025),
        [(AccountPurpose::EntityHolding, 2023, 0, 10)]
    );
    assert_eq!(
        positions(&ledgers[1], 2025),
        [
            (AccountPurpose::EntityHolding, 2023, 2, 0),
            (AccountPurpose::UseTowardsNdc, 2023, 4, 0),
            (AccountPurpose::InternationalMitigation, 2023, 3, 0),
            (AccountPurpose::OverallMitigation, 2023, 1, 0),
        ]
    );
    assert_eq!(positions(&ledgers[1], 2024), []);
}

#[test]
fn every_column_that_a_ledger_can_know_is_filled_without_typing() {
    let mwh = Metric::NonGhg {
        unit: text("MWh"),
        per_tonne: 3,
    };
    let mut filled: BTreeSet<(Table, usize)> = BTreeSet::new();
    for metric in [Metric::Ghg, mwh] {
        let ledgers = full(&metric);
        for ledger in &ledgers[..2] {
            let aef = aef(ledger, 2025).aef;
            for table in Table::ALL {
                for row in 0..aef.len(table) {
                    let cells = aef.cells(table, row).unwrap();
                    for (at, (cell, column)) in cells.iter().zip(table.columns()).enumerate() {
                        let what = format!("{table:?} {row} {}", column.label);
                        if column.requirement == Requirement::Required {
                            assert_eq!(cell.state(), State::Is, "{what}");
                        }
                        match column.origin {
                            Origin::Ledger => assert!(
                                matches!(cell.state(), State::Is | State::NotApplicable),
                                "{what}"
                            ),
                            // Nobody writes into a cell of the platform.
                            Origin::Carp => assert_eq!(cell.state(), State::Absent, "{what}"),
                            Origin::Office => assert_ne!(cell.state(), State::Is, "{what}"),
                        }
                        if cell.state() == State::Is {
                            filled.insert((table, at));
                        }
                    }
                }
            }
            assert_eq!(errors(ledger, 2025, &[], &[]), [""; 0], "{}", ledger.party);
        }
    }
    for table in Table::ALL {
        for (at, column) in table.columns().iter().enumerate() {
            let known = column.origin == Origin::Ledger;
            assert_eq!(
                filled.contains(&(table, at)),
                known,
                "{table:?} {}",
                column.label
            );
        }
    }
}

#[test]
fn what_the_ledger_gives_passes_the_check_of_the_format_over_three_years() {
    let mut ledgers = world(Use::NdcAndImp, Some(Definition::UseOrCancellation));
    issue_authorised(&mut ledgers[0], 100);
    send(&mut ledgers, 0, 1, 40, 1);
    ledgers[0].must(&retire(
        Purpose::InternationalMitigation,
        None,
        Selection::Tonnes(3),
    ));
    ledgers[0].must(&retire(
        Purpose::OverallMitigation,
        None,
        Selection::Tonnes(1),
    ));
    all_at(&mut ledgers, "2026-05-05");
    // A late transfer: a vintage of 2023, issued in 2025, that leaves in 2026.
    send(&mut ledgers, 0, 2, 6, 5);
    send(&mut ledgers, 1, 2, 10, 2);
    ledgers[1].must(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(7)));
    ledgers[1].must(&retire(
        Purpose::InternationalMitigation,
        None,
        Selection::Tonnes(2),
    ));
    issue(&mut ledgers[0], 2025, 30);
    put_under(&mut ledgers[0], 30).unwrap();
    send(&mut ledgers, 0, 1, 20, 3);
    all_at(&mut ledgers, "2027-05-05");
    ledgers[0].must(&record(revocation(false)));
    // What was not first transferred stays at home; what was goes on.
    let stays = ledgers[0].send_command(text("CH"), 1, 6);
    ledgers[0].submit(&stays).unwrap_err();
    send(&mut ledgers, 2, 0, 5, 4);
    ledgers[0].must(&retire(Purpose::Ndc, Some(2026), Selection::Tonnes(2)));
    ledgers[2].must(&retire(
        Purpose::OverallMitigation,
        None,
        Selection::Tonnes(1),
    ));
    let years = [2025, 2026, 2027];
    for (place, ledger) in ledgers.iter().enumerate() {
        let others: Vec<&Ledger> = (0..3)
            .filter(|it| *it != place)
            .map(|it| &ledgers[it])
            .collect();
        for (count, year) in years.iter().enumerate() {
            let found = errors(ledger, *year, &years[..count], &others);
            assert_eq!(found, [""; 0], "{} {year}", ledger.party);
        }
    }
    for (one, two) in [(0, 1), (1, 2), (0, 2)] {
        let (one, two) = (&ledgers[one], &ledgers[two]);
        let (events, others) = (book(one).events(), book(two).events());
        let found = cross_check((one.party, &events), (two.party, &others));
        assert!(found.is_empty(), "{:?}", found.differences);
    }
    let all: Vec<_> = ledgers.iter().flat_map(|it| book(it).events()).collect();
    assert!(net_of_uses(&all).is_zero());
}

#[test]
fn an_account_of_an_authorised_entity_names_it_as_the_user() {
    let mut ledgers = world(Use::Imp, Some(Definition::UseOrCancellation));
    let ghana = &mut ledgers[0];
    let (name, kind) = (text("Airline"), OrganisationKind::Other);
    ghana.must(&Command::RegisterOrganisation { name, kind });
    let (organisation, kind) = (OrganisationId(2), AccountKind::EntityHolding);
    ghana.must(&Command::OpenAccount {
        organisation,
        name: text("Units"),
        kind,
    });
    let entity = |identification| {
        record(Article6::AuthorisedEntity(AuthorisedEntity {
            approach: text(APPROACH),
            identification: text(identification),
            name: text("Airline"),
            country: text("GH"),
            organisation: Some(organisation),
            date: text("2025-07-07"),
            conditions: None,
            changes: None,
            information: None,
            revoked: false,
            by: Vec::new(),
        }))
    };
    ghana.must(&entity("GHA-77"));
    issue_authorised(ghana, 10);
    let use_two = |ghana: &mut Ledger| {
        let to = AccountId(3);
        ghana.must(&Command::Transfer {
            from: TRADING,
            to,
            units: Selection::Tonnes(2),
        });
        let mut cancel = retire(Purpose::InternationalMitigation, None, Selection::Tonnes(2));
        if let Command::Retire { account, .. } = &mut cancel {
            *account = to;
        }
        ghana.must(&cancel);
        let row = aef(ghana, 2025).aef.actions.pop().unwrap();
        [word(&row.using_party), word(&row.using_entity)]
    };
    assert_eq!(use_two(ghana), ["GHA", "GHA-77"]);
    // Once the entity is authorised, and the Party is not, it alone is the user. It has a newer number, too.
    ghana.must(&entity("GHA-78"));
    let mut second = authorisation(Use::Imp, Some(Definition::UseOrCancellation));
    (second.version, second.date) = (2, text("2025-07-07"));
    (second.parties, second.entities) = (vec![text("CH")], vec![text("GHA-77")]);
    authorise(ghana, second);
    assert_eq!(use_two(ghana), ["-", "GHA-77"]);
    let mut of = aef(ghana, 2025).aef;
    // Nobody is told of the first version, under which the Party was authorised too.
    of.authorisations.remove(0);
    of.actions.remove(0);
    let report = check(&of, &[], &[], &Switches::default());
    assert_eq!(report.count(Severity::Error), 0, "{:?}", report.findings);
}
