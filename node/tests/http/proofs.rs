//! Proof bundles out of the API verify offline, with a policy and nothing else.

use countersign_protocol::log::{Policy, TlogProof};
use countersign_protocol::record::{Body, Record};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common;
use crate::world::{WITNESS, World, kind, witness_key};

pub(crate) fn policy() -> Policy {
    let text = format!(
        "log {}\nwitness one {}\nquorum one\n",
        common::key(1).verifier(),
        witness_key().verifier()
    );
    text.parse().unwrap()
}

async fn bundle(world: &World, query: &str) -> TlogProof {
    let path = format!("/api/v1/ledger/proof?{query}");
    let response = world.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    TlogProof::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_by_index_transfer_or_serial_proves_the_leaf_that_is_meant() {
    let world = World::start().await;
    let first = world.send(10).await;
    let second = world.send(10).await;
    world.settle(first).await;
    world.witness();
    let prove = async |query: &str| {
        let proven = bundle(&world, query).await.verify(&policy()).unwrap();
        (proven.index, Record::decode(&proven.leaf).unwrap().body)
    };
    for index in 0..world.handle().head().borrow().size {
        let (proven, _) = prove(&format!("index={index}")).await;
        assert_eq!(proven, index);
    }
    let (_, body) = prove(&format!("transfer={first}")).await;
    assert!(
        matches!(body, Body::Finalise(it) if it.transfer == first),
        "the newest leaf"
    );
    let (_, body) = prove(&format!("transfer={second}")).await;
    assert!(matches!(body, Body::Lock(it) if it.transfer == second));
    let (_, body) = prove("serial=GH-991").await;
    assert!(
        matches!(body, Body::Finalise(it) if it.transfer == first),
        "gone abroad"
    );
    let (_, body) = prove("serial=GH-ITMO-3-001-2024-0-1-10").await;
    assert!(matches!(body, Body::Issuance(_)), "where it always was");
    let note = bundle(&world, "index=0").await.checkpoint;
    assert!(note.contains(&format!("\u{2014} {WITNESS} ")), "{note}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_witnessed_yet_is_not_proven_and_says_so() {
    let world = World::start().await;
    let early = world.fail("/api/v1/ledger/proof?index=0").await;
    assert_eq!((early.status, kind(&early)), (503, "not-witnessed"));
    world.witness();
    let id = world.send(10).await;
    let path = format!("/api/v1/ledger/proof?transfer={id}");
    let response = world.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    let early = crate::world::problem(response).await;
    assert_eq!(kind(&early), "not-witnessed");
    assert!(early.detail.contains("try again in a second"));
    world.witness();
    bundle(&world, &format!("transfer={id}"))
        .await
        .verify(&policy())
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_of_nothing_or_of_several_leaves_is_refused() {
    let world = World::start().await;
    world.send(10).await;
    world.witness();
    let size = world.handle().head().borrow().size;
    let unknown = "00".repeat(32);
    for (query, status) in [
        (String::new(), 400),
        ("index=0&serial=GH-1".to_owned(), 400),
        (format!("index={size}"), 404),
        (format!("index={}", i64::MAX), 404),
        (format!("transfer={unknown}"), 404),
        ("serial=GH-1001".to_owned(), 404),
        ("serial=GH-995-1005".to_owned(), 404),
        ("serial=GH-1-1000".to_owned(), 400),
    ] {
        let problem = world.fail(&format!("/api/v1/ledger/proof?{query}")).await;
        assert_eq!(problem.status, status, "{query}: {problem:?}");
    }
    let spread = world.fail("/api/v1/ledger/proof?serial=GH-1-1000").await;
    assert!(
        spread.detail.contains("GH-991-1000"),
        "names the ranges to ask for: {spread:?}"
    );
    let body = json!({"from": 1, "to": 2, "units": {"ranges": ["GH-1-2"]}});
    let _: Value = world.post("/api/v1/account-transfers", body).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_offline_page_is_served_whole_under_its_own_policy() {
    let world = World::start().await;
    let path = "/verify/offline.html";
    let response = world.bare(Method::GET, path).send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("'wasm-unsafe-eval'") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    let page = response.text().await.unwrap();
    assert!(
        page.contains(&policy) && page.ends_with("</html>\n"),
        "{} bytes",
        page.len()
    );
    assert!(page.len() < 600_000, "{} bytes", page.len());
    // Every other answer keeps the stricter one.
    let other = world
        .bare(Method::GET, "/api/v1/status")
        .send()
        .await
        .unwrap();
    let policy = other.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'none'"), "{policy}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_certificate_of_a_retirement_is_a_file_that_verifies_by_itself() {
    use countersign_protocol::letter::detach;
    use countersign_protocol::verdict::{Verdict, judge};
    let world = World::start().await;
    let leaf = crate::web::retired(&world, "Asha Privatename").await;
    let path = format!("/api/v1/ledger/certificate?index={leaf}");
    assert_eq!(
        crate::world::kind(&world.fail(&path).await),
        "not-witnessed"
    );
    world.witness();
    let policy = format!("log {}\nquorum none\n", crate::common::key(1).verifier());
    let policy = policy.parse().unwrap();
    let get = async |path: String| {
        let answer = world
            .bare(reqwest::Method::GET, &path)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        answer.bytes().await.unwrap()
    };
    let titles = [
        ("en", "Certificate of retirement"),
        ("fr", "Certificat de retrait"),
        ("es", "Certificado de retiro"),
        ("pt", "Certificado de retirada"),
        ("ar", "شهادة سحب"),
    ];
    for (language, title) in titles {
        let file = get(format!("{path}&language={language}")).await;
        let it = judge(&policy, &file, &[]);
        assert_eq!((it.verdict, it.why), (Verdict::Valid, None));
        assert_eq!(it.statement.unwrap().kind, "retire");
        // The same pages from the site, and nothing on them that is not public.
        let page = get(format!("/{language}/retirements/{leaf}/certificate.pdf")).await;
        assert_eq!(page, file);
        let text = crate::letters::text(&file);
        // The words of a line from right to left lie in the order in which they are seen.
        assert!(title.split(' ').all(|it| text.contains(it)), "{text}");
        assert!(text.contains("GH-"), "{text}");
        // The holder said that everybody may know for whom.
        assert!(text.contains("AshaPrivatename"), "{text}");
    }
    let private = json!({"account": 1, "units": {"tonnes": 2}, "kind": "cancel", "purpose": "voluntary", "beneficiary": "Kojo Privatename"});
    let made: serde_json::Value = world.post("/api/v1/retirements", private).await;
    world.witness();
    let other = made["made"]["index"].as_u64().unwrap();
    let text = get(format!("/en/retirements/{other}/certificate.pdf")).await;
    let text = crate::letters::text(&text);
    assert!(text.contains("Certificateofcancellation"), "{text}");
    assert!(!text.contains("Privatename"), "{text}");
    let english = get(path.clone()).await;
    // One byte of the pages, and the ledger has not signed them.
    let mut changed = english.to_vec();
    let pages = detach(&english).unwrap().letter.len();
    changed[pages / 2] ^= 1;
    assert_eq!(judge(&policy, &changed, &[]).verdict, Verdict::Altered);
    let refused = [
        ("/api/v1/ledger/certificate".to_owned(), 400),
        ("/api/v1/ledger/certificate?index=0".to_owned(), 404),
        (format!("{path}&language=xx"), 422),
        (format!("{path}&language=../../etc"), 400),
    ];
    for (path, status) in refused {
        assert_eq!(world.fail(&path).await.status, status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_retired_and_issued_has_a_credential_and_nothing_else_does() {
    use countersign_protocol::credential::check;
    let world = World::start().await;
    let leaf = crate::web::retired(&world, "Asha Privatename").await;
    let path = format!("/api/v1/ledger/credential?index={leaf}");
    let waiting = world.fail(&path).await;
    assert_eq!(crate::world::kind(&waiting), "not-witnessed");
    world.witness();
    let answer = world
        .bare(reqwest::Method::GET, &path)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/vc+jwt");
    let text = answer.text().await.unwrap();
    let key = crate::common::key(1);
    let policy = format!("log {}\nquorum none\n", key.verifier());
    let signed = check(&policy.parse().unwrap(), &text).unwrap();
    assert_eq!(signed.kind, "UnitRetirementCredential");
    assert!(!signed.bundle.contains("Privatename"));
    let page = crate::web::page(&world, &format!("/en/entries/{leaf}")).await;
    assert!(page.contains(&format!("/en/entries/{leaf}/credential")));
    let file = world.bare(reqwest::Method::GET, &format!("/entries/{leaf}/credential"));
    assert_eq!(file.send().await.unwrap().text().await.unwrap(), text);
    for other in [
        "/api/v1/ledger/credential?index=1",
        "/api/v1/ledger/credential",
    ] {
        let refused = world.fail(other).await;
        assert!(
            refused.status == 400 || refused.status == 422,
            "{other}: {refused:?}"
        );
    }
    assert_eq!(
        world
            .fail("/api/v1/ledger/credential?index=9999")
            .await
            .status,
        404
    );
}
