//! The tables of open data: what is read, what each column means.
//!
//! Nothing here is more than the public log says, and nothing of it is about a person: no accounts, no names of beneficiaries.

use super::super::ProjectionError;
use super::super::db::Row;
use super::super::query::{Statistics, Tonnes, block};
use super::{Column, Holds, Stored, Table, Value};
use countersign_protocol::units::UnitBlock;

const fn of(name: &'static str, holds: Holds, about: &'static str) -> Column {
    Column {
        name,
        holds,
        is_required: true,
        about,
    }
}

const fn maybe(name: &'static str, holds: Holds, about: &'static str) -> Column {
    Column {
        name,
        holds,
        is_required: false,
        about,
    }
}

/// Every table.
pub(crate) const TABLES: [&Stored; 6] = [
    &PROJECTS,
    &ORGANISATIONS,
    &UNITS,
    &HISTORY,
    &TRANSFERS,
    &RETIREMENTS,
];

const SERIAL: Column = of(
    "serial",
    Holds::Text,
    "Domestic serial number: Party, first and last number, unit type, sectoral scope, project, vintage",
);
const ITMO_ID: Column = maybe(
    "itmo_id",
    Holds::Text,
    "Unique identifier of the ITMOs, once first transferred (4/CMA.6, annex I)",
);
const ORIGIN: Column = of("origin", Holds::Text, "Party of origin, ISO 3166-1 alpha-2");
const FIRST: Column = of("first_unit", Holds::Number, "Number of the first unit");
const LAST: Column = of("last_unit", Holds::Number, "Number of the last unit");
const TONNES: Column = of(
    "tonnes",
    Holds::Number,
    "Units, each one tonne of carbon dioxide equivalent",
);
const UNIT_TYPE: Column = of("unit_type", Holds::Text, "Kind of unit");
const SCOPE: Column = of(
    "sectoral_scope",
    Holds::Number,
    "Sectoral scope, by the numbers of the CDM",
);
const PROJECT: Column = of(
    "project",
    Holds::Number,
    "National number of the project in the Party of origin",
);
const VINTAGE: Column = of(
    "vintage",
    Holds::Number,
    "Calendar year in which the mitigation occurred",
);

static PROJECTS: Stored = Stored {
    table: Table {
        name: "projects",
        about: "Registered projects",
        columns: &[
            of("number", Holds::Number, "National number"),
            of("title", Holds::Text, "Public title"),
            of(
                "organisation",
                Holds::Number,
                "Number of the organisation that develops it",
            ),
            maybe(
                "organisation_name",
                Holds::Text,
                "Public name of that organisation",
            ),
            SCOPE,
            of("standing", Holds::Text, "active, suspended or closed"),
            of(
                "changed_at_entry",
                Holds::Number,
                "Newest entry of the ledger that may have changed it",
            ),
        ],
        key: &["number"],
    },
    select: "SELECT p.number, p.title, p.organisation, o.name, p.scope, p.standing, p.changed_at \
             FROM projects AS p LEFT JOIN organisations AS o ON o.id = p.organisation",
    order: &["p.number"],
    read: |row| {
        Ok(vec![
            number(row, 0)?,
            text(row, 1)?,
            number(row, 2)?,
            text(row, 3)?,
            number(row, 4)?,
            text(row, 5)?,
            number(row, 6)?,
        ])
    },
};

static ORGANISATIONS: Stored = Stored {
    table: Table {
        name: "organisations",
        about: "Organisations of the registry",
        columns: &[
            of("number", Holds::Number, "Number"),
            of("name", Holds::Text, "Public name"),
            of("kind", Holds::Text, "What it is to the registry"),
            maybe("type", Holds::Text, "What it is in the country's process"),
            maybe(
                "sectoral_scopes",
                Holds::Text,
                "Sectoral scopes that it answers for, separated by spaces",
            ),
            of(
                "standing",
                Holds::Text,
                "pending, active, suspended or closed",
            ),
            of(
                "changed_at_entry",
                Holds::Number,
                "Newest entry of the ledger that may have changed it",
            ),
        ],
        key: &["number"],
    },
    select: "SELECT id, name, kind, type, scopes, standing, changed_at FROM organisations",
    order: &["id"],
    read: |row| {
        let scopes = row.text(4)?.unwrap_or_default();
        let scopes: Vec<&str> = scopes.split(',').filter(|it| !it.is_empty()).collect();
        Ok(vec![
            number(row, 0)?,
            text(row, 1)?,
            text(row, 2)?,
            text(row, 3)?,
            Value::maybe((!scopes.is_empty()).then(|| scopes.join(" "))),
            text(row, 5)?,
            number(row, 6)?,
        ])
    },
};

