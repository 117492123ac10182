//! A command ends with the exit code that the manual promises, and says why on stderr.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fs;

use common::{bundle, made, node, problem, run, secret_file, set_mode, text};
use serde_json::json;

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    for args in [
        &[][..],
        &["frobnicate"],
        &["status", "--frobnicate"],
        &["status"],
        &["issue", "--data", "x", "--account", "one"],
        &["retire", "--account", "1", "--purpose", "ndc"],
        &[
            "transfer", "move", "--from", "1", "--to", "2", "--tonnes", "1", "--range", "GH-1-2",
        ],
        &["verify", "x"],
        &["ledger", "proof", "--data", "x"],
        &["key", "export", "--data", "x", "--partners"],
    ] {
        let ended = run(args);
        assert_eq!(ended.code, 2, "{args:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{args:?}");
        assert!(!ended.err.is_empty(), "{args:?}");
    }
}

#[test]
fn help_and_the_manual_show_every_exit_code() {
    for args in [&["--help"][..], &["man"]] {
        let ended = run(args);
        assert_eq!(ended.code, 0);
        for word in [
            "usage",
            "validation",
            "not authorised",
            "conflict",
            "needs approval",
            "unreachable",
            "integrity",
            "partial",
        ] {
            assert!(ended.out.contains(word), "{args:?} does not explain {word}");
        }
    }
}

#[test]
fn a_question_without_anybody_to_answer_is_a_usage_error_and_nothing_is_sent() {
    let args = [
        "retire",
        "--url",
        "http://127.0.0.1:1",
        "--account",
        "1",
        "--tonnes",
        "5",
        "--purpose",
        "ndc",
    ];
    let ended = run(&args);
    assert_eq!(ended.code, 2, "{}", ended.err);
    assert!(ended.err.contains("--yes"), "{}", ended.err);
}

#[test]
fn each_problem_of_a_node_has_its_exit_code_and_its_words() {
    let cases = [
        (422, "refused", 3),
        (400, "malformed", 3),
        (401, "not-authorised", 4),
        (409, "conflict", 5),
        (403, "needs-approval", 6),
        (502, "unreachable", 7),
        (500, "internal", 1),
    ];
    for (status, kind, code) in cases {
        let (url, serving) = node(vec![problem(status, kind, "the reason in words")]);
        let ended = run(&["status", "--url", &url]);
        assert_eq!(ended.code, code, "{kind}: {}", ended.err);
        assert!(
            ended.err.contains("the reason in words"),
            "{kind}: {}",
            ended.err
        );
        assert_eq!(ended.out, "");
        serving.join().unwrap();
    }
}

#[test]
fn a_node_that_does_not_answer_is_unreachable_and_a_write_says_how_to_repeat_it() {
    let ended = run(&["status", "--url", "http://127.0.0.1:1"]);
    assert_eq!(ended.code, 7, "{}", ended.err);
    let ended = run(&[
        "organisation",
        "add",
        "--name",
        "A",
        "--kind",
        "other",
        "--url",
        "http://127.0.0.1:1",
    ]);
    assert_eq!(ended.code, 7, "{}", ended.err);
    assert!(ended.err.contains("--request-id"), "{}", ended.err);
}

#[test]
fn a_busy_node_is_asked_again_with_the_same_key() {
    let made = json!({
        "receipt": {"request": "0a".repeat(16), "first_index": 2, "count": 1, "size": 4, "time_ms": 1},
        "made": {"id": 1, "name": "A", "kind": "other"},
    });
    let (url, serving) = node(vec![problem(503, "busy", "busy"), (201, made)]);
    let ended = run(&[
        "organisation",
        "add",
        "--name",
        "A",
        "--kind",
        "other",
        "--url",
        &url,
        "-o",
        "json",
    ]);
    assert_eq!(ended.json()["made"]["id"], 1);
    let asked = serving.join().unwrap();
    let key = |place: usize| {
        let head: &str = &asked[place].head;
        head.lines()
            .find(|line| line.starts_with("idempotency-key: "))
            .unwrap()
            .to_owned()
    };
    assert_eq!(key(0), key(1));
    assert_eq!(asked[0].body, asked[1].body);
}

