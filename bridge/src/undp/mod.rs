//! Organisations and people out of the CSV files of a UNDP registry (`organisations.csv` and `users.csv`).
//!
//! [`read`] looks at every row before anything is done with one, and gives all mistakes at once, each with its file, line and
//! column and how to mend it. What a type or a role of theirs is here stands in a [`Mapping`] that the country edits; a value
//! that is not in it is a mistake and never a guess. Passwords and API keys in the files are counted and left where they are.

mod mapping;
mod sheet;

use std::collections::BTreeMap;

pub use mapping::{DEFAULT_MAPPING, Mapping, MappingError};
pub use sheet::{FILE_BYTES_MAX, ROWS_MAX, RowError};

use sheet::{Sheet, Slot};

/// An organisation to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// The line of the file, from 1.
    pub line: u64,
    /// Its public name.
    pub name: String,
    /// Its type in the country's process.
    pub organisation_type: String,
    /// Its number at the tax office, as their file has it: users are told by it whose they are.
    pub tax_id: String,
    /// Sectoral scopes, by number; empty where none is given.
    pub scopes: Vec<u8>,
}

/// A user to be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The line of the file, from 1.
    pub line: u64,
    /// The person's name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The telephone number.
    pub phone: Option<String>,
    /// The role in the organisation, in the country's process.
    pub role: String,
    /// Whose.
    pub of: Employer,
}

/// The organisation of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Employer {
    /// The authority that keeps the registry, which is enrolled already.
    Authority,
    /// One of the file's organisations, by its place in [`Plan::organisations`].
    Imported(usize),
}

/// What the files say, once every row was found right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The organisations, in the order of their file.
    pub organisations: Vec<Organisation>,
    /// The users, in the order of theirs.
    pub users: Vec<User>,
    /// How many users have a password in the file. None of them is read.
    pub passwords: usize,
    /// How many users have an API key in the file.
    pub api_keys: usize,
    /// What was not taken over, in words.
    pub notes: Vec<String>,
}

/// A file, by the name under which mistakes are reported.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// The name.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Looks at both files and gives what they say. `authority` is the type, in the country's process, of the organisation that
/// keeps the registry.
///
/// # Errors
/// Every mistake, in the order of files and lines.
pub fn read(
    organisations: File<'_>,
    users: File<'_>,
    mapping: &Mapping,
    authority: &str,
) -> Result<Plan, Vec<RowError>> {
    let mut faults = Vec::new();
    let mut plan = Plan::default();
    let mut by_tax_id = BTreeMap::new();
    match Sheet::read(
        organisations,
        ORGANISATION_COLUMNS,
        &["EMAIL", "PHONE", "MINISTER"],
    ) {
        Ok(sheet) => {
            plan.notes.extend(sheet.notes());
            for row in sheet.rows() {
                organisation(
                    &row,
                    mapping,
                    authority,
                    &mut plan,
                    &mut by_tax_id,
                    &mut faults,
                );
            }
        }
        Err(mut found) => faults.append(&mut found),
    }
    match Sheet::read(users, USER_COLUMNS, &["PHONE", "PASSWORD", "APIKEY"]) {
        Ok(sheet) => {
            plan.notes.extend(sheet.notes());
            let mut emails = BTreeMap::new();
            for row in sheet.rows() {
                let of = (mapping, authority, &by_tax_id);
                user(&row, of, &mut emails, &mut plan, &mut faults);
            }
        }
        Err(mut found) => faults.append(&mut found),
    }
    if faults.is_empty() {
        Ok(plan)
    } else {
        Err(faults)
    }
}

const ORGANISATION_COLUMNS: &[&str] = &["NAME", "TAX ID", "TYPE", "SECTORAL SCOPE"];
const USER_COLUMNS: &[&str] = &["NAME", "EMAIL", "TAX ID", "TYPE", "ROLE"];

