//! Units are used or cancelled: for ever.

use clap::Args;
use countersign_node::http::dto::{NewRetirement, Retired};
use countersign_protocol::id::AccountId;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Name, Reason, RetireKind};

use super::units::{self, UnitsArgs};
use super::write;
use crate::client::TryArgs;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{View, or_dash, tonnes};
use crate::words::{self, word};

#[derive(Args, Debug)]
pub(crate) struct RetireArgs {
    /// The account
    #[arg(long, value_name = "ID")]
    account: AccountId,
    #[command(flatten)]
    units: UnitsArgs,
    /// For what
    #[arg(long, value_enum)]
    purpose: words::Purpose,
    /// Cancel the units without use
    #[arg(long)]
    cancel: bool,
    #[command(flatten)]
    favour: FavourArgs,
    #[command(flatten)]
    write: TryArgs,
}

/// In whose favour, why and where.
#[derive(Args, Debug)]
pub(crate) struct FavourArgs {
    /// In whose name; it stays in the node, the ledger holds a salted hash of it
    #[arg(long, value_name = "NAME", conflicts_with = "beneficiary_id")]
    pub(crate) beneficiary: Option<Name>,
    /// In the name of an entry of the list of beneficiaries
    #[arg(long, value_name = "ID")]
    pub(crate) beneficiary_id: Option<u64>,
    /// Let everybody know the name
    #[arg(long)]
    pub(crate) public: bool,
    /// Why, in public words
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: Option<Reason>,
    /// The country in whose jurisdiction they are used, such as CH
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) jurisdiction: Option<Party>,
    /// The calendar year of the NDC towards which ITMOs are used, such as 2026
    #[arg(long, value_name = "YEAR")]
    pub(crate) ndc_year: Option<u16>,
}

impl RetireArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let (verb, kind) = if self.cancel {
            ("Cancel", RetireKind::Cancel)
        } else {
            ("Retire", RetireKind::Retire)
        };
        let units = self.units.words();
        if !self.write.dry_run {
            session.confirm(&format!(
                "{verb} {units} of account {}? This cannot be undone.",
                self.account
            ))?;
        }
        let body = NewRetirement {
            account: self.account,
            units: self.units.selection(),
            kind,
            purpose: self.purpose.into(),
            reason: self.favour.reason,
            jurisdiction: self.favour.jurisdiction,
            ndc_year: self.favour.ndc_year,
            beneficiary: self.favour.beneficiary,
            beneficiary_id: self.favour.beneficiary_id,
            beneficiary_public: self.favour.public,
        };
        write(
            session,
            "retirements",
            &self.write,
            &body,
            |made: &Retired| {
                let pairs = View::pairs([
                    ("kind", word(&made.kind)),
                    ("purpose", word(&made.purpose)),
                    ("tonnes", tonnes(made.tonnes)),
                    ("account", made.account.to_string()),
                    (
                        "beneficiary",
                        or_dash(
                            made.beneficiary
                                .map(|it| format!("salted hash {}", hex::encode(it.0))),
                        ),
                    ),
                    ("reason", or_dash(made.reason.as_ref())),
                    ("jurisdiction", or_dash(made.jurisdiction)),
                    ("leaf", made.index.to_string()),
                ]);
                View::Many(vec![pairs, units::table(&made.units)])
            },
        )
    }
}
