//! A process that waits for a second official: what differs and what would be written, before anybody approves it.

use askama::Template;
use axum::response::Response;

use super::super::fault::{self, Fault};
use super::super::gate::Signed;
use super::compared::Compared;
use crate::app::Mode;
use crate::http::problem::ApiError;
use crate::people::Proposal;
use crate::web::entries::Line as Entry;
use crate::web::page::Page;
use crate::web::{Shared, answer};

#[derive(Template)]
#[template(path = "web/work/proposed.html")]
struct ProposedPage {
    page: Page,
    faults: Vec<Fault>,
    id: u64,
    proposer: String,
    proposed_ms: u64,
    is_own: bool,
    /// Whether the process with which it was compared is in force still.
    is_current: bool,
    compared: Compared,
    /// What would be written.
    records: Vec<Entry>,
}

/// The page of a proposed process; `proposer` is what whoever proposed it is called.
pub(in super::super) async fn proposed(
    site: &Shared,
    signed: Signed,
    proposal: &Proposal,
    (text, follows): (&str, [u8; 32]),
    proposer: String,
) -> Result<Response, ApiError> {
    let id = proposal.id;
    let page = signed.page.about(
        "work",
        &format!("/proposals/{id}/file"),
        &format!("countersign workflow proposed {id}"),
    );
    let found = site.app.proposed_process(text, &follows)?;
    let is_own = proposal.proposer == Some(signed.me.user.id);
    let (mut faults, mut records) = (Vec::new(), Vec::new());
    if !is_own {
        let tried = site
            .app
            .decide_proposal(&signed.caller, id, true, Mode::Try);
        match tried.await {
            Ok(decided) => {
                let written = decided.written.map(|it| it.records).unwrap_or_default();
                records = written.iter().map(|it| Entry::of(&page, it)).collect();
            }
            Err(error) => faults.push(fault::of(&page, error)?),
        }
    }
    let file = (&found.process, text);
    let in_force = found.in_force.as_ref();
    let shown = ProposedPage {
        compared: Compared::of(site, &page, file, in_force, &found.changes)?,
        is_current: found.is_current,
        faults,
        id,
        proposer,
        proposed_ms: proposal.proposed_ms,
        is_own,
        records,
        page,
    };
    answer::html(&shown.page, &shown)
}
