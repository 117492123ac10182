//! The projector: a task that follows the ledger's head, and the handle that the rest of the node holds of it.

use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::ProjectionError;
use super::check::{self, Checked};
use super::db::{Cell, Db, remove};
use super::folder::{Cursor, Folder, read_cursor};
use super::settings::ProjectionSettings;
use super::source::Source;
use crate::ledger::Head;

/// Between two batches when nobody waits: what arrives meanwhile is folded together.
const PACE: Duration = Duration::from_millis(10);
/// How often the projector looks whether somebody asked for a rebuild.
const LOOK: Duration = Duration::from_secs(2);
/// First and longest pause after a failure.
const PAUSE_MIN: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// How the read model stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The database is being opened.
    Starting,
    /// It is being made anew: leaves that are in, of how many.
    Rebuilding {
        /// In so far.
        done: u64,
        /// The ledger's size when the rebuild began.
        of: u64,
    },
    /// It answers, and holds this many leaves.
    Ready {
        /// Leaves that are folded.
        size: u64,
    },
    /// It can not be used at the moment; the projector tries again by itself.
    Failed(Arc<str>),
}

/// The read model of a running node. Clones share everything.
#[derive(Clone)]
pub struct Projection {
    inner: Arc<Inner>,
}

struct Inner {
    state: watch::Sender<State>,
    /// Somebody waits for news.
    hurry: Notify,
}

struct State {
    status: Status,
    db: Option<Arc<Db>>,
}

impl Projection {
    /// Starts to follow a ledger. The node goes on whatever becomes of it: queries are refused until it is ready.
    #[must_use]
    pub fn start(
        settings: ProjectionSettings,
        source: Arc<dyn Source>,
        head: watch::Receiver<Head>,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (state, _) = watch::channel(State {
            status: Status::Starting,
            db: None,
        });
        let inner = Arc::new(Inner {
            state,
            hurry: Notify::new(),
        });
        let follower = Follower {
            inner: Arc::clone(&inner),
            settings,
            source,
            head,
        };
        tasks.spawn(async move {
            stop.run_until_cancelled(follower.run()).await;
        });
        Self { inner }
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.inner.state.borrow().status.clone()
    }

    /// Waits until a leaf is folded, but not longer than `patience`; true when it is. Lets a writer read its own write.
    pub async fn wait_for(&self, leaf: u64, patience: Duration) -> bool {
        let holds = |state: &State| matches!(state.status, Status::Ready { size } if size > leaf);
        let mut state = self.inner.state.subscribe();
        if holds(&state.borrow_and_update()) {
            return true;
        }
        self.inner.hurry.notify_one();
        tokio::time::timeout(patience, state.wait_for(holds))
            .await
            .is_ok_and(|found| found.is_ok())
    }

    /// The database and the number of leaves that it holds.
    pub(super) fn ready(&self) -> Result<(Arc<Db>, u64), ProjectionError> {
        let state = self.inner.state.borrow();
        let why = match (&state.status, &state.db) {
            (Status::Ready { size }, Some(db)) => return Ok((Arc::clone(db), *size)),
            (Status::Rebuilding { done, of }, _) => format!("{done} of {of} leaves are in").into(),
            (Status::Failed(why), _) => Arc::clone(why),
            _ => "it is being opened".into(),
        };
        Err(ProjectionError::NotReady(why))
    }
}

impl std::fmt::Debug for Projection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Projection").field(&self.status()).finish()
    }
}

/// The task.
struct Follower {
    inner: Arc<Inner>,
    settings: ProjectionSettings,
    source: Arc<dyn Source>,
    head: watch::Receiver<Head>,
}

impl Follower {
    fn set(&self, status: Status, db: Option<&Arc<Db>>) {
        self.inner.state.send_replace(State {
            status,
            db: db.cloned(),
        });
    }

