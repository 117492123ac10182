//! The country's process, and the cases under it.

use std::sync::Arc;

use countersign_protocol::permission::{Action, Matrix, Object};
use countersign_protocol::registry::{AdoptedProcess, RegistryCase, State};
use countersign_protocol::workflow::{Process, Waiting, waiting_for};

use super::{App, AppError, Caller, LIST_MAX, Listing};

/// An adopted process with what is in its file.
#[derive(Clone, Debug)]
pub struct ListedProcess {
    /// The record.
    pub adopted: AdoptedProcess,
    /// The file, parsed.
    pub process: Arc<Process>,
}

/// A case, the process that it follows, and what it waits for.
#[derive(Clone, Debug)]
pub struct ListedCase {
    /// As the registry keeps it.
    pub known: RegistryCase,
    /// Its process.
    pub process: Arc<Process>,
    /// The steps that lead on.
    pub waits_for: Vec<Waiting>,
    /// Until when its units wait because their receiver is not trusted, in milliseconds since 1970.
    pub cooling_off_ms: Option<u64>,
}

impl App {
    /// Whether somebody may adopt a process, and so look at the editor of processes.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn may_adopt_process(&self, caller: &Caller) -> Result<(), AppError> {
        self.permit(caller, Action::ProcessAdopt, &Object::default())
    }

    /// The process that new cases follow.
    #[must_use]
    pub fn process_in_force(&self) -> Option<ListedProcess> {
        self.ledger().read(|state| {
            let newest = state.adopted_processes().last()?;
            listed_process(state, newest)
        })
    }

    /// What every role may do, by the country's permission matrix.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn permission_matrix(&self, caller: &Caller) -> Result<&Matrix, AppError> {
        self.may_adopt_process(caller)?;
        Ok(&self.inner.matrix)
    }

    /// Adopted processes with a version above `after`.
    #[must_use]
    pub fn processes(&self, after: u32, limit: usize) -> Listing<ListedProcess> {
        let limit = limit.clamp(1, LIST_MAX);
        let items = self.ledger().read(|state| {
            let rest = state
                .adopted_processes()
                .skip_while(|it| it.version <= after);
            rest.take(limit + 1)
                .filter_map(|it| listed_process(state, it))
                .collect()
        });
        Listing::cut(items, limit, |last: &ListedProcess| {
            last.adopted.version.to_string()
        })
    }

    /// The file of an adopted process, as it was adopted.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such version.
    pub fn process_file(&self, version: u32) -> Result<String, AppError> {
        self.ledger()
            .read(|state| {
                let adopted = state.adopted_processes().find(|it| it.version == version)?;
                state.process_text(&adopted.process, adopted.parts)
            })
            .ok_or_else(|| AppError::NotFound {
                what: "process version",
                id: version.to_string(),
            })
    }

    /// Cases with a number above `after`.
    #[must_use]
    pub fn cases(&self, after: u64, limit: usize) -> Listing<ListedCase> {
        let limit = limit.clamp(1, LIST_MAX);
        let items = self.ledger().read(|state| {
            let rest = state.cases_after(after);
            rest.take(limit + 1)
                .filter_map(|it| listed_case(state, it))
                .collect()
        });
        Listing::cut(items, limit, |last: &ListedCase| {
            last.known.number.to_string()
        })
    }

    /// One case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none of the number.
    pub fn case(&self, number: u64) -> Result<ListedCase, AppError> {
        self.ledger()
            .read(|state| listed_case(state, state.case(number)?))
            .ok_or_else(|| AppError::NotFound {
                what: "case",
                id: number.to_string(),
            })
    }
}

fn listed_process(state: &State, adopted: &AdoptedProcess) -> Option<ListedProcess> {
    Some(ListedProcess {
        adopted: *adopted,
        process: Arc::clone(state.process_of(&adopted.process)?),
    })
}

fn listed_case(state: &State, known: &RegistryCase) -> Option<ListedCase> {
    let process = Arc::clone(state.process_of(&known.case.process)?);
    Some(ListedCase {
        cooling_off_ms: state.cooling_off(known, state.time_ms()),
        known: known.clone(),
        waits_for: if known.end.is_none() {
            waiting_for(&process, &known.case).unwrap_or_default()
        } else {
            Vec::new()
        },
        process,
    })
}
