//! NDCs, and the levels that balances are made of.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::http::dto::{LevelView, NewLevel, NewLevels, NewNdc, Page};
use countersign_protocol::article6::{AdjustmentMethod, NdcPeriod};
use countersign_protocol::record::{self, Clause, LevelSeries, Ndc};

use super::{record, versions};
use crate::client::TryArgs;
use crate::commands::read_text;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, or_dash};
use crate::words::word;

#[derive(Debug, Subcommand)]
pub(crate) enum NdcCommand {
    /// Record an NDC, or its target and trajectory anew; its years and its method never change
    Add(Box<AddArgs>),
    /// List the NDCs
    List,
    /// Show the NDC whose implementation period has a year
    Show {
        /// The year
        year: u16,
    },
    /// Show the records of an NDC, oldest first
    Versions {
        /// A year of its implementation period
        year: u16,
    },
    /// Record levels of one source: emissions covered by the NDC and others, by year
    Level(LevelArgs),
    /// List the levels
    Levels {
        /// Of this series only
        #[arg(long, value_enum)]
        series: Option<Series>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// The implementation period, such as 2021-2030
    #[arg(long, value_name = "YEARS")]
    period: Years,
    /// How this country adjusts, over the whole period
    #[arg(long, value_enum)]
    method: Method,
    /// A least developed country
    #[arg(long)]
    ldc: bool,
    /// A small island developing State
    #[arg(long)]
    sids: bool,
    /// The year to which the target is compared and its level, such as 2019=58000000
    #[arg(long, value_name = "YEAR=LEVEL")]
    reference: YearLevel,
    /// The target
    #[arg(long, value_name = "YEAR=LEVEL")]
    target: YearLevel,
    /// A year of the trajectory or budget; given for each, in ascending years
    #[arg(long, value_name = "YEAR=LEVEL")]
    trajectory: Vec<YearLevel>,
    #[command(flatten)]
    write: TryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct LevelArgs {
    /// What the levels are of
    #[arg(long, value_enum, required_unless_present = "file")]
    series: Option<Series>,
    /// Where they come from, such as an inventory report
    #[arg(long, value_name = "WORDS")]
    source: Clause,
    /// The levels, such as 2024=61200000
    #[arg(value_name = "YEAR=LEVEL", required_unless_present = "file")]
    levels: Vec<YearLevel>,
    /// A CSV file with the columns series, year and level
    #[arg(long, value_name = "FILE", conflicts_with_all = ["series", "levels"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    write: TryArgs,
}

/// How a country adjusts.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Method {
    /// A single-year NDC with an indicative trajectory or budget
    Trajectory,
    /// A single-year NDC with averages
    Averaging,
    /// A multi-year NDC with its trajectory or budget
    MultiYear,
}

/// What levels are of.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Series {
    /// Emissions and removals covered by the NDC
    Covered,
    /// Those of the portion or categories of the approaches
    Portion,
    /// The non-GHG indicator
    Indicator,
    /// Certified emission reductions used towards the NDC
    Certified,
}

impl From<Series> for LevelSeries {
    fn from(word: Series) -> Self {
        match word {
            Series::Covered => Self::Covered,
            Series::Portion => Self::Portion,
            Series::Indicator => Self::Indicator,
            Series::Certified => Self::Certified,
        }
    }
}

/// `2021-2030`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Years(NdcPeriod);

impl FromStr for Years {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let year = |text: &str| text.parse().map_err(|_| "write it as 2021-2030".to_owned());
        let period = NdcPeriod::new(year(first)?, year(last)?);
        period.map(Self).map_err(|error| error.to_string())
    }
}

/// `2024=61200000`
#[derive(Clone, Copy, Debug)]
pub(crate) struct YearLevel(record::YearLevel);

impl FromStr for YearLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (year, level) = text.split_once('=')?;
            Some(record::YearLevel {
                year: year.parse().ok()?,
                level: level.parse().ok()?,
            })
        };
        read()
            .map(Self)
            .ok_or_else(|| "write it as 2024=61200000, in whole tonnes".to_owned())
    }
}

