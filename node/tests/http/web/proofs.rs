//! Proofs: shown step by step, given out as files, and judged when somebody brings one back.

use countersign_protocol::log::{KeyKind, SignerKey, TlogProof};
use reqwest::{Method, StatusCode};

use super::{form, page, retired, words};
use crate::world::World;

/// What the page says of a pasted bundle.
async fn judged(world: &World, bundle: &str) -> String {
    let answer = form(world, "/en/verify", "bundle", bundle)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    words(&answer.text().await.unwrap())
}

async fn bundle(world: &World, index: u64) -> String {
    let path = format!("/en/entries/{index}/proof");
    let answer = world.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let kept = answer.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(
        kept,
        format!("attachment; filename=\"entry-{index}.proof.txt\"")
    );
    answer.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_shows_every_step_to_the_witnesses() {
    let world = World::start().await;
    let leaf = retired(&world, "Summit 2026").await;
    let text = words(&page(&world, &format!("/en/entries/{leaf}")).await);
    assert!(text.contains("Not witnessed yet"), "{text}");
    world.witness();
    let text = words(&page(&world, &format!("/en/entries/{leaf}")).await);
    let head = world.handle().head().borrow().clone();
    for wanted in [
        "This entry is proven",
        "The ladder ends at the signed root.",
        &*hex::encode(head.root),
        "&quot;beneficiary&quot;",
        "witness.example/one",
    ] {
        let shown = wanted.replace("&quot;", "\"");
        assert!(
            text.contains(wanted)
                || text.contains(&shown)
                || text.contains(&wanted.replace("&quot;", "&#34;")),
            "{wanted} is not in\n{text}"
        );
    }
    let size = usize::try_from(head.size).unwrap();
    assert!(size > 4);
    for index in 0..head.size {
        let text = words(&page(&world, &format!("/en/entries/{index}")).await);
        assert!(text.contains("This entry is proven"), "{index}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_is_judged_in_plain_words() {
    let world = World::start().await;
    let leaf = retired(&world, "Summit 2026").await;
    world.witness();
    let good = bundle(&world, leaf).await;
    let said = judged(&world, &good).await;
    assert!(said.contains("✓ Valid The log holds this entry."), "{said}");
    assert!(said.contains("Units retired: 5 t CO₂e"), "{said}");
    // As browsers send it, with whatever people paste around it.
    let said = judged(
        &world,
        &format!("\r\n{}\r\n\r\n", good.replace('\n', "\r\n")),
    )
    .await;
    assert!(said.contains("✓ Valid"), "{said}");
    // The issuance is true, and its units were moved since.
    let size = world.handle().head().borrow().size;
    let issuance = (0..size).find(|index| {
        let leaf = world.handle().leaf(*index).unwrap().unwrap();
        let record = countersign_protocol::record::Record::decode(&leaf).unwrap();
        record.body.kind() == "issuance"
    });
    let said = judged(&world, &bundle(&world, issuance.unwrap()).await).await;
    assert!(said.contains("Valid, but later moved"), "{said}");
    assert!(said.contains(&format!("proof: entry {leaf}")), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_altered_or_comes_from_strangers_is_said_so() {
    let world = World::start().await;
    let leaf = retired(&world, "Summit 2026").await;
    world.witness();
    let good = bundle(&world, leaf).await;
    let mut proof = TlogProof::parse(&good).unwrap();
    proof.extra.as_mut().unwrap()[3] ^= 1;
    let said = judged(&world, &proof.to_string()).await;
    assert!(said.contains("✗ Altered"), "{said}");
    let mut proof = TlogProof::parse(&good).unwrap();
    proof.index += 1;
    assert!(judged(&world, &proof.to_string()).await.contains("Altered"));
    // Without the witness's line.
    let mut proof = TlogProof::parse(&good).unwrap();
    let lines = proof
        .checkpoint
        .lines()
        .filter(|line| !line.contains("witness.example"));
    proof.checkpoint = lines.map(|line| format!("{line}\n")).collect();
    let said = judged(&world, &proof.to_string()).await;
    assert!(said.contains("Too few witnesses"), "{said}");
    // A log that nobody here knows.
    let stranger = SignerKey::from_seed("else.example/log", KeyKind::Ed25519, &[77; 32]).unwrap();
    let mut proof = TlogProof::parse(&good).unwrap();
    let (_, mut checkpoint) =
        countersign_protocol::log::Checkpoint::parse_note(&proof.checkpoint).unwrap();
    checkpoint.origin = "else.example/log".to_owned();
    proof.checkpoint = checkpoint.sign(&stranger).unwrap();
    let said = judged(&world, &proof.to_string()).await;
    assert!(said.contains("Unknown issuer"), "{said}");
    for nonsense in [
        "",
        "hello",
        "c2sp.org/tlog-proof@v1\n",
        "<script>alert(1)</script>",
    ] {
        let said = judged(&world, nonsense).await;
        assert!(
            said.contains("This is no proof bundle"),
            "{nonsense}: {said}"
        );
    }
}
