//! A walk through a flow with invented people: to read what a process does before it is adopted.

use super::case::{Case, Decision};
use super::cast::Cast;
use super::model::{Process, Step};
use super::refusal::Refusal;
use serde::Serialize;
use std::fmt;

/// The longest walk, in steps.
pub const WALK_STEPS_MAX: usize = 200;

/// What a walk does.
#[derive(Debug, Clone, Copy)]
pub enum Script<'a> {
    /// Steps and answers, one after the other.
    Steps(&'a [(&'a str, Decision)]),
    /// Steps drawn from a seed until the case ends or the walk is too long. The same seed gives the same walk.
    Seed(u64),
}

/// A walk: what happened, line by line, and where the case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// What happened.
    pub lines: Vec<WalkLine>,
    /// The case afterwards.
    pub case: Case,
}

/// One completed step of a walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WalkLine {
    /// The day of the walk.
    pub day: u64,
    /// The step.
    pub step: String,
    /// The answer.
    pub decision: Decision,
    /// Who acted, as `type/role`; empty for a deadline.
    pub by: Vec<String>,
    /// The stage before.
    pub from: String,
    /// The stage afterwards.
    pub to: String,
    /// Effects, letters and fees, in words.
    pub brings: Vec<String>,
}

impl fmt::Display for WalkLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = if self.decision == Decision::No {
            " (no)"
        } else {
            ""
        };
        let by = if self.by.is_empty() {
            "the deadline".to_owned()
        } else {
            self.by.join(", ")
        };
        write!(
            formatter,
            "day {:>4}  {} -> {}  {}{answer} by {by}",
            self.day, self.from, self.to, self.step
        )?;
        if !self.brings.is_empty() {
            write!(formatter, "; {}", self.brings.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Walk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(formatter, "{line}")?;
        }
        write!(formatter, "stands in {}", self.case.stage)
    }
}

/// Walks a flow. A flow with a parent begins below a case that was brought to the right stage on the shortest way.
/// Every act is done by somebody new, so that separation of duties by user never stops a walk.
///
/// # Errors
/// [`Refusal`] when the flow or track does not exist or the script asks what the process refuses.
pub fn simulate(
    process: &Process,
    flow: &str,
    track: Option<&str>,
    script: Script<'_>,
) -> Result<Walk, Refusal> {
    let known = process
        .flow(flow)
        .ok_or_else(|| Refusal::UnknownFlow(flow.to_owned()))?;
    let mut cast = Cast::new(process);
    let case = cast.begin(known, track, process.flows.len())?;
    let mut walk = Walk {
        lines: Vec::new(),
        case,
    };
    match script {
        Script::Steps(steps) => {
            for (id, decision) in steps.iter().take(WALK_STEPS_MAX) {
                let unknown = || Refusal::UnknownStep {
                    flow: flow.to_owned(),
                    step: (*id).to_owned(),
                };
                let step = known.step(id).ok_or_else(unknown)?;
                cast.step(&mut walk, step, *decision)?;
            }
        }
        Script::Seed(seed) => {
            let mut dice = Dice(seed);
            for _ in 0..WALK_STEPS_MAX {
                let case = walk.case.clone();
                let steps: Vec<&Step> = known
                    .steps_from(&case.stage, case.track.as_deref())
                    .collect();
                if steps.is_empty() {
                    break;
                }
                // What is awaited is four times as likely as a withdrawal or a passed deadline.
                let likely = steps
                    .iter()
                    .flat_map(|step| vec![*step; if step.kind.is_awaited() { 4 } else { 1 }]);
                let likely: Vec<&Step> = likely.collect();
                let step = likely[dice.below(likely.len())];
                let no = step.no.is_some() && dice.below(4) == 0;
                cast.step(
                    &mut walk,
                    step,
                    if no { Decision::No } else { Decision::Yes },
                )?;
            }
        }
    }
    Ok(walk)
}

/// SplitMix64 (Steele, Lea, Flood 2014): numbers for walks, and for nothing that must not be guessed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        usize::try_from(mixed % bound.max(1) as u64).unwrap_or_default()
    }
}
