//! Agreement files: what two countries allow to move between them, signed by both.
//!
//! One country writes and signs the file, the other reads it, countersigns it and sends it back; then both record it
//! in their ledgers. Without an agreement nothing moves.
//!
//! ```text
//! countersign-agreement/v1
//! agreement CH-GH-2020
//! party CH registry.example.admin.ch/ledger
//! party GH registry.example.gov.gh/ledger
//! cooperative-approach CA0004
//! direction GH-CH
//! valid-from 2026-01-01T00:00:00Z
//! valid-until 2031-01-01T00:00:00Z
//! max-tonnes 1000000
//! max-tonnes-per-year 250000
//! vintage-from 2021
//! vintage-until 2030
//! unit-type ITMO
//! scope 13
//! use-needs source-final
//! ```
//!
//! The parties stand in ascending order, so that both sides write the same text. `direction` stands once or twice,
//! `max-tonnes`, `max-tonnes-per-year`, `vintage-from` and `vintage-until` at most once, `unit-type` and `scope` any number of times in ascending order; where none stands,
//! every type or scope is permitted. `use-needs source-final` stands at most once: then acquired units are used only
//! once the source's ledger has ended their transfer.

mod terms;

pub use terms::{
    AgreementParty, AgreementValueError, Direction, MaxTonnes, SourceFinal, VintageYear,
};

use super::Fingerprint;
use super::lines::{FileError, Lines};
use crate::id::AgreementId;
use crate::log::{Hash, NoteError, SignedNote, SignerKey, VerifierKey};
use crate::party::Party;
use crate::record::{Agreement as AgreementRecord, is_ascending};
use crate::serial::{CooperativeApproachId, SectoralScope, UnitType};
use crate::time::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;

/// The first line of an agreement.
pub const AGREEMENT_HEADER: &str = "countersign-agreement/v1";

/// The largest agreement file, in bytes.
pub const AGREEMENT_BYTES_MAX: usize = 16 * 1024;

/// The most unit types in an agreement.
pub const AGREEMENT_UNIT_TYPES_MAX: usize = crate::record::MAX_SET;

/// Why an agreement cannot be made or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgreementError {
    /// The file cannot be read, or a signature does not verify.
    #[error("agreement: {0}")]
    File(#[from] FileError),
    /// The two parties are one, share an origin, or stand in the wrong order.
    #[error(
        "agreement: it needs two different parties with an origin each, in ascending order of their codes"
    )]
    Parties,
    /// No direction, one twice, one with a third country, or two in the wrong order.
    #[error(
        "agreement: directions must run between the two parties, each at most once, in ascending order"
    )]
    Directions,
    /// The agreement ends before it begins.
    #[error("agreement: it ends at {until}, not after it begins at {from}; mend valid-until")]
    Period {
        /// First moment of validity.
        from: Timestamp,
        /// First moment after it.
        until: Timestamp,
    },
    /// The vintages end before they begin.
    #[error("agreement: its last vintage {until} is before its first {from}; mend vintage-until")]
    Vintages {
        /// First vintage.
        from: VintageYear,
        /// Last vintage.
        until: VintageYear,
    },
    /// A list is not in strictly ascending order, or too long.
    #[error(
        "agreement: the {0} lines must stand in ascending order, each once, and not be too many"
    )]
    List(&'static str),
    /// A key that belongs to neither party signs or is asked about.
    #[error(
        "agreement: key {0} is of neither party; use the log key, whose name is the origin of a party"
    )]
    ForeignKey(String),
    /// The node's own country is not in the agreement.
    #[error("agreement: {0} is neither of its parties; it belongs to another country's node")]
    NotAParty(Party),
    /// A party has not signed.
    #[error("agreement: {0} has not signed it; send it there to be countersigned")]
    NotSigned(Party),
}

