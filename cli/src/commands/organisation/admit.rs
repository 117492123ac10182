//! Registering many organisations that the authority knows: for each a case, and in each case the yes of every official
//! who acts. The step, its quorum and who may take it are the country's process's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_node::http::dto::{
    CaseActed, CaseView, NewAccount, NewCaseAct, NewOpenCase, Written,
};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{Account, AccountKind, Name, Organisation, Word};
use countersign_protocol::workflow::{Effect, Flow, Process, Scope, Step, StepKind, SubjectKind};
use serde::Serialize;
use serde_json::{Map, Value};

use super::super::country;
use crate::client::{Client, WriteArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::form;
use crate::session::Session;
use crate::table::{Table, View};
use crate::terminal;

/// The most organisations that one command looks at.
const ORGANISATIONS_MAX: usize = 100_000;

#[derive(Args, Debug)]
pub(crate) struct AdmitArgs {
    /// The organisations, by their numbers
    #[arg(value_name = "N", required_unless_present = "listed")]
    organisations: Vec<OrganisationId>,
    /// Those that wait and whose NAME stands in this CSV file, such as the one that was imported. Its other columns fill in the
    /// process's form, TAX ID as tax_id
    #[arg(long, value_name = "FILE", conflicts_with = "organisations")]
    listed: Option<PathBuf>,
    /// Why, for the file of each case; it stays in the node
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// What the process's form asks of every one of them alike: TOML, YAML or JSON
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// Open an account of this name for each one that is registered then
    #[arg(long, value_name = "NAME")]
    account: Option<Name>,
    /// Only say which organisations are meant and by which step
    #[arg(long)]
    dry_run: bool,
}

/// What became of one.
#[derive(Serialize)]
struct Line {
    organisation: OrganisationId,
    name: Name,
    case: Option<u64>,
    outcome: String,
    #[serde(skip)]
    failed: Option<Failure>,
}

/// The part of the process that admits.
struct Way<'a> {
    flow: &'a Flow,
    step: &'a Step,
}

