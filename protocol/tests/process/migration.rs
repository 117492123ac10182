//! A running case moves to a newer version of the process when two officials say so, with everything below it.

use countersign_protocol::log::Hash;
use countersign_protocol::record::{ActedBy, Body, CaseMigrated};
use countersign_protocol::registry::{Command, MigrateCase, Refusal};

use crate::small::{
    DEVELOPER, account_of, act, act_and_issue, authorised_project, certifier, developer, monitored,
    official, open, plain, process_text, registry, stored_and_loaded, verify,
};
use crate::support::Ledger;
use crate::support::invariants::check;

/// The next version asks three officials for an issuance, and takes over projects that are authorised and periods that
/// are verified.
fn adopt_next(ledger: &mut Ledger, extra: &str) -> Hash {
    let old = hex::encode(ledger.state.process().unwrap().content_hash());
    let text = process_text()
        .replace("version = \"1.0\"", "version = \"1.1\"")
        .replace(
            "quorum = 2\nno = { to = \"rejected\" }\ndeadline = { days = 30",
            "quorum = 3\nno = { to = \"rejected\" }\ndeadline = { days = 30",
        );
    let text = format!(
        "{text}\n[[migration]]\nfrom = \"{old}\"\nflow = \"project\"\nstages = {{ authorised = \"authorised\"{extra} }}\n\
         [[migration]]\nfrom = \"{old}\"\nflow = \"monitoring\"\nstages = {{ verified = \"verified\" }}\n"
    );
    ledger.must(&Command::AdoptProcess { text });
    ledger.state.process().unwrap().content_hash()
}

fn migrate(case: u64, process: Hash, by: &[ActedBy]) -> Command {
    Command::MigrateCase(Box::new(MigrateCase {
        case,
        process,
        by: by.to_vec(),
    }))
}

fn two() -> [ActedBy; 2] {
    [official(1), official(2)]
}

fn why(refused: Result<Vec<u64>, Refusal>, case: u64) -> &'static str {
    match refused {
        Err(Refusal::Migration { case: its, why }) if its == case => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_project_and_its_open_periods_go_on_under_the_newer_rules() {
    let mut ledger = registry();
    let account = account_of(&mut ledger, DEVELOPER);
    let project = authorised_project(&mut ledger);
    let period = monitored(&mut ledger, project);
    act(&mut ledger, verify(period, &[(2023, 10)])).unwrap();
    act(&mut ledger, plain(period, "issue", &official(1))).unwrap();
    let next = adopt_next(&mut ledger, "");
    let before = ledger.state.clone();
    ledger.must(&migrate(project, next, &two()));
    for case in [project, period] {
        let known = ledger.state.case(case).unwrap();
        let old = before.case(case).unwrap();
        assert_eq!((known.case.process, known.end), (next, None));
        assert_eq!(known.case.stage, old.case.stage);
        assert_eq!(known.verified, old.verified);
        assert_eq!(known.changed_at, ledger.state.size() - 1);
    }
    // The vote under the older rule is given again, and three must say yes now.
    for (user, issued) in [(1, 0), (2, 0), (3, 10)] {
        let vote = plain(period, "issue", &official(user));
        if user < 3 {
            act(&mut ledger, vote).unwrap();
        } else {
            act_and_issue(&mut ledger, vote, account).unwrap();
        }
        assert_eq!(ledger.available(account), issued, "official {user}");
    }
    // What begins below it now begins under the newer version.
    let child = open(&mut ledger, "monitoring", Some(project), &developer()).unwrap();
    assert_eq!(ledger.state.case(child).unwrap().case.process, next);
    check(&ledger.state);
    ledger.end_block();
    assert_eq!(stored_and_loaded(&ledger), ledger.state);
}

#[test]
fn one_person_or_somebody_else_moves_nothing() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let next = adopt_next(&mut ledger, "");
    let mut same = official(1);
    same.role = "manager".parse().unwrap();
    let mut viewer = official(2);
    viewer.role = "viewer".parse().unwrap();
    for by in [
        vec![],
        vec![official(1)],
        vec![official(1), official(1)],
        vec![official(1), same],
        vec![official(1), viewer],
        vec![official(1), developer()],
        vec![certifier(), official(1)],
        vec![official(1), official(2), official(3)],
    ] {
        let refused = ledger.submit(&migrate(project, next, &by));
        assert!(refused.is_err(), "{by:?}");
        // A record that somebody with the key made without the program is judged the same.
        let case = project;
        let forged = ledger.write(Body::CaseMigrated(CaseMigrated {
            case,
            process: next,
            by,
        }));
        assert!(forged.is_err());
    }
    ledger.must(&migrate(project, next, &two()));
}

