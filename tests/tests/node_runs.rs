//! A node is made in an empty folder, starts, answers, stops in order and starts again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use countersign_node::ops::config::Config;
use countersign_node::run::{DataFolder, FirstProcess, NewNode, Node, RunError, init};
use countersign_protocol::workflow::preset;
use secrecy::SecretString;

const CONFIG: &str = r#"
party = "VU"
name = "Vanuatu Carbon Registry"
origin = "vu.example/ledger"
registry = "VUT01"
policy = "trust.policy"

[http]
listen = "127.0.0.1:0"

[p2p]
network = "test"
listen = ["/ip4/127.0.0.1/tcp/0"]
"#;

fn new_node() -> NewNode {
    NewNode {
        config: Config::parse(CONFIG).unwrap(),
        policy: "quorum none\n".to_owned(),
        process: None,
        continues: None,
    }
}

fn passphrase() -> SecretString {
    SecretString::from("correct horse battery staple".to_owned())
}

async fn get(node: &Node, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{}{path}", node.http()))
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_node_answers_and_goes_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::new(dir.path().join("vu"));
    let created = tokio::task::spawn_blocking({
        let folder = folder.clone();
        move || init(&folder, &new_node(), &passphrase())
    });
    let created = created.await.unwrap().unwrap();

    let mut sizes = Vec::new();
    for _ in 0..2 {
        let node = Node::start(&folder, passphrase()).await.unwrap();
        assert_eq!(get(&node, "/healthz").await.0, 200);
        let mut witnessed = node.ledger().witnessed();
        witnessed.wait_for(Option::is_some).await.unwrap();
        let (status, ready) = get(&node, "/readyz").await;
        assert_eq!(status, 200, "{ready}");
        let (status, checkpoint) = get(&node, "/log/checkpoint").await;
        assert_eq!(status, 200);
        assert!(
            checkpoint.starts_with("vu.example/ledger\n"),
            "{checkpoint}"
        );
        assert!(get(&node, "/").await.1.contains("Vanuatu"));
        sizes.push(node.ledger().head().borrow().size);
        node.stop().await;
    }
    assert_eq!(sizes, [2, 2], "the genesis and its header, once");
    assert_eq!(created.log_key.name(), "vu.example/ledger");
}

#[tokio::test]
async fn a_folder_in_use_is_not_made_anew_and_a_wrong_passphrase_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::new(dir.path().join("vu"));
    init(&folder, &new_node(), &passphrase()).unwrap();
    assert!(matches!(
        init(&folder, &new_node(), &passphrase()),
        Err(RunError::NotEmpty { .. })
    ));
    let wrong = SecretString::from("incorrect horse battery".to_owned());
    assert!(matches!(
        Node::start(&folder, wrong).await,
        Err(RunError::Keys(_))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_made_with_a_process_has_it_and_its_authority_from_the_first_start() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::new(dir.path().join("vu"));
    let process = FirstProcess {
        text: preset("small").unwrap().to_owned(),
        authority: "Department of Climate Change".parse().unwrap(),
    };
    let new = NewNode {
        process: Some(process),
        ..new_node()
    };
    let made = {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || init(&folder, &new, &passphrase()))
    };
    made.await.unwrap().unwrap();
    let node = Node::start(&folder, passphrase()).await.unwrap();
    let (status, organisations) = get(&node, "/api/v1/organisations").await;
    assert_eq!(status, 200);
    assert!(
        organisations.contains("Department of Climate Change")
            && organisations.contains("\"organisation_type\":\"government\""),
        "{organisations}"
    );
    let (status, file) = get(&node, "/api/v1/processes/1/file").await;
    assert_eq!((status, file.as_str()), (200, preset("small").unwrap()));
    node.stop().await;
}
