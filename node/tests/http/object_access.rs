//! Every route that takes an id, asked by every role of three organisations and by a stranger: what is answered is what the
//! permission matrix says, both ways, and what is hidden reads like what does not exist.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{
    Action, DEFAULT, Denied, Matrix, Object, Standing, Subject, may,
};
use countersign_protocol::serial::SectoralScope;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::common;
use crate::office::{self, Office, PASSWORD, Somebody, enrol, send, submit_project};
use crate::openapi::operations;
use crate::world::{kind, problem};

/// What everybody may read, with or without a token: the public log shows the same.
const PUBLIC: &[&str] = &[
    "GET /docs/{page}",
    "GET /cooperative-approaches/{approach}",
    "GET /cooperative-approaches/{approach}/versions",
    "GET /ndcs/{year}",
    "GET /ndcs/{year}/versions",
    "GET /authorisations/{party}/{id}",
    "GET /authorisations/{party}/{id}/versions",
    "GET /projects/{number}",
    // How each system stands; its items are for officials, see the test of bridges.
    "GET /projects/{number}/agreement",
    "GET /units/{name}/agreement",
    "GET /units/{name}",
    "GET /units/{name}/history",
    "GET /transfers/{id}",
    "GET /processes/{version}/file",
    "GET /cases/{number}",
    "GET /cases/{number}/acts",
    "GET /cases/{number}/findings",
    // Gives those documents that the caller may read; see the test of documents.
    "GET /cases/{number}/documents",
    // Evidence is for everybody.
    "GET /evidence/{sha256}",
    // Whoever has a letter's hash has the letter.
    "GET /letters/{sha256}",
];

/// What only the operator does.
const OPERATORS: &[(&str, &str)] = &[
    ("POST", "/transfers/{id}/cancel"),
    ("DELETE", "/partners/{party}"),
    ("POST", "/partners/{party}/clear"),
];

/// What has a test of its own, since the first who may do it ends it for the others, or nobody's own is there.
const ELSEWHERE: &[&str] = &[
    "POST /proposals/{id}",
    // See the test of a process that takes two.
    "GET /proposals/{id}/file",
    "POST /migrations/{id}",
    // No order is honoured here; see the test of reconciliation.
    "POST /freezes/{party}/{hold}/end",
    "GET /cases/{number}/drafts/{step}",
    // Officials look and drive; see the tests of bridges and webhooks.
    "GET /bridges/{bridge}",
    "GET /bridges/{bridge}/plan",
    "POST /bridges/{bridge}/sync",
    "POST /bridges/{bridge}/diff",
    "POST /bridges/{bridge}/replay",
    "GET /bridges/{bridge}/arrivals",
    "POST /bridges/{bridge}/arrivals/open",
    // See the tests of monitoring data.
    "GET /projects/{number}/sources",
    "POST /projects/{number}/sources",
    "POST /sources/{id}/revoke",
    "GET /projects/{number}/batches",
    "POST /projects/{number}/batches",
    "GET /batches/{root}",
    "GET /batches/{root}/points",
    "GET /batches/{root}/points/{index}/proof",
    "GET /webhooks/{id}",
    "DELETE /webhooks/{id}",
    "POST /webhooks/{id}/ping",
    "POST /webhooks/{id}/pause",
    "POST /webhooks/{id}/resume",
    "POST /webhooks/{id}/replay",
    "GET /webhooks/{id}/deliveries",
    // Each row is judged as the act that it is; see the test of files of rows.
    "POST /bulk/{kind}",
    // Reviewed entries are everybody's who may ask for a retirement; see the test of beneficiaries.
    "GET /beneficiaries/{id}",
    "DELETE /beneficiary-names/{commitment}",
    // See the test of letters.
    "GET /letters/{sha256}/file",
    // Those of reports.
    "GET /article6/submissions/{sha256}",
    "GET /article6/submissions/{sha256}/cross-check",
    // Those of projects.
    "GET /cases/{number}/diff",
    "GET /cases/{number}/duplicates",
    "PUT /cases/{number}/comments/{comment}",
    "POST /cases/{number}/comments",
];

/// What is the caller's own, found by an id that belongs to one account.
const OWN: &[&str] = &[
    "DELETE /me/sessions/{id}",
    "DELETE /me/api-keys/{id}",
    "PUT /me/passkeys/{id}",
    "DELETE /me/passkeys/{id}",
];

