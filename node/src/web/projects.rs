//! Projects: the list with its filters, and one project with its road through the country's process.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::project::Description;
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{Flow, Process, Step, StepKind};

use super::badges::{self, Badge};
use super::list::{Asked, Choice, ROWS, choices};
use super::map::{Dot, Picture};
use super::page::Page;
use super::ranges::Range;
use super::{Shared, answer};
use crate::app::{AgreementOf, AppError, ListedCase, ProjectFile};
use crate::documents::StoredDocument;
use crate::http::problem::ApiError;
use crate::projection::query::{
    CaseActRow, CaseQuery, ProjectQuery, ProjectRow, ProjectSort, Window,
};

/// Standings of projects and organisations.
pub(super) const STANDINGS: [&str; 3] = ["active", "suspended", "closed"];

/// Acts, cases and documents that one page shows.
const SHOWN_MAX: usize = 100;

#[derive(Template)]
#[template(path = "web/projects.html")]
struct ProjectsPage {
    page: Page,
    q: String,
    scopes: Vec<Choice>,
    standings: Vec<Choice>,
    sorts: Vec<Choice>,
    rows: Vec<ProjectRow>,
    next: Option<String>,
    is_further: bool,
}

/// The sectoral scopes to choose from.
fn scopes(page: &Page, chosen: Option<&str>) -> Vec<Choice> {
    let all = SectoralScope::all();
    choices(
        all.map(|it| (it.to_string(), format!("{it} · {}", page.scope(it)))),
        chosen,
    )
}

/// The query of a list of projects.
pub(super) fn query(asked: &Asked) -> Result<ProjectQuery, ApiError> {
    let (sort, descending) = match asked.text("sort") {
        Some("title") => (ProjectSort::Title, false),
        Some("newest") => (ProjectSort::Changed, true),
        _ => (ProjectSort::Number, false),
    };
    Ok(ProjectQuery {
        organisation: asked.get("organisation")?.map(OrganisationId),
        scope: asked.get("scope")?,
        standing: asked.text("standing").map(str::to_owned),
        q: asked.q()?,
        sort,
        window: asked.window(descending),
    })
}

