#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha256};
use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;

use super::files::Files;
use super::world::LetterWorld;
use super::*;

const LETTERS: [&str; 6] = [
    "no-objection",
    "authorisation",
    "registration",
    "issuance",
    "cancellation",
    "rejection",
];

async fn make(
    letters: &Letters,
    letter: &str,
    language: &str,
    data: &LetterData,
) -> Result<Pdf, LetterError> {
    let (letter, language) = (letter.parse().unwrap(), language.parse().unwrap());
    letters.render(&letter, &language, data).await
}

/// The text of the laid out letter in reading order, without spaces: lines break anywhere.
fn text(letter: &str, language: &str, data: &LetterData) -> String {
    fn gather(frame: &Frame, text: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => gather(&group.frame, text),
                FrameItem::Text(item) => text.push_str(&item.text),
                _ => {}
            }
        }
    }
    let (letter, language) = (letter.parse().unwrap(), language.parse().unwrap());
    let files = Files::gather(None, &letter, &language, data).unwrap();
    let world = LetterWorld::new(&files).unwrap();
    let document: PagedDocument = typst::compile(&world).output.unwrap();
    let mut text = String::new();
    for page in document.pages() {
        gather(&page.frame, &mut text);
    }
    plain(&text)
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Faults of a template that is the country's own `authorisation`.
async fn faults(template: &str) -> Vec<TemplateFault> {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("en");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("authorisation.typ"), template).unwrap();
    let letters = Letters::new(folder.path().to_owned());
    match make(&letters, "authorisation", "en", &LetterData::sample()).await {
        Err(LetterError::Template(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_letter_says_everything_in_every_language() {
    let data = LetterData::sample();
    for (language, date) in [
        ("en", "23 November 2026"),
        ("fr", "23 novembre 2026"),
        ("es", "23 de noviembre de 2026"),
        ("pt", "23 de novembro de 2026"),
        ("ar", "23 نوفمبر 2026"),
    ] {
        for letter in LETTERS {
            let found = text(letter, language, &data);
            let mut expected = vec![
                data.country.to_uppercase(),
                data.ministry.clone(),
                data.address[0].clone(),
                data.reference.clone(),
                date.to_owned(),
                data.addressee.name.clone(),
                data.addressee.lines[1].clone(),
                data.project.as_ref().unwrap().title.clone(),
                data.signatory.role.clone(),
                data.signatory.place.clone(),
                data.proof.origin.clone(),
                "1733 / 1790".to_owned(),
                data.proof.root.clone(),
                data.proof.verify_url.clone(),
            ];
            expected.extend(data.details.iter().map(|detail| detail.value.clone()));
            if letter == "rejection" {
                expected.extend(data.reasons.clone());
            }
            // From right to left, the words of a line lie in the order in which they are seen.
            let is_by_word = language == "ar";
            let parts = expected.iter().flat_map(|it| match is_by_word {
                true => it.split_whitespace().collect(),
                false => vec![it.as_str()],
            });
            for part in parts {
                assert!(
                    found.contains(&plain(part)),
                    "{letter} {language}: {part}\n{found}"
                );
            }
        }
    }
    // Each language translates the names of details.
    assert!(text("issuance", "fr", &data).contains("Numérosdesérie"));
    assert!(text("issuance", "es", &data).contains("Númerosdeserie"));
    assert!(text("issuance", "pt", &data).contains("Númerosdesérie"));
    let arabic = text("issuance", "ar", &data);
    assert!(["الأرقام", "التسلسلية"].iter().all(|it| arabic.contains(it)));
}

#[tokio::test]
async fn the_same_letter_has_the_same_bytes_and_is_pdf_a() {
    let data = LetterData::sample();
    let one = make(&Letters::presets(), "issuance", "fr", &data)
        .await
        .unwrap();
    let two = make(&Letters::presets(), "issuance", "fr", &data)
        .await
        .unwrap();
    assert_eq!(one, two);
    assert_eq!(one.sha256, <[u8; 32]>::from(Sha256::digest(&one.bytes)));
    let mut other = data.clone();
    other.reference.push('x');
    let other = make(&Letters::presets(), "issuance", "fr", &other)
        .await
        .unwrap();
    assert_ne!(one.sha256, other.sha256);
    let seen = String::from_utf8_lossy(&one.bytes);
    assert!(seen.starts_with("%PDF-1.7"));
    for mark in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>B</pdfaid:conformance>",
    ] {
        assert!(seen.contains(mark), "{mark}");
    }
    // The day is the letter's, not today's.
    assert!(seen.contains("2026-11-23"));
}

#[tokio::test]
async fn another_program_reads_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.pdf");
    let data = LetterData::sample();
    let pdf = make(&Letters::presets(), "authorisation", "fr", &data)
        .await
        .unwrap();
    fs::write(&path, pdf.bytes).unwrap();
    let Ok(read) = Command::new("pdftotext").arg(&path).arg("-").output() else {
        println!("skipped: pdftotext is not installed");
        return;
    };
    let read = plain(&String::from_utf8_lossy(&read.stdout));
    for part in [
        "Lettre d’autorisation",
        "MEC/A6/2026/0017",
        "Efficient cook-stoves for rural households",
        "https://registry.example.gov/proof/1733",
    ] {
        assert!(read.contains(&plain(part)), "{part}\n{read}");
    }
}

#[tokio::test]
async fn another_program_reads_an_arabic_letter_as_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.pdf");
    let mut data = LetterData::sample();
    data.country = "جمهورية البحر".to_owned();
    data.addressee.name = "شركة المواقد النظيفة".to_owned();
    let pdf = make(&Letters::presets(), "authorisation", "ar", &data)
        .await
        .unwrap();
    let seen = String::from_utf8_lossy(&pdf.bytes);
    assert!(seen.contains("Vazirmatn"), "the font is in the file");
    assert!(seen.contains("<pdfaid:part>3</pdfaid:part>"));
    fs::write(&path, &pdf.bytes).unwrap();
    let Ok(read) = Command::new("pdftotext")
        .args(["-enc", "UTF-8"])
        .arg(&path)
        .arg("-")
        .output()
    else {
        println!("skipped: pdftotext is not installed");
        return;
    };
    // Marks of direction are the reader's own.
    let marks = ['\u{202a}', '\u{202b}', '\u{202c}', '\u{200e}', '\u{200f}'];
    let read = String::from_utf8_lossy(&read.stdout).replace(marks, "");
    let read = plain(&read);
    for part in [
        "خطاب إذن",
        "جمهورية البحر",
        "شركة المواقد النظيفة",
        "اتفاق باريس",
        "الطرف المضيف",
        "كيف يتحقق من هذا الخطاب",
        "MEC/A6/2026/0017",
        "https://registry.example.gov/proof/1733",
        &data.proof.root,
    ] {
        assert!(read.contains(&plain(part)), "{part}\n{read}");
    }
}

