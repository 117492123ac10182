//! Texts that many people hand in at the same time.

use countersign_protocol::id::RequestId;
use countersign_protocol::record::Commitment;
use futures::future::join_all;
use sha2::{Digest, Sha256};

use super::world::{EMAIL, World};
use crate::people::{NewSealed, PeopleError, SealedPart, UserId};

fn text(request: u8, content: &str, user: UserId) -> NewSealed<'_> {
    NewSealed {
        request: RequestId([request; 16]),
        part: SealedPart::Form,
        case: 4,
        step: "submit",
        user,
        content,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_handed_in_side_by_side_are_all_kept_and_each_opens_its_own_commitment() {
    let world = World::new().await;
    let user = world.user(EMAIL, "administrator").await;
    let contents: Vec<String> = (0..64).map(|number| format!("form {number}")).collect();
    let seal = |number: usize| {
        let (people, content) = (world.people.clone(), contents[number].clone());
        let now_ms = world.now_ms;
        tokio::spawn(async move {
            let new = text(u8::try_from(number).unwrap(), &content, user);
            people.seal(new, false, now_ms).await
        })
    };
    // Each twice, as a client sends again that waits too long: one text, one salt, one commitment.
    let twice = join_all((0..64).chain(0..64).map(seal)).await;
    let twice: Vec<Commitment> = twice.into_iter().map(|it| it.unwrap().unwrap()).collect();
    let (first, again) = twice.split_at(64);
    assert_eq!(first, again);
    for number in 0..64 {
        let request = RequestId([number; 16]);
        let leaf = u64::from(number) + 1;
        world.people.settle_sealed(&request, leaf).await.unwrap();
    }
    let kept = world.people.sealed_of(4).await.unwrap();
    assert_eq!(kept.len(), 64);
    for ((sealed, commitment), content) in kept.iter().zip(first).zip(&contents) {
        let (salt, text) = sealed.opened.as_ref().unwrap();
        assert_eq!(text, content);
        let mut hash = Sha256::new();
        hash.update(salt);
        hash.update(text.as_bytes());
        assert_eq!(Commitment(hash.finalize().into()), *commitment);
        assert_eq!(sealed.commitment, *commitment);
    }
}

#[tokio::test]
async fn a_text_that_is_too_long_stops_nobody_elses() {
    let world = World::new().await;
    let user = world.user(EMAIL, "administrator").await;
    let long = "x".repeat(crate::people::SEALED_BYTES_MAX + 1);
    let (refused, kept) = tokio::join!(
        world.people.seal(text(1, &long, user), false, world.now_ms),
        world
            .people
            .seal(text(2, "short", user), false, world.now_ms),
    );
    assert!(matches!(
        refused,
        Err(PeopleError::Input { field: "form", .. })
    ));
    kept.unwrap();
}
