//! Records of holds: somebody in authority orders that units stay where they are.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganisationId, Text};
use crate::record::{ActedBy, Reason};
use crate::units::UnitRange;

/// Where an order can be found, such as the number of a judgment: public, at most 256 bytes.
pub type Reference = Text<256>;

/// What a hold is on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldOn {
    /// These numbers, wherever they are in this registry: in ascending order, none overlapping another.
    Ranges(Vec<UnitRange>),
    /// An account: nothing leaves it.
    Account(AccountId),
    /// A project, by its national number: nothing is issued for it, and no unit of it moves.
    Project(u32),
    /// An organisation: nothing leaves its accounts.
    Organisation(OrganisationId),
}

/// A hold begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldPlaced {
    /// Its number, counted from 1 without gaps.
    pub hold: u64,
    /// What it is on.
    pub on: HoldOn,
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
    /// From this moment on it does not count any more, in milliseconds since the Unix epoch; `None` until it is lifted.
    pub expiry_ms: Option<u64>,
    /// Who records it: somebody of the authority that keeps the registry. `None` where no process has a say.
    pub by: Option<ActedBy>,
}

/// A hold ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldLifted {
    /// The hold.
    pub hold: u64,
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
    /// Who records it, as for [`HoldPlaced::by`].
    pub by: Option<ActedBy>,
}
