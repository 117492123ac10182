//! What a stop in the middle left behind.

use countersign_protocol::id::RequestId;
use countersign_protocol::log::Hash;
use countersign_protocol::record::{Body, CaseAct};
use countersign_protocol::registry::{Command, NewAct};
use sha2::{Digest, Sha256};

use super::super::write::Mode;
use super::super::{App, AppError, LIST_MAX};
use super::act::act_leaf;
use crate::people::{Actor, UNSETTLED_KEPT_MS};
use crate::projection::query::Window;

/// The most deadlines that are carried out in one go, so that a node that was off for a year does not hold up its users.
const LAPSES_MAX: usize = 500;

impl App {
    /// Removes what has expired in the stores of people and documents, and asks the ledger about texts and documents of
    /// which it was not noted whether their act was written. To be called at start and then now and again.
    ///
    /// # Errors
    /// [`AppError`] when a store cannot be read or written.
    pub async fn tidy(&self) -> Result<(), AppError> {
        let now_ms = self.now_ms();
        self.people().sweep(now_ms).await?;
        self.inner.mail.sweep(now_ms).await?;
        for request in self.people().unsettled(now_ms).await? {
            match self.ledger().store().request(&request)? {
                Some(stored) => {
                    let records = self.records_of(stored.first_index, stored.count)?;
                    let leaf = act_leaf(&records).unwrap_or(stored.first_index);
                    self.people().settle_sealed(&request, leaf).await?;
                    let acted = records.iter().find_map(|it| case_of(&it.record.body));
                    acted.into_iter().for_each(|case| self.note_handed_in(case));
                }
                None => self.people().drop_sealed(&request).await?,
            }
        }
        self.tidy_documents(now_ms).await
    }

    /// A node that stopped between an act and the note that it carries a document finds the act on its ledger.
    async fn tidy_documents(&self, now_ms: u64) -> Result<(), AppError> {
        let before_ms = now_ms.saturating_sub(UNSETTLED_KEPT_MS);
        for (case, sha256) in self.documents().unattached(before_ms).await? {
            if let Some(leaf) = self.leaf_with(case, &sha256).await? {
                self.documents().attach(&sha256, case, leaf).await?;
            }
        }
        self.documents().sweep(now_ms).await?;
        Ok(())
    }

    /// The first act of a case that carries a document.
    async fn leaf_with(&self, case: u64, sha256: &Hash) -> Result<Option<u64>, AppError> {
        let mut window = Window {
            after: None,
            limit: LIST_MAX,
            descending: false,
        };
        loop {
            let page = self.case_acts(case, &window).await?;
            for act in page.items {
                let stored = self.records_of(act.leaf, 1)?;
                let carries = stored.iter().any(|it| match &it.record.body {
                    Body::CaseAct(act) => act.documents.iter().any(|it| it.sha256 == *sha256),
                    _ => false,
                });
                if carries {
                    return Ok(Some(act.leaf));
                }
            }
            match page.next {
                None => return Ok(None),
                next => window.after = next,
            }
        }
    }

    /// Carries out the deadlines that have passed: each writes the automatic step that the process names. Gives how many.
    ///
    /// # Errors
    /// [`AppError`] when the ledger cannot take it now; the rest is done at the next call.
    pub async fn lapse(&self) -> Result<usize, AppError> {
        let now_ms = self.now_ms();
        let due: Vec<CaseAct> = self.ledger().read(|state| {
            let due = state.lapses(now_ms).map(|(_, act)| act);
            due.take(LAPSES_MAX).collect()
        });
        let actor = Actor::new("deadline");
        let mut done = 0;
        for act in due {
            let request = request_of(&act, self.acts_of(act.case));
            let new = NewAct {
                act,
                issue: None,
                reserve: None,
            };
            let command = Command::Act(Box::new(new));
            match self.submit(&actor, request, command, Mode::Write).await {
                Ok(_) => done += 1,
                // Somebody acted just before.
                Err(AppError::Refused(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(done)
    }

    fn acts_of(&self, case: u64) -> u32 {
        self.ledger()
            .read(|state| state.case(case).map_or(0, |known| known.acts))
    }
}

fn case_of(body: &Body) -> Option<u64> {
    match body {
        Body::CaseAct(act) => Some(act.case),
        _ => None,
    }
}

/// The same deadline has the same request id, also after a stop in between.
fn request_of(act: &CaseAct, acts: u32) -> RequestId {
    let mut hash = Sha256::new();
    hash.update(b"deadline");
    hash.update(act.case.to_be_bytes());
    hash.update(acts.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    RequestId(id)
}
