//! The list of beneficiaries, in whose favour units are used.

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    BeneficiaryView, FileHash, MergeBeneficiary, NewBeneficiaryBody, Page,
};
use countersign_node::people::TaxId;
use countersign_protocol::id::Lei;
use countersign_protocol::party::Party;
use countersign_protocol::record::Name;
use reqwest::Method;

use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum BeneficiaryCommand {
    /// List the entries, or those whose names are most like a text
    List {
        /// Look for names like this
        #[arg(short, long, value_name = "TEXT")]
        q: Option<String>,
        /// The most entries
        #[arg(long, value_name = "N", default_value_t = 1000)]
        limit: usize,
    },
    /// Add an entry; near names are shown before
    Add(AddArgs),
    /// Mark an entry as reviewed
    Review {
        /// The entry
        id: u64,
    },
    /// Let one entry stand for another from here on
    Merge {
        /// The entry that goes
        id: u64,
        /// The entry that stays
        #[arg(long, value_name = "ID")]
        into: u64,
    },
    /// Forget an entry for good, and whom its retirements name: names, numbers and salts
    Erase {
        /// The entry
        id: u64,
    },
    /// Forget for good whom one retirement names
    Forget {
        /// The commitment that the ledger carries, in hex; `retirements` shows it
        commitment: FileHash,
    },
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// Its name
    name: Name,
    /// Its Legal Entity Identifier
    #[arg(long)]
    lei: Option<Lei>,
    /// Its tax or company number
    #[arg(long, value_name = "NUMBER", requires = "country")]
    tax_id: Option<TaxId>,
    /// Its country, such as CH
    #[arg(long)]
    country: Option<Party>,
    /// Another name of it; may be given several times
    #[arg(long = "alias", value_name = "NAME")]
    aliases: Vec<Name>,
    /// It is none of the entries with nearly this name
    #[arg(long)]
    distinct: bool,
}

impl BeneficiaryCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let entry: BeneficiaryView = match self {
            Self::List { q: Some(q), .. } => {
                let near: Page<BeneficiaryView> = client.get("beneficiaries", &[("q", q)])?;
                return session.out().show(&near.items, |items| table(items));
            }
            Self::List { q: None, limit } => {
                let entries: Vec<BeneficiaryView> = client.list("beneficiaries", &[], limit)?;
                return session.out().show(&entries, |entries| table(entries));
            }
            Self::Add(args) => {
                let body = NewBeneficiaryBody {
                    name: args.name,
                    lei: args.lei,
                    tax_id: args.tax_id,
                    country: args.country,
                    aliases: args.aliases,
                    distinct: args.distinct,
                };
                client.ask("beneficiaries", &body)?
            }
            Self::Review { id } => client.ask(&format!("beneficiaries/{id}/review"), &())?,
            Self::Merge { id, into } => {
                session.confirm(&format!(
                    "Merge beneficiary {id} into {into}? This cannot be undone."
                ))?;
                let body = MergeBeneficiary { into };
                client.ask(&format!("beneficiaries/{id}/merge"), &body)?
            }
            Self::Erase { id } => {
                session.confirm(&format!(
                    "Forget beneficiary {id} for good, and whom its retirements name? This cannot be undone."
                ))?;
                let path = format!("beneficiaries/{id}");
                return client.tell(&Method::DELETE, &path, &());
            }
            Self::Forget { commitment } => {
                session
                    .confirm("Forget for good whom the retirement names? This cannot be undone.")?;
                let path = format!("beneficiary-names/{commitment}");
                return client.tell(&Method::DELETE, &path, &());
            }
        };
        session
            .out()
            .show(&entry, |entry| table(std::slice::from_ref(entry)))
    }
}

fn table(entries: &[BeneficiaryView]) -> View {
    let heading = [
        "ID>", "NAME", "LEI", "TAX ID", "COUNTRY", "REVIEWED", "LIKE>",
    ];
    Table::of(heading, "there are no such beneficiaries", entries, |it| {
        [
            it.id.to_string(),
            it.name.to_string(),
            or_dash(it.lei),
            or_dash(it.tax_id.as_ref()),
            or_dash(it.country),
            if it.reviewed { "yes" } else { "no" }.to_owned(),
            or_dash(it.score),
        ]
    })
}
