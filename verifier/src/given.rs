//! What a person drops, pastes or scans, recognised.

use countersign_protocol::letter::is_pdf;
use countersign_protocol::log::Policy;
use serde::Serialize;

/// Something that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "given", rename_all = "snake_case")]
pub enum Given {
    /// A proof bundle.
    Bundle {
        /// Its text.
        text: String,
    },
    /// A PDF file, which may be a letter or a certificate that carries its proof.
    Letter,
    /// An answer of a registry to the question where units are.
    Answer {
        /// Its text.
        text: String,
    },
    /// A policy: whom to trust.
    Policy {
        /// Its text.
        text: String,
    },
    /// The address of a proof, as the code on a letter holds it. Nothing is fetched.
    Address {
        /// The address.
        address: String,
    },
    /// Nothing that is known here.
    Unknown,
}

impl Given {
    /// Recognises what was given.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if is_pdf(bytes) {
            return Self::Letter;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::Unknown;
        };
        let trimmed = text.trim_ascii();
        let owned = || text.to_owned();
        if trimmed.starts_with("c2sp.org/tlog-proof") {
            return Self::Bundle {
                text: whole_lines(trimmed),
            };
        }
        if trimmed.starts_with('{') {
            return Self::Answer { text: owned() };
        }
        if trimmed.starts_with("https://") && !trimmed.contains(char::is_whitespace) {
            return Self::Address {
                address: trimmed.to_owned(),
            };
        }
        let policy = whole_lines(trimmed);
        if policy.parse::<Policy>().is_ok() {
            return Self::Policy { text: policy };
        }
        Self::Unknown
    }
}

/// A text that went through a clipboard: line ends of other systems and blank space around it are no part of it.
fn whole_lines(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    text.push('\n');
    text
}
