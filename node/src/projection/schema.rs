//! The tables of the read model, and how they are made.
//!
//! One text for both databases. `TEXT` orders by bytes in both (PostgreSQL is told so), and each table lies in the order
//! of its key in SQLite. Nothing here is ever migrated: another version means that the model is folded again.

use super::ProjectionError;
use super::db::{Cell, Tx};

/// The version of everything below. Raise it with every change: the model is then rebuilt.
pub(super) const SCHEMA_VERSION: i64 = 7;

/// Tables in the order of their making.
const TABLES: &[(&str, &str)] = &[
    (
        "cursor_at",
        "one BIGINT PRIMARY KEY, schema_version BIGINT NOT NULL, size BIGINT NOT NULL, leaf_hash TEXT, \
         complete BIGINT NOT NULL",
    ),
    (
        "organisations",
        "id BIGINT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, kind TEXT NOT NULL, type TEXT, \
         scopes TEXT NOT NULL, standing TEXT NOT NULL, changed_at BIGINT NOT NULL",
    ),
    (
        "accounts",
        "id BIGINT PRIMARY KEY, organisation BIGINT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, \
         available BIGINT NOT NULL, on_hold BIGINT NOT NULL, escrow BIGINT NOT NULL, changed_at BIGINT NOT NULL",
    ),
    (
        "projects",
        "number BIGINT PRIMARY KEY, organisation BIGINT NOT NULL, title TEXT NOT NULL, folded TEXT NOT NULL, \
         scope BIGINT NOT NULL, standing TEXT NOT NULL, changed_at BIGINT NOT NULL",
    ),
    (
        "cases",
        "number BIGINT PRIMARY KEY, parent BIGINT, project BIGINT, kind TEXT NOT NULL, title TEXT NOT NULL, \
         folded TEXT NOT NULL, flow TEXT NOT NULL, track TEXT, stage TEXT NOT NULL, ended BIGINT NOT NULL, \
         certifier BIGINT, counterparty BIGINT, since_ms BIGINT NOT NULL, due_ms BIGINT, paused_ms BIGINT, acts BIGINT NOT NULL, \
         changed_at BIGINT NOT NULL",
    ),
    (
        "case_owners",
        "case_number BIGINT NOT NULL, organisation BIGINT NOT NULL, PRIMARY KEY (case_number, organisation)",
    ),
    (
        "case_waits",
        "case_number BIGINT NOT NULL, step TEXT NOT NULL, organisation_type TEXT NOT NULL, role TEXT NOT NULL, \
         due_ms BIGINT, PRIMARY KEY (case_number, step, organisation_type, role)",
    ),
    (
        "case_acts",
        "leaf BIGINT PRIMARY KEY, case_number BIGINT NOT NULL, step TEXT, answer TEXT NOT NULL, organisation BIGINT, \
         organisation_type TEXT, role TEXT, time_ms BIGINT NOT NULL",
    ),
    (
        "letters",
        "leaf BIGINT PRIMARY KEY, case_number BIGINT NOT NULL, act BIGINT NOT NULL, letter TEXT NOT NULL, \
         language TEXT NOT NULL, sha256 TEXT NOT NULL, time_ms BIGINT NOT NULL",
    ),
    (
        "article6",
        "leaf BIGINT PRIMARY KEY, subject TEXT NOT NULL, time_ms BIGINT NOT NULL",
    ),
    (
        "reservations",
        "case_number BIGINT PRIMARY KEY, reservation TEXT NOT NULL",
    ),
    (
        "ranges",
        "origin TEXT NOT NULL, first_unit BIGINT NOT NULL, last_unit BIGINT NOT NULL, unit_type TEXT NOT NULL, \
         scope BIGINT NOT NULL, project BIGINT NOT NULL, vintage BIGINT NOT NULL, reserved BIGINT NOT NULL, \
         issued_at BIGINT NOT NULL, split_from TEXT, first_transfer TEXT, authorisation TEXT, place TEXT NOT NULL, set_aside BIGINT NOT NULL, \
         account BIGINT, party TEXT, since BIGINT NOT NULL, PRIMARY KEY (origin, first_unit)",
    ),
    (
        "range_events",
        "leaf BIGINT NOT NULL, position BIGINT NOT NULL, time_ms BIGINT NOT NULL, kind TEXT NOT NULL, \
         origin TEXT NOT NULL, first_unit BIGINT NOT NULL, last_unit BIGINT NOT NULL, width BIGINT NOT NULL, \
         from_account BIGINT, to_account BIGINT, party TEXT, reference TEXT, PRIMARY KEY (leaf, position)",
    ),
    (
        "transfers",
        "opened_at BIGINT PRIMARY KEY, id TEXT NOT NULL, direction TEXT NOT NULL, partner TEXT NOT NULL, \
         stage TEXT NOT NULL, agreement TEXT, account BIGINT, tonnes BIGINT NOT NULL, changed_at BIGINT NOT NULL",
    ),
    (
        "retirements",
        "leaf BIGINT NOT NULL, position BIGINT NOT NULL, time_ms BIGINT NOT NULL, account BIGINT NOT NULL, \
         organisation BIGINT, kind TEXT NOT NULL, purpose TEXT NOT NULL, beneficiary TEXT, reason TEXT, \
         jurisdiction TEXT, case_number BIGINT, \
         origin TEXT NOT NULL, first_unit BIGINT NOT NULL, last_unit BIGINT NOT NULL, unit_type TEXT NOT NULL, \
         scope BIGINT NOT NULL, project BIGINT NOT NULL, vintage BIGINT NOT NULL, reserved BIGINT NOT NULL, \
         issued_at BIGINT NOT NULL, split_from TEXT, first_transfer TEXT, authorisation TEXT, PRIMARY KEY (leaf, position)",
    ),
    (
        "partners",
        "party TEXT PRIMARY KEY, origin TEXT NOT NULL, registry TEXT NOT NULL, status TEXT NOT NULL, \
         changed_at BIGINT NOT NULL",
    ),
];

