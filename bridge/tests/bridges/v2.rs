//! CAD Trust V2: what each row says, and that it is what the published schema asks.

use std::collections::BTreeSet;

use countersign_bridge::cad_trust::filled_tables;
use countersign_bridge::frame::{ItemState, Store as _};
use countersign_protocol::article6::{AuthorisedUse, FirstTransferDefinition};
use countersign_protocol::record::{
    Article6, Authorisation, CooperativeApproach, InitialReport, Metric,
};
use countersign_protocol::registry::{Command, Selection};
use serde_json::{Value, json};

use crate::cadt_v2::{answers, node, schema};
use crate::country::{Country, authorisation};
use crate::rig::{MAPPING, Rig};
use crate::small::official;
use crate::support::text;

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
    // No rating and no authorised entity in this country, and nobody said that a submission was made.
    let wanted = [
        "rating",
        "aef_t1_submission",
        "aef_t5_authorized_entities",
        "aef_t4_holdings",
    ];
    assert_eq!(empty, wanted);
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
    use countersign_protocol::record::AuthorisationRevoked;
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

/// What a country writes that made its submission for 2025.
const SUBMITTED: &str = "[submissions]\n2025 = [{ version = \"1.0\", date = \"2026-01-20\" }, { version = \"1.1\", date = \"2026-03-02\" }]\n";

/// Units that are first transferred with their authorisation, and stay here.
fn holds_itmos() -> Country {
    let mut country = country();
    let by = || vec![official(1), official(2)];
    let definition = Some(FirstTransferDefinition::Authorisation);
    let approach = CooperativeApproach {
        id: text("CA0002"),
        title: text("For airlines"),
        parties: vec![text("CH"), text("VU")],
        definition,
        metric: Metric::Ghg,
        by: by(),
    };
    let report = InitialReport {
        approach: text("CA0002"),
        submitted: text("2025-07-07"),
        reference: text("IR 2"),
        by: by(),
    };
    let terms = Authorisation {
        id: text("VU-OIMP-1"),
        approach: text("CA0002"),
        uses: AuthorisedUse::Oimp,
        oimp: Some(text("CORSIA")),
        definition,
        ..authorisation(1)
    };
    for it in [
        Article6::CooperativeApproach(approach),
        Article6::InitialReport(report),
        Article6::Authorisation(Box::new(terms)),
    ] {
        country.ledger.must(&Command::Article6(Box::new(it)));
    }
    let project = country.project();
    country.issue(project, 30).unwrap();
    country.ledger.must(&Command::AuthoriseUnits {
        account: country.from,
        units: Selection::Tonnes(30),
        authorisation: text("VU-OIMP-1"),
        by: vec![official(1), official(2)],
    });
    country.publish();
    country
}

#[tokio::test]
async fn tables_1_and_4_are_of_the_submissions_that_the_country_says_it_made() {
    let mapping = format!("{MAPPING}{SUBMITTED}");
    let rig = Rig::with_mapping(holds_itmos(), node(), answers, &mapping).await;
    let mut bridge = rig.bridge();
    rig.settle(&mut bridge).await;
    assert_eq!(rig.causes(ItemState::Dead).await, []);
    let node = rig.server.node();
    let made: Vec<Value> = node
        .table("aef_t1_submission")
        .map(|row| without_ids("aef_t1_submission", row))
        .collect();
    let submission = |version: f64, date: &str| {
        json!({
            "aefT1SubmissionParty": "VUT", "aefT1SubmissionVersion": version, "aefT1SubmissionReportYear": 2025,
            "aefT1SubmissionSubmissionDate": date, "aefT1SubmissionNdcFirstYear": 2021, "aefT1SubmissionNdcLastYear": 2030,
        })
    };
    let wanted = [submission(1.0, "2026-01-20"), submission(1.1, "2026-03-02")];
    assert_eq!(made.len(), 2, "{made:#?}");
    assert!(wanted.iter().all(|it| made.contains(it)), "{made:#?}");
    // What is held has the ITMOs of the last of them, and each row of the year says in which submission it was.
    let last = node
        .table("aef_t1_submission")
        .find(|it| it["aefT1SubmissionVersion"] == 1.1)
        .unwrap();
    let holdings: Vec<&Value> = node.table("aef_t4_holdings").collect();
    let tonnes: u64 = holdings
        .iter()
        .map(|it| it["aefT4HoldingsQuantityTCo2"].as_u64().unwrap())
        .sum();
    // The thirty that stayed: what went to the partner is not held here.
    assert_eq!(tonnes, 30, "{holdings:#?}");
    for row in &holdings {
        assert_eq!(row["aefT4HoldingsFirstTransferringPartyId"], "VUT");
        assert_eq!(
            row["cadTrustAefT1SubmissionId"],
            last["cadTrustAefT1SubmissionId"]
        );
        assert_eq!(row["aefT4HoldingsPartyItmoRegistryId"], "VUT01");
    }
    let of_year = node
        .table("aef_t2_authorizations")
        .chain(node.table("aef_t3_actions"));
    for row in of_year {
        assert_eq!(
            row["cadTrustAefT1SubmissionId"],
            last["cadTrustAefT1SubmissionId"]
        );
    }
}

#[test]
fn a_submission_that_is_none_is_told_with_how_to_write_it() {
    use countersign_bridge::cad_trust::Mapping;
    for wrong in [
        "2025 = [{ version = \"1\", date = \"2026-01-20\" }]",
        "2025 = [{ version = \"1.0\", date = \"soon\" }]",
        "2025 = []",
        "soon = [{ version = \"1.0\", date = \"2026-01-20\" }]",
    ] {
        let said = Mapping::parse(&format!("[submissions]\n{wrong}\n")).unwrap_err();
        assert!(
            said.to_string()
                .contains("with the year that was reported on"),
            "{said}"
        );
    }
    assert!(Mapping::parse(SUBMITTED).is_ok());
}
