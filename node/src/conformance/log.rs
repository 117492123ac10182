//! 2xx: the log, as a partner reads it.

use countersign_protocol::federation::FaultCode;
use countersign_protocol::federation::message::{ENTRIES_MAX, Request, Response};
use countersign_protocol::log::{
    Frontier, Hash, VerifiedCheckpoint, leaf_hash, verify_consistency,
};

use super::{Book, Checked, Finding, Kit, NOBODY, failed, head_of, skipped};
use crate::ledger::replay::{ReadLeaf, Replay};

/// So many leaves are fetched; a longer log is read so far, and the rest is joined by a proof.
const LEAVES_MAX: u64 = 20_000;

/// What was read of a log, under a head that is believed.
pub(super) struct Held {
    pub(super) verified: VerifiedCheckpoint,
    pub(super) note: String,
    pub(super) leaves: Vec<Vec<u8>>,
}

pub(super) async fn checkpoint(kit: &Kit) -> Checked<String> {
    let origin = kit.target.origin.to_string();
    match kit.ask(Request::GetCheckpoint { origin }).await? {
        Response::Checkpoint { note } => Ok(note),
        other => failed(format!("it answered with {}", other.kind())),
    }
}

/// A checkpoint and the text that it was read from.
pub(super) struct Witnessed {
    verified: VerifiedCheckpoint,
    note: String,
}

impl std::ops::Deref for Witnessed {
    type Target = VerifiedCheckpoint;

    fn deref(&self) -> &VerifiedCheckpoint {
        &self.verified
    }
}

pub(super) fn witnessed(kit: &Kit, note: &str) -> Checked<Witnessed> {
    match kit.target.policy.check_text(note) {
        Ok(verified) if verified.checkpoint().origin == kit.target.origin.as_str() => {
            Ok(Witnessed {
                verified,
                note: note.to_owned(),
            })
        }
        Ok(verified) => failed(format!("it is of {}", verified.checkpoint().origin)),
        Err(error) => failed(error.to_string()),
    }
}

/// 203 to 206.
pub(super) async fn checks<F: FnMut(&Finding)>(
    kit: &Kit,
    head: &Witnessed,
    book: &mut Book<F>,
) -> Option<Held> {
    let read = read(kit, head).await;
    let Some(leaves) = book.note(203, read) else {
        book.skip(204..=206, "the leaves are not those of the checkpoint");
        return None;
    };
    book.note(204, between(kit, head, &leaves).await);
    let records = book.note(205, records(&leaves));
    match records {
        Some(records) => drop(book.note(206, rules(&records))),
        None => book.skip([206], "a leaf can not be read"),
    }
    Some(Held {
        verified: head.verified.clone(),
        note: head.note.clone(),
        leaves,
    })
}

/// The leaves, as far as the kit reads them, shown to be those of the head.
async fn read(kit: &Kit, head: &VerifiedCheckpoint) -> Checked<Vec<Vec<u8>>> {
    let (size, root) = head_of(head);
    let wanted = size.min(LEAVES_MAX);
    let mut leaves: Vec<Vec<u8>> = Vec::new();
    while (leaves.len() as u64) < wanted {
        let from = leaves.len() as u64;
        let to = wanted.min(from + ENTRIES_MAX as u64);
        let origin = kit.target.origin.to_string();
        match kit.ask(Request::GetEntries { origin, from, to }).await? {
            Response::Entries { entries } if entries.is_empty() => {
                return failed(format!("it gave no leaf from {from} on"));
            }
            Response::Entries { entries } if from + entries.len() as u64 > to => {
                return failed(format!("it gave more leaves than from {from} to {to}"));
            }
            Response::Entries { entries } => leaves.extend(entries),
            other => return failed(format!("it answered with {}", other.kind())),
        }
    }
    let found = root_of(&leaves);
    if wanted == size && found != root {
        return failed(format!("the root of its {size} leaves is another one"));
    }
    if wanted < size {
        joined(kit, (wanted, found), (size, root)).await?;
    }
    Ok(leaves)
}

fn root_of(leaves: &[Vec<u8>]) -> Hash {
    let mut tree = Frontier::new();
    for leaf in leaves {
        // No tree ends before the leaves that the kit reads.
        let _full = tree.push(leaf_hash(leaf));
    }
    tree.root()
}

/// That one size is shown to be of the tree of another.
async fn joined(kit: &Kit, (from, root): (u64, Hash), (to, target): (u64, Hash)) -> Checked {
    let question = Request::GetConsistency {
        origin: kit.target.origin.to_string(),
        from_size: from,
        to_size: to,
    };
    let hashes = match kit.ask(question).await? {
        Response::Consistency { hashes } => hashes,
        other => {
            return failed(format!(
                "from {from} to {to} it answered with {}",
                other.kind()
            ));
        }
    };
    match verify_consistency(from, to, &root, &target, &hashes) {
        Ok(()) => Ok(()),
        Err(error) => failed(format!("from {from} to {to}: {error}")),
    }
}

async fn between(kit: &Kit, head: &VerifiedCheckpoint, leaves: &[Vec<u8>]) -> Checked {
    let (size, root) = head_of(head);
    let mut sizes = vec![1, 2, 3, size / 2, size.saturating_sub(1)];
    sizes.retain(|it| (1..size).contains(it) && *it <= leaves.len() as u64);
    sizes.sort_unstable();
    sizes.dedup();
    if sizes.is_empty() {
        return skipped("the log has one leaf");
    }
    for from in sizes {
        let part = usize::try_from(from).map_or(leaves, |from| &leaves[..from.min(leaves.len())]);
        joined(kit, (from, root_of(part)), (size, root)).await?;
    }
    Ok(())
}

fn records(leaves: &[Vec<u8>]) -> Checked<Vec<ReadLeaf>> {
    let read = (0..)
        .zip(leaves)
        .map(|(index, leaf)| ReadLeaf::read(index, leaf));
    let read: Result<Vec<ReadLeaf>, _> = read.collect();
    read.or_else(|error| failed(error.to_string()))
}

fn rules(records: &[ReadLeaf]) -> Checked {
    let mut replay = Replay::new();
    for leaf in records {
        if let Err(error) = replay.fold(leaf) {
            return failed(error.to_string());
        }
    }
    Ok(())
}

pub(super) async fn unknown_log(kit: &Kit) -> Checked {
    let origin = NOBODY.to_owned();
    match kit.ask(Request::GetCheckpoint { origin }).await? {
        Response::Refused { code, .. } if code == FaultCode::UnknownLog.code() => Ok(()),
        Response::Refused { code, .. } => failed(format!("it refused with {code}")),
        other => failed(format!("it answered with {}", other.kind())),
    }
}

pub(super) async fn beyond_the_end(kit: &Kit, head: Option<&Witnessed>) -> Checked {
    let Some(head) = head else {
        return skipped("no checkpoint is believed");
    };
    let (size, _) = head_of(head);
    let from = size + 1_000_000;
    let question = Request::GetEntries {
        origin: kit.target.origin.to_string(),
        from,
        to: from + 1,
    };
    match kit.ask(question).await? {
        Response::Refused { .. } => Ok(()),
        Response::Entries { entries } => failed(format!("it gave {} leaves", entries.len())),
        other => failed(format!("it answered with {}", other.kind())),
    }
}
