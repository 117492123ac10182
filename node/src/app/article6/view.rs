//! What the ledger says about Article 6 as a whole: adjustments, the structured summary, positions and movements.

use countersign_protocol::article6::{
    Book, HoldingFilter, InitialInformation, Movement, PeriodBalance, Position, RegularInformation,
    StructuredSummary, SummaryTerms,
};
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::Ndc;
use countersign_protocol::registry::Place;
use countersign_protocol::units::{UnitBlock, UnitRange};

use super::super::{App, AppError, Caller, LIST_MAX, Listing};
use super::book::OpenBook;
use super::year;

/// The structured summary of an NDC period, and the emissions balance behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryFile {
    /// The NDC.
    pub ndc: Ndc,
    /// The rows.
    pub summary: StructuredSummary,
    /// Year by year.
    pub balance: PeriodBalance,
}

/// Which movements are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MovementQuery {
    /// Of this calendar year, by the day on which they were recorded.
    pub year: Option<u16>,
    /// Of a unit of this range.
    pub units: Option<UnitRange>,
}

impl App {
    /// The structured summary of the NDC period that has a year: every year of it computed again from all events.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`] when no NDC has the year.
    pub async fn article6_summary(
        &self,
        caller: &Caller,
        of: u16,
        terms: SummaryTerms,
    ) -> Result<SummaryFile, AppError> {
        self.permit(caller, Action::ReportRead, &Object::default())?;
        let of = year(of)?;
        self.with_book(move |OpenBook { book, .. }| {
            let found = || {
                Some(SummaryFile {
                    ndc: book.ndc_of(of)?.clone(),
                    summary: book.summary(of, terms)?,
                    balance: book.balance(of, terms.elapsed)?,
                })
            };
            found().ok_or_else(|| AppError::not_found("NDC of", &of))
        })
        .await
    }

    /// The structured summary with the quantities under it, for a biennial report.
    ///
    /// # Errors
    /// As [`App::article6_summary`].
    pub async fn regular_information(
        &self,
        caller: &Caller,
        of: u16,
        terms: SummaryTerms,
    ) -> Result<RegularInformation, AppError> {
        self.permit(caller, Action::ReportRead, &Object::default())?;
        self.public_information(of, terms).await
    }

    /// The same for everybody: each of its numbers follows from the public ledger, and none names a holder.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when no NDC has the year.
    pub async fn public_information(
        &self,
        of: u16,
        terms: SummaryTerms,
    ) -> Result<RegularInformation, AppError> {
        let of = year(of)?;
        self.with_book(move |OpenBook { book, .. }| {
            let found = book.regular_information(of, terms);
            found.ok_or_else(|| AppError::not_found("NDC of", &of))
        })
        .await
    }

    /// The registry's part of the initial report.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn initial_information(
        &self,
        caller: &Caller,
    ) -> Result<InitialInformation, AppError> {
        self.permit(caller, Action::ReportRead, &Object::default())?;
        self.with_book(|OpenBook { book, .. }| book.initial_information().ok_or(AppError::Internal))
            .await
    }

    /// The emissions balance of the NDC period that has a year, every year of it computed from the ledger again; `None` without
    /// such an NDC. Everything that it follows from stands in the public ledger.
    ///
    /// # Errors
    /// When the ledger can not be read.
    pub async fn emissions_balance(&self, of: u16) -> Result<Option<PeriodBalance>, AppError> {
        self.with_book(move |open| Ok(open.balance(of))).await
    }

    /// How many units of each approach and vintage lie in accounts of each purpose at a moment, now when none is named
    /// (2/CMA.3 annex para 29). Names no holder.
    ///
    /// # Errors
    /// When the ledger can not be read.
    pub async fn positions(&self, at_ms: Option<u64>) -> Result<Vec<Position>, AppError> {
        let positions = move |book: &Book| match at_ms {
            Some(at_ms) => book.positions_at(at_ms),
            None => book.positions(),
        };
        self.with_book(move |OpenBook { book, .. }| Ok(positions(book)))
            .await
    }

    /// What was done with units under Article 6, in the order of the ledger. `after` is the place of the last one read.
    ///
    /// # Errors
    /// When the ledger can not be read.
    pub async fn movements(
        &self,
        query: MovementQuery,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Listing<(u64, Movement)>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        self.with_book(move |OpenBook { book, .. }| {
            let fits = |it: &Movement| {
                let day = countersign_protocol::period::Day::of_ms(it.time_ms);
                query.year.is_none_or(|year| day.year() == year)
                    && query
                        .units
                        .is_none_or(|units| it.block.range().overlaps(units))
            };
            let places = (0_u64..).zip(book.movements());
            let rest = places.filter(|(place, _)| after.is_none_or(|after| *place > after));
            let items: Vec<_> = rest
                .filter(|(_, it)| fits(it))
                .take(limit + 1)
                .map(|(place, it)| (place, *it))
                .collect();
            Ok(Listing::cut(items, limit, |(place, _)| place.to_string()))
        })
        .await
    }

    /// What was held here at a moment, that moment included: for whoever looks after reports, since it names accounts.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::BadInput`] for a place that is none in the list.
    pub async fn holdings_at(
        &self,
        caller: &Caller,
        at_ms: Option<u64>,
        filter: HoldingFilter,
        after: Option<UnitRange>,
        limit: usize,
    ) -> Result<Listing<(UnitBlock, Place)>, AppError> {
        self.permit(caller, Action::UnitsRead, &Object::default())?;
        let (limit, at_ms) = (limit.clamp(1, LIST_MAX), at_ms.unwrap_or(u64::MAX));
        self.with_book(move |OpenBook { book, .. }| {
            let held = book.history().holdings_at(at_ms, filter).into_iter();
            let rest = held.filter(|(block, _)| after.is_none_or(|after| block.range() > after));
            let items: Vec<_> = rest.take(limit + 1).collect();
            Ok(Listing::cut(items, limit, |(block, _)| {
                block.range().to_string()
            }))
        })
        .await
    }
}
