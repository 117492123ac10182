//! What the ledger refuses of records of Article 6, one rule after the other.

use countersign_protocol::article6::NdcPeriod;
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{
    AccountKind, ActedBy, Article6, Authorisation, AuthorisedEntity, InitialReport, Metric,
    NotifiedUse, OrganisationKind, Purpose, UnitsAuthorised, UseNotified,
};
use countersign_protocol::registry::{Article6Refusal as Why, Command, Refusal, Selection};
use countersign_protocol::serial::SectoralScope;

use crate::story::{at_day, send};
use crate::support::world::countries;
use crate::support::{Ledger, TRADING, agreement_of, range, text};
use crate::world::{
    APPROACH, AUTHORISATION, Definition, Use, approach, authorisation, authorise,
    is_first_transferred, issue, parties, put_under, record, retire, revocation, unit, why, write,
};

fn refused(ledger: &mut Ledger, it: Article6) -> Refusal {
    write(ledger, it).unwrap_err()
}

/// The sentence of a rule that has no refusal of its own.
fn terms(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Article6(why) => match *why {
            Why::Terms(text) => text,
            other => panic!("{other}"),
        },
        other => panic!("{other}"),
    }
}

fn report(approach: &str, by: Vec<ActedBy>) -> Article6 {
    Article6::InitialReport(InitialReport {
        approach: text(approach),
        submitted: text("2025-07-07"),
        reference: text("IR 1"),
        by,
    })
}

fn entity(approach: &str, organisation: Option<u32>, revoked: bool) -> Article6 {
    Article6::AuthorisedEntity(AuthorisedEntity {
        approach: text(approach),
        identification: text("GHA-77"),
        name: text("Airline"),
        country: text("GH"),
        organisation: organisation.map(OrganisationId),
        date: text("2025-07-07"),
        conditions: None,
        changes: None,
        information: None,
        revoked,
        by: Vec::new(),
    })
}

fn given(it: Authorisation) -> Article6 {
    Article6::Authorisation(Box::new(it))
}

fn told(units: &str, purpose: NotifiedUse, day: &str) -> Article6 {
    Article6::UseNotified(UseNotified {
        ranges: vec![range(units)],
        purpose,
        party: text("CH"),
        day: text(day),
        reference: text("Notice 1"),
        by: Vec::new(),
    })
}

/// Ghana, and Switzerland with ten units that are authorised for airlines only and so not first transferred.
fn for_airlines() -> Vec<Ledger> {
    let definition = Some(Definition::UseOrCancellation);
    let mut both: Vec<Ledger> = parties(definition).into();
    authorise(&mut both[0], authorisation(Use::Imp, definition));
    both[0].issue(TRADING, 10);
    put_under(&mut both[0], 10).unwrap();
    send(&mut both, 0, 1, 10, 1);
    both
}

#[test]
fn an_approach_has_two_parties_in_order_and_this_one_among_them() {
    let mut ghana = countries(&["GH", "CH"]).remove(0);
    for codes in [&["GH", "CH"][..], &["CH", "SE"], &["GH"]] {
        let mut it = approach(None);
        it.parties = codes.iter().map(|code| text(code)).collect();
        let why = terms(refused(&mut ghana, Article6::CooperativeApproach(it)));
        assert!(why.contains("in ascending order"), "{codes:?} {why}");
    }
}

#[test]
fn what_is_recorded_of_an_approach_needs_it() {
    let [mut ghana, _] = parties(None);
    let mut other = authorisation(Use::Ndc, None);
    other.approach = text("CA0099");
    for it in [
        report("CA0099", Vec::new()),
        entity("CA0099", None, false),
        given(other),
    ] {
        let why = why::<()>(Err(refused(&mut ghana, it)));
        assert!(matches!(why, Why::UnknownApproach(_)), "{why}");
    }
}

#[test]
fn an_entity_is_an_organisation_that_is_here() {
    let [mut ghana, _] = parties(None);
    let refusal = refused(&mut ghana, entity(APPROACH, Some(99), false));
    assert_eq!(refusal.code(), "unknown-organisation");
}

