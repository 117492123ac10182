//! Personal data. `Debug` shows none of it.

use std::fmt;
use std::str::FromStr;

use super::error::PeopleError;

/// The longest e-mail address, in bytes (RFC 5321 section 4.5.3.1.3, without the brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// The longest name of a person, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// The longest telephone number, in bytes.
pub const PHONE_BYTES_MAX: usize = 40;
/// The longest language tag, in bytes.
pub const LANGUAGE_BYTES_MAX: usize = 16;

/// An e-mail address, in lower case: nobody has two accounts that differ in capitals.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address, for the mail that goes there.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn from_column(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Email {
    type Err = PeopleError;

    fn from_str(text: &str) -> Result<Self, PeopleError> {
        let refused = || PeopleError::Input {
            field: "email",
            reason: "it must be one address of up to 254 bytes, like name@example.org",
        };
        let text = text.trim().to_lowercase();
        let forbidden =
            |c: char| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\".contains(c);
        let (local, domain) = text.rsplit_once('@').ok_or_else(refused)?;
        let is_domain = domain.split('.').count() >= 2 && domain.split('.').all(|l| !l.is_empty());
        if local.is_empty()
            || local.contains('@')
            || !is_domain
            || text.len() > EMAIL_BYTES_MAX
            || text.chars().any(forbidden)
        {
            return Err(refused());
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Email(..)")
    }
}

/// What people tell about themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    phone: Option<String>,
    language: String,
}

impl Profile {
    /// A name, a telephone number and the language of mails (BCP 47, such as `fr` or `pt-BR`).
    ///
    /// # Errors
    /// [`PeopleError::Input`] when a text is empty, too long or not on one line.
    pub fn new(name: &str, phone: Option<&str>, language: &str) -> Result<Self, PeopleError> {
        let tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !language.bytes().all(tag) {
            return Err(PeopleError::Input {
                field: "language",
                reason: "it must be a tag such as en, fr or pt-BR",
            });
        }
        Ok(Self {
            name: line("name", name, NAME_BYTES_MAX)?,
            phone: phone
                .map(|phone| line("phone", phone, PHONE_BYTES_MAX))
                .transpose()?,
            language: line("language", language, LANGUAGE_BYTES_MAX)?,
        })
    }

    /// The person's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The telephone number, as it was written.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// The language of mails.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    pub(super) const fn from_columns(
        name: String,
        phone: Option<String>,
        language: String,
    ) -> Self {
        Self {
            name,
            phone,
            language,
        }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Profile(..)")
    }
}

/// A text of 1 to `max` bytes on one line.
pub(super) fn line(field: &'static str, text: &str, max: usize) -> Result<String, PeopleError> {
    let text = text.trim();
    if text.is_empty() || text.len() > max || text.chars().any(char::is_control) {
        return Err(PeopleError::Input {
            field,
            reason: "it is empty, too long or not on one line",
        });
    }
    Ok(text.to_owned())
}

/// The id of a role: 1 to 48 lower-case letters, digits and hyphens. Which roles there are says the permission matrix.
pub(super) fn role(text: &str) -> Result<&str, PeopleError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > 48 || !text.bytes().all(allowed) {
        return Err(PeopleError::Input {
            field: "role",
            reason: "it must be the id of a role, such as manager",
        });
    }
    Ok(text)
}