struct Seat {
    who: Somebody,
    kind: &'static str,
    role: &'static str,
}

impl Seat {
    fn name(&self) -> String {
        format!("{}/{} of {}", self.kind, self.role, self.who.organisation)
    }

    fn judged(&self, matrix: &Matrix, probe: &Probe) -> Result<(), Denied> {
        let subject = Subject {
            organisation: OrganisationId(self.who.organisation),
            organisation_type: self.kind,
            role: self.role,
            sectors: &[],
            standing: Standing::Active,
        };
        let of = |ids: &[u32]| -> Vec<OrganisationId> {
            ids.iter().copied().map(OrganisationId).collect()
        };
        let (owners, assigned) = (of(&probe.owners), of(&probe.assigned));
        let object = Object {
            organisations: &owners,
            sectors: &[SectoralScope::new(3).unwrap()],
            assigned_to: &assigned,
        };
        may(matrix, &subject, probe.action, &object)
    }
}

/// One route with an id of something that is there, and one of something that is not.
struct Probe {
    method: Method,
    template: &'static str,
    path: String,
    missing: String,
    body: Option<Value>,
    action: Action,
    owners: Vec<u32>,
    assigned: Vec<u32>,
}

async fn ask(office: &Office, token: Option<&str>, probe: &Probe, path: &str) -> Response {
    let mut request = office
        .world
        .bare(probe.method.clone(), &format!("/api/v1{path}"))
        .header("Idempotency-Key", common::request().to_string());
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = &probe.body {
        request = request.json(body);
    }
    request.send().await.unwrap()
}

/// Whoever was invited joins.
async fn accept(office: &Office, sent: &Value) {
    let body = json!({"token": sent["token"], "password": PASSWORD});
    let joined = office
        .world
        .bare(Method::POST, "/api/v1/invitations/accept")
        .json(&body);
    assert!(joined.send().await.unwrap().status().is_success());
}

/// Somebody more in an organisation, whom the operator invites.
async fn more(office: &Office, kind: &'static str, role: &'static str, organisation: u32) -> Seat {
    let email = format!("{role}-{organisation}@{kind}.example");
    let invite = json!({"email": email, "name": "Somebody", "language": "en", "organisation": organisation, "role": role});
    let sent: Value = office.world.post("/api/v1/invitations", invite).await;
    accept(office, &sent).await;
    let who = office::sign_in(&office.world, &email, organisation).await;
    if kind == "government" && role != "viewer" {
        enrol(&office.world, &who).await;
    }
    Seat { who, kind, role }
}

async fn seats(office: &Office) -> Vec<Seat> {
    let seat = |who: &Somebody, kind, role| Seat {
        who: who.clone(),
        kind,
        role,
    };
    let (government, developer) = (
        office.officials[0].organisation,
        office.developer.organisation,
    );
    let (buyer, certifier) = (office.buyer.organisation, office.certifier.organisation);
    vec![
        seat(&office.officials[0], "government", "administrator"),
        more(office, "government", "manager", government).await,
        more(office, "government", "viewer", government).await,
        seat(&office.developer, "developer", "administrator"),
        more(office, "developer", "manager", developer).await,
        more(office, "developer", "viewer", developer).await,
        seat(&office.buyer, "developer", "administrator"),
        more(office, "developer", "manager", buyer).await,
        seat(&office.certifier, "certifier", "administrator"),
        more(office, "certifier", "manager", certifier).await,
        more(office, "certifier", "viewer", certifier).await,
    ]
}

/// Somebody of the developer's whom nobody plays: suspended, or erased.
async fn victim(office: &Office, name: &str, end: &str) -> u64 {
    let invite = json!({"email": format!("{name}@developer.example"), "name": name, "language": "en",
        "organisation": office.developer.organisation, "role": "viewer"});
    let sent: Value = office.world.post("/api/v1/invitations", invite).await;
    accept(office, &sent).await;
    let user = sent["user"].as_u64().unwrap();
    let ended = send(
        &office.world,
        &office.officials[0],
        &format!("/api/v1/users/{user}/{end}"),
        json!({}),
    )
    .await;
    assert!(ended.status().is_success());
    user
}

