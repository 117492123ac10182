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
    let mapping = Mapping::parse("").unwrap();
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
        odd.missing
            .iter()
            .find(|it| it.field == field)
            .map(|it| it.why.clone())
            .unwrap()
    };
    assert!(why("sector").contains("\"fishing\" has no word in [sectors]"));
    assert!(
        why("title").contains("what the platform gives is none"),
        "{}",
        why("title")
    );
    assert_eq!(odd.form.get("sector"), None);
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
    let server = Server::start(node, Doom::new(9), answers).await;
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
