//! Notices that the country recorded: what other registries told of units which left before their first transfer. A list, and a
//! page of each.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::{Article6, Body, NotifiedUse, UseNotified};
use countersign_protocol::units::UnitRange;

use super::entries::{number, stored};
use super::list::Asked;
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AppError, StoredRecord};
use crate::http::problem::ApiError;

/// One notice.
struct Notice {
    leaf: u64,
    time_ms: u64,
    party: Party,
    purpose: String,
    day: Day,
    tonnes: u64,
    /// Where the notice can be found.
    reference: String,
    /// An address of it, where the reference is one.
    link: Option<String>,
    ranges: Vec<Range>,
}

/// A range that a notice names.
struct Range {
    link: String,
    serial: String,
    tonnes: u64,
}

/// The word for what units were used for abroad.
pub(super) const fn purpose(of: NotifiedUse) -> &'static str {
    match of {
        NotifiedUse::InternationalMitigation => "international_mitigation",
        NotifiedUse::OtherPurposes => "other_purposes",
        NotifiedUse::OverallMitigation => "overall_mitigation",
        NotifiedUse::AdaptationFund => "adaptation_fund",
    }
}

/// What a record tells as a notice; `None` for every other record.
pub(super) fn notice_in(stored: &StoredRecord) -> Option<&UseNotified> {
    match &stored.record.body {
        Body::Article6(it) => match &**it {
            Article6::UseNotified(it) => Some(it),
            _ => None,
        },
        _ => None,
    }
}

impl Notice {
    fn of(page: &Page, stored: &StoredRecord) -> Option<Self> {
        let it = notice_in(stored)?;
        let tonnes = it.ranges.iter().map(|it| it.tonnes());
        let reference = it.reference.to_string();
        let is_address = reference.starts_with("https://") && !reference.contains(' ');
        let range = |range: &UnitRange| Range {
            link: page.at("units", range),
            serial: range.to_string(),
            tonnes: range.tonnes(),
        };
        Some(Self {
            leaf: stored.index,
            time_ms: stored.record.time_ms,
            party: it.party,
            purpose: page.word("purpose", purpose(it.purpose)),
            day: it.day,
            tonnes: tonnes.fold(0, u64::saturating_add),
            link: is_address.then(|| reference.clone()),
            reference,
            ranges: it.ranges.iter().map(range).collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "web/notices.html")]
struct NoticesPage {
    page: Page,
    rows: Vec<Notice>,
    next: Option<String>,
    is_further: bool,
}

pub(super) async fn list(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let page = page.about(
        "notices",
        "/use-notices",
        "countersign api GET /use-notices",
    );
    let found = site.app.use_notices(&asked.window(true)).await?;
    let rows = found.items.iter().filter_map(|it| Notice::of(&page, it));
    let shown = NoticesPage {
        rows: rows.collect(),
        next: asked.going_on(&page.to("/notices"), found.next.as_deref()),
        is_further: asked.is_further(),
        page,
    };
    answer::html(&shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/notice.html")]
struct NoticePage {
    page: Page,
    it: Notice,
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(leaf): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let index = number(&leaf)?;
    let stored = stored(&site, index).await?;
    let page = page.about(
        "notices",
        &format!("/ledger/records?from={index}&limit=1"),
        &format!("countersign ledger proof --index {index}"),
    );
    let unknown = || AppError::NotFound {
        what: "notice",
        id: index.to_string(),
    };
    let it = Notice::of(&page, &stored).ok_or_else(unknown)?;
    let shown = NoticePage { it, page };
    answer::html(&shown.page, &shown)
}
