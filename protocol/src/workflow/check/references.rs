//! Every id names something, and what it names fits its place.

use super::super::model::{Flow, Process, VIEWER};
use super::super::problem::ProblemKind;
use super::super::read::Notes;
use super::{flow_path, steps};

pub(super) fn check(process: &Process, notes: &mut Notes) {
    authority(process, notes);
    for role in &process.roles {
        let path = format!("role.{}", role.id);
        known(
            notes,
            &format!("{path}.in"),
            "organisation type",
            role.within.iter(),
            |id| process.organisation_type(id).is_some(),
        );
        if role.within.is_empty() && !process.organisation_types.is_empty() {
            let message = format!("nobody can have the role {:?}", role.id);
            notes.on(
                ProblemKind::RoleNobodyHas,
                &path,
                message,
                "list organisation types under in".to_owned(),
            );
        }
    }
    for letter in &process.letters {
        let path = format!("letter.{}", letter.id);
        let signer = format!("{path}.signed_by");
        known(
            notes,
            &signer,
            "organisation type",
            [&letter.signer_type],
            |id| process.organisation_type(id).is_some(),
        );
        role_in(
            process,
            notes,
            &signer,
            &letter.signer_role,
            &letter.signer_type,
        );
        fields(
            process,
            notes,
            &format!("{path}.needs"),
            letter.needs.iter(),
        );
    }
    for flow in &process.flows {
        check_flow(process, flow, notes);
    }
    for (at, migration) in process.migrations.iter().enumerate() {
        let path = format!("migration.{at}");
        known(
            notes,
            &format!("{path}.flow"),
            "flow",
            [&migration.flow],
            |id| process.flow(id).is_some(),
        );
        if let Some(flow) = process.flow(&migration.flow) {
            known(
                notes,
                &format!("{path}.stages"),
                "stage",
                migration.stages.values(),
                |id| flow.stage(id).is_some(),
            );
        }
    }
}

fn authority(process: &Process, notes: &mut Notes) {
    let count = process
        .organisation_types
        .iter()
        .filter(|kind| kind.authority)
        .count();
    if count != 1 {
        let message = format!("{count} organisation types are the authority");
        notes.on(
            ProblemKind::BadValue,
            "organisation",
            message,
            "write authority = true at exactly one".to_owned(),
        );
    }
    if process.flows.is_empty() {
        notes.on(
            ProblemKind::MissingKey,
            "flow",
            "there is no flow".to_owned(),
            "add [[flow]]".to_owned(),
        );
    }
}

pub(super) fn known<'a>(
    notes: &mut Notes,
    path: &str,
    noun: &str,
    ids: impl IntoIterator<Item = &'a String>,
    is_known: impl Fn(&str) -> bool,
) {
    // An empty id was noted as missing when it was read.
    for id in ids.into_iter().filter(|id| !id.is_empty() && !is_known(id)) {
        let message = format!("no {noun} has the id {id:?}");
        notes.on(
            ProblemKind::UnknownId,
            path,
            message,
            format!("add the {noun}, or name one that is there"),
        );
    }
}

pub(super) fn role_in(
    process: &Process,
    notes: &mut Notes,
    path: &str,
    role: &str,
    organisation_type: &str,
) {
    if role.is_empty() || process.organisation_type(organisation_type).is_none() {
        return;
    }
    if !process.roles.iter().any(|known| known.id == role) {
        let message = format!("no role has the id {role:?}");
        notes.on(
            ProblemKind::UnknownId,
            path,
            message,
            "add the role, or name one that is there".to_owned(),
        );
    } else if role == VIEWER {
        let message = "a viewer reads and does not act".to_owned();
        notes.on(
            ProblemKind::RoleNobodyHas,
            path,
            message,
            "name another role".to_owned(),
        );
    } else if !process.role_exists(role, organisation_type) {
        let message = format!("nobody in a {organisation_type:?} can have the role {role:?}");
        notes.on(
            ProblemKind::RoleNobodyHas,
            path,
            message,
            format!("add {organisation_type:?} to the role's in, or name another role"),
        );
    }
}

pub(super) fn fields<'a>(
    process: &Process,
    notes: &mut Notes,
    path: &str,
    names: impl IntoIterator<Item = &'a String>,
) {
    known(notes, path, "form field", names, |name| {
        let Some((form, field)) = name.split_once('.') else {
            return false;
        };
        process
            .form(form)
            .is_some_and(|form| form.schema.field(field).is_some())
    });
}

pub(super) fn tracks(notes: &mut Notes, path: &str, ids: &[String], all: impl Fn(&str) -> bool) {
    known(notes, &format!("{path}.tracks"), "track", ids, all);
}

fn check_flow(process: &Process, flow: &Flow, notes: &mut Notes) {
    let path = flow_path(flow);
    tracks(notes, &path, &flow.tracks, |id| {
        process.tracks.iter().any(|track| track.id == id)
    });
    known(
        notes,
        &format!("{path}.first"),
        "stage",
        [&flow.first],
        |id| flow.stage(id).is_some(),
    );
    if let Some(parent) = &flow.parent {
        let path = format!("{path}.parent");
        known(notes, &path, "flow", [&parent.flow], |id| {
            process.flow(id).is_some()
        });
        if let Some(above) = process.flow(&parent.flow) {
            known(
                notes,
                &format!("{path}.stages"),
                "stage",
                &parent.stages,
                |id| above.stage(id).is_some(),
            );
        }
        if ancestors(process, flow).is_none() {
            let message = "the flow is its own ancestor".to_owned();
            notes.on(
                ProblemKind::BadValue,
                &path,
                message,
                "let parents lead to a flow without one".to_owned(),
            );
        }
    }
    for step in &flow.steps {
        steps::check(process, flow, step, notes);
    }
}

/// The flows above a flow, nearest first; `None` when they go in a circle.
pub(super) fn ancestors<'a>(process: &'a Process, flow: &'a Flow) -> Option<Vec<&'a Flow>> {
    let mut above = Vec::new();
    let mut current = flow;
    while let Some(next) = current
        .parent
        .as_ref()
        .and_then(|parent| process.flow(&parent.flow))
    {
        if above.len() > process.flows.len() {
            return None;
        }
        above.push(next);
        current = next;
    }
    Some(above)
}
