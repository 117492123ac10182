//! Open data: files that say in three formats what the read model says at one entry, with hashes, and nothing of a person.

use std::collections::BTreeMap;
use std::fs::File;

use countersign_node::open_data::OpenData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::office::{self, Office, submit_project};
use crate::web::{page, retired, words};
use crate::world::{World, kind, problem};

const TABLES: [&str; 7] = [
    "projects",
    "organisations",
    "units",
    "history",
    "transfers",
    "retirements",
    "statistics",
];

async fn make(world: &World) -> Value {
    world.post("/api/v1/open-data", json!({})).await
}

async fn ask(world: &World, name: &str) -> Response {
    let path = format!("/open-data/{name}");
    world.bare(Method::GET, &path).send().await.unwrap()
}

async fn file(world: &World, name: &str) -> Vec<u8> {
    let answer = ask(world, name).await;
    assert_eq!(answer.status(), StatusCode::OK, "{name}");
    answer.bytes().await.unwrap().to_vec()
}

async fn text(world: &World, name: &str) -> String {
    String::from_utf8(file(world, name).await).unwrap()
}

/// A table as JSON Lines, row by row.
async fn rows(world: &World, table: &str) -> Vec<Value> {
    let text = text(world, &format!("{table}.jsonl")).await;
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The cells of a table, as texts, whatever it was written in.
type Cells = Vec<Vec<(String, Option<String>)>>;

fn of_json(rows: &[Value]) -> Cells {
    let cell = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let row = |row: &Value| {
        let row = row.as_object().unwrap().iter();
        let mut row: Vec<_> = row.map(|(name, it)| (name.clone(), cell(it))).collect();
        row.sort();
        row
    };
    rows.iter().map(row).collect()
}

fn of_csv(text: &str) -> Cells {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.unwrap();
        let cells = head.iter().zip(row.iter());
        let cells = cells.map(|(name, it)| {
            (
                name.to_owned(),
                (!it.is_empty()).then(|| it.trim_start_matches('\'').to_owned()),
            )
        });
        let mut cells: Vec<_> = cells.collect();
        cells.sort();
        cells
    };
    reader.records().map(row).collect()
}

fn of_parquet(bytes: &[u8]) -> Cells {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    std::fs::write(&path, bytes).unwrap();
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let cell = |field: &Field| match field {
        Field::Null => None,
        Field::Str(text) => Some(text.clone()),
        Field::Long(number) => Some(number.to_string()),
        Field::TimestampMillis(ms) => {
            let time = countersign_protocol::time::Timestamp::from_seconds(*ms as u64 / 1000);
            Some(time.unwrap().to_string())
        }
        other => panic!("{other:?}"),
    };
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| {
        let cells = row.get_column_iter();
        let mut cells: Vec<_> = cells.map(|(name, it)| (name.clone(), cell(it))).collect();
        cells.sort();
        cells
    })
    .collect()
}