#[test]
fn a_request_carries_the_token_of_the_file_and_the_id_that_was_given() {
    let dir = tempfile::tempdir().unwrap();
    let token = format!("cst_{}", "ab".repeat(32));
    let file = secret_file(dir.path().join("token"), &token);
    let id = "0123456789abcdef0123456789abcdef";
    let (url, serving) = node(vec![problem(409, "conflict", "used for something else")]);
    let ended = run(&[
        "issue",
        "--account",
        "1",
        "--project",
        "1",
        "--year",
        "2023",
        "--tonnes",
        "5",
        "--url",
        &url,
        "--token-file",
        text(&file),
        "--request-id",
        id,
    ]);
    assert_eq!(ended.code, 5, "{}", ended.err);
    let asked = serving.join().unwrap();
    assert!(
        asked[0].head.starts_with("post /api/v1/issuances "),
        "{}",
        asked[0].head
    );
    assert!(
        asked[0]
            .head
            .contains(&format!("authorization: bearer {token}"))
    );
    assert!(asked[0].head.contains(&format!("idempotency-key: {id}")));
    assert!(!ended.err.contains(&token), "a token is never shown");
}

#[test]
fn a_token_file_that_others_may_read_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let file = secret_file(
        dir.path().join("token"),
        &format!("cst_{}", "ab".repeat(32)),
    );
    set_mode(&file, 0o644);
    let ended = run(&[
        "status",
        "--url",
        "http://127.0.0.1:1",
        "--token-file",
        text(&file),
    ]);
    assert_eq!(ended.code, 4, "{}", ended.err);
    assert!(ended.err.contains("chmod 600"), "{}", ended.err);
}

