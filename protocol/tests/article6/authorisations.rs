//! Authorisations in the ledger: who may give them, what they cover, how they change and end.

use countersign_protocol::record::{
    AccountKind, Article6, AuthorisedEntity, Metric, OrganisationKind, Purpose, UnitsAuthorised,
};
use countersign_protocol::registry::{Article6Refusal as Why, Command, Refusal, Selection};
use countersign_protocol::units::UnitRange;

use crate::support::world::settle;
use crate::support::{RESERVE, TRADING, range, text};
use crate::world::{
    Definition, Use, approach, authorisation, authorise, authorised, is_first_transferred, issue,
    ndc, numbers, parties, put, put_under, retire, revocation, unit, used, why, write,
};

#[test]
fn an_authorisation_defines_first_transfer_as_its_approach_does() {
    let [mut ghana, _] = parties(Some(Definition::UseOrCancellation));
    let it = authorisation(Use::Imp, Some(Definition::Issuance));
    let refused = why(write(&mut ghana, Article6::Authorisation(Box::new(it))));
    assert!(matches!(refused, Why::Definition { .. }), "{refused}");
}

#[test]
fn an_approach_that_authorised_something_keeps_its_definition_and_metric() {
    let [mut ghana, _] = authorised(Use::Imp, Some(Definition::UseOrCancellation), 10);
    let other = approach(Some(Definition::Issuance));
    let refused = why(put(&mut ghana, Article6::CooperativeApproach(other)));
    assert!(matches!(refused, Why::Definition { .. }), "{refused}");
    let mut other = approach(Some(Definition::UseOrCancellation));
    other.metric = Metric::NonGhg {
        unit: text("kWh"),
        per_tonne: 1_500,
    };
    let refused = why(put(&mut ghana, Article6::CooperativeApproach(other)));
    assert!(matches!(refused, Why::Terms(_)), "{refused}");
}

#[test]
fn only_other_international_purposes_have_a_definition_of_first_transfer() {
    let [mut ghana, _] = parties(Some(Definition::Issuance));
    for it in [
        authorisation(Use::Ndc, Some(Definition::Issuance)),
        authorisation(Use::NdcAndOp, None),
    ] {
        let refused = why(write(&mut ghana, Article6::Authorisation(Box::new(it))));
        assert!(matches!(refused, Why::Terms(_)), "{refused}");
    }
}

#[test]
fn versions_of_an_authorisation_follow_each_other_without_gaps() {
    let [mut ghana, _] = authorised(Use::Ndc, None, 10);
    for version in [1, 3] {
        let mut it = authorisation(Use::Ndc, None);
        it.version = version;
        let refused = why(write(&mut ghana, Article6::Authorisation(Box::new(it))));
        assert!(
            matches!(refused, Why::Version { wanted: 2, .. }),
            "{refused}"
        );
    }
}

#[test]
fn units_are_put_under_an_authorisation_up_to_its_quantity() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.quantity = 60;
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 100);
    put_under(&mut ghana, 60).unwrap();
    let refused = why(put_under(&mut ghana, 1));
    assert!(
        matches!(
            refused,
            Why::Quantity {
                left: 0,
                wanted: 1,
                ..
            }
        ),
        "{refused}"
    );
    assert_eq!(used(&ghana).put, 60);
}

#[test]
fn a_vintage_that_the_authorisation_does_not_cover_stays_outside() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.vintages = countersign_protocol::article6::NdcPeriod::new(2024, 2030).unwrap();
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 10);
    let refused = why(put_under(&mut ghana, 10));
    assert!(matches!(refused, Why::Outside { .. }), "{refused}");
    let mut old = authorisation(Use::Ndc, None);
    old.id = text("OLD");
    old.vintages = countersign_protocol::article6::NdcPeriod::new(2020, 2030).unwrap();
    let refused = why(write(&mut ghana, Article6::Authorisation(Box::new(old))));
    assert!(matches!(refused, Why::Ndc(_)), "{refused}");
}

#[test]
fn units_that_are_under_an_authorisation_are_not_put_under_another() {
    let [mut ghana, _] = authorised(Use::Ndc, None, 10);
    let mut other = authorisation(Use::Ndc, None);
    other.id = text("OTHER");
    authorise(&mut ghana, other);
    let it = UnitsAuthorised {
        authorisation: text("OTHER"),
        ranges: vec![range("GH-1-10")],
        by: Vec::new(),
    };
    let refused = why(write(&mut ghana, Article6::UnitsAuthorised(it)));
    assert_eq!(refused, Why::Taken(range("GH-1-10")));
}

