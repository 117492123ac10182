//! A walk through a flow with invented people: nothing is written, and the engine says what it would say of a case.

use countersign_protocol::workflow::{
    Decision, Flow, Process, Script, WALK_STEPS_MAX, WalkLine, simulate,
};

use super::say;
use crate::web::list::{Choice, choices};
use crate::web::page::Page;

/// A step of a walk, as an address and a form have it: `submit`, or `decide=no`.
type Told = (String, Decision);

/// What somebody wants to walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) flow: String,
    pub(super) track: String,
    pub(super) steps: Vec<Told>,
}

impl Wish {
    /// Steps between commas.
    pub(super) fn of(flow: &str, track: &str, steps: &str) -> Self {
        let told = steps.split(',').map(str::trim).filter(|it| !it.is_empty());
        let told = told.map(|it| match it.strip_suffix("=no") {
            Some(step) => (step.to_owned(), Decision::No),
            None => (it.to_owned(), Decision::Yes),
        });
        Self {
            flow: flow.to_owned(),
            track: track.to_owned(),
            steps: told.take(WALK_STEPS_MAX).collect(),
        }
    }

    /// The steps as they are written between commas.
    pub(super) fn steps(&self) -> String {
        let told = self.steps.iter().map(|(step, decision)| match decision {
            Decision::Yes => step.clone(),
            Decision::No => format!("{step}=no"),
        });
        told.collect::<Vec<_>>().join(",")
    }

    /// The same with one more step.
    fn and(&self, step: &str, suffix: &str) -> String {
        let before = self.steps();
        let between = if before.is_empty() { "" } else { "," };
        format!("{before}{between}{step}{suffix}")
    }
}

/// A step that was walked.
pub(super) struct Walked {
    pub(super) day: u64,
    pub(super) step: String,
    pub(super) is_no: bool,
    pub(super) by: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) brings: String,
}

/// A step that can follow.
pub(super) struct Next {
    pub(super) label: String,
    pub(super) who: String,
    pub(super) timer: String,
    /// The walk with a yes, and with a no where the step has one.
    pub(super) yes: String,
    pub(super) no: Option<String>,
}

/// Where a walk stands.
pub(super) struct Standing {
    pub(super) flows: Vec<Choice>,
    pub(super) tracks: Vec<Choice>,
    pub(super) flow: String,
    pub(super) track: String,
    pub(super) steps: String,
    /// The walk without its last step.
    pub(super) back: Option<String>,
    pub(super) lines: Vec<Walked>,
    pub(super) stage: String,
    /// What it means that the walk ended.
    pub(super) end: Option<String>,
    pub(super) next: Vec<Next>,
    /// Why the last step was not taken.
    pub(super) refused: Option<String>,
    /// The stage in which the case stands, by its id.
    pub(super) now: Option<String>,
}

/// Walks as far as the process lets.
pub(super) fn walk(page: &Page, process: &Process, wish: &Wish) -> Standing {
    let language = page.language.code();
    let flow = process.flow(&wish.flow).or(process.flows.first());
    let flows = process.flows.iter();
    let flows = flows.map(|it| (it.id.clone(), it.label.get(language).to_owned()));
    let mut standing = Standing {
        flows: choices(flows, flow.map(|it| it.id.as_str())),
        tracks: Vec::new(),
        flow: flow.map_or_else(String::new, |it| it.id.clone()),
        track: String::new(),
        steps: String::new(),
        back: None,
        lines: Vec::new(),
        stage: String::new(),
        end: None,
        next: Vec::new(),
        refused: None,
        now: None,
    };
    let Some(flow) = flow else {
        return standing;
    };
    let given = flow.tracks.iter().find(|it| **it == wish.track);
    let track = given.or(flow.tracks.first()).map(String::as_str);
    let named = process
        .tracks
        .iter()
        .filter(|it| flow.tracks.contains(&it.id));
    let named = named.map(|it| (it.id.clone(), it.label.get(language).to_owned()));
    standing.tracks = choices(named, track);
    track.unwrap_or_default().clone_into(&mut standing.track);
    // Steps of another flow mean nothing here.
    let mut steps: Vec<Told> = match process.flow(&wish.flow) {
        Some(_) => wish.steps.clone(),
        None => Vec::new(),
    };
    loop {
        let script = steps.iter().map(|(it, yes)| (it.as_str(), *yes));
        let script: Vec<(&str, Decision)> = script.collect();
        let walked = simulate(process, &flow.id, track, Script::Steps(&script));
        drop(script);
        match walked {
            Ok(walked) => {
                let lines = walked.lines.iter();
                standing.lines = lines.map(|it| line(page, process, flow, it)).collect();
                stand(page, flow, &walked.case.stage, &mut standing);
                let so_far = Wish {
                    steps,
                    ..Wish::default()
                };
                follow(page, process, flow, &walked.case, &so_far, &mut standing);
                return standing;
            }
            Err(refusal) => {
                // A refusal gives no walk, so that the steps before it are walked alone.
                standing.refused = Some(refusal.to_string());
                if steps.pop().is_none() {
                    return standing;
                }
            }
        }
    }
}

