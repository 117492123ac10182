//! A ledger that was lost, or that is an old backup, had back from whoever mirrors it.
//!
//! The way back: every source gives its newest checkpoint, the largest that a quorum of witnesses stands behind is taken, its
//! leaves are fetched and judged by the rules that once wrote them, and only a tree with the witnessed root is put in the
//! place of the old one. Nothing that anybody relied on is missing then, for nothing leaves a node before it is witnessed.
//! What was acknowledged at home and never witnessed is given up: the old folder stays beside the new one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_protocol::log::tile::TILE_WIDTH;
use countersign_protocol::log::{
    Checkpoint, Policy, PolicyError, Tile, TilePath, VerifiedCheckpoint, decode_entries,
};
use reqwest::{Client, Url};

use crate::ledger::rebuild::{Rebuild, RebuildError};
use crate::ledger::replay::ReplayError;
use crate::store::{Identity, OpenOptions, StoreError};
use crate::witness::{WitnessClient, origin_hash};

/// The longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Longest answer: 256 leaves of the largest kind, each with its length.
const ANSWER_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Why a ledger was not had back. The old one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// No source was named.
    #[error("no source is named: give the address of a partner's node that mirrors this ledger")]
    NoSource,
    /// A source's address can not be used.
    #[error("{0} is no address of a node: write it as https://registry.example.gov.gh")]
    Address(String),
    /// No source has a checkpoint that is believed.
    #[error("no source has a checkpoint of this ledger that its witnesses stand behind:{0}")]
    NoCheckpoint(String),
    /// A witness has seen more than any source has.
    #[error(
        "the witness {witness} has cosigned {seen} leaves and the best source has {had}: a partner with a newer mirror must be \
         found, or the ledger would be forked"
    )]
    TooOld {
        /// Its name.
        witness: String,
        /// Leaves that it has seen.
        seen: u64,
        /// Leaves that the best source has.
        had: u64,
    },
    /// Leaves could not be had.
    #[error("leaves from {from} on can not be had:{why}")]
    Leaves {
        /// Index of the first one missing.
        from: u64,
        /// What each source said.
        why: String,
    },
    /// The leaves are not those of the checkpoint.
    #[error(
        "the leaves of {source_address} are not those of the witnessed checkpoint of {size} leaves: use another source"
    )]
    OtherTree {
        /// Where they came from.
        source_address: String,
        /// Size of the checkpoint.
        size: u64,
    },
    /// A leaf breaks a rule: an older release is at work, or the ledger was written by something else.
    #[error("a leaf can not be taken: {0}. Is this the release that wrote the ledger?")]
    Illegal(String),
    /// The new store.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// The store of the ledger that is there.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Folders could not be moved.
    #[error("cannot {doing} {path}: {source}")]
    Folder {
        /// What was to be done.
        doing: &'static str,
        /// With which folder.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The client for HTTP could not be made.
    #[error("no requests can be made: {0}")]
    Client(reqwest::Error),
}

/// What is to be had back.
pub struct Recovery {
    /// Folder of the ledger's store. What is there is moved aside, not deleted.
    pub ledger: PathBuf,
    /// Whose ledger it is.
    pub identity: Identity,
    /// Whose checkpoints are believed: this ledger's keys and the quorum of its witnesses.
    pub policy: Policy,
    /// Base addresses of nodes that mirror it.
    pub sources: Vec<String>,
    /// Witnesses that can be asked what they have seen.
    pub witnesses: Vec<std::sync::Arc<dyn WitnessClient>>,
    /// Memory limits of the store.
    pub options: OpenOptions,
    /// Seconds since the Unix epoch: names the folder that is moved aside.
    pub now_s: u64,
}

/// What was had back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Leaves.
    pub size: u64,
    /// Root of their tree.
    pub root: [u8; 32],
    /// Where the newest checkpoint came from.
    pub source: String,
    /// Witnesses that were asked and have seen no more.
    pub asked: Vec<String>,
    /// Witnesses that could not be asked, and why.
    pub silent: Vec<String>,
    /// Where the ledger lies now that was there before; none where there was none.
    pub moved_to: Option<PathBuf>,
}

