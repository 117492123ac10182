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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use countersign_protocol::workflow::{Process, preset};

    use super::*;

    /// The leaves whose act completed its step, of acts given as step and answer.
    fn completing(flow: &str, acts: &[(&str, &str)]) -> Vec<u64> {
        let process = Process::parse(preset("small").unwrap()).unwrap();
        let flow = process.flow(flow).unwrap();
        let row = |(leaf, (step, answer)): (u64, &(&str, &str))| CaseActRow {
            leaf,
            step: (!step.is_empty()).then(|| (*step).to_owned()),
            answer: (*answer).to_owned(),
            organisation: None,
            organisation_type: None,
            role: None,
            time_ms: 0,
        };
        let acts: Vec<CaseActRow> = (0..).zip(acts).map(row).collect();
        let leaves = acts.iter().map(|act| act.leaf);
        leaves
            .filter(|leaf| completed(&acts, *leaf, flow))
            .collect()
    }

    #[test]
    fn a_step_of_two_votes_is_completed_by_the_second_and_by_any_no() {
        let issue = |votes: &[&str]| {
            let votes: Vec<_> = votes.iter().map(|answer| ("issue", *answer)).collect();
            completing("monitoring", &votes)
        };
        assert_eq!(issue(&["yes"]), Vec::<u64>::new());
        assert_eq!(issue(&["yes", "yes"]), [1]);
        assert_eq!(issue(&["no"]), [0]);
        assert_eq!(issue(&["yes", "no"]), [1]);
    }

    #[test]
    fn votes_are_gone_when_the_stage_is_left_and_when_the_case_moves_to_another_process() {
        let (authorise, opened) = (("authorise", "yes"), ("", "opened"));
        let returned = [
            opened,
            authorise,
            ("request-changes", "yes"),
            authorise,
            authorise,
        ];
        assert_eq!(completing("project", &returned), [2, 4]);
        let refused = [authorise, ("authorise", "no"), authorise, authorise];
        assert_eq!(completing("project", &refused), [1, 3]);
        let moved = [authorise, ("", "migrated"), authorise, authorise];
        assert_eq!(completing("project", &moved), [3]);
        // What is said about findings is no vote and clears none.
        let found = [authorise, ("", "finding_opened"), authorise];
        assert_eq!(completing("project", &found), [2]);
    }
}
