//! A country's process as data, and the engine that runs any of them (docs/process.md).
//!
//! A process is one TOML file: who takes part, what they fill in, and the flows that organisations, projects, monitoring
//! periods and requests go through. [`Process::parse`] refuses a file that does not fit together, with every mistake and
//! its line. A [`Case`] is one subject on its way; [`start`], [`act`], [`timer`] and [`migrate`] are the only ways to
//! change it, and they are pure: time, forms and people come in from outside.

mod case;
mod cast;
mod check;
mod diagram;
mod diff;
mod engine;
mod fragment;
mod model;
mod narrow;
mod permission;
mod picture;
mod preset;
mod problem;
mod read;
mod refusal;
mod schema;
mod schema_json;
mod simulate;
mod stated;
mod vocabulary;
mod waiting;

pub use case::{
    Act, Actor, Case, Commitment, Decision, Done, DoneBy, EffectDue, FilledForm, HISTORY_MAX,
    OpenApproval, Outcome, Performed, SUBJECT_ID_LEN_MAX, Subject,
};
pub use diagram::mermaid;
pub use diff::FieldChange;
pub use engine::{act, start};
pub use fragment::{FRAGMENTS, Fragment, fragment};
pub use model::{
    ActorRule, AdoptionRules, Answer, Apart, BASE_ROLES, BASIS_POINTS, Deadline, EffectRule,
    FALLBACK_LANGUAGE, Fee, Flow, Form, Id, IssuanceRules, Label, Letter, Migration, Named,
    OrganisationType, Parent, Process, ProcessHash, ROOT, Role, Stage, Step, TransferRules, VIEWER,
};
pub use permission::{Possible, possible};
pub use picture::svg;
pub use preset::{PRESETS, preset};
pub use problem::{PROBLEMS_MAX, Problem, ProblemKind};
pub use read::{
    FILE_BYTES_MAX, FLOWS_MAX, FORMAT, ID_CHARS_MAX, LABEL_CHARS_MAX, LIST_MAX, STAGES_MAX,
    STEPS_MAX, THINGS_MAX, WAIT_HOURS_MAX,
};
pub use refusal::{Refusal, RefusalKind};
pub use schema::{Field, FormError, Format, ITEMS_MAX, Kind, Node, Schema, TEXT_CHARS_MAX};
pub use simulate::{Script, WALK_STEPS_MAX, Walk, WalkLine, simulate};
pub use stated::{Stated, stated};
pub use vocabulary::{Effect, End, Scope, StepKind, SubjectKind};
pub use waiting::{DAY_MS, Waiting, migrate, timer, waiting_for, waits_for};
