//! At least one record of every kind; kinds with optional fields have one sample with them and one without.

use countersign_protocol::id::{AccountId, OrganisationId, RequestId, TransferId};
use countersign_protocol::record::{
    Account, AccountKind, Acquire, ActedBy, Agreement, AskCancel, AttachedDocument, BlockHeader,
    Body, CaseAct, CaseOpened, Claim, Commitment, Continues, Contradiction, Discrepancy, Fate,
    Finalise, FreezeEnded, FreezeHonoured, Genesis, Hold, Issuance, KeyRotation, LedgerAccused,
    LedgerCleared, Lock, Organisation, OrganisationKind, Partner, PartnerStatus,
    PositionDifference, PositionsCompared, ProcessAdopted, ProcessPart, Project, ProofReference,
    Purpose, Record, Refuse, Release, Reservation, Retire, RetireKind, SourceSettled, Split,
    Transfer, YearTonnes,
};
use countersign_protocol::serial::{DomesticSerial, SectoralScope, UnitType};
use countersign_protocol::units::{FirstTransfer, UnitBlock, UnitRange};

pub(crate) fn text<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub(crate) fn range(text_form: &str) -> UnitRange {
    text(text_form)
}

fn ghanaian_block(numbers: &str) -> UnitBlock {
    let serial = DomesticSerial::new(
        range(numbers),
        UnitType::ITMO,
        SectoralScope::new(3).unwrap(),
        7,
        2023,
    );
    UnitBlock {
        serial: serial.unwrap(),
        issued_at: 5,
        split_from: None,
        first_transfer: None,
        authorisation: None,
    }
}

fn travelled_block() -> UnitBlock {
    let block = ghanaian_block("GH-8268-20000");
    UnitBlock {
        serial: block.serial.with_reserved(4),
        split_from: Some(range("GH-1-20000")),
        first_transfer: Some(FirstTransfer {
            cooperative_approach: text("CA0001"),
            registry: text("GHA01"),
            party: text("GH"),
        }),
        ..block
    }
}

fn proof(origin: &str, index: u64, size: u64) -> ProofReference {
    ProofReference {
        origin: text(origin),
        index,
        size,
        root: [0xab; 32],
    }
}

const TRANSFER: TransferId = TransferId([0x01; 32]);

/// Every sample with the name of its golden file.
pub(crate) fn samples() -> Vec<(&'static str, Record)> {
    let mut bodies = setup();
    bodies.extend(units());
    bodies.extend(source());
    bodies.extend(destination());
    bodies.extend(process());
    // Each group counts from a number of its own, so that a new sample of one leaves the others as they are.
    (0..)
        .zip(bodies)
        .chain((100..).zip(crate::monitoring::samples()))
        .chain((200..).zip(crate::holds::authority_samples()))
        .chain((300..).zip(crate::article6::samples()))
        .chain((400..).zip(federation()))
        .chain((450..).zip(restraints()))
        .chain((480..).zip(continued()))
        .map(|(number, (name, body))| {
            let record = Record {
                time_ms: 1_751_846_400_000 + number,
                request: RequestId([number as u8; 16]),
                body,
            };
            (name, record)
        })
        .collect()
}

