//! The hand-written tables that presets are held against.
//!
//! `flow NAME` begins a flow, `ends a=accepted b=rejected` names its ends, and each other line is a step:
//! `step : from,from -> to / if-no : type role,role scope + type role scope : option, option`
//! with the options `x2`, `all type type`, `apart step`, `apart-org flow/step`, `tracks a b`, `does effect effect`,
//! `no-does effect`, `letter id`, `no-letter id`, `fee id`, `form id`, `docs id id`, `due DAYS`, `then step`, `kind word`.

use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) flows: Vec<Flow>,
}

#[derive(Debug, Default)]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) ends: BTreeMap<String, String>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) from: Vec<String>,
    pub(crate) to: String,
    pub(crate) no: Option<String>,
    pub(crate) by: Vec<Rule>,
    options: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) organisation_type: String,
    pub(crate) roles: Vec<String>,
    pub(crate) scope: String,
}

impl Step {
    pub(crate) fn option(&self, name: &str) -> Vec<String> {
        self.options.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn quorum(&self) -> u32 {
        let many = self.options.keys().find_map(|name| name.strip_prefix('x'));
        many.map_or(1, |count| count.parse().unwrap())
    }

    pub(crate) fn is_on(&self, track: Option<&str>) -> bool {
        let tracks = self.option("tracks");
        tracks.is_empty() || track.is_none_or(|track| tracks.iter().any(|id| id == track))
    }

    pub(crate) fn is_automatic(&self) -> bool {
        self.by.is_empty()
    }
}

fn words(text: &str, separator: char) -> Vec<String> {
    let words = text.split(separator).map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

impl Table {
    pub(crate) fn parse(text: &str) -> Self {
        let mut table = Self::default();
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            if let Some(id) = line.strip_prefix("flow ") {
                table.flows.push(Flow {
                    id: id.to_owned(),
                    ..Flow::default()
                });
                continue;
            }
            let flow = table.flows.last_mut().unwrap();
            if let Some(ends) = line.strip_prefix("ends ") {
                let pairs = words(ends, ' ').into_iter();
                flow.ends = pairs
                    .map(|pair| {
                        pair.split_once('=')
                            .map(|(a, b)| (a.to_owned(), b.to_owned()))
                            .unwrap()
                    })
                    .collect();
                continue;
            }
            flow.steps.push(step(line));
        }
        table
    }
}

fn step(line: &str) -> Step {
    let mut parts = line.split(" : ").map(str::trim);
    let id = parts.next().unwrap().to_owned();
    let (from, to) = parts
        .next()
        .unwrap_or_else(|| panic!("{line}"))
        .split_once("->")
        .unwrap();
    let (to, no) = match to.split_once('/') {
        Some((to, no)) => (to, Some(no.trim().to_owned())),
        None => (to, None),
    };
    let by = parts
        .next()
        .filter(|by| *by != "-")
        .into_iter()
        .flat_map(|by| words(by, '+'));
    let by = by.map(|rule| {
        let words = words(&rule, ' ');
        let [kind, roles, scope] = words.as_slice() else {
            panic!("{line}")
        };
        Rule {
            organisation_type: kind.clone(),
            roles: self::words(roles, ','),
            scope: scope.clone(),
        }
    });
    let by = by.collect();
    let options = parts
        .next()
        .into_iter()
        .flat_map(|options| words(options, ','))
        .map(|option| {
            let mut words = words(&option, ' ');
            let name = words.remove(0);
            (name, words)
        });
    let mut merged: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, words) in options {
        merged.entry(name).or_default().extend(words);
    }
    Step {
        id,
        from: words(from, ','),
        to: to.trim().to_owned(),
        no,
        by,
        options: merged,
    }
}