/// A registry with a published project that has a place, units, a use in somebody's name, and a transfer.
async fn registry() -> Office {
    let office = Office::open().await;
    let case = office.case(&office.developer, office::project()).await;
    let mut submit = submit_project(&office, case).await;
    submit["form"]["locations"] = json!([{"place": "Tanna", "region": "Tafea",
        "geometry": {"type": "Point", "coordinates": [169.28, -19.5]}}]);
    office.act(&office.developer, case, submit).await;
    let validate = office.validation(case).await;
    office.act(&office.certifier, case, validate).await;
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    office.act(&office.officials[0], case, recommend).await;
    for official in &office.officials[1..] {
        office
            .act(official, case, json!({"step": "authorise"}))
            .await;
    }
    office
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_format_says_the_same_under_the_hashes_that_are_named() {
    let world = World::start().await;
    retired(&world, "Asha Privatename").await;
    let sent = world.send(10).await;
    world.witness();
    world.settle(sent).await;
    let formula = json!({"name": "=1+1 Stoves", "kind": "developer"});
    let _: Value = world.post("/api/v1/organisations", formula).await;
    let head = world.handle().head().borrow().clone();
    let made = make(&world).await;
    assert_eq!(made["ledger"]["size"], head.size);
    assert_eq!(made["ledger"]["root"], hex::encode(head.root));
    assert_eq!(world.get::<Value>("/api/v1/open-data").await, made);

    let package: Value = serde_json::from_slice(&file(&world, "datapackage.json").await).unwrap();
    assert_eq!(package["ledger"], made["ledger"]);
    let mut sums = BTreeMap::new();
    for line in text(&world, "SHA256SUMS").await.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        sums.insert(name.to_owned(), hash.to_owned());
    }
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len(), TABLES.len() * 3 + 1);
    assert_eq!(sums.len(), resources.len() + 1);
    for resource in resources {
        let name = resource["path"].as_str().unwrap();
        let bytes = file(&world, name).await;
        let hash = hex::encode(Sha256::digest(&bytes));
        assert_eq!(sums[name], hash, "{name}");
        assert_eq!(resource["hash"], format!("sha256:{hash}"), "{name}");
        assert_eq!(resource["bytes"], bytes.len(), "{name}");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Privatename"), "{name}");
        // Bytes of Parquet may read like anything.
        if !name.ends_with(".parquet") {
            assert!(!text.contains('@') && !text.contains("account"), "{name}");
        }
    }
    for table in TABLES {
        let rows = rows(&world, table).await;
        assert!(!rows.is_empty(), "{table}");
        let json = of_json(&rows);
        assert_eq!(
            of_csv(&text(&world, &format!("{table}.csv")).await),
            json,
            "{table}"
        );
        let parquet = file(&world, &format!("{table}.parquet")).await;
        assert_eq!(of_parquet(&parquet), json, "{table}");
        for resource in resources.iter().filter(|it| it["schema"].is_object()) {
            if resource["path"].as_str().unwrap().starts_with(table) {
                assert_eq!(resource["rowCount"], rows.len(), "{resource}");
                let fields = resource["schema"]["fields"].as_array().unwrap().iter();
                let mut fields: Vec<_> = fields.map(|it| it["name"].as_str().unwrap()).collect();
                fields.sort_unstable();
                let names: Vec<_> = json[0].iter().map(|(name, _)| name.as_str()).collect();
                assert_eq!(names, fields);
            }
        }
    }
    let units = rows(&world, "units").await;
    let of = |place: &str| -> u64 {
        let there = units.iter().filter(|it| it["place"] == place);
        there.map(|it| it["tonnes"].as_u64().unwrap()).sum()
    };
    assert_eq!((of("available"), of("used"), of("abroad")), (985, 5, 10));
    // No spreadsheet runs it; the other formats have the name as it is.
    let organisations = text(&world, "organisations.csv").await;
    assert!(organisations.contains(",'=1+1 Stoves,"), "{organisations}");
    let transfers = rows(&world, "transfers").await;
    assert_eq!(transfers[0]["state"], "FINAL");
    let retirements = rows(&world, "retirements").await;
    assert_eq!(retirements[0]["reason"], "Flights of 2025");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_are_those_of_published_projects() {
    let office = registry().await;
    let made = make(&office.world).await;
    assert!(made["files"].as_array().unwrap().len() > 20);
    let places: Value =
        serde_json::from_slice(&file(&office.world, "places.geojson").await).unwrap();
    let features = places["features"].as_array().unwrap();
    assert_eq!(features.len(), 1, "{places}");
    assert_eq!(
        features[0]["geometry"]["coordinates"],
        json!([169.28, -19.5])
    );
    assert_eq!(features[0]["properties"]["region"], "Tafea");
    // One that nobody published has no place, whatever its draft says.
    let other = office.case(&office.developer, office::project()).await;
    let submit = submit_project(&office, other).await;
    office.act(&office.developer, other, submit).await;
    make(&office.world).await;
    let again: Value =
        serde_json::from_slice(&file(&office.world, "places.geojson").await).unwrap();
    assert_eq!(again["features"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_for_everybody_and_made_by_the_operator_alone() {
    let office = Office::open().await;
    let world = &office.world;
    let none = ask(world, "projects.csv").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    world.fail("/api/v1/open-data").await;
    let path = "/api/v1/open-data";
    for token in [None, Some(&office.officials[0].token)] {
        let asked = world.bare(Method::POST, path);
        let asked = match token {
            Some(token) => asked.bearer_auth(token),
            None => asked,
        };
        let refused = problem(asked.send().await.unwrap()).await;
        let wanted = if token.is_some() {
            "forbidden"
        } else {
            "not-authorised"
        };
        assert_eq!(kind(&refused), wanted);
    }
    make(world).await;
    let answer = ask(world, "projects.csv").await;
    let tag = answer.headers()["etag"].clone();
    assert_eq!(answer.headers()["cache-control"], "public, no-cache");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert!(answer.headers().contains_key("repr-digest"));
    let known = world
        .bare(Method::GET, "/open-data/projects.csv")
        .header("If-None-Match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    for strange in [
        "current",
        "..%2Fcurrent",
        "projects.xlsx",
        "%2Fetc%2Fpasswd",
    ] {
        assert_eq!(
            ask(world, strange).await.status(),
            StatusCode::NOT_FOUND,
            "{strange}"
        );
    }
    let shown = words(&page(world, "/en/data").await);
    for wanted in [
        "Files of the night",
        "history.parquet",
        "sha256sum --check SHA256SUMS",
    ] {
        assert!(shown.contains(wanted), "{wanted} is not in\n{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_takes_the_place_of_another_whole_and_a_damaged_file_is_not_given_out() {
    let world = World::start().await;
    let first = make(&world).await;
    world.send(10).await;
    let second = make(&world).await;
    assert!(second["ledger"]["size"].as_u64() > first["ledger"]["size"].as_u64());
    for _ in 0..3 {
        world.later(1000);
        make(&world).await;
    }
    let folder = world.root().join("open-data");
    let entries = std::fs::read_dir(&folder).unwrap().flatten();
    // The set that is served, the one before it, and the name of the first.
    assert_eq!(entries.count(), 3);
    // A restart serves what was there.
    let named = std::fs::read_to_string(folder.join("current")).unwrap();
    let set = OpenData::open(world.root()).current().unwrap();
    assert_eq!(set.files.len(), second["files"].as_array().unwrap().len());
    let table = folder.join(named.trim()).join("units.csv");
    let mut bytes = std::fs::read(&table).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(&table, &bytes).unwrap();
    // Its last bytes do not come.
    let path = "/open-data/units.csv";
    let broken = match world.bare(Method::GET, path).send().await {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    // Without its descriptor it is no set, and the next one is served.
    std::fs::write(folder.join(named.trim()).join("datapackage.json"), "{}").unwrap();
    assert!(OpenData::open(world.root()).current().is_none());
    world.later(1000);
    make(&world).await;
    assert!(OpenData::open(world.root()).current().is_some());
}
