//! Adopting a process, and what a ledger that has one still refuses.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{ActedBy, Body, ProcessAdopted, ProcessPart, Project};
use countersign_protocol::registry::{ApprovedProcess, Command, Refusal};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{PRESETS, Process, preset};

use crate::small::{
    DEVELOPER, authorised_project, developer, enrolled, enrolled_under, official, person,
    process_text, registry, stored_and_loaded,
};
use crate::support::{Ledger, text};

#[test]
fn every_preset_can_be_adopted_and_is_read_back_byte_for_byte() {
    for name in PRESETS.iter().map(|(name, _)| *name) {
        let file = preset(name).unwrap();
        let mut ledger = Ledger::new("VU");
        ledger.must(&Command::AdoptProcess {
            text: file.to_owned(),
        });
        let adopted = *ledger.state.adopted_processes().next_back().unwrap();
        assert_eq!(
            (adopted.version, adopted.process),
            (1, Process::parse(file).unwrap().content_hash())
        );
        let text = ledger.state.process_text(&adopted.process, adopted.parts);
        assert_eq!(text.as_deref(), Some(file), "{name}");
        assert_eq!(ledger.state.process().unwrap().id, name);
    }
}

#[test]
fn a_file_that_the_checker_refuses_is_not_adopted() {
    let mut ledger = Ledger::new("VU");
    let broken = process_text().replace("to = \"review\"", "to = \"nowhere\"");
    let refused = ledger
        .submit(&Command::AdoptProcess { text: broken })
        .unwrap_err();
    assert!(
        matches!(&refused, Refusal::Process(why) if why.contains("nowhere")),
        "{refused}"
    );
    assert!(ledger.state.process().is_none());
}

#[test]
fn a_hostile_ledger_cannot_slip_in_a_process_that_is_not_what_its_hash_says() {
    let mut ledger = Ledger::new("VU");
    let hash = [9; 32];
    let part = |part, text: &str| {
        Body::ProcessPart(ProcessPart {
            process: hash,
            part,
            text: text.to_owned(),
        })
    };
    assert!(ledger.write(part(1, "a gap")).is_err());
    ledger.write(part(0, "format = 1\n")).unwrap();
    assert!(ledger.write(part(0, "again")).is_err());
    for (version, parts) in [(1, 1), (1, 2), (2, 1)] {
        let adopted = Body::ProcessAdopted(ProcessAdopted {
            process: hash,
            version,
            parts,
            by: Vec::new(),
        });
        assert!(
            ledger.write(adopted).is_err(),
            "version {version}, {parts} parts"
        );
    }
}

#[test]
fn a_second_process_is_for_new_cases_and_a_running_project_stays_on_its_own() {
    let mut ledger = registry();
    let before = authorised_project(&mut ledger);
    let first = ledger.state.process().unwrap().content_hash();
    let next = process_text().replace("version = \"1.0\"", "version = \"1.1\"");
    ledger.must(&Command::AdoptProcess { text: next.clone() });
    let second = ledger.state.process().unwrap().content_hash();
    assert_ne!(first, second);
    let child = crate::small::monitored(&mut ledger, before);
    assert_eq!(ledger.state.case(child).unwrap().case.process, first);
    let after = authorised_project(&mut ledger);
    assert_eq!(ledger.state.case(after).unwrap().case.process, second);
    let again = ledger
        .submit(&Command::AdoptProcess { text: next })
        .unwrap_err();
    assert!(matches!(again, Refusal::ProcessAdopted(2)), "{again}");
}

/// The small process with another version text; it asks two people for the one that follows it, or does not.
fn asking_two(two: bool, version: &str) -> String {
    let table = format!("[adoption]\ntwo_people = {two}\n\n[[organisation]]");
    process_text()
        .replacen("[[organisation]]", &table, 1)
        .replace("version = \"1.0\"", &format!("version = \"{version}\""))
}

fn approved(follows: [u8; 32], text: &str, by: &[ActedBy]) -> Command {
    Command::AdoptApproved(Box::new(ApprovedProcess {
        text: text.to_owned(),
        follows,
        by: by.to_vec(),
    }))
}

