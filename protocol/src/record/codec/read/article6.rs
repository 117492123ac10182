//! Article 6, wire to domain.

use super::Reader;
use crate::article6::{FirstTransferDefinition, NdcPeriod};
use crate::id::OrganisationId;
use crate::period::Day;
use crate::record::codec::{authorised_use, definition, level_series, method, notified_use};
use crate::record::wire;
use crate::record::{
    ARTICLE6_APPROVALS, ActedBy, Article6, Authorisation, AuthorisationRevoked, AuthorisedEntity,
    Body, CooperativeApproach, DecodeError, EmissionsLevel, InitialReport, MAX_NAMED,
    MAX_TRAJECTORY, Metric, Ndc, UnitsAuthorised, UseNotified, YearLevel, is_ascending,
};
use crate::units::UnitAuthorisation;

impl Reader {
    pub(super) fn unit_authorisation(
        self,
        it: &wire::UnitAuthorisation,
    ) -> Result<UnitAuthorisation, DecodeError> {
        Ok(UnitAuthorisation {
            id: self.parse("authorisation.id", &it.id)?,
            version: self.version("authorisation.version", it.version)?,
            cooperative_approach: self.parse(
                "authorisation.cooperative_approach",
                &it.cooperative_approach,
            )?,
            uses: self.number("authorisation.uses", it.uses, authorised_use)?,
            definition: self.definition("authorisation.definition", it.definition)?,
        })
    }

    pub(super) fn ndc_year(
        self,
        field: &'static str,
        year: u32,
    ) -> Result<Option<u16>, DecodeError> {
        (year != 0).then(|| self.calendar(field, year)).transpose()
    }

    fn calendar(self, field: &'static str, year: u32) -> Result<u16, DecodeError> {
        self.year(year)
            .or_else(|_| self.fail(field, &format!("is {year}, which is no calendar year here")))
    }

    fn version(self, field: &'static str, version: u32) -> Result<u32, DecodeError> {
        if version == 0 {
            return self.fail(field, &"is 0; versions are counted from 1");
        }
        Ok(version)
    }

    fn definition(
        self,
        field: &'static str,
        number: u32,
    ) -> Result<Option<FirstTransferDefinition>, DecodeError> {
        if number == 0 {
            return Ok(None);
        }
        self.number(field, number, definition).map(Some)
    }

    fn day(self, field: &'static str, day: u32) -> Result<Day, DecodeError> {
        Day::new(day).or_else(|why| self.fail(field, &why))
    }

    /// A day that may be absent: 0, which is 1970-01-01, says so.
    fn optional_day(self, field: &'static str, day: u32) -> Result<Option<Day>, DecodeError> {
        (day != 0).then(|| self.day(field, day)).transpose()
    }

    fn period_of_years(
        self,
        field: &'static str,
        first: u32,
        last: u32,
    ) -> Result<NdcPeriod, DecodeError> {
        let (first, last) = (self.calendar(field, first)?, self.calendar(field, last)?);
        NdcPeriod::new(first, last).or_else(|why| self.fail(field, &why))
    }

    fn metric(self, it: Option<&wire::Metric>) -> Result<Metric, DecodeError> {
        match it {
            None => self.fail("metric", &"is missing"),
            Some(it) if !it.non_ghg && it.unit.is_empty() && it.per_tonne == 0 => Ok(Metric::Ghg),
            Some(it) if it.non_ghg && it.per_tonne > 0 => Ok(Metric::NonGhg {
                unit: self.parse("metric.unit", &it.unit)?,
                per_tonne: it.per_tonne,
            }),
            Some(_) => self.fail(
                "metric",
                &"is neither GHG alone nor non-GHG with a unit and how many of it stand for a tonne",
            ),
        }
    }

    fn level(
        self,
        field: &'static str,
        it: Option<&wire::YearLevel>,
    ) -> Result<YearLevel, DecodeError> {
        let Some(it) = it else {
            return self.fail(field, &"is missing");
        };
        Ok(YearLevel {
            year: self.calendar(field, it.year)?,
            level: it.level,
        })
    }