impl AdmitArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let officials = session.clients()?;
        let Some((_, first)) = officials.first() else {
            return Err(Failure::usage("who acts? Add --as NAME"));
        };
        let process = country::newest(first)?;
        let way = way(&process)?;
        let facts = self.listed.as_deref().map(facts).transpose()?;
        let waiting = self.waiting(first, facts.as_ref())?;
        let forms = self.forms(&process, &way, &waiting, facts.as_ref())?;
        if self.dry_run {
            terminal::done(format_args!(
                "nothing was written: the step {} of the flow {} would register these",
                way.step.id, way.flow.id
            ));
            return session.out().show(&waiting, |waiting| {
                Table::of(["ID>", "NAME"], "no organisation waits", waiting, |it| {
                    [it.id.to_string(), it.name.to_string()]
                })
            });
        }
        let mut lines = Vec::new();
        for (organisation, form) in waiting.iter().zip(forms) {
            lines.push(self.admit(&officials, &way, organisation, form.as_ref()));
        }
        session.out().show(&lines, |lines| table(lines))?;
        let failed: Vec<Failure> = lines.iter_mut().filter_map(|it| it.failed.take()).collect();
        let count = failed.len();
        match failed.into_iter().next() {
            None => Ok(()),
            Some(only) if count == lines.len() => Err(only),
            Some(_) => Err(Failure::new(
                Exit::Partial,
                format_args!(
                    "{count} of {} were not registered; repeat the command for them",
                    lines.len()
                ),
            )),
        }
    }

    fn waiting(&self, client: &Client, facts: Option<&Facts>) -> Outcome<Vec<Organisation>> {
        if let Some(facts) = facts {
            let pending = [("standing", "pending".to_owned())];
            let found =
                client.list::<Organisation>("organisations", &pending, ORGANISATIONS_MAX)?;
            let listed = found.into_iter();
            let listed = listed.filter(|it| facts.contains_key(it.name.as_str()));
            return Ok(listed.collect());
        }
        let found: Vec<Organisation> = client.list("organisations", &[], ORGANISATIONS_MAX)?;
        let one = |id: &OrganisationId| {
            let known = found.iter().find(|it| it.id == *id).cloned();
            known.ok_or_else(|| Failure::validation(format_args!("there is no organisation {id}")))
        };
        self.organisations.iter().map(one).collect()
    }

    /// The form of each, held against the process before anything is written.
    fn forms(
        &self,
        process: &Process,
        way: &Way<'_>,
        waiting: &[Organisation],
        facts: Option<&Facts>,
    ) -> Outcome<Vec<Option<Value>>> {
        let Some(wanted) = way.step.form.as_deref().and_then(|id| process.form(id)) else {
            if self.form.is_some() {
                let message = format!("the step {} has no form: leave --form out", way.step.id);
                return Err(Failure::usage(message));
            }
            return Ok(vec![None; waiting.len()]);
        };
        let common = self.form.as_deref().map(form::read).transpose()?;
        let common = match common {
            None => Map::new(),
            Some(Value::Object(fields)) => fields,
            Some(_) => return Err(Failure::validation("a form is a table of fields")),
        };
        let schema = wanted.schema.to_json("en");
        let has = |field: &str| schema["properties"].get(field).is_some();
        let mut faults = Vec::new();
        let mut filled = Vec::new();
        for organisation in waiting {
            let mut fields = common.clone();
            let own = facts.and_then(|facts| facts.get(organisation.name.as_str()));
            for (field, value) in own.into_iter().flatten().filter(|(field, _)| has(field)) {
                fields.insert(field.clone(), Value::String(value.clone()));
            }
            if has("name") {
                fields.insert(
                    "name".to_owned(),
                    Value::String(organisation.name.to_string()),
                );
            }
            let fields = Value::Object(fields);
            let errors = wanted.schema.errors(&fields);
            faults.extend(errors.iter().map(|error| {
                format!(
                    "organisation {}, {}: {error}",
                    organisation.id, organisation.name
                )
            }));
            filled.push(Some(fields));
        }
        match faults.split_first() {
            None => Ok(filled),
            Some((first, rest)) => Err(rest.iter().fold(Failure::validation(first), Failure::hint)),
        }
    }

    fn admit(
        &self,
        officials: &[(Option<Word>, Client)],
        way: &Way<'_>,
        organisation: &Organisation,
        form: Option<&Value>,
    ) -> Line {
        let mut line = Line {
            organisation: organisation.id,
            name: organisation.name.clone(),
            case: None,
            outcome: String::new(),
            failed: None,
        };
        match self.take(officials, way, organisation, form, &mut line.case) {
            Ok(outcome) => line.outcome = outcome,
            Err(failure) => {
                line.outcome.clone_from(&failure.message);
                line.failed = Some(failure);
            }
        }
        line
    }

    /// Opens the case unless one is open, and takes the step for everybody who has not taken it yet.
    fn take(
        &self,
        officials: &[(Option<Word>, Client)],
        way: &Way<'_>,
        organisation: &Organisation,
        form: Option<&Value>,
        number: &mut Option<u64>,
    ) -> Outcome<String> {
        let mut case = None;
        for (name, client) in officials {
            let open = match case.take() {
                Some(open) => open,
                None => self.case(client, way, organisation)?,
            };
            *number = Some(open.case);
            if open.stage != way.flow.first {
                return Ok("its own registration is under way: decide on its case".to_owned());
            }
            let act = NewCaseAct {
                step: way.step.id.parse().map_err(Failure::other)?,
                no: false,
                form: form.cloned(),
                documents: Vec::new(),
                comment: self.comment.clone(),
                issue: None,
                reserve: None,
            };
            let path = format!("cases/{}/acts", open.case);
            let acted: Outcome<Written<CaseActed>> = client.write(&path, &WriteArgs::drawn(), &act);
            if let Err(mut failure) = acted {
                if let Some(name) = name {
                    failure.message = format!("as {name}: {}", failure.message);
                }
                return Err(failure);
            }
            let now: CaseView = client.get(&format!("cases/{}", open.case), &[])?;
            if now.stage == way.step.to {
                return self.registered(client, organisation);
            }
            case = Some(now);
        }
        let votes = case.and_then(|case| {
            let step = case
                .waits_for
                .into_iter()
                .find(|it| it.step == way.step.id)?;
            Some(format!(
                "{} of {} have said yes",
                step.votes, step.votes_needed
            ))
        });
        Ok(votes.unwrap_or_else(|| "waits".to_owned()))
    }

    fn case(
        &self,
        client: &Client,
        way: &Way<'_>,
        organisation: &Organisation,
    ) -> Outcome<CaseView> {
        let query = [
            ("kind", "organisation".to_owned()),
            ("owner", organisation.id.to_string()),
            ("ended", "false".to_owned()),
        ];
        let open: Vec<CaseView> = client.list("cases", &query, 1)?;
        if let Some(open) = open.into_iter().next() {
            return Ok(open);
        }
        let body = NewOpenCase {
            flow: way.flow.id.parse().map_err(Failure::other)?,
            track: None,
            parent: None,
            title: organisation.name.as_str().parse().map_err(Failure::other)?,
            owners: [organisation.id].into(),
            counterparty: None,
            scopes: organisation.scopes.iter().copied().collect(),
            shares: BTreeMap::new(),
        };
        let opened: Written<CaseView> = client.write("cases", &WriteArgs::drawn(), &body)?;
        Ok(opened.made)
    }

    fn registered(&self, client: &Client, organisation: &Organisation) -> Outcome<String> {
        let Some(name) = &self.account else {
            return Ok("registered".to_owned());
        };
        let body = NewAccount {
            organisation: organisation.id,
            name: name.clone(),
            kind: AccountKind::EntityHolding,
        };
        let opened: Written<Account> = client.write("accounts", &WriteArgs::drawn(), &body)?;
        Ok(format!("registered, with account {}", opened.made.id))
    }
}

