//! Files of rows: each row is a request of its own.

use countersign_node::http::dto::{BulkAnswer, BulkStatus};
use countersign_protocol::id::RequestId;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::common;
use crate::office::{Office, Somebody};
use crate::world::{World, kind, problem, read};

const CSV: &str = "text/csv";
const LINES: &str = "application/x-ndjson";

struct File<'a> {
    path: &'a str,
    content_type: &'a str,
    body: String,
}

impl<'a> File<'a> {
    fn new(path: &'a str, content_type: &'a str, body: impl Into<String>) -> Self {
        Self {
            path,
            content_type,
            body: body.into(),
        }
    }
}

async fn send(world: &World, token: &str, key: &RequestId, file: &File<'_>) -> Response {
    world
        .bare(Method::POST, &format!("/api/v1/bulk/{}", file.path))
        .bearer_auth(token)
        .header("Idempotency-Key", key.to_string())
        .header("Content-Type", file.content_type)
        .body(file.body.clone())
        .send()
        .await
        .unwrap()
}

async fn upload(world: &World, key: &RequestId, file: &File<'_>) -> BulkAnswer {
    let response = send(world, &world.token, key, file).await;
    read(response, StatusCode::OK, file.path).await
}

/// Refused rows with the rule's or problem's word.
fn refused(answer: &BulkAnswer) -> Vec<(u32, u64, String)> {
    let rows = answer.results.iter();
    rows.filter_map(|row| {
        assert_eq!(row.problem.is_some(), row.status == BulkStatus::Refused);
        let problem = row.problem.as_ref()?;
        let kind = problem.kind.rsplit(':').next().unwrap();
        let word = problem.code.clone().unwrap_or_else(|| kind.to_owned());
        Some((row.row, row.line, word))
    })
    .collect()
}

async fn available(world: &World, account: u32) -> u64 {
    let view: Value = world.get(&format!("/api/v1/accounts/{account}")).await;
    view["available"].as_u64().unwrap()
}

