//! The same bridge beside a node: the registry over its HTTP API.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign_bridge::frame::{Feed, FeedError, HttpFeed, View};
use serde_json::{Value, json};

use crate::cadt::{Asked, Node, Server, json_ok};
use crate::country::{Country, description};
use crate::faults::Doom;
use crate::rig::install_tls;

/// The two pages of a node's API that a bridge reads.
fn answers(node: &mut Node, asked: &Asked) -> Response {
    let number = |name: &str| {
        asked
            .query
            .get(name)
            .and_then(|it| it.parse::<usize>().ok())
    };
    match asked.path.as_str() {
        "/api/v1/events" => {
            assert_eq!(
                asked.query.get("witnessed").map(String::as_str),
                Some("true")
            );
            let from = number("after").map_or(0, |it| it + 1);
            let limit = number("limit").unwrap();
            let all: Vec<Value> = node.table("events").cloned().collect();
            let items: Vec<Value> = all.iter().skip(from).take(limit).cloned().collect();
            let cursor = (from + items.len()).checked_sub(1).map(|it| it.to_string());
            json_ok(json!({"items": items, "cursor": cursor, "has_more": false, "size": all.len()}))
        }
        "/api/v1/projects/2" => json_ok(json!({"number": 2, "description": node.picklists})),
        "/api/v1/projects/1" => json_ok(json!({"number": 1, "description": null})),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[tokio::test]
async fn events_and_descriptions_come_over_the_api_as_they_come_from_the_ledger() {
    install_tls();
    let mut country = Country::new();
    let project = country.project();
    country.issue(project, 100).unwrap();
    let events = country.feed.events(0, 10_000).await.unwrap();
    let mut node = Node {
        picklists: serde_json::to_value(description(1)).unwrap(),
        ..Node::default()
    };
    let table = node.tables.entry("events".to_owned()).or_default();
    for event in &events {
        table.insert(
            format!("{:09}", event.data.index),
            serde_json::to_value(event).unwrap(),
        );
    }
    let doom = Doom::new(5);
    let server = Server::start(node, Arc::clone(&doom), answers)
        .await
        .unwrap();
    let feed = HttpFeed::new(&format!("{}/api/v1", server.url()), true).unwrap();
    let mut view = View::default();
    loop {
        let page = feed.events(view.size(), 10).await.unwrap();
        if page.is_empty() {
            break;
        }
        for event in &page {
            view.take(event).unwrap();
        }
    }
    assert_eq!(view.size(), events.len() as u64);
    assert!(*view.state() == country.ledger.state);
    assert_eq!(feed.description(2).await.unwrap(), Some(description(1)));
    assert_eq!(feed.description(1).await.unwrap(), None);
    doom.out(true);
    assert!(matches!(feed.events(0, 1).await, Err(FeedError::Away(_))));
}

#[tokio::test]
async fn a_record_that_is_not_what_its_hash_names_is_not_taken() {
    let country = Country::new();
    let events = country.feed.events(0, 10).await.unwrap();
    let mut view = View::default();
    let mut forged = events[0].clone();
    forged.data.record.time_ms += 1;
    assert!(
        view.take(&forged)
            .unwrap_err()
            .to_string()
            .contains("not the record")
    );
    assert!(
        view.take(&events[1])
            .unwrap_err()
            .to_string()
            .contains("was due")
    );
    view.take(&events[0]).unwrap();
    assert_eq!(view.size(), 1);
}
