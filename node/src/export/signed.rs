//! What a ledger says about itself on the way: whose it is, which keys sign it, where its blocks end.

use countersign_protocol::log::{
    Checkpoint, CheckpointError, Cosigner, Policy, SignatureLine, SignedNote, VerifierKey,
};
use countersign_protocol::record::{Body, Genesis, Record};

use super::source::SignedHead;
use super::{LedgerSource, VerifyError};

/// Collected from the records, in order.
#[derive(Default)]
pub(super) struct Names {
    genesis: Option<Genesis>,
    /// Sizes from which a key signs, with the key.
    keys: Vec<(u64, VerifierKey)>,
    last: Option<(u64, &'static str)>,
    pub(super) blocks: u64,
}

/// A head whose signatures hold.
pub(super) struct Signed {
    pub(super) checkpoint: Checkpoint,
    pub(super) log_key: String,
    pub(super) cosigned_by: Vec<Cosigner>,
    pub(super) unknown_signatures: usize,
}

impl Names {
    pub(super) fn learn(&mut self, index: u64, record: &Record) -> Result<(), VerifyError> {
        let mut key = |text: &str, from_size| {
            let key = text
                .parse()
                .map_err(|error| VerifyError::LogKey { index, error })?;
            self.keys.push((from_size, key));
            Ok::<(), VerifyError>(())
        };
        match &record.body {
            Body::Genesis(genesis) => {
                key(genesis.log_key.as_str(), 0)?;
                // A ledger that goes on from a closed one has another after the leaves of that one.
                self.genesis = Some(genesis.clone());
            }
            Body::KeyRotation(it) => key(it.log_key.as_str(), it.from_size)?,
            Body::BlockHeader(_) => self.blocks += 1,
            _ => {}
        }
        let begins = matches!(&record.body, Body::Genesis(it) if it.continues.is_none());
        if (index == 0) != begins {
            let found = record.body.kind();
            return Err(VerifyError::Border { index, found });
        }
        self.last = Some((index, record.body.kind()));
        Ok(())
    }

    /// The genesis, once every record was read.
    pub(super) fn finish(
        &self,
        source: &(impl LedgerSource + ?Sized),
    ) -> Result<&Genesis, VerifyError> {
        let place = || format!("the genesis record of {}", source.place());
        let genesis = self
            .genesis
            .as_ref()
            .ok_or_else(|| VerifyError::Missing { place: place() })?;
        match self.last {
            Some((index, found)) if found != "block_header" => {
                Err(VerifyError::Border { index, found })
            }
            _ => Ok(genesis),
        }
    }

    /// Checks the signatures on a head: the log's by the key that the ledger names for this size, and everything that a
    /// trust file asks for.
    pub(super) fn check(
        &self,
        genesis: &Genesis,
        head: &SignedHead,
        trust: Option<&Policy>,
    ) -> Result<Signed, VerifyError> {
        let place = || head.place.clone();
        let malformed = |error| VerifyError::Checkpoint {
            place: place(),
            error,
        };
        let note = SignedNote::parse(&head.note)
            .map_err(CheckpointError::from)
            .map_err(malformed)?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(malformed)?;
        if checkpoint.origin != genesis.origin.as_str() {
            return Err(VerifyError::OtherLog {
                place: place(),
                signed: checkpoint.origin,
                genesis: genesis.origin.to_string(),
            });
        }
        let key = self.key_at(checkpoint.size).ok_or(VerifyError::Missing {
            place: format!("a log key for size {}", checkpoint.size),
        })?;
        note.verify([key]).map_err(|_| VerifyError::NotSigned {
            place: place(),
            key: key.to_string(),
        })?;
        let cosigned_by = match trust {
            Some(policy) => policy
                .check(&note)
                .map_err(|error| VerifyError::NotTrusted {
                    place: place(),
                    error,
                })?
                .cosigned_by()
                .to_vec(),
            None => Vec::new(),
        };
        let known = |line: &&SignatureLine| {
            let logs = trust.into_iter().flat_map(Policy::logs).map(|log| &log.key);
            let witnesses = trust.into_iter().flat_map(Policy::witnesses);
            let mut keys = logs
                .chain(witnesses.map(|witness| &witness.key))
                .chain([key]);
            keys.any(|key| line.is_by(key))
        };
        let unknown = |line: &&SignatureLine| !known(line);
        Ok(Signed {
            log_key: key.to_string(),
            cosigned_by,
            unknown_signatures: note.signatures().iter().filter(unknown).count(),
            checkpoint,
        })
    }

    /// The key that signs a tree of this size.
    fn key_at(&self, size: u64) -> Option<&VerifierKey> {
        self.keys
            .iter()
            .rev()
            .find(|(from_size, _)| *from_size <= size)
            .map(|(_, key)| key)
    }
}