    /// Nobody, or as many as approve.
    fn approved_by(self, by: &[wire::ActedBy]) -> Result<Vec<ActedBy>, DecodeError> {
        if !by.is_empty() && by.len() != ARTICLE6_APPROVALS {
            let why = format!(
                "has {} entries; {ARTICLE6_APPROVALS} or none are wanted",
                by.len()
            );
            return self.fail("by", &why);
        }
        by.iter().map(|by| self.acted_by(by)).collect()
    }

    fn named<W, T: Ord>(
        self,
        field: &'static str,
        wire: &[W],
        read: impl Fn(&W) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        if wire.len() > MAX_NAMED {
            let why = format!(
                "has {} entries; at most {MAX_NAMED} are allowed",
                wire.len()
            );
            return self.fail(field, &why);
        }
        self.ascending(field, wire, read)
    }
}

fn body(it: Article6) -> Body {
    Body::Article6(Box::new(it))
}

pub(super) fn cooperative_approach(it: &wire::CooperativeApproach) -> Result<Body, DecodeError> {
    let read = Reader("cooperative_approach");
    Ok(body(Article6::CooperativeApproach(CooperativeApproach {
        id: read.parse("id", &it.id)?,
        title: read.parse("title", &it.title)?,
        parties: read.ascending("parties", &it.parties, |it| read.parse("parties", it))?,
        definition: read.definition("definition", it.definition)?,
        metric: read.metric(it.metric.as_ref())?,
        by: read.approved_by(&it.by)?,
    })))
}

pub(super) fn initial_report(it: &wire::InitialReport) -> Result<Body, DecodeError> {
    let read = Reader("initial_report");
    Ok(body(Article6::InitialReport(InitialReport {
        approach: read.parse("approach", &it.approach)?,
        submitted: read.day("submitted", it.submitted)?,
        reference: read.parse("reference", &it.reference)?,
        by: read.approved_by(&it.by)?,
    })))
}

pub(super) fn ndc(it: &wire::Ndc) -> Result<Body, DecodeError> {
    let read = Reader("ndc");
    let period = read.period_of_years("last_year", it.first_year, it.last_year)?;
    if it.trajectory.len() > MAX_TRAJECTORY {
        let why = format!(
            "has {} years; at most {MAX_TRAJECTORY} are allowed",
            it.trajectory.len()
        );
        return read.fail("trajectory", &why);
    }
    let trajectory = it
        .trajectory
        .iter()
        .map(|it| read.level("trajectory", Some(it)))
        .collect::<Result<Vec<_>, _>>()?;
    let years: Vec<u16> = trajectory.iter().map(|it| it.year).collect();
    if !is_ascending(&years) || !years.iter().all(|year| period.contains(*year)) {
        return read.fail(
            "trajectory",
            &"does not stand in strictly ascending years inside of the period",
        );
    }
    Ok(body(Article6::Ndc(Ndc {
        period,
        method: read.number("method", it.method, method)?,
        is_ldc: it.ldc,
        is_sids: it.sids,
        reference: read.level("reference", it.reference.as_ref())?,
        target: read.level("target", it.target.as_ref())?,
        trajectory,
        by: read.approved_by(&it.by)?,
    })))
}

pub(super) fn emissions_level(it: &wire::EmissionsLevel) -> Result<Body, DecodeError> {
    let read = Reader("emissions_level");
    Ok(body(Article6::EmissionsLevel(EmissionsLevel {
        series: read.number("series", it.series, level_series)?,
        year: read.year(it.year)?,
        level: it.level,
        source: read.parse("source", &it.source)?,
        by: read.approved_by(&it.by)?,
    })))
}

