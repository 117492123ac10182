//! 4xx: the witness.

use countersign_protocol::federation::message::{Request, Response};
use countersign_protocol::log::AddCheckpoint;

use super::{Book, Checked, Finding, Kit, failed, nobodys_head};

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
    Ok(AddCheckpoint {
        old_size: 0,
        proof: Vec::new(),
        checkpoint: nobodys_head(1, [1; 32])?,
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
