//! The country's bridges, as the node runs them: each in a lane of its own.
//!
//! A lane is a task with the bridge's own file and its own waits. It reads the registry through [`App`], takes the bridge's turns,
//! and answers who asks for a plan, a comparison or a turn. Whatever stops a bridge stays in its lane: it is noted, shown, and tried
//! again; the node, its mail and the other bridges go on.

mod feed;
mod intake;
mod lane;
mod matched;
mod shared;
mod slot;
mod status;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_bridge::arrival::Arrival;
use countersign_bridge::frame::Clock;
use countersign_bridge::itmo_platform::Draft;
use countersign_bridge::mrv::calls::CallsMapping;
use countersign_bridge::settings::{BridgeName, Settings, SettingsError};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
pub use countersign_client::types::BridgeState;
use feed::LedgerFeed;
use intake::Intake;
use lane::Lane;
pub(crate) use matched::{in_forms, of_platform};
use shared::Shared;
use slot::Slot;
pub use status::{BridgeDiff, BridgePlan, BridgeStatus};

/// The name of the file of settings in a data folder.
pub const BRIDGES_FILE: &str = "bridges.toml";

/// Questions that wait for a lane.
const QUESTIONS_MAX: usize = 8;

/// How long somebody waits for an answer that takes its time; the answer is kept for whoever asks again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a bridge does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BridgeFault {
    /// The node does not run it.
    #[error(
        "this node runs no bridge {0}: describe it as [{0}] in bridges.toml in the data folder, and start the node again"
    )]
    Absent(BridgeName),
    /// It is at work, and what was asked goes on.
    #[error("the bridge {0} is still at work: ask again in a moment")]
    AtWork(BridgeName),
    /// It can not do it now: the other side is away, or does not take it.
    #[error("the bridge {bridge} can not do it now: {why}")]
    Away {
        /// Which.
        bridge: BridgeName,
        /// Why.
        why: String,
    },
    /// Its own file failed.
    #[error("the bridge {bridge}: {why}")]
    Store {
        /// Which.
        bridge: BridgeName,
        /// Why.
        why: String,
    },
}

/// What a lane is asked.
enum Question {
    /// To take a turn now, and say when it rests.
    Sync(oneshot::Sender<Result<(), String>>),
    /// What it would send.
    Plan(oneshot::Sender<Result<BridgePlan, String>>),
    /// What differs at the other side.
    Diff(oneshot::Sender<Result<BridgeDiff, String>>),
}

/// Time and chance of the node.
struct NodeClock(App);

impl Clock for NodeClock {
    fn now_ms(&self) -> u64 {
        self.0.now_ms()
    }

    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        // Without chance the waits have no random part.
        let drawn = getrandom::fill(&mut bytes).map(|()| u64::from_le_bytes(bytes));
        drawn.unwrap_or(0).checked_rem(bound).unwrap_or(0)
    }
}

/// One bridge from outside.
struct Handle {
    shared: Arc<Shared>,
    questions: mpsc::Sender<Question>,
    plan: Slot<BridgePlan>,
    diff: Slot<BridgeDiff>,
    sync: Slot<()>,
}

/// The bridges of the node, as its use cases see them. Cheap to clone; none at all without settings.
#[derive(Clone, Default)]
pub struct Bridges {
    settings: Option<Arc<Settings>>,
    handles: Arc<BTreeMap<BridgeName, Handle>>,
}

impl fmt::Debug for Bridges {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.handles.keys()).finish()
    }
}

/// The lanes before they run.
pub struct BridgeLanes {
    settings: Option<Arc<Settings>>,
    lanes: Vec<(Arc<Shared>, mpsc::Receiver<Question>)>,
}

/// Reads the settings of a data folder, if it has any, with every file that they name.
///
/// # Errors
/// [`SettingsError::File`] with the first mistake.
pub fn prepare(file: &Path) -> Result<(Bridges, BridgeLanes), SettingsError> {
    if !file.exists() {
        let lanes = BridgeLanes {
            settings: None,
            lanes: Vec::new(),
        };
        return Ok((Bridges::default(), lanes));
    }
    let settings = Arc::new(Settings::read(file)?);
    settings.check()?;
    let (mut handles, mut lanes) = (BTreeMap::new(), Vec::new());
    for name in settings.bridges() {
        let shared = Arc::new(Shared::new(name, settings.writes(name)));
        let (questions, asked) = mpsc::channel(QUESTIONS_MAX);
        lanes.push((Arc::clone(&shared), asked));
        let handle = Handle {
            shared,
            questions,
            plan: Slot::default(),
            diff: Slot::default(),
            sync: Slot::default(),
        };
        handles.insert(name, handle);
    }
    let settings = Some(settings);
    let bridges = Bridges {
        settings: settings.clone(),
        handles: Arc::new(handles),
    };
    Ok((bridges, BridgeLanes { settings, lanes }))
}

impl BridgeLanes {
    /// Runs every lane as a task until `stop`.
    pub fn run(self, app: &App, tasks: &TaskTracker, stop: &CancellationToken) {
        let Some(settings) = self.settings else {
            return;
        };
        for (shared, asked) in self.lanes {
            let feed = LedgerFeed::new(app.clone(), settings.witnessed());
            let clock = Arc::new(NodeClock(app.clone()));
            let stop = stop.clone();
            if shared.name() == BridgeName::ItmoPlatform {
                let intake = Intake::new(
                    app.clone(),
                    feed,
                    Arc::clone(&settings),
                    shared,
                    asked,
                    clock,
                );
                tasks.spawn(stopped_by(stop, intake.run()));
            } else {
                let lane = Lane::new(feed, Arc::clone(&settings), shared, asked, clock);
                tasks.spawn(stopped_by(stop, lane.run()));
            }
        }
    }
}

