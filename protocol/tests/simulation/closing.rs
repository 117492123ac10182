//! Open locks to a country that is gone for ever, and the first defect: a source that does not wait.

use countersign_protocol::federation::{ClosedLedger, FaultCode, LastWord, Unanswered};
use countersign_protocol::id::TransferId;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, ProofReference, Release};
use countersign_protocol::registry::{Command, TransferKey, TransferStage};
use countersign_protocol::trust::Standing;

use crate::defect::Defect;
use crate::founding::{Leaf, country_of, origin, party};
use crate::node::Node;
use crate::shared::Shared;

impl Node {
    /// The locks that wait for an answer, and to whom they are.
    pub(crate) fn open_locks(&self) -> Vec<(TransferId, Party)> {
        let transfers = self.memory.state.transfers();
        transfers
            .filter(|(_, transfer)| transfer.stage == TransferStage::Locked)
            .filter_map(|(key, transfer)| match key {
                TransferKey::Out(id) => Some((*id, transfer.partner)),
                TransferKey::In(..) => None,
            })
            .collect()
    }

    pub(crate) fn open_locks_to(&self, partner: Party) -> Vec<TransferId> {
        let locks = self.open_locks().into_iter();
        locks
            .filter(|(_, to)| *to == partner)
            .map(|(transfer, _)| transfer)
            .collect()
    }

    /// The last tree of a closed ledger came from a mirror: every open lock to it ends as that tree says.
    pub(crate) fn settle_by_last_tree(
        &mut self,
        shared: &mut Shared,
        country: usize,
        leaves: &[Leaf],
    ) {
        let members = self.members(shared);
        let Some(Standing::Closed { head, .. }) = members.get(&country).map(|it| &it.standing)
        else {
            return;
        };
        let wanted = leaves.len().min(head.size as usize);
        let own = party(self.country);
        let read = ClosedLedger::read(&origin(country), *head, own, &leaves[..wanted]);
        let Ok(closed) = read else {
            return;
        };
        for transfer in self.open_locks_to(party(country)) {
            let command = match closed.last_word(transfer) {
                LastWord::Answered(answer) if shared.defect != Some(Defect::ClosedFreesAll) => {
                    Command::Proven(answer)
                }
                LastWord::Answered(answer) => Command::Closed(Box::new(Unanswered {
                    transfer,
                    last: ProofReference {
                        index: head.size - 1,
                        ..answer.proof
                    },
                })),
                LastWord::Never(unanswered) => Command::Closed(Box::new(unanswered)),
            };
            if let Err(stop) = self.commit(shared, &command) {
                shared.tell(|| format!("{}: {transfer} stays open: {stop:?}", self.name()));
            }
        }
    }

    /// The first defect: a release that nothing proves. Its proof names a leaf that says nothing of the kind.
    pub(crate) fn free_on_timeout(&mut self, shared: &mut Shared) {
        let now_ms = self.now_ms(shared);
        for (transfer, to) in self.open_locks() {
            let known = self.memory.state.transfer(&TransferKey::Out(transfer));
            let expiry_ms = known.and_then(|it| it.expiry_ms);
            let head = shared.checks.books[country_of(to)].tree.clone();
            if expiry_ms.is_some_and(|expiry_ms| now_ms < expiry_ms)
                || head.size() == 0
                || !self.may_write(shared)
            {
                continue;
            }
            let release = Body::Release(Release {
                transfer,
                code: FaultCode::Expired.code(),
                proof: ProofReference {
                    origin: origin(country_of(to)),
                    index: 0,
                    size: head.size(),
                    root: head.root(),
                },
            });
            let _refused = self.write(shared, now_ms, vec![release]);
        }
    }
}
