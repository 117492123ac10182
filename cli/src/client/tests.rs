#![allow(clippy::unwrap_used, missing_docs)]
use super::*;

fn exit(kind: &str) -> Exit {
    let problem = Problem {
        kind: format!("urn:countersign:problem:{kind}"),
        title: String::new(),
        status: 400,
        detail: String::new(),
        instance: String::new(),
        request_id: String::new(),
        code: None,
        error: None,
        errors: Vec::new(),
    };
    failure(&problem).exit
}

#[test]
fn each_kind_of_problem_has_its_exit_code() {
    assert_eq!(exit("refused"), Exit::Validation);
    assert_eq!(exit("not-authorised"), Exit::NotAuthorised);
    assert_eq!(exit("conflict"), Exit::Conflict);
    assert_eq!(exit("changed"), Exit::Conflict);
    assert_eq!(exit("unreachable"), Exit::Unreachable);
    assert_eq!(exit("read-only"), Exit::Other);
    assert_eq!(exit("of-a-later-version"), Exit::Other);
}
