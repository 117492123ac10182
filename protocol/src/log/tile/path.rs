//! Where a tile lies below the log's address: index 1234067 is spelled `x001/x234/067`.

use core::fmt;
use core::str::FromStr;

use super::{TILE_WIDTH, Tile, TileError};
use crate::log::text::{FieldFault, parse_decimal};

/// Longest path read; the longest valid one has 47 characters.
const PATH_BYTES_MAX: usize = 64;

/// What a path below `tile/` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TilePath {
    /// `tile/LEVEL/INDEX[.p/WIDTH]`: a tile of hashes.
    Hashes(Tile),
    /// `tile/entries/INDEX[.p/WIDTH]`: the leaves under a tile of level 0.
    Entries(Tile),
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tile = match self {
            Self::Hashes(tile) => {
                write!(f, "tile/{}/", tile.level)?;
                tile
            }
            Self::Entries(tile) => {
                f.write_str("tile/entries/")?;
                tile
            }
        };
        let mut groups = vec![tile.index % 1000];
        let mut rest = tile.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if tile.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", tile.width)
        }
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        if path.len() > PATH_BYTES_MAX {
            return Err(TileError::NotATilePath);
        }
        let rest = path.strip_prefix("tile/").ok_or(TileError::NotATilePath)?;
        let (level, place) = rest.split_once('/').ok_or(TileError::NotATilePath)?;
        let (index, width) = match place.split_once(".p/") {
            Some((index, width)) => (index, parse_partial_width(width)?),
            None => (place, TILE_WIDTH),
        };
        let index = parse_index(index)?;
        if level == "entries" {
            return Tile::new(0, index, width).map(Self::Entries);
        }
        let level = parse_decimal(level).map_err(TileError::Level)?;
        let level = u8::try_from(level).map_err(|_| TileError::Level(FieldFault::TooLarge))?;
        Tile::new(level, index, width).map(Self::Hashes)
    }
}

fn parse_partial_width(text: &str) -> Result<u16, TileError> {
    match parse_decimal(text) {
        Ok(width @ 1..=255) => u16::try_from(width).map_err(|_| TileError::PartialWidth),
        _ => Err(TileError::PartialWidth),
    }
}

fn parse_index(text: &str) -> Result<u64, TileError> {
    let mut groups = text.split('/').peekable();
    let mut index = 0_u64;
    let mut first = true;
    while let Some(group) = groups.next() {
        let is_last = groups.peek().is_none();
        let digits = if is_last {
            Some(group)
        } else {
            group.strip_prefix('x')
        };
        let digits = digits.ok_or(TileError::IndexSpelling)?;
        let is_spelled = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        // A first group of zeros would be a second spelling of the same index.
        if !is_spelled || (first && !is_last && digits == "000") {
            return Err(TileError::IndexSpelling);
        }
        let value = digits
            .bytes()
            .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        index = index
            .checked_mul(1000)
            .and_then(|index| index.checked_add(value))
            .ok_or(TileError::IndexSpelling)?;
        first = false;
    }
    Ok(index)
}
