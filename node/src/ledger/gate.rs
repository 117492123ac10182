//! Holding writes back for a moment: what is submitted meanwhile waits in the queue.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// How many hold the writer back.
#[derive(Debug, Default)]
pub(super) struct Gate {
    holds: Mutex<usize>,
    free: Condvar,
}

impl Gate {
    /// Waits until nobody holds the writer back.
    pub(super) fn wait(&self) {
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        while *holds > 0 {
            holds = self
                .free
                .wait(holds)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn hold(self: &Arc<Self>) -> WriteHold {
        *self.holds.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        WriteHold(Arc::clone(self))
    }
}

/// While it lives, the ledger writes nothing and loses nothing: what is submitted waits in the queue.
#[must_use]
pub struct WriteHold(Arc<Gate>);

impl fmt::Debug for WriteHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteHold")
    }
}

impl Drop for WriteHold {
    fn drop(&mut self) {
        let mut holds = self.0.holds.lock().unwrap_or_else(PoisonError::into_inner);
        *holds = holds.saturating_sub(1);
        drop(holds);
        self.0.free.notify_all();
    }
}
