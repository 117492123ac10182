//! Several countries that know each other.

use countersign_protocol::federation::{Message, MessageKind};

use super::{Ledger, text};

/// Ledgers that are each other's active partners, with an agreement between every two.
pub fn countries(codes: &[&str]) -> Vec<Ledger> {
    let mut ledgers: Vec<Ledger> = codes.iter().map(|code| Ledger::new(code)).collect();
    for ledger in &mut ledgers {
        let own = ledger.party.to_string();
        for code in codes.iter().filter(|code| **code != own) {
            ledger.meet(text(code));
        }
    }
    ledgers
}

/// Ghana with so many tonnes in its trading account, and Switzerland.
pub fn ghana_and_switzerland(tonnes: u64) -> (Ledger, Ledger) {
    let [mut ghana, swiss] = <[Ledger; 2]>::try_from(countries(&["GH", "CH"])).unwrap();
    ghana.issue(super::TRADING, tonnes);
    (ghana, swiss)
}

/// Carries every message of every outbox, again and again, until nobody has anything left to send. Returns what was sent
/// (without repeats in a round), in order.
pub fn settle(ledgers: &mut [Ledger]) -> Vec<MessageKind> {
    let mut sent = Vec::new();
    for _ in 0..10 {
        let mut round: Vec<(usize, Message)> = Vec::new();
        for (from, ledger) in ledgers.iter().enumerate() {
            round.extend(ledger.outbox().into_iter().map(|message| (from, message)));
        }
        if round.is_empty() {
            return sent;
        }
        while let Some((from, message)) = round.pop() {
            sent.push(message.kind);
            let proven = ledgers[from].prove(message.leaf);
            let to = ledgers
                .iter()
                .position(|ledger| ledger.party == message.to)
                .unwrap();
            // A repeat is answered at once; what is written is in the next round's outbox.
            for answer in ledgers[to].receive(&proven).unwrap().effects {
                round.push((to, answer));
            }
        }
    }
    panic!("messages go round for ever");
}
