//! One case: its road, what can be done now, what was handed in, documents, what was said, and what happened.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::registry::OpenFinding;
use serde_json::Value;

use super::cases::Row;
use super::decision::{self, Check, Pending};
use super::fault::Fault;
use super::gate::Signed;
use super::place;
use super::posted::drawn;
use super::say;
use crate::app::{
    AppError, Caller, CaseFile, Duplicates, FiledText, LIST_MAX, ListedCase, NextStep,
};
use crate::documents::StoredDocument;
use crate::http::problem::ApiError;
use crate::people::{Circle, Comment, SealedPart, UserId};
use crate::projection::query::{CaseQuery, Window};
use crate::web::list::{Asked, Choice, choices};
use crate::web::page::Page;
use crate::web::projects::{Act, Milestone, act, road};
use crate::web::{Shared, answer};

/// Acts, comments and cases that one page shows.
const SHOWN_MAX: usize = 200;

/// A step that can be taken, or could be if nothing hindered it.
struct Step {
    link: String,
    label: String,
    hindrance: Option<String>,
}

/// A form as it was handed in last.
struct Filled {
    title: String,
    fields: Vec<(String, String)>,
    leaf: u64,
    /// How often it was handed in.
    versions: u64,
}

struct Paper {
    link: String,
    name: String,
    kind: String,
    bytes: u64,
    owner: String,
    uploaded_ms: u64,
    sha256: String,
    leaf: Option<u64>,
}

struct Said {
    by: String,
    text: String,
    time_ms: u64,
    is_for_officials: bool,
    number: u64,
    answers: Option<u64>,
}

/// What may be done about a finding.
struct Found {
    number: u32,
    kind: String,
    case: u64,
    is_answered: bool,
    opened_at: u64,
}

#[derive(Template)]
#[template(path = "web/work/case.html")]
struct CasePage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<u64>,
    is_kept: bool,
    number: u64,
    title: String,
    flow: String,
    stage: String,
    is_over: bool,
    is_paused: bool,
    project: Option<u32>,
    /// Whether the reader may look at the project's monitoring data.
    sees_monitoring: bool,
    parent: Option<u64>,
    owners: Vec<OrganisationId>,
    certifier: Option<OrganisationId>,
    receiver: Option<OrganisationId>,
    cooling_off_ms: Option<u64>,
    steps: Vec<Step>,
    openings: Vec<(String, String)>,
    below: Vec<Row>,
    road: Vec<Milestone>,
    duplicates: Duplicates,
    checks: Vec<Check>,
    pending: Vec<Pending>,
    forms: Vec<Filled>,
    papers: Vec<Paper>,
    kinds: Vec<Choice>,
    letters: Vec<(String, String)>,
    findings: Vec<Found>,
    texts: Vec<Said>,
    comments: Vec<Said>,
    is_official: bool,
    acts: Vec<Act>,
    request: String,
    comment: String,
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(number): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    let said = Outcome {
        done: asked.get("done")?,
        is_kept: asked.text("kept").is_some(),
        ..Outcome::default()
    };
    page(&site, signed, number, said, StatusCode::OK).await
}

/// What is said at the top of a case.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) done: Option<u64>,
    pub(super) is_kept: bool,
    pub(super) faults: Vec<Fault>,
    /// A comment that was not taken.
    pub(super) comment: String,
}

