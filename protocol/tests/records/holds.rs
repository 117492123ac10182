//! Samples of holds and of a migration.

use countersign_protocol::id::{AccountId, OrganisationId, RequestId};
use countersign_protocol::record::{
    ActedBy, Body, CaseAct, CaseMigrated, DecodeError, Fate, HoldLifted, HoldOn, HoldPlaced,
    ProcessAdopted, Receiver, Record, Reservation, Sending, TrustedReceiver,
};
use countersign_protocol::units::UnitRange;

use crate::samples::samples;

fn text<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub(crate) fn authority_samples() -> Vec<(&'static str, Body)> {
    let by = ActedBy {
        user: 7,
        organisation: OrganisationId(2),
        organisation_type: text("government"),
        role: text("administrator"),
        scopes: Vec::new(),
    };
    let account = HoldPlaced {
        hold: 1,
        on: HoldOn::Account(AccountId(3)),
        reason: text("Fraud is being investigated"),
        authority: OrganisationId(2),
        reference: text("High Court, order 12/2026"),
        expiry_ms: Some(1_751_932_800_000),
        by: Some(by.clone()),
    };
    let ranges = HoldPlaced {
        hold: 2,
        on: HoldOn::Ranges(vec![text("GH-1-5"), text("GH-9-11")]),
        expiry_ms: None,
        by: None,
        ..account.clone()
    };
    let project = HoldPlaced {
        on: HoldOn::Project(7),
        ..account.clone()
    };
    let organisation = HoldPlaced {
        on: HoldOn::Organisation(OrganisationId(4)),
        ..account.clone()
    };
    let lifted = HoldLifted {
        hold: 1,
        reason: text("Acquitted"),
        authority: OrganisationId(2),
        reference: text("High Court, judgment 31/2026"),
        by: Some(by.clone()),
    };
    let second = ActedBy {
        user: 8,
        ..by.clone()
    };
    let migrated = CaseMigrated {
        case: 4,
        process: [0x75; 32],
        by: vec![by.clone(), second.clone()],
    };
    let adopted = ProcessAdopted {
        process: [0x76; 32],
        version: 3,
        parts: 2,
        by: vec![by.clone(), second.clone()],
    };
    let trusted = TrustedReceiver {
        organisation: OrganisationId(3),
        receiver: Receiver::Organisation(OrganisationId(4)),
        removed: false,
        by: vec![by.clone(), second],
    };
    let no_more = TrustedReceiver {
        receiver: Receiver::Abroad {
            party: text("CH"),
            account: AccountId(5),
        },
        removed: true,
        by: vec![by],
        ..trusted.clone()
    };
    let sends = CaseAct {
        case: 9,
        step: text("request"),
        no: false,
        by: None,
        form: None,
        documents: Vec::new(),
        comment: None,
        names: None,
        amounts: Vec::new(),
        period: None,
        reservation: Some(Reservation {
            account: AccountId(2),
            ranges: vec![text("GH-1-5")],
            fate: Fate::Send(Box::new(Sending {
                destination: text("CH"),
                agreement: text("CH-GH-2020"),
                to: AccountId(1),
                nonce: RequestId([0x07; 16]),
                expiry_ms: 1_751_932_800_000,
            })),
        }),
    };
    vec![
        ("hold_placed_account", Body::HoldPlaced(account)),
        ("hold_placed_ranges", Body::HoldPlaced(ranges)),
        ("hold_placed_project", Body::HoldPlaced(project)),
        ("hold_placed_organisation", Body::HoldPlaced(organisation)),
        ("hold_lifted", Body::HoldLifted(lifted)),
        ("case_migrated", Body::CaseMigrated(migrated)),
        ("case_act_that_will_send", Body::CaseAct(sends)),
        ("trusted_receiver", Body::TrustedReceiver(trusted)),
        ("trusted_receiver_removed", Body::TrustedReceiver(no_more)),
        ("process_adopted_by_two", Body::ProcessAdopted(adopted)),
    ]
}

#[test]
fn the_ranges_of_a_hold_stand_in_order_and_apart() {
    let mut samples = samples().into_iter();
    let record = samples
        .find(|(name, _)| *name == "hold_placed_ranges")
        .unwrap()
        .1;
    let Body::HoldPlaced(sample) = &record.body else {
        panic!("a hold");
    };
    for (wrong, ranges) in [
        ("descending", ["GH-9-11", "GH-1-5"]),
        ("overlapping", ["GH-1-5", "GH-5-7"]),
        ("twice", ["GH-1-5", "GH-1-5"]),
    ] {
        let on = HoldOn::Ranges(ranges.map(text::<UnitRange>).to_vec());
        let body = Body::HoldPlaced(HoldPlaced {
            on,
            ..sample.clone()
        });
        let wrong_record = Record {
            body,
            ..record.clone()
        };
        let decoded = Record::decode(&wrong_record.encode());
        assert!(
            matches!(
                decoded,
                Err(DecodeError::Field {
                    field: "ranges",
                    ..
                })
            ),
            "{wrong}: {decoded:?}"
        );
    }
}
