//! An organisation registers itself: it enters the ledger as one that waits, and its first user gets an invitation.

use std::collections::BTreeSet;

use countersign_protocol::id::{OrganisationId, RequestId};
use countersign_protocol::record::{Body, Name, Word};
use countersign_protocol::registry::{Command, Refusal, Standing, State};
use countersign_protocol::workflow::{OrganisationType, Process};

use super::super::write::Mode;
use super::super::{App, AppError, Written};
use crate::people::{Actor, By, Email, NewUser, Profile, UserQuery, Visit};

/// The role of an organisation's first user.
const FIRST_ROLE: &str = "administrator";

/// An organisation that wants to take part, and the person who speaks for it.
#[derive(Clone, Debug)]
pub struct RegistrationWish {
    /// The organisation's public name.
    pub name: Name,
    /// Its type in the process: one that applies for its registration.
    pub organisation_type: Word,
    /// Where the first user is reached.
    pub email: Email,
    /// The first user.
    pub profile: Profile,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// What the ledger wrote.
    pub written: Written,
    /// The organisation.
    pub organisation: OrganisationId,
}

impl App {
    /// Registers an organisation on its own wish. It waits until a case of its own has registered it; its first user, who
    /// gets a one-time link by mail, hands that case in.
    ///
    /// # Errors
    /// [`AppError`] when the type does not register itself, or too many come from one address.
    pub async fn register_organisation(
        &self,
        request: RequestId,
        wish: RegistrationWish,
        visit: &Visit,
        mode: Mode,
    ) -> Result<Registered, AppError> {
        let kind = wish.organisation_type.clone();
        let may = self.ledger().read(|state| applies(state, &kind))?;
        if !may {
            let why = "organisations of this type are entered by the registry, not by themselves";
            return Err(AppError::body("/organisation_type", why));
        }
        if !self.is_written(&request)? {
            self.people_in(mode).charge_registration(visit).await?;
        }
        let command = Command::Enrol {
            name: wish.name,
            organisation_type: wish.organisation_type,
            scopes: BTreeSet::new(),
        };
        let actor = Actor::new("registration");
        let written = self.submit(&actor, request, command, mode).await?;
        let organisation = written.find(|_, body| match body {
            Body::Organisation(it) => Some(it.id),
            _ => None,
        });
        let organisation = organisation.ok_or(AppError::Internal)?;
        let waits = self
            .ledger()
            .read(|state| state.organisation_standing(organisation));
        let known = self
            .people()
            .users(&UserQuery::of(organisation), None, 1)
            .await?;
        let is_new = known.is_empty() && waits == Standing::Pending;
        // The same request again after a stop in between: the invitation may not have been made.
        if is_new || mode == Mode::Try {
            let new = NewUser {
                email: wish.email,
                profile: wish.profile,
                organisation,
                role: FIRST_ROLE.to_owned(),
            };
            let link = self
                .people_in(mode)
                .invite(By::Operator, &new, visit.now_ms)
                .await?;
            if mode == Mode::Write {
                self.inner.mail.invitation(&link, visit.now_ms).await?;
            }
        }
        Ok(Registered {
            written,
            organisation,
        })
    }

    /// The types of organisations that register themselves: id, and label in a language. None without a process.
    #[must_use]
    pub fn types_that_register(&self, language: &str) -> Vec<(String, String)> {
        let process = self.process();
        let kinds = process.iter().flat_map(|process| {
            let kinds = process.organisation_types.iter();
            kinds.filter(|it| registers_itself(process, it))
        });
        kinds
            .map(|it| (it.id.clone(), it.label.get(language).to_owned()))
            .collect()
    }
}

/// Whether organisations of a type hand in their own registration.
fn applies(state: &State, kind: &Word) -> Result<bool, AppError> {
    let process = state
        .process()
        .ok_or(AppError::Refused(Refusal::NoProcess))?;
    let known = process.organisation_type(kind.as_str());
    let known = known.ok_or_else(|| {
        let types: Vec<&str> = process
            .organisation_types
            .iter()
            .map(|it| it.id.as_str())
            .collect();
        let why = format!("the process has no such type; it has {}", types.join(", "));
        AppError::body("/organisation_type", why)
    })?;
    Ok(registers_itself(process, known))
}

fn registers_itself(process: &Process, kind: &OrganisationType) -> bool {
    !kind.authority && process.registers_itself(&kind.id)
}
