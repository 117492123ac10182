//! The log of the registry's versions: an append-only Merkle tree of its own, under the witnesses of the federation.
//!
//! Signatures of a threshold say that a version is good; they do not say that everybody is shown the same one. Keyholders who
//! conspire, or are deceived, could sign two. So each version is an entry of a log whose checkpoints witnesses cosign like those
//! of a country's ledger (C2SP tlog-checkpoint, tlog-cosignature), and a reader who has seen the log begins nothing new under a
//! version that is not in it.
//!
//! ```text
//! log/entries       one entry after the other, each ended by an empty line
//! log/checkpoint    the signed note of all of them, with cosignatures
//! ```
//!
//! An entry names what is in force together, each file by its version and SHA-256 of what is signed in it, in its one spelling.
//!
//! ```text
//! countersign-trust/v1
//! root 2 5f1d...
//! members 7 77ab...
//! targets 1 90cd...
//! witnesses 3 ab12...
//! ```

use std::collections::BTreeMap;

use super::chain::{Complete, Trust, Verified};
use super::layout::TrustSource;
use super::metadata::RootMeta;
use super::refusal::TrustRefusal;
use super::{MEMBERS, WITNESSES};
use crate::log::{
    Checkpoint, Hash, KeyKind, MemoryTree, Policy, SignedNote, SignerKey, VerifierKey, leaf_hash,
    prove_consistency,
};

/// Where the entries lie.
pub const LOG_ENTRIES: &str = "log/entries";

/// Where the checkpoint lies.
pub const LOG_CHECKPOINT: &str = "log/checkpoint";

/// Largest file of entries, in bytes: some 700 versions, of which a federation makes one or two in a month.
pub const LOG_ENTRIES_BYTES_MAX: usize = 256 * 1024;

/// Largest checkpoint, in bytes.
pub const LOG_CHECKPOINT_BYTES_MAX: usize = crate::federation::message::NOTE_BYTES_MAX;

const HEADER: &str = "countersign-trust/v1\n";

/// The log as somebody gives it, or as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustLog {
    origin: String,
    entries: Vec<String>,
    note: String,
}

/// The log as it is held, and what is made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Logged {
    log: TrustLog,
    /// Judged once for each version and not for each decision: signatures are checked in it.
    standing: Result<(), TrustRefusal>,
}

fn damaged(reason: impl std::fmt::Display) -> TrustRefusal {
    TrustRefusal::Log(reason.to_string())
}

impl TrustLog {
    /// The origin of a registry's log, which follows from the hash of its first root and never changes.
    #[must_use]
    pub fn origin(first_root: &Hash) -> String {
        let hash = hex::encode(first_root);
        format!("countersign.trust/{}", &hash[..32])
    }

    /// A log with its first entries, not signed yet.
    #[must_use]
    pub fn new(first_root: &Hash) -> Self {
        Self {
            origin: Self::origin(first_root),
            entries: Vec::new(),
            note: String::new(),
        }
    }

    /// Reads the log from a source; `None` where it has none. Nothing is believed yet.
    ///
    /// # Errors
    /// [`TrustRefusal::Log`] when it is none.
    pub fn read(
        first_root: &Hash,
        source: &impl TrustSource,
    ) -> Result<Option<Self>, TrustRefusal> {
        let Some(note) = source.file(LOG_CHECKPOINT, LOG_CHECKPOINT_BYTES_MAX) else {
            return Ok(None);
        };
        let entries = source.file(LOG_ENTRIES, LOG_ENTRIES_BYTES_MAX);
        let entries = entries.ok_or_else(|| TrustRefusal::Missing(LOG_ENTRIES.to_owned()))?;
        let too_large = |file: &str, max| TrustRefusal::TooLarge {
            file: file.to_owned(),
            max,
        };
        if entries.len() > LOG_ENTRIES_BYTES_MAX {
            return Err(too_large(LOG_ENTRIES, LOG_ENTRIES_BYTES_MAX));
        }
        if note.len() > LOG_CHECKPOINT_BYTES_MAX {
            return Err(too_large(LOG_CHECKPOINT, LOG_CHECKPOINT_BYTES_MAX));
        }
        let text = |bytes| String::from_utf8(bytes).map_err(|_| damaged("it is no text"));
        let entries = text(entries)?;
        let mut parts: Vec<String> = entries.split_inclusive("\n\n").map(str::to_owned).collect();
        for entry in &mut parts {
            if entry.pop() != Some('\n') || !entry.starts_with(HEADER) || !entry.ends_with('\n') {
                return Err(damaged("an entry does not begin or end as entries do"));
            }
        }
        Ok(Some(Self {
            origin: Self::origin(first_root),
            entries: parts,
            note: text(note)?,
        }))
    }

