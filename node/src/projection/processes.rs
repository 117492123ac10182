//! The adopted processes, parsed once.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_protocol::log::Hash;
use countersign_protocol::registry::{Key, Value};
use countersign_protocol::workflow::Process;

use super::ProjectionError;
use super::source::Source;

/// Parsed processes by the SHA-256 of their files.
#[derive(Debug, Default)]
pub(super) struct Processes {
    known: BTreeMap<Hash, Arc<Process>>,
    /// Versions that were looked at.
    versions: u32,
}

impl Processes {
    /// An adopted process; `None` when the ledger has none of this hash.
    pub(super) fn of(
        &mut self,
        source: &dyn Source,
        hash: &Hash,
    ) -> Result<Option<Arc<Process>>, ProjectionError> {
        while !self.known.contains_key(hash) {
            let next = Key::Process(self.versions + 1);
            let Some(Value::Process(adopted)) = source.value(&next)? else {
                return Ok(None);
            };
            self.versions += 1;
            let mut text = String::new();
            for part in 0..adopted.parts {
                let key = Key::ProcessPart(adopted.process, part);
                if let Some(Value::Text(piece)) = source.value(&key)? {
                    text.push_str(&piece);
                }
            }
            if let Ok(process) = Process::parse(&text) {
                self.known.insert(adopted.process, Arc::new(process));
            }
        }
        Ok(self.known.get(hash).cloned())
    }
}
