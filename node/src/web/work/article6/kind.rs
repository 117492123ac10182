//! The kinds of record: what each asks for, and what becomes of it.

use countersign_protocol::article6::{AdjustmentMethod, AuthorisedUse, FirstTransferDefinition};
use countersign_protocol::id::{AccountId, AuthorisationId, OrganisationId};
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    Clause, Identification, LevelSeries, MetricUnit, Name, NotifiedUse, YearLevel,
};
use countersign_protocol::registry::Command;
use countersign_protocol::serial::{CooperativeApproachId, SectoralScope};
use countersign_protocol::units::UnitRange;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::sheet::{Ask, How, Offers, Sheet};
use crate::app::{App, AppError, Article6Rights, AuthorisationQuery, Caller, Field, LIST_MAX};
use crate::http::article6_command as command;
use crate::http::extract::of_value;
use crate::web::page::Page;

/// What can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Approach,
    InitialReport,
    Entity,
    Authorisation,
    Revocation,
    Units,
    UseNotice,
    Ndc,
    Levels,
}

impl Kind {
    pub(super) const ALL: [Self; 9] = [
        Self::Approach,
        Self::InitialReport,
        Self::Entity,
        Self::Authorisation,
        Self::Revocation,
        Self::Units,
        Self::UseNotice,
        Self::Ndc,
        Self::Levels,
    ];

    /// Its name in addresses, and in the lists of words.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Approach => "approach",
            Self::InitialReport => "initial-report",
            Self::Entity => "entity",
            Self::Authorisation => "authorisation",
            Self::Revocation => "revocation",
            Self::Units => "units",
            Self::UseNotice => "use-notice",
            Self::Ndc => "ndc",
            Self::Levels => "levels",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// The same by the API, and on the command line.
    pub(super) const fn elsewhere(self) -> (&'static str, &'static str) {
        match self {
            Self::Approach => ("POST /cooperative-approaches", "countersign approach add"),
            Self::InitialReport => ("POST /initial-reports", "countersign initial-report add"),
            Self::Entity => ("POST /authorised-entities", "countersign approach entity"),
            Self::Authorisation => ("POST /authorisations", "countersign authorisation add"),
            Self::Revocation => (
                "POST /authorisations/revoke",
                "countersign authorisation revoke",
            ),
            Self::Units => (
                "POST /unit-authorisations",
                "countersign authorisation units",
            ),
            Self::UseNotice => ("POST /use-notices", "countersign authorisation notice"),
            Self::Ndc => ("POST /ndcs", "countersign ndc add"),
            Self::Levels => ("POST /levels", "countersign ndc level"),
        }
    }

    /// Whether somebody may propose it, as far as that does not depend on what it is about.
    pub(super) const fn is_open(self, rights: Article6Rights) -> bool {
        match self {
            Self::Approach
            | Self::Entity
            | Self::Authorisation
            | Self::Revocation
            | Self::Units => rights.authorisations,
            Self::InitialReport | Self::UseNotice | Self::Ndc | Self::Levels => rights.reports,
        }
    }

    /// The field of a refusal by the rules of Article 6, by the rule's code.
    pub(super) fn place(self, code: &str) -> Option<&'static str> {
        Some(match (self, code) {
            (_, "unknown-approach") => "/approach",
            (Self::Authorisation, "first-transfer-definition") => "/definition",
            (Self::Authorisation | Self::Revocation, "authorisation-version") => "/date",
            (Self::Authorisation, "authorisation-revoked") => "/id",
            (Self::Revocation, "unknown-authorisation" | "authorisation-revoked") => "/id",
            (Self::Units, "unknown-authorisation" | "authorisation-revoked") => "/authorisation",
            (Self::Units, "authorised-quantity" | "outside-authorisation") => "/units",
            (Self::Units, "authorised-already") => "/units/ranges",
            (Self::Ndc, "other-ndc" | "ndc-period") => "/period/first",
            _ => return None,
        })
    }

    /// What was typed as a command.
    ///
    /// # Errors
    /// [`AppError::BadInput`] with the pointer of what the body does not allow.
    pub(super) fn command(self, app: &App, body: Value) -> Result<Command, AppError> {
        Ok(match self {
            Self::Approach => command::approach(read(body)?),
            Self::InitialReport => command::initial_report(read(body)?),
            Self::Entity => command::entity(read(body)?),
            Self::Authorisation => command::authorisation(app, read(body)?)?,
            Self::Revocation => command::revocation(app, read(body)?)?,
            Self::Units => command::units(read(body)?),
            Self::UseNotice => command::use_notice(read(body)?),
            Self::Ndc => command::ndc(read(body)?),
            Self::Levels => command::levels(read(levels_of(body))?)?,
        })
    }
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, AppError> {
    of_value(body).map_err(|(pointer, why)| AppError::BadInput {
        field: Field::Body(pointer.into()),
        why,
    })
}

