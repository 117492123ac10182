//! One bridge's outage delays no other.

use countersign_bridge::frame::{Clock, ItemState, Store as _, Turn, run_lane};

use crate::cadt_v1::{answers, node};
use crate::country::Country;
use crate::rig::Rig;

#[tokio::test]
async fn an_outage_of_a_day_delays_no_other_bridge_and_loses_nothing() {
    let (mut away, mut well) = (
        Rig::new(Country::new(), node(), answers).await,
        Rig::new(Country::new(), node(), answers).await,
    );
    away.doom.out(true);
    let (mut first, mut second) = (away.bridge(), well.bridge());
    let began = away.now();
    let mut tries = 0;
    while away.now() < began + 86_400_000 {
        if tries % 20 == 0 {
            for rig in [&mut away, &mut well] {
                rig.country.deed(tries / 20 % 4, tries, 50);
            }
        }
        tries += 1;
        if let Turn::Waits { until_ms, .. } = first.turn().await.unwrap() {
            away.clock.at(until_ms);
        }
        well.settle(&mut second).await;
        assert_eq!(well.count(ItemState::Due).await, 0);
    }
    assert!(tries < 200, "{tries} tries in a day: the waits do not grow");
    let waiting = away.store.waiting().await.unwrap();
    assert!(waiting.faults > 10, "{waiting:?}");
    away.doom.out(false);
    away.settle(&mut first).await;
    assert_eq!(away.store.waiting().await.unwrap().faults, 0);
    let there = |rig: &Rig| rig.server.node().table("Units").count();
    assert!(there(&well) > 0);
    assert_eq!(there(&away), there(&well));
}

#[tokio::test]
async fn lanes_run_side_by_side_wake_with_news_and_end_when_they_are_told() {
    let quick = || {
        let mut node = node();
        node.slowness = (0, 0);
        node
    };
    let (mut away, mut well) = (
        Rig::new(Country::new(), quick(), answers).await,
        Rig::new(Country::new(), quick(), answers).await,
    );
    away.doom.out(true);
    for rig in [&mut away, &mut well] {
        rig.country.project();
    }
    let (mut first, mut second) = (away.bridge(), well.bridge());
    let (news, _) = tokio::sync::watch::channel(0);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let told = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
        drop(stopped.wait_for(|it| *it).await);
    };
    let until = |wanted: u64| {
        let store = std::sync::Arc::clone(&well.store);
        async move {
            while store.items(ItemState::Agreed, "", 10).await.unwrap().len() as u64 != wanted {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
    };
    let (one, two) = (
        away.clock.as_ref() as &dyn Clock,
        well.clock.as_ref() as &dyn Clock,
    );
    let script = async {
        until(1).await;
        let project = well.country.projects[0];
        well.country.issue(project, 10).unwrap();
        news.send(1).unwrap();
        until(2).await;
        stop.send(true).unwrap();
    };
    let (first, second, ()) = tokio::join!(
        run_lane(&mut first, one, news.subscribe(), told(stopped.clone())),
        run_lane(&mut second, two, news.subscribe(), told(stopped)),
        script,
    );
    first.unwrap();
    second.unwrap();
    assert_eq!(away.count(ItemState::Agreed).await, 0);
    assert!(away.store.waiting().await.unwrap().faults > 0);
}
