//! Findings: the assigned certifier opens and closes them, an owner answers, and none is open where a certifier agrees.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{
    ActedBy, Body, Commitment, FindingKind, FindingOpened, FindingStep,
};
use countersign_protocol::registry::{Command, NewFinding, OpenFinding, Refusal};
use proptest::prelude::*;

use crate::small::{
    CERTIFIER, CREDITED, DEVELOPER, act, authorised_project, buyer, certifier, decide, developer,
    document, enrolled_under, monitored, monitored_in, official, open, person, plain, process_text,
    register, register_both, registry, submit, survives_storage, trading, verify,
};
use crate::support::{Ledger, text};

use FindingKind::{Clarification, CorrectiveAction, ForwardAction};

const NEXT: &str = "2024-01-01/2024-12-31";

fn opened(ledger: &mut Ledger, case: u64, kind: FindingKind, by: &ActedBy) -> Result<u32, Refusal> {
    ledger.submit(&Command::Finding(Box::new(NewFinding::Open {
        case,
        kind,
        text: Commitment([1; 32]),
        by: by.clone(),
    })))?;
    Ok(ledger.state.case(case).unwrap().findings)
}

fn step(case: u64, number: u32, by: &ActedBy) -> FindingStep {
    FindingStep {
        case,
        number,
        within: None,
        text: Commitment([2; 32]),
        by: by.clone(),
    }
}

fn answered(ledger: &mut Ledger, step: FindingStep) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&Command::Finding(Box::new(NewFinding::Answer(step))))
}

fn closed(ledger: &mut Ledger, step: FindingStep) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&Command::Finding(Box::new(NewFinding::Close(step))))
}

fn open_in(ledger: &Ledger, case: u64) -> Vec<(u64, u32, bool)> {
    let all = ledger.state.open_findings(case);
    all.map(|it| (it.case, it.number, it.answered)).collect()
}

fn is_refused<T: std::fmt::Debug>(done: &Result<T, Refusal>) -> bool {
    matches!(
        done,
        Err(Refusal::Finding { .. } | Refusal::FindingClosed { .. })
    )
}

/// A monitoring period that is with the certifier.
fn with_certifier() -> (Ledger, u64, u64) {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    (ledger, project, case)
}

#[test]
fn a_certifier_does_not_agree_while_a_request_of_its_own_is_open() {
    for kind in [CorrectiveAction, Clarification] {
        let (mut ledger, _, case) = with_certifier();
        let first = opened(&mut ledger, case, kind, &certifier()).unwrap();
        let second = opened(&mut ledger, case, kind, &certifier()).unwrap();
        assert_eq!((first, second), (1, 2));
        let stands = |number| Err(Refusal::FindingOpen { case, number, kind });
        let agree = verify(case, &[(2023, 5)]);
        assert_eq!(act(&mut ledger, agree.clone()), stands(1));
        answered(&mut ledger, step(case, 1, &developer())).unwrap();
        assert_eq!(
            act(&mut ledger, agree.clone()),
            stands(1),
            "answered is not closed"
        );
        closed(&mut ledger, step(case, 1, &certifier())).unwrap();
        assert_eq!(act(&mut ledger, agree.clone()), stands(2));
        answered(&mut ledger, step(case, 2, &developer())).unwrap();
        closed(&mut ledger, step(case, 2, &certifier())).unwrap();
        assert_eq!(open_in(&ledger, case), []);
        act(&mut ledger, agree).unwrap();
        survives_storage(&mut ledger);
    }
}

#[test]
fn validation_waits_for_its_findings_too() {
    let mut ledger = registry();
    let case = open(&mut ledger, "project", None, &developer()).unwrap();
    // The case is not with the certifier yet, and nobody is assigned.
    assert!(is_refused(&opened(
        &mut ledger,
        case,
        CorrectiveAction,
        &certifier()
    )));
    let mut submit = plain(case, "submit", &developer());
    submit.form = Some(Commitment([4; 32]));
    submit.documents = vec![document("design-document")];
    submit.names = Some(CERTIFIER);
    act(&mut ledger, submit).unwrap();
    opened(&mut ledger, case, CorrectiveAction, &certifier()).unwrap();
    let mut validate = plain(case, "validate", &certifier());
    validate.form = Some(Commitment([5; 32]));
    validate.documents = vec![document("validation-report")];
    validate.period = Some(text(CREDITED));
    assert!(matches!(
        act(&mut ledger, validate.clone()),
        Err(Refusal::FindingOpen { .. })
    ));
    answered(&mut ledger, step(case, 1, &developer())).unwrap();
    closed(&mut ledger, step(case, 1, &certifier())).unwrap();
    act(&mut ledger, validate).unwrap();
    // With the registry office the certifier opens nothing.
    assert!(is_refused(&opened(
        &mut ledger,
        case,
        Clarification,
        &certifier()
    )));
}

