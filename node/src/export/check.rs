//! What a verification does with every leaf: names, rules, lines.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};

use countersign_protocol::log::{Hash, Tile};
use countersign_protocol::registry::{LedgerAccount, Place, State};

use super::files::RECORDS_FILE;
use super::signed::Names;
use super::walk::{Bundle, Visit};
use super::{LedgerSource, Progress, VerifyError};
use crate::ledger::replay::Replay;

pub(super) struct Check<'a> {
    pub(super) names: Names,
    pub(super) replay: Option<Replay>,
    pub(super) lines: Option<LineCheck<'a>>,
    pub(super) size: u64,
    pub(super) progress: &'a mut dyn FnMut(Progress),
}

impl Visit for Check<'_> {
    type Error = VerifyError;

    fn bundle(&mut self, bundle: Bundle) -> Result<(), VerifyError> {
        if let Some(lines) = &mut self.lines {
            lines.compare(bundle.first, &bundle.lines)?;
        }
        for leaf in &bundle.leaves {
            self.names.learn(leaf.index, &leaf.record)?;
            if let Some(replay) = &mut self.replay {
                replay.fold(leaf).map_err(|error| VerifyError::Leaf {
                    place: bundle.place.clone(),
                    error,
                })?;
            }
        }
        (self.progress)(Progress {
            done: bundle.first + u64::from(bundle.tile.width()),
            total: self.size,
        });
        Ok(())
    }

    fn tile(&mut self, _: Tile, _: &[Hash]) -> Result<(), VerifyError> {
        Ok(())
    }
}

/// Compares `records.jsonl` with the lines that the leaves give, byte for byte.
pub(super) struct LineCheck<'a> {
    place: String,
    lines: BufReader<Box<dyn Read + 'a>>,
    found: Vec<u8>,
}

impl<'a> LineCheck<'a> {
    pub(super) fn new(source: &(impl LedgerSource + ?Sized), lines: Box<dyn Read + 'a>) -> Self {
        Self {
            place: source.place_of(RECORDS_FILE),
            lines: BufReader::with_capacity(1 << 18, lines),
            found: Vec::new(),
        }
    }

    /// The next lines must be these, the first of them that of leaf `first`.
    fn compare(&mut self, first: u64, expected: &[u8]) -> Result<(), VerifyError> {
        self.found.resize(expected.len(), 0);
        let read = self.lines.read_exact(&mut self.found);
        match read {
            Ok(()) if self.found == expected => return Ok(()),
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                return Err(self.failed(error));
            }
            _ => {}
        }
        let same = |(a, b): &(&u8, &u8)| a == b;
        let same = self.found.iter().zip(expected).take_while(same).count();
        let before = expected[..same].iter().filter(|byte| **byte == b'\n');
        let index = first + before.count() as u64;
        Err(VerifyError::Line {
            place: self.place.clone(),
            line: index + 1,
            index,
        })
    }

    /// Nothing may follow the last line.
    pub(super) fn finish(mut self, size: u64) -> Result<(), VerifyError> {
        let rest = self.lines.read(&mut [0]);
        match rest {
            Ok(0) => Ok(()),
            Ok(_) => Err(VerifyError::TooManyLines {
                place: self.place,
                last: size.saturating_sub(1),
            }),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, source: io::Error) -> VerifyError {
        VerifyError::Io {
            place: self.place.clone(),
            source,
        }
    }
}

/// Every balance of units that are in the country is the sum of the units that are there, and all balances sum to zero.
/// The rules keep it so record by record; this adds everything up again at the end.
pub(super) fn check_balances(state: &State) -> Result<(), VerifyError> {
    let mut units: BTreeMap<LedgerAccount, i64> = BTreeMap::new();
    for holding in state.holdings() {
        let account = match holding.place {
            Place::Available(account) => LedgerAccount::Available(account),
            Place::OnHold(account) | Place::Reserved(account) => LedgerAccount::OnHold(account),
            Place::Escrow(account) => LedgerAccount::Escrow(account),
            Place::Used => LedgerAccount::Used,
            Place::Cancelled => LedgerAccount::Cancelled,
            // What a partner took may come back, so that balance is of movements, not of units.
            Place::Abroad(_) => continue,
        };
        let tonnes = i64::try_from(holding.block.tonnes()).unwrap_or(i64::MAX);
        let sum = units.entry(account).or_default();
        *sum = sum.saturating_add(tonnes);
    }
    let mut sum = 0_i64;
    for (account, balance) in state.balances() {
        sum = sum.saturating_add(balance);
        if account.is_contra() || matches!(account, LedgerAccount::TransferredTo(_)) {
            continue;
        }
        let found = units.remove(&account).unwrap_or_default();
        if found != balance {
            return Err(differs(format!("{account:?}"), balance, found));
        }
    }
    if let Some((account, found)) = units.into_iter().next() {
        return Err(differs(format!("{account:?}"), 0, found));
    }
    if sum == 0 {
        Ok(())
    } else {
        Err(differs("the sum of all accounts".to_owned(), sum, 0))
    }
}

const fn differs(account: String, balance: i64, units: i64) -> VerifyError {
    VerifyError::Balance {
        account,
        balance,
        units,
    }
}
