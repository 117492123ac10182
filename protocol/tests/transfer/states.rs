//! The table of transfer states and events: every pair is tried, and the answer is the one that docs/transfer-states.md
//! publishes. `COUNTERSIGN_BLESS=1` writes the tables there anew.

use std::fs;
use std::path::PathBuf;

use countersign_protocol::federation::{
    Event, FaultCode, MessageKind, ProvenRecord, Unanswered, step,
};
use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::record::{OrganisationKind, PartnerStatus};
use countersign_protocol::registry::{Command, Refusal, Transfer, TransferKey, TransferStage};

use crate::closed::never_answered;
use crate::support::invariants::check;
use crate::support::world::ghana_and_switzerland;
use crate::support::{EXPIRY_MS, Ledger, TRADING, partner_of, text};

/// One transfer, and every leaf that could ever be said of it by either side: each from its own course of events, so that
/// events can be shown to a ledger in states in which an honest partner would never show them.
struct Case {
    transfer: TransferId,
    ghana: Ledger,
    swiss: Ledger,
    lock: ProvenRecord,
    ask: ProvenRecord,
    acquired: ProvenRecord,
    refused: ProvenRecord,
    finalised: ProvenRecord,
    released: ProvenRecord,
    never: Unanswered,
}

fn filler(ledger: &mut Ledger, leaves: usize) {
    for _ in 0..leaves {
        ledger.must(&Command::RegisterOrganisation {
            name: text("Somebody"),
            kind: OrganisationKind::Other,
        });
    }
}

impl Case {
    fn new() -> Self {
        let (mut ghana, swiss) = ghana_and_switzerland(100);
        let unsent = ghana.clone();
        let (transfer, lock) = ghana.send(swiss.party, 40, 1);
        let lock = ghana.prove(lock);
        let ask = {
            let mut asking = ghana.clone();
            filler(&mut asking, 1);
            let leaf = asking.ask_cancel(transfer);
            asking.prove(leaf)
        };
        // Courses of different lengths: two roots of one size would be refused as a fork before anything else.
        let mut taking = swiss.clone();
        filler(&mut taking, 2);
        let leaf = taking.receive_and_write(&lock);
        let acquired = taking.prove(leaf);
        let mut refusing = swiss.clone();
        filler(&mut refusing, 3);
        refusing.time_ms = EXPIRY_MS;
        let leaf = refusing.receive_and_write(&lock);
        let refused = refusing.prove(leaf);
        let mut ending = ghana.clone();
        filler(&mut ending, 4);
        let leaf = ending.receive_and_write(&acquired);
        let finalised = ending.prove(leaf);
        let mut freeing = ghana.clone();
        filler(&mut freeing, 5);
        let leaf = freeing.receive_and_write(&refused);
        let released = freeing.prove(leaf);
        // Switzerland's ledger ends without an answer.
        let mut ending = swiss.clone();
        filler(&mut ending, 6);
        let never = never_answered(&ending, ghana.party, transfer);
        Self {
            transfer,
            ghana: unsent,
            swiss,
            lock,
            ask,
            acquired,
            refused,
            finalised,
            released,
            never,
        }
    }

    fn send(&self) -> Command {
        self.ghana.send_command(self.swiss.party, 40, 1)
    }

    fn cancel(&self) -> Command {
        Command::Cancel {
            transfer: self.transfer,
            reason: text("entered twice"),
        }
    }

    /// The source in each of its states.
    fn sources(&self) -> Vec<(&'static str, Ledger)> {
        let none = self.ghana.clone();
        let mut locked = none.clone();
        locked.must(&self.send());
        let mut asked = locked.clone();
        asked.must(&self.cancel());
        let mut finalised = locked.clone();
        finalised.receive_and_write(&self.acquired);
        let mut released = locked.clone();
        released.receive_and_write(&self.refused);
        vec![
            ("(none)", none),
            ("LOCKED", locked),
            ("LOCKED, cancel asked", asked),
            ("FINAL", finalised),
            ("RELEASED", released),
        ]
    }