#[tokio::test]
async fn an_arabic_letter_begins_at_the_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.pdf");
    let data = LetterData::sample();
    let mut places = Vec::new();
    for language in ["ar", "en"] {
        let presets = Letters::presets();
        let made = make(&presets, "authorisation", language, &data);
        fs::write(&path, made.await.unwrap().bytes).unwrap();
        let Ok(read) = Command::new("pdftotext")
            .arg("-bbox")
            .arg(&path)
            .arg("-")
            .output()
        else {
            println!("skipped: pdftotext is not installed");
            return;
        };
        let read = String::from_utf8_lossy(&read.stdout).into_owned();
        let line = read.lines().find(|it| it.contains("MEC/A6/2026/0017"));
        let at = line.unwrap().split("xMin=\"").nth(1).unwrap();
        places.push(at.split('"').next().unwrap().parse::<f64>().unwrap());
    }
    // The reference stands across from the addressee: left where the addressee is at the right of an A4 page, 595 points wide.
    assert!(places[0] < 200.0 && places[1] > 300.0, "{places:?}");
}

#[tokio::test]
async fn data_is_never_read_as_a_template() {
    let hostile = [
        "#panic(\"got in\")",
        "#read(\"data.json\") #it.country",
        "*bold* _it_ $x^2$ `raw` <label> @ref [content] // comment /* block",
        "\\u{41} \\ = Heading - list + enum ~ --- ...",
        "\"); panic(\"x",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} abc \u{202e}evil",
    ];
    for bad in hostile {
        let mut data = LetterData::sample();
        data.country = bad.to_owned();
        data.ministry = bad.to_owned();
        data.reference = bad.to_owned();
        data.addressee.name = bad.to_owned();
        data.addressee.lines = vec![bad.to_owned()];
        data.project.as_mut().unwrap().title = bad.to_owned();
        data.details[0].name = bad.to_owned();
        data.details[0].value = bad.to_owned();
        data.reasons = vec![bad.to_owned()];
        data.signatory.role = bad.to_owned();
        data.proof.origin = bad.to_owned();
        let made = make(&Letters::presets(), "rejection", "en", &data).await;
        assert!(made.is_ok(), "{bad}: {made:?}");
        if bad.is_ascii() {
            let found = text("rejection", "en", &data);
            let times = found.matches(&plain(bad)).count();
            assert!(times >= 9, "{times} {bad}\n{found}");
        }
    }
    let mut data = LetterData::sample();
    data.details[0].value = "word ".repeat(2000);
    data.addressee.name = "x".repeat(10_000);
    make(&Letters::presets(), "issuance", "en", &data)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_mistake_in_a_template_is_told_with_file_line_and_column() {
    let found =
        faults("#import \"letterhead.typ\": letter\n#show: letter\n\nText #nothing here.\n").await;
    assert_eq!(found[0].file, "authorisation.typ");
    assert_eq!(found[0].place, Some((4, 7)));
    let shown = LetterError::Template(found).to_string();
    assert!(
        shown.starts_with("authorisation.typ, line 4, column 7: unknown variable: nothing"),
        "{shown}"
    );
    let found = faults("= Title\n#let x = (1,\n").await;
    assert_eq!(found[0].place.unwrap().0, 2);
}

