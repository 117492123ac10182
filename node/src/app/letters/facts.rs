//! What a letter can tell: gathered from the ledger, and from the forms that the node keeps.

use std::sync::Arc;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::log::Hash;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, CaseAct, Issuance};
use countersign_protocol::registry::{OwedLetters, RegistryCase, State};
use countersign_protocol::units::UnitRange;
use countersign_protocol::workflow::{Effect, Process};
use serde_json::Value;

use crate::app::{App, AppError, LIST_MAX, StoredRecord};
use crate::people::SealedPart;
use crate::projection::query::Window;

/// A form that was handed in.
pub(super) struct Filled {
    /// The form, in the process.
    pub(super) form: String,
    /// What was filled in.
    pub(super) content: Value,
}

/// Where the act stands.
pub(super) struct Standing {
    pub(super) origin: String,
    pub(super) leaf: u64,
    /// The first signed head that covers it; `None` in a preview.
    pub(super) head: Option<(u64, Hash)>,
    pub(super) time_ms: u64,
}

/// Everything that a letter of an act can tell.
pub(super) struct Facts {
    pub(super) process: Arc<Process>,
    pub(super) party: Party,
    pub(super) known: RegistryCase,
    pub(super) act: CaseAct,
    pub(super) standing: Standing,
    /// The owners' names, by number.
    pub(super) owners: Vec<String>,
    /// The organisation that keeps the registry.
    pub(super) authority: Option<Office>,
    /// Organisations of the process, by which the one that signs is found.
    pub(super) offices: Vec<Office>,
    /// The forms of the case and of those above it up to the act, oldest first.
    pub(super) forms: Vec<Filled>,
    /// What was written beside the act; `None` without a comment, or once it is erased.
    pub(super) comment: Option<String>,
    /// What the act issued.
    pub(super) issued: Vec<Issuance>,
    /// The units that the act moved or ended.
    pub(super) reserved: Vec<UnitRange>,
}

/// An organisation of the process.
#[derive(Clone, Debug)]
pub(super) struct Office {
    pub(super) id: OrganisationId,
    pub(super) organisation_type: String,
    pub(super) name: String,
}

impl App {
    /// The facts of an act that owes letters.
    pub(super) async fn facts_of(&self, owed: &OwedLetters) -> Result<Facts, AppError> {
        let stored = self.stored(owed.act)?;
        let Body::CaseAct(act) = stored.record.body else {
            return Err(AppError::internal(
                "make a letter",
                &format_args!("leaf {} is no act", owed.act),
            ));
        };
        let request = stored.record.request;
        let receipt = self.ledger().store().request(&request)?;
        let receipt = receipt.ok_or(AppError::Busy)?;
        {
            // Whoever takes the step keeps its form under this lock: once it is free, the form belongs to its leaf. A node
            // that stopped in between has it done here.
            let _alone = self.inner.naming.of(&request).lock().await;
            self.people().settle_sealed(&request, owed.act).await?;
        }
        let root = self.ledger().root(receipt.size);
        let root = root.map_err(|error| AppError::internal("make a letter", &error))?;
        let records = self.records_of(receipt.first_index, receipt.count)?;
        let standing = |origin| Standing {
            origin,
            leaf: owed.act,
            head: Some((receipt.size, root)),
            time_ms: stored.record.time_ms,
        };
        let mut facts = self.gather(owed, act, &records, standing)?;
        self.add_texts(&mut facts).await?;
        self.add_reserved(&mut facts).await?;
        Ok(facts)
    }

