//! Whatever happens in the registry, whatever fails, and wherever the process ends: in the end the other side is equal to the
//! ledger, object by object.

use countersign_bridge::frame::ItemState;
use countersign_protocol::registry::{Holding, Place};
use countersign_protocol::units::UnitRange;
use proptest::prelude::*;
use serde_json::Value;

use crate::cadt::{Answers, Node};
use crate::country::Country;
use crate::rig::Rig;
use crate::{cadt_v1, cadt_v2, support};

/// What a case does: deeds of the registry, with turns of the bridge in between.
#[derive(Clone, Debug)]
struct Round {
    deeds: Vec<(u64, u64, u64)>,
    turns: u64,
    /// After so many steps the process ends.
    kill_in: Option<u64>,
    /// One request in so many is faulty.
    faulty_one_in: u64,
}

fn round() -> impl Strategy<Value = Round> {
    let deed = (any::<u64>(), any::<u64>(), any::<u64>());
    let kill = prop::option::weighted(0.7, 0..160_u64);
    let faulty = prop_oneof![Just(0), 2..12_u64];
    (prop::collection::vec(deed, 0..6), 1..40_u64, kill, faulty).prop_map(
        |(deeds, turns, kill_in, faulty_one_in)| Round {
            deeds,
            turns,
            kill_in,
            faulty_one_in,
        },
    )
}

async fn play(rounds: Vec<Round>, node: Node, answers: Answers) -> Rig {
    let mut rig = Rig::new(Country::new(), node, answers)
        .await
        .with_runs_of(7);
    rig.country.project();
    let mut bridge = rig.bridge();
    for round in rounds {
        for (what, project, tonnes) in round.deeds {
            rig.country.deed(what, project, tonnes);
        }
        rig.doom.faulty_one_in(round.faulty_one_in);
        if let Some(steps) = round.kill_in {
            rig.doom.kill_in(steps);
        }
        if rig.some_turns(&mut bridge, round.turns).await {
            bridge = rig.bridge();
        }
        rig.doom.spare();
    }
    rig.settle(&mut bridge).await;
    rig
}

/// The words for a place, written down here a second time.
fn status(place: Place) -> &'static str {
    match place {
        Place::Available(_) | Place::OnHold(_) | Place::Reserved(_) => "Held",
        Place::Escrow(_) => "Pending Export",
        Place::Abroad(_) => "Exported",
        Place::Used => "Retired",
        Place::Cancelled => "Cancelled",
    }
}

fn own_ranges(rig: &Rig) -> Vec<Holding> {
    let own = rig.country.ledger.party;
    let all = rig.country.ledger.state.holdings();
    all.filter(|it| it.block.range().origin() == own).collect()
}

async fn equals_v1(rig: &Rig) -> Result<(), TestCaseError> {
    prop_assert_eq!(rig.causes(ItemState::Dead).await, vec![]);
    let node = rig.server.node();
    let ranges = own_ranges(rig);
    prop_assert_eq!(node.table("Units").count(), ranges.len());
    for holding in ranges {
        let block = &holding.block;
        let one = |number| {
            let one = UnitRange::new(block.range().origin(), number, number).unwrap();
            block.serial.part(one).unwrap().to_string()
        };
        let first = one(block.range().first());
        let mut found = node
            .table("Units")
            .filter(|it| it["unitBlockStart"] == first.as_str());
        let unit: &Value = found
            .next()
            .ok_or_else(|| TestCaseError::fail(format!("no {first}")))?;
        prop_assert!(found.next().is_none(), "{first} twice");
        prop_assert_eq!(&unit["unitBlockEnd"], &one(block.range().last()));
        prop_assert_eq!(&unit["unitCount"], block.tonnes());
        prop_assert_eq!(&unit["unitStatus"], status(holding.place));
        prop_assert_eq!(&unit["vintageYear"], block.serial.year());
        let is_authorised = block.authorisation.is_some();
        let (declared, adjusted) = match (is_authorised, block.first_transfer) {
            (_, Some(_)) => ("Committed", "Pending"),
            (true, None) => ("Committed", "Not Started"),
            (false, None) => ("Not Required", "Not Started"),
        };
        prop_assert_eq!(&unit["correspondingAdjustmentDeclaration"], declared);
        prop_assert_eq!(&unit["correspondingAdjustmentStatus"], adjusted);
        let labels = unit["labelIds"].as_array().map_or(0, Vec::len);
        prop_assert_eq!(labels, usize::from(is_authorised));
        let project = node.table("Projects").find(|it| {
            let issuances = it["issuances"].as_array().into_iter().flatten();
            issuances
                .into_iter()
                .any(|it| it["id"] == unit["issuanceId"])
        });
        let project =
            project.ok_or_else(|| TestCaseError::fail(format!("{first} has no issuance")))?;
        let id = format!("VUT01-{:03}", block.serial.project());
        prop_assert_eq!(&project["projectId"], &id);
    }
    let published = rig.country.projects.len();
    prop_assert_eq!(node.table("Projects").count(), published);
    for project in node.table("Projects") {
        let places = project["projectLocations"].as_array().unwrap().len();
        prop_assert!(places == 1 || places == 2);
        prop_assert_eq!(project["estimations"].as_array().unwrap().len(), 2);
        prop_assert_eq!(project["projectStatus"].as_str(), Some("Registered"));
    }
    prop_assert!(node.staging.is_empty());
    Ok(())
}