    /// Its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.origin
    }

    /// How many entries there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The signed checkpoint, with the cosignatures that are there.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Appends an entry, unless it is the newest already. Sign it then.
    pub fn append(&mut self, entry: String) {
        if self.entries.last() != Some(&entry) {
            self.entries.push(entry);
        }
    }

    /// Signs the checkpoint of all entries, whatever name the key has.
    ///
    /// # Errors
    /// [`TrustRefusal::Log`] when the key can not sign it.
    pub fn sign(&mut self, key: &SignerKey) -> Result<(), TrustRefusal> {
        let key = key.under(&self.origin).map_err(damaged)?;
        self.note = self.checkpoint().sign(&key).map_err(damaged)?;
        Ok(())
    }

    /// Takes the same checkpoint with more cosignatures.
    pub fn cosigned(&mut self, note: String) {
        self.note = note;
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            origin: self.origin.clone(),
            size: self.size(),
            root: self.tree().root(),
        }
    }

    fn tree(&self) -> MemoryTree {
        MemoryTree::of(self.entries.iter().map(|entry| leaf_hash(entry.as_bytes())))
    }

    /// The proof that the whole log extends its first `from` entries (RFC 6962, section 2.1.2).
    ///
    /// # Errors
    /// [`TrustRefusal::Log`] where it has no such size.
    pub fn consistency(&self, from: u64) -> Result<Vec<Hash>, TrustRefusal> {
        prove_consistency(&self.tree(), from, self.size()).map_err(damaged)
    }

    /// Its files, as they are served.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = self.entries.iter().flat_map(|entry| [entry.as_str(), "\n"]);
        let entries: String = entries.collect();
        BTreeMap::from([
            (LOG_ENTRIES.to_owned(), entries.into_bytes()),
            (LOG_CHECKPOINT.to_owned(), self.note.clone().into_bytes()),
        ])
    }

    fn has(&self, entry: &str) -> bool {
        self.entries.iter().any(|it| it == entry)
    }

    /// Whether this is the held log with more, or the same, entries.
    fn continues(&self, held: &Self) -> bool {
        self.entries.starts_with(&held.entries)
    }

    /// The signed note, whose checkpoint is of these entries.
    fn head(&self) -> Result<SignedNote, TrustRefusal> {
        let (note, found) = Checkpoint::parse_note(&self.note).map_err(damaged)?;
        if found == self.checkpoint() {
            Ok(note)
        } else {
            Err(damaged("its checkpoint is not that of its entries"))
        }
    }
}

impl Complete {
    /// The entry of this version under this root.
    fn entry(&self, root: &Verified<RootMeta>) -> String {
        let mut entry = HEADER.to_owned();
        let rows = [
            ("root", &root.meta.common, &root.envelope),
            (
                MEMBERS,
                &self.members_file.meta.common,
                &self.members_file.envelope,
            ),
            ("targets", &self.targets.meta.common, &self.targets.envelope),
            (
                WITNESSES,
                &self.witnesses_file.meta.common,
                &self.witnesses_file.envelope,
            ),
        ];
        for (role, common, envelope) in rows {
            let hash = hex::encode(envelope.hash());
            entry.push_str(&format!("{role} {} {hash}\n", common.version));
        }
        entry
    }
}

