//! What a proven user may do, at the moment of asking.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Denied, Matrix, Object, Standing};

use super::world::*;
use crate::people::*;

const MINE: [OrganisationId; 1] = [OrganisationId(7)];
const OTHERS: [OrganisationId; 1] = [OrganisationId(8)];

fn of(organisations: &[OrganisationId]) -> Object<'_> {
    Object {
        organisations,
        ..Object::default()
    }
}

#[tokio::test]
async fn a_role_change_works_at_once_in_an_open_session() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let session = world.sign_in(EMAIL).await;
    let (matrix, active) = (matrix(), developer(Standing::Active));
    let may = || async {
        let who = world.who(&session).await.unwrap();
        who.may(&matrix, &active, Action::TransferRequest, &of(&MINE))
    };
    assert_eq!(may().await, Ok(()));
    world
        .people
        .set_role(By::Operator, user, "viewer", world.now_ms)
        .await
        .unwrap();
    assert_eq!(
        may().await,
        Err(Forbidden::Denied(Denied::NotGranted(
            Action::TransferRequest
        )))
    );
    world
        .again()
        .await
        .set_role(By::Operator, user, "administrator", world.now_ms)
        .await
        .unwrap();
    assert_eq!(may().await, Ok(()), "also when another process changed it");
}

#[tokio::test]
async fn a_suspended_user_is_out_at_once_with_sessions_and_keys() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let session = world.sign_in(EMAIL).await;
    let actions = [Action::ProjectRead].into();
    let key = world
        .people
        .create_api_key(
            By::User(user),
            user,
            "MRV",
            &actions,
            world.now_ms + DAY_MS,
            world.now_ms,
        )
        .await;
    let key = key.unwrap();
    world
        .people
        .suspend(By::Operator, user, world.now_ms)
        .await
        .unwrap();
    assert!(matches!(
        world.who(&session).await,
        Err(PeopleError::SignedOut)
    ));
    assert!(matches!(
        world.people.authenticate_key(&key, world.now_ms).await,
        Err(PeopleError::Key)
    ));
    let twice = world.people.suspend(By::Operator, user, world.now_ms).await;
    assert!(matches!(twice, Err(PeopleError::State { .. })));
    world
        .people
        .reactivate(By::Operator, user, world.now_ms)
        .await
        .unwrap();
    assert!(
        matches!(world.who(&session).await, Err(PeopleError::SignedOut)),
        "old sessions stay ended"
    );
    assert!(
        world
            .people
            .authenticate_key(&key, world.now_ms)
            .await
            .is_ok()
    );
    world.sign_in(EMAIL).await;
}

#[tokio::test]
async fn a_session_that_outlived_a_suspension_by_mistake_opens_nothing() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let session = world.sign_in(EMAIL).await;
    // Behind the store's back: suspending ends sessions, and this is the second barrier.
    let file = world.folder.path().join(PEOPLE_FILE);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    for (state, is_open) in [("suspended", false), ("active", true)] {
        sqlx::query("UPDATE users SET state = ? WHERE id = ?")
            .bind(state)
            .bind(i64::try_from(user.number()).unwrap())
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(world.who(&session).await.is_ok(), is_open, "{state}");
    }
}

#[tokio::test]
async fn users_of_a_suspended_organisation_may_only_read() {
    let world = World::new().await;
    world.user(EMAIL, "administrator").await;
    let session = world.sign_in(EMAIL).await;
    let who = world.who(&session).await.unwrap();
    let (matrix, suspended) = (matrix(), developer(Standing::Suspended));
    for action in Action::ALL {
        let before = who.may(&matrix, &developer(Standing::Active), *action, &of(&MINE));
        let after = who.may(&matrix, &suspended, *action, &of(&MINE));
        assert_eq!(
            after.is_ok(),
            before.is_ok() && action.is_read(),
            "{action}"
        );
    }
}

#[tokio::test]
async fn another_organisations_object_reads_like_not_found() {
    let world = World::new().await;
    world.user(EMAIL, "administrator").await;
    let session = world.sign_in(EMAIL).await;
    let who = world.who(&session).await.unwrap();
    let denied = who.may(
        &matrix(),
        &developer(Standing::Active),
        Action::ProjectRead,
        &of(&OTHERS),
    );
    assert!(denied.unwrap_err().hides_object());
}

#[tokio::test]
async fn an_act_that_needs_a_second_factor_refuses_a_password_and_takes_a_key() {
    let text = "format = 1\nversion = \"1\"\n[[grant]]\nto = [\"developer/manager\"]\nown = [\"transfer-request\", \"project-read\"]\n[second_factor]\nactions = [\"transfer-request\"]\n";
    let matrix = Matrix::parse(text).unwrap();
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let session = world.sign_in(EMAIL).await;
    let (act, active) = (Action::TransferRequest, developer(Standing::Active));
    let weak = world.who(&session).await.unwrap();
    assert_eq!(
        weak.may(&matrix, &active, act, &of(&MINE)),
        Err(Forbidden::SecondFactor(act))
    );
    assert_eq!(
        weak.may(&matrix, &active, Action::ProjectRead, &of(&MINE)),
        Ok(())
    );
    let key = world
        .people
        .create_api_key(
            By::User(user),
            user,
            "ERP",
            &[act].into(),
            world.now_ms + DAY_MS,
            world.now_ms,
        )
        .await;
    let key = world
        .people
        .authenticate_key(&key.unwrap(), world.now_ms)
        .await
        .unwrap();
    assert_eq!(key.may(&matrix, &active, act, &of(&MINE)), Ok(()));
}
