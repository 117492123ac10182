//! The UNDP ITMO platform: projects become drafts, and nothing is made up.

use countersign_bridge::frame::Fault;
use countersign_bridge::itmo_platform::{EventWord, Mapping, Platform, PlatformSettings, read};
use countersign_protocol::project::Description;
use serde_json::{Value, json};

use crate::cadt::{Node, Server};
use crate::faults::Doom;
use crate::platform::{answers, projects};
use crate::rig::install_tls;

#[test]
fn a_project_becomes_a_draft_with_what_the_platform_says_and_a_list_of_what_it_does_not() {
    let mapping = Mapping::parse("[owners]\n\"sun ltd \" = 7\n").unwrap();
    let [full, early, odd] = projects();
    let draft = read(&full, &mapping, "UNDP ITMO platform").unwrap();
    assert_eq!(
        (draft.id.as_str(), draft.owner.as_deref()),
        ("P-1", Some("Sun Ltd"))
    );
    let wanted = json!({
        "external_ids": [{"registry": "UNDP ITMO platform", "id": "P-1"}],
        "title": "Solar on schools", "sector": "energy", "sectoral_scope": 1, "start": "2024-05-01",
    });
    assert_eq!(draft.form, wanted);
    Description::read(&draft.form).unwrap();
    let missing: Vec<&str> = draft.missing.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(missing, ["description", "end"]);
    assert_eq!((draft.organisation, draft.stopped.len()), (Some(7), 0));
    let reached: Vec<EventWord> = draft.reached.iter().map(|it| it.event).collect();
    assert_eq!(
        reached,
        [EventWord::Draft, EventWord::Validated, EventWord::Monitored]
    );
    assert_eq!(draft.reached[0].files[0].name, "dd.pdf");
    // A monitoring report without an amount is a proposal without an amount.
    assert_eq!(
        (draft.reached[2].tonnes, draft.reached[2].year),
        (None, None)
    );
    assert!(read(&early, &mapping, "P").is_none());
    let odd = read(&odd, &mapping, "P").unwrap();
    let why = |field: &str| {
        odd.stopped
            .iter()
            .find(|it| it.field == field)
            .map(|it| it.why.clone())
            .unwrap()
    };
    assert!(why("owner").contains("the project's id \"P-3\""));
    assert!(why("sector").contains("\"fishing\" has no word in [sectors]"));
    assert!(
        why("title").contains("what the platform gives is none"),
        "{}",
        why("title")
    );
    assert_eq!(odd.form.get("sector"), None);
}

#[test]
fn each_monitoring_report_is_a_proposal_with_what_it_states_and_nothing_else() {
    let mapping = Mapping::parse("[owners]\n\"P-1\" = 7\n").unwrap();
    let [mut full, ..] = projects();
    let report = |more: Value| {
        let mut step = json!({"name": "Upload Final Monitoring Report", "status": "completed"});
        step.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        step
    };
    full["steps"][2]["iterations"][0]["contents"] = json!([
        report(json!({"status": "open"})),
        report(
            json!({"tonnes": 120, "year": 2024, "periodStart": "2024-01-01T00:00:00Z", "periodEnd": "2024-12-31"})
        ),
        report(json!({"id": 77, "tonnes": 12.5, "year": "soon"})),
        report(json!({})),
    ]);
    let arrivals = read(&full, &mapping, "P").unwrap().arrivals();
    let keys: Vec<&str> = arrivals.iter().map(|it| it.key.as_str()).collect();
    // Counted with the one that is not done yet, so that its day changes no other's key.
    let wanted = [
        "draft/P-1",
        "monitoring/P-1/step-2",
        "monitoring/P-1/77",
        "monitoring/P-1/step-4",
    ];
    assert_eq!(keys, wanted);
    assert_eq!(arrivals[0].files[0].name, "dd.pdf");
    let form = json!({"period": {"start": "2024-01-01", "end": "2024-12-31"}, "reductions": [{"vintage": 2024, "tonnes": 120}]});
    assert_eq!((&arrivals[1].form, arrivals[1].missing.len()), (&form, 0));
    let stopped: Vec<&str> = arrivals[2]
        .stopped
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!(stopped, ["tonnes", "year"]);
    assert_eq!(
        (&arrivals[3].form, arrivals[3].stopped.len()),
        (&json!({}), 0)
    );
    let missing: Vec<&str> = arrivals[3]
        .missing
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    let wanted = [
        "/period/end",
        "/period/start",
        "/reductions/0/tonnes",
        "/reductions/0/vintage",
    ];
    assert_eq!(missing, wanted);
    let own = Mapping::parse("[monitoring]\nform = { made = \"$tonnes\", by = \"P\" }\n").unwrap();
    assert_eq!(
        read(&full, &own, "P").unwrap().arrivals()[1].form,
        json!({"made": 120, "by": "P"})
    );
}

#[test]
fn the_same_content_is_the_same_draft_and_another_word_for_a_step_is_the_countrys_to_give() {
    let mapping = Mapping::parse("").unwrap();
    let [full, ..] = projects();
    let print = |project: &Value| read(project, &mapping, "P").unwrap().fingerprint;
    let mut later = full.clone();
    later["updatedAt"] = json!("tomorrow");
    assert_eq!(print(&full), print(&later));
    later["name"] = json!("Solar on all schools");
    assert_ne!(print(&full), print(&later));
    let own = Mapping::parse("[events]\n\"Other\" = \"numbered\"\n").unwrap();
    let reached = read(&full, &own, "P").unwrap().reached;
    assert!(reached.iter().any(|it| it.event == EventWord::Numbered));
    assert!(Mapping::parse("[events]\nx = \"minted\"\n").is_err());
}

#[tokio::test]
async fn projects_are_fetched_with_a_token_that_runs_out_on_the_way() {
    install_tls();
    let mut node = Node::default();
    let table = node.tables.entry("projects".to_owned()).or_default();
    for project in projects() {
        table.insert(project["id"].as_str().unwrap().to_owned(), project);
    }
    let server = Server::start(node, Doom::new(9), answers).await.unwrap();
    let mut settings = PlatformSettings {
        url: format!("{}/api", server.url()),
        api_key: "key".to_owned(),
        email: "registry@vu.example".to_owned(),
        password: "secret".to_owned(),
    };
    let found = Platform::new(settings.clone())
        .unwrap()
        .projects()
        .await
        .unwrap();
    assert_eq!(found, projects());
    assert!(server.node().next > 1, "the token was renewed");
    settings.api_key = "other".to_owned();
    let refused = Platform::new(settings).unwrap().projects().await;
    assert!(matches!(refused, Err(Fault::Barred(_))), "{refused:?}");
}
