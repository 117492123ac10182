//! The federation as its operators see it: partners with how they stand, mirrors, accusations, and open transfers with who
//! must act next.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::record::PartnerStatus;
use countersign_protocol::registry::{Direction, TransferStage};

use super::gate::Signed;
use crate::app::{ListedPartner, ListedTransfer, StandingAccusation};
use crate::http::problem::ApiError;
use crate::mirror::MirrorStatus;
use crate::projection::query::{TransferQuery, Window};
use crate::web::page::Page;
use crate::web::{Shared, answer};

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
    partners: Vec<Partner>,
    moving: Vec<Moving>,
}

pub(super) async fn show(State(site): State<Shared>, signed: Signed) -> Result<Response, ApiError> {
    let Signed { page, caller, .. } = signed;
    let listed = site.app.partners(&caller).await?;
    let mirrors = site.app.mirrors(&caller)?;
    let accused = site.app.accusations(&caller)?;
    let query = TransferQuery {
        stage: Some(TransferStage::Locked),
        window: Window {
            limit: SHOWN_MAX,
            ..Window::default()
        },
        ..TransferQuery::default()
    };
    let open = site.app.find_transfers(&query).await?;
    let partners = listed
        .iter()
        .map(|it| partner(&page, it, &mirrors, &accused));
    let shown = FederationPage {
        partners: partners.collect(),
        moving: open.items.iter().map(|it| moving(&page, it)).collect(),
        page: page.about("work", "/partners", "countersign peer list"),
    };
    answer::html(&shown.page, &shown)
}

fn partner(
    page: &Page,
    it: &ListedPartner,
    mirrors: &[MirrorStatus],
    accused: &[StandingAccusation],
) -> Partner {
    let party = it.partner.party;
    let mirror = mirrors.iter().find(|mirror| mirror.party == party);
    let accusation = accused.iter().find(|accusation| accusation.party == party);
    let is_connected = it.peer.as_ref().is_some_and(|peer| peer.connected);
    let has_finding = mirror.is_some_and(|mirror| mirror.finding.is_some());
    let is_behind = mirror
        .zip(it.pinned_size)
        .is_some_and(|(mirror, pinned)| mirror.size < pinned);
    let (state, colour) = match it.partner.status {
        PartnerStatus::Removed => ("removed", ""),
        _ if accusation.is_some() => ("accused", "bad"),
        PartnerStatus::Frozen => ("frozen", "warn"),
        _ if has_finding => ("finding", "bad"),
        _ if !is_connected => ("unreachable", "warn"),
        _ if is_behind => ("behind", "warn"),
        PartnerStatus::Active => ("consistent", "good"),
    };
    let round_trip_us = it.peer.as_ref().and_then(|peer| peer.round_trip_us);
    Partner {
        country: page.country(party),
        registry: it.partner.registry.to_string(),
        state,
        colour,
        is_connected,
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
    }
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