#[tokio::test]
async fn a_template_reaches_nothing_outside_its_folder() {
    for reach in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../../../etc/passwd\")",
        "#read(\"../config.toml\")",
        "#include \"/etc/passwd\"",
        "#image(\"https://example.org/a.png\")",
        "#import \"@preview/tablex:0.0.8\": *",
        "#plugin(\"a.wasm\")",
        "#datetime.today()",
    ] {
        let found = faults(&format!("Line one\n{reach}\n")).await;
        assert_eq!(found[0].place.unwrap().0, 2, "{reach}");
        assert!(!format!("{found:?}").contains("root:"), "{reach}");
    }
    // A link in the folder leads nowhere either.
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("secret.svg")).unwrap();
    fs::write(folder.path().join("issuance.typ"), "#read(\"secret.svg\")").unwrap();
    let letters = Letters::new(folder.path().to_owned());
    let made = make(&letters, "issuance", "en", &LetterData::sample()).await;
    assert!(matches!(made, Err(LetterError::Template(_))), "{made:?}");
}

#[tokio::test]
async fn a_country_changes_one_file_and_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let letters = Letters::new(folder.path().to_owned());
    let data = LetterData::sample();
    let before = make(&letters, "issuance", "en", &data).await.unwrap();
    write(
        "logo.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9v9z\"/></svg>",
    );
    let with_logo = make(&letters, "issuance", "en", &data).await.unwrap();
    assert_ne!(before.sha256, with_logo.sha256);
    write(
        "en/issuance.typ",
        "#import \"letterhead.typ\": letter\n#show: letter.with(title: \"Ours\")\nShort.",
    );
    let ours = make(&letters, "issuance", "en", &data).await.unwrap();
    assert_ne!(ours.sha256, with_logo.sha256);
    let french = make(&letters, "issuance", "fr", &data).await;
    assert!(french.is_ok(), "{french:?}");
    // A language of its own: words and one letter.
    let nowhere = make(&letters, "issuance", "sw", &data).await;
    assert!(matches!(nowhere, Err(LetterError::Language { .. })));
    let words = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/letters/presets/en/words.typ"),
    );
    write(
        "sw/words.typ",
        &words.unwrap().replace("Reference", "Kumbukumbu"),
    );
    write(
        "sw/issuance.typ",
        "#import \"letterhead.typ\": letter\n#show: letter.with(title: \"Barua\")\nHabari.",
    );
    make(&letters, "issuance", "sw", &data).await.unwrap();
}

