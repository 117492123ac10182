//! The process in force: its flows, its roles, and walks through it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::permission::{Action, Scope};
use countersign_protocol::workflow::{Flow, Process};

use super::super::gate::Signed;
use super::super::place;
use super::picture::{Marks, svg};
use super::say;
use super::walk::{Standing, Wish, walk};
use crate::app::{AppError, LIST_MAX, ListedProcess};
use crate::http::problem::ApiError;
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// A version that was adopted.
struct Version {
    number: u32,
    title: String,
    text_version: String,
    hash: String,
    since_ms: u64,
    file: String,
}

fn version(page: &Page, it: &ListedProcess) -> Version {
    let number = it.adopted.version;
    Version {
        number,
        title: it.process.title.get(page.language.code()).to_owned(),
        text_version: it.process.version.clone(),
        hash: hex::encode(it.adopted.process),
        since_ms: it.adopted.since_ms,
        file: format!("/api/v1/processes/{number}/file"),
    }
}

/// A flow in the list.
struct Listed {
    link: String,
    label: String,
    subject: String,
    stages: u64,
    steps: u64,
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[derive(Template)]
#[template(path = "web/work/process.html")]
struct ProcessPage {
    page: Page,
    done: Option<String>,
    flows: Vec<Listed>,
    /// The newest first.
    versions: Vec<Version>,
}

/// The process that new cases follow, and those before it.
pub(in super::super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    site.app.may_adopt_process(&signed.caller)?;
    let page = signed
        .page
        .about("work", "/processes", "countersign workflow adopted");
    let adopted = site.app.processes(0, LIST_MAX).items;
    let flows = adopted.last().map(|it| it.process.flows.as_slice());
    let language = page.language.code();
    let flow = |it: &Flow| Listed {
        link: page.to(&format!("/work/process/flows/{}", it.id)),
        label: it.label.get(language).to_owned(),
        subject: page.word("subject", &it.subject.to_string()),
        stages: count(it.stages.len()),
        steps: count(it.steps.len()),
    };
    let shown = ProcessPage {
        done: asked.done(&page, "process-done", &["adopted", "proposed"]),
        flows: flows.unwrap_or_default().iter().map(flow).collect(),
        versions: adopted.iter().rev().map(|it| version(&page, it)).collect(),
        page,
    };
    answer::html(&shown.page, &shown)
}

/// A step in words.
pub(super) struct Said {
    pub(super) number: u64,
    pub(super) label: String,
    pub(super) kind: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) no: String,
    pub(super) who: String,
    pub(super) form: String,
    pub(super) documents: String,
    pub(super) timer: String,
    pub(super) letters: String,
    pub(super) effects: String,
}

/// The steps of a flow in words: what its picture says, for whoever does not see it.
pub(super) fn steps(page: &Page, process: &Process, flow: &Flow) -> Vec<Said> {
    let language = page.language.code();
    let stage = |id: &String| {
        let found = flow.stage(id);
        found.map_or_else(|| id.clone(), |it| it.label.get(language).to_owned())
    };
    let document = |id: &String| {
        let found = process.documents.iter().find(|it| it.id == *id);
        found.map_or_else(|| id.clone(), |it| it.label.get(language).to_owned())
    };
    let said = flow.steps.iter().enumerate().map(|(at, step)| Said {
        number: count(at + 1),
        label: step.label.get(language).to_owned(),
        kind: page.word("step-kind", &step.kind.to_string()),
        from: step.from.iter().map(stage).collect::<Vec<_>>().join(" · "),
        to: stage(&step.to),
        no: step.no.as_ref().map(|it| stage(&it.to)).unwrap_or_default(),
        who: say::who(page, process, step),
        form: step
            .form
            .as_ref()
            .and_then(|id| process.form(id))
            .map_or_else(String::new, |it| it.label.get(language).to_owned()),
        documents: step
            .documents
            .iter()
            .map(document)
            .collect::<Vec<_>>()
            .join(", "),
        timer: say::timer(page, step),
        letters: say::letters(page, process, step).join(", "),
        effects: say::effects(page, step).join(", "),
    });
    said.collect()
}

#[derive(Template)]
#[template(path = "web/work/flow.html")]
struct FlowPage {
    page: Page,
    title: String,
    picture: String,
    steps: Vec<Said>,
    walk: String,
    labels: String,
}

/// The process in force, for whoever may change it.
pub(super) fn in_force(site: &Shared, signed: &Signed) -> Result<ListedProcess, ApiError> {
    site.app.may_adopt_process(&signed.caller)?;
    let none = || AppError::NotFound {
        what: "process",
        id: "in force".to_owned(),
    };
    Ok(site.app.process_in_force().ok_or_else(none)?)
}

/// The flow that an address names.
pub(super) fn flow_of<'a>(process: &'a Process, id: &str) -> Result<&'a Flow, ApiError> {
    let unknown = || place::unknown("flow", id);
    Ok(process.flow(id).ok_or_else(unknown)?)
}

