//! Bilateral agreements: files that both countries sign and then record, each in its own ledger.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{AgreementText, AgreementView, DraftText, Written};
use countersign_protocol::federation::agreement::{
    Agreement, AgreementParty, Direction, MaxTonnes, SourceFinal, VintageYear,
};
use countersign_protocol::id::{AgreementId, Origin};
use countersign_protocol::party::Party;
use countersign_protocol::record;
use countersign_protocol::serial::{CooperativeApproachId, SectoralScope, UnitType};
use countersign_protocol::time::Timestamp;

use super::{give, read_text, tell};
use crate::client::{Client, WriteArgs};
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, tonnes};

#[derive(Debug, Subcommand)]
pub(crate) enum AgreementCommand {
    /// Write an agreement with a listed partner, unsigned
    Draft(Box<DraftArgs>),
    /// Sign an agreement file: first or second
    Sign(SignArgs),
    /// Record an agreement that both countries signed
    Add(AddArgs),
    /// List the agreements on record and how far they are used
    List,
}

#[derive(Args, Debug)]
pub(crate) struct DraftArgs {
    /// Its id, the same in both ledgers, such as CH-GH-2020
    #[arg(long, value_name = "ID")]
    id: AgreementId,
    /// The partner country
    #[arg(long, value_name = "PARTY")]
    with: Party,
    /// Which way units may move, such as GH-CH; twice for both ways
    #[arg(long = "direction", value_name = "FROM-TO", required = true)]
    directions: Vec<Direction>,
    /// The cooperative approach under which first transfers happen, such as CA0001
    #[arg(long, value_name = "ID")]
    cooperative_approach: CooperativeApproachId,
    /// In force from, such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    valid_from: Timestamp,
    /// In force until
    #[arg(long, value_name = "TIME")]
    valid_until: Timestamp,
    /// The most tonnes that may ever move in each direction
    #[arg(long, value_name = "N")]
    max_tonnes: Option<MaxTonnes>,
    /// The most tonnes that may move in each direction in a calendar year (UTC)
    #[arg(long, value_name = "N")]
    max_tonnes_per_year: Option<MaxTonnes>,
    /// Only units of this vintage and later ones
    #[arg(long, value_name = "YEAR")]
    vintage_from: Option<VintageYear>,
    /// Only units of this vintage and earlier ones
    #[arg(long, value_name = "YEAR")]
    vintage_until: Option<VintageYear>,
    /// Only units of this type; may be given several times
    #[arg(long = "unit-type", value_name = "TYPE")]
    unit_types: Vec<UnitType>,
    /// Only units of this sectoral scope; may be given several times
    #[arg(long = "scope", value_name = "1-16")]
    scopes: Vec<SectoralScope>,
    /// Acquired units are used only once the source has ended their transfer and so recorded the first transfer
    #[arg(long)]
    use_needs_source_final: bool,
    /// Write it to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct SignArgs {
    /// The agreement, unsigned or signed by the partner
    agreement: PathBuf,
    /// Write it to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// The agreement that both countries signed
    agreement: PathBuf,
    #[command(flatten)]
    write: WriteArgs,
}

impl AgreementCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        match self {
            Self::Draft(args) => args.run(&client),
            Self::Sign(args) => {
                let draft = read_text(&args.agreement)?;
                session.confirm(&format!("This country signs:\n{draft}\nSign it?"))?;
                let draft = DraftText { draft };
                let signed = client.call(async |api| api.sign_agreement(&draft).await)?;
                give(&signed.agreement, args.out.as_deref())
            }
            Self::Add(args) => {
                let body = AgreementText {
                    agreement: read_text(&args.agreement)?,
                };
                let written: Written<record::Agreement> =
                    client.write("agreements", &args.write, &body)?;
                tell(&written.receipt);
                session
                    .out()
                    .show(&written, |written| recorded(&written.made))
            }
            Self::List => {
                let found = client.call(async |api| api.agreements().await)?;
                session.out().show(&found, |found| agreements(found))
            }
        }
    }
}

