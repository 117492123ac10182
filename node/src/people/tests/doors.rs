//! What a stranger meets: one answer, the same work, growing delays. And sessions, from opening to end.

use super::world::*;
use crate::people::*;

#[tokio::test]
async fn unknown_wrong_invited_and_suspended_sound_the_same_and_cost_the_same() {
    let world = World::new().await;
    world.user(EMAIL, "manager").await;
    world.invite("invited@example.org", "manager").await;
    let away = world.user("suspended@example.org", "manager").await;
    world
        .people
        .suspend(By::Operator, away, world.now_ms)
        .await
        .unwrap();
    let long = "long ".repeat(100);
    for (email, text) in [
        (EMAIL, "not the password"),
        (EMAIL, long.as_str()),
        ("nobody@example.org", PASSWORD),
        ("nobody@example.org", long.as_str()),
        ("no address at all", PASSWORD),
        ("", ""),
        ("invited@example.org", PASSWORD),
        ("suspended@example.org", PASSWORD),
    ] {
        let before = world.people.password_checks();
        let refused = heard(world.try_sign_in(email, text).await);
        assert_eq!(refused, PeopleError::Refused.to_string(), "{email}");
        assert_eq!(
            world.people.password_checks(),
            before + 1,
            "{email}: the work of one hash"
        );
    }
    let known = world
        .people
        .request_reset(EMAIL, &world.visit())
        .await
        .unwrap();
    let unknown = world
        .people
        .request_reset("nobody@example.org", &world.visit())
        .await
        .unwrap();
    assert!(known.is_some() && unknown.is_none());
}

