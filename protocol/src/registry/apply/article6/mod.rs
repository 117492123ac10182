//! Article 6: what is recorded about it, and what it asks of units as they move.

mod ends;
mod records;
mod units;

pub(super) use ends::{Ending, ended};
pub(super) use records::article6;
pub(super) use units::{
    crossed, freed, issued, leaves, may_be_acquired, moved, notified, put_under,
};
