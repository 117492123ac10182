//! Places on a map that is drawn here: countries, meridians and parallels (equirectangular), without pictures from elsewhere.

mod frame;
mod land;
mod outlines;
mod world;

use std::fmt::Write;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::project::geometry::{Geometry, Position};

use super::page::Page;
use super::{Shared, answer};
use crate::http::problem::ApiError;
use frame::{Frame, WIDTH, degrees};
use land::Land;
pub(super) use world::{Flow, Mark, Node, World};

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
    pub(super) land: Land,
    pub(super) about: String,
}

/// Distances between the lines of the net, in degrees.
const STEPS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0];

/// A number as SVG takes it, to a tenth.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

impl Picture {
    /// A map of some places; `None` without any.
    pub(super) fn new(page: &Page, dots: Vec<Dot>) -> Option<Self> {
        let frame = Frame::around(&dots, None)?;
        Some(Self::within(page, frame, dots))
    }

    /// A map of some places in the own country; `None` without any.
    pub(super) fn of_country(page: &Page, dots: Vec<Dot>) -> Option<Self> {
        let own = outlines::country(page.site.genesis.party);
        let frame = Frame::around(&dots, own.map(|it| it.largest))?;
        Some(Self::within(page, frame, dots))
    }

    fn within(page: &Page, frame: Frame, dots: Vec<Dot>) -> Self {
        let about = page.counted("map-about", dots.len() as u64);
        let step = STEPS.into_iter().find(|step| frame.across / step <= 6.0);
        let step = step.unwrap_or(60.0);
        let meridians = net(frame.west, frame.west + frame.across, step);
        let parallels = net(frame.south(), frame.north, step);
        Self {
            width: whole(WIDTH),
            height: whole(frame.height()),
            meridians: meridians
                .into_iter()
                .map(|lon| {
                    line(
                        frame.x(lon),
                        (lon + 180.0).rem_euclid(360.0) - 180.0,
                        "E",
                        "W",
                    )
                })
                .collect(),
            parallels: parallels
                .into_iter()
                .map(|lat| line(frame.y(lat), lat, "N", "S"))
                .collect(),
            shapes: dots.into_iter().map(|dot| shape(frame, dot)).collect(),
            land: Land::of(frame, page.site.genesis.party),
            about,
        }
    }
}

/// Multiples of a step between two places.
fn net(from: f64, to: f64, step: f64) -> Vec<f64> {
    let first = (from / step).ceil();
    let count = ((to - from) / step).floor().max(0.0);
    let mut at = first;
    let mut lines = Vec::new();
    while at <= first + count && at * step <= to {
        lines.push(at * step);
        at += 1.0;
    }
    lines
}

fn line(at: f64, degrees: f64, positive: &str, negative: &str) -> NetLine {
    NetLine {
        at: short(at),
        name: match degrees {
            it if it.abs() < 1e-9 => "0°".to_owned(),
            it if it <= -180.0 => "180°".to_owned(),
            it if it > 0.0 => format!("{}° {positive}", short(it)),
            it => format!("{}° {negative}", short(-it)),
        },
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
    let at = |it: &Position| frame.at((degrees(it.lon), degrees(it.lat)));
    let mut path = String::new();
    for polygon in dot.geometry.polygons() {
        for ring in polygon.rings() {
            for (place, position) in ring.iter().enumerate() {
                let (x, y) = at(position);
                let letter = if place == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{letter}{} {}", short(x), short(y));
            }
            path.push('Z');
        }
    }
    let bounds = dot.geometry.bounds();
    let (one, other) = (at(&bounds.least), at(&bounds.greatest));
    Shape {
        x: short(f64::midpoint(one.0, other.0)),
        y: short(f64::midpoint(one.1, other.1)),
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
        map: Picture::of_country(&page, dots),
        page,
    };
    answer::html(&shown.page, &shown)
}
