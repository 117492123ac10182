//! What is reported of Article 6 beside the annual report, and two ledgers held against each other.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::export::{ExportedLedger, Folder, Options, records, verify};
use countersign_node::http::dto::{Article6ActionView, Page, SummaryView};
use countersign_node::ops::files::{PUBLIC_FILE_MODE, write_new};
use countersign_protocol::article6::{Book, Cause, Difference, NetOfUses, Position};
use countersign_protocol::party::Party;
use serde::Serialize;

use super::notifications::NotificationArgs;
use crate::commands::verify::read_trust;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, tonnes};
use crate::terminal;
use crate::words::word;

#[derive(Debug, Subcommand)]
pub(crate) enum Article6Command {
    /// Show the structured summary of the NDC period that has a year, and the emissions balance behind it
    Summary(SummaryArgs),
    /// Write the structured summary with the quantities under it as a file, for the biennial report
    RegularInformation {
        #[command(flatten)]
        summary: SummaryArgs,
        /// A new file to write: .xlsx or .json
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Write the registry's part of the initial report as a file
    InitialInformation {
        /// A new file to write: .xlsx or .json
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Show how many units of each approach and vintage lie in accounts of each purpose
    Positions {
        /// As of this moment, in milliseconds since 1970; now when left out
        #[arg(long, value_name = "MS")]
        at_ms: Option<u64>,
    },
    /// List what was done with units under Article 6
    Actions {
        /// Recorded in this calendar year
        #[arg(long, value_name = "YEAR")]
        year: Option<u16>,
        /// Of any of these units, such as GH-27-35
        #[arg(long, value_name = "UNITS")]
        units: Option<String>,
    },
    /// Take what other registries tell of issuances, uses, cancellations and contributions: uses abroad are recorded, and of the
    /// rest it is said what is to be done
    ImportNotifications(NotificationArgs),
    /// Hold two exported ledgers against each other, unit by unit, offline: what one sent and the other acquired
    CrossCheck(CrossCheckArgs),
}

#[derive(Args, Debug)]
pub(crate) struct SummaryArgs {
    /// A year of the NDC period
    #[arg(long, value_name = "YEAR")]
    year: u16,
    /// By how many years an average is divided
    #[arg(long, value_enum)]
    elapsed: Option<Elapsed>,
    /// By which year quantities count
    #[arg(long, value_enum)]
    axis: Option<Axis>,
}

/// By how many years an average is divided.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Elapsed {
    /// The years since the first of the period, both counted
    SinceFirst,
    /// The years of the period
    WholePeriod,
}

/// By which year quantities count.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Axis {
    /// By the year in which it happened
    Event,
    /// By the vintage, and uses by the year for which they are made
    Balance,
}

#[derive(Args, Debug)]
pub(crate) struct CrossCheckArgs {
    /// This country's exported ledger (countersign ledger export)
    own: PathBuf,
    /// The partner's exported ledger
    partner: PathBuf,
    /// Whom to believe about this country's log and witnesses
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Whom to believe about the partner's
    #[arg(long, value_name = "FILE")]
    partner_trust: Option<PathBuf>,
    /// Only differences that touch the reports of this year
    #[arg(long, value_name = "YEAR")]
    year: Option<u16>,
}

impl Article6Command {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Summary(args) => args.run(session),
            Self::RegularInformation { summary, out } => {
                let path = "article6/regular-information";
                save(session, path, summary.query(), &out)
            }
            Self::InitialInformation { out } => {
                save(session, "article6/initial-information", Vec::new(), &out)
            }
            Self::Positions { at_ms } => {
                let at = at_ms.map(|it| ("at_ms", it.to_string()));
                let at: Vec<_> = at.into_iter().collect();
                let found: Page<Position> = session.client()?.get("article6/positions", &at)?;
                session.out().show(&found.items, |found| positions(found))
            }
            Self::Actions { year, units } => {
                let mut query = Vec::new();
                query.extend(year.map(|it| ("year", it.to_string())));
                query.extend(units.map(|it| ("units", it)));
                let found: Vec<Article6ActionView> =
                    session.client()?.list("article6/actions", &query, 10_000)?;
                session.out().show(&found, |found| actions(found))
            }
            Self::ImportNotifications(args) => args.run(session),
            Self::CrossCheck(args) => args.run(session),
        }
    }
}