/// A lane is cut off anywhere: what it has noted by then is what it goes on from.
async fn stopped_by(stop: CancellationToken, lane: impl Future<Output = ()>) {
    let _ = stop.run_until_cancelled(lane).await;
}

impl Bridges {
    /// The bridges that run.
    pub fn names(&self) -> impl Iterator<Item = BridgeName> + '_ {
        self.handles.keys().copied()
    }

    /// Whether only witnessed leaves are told to others.
    #[must_use]
    pub fn witnessed(&self) -> bool {
        self.settings.as_ref().is_none_or(|it| it.witnessed())
    }

    /// Under which name forms give ids of a system.
    pub(crate) fn name_in_forms(&self, bridge: BridgeName) -> Option<&str> {
        self.settings.as_ref()?.name_in_forms(bridge)
    }

    /// The key of what is kept in the MRV about the thing there of this id.
    pub(crate) fn mrv_key(&self, id: &str) -> String {
        let settings = self.settings.as_ref();
        settings.map_or_else(String::new, |it| it.mrv_key(id))
    }

    fn handle(&self, bridge: BridgeName) -> Result<&Handle, BridgeFault> {
        self.handles.get(&bridge).ok_or(BridgeFault::Absent(bridge))
    }

    pub(crate) fn shared(&self, bridge: BridgeName) -> Result<&Shared, BridgeFault> {
        Ok(&self.handle(bridge)?.shared)
    }

    /// What arrived from a system that gives projects; nothing from others.
    ///
    /// # Errors
    /// [`BridgeFault::Absent`].
    pub(crate) fn arrivals(&self, bridge: BridgeName) -> Result<Vec<Arrival>, BridgeFault> {
        let drafts = self.handle(bridge)?.shared.drafts();
        Ok(drafts.iter().flat_map(Draft::arrivals).collect())
    }

    /// Whether the calls of an older national MRV are taken.
    pub(crate) fn takes_calls(&self) -> bool {
        let settings = self.settings.as_ref();
        settings.is_some_and(|it| it.takes_mrv_calls())
    }

    /// The table of words of an older national MRV that calls, and its name in forms.
    ///
    /// # Errors
    /// [`BridgeFault::Store`] when the table can not be read.
    pub(crate) fn mrv_calls(&self) -> Result<Option<(CallsMapping, String)>, BridgeFault> {
        let Some(settings) = &self.settings else {
            return Ok(None);
        };
        settings.mrv_calls().map_err(|error| BridgeFault::Store {
            bridge: BridgeName::Mrv,
            why: error.to_string(),
        })
    }

    /// How a bridge stands; `feed_size` is how many leaves it could have read.
    ///
    /// # Errors
    /// [`BridgeFault::Absent`], [`BridgeFault::Store`].
    pub async fn status(
        &self,
        bridge: BridgeName,
        feed_size: u64,
    ) -> Result<BridgeStatus, BridgeFault> {
        status::of(&self.handle(bridge)?.shared, feed_size).await
    }

    /// What a bridge would send now.
    ///
    /// # Errors
    /// [`BridgeFault`].
    pub async fn plan(&self, bridge: BridgeName) -> Result<BridgePlan, BridgeFault> {
        let handle = self.handle(bridge)?;
        let begin = |answer| handle.questions.try_send(Question::Plan(answer)).is_ok();
        handle.plan.ask(bridge, begin).await
    }

    /// Reads back what a bridge has sent, and compares.
    ///
    /// # Errors
    /// [`BridgeFault`].
    pub async fn diff(&self, bridge: BridgeName) -> Result<BridgeDiff, BridgeFault> {
        let handle = self.handle(bridge)?;
        let begin = |answer| handle.questions.try_send(Question::Diff(answer)).is_ok();
        handle.diff.ask(bridge, begin).await
    }

    /// Ends a bridge's wait: it takes its turns now. Comes back when it rests, or after 20 seconds while it goes on.
    ///
    /// # Errors
    /// [`BridgeFault::Absent`].
    pub async fn sync(&self, bridge: BridgeName) -> Result<(), BridgeFault> {
        let handle = self.handle(bridge)?;
        let begin = |answer| handle.questions.try_send(Question::Sync(answer)).is_ok();
        match handle.sync.ask(bridge, begin).await {
            // How it stands says the rest.
            Ok(()) | Err(BridgeFault::AtWork(_) | BridgeFault::Away { .. }) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// How many items a replay would send again: one, or all.
    ///
    /// # Errors
    /// [`BridgeFault::Absent`], [`BridgeFault::Store`].
    pub async fn replayable(
        &self,
        bridge: BridgeName,
        key: Option<&str>,
    ) -> Result<u64, BridgeFault> {
        self.handle(bridge)?.shared.replayable(key).await
    }

    /// Sends dead and differing items again: one, or all. Gives how many.
    ///
    /// # Errors
    /// [`BridgeFault::Absent`], [`BridgeFault::Store`].
    pub async fn replay(
        &self,
        bridge: BridgeName,
        key: Option<&str>,
        now_ms: u64,
    ) -> Result<u64, BridgeFault> {
        let handle = self.handle(bridge)?;
        let count = handle.shared.replay(key, now_ms).await?;
        if count > 0 {
            // It is woken; nobody waits for it.
            let (answer, _) = oneshot::channel();
            drop(handle.questions.try_send(Question::Sync(answer)));
        }
        Ok(count)
    }
}
