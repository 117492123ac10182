//! Who asks, and what that allows. Every use case that is not public begins here.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::ActedBy;
use countersign_protocol::registry::State;

use super::{App, AppError};
use crate::people::{Actor, ApiKey, ApiToken, By, Membership, Principal, SessionToken, UserId};

/// Somebody who has proven who it is, as of this moment: made anew for every request.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Whoever runs the machine. The operator's token opens everything that the ledger's own rules allow, but belongs to
    /// no organisation: the steps of a case are not the operator's to take.
    Operator(Actor),
    /// A user of an organisation, or a program with a key of such a user.
    Person(Box<Person>),
}

/// A user, and what the ledger says about the user's organisation.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who, and how it was proven.
    pub principal: Principal,
    /// What the ledger says.
    pub membership: Membership,
    actor: Actor,
}

impl Caller {
    /// The name for the node's journal: never a person's.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        match self {
            Self::Operator(actor) => actor,
            Self::Person(person) => &person.actor,
        }
    }

    /// Who does something about people.
    #[must_use]
    pub fn by(&self) -> By {
        match self {
            Self::Operator(_) => By::Operator,
            Self::Person(person) => By::User(person.principal.user),
        }
    }

    /// The user.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator, who is nobody in the registry.
    pub fn person(&self) -> Result<&Person, AppError> {
        match self {
            Self::Operator(_) => Err(AppError::PersonNeeded),
            Self::Person(person) => Ok(person),
        }
    }

    /// The operator.
    ///
    /// # Errors
    /// [`AppError::OperatorNeeded`] for a user.
    pub fn operator(&self) -> Result<&Actor, AppError> {
        match self {
            Self::Operator(actor) => Ok(actor),
            Self::Person(_) => Err(AppError::OperatorNeeded),
        }
    }
}

impl Person {
    /// The person as a record names it: by pseudonym.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the role in the store is none that a record can carry.
    pub fn acted_by(&self) -> Result<ActedBy, AppError> {
        let who = &self.principal;
        acted_by(who.user, who.organisation, &who.role, &self.membership)
    }
}

/// A user as a record names it.
pub(super) fn acted_by(
    user: UserId,
    organisation: OrganisationId,
    role: &str,
    membership: &Membership,
) -> Result<ActedBy, AppError> {
    let unreadable =
        |why: countersign_protocol::id::IdError| AppError::internal("name a user's role", &why);
    Ok(ActedBy {
        user: user.number(),
        organisation,
        organisation_type: membership.organisation_type.parse().map_err(unreadable)?,
        role: role.parse().map_err(unreadable)?,
        scopes: membership.sectors.clone(),
    })
}

impl App {
    /// Who shows this secret: the operator's token, a session or an API key.
    ///
    /// # Errors
    /// [`AppError::NotAuthorised`] for any text that opens nothing here.
    pub async fn authenticate(&self, secret: &str) -> Result<Caller, AppError> {
        if let Ok(token) = secret.parse::<ApiToken>() {
            let known = self.inner.tokens.actor(&token);
            return known.map(Caller::Operator).ok_or(AppError::NotAuthorised);
        }
        let now_ms = self.now_ms();
        let principal = if let Ok(session) = secret.parse::<SessionToken>() {
            self.people().authenticate(&session, now_ms).await?
        } else if let Ok(key) = secret.parse::<ApiKey>() {
            self.people().authenticate_key(&key, now_ms).await?
        } else {
            return Err(AppError::NotAuthorised);
        };
        let organisation = principal.organisation;
        let membership = self.ledger().read(|state| membership(state, organisation));
        let membership = membership.ok_or(AppError::NotAuthorised)?;
        let actor = Actor::new(&format!("user {}", principal.user));
        Ok(Caller::Person(Box::new(Person {
            principal,
            membership,
            actor,
        })))
    }

    /// Whether the caller may use an action on an object. The operator may: what the operator can reach, the operator
    /// could reach without the node.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when not; [`AppError::NotFound`] where saying so would tell that the object exists.
    pub fn permit(
        &self,
        caller: &Caller,
        action: Action,
        object: &Object<'_>,
    ) -> Result<(), AppError> {
        let Caller::Person(person) = caller else {
            return Ok(());
        };
        let (principal, membership) = (&person.principal, &person.membership);
        Ok(principal.may(&self.inner.matrix, membership, action, object)?)
    }

    /// As [`App::permit`], for what belongs to one organisation.
    ///
    /// # Errors
    /// As [`App::permit`].
    pub fn permit_of(
        &self,
        caller: &Caller,
        action: Action,
        organisation: OrganisationId,
    ) -> Result<(), AppError> {
        let object = Object {
            organisations: &[organisation],
            ..Object::default()
        };
        self.permit(caller, action, &object)
    }
}

/// What the ledger says about an organisation at this moment.
pub(super) fn membership(state: &State, id: OrganisationId) -> Option<Membership> {
    let organisation = state.organisation(id)?;
    let kind = organisation.organisation_type.as_ref();
    Some(Membership {
        organisation_type: kind.map_or_else(String::new, ToString::to_string),
        sectors: organisation.scopes.clone(),
        standing: state.organisation_standing(id),
    })
}