impl Recovery {
    /// Has the ledger back. `progress` hears how many leaves are there, of how many.
    ///
    /// # Errors
    /// [`RecoverError`]; the ledger that is there is as it was then.
    pub async fn run(self, mut progress: impl FnMut(u64, u64)) -> Result<Recovered, RecoverError> {
        let sources = Sources::new(&self.sources, self.identity.origin.as_str())?;
        let (source, note, target) = sources.newest(&self.policy).await?;
        let (asked, silent) = self.ask_witnesses(target.checkpoint().size).await?;
        let beside = self.ledger.with_extension("recovering");
        if beside.exists() {
            std::fs::remove_dir_all(&beside).map_err(folder("clear", &beside))?;
        }
        let Checkpoint { size, root, .. } = target.checkpoint().clone();
        let mut rebuild = Rebuild::create(&beside, &self.identity, &self.options)?;
        while rebuild.size() < size {
            let (from, leaves) = sources.leaves(source, rebuild.size(), size).await?;
            rebuild.append(&leaves)?;
            if let Some(error) = rebuild.finding() {
                return Err(illegal(error));
            }
            debug_assert!(rebuild.size() > from);
            progress(rebuild.size(), size);
        }
        let source_address = sources.name(source);
        if rebuild.root().ok() != Some(root) {
            return Err(RecoverError::OtherTree {
                source_address,
                size,
            });
        }
        rebuild.stands_under(&note)?;
        drop(rebuild);
        let moved_to = self.put_in_place(&beside)?;
        Ok(Recovered {
            size,
            root,
            source: source_address,
            asked,
            silent,
            moved_to,
        })
    }

    /// A ledger with fewer leaves than a witness has seen would be forked by the next block.
    async fn ask_witnesses(&self, had: u64) -> Result<(Vec<String>, Vec<String>), RecoverError> {
        let (mut asked, mut silent) = (Vec::new(), Vec::new());
        for witness in &self.witnesses {
            let name = witness.name().to_owned();
            match witness.latest(self.identity.origin.as_str()).await {
                Ok(Some(note)) => {
                    // Nobody can make this number larger without the ledger's own key.
                    let seen = believed(&note, &self.policy).map_or(0, |it| it.size);
                    if seen > had {
                        let witness = name;
                        return Err(RecoverError::TooOld { witness, seen, had });
                    }
                    asked.push(name);
                }
                Ok(None) => asked.push(name),
                Err(error) => silent.push(format!("{name}: {error}")),
            }
        }
        Ok((asked, silent))
    }

    fn put_in_place(&self, beside: &Path) -> Result<Option<PathBuf>, RecoverError> {
        let moved_to = if self.ledger.exists() {
            let name = format!("before-recovery-{}", self.now_s);
            let aside = self.ledger.with_extension(name);
            std::fs::rename(&self.ledger, &aside).map_err(folder("move", &self.ledger))?;
            Some(aside)
        } else {
            None
        };
        std::fs::rename(beside, &self.ledger).map_err(folder("move", beside))?;
        crate::ops::files::sync_folder_of(&self.ledger).map_err(|error| RecoverError::Folder {
            doing: "sync the folder of",
            path: self.ledger.clone(),
            source: std::io::Error::other(error),
        })?;
        Ok(moved_to)
    }
}

fn folder<'a>(
    doing: &'static str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> RecoverError + 'a {
    move |source| RecoverError::Folder {
        doing,
        path: path.to_owned(),
        source,
    }
}

fn illegal(error: &ReplayError) -> RecoverError {
    RecoverError::Illegal(error.to_string())
}

/// A checkpoint that the ledger's own key signed.
fn believed(note: &str, policy: &Policy) -> Option<Checkpoint> {
    let (note, checkpoint) = Checkpoint::parse_note(note).ok()?;
    let keys = policy.logs().iter().map(|log| &log.key);
    let keys = keys.filter(|key| key.name() == checkpoint.origin);
    note.verify(keys).ok().map(|_| checkpoint)
}

/// Nodes that mirror the ledger.
struct Sources {
    client: Client,
    bases: Vec<Url>,
}