/// The first step by which the authority itself registers an organisation.
fn way(process: &Process) -> Outcome<Way<'_>> {
    let by_authority = |step: &Step| {
        step.by.iter().any(|rule| {
            let kind = process.organisation_type(&rule.organisation_type);
            rule.scope == Scope::Any && kind.is_some_and(|kind| kind.authority)
        })
    };
    let flows = process.flows.iter();
    let flows = flows.filter(|flow| flow.subject == SubjectKind::Organisation);
    let mut ways = flows.flat_map(|flow| {
        let steps = flow.steps_from(&flow.first, None);
        steps.map(move |step| Way { flow, step })
    });
    let found = ways.find(|way| {
        way.step.kind == StepKind::Decide
            && way.step.has_effect(Effect::Register)
            && way.step.documents.is_empty()
            && by_authority(way.step)
    });
    found.ok_or_else(|| {
        Failure::validation(
            "under the country's process every organisation hands in its own registration; the authority cannot begin it",
        )
        .hint("each hands it in with `countersign organisation register`; then `countersign case act N approve`")
    })
}

/// What a CSV file says of each organisation, by its name: fields with their values.
type Facts = BTreeMap<String, Vec<(String, String)>>;

fn facts(path: &Path) -> Outcome<Facts> {
    let text = super::super::read_text(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let failed =
        |error: &csv::Error| Failure::validation(format_args!("{}: {error}", path.display()));
    let header = reader.headers().map_err(|error| failed(&error))?.clone();
    let fields: Vec<String> = header
        .iter()
        .map(|name| name.to_lowercase().replace(' ', "_"))
        .collect();
    let mut facts = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| failed(&error))?;
        let cells = fields.iter().cloned().zip(row.iter().map(str::to_owned));
        let cells: Vec<(String, String)> = cells.filter(|(_, value)| !value.is_empty()).collect();
        let name = cells.iter().find(|(field, _)| field == "name");
        if let Some((_, name)) = name {
            facts.insert(name.clone(), cells.clone());
        }
    }
    Ok(facts)
}

fn table(lines: &[Line]) -> View {
    Table::of(
        ["ORGANISATION>", "NAME", "CASE>", "OUTCOME"],
        "no organisation waits",
        lines,
        |it| {
            [
                it.organisation.to_string(),
                it.name.to_string(),
                crate::table::or_dash(it.case),
                it.outcome.clone(),
            ]
        },
    )
}
