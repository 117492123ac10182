//! HTTP with limits, as every bridge speaks it: JSON, one answer at a time, and faults that say what to do.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::side::Fault;

/// The largest answer that is read, in bytes: 16 MiB.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// How long an answer may take.
const ANSWER_WAIT: Duration = Duration::from_secs(60);
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// The most characters of an answer that a fault repeats.
const EXCERPT_CHARS_MAX: usize = 300;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body as JSON; a body that is none is a text.
    pub(crate) body: Value,
}

impl Answer {
    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The head of the body, for messages.
    pub(crate) fn excerpt(&self) -> String {
        let text = match &self.body {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        text.chars().take(EXCERPT_CHARS_MAX).collect()
    }
}

/// A system at an address.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
    base: Url,
}

impl Http {
    /// A client for a base address; `headers` go with every request and are kept out of logs.
    pub(crate) fn new(base: &str, headers: &[(&str, &str)]) -> Result<Self, String> {
        let slashed = if base.ends_with('/') {
            base.to_owned()
        } else {
            format!("{base}/")
        };
        let base: Url = slashed
            .parse()
            .map_err(|error| format!("address {base:?}: {error}"))?;
        // Addresses stand in messages and journals.
        if !base.username().is_empty() || base.password().is_some() {
            let host = base.host_str().unwrap_or_default();
            return Err(format!(
                "the address of {host} carries a user or a password: write them into files of their own"
            ));
        }
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().map_err(|_| format!("header {name:?}"))?;
            let mut value =
                HeaderValue::from_str(value).map_err(|_| format!("the value of {name}"))?;
            value.set_sensitive(true);
            all.insert(name, value);
        }
        let client = reqwest::Client::builder()
            .default_headers(all)
            .timeout(ANSWER_WAIT)
            .connect_timeout(CONNECT_WAIT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, base })
    }

    /// Asks and gives the answer, whatever its status.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&Value>,
        headers: &[(&'static str, String)],
    ) -> Result<Answer, Fault> {
        let away =
            |error: &dyn std::fmt::Display| Fault::Later(format!("{} {path}: {error}", self.base));
        let mut url = self.base.join(path).map_err(|error| away(&error))?;
        for (name, value) in query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut response = request
            .send()
            .await
            .map_err(|error| away(&error.without_url()))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| away(&error.without_url()))?
        {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(away(&format!("an answer above {ANSWER_BYTES_MAX} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// Reads something.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, Fault> {
        self.ask(Method::GET, path, query, None, &[]).await
    }
}
