//! How the registry can be watched: the head of its log, its witnesses, its partners' nodes, and what raises an alarm.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page::Page;
use super::{Shared, answer, live};
use crate::app::{FederationAlarm, NodeStatus, PeerInfo, WitnessInfo};
use crate::http::problem::ApiError;

/// Something that somebody should look into.
struct Alarm {
    title: String,
    /// What the node says, in English.
    detail: String,
}

#[derive(Template)]
#[template(path = "web/transparency.html")]
struct TransparencyPage {
    page: Page,
    status: NodeStatus,
    alarms: Vec<Alarm>,
    root: String,
    changes: String,
}

impl TransparencyPage {
    fn is_current(&self, witness: &WitnessInfo) -> bool {
        witness.fault.is_none() && witness.size >= self.status.head.head.size
    }

    /// Entries that no quorum of witnesses has seen yet.
    fn behind(&self) -> u64 {
        let witnessed = self.status.head.witnessed.as_ref();
        let seen = witnessed.map_or(0, |it| it.head.size);
        self.status.head.head.size.saturating_sub(seen)
    }

    fn round_trip(&self, peer: &PeerInfo) -> String {
        let us = peer.round_trip_us.unwrap_or(0);
        self.page
            .t1("milliseconds", "ms", self.page.n(us.div_ceil(1000)))
    }
}

pub(super) async fn show(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let page = page.about("transparency", "/status", "countersign status");
    let status = site.app.status().await?;
    let reasons = status.not_ready.iter().map(|why| Alarm {
        title: page.t("alarm-not-ready"),
        detail: why.clone(),
    });
    let witnesses = status.witnesses.iter().filter_map(|it| {
        Some(Alarm {
            title: page.t1("alarm-witness", "name", &it.name),
            detail: it.fault.clone()?,
        })
    });
    let federation = site.app.federation_alarms().into_iter();
    let federation = federation.map(|alarm| of_federation(&page, alarm));
    let shown = TransparencyPage {
        alarms: federation.chain(reasons).chain(witnesses).collect(),
        root: hex::encode(status.head.head.root),
        changes: live::path(&page),
        status,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// What an alarm says, in the reader's language.
pub(in crate::web) fn federation_alarm(page: &Page, alarm: &FederationAlarm) -> String {
    let (word, party) = match alarm {
        FederationAlarm::Accused(it) => ("alarm-accused", it.party),
        FederationAlarm::Disputed { party, .. } => ("alarm-disputed", *party),
    };
    page.t1(word, "name", page.country(party))
}

fn of_federation(page: &Page, alarm: FederationAlarm) -> Alarm {
    let title = federation_alarm(page, &alarm);
    match alarm {
        FederationAlarm::Accused(it) => Alarm {
            title,
            detail: format!("It {} ({}).", it.kind.says(), it.kind.number()),
        },
        FederationAlarm::Disputed { ranges, leaf, .. } => {
            let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
            Alarm {
                title,
                detail: format!(
                    "They stay where they are until both ledgers agree (entry {leaf}): {}.",
                    ranges.join(", ")
                ),
            }
        }
    }
}
