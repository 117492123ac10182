//! A registry under the smallest process whose people do random things, and the feed of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_bridge::event::{Event, EventLeaf};
use countersign_bridge::frame::{Feed, FeedError};
use countersign_protocol::article6::{AdjustmentMethod, AuthorisedUse, NdcPeriod};
use countersign_protocol::id::{AccountId, RequestId};
use countersign_protocol::log::leaf_hash;
use countersign_protocol::project::{Description, ExternalId};
use countersign_protocol::record::{
    Article6, Authorisation, CaseAct, Claim, Commitment, CooperativeApproach, Fate, InitialReport,
    Metric, Ndc, Purpose, Record, RetireKind, Sending, YearLevel,
};
use countersign_protocol::registry::{
    Command, NewAct, NewCase, Outcome, Refusal, Reserve, Selection,
};
use serde_json::json;

use crate::small::{
    BUYER, CERTIFIER, CREDITED, DEVELOPER, account_of, act, act_and_issue, authorised_project,
    buyer, certifier, developer, document, enrolled, monitored_in, official, open, plain, register,
    register_both, verify,
};
use crate::support::world::settle;
use crate::support::{Ledger, TRADING, agreement_id, text};

/// Vanuatu and a partner, and what was published about the projects.
pub struct Country {
    pub ledger: Ledger,
    pub partner: Ledger,
    pub from: AccountId,
    pub to: AccountId,
    /// Cases of the projects.
    pub projects: Vec<u64>,
    /// The next year of each project that is monitored.
    years: BTreeMap<u64, u16>,
    pub feed: Arc<LedgerFeed>,
    sent: u8,
}

/// The feed of a ledger in memory.
#[derive(Debug, Default)]
pub struct LedgerFeed {
    leaves: Mutex<Vec<Record>>,
    origin: Mutex<String>,
    pub descriptions: Mutex<BTreeMap<u32, Description>>,
    /// Projects of the MRV from which a case came that is over.
    pub ended: Mutex<Vec<(String, u64)>>,
    /// Leaves from here on are not witnessed yet.
    pub held_back: Mutex<usize>,
}

impl LedgerFeed {
    /// Events from a leaf on.
    pub fn page(&self, from: u64, limit: usize) -> Vec<Event> {
        let leaves = self.leaves.lock().unwrap();
        let origin = self.origin.lock().unwrap().parse().unwrap();
        let end = leaves.len() - *self.held_back.lock().unwrap();
        let of = |(index, record): (usize, &Record)| {
            let leaf = EventLeaf {
                index: index as u64,
                hash: leaf_hash(&record.encode()),
                record: record.clone(),
                outcome: Outcome::default(),
            };
            leaf.event(&origin, true)
        };
        let some = leaves
            .iter()
            .enumerate()
            .take(end)
            .skip(from as usize)
            .take(limit);
        some.map(of).collect()
    }
}

#[async_trait]
impl Feed for LedgerFeed {
    async fn events(&self, from: u64, limit: usize) -> Result<Vec<Event>, FeedError> {
        Ok(self.page(from, limit))
    }

    async fn description(&self, project: u32) -> Result<Option<Description>, FeedError> {
        Ok(self.descriptions.lock().unwrap().get(&project).cloned())
    }

    async fn ended(&self) -> Result<Vec<(String, u64)>, FeedError> {
        Ok(self.ended.lock().unwrap().clone())
    }
}

/// What a project's form says in these tests.
pub fn description(places: usize) -> Description {
    let places: Vec<_> = (1..=places)
        .map(|it| json!({"place": format!("Island {it}"), "region": "Sanma"}))
        .collect();
    let form = json!({
        "title": "Stoves on the outer islands",
        "description": "Households get stoves that burn less wood.",
        "sectoral_scope": 3,
        "mitigation_types": ["efficiency-households"],
        "locations": places,
        "methodologies": [{"code": "AMS-II.G", "version": "13.1", "name": "Thermal applications of non-renewable biomass"}],
        "estimates": [{"vintage": 2022, "tonnes": 900}, {"vintage": 2023, "tonnes": 1000}],
        "co_benefits": [{"goal": 7}, {"goal": 13}],
        "ndc": {"coverage": "inside", "condition": "conditional", "measure": "E-7"},
        "related_projects": [{"kind": "transition-from-cdm", "registry": "CDM", "id": "1234"}],
    });
    Description::read(&form).unwrap()
}

