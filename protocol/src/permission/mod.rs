//! Who may do what: a country's permission matrix as data, and the one function that asks it.
//!
//! A matrix gives every role of every organisation type a [`Scope`] for every [`Action`]. The actions are a closed list;
//! organisation types and roles are the country's own words. The same file holds the policy for acts that need more than
//! one person or a second factor ([`Policy`]).

mod action;
mod matrix;
mod policy;
mod problem;
mod read;
mod read_policy;
mod rule;
mod step;
mod value;

pub use crate::registry::Standing;
pub use action::{Action, UnknownAction};
pub use matrix::{Column, Matrix, MatrixHash, Scope};
pub use policy::{Policy, SamePerson};
pub use problem::Problem;
pub use read::{COLUMNS_MAX, FILE_BYTES_MAX, FORMAT, GRANTS_MAX, ID_BYTES_MAX, PROBLEMS_MAX};
pub use rule::{Denied, Object, Subject, may};
pub use step::{acting, opening, reading, weighing};

/// The matrix that a new registry begins with: `protocol/presets/permissions.toml`.
pub const DEFAULT: &str = include_str!("../../presets/permissions.toml");

/// The same for a registry that is only tried out: nobody must have a second factor, and everything else is as shipped.
#[must_use]
pub fn trial() -> String {
    let Some((before, after)) = DEFAULT.split_once("officials = [") else {
        return DEFAULT.to_owned();
    };
    let rest = after.split_once("]\n").map_or("", |(_, rest)| rest);
    format!("{before}officials = []\n{rest}")
}
