//! Who is asking, once proven, and what that allows.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Denied, Matrix, Object, Standing, Subject, may};
use countersign_protocol::serial::SectoralScope;

use super::id::{SessionId, UserId};

/// How a user proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A session after a password alone.
    Password(SessionId),
    /// A session after a second factor or a passkey.
    SecondFactor(SessionId),
    /// An API key, for these actions only.
    ApiKey {
        /// The key's public id.
        id: String,
        /// What the key was made for.
        actions: BTreeSet<Action>,
    },
}

/// A user as the store knows it at this moment. Made anew for every request, so that a change of role or state counts at
/// once; do not keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user: UserId,
    /// The user's organisation.
    pub organisation: OrganisationId,
    /// The user's role in it.
    pub role: String,
    /// How the user proved it.
    pub proof: Proof,
}

/// What the ledger says about an organisation at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organisation's type.
    pub organisation_type: String,
    /// The sectoral scopes that it answers for.
    pub sectors: Vec<SectoralScope>,
    /// Where it stands.
    pub standing: Standing,
}

/// Why a proven user may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The matrix says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The API key was not made for it.
    #[error("this API key was not made for {0}; make one that includes it")]
    NotInKey(Action),
    /// The country asks for more than a password from this role.
    #[error(
        "your role needs a second factor: add an authenticator or a passkey to your account, and the way is open"
    )]
    NotEnrolled,
    /// The country asks for more than a password.
    #[error("{0} needs a sign-in with a second factor; add one to your account and sign in again")]
    SecondFactor(Action),
}

impl Forbidden {
    /// Whether the answer must read like "not found", so that ids of other organisations cannot be tried out.
    #[must_use]
    pub const fn hides_object(self) -> bool {
        matches!(self, Self::Denied(denied) if denied.hides_object())
    }
}

impl Principal {
    /// Whether the user may use an action on an object: the second factor, the key's own limits, and the matrix.
    ///
    /// # Errors
    /// [`Forbidden`] when not.
    pub fn may(
        &self,
        matrix: &Matrix,
        membership: &Membership,
        action: Action,
        object: &Object<'_>,
    ) -> Result<(), Forbidden> {
        if self.must_enrol(matrix, membership) {
            return Err(Forbidden::NotEnrolled);
        }
        if let Proof::ApiKey { actions, .. } = &self.proof
            && !actions.contains(&action)
        {
            return Err(Forbidden::NotInKey(action));
        }
        let subject = Subject {
            organisation: self.organisation,
            organisation_type: &membership.organisation_type,
            role: &self.role,
            sectors: &membership.sectors,
            standing: membership.standing,
        };
        may(matrix, &subject, action, object)?;
        let by_password = matches!(self.proof, Proof::Password(_));
        if by_password && matrix.policy().needs_second_factor(action) {
            return Err(Forbidden::SecondFactor(action));
        }
        Ok(())
    }

    /// Whether the session opens nothing but the way to a second factor: the role must have one, and a password was all
    /// that was shown.
    #[must_use]
    pub fn must_enrol(&self, matrix: &Matrix, membership: &Membership) -> bool {
        matches!(self.proof, Proof::Password(_))
            && matrix.wants_second_factor(&membership.organisation_type, &self.role)
    }

    /// The session, unless an API key was shown.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match self.proof {
            Proof::Password(session) | Proof::SecondFactor(session) => Some(session),
            Proof::ApiKey { .. } => None,
        }
    }
}
