//! A flow as a picture: stages from top to bottom in the order in which a case reaches them, under each the steps that leave it, and
//! the ways from steps to stages beside them. Positions are whole numbers, and nothing ever lies on something else.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use countersign_protocol::workflow::{Flow, Step};

const MARGIN: u32 = 12;
const STAGE_WIDTH: u32 = 300;
const STAGE_HEIGHT: u32 = 40;
const STEP_WIDTH: u32 = 470;
const STEP_HEIGHT: u32 = 64;
/// How far steps stand to the right of their stage.
const INDENT: u32 = 36;
/// How far the stem of a stage runs to the left of its steps.
pub(super) const STEM: u32 = INDENT / 2;
const GAP: u32 = 12;
/// Between the vertical parts of two ways.
const LANE: u32 = 12;

/// Something that is drawn as a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tile {
    /// Which stage, or which step, by its place in the file.
    pub(super) at: usize,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Tile {
    const fn right(&self) -> u32 {
        self.x + self.width
    }

    const fn bottom(&self) -> u32 {
        self.y + self.height
    }

    const fn middle(&self) -> u32 {
        self.y + self.height / 2
    }
}

/// What a way says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The step can also be taken in this stage.
    From,
    /// A yes leads there.
    Yes,
    /// A no leads there.
    No,
}

/// A way between a step and a stage that does not stand right over it: sideways, along a lane, and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) meaning: Meaning,
    pub(super) step: usize,
    pub(super) stage: usize,
    pub(super) begin: (u32, u32),
    pub(super) lane: u32,
    pub(super) end: (u32, u32),
}

/// Where everything of a flow stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) stages: Vec<Tile>,
    pub(super) steps: Vec<Tile>,
    pub(super) ways: Vec<Way>,
    /// From a stage down to the steps that leave it: x, from y, to y.
    pub(super) stems: Vec<(u32, u32, u32)>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The places of stages in the order in which a case reaches them; those that nothing reaches come last.
fn order(flow: &Flow) -> Vec<usize> {
    let place = |id: &str| flow.stages.iter().position(|it| it.id == id);
    let mut order: Vec<usize> = Vec::new();
    let mut open: VecDeque<usize> = place(&flow.first).into_iter().collect();
    while let Some(at) = open.pop_front() {
        if order.contains(&at) {
            continue;
        }
        order.push(at);
        let Some(stage) = flow.stages.get(at) else {
            continue;
        };
        let leave = flow.steps.iter().filter(|it| it.from.contains(&stage.id));
        open.extend(leave.flat_map(Step::targets).filter_map(|it| place(it)));
    }
    let rest: Vec<usize> = (0..flow.stages.len())
        .filter(|at| !order.contains(at))
        .collect();
    order.extend(rest);
    order
}

/// A way before it has a lane: what it says, step, stage, and the two heights that it joins.
struct Loose {
    meaning: Meaning,
    step: usize,
    stage: usize,
    begin_y: u32,
    end_y: u32,
}

impl Loose {
    fn span(&self) -> (u32, u32) {
        (self.begin_y.min(self.end_y), self.begin_y.max(self.end_y))
    }
}

/// Gives each way the first lane in which it meets no other; short ones come first, so that they lie near to the boxes.
fn lanes(ways: &[Loose]) -> Vec<u32> {
    let mut by_length: Vec<usize> = (0..ways.len()).collect();
    by_length.sort_by_key(|at| {
        let (from, to) = ways[*at].span();
        (to - from, *at)
    });
    let mut taken: Vec<Vec<(u32, u32)>> = Vec::new();
    let mut lanes = vec![0; ways.len()];
    for at in by_length {
        let (from, to) = ways[at].span();
        let is_free = |others: &Vec<(u32, u32)>| {
            others
                .iter()
                .all(|(first, last)| to + 3 < *first || *last + 3 < from)
        };
        let lane = taken.iter().position(is_free).unwrap_or(taken.len());
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        taken[lane].push((from, to));
        lanes[at] = u32::try_from(lane).unwrap_or(u32::MAX);
    }
    lanes
}

/// The stage under which a step stands: the first of those that it leaves.
fn homes(flow: &Flow, order: &[usize]) -> BTreeMap<usize, usize> {
    let mut homes = BTreeMap::new();
    for (number, step) in flow.steps.iter().enumerate() {
        let leaves = |at: &&usize| {
            let stage = flow.stages.get(**at);
            stage.is_some_and(|stage| step.from.contains(&stage.id))
        };
        // A step that leaves nothing is no sound step; it is drawn at the end all the same.
        let home = order.iter().find(leaves).or(order.last());
        if let Some(home) = home {
            homes.insert(number, *home);
        }
    }
    homes
}

