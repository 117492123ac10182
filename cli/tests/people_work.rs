//! People at work with the command line: documents, findings, holds, migrations, and what a form's faults look like.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;

use common::{Trial, at_work, must, ran};
use serde_json::Value;
use sha2::Digest;

fn count(trial: &Trial, list: &str) -> usize {
    let listed: Value = must(trial, &format!("{list} -o json")).json();
    listed.as_array().unwrap().len()
}

const SUBMIT: &str = "project submit --form project.toml --as ama";

#[test]
fn a_form_is_held_against_the_process_before_a_case_is_open_and_a_dry_run_writes_nothing() {
    let trial = at_work();
    let before = count(&trial, "case list");
    let form = fs::read_to_string(trial.dir.path().join("project.toml")).unwrap();
    let wrong = form.replace("sectoral_scope = 3", "sectoral_scope = 17");
    trial.file("project.toml", &wrong);
    let wrong = ran(&trial, SUBMIT);
    assert_eq!(wrong.code, 3, "{}", wrong.err);
    for wanted in ["sectoral_scope", "--document design-document=FILE"] {
        assert!(wrong.err.contains(wanted), "{}", wrong.err);
    }
    trial.file("project.toml", &form);
    let tried = must(
        &trial,
        &format!("{SUBMIT} --document design-document=design.md --dry-run"),
    );
    assert!(tried.out.contains("case_opened"), "{}", tried.out);
    assert_eq!(count(&trial, "case list"), before);
    let unknown = ran(&trial, "case inbox --as nobody");
    assert_eq!(unknown.code, 4);
    assert!(unknown.err.contains("ama"), "{}", unknown.err);
}

#[test]
fn findings_documents_holds_and_migrations_go_their_way_by_commands() {
    let trial = at_work();
    must(
        &trial,
        &format!("{SUBMIT} --document design-document=design.md"),
    );

    must(
        &trial,
        "finding open 3 --kind car --text The~survey~is~missing. --as cem",
    );
    let listed = must(&trial, "finding list 3").out;
    assert!(
        listed.contains("CAR") && !listed.contains("survey"),
        "{listed}"
    );
    let early = ran(&trial, "finding close 3 1 --text Done. --as cem");
    assert_eq!(early.code, 3, "{}", early.err);
    must(&trial, "finding answer 3 1 --text It~is~there. --as ama");
    must(&trial, "finding close 3 1 --text Complete. --as cem");
    let listed = must(&trial, "finding list 3").out;
    assert!(listed.contains("no finding is open"), "{listed}");

    // The certifier reads a document once it is opened to it.
    assert_eq!(count(&trial, "document list 3 --as cem"), 0);
    let own: Value = must(&trial, "document list 3 --as ama -o json").json();
    let id = own[0]["document"].to_string();
    must(
        &trial,
        &format!("document open {id} --to certifier --as ama"),
    );
    assert_eq!(count(&trial, "document list 3 --as cem"), 1);
    let save = format!("document save {id} --out copy.md --as cem");
    must(&trial, &save);
    let read = |name: &str| fs::read(trial.dir.path().join(name)).unwrap();
    assert_eq!(read("copy.md"), read("design.md"));
    assert_ne!(ran(&trial, &save).code, 0);

    let order = "--authority 1 --reference HC~12 --as efua";
    must(
        &trial,
        &format!("hold place --organisation 2 --reason court~order {order}"),
    );
    let listed = must(&trial, "hold list --as efua").out;
    assert!(
        listed.contains("court order") && listed.contains("stands"),
        "{listed}"
    );
    must(&trial, &format!("hold lift 1 --reason withdrawn {order}"));
    assert!(must(&trial, "hold list --as efua").out.contains("lifted"));

    // A second version takes the project over when two officials say so.
    let first = must(&trial, "workflow show small --shape toml").out;
    let hash = hex::encode(sha2::Sha256::digest(&first));
    let second = first.replacen("version = \"1.0\"", "version = \"2.0\"", 1);
    let stages = "stages = { validation = \"validation\" }";
    let migration = format!("[[migration]]\nfrom = \"{hash}\"\nflow = \"project\"\n{stages}\n");
    trial.file("second.toml", &format!("{second}\n{migration}"));
    must(&trial, "workflow adopt second.toml");
    let tried = must(&trial, "case migrate 3 --dry-run --as efua").out;
    assert!(tried.contains("validation"), "{tried}");
    must(&trial, "case migrate 3 --as efua");
    let waiting = must(&trial, "case migrations --as kofi").out;
    assert!(waiting.contains("waits for approval"), "{waiting}");
    let alone = ran(&trial, "case approve-migration 1 --as efua");
    assert_eq!(alone.code, 3, "{}", alone.err);
    must(&trial, "case approve-migration 1 --as kofi");
    must(
        &trial,
        "case act 3 validate --form validation.toml --document validation-report=validation.md --as cem",
    );
}
