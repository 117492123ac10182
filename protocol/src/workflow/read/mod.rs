//! From the text of a process file to its model.

mod flow;
mod label;
mod notes;
mod schema;
mod table;

use super::check;
use super::model::{
    AdoptionRules, BASE_ROLES, BASIS_POINTS, FALLBACK_LANGUAGE, Fee, Form, IssuanceRules, Label,
    Letter, Migration, Named, OrganisationType, Process, ProcessHash, ROOT, Role, TransferRules,
};
use super::problem::{Problem, ProblemKind};
pub(super) use notes::Notes;
pub(super) use schema::fragment_schema;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
pub use table::{ID_CHARS_MAX, LABEL_CHARS_MAX, LIST_MAX};
use table::{Table, is_id, is_language};
use toml::de::{DeTable, DeValue};

/// The greatest size of a process file, in bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1024;
/// The most flows in a file.
pub const FLOWS_MAX: usize = 16;
/// The most stages in a flow.
pub const STAGES_MAX: usize = 64;
/// The most steps in a flow.
pub const STEPS_MAX: usize = 128;
/// The most entries of every other list of things.
pub const THINGS_MAX: usize = 64;

/// The longest wait for a receiver that is not trusted, and for an entry in a list of trusted ones, in hours: 60 days.
pub const WAIT_HOURS_MAX: u32 = 60 * 24;

/// The version of the file format that this code reads.
pub const FORMAT: i64 = 1;

impl Process {
    /// Reads a process file and checks it through.
    ///
    /// # Errors
    /// Every [`Problem`] that was found, by line; never an empty list. Flows with a problem inside are not checked for
    /// reachability and the like, since a missing step would make many stages look lost: mend and read again.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut notes = Notes::new(text);
        if text.len() > FILE_BYTES_MAX {
            let message = format!("the file has {} bytes", text.len());
            notes.at(
                ProblemKind::TooLarge,
                0,
                "",
                message,
                format!("keep it under {FILE_BYTES_MAX}"),
            );
            return Err(notes.problems);
        }
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().replace('\n', ", ");
            notes.at(
                ProblemKind::Syntax,
                at,
                "",
                message,
                "write it as TOML 1.0 asks".to_owned(),
            );
        }
        if errors.is_empty() {
            let process = read(
                &mut notes,
                root.get_ref(),
                Sha256::digest(text.as_bytes()).into(),
            );
            check::check(&process, &mut notes);
            if notes.problems.is_empty() {
                return Ok(process);
            }
        }
        notes
            .problems
            .sort_by_key(|problem| (problem.line, problem.column));
        Err(notes.problems)
    }
}

fn read(notes: &mut Notes, root: &DeTable<'_>, hash: ProcessHash) -> Process {
    let mut table = Table::new(notes, String::new(), root, 0);
    if table.integer("format", FORMAT..=FORMAT).is_none() {
        table.wrong(
            ProblemKind::Format,
            "format",
            "the file does not say format = 1".to_owned(),
            "write format = 1 in its first line",
        );
    }
    let id = table.id("id");
    let version = table.required_text("version");
    let title = table.label("title", true);
    let languages = languages(&mut table);
    let letter_languages = letter_languages(&mut table, &languages);
    let organisation_types = table.each("organisation", THINGS_MAX, organisation_type);
    let declared = table.each("role", THINGS_MAX, role);
    let process = Process {
        hash,
        id,
        version,
        title,
        languages,
        letter_languages,
        roles: roles(&organisation_types, declared),
        organisation_types,
        tracks: table.each("track", THINGS_MAX, named),
        documents: table.each("document", THINGS_MAX, named),
        forms: table.each("form", THINGS_MAX, |form| Form {
            id: form.id("id"),
            label: form.label("label", true),
            schema: schema::read(form),
        }),
        letters: table.each("letter", THINGS_MAX, letter),
        fees: table.each("fee", THINGS_MAX, fee),
        issuance: issuance(&mut table),
        transfers: transfers(&mut table),
        adoption: adoption(&mut table),
        flows: table.each("flow", FLOWS_MAX, flow::read),
        migrations: table.each("migration", THINGS_MAX, migration),
    };
    table.finish();
    for (language, path) in std::mem::take(&mut notes.languages) {
        if !process.languages.contains(&language) {
            let message = format!("the language {language:?} is not among the file's languages");
            notes.on(
                ProblemKind::UnknownId,
                &path,
                message,
                "add it to languages, or take the text out".to_owned(),
            );
        }
    }
    process
}