    /// What the ledger alone says.
    pub(super) fn gather(
        &self,
        owed: &OwedLetters,
        act: CaseAct,
        records: &[StoredRecord],
        standing: impl FnOnce(String) -> Standing,
    ) -> Result<Facts, AppError> {
        let issued = records.iter().filter_map(|it| match &it.record.body {
            Body::Issuance(it) => Some(it.clone()),
            _ => None,
        });
        let issued = issued.collect();
        let gathered = self.ledger().read(|state| {
            let known = state.case(owed.case)?.clone();
            let process = Arc::clone(state.process_of(&owed.process)?);
            let genesis = state.genesis()?;
            let name = |id: &OrganisationId| state.organisation(*id).map(|it| it.name.to_string());
            let offices = offices(state);
            let authority = authority(&process, &offices);
            Some(Facts {
                party: genesis.party,
                owners: known.case.subject.owners.iter().filter_map(name).collect(),
                authority,
                offices,
                standing: standing(genesis.origin.to_string()),
                forms: Vec::new(),
                comment: None,
                issued,
                reserved: Vec::new(),
                process,
                known,
                act,
            })
        });
        gathered.ok_or_else(|| AppError::not_found("case", &owed.case))
    }

    /// The forms of the case and of those above it, as far as they were handed in before the act and are still kept.
    pub(super) async fn add_texts(&self, facts: &mut Facts) -> Result<(), AppError> {
        let chain = self.ledger().read(|state| {
            let above = |known: &&RegistryCase| state.case(known.parent?);
            let chain = std::iter::successors(state.case(facts.known.number), above);
            let chain = chain.map(|it| (it.number, it.case.flow.clone()));
            chain.collect::<Vec<_>>()
        });
        for (case, flow) in chain.into_iter().rev() {
            for sealed in self.people().sealed_of(case).await? {
                let Some((_, text)) = sealed.opened else {
                    continue;
                };
                if sealed.leaf > facts.standing.leaf {
                    continue;
                }
                match sealed.part {
                    SealedPart::Comment if sealed.leaf == facts.standing.leaf => {
                        facts.comment = Some(text);
                    }
                    SealedPart::Comment => {}
                    SealedPart::Form => facts.add_form(&flow, &sealed.step, &text),
                }
            }
        }
        Ok(())
    }

    /// The units that the case had reserved, where the act moves or ends them: they stand in an earlier act.
    async fn add_reserved(&self, facts: &mut Facts) -> Result<(), AppError> {
        if !facts.disposes() {
            return Ok(());
        }
        let window = Window {
            limit: LIST_MAX,
            ..Window::default()
        };
        let acts = self.lists().await?.case_acts(facts.known.number, &window);
        for row in acts.await?.items {
            if row.leaf > facts.standing.leaf {
                break;
            }
            if let Body::CaseAct(act) = self.stored(row.leaf)?.record.body
                && let Some(reservation) = act.reservation
            {
                facts.reserved = reservation.ranges;
            }
        }
        Ok(())
    }
}

impl Facts {
    /// Remembers a form of a step. A case that moved to a newer process may have steps that this one does not know.
    pub(super) fn add_form(&mut self, flow: &str, step: &str, text: &str) {
        let step = self.process.flow(flow).and_then(|flow| flow.step(step));
        let form = step.and_then(|step| step.form.clone());
        if let (Some(form), Ok(content)) = (form, serde_json::from_str(text)) {
            self.forms.push(Filled { form, content });
        }
    }

    /// Whether the act moves or ends units that its case reserved.
    fn disposes(&self) -> bool {
        let flow = self.process.flow(&self.known.case.flow);
        let step = flow.and_then(|flow| flow.step(self.act.step.as_str()));
        step.filter(|_| !self.act.no).is_some_and(|step| {
            [Effect::Retire, Effect::Transfer, Effect::Send]
                .iter()
                .any(|effect| step.has_effect(*effect))
        })
    }
}

/// The organisation that keeps the registry.
pub(super) fn authority(process: &Process, offices: &[Office]) -> Option<Office> {
    let kind = process.organisation_types.iter().find(|it| it.authority)?;
    let mut offices = offices.iter();
    offices.find(|it| it.organisation_type == kind.id).cloned()
}

pub(super) fn offices(state: &State) -> Vec<Office> {
    let office = |it: &countersign_protocol::record::Organisation| {
        Some(Office {
            id: it.id,
            organisation_type: it.organisation_type.as_ref()?.to_string(),
            name: it.name.to_string(),
        })
    };
    state.organisations().filter_map(office).collect()
}
