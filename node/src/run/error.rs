//! Why a node does not start.

use countersign_bridge::settings::SettingsError;
use countersign_protocol::trust::TrustRefusal;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::app::AppError;
use crate::documents::DocumentError;
use crate::federation::FederationError;
use crate::ledger::{GoOnError, LedgerError};
use crate::mail::MailError;
use crate::monitoring::MonitoringError;
use crate::network::NetworkError;
use crate::ops::config::ConfigError;
use crate::ops::files::FileFault;
use crate::ops::keys::KeyFileError;
use crate::people::{BeneficiaryError, PeopleError, TokenError};
use crate::reports::ReportError;
use crate::store::StoreError;
use crate::webhooks::WebhookError;
use crate::witness::{ClientError, WitnessError, WitnessStoreError};

/// Why a node does not start or can not be made. Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration can not be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The registry can not be shown.
    #[error(transparent)]
    App(#[from] AppError),
    /// A file can not be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// A key file can not be opened.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// The folder of the trust registry holds another federation's.
    #[error("the trust registry in the data folder is not the one of the configuration: {0}")]
    Trust(#[from] TrustRefusal),
    /// The ledger refuses to open.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The ledger does not go on from the closed one.
    #[error(transparent)]
    GoOn(#[from] GoOnError),
    /// A store can not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The node's own witness refuses to start.
    #[error(transparent)]
    OwnWitness(#[from] WitnessError),
    /// The memory of the node's own witness can not be opened.
    #[error(transparent)]
    WitnessStore(#[from] WitnessStoreError),
    /// A witness's address is none.
    #[error(transparent)]
    WitnessAddress(#[from] ClientError),
    /// A witness can not be asked over libp2p.
    #[error("witness {name} in config.toml: {why}")]
    Witness {
        /// Its name.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// The network does not start.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The federation does not start.
    #[error(transparent)]
    Federation(#[from] FederationError),
    /// The API tokens can not be read.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// The private folder can not be used.
    #[error(transparent)]
    Private(#[from] BeneficiaryError),
    /// The store of people can not be opened.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The store of documents can not be opened.
    #[error(transparent)]
    Documents(#[from] DocumentError),
    /// The store of reports can not be opened.
    #[error(transparent)]
    Reports(#[from] ReportError),
    /// Mail can not go out.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The country's permission matrix has a mistake.
    #[error("{path}, {why}")]
    Permissions {
        /// The file.
        path: PathBuf,
        /// The first mistake, with its line.
        why: String,
    },
    /// Monitoring data can not be kept.
    #[error(transparent)]
    Monitoring(#[from] MonitoringError),
    /// Webhooks can not be kept.
    #[error(transparent)]
    Webhooks(#[from] WebhookError),
    /// The settings of the bridges have a mistake.
    #[error(
        "the bridges are not set up rightly: {0}. Mend it, or move bridges.toml away to start without bridges"
    )]
    Bridges(#[from] SettingsError),
    /// HTTP can not listen.
    #[error(
        "HTTP can not listen on {address}: {source}. Choose another address under [http] in config.toml"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that must be text is not.
    #[error("{path} is not UTF-8 text")]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A file names no log keys.
    #[error("{path} names no logs to witness: {why}. Write an invite, or verifier keys one a line")]
    Logs {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A value does not fit where it must go.
    #[error("{field}: {why}")]
    Value {
        /// Which value.
        field: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The folder holds something already.
    #[error("{path} is not empty: choose a new folder, or start the node that is there")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A part of the start ended early.
    #[error("a part of the start ended early: this is a defect, please report it")]
    Aborted,
}
