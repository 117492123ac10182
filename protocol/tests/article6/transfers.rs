//! First transfers, uses and cancellations in the ledger.

use countersign_protocol::federation::FaultCode;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    AccountKind, Article6, Body, NotifiedUse, Purpose, UseNotified,
};
use countersign_protocol::registry::{
    Article6Refusal as Why, Command, Place, Refusal, Selection, TransferStage,
};
use countersign_protocol::units::UnitBlock;

use crate::support::invariants::check;
use crate::support::world::{ghana_and_switzerland, settle};
use crate::support::{Ledger, RESERVE, TRADING, range, text};
use crate::world::{
    Definition, Use, approach, authorisation, authorise, authorised, is_first_transferred, numbers,
    parties, put, put_under, record, retire, unit, used, why,
};

/// Ghana's first `tonnes` are in Switzerland.
fn sold(uses: Use, definition: Option<Definition>, tonnes: u64) -> [Ledger; 2] {
    let mut both = authorised(uses, definition, tonnes);
    let destination = both[1].party;
    both[0].send(destination, tonnes, 1);
    settle(&mut both);
    both
}

#[test]
fn where_no_approach_is_recorded_units_leave_without_an_authorisation() {
    let (ghana, swiss) = ghana_and_switzerland(10);
    let destination = swiss.party;
    let mut both = [ghana, swiss];
    both[0].send(destination, 10, 1);
    settle(&mut both);
    assert!(is_first_transferred(&both[0], 1) && is_first_transferred(&both[1], 1));
    both[1].must(&retire(Purpose::Ndc, None, Selection::Tonnes(10)));
}

/// Units 1 to 5 to another country, by their numbers.
fn send_numbers(from: &Ledger, destination: Party) -> Command {
    let mut command = from.send_command(destination, 5, 1);
    if let Command::Send { units, .. } = &mut command {
        *units = numbers("GH-1-5");
    }
    command
}

#[test]
fn where_the_approach_is_recorded_only_authorised_units_leave() {
    let [mut ghana, swiss] = parties(None);
    ghana.issue(TRADING, 10);
    let send = send_numbers(&ghana, swiss.party);
    assert!(matches!(
        why(ghana.submit(&send)),
        Why::NotAuthorised { .. }
    ));
    authorise(&mut ghana, authorisation(Use::Ndc, None));
    put_under(&mut ghana, 10).unwrap();
    ghana.must(&send);
}

#[test]
fn a_number_of_tonnes_means_those_that_may_leave() {
    let [mut ghana, swiss] = parties(None);
    authorise(&mut ghana, authorisation(Use::Ndc, None));
    ghana.issue(TRADING, 10);
    put_under(&mut ghana, 10).unwrap();
    ghana.issue(TRADING, 5);
    // The smallest range that is large enough is not authorised.
    ghana.send(swiss.party, 5, 1);
    assert_eq!(unit(&ghana, 15).place, Place::Available(TRADING));
    assert_eq!(unit(&ghana, 10).place, Place::Escrow(TRADING));
}

#[test]
fn a_partner_that_keeps_the_approach_takes_no_units_without_authorisation() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(10);
    swiss.must(&record(Article6::CooperativeApproach(approach(None))));
    let (transfer, leaf) = ghana.send(swiss.party, 10, 1);
    swiss.receive_and_write(&ghana.prove(leaf));
    let stage = swiss.stage_received(ghana.party, transfer);
    assert_eq!(stage, Some(TransferStage::Refused));
    let code = swiss.received(ghana.party, transfer).unwrap().refusal_code;
    assert_eq!(code, Some(FaultCode::NotAuthorised.code()));
}

