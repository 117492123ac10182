//! The desk of Article 6: officials record by pages, each record shown before it is made and approved by a second one.

use reqwest::StatusCode;
use serde_json::json;

use super::Desk;
use super::pages::RECORDS;
use crate::article6::by_two;
use crate::article6_reports::{authorised_for, first_transfer};
use crate::office::Office;
use crate::web::words;

const DESK: &str = "/en/work/authorisations";

fn record(kind: &str) -> String {
    format!("{DESK}/record/{kind}")
}

/// Records something as one official, and approves it as another.
async fn recorded(office: &Office, kind: &str, fields: &[(&str, &str)]) {
    let [first, second] = [&office.officials[0], &office.officials[1]];
    let [first, second] = [first, second].map(|it| Desk::of(&office.world, it));
    let path = record(kind);
    let mut all = fields.to_vec();
    all.push(("do", "preview"));
    let shown = first.send(&path, &path, &all).await;
    assert_eq!(
        shown.status,
        StatusCode::OK,
        "{kind}: {}",
        words(&shown.text)
    );
    assert!(shown.text.contains("id=\"preview\""), "{kind}");
    let size = office.size().await;
    let taken: Vec<(&str, &str)> = fields.iter().copied().chain([("do", "take")]).collect();
    let proposed = first.send(&path, &path, &taken).await;
    assert_eq!(proposed.place(), format!("{DESK}?done=proposed"), "{kind}");
    assert_eq!(office.size().await, size, "nothing is recorded yet");
    let waiting = second.page("/en/work/proposals").await;
    let number = waiting.split("/en/work/proposals/").nth(1).unwrap();
    let path = format!("/en/work/proposals/{}", number.split('"').next().unwrap());
    let done = second
        .send("/en/work/proposals", &path, &[("do", "approve")])
        .await;
    assert_eq!(done.place(), "/en/work/proposals?done=approved", "{kind}");
    assert!(office.size().await > size, "{kind}");
}

