//! Taking a step of a case.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_node::http::dto::{
    CaseActed, CaseFileView, NamedLetter, NewCaseAct, NewReserve, ReservedFate, Written,
};
use countersign_node::ops::files::{self, PUBLIC_FILE_MODE};
use countersign_protocol::id::AccountId;
use countersign_protocol::record::{RetireKind, Word};
use countersign_protocol::registry::{IssueTo, Selection};
use countersign_protocol::serial::UnitType;
use countersign_protocol::units::UnitRange;
use serde::Serialize;

use super::super::document::{self, kind_and_file};
use super::super::{tell, tried};
use super::begin::attached;
use super::issued;
use crate::client::{Client, TryArgs};
use crate::commands::retire::FavourArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::form;
use crate::session::Session;
use crate::table::{View, tonnes};
use crate::terminal;
use crate::words;

#[derive(Args, Debug)]
pub(crate) struct ActArgs {
    /// The case, by its number
    case: u64,
    /// The step, such as submit. Of several, each of those who act takes the first that is theirs to take
    #[arg(value_name = "STEP", required = true)]
    steps: Vec<Word>,
    /// Answer the step with no
    #[arg(long)]
    no: bool,
    /// A file with the filled form: TOML, YAML or JSON
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// A document that comes along, as KIND=FILE; it is added to the case first. May be given several times
    #[arg(long = "document", value_name = "KIND=FILE", value_parser = kind_and_file)]
    documents: Vec<(Word, PathBuf)>,
    /// A comment
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// The account of an owner that receives what the step issues, one for each owner; an owner's only holding account
    /// need not be named
    #[arg(long, value_name = "ACCOUNT")]
    issue_to: Vec<AccountId>,
    /// The unit type of what the step issues
    #[arg(long, value_name = "TYPE", default_value = "ITMO")]
    unit_type: UnitType,
    #[command(flatten)]
    deducted: DeductedArgs,
    #[command(flatten)]
    reserve: ReserveArgs,
    /// With --dry-run: make the letters that the step would issue, marked as previews, in this folder
    #[arg(long, value_name = "DIR", requires = "dry_run")]
    letters: Option<PathBuf>,
    #[command(flatten)]
    write: TryArgs,
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
    #[command(flatten)]
    favour: FavourArgs,
}

