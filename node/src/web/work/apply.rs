//! Setting out: which cases somebody may open, and opening one.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::opening;
use countersign_protocol::record;
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{Effect, Flow, Process, Scope, SubjectKind};

use super::cases::Row;
use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::posted::{Posted, drawn};
use crate::app::{AppError, Caller, CaseWish, Field, ListedCase, Mode};
use crate::http::problem::{ApiError, Kind};
use crate::projection::query::{CaseQuery, OrganisationQuery, OrganisationSort, Window};
use crate::web::list::{Asked, Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Cases and organisations to choose from.
const CHOICES_MAX: usize = 200;

/// A kind of case that somebody may open.
struct Offer {
    link: String,
    label: String,
    /// What its first steps are.
    first: String,
    documents: String,
}

#[derive(Template)]
#[template(path = "web/work/apply.html")]
struct ApplyPage {
    page: Page,
    offers: Vec<Offer>,
    drafts: Vec<Row>,
}

/// Whether somebody may take a first step of a flow: what the matrix says of opening, and the process of beginning.
fn may_begin(site: &Shared, caller: &Caller, process: &Process, flow: &Flow) -> bool {
    let Ok(person) = caller.person() else {
        return false;
    };
    let own = person.principal.organisation;
    let acts = flow.steps_from(&flow.first, None).any(|step| {
        step.by.iter().any(|rule| {
            rule.organisation_type == person.membership.organisation_type
                && rule.roles.contains(&person.principal.role)
        })
    });
    let exists = process.role_exists(&person.principal.role, &person.membership.organisation_type);
    acts && exists
        && site
            .app
            .permit_of(caller, opening(flow.subject, true), own)
            .is_ok()
}

fn offers(site: &Shared, page: &Page, caller: &Caller) -> Vec<Offer> {
    let Some(process) = site.app.process() else {
        return Vec::new();
    };
    let language = page.language.code();
    let open = process
        .flows
        .iter()
        .filter(|flow| may_begin(site, caller, &process, flow));
    let offer = |flow: &Flow| {
        let steps = flow.steps_from(&flow.first, None);
        let steps: Vec<_> = steps.filter(|it| it.is_awaited()).collect();
        let labels: Vec<&str> = steps.iter().map(|it| it.label.get(language)).collect();
        let wanted: BTreeSet<&str> = steps
            .iter()
            .flat_map(|it| it.documents.iter().map(String::as_str))
            .collect();
        let named = process
            .documents
            .iter()
            .filter(|it| wanted.contains(it.id.as_str()));
        Offer {
            link: page.to(&format!("/work/apply/{}", flow.id)),
            label: flow.label.get(language).to_owned(),
            first: labels.join(", "),
            documents: named
                .map(|it| it.label.get(language))
                .collect::<Vec<_>>()
                .join(", "),
        }
    };
    open.map(offer).collect()
}

pub(super) async fn list(State(site): State<Shared>, signed: Signed) -> Result<Response, ApiError> {
    let own = signed.person()?.principal.organisation;
    let query = CaseQuery {
        owner: Some(own),
        ended: Some(false),
        window: Window {
            limit: CHOICES_MAX,
            descending: true,
            ..Window::default()
        },
        ..CaseQuery::default()
    };
    let found = site.app.find_cases(&query).await?;
    let Signed { page, caller, .. } = signed;
    let begun = found.items.iter().filter(|it| {
        let flow = it.process.flow(&it.known.case.flow);
        flow.is_some_and(|flow| flow.first == it.known.case.stage)
    });
    let shown = ApplyPage {
        offers: offers(&site, &page, &caller),
        drafts: begun.map(|it| Row::of(&page, it)).collect(),
        page: page.about("work", "POST /cases", "countersign case open"),
    };
    answer::html(&shown.page, &shown)
}

/// The cases that can be opened below one, each with the way to it.
pub(super) fn openings_below(
    site: &Shared,
    page: &Page,
    caller: &Caller,
    above: &ListedCase,
) -> Vec<(String, String)> {
    let case = &above.known.case;
    let flows = above.process.flows.iter().filter(|flow| {
        let fits = flow
            .parent
            .as_ref()
            .is_some_and(|it| it.flow == case.flow && it.stages.contains(&case.stage));
        fits && may_begin(site, caller, &above.process, flow)
    });
    flows
        .map(|flow| {
            let link = page.to(&format!("/work/apply/{}", flow.id));
            (
                format!("{link}?parent={}", above.known.number),
                flow.label.get(page.language.code()).to_owned(),
            )
        })
        .collect()
}

#[derive(Template)]
#[template(path = "web/work/open.html")]
struct OpenPage {
    page: Page,
    faults: Vec<Fault>,
    flow: String,
    label: String,
    title: String,
    tracks: Vec<Choice>,
    has_parent: bool,
    parents: Vec<Choice>,
    wants_scope: bool,
    scopes: Vec<Choice>,
    wants_receiver: bool,
    receivers: Vec<Choice>,
    request: String,
    units: String,
    account: String,
}

fn flow_of<'a>(process: &'a Process, id: &str) -> Result<&'a Flow, ApiError> {
    let unknown = || ApiError::new(Kind::NotFound, "the process has no such kind of case");
    process.flow(id).ok_or_else(unknown)
}