    /// The destination in each of its states.
    fn destinations(&self) -> Vec<(&'static str, Ledger)> {
        let none = self.swiss.clone();
        let mut acquired = none.clone();
        acquired.receive_and_write(&self.lock);
        let mut source_final = acquired.clone();
        source_final.receive_and_write(&self.finalised);
        let mut refused = none.clone();
        refused.receive_and_write(&self.ask);
        let mut source_released = refused.clone();
        source_released.receive_and_write(&self.released);
        vec![
            ("(none)", none),
            ("ACQUIRED", acquired),
            ("ACQUIRED, source final", source_final),
            ("REFUSED", refused),
            ("REFUSED, source released", source_released),
        ]
    }
}

/// What a side is called in its present state.
fn name_of(transfer: Option<&Transfer>) -> String {
    let Some(transfer) = transfer else {
        return "(none)".to_owned();
    };
    let stage = transfer.stage.name();
    let more = match transfer.stage {
        TransferStage::Locked if transfer.cancel_asked_at.is_some() => ", cancel asked",
        TransferStage::Acquired if transfer.is_settled() => ", source final",
        TransferStage::Refused if transfer.is_settled() => ", source released",
        _ => "",
    };
    format!("{stage}{more}")
}

fn becomes(transfer: Option<&Transfer>) -> String {
    let code = transfer.and_then(|transfer| transfer.refusal_code);
    let why = code
        .and_then(FaultCode::from_code)
        .filter(|_| transfer.is_some_and(|transfer| transfer.stage == TransferStage::Refused));
    match why {
        Some(fault) => format!("**→ {}** ({})", name_of(transfer), fault.name()),
        None => format!("**→ {}**", name_of(transfer)),
    }
}

fn sends(kind: MessageKind) -> String {
    let what = match kind {
        MessageKind::Offer => "offer",
        MessageKind::CancelAsk => "cancel request",
        MessageKind::Receipt => "receipt",
        MessageKind::Notice => "notice",
    };
    format!("sends the {what} again")
}

/// A partner's proof comes in. What the step says, the writer must do.
fn proven(ledger: &mut Ledger, key: TransferKey, event: &ProvenRecord) -> String {
    let before = ledger.state.clone();
    let outcome = match ledger.receive(event) {
        Ok(outcome) => outcome,
        Err(fault) => {
            assert_eq!(ledger.state, before);
            return fault.to_string();
        }
    };
    check(&ledger.state);
    match (&outcome.records[..], &outcome.effects[..]) {
        ([_], []) => becomes(ledger.state.transfer(&key).as_ref()),
        ([], [message]) => {
            assert_eq!(message.transfer, key.id());
            sends(message.kind)
        }
        ([], []) => "nothing".to_owned(),
        other => panic!("{other:?}"),
    }
}

/// The partner is gone for ever, and its last tree holds no answer.
fn closed(ledger: &mut Ledger, key: TransferKey, event: &Unanswered) -> String {
    let outcome = match step(&ledger.state, ledger.time_ms, Event::Closed(event)) {
        Ok(outcome) => outcome,
        Err(fault) => return fault.to_string(),
    };
    assert!(outcome.effects.is_empty());
    let command = Command::Closed(Box::new(event.clone()));
    assert_eq!(ledger.must(&command).len(), outcome.records.len());
    check(&ledger.state);
    if outcome.records.is_empty() {
        return "nothing".to_owned();
    }
    becomes(ledger.state.transfer(&key).as_ref())
}