/// A project that the certifier has, with a finding, and a document that the developer handed in; gives case and document.
async fn project(office: &Office) -> (u64, u64) {
    let case = office.case(&office.developer, office::project()).await;
    let submit = submit_project(office, case).await;
    office.act(&office.developer, case, submit).await;
    let finding = json!({"kind": "corrective_action", "text": "The baseline is missing."});
    let path = format!("/api/v1/cases/{case}/findings");
    let opened = send(&office.world, &office.certifier, &path, finding).await;
    let status = opened.status();
    assert!(
        status.is_success(),
        "{status} {}",
        opened.text().await.unwrap()
    );
    let listed = office
        .get(
            &office.developer,
            &format!("/api/v1/cases/{case}/documents"),
        )
        .await;
    let document = listed["items"][0]["document"].as_u64().unwrap();
    // The certifier reads what was opened to it.
    let path = format!("/api/v1/documents/{document}/visibility");
    let opened = send(
        &office.world,
        &office.developer,
        &path,
        json!({"visibility": "certifier"}),
    )
    .await;
    assert!(opened.status().is_success());
    (case, document)
}

#[allow(clippy::too_many_lines)]
async fn probes(office: &Office) -> Vec<Probe> {
    let (developer, certifier) = (office.developer.organisation, office.certifier.organisation);
    let (case, document) = project(office).await;
    let [account, _] = office.accounts;
    let (suspended, erased) = (
        victim(office, "suspended", "suspend").await,
        victim(office, "erased", "erase").await,
    );
    let missing_user = 4_503_599_627_370_001_u64;
    let of_case = |method, template: &'static str, rest: &str, body, action| Probe {
        method,
        template,
        path: format!("/cases/{case}{rest}"),
        missing: format!("/cases/999999{rest}"),
        body,
        action,
        owners: vec![developer],
        assigned: vec![certifier],
    };
    let of_user = |method, template: &'static str, user: u64, rest: &str, body, action| Probe {
        method,
        template,
        path: format!("/users/{user}{rest}"),
        missing: format!("/users/{missing_user}{rest}"),
        body,
        action,
        owners: vec![developer],
        assigned: Vec::new(),
    };
    let of_account = |template: &'static str, rest: &str| Probe {
        method: Method::GET,
        template,
        path: format!("/accounts/{account}{rest}"),
        missing: format!("/accounts/99999{rest}"),
        body: None,
        action: Action::UnitsRead,
        owners: vec![developer],
        assigned: Vec::new(),
    };
    let empty = || Some(json!({}));
    let text = || Some(json!({"text": "Words."}));
    let (get, post) = (Method::GET, Method::POST);
    let mut all = vec![
        of_account("/accounts/{id}", ""),
        of_account("/accounts/{id}/holdings", "/holdings"),
        of_account("/accounts/{id}/statement", "/statement"),
        of_case(
            get.clone(),
            "/cases/{number}/file",
            "/file",
            None,
            Action::ProjectRead,
        ),
        of_case(
            Method::PUT,
            "/cases/{number}/drafts/{step}",
            "/drafts/submit",
            empty(),
            Action::ProjectSubmit,
        ),
        of_case(
            Method::DELETE,
            "/cases/{number}/drafts/{step}",
            "/drafts/submit",
            None,
            Action::ProjectSubmit,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/acts",
            "/acts?dry_run=true",
            Some(json!({"step": "withdraw", "comment": "No more."})),
            Action::ProjectWithdraw,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/acts",
            "/acts?dry_run=true",
            Some(json!({"step": "recommend", "comment": "Sound."})),
            Action::ProjectReview,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/acts",
            "/acts?dry_run=true",
            Some(json!({"step": "authorise"})),
            Action::ProjectDecide,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/acts",
            "/acts?dry_run=true",
            Some(json!({"step": "validate", "no": true, "comment": "Not sound."})),
            Action::ProjectValidate,
        ),
        // The body is no document of the type that is said: whoever may add one hears so.
        of_case(
            post.clone(),
            "/cases/{number}/documents",
            "/documents?kind=design-document&file_name=x.txt",
            empty(),
            Action::DocumentUpload,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/findings",
            "/findings?dry_run=true",
            Some(json!({"kind": "clarification", "text": "Which baseline?"})),
            Action::FindingWrite,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/findings/{finding}/answer",
            "/findings/1/answer?dry_run=true",
            text(),
            Action::FindingAnswer,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/findings/{finding}/close",
            "/findings/1/close?dry_run=true",
            text(),
            Action::FindingWrite,
        ),
        of_user(
            get.clone(),
            "/users/{id}",
            suspended,
            "",
            None,
            Action::UserRead,
        ),
        of_user(
            get.clone(),
            "/users/{id}/audit",
            suspended,
            "/audit",
            None,
            Action::AuditRead,
        ),
        of_user(
            post.clone(),
            "/users/{id}/role",
            suspended,
            "/role",
            Some(json!({"role": "emperor"})),
            Action::UserRoleChange,
        ),
        of_user(
            post.clone(),
            "/users/{id}/suspend",
            suspended,
            "/suspend",
            empty(),
            Action::UserSuspend,
        ),
        of_user(
            post.clone(),
            "/users/{id}/reactivate",
            erased,
            "/reactivate",
            empty(),
            Action::UserSuspend,
        ),
        of_case(
            get.clone(),
            "/cases/{number}/versions",
            "/versions",
            None,
            Action::ProjectRead,
        ),
        of_case(
            get.clone(),
            "/cases/{number}/comments",
            "/comments",
            None,
            Action::ProjectRead,
        ),
        of_case(
            get.clone(),
            "/cases/{number}/letters",
            "/letters",
            None,
            Action::LetterRead,
        ),
        // The step issues no letter: whoever may take it hears so.
        of_case(
            post.clone(),
            "/cases/{number}/letters/preview",
            "/letters/preview?letter=authorisation&language=en",
            Some(json!({"step": "withdraw", "comment": "No more."})),
            Action::ProjectWithdraw,
        ),
        of_user(
            post.clone(),
            "/users/{id}/invitations",
            suspended,
            "/invitations",
            empty(),
            Action::UserInvite,
        ),
        of_case(
            post.clone(),
            "/cases/{number}/migrations",
            "/migrations?dry_run=true",
            empty(),
            Action::ProjectMigrate,
        ),
        of_user(
            post.clone(),
            "/users/{id}/end-sessions",
            suspended,
            "/end-sessions",
            empty(),
            Action::UserSuspend,
        ),
        of_user(
            post.clone(),
            "/users/{id}/reset-factors",
            suspended,
            "/reset-factors",
            empty(),
            Action::UserFactorReset,
        ),
        of_user(
            post.clone(),
            "/users/{id}/erase",
            erased,
            "/erase",
            empty(),
            Action::UserErase,
        ),
    ];
    all.push(Probe {
        method: get,
        template: "/documents/{id}",
        path: format!("/documents/{document}"),
        missing: "/documents/4503599627370001".to_owned(),
        body: None,
        action: Action::DocumentRead,
        owners: vec![developer],
        assigned: vec![certifier],
    });
    all.push(Probe {
        method: post.clone(),
        template: "/documents/{id}/visibility",
        path: format!("/documents/{document}/visibility"),
        missing: "/documents/4503599627370001/visibility".to_owned(),
        // As wide as it is: whoever may widen it hears that.
        body: Some(json!({"visibility": "private"})),
        action: Action::DocumentPublish,
        owners: vec![developer],
        assigned: vec![certifier],
    });
    let country = |template: &'static str, path: &str, missing: &str, body, action| Probe {
        method: post.clone(),
        template,
        path: path.to_owned(),
        missing: missing.to_owned(),
        body,
        action,
        owners: Vec::new(),
        assigned: Vec::new(),
    };
    for name in ["Kumasi Brewery", "Volta Textiles"] {
        let new = json!({"name": name});
        let _: Value = office.world.post("/api/v1/beneficiaries", new).await;
    }
    all.push(country(
        "/beneficiaries/{id}/review",
        "/beneficiaries/1/review?dry_run=true",
        "/beneficiaries/999/review?dry_run=true",
        empty(),
        Action::BeneficiaryEdit,
    ));
    all.push(country(
        "/beneficiaries/{id}/merge",
        "/beneficiaries/1/merge?dry_run=true",
        "/beneficiaries/999/merge?dry_run=true",
        Some(json!({"into": 2})),
        Action::BeneficiaryEdit,
    ));
    let erase = |template, path: &str, missing: &str| Probe {
        method: Method::DELETE,
        ..country(template, path, missing, None, Action::BeneficiaryEdit)
    };
    all.push(erase(
        "/beneficiaries/{id}",
        "/beneficiaries/1?dry_run=true",
        "/beneficiaries/999?dry_run=true",
    ));
    let lift = json!({"reason": "Over.", "authority": office.officials[0].organisation, "reference": "Order 2"});
    let hold = json!({"on": {"account": account}, "reason": "Looked into.", "authority": office.officials[0].organisation,
        "reference": "Order 1"});
    let placed = send(
        &office.world,
        &office.officials[0],
        "/api/v1/standing-holds",
        hold,
    )
    .await;
    let status = placed.status();
    assert!(
        status.is_success(),
        "{status} {}",
        placed.text().await.unwrap()
    );
    all.push(country(
        "/standing-holds/{hold}/lift",
        "/standing-holds/1/lift?dry_run=true",
        "/standing-holds/999/lift?dry_run=true",
        Some(lift),
        Action::HoldLift,
    ));
    all.push(country(
        "/partners/{party}/ping",
        "/partners/CH/ping",
        "/partners/KE/ping",
        empty(),
        Action::FederationRead,
    ));
    all.push(country(
        "/reconciliations/{party}",
        "/reconciliations/CH",
        "/reconciliations/KE",
        empty(),
        Action::FederationManage,
    ));
    all.push(country(
        "/partners/{party}/parcel",
        "/partners/CH/parcel",
        "/partners/KE/parcel",
        empty(),
        Action::FederationManage,
    ));
    all
}

