//! What was decided about somebody's case.

use std::collections::BTreeMap;

use countersign_protocol::record::CaseAct;
use countersign_protocol::workflow::{Flow, StepKind, VIEWER};

use super::is_by_owner;
use crate::app::{App, AppError, LIST_MAX, StoredRecord};
use crate::mail::{MailKind, News};
use crate::projection::query::{CaseActRow, Window};

impl App {
    /// What an act tells the owners: that a decision was taken, an answer was no, or a deadline passed. What they did
    /// themselves they know.
    pub(super) async fn decided(
        &self,
        stored: &StoredRecord,
        act: &CaseAct,
    ) -> Result<Vec<News>, AppError> {
        let Ok((known, process)) = self.case_and_process(act.case) else {
            return Ok(Vec::new());
        };
        let Some(flow) = process.flow(&known.case.flow) else {
            return Ok(Vec::new());
        };
        let Some(step) = flow.step(act.step.as_str()) else {
            return Ok(Vec::new());
        };
        let decides = matches!(step.kind, StepKind::Decide | StepKind::RequestChanges);
        let is_news = act.no || act.by.is_none() || decides;
        if !is_news || is_by_owner(&known, act) {
            return Ok(Vec::new());
        }
        if !self.completes(act.case, stored.index, flow).await? {
            return Ok(Vec::new());
        }
        let word = match (&act.by, act.no) {
            (None, _) => "lapsed",
            (_, true) => "no",
            (_, false) => "yes",
        };
        let to = match (act.no, &step.no) {
            (true, Some(no)) => &no.to,
            _ => &step.to,
        };
        let mut news = Vec::new();
        for owner in &known.case.subject.owners {
            for user in self.active_users(*owner).await? {
                let Some((email, profile)) = user.contact.filter(|_| user.role != VIEWER) else {
                    continue;
                };
                let language = profile.language().to_owned();
                let tag = language.to_lowercase();
                let stage = flow.stage(to).map_or("", |it| it.label.get(&tag));
                news.push(News {
                    kind: MailKind::Decision,
                    case: act.case,
                    since_ms: stored.record.time_ms,
                    about: format!("decided-{}", act.step),
                    user: user.id,
                    email,
                    values: vec![
                        ("case", act.case.to_string()),
                        ("title", known.title.to_string()),
                        ("step", step.label.get(&tag).to_owned()),
                        ("answer", self.inner.mail.word(&language, word)),
                        ("stage", stage.to_owned()),
                        ("leaf", stored.index.to_string()),
                    ],
                    language,
                });
            }
        }
        Ok(news)
    }

    /// Whether the act at a leaf completed its step: the votes before it are counted as the process counts them.
    async fn completes(&self, case: u64, leaf: u64, flow: &Flow) -> Result<bool, AppError> {
        let window = Window {
            limit: LIST_MAX,
            ..Window::default()
        };
        let mut acts: Vec<CaseActRow> = Vec::new();
        let mut after = None;
        loop {
            let window = Window {
                after: after.take(),
                ..window.clone()
            };
            let page = self.lists().await?.case_acts(case, &window).await?;
            acts.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if !acts.iter().any(|act| act.leaf == leaf) {
            return Err(AppError::NotListed(
                "the read model does not hold the act yet".into(),
            ));
        }
        Ok(completed(&acts, leaf, flow))
    }
}

/// Counts votes as [`countersign_protocol::workflow`] does: a step is completed by a no, by enough yes, or by a deadline,
/// and then, as with a move to another process, all votes are gone.
fn completed(acts: &[CaseActRow], leaf: u64, flow: &Flow) -> bool {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for act in acts {
        let (Some(name), "yes" | "no") = (&act.step, act.answer.as_str()) else {
            if act.answer == "migrated" {
                votes.clear();
            }
            continue;
        };
        let step = flow.step(name);
        let count = votes.entry(name).or_default();
        *count += 1;
        let is_automatic = step.is_none_or(|step| step.kind == StepKind::Automatic);
        let needed = step.map_or(1, |step| step.votes_needed());
        let is_complete = act.answer == "no" || is_automatic || *count >= needed;
        if act.leaf == leaf {
            return is_complete;
        }
        if is_complete {
            votes.clear();
        }
    }
    false
}
