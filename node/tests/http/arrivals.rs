//! What the UNDP ITMO platform gives becomes cases: opened by a person of the owner, once, with the form filled and nothing made up.

use std::path::PathBuf;

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bridges::{cadt, post, private, settings};
use crate::cadt::{Node, Server};
use crate::faults::Doom;
use crate::office::{Office, Somebody};
use crate::platform;
use crate::world::{World, kind, problem};

const ARRIVALS: &str = "/api/v1/bridges/itmo-platform/arrivals";
const OPEN: &str = "/api/v1/bridges/itmo-platform/arrivals/open";

pub struct Scene {
    pub office: Office,
    platform: Server,
    /// The country's table of words.
    words: PathBuf,
    _cadt: Server,
}

impl Scene {
    pub async fn begin() -> Self {
        let cadt = cadt().await;
        let mut node = Node::default();
        let table = node.tables.entry("projects".to_owned()).or_default();
        for project in platform::projects() {
            table.insert(project["id"].as_str().unwrap().to_owned(), project);
        }
        let platform = Server::start(node, Doom::new(3), platform::answers)
            .await
            .unwrap();
        let more = format!(
            "[itmo-platform]\nurl = \"{}/api\"\nemail = \"registry@vu.example\"\napi_key_file = \"itmo.key\"\n\
             password_file = \"itmo.password\"\nname = \"UNDP ITMO platform\"\nmapping = \"itmo.toml\"\n",
            platform.url()
        );
        let mut words = PathBuf::new();
        let world = World::start_beside(DEFAULT, |folder| {
            settings(folder, &cadt, &more);
            private(folder, "itmo.key", "key\n");
            private(folder, "itmo.password", "secret\n");
            private(folder, "itmo.toml", "");
            words = folder.join("itmo.toml");
        })
        .await;
        let office = Office::open_in(world, preset("small").unwrap()).await;
        Self {
            office,
            platform,
            words,
            _cadt: cadt,
        }
    }

    /// The country's table, and what the platform gives by it.
    pub async fn words(&self, text: &str) {
        std::fs::write(&self.words, text).unwrap();
        self.sync().await;
    }

    async fn sync(&self) {
        let path = "/api/v1/bridges/itmo-platform/sync";
        post(&self.office.world, path, json!({})).await;
    }

    async fn listed(&self, who: &Somebody) -> Vec<Value> {
        let found = self.office.get(who, ARRIVALS).await;
        found["items"].as_array().unwrap().clone()
    }

    async fn one(&self, key: &str) -> Value {
        let all = self.listed(&self.office.officials[0]).await;
        all.into_iter().find(|it| it["key"] == key).unwrap()
    }

