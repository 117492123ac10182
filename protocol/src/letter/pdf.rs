//! As much of PDF as an incremental update needs (ISO 32000-1 sections 7.5.4 to 7.5.6).

use super::{ATTACHMENT_NAME, AttachError};
use crate::time::Timestamp;

/// Where the last `needle` begins.
pub(super) fn last(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .rposition(|window| window == needle)
}

/// What the end of a file says about it: what an update must repeat.
pub(super) struct Ending<'a> {
    /// Where the cross-reference table begins.
    table: usize,
    /// One more than the largest object number.
    size: u32,
    /// Object number of the catalog.
    root: u32,
    /// What stands in the catalog.
    catalog: &'a str,
    /// What stands in the trailer besides size and root.
    more: String,
}

impl<'a> Ending<'a> {
    pub(super) fn of(file: &'a [u8]) -> Result<Self, AttachError> {
        let wrong = AttachError::Form;
        if !super::is_pdf(file) {
            return Err(wrong("it does not begin as one"));
        }
        let start = last(file, b"\nstartxref\n").ok_or(wrong("it has no end"))?;
        let end = std::str::from_utf8(&file[start..]).map_err(|_| wrong("its end is no text"))?;
        let table = end
            .strip_prefix("\nstartxref\n")
            .and_then(|it| it.trim_ascii_end().strip_suffix("\n%%EOF"))
            .and_then(|it| it.parse::<usize>().ok())
            .filter(|it| *it < start && file[*it..].starts_with(b"xref\n"))
            .ok_or(wrong("its end names no cross-reference table"))?;
        let tail = last(&file[table..start], b"trailer\n").ok_or(wrong("it has no trailer"))?;
        let trailer = std::str::from_utf8(&file[table + tail + "trailer\n".len()..start])
            .map_err(|_| wrong("its trailer is no text"))?;
        let trailer = inside(trailer).ok_or(wrong("its trailer is no dictionary"))?;
        let size = number(trailer, "/Size ").ok_or(wrong("its trailer has no size"))?;
        let root = number(trailer, "/Root ").ok_or(wrong("its trailer names no catalog"))?;
        // What goes into the update is as large as what it was taken from, so the numbers stay small.
        if trailer.contains("/Prev") || trailer.contains("/Encrypt") || size > 1_000_000 {
            return Err(wrong("it was changed after it was made, or is encrypted"));
        }
        let catalog = catalog(file, root).ok_or(wrong("its catalog was not found"))?;
        if ["/Names", "/AF"].iter().any(|it| catalog.contains(it)) {
            return Err(wrong("it has files or names already"));
        }
        Ok(Self {
            table,
            size,
            root,
            catalog,
            more: more(trailer),
        })
    }

    /// Appends the update to the file, which ends with the line that announces it.
    pub(super) fn update(&self, file: &mut Vec<u8>, bundle: &str, modified: Timestamp) {
        let Self {
            table,
            size,
            root,
            catalog,
            more,
        } = self;
        let (stream, named) = (*size, *size + 1);
        let date: String = modified
            .to_string()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let mut offsets = Vec::new();
        let mut object = |file: &mut Vec<u8>, number: u32, body: &str| {
            offsets.push((number, file.len()));
            file.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
        };
        let length = bundle.len();
        object(
            file,
            stream,
            &format!(
                "<< /Type /EmbeddedFile /Subtype /text#2Fplain /Length {length} /Params << /Size {length} /ModDate (D:{date}Z) >> \
                 >>\nstream\n{bundle}\nendstream"
            ),
        );
        object(
            file,
            named,
            &format!(
                "<< /Type /Filespec /F ({ATTACHMENT_NAME}) /UF ({ATTACHMENT_NAME}) /AFRelationship /Supplement /Desc (Proof of \
                 this letter, C2SP tlog-proof) /EF << /F {stream} 0 R /UF {stream} 0 R >> >>"
            ),
        );
        object(
            file,
            *root,
            &format!(
                "<<{catalog} /Names << /EmbeddedFiles << /Names [({ATTACHMENT_NAME}) {named} 0 R] >> >> /AF [{named} 0 R] >>"
            ),
        );
        let start = file.len();
        offsets.sort_unstable();
        let mut text = String::from("xref\n");
        for (number, offset) in offsets {
            text.push_str(&format!("{number} 1\n{offset:010} 00000 n \n"));
        }
        let size = size + 2;
        text.push_str(&format!(
            "trailer\n<< /Size {size} /Root {root} 0 R /Prev {table}{more} >>\nstartxref\n{start}\n%%EOF\n"
        ));
        file.extend_from_slice(text.as_bytes());
    }
}

/// What stands in a dictionary.
fn inside(text: &str) -> Option<&str> {
    text.trim_ascii().strip_prefix("<<")?.strip_suffix(">>")
}

fn number(dictionary: &str, key: &str) -> Option<u32> {
    let (_, rest) = dictionary.split_once(key)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits)?.parse().ok()
}

/// The entries of a trailer that an update repeats: who the document is.
fn more(trailer: &str) -> String {
    let mut more = String::new();
    if let Some(info) = number(trailer, "/Info ") {
        more.push_str(&format!(" /Info {info} 0 R"));
    }
    let ids = trailer
        .split_once("/ID")
        .and_then(|(_, rest)| rest.split_once(']'));
    if let Some((ids, _)) = ids {
        more.push_str(" /ID");
        more.push_str(ids);
        more.push(']');
    }
    more
}

/// What stands in the catalog: the last object of its number.
fn catalog(file: &[u8], root: u32) -> Option<&str> {
    let begin = format!("\n{root} 0 obj\n");
    let at = last(file, begin.as_bytes())? + begin.len();
    let length = file[at..]
        .windows(b"endobj".len())
        .position(|window| window == b"endobj")?;
    let body = std::str::from_utf8(&file[at..at + length]).ok()?;
    let body = inside(body).filter(|body| body.contains("/Catalog"))?;
    Some(body.trim_ascii_end())
}
