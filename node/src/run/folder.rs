//! Where everything lies in a data folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_protocol::party::Party;

use crate::bridges::BRIDGES_FILE;
use crate::federation::control::invite_path;
use crate::letters::LETTERS_FOLDER;
use crate::mail::{MAIL_FILE, MAIL_TEXTS_FOLDER};
use crate::ops::files::{self, FileFault, PUBLIC_FILE_MODE, Privacy};
use crate::projection::PROJECTION_FILE;

/// A node's data folder.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// The folder at `path`, whether it exists or not.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The key files.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// The ledger's store.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger")
    }

    /// The store of this node's own witness.
    #[must_use]
    pub fn witness(&self) -> PathBuf {
        self.0.join("witness")
    }

    /// The mirrors of partners' ledgers.
    #[must_use]
    pub fn mirrors(&self) -> PathBuf {
        self.0.join("mirrors")
    }

    /// The trust registry of the federation.
    #[must_use]
    pub fn trust(&self) -> PathBuf {
        self.0.join("trust")
    }

    /// Evidence against partners' ledgers.
    #[must_use]
    pub fn evidence(&self) -> PathBuf {
        self.0.join("evidence")
    }

    /// The invites of partners.
    #[must_use]
    pub fn partners(&self) -> PathBuf {
        self.0.join("partners")
    }

    /// The invite of one partner.
    #[must_use]
    pub fn invite(&self, party: Party) -> PathBuf {
        invite_path(&self.partners(), party)
    }

    /// Names that stay in the node.
    #[must_use]
    pub fn private(&self) -> PathBuf {
        self.0.join("private")
    }

    /// Mail that nobody sends on: one file for each.
    #[must_use]
    pub fn mail(&self) -> PathBuf {
        self.0.join("mail")
    }

    /// Mail that is to go out, and what users were told.
    #[must_use]
    pub fn mail_queue(&self) -> PathBuf {
        self.private().join(MAIL_FILE)
    }

    /// The country's own texts of mails.
    #[must_use]
    pub fn mail_texts(&self) -> PathBuf {
        self.0.join(MAIL_TEXTS_FOLDER)
    }

    /// The country's bridges.
    #[must_use]
    pub fn bridges(&self) -> PathBuf {
        self.0.join(BRIDGES_FILE)
    }

    /// The country's own permission matrix, where it differs from the shipped one.
    #[must_use]
    pub fn permissions(&self) -> PathBuf {
        self.0.join("permissions.toml")
    }

    /// What the country chose where the sources of the agreed electronic format disagree.
    #[must_use]
    pub fn aef(&self) -> PathBuf {
        self.0.join("aef.toml")
    }

    /// The read model, where it is not in PostgreSQL.
    #[must_use]
    pub fn projection(&self) -> PathBuf {
        self.0.join(PROJECTION_FILE)
    }

    /// The country's templates of letters.
    #[must_use]
    pub fn letters(&self) -> PathBuf {
        self.0.join(LETTERS_FOLDER)
    }

    /// The hashes of API tokens.
    #[must_use]
    pub fn tokens(&self) -> PathBuf {
        self.0.join("tokens.toml")
    }

    /// The operator's API token, for commands on the same machine.
    #[must_use]
    pub fn token(&self) -> PathBuf {
        self.0.join("operator.token")
    }

    /// Where the running node's HTTP listens, written at each start.
    #[must_use]
    pub fn address(&self) -> PathBuf {
        self.0.join("http.address")
    }

    /// Tells commands on the same machine where HTTP listens.
    ///
    /// # Errors
    /// When the file can not be written.
    pub fn write_address(&self, address: SocketAddr) -> Result<(), FileFault> {
        files::replace(
            &self.address(),
            format!("{address}\n").as_bytes(),
            PUBLIC_FILE_MODE,
        )
    }

    /// Where the node's HTTP listened at its last start.
    ///
    /// # Errors
    /// When the node was never started, or the file is damaged.
    pub fn read_address(&self) -> Result<Option<SocketAddr>, FileFault> {
        let bytes = match files::read(&self.address(), 256, Privacy::Public) {
            Err(FileFault::Missing(_)) => return Ok(None),
            other => other?,
        };
        Ok(std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.trim().parse().ok()))
    }
}
