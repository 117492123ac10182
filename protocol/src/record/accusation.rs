//! Records of a partner's ledger that contradicted itself.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::log::Hash;
use crate::party::Party;

/// In which way a ledger has contradicted itself, or the rules. An honest ledger never does, whatever it crashes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    /// E1: it signed two trees of one size.
    TwoTrees,
    /// E2: it has two blocks of one height.
    TwoBlocks,
    /// E3: it ended one transfer in two ways.
    TwoEnds,
    /// E4: it has two leaves at one index.
    TwoLeaves,
    /// E5: it has a leaf that the rules of the registry refuse.
    BrokenRule,
}

impl Contradiction {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::TwoTrees,
        Self::TwoBlocks,
        Self::TwoEnds,
        Self::TwoLeaves,
        Self::BrokenRule,
    ];

    /// Its number: E1 to E5.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::TwoTrees => "E1",
            Self::TwoBlocks => "E2",
            Self::TwoEnds => "E3",
            Self::TwoLeaves => "E4",
            Self::BrokenRule => "E5",
        }
    }

    /// What it shows, as the end of a sentence about a ledger.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::TwoTrees => "signed two trees of one size",
            Self::TwoBlocks => "has two blocks of one height",
            Self::TwoEnds => "ended one transfer in two ways",
            Self::TwoLeaves => "has two leaves at one index",
            Self::BrokenRule => "has a leaf that the rules of the registry refuse",
        }
    }
}

impl FromStr for Contradiction {
    type Err = ();

    fn from_str(number: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.number() == number).ok_or(())
    }
}

/// There is evidence that a partner's ledger contradicts itself: nothing new begins with it, and nothing that it says counts
/// until it is cleared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerAccused {
    /// The partner.
    pub party: Party,
    /// What its ledger did.
    pub kind: Contradiction,
    /// SHA-256 of the text of the evidence.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub evidence: Hash,
}

/// The members of the federation have named the line of an accused ledger that lives on: what it says counts again as far as
/// it continues that line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerCleared {
    /// The partner.
    pub party: Party,
    /// SHA-256 of the evidence that it was accused by.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub evidence: Hash,
    /// Tree size of a checkpoint on the surviving line.
    pub size: u64,
    /// Its root.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub root: Hash,
    /// SHA-256 of what the decision stands in: the partner's entry in the trust registry, or the agreement of the Parties.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub decision: Hash,
}
