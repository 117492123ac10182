//! What somebody typed into the page of a step, kept until the step is taken.

use countersign_protocol::log::Hash;
use countersign_protocol::record::AttachedDocument;
use serde_json::Value;

use super::fault::Fault;
use super::form;
use super::posted::Posted;
use super::step::Ready;
use crate::web::page::Page;

/// What the page of a step says of units.
pub(super) const UNIT_FIELDS: [&str; 17] = [
    "r-account",
    "r-tonnes",
    "r-ranges",
    "r-to",
    "r-country",
    "r-agreement",
    "r-there",
    "r-kind",
    "r-purpose",
    "r-reason",
    "r-jurisdiction",
    "r-ndc-year",
    "r-beneficiary",
    "r-public",
    "i-unit-type",
    "i-overall",
    "i-proceeds",
];

/// What was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// The form; `None` where the page shows the draft.
    pub(super) form: Option<Value>,
    pub(super) comment: String,
    pub(super) is_no: bool,
    /// Documents by kind and hash; `None` before anybody chose.
    pub(super) documents: Option<Vec<String>>,
    pub(super) request: Option<String>,
    /// Receiving accounts of an issuance.
    pub(super) accounts: Vec<String>,
    pub(super) buffer: String,
    fields: Vec<(&'static str, String)>,
}

impl Typed {
    /// Takes what was sent over the step's draft.
    pub(super) fn of(page: &Page, ready: &Ready, posted: &Posted) -> Self {
        let form = ready.form().map(|form| {
            let sections = form::sections(page, form);
            match sections.as_slice() {
                [only] => form::read(&only.fields, ready.draft.clone(), posted),
                _ => ready.draft.clone(),
            }
        });
        let fields = UNIT_FIELDS.map(|name| (name, posted.shown(name)));
        Self {
            form,
            comment: posted
                .text("comment")
                .unwrap_or_default()
                .replace("\r\n", "\n"),
            is_no: posted.given("answer") == Some("no"),
            documents: Some(posted.all("document").map(str::to_owned).collect()),
            request: posted.given("request").map(str::to_owned),
            accounts: posted
                .all("i-account")
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
            buffer: posted.shown("i-buffer"),
            fields: fields.to_vec(),
        }
    }

    /// With what an address says, for a page that is opened from a list of units.
    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.fields.push((name, value));
        self
    }

    /// The text of a field about units.
    pub(super) fn unit(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(it, _)| *it == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// A text of the form.
    pub(super) fn form_text(&self, name: &str) -> &str {
        let value = self.form.as_ref().and_then(|form| form.get(name));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// The documents as an act names them.
    pub(super) fn attached(&self, page: &Page) -> Result<Vec<AttachedDocument>, Fault> {
        let chosen = self.documents.as_deref().unwrap_or_default().iter();
        let read = chosen.map(|text| {
            let (kind, hash) = text.split_once(':')?;
            let mut sha256: Hash = [0; 32];
            hex::decode_to_slice(hash, &mut sha256).ok()?;
            Some(AttachedDocument {
                kind: kind.parse().ok()?,
                sha256,
            })
        });
        let all: Option<Vec<AttachedDocument>> = read.collect();
        all.ok_or_else(|| Fault::at("documents", page.t("fault-document-choice")))
    }
}
