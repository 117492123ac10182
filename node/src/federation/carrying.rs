//! What a parcel carries beside transfers: the trust registry, and evidence against ledgers that contradict themselves.

use std::collections::BTreeMap;

use countersign_protocol::federation::parcel::{
    PARCEL_EVIDENCE_MAX, PARCEL_TRUST_BYTES_MAX, PARCEL_TRUST_FILES_MAX, Parcel,
};
use countersign_protocol::time::Timestamp;

use crate::clock::now_ms;
use crate::federation::{Federation, accusing};

/// The files of a trust registry, by name.
type Files = BTreeMap<String, String>;

impl Federation {
    /// The hash of what this node holds of the trust registry, and its files where the other side does not hold the same.
    pub(super) fn trust_to_carry(&self, told: Option<&Parcel>) -> (Option<String>, Files) {
        let Some(keeper) = &self.shared.keeper else {
            return (None, Files::new());
        };
        let knows = keeper.timestamp_sha256().map(hex::encode);
        if knows.is_none() || told.is_some_and(|told| told.knows_trust == knows) {
            return (knows, Files::new());
        }
        let files = keeper.whole().into_iter();
        let texts = files.map(|(name, bytes)| Some((name, String::from_utf8(bytes).ok()?)));
        let files: Option<Files> = texts.collect();
        let fits = |files: &Files| {
            let bytes = files.iter().map(|(name, file)| name.len() + file.len());
            files.len() <= PARCEL_TRUST_FILES_MAX && bytes.sum::<usize>() <= PARCEL_TRUST_BYTES_MAX
        };
        (knows, files.filter(fits).unwrap_or_default())
    }

    /// Takes in the trust registry that a parcel brought. The error says why it was of no use.
    pub(super) async fn take_trust(&self, parcel: &Parcel) -> Result<(), String> {
        let Some(keeper) = self.shared.keeper.clone() else {
            return Ok(());
        };
        if parcel.trust.is_empty() {
            return Ok(());
        }
        let now = Timestamp::from_seconds(now_ms() / 1000).map_err(|error| error.to_string())?;
        let files = parcel.trust.clone().into_iter();
        let source: BTreeMap<String, Vec<u8>> = files
            .map(|(name, file)| (name, file.into_bytes()))
            .collect();
        let taken = tokio::task::spawn_blocking(move || keeper.take_in(&source, now)).await;
        match taken {
            Ok(Ok(Some(trust))) => {
                self.follow(&trust).await;
                Ok(())
            }
            Ok(Ok(None)) => Ok(()),
            Ok(Err(problem)) => Err(format!("its trust registry is not taken in: {problem}")),
            Err(_) => Err("its trust registry is not taken in: the work was broken off".to_owned()),
        }
    }

    /// The evidence against whoever stands accused here.
    pub(super) fn evidence_to_carry(&self) -> Vec<String> {
        let standing = accusing::standing(&self.shared).into_iter();
        let texts = standing.filter_map(|sha256| {
            let text = self.shared.evidence.text(&sha256);
            text.ok().flatten()
        });
        texts.take(PARCEL_EVIDENCE_MAX).collect()
    }

    /// Takes the evidence that a parcel brought; gives what was of no use, and why.
    pub(super) async fn take_evidence(&self, parcel: &Parcel) -> Vec<String> {
        let mut problems = Vec::new();
        for text in &parcel.evidence {
            if let Err(problem) = self.accuse(text).await {
                problems.push(format!("evidence is not taken: {problem}"));
            }
        }
        problems
    }
}
