//! Only what is on the list is taken, and only when the bytes are what they are said to be.

use super::world::*;
use crate::documents::*;

/// A ZIP archive with empty parts of these names.
fn zip(names: &[&str]) -> Vec<u8> {
    let (mut archive, mut list) = (Vec::new(), Vec::new());
    for name in names {
        let start = u32::try_from(archive.len()).unwrap();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        archive.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0");
        archive.extend([0; 12]);
        archive.extend(length);
        archive.extend([0; 2]);
        archive.extend(name.as_bytes());
        list.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0");
        list.extend([0; 12]);
        list.extend(length);
        list.extend([0; 12]);
        list.extend(start.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let start = u32::try_from(archive.len()).unwrap().to_le_bytes();
    let bytes = u32::try_from(list.len()).unwrap().to_le_bytes();
    archive.extend(&list);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    for part in [&count[..], &count, &bytes, &start, &[0, 0]] {
        archive.extend(part);
    }
    archive
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const TYPES: &str = "[Content_Types].xml";

async fn outcome(content_type: &str, name: &str, bytes: &[u8]) -> Result<String, DocumentError> {
    let world = World::new().await;
    let new = NewDocument {
        content_type: content_type.to_owned(),
        file_name: name.to_owned(),
        ..note()
    };
    // Pieces that cut characters in two.
    let kept = world.documents.put(pieces(bytes, 1), new, START_MS).await;
    if kept.is_err() {
        assert!(world.files().is_empty());
    }
    kept.map(|kept| kept.media_type.essence().to_owned())
}

#[tokio::test]
async fn every_type_of_the_list_is_taken() {
    let taken: &[(&str, &str, Vec<u8>, &str)] = &[
        (
            "application/pdf",
            "a",
            b"%PDF-1.7 ...".to_vec(),
            "application/pdf",
        ),
        (
            "Application/PDF; v=1",
            "a.pdf",
            b"%PDF-1.7 ...".to_vec(),
            "application/pdf",
        ),
        (
            "image/png",
            "a",
            b"\x89PNG\r\n\x1a\n....".to_vec(),
            "image/png",
        ),
        (
            "image/jpeg",
            "a",
            b"\xff\xd8\xff\xe0....".to_vec(),
            "image/jpeg",
        ),
        (XLSX, "a", zip(&[TYPES, "xl/workbook.xml"]), XLSX),
        (
            DOCX,
            "a",
            zip(&["_rels/.rels", TYPES, "word/document.xml"]),
            DOCX,
        ),
        (
            "text/csv; charset=utf-8",
            "a",
            "année;tonnes\n2024;7\n".into(),
            "text/csv",
        ),
        (
            "application/vnd.ms-excel",
            "a.CSV",
            b"year,tonnes\n".to_vec(),
            "text/csv",
        ),
        (
            "application/geo+json",
            "a",
            br#" {"x":[1],"type":"Point"}"#.to_vec(),
            "application/geo+json",
        ),
        (
            "",
            "a.geojson",
            br#"{"type":"Feature"}"#.to_vec(),
            "application/geo+json",
        ),
        (
            "application/json",
            "a",
            b"[1, {\"a\": null}]\n".to_vec(),
            "application/json",
        ),
        (
            "application/octet-stream",
            "a.txt",
            "Gr\u{fc}\u{df}e \u{1f33f}".into(),
            "text/plain",
        ),
    ];
    for (content_type, name, bytes, essence) in taken {
        let kept = outcome(content_type, name, bytes).await.unwrap();
        assert_eq!(kept, *essence);
    }
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused() {
    let list_beyond_the_end = {
        let mut archive = zip(&[TYPES, "xl/workbook.xml"]);
        let at = archive.len() - 6;
        archive[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        archive
    };
    let refused: &[(&str, Vec<u8>)] = &[
        ("application/pdf", b"MZ\x90\0 a program".to_vec()),
        ("application/pdf", b"<html><script>".to_vec()),
        ("application/pdf", b"%PDF".to_vec()),
        ("image/png", b"\xff\xd8\xff\xe0 a JPEG".to_vec()),
        ("image/jpeg", b"<svg onload='alert(1)'>".to_vec()),
        (XLSX, zip(&[TYPES, "word/document.xml"])),
        (XLSX, zip(&["xl/workbook.xml"])),
        (XLSX, zip(&[TYPES, "xl/workbook.xml", "xl/vbaProject.bin"])),
        (XLSX, b"PK\x03\x04 and nothing else".to_vec()),
        (XLSX, list_beyond_the_end),
        (
            DOCX,
            zip(&[TYPES, "word/document.xml", "word/VBAPROJECT.BIN"]),
        ),
        (DOCX, b"\xd0\xcf\x11\xe0 an old one".to_vec()),
        ("text/csv", b"ann\xe9e".to_vec()),
        ("text/plain", b"a\0b".to_vec()),
        ("text/plain", b"ends in a half \xe2\x82".to_vec()),
        ("application/json", b"{\"a\": }".to_vec()),
        ("application/json", b"{} {}".to_vec()),
        ("application/geo+json", b"{\"type\":\"Circle\"}".to_vec()),
        ("application/geo+json", b"[\"Point\"]".to_vec()),
        ("application/geo+json", b"   ".to_vec()),
    ];
    for (content_type, bytes) in refused {
        let error = outcome(content_type, "a", bytes).await.err();
        assert!(
            matches!(error, Some(DocumentError::Content { .. })),
            "{content_type} {:?} {error:?}",
            String::from_utf8_lossy(bytes)
        );
    }
    for content_type in ["text/html", "image/svg+xml", "application/zip", "", "pdf"] {
        let error = outcome(content_type, "a", b"x").await.err();
        assert!(matches!(error, Some(DocumentError::Type)), "{content_type}");
    }
}

#[test]
fn file_names_are_safe_to_show_and_to_save_under() {
    let clean = |given: &str, media| FileName::clean(given, media).as_str().to_owned();
    for (given, media, expected) in [
        ("Plan.pdf", MediaType::Pdf, "Plan.pdf"),
        ("/etc/passwd", MediaType::Text, "passwd.txt"),
        ("..\\..\\evil.exe", MediaType::Pdf, "evil.exe.pdf"),
        ("../", MediaType::Json, "document.json"),
        (" . .hidden. ", MediaType::Csv, "hidden.csv"),
        (
            "a\r\nSet-Cookie: x.pdf",
            MediaType::Pdf,
            "aSet-Cookie x.pdf",
        ),
        ("fdp.\u{202e}txt.exe", MediaType::Text, "fdp.txt.exe.txt"),
        ("Étude d'impact.PDF", MediaType::Pdf, "Étude d'impact.PDF"),
        ("\"q\"|<>?*.png", MediaType::Png, "q.png"),
        ("map.json", MediaType::GeoJson, "map.json"),
        ("", MediaType::Docx, "document.docx"),
    ] {
        assert_eq!(clean(given, media), expected, "{given:?}");
    }
    let long = clean(&"é".repeat(500), MediaType::Xlsx);
    assert!(long.len() <= FILE_NAME_BYTES_MAX && long.ends_with("é.xlsx"));
    let shown = format!("{:?}", FileName::clean("Ama Mensah.pdf", MediaType::Pdf));
    assert!(!shown.contains("Ama"));
}