#[test]
fn a_case_moves_forward_only_and_not_after_its_end() {
    let mut ledger = registry();
    let first = ledger.state.process().unwrap().content_hash();
    let project = authorised_project(&mut ledger);
    let ended = authorised_project(&mut ledger);
    act(&mut ledger, plain(ended, "close", &official(1))).unwrap();
    act(&mut ledger, plain(ended, "close", &official(2))).unwrap();
    let next = adopt_next(&mut ledger, "");
    let refused = ledger.submit(&migrate(ended, next, &two())).unwrap_err();
    assert_eq!(refused.code(), "case-ended");
    assert_eq!(
        why(ledger.submit(&migrate(project, [9; 32], &two())), project),
        "the process was not adopted"
    );
    ledger.must(&migrate(project, next, &two()));
    for process in [first, next] {
        let back = ledger.submit(&migrate(project, process, &two()));
        assert_eq!(
            back,
            Err(Refusal::Migrated {
                case: project,
                now: 2
            })
        );
    }
    let unknown = ledger.submit(&migrate(99, next, &two()));
    assert_eq!(unknown, Err(Refusal::UnknownCase(99)));
}

#[test]
fn a_case_whose_stage_leads_nowhere_stays() {
    let mut ledger = registry();
    let draft = open(&mut ledger, "project", None, &developer()).unwrap();
    let next = adopt_next(&mut ledger, "");
    let refused = ledger.submit(&migrate(draft, next, &two())).unwrap_err();
    let expected = Refusal::NotMapped {
        case: draft,
        flow: "project".to_owned(),
        stage: "draft".to_owned(),
    };
    assert_eq!(refused, expected);
}

#[test]
fn a_migration_ends_no_case() {
    let mut ledger = registry();
    let draft = open(&mut ledger, "project", None, &developer()).unwrap();
    let next = adopt_next(&mut ledger, ", draft = \"closed\"");
    assert_eq!(
        why(ledger.submit(&migrate(draft, next, &two())), draft),
        "the newer process would end it: end it by its own"
    );
}

#[test]
fn children_move_with_their_parent_or_hold_it_back() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let period = monitored(&mut ledger, project);
    let next = adopt_next(&mut ledger, "");
    assert_eq!(
        why(ledger.submit(&migrate(period, next, &two())), period),
        "it belongs to an open case: migrate that one, and this one moves with it"
    );
    // The period is with the certifier, and the newer version does not say where that leads.
    let refused = ledger.submit(&migrate(project, next, &two()));
    assert!(
        matches!(&refused, Err(Refusal::NotMapped { case, .. }) if *case == period),
        "{refused:?}"
    );
    let old = ledger.state.case(project).unwrap().case.process;
    assert_ne!(old, next, "all or nothing");
    // Once it has ended it stays behind.
    act(&mut ledger, plain(period, "withdraw", &developer())).unwrap();
    ledger.must(&migrate(project, next, &two()));
    assert_eq!(ledger.state.case(project).unwrap().case.process, next);
    assert_eq!(ledger.state.case(period).unwrap().case.process, old);
    check(&ledger.state);
}