fn languages(table: &mut Table<'_, '_>) -> Vec<String> {
    let languages = table.texts("languages");
    if let Some(language) = languages.iter().find(|language| !is_language(language)) {
        let message = format!("{language:?} is no language");
        table.wrong(
            ProblemKind::BadValue,
            "languages",
            message,
            "write codes such as en, fr, pt-BR",
        );
    }
    if !languages
        .iter()
        .any(|language| language == FALLBACK_LANGUAGE)
    {
        let message = "English is not among the languages".to_owned();
        table.wrong(
            ProblemKind::BadValue,
            "languages",
            message,
            "add \"en\": it stands in where a text is missing",
        );
    }
    languages
}

/// The languages of letters: those of the file where it does not say.
fn letter_languages(table: &mut Table<'_, '_>, languages: &[String]) -> Vec<String> {
    let of_letters = table.texts("letter_languages");
    if !table.has("letter_languages") {
        return languages.to_vec();
    }
    let unknown = of_letters.iter().find(|it| !languages.contains(it));
    let message = match unknown {
        Some(language) => format!("the language {language:?} is not among the file's languages"),
        None if of_letters.is_empty() => "letters have no language".to_owned(),
        None => return of_letters,
    };
    table.wrong(
        ProblemKind::BadValue,
        "letter_languages",
        message,
        "name some of the file's languages, or leave it out",
    );
    of_letters
}

fn named(table: &mut Table<'_, '_>) -> Named {
    Named {
        id: table.id("id"),
        label: table.label("label", true),
    }
}

fn organisation_type(table: &mut Table<'_, '_>) -> OrganisationType {
    OrganisationType {
        id: table.id("id"),
        label: table.label("label", true),
        authority: table.flag("authority"),
        sectoral: table.flag("sectoral"),
        people: table.count("people", 1_000_000),
    }
}

fn role(table: &mut Table<'_, '_>) -> Role {
    let id = table.id("id");
    let label = table.label("label", !BASE_ROLES.contains(&id.as_str()));
    Role {
        id,
        label,
        within: table.texts("in"),
    }
}

/// The base roles, as the file restates them or as they are by default, and then the file's own.
fn roles(types: &[OrganisationType], declared: Vec<Role>) -> Vec<Role> {
    let everywhere = || types.iter().map(|kind| kind.id.clone()).collect();
    let authority = || {
        types
            .iter()
            .filter(|kind| kind.authority)
            .map(|kind| kind.id.clone())
            .collect()
    };
    let missing = BASE_ROLES
        .iter()
        .filter(|id| !declared.iter().any(|role| role.id == **id));
    let base = missing.map(|id| Role {
        id: (*id).to_owned(),
        label: Label::default(),
        within: if *id == ROOT {
            authority()
        } else {
            everywhere()
        },
    });
    let mut all: Vec<Role> = base.collect();
    all.extend(declared);
    for role in all.iter_mut().filter(|role| role.label.0.is_empty()) {
        let mut letters = role.id.chars();
        let name = letters
            .next()
            .map(|first| first.to_ascii_uppercase())
            .into_iter()
            .chain(letters);
        role.label
            .0
            .insert(FALLBACK_LANGUAGE.to_owned(), name.collect());
    }
    all
}

fn letter(table: &mut Table<'_, '_>) -> Letter {
    let (id, label, needs) = (
        table.id("id"),
        table.label("label", true),
        table.texts("needs"),
    );
    let Some(mut signer) = table.table("signed_by") else {
        let message = "the letter does not say who signs".to_owned();
        table.wrong(
            ProblemKind::MissingKey,
            "signed_by",
            message,
            "add signed_by = { type = \"...\", role = \"...\" }",
        );
        return Letter {
            id,
            label,
            signer_type: String::new(),
            signer_role: String::new(),
            needs,
        };
    };
    let (signer_type, signer_role) = (signer.id("type"), signer.id("role"));
    signer.finish();
    Letter {
        id,
        label,
        signer_type,
        signer_role,
        needs,
    }
}

