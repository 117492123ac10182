//! Which projects look alike: the same or nearly the same name, the same id elsewhere, land that overlaps.
//!
//! It warns and never decides. The index is made of the forms in the store of people and kept in memory: an R-tree of the
//! rectangles around places, the names, and the ids in other registries. It holds what is private, so nobody but the use
//! cases reads it, and they show of it what the caller may see. Whether a project still counts is the ledger's to say, and
//! is asked at each search.

mod land;
mod name;

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::project::{Description, ExternalId};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use land::Land;
use name::FoldedName;

pub use land::Overlap;

/// The most projects whose outlines are laid over each other in one search; those whose rectangles overlap most come first.
const OVERLAID_MAX: usize = 200;
/// The most projects that one search gives.
pub const FOUND_MAX: usize = 50;

type Corner = [f64; 2];
type Cell = GeomWithData<Rectangle<Corner>, u64>;

/// The descriptions of projects, ready to be compared.
#[derive(Debug, Default)]
pub struct Radar {
    entries: BTreeMap<u64, Entry>,
    tree: RTree<Cell>,
    by_external_id: BTreeMap<(String, String), BTreeSet<u64>>,
}

/// One project.
#[derive(Debug)]
struct Entry {
    name: FoldedName,
    external_ids: Vec<ExternalId>,
    land: Land,
}

/// What a project has in common with another.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// The other's case.
    pub case: u64,
    /// How alike the names are in percent, when they are the same or nearly.
    pub name: Option<u8>,
    /// The ids elsewhere that both name.
    pub external_ids: Vec<ExternalId>,
    /// The land that both claim.
    pub overlap: Option<Overlap>,
    /// Points of one that lie in the land of the other, or on a point of it.
    pub points: usize,
}

impl Radar {
    /// Takes in what a project's forms say now, in the place of what they said before.
    pub fn put(&mut self, case: u64, of: &Description) {
        self.remove(case);
        let entry = Entry::new(of);
        for id in &entry.external_ids {
            let cases = self.by_external_id.entry(folded_id(id)).or_default();
            cases.insert(case);
        }
        for bounds in entry.land.bounds() {
            self.tree.insert(Cell::new(*bounds, case));
        }
        self.entries.insert(case, entry);
    }

    /// Takes in many projects at once, into an empty index.
    #[must_use]
    pub fn of(all: impl IntoIterator<Item = (u64, Description)>) -> Self {
        let mut radar = Self::default();
        let mut cells = Vec::new();
        for (case, description) in all {
            let entry = Entry::new(&description);
            for id in &entry.external_ids {
                let cases = radar.by_external_id.entry(folded_id(id)).or_default();
                cases.insert(case);
            }
            let bounds = entry.land.bounds().iter();
            cells.extend(bounds.map(|bounds| Cell::new(*bounds, case)));
            radar.entries.insert(case, entry);
        }
        radar.tree = RTree::bulk_load(cells);
        radar
    }

    fn remove(&mut self, case: u64) {
        let Some(entry) = self.entries.remove(&case) else {
            return;
        };
        for id in &entry.external_ids {
            if let Some(cases) = self.by_external_id.get_mut(&folded_id(id)) {
                cases.remove(&case);
            }
        }
        for bounds in entry.land.bounds() {
            self.tree.remove(&Cell::new(*bounds, case));
        }
    }

    /// The projects that know themselves by one of these ids elsewhere, with the id.
    pub fn with_external_id<'a>(
        &'a self,
        ids: &'a [ExternalId],
    ) -> impl Iterator<Item = (u64, &'a ExternalId)> {
        let cases = |id| {
            self.by_external_id
                .get(&folded_id(id))
                .into_iter()
                .flatten()
        };
        ids.iter()
            .flat_map(move |id| cases(id).map(move |case| (*case, id)))
    }

    /// What a project has in common with those that count, the most alike first; at most [`FOUND_MAX`].
    pub fn search(
        &self,
        own_case: u64,
        of: &Description,
        counts: impl Fn(u64) -> bool,
    ) -> Vec<Likeness> {
        let entry = Entry::new(of);
        let mut found: BTreeMap<u64, Likeness> = BTreeMap::new();
        let others = || self.entries.iter().filter(|(case, _)| **case != own_case);
        for (case, other) in others() {
            if let Some(percent) = entry.name.likeness(&other.name) {
                like(&mut found, *case).name = Some(percent);
            }
        }
        for (case, id) in self.with_external_id(&entry.external_ids) {
            like(&mut found, case).external_ids.push(id.clone());
        }
        for case in self.near(&entry.land, own_case, &counts) {
            let Some(other) = self.entries.get(&case) else {
                continue;
            };
            let overlap = entry.land.overlap(&other.land);
            let points = entry.land.points_in(&other.land);
            if overlap.is_some() || points > 0 {
                let likeness = like(&mut found, case);
                (likeness.overlap, likeness.points) = (overlap, points);
            }
        }
        let others = found
            .into_values()
            .filter(|it| it.case != own_case && counts(it.case));
        let mut all: Vec<Likeness> = others.collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.weight()));
        all.truncate(FOUND_MAX);
        all
    }

    /// Those whose rectangles meet ours, the largest common rectangle first.
    fn near(&self, land: &Land, own_case: u64, counts: &impl Fn(u64) -> bool) -> Vec<u64> {
        let mut common: BTreeMap<u64, f64> = BTreeMap::new();
        for bounds in land.bounds() {
            let ours = AABB::from_corners(bounds.lower(), bounds.upper());
            for cell in self.tree.locate_in_envelope_intersecting(&ours) {
                *common.entry(cell.data).or_default() += land::common_square(bounds, cell.geom());
            }
        }
        let others = common
            .into_iter()
            .filter(|(case, _)| *case != own_case && counts(*case));
        let mut near: Vec<(u64, f64)> = others.collect();
        near.sort_by(|one, other| other.1.total_cmp(&one.1));
        near.truncate(OVERLAID_MAX);
        near.into_iter().map(|(case, _)| case).collect()
    }
}

fn like(found: &mut BTreeMap<u64, Likeness>, case: u64) -> &mut Likeness {
    found.entry(case).or_insert(Likeness {
        case,
        name: None,
        external_ids: Vec::new(),
        overlap: None,
        points: 0,
    })
}

/// Registries write their own names and ids in many ways.
fn folded_id(id: &ExternalId) -> (String, String) {
    (name::folded(&id.registry), name::folded(&id.id))
}

impl Entry {
    fn new(of: &Description) -> Self {
        let geometries = of.locations.iter().filter_map(|it| it.geometry.as_ref());
        Self {
            name: FoldedName::new(of.title.as_deref().unwrap_or_default()),
            external_ids: of.external_ids.clone(),
            land: Land::new(geometries),
        }
    }
}

impl Likeness {
    /// How much it says that the two are one.
    fn weight(&self) -> (usize, u8, usize, u8) {
        let overlap = self
            .overlap
            .map_or(0, |it| it.percent_of_this.max(it.percent_of_other));
        (
            self.external_ids.len(),
            overlap,
            self.points,
            self.name.unwrap_or_default(),
        )
    }
}
