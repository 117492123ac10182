//! A sound file beside the process in force: what differs, line by line, and every flow as it would be.

use std::collections::BTreeSet;

use countersign_protocol::workflow::Process;

use super::lines::{Line, compare};
use super::picture::{Marks, svg};
use super::show::{Said, steps};
use crate::app::{Became, Change, ListedProcess};
use crate::http::problem::ApiError;
use crate::web::Shared;
use crate::web::page::Page;

/// Lines of a comparison that one page shows.
const LINES_MAX: usize = 600;

/// A thing that differs, in words.
pub(super) struct Differs {
    pub(super) what: String,
    pub(super) flow: String,
    pub(super) id: String,
    pub(super) became: String,
    pub(super) colour: &'static str,
}

/// A line of the comparison: its number and text on either side.
pub(super) struct Side {
    pub(super) old: Option<(u64, String)>,
    pub(super) new: Option<(u64, String)>,
    pub(super) is_same: bool,
    pub(super) skipped: u64,
}

/// A flow of the new process.
pub(super) struct Drawn {
    pub(super) label: String,
    pub(super) picture: String,
    pub(super) steps: Vec<Said>,
    pub(super) is_changed: bool,
}

/// What a sound file says, and what differs from the process in force.
pub(super) struct Compared {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) hash: String,
    /// Whether it is the file in force, byte for byte.
    pub(super) is_in_force: bool,
    pub(super) differs: Vec<Differs>,
    pub(super) sides: Vec<Side>,
    pub(super) has_more: bool,
    pub(super) flows: Vec<Drawn>,
}

impl Compared {
    /// Sets a file, whose process was read and compared, beside the one in force.
    pub(super) fn of(
        site: &Shared,
        page: &Page,
        (process, text): (&Process, &str),
        in_force: Option<&ListedProcess>,
        changes: &[Change],
    ) -> Result<Self, ApiError> {
        let before = text_in_force(site, in_force)?;
        let lines = compare(&before, text);
        let language = page.language.code();
        let flows = process.flows.iter().map(|flow| {
            let changed = marks(changes, &flow.id);
            let is_whole = changes
                .iter()
                .any(|it| it.what == "flow" && it.id == flow.id);
            Drawn {
                label: flow.label.get(language).to_owned(),
                is_changed: !changed.is_empty() || is_whole,
                picture: svg(page, process, flow, &Marks { changed, now: None }),
                steps: steps(page, process, flow),
            }
        });
        Ok(Self {
            title: process.title.get(language).to_owned(),
            version: process.version.clone(),
            hash: hex::encode(process.content_hash()),
            is_in_force: !before.is_empty() && before == text,
            differs: changes.iter().map(|it| differs(page, it)).collect(),
            has_more: lines.len() > LINES_MAX,
            sides: lines.iter().take(LINES_MAX).map(side).collect(),
            flows: flows.collect(),
        })
    }
}

/// The text of the process in force, or none.
pub(super) fn text_in_force(
    site: &Shared,
    listed: Option<&ListedProcess>,
) -> Result<String, ApiError> {
    match listed {
        Some(it) => Ok(site.app.process_file(it.adopted.version)?),
        None => Ok(String::new()),
    }
}

/// Stages and steps of a flow that are new or changed, as pictures mark them.
fn marks(changes: &[Change], flow: &str) -> BTreeSet<String> {
    let of_flow = changes.iter().filter(|it| it.flow == flow);
    of_flow.map(|it| format!("{}.{}", it.what, it.id)).collect()
}

fn differs(page: &Page, it: &Change) -> Differs {
    Differs {
        what: page.word("process-thing", it.what),
        flow: it.flow.clone(),
        id: it.id.clone(),
        became: page.word("process-became", it.became.word()),
        colour: match it.became {
            Became::Added => "good",
            Became::Removed => "bad",
            Became::Changed => "info",
        },
    }
}

fn side(it: &Line<'_>) -> Side {
    let number = |at: usize, text: &str| {
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        Some((at, text.to_owned()))
    };
    let (old, new, is_same, skipped) = match it {
        Line::Same(a, b, text) => (number(*a, text), number(*b, text), true, 0),
        Line::Gone(at, text) => (number(*at, text), None, false, 0),
        Line::New(at, text) => (None, number(*at, text), false, 0),
        Line::Skipped(count) => (None, None, true, *count),
    };
    Side {
        old,
        new,
        is_same,
        skipped: u64::try_from(skipped).unwrap_or(u64::MAX),
    }
}
