//! The desk itself: approaches, authorisations and how much of each is used, entities, NDCs and levels; and one authorisation.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::record::{Article6, AuthorisedEntity};
use countersign_protocol::registry::KnownAuthorisation;

use super::super::gate::Signed;
use super::facts;
use super::kind::Kind;
use crate::app::{ApproachFile, Article6Rights, AuthorisationFile, AuthorisationQuery};
use crate::http::problem::ApiError;
use crate::people::ProposedAct;
use crate::projection::query::Window;
use crate::web::cooperation::{self, Gauge, lines, parties};
use crate::web::entries::Line;
use crate::web::format::signed as signed_number;
use crate::web::list::{Asked, Choice, ROWS, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Records of an authorisation that one page shows.
const RECORDS_MAX: usize = 100;

/// A cooperative approach.
struct Approach {
    id: String,
    link: String,
    title: String,
    parties: String,
    report: Option<(String, String)>,
}

/// An NDC.
struct Contribution {
    first: u16,
    title: String,
    method: String,
    target: String,
    levels: Vec<(u16, String, String)>,
}

#[derive(Template)]
#[template(path = "web/work/authorisations.html")]
struct DeskPage {
    page: Page,
    done: Option<String>,
    waiting: u64,
    rights: Article6Rights,
    /// What can be recorded: address and label.
    openings: Vec<(String, String)>,
    approaches: Vec<Approach>,
    approach: Vec<Choice>,
    state: Vec<Choice>,
    gauges: Vec<Gauge>,
    entities: Vec<AuthorisedEntity>,
    ndcs: Vec<Contribution>,
    next: Option<String>,
    is_further: bool,
}

pub(in super::super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let rights = site.app.article6_rights(&signed.caller, &signed.me)?;
    let waiting = site.app.proposals(&signed.caller).await?;
    let waiting = waiting
        .iter()
        .filter(|it| matches!(it.act, ProposedAct::Article6(_)));
    let waiting = u64::try_from(waiting.count()).unwrap_or(u64::MAX);
    let page = signed
        .page
        .about("work", "/authorisations", "countersign authorisation list");
    let state = asked.shown("state");
    let query = AuthorisationQuery {
        party: None,
        approach: asked.get("approach")?,
        in_force: match state.as_str() {
            "in-force" => Some(true),
            "revoked" => Some(false),
            _ => None,
        },
    };
    let found = site.app.authorisations(&query, asked.text("after"), ROWS)?;
    let approaches = site.app.approaches();
    let offered = approaches.iter().map(|it| {
        let id = it.approach.id.to_string();
        (id.clone(), format!("{id} · {}", it.approach.title))
    });
    let states = ["in-force", "revoked"].map(|it| (it.to_owned(), page.t(it)));
    let shown = DeskPage {
        done: asked.done(&page, "a6-done", &["recorded", "proposed"]),
        waiting,
        openings: openings(&page, rights),
        approach: choices(offered, asked.text("approach")),
        state: choices(states, Some(&state)),
        approaches: approaches
            .into_iter()
            .map(|it| approach(&page, it))
            .collect(),
        gauges: found.items.iter().map(|it| gauge(&page, it)).collect(),
        entities: site.app.authorised_entities(None),
        ndcs: contributions(&site, &page),
        next: asked.going_on(&page.to("/work/authorisations"), found.next.as_deref()),
        is_further: asked.is_further(),
        rights,
        page,
    };
    answer::html(&shown.page, &shown)
}

fn openings(page: &Page, rights: Article6Rights) -> Vec<(String, String)> {
    let open = Kind::ALL.into_iter().filter(|it| it.is_open(rights));
    let opening = |it: Kind| {
        let path = format!("/work/authorisations/record/{}", it.word());
        (page.to(&path), page.word("a6-kind", it.word()))
    };
    open.map(opening).collect()
}

fn approach(page: &Page, it: ApproachFile) -> Approach {
    let report = it
        .report
        .map(|it| (page.day(it.submitted), it.reference.to_string()));
    Approach {
        link: page.at("cooperation", it.approach.id),
        id: it.approach.id.to_string(),
        title: it.approach.title.to_string(),
        parties: parties(page, &it.approach.parties),
        report,
    }
}

/// As everybody sees it, with the way to the page of the desk.
fn gauge(page: &Page, it: &AuthorisationFile) -> Gauge {
    let of = &it.known.latest;
    let id = crate::http::percent::encoded(of.id.as_str());
    Gauge {
        link: page.to(&format!("/work/authorisations/{}/{id}", of.party)),
        ..Gauge::of(page, it)
    }
}

fn contributions(site: &Shared, page: &Page) -> Vec<Contribution> {
    let levels = site.app.levels(None);
    let number = |value: i64| signed_number(page.language, value);
    let all = site.app.ndcs().into_iter();
    let contribution = |it: countersign_protocol::record::Ndc| {
        let of = levels
            .iter()
            .filter(|level| it.period.contains(level.year) || level.year == it.reference.year);
        Contribution {
            first: it.period.first(),
            title: page.t2(
                "ndc-title",
                "first",
                page.year(it.period.first()),
                "last",
                page.year(it.period.last()),
            ),
            method: page.word("method", &word(it.method)),
            target: format!("{}: {}", page.year(it.target.year), number(it.target.level)),
            levels: of
                .map(|level| {
                    let series = page.word("series", &word(level.series));
                    (level.year, series, number(level.level))
                })
                .collect(),
        }
    };
    all.map(contribution).collect()
}

/// A word of a closed list, as the API has it.
fn word(it: impl serde::Serialize) -> String {
    let word = serde_json::to_value(it).ok();
    let word = word.as_ref().and_then(|it| it.as_str());
    word.unwrap_or_default().to_owned()
}

#[derive(Template)]
#[template(path = "web/work/authorisation.html")]
struct AuthorisationPage {
    page: Page,
    gauge: Gauge,
    left: Option<u64>,
    facts: Vec<(String, String)>,
    revoked: Option<String>,
    has_reach: bool,
    /// What can be done with it: address and label.
    openings: Vec<(String, String)>,
    public: String,
    lines: Vec<Line>,
}

pub(in super::super) async fn authorisation(
    State(site): State<Shared>,
    Path((party, id)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let rights = site.app.article6_rights(&signed.caller, &signed.me)?;
    let (party, id) = cooperation::named(&party, &id)?;
    let file = site.app.authorisation(party, id)?;
    let window = Window {
        limit: RECORDS_MAX,
        ..Window::default()
    };
    let records = site.app.authorisation_versions(party, id, &window).await?;
    let is_own = site.app.own_party()? == party;
    let page = signed.page.about(
        "work",
        &format!("/authorisations/{party}/{id}"),
        &format!("countersign authorisation show {id} --party {party}"),
    );
    let KnownAuthorisation {
        latest, revoked, ..
    } = &file.known;
    let record = Article6::Authorisation(Box::new(latest.clone()));
    let encoded = crate::http::percent::encoded(id.as_str());
    let shown = AuthorisationPage {
        gauge: Gauge::of(&page, &file),
        left: file.left(),
        facts: facts::of_record(&page, &record),
        revoked: revoked.as_ref().map(|it| page.day(it.date)),
        has_reach: latest.reach.is_some(),
        openings: deeds(&page, rights, &file, is_own),
        public: page.to(&format!("/authorisations/{party}/{encoded}")),
        lines: lines(&page, &records.items),
        page,
    };
    answer::html(&shown.page, &shown)
}

fn deeds(
    page: &Page,
    rights: Article6Rights,
    file: &AuthorisationFile,
    is_own: bool,
) -> Vec<(String, String)> {
    if !file.known.is_in_force() {
        return Vec::new();
    }
    let of = &file.known.latest;
    let id = crate::http::percent::encoded(of.id.as_str());
    let change = format!("of={}/{id}", of.party);
    let under = format!("authorisation={id}");
    let all = [
        (Kind::Authorisation, "version", change.as_str(), true),
        (Kind::Revocation, "revoke", change.as_str(), true),
        (Kind::Units, "units", under.as_str(), is_own),
        (Kind::UseNotice, "notice", "", is_own),
    ];
    let open = all
        .into_iter()
        .filter(|(kind, _, _, fits)| *fits && kind.is_open(rights));
    let deed = |(kind, word, query, _): (Kind, &str, &str, bool)| {
        let path = format!("/work/authorisations/record/{}?{query}", kind.word());
        (
            page.to(path.trim_end_matches('?')),
            page.word("a6-deed", word),
        )
    };
    open.map(deed).collect()
}
