//! What can happen to a registry: drawn as plain numbers, made concrete against the state at its turn.

use countersign_protocol::federation::ProvenRecord;
use countersign_protocol::id::{AccountId, OrganisationId, RequestId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    Account, AccountKind, Acquire, Agreement, AskCancel, BlockHeader, Body, Claim, Commitment,
    Finalise, Hold, Issuance, KeyRotation, Lock, Organisation, OrganisationKind, PartnerStatus,
    Project, ProofReference, Purpose, Record, Refuse, Release, Retire, RetireKind, SourceSettled,
    Split, Transfer,
};
use countersign_protocol::registry::{Command, Selection, TransferTerms, transfer_id};
use countersign_protocol::serial::{DomesticSerial, SectoralScope, UnitType};
use countersign_protocol::units::{UNIT_NUMBER_MAX, UnitBlock, UnitRange};
use proptest::prelude::*;

use crate::support::{Ledger, agreement_id, agreement_of, genesis_of, partner_of, text};

/// The number of countries.
pub(crate) const COUNTRIES: usize = 3;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// A client's intent.
    Intent { at: usize, what: Dice },
    /// A record that somebody put into the log without asking the planner.
    Raw { at: usize, what: Dice },
    /// A leaf of one country, proven to another.
    Deliver { from: usize, to: usize, leaf: u16 },
    /// A leaf that a partner's log proves, although no honest partner would write it.
    Forged { from: usize, to: usize, what: Dice },
    /// Every message that is due is carried once.
    Courier,
    /// Time goes by.
    Tick { at: usize, ms: u32 },
    /// A block ends, and the node is restarted from what its store kept.
    Restart { at: usize },
}

/// Numbers that decide the rest, each used once.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    pub(crate) kind: u8,
    throws: [u16; 6],
}

impl Dice {
    fn pick(&self, throw: usize, sides: usize) -> usize {
        usize::from(self.throws[throw]) % sides.max(1)
    }

    fn account(&self, throw: usize) -> AccountId {
        AccountId([1, 1, 1, 2, 2, 3][self.pick(throw, 6)])
    }

    fn one_in(&self, throw: usize, many: usize) -> bool {
        self.pick(throw, many) == many - 1
    }
}

fn dice(kinds: u8) -> impl Strategy<Value = Dice> {
    (0..kinds, any::<[u16; 6]>()).prop_map(|(kind, throws)| Dice { kind, throws })
}

pub(crate) fn deed() -> impl Strategy<Value = Deed> {
    let at = || 0..COUNTRIES;
    prop_oneof![
        5 => (at(), dice(15)).prop_map(|(at, what)| Deed::Intent { at, what }),
        5 => (at(), dice(20)).prop_map(|(at, what)| Deed::Raw { at, what }),
        8 => (at(), at(), any::<u16>()).prop_map(|(from, to, leaf)| Deed::Deliver { from, to, leaf }),
        4 => (at(), at(), dice(6)).prop_map(|(from, to, what)| Deed::Forged { from, to, what }),
        3 => Just(Deed::Courier),
        1 => (at(), 0..30_000_000_u32).prop_map(|(at, ms)| Deed::Tick { at, ms }),
        1 => at().prop_map(|at| Deed::Restart { at }),
    ]
}

/// A range that is mostly held here, sometimes a part of one, sometimes anything.
fn some_range(ledger: &Ledger, what: &Dice, throw: usize) -> UnitRange {
    let holdings: Vec<UnitRange> = ledger
        .state
        .holdings()
        .map(|holding| holding.block.range())
        .collect();
    if holdings.is_empty() || what.one_in(throw + 1, 9) {
        let origin = [ledger.party, text("GH"), text("BR")][what.pick(throw, 3)];
        let first = what.pick(throw, 180) as u64 + 1;
        return UnitRange::new(origin, first, first + what.pick(throw + 1, 40) as u64).unwrap();
    }
    let whole = holdings[what.pick(throw, holdings.len())];
    match what.pick(throw + 1, 3) {
        0 | 1 => whole,
        _ => {
            let first = whole.first() + what.pick(throw, whole.tonnes() as usize) as u64;
            let rest = whole.last() - first + 1;
            let tonnes = what.pick(throw + 1, rest as usize) as u64 + 1;
            UnitRange::new(whole.origin(), first, first + tonnes - 1).unwrap()
        }
    }
}

fn some_ranges(ledger: &Ledger, what: &Dice) -> Vec<UnitRange> {
    (0..=what.pick(5, 3))
        .map(|more| some_range(ledger, what, more + 1))
        .collect()
}

