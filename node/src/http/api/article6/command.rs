//! Bodies as commands: the same whoever sends them, a program or a page.

use countersign_protocol::record::{
    Article6, Authorisation, AuthorisationRevoked, AuthorisedEntity, CooperativeApproach,
    EmissionsLevel, InitialReport, Metric, Ndc, UseNotified,
};
use countersign_protocol::registry::Command;

use crate::app::{App, AppError, AuthorisationDefaults, Field};
use crate::http::dto::{
    NewApproach, NewAuthorisation, NewAuthorisedEntity, NewInitialReport, NewLevel, NewLevels,
    NewNdc, NewRevocation, NewUnitAuthorisation, NewUseNotice,
};

/// The most levels in one request.
pub(crate) const LEVELS_MAX: usize = 64;

fn one(it: Article6) -> Command {
    Command::Article6(Box::new(it))
}

fn ascending<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}

/// A cooperative approach.
pub(crate) fn approach(new: NewApproach) -> Command {
    let NewApproach {
        id,
        title,
        parties,
        definition,
        metric,
    } = new;
    one(Article6::CooperativeApproach(CooperativeApproach {
        id,
        title,
        parties: ascending(parties),
        definition,
        metric: metric.unwrap_or(Metric::Ghg),
        by: Vec::new(),
    }))
}

/// An initial report.
pub(crate) fn initial_report(new: NewInitialReport) -> Command {
    let NewInitialReport {
        approach,
        submitted,
        reference,
    } = new;
    one(Article6::InitialReport(InitialReport {
        approach,
        submitted,
        reference,
        by: Vec::new(),
    }))
}

/// An authorised entity, or the end of its authorisation.
pub(crate) fn entity(new: NewAuthorisedEntity) -> Command {
    let NewAuthorisedEntity {
        approach,
        identification,
        name,
        country,
        organisation,
        date,
        conditions,
        changes,
        information,
        revoked,
    } = new;
    one(Article6::AuthorisedEntity(AuthorisedEntity {
        approach,
        identification,
        name,
        country,
        organisation,
        date,
        conditions,
        changes,
        information,
        revoked,
        by: Vec::new(),
    }))
}

/// An NDC.
pub(crate) fn ndc(new: NewNdc) -> Command {
    let NewNdc {
        period,
        method,
        is_ldc,
        is_sids,
        reference,
        target,
        trajectory,
    } = new;
    one(Article6::Ndc(Ndc {
        period,
        method,
        is_ldc,
        is_sids,
        reference,
        target,
        trajectory,
        by: Vec::new(),
    }))
}

/// Levels of one source.
///
/// # Errors
/// [`AppError::BadInput`] for none, or too many of them.
pub(crate) fn levels(new: NewLevels) -> Result<Command, AppError> {
    let NewLevels { source, levels } = new;
    if levels.is_empty() || levels.len() > LEVELS_MAX {
        let why = format!("give 1 to {LEVELS_MAX} levels");
        let field = Field::Body("/levels".into());
        return Err(AppError::BadInput { field, why });
    }
    let level = |it: NewLevel| EmissionsLevel {
        series: it.series,
        year: it.year,
        level: it.level,
        source: source.clone(),
        by: Vec::new(),
    };
    Ok(Command::Levels(levels.into_iter().map(level).collect()))
}

/// A version of an authorisation. What is left out is that of this Party and of the approach.
///
/// # Errors
/// As [`App::authorisation_defaults`].
pub(crate) fn authorisation(app: &App, new: NewAuthorisation) -> Result<Command, AppError> {
    let defaults = app.authorisation_defaults(new.approach, new.party, new.id)?;
    let it = version(new, defaults);
    Ok(one(Article6::Authorisation(Box::new(it))))
}

fn version(new: NewAuthorisation, defaults: AuthorisationDefaults) -> Authorisation {
    let NewAuthorisation {
        id,
        party: _,
        version,
        approach,
        parties,
        entities,
        date,
        issue_until,
        use_until,
        definition,
        uses,
        oimp,
        framework,
        changes,
        reach,
        reaches_first_transferred,
        quantity,
        registry,
        underlying,
        vintages,
        metric,
        gases,
        scopes,
        activities,
        projects,
        terms,
        document,
    } = new;
    let of_approach = defaults.definition.filter(|_| uses.covers_oimp());
    Authorisation {
        id,
        party: defaults.party,
        version: version.unwrap_or(defaults.version),
        approach,
        parties: ascending(parties),
        entities: ascending(entities),
        date,
        issue_until,
        use_until,
        definition: definition.or(of_approach),
        uses,
        oimp,
        framework,
        changes,
        reach,
        reaches_first_transferred,
        quantity,
        registry: registry.unwrap_or(defaults.registry),
        underlying,
        vintages,
        metric: metric.unwrap_or(defaults.metric),
        gases,
        scopes: ascending(scopes),
        activities,
        projects: ascending(projects),
        terms,
        document,
        by: Vec::new(),
    }
}

/// The end of an authorisation.
///
/// # Errors
/// As [`App::own_party`].
pub(crate) fn revocation(app: &App, new: NewRevocation) -> Result<Command, AppError> {
    let NewRevocation {
        id,
        party,
        date,
        reason,
        reaches_first_transferred,
    } = new;
    let party = match party {
        Some(party) => party,
        None => app.own_party()?,
    };
    Ok(one(Article6::AuthorisationRevoked(AuthorisationRevoked {
        id,
        party,
        date,
        reason,
        reaches_first_transferred,
        by: Vec::new(),
    })))
}

/// Units that come under an authorisation.
pub(crate) fn units(new: NewUnitAuthorisation) -> Command {
    let NewUnitAuthorisation {
        authorisation,
        account,
        units,
    } = new;
    Command::AuthoriseUnits {
        account,
        units,
        authorisation,
        by: Vec::new(),
    }
}

/// What another registry told of a use.
pub(crate) fn use_notice(new: NewUseNotice) -> Command {
    let NewUseNotice {
        ranges,
        purpose,
        party,
        day,
        reference,
    } = new;
    one(Article6::UseNotified(UseNotified {
        ranges: ascending(ranges),
        purpose,
        party,
        day,
        reference,
        by: Vec::new(),
    }))
}
