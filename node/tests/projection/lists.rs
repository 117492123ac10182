//! Pages, orders, filters and searches.

use std::collections::BTreeSet;

use countersign_node::projection::ProjectionSettings;
use countersign_node::projection::query::{
    EventRow, HoldingQuery, HoldingSort, OrganisationQuery, OrganisationSort, ProjectQuery,
    ProjectSort, RetirementQuery, Window,
};
use countersign_node::projection::{Projection, ProjectionError};
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{Claim, OrganisationKind, Purpose, RetireKind};
use countersign_protocol::registry::{Command, Holding, Selection};
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::units::UnitRange;

use crate::support::{Ledger, TRADING, text};
use crate::world::{Book, Model, all, on_both};

const NAMES: &[&str] = &[
    "Ökostrom Volta",
    "50% less smoke",
    "Under_score",
    "Back\\slash",
    "'; DROP TABLE projects; --",
    "ökostrom upper west",
    "Zebra",
    "alpha",
    "Alpha Beta",
];

fn ledger() -> Ledger {
    let mut ledger = Ledger::new("GH");
    for name in NAMES {
        ledger.must(&Command::RegisterOrganisation {
            name: text(name),
            kind: OrganisationKind::Other,
        });
    }
    for number in 0..30_u32 {
        let name = NAMES[number as usize % NAMES.len()];
        ledger.must(&Command::RegisterProject {
            organisation: OrganisationId(number % 4 + 1),
            title: text(&format!("{name} {}", number / 9)),
            scope: SectoralScope::new((number % 5 + 1) as u8).unwrap(),
        });
    }
    for number in 0..120_u32 {
        ledger.must(&Command::Issue {
            account: AccountId(number % 2 + 1),
            project: number % 31 + 1,
            year: 2020 + (number % 4) as u16,
            unit_type: if number % 10 == 3 {
                text("VER")
            } else {
                UnitType::ITMO
            },
            tonnes: u64::from(number % 17) + 1,
        });
    }
    for (tonnes, kind) in [(30, RetireKind::Retire), (12, RetireKind::Cancel)] {
        ledger.must(&Command::Retire {
            account: TRADING,
            units: Selection::Tonnes(tonnes),
            kind,
            purpose: Purpose::Ndc,
            beneficiary: None,
            claim: claim(),
        });
    }
    ledger
}

/// What is said about a use of units.
fn claim() -> Claim {
    Claim {
        reason: Some("Flight emissions".parse().unwrap()),
        jurisdiction: Some("CH".parse().unwrap()),
        ndc_year: None,
    }
}

async fn holdings(model: &Projection, query: &HoldingQuery, limit: usize) -> Vec<Holding> {
    all(limit, |window| async move {
        let descending = query.window.descending;
        let window = Window {
            descending,
            ..window
        };
        let query = HoldingQuery {
            window,
            ..query.clone()
        };
        model.holdings(&query).await
    })
    .await
}

async fn filters(model: &Projection, book: &Book) {
    let state = book.state();
    let everything: Vec<Holding> = state.holdings().collect();
    let queries = [
        HoldingQuery {
            project: Some(7),
            ..HoldingQuery::default()
        },
        HoldingQuery {
            vintage: Some(2021),
            account: Some(AccountId(2)),
            ..HoldingQuery::default()
        },
        HoldingQuery {
            place: Some("used".to_owned()),
            ..HoldingQuery::default()
        },
        HoldingQuery {
            unit_type: Some(text("VER")),
            vintage: Some(2023),
            place: Some("available".to_owned()),
            ..HoldingQuery::default()
        },
        HoldingQuery {
            origin: Some(text("CH")),
            ..HoldingQuery::default()
        },
        HoldingQuery {
            account: Some(AccountId(1)),
            project: Some(3),
            origin: Some(text("GH")),
            ..HoldingQuery::default()
        },
    ];
    let mut matched = 0;
    for query in queries {
        let accepts = |it: &&Holding| {
            let serial = it.block.serial;
            let (place, account) = place_of(it);
            query
                .project
                .is_none_or(|wanted| wanted == serial.project())
                && query.vintage.is_none_or(|wanted| wanted == serial.year())
                && query
                    .unit_type
                    .is_none_or(|wanted| wanted == serial.unit_type())
                && query.origin.is_none_or(|wanted| wanted == serial.party())
                && query.place.as_ref().is_none_or(|wanted| wanted == place)
                && query.account.is_none_or(|wanted| account == Some(wanted))
        };
        let mut expected: Vec<Holding> = everything.iter().filter(accepts).cloned().collect();
        matched += expected.len();
        assert_eq!(holdings(model, &query, 4).await, expected, "{query:?}");
        let mut backwards = query.clone();
        backwards.window.descending = true;
        expected.reverse();
        assert_eq!(holdings(model, &backwards, 3).await, expected, "{query:?}");
        let by_since = HoldingQuery {
            sort: HoldingSort::Since,
            ..query.clone()
        };
        expected.sort_by_key(|it| (it.since, it.block.range().first()));
        assert_eq!(holdings(model, &by_since, 5).await, expected, "{query:?}");
    }
    assert!(matched > 40, "{matched} ranges matched");
}