pub(super) fn authorised_entity(it: &wire::AuthorisedEntity) -> Result<Body, DecodeError> {
    let read = Reader("authorised_entity");
    Ok(body(Article6::AuthorisedEntity(AuthorisedEntity {
        approach: read.parse("approach", &it.approach)?,
        identification: read.parse("identification", &it.identification)?,
        name: read.parse("name", &it.name)?,
        country: read.parse("country", &it.country)?,
        organisation: (it.organisation != 0).then_some(OrganisationId(it.organisation)),
        date: read.day("date", it.date)?,
        conditions: read.optional("conditions", &it.conditions)?,
        changes: read.optional("changes", &it.changes)?,
        information: read.optional("information", &it.information)?,
        revoked: it.revoked,
        by: read.approved_by(&it.by)?,
    })))
}

pub(super) fn authorisation(it: &wire::Authorisation) -> Result<Body, DecodeError> {
    let read = Reader("authorisation");
    let project = |number: &u32| read.project(*number);
    Ok(body(Article6::Authorisation(Box::new(Authorisation {
        id: read.parse("id", &it.id)?,
        party: read.parse("party", &it.party)?,
        version: read.version("version", it.version)?,
        approach: read.parse("approach", &it.approach)?,
        parties: read.ascending("parties", &it.parties, |it| read.parse("parties", it))?,
        entities: read.named("entities", &it.entities, |it| read.parse("entities", it))?,
        date: read.day("date", it.date)?,
        issue_until: read.optional_day("issue_until", it.issue_until)?,
        use_until: read.optional_day("use_until", it.use_until)?,
        definition: read.definition("definition", it.definition)?,
        uses: read.number("uses", it.uses, authorised_use)?,
        oimp: read.optional("oimp", &it.oimp)?,
        framework: read.parse("framework", &it.framework)?,
        changes: read.parse("changes", &it.changes)?,
        reach: read.optional("reach", &it.reach)?,
        reaches_first_transferred: it.reaches_first_transferred,
        quantity: it.quantity,
        registry: read.parse("registry", &it.registry)?,
        underlying: read.optional("underlying", &it.underlying)?,
        vintages: read.period_of_years("last_vintage", it.first_vintage, it.last_vintage)?,
        metric: read.metric(it.metric.as_ref())?,
        gases: read.optional("gases", &it.gases)?,
        scopes: read.ascending("scopes", &it.scopes, |it| read.scope(*it))?,
        activities: read.optional("activities", &it.activities)?,
        projects: read.named("projects", &it.projects, project)?,
        terms: read.optional("terms", &it.terms)?,
        document: read.hash("document", &it.document)?,
        by: read.approved_by(&it.by)?,
    }))))
}

pub(super) fn authorisation_revoked(it: &wire::AuthorisationRevoked) -> Result<Body, DecodeError> {
    let read = Reader("authorisation_revoked");
    Ok(body(Article6::AuthorisationRevoked(AuthorisationRevoked {
        id: read.parse("id", &it.id)?,
        party: read.parse("party", &it.party)?,
        date: read.day("date", it.date)?,
        reason: read.parse("reason", &it.reason)?,
        reaches_first_transferred: it.reaches_first_transferred,
        by: read.approved_by(&it.by)?,
    })))
}

pub(super) fn units_authorised(it: wire::UnitsAuthorised) -> Result<Body, DecodeError> {
    let read = Reader("units_authorised");
    Ok(body(Article6::UnitsAuthorised(UnitsAuthorised {
        authorisation: read.parse("authorisation", &it.authorisation)?,
        ranges: read.ranges(it.ranges)?,
        by: read.approved_by(&it.by)?,
    })))
}

pub(super) fn use_notified(it: wire::UseNotified) -> Result<Body, DecodeError> {
    let read = Reader("use_notified");
    Ok(body(Article6::UseNotified(UseNotified {
        ranges: read.ranges(it.ranges)?,
        purpose: read.number("purpose", it.purpose, notified_use)?,
        party: read.parse("party", &it.party)?,
        day: read.day("day", it.day)?,
        reference: read.parse("reference", &it.reference)?,
        by: read.approved_by(&it.by)?,
    })))
}
