//! Asking the nodes of a sandbox, in somebody's name.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, WriteArgs};
use crate::exit::{Failure, Outcome};

/// Somebody at a node.
pub(super) struct Asked(Client);

impl Asked {
    pub(super) fn new(url: &str, secret: &str) -> Outcome<Self> {
        let secret = secret.trim().parse().map_err(Failure::other)?;
        Ok(Self(Client::new(url, Some(secret))?))
    }

    pub(super) fn get(&self, path: &str) -> Outcome<Value> {
        self.0.get(path, &[])
    }

    /// Asks for something; gives the whole answer.
    // By value: bodies are written where they are sent.
    #[allow(clippy::needless_pass_by_value)]
    pub(super) fn post(&self, path: &str, body: Value) -> Outcome<Value> {
        let write = WriteArgs::drawn();
        self.0.change(&Method::POST, path, &write, Some(&body))
    }

    /// Writes something; gives the number that was made.
    pub(super) fn make(&self, path: &str, body: Value) -> Outcome<u64> {
        let answer = self.post(path, body)?;
        number(&answer, &["/made/id", "/made/number", "/made/case"])
    }

    /// Sends something that gives nothing back.
    pub(super) fn tell(&self, path: &str, body: &Value) -> Outcome {
        self.0.tell(&Method::POST, path, body)
    }

    /// Adds a document to a case, and names it as an act does.
    pub(super) fn document(&self, folder: &Path, case: u64, kind: &str) -> Outcome<Value> {
        let file = folder.join(format!("{kind}-{case}.txt"));
        let text = format!("The {kind} of case {case} of a sandbox.\n");
        std::fs::write(&file, text).map_err(Failure::other)?;
        let query = [
            ("kind", kind.to_owned()),
            ("file_name", format!("{kind}.txt")),
        ];
        let kept: Value = self
            .0
            .upload(&format!("cases/{case}/documents"), &query, &file)?;
        std::fs::remove_file(&file).map_err(Failure::other)?;
        Ok(json!({"kind": kind, "sha256": kept["sha256"]}))
    }

    /// Takes a step of a case.
    pub(super) fn act(&self, case: u64, act: Value) -> Outcome<Value> {
        self.post(&format!("cases/{case}/acts"), act)
    }
}

/// The first of several numbers that is there.
fn number(of: &Value, places: &[&str]) -> Outcome<u64> {
    let found = places.iter().find_map(|place| of.pointer(place)?.as_u64());
    found.ok_or_else(|| Failure::other(format_args!("the node's answer names no number: {of}")))
}
