//! Crediting periods follow each other; monitoring periods lie in one of them and share no day.

use std::collections::BTreeSet;

use countersign_protocol::period::Period;
use countersign_protocol::record::Commitment;
use countersign_protocol::registry::{Command, Refusal};
use proptest::prelude::*;

use crate::small::{
    CREDITED, MONITORED, act, authorised_project, certifier, developer, enrolled_under, monitored,
    monitored_in, official, open, plain, process_text, register_both, registry, submit,
    survives_storage, verify,
};
use crate::support::{Ledger, text};

fn period(of: &str) -> Period {
    text(of)
}

fn project_number(ledger: &Ledger, case: u64) -> u32 {
    ledger.state.case(case).unwrap().project.unwrap()
}

fn covered(ledger: &Ledger, project: u64) -> Vec<(u64, String)> {
    let number = project_number(ledger, project);
    let all = ledger.state.monitoring_periods(number);
    all.map(|it| (it.case, it.period.to_string())).collect()
}

#[test]
fn a_project_has_the_crediting_period_that_its_validation_states() {
    let mut ledger = registry();
    let case = open(&mut ledger, "project", None, &developer()).unwrap();
    let mut submit = plain(case, "submit", &developer());
    submit.form = Some(Commitment([4; 32]));
    submit.documents = vec![crate::small::document("design-document")];
    submit.names = Some(crate::small::CERTIFIER);
    let mut early = submit.clone();
    early.period = Some(period(CREDITED));
    let refused = act(&mut ledger, early).unwrap_err();
    assert!(matches!(refused, Refusal::Act(_)), "{refused}");
    act(&mut ledger, submit).unwrap();
    let mut validate = plain(case, "validate", &certifier());
    validate.form = Some(Commitment([5; 32]));
    validate.documents = vec![crate::small::document("validation-report")];
    let silent = act(&mut ledger, validate.clone()).unwrap_err();
    assert!(matches!(silent, Refusal::Act(_)), "{silent}");
    validate.period = Some(period(CREDITED));
    act(&mut ledger, validate).unwrap();
    act(&mut ledger, plain(case, "recommend", &official(1))).unwrap();
    act(&mut ledger, plain(case, "authorise", &official(2))).unwrap();
    assert_eq!(ledger.state.case(case).unwrap().project, None);
    act(&mut ledger, plain(case, "authorise", &official(3))).unwrap();
    let number = project_number(&ledger, case);
    assert_eq!(ledger.state.crediting_periods(number), [period(CREDITED)]);
    survives_storage(&mut ledger);
}

#[test]
fn a_monitoring_period_lies_in_the_crediting_period_to_the_day() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    for outside in [
        "2020-12-31/2021-06-30",
        "2030-01-01/2031-01-01",
        "2031-01-01/2031-12-31",
    ] {
        let refused = monitored_in(&mut ledger, project, outside).unwrap_err();
        let Refusal::OutsideCrediting {
            period: found,
            crediting,
            ..
        } = &refused
        else {
            panic!("{refused}");
        };
        assert_eq!(
            (*found, &crediting[..]),
            (period(outside), &[period(CREDITED)][..])
        );
        let words = refused.to_string();
        assert!(
            words.contains(outside) && words.contains(CREDITED),
            "{words}"
        );
    }
    monitored_in(&mut ledger, project, "2021-01-01/2021-01-01").unwrap();
    monitored_in(&mut ledger, project, "2021-01-02/2030-12-31").unwrap();
    survives_storage(&mut ledger);
}

#[test]
fn two_cases_never_cover_the_same_day() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let first = monitored(&mut ledger, project);
    for shared in [
        MONITORED,
        "2021-01-01/2022-01-01",
        "2023-12-31/2024-12-31",
        "2021-06-01/2025-01-01",
        "2022-02-01/2022-02-01",
    ] {
        let case = open(&mut ledger, "monitoring", Some(project), &developer()).unwrap();
        let refused = act(&mut ledger, submit(case, shared)).unwrap_err();
        let expected = Refusal::PeriodCovered {
            project: project_number(&ledger, project),
            case,
            period: period(shared),
            other: first,
            covered: period(MONITORED),
        };
        assert_eq!(refused, expected);
    }
    monitored_in(&mut ledger, project, "2024-01-01/2024-12-31").unwrap();
    let other = authorised_project(&mut ledger);
    monitored(&mut ledger, other);
}

#[test]
fn days_are_free_again_once_their_case_was_withdrawn_or_rejected() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let first = monitored(&mut ledger, project);
    assert!(monitored_in(&mut ledger, project, MONITORED).is_err());
    act(&mut ledger, plain(first, "withdraw", &developer())).unwrap();
    assert_eq!(covered(&ledger, project), []);
    let second = monitored(&mut ledger, project);
    act(&mut ledger, verify(second, &[(2023, 5)])).unwrap();
    let mut no = plain(second, "issue", &official(1));
    no.no = true;
    act(&mut ledger, no).unwrap();
    monitored(&mut ledger, project);
    survives_storage(&mut ledger);
}

#[test]
fn what_was_issued_keeps_its_days_for_ever() {
    let (mut ledger, ..) = crate::small::trading();
    let project = ledger
        .state
        .cases()
        .find(|it| it.case.flow == "project")
        .unwrap()
        .number;
    assert!(matches!(
        monitored_in(&mut ledger, project, MONITORED),
        Err(Refusal::PeriodCovered { .. })
    ));
}

