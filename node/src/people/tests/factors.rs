//! Authenticators and recovery codes.

use totp_rs::{Algorithm, Builder, Secret};

use super::world::*;
use crate::people::passkey;
use crate::people::*;

/// The code of an authenticator at a moment.
fn code(secret: &str, now_ms: u64) -> String {
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    totp.generate(now_ms / 1000).to_string()
}

struct Guarded {
    world: World,
    user: UserId,
    secret: String,
    codes: Vec<String>,
    session: SessionId,
}

impl Guarded {
    /// A user with an authenticator; the codes of the present moment are not used up.
    async fn new() -> Self {
        let mut world = World::new().await;
        let user = world.user(EMAIL, "manager").await;
        let session = world.sign_in(EMAIL).await.session;
        let enrolment = world.people.begin_authenticator(user, session).await;
        let enrolment = enrolment.unwrap();
        let secret = enrolment.secret.to_string();
        let first = code(&secret, world.now_ms);
        let codes = world
            .people
            .confirm_authenticator(user, session, &first, world.now_ms)
            .await
            .unwrap();
        let codes = codes.expose().map(str::to_owned).collect();
        world.now_ms += 10 * CODE_SECONDS * 1000;
        Self {
            world,
            user,
            secret,
            codes,
            session,
        }
    }

    async fn step(&self) -> StepToken {
        match self.world.try_sign_in(EMAIL, PASSWORD).await {
            Ok(SignIn::SecondFactor(step)) => step,
            Ok(SignIn::Done(_)) => panic!("no second factor was asked for"),
            Err(error) => panic!("{error}"),
        }
    }

    async fn complete(
        &self,
        step: &StepToken,
        factor: SecondFactor<'_>,
    ) -> Result<NewSession, PeopleError> {
        self.world
            .people
            .complete(step, factor, &self.world.visit())
            .await
    }
}

#[tokio::test]
async fn codes_are_those_of_rfc_6238() {
    // Appendix B, SHA-1, the last six of eight digits; the secret is the ASCII text 12345678901234567890.
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (seconds, expected) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(code(secret, seconds * 1000), expected);
    }
}

