//! Ids of people, sessions and requests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::error::PeopleError;

/// The greatest id: what a JSON number carries without loss in every client (2^53 - 1).
const ID_MAX: u64 = (1 << 53) - 1;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $field:literal, $meaning:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name(u64);

        impl $name {
            pub(super) fn draw() -> Result<Self, PeopleError> {
                let mut bytes = [0; 8];
                super::secret::fill(&mut bytes)?;
                // Zero never names anybody.
                Ok(Self((u64::from_le_bytes(bytes) & ID_MAX).max(1)))
            }

            /// The number, 1 to 2^53 - 1.
            #[must_use]
            pub const fn number(self) -> u64 {
                self.0
            }

            pub(crate) fn column(self) -> i64 {
                i64::try_from(self.0).unwrap_or(i64::MAX)
            }

            pub(crate) fn from_column(column: i64) -> Result<Self, PeopleError> {
                let number = u64::try_from(column).map_err(|_| PeopleError::Damaged("an id"))?;
                Self::try_from(number).map_err(|_| PeopleError::Damaged("an id"))
            }
        }

        impl TryFrom<u64> for $name {
            type Error = PeopleError;

            fn try_from(number: u64) -> Result<Self, PeopleError> {
                if number == 0 || number > ID_MAX {
                    return Err(PeopleError::Input { field: $field, reason: "it must be 1 to 2^53 - 1" });
                }
                Ok(Self(number))
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = PeopleError;

            fn from_str(text: &str) -> Result<Self, PeopleError> {
                let refused = PeopleError::Input { field: $field, reason: "it must be a whole number" };
                let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
                let number = text.parse::<u64>().ok().filter(|_| digits);
                number.ok_or(refused).and_then(Self::try_from)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let number = ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::Integer))
                    .minimum(Some(1))
                    .maximum(Some(ID_MAX))
                    .description(Some($meaning));
                number.build().into()
            }
        }

        impl ToSchema for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    };
}

random_id! {
    /// A user's pseudonym: drawn at random, so that it says nothing about the person, and never used again. The ledger
    /// may carry it, since it means nobody once the user is erased.
    UserId, "user", "A user's pseudonym: drawn at random, so that it says nothing about the person, and never used again."
}

random_id! {
    /// A session, for listing and revoking. It opens nothing.
    SessionId, "session", "A session, for listing and revoking. It opens nothing."
}
