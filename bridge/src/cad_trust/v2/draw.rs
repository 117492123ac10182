//! A project as rows of CAD Trust V2: the project itself, what hangs on it, and its ranges as units.

use countersign_protocol::registry::{Holding, Place};

use super::super::facts::{Facts, NO_FORM, Verified, unit, unit_group, unit_key};
use super::super::mapping::{Mapping, word};
use super::super::pen::{Pen, day};
use super::super::v1::{point, unit_type};
use super::super::words::Words;
use super::tables::of;
use crate::frame::Drawn;

/// One drawing.
pub(super) struct Drawing<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) mapping: &'a Mapping,
    pub(super) words: &'a Words,
}

/// Our key of an authorisation's label.
pub(super) fn label_key(id: countersign_protocol::id::AuthorisationId) -> String {
    format!("label/{id}")
}

/// Our key of an organisation as a stakeholder.
pub(super) fn stakeholder_key(id: countersign_protocol::id::OrganisationId) -> String {
    format!("stakeholder/{id}")
}

/// Into the drawing, at the place of its table.
pub(super) fn finish(pen: Pen, drawn: &mut Drawn, kind: &'static str) {
    let place = of(kind).map_or(u16::MAX, |(place, _)| place);
    pen.finish(drawn, kind, place);
}