/// What takes an id, as the API describes itself: `METHOD /path`.
fn routes_with_ids() -> BTreeSet<String> {
    let operations = operations().into_iter();
    let with_ids = operations.filter(|(path, ..)| path.contains('{'));
    with_ids
        .map(|(path, method, _)| format!("{} {path}", method.to_uppercase()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_other_organisations_open_exactly_what_the_matrix_says() {
    let office = Office::open().await;
    let seats = seats(&office).await;
    let probes = probes(&office).await;
    let listed = probes
        .iter()
        .map(|it| format!("{} {}", it.method, it.template));
    let listed: BTreeSet<String> = listed
        .chain(
            PUBLIC
                .iter()
                .chain(OWN)
                .chain(ELSEWHERE)
                .map(|it| (*it).to_owned()),
        )
        .chain(
            OPERATORS
                .iter()
                .map(|(method, path)| format!("{method} {path}")),
        )
        .collect();
    let missing: Vec<_> = routes_with_ids().difference(&listed).cloned().collect();
    assert!(
        missing.is_empty(),
        "routes that nobody asks here: {missing:?}"
    );
    assert!(routes_with_ids().len() > 30, "the description is read");

    let matrix = Matrix::parse(DEFAULT).unwrap();
    let (mut wrong, mut cells) = (Vec::new(), 0);
    for probe in &probes {
        let place = format!("{} {} ({})", probe.method, probe.template, probe.action);
        // Nobody: a public thing, or a request to sign in.
        let stranger = ask(&office, None, probe, &probe.path).await;
        let expected: &[u16] = if probe.template == "/documents/{id}" {
            &[404]
        } else {
            &[401]
        };
        if !expected.contains(&stranger.status().as_u16()) {
            wrong.push(format!("{place}: a stranger gets {}", stranger.status()));
        }
        for seat in &seats {
            cells += 1;
            let judged = seat.judged(&matrix, probe);
            let answer = ask(&office, Some(&seat.who.token), probe, &probe.path).await;
            let status = answer.status().as_u16();
            let is_open = ![401, 403, 404].contains(&status);
            if is_open != judged.is_ok() {
                let text = answer.text().await.unwrap();
                wrong.push(format!(
                    "{place}: {} gets {status} although {judged:?}: {text}",
                    seat.name()
                ));
                continue;
            }
            let Err(denied) = judged else { continue };
            let here = problem(answer).await;
            // That a case is there, the log shows everybody.
            if denied.hides_object() && !probe.template.starts_with("/cases/") {
                let nowhere =
                    problem(ask(&office, Some(&seat.who.token), probe, &probe.missing).await).await;
                if (here.status, kind(&here)) != (nowhere.status, kind(&nowhere)) {
                    wrong.push(format!(
                        "{place}: {} tells what is hidden ({}) from what is not there ({})",
                        seat.name(),
                        here.status,
                        nowhere.status
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(cells > 250, "{cells} cells");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_the_operators_or_ones_own_opens_for_nobody_else() {
    let office = Office::open().await;
    let seats = seats(&office).await;
    let transfer = "0".repeat(64);
    for (method, template) in OPERATORS {
        let path = template.replace("{id}", &transfer).replace("{party}", "CH");
        let body = if path.ends_with("/clear") {
            let hash = &transfer;
            json!({"evidence": hash, "size": 9, "root": hash, "decision": hash})
        } else {
            json!({"reason": "Mine."})
        };
        for seat in &seats {
            let request = office.ask(
                &seat.who,
                method.parse().unwrap(),
                &format!("/api/v1{path}"),
            );
            let request = request
                .header("Idempotency-Key", common::request().to_string())
                .json(&body);
            let refused = request.send().await.unwrap().status().as_u16();
            assert_eq!(refused, 403, "{path}: {}", seat.name());
        }
        let stranger = office
            .world
            .bare(method.parse().unwrap(), &format!("/api/v1{path}"));
        assert_eq!(
            stranger.send().await.unwrap().status().as_u16(),
            401,
            "{path}"
        );
    }
    // The developer's session and key.
    let ama = &office.developer;
    let sessions = office.get(ama, "/api/v1/me/sessions").await;
    let session = sessions[0]["session"].as_u64().unwrap();
    let soon = office.world.now_ms() + 3_600_000;
    let new = json!({"label": "sync", "actions": ["units-read"], "expires_ms": soon});
    let key: Value = send(&office.world, ama, "/api/v1/me/api-keys", new)
        .await
        .json()
        .await
        .unwrap();
    let paths = [
        format!("/api/v1/me/sessions/{session}"),
        format!("/api/v1/me/api-keys/{}", key["id"].as_str().unwrap()),
    ];
    for path in &paths {
        for seat in seats.iter().filter(|seat| seat.who.user != ama.user) {
            let other = office
                .ask(&seat.who, Method::DELETE, path)
                .send()
                .await
                .unwrap();
            let other = problem(other).await;
            assert_eq!(
                (other.status, kind(&other)),
                (404, "not-found"),
                "{path}: {}",
                seat.name()
            );
        }
    }
    office.get(ama, "/api/v1/me").await;
    let own = office
        .ask(ama, Method::DELETE, &paths[1])
        .send()
        .await
        .unwrap();
    assert_eq!(own.status().as_u16(), 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_its_organisations_and_written_by_those_who_may_take_the_step() {
    let office = Office::open().await;
    let viewer = more(
        &office,
        "developer",
        "viewer",
        office.developer.organisation,
    )
    .await
    .who;
    let case = office.case(&office.developer, office::project()).await;
    let path = format!("/api/v1/cases/{case}/drafts/submit");
    let save = |who: &Somebody| {
        let form = json!({"title": "Half written"});
        office.ask(who, Method::PUT, &path).json(&form).send()
    };
    assert!(save(&office.developer).await.unwrap().status().is_success());
    for who in [&office.developer, &viewer] {
        let draft = office.get(who, &path).await;
        assert_eq!(draft["form"]["title"], "Half written");
    }
    let by_viewer = problem(save(&viewer).await.unwrap()).await;
    assert_eq!((by_viewer.status, kind(&by_viewer)), (403, "forbidden"));
    let dropped = office
        .ask(&viewer, Method::DELETE, &path)
        .send()
        .await
        .unwrap();
    assert_eq!(dropped.status().as_u16(), 403);
    for who in [&office.buyer, &office.certifier, &office.officials[0]] {
        let hidden = office.ask(who, Method::GET, &path).send().await.unwrap();
        let status = hidden.status().as_u16();
        assert!([403, 404].contains(&status), "{status}");
        let saved = save(who).await.unwrap().status().as_u16();
        assert!([403, 404].contains(&saved), "{saved}");
    }
}
