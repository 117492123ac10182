//! Bringing organisations and people from another system.

mod undp;

use clap::Subcommand;

use crate::exit::Outcome;
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Enrol the organisations and invite the users of a UNDP registry's CSV files. Every row is looked at before anything is
    /// written; run again after a stop, it completes what is missing and doubles nothing
    Undp(Box<undp::UndpArgs>),
    /// Print the table of types and roles that `import undp` uses, to be edited and given to it with --mapping
    UndpMapping,
}

impl ImportCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Undp(args) => args.run(session),
            Self::UndpMapping => {
                crate::output::write(countersign_bridge::undp::DEFAULT_MAPPING.as_bytes())
            }
        }
    }
}
