//! Cases opened from what arrives from other systems: projects and monitoring reports.
//!
//! Nothing opens by itself. A person of the owner opens the case, under the rights and the process that hold for every case, and
//! finds the form of its first step filled with what the other system gave. The request under which the ledger carries the opening
//! is derived from the thing's name there, so the ledger itself knows what was opened, for ever, and takes nothing twice.

use std::collections::BTreeSet;

use countersign_bridge::arrival::{Arrival, ArrivalKind};
use countersign_bridge::settings::BridgeName;
use countersign_protocol::id::{OrganisationId, RequestId};
use countersign_protocol::log::leaf_hash;
use countersign_protocol::project::ExternalId;
use countersign_protocol::record::{Body, Title, Word};
use countersign_protocol::registry::{RegistryCase, State};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{Flow, StepKind, SubjectKind};
use serde_json::Value;
use tracing::Instrument;

use super::duplicates::counts;
use super::{App, AppError, Caller, CaseWish, Mode, Written};
use crate::bridges::BridgeFault;
use crate::people::{DraftOf, PeopleError};

/// How often one thing can be opened again after its case has ended.
const ATTEMPTS_MAX: u32 = 32;

/// How something that arrived stands to the cases here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArrivalStanding {
    /// A person of the owner can open its case.
    Ready,
    /// It waits for its project to be in the register.
    Waits,
    /// Something of it has no word here, or is none.
    Stopped,
    /// A case was opened from it.
    Opened(u64),
    /// The case that was opened from it has ended without it.
    Ended(u64),
    /// A case that was not opened from it names it by its id there.
    Known(u64),
}

/// Something that arrived, and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedArrival {
    /// From which system.
    pub bridge: BridgeName,
    /// What.
    pub arrival: Arrival,
    /// How it stands.
    pub standing: ArrivalStanding,
    /// Of a report, the case of its project, once that is in the register.
    pub parent: Option<u64>,
}

/// A case that somebody wants to open from something that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivalWish {
    /// From which system.
    pub bridge: BridgeName,
    /// Which, by its key.
    pub key: String,
    /// The flow; needed where the process has several that fit.
    pub flow: Option<Word>,
    /// The track, where the flow has tracks.
    pub track: Option<Word>,
    /// The public title, where the other system gives none or another is wanted.
    pub title: Option<Title>,
    /// Whether to open again what has ended.
    pub again: bool,
}

/// The latest case that was opened from something, and the request that the next would be.
struct Opened {
    case: Option<(u64, RequestId)>,
    next: Option<RequestId>,
}

impl App {
    /// What arrived from a system: all of it for those who may read reports, and for others what belongs to their organisation.
    ///
    /// # Errors
    /// [`AppError::Bridge`] when the node does not run the bridge; when a store can not be read.
    pub async fn arrivals(
        &self,
        caller: &Caller,
        bridge: BridgeName,
    ) -> Result<Vec<ListedArrival>, AppError> {
        let own = caller.person().ok().map(|it| it.principal.organisation);
        let sees_all = self.may_look_at_bridges(caller);
        if own.is_none() {
            sees_all.clone()?;
        }
        let mut listed = self.arrivals_of(bridge).await?;
        if sees_all.is_err() {
            let mut owned = Vec::new();
            for it in listed {
                if self
                    .owners_of(&it)
                    .into_iter()
                    .any(|owner| Some(owner) == own)
                {
                    owned.push(it);
                }
            }
            listed = owned;
        }
        Ok(listed)
    }

    /// What the caller's organisation can open cases from now, out of every system that can be read.
    pub async fn arrivals_to_open(&self, caller: &Caller) -> Vec<ListedArrival> {
        let Ok(person) = caller.person() else {
            return Vec::new();
        };
        let own = person.principal.organisation;
        let mut found = Vec::new();
        for bridge in BridgeName::ALL {
            let all = match self.arrivals_of(bridge).await {
                Ok(all) => all.into_iter(),
                Err(AppError::Bridge(BridgeFault::Absent(_))) => continue,
                // A table of words with a mistake closes nobody's inbox; the bridge says what is wrong with it.
                Err(error) => {
                    tracing::warn!(%bridge, %error, "what arrived can not be read");
                    continue;
                }
            };
            let ready = all.filter(|it| it.standing == ArrivalStanding::Ready);
            found.extend(ready.filter(|it| self.owners_of(it).contains(&own)));
        }
        found
    }