fn place_of(holding: &Holding) -> (&'static str, Option<AccountId>) {
    use countersign_protocol::registry::Place;
    match holding.place {
        Place::Available(account) => ("available", Some(account)),
        Place::OnHold(account) | Place::Reserved(account) => ("on_hold", Some(account)),
        Place::Escrow(account) => ("escrow", Some(account)),
        Place::Abroad(_) => ("abroad", None),
        Place::Used => ("used", None),
        Place::Cancelled => ("cancelled", None),
    }
}

async fn searches(model: &Projection) {
    for (q, expected) in [
        ("ÖKOSTROM", vec!["Ökostrom Volta", "ökostrom upper west"]),
        ("%", vec!["50% less smoke"]),
        ("_", vec!["Under_score"]),
        ("\\", vec!["Back\\slash"]),
        ("'; drop table", vec!["'; DROP TABLE projects; --"]),
        ("alpha", vec!["alpha", "Alpha Beta"]),
        ("\0", NAMES.to_vec()),
        ("nobody", vec![]),
    ] {
        let query = OrganisationQuery {
            q: Some(q.to_owned()),
            window: Window {
                limit: 100,
                ..Window::default()
            },
            ..OrganisationQuery::default()
        };
        let found = model.organisations(&query).await.unwrap().items;
        let found: Vec<String> = found
            .into_iter()
            .map(|it| it.name)
            .filter(|name| NAMES.contains(&name.as_str()))
            .collect();
        assert_eq!(found, expected, "{q:?}");
    }
    let found = model.search("alpha").await.unwrap();
    assert_eq!((found.organisations.len(), found.projects.len()), (2, 6));
}

async fn orders(model: &Projection) {
    for sort in [
        ProjectSort::Number,
        ProjectSort::Title,
        ProjectSort::Changed,
    ] {
        for descending in [false, true] {
            let rows = all(4, |window| async move {
                let query = ProjectQuery {
                    sort,
                    window: Window {
                        descending,
                        ..window
                    },
                    ..ProjectQuery::default()
                };
                model.projects(&query).await
            })
            .await;
            assert_eq!(rows.len(), 31);
            let numbers: BTreeSet<u32> = rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers.len(), 31, "each once");
            let key = |row: &countersign_node::projection::query::ProjectRow| match sort {
                ProjectSort::Number => (String::new(), u64::from(row.number), row.number),
                ProjectSort::Title => (row.title.to_lowercase(), 0, row.number),
                ProjectSort::Changed => (String::new(), row.changed_at, row.number),
            };
            let mut keys: Vec<_> = rows.iter().map(key).collect();
            if descending {
                keys.reverse();
            }
            assert!(keys.is_sorted(), "{sort:?}, descending {descending}");
        }
    }
}

/// A place of one list is none of another, and nothing that a caller writes reaches SQL.
async fn places(model: &Projection) {
    let by_name = |after: Option<&str>| OrganisationQuery {
        sort: OrganisationSort::Name,
        window: Window {
            after: after.map(str::to_owned),
            limit: 2,
            descending: false,
        },
        ..OrganisationQuery::default()
    };
    let first = model.organisations(&by_name(None)).await.unwrap();
    let next = first.next.unwrap();
    let by_number = OrganisationQuery {
        sort: OrganisationSort::Number,
        ..by_name(Some(&next))
    };
    let refused = model.organisations(&by_number).await;
    assert!(
        matches!(refused, Err(ProjectionError::Cursor)),
        "{refused:?}"
    );
    for wrong in ["", "3", "'; DROP TABLE organisations", "Y2", &next[1..]] {
        let refused = model.organisations(&by_name(Some(wrong))).await;
        assert!(
            matches!(refused, Err(ProjectionError::Cursor)),
            "{wrong}: {refused:?}"
        );
    }
    // The place that these lists had before is still one.
    let by_number = OrganisationQuery {
        sort: OrganisationSort::Number,
        ..by_name(Some("3"))
    };
    let found = model.organisations(&by_number).await.unwrap().items;
    assert_eq!(found[0].id, OrganisationId(4));
}