fn fee(table: &mut Table<'_, '_>) -> Fee {
    let currency = table.required_text("currency");
    let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code && !currency.is_empty() {
        let message = format!("{currency:?} is no currency code");
        table.wrong(
            ProblemKind::BadValue,
            "currency",
            message,
            "write ISO 4217, such as XOF",
        );
    }
    let amount = table
        .integer("amount", 1..=i64::MAX)
        .and_then(|amount| u64::try_from(amount).ok());
    if amount.is_none() && !table.has("amount") {
        table.wrong(
            ProblemKind::MissingKey,
            "amount",
            "\"amount\" is missing".to_owned(),
            "add amount = ...",
        );
    }
    Fee {
        id: table.id("id"),
        label: table.label("label", true),
        amount: amount.unwrap_or_default(),
        currency,
    }
}

/// Deductions in basis points, all of them optional.
fn transfers(table: &mut Table<'_, '_>) -> TransferRules {
    let Some(mut rules) = table.table("transfers") else {
        return TransferRules::default();
    };
    let mut hours = |key| {
        let hours = rules.integer(key, 0..=i64::from(WAIT_HOURS_MAX));
        hours
            .and_then(|hours| u32::try_from(hours).ok())
            .unwrap_or(0)
    };
    let mut read = TransferRules {
        cooling_off_hours: hours("cooling_off_hours"),
        border_cooling_off_hours: hours("border_cooling_off_hours"),
        trusted_after_hours: hours("trusted_after_hours"),
        max_tonnes: 0,
    };
    let tonnes = rules.integer("max_tonnes", 1..=i64::MAX);
    read.max_tonnes = tonnes
        .and_then(|tonnes| u64::try_from(tonnes).ok())
        .unwrap_or(0);
    rules.finish();
    read
}

fn adoption(table: &mut Table<'_, '_>) -> AdoptionRules {
    let Some(mut rules) = table.table("adoption") else {
        return AdoptionRules::default();
    };
    let read = AdoptionRules {
        two_people: rules.flag("two_people"),
    };
    rules.finish();
    read
}

fn issuance(table: &mut Table<'_, '_>) -> IssuanceRules {
    let Some(mut rules) = table.table("issuance") else {
        return IssuanceRules::default();
    };
    let mut rate = |key| {
        let rate = rules.integer(key, 0..=i64::from(BASIS_POINTS));
        rate.and_then(|rate| u16::try_from(rate).ok()).unwrap_or(0)
    };
    let read = IssuanceRules {
        buffer: rate("buffer"),
        overall_mitigation: rate("omge"),
        share_of_proceeds: rate("sop"),
    };
    let sum = read.buffer + read.overall_mitigation + read.share_of_proceeds;
    if sum > BASIS_POINTS {
        let message = format!("the deductions are {sum} basis points together");
        let mend = "lower them: together they may be at most 10000, which is 100 %";
        rules.wrong(ProblemKind::BadValue, "buffer", message, mend);
    }
    rules.finish();
    read
}

fn migration(table: &mut Table<'_, '_>) -> Migration {
    let text = table.required_text("from");
    let mut from = ProcessHash::default();
    if hex::decode_to_slice(&text, &mut from).is_err() && !text.is_empty() {
        let message = format!("{text:?} is no content hash");
        table.wrong(
            ProblemKind::BadValue,
            "from",
            message,
            "write the 64 hex digits of the older file's SHA-256",
        );
    }
    let flow = table.id("flow");
    let mut stages = BTreeMap::new();
    if let Some(map) = table.table("stages") {
        for (old, span, new) in map.entries() {
            let path = map.key(old);
            match new.get_ref() {
                DeValue::String(new) if is_id(old) && is_id(new) => {
                    stages.insert(old.to_owned(), new.clone().into_owned());
                    map.notes.place(&path, span.start);
                }
                _ => {
                    let message = format!("{old:?} does not lead to a stage's id");
                    map.notes.at(
                        ProblemKind::BadValue,
                        span.start,
                        &path,
                        message,
                        "write old-stage = \"new-stage\"".to_owned(),
                    );
                }
            }
        }
    }
    Migration { from, flow, stages }
}