#[test]
fn nobody_authorises_units_that_another_party_issued() {
    let mut both = authorised(Use::Ndc, None, 10);
    let destination = both[1].party;
    both[0].send(destination, 10, 1);
    settle(&mut both);
    let [_, received] = &mut both;
    let mut own = authorisation(Use::Ndc, None);
    own.party = text("CH");
    own.registry = text("CHE01");
    authorise(received, own);
    let it = UnitsAuthorised {
        authorisation: text(crate::world::AUTHORISATION),
        ranges: vec![range("GH-1-10")],
        by: Vec::new(),
    };
    let refused = why(write(received, Article6::UnitsAuthorised(it)));
    assert!(matches!(refused, Why::Outside { .. }), "{refused}");
    assert!(is_first_transferred(received, 1));
}

#[test]
fn the_units_of_a_project_come_under_its_authorisation_as_they_are_issued() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.projects = vec![1];
    it.quantity = 100;
    authorise(&mut ghana, it);
    issue(&mut ghana, 2023, 60);
    assert!(unit(&ghana, 1).block.authorisation.is_some());
    // More than is left, or of another vintage: the units are issued, and stay without.
    issue(&mut ghana, 2023, 41);
    assert!(unit(&ghana, 61).block.authorisation.is_none());
    issue(&mut ghana, 2031, 5);
    assert!(unit(&ghana, 102).block.authorisation.is_none());
    issue(&mut ghana, 2023, 40);
    assert!(unit(&ghana, 107).block.authorisation.is_some());
    assert_eq!(used(&ghana).put, 100);
}

#[test]
fn a_project_gives_its_units_to_one_authorisation() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.projects = vec![1];
    authorise(&mut ghana, it.clone());
    it.id = text("OTHER");
    let refused = why(write(
        &mut ghana,
        Article6::Authorisation(Box::new(it.clone())),
    ));
    assert!(matches!(refused, Why::Terms(_)), "{refused}");
    put(&mut ghana, revocation(false)).unwrap();
    authorise(&mut ghana, it);
    issue(&mut ghana, 2023, 5);
    assert_eq!(
        unit(&ghana, 1).block.authorisation.unwrap().id,
        text("OTHER")
    );
}

#[test]
fn a_new_version_reaches_what_was_not_first_transferred_and_nothing_else() {
    let mut both = authorised(Use::Ndc, None, 100);
    let destination = both[1].party;
    both[0].send(destination, 40, 1);
    settle(&mut both);
    let [mut ghana, _] = both;
    let mut second = authorisation(Use::Ndc, None);
    second.version = 2;
    second.vintages = countersign_protocol::article6::NdcPeriod::new(2025, 2030).unwrap();
    authorise(&mut ghana, second);
    let gone = ghana.state.in_force(&unit(&ghana, 100).block);
    assert_eq!(gone.authorisation.unwrap().version, 1);
    let here = ghana.state.in_force(&unit(&ghana, 1).block);
    assert_eq!(here.authorisation, None);
    let refused = ghana
        .submit(&ghana.send_command(destination, 1, 2))
        .unwrap_err();
    assert!(
        matches!(refused, Refusal::TooFew { under: Some(approach), .. } if refused.to_string().contains(&approach.to_string())),
        "{refused}"
    );
}

#[test]
fn the_quantity_never_sinks_below_what_was_committed() {
    let [mut ghana, swiss] = authorised(Use::Ndc, None, 100);
    ghana.send(swiss.party, 40, 1);
    let mut second = authorisation(Use::Ndc, None);
    second.version = 2;
    second.quantity = 39;
    let refused = why(write(
        &mut ghana,
        Article6::Authorisation(Box::new(second.clone())),
    ));
    assert!(matches!(refused, Why::Terms(_)), "{refused}");
    second.quantity = 40;
    authorise(&mut ghana, second);
    let refused = ghana.submit(&ghana.send_command(swiss.party, 1, 2));
    assert!(matches!(why(refused), Why::Quantity { left: 0, .. }));
}

