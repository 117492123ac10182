//! The documentation pages: whole, and readable without a script and without the network.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};

use crate::openapi::operations;
use crate::world::World;

/// The values of an attribute in a page.
fn attribute<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let parts = page.split(start.as_str()).skip(1);
    parts.map(|rest| rest.split('"').next().unwrap()).collect()
}

async fn pages(world: &World) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut open = vec!["/api/v1/docs".to_owned()];
    while let Some(path) = open.pop() {
        let answer = world.bare(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.contains("script-src 'none'"), "{policy}");
        let page = answer.text().await.unwrap();
        for link in attribute(&page, "href") {
            let place = link.split('#').next().unwrap();
            let is_new =
                place != path && !pages.contains_key(place) && !open.iter().any(|it| it == place);
            if place.starts_with("/api/v1/docs") && is_new {
                open.push(place.to_owned());
            }
        }
        pages.insert(path, page);
    }
    pages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_has_its_place_with_curl_and_command_line() {
    let world = World::start().await;
    let pages = pages(&world).await;
    for (path, method, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        let holds = |page: &&String| attribute(page, "id").contains(&id);
        let holding: Vec<&String> = pages.values().filter(holds).collect();
        assert_eq!(holding.len(), 1, "{method} {path}");
        let from = holding[0].find(&format!("id=\"{id}\"")).unwrap();
        let section = holding[0][from..].split("</section>").next().unwrap();
        assert!(
            section.contains("<code>curl"),
            "{method} {path} has no curl"
        );
        let content = &operation["requestBody"]["content"];
        let by_curl_only = ["*/*", "application/x-www-form-urlencoded"];
        let takes_bytes = by_curl_only.iter().any(|it| content.get(it).is_some());
        assert!(
            takes_bytes
                || section.contains("countersign api")
                || section.contains("countersign bulk")
                || section.contains("countersign dmrv"),
            "{method} {path} has no command"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_needs_a_script_or_another_host_and_every_link_leads_somewhere() {
    let world = World::start().await;
    let pages = pages(&world).await;
    assert!(pages.len() > 10, "{:?}", pages.keys());
    for (path, page) in &pages {
        assert!(
            !page.contains("<script") && !page.contains("javascript:"),
            "{path}"
        );
        assert!(!page.contains(" style=") && !page.contains("{{"), "{path}");
        assert!(page.len() < 393_216, "{path} has {} bytes", page.len());
        let ids: Vec<&str> = attribute(page, "id");
        let distinct: BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(ids.len(), distinct.len(), "{path} has an id twice");
        for link in attribute(page, "href")
            .into_iter()
            .chain(attribute(page, "src"))
        {
            let (place, anchor) = link.split_once('#').unwrap_or((link, ""));
            let place = if place.is_empty() { path } else { place };
            assert!(place.starts_with('/'), "{path} leads to {link}");
            if let Some(target) = pages.get(place) {
                assert!(
                    anchor.is_empty() || attribute(target, "id").contains(&anchor),
                    "{path}: {link}"
                );
            } else {
                let answer = world.bare(Method::GET, place).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK, "{path}: {link}");
            }
        }
    }
    let missing = world.fail("/api/v1/docs/nothing").await;
    assert_eq!(missing.status, 404);
}
