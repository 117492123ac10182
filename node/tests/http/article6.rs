//! Article 6 over HTTP: officials record it by twos, everybody reads it, and units follow it.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, DEFAULT, Matrix, Object, Standing, Subject, may};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::office::{Office, Somebody, enrol, invited, send};
use crate::world::{World, kind, problem, read};

pub fn approach() -> Value {
    json!({"id": "CA0001", "title": "Ghana and Switzerland", "parties": ["GH", "CH"], "definition": "issuance"})
}

fn initial_report() -> Value {
    json!({"approach": "CA0001", "submitted": "2026-03-01", "reference": "https://unfccc.int/documents/1"})
}

fn ndc() -> Value {
    json!({"period": {"first": 2021, "last": 2030}, "method": "averaging",
        "reference": {"year": 2019, "level": 58_000_000}, "target": {"year": 2030, "level": 64_000_000}})
}

fn levels() -> Value {
    json!({"source": "National inventory report 2026", "levels": [
        {"series": "covered", "year": 2023, "level": 60_900_000}, {"series": "covered", "year": 2024, "level": 61_200_000}]})
}

fn entity() -> Value {
    json!({"approach": "CA0001", "identification": "CHE-115.635.482", "name": "KliK Foundation", "country": "CH",
        "date": "2026-03-01"})
}

fn authorisation() -> Value {
    json!({"id": "GH-2026-001", "approach": "CA0001", "parties": ["CH"], "date": "2024-01-01", "uses": "ndc",
        "framework": "Ghana's framework on international carbon markets", "changes": "by agreement of both Parties",
        "quantity": 100, "vintages": {"first": 2021, "last": 2030}, "document": "ab".repeat(32)})
}

fn revocation() -> Value {
    json!({"id": "GH-2026-001", "date": "2026-10-01", "reason": "the activity ended"})
}

fn units() -> Value {
    json!({"authorisation": "GH-2026-001", "account": 1, "units": {"tonnes": 60}})
}

/// Every write of Article 6 that needs no unit which is somewhere else, with who may propose and who may approve it.
pub fn writes() -> Vec<(&'static str, Value, Action, Action)> {
    use Action::{
        AuthorisationApprove, AuthorisationPropose, AuthorisationRevoke, ReportPrepare,
        ReportSubmit,
    };
    vec![
        (
            "cooperative-approaches",
            approach(),
            AuthorisationPropose,
            AuthorisationApprove,
        ),
        (
            "initial-reports",
            initial_report(),
            ReportPrepare,
            ReportSubmit,
        ),
        ("ndcs", ndc(), ReportPrepare, ReportSubmit),
        ("levels", levels(), ReportPrepare, ReportSubmit),
        (
            "authorised-entities",
            entity(),
            AuthorisationPropose,
            AuthorisationApprove,
        ),
        (
            "authorisations",
            authorisation(),
            AuthorisationPropose,
            AuthorisationApprove,
        ),
        (
            "authorisations/revoke",
            revocation(),
            AuthorisationPropose,
            AuthorisationRevoke,
        ),
    ]
}

