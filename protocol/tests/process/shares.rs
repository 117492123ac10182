//! Issued units are split to the owners by exact shares, after the country's deductions; the ledger itself holds it.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{
    AccountKind, Body, CaseOpened, Issuance, Purpose, Retire, RetireKind,
};
use countersign_protocol::registry::{
    Command, Due, DueIssuance, DueTo, IssueTo, LedgerAccount, NewAct, NewCase, Refusal,
};
use countersign_protocol::serial::{SectoralScope, UnitType};
use proptest::prelude::*;

use crate::small::{
    BUYER, DEVELOPER, GOVERNMENT, account_of, act, authorise, developer, enrolled_under, into,
    monitored, official, open, plain, process_text, register, register_both, survives_storage,
    verify,
};
use crate::support::invariants::check;
use crate::support::{Ledger, TRADING, range, text};

/// Enrolled after [`BUYER`].
const THIRD: OrganisationId = OrganisationId(6);
const OWNERS: [OrganisationId; 3] = [DEVELOPER, BUYER, THIRD];

/// A registry with three developers and an account of each, and what it issues into for the country.
struct Country {
    ledger: Ledger,
    to: IssueTo,
}

fn country(rules: &str) -> Country {
    let mut ledger = enrolled_under(format!("{}\n[issuance]\n{rules}\n", process_text()));
    register_both(&mut ledger);
    for organisation in [BUYER, THIRD] {
        ledger.must(&Command::Enrol {
            name: text("Another developer"),
            organisation_type: text("developer"),
            scopes: BTreeSet::new(),
        });
        register(&mut ledger, organisation, "developer");
    }
    let accounts = OWNERS.map(|owner| account_of(&mut ledger, owner));
    let mut of_government = |kind| {
        ledger.must(&Command::OpenAccount {
            organisation: GOVERNMENT,
            name: text("The country's"),
            kind,
        });
        Some(ledger.state.accounts().next_back().unwrap().id)
    };
    let to = IssueTo {
        overall_mitigation: of_government(AccountKind::PartyHolding),
        share_of_proceeds: of_government(AccountKind::ShareOfProceeds),
        buffer: of_government(AccountKind::Buffer),
        ..into(accounts)
    };
    Country { ledger, to }
}

fn shared(owners: &[(OrganisationId, u32)], parent: Option<u64>, flow: &str) -> NewCase {
    NewCase {
        flow: text(flow),
        track: None,
        parent,
        title: text("Stoves of three"),
        owners: owners.iter().map(|(owner, _)| *owner).collect(),
        shares: owners.iter().copied().collect(),
        counterparty: None,
        scopes: BTreeSet::from([SectoralScope::new(3).unwrap()]),
        by: developer(),
    }
}

fn opened(ledger: &mut Ledger, new: NewCase) -> Result<u64, Refusal> {
    ledger.submit(&Command::OpenCase(Box::new(new)))?;
    Ok(ledger.state.cases().next_back().unwrap().number)
}

/// A period of a project of these owners, verified and with one of two signatures; gives its case.
fn verified(ledger: &mut Ledger, owners: &[(OrganisationId, u32)], amounts: &[(u16, u64)]) -> u64 {
    let project = opened(ledger, shared(owners, None, "project")).unwrap();
    authorise(ledger, project);
    let period = shared(owners, Some(project), "monitoring");
    let period = NewCase {
        shares: BTreeMap::new(),
        ..period
    };
    let case = opened(ledger, period).unwrap();
    act(ledger, crate::small::submit(case, crate::small::MONITORED)).unwrap();
    act(ledger, verify(case, amounts)).unwrap();
    act(ledger, plain(case, "issue", &official(1))).unwrap();
    case
}

fn issue(ledger: &mut Ledger, case: u64, to: &IssueTo) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&Command::Act(Box::new(NewAct {
        act: plain(case, "issue", &official(2)),
        issue: Some(to.clone()),
        reserve: None,
    })))
}

fn held(country: &Country) -> Vec<u64> {
    let accounts = country.to.accounts.iter();
    accounts.map(|it| country.ledger.available(*it)).collect()
}

