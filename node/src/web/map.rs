//! Places on a map that is drawn here: an equirectangular net of meridians and parallels, without pictures from elsewhere.

use std::fmt::Write;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::project::geometry::{Geometry, Position, UNITS_PER_DEGREE};

use super::page::Page;
use super::{Shared, answer};
use crate::http::problem::ApiError;

/// A place to draw.
pub(super) struct Dot {
    pub(super) geometry: Geometry,
    pub(super) label: String,
}

/// What is drawn of a place.
pub(super) struct Shape {
    /// The middle, in the picture.
    pub(super) x: String,
    pub(super) y: String,
    /// Its outline, where it has one.
    pub(super) path: String,
    pub(super) label: String,
}

/// A line of the net with its name.
pub(super) struct NetLine {
    pub(super) at: String,
    pub(super) name: String,
}

/// A map.
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) meridians: Vec<NetLine>,
    pub(super) parallels: Vec<NetLine>,
    pub(super) shapes: Vec<Shape>,
    pub(super) about: String,
}

const WIDTH: f64 = 640.0;

/// The least part of the world that is shown, in degrees: a point needs something around it.
const SPAN_MIN: f64 = 1.0;

/// Distances between the lines of the net, in degrees.
const STEPS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0];

/// The part of the world that is drawn, in degrees.
#[derive(Clone, Copy)]
struct Frame {
    west: f64,
    north: f64,
    across: f64,
    down: f64,
}

fn degrees(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS_PER_DEGREE)
}

impl Frame {
    /// Everything, with some room around it.
    fn around(dots: &[Dot]) -> Option<Self> {
        let mut bounds = dots.iter().map(|it| it.geometry.bounds());
        let first = bounds.next()?;
        let all = bounds.fold(first, |mut all, it| {
            all.least.lon = all.least.lon.min(it.least.lon);
            all.least.lat = all.least.lat.min(it.least.lat);
            all.greatest.lon = all.greatest.lon.max(it.greatest.lon);
            all.greatest.lat = all.greatest.lat.max(it.greatest.lat);
            all
        });
        let span = |least: i32, greatest: i32| {
            let (least, greatest) = (degrees(least), degrees(greatest));
            let wide = ((greatest - least) * 1.3).max(SPAN_MIN);
            (f64::midpoint(least, greatest), wide)
        };
        let (middle_lon, across) = span(all.least.lon, all.greatest.lon);
        let (middle_lat, down) = span(all.least.lat, all.greatest.lat);
        // No strip is so narrow that nothing can be seen on it.
        let (across, down) = (across.max(down * 0.8), down.max(across * 0.5));
        let (across, down) = (across.min(360.0), down.min(180.0));
        Some(Self {
            west: (middle_lon - across / 2.0).clamp(-180.0, 180.0 - across),
            north: (middle_lat + down / 2.0).clamp(-90.0 + down, 90.0),
            across,
            down,
        })
    }

    fn height(self) -> f64 {
        WIDTH * self.down / self.across
    }

    fn x(self, lon: f64) -> f64 {
        (lon - self.west) / self.across * WIDTH
    }

    fn y(self, lat: f64) -> f64 {
        (self.north - lat) / self.down * self.height()
    }

    fn at(self, position: Position) -> (f64, f64) {
        (self.x(degrees(position.lon)), self.y(degrees(position.lat)))
    }
}

/// A number as SVG takes it, to a tenth.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

