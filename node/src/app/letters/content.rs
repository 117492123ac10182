//! From facts to what a letter says, in one language.

use countersign_protocol::time::Timestamp;
use countersign_protocol::workflow::{Field, Kind, Letter, Node, SubjectKind};
use serde_json::Value;

use super::facts::{Facts, Office};
use crate::app::AppError;
use crate::letters::{
    Addressee, Detail, Language, LetterData, LetterProject, LetterProof, Letterhead, Signatory,
};

/// The longest value that a letter prints, in characters: a form's text may be longer than a letter.
const VALUE_CHARS_MAX: usize = 2_000;
/// The most reasons of a refusal.
const REASONS_MAX: usize = 50;
/// The field of a form that names the project.
const TITLE: &str = "title";
/// A root that is none: of a preview.
const NO_ROOT: [u8; 32] = [0; 32];

/// What a letter of an act says.
pub(super) fn data(
    facts: &Facts,
    letter: &str,
    language: &Language,
    letterhead: &Letterhead,
) -> Result<LetterData, AppError> {
    let known = facts.process.letters.iter().find(|it| it.id == letter);
    let letter = known.ok_or_else(|| AppError::not_found("letter", &letter))?;
    let tag = language.as_str();
    let text = |configured: &Option<_>| {
        let configured: Option<&crate::letters::LetterheadText> = configured.as_ref();
        configured.map(|text| text.get(language).to_owned())
    };
    let country = text(&letterhead.country).unwrap_or_else(|| facts.party.name().to_owned());
    let signer = signer(facts, letter);
    let is_authority = facts.authority.as_ref().map(|it| it.id) == signer.map(|it| it.id);
    let ministry = text(&letterhead.ministry).filter(|_| is_authority || signer.is_none());
    let ministry = ministry.or_else(|| signer.map(|it| it.name.clone()));
    let day = day(facts.standing.time_ms);
    let leaf = facts.standing.leaf;
    Ok(LetterData {
        title: letter.label.get(tag).to_owned(),
        reference: format!("{}/{}/{leaf}", facts.party, &day[..4]),
        date: day,
        ministry: ministry.unwrap_or_else(|| country.clone()),
        address: if is_authority {
            letterhead.address.clone()
        } else {
            Vec::new()
        },
        addressee: addressee(facts),
        project: project(facts, letter),
        details: details(facts, letter, tag),
        reasons: reasons(facts),
        signatory: Signatory {
            name: None,
            role: office_of(facts, letter, tag),
            place: text(&letterhead.place).unwrap_or_else(|| country.clone()),
        },
        proof: proof(facts, letterhead),
        preview: facts.standing.head.is_none(),
        country,
    })
}

fn proof(facts: &Facts, letterhead: &Letterhead) -> LetterProof {
    let standing = &facts.standing;
    let (size, root) = standing.head.unwrap_or((standing.leaf + 1, NO_ROOT));
    LetterProof {
        origin: standing.origin.clone(),
        leaf: standing.leaf,
        size,
        root: hex::encode(root),
        verify_url: letterhead.proof_url(standing.leaf),
    }
}

/// `2026-11-23`, in UTC. A time after the year 9999 cannot be in a ledger of this one.
pub(super) fn day(time_ms: u64) -> String {
    let moment = Timestamp::from_seconds(time_ms / 1000).map(|it| it.to_string());
    let mut text = moment.unwrap_or_else(|_| "9999-12-31T00:00:00Z".to_owned());
    text.truncate(10);
    text
}

/// The organisation that signs: the actor's, where it is of the type that signs, otherwise the first of that type.
fn signer<'a>(facts: &'a Facts, letter: &Letter) -> Option<&'a Office> {
    let of_type = || {
        let offices = facts.offices.iter();
        offices.filter(|it| it.organisation_type == letter.signer_type)
    };
    let actor = facts.act.by.as_ref().map(|by| by.organisation);
    of_type()
        .find(|it| Some(it.id) == actor)
        .or_else(|| of_type().next())
}

