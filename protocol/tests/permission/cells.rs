//! The shipped matrix against a table that was read by people: every cell, allowed and refused.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{
    Action, DEFAULT, Matrix, Object, Scope, Standing, Subject, may, trial,
};
use countersign_protocol::serial::SectoralScope;
use std::fmt::Write;

const TABLE: &str = include_str!("tables/default.txt");
/// Types whose columns the table spells out. The others are like one of these and are compared with it.
const SPELLED_OUT: &[&str] = &["government", "ministry", "developer", "certifier"];
const HERE: OrganisationId = OrganisationId(7);
const ELSEWHERE: OrganisationId = OrganisationId(8);

fn matrix() -> Matrix {
    Matrix::parse(DEFAULT).unwrap()
}

fn letter(scope: Scope) -> char {
    match scope {
        Scope::None => '.',
        Scope::Own => 'o',
        Scope::Assigned => 'a',
        Scope::Sector => 's',
        Scope::Country => 'C',
    }
}

/// Column names over a grid of letters.
fn table(matrix: &Matrix) -> String {
    let columns: Vec<_> = matrix
        .columns()
        .filter(|column| SPELLED_OUT.contains(&column.organisation_type.as_str()))
        .collect();
    let mut text = String::from("o own  a assigned  s sector  C country  . refused\n");
    for (at, column) in columns.iter().enumerate() {
        writeln!(text, "{:24} {}{column}", "", "| ".repeat(at)).unwrap();
    }
    for action in Action::ALL {
        write!(text, "{:24}", action.word()).unwrap();
        for column in &columns {
            let scope = matrix.scope(&column.organisation_type, &column.role, *action);
            write!(text, " {}", letter(scope)).unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_cell_of_the_shipped_matrix_is_as_the_table_says() {
    let found = table(&matrix());
    if std::env::var_os("WRITE_TABLES").is_some() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/permission/tables/default.txt"
        );
        std::fs::write(path, &found).unwrap();
    }
    assert!(found == TABLE, "the matrix is now:\n{found}");
}

/// The cells as the table has them, read back from its letters.
fn expected() -> Vec<(String, String, Action, char)> {
    let lines: Vec<&str> = TABLE.lines().skip(1).collect();
    let names: Vec<(String, String)> = lines
        .iter()
        .take_while(|line| line.starts_with(' '))
        .map(|line| {
            let name = line.trim_start_matches([' ', '|']);
            let (kind, role) = name.split_once('/').unwrap();
            (kind.to_owned(), role.to_owned())
        })
        .collect();
    let mut cells = Vec::new();
    for line in lines.iter().skip(names.len()) {
        let mut words = line.split_whitespace();
        let action: Action = words.next().unwrap().parse().unwrap();
        for ((kind, role), cell) in names.iter().zip(words) {
            let cell = cell.chars().next().unwrap();
            cells.push((kind.clone(), role.clone(), action, cell));
        }
    }
    assert_eq!(cells.len(), names.len() * Action::ALL.len());
    cells
}

/// Objects that differ in one thing only, and the letters that open them.
fn objects<'a>(
    here: &'a [OrganisationId],
    elsewhere: &'a [OrganisationId],
    mine: &'a [SectoralScope],
    other: &'a [SectoralScope],
) -> [(&'static str, Object<'a>); 5] {
    let away = Object {
        organisations: elsewhere,
        sectors: other,
        assigned_to: elsewhere,
    };
    [
        (
            "oC",
            Object {
                organisations: here,
                ..away
            },
        ),
        (
            "aC",
            Object {
                assigned_to: here,
                ..away
            },
        ),
        (
            "sC",
            Object {
                sectors: mine,
                ..away
            },
        ),
        ("C", away),
        ("C", Object::default()),
    ]
}

#[test]
fn every_cell_allows_what_it_says_and_refuses_everything_else() {
    let matrix = matrix();
    let (mine, other) = (
        [SectoralScope::new(1).unwrap()],
        [SectoralScope::new(14).unwrap()],
    );
    let (here, elsewhere) = ([HERE], [ELSEWHERE]);
    let (mut allowed, mut refused) = (0, 0);
    for (kind, role, action, cell) in expected() {
        for standing in [
            Standing::Active,
            Standing::Suspended,
            Standing::Pending,
            Standing::Closed,
        ] {
            let subject = Subject {
                organisation: HERE,
                organisation_type: &kind,
                role: &role,
                sectors: &mine,
                standing,
            };
            for (openers, object) in objects(&here, &elsewhere, &mine, &other) {
                let granted = openers.contains(cell);
                let expected = match standing {
                    Standing::Active => granted,
                    Standing::Suspended => granted && action.is_read(),
                    _ => cell != '.' && openers.contains('o') && action.is_open_to_applicants(),
                };
                let found = may(&matrix, &subject, action, &object);
                assert_eq!(
                    found.is_ok(),
                    expected,
                    "{kind}/{role} {action} {standing:?} on {object:?}: {found:?}"
                );
                if expected { allowed += 1 } else { refused += 1 }
            }
        }
    }
    println!("{allowed} allowed, {refused} refused");
    assert!(allowed > 1_000 && refused > 10_000);
}