fn selection(ledger: &Ledger, what: &Dice) -> Selection {
    if what.one_in(4, 3) {
        Selection::Ranges(some_ranges(ledger, what))
    } else {
        Selection::Tonnes(what.pick(3, 60) as u64)
    }
}

fn party(what: &Dice, throw: usize) -> Party {
    text(["GH", "CH", "VU", "BR"][what.pick(throw, 4)])
}

/// A transfer that is known here, or nobody's.
fn some_transfer(ledger: &Ledger, what: &Dice, throw: usize) -> TransferId {
    let known: Vec<TransferId> = ledger.state.transfers().map(|(key, _)| key.id()).collect();
    if known.is_empty() || what.one_in(throw, 9) {
        TransferId([7; 32])
    } else {
        known[what.pick(throw, known.len())]
    }
}

fn agreement(ledger: &Ledger, what: &Dice, throw: usize) -> Agreement {
    let partner = party(what, throw);
    let odd = what.one_in(throw + 1, 20);
    Agreement {
        outgoing: !odd || what.pick(throw, 2) == 0,
        incoming: !odd || what.pick(throw, 3) == 0,
        valid_from_ms: 0,
        valid_to_ms: if what.one_in(throw, 31) { 5 } else { u64::MAX },
        max_tonnes: if odd {
            what.pick(throw + 1, 200) as u64
        } else {
            0
        },
        ..agreement_of(ledger.party, partner)
    }
}

fn status(what: &Dice, throw: usize) -> PartnerStatus {
    match what.pick(throw, 24) {
        0 => PartnerStatus::Frozen,
        1 => PartnerStatus::Removed,
        _ => PartnerStatus::Active,
    }
}

fn retire_kind(what: &Dice) -> RetireKind {
    if what.pick(1, 2) == 0 {
        RetireKind::Retire
    } else {
        RetireKind::Cancel
    }
}

/// An intent in the present state.
pub(crate) fn intent(ledger: &Ledger, what: &Dice) -> Command {
    let name = || text("Somebody");
    match what.kind {
        0 => Command::RegisterOrganisation {
            name: name(),
            kind: OrganisationKind::Other,
        },
        1 => Command::OpenAccount {
            organisation: OrganisationId(what.pick(0, 3) as u32),
            name: name(),
            kind: AccountKind::EntityHolding,
        },
        2 => Command::RegisterProject {
            organisation: OrganisationId(what.pick(0, 3) as u32),
            title: text("Stoves"),
            scope: SectoralScope::new(3).unwrap(),
        },
        3 | 4 => Command::Issue {
            account: what.account(0),
            project: what.pick(1, 3) as u32,
            year: 2021 + what.pick(2, 3) as u16,
            unit_type: UnitType::ITMO,
            tonnes: what.pick(3, 120) as u64,
        },
        5 => Command::Hold {
            account: what.account(0),
            ranges: some_ranges(ledger, what),
            lift: what.pick(4, 2) == 0,
            reason: text("court order"),
        },
        6 => Command::Transfer {
            from: what.account(0),
            to: what.account(1),
            units: selection(ledger, what),
        },
        7 | 8 => {
            let to = party(what, 0);
            Command::Send {
                to,
                agreement: agreement_id(
                    ledger.party,
                    if what.one_in(1, 12) { text("BR") } else { to },
                ),
                from: what.account(1),
                to_account: what.account(2),
                units: selection(ledger, what),
                nonce: RequestId([what.pick(5, 256) as u8; 16]),
                expiry_ms: ledger.time_ms + 3_000_000 + what.pick(2, 40) as u64 * 300_000,
            }
        }
        9 => Command::Cancel {
            transfer: some_transfer(ledger, what, 0),
            reason: text("entered twice"),
        },
        10 => Command::Retire {
            account: what.account(0),
            units: selection(ledger, what),
            kind: retire_kind(what),
            purpose: Purpose::Ndc,
            beneficiary: None,
            claim: Claim::default(),
        },
        11 | 12 => send_home(ledger, what),
        13 => Command::SetPartner(partner_of(party(what, 0), status(what, 1))),
        _ => Command::SetAgreement(agreement(ledger, what, 0)),
    }
}

/// Units of another country go back to it, or on to a third.
fn send_home(ledger: &Ledger, what: &Dice) -> Command {
    let account = what.account(0);
    let foreign: Vec<UnitRange> = ledger
        .state
        .available(account)
        .map(|holding| holding.block.range())
        .filter(|range| range.origin() != ledger.party)
        .collect();
    let range = match foreign.get(what.pick(1, foreign.len())) {
        Some(range) => *range,
        None => some_range(ledger, what, 1),
    };
    let to = match what.pick(2, 4) {
        0 => party(what, 3),
        _ => range.origin(),
    };
    Command::Send {
        to,
        agreement: agreement_id(ledger.party, to),
        from: account,
        to_account: what.account(4),
        units: Selection::Ranges(vec![range]),
        nonce: RequestId([what.pick(5, 256) as u8; 16]),
        expiry_ms: ledger.time_ms + 90_000_000,
    }
}

