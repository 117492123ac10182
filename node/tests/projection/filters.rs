//! Every filter and every order of every list, held against the registry's own state. Each filter finds something and leaves
//! something out, so that one that is forgotten is noticed.

use std::collections::BTreeSet;

use countersign_node::projection::query::{
    CaseQuery, CaseSort, HoldingQuery, OrganisationQuery, OrganisationSort, ProjectQuery,
    ProjectSort, RetirementQuery, TransferQuery, Window,
};
use countersign_node::projection::{Projection, ProjectionSettings};
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{Claim, OrganisationKind, Purpose, RetireKind};
use countersign_protocol::registry::{
    Command, Direction, Holding, Place, RegistryCase, Selection, State, Transfer, TransferKey,
};
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::workflow::{DAY_MS, Waiting, waiting_for};

use crate::histories::histories;
use crate::requests::busy;
use crate::small::{BUYER, DEVELOPER, act, authorised_project, decide, developer, open, plain};
use crate::support::{Ledger, RESERVE, TRADING, text};
use crate::world::{Book, Model, all, on_both};

/// Every item that a query finds, page by page.
macro_rules! found {
    ($model:expr, $method:ident, $query:expr, $limit:expr) => {{
        let (model, query): (&Projection, _) = ($model, &$query);
        all($limit, |window| async move {
            let mut query = query.clone();
            let descending = query.window.descending;
            query.window = Window {
                descending,
                ..window
            };
            model.$method(&query).await
        })
        .await
    }};
}

const DOWN: Window = Window {
    after: None,
    limit: 0,
    descending: true,
};

/// That a filter says something: it finds some and not all.
fn tells(what: &str, found: usize, of: usize) {
    assert!(
        found > 0 && found < of,
        "{what} finds {found} of {of}: it tells nothing"
    );
}

async fn organisations(model: &Projection, state: &State) {
    let all_of = |fits: &dyn Fn(OrganisationId) -> bool| -> Vec<OrganisationId> {
        state
            .organisations()
            .map(|it| it.id)
            .filter(|id| fits(*id))
            .collect()
    };
    let everybody = all_of(&|_| true).len();
    let record = |id| state.organisation(id).unwrap();
    let kind = |wanted| move |id| record(id).kind == wanted;
    let of_type = |wanted: &'static str| {
        move |id| {
            record(id)
                .organisation_type
                .as_ref()
                .is_some_and(|it| it.as_str() == wanted)
        }
    };
    let standing =
        |wanted: &'static str| move |id| state.organisation_standing(id).name() == wanted;
    let named = |part: &'static str| move |id| record(id).name.as_str().contains(part);
    let empty = OrganisationQuery::default;
    let queries: Vec<(&str, OrganisationQuery, Vec<OrganisationId>)> = vec![
        (
            "kind",
            OrganisationQuery {
                kind: Some(OrganisationKind::Government),
                ..empty()
            },
            all_of(&kind(OrganisationKind::Government)),
        ),
        (
            "type",
            OrganisationQuery {
                organisation_type: Some("developer".to_owned()),
                ..empty()
            },
            all_of(&of_type("developer")),
        ),
        (
            "standing",
            OrganisationQuery {
                standing: Some("suspended".to_owned()),
                ..empty()
            },
            all_of(&standing("suspended")),
        ),
        (
            "q",
            OrganisationQuery {
                q: Some("THE ".to_owned()),
                ..empty()
            },
            all_of(&named("The ")),
        ),
    ];
    for (what, query, expected) in queries {
        tells(what, expected.len(), everybody);
        let rows = found!(model, organisations, query, 1);
        assert_eq!(
            rows.iter().map(|it| it.id).collect::<Vec<_>>(),
            expected,
            "{what}"
        );
    }
    for sort in [
        OrganisationSort::Number,
        OrganisationSort::Name,
        OrganisationSort::Changed,
    ] {
        let query = OrganisationQuery { sort, ..empty() };
        let rows = found!(model, organisations, query, 2);
        let keys: Vec<(String, u64, OrganisationId)> = rows
            .iter()
            .map(|row| match sort {
                OrganisationSort::Number => (String::new(), 0, row.id),
                OrganisationSort::Name => (row.name.to_lowercase(), 0, row.id),
                OrganisationSort::Changed => (String::new(), row.changed_at, row.id),
            })
            .collect();
        assert!(keys.is_sorted(), "{sort:?}: {keys:?}");
        let mut down = found!(
            model,
            organisations,
            OrganisationQuery {
                window: DOWN,
                ..query
            },
            2
        );
        down.reverse();
        assert_eq!(down, rows, "{sort:?} turned round");
        assert_eq!(rows.len(), everybody);
    }
}