/// What two countries agree on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Agreement {
    /// The name both gave it.
    pub id: AgreementId,
    /// The two countries, ascending by code.
    pub parties: [AgreementParty; 2],
    /// The cooperative approach under which units are first transferred.
    pub cooperative_approach: CooperativeApproachId,
    /// The directions in which units may move, ascending.
    pub directions: Vec<Direction>,
    /// The first moment at which a transfer may begin.
    pub valid_from: Timestamp,
    /// The first moment at which none may begin any more. Open transfers still settle.
    pub valid_until: Timestamp,
    /// The most tonnes that may arrive in each direction over the whole period; `None` sets no limit.
    pub max_tonnes: Option<MaxTonnes>,
    /// The most tonnes that may move in each direction in a calendar year (UTC); `None` sets no limit.
    pub max_tonnes_per_year: Option<MaxTonnes>,
    /// The first vintage that may move; `None` sets no limit.
    pub vintage_from: Option<VintageYear>,
    /// The last vintage that may move; `None` sets no limit.
    pub vintage_until: Option<VintageYear>,
    /// The unit types that may move, ascending; empty permits all.
    pub unit_types: Vec<UnitType>,
    /// The sectoral scopes whose units may move, ascending; empty permits all.
    pub scopes: Vec<SectoralScope>,
    /// What must have happened before acquired units are used; `None` asks for nothing.
    pub use_needs: Option<SourceFinal>,
}

impl Agreement {
    /// Checks the rules that span several lines.
    ///
    /// # Errors
    /// [`AgreementError`] names the rule.
    pub fn check(&self) -> Result<(), AgreementError> {
        let Self {
            id: _,
            parties,
            cooperative_approach: _,
            directions,
            valid_from,
            valid_until,
            max_tonnes: _,
            max_tonnes_per_year: _,
            vintage_from,
            vintage_until,
            unit_types,
            scopes,
            use_needs: _,
        } = self;
        let [first, second] = parties;
        if first.party >= second.party || first.origin == second.origin {
            return Err(AgreementError::Parties);
        }
        let between = |direction: &Direction| {
            let ends = (direction.from, direction.to);
            ends == (first.party, second.party) || ends == (second.party, first.party)
        };
        if directions.is_empty() || !directions.iter().all(between) || !is_ascending(directions) {
            return Err(AgreementError::Directions);
        }
        if valid_until <= valid_from {
            return Err(AgreementError::Period {
                from: *valid_from,
                until: *valid_until,
            });
        }
        if let (Some(from), Some(until)) = (vintage_from, vintage_until)
            && until < from
        {
            return Err(AgreementError::Vintages {
                from: *from,
                until: *until,
            });
        }
        if !is_ascending(unit_types) || unit_types.len() > AGREEMENT_UNIT_TYPES_MAX {
            return Err(AgreementError::List("unit-type"));
        }
        if !is_ascending(scopes) {
            return Err(AgreementError::List("scope"));
        }
        Ok(())
    }

    /// The party whose ledger has this origin.
    #[must_use]
    pub fn party_of(&self, origin: &str) -> Option<Party> {
        self.parties
            .iter()
            .find(|side| side.origin.as_str() == origin)
            .map(|side| side.party)
    }

    /// The other party; `None` when `own` is neither.
    #[must_use]
    pub fn partner_of(&self, own: Party) -> Option<Party> {
        let [first, second] = self.parties.each_ref().map(|side| side.party);
        match own {
            _ if own == first => Some(second),
            _ if own == second => Some(first),
            _ => None,
        }
    }

    fn read(text: &str) -> Result<Self, FileError> {
        let mut lines = Lines::open(text, AGREEMENT_HEADER)?;
        let agreement = Self {
            id: lines.required("agreement")?,
            parties: [lines.required("party")?, lines.required("party")?],
            cooperative_approach: lines.required("cooperative-approach")?,
            directions: lines.repeated("direction", 2)?,
            valid_from: lines.required("valid-from")?,
            valid_until: lines.required("valid-until")?,
            max_tonnes: lines.optional("max-tonnes")?,
            max_tonnes_per_year: lines.optional("max-tonnes-per-year")?,
            vintage_from: lines.optional("vintage-from")?,
            vintage_until: lines.optional("vintage-until")?,
            unit_types: lines.repeated("unit-type", AGREEMENT_UNIT_TYPES_MAX)?,
            scopes: lines.repeated("scope", SectoralScope::all().count())?,
            use_needs: lines.optional("use-needs")?,
        };
        lines.end()?;
        Ok(agreement)
    }
}

