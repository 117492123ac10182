//! Asking a node: one request, its answer or its refusal, and again where that is safe.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, ETAG};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::types::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, PAGE_MAX, Page, Problem};
use crate::{ClientError, Key};

/// A block is on the disk within milliseconds; a node that needs longer than this is in trouble.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// A large document over a slow line, or a file of thousands of rows on a slow disk.
pub const CONTENT_TIMEOUT: Duration = Duration::from_secs(3600);

/// A busy node is asked again this often, with the same idempotency key.
const TRIES: u32 = 5;

/// How long an answer is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patience {
    /// [`TIMEOUT`].
    #[default]
    Short,
    /// [`CONTENT_TIMEOUT`]: for what takes as long as it is large.
    Long,
}

/// An answer to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered<T> {
    /// What the node says.
    pub answer: T,
    /// Whether it was done before under the same key, and this is its first answer.
    pub is_replay: bool,
}

/// A node's API, asked by somebody or by nobody. Clones share the connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<SecretString>,
}

impl Client {
    /// The node at an address such as `https://registry.example`, asked with a session, an API key or the operator's token;
    /// without one it says only what is public.
    ///
    /// # Errors
    /// [`ClientError::Setup`]
    pub fn new(base: &str, token: Option<SecretString>) -> Result<Self, ClientError> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build();
        Ok(Self {
            http: http.map_err(|error| ClientError::Setup(error.to_string()))?,
            base: base.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// Where the node is.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Reads something below `/api/v1`.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, ClientError> {
        let path = with_query(path, query);
        let response = self.send(&|| self.request(Method::GET, &path)).await?;
        self.json(response).await
    }

    /// Reads something that lies beside the API, such as `sandbox`.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn get_beside<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let response = self
            .send(&|| self.request_beside(Method::GET, path))
            .await?;
        self.json(response).await
    }

