//! Which event is the first transfer: the whole table.

use countersign_protocol::article6::{
    AuthorisedUse as Use, FirstTransferDefinition as Definition, TransferEvent as Event,
    is_first_transfer,
};

/// The events that are a first transfer of units with these uses and this definition, as the decisions say it in words.
fn expected(uses: Use, definition: Option<Definition>) -> Vec<Event> {
    // Whatever the uses: 4/CMA.6 paras 16 and 17, 7/CMA.4 annex I paras 39 and 40.
    let mut events = vec![
        Event::OverallMitigation,
        Event::AdaptationFund,
        Event::MechanismShare,
    ];
    let (ndc, imp, op) = match uses {
        Use::Ndc => (true, false, false),
        Use::Oimp => (false, true, true),
        Use::Imp => (false, true, false),
        Use::Op => (false, false, true),
        Use::NdcAndOimp => (true, true, true),
        Use::NdcAndImp => (true, true, false),
        Use::NdcAndOp => (true, false, true),
    };
    if ndc {
        events.push(Event::InternationalTransfer);
    }
    if imp || op {
        match definition {
            Some(Definition::Authorisation) => events.push(Event::Authorisation),
            Some(Definition::Issuance) => events.push(Event::Issuance),
            Some(Definition::UseOrCancellation | Definition::FirstInternationalTransfer) => {
                if imp {
                    events.push(Event::UseForImp);
                }
                if op {
                    events.push(Event::UseForOp);
                }
                if definition == Some(Definition::FirstInternationalTransfer) && !ndc {
                    events.push(Event::InternationalTransfer);
                }
            }
            None => {}
        }
    }
    events.sort();
    events
}

#[test]
fn every_use_definition_and_event_follows_the_table() {
    let definitions = Definition::ALL.map(Some).into_iter().chain([None]);
    for definition in definitions {
        for uses in Use::ALL {
            let mut found: Vec<Event> = Event::ALL
                .into_iter()
                .filter(|event| is_first_transfer(Some(uses), definition, *event, false))
                .collect();
            found.sort();
            assert_eq!(found, expected(uses, definition), "{uses:?} {definition:?}");
        }
    }
}

#[test]
fn nothing_is_first_transferred_twice() {
    for definition in Definition::ALL {
        for uses in Use::ALL {
            for event in Event::ALL {
                assert!(!is_first_transfer(
                    Some(uses),
                    Some(definition),
                    event,
                    true
                ));
            }
        }
    }
}

#[test]
fn what_is_not_authorised_is_never_first_transferred() {
    for definition in Definition::ALL {
        for event in Event::ALL {
            assert!(!is_first_transfer(None, Some(definition), event, false));
        }
    }
}

#[test]
fn units_for_both_purposes_are_first_transferred_by_the_earlier_event() {
    // Issued first, and sold abroad later: the issuance is it, and the sale is not.
    let (uses, definition) = (Some(Use::NdcAndImp), Some(Definition::Issuance));
    assert!(is_first_transfer(uses, definition, Event::Issuance, false));
    assert!(!is_first_transfer(
        uses,
        definition,
        Event::InternationalTransfer,
        true
    ));
    // Sold abroad first, and cancelled by an airline later: the sale is it.
    let definition = Some(Definition::UseOrCancellation);
    assert!(is_first_transfer(
        uses,
        definition,
        Event::InternationalTransfer,
        false
    ));
    assert!(!is_first_transfer(uses, definition, Event::UseForImp, true));
}

#[test]
fn units_for_an_airline_only_are_not_first_transferred_by_crossing_a_border() {
    let definition = Some(Definition::UseOrCancellation);
    let crosses =
        |uses| is_first_transfer(Some(uses), definition, Event::InternationalTransfer, false);
    assert!(!crosses(Use::Imp));
    assert!(crosses(Use::NdcAndImp));
}
