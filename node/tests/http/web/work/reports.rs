//! The studio of reports: rows, findings, differences, freezing in two steps, partners' files.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::Desk;
use crate::article6_reports::{authorised_for, first_transfer};
use crate::office::Office;
use crate::web::words;

const STUDIO: &str = "/en/work/report";

/// The year in which tests run, by the ledger's clock.
async fn year(office: &Office) -> u16 {
    let head: Value = office.world.get("/api/v1/ledger/head").await;
    let ms = head["time_ms"].as_u64().unwrap();
    countersign_protocol::period::Day::of_ms(ms).year()
}

async fn bytes(desk: &Desk<'_>, path: &str) -> Vec<u8> {
    let answer = desk.ask(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    let name = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("attachment"), "{name}");
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_looked_at_frozen_compared_and_kept_by_pages() {
    let office = authorised_for("ndc_and_imp").await;
    first_transfer(&office, 12).await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let year = year(&office).await;
    let home = desk.page(STUDIO).await;
    assert!(home.contains("None was frozen"), "{home}");
    let led = desk.any(&format!("{STUDIO}?year={year}")).await;
    assert_eq!(led.place(), format!("{STUDIO}/{year}"));

    // Today is not after the year: the checks say so, and where.
    let early = desk.page(&format!("{STUDIO}/{year}")).await;
    for shown in ["AEF-S-002", "2/CMA.3 annex, paragraph 20", "error"] {
        assert!(early.contains(shown), "{shown}: {}", words(&early));
    }
    let path = format!("{STUDIO}/{year}/freeze");
    let from = format!("{STUDIO}/{year}");
    let unsound = desk.send(&from, &path, &[("do", "preview")]).await;
    assert!(unsound.status.is_client_error(), "{}", unsound.status);
    assert!(
        unsound.text.contains("href=\"#despite\""),
        "{}",
        words(&unsound.text)
    );

    let submitted = format!("{}-04-10", year + 1);
    let query = format!("?submitted={submitted}");
    let page = desk.page(&format!("{from}{query}")).await;
    assert!(
        page.contains("The checks find nothing."),
        "{}",
        words(&page)
    );
    let rows = desk.page(&format!("{from}/tables/3{query}")).await;
    assert!(
        rows.contains("id=\"row-1\"") && rows.contains("FirstTransfer") || rows.contains("First"),
        "{}",
        words(&rows)
    );
    let workbook = bytes(&desk, &format!("{from}/files/xlsx{query}")).await;
    assert!(workbook.starts_with(b"PK"));
    let draft = bytes(&desk, &format!("{from}/files/json{query}")).await;

    // Shown with its hash, and frozen only as it was shown.
    let fields = [
        ("submitted", submitted.as_str()),
        ("version", "1.0"),
        ("do", "preview"),
    ];
    let shown = desk.send(&from, &path, &fields).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", words(&shown.text));
    let hash = super::hidden(&shown.text, &path);
    let (_, hash) = hash
        .iter()
        .find(|(name, _)| name == "sha256")
        .unwrap()
        .clone();
    let wrong = "00".repeat(32);
    let fields = [
        ("submitted", submitted.as_str()),
        ("version", "1.0"),
        ("sha256", wrong.as_str()),
        ("do", "take"),
    ];
    let again = desk.send(&from, &path, &fields).await;
    assert!(
        again.text.contains("The ledger has grown"),
        "{}",
        words(&again.text)
    );
    assert!(words(&desk.page(STUDIO).await).contains("None was frozen"));
    let fields = [
        ("submitted", submitted.as_str()),
        ("version", "1.0"),
        ("sha256", hash.as_str()),
        ("do", "take"),
    ];
    let frozen = desk.send(&from, &path, &fields).await;
    assert_eq!(frozen.place(), format!("{from}?done=frozen"));
    let home = desk.page(STUDIO).await;
    assert!(
        home.contains(&hash) && home.contains("frozen here"),
        "{}",
        words(&home)
    );
    let kept = format!("{STUDIO}/kept/{hash}");
    assert!(desk.page(&kept).await.contains(&hash));
    assert_eq!(bytes(&desk, &format!("{kept}/files/json")).await, draft);
    desk.page(&format!("{kept}/tables/2")).await;

    // One more transfer, and the report differs by a row.
    first_transfer(&office, 3).await;
    let page = words(&desk.page(&format!("{from}{query}")).await);
    assert!(page.contains("differ"), "{page}");
    let changes = desk.page(&format!("{from}/changes{query}")).await;
    assert!(changes.contains("row added"), "{}", words(&changes));

    // The structured summary and the initial report are pages and files.
    let summary = desk.page(&format!("{from}/summary")).await;
    assert!(
        summary.contains("23(c)") && summary.contains("Annual quantity of ITMOs first transferred")
    );
    desk.page(&format!("{from}/summary?elapsed=whole_period&axis=balance"))
        .await;
    assert!(
        bytes(&desk, &format!("{from}/regular/xlsx?axis=balance"))
            .await
            .starts_with(b"PK")
    );
    let initial = desk.page(&format!("{STUDIO}/initial")).await;
    assert!(initial.contains("GH-2026-001") && initial.contains("CORSIA"));
    assert!(
        bytes(&desk, &format!("{STUDIO}/initial/json"))
            .await
            .starts_with(b"{")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partners_file_is_checked_kept_and_held_against_ours() {
    let office = authorised_for("ndc_and_imp").await;
    first_transfer(&office, 12).await;
    let year = year(&office).await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let import = format!("{STUDIO}/import");
    // A partner that reports nothing of what it acquired.
    let submission = json!({"ParticipatingParty": "CHE", "SubmissionVersion": "1.0", "ReportedYear": year.to_string(),
        "SubmissionDate": format!("{}-04-01", year + 1)});
    let own = bytes(&desk, &format!("{STUDIO}/{year}/files/json")).await;
    let mut theirs: Value = serde_json::from_slice(&own).unwrap();
    let table = theirs["submission"]
        .as_object_mut()
        .expect("an object of cells");
    for (name, value) in submission.as_object().unwrap() {
        table.insert(name.clone(), value.clone());
    }
    for name in ["actions", "holdings", "authorisations", "entities"] {
        theirs[name] = json!([]);
    }
    let file = serde_json::to_vec(&theirs).unwrap();
    let checked = desk
        .upload(STUDIO, &import, &[("mode", "check")], ("che.json", &file))
        .await;
    assert_eq!(checked.status, StatusCode::OK, "{}", words(&checked.text));
    assert!(
        checked.text.contains("Nothing was kept."),
        "{}",
        words(&checked.text)
    );
    assert!(words(&desk.page(STUDIO).await).contains("None was frozen"));
    let kept = desk
        .upload(STUDIO, &import, &[("mode", "keep")], ("che.json", &file))
        .await;
    assert_eq!(kept.place(), format!("{STUDIO}?done=imported"));
    let home = desk.page(STUDIO).await;
    let link = home.split("/en/work/report/kept/").nth(1).unwrap();
    let link = format!("{STUDIO}/kept/{}", link.split('"').next().unwrap());
    let page = desk.page(&link).await;
    assert!(
        page.contains("Cross-check") && page.contains("AEF-P-002"),
        "{}",
        words(&page)
    );
    assert!(page.contains("6/CMA.4, Annex I, paragraph 39"));
    // The same is found in our own report.
    let studio = desk.page(&format!("{STUDIO}/{year}")).await;
    assert!(studio.contains("AEF-P-002"), "{}", words(&studio));

    for (token, file) in [("00", &file[..]), ("", b"x")] {
        let fields = [("mode", "keep"), ("token", token)];
        let refused = desk
            .upload(STUDIO, &import, &fields, ("a.json", file))
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let garbage = desk
        .upload(STUDIO, &import, &[("mode", "keep")], ("a.json", b"{}"))
        .await;
    assert!(
        garbage.status.is_client_error() && garbage.text.contains("href=\"#file\""),
        "{}",
        garbage.status
    );
    // A developer's file is not read, whatever it is.
    let developer = Desk::of(&office.world, &office.developer);
    let page = developer.page("/en/work").await;
    let token = super::hidden(&page, "/en/sign-out")[0].1.clone();
    let fields = [("token", token.as_str()), ("mode", "keep")];
    let refused = developer
        .upload("/en/work", &import, &fields, ("a.json", &file))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