#[test]
fn nobody_approves_where_no_process_says_who() {
    let [mut ghana, _] = parties(None);
    let by = |user| ActedBy {
        user,
        organisation: OrganisationId(1),
        organisation_type: text("government"),
        role: text("manager"),
        scopes: Vec::new(),
    };
    let refusal = refused(&mut ghana, report(APPROACH, vec![by(1), by(2)]));
    assert_eq!(refusal, Refusal::NoProcess);
}

#[test]
fn an_authorisation_names_what_its_approach_and_this_registry_have() {
    type Change = fn(&mut Authorisation);
    let [mut ghana, _] = parties(None);
    write(&mut ghana, entity(APPROACH, None, true)).unwrap();
    let cases: [(Change, &str); 13] = [
        (
            |it| (it.party, it.registry) = (text("KE"), text("KEN01")),
            "takes no part in the approach",
        ),
        (
            |it| it.parties = vec![text("KE")],
            "names a Party that takes no part",
        ),
        (
            |it| it.parties = vec![text("GH"), text("CH")],
            "ascending order",
        ),
        (
            |it| it.entities = vec![text("B"), text("A")],
            "ascending order",
        ),
        (
            |it| it.scopes = [3, 1].map(|it| SectoralScope::new(it).unwrap()).into(),
            "ascending order",
        ),
        (|it| it.projects = vec![2, 1], "ascending order"),
        (
            |it| {
                it.metric = Metric::NonGhg {
                    unit: text("kWh"),
                    per_tonne: 1_500,
                };
            },
            "metric is not that of the approach",
        ),
        (
            |it| it.use_until = Some(text("2025-01-14")),
            "before its date",
        ),
        (
            |it| it.issue_until = Some(text("2025-01-14")),
            "before its date",
        ),
        (
            |it| it.entities = vec![text("CHE-1")],
            "entity that is not authorised",
        ),
        (
            |it| it.entities = vec![text("GHA-77")],
            "entity that is not authorised",
        ),
        (
            |it| it.reaches_first_transferred = true,
            "first version reaches nothing",
        ),
        (
            |it| (it.uses, it.definition) = (Use::Imp, None),
            "first transfer is defined where",
        ),
    ];
    for (change, sentence) in cases {
        let mut it = authorisation(Use::Ndc, None);
        change(&mut it);
        let why = terms(refused(&mut ghana, given(it)));
        assert!(why.contains(sentence), "{sentence}: {why}");
    }
    let mut it = authorisation(Use::Ndc, None);
    it.registry = text("CHE01");
    let refusal = refused(&mut ghana, given(it));
    assert!(
        matches!(refusal, Refusal::RegistryOfAnother { .. }),
        "{refusal}"
    );
    let mut it = authorisation(Use::Ndc, None);
    it.vintages = NdcPeriod::new(2020, 2030).unwrap();
    let refusal = why::<()>(Err(refused(&mut ghana, given(it))));
    assert!(matches!(refusal, Why::Ndc(_)), "{refusal}");
    let mut it = authorisation(Use::Ndc, None);
    it.projects = vec![99];
    assert_eq!(refused(&mut ghana, given(it)), Refusal::UnknownProject(99));
    authorise(&mut ghana, authorisation(Use::Ndc, None));
}

#[test]
fn a_later_version_keeps_approach_metric_and_definition_and_reaches_only_by_its_terms() {
    let definition = Some(Definition::UseOrCancellation);
    let [mut ghana, _] = parties(definition);
    authorise(&mut ghana, authorisation(Use::Ndc, None));
    let mut second = authorisation(Use::NdcAndImp, definition);
    second.version = 2;
    let why = terms(refused(&mut ghana, given(second)));
    assert!(why.contains("stay the same in all versions"), "{why}");
    let mut second = authorisation(Use::Ndc, None);
    (second.version, second.reaches_first_transferred) = (2, true);
    let why = terms(refused(&mut ghana, given(second.clone())));
    assert!(why.contains("name no circumstances"), "{why}");
    second.reaches_first_transferred = false;
    second.reach = Some(text("Fraud"));
    authorise(&mut ghana, second.clone());
    (second.version, second.reaches_first_transferred) = (3, true);
    authorise(&mut ghana, second);
}

