//! Invite and agreement files: what two countries exchange before anything moves between them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use countersign_protocol::federation::FileError;
use countersign_protocol::federation::agreement::{
    AGREEMENT_BYTES_MAX, Agreement, AgreementError, AgreementFile, AgreementParty, MaxTonnes,
    SourceFinal, VintageYear,
};
use countersign_protocol::federation::invite::{
    INVITE_ADDRESSES_MAX, INVITE_BYTES_MAX, Invite, InviteError, InviteFields,
};
use countersign_protocol::log::{KeyKind, NoteError, SignedNote, SignerKey};
use countersign_protocol::record::PartnerStatus;
use countersign_protocol::serial::{CooperativeApproachId, SectoralScope};
use countersign_protocol::time::Timestamp;
use proptest::prelude::*;

const GH: &str = "registry.example.gov.gh/ledger";
const CH: &str = "registry.example.admin.ch/ledger";

fn key(name: &str, kind: KeyKind, seed: u8) -> SignerKey {
    SignerKey::from_seed(name, kind, &[seed; 32]).unwrap()
}

fn ghana_log() -> SignerKey {
    key(GH, KeyKind::Ed25519, 1)
}

fn swiss_log() -> SignerKey {
    key(CH, KeyKind::Ed25519, 2)
}

fn ghana() -> InviteFields {
    InviteFields {
        party: "GH".parse().unwrap(),
        origin: GH.parse().unwrap(),
        registry: "GHA01".parse().unwrap(),
        log_key: ghana_log().verifier().clone(),
        cosigner_key: key("registry.example.gov.gh/witness", KeyKind::CosignatureV1, 3)
            .verifier()
            .clone(),
        peer: "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN"
            .parse()
            .unwrap(),
        addresses: vec![
            "/dns4/node.example.gov.gh/tcp/4001".parse().unwrap(),
            "/dns4/node.example.gov.gh/udp/4001/quic-v1"
                .parse()
                .unwrap(),
        ],
        http: Some("https://registry.example.gov.gh".parse().unwrap()),
        issued: "2026-11-22T10:00:00Z".parse().unwrap(),
    }
}

fn agreement() -> Agreement {
    Agreement {
        id: "CH-GH-2020".parse().unwrap(),
        parties: [
            format!("CH {CH}").parse().unwrap(),
            format!("GH {GH}").parse().unwrap(),
        ],
        cooperative_approach: "CA0004".parse().unwrap(),
        directions: vec!["GH-CH".parse().unwrap()],
        valid_from: "2026-01-01T00:00:00Z".parse().unwrap(),
        valid_until: "2031-01-01T00:00:00Z".parse().unwrap(),
        max_tonnes: Some(MaxTonnes::new(1_000_000).unwrap()),
        max_tonnes_per_year: None,
        vintage_from: None,
        vintage_until: None,
        use_needs: None,
        unit_types: vec!["A6.4ER".parse().unwrap(), "ITMO".parse().unwrap()],
        scopes: vec![
            SectoralScope::new(3).unwrap(),
            SectoralScope::new(13).unwrap(),
        ],
    }
}

/// Signs any text as an invite would be signed, to show what reading makes of it.
fn signed(text: &str) -> Vec<u8> {
    SignedNote::sign(text, &ghana_log())
        .unwrap()
        .to_string()
        .into_bytes()
}

fn parse_edited(from: &str, to: &str) -> Result<Invite, InviteError> {
    let text = ghana().to_string();
    assert!(text.contains(from), "{from:?} is not in the invite");
    Invite::parse(&signed(&text.replace(from, to)))
}

#[test]
fn the_files_are_those_of_the_golden_copies() {
    let invite = Invite::sign(ghana(), &ghana_log()).unwrap();
    assert_eq!(invite.to_string(), include_str!("golden/invite-v1.txt"));
    assert_eq!(
        invite.fingerprint().to_string(),
        include_str!("golden/invite-v1.fingerprint").trim_end()
    );
    let mut file = AgreementFile::sign(agreement(), &swiss_log()).unwrap();
    file.countersign(&ghana_log(), swiss_log().verifier())
        .unwrap();
    assert_eq!(file.to_string(), include_str!("golden/agreement-v1.txt"));
}

#[test]
fn an_invite_that_was_signed_is_read_as_it_was_written() {
    let invite = Invite::sign(ghana(), &ghana_log()).unwrap();
    let read = Invite::parse(invite.to_string().as_bytes()).unwrap();
    assert_eq!(read, invite);
    assert_eq!(*read.fields(), ghana());
}