#[test]
fn a_no_needs_no_closed_findings() {
    let (mut ledger, _, case) = with_certifier();
    opened(&mut ledger, case, CorrectiveAction, &certifier()).unwrap();
    let mut no = verify(case, &[]);
    no.no = true;
    act(&mut ledger, no).unwrap();
    // Returned to its owner: who answers, and hands in again.
    answered(&mut ledger, step(case, 1, &developer())).unwrap();
    assert!(is_refused(&opened(
        &mut ledger,
        case,
        Clarification,
        &certifier()
    )));
    closed(&mut ledger, step(case, 1, &certifier())).unwrap();
    act(&mut ledger, submit(case, NEXT)).unwrap();
    act(&mut ledger, verify(case, &[(2024, 1)])).unwrap();
}

#[test]
fn nobody_else_opens_answers_or_closes() {
    let (mut ledger, _, _) = trading();
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    // A certifier of another project.
    ledger.must(&Command::Enrol {
        name: text("Another certifier"),
        organisation_type: text("certifier"),
        scopes: BTreeSet::new(),
    });
    register(&mut ledger, OrganisationId(6), "certifier");
    let other = person(OrganisationId(6), "certifier", "administrator", 60);
    let reader = |by: ActedBy| ActedBy {
        role: text("viewer"),
        ..by
    };
    for by in [
        developer(),
        buyer(),
        official(1),
        reader(certifier()),
        other.clone(),
    ] {
        let done = opened(&mut ledger, case, Clarification, &by);
        assert!(is_refused(&done), "{by:?}");
    }
    opened(&mut ledger, case, Clarification, &certifier()).unwrap();
    for by in [certifier(), buyer(), official(1), reader(developer())] {
        let done = answered(&mut ledger, step(case, 1, &by));
        assert!(is_refused(&done), "{by:?}");
    }
    let early = closed(&mut ledger, step(case, 1, &certifier()));
    assert!(is_refused(&early), "closed before it was answered");
    answered(&mut ledger, step(case, 1, &developer())).unwrap();
    answered(&mut ledger, step(case, 1, &developer())).unwrap();
    for by in [
        developer(),
        buyer(),
        official(1),
        reader(certifier()),
        other.clone(),
    ] {
        let done = closed(&mut ledger, step(case, 1, &by));
        assert!(is_refused(&done), "{by:?}");
    }
    let posing = person(DEVELOPER, "certifier", "administrator", 30);
    assert!(matches!(
        closed(&mut ledger, step(case, 1, &posing)),
        Err(Refusal::OrganisationType { .. })
    ));
    closed(&mut ledger, step(case, 1, &certifier())).unwrap();
    assert!(is_refused(&closed(
        &mut ledger,
        step(case, 1, &certifier())
    )));
    assert!(is_refused(&answered(
        &mut ledger,
        step(case, 1, &developer())
    )));
    assert!(is_refused(&answered(
        &mut ledger,
        step(case, 2, &developer())
    )));
}

#[test]
fn a_forward_action_request_is_settled_in_the_next_period() {
    let (mut ledger, project, first) = with_certifier();
    opened(&mut ledger, first, ForwardAction, &certifier()).unwrap();
    // It does not stand against its own period.
    act(&mut ledger, verify(first, &[(2023, 5)])).unwrap();
    let mut no = plain(first, "issue", &official(1));
    no.no = true;
    act(&mut ledger, no).unwrap();
    let ended = answered(&mut ledger, step(first, 1, &developer()));
    assert!(matches!(ended, Err(Refusal::Workflow(_))), "{ended:?}");

    let next = monitored_in(&mut ledger, project, NEXT).unwrap();
    assert_eq!(open_in(&ledger, next), [(first, 1, false)]);
    let agree = verify(next, &[(2024, 5)]);
    let stands = Err(Refusal::FindingOpen {
        case: first,
        number: 1,
        kind: ForwardAction,
    });
    assert_eq!(act(&mut ledger, agree.clone()), stands);
    let within = |by: &ActedBy| FindingStep {
        within: Some(next),
        ..step(first, 1, by)
    };
    // Another project's case, and an earlier one, are no place for it.
    let other = authorised_project(&mut ledger);
    let elsewhere = monitored(&mut ledger, other);
    for place in [elsewhere, project] {
        let wrong = FindingStep {
            within: Some(place),
            ..step(first, 1, &developer())
        };
        assert!(is_refused(&answered(&mut ledger, wrong)), "case {place}");
    }
    answered(&mut ledger, within(&developer())).unwrap();
    closed(&mut ledger, within(&certifier())).unwrap();
    act(&mut ledger, agree).unwrap();
    survives_storage(&mut ledger);
}