#[tokio::test]
async fn a_sign_in_needs_the_code_and_a_code_works_once() {
    let guarded = Guarded::new().await;
    let (first, second) = (guarded.step().await, guarded.step().await);
    let now = code(&guarded.secret, guarded.world.now_ms);
    let session = guarded
        .complete(&first, SecondFactor::Code(&now))
        .await
        .unwrap();
    let who = guarded.world.who(&session).await.unwrap();
    assert!(matches!(who.proof, Proof::SecondFactor(_)));
    assert!(matches!(
        guarded.complete(&second, SecondFactor::Code(&now)).await,
        Err(PeopleError::Refused)
    ));
    let third = guarded.step().await;
    let replay = guarded.complete(&third, SecondFactor::Code(&now)).await;
    assert!(
        matches!(replay, Err(PeopleError::Refused)),
        "the same code again"
    );
    let older = code(&guarded.secret, guarded.world.now_ms - CODE_SECONDS * 1000);
    let older = guarded.complete(&third, SecondFactor::Code(&older)).await;
    assert!(
        matches!(older, Err(PeopleError::Refused)),
        "an older one after a newer one"
    );
    let next = code(&guarded.secret, guarded.world.now_ms + CODE_SECONDS * 1000);
    assert!(
        guarded
            .complete(&third, SecondFactor::Code(&next))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn two_uses_of_one_code_at_the_same_time_open_one_session() {
    let guarded = Guarded::new().await;
    let (first, second) = (guarded.step().await, guarded.step().await);
    let other = guarded.world.again().await;
    let (now, visit) = (
        code(&guarded.secret, guarded.world.now_ms),
        guarded.world.visit(),
    );
    let (one, two) = tokio::join!(
        guarded.complete(&first, SecondFactor::Code(&now)),
        other.complete(&second, SecondFactor::Code(&now), &visit)
    );
    assert!(one.is_ok() != two.is_ok());
}

#[tokio::test]
async fn the_clock_may_be_off_by_one_code_and_no_more() {
    for (off, is_right) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let guarded = Guarded::new().await;
        let at = guarded
            .world
            .now_ms
            .checked_add_signed(off * 30_000)
            .unwrap();
        let code = code(&guarded.secret, at);
        let step = guarded.step().await;
        let outcome = guarded.complete(&step, SecondFactor::Code(&code)).await;
        assert_eq!(outcome.is_ok(), is_right, "{off}");
    }
}

#[tokio::test]
async fn wrong_codes_lock_and_a_right_password_does_not_unlock() {
    let mut guarded = Guarded::new().await;
    for _ in 0..ACCOUNT_FREE_FAILURES {
        let step = guarded.step().await;
        let wrong = guarded.complete(&step, SecondFactor::Code("000000")).await;
        assert!(matches!(wrong, Err(PeopleError::Refused)));
    }
    let step = guarded.step().await;
    let right = code(&guarded.secret, guarded.world.now_ms);
    let locked = guarded.complete(&step, SecondFactor::Code(&right)).await;
    assert!(matches!(locked, Err(PeopleError::Wait { seconds: 30 })));
    guarded.world.now_ms += FIRST_DELAY_MS;
    let right = code(&guarded.secret, guarded.world.now_ms);
    assert!(
        guarded
            .complete(&step, SecondFactor::Code(&right))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_step_expires_and_belongs_to_a_password_that_was_right() {
    let mut guarded = Guarded::new().await;
    let step = guarded.step().await;
    guarded.world.now_ms += STEP_LIFE_MS;
    let right = code(&guarded.secret, guarded.world.now_ms);
    assert!(matches!(
        guarded.complete(&step, SecondFactor::Code(&right)).await,
        Err(PeopleError::Refused)
    ));
    let forged: StepToken = format!("csp_{}", "0a".repeat(32)).parse().unwrap();
    assert!(matches!(
        guarded.complete(&forged, SecondFactor::Code(&right)).await,
        Err(PeopleError::Refused)
    ));
}

#[tokio::test]
async fn a_recovery_code_works_once_however_it_is_typed() {
    let guarded = Guarded::new().await;
    assert_eq!(guarded.codes.len(), RECOVERY_CODES);
    let mut different = guarded.codes.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), RECOVERY_CODES);
    let typed = guarded.codes[3]
        .to_uppercase()
        .replace('-', " ")
        .replace('0', "O")
        .replace('1', "I");
    let step = guarded.step().await;
    assert!(
        guarded
            .complete(&step, SecondFactor::RecoveryCode(&typed))
            .await
            .is_ok()
    );
    let step = guarded.step().await;
    let again = guarded
        .complete(&step, SecondFactor::RecoveryCode(&guarded.codes[3]))
        .await;
    assert!(matches!(again, Err(PeopleError::Refused)));
    assert_eq!(
        guarded
            .world
            .people
            .recovery_codes_left(guarded.user)
            .await
            .unwrap(),
        RECOVERY_CODES - 1
    );
    let drawn = guarded
        .world
        .people
        .draw_recovery_codes(guarded.user, guarded.session, guarded.world.now_ms)
        .await
        .unwrap();
    let old = guarded
        .complete(&step, SecondFactor::RecoveryCode(&guarded.codes[4]))
        .await;
    assert!(
        matches!(old, Err(PeopleError::Refused)),
        "new codes end the old ones"
    );
    let new = drawn.expose().next().unwrap();
    assert!(
        guarded
            .complete(&step, SecondFactor::RecoveryCode(new))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_authenticator_guards_only_once_confirmed_and_is_not_replaced_by_beginning_again() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let session = world.sign_in(EMAIL).await.session;
    let enrolment = world.people.begin_authenticator(user, session).await;
    let enrolment = enrolment.unwrap();
    assert!(
        enrolment
            .uri
            .starts_with("otpauth://totp/Countersign:ama.mensah%40example.org?secret=")
    );
    world.sign_in(EMAIL).await;
    let wrong = world
        .people
        .confirm_authenticator(user, session, "000000", world.now_ms)
        .await;
    assert!(matches!(wrong, Err(PeopleError::Refused)));
    let again = world.people.begin_authenticator(user, session).await;
    let again = again.unwrap();
    let old = code(&enrolment.secret, world.now_ms);
    let old = world
        .people
        .confirm_authenticator(user, session, &old, world.now_ms)
        .await;
    assert!(
        matches!(old, Err(PeopleError::Refused)),
        "beginning again draws another secret"
    );
    let first = code(&again.secret, world.now_ms);
    world
        .people
        .confirm_authenticator(user, session, &first, world.now_ms)
        .await
        .unwrap();
    assert!(matches!(
        world.people.begin_authenticator(user, session).await,
        Err(PeopleError::Full { .. })
    ));
    assert!(world.people.user(user).await.unwrap().has_second_factor);
}

#[tokio::test]
async fn lost_factors_are_taken_away_with_all_sessions_and_a_reset_link_does_not_skip_them() {
    let guarded = Guarded::new().await;
    let world = &guarded.world;
    let step = guarded.step().await;
    let right = code(&guarded.secret, world.now_ms);
    let session = guarded
        .complete(&step, SecondFactor::Code(&right))
        .await
        .unwrap();
    let link = world
        .people
        .request_reset(EMAIL, &world.visit())
        .await
        .unwrap()
        .unwrap();
    world
        .people
        .reset_password(&link.token, &password(PASSWORD), &world.visit())
        .await
        .unwrap();
    guarded.step().await;
    assert!(world.who(&session).await.is_err());
    world
        .people
        .remove_second_factors(By::Operator, guarded.user, world.now_ms)
        .await
        .unwrap();
    assert_eq!(
        world
            .people
            .recovery_codes_left(guarded.user)
            .await
            .unwrap(),
        0
    );
    let session = world.sign_in(EMAIL).await.session;
    let none = world
        .people
        .draw_recovery_codes(guarded.user, session, world.now_ms)
        .await;
    assert!(matches!(none, Err(PeopleError::Missing(_))));
}

#[tokio::test]
async fn a_session_that_showed_the_password_alone_changes_no_factor_of_a_guarded_account() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let (weak, own) = (
        world.sign_in(EMAIL).await.session,
        world.sign_in(EMAIL).await.session,
    );
    let enrolment = world.people.begin_authenticator(user, own).await.unwrap();
    let first = code(&enrolment.secret, world.now_ms);
    world
        .people
        .confirm_authenticator(user, own, &first, world.now_ms)
        .await
        .unwrap();
    let sessions = world.people.sessions(user, world.now_ms).await.unwrap();
    let strong: Vec<SessionId> = sessions
        .iter()
        .filter(|it| it.by_second_factor)
        .map(|it| it.id)
        .collect();
    assert_eq!(strong, [own], "the session that confirmed it has shown it");
    let drawn = world
        .people
        .draw_recovery_codes(user, weak, world.now_ms)
        .await;
    assert!(matches!(drawn, Err(PeopleError::Weak)));
    let begun = world.people.begin_authenticator(user, weak).await;
    assert!(matches!(begun, Err(PeopleError::Weak)));
    let drawn = world
        .people
        .draw_recovery_codes(user, own, world.now_ms)
        .await;
    assert!(drawn.is_ok());
}

#[tokio::test]
async fn of_two_who_use_a_passkey_at_the_same_moment_one_comes_in() {
    let world = World::new().await;
    let user = world.user(EMAIL, "manager").await;
    let key = |state: &[u8]| passkey::Passkey {
        credential: vec![7; 16],
        state: state.to_vec(),
    };
    let mut tx = world.people.store().begin().await.unwrap();
    let now_ms = world.now_ms;
    passkey::add(&mut tx, user, &key(b"first"), "Telephone", now_ms)
        .await
        .unwrap();
    // Both read the counter as it was first; the one who writes second finds another.
    passkey::used(&mut tx, user, &key(b"first"), b"second", now_ms)
        .await
        .unwrap();
    let late = passkey::used(&mut tx, user, &key(b"first"), b"third", now_ms).await;
    assert!(matches!(late, Err(PeopleError::Refused)), "{late:?}");
    passkey::used(&mut tx, user, &key(b"second"), b"third", now_ms)
        .await
        .unwrap();
}
