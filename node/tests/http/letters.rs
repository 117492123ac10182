//! Letters of the steps of a process: made once, recorded, given to those who may have them, and checked by anybody.

use countersign_protocol::letter::detach;
use countersign_protocol::record::Body;
use countersign_protocol::record::Record;
use countersign_protocol::verdict::{Verdict, judge};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::common;
use crate::office::{Office, Somebody};
use crate::proofs::policy;
use crate::web::page;
use crate::world::{World, kind, problem, read};

/// The letters of a case, as somebody sees them.
async fn letters(office: &Office, who: &Somebody, case: u64) -> Vec<Value> {
    let list = office
        .get(who, &format!("/api/v1/cases/{case}/letters"))
        .await;
    list["items"].as_array().unwrap().clone()
}

/// Letters on the ledger: act, letter, language.
fn recorded(world: &World) -> Vec<(u64, String, String)> {
    let handle = world.handle();
    let size = handle.latest_head().size;
    let letter = |index| {
        let leaf = handle.leaf(index).unwrap().unwrap();
        match Record::decode(&leaf).unwrap().body {
            Body::LetterIssued(it) => {
                Some((it.act, it.letter.to_string(), it.language.to_string()))
            }
            _ => None,
        }
    };
    (0..size).filter_map(letter).collect()
}

async fn file(office: &Office, who: &Somebody, sha256: &str) -> Vec<u8> {
    fetched(office, who, &format!("/api/v1/letters/{sha256}/file")).await
}

async fn fetched(office: &Office, who: &Somebody, path: &str) -> Vec<u8> {
    let response = office.ask(who, Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], "application/pdf");
    response.bytes().await.unwrap().to_vec()
}

