//! The world of a template, as Typst asks for it: the gathered files and the fonts. No clock, no network, no packages.

use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::error::LetterError;
use super::files::Files;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Vazirmatn, whose origin `fonts/README.md` tells.
const ARABIC: [&[u8]; 2] = [
    include_bytes!("fonts/Vazirmatn-Regular.ttf"),
    include_bytes!("fonts/Vazirmatn-Bold.ttf"),
];

/// The fonts of the program that letters use: Libertinus Serif, Vazirmatn for Arabic, DejaVu Sans Mono for hashes. All
/// may be embedded in documents and passed on (SIL Open Font License; Bitstream Vera).
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let fonts = typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes)));
    let wanted = ["Libertinus Serif", "DejaVu Sans Mono"];
    let arabic = ARABIC.into_iter();
    let arabic = arabic.flat_map(|bytes| Font::iter(Bytes::new(bytes)));
    fonts
        .filter(|font| wanted.contains(&font.info().family.as_str()))
        .chain(arabic)
        .collect()
});

pub(super) struct LetterWorld {
    main: FileId,
    files: HashMap<FileId, (Bytes, Option<Source>)>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl LetterWorld {
    pub(super) fn new(files: &Files) -> Result<Self, LetterError> {
        let own = files.fonts.iter().cloned();
        let own = own.flat_map(|bytes| Font::iter(Bytes::new(bytes)));
        let fonts: Vec<Font> = FONTS.iter().cloned().chain(own).collect();
        let mut known = HashMap::new();
        for (name, bytes) in &files.files {
            let id = id(name)?;
            let text = std::str::from_utf8(bytes).ok();
            let source = text
                .filter(|_| name.ends_with(".typ"))
                .map(|text| Source::new(id, text.to_owned()));
            known.insert(id, (Bytes::new(bytes.clone()), source));
        }
        Ok(Self {
            main: id(&files.main)?,
            files: known,
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        })
    }

    fn found(&self, id: FileId) -> FileResult<&(Bytes, Option<Source>)> {
        let found = self
            .files
            .get(&id)
            .filter(|_| *id.root() == VirtualRoot::Project);
        found.ok_or_else(|| {
            let name = id.vpath().get_without_slash();
            FileError::Other(Some(
                format!("a letter sees the files in its folder of letters only, and {name:?} is not there").into(),
            ))
        })
    }
}

/// The id of a file in the root of the template's world.
fn id(name: &str) -> Result<FileId, LetterError> {
    let path = VirtualPath::new(name);
    let path = path.map_err(|_| LetterError::Data(format!("{name:?} cannot be a file name")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for LetterWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let (_, source) = self.found(id)?;
        source.clone().ok_or(FileError::NotSource)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.found(id).map(|(bytes, _)| bytes.clone())
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    /// None: a letter has the day that its data says, so that making it again gives the same bytes.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