impl Layout {
    /// Where everything of a flow stands.
    pub(super) fn of(flow: &Flow) -> Self {
        let order = order(flow);
        let homes = homes(flow, &order);
        let mut stages: BTreeMap<usize, Tile> = BTreeMap::new();
        let mut steps: BTreeMap<usize, Tile> = BTreeMap::new();
        let mut y = MARGIN;
        let tile = |at, x, y, width, height| Tile {
            at,
            x,
            y,
            width,
            height,
        };
        for at in &order {
            stages.insert(*at, tile(*at, 0, y, STAGE_WIDTH, STAGE_HEIGHT));
            y += STAGE_HEIGHT + GAP;
            for (number, _) in homes.iter().filter(|(_, home)| *home == at) {
                steps.insert(*number, tile(*number, INDENT, y, STEP_WIDTH, STEP_HEIGHT));
                y += STEP_HEIGHT + GAP;
            }
            y += GAP;
        }
        let (left, right) = loose(flow, &homes, &stages, &steps);
        let (left_lanes, right_lanes) = (lanes(&left), lanes(&right));
        let count = |lanes: &[u32]| lanes.iter().max().map_or(0, |it| it + 1);
        // Everything stands to the right of the lanes on the left.
        let shift = MARGIN + LANE * (count(&left_lanes) + 1);
        for it in stages.values_mut().chain(steps.values_mut()) {
            it.x += shift;
        }
        let edge = shift + INDENT + STEP_WIDTH;
        let mut ways: Vec<Way> = Vec::new();
        for (it, lane) in left.iter().zip(left_lanes) {
            let lane = shift - LANE * (lane + 1);
            ways.extend(it.placed(&stages, &steps, lane));
        }
        for (it, lane) in right.iter().zip(&right_lanes) {
            let lane = edge + LANE * (lane + 1);
            ways.extend(it.placed(&stages, &steps, lane));
        }
        let stems = stages.iter().filter_map(|(at, stage)| {
            let own = homes.iter().filter(|(_, home)| *home == at);
            let last = own.rev().find_map(|(step, _)| steps.get(step))?;
            Some((stage.x + STEM, stage.bottom(), last.middle()))
        });
        Self {
            stems: stems.collect(),
            width: edge + LANE * (count(&right_lanes) + 1) + MARGIN,
            height: y + MARGIN,
            stages: stages.into_values().collect(),
            steps: steps.into_values().collect(),
            ways,
        }
    }
}

impl Loose {
    fn placed(
        &self,
        stages: &BTreeMap<usize, Tile>,
        steps: &BTreeMap<usize, Tile>,
        lane: u32,
    ) -> Option<Way> {
        let (stage, step) = (stages.get(&self.stage)?, steps.get(&self.step)?);
        let (begin, end) = match self.meaning {
            Meaning::From => ((stage.x, self.begin_y), (step.x, self.end_y)),
            Meaning::Yes | Meaning::No => {
                ((step.right(), self.begin_y), (stage.right(), self.end_y))
            }
        };
        Some(Way {
            meaning: self.meaning,
            step: self.step,
            stage: self.stage,
            begin,
            lane,
            end,
        })
    }
}