#[test]
fn changing_any_byte_of_an_invite_is_noticed() {
    let file = Invite::sign(ghana(), &ghana_log())
        .unwrap()
        .to_string()
        .into_bytes();
    for at in 0..file.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= flip;
            assert!(Invite::parse(&changed).is_err(), "byte {at} with {flip:#x}");
        }
        assert!(Invite::parse(&file[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn an_invite_signed_by_another_key_is_refused() {
    let other = key(GH, KeyKind::Ed25519, 9);
    assert_eq!(
        Invite::sign(ghana(), &other),
        Err(InviteError::WrongSigner(GH.into()))
    );
    let note = SignedNote::sign(&ghana().to_string(), &other)
        .unwrap()
        .to_string();
    let refused = Invite::parse(note.as_bytes());
    assert_eq!(
        refused,
        Err(InviteError::File(FileError::Note(
            NoteError::NoKnownSignature
        )))
    );
}

#[test]
fn another_key_or_address_gives_another_fingerprint() {
    let own = Invite::sign(ghana(), &ghana_log()).unwrap().fingerprint();
    let thief = key(GH, KeyKind::Ed25519, 9);
    let stolen = InviteFields {
        log_key: thief.verifier().clone(),
        ..ghana()
    };
    assert_ne!(Invite::sign(stolen, &thief).unwrap().fingerprint(), own);
    let moved = InviteFields {
        addresses: vec!["/ip4/203.0.113.9/tcp/4001".parse().unwrap()],
        ..ghana()
    };
    assert_ne!(
        Invite::sign(moved, &ghana_log()).unwrap().fingerprint(),
        own
    );
    assert_eq!(own.to_string().len(), 35);
}

#[test]
fn a_bad_line_of_an_invite_is_named_with_its_number() {
    let cases = [
        (
            "countersign-invite/v1",
            "countersign-invite/v2",
            "line 1 reads",
        ),
        (
            "party GH\n",
            "party Ghana\n",
            "line 2, party: country \"Ghana\" is not",
        ),
        (
            "party GH\n",
            "",
            "line 2 must read \"party VALUE\" but reads \"origin",
        ),
        ("registry GHA01", "registry GHA1", "line 4, registry:"),
        ("peer 12D3", "peer 0OIl", "line 7, peer:"),
        ("address /dns4", "address dns4", "line 8, address:"),
        ("http https://", "http gopher://", "line 10, http:"),
        (
            "issued 2026-11-22T10:00:00Z",
            "issued 2026-11-22",
            "line 11, issued: time \"2026-11-22\" is not",
        ),
        (
            "10:00:00Z\n",
            "10:00:00Z\nnote hello\n",
            "line 12 reads \"note hello\" and does not belong",
        ),
        ("10:00:00Z\n", "10:00:00Z\n\n", "line 12 reads \"\""),
        ("party GH", "party  GH", "line 2, party:"),
    ];
    for (from, to, told) in cases {
        let error = parse_edited(from, to).unwrap_err().to_string();
        assert!(error.contains(told), "{from:?} -> {to:?} says: {error}");
    }
}

#[test]
fn fields_of_an_invite_that_contradict_each_other_are_refused() {
    let sign = |fields| Invite::sign(fields, &ghana_log()).unwrap_err();
    let registry = InviteFields {
        registry: "CHE01".parse().unwrap(),
        ..ghana()
    };
    assert!(matches!(sign(registry), InviteError::RegistryParty { .. }));
    let origin = InviteFields {
        origin: CH.parse().unwrap(),
        ..ghana()
    };
    assert!(matches!(sign(origin), InviteError::LogKey { .. }));
    let log_key = key(GH, KeyKind::CosignatureV1, 1).verifier().clone();
    assert!(matches!(
        sign(InviteFields { log_key, ..ghana() }),
        InviteError::LogKey { .. }
    ));
    let cosigner_key = ghana_log().verifier().clone();
    assert!(matches!(
        sign(InviteFields {
            cosigner_key,
            ..ghana()
        }),
        InviteError::CosignerKey(_)
    ));
    let cosigner_key = key("w", KeyKind::CosignatureV1, 1).verifier().clone();
    assert_eq!(
        sign(InviteFields {
            cosigner_key,
            ..ghana()
        }),
        InviteError::SharedKey
    );
    let twice = InviteFields {
        addresses: vec!["/ip4/1.2.3.4".parse().unwrap(); 2],
        ..ghana()
    };
    assert!(matches!(sign(twice), InviteError::AddressTwice(_)));
}

#[test]
fn too_many_addresses_and_too_large_files_are_refused() {
    let address = |at: usize| format!("/ip4/203.0.113.{at}/tcp/4001").parse().unwrap();
    let most = InviteFields {
        addresses: (0..INVITE_ADDRESSES_MAX).map(address).collect(),
        ..ghana()
    };
    let invite = Invite::sign(most, &ghana_log()).unwrap();
    assert_eq!(Invite::parse(invite.to_string().as_bytes()), Ok(invite));
    let many = InviteFields {
        addresses: (0..=INVITE_ADDRESSES_MAX).map(address).collect(),
        ..ghana()
    };
    let refused = Invite::parse(&signed(&many.to_string()));
    assert!(matches!(
        refused,
        Err(InviteError::File(FileError::TooMany {
            key: "address",
            line: 24,
            ..
        }))
    ));
    assert!(matches!(
        Invite::sign(many, &ghana_log()),
        Err(InviteError::TooManyAddresses(17))
    ));
    let large = Invite::parse(&vec![b'a'; INVITE_BYTES_MAX + 1]);
    assert!(matches!(
        large,
        Err(InviteError::File(FileError::TooLong { .. }))
    ));
    let large = AgreementFile::parse(&vec![b'a'; AGREEMENT_BYTES_MAX + 1]);
    assert!(matches!(
        large,
        Err(AgreementError::File(FileError::TooLong { .. }))
    ));
}

#[test]
fn an_agreement_counts_only_when_both_parties_signed_the_same_text() {
    let (swiss, ghana) = (swiss_log(), ghana_log());
    let keys = [swiss.verifier(), ghana.verifier()];
    let first = AgreementFile::sign(agreement(), &swiss).unwrap();
    let mut file = AgreementFile::parse(first.to_string().as_bytes()).unwrap();
    assert_eq!(
        file.require_signature(swiss.verifier()),
        Ok("CH".parse().unwrap())
    );
    assert_eq!(
        file.require_both(keys),
        Err(AgreementError::NotSigned("GH".parse().unwrap()))
    );
    file.countersign(&ghana, swiss.verifier()).unwrap();
    let complete = AgreementFile::parse(file.to_string().as_bytes()).unwrap();
    assert_eq!(complete.require_both(keys), Ok(&agreement()));
    assert_eq!(complete.require_both([keys[1], keys[0]]), Ok(&agreement()));
    assert_eq!(complete.fingerprint(), first.fingerprint());
    let changed = file
        .to_string()
        .replace("max-tonnes 1000000", "max-tonnes 9000000");
    let changed = AgreementFile::parse(changed.as_bytes()).unwrap();
    let bad = AgreementError::File(FileError::Note(NoteError::BadSignature { name: CH.into() }));
    assert_eq!(changed.require_both(keys), Err(bad));
}

#[test]
fn countersigning_needs_the_true_signature_of_the_partner() {
    let (swiss, ghana) = (swiss_log(), ghana_log());
    let mut file = AgreementFile::sign(agreement(), &ghana).unwrap();
    let unsigned = file.countersign(&ghana, swiss.verifier());
    assert_eq!(
        unsigned,
        Err(AgreementError::NotSigned("CH".parse().unwrap()))
    );
    let stranger = key("registry.example.vu/ledger", KeyKind::Ed25519, 5);
    let foreign = AgreementError::ForeignKey(stranger.name().into());
    assert_eq!(
        file.countersign(&stranger, ghana.verifier()),
        Err(foreign.clone())
    );
    assert_eq!(
        file.countersign(&swiss, stranger.verifier()),
        Err(foreign.clone())
    );
    assert_eq!(AgreementFile::sign(agreement(), &stranger), Err(foreign));
}

#[test]
fn limits_by_unit_type_and_scope_are_recorded_as_they_were_signed() {
    let (swiss, ghana) = (swiss_log(), ghana_log());
    let mut file = AgreementFile::sign(agreement(), &swiss).unwrap();
    file.countersign(&ghana, swiss.verifier()).unwrap();
    let keys = [swiss.verifier(), ghana.verifier()];
    let recorded = file.record_for("GH".parse().unwrap(), keys).unwrap();
    assert!(!recorded.unit_types.is_empty() && !recorded.scopes.is_empty());
    assert_eq!(recorded.unit_types, agreement().unit_types);
    assert_eq!(recorded.scopes, agreement().scopes);
}

#[test]
fn each_ledger_records_the_agreement_from_its_own_side() {
    let (swiss, ghana) = (swiss_log(), ghana_log());
    let keys = [swiss.verifier(), ghana.verifier()];
    let open = Agreement {
        unit_types: Vec::new(),
        scopes: Vec::new(),
        ..agreement()
    };
    let mut file = AgreementFile::sign(open, &swiss).unwrap();
    let own = "GH".parse().unwrap();
    assert_eq!(
        file.record_for(own, keys),
        Err(AgreementError::NotSigned(own)),
        "half an agreement must not reach a ledger"
    );
    file.countersign(&ghana, swiss.verifier()).unwrap();
    let ours = file.record_for(own, keys).unwrap();
    let theirs = file.record_for("CH".parse().unwrap(), keys).unwrap();
    assert_eq!(
        (ours.partner.alpha3(), ours.outgoing, ours.incoming),
        ("CHE", true, false)
    );
    assert_eq!(
        (theirs.partner.alpha3(), theirs.outgoing, theirs.incoming),
        ("GHA", false, true)
    );
    assert_eq!(
        (ours.max_tonnes, ours.document),
        (1_000_000, theirs.document)
    );
    assert_eq!(
        (ours.valid_from_ms, ours.valid_to_ms),
        (1_767_225_600_000, 1_924_992_000_000)
    );
    let stranger = "VU".parse().unwrap();
    assert_eq!(
        file.record_for(stranger, keys),
        Err(AgreementError::NotAParty(stranger))
    );
}

#[test]
fn an_invite_gives_the_partner_record() {
    let invite = Invite::sign(ghana(), &ghana_log()).unwrap();
    let partner = invite.record().unwrap();
    assert_eq!(
        (partner.party, partner.registry, partner.status),
        (ghana().party, ghana().registry, PartnerStatus::Active)
    );
    assert_eq!(partner.log_key.as_str(), ghana_log().verifier().to_string());
    assert_eq!(
        (partner.peer.as_str(), partner.invite),
        (ghana().peer.as_str(), invite.digest())
    );
}

#[test]
fn one_party_cannot_stand_in_for_both() {
    let ghana = ghana_log();
    let mut file = AgreementFile::sign(agreement(), &ghana).unwrap();
    assert_eq!(
        file.require_both([ghana.verifier(), ghana.verifier()]),
        Err(AgreementError::Parties)
    );
    assert_eq!(
        file.countersign(&ghana, ghana.verifier()),
        Err(AgreementError::Parties)
    );
    let second = key(GH, KeyKind::Ed25519, 7);
    assert_eq!(
        file.countersign(&second, ghana.verifier()),
        Err(AgreementError::Parties)
    );
}

#[test]
fn terms_that_contradict_each_other_are_refused() {
    let sign = |terms: Agreement| AgreementFile::sign(terms, &ghana_log()).unwrap_err();
    let [swiss, ghana] = agreement().parties;
    let swapped = Agreement {
        parties: [ghana.clone(), swiss.clone()],
        ..agreement()
    };
    assert_eq!(sign(swapped), AgreementError::Parties);
    let alone = AgreementParty {
        party: swiss.party,
        ..ghana.clone()
    };
    assert_eq!(
        sign(Agreement {
            parties: [swiss.clone(), alone],
            ..agreement()
        }),
        AgreementError::Parties
    );
    let one_origin = AgreementParty {
        origin: swiss.origin.clone(),
        ..ghana
    };
    assert_eq!(
        sign(Agreement {
            parties: [swiss, one_origin],
            ..agreement()
        }),
        AgreementError::Parties
    );
    for wrong in [
        &[][..],
        &["GH-VU"],
        &["GH-GH"],
        &["GH-CH", "GH-CH"],
        &["GH-CH", "CH-GH"],
    ] {
        let directions = wrong.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(
            sign(Agreement {
                directions,
                ..agreement()
            }),
            AgreementError::Directions,
            "{wrong:?}"
        );
    }
    let ended = Agreement {
        valid_until: agreement().valid_from,
        ..agreement()
    };
    assert!(matches!(sign(ended), AgreementError::Period { .. }));
    let unit_types = agreement().unit_types.into_iter().rev().collect();
    assert_eq!(
        sign(Agreement {
            unit_types,
            ..agreement()
        }),
        AgreementError::List("unit-type")
    );
    let scopes = vec![SectoralScope::new(3).unwrap(); 2];
    assert_eq!(
        sign(Agreement {
            scopes,
            ..agreement()
        }),
        AgreementError::List("scope")
    );
}

prop_compose! {
    fn any_agreement()(
        id in "[A-Za-z0-9._-]{1,64}", origins in ("[a-z]{1,40}/a", "[a-z]{1,40}/b"), directions in 1..4_usize, approach in 1..=9999_u16,
        from in 0..4_000_000_000_u64, days in 1..20_000_u64, max in proptest::option::of(1..=i64::MAX as u64),
        per_year in proptest::option::of(1..=i64::MAX as u64), vintages in (proptest::option::of(1990..=2050_u16), proptest::option::of(2050..=2199_u16)),
        unit_types in prop::collection::btree_set("[A-Z0-9.]{1,12}", 0..6), scopes in prop::collection::btree_set(1..=16_u8, 0..17),
        use_needs in proptest::option::of(Just(SourceFinal)),
    ) -> Agreement {
        let both = ["CH-GH", "GH-CH"];
        let directions = if directions == 3 { &both[..] } else { &both[directions - 1..directions] };
        Agreement {
            id: id.parse().unwrap(),
            parties: [format!("CH {}", origins.0).parse().unwrap(), format!("GH {}", origins.1).parse().unwrap()],
            cooperative_approach: CooperativeApproachId::new(approach).unwrap(),
            directions: directions.iter().map(|text| text.parse().unwrap()).collect(),
            valid_from: Timestamp::from_seconds(from).unwrap(),
            valid_until: Timestamp::from_seconds(from + days * 86_400).unwrap(),
            max_tonnes: max.map(|tonnes| MaxTonnes::new(tonnes).unwrap()),
            max_tonnes_per_year: per_year.map(|tonnes| MaxTonnes::new(tonnes).unwrap()),
            vintage_from: vintages.0.map(|year| VintageYear::new(year).unwrap()),
            vintage_until: vintages.1.map(|year| VintageYear::new(year).unwrap()),
            unit_types: unit_types.iter().map(|text| text.parse().unwrap()).collect(),
            scopes: scopes.into_iter().map(|number| SectoralScope::new(number).unwrap()).collect(),
            use_needs,
        }
    }
}

prop_compose! {
    fn any_invite()(
        seeds in (0..100_u8, 100..200_u8), origin in "[a-z.]{1,60}/ledger", number in 1..=99_u8, issued in 0..10_000_000_000_u64,
        addresses in prop::collection::btree_set("/[a-z0-9/.]{1,60}", 0..=INVITE_ADDRESSES_MAX), http in proptest::option::of("https?://[a-z]{1,30}"),
    ) -> (InviteFields, SignerKey) {
        let signer = key(&origin, KeyKind::Ed25519, seeds.0);
        let fields = InviteFields {
            origin: origin.parse().unwrap(),
            registry: format!("GHA{number:02}").parse().unwrap(),
            log_key: signer.verifier().clone(),
            cosigner_key: key("w", KeyKind::CosignatureV1, seeds.1).verifier().clone(),
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
            http: http.map(|text| text.parse().unwrap()),
            issued: Timestamp::from_seconds(issued).unwrap(),
            ..ghana()
        };
        (fields, signer)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_invite_survives_its_file((fields, signer) in any_invite()) {
        let invite = Invite::sign(fields.clone(), &signer).unwrap();
        let read = Invite::parse(invite.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.fields(), &fields);
        prop_assert_eq!(read.to_string(), invite.to_string());
        prop_assert_eq!(read.fingerprint(), invite.fingerprint());
    }

    #[test]
    fn every_agreement_survives_its_file(agreement in any_agreement()) {
        let name = agreement.parties[0].origin.as_str().to_owned();
        let file = AgreementFile::sign(agreement.clone(), &key(&name, KeyKind::Ed25519, 4)).unwrap();
        let read = AgreementFile::parse(file.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.unverified(), &agreement);
        prop_assert_eq!(read.to_string(), file.to_string());
    }

    #[test]
    fn lines_in_another_order_or_doubled_are_refused((fields, signer) in any_invite(), a in any::<usize>(), b in any::<usize>()) {
        let text = fields.to_string();
        let mut lines: Vec<&str> = text.lines().collect();
        let (a, b) = (a % lines.len(), b % lines.len());
        if a == b { lines.insert(a, lines[a]) } else { lines.swap(a, b) }
        let edited = lines.join("\n") + "\n";
        let note = SignedNote::sign(&edited, &signer).unwrap().to_string();
        match Invite::parse(note.as_bytes()) {
            // Addresses may stand in any order, and the text keeps it.
            Ok(read) => prop_assert!(a != b && read.to_string() == note && lines[a].starts_with("address") && lines[b].starts_with("address")),
            Err(InviteError::File(_) | InviteError::AddressTwice(_)) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn reading_any_signed_text_ends_in_a_file_or_a_refusal(text in "(countersign-(invite|agreement)/v1\n)?([a-z-]{1,12} [ -~]{0,40}\n){0,12}") {
        prop_assume!(text.ends_with('\n'));
        let note = signed(&text);
        prop_assert!(Invite::parse(&note).is_err() && AgreementFile::parse(&note).is_err());
    }
}
