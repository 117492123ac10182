//! Projects over HTTP: drafts that say what is missing, versions and their differences, the public page, comments, and the
//! warning about look-alikes.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common;
use crate::office::{Office, Somebody, project, send};
use crate::world::{kind, problem, read};

fn square(lon: f64) -> Value {
    json!({"type": "Polygon", "coordinates": [[
        [lon, 0.0], [lon + 0.01, 0.0], [lon + 0.01, 0.01], [lon, 0.01], [lon, 0.0],
    ]]})
}

/// A project of somebody with this title, id and outline, handed in; gives its case and the answer.
async fn handed_in(
    office: &Office,
    who: &Somebody,
    title: &str,
    id: &str,
    lon: f64,
) -> (u64, Value) {
    let new = json!({"flow": "project", "title": title, "scopes": ["3"]});
    let case = office.case(who, new).await;
    let act = submission(office, who, case, title, id, lon).await;
    (case, office.act(who, case, act).await)
}

async fn submission(
    office: &Office,
    who: &Somebody,
    case: u64,
    title: &str,
    id: &str,
    lon: f64,
) -> Value {
    let paper = office.document(who, case, "design-document").await;
    json!({"step": "submit", "documents": [paper], "form": {
        "title": title, "sectoral_scope": 3, "start": "2023-01-01", "estimate_per_year": 500,
        "description": "Efficient stoves for 4,000 households on four islands.",
        "certifier": office.certifier.organisation,
        "external_ids": [{"registry": "GS", "id": id}],
        "locations": [{"place": "Here", "geometry": square(lon)}],
    }})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_says_what_is_missing_and_wrong_and_is_kept_all_the_same() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let path = format!("/api/v1/cases/{case}/drafts/submit?check=true");
    let form = json!({"title": "Stoves", "sectoral_scope": 4, "gases": ["CO2"], "locations": [
        {"place": "Here", "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}]});
    let kept = office
        .ask(&office.developer, Method::PUT, &path)
        .json(&form)
        .send()
        .await
        .unwrap();
    let kept: Value = read(kept, StatusCode::OK, &path).await;
    assert_eq!((&kept["version"], &kept["form"]), (&json!(1), &form));
    let faults: Vec<(&str, bool)> = kept["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["pointer"].as_str().unwrap(),
                it["missing"].as_bool().unwrap(),
            )
        })
        .collect();
    for missing in [
        "/description",
        "/start",
        "/estimate_per_year",
        "/certifier",
        "/gwp_set",
    ] {
        assert!(faults.contains(&(missing, true)), "{missing}: {faults:?}");
    }
    // The case was opened in scope 3, and the line crosses itself.
    assert!(faults.contains(&("/sectoral_scope", false)), "{faults:?}");
    assert!(
        faults.contains(&("/locations/0/geometry/coordinates/0", false)),
        "{faults:?}"
    );
    assert_eq!(faults.len(), 7, "{faults:?}");
    assert_eq!(office.get(&office.developer, &path).await, kept);
    let plain = office
        .get(
            &office.developer,
            &format!("/api/v1/cases/{case}/drafts/submit"),
        )
        .await;
    assert_eq!(plain.get("faults"), None);
    let unknown = office
        .ask(
            &office.developer,
            Method::GET,
            &path.replace("check", "chek"),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(problem(unknown).await.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_form_that_is_handed_in_is_a_version_and_two_are_compared_field_by_field() {
    let office = Office::open().await;
    let (case, _) = handed_in(
        &office,
        &office.developer,
        "Stoves on the outer islands",
        "GS-1",
        10.0,
    )
    .await;
    let no = json!({"step": "validate", "no": true, "comment": "Where is Aniwa?", "form": {
        "opinion": "The list of places is not complete.", "methodologies": [{"code": "AMS-II.G", "version": "12.0"}],
        "crediting_period": {"start": "2023-01-01", "end": "2032-12-31"}},
        "documents": [office.document(&office.certifier, case, "validation-report").await]});
    office.act(&office.certifier, case, no).await;
    let mut again = submission(
        &office,
        &office.developer,
        case,
        "Stoves on all islands",
        "GS-1",
        10.0,
    )
    .await;
    again["step"] = json!("resubmit");
    again["form"]["locations"] =
        json!([{"place": "Aniwa"}, {"place": "Here", "region": "Tafea", "geometry": square(10.0)}]);
    office.act(&office.developer, case, again).await;

    let versions = office
        .get(&office.developer, &format!("/api/v1/cases/{case}/versions"))
        .await;
    let forms: Vec<(u64, &str, &str)> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["version"].as_u64().unwrap(),
                it["form"].as_str().unwrap(),
                it["step"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        forms,
        [
            (1, "project", "submit"),
            (2, "validation", "validate"),
            (3, "project", "resubmit")
        ]
    );
    let page = office
        .get(
            &office.developer,
            &format!("/api/v1/cases/{case}/versions?after=1&limit=1"),
        )
        .await;
    assert_eq!(
        (&page["items"][0]["version"], &page["next"]),
        (&json!(2), &json!("2"))
    );

    let path = format!("/api/v1/cases/{case}/diff?from=1&to=3&language=fr");
    let diff = office.get(&office.certifier, &path).await;
    let changes: Vec<(&str, &str)> = diff["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["pointer"].as_str().unwrap(),
                it["label"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("/title", "Titre"),
            ("/locations/0", "Lieux > Aniwa"),
            ("/locations/1/region", "Lieux > Here > Région ou province"),
        ]
    );
    assert_eq!(diff["changes"][0]["old"], "Stoves on the outer islands");
    // Without numbers it is the last version against the one of its form before it.
    let last = office
        .get(
            &office.developer,
            &format!("/api/v1/cases/{case}/diff?language=fr"),
        )
        .await;
    assert_eq!(last, diff);
    let other = office.ask(
        &office.developer,
        Method::GET,
        &format!("/api/v1/cases/{case}/diff?from=1&to=2"),
    );
    let other = problem(other.send().await.unwrap()).await;
    assert_eq!(other.status, 400);
    assert!(
        other.detail.contains("compare two of one form"),
        "{other:?}"
    );
    for path in ["versions", "diff", "duplicates", "comments"] {
        let path = format!("/api/v1/cases/{case}/{path}");
        let stranger = office
            .ask(&office.buyer, Method::GET, &path)
            .send()
            .await
            .unwrap();
        assert!([403, 404].contains(&stranger.status().as_u16()), "{path}");
        let nobody = office.world.bare(Method::GET, &path).send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_is_public_once_the_process_publishes_the_project() {
    let office = Office::open().await;
    let case = office.authorised_project().await;
    let period = office.verified(case, 100).await;
    office.issue(period).await;
    let number = office
        .get(&office.developer, &format!("/api/v1/cases/{case}"))
        .await;
    let path = format!("/api/v1/projects/{}", number["project"]);
    let path = path.as_str();
    let missing = office.world.bare(Method::GET, "/api/v1/projects/999");
    assert_eq!(problem(missing.send().await.unwrap()).await.status, 404);
    let page = office.world.bare(Method::GET, path).send().await.unwrap();
    let page: Value = read(page, StatusCode::OK, path).await;
    assert_eq!(
        (&page["case"], &page["published"]),
        (&json!(case), &json!(true))
    );
    assert_eq!(page["description"]["locations"][0]["place"], "Tanna");
    // Fields of two forms, and none of the country's own.
    assert_eq!(page["description"]["methodologies"][0]["code"], "AMS-II.G");
    assert_eq!(page["description"].get("certifier"), None);
    assert_eq!(page["crediting_periods"], json!(["2023-01-01/2032-12-31"]));
    assert_eq!(
        page["owners"],
        json!([{"organisation": office.developer.organisation, "parts": 1}])
    );
    assert_eq!(
        page["totals"],
        json!([{"vintage": 2023, "issued": 100, "held": 100, "used": 0, "cancelled": 0, "abroad": 0}])
    );
    // Nothing else of the case has become public with it.
    let documents = office
        .world
        .bare(Method::GET, &format!("/api/v1/cases/{case}/documents"));
    let documents: Value = read(documents.send().await.unwrap(), StatusCode::OK, "documents").await;
    assert_eq!(documents["items"], json!([]));
    for rest in ["file", "versions", "diff", "comments", "duplicates"] {
        let path = format!("/api/v1/cases/{case}/{rest}");
        let nobody = office.world.bare(Method::GET, &path).send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED, "{path}");
        let stranger = office
            .ask(&office.buyer, Method::GET, &path)
            .send()
            .await
            .unwrap();
        assert!([403, 404].contains(&stranger.status().as_u16()), "{path}");
    }
    // A secret that opens nothing is not taken for nobody.
    let wrong = office
        .world
        .bare(Method::GET, path)
        .bearer_auth("csl_nothing")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_alike_is_told_in_the_trial_and_the_answer_and_strangers_learn_only_that_there_is_one()
 {
    let office = Office::open().await;
    let (first, answer) = handed_in(&office, &office.developer, "Forêt de Taï", "GS-1", 10.0).await;
    assert_eq!(answer["made"].get("duplicates"), None, "{answer}");

    let new = json!({"flow": "project", "title": "Foret de Tai", "scopes": ["3"]});
    let second = office.case(&office.buyer, new).await;
    let act = submission(
        &office,
        &office.buyer,
        second,
        "Foret de Tai",
        "GS-2",
        10.005,
    )
    .await;
    let path = format!("/api/v1/cases/{second}/acts?dry_run=true");
    let trial = send(&office.world, &office.buyer, &path, act.clone()).await;
    let trial: Value = read(trial, StatusCode::OK, &path).await;
    assert_eq!(trial["duplicates"]["projects"], json!([]));
    let others = &trial["duplicates"]["others"];
    assert_eq!(
        (&others["name"], &others["land"], &others["external_id"]),
        (&json!(true), &json!(true), &json!(false))
    );
    assert_eq!(others["authority_name"], "Ministry of Environment");
    let written = office.act(&office.buyer, second, act).await;
    assert_eq!(written["made"]["duplicates"], trial["duplicates"]);

    let seen = office
        .get(
            &office.officials[0],
            &format!("/api/v1/cases/{second}/duplicates"),
        )
        .await;
    let other = &seen["projects"][0];
    assert_eq!(
        (&other["case"], &other["name_percent"]),
        (&json!(first), &json!(100))
    );
    assert_eq!(other["overlap"]["percent_of_this"], 50);
    assert!(
        other["overlap"]["hectares"]
            .as_str()
            .unwrap()
            .starts_with("61."),
        "{other}"
    );
    assert_eq!(seen.get("others"), None);
    let own = office
        .get(
            &office.developer,
            &format!("/api/v1/cases/{first}/duplicates"),
        )
        .await;
    assert_eq!(own["others"]["land"], true, "the first is warned as well");

    // Once it is withdrawn it does not count any more.
    let withdraw = json!({"step": "withdraw", "comment": "Not ours."});
    office.act(&office.buyer, second, withdraw).await;
    let after = office
        .get(
            &office.officials[0],
            &format!("/api/v1/cases/{first}/duplicates"),
        )
        .await;
    assert_eq!(after, json!({"projects": []}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_elsewhere_belongs_to_one_project_that_counts() {
    let office = Office::open().await;
    let (first, _) = handed_in(&office, &office.developer, "Stoves", "GS-1", 10.0).await;
    let new = json!({"flow": "project", "title": "Wells", "scopes": ["3"]});
    let second = office.case(&office.buyer, new).await;
    let act = submission(&office, &office.buyer, second, "Wells", "gs 1", 50.0).await;
    let path = format!("/api/v1/cases/{second}/acts?dry_run=true");
    let trial = problem(send(&office.world, &office.buyer, &path, act.clone()).await).await;
    assert_eq!(
        trial.errors[0].pointer.as_deref(),
        Some("/form/external_ids")
    );
    let refused = problem(office.try_act(&office.buyer, second, act.clone()).await).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (409, "conflict"),
        "{refused:?}"
    );
    assert_eq!(refused.code.as_deref(), Some("taken"));
    assert!(
        refused.detail.contains("Ministry of Environment"),
        "{refused:?}"
    );
    assert!(!refused.detail.contains("Stoves"), "{refused:?}");
    // Nothing of it was kept.
    let file = office
        .get(&office.buyer, &format!("/api/v1/cases/{second}/file"))
        .await;
    assert_eq!(file["texts"], json!([]));
    let withdraw = json!({"step": "withdraw", "comment": "A mistake."});
    office.act(&office.developer, first, withdraw).await;
    office.act(&office.buyer, second, act).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_projects_that_name_one_id_at_the_same_moment_one_is_handed_in() {
    let office = Office::open().await;
    let mut acts = Vec::new();
    for who in [&office.developer, &office.buyer] {
        let new = json!({"flow": "project", "title": "Stoves", "scopes": ["3"]});
        let case = office.case(who, new).await;
        acts.push((
            who,
            case,
            submission(&office, who, case, "Stoves", "GS-7", 10.0).await,
        ));
    }
    let tries = acts
        .iter()
        .map(|(who, case, act)| office.try_act(who, *case, act.clone()));
    let answers = futures::future::join_all(tries).await;
    let mut statuses: Vec<u16> = answers.iter().map(|it| it.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parties_talk_in_threads_and_officials_among_themselves() {
    let office = Office::open().await;
    let (case, _) = handed_in(&office, &office.developer, "Stoves", "GS-1", 10.0).await;
    let path = format!("/api/v1/cases/{case}/comments");
    let say = async |who: &Somebody, body: Value| -> Value {
        let response = send(&office.world, who, &path, body).await;
        read(response, StatusCode::CREATED, &path).await
    };
    let asked = say(
        &office.certifier,
        json!({"text": "Which stove is it?", "about": "/description"}),
    )
    .await;
    let answered = say(
        &office.developer,
        json!({"text": "The small one.", "answers": asked["comment"]}),
    )
    .await;
    assert_eq!(
        (&answered["thread"], &asked["thread"]),
        (&asked["comment"], &asked["comment"])
    );
    let inside = say(
        &office.officials[0],
        json!({"text": "I do not believe it.", "circle": "officials"}),
    )
    .await;
    // An answer is read by those who read what it answers.
    let also = say(
        &office.officials[1],
        json!({"text": "Nor do I.", "answers": inside["comment"]}),
    )
    .await;
    assert_eq!(also["circle"], "officials");

    let count = async |who: &Somebody, query: &str| {
        let found = office.get(who, &format!("{path}{query}")).await;
        found["items"].as_array().unwrap().len()
    };
    assert_eq!(count(&office.officials[2], "").await, 4);
    assert_eq!(count(&office.developer, "").await, 2);
    assert_eq!(count(&office.certifier, "").await, 2);
    assert_eq!(
        count(
            &office.officials[2],
            &format!("?thread={}", inside["comment"])
        )
        .await,
        2
    );
    let first = office
        .get(&office.officials[2], &format!("{path}?limit=3"))
        .await;
    let rest = format!("?after={}", first["next"].as_str().unwrap());
    assert_eq!(count(&office.officials[2], &rest).await, 1);

    for (who, body, status) in [
        (&office.buyer, json!({"text": "What is this?"}), 403),
        (
            &office.developer,
            json!({"text": "Hm.", "circle": "officials"}),
            422,
        ),
        (
            &office.developer,
            json!({"text": "Hm.", "answers": inside["comment"]}),
            404,
        ),
        (&office.developer, json!({"text": " "}), 422),
        (&office.developer, json!({"text": "x".repeat(17_000)}), 422),
        (
            &office.developer,
            json!({"text": "Hm.", "about": "description"}),
            422,
        ),
    ] {
        let refused = problem(send(&office.world, who, &path, body.clone()).await).await;
        assert_eq!(refused.status, status, "{body}: {refused:?}");
    }
    // Who was not let in by the office wrote nothing, and a trial neither.
    let trial = send(
        &office.world,
        &office.developer,
        &format!("{path}?dry_run=true"),
        json!({"text": "Hm."}),
    )
    .await;
    assert_eq!(trial.status(), StatusCode::OK);
    assert_eq!(count(&office.officials[2], "").await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_is_written_once_keeps_its_wordings_and_goes_with_its_writer() {
    let office = Office::open().await;
    let (case, _) = handed_in(&office, &office.developer, "Stoves", "GS-1", 10.0).await;
    let path = format!("/api/v1/cases/{case}/comments");
    let key = common::request().to_string();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let sent = office
            .ask(&office.developer, Method::POST, &path)
            .header("Idempotency-Key", &key);
        let sent = sent
            .json(&json!({"text": "My daughter is ill."}))
            .send()
            .await
            .unwrap();
        let written: Value = read(sent, StatusCode::CREATED, &path).await;
        ids.push(written["comment"].as_u64().unwrap());
    }
    assert_eq!(ids[0], ids[1]);
    let one = format!("{path}/{}", ids[0]);
    let edit = |who: &Somebody| {
        office
            .ask(who, Method::PUT, &one)
            .json(&json!({"text": "We are late."}))
            .send()
    };
    let refused = problem(edit(&office.certifier).await.unwrap()).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    let edited: Value = read(edit(&office.developer).await.unwrap(), StatusCode::OK, &one).await;
    assert_eq!(
        (&edited["text"], &edited["earlier"][0]["text"]),
        (&json!("We are late."), &json!("My daughter is ill."))
    );

    let erase = format!("/api/v1/users/{}/erase", office.developer.user);
    let done = send(&office.world, &office.officials[0], &erase, json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let found = office.get(&office.officials[0], &path).await;
    let gone = &found["items"][0];
    assert_eq!(
        (&gone["text"], &gone["earlier"][0]["text"]),
        (&Value::Null, &Value::Null)
    );
    // The form is the organisation's file: it stays.
    let versions = office
        .get(
            &office.officials[0],
            &format!("/api/v1/cases/{case}/versions"),
        )
        .await;
    assert_eq!(versions["items"][0]["erased"], false);
}
