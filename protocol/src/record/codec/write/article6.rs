//! Article 6, domain to wire.

use super::case::acted_by;
use super::{ranges, text_of};
use crate::article6::FirstTransferDefinition;
use crate::period::Day;
use crate::record::codec::{
    authorised_use_number, definition_number, level_series_number, method_number,
    notified_use_number,
};
use crate::record::wire::{self, record::Body as WireBody};
use crate::record::{ActedBy, Article6, Authorisation, AuthorisedEntity, Metric, Ndc, YearLevel};
use crate::units::UnitAuthorisation;

pub(super) fn unit_authorisation(it: &UnitAuthorisation) -> wire::UnitAuthorisation {
    wire::UnitAuthorisation {
        id: it.id.to_string(),
        version: it.version,
        cooperative_approach: it.cooperative_approach.to_string(),
        uses: authorised_use_number(it.uses),
        definition: definition(it.definition),
    }
}

fn definition(it: Option<FirstTransferDefinition>) -> u32 {
    it.map_or(0, definition_number)
}

fn day(it: Option<Day>) -> u32 {
    it.map_or(0, Day::number)
}

fn by(list: &[ActedBy]) -> Vec<wire::ActedBy> {
    list.iter().map(acted_by).collect()
}

fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn level(it: YearLevel) -> wire::YearLevel {
    wire::YearLevel {
        year: u32::from(it.year),
        level: it.level,
    }
}

fn metric(it: &Metric) -> Option<wire::Metric> {
    Some(match it {
        Metric::Ghg => wire::Metric::default(),
        Metric::NonGhg { unit, per_tonne } => wire::Metric {
            non_ghg: true,
            unit: unit.to_string(),
            per_tonne: *per_tonne,
        },
    })
}

pub(super) fn article6(it: &Article6) -> WireBody {
    match it {
        Article6::CooperativeApproach(it) => {
            WireBody::CooperativeApproach(wire::CooperativeApproach {
                id: it.id.to_string(),
                title: it.title.to_string(),
                parties: texts(&it.parties),
                definition: definition(it.definition),
                metric: metric(&it.metric),
                by: by(&it.by),
            })
        }
        Article6::InitialReport(it) => WireBody::InitialReport(wire::InitialReport {
            approach: it.approach.to_string(),
            submitted: it.submitted.number(),
            reference: it.reference.to_string(),
            by: by(&it.by),
        }),
        Article6::Ndc(it) => WireBody::Ndc(ndc(it)),
        Article6::EmissionsLevel(it) => WireBody::EmissionsLevel(wire::EmissionsLevel {
            series: level_series_number(it.series),
            year: u32::from(it.year),
            level: it.level,
            source: it.source.to_string(),
            by: by(&it.by),
        }),
        Article6::AuthorisedEntity(it) => WireBody::AuthorisedEntity(authorised_entity(it)),
        Article6::Authorisation(it) => WireBody::Authorisation(authorisation(it)),
        Article6::AuthorisationRevoked(it) => {
            WireBody::AuthorisationRevoked(wire::AuthorisationRevoked {
                id: it.id.to_string(),
                party: it.party.to_string(),
                date: it.date.number(),
                reason: it.reason.to_string(),
                reaches_first_transferred: it.reaches_first_transferred,
                by: by(&it.by),
            })
        }
        Article6::UnitsAuthorised(it) => WireBody::UnitsAuthorised(wire::UnitsAuthorised {
            authorisation: it.authorisation.to_string(),
            ranges: ranges(&it.ranges),
            by: by(&it.by),
        }),
        Article6::UseNotified(it) => WireBody::UseNotified(wire::UseNotified {
            ranges: ranges(&it.ranges),
            purpose: notified_use_number(it.purpose),
            party: it.party.to_string(),
            day: it.day.number(),
            reference: it.reference.to_string(),
            by: by(&it.by),
        }),
    }
}

fn ndc(it: &Ndc) -> wire::Ndc {
    wire::Ndc {
        first_year: u32::from(it.period.first()),
        last_year: u32::from(it.period.last()),
        method: method_number(it.method),
        ldc: it.is_ldc,
        sids: it.is_sids,
        reference: Some(level(it.reference)),
        target: Some(level(it.target)),
        trajectory: it.trajectory.iter().copied().map(level).collect(),
        by: by(&it.by),
    }
}

fn authorised_entity(it: &AuthorisedEntity) -> wire::AuthorisedEntity {
    wire::AuthorisedEntity {
        approach: it.approach.to_string(),
        identification: it.identification.to_string(),
        name: it.name.to_string(),
        country: it.country.to_string(),
        organisation: it.organisation.map_or(0, |it| it.0),
        date: it.date.number(),
        conditions: text_of(it.conditions.as_ref()),
        changes: text_of(it.changes.as_ref()),
        information: text_of(it.information.as_ref()),
        revoked: it.revoked,
        by: by(&it.by),
    }
}

fn authorisation(it: &Authorisation) -> wire::Authorisation {
    wire::Authorisation {
        id: it.id.to_string(),
        party: it.party.to_string(),
        version: it.version,
        approach: it.approach.to_string(),
        parties: texts(&it.parties),
        entities: texts(&it.entities),
        date: it.date.number(),
        issue_until: day(it.issue_until),
        use_until: day(it.use_until),
        definition: definition(it.definition),
        uses: authorised_use_number(it.uses),
        oimp: text_of(it.oimp.as_ref()),
        framework: it.framework.to_string(),
        changes: it.changes.to_string(),
        reach: text_of(it.reach.as_ref()),
        reaches_first_transferred: it.reaches_first_transferred,
        quantity: it.quantity,
        registry: it.registry.to_string(),
        underlying: text_of(it.underlying.as_ref()),
        first_vintage: u32::from(it.vintages.first()),
        last_vintage: u32::from(it.vintages.last()),
        metric: metric(&it.metric),
        gases: text_of(it.gases.as_ref()),
        scopes: it.scopes.iter().map(|it| u32::from(it.number())).collect(),
        activities: text_of(it.activities.as_ref()),
        projects: it.projects.clone(),
        terms: text_of(it.terms.as_ref()),
        document: it.document.to_vec(),
        by: by(&it.by),
    }
}
