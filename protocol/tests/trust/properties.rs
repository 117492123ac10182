//! Whatever is served in whatever order: a reader holds one of the versions that keyholders published, never an older one than
//! before, and takes the newest when it is served whole.

use countersign_protocol::trust::{Members, Trust};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::world::{Files, ROOT_KEYS, World, member, now};

/// What keyholders decide.
#[derive(Clone, Debug)]
enum Decision {
    /// Ghana's key ends and another begins, this many sizes later.
    Rotate(u64),
    /// A root with the same keyholders.
    Root,
}

/// What somebody in between does to what is served.
#[derive(Clone, Debug)]
enum Damage {
    Nothing,
    /// An older version as a whole.
    Older(Index),
    /// One file of an older version, under the same or its neighbour's name.
    Mixed(Index, Index),
    Flipped(Index, Index, u8),
    Missing(Index),
    Cut(Index, Index),
    Emptied(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        2 => Just(Damage::Nothing),
        2 => index().prop_map(Damage::Older),
        3 => (index(), index()).prop_map(|(version, file)| Damage::Mixed(version, file)),
        3 => (index(), index(), 0..8_u8).prop_map(|(file, byte, bit)| Damage::Flipped(file, byte, bit)),
        1 => index().prop_map(Damage::Missing),
        1 => (index(), index()).prop_map(|(file, at)| Damage::Cut(file, at)),
        1 => index().prop_map(Damage::Emptied),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![(0..50_u64).prop_map(Decision::Rotate), Just(Decision::Root)]
}

/// The versions that come of decisions, each with its members.
fn history(decisions: &[Decision]) -> Vec<(World, Files)> {
    let mut world = World::new();
    let mut ends = Vec::new();
    let mut all = vec![(world.clone(), world.files())];
    for decision in decisions {
        match decision {
            Decision::Rotate(later) => {
                ends.push(ends.last().copied().unwrap_or(0) + later);
                let mut first = 0;
                let mut rows = Vec::new();
                for end in &ends {
                    rows.push(format!("{first} {end}"));
                    first = *end;
                }
                rows.push(format!("{first} -"));
                let rows: Vec<_> = rows.iter().map(String::as_str).zip(1..).collect();
                world = world.with_members(&[member("GH", "GHA01", &rows)]);
            }
            Decision::Root => {
                world = world.with_root(&ROOT_KEYS, 2, &["GH", "CH"]);
                world.version += 1;
            }
        }
        all.push((world.clone(), world.files()));
    }
    all
}

fn served(newest: &Files, past: &[(World, Files)], damage: &Damage) -> Files {
    let mut files = newest.clone();
    let name = |at: &Index, files: &Files| files.keys().nth(at.index(files.len())).unwrap().clone();
    match damage {
        Damage::Nothing => {}
        Damage::Older(version) => files.clone_from(&past[version.index(past.len())].1),
        Damage::Mixed(version, file) => {
            let old = &past[version.index(past.len())].1;
            let from = name(file, old);
            // Under its own name, and under the newest one's of the same role.
            let role = from.rsplit('.').nth(1).unwrap_or_default().to_owned();
            let bytes = old[&from].clone();
            for (path, content) in &mut files {
                if path.rsplit('.').nth(1) == Some(&role) {
                    content.clone_from(&bytes);
                }
            }
            files.insert(from, bytes);
        }
        Damage::Flipped(file, byte, bit) => {
            let path = name(file, &files);
            let content = files.get_mut(&path).unwrap();
            let at = byte.index(content.len());
            content[at] ^= 1 << bit;
        }
        Damage::Missing(file) => {
            files.remove(&name(file, &files));
        }
        Damage::Cut(file, at) => {
            let path = name(file, &files);
            let content = files.get_mut(&path).unwrap();
            content.truncate(at.index(content.len()));
        }
        Damage::Emptied(file) => {
            let path = name(file, &files);
            files.insert(path, Vec::new());
        }
    }
    files
}

/// Which of the published versions a reader holds; a version that changes no member is as good as the one before.
fn held(trust: &Trust, history: &[(World, Files)]) -> Option<usize> {
    let members = trust.to_settle()?.members().clone();
    let is_it =
        |(world, _): &(World, Files)| Members::new(world.members.clone()).unwrap() == members;
    let found = history.iter().rposition(is_it);
    Some(found.expect("the reader holds members that nobody published"))
}

proptest! {
    #[test]
    fn a_reader_holds_published_versions_only_and_never_goes_back(
        decisions in prop::collection::vec(decision(), 1..4),
        damages in prop::collection::vec(prop::collection::vec(damage(), 0..3), 4),
    ) {
        let history = history(&decisions);
        let mut trust = history[0].0.reader();
        let mut before = None;
        for (at, (_, newest)) in history.iter().enumerate() {
            for damage in &damages[at] {
                let files = served(newest, &history[..=at], damage);
                let outcome = trust.refresh(&files, now());
                let after = held(&trust, &history[..=at]);
                prop_assert!(after >= before, "went back under {damage:?}: {outcome:?}");
                prop_assert!(outcome.is_err() || after.is_some());
                before = after;
            }
            trust.refresh(newest, now()).map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
            before = held(&trust, &history[..=at]);
            prop_assert_eq!(before, Some(at));
            prop_assert!(trust.for_new_decisions(now()).is_ok());
        }
    }
}
