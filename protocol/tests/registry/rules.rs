//! Single rules that a random history meets seldom.

use countersign_protocol::article6::{AuthorisedUse, FirstTransferDefinition};
use countersign_protocol::federation::{FaultCode, ProvenRecord};
use countersign_protocol::id::{AccountId, AgreementId, Origin, RequestId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    Acquire, Body, KeyRotation, Lock, MAX_BLOCKS_BYTES, MAX_RECORD_BYTES, PartnerStatus,
    ProofReference, Record, Split,
};
use countersign_protocol::registry::{
    At, Command, MAX_TRANSFER_TONNES, Place, Refusal, Selection, State, TransferStage,
    TransferTerms, apply, transfer_id,
};
use countersign_protocol::serial::{DomesticSerial, SectoralScope, UnitType};
use countersign_protocol::units::{
    FirstTransfer, UNIT_NUMBER_MAX, UnitAuthorisation, UnitBlock, UnitRange,
};

use crate::support::invariants::check;
use crate::support::world::{countries, ghana_and_switzerland, settle};
use crate::support::{
    EXPIRY_MS, Ledger, RESERVE, TRADING, agreement_id, genesis_of, partner_of, range, text,
};

fn block(numbers: UnitRange, year: u16) -> UnitBlock {
    let scope = SectoralScope::new(3).unwrap();
    UnitBlock {
        serial: DomesticSerial::new(numbers, UnitType::ITMO, scope, 1, year).unwrap(),
        issued_at: 9,
        split_from: None,
        first_transfer: None,
        authorisation: None,
    }
}

/// A lock with a right id, whatever its blocks are.
fn lock_of(source: Party, destination: Party, blocks: Vec<UnitBlock>) -> Lock {
    let ranges: Vec<UnitRange> = blocks.iter().map(UnitBlock::range).collect();
    let agreement = agreement_id(source, destination);
    let (source, destination_origin) = (genesis_of(source).origin, genesis_of(destination).origin);
    let nonce = RequestId([1; 16]);
    let transfer = transfer_id(&TransferTerms {
        source: &source,
        destination: &destination_origin,
        agreement: &agreement,
        ranges: &ranges,
        from: TRADING,
        to: TRADING,
        nonce: &nonce,
        expiry_ms: EXPIRY_MS,
    });
    Lock {
        transfer,
        destination,
        destination_origin,
        agreement,
        from: TRADING,
        to: TRADING,
        blocks,
        nonce,
        expiry_ms: EXPIRY_MS,
    }
}

/// What a partner's log would prove of a lock that an honest partner never writes.
fn offer(from: &Ledger, to: Party, blocks: Vec<UnitBlock>) -> ProvenRecord {
    let mut proven = from.prove(0);
    proven.record.body = Body::Lock(lock_of(from.party, to, blocks));
    proven
}

