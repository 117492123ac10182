//! A run from its first staged change to the last comparison.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Bridge, Trouble, Turn};
use crate::frame::clock::backoff_ms;
use crate::frame::compare::{Compared, Difference, compare};
use crate::frame::item::{needs, parts, resolved};
use crate::frame::metrics::Counter;
use crate::frame::side::{Action, Change, Fault, StagedRow};
use crate::frame::store::{Run, RunItem, RunStep, StoreError, Verdict};

/// How often an item is sent that does not come out as wanted, before it is a dead letter.
const TRIES_MAX: u32 = 5;
/// Items that one turn reads back.
const READ_MAX: usize = 100;

impl Bridge {
    pub(super) async fn advance(&mut self, run: &Run) -> Result<Turn, Trouble> {
        match run.step {
            RunStep::Staging => self.stage_all().await,
            RunStep::Committing => self.ask_to_publish(run).await,
            RunStep::Publishing => self.await_publication().await,
            RunStep::Reading => self.read_back(run).await,
        }
    }

    async fn stage_all(&mut self) -> Result<Turn, Trouble> {
        self.side.gate().await?;
        let items = self.store.run_items().await?;
        if items.is_empty() {
            self.store.close_run(self.clock.now_ms(), None).await?;
            return Ok(Turn::Again);
        }
        if self.is_unsure {
            return self.sort_out(&items).await;
        }
        // What was staged before its group was found to be blocked goes back.
        let blocked: Vec<&RunItem> = items.iter().filter(|it| it.is_blocked).collect();
        if !blocked.is_empty() {
            self.take_back(&blocked).await?;
            return Ok(Turn::Again);
        }
        for item in items.iter().filter(|it| it.token.is_none()) {
            if !self.stage(item).await? {
                // What else may go has changed.
                return Ok(Turn::Again);
            }
        }
        // A last look: what is published is everything in the staging area, so it must be ours and nothing else.
        let items = self.store.run_items().await?;
        if !items.is_empty() && self.is_exactly_ours(&items).await? {
            self.store.step(RunStep::Committing).await?;
        }
        Ok(Turn::Again)
    }

    /// Compares the staging area with what we know of it. Rows of ours that we do not know, such as those whose answer was lost,
    /// go out of it; so does everything of ours when a row that we know is gone, because others may point at it.
    async fn sort_out(&mut self, items: &[RunItem]) -> Result<Turn, Trouble> {
        let rows = self.side.staged().await?;
        if rows.iter().any(|it| it.committed) {
            let ours =
                |row: &StagedRow| items.iter().any(|it| it.token.as_ref() == Some(&row.token));
            if rows.iter().any(ours) {
                self.store.step(RunStep::Publishing).await?;
                return Ok(Turn::Again);
            }
            return self
                .poll("the other side publishes changes that are not ours")
                .await;
        }
        let mut known: BTreeMap<&str, &RunItem> = BTreeMap::new();
        for item in items {
            known.extend(item.token.as_deref().map(|token| (token, item)));
        }
        let mut strays = Vec::new();
        for row in &rows {
            if known.remove(row.token.as_str()).is_none() {
                if !self.is_ours(row, items).await? {
                    return Err(foreign(row).into());
                }
                strays.push(row);
            }
        }
        for row in strays {
            self.side.unstage(row).await?;
        }
        if !known.is_empty() {
            for row in self.side.staged().await? {
                self.side.unstage(&row).await?;
            }
            for item in items.iter().filter(|it| it.token.is_some()) {
                self.store.staged(&item.key, None, None).await?;
            }
        }
        self.is_unsure = false;
        Ok(Turn::Again)
    }