/// The office that signs, such as `Signatory, Ministry of Environment`.
fn office_of(facts: &Facts, letter: &Letter, language: &str) -> String {
    let role = facts
        .process
        .roles
        .iter()
        .find(|it| it.id == letter.signer_role);
    let kind = facts.process.organisation_type(&letter.signer_type);
    let names = [
        role.map(|it| it.label.get(language)),
        kind.map(|it| it.label.get(language)),
    ];
    names.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The owners: the first by name, the others under it.
fn addressee(facts: &Facts) -> Addressee {
    let mut owners = facts.owners.iter().cloned();
    Addressee {
        name: owners.next().unwrap_or_default(),
        lines: owners.collect(),
    }
}

/// The project with its number; what is about no project has none. A title that the letter asks for goes before the case's.
fn project(facts: &Facts, letter: &Letter) -> Option<LetterProject> {
    let titled = letter.needs.iter().find_map(|need| {
        let (form, field) = need.split_once('.')?;
        let named = value_of(facts, form, field).filter(|_| field == TITLE)?;
        named.as_str().map(str::to_owned)
    });
    let is_project = facts.known.kind == SubjectKind::Project || facts.known.project.is_some();
    if titled.is_none() && !is_project {
        return None;
    }
    Some(LetterProject {
        number: facts.known.project.map(|number| format!("P-{number}")),
        title: bounded(&titled.unwrap_or_else(|| facts.known.title.to_string())),
    })
}

/// What the decision states: sectors, the fields that the letter asks for, and what the act did with units.
fn details(facts: &Facts, letter: &Letter, language: &str) -> Vec<Detail> {
    let mut details = Vec::new();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            details.push(Detail {
                name: name.to_owned(),
                value: bounded(&value),
            });
        }
    };
    let scopes = &facts.known.case.subject.scopes;
    let scopes: Vec<String> = scopes.iter().map(|it| it.number().to_string()).collect();
    add("sector", scopes.join(", "));
    for need in &letter.needs {
        let Some((form, name)) = need.split_once('.') else {
            continue;
        };
        let field = facts
            .process
            .form(form)
            .and_then(|it| it.schema.field(name));
        let value = value_of(facts, form, name);
        if let (Some(field), Some(value)) = (field, value)
            && name != TITLE
        {
            add(
                &titled(field, language),
                shown(&field.node, value, language),
            );
        }
    }
    let tonnes = facts.issued.iter().map(|it| it.range.tonnes());
    let tonnes = tonnes.fold(0_u64, u64::saturating_add);
    if tonnes > 0 {
        let vintages = facts.issued.iter().map(|it| it.year.to_string());
        let mut vintages: Vec<String> = vintages.collect();
        vintages.dedup();
        add("vintage", vintages.join(", "));
        add("tonnes", grouped(tonnes));
        let serials = facts.issued.iter().map(|it| it.range.to_string());
        add("serials", serials.collect::<Vec<_>>().join(", "));
    }
    let moved = facts.reserved.iter().map(|it| it.tonnes());
    let moved = moved.fold(0_u64, u64::saturating_add);
    if moved > 0 {
        add("tonnes", grouped(moved));
        let serials = facts.reserved.iter().map(ToString::to_string);
        add("serials", serials.collect::<Vec<_>>().join(", "));
    }
    details
}

/// The newest value of a field of a form.
fn value_of<'a>(facts: &'a Facts, form: &str, field: &str) -> Option<&'a Value> {
    let filled = facts.forms.iter().rev().filter(|it| it.form == form);
    filled
        .filter_map(|it| it.content.get(field))
        .find(|it| !it.is_null())
}

fn titled(field: &Field, language: &str) -> String {
    match field.node.title.get(language) {
        "" => field.name.clone(),
        title => title.to_owned(),
    }
}

/// The reasons of a refusal: the lines of its comment.
fn reasons(facts: &Facts) -> Vec<String> {
    let comment = facts.comment.as_deref().filter(|_| facts.act.no);
    let lines = comment.into_iter().flat_map(str::lines).map(str::trim);
    let lines = lines.filter(|line| !line.is_empty()).take(REASONS_MAX);
    lines.map(bounded).collect()
}

/// A value as people read it.
fn shown(node: &Node, value: &Value, language: &str) -> String {
    match (&node.kind, value) {
        (Kind::Object { fields, .. }, Value::Object(_)) => object(fields, value, language),
        (Kind::Array { items, .. }, Value::Array(list)) => {
            let items = list.iter().map(|it| shown(items, it, language));
            items.collect::<Vec<_>>().join("; ")
        }
        // A year is written together; what is counted has its digits in groups.
        (Kind::Integer { max, .. }, Value::Number(number)) => match number.as_u64() {
            Some(number) if *max > 9_999 => grouped(number),
            _ => number.to_string(),
        },
        (Kind::Boolean, Value::Bool(answer)) => yes_or_no(*answer, language).to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// Each field with its title; the first and last day of a period as `2023-01-01 – 2032-12-31`.
fn object(fields: &[Field], value: &Value, language: &str) -> String {
    let day = |name: &str| value.get(name).and_then(Value::as_str);
    let period = day("start").zip(day("end"));
    let is_told = |field: &Field| period.is_some() && ["start", "end"].contains(&&*field.name);
    let part = |field: &Field| {
        let value = value.get(&field.name)?;
        let shown = shown(&field.node, value, language);
        Some(format!("{}: {shown}", titled(field, language)))
    };
    let others = fields.iter().filter(|field| !is_told(field));
    let period = period.map(|(start, end)| format!("{start} – {end}"));
    let parts = period.into_iter().chain(others.filter_map(part));
    parts.collect::<Vec<_>>().join(", ")
}

fn yes_or_no(answer: bool, language: &str) -> &'static str {
    match (language.split('-').next().unwrap_or_default(), answer) {
        ("fr", true) => "oui",
        ("fr", false) => "non",
        ("es", true) => "sí",
        ("pt", true) => "sim",
        ("pt", false) => "não",
        (_, true) => "yes",
        (_, false) => "no",
    }
}

/// Digits in groups of three, which no line break parts.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
