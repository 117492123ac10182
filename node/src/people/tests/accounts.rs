//! Invitations, passwords and links.

use super::world::*;
use crate::people::*;

#[tokio::test]
async fn an_invitation_opens_the_account_once() {
    let world = World::new().await;
    let link = world.invite(EMAIL, "manager").await;
    let before = world.people.user(link.user).await.unwrap();
    assert_eq!(before.state, UserState::Invited);
    assert!(matches!(
        world.try_sign_in(EMAIL, PASSWORD).await,
        Err(PeopleError::Refused)
    ));
    let accept = || async {
        world
            .people
            .accept_invitation(&link.token, &password(PASSWORD), &world.visit())
            .await
    };
    assert_eq!(accept().await.unwrap(), link.user);
    assert!(
        matches!(accept().await, Err(PeopleError::Link)),
        "the link is used up"
    );
    let session = world.sign_in("  Ama.MENSAH@example.org ").await;
    assert_eq!(world.who(&session).await.unwrap().user, link.user);
}

#[tokio::test]
async fn an_invitation_expires_and_a_new_one_ends_the_old() {
    let mut world = World::new().await;
    let first = world.invite(EMAIL, "manager").await;
    world.now_ms += INVITATION_LIFE_MS - 1;
    let second = world
        .people
        .invite_again(By::Operator, first.user, world.now_ms)
        .await
        .unwrap();
    let accept = |link: LinkToken, now_ms| {
        let (people, visit) = (
            world.people.clone(),
            Visit {
                now_ms,
                ..world.visit()
            },
        );
        async move {
            people
                .accept_invitation(&link, &password(PASSWORD), &visit)
                .await
        }
    };
    assert!(matches!(
        accept(first.token, world.now_ms).await,
        Err(PeopleError::Link)
    ));
    let end = second.expires_ms;
    assert!(matches!(
        accept(second.token.clone(), end).await,
        Err(PeopleError::Link)
    ));
    assert!(accept(second.token, end - 1).await.is_ok());
    let joined = world
        .people
        .invite_again(By::Operator, first.user, world.now_ms)
        .await;
    assert!(matches!(joined, Err(PeopleError::State { .. })));
}

#[tokio::test]
async fn a_password_that_breaks_a_rule_leaves_the_link_good() {
    let world = World::new().await;
    let link = world.invite(EMAIL, "manager").await;
    let long = "xy z".repeat(33);
    for (bad, rule) in [
        ("eleven char", PasswordRule::Short),
        (long.as_str(), PasswordRule::Long),
        ("Ama.Mensah@example.org", PasswordRule::Email),
        ("hello ama.mensah 77", PasswordRule::Email),
        ("Password2026!!", PasswordRule::Common),
        ("qwertyuiopas", PasswordRule::Common),
        ("1234567890123", PasswordRule::Common),
        ("aaaaaaaaaaaaaaaa", PasswordRule::Common),
    ] {
        let accepted = world
            .people
            .accept_invitation(&link.token, &password(bad), &world.visit())
            .await;
        match accepted {
            Err(PeopleError::Password(found)) => assert_eq!(found, rule, "{bad}"),
            other => panic!("{bad}: {:?}", other.map_err(|error| error.to_string())),
        }
    }
    let longest = "äöüé".repeat(30) + "12345678";
    let accepted = world
        .people
        .accept_invitation(&link.token, &password(&longest), &world.visit())
        .await;
    assert!(accepted.is_ok(), "characters count, not bytes");
    assert!(world.try_sign_in(EMAIL, &longest).await.is_ok());
}