pub(super) async fn list(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let page = page.about("projects", "/projects", "countersign project list");
    let query = query(&asked)?;
    let found = site.app.find_projects(&query).await?;
    let standings = STANDINGS.map(|it| (it.to_owned(), page.word("standing", it)));
    let sorts = ["number", "title", "newest"].map(|it| (it.to_owned(), page.word("sort", it)));
    let shown = ProjectsPage {
        q: asked.shown("q"),
        scopes: scopes(&page, asked.text("scope")),
        standings: choices(standings, asked.text("standing")),
        sorts: choices(sorts, asked.text("sort")),
        next: asked.going_on(&page.to("/projects"), found.next.as_deref()),
        is_further: asked.is_further(),
        rows: found.items,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// A stage of the process, as a case passes through it.
pub(super) struct Milestone {
    pub(super) name: String,
    /// `done`, `now`, `failed` or `ahead`.
    pub(super) state: &'static str,
    pub(super) mark: &'static str,
    pub(super) since_ms: Option<u64>,
    /// What is awaited there, and by whom.
    pub(super) waits: Vec<String>,
}

/// Something that was done in the case.
pub(super) struct Act {
    pub(super) index: u64,
    pub(super) time_ms: u64,
    pub(super) what: String,
    pub(super) by: Option<String>,
    pub(super) is_no: bool,
}

/// A case below the project's.
struct SubCase {
    title: String,
    flow: String,
    stage: String,
    since_ms: u64,
}

/// A document that is open to everybody.
struct Paper {
    id: String,
    kind: String,
    name: String,
    bytes: u64,
    sha256: String,
    uploaded_ms: u64,
}

#[derive(Template)]
#[template(path = "web/project.html")]
struct ProjectPage {
    page: Page,
    file: ProjectFile,
    number: u32,
    road: Vec<Milestone>,
    acts: Vec<Act>,
    cases: Vec<SubCase>,
    papers: Vec<Paper>,
    ranges: Vec<Range>,
    has_more_ranges: bool,
    certifier: Option<OrganisationId>,
    owners: Vec<(OrganisationId, String)>,
    map: Option<Picture>,
    badges: Vec<Badge>,
}

/// The number of a project in an address.
pub(super) fn number(text: &str) -> Result<u32, AppError> {
    text.parse().map_err(|_| AppError::NotFound {
        what: "project",
        id: text.chars().take(48).collect(),
    })
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(number): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let number = self::number(&number)?;
    let file = site.app.project(None, number).await?;
    let page = page.about(
        "projects",
        &format!("/projects/{number}"),
        &format!("countersign project show {number}"),
    );
    let window = |limit| Window {
        limit,
        ..Window::default()
    };
    let ranges = site.app.project_ranges(number, window(ROWS)).await?;
    let mut shown = ProjectPage {
        number,
        road: Vec::new(),
        acts: Vec::new(),
        cases: Vec::new(),
        papers: Vec::new(),
        has_more_ranges: ranges.next.is_some(),
        ranges: ranges.items.iter().map(|it| Range::of(&page, it)).collect(),
        certifier: None,
        owners: owners(&page, &file),
        map: file.description.as_ref().and_then(|it| places(&page, it)),
        badges: badges::of(&site, &page, &AgreementOf::Project(number)).await?,
        file,
        page,
    };
    if let Some(case) = shown.file.case {
        let page = &shown.page;
        let listed = site.app.case(case)?;
        let acts = site.app.case_acts(case, &window(SHOWN_MAX)).await?;
        let below = CaseQuery {
            project: Some(number),
            window: window(SHOWN_MAX),
            ..CaseQuery::default()
        };
        let below = site.app.find_cases(&below).await?;
        let mut documents = site.app.documents_of(None, case).await?;
        for it in &below.items {
            if it.known.number != case {
                documents.extend(site.app.documents_of(None, it.known.number).await?);
            }
        }
        documents.truncate(SHOWN_MAX);
        shown.certifier = listed.known.case.subject.certifier;
        shown.road = road(page, &listed, &acts.items);
        let acts = acts.items.iter();
        shown.acts = acts
            .map(|it| act(page, &listed.process, &listed.known.case.flow, it))
            .collect();
        let papers = documents.iter();
        shown.papers = papers.map(|it| paper(page, &listed.process, it)).collect();
        let cases = below.items.iter().filter(|it| it.known.number != case);
        shown.cases = cases.map(|it| sub_case(page, it)).collect();
    }
    answer::html(&shown.page, &shown)
}

fn owners(page: &Page, file: &ProjectFile) -> Vec<(OrganisationId, String)> {
    let all: u64 = file.owners.iter().map(|(_, parts)| u64::from(*parts)).sum();
    let share = |parts: u32| {
        if file.owners.len() < 2 {
            return String::new();
        }
        page.t2(
            "share",
            "parts",
            page.n(u64::from(parts)),
            "all",
            page.n(all),
        )
    };
    file.owners
        .iter()
        .map(|(id, parts)| (*id, share(*parts)))
        .collect()
}

fn places(page: &Page, of: &Description) -> Option<Picture> {
    let dots = of.locations.iter().filter_map(|it| {
        Some(Dot {
            geometry: it.geometry.clone()?,
            label: it.place.clone(),
        })
    });
    Picture::new(page, dots.collect())
}

/// The stages that the case went through, where it is, and those that still lie before it on its track.
pub(super) fn road(page: &Page, listed: &ListedCase, acts: &[CaseActRow]) -> Vec<Milestone> {
    let (case, language) = (&listed.known.case, page.language.code());
    let Some(flow) = listed.process.flow(&case.flow) else {
        return Vec::new();
    };
    let passed = passed(flow, acts);
    let mut road = Vec::new();
    let mut is_behind = true;
    for stage in &flow.stages {
        let is_now = stage.id == case.stage;
        let was = passed.contains(stage.id.as_str()) || stage.id == flow.first;
        // What is sent back lies beside the road, until it happens.
        let leads_there = |step: &Step| {
            step.to == stage.id
                && step.kind != StepKind::RequestChanges
                && step.is_on(case.track.as_deref())
        };
        let is_on_track = flow.steps.iter().any(leads_there);
        let is_refusal = stage.end.is_some_and(|end| !is_accepted(end));
        is_behind &= !is_now;
        // Of the ends only the good one lies ahead; what other tracks have does not, nor what the case went around.
        let is_over = listed.known.end.is_some() || is_behind;
        if !is_now && !was && (is_refusal || !is_on_track || is_over) {
            continue;
        }
        let (state, mark) = match (is_now, stage.end) {
            (true, Some(end)) if is_accepted(end) => ("done", "✓"),
            (true, Some(_)) => ("failed", "✗"),
            (true, None) => ("now", "●"),
            (false, _) if was => ("done", "✓"),
            _ => ("ahead", ""),
        };
        road.push(Milestone {
            name: stage.label.get(language).to_owned(),
            state,
            mark,
            since_ms: is_now.then_some(case.since_ms),
            waits: if is_now {
                waits(page, listed, flow)
            } else {
                Vec::new()
            },
        });
    }
    road
}

fn is_accepted(end: countersign_protocol::workflow::End) -> bool {
    end == countersign_protocol::workflow::End::Accepted
}

/// The stages in which the acts of a case found it. A step may begin in several of them, such as a draft and what was sent
/// back: which one it was follows from the acts before it.
fn passed<'a>(flow: &'a Flow, acts: &[CaseActRow]) -> BTreeSet<&'a str> {
    let mut passed = BTreeSet::new();
    let mut stage = Some(flow.first.as_str());
    // Who said yes in this stage so far: a step may need several.
    let mut yes: BTreeMap<&str, usize> = BTreeMap::new();
    for act in acts {
        let Some(step) = act.step.as_deref().and_then(|id| flow.step(id)) else {
            // What a migration moved the case to is not in the row.
            if act.answer == "migrated" {
                stage = None;
            }
            continue;
        };
        let here = match step.from.as_slice() {
            [only] => Some(only.as_str()),
            _ => stage.filter(|stage| step.from.iter().any(|it| it == stage)),
        };
        passed.extend(here);
        stage = match act.answer.as_str() {
            "yes" => {
                let said = yes.entry(&step.id).or_default();
                *said += 1;
                let needed = usize::try_from(step.quorum).unwrap_or(usize::MAX);
                if *said < needed.max(step.reviews_by.len()) {
                    here
                } else {
                    yes.clear();
                    Some(step.to.as_str())
                }
            }
            "no" => {
                yes.clear();
                step.no.as_ref().map(|answer| answer.to.as_str()).or(here)
            }
            _ => here.or(stage),
        };
    }
    passed
}

