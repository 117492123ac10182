//! Bridges for people.

use countersign_client::types::{
    BridgeDiffView, BridgePlanView, BridgeView, DifferenceView, ReconciliationView,
};
use countersign_node::http::dto::{ArrivalState, ArrivalView};

use crate::table::{Table, View, moment, or_dash, tonnes};

/// Fields of one row that are shown; the answer as JSON has all.
const FIELDS_MAX: usize = 20;

pub(super) fn status(of: &BridgeView) -> View {
    let items = &of.items;
    let counts = [
        ("to be sent", items.due),
        ("agreed", items.agreed),
        ("stopped", items.stopped),
        ("dead", items.dead),
        ("changed there", items.differs),
    ];
    let counts = counts.map(|(name, count)| format!("{count} {name}"));
    let state = match &of.why {
        Some(why) => format!("{}: {why}", of.state.word()),
        None => of.state.word().to_owned(),
    };
    let mut pairs = vec![
        ("bridge", of.bridge.to_string()),
        ("state", state),
        (
            "goes on",
            of.until_ms.map_or_else(|| "with news".to_owned(), moment),
        ),
        ("speaks", or_dash(of.memory.as_ref())),
        (
            "sends",
            if of.writes {
                "yes"
            } else {
                "no, it reads and compares"
            }
            .to_owned(),
        ),
        ("has read", format!("{} leaves, {} behind", of.size, of.lag)),
        (
            "was done",
            of.done_ms
                .map_or_else(|| "not since the start".to_owned(), moment),
        ),
        ("items", counts.join(", ")),
    ];
    if of.faults > 0 {
        pairs.push(("faults in a row", of.faults.to_string()));
    }
    let dead = Table::of(
        ["DEAD LETTER", "SINCE", "SENT AGAIN", "CAUSE"],
        "no dead letters",
        &of.dead_letters,
        |it| {
            let again = it.replayed_ms.map_or_else(|| "-".to_owned(), moment);
            [it.key.clone(), moment(it.time_ms), again, it.cause.clone()]
        },
    );
    let runs = Table::of(
        ["RUN", "ENDED", "AGREED>", "GENERATION>", "ROOT"],
        "no run is over yet",
        &of.runs,
        |it| {
            [
                it.run.clone(),
                moment(it.ended_ms),
                it.agreed.to_string(),
                or_dash(it.generation),
                or_dash(it.root.as_ref()),
            ]
        },
    );
    View::Many(vec![View::pairs(pairs), dead, runs])
}

fn fields(all: &[DifferenceView]) -> String {
    let one = |it: &DifferenceView| match it.theirs.is_empty() {
        true => format!("{}: {}", it.field, it.ours),
        false if it.ours.is_empty() => format!("{}: there {}", it.field, it.theirs),
        false => format!("{}: {}, there {}", it.field, it.ours, it.theirs),
    };
    let mut lines: Vec<String> = all.iter().take(FIELDS_MAX).map(one).collect();
    if all.len() > FIELDS_MAX {
        lines.push(format!("and {} more", all.len() - FIELDS_MAX));
    }
    lines.join("; ")
}

pub(super) fn plan(of: &BridgePlanView) -> View {
    let changes = Table::of(
        ["ITEM", "KIND", "ACTION", "FIELDS", "WAITS"],
        "nothing is to be sent",
        &of.changes,
        |it| {
            [
                it.key.clone(),
                it.kind.clone(),
                it.action.word().to_owned(),
                fields(&it.fields),
                or_dash(it.waits.as_ref()),
            ]
        },
    );
    let stopped = Table::of(
        ["NOT SENT", "STATE", "WHY"],
        "nothing is stopped",
        &of.stopped,
        |it| [it.key.clone(), it.state.word().to_owned(), it.why.clone()],
    );
    let mut views = vec![changes, stopped];
    if of.is_cut {
        views.push(View::Text("There is more than is listed.".to_owned()));
    }
    View::Many(views)
}

pub(super) fn diff(of: &BridgeDiffView) -> View {
    let differing = Table::of(
        ["ITEM", "KIND", "DIFFERENCE"],
        "everything that was sent is there as it is here",
        &of.differing,
        |it| {
            let what = if it.is_gone {
                "it is gone there".to_owned()
            } else {
                fields(&it.fields)
            };
            [it.key.clone(), it.kind.clone(), what]
        },
    );
    let foreign = Table::of(
        ["THERE ALONE", "ID"],
        "nothing is there that no ledger knows",
        &of.foreign,
        |it| [it.kind.clone(), it.theirs.clone()],
    );
    let mut views = vec![differing, foreign];
    if let Some(found) = &of.reconciliation {
        views.extend(reconciliation(found));
    }
    View::Many(views)
}

fn reconciliation(of: &ReconciliationView) -> [View; 3] {
    let matched = Table::of(
        ["PROJECT>", "ACTIVITY", "SECTOR"],
        "no project is an activity there",
        &of.matched,
        |it| {
            [
                it.project.to_string(),
                it.activity.clone(),
                it.sector.clone(),
            ]
        },
    );
    let unmatched = Table::of(
        ["PROJECT>", "TONNES>", "WITHOUT AN ACTIVITY"],
        "every project with units is an activity there",
        &of.unmatched,
        |it| [it.project.to_string(), tonnes(it.tonnes), it.why.clone()],
    );
    let flags = Table::of(
        ["SECTOR", "YEAR>", "CREDITED>", "REPORTED>"],
        "nowhere was more credited than was reported",
        &of.flags,
        |it| {
            [
                it.sector.clone(),
                it.year.to_string(),
                tonnes(it.credited),
                it.reported.to_string(),
            ]
        },
    );
    [matched, unmatched, flags]
}

pub(super) fn arrivals(of: &[ArrivalView]) -> View {
    Table::of(
        ["KEY", "STATE", "CASE>", "TITLE", "OWNER", "TO DO"],
        "nothing has arrived",
        of,
        |it| {
            let fields = match it.state {
                ArrivalState::Stopped => it.stopped.as_slice(),
                ArrivalState::Ready | ArrivalState::Waits => it.missing.as_slice(),
                _ => &[],
            };
            let fields: Vec<String> = fields
                .iter()
                .map(|it| format!("{}: {}", it.field, it.why))
                .collect();
            [
                it.key.clone(),
                it.state.word().to_owned(),
                or_dash(it.case.as_ref()),
                or_dash(it.title.as_ref()),
                or_dash(it.owner.as_ref()),
                fields.join("; "),
            ]
        },
    )
}