/// The text that is signed, with its final newline.
impl fmt::Display for Agreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            parties,
            cooperative_approach,
            directions,
            valid_from,
            valid_until,
            max_tonnes,
            max_tonnes_per_year,
            vintage_from,
            vintage_until,
            unit_types,
            scopes,
            use_needs,
        } = self;
        let [first, second] = parties;
        writeln!(
            formatter,
            "{AGREEMENT_HEADER}\nagreement {id}\nparty {first}\nparty {second}"
        )?;
        writeln!(formatter, "cooperative-approach {cooperative_approach}")?;
        for direction in directions {
            writeln!(formatter, "direction {direction}")?;
        }
        writeln!(
            formatter,
            "valid-from {valid_from}\nvalid-until {valid_until}"
        )?;
        if let Some(max_tonnes) = max_tonnes {
            writeln!(formatter, "max-tonnes {max_tonnes}")?;
        }
        if let Some(max_tonnes) = max_tonnes_per_year {
            writeln!(formatter, "max-tonnes-per-year {max_tonnes}")?;
        }
        if let Some(vintage) = vintage_from {
            writeln!(formatter, "vintage-from {vintage}")?;
        }
        if let Some(vintage) = vintage_until {
            writeln!(formatter, "vintage-until {vintage}")?;
        }
        for unit_type in unit_types {
            writeln!(formatter, "unit-type {unit_type}")?;
        }
        for scope in scopes {
            writeln!(formatter, "scope {scope}")?;
        }
        if let Some(needed) = use_needs {
            writeln!(formatter, "use-needs {needed}")?;
        }
        Ok(())
    }
}

/// Reads a draft: the text that the parties will sign.
impl std::str::FromStr for Agreement {
    type Err = AgreementError;

    fn from_str(text: &str) -> Result<Self, AgreementError> {
        let agreement = Self::read(text)?;
        agreement.check()?;
        Ok(agreement)
    }
}

/// An agreement as it travels between the parties: the text and the signatures so far. Its text form is the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementFile {
    agreement: Agreement,
    note: SignedNote,
}

impl AgreementFile {
    /// Signs a new agreement for the first party to do so.
    ///
    /// # Errors
    /// [`AgreementError`] when the agreement breaks a rule or the key is of neither party.
    pub fn sign(agreement: Agreement, key: &SignerKey) -> Result<Self, AgreementError> {
        agreement.check()?;
        check_key(&agreement, key.verifier())?;
        let note = SignedNote::sign(&agreement.to_string(), key).map_err(FileError::Note)?;
        Ok(Self { agreement, note })
    }

    /// Adds the signature of the second party, after verifying that the first has signed this very text.
    ///
    /// # Errors
    /// [`AgreementError::NotSigned`] when `partner` has not signed, [`AgreementError::ForeignKey`] when a key is of
    /// neither party, [`AgreementError::Parties`] when both keys are of one party.
    pub fn countersign(
        &mut self,
        key: &SignerKey,
        partner: &VerifierKey,
    ) -> Result<(), AgreementError> {
        if check_key(&self.agreement, key.verifier())? == check_key(&self.agreement, partner)? {
            return Err(AgreementError::Parties);
        }
        self.require_signature(partner)?;
        let own = SignedNote::sign(self.note.text(), key).map_err(FileError::Note)?;
        for line in own.signatures() {
            self.note.add(line.clone()).map_err(FileError::Note)?;
        }
        Ok(())
    }

