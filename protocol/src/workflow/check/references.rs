//! Every id names something, and what it names fits its place.

use super::super::model::{ActorRule, Answer, EffectRule, Flow, Process, Step, VIEWER};
use super::super::problem::ProblemKind;
use super::super::read::Notes;
use super::super::vocabulary::{Scope, StepKind, SubjectKind};
use super::{flow_path, step_path};

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

fn known<'a>(
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

fn role_in(process: &Process, notes: &mut Notes, path: &str, role: &str, organisation_type: &str) {
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

fn fields<'a>(
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

fn tracks(notes: &mut Notes, path: &str, ids: &[String], all: impl Fn(&str) -> bool) {
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
        check_step(process, flow, step, notes);
    }
}

/// The flows above a flow, nearest first; `None` when they go in a circle.
fn ancestors<'a>(process: &'a Process, flow: &'a Flow) -> Option<Vec<&'a Flow>> {
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

fn check_step(process: &Process, flow: &Flow, step: &Step, notes: &mut Notes) {
    let path = step_path(flow, &step.id);
    let at = |key: &str| format!("{path}.{key}");
    let is_stage = |id: &str| flow.stage(id).is_some();
    tracks(notes, &path, &step.tracks, |id| {
        flow.tracks.iter().any(|track| track == id)
    });
    known(notes, &at("from"), "stage", &step.from, is_stage);
    known(notes, &at("to"), "stage", [&step.to], is_stage);
    known(notes, &at("form"), "form", &step.form, |id| {
        process.form(id).is_some()
    });
    known(notes, &at("documents"), "document", &step.documents, |id| {
        process.documents.iter().any(|kind| kind.id == id)
    });
    known(notes, &at("letters"), "letter", &step.letters, |id| {
        process.letters.iter().any(|letter| letter.id == id)
    });
    known(notes, &at("fees"), "fee", &step.fees, |id| {
        process.fees.iter().any(|fee| fee.id == id)
    });
    fields(process, notes, &at("needs"), &step.needs);
    effects(process, flow, notes, &at("effects"), &step.effects);
    if let Some(Answer {
        to,
        letters,
        effects: rules,
    }) = &step.no
    {
        known(notes, &at("no.to"), "stage", [to], is_stage);
        known(notes, &at("no.letters"), "letter", letters, |id| {
            process.letters.iter().any(|letter| letter.id == id)
        });
        effects(process, flow, notes, &at("no.effects"), rules);
    }
    for (number, rule) in step.by.iter().enumerate() {
        actor(process, flow, notes, &at(&format!("by.{number}")), rule);
    }
    known(
        notes,
        &at("reviews_by"),
        "actor type in by",
        &step.reviews_by,
        |id| step.by.iter().any(|rule| rule.organisation_type == id),
    );
    separations(process, flow, step, notes);
    deadline(flow, step, notes);
}

fn effects(process: &Process, flow: &Flow, notes: &mut Notes, path: &str, rules: &[EffectRule]) {
    fields(
        process,
        notes,
        path,
        rules.iter().filter_map(|rule| rule.field.as_ref()),
    );
    for rule in rules.iter().filter(|rule| !rule.effect.fits(flow.subject)) {
        let message = format!(
            "{} cannot follow from a flow about a {}",
            rule.effect, flow.subject
        );
        notes.on(
            ProblemKind::EffectUnfit,
            path,
            message,
            "move the effect to the flow whose subject it changes".to_owned(),
        );
    }
}

fn actor(process: &Process, flow: &Flow, notes: &mut Notes, path: &str, rule: &ActorRule) {
    known(
        notes,
        path,
        "organisation type",
        [&rule.organisation_type],
        |id| process.organisation_type(id).is_some(),
    );
    for role in &rule.roles {
        role_in(process, notes, path, role, &rule.organisation_type);
    }
    let sectoral = process
        .organisation_type(&rule.organisation_type)
        .is_some_and(|kind| kind.sectoral);
    let fits = match rule.scope {
        Scope::Own | Scope::Any => true,
        Scope::Sector => sectoral && flow.subject != SubjectKind::Organisation,
        Scope::Counterparty => flow.subject == SubjectKind::TransferRequest,
        Scope::Assigned => flow.subject != SubjectKind::Organisation,
    };
    if !fits {
        let message = format!(
            "the scope {} means nothing for a {} in a flow about a {}",
            rule.scope, rule.organisation_type, flow.subject
        );
        notes.on(
            ProblemKind::BadValue,
            path,
            message,
            "use any or own; sector needs a type with sectoral = true".to_owned(),
        );
    }
}

fn separations(process: &Process, flow: &Flow, step: &Step, notes: &mut Notes) {
    let reachable: Vec<&Flow> = std::iter::once(flow)
        .chain(ancestors(process, flow).unwrap_or_default())
        .collect();
    for (number, apart) in step.apart.iter().enumerate() {
        let path = format!("{}.apart.{number}", step_path(flow, &step.id));
        let Some(other) = reachable.iter().find(|flow| flow.id == apart.flow) else {
            let message = format!("{:?} is neither this flow nor one above it", apart.flow);
            notes.on(
                ProblemKind::UnknownId,
                &path,
                message,
                "name this flow, or a parent's".to_owned(),
            );
            continue;
        };
        known(notes, &path, "step", [&apart.step], |id| {
            other.step(id).is_some()
        });
        if other.id == flow.id && apart.step == step.id {
            let message = "a step is to be kept apart from itself".to_owned();
            notes.on(
                ProblemKind::BadValue,
                &path,
                message,
                "take it out: no user approves twice anyway".to_owned(),
            );
        }
    }
}

fn deadline(flow: &Flow, step: &Step, notes: &mut Notes) {
    let path = step_path(flow, &step.id);
    if let Some(then) = step
        .deadline
        .as_ref()
        .and_then(|deadline| deadline.then.as_ref())
    {
        let next = flow
            .step(then)
            .filter(|next| next.kind == StepKind::Automatic);
        let follows = next.is_some_and(|next| {
            step.from.iter().all(|stage| next.from.contains(stage))
                && covers(&next.tracks, &step.tracks)
        });
        if !follows {
            let message =
                format!("{then:?} is no automatic step that can be done wherever this one waits");
            let mend = "name a step of kind automatic with the same from and tracks".to_owned();
            notes.on(
                ProblemKind::AutomaticStep,
                &format!("{path}.deadline"),
                message,
                mend,
            );
        }
    }
    let named = |other: &Step| {
        other
            .deadline
            .as_ref()
            .and_then(|deadline| deadline.then.as_ref())
            == Some(&step.id)
    };
    if step.kind == StepKind::Automatic && !flow.steps.iter().any(named) {
        let message = "no deadline leads to this automatic step".to_owned();
        notes.on(
            ProblemKind::AutomaticStep,
            &path,
            message,
            "name it in a deadline's then, or take it out".to_owned(),
        );
    }
}

fn covers(wide: &[String], narrow: &[String]) -> bool {
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|id| wide.contains(id)))
}
