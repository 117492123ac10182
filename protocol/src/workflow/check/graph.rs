//! Every stage is on some way from the first stage to an end.

use super::super::model::Flow;
use super::super::problem::ProblemKind;
use super::super::read::Notes;
use super::flow_path;
use std::collections::BTreeSet;

pub(super) fn check(flow: &Flow, notes: &mut Notes) {
    let mut reached = BTreeSet::new();
    let mut told = BTreeSet::new();
    for track in flow.ways() {
        let here = reachable(flow, track);
        ways_out(flow, track, &here, &mut told, notes);
        reached.extend(here);
    }
    for stage in &flow.stages {
        let path = format!("{}.stage.{}", flow_path(flow), stage.id);
        if !reached.contains(stage.id.as_str()) {
            let message = format!("no way leads to the stage {:?}", stage.id);
            notes.on(
                ProblemKind::UnreachableStage,
                &path,
                message,
                "add a step to it, or take it out".to_owned(),
            );
        }
        if stage.end.is_some() && flow.steps.iter().any(|step| step.from.contains(&stage.id)) {
            let message = format!("the stage {:?} is an end, and a step leaves it", stage.id);
            notes.on(
                ProblemKind::EndLeft,
                &path,
                message,
                "take out the end, or the stage from the step's from".to_owned(),
            );
        }
    }
}

/// The stages that a case on this track can come to.
pub(super) fn reachable<'a>(flow: &'a Flow, track: Option<&'a str>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::from([flow.first.as_str()]);
    let mut open = vec![flow.first.as_str()];
    while let Some(stage) = open.pop() {
        for step in flow.steps_from(stage, track) {
            open.extend(
                step.targets()
                    .map(String::as_str)
                    .filter(|target| reached.insert(target)),
            );
        }
    }
    reached
}

fn ways_out<'a>(
    flow: &'a Flow,
    track: Option<&'a str>,
    reached: &BTreeSet<&'a str>,
    told: &mut BTreeSet<&'a str>,
    notes: &mut Notes,
) {
    let is_end = |id: &str| flow.stage(id).is_some_and(|stage| stage.end.is_some());
    // Stages from which an end can be reached, grown backwards until nothing changes.
    let mut saved: BTreeSet<&str> = reached.iter().copied().filter(|id| is_end(id)).collect();
    loop {
        let more: Vec<&str> = reached
            .iter()
            .copied()
            .filter(|id| !saved.contains(id))
            .filter(|id| {
                flow.steps_from(id, track)
                    .any(|step| step.targets().any(|target| saved.contains(target.as_str())))
            })
            .collect();
        if more.is_empty() {
            break;
        }
        saved.extend(more);
    }
    let on = track.map_or_else(String::new, |track| format!(" on the track {track:?}"));
    for stage in reached.iter().copied().filter(|id| !saved.contains(id)) {
        if !told.insert(stage) {
            continue;
        }
        let path = format!("{}.stage.{stage}", flow_path(flow));
        if flow.steps_from(stage, track).next().is_none() {
            let message = format!("the stage {stage:?} has no way out{on} and is no end");
            notes.on(
                ProblemKind::DeadEnd,
                &path,
                message,
                "add a step from it, or say what its end means".to_owned(),
            );
        } else {
            let message = format!("no end can be reached from the stage {stage:?}{on}");
            notes.on(
                ProblemKind::NoEnd,
                &path,
                message,
                "add a way to a stage with an end".to_owned(),
            );
        }
    }
}