const THREE: [(OrganisationId, u32); 3] = [(DEVELOPER, 5), (BUYER, 3), (THIRD, 2)];

#[test]
fn each_owner_gets_its_exact_share_of_each_vintage_as_one_range() {
    let mut country = country("");
    let ledger = &mut country.ledger;
    let case = verified(ledger, &THREE, &[(2022, 101), (2023, 7)]);
    issue(ledger, case, &country.to).unwrap();
    // 101: 50.5, 30.3, 20.2. 7: 3.5, 2.1, 1.4.
    assert_eq!(held(&country), [51 + 4, 30 + 2, 20 + 1]);
    let project = country.ledger.state.case(case).unwrap().project.unwrap();
    let serials: Vec<String> = country
        .ledger
        .state
        .holdings()
        .map(|it| it.block.serial.to_string())
        .collect();
    let serial = |rest: &str| format!("VU-ITMO-3-{project:03}-{rest}");
    assert_eq!(
        serials,
        [
            serial("2022-0-1-51"),
            serial("2022-0-52-81"),
            serial("2022-0-82-101"),
            serial("2023-0-102-105"),
            serial("2023-0-106-107"),
            serial("2023-0-108-108"),
        ]
    );
    survives_storage(&mut country.ledger);
    check(&country.ledger.state);
}

#[test]
fn owners_without_shares_get_equal_parts() {
    let mut country = country("");
    let equal: Vec<(OrganisationId, u32)> = OWNERS.map(|owner| (owner, 1)).to_vec();
    let ledger = &mut country.ledger;
    let mut new = shared(&equal, None, "project");
    new.shares.clear();
    let project = opened(ledger, new).unwrap();
    let parts = ledger.state.case(project).unwrap().parts();
    assert_eq!(parts, equal);
    let case = verified(ledger, &equal, &[(2023, 11)]);
    issue(ledger, case, &country.to).unwrap();
    assert_eq!(held(&country), [4, 4, 3]);
}

#[test]
fn shares_are_those_of_the_project_and_of_all_its_owners() {
    let mut country = country("");
    let ledger = &mut country.ledger;
    let is_act =
        |done: Result<u64, Refusal>| assert!(matches!(done, Err(Refusal::Act(_))), "{done:?}");
    let mut partial = shared(&THREE, None, "project");
    partial.shares.remove(&THIRD);
    is_act(opened(ledger, partial));
    let project = opened(ledger, shared(&THREE, None, "project")).unwrap();
    authorise(ledger, project);
    // A period has neither shares nor owners of its own: not even by a record that nobody planned.
    is_act(opened(ledger, shared(&THREE, Some(project), "monitoring")));
    is_act(open(ledger, "monitoring", Some(project), &developer()));
    is_act(opened(ledger, shared(&[(DEVELOPER, 1)], None, "transfer")));
    let period = NewCase {
        shares: BTreeMap::new(),
        ..shared(&THREE, Some(project), "monitoring")
    };
    let case = opened(ledger, period).unwrap();
    assert_eq!(ledger.state.case(case).unwrap().parts(), THREE);
}

#[test]
fn a_record_that_nobody_planned_has_no_empty_part_and_one_for_each_owner() {
    let mut country = country("");
    let ledger = &mut country.ledger;
    let opened = opened(ledger, shared(&THREE, None, "project")).unwrap();
    let leaf = ledger.leaves.last().unwrap().clone();
    let Body::CaseOpened(whole) = leaf.body else {
        panic!("{leaf:?}")
    };
    let whole = CaseOpened {
        case: opened + 1,
        ..whole
    };
    for shares in [vec![1, 0, 1], vec![1, 1], vec![1, 1, 1, 1]] {
        let record = CaseOpened {
            shares,
            ..whole.clone()
        };
        let refused = ledger.write(Body::CaseOpened(record)).unwrap_err();
        assert!(matches!(refused, Refusal::Act(_)), "{refused:?}");
    }
    ledger.write(Body::CaseOpened(whole)).unwrap();
}

