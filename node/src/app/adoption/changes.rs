//! What differs between two processes, thing by thing.

use countersign_protocol::workflow::{Flow, Process};

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It was not there before.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl Became {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is: `flow`, `stage`, `step`, `role` and so on.
    pub what: &'static str,
    /// The flow that it is of; empty where it is of none.
    pub flow: String,
    /// Its id; empty for a table of which there is one.
    pub id: String,
    /// What became of it.
    pub became: Became,
}

/// What differs, in the order of the file.
#[must_use]
pub fn between(old: &Process, new: &Process) -> Vec<Change> {
    let mut all = Vec::new();
    let mut list = Listing {
        flow: "",
        all: &mut all,
    };
    list.compare(
        "organisation",
        &old.organisation_types,
        &new.organisation_types,
        |it| &it.id,
    );
    list.compare("role", &old.roles, &new.roles, |it| &it.id);
    list.compare("track", &old.tracks, &new.tracks, |it| &it.id);
    list.compare("document", &old.documents, &new.documents, |it| &it.id);
    list.compare("form", &old.forms, &new.forms, |it| &it.id);
    list.compare("letter", &old.letters, &new.letters, |it| &it.id);
    list.compare("fee", &old.fees, &new.fees, |it| &it.id);
    for (what, differs) in [
        ("issuance", old.issuance != new.issuance),
        ("transfers", old.transfers != new.transfers),
        ("adoption", old.adoption != new.adoption),
    ] {
        if differs {
            list.note(what, "", Became::Changed);
        }
    }
    let none = |flow: &Flow| Flow {
        stages: Vec::new(),
        steps: Vec::new(),
        ..flow.clone()
    };
    for flow in &new.flows {
        let before = old.flow(&flow.id);
        match before {
            None => list.note("flow", &flow.id, Became::Added),
            Some(before) if none(before) != none(flow) => {
                list.note("flow", &flow.id, Became::Changed);
            }
            Some(_) => {}
        }
        let Some(before) = before else { continue };
        let mut within = Listing {
            flow: &flow.id,
            all: &mut *list.all,
        };
        within.compare("stage", &before.stages, &flow.stages, |it| &it.id);
        within.compare("step", &before.steps, &flow.steps, |it| &it.id);
    }
    for flow in old.flows.iter().filter(|it| new.flow(&it.id).is_none()) {
        list.note("flow", &flow.id, Became::Removed);
    }
    all
}

struct Listing<'a> {
    flow: &'a str,
    all: &'a mut Vec<Change>,
}

impl Listing<'_> {
    fn note(&mut self, what: &'static str, id: &str, became: Became) {
        self.all.push(Change {
            what,
            flow: self.flow.to_owned(),
            id: id.to_owned(),
            became,
        });
    }

    fn compare<T: PartialEq>(
        &mut self,
        what: &'static str,
        old: &[T],
        new: &[T],
        id: fn(&T) -> &String,
    ) {
        for it in new {
            match old.iter().find(|before| id(before) == id(it)) {
                None => self.note(what, id(it), Became::Added),
                Some(before) if before != it => self.note(what, id(it), Became::Changed),
                Some(_) => {}
            }
        }
        let is_gone = |it: &&T| new.iter().all(|after| id(after) != id(it));
        for it in old.iter().filter(is_gone) {
            self.note(what, id(it), Became::Removed);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use countersign_protocol::workflow::{Process, preset};

    use super::{Became, between};

    #[test]
    fn each_thing_that_differs_is_named_once() {
        let text = preset("small").unwrap();
        let old = Process::parse(text).unwrap();
        assert_eq!(between(&old, &old), []);
        let changed = text.replacen("days = 60", "days = 61", 1).replacen(
            "label = { en = \"Certifier\"",
            "label = { en = \"Verifier\"",
            1,
        );
        assert_ne!(changed, text);
        let new = Process::parse(&changed).unwrap();
        let found = between(&old, &new);
        assert!(
            found.iter().all(|it| it.became == Became::Changed),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|it| it.what == "organisation" && it.id == "certifier")
        );
        let other = Process::parse(preset("standard").unwrap()).unwrap();
        let found = between(&old, &other);
        for became in [Became::Added, Became::Removed, Became::Changed] {
            assert!(found.iter().any(|it| it.became == became), "{became:?}");
        }
    }
}
