//! The file `people.sqlite`.

use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::SqlitePool;

pub(super) use crate::ops::sqlite::{Tx, column, number};

use super::error::PeopleError;
use super::secret::fill;
use crate::ops::sqlite::Database;

/// The name of the file in a data folder.
pub const PEOPLE_FILE: &str = "people.sqlite";

const SALT_BYTES: usize = 32;

/// The steps of the schema, each from the version before. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
];

/// The database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    database: Arc<Database>,
    /// Drawn for this file; makes keys of throttles meaningless outside it.
    pub(super) salt: Arc<[u8]>,
    is_trial: bool,
}

impl Store {
    pub(super) async fn open(folder: &Path) -> Result<Self, PeopleError> {
        let database = Database::open(&folder.join(PEOPLE_FILE), SCHEMA).await?;
        let salt = salt(&database).await?;
        Ok(Self {
            database: Arc::new(database),
            salt: salt.into(),
            is_trial: false,
        })
    }

    /// The same file, in which nothing that is written stays.
    pub(super) fn trial(&self) -> Self {
        Self {
            is_trial: true,
            ..self.clone()
        }
    }

    /// For reading: cannot write.
    pub(super) fn reader(&self) -> &SqlitePool {
        self.database.reader()
    }

    /// Begins to write: nobody else writes before it ends, so that what is read inside stays true until then.
    pub(super) async fn begin(&self) -> Result<Tx, PeopleError> {
        Ok(self.meant(self.database.begin().await?))
    }

    /// As [`Store::begin`], for what a power cut may take back because it can be found out again.
    pub(super) async fn begin_derived(&self) -> Result<Tx, PeopleError> {
        Ok(self.meant(self.database.begin_derived().await?))
    }

    fn meant(&self, tx: Tx) -> Tx {
        if self.is_trial { tx.trial() } else { tx }
    }

    /// Moves everything into the file itself and empties the log beside it, so that no old page stays in either.
    pub(super) async fn scrub(&self) -> Result<(), PeopleError> {
        if self.is_trial {
            return Ok(());
        }
        Ok(self.database.scrub().await?)
    }

    pub(super) async fn close(&self) {
        self.database.close().await;
    }
}

/// The file's salt, drawn by whoever comes first.
async fn salt(database: &Database) -> Result<Vec<u8>, PeopleError> {
    let mut tx = database.begin().await?;
    let kept = sqlx::query_scalar("SELECT salt FROM node")
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(salt) = kept {
        return Ok(salt);
    }
    let mut salt = vec![0; SALT_BYTES];
    fill(&mut salt)?;
    sqlx::query("INSERT INTO node (salt) VALUES (?)")
        .bind(salt.as_slice())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(salt)
}
