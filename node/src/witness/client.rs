//! Asking another witness.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Response, Url};
use thiserror::Error;

use super::{Reply, origin_hash};

/// Longest answer read, in bytes: a note with every signature it may have.
pub const REPLY_BYTES_MAX: usize = 128 * 1024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a witness could not be asked.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The address cannot be one of a witness.
    #[error(
        "{0} is not the address of a witness: it begins with http:// or https:// and has a host"
    )]
    Address(String),
    /// No connection, no answer in time, or a broken one.
    #[error("no answer: {0}")]
    Transport(String),
    /// The answer is larger than [`REPLY_BYTES_MAX`].
    #[error("the answer is longer than {REPLY_BYTES_MAX} bytes")]
    TooLong,
    /// The answer is not text.
    #[error("the answer is not UTF-8 text")]
    NotText,
    /// This way to the witness does not carry such a question.
    #[error("this cannot be asked over this connection")]
    Unsupported,
}

/// A way to a witness.
#[async_trait]
pub trait WitnessClient: Send + Sync {
    /// Name for people: the name of its key, or its address.
    fn name(&self) -> &str;

    /// Sends an add-checkpoint request and gives the answer, whatever its status.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer.
    async fn add_checkpoint(&self, body: &str) -> Result<Reply, ClientError>;

    /// The newest note that the witness cosigned for the log `origin`, unverified; `None` when it has none.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer.
    async fn latest(&self, origin: &str) -> Result<Option<String>, ClientError>;
}

/// A witness over HTTP.
#[derive(Debug, Clone)]
pub struct HttpWitness {
    name: String,
    /// Ends in a slash, so that paths are appended to it.
    prefix: Url,
    http: Client,
}

impl HttpWitness {
    /// A witness at `prefix`, which serves both submission and reading.
    ///
    /// # Errors
    /// [`ClientError::Address`] when the address has no host or another scheme.
    pub fn new(name: &str, prefix: &str) -> Result<Self, ClientError> {
        let wrong = || ClientError::Address(prefix.to_owned());
        let mut prefix = Url::parse(prefix).map_err(|_| wrong())?;
        let fits = matches!(prefix.scheme(), "http" | "https") && prefix.has_host();
        if !fits || prefix.query().is_some() || prefix.fragment().is_some() {
            return Err(wrong());
        }
        if !prefix.path().ends_with('/') {
            prefix.set_path(&format!("{}/", prefix.path()));
        }
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            // A witness answers itself: following it elsewhere would let it send us anywhere.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            name: name.to_owned(),
            prefix,
            http,
        })
    }

    fn url(&self, path: &str) -> Result<Url, ClientError> {
        self.prefix
            .join(path)
            .map_err(|_| ClientError::Address(self.prefix.to_string()))
    }
}

#[async_trait]
impl WitnessClient for HttpWitness {
    fn name(&self) -> &str {
        &self.name
    }

    async fn add_checkpoint(&self, body: &str) -> Result<Reply, ClientError> {
        let request = self
            .http
            .post(self.url("add-checkpoint")?)
            .body(body.to_owned());
        let response = request.send().await?;
        Ok(Reply {
            status: response.status().as_u16(),
            body: read(response).await?,
        })
    }

    async fn latest(&self, origin: &str) -> Result<Option<String>, ClientError> {
        let path = format!("{}/checkpoint", hex::encode(origin_hash(origin)));
        let response = self.http.get(self.url(&path)?).send().await?;
        match response.status().as_u16() {
            200 => read(response).await.map(Some),
            404 => Ok(None),
            status => Err(ClientError::Transport(format!("status {status}"))),
        }
    }
}

async fn read(mut response: Response) -> Result<String, ClientError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > REPLY_BYTES_MAX {
            return Err(ClientError::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| ClientError::NotText)
}

impl From<reqwest::Error> for ClientError {
    /// The error and what caused it: reqwest's own message leaves the cause out.
    fn from(error: reqwest::Error) -> Self {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        Self::Transport(text)
    }
}
