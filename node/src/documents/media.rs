//! What kinds of file are taken, and how each is told from its content.
//!
//! A name and a declared type are claims. A document is kept only when its bytes are of the declared type, so that what is
//! handed out later is what its reader's program expects.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use serde::Deserialize;
use serde::de::IgnoredAny;

/// A type of file that is taken: the closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// PDF (ISO 32000).
    Pdf,
    /// PNG (ISO/IEC 15948).
    Png,
    /// JPEG (ISO/IEC 10918).
    Jpeg,
    /// A workbook (ECMA-376), without macros.
    Xlsx,
    /// A text document (ECMA-376), without macros.
    Docx,
    /// Comma-separated values (RFC 4180) in UTF-8.
    Csv,
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// JSON (RFC 8259).
    Json,
    /// Plain text in UTF-8.
    Text,
}

/// How the bytes of a type are recognised.
#[derive(Clone, Copy)]
enum Sign {
    /// By their beginning.
    Head(&'static [u8]),
    /// A ZIP archive with this part.
    Office { part: &'static str },
    /// Text without control characters.
    Text,
    /// Text that is one JSON value; a GeoJSON object where `geo` is set.
    Json { geo: bool },
}

struct Row {
    media: MediaType,
    essence: &'static str,
    /// The first is given to a name that has none of them.
    extensions: &'static [&'static str],
    sign: Sign,
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row { media: MediaType::Pdf, essence: "application/pdf", extensions: &["pdf"], sign: Sign::Head(b"%PDF-") },
    Row { media: MediaType::Png, essence: "image/png", extensions: &["png"], sign: Sign::Head(b"\x89PNG\r\n\x1a\n") },
    Row { media: MediaType::Jpeg, essence: "image/jpeg", extensions: &["jpg", "jpeg"], sign: Sign::Head(b"\xff\xd8\xff") },
    Row { media: MediaType::Xlsx, essence: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", extensions: &["xlsx"], sign: Sign::Office { part: "xl/workbook.xml" } },
    Row { media: MediaType::Docx, essence: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", extensions: &["docx"], sign: Sign::Office { part: "word/document.xml" } },
    Row { media: MediaType::Csv, essence: "text/csv", extensions: &["csv"], sign: Sign::Text },
    Row { media: MediaType::GeoJson, essence: "application/geo+json", extensions: &["geojson", "json"], sign: Sign::Json { geo: true } },
    Row { media: MediaType::Json, essence: "application/json", extensions: &["json"], sign: Sign::Json { geo: false } },
    Row { media: MediaType::Text, essence: "text/plain", extensions: &["txt", "md"], sign: Sign::Text },
];

/// What browsers declare when they do not know better; the name decides then. The last one is what Windows calls CSV.
const UNTYPED: &[&str] = &["", "application/octet-stream", "application/vnd.ms-excel"];

/// The first bytes of a ZIP archive that is not empty.
const ZIP_HEAD: &[u8] = b"PK\x03\x04";

impl MediaType {
    /// Every type that is taken.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.media)
    }

    /// As in a `Content-Type` header, without parameters.
    #[must_use]
    pub fn essence(self) -> &'static str {
        self.row()
            .map_or("application/octet-stream", |row| row.essence)
    }

    /// The type that somebody declares for a file of this name, if it is taken.
    #[must_use]
    pub fn declared(content_type: &str, file_name: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is_untyped = UNTYPED.iter().any(|it| it.eq_ignore_ascii_case(essence));
        let found = TABLE.iter().find(|row| {
            if is_untyped {
                extension(file_name).is_some_and(|it| row.has_extension(it))
            } else {
                row.essence.eq_ignore_ascii_case(essence)
            }
        });
        found.map(|row| row.media)
    }

    pub(super) fn from_essence(essence: &str) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.essence == essence);
        row.map(|row| row.media)
    }

    /// The file name with an extension of this type.
    pub(super) fn with_extension(self, name: &str) -> String {
        match self.row() {
            Some(row) if !extension(name).is_some_and(|it| row.has_extension(it)) => {
                format!("{name}.{}", row.extensions[0])
            }
            _ => name.to_owned(),
        }
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.media == self)
    }

    fn sign(self) -> Sign {
        self.row().map_or(Sign::Text, |row| row.sign)
    }
}

