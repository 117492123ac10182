//! Who may use the node, and the names that must stay in it.
//!
//! Personal data lives here and nowhere else: neither the ledger nor the network nor a log line ever holds it.

mod beneficiary;
mod token;

pub use beneficiary::{Beneficiaries, Beneficiary, BeneficiaryError};
pub use token::{ApiToken, TOKEN_PREFIX, TokenError, Tokens};

/// Who asks: the name of the token that was shown. It goes into the node's journal beside every write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    name: String,
}

impl Actor {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }

    /// The name of the token.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests;
