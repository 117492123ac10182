//! The lane of a bridge that sends: it is opened, takes its turns, and is opened again when it could not go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countersign_bridge::frame::{Bridge, BridgeError, Clock, Fault, Feed, Turn, backoff_ms};
use countersign_bridge::mrv::{Reconciliation, reconcile};
use countersign_bridge::settings::{BridgeName, Settings, SettingsError};
use tokio::sync::{mpsc, oneshot};
use tracing::{info, warn};

use super::feed::LedgerFeed;
use super::shared::Shared;
use super::{BridgeDiff, BridgePlan, Question};

/// How long a lane without news sleeps, in milliseconds.
const IDLE_MS: u64 = 60_000;
/// The shortest wait for a person, in milliseconds.
const BARRED_MS: u64 = 300_000;

type Syncs = Vec<oneshot::Sender<Result<(), String>>>;

/// See the module.
pub(super) struct Lane {
    feed: LedgerFeed,
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    asked: mpsc::Receiver<Question>,
    clock: Arc<dyn Clock>,
}

impl Lane {
    pub(super) fn new(
        feed: LedgerFeed,
        settings: Arc<Settings>,
        shared: Arc<Shared>,
        asked: mpsc::Receiver<Question>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            feed,
            settings,
            shared,
            asked,
            clock,
        }
    }

    /// Works until it is cut off.
    pub(super) async fn run(mut self) {
        let name = self.shared.name();
        let mut question = None;
        let mut faults = 0_u32;
        loop {
            let (why, is_barred) = match self.open().await {
                Ok(mut bridge) => {
                    faults = 0;
                    self.shared.opened(&bridge);
                    info!(bridge = %name, "the bridge works");
                    // What it has read is in its memory; a bridge that failed is made anew, so that nothing half done is in it.
                    let ended = Box::pin(self.work(&mut bridge, question.take())).await;
                    (ended.to_string(), true)
                }
                Err(error) => (error.to_string(), is_barred(&error)),
            };
            if let Some(question) = question.take() {
                refuse(question, &why);
            }
            faults = faults.saturating_add(1);
            let wait_ms = backoff_ms(faults, self.clock.as_ref());
            let wait_ms = if is_barred {
                wait_ms.max(BARRED_MS)
            } else {
                wait_ms
            };
            warn!(bridge = %name, %why, wait_ms, "the bridge can not work; the node goes on without it");
            let until_ms = self.clock.now_ms().saturating_add(wait_ms);
            self.shared.failed(&why, is_barred, until_ms);
            // Whoever asks something ends the wait.
            let pause = Duration::from_millis(wait_ms);
            question = tokio::time::timeout(pause, self.asked.recv())
                .await
                .ok()
                .flatten();
        }
    }

    async fn open(&self) -> Result<Bridge, SettingsError> {
        let name = self.shared.name();
        if self.shared.store(None).is_none()
            && let Some(memory) = self.settings.known_memory(name)
        {
            // So that its state can be looked at while the other side is away.
            self.shared
                .keep(&memory, &self.settings.memory(&memory).await?);
        }
        let side = self.settings.side(name, self.clock.now_ms()).await?;
        let memory = side.memory();
        let store = match self.shared.store(Some(memory)) {
            Some(store) => store,
            None => {
                let store = self.settings.memory(memory).await?;
                self.shared.keep(memory, &store);
                store
            }
        };
        let feed = Arc::new(self.feed.clone());
        let bridge = Bridge::new(feed, store, side, Arc::clone(&self.clock));
        Ok(bridge.sending(self.settings.writes(name)))
    }

    /// Takes turns and answers questions between them. Ends only when the bridge can not go on.
    async fn work(&mut self, bridge: &mut Bridge, first: Option<Question>) -> BridgeError {
        let mut syncs = Syncs::new();
        let mut next = first;
        loop {
            while let Some(question) = next.take().or_else(|| self.asked.try_recv().ok()) {
                if let Err(error) = self.answer(bridge, question, &mut syncs).await {
                    return error;
                }
            }
            // A turn is not cut off for a question: what it has read and not noted would be lost to this bridge.
            let turn = match bridge.turn().await {
                Ok(turn) => turn,
                Err(error) => return error,
            };
            let is_barred = match bridge.store().waiting().await {
                Ok(waiting) => waiting.is_barred,
                Err(error) => return error.into(),
            };
            let now_ms = self.clock.now_ms();
            self.shared.turned(&turn, is_barred, now_ms);
            if turn == Turn::Again {
                continue;
            }
            for sync in syncs.drain(..) {
                // Whoever asked may be gone.
                drop(sync.send(Ok(())));
            }
            next = self.rest(bridge.view().size(), &turn).await;
        }
    }

    async fn answer(
        &self,
        bridge: &mut Bridge,
        question: Question,
        syncs: &mut Syncs,
    ) -> Result<(), BridgeError> {
        match question {
            Question::Sync(answer) => {
                bridge.wake().await?;
                syncs.push(answer);
            }
            Question::Plan(answer) => {
                let plan = bridge.plan().await;
                drop(answer.send(told(&plan).map(|plan| BridgePlan { plan })));
                plan?.ok();
            }
            Question::Diff(answer) => {
                let found = bridge.diff().await;
                let mut diff = told(&found).map(|(differing, foreign)| BridgeDiff {
                    differing,
                    foreign,
                    reconciliation: None,
                });
                if let Ok(diff) = &mut diff
                    && self.shared.name() == BridgeName::Mrv
                    && self.settings.reads_mrv()
                {
                    match self.reconciled(bridge).await {
                        Ok(found) => diff.reconciliation = Some(found),
                        Err(why) => {
                            drop(answer.send(Err(why)));
                            return Ok(());
                        }
                    }
                }
                drop(answer.send(diff));
                found?.ok();
            }
        }
        Ok(())
    }

    /// What was credited beside what the MRV says was reduced.
    async fn reconciled(&self, bridge: &Bridge) -> Result<Reconciliation, String> {
        let (dts, name) = self.settings.dts().map_err(|error| error.to_string())?;
        let activities = dts.activities().await.map_err(|fault| fault.to_string())?;
        let mut forms = BTreeMap::new();
        for project in bridge.view().state().projects() {
            let form = self.feed.description(project.number).await;
            let form = form.map_err(|error| error.to_string())?;
            forms.extend(form.map(|form| (project.number, form)));
        }
        let found = reconcile(bridge.view(), &forms, &activities, &name);
        self.shared
            .note(|now| now.reconciled = Some(Arc::new(found.clone())));
        Ok(found)
    }

    /// Rests until there is news, time has come, or somebody asks something, which it gives.
    async fn rest(&mut self, size: u64, turn: &Turn) -> Option<Question> {
        let (until_ms, wakes) = match turn {
            Turn::Again => return None,
            // News does not open a gate.
            Turn::Waits { until_ms, .. } => (Some(*until_ms), false),
            Turn::Idle { until_ms } => (*until_ms, true),
        };
        let left = until_ms.map(|it| it.saturating_sub(self.clock.now_ms()));
        let pause = Duration::from_millis(left.unwrap_or(IDLE_MS).min(IDLE_MS));
        tokio::select! {
            Some(question) = self.asked.recv() => Some(question),
            () = self.feed.news(size, pause), if wakes => None,
            () = tokio::time::sleep(pause), if !wakes => None,
        }
    }
}

/// Whether a person must act before it can be opened.
fn is_barred(error: &SettingsError) -> bool {
    !matches!(error, SettingsError::Fault(Fault::Later(_)))
}

/// What a bridge found, or why it could not look.
fn told<T: Clone>(found: &Result<Result<T, String>, BridgeError>) -> Result<T, String> {
    match found {
        Ok(found) => found.clone(),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn refuse(question: Question, why: &str) {
    // Whoever asked may be gone.
    match question {
        Question::Sync(answer) => drop(answer.send(Err(why.to_owned()))),
        Question::Plan(answer) => drop(answer.send(Err(why.to_owned()))),
        Question::Diff(answer) => drop(answer.send(Err(why.to_owned()))),
    }
}
