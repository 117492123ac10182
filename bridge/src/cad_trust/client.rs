//! A CADT node over HTTP, and what its refusals mean. Both versions of its API answer in the same way.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::frame::Fault;
use crate::frame::http::{Answer, Http};

/// What a node says while it can not take anything: asked again later.
const LATER: &[&str] = &[
    "chia exception",
    "changes pending on the blockchain",
    "still confirming",
    "still resyncing",
    "operationstatus",
    "datalayer",
    "econnrefused",
    "still syncing",
];
/// What a node says when a person must act.
const BARRED: &[&str] = &["read-only mode", "no home organization"];

/// A node.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: Http,
}

impl Client {
    pub(crate) fn new(base: &str, api_key: Option<&str>) -> Result<Self, String> {
        let headers: Vec<(&str, &str)> = api_key.map(|it| ("x-api-key", it)).into_iter().collect();
        let http = Http::new(base, &headers)?;
        Ok(Self { http })
    }

    /// An answer as it comes, for finding out what is there.
    pub(crate) async fn raw(&self, path: &str) -> Result<Answer, Fault> {
        self.http.get(path, &[]).await
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Fault> {
        judged(path, self.http.get(path, query).await?)
    }

    /// One row, where there is one.
    pub(crate) async fn get_if_there(&self, path: &str) -> Result<Option<Value>, Fault> {
        let answer = self.http.get(path, &[]).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(judged(path, answer)?).filter(|it| !it.is_null()))
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Fault> {
        judged(path, self.http.ask(method, path, &[], body, &[]).await?)
    }

    /// All rows of a list that comes in pages.
    pub(crate) async fn all(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Vec<Value>, Fault> {
        let mut rows = Vec::new();
        for page in 1..=PAGES_MAX {
            let mut query = query.to_vec();
            query.push(("page", page.to_string()));
            query.push(("limit", PAGE_ROWS.to_string()));
            let answer = self.get(path, &query).await?;
            let found = rows_of(path, &answer)?;
            let count = found.len();
            rows.extend(found.iter().cloned());
            let pages = answer.get("pageCount").and_then(Value::as_u64).unwrap_or(1);
            if page >= pages || count == 0 {
                break;
            }
        }
        Ok(rows)
    }
}

/// Rows of one page.
const PAGE_ROWS: u64 = 1_000;
/// Pages that are read: a million rows.
const PAGES_MAX: u64 = 1_000;

fn rows_of<'a>(path: &str, answer: &'a Value) -> Result<&'a Vec<Value>, Fault> {
    let rows = answer.get("data").unwrap_or(answer);
    rows.as_array()
        .ok_or_else(|| Fault::Later(format!("{path}: no list of rows in the answer")))
}

/// What an answer means.
fn judged(path: &str, answer: Answer) -> Result<Value, Fault> {
    let said = said(&answer);
    let lower = said.to_lowercase();
    let has = |all: &[&str]| all.iter().any(|it| lower.contains(it));
    let fault = |said: &str| format!("{path}: {} {said}", answer.status.as_u16());
    match answer.status {
        status
            if status.is_success() && answer.body.get("success") != Some(&Value::Bool(false)) =>
        {
            Ok(answer.body)
        }
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Err(Fault::Barred(fault(&said))),
        _ if has(BARRED) => Err(Fault::Barred(fault(&said))),
        _ if has(LATER) => Err(Fault::Later(fault(&said))),
        StatusCode::NOT_FOUND if answer.body.is_string() => {
            let text = fault("there is no such page: is it a CADT node of this version?");
            Err(Fault::Barred(text))
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Err(Fault::Later(fault(&said)))
        }
        status if status.is_client_error() || status.is_success() => {
            Err(Fault::Refused(fault(&said)))
        }
        _ => Err(Fault::Later(fault(&said))),
    }
}

/// What a node says in a refusal: message, error, and every fault of a field.
fn said(answer: &Answer) -> String {
    let text = |name: &str| {
        answer
            .body
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let errors = answer.body.get("errors").and_then(Value::as_array);
    let errors = errors
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned);
    let references = answer.body.get("references").map(ToString::to_string);
    let operation = answer
        .body
        .get("operationStatus")
        .map(|it| format!("operationStatus {it}"));
    let all: Vec<String> = [text("message"), text("error"), references, operation]
        .into_iter()
        .flatten()
        .chain(errors)
        .collect();
    if all.is_empty() {
        answer.excerpt()
    } else {
        all.join(": ")
    }
}
