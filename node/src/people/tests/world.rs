//! A store in a folder of its own, a clock in the hand, and people to fill it.

use std::net::{IpAddr, Ipv4Addr};

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{DEFAULT, Matrix, Standing};
use tempfile::TempDir;

use crate::people::{
    By, Link, Membership, NewSession, NewUser, Password, People, PeopleError, PeopleSettings,
    Principal, Profile, SignIn, UserId, Visit,
};

pub(super) const START_MS: u64 = 1_790_000_000_000;
pub(super) const MINUTE_MS: u64 = 60_000;
pub(super) const HOUR_MS: u64 = 3_600_000;
pub(super) const DAY_MS: u64 = 24 * HOUR_MS;
pub(super) const PASSWORD: &str = "seven grey herons wade";
pub(super) const EMAIL: &str = "ama.mensah@example.org";

/// The cheapest that the floors allow.
pub(super) fn cheap() -> PeopleSettings {
    PeopleSettings {
        password_memory_kib: crate::people::PASSWORD_MEMORY_KIB_MIN,
        password_passes: crate::people::PASSWORD_PASSES_MIN,
        ..PeopleSettings::default()
    }
}

pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) people: People,
    pub(super) now_ms: u64,
    pub(super) address: IpAddr,
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let people = People::open(folder.path(), cheap()).await.unwrap();
        Self {
            folder,
            people,
            now_ms: START_MS,
            address: address(1),
        }
    }

    pub(super) fn visit(&self) -> Visit {
        Visit {
            now_ms: self.now_ms,
            address: self.address,
            device: "Firefox on Linux".to_owned(),
        }
    }

    pub(super) async fn invite(&self, email: &str, role: &str) -> Link {
        let new = NewUser {
            email: email.parse().unwrap(),
            profile: Profile::new("Ama Mensah", Some("+233 30 1234567"), "en").unwrap(),
            organisation: OrganisationId(7),
            role: role.to_owned(),
        };
        self.people
            .invite(By::Operator, &new, self.now_ms)
            .await
            .unwrap()
    }

    /// A user with [`PASSWORD`].
    pub(super) async fn user(&self, email: &str, role: &str) -> UserId {
        let link = self.invite(email, role).await;
        let accepted = self
            .people
            .accept_invitation(&link.token, &password(PASSWORD), &self.visit())
            .await;
        accepted.unwrap()
    }

    pub(super) async fn try_sign_in(&self, email: &str, text: &str) -> Result<SignIn, PeopleError> {
        self.people
            .sign_in(email, &password(text), &self.visit())
            .await
    }

    pub(super) async fn sign_in(&self, email: &str) -> NewSession {
        done(self.try_sign_in(email, PASSWORD).await)
    }

    pub(super) async fn who(&self, session: &NewSession) -> Result<Principal, PeopleError> {
        self.people.authenticate(&session.token, self.now_ms).await
    }

    /// Opens the same file again, as another process would.
    pub(super) async fn again(&self) -> People {
        People::open(self.folder.path(), cheap()).await.unwrap()
    }
}

pub(super) fn done(outcome: Result<SignIn, PeopleError>) -> NewSession {
    match outcome {
        Ok(SignIn::Done(session)) => session,
        Ok(SignIn::SecondFactor(_)) => panic!("a second factor is asked for"),
        Err(error) => panic!("{error}"),
    }
}

pub(super) fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

pub(super) fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

pub(super) fn matrix() -> Matrix {
    Matrix::parse(DEFAULT).unwrap()
}

pub(super) fn developer(standing: Standing) -> Membership {
    Membership {
        organisation_type: "developer".to_owned(),
        sectors: Vec::new(),
        standing,
    }
}

/// What went wrong, as a client hears it.
pub(super) fn heard<T>(outcome: Result<T, PeopleError>) -> String {
    outcome.err().expect("it must be refused").to_string()
}