#[test]
fn types_of_other_processes_have_the_rights_of_the_one_that_they_are_like() {
    let matrix = matrix();
    for (kind, model) in [
        ("national-authority", "government"),
        ("carbon-office", "government"),
        ("sector-ministry", "ministry"),
        ("local-certifier", "certifier"),
        ("international-certifier", "certifier"),
    ] {
        let roles = matrix.columns().filter(|c| c.organisation_type == model);
        for role in roles.map(|column| column.role) {
            for action in Action::ALL {
                assert_eq!(
                    matrix.scope(kind, &role, *action),
                    matrix.scope(model, &role, *action),
                    "{kind}/{role} {action}"
                );
            }
        }
    }
}

#[test]
fn every_action_has_somebody_and_every_heavy_one_two_people() {
    let matrix = matrix();
    assert_eq!(matrix.actions_of_nobody(), []);
    for action in [
        Action::IssuanceApprove,
        Action::AuthorisationApprove,
        Action::BorderTransferApprove,
        Action::KeyRotate,
        Action::UserRoleChange,
    ] {
        assert!(matrix.policy().needs_second_person(action), "{action}");
    }
    for action in matrix.policy().four_eyes() {
        let government = ["root", "administrator", "manager"];
        let able = government
            .iter()
            .filter(|role| matrix.scope("government", role, *action) != Scope::None);
        assert!(
            able.count() >= 2,
            "{action} has no second role to approve it"
        );
    }
}

#[test]
fn nobody_outside_the_government_has_the_whole_country_for_an_act() {
    let matrix = matrix();
    let outside = [
        "ministry",
        "developer",
        "certifier",
        "local-certifier",
        "sector-ministry",
    ];
    for column in matrix.columns() {
        if !outside.contains(&column.organisation_type.as_str()) {
            continue;
        }
        for action in Action::ALL.iter().filter(|action| !action.is_read()) {
            let scope = matrix.scope(&column.organisation_type, &column.role, *action);
            assert_ne!(scope, Scope::Country, "{column} {action}");
        }
    }
}

#[test]
fn the_shipped_matrix_wants_a_second_factor_from_whoever_decides_and_from_nobody_else() {
    let matrix = matrix();
    for column in matrix.columns() {
        let (kind, role) = (&column.organisation_type, &column.role);
        let decides = |action: &Action| {
            matches!(
                matrix.scope(kind, role, *action),
                Scope::Sector | Scope::Country
            )
        };
        let heavy = [
            Action::IssuanceApprove,
            Action::TransferApprove,
            Action::BorderTransferApprove,
            Action::AuthorisationApprove,
            Action::UserRoleChange,
            Action::KeyRotate,
        ];
        assert_eq!(
            matrix.wants_second_factor(kind, role),
            heavy.iter().any(decides),
            "{column}"
        );
    }
    for (kind, role, wanted) in [
        ("government", "root", true),
        ("government", "manager", true),
        ("government", "viewer", false),
        ("ministry", "administrator", false),
        ("developer", "administrator", false),
        ("certifier", "administrator", false),
    ] {
        assert_eq!(
            matrix.wants_second_factor(kind, role),
            wanted,
            "{kind}/{role}"
        );
    }
}

#[test]
fn a_trial_asks_nobody_for_a_second_factor_and_everything_else_of_everybody() {
    let (shipped, trial) = (matrix(), Matrix::parse(&trial()).unwrap());
    assert!(!shipped.policy().officials().is_empty());
    assert!(trial.policy().officials().is_empty());
    assert_eq!(trial.policy().four_eyes(), shipped.policy().four_eyes());
    for column in shipped.columns() {
        let (kind, role) = (&column.organisation_type, &column.role);
        assert!(!trial.wants_second_factor(kind, role));
        for action in Action::ALL {
            assert_eq!(
                trial.scope(kind, role, *action),
                shipped.scope(kind, role, *action)
            );
        }
    }
}
