//! The engine: begins cases and judges acts. The same inputs give the same answer everywhere and at every time.

use super::case::{
    Act, Actor, Case, Decision, Done, DoneBy, EffectDue, FilledForm, HISTORY_MAX, OpenApproval,
    Outcome, Performed, SUBJECT_ID_LEN_MAX, Subject,
};
use super::model::{EffectRule, Flow, Id, Process, Step};
use super::permission;
use super::read::LIST_MAX;
use super::refusal::Refusal;
use super::vocabulary::{Effect, StepKind};
use serde_json::Value;

/// Begins a case in the flow's first stage.
///
/// The actor must be one who may do some step there. A flow with a parent begins under a case of the parent's flow, takes
/// its track and its certifier, and remembers who did which step there.
///
/// # Errors
/// [`Refusal`] when the flow, track, subject, parent or actor does not fit.
pub fn start(
    process: &Process,
    flow: &str,
    track: Option<&str>,
    subject: Subject,
    parent: Option<&Case>,
    actor: &Actor,
    time_ms: u64,
) -> Result<Case, Refusal> {
    let flow = process
        .flow(flow)
        .ok_or_else(|| Refusal::UnknownFlow(flow.to_owned()))?;
    if subject.owners.is_empty() || subject.id.is_empty() || subject.id.len() > SUBJECT_ID_LEN_MAX {
        return Err(Refusal::BadSubject);
    }
    let parent = fitting_parent(process, flow, parent, time_ms)?;
    // A case below another stays on its track; a flow that knows no tracks has none, whatever is above it.
    let inherited = parent
        .and_then(|parent| parent.track.as_deref())
        .filter(|_| !flow.tracks.is_empty());
    let track = inherited.or(track);
    let tracks = flow.ways();
    if !tracks.contains(&track) {
        return Err(Refusal::WrongTrack {
            flow: flow.id.clone(),
            track: track.map(str::to_owned),
            allowed: tracks.into_iter().flatten().map(str::to_owned).collect(),
        });
    }
    let mut case = Case {
        subject,
        process: process.content_hash(),
        flow: flow.id.clone(),
        track: track.map(str::to_owned),
        stage: flow.first.clone(),
        since_ms: time_ms,
        latest_ms: time_ms,
        history: Vec::new(),
        open: Vec::new(),
        performed: parent
            .map(|parent| parent.performed.clone())
            .unwrap_or_default(),
    };
    case.subject.certifier = case
        .subject
        .certifier
        .or(parent.and_then(|parent| parent.subject.certifier));
    let mut first_refusal = None;
    for step in flow.steps_from(&flow.first, track) {
        match permission::may(process, &case, step, actor) {
            Ok(()) => return Ok(case),
            Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
        }
    }
    Err(first_refusal.unwrap_or_else(|| Refusal::Ended(flow.first.clone())))
}

fn fitting_parent<'a>(
    process: &Process,
    flow: &Flow,
    parent: Option<&'a Case>,
    time_ms: u64,
) -> Result<Option<&'a Case>, Refusal> {
    let Some(rule) = &flow.parent else {
        return Ok(None);
    };
    let fits = |case: &&Case| case.process == process.content_hash() && case.flow == rule.flow;
    let (id, above, stages) = (flow.id.clone(), rule.flow.clone(), rule.stages.clone());
    let Some(case) = parent.filter(fits) else {
        return Err(Refusal::WrongParent {
            flow: id,
            parent: above,
            stages,
        });
    };
    if !stages.contains(&case.stage) {
        return Err(Refusal::ParentStage {
            flow: id,
            parent: above,
            stages,
            stage: case.stage.clone(),
        });
    }
    if time_ms < case.since_ms {
        return Err(Refusal::TimeBackwards {
            latest: case.since_ms,
            found: time_ms,
        });
    }
    Ok(Some(case))
}

/// The flow that a case follows in this process.
pub(super) fn flow_of<'a>(process: &'a Process, case: &Case) -> Result<&'a Flow, Refusal> {
    if case.process != process.content_hash() {
        return Err(Refusal::OtherProcess {
            expected: hex::encode(case.process),
            found: hex::encode(process.content_hash()),
        });
    }
    let flow = process
        .flow(&case.flow)
        .ok_or_else(|| Refusal::UnknownFlow(case.flow.clone()))?;
    if flow.stage(&case.stage).is_none() {
        return Err(Refusal::UnknownStage(case.stage.clone()));
    }
    Ok(flow)
}

/// Judges an act and gives the case as it is afterwards. The given case is not touched.
///
/// # Errors
/// The first [`Refusal`] that applies, in this order: the step in its place, the actor, what the act must bring along.
pub fn act(process: &Process, case: &Case, actor: &Actor, act: &Act) -> Result<Outcome, Refusal> {
    let flow = flow_of(process, case)?;
    let unknown = || Refusal::UnknownStep {
        flow: flow.id.clone(),
        step: act.step.clone(),
    };
    let step = flow.step(&act.step).ok_or_else(unknown)?;
    permission::in_place(flow, case, step)?;
    permission::may(process, case, step, actor)?;
    if act.time_ms < case.latest_ms {
        return Err(Refusal::TimeBackwards {
            latest: case.latest_ms,
            found: act.time_ms,
        });
    }
    if case.history.len() >= HISTORY_MAX {
        return Err(Refusal::TooLong);
    }
    complete(process, step, act)?;
    Ok(record(flow, case, step, Some(actor.done_by()), act))
}