/// The projects that a query finds, in each order.
async fn projects(
    model: &Projection,
    state: &State,
    what: &str,
    query: ProjectQuery,
    fits: impl Fn(u32) -> bool,
) {
    let everything = state.projects().count();
    let all = state.projects().map(|it| it.number);
    let expected: Vec<u32> = all.filter(|it| fits(*it)).collect();
    tells(what, expected.len(), everything);
    for sort in [
        ProjectSort::Number,
        ProjectSort::Title,
        ProjectSort::Changed,
    ] {
        let query = ProjectQuery {
            sort,
            ..query.clone()
        };
        let rows = found!(model, projects, query, 1);
        let numbers: BTreeSet<u32> = rows.iter().map(|it| it.number).collect();
        assert_eq!(
            numbers,
            expected.iter().copied().collect(),
            "{what} by {sort:?}"
        );
        assert_eq!(rows.len(), expected.len(), "{what} by {sort:?}");
    }
}

type Fits<'a> = Box<dyn Fn(&RegistryCase) -> bool + 'a>;

async fn cases(model: &Projection, state: &State) {
    let waiting = |case: &RegistryCase| -> Vec<Waiting> {
        let process = state.process_of(&case.case.process).unwrap();
        let waits = match case.end {
            None => waiting_for(process, &case.case).unwrap(),
            Some(_) => Vec::new(),
        };
        waits.into_iter().filter(|it| it.awaited).collect()
    };
    let due = |case: &RegistryCase| waiting(case).into_iter().filter_map(|it| it.due_ms).min();
    let waits_for = |case: &RegistryCase, role: &str, kind: Option<&str>| {
        waiting(case).iter().flat_map(|it| &it.by).any(|rule| {
            rule.roles.iter().any(|it| it == role)
                && kind.is_none_or(|kind| rule.organisation_type == kind)
        })
    };
    let mut dues: Vec<u64> = state.cases().filter_map(due).collect();
    dues.sort_unstable();
    let middle = dues[dues.len() / 2];
    let certified = state
        .cases()
        .find_map(|it| it.case.subject.certifier)
        .unwrap();
    let parent = state.cases().find_map(|it| it.parent).unwrap();
    let project = state.cases().find_map(|it| it.project).unwrap();
    let kind = state.cases().next_back().unwrap().kind;
    let stage = state.cases().next_back().unwrap().case.stage.clone();
    let empty = CaseQuery::default;
    let in_stage = stage.clone();
    let manager = || Some("manager".to_owned());
    let queries: Vec<(&str, CaseQuery, Fits<'_>)> = vec![
        (
            "kind",
            CaseQuery {
                kind: Some(kind),
                ..empty()
            },
            Box::new(move |it| it.kind == kind),
        ),
        (
            "flow",
            CaseQuery {
                flow: Some("transfer".to_owned()),
                ..empty()
            },
            Box::new(|it| it.case.flow == "transfer"),
        ),
        (
            "stage",
            CaseQuery {
                stage: Some(stage),
                ..empty()
            },
            Box::new(move |it| it.case.stage == in_stage),
        ),
        (
            "owner",
            CaseQuery {
                owner: Some(BUYER),
                ..empty()
            },
            Box::new(|it| it.case.subject.owners.contains(&BUYER)),
        ),
        (
            "certifier",
            CaseQuery {
                certifier: Some(certified),
                ..empty()
            },
            Box::new(move |it| it.case.subject.certifier == Some(certified)),
        ),
        (
            "project",
            CaseQuery {
                project: Some(project),
                ..empty()
            },
            Box::new(move |it| it.project == Some(project)),
        ),
        (
            "parent",
            CaseQuery {
                parent: Some(parent),
                ..empty()
            },
            Box::new(move |it| it.parent == Some(parent)),
        ),
        (
            "ended",
            CaseQuery {
                ended: Some(true),
                ..empty()
            },
            Box::new(|it| it.end.is_some()),
        ),
        (
            "under way",
            CaseQuery {
                ended: Some(false),
                ..empty()
            },
            Box::new(|it| it.end.is_none()),
        ),
        (
            "waits_for",
            CaseQuery {
                waits_for: manager(),
                ..empty()
            },
            Box::new(move |it| waits_for(it, "manager", None)),
        ),
        (
            "waits_for_type",
            CaseQuery {
                waits_for: manager(),
                waits_for_type: Some("certifier".to_owned()),
                ..empty()
            },
            Box::new(move |it| waits_for(it, "manager", Some("certifier"))),
        ),
        (
            "due",
            CaseQuery {
                due_before_ms: Some(middle),
                ..empty()
            },
            Box::new(move |it| due(it).is_some_and(|due| due < middle)),
        ),
        (
            "q",
            CaseQuery {
                q: Some("ISLANDS".to_owned()),
                ..empty()
            },
            Box::new(|it| it.title.as_str().contains("islands")),
        ),
    ];
    let everything = state.cases().count();
    for (what, query, fits) in &queries {
        let fitting: Vec<&RegistryCase> = state.cases().filter(|it| fits(it)).collect();
        tells(what, fitting.len(), everything);
        for sort in [CaseSort::Number, CaseSort::Changed, CaseSort::Since] {
            let mut expected = fitting.clone();
            expected.sort_by_key(|it| match sort {
                CaseSort::Number => (0, it.number),
                CaseSort::Changed => (it.changed_at, it.number),
                CaseSort::Since => (it.case.since_ms, it.number),
            });
            let mut expected: Vec<u64> = expected.iter().map(|it| it.number).collect();
            let query = CaseQuery {
                sort,
                ..query.clone()
            };
            assert_eq!(
                found!(model, cases, query, 2),
                expected,
                "{what} by {sort:?}"
            );
            expected.reverse();
            let down = CaseQuery {
                window: DOWN,
                ..query
            };
            assert_eq!(
                found!(model, cases, down, 3),
                expected,
                "{what} by {sort:?}, turned round"
            );
        }
    }
    let since: BTreeSet<u64> = state.cases().map(|it| it.case.since_ms).collect();
    assert!(
        since.len() > 2,
        "all cases are of one moment: the order says nothing"
    );
}

