//! What every page knows: its language, where it is, whose registry it belongs to, and from which leaf its facts are.

use std::convert::Infallible;
use std::fmt::Display;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::serial::SectoralScope;

use super::assets::takes_brotli;
use super::language::Language;
use super::work::{AskedBy, RENEWAL, Reader, page_of};
use super::{Shared, format, words};

/// The language that the path of a page names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix(pub(super) Option<Language>);

/// Pages under one heading at the foot of every page: each by its word and its path.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

/// A value, or a reference to one: templates hand over both.
pub(super) trait Given<T> {
    /// The value.
    fn given(self) -> T;
}

impl<T: Copy> Given<T> for T {
    fn given(self) -> T {
        self
    }
}

impl<T: Copy> Given<T> for &T {
    fn given(self) -> T {
        *self
    }
}

impl<T: Copy> Given<T> for &&T {
    fn given(self) -> T {
        **self
    }
}

/// What every page knows.
pub(super) struct Page {
    pub(super) site: Shared,
    pub(super) language: Language,
    prefix: Option<Language>,
    /// The path below the language, with the query.
    place: String,
    known_tags: Vec<String>,
    pub(super) takes_brotli: bool,
    /// Whoever is signed in.
    pub(super) reader: Option<Reader>,
    /// The part of the registry that is open in the navigation.
    pub(super) section: &'static str,
    /// The same by the API: a method and a path.
    pub(super) api: Option<String>,
    /// The same on the command line.
    pub(super) command: Option<String>,
}

impl FromRequestParts<Shared> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Shared) -> Result<Self, Infallible> {
        let mut page = Self::of(parts, site);
        let asked_by = AskedBy::of(&parts.method, &parts.uri);
        page.reader = Reader::of(site, &parts.headers, asked_by).await;
        Ok(page)
    }
}

impl Page {
    /// The page that a request asks for, for a reader who is nobody yet.
    pub(super) fn of(parts: &Parts, site: &Shared) -> Self {
        let prefix = parts.extensions.get::<Prefix>().and_then(|it| it.0);
        let path = parts.uri.path_and_query().map_or("/", |it| it.as_str());
        Self::new(site, prefix, path, &parts.headers)
    }

