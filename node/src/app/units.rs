//! Units by any of their names, and where they are.

use std::str::FromStr;

use countersign_protocol::party::Party;
use countersign_protocol::registry::Holding;
use countersign_protocol::serial::{DomesticSerial, ItmoId};
use countersign_protocol::units::{UnitBlock, UnitRange};

use super::{App, AppError, LIST_MAX, Listing};

/// The longest name that is read, in bytes.
const NAME_BYTES_MAX: usize = 128;

/// Units by one of their names: a number `GH-27`, a range `GH-27-35`, a domestic serial or an ITMO identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitsName {
    range: UnitRange,
    serial: Option<DomesticSerial>,
    itmo_id: Option<ItmoId>,
    text: String,
}

impl UnitsName {
    /// The numbers that are meant.
    #[must_use]
    pub const fn range(&self) -> UnitRange {
        self.range
    }

    /// Whether everything else that the name says agrees with the units as they are.
    fn agrees(&self, holding: &Holding) -> bool {
        let shared = self.range.common(holding.block.range());
        let serial = self.serial.is_none_or(|serial| {
            let parts =
                shared.map(|shared| (serial.part(shared), holding.block.serial.part(shared)));
            parts.is_some_and(|(named, held)| named.is_some() && named == held)
        });
        let itmo = self.itmo_id.is_none_or(|named| {
            let held = holding.block.itmo_id();
            let parts = shared
                .zip(held)
                .map(|(shared, held)| (named.part(shared), held.part(shared)));
            parts.is_some_and(|(named, held)| named.is_some() && named == held)
        });
        serial && itmo
    }
}

/// A text that names no units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no units: write a number as GH-27, a range as GH-27-35, a domestic serial as VU-ITMO-11-356-2022-0-27-35 \
     or an ITMO identifier as CA0001-GHA01-GHA-1-2023"
)]
pub struct UnitsNameError(String);

impl FromStr for UnitsName {
    type Err = UnitsNameError;

    fn from_str(text: &str) -> Result<Self, UnitsNameError> {
        let refused = || UnitsNameError(text.chars().take(48).collect());
        if text.len() > NAME_BYTES_MAX {
            return Err(refused());
        }
        let named = |range: UnitRange, serial, itmo_id| Self {
            range,
            serial,
            itmo_id,
            text: text.to_owned(),
        };
        if let Some(range) = single(text).or_else(|| text.parse().ok()) {
            return Ok(named(range, None, None));
        }
        if let Ok(serial) = text.parse::<DomesticSerial>() {
            return Ok(named(serial.range(), Some(serial), None));
        }
        let id: ItmoId = text.parse().map_err(|_| refused())?;
        Ok(named(id.range(), None, Some(id)))
    }
}

/// `GH-27`
fn single(text: &str) -> Option<UnitRange> {
    let (party, number) = text.split_once('-')?;
    let party: Party = party.parse().ok()?;
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let number = number.parse().ok().filter(|_| is_plain)?;
    UnitRange::new(party, number, number).ok()
}

/// The block of all of `range`, given one that holds its first unit: parts of it may have been split off since.
fn over(block: &UnitBlock, range: UnitRange) -> UnitBlock {
    let known = block.serial;
    let (unit_type, scope) = (known.unit_type(), known.scope());
    let serial = DomesticSerial::new(range, unit_type, scope, known.project(), known.year());
    // The parts were those of a serial before, so that they are those of a serial again.
    let serial = serial.map_or(known, |serial| serial.with_reserved(known.reserved()));
    UnitBlock { serial, ..*block }
}

impl App {
    /// The ranges, as they stand, that share a unit with those named. `next` is the number to go on at.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this ledger knows none of them.
    pub fn units(
        &self,
        name: &UnitsName,
        from: Option<u64>,
        limit: usize,
    ) -> Result<Listing<Holding>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        let unknown = || AppError::not_found("unit", &name.text);
        let whole = name.range;
        let from = from.unwrap_or(whole.first()).max(whole.first());
        let range =
            UnitRange::new(whole.origin(), from, whole.last().max(from)).map_err(|_| unknown())?;
        let mut holdings: Vec<Holding> = self.ledger().read(|state| {
            let over = state.holdings_over(range).filter(|it| name.agrees(it));
            over.take(limit + 1).collect()
        });
        self.in_force(&mut holdings);
        if holdings.is_empty() {
            return Err(unknown());
        }
        Ok(Listing::cut(holdings, limit, |last| {
            (last.block.range().last() + 1).to_string()
        }))
    }

    /// The blocks of ranges that this ledger has seen, each cut to its range. What a block says never changes but for
    /// the mark of its first transfer.
    #[must_use]
    pub fn blocks(&self, ranges: &[UnitRange]) -> Vec<UnitBlock> {
        self.ledger().read(|state| {
            let blocks = ranges.iter().filter_map(|range| {
                let holding = state.holding_of(range.origin(), range.first())?;
                Some(over(&holding.block, *range))
            });
            blocks.collect()
        })
    }

    /// The leaf that put these units where they are.
    pub(super) fn placed_by(&self, name: &UnitsName) -> Result<u64, AppError> {
        let found = self.units(name, None, LIST_MAX)?;
        let covered: u64 = found
            .items
            .iter()
            .filter_map(|holding| name.range.common(holding.block.range()))
            .map(UnitRange::tonnes)
            .sum();
        if covered != name.range.tonnes() {
            return Err(AppError::not_found("a part of", &name.text));
        }
        let since = found.items.first().map_or(0, |holding| holding.since);
        if found.items.iter().all(|holding| holding.since == since) && found.next.is_none() {
            return Ok(since);
        }
        let parts: Vec<String> = found
            .items
            .iter()
            .take(8)
            .map(|holding| holding.block.range().to_string())
            .collect();
        Err(AppError::parameter(
            "serial",
            format!(
                "these units came to where they are by different leaves; ask for one range at a time: {}",
                parts.join(", ")
            ),
        ))
    }
}
