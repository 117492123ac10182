//! One keyholder signs: after seeing what changes, with a key that opens with a passphrase.

use std::path::PathBuf;

use clap::Args;
use countersign_node::ops::keys::{KeyFolder, KeyRole};
use countersign_protocol::federation::Fingerprint;
use countersign_protocol::trust::{KeyRing, TufKeyId};
use serde::Serialize;

use super::RegistryArgs;
use super::change;
use crate::exit::{Exit, Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::session::Session;
use crate::table::Table;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// The keyholder's folder, as the ceremony made it
    #[arg(long, value_name = "DIR")]
    key: PathBuf,
    /// Sign this part only: root, targets, members or witnesses. By default everything that this key signs for
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// A file that was signed.
#[derive(Serialize)]
struct Signed {
    role: String,
    sha256: String,
    fingerprint: String,
    signed_by: Vec<String>,
    needed: u64,
}

impl SignArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = self.registry.open()?;
        let proposals = folder.proposals()?;
        let keys = KeyFolder::new(&self.key);
        let public = keys.public_signer(KeyRole::Holder)?;
        let id = TufKeyId::of(&public);
        let own = KeyRing::from([(id, public.clone())]);
        let mut mine = Vec::new();
        let mut signed_before = false;
        for (role, envelope) in proposals.files() {
            let is_asked = self.role.as_deref().is_none_or(|asked| asked == role);
            if !is_asked || !change::allowed(&folder, &proposals, role)?.contains(&id) {
                continue;
            }
            if envelope.signers(&own).is_empty() {
                mine.push((role, envelope.clone()));
            } else {
                signed_before = true;
            }
        }
        if mine.is_empty() && signed_before {
            let message = format_args!("{} has signed everything that it signs for", public.name());
            return Err(Failure::new(Exit::Conflict, message));
        }
        if mine.is_empty() {
            return Err(Failure::new(
                Exit::NotAuthorised,
                format_args!("nothing is proposed that {} signs for", public.name()),
            )
            .hint("see what is proposed, and who signs for it: countersign federation show --registry DIR"));
        }
        for (role, envelope) in &mine {
            terminal::say(format_args!("{role}, {}:", envelope.file()));
            for line in change::lines(&folder, &proposals, role) {
                terminal::say(format_args!("  {line}"));
            }
            terminal::say(format_args!("  fingerprint {}", fingerprint(envelope)));
        }
        session.confirm(&format!("Sign this as {}?", public.name()))?;
        let passphrase = self.passphrase.read(session.no_input)?;
        let key = keys.load_signer(KeyRole::Holder, &passphrase)?;
        let mut signed = Vec::new();
        for (role, mut envelope) in mine {
            let allowed = change::allowed(&folder, &proposals, role)?;
            envelope.sign(&key, &allowed)?;
            folder.keep(&envelope)?;
            let needs = change::needs(&folder, &proposals, role)?;
            let last = needs.last();
            let names = last.map(|need| {
                let signers = envelope.signers(&need.ring);
                let named = signers
                    .intersection(&need.keys)
                    .filter_map(|id| need.ring.get(id));
                named.map(|key| key.name().to_owned()).collect()
            });
            signed.push(Signed {
                role: role.to_owned(),
                sha256: hex::encode(envelope.hash()),
                fingerprint: fingerprint(&envelope),
                signed_by: names.unwrap_or_default(),
                needed: last.map_or(0, |need| need.threshold),
            });
        }
        terminal::done(format_args!("signed as {}", key.name()));
        session.out().show(&signed, |signed| {
            Table::of(
                ["SIGNED", "BY", "NEEDED>", "FINGERPRINT"],
                "nothing",
                signed,
                |it| {
                    [
                        it.role.clone(),
                        it.signed_by.join(", "),
                        it.needed.to_string(),
                        it.fingerprint.clone(),
                    ]
                },
            )
        })
    }
}

/// What keyholders read to each other, to know that they sign the same.
pub(super) fn fingerprint(envelope: &countersign_protocol::trust::Envelope) -> String {
    Fingerprint::of(&String::from_utf8_lossy(&envelope.signed().canonical())).to_string()
}