#[tokio::test]
async fn an_invitation_never_says_that_the_address_is_taken() {
    let world = World::new().await;
    let first = world.user(EMAIL, "manager").await;
    let link = world.invite(EMAIL, "administrator").await;
    let accepted = world
        .people
        .accept_invitation(&link.token, &password("another long one"), &world.visit())
        .await;
    assert!(matches!(accepted, Err(PeopleError::Link)));
    let session = world.sign_in(EMAIL).await;
    assert_eq!(session.user, first, "the first account is untouched");
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_the_old_password() {
    let world = World::new().await;
    world.user(EMAIL, "manager").await;
    let (mine, other) = (world.sign_in(EMAIL).await, world.sign_in(EMAIL).await);
    let who = world.who(&mine).await.unwrap();
    let new = password("nine small boats drift");
    let wrong = world
        .people
        .change_password(&who, &password("wrong password"), &new, &world.visit())
        .await;
    assert!(matches!(wrong, Err(PeopleError::Refused)));
    let weak = world
        .people
        .change_password(
            &who,
            &password(PASSWORD),
            &password("short"),
            &world.visit(),
        )
        .await;
    assert!(matches!(
        weak,
        Err(PeopleError::Password(PasswordRule::Short))
    ));
    world
        .people
        .change_password(&who, &password(PASSWORD), &new, &world.visit())
        .await
        .unwrap();
    assert!(world.who(&mine).await.is_ok());
    assert!(matches!(
        world.who(&other).await,
        Err(PeopleError::SignedOut)
    ));
    assert!(matches!(
        world.try_sign_in(EMAIL, PASSWORD).await,
        Err(PeopleError::Refused)
    ));
    assert!(
        world
            .try_sign_in(EMAIL, "nine small boats drift")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_link_for_a_new_password_works_once_and_ends_all_sessions() {
    let mut world = World::new().await;
    world.user(EMAIL, "manager").await;
    let session = world.sign_in(EMAIL).await;
    let link = world
        .people
        .request_reset(EMAIL, &world.visit())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(link.email.expose(), EMAIL);
    let new = password("nine small boats drift");
    let visit = world.visit();
    assert!(
        matches!(
            world
                .people
                .accept_invitation(&link.token, &new, &visit)
                .await,
            Err(PeopleError::Link)
        ),
        "a link is for its purpose only"
    );
    world
        .people
        .reset_password(&link.token, &new, &visit)
        .await
        .unwrap();
    assert!(matches!(
        world.people.reset_password(&link.token, &new, &visit).await,
        Err(PeopleError::Link)
    ));
    assert!(matches!(
        world.who(&session).await,
        Err(PeopleError::SignedOut)
    ));
    assert!(
        world
            .try_sign_in(EMAIL, "nine small boats drift")
            .await
            .is_ok()
    );
    let late = world
        .people
        .request_reset(EMAIL, &world.visit())
        .await
        .unwrap()
        .unwrap();
    world.now_ms += RESET_LIFE_MS;
    let late = world
        .people
        .reset_password(&late.token, &new, &world.visit())
        .await;
    assert!(matches!(late, Err(PeopleError::Link)));
}

#[tokio::test]
async fn erasing_removes_the_person_and_keeps_the_pseudonym() {
    let mut world = World::new().await;
    let user = world.user(EMAIL, "administrator").await;
    let other = world.user("kofi@example.org", "manager").await;
    let session = world.sign_in(EMAIL).await;
    world.now_ms += 1;
    world
        .people
        .erase(By::User(other), user, world.now_ms)
        .await
        .unwrap();
    world
        .people
        .erase(By::User(other), user, world.now_ms)
        .await
        .unwrap();
    assert!(matches!(
        world.who(&session).await,
        Err(PeopleError::SignedOut)
    ));
    assert!(matches!(
        world.try_sign_in(EMAIL, PASSWORD).await,
        Err(PeopleError::Refused)
    ));
    let left = world.people.user(user).await.unwrap();
    assert_eq!(
        (left.id, left.state, left.role.as_str()),
        (user, UserState::Erased, "administrator")
    );
    assert!(left.contact.is_none());
    assert!(
        world
            .people
            .set_role(By::Operator, user, "root", world.now_ms)
            .await
            .is_err()
    );
    let log = world.people.audit(Some(user), None, 100).await.unwrap();
    assert!(log.iter().all(|entry| entry.address.is_none()));
    let again = world.user(EMAIL, "viewer").await;
    assert_ne!(again, user, "the same person later is another pseudonym");
}

#[tokio::test]
async fn the_log_tells_who_did_what_and_pages_backwards() {
    let world = World::new().await;
    let boss = world.user("boss@example.org", "administrator").await;
    let user = world.user(EMAIL, "manager").await;
    let _ = world.try_sign_in(EMAIL, "wrong password").await;
    world.sign_in(EMAIL).await;
    world
        .people
        .set_role(By::User(boss), user, "viewer", world.now_ms)
        .await
        .unwrap();
    let log = world.people.audit(Some(user), None, 100).await.unwrap();
    let events: Vec<AuditEvent> = log.iter().rev().map(|entry| entry.event).collect();
    assert_eq!(
        events,
        [
            AuditEvent::Invited,
            AuditEvent::Joined,
            AuditEvent::SignInFailed,
            AuditEvent::SignedIn,
            AuditEvent::RoleChanged,
        ]
    );
    assert_eq!(log[0].actor, Some(boss));
    assert_eq!(log[0].detail.as_deref(), Some("manager to viewer"));
    assert_eq!(log[1].address, Some(world.address));
    let older = world
        .people
        .audit(Some(user), Some(log[0].id), 2)
        .await
        .unwrap();
    assert_eq!(older, log[1..3]);
}