/// Records something as two officials.
pub async fn by_two(office: &Office, path: &str, body: Value) {
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let path = format!("/api/v1/{path}");
    let asked = send(&office.world, first, &path, body).await;
    let asked: Value = read(asked, StatusCode::ACCEPTED, &path).await;
    let decide = format!("/api/v1/proposals/{}", asked["proposal"]);
    let done = send(&office.world, second, &decide, json!({"approve": true})).await;
    let status = done.status();
    assert!(
        status.is_success(),
        "{path}: {}",
        done.text().await.unwrap()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_process_the_operator_records_and_everybody_reads() {
    let world = World::start().await;
    for (path, body, ..) in writes() {
        let path = format!("/api/v1/{path}");
        let made: Value = world.post(&path, body).await;
        assert!(made["receipt"]["size"].as_u64().unwrap() > 0, "{path}");
    }
    let public = async |path: &str| -> Value {
        let path = format!("/api/v1/{path}");
        let answer = world.bare(Method::GET, &path).send().await.unwrap();
        read(answer, StatusCode::OK, &path).await
    };
    let seen = public("cooperative-approaches").await;
    assert_eq!(seen["items"][0]["parties"], json!(["CH", "GH"]));
    assert_eq!(
        seen["items"][0]["initial_report"]["submitted"],
        "2026-03-01"
    );
    let seen = public("cooperative-approaches/CA0001/versions").await;
    let kinds = |seen: &Value| -> Vec<String> {
        let items = seen["items"].as_array().unwrap().iter();
        let body = |it: &Value| it["record"]["body"]["article6"].as_object().cloned();
        items
            .map(|it| body(it).unwrap().keys().next().unwrap().clone())
            .collect()
    };
    assert_eq!(
        kinds(&seen),
        [
            "cooperative_approach",
            "initial_report",
            "authorised_entity"
        ]
    );
    assert_eq!(public("ndcs/2024").await["method"], "averaging");
    assert_eq!(
        public("levels?series=covered").await["items"][1],
        json!({"series": "covered", "year": 2024, "level": 61_200_000})
    );
    assert_eq!(public("levels?series=certified").await["items"], json!([]));
    assert_eq!(
        public("authorised-entities?approach=CA0001").await["items"][0]["name"],
        "KliK Foundation"
    );
    // What was left out is the Party's and the approach's.
    let seen = public("authorisations/GH/GH-2026-001").await;
    assert_eq!(
        (&seen["registry"], &seen["metric"], &seen["definition"]),
        (&json!("GHA01"), &json!("ghg"), &Value::Null)
    );
    assert_eq!((&seen["version"], &seen["left"]), (&json!(1), &json!(100)));
    assert_eq!(
        (&seen["in_force"], &seen["revoked"]["date"]),
        (&json!(false), &json!("2026-10-01"))
    );
    let seen = public("authorisations/GH/GH-2026-001/versions").await;
    assert_eq!(kinds(&seen), ["authorisation", "authorisation_revoked"]);
    assert_eq!(
        public("authorisations?in_force=true").await["items"],
        json!([])
    );
    assert_eq!(
        public("authorisations?in_force=false&party=GH").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for (path, what) in [
        ("authorisations/GH/other", "authorisation"),
        ("cooperative-approaches/CA0009", "approach"),
        ("ndcs/2044", "NDC"),
    ] {
        let lost = world.fail(&format!("/api/v1/{path}")).await;
        assert_eq!((lost.status, kind(&lost)), (404, "not-found"), "{path}");
        assert!(lost.detail.contains(what), "{}", lost.detail);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authorisation_takes_two_officials() {
    let office = Office::open().await;
    let [first, second, third] = office.officials.as_slice() else {
        panic!("three officials");
    };
    by_two(&office, "cooperative-approaches", approach()).await;
    let size = office.size().await;
    let asked = send(
        &office.world,
        first,
        "/api/v1/authorisations",
        authorisation(),
    )
    .await;
    let asked: Value = read(asked, StatusCode::ACCEPTED, "authorisations").await;
    assert_eq!(office.size().await, size, "nothing is written yet");
    // The same words again wait once.
    let again = send(
        &office.world,
        first,
        "/api/v1/authorisations",
        authorisation(),
    )
    .await;
    let again: Value = read(again, StatusCode::ACCEPTED, "authorisations").await;
    assert_eq!(again, asked);
    // Another official sees what is proposed.
    let waiting = office.get(second, "/api/v1/proposals").await;
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    let shown = &waiting["items"][0];
    assert_eq!(shown["kind"], "article6");
    assert_eq!(shown["records"][0]["authorisation"]["quantity"], 100);
    let developer = office.get(&office.developer, "/api/v1/proposals").await;
    assert_eq!(developer["items"], json!([]), "nor does a developer see it");

    let decide = format!("/api/v1/proposals/{}", asked["proposal"]);
    let approve = json!({"approve": true});
    let alone = problem(send(&office.world, first, &decide, approve.clone()).await).await;
    assert_eq!((alone.status, kind(&alone)), (403, "forbidden"));
    let operator = office.world.refuse(&decide, approve.clone()).await;
    assert_eq!(operator.status, 403, "{}", operator.detail);
    assert_eq!(office.size().await, size);
    let done = send(&office.world, second, &decide, approve.clone()).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let late = problem(send(&office.world, third, &decide, approve).await).await;
    assert_eq!(late.code.as_deref(), Some("decided"));
    let seen = office
        .get(&office.developer, "/api/v1/authorisations/GH/GH-2026-001")
        .await;
    let by: Vec<&Value> = seen["by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["user"])
        .collect();
    assert_eq!(by, [&json!(first.user), &json!(second.user)]);

    // A second version is a change; rejecting one leaves the first.
    let mut changed = authorisation();
    changed["quantity"] = json!(250);
    let asked = send(&office.world, first, "/api/v1/authorisations", changed).await;
    let asked: Value = read(asked, StatusCode::ACCEPTED, "authorisations").await;
    let decide = format!("/api/v1/proposals/{}", asked["proposal"]);
    let rejected = send(&office.world, second, &decide, json!({"approve": false})).await;
    assert_eq!(rejected.status(), StatusCode::NO_CONTENT);
    let seen = office
        .get(first, "/api/v1/authorisations/GH/GH-2026-001")
        .await;
    assert_eq!((&seen["version"], &seen["left"]), (&json!(1), &json!(100)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledgers_rules_stand_against_a_wish_before_it_waits() {
    let office = Office::open().await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let early = send(
        &office.world,
        first,
        "/api/v1/authorisations",
        authorisation(),
    )
    .await;
    let early = problem(early).await;
    assert_eq!(
        (early.status, early.code.as_deref()),
        (422, Some("unknown-approach"))
    );
    assert_eq!(
        office.get(first, "/api/v1/proposals").await["items"],
        json!([])
    );
    // The operator is nobody in the registry.
    let operator = office
        .world
        .refuse("/api/v1/cooperative-approaches", approach())
        .await;
    assert_eq!(operator.status, 403, "{}", operator.detail);
    by_two(&office, "cooperative-approaches", approach()).await;
    // Two versions at once: the second one is late, and says so when it is approved.
    let other = {
        let mut other = authorisation();
        other["quantity"] = json!(7);
        other
    };
    let mut waiting = Vec::new();
    for body in [authorisation(), other] {
        let asked = send(&office.world, first, "/api/v1/authorisations", body).await;
        let asked: Value = read(asked, StatusCode::ACCEPTED, "authorisations").await;
        waiting.push(format!("/api/v1/proposals/{}", asked["proposal"]));
    }
    let approve = json!({"approve": true});
    let done = send(&office.world, second, &waiting[0], approve.clone()).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let late = problem(send(&office.world, second, &waiting[1], approve).await).await;
    assert_eq!(
        (late.status, late.code.as_deref()),
        (409, Some("authorisation-version"))
    );
    // What is wrong is named by its place.
    for (pointer, value) in [
        ("/approach", json!("CA1")),
        ("/vintages", json!({"first": 2030, "last": 2021})),
        ("/uses", json!("everything")),
        ("/document", json!("abc")),
        ("/id", json!("a/b")),
        ("/parties/1", json!(["CH", "Switzerland"])),
    ] {
        let mut wrong = authorisation();
        let member = pointer.split('/').nth(1).unwrap();
        wrong[member] = value;
        let answer = send(&office.world, first, "/api/v1/authorisations", wrong).await;
        let answer = problem(answer).await;
        assert_eq!(
            (answer.status, kind(&answer)),
            (422, "invalid"),
            "{pointer}"
        );
        assert_eq!(answer.errors[0].pointer.as_deref(), Some(pointer));
    }
    let none = json!({"source": "x", "levels": []});
    let none = problem(send(&office.world, first, "/api/v1/levels", none).await).await;
    assert_eq!(none.errors[0].pointer.as_deref(), Some("/levels"));
}

/// Somebody in every role that the matrix knows for these types.
async fn seats(office: &Office) -> Vec<(Somebody, &'static str, &'static str)> {
    let government = office.officials[0].organisation;
    let mut seats = vec![
        (office.officials[2].clone(), "government", "administrator"),
        (office.developer.clone(), "developer", "administrator"),
        (office.certifier.clone(), "certifier", "administrator"),
    ];
    for role in ["manager", "viewer"] {
        let who = invited(&office.world, role, government, role).await;
        if role == "manager" {
            enrol(&office.world, &who).await;
        }
        seats.push((who, "government", role));
    }
    seats
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_proposes_and_who_approves_is_what_the_matrix_says() {
    let office = Office::open().await;
    let seats = seats(&office).await;
    let matrix = Matrix::parse(DEFAULT).unwrap();
    let judged = |(who, kind, role): &(Somebody, &'static str, &'static str), action| {
        let subject = Subject {
            organisation: OrganisationId(who.organisation),
            organisation_type: kind,
            role,
            sectors: &[],
            standing: Standing::Active,
        };
        may(&matrix, &subject, action, &Object::default()).is_ok()
    };
    let (mut wrong, mut allowed) = (Vec::new(), 0);
    for (path, body, propose, approve) in writes() {
        let place = format!("/api/v1/{path}");
        let asked = send(&office.world, &office.officials[0], &place, body.clone()).await;
        let asked: Value = read(asked, StatusCode::ACCEPTED, &place).await;
        let decide = format!("/api/v1/proposals/{}?dry_run=true", asked["proposal"]);
        for seat in &seats {
            let tried = format!("{place}?dry_run=true");
            let proposes = send(&office.world, &seat.0, &tried, body.clone()).await;
            let approves = send(&office.world, &seat.0, &decide, json!({"approve": true})).await;
            let rejects = send(&office.world, &seat.0, &decide, json!({"approve": false})).await;
            let (may_propose, may_approve) = (judged(seat, propose), judged(seat, approve));
            for (what, wanted, answer) in [
                ("propose", may_propose, proposes),
                ("approve", may_approve, approves),
                ("reject", may_propose || may_approve, rejects),
            ] {
                let status = answer.status().as_u16();
                allowed += usize::from(status == 200);
                if status != if wanted { 200 } else { 403 } {
                    wrong.push(format!("{path}: {}/{} {what}: {status}", seat.1, seat.2));
                }
            }
        }
        // The next ones build on it.
        let decide = decide.trim_end_matches("?dry_run=true");
        let done = send(
            &office.world,
            &office.officials[1],
            decide,
            json!({"approve": true}),
        )
        .await;
        assert_eq!(done.status(), StatusCode::NO_CONTENT, "{path}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(allowed >= writes().len() * 4, "{allowed} allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_carry_their_authorisation_over_the_border_and_the_cap_is_kept() {
    let world = World::start().await;
    for (path, body) in [
        ("cooperative-approaches", approach()),
        ("ndcs", ndc()),
        ("authorisations", authorisation()),
    ] {
        let _: Value = world.post(&format!("/api/v1/{path}"), body).await;
    }
    // The approach binds: what is not authorised does not leave under it.
    let order = |tonnes: u64| json!({"to": "CH", "agreement": "CH-GH-2020", "from": 1, "to_account": 7, "units": {"tonnes": tonnes}});
    let bare = world.refuse("/api/v1/transfers", order(10)).await;
    assert_eq!(bare.code.as_deref(), Some("too-few"), "{}", bare.detail);
    let made: Value = world.post("/api/v1/unit-authorisations", units()).await;
    let of = |it: &Value| {
        it["units_authorised"]["ranges"][0]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let range = of(&made["made"]["records"][0]);
    let seen: Value = world.get(&format!("/api/v1/units/{range}")).await;
    let held = &seen["items"][0];
    assert_eq!(held["authorisation"]["id"], "GH-2026-001");
    assert_eq!(held["first_transfer"], Value::Null);
    let history: Value = world.get(&format!("/api/v1/units/{range}/history")).await;
    let kinds: Vec<&Value> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["kind"])
        .collect();
    assert!(kinds.contains(&&json!("authorised")), "{kinds:?}");
    // More than the cap is not put under it.
    let more = world.refuse("/api/v1/unit-authorisations", units()).await;
    assert_eq!(
        (more.status, more.code.as_deref()),
        (409, Some("authorised-quantity"))
    );

    let transfer = world.send(40).await;
    let seen: Value = world.get("/api/v1/authorisations/GH/GH-2026-001").await;
    assert_eq!(
        (
            &seen["put"],
            &seen["committed"],
            &seen["first_transferred"],
            &seen["left"]
        ),
        (&json!(60), &json!(40), &json!(0), &json!(60))
    );
    world.settle(transfer).await;
    let seen: Value = world.get("/api/v1/authorisations/GH/GH-2026-001").await;
    assert_eq!(
        (&seen["committed"], &seen["first_transferred"]),
        (&json!(40), &json!(40))
    );
    let abroad: Value = world.get("/api/v1/holdings?place=abroad&limit=10").await;
    let first = &abroad["items"][0]["first_transfer"];
    assert_eq!(
        (&first["cooperative_approach"], &first["party"]),
        (&json!("CA0001"), &json!("GH"))
    );

    // A revocation reaches what was not first transferred: the rest stays here.
    let _: Value = world
        .post("/api/v1/authorisations/revoke", revocation())
        .await;
    let seen: Value = world.get(&format!("/api/v1/units/{range}")).await;
    let by_place = |place: &str| {
        let items = seen["items"].as_array().unwrap().iter();
        items
            .filter(|it| it["place"] == place)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert!(
        by_place("available")
            .iter()
            .all(|it| it["authorisation"] == Value::Null)
    );
    assert!(
        by_place("abroad")
            .iter()
            .all(|it| it["authorisation"]["id"] == "GH-2026-001")
    );
    let late = world.refuse("/api/v1/transfers", order(10)).await;
    assert_eq!(late.code.as_deref(), Some("too-few"), "{}", late.detail);
}
