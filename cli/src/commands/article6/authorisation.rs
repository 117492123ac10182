//! Authorisations: versions, ends, the units under them, and what other registries tell of those that left.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    AuthorisationView, NewAuthorisation, NewRevocation, NewUnitAuthorisation, NewUseNotice,
};
use countersign_protocol::id::{AccountId, AuthorisationId};
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::Clause;
use countersign_protocol::serial::CooperativeApproachId;
use countersign_protocol::units::UnitRange;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::approach::metric;
use super::{countries, own, record, versions};
use crate::client::TryArgs;
use crate::commands::give;
use crate::commands::units::UnitsArgs;
use crate::exit::{Failure, Outcome};
use crate::form;
use crate::session::Session;
use crate::table::{Table, View, or_dash, tonnes};
use crate::words::{self, word};

/// A form to fill: the elements (a) to (n) of 4/CMA.6 paragraph 5.
const EXAMPLE: &str = include_str!("authorisation.toml");

#[derive(Debug, Subcommand)]
pub(crate) enum AuthorisationCommand {
    /// Write a form to fill, with the 14 required elements
    Form {
        /// Write it to this new file instead of stdout
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Record an authorisation, or another version of it, from a filled form
    Add(AddArgs),
    /// List authorisations as they count now
    List(ListArgs),
    /// Show an authorisation: its elements, what was first transferred, what is left
    Show(NameArgs),
    /// Show the records that made an authorisation what it is, oldest first
    Versions(NameArgs),
    /// End an authorisation for everything that was not first transferred
    Revoke(RevokeArgs),
    /// Put units that are here under an authorisation
    Units(UnitsUnderArgs),
    /// Record that another registry told of the use of units which left before their first transfer
    Notice(NoticeArgs),
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// The filled form: .toml, .yaml or .json
    form: PathBuf,
    /// The text that was published: its SHA-256 stands in the record
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Given by this country
    #[arg(long, value_name = "PARTY")]
    party: Option<Party>,
    /// Under this approach
    #[arg(long, value_name = "ID")]
    approach: Option<CooperativeApproachId>,
    /// Only those in force
    #[arg(long, conflicts_with = "revoked")]
    in_force: bool,
    /// Only those that were revoked
    #[arg(long)]
    revoked: bool,
}

#[derive(Args, Debug)]
pub(crate) struct NameArgs {
    /// Its id, such as GH-2026-001
    id: AuthorisationId,
    /// The country that gave it; this one when left out
    #[arg(long, value_name = "PARTY")]
    party: Option<Party>,
}

#[derive(Args, Debug)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    name: NameArgs,
    /// The date of the revocation, such as 2027-01-01
    #[arg(long, value_name = "DAY")]
    date: Day,
    /// Why, in public words
    #[arg(long, value_name = "WORDS")]
    reason: Clause,
    /// It ends for what was first transferred too: only where its terms say so
    #[arg(long)]
    reaches_first_transferred: bool,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct UnitsUnderArgs {
    /// The authorisation
    id: AuthorisationId,
    /// The account that holds the units
    #[arg(long, value_name = "ID")]
    account: AccountId,
    #[command(flatten)]
    units: UnitsArgs,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct NoticeArgs {
    /// The units, such as GH-27-35; may be given several times
    #[arg(long = "range", value_name = "RANGE", required = true)]
    ranges: Vec<UnitRange>,
    /// For what they were used, cancelled or contributed
    #[arg(long, value_enum)]
    purpose: words::NotifiedUse,
    /// The country in whose registry it happened
    #[arg(long, value_name = "PARTY")]
    party: Party,
    /// The day
    #[arg(long, value_name = "DAY")]
    day: Day,
    /// Where the notice can be found
    #[arg(long, value_name = "WORDS")]
    reference: Clause,
    #[command(flatten)]
    write: TryArgs,
}

impl AuthorisationCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Form { out } => give(EXAMPLE, out.as_deref()),
            Self::Add(args) => args.run(session),
            Self::List(args) => args.run(session),
            Self::Show(name) => {
                let path = name.path(session)?;
                let found: AuthorisationView = session.client()?.get(&path, &[])?;
                session.out().show(&found, shown)
            }
            Self::Versions(name) => {
                let path = name.path(session)?;
                versions(session, &format!("{path}/versions"))
            }
            Self::Revoke(args) => args.run(session),
            Self::Units(args) => {
                let body = NewUnitAuthorisation {
                    authorisation: args.id,
                    account: args.account,
                    units: args.units.selection(),
                };
                record(session, &args.write, &body)
            }
            Self::Notice(args) => {
                let body = NewUseNotice {
                    ranges: args.ranges,
                    purpose: args.purpose.into(),
                    party: args.party,
                    day: args.day,
                    reference: args.reference,
                };
                record(session, &args.write, &body)
            }
        }
    }
}

impl NameArgs {
    /// Ids may have blanks.
    fn path(&self, session: &Session) -> Outcome<String> {
        let party = match self.party {
            Some(party) => party,
            None => own(&session.client()?)?,
        };
        let id = self.id.to_string().replace(' ', "%20");
        Ok(format!("authorisations/{party}/{id}"))
    }
}