#[tokio::test]
async fn an_account_locks_after_some_failures_whether_or_not_it_exists_and_opens_again() {
    for email in [EMAIL, "nobody@example.org"] {
        let mut world = World::new().await;
        world.user(EMAIL, "manager").await;
        for _ in 0..ACCOUNT_FREE_FAILURES {
            assert!(matches!(
                world.try_sign_in(email, "wrong password").await,
                Err(PeopleError::Refused)
            ));
        }
        let mut delay_ms = FIRST_DELAY_MS;
        for _ in 0..8 {
            let seconds = delay_ms / 1000;
            let locked = heard(world.try_sign_in(email, PASSWORD).await);
            assert_eq!(
                locked,
                PeopleError::Wait { seconds }.to_string(),
                "{email}: also the right one"
            );
            world.now_ms += delay_ms - 1;
            let locked = world.try_sign_in(email, PASSWORD).await;
            assert!(matches!(locked, Err(PeopleError::Wait { seconds: 1 })));
            world.now_ms += 1;
            assert!(matches!(
                world.try_sign_in(email, "wrong password").await,
                Err(PeopleError::Refused)
            ));
            delay_ms = (2 * delay_ms).min(DELAY_MS_MAX);
        }
        world.now_ms += delay_ms;
        let outcome = world.try_sign_in(email, PASSWORD).await;
        assert_eq!(outcome.is_ok(), email == EMAIL, "the lock has an end");
        if email == EMAIL {
            assert!(matches!(
                world.try_sign_in(email, "wrong password").await,
                Err(PeopleError::Refused)
            ));
            assert!(
                world.try_sign_in(email, PASSWORD).await.is_ok(),
                "a full sign-in forgets the failures"
            );
        }
    }
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_must_wait_and_an_own_account_does_not_help() {
    let mut world = World::new().await;
    world.user(EMAIL, "manager").await;
    for at in 0..ADDRESS_FREE_FAILURES {
        let guess = world
            .try_sign_in(&format!("guess{at}@example.org"), "wrong password")
            .await;
        assert!(matches!(guess, Err(PeopleError::Refused)), "{at}");
        if at % 10 == 0 {
            world.sign_in(EMAIL).await;
        }
    }
    assert!(matches!(
        world.try_sign_in(EMAIL, PASSWORD).await,
        Err(PeopleError::Wait { .. })
    ));
    let reset = world.people.request_reset(EMAIL, &world.visit()).await;
    assert!(matches!(reset, Err(PeopleError::Wait { .. })));
    world.address = address(2);
    assert!(
        world.try_sign_in(EMAIL, PASSWORD).await.is_ok(),
        "elsewhere is open"
    );
    world.address = "2001:db8:1:2::1".parse().unwrap();
    for at in 0..ADDRESS_FREE_FAILURES {
        world.address = format!("2001:db8:1:2::{at:x}").parse().unwrap();
        let _ = world
            .try_sign_in(&format!("six{at}@example.org"), "wrong password")
            .await;
    }
    world.address = "2001:db8:1:2:ffff::1".parse().unwrap();
    assert!(matches!(
        world.try_sign_in(EMAIL, PASSWORD).await,
        Err(PeopleError::Wait { .. })
    ));
    world.address = "2001:db8:1:3::1".parse().unwrap();
    assert!(world.try_sign_in(EMAIL, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn many_guesses_at_the_same_time_are_counted_one_by_one_also_over_two_stores() {
    let world = World::new().await;
    world.user(EMAIL, "manager").await;
    let second = world.again().await;
    let guesses = (0..24).map(|at| {
        let people = if at % 2 == 0 {
            world.people.clone()
        } else {
            second.clone()
        };
        let visit = Visit {
            address: address(at),
            ..world.visit()
        };
        tokio::spawn(async move {
            people
                .sign_in(EMAIL, &password("wrong password"), &visit)
                .await
                .err()
        })
    });
    let (mut compared, mut waited) = (0, 0);
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.unwrap() {
            Some(PeopleError::Refused) => compared += 1,
            Some(PeopleError::Wait { .. }) => waited += 1,
            other => panic!("{:?}", other.map(|error| error.to_string())),
        }
    }
    assert_eq!(
        (compared, waited),
        (5, 19),
        "ACCOUNT_FREE_FAILURES and no more"
    );
}

#[tokio::test]
async fn a_lock_outlives_a_restart_and_is_forgotten_after_a_day() {
    let mut world = World::new().await;
    world.user(EMAIL, "manager").await;
    for _ in 0..ACCOUNT_FREE_FAILURES {
        let _ = world.try_sign_in(EMAIL, "wrong password").await;
    }
    world.people.close().await;
    world.people = world.again().await;
    assert!(matches!(
        world.try_sign_in(EMAIL, PASSWORD).await,
        Err(PeopleError::Wait { .. })
    ));
    world.now_ms += FORGET_MS + 1;
    world.people.sweep(world.now_ms).await.unwrap();
    for _ in 0..ACCOUNT_FREE_FAILURES {
        assert!(matches!(
            world.try_sign_in(EMAIL, "wrong password").await,
            Err(PeopleError::Refused)
        ));
    }
}

#[tokio::test]
async fn requests_for_new_passwords_are_limited_alike_for_known_and_unknown_addresses() {
    for email in [EMAIL, "nobody@example.org"] {
        let world = World::new().await;
        world.user(EMAIL, "manager").await;
        for _ in 0..RESET_FREE_REQUESTS {
            assert!(
                world
                    .people
                    .request_reset(email, &world.visit())
                    .await
                    .is_ok()
            );
        }
        let more = world.people.request_reset(email, &world.visit()).await;
        assert!(matches!(more, Err(PeopleError::Wait { .. })), "{email}");
    }
}

#[tokio::test]
async fn a_session_ends_when_idle_when_old_and_when_revoked() {
    let mut world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let settings = cheap();
    let (idle, other) = (world.sign_in(EMAIL).await, world.sign_in(EMAIL).await);
    let idle_ms = u64::from(settings.session_idle_minutes) * MINUTE_MS;
    world.now_ms += idle_ms - 1;
    assert!(world.who(&other).await.is_ok());
    world.now_ms += 1;
    assert!(matches!(
        world.who(&idle).await,
        Err(PeopleError::SignedOut)
    ));
    assert!(world.who(&other).await.is_ok(), "use keeps a session open");
    assert_eq!(
        world
            .people
            .sessions(user, world.now_ms)
            .await
            .unwrap()
            .len(),
        1
    );
    let end = START_MS + u64::from(settings.session_life_hours) * HOUR_MS;
    while world.now_ms + 30 * MINUTE_MS < end {
        world.now_ms += 30 * MINUTE_MS;
        assert!(world.who(&other).await.is_ok());
    }
    world.now_ms = end;
    assert!(
        matches!(world.who(&other).await, Err(PeopleError::SignedOut)),
        "no use keeps it open for ever"
    );

    let (one, two, three) = (
        world.sign_in(EMAIL).await,
        world.sign_in(EMAIL).await,
        world.sign_in(EMAIL).await,
    );
    let revoke = |user| {
        world
            .people
            .revoke_session(By::User(user), user, one.session, world.now_ms)
    };
    let stranger = world.user("kofi@example.org", "manager").await;
    assert!(
        matches!(revoke(stranger).await, Err(PeopleError::Missing(_))),
        "only a session of that user"
    );
    revoke(user).await.unwrap();
    assert!(matches!(world.who(&one).await, Err(PeopleError::SignedOut)));
    world
        .people
        .revoke_sessions(By::User(user), user, Some(two.session), world.now_ms)
        .await
        .unwrap();
    assert!(world.who(&two).await.is_ok() && world.who(&three).await.is_err());
    world
        .people
        .revoke_sessions(By::Operator, user, None, world.now_ms)
        .await
        .unwrap();
    assert!(world.who(&two).await.is_err());
}

#[tokio::test]
async fn a_user_has_a_bounded_number_of_sessions() {
    let mut world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let first = world.sign_in(EMAIL).await;
    for _ in 0..SESSIONS_MAX {
        world.now_ms += 1;
        world.sign_in(EMAIL).await;
    }
    let open = world.people.sessions(user, world.now_ms).await.unwrap();
    assert_eq!(open.len(), SESSIONS_MAX);
    assert!(world.who(&first).await.is_err(), "the oldest made room");
    assert_eq!(open[0].device, "Firefox on Linux");
    assert_eq!(open[0].address, Some(world.address));
}
