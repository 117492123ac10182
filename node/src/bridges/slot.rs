//! An answer that may take longer than somebody waits: it is kept for whoever asks again.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use countersign_bridge::settings::BridgeName;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::sync::oneshot;
use tokio::time::{Duration, timeout};

use super::{BridgeFault, PATIENCE};

/// How long an answer that nobody came back for is kept.
const KEPT: Duration = Duration::from_secs(300);

type Job<T> = Shared<BoxFuture<'static, Result<T, String>>>;

/// One question that may be open.
pub(super) struct Slot<T: Clone>(Mutex<Option<(Instant, Job<T>)>>);

impl<T: Clone> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone + Send + Sync + 'static> Slot<T> {
    /// Asks, or joins whoever asked before. `begin` puts the question; false when there are too many.
    pub(super) async fn ask(
        &self,
        bridge: BridgeName,
        begin: impl FnOnce(oneshot::Sender<Result<T, String>>) -> bool,
    ) -> Result<T, BridgeFault> {
        let job = self.job(begin).ok_or(BridgeFault::AtWork(bridge))?;
        let Ok(answer) = timeout(PATIENCE, job).await else {
            return Err(BridgeFault::AtWork(bridge));
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        answer.map_err(|why| BridgeFault::Away { bridge, why })
    }

    fn job(
        &self,
        begin: impl FnOnce(oneshot::Sender<Result<T, String>>) -> bool,
    ) -> Option<Job<T>> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = slot.as_ref().filter(|(since, job)| {
            // A job that nobody looked at since is not polled, so its age decides.
            job.peek().is_none() && since.elapsed() < KEPT
        });
        if let Some((_, job)) = open {
            return Some(job.clone());
        }
        let (answer, answered) = oneshot::channel();
        if !begin(answer) {
            return None;
        }
        let stopped = |_| Err("it was stopped".to_owned());
        let job = answered.map(move |it| it.unwrap_or_else(stopped));
        let job = job.boxed().shared();
        *slot = Some((Instant::now(), job.clone()));
        Some(job)
    }
}
