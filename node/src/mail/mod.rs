//! Mail: what the node tells people outside it.
//!
//! Without a mail server the messages lie as private files in a folder, for the operator to look at or to send on.

use std::path::{Path, PathBuf};

use crate::ops::files::{self, FileFault, PRIVATE_FILE_MODE};
use crate::people::Link;

/// Why a mail cannot go out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

/// Where mail goes out.
#[derive(Clone, Debug)]
pub struct Mail {
    folder: PathBuf,
}

impl Mail {
    /// Puts mail into a folder, which is made for its owner only.
    ///
    /// # Errors
    /// [`MailError::File`] when it is open to others or cannot be made.
    pub fn to_folder(folder: &Path) -> Result<Self, MailError> {
        files::create_private_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Sends an invitation.
    ///
    /// # Errors
    /// [`MailError`] when it cannot go out.
    pub async fn invitation(&self, link: &Link) -> Result<(), MailError> {
        let body =
            "You are invited to the carbon registry. Choose a password with this one-time code:";
        self.put("Invitation", body, link).await
    }

    /// Sends a link for a new password.
    ///
    /// # Errors
    /// [`MailError`] when it cannot go out.
    pub async fn reset(&self, link: &Link) -> Result<(), MailError> {
        let body = "Choose a new password with this one-time code, or ignore this mail:";
        self.put("New password", body, link).await
    }

    async fn put(&self, subject: &str, body: &str, link: &Link) -> Result<(), MailError> {
        let mut name = [0; 8];
        getrandom::fill(&mut name).map_err(|error| MailError::Random(error.to_string()))?;
        let path = self.folder.join(format!("{}.eml", hex::encode(name)));
        let text = format!(
            "To: {}\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n\r\n{}\r\n",
            link.email.expose(),
            link.token.expose(),
        );
        let written = tokio::task::spawn_blocking(move || {
            files::write_new(&path, text.as_bytes(), PRIVATE_FILE_MODE)
        });
        Ok(written.await.map_err(|_| MailError::Stopping)??)
    }
}
