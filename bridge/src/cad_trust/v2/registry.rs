//! What belongs to no project: labels of authorisations, and the tables of the agreed electronic format.

use std::collections::BTreeMap;

use countersign_protocol::article6::AefTerms;
use countersign_protocol::article6::aef::value::Cell;
use countersign_protocol::article6::aef::{Aef, Row, value::State as CellState};
use countersign_protocol::period::Day;
use serde_json::Value;

use super::super::mapping::{Mapping, word};
use super::super::pen::Pen;
use super::super::words::Words;
use super::draw::{finish, label_key};
use crate::frame::{Drawn, View};

/// One drawing.
pub(super) struct Registry<'a> {
    pub(super) view: &'a View,
    pub(super) mapping: &'a Mapping,
    pub(super) words: &'a Words,
}

const NO_DATE: &str = "the ledger does not say when";

/// Fields of table 2 in the order of its columns; empty where CAD Trust has none, or fills it itself, and for days, which it writes otherwise.
const T2: [&str; 19] = [
    "aefT2AuthorizationsId",
    "",
    "aefT2AuthorizationsCooperativeApproachId",
    "aefT2AuthorizationsVersion",
    "aefT2AuthorizationsQuantity#",
    "aefT2AuthorizationsMetric@aef_t2_authorizations_metric",
    "aefT2AuthorizationsGwpValue",
    "aefT2AuthorizationsApplicableNonGhgMetric",
    "",
    "",
    "aefT2AuthorizationsPurposesForAuthorization@aef_t2_authorizations_purposes_for_authorization",
    "aefT2AuthorizationsAuthorizedPartyId",
    "",
    "aefT2AuthorizationsOimpAuthorizedParty",
    "aefT2AuthorizationsAuthorizedTimeframe",
    "aefT2AuthorizationsAuthorizationTerms",
    "",
    "aefT2AuthorizationsFirstTransferDefinitionOimp@aef_t2_authorizations_first_transfer_definition_oimp",
    "aefT2AuthorizationsAdditionalInformation",
];

/// Fields of table 3. `!` marks those that CAD Trust always wants, `#` numbers, `@` the picklist of a word.
const T3: [&str; 27] = [
    "",
    "aefT3ActionsType@aef_t3_actions_type",
    "aefT3ActionsSubtype",
    "aefT3ActionsCooperativeApproachId",
    "aefT3ActionsAuthorizationId!",
    "aefT3ActionsFirstTransferringPartyId",
    "aefT3ActionsPartyItmoRegistryId",
    "aefT3ActionsItmoFirstId",
    "aefT3ActionsItmoLastId",
    "aefT3ActionsUnitRegistryId!",
    "aefT3ActionsUnitFirstId!",
    "aefT3ActionsUnitLastId!",
    "aefT3ActionsMetric@aef_t2_authorizations_metric",
    "aefT3ActionsGwpValue",
    "aefT3ActionsApplicableNonGhgMetric",
    "aefT3ActionsQuantityTCo2#",
    "aefT3ActionsQuantityNonGhg",
    "aefT3ActionsMitigationType@aef_t3_actions_mitigation_type",
    "aefT3ActionsVintageYear#",
    "aefT3ActionsTransferringPartyId!",
    "aefT3ActionsAcquiringPartyId!",
    "aefT3ActionsPurposeOfUseOimp",
    "aefT3ActionsUsingParticipatingPartyId",
    "aefT3ActionsUsingAuthorizedEntityId",
    "aefT3ActionsItmoUsedYear#",
    "",
    "aefT3ActionsAdditionalInformation",
];

/// Fields of table 4, which are those of a block in table 3.
const T4: [&str; 16] = [
    "aefT4HoldingsCooperativeApproachId",
    "aefT4HoldingsAuthorizationId!",
    "aefT4HoldingsFirstTransferringPartyId",
    "aefT4HoldingsPartyItmoRegistryId",
    "aefT4HoldingsItmoFirstId",
    "aefT4HoldingsItmoLastId",
    "aefT4HoldingsUnitRegistryId!",
    "aefT4HoldingsUnitFirstId!",
    "aefT4HoldingsUnitLastId!",
    "aefT4HoldingsMetric@aef_t2_authorizations_metric",
    "aefT4HoldingsGwpValue",
    "aefT4HoldingsApplicableNonGhgMetric",
    "aefT4HoldingsQuantityTCo2#",
    "aefT4HoldingsQuantityNonGhg",
    "aefT4HoldingsMitigationType@aef_t3_actions_mitigation_type",
    "aefT4HoldingsVintageYear#",
];

