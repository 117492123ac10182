//! Showing a process.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use countersign_protocol::workflow::{FALLBACK_LANGUAGE, Flow, Process, mermaid, svg};

use super::source::Source;
use super::{choose_flow, data, text};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Format};
use crate::session::Session;

#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The process file or preset; - reads standard input
    #[arg(value_name = "FILE|PRESET")]
    file: PathBuf,
    /// This flow only; a picture is always of one
    #[arg(long, value_name = "FLOW")]
    flow: Option<String>,
    /// The language of labels; English stands in where a text is missing
    #[arg(long, default_value = FALLBACK_LANGUAGE)]
    language: String,
    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "SHAPE")]
    shape: Shape,
}

/// What a process is printed as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// Stages and steps in words; JSON with -o json
    #[default]
    Text,
    /// A Mermaid state diagram, for documents
    Mermaid,
    /// A picture that needs nothing else
    Svg,
    /// The file itself, for instance to begin one's own from a preset
    Toml,
}

impl ShowArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let out = session.out();
        if self.shape != Shape::Text && out.format == Format::Json {
            return Err(Failure::usage("only --shape text can be printed as JSON")
                .hint("leave out --shape, or leave out -o json"));
        }
        if self.shape == Shape::Toml && self.flow.is_some() {
            return Err(Failure::usage("a file is printed whole").hint("leave out --flow"));
        }
        let source = Source::read(&self.file)?;
        // Also a file that is not sound: whoever mends it may want to see it.
        if self.shape == Shape::Toml {
            return output::write(source.text.as_bytes());
        }
        let process = source.process()?;
        self.known_language(&process)?;
        let language = self.language.as_str();
        match self.shape {
            Shape::Mermaid => self.picture(&process, mermaid),
            Shape::Svg => self.picture(&process, svg),
            Shape::Text | Shape::Toml => {
                let flows: Vec<&Flow> = match &self.flow {
                    Some(id) => vec![choose_flow(&process, Some(id))?],
                    None => process.flows.iter().collect(),
                };
                let data = data::process(&process, &flows, language);
                out.show(&data, |_| {
                    text::view(&process, &flows, self.flow.is_none(), language)
                })
            }
        }
    }

    fn known_language(&self, process: &Process) -> Outcome {
        if process.languages.contains(&self.language) {
            return Ok(());
        }
        let message = format!(
            "{} has no language {:?}; it has {}",
            process.id,
            self.language,
            process.languages.join(", ")
        );
        Err(Failure::validation(message))
    }

    fn picture(
        &self,
        process: &Process,
        draw: fn(&Process, &str, &str) -> Option<String>,
    ) -> Outcome {
        let flow = choose_flow(process, self.flow.as_deref())?;
        let picture = draw(process, &flow.id, &self.language)
            .ok_or_else(|| Failure::other(format_args!("{} cannot be drawn", flow.id)))?;
        output::write(picture.as_bytes())
    }
}
