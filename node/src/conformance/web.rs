//! 5xx: the HTTP face.

use std::time::Duration;

use countersign_protocol::log::tile::TILE_WIDTH;
use countersign_protocol::log::{Hash, Tile, TilePath, decode_entries, leaf_hash};
use reqwest::{Client, StatusCode, Url};

use super::log::Held;
use super::{Book, Checked, ConformanceError, Finding, Problem, Target, failed, head_of, skipped};

const TIMEOUT: Duration = Duration::from_secs(30);

/// Longest answer: 256 leaves of the largest kind, each with its length.
const ANSWER_BYTES_MAX: usize = 2 * 1024 * 1024;

/// So many tiles of the log are compared.
const TILES_MAX: u64 = 8;

pub(super) async fn checks<F: FnMut(&Finding)>(
    target: &Target,
    held: Option<&Held>,
    book: &mut Book<F>,
) -> Result<(), ConformanceError> {
    let Some(base) = &target.http else {
        book.skip(501..=504, "no address was given (--http)");
        return Ok(());
    };
    let client = Client::builder().timeout(TIMEOUT).build();
    let face = Face {
        client: client.map_err(ConformanceError::Client)?,
        base: base.clone(),
    };
    let newest = book.note(501, face.checkpoint(target, held).await);
    let Some(held) = held.filter(|_| newest.is_some()) else {
        book.skip(502..=504, "there is no log to compare it with");
        return Ok(());
    };
    book.note(502, face.entries(held).await);
    book.note(503, face.hashes(held).await);
    book.note(504, face.beyond(held).await);
    Ok(())
}

struct Face {
    client: Client,
    base: Url,
}

impl Face {
    async fn get(&self, path: &str) -> Checked<(StatusCode, Vec<u8>)> {
        let problem = |what: String| Problem::Failed(format!("{path}: {what}"));
        let base = self.base.as_str().trim_end_matches('/');
        let url = format!("{base}/log/{path}");
        let answer = self.client.get(url).send().await;
        let mut answer = answer.map_err(|error| problem(error.without_url().to_string()))?;
        let mut bytes = Vec::new();
        loop {
            let chunk = answer.chunk().await;
            let Some(chunk) = chunk.map_err(|error| problem(error.to_string()))? else {
                return Ok((answer.status(), bytes));
            };
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return failed(format!("{path}: the answer is longer than any tile"));
            }
            bytes.extend_from_slice(&chunk);
        }
    }

    async fn found(&self, path: &str) -> Checked<Vec<u8>> {
        match self.get(path).await? {
            (StatusCode::OK, bytes) => Ok(bytes),
            (status, _) => failed(format!("{path}: it answered {status}")),
        }
    }

    async fn checkpoint(&self, target: &Target, held: Option<&Held>) -> Checked {
        let note = String::from_utf8(self.found("checkpoint").await?);
        let Ok(note) = note else {
            return failed("its checkpoint is not text");
        };
        let verified = match target.policy.check_text(&note) {
            Ok(verified) => verified,
            Err(error) => return failed(error.to_string()),
        };
        if verified.checkpoint().origin != target.origin.as_str() {
            return failed(format!("it is of {}", verified.checkpoint().origin));
        }
        let (size, root) = head_of(&verified);
        match held.map(|held| head_of(&held.verified)) {
            Some((same, other)) if same == size && other != root => failed(format!(
                "it has another root of {size} leaves than its peer face"
            )),
            _ => Ok(()),
        }
    }

    async fn entries(&self, held: &Held) -> Checked {
        for (tile, leaves) in tiles(held) {
            let path = TilePath::Entries(tile).to_string();
            let bytes = self.found(&path).await?;
            match decode_entries(&bytes, tile.width()) {
                Ok(found) if found == leaves => {}
                Ok(_) => return failed(format!("{path}: other leaves than its peer face gave")),
                Err(error) => return failed(format!("{path}: {error}")),
            }
        }
        Ok(())
    }

    async fn hashes(&self, held: &Held) -> Checked {
        for (tile, leaves) in tiles(held) {
            let path = TilePath::Hashes(tile).to_string();
            let bytes = self.found(&path).await?;
            let wanted: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
            if bytes != wanted.concat() {
                return failed(format!("{path}: other hashes than those of its leaves"));
            }
        }
        Ok(())
    }

    async fn beyond(&self, held: &Held) -> Checked {
        let (size, _) = head_of(&held.verified);
        let index = size / u64::from(TILE_WIDTH) + 1_000;
        let Some(tile) = Tile::in_tree(0, index, u64::MAX / 2) else {
            return skipped("no tile is beyond the tree");
        };
        let path = TilePath::Entries(tile).to_string();
        match self.get(&path).await? {
            (StatusCode::NOT_FOUND, _) => Ok(()),
            (status, _) => failed(format!("{path}: it answered {status}")),
        }
    }
}

/// The first tiles of the tree, as the kit has read it.
fn tiles(held: &Held) -> impl Iterator<Item = (Tile, Vec<&[u8]>)> {
    let (size, _) = head_of(&held.verified);
    let width = usize::from(TILE_WIDTH);
    let parts = (0..TILES_MAX).zip(held.leaves.chunks(width));
    parts.filter_map(move |(index, leaves)| {
        let tile = Tile::in_tree(0, index, size)?;
        let leaves: Vec<&[u8]> = leaves.iter().map(Vec::as_slice).collect();
        (leaves.len() == usize::from(tile.width())).then_some((tile, leaves))
    })
}
