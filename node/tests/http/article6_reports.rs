//! From an approach to the annual report, over HTTP: built, checked, frozen, compared; and what a registry shows of its units.

use countersign_bridge::aef;
use countersign_node::reports::{NewSubmission, REPORTS_FILE, Reports, SubmissionOrigin};
use countersign_protocol::article6::aef::{Table, Version};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::article6::{approach, by_two};
use crate::office::{Office, border_form, send};
use crate::world::{World, kind, problem, read};

/// The day on which reports of these tests are submitted: after their year.
const SUBMITTED: &str = "2027-04-10";
/// The year in which tests run, by the ledger's clock.
async fn year(office: &Office) -> u16 {
    let head: Value = office.world.get("/api/v1/ledger/head").await;
    let ms = head["time_ms"].as_u64().unwrap();
    countersign_protocol::period::Day::of_ms(ms).year()
}

/// The 10 April after it.
fn submitted(year: u16) -> String {
    format!("{}-04-10", year + 1)
}

/// Lets officials take every step that waits for them in a case.
async fn finish(office: &Office, case: u64) {
    for _ in 0..4 {
        for official in &office.officials {
            let inbox = office.get(official, "/api/v1/inbox").await;
            let mine = inbox["items"].as_array().unwrap().iter();
            let Some(item) = mine.into_iter().find(|it| it["case"] == case) else {
                continue;
            };
            let act = json!({"step": item["step"], "comment": "Checked."});
            office.act(official, case, act).await;
        }
    }
}

/// Units of 2023 under an authorisation: 30 in the developer's account, by an approach, a report, an NDC and two officials.
async fn authorised() -> Office {
    authorised_for("ndc_and_imp").await
}

/// The same for these uses.
pub(crate) async fn authorised_for(uses: &str) -> Office {
    let office = Office::open().await;
    let mut of = approach();
    of["definition"] = json!("use_or_cancellation");
    by_two(&office, "cooperative-approaches", of).await;
    by_two(
        &office,
        "initial-reports",
        json!({"approach": "CA0001", "submitted": "2026-03-01", "reference": "https://unfccc.int/documents/1"}),
    )
    .await;
    by_two(
        &office,
        "ndcs",
        json!({"period": {"first": 2021, "last": 2030}, "method": "trajectory",
            "reference": {"year": 2019, "level": 58_000_000}, "target": {"year": 2030, "level": 64_000_000}}),
    )
    .await;
    by_two(
        &office,
        "levels",
        json!({"source": "Inventory", "levels": [{"series": "covered", "year": 2023, "level": 60_000_000}]}),
    )
    .await;
    let project = office.authorised_project().await;
    let view = office
        .get(&office.officials[0], &format!("/api/v1/cases/{project}"))
        .await;
    let number = view["project"].as_u64().unwrap();
    by_two(
        &office,
        "authorisations",
        json!({"id": "GH-2026-001", "approach": "CA0001", "parties": ["CH", "GH"], "date": "2026-01-01", "uses": uses,
            "oimp": "CORSIA", "framework": "Ghana's framework", "changes": "by agreement of both Parties", "quantity": 100,
            "vintages": {"first": 2021, "last": 2030}, "scopes": ["3"], "projects": [number],
            "activities": "Energy Efficiency households", "document": "ab".repeat(32)}),
    )
    .await;
    let verified = office.verified(project, 30).await;
    office.issue(verified).await;
    office
}

/// Sends units of the developer's to Switzerland by a case, and lets it acquire them.
pub(crate) async fn first_transfer(office: &Office, tonnes: u64) {
    let new = json!({"flow": "border-transfer", "title": "To Switzerland", "scopes": []});
    let case = office.case(&office.developer, new).await;
    let request = json!({"step": "request", "form": border_form(), "reserve": {"account": office.accounts[0],
        "units": {"tonnes": tonnes}, "fate": {"send": {"to": "CH", "agreement": "CH-GH-2020", "account": 7}}}});
    office.act(&office.developer, case, request).await;
    finish(office, case).await;
    let listed: Value = office.world.get("/api/v1/transfers?state=locked").await;
    let id = listed["items"][0]["id"].as_str().unwrap().parse().unwrap();
    office.world.settle(id).await;
}

