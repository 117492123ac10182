//! The outlines of countries: Natural Earth, as `node/geography/make` put them into the file that the program has in it.

use std::sync::LazyLock;

use countersign_protocol::party::Party;

/// The file. What is in it, byte for byte, says the script that made it.
const FILE: &[u8] = include_bytes!("../../../geography/countries.bin");

/// Steps of a degree in which the file counts.
const STEPS_OF_A_DEGREE: f64 = 250.0;

/// A point: longitude and latitude in degrees.
pub(super) type Point = (f64, f64);

/// The least rectangle around something, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extent {
    pub(super) west: f64,
    pub(super) south: f64,
    pub(super) east: f64,
    pub(super) north: f64,
}

impl Extent {
    fn around(points: &[Point]) -> Option<Self> {
        let (lon, lat) = *points.first()?;
        let first = Self {
            west: lon,
            south: lat,
            east: lon,
            north: lat,
        };
        Some(points.iter().fold(first, |all, (lon, lat)| Self {
            west: all.west.min(*lon),
            south: all.south.min(*lat),
            east: all.east.max(*lon),
            north: all.north.max(*lat),
        }))
    }
}

/// A closed line. Its last point is its first.
pub(super) struct Ring {
    pub(super) points: Vec<Point>,
    pub(super) extent: Extent,
}

/// A country, or land that has no code of its own.
pub(super) struct Country {
    pub(super) party: Option<Party>,
    /// Its outlines: of islands, and of lakes and countries inside of it.
    pub(super) rings: Vec<Ring>,
    /// The rectangle around the largest piece.
    pub(super) largest: Extent,
    /// The middle of the largest piece.
    pub(super) middle: Point,
}

/// Every country, read once. Empty if the file in the program is broken, which a test rules out.
pub(super) fn countries() -> &'static [Country] {
    static COUNTRIES: LazyLock<Vec<Country>> =
        LazyLock::new(|| read(FILE).map(|(all, _)| all).unwrap_or_default());
    &COUNTRIES
}

/// One country.
pub(super) fn country(party: Party) -> Option<&'static Country> {
    countries().iter().find(|it| it.party == Some(party))
}

/// Reads the file; gives what is left behind the last country, too. `None` when it is not whole.
fn read(file: &[u8]) -> Option<(Vec<Country>, &[u8])> {
    let mut bytes = Bytes(file.strip_prefix(b"NE01")?);
    let lines: Vec<Vec<Point>> = (0..bytes.number()?)
        .map(|_| bytes.line())
        .collect::<Option<_>>()?;
    let countries = (0..bytes.number()?).map(|_| {
        let code = bytes.take(2)?;
        let mut rings = Vec::new();
        for _ in 0..bytes.number()? {
            for _ in 0..bytes.number()? {
                rings.push(bytes.ring(&lines)?);
            }
        }
        Country::new(std::str::from_utf8(code).ok()?.parse().ok(), rings)
    });
    let countries = countries.collect::<Option<_>>()?;
    Some((countries, bytes.0))
}

impl Country {
    fn new(party: Option<Party>, rings: Vec<Ring>) -> Option<Self> {
        let sizes = rings.iter().map(|ring| area(&ring.points).0.abs());
        let mut largest = rings.iter().zip(sizes);
        let first = largest.next()?;
        let (largest, _) = largest.fold(first, |most, it| if it.1 > most.1 { it } else { most });
        Some(Self {
            party,
            largest: largest.extent,
            middle: middle(largest),
            rings,
        })
    }
}

/// Twice the area of a ring in square degrees, above zero where it runs against the clock, and its two first moments.
fn area(points: &[Point]) -> (f64, f64, f64) {
    points.windows(2).fold((0.0, 0.0, 0.0), |sum, pair| {
        let [(x, y), (next_x, next_y)] = pair else {
            return sum;
        };
        let part = x * next_y - next_x * y;
        (
            sum.0 + part,
            sum.1 + (x + next_x) * part,
            sum.2 + (y + next_y) * part,
        )
    })
}

