//! Why something about people cannot be done. No message holds personal data, a password or a token, and none says
//! whether an e-mail address is known.

use super::id::UserId;
use super::password::PasswordRule;
use crate::ops::files::FileFault;
use crate::ops::sqlite::SqliteFault;

/// Why a request about people fails.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The sign-in fails: unknown address, wrong password or code, or a user that may not sign in. One answer for all.
    #[error("the sign-in was refused: check e-mail, password and code")]
    Refused,
    /// Too many failures: nothing is tried before the wait is over, not even what is right.
    #[error("too many attempts; try again in {seconds} s")]
    Wait {
        /// Whole seconds to wait, at least 1.
        seconds: u64,
    },
    /// A link was used before, has expired, or never was one.
    #[error("this link was used before, has expired or is not complete; ask for a new one")]
    Link,
    /// A challenge to an authenticator was answered before, has expired, or never was one.
    #[error("this challenge was answered before or has expired; begin again")]
    Ceremony,
    /// The node does not know at which address people reach it, and passkeys belong to an address.
    #[error("this registry takes no passkeys: set http.public_url in config.toml")]
    NoPasskeys,
    /// The account is guarded and this session showed a password alone.
    #[error("sign in with your second factor to change how you sign in")]
    Weak,
    /// There is no such session, or it has ended, or its user was suspended.
    #[error("you are not signed in, or the session has ended; sign in again")]
    SignedOut,
    /// There is no such API key, or it has expired or was revoked, or its user was suspended.
    #[error("the API key is not valid, was revoked or has expired; make a new one")]
    Key,
    /// A new password breaks a rule.
    #[error(transparent)]
    Password(#[from] PasswordRule),
    /// A field of a request cannot be used.
    #[error("{field} cannot be used: {reason}")]
    Input {
        /// The field.
        field: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// Another entry has what identifies this one.
    #[error("{field} is taken: {reason}")]
    Taken {
        /// The field.
        field: &'static str,
        /// Who has it and what to do.
        reason: &'static str,
    },
    /// There is no user of this id.
    #[error("there is no user {0}; list the users for their ids")]
    UnknownUser(UserId),
    /// The user's state does not allow it, such as inviting somebody again who has joined.
    #[error("user {user} is {state}, so that this cannot be done")]
    State {
        /// The user.
        user: UserId,
        /// The user's state.
        state: &'static str,
    },
    /// Somebody was invited into a role that decides about others, and nobody else has approved it yet.
    #[error("a second person must approve this invitation before its link goes out")]
    AwaitsApproval,
    /// Something to be ended or confirmed is not there.
    #[error("there is no such {0}; it may have ended already")]
    Missing(&'static str),
    /// Somebody decided on it before.
    #[error("{what} {id} was {outcome} by {by} already")]
    Decided {
        /// What waited for a second person: a proposal or a migration.
        what: &'static str,
        /// Its number.
        id: u64,
        /// `approved` or `rejected`.
        outcome: &'static str,
        /// Who decided.
        by: String,
    },
    /// A user has as many of something as allowed.
    #[error("there are {max} {what} already; remove one first")]
    Full {
        /// What there are too many of.
        what: &'static str,
        /// The most.
        max: usize,
    },
    /// Somebody else saved meanwhile.
    #[error(
        "somebody saved version {found} meanwhile; read it, bring both together, and save over it"
    )]
    Changed {
        /// The version that is kept; 0 when there is none.
        found: u64,
    },
    /// The node is at its limit of sign-ins, or another process holds the file. Nothing was changed.
    #[error("the node is busy; try again in a moment")]
    Busy,
    /// Personal data is removed, but a reader held old pages of the file in place.
    #[error(
        "the data is removed, but the file is in use and still holds old pages; run erase again in a moment"
    )]
    NotScrubbed,
    /// A setting is outside its bounds.
    #[error("people.{setting} cannot be used: {reason}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// The file was written by a newer version.
    #[error(
        "people.sqlite has schema {found}, this program knows up to {known}; update the program"
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// A value in the file is not what this program writes.
    #[error(
        "people.sqlite holds {0} that this program does not write; restore it from your backup"
    )]
    Damaged(&'static str),
    /// The file is open to others, or cannot be made.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The database failed.
    #[error(
        "people.sqlite cannot be used: {0}; check the disk, or restore the file from your backup"
    )]
    Database(sqlx::Error),
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    /// A password cannot be hashed for want of memory.
    #[error("a password cannot be hashed; the machine may be out of memory")]
    Hash,
}

impl From<SqliteFault> for PeopleError {
    fn from(fault: SqliteFault) -> Self {
        match fault {
            SqliteFault::Busy => Self::Busy,
            SqliteFault::NotScrubbed => Self::NotScrubbed,
            SqliteFault::Newer { found, known } => Self::Newer { found, known },
            SqliteFault::File(fault) => Self::File(fault),
            SqliteFault::Sql(error) => Self::Database(error),
        }
    }
}

impl From<sqlx::Error> for PeopleError {
    fn from(error: sqlx::Error) -> Self {
        SqliteFault::from(error).into()
    }
}
