//! Records of lists of trusted receivers: where an organisation's units go without a wait.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganisationId};
use crate::party::Party;
use crate::record::ActedBy;

/// Who receives units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// An organisation of this registry, whichever of its accounts.
    Organisation(OrganisationId),
    /// An account in a partner country.
    Abroad {
        /// The country.
        party: Party,
        /// Its account.
        account: AccountId,
    },
}

/// An organisation enters a receiver in its list of trusted ones, or takes one out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustedReceiver {
    /// Whose list.
    pub organisation: OrganisationId,
    /// The receiver.
    pub receiver: Receiver,
    /// True takes it out.
    pub removed: bool,
    /// Who. To enter one it takes two different users: one of the organisation, and a second one of it or of the authority
    /// that keeps the registry. To take one out it takes one such user.
    pub by: Vec<ActedBy>,
}

/// How many enter a trusted receiver.
pub const TRUST_APPROVALS: usize = 2;
