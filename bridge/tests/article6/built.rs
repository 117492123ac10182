//! What a ledger gives survives every format and passes the check there.

use countersign_bridge::aef::{read, write_csv, write_json, write_workbook};
use countersign_protocol::article6::AefTerms;
use countersign_protocol::article6::aef::check::{Severity, check};
use countersign_protocol::article6::aef::{ActionDateForm, Aef, IdForm, Switches, TimeframeForm};
use countersign_protocol::record::Metric;

use crate::support::text;
use crate::{books, mwh};

fn submissions() -> Vec<Aef> {
    let mut all = Vec::new();
    for metric in [Metric::Ghg, mwh()] {
        for book in books(&metric) {
            let of_year = book
                .aef(&AefTerms::first(2025, text("2026-04-10")))
                .unwrap();
            assert!(of_year.without_initial_report.is_empty());
            all.push(of_year.aef);
        }
    }
    let has = |it: &Aef| (it.actions.len(), it.holdings.len());
    assert_eq!(
        all.iter().map(has).collect::<Vec<_>>(),
        [(2, 0), (3, 1), (0, 0), (2, 0), (3, 1), (0, 0)]
    );
    all
}

fn switches() -> impl Iterator<Item = Switches> {
    let ids = [IdForm::Full, IdForm::Number];
    let dates = [ActionDateForm::Day, ActionDateForm::Moment];
    let frames = [TimeframeForm::Years, TimeframeForm::Days];
    ids.into_iter().flat_map(move |ids| {
        dates.into_iter().flat_map(move |action_date| {
            frames.into_iter().map(move |timeframe| Switches {
                ids,
                action_date,
                timeframe,
                ..Switches::default()
            })
        })
    })
}

#[test]
fn a_built_submission_is_read_back_as_it_was_written_in_every_format_and_form() {
    for built in submissions() {
        for switches in switches() {
            let aef = built.clone().written_as(&switches);
            let files = [
                write_workbook(&aef).unwrap(),
                write_csv(&aef).into_bytes(),
                write_json(&aef).into_bytes(),
            ];
            for bytes in files {
                let reading = read(&bytes).unwrap();
                assert_eq!(reading.aef, aef, "{:?} {switches:?}", reading.format);
                assert_eq!(reading.report.findings, [], "{:?}", reading.format);
            }
        }
    }
}

#[test]
fn a_built_submission_has_no_error_after_the_way_through_a_workbook() {
    for built in submissions() {
        for switches in switches() {
            let bytes = write_workbook(&built.clone().written_as(&switches)).unwrap();
            let report = check(&read(&bytes).unwrap().aef, &[], &[], &switches);
            let errors = report.findings.iter();
            let errors: Vec<_> = errors
                .filter(|it| it.check.severity == Severity::Error)
                .map(|it| (it.check.id, &it.message))
                .collect();
            assert_eq!(errors, [], "{switches:?}");
        }
    }
}
