//! Many clients at one moment: who is first wins, who is second hears 409, and nothing is done twice or half.

mod cases;
mod failures;
mod people;
mod random_people;
mod spending;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countersign_node::http::dto::Problem;
use countersign_node::ledger::LedgerHandle;
use countersign_protocol::id::AccountId;
use countersign_protocol::id::RequestId;
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::{LedgerAccount, State};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::sync::Barrier;

use crate::common;
use crate::support::invariants;
use crate::world::{World, kind, problem};

/// What became of a wish.
pub enum Answer {
    Won(Value),
    Lost(Problem),
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        if !response.status().is_success() {
            return Self::Lost(problem(response).await);
        }
        let text = response.text().await.unwrap();
        Self::Won(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub const fn has_won(&self) -> bool {
        matches!(self, Self::Won(_))
    }

    /// That it came second by this rule.
    pub fn is_second(&self, code: &str) -> bool {
        matches!(self, Self::Lost(it) if (it.status, kind(it), it.code.as_deref()) == (409, "conflict", Some(code)))
    }

    pub fn told(&self) -> String {
        match self {
            Self::Won(value) => value.to_string(),
            Self::Lost(problem) => format!("{problem:?}"),
        }
    }
}

/// Does all of it at one moment; the answers in the order of the wishes.
pub async fn together<T, F>(wishes: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let wishes: Vec<F> = wishes.into_iter().collect();
    let gate = Arc::new(Barrier::new(wishes.len()));
    let under_way: Vec<_> = wishes
        .into_iter()
        .map(|wish| {
            let gate = Arc::clone(&gate);
            tokio::spawn(async move {
                gate.wait().await;
                wish.await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for one in under_way {
        answers.push(one.await.unwrap());
    }
    answers
}

/// Somebody who asks: address and secret, to be taken along into a task.
#[derive(Clone)]
pub struct Client {
    base: String,
    token: String,
    client: reqwest::Client,
}

impl Client {
    pub fn new(world: &World, token: &str) -> Self {
        Self {
            base: world.base.clone(),
            token: token.to_owned(),
            client: reqwest::Client::new(),
        }
    }

    /// A write under a key. A busy node is asked again with the same key, as the API says.
    pub async fn insist(self, method: Method, path: String, key: RequestId, body: Value) -> Answer {
        for _ in 0..200 {
            let request = self
                .client
                .request(method.clone(), format!("{}{path}", self.base));
            let response = request
                .bearer_auth(&self.token)
                .header("Idempotency-Key", key.to_string())
                .timeout(Duration::from_secs(30))
                .json(&body)
                .send()
                .await
                .unwrap();
            if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                return Answer::of(response).await;
            }
            assert!(response.headers().contains_key("retry-after"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{path}: the node is busy for ever")
    }

    pub async fn post(self, path: &str, body: Value) -> Answer {
        let path = path.to_owned();
        self.insist(Method::POST, path, common::request(), body)
            .await
    }
}

/// Every leaf that a request wrote.
pub fn written_by(handle: &LedgerHandle, request: &RequestId) -> Vec<Body> {
    let Some(stored) = handle.store().request(request).unwrap() else {
        return Vec::new();
    };
    let end = stored.first_index + u64::from(stored.count);
    (stored.first_index..end)
        .map(|index| {
            let record = Record::decode(&handle.leaf(index).unwrap().unwrap()).unwrap();
            assert_eq!(record.request, *request);
            record.body
        })
        .collect()
}

/// Tonnes in an account, by the registry itself.
pub fn tonnes(handle: &LedgerHandle, of: impl Fn(AccountId) -> LedgerAccount, account: u32) -> u64 {
    let balance = handle.read(|state: &State| state.balance(of(AccountId(account))));
    u64::try_from(balance).unwrap()
}

/// Double entry, one place for each unit, no balance below zero: everything that always holds.
pub fn holds_together(handle: &LedgerHandle) {
    handle.read(|state: &State| invariants::check(state));
}