impl Picture {
    /// A map of some places; `None` without any.
    pub(super) fn new(page: &Page, dots: Vec<Dot>) -> Option<Self> {
        let frame = Frame::around(&dots)?;
        let step = STEPS.into_iter().find(|step| frame.across / step <= 6.0);
        let step = step.unwrap_or(60.0);
        let about = page.counted("map-about", dots.len() as u64);
        let shapes = dots.into_iter().map(|dot| shape(frame, dot));
        let lines = |from: f64, to: f64| {
            let first = (from / step).ceil();
            let count = ((to - from) / step).floor().max(0.0);
            let mut at = first;
            let mut lines = Vec::new();
            while at <= first + count && at * step <= to {
                lines.push(at * step);
                at += 1.0;
            }
            lines
        };
        let named = |at: f64, degrees: f64, positive: &str, negative: &str| NetLine {
            at: short(at),
            name: match degrees {
                it if it > 0.0 => format!("{}° {positive}", short(it)),
                it if it < 0.0 => format!("{}° {negative}", short(-it)),
                _ => "0°".to_owned(),
            },
        };
        let meridians = lines(frame.west, frame.west + frame.across);
        let parallels = lines(frame.north - frame.down, frame.north);
        Some(Self {
            width: whole(WIDTH),
            height: whole(frame.height()),
            meridians: meridians
                .into_iter()
                .map(|lon| named(frame.x(lon), lon, "E", "W"))
                .collect(),
            parallels: parallels
                .into_iter()
                .map(|lat| named(frame.y(lat), lat, "N", "S"))
                .collect(),
            shapes: shapes.collect(),
            about,
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a picture is a few hundred points wide and high"
)]
fn whole(value: f64) -> u32 {
    value.clamp(1.0, 4000.0).round() as u32
}

fn shape(frame: Frame, dot: Dot) -> Shape {
    let bounds = dot.geometry.bounds();
    let middle = |least: i32, greatest: i32| f64::midpoint(degrees(least), degrees(greatest));
    let mut path = String::new();
    for polygon in dot.geometry.polygons() {
        for ring in polygon.rings() {
            for (at, position) in ring.iter().enumerate() {
                let (x, y) = frame.at(*position);
                let letter = if at == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{letter}{} {}", short(x), short(y));
            }
            path.push('Z');
        }
    }
    Shape {
        x: short(frame.x(middle(bounds.least.lon, bounds.greatest.lon))),
        y: short(frame.y(middle(bounds.least.lat, bounds.greatest.lat))),
        path,
        label: dot.label,
    }
}

/// A project on the map, for the list beside it.
struct Listed {
    link: String,
    title: String,
    scope: String,
    places: String,
}

#[derive(Template)]
#[template(path = "web/map.html")]
struct MapPage {
    page: Page,
    map: Option<Picture>,
    projects: Vec<Listed>,
    without: u64,
}

/// Places that one map shows: more would be a blot, and a page of megabytes.
const SHAPES_MAX: usize = 400;

/// Projects in the list beside the map.
const LISTED_MAX: usize = 100;

pub(super) async fn show(State(site): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let page = page.about("map", "/projects", "countersign project list");
    let overview = site.app.overview().await?;
    let mut dots = Vec::new();
    for project in &overview.places {
        for (lon, lat) in &project.places {
            let position = Position {
                lon: *lon,
                lat: *lat,
            };
            dots.push(Dot {
                geometry: Geometry::Point(position),
                label: project.title.clone(),
            });
        }
    }
    dots.truncate(SHAPES_MAX);
    let listed = overview.places.iter().take(LISTED_MAX).map(|it| Listed {
        link: page.at("projects", it.number),
        title: it.title.clone(),
        scope: page.scope(it.scope),
        places: it
            .places
            .iter()
            .map(|(lon, lat)| format!("{:.3}, {:.3}", degrees(*lat), degrees(*lon)))
            .collect::<Vec<_>>()
            .join(" · "),
    });
    let shown = MapPage {
        projects: listed.collect(),
        without: site
            .app
            .project_count()
            .saturating_sub(overview.places.len() as u64),
        map: Picture::new(&page, dots),
        page,
    };
    answer::html(&shown.page, &shown)
}

#[cfg(test)]
mod tests {
    use super::{Dot, Frame, Geometry, Position};

    fn dot(lon: i32, lat: i32) -> Dot {
        let position = Position {
            lon: lon * 10_000_000,
            lat: lat * 10_000_000,
        };
        Dot {
            geometry: Geometry::Point(position),
            label: String::new(),
        }
    }

    #[test]
    fn every_place_lies_in_the_picture_wherever_on_earth_it_is() {
        for places in [
            vec![(0, 0)],
            vec![(180, 90), (-180, -90)],
            vec![(179, -89)],
            vec![(-180, 0), (-179, 80)],
        ] {
            let dots: Vec<Dot> = places.iter().map(|(lon, lat)| dot(*lon, *lat)).collect();
            let frame = Frame::around(&dots).unwrap();
            for (lon, lat) in places {
                let x = frame.x(f64::from(lon));
                let y = frame.y(f64::from(lat));
                assert!((-0.1..=640.1).contains(&x), "{lon} is at {x}");
                assert!(
                    (-0.1..=frame.height() + 0.1).contains(&y),
                    "{lat} is at {y}"
                );
            }
        }
        assert!(Frame::around(&[]).is_none());
    }
}