impl Sources {
    fn new(addresses: &[String], origin: &str) -> Result<Self, RecoverError> {
        if addresses.is_empty() {
            return Err(RecoverError::NoSource);
        }
        let mirror = format!("mirror/{}/", hex::encode(origin_hash(origin)));
        let mut bases = Vec::new();
        for address in addresses {
            let refused = || RecoverError::Address(address.clone());
            let mut base = address.clone();
            if !base.ends_with('/') {
                base.push('/');
            }
            let base = Url::parse(&base).map_err(|_| refused())?;
            if !matches!(base.scheme(), "http" | "https") {
                return Err(refused());
            }
            bases.push(base.join(&mirror).map_err(|_| refused())?);
        }
        let client = Client::builder().timeout(TIMEOUT).build();
        let client = client.map_err(RecoverError::Client)?;
        Ok(Self { client, bases })
    }

    fn name(&self, source: usize) -> String {
        self.bases
            .get(source)
            .map_or_else(String::new, Url::to_string)
    }

    /// The largest checkpoint that a quorum of witnesses stands behind, and who has it.
    async fn newest(
        &self,
        policy: &Policy,
    ) -> Result<(usize, String, VerifiedCheckpoint), RecoverError> {
        let mut best: Option<(usize, String, VerifiedCheckpoint)> = None;
        let mut why = String::new();
        for (source, base) in self.bases.iter().enumerate() {
            match self.checkpoint(base, policy).await {
                Ok((note, verified)) => {
                    let size = verified.checkpoint().size;
                    if best
                        .as_ref()
                        .is_none_or(|(_, _, it)| it.checkpoint().size < size)
                    {
                        best = Some((source, note, verified));
                    }
                }
                Err(problem) => why.push_str(&format!("\n  {base}: {problem}")),
            }
        }
        best.ok_or(RecoverError::NoCheckpoint(why))
    }

    async fn checkpoint(
        &self,
        base: &Url,
        policy: &Policy,
    ) -> Result<(String, VerifiedCheckpoint), String> {
        let bytes = self.get(base, "checkpoint").await?;
        let note = String::from_utf8(bytes).map_err(|_| "its checkpoint is not text".to_owned())?;
        let verified = policy.check_text(&note);
        let verified = verified.map_err(|error: PolicyError| error.to_string())?;
        Ok((note, verified))
    }

    /// Leaves from `from` on, to the end of their tile at most: from this source, and from the others where it fails.
    async fn leaves(
        &self,
        source: usize,
        from: u64,
        size: u64,
    ) -> Result<(u64, Vec<Vec<u8>>), RecoverError> {
        let width = u64::from(TILE_WIDTH);
        let index = from / width;
        let mut why = String::new();
        let others = (0..self.bases.len()).filter(|other| *other != source);
        for source in std::iter::once(source).chain(others) {
            let Some(base) = self.bases.get(source) else {
                continue;
            };
            match self.entries(base, index, size).await {
                Ok(mut leaves) => {
                    let known = usize::try_from(from - index * width).unwrap_or(usize::MAX);
                    leaves.drain(..known.min(leaves.len()));
                    if !leaves.is_empty() {
                        return Ok((from, leaves));
                    }
                    why.push_str(&format!("\n  {base}: it gave none"));
                }
                Err(problem) => why.push_str(&format!("\n  {base}: {problem}")),
            }
        }
        Err(RecoverError::Leaves { from, why })
    }

    async fn entries(&self, base: &Url, index: u64, size: u64) -> Result<Vec<Vec<u8>>, String> {
        let tile = Tile::in_tree(0, index, size).ok_or("the tree has no such tile")?;
        let path = TilePath::Entries(tile).to_string();
        let bytes = self.get(base, &path).await?;
        let entries = decode_entries(&bytes, tile.width()).map_err(|error| error.to_string())?;
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    async fn get(&self, base: &Url, path: &str) -> Result<Vec<u8>, String> {
        let url = base.join(path).map_err(|error| error.to_string())?;
        let answer = self.client.get(url).send().await;
        let mut answer = answer.map_err(|error| error.without_url().to_string())?;
        if !answer.status().is_success() {
            return Err(format!("it answered {}", answer.status()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(format!(
                    "its answer is longer than {ANSWER_BYTES_MAX} bytes"
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}
