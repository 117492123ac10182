//! Open data: what is served, and making it from the read model at one entry.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Sender, channel};
use tokio_util::sync::CancellationToken;

use super::{App, AppError, Caller};
use crate::documents::Content;
use crate::open_data::{
    Batch, Feature, LedgerPlace, Making, OpenData, OpenDataError, OpenFile, OpenSet, write,
};
use crate::projection::{STATISTICS, Snapshot, TABLES, Value, sums};
use crate::web::machine;

/// Batches that wait for the disk: with the one being read and the one being written, all that is in memory.
const BATCHES: usize = 1;

/// Places that are written at a time.
const FEATURES: usize = 200;

/// How often it is looked whether it is night.
const LOOK: Duration = Duration::from_secs(60);

/// How long a making that failed is let rest.
const REST: Duration = Duration::from_secs(3600);

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

impl App {
    /// The same use cases with open data.
    #[must_use]
    pub fn with_open_data(self, open_data: OpenData) -> Self {
        Self {
            open_data: Some(open_data),
            ..self
        }
    }

    /// The set of files that is served. For everybody.
    #[must_use]
    pub fn open_data(&self) -> Option<Arc<OpenSet>> {
        self.open_data.as_ref()?.current()
    }

    /// A file of the set that is served, with its bytes. For everybody.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none of the name; [`AppError::Internal`] when it is damaged.
    pub async fn open_data_file(&self, name: &str) -> Result<(OpenFile, Content), AppError> {
        let unknown = || AppError::not_found("file", &name.chars().take(48).collect::<String>());
        let set = self.open_data().ok_or_else(unknown)?;
        let file = set.file(name).ok_or_else(unknown)?.clone();
        let content = Content::open(set.path(&file), file.sha256, file.bytes).await?;
        Ok((file, content))
    }

    /// Makes open data anew, for the operator.
    ///
    /// # Errors
    /// [`AppError::OperatorNeeded`]; [`AppError::Busy`] while it is made; [`AppError::NotListed`] while the read model is not
    /// ready.
    pub async fn make_open_data(&self, caller: &Caller) -> Result<Arc<OpenSet>, AppError> {
        caller.operator()?;
        // Whoever asked may hang up meanwhile: what was begun is ended.
        let app = self.clone();
        let made = tokio::spawn(async move { app.open_data_anew().await });
        made.await
            .map_err(|error| AppError::internal("make open data", &error))?
    }

