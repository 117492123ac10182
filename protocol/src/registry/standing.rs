//! Where an organisation or a project stands.

use serde::{Deserialize, Serialize};

/// Where an organisation or a project stands in the registry. The one word for it: the ledger keeps it, and a country's
/// [permission matrix](crate::permission) is asked with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waits to be registered: may pursue its registration, and nothing else. One whose registration was rejected stays
    /// here and may apply again.
    Pending,
    /// May act.
    Active,
    /// May look but do nothing, and nothing of it can move, until it is reactivated.
    Suspended,
    /// Is registered no more. An organisation may apply again; a project is closed for good.
    Closed,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }
}