/// Whether somebody receives what a flow moves within the country.
fn wants_receiver(flow: &Flow) -> bool {
    let by_receiver = flow.steps.iter().flat_map(|step| &step.by);
    let mut by_receiver = by_receiver.filter(|rule| rule.scope == Scope::Counterparty);
    let moves = flow
        .steps
        .iter()
        .any(|step| step.has_effect(Effect::Transfer));
    flow.subject == SubjectKind::TransferRequest && (moves || by_receiver.next().is_some())
}

pub(super) async fn ask(
    State(site): State<Shared>,
    Path(flow): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let typed = Wanted {
        parent: asked.shown("parent"),
        units: asked.shown("units"),
        account: asked.shown("account"),
        ..Wanted::default()
    };
    open_page(&site, signed, &flow, typed, Vec::new(), StatusCode::OK).await
}

/// What somebody typed into the page that opens a case.
#[derive(Default)]
struct Wanted {
    title: String,
    track: String,
    parent: String,
    scopes: Vec<String>,
    receiver: String,
    request: Option<String>,
    units: String,
    account: String,
}

impl Wanted {
    fn of(posted: &Posted) -> Self {
        Self {
            title: posted.shown("title"),
            track: posted.shown("track"),
            parent: posted.shown("parent"),
            scopes: posted
                .all("scope")
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
            receiver: posted.shown("receiver"),
            request: posted.given("request").map(str::to_owned),
            units: posted.shown("units"),
            account: posted.shown("account"),
        }
    }

