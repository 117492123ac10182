//! Nothing grows beyond its limit, and what is refused or breaks off leaves nothing.

use std::time::Duration;

use futures::{StreamExt, stream};

use super::world::*;
use crate::documents::*;

async fn assert_nothing_left(world: &World) {
    assert_eq!(world.files(), Vec::<std::path::PathBuf>::new());
    assert!(world.documents.list(CASE).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_upload_that_breaks_off_stalls_or_is_dropped_leaves_nothing() {
    let world = World::with(DocumentSettings {
        stall_seconds: 1,
        ..settings()
    })
    .await;
    let broken = stream::iter([Ok(vec![b'a'; 600_000]), Err("the line is gone")]);
    let outcome = world.documents.put(broken, note(), START_MS).await;
    assert!(matches!(outcome, Err(DocumentError::Broken(_))));
    let stalled = world
        .documents
        .put(endless(&[b'a'; 600_000]), note(), START_MS);
    assert!(matches!(
        stalled.await,
        Err(DocumentError::Stalled { seconds: 1 })
    ));
    let dropped = world
        .documents
        .put(endless(&[b'a'; 600_000]), note(), START_MS);
    let waited = tokio::time::timeout(Duration::from_millis(200), dropped).await;
    assert!(waited.is_err());
    let empty = world.try_put(b"", note()).await;
    assert!(matches!(empty, Err(DocumentError::Empty)));
    assert_nothing_left(&world).await;
    world.put(b"still open").await;
}

#[tokio::test]
async fn a_document_that_is_too_large_is_given_up_at_the_limit() {
    let world = World::with(DocumentSettings {
        document_bytes_max: 1_000_000,
        ..settings()
    })
    .await;
    // The stream never ends: it is not read past the limit.
    let more = stream::repeat_with(|| Ok::<_, String>(vec![b'a'; 70_000]));
    let refused = world.documents.put(more, note(), START_MS).await;
    assert!(matches!(
        refused,
        Err(DocumentError::TooLarge { max: 1_000_000 })
    ));
    assert_nothing_left(&world).await;
    world.put(&vec![b'a'; 1_000_000]).await;
}

#[tokio::test]
async fn the_disk_keeps_room_for_the_ledger() {
    let world = World::with(DocumentSettings {
        free_bytes_min: u64::MAX,
        ..settings()
    })
    .await;
    let refused = world.try_put(b"x", note()).await;
    assert!(matches!(refused, Err(DocumentError::NoSpace { .. })));
    assert_nothing_left(&world).await;
}

#[tokio::test]
async fn uploads_at_the_same_time_share_one_quota_to_the_byte() {
    let world = World::with(DocumentSettings {
        document_bytes_max: 10_000,
        organisation_bytes_max: 95_000,
        ..settings()
    })
    .await;
    let puts = (0..16_u8).map(|at| {
        let documents = world.documents.clone();
        let content = pieces(&[b'a' + at; 10_000], 700);
        tokio::spawn(async move { documents.put(content, note(), START_MS).await })
    });
    let mut kept = 0;
    for put in puts.collect::<Vec<_>>() {
        match put.await.unwrap() {
            Ok(_) => kept += 1,
            Err(error) => assert!(matches!(error, DocumentError::Quota { .. }), "{error}"),
        }
    }
    assert_eq!((kept, world.files().len()), (9, 9));
    // The smallest counts as a block: 5,000 bytes are left, room for one.
    world.put(b"x").await;
    let one_more = world.try_put(b"y", note()).await;
    assert!(matches!(one_more, Err(DocumentError::Quota { .. })));
    let other = NewDocument {
        owner: countersign_protocol::id::OrganisationId(8),
        ..note()
    };
    world.try_put(b"y", other).await.unwrap();
}

#[tokio::test]
async fn a_case_has_so_many_documents_and_the_node_so_many_uploads() {
    let world = World::with(DocumentSettings {
        case_documents_max: 2,
        uploads_max: 1,
        ..settings()
    })
    .await;
    world.put(b"1").await;
    world.put(b"2").await;
    let third = world.try_put(b"3", note()).await;
    assert!(matches!(third, Err(DocumentError::Full { max: 2, .. })));
    let elsewhere = NewDocument { case: 6, ..note() };
    let documents = world.documents.clone();
    let running = endless(b"a").boxed();
    let running = tokio::spawn({
        let elsewhere = elsewhere.clone();
        async move { documents.put(running, elsewhere, START_MS).await }
    });
    while world.documents.0.uploads.available_permits() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = world.try_put(b"3", elsewhere).await;
    assert!(matches!(second, Err(DocumentError::Busy)));
    running.abort();
}

#[tokio::test]
async fn settings_have_bounds() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [
        DocumentSettings {
            document_bytes_max: 0,
            ..settings()
        },
        DocumentSettings {
            organisation_bytes_max: 1,
            ..settings()
        },
        DocumentSettings {
            case_documents_max: 0,
            ..settings()
        },
        DocumentSettings {
            draft_days: 0,
            ..settings()
        },
        DocumentSettings {
            uploads_max: 0,
            ..settings()
        },
        DocumentSettings {
            stall_seconds: 0,
            ..settings()
        },
    ] {
        let open = Documents::open(folder.path(), wrong).await;
        assert!(matches!(open.err(), Some(DocumentError::Setting { .. })));
    }
    DocumentSettings::default().check().unwrap();
}
