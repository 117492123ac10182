//! The same files, read by us and by python-tuf 7. `fixtures/make.py` writes them and notes what python-tuf said.

use std::collections::BTreeMap;

use countersign_protocol::log::Hash;
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::{Trust, TrustRefusal};
use serde::Deserialize;

use crate::world::Files;

#[derive(Deserialize)]
struct Cases {
    now: Timestamp,
    root: String,
    cases: Vec<Case>,
    files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    /// `ok`, or the exception.
    python: String,
    /// What is served one after the other; all but the last are taken in.
    stages: Vec<BTreeMap<String, String>>,
}

fn cases() -> Cases {
    let text = include_str!("fixtures/cases.json");
    serde_json::from_str(text).unwrap()
}

fn run(all: &Cases, case: &Case) -> Result<Trust, TrustRefusal> {
    let mut pin: Hash = [0; 32];
    hex::decode_to_slice(&all.root, &mut pin).unwrap();
    let served = |stage: &BTreeMap<String, String>| -> Files {
        let file =
            |(path, name): (&String, &String)| (path.clone(), all.files[name].clone().into_bytes());
        stage.iter().map(file).collect()
    };
    let (last, before) = case.stages.split_last().unwrap();
    let first = served(&case.stages[0]);
    // A case may have another first root: one that has expired.
    let first = &first["metadata/1.root.json"];
    let pin = match Trust::bootstrap(first, &pin) {
        Err(TrustRefusal::OtherRoot { found, .. }) => found,
        _ => pin,
    };
    let mut trust = Trust::bootstrap(first, &pin)?;
    for stage in before {
        trust
            .refresh(&served(stage), all.now)
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", case.name));
    }
    trust.refresh(&served(last), all.now).map(|()| trust)
}

/// The refusal of each case by its name, in one word.
fn word(refusal: &TrustRefusal) -> &'static str {
    match refusal {
        TrustRefusal::TooLarge { .. } => "too large",
        TrustRefusal::Missing(_) => "missing",
        TrustRefusal::Json { .. } => "json",
        TrustRefusal::Field { .. } => "field",
        TrustRefusal::OtherFederation { .. } => "other federation",
        TrustRefusal::TooFewSignatures { .. } => "signatures",
        TrustRefusal::NotTheNextRoot { .. } => "next root",
        TrustRefusal::Rollback { .. } => "rollback",
        TrustRefusal::Vanished { .. } => "vanished",
        TrustRefusal::Mismatch { .. } => "mismatch",
        TrustRefusal::Expired { .. } => "expired",
        TrustRefusal::Member { .. } => "member",
        TrustRefusal::Members(_) => "members",
        other => panic!("unexpected: {other}"),
    }
}

/// Our word for each exception of python-tuf.
const SAME: &[(&str, &[&str])] = &[
    ("ok", &["ok"]),
    ("UnsignedMetadataError", &["signatures"]),
    ("LengthOrHashMismatchError", &["mismatch", "signatures"]),
    (
        "BadVersionNumberError",
        &["rollback", "next root", "mismatch"],
    ),
    ("ExpiredMetadataError", &["expired"]),
    ("DownloadHTTPError", &["missing", "field"]),
    ("DownloadLengthMismatchError", &["too large"]),
    ("DeserializationError", &["field", "json"]),
    ("SerializationError", &["json"]),
    ("RepositoryError", &["vanished", "json", "field"]),
];

/// Where python-tuf accepts and we refuse, each for a reason of its own.
const STRICTER: &[(&str, &str)] = &[
    ("a file of another federation", "other federation"),
    ("a file of a rehearsal", "other federation"),
    ("a member that vanishes", "members"),
    ("a closed member that comes back", "members"),
    ("a revoked key that grows back", "members"),
    ("a name twice in an object", "json"),
    ("an entry with a status that does not exist", "member"),
    ("one key under two ids", "field"),
];

#[test]
fn python_tuf_and_we_say_the_same_of_the_same_files() {
    let all = cases();
    let mut wrong = Vec::new();
    for case in &all.cases {
        let outcome = run(&all, case);
        let ours = outcome.as_ref().map_or_else(word, |_| "ok");
        let stricter = STRICTER.iter().find(|(name, _)| *name == case.name);
        let expected = match stricter {
            Some((_, refusal)) if case.python == "ok" => std::slice::from_ref(refusal),
            Some(_) => panic!("{}: python-tuf refuses it too", case.name),
            None => {
                SAME.iter()
                    .find(|(name, _)| *name == case.python)
                    .unwrap()
                    .1
            }
        };
        if !expected.contains(&ours) {
            let refusal = outcome.err().map(|it| it.to_string());
            wrong.push(format!(
                "{}: python-tuf {}, ours {ours}: {refusal:?}",
                case.name, case.python
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all.cases.len() > 50, "only {} cases", all.cases.len());
    for (name, _) in STRICTER {
        assert!(
            all.cases.iter().any(|it| it.name == *name),
            "no case {name}"
        );
    }
}

#[test]
fn what_python_tuf_wrote_reads_as_members_and_witnesses() {
    let all = cases();
    let joined = all
        .cases
        .iter()
        .find(|it| it.name == "a member joins")
        .unwrap();
    let trust = run(&all, joined).unwrap();
    let view = trust.for_new_decisions(all.now).unwrap().settling();
    let names: Vec<_> = view
        .members()
        .iter()
        .map(|it| it.registry.to_string())
        .collect();
    assert_eq!(names, ["CHE01", "GHA01"]);
    assert_eq!(view.witnesses().tolerates(), Some(1));
}