    /// Asks something of what lies beside the API.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn ask_beside<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let response = self
            .send(&|| self.request_beside(Method::POST, path).json(body))
            .await?;
        self.json(response).await
    }

    /// Reads a text.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn text(&self, path: &str, query: &[(&str, String)]) -> Result<String, ClientError> {
        let path = with_query(path, query);
        let response = self.send(&|| self.request(Method::GET, &path)).await?;
        response.text().await.map_err(|error| self.broken(&error))
    }

    /// Reads a file whole.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn bytes(
        &self,
        path: &str,
        query: &[(&str, String)],
        patience: Patience,
    ) -> Result<Vec<u8>, ClientError> {
        let path = with_query(path, query);
        let build = || patient(self.request(Method::GET, &path), patience);
        self.whole(self.send(&build).await?).await
    }

    /// Asks for a file that a body describes.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn bytes_for<B: Serialize + ?Sized>(
        &self,
        path: &str,
        query: &[(&str, String)],
        body: &B,
    ) -> Result<Vec<u8>, ClientError> {
        let path = with_query(path, query);
        let response = self
            .send(&|| self.request(Method::POST, &path).json(body))
            .await?;
        self.whole(response).await
    }

    /// Reads bytes piece by piece, as long as `take` goes on; gives the tag of the whole, without its quotes.
    ///
    /// # Errors
    /// What `take` says, or [`ClientError`] in its place.
    pub async fn download<E: From<ClientError>>(
        &self,
        path: &str,
        take: &mut (dyn FnMut(&[u8]) -> Result<(), E> + Send),
    ) -> Result<String, E> {
        let build = || patient(self.request(Method::GET, path), Patience::Long);
        let mut response = self.send(&build).await?;
        let tag = response
            .headers()
            .get(ETAG)
            .and_then(|tag| tag.to_str().ok());
        let tag = tag.unwrap_or_default().trim_matches('"').to_owned();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.broken(&error))?
        {
            take(&chunk)?;
        }
        Ok(tag)
    }

    /// Reads a list, page by page, up to `limit` items.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        limit: usize,
    ) -> Result<Vec<T>, ClientError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let mut query = query.to_vec();
            let wanted = (limit - items.len()).min(PAGE_MAX.into());
            query.push(("limit", wanted.to_string()));
            query.extend(after.take().map(|after| ("after", after)));
            let page: Page<T> = self.get(path, &query).await?;
            items.extend(page.items);
            match page.next {
                Some(next) if items.len() < limit => after = Some(next),
                _ => break,
            }
        }
        items.truncate(limit);
        Ok(items)
    }

    /// Writes something, once, however often it is sent.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn write<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        key: &Key,
        body: Option<&B>,
    ) -> Result<Answered<T>, ClientError> {
        let response = self.send(&|| self.keyed(method, path, key, body)).await?;
        let is_replay = response.headers().contains_key(IDEMPOTENCY_REPLAYED);
        let answer = self.json(response).await?;
        Ok(Answered { answer, is_replay })
    }

    /// Writes something that gives nothing back.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn send_away<B: Serialize + ?Sized>(
        &self,
        method: &Method,
        path: &str,
        key: &Key,
        body: &B,
    ) -> Result<(), ClientError> {
        let build = || self.keyed(method, path, key, Some(body));
        self.send(&build).await.map(drop)
    }

    /// Asks what a write would do; nothing is written.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn try_out<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        path: &str,
        key: &Key,
        body: &B,
    ) -> Result<T, ClientError> {
        let path = with_query(path, &[("dry_run", "true".to_owned())]);
        let build = || self.keyed(&Method::POST, &path, key, Some(body));
        self.json(self.send(&build).await?).await
    }

    /// Any request, and the answer as it came.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn raw(
        &self,
        method: &Method,
        path: &str,
        key: &Key,
        body: Option<&serde_json::Value>,
    ) -> Result<String, ClientError> {
        let build = || match *method {
            Method::GET => with_body(self.request(Method::GET, path), body),
            _ => self.keyed(method, path, key, body),
        };
        let response = self.send(&build).await?;
        response.text().await.map_err(|error| self.broken(&error))
    }

    /// Sends a file of rows. It takes as long as the node needs for all of them.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn rows<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &Key,
        dry_run: bool,
        content_type: &'static str,
        bytes: &[u8],
    ) -> Result<T, ClientError> {
        let path = with_query(path, &[("dry_run", dry_run.to_string())]);
        let build = || {
            let request = patient(self.request(Method::POST, &path), Patience::Long);
            request
                .header(IDEMPOTENCY_KEY, key.to_string())
                .header(CONTENT_TYPE, content_type)
                .body(bytes.to_vec())
        };
        self.json(self.send(&build).await?).await
    }

    /// Asks something that writes nothing to the ledger.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn ask<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let response = self
            .send(&|| self.request(Method::POST, path).json(body))
            .await?;
        self.json(response).await
    }

    /// The same for what takes long.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn ask_patiently<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let build = || patient(self.request(Method::POST, path), Patience::Long).json(body);
        self.json(self.send(&build).await?).await
    }

    /// Sends something that is no write to the ledger, about people or a draft, and gives nothing back.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn tell<B: Serialize + ?Sized>(
        &self,
        method: &Method,
        path: &str,
        body: &B,
    ) -> Result<(), ClientError> {
        let build = || self.request(method.clone(), path).json(body);
        self.send(&build).await.map(drop)
    }

    /// Sends a body that is made anew for each try, such as an open file.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        body: &dyn Fn() -> Body,
    ) -> Result<T, ClientError> {
        let path = with_query(path, query);
        let build = || patient(self.request(Method::POST, &path), Patience::Long).body(body());
        self.json(self.send(&build).await?).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_beside(method, &format!("api/v1/{path}"))
    }

    fn request_beside(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    fn keyed<B: Serialize + ?Sized>(
        &self,
        method: &Method,
        path: &str,
        key: &Key,
        body: Option<&B>,
    ) -> RequestBuilder {
        let request = self.request(method.clone(), path);
        with_body(request.header(IDEMPOTENCY_KEY, key.to_string()), body)
    }

    async fn send(&self, build: &dyn Fn() -> RequestBuilder) -> Result<Response, ClientError> {
        let mut attempt = 1;
        loop {
            let sent = build().send().await;
            let response = sent.map_err(|error| self.broken(&error))?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            let refused = self.refused(response).await;
            // Busy passes; a partner or witnesses that do not answer may be away for long.
            let is_busy = refused.problem().is_none_or(|it| {
                !it.kind.ends_with(":unreachable") && !it.kind.ends_with(":not-witnessed")
            });
            if status != StatusCode::SERVICE_UNAVAILABLE || attempt == TRIES || !is_busy {
                return Err(refused);
            }
            tokio::time::sleep(Duration::from_millis(200) * attempt).await;
            attempt += 1;
        }
    }

    async fn json<T: DeserializeOwned>(&self, response: Response) -> Result<T, ClientError> {
        response.json().await.map_err(|error| self.broken(&error))
    }

    async fn whole(&self, response: Response) -> Result<Vec<u8>, ClientError> {
        let bytes = response.bytes().await;
        let bytes = bytes.map_err(|error| self.broken(&error))?;
        Ok(bytes.to_vec())
    }

    async fn refused(&self, response: Response) -> ClientError {
        let status = response.status();
        let body = response.bytes().await.unwrap_or_default();
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => ClientError::Refused(Box::new(problem)),
            Err(_) => ClientError::NoNode {
                base: self.base.clone(),
                status: status.to_string(),
            },
        }
    }

    fn broken(&self, error: &reqwest::Error) -> ClientError {
        ClientError::of(&self.base, error)
    }
}

fn patient(request: RequestBuilder, patience: Patience) -> RequestBuilder {
    match patience {
        Patience::Short => request,
        Patience::Long => request.timeout(CONTENT_TIMEOUT),
    }
}

fn with_body<B: Serialize + ?Sized>(request: RequestBuilder, body: Option<&B>) -> RequestBuilder {
    match body {
        Some(body) => request.json(body),
        None => request,
    }
}

/// A path with its query, percent-encoded (RFC 3986 section 2.3).
fn with_query(path: &str, query: &[(&str, String)]) -> String {
    let mut text = path.to_owned();
    for (place, (name, value)) in query.iter().enumerate() {
        text.push(if place == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn queries_are_encoded() {
        let query = [
            ("serial", "CA0001-GHA01-GHA-1,000-2023".to_owned()),
            ("limit", "5".to_owned()),
        ];
        assert_eq!(
            with_query("a", &query),
            "a?serial=CA0001-GHA01-GHA-1%2C000-2023&limit=5"
        );
        assert_eq!(with_query("a", &[]), "a");
    }
}
