//! The status page: small, without scripts or strangers, and it says what it must.

use reqwest::Method;

use crate::world::{WITNESS, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_who_what_and_by_whom_it_is_witnessed() {
    let world = World::start().await;
    world.witness();
    let id = world.send(10).await;
    let response = world.bare(Method::GET, "/").send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    let page = response.text().await.unwrap();
    let head = world.handle().head().borrow().clone();
    for wanted in [
        "<html lang=\"en\">".to_owned(),
        "Ghana: carbon registry GHA01".to_owned(),
        "Environmental Protection Authority".to_owned(),
        hex::encode(head.root),
        format!("<dt>Records</dt><dd>{}</dd>", head.size),
        format!("cosigned by {WITNESS}"),
        id.to_string(),
        "Switzerland".to_owned(),
        "<td>lock</td>".to_owned(),
        "our witnesses".to_owned(),
    ] {
        assert!(page.contains(&wanted), "{wanted} is not in\n{page}");
    }
    world.witness();
    let page = world
        .bare(Method::GET, "/")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("<dt>Witnessed</dt><dd>all records"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_small_and_loads_nothing_from_elsewhere() {
    let world = World::start().await;
    for _ in 0..12 {
        world.send(1).await;
    }
    world.witness();
    let page = world
        .bare(Method::GET, "/")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let style = world.bare(Method::GET, "/style.css").send().await.unwrap();
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    let style = style.text().await.unwrap();
    let bytes = page.len() + style.len();
    assert!(bytes < 15_000, "{bytes} bytes");
    for text in [&page, &style] {
        for forbidden in [
            "http:",
            "https:",
            "<script",
            "style=",
            "url(",
            "@import",
            "javascript:",
        ] {
            assert!(!text.contains(forbidden), "{forbidden}");
        }
    }
    let tables = page.matches("<table>").count();
    assert!(tables >= 3 && page.matches("<caption>").count() == tables);
    assert_eq!(page.matches("<h1>").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_without_witnesses_says_that_it_is_not_ready() {
    let world = World::start().await;
    let page = world
        .bare(Method::GET, "/")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("Not ready:") && page.contains("nothing yet"),
        "{page}"
    );
}
