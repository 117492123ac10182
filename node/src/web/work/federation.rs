//! The federation as its operators see it: partners with how they stand, mirrors, accusations, and open transfers with who
//! must act next.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::party::Party;
use countersign_protocol::record::PartnerStatus;
use countersign_protocol::registry::{Direction, TransferStage};

use super::gate::Signed;
use crate::app::{AgreementUse, ListedPartner, ListedTransfer, PartnerCard, StandingAccusation};
use crate::http::problem::ApiError;
use crate::mirror::MirrorStatus;
use crate::projection::query::{TransferQuery, Window};
use crate::web::charts::{Drawing, Series, Unit};
use crate::web::federation::WorldView;
use crate::web::map::Mark;
use crate::web::page::Page;
use crate::web::statistics::gauges;
use crate::web::{Shared, answer, live};

/// Open transfers that the page shows.
const SHOWN_MAX: usize = 100;

struct Partner {
    country: String,
    registry: String,
    /// A word of `standing-of-partner`, and its colour.
    state: &'static str,
    colour: &'static str,
    is_connected: bool,
    round_trip_ms: Option<u64>,
    verified: Option<u64>,
    mirrored: Option<u64>,
    caught_up_ms: Option<u64>,
    finding: Option<String>,
    problem: Option<String>,
    accused_at: Option<u64>,
    evidence: Option<String>,
    log: String,
    key: String,
    invite: String,
    /// Entries of the last head that are not here yet.
    lag: Option<u64>,
    open_transfers: u64,
    differences: u64,
    agreements: String,
}

struct Moving {
    link: String,
    id: String,
    route: String,
    tonnes: u64,
    opened_ms: u64,
    next: String,
}

#[derive(Template)]
#[template(path = "web/work/federation.html")]
struct FederationPage {
    page: Page,
    view: WorldView,
    partners: Vec<Partner>,
    moving: Vec<Moving>,
    changes: String,
}

/// What partners are drawn and described from.
struct Known {
    mirrors: Vec<MirrorStatus>,
    accused: Vec<StandingAccusation>,
    cards: Vec<PartnerCard>,
    agreements: Vec<AgreementUse>,
}

pub(super) async fn show(State(site): State<Shared>, signed: Signed) -> Result<Response, ApiError> {
    let Signed { page, caller, .. } = signed;
    let listed = site.app.partners(&caller).await?;
    let known = Known {
        mirrors: site.app.mirrors(&caller)?,
        accused: site.app.accusations(&caller)?,
        cards: site.app.partner_cards().await,
        agreements: site.app.agreements(&caller)?,
    };
    let overview = site.app.overview().await?;
    let query = TransferQuery {
        stage: Some(TransferStage::Locked),
        window: Window {
            limit: SHOWN_MAX,
            ..Window::default()
        },
        ..TransferQuery::default()
    };
    let open = site.app.find_transfers(&query).await?;
    let partners: Vec<Partner> = listed.iter().map(|it| partner(&page, it, &known)).collect();
    let drawn = listed.iter().zip(&partners).map(|(listed, shown)| {
        let word = page.word("partner-state", shown.state);
        (listed.partner.party, mark(shown.state), word)
    });
    let shown = FederationPage {
        view: WorldView::new(&page, &drawn.collect::<Vec<_>>(), &overview.between),
        partners,
        moving: open.items.iter().map(|it| moving(&page, it)).collect(),
        changes: live::path(&page),
        page: page.about("work", "/partners", "countersign peer list"),
    };
    answer::html(&shown.page, &shown)
}

/// How a state is drawn on the map.
fn mark(state: &str) -> Mark {
    match state {
        "consistent" => Mark::Good,
        "behind" => Mark::Late,
        "finding" | "accused" => Mark::Bad,
        _ => Mark::Silent,
    }
}

