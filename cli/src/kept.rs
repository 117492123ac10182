//! Sessions that are kept by name, so that nobody juggles token files: `--as NAME` picks one.
//!
//! They lie in a folder of the person at the keyboard, each in a file that only its owner may read; beside it stands the
//! address of the node that the session belongs to.

use std::fs;
use std::path::{Path, PathBuf};

use countersign_node::ops::files::{
    PRIVATE_FILE_MODE, PUBLIC_FILE_MODE, create_private_folder, replace,
};
use countersign_node::people::Bearer;
use countersign_protocol::record::Word;

use crate::exit::{Exit, Failure, Outcome};

/// The ending of the file that says where a session's node is.
const ADDRESS_ENDING: &str = "url";

/// Where sessions are kept.
pub(crate) struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// The folder that was named, or the one of the person's own state (XDG Base Directory Specification).
    pub(crate) fn new(named: Option<&Path>) -> Outcome<Self> {
        if let Some(folder) = named {
            return Ok(Self {
                folder: folder.to_owned(),
            });
        }
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let state = set("XDG_STATE_HOME").map(PathBuf::from);
        let state = state.or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/state")));
        let state = state.ok_or_else(|| {
            Failure::usage("where are sessions kept? There is no home folder")
                .hint("name a folder in the variable COUNTERSIGN_SESSIONS")
        })?;
        Ok(Self {
            folder: state.join("countersign/sessions"),
        })
    }

    /// Keeps a session under a name; one that was kept before is replaced.
    pub(crate) fn keep(&self, name: &Word, token: &str, node: &str) -> Outcome {
        create_private_folder(&self.folder)?;
        replace(
            &self.address(name),
            format!("{node}\n").as_bytes(),
            PUBLIC_FILE_MODE,
        )?;
        replace(
            &self.token(name),
            format!("{token}\n").as_bytes(),
            PRIVATE_FILE_MODE,
        )?;
        Ok(())
    }

    /// The secret of a kept session.
    pub(crate) fn read(&self, name: &Word) -> Outcome<Bearer> {
        let path = self.token(name);
        if path.symlink_metadata().is_err() {
            let known = self.names();
            let known = if known.is_empty() {
                "no session is kept".to_owned()
            } else {
                format!("kept are {}", known.join(", "))
            };
            let message = format!("nobody is signed in as {name}: {known}");
            return Err(
                Failure::new(Exit::NotAuthorised, message).hint(format_args!(
                    "sign in with `countersign sign-in --as {name}`"
                )),
            );
        }
        Bearer::read(&path).map_err(|error| Failure::new(Exit::NotAuthorised, error))
    }

    /// The node that a kept session belongs to, if that is known.
    pub(crate) fn node(&self, name: &Word) -> Option<String> {
        let text = fs::read_to_string(self.address(name)).ok()?;
        Some(text.trim().to_owned()).filter(|url| !url.is_empty())
    }

    /// Forgets a session.
    pub(crate) fn forget(&self, name: &Word) -> Outcome {
        for path in [self.token(name), self.address(name)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    let message = format!("cannot remove {}: {error}", path.display());
                    return Err(Failure::other(message));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The names of all that are kept, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = files.filter_map(|file| file.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.parse::<Word>().is_ok()).collect();
        names.sort();
        names
    }

    /// Where a session's secret lies.
    pub(crate) fn token(&self, name: &Word) -> PathBuf {
        self.folder.join(name.as_str())
    }

    fn address(&self, name: &Word) -> PathBuf {
        self.folder.join(format!("{name}.{ADDRESS_ENDING}"))
    }
}