/// The code with which the destination refuses an offer, once and for ever.
fn refused_with(to: &mut Ledger, from: &Ledger, blocks: Vec<UnitBlock>) -> Option<FaultCode> {
    let before = to.leaves.len();
    let proven = offer(from, to.party, blocks);
    to.receive(&proven).unwrap();
    match &to.leaves[before..] {
        [
            Record {
                body: Body::Refuse(it),
                ..
            },
        ] => FaultCode::from_code(it.code),
        [
            Record {
                body: Body::Acquire(_),
                ..
            },
        ] => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn units_that_come_home_are_what_they_were_when_they_left() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (_, _) = ghana.send(swiss.party, 40, 1);
    let mut both = [ghana, swiss];
    settle(&mut both);
    [ghana, swiss] = both;
    let abroad = ghana.state.holding(range("GH-61-100")).unwrap();
    assert_eq!(abroad.place, Place::Abroad(swiss.party));
    let mark = abroad.block.first_transfer.unwrap();
    assert_eq!((mark.party, mark.registry), (ghana.party, text("GHA01")));

    // Switzerland sends ten of them home as if they were of a later vintage.
    let forged = UnitBlock {
        serial: block(range("GH-91-100"), 2024).serial,
        ..abroad.block
    };
    let code = refused_with(&mut ghana, &swiss, vec![forged]);
    assert_eq!(code, Some(FaultCode::AttributesDiffer));

    // Others come home without their first transfer, or with another: ours is remembered.
    let another = FirstTransfer {
        cooperative_approach: text("CA0099"),
        registry: text("CHE01"),
        party: swiss.party,
    };
    for (numbers, claimed) in [("GH-61-70", None), ("GH-71-80", Some(another))] {
        let claim = UnitBlock {
            first_transfer: claimed,
            ..abroad.block.part(range(numbers)).unwrap()
        };
        assert_eq!(refused_with(&mut ghana, &swiss, vec![claim]), None);
        let home = ghana.state.holding(range(numbers)).unwrap();
        assert_eq!(home.block.first_transfer, Some(mark));
        check(&ghana.state);
    }
}

#[test]
fn nobody_abroad_can_bring_in_units_of_our_own_that_are_not_abroad() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    ghana.send(swiss.party, 40, 1);
    let mut both = [ghana, swiss];
    settle(&mut both);
    [ghana, swiss] = both;
    let known = ghana.state.holding(range("GH-61-100")).unwrap().block;
    for (numbers, code) in [
        ("GH-101-110", FaultCode::OwnUnitsNotAbroad), // never issued
        ("GH-91-110", FaultCode::OwnUnitsNotAbroad),  // issued in part
        ("GH-51-70", FaultCode::UnitsAlreadyHeld),    // abroad in part
        ("GH-1-10", FaultCode::UnitsAlreadyHeld),     // here
    ] {
        let claim = UnitBlock {
            issued_at: known.issued_at,
            ..block(range(numbers), 2023)
        };
        let found = refused_with(&mut ghana, &swiss, vec![claim]);
        assert_eq!(found, Some(code), "{numbers}");
        check(&ghana.state);
    }
    // The same ten tonnes twice in one lock.
    let ten = known.part(range("GH-61-70")).unwrap();
    let found = refused_with(&mut ghana, &swiss, vec![ten, ten]);
    assert_eq!(found, Some(FaultCode::UnitsAlreadyHeld));
}

#[test]
fn a_lock_within_the_limit_of_its_blocks_can_always_be_acquired_in_one_record() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(1);
    // The largest blocks: every field at its longest.
    let largest = |number: u64| UnitBlock {
        serial: DomesticSerial::new(
            UnitRange::new(
                text("GH"),
                UNIT_NUMBER_MAX - number,
                UNIT_NUMBER_MAX - number,
            )
            .unwrap(),
            text("ABCDEFGHIJKL"),
            SectoralScope::new(16).unwrap(),
            u32::MAX,
            2199,
        )
        .unwrap()
        .with_reserved(u32::MAX),
        issued_at: u64::MAX,
        split_from: Some(
            UnitRange::new(text("GH"), UNIT_NUMBER_MAX - 99, UNIT_NUMBER_MAX).unwrap(),
        ),
        first_transfer: Some(FirstTransfer {
            cooperative_approach: text("CA9999"),
            registry: text("GHA99"),
            party: text("GH"),
        }),
        authorisation: Some(UnitAuthorisation {
            id: text("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"),
            version: u32::MAX,
            cooperative_approach: text("CA9999"),
            uses: AuthorisedUse::NdcAndOp,
            definition: Some(FirstTransferDefinition::FirstInternationalTransfer),
        }),
    };
    let fits = MAX_BLOCKS_BYTES / 171;
    let blocks = |count: usize| (0..count as u64).map(largest).collect::<Vec<_>>();
    let agreement: AgreementId = "a".repeat(64).parse().unwrap();
    let origin: Origin = "o".repeat(255).parse().unwrap();
    let account = AccountId(u32::MAX);
    let fits_a_record = |body: Body| {
        let record = Record {
            time_ms: u64::MAX,
            request: RequestId([0xff; 16]),
            body,
        };
        let bytes = record.encode();
        assert!(bytes.len() <= MAX_RECORD_BYTES, "{} bytes", bytes.len());
        assert_eq!(Record::decode(&bytes), Ok(record));
    };
    fits_a_record(Body::Lock(Lock {
        agreement: agreement.clone(),
        destination_origin: origin.clone(),
        from: account,
        to: account,
        expiry_ms: u64::MAX,
        ..lock_of(ghana.party, swiss.party, blocks(fits))
    }));
    fits_a_record(Body::Acquire(Acquire {
        transfer: TransferId([0xff; 32]),
        source: ghana.party,
        agreement,
        account,
        blocks: blocks(fits),
        proof: ProofReference {
            origin,
            index: u64::MAX - 1,
            size: u64::MAX,
            root: [0xff; 32],
        },
    }));

    // One block more is refused at home, and answered abroad.
    let over = lock_of(ghana.party, swiss.party, blocks(fits + 1));
    assert_eq!(
        ghana.write(Body::Lock(over)).unwrap_err(),
        Refusal::TooManyRanges
    );
    assert_eq!(
        refused_with(&mut swiss, &ghana, blocks(fits + 1)),
        Some(FaultCode::FrameTooLarge)
    );
}