async fn body(settings: ProjectionSettings) {
    let book = Book::whole(ledger().leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    let read = &model.projection;
    filters(read, &book).await;
    searches(read).await;
    orders(read).await;
    places(read).await;
    let query = RetirementQuery {
        kind: Some(RetireKind::Cancel),
        account: Some(TRADING),
        window: Window {
            limit: 50,
            ..Window::default()
        },
        ..RetirementQuery::default()
    };
    let cancelled = read.retirements(&query).await.unwrap().items;
    let tonnes: u64 = cancelled.iter().map(|row| row.block.tonnes()).sum();
    assert_eq!(tonnes, 12);
    model.kill().await;
}

#[test]
fn lists_are_filtered_ordered_and_read_page_by_page() {
    on_both(body);
}

/// More ranges than one page looks at; of one vintage in 700, and of another that nothing is at the wanted place.
async fn rare(settings: ProjectionSettings) {
    let mut ledger = Ledger::new("GH");
    for number in 0..2_500_u32 {
        ledger.must(&Command::Issue {
            account: AccountId(1),
            project: 1,
            year: if number % 700 == 650 { 2021 } else { 2020 },
            unit_type: UnitType::ITMO,
            tonnes: 1,
        });
    }
    let book = Book::whole(ledger.leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    let read = &model.projection;
    let query = |vintage, sort| HoldingQuery {
        account: Some(AccountId(1)),
        vintage: Some(vintage),
        sort,
        ..HoldingQuery::default()
    };
    for sort in [HoldingSort::Number, HoldingSort::Since] {
        let mut wanted = query(2021, sort);
        let numbers = |found: Vec<Holding>| -> Vec<u64> {
            let ranges = found.iter().map(|it| it.block.range().first());
            ranges.collect()
        };
        let up = numbers(holdings(read, &wanted, 10).await);
        assert_eq!(up, [651, 1351, 2051]);
        wanted.window.descending = true;
        let down = numbers(holdings(read, &wanted, 10).await);
        assert_eq!(down, [2051, 1351, 651]);
        // A page that is cut goes on behind its last row, not behind the last one looked at.
        assert_eq!(
            numbers(holdings(read, &query(2020, sort), 300).await).len(),
            2_497
        );
    }
    let nothing = HoldingQuery {
        place: Some("escrow".to_owned()),
        ..query(2020, HoldingSort::Number)
    };
    let first = HoldingQuery {
        window: Window {
            limit: 10,
            ..Window::default()
        },
        ..nothing.clone()
    };
    let page = read.holdings(&first).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_some(), "{page:?}");
    assert_eq!(holdings(read, &nothing, 10).await, []);
    model.kill().await;
}

#[test]
fn a_filter_that_few_rows_pass_gives_short_pages_and_finds_them_all() {
    on_both(rare);
}

/// A ledger whose units 1 to 4,600 were issued one by one, between others.
fn one_by_one() -> Ledger {
    let mut ledger = Ledger::new("GH");
    ledger.must(&Command::RegisterOrganisation {
        name: text("Volta"),
        kind: OrganisationKind::Other,
    });
    for number in 0..2_u32 {
        ledger.must(&Command::RegisterProject {
            organisation: OrganisationId(1),
            title: text(&format!("Stoves {number}")),
            scope: SectoralScope::new(3).unwrap(),
        });
    }
    for number in 0..4600_u32 {
        ledger.must(&Command::Issue {
            account: TRADING,
            project: number % 2 + 1,
            year: 2024,
            unit_type: UnitType::ITMO,
            tonnes: 1,
        });
        if number % 90 == 89 {
            ledger.must(&Command::Retire {
                account: TRADING,
                units: Selection::Tonnes(60),
                kind: RetireKind::Retire,
                purpose: Purpose::Ndc,
                beneficiary: None,
                claim: claim(),
            });
        }
    }
    ledger
}

async fn history(model: &Projection, first: u64, last: u64, descending: bool) -> Vec<EventRow> {
    all(700, |window| async move {
        let range = UnitRange::new("GH".parse().unwrap(), first, last).unwrap();
        let window = Window {
            descending,
            ..window
        };
        model.events(range, &window).await
    })
    .await
}

async fn whole_and_parts(settings: ProjectionSettings) {
    let book = Book::whole(one_by_one().leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    let read = &model.projection;
    for (first, last) in [(1, i64::MAX as u64), (1, 4600), (100, 4590)] {
        let mut parts = history(read, first, 2000, false).await;
        parts.extend(history(read, 2001, last, false).await);
        parts.sort_by_key(|it| (it.leaf, it.position));
        parts.dedup();
        assert!(parts.len() > 7000, "{}", parts.len());
        let mut whole = history(read, first, last, false).await;
        assert_eq!(whole, parts, "{first} to {last}");
        whole.reverse();
        let newest_first = history(read, first, last, true).await;
        assert_eq!(newest_first, whole, "{first} to {last}, newest first");
    }
    model.kill().await;
}

#[test]
fn what_happened_to_very_many_units_is_what_happened_to_each_part_of_them() {
    on_both(whole_and_parts);
}
