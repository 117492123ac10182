//! A country's ledger in memory: what a node's writer does, without disk, signatures and network.
#![allow(dead_code, unreachable_pub)] // Each test binary uses its own part.

pub mod invariants;
pub mod world;

use countersign_protocol::federation::{
    Event, FaultCode, Message, Outcome, ProvenRecord, outbox, step,
};
use countersign_protocol::id::{AccountId, AgreementId, OrganisationId, RequestId, TransferId};
use countersign_protocol::log::{Frontier, Hash, leaf_hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    AccountKind, Agreement, BlockHeader, Body, Commitment, Genesis, OrganisationKind, Partner,
    PartnerStatus, ProofReference, Record,
};
use countersign_protocol::registry::{
    Applied, At, Command, Refusal, Selection, State, Transfer, TransferKey, TransferStage, apply,
    plan,
};
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::units::UnitRange;

/// 7 July 2025, 00:00 UTC: when the ledgers of the tests begin.
pub const START_MS: u64 = 1_751_846_400_000;
/// A day later: when the transfers of the tests expire.
pub const EXPIRY_MS: u64 = START_MS + 86_400_000;

pub fn text<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub fn range(text_form: &str) -> UnitRange {
    text(text_form)
}

/// The account that every test country trades from and receives into.
pub const TRADING: AccountId = AccountId(1);
/// A second account.
pub const RESERVE: AccountId = AccountId(2);

/// A ledger and everything that it ever wrote.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub party: Party,
    pub state: State,
    pub leaves: Vec<Record>,
    pub time_ms: u64,
    frontier: Frontier,
    /// The root at each size, from 0 on.
    roots: Vec<Hash>,
}

pub fn genesis_of(party: Party) -> Genesis {
    let host = party.to_string().to_lowercase();
    Genesis {
        party,
        origin: text(&format!("{host}.example/ledger")),
        network: text("test"),
        registry: text(&format!("{}01", party.alpha3())),
        name: text("Carbon Market Office"),
        log_key: text(&format!("{host}.example/ledger+00000000+AQ==")),
        continues: None,
    }
}

pub fn partner_of(party: Party, status: PartnerStatus) -> Partner {
    let genesis = genesis_of(party);
    Partner {
        party,
        origin: genesis.origin,
        registry: genesis.registry,
        log_key: genesis.log_key,
        peer: text("12D3KooWtest"),
        status,
        invite: [0; 32],
        continues: None,
    }
}

/// The id of the one agreement between two Parties: the same from both sides.
pub fn agreement_id(one: Party, other: Party) -> AgreementId {
    text(&format!("{}-{}", one.min(other), one.max(other)))
}

pub fn agreement_of(own: Party, partner: Party) -> Agreement {
    Agreement {
        id: agreement_id(own, partner),
        partner,
        outgoing: true,
        incoming: true,
        valid_from_ms: 0,
        valid_to_ms: u64::MAX,
        max_tonnes: 0,
        max_tonnes_per_year: 0,
        vintage_from: None,
        vintage_until: None,
        use_needs_source_final: false,
        cooperative_approach: text("CA0001"),
        document: [0; 32],
        unit_types: Vec::new(),
        scopes: Vec::new(),
    }
}

/// A request that nobody made: the tests give every record the same one.
const NO_REQUEST: RequestId = RequestId([0; 16]);

impl Ledger {
    /// A ledger with one organisation, two accounts and one project.
    pub fn new(code: &str) -> Self {
        let party: Party = text(code);
        let mut ledger = Self {
            party,
            state: State::default(),
            leaves: Vec::new(),
            time_ms: START_MS,
            frontier: Frontier::new(),
            roots: vec![Frontier::new().root()],
        };
        ledger.write(Body::Genesis(genesis_of(party))).unwrap();
        let name = "Cook-stoves".parse().unwrap();
        let kind = OrganisationKind::Developer;
        ledger.must(&Command::RegisterOrganisation { name, kind });
        for name in ["Trading", "Reserve"] {
            ledger.must(&Command::OpenAccount {
                organisation: OrganisationId(1),
                name: text(name),
                kind: AccountKind::EntityHolding,
            });
        }
        ledger.must(&Command::RegisterProject {
            organisation: OrganisationId(1),
            title: text("Stoves"),
            scope: SectoralScope::new(3).unwrap(),
        });
        ledger
    }

    /// Lists another country as an active partner, with an agreement both ways.
    pub fn meet(&mut self, partner: Party) {
        self.must(&Command::SetPartner(partner_of(
            partner,
            PartnerStatus::Active,
        )));
        self.must(&Command::SetAgreement(agreement_of(self.party, partner)));
    }

    /// Appends one record, whoever asks: as the replay of a ledger does.
    pub fn write(&mut self, body: Body) -> Result<Applied, Refusal> {
        let record = Record {
            time_ms: self.time_ms,
            request: NO_REQUEST,
            body,
        };
        let hash = leaf_hash(&record.encode());
        let at = At {
            index: self.state.size(),
            hash,
        };
        let applied = apply(&mut self.state, at, &record)?;
        self.frontier.push(hash).unwrap();
        self.roots.push(self.frontier.root());
        self.leaves.push(record);
        Ok(applied)
    }