#[test]
fn a_true_bundle_verifies_offline_and_says_what_it_proves() {
    let dir = tempfile::tempdir().unwrap();
    let (bundle, trust) = bundle(dir.path());
    let ended = run(&["verify", text(&bundle), "--trust", text(&trust)]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    for word in ["11,733 t", "GH-1-11733", "gh.example/ledger", "w3.example"] {
        assert!(
            ended.out.contains(word),
            "{word} is missing in {}",
            ended.out
        );
    }
    let verdict = run(&[
        "verify",
        text(&bundle),
        "--trust",
        text(&trust),
        "-o",
        "json",
    ])
    .json();
    assert_eq!(verdict["valid"], true);
    assert_eq!(verdict["cosigned_by"].as_array().unwrap().len(), 4);
    assert_eq!(verdict["record"]["body"]["issuance"]["range"], "GH-1-11733");
}

#[test]
fn a_bundle_is_judged_in_the_light_of_what_came_later() {
    let dir = tempfile::tempdir().unwrap();
    let (bundle, trust) = bundle(dir.path());
    let fresh = |later: &str| {
        let mut args = vec![
            "verify",
            text(&bundle),
            "--trust",
            text(&trust),
            "-o",
            "json",
        ];
        if !later.is_empty() {
            args.extend(["--later", later]);
        }
        let ended = run(&args);
        assert_eq!(ended.code, 0, "{}", ended.err);
        ended.json()
    };
    let alone = fresh("");
    assert_eq!(alone["verdict"], "freshness_unknown");
    let index = alone["index"].as_u64().unwrap();
    let answer = dir.path().join("units.json");
    let say = |since: u64| {
        let page = json!({"items": [{"range": "GH-1-11733", "since": since, "place": "available"}], "next": null});
        fs::write(&answer, page.to_string()).unwrap();
        fresh(text(&answer))
    };
    assert_eq!(say(index)["verdict"], "valid");
    let moved = say(index + 9);
    assert_eq!(
        (&moved["verdict"], &moved["moved_at"]),
        (&json!("moved"), &json!(index + 9))
    );
    let ended = run(&[
        "verify",
        text(&bundle),
        "--trust",
        text(&trust),
        "--later",
        "absent",
    ]);
    assert_eq!(ended.code, 3, "{}", ended.err);
}

#[test]
fn the_offline_page_is_written_with_the_trust_file_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let (_, trust) = bundle(dir.path());
    let page = dir.path().join("verify.html");
    let ended = run(&["verify", "--page", text(&page), "--trust", text(&trust)]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let written = fs::read_to_string(&page).unwrap();
    let log = fs::read_to_string(&trust).unwrap();
    let log = log.lines().find(|line| line.starts_with("log ")).unwrap();
    assert!(written.contains(log) && written.contains("countersign-wasm"));
    // A file that is there stays as it is.
    let ended = run(&["verify", "--page", text(&page), "--trust", text(&trust)]);
    assert_ne!(ended.code, 0);
    assert_eq!(run(&["verify", "--trust", text(&trust)]).code, 2);
}

#[test]
fn a_tampered_bundle_is_an_integrity_failure() {
    let dir = tempfile::tempdir().unwrap();
    let (bundle, trust) = bundle(dir.path());
    let whole = fs::read(&bundle).unwrap();
    let tampered = dir.path().join("tampered");
    for place in (0..whole.len()).step_by(37) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs::write(&tampered, &bytes).unwrap();
        let ended = run(&[
            "verify",
            text(&tampered),
            "--trust",
            text(&trust),
            "-o",
            "json",
        ]);
        // One cosignature of four may become a stranger's: three are still a quorum.
        if ended.code == 0 {
            let verdict = ended.json();
            assert_eq!(
                verdict["cosigned_by"].as_array().unwrap().len(),
                3,
                "byte {place}"
            );
            continue;
        }
        assert_eq!(ended.code, 8, "byte {place}: {}", ended.err);
        assert!(
            ended.out.contains("\"valid\":false"),
            "byte {place}: {}",
            ended.out
        );
    }
    fs::write(&tampered, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(
        run(&["verify", text(&tampered), "--trust", text(&trust)]).code,
        8
    );
}

#[test]
fn of_several_files_the_worst_decides() {
    let dir = tempfile::tempdir().unwrap();
    let (bundle, trust) = bundle(dir.path());
    let (bundle, trust) = (text(&bundle), text(&trust));
    let altered = dir.path().join("altered");
    fs::write(
        &altered,
        fs::read_to_string(bundle)
            .unwrap()
            .replace("index 1", "index 0"),
    )
    .unwrap();
    assert_eq!(run(&["verify", bundle, bundle, "--trust", trust]).code, 0);
    assert_eq!(
        run(&["verify", bundle, "/nowhere", "--trust", trust]).code,
        9
    );
    assert_eq!(run(&["verify", "/nowhere", "--trust", trust]).code, 3);
    assert_eq!(
        run(&[
            "verify",
            bundle,
            "/nowhere",
            text(&altered),
            "--trust",
            trust
        ])
        .code,
        8
    );
    assert_eq!(run(&["verify", bundle, "--trust", bundle]).code, 3);
}

#[test]
fn keys_that_others_may_open_and_wrong_passphrases_are_not_authorised() {
    let made = made();
    let data = text(&made.data);
    let serve = |passphrase: &str| run(&["serve", "--data", data, "--passphrase-file", passphrase]);
    let wrong = secret_file(made.dir.path().join("wrong"), "not the passphrase at all");
    let ended = serve(text(&wrong));
    assert_eq!(ended.code, 4, "{}", ended.err);
    let key = made.data.join("keys/log.age");
    set_mode(&key, 0o640);
    let ended = serve(text(&made.passphrase));
    assert_eq!(ended.code, 4, "{}", ended.err);
    assert!(ended.err.contains("chmod 600"), "{}", ended.err);
    set_mode(&key, 0o600);
    set_mode(&made.passphrase, 0o604);
    assert_eq!(serve(text(&made.passphrase)).code, 4);
    let ended = run(&["serve", "--data", data]);
    assert_eq!(ended.code, 4, "{}", ended.err);
    assert!(ended.err.contains("--passphrase-file"), "{}", ended.err);
}
