//! Walking through a flow, to see what a process does before it is adopted.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use countersign_protocol::workflow::{
    Decision, End, Flow, Process, Refusal, Script, Step, WALK_STEPS_MAX, Walk, WalkLine, simulate,
};
use serde_json::{Value, json};

use super::source::Source;
use super::{choose_flow, data};
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View};

/// How many walks are tried to find a short one that ends accepted.
const SEEDS_TRIED: u64 = 200;

#[derive(Args, Debug)]
pub(crate) struct SimulateArgs {
    /// The process file or preset; - reads standard input
    #[arg(value_name = "FILE|PRESET")]
    file: PathBuf,
    /// The flow; may be left out where the process has only one
    #[arg(long, value_name = "FLOW")]
    flow: Option<String>,
    /// The track, where the flow has tracks
    #[arg(long, value_name = "TRACK")]
    track: Option<String>,
    /// Draw the steps from this number, the same walk each time; by default a short one that ends accepted
    #[arg(long, value_name = "N", conflicts_with = "step")]
    seed: Option<u64>,
    /// Do these steps, one after the other; STEP=no refuses
    #[arg(long, value_name = "STEP[=no]", num_args = 1.., value_delimiter = ',')]
    step: Vec<Told>,
}

/// A step that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    step: String,
    decision: Decision,
}

impl FromStr for Told {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (step, decision) = match text.split_once('=') {
            None => (text, Decision::Yes),
            Some((step, "yes")) => (step, Decision::Yes),
            Some((step, "no")) => (step, Decision::No),
            Some((step, _)) => return Err(format!("write {step}, {step}=yes or {step}=no")),
        };
        Ok(Self {
            step: step.to_owned(),
            decision,
        })
    }
}

/// A walk, and why it went no further.
struct Walked<'a> {
    process: &'a Process,
    flow: &'a Flow,
    walk: Walk,
    refused: Option<(String, Refusal)>,
    seed: Option<u64>,
}

impl SimulateArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        if self.step.len() > WALK_STEPS_MAX {
            return Err(Failure::usage(format_args!(
                "a walk has at most {WALK_STEPS_MAX} steps"
            )));
        }
        let process = Source::read(&self.file)?.process()?;
        let flow = choose_flow(&process, self.flow.as_deref())?;
        self.known_track(flow)?;
        let walked = self.walk(&process, flow)?;
        session.out().show(&walked.data(), |_| walked.view())?;
        match &walked.refused {
            None => Ok(()),
            Some((_, refusal)) => Err(Failure::validation(refusal).hint(walked.next())),
        }
    }

    fn known_track(&self, flow: &Flow) -> Outcome {
        let tracks = || format!("its tracks: {}", flow.tracks.join(", "));
        match &self.track {
            None if flow.tracks.is_empty() => Ok(()),
            None => Err(Failure::usage(format_args!(
                "{} begins on a track; name it with --track",
                flow.id
            ))
            .hint(tracks())),
            Some(_) if flow.tracks.is_empty() => Err(Failure::validation(format_args!(
                "{} has no tracks",
                flow.id
            ))
            .hint("leave out --track")),
            Some(track) if flow.tracks.contains(track) => Ok(()),
            Some(track) => Err(Failure::validation(format_args!(
                "{} has no track {track:?}",
                flow.id
            ))
            .hint(tracks())),
        }
    }

    /// Walks as far as the process lets.
    fn walk<'a>(&self, process: &'a Process, flow: &'a Flow) -> Outcome<Walked<'a>> {
        let steps: Vec<(&str, Decision)> = self
            .step
            .iter()
            .map(|told| (told.step.as_str(), told.decision))
            .collect();
        let go = |script| simulate(process, &flow.id, self.track.as_deref(), script);
        let walked = |walk, refused, seed| Walked {
            process,
            flow,
            walk,
            refused,
            seed,
        };
        if steps.is_empty() {
            let seed = self.seed.unwrap_or_else(|| {
                let accepted = (1..=SEEDS_TRIED).filter_map(|seed| {
                    let walk = go(Script::Seed(seed)).ok()?;
                    let accepted = end(flow, &walk) == Some(End::Accepted);
                    accepted.then_some((walk.lines.len(), seed))
                });
                accepted.min().map_or(1, |(_, seed)| seed)
            });
            let walk = go(Script::Seed(seed)).map_err(Failure::validation)?;
            return Ok(walked(walk, None, Some(seed)));
        }
        let mut refused = None;
        // A refusal gives no walk, so the steps before it are walked alone.
        for count in (0..=steps.len()).rev() {
            match go(Script::Steps(&steps[..count])) {
                Ok(walk) => return Ok(walked(walk, refused, None)),
                Err(refusal) => {
                    let step = count.checked_sub(1).map_or("", |last| steps[last].0);
                    refused = Some((step.to_owned(), refusal));
                }
            }
        }
        match refused {
            Some((_, refusal)) => Err(Failure::validation(refusal)),
            None => Err(Failure::other("nothing was walked")),
        }
    }
}

