//! The lane of the UNDP ITMO platform, which only gives: its projects are read once a day and set beside the ledger's.
//!
//! Nothing of it is kept across a start, because nothing is sent: what the platform has is read again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countersign_bridge::arrival::{Arrival, ArrivalKind};
use countersign_bridge::frame::{
    Action, Clock, Difference, Differing, Fault, Feed, Foreign, ItemState, Plan, Planned,
    StoppedItem, View, backoff_ms,
};
use countersign_bridge::itmo_platform::{Draft, read};
use countersign_bridge::settings::{Settings, SettingsError};
use countersign_protocol::project::Description;
use tokio::sync::mpsc;
use tracing::warn;

use super::BridgeState;
use super::feed::LedgerFeed;
use super::lane::refuse;
use super::matched::{in_forms, of_platform};
use super::shared::Shared;
use super::{BridgeDiff, BridgePlan, Question};
use crate::app::{App, ArrivalStanding, ListedArrival};

/// How often the platform is read, in milliseconds: once a day.
const EVERY_MS: u64 = 86_400_000;
/// The shortest wait for a person, in milliseconds.
const BARRED_MS: u64 = 300_000;
/// Events of one page.
const EVENTS_MAX: usize = 1_000;
/// The kind of a project that the platform gives.
const KIND: &str = "project";
/// The kind of a monitoring report that it gives.
const REPORT: &str = "monitoring";

/// See the module.
pub(super) struct Intake {
    app: App,
    feed: LedgerFeed,
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    asked: mpsc::Receiver<Question>,
    clock: Arc<dyn Clock>,
    view: View,
    faults: u32,
}

/// Why something could not be read, and whether a person must act.
struct Trouble {
    why: String,
    is_barred: bool,
}

impl From<SettingsError> for Trouble {
    fn from(error: SettingsError) -> Self {
        let is_barred = !matches!(error, SettingsError::Fault(Fault::Later(_)));
        let why = error.to_string();
        Self { why, is_barred }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        SettingsError::from(fault).into()
    }
}

fn later(error: &dyn std::fmt::Display) -> Trouble {
    let why = error.to_string();
    Trouble {
        why,
        is_barred: false,
    }
}

/// What is there, beside what is here.
struct Beside {
    /// Projects and reports from which no case was opened, and that no case names.
    new: Vec<ListedArrival>,
    /// Projects of the ledger that a draft is of, with the fields that differ.
    matched: Vec<(u32, String, Vec<Difference>)>,
}