/// One flow, as a picture and in words.
pub(in super::super) async fn flow(
    State(site): State<Shared>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let listed = in_force(&site, &signed)?;
    let process = &listed.process;
    let flow = flow_of(process, &id)?;
    let page = signed.page.about(
        "work",
        "/processes",
        &format!("countersign workflow show FILE --flow {id}"),
    );
    let shown = FlowPage {
        title: flow.label.get(page.language.code()).to_owned(),
        picture: svg(&page, process, flow, &Marks::default()),
        steps: steps(&page, process, flow),
        walk: page.to(&format!("/work/process/simulate?flow={id}")),
        labels: page.to(&format!("/work/process/flows/{id}/labels")),
        page,
    };
    answer::html(&shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/work/simulate.html")]
struct SimulatePage {
    page: Page,
    standing: Standing,
    path: String,
    picture: String,
}

impl SimulatePage {
    /// The address of a walk.
    fn to(&self, steps: &str) -> String {
        let encoded = crate::http::percent::encoded;
        format!(
            "{}?flow={}&track={}&steps={}#walk",
            self.path,
            encoded(&self.standing.flow),
            encoded(&self.standing.track),
            encoded(steps)
        )
    }
}

/// A walk through a flow of the process in force.
pub(in super::super) async fn simulation(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let listed = in_force(&site, &signed)?;
    let process = &listed.process;
    let wish = Wish::of(
        asked.text("flow").unwrap_or_default(),
        asked.text("track").unwrap_or_default(),
        asked.text("steps").unwrap_or_default(),
    );
    let page = signed.page.about(
        "work",
        "/processes",
        "countersign workflow simulate FILE --flow FLOW",
    );
    let standing = walk(&page, process, &wish);
    let marks = Marks {
        now: standing.now.clone(),
        ..Marks::default()
    };
    let flow = process.flow(&standing.flow);
    let shown = SimulatePage {
        picture: flow.map_or_else(String::new, |it| svg(&page, process, it, &marks)),
        path: page.to("/work/process/simulate"),
        standing,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// What one role may do.
struct Role {
    kind: String,
    role: String,
    /// Steps that it may take: the flow and the step.
    steps: Vec<(String, String)>,
}

/// An action, and on what each column may do it.
struct ActionRow {
    /// Its word in the file of permissions.
    word: &'static str,
    action: String,
    takes_two: bool,
    cells: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "web/work/roles.html")]
struct RolesPage {
    page: Page,
    roles: Vec<Role>,
    columns: Vec<(String, String)>,
    rows: Vec<ActionRow>,
}

/// Roles: which steps each takes, and the permission matrix.
pub(in super::super) async fn roles(
    State(site): State<Shared>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let listed = in_force(&site, &signed)?;
    let matrix = site.app.permission_matrix(&signed.caller)?;
    let page = signed.page.about("work", "/me", "countersign api GET /me");
    let process = &listed.process;
    let known: Vec<_> = matrix
        .columns()
        .filter(|it| process.role_exists(&it.role, &it.organisation_type))
        .collect();
    let rows = Action::ALL.iter().map(|action| ActionRow {
        word: action.word(),
        action: page.word("may", action.word()),
        takes_two: matrix.policy().needs_second_person(*action),
        cells: known
            .iter()
            .map(|it| scope(matrix.scope(&it.organisation_type, &it.role, *action)))
            .collect(),
    });
    let column = |it: &countersign_protocol::permission::Column| {
        (
            say::kind(&page, process, &it.organisation_type),
            say::role(&page, process, &it.role),
        )
    };
    let shown = RolesPage {
        roles: of_roles(&page, process),
        rows: rows.collect(),
        columns: known.iter().map(column).collect(),
        page,
    };
    answer::html(&shown.page, &shown)
}

const fn scope(it: Scope) -> &'static str {
    match it {
        Scope::None => "none",
        Scope::Own => "own",
        Scope::Assigned => "assigned",
        Scope::Sector => "sector",
        Scope::Country => "country",
    }
}

/// Every role of every type of organisation that may take a step.
fn of_roles(page: &Page, process: &Process) -> Vec<Role> {
    let language = page.language.code();
    let mut all = Vec::new();
    for kind in &process.organisation_types {
        let within = |it: &&countersign_protocol::workflow::Role| it.within.contains(&kind.id);
        for role in process.roles.iter().filter(within) {
            let mut steps = Vec::new();
            for flow in &process.flows {
                let taken = flow.steps.iter().filter(|step| {
                    let mut rules = step.by.iter();
                    rules.any(|it| it.organisation_type == kind.id && it.roles.contains(&role.id))
                });
                steps.extend(taken.map(|step| {
                    (
                        flow.label.get(language).to_owned(),
                        step.label.get(language).to_owned(),
                    )
                }));
            }
            all.push(Role {
                kind: say::kind(page, process, &kind.id),
                role: say::role(page, process, &role.id),
                steps,
            });
        }
    }
    all.retain(|it| !it.steps.is_empty());
    all
}
