//! The matrix: which role of which organisation type has which scope for which action.

use super::action::Action;
use super::policy::Policy;
use std::collections::BTreeMap;
use std::fmt;

/// SHA-256 over the text of a permission file: names its version in the ledger.
pub type MatrixHash = [u8; 32];

/// On what a role may use an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// On nothing.
    None,
    /// On what belongs to the own organisation.
    Own,
    /// On what the own organisation was given to work on. What it owns itself is not included: nobody certifies the own
    /// project.
    Assigned,
    /// On what lies in one of the own organisation's sectoral scopes.
    Sector,
    /// On everything in the country.
    Country,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Own,
        Self::Assigned,
        Self::Sector,
        Self::Country,
    ];

    /// The word that a permission file uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Own => "own",
            Self::Assigned => "assigned",
            Self::Sector => "sector",
            Self::Country => "country",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A column of the matrix: one role in one type of organisation, written `developer/manager`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column {
    /// The organisation type.
    pub organisation_type: String,
    /// The role of a user in it.
    pub role: String,
}

impl fmt::Display for Column {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.organisation_type, self.role)
    }
}

/// The scopes of one column; what is not there is [`Scope::None`].
pub(super) type Cells = BTreeMap<Action, Scope>;

/// A country's permission matrix with its policy. Made by [`Matrix::parse`] only, so that every one was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    pub(super) hash: MatrixHash,
    pub(super) version: String,
    // By organisation type, then role: a lookup borrows both and allocates nothing.
    pub(super) columns: BTreeMap<String, BTreeMap<String, Cells>>,
    pub(super) policy: Policy,
}

impl Matrix {
    /// SHA-256 over the text of the file.
    #[must_use]
    pub const fn hash(&self) -> &MatrixHash {
        &self.hash
    }

    /// The version that the file gives itself.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The policy for acts that need more than one person or some time.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// On what a role may use an action; [`Scope::None`] for a type or a role that the matrix does not know.
    #[must_use]
    pub fn scope(&self, organisation_type: &str, role: &str, action: Action) -> Scope {
        let cell = self
            .columns
            .get(organisation_type)
            .and_then(|roles| roles.get(role))
            .and_then(|cells| cells.get(&action));
        cell.copied().unwrap_or(Scope::None)
    }

    /// Whether a role must have a second factor: it may do one of the policy's acts for a sector or the whole country.
    #[must_use]
    pub fn wants_second_factor(&self, organisation_type: &str, role: &str) -> bool {
        let is_official = |action: &Action| {
            let scope = self.scope(organisation_type, role, *action);
            matches!(scope, Scope::Sector | Scope::Country)
        };
        self.policy.officials.iter().any(is_official)
    }

    /// Whether a role decides about others: it may do an act that takes two people, or that takes a second factor, for a
    /// sector or the whole country.
    #[must_use]
    pub fn decides(&self, organisation_type: &str, role: &str) -> bool {
        let heavy = |action: &Action| {
            let scope = self.scope(organisation_type, role, *action);
            matches!(scope, Scope::Sector | Scope::Country)
        };
        self.policy.four_eyes.iter().any(heavy) || self.wants_second_factor(organisation_type, role)
    }

    /// Whether the matrix has a column for a role in a type of organisation: others can do nothing.
    #[must_use]
    pub fn knows(&self, organisation_type: &str, role: &str) -> bool {
        let roles = self.columns.get(organisation_type);
        roles.is_some_and(|roles| roles.contains_key(role))
    }

    /// Every column, sorted by organisation type and role.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        self.columns.iter().flat_map(|(organisation_type, roles)| {
            roles.keys().map(move |role| Column {
                organisation_type: organisation_type.clone(),
                role: role.clone(),
            })
        })
    }

    /// The actions that no role has, for a warning: after an update the file may not know a new action yet.
    #[must_use]
    pub fn actions_of_nobody(&self) -> Vec<Action> {
        let cells: Vec<&Cells> = self.columns.values().flat_map(BTreeMap::values).collect();
        let has = |cells: &Cells, action| cells.get(action).is_some_and(|s| *s != Scope::None);
        let all = Action::ALL.iter();
        all.filter(|action| !cells.iter().any(|cells| has(cells, action)))
            .copied()
            .collect()
    }
}
