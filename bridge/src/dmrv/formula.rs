//! Formulas: names, decimal numbers, `+ - * /`, parentheses, `min(a, b)` and `max(a, b)`.

use std::collections::{BTreeMap, BTreeSet};

use super::number::{Bounded, parse as parse_number};

/// The longest formula, in bytes.
const BYTES_MAX: usize = 2_000;
/// How deep parentheses may go.
const DEPTH_MAX: u32 = 32;

/// Why a formula can not be read, or has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormulaError {
    /// It can not be read.
    #[error("the formula can not be read at character {at}: {why}")]
    Unreadable {
        /// Where, counted from 1.
        at: usize,
        /// What is wanted there.
        why: &'static str,
    },
    /// It has a name that is no input and no constant.
    #[error("{0:?} is no input and no constant of the blueprint")]
    Unknown(String),
    /// A divisor may be zero within its uncertainty.
    #[error("a divisor may be zero within its uncertainty")]
    Zero,
    /// A number has more digits than are computed with.
    #[error("a number on the way has more than 28 digits")]
    Digits,
}

/// A formula that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    Number(Bounded),
    Name(String),
    Both(Operation, Box<Formula>, Box<Formula>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Min,
    Max,
}

impl Formula {
    pub(super) fn parse(text: &str) -> Result<Self, FormulaError> {
        let mut reader = Reader { text, at: 0 };
        if text.len() > BYTES_MAX {
            return Err(reader.wrong("a formula has at most 2,000 bytes"));
        }
        let formula = reader.sum(DEPTH_MAX)?;
        reader.skip();
        if reader.at < text.len() {
            return Err(reader.wrong("an operator or the end is wanted"));
        }
        Ok(formula)
    }

    /// The names in it.
    pub(super) fn names<'a>(&'a self, into: &mut BTreeSet<&'a str>) {
        match self {
            Self::Number(_) => {}
            Self::Name(name) => drop(into.insert(name)),
            Self::Both(_, one, other) => {
                one.names(into);
                other.names(into);
            }
        }
    }

    /// Its result, with the bounds that follow from those of the names.
    pub(super) fn result(&self, of: &BTreeMap<&str, Bounded>) -> Result<Bounded, FormulaError> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Name(name) => of
                .get(name.as_str())
                .copied()
                .ok_or_else(|| FormulaError::Unknown(name.clone())),
            Self::Both(operation, one, other) => {
                let (one, other) = (one.result(of)?, other.result(of)?);
                match operation {
                    Operation::Add => one.add(other).ok_or(FormulaError::Digits),
                    Operation::Subtract => one.sub(other).ok_or(FormulaError::Digits),
                    Operation::Multiply => one.mul(other).ok_or(FormulaError::Digits),
                    Operation::Divide => one.div(other).ok_or(FormulaError::Zero),
                    Operation::Min => Ok(one.min(other)),
                    Operation::Max => Ok(one.max(other)),
                }
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
}

impl Reader<'_> {
    const fn wrong(&self, why: &'static str) -> FormulaError {
        FormulaError::Unreadable {
            at: self.at + 1,
            why,
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self) {
        let blank = self.rest().bytes().take_while(u8::is_ascii_whitespace);
        self.at += blank.count();
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.skip();
        let is_there = self.rest().starts_with(wanted);
        if is_there {
            self.at += wanted.len_utf8();
        }
        is_there
    }

    fn word(&mut self, is_part: impl Fn(u8) -> bool) -> String {
        let word = self.rest().bytes().take_while(|byte| is_part(*byte));
        let word: String = word.map(char::from).collect();
        self.at += word.len();
        word
    }

    fn sum(&mut self, depth: u32) -> Result<Formula, FormulaError> {
        let mut left = self.product(depth)?;
        loop {
            let operation = if self.takes('+') {
                Operation::Add
            } else if self.takes('-') {
                Operation::Subtract
            } else {
                return Ok(left);
            };
            let right = self.product(depth)?;
            left = Formula::Both(operation, Box::new(left), Box::new(right));
        }
    }

    fn product(&mut self, depth: u32) -> Result<Formula, FormulaError> {
        let mut left = self.factor(depth)?;
        loop {
            let operation = if self.takes('*') {
                Operation::Multiply
            } else if self.takes('/') {
                Operation::Divide
            } else {
                return Ok(left);
            };
            let right = self.factor(depth)?;
            left = Formula::Both(operation, Box::new(left), Box::new(right));
        }
    }

    fn factor(&mut self, depth: u32) -> Result<Formula, FormulaError> {
        let Some(deeper) = depth.checked_sub(1) else {
            return Err(self.wrong("parentheses go at most 32 deep"));
        };
        if self.takes('(') {
            let inner = self.sum(deeper)?;
            return if self.takes(')') {
                Ok(inner)
            } else {
                Err(self.wrong("a closing parenthesis is wanted"))
            };
        }
        self.skip();
        match self.rest().bytes().next() {
            Some(byte) if byte.is_ascii_digit() => {
                let number = self.word(|it| it.is_ascii_digit() || it == b'.');
                let number = parse_number(&number).map_err(|_| {
                    self.wrong("a number has at most 12 digits before the point and 9 after it")
                })?;
                Ok(Formula::Number(Bounded::exact(number)))
            }
            Some(byte) if byte.is_ascii_lowercase() => {
                let name =
                    self.word(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
                let operation = match name.as_str() {
                    "min" => Operation::Min,
                    "max" => Operation::Max,
                    _ => return Ok(Formula::Name(name)),
                };
                self.of_two(operation, deeper)
            }
            _ => Err(self.wrong("a name, a number or a parenthesis is wanted")),
        }
    }

    fn of_two(&mut self, operation: Operation, depth: u32) -> Result<Formula, FormulaError> {
        if !self.takes('(') {
            return Err(self.wrong("min and max are followed by two values in parentheses"));
        }
        let one = self.sum(depth)?;
        if !self.takes(',') {
            return Err(self.wrong("min and max take two values with a comma between them"));
        }
        let other = self.sum(depth)?;
        if !self.takes(')') {
            return Err(self.wrong("a closing parenthesis is wanted"));
        }
        Ok(Formula::Both(operation, Box::new(one), Box::new(other)))
    }
}
