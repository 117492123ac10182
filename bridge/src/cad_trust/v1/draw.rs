//! A project with all its children, and its ranges as units, for CAD Trust V1.
//!
//! Every child is sent every time, with its id there: an update without them would delete them.

use countersign_protocol::project::Geometry;
use countersign_protocol::registry::{Holding, Place};
use serde_json::{Value, json};

use super::super::facts::{Facts, NO_FORM, unit, unit_group, unit_key};
use super::super::mapping::{Mapping, Which, word};
use super::super::pen::{Pen, day, reference};
use super::super::words::Words;
use crate::frame::{Drawn, Stopped};

/// Items before others.
const PROJECT: u16 = 0;
const UNIT: u16 = 1;

/// One drawing.
pub(super) struct Drawing<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) mapping: &'a Mapping,
    pub(super) words: &'a Words,
}

impl Drawing<'_> {
    pub(super) fn draw(&self) -> Drawn {
        let mut drawn = Drawn {
            is_partial: self.facts.description.is_none(),
            ..Drawn::default()
        };
        self.project(&mut drawn);
        for holding in &self.facts.ranges {
            self.unit(holding, &mut drawn);
        }
        drawn
    }

    fn key(&self) -> String {
        format!("project/{}", self.facts.project.number)
    }

    fn part(&self, what: &str) -> String {
        format!("{}/{what}", self.key())
    }

    fn project(&self, drawn: &mut Drawn) {
        let (facts, mapping, words) = (self.facts, self.mapping, self.words);
        let mut pen = Pen::new(self.key());
        let id = facts.project_id();
        pen.put("projectId", id.as_str());
        pen.put("originProjectId", id);
        pen.must("registryOfOrigin", mapping.registry_name());
        pen.must("currentRegistry", mapping.registry_name());
        pen.put("program", mapping.registry.program.clone());
        pen.put("projectName", facts.project.title.to_string());
        pen.must(
            "projectLink",
            mapping.link(&format!("projects/{}", facts.project.number)),
        );
        let owners = facts.owners();
        let names: Vec<String> = owners.iter().map(|it| facts.name_of(*it)).collect();
        pen.put("projectDeveloper", names.join(", "));
        pen.must("sector", self.sector());
        let (status, since) = facts.status();
        let status = word(
            &mapping.project_status,
            "project_status",
            status,
            Some("projectStatusValues"),
            words,
        );
        pen.must("projectStatus", status);
        pen.must_have(
            "projectStatusDate",
            since.map(day),
            "the ledger does not say since when",
        );
        pen.must(
            "unitMetric",
            words.choose("unitMetric", &mapping.registry.unit_metric),
        );
        let validated = facts.validated();
        pen.put(
            "validationBody",
            validated.map(|(_, it)| self.body(&facts.name_of(it.by))),
        );
        pen.put("validationDate", validated.map(|(_, it)| day(it.time_ms)));
        self.described(&mut pen, drawn);
        let issuances = self.issuances(&mut pen);
        pen.put("issuances", issuances);
        let labels = self.labels(&mut pen);
        pen.put("labels", labels);
        pen.finish(drawn, "project", PROJECT);
    }

    fn sector(&self) -> Result<String, String> {
        let scope = self.facts.project.scope.to_string();
        let names = self.mapping.sectors.get(&scope);
        let names = names.ok_or_else(|| {
            format!("sectoral scope {scope} has no word in [sectors] of the mapping")
        })?;
        self.words.choose_if_listed("projectSector", names)
    }

    /// A certifier's name there: the one that the mapping gives, else its public name. V1 takes any.
    fn body(&self, name: &str) -> String {
        let given = self.mapping.bodies.get(name).and_then(|it| it.first());
        given.map_or_else(|| name.to_owned(), Clone::clone)
    }

    /// What the published form says.
    fn described(&self, pen: &mut Pen, drawn: &mut Drawn) {
        let Some(form) = self.facts.description else {
            pen.stop("projectType", NO_FORM);
            return;
        };
        pen.put("description", form.description.clone());
        pen.must("projectType", self.types());
        let coverage = form.ndc.as_ref().map(|it| it.coverage.as_str());
        let coverage =
            coverage.ok_or_else(|| "the form does not say it; fill in ndc.coverage".to_owned());
        let covered = coverage.and_then(|it| {
            word(
                &self.mapping.coverage,
                "coverage",
                it,
                Some("coveredByNDC"),
                self.words,
            )
        });
        pen.must("coveredByNDC", covered);
        let place = form
            .ndc
            .iter()
            .flat_map(|it| [it.condition.as_ref(), it.measure.as_ref()]);
        let place: Vec<&str> = place.flatten().map(String::as_str).collect();
        pen.put(
            "ndcInformation",
            (!place.is_empty()).then(|| place.join(", ")),
        );
        let mut methods = form.methodologies.iter().map(|it| {
            let name = it
                .name
                .as_ref()
                .map(|name| format!(" - {name}"))
                .unwrap_or_default();
            format!("{} v{}{name}", it.code, it.version)
        });
        pen.must_have(
            "methodology",
            methods.next(),
            "the form names none; fill in methodologies",
        );
        let more: Vec<String> = methods.collect();
        pen.put("methodology2", (!more.is_empty()).then(|| more.join("; ")));
        let places = self.locations(pen);
        pen.put("projectLocations", places);
        pen.put("estimations", self.estimations());
        let goals = self.goals(pen);
        pen.put("coBenefits", goals);
        let related = self.related(pen);
        pen.put("relatedProjects", related);
        let ratings = self.ratings(pen, drawn);
        pen.put("projectRatings", ratings);
    }

    fn types(&self) -> Result<String, String> {
        let types = self
            .facts
            .description
            .map_or(&[][..], |it| &it.mitigation_types);
        let mut named = Vec::new();
        for of in types {
            let names = self.mapping.project_types.get(of);
            let names = names
                .ok_or_else(|| format!("{of:?} has no word in [project_types] of the mapping"))?;
            let name = self.words.choose_if_listed("projectType", names)?;
            if !named.contains(&name) {
                named.push(name);
            }
        }
        if named.is_empty() {
            return Err("the form names none; fill in mitigation_types".to_owned());
        }
        Ok(named.join(", "))
    }

    fn locations(&self, pen: &mut Pen) -> Value {
        let own = self.facts.view.party();
        let country = own.ok_or_else(|| "no ledger".to_owned());
        let country = country.and_then(|it| self.mapping.country(it, "countries", self.words));
        let country = match country {
            Ok(country) => country,
            Err(why) => {
                pen.stop("projectLocations/country", why);
                return Value::Null;
            }
        };
        let places = self.facts.description.map_or(&[][..], |it| &it.locations);
        let places = places.iter().map(|it| {
            json!({
                "$key": self.part(&format!("location/{}", it.place)),
                "country": country,
                "inCountryRegion": it.region,
                "geographicIdentifier": it.geometry.as_ref().map_or_else(|| it.place.clone(), point),
            })
        });
        places.collect()
    }

    fn estimations(&self) -> Value {
        let estimates = self.facts.description.map_or(&[][..], |it| &it.estimates);
        let of = |it: &countersign_protocol::project::Estimate| {
            let year = it.vintage;
            json!({
                "$key": self.part(&format!("estimate/{year}")),
                "creditingPeriodStart": format!("{year}-01-01"),
                "creditingPeriodEnd": format!("{year}-12-31"),
                "unitCount": it.tonnes,
            })
        };
        estimates.iter().map(of).collect()
    }

    fn goals(&self, pen: &mut Pen) -> Value {
        let mut goals: Vec<u8> = Vec::new();
        let all = self.facts.description.map_or(&[][..], |it| &it.co_benefits);
        goals.extend(all.iter().map(|it| it.goal));
        goals.sort_unstable();
        goals.dedup();
        let mut written = Vec::new();
        for goal in goals {
            let names = self.mapping.goals.get(&goal.to_string());
            let named =
                names.ok_or_else(|| format!("goal {goal} has no word in [goals] of the mapping"));
            match named.and_then(|it| self.words.choose_if_listed("coBenefits", it)) {
                Ok(name) => written
                    .push(json!({"$key": self.part(&format!("goal/{goal}")), "cobenefit": name})),
                Err(why) => pen.stop("coBenefits/cobenefit", why),
            }
        }
        written.into()
    }

    fn related(&self, pen: &mut Pen) -> Value {
        let all = self
            .facts
            .description
            .map_or(&[][..], |it| &it.related_projects);
        let mut written = Vec::new();
        for it in all {
            let Some(kind) = self.mapping.relations.get(&it.kind) else {
                let why = format!("{:?} has no word in [relations] of the mapping", it.kind);
                pen.stop("relatedProjects/relationshipType", why);
                continue;
            };
            written.push(json!({
                "$key": self.part(&format!("related/{}/{}/{}", it.kind, it.registry, it.id)),
                "relatedProjectId": it.id,
                "relationshipType": kind,
                "registry": it.registry,
            }));
        }
        written.into()
    }

    /// Ratings with everything that V1 asks; others are left out with a note.
    fn ratings(&self, pen: &mut Pen, drawn: &mut Drawn) -> Value {
        let all = self.facts.description.map_or(&[][..], |it| &it.ratings);
        let mut written = Vec::new();
        for it in all {
            let (Some(lowest), Some(highest), Some(link)) = (&it.lowest, &it.highest, &it.link)
            else {
                drawn.notes.push(Stopped {
                    key: pen.key().to_owned(),
                    group: pen.key().to_owned(),
                    field: "projectRatings".to_owned(),
                    why: format!(
                        "the rating of {} is left out: it has no scale or no web page",
                        it.agency
                    ),
                });
                continue;
            };
            let name = word(
                &self.mapping.raters,
                "raters",
                &it.agency,
                Some("ratingType"),
                self.words,
            );
            match name {
                Ok(name) => written.push(json!({
                    "$key": self.part(&format!("rating/{}/{}", it.agency, it.date.map(|it| it.to_string()).unwrap_or_default())),
                    "ratingType": name,
                    "ratingRangeLowest": lowest,
                    "ratingRangeHighest": highest,
                    "rating": it.rating,
                    "ratingLink": link,
                })),
                Err(why) => pen.stop("projectRatings/ratingType", why),
            }
        }
        written.into()
    }

    fn issuances(&self, pen: &mut Pen) -> Value {
        let mut written = Vec::new();
        for verified in self.facts.verified.values() {
            match self.issuance(verified.case) {
                Ok(mut issuance) => {
                    if let Some(map) = issuance.as_object_mut() {
                        map.insert(
                            "$key".to_owned(),
                            self.part(&format!("issuance/{}", verified.case)).into(),
                        );
                    }
                    written.push(issuance);
                }
                Err(why) => pen.stop("issuances", why),
            }
        }
        written.into()
    }

    fn issuance(&self, case: u64) -> Result<Value, String> {
        let verified = self.facts.verified.get(&case).ok_or("no such period")?;
        let checked = verified.checked;
        let checked =
            checked.ok_or_else(|| format!("the ledger does not say who verified case {case}"))?;
        let approach = self.mapping.registry.verification_approach.clone();
        let approach = approach.ok_or("the mapping does not say how periods are verified; give [registry] verification_approach")?;
        Ok(json!({
            "startDate": verified.period.first().to_string(),
            "endDate": verified.period.last().to_string(),
            "verificationApproach": approach,
            "verificationReportDate": day(checked.time_ms),
            "verificationBody": self.body(&self.facts.name_of(checked.by)),
        }))
    }

    fn labels(&self, pen: &mut Pen) -> Value {
        let mut written = Vec::new();
        for id in self.facts.authorised.keys() {
            match self.label(*id) {
                Ok(mut label) => {
                    if let Some(map) = label.as_object_mut() {
                        map.insert("$key".to_owned(), self.part(&format!("label/{id}")).into());
                    }
                    written.push(label);
                }
                Err(why) => pen.stop("labels", why),
            }
        }
        written.into()
    }

    /// The authorisation of mitigation outcomes as a label: how many tonnes of the project are under it, and its days.
    fn label(&self, id: countersign_protocol::id::AuthorisationId) -> Result<Value, String> {
        let terms = self.facts.authorisation(id);
        let terms = terms.ok_or_else(|| format!("the ledger does not know authorisation {id}"))?;
        let periods = self
            .facts
            .view
            .state()
            .crediting_periods(self.facts.project.number);
        let (first, last) = (periods.first(), periods.last());
        let (first, last) = first
            .zip(last)
            .ok_or("the ledger knows no crediting period of the project")?;
        let last_vintage = format!("{}-12-31", terms.vintages.last());
        let until = terms.use_until.or(terms.issue_until);
        let kind = word(
            &self.mapping.labels,
            "labels",
            "authorisation",
            Some("labelType"),
            self.words,
        )?;
        let tonnes = self.facts.authorised.get(&id).copied().unwrap_or_default();
        Ok(json!({
            "label": format!("Article 6.2 authorization {id}"),
            "labelType": kind,
            "creditingPeriodStartDate": first.first().to_string(),
            "creditingPeriodEndDate": last.last().to_string(),
            "validityPeriodStartDate": terms.date.to_string(),
            "validityPeriodEndDate": until.map_or(last_vintage, |it| it.to_string()),
            "unitQuantity": tonnes,
            "labelLink": self.mapping.link(&format!("authorisations/{}/{id}", terms.party))?,
        }))
    }

    fn unit(&self, holding: &Holding, drawn: &mut Drawn) {
        let (facts, mapping, words) = (self.facts, self.mapping, self.words);
        let block = &holding.block;
        let range = block.range();
        let mut pen = Pen::new(unit_key(block)).in_group(unit_group(block));
        pen.must("unitBlockStart", unit(block, range.first()));
        pen.must("unitBlockEnd", unit(block, range.last()));
        pen.put("unitCount", range.tonnes());
        pen.put("vintageYear", block.serial.year());
        pen.put("unitOwner", facts.holder(holding));
        let jurisdiction = match holding.place {
            Place::Abroad(party) => Some(party),
            _ => facts.view.party(),
        };
        let jurisdiction = jurisdiction.ok_or_else(|| "no ledger".to_owned());
        let jurisdiction = jurisdiction.and_then(|it| mapping.country(it, "countries", words));
        pen.must("countryJurisdictionOfOwner", jurisdiction);
        pen.must("unitType", unit_type(facts, mapping, words, "unitType"));
        let place = facts.place(holding);
        pen.must(
            "unitStatus",
            word(
                &mapping.unit_status,
                "unit_status",
                place,
                Some("unitStatus"),
                words,
            ),
        );
        pen.must("unitStatusReason", facts.reason(holding, mapping));
        pen.must("unitRegistryLink", mapping.link(&format!("units/{range}")));
        let adjusted = facts.adjustment(block, mapping);
        let list = "correspondingAdjustmentDeclaration";
        pen.must(list, words.choose(list, &adjusted.declaration));
        let list = "correspondingAdjustmentStatus";
        pen.must(list, words.choose(list, &adjusted.status));
        self.belongings(&mut pen, holding);
        pen.finish(drawn, "unit", UNIT);
    }

    /// Where a unit hangs: its issuance, its place, its labels.
    fn belongings(&self, pen: &mut Pen, holding: &Holding) {
        let facts = self.facts;
        let issuance = facts.verified_of(&holding.block).map(|it| it.case);
        let issuance = issuance.ok_or_else(|| {
            "the ledger does not say which verified period the units come from: they were issued without one".to_owned()
        });
        let issuance = issuance.and_then(|case| {
            let mut copy = self.issuance(case)?;
            if let Some(map) = copy.as_object_mut() {
                map.insert(
                    "$use".to_owned(),
                    self.part(&format!("issuance/{case}")).into(),
                );
                map.insert("warehouseProjectId".to_owned(), reference(&self.key()));
            }
            Ok(copy)
        });
        pen.must("issuance", issuance);
        let places = facts.description.map_or(&[][..], |it| &it.locations);
        let place = Which::Only.of(places);
        let place = place.map(|it| reference(&self.part(&format!("location/{}", it.place))));
        pen.put("projectLocationId", place.unwrap_or(Value::Null));
        let label = holding.block.authorisation.map(|it| it.id);
        let label = label.map(|id| {
            let mut copy = self.label(id)?;
            if let Some(map) = copy.as_object_mut() {
                map.insert("$use".to_owned(), self.part(&format!("label/{id}")).into());
                map.insert("warehouseProjectId".to_owned(), reference(&self.key()));
            }
            Ok(copy)
        });
        let labels: Result<Vec<Value>, String> = label.into_iter().collect();
        pen.must("labels", labels);
    }
}