#[test]
fn units_for_an_ndc_are_first_transferred_when_the_partner_has_them() {
    let [mut ghana, swiss] = authorised(Use::Ndc, None, 100);
    let destination = swiss.party;
    ghana.send(destination, 40, 1);
    assert!(!is_first_transferred(&ghana, 100));
    assert_eq!(
        (used(&ghana).committed, used(&ghana).first_transferred),
        (40, 0)
    );
    let mut both = [ghana, swiss];
    settle(&mut both);
    let [ghana, swiss] = both;
    assert_eq!(
        (used(&ghana).committed, used(&ghana).first_transferred),
        (40, 40)
    );
    let (there, here) = (unit(&swiss, 61).block, unit(&ghana, 61).block);
    assert_eq!(there.first_transfer, here.first_transfer);
    assert_eq!(there.authorisation, here.authorisation);
    assert_eq!(
        there.authorisation.unwrap().id,
        text(crate::world::AUTHORISATION)
    );
    let id = there.itmo_id().unwrap().to_string();
    assert_eq!(id, "CA0001-GHA01-GHA-61-100-2023");
    assert!(!is_first_transferred(&ghana, 60));
}

#[test]
fn marks_and_authorisations_survive_splits_and_borders() {
    let mut both = sold(Use::NdcAndImp, Some(Definition::UseOrCancellation), 100);
    let [ghana, swiss] = &mut both;
    let before = unit(swiss, 50).block;
    swiss.must(&Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units: numbers("GH-31-60"),
    });
    let after = unit(swiss, 50).block;
    assert_eq!(after.range(), range("GH-31-60"));
    assert_eq!(
        (after.first_transfer, after.authorisation),
        (before.first_transfer, before.authorisation)
    );
    // Home again, and out again: the mark stays what it is, and counts once.
    let home = ghana.party;
    swiss.send(home, 20, 2);
    settle(&mut both);
    let [ghana, swiss] = &mut both;
    let back = ghana
        .state
        .holdings()
        .find(|it| it.place == Place::Available(TRADING));
    let back = back.unwrap().block;
    assert_eq!(
        (back.first_transfer, back.authorisation),
        (before.first_transfer, before.authorisation)
    );
    ghana.send(swiss.party, 20, 3);
    settle(&mut both);
    assert_eq!(used(&both[0]).first_transferred, 100);
    assert_eq!(used(&both[0]).committed, 100);
    both.iter().for_each(|ledger| check(&ledger.state));
}

#[test]
fn what_is_first_transferred_never_exceeds_the_quantity() {
    let [mut ghana, swiss] = authorised(Use::Ndc, None, 100);
    let mut second = authorisation(Use::Ndc, None);
    second.version = 2;
    second.quantity = 50;
    authorise(&mut ghana, second);
    let (_, leaf) = ghana.send(swiss.party, 30, 1);
    let refused = ghana.submit(&ghana.send_command(swiss.party, 21, 2));
    assert!(matches!(
        why(refused),
        Why::Quantity {
            left: 20,
            wanted: 21,
            ..
        }
    ));
    // A proven refusal gives the quantity back.
    let mut swiss = swiss;
    let Body::Lock(lock) = ghana.leaves[leaf as usize].body.clone() else {
        unreachable!()
    };
    let asked = ghana.ask_cancel(lock.transfer);
    let refused = swiss.receive_and_write(&ghana.prove(asked));
    ghana.receive_and_write(&swiss.prove(refused));
    assert_eq!(used(&ghana).committed, 0);
    ghana.send(swiss.party, 50, 3);
}

#[test]
fn units_for_an_airline_are_first_transferred_where_the_approach_defines_it() {
    for (definition, at_authorisation) in [
        (Definition::Authorisation, true),
        (Definition::Issuance, true),
        (Definition::UseOrCancellation, false),
        (Definition::FirstInternationalTransfer, false),
    ] {
        let [mut ghana, _] = authorised(Use::Imp, Some(definition), 10);
        assert_eq!(
            is_first_transferred(&ghana, 1),
            at_authorisation,
            "{definition}"
        );
        ghana.must(&retire(
            Purpose::InternationalMitigation,
            None,
            Selection::Tonnes(10),
        ));
        assert!(is_first_transferred(&ghana, 1));
        assert_eq!(used(&ghana).first_transferred, 10);
    }
}

