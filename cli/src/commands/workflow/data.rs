//! A process as data for programs: the words of the file, its texts in one language.

use countersign_protocol::workflow::{Answer, EffectRule, Flow, Named, Process, Stage, Step};
use serde_json::{Value, json};

use super::Counts;

/// What the process is called, and how much stands in it.
pub(super) fn summary(process: &Process) -> Value {
    let counts = Counts::of(process);
    json!({
        "id": process.id,
        "version": process.version,
        "title": process.title.get("en"),
        "languages": process.languages,
        "sha256": hex::encode(process.content_hash()),
        "flows": counts.flows,
        "stages": counts.stages,
        "steps": counts.steps,
        "forms": counts.forms,
    })
}

/// A process with these of its flows.
pub(super) fn process(process: &Process, flows: &[&Flow], language: &str) -> Value {
    let named = |list: &[Named]| -> Vec<Value> {
        let one = |it: &Named| json!({"id": it.id, "label": it.label.get(language)});
        list.iter().map(one).collect()
    };
    json!({
        "id": process.id,
        "version": process.version,
        "title": process.title.get(language),
        "languages": process.languages,
        "sha256": hex::encode(process.content_hash()),
        "organisations": each(&process.organisation_types, |it| json!({
            "id": it.id, "label": it.label.get(language),
            "authority": it.authority, "sectoral": it.sectoral, "people": it.people,
        })),
        "roles": each(&process.roles, |it| json!({"id": it.id, "label": it.label.get(language), "in": it.within})),
        "tracks": named(&process.tracks),
        "documents": named(&process.documents),
        "forms": each(&process.forms, |it| json!({
            "id": it.id, "label": it.label.get(language), "schema": it.schema.to_json(language),
        })),
        "letters": each(&process.letters, |it| json!({
            "id": it.id, "label": it.label.get(language),
            "signed_by": {"type": it.signer_type, "role": it.signer_role}, "needs": it.needs,
        })),
        "fees": each(&process.fees, |it| json!({
            "id": it.id, "label": it.label.get(language), "amount": it.amount, "currency": it.currency,
        })),
        "flows": each(flows, |it| flow(it, language)),
        "migrations": each(&process.migrations, |it| json!({
            "from": hex::encode(it.from), "flow": it.flow, "stages": it.stages,
        })),
    })
}

fn flow(flow: &Flow, language: &str) -> Value {
    json!({
        "id": flow.id,
        "label": flow.label.get(language),
        "subject": flow.subject,
        "parent": flow.parent.as_ref().map(|it| json!({"flow": it.flow, "stages": it.stages})),
        "tracks": flow.tracks,
        "first": flow.first,
        "stages": each(&flow.stages, |it: &Stage| json!({
            "id": it.id, "label": it.label.get(language), "end": it.end,
        })),
        "steps": each(&flow.steps, |it| step(it, language)),
    })
}

fn step(step: &Step, language: &str) -> Value {
    json!({
        "id": step.id,
        "label": step.label.get(language),
        "kind": step.kind,
        "tracks": step.tracks,
        "from": step.from,
        "to": step.to,
        "by": each(&step.by, |it| json!({
            "type": it.organisation_type, "roles": it.roles, "scope": it.scope,
        })),
        "quorum": step.votes_needed(),
        "reviews_by": step.reviews_by,
        "form": step.form,
        "documents": step.documents,
        "comment": step.comment,
        "no": step.no.as_ref().map(|it: &Answer| json!({
            "to": it.to, "letters": it.letters, "effects": each(&it.effects, effect),
        })),
        "apart": each(&step.apart, |it| json!({
            "flow": it.flow, "step": it.step, "organisation": it.organisation,
        })),
        "deadline": step.deadline.as_ref().map(|it| json!({
            "days": it.days, "remind": it.remind, "then": it.then,
        })),
        "letters": step.letters,
        "fees": step.fees,
        "effects": each(&step.effects, effect),
        "needs": step.needs,
    })
}

fn effect(rule: &EffectRule) -> Value {
    json!({"do": rule.effect, "field": rule.field})
}

fn each<T>(list: &[T], one: impl Fn(&T) -> Value) -> Vec<Value> {
    list.iter().map(one).collect()
}
