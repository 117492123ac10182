//! The pages: what everybody may see of the registry, and the workspaces of those who are signed in.
//!
//! Thin, as HTTP is: a handler reads a request, asks [`App`], fills in a template. Every page works without a script, in
//! every language, and loads nothing from elsewhere. A page lies at a path without a language, which is the one to cite, and
//! there it is in the language that the browser asks for; below `/en`, `/fr`, `/es`, `/pt` and `/ar` it is in that one.

mod accounting;
mod answer;
mod assets;
mod badges;
mod charts;
mod cooperation;
mod custody;
mod data;
mod entries;
mod error;
mod federation;
mod format;
mod guidance;
mod home;
mod language;
mod letters;
mod list;
mod live;
mod look;
mod map;
mod mirrored;
mod ndc;
mod notices;
mod organisations;
mod page;
mod projects;
mod ranges;
mod reports;
mod retirements;
mod search;
mod statistics;
mod transfers;
mod transparency;
mod units;
mod verify;
mod words;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get};
use axum::{Extension, Router};
use countersign_protocol::record::Genesis;

use crate::app::{App, AppError};
use crate::http::{Places, Rates};
use assets::Assets;
use language::Language;
use page::Prefix;
use reports::WorkbookSums;

pub(crate) use error::{ErrorPages, Wrong};
pub(crate) use format::machine;
pub(crate) use list::harmless;
pub use look::{Colour, ColourError, LOGO_BYTES_MAX, Logo, Look, Wording};
pub(crate) use work::shown_secret;

/// What every page is made with.
pub(crate) struct Site {
    app: App,
    genesis: Genesis,
    look: Look,
    assets: Assets,
    rates: Arc<Rates>,
    streams: Arc<Places>,
    lookout: live::Lookout,
    workbooks: WorkbookSums,
    behind_proxy: bool,
    is_sandbox: bool,
}

/// What the pages stand on.
pub(crate) struct SiteParts {
    pub(crate) app: App,
    pub(crate) look: Look,
    /// Where it is noted that a secret opened something.
    pub(crate) rates: Arc<Rates>,
    /// Places for those who stay to hear of changes.
    pub(crate) streams: Arc<Places>,
    /// Whether a proxy on this machine names the clients.
    pub(crate) behind_proxy: bool,
    /// Whether nothing here counts.
    pub(crate) is_sandbox: bool,
}

/// Codes of the languages of the pages.
pub const LANGUAGES: [&str; 5] = ["en", "fr", "es", "pt", "ar"];

/// Shared by all pages.
type Shared = Arc<Site>;

impl Site {
    pub(crate) fn new(parts: SiteParts) -> Result<Self, AppError> {
        let SiteParts {
            app,
            look,
            rates,
            streams,
            behind_proxy,
            is_sandbox,
        } = parts;
        Ok(Self {
            genesis: app.genesis()?,
            assets: Assets::new(&look),
            app,
            look,
            rates,
            streams,
            lookout: live::Lookout::default(),
            workbooks: WorkbookSums::default(),
            behind_proxy,
            is_sandbox,
        })
    }

    /// Whether people reach the pages over TLS, as the configuration says.
    fn is_secure(&self) -> bool {
        let url = self.look.public_url.as_deref();
        url.is_some_and(|url| url.starts_with("https://"))
    }
}