    pub(super) fn new(
        site: &Shared,
        prefix: Option<Language>,
        path: &str,
        headers: &HeaderMap,
    ) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let wished = || Language::negotiate(text(header::ACCEPT_LANGUAGE).unwrap_or_default());
        let below = prefix.and_then(|language| {
            let rest = path.strip_prefix('/')?.strip_prefix(language.code())?;
            Some(if rest.starts_with('/') {
                rest.to_owned()
            } else {
                format!("/{rest}")
            })
        });
        let known = text(header::IF_NONE_MATCH).unwrap_or_default();
        let known = known.split(',').map(|it| it.trim());
        Self {
            site: Arc::clone(site),
            language: prefix.unwrap_or_else(wished),
            prefix,
            place: below.unwrap_or_else(|| path.to_owned()),
            known_tags: known
                .map(|it| it.strip_prefix("W/").unwrap_or(it).to_owned())
                .collect(),
            takes_brotli: takes_brotli(headers),
            reader: None,
            section: "",
            api: None,
            command: None,
        }
    }

    /// Says which part of the registry is open, and how programs do the same: a path of the API, with the method before it where
    /// that is not `GET`, and a command.
    pub(super) fn about(mut self, section: &'static str, api: &str, command: &str) -> Self {
        self.section = section;
        let (method, path) = match api.split_once(' ') {
            Some((method, path)) if !method.starts_with('/') => (method, path),
            _ => ("GET", api),
        };
        self.api = Some(format!("{method} /api/v1{path}"));
        self.command = Some(command.to_owned());
        self
    }

    pub(super) fn knows(&self, tag: &str) -> bool {
        self.known_tags.iter().any(|it| it == tag)
    }

    pub(super) const fn varies(&self) -> &'static str {
        match self.prefix {
            Some(_) => "Accept-Encoding, Cookie",
            None => "Accept-Encoding, Accept-Language, Cookie",
        }
    }

    // ---- words ---------------------------------------------------------------------------------------------------------

    /// A text.
    pub(super) fn t(&self, key: &str) -> String {
        words::text(self.language, key, &[])
    }

    /// A text with one value.
    pub(super) fn t1(&self, key: &str, name: &str, value: impl Display) -> String {
        words::text(self.language, key, &[(name, &value.to_string())])
    }

    /// A text with two values.
    pub(super) fn t2(
        &self,
        key: &str,
        one: &str,
        first: impl Display,
        other: &str,
        second: impl Display,
    ) -> String {
        let (first, second) = (first.to_string(), second.to_string());
        words::text(self.language, key, &[(one, &first), (other, &second)])
    }

    /// A text in the form that goes with a number.
    pub(super) fn counted(&self, key: &str, count: impl Given<u64>) -> String {
        let count = count.given();
        words::counted(self.language, key, count, &self.n(count))
    }

    /// The word for one of a closed list of things; the thing's own name where it is not one of them.
    pub(super) fn word(&self, list: &str, thing: &str) -> String {
        let key = format!("{list}-{}", thing.to_ascii_lowercase().replace('_', "-"));
        words::find(self.language, &key, &[]).unwrap_or_else(|| thing.replace('_', " "))
    }

    /// What a country is called.
    pub(super) fn country(&self, party: impl Given<Party>) -> String {
        let party = party.given();
        let named = words::country(self.language, &party.to_string());
        named.unwrap_or_else(|| party.name()).to_owned()
    }

    /// What a sectoral scope is called.
    pub(super) fn scope(&self, scope: impl Given<SectoralScope>) -> String {
        self.t(&format!("scope-{}", scope.given().number()))
    }

    /// What an organisation is called.
    pub(super) fn organisation(&self, id: impl Given<OrganisationId>) -> String {
        self.site.app.organisation_name(id.given())
    }

    // ---- numbers and dates ----------------------------------------------------------------------------------------------

    /// A whole number.
    pub(super) fn n(&self, value: impl Given<u64>) -> String {
        format::number(self.language, value.given())
    }

    /// Tonnes, with their unit.
    pub(super) fn tonnes(&self, value: impl Given<u64>) -> String {
        self.t1("tonnes", "tonnes", self.n(value))
    }

    /// A year.
    pub(super) fn year(&self, year: impl Given<u16>) -> String {
        format::plain(self.language, u64::from(year.given()))
    }

    /// A number that is a name, such as that of a project.
    pub(super) fn plain(&self, number: impl Given<u64>) -> String {
        format::plain(self.language, number.given())
    }

    /// A day.
    pub(super) fn day(&self, day: impl Given<Day>) -> String {
        format::day(self.language, day.given())
    }

    /// The day of a moment.
    pub(super) fn day_of(&self, ms: impl Given<u64>) -> String {
        format::day_of(self.language, ms.given())
    }

    /// A moment.
    pub(super) fn moment(&self, ms: impl Given<u64>) -> String {
        format::moment(self.language, ms.given())
    }

    /// A moment for programs.
    pub(super) fn machine(&self, ms: impl Given<u64>) -> String {
        format::machine(ms.given())
    }

    /// How long ago a moment is.
    pub(super) fn ago(&self, ms: impl Given<u64>) -> String {
        format::ago(self.language, self.site.app.now_ms(), ms.given())
    }

    /// Whether nothing here counts.
    pub(super) fn is_sandbox(&self) -> bool {
        self.site.is_sandbox
    }

    /// What time it is.
    pub(super) fn now_ms(&self) -> u64 {
        self.site.app.now_ms()
    }

    /// A size.
    pub(super) fn size(&self, bytes: impl Given<u64>) -> String {
        format::bytes(self.language, bytes.given())
    }

    // ---- places ---------------------------------------------------------------------------------------------------------

    /// The path of another page in the same language.
    pub(super) fn to(&self, path: &str) -> String {
        match self.prefix {
            None => path.to_owned(),
            // What programs read has no language.
            Some(_) if path.starts_with("/api/") => path.to_owned(),
            Some(language) if path == "/" => format!("/{language}"),
            Some(language) => format!("/{language}{path}"),
        }
    }

    /// The path by which a page renews itself.
    pub(super) fn renewal(&self, path: &str) -> String {
        format!("{}?{RENEWAL}", self.to(path))
    }

    /// The path of something with a name.
    pub(super) fn at(&self, folder: &str, name: impl Display) -> String {
        self.to(&format!(
            "/{folder}/{}",
            crate::http::percent::encoded(&name.to_string())
        ))
    }

    /// Where this page is, below its language.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The secret of this page's forms; empty for a reader who is not signed in.
    pub(super) fn token(&self) -> String {
        let reader = self.reader.as_ref();
        reader.map(Reader::token).unwrap_or_default()
    }

    /// Pages that the reader's role opens: the word and the path of each.
    pub(super) fn opens(&self) -> &[(&'static str, &'static str)] {
        self.reader.as_ref().map_or(&[], |it| it.opens.as_slice())
    }

    /// The address of signing in, from which the way leads back here.
    pub(super) fn sign_in(&self) -> String {
        self.to("/sign-in")
    }

    /// The inbox as the head of a page shows it.
    pub(super) fn waiting(&self) -> String {
        let waiting = self.reader.as_ref().and_then(|it| it.waiting);
        match waiting {
            Some(count) if count > 0 => self.n(count),
            _ => String::new(),
        }
    }

    /// This page in every language: the language, its path, and whether it is the one that is shown. What answers a form that was
    /// sent to an address without a page is the page of the form.
    pub(super) fn languages(&self) -> Vec<(Language, String, bool)> {
        let sent_to = self.place.split('?').next().unwrap_or_default();
        let of_form = page_of(sent_to);
        let place = of_form.as_ref().unwrap_or(&self.place);
        let path = |language: Language| match place.as_str() {
            "/" => format!("/{language}"),
            place if place.starts_with("/?") => format!("/{language}{}", &place[1..]),
            place => format!("/{language}{place}"),
        };
        let all = Language::ALL.into_iter();
        all.map(|it| (it, path(it), it == self.language)).collect()
    }

    /// The parts of the registry at the top of every page, with their paths.
    pub(super) const fn sections(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("projects", "/projects"),
            ("retirements", "/retirements"),
            ("transfers", "/transfers"),
            ("cooperation", "/cooperation"),
            ("accounting", "/accounting"),
            ("statistics", "/statistics"),
            ("verify", "/verify"),
            ("transparency", "/transparency"),
        ]
    }

    /// Every part of the registry, at the foot of every page.
    pub(super) const fn menu(&self) -> &'static [Group] {
        &[
            (
                "registry",
                &[
                    ("projects", "/projects"),
                    ("map", "/map"),
                    ("units", "/units"),
                    ("retirements", "/retirements"),
                    ("organisations", "/organisations"),
                ],
            ),
            (
                "article6",
                &[
                    ("transfers", "/transfers"),
                    ("cooperation", "/cooperation"),
                    ("accounting", "/accounting"),
                    ("notices", "/notices"),
                    ("statistics", "/statistics"),
                ],
            ),
            (
                "proof",
                &[
                    ("verify", "/verify"),
                    ("transparency", "/transparency"),
                    ("federation", "/federation"),
                    ("entries", "/entries"),
                    ("letters", "/letters"),
                ],
            ),
            (
                "use",
                &[
                    ("guidance", "/guidance"),
                    ("data", "/data"),
                    ("api", "/api/v1/docs"),
                ],
            ),
        ]
    }

    /// Whether a part of the registry is open.
    pub(super) fn is_in(&self, section: &str) -> bool {
        self.section == section
    }

    pub(super) fn style_path(&self) -> String {
        self.site.assets.style.path()
    }

    pub(super) fn script_path(&self) -> String {
        self.site.assets.script.path()
    }

    pub(super) fn passkeys_path(&self) -> String {
        self.site.assets.passkeys.path()
    }

    pub(super) fn icon_path(&self) -> String {
        self.site.assets.icon.path()
    }

    pub(super) fn logo_path(&self) -> Option<String> {
        self.site.assets.logo.as_ref().map(|it| it.path())
    }

    // ---- the registry ---------------------------------------------------------------------------------------------------

    /// The name at the top of every page.
    pub(super) fn title(&self) -> String {
        let own = self.site.look.title.get(self.language);
        own.map_or_else(
            || {
                self.t1(
                    "site-title",
                    "country",
                    self.country(self.site.genesis.party),
                )
            },
            str::to_owned,
        )
    }

    /// Who keeps the registry.
    pub(super) fn authority(&self) -> String {
        let own = self.site.look.authority.get(self.language);
        own.map_or_else(|| self.site.genesis.name.to_string(), str::to_owned)
    }

    pub(super) fn contact(&self) -> Option<&str> {
        self.site.look.contact.get(self.language)
    }

    pub(super) fn welcome(&self) -> Option<&str> {
        self.site.look.welcome.get(self.language)
    }

    /// Leaves of the ledger now.
    pub(super) fn entries(&self) -> u64 {
        self.site.app.size()
    }

    /// The newest entry, by which the facts of a page can be checked.
    pub(super) fn newest(&self) -> u64 {
        self.entries().saturating_sub(1)
    }

    /// The version of the program.
    pub(super) fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