#[test]
fn mitigation_before_2021_is_not_authorised() {
    let [mut ghana, _] = parties(None);
    authorise(&mut ghana, authorisation(Use::Ndc, None));
    issue(&mut ghana, 2020, 10);
    let refusal = why(put_under(&mut ghana, 10));
    assert!(matches!(refusal, Why::Ndc(_)), "{refusal}");
}

#[test]
fn units_are_issued_without_an_authorisation_that_does_not_take_them() {
    type Change = fn(&mut Authorisation);
    let cases: [Change; 5] = [
        |it| it.quantity = 9,
        |it| it.issue_until = Some(text("2025-07-06")),
        |it| it.use_until = Some(text("2025-07-06")),
        |it| it.date = text("2025-07-08"),
        |it| it.vintages = NdcPeriod::new(2024, 2030).unwrap(),
    ];
    for change in cases {
        let [mut ghana, _] = parties(None);
        let mut it = authorisation(Use::Ndc, None);
        it.projects = vec![1];
        change(&mut it);
        authorise(&mut ghana, it);
        ghana.issue(TRADING, 10);
        assert_eq!(unit(&ghana, 1).block.authorisation, None);
    }
}

#[test]
fn a_project_that_no_version_names_any_more_issues_without_authorisation() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.projects = vec![1];
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 10);
    let mut second = authorisation(Use::Ndc, None);
    second.version = 2;
    authorise(&mut ghana, second);
    ghana.issue(TRADING, 10);
    let authorised = |number| unit(&ghana, number).block.authorisation.is_some();
    assert_eq!((authorised(1), authorised(11)), (true, false));
}

#[test]
fn a_project_issues_without_an_authorisation_that_was_revoked_and_may_come_under_another() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.projects = vec![1];
    authorise(&mut ghana, it.clone());
    write(&mut ghana, revocation(false)).unwrap();
    ghana.issue(TRADING, 10);
    assert_eq!(unit(&ghana, 1).block.authorisation, None);
    it.id = text("GH-2");
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 10);
    assert!(unit(&ghana, 11).block.authorisation.is_some());
}

#[test]
fn the_party_itself_uses_what_entities_may_and_an_entity_that_ended_does_not() {
    let definition = Some(Definition::UseOrCancellation);
    let [mut ghana, _] = parties(definition);
    write(&mut ghana, entity(APPROACH, Some(1), false)).unwrap();
    let mut it = authorisation(Use::Imp, definition);
    it.entities = vec![text("GHA-77")];
    authorise(&mut ghana, it);
    ghana.must(&Command::RegisterOrganisation {
        name: text("Ministry"),
        kind: OrganisationKind::Other,
    });
    ghana.must(&Command::OpenAccount {
        organisation: OrganisationId(2),
        name: text("Party"),
        kind: AccountKind::PartyHolding,
    });
    ghana.issue(TRADING, 10);
    put_under(&mut ghana, 10).unwrap();
    let airline = retire(Purpose::InternationalMitigation, None, Selection::Tonnes(1));
    ghana.must(&airline);
    write(&mut ghana, entity(APPROACH, Some(1), true)).unwrap();
    let refusal = why(ghana.submit(&airline));
    assert!(matches!(refusal, Why::User { .. }), "{refusal}");
    let account = AccountId(3);
    ghana.must(&Command::Transfer {
        from: TRADING,
        to: account,
        units: Selection::Tonnes(4),
    });
    let mut party = airline;
    if let Command::Retire { account: from, .. } = &mut party {
        *from = account;
    }
    ghana.must(&party);
}

