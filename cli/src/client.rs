//! Talking to a running node: its HTTP API, with the token and, for every write, an idempotency key.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use countersign_node::http::dto::{
    IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, Page, Problem, Trial, Written,
};
use countersign_node::people::Bearer;
use countersign_protocol::id::RequestId;
use reqwest::header::{CONTENT_TYPE, ETAG};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

use crate::exit::{Exit, Failure, Outcome};
use crate::terminal;

/// A block is on the disk within milliseconds; a node that needs longer than this is in trouble.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A large document over a slow line, or a file of thousands of rows on a slow disk.
const CONTENT_TIMEOUT: Duration = Duration::from_secs(3600);

/// A busy node is asked again this often, with the same idempotency key.
const TRIES: u32 = 5;

/// How a write is named, so that sending it twice does it once.
#[derive(Args, Clone, Debug)]
pub(crate) struct WriteArgs {
    /// Name the request yourself: repeating it with the same id does it once (32 hex digits)
    #[arg(long, value_name = "ID")]
    request_id: Option<RequestId>,
}

impl WriteArgs {
    /// Whether the request has an id of the person's own.
    pub(crate) fn is_named(&self) -> bool {
        self.request_id.is_some()
    }

    /// A request of this id.
    pub(crate) fn named(id: RequestId) -> Self {
        Self {
            request_id: Some(id),
        }
    }

    /// A request of an id that is drawn for it.
    pub(crate) fn drawn() -> Self {
        Self { request_id: None }
    }

    fn id(&self) -> Outcome<RequestId> {
        if let Some(id) = self.request_id {
            return Ok(id);
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(Failure::other)?;
        Ok(RequestId(bytes))
    }
}

/// As [`WriteArgs`], for what can be tried before it is done.
#[derive(Args, Clone, Debug)]
pub(crate) struct TryArgs {
    /// Only try it: say what would be written, or what stands against it
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// A node's API.
pub(crate) struct Client {
    http: reqwest::Client,
    runtime: Runtime,
    base: String,
    token: Option<Bearer>,
}

impl Client {
    pub(crate) fn new(base: &str, token: Option<Bearer>) -> Outcome<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let http = reqwest::Client::builder().timeout(TIMEOUT).build();
        Ok(Self {
            http: http.map_err(Failure::other)?,
            runtime: runtime.map_err(Failure::other)?,
            base: base.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// Where the node is.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Reads something.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Outcome<T> {
        let response = self.send(&|| self.request(Method::GET, &with_query(path, query)))?;
        self.json(response)
    }

    /// Reads something that lies beside the API.
    pub(crate) fn get_beside<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        let response = self.send(&|| self.request_beside(Method::GET, path))?;
        self.json(response)
    }

    /// Asks something of what lies beside the API.
    pub(crate) fn ask_beside<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Outcome<T> {
        let response = self.send(&|| self.request_beside(Method::POST, path).json(body))?;
        self.json(response)
    }

    /// Reads a text.
    pub(crate) fn text(&self, path: &str, query: &[(&str, String)]) -> Outcome<String> {
        let response = self.send(&|| self.request(Method::GET, &with_query(path, query)))?;
        let text = self.runtime.block_on(response.text());
        text.map_err(|error| self.broken(&error))
    }

    /// Reads a file that a query describes; it may take as long as the node needs to make it.
    pub(crate) fn file(&self, path: &str, query: &[(&str, String)]) -> Outcome<Vec<u8>> {
        let path = with_query(path, query);
        let build = || self.request(Method::GET, &path).timeout(CONTENT_TIMEOUT);
        let response = self.send(&build)?;
        let bytes = self.runtime.block_on(response.bytes());
        bytes
            .map(|bytes| bytes.to_vec())
            .map_err(|error| self.broken(&error))
    }

    /// Reads a file.
    pub(crate) fn bytes(&self, path: &str) -> Outcome<Vec<u8>> {
        let response = self.send(&|| self.request(Method::GET, path))?;
        let bytes = self.runtime.block_on(response.bytes());
        bytes
            .map(|bytes| bytes.to_vec())
            .map_err(|error| self.broken(&error))
    }

    /// Asks for a file that a body describes.
    pub(crate) fn bytes_for<B: Serialize>(
        &self,
        path: &str,
        query: &[(&str, String)],
        body: &B,
    ) -> Outcome<Vec<u8>> {
        let path = with_query(path, query);
        let response = self.send(&|| self.request(Method::POST, &path).json(body))?;
        let bytes = self.runtime.block_on(response.bytes());
        bytes
            .map(|bytes| bytes.to_vec())
            .map_err(|error| self.broken(&error))
    }