/// The word and the colour for how a partner stands.
fn state(
    it: &ListedPartner,
    mirror: Option<&MirrorStatus>,
    is_accused: bool,
) -> (&'static str, &'static str) {
    let is_connected = it.peer.as_ref().is_some_and(|peer| peer.connected);
    let has_finding = mirror.is_some_and(|mirror| mirror.finding.is_some());
    let is_behind = mirror
        .zip(it.pinned_size)
        .is_some_and(|(mirror, pinned)| mirror.size < pinned);
    match it.partner.status {
        PartnerStatus::Removed => ("removed", ""),
        _ if is_accused => ("accused", "bad"),
        PartnerStatus::Frozen => ("frozen", "warn"),
        _ if has_finding => ("finding", "bad"),
        _ if !is_connected => ("unreachable", "warn"),
        _ if is_behind => ("behind", "warn"),
        PartnerStatus::Active => ("consistent", "good"),
    }
}

fn partner(page: &Page, it: &ListedPartner, known: &Known) -> Partner {
    let party = it.partner.party;
    let mirror = known.mirrors.iter().find(|mirror| mirror.party == party);
    let accusation = known.accused.iter().find(|of| of.party == party);
    let card = known.cards.iter().find(|card| card.party == party);
    let (state, colour) = state(it, mirror, accusation.is_some());
    let round_trip_us = it.peer.as_ref().and_then(|peer| peer.round_trip_us);
    Partner {
        country: page.country(party),
        registry: it.partner.registry.to_string(),
        state,
        colour,
        is_connected: it.peer.as_ref().is_some_and(|peer| peer.connected),
        round_trip_ms: round_trip_us.map(|us| us.div_ceil(1000)),
        verified: it.pinned_size,
        mirrored: mirror.map(|mirror| mirror.size),
        caught_up_ms: mirror.and_then(|mirror| mirror.caught_up_ms),
        finding: mirror.and_then(|mirror| {
            let finding = mirror.finding.as_ref()?;
            Some(format!("{}: {}", finding.index, finding.says))
        }),
        problem: mirror.and_then(|mirror| mirror.problem.clone()),
        accused_at: accusation.map(|it| it.leaf),
        evidence: accusation.map(|it| hex::encode(it.evidence)),
        log: it.partner.origin.to_string(),
        key: it.partner.log_key.to_string(),
        invite: hex::encode(it.partner.invite),
        lag: it
            .pinned_size
            .zip(mirror)
            .and_then(|(known, mirror)| known.checked_sub(mirror.size))
            .filter(|lag| *lag > 0),
        open_transfers: card.map_or(0, |card| card.open_transfers),
        differences: card.map_or(0, |card| card.differences),
        agreements: agreements(page, party, &known.agreements),
    }
}

/// How much of the agreements with a country is used, as a picture; empty where there is none.
fn agreements(page: &Page, with: Party, all: &[AgreementUse]) -> String {
    let of = all.iter().filter(|it| it.agreement.partner == with);
    let of: Vec<AgreementUse> = of.cloned().collect();
    let series = Series {
        name: "agreements",
        head: page.t("column-agreement"),
        drawing: Drawing::Gauges,
        unit: Unit::Whole,
        columns: vec![page.t("agreement-used"), page.t("agreement-limit")],
        rows: gauges(page, &of),
    };
    if series.rows.is_empty() {
        return String::new();
    }
    let said: Vec<String> = series
        .rows
        .iter()
        .map(|(name, values)| {
            let cells = values.iter().enumerate();
            let cells = cells.map(|(at, value)| series.cell(page.language, at, value));
            format!("{name}: {}", cells.collect::<Vec<_>>().join(" / "))
        })
        .collect();
    series.drawn(&said.join("; "), page.language)
}

fn moving(page: &Page, it: &ListedTransfer) -> Moving {
    let own = page.country(page.site.genesis.party);
    let partner = page.country(it.transfer.partner);
    let route = match it.key.direction() {
        Direction::Out => format!("{own} → {partner}"),
        Direction::In => format!("{partner} → {own}"),
    };
    let is_covered = it.transfer.opened_at < it.covered;
    let key = if is_covered {
        "transfer-next-locked"
    } else {
        "transfer-next-locked-unwitnessed"
    };
    let tonnes = it.units.iter().map(|it| it.tonnes());
    Moving {
        link: page.at("transfers", it.key.id()),
        id: it.key.id().to_string().chars().take(12).collect(),
        route,
        tonnes: tonnes.fold(0, u64::saturating_add),
        opened_ms: it.transfer.opened_ms,
        next: page.t1(key, "country", partner),
    }
}
