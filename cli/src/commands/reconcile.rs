//! Comparing this ledger with partners', and partners' orders that units stay where they are.

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    EndFreeze, FreezeView, HoldingView, LedgerComparisonView, PlaceName, PositionDifferenceView,
};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Discrepancy, FreezeEnded, Reason};

use super::write;
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};

/// Shows how this ledger and each partner's stand to each other; with a partner, compares the two now.
#[derive(Args, Debug)]
pub(crate) struct ReconcileArgs {
    /// The partner whose ledger is compared now, as ISO 3166-1 alpha-2 code
    party: Option<Party>,
}

impl ReconcileArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        match self.party {
            None => {
                let all = client.call(async |api| api.reconciliations().await)?;
                session.out().show(&all, |all| overview(all))
            }
            Some(party) => {
                let found = client.call(async |api| api.compare_with(party).await)?;
                session.out().show(&found, differences)
            }
        }
    }
}

fn overview(all: &[LedgerComparisonView]) -> View {
    Table::of(
        [
            "PARTNER",
            "COMPARED AT",
            "ITS LEAVES>",
            "DIFFERENCES>",
            "TONNES IN DOUBT>",
            "LEAF>",
        ],
        "no partner is listed",
        all,
        |it| {
            let tonnes = it.differences.iter().map(|found| found.tonnes);
            [
                it.party.to_string(),
                it.compared_ms.map_or_else(|| "-".to_owned(), moment),
                or_dash(it.size),
                it.differences.len().to_string(),
                tonnes.fold(0_u64, u64::saturating_add).to_string(),
                or_dash(it.leaf),
            ]
        },
    )
}

fn differences(found: &LedgerComparisonView) -> View {
    Table::of(
        ["UNITS", "TONNES>", "DIFFERENCE", "HERE", "THERE"],
        "the two ledgers agree about every unit",
        &found.differences,
        |it: &PositionDifferenceView| {
            [
                it.range.to_string(),
                it.tonnes.to_string(),
                words(it.kind).to_owned(),
                place(it.here.as_ref()),
                place(it.there.as_ref()),
            ]
        },
    )
}

const fn words(kind: Discrepancy) -> &'static str {
    match kind {
        Discrepancy::HeldTwice => "both have them",
        Discrepancy::Nowhere => "given away, and not there",
        Discrepancy::NeverIssued => "never issued",
        Discrepancy::Attributes => "not the same units",
    }
}

/// Where a ledger has units, and the leaf to prove.
fn place(holding: Option<&HoldingView>) -> String {
    let Some(holding) = holding else {
        return "unknown".to_owned();
    };
    let place = match holding.place {
        PlaceName::Available => "available",
        PlaceName::OnHold => "on hold",
        PlaceName::Escrow => "locked",
        PlaceName::Abroad => "abroad",
        PlaceName::Used => "used",
        PlaceName::Cancelled => "cancelled",
    };
    format!("{place} since leaf {}", holding.since)
}

#[derive(Debug, Subcommand)]
pub(crate) enum FreezeCommand {
    /// List partners' orders that units stay where they are, as they are honoured here
    List,
    /// End a partner's order in this country, whatever the partner says
    End(EndArgs),
}

#[derive(Args, Debug)]
pub(crate) struct EndArgs {
    /// The partner, as ISO 3166-1 alpha-2 code
    party: Party,
    /// The hold, by its number in the partner's ledger
    hold: u64,
    /// Why, in public words
    #[arg(long)]
    reason: Reason,
    #[command(flatten)]
    write: TryArgs,
}

impl FreezeCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::List => {
                let all: Vec<FreezeView> = session.client()?.all("freezes")?;
                session.out().show(&all, |all| freezes(all))
            }
            Self::End(args) => args.run(session),
        }
    }
}

fn freezes(all: &[FreezeView]) -> View {
    Table::of(
        [
            "PARTNER", "HOLD>", "UNITS", "BY", "REASON", "UNTIL", "STATE",
        ],
        "no partner ordered that units stay where they are",
        all,
        |it| {
            let ranges: Vec<String> = it.ranges.iter().map(ToString::to_string).collect();
            let state = match (&it.ended, it.in_force) {
                (Some(reason), _) => format!("ended: {reason}"),
                (None, true) => "in force".to_owned(),
                (None, false) => "expired".to_owned(),
            };
            [
                it.party.to_string(),
                it.hold.to_string(),
                ranges.join(", "),
                format!("{} ({})", it.authority, it.reference),
                it.reason.to_string(),
                moment(it.expiry_ms),
                state,
            ]
        },
    )
}

impl EndArgs {
    fn run(self, session: &Session) -> Outcome {
        let path = format!("freezes/{}/{}/end", self.party, self.hold);
        let body = EndFreeze {
            reason: self.reason,
        };
        write(session, &path, &self.write, &body, |made: &FreezeEnded| {
            View::pairs([
                ("partner", made.party.to_string()),
                ("hold", made.hold.to_string()),
                ("ended", made.reason.to_string()),
            ])
        })
    }
}