    /// Makes open data every night, from this hour on (UTC), and once for a node that has none.
    pub(crate) async fn make_open_data_nightly(self, hour: u8, stop: CancellationToken) {
        loop {
            let last = self.open_data().map(|it| it.made_ms);
            let mut pause = LOOK;
            if is_due(last, self.now_ms(), hour) {
                let made = stop.run_until_cancelled(self.open_data_anew()).await;
                match made {
                    None => return,
                    Some(Ok(set)) => {
                        tracing::info!(entries = set.package.ledger.size, "open data is made");
                    }
                    // The read model is made anew after an update: soon it is there.
                    Some(Err(AppError::NotListed(_) | AppError::Busy)) => {}
                    Some(Err(error)) => {
                        tracing::warn!(%error, "open data could not be made; it is tried again in an hour");
                        pause = REST;
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn open_data_anew(&self) -> Result<Arc<OpenSet>, AppError> {
        let missing = || AppError::internal("make open data", &"this node keeps none");
        let open = self.open_data.as_ref().ok_or_else(missing)?;
        let _turn = open.turn().ok_or(AppError::Busy)?;
        let mut snapshot = self.lists().await?.snapshot().await?;
        let making = self.making(open, snapshot.size())?;
        let (batches, receive) = channel(BATCHES);
        let writing = tokio::task::spawn_blocking(move || write(making, receive));
        let read = self.read_open_data(&mut snapshot, &batches).await;
        drop((batches, snapshot));
        let written = writing
            .await
            .map_err(|error| AppError::internal("make open data", &error))??;
        read?;
        let name = written.ok_or(AppError::Internal)?;
        let open = open.clone();
        self.blocking(move |_| Ok(open.take_over(&name)?)).await
    }

    fn making(&self, open: &OpenData, size: u64) -> Result<Making, AppError> {
        let genesis = self.genesis()?;
        let failed = |error| AppError::internal("make open data", &error);
        let root = self.ledger().root(size).map_err(failed)?;
        let now_ms = self.now_ms();
        Ok(Making {
            folder: open.folder().to_owned(),
            name: format!("{now_ms}-{size}"),
            registry: (genesis.party.to_string(), genesis.name.to_string()),
            created: machine(now_ms),
            ledger: LedgerPlace {
                origin: genesis.origin,
                size,
                root,
            },
        })
    }

    async fn read_open_data(
        &self,
        snapshot: &mut Snapshot,
        batches: &Sender<Batch>,
    ) -> Result<(), AppError> {
        // Whoever writes says why it stopped.
        let send = async |batch| batches.send(batch).await.map_err(|_| AppError::Internal);
        let mut projects = BTreeSet::new();
        for stored in TABLES {
            let mut after = None;
            loop {
                let (rows, next) = snapshot.rows(stored, after).await?;
                if stored.table.name == "projects" {
                    projects.extend(rows.iter().filter_map(|row| match row.first() {
                        Some(Value::Number(number)) => u32::try_from(*number).ok(),
                        _ => None,
                    }));
                }
                send(Batch::Rows(&stored.table, rows)).await?;
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        let own = self.own_party()?;
        let statistics = snapshot.statistics(own).await?;
        send(Batch::Rows(&STATISTICS, sums(&statistics))).await?;
        let projects: Vec<u32> = projects.into_iter().collect();
        send(Batch::Features(Vec::new())).await?;
        for some in projects.chunks(FEATURES) {
            send(Batch::Features(self.features(some).await?)).await?;
        }
        send(Batch::End).await
    }

    /// The places of those of some projects that are published.
    async fn features(&self, projects: &[u32]) -> Result<Vec<Feature>, AppError> {
        let mut features = Vec::new();
        for number in projects {
            let known = self.ledger().read(|state| {
                let case = state.project_case(*number).filter(|it| it.published)?;
                Some((state.project(*number)?.clone(), case.clone()))
            });
            let Some((project, case)) = known else {
                continue;
            };
            let Some(description) = self.description(&case, None).await? else {
                continue;
            };
            let places = description.locations.into_iter();
            features.extend(places.filter_map(|place| Feature::of(&project, place)));
        }
        Ok(features)
    }
}

/// Whether a night has begun since the last making.
fn is_due(last_ms: Option<u64>, now_ms: u64, hour: u8) -> bool {
    let Some(last_ms) = last_ms else { return true };
    let hour_ms = u64::from(hour) * HOUR_MS;
    let night = |ms: u64| (ms + DAY_MS - hour_ms) / DAY_MS;
    night(now_ms) > night(last_ms)
}

impl From<OpenDataError> for AppError {
    fn from(error: OpenDataError) -> Self {
        Self::internal("make open data", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, HOUR_MS, is_due};

    #[test]
    fn files_are_made_once_a_night_and_at_once_where_there_are_none() {
        let day = 20_000 * DAY_MS;
        assert!(is_due(None, day, 1));
        assert!(!is_due(Some(day + HOUR_MS), day + 24 * HOUR_MS, 1));
        assert!(is_due(Some(day + HOUR_MS), day + 25 * HOUR_MS, 1));
        assert!(is_due(Some(day), day + HOUR_MS, 1));
        assert!(!is_due(Some(day), day + HOUR_MS - 1, 1));
        assert!(is_due(Some(day), day + 23 * HOUR_MS, 23));
        // A clock that was put back makes nothing twice.
        assert!(!is_due(Some(day + DAY_MS), day, 0));
    }
}
