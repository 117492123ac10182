//! The structured summary, and what a registry shows of its units.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use countersign_bridge::information::{
    write_initial_json, write_initial_workbook, write_regular_json, write_regular_workbook,
};
use countersign_protocol::article6::{
    HoldingFilter, InitialInformation, Movement, Position, Ratio, RegularInformation, SummaryRow,
    SummaryTerms, UnitEventKind, approach_of,
};
use countersign_protocol::party::Party;
use countersign_protocol::registry::Place;
use countersign_protocol::units::UnitBlock;
use serde::Deserialize;

use super::{JSON, WORKBOOK, attached, unwritten, written};
use crate::app::{Caller, MovementQuery, SummaryFile, UnitsName};
use crate::http::Served;
use crate::http::api::view;
use crate::http::dto::{
    Article6ActionView, BalanceView, HeldAtView, Page, PlaceName, SummaryRowView, SummaryView,
    Units, YearValue,
};
use crate::http::extract::Parameters;
use crate::http::openapi::{
    ActionFilters, BigNumberPaging, HeldFilters, InformationFormat, Moment, NotFound, Paging,
    SummaryChoices,
};
use crate::http::problem::ApiError;

/// The structured summary of the NDC period that has a year (5/CMA.3 annex II table 4), and the emissions balance behind it.
///
/// Every year of the period is computed again from all events: a late transfer changes a balance that was reported before.
#[utoipa::path(
    get,
    path = "/article6/summary",
    tag = "Reports",
    params(SummaryChoices),
    responses((status = 200, body = SummaryView), NotFound),
)]
pub(in crate::http::api) async fn summary(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<SummaryView>, ApiError> {
    let (year, terms) = choices(&mut parameters)?;
    parameters.finish()?;
    let app = &served.app;
    let file = app.article6_summary(&caller, year, terms).await?;
    Ok(Json(summary_view(app.own_party()?, &file)))
}

/// The year and what the decisions leave open.
fn choices(parameters: &mut Parameters) -> Result<(u16, SummaryTerms), ApiError> {
    let missing = || ApiError::parameter("year", &"name a year of the NDC period");
    let year = parameters.year("year")?.ok_or_else(missing)?;
    let terms = SummaryTerms {
        elapsed: parameters.word("elapsed")?.unwrap_or_default(),
        axis: parameters.word("axis")?.unwrap_or_default(),
    };
    Ok((year, terms))
}

/// The kind of a file that is no table of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TwoFormats {
    #[default]
    Json,
    Xlsx,
}

fn summary_view(party: Party, of: &SummaryFile) -> SummaryView {
    let value = |(year, value): (&u16, &Ratio)| YearValue {
        year: *year,
        exact: value.to_string(),
        rounded: value.rounded().to_string(),
    };
    let rows = (1..)
        .zip(SummaryRow::ALL)
        .map(|(number, row)| SummaryRowView {
            row: number,
            label: row.label().to_owned(),
            paragraph: row.paragraph().to_owned(),
            values: of
                .summary
                .rows
                .get(&row)
                .into_iter()
                .flatten()
                .map(value)
                .collect(),
        });
    let years = of.balance.years.iter().map(|it| BalanceView {
        year: it.year,
        level: it.level,
        first_transferred: it.first_transferred.to_string(),
        used: it.used.to_string(),
        adjustment: it.adjustment.to_string(),
        balance: it.balance.map(|it| it.to_string()),
    });
    SummaryView {
        party,
        period: of.ndc.period,
        method: of.ndc.method,
        rows: rows.collect(),
        balance: years.collect(),
    }
}

/// The structured summary with the quantities under it, as a file for the biennial report (5/CMA.3 annex II table 4).
#[utoipa::path(
    get,
    path = "/article6/regular-information",
    tag = "Reports",
    params(SummaryChoices, InformationFormat),
    responses(
        (status = 200, body = Vec<u8>, content_type = "*/*", headers(("Content-Disposition" = String, description = "`attachment` with a file name."))),
        NotFound,
    ),
)]
pub(in crate::http::api) async fn regular_information(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let (year, terms) = choices(&mut parameters)?;
    let format = parameters.word("format")?.unwrap_or_default();
    parameters.finish()?;
    let app = &served.app;
    let of = app.regular_information(&caller, year, terms).await?;
    written(move || regular_file(&of, year, format)).await
}

/// The regular information as a file.
pub(crate) fn regular_file(
    of: &RegularInformation,
    year: u16,
    format: TwoFormats,
) -> Result<Response, ApiError> {
    let name = format!("article6-regular-information-{}-{year}", of.party);
    Ok(match format {
        TwoFormats::Json => attached(write_regular_json(of).into_bytes(), JSON, &name),
        TwoFormats::Xlsx => {
            let workbook = write_regular_workbook(of).map_err(|error| unwritten(&error))?;
            attached(workbook, WORKBOOK, &name)
        }
    })
}