#[test]
fn a_revocation_ends_what_was_not_first_transferred() {
    let mut both = authorised(Use::Ndc, None, 100);
    let destination = both[1].party;
    let (transfer, _) = both[0].send(destination, 10, 1);
    // Units on their way go on: they are locked, and only the destination's proof ends that.
    put(&mut both[0], revocation(false)).unwrap();
    settle(&mut both);
    let [mut ghana, mut swiss] = both;
    assert!(is_first_transferred(&ghana, 100), "{transfer}");
    let refused = ghana
        .submit(&ghana.send_command(destination, 1, 2))
        .unwrap_err();
    assert!(matches!(refused, Refusal::TooFew { .. }), "{refused}");
    let refused = ghana.submit(&Command::Send {
        to: destination,
        agreement: crate::support::agreement_id(text("GH"), destination),
        from: TRADING,
        to_account: TRADING,
        units: numbers("GH-1-5"),
        nonce: countersign_protocol::id::RequestId([3; 16]),
        expiry_ms: crate::support::EXPIRY_MS,
    });
    assert!(matches!(why(refused), Why::NotAuthorised { .. }));
    // What was first transferred is used as before.
    swiss.must(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(10)));
    // And a new authorisation may take the rest.
    let mut other = authorisation(Use::Ndc, None);
    other.id = text("OTHER");
    authorise(&mut ghana, other);
    ghana.must(&Command::AuthoriseUnits {
        account: TRADING,
        units: Selection::Tonnes(90),
        authorisation: text("OTHER"),
        by: Vec::new(),
    });
    ghana.send(destination, 1, 4);
}

#[test]
fn a_revocation_reaches_first_transferred_units_only_where_the_terms_say_so() {
    let definition = Some(Definition::Authorisation);
    let [mut ghana, _] = authorised(Use::Imp, definition, 100);
    assert!(is_first_transferred(&ghana, 1));
    assert!(matches!(
        why(put(&mut ghana, revocation(true))),
        Why::Terms(_)
    ));
    let mut second = authorisation(Use::Imp, definition);
    second.version = 2;
    second.reaches_first_transferred = true;
    let refused = why(write(
        &mut ghana,
        Article6::Authorisation(Box::new(second.clone())),
    ));
    assert!(matches!(refused, Why::Terms(_)), "{refused}");
    second.reaches_first_transferred = false;
    second.reach = Some(text("On proof of fraud, after a hearing"));
    authorise(&mut ghana, second);
    put(&mut ghana, revocation(true)).unwrap();
    let cancel = retire(Purpose::InternationalMitigation, None, Selection::Tonnes(5));
    assert!(matches!(
        why(ghana.submit(&cancel)),
        Why::UnauthorisedUse(_)
    ));
    assert!(is_first_transferred(&ghana, 1));
}

#[test]
fn an_authorisation_that_was_revoked_has_no_further_version() {
    let [mut ghana, _] = authorised(Use::Ndc, None, 10);
    put(&mut ghana, revocation(false)).unwrap();
    let mut second = authorisation(Use::Ndc, None);
    second.version = 2;
    let refused = why(write(&mut ghana, Article6::Authorisation(Box::new(second))));
    assert!(matches!(refused, Why::Revoked(_)), "{refused}");
    assert!(matches!(
        why(put(&mut ghana, revocation(false))),
        Why::Revoked(_)
    ));
}

#[test]
fn nothing_is_done_under_an_authorisation_before_its_date_or_after_its_last_day() {
    for (date, use_until) in [("2025-07-08", None), ("2025-01-01", Some("2025-07-06"))] {
        let [mut ghana, _] = parties(None);
        let mut it = authorisation(Use::Ndc, None);
        it.date = text(date);
        it.use_until = use_until.map(text);
        authorise(&mut ghana, it);
        ghana.issue(TRADING, 10);
        assert!(matches!(
            why(put_under(&mut ghana, 10)),
            Why::Timeframe { .. }
        ));
    }
}

