//! Data points, and the keys that sign them.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::log::{Hash, leaf_hash};
use countersign_protocol::time::Timestamp;
use ed25519_dalek::{Signature, VerifyingKey};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::blueprint::{is_name, is_unit};
use super::number::{NumberError, parse as parse_number, written};

/// What every signed text begins with, so that a signature says nothing elsewhere.
const SIGNED_AS: &str = "countersign-data-point/v1";

/// A data point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The number of its source.
    pub source: u64,
    /// What was measured: the name of an input of a blueprint.
    pub input: String,
    /// The value, a decimal number as text.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// How far the true value may lie from it, to either side, in the same unit.
    pub uncertainty: String,
    /// When what it says begins.
    pub start: Timestamp,
    /// When it ends; the point is of the year in which it ends.
    pub end: Timestamp,
    /// The source's Ed25519 signature, in base64.
    pub signature: String,
}

/// Why a point is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointError {
    /// A number of it.
    #[error("{field}: {error}")]
    Number {
        /// Which field.
        field: &'static str,
        /// Why.
        error: NumberError,
    },
    /// An uncertainty below zero.
    #[error("uncertainty: it is how far the true value may lie to either side, so 0 or more")]
    Uncertainty,
    /// A word of it.
    #[error(
        "{0}: it has 1 to 64 printable bytes; an input has small letters, digits and underscores"
    )]
    Word(&'static str),
    /// It ends before it begins.
    #[error("end: it lies after start, and both within one calendar year or at its ends")]
    Span,
    /// It is not signed by its source.
    #[error("signature: it is not of the source's key over this point in this registry")]
    Signature,
}

/// The Ed25519 key by which a source is known, in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceKey(VerifyingKey);

impl FromStr for SourceKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let wrong = "a source's key is an Ed25519 public key: 32 bytes in base64";
        let bytes = STANDARD.decode(text).map_err(|_| wrong)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| wrong)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| wrong)?;
        if key.is_weak() {
            return Err("this key would take any signature: make another");
        }
        Ok(Self(key))
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&STANDARD.encode(self.0.as_bytes()))
    }
}

impl Point {
    /// The text that its source signs: a line for each field, numbers in their one form. The registry is the country's code, so a point for one
    /// is none for another.
    ///
    /// # Errors
    /// [`PointError`] when a field is none.
    pub fn signed_text(&self, registry: &str) -> Result<String, PointError> {
        let number = |field, text: &str| {
            parse_number(text).map_err(|error| PointError::Number { field, error })
        };
        let value = number("value", &self.value)?;
        let uncertainty = number("uncertainty", &self.uncertainty)?;
        if uncertainty < Decimal::ZERO {
            return Err(PointError::Uncertainty);
        }
        if !is_name(&self.input) {
            return Err(PointError::Word("input"));
        }
        if !is_unit(&self.unit) {
            return Err(PointError::Word("unit"));
        }
        if self.start >= self.end {
            return Err(PointError::Span);
        }
        Ok(format!(
            "{SIGNED_AS}\n{registry}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
            self.source,
            self.input,
            written(value),
            self.unit,
            written(uncertainty),
            self.start,
            self.end
        ))
    }

    /// Whether it is whole, and signed by this key.
    ///
    /// # Errors
    /// [`PointError`].
    pub fn verify(&self, registry: &str, key: &SourceKey) -> Result<(), PointError> {
        let text = self.signed_text(registry)?;
        let bytes = STANDARD.decode(&self.signature);
        let signature = bytes.ok().and_then(|it| Signature::from_slice(&it).ok());
        let signature = signature.ok_or(PointError::Signature)?;
        key.0
            .verify_strict(text.as_bytes(), &signature)
            .map_err(|_| PointError::Signature)
    }

    /// Its leaf in the tree of a batch: the signed text and the signature (RFC 6962 section 2.1).
    ///
    /// # Errors
    /// [`PointError`].
    pub fn leaf(&self, registry: &str) -> Result<Hash, PointError> {
        let text = self.signed_text(registry)?;
        Ok(leaf_hash(format!("{text}{}\n", self.signature).as_bytes()))
    }
}
