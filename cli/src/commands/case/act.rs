//! Taking a step of a case.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use countersign_node::http::dto::{CaseActed, NewCaseAct, NewReserve, ReservedFate, Written};
use countersign_protocol::id::AccountId;
use countersign_protocol::record::{AttachedDocument, Name, RetireKind, Word};
use countersign_protocol::registry::{IssueTo, Selection};
use countersign_protocol::serial::UnitType;
use countersign_protocol::units::UnitRange;
use sha2::{Digest, Sha256};

use super::super::{read_text, tell};
use crate::client::WriteArgs;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{View, tonnes};
use crate::words;

#[derive(Args, Debug)]
pub(crate) struct ActArgs {
    /// The case, by its number
    case: u64,
    /// The step, such as submit
    step: Word,
    /// Answer the step with no
    #[arg(long)]
    no: bool,
    /// A file with the filled form, as JSON
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// A document that comes along, as KIND=FILE; may be given several times
    #[arg(long = "document", value_name = "KIND=FILE", value_parser = attached)]
    documents: Vec<(Word, PathBuf)>,
    /// A comment
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// The account of an owner that receives what the step issues; one for each owner
    #[arg(long, value_name = "ACCOUNT")]
    issue_to: Vec<AccountId>,
    /// The unit type of what the step issues
    #[arg(long, value_name = "TYPE", default_value = "ITMO")]
    unit_type: UnitType,
    #[command(flatten)]
    deducted: DeductedArgs,
    #[command(flatten)]
    reserve: ReserveArgs,
    /// Only try it: say what would be written, or what stands against it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    write: WriteArgs,
}

/// Where units go that the process deducts from what the step issues.
#[derive(Args, Debug)]
struct DeductedArgs {
    /// The Party's account for overall mitigation in global emissions
    #[arg(long, value_name = "ACCOUNT", requires = "issue_to")]
    overall_mitigation: Option<AccountId>,
    /// The account for the share of proceeds
    #[arg(long, value_name = "ACCOUNT", requires = "issue_to")]
    share_of_proceeds: Option<AccountId>,
    /// The Party's buffer account
    #[arg(long, value_name = "ACCOUNT", requires = "issue_to")]
    buffer: Option<AccountId>,
}

fn issue_to(
    accounts: &[AccountId],
    unit_type: UnitType,
    deducted: &DeductedArgs,
) -> Option<IssueTo> {
    (!accounts.is_empty()).then(|| IssueTo {
        accounts: accounts.iter().copied().collect(),
        unit_type,
        overall_mitigation: deducted.overall_mitigation,
        share_of_proceeds: deducted.share_of_proceeds,
        buffer: deducted.buffer,
    })
}

/// Units that the step reserves.
#[derive(Args, Debug)]
struct ReserveArgs {
    /// The account with the units that a request is about
    #[arg(long, value_name = "ACCOUNT")]
    reserve: Option<AccountId>,
    /// So many tonnes of it
    #[arg(long, value_name = "N", requires = "reserve")]
    tonnes: Option<u64>,
    /// Exactly these units of it, such as GH-27-35; may be given several times
    #[arg(
        long = "range",
        value_name = "RANGE",
        requires = "reserve",
        conflicts_with = "tonnes"
    )]
    ranges: Vec<UnitRange>,
    /// They move to this account
    #[arg(long, value_name = "ACCOUNT", requires = "reserve")]
    to: Option<AccountId>,
    /// They are used for this purpose
    #[arg(long, value_enum, requires = "reserve", conflicts_with = "to")]
    purpose: Option<words::Purpose>,
    /// They are cancelled instead of used
    #[arg(long, requires = "purpose")]
    cancel: bool,
    /// In whose name they are used; it stays in the node
    #[arg(long, value_name = "NAME", requires = "purpose")]
    beneficiary: Option<Name>,
}

impl ReserveArgs {
    fn wish(self) -> Outcome<Option<NewReserve>> {
        let Some(account) = self.reserve else {
            return Ok(None);
        };
        let units = match self.tonnes {
            Some(tonnes) => Selection::Tonnes(tonnes),
            None if self.ranges.is_empty() => {
                return Err(Failure::usage("which units? Add --tonnes or --range"));
            }
            None => Selection::Ranges(self.ranges),
        };
        let fate = match (self.to, self.purpose) {
            (Some(to), _) => ReservedFate::Transfer { to },
            (None, Some(purpose)) => ReservedFate::Retire {
                kind: if self.cancel {
                    RetireKind::Cancel
                } else {
                    RetireKind::Retire
                },
                purpose: purpose.into(),
                beneficiary: self.beneficiary,
            },
            (None, None) => {
                return Err(Failure::usage(
                    "what is to become of the units? Add --to or --purpose",
                ));
            }
        };
        Ok(Some(NewReserve {
            account,
            units,
            fate,
        }))
    }
}

impl ActArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let path = format!("cases/{}/acts", self.case);
        let form = self.form.as_ref().map(|path| read_text(path)).transpose()?;
        let form = form.map(|text| serde_json::from_str(&text)).transpose();
        let form = form
            .map_err(|error| Failure::validation(format_args!("the form is not JSON: {error}")))?;
        let documents = self.documents.into_iter().map(document);
        let body = NewCaseAct {
            step: self.step,
            no: self.no,
            form,
            documents: documents.collect::<Outcome<_>>()?,
            comment: self.comment,
            issue: issue_to(&self.issue_to, self.unit_type, &self.deducted),
            reserve: self.reserve.wish()?,
        };
        let client = session.client()?;
        if self.dry_run {
            let trial = client.try_out(&path, &body)?;
            return session.out().show(&trial, |trial| {
                View::Text(format!(
                    "nothing was written; {} records would be",
                    trial.records.len()
                ))
            });
        }
        let written: Written<CaseActed> = client.write(&path, &self.write, &body)?;
        tell(&written.receipt);
        session.out().show(&written, |written| view(&written.made))
    }
}

fn view(made: &CaseActed) -> View {
    let act = &made.act;
    let answer = if act.no { "no" } else { "yes" };
    let issued = made.issued.iter().map(|it| {
        let what = format!(
            "{} t of {} as {} to account {}",
            tonnes(it.range.tonnes()),
            it.year,
            it.range,
            it.account
        );
        ("issued", what)
    });
    let head = [
        ("case", act.case.to_string()),
        ("step", act.step.to_string()),
        ("answer", answer.to_owned()),
    ];
    View::pairs(head.into_iter().chain(issued))
}

fn attached(text: &str) -> Result<(Word, PathBuf), String> {
    let (kind, path) = text
        .split_once('=')
        .ok_or("write it as KIND=FILE, such as design-document=pdd.pdf")?;
    let kind = kind
        .parse()
        .map_err(|error| format!("the kind of document: {error}"))?;
    Ok((kind, PathBuf::from(path)))
}

fn document((kind, path): (Word, PathBuf)) -> Outcome<AttachedDocument> {
    let failed = |error: std::io::Error| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    };
    let mut hash = Sha256::new();
    let mut file = File::open(&path).map_err(failed)?;
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut chunk).map_err(failed)?;
        if read == 0 {
            break;
        }
        hash.update(&chunk[..read]);
    }
    Ok(AttachedDocument {
        kind,
        sha256: hash.finalize().into(),
    })
}
