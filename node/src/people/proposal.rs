//! Acts that a second person must approve before they are done.

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::Receiver;
use countersign_protocol::registry::Command;
use countersign_protocol::workflow::ProcessHash;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::People;
use super::audit::By;
use super::contact;
use super::error::PeopleError;
use super::id::UserId;
use super::link::NewUser;
use super::store::{column, number};
use super::user::{self, UserState};
use super::waiting::{Waiting, not_open};

/// The most proposals that a list gives.
pub const PROPOSALS_MAX: u32 = 500;
/// The most proposals of one user that wait at a time.
pub const PROPOSALS_EACH: usize = 100;

const COLUMNS: &str = "id, kind, organisation, user, content, proposer, proposed_ms";

/// What somebody proposes to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposedAct {
    /// Another role for a user.
    Role {
        /// Whose role.
        user: UserId,
        /// Which.
        role: String,
    },
    /// Somebody new in a role that decides about others. The user is there already, and no link has gone out.
    Invitation {
        /// The user.
        user: UserId,
    },
    /// A receiver in an organisation's list of trusted ones.
    TrustedReceiver {
        /// Whose list.
        organisation: OrganisationId,
        /// The receiver.
        receiver: Receiver,
    },
    /// A new log key.
    KeyRotation,
    /// Another process for the country.
    Process {
        /// The file.
        text: String,
        /// SHA-256 of the process in force with which the proposer compared it.
        follows: ProcessHash,
    },
    /// Something of Article 6: [`Command::Article6`], [`Command::Levels`] or [`Command::AuthoriseUnits`], in nobody's name yet.
    Article6(Box<Command>),
}

impl ProposedAct {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Role { .. } => "role",
            Self::Invitation { .. } => "invitation",
            Self::TrustedReceiver { .. } => "trusted-receiver",
            Self::KeyRotation => "key-rotation",
            Self::Process { .. } => "process",
            Self::Article6(_) => "article6",
        }
    }

    const fn user(&self) -> Option<UserId> {
        match self {
            Self::Role { user, .. } | Self::Invitation { user } => Some(*user),
            Self::TrustedReceiver { .. }
            | Self::KeyRotation
            | Self::Process { .. }
            | Self::Article6(_) => None,
        }
    }

    fn content(&self) -> Result<String, PeopleError> {
        Ok(match self {
            Self::Role { role, .. } => role.clone(),
            Self::TrustedReceiver { receiver, .. } => match receiver {
                Receiver::Organisation(id) => id.to_string(),
                Receiver::Abroad { party, account } => format!("{party} {account}"),
            },
            Self::Process { text, follows } => format!("{}\n{text}", hex::encode(follows)),
            Self::Article6(command) => {
                serde_json::to_string(command).map_err(|_| PeopleError::Damaged("a proposal"))?
            }
            Self::Invitation { .. } | Self::KeyRotation => String::new(),
        })
    }
}

/// Somebody wants something done that takes two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its number.
    pub id: u64,
    /// What.
    pub act: ProposedAct,
    /// Who proposed it; none for the operator.
    pub proposer: Option<UserId>,
    /// When, in milliseconds since 1970.
    pub proposed_ms: u64,
}

impl People {
    /// Proposes an act; nothing is done yet. Gives the proposal's number. A record of Article 6 or a process that the same user
    /// has proposed in the same words, and that nobody has decided on, stays one proposal.
    ///
    /// # Errors
    /// [`PeopleError::Input`] when a role is no id; [`PeopleError::Full`] when the user has proposed as much as may wait.
    pub async fn propose(
        &self,
        proposer: Option<UserId>,
        act: &ProposedAct,
        now_ms: u64,
    ) -> Result<u64, PeopleError> {
        if let ProposedAct::Role { role, .. } = act {
            contact::role(role)?;
        }
        let mut tx = self.store().begin().await?;
        if let Some(user) = act.user() {
            user::living(&mut tx, user).await?;
        }
        if let Some(waiting) = same(&mut tx, proposer, act).await? {
            return Ok(waiting);
        }
        let id = insert(&mut tx, proposer, act, now_ms).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Enters somebody new whom a second person must approve: no link goes out before. Gives the user and the proposal.
    ///
    /// # Errors
    /// As [`People::propose`].
    pub async fn propose_invitation(
        &self,
        proposer: UserId,
        new: &NewUser,
        now_ms: u64,
    ) -> Result<(UserId, u64), PeopleError> {
        let user = UserId::draw()?;
        let mut tx = self.store().begin().await?;
        user::insert(&mut tx, user, new, now_ms).await?;
        let act = ProposedAct::Invitation { user };
        let id = insert(&mut tx, Some(proposer), &act, now_ms).await?;
        tx.commit().await?;
        Ok((user, id))
    }

    /// Proposals that nobody has decided on, oldest first.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn proposals(&self) -> Result<Vec<Proposal>, PeopleError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM proposals WHERE decided_ms IS NULL ORDER BY id LIMIT ?"
        )))
        .bind(PROPOSALS_MAX)
        .fetch_all(self.store().reader())
        .await?;
        rows.iter().map(proposal).collect()
    }

    /// An open proposal.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is none of this number; [`PeopleError::Decided`] when it was decided on.
    pub async fn proposal(&self, id: u64) -> Result<Proposal, PeopleError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM proposals WHERE id = ? AND decided_ms IS NULL"
        )))
        .bind(column(id))
        .fetch_optional(self.store().reader())
        .await?;
        match row {
            Some(row) => proposal(&row),
            None => Err(not_open(self.store().reader(), Waiting::Proposal, id).await?),
        }
    }

    /// Decides on a proposal; an approved role counts at once. Whatever else was approved is the caller's to do. Of two who
    /// decide at the same time one does.
    ///
    /// # Errors
    /// [`PeopleError::Decided`] when it was decided on meanwhile.
    pub async fn decide_proposal(
        &self,
        decider: By,
        id: u64,
        approve: bool,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let user = match decider {
            By::User(user) => Some(user.column()),
            By::Operator => None,
        };
        let mut tx = self.store().begin().await?;
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE proposals SET decider = ?, decided_ms = ?, approved = ? WHERE id = ? AND decided_ms IS NULL \
             RETURNING {COLUMNS}"
        )))
        .bind(user)
        .bind(column(now_ms))
        .bind(approve)
        .bind(column(id))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            return Err(not_open(&mut *tx, Waiting::Proposal, id).await?);
        };
        let decided = proposal(&row)?;
        if let ProposedAct::Role { user, role } = &decided.act
            && approve
        {
            user::give_role(&mut tx, decider, *user, role, now_ms).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Whether somebody was invited and waits for a second person's yes: no link may go out.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn awaits_approval(&self, user: UserId) -> Result<bool, PeopleError> {
        let waits = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM proposals WHERE user = ? AND kind = 'invitation' AND decided_ms IS NULL)",
        )
        .bind(user.column())
        .fetch_one(self.store().reader())
        .await?;
        Ok(waits)
    }

    /// Whether a user may have proposed something that is done now: the user is active still.
    ///
    /// # Errors
    /// [`PeopleError::State`] when not.
    pub async fn check_active(&self, user: UserId) -> Result<(), PeopleError> {
        let known = self.user(user).await?;
        if known.state == UserState::Active {
            return Ok(());
        }
        Err(user::refused(user, known.state))
    }
}

