//! A document has versions; of two that replace the same one, one wins.

use super::world::*;
use crate::documents::*;

fn after(id: DocumentId) -> NewDocument {
    NewDocument {
        replaces: Some(id),
        ..note()
    }
}

#[tokio::test]
async fn versions_stand_in_a_row_and_each_is_replaced_once() {
    let world = World::new().await;
    let first = world.put(b"one").await;
    let second = world.try_put(b"two", after(first.id)).await.unwrap();
    let third = world.try_put(b"three", after(second.id)).await.unwrap();
    assert_eq!((third.version, third.replaces), (3, Some(second.id)));
    for id in [first.id, second.id, third.id] {
        let row = world.documents.versions(id).await.unwrap();
        assert_eq!(row, [first.clone(), second.clone(), third.clone()]);
    }
    let again = world.try_put(b"four", after(first.id)).await;
    assert!(matches!(again, Err(DocumentError::Replaced(id)) if id == first.id));
    assert_eq!(world.read(first.id).await.unwrap(), b"one");
}

#[tokio::test]
async fn a_new_version_keeps_case_kind_and_owner() {
    let world = World::new().await;
    let id = world.put(b"one").await.id;
    let case = NewDocument {
        case: 6,
        ..after(id)
    };
    let kind = NewDocument {
        kind: "other".parse().unwrap(),
        ..after(id)
    };
    let owner = NewDocument {
        owner: countersign_protocol::id::OrganisationId(8),
        ..after(id)
    };
    for (new, expected) in [(case, "case"), (kind, "kind"), (owner, "owner")] {
        match world.try_put(b"two", new).await {
            Err(DocumentError::NotSame { what, .. }) => assert_eq!(what, expected),
            other => panic!("{other:?}"),
        }
    }
    let stranger = DocumentId::try_from(1).unwrap();
    let unknown = world.try_put(b"two", after(stranger)).await;
    assert!(matches!(unknown, Err(DocumentError::Unknown(_))));
}

#[tokio::test]
async fn of_many_that_replace_the_same_version_one_wins() {
    let world = World::new().await;
    let first = world.put(b"one").await.id;
    let puts = (0..8_u8).map(|at| {
        let documents = world.documents.clone();
        let content = pieces(&[b'a' + at; 5000], 500);
        tokio::spawn(async move { documents.put(content, after(first), START_MS).await })
    });
    let mut won = 0;
    for put in puts.collect::<Vec<_>>() {
        match put.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert!(matches!(error, DocumentError::Replaced(_)), "{error}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(world.documents.versions(first).await.unwrap().len(), 2);
    assert_eq!(world.files().len(), 2, "the losers left nothing");
}
