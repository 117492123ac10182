//! The file: private, crash-safe, shared by processes, and of a known version.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::world::*;
use crate::ops::files::FileFault;
use crate::people::*;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn the_file_and_its_log_are_for_their_owner_only() {
    let world = World::new().await;
    world.user(EMAIL, "manager").await;
    let names: Vec<_> = fs::read_dir(world.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(names.len() >= 2, "{names:?}");
    for path in &names {
        assert_eq!(mode(path), 0o600, "{path:?}");
    }
    world.people.close().await;
    let path = world.folder.path().join(PEOPLE_FILE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let open = People::open(world.folder.path(), cheap()).await;
    assert!(matches!(
        open.err(),
        Some(PeopleError::File(FileFault::Permissions { .. }))
    ));
}

#[tokio::test]
async fn a_crash_loses_nothing_that_was_answered() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let session = world.sign_in(EMAIL).await;
    world
        .people
        .set_role(By::Operator, user, "viewer", world.now_ms)
        .await
        .unwrap();
    // The files as they lie at this moment: what a machine finds that lost its power now.
    let later = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.ends_with("-shm") {
            fs::copy(&path, later.path().join(name)).unwrap();
        }
    }
    let found = People::open(later.path(), cheap()).await.unwrap();
    let who = found
        .authenticate(&session.token, world.now_ms)
        .await
        .unwrap();
    assert_eq!((who.user, who.role.as_str()), (user, "viewer"));
}

#[tokio::test]
async fn two_stores_on_one_file_write_at_the_same_time_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // Both also make the file at the same time.
    let (one, two) = tokio::join!(
        People::open(folder.path(), cheap()),
        People::open(folder.path(), cheap())
    );
    let stores = [one.unwrap(), two.unwrap()];
    let writers = (0..40).map(|at: u64| {
        let people = stores[usize::from(at.is_multiple_of(2))].clone();
        tokio::spawn(async move {
            let new = NewUser {
                email: format!("user{at}@example.org").parse().unwrap(),
                profile: Profile::new("Someone", None, "fr").unwrap(),
                organisation: countersign_protocol::id::OrganisationId(1),
                role: "viewer".to_owned(),
            };
            people
                .invite(By::Operator, &new, START_MS)
                .await
                .map(|link| link.user)
        })
    });
    let mut ids = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        ids.push(writer.await.unwrap().unwrap());
    }
    ids.sort();
    for people in &stores {
        let listed: Vec<UserId> = people
            .users(&UserQuery::default(), None, 500)
            .await
            .unwrap()
            .iter()
            .map(|user| user.id)
            .collect();
        assert_eq!(listed, ids);
        assert_eq!(people.audit(None, None, 500).await.unwrap().len(), 40);
    }
    let page = stores[0]
        .users(&UserQuery::default(), Some(ids[9]), 10)
        .await
        .unwrap();
    assert_eq!(
        page.iter().map(|user| user.id).collect::<Vec<_>>(),
        ids[10..20]
    );
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    let world = World::new().await;
    world.people.close().await;
    let path = world.folder.path().join(PEOPLE_FILE);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("PRAGMA user_version = 99")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let open = People::open(world.folder.path(), cheap()).await;
    assert!(matches!(
        open.err(),
        Some(PeopleError::Newer { found: 99, .. })
    ));
}

#[tokio::test]
async fn settings_have_floors() {
    let folder = tempfile::tempdir().unwrap();
    for weak in [
        PeopleSettings {
            password_memory_kib: PASSWORD_MEMORY_KIB_MIN - 1,
            ..cheap()
        },
        PeopleSettings {
            password_passes: PASSWORD_PASSES_MIN - 1,
            ..cheap()
        },
        PeopleSettings {
            password_concurrency: 0,
            ..cheap()
        },
        PeopleSettings {
            session_idle_minutes: 4,
            ..cheap()
        },
        PeopleSettings {
            session_life_hours: SESSION_LIFE_HOURS_MAX + 1,
            ..cheap()
        },
        PeopleSettings {
            issuer: "a:b".to_owned(),
            ..cheap()
        },
    ] {
        let open = People::open(folder.path(), weak).await;
        assert!(matches!(open.err(), Some(PeopleError::Setting { .. })));
    }
    PeopleSettings::default().check().unwrap();
}

#[tokio::test]
async fn a_password_kept_at_another_cost_is_renewed_at_the_next_sign_in() {
    let mut world = World::new().await;
    world.user(EMAIL, "manager").await;
    let dearer = PeopleSettings {
        password_passes: 3,
        ..cheap()
    };
    world.people.close().await;
    world.people = People::open(world.folder.path(), dearer).await.unwrap();
    world.sign_in(EMAIL).await;
    world.people.close().await;
    let file = fs::read(world.folder.path().join(PEOPLE_FILE)).unwrap();
    assert!(String::from_utf8_lossy(&file).contains("m=19456,t=3,p=1"));
    world.people = world.again().await;
    world.sign_in(EMAIL).await;
}