async fn holders(model: &Projection, state: &State) {
    let of = |account: AccountId| state.account(account).unwrap().organisation;
    for organisation in [DEVELOPER, BUYER] {
        let mine = |it: &Holding| match it.place {
            Place::Available(account)
            | Place::OnHold(account)
            | Place::Reserved(account)
            | Place::Escrow(account) => of(account) == organisation,
            _ => false,
        };
        let expected: Vec<Holding> = state.holdings().filter(mine).collect();
        tells("holder", expected.len(), state.holdings().count());
        let query = HoldingQuery {
            organisation: Some(organisation),
            ..HoldingQuery::default()
        };
        assert_eq!(found!(model, holdings, query, 2), expected);
        let accounts = all(1, |window| async move {
            model.accounts(Some(organisation), &window).await
        })
        .await;
        let expected: Vec<AccountId> = state
            .accounts()
            .filter(|it| it.organisation == organisation)
            .map(|it| it.id)
            .collect();
        assert_eq!(
            accounts.iter().map(|it| it.id).collect::<Vec<_>>(),
            expected
        );
        tells("accounts", expected.len(), state.accounts().count());
    }
}

/// A country with a process in which much has happened, at several moments.
fn grown() -> Ledger {
    let (mut ledger, _) = busy();
    ledger.time_ms += 3 * DAY_MS;
    let closed = authorised_project(&mut ledger);
    for number in [1, 2] {
        act(
            &mut ledger,
            plain(closed, "close", &crate::small::official(number)),
        )
        .unwrap();
    }
    ledger.time_ms += 5 * DAY_MS;
    let other = authorised_project(&mut ledger);
    let below = open(&mut ledger, "monitoring", Some(other), &developer()).unwrap();
    ledger.time_ms += DAY_MS;
    act(&mut ledger, plain(below, "withdraw", &developer())).unwrap();
    ledger.time_ms += DAY_MS;
    let late = crate::small::monitored(&mut ledger, other);
    assert!(late > below);
    decide(&mut ledger, BUYER, "suspend", 1);
    ledger
}

