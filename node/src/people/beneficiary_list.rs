//! The list of beneficiaries: entries that people choose from, so that one company is not ten.
//!
//! Whoever asks for a retirement may add an entry; it is its organisation's own until an official has reviewed it. Near
//! names are shown before a new entry is made.

use countersign_protocol::id::{Lei, OrganisationId, Text};
use countersign_protocol::party::Party;
use countersign_protocol::record::Name;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::People;
use super::error::PeopleError;
use super::likeness::Folded;
use super::store::{column, number};

/// A tax number or company number, as its country writes it: at most 32 bytes.
pub type TaxId = Text<32>;

/// The most other names of an entry.
pub const ALIASES_MAX: usize = 16;

/// The most entries; with more, looking for near names would take longer than a person waits.
pub const BENEFICIARIES_MAX: u64 = 50_000;

/// How like two names must be to be shown as near, from 0 to 1: "Acme Cement Ltd" and "ACME Cement Limited" are.
pub const NEAR: f64 = 0.87;

/// The most near names that are shown.
pub const NEAR_MAX: usize = 5;

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBeneficiary {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: Name,
    /// Its Legal Entity Identifier.
    pub lei: Option<Lei>,
    /// Its tax or company number.
    pub tax_id: Option<TaxId>,
    /// Its country.
    pub country: Option<Party>,
    /// Other names of it.
    pub aliases: Vec<Name>,
    /// Whether an official has reviewed it.
    pub reviewed: bool,
    /// The entry that stands for it, once it was merged.
    pub merged_into: Option<u64>,
    /// The organisation that added it; `None` for the operator.
    pub organisation: Option<OrganisationId>,
}

/// An entry to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBeneficiary {
    /// Its name.
    pub name: Name,
    /// Its Legal Entity Identifier.
    pub lei: Option<Lei>,
    /// Its tax or company number; needs a country.
    pub tax_id: Option<TaxId>,
    /// Its country.
    pub country: Option<Party>,
    /// Other names of it.
    pub aliases: Vec<Name>,
}

/// An entry whose name is like another.
#[derive(Debug, Clone, PartialEq)]
pub struct NearBeneficiary {
    /// The entry.
    pub entry: ListedBeneficiary,
    /// How like, from [`NEAR`] to 1.
    pub score: f64,
}

/// Whose entries somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    /// All.
    All,
    /// Those that were reviewed, and those of this organisation.
    ReviewedAndOwn(OrganisationId),
}

impl Sees {
    fn sees(self, entry: &ListedBeneficiary) -> bool {
        match self {
            Self::All => true,
            Self::ReviewedAndOwn(own) => entry.reviewed || entry.organisation == Some(own),
        }
    }
}

const ENTRY: &str =
    "SELECT id, name, lei, tax_id, country, reviewed, merged_into, organisation FROM beneficiaries";

