//! Every page that can be reached is sound, fits a slow link, and keeps private what is private.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{BROWSER, attribute, is_sound, page, retired};
use crate::office::{Office, project, transfer_form};
use crate::world::{World, read};

/// Every page that can be reached from a first one, with its text; files and answers for programs are only asked for.
async fn crawled(world: &World, first: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut seen = vec![first.to_owned()];
    let mut next = 0;
    while next < seen.len() {
        let path = seen[next].clone();
        next += 1;
        let answer = world
            .bare(Method::GET, &path)
            .header("Accept", BROWSER)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let media = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        let text = answer.text().await.unwrap();
        if !media.starts_with("text/html") || path.starts_with("/api/") {
            found.insert(path, text);
            continue;
        }
        for link in attribute(&text, "href") {
            let place = link.split('#').next().unwrap().replace("&amp;", "&");
            let is_file = place.starts_with("/assets/");
            // One language is enough, and the API's own pages have their own tests.
            let is_here = place.starts_with(first) || place == "/log/checkpoint";
            if is_here && !is_file && !seen.contains(&place) {
                seen.push(place);
            }
        }
        found.insert(path, text);
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_leads_somewhere_and_every_page_is_sound() {
    let world = World::start().await;
    retired(&world, "Summit 2026").await;
    let sent = world.send(10).await;
    world.witness();
    world.settle(sent).await;
    world.send(7).await;
    world.witness();
    let pages = crawled(&world, "/en").await;
    assert!(pages.len() > 40, "{:?}", pages.keys());
    for (path, text) in &pages {
        if text.starts_with("<!doctype html>") {
            is_sound(path, text);
        }
    }
    for wanted in [
        "/en/projects/1",
        "/en/transfers/",
        "/en/retirements/",
        "/en/entries/",
        "/en/units/",
    ] {
        assert!(pages.keys().any(|it| it.starts_with(wanted)), "{wanted}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_visit_fits_a_slow_link() {
    let world = World::start().await;
    retired(&world, "Summit 2026").await;
    world.witness();
    for path in super::FIXED {
        let text = page(&world, path).await;
        let mut loads = vec![path.to_owned()];
        loads.extend(attribute(&text, "src").into_iter().map(str::to_owned));
        let style = attribute(&text, "href");
        loads.extend(
            style
                .iter()
                .filter(|it| it.starts_with("/assets/"))
                .map(|it| (*it).to_owned()),
        );
        assert!(loads.len() <= 6, "{path}: {loads:?}");
        let mut bytes = 0;
        for load in loads {
            let answer = world
                .bare(Method::GET, &load)
                .header("Accept", BROWSER)
                .header("Accept-Encoding", "br")
                .send()
                .await
                .unwrap();
            assert_eq!(answer.headers()["content-encoding"], "br", "{load}");
            bytes += answer.bytes().await.unwrap().len();
        }
        assert!(bytes <= 60_000, "{path}: {bytes} bytes");
    }
}

/// Words that stand for a person, and must be on no page.
const MARKERS: [&str; 8] = [
    "efua",
    "kofi",
    "@gov.example",
    "@developer.example",
    "Plantedname",
    "planted remark",
    "TIN-1",
    "Harbour Road",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_private_is_on_any_page() {
    let office = Office::open().await;
    let world = &office.world;
    let case = office.authorised_project().await;
    let verified = office.verified(case, 20).await;
    office.issue(verified).await;
    // A project that nobody has published, with a comment and a draft.
    let hidden = office.case(&office.developer, project()).await;
    let comment = json!({"text": "a planted remark by Plantedname", "circle": "parties"});
    let path = format!("/api/v1/cases/{hidden}/comments");
    let written = office
        .ask(&office.developer, Method::POST, &path)
        .json(&comment);
    let _: Value = read(written.send().await.unwrap(), StatusCode::CREATED, &path).await;
    // A retirement whose beneficiary does not let its name be known.
    let new = json!({"flow": "transfer", "title": "Units", "counterparty": office.buyer.organisation, "scopes": []});
    let request = office.case(&office.developer, new).await;
    let act = json!({"step": "send", "form": transfer_form(), "reserve": {"account": office.accounts[0],
        "units": {"tonnes": 3}, "fate": {"transfer": {"to": office.accounts[1]}}}, "comment": "a planted remark"});
    office.act(&office.developer, request, act).await;
    world.witness();
    let pages = crawled(world, "/en").await;
    assert!(pages.len() > 40);
    for (path, text) in &pages {
        for marker in MARKERS {
            assert!(!text.contains(marker), "{marker} is on {path}");
        }
    }
    let entries = pages
        .keys()
        .filter(|it| it.starts_with("/en/entries/"))
        .count();
    assert!(entries > 20, "{entries}");
}
