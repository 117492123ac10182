//! An exported ledger: the files that any tool for C2SP tlog-tiles reads, and `records.jsonl`.
//!
//! [`write`] makes them from a store, [`verify`] checks them. A verification believes nothing that it reads: tiles and
//! lines are made again from the leaves and compared byte for byte, so that no bit of them can differ unseen. Writing makes
//! the same checks on the way, so a damaged ledger is not exported.

mod check;
mod error;
mod files;
mod records;
mod report;
mod signed;
mod source;
mod walk;
mod write;

pub use error::VerifyError;
pub use files::{CHECKPOINT_FILE, ExportedLedger, Files, Folder, RECORDS_FILE};
pub use records::records;
pub use report::{Progress, Replayed, Report};
pub use source::{LedgerSource, SignedHead};
pub use write::{WriteError, write};

use countersign_protocol::log::{Policy, TileTree, root_at};

use check::{Check, LineCheck, check_balances};
use signed::{Names, Signed};
use source::AsTiles;

use crate::ledger::replay::Replay;

/// How much to check.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Fold the records through the rules and compare every header's state digest and every balance.
    pub replay: bool,
    /// Whom to believe. Without it the log's signature is checked by the key that the ledger itself names, and
    /// cosignatures are not checked.
    pub trust: Option<&'a Policy>,
}

/// Checks an exported ledger from its first leaf to its last. `progress` is called after every 256 leaves.
///
/// # Errors
/// [`VerifyError`] names the first thing that does not hold, and where.
pub fn verify<F: Files>(
    ledger: &ExportedLedger<F>,
    options: &Options<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, VerifyError> {
    let (head, size) = ledger.head()?;
    let lines = ledger.lines()?;
    let has_lines = lines.is_some();
    let mut check = Check {
        names: Names::default(),
        replay: options.replay.then(Replay::default),
        lines: lines.map(|lines| LineCheck::new(ledger, lines)),
        size,
        progress,
    };
    walk::walk(ledger, size, has_lines, &mut check)?;
    let Check {
        names,
        replay,
        lines,
        ..
    } = check;
    if let Some(lines) = lines {
        lines.finish(size)?;
    }
    ledger.check_strangers(size)?;
    let genesis = names.finish(ledger)?;
    let replayed = replay.as_ref().map(replayed).transpose()?;
    let head = names.check(genesis, &head, options.trust)?;
    check_root(ledger, &head)?;
    Ok(Report {
        size,
        has_lines,
        replayed,
        party: genesis.party,
        name: genesis.name.to_string(),
        network: genesis.network.to_string(),
        blocks: names.blocks,
        checkpoint: head.checkpoint,
        log_key: head.log_key,
        trusted: options.trust.is_some(),
        cosigned_by: head.cosigned_by,
        unknown_signatures: head.unknown_signatures,
    })
}

fn replayed(replay: &Replay) -> Result<Replayed, VerifyError> {
    let state = replay.state();
    check_balances(state)?;
    Ok(Replayed {
        digest: state.digest(),
        issued: state.issued(),
        balances: state.balances().collect(),
    })
}

/// The leaves lead to the root that was signed. The tiles below it were compared with the leaves before.
fn check_root(ledger: &(impl LedgerSource + ?Sized), signed: &Signed) -> Result<(), VerifyError> {
    let place = ledger.place_of(CHECKPOINT_FILE);
    let size = signed.checkpoint.size;
    let root = match root_at(&TileTree::new(AsTiles(ledger), size), size) {
        Ok(root) => root,
        Err(error) => return Err(VerifyError::Tree { place, error }),
    };
    if root == signed.checkpoint.root {
        return Ok(());
    }
    Err(VerifyError::Root {
        place,
        size,
        computed: hex::encode(root),
        signed: hex::encode(signed.checkpoint.root),
    })
}
