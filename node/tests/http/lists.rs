//! Lists of the read model: filters, orders, places, searches, and the mark that saves an unchanged answer.

use countersign_node::http::dto::{
    HoldingView, Page, RetirementView, SearchView, TransferView, UnitsEvent,
};
use countersign_node::projection::query::{OrganisationRow, ProjectRow};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::office::Office;
use crate::world::{World, kind, problem, read};

async fn organisations(world: &World) {
    for name in ["Zebra Stoves", "alpha Solar", "Alpha Wind", "50% Smoke"] {
        let body = json!({"name": name, "kind": "other"});
        let _: Value = world.post("/api/v1/organisations", body).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_filtered_ordered_and_searched_and_a_write_is_seen_at_once() {
    let world = World::start().await;
    organisations(&world).await;
    let found: Page<OrganisationRow> = world.get("/api/v1/organisations?q=ALPHA").await;
    let names: Vec<&str> = found.items.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["alpha Solar", "Alpha Wind"]);
    let mut names = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/v1/organisations?sort=-name&kind=other&limit=2{after}");
        let page: Page<OrganisationRow> = world.get(&path).await;
        names.extend(page.items.into_iter().map(|it| it.name));
        let Some(next) = page.next else { break };
        after = format!("&after={next}");
    }
    assert_eq!(
        names,
        ["Zebra Stoves", "Alpha Wind", "alpha Solar", "50% Smoke"]
    );
    // The answer of a plain list is the one of before, and a plain number is still a place.
    let old: Page<Value> = world.get("/api/v1/organisations?limit=2").await;
    assert_eq!(old.next.as_deref(), Some("2"));
    let same: Page<OrganisationRow> = world.get("/api/v1/organisations?sort=number&after=2").await;
    assert_eq!(same.items[0].id.0, 3);
    let none: Page<ProjectRow> = world.get("/api/v1/projects?scope=9").await;
    assert!(none.items.is_empty() && none.next.is_none());
    let some: Page<ProjectRow> = world.get("/api/v1/projects?scope=3&standing=active").await;
    assert_eq!(some.items[0].title, "Clean cooking in Volta");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_list_does_not_know_is_refused_by_name() {
    let world = World::start().await;
    organisations(&world).await;
    let page: Page<Value> = world.get("/api/v1/organisations?sort=name&limit=1").await;
    let place = page.next.unwrap();
    let long = "x".repeat(201);
    for (path, parameter) in [
        ("organisations?sort=standing".to_owned(), "sort"),
        ("organisations?sort=name;DROP".to_owned(), "sort"),
        ("organisations?kind=king".to_owned(), "kind"),
        ("organisations?colour=red".to_owned(), "colour"),
        ("organisations?sort=number&after=x".to_owned(), "after"),
        (format!("organisations?sort=changed&after={place}"), "after"),
        (format!("projects?sort=title&after={place}"), "after"),
        (format!("projects?q={long}"), "q"),
        ("holdings?place=moon".to_owned(), "place"),
        ("retirements?sort=account".to_owned(), "sort"),
        ("transfers?sort=state".to_owned(), "sort"),
        ("search".to_owned(), "q"),
    ] {
        let refused = world.fail(&format!("/api/v1/{path}")).await;
        assert_eq!(kind(&refused), "malformed", "{path}: {refused:?}");
        let named = refused.errors[0].parameter.as_deref();
        assert_eq!(named, Some(parameter), "{path}");
    }
    let strange = world.bare(Method::GET, "/api/v1/holdings?vintage=2024");
    let refused = problem(strange.send().await.unwrap()).await;
    assert_eq!(kind(&refused), "not-authorised");
}

fn mark(response: &Response) -> String {
    response.headers()["etag"].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unchanged_list_is_answered_with_its_mark_alone() {
    let world = World::start().await;
    for path in [
        "/api/v1/organisations",
        "/api/v1/organisations?q=a",
        "/api/v1/projects?sort=title",
        "/api/v1/holdings?vintage=2024",
        "/api/v1/retirements",
        "/api/v1/transfers",
        "/api/v1/units/GH-1/history",
        "/api/v1/search?q=volta",
        "/api/v1/cases?ended=false",
    ] {
        let ask = || world.ask(Method::GET, path);
        let first = ask().send().await.unwrap();
        assert_eq!(first.status(), StatusCode::OK, "{path}");
        let tag = mark(&first);
        let again = ask().header("If-None-Match", &tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(mark(&again), tag);
        assert!(again.bytes().await.unwrap().is_empty());
        let weak = format!("\"0\", W/{tag}");
        let again = ask().header("If-None-Match", weak).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        let body = json!({"name": format!("For {}", path.len()), "kind": "other"});
        let _: Value = world.post("/api/v1/organisations", body).await;
        let changed = ask().header("If-None-Match", &tag).send().await.unwrap();
        assert_eq!(changed.status(), StatusCode::OK, "{path}");
        assert_ne!(mark(&changed), tag, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_are_followed_from_their_issuance_to_their_end() {
    let world = World::start().await;
    let moved = json!({"from": 1, "to": 2, "units": {"tonnes": 100}});
    let _: Value = world.post("/api/v1/account-transfers", moved).await;
    let retired =
        json!({"account": 2, "units": {"tonnes": 40}, "kind": "retire", "purpose": "ndc"});
    let retired: Value = world.post("/api/v1/retirements", retired).await;
    let ranges: Page<HoldingView> = world.get("/api/v1/holdings?account=2&vintage=2024").await;
    assert_eq!(
        ranges.items.iter().map(|it| it.units.tonnes).sum::<u64>(),
        60
    );

    let listed: Page<RetirementView> = world.get("/api/v1/retirements?purpose=ndc&account=2").await;
    let [one] = &listed.items[..] else {
        panic!("{listed:?}")
    };
    assert_eq!(one.index, retired["made"]["index"].as_u64().unwrap());
    assert_eq!((one.units.tonnes, one.kind.as_str()), (40, "retire"));
    let public = world.bare(Method::GET, "/api/v1/retirements").send().await;
    let public: Page<RetirementView> = read(public.unwrap(), StatusCode::OK, "retirements").await;
    assert_eq!(public.items, listed.items);

    // One unit in the middle of what was retired, by its number and by the serial of the whole range.
    let number = one.units.range.first() + 7;
    let by_number: Page<UnitsEvent> = world
        .get(&format!("/api/v1/units/GH-{number}/history"))
        .await;
    let kinds: Vec<&str> = by_number.items.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["issuance", "split", "transfer", "split", "retire"]);
    assert_eq!(by_number.items[2].to.unwrap().0, 2);
    let serial = one.units.serial;
    let by_serial: Page<UnitsEvent> = world.get(&format!("/api/v1/units/{serial}/history")).await;
    assert_eq!(by_serial.items, by_number.items);
    let refused = world.fail("/api/v1/units/GH-5000000/history").await;
    assert_eq!(kind(&refused), "not-found");

    let found: SearchView = world.get(&format!("/api/v1/search?q={serial}")).await;
    assert_eq!(found.units[0].units.serial, serial);
    let found: SearchView = world.get("/api/v1/search?q=CLEAN%20cook").await;
    assert_eq!((found.projects.len(), found.organisations.len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_are_listed_newest_first_by_partner_and_found_by_their_ids() {
    let world = World::start().await;
    let first = world.send(3).await;
    let second = world.send(4).await;
    world.settle(first).await;
    let all: Page<TransferView> = world.get("/api/v1/transfers?partner=CH&account=1").await;
    let ids: Vec<_> = all.items.iter().map(|it| it.id).collect();
    assert_eq!(ids, [second, first]);
    let oldest: Page<TransferView> = world.get("/api/v1/transfers?sort=opened&limit=1").await;
    assert_eq!(oldest.items[0].id, first);
    let next = oldest.next.unwrap();
    let path = format!("/api/v1/transfers?sort=opened&after={next}");
    let rest: Page<TransferView> = world.get(&path).await;
    assert_eq!(rest.items[0].id, second);
    let settled: Page<TransferView> = world.get("/api/v1/transfers?state=final").await;
    assert_eq!(settled.items.len(), 1);
    let start = &second.to_string()[..8];
    let found: SearchView = world.get(&format!("/api/v1/search?q={start}")).await;
    assert_eq!(found.transfers[0].id, second);
    let history: Page<UnitsEvent> = {
        let range = settled.items[0].units[0].range;
        world.get(&format!("/api/v1/units/{range}/history")).await
    };
    let kinds: Vec<&str> = history.items.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["issuance", "split", "lock", "finalise"]);
    assert_eq!(history.items[3].party.unwrap().to_string(), "CH");
}

/// The ranges that somebody sees under a path.
async fn seen(office: &Office, who: &crate::office::Somebody, query: &str) -> Vec<(u64, u64)> {
    let path = format!("/api/v1/holdings?limit=1000{query}");
    let page = office.get(who, &path).await;
    let rows = page["items"].as_array().unwrap().iter();
    let mut seen: Vec<(u64, u64)> = rows
        .map(|it| {
            (
                it["account"].as_u64().unwrap(),
                it["tonnes"].as_u64().unwrap(),
            )
        })
        .collect();
    seen.sort_unstable();
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_sees_its_own_ranges_and_an_official_sees_everybodys() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    let [mine, other] = office.accounts;
    let ask =
        json!({"flow": "transfer", "title": "To Ben", "counterparty": office.buyer.organisation});
    let case = office.case(&office.developer, ask).await;
    let send = json!({"step": "send", "form": {"receiver": office.buyer.organisation, "units": ["GH-1-40"]},
        "reserve": {"account": mine, "units": {"tonnes": 40}, "fate": {"transfer": {"to": other}}}});
    office.act(&office.developer, case, send).await;
    office
        .act(&office.buyer, case, json!({"step": "accept"}))
        .await;
    let (mine, other) = (u64::from(mine), u64::from(other));

    // Who names nothing sees the own organisation's, and no row of anybody else.
    assert_eq!(seen(&office, &office.developer, "").await, [(mine, 60)]);
    assert_eq!(seen(&office, &office.buyer, "").await, [(other, 40)]);
    assert_eq!(
        seen(&office, &office.buyer, "&vintage=2023").await,
        [(other, 40)]
    );
    assert_eq!(seen(&office, &office.buyer, "&vintage=2024").await, []);
    assert_eq!(seen(&office, &office.certifier, "").await, []);
    // What the world had before the process is of another organisation still.
    let everything = [(1, 1000), (mine, 60), (other, 40)];
    for official in &office.officials {
        assert_eq!(seen(&office, official, "").await, everything);
        let one = format!("&organisation={}", office.buyer.organisation);
        assert_eq!(seen(&office, official, &one).await, [(other, 40)]);
        let one = format!("&account={mine}");
        assert_eq!(seen(&office, official, &one).await, [(mine, 60)]);
    }
    // Others' are not to be had by naming them: an account reads like none at all.
    let own = format!(
        "&organisation={}&account={other}",
        office.buyer.organisation
    );
    assert_eq!(seen(&office, &office.buyer, &own).await, [(other, 40)]);
    for (query, status) in [
        (format!("account={mine}"), 404),
        ("account=1".to_owned(), 404),
        ("account=999".to_owned(), 404),
        (
            format!("organisation={}", office.developer.organisation),
            403,
        ),
        (
            format!("organisation={}&account={mine}", office.buyer.organisation),
            404,
        ),
        (
            format!(
                "organisation={}&account={other}",
                office.developer.organisation
            ),
            403,
        ),
    ] {
        let asked = office.ask(
            &office.buyer,
            Method::GET,
            &format!("/api/v1/holdings?{query}"),
        );
        let refused = problem(asked.send().await.unwrap()).await;
        assert_eq!(refused.status, status, "{query}: {refused:?}");
    }
    let stranger = office.world.bare(Method::GET, "/api/v1/holdings");
    assert_eq!(
        stranger.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
}
