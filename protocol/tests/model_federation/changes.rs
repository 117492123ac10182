//! What people and the trust registry change: freezes, a key, the end of a ledger.

use countersign_protocol::federation::{ClosedLedger, LastWord, Unanswered};
use countersign_protocol::id::TransferId;
use countersign_protocol::record::{PartnerStatus, ProofReference};
use countersign_protocol::registry::{Command, TransferStage, plan};

use crate::archive::{Archive, LogId};
use crate::defects::Defect;
use crate::model::{CLOSING, Federation, Happening, Situation};
use crate::support::partner_of;

impl Federation {
    /// Whether witnesses cosign nothing more of a ledger.
    pub(crate) fn is_sealed(&self, situation: &Situation, country: usize) -> bool {
        country == CLOSING
            && situation.closed.is_some()
            && self.scope.defect != Some(Defect::ClosesWithoutSealing)
    }

    /// What the witness is asked to cosign: the newest head. Only while the next key stands under no witnessed head, it
    /// is the one of the rotation's own block, which the old key signs.
    pub(crate) fn to_cosign(
        &self,
        archive: &Archive,
        situation: &Situation,
        node: usize,
    ) -> Option<LogId> {
        let log = situation.nodes[node];
        let country = archive.block(log).country;
        let Some(rotation) = archive.rotation(log) else {
            return Some(log);
        };
        if archive.extends(situation.witnessed[country], rotation) || log == rotation {
            return Some(log);
        }
        // The witnesses do not know the new key yet.
        (self.scope.defect != Some(Defect::NewestHeadOnly)).then_some(rotation)
    }

    pub(crate) fn changes_of_node(
        &self,
        archive: &Archive,
        situation: &Situation,
        node: usize,
        next: &mut Vec<Happening>,
    ) {
        let log = situation.nodes[node];
        let country = archive.block(log).country;
        for partner in (0..self.scope.countries).filter(|it| *it != country) {
            let is_frozen = archive.is_frozen(log, partner);
            let may_freeze = !is_frozen && situation.freezes < self.scope.freezes;
            let is_closed = partner == CLOSING && situation.closed.is_some();
            if may_freeze || (is_frozen && self.scope.unfreezes && !is_closed) {
                next.push(Happening::Freeze { node, partner });
            }
        }
        if self.scope.rotates && country == 0 && archive.rotation(log).is_none() {
            next.push(Happening::Rotate { node });
        }
        if situation.closed.is_some() && country != CLOSING {
            next.push(Happening::Settle { node });
        }
    }

    pub(crate) fn freeze(
        &self,
        archive: &mut Archive,
        situation: &mut Situation,
        node: usize,
        partner: usize,
    ) -> Option<()> {
        let log = situation.nodes[node];
        let status = if archive.is_frozen(log, partner) {
            PartnerStatus::Active
        } else {
            situation.freezes += 1;
            PartnerStatus::Frozen
        };
        let partner = archive.party(self.genesis[partner]);
        let command = Command::SetPartner(partner_of(partner, status));
        self.write(archive, situation, node, &command)
    }

    pub(crate) fn write(
        &self,
        archive: &mut Archive,
        situation: &mut Situation,
        node: usize,
        command: &Command,
    ) -> Option<()> {
        let log = situation.nodes[node];
        let time_ms = Self::time_ms(situation, archive.block(log).country);
        let bodies = plan(archive.state(log), time_ms, command).ok()?;
        if bodies.is_empty() {
            return None;
        }
        situation.nodes[node] = archive.append(log, time_ms, bodies).ok()?;
        Some(())
    }

    /// Every open lock to the closed country ends as its last tree says.
    pub(crate) fn settle(
        &self,
        archive: &mut Archive,
        situation: &mut Situation,
        node: usize,
    ) -> Option<()> {
        let last = situation.closed?;
        let own = archive.party(situation.nodes[node]);
        let gone = archive.party(last);
        if !archive.is_frozen(situation.nodes[node], CLOSING) {
            let command = Command::SetPartner(partner_of(gone, PartnerStatus::Frozen));
            self.write(archive, situation, node, &command)?;
        }
        let (origin, head, leaves) = archive.whole(last);
        let closed = ClosedLedger::read(&origin, head, own, &leaves).unwrap();
        let open: Vec<TransferId> = archive
            .state(situation.nodes[node])
            .transfers()
            .filter(|(_, it)| it.partner == gone && it.stage == TransferStage::Locked)
            .map(|(key, _)| key.id())
            .collect();
        for transfer in open {
            let command = match closed.last_word(transfer) {
                LastWord::Answered(answer) if self.scope.defect != Some(Defect::ClosedFreesAll) => {
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
            if self.write(archive, situation, node, &command).is_none() {
                // What was believed lies above the last head: that must never be.
                situation.broken = Some("the last head of a closed ledger is not the last");
            }
        }
        Some(())
    }
}