impl AddArgs {
    fn run(self, session: &Session) -> Outcome {
        let mut filled = form::read(&self.form)?;
        let wrong = |why: &dyn std::fmt::Display| {
            Failure::validation(format_args!("{}: {why}", self.form.display()))
        };
        if let Some(document) = &self.document {
            let bytes = std::fs::read(document).map_err(|error| {
                Failure::validation(format_args!("cannot read {}: {error}", document.display()))
            })?;
            let members = filled.as_object_mut();
            let members = members.ok_or_else(|| wrong(&"the form has no members"))?;
            let digest = hex::encode(Sha256::digest(bytes));
            members.insert("document".to_owned(), Value::String(digest));
        }
        if filled.get("document").is_none() {
            return Err(wrong(&"which text was published?")
                .hint("add --document FILE, or its SHA-256 as document to the form"));
        }
        let body: NewAuthorisation =
            serde_json::from_value(filled).map_err(|error| wrong(&error))?;
        record(session, &self.write, &body)
    }
}

impl ListArgs {
    fn run(self, session: &Session) -> Outcome {
        let mut query = Vec::new();
        query.extend(self.party.map(|it| ("party", it.to_string())));
        query.extend(self.approach.map(|it| ("approach", it.to_string())));
        if self.in_force || self.revoked {
            query.push(("in_force", self.in_force.to_string()));
        }
        let client = session.client()?;
        let found = client.call(async |api| api.authorisations(&query).await)?;
        session.out().show(&found, |found| table(found))
    }
}

impl RevokeArgs {
    fn run(self, session: &Session) -> Outcome {
        if !self.write.dry_run {
            session.confirm(&format!(
                "End authorisation {}? This cannot be undone.",
                self.name.id
            ))?;
        }
        let body = NewRevocation {
            id: self.name.id,
            party: self.name.party,
            date: self.date,
            reason: self.reason,
            reaches_first_transferred: self.reaches_first_transferred,
        };
        record(session, &self.write, &body)
    }
}

fn quantity(it: u64) -> String {
    if it == 0 {
        "no limit".to_owned()
    } else {
        tonnes(it)
    }
}

fn state(it: &AuthorisationView) -> String {
    match &it.revoked {
        None => "in force".to_owned(),
        Some(it) => format!("revoked {}", it.date),
    }
}

fn table(authorisations: &[AuthorisationView]) -> View {
    Table::of(
        [
            "PARTY",
            "AUTHORISATION",
            "VERSION>",
            "APPROACH",
            "USES",
            "QUANTITY>",
            "FIRST TRANSFERRED>",
            "LEFT>",
            "STATE",
        ],
        "no authorisations: record one with `countersign authorisation add`",
        authorisations,
        |it| {
            let of = &it.authorisation;
            [
                of.party.to_string(),
                of.id.to_string(),
                of.version.to_string(),
                of.approach.to_string(),
                word(&of.uses),
                quantity(of.quantity),
                or_dash(it.first_transferred.map(tonnes)),
                or_dash(it.left.map(tonnes)),
                state(it),
            ]
        },
    )
}

fn shown(it: &AuthorisationView) -> View {
    let of = &it.authorisation;
    let list = |items: Vec<String>| or_dash((!items.is_empty()).then(|| items.join(", ")));
    View::pairs([
        ("authorisation", format!("{}/{}", of.party, of.id)),
        ("state", state(it)),
        ("version", format!("{}, leaf {}", of.version, it.index)),
        ("approach", of.approach.to_string()),
        (
            "Parties that may use",
            list(
                vec![countries(&of.parties)]
                    .into_iter()
                    .filter(|it| !it.is_empty())
                    .collect(),
            ),
        ),
        (
            "entities that may use",
            list(of.entities.iter().map(ToString::to_string).collect()),
        ),
        ("date", of.date.to_string()),
        ("issued until", or_dash(of.issue_until)),
        ("used until", or_dash(of.use_until)),
        ("uses", word(&of.uses)),
        ("other purposes", or_dash(of.oimp.as_ref())),
        ("first transfer for them", or_dash(of.definition)),
        ("framework", of.framework.to_string()),
        ("changes", of.changes.to_string()),
        ("reach", or_dash(of.reach.as_ref())),
        ("quantity", quantity(of.quantity)),
        ("registry", of.registry.to_string()),
        ("underlying registry", or_dash(of.underlying.as_ref())),
        (
            "vintages",
            format!("{}-{}", of.vintages.first(), of.vintages.last()),
        ),
        ("metric", metric(&of.metric)),
        (
            "sectoral scopes",
            list(of.scopes.iter().map(ToString::to_string).collect()),
        ),
        ("activities", or_dash(of.activities.as_ref())),
        (
            "projects",
            list(of.projects.iter().map(ToString::to_string).collect()),
        ),
        ("terms", or_dash(of.terms.as_ref())),
        ("document", hex::encode(of.document)),
        ("units put under it", or_dash(it.put.map(tonnes))),
        (
            "first transferred",
            or_dash(it.first_transferred.map(tonnes)),
        ),
        ("committed", or_dash(it.committed.map(tonnes))),
        ("left", or_dash(it.left.map(tonnes))),
    ])
}
