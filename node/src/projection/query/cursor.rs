//! Places in lists: opaque to callers, checked when they come back.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::projection::ProjectionError;
use crate::projection::db::Cell;

/// The longest cursor that is read: a title of 1,024 bytes, in base64, with room.
const CURSOR_CHARS_MAX: usize = 4096;

/// The first byte of a cursor's bytes. Its first letter is then no digit: a plain number is never taken for a cursor.
const TAG: u8 = b'c';

#[derive(Serialize, Deserialize)]
enum Part {
    Int(i64),
    Text(String),
}

/// What a column of an order holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Int,
    Text,
}

/// The place after a row: the order's name and the row's key in it.
pub(super) fn write(order: &str, key: Vec<Cell>) -> String {
    let parts: Vec<Part> = key
        .into_iter()
        .map(|cell| match cell {
            Cell::Int(number) => Part::Int(number.unwrap_or_default()),
            Cell::Text(text) => Part::Text(text.unwrap_or_default().into_owned()),
        })
        .collect();
    let bytes = postcard::to_extend(&(order, parts), vec![TAG]).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a place in this order, whose columns hold these kinds. A plain number is taken where the order has one number:
/// lists had such places before.
pub(super) fn read(order: &str, holds: &[Holds], text: &str) -> Result<Vec<Cell>, ProjectionError> {
    let refused = || ProjectionError::Cursor;
    if let ([Holds::Int], Ok(number)) = (holds, text.parse::<i64>()) {
        return Ok(vec![Cell::from(number)]);
    }
    if text.len() > CURSOR_CHARS_MAX {
        return Err(refused());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    let Some((&TAG, bytes)) = bytes.split_first() else {
        return Err(refused());
    };
    let (named, parts): (String, Vec<Part>) = postcard::from_bytes(bytes).map_err(|_| refused())?;
    let fits = |(part, holds): (&Part, &Holds)| {
        matches!(
            (part, holds),
            (Part::Int(_), Holds::Int) | (Part::Text(_), Holds::Text)
        )
    };
    if named != order || parts.len() != holds.len() || !parts.iter().zip(holds).all(fits) {
        return Err(refused());
    }
    let cells = parts.into_iter().map(|part| match part {
        Part::Int(number) => Cell::from(number),
        // PostgreSQL has no text with this character, and so no row has it.
        Part::Text(text) => Cell::Text(Some(Cow::Owned(text.replace('\0', "")))),
    });
    Ok(cells.collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn a_place_comes_back_in_its_own_order_and_in_no_other() {
        let key = vec![Cell::text("Clean cooking"), Cell::from(7_u32)];
        let holds = [Holds::Text, Holds::Int];
        let place = write("projects/title", key.clone());
        assert_eq!(read("projects/title", &holds, &place).unwrap(), key);
        assert!(read("projects/number", &[Holds::Int], &place).is_err());
        assert!(read("projects/title", &[Holds::Int, Holds::Int], &place).is_err());
        assert!(read("projects/title", &holds, &place[..place.len() - 2]).is_err());
        assert!(read("projects/title", &holds, "'; DROP TABLE projects").is_err());
    }

    #[test]
    fn a_plain_number_is_a_place_where_the_order_is_one_number() {
        let number = read("projects/number", &[Holds::Int], "12").unwrap();
        assert_eq!(number, vec![Cell::from(12_u32)]);
        assert!(read("projects/title", &[Holds::Text, Holds::Int], "12").is_err());
    }
}
