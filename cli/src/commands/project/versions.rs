//! The forms of a project, version by version.

use clap::Args;
use countersign_node::http::dto::{FormDiffView, FormVersionView, ProjectView};
use serde_json::Value;

use super::super::organisation::ListArgs;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment};

/// Which project: by its number, or by its case while it has none.
#[derive(Args, Debug)]
struct Which {
    /// The project, by its number
    #[arg(required_unless_present = "case")]
    number: Option<u32>,
    /// By the number of its case, which it has before it is registered
    #[arg(long, value_name = "N", conflicts_with = "number")]
    case: Option<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct VersionsArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    which: Which,
    /// The older version; the one of the same form before the newer when it is not named
    #[arg(long, value_name = "VERSION")]
    from: Option<u64>,
    /// The newer version; the last when it is not named
    #[arg(long, value_name = "VERSION")]
    to: Option<u64>,
    /// The language of labels
    #[arg(long, default_value = "en")]
    language: String,
}

impl Which {
    fn case(&self, session: &Session) -> Outcome<u64> {
        if let Some(case) = self.case {
            return Ok(case);
        }
        let number = self.number.unwrap_or_default();
        let found: ProjectView = session.client()?.get(&format!("projects/{number}"), &[])?;
        found.case.ok_or_else(|| {
            Failure::validation(format_args!(
                "project {number} was registered without a process: no forms were handed in"
            ))
        })
    }
}

impl VersionsArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let path = format!("cases/{}/versions", self.which.case(session)?);
        let found: Vec<FormVersionView> = session.client()?.list(&path, &[], self.list.limit)?;
        session.out().show(&found, |found| table(found))
    }
}

impl DiffArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let path = format!("cases/{}/diff", self.which.case(session)?);
        let mut query = vec![("language", self.language)];
        query.extend(self.from.map(|it| ("from", it.to_string())));
        query.extend(self.to.map(|it| ("to", it.to_string())));
        let found: FormDiffView = session.client()?.get(&path, &query)?;
        session.out().show(&found, changes)
    }
}

fn table(versions: &[FormVersionView]) -> View {
    Table::of(
        ["VERSION>", "FORM", "STEP", "BY USER>", "WHEN", "LEAF>"],
        "nothing was handed in",
        versions,
        |it| {
            [
                it.version.to_string(),
                if it.erased {
                    format!("{} (erased)", it.form)
                } else {
                    it.form.clone()
                },
                it.step.clone(),
                it.user.to_string(),
                moment(it.time_ms),
                it.leaf.to_string(),
            ]
        },
    )
}

fn changes(diff: &FormDiffView) -> View {
    Table::of(
        ["FIELD", "BEFORE", "AFTER", "POINTER"],
        "nothing changed",
        &diff.changes,
        |it| {
            [
                it.label.clone(),
                shown(it.old.as_ref()),
                shown(it.new.as_ref()),
                it.pointer.clone(),
            ]
        },
    )
}

/// The longest value that is shown in a table, in characters; `-o json` has all of it.
const SHOWN_CHARS_MAX: usize = 60;

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "-".to_owned();
    };
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text;
    }
    let cut: String = text.chars().take(SHOWN_CHARS_MAX - 3).collect();
    format!("{cut}...")
}