fn proof_of(origin: Party, what: &Dice) -> ProofReference {
    let size = what.pick(5, 60) as u64 + 1;
    ProofReference {
        origin: genesis_of(origin).origin,
        index: what.pick(4, size as usize) as u64,
        size,
        root: [what.pick(3, 2) as u8; 32],
    }
}

fn forged_block(range: UnitRange, what: &Dice) -> UnitBlock {
    let scope = SectoralScope::new(what.pick(2, 2) as u8 + 3).unwrap();
    let year = 2023 + what.pick(3, 2) as u16;
    UnitBlock {
        serial: DomesticSerial::new(range, UnitType::ITMO, scope, 1, year).unwrap(),
        issued_at: what.pick(4, 12) as u64,
        split_from: None,
        first_transfer: None,
        authorisation: None,
    }
}

/// Blocks that are recorded here as they stand, or invented.
fn some_blocks(ledger: &Ledger, what: &Dice) -> Vec<UnitBlock> {
    let one = |range: UnitRange| {
        let known = ledger.state.holding(range).map(|holding| holding.block);
        known
            .filter(|_| !what.one_in(3, 5))
            .unwrap_or_else(|| forged_block(range, what))
    };
    some_ranges(ledger, what).into_iter().map(one).collect()
}

/// A record of each kind, right or wrong.
pub(crate) fn raw(ledger: &Ledger, what: &Dice) -> Body {
    let name = || text("Somebody");
    let small = |throw: usize| what.pick(throw, 5) as u32 + 1;
    let other = party(what, 5);
    let reason = || text("a reason");
    match what.kind {
        0 => Body::Genesis(genesis_of(ledger.party)),
        1 => Body::Organisation(Organisation {
            id: OrganisationId(small(0)),
            name: name(),
            kind: OrganisationKind::Other,
            organisation_type: None,
            scopes: Vec::new(),
        }),
        2 => Body::Account(Account {
            id: AccountId(small(0)),
            organisation: OrganisationId(small(1)),
            name: name(),
            kind: AccountKind::PartyHolding,
        }),
        3 => Body::Project(Project {
            number: small(0),
            organisation: OrganisationId(small(1)),
            title: text("Stoves"),
            scope: SectoralScope::new(1).unwrap(),
        }),
        4 => {
            let first = ledger.state.issued() + 1 + what.pick(0, 2) as u64;
            let last = match what.pick(1, 9) {
                0 => UNIT_NUMBER_MAX,
                tonnes => first + tonnes as u64,
            };
            Body::Issuance(Issuance {
                account: what.account(2),
                range: UnitRange::new(
                    if what.one_in(3, 9) {
                        other
                    } else {
                        ledger.party
                    },
                    first,
                    if what.one_in(4, 3) { last } else { first + 9 },
                )
                .unwrap(),
                unit_type: UnitType::ITMO,
                project: small(5),
                year: 2022,
            })
        }
        5 => {
            let range = some_range(ledger, what, 0);
            let at = range.first() + what.pick(2, range.tonnes() as usize + 1) as u64;
            Body::Split(Split { range, at })
        }
        6 => Body::Hold(Hold {
            account: what.account(0),
            ranges: some_ranges(ledger, what),
            lift: what.pick(4, 2) == 0,
            reason: reason(),
        }),
        7 => Body::Transfer(Transfer {
            from: what.account(0),
            to: what.account(4),
            ranges: some_ranges(ledger, what),
        }),
        8 => Body::Lock(lock(ledger.party, other, some_blocks(ledger, what), what)),
        9 => Body::AskCancel(AskCancel {
            transfer: some_transfer(ledger, what, 0),
            destination: other,
            reason: reason(),
        }),
        10 | 19 => Body::Acquire(Acquire {
            transfer: TransferId([what.pick(0, 9) as u8; 32]),
            source: other,
            agreement: agreement_id(ledger.party, other),
            account: what.account(1),
            blocks: some_blocks(ledger, what),
            proof: proof_of(other, what),
        }),
        11 => Body::Refuse(Refuse {
            transfer: some_transfer(ledger, what, 0),
            source: other,
            code: 5001,
            reason: reason(),
            proof: proof_of(other, what),
        }),
        12 => Body::Finalise(Finalise {
            transfer: some_transfer(ledger, what, 0),
            proof: proof_of(other, what),
        }),
        13 => Body::Release(Release {
            transfer: some_transfer(ledger, what, 0),
            code: 5002,
            proof: proof_of(other, what),
        }),
        14 => Body::SourceSettled(SourceSettled {
            transfer: some_transfer(ledger, what, 0),
            source: other,
            is_final: what.pick(1, 2) == 0,
            proof: proof_of(other, what),
        }),
        15 => Body::Retire(Retire {
            account: what.account(0),
            ranges: some_ranges(ledger, what),
            kind: retire_kind(what),
            purpose: Purpose::Voluntary,
            beneficiary: Some(Commitment([1; 32])),
            claim: Claim::default(),
        }),
        16 => {
            let head = ledger.state.head();
            Body::BlockHeader(BlockHeader {
                height: head.map_or(1, |head| head.height + 1) + u64::from(what.one_in(0, 5)),
                first: head.map_or(0, |head| head.index + 1) + u64::from(what.one_in(1, 5)),
                previous: head
                    .map(|head| Commitment(head.hash))
                    .filter(|_| !what.one_in(2, 5)),
                state: if what.one_in(3, 5) {
                    [0; 32]
                } else {
                    ledger.state.digest()
                },
            })
        }
        17 => Body::KeyRotation(KeyRotation {
            log_key: text("key+00000000+AQ=="),
            from_size: ledger.state.size() + what.pick(0, 4) as u64,
        }),
        _ => {
            let mut partner = partner_of(other, status(what, 0));
            if what.one_in(1, 4) {
                partner.origin = genesis_of(party(what, 2)).origin;
            }
            Body::Partner(partner)
        }
    }
}

