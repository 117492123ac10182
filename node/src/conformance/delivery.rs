//! 3xx: what a broken or hostile partner would deliver.

use countersign_protocol::federation::FaultCode;
use countersign_protocol::federation::message::{REQUEST_BYTES_MAX, Request, Response, Verdict};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{MemoryTree, TlogProof, leaf_hash, prove_inclusion};
use countersign_protocol::record::{BlockHeader, Body, Record};
use futures::future::join_all;

use super::log::Held;
use super::{Book, Checked, Finding, Kit, Problem, failed, head_of, nobodys_head, skipped};

/// So many requests are sent at once: twice what a node leaves unanswered for one peer.
const AT_ONCE: usize = 64;

pub(super) async fn checks<F: FnMut(&Finding)>(kit: &Kit, held: Option<&Held>, book: &mut Book<F>) {
    book.note(301, garbage(kit).await);
    book.note(302, another_log(kit).await);
    book.note(303, one_byte(kit, held).await);
    book.note(304, no_transfer(kit, held).await);
    book.note(305, repeated(kit).await);
    book.note(306, many(kit).await);
    book.note(
        307,
        frame(kit, vec![0xff; 10], FaultCode::NotCanonical).await,
    );
    book.note(308, too_long(kit).await);
    book.note(
        309,
        frame(kit, vec![0x08, 0x63], FaultCode::UnknownVersion).await,
    );
}

async fn deliver(kit: &Kit, bundle: Vec<u8>) -> Checked<Verdict> {
    let bundles = vec![bundle];
    match kit.ask(Request::Deliver { bundles }).await? {
        Response::Delivered { mut verdicts } if verdicts.len() == 1 => verdicts
            .pop()
            .ok_or_else(|| Problem::Failed("no verdict".to_owned())),
        Response::Refused { code, .. } => Ok(Verdict { code, answer: None }),
        other => failed(format!("it answered with {}", other.kind())),
    }
}

/// Refused, with a number of one of these classes.
fn refused_by(verdict: &Verdict, classes: &[u32]) -> Checked {
    let Verdict { code, .. } = verdict;
    if classes.contains(&(code / 1000)) && FaultCode::from_code(*code).is_some() {
        return Ok(());
    }
    failed(match code {
        0 => "it was taken".to_owned(),
        code => format!("it was refused with {code}"),
    })
}

/// Sends a frame of these bytes, which must be refused with this number.
async fn frame(kit: &Kit, bytes: Vec<u8>, fault: FaultCode) -> Checked {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let framed = [&length.to_be_bytes()[..], &bytes].concat();
    refused_with(kit.exchange(framed).await?, fault)
}

/// Four bytes that announce more than any request may have, and nothing after them.
async fn too_long(kit: &Kit) -> Checked {
    let announced = u32::try_from(REQUEST_BYTES_MAX + 1).unwrap_or(u32::MAX);
    let answer = kit.exchange(announced.to_be_bytes().to_vec()).await?;
    refused_with(answer, FaultCode::FrameTooLarge)
}

fn refused_with(answer: Response, fault: FaultCode) -> Checked {
    match answer {
        Response::Refused { code, .. } if code == fault.code() => Ok(()),
        Response::Refused { code, .. } => failed(format!("it was refused with {code}")),
        other => failed(format!("it answered with {}", other.kind())),
    }
}

async fn garbage(kit: &Kit) -> Checked {
    let verdict = deliver(kit, b"no bundle".to_vec()).await?;
    refused_by(&verdict, &[1, 4])
}

/// A tree of one leaf, signed by a key that nobody knows.
fn made_up() -> Checked<Vec<u8>> {
    let leaf = Record {
        time_ms: 0,
        request: RequestId([0; 16]),
        body: Body::BlockHeader(BlockHeader {
            height: 1,
            first: 0,
            previous: None,
            state: [0; 32],
        }),
    }
    .encode();
    let note = nobodys_head(1, leaf_hash(&leaf))?;
    Ok(TlogProof::new(leaf, 0, Vec::new(), note)
        .to_string()
        .into_bytes())
}

async fn another_log(kit: &Kit) -> Checked {
    let verdict = deliver(kit, made_up()?).await?;
    refused_by(&verdict, &[4])
}

/// The first leaf of the target's own log, proven.
fn own_leaf(held: &Held) -> Checked<TlogProof> {
    let (size, _) = head_of(&held.verified);
    if held.leaves.len() as u64 != size {
        return skipped("the log is longer than the kit reads");
    }
    let tree = MemoryTree::of(held.leaves.iter().map(|leaf| leaf_hash(leaf)));
    let proof = prove_inclusion(&tree, 0, size);
    let proof = proof.map_err(|error| Problem::Skipped(error.to_string()))?;
    let Some(leaf) = held.leaves.first() else {
        return skipped("the log is empty");
    };
    Ok(TlogProof::new(leaf.clone(), 0, proof, held.note.clone()))
}

async fn one_byte(kit: &Kit, held: Option<&Held>) -> Checked {
    let Some(held) = held else {
        return skipped("no leaf is known");
    };
    let bundle = own_leaf(held)?.to_string();
    let changed = altered(&bundle).ok_or_else(|| Problem::Skipped("no leaf".to_owned()))?;
    let verdict = deliver(kit, changed.into_bytes()).await?;
    refused_by(&verdict, &[1, 4])
}

/// The bundle with the first digit of its index changed.
fn altered(bundle: &str) -> Option<String> {
    let at = bundle.find("index 0")?;
    let mut changed = bundle.to_owned();
    changed.replace_range(at..at + 7, "index 1");
    Some(changed)
}

async fn no_transfer(kit: &Kit, held: Option<&Held>) -> Checked {
    let Some(held) = held else {
        return skipped("no leaf is known");
    };
    let bundle = own_leaf(held)?.to_string();
    let verdict = deliver(kit, bundle.into_bytes()).await?;
    match verdict.answer {
        None => Ok(()),
        Some(_) => failed("it answered as if it were part of a transfer"),
    }
}

async fn repeated(kit: &Kit) -> Checked {
    let bundle = made_up()?;
    let first = deliver(kit, bundle.clone()).await?;
    let second = deliver(kit, bundle).await?;
    if first == second {
        return Ok(());
    }
    failed(format!("first {}, then {}", first.code, second.code))
}

async fn many(kit: &Kit) -> Checked {
    let question = || Request::GetCheckpoint {
        origin: kit.target.origin.to_string(),
    };
    let asked = (0..AT_ONCE).map(|_| kit.network.request(kit.target.peer, question()));
    for answer in join_all(asked).await {
        match answer {
            Ok(Response::Checkpoint { .. }) | Err(_) => {}
            Ok(Response::Refused { code, .. }) if code == FaultCode::Busy.code() => {}
            Ok(other) => return failed(format!("one was answered with {}", other.kind())),
        }
    }
    match kit.ask(question()).await? {
        Response::Checkpoint { .. } => Ok(()),
        other => failed(format!("afterwards it answered with {}", other.kind())),
    }
}