fn setup() -> Vec<(&'static str, Body)> {
    let genesis = Genesis {
        party: text("GH"),
        origin: text("gh.example/ledger"),
        network: text("devnet"),
        registry: text("GHA01"),
        name: text("Carbon Market Office"),
        log_key: text("gh.example/ledger+6f7a1c3d+AQIDBA=="),
        continues: None,
    };
    let organisation = Organisation {
        id: OrganisationId(1),
        name: text("Société d’énergie — Accra"),
        kind: OrganisationKind::Developer,
        organisation_type: None,
        scopes: Vec::new(),
    };
    let account = Account {
        id: AccountId(2),
        organisation: OrganisationId(1),
        name: text("Trading"),
        kind: AccountKind::EntityHolding,
    };
    let project = Project {
        number: 7,
        organisation: OrganisationId(1),
        title: text("Transformative Cookstove Activity in Rural Ghana"),
        scope: SectoralScope::new(3).unwrap(),
    };
    let rotation = KeyRotation {
        log_key: text("gh.example/ledger+11223344+AQUGBw=="),
        from_size: 103,
    };
    let partner = Partner {
        party: text("CH"),
        origin: text("ch.example/ledger"),
        registry: text("CHE01"),
        log_key: text("ch.example/ledger+55667788+AQgJCg=="),
        peer: text("12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X"),
        status: PartnerStatus::Active,
        invite: [0x5a; 32],
        continues: None,
    };
    let agreement = Agreement {
        id: text("CH-GH-2020"),
        partner: text("CH"),
        outgoing: true,
        incoming: true,
        valid_from_ms: 1_606_089_600_000,
        valid_to_ms: 1_924_991_999_999,
        max_tonnes: 10_000_000,
        max_tonnes_per_year: 0,
        vintage_from: None,
        vintage_until: None,
        use_needs_source_final: false,
        cooperative_approach: text("CA0001"),
        document: [0xd0; 32],
        unit_types: Vec::new(),
        scopes: Vec::new(),
    };
    let closed = Agreement {
        outgoing: false,
        incoming: false,
        valid_from_ms: 0,
        max_tonnes: 0,
        max_tonnes_per_year: 0,
        vintage_from: None,
        vintage_until: None,
        use_needs_source_final: false,
        unit_types: vec![text("A6.4ER"), text("ITMO")],
        scopes: [1, 13].map(|it| SectoralScope::new(it).unwrap()).to_vec(),
        ..agreement.clone()
    };
    let header = BlockHeader {
        height: 2,
        first: 9,
        previous: Some(Commitment([0x11; 32])),
        state: [0x22; 32],
    };
    let first_header = BlockHeader {
        height: 1,
        first: 0,
        previous: None,
        ..header.clone()
    };
    vec![
        ("genesis", Body::Genesis(genesis)),
        ("organisation", Body::Organisation(organisation)),
        ("account", Body::Account(account)),
        ("project", Body::Project(project)),
        ("key_rotation", Body::KeyRotation(rotation)),
        ("partner", Body::Partner(partner)),
        ("agreement", Body::Agreement(agreement)),
        ("agreement_closed", Body::Agreement(closed)),
        ("block_header", Body::BlockHeader(header)),
        ("block_header_first", Body::BlockHeader(first_header)),
    ]
}

/// A ledger that goes on from a closed one, and a partner's.
fn continued() -> Vec<(&'static str, Body)> {
    let setup: Vec<Body> = setup().into_iter().map(|(_, body)| body).collect();
    let genesis = setup.iter().find_map(|body| match body {
        Body::Genesis(it) => Some(it.clone()),
        _ => None,
    });
    let partner = setup.iter().find_map(|body| match body {
        Body::Partner(it) => Some(it.clone()),
        _ => None,
    });
    let continues = Some(Continues {
        origin: text("gh.example/ledger"),
        size: 120,
        root: [0x77; 32],
    });
    let genesis_continued = Genesis {
        origin: text("gh.example/ledger/2"),
        registry: text("GHA02"),
        log_key: text("gh.example/ledger/2+6f7a1c3e+AQIDBQ=="),
        continues: continues.clone(),
        ..genesis.unwrap()
    };
    let partner_continued = Partner {
        origin: text("ch.example/ledger/2"),
        registry: text("CHE02"),
        continues,
        ..partner.unwrap()
    };
    vec![
        ("genesis_continued", Body::Genesis(genesis_continued)),
        ("partner_continued", Body::Partner(partner_continued)),
    ]
}

/// What came with the second set of terms of agreements, and with evidence.
fn federation() -> Vec<(&'static str, Body)> {
    let mut setup = setup().into_iter().map(|(_, body)| body);
    let agreement = setup.find_map(|body| match body {
        Body::Agreement(it) => Some(it),
        _ => None,
    });
    let agreement = agreement.unwrap();
    let limited = Agreement {
        max_tonnes_per_year: 250_000,
        vintage_from: Some(2021),
        vintage_until: Some(2030),
        use_needs_source_final: true,
        ..agreement
    };
    let accused = LedgerAccused {
        party: text("CH"),
        kind: Contradiction::TwoBlocks,
        evidence: [0xe2; 32],
    };
    let cleared = LedgerCleared {
        party: text("CH"),
        evidence: [0xe2; 32],
        size: 1_200,
        root: [0x1d; 32],
        decision: [0xdc; 32],
    };
    vec![
        ("agreement_limited", Body::Agreement(limited)),
        ("ledger_accused", Body::LedgerAccused(accused)),
        ("ledger_cleared", Body::LedgerCleared(cleared)),
    ]
}

