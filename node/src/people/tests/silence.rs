//! No secret lies in the file, none goes into a log, and an erased person is gone from both.

use std::fmt::{Debug, Write};
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use countersign_protocol::permission::Action;
use tracing::field::{Field, Visit as Visitor};
use tracing::{Event, Metadata, Subscriber, span};

use super::world::*;
use crate::people::*;

static HEARD: Mutex<String> = Mutex::new(String::new());

/// Writes down every event and every field of every span, at every level.
struct Ear;

struct Pen<'a>(&'a mut String);

impl Visitor for Pen<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field} {value:?}").unwrap();
    }
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Pen(&mut HEARD.lock().unwrap()));
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Pen(&mut HEARD.lock().unwrap()));
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Pen(&mut HEARD.lock().unwrap()));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Every file of the folder, one after another.
fn bytes(folder: &Path) -> Vec<u8> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read(entry.unwrap().path()).unwrap());
    files.collect::<Vec<_>>().concat()
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    let plain = haystack
        .windows(needle.len())
        .any(|window| window == needle.as_bytes());
    let raw = needle
        .rsplit('_')
        .next()
        .and_then(|digits| hex::decode(digits).ok());
    plain || raw.is_some_and(|raw| haystack.windows(raw.len()).any(|window| window == raw))
}

#[tokio::test]
async fn no_password_or_token_lies_in_the_file_or_goes_into_a_log() {
    // One test in one process, as nextest runs it; otherwise the ear of this test is the only one anyway.
    let _ = tracing::subscriber::set_global_default(Ear);
    tracing::info!(probe = "the ear hears");
    let world = World::new().await;
    let invitation = world.invite(EMAIL, "manager").await;
    let mut secrets = vec![PASSWORD.to_owned(), invitation.token.expose().to_owned()];
    let visit = world.visit();
    let user = world
        .people
        .accept_invitation(&invitation.token, &password(PASSWORD), &visit)
        .await
        .unwrap();
    secrets.push(world.sign_in(EMAIL).await.token.expose().to_owned());
    secrets.push("wrong but secret".to_owned());
    let _ = world.try_sign_in(EMAIL, "wrong but secret").await;
    let reset = world
        .people
        .request_reset(EMAIL, &visit)
        .await
        .unwrap()
        .unwrap();
    secrets.push(reset.token.expose().to_owned());
    let actions = [Action::ProjectRead].into();
    let key = world
        .people
        .create_api_key(
            By::User(user),
            user,
            "x",
            &actions,
            world.now_ms + 1,
            world.now_ms,
        )
        .await;
    let key = key.unwrap().expose();
    secrets.push(key.as_str().rsplit('_').next().unwrap().to_owned());
    let session = world.sign_in(EMAIL).await.session;
    let enrolment = world.people.begin_authenticator(user, session).await;
    let enrolment = enrolment.unwrap();
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(enrolment.secret.as_str()).unwrap())
        .build()
        .unwrap();
    let code = totp.generate(world.now_ms / 1000).to_string();
    let codes = world
        .people
        .confirm_authenticator(user, session, &code, world.now_ms)
        .await
        .unwrap();
    secrets.extend(codes.expose().map(str::to_owned));
    secrets.extend(codes.expose().map(|code| code.replace('-', "")));
    let Ok(SignIn::SecondFactor(step)) = world.try_sign_in(EMAIL, PASSWORD).await else {
        panic!("a second factor must be asked for");
    };
    secrets.push(step.expose().to_owned());

    let file = bytes(world.folder.path());
    assert!(
        holds(&file, EMAIL),
        "the search must be able to find something"
    );
    let heard = HEARD.lock().unwrap().clone();
    assert!(heard.contains("the ear hears"));
    for secret in &secrets {
        assert!(!holds(&file, secret), "{secret} lies in the file");
        assert!(!heard.contains(secret.as_str()), "{secret} was logged");
    }
    for personal in [
        EMAIL,
        "Ama Mensah",
        "1234567",
        "192.0.2.1",
        enrolment.secret.as_str(),
    ] {
        assert!(!heard.contains(personal), "{personal} was logged");
    }
    for shown in [
        format!("{:?}", world.people.user(user).await.unwrap()),
        format!("{:?}", heard_errors(&world).await),
    ] {
        assert!(
            !shown.contains("ama") && !shown.contains("Ama") && !shown.contains("1234567"),
            "{shown}"
        );
    }
}

async fn heard_errors(world: &World) -> Vec<String> {
    let mut errors = vec![heard(world.try_sign_in(EMAIL, "no").await)];
    errors.push(heard(EMAIL.replace('@', " ").parse::<Email>()));
    errors.push(heard(Profile::new("Ama\nMensah", None, "en")));
    errors
}

#[tokio::test]
async fn an_erased_person_is_gone_from_every_byte_of_the_files() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    world.sign_in(EMAIL).await;
    let _ = world.try_sign_in(EMAIL, "wrong password").await;
    let personal = [
        EMAIL,
        "Ama Mensah",
        "+233 30 1234567",
        "192.0.2.1",
        "Firefox",
    ];
    let before = bytes(world.folder.path());
    assert!(personal.iter().all(|text| holds(&before, text)));
    world
        .people
        .erase(By::Operator, user, world.now_ms)
        .await
        .unwrap();
    let after = bytes(world.folder.path());
    for text in personal {
        assert!(!holds(&after, text), "{text} is still there");
    }
}
