//! The key of one keyholder, made on a machine that is never connected, and the cards to print.

use std::path::PathBuf;

use clap::Args;
use countersign_node::letters::qr_svg;
use countersign_node::ops::files::{PUBLIC_FILE_MODE, write_new};
use countersign_node::ops::keys::KeyFolder;
use countersign_protocol::federation::Fingerprint;
use countersign_protocol::log::VerifierKey;
use countersign_protocol::trust::TufKeyId;
use serde::Serialize;

use crate::exit::{Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct CeremonyArgs {
    /// Whose key: a short name without spaces, such as GH or GH/deputy
    name: String,
    /// The new folder for key and cards: on a stick that is locked away
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// For a rehearsal: the key is marked, and no registry in earnest ever takes it
    #[arg(long)]
    rehearsal: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// What a card says.
#[derive(Serialize)]
struct Card {
    holder: String,
    key: String,
    key_id: String,
    fingerprint: String,
    rehearsal: bool,
}

impl CeremonyArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let name = if self.rehearsal {
            format!("rehearsal/{}", self.name)
        } else if self.name.starts_with("rehearsal/") {
            return Err(
                Failure::usage("a name that begins with rehearsal/ is for rehearsals")
                    .hint("add --rehearsal, or leave that word out"),
            );
        } else {
            self.name
        };
        let passphrase = self.passphrase.read_new(session.no_input)?;
        let key = KeyFolder::new(&self.out).create_holder(&name, &passphrase)?;
        let card = Card::of(key.verifier(), self.rehearsal);
        for (file, text) in [("card.txt", card.text()), ("card.html", card.page()?)] {
            write_new(&self.out.join(file), text.as_bytes(), PUBLIC_FILE_MODE)?;
        }
        terminal::done(format_args!(
            "key and cards are in {}: holder.age opens with the passphrase alone",
            self.out.display()
        ));
        terminal::say(
            "give holder.pub to whoever writes the proposal, and read the fingerprint out to them; \
             lock holder.age and the passphrase away in two places",
        );
        session.out().show(&card, |card| View::Text(card.text()))
    }
}

impl Card {
    fn of(key: &VerifierKey, rehearsal: bool) -> Self {
        let text = key.to_string();
        Self {
            holder: key.name().to_owned(),
            key_id: TufKeyId::of(key).to_string(),
            fingerprint: Fingerprint::of(&text).to_string(),
            key: text,
            rehearsal,
        }
    }

    fn title(&self) -> &'static str {
        if self.rehearsal {
            "REHEARSAL - keyholder of the trust registry - REHEARSAL"
        } else {
            "Keyholder of the trust registry"
        }
    }

    fn text(&self) -> String {
        let rule = "=".repeat(72);
        format!(
            "{rule}\n{}\n{rule}\nholder       {}\nfingerprint  {}\nkey id       {}\npublic key   {}\n{rule}\n",
            self.title(),
            self.holder,
            self.fingerprint,
            self.key_id,
            self.key
        )
    }

    /// A page to print: the same, with a code to read the key from.
    fn page(&self) -> Outcome<String> {
        let code = qr_svg(&self.key).map_err(Failure::other)?;
        let rows = [
            ("Holder", &self.holder),
            ("Fingerprint", &self.fingerprint),
            ("Key id", &self.key_id),
            ("Public key", &self.key),
        ];
        let row = |(name, value): &(&str, &String)| {
            format!("<tr><th>{name}</th><td>{}</td></tr>", escaped(value))
        };
        let rows: String = rows.iter().map(row).collect();
        let lines = "<p class=\"line\">Made at, on</p><p class=\"line\">Witnessed by</p><p class=\"line\">Kept at</p>";
        Ok(format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
             <h1>{title}</h1><div class=\"code\">{code}</div><table>{rows}</table>{lines}</html>\n",
            title = self.title()
        ))
    }
}

const STYLE: &str = "body{font-family:sans-serif;max-width:40em;margin:2em auto}h1{font-size:1.3em}\
    .code{width:12em;float:right}th{text-align:left;vertical-align:top;padding-right:1em}td{font-family:monospace;\
    overflow-wrap:anywhere}.line{border-bottom:1px solid;width:60%;padding-top:1.5em}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
