//! How a command ends: with a stable exit code, and a message that says what, where and how to mend it.

use std::fmt::Display;
use std::process::ExitCode;

use countersign_node::export::{VerifyError, WriteError};
use countersign_node::ledger::LedgerError;
use countersign_node::ops::config::ConfigError;
use countersign_node::ops::files::FileFault;
use countersign_node::ops::keys::{KeyFileError, PassphraseError};
use countersign_node::people::TokenError;
use countersign_node::run::RunError;
use countersign_node::store::StoreError;

use crate::terminal;

/// The table of exit codes for `--help` and the manual page.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something else went wrong: a file, the system, a defect
  2  usage: the command line is wrong
  3  validation: a value or a rule of the registry stands against it
  4  not authorised: a token, a passphrase or a file's mode
  5  conflict: somebody or something else was first, or the request id was used for another request
  6  needs approval: somebody else has to approve first
  7  peer unreachable: node, partner or witnesses do not answer; try again
  8  integrity failure: something was altered or damaged
  9  partial: some of several things were done";

/// A stable exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Other = 1,
    Usage = 2,
    Validation = 3,
    NotAuthorised = 4,
    Conflict = 5,
    NeedsApproval = 6,
    Unreachable = 7,
    Integrity = 8,
    Partial = 9,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// Lines that help: what to do next, or the id under which to try again.
    pub(crate) hints: Vec<String>,
}

/// The outcome of a command.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            hints: Vec::new(),
        }
    }

    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn validation(message: impl Display) -> Self {
        Self::new(Exit::Validation, message)
    }

    pub(crate) fn other(message: impl Display) -> Self {
        Self::new(Exit::Other, message)
    }

    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// Says it on stderr and gives the code.
    pub(crate) fn report(self) -> ExitCode {
        if !self.message.is_empty() {
            terminal::complain(&self.message);
        }
        for hint in &self.hints {
            terminal::say(format_args!("  {hint}"));
        }
        self.exit.into()
    }
}

impl From<FileFault> for Failure {
    fn from(fault: FileFault) -> Self {
        let exit = match &fault {
            FileFault::Permissions { .. } => Exit::NotAuthorised,
            FileFault::Io { .. } => Exit::Other,
            _ => Exit::Validation,
        };
        Self::new(exit, fault)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::File(fault) => fault.into(),
            error => Self::validation(error),
        }
    }
}

impl From<PassphraseError> for Failure {
    fn from(error: PassphraseError) -> Self {
        match error {
            PassphraseError::File(fault) => fault.into(),
            PassphraseError::NoCredentials(_) => Self::new(Exit::NotAuthorised, error),
            error => Self::validation(error),
        }
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        match error {
            KeyFileError::File(fault) => fault.into(),
            KeyFileError::Passphrase(error) => error.into(),
            KeyFileError::WrongPassphrase(_) => Self::new(Exit::NotAuthorised, error),
            KeyFileError::Damaged { .. }
            | KeyFileError::WrongKind { .. }
            | KeyFileError::PublicMismatch { .. } => Self::new(Exit::Integrity, error),
            KeyFileError::Random(_) => Self::other(error),
            error => Self::validation(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Io { .. } | StoreError::Database { .. } => Exit::Other,
            StoreError::InUse { .. } => Exit::Conflict,
            StoreError::Damaged { .. }
            | StoreError::LostRecords { .. }
            | StoreError::OtherHistory { .. }
            | StoreError::MissingFile { .. }
            | StoreError::Malformed { .. } => Exit::Integrity,
            _ => Exit::Validation,
        };
        Self::new(exit, error)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => error.into(),
            LedgerError::State { .. } | LedgerError::HeadKey { .. } => {
                Self::new(Exit::Integrity, error)
            }
            LedgerError::Thread(_) => Self::other(error),
            error => Self::validation(error),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Config(error) => error.into(),
            RunError::File(fault) => fault.into(),
            RunError::Keys(error) => error.into(),
            RunError::Ledger(error) => error.into(),
            RunError::Tokens(TokenError::File(fault)) => fault.into(),
            RunError::Logs { .. }
            | RunError::NotText { .. }
            | RunError::NotEmpty { .. }
            | RunError::Value { .. }
            | RunError::Witness { .. }
            | RunError::WitnessAddress(_) => Self::validation(error),
            error => Self::other(error),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Store(error) => error.into(),
            VerifyError::Io { .. } | VerifyError::Interrupted => Self::other(error),
            error => Self::new(Exit::Integrity, error),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Ledger(error) => error.into(),
            WriteError::NotEmpty(_) => Self::validation(error),
            WriteError::Io { .. } => Self::other(error),
        }
    }
}