#[test]
fn only_a_forward_action_request_outlives_its_case() {
    let (mut ledger, project, first) = with_certifier();
    for kind in [CorrectiveAction, ForwardAction, Clarification] {
        opened(&mut ledger, first, kind, &certifier()).unwrap();
    }
    let next = monitored_in(&mut ledger, project, NEXT).unwrap();
    let abroad = FindingStep {
        within: Some(next),
        ..step(first, 1, &developer())
    };
    assert!(is_refused(&answered(&mut ledger, abroad)));
    act(&mut ledger, plain(first, "withdraw", &developer())).unwrap();
    assert_eq!(open_in(&ledger, next), [(first, 2, false)]);
    assert_eq!(open_in(&ledger, first), [(first, 2, false)]);
}

#[test]
fn a_later_forward_action_request_does_not_stand_against_an_earlier_period() {
    let (mut ledger, project, first) = with_certifier();
    let next = monitored_in(&mut ledger, project, NEXT).unwrap();
    opened(&mut ledger, next, ForwardAction, &certifier()).unwrap();
    act(&mut ledger, verify(first, &[(2023, 5)])).unwrap();
}

#[test]
fn findings_are_counted_and_rest_with_a_suspended_owner() {
    let (mut ledger, _, case) = with_certifier();
    let forged = |number| {
        Body::FindingOpened(FindingOpened {
            case,
            number,
            kind: Clarification,
            text: Commitment([1; 32]),
            by: certifier(),
        })
    };
    assert!(matches!(
        ledger.write(forged(2)),
        Err(Refusal::Number {
            what: "finding",
            ..
        })
    ));
    ledger.write(forged(1)).unwrap();
    let found: Vec<OpenFinding> = ledger.state.open_findings(case).copied().collect();
    assert_eq!((found.len(), found[0].kind), (1, Clarification));
    decide(&mut ledger, DEVELOPER, "suspend", 1);
    assert!(matches!(
        ledger.write(forged(2)),
        Err(Refusal::CasePaused { .. })
    ));
}

#[test]
fn an_official_who_may_verify_in_the_certifiers_place_is_no_certifier() {
    let replaced = process_text().replace(
        "scope = \"assigned\" }]\nform = \"verification\"",
        "scope = \"assigned\" }, { type = \"government\", roles = [\"administrator\"] }]\nform = \"verification\"",
    );
    let mut ledger = enrolled_under(replaced);
    register_both(&mut ledger);
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    let by = official(1);
    let mut agree = verify(case, &[(2023, 5)]);
    agree.by = Some(by.clone());
    assert!(is_refused(&opened(&mut ledger, case, Clarification, &by)));
    opened(&mut ledger, case, Clarification, &certifier()).unwrap();
    assert!(matches!(
        act(&mut ledger, agree.clone()),
        Err(Refusal::FindingOpen { .. })
    ));
    answered(&mut ledger, step(case, 1, &developer())).unwrap();
    closed(&mut ledger, step(case, 1, &certifier())).unwrap();
    act(&mut ledger, agree).unwrap();
}

#[test]
fn whoever_is_kept_apart_from_verifying_opens_nothing() {
    let apart = process_text().replace(
        "needs = [\"monitoring.reductions\"]",
        "needs = [\"monitoring.reductions\"]\napart = [{ flow = \"project\", step = \"validate\" }]",
    );
    let mut ledger = enrolled_under(apart);
    register_both(&mut ledger);
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    assert!(is_refused(&opened(
        &mut ledger,
        case,
        Clarification,
        &certifier()
    )));
    let colleague = person(CERTIFIER, "certifier", "manager", 41);
    opened(&mut ledger, case, Clarification, &colleague).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is tried in whatever order, a certifier agrees exactly when nothing of its own is open.
    #[test]
    fn agreement_means_that_nothing_is_open(
        throws in proptest::collection::vec((0_u8..6, 1_u32..5), 0..30)
    ) {
        let (mut ledger, _, case) = with_certifier();
        let mut model: Vec<(FindingKind, u8)> = Vec::new();
        for (what, number) in throws {
            let at = number as usize - 1;
            match what {
                0..3 => {
                    let kind = [CorrectiveAction, Clarification, ForwardAction][what as usize];
                    opened(&mut ledger, case, kind, &certifier()).unwrap();
                    model.push((kind, 0));
                }
                3 | 4 => {
                    let open = model.get(at).is_some_and(|it| it.1 < 2);
                    let done = answered(&mut ledger, step(case, number, &developer()));
                    prop_assert_eq!(done.is_ok(), open);
                    if open {
                        model[at].1 = 1;
                    }
                }
                _ => {
                    let may = model.get(at).is_some_and(|it| it.1 == 1);
                    let done = closed(&mut ledger, step(case, number, &certifier()));
                    prop_assert_eq!(done.is_ok(), may);
                    if may {
                        model[at].1 = 2;
                    }
                }
            }
        }
        let stands = model.iter().any(|it| it.1 < 2 && it.0 != ForwardAction);
        let agreed = act(&mut ledger, verify(case, &[(2023, 1)]));
        prop_assert_eq!(agreed.is_err(), stands);
    }
}
