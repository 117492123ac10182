//! What a verification shows: for people, in plain words what is proven and by whom; for programs, the same as JSON.

use std::path::Path;

use countersign_node::export::Report;
use countersign_protocol::credential::Signed;
use countersign_protocol::log::{Checkpoint, Cosigner, ProvenLeaf, VerifiedCheckpoint};
use countersign_protocol::record::Record;
use countersign_protocol::verdict::{Judgement, Moved, Verdict};
use serde::Serialize;

use super::{exported, summary};
use crate::exit::Outcome;
use crate::table::{View, moment};

/// Something that was verified.
pub(super) enum Checked {
    Record(Box<Proven>),
    Checkpoint(VerifiedCheckpoint),
    Ledger(Box<Report>),
}

/// A record that a bundle proves.
pub(super) struct Proven {
    pub(super) proven: ProvenLeaf,
    pub(super) head: VerifiedCheckpoint,
    pub(super) record: Record,
    pub(super) judgement: Judgement,
    /// The credential that carried the bundle.
    pub(super) credential: Option<Signed>,
}

/// The verdict on a file, as data.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    file: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    what: Option<What<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum What<'a> {
    Record {
        origin: &'a str,
        index: u64,
        size: u64,
        root: String,
        cosigned_by: Vec<Witness<'a>>,
        verdict: Verdict,
        #[serde(skip_serializing_if = "Option::is_none")]
        moved_at: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        moved_in: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        credential: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        issuer: Option<&'a str>,
        record: &'a Record,
    },
    Checkpoint {
        origin: &'a str,
        size: u64,
        root: String,
        cosigned_by: Vec<Witness<'a>>,
    },
    Ledger(exported::Data<'a>),
}

#[derive(Serialize)]
pub(super) struct Witness<'a> {
    witness: &'a str,
    time_s: u64,
}

pub(super) fn cosigned<'a>(by: &'a [Cosigner]) -> Vec<Witness<'a>> {
    let witness = |it: &'a Cosigner| {
        let Cosigner { witness, time_s } = it;
        Witness {
            witness,
            time_s: *time_s,
        }
    };
    by.iter().map(witness).collect()
}

impl<'a> Shown<'a> {
    pub(super) fn new(file: &Path, checked: &'a Outcome<Checked>) -> Self {
        Self {
            file: file.display().to_string(),
            valid: checked.is_ok(),
            error: checked
                .as_ref()
                .err()
                .map(|failure| failure.message.as_str()),
            what: checked.as_ref().ok().map(What::from),
        }
    }
}

impl<'a> From<&'a Checked> for What<'a> {
    fn from(checked: &'a Checked) -> Self {
        match checked {
            Checked::Record(it) => {
                let Checkpoint { origin, size, root } = it.head.checkpoint();
                Self::Record {
                    origin,
                    index: it.proven.index,
                    size: *size,
                    root: hex::encode(root),
                    cosigned_by: cosigned(it.head.cosigned_by()),
                    verdict: it.judgement.verdict,
                    moved_at: it.judgement.moved.as_ref().map(|moved| moved.index),
                    moved_in: it
                        .judgement
                        .moved
                        .as_ref()
                        .and_then(|moved| moved.origin.as_deref()),
                    credential: it.credential.as_ref().map(|it| it.kind.as_str()),
                    issuer: it.credential.as_ref().map(|it| it.issuer.as_str()),
                    record: &it.record,
                }
            }
            Checked::Checkpoint(it) => {
                let Checkpoint { origin, size, root } = it.checkpoint();
                Self::Checkpoint {
                    origin,
                    size: *size,
                    root: hex::encode(root),
                    cosigned_by: cosigned(it.cosigned_by()),
                }
            }
            Checked::Ledger(report) => Self::Ledger(exported::Data::from(report.as_ref())),
        }
    }
}

/// In plain words. Never a bare tick: what is proven, where it stands, who saw it, and what that does not say.
pub(super) fn view(file: &Path, checked: &Checked) -> View {
    let file = ("file".to_owned(), file.display().to_string());
    let mut pairs = vec![file];
    let mut pair = |name: &str, value: String| pairs.push((name.to_owned(), value));
    match checked {
        Checked::Record(it) => {
            pair("proven", summary::body(&it.record.body));
            if let Some(transfer) = summary::transfer_id(&it.record.body) {
                pair("transfer", transfer.to_string());
            }
            if let Some(Signed { issuer, kind, .. }) = &it.credential {
                pair(
                    "credential",
                    format!("{kind}, signed by {issuer}: the key of the ledger's log"),
                );
            }
            pair("written", moment(it.record.time_ms));
            pair(
                "stands as",
                format!("record {} of {}", it.proven.index, it.proven.origin),
            );
            seen(&mut pair, &it.head);
            pair("fresh", freshness(&it.judgement));
        }
        Checked::Checkpoint(head) => {
            pair(
                "proven",
                format!("the head of {}", head.checkpoint().origin),
            );
            seen(&mut pair, head);
        }
        Checked::Ledger(report) => {
            return View::Many(vec![View::pairs(pairs), exported::view(report)]);
        }
    }
    View::pairs(pairs)
}

/// What is known of later records.
fn freshness(judgement: &Judgement) -> String {
    let answered = if judgement.answered {
        ", as the registry answered without a signature"
    } else {
        ""
    };
    match (&judgement.moved, judgement.verdict) {
        (Some(Moved { origin, index }), _) => {
            let of = origin.as_deref().map(|it| format!(" of {it}"));
            format!(
                "no: moved on as of record {index}{}{answered}",
                of.unwrap_or_default()
            )
        }
        (None, Verdict::Valid) if judgement.answered => {
            format!("yes: the units have not moved since{answered}")
        }
        (None, Verdict::Valid) => "yes: nothing later can change what it says".to_owned(),
        _ => "not known offline: later records may have moved or used the units".to_owned(),
    }
}

fn seen(pair: &mut impl FnMut(&str, String), head: &VerifiedCheckpoint) {
    let Checkpoint { size, root, .. } = head.checkpoint();
    pair(
        "under",
        format!(
            "the signed head of {size} records, root {}",
            hex::encode(root)
        ),
    );
    pair("witnessed by", witnesses(head.cosigned_by()));
}

pub(super) fn witnesses(by: &[Cosigner]) -> String {
    let line = |it: &Cosigner| {
        format!(
            "{} at {}",
            it.witness,
            moment(it.time_s.saturating_mul(1000))
        )
    };
    let lines: Vec<String> = by.iter().map(line).collect();
    if lines.is_empty() {
        "nobody: the trust file asks for no witness".to_owned()
    } else {
        lines.join("\n")
    }
}
