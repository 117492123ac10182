//! The one function that says yes or no.

use super::action::Action;
use super::matrix::{Matrix, Scope};
use crate::id::OrganisationId;
use crate::registry::Standing;
use crate::serial::SectoralScope;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The user's organisation.
    pub organisation: OrganisationId,
    /// Its type.
    pub organisation_type: &'a str,
    /// The user's role in it.
    pub role: &'a str,
    /// The sectoral scopes that the organisation answers for.
    pub sectors: &'a [SectoralScope],
    /// Where the organisation stands.
    pub standing: Standing,
}

/// What it is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Object<'a> {
    /// The organisations that own it, or that speak for it in this act: the owners of a project, the holder of units, the
    /// receiver where an arrival is accepted. Empty for what belongs to the country, such as its configuration.
    pub organisations: &'a [OrganisationId],
    /// Its sectoral scopes.
    pub sectors: &'a [SectoralScope],
    /// The organisations that were given it to work on.
    pub assigned_to: &'a [OrganisationId],
}

/// Why somebody may not do something. Whoever answers a client turns [`Denied::hides_object`] into "not found", so that
/// ids of other organisations cannot be tried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The role has the action nowhere.
    #[error("your role does not include {0}; ask an administrator of your organisation")]
    NotGranted(Action),
    /// The role has the action for the own organisation's things.
    #[error("your role includes {0} for your own organisation only")]
    NotOwn(Action),
    /// The role has the action for assigned things.
    #[error("your role includes {0} only for what is assigned to your organisation")]
    NotAssigned(Action),
    /// The role has the action in the organisation's sectors.
    #[error("your role includes {0} only in the sectors of your organisation")]
    OtherSector(Action),
    /// The organisation is suspended.
    #[error("your organisation is suspended and may only read, so not {0}; ask the registry why")]
    Suspended(Action),
    /// The organisation is not registered.
    #[error(
        "your organisation is not registered yet: until then only its own registration is open, not {0}"
    )]
    NotRegistered(Action),
}

impl Denied {
    /// Whether the answer depends on the object, so that telling it apart from "not found" would tell that it exists.
    #[must_use]
    pub const fn hides_object(self) -> bool {
        matches!(
            self,
            Self::NotOwn(_) | Self::NotAssigned(_) | Self::OtherSector(_)
        )
    }
}

/// Whether the subject may use the action on the object.
///
/// # Errors
/// [`Denied`] when not. What the role lacks is said before what the organisation's standing forbids, and both before
/// anything about the object.
pub fn may(
    matrix: &Matrix,
    subject: &Subject<'_>,
    action: Action,
    object: &Object<'_>,
) -> Result<(), Denied> {
    let granted = matrix.scope(subject.organisation_type, subject.role, action);
    if granted == Scope::None {
        return Err(Denied::NotGranted(action));
    }
    let scope = standing(subject.standing, action, granted)?;
    let owns = object.organisations.contains(&subject.organisation);
    match scope {
        Scope::Country => Ok(()),
        Scope::Own if owns => Ok(()),
        Scope::Assigned if !owns && object.assigned_to.contains(&subject.organisation) => Ok(()),
        Scope::Sector if object.sectors.iter().any(|s| subject.sectors.contains(s)) => Ok(()),
        Scope::None => Err(Denied::NotGranted(action)),
        Scope::Own => Err(Denied::NotOwn(action)),
        Scope::Assigned => Err(Denied::NotAssigned(action)),
        Scope::Sector => Err(Denied::OtherSector(action)),
    }
}

/// The scope that an organisation's standing leaves of a granted one.
const fn standing(standing: Standing, action: Action, granted: Scope) -> Result<Scope, Denied> {
    match standing {
        Standing::Active => Ok(granted),
        Standing::Suspended if action.is_read() => Ok(granted),
        Standing::Suspended => Err(Denied::Suspended(action)),
        Standing::Pending | Standing::Closed if action.is_open_to_applicants() => Ok(Scope::Own),
        Standing::Pending | Standing::Closed => Err(Denied::NotRegistered(action)),
    }
}
