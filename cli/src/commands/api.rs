//! Any request to the API, for what has no command of its own.

use std::path::PathBuf;

use clap::Args;
use reqwest::Method;

use super::read_text;
use crate::client::WriteArgs;
use crate::exit::{Failure, Outcome};
use crate::output;
use crate::session::Session;

/// Sends a request to the API and prints the answer as it came.
#[derive(Args, Debug)]
pub(crate) struct ApiArgs {
    /// GET, POST, PUT or DELETE
    method: Method,
    /// The path below /api/v1/, with its query, such as "cases?limit=5"
    path: String,
    /// The JSON body
    #[arg(long, value_name = "JSON", conflicts_with = "body_file")]
    body: Option<String>,
    /// A file with the JSON body
    #[arg(long, value_name = "FILE")]
    body_file: Option<PathBuf>,
    #[command(flatten)]
    write: WriteArgs,
}

impl ApiArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let text = match (&self.body, &self.body_file) {
            (Some(text), _) => Some(text.clone()),
            (None, Some(path)) => Some(read_text(path)?),
            (None, None) => None,
        };
        let body = text.map(|text| serde_json::from_str(&text)).transpose();
        let body: Option<serde_json::Value> = body
            .map_err(|error| Failure::validation(format_args!("the body is not JSON: {error}")))?;
        let path = self.path.trim_start_matches('/');
        let path = path.strip_prefix("api/v1/").unwrap_or(path);
        let client = session.client()?;
        let answer = client.raw(&self.method, path, &self.write, body.as_ref())?;
        output::write(answer.as_bytes())?;
        output::write(b"\n")
    }
}