/// Indexes, made once the tables are filled. Each serves one order of one list, with the filter that leads into it.
const INDEXES: &[(&str, &str)] = &[
    ("organisations_by_name", "organisations (folded, id)"),
    ("organisations_by_change", "organisations (changed_at, id)"),
    ("accounts_of", "accounts (organisation, id)"),
    ("projects_by_title", "projects (folded, number)"),
    ("projects_by_change", "projects (changed_at, number)"),
    ("projects_of", "projects (organisation, number)"),
    ("cases_by_change", "cases (changed_at, number)"),
    ("cases_by_since", "cases (since_ms, number)"),
    ("cases_of_project", "cases (project, number)"),
    ("cases_below", "cases (parent, number)"),
    ("case_owners_of", "case_owners (organisation, case_number)"),
    (
        "case_waits_for",
        "case_waits (role, organisation_type, case_number)",
    ),
    ("cases_for", "cases (counterparty, number)"),
    ("case_acts_of", "case_acts (case_number, leaf)"),
    ("letters_of", "letters (case_number, leaf)"),
    ("letters_by_hash", "letters (sha256, leaf)"),
    ("article6_of", "article6 (subject, leaf)"),
    ("ranges_of_project", "ranges (project, origin, first_unit)"),
    ("ranges_of_account", "ranges (account, origin, first_unit)"),
    (
        "ranges_of_account_and_vintage",
        "ranges (account, vintage, origin, first_unit)",
    ),
    ("ranges_of_vintage", "ranges (vintage, origin, first_unit)"),
    ("ranges_at", "ranges (place, origin, first_unit)"),
    ("ranges_of_type", "ranges (unit_type, origin, first_unit)"),
    ("ranges_by_since", "ranges (since, origin, first_unit)"),
    (
        "ranges_of_account_by_since",
        "ranges (account, since, origin, first_unit)",
    ),
    (
        "range_events_over",
        "range_events (origin, width, first_unit)",
    ),
    ("transfers_by_id", "transfers (id)"),
    ("transfers_at", "transfers (stage, opened_at)"),
    (
        "retirements_of_account",
        "retirements (account, leaf, position)",
    ),
    (
        "retirements_of_project",
        "retirements (project, leaf, position)",
    ),
    (
        "retirements_of_vintage",
        "retirements (vintage, leaf, position)",
    ),
    (
        "retirements_of_organisation",
        "retirements (organisation, leaf, position)",
    ),
];

/// A table as its definition says.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Each column, and whether it holds a text.
    pub(super) columns: Vec<(&'static str, bool)>,
    pub(super) key: Vec<&'static str>,
}

impl Table {
    fn of(name: &'static str, definition: &'static str) -> Self {
        let (columns, key) = match definition.split_once(", PRIMARY KEY (") {
            Some((columns, key)) => (columns, key.trim_end_matches(')').split(", ").collect()),
            None => (definition, Vec::new()),
        };
        let mut table = Self {
            name,
            columns: Vec::new(),
            key,
        };
        for column in columns.split(',') {
            let mut words = column.split_whitespace();
            let (Some(name), Some(kind)) = (words.next(), words.next()) else {
                continue;
            };
            table.columns.push((name, kind == "TEXT"));
            if words.next() == Some("PRIMARY") {
                table.key.push(name);
            }
        }
        table
    }

    /// The key of a row that has all columns.
    pub(super) fn key_of(&self, row: &[Cell]) -> Vec<Cell> {
        let cells = self.columns.iter().zip(row);
        let of = |wanted: &&str| cells.clone().find(|((name, _), _)| *name == *wanted);
        self.key
            .iter()
            .filter_map(of)
            .map(|(_, cell)| cell.clone())
            .collect()
    }
}

/// Every table.
pub(super) fn tables() -> impl Iterator<Item = Table> {
    TABLES
        .iter()
        .map(|(name, definition)| Table::of(name, definition))
}

/// Drops everything and makes the tables empty, without indexes.
pub(super) async fn reset(tx: &mut Tx) -> Result<(), ProjectionError> {
    for (name, columns) in TABLES {
        tx.execute(format!("DROP TABLE IF EXISTS {name}"), Vec::new())
            .await?;
        let made = if tx.is_sqlite() {
            format!("CREATE TABLE {name} ({columns}) WITHOUT ROWID")
        } else {
            let columns = columns.replace(" TEXT", " TEXT COLLATE \"C\"");
            format!("CREATE TABLE {name} ({columns})")
        };
        tx.execute(made, Vec::new()).await?;
    }
    let cells = vec![Cell::from(SCHEMA_VERSION)];
    let begun = "INSERT INTO cursor_at (one, schema_version, size, leaf_hash, complete) VALUES (1, $1, 0, NULL, 0)";
    tx.execute(begun, cells).await?;
    Ok(())
}

/// Makes the indexes and the statistics by which the databases choose among them.
pub(super) async fn finish(tx: &mut Tx) -> Result<(), ProjectionError> {
    for (name, on) in INDEXES {
        tx.execute(format!("CREATE INDEX {name} ON {on}"), Vec::new())
            .await?;
    }
    if tx.is_sqlite() {
        // A sample is enough, and stays quick however large the model is.
        tx.execute("PRAGMA analysis_limit = 400", Vec::new())
            .await?;
    }
    tx.execute("ANALYZE", Vec::new()).await?;
    Ok(())
}