impl NdcCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Add(args) => args.run(session),
            Self::List => {
                let client = session.client()?;
                let found = client.call(async |api| api.ndcs().await)?;
                session.out().show(&found, |found| table(found))
            }
            Self::Show { year } => {
                let client = session.client()?;
                let found = client.call(async |api| api.ndc_of(year).await)?;
                session.out().show(&found, shown)
            }
            Self::Versions { year } => versions(session, &format!("ndcs/{year}/versions")),
            Self::Level(args) => args.run(session),
            Self::Levels { series } => {
                let of = series.map(|it| ("series", word(&LevelSeries::from(it))));
                let of: Vec<_> = of.into_iter().collect();
                let found: Page<LevelView> = session.client()?.get("levels", &of)?;
                session.out().show(&found.items, |found| {
                    Table::of(["SERIES", "YEAR>", "LEVEL>"], "no levels", found, |it| {
                        [word(&it.series), it.year.to_string(), it.level.to_string()]
                    })
                })
            }
        }
    }
}

impl AddArgs {
    fn run(self, session: &Session) -> Outcome {
        let body = NewNdc {
            period: self.period.0,
            method: match self.method {
                Method::Trajectory => AdjustmentMethod::Trajectory,
                Method::Averaging => AdjustmentMethod::Averaging,
                Method::MultiYear => AdjustmentMethod::MultiYear,
            },
            is_ldc: self.ldc,
            is_sids: self.sids,
            reference: self.reference.0,
            target: self.target.0,
            trajectory: self.trajectory.into_iter().map(|it| it.0).collect(),
        };
        record(session, &self.write, &body)
    }
}

impl LevelArgs {
    fn run(self, session: &Session) -> Outcome {
        let mut levels = Vec::new();
        if let Some(file) = &self.file {
            let text = read_text(file)?;
            let mut rows = csv::ReaderBuilder::new()
                .trim(csv::Trim::All)
                .from_reader(text.as_bytes());
            for row in rows.deserialize::<NewLevel>() {
                let wrong =
                    |error| Failure::validation(format_args!("{}: {error}", file.display()));
                levels.push(row.map_err(wrong)?);
            }
        } else if let Some(series) = self.series {
            let of = |it: YearLevel| NewLevel {
                series: series.into(),
                year: it.0.year,
                level: it.0.level,
            };
            levels.extend(self.levels.into_iter().map(of));
        }
        let body = NewLevels {
            source: self.source,
            levels,
        };
        record(session, &self.write, &body)
    }
}

fn table(ndcs: &[Ndc]) -> View {
    Table::of(
        ["PERIOD", "METHOD", "TARGET YEAR>", "TARGET>"],
        "no NDCs: record one with `countersign ndc add`",
        ndcs,
        |it| {
            [
                format!("{}-{}", it.period.first(), it.period.last()),
                word(&it.method),
                it.target.year.to_string(),
                it.target.level.to_string(),
            ]
        },
    )
}

fn shown(it: &Ndc) -> View {
    let level = |it: &record::YearLevel| format!("{}: {}", it.year, it.level);
    let trajectory: Vec<String> = it.trajectory.iter().map(level).collect();
    let kinds = [
        (it.is_ldc, "least developed country"),
        (it.is_sids, "small island developing State"),
    ];
    let kinds: Vec<&str> = kinds.iter().filter(|it| it.0).map(|it| it.1).collect();
    View::pairs([
        (
            "period",
            format!("{}-{}", it.period.first(), it.period.last()),
        ),
        ("method", word(&it.method)),
        ("reference", level(&it.reference)),
        ("target", level(&it.target)),
        (
            "trajectory",
            or_dash((!trajectory.is_empty()).then(|| trajectory.join("\n"))),
        ),
        (
            "country",
            or_dash((!kinds.is_empty()).then(|| kinds.join(", "))),
        ),
    ])
}
