//! Bringing a data folder to the schema of this release.

use countersign_node::store::{SCHEMA_VERSION, StoreError, StoreReader};

use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::terminal;

/// There is one schema so far: this says so, or that the folder is of a release that came later.
pub(crate) fn run(session: &Session) -> Outcome {
    let folder = session.folder()?.ledger();
    match StoreReader::open(&folder) {
        Ok(_) => {
            let dir = folder.display();
            terminal::done(format_args!(
                "{dir} has schema version {SCHEMA_VERSION}, which is this release's: nothing to migrate"
            ));
            Ok(())
        }
        Err(StoreError::Schema {
            dir,
            found,
            supported,
        }) => Err(Failure::validation(format_args!(
            "{} has schema version {found}; this release reads version {supported} and knows no way from one to the other",
            dir.display()
        ))
        .hint("install the release that wrote the folder, or a newer one")),
        Err(error) => Err(error.into()),
    }
}
