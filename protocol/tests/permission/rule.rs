//! The rule itself, on a small matrix: objects of others by their id, several owners, certifiers that own, policy.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Denied, Matrix, Object, Standing, Subject, may};
use countersign_protocol::serial::SectoralScope;

const SMALL: &str = r#"
format = 1
version = "1"
[[grant]]
to = ["developer/manager"]
own = ["project-read", "project-update"]
[[grant]]
to = ["certifier/manager"]
assigned = ["project-read", "verification-submit"]
[[grant]]
to = ["ministry/manager"]
sector = ["project-read", "project-decide"]
[[grant]]
to = ["government/root"]
country = ["project-read", "issuance-approve"]
none = ["project-update"]
[four_eyes]
actions = ["issuance-approve"]
[second_factor]
actions = ["key-rotate"]
"#;

fn matrix() -> Matrix {
    Matrix::parse(SMALL).unwrap()
}

fn subject(
    organisation: u32,
    organisation_type: &'static str,
    role: &'static str,
) -> Subject<'static> {
    Subject {
        organisation: OrganisationId(organisation),
        organisation_type,
        role,
        sectors: &[],
        standing: Standing::Active,
    }
}

fn owned_by(organisations: &[OrganisationId]) -> Object<'_> {
    Object {
        organisations,
        ..Object::default()
    }
}

#[test]
fn an_object_of_another_organisation_stays_shut_whatever_its_id() {
    let matrix = matrix();
    let me = subject(1, "developer", "manager");
    for other in (0..64).filter(|other| *other != 1).chain([u32::MAX]) {
        for action in [Action::ProjectRead, Action::ProjectUpdate] {
            let owners = [OrganisationId(other)];
            let denied = may(&matrix, &me, action, &owned_by(&owners)).unwrap_err();
            assert_eq!(denied, Denied::NotOwn(action));
            assert!(
                denied.hides_object(),
                "the answer must read like \"not found\""
            );
        }
    }
    let lacking = may(&matrix, &me, Action::KeyRotate, &Object::default()).unwrap_err();
    assert!(
        !lacking.hides_object(),
        "what the role lacks says nothing about objects"
    );
}

#[test]
fn every_owner_of_a_shared_project_counts_as_its_own() {
    let owners = [OrganisationId(1), OrganisationId(2)];
    let object = owned_by(&owners);
    let may = |id| {
        may(
            &matrix(),
            &subject(id, "developer", "manager"),
            Action::ProjectUpdate,
            &object,
        )
    };
    assert!(may(1).is_ok() && may(2).is_ok() && may(3).is_err());
}

#[test]
fn a_certifier_does_not_verify_what_it_owns_even_when_it_is_assigned() {
    let (here, there) = ([OrganisationId(5)], [OrganisationId(1)]);
    let certifier = subject(5, "certifier", "manager");
    let assigned = Object {
        organisations: &there,
        sectors: &[],
        assigned_to: &here,
    };
    let own = Object {
        organisations: &here,
        sectors: &[],
        assigned_to: &here,
    };
    let verify = Action::VerificationSubmit;
    assert_eq!(may(&matrix(), &certifier, verify, &assigned), Ok(()));
    assert_eq!(
        may(&matrix(), &certifier, verify, &own),
        Err(Denied::NotAssigned(verify))
    );
}

#[test]
fn a_ministry_acts_in_its_sectors_only_and_without_sectors_nowhere() {
    let (energy, forests) = (
        SectoralScope::new(1).unwrap(),
        SectoralScope::new(14).unwrap(),
    );
    let (mine, both, other) = ([energy], [forests, energy], [forests]);
    let object = |sectors| Object {
        sectors,
        ..Object::default()
    };
    let ministry = Subject {
        sectors: &mine,
        ..subject(3, "ministry", "manager")
    };
    let decide = Action::ProjectDecide;
    assert!(may(&matrix(), &ministry, decide, &object(&both)).is_ok());
    assert_eq!(
        may(&matrix(), &ministry, decide, &object(&other)),
        Err(Denied::OtherSector(decide))
    );
    let bare = subject(3, "ministry", "manager");
    assert!(may(&matrix(), &bare, decide, &object(&both)).is_err());
}

#[test]
fn unknown_types_and_roles_and_crossed_pairs_have_nothing() {
    for (kind, role) in [
        ("developer", "root"),
        ("stranger", "manager"),
        ("", ""),
        ("government", "manager"),
    ] {
        let denied = may(
            &matrix(),
            &subject(1, kind, role),
            Action::ProjectRead,
            &Object::default(),
        );
        assert_eq!(
            denied,
            Err(Denied::NotGranted(Action::ProjectRead)),
            "{kind}/{role}"
        );
        assert!(!matrix().knows(kind, role));
    }
}

#[test]
fn a_suspended_organisation_reads_and_an_applicant_sees_its_own_file_only() {
    let matrix = Matrix::parse(countersign_protocol::permission::DEFAULT).unwrap();
    let (own, other) = ([OrganisationId(1)], [OrganisationId(2)]);
    let with = |standing| Subject {
        standing,
        ..subject(1, "developer", "administrator")
    };
    let suspended = with(Standing::Suspended);
    assert!(may(&matrix, &suspended, Action::ProjectRead, &owned_by(&own)).is_ok());
    assert_eq!(
        may(
            &matrix,
            &suspended,
            Action::TransferRequest,
            &owned_by(&own)
        ),
        Err(Denied::Suspended(Action::TransferRequest))
    );
    for standing in [Standing::Pending, Standing::Closed] {
        let applicant = with(standing);
        assert!(
            may(
                &matrix,
                &applicant,
                Action::OrganisationSubmit,
                &owned_by(&own)
            )
            .is_ok()
        );
        assert!(
            may(
                &matrix,
                &applicant,
                Action::OrganisationSubmit,
                &owned_by(&other)
            )
            .is_err()
        );
        assert_eq!(
            may(&matrix, &applicant, Action::ProjectCreate, &owned_by(&own)),
            Err(Denied::NotRegistered(Action::ProjectCreate))
        );
    }
    // Even where the role has the whole country.
    let pending = Subject {
        standing: Standing::Pending,
        ..subject(1, "government", "root")
    };
    assert!(may(&matrix, &pending, Action::UserRead, &owned_by(&other)).is_err());
}

#[test]
fn one_person_cannot_propose_and_approve_where_two_are_needed() {
    let policy = matrix().policy().clone();
    assert!(
        policy
            .check_second_person(Action::IssuanceApprove, 4, 4)
            .is_err()
    );
    assert!(
        policy
            .check_second_person(Action::IssuanceApprove, 4, 5)
            .is_ok()
    );
    assert!(
        policy
            .check_second_person(Action::TransferApprove, 4, 4)
            .is_ok()
    );
    assert!(policy.needs_second_factor(Action::KeyRotate));
    assert!(!policy.needs_second_factor(Action::KeyRead));
}

#[test]
fn a_role_that_may_do_a_listed_act_beyond_its_own_organisation_must_have_a_second_factor() {
    let listed = SMALL.replace(
        "[second_factor]",
        "[second_factor]\nofficials = [\"project-decide\", \"issuance-approve\", \"project-update\"]",
    );
    let matrix = Matrix::parse(&listed).unwrap();
    for (kind, role, wanted) in [
        ("government", "root", true),
        ("ministry", "manager", true),
        // It may do a listed act, but for itself only.
        ("developer", "manager", false),
        ("certifier", "manager", false),
        ("government", "nobody", false),
    ] {
        assert_eq!(
            matrix.wants_second_factor(kind, role),
            wanted,
            "{kind}/{role}"
        );
    }
}
