//! Reading a flow: stages and steps.

use super::super::model::{
    ActorRule, Answer, Apart, Deadline, EffectRule, Flow, Parent, Stage, Step,
};
use super::super::problem::ProblemKind;
use super::super::vocabulary::{Effect, End, Scope, StepKind, SubjectKind};
use super::table::Table;
use super::{STAGES_MAX, STEPS_MAX};

/// The most approvals that a step can ask.
const QUORUM_MAX: u32 = 16;
/// The longest deadline, in days.
const DAYS_MAX: u32 = 3_650;
/// The most actor rules, effects and separations of one step.
const RULES_MAX: usize = 16;

pub(super) fn read(table: &mut Table<'_, '_>) -> Flow {
    let id = table.id("id");
    let parent = table.table("parent").map(|mut parent| {
        let read = Parent {
            flow: parent.id("flow"),
            stages: parent.texts("stages"),
        };
        if read.stages.is_empty() {
            let message = "the parent has no stage in which a case may begin".to_owned();
            parent.wrong(
                ProblemKind::MissingKey,
                "stages",
                message,
                "list at least one stage of the parent's flow",
            );
        }
        parent.finish();
        read
    });
    Flow {
        label: table.label("label", true),
        subject: word(table, "subject", SubjectKind::ALL, SubjectKind::word)
            .unwrap_or(SubjectKind::Project),
        parent,
        tracks: table.texts("tracks"),
        first: table.id("first"),
        stages: table.each("stage", STAGES_MAX, |stage| Stage {
            id: stage.id("id"),
            label: stage.label("label", true),
            end: stage
                .has("end")
                .then(|| word(stage, "end", End::ALL, End::word))
                .flatten(),
        }),
        steps: table.each("step", STEPS_MAX, |table| step(table, &id)),
        id,
    }
}

/// A required word out of a closed list.
fn word<T: Copy>(
    table: &mut Table<'_, '_>,
    key: &'static str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Option<T> {
    let text = table.required_text(key);
    let value = all.iter().copied().find(|value| name(*value) == text);
    if value.is_none() && !text.is_empty() {
        let names: Vec<&str> = all.iter().map(|value| name(*value)).collect();
        let mend = format!("write one of {}", names.join(", "));
        table.wrong(
            ProblemKind::BadValue,
            key,
            format!("{text:?} is not known here"),
            &mend,
        );
    }
    value
}

fn step(table: &mut Table<'_, '_>, flow: &str) -> Step {
    let kind = word(table, "kind", StepKind::ALL, StepKind::word).unwrap_or(StepKind::Decide);
    let step = Step {
        id: table.id("id"),
        label: table.label("label", true),
        kind,
        tracks: table.texts("tracks"),
        from: table.texts("from"),
        to: table.id("to"),
        by: table.each("by", RULES_MAX, actor),
        form: table.text("form"),
        documents: table.texts("documents"),
        comment: table.flag("comment"),
        quorum: table.count("quorum", QUORUM_MAX).unwrap_or(1),
        reviews_by: table.texts("reviews_by"),
        no: table.table("no").map(|mut no| {
            let answer = Answer {
                to: no.id("to"),
                letters: no.texts("letters"),
                effects: effects(&mut no),
            };
            no.finish();
            answer
        }),
        apart: table.each("apart", RULES_MAX, |apart| separation(apart, flow)),
        deadline: table
            .table("deadline")
            .map(|mut table| deadline(&mut table)),
        letters: table.texts("letters"),
        fees: table.texts("fees"),
        effects: effects(table),
        needs: table.texts("needs"),
    };
    check_shape(table, &step);
    step
}

fn check_shape(table: &mut Table<'_, '_>, step: &Step) {
    if step.from.is_empty() {
        table.wrong(
            ProblemKind::MissingKey,
            "from",
            "the step starts nowhere".to_owned(),
            "list the stages from which it can be done",
        );
    }
    let automatic = step.kind == StepKind::Automatic;
    if !automatic && step.by.is_empty() {
        let message = "nobody may do this step".to_owned();
        table.wrong(
            ProblemKind::NobodyLeft,
            "by",
            message,
            "add by = [{ type = \"...\", roles = [\"...\"] }]",
        );
    }
    let asks = !step.by.is_empty()
        || step.form.is_some()
        || !step.documents.is_empty()
        || step.comment
        || step.no.is_some();
    let many = step.votes_needed() != 1 || !step.apart.is_empty() || step.deadline.is_some();
    if automatic && (asks || many) {
        let message = "an automatic step asks something of somebody".to_owned();
        table.wrong(
            ProblemKind::AutomaticStep,
            "kind",
            message,
            "leave out by, form, documents, comment, quorum, reviews_by, no, apart and deadline",
        );
    }
    if step.quorum > 1 && !step.reviews_by.is_empty() {
        let message = "quorum and reviews_by stand together".to_owned();
        table.wrong(
            ProblemKind::BadValue,
            "quorum",
            message,
            "count approvals, or name the organisation types that must each approve",
        );
    }
}

fn actor(table: &mut Table<'_, '_>) -> ActorRule {
    let organisation_type = table.id("type");
    let roles = table.texts("roles");
    if roles.is_empty() {
        let message = "no role is named".to_owned();
        table.wrong(
            ProblemKind::MissingKey,
            "roles",
            message,
            "add roles = [\"administrator\"]",
        );
    }
    let scope = match table.has("scope") {
        true => word(table, "scope", Scope::ALL, Scope::word).unwrap_or(Scope::Any),
        false => Scope::Any,
    };
    ActorRule {
        organisation_type,
        roles,
        scope,
    }
}

fn separation(table: &mut Table<'_, '_>, flow: &str) -> Apart {
    let other = match table.has("flow") {
        true => table.id("flow"),
        false => flow.to_owned(),
    };
    Apart {
        flow: other,
        step: table.id("step"),
        organisation: table.flag("organisation"),
    }
}

fn deadline(table: &mut Table<'_, '_>) -> Deadline {
    if !table.has("days") {
        table.wrong(
            ProblemKind::MissingKey,
            "days",
            "\"days\" is missing".to_owned(),
            "add days = 30",
        );
    }
    let days = table.count("days", DAYS_MAX).unwrap_or(DAYS_MAX);
    let mut remind = Vec::new();
    for text in table.integers("remind") {
        match u32::try_from(text) {
            Ok(before) if before < days && !remind.contains(&before) => remind.push(before),
            _ => {
                let message = format!("a reminder {text} days before a deadline of {days} days");
                table.wrong(
                    ProblemKind::BadValue,
                    "remind",
                    message,
                    "remind fewer days before than the deadline has, each once",
                );
            }
        }
    }
    let read = Deadline {
        days,
        remind,
        then: table.text("then"),
    };
    table.finish();
    read
}

fn effects(table: &mut Table<'_, '_>) -> Vec<EffectRule> {
    let read = table.each("effects", RULES_MAX, |table| {
        let effect = word(table, "do", Effect::ALL, Effect::word);
        let field = table.text("field");
        match (effect, &field) {
            (Some(effect), None) if effect.needs_field() => {
                let message = format!("{effect} does not say on which field it acts");
                table.wrong(
                    ProblemKind::MissingKey,
                    "field",
                    message,
                    "add field = \"form.field\"",
                );
            }
            (Some(effect), Some(_)) if !effect.needs_field() => {
                table.wrong(
                    ProblemKind::BadValue,
                    "field",
                    format!("{effect} acts on no field"),
                    "take the field out",
                );
            }
            _ => {}
        }
        effect.map(|effect| EffectRule { effect, field })
    });
    read.into_iter().flatten().collect()
}
