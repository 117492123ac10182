//! Crediting and monitoring periods: what an effect takes for a period is one, and a case that covers a period has a
//! project with a crediting period above it.

use super::super::model::{EffectRule, Flow, Process, Step};
use super::super::problem::ProblemKind;
use super::super::read::Notes;
use super::super::schema::{Format, Kind, Node};
use super::super::vocabulary::{Effect, StepKind};
use super::references::ancestors;
use super::step_path;

pub(super) fn check(process: &Process, flow: &Flow, notes: &mut Notes) {
    for step in &flow.steps {
        let path = format!("{}.effects", step_path(flow, &step.id));
        for rule in step.effects.iter().filter(|it| it.effect.acts_on_period()) {
            is_period(process, rule, &path, notes);
            if rule.effect == Effect::CoverPeriod {
                covers(process, flow, step, rule, notes);
            }
        }
        let path = format!("{}.no.effects", step_path(flow, &step.id));
        let on_no = step.no.iter().flat_map(|answer| &answer.effects);
        for rule in on_no.filter(|it| it.effect.acts_on_period()) {
            let message = format!("{} cannot follow from a no", rule.effect);
            let mend = "move it to the effects of a yes".to_owned();
            notes.on(ProblemKind::BadValue, &path, message, mend);
        }
    }
}

/// The field is an object that surely has the days `start` and `end`.
fn is_period(process: &Process, rule: &EffectRule, path: &str, notes: &mut Notes) {
    let (form, field) = named(rule);
    let node = process
        .form(form)
        .and_then(|form| form.schema.field(field))
        .map(|field| &field.node.kind);
    let is_day = |node: &Node| {
        let Kind::Text { format, .. } = &node.kind else {
            return false;
        };
        *format == Some(Format::Date)
    };
    let has_day = |name| match node {
        Some(Kind::Object { fields, .. }) => fields
            .iter()
            .any(|it| it.name == name && it.required && is_day(&it.node)),
        _ => false,
    };
    if has_day("start") && has_day("end") {
        return;
    }
    let message = format!("{:?} is no period", format!("{form}.{field}"));
    let mend =
        "make it an object that requires start and end, each a string of format date".to_owned();
    notes.on(ProblemKind::BadValue, path, message, mend);
}

fn covers(process: &Process, flow: &Flow, step: &Step, rule: &EffectRule, notes: &mut Notes) {
    let path = format!("{}.effects", step_path(flow, &step.id));
    let submits = matches!(step.kind, StepKind::Submit | StepKind::Resubmit);
    if !submits || step.form.as_deref() != Some(named(rule).0) {
        let message = "cover-period takes its days from no form that is handed in here".to_owned();
        let mend =
            "put it on a step of kind submit or resubmit, and name a field of that step's form";
        notes.on(ProblemKind::BadValue, &path, message, mend.to_owned());
    }
    let above = ancestors(process, flow).unwrap_or_default();
    let opens = |flow: &&Flow| {
        let mut steps = flow.steps.iter();
        steps.any(|step| step.has_effect(Effect::OpenCreditingPeriod))
    };
    if !above.is_empty() && !above.iter().any(opens) {
        let message = "no flow above this one opens a crediting period to lie in".to_owned();
        let mend = "add the effect open-crediting-period to the step that authorises the project";
        notes.on(ProblemKind::FieldNotAsked, &path, message, mend.to_owned());
    }
}

/// Form and field that a rule names.
fn named(rule: &EffectRule) -> (&str, &str) {
    let field = rule.field.as_deref().unwrap_or_default();
    field.split_once('.').unwrap_or_default()
}