/// What a partner's ledger makes this one record of units.
fn restraints() -> Vec<(&'static str, Body)> {
    let compared = PositionsCompared {
        party: text("CH"),
        size: 1_200,
        root: [0x1d; 32],
        differences: vec![
            PositionDifference {
                range: text("CH-7-7"),
                kind: Discrepancy::Nowhere,
            },
            PositionDifference {
                range: text("GH-1-100"),
                kind: Discrepancy::HeldTwice,
            },
        ],
    };
    let agreed = PositionsCompared {
        size: 1_300,
        differences: Vec::new(),
        ..compared.clone()
    };
    let proof = ProofReference {
        origin: text("registry.example.admin.ch/ledger"),
        index: 40,
        size: 64,
        root: [0x1d; 32],
    };
    let honoured = FreezeHonoured {
        party: text("CH"),
        hold: 4,
        ranges: vec![text("CH-1-10"), text("GH-21-30")],
        reason: text("Stolen"),
        authority: text("Federal Office"),
        reference: text("Order 12/2027"),
        expiry_ms: 1_801_526_400_000,
        proof: proof.clone(),
    };
    let ended = FreezeEnded {
        party: text("CH"),
        hold: 4,
        reason: text("Given back"),
        proof: Some(proof),
        by: None,
    };
    let ended_here = FreezeEnded {
        proof: None,
        ..ended.clone()
    };
    vec![
        ("positions_compared", Body::PositionsCompared(compared)),
        ("positions_compared_agreed", Body::PositionsCompared(agreed)),
        ("freeze_honoured", Body::FreezeHonoured(Box::new(honoured))),
        ("freeze_ended", Body::FreezeEnded(Box::new(ended))),
        ("freeze_ended_here", Body::FreezeEnded(Box::new(ended_here))),
    ]
}

fn process() -> Vec<(&'static str, Body)> {
    let by = ActedBy {
        user: 7,
        organisation: OrganisationId(1),
        organisation_type: text("developer"),
        role: text("administrator"),
        scopes: vec![SectoralScope::new(3).unwrap()],
    };
    let enrolled = Organisation {
        id: OrganisationId(2),
        name: text("Pacific Stoves"),
        kind: OrganisationKind::Other,
        organisation_type: Some(text("developer")),
        scopes: Vec::new(),
    };
    let sectoral = Organisation {
        organisation_type: Some(text("ministry")),
        scopes: [1, 13]
            .map(|scope| SectoralScope::new(scope).unwrap())
            .to_vec(),
        ..enrolled.clone()
    };
    let part = ProcessPart {
        process: [0x70; 32],
        part: 0,
        text: "format = 1\n\tid = \"é\"\n".to_owned(),
    };
    let adopted = ProcessAdopted {
        process: [0x70; 32],
        version: 2,
        parts: 1,
        by: Vec::new(),
    };
    let opened = CaseOpened {
        case: 4,
        flow: text("monitoring"),
        track: Some(text("article6-2")),
        parent: Some(3),
        title: text("Stoves, 2023"),
        owners: vec![OrganisationId(1), OrganisationId(2)],
        counterparty: Some(OrganisationId(3)),
        scopes: vec![SectoralScope::new(3).unwrap()],
        by: by.clone(),
        shares: Vec::new(),
    };
    let act = CaseAct {
        case: 4,
        step: text("verify"),
        no: false,
        by: Some(by),
        form: Some(Commitment([0x71; 32])),
        documents: vec![AttachedDocument {
            kind: text("verification-report"),
            sha256: [0x72; 32],
        }],
        comment: Some(Commitment([0x73; 32])),
        names: Some(OrganisationId(9)),
        amounts: vec![
            YearTonnes {
                year: 2022,
                tonnes: 5,
            },
            YearTonnes {
                year: 2023,
                tonnes: 11_733,
            },
        ],
        reservation: None,
        period: None,
    };
    let reserves = CaseAct {
        case: 5,
        step: text("send"),
        form: Some(Commitment([0x71; 32])),
        documents: Vec::new(),
        comment: None,
        names: None,
        amounts: Vec::new(),
        reservation: Some(Reservation {
            account: AccountId(2),
            ranges: vec![range("GH-1-5"), range("GH-9-11")],
            fate: Fate::Transfer { to: AccountId(3) },
        }),
        ..act.clone()
    };
    let ends = CaseAct {
        case: 6,
        reservation: Some(Reservation {
            account: AccountId(2),
            ranges: vec![range("GH-1-5")],
            fate: Fate::Retire {
                kind: RetireKind::Retire,
                purpose: Purpose::Voluntary,
                beneficiary: Some(Commitment([0x74; 32])),
                claim: Claim::default(),
            },
        }),
        ..reserves.clone()
    };
    let passed = CaseAct {
        case: 4,
        step: text("give-up"),
        no: false,
        by: None,
        form: None,
        documents: Vec::new(),
        comment: None,
        names: None,
        amounts: Vec::new(),
        reservation: None,
        period: None,
    };
    vec![
        ("organisation_enrolled", Body::Organisation(enrolled)),
        ("process_part", Body::ProcessPart(part)),
        ("process_adopted", Body::ProcessAdopted(adopted)),
        ("case_opened", Body::CaseOpened(opened)),
        ("case_act", Body::CaseAct(act)),
        ("case_act_of_a_deadline", Body::CaseAct(passed)),
        ("case_act_that_reserves", Body::CaseAct(reserves)),
        ("case_act_that_will_retire", Body::CaseAct(ends)),
        ("organisation_of_a_sector", Body::Organisation(sectoral)),
    ]
}