impl Intake {
    pub(super) fn new(
        app: App,
        feed: LedgerFeed,
        settings: Arc<Settings>,
        shared: Arc<Shared>,
        asked: mpsc::Receiver<Question>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            app,
            feed,
            settings,
            shared,
            asked,
            clock,
            view: View::default(),
            faults: 0,
        }
    }

    /// Reads the platform once a day and when it is asked, until it is cut off.
    pub(super) async fn run(mut self) {
        let mut wait_ms = self.look().await;
        loop {
            let pause = Duration::from_millis(wait_ms);
            let question = tokio::time::timeout(pause, self.asked.recv()).await;
            wait_ms = match question {
                Ok(Some(question)) => self.answer(question).await,
                _ => self.look().await,
            };
        }
    }

    async fn look(&mut self) -> u64 {
        self.shared.note(|now| now.state = BridgeState::Working);
        let read = self.pull().await;
        self.noted(&read)
    }

    /// Notes how a look ended; gives how long to wait for the next.
    fn noted(&mut self, read: &Result<(), Trouble>) -> u64 {
        let now_ms = self.clock.now_ms();
        let size = self.view.size();
        let Err(Trouble { why, is_barred }) = read else {
            self.faults = 0;
            self.shared.note(|now| {
                now.state = BridgeState::Idle;
                (now.why, now.faults) = (None, 0);
                now.until_ms = Some(now_ms.saturating_add(EVERY_MS));
                (now.done_ms, now.size) = (Some(now_ms), size);
            });
            return EVERY_MS;
        };
        self.faults = self.faults.saturating_add(1);
        let wait_ms = backoff_ms(self.faults, self.clock.as_ref());
        let wait_ms = if *is_barred {
            wait_ms.max(BARRED_MS)
        } else {
            wait_ms
        };
        warn!(bridge = %self.shared.name(), %why, wait_ms, "the platform could not be read");
        let until_ms = now_ms.saturating_add(wait_ms);
        self.shared.failed(why, *is_barred, until_ms);
        wait_ms
    }

    /// Looks and answers; gives how long to wait for the next look.
    async fn answer(&mut self, question: Question) -> u64 {
        let read = self.pull().await;
        let wait_ms = self.noted(&read);
        if let Err(Trouble { why, .. }) = read {
            refuse(question, &why);
            return wait_ms;
        }
        match question {
            Question::Sync(answer) => drop(answer.send(Ok(()))),
            Question::Plan(answer) => {
                let plan = self.beside().await.map(|it| self.planned(it));
                drop(answer.send(plan.map_err(|it| it.why)));
            }
            Question::Diff(answer) => {
                let diff = self.beside().await.map(differing);
                drop(answer.send(diff.map_err(|it| it.why)));
            }
        }
        wait_ms
    }

    /// Reads the platform's projects and the ledger's events.
    async fn pull(&mut self) -> Result<(), Trouble> {
        let (platform, mapping, name) = self.settings.itmo_platform()?;
        let projects = platform.projects().await?;
        let drafts = projects.iter().filter_map(|it| read(it, &mapping, &name));
        let drafts: Vec<Draft> = drafts.collect();
        self.shared.note(|now| now.drafts = Arc::new(drafts));
        loop {
            let events = self.feed.events(self.view.size(), EVENTS_MAX).await;
            let events = events.map_err(|error| later(&error))?;
            for event in &events {
                self.view.take(event).map_err(|error| later(&error))?;
            }
            if events.len() < EVENTS_MAX {
                return Ok(());
            }
        }
    }

    async fn beside(&self) -> Result<Beside, Trouble> {
        let name = self.settings.name_in_forms(self.shared.name());
        let name = name.unwrap_or_default();
        let mut forms: BTreeMap<String, (u32, Description)> = BTreeMap::new();
        for project in self.view.state().projects() {
            let form = self.feed.description(project.number).await;
            let form = form.map_err(|error| later(&error))?;
            if let Some(form) = form
                && let Some(id) = in_forms(&form, name)
            {
                forms.insert(id.to_owned(), (project.number, form));
            }
        }
        let mut beside = Beside {
            new: Vec::new(),
            matched: Vec::new(),
        };
        for draft in self.shared.drafts().iter() {
            if let Some((number, form)) = forms.get(&draft.id) {
                let differences = of_platform(draft, form);
                beside
                    .matched
                    .push((*number, draft.id.clone(), differences));
            }
        }
        let arrived = self.app.arrivals_of(self.shared.name()).await;
        let arrived = arrived.map_err(|error| later(&error))?.into_iter();
        beside.new = arrived
            .filter(|it| {
                use ArrivalStanding::{Ready, Stopped, Waits};
                matches!(it.standing, Ready | Stopped | Waits)
            })
            .collect();
        Ok(beside)
    }

    /// Drafts that a person would complete: nothing is opened by itself.
    fn planned(&self, beside: Beside) -> BridgePlan {
        let mut plan = Plan {
            size: self.view.size(),
            ..Plan::default()
        };
        for ListedArrival {
            arrival, standing, ..
        } in beside.new
        {
            let key = arrival.key.clone();
            let lacks = arrival.stopped.iter().chain(&arrival.missing);
            let lacks: Vec<String> = lacks
                .map(|it| format!("{}: {}", it.field, it.why))
                .collect();
            if !lacks.is_empty() {
                plan.stopped.push(StoppedItem {
                    key: key.clone(),
                    state: ItemState::Stopped,
                    why: lacks.join("; "),
                });
            }
            plan.changes.push(Planned {
                key,
                kind: kind(&arrival).to_owned(),
                action: Action::Create,
                fields: fields(&arrival),
                waits: Some(waits(&standing).to_owned()),
            });
        }
        BridgePlan { plan }
    }
}

fn kind(arrival: &Arrival) -> &'static str {
    match arrival.kind {
        ArrivalKind::Project => KIND,
        ArrivalKind::Monitoring => REPORT,
    }
}

const fn waits(standing: &ArrivalStanding) -> &'static str {
    match standing {
        ArrivalStanding::Waits => "its project is not in the register yet",
        ArrivalStanding::Stopped => "something of it must be mended before its case can be opened",
        _ => "a person of the owner opens its case and completes it",
    }
}

/// What something gives, field by field.
fn fields(arrival: &Arrival) -> Vec<Difference> {
    let given = arrival.form.as_object().into_iter().flatten();
    let shown = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    given
        .map(|(field, value)| Difference {
            field: format!("/{field}"),
            ours: String::new(),
            theirs: shown(value),
        })
        .collect()
}

fn differing(beside: Beside) -> BridgeDiff {
    let differing = beside.matched.into_iter();
    let differing = differing.filter(|(.., fields)| !fields.is_empty());
    let foreign = beside.new.into_iter().map(|it| Foreign {
        kind: kind(&it.arrival).to_owned(),
        theirs: match it.arrival.kind {
            ArrivalKind::Project => it.arrival.project,
            ArrivalKind::Monitoring => it.arrival.key,
        },
    });
    BridgeDiff {
        differing: differing
            .map(|(number, _, fields)| Differing {
                key: format!("project/{number}"),
                kind: KIND.to_owned(),
                fields,
                is_gone: false,
            })
            .collect(),
        foreign: foreign.collect(),
        reconciliation: None,
    }
}
