//! The calls that an older national MRV makes to a registry, with an API key in the header `api_key`.
//!
//! Before the Digital Transparency System, the MRV and the registry of UNDP were one program that ran twice; each told the other of
//! what was entered there. What goes from the MRV to the registry is taken as that program sends it: a project and what is said of it
//! later. It becomes something that arrived ([`crate::arrival`]): nothing is entered by itself, and nobody is made a user from outside.

use std::collections::BTreeMap;

use countersign_protocol::log::leaf_hash;
use countersign_protocol::period::Day;
use countersign_protocol::project::Description;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::arrival::{Arrival, ArrivalFile, ArrivalKind, Missing};
use crate::frame::{MappingError, known_format, laid_over};

/// The table that comes with the program.
pub const DEFAULT_CALLS_MAPPING: &str = include_str!("../../presets/mrv-calls.toml");

/// What is kept of a project; whatever else comes is not.
const PROGRAMME: [&str; 8] = [
    "title",
    "sectoralScope",
    "sector",
    "startTime",
    "endTime",
    "proponentTaxVatId",
    "proponentPercentage",
    "creditEst",
];
/// What is kept of its owners.
const OWNERSHIP: [&str; 2] = ["proponentTaxVatId", "proponentPercentage"];
/// What is kept of a mitigation action.
const MITIGATION: [&str; 5] = [
    "actionId",
    "typeOfMitigation",
    "subTypeOfMitigation",
    "userEstimatedCredits",
    "methodology",
];

/// The longest id of a project.
const ID_BYTES_MAX: usize = 128;
/// The most things of one kind that are kept of a project.
const KEPT_MAX: usize = 200;

/// What the MRV's words are here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallsMapping {
    format: i64,
    /// The version of the table.
    pub version: String,
    sectors: BTreeMap<String, String>,
    owners: BTreeMap<String, u32>,
    /// How the MRV takes tonnes that were issued.
    pub(super) issue_by: IssueBy,
    /// What the MRV is told of a project, by where it stands here.
    pub(super) stages: BTreeMap<Standing, Stage>,
    /// The mitigation action of each project there that its tonnes are credited to.
    pub(super) actions: BTreeMap<String, String>,
}

/// How an older MRV takes tonnes: its builds differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum IssueBy {
    /// As one number of the project.
    Programme,
    /// As a number of a mitigation action of the project.
    Action,
}

/// Where a project stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Standing {
    /// Its application was refused.
    Refused,
    /// It is authorised.
    Authorised,
    /// Its authorisation was taken back.
    Revoked,
    /// It is closed for good.
    Closed,
}

impl Standing {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Authorised => "authorised",
            Self::Revoked => "revoked",
            Self::Closed => "closed",
        }
    }
}

/// What an older MRV can be told of where a project stands, in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Stage {
    /// By `authProgramme`.
    Authorised,
    /// By `rejectProgramme`.
    Rejected,
}

impl Stage {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Authorised => "Authorised",
            Self::Rejected => "Rejected",
        }
    }
}

impl CallsMapping {
    /// The program's table with the country's on top: a key of the country's takes the place of the same key.
    ///
    /// # Errors
    /// [`MappingError`] with the place where it can be named.
    pub fn parse(country: &str) -> Result<Self, MappingError> {
        let mapping: Self = laid_over(DEFAULT_CALLS_MAPPING, country)?;
        known_format(mapping.format)?;
        Ok(mapping)
    }
}

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `POST programme/create`: a project.
    Create,
    /// `POST programme/addMitigation`: a mitigation action of a project.
    AddMitigation,
    /// `POST programme/addDocument`: a document of a project.
    AddDocument,
    /// `POST programme/acceptProgramme`: a document of it was accepted there.
    Accept,
    /// `POST programme/updateOwnership`: who owns it.
    UpdateOwnership,
    /// `POST user/add`, `POST user/sync`, `PUT organisation/sync`, `POST organisation/addInvestment`: taken and not kept.
    NotKept,
}

