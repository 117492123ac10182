//! Annual reports for everybody: those that the country froze, and no other.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{BROWSER, attribute, is_sound, page, words};
use crate::article6_reports::{authorised_for, first_transfer};
use crate::office::send;
use crate::world::{World, read};

async fn bytes(world: &World, path: &str) -> Vec<u8> {
    let answer = world
        .bare(Method::GET, path)
        .header("Accept", BROWSER)
        .header("Accept-Encoding", "br")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let name = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("attachment"), "{name}");
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_may_have_the_reports_that_the_country_froze_and_no_others() {
    let office = authorised_for("ndc_and_imp").await;
    let world = &office.world;
    first_transfer(&office, 12).await;
    let text = words(&page(world, "/en/accounting").await);
    assert!(
        text.contains("has frozen no annual report so far"),
        "{text}"
    );

    let freeze = json!({"year": 2026, "submitted": "2027-04-10", "despite_errors": true});
    let path = "/api/v1/article6/submissions";
    let frozen = send(world, &office.officials[0], path, freeze).await;
    let frozen: Value = read(frozen, StatusCode::CREATED, "freeze").await;
    let sha256 = frozen["sha256"].as_str().unwrap();
    // A file that somebody brings is others' to publish, even where it is the country's own from elsewhere.
    let draft = "/api/v1/article6/aef?year=2025&submitted=2026-04-10";
    let draft = office.ask(&office.officials[0], Method::GET, draft);
    let draft = draft.send().await.unwrap().bytes().await.unwrap();
    let brought = office
        .ask(
            &office.officials[0],
            Method::POST,
            &format!("{path}/import"),
        )
        .header("Idempotency-Key", crate::common::request().to_string())
        .body(draft)
        .send()
        .await
        .unwrap();
    let brought: Value = read(brought, StatusCode::CREATED, "import").await;
    let brought = brought["sha256"].as_str().unwrap();

    let list = page(world, "/en/accounting").await;
    let link = format!("/en/accounting/reports/{sha256}");
    assert!(list.contains(&format!("href=\"{link}\"")), "{list}");
    assert!(!list.contains(brought), "{list}");
    for other in [brought, &"0".repeat(64), "x"] {
        for file in ["", "/json", "/xlsx"] {
            let path = format!("/en/accounting/reports/{other}{file}");
            let answer = world.bare(Method::GET, &path).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    // Programs get the same without a token, and a developer no more than that.
    let all = office.get(&office.officials[0], path).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2, "{all}");
    let open: Value = read(
        world.bare(Method::GET, path).send().await.unwrap(),
        StatusCode::OK,
        path,
    )
    .await;
    let of_developer = office.get(&office.developer, path).await;
    assert_eq!(open, of_developer);
    let items = open["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{open}");
    assert_eq!(
        (&items[0]["sha256"], &items[0]["user"]),
        (&frozen["sha256"], &Value::Null)
    );
    for (hash, wanted) in [(sha256, StatusCode::OK), (brought, StatusCode::NOT_FOUND)] {
        let path = format!("{path}/{hash}?format=json");
        let answer = world.bare(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), wanted, "{path}");
    }

    let shown = page(world, &link).await;
    is_sound(&link, &shown);
    let files: Vec<&str> = attribute(&shown, "href")
        .into_iter()
        .filter(|it| it.starts_with(&format!("{link}/")))
        .collect();
    assert_eq!(files, [format!("{link}/xlsx"), format!("{link}/json")]);
    for file in files {
        let hash = hex::encode(Sha256::digest(bytes(world, file).await));
        assert!(shown.contains(&hash), "{file} has {hash}\n{shown}");
    }
    assert!(shown.contains(sha256));
    let report = countersign_bridge::aef::read(&bytes(world, &format!("{link}/json")).await);
    assert_eq!(
        report.unwrap().aef.submission.reported_year.get(),
        Some(2026)
    );
    let text = words(&shown);
    assert!(text.contains("Table 3: Actions"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_regular_information_is_there_with_an_ndc_and_missed_without_one() {
    let world = World::start().await;
    let text = words(&page(&world, "/en/accounting").await);
    assert!(text.contains("There is none without an NDC"), "{text}");
    drop(world);
    let office = authorised_for("ndc_and_imp").await;
    first_transfer(&office, 12).await;
    let json = bytes(&office.world, "/en/accounting/regular-2021.json").await;
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert!(json.to_string().contains("12"), "{json}");
    let workbook = bytes(&office.world, "/en/accounting/regular-2021.xlsx").await;
    assert!(workbook.starts_with(b"PK"));
}
