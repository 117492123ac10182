//! Taking in a newer version as a member does: from a stick, a mirror or another member's copy, none of which is believed.

use std::path::PathBuf;

use clap::Args;
use countersign_node::trust::Recorder;
use countersign_protocol::trust::{
    Members, ROOT_BYTES_MAX, Trust, TrustRefusal, TrustSource, member_changes, metadata_path,
    policy_changes, root_changes,
};
use serde::Serialize;

use super::folder::{RegistryFolder, parse_hash};
use super::{RegistryArgs, now};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct UpdateArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// The folder with the newer version, from whomever; it is believed only as far as it proves itself
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
}

/// What was taken in.
#[derive(Serialize)]
struct Updated {
    root: u64,
    snapshot: Option<u64>,
    changed: bool,
    changes: Vec<String>,
}

/// What another has sent is altered or forged when too few have signed it: nobody here can sign it.
fn refused(refusal: TrustRefusal) -> Failure {
    match refusal {
        TrustRefusal::TooFewSignatures { .. } => Failure::new(Exit::Integrity, refusal),
        other => other.into(),
    }
}

impl UpdateArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = self.registry.open()?;
        let source = RegistryFolder::unread(&self.from);
        let recorder = Recorder::new(&source);
        let mut trust = match &folder.trust {
            Some(trust) => trust.clone(),
            None => self.begin(&recorder)?,
        };
        trust.refresh(&recorder, now()?).map_err(refused)?;
        let before = folder.trust.as_ref();
        let changed = before != Some(&trust);
        if changed {
            folder.write(&recorder.kept(before, &trust))?;
        }
        let updated = Updated {
            root: trust.root().common.version,
            snapshot: trust.seen().0,
            changed,
            changes: changes(before, &trust),
        };
        terminal::done(if changed {
            "a newer version was checked and taken in"
        } else {
            "there is nothing newer"
        });
        session
            .out()
            .show(&updated, |it| View::Text(it.changes.join("\n")))
    }

    /// The first root, which only the hash in the treaty can vouch for.
    fn begin(&self, source: &impl TrustSource) -> Outcome<Trust> {
        let pin = self.registry.root_hash.as_deref().ok_or_else(|| {
            Failure::usage("the first time, the hash of the first root is needed")
                .hint("give --root-hash as the annex of the treaty prints it")
        })?;
        let path = metadata_path("root", 1);
        let root = source.file(&path, ROOT_BYTES_MAX);
        let root = root.ok_or_else(|| Failure::from(TrustRefusal::Missing(path)))?;
        Trust::bootstrap(&root, &parse_hash(pin)?).map_err(refused)
    }
}

fn changes(before: Option<&Trust>, now: &Trust) -> Vec<String> {
    let mut lines = Vec::new();
    if before.map(Trust::root) != Some(now.root()) {
        lines.extend(root_changes(before.map(Trust::root), now.root()));
    }
    if let Some(view) = now.to_settle() {
        let old = before.and_then(Trust::to_settle);
        let none = Members::default();
        lines.extend(member_changes(
            old.map_or(&none, |it| it.members()),
            view.members(),
        ));
        lines.extend(policy_changes(
            old.map(|it| it.witnesses()),
            view.witnesses(),
        ));
    }
    lines
}
