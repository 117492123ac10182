//! The pages: whole, safe, small, in every language, and with nothing on them that is not for everybody.

mod charts;
mod crawl;
mod languages;
mod live;
mod proofs;
mod registry;
mod reports;
mod safety;
mod work;

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::openapi::template;
use crate::world::World;

/// What a browser says that it takes.
pub const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// Pages that every registry has, whatever is in it.
pub const FIXED: [&str; 23] = [
    "/",
    "/search",
    "/search?q=oven",
    "/projects",
    "/map",
    "/units",
    "/retirements",
    "/transfers",
    "/cooperation",
    "/organisations",
    "/accounting",
    "/statistics",
    "/data",
    "/verify",
    "/transparency",
    "/federation",
    "/entries",
    "/guidance",
    "/guidance/register",
    "/guidance/serial",
    "/guidance/proof",
    "/guidance/words",
    "/guidance/privacy",
];

/// A page as a browser gets it.
pub async fn page(world: &World, path: &str) -> String {
    let (status, text) = any_page(world, path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

/// A page, whatever its status.
pub async fn any_page(world: &World, path: &str) -> (StatusCode, String) {
    let answer = world
        .bare(Method::GET, path)
        .header("Accept", BROWSER)
        .send()
        .await
        .unwrap();
    let media = answer.headers()["content-type"].to_str().unwrap();
    assert_eq!(media, "text/html; charset=utf-8", "{path}");
    (answer.status(), answer.text().await.unwrap())
}

/// The values of an attribute in a page.
pub fn attribute<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let parts = page.split(start.as_str()).skip(1);
    parts.map(|rest| rest.split('"').next().unwrap()).collect()
}

/// A page's text without its tags.
pub fn words(page: &str) -> String {
    let mut text = String::new();
    for part in page.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, rest)| rest));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Five tonnes of account 1 used for somebody whose name is public; gives the leaf.
pub async fn retired(world: &World, beneficiary: &str) -> u64 {
    let body = json!({"account": 1, "units": {"tonnes": 5}, "kind": "retire", "purpose": "voluntary",
        "beneficiary": beneficiary, "beneficiary_public": true, "reason": "Flights of 2025"});
    let made: Value = world.post("/api/v1/retirements", body).await;
    made["made"]["index"].as_u64().unwrap()
}

/// A form as a browser sends it.
pub fn form(world: &World, path: &str, name: &str, value: &str) -> RequestBuilder {
    let mut body = format!("{name}=");
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() {
            body.push(char::from(byte));
        } else {
            body.push_str(&format!("%{byte:02X}"));
        }
    }
    world
        .bare(Method::POST, path)
        .header("Accept", BROWSER)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
}

/// What a page says that programs ask instead: a method and a path below `/api/v1`.
fn shown_operation(page: &str) -> Option<(&str, &str)> {
    let shown = page.split("<pre><code>").skip(1);
    let mut split = shown.filter_map(|it| it.split(['<', '?']).next()?.split_once(" /api/v1"));
    split.next()
}

/// What holds for every page, whichever it is.
pub fn is_sound(path: &str, page: &str) {
    let ids = attribute(page, "id");
    let distinct: BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "{path} has an id twice: {ids:?}");
    assert_eq!(page.matches("<h1").count(), 1, "{path}");
    assert_eq!(page.matches("<main").count(), 1, "{path}");
    // Two pages load a second script, for passkeys.
    let own = |name: &str| {
        page.matches(&format!("<script src=\"/assets/{name}-"))
            .count()
    };
    assert_eq!((own("htmx"), own("passkeys") < 2), (1, true), "{path}");
    let scripts = page.matches("<script").count();
    assert_eq!(scripts, 1 + own("passkeys"), "{path}");
    for forbidden in [
        " style=",
        "<style",
        "javascript:",
        " onclick",
        "{{",
        "{%",
        "\u{fffd}",
    ] {
        assert!(!page.contains(forbidden), "{path} has {forbidden}");
    }
    for link in attribute(page, "href")
        .into_iter()
        .chain(attribute(page, "src"))
    {
        let is_own = link.starts_with('/') || link.starts_with('#') || link.starts_with('?');
        assert!(is_own && !link.starts_with("//"), "{path} leads to {link}");
    }
    let is_unknown = |it: &(&str, &str)| template(&it.0.to_ascii_lowercase(), it.1).is_none();
    let unknown = shown_operation(page).filter(is_unknown);
    assert_eq!(unknown, None, "{path} shows what the API has not");
    let tables = page.matches("<table>").count();
    let heads = page.matches("<thead>").count();
    assert_eq!(tables, heads, "{path} has a table without a head");
    for label in attribute(page, "for") {
        assert!(ids.contains(&label), "{path} labels nothing: {label}");
    }
    for by in attribute(page, "aria-labelledby")
        .into_iter()
        .chain(attribute(page, "aria-describedby"))
    {
        assert!(ids.contains(&by), "{path} refers to nothing: {by}");
    }
}
