//! What other registries tell, brought by a page: first looked at, then recorded, each use by two officials.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{Desk, Form, Read, hidden};
use crate::article6_notifications::{line, part};
use crate::article6_reports::{authorised_for, first_transfer};
use crate::office::send;
use crate::web::words;

const PATH: &str = "/en/work/report/notifications";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_notifications_is_looked_at_and_then_waits_for_a_second_official() {
    let office = authorised_for("imp").await;
    first_transfer(&office, 12).await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let range = async |place: &str| {
        let path = format!("/api/v1/holdings?place={place}&limit=10");
        let held = office.get(first, &path).await;
        let mut items = held["items"].as_array().unwrap().iter();
        let under = items.find(|it| it["authorisation"].is_object()).unwrap();
        under["range"].as_str().unwrap().to_owned()
    };
    let (abroad, here) = (range("abroad").await, range("available").await);
    let used = |reference: &str, range: &str, skip: u64| {
        let units = part(range, skip, 4);
        let rest = format!(
            r#""event":"use","quantity":4,"units":"{units}","purpose":"international_mitigation""#
        );
        line(reference, "2023", &rest)
    };
    let file = [
        &used("N-1", &abroad, 0),
        &used("N-2", &here, 0),
        "\"><script>alert(1)</script>",
    ]
    .join("\r\n");
    let desk = Desk::of(&office.world, first);
    let home = desk.page("/en/work/report").await;
    assert!(home.contains(&format!("href=\"{PATH}\"")), "{home}");
    let size = office.size().await;

    let fields = [("text", &*file), ("do", "preview")];
    let tried = desk.send(PATH, PATH, &fields).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
    assert!(!tried.text.contains("<script>alert"), "{}", tried.text);
    let seen = words(&tried.text);
    for shown in [
        "can be recorded: 1 · to be done here: 1 · refused: 1",
        "To use or cancel: 4",
        &*part(&here, 0, 4),
    ] {
        assert!(seen.contains(shown), "{shown}: {seen}");
    }
    let waiting = office.get(first, "/api/v1/proposals").await;
    assert_eq!(waiting["items"], json!([]), "a look proposes nothing");

    // Recorded from what was looked at; sent twice, it waits once.
    let mut all = hidden(&tried.text, PATH);
    for (name, value) in [("text", &*file), ("do", "record")] {
        all.push((name.to_owned(), value.to_owned()));
    }
    for _ in 0..2 {
        let done = desk.ask(Method::POST, PATH).form(&all).send().await;
        let done = Read::of(done.unwrap()).await;
        let seen = words(&done.text);
        assert!(
            seen.contains("waits for a second official: 1 · to be done here: 1 · refused: 1"),
            "{seen}"
        );
        assert!(done.text.contains("/en/work/proposals/"), "{}", done.text);
    }
    let waiting = office.get(second, "/api/v1/proposals").await;
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1, "{waiting}");
    assert_eq!(office.size().await, size, "nothing is written yet");
    let decide = format!("/api/v1/proposals/{}", waiting["items"][0]["proposal"]);
    let approved = send(&office.world, second, &decide, json!({"approve": true})).await;
    assert_eq!(approved.status(), StatusCode::NO_CONTENT);

    // A file that grew at its head: what is recorded is repeated, what is new is taken though its line had another content.
    let grown = [used("N-3", &abroad, 4), used("N-1", &abroad, 0)].join("\n");
    let fields = [("text", &*grown), ("do", "record")];
    let again = desk.send(PATH, PATH, &fields).await;
    let seen = words(&again.text);
    assert!(
        seen.contains("waits for a second official: 1 · recorded before: 1"),
        "{seen}"
    );

    let fields = [("text", " \n "), ("do", "preview")];
    let empty = desk.send(PATH, PATH, &fields).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        empty.text.contains("<textarea id=\"text\""),
        "{}",
        empty.text
    );
}
