//! Ministries that answer for some sectors only, side by side.

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::office::{self, Office, Somebody, send, submit_project};
use crate::world::{kind, problem};

/// The small process in which the ministry of a project's sector may recommend it as well.
fn with_ministries() -> String {
    let by = "by = [{ type = \"government\", roles = [\"administrator\", \"manager\"] }]\ncomment = true";
    let wider = "by = [{ type = \"government\", roles = [\"administrator\", \"manager\"] }, \
                 { type = \"ministry\", roles = [\"administrator\", \"manager\"], scope = \"sector\" }]\ncomment = true";
    let ministry = "[[organisation]]\nid = \"ministry\"\nlabel = { en = \"Sector ministry\", fr = \"Ministère sectoriel\" }\n\
                    sectoral = true\n\n[[organisation]]";
    preset("small")
        .unwrap()
        .replacen("[[organisation]]", ministry, 1)
        .replace(by, wider)
}

/// A ministry that answers for one sector, and its administrator.
async fn ministry(office: &Office, name: &str, sector: &str) -> Somebody {
    let new = json!({"name": format!("Ministry of {name}"), "organisation_type": "ministry", "scopes": [sector]});
    let made: Value = office.world.post("/api/v1/enrolments", new).await;
    let id = u32::try_from(made["made"]["id"].as_u64().unwrap()).unwrap();
    office::invited(&office.world, name, id, "administrator").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_ministry_sees_and_decides_in_its_own_sectors_and_nowhere_else() {
    let office = Office::open_with(&with_ministries(), DEFAULT).await;
    let energy = ministry(&office, "energy", "3").await;
    let waste = ministry(&office, "waste", "13").await;
    let case = office.case(&office.developer, office::project()).await;
    let submit = submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let validate = office.validation(case).await;
    office.act(&office.certifier, case, validate).await;

    // Looking into it.
    let file = format!("/api/v1/cases/{case}/file");
    let seen = office.get(&energy, &file).await;
    assert!(!seen["texts"].as_array().unwrap().is_empty());
    let next: Vec<&str> = seen["next"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["step"].as_str().unwrap())
        .collect();
    assert!(next.contains(&"recommend"), "{next:?}");
    let hidden = office.ask(&waste, Method::GET, &file).send().await.unwrap();
    let hidden = problem(hidden).await;
    assert_eq!((hidden.status, kind(&hidden)), (403, "forbidden"));
    let documents = format!("/api/v1/cases/{case}/documents");
    let of = |listed: &Value| listed["items"].as_array().map_or(0, Vec::len);
    let listed = office.get(&energy, &documents).await;
    assert_eq!(of(&listed), 2, "{listed}");
    let listed = office.get(&waste, &documents).await;
    assert_eq!(of(&listed), 0, "{listed}");
    assert!(inbox(&office, &energy).await.contains(&case));
    assert!(!inbox(&office, &waste).await.contains(&case));

    // Deciding.
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    let other = problem(office.try_act(&waste, case, recommend.clone()).await).await;
    assert_eq!((other.status, kind(&other)), (403, "forbidden"));
    let draft = office.ask(
        &waste,
        Method::PUT,
        &format!("/api/v1/cases/{case}/drafts/recommend"),
    );
    let draft = draft.json(&json!({})).send().await.unwrap();
    assert_eq!(draft.status(), StatusCode::FORBIDDEN);
    office.act(&energy, case, recommend).await;
    let view = office.get(&waste, &format!("/api/v1/cases/{case}")).await;
    assert_eq!(
        view["stage"], "decision",
        "what the ledger shows everybody, it sees"
    );

    // Neither is the authority, and neither looks into the other.
    for (who, other) in [(&energy, &waste), (&waste, &energy)] {
        let authorise = office
            .try_act(who, case, json!({"step": "authorise"}))
            .await;
        let status = authorise.status().as_u16();
        assert!([403, 404, 422].contains(&status), "{status}");
        for path in [
            format!("/api/v1/users/{}", other.user),
            format!("/api/v1/users/{}/audit", other.user),
        ] {
            let hidden = office.ask(who, Method::GET, &path).send().await.unwrap();
            assert_eq!(hidden.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let users = format!("/api/v1/users?organisation={}", other.organisation);
        let hidden = office.ask(who, Method::GET, &users).send().await.unwrap();
        assert!([403, 404].contains(&hidden.status().as_u16()));
    }
    let view = office.get(&waste, &format!("/api/v1/cases/{case}")).await;
    assert_eq!(view["stage"], "decision", "nobody moved it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ministry_gets_no_sector_by_claiming_one() {
    let office = Office::open_with(&with_ministries(), DEFAULT).await;
    let waste = ministry(&office, "waste", "13").await;
    // Its sectors stand in the ledger: no field of any request carries them.
    let me = office.get(&waste, "/api/v1/me").await;
    assert_eq!(me["organisation_type"], "ministry");
    let claimed =
        json!({"name": "Ministry of waste", "organisation_type": "ministry", "scopes": ["3"]});
    let refused = send(&office.world, &waste, "/api/v1/enrolments", claimed).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let case = office.case(&office.developer, office::project()).await;
    let act = json!({"step": "recommend", "comment": "Mine.", "scopes": ["3"]});
    let refused = problem(office.try_act(&waste, case, act).await).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (422, "invalid"),
        "an unknown member"
    );
    // Nor does a project slip into another ministry's hands below its case.
    let project = office.authorised_project().await;
    let new = json!({"flow": "monitoring", "parent": project, "title": "Monitoring 2023", "scopes": ["13"]});
    let refused = problem(send(&office.world, &office.developer, "/api/v1/cases", new).await).await;
    assert_eq!(refused.status, 422, "{}", refused.detail);
}

async fn inbox(office: &Office, who: &Somebody) -> Vec<u64> {
    let inbox = office.get(who, "/api/v1/inbox").await;
    let items = inbox["items"].as_array().unwrap();
    items
        .iter()
        .map(|it| it["case"].as_u64().unwrap())
        .collect()
}