    async fn open(&self, who: &Somebody, body: Value) -> (StatusCode, Value) {
        let asked = self.office.ask(who, Method::POST, OPEN).json(&body);
        let answer = asked.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_of_the_platform_becomes_one_case_that_its_owner_completes_and_a_report_a_proposal()
{
    let scene = Scene::begin().await;
    let (office, developer) = (&scene.office, &scene.office.developer);
    scene.sync().await;
    // Nobody's yet: the owner there has no organisation here.
    let draft = scene.one("draft/P-1").await;
    assert_eq!(draft["state"], "stopped");
    let why = draft["stopped"][0]["why"].as_str().unwrap();
    assert!(
        why.contains("\"Sun Ltd\" has no organisation in [owners]"),
        "{why}"
    );
    assert_eq!(scene.listed(developer).await, Vec::<Value>::new());
    let (status, _) = scene.open(developer, json!({"key": "draft/P-1"})).await;
    assert_eq!(status, 404);

    let owner = developer.organisation;
    scene
        .words(&format!(
            "[owners]\n\"Sun Ltd\" = {owner}\n\"P-3\" = {owner}\n"
        ))
        .await;
    let keys: Vec<String> = scene
        .listed(developer)
        .await
        .iter()
        .map(|it| {
            format!(
                "{} {}",
                it["key"].as_str().unwrap(),
                it["state"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        keys,
        [
            "draft/P-1 ready",
            "monitoring/P-1/step-1 waits",
            "draft/P-3 stopped"
        ]
    );
    assert_eq!(scene.listed(&office.buyer).await, Vec::<Value>::new());
    let (status, _) = scene.open(&office.buyer, json!({"key": "draft/P-1"})).await;
    assert_eq!(status, 404);

    // What has no word here stops it, with a message; and a report waits for its project.
    let (status, refused) = scene.open(developer, json!({"key": "draft/P-3"})).await;
    assert_eq!(status, 422, "{refused:#}");
    assert!(refused.to_string().contains("has no word in [sectors]"));
    let report = json!({"key": "monitoring/P-1/step-1"});
    let (status, refused) = scene.open(developer, report.clone()).await;
    assert_eq!(status, 422, "{refused:#}");
    assert!(refused.to_string().contains("not in the register yet"));

    let before = office.size().await;
    let wish = json!({"key": "draft/P-1"});
    let tried = office.ask(developer, Method::POST, &format!("{OPEN}?dry_run=true"));
    assert_eq!(tried.json(&wish).send().await.unwrap().status(), 200);
    assert_eq!(office.size().await, before);

    let (status, made) = scene.open(developer, wish.clone()).await;
    assert_eq!(status, 201, "{made:#}");
    let case = made["made"]["case"].as_u64().unwrap();
    assert_eq!(made["made"]["title"], "Solar on schools");
    let path = format!("/api/v1/cases/{case}/drafts/submit");
    let draft = office.get(developer, &path).await;
    let given = json!({
        "external_ids": [{"registry": "UNDP ITMO platform", "id": "P-1"}],
        "title": "Solar on schools", "sector": "energy", "sectoral_scope": 1, "start": "2024-05-01",
    });
    assert_eq!(draft["form"], given, "{draft:#}");
    // It waits in the owner's inbox as every case does.
    let inbox = office.get(developer, "/api/v1/inbox").await;
    assert!(
        inbox["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["case"] == case)
    );

    // Asked again, by whomever of the owner, it is the same case, also after the platform changed it.
    scene
        .platform
        .node()
        .tables
        .get_mut("projects")
        .unwrap()
        .get_mut("P-1")
        .unwrap()["name"] = json!("Solar on all schools");
    scene.sync().await;
    let size = office.size().await;
    let (status, again) = scene.open(developer, wish.clone()).await;
    assert_eq!(
        (status, &again["made"]["case"]),
        (StatusCode::CREATED, &json!(case))
    );
    assert_eq!(office.size().await, size);
    let draft_now = office.get(developer, &path).await;
    assert_eq!(
        draft_now["form"], given,
        "a draft that somebody has is left alone"
    );

    // Completed by a person and registered, its report can be opened.
    let paper = office.document(developer, case, "design-document").await;
    let mut form = given;
    let more = json!({
        "locations": [{"place": "Tanna", "region": "Tafea"}], "estimate_per_year": 500,
        "description": "Solar roofs for forty schools.", "certifier": office.certifier.organisation,
    });
    form.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    office
        .act(
            developer,
            case,
            json!({"step": "submit", "form": form, "documents": [paper]}),
        )
        .await;
    let validate = office.validation(case).await;
    office.act(&office.certifier, case, validate).await;
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    office.act(&office.officials[0], case, recommend).await;
    for official in &office.officials[1..] {
        office
            .act(official, case, json!({"step": "authorise"}))
            .await;
    }
    assert_eq!(scene.one("monitoring/P-1/step-1").await["state"], "ready");
    {
        let mut node = scene.platform.node();
        let step = &mut node
            .tables
            .get_mut("projects")
            .unwrap()
            .get_mut("P-1")
            .unwrap()["steps"][2]["iterations"][0]["contents"][0];
        step["tonnes"] = json!(120);
        step["year"] = json!(2024);
    }
    scene.sync().await;
    let (status, made) = scene.open(developer, report.clone()).await;
    assert_eq!(status, 201, "{made:#}");
    let period = made["made"]["case"].as_u64().unwrap();
    assert_eq!(made["made"]["parent"], case);
    let path = format!("/api/v1/cases/{period}/drafts/submit");
    let draft = office.get(developer, &path).await;
    assert_eq!(
        draft["form"],
        json!({"reductions": [{"vintage": 2024, "tonnes": 120}]})
    );
    let (_, again) = scene.open(developer, report.clone()).await;
    assert_eq!(again["made"]["case"], period);

    // A case that has ended without it can be followed by another, if somebody says so.
    let withdraw = json!({"step": "withdraw", "comment": "Sent too early."});
    office.act(developer, period, withdraw).await;
    assert_eq!(scene.one("monitoring/P-1/step-1").await["state"], "ended");
    let (status, refused) = scene.open(developer, report).await;
    assert_eq!(status, 409, "{refused:#}");
    let again = json!({"key": "monitoring/P-1/step-1", "again": true});
    let (status, made) = scene.open(developer, again.clone()).await;
    assert_eq!(status, 201, "{made:#}");
    assert!(made["made"]["case"].as_u64().unwrap() > period);
    let (_, same) = scene.open(developer, again).await;
    assert_eq!(same["made"]["case"], made["made"]["case"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_a_case_names_already_is_not_opened_and_many_at_once_open_one_case() {
    let scene = Scene::begin().await;
    let (office, developer) = (&scene.office, &scene.office.developer);
    let owner = developer.organisation;
    scene
        .words(&format!("[owners]\n\"Sun Ltd\" = {owner}\n"))
        .await;
    let wish = json!({"key": "draft/P-1"});
    let all = futures::future::join_all((0..6).map(|_| scene.open(developer, wish.clone()))).await;
    let cases: std::collections::BTreeSet<u64> = all
        .iter()
        .map(|(status, made)| {
            assert_eq!(*status, 201, "{made:#}");
            made["made"]["case"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(cases.len(), 1);

    let mut other = platform::projects()[0].clone();
    other["id"] = json!("P-9");
    let node = || scene.platform.node();
    node()
        .tables
        .get_mut("projects")
        .unwrap()
        .insert("P-9".to_owned(), other);
    scene.sync().await;
    assert_eq!(scene.one("draft/P-9").await["state"], "ready");
    let new = json!({"flow": "project", "title": "Solar on schools", "scopes": ["1"]});
    let case = office.case(developer, new).await;
    let paper = office.document(developer, case, "design-document").await;
    let submit = json!({"step": "submit", "form": {
        "title": "Solar on schools", "sectoral_scope": 1, "locations": [{"place": "Tanna", "region": "Tafea"}],
        "start": "2023-01-01", "estimate_per_year": 500, "description": "Solar roofs for forty schools.",
        "external_ids": [{"registry": "UNDP ITMO platform", "id": "P-9"}], "certifier": office.certifier.organisation,
    }, "documents": [paper]});
    office.act(developer, case, submit).await;
    let known = scene.one("draft/P-9").await;
    assert_eq!(
        (&known["state"], &known["case"]),
        (&json!("known"), &json!(case))
    );
    let asked = office
        .ask(developer, Method::POST, OPEN)
        .json(&json!({"key": "draft/P-9"}));
    let refused = problem(asked.send().await.unwrap()).await;
    // It is the developer's own case, so it may be named.
    assert_eq!(refused.status, 409, "{} {}", kind(&refused), refused.detail);
    assert!(
        refused.detail.contains(&case.to_string()),
        "{}",
        refused.detail
    );
}