    /// Everything that arrived from a system, for those who have the right to it by another way.
    pub(crate) async fn arrivals_of(
        &self,
        bridge: BridgeName,
    ) -> Result<Vec<ListedArrival>, AppError> {
        let all = match bridge {
            BridgeName::Mrv if self.bridges.takes_calls() => self.called_in().await?,
            _ => self.bridges.arrivals(bridge)?,
        };
        let mut listed = Vec::with_capacity(all.len());
        for arrival in all {
            let (standing, parent) = self.standing_of(bridge, &arrival).await?;
            listed.push(ListedArrival {
                bridge,
                arrival,
                standing,
                parent,
            });
        }
        Ok(listed)
    }

    /// Whose it is: by the country's table, or the owners of the project that a report is of.
    fn owners_of(&self, it: &ListedArrival) -> BTreeSet<OrganisationId> {
        let named = it.arrival.organisation.map(OrganisationId);
        let case = match it.standing {
            ArrivalStanding::Opened(case)
            | ArrivalStanding::Ended(case)
            | ArrivalStanding::Known(case) => Some(case),
            _ => it.parent,
        };
        let known = case.and_then(|case| self.case_and_process(case).ok());
        known.map_or_else(
            || named.into_iter().collect(),
            |(known, _)| known.case.subject.owners,
        )
    }

    /// How something stands; for a monitoring report also the case of its project.
    async fn standing_of(
        &self,
        bridge: BridgeName,
        arrival: &Arrival,
    ) -> Result<(ArrivalStanding, Option<u64>), AppError> {
        let parent = match arrival.kind {
            ArrivalKind::Project => None,
            ArrivalKind::Monitoring => self.case_of_project(bridge, arrival).await?,
        };
        if let Some((case, _)) = self.opened(bridge, &arrival.key)?.case {
            let standing = if self.case_counts(case) {
                ArrivalStanding::Opened(case)
            } else {
                ArrivalStanding::Ended(case)
            };
            return Ok((standing, parent));
        }
        if arrival.kind == ArrivalKind::Project
            && let Some(case) = self.case_known_as(bridge, &arrival.project).await?
        {
            return Ok((ArrivalStanding::Known(case), None));
        }
        let standing = if !arrival.stopped.is_empty() {
            ArrivalStanding::Stopped
        } else if arrival.kind == ArrivalKind::Monitoring && parent.is_none() {
            ArrivalStanding::Waits
        } else {
            ArrivalStanding::Ready
        };
        Ok((standing, parent))
    }

    /// The case of the project that a report is of, once the project is in the register.
    async fn case_of_project(
        &self,
        bridge: BridgeName,
        report: &Arrival,
    ) -> Result<Option<u64>, AppError> {
        let opened = self.opened(bridge, &project_key(report))?.case;
        let opened = opened.map(|(case, _)| case);
        let opened = opened.filter(|case| self.case_counts(*case));
        let case = match opened {
            Some(case) => Some(case),
            None => self.case_known_as(bridge, &report.project).await?,
        };
        let is_registered = |case: &u64| {
            self.ledger()
                .read(|state| state.case(*case).is_some_and(|it| it.project.is_some()))
        };
        Ok(case.filter(is_registered))
    }

    fn case_counts(&self, case: u64) -> bool {
        self.ledger()
            .read(|state| state.case(case).is_some_and(|known| counts(state, known)))
    }

    /// The case that counts and whose forms name a project by its id in a system.
    async fn case_known_as(&self, bridge: BridgeName, id: &str) -> Result<Option<u64>, AppError> {
        let Some(registry) = self.bridges.name_in_forms(bridge) else {
            return Ok(None);
        };
        let id = ExternalId {
            registry: registry.to_owned(),
            id: id.to_owned(),
        };
        self.case_with_id(&id).await
    }

    /// What the ledger knows of the openings of a thing.
    fn opened(&self, bridge: BridgeName, key: &str) -> Result<Opened, AppError> {
        let system = self.bridges.name_in_forms(bridge).unwrap_or_default();
        let mut case = None;
        for attempt in 0..ATTEMPTS_MAX {
            let request = request_of(system, key, attempt);
            let Some(stored) = self.ledger().store().request(&request)? else {
                let next = Some(request);
                return Ok(Opened { case, next });
            };
            let records = self.records_of(stored.first_index, stored.count)?;
            let opened = records.iter().find_map(|it| match &it.record.body {
                Body::CaseOpened(it) => Some(it.case),
                _ => None,
            });
            case = opened.map(|number| (number, request)).or(case);
        }
        Ok(Opened { case, next: None })
    }

