//! Content goes for good, hashes stay; drafts go in time.

use std::fs;

use super::world::*;
use crate::documents::*;

#[tokio::test]
async fn erased_content_and_its_name_leave_the_disk_and_the_hash_stays() {
    let world = World::new().await;
    let new = NewDocument {
        file_name: "Ama Mensah.txt".to_owned(),
        ..note()
    };
    let kept = world.try_put(b"personal", new).await.unwrap();
    let attached = world.documents.attach(&kept.sha256, CASE, 17).await;
    assert_eq!(attached.unwrap(), 1);
    world.documents.erase(kept.id, START_MS + 1).await.unwrap();
    world.documents.erase(kept.id, START_MS + 2).await.unwrap();
    let now = world.documents.document(kept.id).await.unwrap();
    assert_eq!(now.sha256, kept.sha256);
    assert_eq!((now.leaf, now.erased_ms), (Some(17), Some(START_MS + 1)));
    assert_eq!(now.file_name, None);
    let content = world.documents.get(kept.id).await;
    assert!(matches!(content.err(), Some(DocumentError::Erased(_))));
    assert!(world.files().is_empty());
    for entry in fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            assert!(
                !String::from_utf8_lossy(&bytes).contains("Mensah"),
                "{path:?}"
            );
        }
    }
    // What was erased takes no room.
    world.put(b"personal").await;
}

#[tokio::test]
async fn the_same_bytes_lie_on_the_disk_once_and_go_with_the_last_document() {
    let world = World::new().await;
    let one = world.put(b"same").await;
    let elsewhere = NewDocument { case: 6, ..note() };
    let two = world.try_put(b"same", elsewhere).await.unwrap();
    assert_eq!(world.files().len(), 1);
    world.documents.erase(one.id, START_MS).await.unwrap();
    assert_eq!(world.read(two.id).await.unwrap(), b"same");
    world.documents.erase(two.id, START_MS).await.unwrap();
    assert!(world.files().is_empty());
}

#[tokio::test]
async fn a_document_that_comes_in_while_its_twin_is_erased_is_never_lost() {
    let world = World::new().await;
    let mut before = world.put(b"same").await.id;
    for _ in 0..30 {
        let (erased, kept) = tokio::join!(
            world.documents.erase(before, START_MS),
            world.try_put(b"same", note())
        );
        // Erasing scrubs the index; whoever reads it then may make that fail.
        assert!(matches!(erased, Ok(()) | Err(DocumentError::NotScrubbed)));
        before = kept.unwrap().id;
        assert_eq!(world.read(before).await.unwrap(), b"same");
    }
}

#[tokio::test]
async fn drafts_go_after_their_time_and_attached_documents_stay() {
    let world = World::new().await;
    let attached = world.put(b"attached").await;
    let draft = world.put(b"draft").await;
    let next = NewDocument {
        replaces: Some(draft.id),
        ..note()
    };
    world.try_put(b"draft 2", next).await.unwrap();
    let documents = &world.documents;
    assert_eq!(documents.attach(&attached.sha256, 6, 9).await.unwrap(), 0);
    assert_eq!(
        documents.attach(&attached.sha256, CASE, 9).await.unwrap(),
        1
    );
    assert_eq!(
        documents.attach(&attached.sha256, CASE, 10).await.unwrap(),
        0
    );
    assert_eq!(
        documents.sweep(START_MS + 14 * DAY_MS - 1).await.unwrap(),
        0
    );
    assert_eq!(documents.sweep(START_MS + 14 * DAY_MS).await.unwrap(), 2);
    let left = documents.list(CASE).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].id, left[0].leaf), (attached.id, Some(9)));
    assert_eq!(world.files(), [world.path(b"attached")]);
}
