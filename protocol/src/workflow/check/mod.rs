//! The checker: what a file says must fit together before anybody works by it.

mod fields;
mod graph;
mod people;
mod periods;
mod references;
mod steps;

use super::model::{Flow, Process};
use super::read::Notes;

/// Notes everything that does not fit.
pub(super) fn check(process: &Process, notes: &mut Notes) {
    references::check(process, notes);
    let sound: Vec<&Flow> = process
        .flows
        .iter()
        .filter(|flow| !notes.is_wrong(&flow_path(flow)))
        .collect();
    for flow in &sound {
        graph::check(flow, notes);
        people::check(process, flow, notes);
    }
    if !notes.is_wrong("form") && sound.len() == process.flows.len() {
        for flow in sound {
            periods::check(process, flow, notes);
            fields::check(process, flow, notes);
        }
    }
}

fn flow_path(flow: &Flow) -> String {
    format!("flow.{}", flow.id)
}

fn step_path(flow: &Flow, step: &str) -> String {
    format!("flow.{}.step.{step}", flow.id)
}
