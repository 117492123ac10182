//! Monitoring data by pages alone: sources, a file of points that is looked at first, formulas, batches, and whether the ledger commits
//! to them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_bridge::dmrv::write_csv;
use reqwest::StatusCode;
use serde_json::json;

use super::Desk;
use crate::monitoring::{BLUEPRINT, point, signer};
use crate::office::Office;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn points_become_a_batch_to_which_the_ledger_commits_by_pages_alone() {
    let office = Office::open().await;
    let case = office.authorised_project().await;
    let path = format!("/api/v1/cases/{case}");
    let project = office.get(&office.developer, &path).await["project"].to_string();
    let developer = Desk::of(&office.world, &office.developer);
    let official = Desk::of(&office.world, &office.officials[0]);
    let stranger = Desk::of(&office.world, &office.buyer);
    let desk = format!("/en/work/projects/{project}/monitoring");
    let link = format!("href=\"{desk}\"");
    assert!(
        developer
            .page("/en/work/organisation")
            .await
            .contains(&link)
    );
    let of_case = developer.page(&format!("/en/work/cases/{case}")).await;
    assert!(of_case.contains(&link), "{of_case}");
    let refused = stranger.any(&desk).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);

    // A formula: what is wrong with it stands beside what was typed, and it is looked at before it is entered.
    let blueprints = "/en/work/blueprints";
    assert!(
        !developer
            .page(blueprints)
            .await
            .contains("<form method=\"post\" action=\"/en/work/blueprints\"")
    );
    let wrong = BLUEPRINT.replace("energy * diesel", "energy *");
    let refused = official
        .send(blueprints, blueprints, &[("text", &wrong)])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("energy *") && refused.text.contains("formula"),
        "{}",
        refused.text
    );
    let tried = official
        .send(blueprints, blueprints, &[("text", BLUEPRINT)])
        .await;
    assert!(
        tried.text.contains("nothing is entered yet"),
        "{}",
        tried.text
    );
    let add = [("text", BLUEPRINT), ("do", "add")];
    let added = official.send(blueprints, blueprints, &add).await;
    assert_eq!(added.place(), "/en/work/blueprints?done=added");
    let shown = developer.page("/fr/work/blueprints/solar/1.0").await;
    assert!(shown.contains("energy * diesel"), "{shown}");

    // A source.
    let sources = format!("{desk}/sources");
    let bad = [("name", "Meter 4, north roof"), ("key", "abc")];
    let refused = developer.send(&desk, &sources, &bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("href=\"#key\"") && refused.text.contains("Meter 4, north roof"),
        "{}",
        refused.text
    );
    let key = STANDARD.encode(signer().verifying_key().as_bytes());
    let good = [("name", "Meter 4, north roof"), ("key", key.as_str())];
    let made = developer.send(&desk, &sources, &good).await;
    assert_eq!(made.place(), format!("{desk}?done=source"));

    // A file: the wrong line is named and nothing is taken; then it is looked at, and taken.
    let points = format!("{desk}/points");
    let (first, second) = (point(1, "100.5", 1), point(1, "100.5", 2));
    let mut forged = second.clone();
    forged.value = "900".to_owned();
    let file = write_csv(&[first.clone(), forged]);
    let refused = developer
        .upload(&desk, &points, &[], ("points.csv", file.as_bytes()))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("Line 3 of the file") && refused.text.contains("signature"),
        "{}",
        refused.text
    );
    assert!(
        refused.text.contains("900,MWh"),
        "what was sent stays: {}",
        refused.text
    );
    let file = write_csv(&[first, second]);
    let mut others = point(1, "1", 4);
    others.source = 9;
    let of_others = format!("{file}{}", write_csv(&[others]).lines().nth(1).unwrap());
    let refused = developer
        .send(&desk, &points, &[("text", &of_others)])
        .await;
    assert!(
        refused.text.contains("Line 4 of the file")
            && refused.text.contains("none of this project"),
        "{}",
        refused.text
    );
    let tried = developer.send(&desk, &points, &[("text", &file)]).await;
    assert!(
        tried.text.contains("New: 2.") && tried.text.contains("energy (MWh)"),
        "{}",
        tried.text
    );
    assert!(
        developer
            .page(&desk)
            .await
            .contains("No points wait to be sealed.")
    );
    let taken = developer
        .send(&desk, &points, &[("text", &file), ("do", "take")])
        .await;
    assert_eq!(taken.place(), format!("{desk}?done=points"));
    let shown = developer.page("/en/work/sources/1").await;
    assert!(
        shown.contains("100.5") && shown.contains("Meter 4, north roof"),
        "{shown}"
    );

    // A batch: the tonnes first.
    let batches = format!("{desk}/batches");
    let page = developer.page(&desk).await;
    assert!(
        page.contains("value=\"2024-01-01\"") && page.contains("value=\"2024-02-29\""),
        "{page}"
    );
    let span = [
        ("blueprint", "solar 1.0"),
        ("first", "2024-01-01"),
        ("last", "2024-02-29"),
    ];
    let tried = developer.send(&desk, &batches, &span).await;
    assert!(
        tried.text.contains("nothing is yet") && tried.text.contains("140"),
        "{}",
        tried.text
    );
    let none = [
        ("blueprint", "solar 1.0"),
        ("first", "2025-01-01"),
        ("last", "2025-02-28"),
    ];
    let refused = developer.send(&desk, &batches, &none).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let seal = [&span[..], &[("do", "seal")]].concat();
    let sealed = developer.send(&desk, &batches, &seal).await;
    assert_eq!(sealed.place(), format!("{desk}?done=sealed"));
    let page = developer.page(&desk).await;
    let root = page.split("/en/work/batches/").nth(1).unwrap()[..64].to_owned();
    assert!(page.contains("named by no report"), "{page}");
    let batch = format!("/en/work/batches/{root}");
    let shown = official.page(&batch).await;
    assert!(
        shown.contains("those that were sealed") && shown.contains("140.7"),
        "{shown}"
    );
    let csv = official.any(&format!("{batch}/points.csv")).await;
    assert_eq!(csv.text, file, "the points are those that were sent");
    for hidden in [batch.as_str(), "/en/work/sources/1"] {
        let refused = stranger.any(hidden).await;
        assert_eq!(
            refused.status,
            StatusCode::NOT_FOUND,
            "{hidden}: {}",
            refused.text
        );
    }

    // A report that names it: the ledger's entry commits to every point.
    let new = json!({"flow": "monitoring", "parent": case, "title": "Monitoring 2024"});
    let period = office.case(&office.developer, new).await;
    let paper = office
        .document(&office.developer, period, "monitoring-report")
        .await;
    let report = json!({"period": {"start": "2024-01-01", "end": "2024-12-31"}, "evidence": [root],
        "reductions": [{"vintage": 2024, "tonnes": 140}]});
    let act = json!({"step": "submit", "form": report, "documents": [paper]});
    office.act(&office.developer, period, act).await;
    let found = office
        .get(&office.developer, &format!("/api/v1/batches/{root}"))
        .await;
    let leaf = found["committed_at"].as_u64().unwrap();
    for path in [&desk, &batch] {
        let page = official.page(path).await;
        assert!(page.contains("the ledger commits to it"), "{page}");
        assert!(page.contains(&format!("/en/entries/{leaf}\"")), "{page}");
    }
    let path = format!("/api/v1/ledger/records?from={leaf}&limit=1");
    let entry = office.get(&office.developer, &path).await;
    let body = &entry["items"][0]["record"]["body"];
    assert_eq!(body["case_act"]["case"], period, "{entry:#}");
    let in_arabic = developer
        .page(&format!("/ar/work/projects/{project}/monitoring"))
        .await;
    assert!(in_arabic.contains("السجل ملتزم بها"), "{in_arabic}");

    // A source that is revoked gives nothing more.
    let revoked = developer
        .send(&desk, "/en/work/sources/1/revoke", &[])
        .await;
    assert_eq!(revoked.place(), format!("{desk}?done=revoked"));
    let late = write_csv(&[point(1, "1", 5)]);
    let refused = developer.send(&desk, &points, &[("text", &late)]).await;
    assert!(refused.text.contains("was revoked"), "{}", refused.text);
}