#[test]
fn units_for_an_airline_are_first_transferred_as_they_are_issued_under_an_authorisation() {
    let definition = Some(Definition::Issuance);
    let [mut ghana, _] = parties(definition);
    let mut it = authorisation(Use::Imp, definition);
    it.projects = vec![1];
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 10);
    assert!(is_first_transferred(&ghana, 1));
    let registry = unit(&ghana, 1).block.first_transfer.unwrap().registry;
    assert_eq!(registry, text("GHA01"));
}

#[test]
fn units_for_an_airline_only_cross_a_border_without_a_first_transfer_and_are_used_there() {
    let definition = Some(Definition::UseOrCancellation);
    let [mut ghana, mut swiss] = sold(Use::Imp, definition, 10);
    assert!(!is_first_transferred(&ghana, 1) && !is_first_transferred(&swiss, 1));
    assert_eq!(
        (used(&ghana).committed, used(&ghana).first_transferred),
        (10, 0)
    );
    let refused = swiss.submit(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(4)));
    assert!(matches!(why(refused), Why::UnauthorisedUse(_)));
    swiss.must(&retire(
        Purpose::InternationalMitigation,
        None,
        numbers("GH-1-4"),
    ));
    let mark = unit(&swiss, 1).block.first_transfer.unwrap();
    assert_eq!((mark.party, mark.registry), (text("GH"), text("GHA01")));
    // Ghana is told.
    let notice = UseNotified {
        ranges: vec![range("GH-1-4")],
        purpose: NotifiedUse::InternationalMitigation,
        party: swiss.party,
        day: text("2025-07-07"),
        reference: text("Notice 1"),
        by: Vec::new(),
    };
    put(&mut ghana, Article6::UseNotified(notice.clone())).unwrap();
    assert_eq!(unit(&ghana, 1).block.first_transfer, Some(mark));
    assert!(!is_first_transferred(&ghana, 5));
    assert_eq!(
        (used(&ghana).committed, used(&ghana).first_transferred),
        (10, 4)
    );
    check(&ghana.state);
    let again = why(put(&mut ghana, Article6::UseNotified(notice.clone())));
    assert!(matches!(again, Why::Terms(_)), "{again}");
    let early = UseNotified {
        day: text("2025-07-08"),
        ranges: vec![range("GH-5-6")],
        ..notice
    };
    assert!(matches!(
        why(put(&mut ghana, Article6::UseNotified(early))),
        Why::Terms(_)
    ));
}

#[test]
fn units_that_come_home_unused_may_leave_again_within_the_quantity() {
    let definition = Some(Definition::UseOrCancellation);
    let mut both = sold(Use::Imp, definition, 10);
    let home = both[0].party;
    both[1].send(home, 10, 2);
    settle(&mut both);
    assert_eq!(used(&both[0]).committed, 0);
    let mut second = authorisation(Use::Imp, definition);
    second.version = 2;
    second.quantity = 10;
    authorise(&mut both[0], second);
    let abroad = both[1].party;
    both[0].send(abroad, 10, 3);
    settle(&mut both);
    assert_eq!(used(&both[0]).committed, 10);
}

#[test]
fn a_use_towards_an_ndc_says_its_year_within_the_period_of_the_vintage() {
    let [_, mut swiss] = sold(Use::Ndc, None, 10);
    let attempt = |year| retire(Purpose::Ndc, year, Selection::Tonnes(1));
    assert!(matches!(why(swiss.submit(&attempt(None))), Why::NoYear(_)));
    assert!(matches!(
        why(swiss.submit(&attempt(Some(2031)))),
        Why::Ndc(_)
    ));
    assert!(matches!(
        why(swiss.submit(&attempt(Some(2020)))),
        Why::Ndc(_)
    ));
    swiss.must(&attempt(Some(2030)));
}

#[test]
fn a_use_towards_an_ndc_needs_the_ndc() {
    let (ghana, swiss) = ghana_and_switzerland(1);
    let mut both = [ghana, swiss];
    for ledger in &mut both {
        ledger.must(&record(Article6::CooperativeApproach(approach(None))));
    }
    authorise(&mut both[0], authorisation(Use::Ndc, None));
    put_under(&mut both[0], 1).unwrap();
    let destination = both[1].party;
    both[0].send(destination, 1, 1);
    settle(&mut both);
    let refused = both[1].submit(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(1)));
    assert_eq!(why(refused), Why::NoNdc(2023));
}

