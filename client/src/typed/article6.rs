//! The calls about Article 6: what officials record, and what everybody reads.

use countersign_protocol::record::Ndc;
use reqwest::Method;
use serde::Serialize;

use super::Recorded;

use crate::types::{
    ApproachView, Article6Recorded, AuthorisationView, NewApproach, NewAuthorisation,
    NewAuthorisedEntity, NewInitialReport, NewLevels, NewNdc, NewRevocation, NewUnitAuthorisation,
    NewUseNotice, RecordView,
};
use crate::{Answered, Client, ClientError, Key};

/// The most authorisations that are read at once.
const LIST_MAX: usize = 10_000;
/// The most records about one thing.
const VERSIONS_MAX: usize = 1_000;

/// What an official can record of Article 6.
pub trait Article6Wish: Serialize + Sync {
    /// Where it is sent, below `/api/v1`.
    const PATH: &'static str;
}

macro_rules! wishes {
    ($($body:ty = $path:literal;)+) => {$(
        impl Article6Wish for $body {
            const PATH: &'static str = $path;
        }
    )+};
}

wishes! {
    NewApproach = "cooperative-approaches";
    NewInitialReport = "initial-reports";
    NewAuthorisedEntity = "authorised-entities";
    NewAuthorisation = "authorisations";
    NewRevocation = "authorisations/revoke";
    NewUnitAuthorisation = "unit-authorisations";
    NewUseNotice = "use-notices";
    NewNdc = "ndcs";
    NewLevels = "levels";
}

impl Client {
    /// Records something of Article 6, or proposes it where that takes two officials.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn record_article6<W: Article6Wish>(
        &self,
        key: &Key,
        wish: &W,
    ) -> Result<Answered<Recorded<Article6Recorded>>, ClientError> {
        self.write(&Method::POST, W::PATH, key, Some(wish)).await
    }

    /// The cooperative approaches. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn approaches(&self) -> Result<Vec<ApproachView>, ClientError> {
        self.all("cooperative-approaches").await
    }

    /// Authorisations, filtered by the words of the query, such as `approach` or `party`. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn authorisations(
        &self,
        query: &[(&str, String)],
    ) -> Result<Vec<AuthorisationView>, ClientError> {
        self.list("authorisations", query, LIST_MAX).await
    }

    /// The NDCs. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn ndcs(&self) -> Result<Vec<Ndc>, ClientError> {
        self.all("ndcs").await
    }

    /// The NDC whose period a year is in. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn ndc_of(&self, year: u16) -> Result<Ndc, ClientError> {
        self.get(&format!("ndcs/{year}"), &[]).await
    }

    /// The records about the NDC whose period a year is in, oldest first. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn ndc_versions(&self, year: u16) -> Result<Vec<RecordView>, ClientError> {
        self.list(&format!("ndcs/{year}/versions"), &[], VERSIONS_MAX)
            .await
    }
}