    /// Opens a case from something that arrived, and fills the form of its first step as a draft of the caller's organisation. Asked
    /// again it gives the same case, and fills a draft that was thrown away.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or the process stands against it, something of it has no word here, a case names it already, or
    /// the case that was opened from it has ended and it is not to be opened again.
    pub async fn open_arrival(
        &self,
        caller: &Caller,
        wish: ArrivalWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        caller.person()?;
        let (app, caller) = (self.clone(), caller.clone());
        // A task of its own: a caller who goes away must not leave a case without its draft.
        let work = async move { app.open_from(&caller, wish, mode).await };
        tokio::spawn(work.in_current_span())
            .await
            .map_err(|error| AppError::internal("open a case from another system", &error))?
    }

    async fn open_from(
        &self,
        caller: &Caller,
        wish: ArrivalWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let bridge = wish.bridge;
        let unknown = || AppError::not_found("arrival", &wish.key);
        let mut visible = self.arrivals(caller, bridge).await?.into_iter();
        let arrival = visible.find(|it| it.arrival.key == wish.key);
        let arrival = arrival.ok_or_else(unknown)?.arrival;
        let first = request_of(
            self.bridges.name_in_forms(bridge).unwrap_or_default(),
            &wish.key,
            0,
        );
        let _alone = self.inner.naming.of(&first).lock().await;
        let (standing, parent) = self.standing_of(bridge, &arrival).await?;
        let opened = self.opened(bridge, &wish.key)?;
        match standing {
            ArrivalStanding::Opened(case) => {
                return self
                    .opened_before(caller, &arrival, case, &opened, mode)
                    .await;
            }
            ArrivalStanding::Ended(_) if wish.again => {}
            _ => ready(&standing, &arrival)?,
        }
        let request = opened.next.ok_or_else(|| AppError::Taken {
            pointer: "/key",
            why: format!("it was opened {ATTEMPTS_MAX} times; open a case by hand"),
        })?;
        let case = self.wished_case(&arrival, parent, &wish)?;
        let written = self.open_case(caller, request, case, mode).await?;
        let number = written.find(|_, body| match body {
            Body::CaseOpened(it) => Some(it.case),
            _ => None,
        });
        if let (Mode::Write, Some(number)) = (mode, number) {
            self.fill_draft(caller, number, &arrival).await?;
        }
        Ok(written)
    }

    /// The answer of the first time again.
    async fn opened_before(
        &self,
        caller: &Caller,
        arrival: &Arrival,
        case: u64,
        opened: &Opened,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let (known, _) = self.case_and_process(case)?;
        self.permit_reading(caller, &known)?;
        let is_opening = |body: &Body| matches!(body, Body::CaseOpened(it) if it.case == case);
        let request = opened.case.map(|(_, request)| request);
        let written = match request {
            Some(request) => self.replay(caller.actor(), &request, is_opening)?,
            None => None,
        };
        if mode == Mode::Write {
            self.fill_draft(caller, case, arrival).await?;
        }
        written.ok_or(AppError::Internal)
    }

    /// The case as the arrival has it, with what the wish says beyond that.
    fn wished_case(
        &self,
        arrival: &Arrival,
        parent: Option<u64>,
        wish: &ArrivalWish,
    ) -> Result<CaseWish, AppError> {
        let (flow, above) = self.ledger().read(|state| {
            let above = parent.and_then(|case| state.case(case).cloned());
            let flow = fitting_flow(state, arrival.kind, above.as_ref(), wish.flow.as_ref());
            (flow, above)
        });
        let title = match (&wish.title, &arrival.title, &above) {
            (Some(title), ..) => title.clone(),
            (None, Some(title), _) => title_of(title)?,
            (None, None, Some(above)) => above.title.clone(),
            (None, None, None) => {
                let why = "the other system gives none: say which the project is to have here";
                return Err(AppError::body("/title", why));
            }
        };
        let scope = arrival.form.get("sectoral_scope").and_then(Value::as_u64);
        let scope = scope
            .and_then(|it| u8::try_from(it).ok())
            .and_then(|it| SectoralScope::new(it).ok());
        let is_project = arrival.kind == ArrivalKind::Project;
        let organisation = arrival.organisation.map(OrganisationId);
        Ok(CaseWish {
            flow: flow?,
            track: wish.track.clone(),
            parent,
            title,
            owners: organisation.filter(|_| is_project).into_iter().collect(),
            counterparty: None,
            scopes: scope.filter(|_| is_project).into_iter().collect(),
            shares: std::collections::BTreeMap::new(),
        })
    }

