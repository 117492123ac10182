//! What the checker says about a process file.

use serde::Serialize;
use std::fmt;

/// The most problems that one reading reports; a file with more is mended in turns.
pub const PROBLEMS_MAX: usize = 200;

/// What kind of mistake a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The text is no TOML.
    Syntax,
    /// A size is over its limit.
    TooLarge,
    /// The file has another format version.
    Format,
    /// A key that means nothing here.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A value of the wrong type.
    WrongType,
    /// A value of the right type that is not allowed.
    BadValue,
    /// Two things have one id.
    DuplicateId,
    /// An id that names nothing.
    UnknownId,
    /// No way leads to a stage.
    UnreachableStage,
    /// A stage that goes on has no way out.
    DeadEnd,
    /// From a stage no end can be reached.
    NoEnd,
    /// An end has a way out.
    EndLeft,
    /// A role that nobody can have.
    RoleNobodyHas,
    /// Separation of duties leaves nobody for a step.
    NobodyLeft,
    /// More approvals than people.
    QuorumTooLarge,
    /// A field is needed that no earlier form surely asks.
    FieldNotAsked,
    /// Units would be issued without a verification before.
    IssuanceUnverified,
    /// Units would be issued for a case that never said which days it covers.
    IssuanceWithoutPeriod,
    /// A deadline names no automatic step that can follow it, or an automatic step has no deadline.
    AutomaticStep,
    /// A form's schema is wrong.
    Schema,
    /// An effect that its subject cannot have.
    EffectUnfit,
}

/// One mistake in a process file: where, what, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What kind of mistake.
    pub kind: ProblemKind,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The thing, such as `flow.project.step.approve.to`; empty where the file is no TOML or far too large.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            path,
            message,
            mend,
            ..
        } = self;
        write!(formatter, "{line}:{column}: ")?;
        if !path.is_empty() {
            write!(formatter, "{path}: ")?;
        }
        write!(formatter, "{message}; {mend}")
    }
}
