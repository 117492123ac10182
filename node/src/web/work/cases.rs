//! Cases: the list of those that somebody has to do with.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::arrivals;
use super::fault::Fault;
use super::gate::{FEDERATION, Signed};
use crate::app::{InboxItem, ListedCase};
use crate::http::problem::ApiError;
use crate::projection::query::{CaseQuery, CaseSort};
use crate::web::list::{Asked, Choice, choices};
use crate::web::page::Page;
use crate::web::transparency::federation_alarm;
use crate::web::{Shared, answer};

/// A case in a list.
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) flow: String,
    pub(super) stage: String,
    pub(super) since_ms: u64,
    pub(super) is_over: bool,
}

impl Row {
    pub(super) fn of(page: &Page, it: &ListedCase) -> Self {
        let language = page.language.code();
        let flow = it.process.flow(&it.known.case.flow);
        let stage = flow.and_then(|flow| flow.stage(&it.known.case.stage));
        Self {
            number: it.known.number,
            title: it.known.title.to_string(),
            flow: flow.map_or_else(String::new, |it| it.label.get(language).to_owned()),
            stage: stage.map_or_else(String::new, |it| it.label.get(language).to_owned()),
            since_ms: it.known.case.since_ms,
            is_over: it.known.end.is_some(),
        }
    }
}

#[derive(Template)]
#[template(path = "web/work/cases.html")]
struct CasesPage {
    page: Page,
    q: String,
    parts: Vec<Choice>,
    flows: Vec<Choice>,
    states: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    is_further: bool,
}

pub(super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let own = signed.person()?.principal.organisation;
    let Signed { page, caller, me } = signed;
    let process = site.app.process();
    let types = process.as_ref().map(|it| it.organisation_types.as_slice());
    let mut types = types.unwrap_or_default().iter();
    let is_authority = types.any(|it| it.authority && it.id == me.membership.organisation_type);
    let part = asked
        .text("part")
        .unwrap_or(if is_authority { "all" } else { "own" });
    let query = CaseQuery {
        owner: (part == "own").then_some(own),
        certifier: (part == "assigned").then_some(own),
        flow: asked.text("flow").map(str::to_owned),
        ended: match asked.text("state") {
            Some("ended") => Some(true),
            Some("any") => None,
            _ => Some(false),
        },
        q: asked.q()?,
        sort: CaseSort::Changed,
        window: asked.window(true),
        ..CaseQuery::default()
    };
    let found = site.app.find_cases(&query).await?;
    // What the caller may not look into is no work of the caller's.
    let mut rows = Vec::new();
    for it in &found.items {
        if site.app.may_look_into(&caller, it.known.number) {
            rows.push(Row::of(&page, it));
        }
    }
    let language = page.language.code();
    let flows = process.as_ref().map(|process| {
        let named = |flow: &countersign_protocol::workflow::Flow| {
            (flow.id.clone(), flow.label.get(language).to_owned())
        };
        process.flows.iter().map(named).collect::<Vec<_>>()
    });
    let parts = ["own", "assigned", "all"].map(|it| (it.to_owned(), page.word("cases-part", it)));
    let states = ["open", "ended", "any"].map(|it| (it.to_owned(), page.word("cases-state", it)));
    let shown = CasesPage {
        q: asked.shown("q"),
        parts: choices(parts, Some(part)),
        flows: choices(flows.unwrap_or_default(), asked.text("flow")),
        states: choices(states, Some(asked.text("state").unwrap_or("open"))),
        rows,
        next: asked.going_on(&page.to("/work/cases"), found.next.as_deref()),
        is_further: asked.is_further(),
        page: page.about("work", "/cases", "countersign case list"),
    };
    answer::html(&shown.page, &shown)
}

/// Something that waits for the reader.
struct Waiting {
    number: u64,
    link: String,
    title: String,
    step: String,
    stage: String,
    flow: String,
    since_ms: u64,
    due_ms: Option<u64>,
    is_late: bool,
    reminded_ms: Option<u64>,
}

#[derive(Template)]
#[template(path = "web/work/inbox.html")]
struct InboxPage {
    page: Page,
    name: String,
    organisation: String,
    role: String,
    faults: Vec<Fault>,
    items: Vec<Waiting>,
    arrivals: Vec<arrivals::Row>,
    proposals: u64,
    /// What keeps units where they are, or anything from beginning with a partner: for those who see the federation.
    alarms: Vec<String>,
    next: Option<String>,
}

/// Things of one page of the inbox.
const INBOX_ROWS: usize = 50;

pub(super) async fn inbox(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let after = asked.get("after")?.unwrap_or(0);
    inbox_page(&site, signed, after, StatusCode::OK, Vec::new()).await
}

pub(super) async fn inbox_page(
    site: &Shared,
    signed: Signed,
    after: u64,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, ApiError> {
    let Signed { page, caller, me } = signed;
    let listing = site.app.inbox(&caller, after, INBOX_ROWS).await?;
    let now_ms = site.app.now_ms();
    let mut items = Vec::new();
    for it in &listing.items {
        items.push(waiting(site, &page, it, now_ms)?);
    }
    let proposals = site.app.proposals(&caller).await?.len();
    let arrived = site.app.arrivals_to_open(&caller).await;
    let sees_federation = page.opens().iter().any(|(_, it)| *it == FEDERATION);
    let alarms = sees_federation.then(|| site.app.federation_alarms());
    let alarms = alarms.into_iter().flatten();
    let contact = me.user.contact.as_ref();
    let shown = InboxPage {
        alarms: alarms.map(|it| federation_alarm(&page, &it)).collect(),
        name: contact.map_or_else(String::new, |(_, profile)| profile.name().to_owned()),
        organisation: site.app.organisation_name(me.user.organisation),
        role: super::account::role(site, &page, &me),
        faults,
        items,
        arrivals: arrivals::rows(&page, &arrived),
        proposals: u64::try_from(proposals).unwrap_or(u64::MAX),
        next: listing
            .next
            .map(|next| format!("{}?after={next}", page.to("/work"))),
        page: page.about("work", "/inbox", "countersign case inbox"),
    };
    answer::with_status(status, &shown.page, &shown)
}

fn waiting(site: &Shared, page: &Page, it: &InboxItem, now_ms: u64) -> Result<Waiting, ApiError> {
    let case = site.app.case(it.case)?;
    let language = page.language.code();
    let flow = case.process.flow(&it.flow);
    let step = flow.and_then(|flow| flow.step(&it.step));
    let stage = flow.and_then(|flow| flow.stage(&it.stage));
    Ok(Waiting {
        number: it.case,
        link: page.to(&format!("/work/cases/{}/steps/{}", it.case, it.step)),
        title: it.title.to_string(),
        step: step.map_or_else(|| it.step.clone(), |it| it.label.get(language).to_owned()),
        stage: stage.map_or_else(|| it.stage.clone(), |it| it.label.get(language).to_owned()),
        flow: flow.map_or_else(String::new, |it| it.label.get(language).to_owned()),
        since_ms: it.since_ms,
        due_ms: it.due_ms,
        is_late: it.due_ms.is_some_and(|due| due < now_ms),
        reminded_ms: it.reminded_ms,
    })
}
