//! What an operation can answer beside its success: named in a handler's `responses(...)`, one word each.
//!
//! A word stands for kinds of problem. [`complete`](super::complete) gathers the words of an operation by status, and adds
//! those that follow from its shape: a body that can not be read, a secret that is missing, a node that is busy.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Ref, RefOr};

/// Begins the keys that stand for a kind of problem until they are gathered by status.
pub(super) const PROBLEM: &str = "problem:";

/// The status of an answer that says only that nothing changed: every operation that reads has it.
pub(super) const NOT_MODIFIED: &str = "304";

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = [$($slug:literal),+];)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let keys = [$($slug),+].map(|slug| format!("{PROBLEM}{slug}"));
                keys.map(|key| (key, Response::default().into())).into()
            }
        }
    )+};
}

problems! {
    /// It writes to the ledger: the registry's rules may stand against it, the idempotency key may be used, the ledger may be
    /// stopped.
    LedgerWrite = ["refused", "conflict", "read-only"];
    /// Somebody else may have been first: the state that it is about is another one now.
    Second = ["conflict"];
    /// What it names need not exist, although no part of its path names it.
    NotFound = ["not-found"];
    /// A secret of another kind than a bearer's may be wrong: a password, a code.
    NotAuthorised = ["not-authorised"];
    /// There may be entries with nearly the same name.
    NearNames = ["near-names"];
    /// Somebody may have changed it meanwhile.
    Changed = ["changed"];
    /// The content is limited in length.
    TooLarge = ["too-large"];
    /// The content is limited to some types.
    UnsupportedMediaType = ["unsupported-media-type"];
    /// A file, a code or a state of a user may not do.
    Rejected = ["rejected"];
    /// A body that is no JSON may not be what it must be.
    Invalid = ["invalid"];
    /// Attempts are limited.
    TooMany = ["too-many"];
    /// It asks another country's node.
    Unreachable = ["unreachable"];
    /// It answers from the read model, which may be in the making.
    NotListed = ["not-ready"];
    /// It needs what witnesses have cosigned.
    NotWitnessed = ["not-witnessed"];
}

/// The key that stands for the answer to a trial until it joins the other answers.
pub(super) const TRIED: &str = "tried";

/// `?dry_run=true` was asked for: what it would write.
pub(crate) struct Tried;

impl IntoResponses for Tried {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let trial = ContentBuilder::new().schema(Some(Ref::from_schema_name("Trial")));
        let answer = ResponseBuilder::new()
            .description("With `dry_run=true`: what it would write now. Nothing was written.")
            .content("application/json", trial.build());
        [(TRIED.to_owned(), answer.build().into())].into()
    }
}
