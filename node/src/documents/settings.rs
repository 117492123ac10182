//! How much room documents may take.

use super::error::DocumentError;

const MIB: u64 = 1024 * 1024;

/// The largest document that can be allowed, in bytes.
pub const DOCUMENT_BYTES_MAX: u64 = 1024 * MIB;
/// The longest life of an unattached upload, in days.
pub const DRAFT_DAYS_MAX: u32 = 365;
/// The most uploads at the same time.
pub const UPLOADS_MAX: usize = 256;

/// Limits of the document store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSettings {
    /// The largest document, in bytes.
    pub document_bytes_max: u64,
    /// The most bytes of all documents of one organisation; each counts as 4 KiB at least.
    pub organisation_bytes_max: u64,
    /// The most documents of one case, versions and erased ones included.
    pub case_documents_max: u32,
    /// What an upload must leave free on the disk, in bytes: the ledger needs room when documents no longer do.
    pub free_bytes_min: u64,
    /// After how many days an upload is removed that no act carries.
    pub draft_days: u32,
    /// How many uploads run at the same time.
    pub uploads_max: usize,
    /// After how many seconds without a byte an upload is given up.
    pub stall_seconds: u64,
}

impl Default for DocumentSettings {
    fn default() -> Self {
        Self {
            document_bytes_max: 50 * MIB,
            organisation_bytes_max: 5 * 1024 * MIB,
            case_documents_max: 1000,
            free_bytes_min: 1024 * MIB,
            draft_days: 14,
            uploads_max: 16,
            stall_seconds: 30,
        }
    }
}

impl DocumentSettings {
    /// Checks every setting against its bounds.
    ///
    /// # Errors
    /// [`DocumentError::Setting`] with the first that is outside.
    pub fn check(&self) -> Result<(), DocumentError> {
        let bounds = [
            (
                "document_bytes_max",
                (1..=DOCUMENT_BYTES_MAX).contains(&self.document_bytes_max),
                "it must be 1 to 1073741824",
            ),
            (
                "organisation_bytes_max",
                self.organisation_bytes_max >= self.document_bytes_max
                    && i64::try_from(self.organisation_bytes_max).is_ok(),
                "it must be at least the size of one document",
            ),
            (
                "case_documents_max",
                (1..=100_000).contains(&self.case_documents_max),
                "it must be 1 to 100000",
            ),
            (
                "draft_days",
                (1..=DRAFT_DAYS_MAX).contains(&self.draft_days),
                "it must be 1 to 365",
            ),
            (
                "uploads_max",
                (1..=UPLOADS_MAX).contains(&self.uploads_max),
                "it must be 1 to 256",
            ),
            (
                "stall_seconds",
                (1..=600).contains(&self.stall_seconds),
                "it must be 1 to 600",
            ),
        ];
        match bounds.into_iter().find(|(_, is_within, _)| !is_within) {
            Some((setting, _, reason)) => Err(DocumentError::Setting { setting, reason }),
            None => Ok(()),
        }
    }
}