/// Fields of table 1: what the CARP fills is the CARP's to fill.
const T1: [&str; 9] = [
    "aefT1SubmissionParty",
    "aefT1SubmissionVersion#",
    "aefT1SubmissionReportYear#",
    "",
    "",
    "",
    "aefT1SubmissionNdcFirstYear#",
    "aefT1SubmissionNdcLastYear#",
    "",
];

/// Where a row names the submission that it was in.
const SUBMISSION: &str = "cadTrustAefT1SubmissionId";

/// Fields of table 5; the country is written by its own list.
const T5: [&str; 8] = [
    "",
    "aefT5AuthorizedEntitiesName",
    "",
    "aefT5AuthorizedEntitiesId",
    "aefT5AuthorizedEntitiesCooperativeApproachId",
    "aefT5AuthorizedEntitiesConditions",
    "aefT5AuthorizedEntitiesChangeConditions",
    "aefT5AuthorizedEntitiesAdditionalInformation",
];

impl Registry<'_> {
    pub(super) fn draw(&self) -> Drawn {
        let mut drawn = Drawn::default();
        self.labels(&mut drawn);
        let mut versions = BTreeMap::new();
        for year in self.years() {
            // The day of submission is today's affair; rows of approaches whose initial report is recorded are shown.
            let terms = AefTerms::first(year, Day::LAST);
            if let Some(of_year) = self.view.book().aef(&terms) {
                let submission = self.submissions(year, &of_year.aef, &mut drawn);
                let submission = submission.as_deref();
                self.tables(&of_year.aef, submission, &mut versions, &mut drawn);
                // The ITMOs of a year's end say nothing without the submission that names the year.
                if let Some(submission) = submission {
                    self.holdings(&of_year.aef, submission, &versions, &mut drawn);
                }
            }
        }
        drawn
    }

    /// Years in which the ledger has anything.
    fn years(&self) -> impl Iterator<Item = u16> + use<> {
        let book = self.view.book();
        let own = self.view.party();
        let first = self
            .view
            .state()
            .authorisations()
            .filter(|it| Some(it.latest.party) == own);
        let first = first
            .filter_map(|it| book.first_day_of(it.latest.id))
            .map(Day::year)
            .min();
        let last = Day::of_ms(self.view.state().time_ms()).year();
        let recorded = book
            .movements()
            .first()
            .map(|it| Day::of_ms(it.time_ms).year());
        let first = first.into_iter().chain(recorded).min();
        first.into_iter().flat_map(move |first| first..=last)
    }

    fn labels(&self, drawn: &mut Drawn) {
        let own = self.view.party();
        for known in self.view.state().authorisations() {
            let terms = &known.latest;
            if Some(terms.party) != own {
                continue;
            }
            let mut pen = Pen::new(label_key(terms.id));
            pen.put(
                "labelName",
                format!("Article 6.2 authorization {}", terms.id),
            );
            let kind = word(
                &self.mapping.labels,
                "labels",
                "authorisation",
                Some("label_type"),
                self.words,
            );
            pen.must("labelType", kind);
            pen.must(
                "labelLink",
                self.mapping
                    .link(&format!("authorisations/{}/{}", terms.party, terms.id)),
            );
            pen.put("labelDate", terms.date.to_string());
            finish(pen, drawn, "label");
        }
    }

    /// Table 1, for each submission that the country says it made; gives the key of the last.
    fn submissions(&self, year: u16, aef: &Aef, drawn: &mut Drawn) -> Option<String> {
        let mut last = None;
        for made in self.mapping.submissions(year) {
            let mut row = aef.submission.clone();
            row.version.read(&made.version);
            let key = format!("aef/submission/{year}/{}", made.version);
            let mut pen = Pen::new(key.clone());
            self.cells(&mut pen, &T1, &row.cells());
            pen.put("aefT1SubmissionSubmissionDate", made.date.clone());
            finish(pen, drawn, "aef_t1_submission");
            last = Some(key);
        }
        last
    }

    /// Table 4: what was held at the end of the year.
    fn holdings(
        &self,
        aef: &Aef,
        submission: &str,
        versions: &BTreeMap<String, String>,
        drawn: &mut Drawn,
    ) {
        for row in &aef.holdings {
            let cells = row.cells();
            let mut pen = Pen::new(format!("{submission}/holding/{}", cells[4].text()));
            self.cells(&mut pen, &T4, &cells);
            pen.refer(SUBMISSION, submission);
            of_authorisation(&mut pen, &cells[1].text(), versions);
            finish(pen, drawn, "aef_t4_holdings");
        }
    }

    /// The rows of a year. `versions` has the last row of each authorisation so far, for the actions to point at.
    fn tables(
        &self,
        aef: &Aef,
        submission: Option<&str>,
        versions: &mut BTreeMap<String, String>,
        drawn: &mut Drawn,
    ) {
        let of_submission = |pen: &mut Pen| {
            if let Some(key) = submission {
                pen.refer(SUBMISSION, key);
            }
        };
        for row in &aef.entities {
            let cells = row.cells();
            let key = format!("aef/entity/{}/{}", cells[4].text(), cells[3].text());
            let mut pen = Pen::new(key);
            self.cells(&mut pen, &T5, &cells);
            let date = row.date.value().map(ToString::to_string);
            pen.must_have("aefT5AuthorizedEntitiesAuthorizationDate", date, NO_DATE);
            let country = row
                .country
                .value()
                .ok_or_else(|| "the ledger does not know it".to_owned());
            let list = "aef_t5_authorized_entities_incorporation_country";
            let country = country.and_then(|it| {
                let text = countersign_protocol::article6::aef::value::Value::text(it);
                let party = text
                    .parse()
                    .map_err(|_| format!("{text:?} is no country"))?;
                self.mapping.country(party, list, self.words)
            });
            pen.must("aefT5AuthorizedEntitiesIncorporationCountry", country);
            of_submission(&mut pen);
            finish(pen, drawn, "aef_t5_authorized_entities");
        }
        for row in &aef.authorisations {
            let cells = row.cells();
            let (id, version) = (cells[0].text(), cells[3].text());
            let key = format!("aef/authorisation/{id}/{version}");
            versions.insert(id.to_string(), key.clone());
            let mut pen = Pen::new(key);
            self.cells(&mut pen, &T2, &cells);
            let date = row.date.value().map(ToString::to_string);
            pen.must_have("aefT2AuthorizationsDate", date, NO_DATE);
            of_submission(&mut pen);
            finish(pen, drawn, "aef_t2_authorizations");
        }
        for row in &aef.actions {
            let cells = row.cells();
            let (action, first) = (cells[1].text(), cells[7].text());
            let date = row
                .date
                .value()
                .map(|it| it.day().to_string())
                .unwrap_or_default();
            let mut pen = Pen::new(format!("aef/action/{date}/{action}/{first}"));
            self.cells(&mut pen, &T3, &cells);
            // CAD Trust has days, not moments.
            pen.put("aefT3ActionsDate", date);
            of_submission(&mut pen);
            of_authorisation(&mut pen, &cells[4].text(), versions);
            finish(pen, drawn, "aef_t3_actions");
        }
    }

    /// Cells into fields: what does not apply is left out.
    fn cells(&self, pen: &mut Pen, fields: &[&str], cells: &[&dyn Cell]) {
        for (field, cell) in fields.iter().zip(cells) {
            let text = cell.text();
            if field.is_empty() || cell.state() == CellState::Absent {
                continue;
            }
            // What must stand there stands there as the format has it: NA where it does not apply.
            if let Some(field) = field.strip_suffix('!') {
                pen.put(field, text.into_owned());
                continue;
            }
            if cell.state() != CellState::Is {
                continue;
            }
            if let Some((field, list)) = field.split_once('@') {
                let own = vec![text.to_string()];
                let names = self.mapping.aef.get(text.as_ref()).unwrap_or(&own);
                let chosen = self.words.choose(list, names);
                pen.must(
                    field,
                    chosen.map_err(|why| format!("{why}; name it in [aef] of the mapping")),
                );
            } else if let Some(field) = field.strip_suffix('#') {
                let number = serde_json::from_str::<Value>(&text)
                    .ok()
                    .filter(Value::is_number);
                pen.put(field, number.unwrap_or_else(|| text.into_owned().into()));
            } else {
                pen.put(field, text.into_owned());
            }
        }
    }
}

/// Points at the last row of an authorisation.
fn of_authorisation(pen: &mut Pen, id: &str, versions: &BTreeMap<String, String>) {
    match versions.get(id) {
        Some(key) => pen.refer("cadTrustAefT2AuthorizationsId", key),
        None => pen.stop(
            "cadTrustAefT2AuthorizationsId",
            format!("authorisation {id:?} is not this Party's: CAD Trust has no row that the row could point at"),
        ),
    }
}