    /// Fills the form of the first step, as the draft of the caller's organisation, unless somebody has begun to write it or the case
    /// has gone on.
    async fn fill_draft(
        &self,
        caller: &Caller,
        case: u64,
        arrival: &Arrival,
    ) -> Result<(), AppError> {
        let principal = &caller.person()?.principal;
        let (known, process) = self.case_and_process(case)?;
        let Some(flow) = process.flow(&known.case.flow) else {
            return Ok(());
        };
        if known.case.stage != flow.first {
            return Ok(());
        }
        let mut steps = flow.steps_from(&flow.first, known.case.track.as_deref());
        let step = steps.find(|it| it.kind == StepKind::Submit && it.form.is_some());
        let form = step.and_then(|it| process.form(it.form.as_deref()?));
        let (Some(step), Some(form)) = (step, form) else {
            return Ok(());
        };
        // Of what the other system gave, what this country's form asks.
        let given = arrival.form.as_object().into_iter().flatten();
        let fields = given.filter(|(name, _)| form.schema.field(name).is_some());
        let content: serde_json::Map<String, Value> = fields
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect();
        let of = DraftOf {
            case,
            organisation: principal.organisation,
            step: &step.id,
        };
        let (content, now_ms) = (Value::Object(content).to_string(), self.now_ms());
        let saved = self
            .people()
            .save_draft(of, 0, &content, principal.user, now_ms);
        match saved.await {
            Ok(_) | Err(PeopleError::Changed { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether a case can be opened from it now.
fn ready(standing: &ArrivalStanding, arrival: &Arrival) -> Result<(), AppError> {
    let taken = |why: String| {
        Err(AppError::Taken {
            pointer: "/key",
            why,
        })
    };
    match standing {
        ArrivalStanding::Ready => Ok(()),
        ArrivalStanding::Known(case) => taken(format!("the case {case} names it already")),
        ArrivalStanding::Opened(case) => taken(format!("the case {case} was opened from it")),
        ArrivalStanding::Ended(case) => taken(format!(
            "the case {case} that was opened from it has ended; say \"again\": true to open another"
        )),
        ArrivalStanding::Waits => Err(AppError::body(
            "/key",
            "its project is not in the register yet: open the project's case first and have it registered",
        )),
        ArrivalStanding::Stopped => {
            let why = arrival.stopped.iter();
            let why: Vec<String> = why.map(|it| format!("{}: {}", it.field, it.why)).collect();
            Err(AppError::body("/key", why.join("; ")))
        }
    }
}

fn title_of(text: &str) -> Result<Title, AppError> {
    text.parse().map_err(|error| {
        AppError::body(
            "/title",
            format!("the other system's title is none here: {error}; say which it is to have"),
        )
    })
}

/// The flow that the case sets out on: the one that is wished, or the only one that fits.
fn fitting_flow(
    state: &State,
    kind: ArrivalKind,
    above: Option<&RegistryCase>,
    wished: Option<&Word>,
) -> Result<Word, AppError> {
    if let Some(wished) = wished {
        return Ok(wished.clone());
    }
    let process = match above {
        Some(above) => state.process_of(&above.case.process),
        None => state.process(),
    };
    let fits = |flow: &&Flow| match (kind, above) {
        (ArrivalKind::Project, _) => flow.subject == SubjectKind::Project && flow.parent.is_none(),
        (ArrivalKind::Monitoring, Some(above)) => {
            let parent = flow.parent.as_ref();
            flow.subject == SubjectKind::MonitoringPeriod
                && parent.is_some_and(|it| it.flow == above.case.flow)
        }
        (ArrivalKind::Monitoring, None) => false,
    };
    let flows = process.into_iter().flat_map(|it| it.flows.iter());
    let fitting: Vec<&str> = flows.filter(fits).map(|it| it.id.as_str()).collect();
    match fitting[..] {
        [only] => only.parse().map_err(|_| AppError::Internal),
        _ => Err(AppError::body(
            "/flow",
            format!("say which flow it is to take: {}", fitting.join(", ")),
        )),
    }
}

fn project_key(of: &Arrival) -> String {
    format!("draft/{}", of.project)
}

/// The request under which the ledger carries the opening of a thing.
fn request_of(system: &str, key: &str, attempt: u32) -> RequestId {
    let text = format!("countersign arrival\n{system}\n{key}\n{attempt}");
    let hash = leaf_hash(text.as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    RequestId(id)
}
