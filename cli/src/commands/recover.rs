//! Having a lost ledger back from the partners that mirror it.

use clap::Args;
use countersign_node::recover::Recovered;
use countersign_node::run::recover;
use serde::Serialize;
use tokio::runtime::Builder;

use crate::exit::{Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::progress::Progress;
use crate::session::Session;
use crate::table::{View, tonnes};
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct RecoverArgs {
    /// The address of a node that mirrors this ledger, such as https://registry.example.admin.ch; may be given several times
    #[arg(long = "from", value_name = "URL", required = true)]
    from: Vec<String>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// What was had back, as data.
#[derive(Serialize)]
struct Data {
    size: u64,
    root: String,
    source: String,
    witnesses_asked: Vec<String>,
    witnesses_silent: Vec<String>,
    moved_to: Option<String>,
}

impl RecoverArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = session.folder()?;
        session.confirm(
            "The ledger of this folder is replaced by what witnesses stand behind. What was recorded here and never \
             witnessed is given up; the old ledger stays beside it. Go on?",
        )?;
        let passphrase = self.passphrase.read(session.no_input)?;
        let now_s = countersign_node::clock::now_ms() / 1000;
        let mut progress = Progress::new("recover");
        let runtime = Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(Failure::other)?;
        let recovered = runtime
            .block_on(recover(
                &folder,
                passphrase,
                self.from,
                now_s,
                |done, of| progress.at(done, of),
            ))
            .map_err(Failure::other)?;
        progress.finish();
        for silent in &recovered.silent {
            terminal::warn(format_args!("a witness could not be asked: {silent}"));
        }
        session.out().show(&Data::from(&recovered), view)
    }
}

impl From<&Recovered> for Data {
    fn from(it: &Recovered) -> Self {
        Self {
            size: it.size,
            root: hex::encode(it.root),
            source: it.source.clone(),
            witnesses_asked: it.asked.clone(),
            witnesses_silent: it.silent.clone(),
            moved_to: it.moved_to.as_ref().map(|path| path.display().to_string()),
        }
    }
}

fn view(it: &Data) -> View {
    View::pairs([
        ("leaves", tonnes(it.size)),
        ("root", it.root.clone()),
        ("from", it.source.clone()),
        (
            "witnesses that have seen no more",
            if it.witnesses_asked.is_empty() {
                "none could be asked".to_owned()
            } else {
                it.witnesses_asked.join(", ")
            },
        ),
        (
            "the ledger before",
            it.moved_to
                .clone()
                .unwrap_or_else(|| "there was none".to_owned()),
        ),
        (
            "next",
            "check it with `countersign ledger verify --replay`, then start the node".to_owned(),
        ),
    ])
}
