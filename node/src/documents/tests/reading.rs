//! What comes in comes out, private on the disk, found by case and hash, and read by those who may.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::world::*;
use crate::documents::*;

#[tokio::test]
async fn a_document_comes_out_as_it_went_in_and_lies_under_its_hash_for_its_owner_only() {
    let world = World::new().await;
    // Several pieces, the last one not whole.
    let bytes = "All of it, line by line.\n".repeat(30_000).into_bytes();
    let kept = world.put(&bytes).await;
    assert_eq!(kept.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    assert_eq!((kept.bytes, kept.version), (bytes.len() as u64, 1));
    assert_eq!(kept.file_name.as_ref().unwrap().as_str(), "note.txt");
    assert_eq!((kept.visibility, kept.leaf), (Visibility::Private, None));
    assert!(world.read(kept.id).await.unwrap() == bytes);
    let path = world.path(&bytes);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(world.files(), [path]);
    let same = std::slice::from_ref(&kept);
    assert_eq!(world.documents.list(CASE).await.unwrap(), same);
    assert_eq!(world.documents.with_hash(&kept.sha256).await.unwrap(), same);
    assert!(world.documents.list(CASE + 1).await.unwrap().is_empty());
    let world = world.restart().await;
    assert_eq!(world.documents.document(kept.id).await.unwrap(), kept);
}

#[tokio::test]
async fn a_changed_byte_is_never_handed_out_as_a_whole_document() {
    let world = World::new().await;
    let bytes = vec![b'a'; 300_000];
    let kept = world.put(&bytes).await;
    for at in [0, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::write(world.path(&bytes), changed).unwrap();
        let (_, mut content) = world.documents.get(kept.id).await.unwrap();
        let (mut received, mut failed) = (0, false);
        while let Some(piece) = content.next().await {
            match piece {
                Ok(piece) => received += piece.len(),
                Err(_) => failed = true,
            }
        }
        assert!(failed && received < bytes.len(), "{received}");
    }
    fs::write(world.path(&bytes), &bytes[1..]).unwrap();
    let cut = world.documents.get(kept.id).await;
    assert!(matches!(cut.err(), Some(DocumentError::Damaged(_))));
    // The same document sent again mends it.
    world.put(&bytes).await;
    assert!(world.read(kept.id).await.unwrap() == bytes);
}

#[test]
fn who_may_read_what() {
    use Viewer::{Certifier, Official, Owner, Public};
    let readers = |visibility, is_attached| -> Vec<Viewer> {
        let all = [Public, Owner, Certifier, Official];
        let may = |viewer: &Viewer| may_read(visibility, is_attached, *viewer);
        all.into_iter().filter(may).collect()
    };
    let table = [
        (Visibility::Private, true, vec![Owner, Official]),
        (
            Visibility::Certifier,
            true,
            vec![Owner, Certifier, Official],
        ),
        (
            Visibility::Public,
            true,
            vec![Public, Owner, Certifier, Official],
        ),
        (Visibility::Private, false, vec![Owner]),
        (Visibility::Certifier, false, vec![Owner]),
        (Visibility::Public, false, vec![Owner]),
    ];
    for (visibility, is_attached, expected) in table {
        assert_eq!(
            readers(visibility, is_attached),
            expected,
            "{visibility:?} {is_attached}"
        );
    }
}

#[tokio::test]
async fn a_document_opens_in_stages_and_closes_only_for_a_reason() {
    let world = World::new().await;
    let id = world.put(b"x").await.id;
    let documents = &world.documents;
    let widen = |to| documents.widen(id, to, user(), START_MS);
    let narrow = |to, reason| documents.narrow(id, to, user(), reason, START_MS);
    widen(Visibility::Certifier).await.unwrap();
    widen(Visibility::Certifier).await.unwrap();
    widen(Visibility::Public).await.unwrap();
    let back = widen(Visibility::Private).await;
    assert!(matches!(back, Err(DocumentError::NotWider(_))));
    let silent = narrow(Visibility::Private, "  ").await;
    assert!(matches!(silent, Err(DocumentError::Reason { .. })));
    narrow(Visibility::Certifier, "names a witness")
        .await
        .unwrap();
    let again = narrow(Visibility::Public, "no").await;
    assert!(matches!(again, Err(DocumentError::NotNarrower(_))));
    let now = documents.document(id).await.unwrap().visibility;
    assert_eq!(now, Visibility::Certifier);
    let history: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT visibility, reason FROM visibility_changes ORDER BY id")
            .fetch_all(documents.index().reader())
            .await
            .unwrap();
    let words: Vec<_> = history.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(words, ["certifier", "public", "certifier"]);
    assert_eq!(history[2].1.as_deref(), Some("names a witness"));
}
