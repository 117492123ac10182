//! What a record says, in words.

use countersign_protocol::id::TransferId;
use countersign_protocol::record::{Body, PartnerStatus, RetireKind};
use countersign_protocol::units::{UnitBlock, UnitRange};

use crate::table::{short, tonnes};
use crate::words::word;

/// A record in one line.
pub(in crate::commands) fn body(body: &Body) -> String {
    match body {
        Body::Genesis(it) => format!(
            "the ledger of {} ({}) begins: {}",
            it.party.name(),
            it.party,
            it.name
        ),
        Body::Organisation(it) => {
            format!("organisation {}: {} ({})", it.id, it.name, word(&it.kind))
        }
        Body::Account(it) => format!(
            "account {} of organisation {}: {}",
            it.id, it.organisation, it.name
        ),
        Body::Project(it) => format!(
            "project {}: {} (scope {})",
            it.number,
            it.title,
            it.scope.number()
        ),
        Body::Issuance(it) => format!(
            "{} t issued as {} of project {}, vintage {}, to account {}",
            tonnes(it.range.tonnes()),
            it.range,
            it.project,
            it.year,
            it.account
        ),
        Body::Split(it) => format!("{} becomes two at {}", it.range, it.at),
        Body::Hold(it) => {
            let verb = if it.lift {
                "hold lifted for"
            } else {
                "on hold:"
            };
            format!("{verb} {} ({})", ranges(&it.ranges), it.reason)
        }
        Body::Transfer(it) => format!(
            "{} from account {} to account {}",
            ranges(&it.ranges),
            it.from,
            it.to
        ),
        Body::KeyRotation(it) => format!(
            "from size {} the log signs with {}",
            it.from_size, it.log_key
        ),
        Body::Partner(it) => {
            let verb = match it.status {
                PartnerStatus::Active => "is a partner",
                PartnerStatus::Frozen => "is frozen",
                PartnerStatus::Removed => "is no partner any more",
            };
            format!("{} ({}) {verb}", it.party.name(), it.party)
        }
        Body::Agreement(it) => format!("agreement {} with {}", it.id, it.partner),
        Body::ProcessPart(it) => format!(
            "piece {} of the process file {}",
            it.part,
            hex::encode(it.process)
        ),
        Body::ProcessAdopted(it) => format!(
            "process version {} is adopted: file {}",
            it.version,
            hex::encode(it.process)
        ),
        Body::CaseOpened(it) => format!("case {} ({}): {}", it.case, it.flow, it.title),
        Body::CaseAct(it) => {
            let answer = if it.no { " answered with no" } else { "" };
            format!("case {}: step {}{answer}", it.case, it.step)
        }
        Body::Retire(it) => {
            let verb = match it.kind {
                RetireKind::Retire => "used",
                RetireKind::Cancel => "cancelled",
            };
            format!("{verb} for {}: {}", word(&it.purpose), ranges(&it.ranges))
        }
        Body::BlockHeader(it) => format!("block {} ends, it began at leaf {}", it.height, it.first),
        Body::LetterIssued(it) => format!(
            "letter {} in {}, of the act at leaf {} of case {}",
            it.letter, it.language, it.act, it.case
        ),
        _ => transfer(body),
    }
}

/// The transfer that a record is about, in full.
pub(super) fn transfer_id(body: &Body) -> Option<TransferId> {
    match body {
        Body::Lock(it) => Some(it.transfer),
        Body::AskCancel(it) => Some(it.transfer),
        Body::Acquire(it) => Some(it.transfer),
        Body::Refuse(it) => Some(it.transfer),
        Body::Finalise(it) => Some(it.transfer),
        Body::Release(it) => Some(it.transfer),
        Body::SourceSettled(it) => Some(it.transfer),
        _ => None,
    }
}

/// The records of a transfer between countries.
fn transfer(body: &Body) -> String {
    match body {
        Body::Lock(it) => format!(
            "transfer {}: {} locked for {} ({}) under {}",
            short(&it.transfer),
            blocks(&it.blocks),
            it.destination.name(),
            it.destination,
            it.agreement
        ),
        Body::AskCancel(it) => format!(
            "transfer {}: the destination is asked to refuse ({})",
            short(&it.transfer),
            it.reason
        ),
        Body::Acquire(it) => format!(
            "transfer {}: {} ACQUIRED from {} ({})",
            short(&it.transfer),
            blocks(&it.blocks),
            it.source.name(),
            it.source
        ),
        Body::Refuse(it) => format!(
            "transfer {}: REFUSED for ever, {} {}",
            short(&it.transfer),
            it.code,
            it.reason
        ),
        Body::Finalise(it) => format!(
            "transfer {}: FINAL, acquired as leaf {} of {}",
            short(&it.transfer),
            it.proof.index,
            it.proof.origin
        ),
        Body::Release(it) => format!(
            "transfer {}: RELEASED, refused with {}",
            short(&it.transfer),
            it.code
        ),
        Body::SourceSettled(it) => {
            let end = if it.is_final { "FINAL" } else { "RELEASED" };
            format!("transfer {}: {end} at {}", short(&it.transfer), it.source)
        }
        other => other.kind().to_owned(),
    }
}

fn ranges(ranges: &[UnitRange]) -> String {
    let sum = ranges
        .iter()
        .map(|range| range.tonnes())
        .fold(0, u64::saturating_add);
    format!("{} t {}", tonnes(sum), list(ranges.iter()))
}

fn blocks(blocks: &[UnitBlock]) -> String {
    let sum = blocks
        .iter()
        .map(UnitBlock::tonnes)
        .fold(0, u64::saturating_add);
    format!(
        "{} t {}",
        tonnes(sum),
        list(blocks.iter().map(|block| block.serial))
    )
}

/// The first few of many.
fn list(items: impl ExactSizeIterator<Item = impl ToString>) -> String {
    const SHOWN: usize = 3;
    let more = items.len().saturating_sub(SHOWN);
    let mut text = items
        .take(SHOWN)
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
