//! What takes long and many ask for, made when the node begins, so that no visitor waits for it: the sums over the registry, and
//! the book of Article 6.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{App, AppError};

/// Leaves below which it is made in no time when somebody asks.
const LARGE: u64 = 10_000;

/// How often it is tried while the read model is not there yet.
const LOOK: Duration = Duration::from_secs(2);

impl App {
    /// Makes the sums over the registry, and reads the book where this country records anything under Article 6. Once.
    pub(crate) async fn get_ready(self, stop: CancellationToken) {
        if self.size() < LARGE {
            return;
        }
        let ready = stop.run_until_cancelled(self.made_ready()).await;
        if let Some(Err(error)) = ready {
            tracing::warn!(%error, "the sums of the pages could not be made: whoever asks first waits for them");
        }
    }

    async fn made_ready(&self) -> Result<(), AppError> {
        // The read model is made anew after an update: soon it is there.
        while let Err(error) = self.overview().await {
            match error {
                AppError::NotListed(_) | AppError::Busy => tokio::time::sleep(LOOK).await,
                other => return Err(other),
            }
        }
        let is_kept = self.ledger().read(|state| {
            state.cooperative_approaches().next().is_some() || state.ndcs().next().is_some()
        });
        if is_kept {
            self.read_book().await?;
        }
        Ok(())
    }
}
