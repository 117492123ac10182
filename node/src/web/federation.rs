//! The countries that this registry works with, on a map: how this node stands with their nodes, and what went between them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::party::Party;

use super::map::{Flow, Mark, Node, World};
use super::page::Page;
use super::{Shared, answer, live};
use crate::app::{Between, PartnerCard, PartnerStanding};
use crate::http::problem::ApiError;

/// Rows of the table beside the map; the file of the chart has all of them.
const ROUTES_MAX: usize = 50;

/// How a country is drawn, and what that means: a line of the legend.
pub(super) struct Sign {
    pub(super) mark: Mark,
    pub(super) name: String,
}

/// What went from one country to another.
pub(super) struct Route {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) tonnes: u64,
}

/// A map of countries with its legend and its table.
pub(super) struct WorldView {
    pub(super) map: World,
    pub(super) legend: Vec<Sign>,
    pub(super) routes: Vec<Route>,
}

impl WorldView {
    /// The own country, partners as somebody sees them, and what went between them and others.
    pub(super) fn new(page: &Page, partners: &[(Party, Mark, String)], between: &Between) -> Self {
        let own = page.site.genesis.party;
        let mut flows: Vec<Flow> = between
            .iter()
            .map(|((from, to), tonnes)| Flow {
                from: *from,
                to: *to,
                tonnes: *tonnes,
                label: format!(
                    "{} → {}: {}",
                    page.country(from),
                    page.country(to),
                    page.tonnes(tonnes)
                ),
            })
            .collect();
        flows.sort_by_key(|it| std::cmp::Reverse(it.tonnes));
        flows.truncate(ROUTES_MAX);
        let node = |party: Party, mark, standing: &str| Node {
            party,
            mark,
            label: format!("{}: {standing}", page.country(party)),
        };
        let mut nodes = vec![node(own, Mark::Own, &page.t("map-own"))];
        let others = flows.iter().flat_map(|it| [it.from, it.to]);
        let mut others: Vec<Party> = others
            .filter(|it| *it != own && partners.iter().all(|(party, ..)| party != it))
            .collect();
        others.sort_unstable();
        others.dedup();
        let other = page.t("map-other");
        nodes.extend(
            partners
                .iter()
                .map(|(party, mark, word)| node(*party, *mark, word)),
        );
        nodes.extend(others.into_iter().map(|it| node(it, Mark::Other, &other)));
        let legend = [
            (Mark::Own, page.t("map-own")),
            (Mark::Good, page.word("partner-state", "consistent")),
            (Mark::Late, page.word("partner-state", "behind")),
            (Mark::Silent, page.t("map-silent")),
            (Mark::Bad, page.t("map-bad")),
            (Mark::Other, other),
        ];
        let is_drawn = |mark: Mark| nodes.iter().any(|it| it.mark == mark);
        let legend = legend.into_iter().filter(|(mark, _)| is_drawn(*mark));
        let legend = legend.map(|(mark, name)| Sign { mark, name }).collect();
        let about = page.counted("world-about", nodes.len() as u64);
        Self {
            routes: flows
                .iter()
                .map(|it| Route {
                    from: page.country(it.from),
                    to: page.country(it.to),
                    tonnes: it.tonnes,
                })
                .collect(),
            map: World::new(page, nodes, &flows, about),
            legend,
        }
    }
}

/// How a standing is called, drawn and coloured.
const fn shown(of: PartnerStanding) -> (&'static str, Mark, &'static str) {
    match of {
        PartnerStanding::Consistent => ("consistent", Mark::Good, "good"),
        PartnerStanding::Behind => ("behind", Mark::Late, "warn"),
        PartnerStanding::Unreachable => ("unreachable", Mark::Silent, "warn"),
        PartnerStanding::Frozen => ("frozen", Mark::Silent, "warn"),
        PartnerStanding::Accused => ("accused", Mark::Bad, "bad"),
        PartnerStanding::Removed => ("removed", Mark::Silent, ""),
    }
}

/// A partner on the page.
struct Card {
    country: String,
    /// The entries of its ledger, where they are here.
    link: Option<String>,
    state: &'static str,
    colour: &'static str,
    mirrored: Option<u64>,
    caught_up_ms: Option<u64>,
    open_transfers: u64,
    differences: u64,
}

#[derive(Template)]
#[template(path = "web/federation.html")]
struct FederationPage {
    page: Page,
    view: WorldView,
    cards: Vec<Card>,
    changes: String,
}

pub(super) async fn show(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let page = page.about("federation", "/status", "countersign status");
    let (cards, overview) = (site.app.partner_cards().await, site.app.overview().await?);
    let partners = cards.iter().map(|it| {
        let (word, mark, _) = shown(it.standing);
        (it.party, mark, page.word("partner-state", word))
    });
    let card = |it: &PartnerCard| {
        let (state, _, colour) = shown(it.standing);
        Card {
            country: page.country(it.party),
            link: site
                .app
                .is_mirrored(it.party)
                .then(|| page.at("federation", it.party)),
            state,
            colour,
            mirrored: it.mirrored,
            caught_up_ms: it.caught_up_ms,
            open_transfers: it.open_transfers,
            differences: it.differences,
        }
    };
    let shown = FederationPage {
        view: WorldView::new(&page, &partners.collect::<Vec<_>>(), &overview.between),
        cards: cards.iter().map(card).collect(),
        changes: live::path(&page),
        page,
    };
    answer::html(&shown.page, &shown)
}
