//! Badges: whether the systems around the registry agree with the ledger on what a page shows.

use super::Shared;
use super::page::Page;
use crate::app::{AgreementOf, AgreementState};
use crate::http::problem::ApiError;

/// How one system stands to the ledger.
pub(super) struct Badge {
    pub(super) system: String,
    pub(super) state: String,
    pub(super) colour: &'static str,
}

/// A badge for each bridge that the node runs; none where it runs none.
pub(super) async fn of(
    site: &Shared,
    page: &Page,
    subject: &AgreementOf,
) -> Result<Vec<Badge>, ApiError> {
    let found = site.app.bridge_agreement(None, subject).await?;
    let badges = found.iter().map(|it| {
        let (word, colour) = match it.state {
            AgreementState::Agrees => ("agrees", "good"),
            AgreementState::Absent => ("absent", ""),
            AgreementState::Due => ("due", "info"),
            AgreementState::Stopped => ("stopped", "warn"),
            AgreementState::Differs => ("differs", "bad"),
            AgreementState::Dead => ("dead", "bad"),
        };
        Badge {
            system: page.word("bridge-name", it.bridge.word()),
            state: page.word("badge", word),
            colour,
        }
    });
    Ok(badges.collect())
}
