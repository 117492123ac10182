//! What a developer does most: opening a case and handing it in, in one command.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use countersign_node::http::dto::{CaseActed, CaseView, NewCaseAct, NewOpenCase, Written};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{AttachedDocument, Title, Word};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{Flow, Process, Step, StepKind, SubjectKind};
use serde::Serialize;
use serde_json::Value;

use super::super::document::{self, kind_and_file};
use super::super::{country, tell, tried};
use super::pairs;
use crate::client::{Client, WriteArgs};
use crate::exit::{Failure, Outcome};
use crate::form;
use crate::session::Session;
use crate::terminal;

/// What is handed in.
#[derive(Args, Debug)]
pub(crate) struct BeginArgs {
    /// A file with the filled form: TOML, YAML or JSON
    #[arg(long, value_name = "FILE")]
    form: PathBuf,
    /// A document that comes along, as KIND=FILE; may be given several times
    #[arg(long = "document", value_name = "KIND=FILE", value_parser = kind_and_file)]
    documents: Vec<(Word, PathBuf)>,
    /// The public title; by default the title or name that the form says
    #[arg(long)]
    title: Option<Title>,
    /// The flow, where the process has several for this
    #[arg(long)]
    flow: Option<Word>,
    /// The track, where the flow has tracks
    #[arg(long)]
    track: Option<Word>,
    /// An owner, where it is not your organisation alone; may be given several times
    #[arg(long = "owner", value_name = "N")]
    owners: Vec<OrganisationId>,
    /// A sectoral scope; by default the one that the form says
    #[arg(long = "scope", value_name = "1-16")]
    scopes: Vec<SectoralScope>,
    /// Hand in a case that is open already: a draft, or one that was returned
    #[arg(long, value_name = "CASE")]
    case: Option<u64>,
    /// A comment
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Only try it: hold the form against the process and say what would be written, or what stands against it
    #[arg(long)]
    dry_run: bool,
}

/// What was made.
#[derive(Serialize)]
struct Begun {
    case: CaseView,
    handed_in: Written<CaseActed>,
}

impl BeginArgs {
    /// Opens a case about such a subject, below `parent` if there is one, and takes its first step.
    pub(crate) fn run(
        self,
        session: &Session,
        subject: SubjectKind,
        parent: Option<&CaseView>,
    ) -> Outcome {
        let client = session.client()?;
        let open = self
            .case
            .map(|number| client.get::<CaseView>(&format!("cases/{number}"), &[]))
            .transpose()?;
        let process = match open.as_ref().or(parent) {
            Some(known) => country::of(&client, &known.process)?,
            None => country::newest(&client)?,
        };
        let flow = self.flow(&process, subject, open.as_ref())?;
        let stage = open.as_ref().map_or(&flow.first, |open| &open.stage);
        let step = handing_in(flow, stage, self.track.as_ref())?;
        let filled = form::read(&self.form)?;
        self.check(&process, step, &filled)?;
        let case = match &open {
            Some(open) => open.case,
            None => {
                let body = self.opening(flow, parent, &filled)?;
                if self.dry_run {
                    return tried(session, &client.try_out("cases", &body)?);
                }
                let write = WriteArgs::drawn();
                let opened: Written<CaseView> = client.write("cases", &write, &body)?;
                terminal::done(format_args!("case {} is open", opened.made.case));
                opened.made.case
            }
        };
        self.hand_in(session, &client, (case, step), filled)
            .map_err(|failure| {
                failure.hint(format_args!(
                    "the case stays open: mend this and repeat the command with --case {case}"
                ))
            })
    }