pub(super) async fn page(
    site: &Shared,
    signed: Signed,
    number: u64,
    said: Outcome,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let CaseFile { texts, next } = site.app.case_file(&signed.caller, number).await?;
    let Signed { page, caller, .. } = signed;
    let listed = site.app.case(number)?;
    let window = || Window {
        limit: SHOWN_MAX,
        ..Window::default()
    };
    let acts = site.app.case_acts(number, &window()).await?;
    let below = CaseQuery {
        parent: Some(number),
        window: window(),
        ..CaseQuery::default()
    };
    let below = site.app.find_cases(&below).await?;
    let documents = site.app.documents_of(Some(&caller), number).await?;
    let comments = site
        .app
        .comments(&caller, number, None, 0, SHOWN_MAX)
        .await?;
    let letters = match site.app.letters_of(&caller, number).await {
        // Whoever checks a case need not read its letters.
        Err(AppError::Forbidden(_)) => Vec::new(),
        other => other?,
    };
    let findings = site.app.open_findings(number)?;
    let mut users = signed_users(&texts, &comments.items);
    users.extend(decision::voters(&listed));
    let names = names(site, &users, &caller).await;
    let duplicates = site.app.duplicates(&caller, number).await?;
    let language = page.language.code();
    let subject = &listed.known.case.subject;
    let row = Row::of(&page, &listed);
    let kinds = listed.process.documents.iter();
    let kinds = kinds.map(|it| (it.id.clone(), it.label.get(language).to_owned()));
    let letters = letters.into_iter().filter_map(|it| {
        let issued = it.issued?;
        let file = hex::encode(issued.sha256);
        Some((
            format!("{} ({})", it.title, it.language),
            page.to(&format!("/work/letters/{file}")),
        ))
    });
    let history = acts.items.iter();
    let shown = CasePage {
        faults: said.faults,
        done: said.done,
        is_kept: said.is_kept,
        comment: said.comment,
        number,
        title: row.title,
        flow: row.flow,
        stage: row.stage,
        is_over: row.is_over,
        is_paused: listed.known.paused.is_some(),
        sees_monitoring: listed
            .known
            .project
            .is_some_and(|it| site.app.may_read_monitoring(&caller, it)),
        project: listed.known.project,
        parent: listed.known.parent,
        owners: subject.owners.iter().copied().collect(),
        certifier: subject.certifier,
        receiver: subject.counterparty,
        cooling_off_ms: listed.cooling_off_ms,
        steps: next.iter().map(|it| step(&page, &listed, it)).collect(),
        openings: super::apply::openings_below(site, &page, &caller, &listed),
        below: below.items.iter().map(|it| Row::of(&page, it)).collect(),
        road: road(&page, &listed, &acts.items),
        checks: decision::checks(&page, &listed, &texts, &documents, &duplicates, &findings),
        pending: decision::pending(&page, &listed, &names),
        duplicates,
        forms: forms(&page, &listed, &texts),
        papers: documents
            .iter()
            .map(|it| paper(site, &page, &listed, it))
            .collect(),
        kinds: choices(kinds, None),
        letters: letters.collect(),
        findings: findings.iter().map(found).collect(),
        texts: texts
            .iter()
            .filter_map(|it| text(&page, &listed, it, &names))
            .collect(),
        comments: comments
            .items
            .iter()
            .filter_map(|it| said_by(site, it, &names))
            .collect(),
        is_official: site.app.is_official_of(&caller, number)?,
        acts: history
            .map(|it| act(&page, &listed.process, &listed.known.case.flow, it))
            .collect(),
        request: drawn()?.to_string(),
        page: page.about(
            "work",
            &format!("/cases/{number}/file"),
            &format!("countersign case file {number}"),
        ),
    };
    answer::with_status(status, &shown.page, &shown)
}

fn step(page: &Page, listed: &ListedCase, it: &NextStep) -> Step {
    let flow = listed.process.flow(&listed.known.case.flow);
    let step = flow.and_then(|flow| flow.step(&it.step));
    Step {
        link: page.to(&format!(
            "/work/cases/{}/steps/{}",
            listed.known.number, it.step
        )),
        label: step.map_or_else(
            || it.step.clone(),
            |step| step.label.get(page.language.code()).to_owned(),
        ),
        hindrance: it.hindrance.clone(),
    }
}

/// The users whose names a page shows.
fn signed_users(texts: &[FiledText], comments: &[Comment]) -> BTreeSet<UserId> {
    let of_texts = texts.iter().map(|it| it.user);
    of_texts
        .chain(comments.iter().map(|it| it.user))
        .take(LIST_MAX)
        .collect()
}