static UNITS: Stored = Stored {
    table: Table {
        name: "units",
        about: "Ranges of units as they stand",
        columns: &[
            ORIGIN,
            FIRST,
            LAST,
            TONNES,
            SERIAL,
            ITMO_ID,
            UNIT_TYPE,
            SCOPE,
            PROJECT,
            VINTAGE,
            of(
                "place",
                Holds::Text,
                "available, on_hold, escrow, abroad, used or cancelled",
            ),
            maybe(
                "partner",
                Holds::Text,
                "Party that has them, for those abroad",
            ),
            maybe(
                "authorisation",
                Holds::Text,
                "Id of the authorisation that they are under",
            ),
            maybe("authorisation_version", Holds::Number, "Its version"),
            maybe(
                "cooperative_approach",
                Holds::Text,
                "Cooperative approach of the authorisation",
            ),
            maybe("authorised_uses", Holds::Text, "Uses that are authorised"),
            of(
                "issued_at_entry",
                Holds::Number,
                "Entry of the issuance in the ledger of the Party of origin",
            ),
            of(
                "since_entry",
                Holds::Number,
                "Entry of this ledger since which they are where they are",
            ),
        ],
        key: &["origin", "first_unit"],
    },
    select: "SELECT origin, first_unit, last_unit, unit_type, scope, project, vintage, reserved, issued_at, split_from, \
             first_transfer, authorisation, place, party, since FROM ranges",
    order: &["origin", "first_unit"],
    read: |row| {
        let block = block(row, 0, 3)?;
        let authorisation = block.authorisation;
        let uses = authorisation.and_then(|it| serde_json::to_value(it.uses).ok());
        let uses = uses.as_ref().and_then(|it| it.as_str()).map(str::to_owned);
        let mut values = units(&block);
        values.extend([
            text(row, 12)?,
            text(row, 13)?,
            Value::maybe(authorisation.map(|it| it.id)),
            authorisation.map_or(Value::Nothing, |it| Value::number(it.version.into())),
            Value::maybe(authorisation.map(|it| it.cooperative_approach)),
            Value::maybe(uses),
            number(row, 8)?,
            number(row, 14)?,
        ]);
        Ok(values)
    },
};

static HISTORY: Stored = Stored {
    table: Table {
        name: "history",
        about: "Everything that happened to ranges of units, in the order of the ledger",
        columns: &[
            of("entry", Holds::Number, "Entry of the ledger"),
            of(
                "position",
                Holds::Number,
                "Place among the ranges of that entry",
            ),
            of("time", Holds::Time, "Time of the entry"),
            of(
                "event",
                Holds::Text,
                "What happened, such as issuance, split, lock, finalise, acquire, retire or cancel",
            ),
            ORIGIN,
            FIRST,
            LAST,
            TONNES,
            maybe("partner", Holds::Text, "Partner country"),
            maybe(
                "reference",
                Holds::Text,
                "Id of a transfer, number of a case, purpose or reason",
            ),
        ],
        key: &["entry", "position"],
    },
    select: "SELECT leaf, position, time_ms, kind, origin, first_unit, last_unit, party, reference FROM range_events",
    order: &["leaf", "position"],
    read: |row| {
        let (first, last) = (row.number::<u64>(5)?, row.number::<u64>(6)?);
        Ok(vec![
            number(row, 0)?,
            number(row, 1)?,
            number(row, 2)?,
            text(row, 3)?,
            text(row, 4)?,
            Value::number(first),
            Value::number(last),
            Value::number(last.saturating_sub(first).saturating_add(1)),
            text(row, 7)?,
            text(row, 8)?,
        ])
    },
};

static TRANSFERS: Stored = Stored {
    table: Table {
        name: "transfers",
        about: "Transfers to and from other countries",
        columns: &[
            of("opened_at_entry", Holds::Number, "Entry that opened it"),
            of("id", Holds::Text, "Id of the transfer"),
            of("direction", Holds::Text, "out or in"),
            of(
                "partner",
                Holds::Text,
                "Partner country, ISO 3166-1 alpha-2",
            ),
            of(
                "state",
                Holds::Text,
                "LOCKED, FINAL, RELEASED, ACQUIRED or REFUSED",
            ),
            maybe("agreement", Holds::Text, "Agreement that it is under"),
            TONNES,
            of("changed_at_entry", Holds::Number, "Newest entry about it"),
        ],
        key: &["opened_at_entry"],
    },
    select: "SELECT opened_at, id, direction, partner, stage, agreement, tonnes, changed_at FROM transfers",
    order: &["opened_at"],
    read: |row| {
        Ok(vec![
            number(row, 0)?,
            text(row, 1)?,
            text(row, 2)?,
            text(row, 3)?,
            text(row, 4)?,
            text(row, 5)?,
            number(row, 6)?,
            number(row, 7)?,
        ])
    },
};

