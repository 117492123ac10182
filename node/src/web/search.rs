//! One search for everything that has a name, a number or a hash.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::registry::Holding;

use super::list::Asked;
use super::page::Page;
use super::units::place;
use super::{Shared, answer};
use crate::app::{LetterCheck, SearchResult, UnitsName};
use crate::http::problem::ApiError;
use crate::projection::query::RetirementQuery;

/// A hit.
struct Hit {
    link: String,
    name: String,
    about: String,
}

/// Hits of one kind.
struct Group {
    title: String,
    hits: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "web/search.html")]
struct SearchPage {
    page: Page,
    q: String,
    groups: Vec<Group>,
    letter: Option<LetterCheck>,
}

pub(super) async fn show(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let q = asked.q()?.unwrap_or_default();
    let query = crate::http::percent::encoded(&q);
    let page = page.about(
        "search",
        &format!("/search?q={query}"),
        &format!("countersign api GET 'search?q={query}'"),
    );
    let mut shown = SearchPage {
        groups: Vec::new(),
        letter: None,
        q,
        page,
    };
    if shown.q.is_empty() {
        return answer::html(&shown.page, &shown);
    }
    let found = site.app.find_named(&shown.q).await?;
    let numbered = numbered(&site, &shown.page, &shown.q).await?;
    if numbered.is_empty()
        && let Some(path) = only(&shown.page, &shown.q, &found)
    {
        return Ok(answer::see_other(&path));
    }
    let mut hash = [0; 32];
    if hex::decode_to_slice(&shown.q, &mut hash).is_ok() {
        let check = site.app.check_letter(hash).await?;
        shown.letter = Some(check).filter(|it| it.letter.is_some());
    }
    shown.groups = groups(&shown.page, &found);
    if !numbered.is_empty() {
        let title = shown.page.t("search-numbers");
        let hits = numbered;
        shown.groups.insert(0, Group { title, hits });
    }
    answer::html(&shown.page, &shown)
}

/// The page of the one thing that an identifier names: whoever has it in full wants to go there.
fn only(page: &Page, q: &str, found: &SearchResult) -> Option<String> {
    let others = found.organisations.len() + found.projects.len() + found.cases.len();
    if others > 0 {
        return None;
    }
    let is_units = q.parse::<UnitsName>().is_ok() && !found.units.is_empty();
    if is_units && found.transfers.is_empty() {
        return Some(page.at("units", q));
    }
    match found.transfers.as_slice() {
        [one] if q.len() == 64 => Some(page.at("transfers", one.key.id())),
        _ => None,
    }
}

/// What has a plain number as its name: a project, an entry of the log, a retirement.
async fn numbered(site: &Shared, page: &Page, q: &str) -> Result<Vec<Hit>, ApiError> {
    let mut hits = Vec::new();
    let Ok(number) = q.parse::<u64>() else {
        return Ok(hits);
    };
    if let Some(project) = u32::try_from(number).ok()
        && let Some(found) = project
            .checked_sub(1)
            .and_then(|before| site.app.projects(before, 1).items.pop())
            .filter(|it| it.number == project)
    {
        hits.push(Hit {
            link: page.at("projects", project),
            name: page.t1("project-number", "number", page.plain(number)),
            about: found.title.to_string(),
        });
    }
    if number < site.app.size() {
        let retired = RetirementQuery {
            leaf: Some(number),
            ..RetirementQuery::default()
        };
        if !site.app.find_retirements(&retired).await?.items.is_empty() {
            hits.push(Hit {
                link: page.at("retirements", number),
                name: page.t1("retirement-title", "entry", page.n(number)),
                about: String::new(),
            });
        }
        hits.push(Hit {
            link: page.at("entries", number),
            name: page.t1("entry-title", "entry", page.n(number)),
            about: String::new(),
        });
    }
    Ok(hits)
}

fn groups(page: &Page, found: &SearchResult) -> Vec<Group> {
    let group = |key: &str, hits: Vec<Hit>| Group {
        title: page.t(key),
        hits,
    };
    let projects = found.projects.iter().map(|it| Hit {
        link: page.at("projects", it.number),
        name: it.title.clone(),
        about: format!(
            "{} · {}",
            page.t1("project-number", "number", page.plain(u64::from(it.number))),
            page.scope(it.scope)
        ),
    });
    let organisations = found.organisations.iter().map(|it| Hit {
        link: page.at("organisations", it.id),
        name: it.name.clone(),
        about: page.word("organisation-kind", &it.kind),
    });
    let cases = found.cases.iter().filter_map(|it| {
        Some(Hit {
            link: page.at("projects", it.known.project?),
            name: it.known.title.to_string(),
            about: page.t1("case-number", "number", page.plain(it.known.number)),
        })
    });
    let transfers = found.transfers.iter().map(|it| Hit {
        link: page.at("transfers", it.key.id()),
        name: it.key.id().to_string(),
        about: format!(
            "{} · {}",
            page.country(it.transfer.partner),
            page.word("state", it.transfer.stage.name())
        ),
    });
    let units = found.units.iter().map(|it: &Holding| Hit {
        link: page.at("units", it.block.serial),
        name: it.block.serial.to_string(),
        about: format!(
            "{} · {}",
            page.tonnes(it.block.tonnes()),
            place(page, it.place)
        ),
    });
    let mut groups = vec![
        group("search-units", units.collect()),
        group("search-projects", projects.collect()),
        group("search-organisations", organisations.collect()),
        group("search-transfers", transfers.collect()),
        group("search-cases", cases.collect()),
    ];
    groups.retain(|it| !it.hits.is_empty());
    groups
}
