//! The bridges through the one door: how they stand, what they would do, what differs, and the agreement of one project or range.

mod agreement;

use countersign_bridge::settings::BridgeName;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::project::Description;

pub use agreement::{AgreementItem, AgreementOf, AgreementState, BridgeAgreement, ITEMS_SHOWN_MAX};

use super::{App, AppError, Caller, Mode};
use crate::bridges::{BridgeDiff, BridgeFault, BridgePlan, BridgeStatus, Bridges};

impl App {
    /// The same use cases with bridges.
    #[must_use]
    pub fn with_bridges(self, bridges: Bridges) -> Self {
        Self { bridges, ..self }
    }

    /// Whether this node runs any bridge.
    #[must_use]
    pub fn has_bridges(&self) -> bool {
        self.bridges.names().next().is_some()
    }

    /// Whoever may read reports before they are public may look at bridges.
    pub(super) fn may_look_at_bridges(&self, caller: &Caller) -> Result<(), AppError> {
        self.permit(caller, Action::ReportRead, &Object::default())
    }

    /// Whoever may change the configuration may drive them.
    fn may_drive_bridges(&self, caller: &Caller) -> Result<(), AppError> {
        self.permit(caller, Action::ConfigurationChange, &Object::default())
    }

    /// How the bridges of this node stand, in the order of their names.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Bridge`] when the file of one can not be read.
    pub async fn bridge_statuses(&self, caller: &Caller) -> Result<Vec<BridgeStatus>, AppError> {
        self.may_look_at_bridges(caller)?;
        let mut all = Vec::new();
        for name in self.bridges.names() {
            all.push(self.status_of_bridge(name).await?);
        }
        Ok(all)
    }

    /// How a bridge stands.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Bridge`] when the node does not run it, or its file can not be read.
    pub async fn bridge_status(
        &self,
        caller: &Caller,
        bridge: BridgeName,
    ) -> Result<BridgeStatus, AppError> {
        self.may_look_at_bridges(caller)?;
        self.status_of_bridge(bridge).await
    }

    async fn status_of_bridge(&self, bridge: BridgeName) -> Result<BridgeStatus, AppError> {
        let (size, witnessed) = self.feed_sizes();
        let size = if self.bridges.witnessed() {
            witnessed
        } else {
            size
        };
        Ok(self.bridges.status(bridge, size).await?)
    }

    /// The bridges in numbers, for the metrics. One whose file can not be read is left out.
    pub(crate) async fn bridges_in_numbers(&self) -> Vec<BridgeStatus> {
        let mut all = Vec::new();
        for name in self.bridges.names() {
            all.extend(self.status_of_bridge(name).await.ok());
        }
        all
    }

    /// What a bridge would send now, and what it can not send and why. Sends nothing.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Bridge`] also when the other side does not answer: its lists of words are needed to
    /// plan.
    pub async fn bridge_plan(
        &self,
        caller: &Caller,
        bridge: BridgeName,
    ) -> Result<BridgePlan, AppError> {
        self.may_look_at_bridges(caller)?;
        Ok(self.bridges.plan(bridge).await?)
    }

    /// Lets a bridge take its turns now, and says how it stands then.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Bridge`].
    pub async fn sync_bridge(
        &self,
        caller: &Caller,
        bridge: BridgeName,
    ) -> Result<BridgeStatus, AppError> {
        self.may_drive_bridges(caller)?;
        self.bridges.sync(bridge).await?;
        self.status_of_bridge(bridge).await
    }

    /// Reads back from the other side what a bridge has sent, and compares it field by field. What differs is marked, and sent
    /// again by a replay only.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Bridge`] also when the other side does not answer.
    pub async fn compare_bridge(
        &self,
        caller: &Caller,
        bridge: BridgeName,
    ) -> Result<BridgeDiff, AppError> {
        self.may_drive_bridges(caller)?;
        Ok(self.bridges.diff(bridge).await?)
    }

    /// Sends items again that were refused, or that somebody changed at the other side: one by its key, or all. Gives how many.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`] when the one is none of them; [`AppError::Bridge`].
    pub async fn replay_bridge(
        &self,
        caller: &Caller,
        bridge: BridgeName,
        key: Option<&str>,
        mode: Mode,
    ) -> Result<u64, AppError> {
        self.may_drive_bridges(caller)?;
        let count = match mode {
            Mode::Try => self.bridges.replayable(bridge, key).await?,
            Mode::Write => self.bridges.replay(bridge, key, self.now_ms()).await?,
        };
        match key {
            Some(key) if count == 0 => Err(AppError::not_found("dead or differing item", &key)),
            _ => Ok(count),
        }
    }

    /// What was handed in about a project that its process has published.
    ///
    /// # Errors
    /// When the store of people can not be read.
    pub(crate) async fn published_description(
        &self,
        project: u32,
    ) -> Result<Option<Description>, AppError> {
        let known = self
            .ledger()
            .read(|state| state.project_case(project).cloned());
        match known.filter(|it| it.published) {
            Some(known) => self.description(&known, None).await,
            None => Ok(None),
        }
    }
}

impl From<BridgeFault> for AppError {
    fn from(fault: BridgeFault) -> Self {
        match fault {
            BridgeFault::Store { bridge, why } => {
                tracing::error!(%bridge, %why, "the file of a bridge can not be used");
                Self::Internal
            }
            other => Self::Bridge(other),
        }
    }
}
