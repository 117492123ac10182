//! Who asks, and what that allows. Every use case that is not public begins here.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::ActedBy;
use countersign_protocol::registry::State;

use zeroize::Zeroizing;

use super::{App, AppError};
use crate::people::{
    ACCESS_TOKEN_LIFE_MS, API_KEY_PREFIX, AccessToken, Actor, ApiKey, ApiToken, By, Membership,
    Principal, Proof, SessionToken, UserId,
};

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

/// A program that wants an access token.
pub struct TokenWish {
    /// The public id of its API key.
    pub client: String,
    /// The key, or what stands behind its public id.
    pub secret: Zeroizing<String>,
    /// Words of actions with blanks between; all of the key's without.
    pub scope: Option<String>,
}

/// A token that was drawn.
pub struct DrawnToken {
    /// The token.
    pub token: AccessToken,
    /// How long it is good, in seconds.
    pub life_s: u64,
    /// For what.
    pub actions: BTreeSet<Action>,
}

/// The actions that are asked for, out of those of a key.
fn scope_of(asked: Option<&str>, actions: &BTreeSet<Action>) -> Result<BTreeSet<Action>, AppError> {
    let words: Vec<&str> = asked.unwrap_or_default().split_whitespace().collect();
    if words.is_empty() {
        return Ok(actions.clone());
    }
    let mut granted = BTreeSet::new();
    for word in words {
        let action = word.parse::<Action>().ok();
        match action.filter(|it| actions.contains(it)) {
            Some(action) => drop(granted.insert(action)),
            None => {
                let why = "a word of it is no action that this API key was made for";
                return Err(AppError::parameter("scope", why));
            }
        }
    }
    Ok(granted)
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
        self.whoever_shows(secret, true).await
    }

    /// The same for a page that lies open and asks by itself: a session is not used by it, and ends when nobody else uses it.
    ///
    /// # Errors
    /// As [`App::authenticate`].
    pub async fn recognise(&self, secret: &str) -> Result<Caller, AppError> {
        self.whoever_shows(secret, false).await
    }

    async fn whoever_shows(&self, secret: &str, is_use: bool) -> Result<Caller, AppError> {
        if let Ok(token) = secret.parse::<ApiToken>() {
            let known = self.inner.tokens.actor(&token);
            return known.map(Caller::Operator).ok_or(AppError::NotAuthorised);
        }
        let now_ms = self.now_ms();
        let principal = if let Ok(session) = secret.parse::<SessionToken>() {
            match is_use {
                true => self.people().authenticate(&session, now_ms).await?,
                false => self.people().recognise(&session, now_ms).await?,
            }
        } else if let Ok(key) = secret.parse::<ApiKey>() {
            self.people().authenticate_key(&key, now_ms).await?
        } else if let Ok(token) = secret.parse::<AccessToken>() {
            self.principal_of(&token, now_ms).await?
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

    /// Who drew a token: what its key opens at this moment, and of that what the token was drawn for.
    async fn principal_of(&self, token: &AccessToken, now_ms: u64) -> Result<Principal, AppError> {
        let granted = self.inner.access.granted(token, now_ms);
        let granted = granted.ok_or(AppError::NotAuthorised)?;
        let known = self.people().principal_of_key(&granted.key, now_ms).await;
        let mut principal = known.map_err(|_| AppError::NotAuthorised)?;
        if let Proof::ApiKey { actions, .. } = &mut principal.proof {
            actions.retain(|action| granted.actions.contains(action));
        }
        Ok(principal)
    }

    /// Draws an access token with an API key (OAuth 2.0 client credentials): for the actions that are named, or for all of the
    /// key's.
    ///
    /// # Errors
    /// [`AppError::NotAuthorised`] when the key is none, or not of this public id; [`AppError::BadInput`] for an action that the key
    /// was not made for.
    pub async fn draw_access_token(&self, wish: &TokenWish) -> Result<DrawnToken, AppError> {
        let now_ms = self.now_ms();
        let text = match wish.secret.starts_with(API_KEY_PREFIX) {
            true => wish.secret.clone(),
            // What stands behind the public id is a secret too.
            false => format!("{API_KEY_PREFIX}{}_{}", wish.client, wish.secret.as_str()).into(),
        };
        let key = text
            .parse::<ApiKey>()
            .map_err(|_| AppError::NotAuthorised)?;
        if key.id() != wish.client {
            return Err(AppError::NotAuthorised);
        }
        let known = self.people().authenticate_key(&key, now_ms).await;
        let principal = known.map_err(|_| AppError::NotAuthorised)?;
        let Proof::ApiKey { actions, .. } = principal.proof else {
            return Err(AppError::NotAuthorised);
        };
        let granted = scope_of(wish.scope.as_deref(), &actions)?;
        let token = self.inner.access.draw(key.id(), granted.clone(), now_ms)?;
        Ok(DrawnToken {
            token,
            life_s: ACCESS_TOKEN_LIFE_MS / 1000,
            actions: granted,
        })
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