    fn wish(&self, page: &Page, flow: &Flow) -> Result<CaseWish, Vec<Fault>> {
        let wrong = |id: &str, key: &str| Fault::at(id, page.t(key));
        let title = self
            .title
            .parse()
            .map_err(|_| wrong("title", "fault-title"));
        let track = match self.track.as_str() {
            "" => Ok(None),
            track => track
                .parse()
                .map(Some)
                .map_err(|_| wrong("track", "form-choose")),
        };
        let parent = match self.parent.as_str() {
            "" => Ok(None),
            parent => parent
                .parse()
                .map(Some)
                .map_err(|_| wrong("parent", "form-choose")),
        };
        let receiver = match self.receiver.as_str() {
            "" => Ok(None),
            receiver => receiver
                .parse()
                .map(|it| Some(OrganisationId(it)))
                .map_err(|_| wrong("receiver", "form-choose")),
        };
        let scopes: Result<BTreeSet<SectoralScope>, _> =
            self.scopes.iter().map(|it| it.parse()).collect();
        let scopes = scopes.map_err(|_| wrong("scope", "form-choose"));
        let id = flow.id.parse().map_err(|_| wrong("title", "fault-input"));
        match (title, track, parent, receiver, scopes, id) {
            (Ok(title), Ok(track), Ok(parent), Ok(counterparty), Ok(scopes), Ok(flow)) => {
                Ok(CaseWish {
                    flow,
                    track,
                    parent,
                    title,
                    owners: BTreeSet::new(),
                    counterparty,
                    scopes,
                    shares: BTreeMap::new(),
                })
            }
            (title, track, parent, receiver, scopes, id) => {
                let faults = [
                    title.err(),
                    track.err(),
                    parent.err(),
                    receiver.err(),
                    scopes.err(),
                    id.err(),
                ];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }
}

async fn open_page(
    site: &Shared,
    signed: Signed,
    flow: &str,
    typed: Wanted,
    faults: Vec<Fault>,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let missing = || ApiError::new(Kind::NotFound, "no process was adopted yet");
    let process = site.app.process().ok_or_else(missing)?;
    let flow = flow_of(&process, flow)?;
    let own = signed.person()?.principal.organisation;
    let Signed { page, .. } = signed;
    let language = page.language.code();
    let tracks = process
        .tracks
        .iter()
        .filter(|it| flow.tracks.contains(&it.id));
    let tracks = tracks.map(|it| (it.id.clone(), it.label.get(language).to_owned()));
    let scope = |it: SectoralScope| Choice {
        is_chosen: typed.scopes.contains(&it.to_string()),
        value: it.to_string(),
        label: format!("{it} · {}", page.scope(it)),
    };
    let receivers = if wants_receiver(flow) {
        organisations(site, None, own).await?
    } else {
        Vec::new()
    };
    let shown = OpenPage {
        faults,
        flow: flow.id.clone(),
        label: flow.label.get(language).to_owned(),
        tracks: choices(tracks, Some(&typed.track)),
        has_parent: flow.parent.is_some(),
        parents: choices(parents(site, flow, own).await?, Some(&typed.parent)),
        wants_scope: flow.parent.is_none() && flow.subject == SubjectKind::Project,
        scopes: SectoralScope::all().map(scope).collect(),
        wants_receiver: wants_receiver(flow),
        receivers: choices(receivers, Some(&typed.receiver)),
        request: match typed.request {
            Some(request) => request,
            None => drawn()?.to_string(),
        },
        title: typed.title,
        units: typed.units,
        account: typed.account,
        page: page.about(
            "work",
            "POST /cases",
            &format!("countersign case open {}", flow.id),
        ),
    };
    answer::with_status(status, &shown.page, &shown)
}

/// The own cases under which one of a flow can be opened.
async fn parents(
    site: &Shared,
    flow: &Flow,
    own: OrganisationId,
) -> Result<Vec<(String, String)>, ApiError> {
    let Some(parent) = &flow.parent else {
        return Ok(Vec::new());
    };
    let query = CaseQuery {
        owner: Some(own),
        flow: Some(parent.flow.clone()),
        ended: Some(false),
        window: Window {
            limit: CHOICES_MAX,
            ..Window::default()
        },
        ..CaseQuery::default()
    };
    let found = site.app.find_cases(&query).await?;
    let fitting = found
        .items
        .iter()
        .filter(|it| parent.stages.contains(&it.known.case.stage));
    Ok(fitting
        .map(|it| (it.known.number.to_string(), it.known.title.to_string()))
        .collect())
}

/// Organisations by name, of one type or of any, without one.
pub(super) async fn organisations(
    site: &Shared,
    of_type: Option<&str>,
    but: OrganisationId,
) -> Result<Vec<(String, String)>, ApiError> {
    let query = OrganisationQuery {
        organisation_type: of_type.map(str::to_owned),
        standing: Some("active".to_owned()),
        sort: OrganisationSort::Name,
        window: Window {
            limit: CHOICES_MAX,
            ..Window::default()
        },
        ..OrganisationQuery::default()
    };
    let found = site.app.find_organisations(&query).await?;
    let others = found.items.into_iter().filter(|it| it.id != but);
    Ok(others
        .map(|it| (it.id.to_string(), format!("{} ({})", it.name, it.id)))
        .collect())
}

pub(super) async fn open(
    State(site): State<Shared>,
    Path(flow): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let typed = Wanted::of(&posted);
    let missing = || ApiError::new(Kind::NotFound, "no process was adopted yet");
    let process = site.app.process().ok_or_else(missing)?;
    let flow = flow_of(&process, &flow)?;
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let wish = match typed.wish(&signed.page, flow) {
        Ok(wish) => wish,
        Err(faults) => {
            return open_page(&site, signed, &flow.id, typed, faults, unprocessable).await;
        }
    };
    let request = posted.request()?;
    match site
        .app
        .open_case(&signed.caller, request, wish, Mode::Write)
        .await
    {
        Ok(written) => {
            let number = written.find(|_, body| match body {
                record::Body::CaseOpened(it) => Some(it.case),
                _ => None,
            });
            let number = number.ok_or(AppError::Internal)?;
            Ok(answer::see_other(
                &first_step(&site, &signed, number, &typed).await?,
            ))
        }
        Err(error) => {
            let status = fault::status(&error);
            let fault = of_opening(&signed.page, error)?;
            open_page(&site, signed, &flow.id, typed, vec![fault], status).await
        }
    }
}

fn of_opening(page: &Page, error: AppError) -> Result<Fault, ApiError> {
    let field = match &error {
        AppError::BadInput {
            field: Field::Body(pointer),
            ..
        } => match pointer.as_ref() {
            "/parent" => Some("#parent"),
            "/title" => Some("#title"),
            _ => None,
        },
        _ => None,
    };
    let fault = fault::of(page, error)?;
    Ok(Fault {
        link: field.map(str::to_owned).or(fault.link.clone()),
        ..fault
    })
}

/// The page of the first step that the caller can take in a new case, or that of the case.
async fn first_step(
    site: &Shared,
    signed: &Signed,
    number: u64,
    typed: &Wanted,
) -> Result<String, ApiError> {
    let file = site.app.case_file(&signed.caller, number).await?;
    let case = site.app.case(number)?;
    let awaited = |step: &str| {
        let flow = case.process.flow(&case.known.case.flow);
        flow.and_then(|flow| flow.step(step))
            .is_some_and(|it| it.is_awaited())
    };
    let mut open = file
        .next
        .iter()
        .filter(|it| it.hindrance.is_none() && awaited(&it.step));
    let path = match (open.next(), open.next()) {
        (Some(only), None) => format!("/work/cases/{number}/steps/{}", only.step),
        _ => format!("/work/cases/{number}"),
    };
    let encoded = crate::http::percent::encoded;
    let units = match (typed.units.as_str(), typed.account.as_str()) {
        ("", _) => String::new(),
        (units, account) => format!("?units={}&account={}", encoded(units), encoded(account)),
    };
    Ok(format!("{}{units}", signed.page.to(&path)))
}