/// Uses units of the developer's for CORSIA.
async fn use_for_imp(office: &Office, tonnes: u64) {
    let new = json!({"flow": "retirement", "title": "CORSIA", "scopes": []});
    let case = office.case(&office.developer, new).await;
    let request = json!({"step": "request", "form": {
            "purpose": "imp", "beneficiary": "An airline", "units": ["GH-1"]},
        "reserve": {"account": office.accounts[0], "units": {"tonnes": tonnes}, "fate": {"retire": {
            "kind": "retire", "purpose": "international_mitigation"}}}});
    office.act(&office.developer, case, request).await;
    finish(office, case).await;
}

async fn file(office: &Office, path: &str) -> Vec<u8> {
    let path = format!("/api/v1/{path}");
    let answer = office
        .ask(&office.officials[0], Method::GET, &path)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let name = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(name.contains("AEF-GH-"), "{name}");
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_annual_report_is_built_checked_frozen_and_compared() {
    let office = authorised().await;
    let official = &office.officials[0];
    first_transfer(&office, 12).await;
    use_for_imp(&office, 5).await;
    let year = year(&office).await;
    let of = format!("year={year}&submitted={}", submitted(year));

    let checked = office
        .get(official, &format!("/api/v1/article6/aef/check?{of}"))
        .await;
    assert_eq!(checked["sound"], true, "{checked:#}");
    assert_eq!(checked["version"], "1.0");
    assert_eq!(checked["without_initial_report"], json!([]));
    let rows: Vec<u64> = checked["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["rows"].as_u64().unwrap())
        .collect();
    // One authorisation; a first transfer abroad and one by use; holdings are of first transferred units only.
    assert_eq!(rows[1..3], [1, 2], "{checked:#}");

    // All three kinds of file say the same.
    let mut read_back = Vec::new();
    for format in ["json", "csv", "xlsx"] {
        let bytes = file(&office, &format!("article6/aef?{of}&format={format}")).await;
        let reading = aef::read(&bytes).unwrap();
        assert_eq!(reading.report.findings, Vec::new(), "{format}");
        read_back.push(reading.aef);
    }
    assert_eq!(read_back[0], read_back[1]);
    assert_eq!(read_back[0], read_back[2]);
    assert_eq!(read_back[0].len(Table::Actions), 2);

    // Frozen once; the same again is the same, and another content under its version is refused.
    let freeze = json!({"year": year, "submitted": submitted(year)});
    let frozen = send(
        &office.world,
        official,
        "/api/v1/article6/submissions",
        freeze.clone(),
    )
    .await;
    let frozen: Value = read(frozen, StatusCode::CREATED, "freeze").await;
    assert_eq!(
        (&frozen["version"], &frozen["frozen"]),
        (&json!("1.0"), &json!(true))
    );
    let differs = office
        .get(
            official,
            &format!("/api/v1/article6/aef/diff?{of}&version=1.0"),
        )
        .await;
    assert_eq!(differs["changes"], json!([]), "{differs:#}");
    let as_version =
        |version: &str| json!({"year": year, "submitted": submitted(year), "version": version});
    let again = send(
        &office.world,
        &office.officials[1],
        "/api/v1/article6/submissions",
        as_version("1.0"),
    )
    .await;
    // Somebody else sends the same: it is the same submission.
    let again: Value = read(again, StatusCode::CREATED, "freeze").await;
    assert_eq!(again, frozen);
    let path = "/api/v1/article6/submissions";
    let again = send(&office.world, official, path, freeze.clone()).await;
    let again: Value = read(again, StatusCode::CREATED, "freeze").await;
    assert_eq!(
        again, frozen,
        "nothing changed, so there is no other version"
    );
    first_transfer(&office, 4).await;
    let differs = office
        .get(official, &format!("/api/v1/article6/aef/diff?{of}"))
        .await;
    let changed: Vec<&Value> = differs["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["table"] == "actions")
        .map(|it| &it["difference"])
        .collect();
    assert_eq!(changed, [&json!("added")], "{differs:#}");
    let mut other = as_version("1.0");
    other["despite_errors"] = json!(true);
    let taken = send(
        &office.world,
        official,
        "/api/v1/article6/submissions",
        other,
    )
    .await;
    let taken = problem(taken).await;
    assert_eq!(
        (taken.status, taken.code.as_deref()),
        (409, Some("version-kept")),
        "{}",
        taken.detail
    );
    let second = send(
        &office.world,
        official,
        "/api/v1/article6/submissions",
        freeze,
    )
    .await;
    let second: Value = read(second, StatusCode::CREATED, "freeze").await;
    assert_eq!(second["version"], "1.1");

    // Both versions stay, and each is given out as it was.
    let listed = office
        .get(official, "/api/v1/article6/submissions?party=GH")
        .await;
    let versions: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["version"])
        .collect();
    assert_eq!(versions, [&json!("1.1"), &json!("1.0")]);
    let path = format!(
        "article6/submissions/{}?format=xlsx",
        frozen["sha256"].as_str().unwrap()
    );
    let kept = aef::read(&file(&office, &path).await).unwrap().aef;
    assert_eq!(kept, read_back[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_with_errors_is_frozen_only_by_somebody_who_says_so() {
    let office = authorised().await;
    let official = &office.officials[0];
    first_transfer(&office, 12).await;
    let year = year(&office).await;
    // Submitted within its own year: that is an error.
    let early = format!("{year}-06-01");
    let freeze = json!({"year": year, "submitted": early});
    let path = "/api/v1/article6/submissions";
    let refused = problem(send(&office.world, official, path, freeze.clone()).await).await;
    assert_eq!((refused.status, kind(&refused)), (422, "rejected"));
    assert!(refused.detail.contains("AEF-S-002"), "{}", refused.detail);
    let mut despite = freeze;
    despite["despite_errors"] = json!(true);
    let kept = send(&office.world, official, path, despite).await;
    let kept: Value = read(kept, StatusCode::CREATED, path).await;
    assert!(kept["errors"].as_u64().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partners_submission_is_brought_and_reports_are_checked_against_it() {
    let office = authorised().await;
    let official = &office.officials[0];
    first_transfer(&office, 12).await;
    let year = year(&office).await;
    let of = format!("year={year}&submitted={}", submitted(year));
    // Switzerland says that it acquired nothing.
    let mut swiss = aef::read(&file(&office, &format!("article6/aef?{of}")).await)
        .unwrap()
        .aef;
    swiss.authorisations.clear();
    swiss.actions.clear();
    swiss.holdings.clear();
    swiss.entities.clear();
    swiss.cell_mut(Table::Submission, 0, 0).unwrap().read("CHE");
    let import = |bytes: Vec<u8>, dry_run: bool| {
        let path = format!("/api/v1/article6/submissions/import?dry_run={dry_run}");
        office.ask(official, Method::POST, &path).body(bytes).send()
    };
    let bytes = aef::write_workbook(&swiss).unwrap();
    let tried = import(bytes.clone(), true).await.unwrap();
    assert_eq!(tried.status(), StatusCode::OK);
    let listed = office.get(official, "/api/v1/article6/submissions").await;
    assert_eq!(listed["items"], json!([]), "a trial keeps nothing");
    let kept: Value = read(
        import(bytes, false).await.unwrap(),
        StatusCode::CREATED,
        "import",
    )
    .await;
    assert_eq!(
        (&kept["party"], &kept["frozen"], &kept["version"]),
        (&json!("CH"), &json!(false), &json!("1.0"))
    );
    let checked = office
        .get(official, &format!("/api/v1/article6/aef/check?{of}"))
        .await;
    let found: Vec<&str> = checked["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["check"].as_str().unwrap())
        .collect();
    assert!(found.contains(&"AEF-P-002"), "{found:?}");
    let none = problem(import(b"no table".to_vec(), false).await.unwrap()).await;
    assert_eq!((none.status, kind(&none)), (422, "rejected"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_summary_and_the_registers_view_come_from_the_same_ledger() {
    let office = authorised().await;
    let official = &office.officials[0];
    first_transfer(&office, 12).await;
    use_for_imp(&office, 5).await;
    let summary = office
        .get(official, "/api/v1/article6/summary?year=2024&axis=balance")
        .await;
    let row = |number: u64| {
        let rows = summary["rows"].as_array().unwrap().iter();
        let row = rows.into_iter().find(|it| it["row"] == number).unwrap();
        let values = row["values"].as_array().unwrap().iter();
        let value = values.into_iter().find(|it| it["year"] == 2023);
        value.map_or(Value::Null, |it| it["exact"].clone())
    };
    assert_eq!((row(3), row(6)), (json!("60000000"), json!("17")));
    assert_eq!(row(13), json!("60000017"), "{summary:#}");
    let of_2023 = summary["balance"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["year"] == 2023);
    assert_eq!(of_2023.unwrap()["first_transferred"], "17");

    // The same as files.
    for (path, format) in [
        ("regular-information?year=2024&format=json", "json"),
        ("regular-information?year=2024&format=xlsx", "xlsx"),
        ("initial-information?format=json", "json"),
        ("initial-information?format=xlsx", "xlsx"),
    ] {
        let path = format!("/api/v1/article6/{path}");
        let answer = office
            .ask(official, Method::GET, &path)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let bytes = answer.bytes().await.unwrap();
        if format == "xlsx" {
            assert!(bytes.starts_with(b"PK"), "{path}");
        } else {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(
                text.contains("CA0001") || text.contains("60000000"),
                "{path}: {text}"
            );
        }
    }
    let world = &office.world;
    let public = async |path: &str| -> Value {
        let path = format!("/api/v1/{path}");
        let answer = world.bare(Method::GET, &path).send().await.unwrap();
        read(answer, StatusCode::OK, &path).await
    };
    let positions = public("article6/positions").await;
    let of = |purpose: &str| {
        let items = positions["items"].as_array().unwrap().iter();
        items
            .filter(|it| it["purpose"] == purpose)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (
            &of("entity_holding")[0]["authorised"],
            &of("international_mitigation")[0]["itmos"]
        ),
        (&json!(13), &json!(5)),
        "{positions:#}"
    );
    let then = public("article6/positions?at_ms=1000").await;
    assert_eq!(then["items"], json!([]));
    for (path, parameter) in [
        ("actions?year=1989", "year"),
        ("holdings?vintage=2200", "vintage"),
    ] {
        let path = format!("/api/v1/article6/{path}");
        let refused = problem(office.world.bare(Method::GET, &path).send().await.unwrap()).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert_eq!(refused.errors[0].parameter.as_deref(), Some(parameter));
    }
    let actions = public("article6/actions?limit=2").await;
    assert_eq!(actions["items"].as_array().unwrap().len(), 2);
    let next = actions["next"].as_str().unwrap();
    let rest = public(&format!("article6/actions?after={next}")).await;
    let kinds = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|it| it["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = [kinds(&actions), kinds(&rest)].concat();
    assert!(
        all.contains(&"first_transferred".to_owned()) && all.contains(&"authorised".to_owned()),
        "{all:?}"
    );
    let of_unit = rest["items"][0]["range"].as_str().unwrap().to_owned();
    let of_unit = public(&format!("article6/actions?units={of_unit}")).await;
    assert!(!of_unit["items"].as_array().unwrap().is_empty());
    // Accounts are named to officials only.
    let held = office
        .get(
            official,
            "/api/v1/article6/holdings?vintage=2023&approach=CA0001",
        )
        .await;
    let sum: u64 = held["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["tonnes"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, 13, "{held:#}");
    let developer = office
        .ask(&office.developer, Method::GET, "/api/v1/article6/holdings")
        .send()
        .await
        .unwrap();
    assert!([403, 404].contains(&developer.status().as_u16()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_open_for_officials_and_are_frozen_by_those_who_may_submit() {
    let office = Office::open().await;
    let government = office.officials[0].organisation;
    let manager = crate::office::invited(&office.world, "max", government, "manager").await;
    crate::office::enrol(&office.world, &manager).await;
    let viewer = crate::office::invited(&office.world, "vera", government, "viewer").await;
    let freeze = json!({"year": 2026, "submitted": SUBMITTED, "despite_errors": true});
    let seats = [
        ("administrator", &office.officials[0], [200, 200, 200]),
        ("manager", &manager, [200, 403, 422]),
        ("viewer", &viewer, [200, 403, 403]),
        ("developer", &office.developer, [403, 403, 403]),
        ("certifier", &office.certifier, [403, 403, 403]),
    ];
    for (role, who, wanted) in seats {
        let reads = ["article6/aef?year=2026", "article6/aef/check?year=2026"];
        for path in reads {
            let answer = office.ask(who, Method::GET, &format!("/api/v1/{path}"));
            let status = answer.send().await.unwrap().status().as_u16();
            assert_eq!(status, wanted[0], "{role} {path}");
        }
        // Which of them somebody sees depends on who that is; see the test of what everybody may have.
        let path = "/api/v1/article6/submissions";
        let listed = office.ask(who, Method::GET, path).send().await.unwrap();
        assert_eq!(listed.status().as_u16(), 200, "{role}");
        let path = "/api/v1/article6/submissions?dry_run=true";
        let frozen = send(&office.world, who, path, freeze.clone()).await;
        assert_eq!(frozen.status().as_u16(), wanted[1], "{role} freezes");
        let path = "/api/v1/article6/submissions/import?dry_run=true";
        let brought = office.ask(who, Method::POST, path).body("no table").send();
        let brought = brought.await.unwrap().status().as_u16();
        let may = if wanted[2] == 200 { 422 } else { wanted[2] };
        assert_eq!(brought, may, "{role} brings");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_of_which_no_report_can_be_is_refused() {
    let world = World::start().await;
    for (path, parameter) in [
        ("article6/aef?year=1999", "year"),
        ("article6/aef", "year"),
        ("article6/aef/check?year=2026&version=1", "version"),
        ("article6/aef?year=2026&format=pdf", "format"),
        ("article6/aef?year=2026&submitted=soon", "submitted"),
        ("article6/summary?year=2300", "year"),
    ] {
        let wrong = world.fail(&format!("/api/v1/{path}")).await;
        assert_eq!(wrong.status, 400, "{path}: {}", wrong.detail);
        assert_eq!(
            wrong.errors[0].parameter.as_deref(),
            Some(parameter),
            "{path}"
        );
    }
    let none = world.fail("/api/v1/article6/summary?year=2026").await;
    assert_eq!((none.status, kind(&none)), (404, "not-found"));
    let none = world.fail("/api/v1/article6/aef/diff?year=2026").await;
    assert_eq!((none.status, kind(&none)), (404, "not-found"));
}

/// A statement on the kept reports, as somebody with the file would try it; gives what SQLite says.
async fn tampered(file: &std::path::Path, statement: &'static str) -> Result<u64, String> {
    let url = format!("sqlite://{}", file.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let done = sqlx::query(statement).execute(&pool).await;
    pool.close().await;
    done.map(|it| it.rows_affected())
        .map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_version_is_neither_changed_nor_replaced_nor_taken_away_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let reports = Reports::open(folder.path()).await.unwrap();
    let new = NewSubmission {
        party: "GH".parse().unwrap(),
        year: 2026,
        version: Version::FIRST,
        origin: SubmissionOrigin::Frozen { ledger_size: 7 },
        content: b"{}".to_vec(),
        errors: 0,
        warnings: 0,
        user: None,
    };
    let kept = reports.keep(&new, 1, false).await.unwrap();
    let file = folder.path().join(REPORTS_FILE);
    let changes = [
        "UPDATE submissions SET content = x'7b7d20'",
        "UPDATE submissions SET minor = 1",
        "UPDATE submissions SET kept_ms = 2",
    ];
    for statement in changes {
        let why = tampered(&file, statement).await.unwrap_err();
        assert!(
            why.contains("a submission never changes"),
            "{statement}: {why}"
        );
    }
    let why = tampered(&file, "DELETE FROM submissions")
        .await
        .unwrap_err();
    assert!(why.contains("a submission stays"), "{why}");
    // In SQLite to replace a row deletes it without a word.
    let replaced = "INSERT OR REPLACE INTO submissions (party, year, major, minor, origin, sha256, content, errors, warnings, \
                    kept_ms) VALUES ('GH', 2026, 1, 0, 'imported', zeroblob(32), x'00', 0, 0, 1)";
    let why = tampered(&file, replaced).await.unwrap_err();
    assert!(why.contains("a submission stays"), "{why}");
    let by_id = "INSERT OR REPLACE INTO submissions (id, party, year, major, minor, origin, sha256, content, errors, warnings, \
                 kept_ms) VALUES (1, 'GH', 2026, 1, 1, 'imported', zeroblob(32), x'00', 0, 0, 1)";
    let why = tampered(&file, by_id).await.unwrap_err();
    assert!(why.contains("a submission stays"), "{why}");
    let found = reports.read(&kept.sha256).await.unwrap();
    assert_eq!(found, Some((kept, new.content.clone())));
    let listed = reports.list(None).await.unwrap();
    assert_eq!(listed, [kept]);
}