    /// Reads an agreement file. Nothing is verified yet: see [`AgreementFile::require_signature`] and
    /// [`AgreementFile::require_both`].
    ///
    /// # Errors
    /// [`AgreementError`] says which line or rule is wrong.
    pub fn parse(file: &[u8]) -> Result<Self, AgreementError> {
        if file.len() > AGREEMENT_BYTES_MAX {
            return Err(FileError::TooLong {
                found: file.len(),
                max: AGREEMENT_BYTES_MAX,
            }
            .into());
        }
        let note = SignedNote::from_bytes(file).map_err(FileError::Note)?;
        let agreement = Agreement::read(note.text())?;
        agreement.check()?;
        Ok(Self { agreement, note })
    }

    /// Verifies that the party whose log key this is has signed, and gives that party.
    ///
    /// # Errors
    /// [`AgreementError::NotSigned`] when it has not, [`AgreementError::File`] when its signature does not verify,
    /// [`AgreementError::ForeignKey`] when the key is of neither party.
    pub fn require_signature(&self, key: &VerifierKey) -> Result<Party, AgreementError> {
        let party = check_key(&self.agreement, key)?;
        match self.note.verify([key]) {
            Ok(_) => Ok(party),
            Err(NoteError::NoKnownSignature) => Err(AgreementError::NotSigned(party)),
            Err(error) => Err(FileError::Note(error).into()),
        }
    }

    /// The agreement, if both parties have signed it with these log keys, given in either order.
    ///
    /// # Errors
    /// As [`AgreementFile::require_signature`]; [`AgreementError::Parties`] when both keys are of one party.
    pub fn require_both(&self, keys: [&VerifierKey; 2]) -> Result<&Agreement, AgreementError> {
        let [first, second] = keys;
        if self.require_signature(first)? == self.require_signature(second)? {
            return Err(AgreementError::Parties);
        }
        Ok(&self.agreement)
    }

    /// What the file says, whoever has signed it.
    #[must_use]
    pub const fn unverified(&self) -> &Agreement {
        &self.agreement
    }

    /// The agreement as the ledger of `own` records it, if both parties have signed it with these log keys.
    ///
    /// # Errors
    /// As [`AgreementFile::require_both`]; [`AgreementError::NotAParty`] when `own` is neither of the two.
    pub fn record_for(
        &self,
        own: Party,
        keys: [&VerifierKey; 2],
    ) -> Result<AgreementRecord, AgreementError> {
        let agreement = self.require_both(keys)?;
        let partner = agreement
            .partner_of(own)
            .ok_or(AgreementError::NotAParty(own))?;
        let allows = |from, to| agreement.directions.contains(&Direction { from, to });
        Ok(AgreementRecord {
            id: agreement.id.clone(),
            partner,
            outgoing: allows(own, partner),
            incoming: allows(partner, own),
            valid_from_ms: agreement.valid_from.milliseconds(),
            valid_to_ms: agreement.valid_until.milliseconds(),
            max_tonnes: agreement.max_tonnes.map_or(0, MaxTonnes::get),
            cooperative_approach: agreement.cooperative_approach,
            document: self.digest(),
            unit_types: agreement.unit_types.clone(),
            scopes: agreement.scopes.clone(),
            max_tonnes_per_year: agreement.max_tonnes_per_year.map_or(0, MaxTonnes::get),
            vintage_from: agreement.vintage_from.map(VintageYear::get),
            vintage_until: agreement.vintage_until.map(VintageYear::get),
            use_needs_source_final: agreement.use_needs.is_some(),
        })
    }

    /// SHA-256 of the signed text: the same in both ledgers, whoever signed first.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Sha256::digest(self.note.text()).into()
    }

    /// The number that people of both countries compare. It covers the text, so countersigning does not change it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.note.text())
    }
}

/// The party whose log key this is.
fn check_key(agreement: &Agreement, key: &VerifierKey) -> Result<Party, AgreementError> {
    let party = agreement.party_of(key.name());
    party.ok_or_else(|| AgreementError::ForeignKey(key.name().to_owned()))
}

impl fmt::Display for AgreementFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(formatter)
    }
}