/// A wish at home.
fn wished(ledger: &mut Ledger, key: TransferKey, command: &Command) -> String {
    let before = ledger.state.clone();
    match ledger.submit(command) {
        Ok(_) if ledger.state.transfer(&key) == before.transfer(&key) => {
            // The units of this transfer are not in the account any more: others were chosen, so the id is another.
            "another transfer".to_owned()
        }
        Ok(_) => becomes(ledger.state.transfer(&key).as_ref()),
        Err(refusal) => {
            assert_eq!(ledger.state, before);
            match refusal {
                Refusal::TransferStage { .. } | Refusal::UnknownTransfer(_) => {
                    format!("refused: {}", refusal.code())
                }
                other => panic!("{other}"),
            }
        }
    }
}

/// Time passes, or the partner is frozen: never an event for a transfer that exists.
fn unmoved(ledger: &mut Ledger, key: TransferKey, change: impl FnOnce(&mut Ledger)) -> String {
    let (before, due) = (ledger.state.transfer(&key), ledger.outbox());
    change(ledger);
    assert_eq!(ledger.state.transfer(&key), before);
    assert_eq!(ledger.outbox(), due, "what is due stays due");
    "nothing".to_owned()
}

/// The transfer's latest leaf is under a checkpoint that a quorum cosigned.
fn witnessed(ledger: &Ledger, key: TransferKey) -> String {
    let Some(transfer) = ledger.state.transfer(&key) else {
        return "nothing".to_owned();
    };
    let latest = [
        Some(transfer.opened_at),
        transfer.cancel_asked_at,
        transfer.settled_at,
    ];
    let index = latest.into_iter().flatten().max().unwrap();
    let body = &ledger.leaves[index as usize].body;
    let outcome = step(
        &ledger.state,
        ledger.time_ms,
        Event::Witnessed { index, body },
    )
    .unwrap();
    assert!(outcome.records.is_empty());
    match &outcome.effects[..] {
        [] => "nothing".to_owned(),
        [message] => sends(message.kind).replace(" again", ""),
        other => panic!("{other:?}"),
    }
}

type Row = (&'static str, Vec<String>);

fn table(corner: &str, states: &[&str], rows: &[Row]) -> String {
    let mut lines = vec![
        format!("| {corner} | {} |", states.join(" | ")),
        format!("|---|{}", "---|".repeat(states.len())),
    ];
    for (event, cells) in rows {
        assert_eq!(cells.len(), states.len());
        lines.push(format!("| {event} | {} |", cells.join(" | ")));
    }
    lines.join("\n") + "\n"
}

fn source_table(case: &Case) -> String {
    let key = TransferKey::Out(case.transfer);
    let frozen = || Command::SetPartner(partner_of(case.swiss.party, PartnerStatus::Frozen));
    type Try<'a> = (&'static str, Box<dyn Fn(&mut Ledger) -> String + 'a>);
    let events: Vec<Try<'_>> = vec![
        (
            "a request to send, with this nonce",
            Box::new(|it| wished(it, key, &case.send())),
        ),
        (
            "a request to cancel",
            Box::new(|it| wished(it, key, &case.cancel())),
        ),
        (
            "proof of ACQUIRED",
            Box::new(|it| proven(it, key, &case.acquired)),
        ),
        (
            "proof of REFUSED",
            Box::new(|it| proven(it, key, &case.refused)),
        ),
        (
            "the latest leaf is witnessed",
            Box::new(|it| witnessed(it, key)),
        ),
        (
            "the expiry passes",
            Box::new(|it| unmoved(it, key, |it| it.time_ms = EXPIRY_MS * 2)),
        ),
        (
            "the partner is frozen",
            Box::new(|it| {
                unmoved(it, key, |it| {
                    it.must(&frozen());
                })
            }),
        ),
        (
            "the partner is gone for ever and never answered",
            Box::new(|it| {
                it.must(&frozen());
                closed(it, key, &case.never)
            }),
        ),
    ];
    let sources = case.sources();
    for (name, ledger) in &sources {
        assert_eq!(*name, name_of(ledger.state.transfer(&key).as_ref()));
    }
    let row = |(event, attempt): &Try<'_>| {
        let cell = |(_, ledger): &(&str, Ledger)| attempt(&mut ledger.clone());
        (*event, sources.iter().map(cell).collect())
    };
    let states: Vec<&str> = sources.iter().map(|(name, _)| *name).collect();
    table(
        "at the source",
        &states,
        &events.iter().map(row).collect::<Vec<Row>>(),
    )
}

