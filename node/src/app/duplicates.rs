//! The duplicate radar: which projects of this registry look like one that is handed in.
//!
//! It warns and never decides, but for one thing: an id in another registry belongs to one project that counts.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError, RwLock};

use countersign_protocol::id::OrganisationId;
use countersign_protocol::project::{Description, ExternalId};
use countersign_protocol::record::Title;
use countersign_protocol::registry::{CaseEnd, RegistryCase, State};
use countersign_protocol::workflow::{End, SubjectKind};
use serde_json::Value;

use super::cases::describes;
use super::{App, AppError, Caller};
use crate::people::SealedForm;
use crate::radar::{Likeness, Radar};

/// Forms that are read at a time when the index is made.
const PAGE: u32 = 500;

/// The index, and what it does not know yet.
#[derive(Default)]
pub(super) struct RadarKeeper {
    /// Held while the index is brought up to date; says whether it was made.
    is_made: tokio::sync::Mutex<bool>,
    index: RwLock<Radar>,
    /// Cases whose forms changed since.
    changed: Mutex<BTreeSet<u64>>,
    /// Held from the look at ids elsewhere until the form that names them is known to the index: an id is taken once.
    pub(super) naming: tokio::sync::Mutex<()>,
}

/// The projects that look like one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicates {
    /// Those that the caller may see, the most alike first.
    pub seen: Vec<Duplicate>,
    /// What there is beside them.
    pub hidden: Option<HiddenDuplicates>,
}

/// A project that looks like another.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// In what.
    pub likeness: Likeness,
    /// Its public title.
    pub title: Title,
    /// Its number, once registered.
    pub project: Option<u32>,
    /// Its owners.
    pub owners: Vec<OrganisationId>,
    /// The stage it is in.
    pub stage: String,
}

/// That there are projects which look like it and are not the caller's to see: no name, no place, no number of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenDuplicates {
    /// One has the same name or nearly.
    pub name: bool,
    /// One has the same id elsewhere.
    pub external_id: bool,
    /// One claims some of the same land.
    pub land: bool,
    /// With whom to speak: the authority, with its name.
    pub authority: Option<(OrganisationId, String)>,
}

