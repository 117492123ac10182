//! Which units are meant: so many tonnes, or exactly these numbers.

use clap::Args;
use countersign_node::http::dto::Units;
use countersign_protocol::registry::Selection;
use countersign_protocol::units::UnitRange;

use crate::table::{Table, View, or_dash, tonnes};

/// Which units.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct UnitsArgs {
    /// So many tonnes: the registry chooses which
    #[arg(long, value_name = "N")]
    tonnes: Option<u64>,
    /// Exactly these units, such as GH-27-35; may be given several times
    #[arg(long = "range", value_name = "RANGE")]
    ranges: Vec<UnitRange>,
}

impl UnitsArgs {
    pub(crate) fn selection(&self) -> Selection {
        match self.tonnes {
            Some(tonnes) => Selection::Tonnes(tonnes),
            None => Selection::Ranges(self.ranges.clone()),
        }
    }

    /// In words, for questions.
    pub(crate) fn words(&self) -> String {
        match self.tonnes {
            Some(amount) => format!("{} t", tonnes(amount)),
            None => {
                let ranges: Vec<String> = self.ranges.iter().map(ToString::to_string).collect();
                ranges.join(", ")
            }
        }
    }
}

/// Units with their names.
pub(crate) fn table(units: &[Units]) -> View {
    Table::of(
        ["SERIAL", "TONNES>", "ITMO ID"],
        "no units",
        units,
        |units| {
            [
                units.serial.to_string(),
                tonnes(units.tonnes),
                or_dash(units.itmo_id),
            ]
        },
    )
}