fn organisation(
    row: &sheet::Row<'_>,
    mapping: &Mapping,
    authority: &str,
    plan: &mut Plan,
    by_tax_id: &mut BTreeMap<String, usize>,
    faults: &mut Vec<RowError>,
) {
    let name = required(row.slot("NAME"), faults);
    let tax_id = required(row.slot("TAX ID"), faults);
    let kind = mapped(
        row.slot("TYPE"),
        "type",
        |word| mapping.organisation_type(word),
        faults,
    );
    if kind.is_some_and(|kind| kind == authority) {
        faults.push(row.slot("TYPE").fault(
            "the authority that keeps the registry is enrolled already; leave its row out: its users are found by their type",
        ));
    }
    let scopes = scopes(&row.slot("SECTORAL SCOPE"), faults);
    if plan.organisations.iter().any(|it| it.name == name) {
        faults.push(row.slot("NAME").fault(
            "two rows have this name; people could not tell the organisations apart, so rename one",
        ));
    }
    if let Some(other) = by_tax_id.get(tax_id).filter(|_| !tax_id.is_empty()) {
        let line = plan.organisations.get(*other).map_or(0, |it| it.line);
        faults.push(row.slot("TAX ID").fault(&format!(
            "line {line} has the same one, and users are told apart by it; correct one of the two"
        )));
    }
    // A row that is wrong is kept too, so that its users are not reported as nobody's.
    if !tax_id.is_empty() {
        let place = plan.organisations.len();
        by_tax_id.entry(tax_id.to_owned()).or_insert(place);
    }
    plan.organisations.push(Organisation {
        line: row.line(),
        name: name.to_owned(),
        organisation_type: kind.unwrap_or_default().to_owned(),
        tax_id: tax_id.to_owned(),
        scopes,
    });
}

fn user(
    row: &sheet::Row<'_>,
    (mapping, authority, by_tax_id): (&Mapping, &str, &BTreeMap<String, usize>),
    emails: &mut BTreeMap<String, u64>,
    plan: &mut Plan,
    faults: &mut Vec<RowError>,
) {
    let name = required(row.slot("NAME"), faults);
    let email = required(row.slot("EMAIL"), faults);
    let role = mapped(row.slot("ROLE"), "role", |word| mapping.role(word), faults);
    let kind = mapped(
        row.slot("TYPE"),
        "type",
        |word| mapping.organisation_type(word),
        faults,
    );
    if let Some(line) = emails
        .insert(email.to_lowercase(), row.line())
        .filter(|_| !email.is_empty())
    {
        faults.push(row.slot("EMAIL").fault(&format!(
            "line {line} has the same address, and nobody has two accounts; leave one out"
        )));
    }
    let tax_id = row.slot("TAX ID");
    let of = match kind {
        Some(kind) if kind == authority => Employer::Authority,
        _ => match by_tax_id.get(tax_id.text()) {
            Some(place) => {
                let known = plan.organisations.get(*place);
                if let (Some(kind), Some(known)) = (kind, known)
                    && known.organisation_type != kind
                {
                    faults.push(row.slot("TYPE").fault(&format!(
                        "the organisation with this tax id, line {} of the other file, is of another type",
                        known.line
                    )));
                }
                Employer::Imported(*place)
            }
            None => {
                faults.push(tax_id.fault(
                    "no organisation of the other file has this tax id; add the organisation, or correct the number",
                ));
                Employer::Imported(usize::MAX)
            }
        },
    };
    plan.passwords += usize::from(!row.slot("PASSWORD").text().is_empty());
    plan.api_keys += usize::from(!row.slot("APIKEY").text().is_empty());
    let phone = Some(row.slot("PHONE").text().to_owned()).filter(|phone| !phone.is_empty());
    plan.users.push(User {
        line: row.line(),
        name: name.to_owned(),
        email: email.to_owned(),
        phone,
        role: role.unwrap_or_default().to_owned(),
        of,
    });
}

fn required<'a>(slot: Slot<'a>, faults: &mut Vec<RowError>) -> &'a str {
    if slot.text().is_empty() {
        faults.push(slot.fault("it is empty; every row needs it"));
    }
    slot.text()
}

fn mapped<'m>(
    slot: Slot<'_>,
    what: &str,
    find: impl FnOnce(&str) -> Option<&'m str>,
    faults: &mut Vec<RowError>,
) -> Option<&'m str> {
    let found = find(slot.text());
    if found.is_none() {
        let why = if slot.text().is_empty() {
            "it is empty; every row needs it".to_owned()
        } else {
            format!(
                "the mapping does not say what this {what} is here; add it there, or correct the row"
            )
        };
        faults.push(slot.fault(&why));
    }
    found
}

/// Numbers from 1 to 16, between commas, semicolons, dashes or blanks.
fn scopes(slot: &Slot<'_>, faults: &mut Vec<RowError>) -> Vec<u8> {
    let parts = slot.text().split([',', ';', '-', ' ', '|']);
    let parts = parts.filter(|part| !part.is_empty());
    let mut scopes = Vec::new();
    for part in parts {
        match part.parse::<u8>() {
            Ok(scope @ 1..=16) => scopes.push(scope),
            _ => faults.push(slot.fault("sectoral scopes are numbers from 1 to 16, such as 1;3")),
        }
    }
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