fn middle(of: &Ring) -> Point {
    let Extent {
        west,
        south,
        east,
        north,
    } = of.extent;
    // Near the middle of the rectangle, where differences of large products are not all that is left.
    let (x, y) = (f64::midpoint(west, east), f64::midpoint(south, north));
    let near: Vec<Point> = of.points.iter().map(|it| (it.0 - x, it.1 - y)).collect();
    let (twice, of_x, of_y) = area(&near);
    if twice.abs() < 1e-6 {
        return (x, y);
    }
    (x + of_x / (3.0 * twice), y + of_y / (3.0 * twice))
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// An unsigned LEB128 of 32 bits at most.
    fn number(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = *self.take(1)?.first()?;
            value |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i32> {
        let folded = self.number()?;
        let half = i32::try_from(folded >> 1).ok()?;
        Some(if folded & 1 == 0 { half } else { -half - 1 })
    }

    fn line(&mut self) -> Option<Vec<Point>> {
        let (mut x, mut y) = (0_i32, 0_i32);
        let count = self.number()?;
        let mut points = Vec::new();
        for _ in 0..count {
            x = x.checked_add(self.signed()?)?;
            y = y.checked_add(self.signed()?)?;
            points.push((
                f64::from(x) / STEPS_OF_A_DEGREE,
                f64::from(y) / STEPS_OF_A_DEGREE,
            ));
        }
        Some(points)
    }

    fn ring(&mut self, lines: &[Vec<Point>]) -> Option<Ring> {
        let mut points: Vec<Point> = Vec::new();
        for _ in 0..self.number()? {
            let reference = self.signed()?;
            let is_backwards = reference < 0;
            let index = if is_backwards { !reference } else { reference };
            let line = lines.get(usize::try_from(index).ok()?)?;
            // A line begins where the one before it ends.
            let skipped = usize::from(!points.is_empty());
            if is_backwards {
                points.extend(line.iter().rev().skip(skipped));
            } else {
                points.extend(line.iter().skip(skipped));
            }
        }
        let points = unwound(points);
        let extent = Extent::around(&points)?;
        Some(Ring { points, extent })
    }
}

/// A ring that crosses the meridian of 180 degrees without being cut there goes on beyond it instead of jumping to the other side. One that goes around
/// a pole, which is that of Antarctica, is closed along the edge of the map.
fn unwound(points: Vec<Point>) -> Vec<Point> {
    let mut turned = 0.0;
    let mut before: Option<f64> = None;
    let mut all: Vec<Point> = Vec::with_capacity(points.len());
    for (lon, lat) in points {
        match before.map(|before| lon - before) {
            Some(way) if way > 180.0 => turned -= 360.0,
            Some(way) if way < -180.0 => turned += 360.0,
            _ => {}
        }
        before = Some(lon);
        all.push((lon + turned, lat));
    }
    if let (Some(first), Some(last)) = (all.first().copied(), all.last().copied())
        && (first.0 - last.0).abs() > 180.0
    {
        let pole = if first.1 < 0.0 { -90.0 } else { 90.0 };
        all.extend([(last.0, pole), (first.0, pole), first]);
    }
    all
}

#[cfg(test)]
mod tests {
    use countersign_protocol::party::Party;

    use super::{FILE, countries, country, read};

    /// What Natural Earth has as a part of another country, or not at all.
    const WITHOUT: [&str; 11] = [
        "BQ", "BV", "CC", "CX", "GF", "GP", "MQ", "RE", "SJ", "TK", "YT",
    ];

    #[test]
    fn every_country_has_closed_outlines_on_earth_and_a_middle_within() {
        for party in Party::all() {
            let is_without = WITHOUT.contains(&&*party.to_string());
            assert_eq!(country(party).is_none(), is_without, "{party}");
        }
        for it in countries() {
            assert!(!it.rings.is_empty());
            for ring in &it.rings {
                let (first, last) = (ring.points[0], *ring.points.last().unwrap());
                assert_eq!(first, last, "{:?} is open", it.party);
                let extent = ring.extent;
                assert!(extent.west >= -360.0 && extent.east <= 360.0, "{extent:?}");
                assert!(extent.east - extent.west <= 360.0, "{extent:?}");
                let mut pairs = ring.points.windows(2);
                let jumps = pairs.any(|it| (it[0].0 - it[1].0).abs() > 180.0 && it[0].1 > -90.0);
                assert!(!jumps, "{:?}", it.party);
                assert!(extent.south >= -90.0 && extent.north <= 90.0, "{extent:?}");
            }
            let (lon, lat) = it.middle;
            assert!((it.largest.west..=it.largest.east).contains(&lon));
            assert!((it.largest.south..=it.largest.north).contains(&lat));
        }
    }

    #[test]
    fn countries_lie_where_they_are() {
        for (code, lon, lat) in [
            ("GH", -1.2, 7.9),
            ("CH", 8.2, 46.8),
            ("FJ", 178.0, -17.8),
            ("TV", 178.7, -7.8),
            ("MV", 73.4, 3.2),
            ("BR", -53.0, -10.8),
            ("RU", 99.0, 62.0),
            ("NZ", 170.5, -43.9),
        ] {
            let (x, y): (f64, f64) = country(code.parse().unwrap()).unwrap().middle;
            let off = (x - lon).abs().max((y - lat).abs());
            assert!(off < 1.5, "{code} is at {x}, {y}");
        }
    }

    #[test]
    fn the_file_is_whole_and_a_broken_one_is_refused() {
        assert!(read(FILE).is_some_and(|(_, rest)| rest.is_empty()));
        for cut in [0, 3, 4, 5, 1000, FILE.len() / 2, FILE.len() - 1] {
            assert!(read(&FILE[..cut]).is_none(), "{cut}");
        }
        let mut other = FILE.to_vec();
        other[4..12].fill(0xff);
        assert!(read(&other).is_none());
    }
}
