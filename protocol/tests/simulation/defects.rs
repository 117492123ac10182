//! Each rule left out is found within a few seeds: `docs/federation.md` lists them.

use crate::defect::Defect;
use crate::seeds::setup;
use crate::shared::Law;
use crate::world::run;

/// Within how many seeds each defect is found.
const WITHIN: u64 = 600;

/// Runs seeds until a defect breaks a law.
fn found(defect: Defect, law: Law) {
    for seed in 0..WITHIN {
        let ended = run(setup(seed, Some(defect), Some(law)), false);
        if let Some(violation) = ended.violation {
            println!("{defect:?}: seed {seed}, {law:?}: {}", violation.what);
            return;
        }
    }
    panic!("{defect:?} breaks {law:?} in none of {WITHIN} seeds");
}

#[test]
fn f1_a_source_that_releases_on_its_own_timeout_counts_twice() {
    found(Defect::SourceReleasesOnTimeout, Law::HeldOnce);
}

#[test]
fn f2_a_destination_that_forgets_ids_answers_twice() {
    found(Defect::DestinationForgetsIds, Law::AnsweredOnce);
}

#[test]
fn f3_a_destination_that_refuses_after_accepting_answers_twice() {
    found(Defect::DestinationRefusesAfterAccepting, Law::AnsweredOnce);
}

#[test]
fn f4_f5_pins_without_witnesses_count_twice() {
    found(Defect::PinsOnly, Law::HeldOnce);
}

#[test]
fn f6_messages_that_leave_before_the_cosignature_count_twice() {
    found(Defect::NothingIsWitnessedFirst, Law::HeldOnce);
}

#[test]
fn f7_without_mirrors_a_restored_node_is_stuck() {
    found(Defect::NoMirrors, Law::Settles);
}

#[test]
fn an_outbox_that_is_kept_in_memory_strands_locks() {
    found(Defect::OutboxInMemory, Law::Settles);
}

#[test]
fn messages_that_are_sent_once_strand_locks() {
    found(Defect::SentOnce, Law::Settles);
}

#[test]
fn a_receipt_that_no_tree_holds_ends_a_transfer() {
    found(Defect::InclusionUnchecked, Law::EndsAgree);
}

#[test]
fn a_freeze_that_stops_answers_strands_locks() {
    found(Defect::FreezeStopsAnswers, Law::Settles);
}

#[test]
fn blocks_that_are_not_synced_are_lost() {
    found(Defect::NeverSyncs, Law::NothingLost);
}

#[test]
fn a_failed_write_that_is_taken_for_done_is_lost() {
    found(Defect::IgnoresDiskErrors, Law::NothingLost);
}

#[test]
fn a_restored_node_that_writes_before_it_asks_testifies_against_itself() {
    found(Defect::WritesBeforeAsking, Law::NoEvidence);
}

#[test]
fn witnesses_that_forget_cosign_two_lines() {
    found(Defect::WitnessForgets, Law::OnlyGrows);
}

#[test]
fn witnesses_that_answer_before_they_store_cosign_two_lines() {
    found(Defect::WitnessAnswersBeforeStoring, Law::OnlyGrows);
}

#[test]
fn witnesses_that_cosign_anything_cosign_two_lines() {
    found(Defect::WitnessesCosignAnything, Law::OnlyGrows);
}

#[test]
fn quorums_that_share_the_lying_witness_cosign_two_lines() {
    found(Defect::QuorumOfTwo, Law::OnlyGrows);
}

#[test]
fn a_witness_that_is_exchanged_at_once_cosigns_another_line() {
    found(Defect::ExchangesAWitness, Law::OnlyGrows);
}

#[test]
fn changes_of_witnesses_in_a_row_cosign_another_line() {
    found(Defect::ChangesInARow, Law::OnlyGrows);
}

#[test]
fn heads_that_a_change_of_witnesses_leaves_behind_have_two_lines() {
    found(Defect::HeadsLeftBehind, Law::OnlyGrows);
}

#[test]
fn a_head_that_new_witnesses_are_not_asked_for_strands_locks() {
    found(Defect::AsksOncePerHead, Law::Settles);
}

#[test]
fn an_expiry_that_stops_answers_strands_locks() {
    found(Defect::ExpiryStopsAnswers, Law::Settles);
}

#[test]
fn a_registry_that_has_run_out_and_stops_nothing_is_found() {
    found(Defect::ExpiryStopsNothing, Law::BeginsFresh);
}

#[test]
fn a_ledger_that_is_closed_while_witnesses_go_on_counts_twice() {
    found(Defect::ClosesWithoutSealing, Law::HeldOnce);
}

#[test]
fn a_closed_ledger_whose_answers_are_not_looked_at_counts_twice() {
    found(Defect::ClosedFreesAll, Law::HeldOnce);
}