#[tokio::test]
async fn a_letter_of_the_process_without_a_template_prints_its_title_and_details() {
    let mut data = LetterData::sample();
    data.title = "Attestation d'éligibilité".to_owned();
    make(&Letters::presets(), "eligibility", "fr", &data)
        .await
        .unwrap();
    let found = text("eligibility", "fr", &data);
    assert!(
        found.contains("Attestationd'éligibilité") && found.contains("EX-1-20000"),
        "{found}"
    );
}

#[tokio::test]
async fn a_sign_that_no_font_has_is_told_and_a_font_can_be_added() {
    let mut data = LetterData::sample();
    data.addressee.name = "国".to_owned();
    let made = make(&Letters::presets(), "issuance", "en", &data).await;
    let shown = made.unwrap_err().to_string();
    assert!(shown.contains('国') && shown.contains("font"), "{shown}");
}

#[tokio::test]
async fn size_time_and_number_have_limits() {
    let data = LetterData::sample();
    let larger = LetterData {
        reasons: vec!["x".repeat(LETTER_DATA_BYTES_MAX)],
        ..data.clone()
    };
    let too_large = make(&Letters::presets(), "rejection", "en", &larger).await;
    assert!(matches!(too_large, Err(LetterError::Data(_))));
    let folder = tempfile::tempdir().unwrap();
    let pages = "#pagebreak()\n".repeat(LETTER_PAGES_MAX);
    fs::write(folder.path().join("issuance.typ"), pages).unwrap();
    let long = make(
        &Letters::new(folder.path().to_owned()),
        "issuance",
        "en",
        &data,
    )
    .await;
    assert!(
        matches!(long, Err(LetterError::TooLong { pages: 21 })),
        "{long:?}"
    );
    for date in ["2026-02-30", "23.11.2026", "2026-1-23", "+026-11-23", ""] {
        let wrong = LetterData {
            date: date.to_owned(),
            ..LetterData::sample()
        };
        let made = make(&Letters::presets(), "issuance", "en", &wrong).await;
        assert!(matches!(made, Err(LetterError::Data(_))), "{date}");
    }
    let letters = Letters {
        wait: Duration::from_millis(20),
        ..Letters::presets()
    };
    let turn = || async { letters.turns.clone().acquire_owned().await.unwrap() };
    let slow = compile::on_a_thread(turn().await, Duration::from_millis(20), || {
        std::thread::sleep(Duration::from_secs(2));
        Err(LetterError::Busy)
    });
    assert!(matches!(slow.await, Err(LetterError::TooSlow)));
    let broken = compile::on_a_thread(turn().await, Duration::from_secs(5), || panic!("a defect"));
    assert!(matches!(broken.await, Err(LetterError::Defect)));
    let _second = turn().await;
    // The slow one keeps its turn until it ends.
    let full = make(&letters, "issuance", "en", &LetterData::sample()).await;
    assert!(matches!(full, Err(LetterError::Busy)));
}

#[test]
fn ids_and_languages_cannot_be_paths() {
    for bad in [
        "",
        "../x",
        "a/b",
        "A",
        "a.typ",
        "-a",
        "a b",
        &"a".repeat(49),
    ] {
        assert!(bad.parse::<LetterId>().is_err(), "{bad}");
        assert!(bad == "A" || bad.parse::<Language>().is_err(), "{bad}");
    }
    assert_eq!("pt-BR".parse::<Language>().unwrap().as_str(), "pt-br");
}