impl SummaryArgs {
    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![("year", self.year.to_string())];
        let elapsed = self.elapsed.map(|it| match it {
            Elapsed::SinceFirst => "since_first",
            Elapsed::WholePeriod => "whole_period",
        });
        query.extend(elapsed.map(|it| ("elapsed", it.to_owned())));
        let axis = self.axis.map(|it| match it {
            Axis::Event => "event",
            Axis::Balance => "balance",
        });
        query.extend(axis.map(|it| ("axis", it.to_owned())));
        query
    }

    fn run(&self, session: &Session) -> Outcome {
        let found: SummaryView = session.client()?.get("article6/summary", &self.query())?;
        session.out().show(&found, summary)
    }
}

/// A file that the node writes.
fn save(
    session: &Session,
    path: &str,
    mut query: Vec<(&'static str, String)>,
    out: &Path,
) -> Outcome {
    let ending = out.extension().and_then(|it| it.to_str());
    let format = match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
        "xlsx" => "xlsx",
        "json" => "json",
        _ => {
            return Err(Failure::usage(format_args!(
                "{}: end its name in .xlsx or .json",
                out.display()
            )));
        }
    };
    query.push(("format", format.to_owned()));
    write_new(
        out,
        &session.client()?.file(path, &query)?,
        PUBLIC_FILE_MODE,
    )?;
    terminal::done(format_args!("written to {}", out.display()));
    Ok(())
}

fn summary(it: &SummaryView) -> View {
    let mut rows = Vec::new();
    for row in &it.rows {
        for value in &row.values {
            rows.push([
                row.row.to_string(),
                value.year.to_string(),
                value.rounded.clone(),
                row.label.clone(),
            ]);
        }
    }
    let head = View::pairs([
        ("Party", it.party.to_string()),
        (
            "NDC period",
            format!("{}-{}", it.period.first(), it.period.last()),
        ),
        ("method", word(&it.method)),
    ]);
    let table = Table::of(
        ["ROW>", "YEAR>", "VALUE>", "WHAT"],
        "nothing is recorded yet",
        &rows,
        Clone::clone,
    );
    View::Many(vec![head, table])
}

fn positions(found: &[Position]) -> View {
    Table::of(
        ["APPROACH", "PURPOSE", "VINTAGE>", "ITMOS>", "AUTHORISED>"],
        "no units are authorised or first transferred",
        found,
        |it| {
            [
                it.approach.to_string(),
                word(&it.purpose),
                it.vintage.to_string(),
                tonnes(it.itmos),
                tonnes(it.authorised),
            ]
        },
    )
}

fn actions(found: &[Article6ActionView]) -> View {
    Table::of(
        [
            "LEAF>", "AT", "WHAT", "BY", "PARTY", "UNITS", "TONNES>", "APPROACH",
        ],
        "nothing was done under Article 6",
        found,
        |it| {
            [
                it.index.to_string(),
                moment(it.time_ms),
                it.kind.replace('_', " "),
                or_dash(it.by.as_ref().map(|it| it.replace('_', " "))),
                or_dash(it.to.or(it.from)),
                it.units.range.to_string(),
                tonnes(it.units.tonnes),
                it.approach.to_string(),
            ]
        },
    )
}

/// Two ledgers held against each other.
#[derive(Serialize)]
struct Compared {
    own: Party,
    partner: Party,
    totals: Vec<Totals>,
    net_of_uses: NetOfUses,
    differences: Vec<Difference>,
}

/// What moved one way in one year under one approach, of one vintage.
#[derive(Serialize)]
struct Totals {
    from: Party,
    year: u16,
    approach: String,
    vintage: u16,
    sent: u64,
    acquired: u64,
}

impl CrossCheckArgs {
    /// Ends with 3 where the two ledgers differ.
    fn run(&self, session: &Session) -> Outcome {
        let (own, book) = book(&self.own, self.trust.as_deref())?;
        let (partner, other) = book_of_another(&self.partner, self.partner_trust.as_deref(), own)?;
        let empty = || Failure::validation("an exported ledger has no record");
        let check = book.cross_check(&other).ok_or_else(empty)?;
        let totals = check.totals.iter().map(|(key, total)| Totals {
            from: key.0,
            year: key.1,
            approach: key.2.to_string(),
            vintage: key.3,
            sent: total.sent,
            acquired: total.acquired,
        });
        let totals = totals.filter(|it| self.year.is_none_or(|year| year == it.year));
        let differences: Vec<Difference> = match self.year {
            Some(year) => check.of_year(year).copied().collect(),
            None => check.differences.clone(),
        };
        let compared = Compared {
            own,
            partner,
            totals: totals.collect(),
            net_of_uses: book.net_of_uses(&other),
            differences,
        };
        session.out().show(&compared, view)?;
        match compared.differences.len() {
            0 if compared.net_of_uses.is_zero() => Ok(()),
            0 => Err(Failure::validation(format_args!(
                "what {own} and {partner} used towards their NDCs does not add up"
            ))),
            count => Err(Failure::validation(format_args!(
                "the ledgers of {own} and {partner} differ in {count} places"
            ))),
        }
    }
}

