//! The forms that were handed in with a case, one version after the other, and what changed between two of them.

use countersign_protocol::project::Description;
use countersign_protocol::registry::{RegistryCase, State};
use countersign_protocol::workflow::{FieldChange, Form};
use serde_json::Value;

use super::super::{App, AppError, Caller, LIST_MAX, Listing};
use super::Seen;
use crate::people::{Sealed, SealedPart, UserId};

/// A form that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormVersion {
    /// Its number in the case, counted from 1.
    pub version: u64,
    /// The form.
    pub form: String,
    /// The step that it came with.
    pub step: String,
    /// The leaf of the act.
    pub leaf: u64,
    /// Who handed it in, by pseudonym.
    pub user: UserId,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// Whether its content is gone for good.
    pub is_erased: bool,
}

/// What changed between two versions of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct FormDiff {
    /// The form.
    pub form: String,
    /// The older version; `None` when `to` is the first of its form, so that everything in it is new.
    pub from: Option<u64>,
    /// The newer version.
    pub to: u64,
    /// The fields that changed, in the order of the form.
    pub changes: Vec<FieldChange>,
}

/// A sealed form with the schema that it was filled in by.
pub(in crate::app) struct HandedIn {
    version: u64,
    form: Option<Form>,
    sealed: Sealed,
}

impl HandedIn {
    fn form_id(&self) -> String {
        let form = self.form.as_ref().map(|form| form.id.clone());
        form.unwrap_or_else(|| self.sealed.step.clone())
    }

    /// The filled form; `None` once erased.
    fn content(&self) -> Option<Value> {
        let (_, text) = self.sealed.opened.as_ref()?;
        serde_json::from_str(text).ok()
    }
}

impl App {
    /// The forms that were handed in with a case, with a version above `after`.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub async fn form_versions(
        &self,
        caller: &Caller,
        case: u64,
        after: u64,
        limit: usize,
    ) -> Result<Listing<FormVersion>, AppError> {
        let seen = self.seen(case)?;
        self.permit_reading(caller, &seen.known)?;
        let limit = limit.clamp(1, LIST_MAX);
        let all = self.handed_in(&seen).await?.into_iter();
        let after = all.skip_while(|it| it.version <= after).take(limit + 1);
        let versions = after.map(|it| FormVersion {
            version: it.version,
            form: it.form_id(),
            is_erased: it.sealed.opened.is_none(),
            leaf: it.sealed.leaf,
            user: it.sealed.user,
            time_ms: it.sealed.sealed_ms,
            step: it.sealed.step,
        });
        Ok(Listing::cut(versions.collect(), limit, |last| {
            last.version.to_string()
        }))
    }

    /// What changed between two versions of a form of a case. Without `to` it is the last version, without `from` the one
    /// of the same form before it. Labels are in `language`, or in English where the process has none in it.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case, there is no such version, or the two are of different forms.
    pub async fn form_diff(
        &self,
        caller: &Caller,
        case: u64,
        from: Option<u64>,
        to: Option<u64>,
        language: &str,
    ) -> Result<FormDiff, AppError> {
        let seen = self.seen(case)?;
        self.permit_reading(caller, &seen.known)?;
        let all = self.handed_in(&seen).await?;
        let find = |number: u64| {
            let found = all.iter().find(|it| it.version == number);
            found.ok_or_else(|| AppError::not_found("version", &number))
        };
        let newer = match to {
            Some(to) => find(to)?,
            None => all
                .last()
                .ok_or_else(|| AppError::not_found("version", &"1"))?,
        };
        let older = match from {
            Some(from) => Some(find(from)?),
            None => all
                .iter()
                .rev()
                .find(|it| it.version < newer.version && it.form_id() == newer.form_id()),
        };
        if let Some(older) = older.filter(|older| older.form_id() != newer.form_id()) {
            let why = format!(
                "version {} is of the form {} and version {} of the form {}; compare two of one form",
                older.version,
                older.form_id(),
                newer.version,
                newer.form_id()
            );
            return Err(AppError::parameter("from", why));
        }
        let content = |of: &HandedIn| {
            of.content().ok_or_else(|| {
                let why = format!("the content of version {} was erased", of.version);
                AppError::parameter(
                    if of.version == newer.version {
                        "to"
                    } else {
                        "from"
                    },
                    why,
                )
            })
        };
        let old = older.map(content).transpose()?;
        let old = old.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let new = content(newer)?;
        let form = newer.form.as_ref().ok_or_else(|| {
            AppError::parameter("to", "the process does not have its form any more")
        })?;
        Ok(FormDiff {
            form: newer.form_id(),
            from: older.map(|it| it.version),
            to: newer.version,
            changes: form.schema.diff(&old, &new, language),
        })
    }

    async fn handed_in(&self, seen: &Seen) -> Result<Vec<HandedIn>, AppError> {
        let sealed = self.people().sealed_of(seen.known.number).await?;
        let forms = sealed.into_iter().filter(|it| it.part == SealedPart::Form);
        let handed_in = self.ledger().read(|state| {
            let all = forms.zip(1..).map(|(sealed, version)| HandedIn {
                version,
                form: form_of(state, &seen.known, &sealed.step).cloned(),
                sealed,
            });
            all.collect()
        });
        Ok(handed_in)
    }

    /// What the forms of a project's case say of it together, and then `newest`; `None` when none of them describes one, or
    /// what they say does not read.
    pub(in crate::app) async fn description(
        &self,
        known: &RegistryCase,
        newest: Option<&Value>,
    ) -> Result<Option<Description>, AppError> {
        let sealed = self.people().sealed_of(known.number).await?;
        let mut forms: Vec<Value> = self.ledger().read(|state| {
            let forms = sealed.iter().filter(|it| it.part == SealedPart::Form);
            let describing = forms.filter(|it| describes(state, known, &it.step));
            let texts = describing.filter_map(|it| it.opened.as_ref());
            texts
                .filter_map(|(_, text)| serde_json::from_str(text).ok())
                .collect()
        });
        forms.extend(newest.cloned());
        if forms.is_empty() {
            return Ok(None);
        }
        Ok(Description::of_forms(&forms).ok())
    }
}

/// Whether a step's form includes the description of a project.
pub(in crate::app) fn describes(state: &State, known: &RegistryCase, step: &str) -> bool {
    let form = form_of(state, known, step);
    form.is_some_and(|form| form.schema.fragment().is_some())
}

/// The form of a step: in the process that the case follows, or in an older one that it was moved from.
fn form_of<'a>(state: &'a State, known: &RegistryCase, step: &str) -> Option<&'a Form> {
    let own = state.process_of(&known.case.process);
    let older = state.adopted_processes().rev();
    let older = older.filter_map(|it| state.process_of(&it.process));
    own.into_iter().chain(older).find_map(|process| {
        let step = process.flow(&known.case.flow)?.step(step)?;
        process.form(step.form.as_deref()?)
    })
}