fn units() -> Vec<(&'static str, Body)> {
    let issuance = Issuance {
        account: AccountId(2),
        range: range("GH-1-20000"),
        unit_type: UnitType::ITMO,
        project: 7,
        year: 2023,
    };
    let split = Split {
        range: range("GH-1-20000"),
        at: 8268,
    };
    let hold = Hold {
        account: AccountId(2),
        ranges: vec![range("GH-1-8267")],
        lift: false,
        reason: text("court order 12/2025"),
    };
    let lift = Hold {
        lift: true,
        ..hold.clone()
    };
    let transfer = Transfer {
        from: AccountId(2),
        to: AccountId(1),
        ranges: vec![range("GH-1-100"), range("GH-201-300")],
    };
    let retire = Retire {
        account: AccountId(1),
        ranges: vec![range("GH-1-100")],
        kind: RetireKind::Retire,
        purpose: Purpose::Ndc,
        beneficiary: Some(Commitment([0x77; 32])),
        claim: Claim::default(),
    };
    let cancel = Retire {
        kind: RetireKind::Cancel,
        purpose: Purpose::Voluntary,
        beneficiary: None,
        ..retire.clone()
    };
    vec![
        ("issuance", Body::Issuance(issuance)),
        ("split", Body::Split(split)),
        ("hold", Body::Hold(hold)),
        ("hold_lift", Body::Hold(lift)),
        ("transfer", Body::Transfer(transfer)),
        ("retire", Body::Retire(retire)),
        ("retire_cancel", Body::Retire(cancel)),
    ]
}

fn source() -> Vec<(&'static str, Body)> {
    let lock = Lock {
        transfer: TRANSFER,
        destination: text("CH"),
        destination_origin: text("ch.example/ledger"),
        agreement: text("CH-GH-2020"),
        from: AccountId(2),
        to: AccountId(1),
        blocks: vec![ghanaian_block("GH-1-100"), travelled_block()],
        nonce: RequestId([0x07; 16]),
        expiry_ms: 1_751_932_800_000,
    };
    let ask = AskCancel {
        transfer: TRANSFER,
        destination: text("CH"),
        reason: text("entered twice"),
    };
    let finalise = Finalise {
        transfer: TRANSFER,
        proof: proof("ch.example/ledger", 41, 43),
    };
    let release = Release {
        transfer: TRANSFER,
        code: 5002,
        proof: proof("ch.example/ledger", 0, 1),
    };
    vec![
        ("lock", Body::Lock(lock)),
        ("ask_cancel", Body::AskCancel(ask)),
        ("finalise", Body::Finalise(finalise)),
        ("release", Body::Release(release)),
    ]
}

fn destination() -> Vec<(&'static str, Body)> {
    let acquire = Acquire {
        transfer: TRANSFER,
        source: text("GH"),
        agreement: text("CH-GH-2020"),
        account: AccountId(1),
        blocks: vec![ghanaian_block("GH-1-100"), travelled_block()],
        proof: proof("gh.example/ledger", 12, 14),
    };
    let refuse = Refuse {
        transfer: TRANSFER,
        source: text("GH"),
        code: 5001,
        reason: text("The transfer's expiry has passed by the destination's clock."),
        proof: proof("gh.example/ledger", 12, 14),
    };
    let settled = SourceSettled {
        transfer: TRANSFER,
        source: text("GH"),
        is_final: true,
        proof: proof("gh.example/ledger", 20, 22),
    };
    let released = SourceSettled {
        is_final: false,
        ..settled.clone()
    };
    vec![
        ("acquire", Body::Acquire(acquire)),
        ("refuse", Body::Refuse(refuse)),
        ("source_settled", Body::SourceSettled(settled)),
        ("source_settled_released", Body::SourceSettled(released)),
    ]
}
