//! What is known of a document.

use std::fmt;
use std::str::FromStr;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::log::Hash;
use countersign_protocol::record::Word;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::error::DocumentError;
use super::media::MediaType;
use super::name::FileName;
use super::visibility::{Viewer, Visibility, may_read};
use crate::ops::sqlite::{column, number};
use crate::people::UserId;

/// The greatest id: what a JSON number carries without loss in every client (2^53 - 1).
const ID_MAX: u64 = (1 << 53) - 1;

/// A document, drawn at random, so that it tells nothing about others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct DocumentId(u64);

impl PartialSchema for DocumentId {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(1))
            .maximum(Some(ID_MAX))
            .description(Some(
                "A document: drawn at random, so that it tells nothing about others.",
            ));
        number.build().into()
    }
}

impl ToSchema for DocumentId {}

impl DocumentId {
    pub(super) fn draw() -> Result<Self, DocumentError> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| DocumentError::Random(error.to_string()))?;
        Ok(Self((u64::from_le_bytes(bytes) & ID_MAX).max(1)))
    }

    /// The number, 1 to 2^53 - 1.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    pub(super) fn column(self) -> i64 {
        column(self.0)
    }

    fn from_column(column: i64) -> Result<Self, DocumentError> {
        Self::try_from(number(column)).map_err(|_| DocumentError::Index("an id"))
    }
}

impl TryFrom<u64> for DocumentId {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, &'static str> {
        if number == 0 || number > ID_MAX {
            return Err("a document's id is 1 to 2^53 - 1");
        }
        Ok(Self(number))
    }
}

impl From<DocumentId> for u64 {
    fn from(id: DocumentId) -> Self {
        id.0
    }
}

impl FromStr for DocumentId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        let number = text.parse::<u64>().ok().filter(|_| is_plain);
        number
            .ok_or("a document's id is a whole number")
            .and_then(Self::try_from)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A document that is about to come in. Whether the uploader may add it to the case is for the caller to check.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The case that it belongs to.
    pub case: u64,
    /// The kind of document in the process.
    pub kind: Word,
    /// The organisation that owns it.
    pub owner: OrganisationId,
    /// Who sends it.
    pub uploader: UserId,
    /// The file name as the client gave it.
    pub file_name: String,
    /// The type as the client declared it: a `Content-Type`, or nothing.
    pub content_type: String,
    /// The newest version of the document that this one takes the place of.
    pub replaces: Option<DocumentId>,
}

/// A kept document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its id.
    pub id: DocumentId,
    /// SHA-256 of its bytes, as the ledger carries it.
    pub sha256: Hash,
    /// How many bytes it has.
    pub bytes: u64,
    /// What its bytes are.
    pub media_type: MediaType,
    /// The cleaned file name; none once erased.
    pub file_name: Option<FileName>,
    /// The kind of document in the process.
    pub kind: Word,
    /// The case that it belongs to.
    pub case: u64,
    /// The organisation that owns it.
    pub owner: OrganisationId,
    /// Who sent it.
    pub uploader: UserId,
    /// The number of the version, from 1.
    pub version: u32,
    /// The version before.
    pub replaces: Option<DocumentId>,
    /// How far it is open.
    pub visibility: Visibility,
    /// When it came in, in milliseconds since 1970.
    pub uploaded_ms: u64,
    /// The leaf of the act that carries it; none while it is a draft.
    pub leaf: Option<u64>,
    /// When its content was erased, in milliseconds since 1970.
    pub erased_ms: Option<u64>,
}

impl StoredDocument {
    /// Whether a viewer may read it: [`may_read`]. What was erased nobody can read.
    #[must_use]
    pub const fn may_be_read_by(&self, viewer: Viewer) -> bool {
        may_read(self.visibility, self.leaf.is_some(), viewer)
    }
}

pub(super) const SELECT: &str = "SELECT id, sha256, bytes, media_type, file_name, kind, case_number, owner, uploader, \
    version, replaces, visibility, uploaded_ms, leaf, erased_ms FROM documents ";

pub(super) fn stored(row: &SqliteRow) -> Result<StoredDocument, DocumentError> {
    let sha256: Vec<u8> = row.try_get("sha256")?;
    let optional = |name: &str| row.try_get::<Option<i64>, _>(name);
    let count = |name: &str| row.try_get::<i64, _>(name).map(number);
    Ok(StoredDocument {
        id: DocumentId::from_column(row.try_get("id")?)?,
        sha256: Hash::try_from(sha256).map_err(|_| DocumentError::Index("a hash"))?,
        bytes: count("bytes")?,
        media_type: MediaType::from_essence(row.try_get("media_type")?)
            .ok_or(DocumentError::Index("a media type"))?,
        file_name: row
            .try_get::<Option<String>, _>("file_name")?
            .map(FileName::from_column),
        kind: row
            .try_get::<&str, _>("kind")?
            .parse()
            .map_err(|_| DocumentError::Index("a kind of document"))?,
        case: count("case_number")?,
        owner: OrganisationId(
            u32::try_from(row.try_get::<i64, _>("owner")?)
                .map_err(|_| DocumentError::Index("an organisation"))?,
        ),
        uploader: UserId::try_from(count("uploader")?)
            .map_err(|_| DocumentError::Index("a user"))?,
        version: u32::try_from(row.try_get::<i64, _>("version")?)
            .map_err(|_| DocumentError::Index("a version"))?,
        replaces: optional("replaces")?
            .map(DocumentId::from_column)
            .transpose()?,
        visibility: Visibility::from_word(row.try_get("visibility")?)
            .ok_or(DocumentError::Index("a visibility"))?,
        uploaded_ms: count("uploaded_ms")?,
        leaf: optional("leaf")?.map(number),
        erased_ms: optional("erased_ms")?.map(number),
    })
}
