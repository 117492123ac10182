//! Reading and writing policy files (C2SP tlog-policy, "Policy file syntax and structure").

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use super::build::{PolicyBuilder, PolicyEntryError, RESERVED_NAME};
use super::{Policy, Threshold};
use crate::log::key::{KeyError, VerifierKey};
use crate::log::text::{FieldFault, parse_decimal};

/// Largest policy file read, in bytes.
pub const POLICY_BYTES_MAX: usize = 512 * 1024;

/// Why a policy file was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("policy line {line}: {fault}")]
pub struct PolicyTextError {
    /// Line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// What is wrong with it.
    pub fault: PolicyFault,
}

/// What is wrong with a line of a policy file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyFault {
    /// The file is larger than [`POLICY_BYTES_MAX`].
    #[error("the file is longer than {POLICY_BYTES_MAX} bytes")]
    TooLong,
    /// A control character other than tab and newline, for instance a carriage return.
    #[error("the control character 0x{0:02x} is not allowed")]
    ControlCharacter(u8),
    /// The last line has no newline.
    #[error("the last line has no newline: the end of the file is missing")]
    Unterminated,
    /// The first word is none of log, witness, group and quorum.
    #[error("a line begins with log, witness, group, quorum or #")]
    UnknownKeyword,
    /// Too few or too many words.
    #[error("expected: {0}")]
    Shape(&'static str),
    /// The key cannot be read.
    #[error("the key cannot be read: {0}")]
    Key(#[from] KeyError),
    /// The threshold is neither any, all nor a number.
    #[error("the threshold of the group is neither any, all nor a number: {0}")]
    Threshold(FieldFault),
    /// The entry contradicts another or stands alone.
    #[error(transparent)]
    Entry(#[from] PolicyEntryError),
}

impl FromStr for Policy {
    type Err = PolicyTextError;

    fn from_str(text: &str) -> Result<Self, PolicyTextError> {
        let whole_file = |fault| PolicyTextError { line: 0, fault };
        if text.len() > POLICY_BYTES_MAX {
            return Err(whole_file(PolicyFault::TooLong));
        }
        let mut builder = PolicyBuilder::default();
        for (line, number) in text.split_inclusive('\n').zip(1..) {
            read_line(&mut builder, line).map_err(|fault| PolicyTextError {
                line: number,
                fault,
            })?;
        }
        builder.build().map_err(|error| whole_file(error.into()))
    }
}

fn read_line(builder: &mut PolicyBuilder, line: &str) -> Result<(), PolicyFault> {
    let line = line.strip_suffix('\n').ok_or(PolicyFault::Unterminated)?;
    let is_forbidden = |byte: &u8| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f;
    if let Some(byte) = line.bytes().find(is_forbidden) {
        return Err(PolicyFault::ControlCharacter(byte));
    }
    let words: Vec<&str> = line
        .split([' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    let url = |url: &[&str]| url.first().map(|url| (*url).to_owned());
    match words.as_slice() {
        [] => Ok(()),
        [first, ..] if first.starts_with('#') => Ok(()),
        ["log", vkey, address @ ..] if address.len() <= 1 => {
            Ok(builder.log(vkey.parse::<VerifierKey>()?, url(address))?)
        }
        ["log", ..] => Err(PolicyFault::Shape("log VKEY [URL]")),
        ["witness", name, vkey, address @ ..] if address.len() <= 1 => {
            Ok(builder.witness(name, vkey.parse()?, url(address))?)
        }
        ["witness", ..] => Err(PolicyFault::Shape("witness NAME VKEY [URL]")),
        ["group", name, threshold, members @ ..] if !members.is_empty() => {
            let members = members.iter().map(|member| (*member).to_owned()).collect();
            Ok(builder.group(name, parse_threshold(threshold)?, members)?)
        }
        ["group", ..] => Err(PolicyFault::Shape("group NAME any|all|NUMBER MEMBER...")),
        ["quorum", name] => Ok(builder.quorum(name)?),
        ["quorum", ..] => Err(PolicyFault::Shape("quorum NAME")),
        _ => Err(PolicyFault::UnknownKeyword),
    }
}

fn parse_threshold(text: &str) -> Result<Threshold, PolicyFault> {
    match text {
        "any" => Ok(Threshold::Any),
        "all" => Ok(Threshold::All),
        number => {
            let number = parse_decimal(number).map_err(PolicyFault::Threshold)?;
            // A number beyond usize is beyond every group too, and is refused as such.
            Ok(Threshold::AtLeast(
                usize::try_from(number).unwrap_or(usize::MAX),
            ))
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::All => f.write_str("all"),
            Self::AtLeast(k) => write!(f, "{k}"),
        }
    }
}

/// The policy file; reading it gives the same policy.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end_line = |f: &mut fmt::Formatter<'_>, url: &Option<String>| match url {
            Some(url) => writeln!(f, " {url}"),
            None => writeln!(f),
        };
        for log in self.logs() {
            write!(f, "log {}", log.key)?;
            end_line(f, &log.url)?;
        }
        for witness in self.witnesses() {
            write!(f, "witness {} {}", witness.name, witness.key)?;
            end_line(f, &witness.url)?;
        }
        for group in self.groups() {
            writeln!(
                f,
                "group {} {} {}",
                group.name,
                group.threshold,
                group.members.join(" ")
            )?;
        }
        writeln!(f, "quorum {}", self.quorum().unwrap_or(RESERVED_NAME))
    }
}
