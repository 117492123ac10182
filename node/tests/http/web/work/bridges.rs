//! Bridges by pages: who keeps them sees how they stand and lets them work; everybody sees a badge.

use reqwest::StatusCode;

use super::{Desk, hidden};
use crate::arrivals::Scene;
use crate::bridges::{cadt, office, until, with_units};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_official_lets_a_bridge_work_and_everybody_sees_that_it_agrees() {
    let cadt = cadt().await;
    let office = office(&cadt, "").await;
    let number = with_units(&office, 100).await;
    let official = Desk::of(&office.world, &office.officials[0]);
    let nobody = Desk::new(&office.world);
    let project = format!("/en/projects/{number}");
    let before = nobody.page(&project).await;
    assert!(before.contains("CAD Trust: "), "{before}");

    let page = official.page("/en/work/bridges").await;
    assert!(page.contains("Let CAD Trust work now"), "{page}");
    let driven = official
        .send("/en/work/bridges", "/en/work/bridges/cad-trust/sync", &[])
        .await;
    assert_eq!(driven.place(), "/en/work/bridges?done=sync");
    let page = official.page("/en/work/bridges?done=sync").await;
    assert!(page.contains("It has worked."), "{page}");
    until(&office.world, "cad-trust", |found| {
        found["state"] == "idle" && found["items"]["due"] == 0
    })
    .await;

    let after = nobody.page(&project).await;
    assert!(after.contains("CAD Trust: agrees"), "{after}");
    let units = nobody.page("/en/units/GH-1001").await;
    assert!(units.contains("CAD Trust: agrees"), "{units}");
    let in_french = nobody.page(&format!("/fr/projects/{number}")).await;
    assert!(in_french.contains("CAD Trust: concorde"), "{in_french}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_look_at_bridges_is_shown_none() {
    let cadt = cadt().await;
    let office = office(&cadt, "").await;
    let developer = Desk::of(&office.world, &office.developer);
    let inbox = developer.page("/en/work").await;
    assert!(!inbox.contains("/en/work/bridges"), "{inbox}");
    let refused = developer.any("/en/work/bridges").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let official = Desk::of(&office.world, &office.officials[0]);
    let known = official.page("/en/work/bridges").await;
    let token = hidden(&known, "/en/work/bridges/cad-trust/sync");
    let token = &token.iter().find(|(name, _)| name == "token").unwrap().1;
    let unknown = official
        .bare("/en/work/bridges/nothing/sync", &[("token", token)])
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.text);
    let forged = official
        .bare("/en/work/bridges/cad-trust/sync", &[("token", "00")])
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrives_is_seen_by_officials_and_opened_by_its_owner_from_the_inbox() {
    let scene = Scene::begin().await;
    let office = &scene.office;
    let owner = office.developer.organisation;
    scene
        .words(&format!("[owners]\n\"Sun Ltd\" = {owner}\n"))
        .await;
    let official = Desk::of(&office.world, &office.officials[0]);
    let page = official.page("/en/work/bridges").await;
    assert!(
        page.contains("Solar on schools") && page.contains("can be opened"),
        "{page}"
    );
    assert!(page.contains("has no word in [sectors]"), "{page}");
    let other = Desk::of(&office.world, &office.buyer);
    assert!(!other.page("/en/work").await.contains("Solar on schools"));
    let developer = Desk::of(&office.world, &office.developer);
    let inbox = developer.page("/fr/work").await;
    assert!(
        inbox.contains("Solar on schools") && inbox.contains("Ouvrir le dossier"),
        "{inbox}"
    );
    let opened = developer
        .send("/en/work", "/en/work/arrivals/itmo-platform", &[])
        .await;
    let place = opened.place();
    assert!(place.starts_with("/en/work/cases/"), "{place}");
    // A draft that is kept: its first version.
    let form = developer.page(&format!("{place}/steps/submit")).await;
    assert!(form.contains("name=\"version\" value=\"1\""), "{form}");
    assert!(
        !developer
            .page("/en/work")
            .await
            .contains("/en/work/arrivals/")
    );
    let page = official.page("/en/work/bridges").await;
    assert!(page.contains(&format!("{place}\"")), "{page}");
}