impl People {
    /// Entries with a number above `after` that stand for themselves, in the order of their numbers.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn beneficiaries(
        &self,
        sees: Sees,
        after: u64,
        limit: usize,
    ) -> Result<Vec<ListedBeneficiary>, PeopleError> {
        let (all, own) = match sees {
            Sees::All => (true, -1),
            Sees::ReviewedAndOwn(own) => (false, i64::from(own.0)),
        };
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{ENTRY} WHERE id > ? AND merged_into IS NULL AND erased_ms IS NULL AND (? OR reviewed = 1 OR organisation = ?) ORDER BY id LIMIT ?"
        )))
        .bind(column(after))
        .bind(all)
        .bind(own)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.store().reader())
        .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut entry = entry(row)?;
            entry.aliases = self.aliases(&entry).await?;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// An entry.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is none, or the caller may not see it.
    pub async fn beneficiary(&self, sees: Sees, id: u64) -> Result<ListedBeneficiary, PeopleError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{ENTRY} WHERE id = ? AND erased_ms IS NULL"
        )))
        .bind(column(id))
        .fetch_optional(self.store().reader())
        .await?;
        let found = row.map(|row| entry(&row)).transpose()?;
        let found = found.filter(|entry| sees.sees(entry));
        let mut entry = found.ok_or(PeopleError::Missing("beneficiary"))?;
        entry.aliases = self.aliases(&entry).await?;
        Ok(entry)
    }

    async fn aliases(&self, of: &ListedBeneficiary) -> Result<Vec<Name>, PeopleError> {
        let names = sqlx::query(
            "SELECT name FROM beneficiary_names WHERE beneficiary = ? AND name <> ? ORDER BY name",
        )
        .bind(column(of.id))
        .bind(of.name.as_str())
        .fetch_all(self.store().reader())
        .await?;
        names.iter().map(|row| name(row, "name")).collect()
    }

    /// The entries whose names are most like a text, the most alike first.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn near_beneficiaries(
        &self,
        sees: Sees,
        text: &str,
    ) -> Result<Vec<NearBeneficiary>, PeopleError> {
        let rows = sqlx::query(
            "SELECT n.beneficiary, n.name FROM beneficiary_names AS n \
             JOIN beneficiaries AS b ON b.id = n.beneficiary WHERE b.merged_into IS NULL",
        )
        .fetch_all(self.store().reader())
        .await?;
        let wanted = Folded::of(text);
        let mut scored: Vec<(f64, u64)> = Vec::new();
        for row in &rows {
            let id = number(row.try_get("beneficiary")?);
            let score = wanted.likeness(&Folded::of(row.try_get("name")?));
            if score < NEAR {
                continue;
            }
            match scored.iter_mut().find(|(_, known)| *known == id) {
                Some((known, _)) => *known = known.max(score),
                None => scored.push((score, id)),
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut near = Vec::new();
        for (score, id) in scored {
            match self.beneficiary(sees, id).await {
                Ok(entry) => near.push(NearBeneficiary { entry, score }),
                Err(PeopleError::Missing(_)) => {}
                Err(error) => return Err(error),
            }
            if near.len() == NEAR_MAX {
                break;
            }
        }
        Ok(near)
    }

    /// Adds an entry; gives its number.
    ///
    /// # Errors
    /// [`PeopleError::Taken`] when its LEI or tax number is another entry's, [`PeopleError::Input`] when a part does not fit.
    pub async fn add_beneficiary(
        &self,
        new: &NewBeneficiary,
        organisation: Option<OrganisationId>,
        reviewed: bool,
        now_ms: u64,
    ) -> Result<u64, PeopleError> {
        check(new)?;
        let mut tx = self.store().begin().await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM beneficiaries")
            .fetch_one(&mut *tx)
            .await?;
        if number(count) >= BENEFICIARIES_MAX {
            return Err(PeopleError::Full {
                what: "beneficiaries",
                max: usize::try_from(BENEFICIARIES_MAX).unwrap_or(usize::MAX),
            });
        }
        unique(&mut tx, new).await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO beneficiaries (name, lei, tax_id, country, reviewed, organisation, made_ms, changed_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(new.name.as_str())
        .bind(new.lei.map(|it| it.to_string()))
        .bind(new.tax_id.as_ref().map(|it| it.as_str().to_owned()))
        .bind(new.country.map(|it| it.to_string()))
        .bind(reviewed)
        .bind(organisation.map(|it| i64::from(it.0)))
        .bind(column(now_ms))
        .bind(column(now_ms))
        .fetch_one(&mut *tx)
        .await?;
        for name in std::iter::once(&new.name).chain(&new.aliases) {
            add_name(&mut tx, id, name).await?;
        }
        tx.commit().await?;
        Ok(number(id))
    }

    /// An official has looked at an entry: everybody who asks for a retirement sees it now.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is no such entry.
    pub async fn review_beneficiary(&self, id: u64, now_ms: u64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let done = sqlx::query(
            "UPDATE beneficiaries SET reviewed = 1, changed_ms = ? WHERE id = ? AND merged_into IS NULL AND erased_ms IS NULL",
        )
        .bind(column(now_ms))
        .bind(column(id))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(PeopleError::Missing("beneficiary"));
        }
        Ok(tx.commit().await?)
    }

    /// One entry stands for another from here on: its names become further names of that one, and so do its claims.
    /// Entries that were merged into it before follow.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when one of them is not there or was merged before, [`PeopleError::Input`] when they are the
    /// same or have two different identifiers.
    pub async fn merge_beneficiaries(
        &self,
        from: u64,
        into: u64,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        if from == into {
            return Err(PeopleError::Input {
                field: "into",
                reason: "it is the entry itself; name another one",
            });
        }
        let mut tx = self.store().begin().await?;
        let (gone, stays) = (living(&mut tx, from).await?, living(&mut tx, into).await?);
        let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a != b);
        let lei = |it: &ListedBeneficiary| it.lei.map(|it| it.to_string());
        if differ(lei(&gone).as_deref(), lei(&stays).as_deref()) {
            return Err(PeopleError::Input {
                field: "into",
                reason: "the two have different LEIs, so they are not one entity",
            });
        }
        for statement in [
            "UPDATE beneficiaries SET merged_into = ?1, changed_ms = ?3 WHERE id = ?2 OR merged_into = ?2",
            "INSERT OR IGNORE INTO beneficiary_names (beneficiary, name) \
             SELECT ?1, name FROM beneficiary_names WHERE beneficiary = ?2 AND ?3 IS NOT NULL",
            "DELETE FROM beneficiary_names WHERE beneficiary = ?2 AND ?1 IS NOT NULL AND ?3 IS NOT NULL",
            "UPDATE beneficiary_claims SET beneficiary = ?1 WHERE beneficiary = ?2 AND ?3 IS NOT NULL",
        ] {
            sqlx::query(statement)
                .bind(column(into))
                .bind(column(from))
                .bind(column(now_ms))
                .execute(&mut *tx)
                .await?;
        }
        // What only the one that goes knows is not lost.
        sqlx::query(
            "UPDATE beneficiaries SET lei = COALESCE(lei, ?), tax_id = COALESCE(tax_id, ?), country = COALESCE(country, ?), \
             changed_ms = ? WHERE id = ?",
        )
        .bind(lei(&gone))
        .bind(gone.tax_id.filter(|_| stays.tax_id.is_none()).map(|it| it.as_str().to_owned()))
        .bind(gone.country.map(|it| it.to_string()))
        .bind(column(now_ms))
        .bind(column(into))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}

fn check(new: &NewBeneficiary) -> Result<(), PeopleError> {
    if new.tax_id.is_some() && new.country.is_none() {
        return Err(PeopleError::Input {
            field: "country",
            reason: "a tax number is one of a country: name it",
        });
    }
    if new.aliases.len() > ALIASES_MAX {
        return Err(PeopleError::Input {
            field: "aliases",
            reason: "an entry has at most 16 other names",
        });
    }
    Ok(())
}

/// No other entry has the identifiers.
async fn unique(tx: &mut SqliteConnection, new: &NewBeneficiary) -> Result<(), PeopleError> {
    if let Some(lei) = new.lei {
        let taken: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM beneficiaries WHERE lei = ? AND merged_into IS NULL",
        )
        .bind(lei.to_string())
        .fetch_optional(&mut *tx)
        .await?;
        if taken.is_some() {
            return Err(PeopleError::Taken {
                field: "lei",
                reason: "another entry has this LEI; use that one, or add this name to it",
            });
        }
    }
    if let (Some(tax_id), Some(country)) = (&new.tax_id, new.country) {
        let taken: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM beneficiaries WHERE country = ? AND tax_id = ? AND merged_into IS NULL",
        )
        .bind(country.to_string())
        .bind(tax_id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        if taken.is_some() {
            return Err(PeopleError::Taken {
                field: "tax_id",
                reason: "another entry of this country has this number; use that one",
            });
        }
    }
    Ok(())
}

