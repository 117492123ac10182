//! 4xx: the witness.

use countersign_protocol::federation::message::{Request, Response};
use countersign_protocol::log::{AddCheckpoint, Checkpoint, KeyKind, SignerKey};

use super::{Book, Checked, Finding, Kit, Problem, failed};

pub(super) async fn checks<F: FnMut(&Finding)>(kit: &Kit, book: &mut Book<F>) {
    let malformed = status(kit, "nothing of the kind".to_owned(), 400).await;
    book.note(401, malformed);
    let unknown = match of_a_stranger() {
        Ok(body) => status(kit, body, 404).await,
        Err(problem) => Err(problem),
    };
    book.note(402, unknown);
}

/// A good request for a log that nobody knows.
fn of_a_stranger() -> Checked<String> {
    let origin = "conformance.invalid/nobody";
    let key = SignerKey::from_seed(origin, KeyKind::Ed25519, &[7; 32]);
    let key = key.map_err(|error| Problem::Skipped(error.to_string()))?;
    let checkpoint = Checkpoint {
        origin: origin.to_owned(),
        size: 1,
        root: [1; 32],
    };
    let signed = checkpoint.sign(&key);
    Ok(AddCheckpoint {
        old_size: 0,
        proof: Vec::new(),
        checkpoint: signed.map_err(|error| Problem::Skipped(error.to_string()))?,
    }
    .to_string())
}

async fn status(kit: &Kit, body: String, wanted: u32) -> Checked {
    match kit.ask(Request::AddCheckpoint { body }).await? {
        Response::Witnessed { status, .. } if status == wanted => Ok(()),
        Response::Witnessed { status, body } => {
            failed(format!("it answered {status}: {}", body.trim()))
        }
        other => failed(format!("it answered with {}", other.kind())),
    }
}
