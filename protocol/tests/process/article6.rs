//! Article 6 under a process: officials record it, and cases carry its rules.

use countersign_protocol::article6::AuthorisedUse;
use countersign_protocol::article6::{AdjustmentMethod, NdcPeriod};
use countersign_protocol::record::{
    ActedBy, Article6, Authorisation, Claim, CooperativeApproach, Fate, Metric, Ndc, Purpose,
    RetireKind, YearLevel,
};
use countersign_protocol::registry::{Article6Refusal, Command, Refusal, Selection, TransferStage};

use crate::borders::{approve, ask, sending, two_countries_under};
use crate::small::{
    act, developer, official, plain, process_text, request, survives_storage, trading,
};
use crate::support::invariants::check;
use crate::support::world::settle;
use crate::support::{EXPIRY_MS, Ledger, text};

fn both() -> Vec<ActedBy> {
    vec![official(1), official(2)]
}

fn approach(by: Vec<ActedBy>) -> Command {
    Command::Article6(Box::new(Article6::CooperativeApproach(
        CooperativeApproach {
            id: text("CA0001"),
            title: text("Vanuatu and Switzerland"),
            parties: vec![text("CH"), text("VU")],
            definition: None,
            metric: Metric::Ghg,
            by,
        },
    )))
}

fn authorisation() -> Command {
    let it = Authorisation {
        id: text("VU-CH-1"),
        party: text("VU"),
        version: 1,
        approach: text("CA0001"),
        parties: Vec::new(),
        entities: Vec::new(),
        date: text("2025-01-15"),
        issue_until: None,
        use_until: None,
        definition: None,
        uses: AuthorisedUse::Ndc,
        oimp: None,
        framework: text("Framework"),
        changes: text("By a new version"),
        reach: None,
        reaches_first_transferred: false,
        quantity: 40,
        registry: text("VUT01"),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: None,
        scopes: Vec::new(),
        activities: None,
        projects: Vec::new(),
        terms: None,
        document: [0; 32],
        by: both(),
    };
    Command::Article6(Box::new(Article6::Authorisation(Box::new(it))))
}

#[test]
fn it_takes_two_different_users_of_the_authority() {
    let (mut ledger, ..) = trading();
    for by in [
        vec![official(1)],
        vec![official(1), official(1)],
        Vec::new(),
    ] {
        assert!(ledger.submit(&approach(by)).is_err());
    }
    let stranger = ledger.submit(&approach(vec![official(1), developer()]));
    assert!(matches!(stranger, Err(Refusal::Act(_))), "{stranger:?}");
    ledger.must(&approach(both()));
    survives_storage(&mut ledger);
}

#[test]
fn a_case_sends_authorised_units_only_and_chooses_them() {
    let (mut vanuatu, swiss, from) = two_countries_under(process_text());
    vanuatu.must(&approach(both()));
    let none = ask(
        &mut vanuatu,
        "border-transfer",
        "request",
        from,
        30,
        sending(EXPIRY_MS),
    );
    assert!(
        matches!(none, Err(Refusal::TooFew { available: 0, .. })),
        "{none:?}"
    );
    vanuatu.must(&authorisation());
    vanuatu.must(&Command::AuthoriseUnits {
        account: from,
        units: Selection::Tonnes(40),
        authorisation: text("VU-CH-1"),
        by: both(),
    });
    let case = ask(
        &mut vanuatu,
        "border-transfer",
        "request",
        from,
        30,
        sending(EXPIRY_MS),
    )
    .unwrap();
    approve(&mut vanuatu, case, 1).unwrap();
    approve(&mut vanuatu, case, 2).unwrap();
    survives_storage(&mut vanuatu);
    let mut both = [vanuatu, swiss];
    settle(&mut both);
    let [vanuatu, swiss] = both;
    let (_, transfer) = vanuatu.state.transfers().next().unwrap();
    assert_eq!(transfer.stage, TransferStage::Final);
    let used = vanuatu.state.authorisation_use(text("VU-CH-1"));
    assert_eq!((used.committed, used.first_transferred), (30, 30));
    check(&vanuatu.state);
    check(&swiss.state);
}

#[test]
fn a_case_that_retires_units_is_judged_by_what_they_are_authorised_for() {
    let (mut ledger, from, _): (Ledger, _, _) = trading();
    ledger.must(&approach(both()));
    let level = |year, level| YearLevel { year, level };
    ledger.must(&Command::Article6(Box::new(Article6::Ndc(Ndc {
        period: NdcPeriod::new(2021, 2030).unwrap(),
        method: AdjustmentMethod::Averaging,
        is_ldc: true,
        is_sids: true,
        reference: level(2019, 100),
        target: level(2030, 90),
        trajectory: Vec::new(),
        by: both(),
    }))));
    let airline = Fate::Retire {
        kind: RetireKind::Cancel,
        purpose: Purpose::InternationalMitigation,
        beneficiary: None,
        claim: Claim::default(),
    };
    let case = request(&mut ledger, "retirement", "request", from, 25, airline).unwrap();
    let refused = act(&mut ledger, plain(case, "approve", &official(1)));
    let Err(Refusal::Article6(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(matches!(*why, Article6Refusal::UnauthorisedUse(_)), "{why}");
    ledger.must(&authorisation());
    ledger.must(&Command::AuthoriseUnits {
        account: from,
        units: Selection::Tonnes(40),
        authorisation: text("VU-CH-1"),
        by: both(),
    });
    let omge = Fate::Retire {
        kind: RetireKind::Cancel,
        purpose: Purpose::OverallMitigation,
        beneficiary: None,
        claim: Claim::default(),
    };
    let case = request(&mut ledger, "retirement", "request", from, 36, omge).unwrap();
    act(&mut ledger, plain(case, "approve", &official(1))).unwrap();
    let used = ledger.state.authorisation_use(text("VU-CH-1"));
    assert!(used.first_transferred > 0, "{used:?}");
    check(&ledger.state);
}
