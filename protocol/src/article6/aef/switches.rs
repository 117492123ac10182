//! Where the sources disagree: what a country chooses.

use super::row::ItmoBlock;
use super::value::{ActionDate, Field, Timeframe, UnitId};
use serde::{Deserialize, Serialize};

/// How "First ID" and "Last ID" are written. Both are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdForm {
    /// The whole identifier of 6/CMA.4, Annex I, paragraph 5: `CA0001-GHA01-GHA-1,000-2023`.
    #[default]
    Full,
    /// The number within the block alone: `1000`.
    Number,
}

/// How an action date is written. Both are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionDateForm {
    /// dd/mm/yyyy, as 4/CMA.6 prints it.
    #[default]
    Day,
    /// ISO 8601 UTC with milliseconds, as the nomenclature of February 2026 has it: `2026-04-15T10:00:00.000Z`.
    Moment,
}

/// How an authorised timeframe is written. Both are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeframeForm {
    /// The first and the last year: `2021 - 2030`.
    #[default]
    Years,
    /// The days of occurrence and of use: `Occurred: from 01/01/2021 to 31/12/2030. Use: from ... to ...`.
    Days,
}

/// What a country chooses where the sources of the format disagree. The default is what we recommend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Switches {
    /// First and last ID.
    pub ids: IdForm,
    /// Action date.
    pub action_date: ActionDateForm,
    /// Authorised timeframe.
    pub timeframe: TimeframeForm,
    /// Whether the voluntary share to the Adaptation Fund may be the subtype of a first transfer, with a warning: 4/CMA.6,
    /// paragraph 16, calls it one where none was before, and the nomenclature ties the subtype to Transfer.
    pub adaptation_fund_first_transfer: bool,
    /// Whether an authorisation must name its activity types: the sources say yes in one place and no in another.
    pub activity_type_required: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            ids: IdForm::Full,
            action_date: ActionDateForm::Day,
            timeframe: TimeframeForm::Years,
            adaptation_fund_first_transfer: true,
            activity_type_required: false,
        }
    }
}

impl Switches {
    pub(super) fn apply_to_block(&self, block: &mut ItmoBlock) {
        if self.ids == IdForm::Number {
            for id in [&mut block.first_id, &mut block.last_id] {
                if let Field::Is(full) = id {
                    *full = UnitId::Number(full.number());
                }
            }
        }
    }

    pub(super) fn apply_to_date(&self, date: &mut Field<ActionDate>) {
        if let Field::Is(date) = date {
            *date = match self.action_date {
                ActionDateForm::Day => ActionDate::Day(date.day()),
                ActionDateForm::Moment => ActionDate::Moment(date.milliseconds()),
            };
        }
    }

    pub(super) fn apply_to_timeframe(&self, timeframe: &mut Field<Timeframe>) {
        if let Field::Is(timeframe) = timeframe {
            *timeframe = match self.timeframe {
                TimeframeForm::Years => timeframe.in_years(),
                TimeframeForm::Days => timeframe.in_days(),
            };
        }
    }
}