async fn under_a_process(settings: ProjectionSettings) {
    let book = Book::whole(grown().leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    let (read, state) = (&model.projection, book.state());
    organisations(read, &state).await;
    let query = ProjectQuery {
        standing: Some("closed".to_owned()),
        ..ProjectQuery::default()
    };
    let closed = |it| state.project_standing(it).name() == "closed";
    projects(read, &state, "standing", query, closed).await;
    cases(read, &state).await;
    holders(read, &state).await;
    model.kill().await;
}

#[test]
fn every_filter_and_order_of_a_country_with_a_process_says_what_the_registry_says() {
    on_both(under_a_process);
}

/// Retirements of two accounts, kinds, purposes, projects and vintages.
fn ended() -> Ledger {
    let mut ledger = Ledger::new("GH");
    ledger.must(&Command::RegisterOrganisation {
        name: text("Buyer"),
        kind: OrganisationKind::Other,
    });
    ledger.must(&Command::OpenAccount {
        organisation: OrganisationId(2),
        name: text("Other"),
        kind: countersign_protocol::record::AccountKind::EntityHolding,
    });
    ledger.must(&Command::RegisterProject {
        organisation: OrganisationId(2),
        title: text("Solar"),
        scope: SectoralScope::new(1).unwrap(),
    });
    for (account, project, year) in [(1, 1, 2021), (3, 2, 2022), (2, 2, 2021), (3, 1, 2022)] {
        ledger.must(&Command::Issue {
            account: AccountId(account),
            project,
            year,
            unit_type: UnitType::ITMO,
            tonnes: 50,
        });
    }
    for (account, kind, purpose) in [
        (TRADING, RetireKind::Retire, Purpose::Ndc),
        (RESERVE, RetireKind::Cancel, Purpose::OtherPurposes),
        (AccountId(3), RetireKind::Retire, Purpose::Voluntary),
        (AccountId(3), RetireKind::Cancel, Purpose::Ndc),
    ] {
        for tonnes in [3, 40] {
            ledger.must(&Command::Retire {
                account,
                units: Selection::Tonnes(tonnes),
                kind,
                purpose,
                beneficiary: None,
                claim: Claim::default(),
            });
        }
    }
    ledger
}

async fn retirements(model: &Projection) {
    let everything = found!(model, retirements, RetirementQuery::default(), 3);
    let empty = RetirementQuery::default;
    type Fits = fn(&countersign_node::projection::query::RetirementRow) -> bool;
    let queries: Vec<(&str, RetirementQuery, Fits)> = vec![
        (
            "account",
            RetirementQuery {
                account: Some(TRADING),
                ..empty()
            },
            |it| it.account == TRADING,
        ),
        (
            "organisation",
            RetirementQuery {
                organisation: Some(OrganisationId(2)),
                ..empty()
            },
            |it| it.account == AccountId(3),
        ),
        (
            "kind",
            RetirementQuery {
                kind: Some(RetireKind::Cancel),
                ..empty()
            },
            |it| it.kind == "cancel",
        ),
        (
            "purpose",
            RetirementQuery {
                purpose: Some(Purpose::Ndc),
                ..empty()
            },
            |it| it.purpose == "ndc",
        ),
        (
            "project",
            RetirementQuery {
                project: Some(2),
                ..empty()
            },
            |it| it.block.serial.project() == 2,
        ),
        (
            "vintage",
            RetirementQuery {
                vintage: Some(2022),
                ..empty()
            },
            |it| it.block.serial.year() == 2022,
        ),
        (
            "project and vintage",
            RetirementQuery {
                project: Some(2),
                vintage: Some(2022),
                ..empty()
            },
            |it| it.block.serial.project() == 2 && it.block.serial.year() == 2022,
        ),
    ];
    for (what, query, fits) in queries {
        let expected: Vec<_> = everything.iter().filter(|it| fits(it)).cloned().collect();
        tells(what, expected.len(), everything.len());
        assert_eq!(found!(model, retirements, query, 2), expected, "{what}");
        let mut down = found!(
            model,
            retirements,
            RetirementQuery {
                window: DOWN,
                ..query
            },
            1
        );
        down.reverse();
        assert_eq!(down, expected, "{what}, turned round");
    }
}

async fn of_retirements(settings: ProjectionSettings) {
    let book = Book::whole(ended().leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    retirements(&model.projection).await;
    let tonnes = |rows: &[countersign_node::projection::query::RetirementRow]| -> u64 {
        rows.iter().map(|it| it.block.tonnes()).sum()
    };
    let all = found!(
        &model.projection,
        retirements,
        RetirementQuery::default(),
        100
    );
    assert_eq!(tonnes(&all), 4 * 43);
    model.kill().await;
}

#[test]
fn every_filter_of_retirements_finds_those_and_no_others() {
    on_both(of_retirements);
}

/// Projects of three organisations in three sectors.
fn registered() -> Ledger {
    let mut ledger = Ledger::new("GH");
    for name in ["Buyer", "Seller"] {
        ledger.must(&Command::RegisterOrganisation {
            name: text(name),
            kind: OrganisationKind::Other,
        });
    }
    for number in 0..9_u32 {
        ledger.must(&Command::RegisterProject {
            organisation: OrganisationId(number % 3 + 1),
            title: text(["Solar islands", "Wind", "Stoves"][number as usize / 3]),
            scope: SectoralScope::new((number % 2 + 1) as u8).unwrap(),
        });
    }
    ledger
}

async fn of_projects(settings: ProjectionSettings) {
    let book = Book::whole(registered().leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    let (read, state) = (&model.projection, book.state());
    let record = |number| state.project(number).unwrap();
    let empty = ProjectQuery::default;
    let two = OrganisationId(2);
    let query = ProjectQuery {
        organisation: Some(two),
        ..empty()
    };
    projects(read, &state, "organisation", query, |it| {
        record(it).organisation == two
    })
    .await;
    let one = SectoralScope::new(1).unwrap();
    let query = ProjectQuery {
        scope: Some(one),
        ..empty()
    };
    projects(read, &state, "scope", query, |it| record(it).scope == one).await;
    let query = ProjectQuery {
        q: Some("ISLANDS".to_owned()),
        ..empty()
    };
    projects(read, &state, "q", query, |it| {
        record(it).title.as_str().contains("islands")
    })
    .await;
    let query = ProjectQuery {
        organisation: Some(two),
        scope: Some(one),
        ..empty()
    };
    projects(read, &state, "both", query, |it| {
        record(it).scope == one && record(it).organisation == two
    })
    .await;
    model.kill().await;
}

#[test]
fn every_filter_of_projects_finds_those_and_no_others() {
    on_both(of_projects);
}

fn transfers_of(state: &State, fits: impl Fn(&TransferKey, &Transfer) -> bool) -> Vec<TransferKey> {
    let mut found: Vec<(u64, TransferKey)> = state
        .transfers()
        .filter(|(key, it)| fits(key, it))
        .map(|(key, it)| (it.opened_at, *key))
        .collect();
    found.sort_unstable_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, key)| key).collect()
}

/// Tries every filter on a ledger; gives those that told some transfers from others.
async fn transfers(model: &Projection, state: &State) -> BTreeSet<&'static str> {
    let everything = state.transfers().count();
    let mut told = BTreeSet::new();
    let Some((key, some)) = state.transfers().find(|(_, it)| it.terms.is_some()) else {
        return told;
    };
    let id = |key: &TransferKey| match key {
        TransferKey::Out(id) | TransferKey::In(_, id) => id.to_string(),
    };
    let (partner, stage, terms) = (some.partner, some.stage, some.terms.clone().unwrap());
    let is_out = |key: &TransferKey| matches!(key, TransferKey::Out(_));
    let part = id(key)[4..12].to_owned();
    let under = |it: &Transfer| {
        it.terms
            .as_ref()
            .is_some_and(|its| its.agreement == terms.agreement)
    };
    let of = |it: &Transfer| {
        it.terms
            .as_ref()
            .is_some_and(|its| its.account == terms.account)
    };
    let empty = TransferQuery::default;
    let queries = [
        (
            "direction",
            TransferQuery {
                direction: Some(Direction::Out),
                ..empty()
            },
            transfers_of(state, |key, _| is_out(key)),
        ),
        (
            "stage",
            TransferQuery {
                stage: Some(stage),
                ..empty()
            },
            transfers_of(state, |_, it| it.stage == stage),
        ),
        (
            "partner",
            TransferQuery {
                partner: Some(partner),
                ..empty()
            },
            transfers_of(state, |_, it| it.partner == partner),
        ),
        (
            "agreement",
            TransferQuery {
                agreement: Some(terms.agreement.clone()),
                ..empty()
            },
            transfers_of(state, |_, it| under(it)),
        ),
        (
            "account",
            TransferQuery {
                account: Some(terms.account),
                ..empty()
            },
            transfers_of(state, |_, it| of(it)),
        ),
        (
            "q",
            TransferQuery {
                q: Some(part.to_uppercase()),
                ..empty()
            },
            transfers_of(state, |key, _| id(key).contains(&part)),
        ),
    ];
    for (what, query, mut expected) in queries {
        if !expected.is_empty() && expected.len() < everything {
            told.insert(what);
        }
        let found = found!(model, transfers, query, 2);
        assert_eq!(
            found.iter().map(|it| it.key).collect::<Vec<_>>(),
            expected,
            "{what}"
        );
        expected.reverse();
        let down = found!(
            model,
            transfers,
            TransferQuery {
                window: DOWN,
                ..query
            },
            3
        );
        assert_eq!(
            down.iter().map(|it| it.key).collect::<Vec<_>>(),
            expected,
            "{what}, turned round"
        );
    }
    told
}

