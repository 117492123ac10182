//! Batches: points under one root, and the tonnes that follow from them.

use std::collections::BTreeMap;

use countersign_protocol::log::{Hash, MemoryTree, prove_inclusion};
use countersign_protocol::time::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::POINTS_MAX;
use super::blueprint::{Blueprint, Credited, Take};
use super::formula::FormulaError;
use super::number::{Bounded, parse as parse_number, written};
use super::point::{Point, PointError};

/// The tonnes of one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The calendar year in which the points end.
    pub year: u16,
    /// The result of the formula, in tonnes of CO2 equivalent.
    pub value: String,
    /// The lower bound that follows from the uncertainties.
    pub lower: String,
    /// The upper bound.
    pub upper: String,
    /// Whole tonnes that can be claimed: the lower bound or the value, as the blueprint says, rounded down.
    pub tonnes: u64,
    /// Points that it was computed from.
    pub points: usize,
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// The Merkle root over its points, in their order.
    #[serde(serialize_with = "hex_of")]
    pub root: Hash,
    /// Its points.
    pub points: usize,
    /// The tonnes of each year.
    pub figures: Vec<Figure>,
}

fn hex_of<S: serde::Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(hash))
}

/// Why points are no batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Too many or none.
    #[error("a batch has 1 to {POINTS_MAX} points, not {0}: choose a shorter span")]
    Points(usize),
    /// A point is none.
    #[error("point {at}: {error}")]
    Point {
        /// Which, counted from 1.
        at: usize,
        /// Why.
        error: PointError,
    },
    /// A point is of an input in another unit.
    #[error(
        "point {at}: {input} is in {wanted:?} in the blueprint and in {found:?} here; nothing is converted"
    )]
    Unit {
        /// Which, counted from 1.
        at: usize,
        /// The input.
        input: String,
        /// The blueprint's.
        wanted: String,
        /// The point's.
        found: String,
    },
    /// A point is of no input.
    #[error("point {at}: the blueprint has no input {input:?}")]
    Input {
        /// Which, counted from 1.
        at: usize,
        /// The input.
        input: String,
    },
    /// A point reaches over the end of a year.
    #[error(
        "point {at}: it reaches over the end of a calendar year, so it belongs to no vintage: send one point for each year"
    )]
    Year {
        /// Which, counted from 1.
        at: usize,
    },
    /// Two points of one source and input say something of the same time.
    #[error(
        "the source {source_number} has two points of {input:?} over {at}: one would be counted twice"
    )]
    Overlap {
        /// The source.
        source_number: u64,
        /// The input.
        input: String,
        /// When the second begins.
        at: String,
    },
    /// A year lacks an input.
    #[error("the year {year} has no point of {input:?}: nothing is filled in")]
    Missing {
        /// The year.
        year: u16,
        /// The input.
        input: String,
    },
    /// The formula has no result.
    #[error("the year {year}: {error}")]
    Formula {
        /// The year.
        year: u16,
        /// Why.
        error: FormulaError,
    },
}

/// Points of one input in one year.
#[derive(Default)]
struct Taken {
    sum: Option<Bounded>,
    count: u32,
}

/// Puts points under a root and computes what follows from them. The points are in an order of their own: by source, input and
/// start; so the same points have the same root, whoever seals them.
///
/// # Errors
/// [`BatchError`].
pub fn seal(
    registry: &str,
    blueprint: &Blueprint,
    points: &mut [Point],
) -> Result<Sealed, BatchError> {
    if points.is_empty() || points.len() > POINTS_MAX {
        return Err(BatchError::Points(points.len()));
    }
    points.sort_by(|one, other| {
        let key = |it: &Point| (it.source, it.input.clone(), it.start);
        key(one).cmp(&key(other))
    });
    no_overlap(points)?;
    let mut leaves = Vec::with_capacity(points.len());
    let mut years: BTreeMap<u16, BTreeMap<&str, Taken>> = BTreeMap::new();
    for (point, at) in points.iter().zip(1..) {
        let leaf = point.leaf(registry);
        leaves.push(leaf.map_err(|error| BatchError::Point { at, error })?);
        let year = year_of(point).ok_or(BatchError::Year { at })?;
        let taken = years.entry(year).or_default();
        take(blueprint, point, at, taken.entry(&point.input).or_default())?;
    }
    let figures = years.iter();
    let figures = figures.map(|(year, taken)| figure(blueprint, *year, taken));
    Ok(Sealed {
        root: MemoryTree::of(leaves).root(),
        points: points.len(),
        figures: figures.collect::<Result<_, _>>()?,
    })
}