/// What a unit of the project stands for: one word for all types of mitigation of the project.
pub(crate) fn unit_type(
    facts: &Facts<'_>,
    mapping: &Mapping,
    words: &Words,
    list: &str,
) -> Result<String, String> {
    let types = facts.description.map_or(&[][..], |it| &it.mitigation_types);
    let mut found: Option<String> = None;
    for of in types {
        let name = word(&mapping.unit_types, "unit_types", of, Some(list), words)?;
        match &found {
            Some(before) if *before != name => {
                return Err(format!(
                    "the project's types of mitigation are {before:?} and {name:?} at once"
                ));
            }
            _ => found = Some(name),
        }
    }
    found.ok_or_else(|| {
        if facts.description.is_none() {
            NO_FORM.to_owned()
        } else {
            "the form names no type of mitigation".to_owned()
        }
    })
}

/// A place as latitude and longitude: a point, or the middle of what an outline spans.
pub(crate) fn point(geometry: &Geometry) -> String {
    let bounds = geometry.bounds();
    let middle = |least: i32, greatest: i32| (i64::from(least) + i64::from(greatest)) / 2;
    let lat = middle(bounds.least.lat, bounds.greatest.lat);
    let lon = middle(bounds.least.lon, bounds.greatest.lon);
    format!("{},{}", degrees(lat), degrees(lon))
}

/// Ten-millionths of a degree as degrees.
fn degrees(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (units.abs() / 10_000_000, units.abs() % 10_000_000);
    let text = format!("{sign}{whole}.{rest:07}");
    let text = text.trim_end_matches('0');
    if text.ends_with('.') {
        format!("{text}0")
    } else {
        text.to_owned()
    }
}