#[test]
fn the_intent_names_one_account_of_each_owner() {
    let mut country = country("");
    let ledger = &mut country.ledger;
    let second = account_of(ledger, DEVELOPER);
    let case = verified(ledger, &THREE, &[(2023, 100)]);
    let accounts: Vec<AccountId> = country.to.accounts.iter().copied().collect();
    for wrong in [
        vec![accounts[0], accounts[1]],
        vec![accounts[0], accounts[1], accounts[2], second],
        vec![accounts[0], accounts[1], second],
        vec![accounts[0], accounts[1], accounts[2], TRADING],
        vec![],
    ] {
        let refused = issue(ledger, case, &into(wrong.clone()));
        assert!(
            matches!(refused, Err(Refusal::Act(_))),
            "{wrong:?}: {refused:?}"
        );
    }
    let third = BTreeSet::from([second, accounts[1], accounts[2]]);
    let to = IssueTo {
        accounts: third,
        ..country.to.clone()
    };
    issue(ledger, case, &to).unwrap();
    assert_eq!(ledger.available(second), 50);
}

#[test]
fn deductions_go_where_the_country_says_and_the_rest_to_the_owners() {
    let mut country = country("buffer = 1000\nomge = 200\nsop = 500");
    let ledger = &mut country.ledger;
    let case = verified(ledger, &[(DEVELOPER, 2), (BUYER, 1)], &[(2023, 333)]);
    let to = IssueTo {
        accounts: country.to.accounts.iter().copied().take(2).collect(),
        ..country.to.clone()
    };
    for lacking in [
        IssueTo {
            buffer: None,
            ..to.clone()
        },
        IssueTo {
            share_of_proceeds: None,
            ..to.clone()
        },
        IssueTo {
            overall_mitigation: None,
            ..to.clone()
        },
    ] {
        let refused = issue(ledger, case, &lacking);
        assert!(matches!(refused, Err(Refusal::Act(_))), "{refused:?}");
    }
    // Deductions into accounts that are not for them.
    for wrong in [
        IssueTo {
            buffer: to.share_of_proceeds,
            ..to.clone()
        },
        IssueTo {
            share_of_proceeds: to.buffer,
            ..to.clone()
        },
        IssueTo {
            overall_mitigation: to.buffer,
            ..to.clone()
        },
        IssueTo {
            overall_mitigation: to.accounts.first().copied(),
            ..to.clone()
        },
    ] {
        let refused = issue(ledger, case, &wrong);
        assert!(
            matches!(refused, Err(Refusal::Due(Due::Issuance(_)))),
            "{refused:?}"
        );
    }
    issue(ledger, case, &to).unwrap();
    // 2 %, 5 % and 10 % of 333, each rounded up; 275 are left, two parts to one.
    assert_eq!(ledger.state.balance(LedgerAccount::Cancelled), 7);
    assert_eq!(ledger.available(to.overall_mitigation.unwrap()), 0);
    assert_eq!(ledger.available(to.share_of_proceeds.unwrap()), 17);
    assert_eq!(ledger.available(to.buffer.unwrap()), 34);
    assert_eq!(held(&country), [183, 92, 0]);
    let ended = country
        .ledger
        .leaves
        .iter()
        .filter_map(|leaf| match &leaf.body {
            Body::Retire(it) => Some(it),
            _ => None,
        });
    let ended: Vec<&Retire> = ended.collect();
    assert_eq!(
        (ended.len(), ended[0].kind, ended[0].purpose),
        (1, RetireKind::Cancel, Purpose::OverallMitigation)
    );
    survives_storage(&mut country.ledger);
    check(&country.ledger.state);
}

#[test]
fn a_buffer_belongs_to_the_party() {
    let mut country = country("buffer = 1000");
    let ledger = &mut country.ledger;
    ledger.must(&Command::OpenAccount {
        organisation: DEVELOPER,
        name: text("Our own buffer"),
        kind: AccountKind::Buffer,
    });
    let own = ledger.state.accounts().next_back().unwrap().id;
    let case = verified(ledger, &THREE, &[(2023, 100)]);
    let wrong = IssueTo {
        buffer: Some(own),
        ..country.to.clone()
    };
    let refused = issue(ledger, case, &wrong);
    assert!(matches!(refused, Err(Refusal::Due(_))), "{refused:?}");
}