    /// Follows for ever; what fails is tried again.
    async fn run(mut self) {
        let mut pause = PAUSE_MIN;
        loop {
            let began = Instant::now();
            let Err(error) = self.follow().await;
            self.set(Status::Failed(error.to_string().into()), None);
            if matches!(error, ProjectionError::Moved) {
                info!("the read model was changed by another process: looking at it again");
            } else {
                warn!(%error, "the read model can not be followed; trying again");
            }
            if error.is_damage() && self.settings.url.is_none() {
                warn!("the file of the read model is damaged: it is made anew");
                remove(&self.settings.file);
            }
            if began.elapsed() > PAUSE_MAX {
                pause = PAUSE_MIN;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn follow(&mut self) -> Result<std::convert::Infallible, ProjectionError> {
        let _lock = Lock::take(&self.settings)?;
        let progress = |done, of| self.set(Status::Rebuilding { done, of }, None);
        let began = Instant::now();
        let mut folder = Folder::open(Arc::clone(&self.source), &self.settings, progress).await?;
        let db = Arc::clone(folder.db());
        loop {
            while folder.step().await? {
                let size = folder.cursor().size;
                if size == self.source.size()? {
                    break;
                }
                if !matches!(self.inner.state.borrow().status, Status::Ready { .. }) {
                    let of = self.source.size()?;
                    self.set(Status::Rebuilding { done: size, of }, None);
                } else {
                    self.set(Status::Ready { size }, Some(&db));
                }
            }
            let size = folder.cursor().size;
            if !matches!(self.inner.state.borrow().status, Status::Ready { .. }) {
                let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                info!(size, took_ms, "the read model is up to date");
            }
            self.set(Status::Ready { size }, Some(&db));
            self.wait(&db, &folder).await?;
        }
    }

    /// Waits for news of the ledger, and looks now and then whether the model is still where it was left.
    async fn wait(&mut self, db: &Db, folder: &Folder) -> Result<(), ProjectionError> {
        loop {
            match tokio::time::timeout(LOOK, self.head.changed()).await {
                Ok(Ok(())) => break,
                // The ledger has ended; the node is about to.
                Ok(Err(_)) => std::future::pending().await,
                Err(_) => {
                    if read_cursor(db).await? != Some(folder.cursor()) {
                        return Err(ProjectionError::Moved);
                    }
                    if folder.cursor().size < self.source.size()? {
                        break;
                    }
                }
            }
        }
        tokio::select! {
            () = self.inner.hurry.notified() => {}
            () = tokio::time::sleep(PACE) => {}
        }
        Ok(())
    }
}

/// The right to fold into the model of a data folder: held by the running node, or by a command on a stopped one.
struct Lock(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Lock {
    fn take(settings: &ProjectionSettings) -> Result<Self, ProjectionError> {
        let path = settings.file.with_extension("lock");
        let fault = |why: String| ProjectionError::File {
            path: path.clone(),
            why,
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| fault(error.to_string()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(ProjectionError::Moved),
            Err(TryLockError::Error(error)) => Err(fault(error.to_string())),
        }
    }
}

/// What a command does with the read model of a data folder.
#[derive(Clone, Debug)]
pub struct Maintenance {
    settings: ProjectionSettings,
}

/// What came of a rebuild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebuilt {
    /// The command did it.
    Here(Cursor),
    /// A node runs on the folder: it has been asked, and does it within seconds.
    ByTheNode,
}

impl Maintenance {
    /// For the read model that these settings name.
    #[must_use]
    pub const fn new(settings: ProjectionSettings) -> Self {
        Self { settings }
    }

    /// How far the model is; `None` when there is none of this version.
    ///
    /// # Errors
    /// When the database can not be reached.
    pub async fn cursor(&self) -> Result<Option<Cursor>, ProjectionError> {
        if self.settings.url.is_none() && !self.settings.file.exists() {
            return Ok(None);
        }
        let db = Db::open(&self.settings).await?;
        let found = match read_cursor(&db).await {
            Err(ProjectionError::Database(fault)) if fault.as_database_error().is_some() => {
                Ok(None)
            }
            other => other,
        };
        db.close().await;
        found
    }

    /// Compares every row of the model with what the ledger says. The model is made anew for that, in a file beside it that
    /// goes away again; the model itself is only read.
    ///
    /// # Errors
    /// [`ProjectionError::NotReady`] when there is no whole model of all leaves; also when ledger or database can not be used.
    pub async fn check(
        &self,
        source: Arc<dyn Source>,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<Checked, ProjectionError> {
        let before = self.up_to_date(source.as_ref()).await?;
        let beside = ProjectionSettings {
            file: self.settings.file.with_extension("check"),
            url: None,
        };
        remove(&beside.file);
        let found = Db::open(&self.settings).await?;
        let compared = async {
            let mut folder = Folder::open(Arc::clone(&source), &beside, progress).await?;
            while folder.step().await? {}
            let compared = check::compare(&found, folder.db()).await;
            folder.db().close().await;
            compared
        };
        let compared = compared.await;
        found.close().await;
        remove(&beside.file);
        // A node that went on meanwhile has changed rows by right.
        if self.up_to_date(source.as_ref()).await? != before {
            let why =
                "the ledger went on meanwhile: stop the node for the comparison, or try again";
            return Err(ProjectionError::NotReady(why.into()));
        }
        compared
    }

    async fn up_to_date(&self, source: &dyn Source) -> Result<Cursor, ProjectionError> {
        let size = source.size()?;
        let cursor = self.cursor().await?;
        let whole = cursor.filter(|it| it.complete && it.size == size);
        whole.ok_or_else(|| {
            let there = cursor.map_or(0, |it| it.size);
            ProjectionError::NotReady(format!("it holds {there} of {size} leaves").into())
        })
    }

    /// Makes the model anew: here, or by the node when one runs on the folder. Nothing else of the folder is touched.
    ///
    /// # Errors
    /// When the ledger or the database can not be used.
    pub async fn rebuild(
        &self,
        source: Arc<dyn Source>,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        let lock = match Lock::take(&self.settings) {
            Err(ProjectionError::Moved) => None,
            taken => Some(taken?),
        };
        if lock.is_none() {
            self.spoil().await?;
            return Ok(Rebuilt::ByTheNode);
        }
        let mut folder = Folder::anew(source, &self.settings, progress).await?;
        while folder.step().await? {}
        folder.db().close().await;
        Ok(Rebuilt::Here(folder.cursor()))
    }

    /// Makes the model one of another version, so that the node that follows makes it anew.
    async fn spoil(&self) -> Result<(), ProjectionError> {
        let db = Db::open(&self.settings).await?;
        let spoil = "UPDATE cursor_at SET schema_version = $1 WHERE one = 1";
        let mut tx = db.begin().await?;
        tx.execute(spoil, vec![Cell::from(0_u32)]).await?;
        tx.commit().await?;
        db.close().await;
        Ok(())
    }
}