/// The open proposal of the same user that says the same of Article 6, or of the process.
async fn same(
    tx: &mut SqliteConnection,
    proposer: Option<UserId>,
    act: &ProposedAct,
) -> Result<Option<u64>, PeopleError> {
    if !matches!(act, ProposedAct::Article6(_) | ProposedAct::Process { .. }) {
        return Ok(None);
    }
    let id: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM proposals WHERE decided_ms IS NULL AND kind = ? AND content = ? AND proposer IS ?",
    )
    .bind(act.word())
    .bind(act.content()?)
    .bind(proposer.map(UserId::column))
    .fetch_optional(tx)
    .await?;
    Ok(id.map(number))
}

async fn insert(
    tx: &mut SqliteConnection,
    proposer: Option<UserId>,
    act: &ProposedAct,
    now_ms: u64,
) -> Result<u64, PeopleError> {
    let waiting: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM proposals WHERE decided_ms IS NULL AND proposer IS ?",
    )
    .bind(proposer.map(UserId::column))
    .fetch_one(&mut *tx)
    .await?;
    if number(waiting) >= PROPOSALS_EACH as u64 {
        return Err(PeopleError::Full {
            what: "proposals of yours",
            max: PROPOSALS_EACH,
        });
    }
    let organisation = match act {
        ProposedAct::TrustedReceiver { organisation, .. } => Some(organisation.0),
        _ => None,
    };
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO proposals (kind, organisation, user, content, proposer, proposed_ms) \
         VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(act.word())
    .bind(organisation)
    .bind(act.user().map(UserId::column))
    .bind(act.content()?)
    .bind(proposer.map(UserId::column))
    .bind(column(now_ms))
    .fetch_one(tx)
    .await?;
    Ok(number(id))
}

/// Why a number names no open proposal.
fn proposal(row: &SqliteRow) -> Result<Proposal, PeopleError> {
    let damaged = || PeopleError::Damaged("a proposal");
    let user: Option<i64> = row.try_get("user")?;
    let user = user.map(UserId::from_column).transpose()?;
    let content: String = row.try_get("content")?;
    let act = match (row.try_get("kind")?, user) {
        ("role", Some(user)) => ProposedAct::Role {
            user,
            role: content,
        },
        ("invitation", Some(user)) => ProposedAct::Invitation { user },
        ("trusted-receiver", None) => ProposedAct::TrustedReceiver {
            organisation: OrganisationId(row.try_get("organisation")?),
            receiver: receiver(&content).ok_or_else(damaged)?,
        },
        ("key-rotation", None) => ProposedAct::KeyRotation,
        ("process", None) => {
            let (follows, text) = process(&content).ok_or_else(damaged)?;
            ProposedAct::Process { text, follows }
        }
        ("article6", None) => {
            let command = serde_json::from_str(&content).map_err(|_| damaged())?;
            ProposedAct::Article6(Box::new(command))
        }
        _ => return Err(damaged()),
    };
    let proposer: Option<i64> = row.try_get("proposer")?;
    Ok(Proposal {
        id: number(row.try_get("id")?),
        act,
        proposer: proposer.map(UserId::from_column).transpose()?,
        proposed_ms: number(row.try_get("proposed_ms")?),
    })
}

fn process(content: &str) -> Option<(ProcessHash, String)> {
    let (hash, text) = content.split_once('\n')?;
    let mut follows = ProcessHash::default();
    hex::decode_to_slice(hash, &mut follows).ok()?;
    Some((follows, text.to_owned()))
}

fn receiver(content: &str) -> Option<Receiver> {
    match content.split_once(' ') {
        Some((party, account)) => Some(Receiver::Abroad {
            party: party.parse().ok()?,
            account: AccountId(account.parse().ok()?),
        }),
        None => Some(Receiver::Organisation(OrganisationId(
            content.parse().ok()?,
        ))),
    }
}