/// The registry's part of the initial report, as a file: approaches, authorisations, NDCs and methods.
#[utoipa::path(
    get,
    path = "/article6/initial-information",
    tag = "Reports",
    params(InformationFormat),
    responses(
        (status = 200, body = Vec<u8>, content_type = "*/*", headers(("Content-Disposition" = String, description = "`attachment` with a file name."))),
    ),
)]
pub(in crate::http::api) async fn initial_information(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let format = parameters.word("format")?.unwrap_or_default();
    parameters.finish()?;
    let app = &served.app;
    let of = app.initial_information(&caller).await?;
    written(move || initial_file(&of, format)).await
}

/// The registry's part of the initial report as a file.
pub(crate) fn initial_file(
    of: &InitialInformation,
    format: TwoFormats,
) -> Result<Response, ApiError> {
    let name = format!("article6-initial-information-{}", of.party);
    Ok(match format {
        TwoFormats::Json => attached(write_initial_json(of).into_bytes(), JSON, &name),
        TwoFormats::Xlsx => {
            let workbook = write_initial_workbook(of).map_err(|error| unwritten(&error))?;
            attached(workbook, WORKBOOK, &name)
        }
    })
}

/// How many units of each cooperative approach and vintage lie in accounts of each purpose (2/CMA.3 annex para 29). Names no
/// holder.
#[utoipa::path(
    get,
    path = "/article6/positions",
    tag = "Reports",
    params(Moment),
    responses((status = 200, body = Page<Position>)),
    security(()),
)]
pub(in crate::http::api) async fn positions(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<Position>>, ApiError> {
    let at_ms = parameters.get("at_ms")?;
    parameters.finish()?;
    let positions = served.app.positions(at_ms).await?;
    Ok(Json(view::whole(positions.into_iter())))
}

/// What was done with units under Article 6, in the order of the ledger: of a year, or of the units that somebody names.
#[utoipa::path(
    get,
    path = "/article6/actions",
    tag = "Reports",
    params(ActionFilters, BigNumberPaging),
    responses((status = 200, body = Page<Article6ActionView>)),
    security(()),
)]
pub(in crate::http::api) async fn actions(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<Article6ActionView>>, ApiError> {
    let units: Option<UnitsName> = parameters.get("units")?;
    let query = MovementQuery {
        year: parameters.year("year")?,
        units: units.map(|units| units.range()),
    };
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served.app.movements(query, after, limit).await?;
    Ok(Json(view::page(listed.map(|(_, it)| action_view(&it)))))
}

fn action_view(of: &Movement) -> Article6ActionView {
    let word = |event| {
        let word = serde_json::to_value(event).ok();
        word.and_then(|it| it.as_str().map(str::to_owned))
    };
    let (mut by, mut to, mut from, mut ndc_year) = (None, None, None, None);
    let kind = match of.kind {
        UnitEventKind::Authorised => "authorised",
        UnitEventKind::FirstTransferred {
            by: event,
            to: party,
        } => {
            (by, to) = (word(event), party);
            "first_transferred"
        }
        UnitEventKind::Transferred { to: party } => {
            to = party;
            "transferred"
        }
        UnitEventKind::Acquired { from: party } => {
            from = Some(party);
            "acquired"
        }
        UnitEventKind::UsedTowardsNdc { year } => {
            ndc_year = Some(year);
            "used_towards_ndc"
        }
        UnitEventKind::Ended { by: event } => {
            by = word(event);
            "ended"
        }
        UnitEventKind::PartnersFirstTransfer { by: event } => {
            by = word(event);
            "partners_first_transfer"
        }
    };
    Article6ActionView {
        index: of.leaf,
        time_ms: of.time_ms,
        kind: kind.to_owned(),
        by,
        to,
        from,
        ndc_year,
        units: Units::from(&of.block),
        approach: of.approach,
        uses: of.uses,
        purpose: of.purpose,
    }
}

/// What was held here at a moment, by account: for whoever may look into every account.
#[utoipa::path(
    get,
    path = "/article6/holdings",
    tag = "Reports",
    params(HeldFilters, Moment, Paging),
    responses((status = 200, body = Page<HeldAtView>)),
)]
pub(in crate::http::api) async fn holdings(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<HeldAtView>>, ApiError> {
    let filter = HoldingFilter {
        account: parameters.get("account")?,
        approach: parameters.get("approach")?,
        vintage: parameters.year("vintage")?,
    };
    let at_ms = parameters.get("at_ms")?;
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let app = &served.app;
    let listed = app
        .holdings_at(&caller, at_ms, filter, after, limit)
        .await?;
    Ok(Json(view::page(
        listed.map(|(block, place)| held_view(&block, place)),
    )))
}

fn held_view(block: &UnitBlock, place: Place) -> HeldAtView {
    let (name, account) = match place {
        Place::Available(account) => (PlaceName::Available, Some(account)),
        Place::OnHold(account) | Place::Reserved(account) => (PlaceName::OnHold, Some(account)),
        Place::Escrow(account) => (PlaceName::Escrow, Some(account)),
        Place::Abroad(_) => (PlaceName::Abroad, None),
        Place::Used => (PlaceName::Used, None),
        Place::Cancelled => (PlaceName::Cancelled, None),
    };
    HeldAtView {
        units: Units::from(block),
        place: name,
        account,
        approach: approach_of(block),
        first_transferred: block.first_transfer.is_some(),
    }
}
