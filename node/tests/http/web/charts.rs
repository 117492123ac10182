//! Each chart says what happened: its file against a registry that people made through the API.

use reqwest::{Method, StatusCode};

use super::{BROWSER, page, words};
use crate::article6_reports::{authorised_for, first_transfer};
use crate::office::{Office, project, submit_project};
use crate::world::World;

const DAY_MS: u64 = 86_400_000;

/// A file of a chart, line by line.
async fn rows(world: &World, path: &str) -> Vec<String> {
    let answer = world
        .bare(Method::GET, path)
        .header("Accept", BROWSER)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    text.trim_end().split("\r\n").map(str::to_owned).collect()
}

async fn picture(world: &World, path: &str) -> String {
    let answer = world.bare(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/svg+xml", "{path}");
    answer.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorised_units_are_followed_to_where_they_end() {
    let office = authorised_for("ndc_and_imp").await;
    first_transfer(&office, 12).await;
    let world = &office.world;
    let found = rows(world, "/en/statistics/end-states.csv").await;
    assert_eq!(
        found[0],
        "From,in accounts,on hold,locked,abroad,used,cancelled"
    );
    // 30 were issued under the authorisation, and 1000 before there was any.
    assert_eq!(found[1], "Authorised,18,0,0,12,0,0");
    assert_eq!(found[2], "Not authorised,1000,0,0,0,0,0");
    let by_country = rows(world, "/en/statistics/end-countries.csv").await;
    assert_eq!(
        by_country[0],
        "From,in this country,used,cancelled,Switzerland"
    );
    assert_eq!(by_country[1], "Authorised,18,0,0,12");
    assert_eq!(by_country[2], "Not authorised,1000,0,0,0");
    let svg = picture(world, "/en/statistics/end-countries.svg").await;
    assert!(svg.contains("Authorised → Switzerland: 12<"), "{svg}");
    let svg = picture(world, "/en/statistics/end-states.svg").await;
    for wanted in [
        "Authorised → abroad: 12<",
        "Authorised → in accounts: 18<",
        "Not authorised → in accounts: 1,000<",
    ] {
        assert!(svg.contains(wanted), "{wanted} is not in {svg}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agreements_and_countries_have_what_moved() {
    let world = World::start().await;
    let sent = world.send(10).await;
    world.witness();
    world.settle(sent).await;
    world.send(7).await;
    let found = rows(&world, "/en/statistics/agreements.csv").await;
    assert_eq!(found[0], "Agreement,Used,Limit");
    // What is locked counts against an agreement, and is not yet in another country.
    assert_eq!(found[1], "CH-GH-2020 · Ghana → Switzerland · in all,17,0");
    assert!(
        found[2].starts_with("CH-GH-2020 · Ghana → Switzerland · 2") && found[2].ends_with(",17,0"),
        "{found:?}"
    );
    assert_eq!(found[3], "CH-GH-2020 · Switzerland → Ghana · in all,0,0");
    let svg = picture(&world, "/en/statistics/agreements.svg").await;
    assert!(svg.contains(">17 / ∞<"), "no limit is said: {svg}");
    let found = rows(&world, "/en/statistics/between.csv").await;
    assert_eq!(found, ["From,Switzerland", "Ghana,10"]);
    let text = words(&page(&world, "/en/federation").await);
    assert!(text.contains("Ghana Switzerland 10"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stages_have_the_time_that_cases_spent_in_them() {
    let office = Office::open().await;
    let world = &office.world;
    for days in [2, 4, 9] {
        let case = office.case(&office.developer, project()).await;
        world.forward_ledger(days * DAY_MS);
        let submit = submit_project(&office, case).await;
        office.act(&office.developer, case, submit).await;
        // The next stage is one and a half days long, and not over for anybody who waits in it.
        world.forward_ledger(DAY_MS * 3 / 2);
        if days < 9 {
            let validate = office.validation(case).await;
            office.act(&office.certifier, case, validate).await;
        }
    }
    let found = rows(world, "/en/statistics/stages.csv").await;
    assert_eq!(
        found[0],
        "Stage,\"Median, days\",\"Nine in ten, days\",Cases"
    );
    let of_projects: Vec<&String> = found.iter().filter(|it| it.contains("roject")).collect();
    assert!(
        of_projects.iter().any(|it| it.ends_with(",4.0,9.0,3")),
        "{found:?}"
    );
    assert!(
        of_projects.iter().any(|it| it.ends_with(",1.5,1.5,2")),
        "{found:?}"
    );
    let text = words(&page(world, "/fr/statistics").await);
    assert!(text.contains("4,0 9,0 3"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn regions_and_the_map_have_published_projects() {
    let office = Office::open().await;
    office.authorised_project().await;
    let hidden = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, hidden).await;
    office.act(&office.developer, hidden, submit).await;
    let found = rows(&office.world, "/en/statistics/by-region.csv").await;
    assert_eq!(found, ["Region,Projects", "Tafea,1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contribution_has_its_adjusted_line_in_chart_table_and_file() {
    let office = authorised_for("ndc_and_imp").await;
    first_transfer(&office, 12).await;
    let world = &office.world;
    let found = rows(world, "/en/accounting/ndc-2021.csv").await;
    assert_eq!(
        found[0],
        "Year,Trajectory,Emissions covered,With corresponding adjustments"
    );
    let row = |year: &str| found.iter().find(|it| it.starts_with(year)).cloned();
    assert_eq!(row("2019").as_deref(), Some("2019,58000000,,"));
    // What was first transferred is added to what the country emitted in the year of the mitigation.
    assert_eq!(row("2023").as_deref(), Some("2023,,60000000,60000012"));
    assert_eq!(row("2030").as_deref(), Some("2030,64000000,,"));
    let text = words(&page(world, "/en/accounting").await);
    assert!(text.contains("2023 60,000,000 60,000,012"), "{text}");
    let svg = picture(world, "/en/accounting/ndc-2021.svg").await;
    assert!(
        svg.contains("With corresponding adjustments, 2023: 60,000,012"),
        "{svg}"
    );
    for path in [
        "/en/accounting/ndc-2022.csv",
        "/en/accounting/ndc-2021.pdf",
        "/en/accounting/x",
    ] {
        let answer = world.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