fn book_of_another(path: &Path, trust: Option<&Path>, own: Party) -> Outcome<(Party, Book)> {
    let (party, book) = book(path, trust)?;
    if party == own {
        return Err(Failure::usage(format_args!(
            "{} is the ledger of {own} too: name a partner's",
            path.display()
        )));
    }
    Ok((party, book))
}

/// Verifies an exported ledger and reads its book.
fn book(path: &Path, trust: Option<&Path>) -> Outcome<(Party, Book)> {
    let trust = trust.map(read_trust);
    let trust = trust.transpose()?;
    if trust.is_none() {
        terminal::warn(format_args!(
            "{}: without a trust file its witnesses are not checked",
            path.display()
        ));
    }
    let ledger = ExportedLedger(Folder::new(path));
    let options = Options {
        replay: true,
        trust: trust.as_ref(),
    };
    let report = verify(&ledger, &options, &mut |_| {})?;
    let records = records(&ledger, report.size)?;
    let book = Book::read(records)
        .map_err(|error| Failure::validation(format_args!("{}: {error}", path.display())))?;
    Ok((report.party, book))
}

/// What differs, and who has to do something about it.
fn cause(it: &Difference) -> String {
    let (from, to) = (it.from, it.to);
    match it.cause {
        Cause::NotAcquired => format!("{from} sent them, {to} has not acquired them"),
        Cause::NotTransferred => {
            format!("{to} acquired them, {from} has not recorded that they are there")
        }
        Cause::NotNotified => {
            format!("{to} used or contributed them, {from} was not told (authorisation notice)")
        }
        Cause::NotUsed => {
            format!("{from} was told of their use, {to} has not recorded any")
        }
        Cause::OtherYear { sent, acquired } => {
            format!("sent in {sent}, acquired in {acquired}")
        }
        Cause::OtherApproach { sent, acquired } => {
            format!("sent under {sent}, acquired under {acquired}")
        }
        Cause::OtherVintage { sent, acquired } => {
            format!("sent as of {sent}, acquired as of {acquired}")
        }
        Cause::OtherUses { sent, acquired } => {
            format!("sent for {sent}, acquired for {acquired}")
        }
        Cause::OtherMetric { sent, acquired } => {
            format!("sent in {}, acquired in {}", word(&sent), word(&acquired))
        }
    }
}

/// Whether corresponding adjustments for uses towards NDCs cancel out.
fn net(it: &NetOfUses) -> String {
    let mut lines = vec![format!(
        "uses towards NDCs: {} added by first transferring Parties, {} subtracted by using ones; together {:+}",
        it.added,
        it.subtracted,
        it.sum()
    )];
    for (ranges, what) in [
        (
            &it.not_transferred,
            "used, and nobody first transferred them",
        ),
        (&it.used_twice, "used twice"),
        (&it.transferred_twice, "first transferred twice"),
    ] {
        lines.extend(ranges.iter().map(|range| format!("{range}: {what}")));
    }
    lines.join("\n")
}

fn view(it: &Compared) -> View {
    let totals = Table::of(
        [
            "FROM",
            "YEAR>",
            "APPROACH",
            "VINTAGE>",
            "SENT>",
            "ACQUIRED>",
        ],
        "nothing moved between the two",
        &it.totals,
        |it| {
            [
                it.from.to_string(),
                it.year.to_string(),
                it.approach.clone(),
                it.vintage.to_string(),
                tonnes(it.sent),
                tonnes(it.acquired),
            ]
        },
    );
    let differences = Table::of(
        ["UNITS", "APPROACH", "VINTAGE>", "YEAR>", "WHAT DIFFERS"],
        "no differences",
        &it.differences,
        |it| {
            [
                it.units.to_string(),
                it.approach.to_string(),
                it.vintage.to_string(),
                it.year.to_string(),
                cause(it),
            ]
        },
    );
    View::Many(vec![totals, View::Text(net(&it.net_of_uses)), differences])
}