/// The series of a form is that of each of its levels.
fn levels_of(mut body: Value) -> Value {
    let Some(series) = body.as_object_mut().and_then(|it| it.remove("series")) else {
        return body;
    };
    let levels = body.get_mut("levels").and_then(Value::as_array_mut);
    for level in levels.into_iter().flatten() {
        if let Some(level) = level.as_object_mut() {
            level.insert("series".to_owned(), series.clone());
        }
    }
    body
}

/// What forms are made of: the page that they stand on, and what is recorded already.
pub(super) struct Maker<'a> {
    pub(super) app: &'a App,
    pub(super) page: &'a Page,
    pub(super) caller: &'a Caller,
}

impl Maker<'_> {
    /// The form of a kind.
    pub(super) fn sheet(&self, kind: Kind) -> Result<Sheet, AppError> {
        Ok(Sheet(match kind {
            Kind::Approach => self.approach(),
            Kind::InitialReport => self.initial_report(),
            Kind::Entity => self.entity(),
            Kind::Authorisation => self.authorisation()?,
            Kind::Revocation => self.revocation()?,
            Kind::Units => self.units()?,
            Kind::UseNotice => self.use_notice(),
            Kind::Ndc => self.ndc(),
            Kind::Levels => self.levels(),
        }))
    }

    fn ask(&self, pointer: &'static str, how: How) -> Ask {
        Ask::new(self.page, "a6", pointer, how)
    }

    fn words<T: Serialize>(&self, list: &str, all: impl IntoIterator<Item = T>) -> Offers {
        let offer = |it: T| {
            let word = serde_json::to_value(it).ok()?.as_str()?.to_owned();
            let shown = self.page.word(list, &word);
            Some((word, shown))
        };
        all.into_iter().filter_map(offer).collect()
    }

    fn approaches(&self) -> How {
        let all = self.app.approaches().into_iter().map(|it| {
            let id = it.approach.id.to_string();
            (id.clone(), format!("{id} · {}", it.approach.title))
        });
        How::Choice(all.collect())
    }

    /// The Parties of all approaches.
    fn parties(&self) -> Offers {
        let approaches = self.app.approaches().into_iter();
        let all = approaches.flat_map(|it| it.approach.parties);
        let mut all: Vec<Party> = all.chain(self.app.own_party().ok()).collect();
        all.sort_unstable();
        all.dedup();
        let offer = |it: Party| (it.to_string(), self.page.country(it));
        all.into_iter().map(offer).collect()
    }

    /// Authorisations in force; of this Party alone where units are to come under one.
    fn authorisations(&self, is_own: bool) -> Result<Offers, AppError> {
        let query = AuthorisationQuery {
            party: is_own.then(|| self.app.own_party()).transpose()?,
            in_force: Some(true),
            approach: None,
        };
        let all = self.app.authorisations(&query, None, LIST_MAX)?.items;
        let offer = |it: &crate::app::AuthorisationFile| {
            let of = &it.known.latest;
            let label = format!(
                "{} · {} · {}",
                of.id,
                of.approach,
                self.page.country(of.party)
            );
            (of.id.to_string(), label)
        };
        Ok(all.iter().map(offer).collect())
    }

    fn definitions(&self) -> How {
        How::Choice(self.words("definition", FirstTransferDefinition::ALL))
    }

    fn metric(&self) -> [Ask; 2] {
        [
            self.ask("/metric/non_ghg/unit", How::Line)
                .of::<MetricUnit>(),
            self.ask("/metric/non_ghg/per_tonne", How::Number)
                .of::<u32>(),
        ]
    }

    fn approach(&self) -> Vec<Ask> {
        let ask = |pointer, how| Ask::new(self.page, "a6-ca", pointer, how);
        let mut all = vec![
            ask("/id", How::Line).needed().of::<CooperativeApproachId>(),
            self.ask("/title", How::Line).needed().of::<Clause>(),
            ask("/parties", How::Lines).needed().of::<Vec<Party>>(),
            self.ask("/definition", self.definitions())
                .of::<FirstTransferDefinition>(),
        ];
        all.extend(self.metric());
        all
    }

    fn initial_report(&self) -> Vec<Ask> {
        vec![
            self.ask("/approach", self.approaches()).needed(),
            self.ask("/submitted", How::Day).needed().of::<Day>(),
            self.ask("/reference", How::Line).needed().of::<Clause>(),
        ]
    }

    fn entity(&self) -> Vec<Ask> {
        vec![
            self.ask("/approach", self.approaches()).needed(),
            self.ask("/name", How::Line).needed().of::<Name>(),
            self.ask("/country", How::Line).needed().of::<Party>(),
            self.ask("/identification", How::Line)
                .needed()
                .of::<Identification>(),
            self.ask("/organisation", How::Number)
                .of::<OrganisationId>(),
            self.ask("/date", How::Day).needed().of::<Day>(),
            self.ask("/conditions", How::Area).of::<Clause>(),
            self.ask("/changes", How::Area).of::<Clause>(),
            self.ask("/information", How::Area).of::<Clause>(),
            self.ask("/revoked", How::YesNo).of::<bool>(),
        ]
    }

    /// The elements (a) to (n) of 4/CMA.6 para 5, in their order.
    fn authorisation(&self) -> Result<Vec<Ask>, AppError> {
        let entities = self.app.authorised_entities(None).into_iter();
        let entities = entities.filter(|it| !it.revoked).map(|it| {
            let id = it.identification.to_string();
            (id.clone(), format!("{} · {id}", it.name))
        });
        let scopes = (1..=16).filter_map(|it: u8| it.to_string().parse::<SectoralScope>().ok());
        let scopes = scopes.map(|it| (it.to_string(), self.page.scope(it)));
        let uses = self.words("uses", AuthorisedUse::ALL);
        let mut all = vec![
            self.ask("/id", How::Line).needed().of::<AuthorisationId>(),
            self.ask("/party", How::Choice(self.parties())),
            self.ask("/approach", self.approaches()).needed(),
            self.ask("/parties", How::Many(self.parties())),
            self.ask("/entities", How::Many(entities.collect())),
            self.ask("/date", How::Day).needed().of::<Day>(),
            self.ask("/issue_until", How::Day).of::<Day>(),
            self.ask("/use_until", How::Day).of::<Day>(),
            self.ask("/definition", self.definitions()),
            self.ask("/uses", How::Choice(uses)).needed(),
            self.ask("/oimp", How::Line).of::<Identification>(),
            self.ask("/framework", How::Area).needed().of::<Clause>(),
            self.ask("/changes", How::Area).needed().of::<Clause>(),
            self.ask("/reach", How::Area).of::<Clause>(),
            self.ask("/reaches_first_transferred", How::YesNo),
            self.ask("/quantity", How::Number).of::<u64>(),
            self.ask("/registry", How::Line).of::<RegistryId>(),
            self.ask("/underlying", How::Line).of::<Identification>(),
            self.ask("/vintages/first", How::Number)
                .needed()
                .of::<u16>(),
            self.ask("/vintages/last", How::Number).needed().of::<u16>(),
        ];
        all.extend(self.metric());
        all.extend([
            self.ask("/gases", How::Area).of::<Clause>(),
            self.ask("/scopes", How::Many(scopes.collect())),
            self.ask("/activities", How::Area).of::<Clause>(),
            self.ask("/projects", How::Numbers).of::<Vec<u32>>(),
            self.ask("/terms", How::Area).of::<Clause>(),
            self.ask("/document", How::Line).needed().of::<Digest>(),
        ]);
        Ok(all)
    }

    fn revocation(&self) -> Result<Vec<Ask>, AppError> {
        Ok(vec![
            self.ask("/id", How::Choice(self.authorisations(false)?))
                .needed(),
            self.ask("/party", How::Choice(self.parties())),
            self.ask("/date", How::Day).needed().of::<Day>(),
            self.ask("/reason", How::Area).needed().of::<Clause>(),
            self.ask("/reaches_first_transferred", How::YesNo),
        ])
    }

    fn units(&self) -> Result<Vec<Ask>, AppError> {
        let listed = self.app.accounts(self.caller, AccountId(0), LIST_MAX);
        let held = listed.items.into_iter().filter(|it| it.available > 0);
        let accounts = held.map(|it| {
            let account = format!("{} · {}", it.account.id, it.account.name);
            let tonnes = self.page.tonnes(it.available);
            let label = self
                .page
                .t2("account-holding", "account", account, "tonnes", tonnes);
            (it.account.id.to_string(), label)
        });
        let own = self.authorisations(true)?;
        Ok(vec![
            self.ask("/authorisation", How::Choice(own)).needed(),
            self.ask("/account", How::Pick(accounts.collect()))
                .needed()
                .of::<AccountId>(),
            self.ask("/units/tonnes", How::Number).of::<u64>(),
            self.ask("/units/ranges", How::Lines).of::<Vec<UnitRange>>(),
        ])
    }

    fn use_notice(&self) -> Vec<Ask> {
        let purposes = self.words("purpose", NotifiedUse::ALL);
        vec![
            self.ask("/ranges", How::Lines)
                .needed()
                .of::<Vec<UnitRange>>(),
            self.ask("/purpose", How::Choice(purposes)).needed(),
            Ask::new(self.page, "a6-notice", "/party", How::Line)
                .needed()
                .of::<Party>(),
            self.ask("/day", How::Day).needed().of::<Day>(),
            self.ask("/reference", How::Line).needed().of::<Clause>(),
        ]
    }

    fn ndc(&self) -> Vec<Ask> {
        let methods = [
            AdjustmentMethod::Trajectory,
            AdjustmentMethod::Averaging,
            AdjustmentMethod::MultiYear,
        ];
        let methods = self.words("method", methods);
        vec![
            self.ask("/period/first", How::Number).needed().of::<u16>(),
            self.ask("/period/last", How::Number).needed().of::<u16>(),
            self.ask("/method", How::Choice(methods)).needed(),
            self.ask("/is_ldc", How::YesNo),
            self.ask("/is_sids", How::YesNo),
            self.ask("/reference/year", How::Number)
                .needed()
                .of::<u16>(),
            self.ask("/reference/level", How::Number)
                .needed()
                .of::<i64>(),
            self.ask("/target/year", How::Number).needed().of::<u16>(),
            self.ask("/target/level", How::Number).needed().of::<i64>(),
            self.ask("/trajectory", How::Levels).of::<Vec<YearLevel>>(),
        ]
    }

    fn levels(&self) -> Vec<Ask> {
        let series = self.words("series", LevelSeries::ALL);
        vec![
            self.ask("/series", How::Choice(series)).needed(),
            self.ask("/levels", How::Levels)
                .needed()
                .of::<Vec<YearLevel>>(),
            self.ask("/source", How::Line).needed().of::<Clause>(),
        ]
    }

    /// What is recorded already of the thing that an address names, for a form that changes it.
    pub(super) fn known(&self, kind: Kind, of: &str) -> Option<Value> {
        let app = self.app;
        match kind {
            Kind::Approach => {
                let found = app.approach(of.parse().ok()?).ok()?;
                serde_json::to_value(found.approach).ok()
            }
            Kind::Entity => {
                let (approach, identification) = of.split_once('/')?;
                let all = app.authorised_entities(Some(approach.parse().ok()?));
                let found = all
                    .into_iter()
                    .find(|it| it.identification.as_str() == identification)?;
                serde_json::to_value(found).ok()
            }
            Kind::Authorisation => {
                let (party, id) = of.split_once('/')?;
                let found = app.authorisation(party.parse().ok()?, id.parse().ok()?);
                let mut known = serde_json::to_value(found.ok()?.known.latest).ok()?;
                // A new version has a date, a text and a reach of its own.
                for name in ["date", "document", "reaches_first_transferred"] {
                    known.as_object_mut()?.remove(name);
                }
                Some(known)
            }
            Kind::Revocation => {
                let (party, id) = of.split_once('/')?;
                Some(json!({"party": party, "id": id}))
            }
            Kind::Ndc => {
                let found = app.ndc(of.parse().ok()?).ok()?;
                serde_json::to_value(found).ok()
            }
            _ => None,
        }
    }
}

/// SHA-256 as the body has it.
#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "whether it can be read is all that is asked")]
struct Digest(#[serde(with = "hex::serde")] [u8; 32]);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Kind, levels_of};

    #[test]
    fn every_kind_is_known_by_its_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.word()), Some(kind));
        }
        assert_eq!(Kind::of("freeze"), None);
    }

    #[test]
    fn a_series_is_that_of_each_level() {
        let typed = json!({"series": "covered", "source": "x", "levels": [{"year": 2024, "level": 5}, "soon"]});
        let wanted = json!({"source": "x", "levels": [{"series": "covered", "year": 2024, "level": 5}, "soon"]});
        assert_eq!(levels_of(typed), wanted);
    }
}