fn destination_table(case: &Case) -> String {
    let key = TransferKey::In(case.ghana.party, case.transfer);
    let frozen = || Command::SetPartner(partner_of(case.ghana.party, PartnerStatus::Frozen));
    type Try<'a> = (&'static str, Box<dyn Fn(&mut Ledger) -> String + 'a>);
    let events: Vec<Try<'_>> = vec![
        (
            "proof of the lock",
            Box::new(|it| proven(it, key, &case.lock)),
        ),
        (
            "proof of the lock, after its expiry",
            Box::new(|it| {
                it.time_ms = EXPIRY_MS;
                proven(it, key, &case.lock)
            }),
        ),
        (
            "proof of the lock, the source being frozen",
            Box::new(|it| {
                it.must(&frozen());
                proven(it, key, &case.lock)
            }),
        ),
        (
            "proof of the cancel request",
            Box::new(|it| proven(it, key, &case.ask)),
        ),
        (
            "proof of FINAL",
            Box::new(|it| proven(it, key, &case.finalised)),
        ),
        (
            "proof of RELEASED",
            Box::new(|it| proven(it, key, &case.released)),
        ),
        (
            "the latest leaf is witnessed",
            Box::new(|it| witnessed(it, key)),
        ),
        (
            "the expiry passes",
            Box::new(|it| unmoved(it, key, |it| it.time_ms = EXPIRY_MS * 2)),
        ),
    ];
    let destinations = case.destinations();
    for (name, ledger) in &destinations {
        assert_eq!(*name, name_of(ledger.state.transfer(&key).as_ref()));
    }
    let row = |(event, attempt): &Try<'_>| {
        let cell = |(_, ledger): &(&str, Ledger)| attempt(&mut ledger.clone());
        (*event, destinations.iter().map(cell).collect())
    };
    let states: Vec<&str> = destinations.iter().map(|(name, _)| *name).collect();
    table(
        "at the destination",
        &states,
        &events.iter().map(row).collect::<Vec<Row>>(),
    )
}

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/transfer-states.md")
}

/// Replaces the table that begins with this corner.
fn with_table(page: &str, table: &str) -> String {
    let corner = table.split(" | ").next().unwrap();
    let begin = page
        .find(corner)
        .unwrap_or_else(|| panic!("no table {corner}"));
    let rest = &page[begin..];
    let end = rest.find("\n\n").map_or(rest.len(), |end| end + 1);
    format!("{}{table}{}", &page[..begin], &rest[end..])
}

#[test]
fn every_state_answers_every_event_as_published() {
    let case = Case::new();
    let published = fs::read_to_string(page()).unwrap();
    let mut now = published.clone();
    for table in [source_table(&case), destination_table(&case)] {
        now = with_table(&now, &table);
    }
    if std::env::var_os("COUNTERSIGN_BLESS").is_some() {
        fs::write(page(), &now).unwrap();
    } else {
        assert_eq!(now, published, "docs/transfer-states.md");
    }
}

#[test]
fn the_same_wish_with_another_nonce_is_another_transfer() {
    let case = Case::new();
    let mut ghana = case.ghana.clone();
    let (first, _) = ghana.send(case.swiss.party, 40, 1);
    assert_eq!(first, case.transfer);
    let (second, _) = ghana.send(case.swiss.party, 40, 2);
    assert_ne!(first, second);
    assert_eq!(ghana.available(TRADING), 20);
    let Command::Send { nonce, .. } = case.send() else {
        unreachable!()
    };
    assert_eq!(nonce, RequestId([1; 16]));
}
