//! Who may act: registration, suspension, and what comes with them.

use std::collections::BTreeSet;

use countersign_protocol::record::{AccountKind, Commitment};
use countersign_protocol::registry::{Command, Refusal, Standing};

use crate::small::{
    CERTIFIER, CREDITED, DEVELOPER, GOVERNMENT, act, certifier, decide, developer, document,
    enrolled, official, open, person, plain, registry,
};
use crate::support::{Ledger, text};

fn standing_of(refused: &Refusal) -> Option<&'static str> {
    match refused {
        Refusal::OrganisationStanding { standing, .. } => Some(standing),
        _ => None,
    }
}

#[test]
fn the_authority_acts_at_once_and_whoever_applies_waits() {
    let mut ledger = enrolled();
    let standing = |id| ledger.state.organisation_standing(id);
    assert_eq!(
        [GOVERNMENT, DEVELOPER, CERTIFIER].map(standing),
        [Standing::Active, Standing::Pending, Standing::Pending]
    );
    let refused = open(&mut ledger, "project", None, &developer()).unwrap_err();
    assert_eq!(standing_of(&refused), Some("pending"));
    let account = Command::OpenAccount {
        organisation: DEVELOPER,
        name: text("Holding"),
        kind: AccountKind::EntityHolding,
    };
    let refused = ledger.submit(&account).unwrap_err();
    assert_eq!(standing_of(&refused), Some("pending"));
    // There is one authority.
    let second = ledger.submit(&Command::Enrol {
        name: text("Another government"),
        organisation_type: text("government"),
        scopes: BTreeSet::new(),
    });
    assert!(matches!(second, Err(Refusal::Already(_))), "{second:?}");
}

#[test]
fn an_organisation_pursues_one_registration_at_a_time() {
    let mut ledger = enrolled();
    let case = open(&mut ledger, "organisation", None, &developer()).unwrap();
    assert!(matches!(
        open(&mut ledger, "organisation", None, &developer()),
        Err(Refusal::Already(_))
    ));
    let mut submit = plain(case, "register", &developer());
    submit.form = Some(Commitment([1; 32]));
    submit.documents = vec![document("registration-certificate")];
    act(&mut ledger, submit).unwrap();
    let mut reject = plain(case, "approve", &official(1));
    reject.no = true;
    act(&mut ledger, reject).unwrap();
    assert_eq!(
        ledger.state.organisation_standing(DEVELOPER),
        Standing::Pending
    );
    // It was rejected: it may ask again, and this time it is registered.
    assert_eq!(
        open(&mut ledger, "organisation", None, &developer()),
        Ok(case + 1)
    );
    let ledger = &mut registry();
    assert!(matches!(
        open(ledger, "organisation", None, &developer()),
        Err(Refusal::Already(_))
    ));
}

#[test]
fn nobody_acts_as_what_they_are_not() {
    let mut ledger = registry();
    let case = open(&mut ledger, "project", None, &developer()).unwrap();
    let posing = person(DEVELOPER, "government", "administrator", 30);
    let refused = act(&mut ledger, plain(case, "withdraw", &posing)).unwrap_err();
    assert!(
        matches!(refused, Refusal::OrganisationType { .. }),
        "{refused}"
    );
    let stranger = person(CERTIFIER, "certifier", "administrator", 40);
    let refused = act(&mut ledger, plain(case, "withdraw", &stranger)).unwrap_err();
    assert!(matches!(refused, Refusal::Workflow(_)), "{refused}");
    let nobody = person(text("99"), "developer", "administrator", 1);
    let refused = act(&mut ledger, plain(case, "withdraw", &nobody)).unwrap_err();
    assert!(
        matches!(refused, Refusal::UnknownOrganisation(_)),
        "{refused}"
    );
}

#[test]
fn whoever_recommends_does_not_decide_and_nobody_votes_twice() {
    let mut ledger = registry();
    let case = open(&mut ledger, "project", None, &developer()).unwrap();
    let mut submit = plain(case, "submit", &developer());
    submit.form = Some(Commitment([4; 32]));
    submit.documents = vec![document("design-document")];
    submit.names = Some(CERTIFIER);
    act(&mut ledger, submit).unwrap();
    let mut validate = plain(case, "validate", &certifier());
    validate.form = Some(Commitment([5; 32]));
    validate.documents = vec![document("validation-report")];
    validate.period = Some(text(CREDITED));
    act(&mut ledger, validate).unwrap();
    act(&mut ledger, plain(case, "recommend", &official(1))).unwrap();
    for (user, allowed) in [(1, false), (2, true), (2, false), (1, false), (3, true)] {
        let vote = act(&mut ledger, plain(case, "authorise", &official(user)));
        assert_eq!(vote.is_ok(), allowed, "official {user}: {vote:?}");
    }
    assert_eq!(ledger.state.case(case).unwrap().case.stage, "authorised");
}

#[test]
fn an_organisation_that_was_closed_acts_no_more_until_it_is_registered_again() {
    let mut ledger = registry();
    decide(&mut ledger, DEVELOPER, "close", 1);
    decide(&mut ledger, DEVELOPER, "close", 2);
    let standing = |ledger: &Ledger| ledger.state.organisation_standing(DEVELOPER);
    assert_eq!(standing(&ledger), Standing::Closed);
    let refused = open(&mut ledger, "project", None, &developer()).unwrap_err();
    assert_eq!(standing_of(&refused), Some("closed"));
    let case = open(&mut ledger, "organisation", None, &developer()).unwrap();
    let mut submit = plain(case, "register", &developer());
    submit.form = Some(Commitment([1; 32]));
    submit.documents = vec![document("registration-certificate")];
    act(&mut ledger, submit).unwrap();
    assert_eq!(standing(&ledger), Standing::Closed);
    act(&mut ledger, plain(case, "approve", &official(1))).unwrap();
    assert_eq!(standing(&ledger), Standing::Active);
}
