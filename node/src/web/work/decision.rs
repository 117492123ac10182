//! What somebody looks at before deciding on a case: what the registry checks by itself, who has signed already, and which letters
//! a decision issues.

use std::collections::BTreeMap;

use countersign_protocol::registry::OpenFinding;
use countersign_protocol::workflow::Step;
use serde_json::Value;

use crate::app::{Duplicates, FiledText, ListedCase};
use crate::documents::StoredDocument;
use crate::people::{SealedPart, UserId};
use crate::web::page::Page;

/// Something that the registry checked.
pub(super) struct Check {
    /// `good`, `warn` or `bad`.
    pub(super) colour: &'static str,
    pub(super) text: String,
    /// Where more is said.
    pub(super) link: &'static str,
}

/// A step that takes more than one signature, issues letters, or may be late.
pub(super) struct Pending {
    pub(super) label: String,
    pub(super) done: u64,
    pub(super) needed: u64,
    /// Who has signed.
    pub(super) by: Vec<String>,
    pub(super) due_ms: Option<u64>,
    pub(super) is_late: bool,
    pub(super) letters: Vec<String>,
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// What the registry checks by itself in a case.
pub(super) fn checks(
    page: &Page,
    listed: &ListedCase,
    texts: &[FiledText],
    documents: &[StoredDocument],
    duplicates: &Duplicates,
    findings: &[OpenFinding],
) -> Vec<Check> {
    let check = |key: &str, colour: &'static str, found: u64, link: &'static str| {
        let (key, colour) = match found {
            0 => (format!("check-{key}-none"), "good"),
            _ => (format!("check-{key}"), colour),
        };
        Check {
            colour,
            text: page.counted(&key, found),
            link,
        }
    };
    let alike = count(duplicates.seen.len()) + u64::from(duplicates.hidden.is_some());
    let drafts = documents
        .iter()
        .filter(|it| it.leaf.is_none() && it.erased_ms.is_none());
    let now_ms = page.now_ms();
    let late = listed.waits_for.iter();
    let late = late.filter(|it| it.awaited && it.due_ms.is_some_and(|due| due < now_ms));
    vec![
        check("forms", "bad", count(misfits(listed, texts)), "#forms"),
        check("documents", "warn", count(drafts.count()), "#documents"),
        check("duplicates", "warn", alike, "#duplicates"),
        check("findings", "warn", count(findings.len()), "#findings"),
        check("late", "bad", count(late.count()), "#road"),
    ]
}

/// Values of the newest filling of each form that are not as the process wants them.
fn misfits(listed: &ListedCase, texts: &[FiledText]) -> usize {
    let flow = listed.process.flow(&listed.known.case.flow);
    let mut newest: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts.iter().filter(|it| it.part == SealedPart::Form) {
        let step = flow.and_then(|flow| flow.step(&text.step));
        let form = step.and_then(|step| listed.process.form(step.form.as_deref()?));
        let (Some(form), Some((_, content))) = (form, &text.opened) else {
            continue;
        };
        let value = serde_json::from_str::<Value>(content).unwrap_or_default();
        newest.insert(&form.id, form.schema.errors(&value).len());
    }
    newest.values().sum()
}

/// The steps that the case waits for, with who has signed each.
pub(super) fn pending(
    page: &Page,
    listed: &ListedCase,
    names: &BTreeMap<UserId, String>,
) -> Vec<Pending> {
    let (case, language) = (&listed.known.case, page.language.code());
    let flow = listed.process.flow(&case.flow);
    let now_ms = page.now_ms();
    let awaited = listed.waits_for.iter().filter(|it| it.awaited);
    let pending = awaited.filter_map(|it| {
        let step = flow.and_then(|flow| flow.step(&it.step))?;
        let signed = case.votes(&it.step).iter().map(|vote| {
            let known = UserId::try_from(vote.user).ok();
            let name = known.and_then(|user| names.get(&user).cloned());
            let name = name.unwrap_or_else(|| vote.user.to_string());
            format!("{name} · {}", page.organisation(vote.organisation))
        });
        Some(Pending {
            label: step.label.get(language).to_owned(),
            done: count(it.votes),
            needed: count(it.votes_needed),
            by: signed.collect(),
            due_ms: it.due_ms,
            is_late: it.due_ms.is_some_and(|due| due < now_ms),
            letters: letters(listed, step, language),
        })
    });
    pending.filter(says_something).collect()
}

/// Whether there is more to say of a step than its name.
fn says_something(it: &Pending) -> bool {
    it.needed > 1 || it.due_ms.is_some() || !it.letters.is_empty()
}

/// Labels of the letters that a step issues, with a yes and with a no.
fn letters(listed: &ListedCase, step: &Step, language: &str) -> Vec<String> {
    let of_no = step.no.iter().flat_map(|it| &it.letters);
    let all = step.letters.iter().chain(of_no);
    let label = |id: &String| {
        let found = listed.process.letters.iter().find(|it| it.id == *id);
        found.map_or_else(|| id.clone(), |it| it.label.get(language).to_owned())
    };
    all.map(label).collect()
}

/// Whoever signed an open step: their names are shown.
pub(super) fn voters(listed: &ListedCase) -> Vec<UserId> {
    let steps = listed.waits_for.iter();
    let votes = steps.flat_map(|it| listed.known.case.votes(&it.step));
    votes
        .filter_map(|it| UserId::try_from(it.user).ok())
        .collect()
}