    /// Takes back every record from `size` on.
    fn take_back(&mut self, size: usize, applied: &[Applied]) {
        for one in applied.iter().rev() {
            self.state.revert(one);
        }
        self.leaves.truncate(size);
        self.roots.truncate(size + 1);
        self.frontier = Frontier::new();
        for leaf in &self.leaves {
            self.frontier.push(leaf_hash(&leaf.encode())).unwrap();
        }
    }

    /// What the single writer does with an intent: plan, apply each record, all or nothing. Returns the leaves written.
    pub fn submit(&mut self, command: &Command) -> Result<Vec<u64>, Refusal> {
        let bodies = plan(&self.state, self.time_ms, command)?;
        let before = self.leaves.len();
        let mut applied = Vec::new();
        for body in bodies {
            match self.write(body) {
                Ok(one) => applied.push(one),
                Err(refusal) => {
                    self.take_back(before, &applied);
                    return Err(refusal);
                }
            }
        }
        Ok((before as u64..self.leaves.len() as u64).collect())
    }

    /// An intent that the test needs fulfilled.
    pub fn must(&mut self, command: &Command) -> Vec<u64> {
        self.submit(command)
            .unwrap_or_else(|refusal| panic!("{}: {command:?}: {refusal}", self.party))
    }

    /// Ends a block.
    pub fn end_block(&mut self) {
        let head = self.state.head();
        self.write(Body::BlockHeader(BlockHeader {
            height: head.map_or(1, |head| head.height + 1),
            first: head.map_or(0, |head| head.index + 1),
            previous: head.map(|head| Commitment(head.hash)),
            state: self.state.digest(),
        }))
        .unwrap();
    }

    pub fn issue(&mut self, account: AccountId, tonnes: u64) {
        self.must(&Command::Issue {
            account,
            project: 1,
            year: 2023,
            unit_type: UnitType::ITMO,
            tonnes,
        });
    }

    pub fn send_command(&self, to: Party, tonnes: u64, nonce: u8) -> Command {
        Command::Send {
            to,
            agreement: agreement_id(self.party, to),
            from: TRADING,
            to_account: TRADING,
            units: Selection::Tonnes(tonnes),
            nonce: RequestId([nonce; 16]),
            expiry_ms: EXPIRY_MS,
        }
    }

    /// Locks so many tonnes for a partner; returns the transfer and the lock's leaf.
    pub fn send(&mut self, to: Party, tonnes: u64, nonce: u8) -> (TransferId, u64) {
        let leaf = *self
            .must(&self.send_command(to, tonnes, nonce))
            .last()
            .unwrap();
        match &self.leaves[leaf as usize].body {
            Body::Lock(lock) => (lock.transfer, leaf),
            other => panic!("a {} instead of a lock", other.kind()),
        }
    }

    pub fn ask_cancel(&mut self, transfer: TransferId) -> u64 {
        let reason = text("entered twice");
        self.must(&Command::Cancel { transfer, reason })[0]
    }

    /// A leaf as proven under the whole ledger.
    pub fn prove(&self, leaf: u64) -> ProvenRecord {
        self.prove_under(leaf, self.leaves.len() as u64)
    }

    /// A leaf as proven under the checkpoint of a size.
    pub fn prove_under(&self, leaf: u64, size: u64) -> ProvenRecord {
        ProvenRecord {
            proof: ProofReference {
                origin: self.state.genesis().unwrap().origin.clone(),
                index: leaf,
                size,
                root: self.roots[size as usize],
            },
            record: self.leaves[leaf as usize].clone(),
        }
    }

    /// What the driver does with a proven leaf: takes the effects of the step, and submits the intent to the writer.
    pub fn receive(&mut self, proven: &ProvenRecord) -> Result<Outcome, FaultCode> {
        let outcome = step(&self.state, self.time_ms, Event::Proven(proven))?;
        let written = self.must(&Command::Proven(Box::new(proven.clone())));
        assert_eq!(written.len(), outcome.records.len());
        Ok(outcome)
    }

    /// As [`Ledger::receive`], when exactly one record must be written; returns its leaf.
    pub fn receive_and_write(&mut self, proven: &ProvenRecord) -> u64 {
        let outcome = self.receive(proven).unwrap();
        assert_eq!(outcome.records.len(), 1, "{outcome:?}");
        assert!(outcome.effects.is_empty(), "{outcome:?}");
        self.leaves.len() as u64 - 1
    }

    /// Everything that is to be sent once the whole ledger is witnessed.
    pub fn outbox(&self) -> Vec<Message> {
        outbox(&self.state, self.state.size())
    }

    pub fn sent(&self, id: TransferId) -> Transfer {
        self.state.transfer(&TransferKey::Out(id)).unwrap()
    }

    pub fn received(&self, source: Party, id: TransferId) -> Option<Transfer> {
        self.state.transfer(&TransferKey::In(source, id))
    }

    pub fn stage_sent(&self, id: TransferId) -> TransferStage {
        self.sent(id).stage
    }

    pub fn stage_received(&self, source: Party, id: TransferId) -> Option<TransferStage> {
        self.received(source, id).map(|transfer| transfer.stage)
    }

    /// Tonnes that an account can dispose of.
    pub fn available(&self, account: AccountId) -> u64 {
        self.state
            .available(account)
            .map(|holding| holding.block.tonnes())
            .sum()
    }
}
