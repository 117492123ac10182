//! Cooperative approaches, the initial reports that cover them, and the entities that are authorised under them.

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::http::dto::{
    ApproachView, NewApproach, NewAuthorisedEntity, NewInitialReport,
};
use countersign_protocol::article6::FirstTransferDefinition;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    AuthorisedEntity, Clause, Identification, Metric, MetricUnit, Name,
};
use countersign_protocol::serial::CooperativeApproachId;

use super::{countries, record, versions};
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, or_dash};
use crate::words::word;

#[derive(Debug, Subcommand)]
pub(crate) enum ApproachCommand {
    /// Record a cooperative approach, or what is to change of it: units then leave under it only when they are authorised
    Add(Box<AddArgs>),
    /// List the cooperative approaches
    List,
    /// Show one of them
    Show {
        /// Its id, such as CA0001
        id: CooperativeApproachId,
    },
    /// Show the records about one of them, oldest first
    Versions {
        /// Its id, such as CA0001
        id: CooperativeApproachId,
    },
    /// Authorise an entity under an approach, or end that
    Entity(Box<EntityArgs>),
    /// List the entities that are, or were, authorised
    Entities {
        /// Under this approach only
        #[arg(long, value_name = "ID")]
        approach: Option<CooperativeApproachId>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum InitialReportCommand {
    /// Record that the initial report, or an updated one, covers an approach
    Add(ReportArgs),
    /// List the approaches with the last initial report of each
    List,
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// Its id, which the centralised accounting and reporting platform gives, such as CA0001
    #[arg(long, value_name = "ID")]
    id: CooperativeApproachId,
    /// Its public name
    #[arg(long, value_name = "WORDS")]
    title: Clause,
    /// The Parties, this one among them; given for each
    #[arg(long = "party", value_name = "PARTY", required = true)]
    parties: Vec<Party>,
    /// What is taken for first transfer of units for other international mitigation purposes
    #[arg(long, value_enum)]
    definition: Option<Definition>,
    /// A metric other than tonnes of CO2 equivalent, such as MWh
    #[arg(long, value_name = "UNIT", requires = "per_tonne")]
    metric: Option<MetricUnit>,
    /// How many of the metric's unit stand for one tonne
    #[arg(long, value_name = "N", requires = "metric")]
    per_tonne: Option<u32>,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// The approach
    #[arg(long, value_name = "ID")]
    approach: CooperativeApproachId,
    /// When the report was submitted, such as 2026-03-01
    #[arg(long, value_name = "DAY")]
    submitted: Day,
    /// Where it can be found
    #[arg(long, value_name = "WORDS")]
    reference: Clause,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct EntityArgs {
    /// The approach
    #[arg(long, value_name = "ID")]
    approach: CooperativeApproachId,
    /// Its number in the country of incorporation, for publication
    #[arg(long, value_name = "NUMBER")]
    identification: Identification,
    /// Its public name
    #[arg(long)]
    name: Name,
    /// Where it is incorporated
    #[arg(long, value_name = "COUNTRY")]
    country: Party,
    /// The organisation of this registry that it is
    #[arg(long, value_name = "N")]
    organisation: Option<OrganisationId>,
    /// The date of the authorisation, such as 2026-03-01
    #[arg(long, value_name = "DAY")]
    date: Day,
    /// Conditions
    #[arg(long, value_name = "WORDS")]
    conditions: Option<Clause>,
    /// Whether and how it can be changed or revoked
    #[arg(long, value_name = "WORDS")]
    changes: Option<Clause>,
    /// Anything else
    #[arg(long, value_name = "WORDS")]
    information: Option<Clause>,
    /// It is authorised no longer
    #[arg(long)]
    revoked: bool,
    #[command(flatten)]
    write: TryArgs,
}

/// What is taken for first transfer.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Definition {
    /// The authorisation
    Authorisation,
    /// The issuance
    Issuance,
    /// The use or cancellation
    UseOrCancellation,
    /// The first international transfer
    FirstInternationalTransfer,
}

impl From<Definition> for FirstTransferDefinition {
    fn from(word: Definition) -> Self {
        match word {
            Definition::Authorisation => Self::Authorisation,
            Definition::Issuance => Self::Issuance,
            Definition::UseOrCancellation => Self::UseOrCancellation,
            Definition::FirstInternationalTransfer => Self::FirstInternationalTransfer,
        }
    }
}

impl ApproachCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Add(args) => args.run(session),
            Self::List => list(session),
            Self::Show { id } => {
                let path = format!("cooperative-approaches/{id}");
                let found: ApproachView = session.client()?.get(&path, &[])?;
                session.out().show(&found, shown)
            }
            Self::Versions { id } => {
                versions(session, &format!("cooperative-approaches/{id}/versions"))
            }
            Self::Entity(args) => args.run(session),
            Self::Entities { approach } => {
                let of = approach.map(|it| ("approach", it.to_string()));
                let of: Vec<_> = of.into_iter().collect();
                let found: countersign_node::http::dto::Page<AuthorisedEntity> =
                    session.client()?.get("authorised-entities", &of)?;
                session.out().show(&found.items, |found| entities(found))
            }
        }
    }
}