async fn of_transfers(settings: ProjectionSettings) {
    let mut told = BTreeSet::new();
    for records in (1..6).flat_map(histories) {
        let book = Book::whole(records);
        let model = Model::start(&settings, &book);
        model.follows(&book).await;
        told.extend(transfers(&model.projection, &book.state()).await);
        model.kill().await;
    }
    assert_eq!(
        told.len(),
        6,
        "some filters told nothing from nothing: only {told:?}"
    );
}

#[test]
fn every_filter_of_transfers_finds_those_and_no_others() {
    crate::world::on_sqlite(&of_transfers);
}

/// A filter that hardly any row passes gives short pages, and in the end every row: none is lost at the edges.
async fn rare(settings: ProjectionSettings) {
    let mut ledger = Ledger::new("GH");
    for number in 0..8_300_u32 {
        ledger.must(&Command::Issue {
            account: TRADING,
            project: 1,
            year: if number % 1_999 == 0 { 2031 } else { 2030 },
            unit_type: if number % 4_000 < 2 || number % 4_000 > 3_997 {
                text("VER")
            } else {
                UnitType::ITMO
            },
            tonnes: 1,
        });
    }
    let book = Book::whole(ledger.leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    let read = &model.projection;
    for descending in [false, true] {
        let window = Window {
            descending,
            ..Window::default()
        };
        let query = HoldingQuery {
            account: Some(TRADING),
            unit_type: Some(text("VER")),
            window,
            ..HoldingQuery::default()
        };
        let found = found!(read, holdings, query, 1000);
        let state = book.state();
        let mut expected: Vec<Holding> = state
            .holdings()
            .filter(|it| it.block.serial.unit_type() == text::<UnitType>("VER"))
            .collect();
        if descending {
            expected.reverse();
        }
        assert_eq!(found, expected);
        assert!(expected.len() > 5);
    }
    model.kill().await;
}

#[test]
fn a_rare_row_at_the_edge_of_what_one_page_looks_at_is_found() {
    crate::world::on_sqlite(&rare);
}