/// The records of one issuance, as the ledger would write them.
fn planned(country: &Country, case: u64) -> Vec<Body> {
    let command = Command::Act(Box::new(NewAct {
        act: plain(case, "issue", &official(2)),
        issue: Some(country.to.clone()),
        reserve: None,
    }));
    countersign_protocol::registry::plan(&country.ledger.state, country.ledger.time_ms, &command)
        .unwrap()
}

/// The planned issuance that comes `at` places behind the act.
fn issuance(bodies: &[Body], at: usize) -> Issuance {
    match &bodies[at] {
        Body::Issuance(it) => it.clone(),
        other => panic!("{}", other.kind()),
    }
}

#[test]
fn a_ledger_that_splits_otherwise_is_no_ledger() {
    let mut country = country("omge = 200");
    let case = verified(&mut country.ledger, &THREE, &[(2023, 100)]);
    let bodies = planned(&country, case);
    let ledger = &mut country.ledger;
    // An issuance before its act is nobody's.
    let early = ledger.write(bodies[1].clone()).unwrap_err();
    assert!(matches!(early, Refusal::NotVerified { .. }), "{early}");
    ledger.write(bodies[0].clone()).unwrap();

    let first = issuance(&bodies, 1);
    let project = first.project;
    let due = |tonnes, to| {
        Refusal::Due(Due::Issuance(DueIssuance {
            project,
            year: 2023,
            tonnes,
            to,
        }))
    };
    assert_eq!(
        ledger.state.due(),
        Some(&Due::Issuance(DueIssuance {
            project,
            year: 2023,
            tonnes: 2,
            to: DueTo::OverallMitigation
        }))
    );
    // Nothing else is written meanwhile: not an account, not a case.
    let account = Command::OpenAccount {
        organisation: DEVELOPER,
        name: text("Another"),
        kind: AccountKind::EntityHolding,
    };
    assert_eq!(
        ledger.submit(&account).unwrap_err(),
        due(2, DueTo::OverallMitigation)
    );
    // The deduction is neither skipped nor kept.
    assert_eq!(
        ledger.write(bodies[3].clone()).unwrap_err(),
        due(2, DueTo::OverallMitigation)
    );
    ledger.write(bodies[1].clone()).unwrap();
    let cancellation = Refusal::Due(Due::Cancellation {
        account: first.account,
        range: first.range,
    });
    assert_eq!(ledger.write(bodies[3].clone()).unwrap_err(), cancellation);
    let Body::Retire(retire) = bodies[2].clone() else {
        panic!("{}", bodies[2].kind())
    };
    let used = Retire {
        kind: RetireKind::Retire,
        purpose: Purpose::Ndc,
        ..retire.clone()
    };
    assert_eq!(ledger.write(Body::Retire(used)).unwrap_err(), cancellation);
    ledger.write(Body::Retire(retire)).unwrap();

    // 98 tonnes: 49, 29.4, 19.6.
    let owner = issuance(&bodies, 3);
    assert_eq!(owner.range, range("VU-3-51"));
    let forged = [
        Issuance {
            range: range("VU-3-52"),
            ..owner.clone()
        },
        Issuance {
            range: range("VU-3-50"),
            ..owner.clone()
        },
        Issuance {
            year: 2022,
            ..owner.clone()
        },
        Issuance {
            account: issuance(&bodies, 4).account,
            ..owner.clone()
        },
        Issuance {
            account: first.account,
            ..owner.clone()
        },
    ];
    for one in forged {
        assert_eq!(
            ledger.write(Body::Issuance(one)).unwrap_err(),
            due(49, DueTo::Owner(DEVELOPER))
        );
    }
    for body in &bodies[3..] {
        ledger.write(body.clone()).unwrap();
    }
    assert_eq!(ledger.state.due(), None);
    assert_eq!(held(&country), [49, 29, 20]);
    // Twice is not due.
    let next = Issuance {
        range: range("VU-101-120"),
        ..issuance(&bodies, 5)
    };
    assert!(country.ledger.write(Body::Issuance(next)).is_err());
    check(&country.ledger.state);
}

