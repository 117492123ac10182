//! The log under /log/ is what C2SP tlog-tiles says: an auditor with static files and hashes can check everything.

use countersign_protocol::log::tile::TILE_WIDTH;
use countersign_protocol::log::{Checkpoint, Frontier, Tile, TilePath, decode_entries, leaf_hash};
use reqwest::{Method, Response};

use crate::common;
use crate::world::{WITNESS, World};

async fn get(world: &World, path: &str) -> Response {
    world
        .bare(Method::GET, &format!("/log/{path}"))
        .send()
        .await
        .unwrap()
}

/// Enough records for a full tile and a part of the next.
async fn grow(world: &World, size: u64) {
    let handle = world.handle();
    tokio::task::spawn_blocking(move || {
        while handle.head().borrow().size < size {
            common::submit(&handle, common::organisation()).unwrap();
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checkpoint_carries_cosignatures_once_there_are_any() {
    let world = World::start().await;
    let before = get(&world, "checkpoint").await.text().await.unwrap();
    assert_eq!(before, *world.handle().head().borrow().note);
    world.witness();
    let witnessed = get(&world, "checkpoint").await.text().await.unwrap();
    assert!(witnessed.starts_with(&before) && witnessed.contains(WITNESS));
    world.send(1).await;
    let response = get(&world, "checkpoint").await;
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert_eq!(
        response.text().await.unwrap(),
        witnessed,
        "the newest with a quorum"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_rebuilds_the_root_from_tiles_and_entries() {
    let world = World::start().await;
    grow(&world, 600).await;
    world.witness();
    let note = get(&world, "checkpoint").await.text().await.unwrap();
    let (note, checkpoint) = Checkpoint::parse_note(&note).unwrap();
    note.verify([common::key(1).verifier()]).unwrap();
    let mut tree = Frontier::new();
    for index in 0..checkpoint.size.div_ceil(u64::from(TILE_WIDTH)) {
        let tile = Tile::in_tree(0, index, checkpoint.size).unwrap();
        let entries = get(&world, &tile.entries_path()).await;
        assert_eq!(entries.status(), 200, "{}", tile.entries_path());
        let entries = entries.bytes().await.unwrap();
        let leaves = decode_entries(&entries, tile.width()).unwrap();
        let hashes = get(&world, &tile.path()).await.bytes().await.unwrap();
        let hashes = tile.decode(&hashes).unwrap();
        for (leaf, hash) in leaves.iter().zip(hashes) {
            assert_eq!(leaf_hash(leaf), hash);
            tree.push(hash).unwrap();
        }
    }
    assert_eq!(tree.root(), checkpoint.root);
    let above = Tile::in_tree(1, 0, checkpoint.size).unwrap();
    assert_eq!(above.width(), 2);
    let above = above
        .decode(&get(&world, &above.path()).await.bytes().await.unwrap())
        .unwrap();
    assert_eq!(above.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_tile_may_be_cached_for_ever_and_a_part_of_it_is_its_beginning() {
    let world = World::start().await;
    grow(&world, 300).await;
    let full = get(&world, "tile/0/000").await;
    assert_eq!(
        full.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(full.headers()["content-type"], "application/octet-stream");
    let full = full.bytes().await.unwrap();
    assert_eq!(full.len(), 256 * 32);
    let part = get(&world, "tile/0/000.p/7").await;
    assert!(
        !part.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(part.bytes().await.unwrap(), full[..7 * 32]);
    let part = get(&world, "tile/entries/001.p/3")
        .await
        .bytes()
        .await
        .unwrap();
    assert_eq!(
        decode_entries(&part, 3).unwrap()[0],
        world.handle().leaf(256).unwrap().unwrap()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_beyond_the_signed_tree_or_is_misspelled_is_not_found() {
    let world = World::start().await;
    let size = world.handle().head().borrow().size;
    let edge = Tile::in_tree(0, 0, size).unwrap();
    assert_eq!(get(&world, &edge.path()).await.status(), 200);
    let beyond = Tile::new(0, 0, edge.width() + 1).unwrap();
    for path in [
        beyond.path(),
        beyond.entries_path(),
        TilePath::Hashes(beyond.full()).to_string(),
        "tile/0/001".to_owned(),
        "tile/1/000.p/1".to_owned(),
        "tile/7/000.p/1".to_owned(),
        "tile/0/0".to_owned(),
        "tile/00/000.p/1".to_owned(),
        "tile/0/000.p/0".to_owned(),
        "tile/0/000.p/256".to_owned(),
        "tile/0/x000/000.p/1".to_owned(),
        "tile/".to_owned(),
        "tile/entries/".to_owned(),
    ] {
        let status = get(&world, &path).await.status();
        assert_eq!(status, 404, "{path}");
    }
}
