//! What projects say that they are in the MRV: several may name one thing there.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What each project says, by the id that its form names. In memory only: every start draws all projects before anything is sent.
#[derive(Debug)]
pub(super) struct Claims<T>(Mutex<BTreeMap<String, BTreeMap<u32, T>>>);

impl<T> Default for Claims<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Claims<T> {
    /// Notes what a project says; gives every id that this changes, with what all of its projects say now.
    pub(super) fn note(&self, project: u32, said: Option<(&str, T)>) -> Vec<(String, Vec<T>)> {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for (id, of) in claims.iter_mut() {
            if of.remove(&project).is_some() {
                changed.push(id.clone());
            }
        }
        if let Some((id, what)) = said {
            let of = claims.entry(id.to_owned()).or_default();
            of.insert(project, what);
            changed.push(id.to_owned());
        }
        changed.sort();
        changed.dedup();
        let all = changed.into_iter();
        all.map(|id| {
            let of = claims.get(&id).into_iter().flat_map(BTreeMap::values);
            let of = of.cloned().collect();
            (id, of)
        })
        .collect()
    }

    /// Whether a project names it.
    pub(super) fn is_named(&self, id: &str) -> bool {
        let claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.get(id).is_some_and(|it| !it.is_empty())
    }
}