#[test]
fn a_resubmission_states_its_days_anew() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    let mut no = plain(case, "verify", &certifier());
    (no.no, no.form) = (true, Some(Commitment([7; 32])));
    no.documents = vec![crate::small::document("verification-report")];
    act(&mut ledger, no).unwrap();
    // The days are still its own: another case gets none of them meanwhile.
    assert!(monitored_in(&mut ledger, project, MONITORED).is_err());
    let mut silent = submit(case, MONITORED);
    silent.period = None;
    assert!(matches!(act(&mut ledger, silent), Err(Refusal::Act(_))));
    act(&mut ledger, submit(case, "2023-01-01/2024-12-31")).unwrap();
    assert_eq!(
        covered(&ledger, project),
        [(case, "2023-01-01/2024-12-31".to_owned())]
    );
    monitored_in(&mut ledger, project, "2022-01-01/2022-12-31").unwrap();
}

#[test]
fn tonnes_are_verified_of_years_that_the_case_covers() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let case = monitored_in(&mut ledger, project, "2022-12-31/2023-01-01").unwrap();
    for year in [2021, 2024] {
        let refused = act(&mut ledger, verify(case, &[(year, 1)]));
        let expected = Refusal::VintageOutside {
            case,
            period: period("2022-12-31/2023-01-01"),
            year,
        };
        assert_eq!(refused.unwrap_err(), expected);
    }
    act(&mut ledger, verify(case, &[(2022, 1), (2023, 1)])).unwrap();
}

#[test]
fn what_was_verified_of_other_days_counts_no_more() {
    let again = process_text().replace(
        "from = [\"draft\", \"returned\"]",
        "from = [\"draft\", \"returned\", \"verified\"]",
    );
    let mut ledger = enrolled_under(again);
    register_both(&mut ledger);
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    act(&mut ledger, verify(case, &[(2023, 5)])).unwrap();
    act(&mut ledger, submit(case, "2022-01-01/2022-12-31")).unwrap();
    assert_eq!(ledger.state.case(case).unwrap().verified, []);
}

/// The smallest preset with a step that renews the crediting period of an authorised project.
fn renewing() -> Ledger {
    let step = r#"
[[flow.step]]
id = "renew"
label = "Renew"
kind = "decide"
from = ["authorised"]
to = "authorised"
by = [{ type = "government", roles = ["administrator"] }]
form = "validation"
effects = [{ do = "open-crediting-period", field = "validation.crediting_period" }]

# --- monitoring"#;
    let text = process_text().replace("\n# --- monitoring", step);
    let mut ledger = enrolled_under(text);
    register_both(&mut ledger);
    ledger
}

#[test]
fn a_crediting_period_is_renewed_by_one_that_begins_after_it() {
    let mut ledger = renewing();
    let project = authorised_project(&mut ledger);
    let number = project_number(&ledger, project);
    let renew = |ledger: &mut Ledger, days: &str| {
        let mut renew = plain(project, "renew", &official(1));
        renew.form = Some(Commitment([5; 32]));
        renew.period = Some(period(days));
        act(ledger, renew)
    };
    for early in ["2030-12-31/2040-12-31", "2010-01-01/2015-12-31"] {
        let expected = Refusal::CreditingPeriod {
            project: number,
            case: project,
            period: period(early),
            last: period(CREDITED),
        };
        assert_eq!(renew(&mut ledger, early).unwrap_err(), expected);
    }
    let across = "2030-07-01/2031-06-30";
    renew(&mut ledger, "2031-01-01/2040-12-31").unwrap();
    assert_eq!(ledger.state.crediting_periods(number).len(), 2);
    // A monitoring period lies in one of them, not across both.
    let refused = monitored_in(&mut ledger, project, across).unwrap_err();
    assert!(
        matches!(refused, Refusal::OutsideCrediting { .. }),
        "{refused}"
    );
    monitored_in(&mut ledger, project, "2031-01-01/2031-12-31").unwrap();
    survives_storage(&mut ledger);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever days are tried, what is covered has no day twice, lies in the crediting period, and is what was accepted.
    #[test]
    fn random_days_never_overlap(
        throws in proptest::collection::vec((0_u32..4_000, 0_u32..900, any::<bool>()), 1..24)
    ) {
        let mut ledger = registry();
        let project = authorised_project(&mut ledger);
        let credited = period(CREDITED);
        let mut live: BTreeSet<(u64, Period)> = BTreeSet::new();
        for (first, length, withdraw) in throws {
            let first = credited.first().number() - 100 + first;
            let day = |days| countersign_protocol::period::Day::new(days).unwrap();
            let days = Period::new(day(first), day(first + length)).unwrap();
            let free = credited.contains(days) && !live.iter().any(|(_, it)| it.overlaps(days));
            let done = monitored_in(&mut ledger, project, &days.to_string());
            prop_assert_eq!(done.is_ok(), free, "{} beside {:?}", days, live);
            if let Ok(case) = done {
                if withdraw {
                    act(&mut ledger, plain(case, "withdraw", &developer())).unwrap();
                } else {
                    live.insert((case, days));
                }
            }
            let found: BTreeSet<(u64, Period)> = ledger
                .state
                .monitoring_periods(project_number(&ledger, project))
                .map(|it| (it.case, it.period))
                .collect();
            prop_assert_eq!(&found, &live);
        }
    }
}

#[test]
fn a_country_that_opens_no_crediting_period_is_told_by_the_checker() {
    let text = process_text().replace(
        ", { do = \"open-crediting-period\", field = \"validation.crediting_period\" }",
        "",
    );
    let refused = Ledger::new("VU")
        .submit(&Command::AdoptProcess { text })
        .unwrap_err();
    assert!(
        refused.to_string().contains("open-crediting-period"),
        "{refused}"
    );
}
