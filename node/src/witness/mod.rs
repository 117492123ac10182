//! The witness: cosigns a checkpoint only if it extends the last one it cosigned for that log, and remembers it before it
//! answers (C2SP tlog-witness).
//!
//! The rule itself is [`countersign_protocol::log::witness::judge`]. Here it is joined with a store, so that comparing and
//! remembering are one step, and with the ways in and out: [`http`] serves it, [`client`] asks other witnesses and
//! [`collector`] gathers a quorum of them.

pub mod client;
pub mod collector;
mod error;
pub mod http;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_protocol::log::witness::judge;
use countersign_protocol::log::{
    AddCheckpoint, Checkpoint, Equivocation, KeyKind, SignedNote, SignerKey, VerifierKey,
    WitnessRefusal, cosign,
};
use tracing::{error, info, warn};

pub use client::{ClientError, HttpWitness, WitnessClient};
pub use collector::{CollectError, Collector};
pub use error::{WitnessError, WitnessStoreError};
pub use store::{OriginHash, WitnessStore, origin_hash};

/// Answer of a witness: an HTTP status and a body, whatever way the question came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200, 400, 403, 404, 409 or 422 as C2SP tlog-witness says; 500 when the witness cannot remember.
    pub status: u16,
    /// Cosignature lines for 200, the size cosigned last for 409, otherwise a sentence for people.
    pub body: String,
}

impl Reply {
    /// Media type of the body.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        if self.status == 409 {
            "text/x.tlog.size"
        } else {
            "text/plain; charset=utf-8"
        }
    }
}

/// A witness with its key, its memory and the logs it knows.
#[derive(Debug)]
pub struct Witness {
    store: WitnessStore,
    cosigner: SignerKey,
    logs: RwLock<BTreeMap<String, Arc<[VerifierKey]>>>,
}

impl Witness {
    /// A witness that signs with `cosigner` and knows no log yet.
    ///
    /// # Errors
    /// [`WitnessError`] when the key is not a cosigner key, or the store belongs to a witness of another name.
    pub fn new(store: WitnessStore, cosigner: SignerKey) -> Result<Self, WitnessError> {
        if cosigner.kind() != KeyKind::CosignatureV1 {
            return Err(WitnessError::NotACosigner {
                name: cosigner.name().to_owned(),
            });
        }
        if store.name() != cosigner.name() {
            return Err(WitnessError::OtherWitness {
                store: store.name().to_owned(),
                key: cosigner.name().to_owned(),
            });
        }
        Ok(Self {
            store,
            cosigner,
            logs: RwLock::default(),
        })
    }

    /// The public half of the key that cosigns.
    #[must_use]
    pub const fn cosigner(&self) -> &VerifierKey {
        self.cosigner.verifier()
    }

    /// Knows a log from now on, by these keys and no others; several while a key is being rotated.
    pub fn set_log(&self, origin: &str, keys: Vec<VerifierKey>) {
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        logs.insert(origin.to_owned(), keys.into());
    }

    /// Does not cosign a log any more. What was cosigned stays remembered.
    pub fn remove_log(&self, origin: &str) {
        self.logs
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(origin);
    }

    /// Answers an add-checkpoint request at `now_s` (seconds since 1970). Blocks for one synced write, so call it from a
    /// thread that may.
    #[must_use]
    pub fn add_checkpoint(&self, body: &str, now_s: u64) -> Reply {
        match self.try_add_checkpoint(body, now_s) {
            Ok(cosignature) => Reply {
                status: 200,
                body: cosignature,
            },
            Err(WitnessError::Refused(refusal)) => {
                info!(status = refusal.status(), %refusal, "checkpoint not cosigned");
                let body = match &refusal {
                    WitnessRefusal::Conflict { stored, .. } => format!("{stored}\n"),
                    other => format!("{other}\n"),
                };
                Reply {
                    status: refusal.status(),
                    body,
                }
            }
            Err(problem) => {
                error!(%problem, "the witness cannot answer");
                Reply {
                    status: 500,
                    body: "the witness cannot answer now: see its log\n".to_owned(),
                }
            }
        }
    }

