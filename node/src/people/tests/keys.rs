//! API keys: for some actions, for some time.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Object, Standing};

use super::world::*;
use crate::people::*;

#[tokio::test]
async fn a_key_opens_what_it_was_made_for_until_it_expires_or_is_revoked() {
    let mut world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let actions: BTreeSet<Action> = [Action::ProjectRead, Action::IssuanceApprove].into();
    let end = world.now_ms + DAY_MS;
    let key = world
        .people
        .create_api_key(
            By::User(user),
            user,
            "MRV link",
            &actions,
            end,
            world.now_ms,
        )
        .await;
    let key: ApiKey = key.unwrap().expose().parse().unwrap();
    let who = world
        .people
        .authenticate_key(&key, world.now_ms)
        .await
        .unwrap();
    assert_eq!(
        (who.user, who.organisation, who.session()),
        (user, OrganisationId(7), None)
    );
    let mine = [OrganisationId(7)];
    let object = Object {
        organisations: &mine,
        ..Object::default()
    };
    let (matrix, active) = (matrix(), developer(Standing::Active));
    assert_eq!(
        who.may(&matrix, &active, Action::ProjectRead, &object),
        Ok(())
    );
    let more = who.may(&matrix, &active, Action::ProjectUpdate, &object);
    assert_eq!(
        more,
        Err(Forbidden::NotInKey(Action::ProjectUpdate)),
        "the role has it, the key has not"
    );
    let less = who.may(&matrix, &active, Action::IssuanceApprove, &object);
    assert!(
        matches!(less, Err(Forbidden::Denied(_))),
        "the key has it, the role has not"
    );

    world.now_ms += LAST_USE_STEP_MS;
    world
        .people
        .authenticate_key(&key, world.now_ms)
        .await
        .unwrap();
    let listed = world.people.api_keys(user).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].id.as_str(), listed[0].label.as_str()),
        (key.id(), "MRV link")
    );
    assert_eq!(
        (&listed[0].actions, listed[0].used_ms),
        (&actions, Some(world.now_ms))
    );

    assert!(world.people.authenticate_key(&key, end - 1).await.is_ok());
    assert!(matches!(
        world.people.authenticate_key(&key, end).await,
        Err(PeopleError::Key)
    ));
    let stranger = world.user("kofi@example.org", "manager").await;
    let revoke = |user| {
        world
            .people
            .revoke_api_key(By::User(user), user, key.id(), world.now_ms)
    };
    assert!(matches!(
        revoke(stranger).await,
        Err(PeopleError::Missing(_))
    ));
    revoke(user).await.unwrap();
    assert!(matches!(
        world.people.authenticate_key(&key, world.now_ms).await,
        Err(PeopleError::Key)
    ));
}

#[tokio::test]
async fn a_key_with_another_secret_or_another_shape_is_none() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let actions = [Action::ProjectRead].into();
    let create = || {
        world.people.create_api_key(
            By::User(user),
            user,
            "x",
            &actions,
            world.now_ms + 1,
            world.now_ms,
        )
    };
    let (one, two) = (create().await.unwrap(), create().await.unwrap());
    let (one, two) = (one.expose(), two.expose());
    let crossed = format!("{}{}", &one[..17], &two[17..]);
    let crossed: ApiKey = crossed.parse().unwrap();
    assert!(matches!(
        world.people.authenticate_key(&crossed, world.now_ms).await,
        Err(PeopleError::Key)
    ));
    for bad in [
        one.to_uppercase(),
        one.replace("csk_", "cst_"),
        format!("{}0", *one),
        String::new(),
        "csk__".into(),
    ] {
        assert!(bad.parse::<ApiKey>().is_err(), "{bad}");
    }
}

#[tokio::test]
async fn bounds_of_keys_hold() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let some: BTreeSet<Action> = [Action::ProjectRead].into();
    let (now, none) = (world.now_ms, BTreeSet::new());
    let create = |actions, end| {
        world
            .people
            .create_api_key(By::User(user), user, "x", actions, end, now)
    };
    for (actions, end) in [
        (&none, now + 1),
        (&some, now),
        (&some, now + API_KEY_LIFE_MS_MAX + 1),
    ] {
        assert!(matches!(
            create(actions, end).await,
            Err(PeopleError::Input { .. })
        ));
    }
    for _ in 0..API_KEYS_MAX {
        create(&some, now + API_KEY_LIFE_MS_MAX).await.unwrap();
    }
    assert!(matches!(
        create(&some, now + 1).await,
        Err(PeopleError::Full { .. })
    ));
}
