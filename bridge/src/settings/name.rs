//! The names of bridges, as they stand in files, paths and commands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A system around the registry that a country may have a bridge to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BridgeName {
    /// The Climate Action Data Trust.
    CadTrust,
    /// The national MRV system.
    Mrv,
    /// The UNDP ITMO platform.
    ItmoPlatform,
}

/// A text names no bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bridge is cad-trust, mrv or itmo-platform")]
pub struct NoBridgeName;

impl BridgeName {
    /// Every bridge that this program has.
    pub const ALL: [Self; 3] = [Self::CadTrust, Self::Mrv, Self::ItmoPlatform];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CadTrust => "cad-trust",
            Self::Mrv => "mrv",
            Self::ItmoPlatform => "itmo-platform",
        }
    }
}

impl fmt::Display for BridgeName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.word())
    }
}

impl FromStr for BridgeName {
    type Err = NoBridgeName;

    fn from_str(text: &str) -> Result<Self, NoBridgeName> {
        let named = |it: &Self| it.word() == text;
        Self::ALL.into_iter().find(named).ok_or(NoBridgeName)
    }
}
