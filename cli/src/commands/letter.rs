//! A country's letters: trying a template offline, and the letters of cases (docs/letters.md).

mod issued;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use countersign_node::letters::{Language, LetterData, LetterError, LetterId, Letters, presets};
use countersign_node::ops::files::{self, PUBLIC_FILE_MODE};
use serde_json::json;

use super::read_text;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum LetterCommand {
    /// Make a letter with invented data, to see what a template gives
    Preview(PreviewArgs),
    /// Write the program's templates of a language into a folder, to be changed there
    Templates(TemplatesArgs),
    /// List the letters of a case: those that were issued, and those that are still to be made
    List {
        /// The case
        case: u64,
    },
    /// Save an issued letter
    Save(issued::SaveArgs),
    /// Tell whether a file is a letter that the registry issued
    Check(issued::CheckArgs),
}

#[derive(Args, Debug)]
pub(crate) struct PreviewArgs {
    /// The letter, as the process names it: no-objection, authorisation, registration, issuance, cancellation, rejection, or one
    /// of the country's own
    #[arg(long, value_name = "LETTER")]
    letter: LetterId,
    /// The language, such as en, fr or es
    #[arg(long, value_name = "LANGUAGE")]
    language: Language,
    /// The folder with the country's templates; by default letters in the data folder, and without one the program's own
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// A JSON file with other data than the invented one
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// Where the PDF goes; a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct TemplatesArgs {
    /// The language: en, fr or es
    #[arg(long, value_name = "LANGUAGE")]
    language: Language,
    /// The folder; files that are there already stay as they are
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl LetterCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Preview(args) => args.run(session),
            Self::Templates(args) => args.run(),
            Self::List { case } => issued::list(case, session),
            Self::Save(args) => args.run(session),
            Self::Check(args) => args.run(session),
        }
    }
}

impl PreviewArgs {
    fn run(&self, session: &Session) -> Outcome {
        let own = session.named_folder().map(|folder| folder.letters());
        let letters = match self.templates.clone().or(own) {
            Some(folder) => Letters::new(folder),
            None => Letters::presets(),
        };
        let data = self.data()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(Failure::other)?;
        let made = runtime.block_on(letters.render(&self.letter, &self.language, &data));
        let pdf = made.map_err(|error| match error {
            LetterError::Defect | LetterError::Busy => Failure::other(error),
            _ => Failure::validation(error),
        })?;
        files::replace(&self.out, &pdf.bytes, PUBLIC_FILE_MODE)?;
        terminal::done(format_args!("written to {}", self.out.display()));
        let sha256 = hex::encode(pdf.sha256);
        let shown = json!({ "sha256": sha256, "bytes": pdf.bytes.len() });
        session
            .out()
            .show(&shown, |_| View::pairs([("SHA-256", sha256.clone())]))
    }

    fn data(&self) -> Outcome<LetterData> {
        let Some(path) = &self.values else {
            return Ok(LetterData::sample());
        };
        let text = read_text(path)?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::validation(format_args!("{}: {error}", path.display())))
    }
}

impl TemplatesArgs {
    fn run(&self) -> Outcome {
        let templates: Vec<_> = presets(&self.language).collect();
        if templates.is_empty() {
            return Err(Failure::validation(format_args!(
                "the program has no templates in {}",
                self.language
            ))
            .hint("its languages: en, fr, es, pt, ar"));
        }
        let (shared, own) = (self.out.clone(), self.out.join(self.language.as_str()));
        fs::create_dir_all(&own).map_err(Failure::other)?;
        for template in templates {
            let folder = if template.is_for_all { &shared } else { &own };
            keep(&folder.join(template.name), template.text)?;
        }
        Ok(())
    }
}

fn keep(path: &Path, text: &str) -> Outcome {
    if path.symlink_metadata().is_ok() {
        terminal::say(format_args!("kept {}", path.display()));
        return Ok(());
    }
    files::write_new(path, text.as_bytes(), PUBLIC_FILE_MODE)?;
    terminal::done(format_args!("written to {}", path.display()));
    Ok(())
}
