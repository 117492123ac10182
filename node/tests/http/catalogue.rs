//! The business rules that the registries before this one check, and the test that shows each of them here. The list is
//! whole when every row of the catalogue stands in it; that every named test is there is a test itself.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::office::{self, Office, Somebody, send};
use crate::world::problem;

/// A rule, and the names of the tests that show it.
pub type Named = (&'static str, &'static [&'static str]);

/// Where tests are.
const TESTS: &[&str] = &[
    include_str!("catalogue.rs"),
    include_str!("mistakes.rs"),
    include_str!("object_access.rs"),
    include_str!("passkeys.rs"),
    include_str!("people.rs"),
    include_str!("policy.rs"),
    include_str!("sectors.rs"),
    include_str!("writes.rs"),
    include_str!("../projection/lists.rs"),
    include_str!("../../src/people/tests/silence.rs"),
    include_str!("../../src/people/tests/rights.rs"),
    include_str!("../../../cli/tests/data_folder.rs"),
    include_str!("../../../protocol/tests/process/findings.rs"),
    include_str!("../../../protocol/tests/process/holds.rs"),
    include_str!("../../../protocol/tests/process/issuance.rs"),
    include_str!("../../../protocol/tests/process/organisations.rs"),
    include_str!("../../../protocol/tests/process/periods.rs"),
    include_str!("../../../protocol/tests/process/requests.rs"),
    include_str!("../../../protocol/tests/process/sectors.rs"),
    include_str!("../../../protocol/tests/process/shares.rs"),
    include_str!("../../../protocol/tests/process/suspension.rs"),
    include_str!("../../../protocol/tests/process/trusted.rs"),
];

/// Every rule names a test that is there.
pub fn are_there(rules: &[Named]) {
    for (rule, tests) in rules {
        assert!(!tests.is_empty(), "{rule} has no test");
        for test in *tests {
            let heads = [format!("fn {test}("), format!("async fn {test}(")];
            let found = TESTS
                .iter()
                .any(|text| heads.iter().any(|head| text.contains(head.as_str())));
            assert!(found, "{rule}: there is no test {test}");
        }
    }
}

const CREATION: &str = "a_project_is_handed_in_by_a_developer_among_its_owners_with_a_whole_form";
const PARTS: &str = "owners_and_their_parts_are_exact";
const DECISIONS: &str = "nothing_is_decided_out_of_order_or_twice";
const CERTIFIERS: &str = "only_the_assigned_certifier_certifies_and_once";
const REQUESTS: &str = "a_request_moves_what_its_holder_has_to_somebody_else_and_is_answered_once";
const ENDS: &str = "units_are_retired_by_their_holder_and_an_official";
const CAP: &str = "no_more_is_issued_than_was_verified_and_only_once";

/// The catalogue, row by row, as the registries before this one name the rules.
const RULES: &[Named] = &[
    // Creation of a project.
    (
        "percentages are given for every owner when there are several",
        &[PARTS],
    ),
    ("as many percentages as owners", &[PARTS]),
    ("each percentage is above zero", &[PARTS]),
    // Parts are whole numbers in proportion: there is no sum that could miss 100.
    ("percentages sum to exactly 100", &[PARTS]),
    ("an owner is named once and is known", &[PARTS]),
    ("owners are organisations that may own", &[CREATION]),
    // The share of proceeds is taken at issuance by the process, whoever owns the project.
    (
        "the government owns a part where a share of proceeds is due",
        &["deductions_go_where_the_country_says_and_the_rest_to_the_owners"],
    ),
    ("sector and scope fit", &[CREATION]),
    ("estimated credits are above zero", &[CREATION]),
    // There is no sum of estimates that caps anything: what a certifier verified does.
    (
        "the estimates of activities stay within the project's",
        &[CAP],
    ),
    (
        "a ministry acts inside its scopes only",
        &["each_ministry_sees_and_decides_in_its_own_sectors_and_nowhere_else"],
    ),
    ("the developer is among the owners", &[CREATION]),
    // Documents.
    ("a document was not accepted already", &[DECISIONS]),
    ("a document exists", &[CREATION]),
    ("documents come in the right order", &[DECISIONS]),
    ("a document is of a type that is allowed", &[CREATION]),
    // Decisions.
    ("authorise: the project waits for it", &[DECISIONS]),
    ("authorise: it was not authorised already", &[DECISIONS]),
    ("reject: it was not rejected already", &[DECISIONS]),
    ("issue: the project is authorised", &[CAP]),
    (
        "issue: not more than the estimate, here what was verified",
        &[CAP],
    ),
    ("issue: not more than the activity's", &[CAP]),
    // Certification.
    ("certify: only a certifier", &[CERTIFIERS]),
    ("certify: not twice by the same", &[CERTIFIERS]),
    ("certify: not after a rejection", &[CERTIFIERS]),
    (
        "certify: the certifier is in the list, here the assigned one",
        &[CERTIFIERS],
    ),
    // Requests.
    (
        "transfer: the total is above zero",
        &[REQUESTS, "an_amount_is_a_whole_number_of_tonnes"],
    ),
    (
        "transfer: an amount for each company, lists of one length",
        &[REQUESTS],
    ),
    (
        "transfer: not to itself",
        &[
            REQUESTS,
            "nobody_reserves_what_is_not_theirs_or_for_another_end",
        ],
    ),
    (
        "transfer: the project exists and is authorised",
        &["a_held_project_is_issued_no_more_and_its_units_stay_wherever_they_are"],
    ),
    (
        "transfer: one of the parties or an official asks",
        &[REQUESTS],
    ),
    (
        "transfer: the sender owns what it sends",
        &[
            REQUESTS,
            "nobody_reserves_what_is_not_theirs_or_for_another_end",
        ],
    ),
    (
        "transfer: the balance is enough, and the answer says what is there",
        &[REQUESTS],
    ),
    ("answer: the request exists and is pending", &[REQUESTS]),
    ("answer: only the counterparty approves", &[REQUESTS]),
    (
        "answer: neither organisation is suspended",
        &["a_suspension_is_whole_or_not_at_all"],
    ),
    ("answer: not answered already", &[REQUESTS]),
    (
        "retire: the owner or an official asks, and for its own units",
        &[ENDS],
    ),
    (
        "retire: an official decides",
        &[ENDS, "a_retirement_is_for_ever_and_needs_an_official"],
    ),
    // Organisations.
    (
        "a suspended organisation reads and does nothing else",
        &[
            "a_suspension_is_whole_or_not_at_all",
            "users_of_a_suspended_organisation_may_only_read",
        ],
    ),
    // Monitoring: rules that those registries lack.
    (
        "a period's days are covered once, within the crediting period",
        &[
            "two_cases_never_cover_the_same_day",
            "a_monitoring_period_lies_in_the_crediting_period_to_the_day",
        ],
    ),
];

#[test]
fn every_rule_of_the_catalogue_has_its_test() {
    are_there(RULES);
}

/// Something that must be refused, with the word of the refusal.
async fn refused(response: Response, status: u16, code: Option<&str>, what: &str) {
    let refusal = problem(response).await;
    assert_eq!(
        (refusal.status, refusal.code.as_deref()),
        (status, code),
        "{what}: {}",
        refusal.detail
    );
}

async fn opening(office: &Office, who: &Somebody, new: Value) -> Response {
    send(&office.world, who, "/api/v1/cases", new).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_handed_in_by_a_developer_among_its_owners_with_a_whole_form() {
    let office = Office::open().await;
    let (ama, ben) = (&office.developer, &office.buyer);
    let mut others = office::project();
    others["owners"] = json!([ben.organisation]);
    let status = opening(&office, ama, others).await.status().as_u16();
    assert!(
        [403, 404, 422].contains(&status),
        "for somebody else: {status}"
    );
    let mut of_certifier = office::project();
    of_certifier["owners"] = json!([office.certifier.organisation]);
    let status = opening(&office, &office.certifier, of_certifier)
        .await
        .status()
        .as_u16();
    assert_eq!(status, 403, "a certifier's own project");
    let case = office.case(ama, office::project()).await;
    let good = office::submit_project(&office, case).await;
    for (what, pointer, value) in [
        ("no estimate", "/form/estimate_per_year", Value::Null),
        (
            "an estimate of nothing",
            "/form/estimate_per_year",
            json!(0),
        ),
        ("part of a tonne", "/form/estimate_per_year", json!(1.5)),
        ("no scope", "/form/sectoral_scope", Value::Null),
        ("a scope that is none", "/form/sectoral_scope", json!(17)),
        ("a title that is none", "/form/title", json!("")),
        ("an unknown field", "/form/colour", json!("green")),
        (
            "a document that nobody added",
            "/documents/0/sha256",
            json!("0".repeat(64)),
        ),
    ] {
        let mut wrong = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let place = wrong.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        if value.is_null() {
            place.remove(key);
        } else {
            place.insert(key.to_owned(), value);
        }
        refused(office.try_act(ama, case, wrong).await, 422, None, what).await;
    }
    let mut without = good.clone();
    without["documents"] = json!([]);
    refused(
        office.try_act(ama, case, without).await,
        422,
        Some("document-missing"),
        "without its document",
    )
    .await;
    let program = office
        .ask(
            ama,
            reqwest::Method::POST,
            &format!("/api/v1/cases/{case}/documents?kind=design-document&file_name=x.exe"),
        )
        .header("Content-Type", "application/x-msdownload")
        .body("MZ");
    refused(program.send().await.unwrap(), 415, None, "a program").await;
    let unknown = office
        .ask(
            ama,
            reqwest::Method::POST,
            &format!("/api/v1/cases/{case}/documents?kind=love-letter&file_name=x.txt"),
        )
        .header("Content-Type", "text/plain")
        .body("Dear");
    refused(
        unknown.send().await.unwrap(),
        400,
        None,
        "a kind that the process does not know",
    )
    .await;
    office.act(ama, case, good).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owners_and_their_parts_are_exact() {
    let office = Office::open().await;
    let (a, b) = (office.developer.organisation, office.buyer.organisation);
    let with = |owners: Value, shares: Value| {
        let mut new = office::project();
        new["owners"] = owners;
        new["shares"] = shares;
        new
    };
    for (what, new) in [
        (
            "a part for one owner of two",
            with(json!([a, b]), json!({a.to_string(): 1})),
        ),
        (
            "a part for nobody",
            with(json!([a]), json!({a.to_string(): 1, b.to_string(): 1})),
        ),
        (
            "a part of nothing",
            with(json!([a, b]), json!({a.to_string(): 0, b.to_string(): 1})),
        ),
        (
            "a part with a point",
            with(
                json!([a, b]),
                json!({a.to_string(): 33.3, b.to_string(): 66.7}),
            ),
        ),
        ("an owner that is unknown", with(json!([a, 999]), json!({}))),
        (
            "no owner that the caller speaks for",
            with(json!([999]), json!({})),
        ),
    ] {
        let status = opening(&office, &office.developer, new).await.status();
        let status = status.as_u16();
        assert!([403, 404, 422].contains(&status), "{what}: {status}");
    }
    // An owner named twice is one owner.
    let case = office
        .case(
            &office.developer,
            with(
                json!([a, b, a]),
                json!({a.to_string(): 2, b.to_string(): 1}),
            ),
        )
        .await;
    let view = office
        .get(&office.developer, &format!("/api/v1/cases/{case}"))
        .await;
    assert_eq!(view["owners"], json!([a, b]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_decided_out_of_order_or_twice() {
    let office = Office::open().await;
    let case = office.recommended_project().await;
    let [first, second, third] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let early = office.case(&office.developer, office::project()).await;
    for step in ["authorise", "recommend"] {
        let act = json!({"step": step, "comment": "Too early."});
        refused(
            office.try_act(second, early, act).await,
            409,
            Some("wrong-stage"),
            step,
        )
        .await;
    }
    office.act(second, case, json!({"step": "authorise"})).await;
    office.act(third, case, json!({"step": "authorise"})).await;
    for (who, act) in [
        (second, json!({"step": "authorise"})),
        (
            second,
            json!({"step": "authorise", "no": true, "comment": "After all."}),
        ),
        (first, json!({"step": "recommend", "comment": "Again."})),
    ] {
        // The policy sees first that whoever took the last step would approve it.
        let status = office
            .try_act(who, case, act.clone())
            .await
            .status()
            .as_u16();
        assert!([403, 409].contains(&status), "{act}: {status}");
        let view = office.get(who, &format!("/api/v1/cases/{case}")).await;
        assert_eq!(view["stage"], "authorised");
    }
    let rejected = office.recommended_project().await;
    let no = json!({"step": "authorise", "no": true, "comment": "It is not additional."});
    office.act(second, rejected, no.clone()).await;
    refused(
        office.try_act(third, rejected, no).await,
        409,
        Some("case-ended"),
        "rejected twice",
    )
    .await;
    refused(
        office
            .try_act(third, rejected, json!({"step": "authorise"}))
            .await,
        409,
        Some("case-ended"),
        "after a no",
    )
    .await;
    refused(
        office
            .try_act(third, 999, json!({"step": "authorise"}))
            .await,
        404,
        None,
        "no such case",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_assigned_certifier_certifies_and_once() {
    let office = Office::open().await;
    let case = office.case(&office.developer, office::project()).await;
    let submit = office::submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let validate = office.validation(case).await;
    let validate_again = validate.clone();
    let other = office.another("certifier", "dan").await;
    for (who, what) in [
        (&office.developer, "the owner"),
        (&office.officials[0], "an official"),
        (&other, "another certifier"),
    ] {
        let status = office
            .try_act(who, case, validate.clone())
            .await
            .status()
            .as_u16();
        assert!([403, 404].contains(&status), "{what}: {status}");
    }
    office.act(&office.certifier, case, validate.clone()).await;
    refused(
        office.try_act(&office.certifier, case, validate).await,
        409,
        Some("wrong-stage"),
        "twice",
    )
    .await;
    let rejected = office.case(&office.developer, office::project()).await;
    let submit = office::submit_project(&office, rejected).await;
    office.act(&office.developer, rejected, submit).await;
    let report = office
        .document(&office.certifier, rejected, "validation-report")
        .await;
    let mut no = validate_again.clone();
    no["no"] = json!(true);
    no["comment"] = json!("No baseline.");
    no["documents"] = json!([report]);
    office.act(&office.certifier, rejected, no.clone()).await;
    refused(
        office.try_act(&office.certifier, rejected, no).await,
        409,
        Some("wrong-stage"),
        "after its own no",
    )
    .await;
    // An organisation that is no certifier cannot be assigned.
    let third = office.case(&office.developer, office::project()).await;
    let mut submit = office::submit_project(&office, third).await;
    submit["form"]["certifier"] = json!(999);
    let status = office
        .try_act(&office.developer, third, submit)
        .await
        .status();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_moves_what_its_holder_has_to_somebody_else_and_is_answered_once() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 100).await;
    office.issue(verified).await;
    let [from, to] = office.accounts;
    let request = |tonnes: u64, from: u32, to: u32| {
        json!({"step": "send", "form": office::transfer_form(), "reserve": {"account": from,
            "units": {"tonnes": tonnes}, "fate": {"transfer": {"to": to}}}})
    };
    let new = json!({"flow": "transfer", "title": "Units", "counterparty": office.buyer.organisation, "scopes": []});
    let case = office.case(&office.developer, new.clone()).await;
    for (what, act, status, code) in [
        ("nothing", request(0, from, to), 422, "nothing"),
        ("to itself", request(5, from, from), 422, "act"),
        ("more than there is", request(101, from, to), 409, "too-few"),
        ("somebody else's", request(5, to, from), 409, "too-few"),
        (
            "to an account that is not there",
            request(5, from, 999),
            422,
            "unknown-account",
        ),
    ] {
        refused(
            office.try_act(&office.developer, case, act).await,
            status,
            Some(code),
            what,
        )
        .await;
    }
    let much = problem(
        office
            .try_act(&office.developer, case, request(101, from, to))
            .await,
    )
    .await;
    assert!(
        much.detail.contains("100"),
        "it says what is there: {}",
        much.detail
    );
    for who in [&office.buyer, &office.certifier] {
        let status = office
            .try_act(who, case, request(5, from, to))
            .await
            .status()
            .as_u16();
        assert!([403, 404, 422].contains(&status), "{status}");
    }
    office
        .act(&office.developer, case, request(60, from, to))
        .await;
    let accept = json!({"step": "accept"});
    for who in [&office.developer, &office.certifier] {
        let status = office
            .try_act(who, case, accept.clone())
            .await
            .status()
            .as_u16();
        assert!([403, 404, 422].contains(&status), "{status}");
    }
    // 60 of 100 are asked for: 50 more are not there.
    let second = office.case(&office.developer, new.clone()).await;
    refused(
        office
            .try_act(&office.developer, second, request(50, from, to))
            .await,
        409,
        Some("too-few"),
        "twice",
    )
    .await;
    office.act(&office.buyer, case, accept.clone()).await;
    assert_eq!(
        (office.available(from).await, office.available(to).await),
        (40, 60)
    );
    for (who, act) in [
        (&office.buyer, accept.clone()),
        (
            &office.buyer,
            json!({"step": "accept", "no": true, "comment": "After all."}),
        ),
        (
            &office.developer,
            json!({"step": "cancel", "comment": "After all."}),
        ),
    ] {
        refused(
            office.try_act(who, case, act.clone()).await,
            409,
            Some("case-ended"),
            &act.to_string(),
        )
        .await;
    }
    let cancelled = office.case(&office.developer, new).await;
    office
        .act(&office.developer, cancelled, request(10, from, to))
        .await;
    office
        .act(
            &office.developer,
            cancelled,
            json!({"step": "cancel", "comment": "Not now."}),
        )
        .await;
    refused(
        office.try_act(&office.buyer, cancelled, accept).await,
        409,
        Some("case-ended"),
        "after a cancel",
    )
    .await;
    assert_eq!(office.available(from).await, 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_are_retired_by_their_holder_and_an_official() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 20).await;
    office.issue(verified).await;
    let [account, others] = office.accounts;
    let request = |account: u32, tonnes: u64| {
        json!({"step": "request", "form": {"purpose": "ndc", "beneficiary": "The State", "units": ["GH-1"]},
            "reserve": {"account": account, "units": {"tonnes": tonnes},
                "fate": {"retire": {"kind": "retire", "purpose": "ndc", "beneficiary": "The State"}}}})
    };
    let new = json!({"flow": "retirement", "title": "Used", "scopes": []});
    let case = office.case(&office.developer, new.clone()).await;
    refused(
        office
            .try_act(&office.developer, case, request(others, 1))
            .await,
        409,
        Some("too-few"),
        "another's",
    )
    .await;
    refused(
        office
            .try_act(&office.developer, case, request(account, 21))
            .await,
        409,
        Some("too-few"),
        "too many",
    )
    .await;
    let foreign = office.case(&office.buyer, new).await;
    let status = office
        .try_act(&office.buyer, foreign, request(account, 5))
        .await
        .status();
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "units of somebody else"
    );
    office
        .act(&office.developer, case, request(account, 5))
        .await;
    for who in [&office.developer, &office.buyer, &office.certifier] {
        let status = office
            .try_act(who, case, json!({"step": "approve"}))
            .await
            .status()
            .as_u16();
        assert!([403, 404].contains(&status), "{status}");
    }
    office
        .act(&office.officials[0], case, json!({"step": "approve"}))
        .await;
    assert_eq!(office.available(account).await, 15);
    let again = office
        .try_act(&office.officials[1], case, json!({"step": "approve"}))
        .await;
    refused(again, 409, Some("case-ended"), "twice").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_issued_than_was_verified_and_only_once() {
    let office = Office::open().await;
    let project = office.recommended_project().await;
    let early = json!({"flow": "monitoring", "parent": project, "title": "Monitoring 2023"});
    let status = opening(&office, &office.developer, early).await.status();
    assert_eq!(
        status,
        StatusCode::CONFLICT,
        "a project that is not authorised"
    );
    for official in &office.officials[1..] {
        office
            .act(official, project, json!({"step": "authorise"}))
            .await;
    }
    let case = office.verified(project, 10).await;
    office.issue(case).await;
    assert_eq!(
        office.available(office.accounts[0]).await,
        10,
        "exactly what was verified"
    );
    let again =
        json!({"step": "issue", "issue": {"accounts": [office.accounts[0]], "unit_type": "ITMO"}});
    refused(
        office.try_act(&office.officials[2], case, again).await,
        409,
        Some("case-ended"),
        "twice",
    )
    .await;
    // The same days cannot be verified a second time.
    let new = json!({"flow": "monitoring", "parent": project, "title": "Monitoring 2023 again"});
    let second = office.case(&office.developer, new).await;
    let report = office
        .document(&office.developer, second, "monitoring-report")
        .await;
    let submit = json!({"step": "submit", "form": {
        "period": {"start": "2023-06-01", "end": "2023-12-31"},
        "reductions": [{"vintage": 2023, "tonnes": 5}],
    }, "documents": [report]});
    refused(
        office.try_act(&office.developer, second, submit).await,
        409,
        Some("period-covered"),
        "overlap",
    )
    .await;
    // Nor does anybody issue beside the process.
    let direct = json!({"account": office.accounts[0], "project": 1, "year": 2023, "unit_type": "ITMO", "tonnes": 1});
    let refusal = office.world.refuse("/api/v1/issuances", direct).await;
    assert_eq!(refusal.status, 409, "{}", refusal.detail);
}
