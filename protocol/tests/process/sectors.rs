//! An organisation of a sectoral type answers for the sectors that the ledger knows, and for no others.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{ActedBy, Body};
use countersign_protocol::registry::{Command, NewCase, Refusal};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::preset;

use crate::small::{authorised_project, developer, open, person, registry};
use crate::support::{Ledger, text};

fn scopes<T: FromIterator<SectoralScope>>(numbers: &[u8]) -> T {
    let scope = |number: &u8| SectoralScope::new(*number).unwrap();
    numbers.iter().map(scope).collect()
}

fn enrol(kind: &str, numbers: &[u8]) -> Command {
    Command::Enrol {
        name: text(&format!("The {kind}")),
        organisation_type: text(kind),
        scopes: scopes(numbers),
    }
}

fn standard() -> Ledger {
    let mut ledger = Ledger::new("VU");
    ledger.must(&Command::AdoptProcess {
        text: preset("standard").unwrap().to_owned(),
    });
    ledger
}

fn is_about_sectors<T: std::fmt::Debug>(done: &Result<T, Refusal>) {
    assert!(matches!(done, Err(Refusal::Sectors { .. })), "{done:?}");
}

#[test]
fn a_sectoral_organisation_names_its_sectors_and_another_has_none() {
    let mut ledger = standard();
    is_about_sectors(&ledger.submit(&enrol("ministry", &[])));
    is_about_sectors(&ledger.submit(&enrol("developer", &[3])));
    ledger.must(&enrol("ministry", &[1, 13]));
    ledger.must(&enrol("developer", &[]));
    let ministry = ledger.state.organisation(OrganisationId(2)).unwrap();
    assert_eq!(ministry.scopes, scopes::<Vec<_>>(&[1, 13]));
    // A record that somebody with the key made without the program is judged the same.
    let mut forged = ministry.clone();
    forged.id = OrganisationId(4);
    forged.scopes.reverse();
    is_about_sectors(&ledger.write(Body::Organisation(forged)));
}

#[test]
fn without_a_process_no_organisation_has_sectors() {
    let mut ledger = Ledger::new("VU");
    let mut organisation = ledger
        .state
        .organisation(OrganisationId(1))
        .unwrap()
        .clone();
    organisation.id = OrganisationId(2);
    organisation.scopes = scopes(&[3]);
    let written = ledger.write(Body::Organisation(organisation));
    assert_eq!(written.unwrap_err(), Refusal::NoProcess);
}

#[test]
fn nobody_claims_a_sector_that_is_not_theirs() {
    let mut ledger = standard();
    ledger.must(&enrol("ministry", &[1, 13]));
    let claiming = |numbers: &[u8]| ActedBy {
        scopes: scopes(numbers),
        ..person(OrganisationId(2), "ministry", "administrator", 1)
    };
    for claimed in [&[][..], &[1], &[13], &[1, 3, 13]] {
        is_about_sectors(&open(&mut ledger, "project", None, &claiming(claimed)));
    }
    // With its own sectors it is the process that answers: a ministry begins no project.
    let own = open(&mut ledger, "project", None, &claiming(&[1, 13]));
    assert!(matches!(own, Err(Refusal::Workflow(_))), "{own:?}");
}

#[test]
fn what_belongs_to_a_project_lies_in_the_sectors_of_the_project() {
    let mut ledger = registry();
    let parent = authorised_project(&mut ledger);
    let own = &ledger.state.case(parent).unwrap().case.subject;
    let (own, owners) = (own.scopes.clone(), own.owners.clone());
    let other = scopes::<BTreeSet<_>>(&[9]);
    assert!(own.is_disjoint(&other) && !own.is_empty());
    let both = own.union(&other).copied().collect();
    let mut monitoring = |scopes: &BTreeSet<SectoralScope>| {
        ledger.submit(&Command::OpenCase(Box::new(NewCase {
            flow: text("monitoring"),
            track: None,
            parent: Some(parent),
            title: text("Stoves"),
            owners: owners.clone(),
            shares: BTreeMap::new(),
            counterparty: None,
            scopes: scopes.clone(),
            by: developer(),
        })))
    };
    for wrong in [BTreeSet::new(), other, both] {
        let refused = monitoring(&wrong);
        assert!(matches!(refused, Err(Refusal::Act(_))), "{refused:?}");
    }
    monitoring(&own).unwrap();
}