impl Country {
    pub fn new() -> Self {
        let mut ledger = enrolled();
        register_both(&mut ledger);
        ledger.must(&Command::Enrol {
            name: text("Another developer"),
            organisation_type: text("developer"),
            scopes: BTreeSet::new(),
        });
        register(&mut ledger, BUYER, "developer");
        let from = account_of(&mut ledger, DEVELOPER);
        let to = account_of(&mut ledger, BUYER);
        ledger.meet(text("CH"));
        let mut partner = Ledger::new("CH");
        partner.meet(text("VU"));
        let mut country = Self {
            ledger,
            partner,
            from,
            to,
            projects: Vec::new(),
            years: BTreeMap::new(),
            feed: Arc::default(),
            sent: 0,
        };
        // The first project of the test ledger was registered without a process and never publishes anything.
        country.article6();
        country.publish();
        country
    }

    /// What is in the ledger now goes to the feed.
    pub fn publish(&mut self) {
        let genesis = self.ledger.state.genesis().unwrap();
        *self.feed.origin.lock().unwrap() = genesis.origin.to_string();
        *self.feed.leaves.lock().unwrap() = self.ledger.leaves.clone();
    }

    fn article6(&mut self) {
        let by = || vec![official(1), official(2)];
        let level = |year, level| YearLevel { year, level };
        let approach = CooperativeApproach {
            id: text("CA0001"),
            title: text("Vanuatu and Switzerland"),
            parties: vec![text("CH"), text("VU")],
            definition: None,
            metric: Metric::Ghg,
            by: by(),
        };
        let ndc = Ndc {
            period: NdcPeriod::new(2021, 2030).unwrap(),
            method: AdjustmentMethod::Averaging,
            is_ldc: true,
            is_sids: true,
            reference: level(2019, 100),
            target: level(2030, 90),
            trajectory: Vec::new(),
            by: by(),
        };
        let report = InitialReport {
            approach: text("CA0001"),
            submitted: text("2025-07-07"),
            reference: text("IR 1"),
            by: by(),
        };
        for it in [
            Article6::CooperativeApproach(approach),
            Article6::Ndc(ndc),
            Article6::InitialReport(report),
            Article6::Authorisation(Box::new(authorisation(1))),
        ] {
            self.ledger.must(&Command::Article6(Box::new(it)));
        }
    }

    /// A new project; gives its case.
    pub fn project(&mut self) -> u64 {
        let case = authorised_project(&mut self.ledger);
        let number = self.ledger.state.case(case).unwrap().project.unwrap();
        let places = 1 + usize::try_from(number % 2).unwrap();
        self.feed
            .descriptions
            .lock()
            .unwrap()
            .insert(number, description(places));
        self.projects.push(case);
        self.publish();
        case
    }

    /// A project's application that is refused; gives its case.
    pub fn refused(&mut self) -> u64 {
        let case = open(&mut self.ledger, "project", None, &developer()).unwrap();
        let submit = CaseAct {
            form: Some(Commitment([4; 32])),
            documents: vec![document("design-document")],
            names: Some(CERTIFIER),
            ..plain(case, "submit", &developer())
        };
        let validate = CaseAct {
            form: Some(Commitment([5; 32])),
            documents: vec![document("validation-report")],
            period: Some(text(CREDITED)),
            ..plain(case, "validate", &certifier())
        };
        let refuse = |official_number| CaseAct {
            no: true,
            ..plain(case, "authorise", &official(official_number))
        };
        act(&mut self.ledger, submit).unwrap();
        act(&mut self.ledger, validate).unwrap();
        act(&mut self.ledger, plain(case, "recommend", &official(1))).unwrap();
        act(&mut self.ledger, refuse(2)).unwrap();
        self.publish();
        case
    }

    /// What a project's form says names a thing of another system.
    pub fn name(&self, project: u32, registry: &str, id: &str) {
        let mut form = description(1);
        form.external_ids = vec![ExternalId {
            registry: registry.to_owned(),
            id: id.to_owned(),
        }];
        let mut all = self.feed.descriptions.lock().unwrap();
        all.insert(project, form);
    }

    /// Verified tonnes of the next year of a project become units.
    pub fn issue(&mut self, project: u64, tonnes: u64) -> Option<u64> {
        let year = *self.years.entry(project).or_insert(2021);
        if year > 2030 {
            return None;
        }
        self.years.insert(project, year + 1);
        let period = format!("{year}-01-01/{year}-12-31");
        let case = monitored_in(&mut self.ledger, project, &period).ok()?;
        act(&mut self.ledger, verify(case, &[(year, tonnes)])).unwrap();
        act(&mut self.ledger, plain(case, "issue", &official(1))).unwrap();
        let issue = plain(case, "issue", &official(2));
        act_and_issue(&mut self.ledger, issue, self.from).unwrap();
        self.publish();
        Some(case)
    }

