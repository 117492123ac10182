//! Growing delays after failures, per account and per address, kept over a restart.
//!
//! An attempt is charged before it is made and given back when it was right, so that many at the same time are not one.
//! An account is charged by its e-mail address whether or not anybody has it.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::error::PeopleError;
use super::id::UserId;
use super::store::{column, number};
use super::{People, Visit};

/// Failures of one account that cost nothing.
pub const ACCOUNT_FREE_FAILURES: u32 = 5;
/// Failures from one address that cost nothing.
pub const ADDRESS_FREE_FAILURES: u32 = 30;
/// Links for a new password that one account may ask for before it must wait.
pub const RESET_FREE_REQUESTS: u32 = 3;
/// Organisations that one address may register before it has to wait between them.
pub const FREE_REGISTRATIONS: u32 = 5;
/// The first delay, in milliseconds; every further failure doubles it.
pub const FIRST_DELAY_MS: u64 = 30_000;
/// The longest delay of an account or an address, in milliseconds: others cannot lock somebody out for longer.
pub const DELAY_MS_MAX: u64 = 15 * 60_000;
/// The longest delay after wrong codes, in milliseconds: whoever comes so far has the password.
pub const CODE_DELAY_MS_MAX: u64 = 60 * 60_000;
/// After how long without a failure everything is forgotten, in milliseconds.
pub const FORGET_MS: u64 = 24 * 3_600_000;

/// What is charged.
#[derive(Clone, Copy)]
pub(super) enum Charge<'a> {
    /// Passwords for an account, by what was typed as its e-mail address.
    Account(&'a str),
    /// Codes for a user.
    Codes(UserId),
    /// Everything from an address; an IPv6 network counts as one, since whoever has one has 2^64 addresses.
    Address(IpAddr),
    /// Links for a new password.
    Reset(&'a str),
    /// Organisations that register themselves from an address.
    Registration(IpAddr),
}

impl Charge<'_> {
    const fn free(self) -> u32 {
        match self {
            Self::Account(_) | Self::Codes(_) => ACCOUNT_FREE_FAILURES,
            Self::Address(_) => ADDRESS_FREE_FAILURES,
            Self::Reset(_) => RESET_FREE_REQUESTS,
            Self::Registration(_) => FREE_REGISTRATIONS,
        }
    }

    const fn delay_ms_max(self) -> u64 {
        match self {
            Self::Codes(_) => CODE_DELAY_MS_MAX,
            _ => DELAY_MS_MAX,
        }
    }

    fn delay_ms(self, failures: u32) -> u64 {
        let Some(beyond) = failures.checked_sub(self.free()) else {
            return 0;
        };
        let factor = 1_u64.checked_shl(beyond.min(32)).unwrap_or(u64::MAX);
        FIRST_DELAY_MS
            .saturating_mul(factor)
            .min(self.delay_ms_max())
    }

    pub(super) fn key(self, salt: &[u8]) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(salt);
        match self {
            Self::Account(email) => {
                hash.update(b"account");
                hash.update(email.trim().to_lowercase());
            }
            Self::Codes(user) => {
                hash.update(b"codes");
                hash.update(user.number().to_be_bytes());
            }
            Self::Address(IpAddr::V4(address)) => {
                hash.update(b"address4");
                hash.update(address.octets());
            }
            Self::Address(IpAddr::V6(address)) => {
                hash.update(b"address6");
                hash.update(&address.octets()[..8]);
            }
            Self::Registration(address) => {
                hash.update(b"registration");
                match address {
                    IpAddr::V4(address) => hash.update(address.octets()),
                    IpAddr::V6(address) => hash.update(&address.octets()[..8]),
                }
            }
            Self::Reset(email) => {
                hash.update(b"reset");
                hash.update(email.trim().to_lowercase());
            }
        }
        hash.finalize().to_vec()
    }
}

impl People {
    /// Charges a registration of an organisation to the address that it comes from.
    ///
    /// # Errors
    /// [`PeopleError::Wait`] when too many came from there.
    pub async fn charge_registration(&self, visit: &Visit) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let charges = [Charge::Registration(visit.address)];
        charge(&mut tx, &self.store().salt, &charges, visit.now_ms).await?;
        Ok(tx.commit().await?)
    }
}

/// Charges an attempt to all of these, or refuses it when one of them must wait.
pub(super) async fn charge(
    tx: &mut SqliteConnection,
    salt: &[u8],
    charges: &[Charge<'_>],
    now_ms: u64,
) -> Result<(), PeopleError> {
    let mut wait_ms = 0;
    let mut failures = Vec::new();
    for charge in charges {
        let row =
            sqlx::query("SELECT failures, last_ms, blocked_until_ms FROM throttles WHERE key = ?")
                .bind(charge.key(salt))
                .fetch_optional(&mut *tx)
                .await?;
        let Some(row) = row else {
            failures.push(0);
            continue;
        };
        let blocked = number(row.try_get("blocked_until_ms")?);
        wait_ms = blocked.saturating_sub(now_ms).max(wait_ms);
        let is_old = now_ms.saturating_sub(number(row.try_get("last_ms")?)) > FORGET_MS;
        let before: i64 = row.try_get("failures")?;
        failures.push(if is_old {
            0
        } else {
            u32::try_from(before).unwrap_or(u32::MAX)
        });
    }
    if wait_ms > 0 {
        return Err(PeopleError::Wait {
            seconds: wait_ms.div_ceil(1000),
        });
    }
    for (charge, before) in charges.iter().zip(failures) {
        let failures = before.saturating_add(1);
        let blocked = now_ms.saturating_add(charge.delay_ms(failures));
        sqlx::query(
            "INSERT INTO throttles (key, failures, last_ms, blocked_until_ms) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (key) DO UPDATE SET failures = ?2, last_ms = ?3, blocked_until_ms = ?4",
        )
        .bind(charge.key(salt))
        .bind(i64::from(failures))
        .bind(column(now_ms))
        .bind(column(blocked))
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Gives an attempt back that was right but proves nothing about the ones before it.
pub(super) async fn give_back(
    tx: &mut SqliteConnection,
    salt: &[u8],
    charge: Charge<'_>,
) -> Result<(), PeopleError> {
    sqlx::query(
        "UPDATE throttles SET failures = max(failures - 1, 0), blocked_until_ms = 0 WHERE key = ?",
    )
    .bind(charge.key(salt))
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets everything: whoever signed in fully is the right one.
pub(super) async fn clear(
    tx: &mut SqliteConnection,
    salt: &[u8],
    charge: Charge<'_>,
) -> Result<(), PeopleError> {
    sqlx::query("DELETE FROM throttles WHERE key = ?")
        .bind(charge.key(salt))
        .execute(tx)
        .await?;
    Ok(())
}