#[test]
fn a_partner_s_authorisation_says_which_parties_may_use_its_units() {
    let purposes = [
        (Use::Ndc, None, Purpose::Ndc, Some(2025)),
        (
            Use::Imp,
            Some(Definition::UseOrCancellation),
            Purpose::InternationalMitigation,
            None,
        ),
    ];
    for (uses, definition, purpose, year) in purposes {
        let mut both: Vec<Ledger> = parties(definition).into();
        authorise(&mut both[0], authorisation(uses, definition));
        both[0].issue(TRADING, 10);
        put_under(&mut both[0], 10).unwrap();
        send(&mut both, 0, 1, 10, 1);
        let use_one = retire(purpose, year, Selection::Tonnes(1));
        both[1].must(&use_one);
        let mut copy = authorisation(uses, definition);
        copy.parties = vec![text("SE")];
        authorise(&mut both[1], copy);
        let refusal = why(both[1].submit(&use_one));
        assert!(
            matches!(refusal, Why::Party { .. }),
            "{purpose:?} {refusal}"
        );
    }
}

#[test]
fn a_party_that_its_own_authorisation_does_not_name_uses_no_units_under_it() {
    for definition in [Definition::UseOrCancellation, Definition::Issuance] {
        let [mut ghana, _] = parties(Some(definition));
        let mut it = authorisation(Use::NdcAndImp, Some(definition));
        it.parties = vec![text("CH"), text("SE")];
        authorise(&mut ghana, it.clone());
        ghana.issue(TRADING, 10);
        put_under(&mut ghana, 10).unwrap();
        let use_one = retire(Purpose::InternationalMitigation, None, Selection::Tonnes(1));
        let refusal = why(ghana.submit(&use_one));
        let wanted = Why::Party {
            id: text(AUTHORISATION),
            party: text("GH"),
        };
        assert_eq!(refusal, wanted);
        assert!(
            refusal.to_string().contains("a version that names GH"),
            "{refusal}"
        );
        // To cancel for nobody's benefit takes no authorised user.
        ghana.must(&retire(
            Purpose::OverallMitigation,
            None,
            Selection::Tonnes(1),
        ));
        ghana.must(&retire(Purpose::Voluntary, None, Selection::Tonnes(1)));
        it.version = 2;
        it.parties = vec![text("CH"), text("GH")];
        authorise(&mut ghana, it);
        ghana.must(&use_one);
    }
}

#[test]
fn itmos_are_used_towards_an_ndc_until_the_last_day_of_their_authorisation() {
    let mut both: Vec<Ledger> = parties(None).into();
    let mut it = authorisation(Use::Ndc, None);
    it.use_until = Some(text("2025-07-08"));
    authorise(&mut both[0], it.clone());
    authorise(&mut both[1], it);
    both[0].issue(TRADING, 10);
    put_under(&mut both[0], 10).unwrap();
    send(&mut both, 0, 1, 10, 1);
    let use_one = retire(Purpose::Ndc, Some(2025), Selection::Tonnes(1));
    both[1].must(&use_one);
    at_day(&mut both[1], "2025-07-09");
    let refusal = why(both[1].submit(&use_one));
    assert!(matches!(refusal, Why::Timeframe { .. }), "{refusal}");
    // What nobody may use any more can still be cancelled.
    both[1].must(&retire(
        Purpose::OverallMitigation,
        None,
        Selection::Tonnes(1),
    ));
}

#[test]
fn no_version_and_no_end_is_dated_before_the_last_version() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    authorise(&mut ghana, it.clone());
    (it.version, it.date) = (2, text("2025-01-14"));
    let wanted = |found| Why::Dated {
        id: text(AUTHORISATION),
        found: text(found),
        last: text("2025-01-15"),
    };
    let refusal = why::<()>(Err(refused(&mut ghana, given(it.clone()))));
    assert_eq!(refusal, wanted("2025-01-14"));
    let Article6::AuthorisationRevoked(mut end) = revocation(false) else {
        panic!("an end")
    };
    end.date = text("2025-01-14");
    let early = Article6::AuthorisationRevoked(end.clone());
    let refusal = why::<()>(Err(refused(&mut ghana, early)));
    assert_eq!(refusal, wanted("2025-01-14"));
    assert!(refusal.to_string().contains("2025-01-15"), "{refusal}");
    // Of the same day: the order of the ledger says which is later.
    it.date = text("2025-01-15");
    authorise(&mut ghana, it);
    end.date = text("2025-01-15");
    write(&mut ghana, Article6::AuthorisationRevoked(end)).unwrap();
}