impl Row {
    fn has_extension(&self, extension: &str) -> bool {
        self.extensions
            .iter()
            .any(|it| it.eq_ignore_ascii_case(extension))
    }
}

pub(super) fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// Looks at the bytes of a document as they come in.
pub(super) struct Inspector {
    sign: Sign,
    seen: u64,
    /// The bytes of a character whose end has not come yet.
    partial: Vec<u8>,
}

/// Why bytes are not what was declared.
pub(super) type Mismatch = &'static str;

impl Inspector {
    pub(super) fn new(media: MediaType) -> Self {
        Self {
            sign: media.sign(),
            seen: 0,
            partial: Vec::new(),
        }
    }

    /// Takes the next bytes. The first call must have all that decides about a head, or the whole document.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), Mismatch> {
        let is_first = self.seen == 0;
        self.seen += bytes.len() as u64;
        match self.sign {
            Sign::Head(head) if is_first && !bytes.starts_with(head) => {
                Err("it does not begin like one")
            }
            Sign::Office { .. } if is_first && !bytes.starts_with(ZIP_HEAD) => {
                Err("it does not begin like one")
            }
            Sign::Head(_) | Sign::Office { .. } => Ok(()),
            Sign::Text | Sign::Json { .. } => self.feed_text(bytes),
        }
    }

    fn feed_text(&mut self, mut bytes: &[u8]) -> Result<(), Mismatch> {
        const NOT_TEXT: Mismatch = "it is not text in UTF-8; save it again as UTF-8";
        let is_forbidden = |byte: &u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127);
        if bytes.iter().any(is_forbidden) {
            return Err(NOT_TEXT);
        }
        while let Some((first, rest)) = bytes.split_first().filter(|_| !self.partial.is_empty()) {
            self.partial.push(*first);
            bytes = rest;
            match std::str::from_utf8(&self.partial) {
                Ok(_) => self.partial.clear(),
                Err(error) if error.error_len().is_some() => return Err(NOT_TEXT),
                Err(_) => {}
            }
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_some() => Err(NOT_TEXT),
            Err(error) => {
                self.partial.extend(&bytes[error.valid_up_to()..]);
                Ok(())
            }
        }
    }

    /// Looks at the whole file once all bytes are in it. Reads the disk: not for an asynchronous thread.
    pub(super) fn finish(&self, file: &mut File) -> io::Result<Result<(), Mismatch>> {
        match self.sign {
            _ if !self.partial.is_empty() => Ok(Err("it ends inside a character")),
            Sign::Head(_) | Sign::Text => Ok(Ok(())),
            Sign::Office { part } => office(file, part),
            Sign::Json { geo } => json(file, geo),
        }
    }
}

/// The types of RFC 7946 section 1.4.
#[derive(Deserialize)]
enum GeoType {
    Point,
    MultiPoint,
    LineString,
    MultiLineString,
    Polygon,
    MultiPolygon,
    GeometryCollection,
    Feature,
    FeatureCollection,
}

#[derive(Deserialize)]
struct GeoObject {
    #[serde(rename = "type")]
    _type: GeoType,
}

const NOT_GEO: Mismatch = "it is not one GeoJSON object (RFC 7946)";

/// Reads the value and keeps nothing of it.
fn json(file: &mut File, geo: bool) -> io::Result<Result<(), Mismatch>> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(file);
    // Deriving also reads a list of the fields' values, which is no GeoJSON.
    let begins_an_object = begins_with_brace(&mut reader)?;
    let mut json = serde_json::Deserializer::from_reader(reader);
    let read = if geo && !begins_an_object {
        return Ok(Err(NOT_GEO));
    } else if geo {
        GeoObject::deserialize(&mut json).map(drop)
    } else {
        IgnoredAny::deserialize(&mut json).map(drop)
    };
    match read.and_then(|()| json.end()) {
        Ok(()) => Ok(Ok(())),
        Err(error) if error.is_io() => Err(error.into()),
        Err(_) if geo => Ok(Err(NOT_GEO)),
        Err(_) => Ok(Err("it is not one JSON value")),
    }
}

