//! A plain breadth-first search over the model: the shortest way to a situation, and whether an end stays within reach.

use std::collections::{HashMap, VecDeque};

use stateright::{Checker, Model};

use crate::laws::{is_an_end, no_unit_is_held_twice};
use crate::model::{Federation, Happening, Scope, Situation};

/// Every situation that can be reached, and how.
pub(crate) struct Graph {
    pub(crate) model: Federation,
    situations: Vec<Situation>,
    /// The situation before, and what happened.
    reached_by: Vec<Option<(usize, Happening)>>,
    /// The situations from which each can be reached in one step.
    before: Vec<Vec<usize>>,
}

impl Graph {
    /// Explores everything, or until `stop` holds of a situation.
    pub(crate) fn explore(
        scope: Scope,
        stop: impl Fn(&Federation, &Situation) -> bool,
    ) -> (Self, Option<usize>) {
        let model = Federation::new(scope);
        let mut graph = Self {
            model,
            situations: Vec::new(),
            reached_by: Vec::new(),
            before: Vec::new(),
        };
        let mut known: HashMap<Situation, usize> = HashMap::new();
        let mut open = VecDeque::new();
        for first in graph.model.init_states() {
            open.push_back(graph.add(&mut known, first, None).0);
        }
        while let Some(at) = open.pop_front() {
            let situation = graph.situations[at].clone();
            if stop(&graph.model, &situation) {
                return (graph, Some(at));
            }
            for (happening, next) in graph.model.next_steps(&situation) {
                let (place, is_new) = graph.add(&mut known, next, Some((at, happening)));
                graph.before[place].push(at);
                if is_new {
                    open.push_back(place);
                }
            }
        }
        (graph, None)
    }

    fn add(
        &mut self,
        known: &mut HashMap<Situation, usize>,
        situation: Situation,
        by: Option<(usize, Happening)>,
    ) -> (usize, bool) {
        if let Some(place) = known.get(&situation) {
            return (*place, false);
        }
        let place = self.situations.len();
        known.insert(situation.clone(), place);
        self.situations.push(situation);
        self.reached_by.push(by);
        self.before.push(Vec::new());
        (place, true)
    }

    pub(crate) fn len(&self) -> usize {
        self.situations.len()
    }

    /// What happened on the shortest way to a situation.
    pub(crate) fn way_to(&self, place: usize) -> Vec<Happening> {
        let mut way = Vec::new();
        let mut at = place;
        while let Some((before, happening)) = self.reached_by[at] {
            way.push(happening);
            at = before;
        }
        way.reverse();
        way
    }

    /// L2, AG EF: a situation from which no end can be reached, whatever happens, if there is one (the first met).
    pub(crate) fn stuck(&self) -> Option<usize> {
        let mut can_end: Vec<bool> = self
            .situations
            .iter()
            .map(|situation| is_an_end(&self.model, situation))
            .collect();
        let mut open: Vec<usize> = (0..self.len()).filter(|place| can_end[*place]).collect();
        while let Some(at) = open.pop() {
            for before in &self.before[at] {
                if !can_end[*before] {
                    can_end[*before] = true;
                    open.push(*before);
                }
            }
        }
        can_end.iter().position(|can| !can)
    }
}

/// Checks the laws with stateright and the reachability of an end with the graph; both must see the same situations.
pub(crate) fn holds(name: &str, scope: Scope) {
    let started = std::time::Instant::now();
    let (graph, _) = Graph::explore(scope, |_, _| false);
    // A liar's partners may wait for ever: only honest countries are promised an end.
    let settles = if scope.two_faced {
        "not asked of a two-faced source"
    } else {
        let stuck = graph.stuck();
        assert_eq!(
            stuck.map(|place| graph.way_to(place)),
            None,
            "{name}: stuck"
        );
        "every situation can still settle"
    };
    let checker = graph.model.clone().checker().threads(2).spawn_bfs().join();
    checker.assert_properties();
    assert_eq!(checker.unique_state_count(), graph.len());
    println!(
        "{name}: {} situations, {} transitions, {} logs; safe; {settles}; {:.1} s",
        graph.len(),
        graph.before.iter().map(Vec::len).sum::<usize>(),
        graph.model.archive().logs(),
        started.elapsed().as_secs_f32()
    );
}

/// The shortest way to a double count.
pub(crate) fn double_count(scope: Scope) -> Option<Vec<Happening>> {
    let (graph, found) = Graph::explore(scope, |model, situation| {
        !no_unit_is_held_twice(model, situation)
    });
    found.map(|place| graph.way_to(place))
}

/// The kinds of a way, for people: `send, witness, deliver`.
pub(crate) fn told(way: &[Happening]) -> String {
    let word = |happening: &Happening| match happening {
        Happening::Send { .. } => "send",
        Happening::Cancel { .. } => "ask cancel",
        Happening::Witness { .. } => "witness",
        Happening::Deliver { .. } => "deliver",
        Happening::Expire { .. } => "clock",
        Happening::Restore { .. } => "restore",
        Happening::Recover { .. } => "recover",
        Happening::Vote { .. } => "vote",
        Happening::Forget { .. } => "forget",
        Happening::ChangeWitnesses => "other witnesses",
        Happening::Follow { .. } => "follow",
        Happening::RunOut { .. } => "registry runs out",
        Happening::Freeze { .. } => "freeze",
        Happening::Rotate { .. } => "rotate",
        Happening::Learn { .. } => "learn",
        Happening::Close => "close",
        Happening::Settle { .. } => "settle by the last tree",
        Happening::FreeOnTimeout { .. } => "free",
    };
    way.iter().map(word).collect::<Vec<_>>().join(", ")
}