#[test]
fn units_from_before_the_approach_was_recorded_are_used_no_more() {
    let mut both = countries(&["GH", "CH"]);
    both[0].issue(TRADING, 10);
    send(&mut both, 0, 1, 10, 1);
    assert!(is_first_transferred(&both[1], 1));
    let use_one = retire(Purpose::Ndc, Some(2025), Selection::Tonnes(1));
    both[1].must(&use_one);
    both[1].must(&record(Article6::CooperativeApproach(approach(None))));
    let refusal = why(both[1].submit(&use_one));
    assert!(matches!(refusal, Why::UnauthorisedUse(_)), "{refusal}");
}

#[test]
fn a_use_abroad_is_told_of_units_that_are_abroad_for_another_purpose_than_an_ndc() {
    let imp = NotifiedUse::InternationalMitigation;
    let [ghana, _] = &mut for_airlines()[..] else {
        panic!("two")
    };
    let why = terms(refused(
        ghana,
        told("GH-1-2", NotifiedUse::OtherPurposes, "2025-07-07"),
    ));
    assert!(why.contains("not their first transfer"), "{why}");
    let refusal = refused(ghana, told("GH-1-11", imp, "2025-07-07"));
    assert_eq!(refusal, Refusal::NotAbroad(range("GH-1-11")));
    ghana.issue(TRADING, 10);
    put_under(ghana, 10).unwrap();
    let refusal = refused(ghana, told("GH-11-12", imp, "2025-07-07"));
    assert_eq!(refusal, Refusal::NotAbroad(range("GH-11-12")));
}

#[test]
fn two_ndcs_of_one_method_share_no_year_either() {
    let [mut ghana, _] = parties(None);
    let mut next = crate::world::ndc();
    next.period = NdcPeriod::new(2030, 2035).unwrap();
    let refusal = why::<()>(Err(refused(&mut ghana, Article6::Ndc(next))));
    assert!(matches!(refusal, Why::OtherNdc { .. }), "{refusal}");
}

#[test]
fn nothing_is_put_under_an_authorisation_that_was_revoked() {
    let [mut ghana, _] = parties(None);
    authorise(&mut ghana, authorisation(Use::Ndc, None));
    write(&mut ghana, revocation(false)).unwrap();
    ghana.issue(TRADING, 10);
    let refusal = why(put_under(&mut ghana, 10));
    assert!(matches!(refusal, Why::Revoked(_)), "{refusal}");
}

#[test]
fn units_that_were_first_transferred_before_the_approach_was_recorded_are_not_authorised_afterwards()
 {
    let mut both = countries(&["GH", "CH"]);
    both[0].issue(TRADING, 10);
    send(&mut both, 0, 1, 10, 1);
    send(&mut both, 1, 0, 10, 2);
    assert!(is_first_transferred(&both[0], 1));
    both[0].must(&record(Article6::CooperativeApproach(approach(None))));
    authorise(&mut both[0], authorisation(Use::Ndc, None));
    let again = Article6::UnitsAuthorised(UnitsAuthorised {
        authorisation: text(AUTHORISATION),
        ranges: vec![range("GH-1-10")],
        by: Vec::new(),
    });
    let refusal = why::<()>(Err(refused(&mut both[0], again)));
    assert!(matches!(refusal, Why::Taken(_)), "{refusal}");
}