#[test]
fn verified_tonnes_that_an_act_has_not_issued_are_issued_by_nothing_else() {
    // A country that allows issuance in one step and issues in another.
    let apart = process_text().replace(
        "effects = [{ do = \"allow-issuance\", field = \"verification.verified\" }, { do = \"issue\", field = \"verification.verified\" }, { do = \"publish\" }]",
        "effects = [{ do = \"allow-issuance\", field = \"verification.verified\" }]",
    );
    let mut ledger = enrolled_under(apart);
    register_both(&mut ledger);
    let account = account_of(&mut ledger, DEVELOPER);
    let project = crate::small::authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    act(&mut ledger, verify(case, &[(2023, 100)])).unwrap();
    act(&mut ledger, plain(case, "issue", &official(1))).unwrap();
    act(&mut ledger, plain(case, "issue", &official(2))).unwrap();
    let number = ledger.state.case(project).unwrap().project.unwrap();
    assert_eq!(ledger.state.issuable(number, 2023), 100);
    let by_hand = Command::Issue {
        account,
        project: number,
        year: 2023,
        unit_type: UnitType::ITMO,
        tonnes: 100,
    };
    assert_eq!(
        ledger.submit(&by_hand).unwrap_err(),
        Refusal::ByProcess("an issuance")
    );
}

#[test]
fn rates_above_one_hundred_percent_are_told_by_the_checker() {
    for (rules, sound) in [
        ("buffer = 5000\nomge = 2000\nsop = 3000", true),
        ("buffer = 5000\nomge = 2000\nsop = 3001", false),
        ("buffer = 10001", false),
        ("buffer = -1", false),
        ("reserve = 1", false),
    ] {
        let text = format!("{}\n[issuance]\n{rules}\n", process_text());
        let adopted = Ledger::new("VU").submit(&Command::AdoptProcess { text });
        assert_eq!(adopted.is_ok(), sound, "{rules}: {adopted:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever the shares and rates, what is issued is what was verified, tonne for tonne.
    #[test]
    fn random_shares_and_rates_issue_exactly_what_was_verified(
        parts in (1_u32..1_000, 1_u32..1_000, 1_u32..1_000),
        rates in (0_u16..4_000, 0_u16..3_000, 0_u16..3_000),
        amounts in proptest::collection::btree_map(2022_u16..2024, 1_u64..10_000, 1..3)
    ) {
        let rules = format!("buffer = {}\nomge = {}\nsop = {}", rates.0, rates.1, rates.2);
        let mut country = country(&rules);
        let owners = [(DEVELOPER, parts.0), (BUYER, parts.1), (THIRD, parts.2)];
        let amounts: Vec<(u16, u64)> = amounts.into_iter().collect();
        let case = verified(&mut country.ledger, &owners, &amounts);
        let to = country.to.clone();
        issue(&mut country.ledger, case, &to).unwrap();
        let state = &country.ledger.state;
        let all: u64 = amounts.iter().map(|(_, tonnes)| tonnes).sum();
        prop_assert_eq!(state.issued(), all);
        let cancelled = u64::try_from(state.balance(LedgerAccount::Cancelled)).unwrap();
        let deducted = [to.share_of_proceeds, to.buffer]
            .into_iter()
            .flatten()
            .map(|it| country.ledger.available(it))
            .sum::<u64>();
        let owned = held(&country);
        prop_assert_eq!(owned.iter().sum::<u64>() + deducted + cancelled, all);
        let at_least = |rate: u16| amounts.iter().map(|(_, it)| it * u64::from(rate) / 10_000).sum::<u64>();
        prop_assert!(cancelled >= at_least(rates.1));
        let net: u64 = owned.iter().sum();
        let sum = u64::from(parts.0 + parts.1 + parts.2);
        for (tonnes, part) in owned.iter().zip([parts.0, parts.1, parts.2]) {
            let exact = net * u64::from(part) / sum;
            prop_assert!(tonnes.abs_diff(exact) <= 2, "{} is not {}", tonnes, exact);
        }
        prop_assert_eq!(state.due(), None);
        check(state);
    }
}