fn stand(page: &Page, flow: &Flow, stage: &str, standing: &mut Standing) {
    let found = flow.stage(stage);
    standing.stage = label_of(page, flow, stage);
    standing.now = found.map(|it| it.id.clone());
    let end = found.and_then(|it| it.end);
    standing.end = end.map(|it| page.word("flow-end", &it.to_string()));
}

fn label_of(page: &Page, flow: &Flow, stage: &str) -> String {
    let found = flow.stage(stage);
    found.map_or_else(
        || stage.to_owned(),
        |it| it.label.get(page.language.code()).to_owned(),
    )
}

fn follow(
    page: &Page,
    process: &Process,
    flow: &Flow,
    case: &countersign_protocol::workflow::Case,
    so_far: &Wish,
    standing: &mut Standing,
) {
    standing.steps = so_far.steps();
    if !so_far.steps.is_empty() {
        let shorter = Wish {
            steps: so_far.steps[..so_far.steps.len() - 1].to_vec(),
            ..Wish::default()
        };
        standing.back = Some(shorter.steps());
    }
    if standing.end.is_some() || so_far.steps.len() >= WALK_STEPS_MAX {
        return;
    }
    let open = flow.steps_from(&case.stage, case.track.as_deref());
    let next = open.map(|step| Next {
        label: step.label.get(page.language.code()).to_owned(),
        who: say::who(page, process, step),
        timer: say::timer(page, step),
        yes: so_far.and(&step.id, ""),
        no: step.no.as_ref().map(|_| so_far.and(&step.id, "=no")),
    });
    standing.next = next.collect();
}

fn line(page: &Page, process: &Process, flow: &Flow, it: &WalkLine) -> Walked {
    let step = flow.step(&it.step);
    let by = it.by.iter().map(|who| match who.split_once('/') {
        Some((kind, role)) => format!(
            "{} ({})",
            say::kind(page, process, kind),
            say::role(page, process, role)
        ),
        None => who.clone(),
    });
    let by: Vec<String> = by.collect();
    let mut brings = Vec::new();
    for text in &it.brings {
        brings.push(
            match (text.strip_prefix("letter "), text.strip_prefix("fee ")) {
                (Some(id), _) => {
                    let found = process.letters.iter().find(|it| it.id == id);
                    let label = found.map_or(id, |it| it.label.get(page.language.code()));
                    format!("✉ {label}")
                }
                (_, Some(id)) => {
                    let found = process.fees.iter().find(|it| it.id == id);
                    let label = found.map_or(id, |it| it.label.get(page.language.code()));
                    label.to_owned()
                }
                _ => page.word("effect", text),
            },
        );
    }
    Walked {
        day: it.day,
        step: step.map_or_else(
            || it.step.clone(),
            |step| step.label.get(page.language.code()).to_owned(),
        ),
        is_no: it.decision == Decision::No,
        by: if by.is_empty() {
            page.t("process-deadline")
        } else {
            by.join(", ")
        },
        from: label_of(page, flow, &it.from),
        to: label_of(page, flow, &it.to),
        brings: brings.join(" · "),
    }
}

#[cfg(test)]
mod tests {
    use super::Wish;

    #[test]
    fn a_walk_is_written_as_it_is_read() {
        let wish = Wish::of("project", "", " submit, decide=no ,,resubmit");
        assert_eq!(wish.steps(), "submit,decide=no,resubmit");
        assert_eq!(
            wish.and("decide", "=no"),
            "submit,decide=no,resubmit,decide=no"
        );
        assert_eq!(Wish::default().and("submit", ""), "submit");
    }
}