/// The paths of the pages without a language, in the order of the navigation.
fn table() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/", get(home::show)),
        ("/search", get(search::show)),
        ("/projects", get(projects::list)),
        ("/projects/{number}", get(projects::show)),
        ("/projects/{number}/units", get(ranges::list)),
        ("/map", get(map::show)),
        ("/units", get(units::ask)),
        ("/units/{name}", get(units::show)),
        ("/units/{name}/history", get(custody::list)),
        ("/retirements", get(retirements::list)),
        ("/retirements/{leaf}", get(retirements::show)),
        (
            "/retirements/{leaf}/certificate",
            get(retirements::certificate),
        ),
        (
            "/retirements/{leaf}/certificate.pdf",
            get(retirements::certificate_file),
        ),
        ("/transfers", get(transfers::list)),
        ("/transfers/{id}", get(transfers::show)),
        ("/cooperation", get(cooperation::list)),
        ("/cooperation/{approach}", get(cooperation::show)),
        (
            "/authorisations/{party}/{id}",
            get(cooperation::authorisation),
        ),
        ("/notices", get(notices::list)),
        ("/notices/{leaf}", get(notices::show)),
        ("/letters", get(letters::list)),
        ("/letters/{sha256}", get(letters::show)),
        ("/organisations", get(organisations::list)),
        ("/organisations/{id}", get(organisations::show)),
        ("/accounting", get(accounting::show)),
        ("/accounting/{file}", get(accounting::file)),
        ("/accounting/reports/{sha256}", get(reports::show)),
        ("/accounting/reports/{sha256}/{format}", get(reports::file)),
        ("/statistics", get(statistics::show)),
        ("/statistics/{file}", get(statistics::file)),
        ("/data", get(data::show)),
        ("/data/{file}", get(data::file)),
        (
            "/verify",
            get(verify::ask)
                .post(verify::judge)
                .layer(DefaultBodyLimit::max(verify::FORM_BYTES_MAX)),
        ),
        ("/transparency", get(transparency::show)),
        ("/federation", get(federation::show)),
        ("/federation/{party}", get(mirrored::list)),
        ("/federation/{party}/{index}", get(mirrored::show)),
        ("/federation/{party}/{index}/proof", get(mirrored::bundle)),
        ("/entries", get(entries::list)),
        ("/entries/{index}", get(entries::show)),
        ("/entries/{index}/proof", get(entries::bundle)),
        ("/entries/{index}/credential", get(entries::credential)),
        ("/guidance", get(guidance::list)),
        ("/guidance/{topic}", get(guidance::show)),
    ]
}

/// The path of a page in a language.
fn full(prefix: Option<Language>, path: &str) -> String {
    match (prefix, path) {
        (None, path) => path.to_owned(),
        (Some(language), "/") => format!("/{language}"),
        (Some(language), path) => format!("/{language}{path}"),
    }
}

/// The pages and what they load.
pub(crate) fn router(site: Shared) -> Router {
    let mut router = Router::new();
    for prefix in std::iter::once(None).chain(Language::ALL.map(Some)) {
        let mut pages = Router::new();
        for (path, handler) in table().into_iter().chain(work::table()) {
            pages = pages.route(&full(prefix, path), handler);
        }
        router = router.merge(pages.layer(Extension(Prefix(prefix))));
    }
    for language in Language::ALL {
        // What people type.
        let bare = move || async move { answer::see_other(&format!("/{language}")) };
        router = router.route(&format!("/{language}/"), get(bare));
    }
    router
        .route("/assets/{name}", get(assets::show))
        .route(live::PATH, get(live::listen))
        .with_state(site)
}

/// Pages that list or count, which cost more than the others.
const HEAVY: [&str; 16] = [
    "/search",
    "/notices",
    "/letters",
    "/federation/{party}",
    "/projects",
    "/retirements",
    "/retirements/{leaf}/certificate.pdf",
    "/transfers",
    "/organisations",
    "/accounting",
    "/accounting/{file}",
    "/accounting/reports/{sha256}",
    "/accounting/reports/{sha256}/{format}",
    "/data/{file}",
    "/verify",
    "/federation",
];

/// Whether a route is one of the pages, and then whether it is one that costs more than the others.
pub(crate) fn cost(route: &str) -> Option<bool> {
    static ROUTES: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
        let prefixes = std::iter::once(None).chain(Language::ALL.map(Some));
        let of = |prefix| {
            let all = table().into_iter().chain(work::table());
            all.map(move |(path, _)| {
                let is_heavy = HEAVY.contains(&path) || work::HEAVY.contains(&path);
                (full(prefix, path), is_heavy)
            })
        };
        prefixes.flat_map(of).collect()
    });
    // Whoever listens holds a place, and pays for coming.
    let listens = (route == live::PATH).then_some(false);
    listens.or_else(|| ROUTES.get(route).copied())
}