#[test]
fn units_are_used_only_for_what_is_authorised() {
    for (uses, definition, allowed) in [
        (Use::Ndc, None, [true, false, false]),
        (
            Use::NdcAndImp,
            Some(Definition::UseOrCancellation),
            [true, true, false],
        ),
        (
            Use::NdcAndOp,
            Some(Definition::UseOrCancellation),
            [true, false, true],
        ),
        (
            Use::NdcAndOimp,
            Some(Definition::UseOrCancellation),
            [true, true, true],
        ),
    ] {
        let [_, mut swiss] = sold(uses, definition, 10);
        let purposes = [
            Purpose::Ndc,
            Purpose::InternationalMitigation,
            Purpose::OtherPurposes,
        ];
        for (purpose, allowed) in purposes.into_iter().zip(allowed) {
            let found = swiss.submit(&retire(purpose, Some(2025), Selection::Tonnes(1)));
            match found {
                Ok(_) => assert!(allowed, "{uses}: {purpose:?}"),
                Err(refusal) => {
                    assert!(!allowed, "{uses}: {purpose:?}: {refusal}");
                    assert!(matches!(why::<()>(Err(refusal)), Why::Use { .. }));
                }
            }
        }
    }
}

#[test]
fn units_without_authorisation_end_at_home_but_not_for_an_airline() {
    let [mut ghana, _] = parties(None);
    ghana.issue(TRADING, 10);
    for purpose in [Purpose::Ndc, Purpose::Voluntary, Purpose::OverallMitigation] {
        ghana.must(&retire(purpose, None, Selection::Tonnes(1)));
    }
    for purpose in [Purpose::InternationalMitigation, Purpose::OtherPurposes] {
        let refused = ghana.submit(&retire(purpose, None, Selection::Tonnes(1)));
        assert!(matches!(why(refused), Why::UnauthorisedUse(_)));
    }
    assert!(
        ghana
            .state
            .holdings()
            .all(|it| it.block.first_transfer.is_none())
    );
}

#[test]
fn authorised_units_that_end_at_home_give_their_place_to_others() {
    let [mut ghana, _] = parties(None);
    let mut it = authorisation(Use::Ndc, None);
    it.quantity = 10;
    authorise(&mut ghana, it);
    ghana.issue(TRADING, 20);
    put_under(&mut ghana, 10).unwrap();
    ghana.must(&retire(Purpose::Voluntary, None, numbers("GH-11-14")));
    assert_eq!((used(&ghana).put, used(&ghana).first_transferred), (6, 0));
    put_under(&mut ghana, 4).unwrap();
}

#[test]
fn a_cancellation_for_overall_mitigation_is_a_first_transfer_unless_there_was_one() {
    let [mut ghana, _] = authorised(Use::Ndc, None, 10);
    ghana.must(&retire(
        Purpose::OverallMitigation,
        None,
        Selection::Tonnes(3),
    ));
    assert_eq!(used(&ghana).first_transferred, 3);
    let [ghana, mut swiss] = sold(Use::Ndc, None, 10);
    swiss.must(&retire(
        Purpose::OverallMitigation,
        None,
        Selection::Tonnes(3),
    ));
    assert_eq!(used(&ghana).first_transferred, 10);
}

#[test]
fn a_contribution_to_the_adaptation_fund_is_a_first_transfer() {
    let [mut ghana, _] = authorised(Use::Ndc, None, 10);
    ghana.must(&Command::OpenAccount {
        organisation: OrganisationId(1),
        name: text("Adaptation Fund"),
        kind: AccountKind::ShareOfProceeds,
    });
    let to = countersign_protocol::id::AccountId(3);
    ghana.must(&Command::Transfer {
        from: TRADING,
        to,
        units: Selection::Tonnes(2),
    });
    assert_eq!(used(&ghana).first_transferred, 2);
    ghana.must(&Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units: Selection::Tonnes(2),
    });
    assert_eq!(used(&ghana).first_transferred, 2);
}