impl Trust {
    /// The entry of the newest complete version; `None` before the first.
    #[must_use]
    pub fn log_entry(&self) -> Option<String> {
        self.complete.as_ref().map(|it| it.entry(&self.root))
    }

    /// The log as it is held; `None` where none was ever seen.
    #[must_use]
    pub fn log(&self) -> Option<&TrustLog> {
        self.log.as_ref().map(|it| &it.log)
    }

    /// Whom to believe about the log: the online keys under its origin, and the witnesses of the newest complete version. `None`
    /// before the first version.
    #[must_use]
    pub fn log_policy(&self) -> Option<Policy> {
        self.to_settle()?.policy_of(&self.log_keys()).ok()
    }

    /// Whether the newest complete version is in the log, and a quorum of its witnesses stands behind the log. Anything goes where
    /// no log was ever seen.
    ///
    /// # Errors
    /// [`TrustRefusal::NotLogged`] and [`TrustRefusal::LogNotWitnessed`].
    pub fn is_logged(&self) -> Result<(), TrustRefusal> {
        let standing = self.log.as_ref().map(|it| it.standing.clone());
        standing.unwrap_or(Ok(()))
    }

    /// Judges the log that is held: whenever it, the root or the version is another one.
    pub(super) fn judge_log(&mut self) {
        if let Some(mut held) = self.log.take() {
            held.standing = self.judged(&held.log);
            self.log = Some(held);
        }
    }

    fn judged(&self, log: &TrustLog) -> Result<(), TrustRefusal> {
        let Some(entry) = self.log_entry() else {
            return Ok(());
        };
        if !log.has(&entry) {
            return Err(TrustRefusal::NotLogged);
        }
        let policy = self.log_policy().ok_or(TrustRefusal::NothingYet)?;
        let checked = policy.check(&log.head()?);
        checked
            .map(|_| ())
            .map_err(|error| TrustRefusal::LogNotWitnessed(error.to_string()))
    }

    fn log_keys(&self) -> Vec<VerifierKey> {
        let origin = TrustLog::origin(&self.first);
        let root = &self.root.meta;
        let online = root
            .keys
            .iter()
            .filter(|(id, _)| root.timestamp.keys.contains(*id));
        let under =
            |key: &VerifierKey| VerifierKey::new(&origin, KeyKind::Ed25519, key.public_key());
        online.filter_map(|(_, key)| under(key).ok()).collect()
    }

    /// The log of a source, where it has one that is not older than the one that is held: of its entries, signed, and a continuation
    /// of that one. What this reader had stored itself may have been signed by a server's key that is gone.
    pub(super) fn read_log(
        &self,
        source: &impl TrustSource,
        is_own: bool,
    ) -> Result<Option<TrustLog>, TrustRefusal> {
        let Some(new) = TrustLog::read(&self.first, source)? else {
            return Ok(None);
        };
        if !is_own {
            new.head()?.verify(&self.log_keys()).map_err(damaged)?;
        }
        match self.log() {
            Some(held) if new.continues(held) => Ok(Some(new)),
            Some(held) if held.continues(&new) => Ok(None),
            Some(_) => Err(TrustRefusal::LogForked),
            None => Ok(Some(new)),
        }
    }

    /// Holds what was read, and judges it. The same entries take the place of those that are held only where too few witnesses stand
    /// behind these: nobody makes them fewer by leaving lines out.
    pub(super) fn hold_log(&mut self, read: Option<TrustLog>) {
        self.judge_log();
        let Some(log) = read else { return };
        let stays = |held: &Logged| held.log.size() == log.size() && held.standing.is_ok();
        if !self.log.as_ref().is_some_and(stays) {
            let standing = self.judged(&log);
            self.log = Some(Logged { log, standing });
        }
    }
}