#[test]
fn units_whose_authorisation_ended_do_not_leave_under_another_approach_either() {
    let [mut ghana, _] = parties(None);
    authorise(&mut ghana, authorisation(Use::Ndc, None));
    ghana.issue(TRADING, 10);
    put_under(&mut ghana, 10).unwrap();
    write(&mut ghana, revocation(false)).unwrap();
    let mut agreement = agreement_of(ghana.party, text("CH"));
    agreement.cooperative_approach = text("CA0099");
    ghana.must(&Command::SetAgreement(agreement));
    let mut leave = ghana.send_command(text("CH"), 10, 1);
    if let Command::Send { units, .. } = &mut leave {
        *units = Selection::Ranges(vec![range("GH-1-10")]);
    }
    let refusal = why(ghana.submit(&leave));
    assert!(matches!(refusal, Why::NotAuthorised { .. }), "{refusal}");
}

#[test]
fn itmos_for_airlines_are_not_used_towards_an_ndc() {
    let definition = Some(Definition::Issuance);
    let mut both: Vec<Ledger> = parties(definition).into();
    authorise(&mut both[0], authorisation(Use::Imp, definition));
    both[0].issue(TRADING, 10);
    put_under(&mut both[0], 10).unwrap();
    send(&mut both, 0, 1, 10, 1);
    assert!(is_first_transferred(&both[1], 1));
    let use_one = retire(Purpose::Ndc, Some(2025), Selection::Tonnes(1));
    let refusal = why(both[1].submit(&use_one));
    assert!(matches!(refusal, Why::Use { .. }), "{refusal}");
}

#[test]
fn authorised_units_are_not_used_before_their_first_transfer_by_a_party_that_keeps_no_approach() {
    let definition = Some(Definition::UseOrCancellation);
    let mut both = countries(&["GH", "CH"]);
    both[0].must(&record(Article6::CooperativeApproach(approach(definition))));
    authorise(&mut both[0], authorisation(Use::Imp, definition));
    both[0].issue(TRADING, 10);
    put_under(&mut both[0], 10).unwrap();
    send(&mut both, 0, 1, 10, 1);
    let use_one = retire(Purpose::Ndc, Some(2025), Selection::Tonnes(1));
    let refusal = why(both[1].submit(&use_one));
    assert!(matches!(refusal, Why::UnauthorisedUse(_)), "{refusal}");
}

#[test]
fn itmos_are_used_for_other_purposes_until_the_last_day_of_their_authorisation() {
    let definition = Some(Definition::Issuance);
    let [mut ghana, _] = parties(definition);
    let mut it = authorisation(Use::Imp, definition);
    it.use_until = Some(text("2025-07-08"));
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 10);
    put_under(&mut ghana, 10).unwrap();
    let use_one = retire(Purpose::InternationalMitigation, None, Selection::Tonnes(1));
    ghana.must(&use_one);
    at_day(&mut ghana, "2025-07-09");
    let refusal = why(ghana.submit(&use_one));
    assert!(matches!(refusal, Why::Timeframe { .. }), "{refusal}");
}

#[test]
fn units_that_a_new_version_no_longer_covers_leave_their_place_to_others() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.quantity = 10;
    authorise(&mut ghana, it.clone());
    ghana.issue(TRADING, 10);
    put_under(&mut ghana, 10).unwrap();
    (it.version, it.vintages) = (2, NdcPeriod::new(2024, 2030).unwrap());
    authorise(&mut ghana, it);
    let mut other = authorisation(Use::Ndc, None);
    other.id = text("GH-2");
    authorise(&mut ghana, other);
    let again = |id: &str, units: &str| {
        Article6::UnitsAuthorised(UnitsAuthorised {
            authorisation: text(id),
            ranges: vec![range(units)],
            by: Vec::new(),
        })
    };
    issue(&mut ghana, 2024, 10);
    let refusal = why::<()>(Err(refused(&mut ghana, again(AUTHORISATION, "GH-11-20"))));
    assert!(matches!(refusal, Why::Quantity { .. }), "{refusal}");
    write(&mut ghana, again("GH-2", "GH-1-10")).unwrap();
    write(&mut ghana, again(AUTHORISATION, "GH-11-20")).unwrap();
}