fn authorisation() -> Vec<(&'static str, &'static str)> {
    vec![
        ("/id", "GH-2026-001"),
        ("/approach", "CA0001"),
        ("/parties", "CH"),
        ("/date", "2026-01-01"),
        ("/uses", "ndc"),
        ("/framework", "Ghana's framework\r\nand its standards"),
        ("/changes", "by agreement of both Parties"),
        ("/quantity", "1,000"),
        ("/vintages/first", "2021"),
        ("/vintages/last", "2030"),
        ("/scopes", "3"),
        (
            "/document",
            "abababababababababababababababababababababababababababababababab",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_officials_record_all_of_article_6_by_pages() {
    let office = Office::open().await;
    let approach = [
        ("/id", "CA0001"),
        ("/title", "Ghana and Switzerland"),
        ("/parties", "GH\r\nCH"),
        ("/definition", "issuance"),
    ];
    recorded(&office, "approach", &approach).await;
    let report = [
        ("/approach", "CA0001"),
        ("/submitted", "2026-03-01"),
        ("/reference", "https://unfccc.int/documents/1"),
    ];
    recorded(&office, "initial-report", &report).await;
    let entity = [
        ("/approach", "CA0001"),
        ("/name", "KliK Foundation"),
        ("/country", "CH"),
        ("/identification", "CHE-115.635.482"),
        ("/date", "2026-03-01"),
    ];
    recorded(&office, "entity", &entity).await;
    let ndc = [
        ("/period/first", "2021"),
        ("/period/last", "2030"),
        ("/method", "averaging"),
        ("/reference/year", "2019"),
        ("/reference/level", "58 000 000"),
        ("/target/year", "2030"),
        ("/target/level", "64000000"),
        ("/trajectory", "2025 60000000\r\n2026 61000000"),
    ];
    recorded(&office, "ndc", &ndc).await;
    let levels = [
        ("/series", "covered"),
        ("/levels", "2023 60900000\n2024 61200000"),
        ("/source", "National inventory report 2026"),
    ];
    recorded(&office, "levels", &levels).await;
    recorded(&office, "authorisation", &authorisation()).await;

    let desk = Desk::of(&office.world, &office.officials[0]);
    let page = words(&desk.page(DESK).await);
    for shown in [
        "CA0001",
        "Ghana and Switzerland",
        "KliK Foundation",
        "NDC 2021–2030",
        "61,200,000",
        "GH-2026-001",
        "0 of 1,000 t CO₂e",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let seen = office
        .get(
            &office.officials[0],
            "/api/v1/authorisations/GH/GH-2026-001",
        )
        .await;
    assert_eq!(seen["framework"], "Ghana's framework and its standards");
    assert_eq!(seen["parties"], json!(["CH"]));
    assert_eq!(
        (&seen["quantity"], &seen["version"]),
        (&json!(1000), &json!(1))
    );
    let ndc = office.get(&office.officials[0], "/api/v1/ndcs/2024").await;
    assert_eq!(
        ndc["trajectory"][1],
        json!({"year": 2026, "level": 61_000_000})
    );

    // A change begins with what is recorded; its date, text and reach are its own.
    let of = format!("{}?of=GH/GH-2026-001", record("authorisation"));
    let form = desk.page(&of).await;
    assert!(form.contains("value=\"GH-2026-001\"") && form.contains("and its standards"));
    assert!(!form.contains("abababab") && !form.contains("2026-01-01"));
    let changed = [("/quantity", "2000"), ("/date", "2026-02-01")];
    let mut fields = authorisation();
    fields.retain(|(name, _)| !changed.iter().any(|(it, _)| it == name));
    fields.extend(changed);
    recorded(&office, "authorisation", &fields).await;
    let page = words(&desk.page(&format!("{DESK}/GH/GH-2026-001")).await);
    assert!(
        page.contains("0 of 2,000 t CO₂e") && page.contains("Version 2"),
        "{page}"
    );
    assert!(page.contains("It has no terms for that"), "{page}");

    let end = [
        ("/id", "GH-2026-001"),
        ("/date", "2026-10-01"),
        ("/reason", "the activity ended"),
    ];
    recorded(&office, "revocation", &end).await;
    let page = words(&desk.page(&format!("{DESK}/GH/GH-2026-001")).await);
    assert!(
        page.contains("revoked") && !page.contains("Put units under it"),
        "{page}"
    );
    assert!(!words(&desk.page(&format!("{DESK}?state=in-force")).await).contains("GH-2026-001"));
    assert!(words(&desk.page(&format!("{DESK}?state=revoked")).await).contains("GH-2026-001"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_come_under_an_authorisation_and_a_use_abroad_is_noted() {
    let office = Office::open().await;
    let approach = json!({"id": "CA0001", "title": "Ghana and Switzerland", "parties": ["GH", "CH"],
        "definition": "use_or_cancellation"});
    by_two(&office, "cooperative-approaches", approach).await;
    let mut of = authorisation();
    of.retain(|(name, _)| *name != "/uses");
    of.extend([("/uses", "ndc_and_imp"), ("/oimp", "CORSIA")]);
    recorded(&office, "authorisation", &of).await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 30).await;
    office.issue(verified).await;
    let account = office.accounts[0].to_string();
    let units = [
        ("/authorisation", "GH-2026-001"),
        ("/account", account.as_str()),
        ("/units/tonnes", "20"),
    ];
    recorded(&office, "units", &units).await;
    let seen = office
        .get(
            &office.officials[0],
            "/api/v1/authorisations/GH/GH-2026-001",
        )
        .await;
    assert_eq!(seen["put"], 20, "{seen}");

    // More than is left is refused at the field that says how many.
    let desk = Desk::of(&office.world, &office.officials[0]);
    let path = record("units");
    let fields = [
        ("/authorisation", "GH-2026-001"),
        ("/account", account.as_str()),
        ("/units/tonnes", "20"),
        ("do", "preview"),
    ];
    let refused = desk.send(&path, &path, &fields).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert!(refused.text.contains("id=\"faults\""), "{}", refused.text);
    assert!(
        refused.text.contains("value=\"20\""),
        "what was typed stays"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_of_use_is_the_first_transfer() {
    let office = authorised_for("ndc_and_imp").await;
    first_transfer(&office, 12).await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let path = record("use-notice");
    let fields = [
        ("/ranges", "GH-1-5"),
        ("/purpose", "international_mitigation"),
        ("/party", "CH"),
        ("/day", "2026-05-01"),
        ("/reference", "notice 12/2026"),
        ("do", "preview"),
    ];
    // These were first transferred when they left, for use towards an NDC: the rules say so before anything waits.
    let answer = desk.send(&path, &path, &fields).await;
    assert!(answer.status.is_client_error(), "{}", words(&answer.text));
    assert!(answer.text.contains("id=\"faults\"") && answer.text.contains("GH-1-5"));
    let waiting = words(&desk.page("/en/work/proposals").await);
    assert!(waiting.contains("There is nothing to show here."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_is_wrong_is_said_at_its_field_and_what_was_typed_stays() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let path = record("authorisation");
    let fields = [
        ("/id", "a/b"),
        ("/date", "soon"),
        ("/quantity", "many"),
        ("/vintages/first", "2021"),
        ("/vintages/last", "2019"),
        ("/document", "abc"),
        ("/framework", "Ghana's framework"),
        ("do", "take"),
    ];
    let refused = desk.send(&path, &path, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in [
        "id", "approach", "date", "uses", "changes", "quantity", "document",
    ] {
        assert!(
            refused.text.contains(&format!("href=\"#f.{field}\"")),
            "{field}: {}",
            refused.text
        );
        assert!(
            refused.text.contains(&format!("id=\"f.{field}.fault\"")),
            "{field}"
        );
    }
    assert!(!refused.text.contains("href=\"#f.framework\""));
    for typed in [
        "value=\"a/b\"",
        "value=\"many\"",
        "value=\"soon\"",
        "Ghana&#39;s framework",
    ] {
        assert!(refused.text.contains(typed), "{typed}: {}", refused.text);
    }
    // What fits by itself and not together is said when the rest is right.
    by_two(
        &office,
        "cooperative-approaches",
        json!({"id": "CA0001", "title": "Ghana and Switzerland", "parties": ["GH", "CH"]}),
    )
    .await;
    let size = office.size().await;
    let mut backwards = authorisation();
    backwards.retain(|(name, _)| *name != "/vintages/last");
    backwards.extend([("/vintages/last", "2019"), ("do", "preview")]);
    let refused = desk.send(&path, &path, &backwards).await;
    assert!(
        refused.text.contains("href=\"#f.vintages.first\""),
        "{}",
        words(&refused.text)
    );
    // A rule of the ledger at its field: the approach defines no first transfer for other purposes.
    let mut other = authorisation();
    other.retain(|(name, _)| *name != "/uses");
    other.extend([
        ("/uses", "oimp"),
        ("/definition", "issuance"),
        ("do", "preview"),
    ]);
    let refused = desk.send(&path, &path, &other).await;
    assert!(
        refused.text.contains("href=\"#f.definition\""),
        "{}",
        words(&refused.text)
    );
    assert_eq!(office.size().await, size, "nothing was recorded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desks_are_for_officials_alone() {
    let office = authorised_for("ndc_and_imp").await;
    let world = &office.world;
    let size = office.size().await;
    for who in [&office.developer, &office.buyer, &office.certifier] {
        let desk = Desk::of(world, who);
        let own = desk.page("/en/work").await;
        let token = super::hidden(&own, "/en/sign-out")[0].1.clone();
        for closed in [DESK, "/en/work/report", "/en/work/process"] {
            assert!(!own.contains(&format!("href=\"{closed}\"")), "{closed}");
        }
        let mut paths: Vec<String> = RECORDS.iter().map(|it| record(it)).collect();
        paths.push(format!("{DESK}/GH/GH-2026-001"));
        for path in [
            "",
            "/initial",
            "/initial/json",
            "/notifications",
            "/2026",
            "/2026/changes",
            "/2026/summary",
            "/2026/tables/2",
            "/2026/files/xlsx",
            "/2026/regular/json",
        ] {
            paths.push(format!("/en/work/report{path}"));
        }
        for path in ["", "/flows/project", "/roles", "/simulate", "/edit"] {
            paths.push(format!("/en/work/process{path}"));
        }
        paths.push(DESK.to_owned());
        for path in paths {
            let closed = desk.any(&path).await;
            assert_eq!(closed.status, StatusCode::FORBIDDEN, "{path}");
        }
        let request = "00000000000000000000000000000009";
        let fields = [
            ("token", token.as_str()),
            ("request", request),
            ("do", "take"),
            ("text", "x"),
            ("/id", "CA0009"),
        ];
        for path in [
            record("approach"),
            "/en/work/report/2026/freeze".to_owned(),
            "/en/work/report/notifications".to_owned(),
            "/en/work/process/edit".to_owned(),
        ] {
            let closed = desk.bare(&path, &fields).await;
            assert_eq!(closed.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(office.size().await, size, "nothing was written");
    let nobody = Desk::new(world);
    for path in [DESK, "/en/work/report", "/en/work/process"] {
        assert_eq!(
            nobody.any(path).await.status,
            StatusCode::SEE_OTHER,
            "{path}"
        );
    }
    // What is not there is not there for officials either.
    let official = Desk::of(world, &office.officials[0]);
    for path in [
        record("nothing"),
        format!("{DESK}/GH/other"),
        format!("{DESK}/XX/GH-2026-001"),
        "/en/work/report/1999x".to_owned(),
        "/en/work/report/2026/tables/6".to_owned(),
        "/en/work/report/2026/files/exe".to_owned(),
        "/en/work/report/kept/abc".to_owned(),
        format!("/en/work/report/kept/{}", "00".repeat(32)),
        "/en/work/process/flows/nothing".to_owned(),
    ] {
        let missing = official.any(&path).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_the_desk_stay_texts() {
    const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let office = Office::open().await;
    let evil = |name: &str| format!("{name} {EVIL}");
    let (title, framework) = (evil("Title"), evil("Framework"));
    let approach = [
        ("/id", "CA0001"),
        ("/title", title.as_str()),
        ("/parties", "GH\nCH"),
    ];
    recorded(&office, "approach", &approach).await;
    let entity = [
        ("/approach", "CA0001"),
        ("/name", title.as_str()),
        ("/country", "CH"),
        ("/identification", EVIL),
        ("/date", "2026-03-01"),
        ("/conditions", framework.as_str()),
    ];
    recorded(&office, "entity", &entity).await;
    let mut of = authorisation();
    of.retain(|(name, _)| *name != "/framework");
    of.extend([
        ("/framework", framework.as_str()),
        ("/terms", framework.as_str()),
    ]);
    recorded(&office, "authorisation", &of).await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let encoded = "CA0001/%3Cscript%3Ealert%281%29%3C%2Fscript%3E%22%27%3E%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E";
    let mut shown = 0;
    for path in [
        DESK.to_owned(),
        format!("{DESK}/GH/GH-2026-001"),
        format!("{}?of=GH/GH-2026-001", record("authorisation")),
        format!("{}?of=CA0001", record("approach")),
        format!("{}?of={encoded}", record("entity")),
        format!("{}?approach=%22%3E%3Cscript%3E", record("entity")),
        "/en/work/report/initial".to_owned(),
        "/en/work/report/2026".to_owned(),
        "/en/work/report/2026/tables/2".to_owned(),
        "/en/work/report/2026/tables/5".to_owned(),
        "/en/work/process/simulate?flow=%22%3E%3Cscript%3E&steps=%3Cscript%3E".to_owned(),
    ] {
        let text = desk.page(&path).await;
        assert!(
            !text.contains("<script>") && !text.contains("<img src=x"),
            "{path}\n{text}"
        );
        assert!(!text.contains("\"'>"), "{path}");
        shown += text.matches("onerror").count();
    }
    assert!(shown > 6, "the texts must be seen as texts: {shown}");
    for (path, fields) in [
        (
            record("approach"),
            vec![("/id", EVIL), ("/title", EVIL), ("do", "preview")],
        ),
        (
            "/en/work/process/edit".to_owned(),
            vec![("text", EVIL), ("do", "check")],
        ),
        (
            "/en/work/report/2026/freeze".to_owned(),
            vec![("version", EVIL), ("submitted", EVIL), ("do", "preview")],
        ),
    ] {
        let from = path.replace("/freeze", "");
        let answer = desk.send(&from, &path, &fields).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        assert!(!answer.text.contains("<script>alert"), "{path}");
    }
}