impl ReserveArgs {
    fn wish(&self) -> Outcome<Option<NewReserve>> {
        let Some(account) = self.reserve else {
            return Ok(None);
        };
        let units = match self.tonnes {
            Some(tonnes) => Selection::Tonnes(tonnes),
            None if self.ranges.is_empty() => {
                return Err(Failure::usage("which units? Add --tonnes or --range"));
            }
            None => Selection::Ranges(self.ranges.clone()),
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
                reason: self.favour.reason.clone(),
                jurisdiction: self.favour.jurisdiction,
                ndc_year: self.favour.ndc_year,
                beneficiary: self.favour.beneficiary.clone(),
                beneficiary_id: self.favour.beneficiary_id,
                beneficiary_public: self.favour.public,
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

/// What somebody did.
#[derive(Serialize)]
struct Taken {
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Word>,
    #[serde(flatten)]
    written: Written<CaseActed>,
}

impl ActArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let actors = session.clients()?;
        if self.steps.len() > 1 && (self.form.is_some() || !self.documents.is_empty()) {
            let message = "a form and documents go with one step: name only that one";
            return Err(Failure::usage(message));
        }
        if actors.len() > 1 && self.write.write.is_named() {
            let message = "one request id is for one person: leave it out";
            return Err(Failure::usage(message));
        }
        let mut taken = Vec::new();
        for (name, client) in &actors {
            let body = self.body(client)?;
            let path = format!("cases/{}/acts", self.case);
            if self.write.dry_run {
                // Whoever comes next would find another state: only the first can be tried.
                let trial = client.try_out(&path, &body)?;
                if let Some(folder) = &self.letters {
                    fs::create_dir_all(folder).map_err(Failure::other)?;
                    for letter in &trial.letters {
                        preview(client, self.case, letter, &body, folder)?;
                    }
                }
                return tried(session, &trial);
            }
            let written = client.write(&path, &self.write.write, &body);
            let written: Written<CaseActed> =
                written.map_err(|failure| after(failure, name.as_ref(), &taken))?;
            tell(&written.receipt);
            super::duplicates::warn(written.made.duplicates.as_ref());
            taken.push(Taken {
                actor: name.clone(),
                written,
            });
        }
        match taken.as_slice() {
            [one] => session
                .out()
                .show(&one.written, |written| view(&written.made)),
            all => session
                .out()
                .show(&all, |all| View::Many(all.iter().map(of_actor).collect())),
        }
    }

    /// What one of those who act sends.
    fn body(&self, client: &Client) -> Outcome<NewCaseAct> {
        let step = match self.steps.as_slice() {
            [only] => only.clone(),
            several => first_possible(client, self.case, several)?,
        };
        let documents = self.documents.iter().map(|(kind, path)| {
            let added = document::add(client, self.case, kind, path, None)?;
            attached(kind, &added.sha256)
        });
        let documents = documents.collect::<Outcome<_>>()?;
        let form = self.form.as_deref().map(form::read).transpose()?;
        let named = issue_to(&self.issue_to, self.unit_type, &self.deducted);
        let issue = match named {
            None if !self.no => issued::to(client, self.case, &step, self.unit_type)?,
            named => named,
        };
        Ok(NewCaseAct {
            step,
            no: self.no,
            form,
            documents,
            comment: self.comment.clone(),
            issue,
            reserve: self.reserve.wish()?,
        })
    }
}

/// The first of these steps that the caller can take now.
fn first_possible(client: &Client, case: u64, steps: &[Word]) -> Outcome<Word> {
    let file: CaseFileView = client.get(&format!("cases/{case}/file"), &[])?;
    let mut hindrance = None;
    for step in steps {
        match file.next.iter().find(|next| next.step == step.as_str()) {
            Some(next) if next.hindrance.is_none() => return Ok(step.clone()),
            Some(next) => hindrance = hindrance.or_else(|| next.hindrance.clone()),
            None => {}
        }
    }
    let why = hindrance.unwrap_or_else(|| "none of them leads on from the case's stage".to_owned());
    Err(Failure::validation(format_args!(
        "case {case}: none of these steps can be taken: {why}"
    )))
}

/// A failure of somebody after others have acted: what they did stands.
fn after(mut failure: Failure, name: Option<&Word>, before: &[Taken]) -> Failure {
    if let Some(name) = name {
        failure.message = format!("as {name}: {}", failure.message);
    }
    if before.is_empty() {
        return failure;
    }
    failure.exit = Exit::Partial;
    let names = before.iter().filter_map(|it| it.actor.as_ref());
    let names: Vec<String> = names.map(ToString::to_string).collect();
    failure.hint(format_args!(
        "what {} did is written; repeat the command for the others",
        names.join(", ")
    ))
}

fn of_actor(taken: &Taken) -> View {
    let mut rows = Vec::new();
    if let Some(actor) = &taken.actor {
        rows.push(("by".to_owned(), actor.to_string()));
    }
    match view(&taken.written.made) {
        View::Pairs(pairs) => View::Pairs(rows.into_iter().chain(pairs).collect()),
        other => other,
    }
}

fn preview(
    client: &Client,
    case: u64,
    letter: &NamedLetter,
    body: &NewCaseAct,
    folder: &Path,
) -> Outcome {
    let NamedLetter { letter, language } = letter;
    let query = [("letter", letter.clone()), ("language", language.clone())];
    let path = format!("cases/{case}/letters/preview");
    let pdf = client.bytes_for(&path, &query, body)?;
    let out = folder.join(format!("{letter}-{language}.pdf"));
    files::replace(&out, &pdf, PUBLIC_FILE_MODE)?;
    terminal::done(format_args!("written to {}", out.display()));
    Ok(())
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
