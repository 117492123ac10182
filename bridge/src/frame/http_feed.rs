//! The registry over the HTTP API of a node: for a bridge that runs beside it.

use async_trait::async_trait;
use countersign_protocol::project::Description;
use serde::Deserialize;
use serde_json::Value;

use super::feed::{Feed, FeedError};
use super::http::{Answer, Http};
use crate::event::Event;

/// See the module.
#[derive(Debug)]
pub struct HttpFeed {
    http: Http,
    witnessed: bool,
}

#[derive(Deserialize)]
struct Events {
    items: Vec<Event>,
}

#[derive(Deserialize)]
struct Project {
    #[serde(default)]
    description: Option<Description>,
}

impl HttpFeed {
    /// The node at this address, such as `https://registry.example/api/v1`. Everything that it reads is public. With `witnessed` only
    /// leaves that a quorum of witnesses has cosigned are read.
    ///
    /// # Errors
    /// If the address is none.
    pub fn new(base: &str, witnessed: bool) -> Result<Self, FeedError> {
        let http = Http::new(base, &[]).map_err(FeedError::Away)?;
        Ok(Self { http, witnessed })
    }

    async fn read(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, FeedError> {
        let answer = self.http.get(path, query).await;
        let answer = answer.map_err(|fault| FeedError::Away(fault.to_string()))?;
        if !answer.status.is_success() {
            return Err(FeedError::Away(format!(
                "{}: {}",
                answer.status,
                answer.excerpt()
            )));
        }
        Ok(answer)
    }
}

fn parsed<T: for<'de> Deserialize<'de>>(body: Value) -> Result<T, FeedError> {
    serde_json::from_value(body).map_err(|error| FeedError::Unreadable(error.to_string()))
}

#[async_trait]
impl Feed for HttpFeed {
    async fn events(&self, from: u64, limit: usize) -> Result<Vec<Event>, FeedError> {
        let mut query = vec![
            ("limit", limit.to_string()),
            ("witnessed", self.witnessed.to_string()),
        ];
        query.extend(
            from.checked_sub(1)
                .map(|after| ("after", after.to_string())),
        );
        let answer = self.read("events", &query).await?;
        Ok(parsed::<Events>(answer.body)?.items)
    }

    async fn description(&self, project: u32) -> Result<Option<Description>, FeedError> {
        let answer = self.read(&format!("projects/{project}"), &[]).await?;
        Ok(parsed::<Project>(answer.body)?.description)
    }
}