    /// A request of the developer, handed in.
    fn ask(&mut self, flow: &str, step: &str, tonnes: u64, fate: Fate) -> Result<u64, Refusal> {
        let new = NewCase {
            flow: text(flow),
            track: None,
            parent: None,
            title: text("Units"),
            owners: BTreeSet::from([DEVELOPER]),
            shares: BTreeMap::new(),
            counterparty: (flow == "transfer").then_some(BUYER),
            scopes: BTreeSet::new(),
            by: developer(),
        };
        self.ledger.submit(&Command::OpenCase(Box::new(new)))?;
        let case = self.ledger.state.cases().next_back().unwrap().number;
        let form = Some(Commitment([8; 32]));
        let act = CaseAct {
            form,
            ..plain(case, step, &developer())
        };
        let reserve = Some(Reserve {
            account: self.from,
            units: Selection::Tonnes(tonnes),
            fate,
        });
        let new = NewAct {
            act,
            issue: None,
            reserve,
        };
        self.ledger.submit(&Command::Act(Box::new(new)))?;
        Ok(case)
    }

    /// Units go to the other developer; with `done` false they stay reserved.
    pub fn transfer(&mut self, tonnes: u64, done: bool) -> Result<(), Refusal> {
        let fate = Fate::Transfer { to: self.to };
        let case = self.ask("transfer", "send", tonnes, fate)?;
        if done {
            act(&mut self.ledger, plain(case, "accept", &buyer()))?;
        }
        self.publish();
        Ok(())
    }

    pub fn retire(&mut self, tonnes: u64) -> Result<(), Refusal> {
        let fate = Fate::Retire {
            kind: RetireKind::Retire,
            purpose: Purpose::Voluntary,
            beneficiary: None,
            claim: Claim {
                reason: Some(text("For the airline")),
                ..Claim::default()
            },
        };
        let case = self.ask("retirement", "request", tonnes, fate)?;
        act(&mut self.ledger, plain(case, "approve", &official(1)))?;
        self.publish();
        Ok(())
    }

    pub fn authorise(&mut self, tonnes: u64) -> Result<(), Refusal> {
        self.ledger.submit(&Command::AuthoriseUnits {
            account: self.from,
            units: Selection::Tonnes(tonnes),
            authorisation: text("VU-CH-1"),
            by: vec![official(1), official(2)],
        })?;
        self.publish();
        Ok(())
    }

    /// Authorised units go to Switzerland, which takes them; or stay in escrow.
    pub fn send(&mut self, tonnes: u64, done: bool) -> Result<(), Refusal> {
        self.sent += 1;
        let fate = Fate::Send(Box::new(Sending {
            destination: text("CH"),
            agreement: agreement_id(text("CH"), text("VU")),
            to: TRADING,
            nonce: RequestId([self.sent; 16]),
            expiry_ms: self.ledger.time_ms + 20 * 86_400_000,
        }));
        let case = self.ask("border-transfer", "request", tonnes, fate)?;
        act(&mut self.ledger, plain(case, "approve", &official(1)))?;
        act(&mut self.ledger, plain(case, "approve", &official(2)))?;
        if done {
            let mut both = [self.ledger.clone(), self.partner.clone()];
            settle(&mut both);
            let [ledger, partner] = both;
            (self.ledger, self.partner) = (ledger, partner);
        }
        self.publish();
        Ok(())
    }

    /// Something of chance. What the registry refuses did not happen.
    pub fn deed(&mut self, what: u64, project: u64, tonnes: u64) {
        self.ledger.time_ms += 3_600_000;
        let tonnes = 1 + tonnes % 300;
        let case = self
            .projects
            .get(project as usize % self.projects.len().max(1))
            .copied();
        let _ = match (what % 10, case) {
            (0, _) | (_, None) => {
                if self.projects.len() < 4 {
                    self.project();
                }
                Ok(())
            }
            (1 | 2, Some(case)) => {
                self.issue(case, tonnes);
                Ok(())
            }
            (3, _) => self.transfer(tonnes, true),
            (4, _) => self.transfer(tonnes, false),
            (5, _) => self.retire(tonnes),
            (6 | 7, _) => self.authorise(tonnes),
            (8, _) => self.send(tonnes, true),
            _ => self.send(tonnes, false),
        };
        self.publish();
    }
}

/// An authorisation by which units may be used towards an NDC.
pub fn authorisation(version: u32) -> Authorisation {
    Authorisation {
        id: text("VU-CH-1"),
        party: text("VU"),
        version,
        approach: text("CA0001"),
        parties: Vec::new(),
        entities: Vec::new(),
        date: text("2025-01-15"),
        issue_until: None,
        use_until: Some(text("2032-12-31")),
        definition: None,
        uses: AuthorisedUse::Ndc,
        oimp: None,
        framework: text("Framework"),
        changes: text("By a new version"),
        reach: None,
        reaches_first_transferred: false,
        quantity: 0,
        registry: text("VUT01"),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: None,
        scopes: Vec::new(),
        activities: None,
        projects: Vec::new(),
        terms: None,
        document: [0; 32],
        by: vec![official(1), official(2)],
    }
}