#[test]
fn only_entities_that_an_authorisation_names_use_units_for_other_purposes() {
    let definition = Some(Definition::UseOrCancellation);
    let [mut ghana, _] = parties(definition);
    let name = text("Airline");
    let kind = OrganisationKind::Other;
    ghana.must(&Command::RegisterOrganisation { name, kind });
    for (organisation, kind) in [
        (2, AccountKind::EntityHolding),
        (2, AccountKind::PartyHolding),
    ] {
        ghana.must(&Command::OpenAccount {
            organisation: countersign_protocol::id::OrganisationId(organisation),
            name: text("Units"),
            kind,
        });
    }
    let airline = AuthorisedEntity {
        approach: text(crate::world::APPROACH),
        identification: text("GHA-77"),
        name: text("Airline"),
        country: text("GH"),
        organisation: Some(countersign_protocol::id::OrganisationId(2)),
        date: text("2025-01-15"),
        conditions: None,
        changes: None,
        information: None,
        revoked: false,
        by: Vec::new(),
    };
    let mut it = authorisation(Use::Imp, definition);
    // The entity is authorised, and not the Party in whose registry it has its account.
    it.entities = vec![text("GHA-77")];
    it.parties = vec![text("CH")];
    let unknown = why(write(
        &mut ghana,
        Article6::Authorisation(Box::new(it.clone())),
    ));
    assert!(matches!(unknown, Why::Terms(_)), "{unknown}");
    put(&mut ghana, Article6::AuthorisedEntity(airline)).unwrap();
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 30);
    put_under(&mut ghana, 30).unwrap();
    let cancel = retire(Purpose::InternationalMitigation, None, Selection::Tonnes(5));
    assert!(matches!(why(ghana.submit(&cancel)), Why::User { .. }));
    for account in [3, 4] {
        let to = countersign_protocol::id::AccountId(account);
        if account == 4 {
            // The Party's own account, once the Party is named.
            let mut second = authorisation(Use::Imp, definition);
            second.version = 2;
            second.entities = vec![text("GHA-77")];
            second.parties = vec![text("CH"), text("GH")];
            authorise(&mut ghana, second);
        }
        ghana.must(&Command::Transfer {
            from: TRADING,
            to,
            units: Selection::Tonnes(5),
        });
        let Command::Retire {
            units,
            kind,
            purpose,
            claim,
            ..
        } = cancel.clone()
        else {
            unreachable!()
        };
        let account = to;
        ghana.must(&Command::Retire {
            account,
            units,
            kind,
            purpose,
            beneficiary: None,
            claim,
        });
    }
    assert_eq!(used(&ghana).first_transferred, 10);
}

#[test]
fn units_go_to_the_parties_that_the_authorisation_names() {
    let [mut ghana, swiss] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.parties = vec![text("SE")];
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 10);
    put_under(&mut ghana, 10).unwrap();
    let refused = ghana.submit(&ghana.send_command(swiss.party, 1, 1));
    assert!(matches!(why(refused), Why::Party { .. }));
}

#[test]
fn an_ndc_keeps_its_method_and_shares_no_year_with_another() {
    let [mut ghana, _] = parties(None);
    let mut same = ndc();
    same.target.level = 80;
    put(&mut ghana, Article6::Ndc(same.clone())).unwrap();
    same.method = countersign_protocol::article6::AdjustmentMethod::Averaging;
    assert!(matches!(
        why(put(&mut ghana, Article6::Ndc(same.clone()))),
        Why::OtherNdc { .. }
    ));
    same.period = countersign_protocol::article6::NdcPeriod::new(2030, 2035).unwrap();
    assert!(matches!(
        why(put(&mut ghana, Article6::Ndc(same.clone()))),
        Why::OtherNdc { .. }
    ));
    same.period = countersign_protocol::article6::NdcPeriod::new(2031, 2035).unwrap();
    put(&mut ghana, Article6::Ndc(same)).unwrap();
    assert_eq!(ghana.state.ndc_of(2030).unwrap().target.level, 80);
    assert_eq!(ghana.state.ndc_of(2036), None);
}

#[test]
fn units_on_hold_can_be_authorised_and_locked_ones_can_not() {
    let [mut ghana, swiss] = parties(None);
    authorise(&mut ghana, authorisation(Use::Ndc, None));
    ghana.issue(TRADING, 10);
    put_under(&mut ghana, 10).unwrap();
    ghana.send(swiss.party, 10, 1);
    let locked: UnitRange = range("GH-1-10");
    let it = UnitsAuthorised {
        authorisation: text(crate::world::AUTHORISATION),
        ranges: vec![locked],
        by: Vec::new(),
    };
    let refused = write(&mut ghana, Article6::UnitsAuthorised(it)).unwrap_err();
    assert_eq!(refused, Refusal::Attributes(locked));
    ghana.issue(RESERVE, 5);
    ghana.must(&Command::Hold {
        account: RESERVE,
        ranges: vec![range("GH-11-15")],
        lift: false,
        reason: text("audit"),
    });
    let it = UnitsAuthorised {
        authorisation: text(crate::world::AUTHORISATION),
        ranges: vec![range("GH-11-15")],
        by: Vec::new(),
    };
    write(&mut ghana, Article6::UnitsAuthorised(it)).unwrap();
    assert!(unit(&ghana, 11).block.authorisation.is_some());
}