/// What the case waits for: the step and who may do it.
fn waits(page: &Page, listed: &ListedCase, flow: &Flow) -> Vec<String> {
    let language = page.language.code();
    let awaited = listed.waits_for.iter().filter(|it| it.awaited);
    let text = awaited.filter_map(|it| {
        let step = flow.step(&it.step)?;
        let mut by: Vec<&str> = Vec::new();
        for rule in &it.by {
            let kind = listed.process.organisation_type(&rule.organisation_type)?;
            let label = kind.label.get(language);
            if !by.contains(&label) {
                by.push(label);
            }
        }
        let step = step.label.get(language);
        Some(page.t2("waits-for", "step", step, "by", by.join(", ")))
    });
    text.collect()
}

pub(super) fn act(page: &Page, process: &Process, flow: &str, of: &CaseActRow) -> Act {
    let language = page.language.code();
    let step = of.step.as_deref().and_then(|id| {
        let step = process.flow(flow)?.step(id)?;
        Some(step.label.get(language).to_owned())
    });
    let answer = page.word("act", &of.answer);
    let what = match step {
        Some(step) if of.answer == "yes" => step,
        Some(step) => format!("{step} · {answer}"),
        None => answer,
    };
    Act {
        index: of.leaf,
        time_ms: of.time_ms,
        what,
        by: of.organisation.map(|id| page.organisation(id)),
        is_no: of.answer == "no",
    }
}

fn sub_case(page: &Page, of: &ListedCase) -> SubCase {
    let language = page.language.code();
    let flow = of.process.flow(&of.known.case.flow);
    let stage = flow.and_then(|it| it.stage(&of.known.case.stage));
    SubCase {
        title: of.known.title.to_string(),
        flow: flow.map_or_else(String::new, |it| it.label.get(language).to_owned()),
        stage: stage.map_or_else(String::new, |it| it.label.get(language).to_owned()),
        since_ms: of.known.case.since_ms,
    }
}

fn paper(page: &Page, process: &Process, of: &StoredDocument) -> Paper {
    let kind = process
        .documents
        .iter()
        .find(|it| it.id == of.kind.as_str());
    let kind = kind.map_or(of.kind.as_str(), |it| it.label.get(page.language.code()));
    Paper {
        id: of.id.to_string(),
        kind: kind.to_owned(),
        name: of
            .file_name
            .as_ref()
            .map(|it| it.as_str().to_owned())
            .unwrap_or_default(),
        bytes: of.bytes,
        sha256: hex::encode(of.sha256),
        uploaded_ms: of.uploaded_ms,
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::workflow::{Process, preset};

    use super::passed;
    use crate::projection::query::CaseActRow;

    fn acts(all: &[(&str, &str)]) -> Vec<CaseActRow> {
        let row = |(leaf, (step, answer)): (u64, &(&str, &str))| CaseActRow {
            leaf,
            step: Some((*step).to_owned()).filter(|it| !it.is_empty()),
            answer: (*answer).to_owned(),
            organisation: None,
            organisation_type: None,
            role: None,
            time_ms: leaf,
        };
        (1..).zip(all).map(row).collect()
    }

    #[test]
    fn a_stage_that_a_step_could_begin_in_and_did_not_was_not_passed() {
        let process = Process::parse(preset("standard").unwrap()).unwrap();
        let flow = process.flow("organisation").unwrap();
        let stages = |all: &[(&str, &str)]| -> Vec<String> {
            let acts = acts(all);
            passed(flow, &acts).into_iter().map(str::to_owned).collect()
        };
        let straight = [("", "opened"), ("register", "yes"), ("withdraw", "yes")];
        assert_eq!(stages(&straight), ["draft", "pending"]);
        let returned = [("register", "yes"), ("approve", "no"), ("withdraw", "yes")];
        assert_eq!(stages(&returned), ["draft", "pending", "returned"]);
        // Two must say yes: after the first one the case is where it was.
        let closed = [
            ("register", "yes"),
            ("approve", "yes"),
            ("suspend", "yes"),
            ("close", "yes"),
            ("close", "yes"),
        ];
        assert_eq!(stages(&closed), ["active", "draft", "pending", "suspended"]);
    }
}