impl Call {
    /// The call of a method and a path below `national/`.
    #[must_use]
    pub fn of(is_put: bool, thing: &str, call: &str) -> Option<Self> {
        match (is_put, thing, call) {
            (false, "programme", "create") => Some(Self::Create),
            (false, "programme", "addMitigation") => Some(Self::AddMitigation),
            (false, "programme", "addDocument") => Some(Self::AddDocument),
            (false, "programme", "acceptProgramme") => Some(Self::Accept),
            (false, "programme", "updateOwnership") => Some(Self::UpdateOwnership),
            (false, "user", "add" | "sync")
            | (true, "organisation", "sync")
            | (false, "organisation", "addInvestment") => Some(Self::NotKept),
            _ => None,
        }
    }
}

/// The id by which a call names its project.
///
/// # Errors
/// What is wanted, for the caller.
pub fn project_of(body: &Value) -> Result<String, &'static str> {
    let id = text(body, "externalId").ok_or("externalId should not be empty")?;
    let is_good = id.len() <= ID_BYTES_MAX && !id.chars().any(|it| it.is_control() || it == '/');
    if is_good {
        Ok(id)
    } else {
        Err("externalId has at most 128 bytes, and no slash")
    }
}

/// What is known of a project after a call: what was known before, and what the call says.
///
/// # Errors
/// What is wanted, for the caller.
pub fn after(kept: Option<Value>, call: Call, body: &Value) -> Result<Value, &'static str> {
    let mut kept = kept.unwrap_or_else(|| json!({}));
    let Some(known) = kept.as_object_mut() else {
        return Err("what is kept of the project can not be read");
    };
    match call {
        Call::Create => {
            if text(body, "title").is_none() {
                return Err("title should not be empty");
            }
            drop(known.insert("programme".to_owned(), only(body, &PROGRAMME)));
        }
        Call::AddMitigation => {
            let mitigation = body.get("mitigation").cloned().unwrap_or_default();
            let id =
                text(&mitigation, "actionId").ok_or("mitigation.actionId should not be empty")?;
            add(known, "mitigations", id, only(&mitigation, &MITIGATION))?;
        }
        Call::AddDocument => {
            let (id, document) = document(body);
            add(known, "documents", id, document)?;
        }
        Call::Accept => drop(known.insert("accepted".to_owned(), true.into())),
        Call::UpdateOwnership => drop(known.insert("ownership".to_owned(), only(body, &OWNERSHIP))),
        Call::NotKept => {}
    }
    Ok(kept)
}

/// Of an object only some fields.
fn only(body: &Value, fields: &[&str]) -> Value {
    let kept = fields.iter().filter_map(|field| {
        let value = body.get(*field)?;
        Some(((*field).to_owned(), value.clone()))
    });
    Value::Object(kept.collect())
}

fn add(
    known: &mut Map<String, Value>,
    list: &str,
    id: String,
    what: Value,
) -> Result<(), &'static str> {
    let all = known.entry(list).or_insert_with(|| json!({}));
    let all = all
        .as_object_mut()
        .ok_or("what is kept of the project can not be read")?;
    if all.len() >= KEPT_MAX && !all.contains_key(&id) {
        return Err("at most 200 of them are kept for one project");
    }
    all.insert(id, what);
    Ok(())
}

/// A document without its bytes: its hash says later which one it was.
fn document(body: &Value) -> (String, Value) {
    let data = body.get("data").and_then(Value::as_str).unwrap_or_default();
    let kind = body.get("type").cloned().unwrap_or_default();
    let action = body.get("actionId").cloned().unwrap_or_default();
    let is_link = data.starts_with("https://");
    let shown = json!({
        "type": kind,
        "actionId": action,
        "url": is_link.then_some(data),
        "leaf": hex::encode(leaf_hash(data.as_bytes())),
    });
    (format!("{kind} {action}"), shown)
}

