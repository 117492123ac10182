//! What the verification of an exported ledger shows.

use countersign_node::export::Report;
use countersign_protocol::registry::LedgerAccount;
use serde::Serialize;

use super::shown::{Witness, cosigned, witnesses};
use crate::table::{View, tonnes};
use crate::words::word;

/// As data.
#[derive(Serialize)]
pub(in crate::commands) struct Data<'a> {
    valid_ledger_of: String,
    origin: &'a str,
    size: u64,
    root: String,
    blocks: u64,
    replayed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<u64>,
    has_records_jsonl: bool,
    trusted: bool,
    cosigned_by: Vec<Witness<'a>>,
    unknown_signatures: usize,
}

impl<'a> From<&'a Report> for Data<'a> {
    fn from(report: &'a Report) -> Self {
        let replayed = report.replayed.as_ref();
        Self {
            valid_ledger_of: report.party.to_string(),
            origin: &report.checkpoint.origin,
            size: report.size,
            root: hex::encode(report.checkpoint.root),
            blocks: report.blocks,
            replayed: replayed.is_some(),
            state_digest: replayed.map(|it| hex::encode(it.digest)),
            issued: replayed.map(|it| it.issued),
            has_records_jsonl: report.has_lines,
            trusted: report.trusted,
            cosigned_by: cosigned(&report.cosigned_by),
            unknown_signatures: report.unknown_signatures,
        }
    }
}

/// For people.
pub(in crate::commands) fn view(report: &Report) -> View {
    let mut pairs = vec![
        (
            "valid ledger of",
            format!(
                "{} ({}): {}",
                report.party.name(),
                report.party,
                report.name
            ),
        ),
        ("network", report.network.clone()),
        ("ledger", report.checkpoint.origin.clone()),
        (
            "holds",
            format!("{} records in {} blocks", report.size, report.blocks),
        ),
        ("root", hex::encode(report.checkpoint.root)),
        ("signed by", report.log_key.clone()),
        (
            "witnessed by",
            if report.trusted {
                witnesses(&report.cosigned_by)
            } else {
                "not checked: no trust file".to_owned()
            },
        ),
    ];
    if report.unknown_signatures > 0 {
        pairs.push((
            "unknown",
            format!(
                "{} signature lines by keys that nobody vouched for",
                report.unknown_signatures
            ),
        ));
    }
    if !report.has_lines {
        pairs.push(("records.jsonl", "not there".to_owned()));
    }
    if let Some(replayed) = &report.replayed {
        pairs.push((
            "rules",
            "every rule holds, every block's state digest is right".to_owned(),
        ));
        pairs.push(("issued", format!("{} t", tonnes(replayed.issued))));
        let balance = |(account, tonnes): &(_, i64)| format!("{tonnes:>12} t  {}", name(account));
        pairs.push((
            "balances",
            replayed
                .balances
                .iter()
                .map(balance)
                .collect::<Vec<_>>()
                .join("\n"),
        ));
    }
    View::pairs(pairs)
}

fn name(account: &LedgerAccount) -> String {
    match serde_json::to_value(account) {
        Ok(serde_json::Value::Object(fields)) => fields
            .iter()
            .map(|(kind, of)| {
                format!(
                    "{} {}",
                    kind.replace('_', " "),
                    of.to_string().trim_matches('"')
                )
            })
            .collect(),
        _ => word(account),
    }
}
