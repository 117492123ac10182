//! What the pages say about what is in the registry.

use reqwest::Method;
use serde_json::Value;

use super::{BROWSER, page, retired, words};
use crate::office::Office;
use crate::world::{WITNESS, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_page_has_four_numbers_with_the_entry_that_they_follow_from() {
    let world = World::start().await;
    retired(&world, "Summit 2026").await;
    let sent = world.send(10).await;
    world.witness();
    world.settle(sent).await;
    let text = words(&page(&world, "/en").await);
    for wanted in [
        "Ghana: carbon registry",
        "Environmental Protection Authority",
        "Issued 1,000 tonnes",
        "First transferred 10 tonnes",
        "Retired 5 tonnes",
        "1 registered project",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    let newest = world.handle().head().borrow().size - 1;
    assert!(
        text.contains(&format!("As of log entry {newest}.")),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_about_the_log_says_who_watches_it() {
    let world = World::start().await;
    let text = words(&page(&world, "/en/transparency").await);
    assert!(
        text.contains("The registry is not ready") && text.contains("nothing yet"),
        "{text}"
    );
    world.witness();
    let page = page(&world, "/en/transparency").await;
    let text = words(&page);
    let head = world.handle().head().borrow().clone();
    for wanted in [
        &*hex::encode(head.root),
        WITNESS,
        "all entries",
        "Switzerland",
        "up to date",
        "No alarm",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    world.federation.witnesses.lock().unwrap()[0].fault = Some("it saw another log".to_owned());
    let text = words(&super::page(&world, "/en/transparency").await);
    assert!(text.contains("did not cosign it saw another log"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_box_finds_whatever_has_a_name() {
    let world = World::start().await;
    let leaf = retired(&world, "Summit 2026").await;
    let sent = world.send(10).await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    for (q, place) in [
        ("GH-27-35", "/en/units/GH-27-35".to_owned()),
        (&*sent.to_string(), format!("/en/transfers/{sent}")),
    ] {
        let url = format!("{}/en/search?q={q}", world.base);
        let answer = client
            .get(url)
            .header("Accept", BROWSER)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 303, "{q}");
        assert_eq!(answer.headers()["location"].to_str().unwrap(), place);
    }
    let text = page(&world, "/en/search?q=1").await;
    assert!(text.contains("href=\"/en/projects/1\"") && text.contains("href=\"/en/entries/1\""));
    let text = page(&world, &format!("/en/search?q={leaf}")).await;
    assert!(
        text.contains(&format!("href=\"/en/retirements/{leaf}\"")),
        "{text}"
    );
    let text = words(&page(&world, "/en/search?q=zzzz").await);
    assert!(text.contains("Nothing was found"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_all_units_of_a_project_are_is_told_page_by_page() {
    let world = World::start().await;
    for _ in 0..26 {
        world.send(1).await;
    }
    world.witness();
    let project = page(&world, "/en/projects/1").await;
    let all = "/en/projects/1/units";
    assert!(project.contains(&format!("href=\"{all}\"")), "{project}");
    let first = page(&world, all).await;
    let rest = first.split("rel=\"next\"").next().unwrap();
    let rest = rest.rsplit("href=\"").next().unwrap();
    let next = page(&world, rest.split('"').next().unwrap()).await;
    let serials = |text: &str| -> Vec<String> {
        let found = super::attribute(text, "href").into_iter();
        let found = found.filter(|it| it.starts_with("/en/units/GH-"));
        found.map(str::to_owned).collect()
    };
    let (first, next) = (serials(&first), serials(&next));
    assert_eq!((first.len(), next.len()), (25, 2), "{first:?} {next:?}");
    assert!(next.iter().all(|it| !first.contains(it)));
    assert_eq!(serials(&project), first);
    let (status, _) = super::any_page(&world, "/en/projects/77/units").await;
    assert_eq!(status, reqwest::StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_ranges_under_one_name_are_told_part_by_part() {
    let world = World::start().await;
    for _ in 0..26 {
        world.send(1).await;
    }
    world.witness();
    let first = page(&world, "/en/units/GH-1-1000").await;
    let text = words(&first);
    assert!(text.contains("The first 25 ranges, 998 t"), "{text}");
    assert!(
        text.contains("those of the first range, GH-1-974."),
        "{text}"
    );
    assert!(!text.contains("Split from"), "{text}");
    let rest = "/en/units/GH-999-1000";
    assert!(first.contains(&format!("href=\"{rest}\"")), "{first}");
    let text = words(&page(&world, rest).await);
    assert!(text.contains("2 t CO₂e · vintage"), "{text}");
    // What is counted is what was asked for, not all of the ranges that have some of it.
    let text = words(&page(&world, "/en/units/GH-973-976").await);
    assert!(text.contains("4 t CO₂e · vintage"), "{text}");

    // What happened is on one page after the other, as the API has it.
    let all = "/en/units/GH-1-1000/history";
    assert!(first.contains(&format!("href=\"{all}\"")), "{first}");
    let listed: Value = world.get("/api/v1/units/GH-1-1000/history").await;
    let wanted = listed["items"].as_array().unwrap().len();
    let (mut seen, mut next) = (0, Some(all.to_owned()));
    while let Some(path) = next {
        let text = page(&world, &path).await;
        seen += text.matches("<time ").count();
        let way_on = text.split("rel=\"next\"").next().unwrap();
        let way_on = way_on.rsplit("href=\"").next().unwrap();
        next = text.contains("rel=\"next\"").then(|| {
            let address = way_on.split('"').next().unwrap();
            address.replace("&amp;", "&").replace("&#38;", "&")
        });
    }
    assert_eq!(seen, wanted);
    let (status, _) = super::any_page(&world, "/en/units/GH-77777/history").await;
    assert_eq!(status, reqwest::StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serial_is_explained_and_followed() {
    let world = World::start().await;
    let leaf = retired(&world, "Summit 2026").await;
    let text = words(&page(&world, "/en/units/GH-1-1000").await);
    for wanted in [
        "issued by Ghana",
        "kind of unit",
        "first unit",
        "last unit",
        "used",
        "in account 1",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    // The parts of the serial of a range that was split off, with what it was split from.
    let listed: Value = world.get("/api/v1/retirements").await;
    let range = listed["items"][0]["range"].as_str().unwrap().to_owned();
    let text = words(&page(&world, &format!("/en/units/{range}")).await);
    assert!(
        text.contains("GH-1-1000") && text.contains(" beside "),
        "{text}"
    );
    assert!(
        text.contains("Issued") && text.contains(&format!("proof: entry {leaf}")),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retirement_has_a_page_and_a_certificate_with_a_code() {
    let world = World::start().await;
    let leaf = retired(&world, "Summit 2026").await;
    world.witness();
    let text = words(&page(&world, &format!("/en/retirements/{leaf}")).await);
    for wanted in [
        "5 t CO₂e retired",
        "Summit 2026",
        "Flights of 2025",
        "witnessed",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    let text = page(&world, &format!("/en/retirements/{leaf}/certificate")).await;
    let address = format!("https://registry.example.org/retirements/{leaf}");
    assert!(
        text.contains(&address) && text.contains("class=\"qr\""),
        "{text}"
    );
    let rows = world
        .bare(Method::GET, "/en/data/retirements.csv")
        .send()
        .await
        .unwrap();
    assert_eq!(rows.headers()["content-type"], "text/csv; charset=utf-8");
    let rows = rows.text().await.unwrap();
    assert!(rows.contains(",Summit 2026,Flights of 2025,"), "{rows}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_says_where_the_units_are_and_who_must_act() {
    let world = World::start().await;
    world.witness();
    let id = world.send(10).await;
    let at = |language: &str| format!("/{language}/transfers/{id}");
    let text = words(&page(&world, &at("en")).await);
    assert!(
        text.contains("Ghana → Switzerland")
            && text.contains("the witnesses of this log must cosign")
    );
    world.witness();
    let text = words(&page(&world, &at("en")).await);
    assert!(
        text.contains("Switzerland must answer with a proof"),
        "{text}"
    );
    world.settle(id).await;
    let text = words(&page(&world, &at("en")).await);
    assert!(text.contains("The units are in Switzerland."), "{text}");
    assert!(
        text.contains("Proven by entry 5 of ch.example/ledger"),
        "{text}"
    );
    // Each lane has its accounts and its clock, and a proof for what the other country did.
    assert!(
        text.contains("Account 1") && text.contains("by the clock of Ghana"),
        "{text}"
    );
    let answer = text.split("To: Switzerland").nth(1).unwrap();
    assert!(
        answer.contains("Account 7") && answer.contains("proof: entry"),
        "{text}"
    );
    assert!(words(&page(&world, &at("fr")).await).contains("Suisse"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_shows_its_road_and_whose_turn_it_is() {
    let office = Office::open().await;
    let case = office.authorised_project().await;
    let verified = office.verified(case, 20).await;
    office.issue(verified).await;
    let world = &office.world;
    // Number 1 was there before the process.
    let projects: Value = world.get("/api/v1/projects?sort=-number").await;
    let number = projects["items"][0]["number"].as_u64().unwrap();
    let text = words(&page(world, &format!("/en/projects/{number}")).await);
    for wanted in [
        "Stoves on the outer islands",
        "Road map",
        "History",
        "ama developer",
        "cem certifier",
        "Monitoring 2023",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    assert!(text.contains("2023 20 20 0 0 0"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn charts_tables_and_files_say_the_same() {
    let world = World::start().await;
    retired(&world, "Summit 2026").await;
    let text = words(&page(&world, "/en/statistics").await);
    assert!(
        text.contains("1,000") && text.contains("Energy demand"),
        "{text}"
    );
    let year = "2026";
    let rows = world
        .bare(Method::GET, "/en/statistics/by-year.csv")
        .send()
        .await
        .unwrap();
    let rows = rows.text().await.unwrap();
    assert!(
        rows.starts_with("Year,Issued,Transferred abroad,Acquired from abroad,Used,Cancelled\r\n"),
        "{rows}"
    );
    assert!(rows.contains(",1000,0,0,5,0\r\n"), "{year}: {rows}");
    let picture = world
        .bare(Method::GET, "/en/statistics/by-year.svg")
        .send()
        .await
        .unwrap();
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert!(picture.text().await.unwrap().starts_with("<svg xmlns="));
}