/// A row by its id.
fn row<'a>(node: &'a Node, table: &str, id: &Value) -> Result<&'a Value, TestCaseError> {
    let id = id.as_str().unwrap_or_default();
    let found = node.tables.get(table).and_then(|it| it.get(id));
    found.ok_or_else(|| TestCaseError::fail(format!("no {table} {id:?}")))
}

async fn equals_v2(rig: &Rig) -> Result<(), TestCaseError> {
    prop_assert_eq!(rig.causes(ItemState::Dead).await, vec![]);
    let node = rig.server.node();
    let ranges = own_ranges(rig);
    prop_assert_eq!(node.table("unit").count(), ranges.len());
    let labelled = ranges
        .iter()
        .filter(|it| it.block.authorisation.is_some())
        .count();
    prop_assert_eq!(node.table("unit_label").count(), labelled);
    for holding in &ranges {
        let block = &holding.block;
        let serial = block.serial.to_string();
        let mut found = node
            .table("unit")
            .filter(|it| it["unitSerialId"] == serial.as_str());
        let unit = found
            .next()
            .ok_or_else(|| TestCaseError::fail(format!("no {serial}")))?;
        prop_assert!(found.next().is_none(), "{serial} twice");
        prop_assert_eq!(&unit["unitCount"], block.tonnes());
        let wanted = match status(holding.place) {
            "Pending Export" => "Held",
            "Exported" => "Inactive",
            other => other,
        };
        prop_assert_eq!(&unit["unitStatus"], wanted);
        let itmo = block
            .itmo_id()
            .map_or(Value::Null, |it| it.to_string().into());
        prop_assert_eq!(
            unit.get("unitItmosReferenceId").unwrap_or(&Value::Null),
            &itmo
        );
        let mut labels = node
            .table("unit_label")
            .filter(|it| it["cadTrustUnitId"] == unit["cadTrustUnitId"]);
        prop_assert_eq!(labels.next().is_some(), block.authorisation.is_some());
        // Up the chain to the project.
        let issuance = row(&node, "issuance", &unit["cadTrustIssuanceId"])?;
        let verification = row(&node, "verification", &issuance["cadTrustVerificationId"])?;
        let project = row(&node, "project", &verification["cadTrustProjectId"])?;
        let id = format!("VUT01-{:03}", block.serial.project());
        prop_assert_eq!(&project["projectId"], &id);
        let method = row(
            &node,
            "project_methodology",
            &issuance["cadTrustProjectMethodologyId"],
        )?;
        prop_assert_eq!(&method["cadTrustProjectId"], &project["cadTrustProjectId"]);
        let place = row(&node, "location", &issuance["cadTrustLocationId"])?;
        prop_assert_eq!(&place["locationCountry"], "Vanuatu");
    }
    prop_assert_eq!(node.table("project").count(), rig.country.projects.len());
    // Every first transfer of the ledger is an action there, once.
    let transferred = ranges
        .iter()
        .filter(|it| it.block.first_transfer.is_some())
        .count();
    let actions = node
        .table("aef_t3_actions")
        .filter(|it| it["aefT3ActionsType"] == "First Transfer");
    prop_assert!(actions.count() <= transferred);
    prop_assert_eq!(node.table("aef_t3_actions").count() > 0, transferred > 0);
    prop_assert!(node.staging.is_empty());
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn cad_trust_v1_ends_equal_to_the_ledger(rounds in prop::collection::vec(round(), 1..8)) {
        runtime().block_on(async {
            let rig = play(rounds, cadt_v1::node(), cadt_v1::answers).await;
            equals_v1(&rig).await?;
            let mut bridge = rig.bridge();
            while bridge.turn().await.unwrap() == countersign_bridge::frame::Turn::Again {}
            let (differing, foreign) = bridge.diff().await.unwrap().unwrap();
            prop_assert_eq!((differing, foreign), (vec![], vec![]));
            support::invariants::check(&rig.country.ledger.state);
            Ok(())
        })?;
    }

    #[test]
    fn cad_trust_v2_ends_equal_to_the_ledger(rounds in prop::collection::vec(round(), 1..8)) {
        runtime().block_on(async {
            let rig = play(rounds, cadt_v2::node(), cadt_v2::answers).await;
            equals_v2(&rig).await?;
            let mut bridge = rig.bridge();
            while bridge.turn().await.unwrap() == countersign_bridge::frame::Turn::Again {}
            let (differing, foreign) = bridge.diff().await.unwrap().unwrap();
            prop_assert_eq!((differing, foreign), (vec![], vec![]));
            Ok(())
        })?;
    }
}
