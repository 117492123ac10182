//! Where the passphrase comes from: a prompt, a file, or a systemd credential. Never an argument.

use std::path::PathBuf;

use clap::Args;
use countersign_node::ops::keys::PassphraseSource;
use dialoguer::Password;
use secrecy::SecretString;

use crate::exit::{Exit, Failure, Outcome};
use crate::terminal;

/// Where to read the passphrase of the key files.
#[derive(Args, Clone, Debug)]
#[group(multiple = false)]
pub(crate) struct PassphraseArgs {
    /// Read the passphrase from the only line of this file (mode 0600)
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Read the passphrase from this systemd credential
    #[arg(long, value_name = "NAME")]
    passphrase_credential: Option<String>,
}

impl PassphraseArgs {
    /// The passphrase of existing keys.
    pub(crate) fn read(&self, no_input: bool) -> Outcome<SecretString> {
        match self.source()? {
            Some(source) => Ok(source.read()?),
            None => ask(no_input, false),
        }
    }

    /// A passphrase for new keys: asked for twice.
    pub(crate) fn read_new(&self, no_input: bool) -> Outcome<SecretString> {
        match self.source()? {
            Some(source) => Ok(source.read_for_new_key()?),
            None => ask(no_input, true),
        }
    }

    fn source(&self) -> Outcome<Option<PassphraseSource>> {
        if let Some(path) = &self.passphrase_file {
            return Ok(Some(PassphraseSource::File(path.clone())));
        }
        let credential = self.passphrase_credential.as_deref();
        Ok(credential.map(PassphraseSource::credential).transpose()?)
    }
}

fn ask(no_input: bool, twice: bool) -> Outcome<SecretString> {
    if no_input || !terminal::can_ask() {
        let message = "a passphrase is needed and nobody can be asked for it";
        return Err(Failure::new(Exit::NotAuthorised, message)
            .hint("name a file with --passphrase-file, or a systemd credential with --passphrase-credential"));
    }
    let mut prompt = Password::new().with_prompt("Passphrase of the keys");
    if twice {
        prompt = prompt.with_confirmation("The same again", "These were not the same");
    }
    let typed = prompt.interact().map_err(Failure::other)?;
    let source = PassphraseSource::Given(SecretString::from(typed));
    Ok(if twice {
        source.read_for_new_key()?
    } else {
        source.read()?
    })
}
