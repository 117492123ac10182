//! The client of the HTTP API as commands use it: they wait for each answer, and end with an exit code and a hint where there is
//! none. What is asked and what is tried again is [`countersign_client`]'s.

use std::path::Path;

use clap::Args;
use countersign_client::types::{Page, Problem, Written};
use countersign_client::{Answered, Body, ClientError, Key, Patience};
use countersign_node::http::dto::Trial;
use countersign_node::people::Bearer;
use countersign_protocol::id::RequestId;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

use crate::exit::{Exit, Failure, Outcome};
use crate::terminal;

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

    fn key(&self) -> Outcome<Key> {
        match self.request_id {
            Some(id) => Ok(Key(id)),
            None => Ok(Key::draw()?),
        }
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
    api: countersign_client::Client,
    runtime: Runtime,
}

impl Client {
    pub(crate) fn new(base: &str, token: Option<Bearer>) -> Outcome<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let token = token.map(|token| token.expose().to_owned().into());
        Ok(Self {
            api: countersign_client::Client::new(base, token)?,
            runtime: runtime.map_err(Failure::other)?,
        })
    }

    /// Where the node is.
    pub(crate) fn base(&self) -> &str {
        self.api.base()
    }

    fn wait<T>(&self, asked: impl Future<Output = Result<T, ClientError>>) -> Outcome<T> {
        Ok(self.runtime.block_on(asked)?)
    }

    /// Waits for a write; whoever does not know whether it was done is told how to find out.
    fn wait_for_write<T>(
        &self,
        key: &Key,
        asked: impl Future<Output = Result<T, ClientError>>,
    ) -> Outcome<T> {
        self.wait(asked).map_err(|failure| match failure.exit {
            Exit::Unreachable | Exit::Other => failure.hint(format_args!(
                "whether it was done is not known; the same command with --request-id {key} does it once"
            )),
            _ => failure,
        })
    }

    /// Makes a call of the API that the client crate has a name for.
    pub(crate) fn call<T>(
        &self,
        call: impl AsyncFnOnce(&countersign_client::Client) -> Result<T, ClientError>,
    ) -> Outcome<T> {
        self.wait(call(&self.api))
    }

    /// The same for a change under an idempotency key.
    pub(crate) fn call_once<T>(
        &self,
        write: &WriteArgs,
        call: impl AsyncFnOnce(&countersign_client::Client, &Key) -> Result<Answered<T>, ClientError>,
    ) -> Outcome<T> {
        let key = write.key()?;
        let answered = self.wait_for_write(&key, call(&self.api, &key))?;
        Ok(told(answered))
    }

    /// Reads something.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Outcome<T> {
        self.wait(self.api.get(path, query))
    }

    /// Reads something that lies beside the API.
    pub(crate) fn get_beside<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        self.wait(self.api.get_beside(path))
    }

    /// Asks something of what lies beside the API.
    pub(crate) fn ask_beside<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Outcome<T> {
        self.wait(self.api.ask_beside(path, body))
    }

    /// Reads a text.
    pub(crate) fn text(&self, path: &str, query: &[(&str, String)]) -> Outcome<String> {
        self.wait(self.api.text(path, query))
    }

    /// Reads a file that a query describes; it may take as long as the node needs to make it.
    pub(crate) fn file(&self, path: &str, query: &[(&str, String)]) -> Outcome<Vec<u8>> {
        self.wait(self.api.bytes(path, query, Patience::Long))
    }

    /// Reads a file.
    pub(crate) fn bytes(&self, path: &str) -> Outcome<Vec<u8>> {
        self.wait(self.api.bytes(path, &[], Patience::Short))
    }

    /// Asks for a file that a body describes.
    pub(crate) fn bytes_for<B: Serialize>(
        &self,
        path: &str,
        query: &[(&str, String)],
        body: &B,
    ) -> Outcome<Vec<u8>> {
        self.wait(self.api.bytes_for(path, query, body))
    }

    /// Reads a list, page by page, up to `limit` items.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        limit: usize,
    ) -> Outcome<Vec<T>> {
        self.wait(self.api.list(path, query, limit))
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
        let key = Key(RequestId([0x7e; 16]));
        self.wait(self.api.try_out(path, &key, body))
    }

    /// A change under an idempotency key.
    pub(crate) fn change<B: Serialize, T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        write: &WriteArgs,
        body: Option<&B>,
    ) -> Outcome<T> {
        let key = write.key()?;
        let answered = self.wait_for_write(&key, self.api.write(method, path, &key, body))?;
        Ok(told(answered))
    }

    /// A change under an idempotency key that gives nothing back.
    pub(crate) fn send_away<B: Serialize>(
        &self,
        method: &Method,
        path: &str,
        write: &WriteArgs,
        body: &B,
    ) -> Outcome {
        let key = write.key()?;
        self.wait(self.api.send_away(method, path, &key, body))
    }

    /// Sends something that is no write to the ledger: about people, or a draft. Gives nothing back.
    pub(crate) fn tell<B: Serialize>(&self, method: &Method, path: &str, body: &B) -> Outcome {
        self.wait(self.api.tell(method, path, body))
    }

    /// Any request, and the answer as it came: for `countersign api`.
    pub(crate) fn raw(
        &self,
        method: &Method,
        path: &str,
        write: &WriteArgs,
        body: Option<&serde_json::Value>,
    ) -> Outcome<String> {
        let key = write.key()?;
        self.wait(self.api.raw(method, path, &key, body))
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
        let key = write.key()?;
        let sent = self.api.rows(path, &key, dry_run, content_type, bytes);
        self.wait(sent).map_err(|failure| match failure.exit {
            Exit::Unreachable | Exit::Other if !dry_run => failure.hint(format_args!(
                "it is not known which rows were written; the same command with --request-id {key} writes the rest"
            )),
            _ => failure,
        })
    }

    /// Asks something that writes nothing.
    pub(crate) fn ask<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Outcome<T> {
        self.wait(self.api.ask(path, body))
    }

    /// Sends a file as the body.
    pub(crate) fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        file: &Path,
    ) -> Outcome<T> {
        self.wait(self.api.upload(path, query, &|| content(file)))
    }

    /// Reads bytes piece by piece; gives the tag of the whole, without its quotes.
    pub(crate) fn download(
        &self,
        path: &str,
        take: &mut (dyn FnMut(&[u8]) -> Outcome + Send),
    ) -> Outcome<String> {
        self.runtime.block_on(self.api.download(path, take))
    }
}

/// The answer to a change; whether it is an earlier one again is said beside it.
fn told<T>(answered: Answered<T>) -> T {
    if answered.is_replay {
        terminal::say("this request was done before; its first answer is repeated");
    }
    answered.answer
}

/// A file as a body. One that went away meanwhile is an empty one, which the node refuses.
pub(crate) fn content(file: &Path) -> Body {
    let opened = std::fs::File::open(file).map(tokio::fs::File::from_std);
    opened.map_or_else(|_| Body::from(""), Body::from)
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::Refused(problem) => failure(&problem),
            ClientError::NoNode { .. } => {
                Self::other(message).hint("is this the address of a Countersign node?")
            }
            ClientError::Unreadable { .. } => {
                Self::other(message).hint("is the node of another version than this command?")
            }
            ClientError::Unreachable { is_connection, .. } => {
                let failure = Self::new(Exit::Unreachable, message);
                if is_connection {
                    return failure.hint("is it running? Start it with `countersign serve`");
                }
                failure
            }
            ClientError::Setup(_) | ClientError::Random(_) => Self::other(message),
        }
    }
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