#[test]
fn a_contribution_abroad_to_the_adaptation_fund_is_told_to_the_party_of_the_units() {
    let definition = Some(Definition::UseOrCancellation);
    let [mut ghana, mut swiss] = sold(Use::Imp, definition, 10);
    swiss.must(&Command::OpenAccount {
        organisation: OrganisationId(1),
        name: text("Adaptation Fund"),
        kind: AccountKind::ShareOfProceeds,
    });
    swiss.must(&Command::Transfer {
        from: TRADING,
        to: countersign_protocol::id::AccountId(3),
        units: numbers("GH-1-4"),
    });
    let mark = unit(&swiss, 1).block.first_transfer.unwrap();
    assert!(!is_first_transferred(&ghana, 1));
    let notice = UseNotified {
        ranges: vec![range("GH-1-4")],
        purpose: NotifiedUse::AdaptationFund,
        party: swiss.party,
        day: text("2025-07-07"),
        reference: text("Notice 1"),
        by: Vec::new(),
    };
    put(&mut ghana, Article6::UseNotified(notice.clone())).unwrap();
    assert_eq!(unit(&ghana, 1).block.first_transfer, Some(mark));
    assert_eq!(used(&ghana).first_transferred, 4);
    // It is one for ever: what is contributed is not used as well.
    let again = UseNotified {
        purpose: NotifiedUse::InternationalMitigation,
        ..notice
    };
    let again = why(put(&mut ghana, Article6::UseNotified(again)));
    assert!(matches!(again, Why::Terms(_)), "{again}");
}

#[test]
fn nothing_moves_after_use_or_cancellation() {
    let [ghana, mut swiss] = sold(Use::Ndc, None, 10);
    swiss.must(&retire(Purpose::Ndc, Some(2025), Selection::Tonnes(10)));
    let units = numbers("GH-1-10");
    let to = RESERVE;
    for command in [
        Command::Transfer {
            from: TRADING,
            to,
            units: units.clone(),
        },
        retire(Purpose::Voluntary, None, units),
    ] {
        let refused = swiss.submit(&command).unwrap_err();
        assert!(matches!(refused, Refusal::NotHeld { .. }), "{refused}");
    }
    assert!(
        swiss
            .submit(&swiss.send_command(ghana.party, 1, 7))
            .is_err()
    );
}

#[test]
fn a_partner_can_not_change_what_units_are_authorised_for() {
    let [mut ghana, mut swiss] = sold(Use::Imp, Some(Definition::UseOrCancellation), 10);
    let (transfer, leaf) = swiss.send(ghana.party, 10, 2);
    let mut proven = swiss.prove(leaf);
    if let Body::Lock(lock) = &mut proven.record.body {
        for block in &mut lock.blocks {
            let authorisation = block.authorisation.unwrap();
            let uses = Use::NdcAndOimp;
            let authorisation = Some(countersign_protocol::units::UnitAuthorisation {
                uses,
                ..authorisation
            });
            *block = UnitBlock {
                authorisation,
                ..*block
            };
        }
    }
    ghana.receive_and_write(&proven);
    assert_eq!(
        ghana.stage_received(swiss.party, transfer),
        Some(TransferStage::Acquired)
    );
    assert_eq!(unit(&ghana, 1).block.authorisation.unwrap().uses, Use::Imp);
}

#[test]
fn an_agreement_of_another_approach_takes_no_units_of_this_one() {
    let [mut ghana, swiss] = authorised(Use::Ndc, None, 10);
    let mut other = crate::support::agreement_of(ghana.party, swiss.party);
    other.cooperative_approach = text("CA0002");
    ghana.must(&Command::SetAgreement(other));
    let send = send_numbers(&ghana, swiss.party);
    assert!(matches!(
        why(ghana.submit(&send)),
        Why::OtherApproach { .. }
    ));
}
