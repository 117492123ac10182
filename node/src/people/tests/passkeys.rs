//! Passkeys as they are kept; what the browser answers is the verifier's part.

use super::world::*;
use crate::people::*;

fn passkey(id: u8) -> Passkey {
    Passkey {
        credential: vec![id; 32],
        state: vec![id, 0],
    }
}

async fn step(world: &World) -> StepToken {
    match world.try_sign_in(EMAIL, PASSWORD).await {
        Ok(SignIn::SecondFactor(step)) => step,
        _ => panic!("a second factor must be asked for"),
    }
}

#[tokio::test]
async fn a_passkey_guards_the_account_and_completes_a_sign_in_once_for_each_answer() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let codes = world
        .people
        .add_passkey(user, &passkey(1), "Telephone", world.now_ms)
        .await
        .unwrap();
    assert!(codes.is_some(), "the first factor brings recovery codes");
    let more = world
        .people
        .add_passkey(user, &passkey(2), "Laptop", world.now_ms)
        .await
        .unwrap();
    assert!(more.is_none());
    let (first, visit) = (step(&world).await, world.visit());
    let offered = world
        .people
        .passkeys_for(&first, world.now_ms)
        .await
        .unwrap();
    assert_eq!(offered, [passkey(1), passkey(2)]);
    let session = world
        .people
        .complete_by_passkey(&first, &offered[0], &[1, 1], &visit)
        .await
        .unwrap();
    assert!(matches!(
        world.who(&session).await.unwrap().proof,
        Proof::SecondFactor(_)
    ));
    let second = step(&world).await;
    let replay = world
        .people
        .complete_by_passkey(&second, &offered[0], &[1, 1], &visit)
        .await;
    assert!(
        matches!(replay, Err(PeopleError::Refused)),
        "its counter has moved on"
    );
    world
        .people
        .remove_passkey(By::User(user), user, &offered[1].credential, world.now_ms)
        .await
        .unwrap();
    let removed = world
        .people
        .complete_by_passkey(&second, &offered[1], &[2, 1], &visit)
        .await;
    assert!(matches!(removed, Err(PeopleError::Refused)));
    let listed = world.people.passkeys(user).await.unwrap();
    assert_eq!(
        (listed.len(), listed[0].label.as_str(), listed[0].used_ms),
        (1, "Telephone", Some(world.now_ms))
    );
}

#[tokio::test]
async fn a_passkey_belongs_to_one_user_and_their_number_is_bounded() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let other = world.user("kofi@example.org", "manager").await;
    world
        .people
        .add_passkey(other, &passkey(1), "Telephone", world.now_ms)
        .await
        .unwrap();
    let taken = world
        .people
        .add_passkey(user, &passkey(1), "Mine", world.now_ms)
        .await;
    assert!(matches!(taken, Err(PeopleError::Input { .. })));
    for id in 0..PASSKEYS_MAX {
        let passkey = passkey(100 + u8::try_from(id).unwrap());
        world
            .people
            .add_passkey(user, &passkey, "x", world.now_ms)
            .await
            .unwrap();
    }
    let more = world
        .people
        .add_passkey(user, &passkey(9), "x", world.now_ms)
        .await;
    assert!(matches!(more, Err(PeopleError::Full { .. })));
    let foreign = world
        .people
        .complete_by_passkey(&step(&world).await, &passkey(1), &[1, 1], &world.visit())
        .await;
    assert!(
        matches!(foreign, Err(PeopleError::Refused)),
        "another user's passkey opens nothing here"
    );
    world
        .people
        .erase(By::Operator, user, world.now_ms)
        .await
        .unwrap();
    assert!(world.people.passkeys(user).await.unwrap().is_empty());
}