    fn try_add_checkpoint(&self, body: &str, now_s: u64) -> Result<String, WitnessError> {
        let request = AddCheckpoint::parse(body).map_err(WitnessRefusal::from)?;
        let (note, claimed) = Checkpoint::parse_note(&request.checkpoint)
            .map_err(|error| WitnessRefusal::Malformed(error.into()))?;
        let keys = self.keys_of(&claimed.origin)?;
        let key = origin_hash(&claimed.origin);
        // From here to the end of the write nobody else may compare or remember for this log.
        let slot = self.store.lock(key);
        let stored = slot.latest()?;
        let stored_head = stored.as_deref().map(Checkpoint::parse_note).transpose();
        let stored_head = stored_head.map_err(|reason| WitnessStoreError::Malformed {
            key: hex::encode(key),
            reason,
        })?;
        let judged = judge(
            stored_head.as_ref().map(|(_, head)| head),
            &request,
            keys.iter(),
        );
        if let Err(refusal) = judged {
            if refusal.is_suspicious() {
                self.keep_evidence(key, stored.as_deref(), &request.checkpoint, &keys);
            }
            return Err(refusal.into());
        }
        let cosignature = cosign(note.text(), &self.cosigner, now_s)?;
        let mut remembered = note;
        remembered.retain(|line| keys.iter().any(|key| line.is_by(key)));
        remembered.add(cosignature.clone())?;
        slot.remember(&remembered.to_string())?;
        Ok(cosignature.to_string())
    }

    fn keys_of(&self, origin: &str) -> Result<Arc<[VerifierKey]>, WitnessRefusal> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.get(origin)
            .map(Arc::clone)
            .ok_or_else(|| WitnessRefusal::UnknownOrigin {
                origin: origin.to_owned(),
            })
    }

    /// Two signed heads of one size are proof that the log lied; anything less is only written to the journal.
    fn keep_evidence(
        &self,
        key: OriginHash,
        stored: Option<&str>,
        offered: &str,
        keys: &[VerifierKey],
    ) {
        let evidence = stored.map(|stored| Equivocation::new(stored, offered, keys));
        let Some(Ok(evidence)) = evidence else {
            warn!(
                log = hex::encode(key),
                "a signed checkpoint does not extend the one cosigned here"
            );
            return;
        };
        error!(
            log = hex::encode(key),
            "a log has signed two trees of one size: the evidence is kept"
        );
        if let Err(problem) = self.store.keep_evidence(key, &evidence.to_string()) {
            error!(%problem, "the evidence cannot be kept");
        }
    }

    /// The newest checkpoint cosigned for a log: a note with the log's signature and this witness's. `None` when none was.
    ///
    /// # Errors
    /// [`WitnessStoreError`] when the store cannot be read.
    pub fn latest(&self, origin: OriginHash) -> Result<Option<String>, WitnessStoreError> {
        self.store.latest(origin)
    }

    /// The first evidence kept against a log: an [`Equivocation`] as text. `None` when the log never contradicted itself
    /// here.
    ///
    /// # Errors
    /// [`WitnessStoreError`] when the store cannot be read.
    pub fn evidence(&self, origin: OriginHash) -> Result<Option<String>, WitnessStoreError> {
        self.store.evidence(origin)
    }

    /// The cosignature of this witness under a remembered note, verified; for status pages.
    ///
    /// # Errors
    /// [`WitnessStoreError`] when the store cannot be read.
    pub fn cosigned_at(&self, origin: OriginHash) -> Result<Option<u64>, WitnessStoreError> {
        let Some(note) = self.latest(origin)? else {
            return Ok(None);
        };
        let verified = SignedNote::parse(&note).and_then(|note| {
            Ok(note
                .verify([self.cosigner()])?
                .first()
                .and_then(|line| line.time_s))
        });
        Ok(verified.unwrap_or(None))
    }
}