    async fn is_ours(&self, row: &StagedRow, items: &[RunItem]) -> Result<bool, Trouble> {
        for item in items.iter().filter(|it| it.kind == row.kind) {
            let Ok((body, _)) = self.resolve(item, false).await? else {
                continue;
            };
            let theirs = item.theirs.as_deref();
            if self.side.is_staged_as(row, &item.kind, &body, theirs) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn is_exactly_ours(&mut self, items: &[RunItem]) -> Result<bool, Trouble> {
        let rows = self.side.staged().await?;
        let there: BTreeSet<&str> = rows.iter().map(|it| it.token.as_str()).collect();
        let ours: BTreeSet<&str> = items.iter().filter_map(|it| it.token.as_deref()).collect();
        // A side without a staging area shows no rows; its changes are made.
        let is_ours = rows.is_empty() && !self.side.has_staging()
            || there == ours && rows.len() == ours.len();
        self.is_unsure |= !is_ours;
        Ok(is_ours)
    }

    async fn take_back(&mut self, blocked: &[&RunItem]) -> Result<(), Trouble> {
        let rows = self.side.staged().await?;
        for item in blocked {
            let row = rows
                .iter()
                .find(|it| Some(&it.token) == item.token.as_ref());
            if let Some(row) = row {
                self.side.unstage(row).await?;
            }
            let cause = "waits for another range of its issuance, which can not be sent";
            self.store.drop_item(&item.key, 0, cause).await?;
        }
        Ok(())
    }

    /// The body with the other side's ids, or the key of what has none; and our keys of its parts.
    async fn resolve(
        &self,
        item: &RunItem,
        published: bool,
    ) -> Result<Result<(Value, BTreeSet<String>), String>, Trouble> {
        let text = item.body.as_deref().or(item.agreed.as_deref());
        let body: Value = match text.map(serde_json::from_str) {
            Some(Ok(body)) => body,
            Some(Err(error)) => return Err(StoreError(error.to_string()).into()),
            None => Value::Null,
        };
        let own = parts(&body);
        let wanted: Vec<String> = needs(&body)
            .into_iter()
            .chain(own.iter().cloned())
            .collect();
        let ids: BTreeMap<String, String> = self
            .store
            .ids(&wanted, published)
            .await?
            .into_iter()
            .collect();
        let resolved = resolved(&body, &|key: &str| ids.get(key).cloned());
        Ok(resolved.map(|it| (it, own)))
    }

    /// Sends one item. False when it left the run instead.
    async fn stage(&mut self, item: &RunItem) -> Result<bool, Trouble> {
        let now_ms = self.clock.now_ms();
        let published = self.side.parents_are_published_first();
        let body = match self.resolve(item, published).await? {
            Ok((body, _)) => body,
            Err(need) => {
                let cause = format!("waits for {need}");
                self.store.drop_item(&item.key, 0, &cause).await?;
                return Ok(false);
            }
        };
        let action = item.action();
        if action == Action::Delete && item.theirs.is_none() {
            let gone = agreed(None, Compared::default());
            self.store.settle(&item.key, &gone, now_ms).await?;
            return Ok(false);
        }
        if action == Action::Create
            && let Some(verdict) = self.adopt(item, &body).await?
        {
            self.settle(item, &verdict).await?;
            return Ok(false);
        }
        let change = Change {
            key: item.key.clone(),
            kind: item.kind.clone(),
            action,
            body,
            theirs: item.theirs.clone(),
        };
        match self.side.stage(&change).await {
            Ok(staged) => {
                self.metrics.count(Counter::Staged, 1);
                let theirs = staged.theirs.as_deref().or(item.theirs.as_deref());
                self.store
                    .staged(&item.key, Some(&staged.token), theirs)
                    .await?;
                Ok(true)
            }
            Err(Fault::Refused(cause)) => {
                let verdict = self.refused(item, cause).await?;
                self.settle(item, &verdict).await?;
                Ok(false)
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// What becomes of an item that was refused. One that is gone there, and that a person has sent again, is made anew; nothing is
    /// known to be agreed of an item since a replay.
    async fn refused(&self, item: &RunItem, cause: String) -> Result<Verdict, Trouble> {
        let is_gone = match &item.theirs {
            Some(theirs) if item.agreed.is_none() => {
                self.side.read(&item.kind, theirs).await?.is_none()
            }
            _ => false,
        };
        Ok(match item.action() {
            Action::Update if is_gone => Verdict::Again {
                at_ms: 0,
                cause: "it is gone there, and is made anew".to_owned(),
                theirs: None,
                parts: Vec::new(),
            },
            _ => Verdict::Dead { cause },
        })
    }

    /// Before an item is made: is it there already? After a lost answer or a restored file it may be.
    async fn adopt(&self, item: &RunItem, body: &Value) -> Result<Option<Verdict>, Trouble> {
        let mut found = self.side.find(&item.kind, body).await?;
        let Some(first) = found.pop() else {
            return Ok(None);
        };
        if !found.is_empty() {
            let copies = found.len() + 1;
            let cause =
                format!("the other side has {copies} of it; delete all but one there and replay");
            return Ok(Some(Verdict::Dead { cause }));
        }
        let compared = compare(body, &first.body);
        if compared.differences.is_empty() {
            return Ok(Some(agreed(Some(first.theirs), compared)));
        }
        Ok(Some(Verdict::Again {
            at_ms: 0,
            cause: "it was at the other side already, with other content".to_owned(),
            theirs: Some(first.theirs),
            parts: compared.learned,
        }))
    }

    async fn settle(&self, item: &RunItem, verdict: &Verdict) -> Result<(), Trouble> {
        match verdict {
            Verdict::Agreed { .. } => self.metrics.count(Counter::Agreed, 1),
            Verdict::Again { .. } => self.metrics.count(Counter::Different, 1),
            Verdict::Dead { cause } => {
                tracing::warn!(bridge = self.name(), key = item.key, cause, "a dead letter");
                self.metrics.count(Counter::Dead, 1);
            }
        }
        let now_ms = self.clock.now_ms();
        Ok(self.store.settle(&item.key, verdict, now_ms).await?)
    }

    async fn ask_to_publish(&mut self, run: &Run) -> Result<Turn, Trouble> {
        let items = self.store.run_items().await?;
        let rows = self.side.staged().await?;
        if rows.iter().any(|it| it.committed || it.failed) {
            self.store.step(RunStep::Publishing).await?;
            return Ok(Turn::Again);
        }
        // The answer to an earlier request was lost, and everything is published by now; or there is no staging area.
        if rows.is_empty() {
            self.store.step(RunStep::Publishing).await?;
            return Ok(Turn::Again);
        }
        if !self.is_exactly_ours(&items).await? {
            self.store.step(RunStep::Staging).await?;
            return Ok(Turn::Again);
        }
        self.side.commit(&run.id).await?;
        self.store.step(RunStep::Publishing).await?;
        Ok(Turn::Again)
    }

    async fn await_publication(&mut self) -> Result<Turn, Trouble> {
        let rows = self.side.staged().await?;
        if rows.iter().any(|it| it.failed) {
            return self.publication_failed(&rows).await;
        }
        if rows.iter().any(|it| it.committed) {
            return self.poll("the other side publishes").await;
        }
        if !rows.is_empty() {
            self.store.step(RunStep::Committing).await?;
            return Ok(Turn::Again);
        }
        // Published, and its own copy may still be behind: reads before it is ready show the state before.
        match self.side.gate().await {
            Ok(()) => {
                self.store.step(RunStep::Reading).await?;
                Ok(Turn::Again)
            }
            Err(Fault::Later(why)) => self.poll(&why).await,
            Err(fault) => Err(fault.into()),
        }
    }

    /// The other side gave up: everything of the run is taken out of its staging area and sent again later.
    async fn publication_failed(&mut self, rows: &[StagedRow]) -> Result<Turn, Trouble> {
        for row in rows {
            self.side.unstage(row).await?;
        }
        for item in self.store.run_items().await? {
            let verdict = self.again(
                &item,
                "the other side could not publish it",
                None,
                Vec::new(),
            );
            self.settle(&item, &verdict).await?;
        }
        self.store.close_run(self.clock.now_ms(), None).await?;
        Ok(Turn::Again)
    }

    /// Once more later, or a dead letter when that was tried often enough.
    fn again(
        &self,
        item: &RunItem,
        cause: &str,
        theirs: Option<String>,
        parts: Vec<(String, String)>,
    ) -> Verdict {
        if item.tries + 1 >= TRIES_MAX {
            let cause = cause.to_owned();
            return Verdict::Dead { cause };
        }
        let wait_ms = backoff_ms(item.tries + 1, self.clock.as_ref());
        Verdict::Again {
            at_ms: self.clock.now_ms().saturating_add(wait_ms),
            cause: cause.to_owned(),
            theirs,
            parts,
        }
    }

    async fn read_back(&mut self, run: &Run) -> Result<Turn, Trouble> {
        let items = self.store.run_items().await?;
        for item in items.iter().take(READ_MAX) {
            let verdict = self.judged(item).await?;
            self.settle(item, &verdict).await?;
        }
        if items.len() > READ_MAX {
            return Ok(Turn::Again);
        }
        let receipt = self.side.receipt(&run.id).await?;
        self.store
            .close_run(self.clock.now_ms(), receipt.as_ref())
            .await?;
        self.metrics.count(Counter::Runs, 1);
        Ok(Turn::Again)
    }

    /// What became of an item that was sent.
    async fn judged(&self, item: &RunItem) -> Result<Verdict, Trouble> {
        let found = match &item.theirs {
            Some(theirs) => self.side.read(&item.kind, theirs).await?,
            None => None,
        };
        let Some(found) = found else {
            let lost = || {
                self.again(
                    item,
                    "it is not there after it was published",
                    None,
                    Vec::new(),
                )
            };
            let is_gone = item.action() == Action::Delete;
            return Ok(if is_gone {
                agreed(None, Compared::default())
            } else {
                lost()
            });
        };
        if item.action() == Action::Delete {
            let cause = "it is still there after it was deleted";
            return Ok(self.again(item, cause, Some(found.theirs), Vec::new()));
        }
        let body = match self.resolve(item, false).await? {
            Ok((body, _)) => body,
            Err(need) => {
                let cause = format!("waits for {need}");
                return Ok(self.again(item, &cause, Some(found.theirs), Vec::new()));
            }
        };
        let compared = compare(&body, &found.body);
        if compared.differences.is_empty() {
            return Ok(agreed(Some(found.theirs), compared));
        }
        let cause = told(&compared.differences);
        Ok(self.again(item, &cause, Some(found.theirs), compared.learned))
    }
}

fn agreed(theirs: Option<String>, compared: Compared) -> Verdict {
    let parts = compared.learned;
    Verdict::Agreed { theirs, parts }
}

/// Differences in one text.
pub(super) fn told(differences: &[Difference]) -> String {
    let one = |it: &Difference| {
        format!(
            "{} is {:?} there and {:?} here",
            it.field, it.theirs, it.ours
        )
    };
    differences.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn foreign(row: &StagedRow) -> Fault {
    Fault::Later(format!(
        "the staging area holds a row that is not of this bridge ({} {}): publish it or take it out there; publishing takes \
         everything, so the bridge waits",
        row.kind, row.token
    ))
}
