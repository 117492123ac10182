//! The system at the other end of a bridge, as the frame drives it.

use async_trait::async_trait;
use countersign_protocol::project::Description;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::{Drawn, Scope};
use super::view::View;

/// Why something could not be done at the other side. What follows is the frame's affair.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not now: it is away, busy, or its gate is closed. Tried again later; nothing is wrong with any item.
    #[error("{0}")]
    Later(String),
    /// It refused this one item. The item becomes a dead letter, and the others go on.
    #[error("{0}")]
    Refused(String),
    /// A person must act, such as on a wrong key. Tried again at long intervals.
    #[error("{0}")]
    Barred(String),
}

/// What is to be done with an item at the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is to come into being.
    Create,
    /// It is to become what we want.
    Update,
    /// It is to go.
    Delete,
}

/// An item on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Our key.
    pub key: String,
    /// What it is there.
    pub kind: String,
    /// What is to be done.
    pub action: Action,
    /// The resolved body; for a deletion what was there when it was last seen.
    pub body: Value,
    /// The other side's id, where it is known.
    pub theirs: Option<String>,
}

/// The other side took a change into its staging area, or made it at once where it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// By what the staged row is found again.
    pub token: String,
    /// The item's id there.
    pub theirs: Option<String>,
}

/// A row of the other side's staging area.
#[derive(Clone, Debug, PartialEq)]
pub struct StagedRow {
    /// As in [`Staged::token`].
    pub token: String,
    /// What it is there.
    pub kind: String,
    /// Whether somebody asked to publish it, and that is under way.
    pub committed: bool,
    /// Whether publishing it failed for good.
    pub failed: bool,
    /// What it says.
    pub body: Value,
}

/// An item as the other side has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its id there.
    pub theirs: String,
    /// What it says.
    pub body: Value,
}

/// The other side's proof of a publication, such as a generation and its root hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which state of the other side has our changes.
    pub generation: u64,
    /// Its root hash as it writes it.
    pub root: String,
}

/// One system around the registry. All of its reads and writes may be repeated: the frame asks after a fault again, and after
/// a crash it looks what is there before it sends anything.
#[async_trait]
pub trait OtherSide: Send + Sync {
    /// The name of the bridge: `cad-trust`.
    fn name(&self) -> &'static str;

    /// The name of its memory: ids of one model of the other side mean nothing in another.
    fn memory(&self) -> &'static str {
        self.name()
    }

    /// What decides how items are drawn: the mapping and the version of the other side's model. When it changes, everything is
    /// drawn anew.
    fn drawing(&self) -> String;

    /// Finds out what the other side is and reads its code lists. Called before drawing and sending, again and again.
    ///
    /// # Errors
    /// [`Fault`].
    async fn connect(&self) -> Result<(), Fault>;

    /// Everything that a scope is to have there. Only after [`Self::connect`].
    fn draw(&self, view: &View, scope: Scope, description: Option<&Description>) -> Drawn;

    /// Whether it is told of applications that came from there and were refused ([`View::refused`]).
    fn hears_of_refusals(&self) -> bool {
        false
    }

    /// Whether a child can only be sent once its parent is published, and not in the same run.
    fn parents_are_published_first(&self) -> bool {
        false
    }

    /// Whether changes wait in a staging area until they are published; else each is made at once, and what is said below of
    /// staging has nothing to do.
    fn has_staging(&self) -> bool {
        true
    }

    /// Whether writing is possible now.
    ///
    /// # Errors
    /// [`Fault::Later`] with the reason while the gate is closed.
    async fn gate(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// The published items that are this one by what never changes in it: after a lost id map there is one.
    ///
    /// # Errors
    /// [`Fault`].
    async fn find(&self, kind: &str, body: &Value) -> Result<Vec<Found>, Fault>;

    /// Every row in the staging area, whoever made it.
    ///
    /// # Errors
    /// [`Fault`].
    async fn staged(&self) -> Result<Vec<StagedRow>, Fault> {
        Ok(Vec::new())
    }

    /// Whether a staged row is this item, by what never changes in it.
    fn is_staged_as(
        &self,
        _row: &StagedRow,
        _kind: &str,
        _body: &Value,
        _theirs: Option<&str>,
    ) -> bool {
        false
    }

    /// Takes a row out of the staging area. One that is not there any more is no fault.
    ///
    /// # Errors
    /// [`Fault`].
    async fn unstage(&self, _row: &StagedRow) -> Result<(), Fault> {
        Ok(())
    }

    /// Puts a change into the staging area, or makes it where there is none.
    ///
    /// # Errors
    /// [`Fault`].
    async fn stage(&self, change: &Change) -> Result<Staged, Fault>;

    /// Publishes the whole staging area. An answer may be lost: the frame looks before it asks again.
    ///
    /// # Errors
    /// [`Fault`].
    async fn commit(&self, _run: &str) -> Result<(), Fault> {
        Ok(())
    }

    /// An item by its id there.
    ///
    /// # Errors
    /// [`Fault`].
    async fn read(&self, kind: &str, theirs: &str) -> Result<Option<Found>, Fault>;

    /// The proof that a run is published; `None` where the other side has none.
    ///
    /// # Errors
    /// [`Fault`].
    async fn receipt(&self, _run: &str) -> Result<Option<Receipt>, Fault> {
        Ok(None)
    }

    /// The ids of everything of a kind that is there under our name, to find what no ledger knows.
    ///
    /// # Errors
    /// [`Fault`].
    async fn list(&self, kind: &str) -> Result<Vec<String>, Fault>;

    /// The kinds that [`Self::list`] knows.
    fn kinds(&self) -> &'static [&'static str];
}