/// What arrived by calls, for the project of an id; `None` before its `create`.
#[must_use]
pub fn arrival(id: &str, kept: &Value, mapping: &CallsMapping, registry: &str) -> Option<Arrival> {
    let programme = kept.get("programme")?;
    let mut filling = Filling {
        form: Map::new(),
        missing: Vec::new(),
        stopped: Vec::new(),
    };
    filling.form.insert(
        "external_ids".to_owned(),
        json!([{"registry": registry, "id": id}]),
    );
    filling.given("title", text(programme, "title").map(Value::from));
    for (field, theirs) in [("start", "startTime"), ("end", "endTime")] {
        filling.given(field, programme.get(theirs).and_then(day));
    }
    filling.missing("description");
    filling.sector(programme, mapping);
    let owner = filling.owner(kept, programme, mapping);
    let documents = kept.get("documents").and_then(Value::as_object);
    let files = documents.into_iter().flat_map(|all| {
        all.iter().map(|(name, it)| ArrivalFile {
            name: name.clone(),
            url: text(it, "url"),
        })
    });
    Some(Arrival {
        key: format!("draft/{id}"),
        kind: ArrivalKind::Project,
        project: id.to_owned(),
        title: text(programme, "title"),
        owner: owner.0,
        organisation: owner.1,
        files: files.collect(),
        form: filling.form.into(),
        missing: filling.missing,
        stopped: filling.stopped,
    })
}

/// A form that is being filled.
struct Filling {
    form: Map<String, Value>,
    missing: Vec<Missing>,
    stopped: Vec<Missing>,
}

impl Filling {
    fn missing(&mut self, field: &str) {
        self.missing.push(Missing {
            field: field.to_owned(),
            why: "the MRV does not give it".to_owned(),
        });
    }

    fn stops(&mut self, field: &str, why: String) {
        let field = field.to_owned();
        self.stopped.push(Missing { field, why });
    }

    /// A field, if the form's own rules take it.
    fn given(&mut self, field: &str, value: Option<Value>) {
        let Some(value) = value else {
            return self.missing(field);
        };
        let one = json!({ field: value });
        match Description::read(&one) {
            Ok(_) => drop(self.form.insert(field.to_owned(), value)),
            Err(errors) => {
                let why = errors.first().map(ToString::to_string).unwrap_or_default();
                self.stops(field, format!("what the MRV gives is none: {why}"));
            }
        }
    }

    fn sector(&mut self, programme: &Value, mapping: &CallsMapping) {
        match text(programme, "sector") {
            None => self.missing("sector"),
            Some(theirs) => {
                let known = mapping.sectors.iter().find(|(it, _)| same(it, &theirs));
                match known {
                    Some((_, ours)) => self.given("sector", Some(ours.clone().into())),
                    None => self.stops(
                        "sector",
                        format!("{theirs:?} has no word in [sectors] of the mapping"),
                    ),
                }
            }
        }
        // The scopes of the CDM, by their numbers, there as here.
        match text(programme, "sectoralScope") {
            None => self.missing("sectoral_scope"),
            Some(theirs) => match theirs.parse::<u8>() {
                Ok(number) => self.given("sectoral_scope", Some(number.into())),
                Err(_) => self.stops(
                    "sectoral_scope",
                    format!("{theirs:?} is no number of a scope"),
                ),
            },
        }
    }

