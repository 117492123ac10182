//! CAD Trust V2: what each row says, and that it is what the published schema asks.

use std::collections::BTreeSet;

use countersign_bridge::cad_trust::filled_tables;
use countersign_bridge::frame::{ItemState, Store as _};
use serde_json::{Value, json};

use crate::cadt_v2::{answers, node, schema};
use crate::country::Country;
use crate::rig::Rig;

/// A country with everything that the bridge sends.
fn country() -> Country {
    let mut country = Country::new();
    let project = country.project();
    country.issue(project, 100).unwrap();
    country.authorise(60).unwrap();
    country.send(20, true).unwrap();
    country.retire(40).unwrap();
    country
}

async fn settled() -> Rig {
    let rig = Rig::new(country(), node(), answers).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    rig
}

#[tokio::test]
async fn every_row_that_is_sent_is_what_the_published_schema_asks() {
    // The mock refuses whatever the schema does not have; nothing was refused, and every table that the ledger can fill has rows.
    let rig = settled().await;
    assert_eq!(rig.causes(ItemState::Dead).await, []);
    let stopped = rig.causes(ItemState::Stopped).await;
    let keys: BTreeSet<&str> = stopped.iter().map(|(key, _)| key.as_str()).collect();
    assert!(
        keys.iter().all(|it| it.starts_with("project/1")),
        "{stopped:?}"
    );
    let node = rig.server.node();
    let empty: Vec<&str> = filled_tables()
        .into_iter()
        .filter(|it| node.table(it).count() == 0)
        .collect();
    // No rating and no authorised entity in this country.
    assert_eq!(empty, ["rating", "aef_t5_authorized_entities"]);
}

#[tokio::test]
async fn rows_say_what_the_ledger_says() {
    let rig = settled().await;
    let node = rig.server.node();
    let golden: Value = serde_json::from_str(include_str!("golden-v2.json")).unwrap();
    let mut found = serde_json::Map::new();
    for table in filled_tables() {
        let rows: Vec<Value> = node
            .table(table)
            .map(|row| without_ids(table, row))
            .collect();
        let mut rows: Vec<(String, Value)> =
            rows.into_iter().map(|it| (it.to_string(), it)).collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        let rows: Vec<Value> = rows.into_iter().map(|(_, it)| it).collect();
        if !rows.is_empty() {
            found.insert(table.to_owned(), rows.into());
        }
    }
    let found = Value::Object(found);
    assert_eq!(
        found,
        golden,
        "{}",
        serde_json::to_string_pretty(&found).unwrap()
    );
}

/// A row without ids that the node chose.
fn without_ids(table: &str, row: &Value) -> Value {
    let own = schema()["tables"][table]["id"].as_str().unwrap();
    let kept = row
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != own);
    let one = |(name, value): (&String, &Value)| {
        let value = if name.starts_with("cadTrust") {
            json!("id")
        } else {
            value.clone()
        };
        (name.clone(), value)
    };
    Value::Object(kept.map(one).collect())
}

#[tokio::test]
async fn a_chain_of_new_rows_goes_in_one_commit() {
    let rig = settled().await;
    let count = |rig: &Rig| {
        let node = rig.server.node();
        node.requests
            .iter()
            .filter(|it| it.contains("commit"))
            .count()
    };
    let commits = count(&rig);
    assert_eq!(commits, 1);
    assert_eq!(rig.store.past_runs(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_label_goes_when_the_authorisation_ends_and_the_unit_stays() {
    let mut rig = settled().await;
    let labels = |rig: &Rig| rig.server.node().table("unit_label").count();
    assert!(labels(&rig) > 0);
    use countersign_protocol::record::{Article6, AuthorisationRevoked};
    use countersign_protocol::registry::Command;
    let end = AuthorisationRevoked {
        id: "VU-CH-1".parse().unwrap(),
        party: "VU".parse().unwrap(),
        date: "2025-08-07".parse().unwrap(),
        reason: "The activity ended".parse().unwrap(),
        reaches_first_transferred: false,
        by: vec![crate::small::official(1), crate::small::official(2)],
    };
    rig.country.ledger.must(&Command::Article6(Box::new(
        Article6::AuthorisationRevoked(end),
    )));
    rig.country.publish();
    let units = rig.server.node().table("unit").count();
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    let first_transferred = rig
        .country
        .ledger
        .state
        .holdings()
        .filter(|it| it.block.first_transfer.is_some())
        .count();
    assert_eq!(
        labels(&rig),
        first_transferred,
        "what was first transferred keeps it"
    );
    assert_eq!(rig.server.node().table("unit").count(), units);
}