#[test]
fn a_process_that_asks_two_people_is_followed_by_one_that_two_officials_approved() {
    let mut ledger = enrolled_under(asking_two(true, "1.0"));
    let first = ledger.state.process().unwrap().content_hash();
    let next = asking_two(false, "1.1");
    let alone = Command::AdoptProcess { text: next.clone() };
    assert!(matches!(
        ledger.submit(&alone).unwrap_err(),
        Refusal::Adoption(_)
    ));
    for by in [
        vec![official(1), official(1)],
        vec![official(1)],
        Vec::new(),
    ] {
        let refused = ledger.submit(&approved(first, &next, &by)).unwrap_err();
        assert!(
            matches!(refused, Refusal::Adoption(_) | Refusal::Unwritable(_)),
            "{by:?}: {refused}"
        );
    }
    let stranger = [official(1), developer()];
    let refused = ledger
        .submit(&approved(first, &next, &stranger))
        .unwrap_err();
    assert!(
        !matches!(refused, Refusal::Adoption(_)),
        "no official: {refused}"
    );
    let viewer = person(official(1).organisation, "government", "viewer", 9);
    let refused = ledger.submit(&approved(first, &next, &[official(1), viewer]));
    assert!(matches!(refused, Err(Refusal::Act(_))), "{refused:?}");
    let two = [official(1), official(2)];
    ledger.must(&approved(first, &next, &two));
    let second = ledger.state.process().unwrap().content_hash();
    assert_eq!(second, Process::parse(&next).unwrap().content_hash());
    // Approved once more after another one came: what the two looked at is not what is in force.
    let third = asking_two(true, "1.2");
    let refused = ledger.submit(&approved(first, &third, &two)).unwrap_err();
    assert_eq!(refused, Refusal::ProcessChanged(2));
    // The one in force asks nobody else: one adopts, and two may.
    ledger.must(&approved(second, &third, &two));
    assert!(ledger.state.process().unwrap().adoption.two_people);
    ledger.end_block();
    assert_eq!(
        stored_and_loaded(&ledger).process().unwrap().content_hash(),
        Process::parse(&third).unwrap().content_hash()
    );
}

#[test]
fn under_a_process_only_its_cases_register_projects() {
    let mut ledger = registry();
    let refused = ledger
        .write(Body::Project(Project {
            number: 2,
            organisation: DEVELOPER,
            title: text("By the back door"),
            scope: SectoralScope::new(3).unwrap(),
        }))
        .unwrap_err();
    assert_eq!(refused, Refusal::ByProcess("a project"));
    let case = authorised_project(&mut ledger);
    let known = ledger.state.case(case).unwrap();
    let project = ledger.state.project(known.project.unwrap()).unwrap();
    assert_eq!((project.number, project.organisation), (2, DEVELOPER));
    assert_eq!(project.title.as_str(), "Stoves on the outer islands");
}

#[test]
fn a_ledger_with_cases_is_stored_loaded_and_taken_back() {
    let mut ledger = registry();
    ledger.end_block();
    let whole = ledger.state.clone();
    assert_eq!(stored_and_loaded(&ledger), whole);
    assert!(stored_and_loaded(&ledger).process().is_some());
    let applied = ledger
        .write(Body::ProcessPart(ProcessPart {
            process: [8; 32],
            part: 0,
            text: "x".to_owned(),
        }))
        .unwrap();
    ledger.state.revert(&applied);
    assert_eq!(ledger.state, whole);
}

#[test]
fn without_a_process_there_are_no_cases_and_no_types_of_organisation() {
    let mut ledger = Ledger::new("VU");
    let by = crate::small::person(OrganisationId(1), "developer", "administrator", 1);
    assert_eq!(
        crate::small::open(&mut ledger, "project", None, &by),
        Err(Refusal::NoProcess)
    );
    let enrol = Command::Enrol {
        name: text("A developer"),
        organisation_type: text("developer"),
        scopes: BTreeSet::new(),
    };
    assert_eq!(ledger.submit(&enrol), Err(Refusal::NoProcess));
    assert!(enrolled().state.process().is_some());
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let mut ledger = Ledger::new("VU");
    let windows = process_text().replace('\n', "\r\n");
    let adopted = ledger.submit(&Command::AdoptProcess { text: windows });
    assert!(
        matches!(adopted, Err(Refusal::Unwritable(_))),
        "{adopted:?}"
    );

    let mut ledger = registry();
    let case =
        crate::small::open(&mut ledger, "project", None, &crate::small::developer()).unwrap();
    let mut submit = crate::small::plain(case, "submit", &crate::small::developer());
    submit.form = Some(countersign_protocol::record::Commitment([4; 32]));
    submit.names = Some(crate::small::CERTIFIER);
    submit.documents = vec![crate::small::document("design-document"); 33];
    let before = ledger.leaves.len();
    let acted = crate::small::act(&mut ledger, submit);
    assert!(acted.is_err(), "{acted:?}");
    assert_eq!(ledger.leaves.len(), before);
    for record in &ledger.leaves {
        assert!(countersign_protocol::record::Record::decode(&record.encode()).is_ok());
    }
}