const TRANSFERS: &str = "from,to,tonnes,ranges\n1,2,100,\n1,2,,GH-501-510 GH-601-605\n1,9,5,\n1,2,many,\n1,2,,\n2,1,15,\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_row_of_a_file_is_written_or_refused_by_itself() {
    let world = World::start().await;
    let file = File::new("account-transfers", CSV, TRANSFERS);
    let answer = upload(&world, &common::request(), &file).await;
    assert_eq!((answer.rows, answer.written, answer.refused), (6, 3, 3));
    let wanted = [
        (3, 4, "unknown-account"),
        (4, 5, "invalid"),
        (5, 6, "invalid"),
    ];
    let wanted = wanted.map(|(row, line, word)| (row, line, word.to_owned()));
    assert_eq!(refused(&answer), wanted);
    let faults = |row: usize| &answer.results[row].problem.as_ref().unwrap().errors;
    assert_eq!(faults(3)[0].pointer.as_deref(), Some("/units/tonnes"));
    assert_eq!(faults(4)[0].pointer.as_deref(), Some("/units"));
    let second = answer.results[1].made.as_ref().unwrap();
    assert_eq!((&second["tonnes"], &second["to"]), (&json!(15), &json!(2)));
    assert_eq!(
        (available(&world, 1).await, available(&world, 2).await),
        (900, 100)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_a_file_again_writes_only_what_is_missing() {
    let world = World::start().await;
    let key = common::request();
    let part = File::new("account-transfers", CSV, "from,to,tonnes\n1,2,1\n1,2,2\n");
    assert_eq!(upload(&world, &key, &part).await.written, 2);
    // The connection broke after two rows; now the whole file comes.
    let whole = format!("{}1,2,4\n", part.body);
    let whole = File::new("account-transfers", CSV, whole);
    let again = upload(&world, &key, &whole).await;
    assert_eq!((again.written, again.repeated, again.refused), (1, 2, 0));
    let third = upload(&world, &key, &whole).await;
    assert_eq!((third.written, third.repeated), (0, 3));
    assert_eq!(third.results[0].receipt, again.results[0].receipt);
    assert_eq!(available(&world, 2).await, 7);
    // Another row in the place of one that was written is not taken for it.
    let other = File::new("account-transfers", CSV, "from,to,tonnes\n1,2,1\n1,2,3\n");
    let other = upload(&world, &key, &other).await;
    assert_eq!(refused(&other), [(2, 3, "request-used".to_owned())]);
    // The same file under another key is another wish.
    assert_eq!(upload(&world, &common::request(), &part).await.written, 2);
    assert_eq!(available(&world, 2).await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_judges_rows_one_after_the_other_and_writes_nothing() {
    let world = World::start().await;
    let size = world.handle().latest_head().size;
    let rows = "{\"from\":1,\"to\":2,\"units\":{\"tonnes\":600}}\n\n{\"from\":1,\"to\":2,\"units\":{\"tonnes\":600}}\n\
                {\"from\":2,\"to\":1,\"units\":{\"tonnes\":600}}\nnot json\n";
    let file = File::new("account-transfers?dry_run=true", LINES, rows);
    let answer = upload(&world, &common::request(), &file).await;
    assert_eq!((answer.rows, answer.possible, answer.written), (4, 2, 0));
    let wanted = [(2, 3, "too-few"), (4, 5, "malformed")];
    let wanted = wanted.map(|(row, line, word)| (row, line, word.to_owned()));
    assert_eq!(refused(&answer), wanted);
    assert_eq!(world.handle().latest_head().size, size);
    assert_eq!(available(&world, 1).await, 1000);
    // Writing the same finds the same.
    let file = File::new("account-transfers", LINES, rows);
    let answer = upload(&world, &common::request(), &file).await;
    assert_eq!(refused(&answer), wanted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_retirements_and_holds_come_in_files_too() {
    let world = World::start().await;
    let accounts =
        "organisation;name;kind\n1;\"Réserve; nord\";entity_holding\n1;South;buffer_account\n";
    let accounts = File::new("accounts", CSV, format!("\u{feff}{accounts}"));
    let made = upload(&world, &common::request(), &accounts).await;
    assert_eq!((made.written, made.refused), (1, 1));
    let account = made.results[0].made.as_ref().unwrap();
    assert_eq!(account["name"], "Réserve; nord");
    let retirements = "account,tonnes,ranges,kind,purpose,beneficiary\n1,5,,retire,ndc,\n1,,GH-11-20,cancel,voluntary,\"Ama, Ltd\"\n";
    let retirements = File::new("retirements", CSV, retirements);
    let made = upload(&world, &common::request(), &retirements).await;
    assert_eq!((made.written, made.refused), (2, 0));
    assert!(made.results[1].made.as_ref().unwrap()["beneficiary"].is_string());
    let holds = "account,project,organisation,ranges,reason,authority,reference,expiry_ms\n,,,GH-101-110 GH-201-210,order,1,HC 1/2026,\n1,1,,,order,1,HC 2/2026,\n";
    let holds = File::new("standing-holds", CSV, holds);
    let made = upload(&world, &common::request(), &holds).await;
    assert_eq!((made.written, made.refused), (1, 1));
    assert_eq!(available(&world, 1).await, 985);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_read_is_refused_whole() {
    let world = World::start().await;
    let transfers = "account-transfers";
    let many = format!("from,to,tonnes\n{}", "1,2,1\n".repeat(5_001));
    for (path, content_type, body, word) in [
        (
            transfers,
            "application/json",
            "[]",
            "unsupported-media-type",
        ),
        (transfers, CSV, "", "invalid"),
        (transfers, CSV, "from,to,tonnes\n", "invalid"),
        (transfers, CSV, "from,to,tons\n1,2,1\n", "invalid"),
        (transfers, CSV, "from,from,tonnes\n1,2,1\n", "invalid"),
        (transfers, LINES, "\n\n", "invalid"),
        (transfers, CSV, &many, "too-large"),
        ("wishes", CSV, "a\n1\n", "malformed"),
        (
            "account-transfers?mode=all",
            CSV,
            "from,to,tonnes\n1,2,1\n",
            "malformed",
        ),
    ] {
        let file = File::new(path, content_type, body);
        let answer = send(&world, &world.token, &common::request(), &file).await;
        assert_eq!(kind(&problem(answer).await), word, "{path} {content_type}");
    }
    let file = File::new(transfers, CSV, "from,to,tonnes\n1,2,1\n");
    let keyless = world.ask(Method::POST, "/api/v1/bulk/account-transfers");
    let keyless = keyless.header("Content-Type", CSV).body(file.body.clone());
    assert_eq!(
        kind(&problem(keyless.send().await.unwrap()).await),
        "malformed"
    );
    let stranger = send(&world, "css_x", &common::request(), &file).await;
    assert_eq!(kind(&problem(stranger).await), "not-authorised");
    // A row of a wrong length is that row's fault.
    let ragged = File::new(transfers, CSV, "from,to,tonnes\n1,2\n1,2,1\n");
    let answer = upload(&world, &common::request(), &ragged).await;
    assert_eq!(refused(&answer), [(1, 2, "malformed".to_owned())]);
    assert_eq!(answer.written, 1);
}

async fn upload_as(office: &Office, who: &Somebody, file: &File<'_>) -> BulkAnswer {
    let response = send(&office.world, &who.token, &common::request(), file).await;
    read(response, StatusCode::OK, file.path).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_needs_the_permission_of_the_single_request() {
    let office = Office::open().await;
    let (own, other) = (office.developer.organisation, office.buyer.organisation);
    let rows = format!(
        "organisation,name,kind\n{own},Second,entity_holding\n{other},Theirs,entity_holding\n"
    );
    for path in ["accounts?dry_run=true", "accounts"] {
        let file = File::new(path, CSV, rows.clone());
        let answer = upload_as(&office, &office.developer, &file).await;
        assert_eq!((answer.possible + answer.written, answer.refused), (1, 1));
        assert_eq!(answer.results[1].problem.as_ref().unwrap().status, 403);
    }
    let holds = "account,reason,authority,reference\n1,order,1,HC 1/2026\n";
    let holds = File::new("standing-holds", CSV, holds);
    let answer = upload_as(&office, &office.developer, &holds).await;
    assert_eq!(answer.results[0].problem.as_ref().unwrap().status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_process_rows_are_told_the_way_and_go_it_as_cases() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    let (from, to) = (office.accounts[0], office.accounts[1]);
    let plain = format!("from,to,tonnes\n{from},{to},1\n");
    for dry_run in ["", "?dry_run=true"] {
        let path = format!("account-transfers{dry_run}");
        let file = File::new(&path, CSV, plain.clone());
        let answer = upload_as(&office, &office.developer, &file).await;
        let problem = answer.results[0].problem.as_ref().unwrap();
        assert_eq!(problem.code.as_deref(), Some("by-process"));
        assert!(
            problem.detail.contains("\"flow\": \"transfer\""),
            "{}",
            problem.detail
        );
        assert!(
            problem.detail.contains("\"step\": \"send\""),
            "{}",
            problem.detail
        );
    }
    let buyer = office.buyer.organisation;
    let heading = "open.flow,open.title,open.counterparty,act.step,act.form.receiver,act.form.units,act.reserve.account,\
                   act.reserve.units.tonnes,act.reserve.fate.transfer.to";
    let row = |tonnes: u64| {
        format!("transfer,To Ben,{buyer},send,{buyer},\"[\"\"GH-1-5\"\"]\",{from},{tonnes},{to}")
    };
    let rows = format!("{heading}\n{}\n{}\n{}\n", row(60), row(60), row(40));
    let file = File::new("cases", CSV, rows);
    let answer = upload_as(&office, &office.developer, &file).await;
    assert_eq!((answer.written, answer.refused), (2, 1), "{answer:?}");
    assert_eq!(refused(&answer), [(2, 3, "too-few".to_owned())]);
    // Its case is open, and whoever sent the row is told which.
    let opened = office
        .get(&office.developer, "/api/v1/cases?flow=transfer")
        .await;
    let half = &answer.results[1].problem.as_ref().unwrap().detail;
    let is_named = |it: &Value| half.starts_with(&format!("case {} was opened", it["case"]));
    assert!(
        opened["items"].as_array().unwrap().iter().any(is_named),
        "{half}"
    );
    assert_eq!(office.available(from).await, 0);
    let case = &answer.results[0].made.as_ref().unwrap()["act"]["case"];
    let case = office
        .get(&office.buyer, &format!("/api/v1/cases/{case}"))
        .await;
    assert_eq!(case["title"], "To Ben");
}