impl InitialReportCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Add(args) => {
                let body = NewInitialReport {
                    approach: args.approach,
                    submitted: args.submitted,
                    reference: args.reference,
                };
                record(session, &args.write, &body)
            }
            Self::List => list(session),
        }
    }
}

impl AddArgs {
    fn run(self, session: &Session) -> Outcome {
        let metric = self.metric.zip(self.per_tonne);
        let body = NewApproach {
            id: self.id,
            title: self.title,
            parties: self.parties,
            definition: self.definition.map(Into::into),
            metric: metric.map(|(unit, per_tonne)| Metric::NonGhg { unit, per_tonne }),
        };
        record(session, &self.write, &body)
    }
}

impl EntityArgs {
    fn run(self, session: &Session) -> Outcome {
        let body = NewAuthorisedEntity {
            approach: self.approach,
            identification: self.identification,
            name: self.name,
            country: self.country,
            organisation: self.organisation,
            date: self.date,
            conditions: self.conditions,
            changes: self.changes,
            information: self.information,
            revoked: self.revoked,
        };
        record(session, &self.write, &body)
    }
}

fn list(session: &Session) -> Outcome {
    let client = session.client()?;
    let found = client.call(async |api| api.approaches().await)?;
    session.out().show(&found, |found| {
        Table::of(
            ["APPROACH", "PARTIES", "INITIAL REPORT", "TITLE"],
            "no cooperative approaches: record one with `countersign approach add`",
            found,
            |it| {
                [
                    it.approach.id.to_string(),
                    countries(&it.approach.parties),
                    or_dash(it.initial_report.as_ref().map(|it| it.submitted)),
                    it.approach.title.to_string(),
                ]
            },
        )
    })
}

fn shown(it: &ApproachView) -> View {
    let approach = &it.approach;
    let report = it.initial_report.as_ref();
    View::pairs([
        ("approach", approach.id.to_string()),
        ("title", approach.title.to_string()),
        ("Parties", countries(&approach.parties)),
        (
            "first transfer for other purposes",
            or_dash(approach.definition),
        ),
        ("metric", metric(&approach.metric)),
        (
            "initial report",
            or_dash(report.map(|it| format!("{}, {}", it.submitted, it.reference))),
        ),
    ])
}

/// A metric in words.
pub(super) fn metric(it: &Metric) -> String {
    match it {
        Metric::Ghg => "t CO2 eq".to_owned(),
        Metric::NonGhg { unit, per_tonne } => format!("{unit}, {per_tonne} for one tonne"),
    }
}

fn entities(entities: &[AuthorisedEntity]) -> View {
    Table::of(
        [
            "APPROACH",
            "NUMBER",
            "NAME",
            "COUNTRY",
            "SINCE",
            "STATE",
            "ORGANISATION>",
        ],
        "no entities are authorised",
        entities,
        |it| {
            [
                it.approach.to_string(),
                it.identification.to_string(),
                it.name.to_string(),
                word(&it.country),
                it.date.to_string(),
                if it.revoked { "ended" } else { "authorised" }.to_owned(),
                or_dash(it.organisation),
            ]
        },
    )
}