fn no_overlap(points: &[Point]) -> Result<(), BatchError> {
    let mut pairs = points.windows(2);
    let both = pairs.find(|pair| {
        let [one, other] = pair else { return false };
        one.source == other.source && one.input == other.input && other.start < one.end
    });
    match both {
        Some([_, second]) => Err(BatchError::Overlap {
            source_number: second.source,
            input: second.input.clone(),
            at: second.start.to_string(),
        }),
        _ => Ok(()),
    }
}

/// The year of a point: it begins in it, and ends in it or with it.
fn year_of(point: &Point) -> Option<u16> {
    let year = |text: String| text.get(..4).and_then(|it| it.parse::<u16>().ok());
    let first = year(point.start.to_string())?;
    let end: Timestamp = point.end;
    let next = format!("{:04}-01-01T00:00:00Z", first.checked_add(1)?);
    (year(end.to_string())? == first || end.to_string() == next).then_some(first)
}

fn take(
    blueprint: &Blueprint,
    point: &Point,
    at: usize,
    into: &mut Taken,
) -> Result<(), BatchError> {
    let input = blueprint
        .inputs
        .get(&point.input)
        .ok_or_else(|| BatchError::Input {
            at,
            input: point.input.clone(),
        })?;
    if input.unit != point.unit {
        return Err(BatchError::Unit {
            at,
            input: point.input.clone(),
            wanted: input.unit.clone(),
            found: point.unit.clone(),
        });
    }
    let number = |field, text: &str| {
        parse_number(text).map_err(|error| BatchError::Point {
            at,
            error: PointError::Number { field, error },
        })
    };
    let value = number("value", &point.value)?;
    let uncertainty = number("uncertainty", &point.uncertainty)?;
    let too_long = BatchError::Point {
        at,
        error: PointError::Uncertainty,
    };
    let one = Bounded::around(value, uncertainty).ok_or_else(|| too_long.clone())?;
    into.sum = Some(match into.sum {
        None => one,
        Some(sum) => sum.add(one).ok_or(too_long)?,
    });
    into.count += 1;
    Ok(())
}

fn figure(
    blueprint: &Blueprint,
    year: u16,
    taken: &BTreeMap<&str, Taken>,
) -> Result<Figure, BatchError> {
    let wrong = |error| BatchError::Formula { year, error };
    let mut values: BTreeMap<&str, Bounded> = BTreeMap::new();
    for (name, input) in &blueprint.inputs {
        let found = taken.get(name.as_str());
        let found = found.and_then(|it| Some((it.sum?, it.count)));
        let (sum, count) = found.ok_or_else(|| BatchError::Missing {
            year,
            input: name.clone(),
        })?;
        let value = match input.take {
            Take::Sum => sum,
            Take::Mean => sum
                .div(Bounded::exact(count.into()))
                .ok_or_else(|| wrong(FormulaError::Digits))?,
        };
        values.insert(name, value);
    }
    for (name, constant) in &blueprint.constants {
        values.insert(name, *constant);
    }
    let result = blueprint.formula.result(&values).map_err(wrong)?;
    let credited = match blueprint.credited {
        Credited::Lower => result.low,
        Credited::Value => result.value,
    };
    // Nothing is credited below zero; and a part of a tonne is none.
    let tonnes = credited.max(Decimal::ZERO).floor().to_u64();
    Ok(Figure {
        year,
        value: written(result.value),
        lower: written(result.low),
        upper: written(result.high),
        tonnes: tonnes.ok_or_else(|| wrong(FormulaError::Digits))?,
        points: taken
            .values()
            .map(|it| usize::try_from(it.count).unwrap_or(usize::MAX))
            .sum(),
    })
}

/// That a point is in a batch: its leaf, and the hashes from it to the root. `None` when there is no such point, or one of them is none.
#[must_use]
pub fn inclusion(registry: &str, points: &[Point], at: usize) -> Option<(Hash, Vec<Hash>)> {
    let leaves: Result<Vec<Hash>, PointError> = points.iter().map(|it| it.leaf(registry)).collect();
    let leaves = leaves.ok()?;
    let leaf = *leaves.get(at)?;
    let tree = MemoryTree::of(leaves);
    let proof = prove_inclusion(&tree, at as u64, tree.size()).ok()?;
    Some((leaf, proof))
}