/// Whether a route is one where people sign in or work.
pub(crate) fn is_workspace(route: &str) -> bool {
    static ROUTES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let prefixes = std::iter::once(None).chain(Language::ALL.map(Some));
        let of = |prefix| {
            work::table()
                .into_iter()
                .map(move |(path, _)| full(prefix, path))
        };
        prefixes.flat_map(of).collect()
    });
    ROUTES.contains(route)
}

#[cfg(test)]
mod tests {
    use super::{HEAVY, LANGUAGES, Language, cost, table};

    #[test]
    fn pages_are_paid_for_in_every_language_and_nothing_else_is_a_page() {
        for path in HEAVY {
            assert!(table().iter().any(|(known, _)| *known == path), "{path}");
            assert_eq!(cost(path), Some(true));
            assert_eq!(cost(&format!("/ar{path}")), Some(true));
        }
        assert_eq!(cost("/"), Some(false));
        assert_eq!(cost("/fr"), Some(false));
        assert_eq!(cost("/fr/projects/{number}"), Some(false));
        for other in [
            "/api/v1/projects",
            "/log/checkpoint",
            "/metrics",
            "/assets/{name}",
            "/de",
        ] {
            assert_eq!(cost(other), None, "{other}");
        }
    }

    /// Addresses that answer with a file.
    const FILES: [&str; 15] = [
        "/retirements/{leaf}/certificate.pdf",
        "/accounting/{file}",
        "/accounting/reports/{sha256}/{format}",
        "/statistics/{file}",
        "/data/{file}",
        "/entries/{index}/proof",
        "/entries/{index}/credential",
        "/federation/{party}/{index}/proof",
        "/work/documents/{id}",
        "/work/letters/{hash}",
        "/work/report/initial/{format}",
        "/work/report/kept/{sha256}/files/{format}",
        "/work/report/{year}/files/{format}",
        "/work/report/{year}/regular/{format}",
        "/work/batches/{root}/points.csv",
    ];

    /// The pages that the browser tests have read by axe-core, as their lists name them: `${…}` stands for one name.
    fn read_by_axe() -> Vec<String> {
        let lists = include_str!("../../../tests/browser/registry.mjs");
        let quoted = lists.split(['"', '`']).filter(|it| it.starts_with('/'));
        let path = |text: &str| {
            let text = text.split('?').next().unwrap_or_default();
            let mut path = String::new();
            for (at, part) in text.split("${").enumerate() {
                match (at, part.split_once('}')) {
                    (0, _) | (_, None) => path.push_str(part),
                    (_, Some((_, after))) => {
                        path.push('*');
                        path.push_str(after);
                    }
                }
            }
            path
        };
        quoted.map(path).chain(["/".to_owned()]).collect()
    }

    /// How many names of a route stand for whatever an address says there, if the address is one of the route.
    fn fits(route: &str, address: &str) -> Option<usize> {
        let (route, address) = (route.split('/'), address.split('/'));
        if route.clone().count() != address.clone().count() {
            return None;
        }
        let mut open = 0;
        for (name, given) in route.zip(address) {
            if name.starts_with('{') {
                open += 1;
            } else if name != given {
                return None;
            }
        }
        Some(open)
    }

    #[test]
    fn every_page_is_in_a_list_that_axe_reads() {
        let pages: Vec<_> = table().into_iter().chain(super::work::pages()).collect();
        let pages: Vec<_> = pages.iter().map(|(path, _)| *path).collect();
        let read = read_by_axe();
        let opened = |address: &String| {
            let fitting = pages
                .iter()
                .filter_map(|it| Some((fits(it, address)?, *it)));
            fitting.min().map(|(_, page)| page)
        };
        let opened: std::collections::BTreeSet<_> = read.iter().filter_map(opened).collect();
        for page in &pages {
            assert_eq!(!FILES.contains(page), opened.contains(page), "{page}");
        }
        for gone in &FILES {
            assert!(pages.contains(gone), "{gone} is no address any more");
        }
    }

    #[test]
    fn the_configuration_knows_the_languages_of_the_pages() {
        assert_eq!(LANGUAGES, Language::ALL.map(Language::code));
    }
}