/// Names, as far as the caller may see them; others stay pseudonyms.
async fn names(
    site: &Shared,
    users: &BTreeSet<UserId>,
    caller: &Caller,
) -> BTreeMap<UserId, String> {
    let mut names = BTreeMap::new();
    for user in users {
        if let Ok(known) = site.app.user(caller, *user).await
            && let Some((_, profile)) = known.contact
        {
            names.insert(*user, profile.name().to_owned());
        }
    }
    names
}

fn by(names: &BTreeMap<UserId, String>, user: UserId) -> String {
    names
        .get(&user)
        .cloned()
        .unwrap_or_else(|| user.to_string())
}

/// The newest filling of each form, field by field.
fn forms(page: &Page, listed: &ListedCase, texts: &[FiledText]) -> Vec<Filled> {
    let flow = listed.process.flow(&listed.known.case.flow);
    let mut forms: Vec<(String, Filled)> = Vec::new();
    for text in texts.iter().filter(|it| it.part == SealedPart::Form) {
        let step = flow.and_then(|flow| flow.step(&text.step));
        let form = step.and_then(|step| listed.process.form(step.form.as_deref()?));
        let (Some(form), Some((_, content))) = (form, &text.opened) else {
            continue;
        };
        let Ok(value) = serde_json::from_str::<Value>(content) else {
            continue;
        };
        let language = page.language.code();
        let at = forms.iter().position(|(id, _)| *id == form.id);
        let versions = at.map_or(1, |at| forms.remove(at).1.versions + 1);
        let filled = Filled {
            title: form.label.get(language).to_owned(),
            fields: say::lines(page, form, &value),
            leaf: text.leaf,
            versions,
        };
        forms.push((form.id.clone(), filled));
    }
    forms.into_iter().map(|(_, filled)| filled).collect()
}

/// A comment that came with an act, or a text of a finding.
fn text(
    page: &Page,
    listed: &ListedCase,
    of: &FiledText,
    names: &BTreeMap<UserId, String>,
) -> Option<Said> {
    if of.part != SealedPart::Comment {
        return None;
    }
    let (_, text) = of.opened.as_ref()?;
    let flow = listed.process.flow(&listed.known.case.flow);
    let step = flow.and_then(|flow| flow.step(&of.step));
    let step = step.map_or_else(
        || page.t("finding"),
        |it| it.label.get(page.language.code()).to_owned(),
    );
    Some(Said {
        by: format!("{} · {step}", by(names, of.user)),
        text: text.clone(),
        time_ms: 0,
        is_for_officials: false,
        number: of.leaf,
        answers: None,
    })
}

fn said_by(site: &Shared, of: &Comment, names: &BTreeMap<UserId, String>) -> Option<Said> {
    let newest = of.texts.last()?;
    Some(Said {
        by: format!(
            "{} · {}",
            by(names, of.user),
            site.app.organisation_name(of.organisation)
        ),
        text: newest.text.clone()?,
        time_ms: newest.written_ms,
        is_for_officials: of.circle == Circle::Officials,
        number: of.id,
        answers: (of.thread != of.id).then_some(of.thread),
    })
}

fn found(it: &OpenFinding) -> Found {
    Found {
        number: it.number,
        kind: it.kind.to_string(),
        case: it.case,
        is_answered: it.answered,
        opened_at: it.opened_at,
    }
}

fn paper(site: &Shared, page: &Page, listed: &ListedCase, of: &StoredDocument) -> Paper {
    let kind = listed
        .process
        .documents
        .iter()
        .find(|it| it.id == of.kind.as_str());
    Paper {
        link: page.to(&format!("/work/documents/{}", of.id)),
        name: of
            .file_name
            .as_ref()
            .map_or_else(|| of.id.to_string(), |it| it.as_str().to_owned()),
        kind: kind.map_or_else(
            || of.kind.to_string(),
            |it| it.label.get(page.language.code()).to_owned(),
        ),
        bytes: of.bytes,
        owner: site.app.organisation_name(of.owner),
        uploaded_ms: of.uploaded_ms,
        sha256: hex::encode(of.sha256),
        leaf: of.leaf,
    }
}
