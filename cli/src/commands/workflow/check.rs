//! Checking process files.

use std::path::{Path, PathBuf};

use clap::Args;
use countersign_protocol::workflow::{Problem, Process};
use serde_json::json;

use super::source::Source;
use super::{Counts, data};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, Out};
use crate::session::Session;

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Process files or presets; - reads standard input
    #[arg(required = true, value_name = "FILE|PRESET")]
    files: Vec<PathBuf>,
}

/// What is wrong with a file.
enum Fault {
    Unread(Failure),
    Problems(Source, Vec<Problem>),
}

impl CheckArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let out = session.out();
        let (mut wrong, all) = (0, self.files.len());
        for file in &self.files {
            let checked = match Source::read(file) {
                Err(failure) => Err(Fault::Unread(failure)),
                Ok(source) => match source.parse() {
                    Ok(process) => Ok((source.name, process)),
                    Err(problems) => Err(Fault::Problems(source, problems)),
                },
            };
            match checked {
                Ok((name, process)) => sound(out, &name, &process)?,
                Err(fault) => {
                    let failure = fault.tell(out, file)?;
                    if all == 1 {
                        return Err(failure);
                    }
                    failure.report();
                    wrong += 1;
                }
            }
        }
        match wrong {
            0 => Ok(()),
            wrong => {
                let exit = if wrong < all {
                    Exit::Partial
                } else {
                    Exit::Validation
                };
                Err(Failure::new(
                    exit,
                    format_args!("{wrong} of {all} not sound"),
                ))
            }
        }
    }
}

fn sound(out: Out, name: &str, process: &Process) -> Outcome {
    let mut data = data::summary(process);
    data["file"] = json!(name);
    data["sound"] = json!(true);
    out.line(&data, |_| {
        let counts = Counts::of(process);
        format!(
            "{name}: sound; {} version {}, {} flows, {} stages, {} steps, {} forms, sha256 {}",
            process.id,
            process.version,
            counts.flows,
            counts.stages,
            counts.steps,
            counts.forms,
            hex::encode(process.content_hash())
        )
    })
}

impl Fault {
    /// Tells the fault: as data on stdout, or its lines on stderr. Gives what remains to be said.
    fn tell(self, out: Out, file: &Path) -> Outcome<Failure> {
        let (failure, data) = match self {
            Self::Unread(failure) => {
                let data = json!({"file": file.to_string_lossy(), "sound": false, "error": failure.message});
                (failure, data)
            }
            Self::Problems(source, problems) => {
                if out.format == Format::Table {
                    source.say(&problems);
                }
                let data = json!({"file": source.name, "sound": false, "problems": problems});
                (source.failure(&problems), data)
            }
        };
        if out.format == Format::Json {
            out.line(&data, |_| String::new())?;
        }
        Ok(failure)
    }
}
