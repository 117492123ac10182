//! What a crash leaves is cleared up, and what the index does not know is left alone.

use std::fs;

use super::world::*;
use crate::documents::*;

#[tokio::test]
async fn the_next_opening_sweeps_uploads_and_places_what_was_entered() {
    let world = World::new().await;
    let kept = world.put(b"entered").await;
    let folder = world.folder.path().join(DOCUMENTS_FOLDER);
    // The power went after the entry was made, before the file was in its place.
    let incoming = folder.join("incoming");
    fs::rename(world.path(b"entered"), incoming.join(kept.id.to_string())).unwrap();
    // And in the middle of another upload.
    fs::write(incoming.join("123456"), b"half of somethi").unwrap();
    fs::write(incoming.join("stray"), b"?").unwrap();
    let world = world.restart().await;
    assert_eq!(world.read(kept.id).await.unwrap(), b"entered");
    assert_eq!(world.files(), [world.path(b"entered")]);
}

#[tokio::test]
async fn the_next_opening_ends_an_erasure() {
    let world = World::new().await;
    let kept = world.put(b"to be erased").await;
    world.documents.erase(kept.id, START_MS).await.unwrap();
    // The power went before the file was removed.
    fs::write(world.path(b"to be erased"), b"to be erased").unwrap();
    let mut tx = world.documents.index().begin().await.unwrap();
    sqlx::query("UPDATE documents SET removed = 0")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let world = world.restart().await;
    assert!(world.files().is_empty());
}

#[tokio::test]
async fn files_outlive_an_index_that_does_not_know_them() {
    let world = World::new().await;
    world.put(b"precious").await;
    world.documents.close().await;
    for entry in fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
        }
    }
    let world = world.restart().await;
    world
        .documents
        .sweep(START_MS + 365 * DAY_MS)
        .await
        .unwrap();
    assert_eq!(world.files(), [world.path(b"precious")]);
}

#[tokio::test]
async fn one_process_at_a_time_has_the_store() {
    let world = World::new().await;
    let second = Documents::open(world.folder.path(), settings()).await;
    assert!(matches!(second.err(), Some(DocumentError::InUse(_))));
    world.restart().await.put(b"x").await;
}