impl Drawing<'_> {
    pub(super) fn draw(&self) -> Drawn {
        let mut drawn = Drawn {
            is_partial: self.facts.description.is_none(),
            ..Drawn::default()
        };
        self.project(&mut drawn);
        self.owners(&mut drawn);
        self.methodologies(&mut drawn);
        let has_validation = self.validation(&mut drawn);
        for verified in self.facts.verified.values() {
            self.verification(verified, has_validation, &mut drawn);
            self.issuance(verified, &mut drawn);
        }
        self.described(&mut drawn);
        for holding in &self.facts.ranges {
            self.unit(holding, &mut drawn);
        }
        drawn
    }

    fn key(&self) -> String {
        format!("project/{}", self.facts.project.number)
    }

    fn part(&self, what: &str) -> Pen {
        Pen::new(self.part_key(what))
    }

    fn part_key(&self, what: &str) -> String {
        format!("{}/{what}", self.key())
    }

    fn project(&self, drawn: &mut Drawn) {
        let (facts, mapping, words) = (self.facts, self.mapping, self.words);
        let mut pen = Pen::new(self.key());
        pen.must("projectRegistryName", mapping.registry_name());
        pen.put("projectId", facts.project_id());
        pen.put("projectName", facts.project.title.to_string());
        pen.must(
            "projectLink",
            mapping.link(&format!("projects/{}", facts.project.number)),
        );
        pen.may("projectCreditingProgram", mapping.registry.program.clone());
        let scope = facts.project.scope.to_string();
        let sector = word(
            &mapping.sectors,
            "sectors",
            &scope,
            Some("project_sector"),
            words,
        );
        pen.must("projectSector", sector.map(|it| vec![it]));
        let (status, since) = facts.status();
        let status = word(
            &mapping.project_status,
            "project_status",
            status,
            Some("project_status"),
            words,
        );
        pen.must("projectStatus", status);
        pen.must_have(
            "projectStatusDate",
            since.map(day),
            "the ledger does not say since when",
        );
        pen.must(
            "projectUnitMetric",
            words.choose("unit_metric", &mapping.registry.unit_metric),
        );
        match facts.description {
            Some(form) => {
                pen.may("projectDescription", form.description.clone());
                pen.must("projectType", self.types());
            }
            None => pen.stop("projectType", NO_FORM),
        }
        finish(pen, drawn, "project");
    }

    fn types(&self) -> Result<Vec<String>, String> {
        let types = self
            .facts
            .description
            .map_or(&[][..], |it| &it.mitigation_types);
        let mut named = Vec::new();
        for of in types {
            let name = word(
                &self.mapping.project_types,
                "project_types",
                of,
                Some("project_type"),
                self.words,
            )?;
            if !named.contains(&name) {
                named.push(name);
            }
        }
        if named.is_empty() {
            return Err("the form names none; fill in mitigation_types".to_owned());
        }
        Ok(named)
    }

    fn owners(&self, drawn: &mut Drawn) {
        for owner in self.facts.owners() {
            let mut pen = Pen::new(stakeholder_key(owner)).shared();
            pen.put("stakeholderName", self.facts.name_of(owner));
            let kind = word(
                &self.mapping.stakeholders,
                "stakeholders",
                "owner",
                Some("stakeholder_type"),
                self.words,
            );
            pen.must("stakeholderType", kind);
            // Nobody is named for a project that is not public.
            if self.facts.description.is_some() {
                finish(pen, drawn, "stakeholder");
            }
            let mut pen = self.part(&format!("stakeholder/{owner}"));
            pen.refer("cadTrustStakeholderId", &stakeholder_key(owner));
            pen.refer("cadTrustProjectId", &self.key());
            finish(pen, drawn, "stakeholder_projects");
        }
    }

    fn methodologies(&self, drawn: &mut Drawn) {
        let all = self
            .facts
            .description
            .map_or(&[][..], |it| &it.methodologies);
        for it in all {
            let name = it.name.clone().unwrap_or_default();
            let shared = format!("methodology/{}/{}/{name}", it.code, it.version);
            let mut pen = Pen::new(shared.as_str()).shared();
            pen.put("methodologyCode", it.code.as_str());
            pen.put("methodologyVersion", it.version.as_str());
            pen.must_have(
                "methodologyName",
                it.name.clone(),
                "the form does not name it; fill in methodologies/name",
            );
            finish(pen, drawn, "methodology");
            let mut pen = self.part(&format!("methodology/{}", it.code));
            pen.refer("cadTrustProjectId", &self.key());
            pen.refer("cadTrustMethodologyId", &shared);
            finish(pen, drawn, "project_methodology");
        }
    }

    /// A certifier by a name of the live list: the mapping's, else its public name.
    fn body(&self, name: &str, list: &str) -> Result<String, String> {
        let own = vec![name.to_owned()];
        let names = self.mapping.bodies.get(name).unwrap_or(&own);
        let chosen = self.words.choose(list, names);
        chosen
            .map_err(|why| format!("certifier {name:?}: {why}; name it in [bodies] of the mapping"))
    }

    /// Whether the project has a validation that can be sent.
    fn validation(&self, drawn: &mut Drawn) -> bool {
        let Some((case, checked)) = self.facts.validated() else {
            return false;
        };
        let mut pen = self.part("validation");
        pen.put(
            "validationId",
            format!("{}-VAL-{case}", self.facts.project_id()),
        );
        pen.must(
            "validationType",
            word(
                &self.mapping.validation,
                "validation",
                "type",
                Some("validation_type"),
                self.words,
            ),
        );
        let body = self.body(&self.facts.name_of(checked.by), "validation_body");
        let is_known = body.is_ok();
        pen.must("validationBody", body);
        pen.put("validationDate", day(checked.time_ms));
        let periods = self
            .facts
            .view
            .state()
            .crediting_periods(self.facts.project.number);
        if let Some((first, last)) = periods.first().zip(periods.last()) {
            pen.put("validationCreditPeriodStartDate", first.first().to_string());
            pen.put("validationCreditPeriodEndDate", last.last().to_string());
        }
        pen.refer("cadTrustProjectId", &self.key());
        finish(pen, drawn, "validation");
        is_known
    }

    fn verification(&self, verified: &Verified, has_validation: bool, drawn: &mut Drawn) {
        let case = verified.case;
        let mut pen = self.part(&format!("verification/{case}"));
        pen.put(
            "verificationId",
            format!("{}-VER-{case}", self.facts.project_id()),
        );
        pen.put("verificationStartDate", verified.period.first().to_string());
        pen.put("verificationEndDate", verified.period.last().to_string());
        let by = verified
            .checked
            .ok_or_else(|| format!("the ledger does not say who verified case {case}"));
        let body = by.and_then(|it| self.body(&self.facts.name_of(it.by), "verification_body"));
        pen.must("verificationBody", body);
        pen.refer("cadTrustProjectId", &self.key());
        if has_validation {
            pen.refer("cadTrustValidationId", &self.part_key("validation"));
        }
        finish(pen, drawn, "verification");
    }

    fn issuance(&self, verified: &Verified, drawn: &mut Drawn) {
        let case = verified.case;
        let mut pen = self.part(&format!("issuance/{case}"));
        pen.put(
            "issuanceId",
            format!("{}-ISS-{case}", self.facts.project_id()),
        );
        let of_case = |it: &&Holding| {
            self.facts
                .verified_of(&it.block)
                .is_some_and(|it| it.case == case)
        };
        let leaf = self
            .facts
            .ranges
            .iter()
            .filter(of_case)
            .map(|it| it.block.issued_at)
            .min();
        let issued = leaf.and_then(|it| self.facts.view.time_ms(it));
        pen.may("issuanceDate", issued.map(day));
        pen.refer(
            "cadTrustVerificationId",
            &self.part_key(&format!("verification/{case}")),
        );
        let (methods, places) = self.facts.description.map_or((&[][..], &[][..]), |it| {
            (it.methodologies.as_slice(), it.locations.as_slice())
        });
        match self.mapping.registry.issuance_methodology.of(methods) {
            Some(it) => pen.refer(
                "cadTrustProjectMethodologyId",
                &self.part_key(&format!("methodology/{}", it.code)),
            ),
            None => pen.stop(
                "cadTrustProjectMethodologyId",
                several("methodologies", methods.len(), "issuance_methodology"),
            ),
        }
        match self.mapping.registry.issuance_location.of(places) {
            Some(it) => pen.refer(
                "cadTrustLocationId",
                &self.part_key(&format!("location/{}", it.place)),
            ),
            None => pen.stop(
                "cadTrustLocationId",
                several("locations", places.len(), "issuance_location"),
            ),
        }
        finish(pen, drawn, "issuance");
    }

    /// Places, estimates, ratings and benefits of the form.
    fn described(&self, drawn: &mut Drawn) {
        let Some(form) = self.facts.description else {
            return;
        };
        for it in &form.locations {
            let mut pen = self.part(&format!("location/{}", it.place));
            let own = self
                .facts
                .view
                .party()
                .ok_or_else(|| "no ledger".to_owned());
            let country =
                own.and_then(|it| self.mapping.country(it, "location_country", self.words));
            pen.must("locationCountry", country);
            let region = it.region.as_ref().map_or_else(
                || it.place.clone(),
                |region| format!("{}, {region}", it.place),
            );
            pen.put("locationRegion", region);
            pen.may("locationGis", it.geometry.as_ref().map(point));
            pen.refer("cadTrustProjectId", &self.key());
            finish(pen, drawn, "location");
        }
        for it in &form.estimates {
            let year = it.vintage;
            let mut pen = self.part(&format!("estimate/{year}"));
            pen.put("estimationStartDate", format!("{year}-01-01"));
            pen.put("estimationEndDate", format!("{year}-12-31"));
            pen.put("estimationUnitCount", it.tonnes);
            pen.refer("cadTrustProjectId", &self.key());
            finish(pen, drawn, "estimation");
        }
        for it in &form.ratings {
            let date = it.date.map(|it| it.to_string()).unwrap_or_default();
            let mut pen = self.part(&format!("rating/{}/{date}", it.agency));
            pen.must(
                "ratingType",
                word(
                    &self.mapping.raters,
                    "raters",
                    &it.agency,
                    Some("rating_type"),
                    self.words,
                ),
            );
            let name = if date.is_empty() {
                it.agency.clone()
            } else {
                format!("{} {date}", it.agency)
            };
            pen.put("ratingName", name);
            pen.put("ratingValue", it.rating.as_str());
            pen.may("ratingLink", it.link.clone());
            pen.refer("cadTrustProjectId", &self.key());
            finish(pen, drawn, "rating");
        }
        let mut goals: Vec<u8> = form.co_benefits.iter().map(|it| it.goal).collect();
        goals.sort_unstable();
        goals.dedup();
        for goal in goals {
            let mut pen = self.part(&format!("goal/{goal}"));
            let name = word(
                &self.mapping.goals,
                "goals",
                &goal.to_string(),
                Some("co_benefit_id"),
                self.words,
            );
            pen.must("cobenefit", name);
            pen.refer("cadTrustProjectId", &self.key());
            finish(pen, drawn, "co_benefit");
        }
    }

    fn unit(&self, holding: &Holding, drawn: &mut Drawn) {
        let (facts, mapping, words) = (self.facts, self.mapping, self.words);
        let block = &holding.block;
        let range = block.range();
        let mut pen = Pen::new(unit_key(block)).in_group(unit_group(block));
        pen.put("unitSerialId", block.serial.to_string());
        pen.must("unitStartBlock", unit(block, range.first()));
        pen.must("unitEndBlock", unit(block, range.last()));
        pen.put("unitCount", range.tonnes());
        pen.must("unitType", unit_type(facts, mapping, words, "unit_type"));
        pen.put("unitVintageYear", block.serial.year());
        let place = facts.place(holding);
        pen.must(
            "unitStatus",
            word(
                &mapping.unit_status,
                "unit_status",
                place,
                Some("unit_status"),
                words,
            ),
        );
        pen.must("unitStatusReason", facts.reason(holding, mapping));
        let since = facts.view.time_ms(holding.since);
        pen.must_have(
            "unitStatusDate",
            since.map(day),
            "the ledger does not say since when",
        );
        pen.must(
            "unitMetric",
            words.choose("unit_metric", &mapping.registry.unit_metric),
        );
        pen.must("unitLink", mapping.link(&format!("units/{range}")));
        pen.may("unitCurrentOwner", facts.holder(holding));
        pen.may(
            "unitItmosReferenceId",
            block.itmo_id().map(|it| it.to_string()),
        );
        if matches!(holding.place, Place::Used | Place::Cancelled) {
            let claim = facts
                .view
                .ended(holding.since)
                .and_then(|it| it.claim.reason.as_ref());
            pen.may("unitRetirementDetail", claim.map(ToString::to_string));
        }
        match facts.verified_of(block) {
            Some(it) => pen.refer("cadTrustIssuanceId", &self.part_key(&format!("issuance/{}", it.case))),
            None => pen.stop(
                "cadTrustIssuanceId",
                "the ledger does not say which verified period the units come from: they were issued without one",
            ),
        }
        finish(pen, drawn, "unit");
        self.label(holding, drawn);
    }

    /// A range under an authorisation carries its label since that day.
    fn label(&self, holding: &Holding, drawn: &mut Drawn) {
        let Some(authorisation) = holding.block.authorisation else {
            return;
        };
        let key = unit_key(&holding.block);
        let mut pen = Pen::new(format!("{key}/label/{}", authorisation.id));
        pen.refer("cadTrustLabelId", &label_key(authorisation.id));
        pen.refer("cadTrustUnitId", &key);
        let since = self.facts.view.authorised_ms(&holding.block);
        pen.must_have(
            "labelUnitDate",
            since.map(day),
            "the ledger does not say since when the units are authorised",
        );
        finish(pen, drawn, "unit_label");
    }
}

fn several(field: &str, count: usize, setting: &str) -> String {
    match count {
        0 => format!("the form names none; fill in {field}"),
        _ => format!(
            "the form names {count} {field}, and CAD Trust takes one for an issuance: say {setting} = \"first\" in [registry] of the \
             mapping if the first is meant"
        ),
    }
}