static RETIREMENTS: Stored = Stored {
    table: Table {
        name: "retirements",
        about: "Ranges of units that were used or cancelled",
        columns: &[
            of("entry", Holds::Number, "Entry of the ledger"),
            of(
                "position",
                Holds::Number,
                "Place among the ranges of that entry",
            ),
            of("time", Holds::Time, "Time of the entry"),
            of("kind", Holds::Text, "retire for use, or cancel"),
            of("purpose", Holds::Text, "For what"),
            maybe(
                "organisation",
                Holds::Number,
                "Number of the organisation whose account held them",
            ),
            maybe("reason", Holds::Text, "Why, as the public record says"),
            maybe(
                "jurisdiction",
                Holds::Text,
                "Country in whose jurisdiction they are used",
            ),
            ORIGIN,
            FIRST,
            LAST,
            TONNES,
            SERIAL,
            ITMO_ID,
            UNIT_TYPE,
            SCOPE,
            PROJECT,
            VINTAGE,
        ],
        key: &["entry", "position"],
    },
    select: "SELECT leaf, position, time_ms, kind, purpose, organisation, reason, jurisdiction, origin, first_unit, \
             last_unit, unit_type, scope, project, vintage, reserved, issued_at, split_from, first_transfer, authorisation \
             FROM retirements",
    order: &["leaf", "position"],
    read: |row| {
        let mut values = vec![
            number(row, 0)?,
            number(row, 1)?,
            number(row, 2)?,
            text(row, 3)?,
            text(row, 4)?,
            number(row, 5)?,
            text(row, 6)?,
            text(row, 7)?,
        ];
        values.extend(units(&block(row, 8, 11)?));
        Ok(values)
    },
};

/// Sums, as [`sums`] gives them.
pub(crate) static STATISTICS: Table = Table {
    name: "statistics",
    about: "Sums over the whole registry",
    columns: &[
        of(
            "by",
            Holds::Text,
            "year, vintage, sectoral_scope or partner: what the sum is grouped by",
        ),
        of(
            "group",
            Holds::Text,
            "The calendar year, vintage, sectoral scope or partner country",
        ),
        of(
            "measure",
            Holds::Text,
            "What is summed: an event of the year, a place of units, a direction of transfers, or projects",
        ),
        of(
            "value",
            Holds::Number,
            "Tonnes of carbon dioxide equivalent; a count for projects",
        ),
    ],
    key: &["by", "group", "measure"],
};

/// The rows of [`STATISTICS`].
pub(crate) fn sums(of: &Statistics) -> Vec<Vec<Value>> {
    fn rows<K: ToString>(
        by: &'static str,
        groups: impl IntoIterator<Item = (K, Tonnes)>,
    ) -> impl Iterator<Item = Vec<Value>> {
        let groups = groups.into_iter();
        groups.flat_map(move |(group, sums)| {
            let group = group.to_string();
            sums.into_iter().map(move |(measure, value)| {
                let names = [by.to_owned(), group.clone(), measure].map(Value::Text);
                names.into_iter().chain([Value::number(value)]).collect()
            })
        })
    }
    let projects = of.projects.iter();
    let projects =
        projects.map(|(scope, count)| (*scope, Tonnes::from([("projects".to_owned(), *count)])));
    rows("year", of.by_year.clone())
        .chain(rows("vintage", of.by_vintage.clone()))
        .chain(rows("sectoral_scope", of.by_scope.clone()))
        .chain(rows("sectoral_scope", projects))
        .chain(rows("partner", of.by_partner.clone()))
        .collect()
}

/// What is said of every range: origin, numbers, tonnes, names, attributes.
fn units(block: &UnitBlock) -> Vec<Value> {
    let serial = &block.serial;
    let range = block.range();
    vec![
        Value::text(&range.origin()),
        Value::number(range.first()),
        Value::number(range.last()),
        Value::number(block.tonnes()),
        Value::text(serial),
        Value::maybe(block.itmo_id()),
        Value::text(&serial.unit_type()),
        Value::number(serial.scope().number().into()),
        Value::number(serial.project().into()),
        Value::number(serial.year().into()),
    ]
}

fn number(row: &Row, at: usize) -> Result<Value, ProjectionError> {
    Ok(row.int(at)?.map_or(Value::Nothing, Value::Number))
}

fn text(row: &Row, at: usize) -> Result<Value, ProjectionError> {
    Ok(row.text(at)?.map_or(Value::Nothing, Value::Text))
}