/// Whether the act brings along what the step asks.
fn complete(process: &Process, step: &Step, act: &Act) -> Result<(), Refusal> {
    let id = || step.id.clone();
    if act.decision == Decision::No && step.no.is_none() {
        return Err(Refusal::NoNo(id()));
    }
    if act.comment.is_none() && (step.comment || act.decision == Decision::No) {
        return Err(Refusal::CommentMissing(id()));
    }
    match (&step.form, &act.form) {
        (None, None) | (Some(_), Some(FilledForm::Sealed(_))) => {}
        (None, Some(_)) => return Err(Refusal::FormUnasked(id())),
        (Some(form), None) => {
            return Err(Refusal::FormMissing {
                step: id(),
                form: form.clone(),
            });
        }
        (Some(form), Some(FilledForm::Open { instance, .. })) => {
            let mut errors = process
                .form(form)
                .map(|form| form.schema.errors(instance))
                .unwrap_or_default();
            // Why it is a no says the comment; of the form it takes what there is.
            if act.decision == Decision::No {
                errors.retain(|it| !it.is_missing);
            }
            if !errors.is_empty() {
                return Err(Refusal::FormWrong {
                    form: form.clone(),
                    errors,
                });
            }
        }
    }
    let known = |kind: &Id| {
        process
            .documents
            .iter()
            .any(|document| &document.id == kind)
    };
    if let Some((kind, _)) = act
        .documents
        .iter()
        .find(|(kind, _)| !known(kind))
        .or(act.documents.get(LIST_MAX))
    {
        return Err(Refusal::DocumentUnknown(kind.clone()));
    }
    let missing = step
        .documents
        .iter()
        .find(|kind| !act.documents.iter().any(|(attached, _)| attached == *kind));
    if let Some(document) = missing {
        return Err(Refusal::DocumentMissing {
            step: id(),
            document: document.clone(),
        });
    }
    certifier_named(step, act)
}

fn certifier_named(step: &Step, act: &Act) -> Result<(), Refusal> {
    let rule = step
        .effects
        .iter()
        .find(|rule| rule.effect == Effect::AssignCertifier);
    let Some(rule) = rule.filter(|_| act.decision == Decision::Yes) else {
        return if act.names.is_none() {
            Ok(())
        } else {
            Err(Refusal::NameUnasked(step.id.clone()))
        };
    };
    let refused = || Refusal::CertifierNotNamed(step.id.clone());
    let named = act.names.ok_or_else(refused)?;
    // The field can be compared only where it stands in this very form; otherwise the name in the act is what counts.
    let own = rule
        .field
        .as_deref()
        .and_then(|field| field.split_once('.'))
        .filter(|(form, _)| step.form.as_deref() == Some(*form));
    if let (Some((_, field)), Some(FilledForm::Open { instance, .. })) = (own, &act.form) {
        let same = match instance.get(field) {
            Some(Value::Number(number)) => number.as_u64() == Some(u64::from(named.0)),
            Some(Value::String(text)) => text.parse() == Ok(named),
            _ => false,
        };
        if !same {
            return Err(refused());
        }
    }
    Ok(())
}

/// Writes an act that was judged right into a copy of the case.
pub(super) fn record(
    flow: &Flow,
    case: &Case,
    step: &Step,
    by: Option<DoneBy>,
    act: &Act,
) -> Outcome {
    let mut case = case.clone();
    let mut votes = case.votes(&step.id).to_vec();
    votes.extend(by.clone());
    let no = step.no.as_ref().filter(|_| act.decision == Decision::No);
    let completed =
        no.is_some() || step.kind == StepKind::Automatic || votes.len() >= step.votes_needed();
    case.latest_ms = act.time_ms;
    case.history.push(Done {
        step: step.id.clone(),
        decision: act.decision,
        by,
        form: act.form.as_ref().map(FilledForm::commitment),
        documents: act.documents.clone(),
        comment: act.comment,
        time_ms: act.time_ms,
        completed,
    });
    if !completed {
        case.open.retain(|open| open.step != step.id);
        case.open.push(OpenApproval {
            step: step.id.clone(),
            yes: votes,
        });
        return Outcome {
            case,
            completed,
            effects: Vec::new(),
            letters: Vec::new(),
            fees: Vec::new(),
        };
    }
    if act.names.is_some() {
        case.subject.certifier = act.names;
    }
    case.performed
        .retain(|known| known.flow != flow.id || known.step != step.id);
    case.performed.push(Performed {
        flow: flow.id.clone(),
        step: step.id.clone(),
        by: votes,
    });
    case.open.clear();
    case.stage = no.map_or(&step.to, |answer| &answer.to).clone();
    case.since_ms = act.time_ms;
    let due = |rules: &[EffectRule]| {
        let due = rules.iter().map(|rule| EffectDue {
            effect: rule.effect,
            field: rule.field.clone(),
        });
        due.collect()
    };
    match no {
        Some(answer) => Outcome {
            case,
            completed,
            effects: due(&answer.effects),
            letters: answer.letters.clone(),
            fees: Vec::new(),
        },
        None => Outcome {
            case,
            completed,
            effects: due(&step.effects),
            letters: step.letters.clone(),
            fees: step.fees.clone(),
        },
    }
}