    fn flow<'a>(
        &self,
        process: &'a Process,
        subject: SubjectKind,
        open: Option<&CaseView>,
    ) -> Outcome<&'a Flow> {
        let named = self.flow.as_ref().map(|flow| flow.as_str());
        let named = named.or(open.map(|open| open.flow.as_str()));
        let fits = |flow: &&Flow| {
            flow.subject == subject
                && named.is_none_or(|named| flow.id == named)
                && (open.is_some() || handing_in(flow, &flow.first, None).is_ok())
        };
        let found: Vec<&Flow> = process.flows.iter().filter(fits).collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err(Failure::validation(
                "the process has no such flow that begins by handing in",
            )),
            several => {
                let ids: Vec<&str> = several.iter().map(|flow| flow.id.as_str()).collect();
                Err(Failure::usage(format_args!(
                    "which flow? Add --flow with one of {}",
                    ids.join(", ")
                )))
            }
        }
    }

    /// The form and the documents against the process, before anything is written.
    fn check(&self, process: &Process, step: &Step, filled: &Value) -> Outcome {
        let form = step.form.as_deref().and_then(|id| process.form(id));
        let errors = form.map(|form| form.schema.errors(filled));
        let mut faults: Vec<String> = errors
            .into_iter()
            .flatten()
            .map(|error| format!("{}: {error}", self.form.display()))
            .collect();
        let attached = |kind: &str| self.documents.iter().any(|(it, _)| it.as_str() == kind);
        for kind in step.documents.iter().filter(|kind| !attached(kind)) {
            faults.push(format!(
                "the step {} needs a document: add --document {kind}=FILE",
                step.id
            ));
        }
        match faults.as_slice() {
            [] => Ok(()),
            [first, rest @ ..] => {
                let failure = Failure::validation(first);
                Err(rest.iter().fold(failure, Failure::hint))
            }
        }
    }

    fn opening(
        &self,
        flow: &Flow,
        parent: Option<&CaseView>,
        filled: &Value,
    ) -> Outcome<NewOpenCase> {
        let said = ["title", "name"].map(|field| filled.get(field).and_then(Value::as_str));
        let said = said.into_iter().flatten().next();
        let title = match (&self.title, said) {
            (Some(title), _) => title.clone(),
            (None, Some(said)) => said.parse().map_err(|error| {
                Failure::validation(format_args!(
                    "the form's title cannot be the case's: {error}"
                ))
            })?,
            (None, None) => period(filled)
                .ok_or_else(|| Failure::usage("the form says no title: name one with --title"))?,
        };
        let mut scopes: BTreeSet<SectoralScope> = self.scopes.iter().copied().collect();
        let scope = filled.get("sectoral_scope").and_then(Value::as_u64);
        if scopes.is_empty() && parent.is_none() {
            let said = scope.and_then(|scope| scope.to_string().parse::<SectoralScope>().ok());
            scopes.extend(said);
        }
        Ok(NewOpenCase {
            flow: flow.id.parse().map_err(Failure::other)?,
            track: self.track.clone(),
            parent: parent.map(|parent| parent.case),
            title,
            owners: self.owners.iter().copied().collect(),
            counterparty: None,
            scopes,
            shares: std::collections::BTreeMap::new(),
        })
    }

    fn hand_in(
        &self,
        session: &Session,
        client: &Client,
        (case, step): (u64, &Step),
        filled: Value,
    ) -> Outcome {
        let documents = self.documents.iter().map(|(kind, path)| {
            let added = document::add(client, case, kind, path, None)?;
            attached(kind, &added.sha256)
        });
        let body = NewCaseAct {
            step: step.id.parse().map_err(Failure::other)?,
            no: false,
            form: Some(filled),
            documents: documents.collect::<Outcome<_>>()?,
            comment: self.comment.clone(),
            issue: None,
            reserve: None,
        };
        let path = format!("cases/{case}/acts");
        if self.dry_run {
            return tried(session, &client.try_out(&path, &body)?);
        }
        let handed_in: Written<CaseActed> = client.write(&path, &WriteArgs::drawn(), &body)?;
        super::duplicates::warn(handed_in.made.duplicates.as_ref());
        tell(&handed_in.receipt);
        let begun = Begun {
            case: client.get(&format!("cases/{case}"), &[])?,
            handed_in,
        };
        session.out().show(&begun, |begun| pairs(&begun.case))
    }
}

/// A document that was added, as an act names it.
pub(super) fn attached(kind: &Word, sha256: &str) -> Outcome<AttachedDocument> {
    let bytes = hex::decode(sha256).ok();
    let sha256 = bytes.and_then(|bytes| bytes.try_into().ok());
    Ok(AttachedDocument {
        kind: kind.clone(),
        sha256: sha256.ok_or_else(|| Failure::other("the node gave no SHA-256"))?,
    })
}

/// The step by which a case of this flow is handed in.
fn handing_in<'a>(flow: &'a Flow, stage: &'a str, track: Option<&'a Word>) -> Outcome<&'a Step> {
    let track = track.map(|track| track.as_str());
    let hands_in = |step: &&Step| matches!(step.kind, StepKind::Submit | StepKind::Resubmit);
    let found = flow.steps_from(stage, track).find(hands_in);
    found.ok_or_else(|| {
        Failure::validation(format_args!(
            "nothing is handed in while a case of the flow {} is in the stage {stage}",
            flow.id
        ))
    })
}

/// A title for a period: its days.
fn period(filled: &Value) -> Option<Title> {
    let day = |name: &str| filled.get("period")?.get(name)?.as_str();
    let title = format!("{} to {}", day("start")?, day("end")?);
    title.parse().ok()
}