impl App {
    /// The projects that look like the one of a case, by all that was handed in with it.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub async fn duplicates(&self, caller: &Caller, case: u64) -> Result<Duplicates, AppError> {
        let (known, _) = self.case_and_process(case)?;
        self.permit_reading(caller, &known)?;
        self.duplicates_with(caller, &known, None).await
    }

    /// The projects that look like the one of a case, once this form is handed in with this step. Empty where the form
    /// describes no project.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub async fn duplicates_of_form(
        &self,
        caller: &Caller,
        case: u64,
        step: &str,
        form: Option<&Value>,
    ) -> Result<Duplicates, AppError> {
        let (known, _) = self.case_and_process(case)?;
        let describes = self.ledger().read(|state| describes(state, &known, step));
        let Some(form) = form.filter(|_| describes) else {
            return Ok(Duplicates::default());
        };
        self.permit_reading(caller, &known)?;
        self.duplicates_with(caller, &known, Some(form)).await
    }

    async fn duplicates_with(
        &self,
        caller: &Caller,
        known: &RegistryCase,
        newest: Option<&Value>,
    ) -> Result<Duplicates, AppError> {
        if known.kind != SubjectKind::Project {
            return Ok(Duplicates::default());
        }
        let Some(description) = self.description(known, newest).await? else {
            return Ok(Duplicates::default());
        };
        self.refresh_radar().await?;
        let number = known.number;
        let found = self
            .blocking(move |app| {
                let counting: BTreeSet<u64> = app.ledger().read(counting);
                let index = app
                    .radar()
                    .index
                    .read()
                    .unwrap_or_else(PoisonError::into_inner);
                Ok(index.search(number, &description, |case| counting.contains(&case)))
            })
            .await?;
        Ok(self.shown(caller, found))
    }

    /// What of it the caller may see.
    fn shown(&self, caller: &Caller, found: Vec<Likeness>) -> Duplicates {
        let mut seen = Vec::new();
        let mut hidden: Option<HiddenDuplicates> = None;
        for likeness in found {
            let Ok((other, _)) = self.case_and_process(likeness.case) else {
                continue;
            };
            if other.published || self.permit_reading(caller, &other).is_ok() {
                seen.push(Duplicate {
                    title: other.title,
                    project: other.project,
                    owners: other.case.subject.owners.into_iter().collect(),
                    stage: other.case.stage,
                    likeness,
                });
                continue;
            }
            let hidden = hidden.get_or_insert_with(|| HiddenDuplicates {
                name: false,
                external_id: false,
                land: false,
                authority: self.ledger().read(authority),
            });
            hidden.name |= likeness.name.is_some();
            hidden.external_id |= !likeness.external_ids.is_empty();
            hidden.land |= likeness.overlap.is_some() || likeness.points > 0;
        }
        Duplicates { seen, hidden }
    }

    /// Refuses ids elsewhere under which another project that counts is known. Whoever calls holds the lock for naming.
    pub(super) async fn refuse_taken_ids(
        &self,
        case: u64,
        of: &Description,
    ) -> Result<(), AppError> {
        self.refresh_radar().await?;
        let counting: BTreeSet<u64> = self.ledger().read(counting);
        let index = self
            .radar()
            .index
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let mut taken = index.with_external_id(&of.external_ids);
        let taken = taken.find(|(other, _)| *other != case && counting.contains(other));
        let Some((_, id)) = taken else {
            return Ok(());
        };
        let whom = self.ledger().read(authority);
        let whom = whom.map_or_else(
            || "the authority".to_owned(),
            |(number, name)| format!("{name} (organisation {number})"),
        );
        let why = format!(
            "another project of this registry is known as {} in {}; speak with {whom} if it is yours",
            id.id, id.registry
        );
        Err(AppError::Taken {
            pointer: "/form/external_ids",
            why,
        })
    }

    /// The case that counts and knows its project by an id elsewhere.
    pub(super) async fn case_with_id(&self, id: &ExternalId) -> Result<Option<u64>, AppError> {
        self.refresh_radar().await?;
        let index = self
            .radar()
            .index
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let known = index.with_external_id(std::slice::from_ref(id));
        let known: BTreeSet<u64> = known.map(|(case, _)| case).collect();
        let found = self.ledger().read(|state| {
            let mut known = known.iter().filter_map(|case| state.case(*case));
            known.find(|it| counts(state, it)).map(|it| it.number)
        });
        Ok(found)
    }

    /// Notes that forms of a case were handed in.
    pub(super) fn note_handed_in(&self, case: u64) {
        let mut changed = self
            .radar()
            .changed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        changed.insert(case);
    }

    /// Brings the index up to date: makes it the first time, then reads the cases whose forms changed.
    async fn refresh_radar(&self) -> Result<(), AppError> {
        let mut is_made = self.radar().is_made.lock().await;
        let changed = {
            let mut changed = self
                .radar()
                .changed
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *changed)
        };
        let done = self.read_into_radar(*is_made, &changed).await;
        match done {
            Ok(()) => *is_made = true,
            Err(_) => {
                let mut again = self
                    .radar()
                    .changed
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                again.extend(changed);
            }
        }
        done
    }

    async fn read_into_radar(
        &self,
        is_made: bool,
        changed: &BTreeSet<u64>,
    ) -> Result<(), AppError> {
        if !is_made {
            let all = self.all_descriptions().await?;
            let radar = self.blocking(move |_| Ok(Radar::of(all))).await?;
            *self
                .radar()
                .index
                .write()
                .unwrap_or_else(PoisonError::into_inner) = radar;
        }
        for case in changed {
            let known = self.ledger().read(|state| state.case(*case).cloned());
            let Some(known) = known.filter(|it| it.kind == SubjectKind::Project) else {
                continue;
            };
            if let Some(description) = self.description(&known, None).await? {
                let mut index = self
                    .radar()
                    .index
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                index.put(*case, &description);
            }
        }
        Ok(())
    }

    /// What the forms of every project's case say, page by page, so that no more than the descriptions is in memory.
    pub(super) async fn all_descriptions(&self) -> Result<Vec<(u64, Description)>, AppError> {
        let mut all = Vec::new();
        let mut open: Option<(u64, Vec<Value>)> = None;
        let mut after = (0, 0);
        loop {
            let page = self.people().sealed_forms(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = (last.case, last.leaf);
            for SealedForm {
                case,
                step,
                content,
                ..
            } in page
            {
                let is_project = self.ledger().read(|state| {
                    let known = state
                        .case(case)
                        .filter(|it| it.kind == SubjectKind::Project);
                    known.is_some_and(|known| describes(state, known, &step))
                });
                let Some(form) = serde_json::from_str(&content).ok().filter(|_| is_project) else {
                    continue;
                };
                match &mut open {
                    Some((number, forms)) if *number == case => forms.push(form),
                    _ => all.extend(open.replace((case, vec![form])).and_then(described)),
                }
            }
        }
        all.extend(open.and_then(described));
        Ok(all)
    }

    pub(super) fn radar(&self) -> &RadarKeeper {
        &self.inner.radar
    }
}

fn described((case, forms): (u64, Vec<Value>)) -> Option<(u64, Description)> {
    Some((case, Description::of_forms(&forms).ok()?))
}

/// The cases of projects that are not rejected, withdrawn or lapsed.
fn counting(state: &State) -> BTreeSet<u64> {
    let projects = state.cases().filter(|it| it.kind == SubjectKind::Project);
    projects
        .filter(|it| counts(state, it))
        .map(|it| it.number)
        .collect()
}

pub(super) fn counts(state: &State, known: &RegistryCase) -> bool {
    match known.end {
        None => true,
        Some(CaseEnd::Standing { .. }) => false,
        Some(CaseEnd::Step { .. }) => {
            let process = state.process_of(&known.case.process);
            let flow = process.and_then(|process| process.flow(&known.case.flow));
            let stage = flow.and_then(|flow| flow.stage(&known.case.stage));
            stage.is_some_and(|stage| stage.end == Some(End::Accepted))
        }
    }
}

/// The organisation that keeps the registry, with its name.
fn authority(state: &State) -> Option<(OrganisationId, String)> {
    let process = state.process()?;
    let kind = process
        .organisation_types
        .iter()
        .find(|kind| kind.authority)?;
    let is_it = |word: Option<&str>| word == Some(kind.id.as_str());
    let mut all = state.organisations();
    let found = all.find(|it| is_it(it.organisation_type.as_ref().map(|word| word.as_str())))?;
    Some((found.id, found.name.to_string()))
}
