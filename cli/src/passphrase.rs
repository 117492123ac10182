//! Where the passphrase comes from: a prompt, a file, or a systemd credential. Never an argument.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Args;
use countersign_node::ops::keys::PassphraseSource;
use dialoguer::Password;
use secrecy::SecretString;

use crate::commands::init::words::{Language, Words};
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
            None => ask(no_input, None),
        }
    }

    /// A passphrase for new keys: asked for twice.
    pub(crate) fn read_new(&self, no_input: bool) -> Outcome<SecretString> {
        self.read_new_asking(no_input, Language::English.words())
    }

    /// As [`PassphraseArgs::read_new`], in the words of a language.
    pub(crate) fn read_new_asking(&self, no_input: bool, words: &Words) -> Outcome<SecretString> {
        match self.source()? {
            Some(source) => Ok(source.read_for_new_key()?),
            None => ask(no_input, Some(words)),
        }
    }

    /// The flag and its value, when the passphrase need not be asked for.
    pub(crate) fn named(&self) -> Option<(&'static str, &OsStr)> {
        let file = self.passphrase_file.as_ref();
        let file = file.map(|path| ("--passphrase-file", path.as_os_str()));
        let credential = self.passphrase_credential.as_ref();
        file.or(credential.map(|name| ("--passphrase-credential", OsStr::new(name))))
    }

    fn source(&self) -> Outcome<Option<PassphraseSource>> {
        if let Some(path) = &self.passphrase_file {
            return Ok(Some(PassphraseSource::File(path.clone())));
        }
        let credential = self.passphrase_credential.as_deref();
        Ok(credential.map(PassphraseSource::credential).transpose()?)
    }
}

/// Asks; twice, in these words, for a new one.
fn ask(no_input: bool, new: Option<&Words>) -> Outcome<SecretString> {
    if no_input || !terminal::can_ask() {
        let message = "a passphrase is needed and nobody can be asked for it";
        return Err(Failure::new(Exit::NotAuthorised, message)
            .hint("name a file with --passphrase-file, or a systemd credential with --passphrase-credential"));
    }
    let prompt = match new {
        None => Password::new().with_prompt("Passphrase of the keys"),
        Some(words) => Password::new()
            .with_prompt(words.passphrase)
            .with_confirmation(words.passphrase_again, words.passphrase_differs),
    };
    let typed = prompt.interact().map_err(Failure::other)?;
    let source = PassphraseSource::Given(SecretString::from(typed));
    Ok(if new.is_some() {
        source.read_for_new_key()?
    } else {
        source.read()?
    })
}