#[test]
fn an_intent_never_becomes_a_lock_that_is_too_long_for_a_record() {
    let (mut ghana, swiss) = ghana_and_switzerland(1);
    // Sixty-four single tonnes that came from a third country, so that each carries its first transfer and lineage.
    let mut vanuatu = Ledger::new("VU");
    vanuatu.issue(TRADING, 20_000);
    vanuatu.meet(ghana.party);
    ghana.meet(vanuatu.party);
    for nonce in 0..64 {
        vanuatu.send(ghana.party, 1, nonce);
    }
    let mut both = [ghana, vanuatu];
    settle(&mut both);
    [ghana, vanuatu] = both;
    assert_eq!(vanuatu.available(TRADING), 20_000 - 64);
    let sixty_four = ghana.send_command(swiss.party, 64, 9);
    assert_eq!(ghana.submit(&sixty_four), Err(Refusal::TooManyRanges));
    // Fewer tonnes at a time go through, as the refusal says.
    let (_, leaf) = ghana.send(swiss.party, 40, 9);
    assert!(ghana.leaves[leaf as usize].encode().len() <= MAX_RECORD_BYTES);
}

#[test]
fn no_partner_can_fill_a_ledger_with_invented_units() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let too_much = UnitRange::new(text("GH"), 1, MAX_TRANSFER_TONNES + 1).unwrap();
    let code = refused_with(&mut swiss, &ghana, vec![block(too_much, 2023)]);
    assert_eq!(code, Some(FaultCode::AgreementLimit));
    let most = UnitRange::new(text("GH"), 1, MAX_TRANSFER_TONNES).unwrap();
    assert_eq!(
        refused_with(&mut swiss, &ghana, vec![block(most, 2023)]),
        None
    );

    // A registry that has counted to the end takes no more, and what it has can still move and settle.
    let issue = |tonnes| Command::Issue {
        account: TRADING,
        project: 1,
        year: 2023,
        unit_type: UnitType::ITMO,
        tonnes,
    };
    assert_eq!(ghana.submit(&issue(u64::MAX)), Err(Refusal::Overflow));
    ghana.must(&issue(UNIT_NUMBER_MAX - 100));
    assert_eq!(ghana.submit(&issue(1)), Err(Refusal::Overflow));
    let one = UnitRange::new(text("VU"), 1, 1).unwrap();
    let code = refused_with(&mut ghana, &swiss, vec![block(one, 2023)]);
    assert_eq!(code, Some(FaultCode::Policy));
    check(&ghana.state);
}

#[test]
fn two_partners_can_not_keep_one_log_and_no_registry_is_of_another_party() {
    let mut ghana = countries(&["GH", "CH"]).remove(0);
    let mut imposter = partner_of(text("AT"), PartnerStatus::Active);
    imposter.origin = genesis_of(text("CH")).origin;
    let refusal = ghana.submit(&Command::SetPartner(imposter)).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::OriginTaken {
            origin: "ch.example/ledger".to_owned(),
            party: text("CH")
        }
    );
    let mut stranger = partner_of(text("AT"), PartnerStatus::Active);
    stranger.registry = text("CHE01");
    assert!(matches!(
        ghana.submit(&Command::SetPartner(stranger)),
        Err(Refusal::RegistryOfAnother { .. })
    ));
}

