//! The federation by file, as HTTP shows it.

use countersign_node::http::dto::{RefusedBundles, UnpackedParcel};
use countersign_protocol::federation::parcel::{PARCEL_BUNDLES_MAX, PARCEL_BYTES_MAX, Parcel};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, kind, parcel, problem};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parcel_is_packed_for_a_partner_and_one_that_came_is_answered() {
    let world = World::start().await;
    let packed: Parcel = world.post("/api/v1/partners/CH/parcel", json!({})).await;
    assert_eq!(packed, parcel("GH", "CH"));
    let unknown = world.refuse("/api/v1/partners/VU/parcel", json!({})).await;
    assert_eq!((unknown.status, kind(&unknown)), (404, "not-found"));

    let came = serde_json::to_value(parcel("CH", "GH")).unwrap();
    let unpacked: UnpackedParcel = world.post("/api/v1/parcels", came).await;
    assert_eq!((unpacked.taken, unpacked.waiting), (2, 1));
    assert_eq!(
        unpacked.refused,
        [RefusedBundles {
            code: 3001,
            name: "no-agreement-in-force".to_owned(),
            bundles: 1
        }]
    );
    assert_eq!(unpacked.reply, parcel("GH", "CH"));
}

/// Whatever somebody puts on the stick is refused in a sentence, and before it costs anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_parcel_is_refused_and_says_why() {
    let world = World::start().await;
    let good = serde_json::to_value(parcel("CH", "GH")).unwrap();
    let with = |member: &str, value: Value| {
        let mut parcel = good.clone();
        parcel[member] = value;
        parcel
    };
    let proof = json!({"from": 1, "to": 2, "hashes": ["0g"]});
    for (sent, says) in [
        (
            with("parcel", json!("countersign/parcel/v9")),
            "newer release",
        ),
        (
            with("knows", json!([1, 2, 3, 4, 5, 6, 7, 8, 9])),
            "knows holds 9",
        ),
        (
            with("bundles", json!(vec!["x"; PARCEL_BUNDLES_MAX + 1])),
            "bundles holds 513",
        ),
        (
            with("bundles", json!(["x".repeat(16 * 1024 + 1)])),
            "a bundle holds 16385",
        ),
        (
            with("consistency", json!([proof])),
            "consistency from 1 to 2",
        ),
        (
            serde_json::to_value(parcel("CH", "VU")).unwrap(),
            "it is for VU",
        ),
    ] {
        let refused = world.refuse("/api/v1/parcels", sent).await;
        assert_eq!(
            (refused.status, kind(&refused)),
            (422, "rejected"),
            "{says}"
        );
        let detail = refused.detail;
        assert!(detail.contains(says), "{detail} does not say {says}");
    }
    for (sent, pointer) in [
        (with("signature", json!("x")), "/signature"),
        (with("from", json!("XX")), "/from"),
    ] {
        let refused = world.refuse("/api/v1/parcels", sent).await;
        assert_eq!(refused.errors[0].pointer.as_deref(), Some(pointer));
    }
    let endless = world
        .ask(Method::POST, "/api/v1/parcels")
        .header("Content-Type", "application/json")
        .body(vec![b' '; PARCEL_BYTES_MAX + 1]);
    let refused = problem(endless.send().await.unwrap()).await;
    assert_eq!((refused.status, kind(&refused)), (413, "too-large"));
}
