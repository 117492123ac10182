//! The protocol as it is: no double count, and an end always within reach. The searches are exhaustive within their scope.
//! The larger ones run with `tests/run --long` (or `cargo test -- --ignored`).

use crate::model::{SIMPLE, Scope};
use crate::search::holds;

/// Two countries, two locks: of the same unit one after the other, there and back.
const TWO: Scope = Scope {
    transfers: 2,
    ..SIMPLE
};

/// Three countries, of which the first shows one history to the second and another to the third.
const TWO_FACED: Scope = Scope {
    countries: 3,
    transfers: 2,
    clocks: false,
    two_faced: true,
    ..SIMPLE
};

#[test]
fn one_transfer_under_loss_repeats_and_reordering() {
    holds("1 transfer", SIMPLE);
}

#[test]
fn two_transfers_with_late_cosignatures() {
    holds("2 transfers", TWO);
}

#[test]
fn two_units_at_once() {
    let scope = Scope {
        units: 2,
        clocks: false,
        lag: false,
        ..TWO
    };
    holds("2 transfers of 2 units", scope);
}

#[test]
fn two_transfers_among_three_countries() {
    let scope = Scope {
        countries: 3,
        clocks: false,
        lag: false,
        ..TWO
    };
    holds("2 transfers, 3 countries", scope);
}

#[test]
fn a_restore_from_any_backup() {
    let scope = Scope {
        restores: 1,
        clocks: false,
        ..TWO
    };
    holds("2 transfers, 1 restore", scope);
}

#[test]
fn two_restores_from_any_backups() {
    let scope = Scope {
        restores: 2,
        ..SIMPLE
    };
    holds("1 transfer, 2 restores", scope);
}

#[test]
fn a_two_faced_source() {
    holds("2 transfers, two-faced source", TWO_FACED);
}

#[test]
fn a_two_faced_source_while_an_honest_partner_is_restored() {
    let scope = Scope {
        restores: 1,
        cancels: false,
        ..TWO_FACED
    };
    holds("2 transfers, two-faced source, 1 restore", scope);
}

#[test]
#[ignore = "long: clocks and cancellations among three countries"]
fn long_three_countries_with_clocks() {
    let scope = Scope {
        countries: 3,
        lag: false,
        ..TWO
    };
    holds("2 transfers, 3 countries, clocks", scope);
}

#[test]
#[ignore = "long: three transfers"]
fn long_three_transfers() {
    let scope = Scope {
        transfers: 3,
        clocks: false,
        lag: false,
        ..SIMPLE
    };
    holds("3 transfers", scope);
}

#[test]
#[ignore = "long: three transfers and two restores"]
fn long_three_transfers_and_two_restores() {
    let scope = Scope {
        transfers: 3,
        restores: 2,
        cancels: false,
        clocks: false,
        ..SIMPLE
    };
    holds("3 transfers, 2 restores", scope);
}

#[test]
#[ignore = "long: two restores with clocks and cancellations"]
fn long_two_transfers_and_two_restores() {
    let scope = Scope { restores: 2, ..TWO };
    holds("2 transfers, 2 restores", scope);
}

#[test]
#[ignore = "long: a two-faced source with three transfers"]
fn long_two_faced_source_with_three_transfers() {
    let scope = Scope {
        transfers: 3,
        cancels: false,
        restores: 1,
        ..TWO_FACED
    };
    holds("3 transfers, two-faced source, 1 restore", scope);
}
