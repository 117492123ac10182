#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use countersign_protocol::registry::Selection;

#[test]
fn a_transfer_request_reads_as_the_documentation_shows_it() {
    let text =
        r#"{"to":"CH","agreement":"CH-GH-2020","from":1,"to_account":2,"units":{"tonnes":11733}}"#;
    let request: NewTransfer = serde_json::from_str(text).unwrap();
    assert_eq!(request.units, Selection::Tonnes(11_733));
    assert_eq!(request.expiry_ms, None);
    assert_eq!(serde_json::to_string(&request).unwrap(), text);
}

#[test]
fn a_moment_after_the_year_9999_is_refused_where_it_is_named() {
    let text = |expiry: u64| {
        format!(
            r#"{{"to":"CH","agreement":"CH-GH-2020","from":1,"to_account":2,"units":{{"tonnes":1}},"expiry_ms":{expiry}}}"#
        )
    };
    let last = 253_402_300_799_999;
    let read: NewTransfer = serde_json::from_str(&text(last)).unwrap();
    assert_eq!(read.expiry_ms, Some(last));
    let refused = serde_json::from_str::<NewTransfer>(&text(last + 1)).unwrap_err();
    assert!(refused.to_string().contains("year 9999"), "{refused}");
}

#[test]
fn a_misspelled_member_of_a_request_is_refused() {
    let text = r#"{"account":1,"ranges":["GH-27-35"],"reason":"court order","liftt":true}"#;
    let refused = serde_json::from_str::<NewHold>(text).unwrap_err();
    assert!(refused.to_string().contains("liftt"), "{refused}");
}

#[test]
fn a_flattened_view_reads_back() {
    let text = r#"{"id":7,"organisation":3,"name":"Reserve","kind":"party_holding","available":5,"on_hold":0,"escrow":1}"#;
    let view: AccountView = serde_json::from_str(text).unwrap();
    assert_eq!(view.account.id.0, 7);
    assert_eq!(serde_json::to_string(&view).unwrap(), text);
}

#[test]
fn a_state_is_printed_in_capitals_and_read_in_both() {
    let read = |text: &str| serde_json::from_str::<StateName>(text).unwrap();
    assert_eq!(read(r#""FINAL""#), read(r#""final""#));
    assert_eq!(
        serde_json::to_string(&StateName::Final).unwrap(),
        r#""FINAL""#
    );
    assert_eq!(StateName::Final.to_string(), "FINAL");
}

#[test]
fn a_problem_without_single_faults_has_no_empty_list() {
    let problem = Problem {
        kind: "urn:countersign:problem:not-found".to_owned(),
        title: "Not found".to_owned(),
        status: 404,
        detail: "account 9 does not exist".to_owned(),
        instance: "/api/v1/accounts/9".to_owned(),
        request_id: "0".to_owned(),
        code: None,
        error: None,
        errors: Vec::new(),
    };
    let text = serde_json::to_string(&problem).unwrap();
    assert!(text.starts_with(r#"{"type":"urn:countersign:problem:not-found""#));
    assert!(!text.contains("errors"));
    assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
}