/// The ways on the left, to steps that can be taken in other stages too, and those on the right, to where steps lead.
fn loose(
    flow: &Flow,
    homes: &BTreeMap<usize, usize>,
    stages: &BTreeMap<usize, Tile>,
    steps: &BTreeMap<usize, Tile>,
) -> (Vec<Loose>, Vec<Loose>) {
    let place = |id: &str| flow.stages.iter().position(|it| it.id == id);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    // Ways that reach one stage reach it one under the other.
    let mut reached: BTreeMap<usize, u32> = BTreeMap::new();
    for (number, step) in flow.steps.iter().enumerate() {
        let Some(tile) = steps.get(&number) else {
            continue;
        };
        let others = step.from.iter().filter_map(|it| place(it));
        let others: BTreeSet<usize> = others.filter(|it| homes.get(&number) != Some(it)).collect();
        for stage in others {
            if let Some(at) = stages.get(&stage) {
                left.push(Loose {
                    meaning: Meaning::From,
                    step: number,
                    stage,
                    begin_y: at.middle(),
                    end_y: tile.middle(),
                });
            }
        }
        let ways = step.targets().zip([Meaning::Yes, Meaning::No]);
        for (target, meaning) in ways {
            let found = place(target).and_then(|at| Some((at, stages.get(&at)?)));
            let Some((stage, at)) = found else { continue };
            let before = reached.entry(stage).or_default();
            let below = 5 + *before * 6 % (STAGE_HEIGHT - 10);
            *before += 1;
            let aside = if meaning == Meaning::No { 12 } else { 0 };
            right.push(Loose {
                meaning,
                step: number,
                stage,
                begin_y: tile.middle() + aside,
                end_y: at.y + below,
            });
        }
    }
    (left, right)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use countersign_protocol::workflow::{PRESETS, Process};

    use super::{Layout, Meaning, Tile};

    /// Every flow of every preset.
    fn layouts() -> Vec<(String, countersign_protocol::workflow::Flow, Layout)> {
        let processes = PRESETS
            .iter()
            .map(|(_, text)| Process::parse(text).unwrap());
        let flows = processes.flat_map(|it| {
            let id = it.id.clone();
            it.flows.into_iter().map(move |flow| (id.clone(), flow))
        });
        let laid = flows.map(|(id, flow)| {
            let layout = Layout::of(&flow);
            (format!("{id} {}", flow.id), flow, layout)
        });
        laid.collect()
    }

    fn overlaps(a: &Tile, b: &Tile) -> bool {
        a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
    }

    #[test]
    fn every_stage_and_every_step_is_drawn_once_within_the_picture() {
        assert!(layouts().len() > 12);
        for (name, flow, layout) in layouts() {
            for (tiles, wanted) in [
                (&layout.stages, flow.stages.len()),
                (&layout.steps, flow.steps.len()),
            ] {
                let mut drawn: Vec<usize> = tiles.iter().map(|it| it.at).collect();
                drawn.sort_unstable();
                assert_eq!(drawn, (0..wanted).collect::<Vec<_>>(), "{name}");
                for it in tiles {
                    assert!(
                        it.right() < layout.width && it.bottom() < layout.height,
                        "{name}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_box_lies_on_another() {
        for (name, _, layout) in layouts() {
            let all: Vec<&Tile> = layout.stages.iter().chain(&layout.steps).collect();
            for (at, one) in all.iter().enumerate() {
                for other in &all[at + 1..] {
                    assert!(!overlaps(one, other), "{name}: {one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn every_way_is_drawn_and_crosses_no_box() {
        for (name, flow, layout) in layouts() {
            let of = |meaning| layout.ways.iter().filter(move |it| it.meaning == meaning);
            assert_eq!(of(Meaning::Yes).count(), flow.steps.len(), "{name}");
            let refusals = flow.steps.iter().filter(|it| it.no.is_some());
            assert_eq!(of(Meaning::No).count(), refusals.count(), "{name}");
            let more: usize = flow.steps.iter().map(|it| it.from.len() - 1).sum();
            assert_eq!(of(Meaning::From).count(), more, "{name}");
            for way in &layout.ways {
                assert!(way.lane > 0 && way.lane < layout.width, "{name}");
                let ends = [
                    (way.begin, way.step, way.stage),
                    (way.end, way.step, way.stage),
                ];
                for tile in layout.stages.iter().chain(&layout.steps) {
                    // The part along the lane is beside all boxes.
                    assert!(
                        way.lane < tile.x || way.lane > tile.right(),
                        "{name}: {way:?}"
                    );
                }
                for ((x, y), ..) in ends {
                    let crosses = |tile: &&Tile| {
                        let (low, high) = (x.min(way.lane), x.max(way.lane));
                        tile.y < y && y < tile.bottom() && tile.x < high && low < tile.right()
                    };
                    let crossed = layout.stages.iter().chain(&layout.steps).find(crosses);
                    assert_eq!(crossed, None, "{name}: {way:?}");
                }
            }
        }
    }

    #[test]
    fn ways_in_one_lane_do_not_meet() {
        for (name, _, layout) in layouts() {
            for (at, one) in layout.ways.iter().enumerate() {
                for other in &layout.ways[at + 1..] {
                    let span = |way: &super::Way| {
                        let (a, b) = (way.begin.1, way.end.1);
                        (a.min(b), a.max(b))
                    };
                    let ((a, b), (c, d)) = (span(one), span(other));
                    let meet = one.lane == other.lane && a <= d && c <= b;
                    assert!(!meet, "{name}: {one:?} {other:?}");
                }
            }
        }
    }
}