/// What it means that the walk ended, if it did.
fn end(flow: &Flow, walk: &Walk) -> Option<End> {
    flow.stage(&walk.case.stage)?.end
}

impl Walked<'_> {
    /// The steps that the case could take now.
    fn open(&self) -> Vec<&Step> {
        let case = &self.walk.case;
        self.flow
            .steps_from(&case.stage, case.track.as_deref())
            .collect()
    }

    fn next(&self) -> String {
        let steps: Vec<String> = self.open().iter().map(|step| choice(step)).collect();
        format!(
            "in {} one can: {}",
            self.walk.case.stage,
            if steps.is_empty() {
                "do nothing more".to_owned()
            } else {
                steps.join(", ")
            }
        )
    }

    fn view(&self) -> View {
        let case = &self.walk.case;
        let track = case.track.as_ref();
        let track = track.map_or_else(String::new, |track| format!(", track {track}"));
        let seed = self
            .seed
            .map_or_else(String::new, |seed| format!(", seed {seed}"));
        let heading = format!(
            "{} of {} {}{track}{seed}",
            self.flow.id, self.process.id, self.process.version
        );
        let stage = self.flow.stage(&case.stage);
        let label = stage.map_or("", |stage| stage.label.get("en"));
        let ending = match end(self.flow, &self.walk) {
            Some(end) => format!("ends in {} ({label}): {end}", case.stage),
            None => format!("stands in {} ({label})\n{}", case.stage, self.next()),
        };
        View::Many(vec![
            View::Text(heading),
            table(&self.walk.lines),
            View::Text(ending),
        ])
    }

    fn data(&self) -> Value {
        let case = &self.walk.case;
        json!({
            "process": data::summary(self.process),
            "flow": self.flow.id,
            "track": case.track,
            "seed": self.seed,
            "lines": self.walk.lines,
            "stage": case.stage,
            "end": end(self.flow, &self.walk),
            "next": self.open().iter().map(|step| json!({
                "step": step.id, "kind": step.kind, "can_be_refused": step.no.is_some(),
            })).collect::<Vec<_>>(),
            "refused": self.refused.as_ref().map(|(step, refusal)| json!({
                "step": step, "why": refusal.to_string(),
            })),
        })
    }
}

/// A step as one would write it behind `--step`.
fn choice(step: &Step) -> String {
    if step.no.is_some() {
        format!("{0}, {0}=no", step.id)
    } else {
        step.id.clone()
    }
}

/// The walk, with every actor and everything that a step brings on a line of its own.
fn table(lines: &[WalkLine]) -> View {
    let mut table = Table::new(&["DAY>", "FROM", "STEP", "TO", "BY", "BRINGS"], "no steps");
    for line in lines {
        let no = line.decision == Decision::No;
        let mut first = [
            line.day.to_string(),
            line.from.clone(),
            format!("{}{}", line.step, if no { "=no" } else { "" }),
            line.to.clone(),
        ];
        let deadline = ["the deadline".to_owned()];
        let by = if line.by.is_empty() {
            &deadline
        } else {
            line.by.as_slice()
        };
        for place in 0..by.len().max(line.brings.len()) {
            let more = [by, &line.brings].map(|list| list.get(place).cloned().unwrap_or_default());
            table.row(std::mem::take(&mut first).into_iter().chain(more));
        }
    }
    View::Table(table)
}
