//! One bridge's outage delays no other.

use countersign_bridge::frame::{ItemState, Store as _, Turn};

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
