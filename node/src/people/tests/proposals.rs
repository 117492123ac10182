//! What waits for a second person: how much of it, and that it is decided once.

use super::world::*;
use crate::people::*;

fn viewer(user: UserId) -> ProposedAct {
    ProposedAct::Role {
        user,
        role: "viewer".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_decide_on_one_proposal_at_once_one_does() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let change = viewer(user);
    let id = world.people.propose(None, &change, world.now_ms);
    let id = id.await.unwrap();
    let mut deciders = Vec::new();
    for place in 0..8 {
        // Each as another process would come to the same file.
        let (people, now_ms) = (world.again().await, world.now_ms);
        deciders.push(tokio::spawn(async move {
            let decided = people.decide_proposal(By::Operator, id, place % 2 == 0, now_ms);
            (place % 2 == 0, decided.await)
        }));
    }
    let mut approved = Vec::new();
    for decider in deciders {
        match decider.await.unwrap() {
            (approve, Ok(())) => approved.push(approve),
            (_, Err(PeopleError::Decided { id: found, .. })) => assert_eq!(found, id),
            (_, Err(other)) => panic!("{other}"),
        }
    }
    let [approved] = approved[..] else {
        panic!("{approved:?}");
    };
    let role = world.people.user(user).await.unwrap().role;
    assert_eq!(role, if approved { "viewer" } else { "manager" });
    assert!(world.people.proposals().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_user_has_a_hundred_proposals_waiting_and_one_decided_makes_room_for_one() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let other = world.user("kofi@example.org", "manager").await;
    let propose = |by| {
        world
            .people
            .propose(by, &ProposedAct::KeyRotation, START_MS)
    };
    let first = propose(Some(user)).await.unwrap();
    for _ in 1..PROPOSALS_EACH {
        propose(Some(user)).await.unwrap();
    }
    let full = propose(Some(user)).await.unwrap_err();
    assert!(matches!(full, PeopleError::Full { max: 100, .. }), "{full}");
    propose(Some(other)).await.unwrap();
    propose(None).await.unwrap();
    let decide = |id| {
        world
            .people
            .decide_proposal(By::User(other), id, false, world.now_ms)
    };
    decide(first).await.unwrap();
    propose(Some(user)).await.unwrap();
    propose(Some(user)).await.unwrap_err();
}
