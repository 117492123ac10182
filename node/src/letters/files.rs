//! The files that a template sees: presets, the country's own, the data and the code. Nothing else exists for it.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::json;

use super::data::{LETTER_DATA_BYTES_MAX, Language, LetterData, LetterId};
use super::error::LetterError;
use super::qr;
use crate::ops::files::{self, FileFault, Privacy};

/// The name of the country's folder of letters in a data folder.
pub const LETTERS_FOLDER: &str = "letters";
/// The most files of the country for one language, fonts included.
pub const LETTER_FILES_MAX: usize = 64;
/// The largest file of the country, in bytes.
pub const LETTER_FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

const FONTS_FOLDER: &str = "fonts";
const FONTS: &[&str] = &["ttf", "otf", "ttc"];
const READABLE: &[&str] = &["typ", "svg", "png", "jpg", "jpeg"];
/// The first that is there is the logo.
const LOGOS: &[&str] = &["logo.svg", "logo.png", "logo.jpg", "logo.jpeg"];
const FRAME: &str = "letterhead.typ";
const FRAME_TEXT: &str = include_str!("presets/letterhead.typ");
const WORDS: &str = "words.typ";
const GENERAL: &str = "general.typ";

macro_rules! presets {
    ($($language:literal: $($name:literal),+;)+) => {
        /// Language, name, text.
        const PRESETS: &[(&str, &str, &str)] = &[
            $($(($language, $name, include_str!(concat!("presets/", $language, "/", $name))),)+)+
        ];
    };
}

presets! {
    "en": "words.typ", "no-objection.typ", "authorisation.typ", "registration.typ", "issuance.typ", "cancellation.typ",
        "rejection.typ", "general.typ", "retirement-certificate.typ", "cancellation-certificate.typ";
    "fr": "words.typ", "no-objection.typ", "authorisation.typ", "registration.typ", "issuance.typ", "cancellation.typ",
        "rejection.typ", "general.typ", "retirement-certificate.typ", "cancellation-certificate.typ";
    "es": "words.typ", "no-objection.typ", "authorisation.typ", "registration.typ", "issuance.typ", "cancellation.typ",
        "rejection.typ", "general.typ", "retirement-certificate.typ", "cancellation-certificate.typ";
    "pt": "words.typ", "no-objection.typ", "authorisation.typ", "registration.typ", "issuance.typ", "cancellation.typ",
        "rejection.typ", "general.typ", "retirement-certificate.typ", "cancellation-certificate.typ";
    "ar": "words.typ", "no-objection.typ", "authorisation.typ", "registration.typ", "issuance.typ", "cancellation.typ",
        "rejection.typ", "general.typ", "retirement-certificate.typ", "cancellation-certificate.typ";
}

/// A template of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// The name of its file.
    pub name: &'static str,
    /// What stands in it.
    pub text: &'static str,
    /// Whether it is for all languages: then it lies in the folder of letters itself, else in the one of the language.
    pub is_for_all: bool,
}

/// The program's templates of a language, with those for all; none when the program does not have the language.
pub fn presets(language: &Language) -> impl Iterator<Item = Preset> + use<> {
    let language = language.as_str().to_owned();
    let of = PRESETS.iter().filter(move |(of, _, _)| *of == language);
    let own = of.map(|(_, name, text)| Preset {
        name,
        text,
        is_for_all: false,
    });
    let frame = Preset {
        name: FRAME,
        text: FRAME_TEXT,
        is_for_all: true,
    };
    let mut own = own.peekable();
    let frame = own.peek().map(|_| frame);
    own.chain(frame)
}

/// What a template sees.
pub(super) struct Files {
    /// The name of the file that is the letter.
    pub(super) main: String,
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The country's fonts.
    pub(super) fonts: Vec<Vec<u8>>,
}

impl Files {
    /// Gathers the files of a letter: a file for the language goes before one for all, the country's before a preset.
    pub(super) fn gather(
        folder: Option<&Path>,
        letter: &LetterId,
        language: &Language,
        data: &LetterData,
    ) -> Result<Self, LetterError> {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        files.insert(FRAME.to_owned(), FRAME_TEXT.into());
        for preset in presets(language) {
            files.insert(preset.name.to_owned(), preset.text.into());
        }
        let mut fonts = Vec::new();
        if let Some(folder) = folder {
            files.extend(read_folder(folder, READABLE)?);
            files.extend(read_folder(&folder.join(language.as_str()), READABLE)?);
            fonts.extend(read_folder(&folder.join(FONTS_FOLDER), FONTS)?.into_values());
        }
        let own = format!("{letter}.typ");
        let main = if files.contains_key(&own) {
            own
        } else {
            GENERAL.to_owned()
        };
        if !files.contains_key(WORDS) || !files.contains_key(&main) {
            let language = language.clone();
            return Err(LetterError::Language { language });
        }
        let logo = LOGOS.iter().find(|name| files.contains_key(**name));
        let printed = printed(data, letter, language, logo.copied())?;
        files.insert("data.json".to_owned(), printed);
        files.insert(
            "qr.svg".to_owned(),
            qr::svg(&data.proof.verify_url)?.into_bytes(),
        );
        Ok(Self { main, files, fonts })
    }
}

/// The data as templates see it.
fn printed(
    data: &LetterData,
    letter: &LetterId,
    language: &Language,
    logo: Option<&str>,
) -> Result<Vec<u8>, LetterError> {
    let unusable = |error: serde_json::Error| LetterError::Data(error.to_string());
    let mut value = serde_json::to_value(data).map_err(unusable)?;
    value["language"] = json!(language.as_str());
    value["letter"] = json!(letter.as_str());
    value["logo"] = json!(logo);
    let bytes = serde_json::to_vec(&value).map_err(unusable)?;
    if bytes.len() > LETTER_DATA_BYTES_MAX {
        let why = format!(
            "it has {} bytes; it may have {LETTER_DATA_BYTES_MAX}",
            bytes.len()
        );
        return Err(LetterError::Data(why));
    }
    Ok(bytes)
}

/// The files of a folder with one of these extensions, by name; an absent folder has none. Links are not followed.
fn read_folder(
    folder: &Path,
    extensions: &[&str],
) -> Result<BTreeMap<String, Vec<u8>>, LetterError> {
    let fault = |source| FileFault::Io {
        doing: "list the folder",
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other.map_err(fault)?,
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let entry = entry.map_err(fault)?;
        let is_file = entry.file_type().map_err(fault)?.is_file();
        let Some(name) = wanted(&entry.path(), extensions).filter(|_| is_file) else {
            continue;
        };
        if found.len() == LETTER_FILES_MAX {
            let max = LETTER_FILES_MAX;
            return Err(LetterError::TooManyFiles { max });
        }
        let bytes = files::read(&entry.path(), LETTER_FILE_BYTES_MAX, Privacy::Public)?;
        found.insert(name, bytes.to_vec());
    }
    Ok(found)
}

fn wanted(path: &Path, extensions: &[&str]) -> Option<String> {
    let extension = path.extension()?.to_str()?;
    let name = path.file_name()?.to_str()?;
    let is_wanted = extensions.contains(&extension) && !name.starts_with('.');
    is_wanted.then(|| name.to_owned())
}