/// A lock whose id is right, or nearly so.
fn lock(source: Party, destination: Party, blocks: Vec<UnitBlock>, what: &Dice) -> Lock {
    let agreement = agreement_id(source, destination);
    let destination_origin = genesis_of(destination).origin;
    let ranges: Vec<UnitRange> = blocks.iter().map(UnitBlock::range).collect();
    let (from, to) = (what.account(0), what.account(1));
    let nonce = RequestId([what.pick(2, 4) as u8; 16]);
    let expiry_ms = crate::support::START_MS + what.pick(4, 90) as u64 * 1_000_000;
    let transfer = transfer_id(&TransferTerms {
        source: &genesis_of(source).origin,
        destination: &destination_origin,
        agreement: &agreement,
        ranges: &ranges,
        from,
        to,
        nonce: &nonce,
        expiry_ms,
    });
    Lock {
        transfer: if what.one_in(5, 15) {
            TransferId([9; 32])
        } else {
            transfer
        },
        destination,
        destination_origin,
        agreement,
        from,
        to,
        blocks,
        nonce,
        expiry_ms,
    }
}

/// What a hostile partner's log may prove: every kind that crosses a border, about transfers that exist and that do not.
pub(crate) fn forged(from: &Ledger, to: &Ledger, what: &Dice) -> ProvenRecord {
    let transfer = some_transfer(to, what, 0);
    let proof = proof_of(to.party, what);
    let body = match what.kind {
        0 | 1 => {
            let mut blocks = if what.pick(0, 2) == 0 {
                some_blocks(to, what)
            } else {
                some_blocks(from, what)
            };
            if what.one_in(1, 5) {
                // As many tonnes as a range can hold, of a country that is not here.
                let range = UnitRange::new(text("BR"), what.pick(2, 3) as u64 + 1, UNIT_NUMBER_MAX);
                blocks.push(forged_block(range.unwrap(), what));
                let range = UnitRange::new(text("KE"), 1, UNIT_NUMBER_MAX - what.pick(2, 3) as u64);
                blocks.push(forged_block(range.unwrap(), what));
            }
            Body::Lock(lock(from.party, to.party, blocks, what))
        }
        2 => Body::AskCancel(AskCancel {
            transfer,
            destination: to.party,
            reason: text("a reason"),
        }),
        3 => Body::Acquire(Acquire {
            transfer,
            source: to.party,
            agreement: agreement_id(from.party, to.party),
            account: what.account(1),
            blocks: some_blocks(to, what),
            proof,
        }),
        4 => Body::Refuse(Refuse {
            transfer,
            source: to.party,
            code: what.pick(1, 6000) as u32,
            reason: text("a reason"),
            proof,
        }),
        _ if what.pick(1, 2) == 0 => Body::Finalise(Finalise { transfer, proof }),
        _ => Body::Release(Release {
            transfer,
            code: 1,
            proof,
        }),
    };
    ProvenRecord {
        proof: proof_of(from.party, what),
        record: Record {
            time_ms: from.time_ms,
            request: RequestId([0; 16]),
            body,
        },
    }
}
