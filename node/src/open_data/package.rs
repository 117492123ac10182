//! The descriptor: a Data Package (version 2.0, datapackage.org) with a Table Schema for every table.

use countersign_client::types::LedgerPlace;
use countersign_protocol::log::Hash;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::OpenFile;
use crate::projection::{Column, Holds, Table};

/// The version of the tables: raised when a column goes or means something else.
const VERSION: &str = "1.0.0";

const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";

/// A Data Package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// The profile that it follows.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// Its short name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub description: String,
    /// The version of its tables.
    pub version: String,
    /// When it was made (RFC 3339).
    pub created: String,
    /// The place in the ledger that it says everything from.
    pub ledger: LedgerPlace,
    /// Its files.
    pub resources: Vec<Resource>,
}

/// A file of a Data Package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Its name in the package.
    pub name: String,
    /// Its file.
    pub path: String,
    /// What it holds.
    pub description: String,
    /// Its format.
    pub format: String,
    /// Its media type.
    pub mediatype: String,
    /// How its texts are written.
    pub encoding: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// `sha256:` and its SHA-256, hexadecimal.
    pub hash: String,
    /// Its rows.
    #[serde(rename = "rowCount")]
    pub row_count: u64,
    /// `table` for a table.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The columns of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Json>,
}

/// The formats, each by the end of its files and its media type.
pub(super) const CSV: (&str, &str) = ("csv", "text/csv; charset=utf-8");
pub(super) const JSONL: (&str, &str) = ("jsonl", "application/jsonl");
pub(super) const PARQUET: (&str, &str) = ("parquet", "application/vnd.apache.parquet");
pub(super) const GEOJSON: (&str, &str) = ("geojson", "application/geo+json");

impl Resource {
    pub(super) fn new(
        (stem, about): (&str, &str),
        (format, mediatype): (&str, &str),
        (bytes, sha256): (u64, Hash),
        row_count: u64,
    ) -> Self {
        Self {
            name: format!("{stem}-{format}"),
            path: format!("{stem}.{format}"),
            description: about.to_owned(),
            format: format.to_owned(),
            mediatype: mediatype.split(';').next().unwrap_or_default().to_owned(),
            encoding: "utf-8".to_owned(),
            bytes,
            hash: format!("sha256:{}", hex::encode(sha256)),
            row_count,
            kind: None,
            schema: None,
        }
    }

    pub(super) fn with_table(self, table: &Table) -> Self {
        Self {
            kind: Some("table".to_owned()),
            schema: Some(schema(table)),
            ..self
        }
    }

    /// As it is served; none when its hash does not read.
    pub(super) fn file(&self) -> Option<OpenFile> {
        let mut sha256 = Hash::default();
        hex::decode_to_slice(self.hash.strip_prefix("sha256:")?, &mut sha256).ok()?;
        let known = [CSV, JSONL, PARQUET, GEOJSON];
        let (_, media_type) = known
            .into_iter()
            .find(|(format, _)| *format == self.format)?;
        // A file of the set's own folder, and of no other.
        let is_plain = self.path == format!("{}.{}", self.stem()?, self.format);
        is_plain.then(|| OpenFile {
            name: self.path.clone(),
            media_type,
            bytes: self.bytes,
            sha256,
            rows: Some(self.row_count),
        })
    }

    fn stem(&self) -> Option<&str> {
        let stem = self.name.strip_suffix(&self.format)?.strip_suffix('-')?;
        stem.bytes()
            .all(|it| it.is_ascii_lowercase())
            .then_some(stem)
    }
}

/// The columns of a table (Table Schema 2.0).
fn schema(table: &Table) -> Json {
    let field = |column: &Column| {
        let kind = match column.holds {
            Holds::Number => "integer",
            Holds::Time => "datetime",
            Holds::Text => "string",
        };
        serde_json::json!({
            "name": column.name,
            "type": kind,
            "description": column.about,
            "constraints": {"required": column.is_required},
        })
    };
    let fields: Vec<Json> = table.columns.iter().map(field).collect();
    serde_json::json!({"fields": fields, "primaryKey": table.key, "missingValues": [""]})
}

impl Package {
    pub(super) fn new(
        (party, registry): (String, &str),
        created: String,
        ledger: LedgerPlace,
        resources: Vec<Resource>,
    ) -> Self {
        Self {
            schema: PROFILE.to_owned(),
            name: format!("countersign-{}", party.to_ascii_lowercase()),
            title: format!("{registry}: open data"),
            description: "The public tables of a national carbon registry as they follow from its ledger up to one entry. \
                          Units are tonnes of carbon dioxide equivalent. In CSV, a text that a spreadsheet would take for a \
                          formula has an apostrophe before it; the other formats have every text as it is."
                .to_owned(),
            version: VERSION.to_owned(),
            created,
            ledger,
            resources,
        }
    }
}