/// Skips what may stand before a value, and says whether that begins an object.
fn begins_with_brace(reader: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = reader.fill_buf()?;
        let Some(at) = bytes.iter().position(|byte| !b" \t\r\n".contains(byte)) else {
            let skipped = bytes.len();
            if skipped == 0 {
                return Ok(false);
            }
            reader.consume(skipped);
            continue;
        };
        let is_brace = bytes[at] == b'{';
        reader.consume(at);
        return Ok(is_brace);
    }
}

/// The most bytes of an archive's list of parts. A real workbook has a few thousand.
const ZIP_LIST_BYTES_MAX: u32 = 1024 * 1024;
/// The end of the list: its fixed part, and the longest comment after it.
const ZIP_END_BYTES: usize = 22;
const ZIP_END_BYTES_MAX: u64 = 22 + 0xffff;
const ZIP_ENTRY_BYTES: usize = 46;

/// Reads the list of parts at the end of a ZIP archive (APPNOTE 6.3.10, sections 4.3.12 and 4.3.16), never a part: nothing
/// is unpacked, so that nothing can blow up. Archives over 4 GiB or 65,534 parts (ZIP64) are refused.
fn office(file: &mut File, part: &str) -> io::Result<Result<(), Mismatch>> {
    const DAMAGED: Mismatch = "its list of parts is damaged";
    let length = file.seek(SeekFrom::End(0))?;
    let tail_start = length.saturating_sub(ZIP_END_BYTES_MAX);
    let tail = read_at(file, tail_start, length - tail_start)?;
    let end = tail
        .windows(ZIP_END_BYTES)
        .rposition(|window| window.starts_with(b"PK\x05\x06"));
    let Some(end) = end.and_then(|at| tail.get(at..at + ZIP_END_BYTES)) else {
        return Ok(Err(DAMAGED));
    };
    let (list_bytes, list_start) = (number4(end, 12), number4(end, 16));
    if list_bytes > ZIP_LIST_BYTES_MAX || u64::from(list_start) + u64::from(list_bytes) > length {
        return Ok(Err(DAMAGED));
    }
    let list = read_at(file, list_start.into(), list_bytes.into())?;
    let Some(names) = part_names(&list) else {
        return Ok(Err(DAMAGED));
    };
    let has = |name: &str| {
        names
            .iter()
            .any(|it| it.eq_ignore_ascii_case(name.as_bytes()))
    };
    let is_macro = |name: &&[u8]| {
        let name = name.to_ascii_lowercase();
        name.ends_with(b"vbaproject.bin")
    };
    if names.iter().any(is_macro) {
        return Ok(Err("it holds macros; save it again without them"));
    }
    if !has("[Content_Types].xml") || !has(part) {
        return Ok(Err("it is another kind of archive"));
    }
    Ok(Ok(()))
}

/// The names in a list of parts; `None` when it is damaged.
fn part_names(mut list: &[u8]) -> Option<Vec<&[u8]>> {
    let mut names = Vec::new();
    while !list.is_empty() {
        if list.len() < ZIP_ENTRY_BYTES || !list.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name_bytes = number2(list, 28);
        let rest_bytes = number2(list, 30) + number2(list, 32);
        names.push(list.get(ZIP_ENTRY_BYTES..ZIP_ENTRY_BYTES + name_bytes)?);
        list = list.get(ZIP_ENTRY_BYTES + name_bytes + rest_bytes..)?;
    }
    Some(names)
}

fn number2(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

fn number4(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn read_at(file: &mut File, start: u64, bytes: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut read = Vec::new();
    file.take(bytes).read_to_end(&mut read)?;
    Ok(read)
}