#[test]
fn a_split_keeps_lineage_flags_and_holds() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    ghana.must(&Command::Hold {
        account: TRADING,
        ranges: vec![range("GH-1-100")],
        lift: false,
        reason: text("court order"),
    });
    let held = ghana.send_command(swiss.party, 1, 1);
    assert!(matches!(ghana.submit(&held), Err(Refusal::TooFew { .. })));
    let whole = ghana.state.holding(range("GH-1-100")).unwrap();
    ghana
        .write(Body::Split(Split {
            range: range("GH-1-100"),
            at: 61,
        }))
        .unwrap();
    for part in ["GH-1-60", "GH-61-100"] {
        let holding = ghana.state.holding(range(part)).unwrap();
        assert_eq!(holding.place, Place::OnHold(TRADING));
        assert_eq!(holding.block.split_from, Some(range("GH-1-100")));
        assert_eq!(holding.block.issued_at, whole.block.issued_at);
    }
    ghana.must(&Command::Hold {
        account: TRADING,
        ranges: vec![range("GH-61-100")],
        lift: true,
        reason: text("lifted"),
    });
    assert_eq!(ghana.available(TRADING), 40);
    let (transfer, _) = ghana.send(swiss.party, 40, 1);
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Locked);
}

#[test]
fn the_giver_keeps_the_head_and_named_ranges_are_cut_out_exactly() {
    let mut ghana = Ledger::new("GH");
    ghana.issue(TRADING, 100);
    let give = |units| Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units,
    };
    ghana.must(&give(Selection::Tonnes(10)));
    assert!(ghana.state.holding(range("GH-91-100")).is_some());
    let named = ["GH-5-9", "GH-50-50", "GH-1-2", "GH-10-20"]
        .map(range)
        .to_vec();
    ghana.must(&give(Selection::Ranges(named.clone())));
    for part in named {
        let place = ghana.state.holding(part).unwrap().place;
        assert_eq!(place, Place::Available(RESERVE), "{part}");
    }
    assert_eq!(ghana.available(RESERVE), 10 + 5 + 1 + 2 + 11);
    let twice = ["GH-30-40", "GH-40-45"].map(range).to_vec();
    assert!(matches!(
        ghana.submit(&give(Selection::Ranges(twice))),
        Err(Refusal::Overlap(_))
    ));
    check(&ghana.state);
}

#[test]
fn a_rotation_begins_after_its_own_leaf() {
    let mut ghana = Ledger::new("GH");
    let rotation = |from_size| {
        Body::KeyRotation(KeyRotation {
            log_key: text("gh.example/ledger+11111111+AQ=="),
            from_size,
        })
    };
    let index = ghana.state.size();
    assert_eq!(
        ghana.write(rotation(index + 1)),
        Err(Refusal::RotationSize(index + 1))
    );
    ghana.write(rotation(index + 2)).unwrap();
    let log_key = text("gh.example/ledger+22222222+AQ==");
    let planned = ghana.must(&Command::RotateKey { log_key });
    let (_, from_size) = ghana.state.log_key().unwrap();
    assert!(from_size > planned[0] + 1);
}

#[test]
fn nothing_follows_out_of_order() {
    let mut state = State::default();
    let mut ghana = Ledger::new("GH");
    let first = ghana.leaves[0].clone();
    let at = |index| At {
        index,
        hash: [0; 32],
    };
    let wrong = apply(&mut state, at(1), &first).unwrap_err();
    assert_eq!(
        wrong,
        Refusal::Index {
            found: 1,
            wanted: 0
        }
    );
    assert_eq!(
        apply(&mut state, at(0), &ghana.leaves[1]).unwrap_err(),
        Refusal::Genesis
    );
    assert_eq!(state, State::default());
    apply(&mut state, at(0), &first).unwrap();
    assert_eq!(
        apply(&mut state, at(1), &first).unwrap_err(),
        Refusal::Genesis
    );
    ghana.time_ms -= 1;
    assert!(matches!(
        ghana.write(Body::Genesis(genesis_of(ghana.party))),
        Err(Refusal::Time { .. })
    ));
}