async fn add_name(tx: &mut SqliteConnection, id: i64, name: &Name) -> Result<(), PeopleError> {
    sqlx::query("INSERT OR IGNORE INTO beneficiary_names (beneficiary, name) VALUES (?, ?)")
        .bind(id)
        .bind(name.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// An entry that stands for itself.
pub(super) async fn living(
    tx: &mut SqliteConnection,
    id: u64,
) -> Result<ListedBeneficiary, PeopleError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{ENTRY} WHERE id = ? AND merged_into IS NULL AND erased_ms IS NULL"
    )))
    .bind(column(id))
    .fetch_optional(tx)
    .await?;
    let row = row.ok_or(PeopleError::Missing("beneficiary"))?;
    entry(&row)
}

fn entry(row: &SqliteRow) -> Result<ListedBeneficiary, PeopleError> {
    let damaged = || PeopleError::Damaged("a beneficiary");
    let lei: Option<String> = row.try_get("lei")?;
    let tax_id: Option<String> = row.try_get("tax_id")?;
    let country: Option<String> = row.try_get("country")?;
    let merged_into: Option<i64> = row.try_get("merged_into")?;
    let organisation: Option<i64> = row.try_get("organisation")?;
    let organisation = organisation.map(u32::try_from).transpose();
    Ok(ListedBeneficiary {
        id: number(row.try_get("id")?),
        name: name(row, "name")?,
        lei: lei
            .map(|it| it.parse())
            .transpose()
            .map_err(|_| damaged())?,
        tax_id: tax_id
            .map(|it| it.parse())
            .transpose()
            .map_err(|_| damaged())?,
        country: country
            .map(|it| it.parse())
            .transpose()
            .map_err(|_| damaged())?,
        aliases: Vec::new(),
        reviewed: row.try_get("reviewed")?,
        merged_into: merged_into.map(number),
        organisation: organisation.map_err(|_| damaged())?.map(OrganisationId),
    })
}

fn name(row: &SqliteRow, column: &str) -> Result<Name, PeopleError> {
    let text: String = row.try_get(column)?;
    text.parse()
        .map_err(|_| PeopleError::Damaged("a beneficiary's name"))
}