impl DraftArgs {
    fn run(self, client: &Client) -> Outcome {
        let own = client.call(async |api| api.status().await)?;
        let partner = AgreementParty {
            party: self.with,
            origin: partner_origin(client, self.with)?,
        };
        let mut parties = [
            AgreementParty {
                party: own.party,
                origin: own.origin,
            },
            partner,
        ];
        parties.sort_by_key(|side| side.party);
        let agreement = Agreement {
            id: self.id,
            parties,
            cooperative_approach: self.cooperative_approach,
            directions: ascending(self.directions),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            max_tonnes: self.max_tonnes,
            max_tonnes_per_year: self.max_tonnes_per_year,
            vintage_from: self.vintage_from,
            vintage_until: self.vintage_until,
            unit_types: ascending(self.unit_types),
            scopes: ascending(self.scopes),
            use_needs: self.use_needs_source_final.then_some(SourceFinal),
        };
        agreement.check().map_err(Failure::validation)?;
        give(&agreement.to_string(), self.out.as_deref())
    }
}

fn partner_origin(client: &Client, party: Party) -> Outcome<Origin> {
    let partners = client.call(async |api| api.partners().await)?;
    let listed = partners
        .into_iter()
        .map(|it| it.partner)
        .find(|it| it.party == party);
    listed.map(|it| it.origin).ok_or_else(|| {
        Failure::validation(format_args!("{party} is not a partner"))
            .hint("add its invite first: countersign peer add FILE")
    })
}

fn ascending<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}

fn limit(max_tonnes: u64) -> String {
    if max_tonnes == 0 {
        "none".to_owned()
    } else {
        tonnes(max_tonnes)
    }
}

fn vintages(it: &record::Agreement) -> String {
    match (it.vintage_from, it.vintage_until) {
        (None, None) => "all".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (Some(from), Some(until)) => format!("{from} to {until}"),
    }
}

fn used_once(it: &record::Agreement) -> &'static str {
    if it.use_needs_source_final {
        "once the source has ended their transfer"
    } else {
        "as soon as they are acquired"
    }
}

/// What is used of a limit, and how full that is.
fn gauge(used: u64, limit: u64) -> String {
    // Rounded down: full is said when it is full.
    match (u128::from(used) * 100).checked_div(u128::from(limit)) {
        Some(percent) => format!("{} of {} ({percent} %)", tonnes(used), tonnes(limit)),
        None => tonnes(used),
    }
}

fn recorded(it: &record::Agreement) -> View {
    let ways = [(it.outgoing, "outgoing"), (it.incoming, "incoming")];
    let ways: Vec<&str> = ways
        .iter()
        .filter(|(open, _)| *open)
        .map(|(_, way)| *way)
        .collect();
    View::pairs([
        ("agreement", it.id.to_string()),
        ("partner", it.partner.to_string()),
        ("ways", ways.join(" and ")),
        (
            "in force",
            format!("{} to {}", moment(it.valid_from_ms), moment(it.valid_to_ms)),
        ),
        ("limit each way", limit(it.max_tonnes)),
        ("limit each way and year", limit(it.max_tonnes_per_year)),
        ("vintages", vintages(it)),
        ("units are used", used_once(it).to_owned()),
        ("cooperative approach", it.cooperative_approach.to_string()),
    ])
}

fn agreements(agreements: &[AgreementView]) -> View {
    Table::of(
        [
            "AGREEMENT",
            "PARTNER",
            "OUT",
            "IN",
            "SENT>",
            "ACQUIRED>",
            "SENT THIS YEAR>",
            "ACQUIRED THIS YEAR>",
            "VINTAGES",
            "UNTIL",
        ],
        "no agreements: write one with `countersign agreement draft`",
        agreements,
        |it| {
            let yes = |open| if open { "yes" } else { "no" }.to_owned();
            let on_record = &it.agreement;
            [
                on_record.id.to_string(),
                on_record.partner.to_string(),
                yes(on_record.outgoing),
                yes(on_record.incoming),
                gauge(it.used_outgoing, on_record.max_tonnes),
                gauge(it.used_incoming, on_record.max_tonnes),
                gauge(it.used_outgoing_in_year, on_record.max_tonnes_per_year),
                gauge(it.used_incoming_in_year, on_record.max_tonnes_per_year),
                vintages(on_record),
                moment(on_record.valid_to_ms),
            ]
        },
    )
}