/// What a letter says, without spaces.
pub(crate) fn text(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.pdf");
    std::fs::write(&path, pdf).unwrap();
    // In the order in which it was written: a word across the page stays together.
    let read = std::process::Command::new("pdftotext")
        .arg("-raw")
        .arg(&path)
        .arg("-")
        .output()
        .expect("pdftotext is not installed: apt-get install poppler-utils");
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorised_project_has_its_letters_in_every_language_and_anybody_can_check_them() {
    let office = Office::open().await;
    let case = office.authorised_project().await;
    let owed = letters(&office, &office.developer, case).await;
    assert_eq!(owed.len(), 2, "{owed:?}");
    assert!(owed.iter().all(|it| it["sha256"].is_null()), "{owed:?}");
    assert_eq!(office.world.app.issue_letters().await.unwrap(), 2);
    assert_eq!(office.world.app.issue_letters().await.unwrap(), 0);

    let issued = letters(&office, &office.developer, case).await;
    let languages: Vec<&str> = issued
        .iter()
        .map(|it| it["language"].as_str().unwrap())
        .collect();
    assert_eq!(languages, ["en", "fr"]);
    assert_eq!(issued[1]["title"], "Lettre d'autorisation");
    let act = issued[0]["act"].as_u64().unwrap();
    assert_eq!(
        recorded(&office.world),
        ["en", "fr"].map(|language| (act, "authorisation".into(), language.into()))
    );
    for it in &issued {
        let sha256 = it["sha256"].as_str().unwrap();
        let pdf = file(&office, &office.developer, sha256).await;
        assert!(pdf.starts_with(b"%PDF"));
        assert_eq!(hex::encode(Sha256::digest(&pdf)), sha256);
        // Anybody may ask, and learns where it stands.
        let path = format!("/api/v1/letters/{sha256}");
        let check = office.world.bare(Method::GET, &path).send().await.unwrap();
        let check: Value = read(check, StatusCode::OK, &path).await;
        assert_eq!(check["issued"], true);
        assert_eq!(check["letter"]["act"], act);
        assert_eq!(check["letter"]["leaf"], it["leaf"]);
        let said = text(&pdf);
        for part in [
            "Stovesontheouterislands",
            "amadeveloper",
            "MinistryofEnvironment",
            "2023-01-01–2032-12-31",
            "500",
            &format!("https://registry.example/api/v1/ledger/proof?index={act}"),
            &format!("{act}/"),
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    // They are listed for everybody, each with a page of its own, and nothing of what they say is there.
    let list = page(&office.world, "/en/letters").await;
    let rows = office
        .world
        .bare(Method::GET, "/data/letters.csv")
        .send()
        .await;
    let rows = rows.unwrap().text().await.unwrap();
    for it in &issued {
        let sha256 = it["sha256"].as_str().unwrap();
        assert!(
            list.contains(&format!("href=\"/en/letters/{sha256}\"")),
            "{list}"
        );
        assert!(rows.contains(sha256), "{rows}");
        let one = page(&office.world, &format!("/en/letters/{sha256}")).await;
        assert!(one.contains(sha256) && !one.contains("amadeveloper"));
    }
    // A changed file is none of them.
    let path = format!("/api/v1/letters/{}", "ab".repeat(32));
    let check = office.world.bare(Method::GET, &path).send().await.unwrap();
    let check: Value = read(check, StatusCode::OK, &path).await;
    assert_eq!(
        (&check["issued"], &check["letter"]),
        (&json!(false), &Value::Null)
    );
    let short = office
        .world
        .bare(Method::GET, "/api/v1/letters/abc")
        .send()
        .await
        .unwrap();
    assert_eq!(kind(&problem(short).await), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_with_its_proof_attached_verifies_by_itself() {
    let office = Office::open().await;
    let case = office.authorised_project().await;
    office.world.app.issue_letters().await.unwrap();
    office.world.witness();
    let issued = letters(&office, &office.developer, case).await;
    let sha256 = issued[1]["sha256"].as_str().unwrap();
    let plain = file(&office, &office.developer, sha256).await;
    let path = format!("/api/v1/letters/{sha256}/file?proof=true");
    let carrying = fetched(&office, &office.developer, &path).await;
    assert!(carrying.starts_with(&plain) && carrying.len() > plain.len());
    let carried = detach(&carrying).unwrap();
    assert_eq!(carried.letter, plain);
    let it = judge(&policy(), &carrying, &[]);
    assert_eq!(it.verdict, Verdict::FreshnessUnknown, "{:?}", it.why);
    assert_eq!(
        it.statement.unwrap().sha256.map(hex::encode).as_deref(),
        Some(sha256)
    );
    // The same words are on its pages.
    assert_eq!(text(&carrying), text(&plain));
    let mut changed = carrying;
    changed[plain.len() / 2] ^= 1;
    assert_eq!(judge(&policy(), &changed, &[]).verdict, Verdict::Altered);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_for_owners_and_officials_and_nobody_else() {
    let office = Office::open().await;
    let case = office.authorised_project().await;
    office.world.app.issue_letters().await.unwrap();
    let issued = letters(&office, &office.officials[0], case).await;
    let sha256 = issued[0]["sha256"].as_str().unwrap();
    file(&office, &office.officials[2], sha256).await;
    for path in [
        format!("/api/v1/cases/{case}/letters"),
        format!("/api/v1/letters/{sha256}/file"),
    ] {
        for stranger in [&office.buyer, &office.certifier] {
            let refused = office
                .ask(stranger, Method::GET, &path)
                .send()
                .await
                .unwrap();
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        }
        let nobody = office.world.bare(Method::GET, &path).send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_its_reasons_and_a_person_who_was_erased_leaves_it_without_them() {
    let office = Office::open().await;
    let reasons =
        "The stoves are required by law.\n\nThe monitoring plan names no sampling method.";
    let mut said = Vec::new();
    for erased in [false, true] {
        let case = office.recommended_project().await;
        let refuse = json!({"step": "authorise", "no": true, "comment": reasons});
        office.act(&office.officials[1], case, refuse).await;
        if erased {
            let path = format!("/api/v1/users/{}/erase", office.officials[1].user);
            let done = office
                .world
                .ask(Method::POST, &path)
                .json(&json!({}))
                .send()
                .await
                .unwrap();
            assert!(done.status().is_success());
        }
        assert_eq!(office.world.app.issue_letters().await.unwrap(), 2);
        let issued = letters(&office, &office.developer, case).await;
        assert_eq!(issued[0]["letter"], "rejection");
        let sha256 = issued[0]["sha256"].as_str().unwrap();
        said.push(text(&file(&office, &office.developer, sha256).await));
    }
    let [with, without] = &said[..] else {
        panic!("{said:?}");
    };
    assert!(with.contains("Thestovesarerequiredbylaw."), "{with}");
    assert!(with.contains("namesnosamplingmethod"), "{with}");
    assert!(!without.contains("required"), "{without}");
}

#[tokio::test(flavor = "multi_thread")]
async fn issued_units_are_named_on_their_letter() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let case = office.verified(project, 12_345).await;
    office.issue(case).await;
    office.world.app.issue_letters().await.unwrap();
    let issued = letters(&office, &office.developer, case).await;
    assert_eq!(issued.len(), 2);
    let sha256 = issued[0]["sha256"].as_str().unwrap();
    let said = text(&file(&office, &office.developer, sha256).await);
    assert!(
        said.contains("12345") && said.contains("GH-1001-13345"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_names_the_letters_and_previews_them_and_writes_nothing() {
    let office = Office::open().await;
    let case = office.recommended_project().await;
    office
        .act(&office.officials[1], case, json!({"step": "authorise"}))
        .await;
    let size = office.world.handle().latest_head().size;
    let path = format!("/api/v1/cases/{case}/acts?dry_run=true");
    let act = json!({"step": "authorise"});
    let trial = crate::office::send(&office.world, &office.officials[2], &path, act.clone()).await;
    let trial: Value = read(trial, StatusCode::OK, &path).await;
    assert_eq!(
        trial["letters"],
        json!([{"letter": "authorisation", "language": "en"}, {"letter": "authorisation", "language": "fr"}])
    );
    let preview = |who: &Somebody, letter: &str| {
        let path = format!("/api/v1/cases/{case}/letters/preview?letter={letter}&language=fr");
        office.ask(who, Method::POST, &path).json(&act).send()
    };
    let made = preview(&office.officials[2], "authorisation")
        .await
        .unwrap();
    assert_eq!(made.status(), StatusCode::OK);
    let pdf = made.bytes().await.unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    let said = text(&pdf);
    assert!(
        said.contains("APERÇU") && said.contains("2023-01-01–2032-12-31"),
        "{said}"
    );
    assert!(
        !said.contains("ledger/proof"),
        "a preview proves nothing: {said}"
    );
    // Nothing was written, and the preview is no letter.
    assert_eq!(office.world.handle().latest_head().size, size);
    let path = format!("/api/v1/letters/{}", hex::encode(Sha256::digest(&pdf)));
    let check: Value = office.world.get(&path).await;
    assert_eq!(check["issued"], false);
    // A letter that the act would not issue has no preview, and whoever may not act gets none.
    let wrong = problem(preview(&office.officials[2], "issuance").await.unwrap()).await;
    assert!(
        wrong.detail.contains("authorisation in fr"),
        "{}",
        wrong.detail
    );
    let voted = problem(
        preview(&office.officials[1], "authorisation")
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(kind(&voted), "forbidden");
    let stranger = preview(&office.buyer, "authorisation").await.unwrap();
    assert!(stranger.status().is_client_error());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_cannot_be_made_says_why_and_is_made_once_its_template_is_mended() {
    let office = Office::open().await;
    let folder = office.world.root().join("letters/fr");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("authorisation.typ"), "#nothing-of-this-name").unwrap();
    let case = office.authorised_project().await;
    assert_eq!(office.world.app.issue_letters().await.unwrap(), 1);
    let listed = letters(&office, &office.officials[0], case).await;
    assert_eq!(listed.len(), 2);
    let why = listed[1]["trouble"].as_str().unwrap();
    assert!(why.contains("authorisation.typ, line 1"), "{why}");
    let metrics = office
        .world
        .bare(Method::GET, "/metrics")
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(
        metrics.contains("countersign_letters_failed 1"),
        "{metrics}"
    );
    std::fs::remove_file(folder.join("authorisation.typ")).unwrap();
    // Not at once: a broken template must not keep the node busy.
    assert_eq!(office.world.app.issue_letters().await.unwrap(), 0);
    office.world.later(61_000);
    assert_eq!(office.world.app.issue_letters().await.unwrap(), 1);
    let listed = letters(&office, &office.officials[0], case).await;
    assert!(
        listed
            .iter()
            .all(|it| it["trouble"].is_null() && it["leaf"].is_u64())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_between_the_file_and_its_record_neither_loses_nor_doubles_a_letter() {
    let mut office = Office::open().await;
    let case = office.authorised_project().await;
    // The file is kept, and then the ledger takes no more.
    let ledger = office.world.ledger.take();
    let handle = ledger.as_ref().unwrap().handle();
    tokio::task::block_in_place(|| drop(ledger));
    assert!(office.world.app.issue_letters().await.is_err());
    let kept = documents(&office.world);
    assert_eq!(kept.len(), 1, "the first letter's file is there");
    let owed = handle.read(|state| state.letters_owed_after(0).count());
    assert_eq!(owed, 1, "and its record is not written");
    drop(handle);
    office.world = office.world.restarted().await;
    assert_eq!(office.world.app.issue_letters().await.unwrap(), 2);
    let issued = letters(&office, &office.officials[0], case).await;
    let first = issued[0]["sha256"].as_str().unwrap();
    // The same bytes again.
    assert!(kept[0].ends_with(first), "{kept:?} {first}");
    assert_eq!(documents(&office.world).len(), 2);
    assert_eq!(recorded(&office.world).len(), 2);
    office.world = office.world.restarted().await;
    assert_eq!(office.world.app.issue_letters().await.unwrap(), 0);
    file(&office, &office.officials[0], first).await;
}

/// PDF files in the store of documents.
fn documents(world: &World) -> Vec<String> {
    let folders = std::fs::read_dir(world.root().join("documents")).unwrap();
    let folders = folders
        .map(|it| it.unwrap().path())
        .filter(|it| it.is_dir() && it.file_name().unwrap() != "incoming");
    let files = folders.flat_map(|it| std::fs::read_dir(it).unwrap());
    let is_pdf = |path: &std::path::PathBuf| std::fs::read(path).unwrap().starts_with(b"%PDF");
    let files = files.map(|it| it.unwrap().path()).filter(is_pdf);
    files.map(|it| it.to_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_a_letter_into_the_ledger_by_hand() {
    let office = Office::open().await;
    let case = office.authorised_project().await;
    office.world.app.issue_letters().await.unwrap();
    let (act, letter, language) = recorded(&office.world)[0].clone();
    let record = countersign_protocol::record::LetterIssued {
        case,
        act,
        letter: letter.parse().unwrap(),
        language: language.parse().unwrap(),
        sha256: [7; 32],
    };
    let command = countersign_protocol::registry::Command::IssueLetter(Box::new(record));
    let submission = countersign_node::ledger::Submission::new(common::request(), command);
    let refused = office.world.handle().submit(submission).await.unwrap_err();
    assert!(refused.to_string().contains("owes no letter"), "{refused}");
}
