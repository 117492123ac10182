//! The published transfers that the federation replays.

use std::path::Path;

use serde::Deserialize;

use super::process::Failure;

/// A transfer that was announced in public.
#[derive(Clone, Debug, Deserialize)]
pub struct PublishedTransfer {
    /// The Party that transferred.
    pub from: String,
    /// The Party that acquired.
    pub to: String,
    /// When, as far as it was announced.
    pub date: String,
    /// How much.
    pub tonnes: u64,
    /// What the federation puts into the serial's fields; not published data.
    pub devnet: Invented,
}

/// Values that a local federation needs and nobody published.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Invented {
    /// CDM sectoral scope of the project.
    pub sectoral_scope: u8,
    /// Vintage of the units.
    pub vintage: u16,
}

#[derive(Deserialize)]
struct File {
    transfer: Vec<PublishedTransfer>,
}

/// Reads `published_transfers.toml` in a folder.
///
/// # Errors
/// If the file is missing or damaged.
pub fn published(folder: &Path) -> Result<Vec<PublishedTransfer>, Failure> {
    let path = folder.join("published_transfers.toml");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let file: File = toml::from_str(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    Ok(file.transfer)
}
