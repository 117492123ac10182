//! Each rule left out is found within a few seeds.

use crate::defect::Defect;
use crate::seeds::setup;
use crate::shared::Law;
use crate::world::run;

/// The first seed in which a defect breaks a law.
fn found(defect: Defect, law: Law, within: u64) {
    for seed in 0..within {
        let ended = run(setup(seed, Some(defect), Some(law)), false);
        if let Some(violation) = ended.violation {
            println!("{defect:?}: seed {seed}, {law:?}: {}", violation.what);
            return;
        }
    }
    panic!("{defect:?} breaks {law:?} in none of {within} seeds");
}

#[test]
fn f1_a_source_that_releases_on_its_own_timeout() {
    found(Defect::SourceReleasesOnTimeout, Law::HeldOnce, 40);
}