    /// Reads a list, page by page, up to `limit` items.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        limit: usize,
    ) -> Outcome<Vec<T>> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let mut query = query.to_vec();
            let wanted = (limit - items.len()).min(countersign_node::http::dto::PAGE_MAX.into());
            query.push(("limit", wanted.to_string()));
            query.extend(after.take().map(|after| ("after", after)));
            let page: Page<T> = self.get(path, &query)?;
            items.extend(page.items);
            match page.next {
                Some(next) if items.len() < limit => after = Some(next),
                _ => break,
            }
        }
        items.truncate(limit);
        Ok(items)
    }

    /// Reads a list that is short enough to come whole.
    pub(crate) fn all<T: DeserializeOwned>(&self, path: &str) -> Outcome<Vec<T>> {
        let page: Page<T> = self.get(path, &[])?;
        Ok(page.items)
    }

    /// Writes something, once, however often it is sent.
    pub(crate) fn write<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        write: &WriteArgs,
        body: &B,
    ) -> Outcome<Written<T>> {
        self.change(&Method::POST, path, write, Some(body))
    }

    /// Takes something away.
    pub(crate) fn delete<T: DeserializeOwned>(
        &self,
        path: &str,
        write: &WriteArgs,
    ) -> Outcome<Written<T>> {
        self.change(&Method::DELETE, path, write, None::<&()>)
    }

    /// Asks what a write would do; nothing is written.
    pub(crate) fn try_out<B: Serialize>(&self, path: &str, body: &B) -> Outcome<Trial> {
        let id = RequestId([0x7e; 16]).to_string();
        let path = with_query(path, &[("dry_run", "true".to_owned())]);
        let build = || {
            let request = self.request(Method::POST, &path);
            request.header(IDEMPOTENCY_KEY, &id).json(body)
        };
        let response = self.send(&build)?;
        self.json(response)
    }

    /// A change under an idempotency key.
    pub(crate) fn change<B: Serialize, T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        write: &WriteArgs,
        body: Option<&B>,
    ) -> Outcome<T> {
        let id = write.id()?;
        let build = || {
            let request = self
                .request(method.clone(), path)
                .header(IDEMPOTENCY_KEY, id.to_string());
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let response = self.send(&build).map_err(|failure| match failure.exit {
            Exit::Unreachable | Exit::Other => failure.hint(format_args!(
                "whether it was done is not known; the same command with --request-id {id} does it once"
            )),
            _ => failure,
        })?;
        if response.headers().contains_key(IDEMPOTENCY_REPLAYED) {
            terminal::say("this request was done before; its first answer is repeated");
        }
        self.json(response)
    }

    /// A change under an idempotency key that gives nothing back.
    pub(crate) fn send_away<B: Serialize>(
        &self,
        method: &Method,
        path: &str,
        write: &WriteArgs,
        body: &B,
    ) -> Outcome {
        let id = write.id()?;
        let build = || {
            let request = self.request(method.clone(), path);
            request.header(IDEMPOTENCY_KEY, id.to_string()).json(body)
        };
        self.send(&build).map(drop)
    }

    /// Sends something that is no write to the ledger: about people, or a draft. Gives nothing back.
    pub(crate) fn tell<B: Serialize>(&self, method: &Method, path: &str, body: &B) -> Outcome {
        self.send(&|| self.request(method.clone(), path).json(body))
            .map(drop)
    }

    /// Any request, and the answer as it came: for `countersign api`.
    pub(crate) fn raw(
        &self,
        method: &Method,
        path: &str,
        write: &WriteArgs,
        body: Option<&serde_json::Value>,
    ) -> Outcome<String> {
        let id = write.id()?;
        let build = || {
            let request = self.request(method.clone(), path);
            let request = match *method {
                Method::GET => request,
                _ => request.header(IDEMPOTENCY_KEY, id.to_string()),
            };
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let response = self.send(&build)?;
        let text = self.runtime.block_on(response.text());
        text.map_err(|error| self.broken(&error))
    }

    /// Sends a file of rows under an idempotency key. It may take as long as the node needs for all of them.
    pub(crate) fn rows<T: DeserializeOwned>(
        &self,
        path: &str,
        write: &WriteArgs,
        dry_run: bool,
        content_type: &'static str,
        bytes: &[u8],
    ) -> Outcome<T> {
        let id = write.id()?;
        let path = with_query(path, &[("dry_run", dry_run.to_string())]);
        let build = || {
            let request = self.request(Method::POST, &path).timeout(CONTENT_TIMEOUT);
            request
                .header(IDEMPOTENCY_KEY, id.to_string())
                .header(CONTENT_TYPE, content_type)
                .body(bytes.to_vec())
        };
        let response = self.send(&build).map_err(|failure| match failure.exit {
            Exit::Unreachable | Exit::Other if !dry_run => failure.hint(format_args!(
                "it is not known which rows were written; the same command with --request-id {id} writes the rest"
            )),
            _ => failure,
        })?;
        self.json(response)
    }

    /// Asks something that writes nothing.
    pub(crate) fn ask<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Outcome<T> {
        let response = self.send(&|| self.request(Method::POST, path).json(body))?;
        self.json(response)
    }

    /// Sends a file as the body.
    pub(crate) fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        file: &Path,
    ) -> Outcome<T> {
        let path = with_query(path, query);
        let build = || {
            // A file that went away meanwhile is an empty one, which the node refuses.
            let opened = std::fs::File::open(file).map(tokio::fs::File::from_std);
            let body = opened.map_or_else(|_| Body::from(""), Body::from);
            let request = self.request(Method::POST, &path);
            request.timeout(CONTENT_TIMEOUT).body(body)
        };
        let response = self.send(&build)?;
        self.json(response)
    }

    /// Reads bytes piece by piece; gives the tag of the whole, without its quotes.
    pub(crate) fn download(
        &self,
        path: &str,
        take: &mut dyn FnMut(&[u8]) -> Outcome,
    ) -> Outcome<String> {
        let build = || self.request(Method::GET, path).timeout(CONTENT_TIMEOUT);
        let mut response = self.send(&build)?;
        let tag = response
            .headers()
            .get(ETAG)
            .and_then(|tag| tag.to_str().ok());
        let tag = tag.unwrap_or_default().trim_matches('"').to_owned();
        loop {
            let chunk = self.runtime.block_on(response.chunk());
            match chunk.map_err(|error| self.broken(&error))? {
                Some(chunk) => take(&chunk)?,
                None => return Ok(tag),
            }
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_beside(method, &format!("api/v1/{path}"))
    }

    fn request_beside(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token.expose()),
            None => request,
        }
    }

    fn send(&self, build: &dyn Fn() -> RequestBuilder) -> Outcome<Response> {
        for attempt in 1.. {
            let sent = self.runtime.block_on(async { build().send().await });
            let response = sent.map_err(|error| self.broken(&error))?;
            if response.status().is_success() {
                return Ok(response);
            }
            if response.status() != StatusCode::SERVICE_UNAVAILABLE || attempt == TRIES {
                return Err(self.refused(response));
            }
            let problem = self.refused(response);
            if problem.exit != Exit::Other {
                return Err(problem);
            }
            std::thread::sleep(Duration::from_millis(200) * attempt);
        }
        Err(Failure::other("the node was asked too often"))
    }

    fn json<T: DeserializeOwned>(&self, response: Response) -> Outcome<T> {
        self.runtime
            .block_on(response.json())
            .map_err(|error| self.broken(&error))
    }

    fn refused(&self, response: Response) -> Failure {
        let status = response.status();
        let body = self.runtime.block_on(response.bytes()).unwrap_or_default();
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => failure(&problem),
            Err(_) => Failure::other(format_args!("{} answers {status}", self.base))
                .hint("is this the address of a Countersign node?"),
        }
    }

    fn broken(&self, error: &reqwest::Error) -> Failure {
        if error.is_decode() {
            return Failure::other(format_args!(
                "{} answers what cannot be read: {}",
                self.base,
                causes(error)
            ))
            .hint("is the node of another version than this command?");
        }
        let failure = Failure::new(
            Exit::Unreachable,
            format_args!(
                "the node at {} does not answer: {}",
                self.base,
                causes(error)
            ),
        );
        if error.is_connect() {
            return failure.hint("is it running? Start it with `countersign serve`");
        }
        failure
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

/// The innermost cause says what happened.
fn causes(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

/// A problem as a failure with its exit code.
fn failure(problem: &Problem) -> Failure {
    let name = problem.kind.rsplit(':').next().unwrap_or_default();
    let exit = match name {
        "malformed" | "not-found" | "invalid" | "refused" | "rejected" | "too-large" => {
            Exit::Validation
        }
        "not-authorised" | "forbidden" => Exit::NotAuthorised,
        "conflict" | "changed" | "near-names" => Exit::Conflict,
        "needs-approval" => Exit::NeedsApproval,
        "unreachable" | "not-witnessed" => Exit::Unreachable,
        _ => Exit::Other,
    };
    let failure = Failure::new(exit, &problem.detail);
    match exit {
        Exit::Conflict => {
            let faults = problem.errors.iter();
            faults.fold(failure, |failure, fault| failure.hint(&fault.detail))
        }
        Exit::NotAuthorised => failure.hint("name the file with the API token with --token-file"),
        Exit::Other => failure.hint(format_args!(
            "request {} in the node's log",
            problem.request_id
        )),
        _ => failure,
    }
}

#[cfg(test)]
mod tests;