    /// Who owns it there and here, by the last that was said.
    fn owner(
        &mut self,
        kept: &Value,
        programme: &Value,
        mapping: &CallsMapping,
    ) -> (Option<String>, Option<u32>) {
        let last = kept.pointer("/ownership/proponentTaxVatId");
        let said = last.or_else(|| programme.get("proponentTaxVatId"));
        let owners: Vec<String> = match said {
            Some(Value::Array(all)) => all.iter().filter_map(plain).collect(),
            Some(one) => plain(one).into_iter().collect(),
            None => Vec::new(),
        };
        match &owners[..] {
            [] => {
                self.stops("owner", "the MRV gives no proponentTaxVatId".to_owned());
                (None, None)
            }
            [owner] => {
                let known = mapping.owners.iter().find(|(it, _)| same(it, owner));
                let organisation = known.map(|(_, number)| *number);
                if organisation.is_none() {
                    let why = format!(
                        "the tax number {owner:?} has no organisation in [owners] of the mapping"
                    );
                    self.stops("owner", why);
                }
                (Some(owner.clone()), organisation)
            }
            several => {
                let why =
                    "it has several owners there: open its case by hand, with each owner's part";
                self.stops("owner", why.to_owned());
                (Some(several.join(", ")), None)
            }
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn text(of: &Value, field: &str) -> Option<String> {
    of.get(field).and_then(plain)
}

/// The day of a moment in seconds since 1970, as the MRV writes it.
fn day(value: &Value) -> Option<Value> {
    let seconds = value.as_u64()?;
    let day = Day::of_ms(seconds.checked_mul(1_000)?);
    Some(day.to_string().into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn programme() -> Value {
        json!({
            "title": "Solar on schools", "externalId": "MRV-7", "sectoralScope": "1", "sector": "Energy",
            "startTime": 1_714_521_600, "endTime": 1_746_057_600, "proponentTaxVatId": ["T-1"], "proponentPercentage": [100],
            "programmeProperties": {},
        })
    }

    #[test]
    fn a_project_that_was_called_in_fills_a_form_and_makes_nothing_up() {
        let mapping = CallsMapping::parse("[owners]\n\"t-1\" = 7\n").unwrap();
        let body = programme();
        assert_eq!(project_of(&body), Ok("MRV-7".to_owned()));
        let kept = after(None, Call::Create, &body).unwrap();
        let found = arrival("MRV-7", &kept, &mapping, "MRV").unwrap();
        let form = json!({
            "external_ids": [{"registry": "MRV", "id": "MRV-7"}], "title": "Solar on schools", "start": "2024-05-01",
            "end": "2025-05-01", "sector": "energy", "sectoral_scope": 1,
        });
        assert_eq!(found.form, form);
        assert_eq!((found.organisation, found.stopped.len()), (Some(7), 0));
        assert_eq!(found.missing[0].field, "description");
        // A later change of owners counts, and one that nobody knows stops it.
        let sold = json!({"externalId": "MRV-7", "proponentTaxVatId": ["T-2"]});
        let kept = after(Some(kept), Call::UpdateOwnership, &sold).unwrap();
        let found = arrival("MRV-7", &kept, &mapping, "MRV").unwrap();
        assert_eq!(
            (found.organisation, found.stopped[0].field.as_str()),
            (None, "owner")
        );
        let odd = json!({"title": "X", "externalId": "MRV-8", "sector": "Fishing", "sectoralScope": "99", "startTime": "soon"});
        let kept = after(None, Call::Create, &odd).unwrap();
        let found = arrival("MRV-8", &kept, &mapping, "MRV").unwrap();
        let stopped: Vec<&str> = found.stopped.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(stopped, ["title", "sector", "sectoral_scope", "owner"]);
    }

    #[test]
    fn documents_are_kept_by_their_hash_and_calls_before_create_wait_for_it() {
        let mapping = CallsMapping::parse("").unwrap();
        let document =
            json!({"externalId": "M", "actionId": "A-1", "type": "1", "data": "JVBERi0x"});
        let kept = after(None, Call::AddDocument, &document).unwrap();
        assert!(!kept.to_string().contains("JVBERi0x"));
        assert!(arrival("M", &kept, &mapping, "MRV").is_none());
        let kept = after(Some(kept), Call::Create, &programme()).unwrap();
        assert_eq!(arrival("M", &kept, &mapping, "MRV").unwrap().files.len(), 1);
        assert!(after(None, Call::AddMitigation, &json!({"externalId": "M"})).is_err());
        assert_eq!(Call::of(true, "programme", "issueCredit"), None);
        assert!(project_of(&json!({"externalId": "a/b"})).is_err());
    }
}
