//! Pages that renew themselves: they are told when something changed, and use nobody's session by asking.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use super::work::Desk;
use super::{attribute, page};
use crate::office::Office;
use crate::world::{STREAMS_MAX, World};

const MINUTE_MS: u64 = 60_000;

/// What a listener hears until a text comes, or `None` if it does not in a few seconds.
async fn heard(answer: &mut reqwest::Response, wanted: &str) -> Option<String> {
    let mut all = String::new();
    let hear = async {
        while let Some(piece) = answer.chunk().await.unwrap() {
            all.push_str(std::str::from_utf8(&piece).unwrap());
            if all.contains(wanted) {
                return Some(all);
            }
        }
        None
    };
    tokio::time::timeout(Duration::from_secs(15), hear)
        .await
        .ok()?
}

async fn listen(world: &World, path: &str) -> reqwest::Response {
    let answer = world.bare(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_listens_hears_that_something_changed_and_nothing_else() {
    let world = World::start().await;
    let text = page(&world, "/en/federation").await;
    let path = attribute(&text, "data-changes")[0].to_owned();
    let mut answer = listen(&world, &path).await;
    let begun = heard(&mut answer, "retry:").await.unwrap();
    assert!(!begun.contains("changed"), "{begun}");
    world.send(5).await;
    let told = heard(&mut answer, "event: changed").await.unwrap();
    // A number and nothing else: what changed is on the page.
    let number = told.strip_prefix("event: changed\ndata: ").unwrap();
    assert!(number.trim_end().parse::<u64>().is_ok(), "{told}");
    let size = world.handle().head().borrow().size;
    // The page that was drawn before is told at once.
    let mut late = listen(&world, &path).await;
    assert!(heard(&mut late, "event: changed").await.is_some());
    // A cosignature changes what pages show, and no leaf.
    let mut fresh = listen(&world, &format!("/changes?size={size}")).await;
    heard(&mut fresh, "retry:").await.unwrap();
    world.witness();
    assert!(heard(&mut fresh, "event: changed").await.is_some());
    let wrong = world.bare(Method::GET, "/changes?size=x").send().await;
    assert_eq!(wrong.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listeners_take_places_and_no_more_than_there_are() {
    let world = World::start().await;
    let mut open = Vec::new();
    let refused = loop {
        let answer = world.bare(Method::GET, "/changes").send().await.unwrap();
        if answer.status() != StatusCode::OK {
            break answer.status();
        }
        open.push(answer);
        assert!(open.len() <= STREAMS_MAX, "{} listen", open.len());
    };
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    assert!(open.len() > 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_renews_itself_does_not_keep_a_session_alive() {
    let office = Office::open().await;
    let world = &office.world;
    let of = |at: usize| Desk::of(world, &office.officials[at]);
    let (left, used) = (of(0), of(1));
    let page = left.page("/en/work/federation").await;
    let renewal = attribute(&page, "hx-get")
        .into_iter()
        .find(|it| it.starts_with("/en/work/federation"))
        .unwrap()
        .to_owned();
    used.page("/en/work/federation").await;
    // One has a page open that renews itself, the other works.
    for _ in 0..2 {
        world.later(25 * MINUTE_MS);
        left.page(&renewal).await;
        left.page("/en/federation?renewal").await;
        used.page("/en/work").await;
    }
    world.later(15 * MINUTE_MS);
    let ended = left.any("/en/work").await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    used.page("/en/work").await;
    // The script of the page is led to the sign-in, and back to the page afterwards.
    let request = left.ask(Method::GET, &renewal).header("HX-Request", "true");
    let answer = request.send().await.unwrap();
    let place = answer.headers()["hx-redirect"].to_str().unwrap();
    assert_eq!(place, "/en/sign-in?next=%2Fen%2Fwork%2Ffederation");
    assert_eq!(left.any(&renewal).await.place(), place);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_map_of_the_federation_says_in_words_what_it_shows() {
    let world = World::start().await;
    let sent = world.send(10).await;
    world.witness();
    world.settle(sent).await;
    let text = page(&world, "/en/federation").await;
    for wanted in [
        "Ghana: this registry",
        "Switzerland: ",
        "Ghana → Switzerland: 10",
        ">CH</text>",
        "Map of 2 countries",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    // Keys and addresses of nodes are for those who run them.
    assert!(!text.contains("12D3KooWCH"), "{text}");
}
