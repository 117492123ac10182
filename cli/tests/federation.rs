//! A federation is founded, grows, freezes a member, replaces a lost key and refuses what is not signed: offline, by files, as a
//! secretariat and its keyholders would do it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Ended, PASSPHRASE, RunningWitness, run, secret_file, text};
use countersign_protocol::log::{KeyKind, SignerKey};
use tempfile::TempDir;

/// The desks of a ceremony: keyholders' sticks and the secretariat's folder.
struct Desk {
    dir: TempDir,
    passphrase: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let passphrase = secret_file(dir.path().join("passphrase"), PASSPHRASE);
        let mut policy = String::new();
        for at in 1..=4_u8 {
            let name = format!("w{at}.example");
            let key = SignerKey::from_seed(&name, KeyKind::CosignatureV1, &[at; 32]).unwrap();
            policy += &format!("witness w{at} {}\n", key.verifier());
        }
        policy += "group most 3 w1 w2 w3 w4\nquorum most\n";
        fs::write(dir.path().join("policy"), policy).unwrap();
        Self { dir, passphrase }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs `countersign federation WORDS` with every word that begins with @ as a path in the folder.
    fn run(&self, words: &str) -> Ended {
        let words: Vec<String> = words
            .split(' ')
            .map(|word| match word.strip_prefix('@') {
                Some(name) => text(&self.path(name)).to_owned(),
                None => word.replace('_', " "),
            })
            .collect();
        let mut args = vec!["federation"];
        args.extend(words.iter().map(String::as_str));
        let first = args[1];
        if ["ceremony", "sign", "publish"].contains(&first) {
            args.extend(["--passphrase-file", text(&self.passphrase)]);
        }
        args.extend(["--yes", "-o", "json"]);
        run(&args)
    }

    fn keys(&self, names: &[&str], rehearsal: bool) {
        let mark = if rehearsal { " --rehearsal" } else { "" };
        for name in names {
            let made = self.run(&format!("ceremony {name} --out @{name}{mark}"));
            assert_eq!(made.code, 0, "{}", made.err);
        }
    }

    fn found(&self, name: &str, options: &str) -> Ended {
        self.run(&format!(
            "propose found --registry @{name} --name Test_Federation --root-key @GH --root-key @CH --root-key @VU \
             --root-threshold 2 --online-key @server --policy @policy{options}"
        ))
    }

    fn sign(&self, names: &[&str]) {
        for name in names {
            let signed = self.run(&format!("sign --registry @registry --key @{name}"));
            assert_eq!(signed.code, 0, "{}", signed.err);
        }
    }

    fn publish(&self) -> Ended {
        self.run("publish --registry @registry --key @server")
    }

    /// A federation with keys of GH, CH and VU, two of which sign.
    fn founded() -> (Self, String) {
        let desk = Self::new();
        desk.keys(&["GH", "CH", "VU", "server"], false);
        let hash = desk.found("registry", "").json()["root_hash"].clone();
        desk.sign(&["GH", "CH"]);
        let published = desk.publish();
        assert_eq!(published.json()["root_hash"], hash);
        (desk, hash.as_str().unwrap().to_owned())
    }

    fn show(&self, hash: &str) -> serde_json::Value {
        self.run(&format!("show --registry @registry --root-hash {hash}"))
            .json()
    }
}

fn entry(desk: &Desk, name: &str) -> PathBuf {
    let origin = "gh.example/ledger";
    let log = SignerKey::from_seed(origin, KeyKind::Ed25519, &[11; 32]).unwrap();
    let cosigner =
        SignerKey::from_seed("gh.example/witness", KeyKind::CosignatureV1, &[12; 32]).unwrap();
    let path = desk.path(name);
    let entry = format!(
        "countersign-member/v1\nregistry GHA01\nparty GH\norigin {origin}\nstatus active\nsince 2026-11-22T10:00:00Z\n\
         log-key 0 - {}\ncosigner-key {}\npeer 12D3KooWGmkCdXFWxWwrsSDqWm1aSdZsG3q5wkmnA6uWzRrvVXfn\n",
        log.verifier(),
        cosigner.verifier()
    );
    fs::write(&path, entry).unwrap();
    path
}

#[test]
fn a_federation_is_founded_by_keyholders_who_sign_one_after_the_other() {
    let desk = Desk::new();
    desk.keys(&["GH", "CH", "VU", "server"], false);
    let card = fs::read_to_string(desk.path("GH/card.txt")).unwrap();
    assert!(
        card.contains("fingerprint") && !card.contains("REHEARSAL"),
        "{card}"
    );
    let page = fs::read_to_string(desk.path("GH/card.html")).unwrap();
    assert!(page.contains("<svg"), "{page}");
    assert!(!page.contains("PRIVATE"), "a card shows no secret");

    let founded = desk.found("registry", "").json();
    assert_eq!(founded["root"], "2 of 3 sign");
    let unsigned = desk.publish();
    assert_eq!(unsigned.code, 6, "{}", unsigned.err);
    assert!(
        unsigned.err.contains("not signed yet: "),
        "{}",
        unsigned.err
    );

    let signed = desk.run("sign --registry @registry --key @GH");
    assert!(
        signed.err.contains("+ root: keyholder VU (key "),
        "{}",
        signed.err
    );
    assert_eq!(signed.json().as_array().unwrap().len(), 4);
    let again = desk.run("sign --registry @registry --key @GH");
    assert_eq!(again.code, 5, "{}", again.err);
    let stranger = desk.run("sign --registry @registry --key @server");
    assert_eq!(stranger.code, 4, "{}", stranger.err);
    assert_eq!(desk.publish().code, 6);
    desk.sign(&["CH"]);
    assert_eq!(desk.publish().code, 0);
    assert!(!desk.path("registry/proposed").exists());

    let hash = founded["root_hash"].as_str().unwrap();
    let shown = desk.show(hash);
    assert_eq!(shown["in_force"], true);
    assert_eq!(shown["witnesses_tolerate"], 1);
    let signed_by = shown["files"][0]["signed_by"].to_string();
    assert!(
        signed_by.contains("GH") && signed_by.contains("CH") && !signed_by.contains("VU"),
        "{signed_by}"
    );
    let other = desk.run(&format!(
        "show --registry @registry --root-hash {}",
        "0".repeat(64)
    ));
    assert_eq!(other.code, 8, "{}", other.err);
}

#[test]
fn a_member_joins_is_frozen_gets_a_new_key_and_is_closed_for_ever() {
    let (desk, hash) = Desk::founded();
    entry(&desk, "entry");
    let joins = desk
        .run("propose member --registry @registry --entry @entry")
        .json();
    assert!(
        joins["changes"][0].as_str().unwrap().contains("joins"),
        "{joins}"
    );
    desk.sign(&["VU", "CH"]);
    assert_eq!(desk.publish().code, 0);
    assert_eq!(desk.show(&hash)["members"][0]["status"], "active");

    let next = SignerKey::from_seed("gh.example/ledger", KeyKind::Ed25519, &[13; 32]).unwrap();
    let key = format!(
        "propose key --registry @registry GHA01 --until 900 --next {}",
        next.verifier()
    );
    let changes = desk.run(&key).json()["changes"].to_string();
    assert!(
        changes.contains("+ log-key 0 900 gh.example")
            && changes.contains("+ log-key 900 - gh.example"),
        "{changes}"
    );
    // Two edits of one part make one proposal.
    let frozen = desk.run("propose freeze --registry @registry GHA01 --reason key_stolen");
    assert!(
        frozen.json()["changes"]
            .to_string()
            .contains("+ reason key stolen"),
        "{}",
        frozen.out
    );
    desk.sign(&["GH", "CH"]);
    assert_eq!(desk.publish().code, 0);
    let shown = desk.show(&hash);
    assert_eq!(shown["members"][0]["status"], "frozen");
    assert!(
        shown["members"][0]["log_keys"][0]
            .as_str()
            .unwrap()
            .starts_with("0..900 ")
    );

    let back = desk.run("propose key --registry @registry GHA01 --until 800");
    assert_eq!(back.code, 3, "the second key begins at 900: {}", back.err);
    let undone = desk.run("propose member --registry @registry --entry @entry");
    assert_eq!(undone.code, 3, "{}", undone.err);
    assert!(undone.err.contains("never grow"), "{}", undone.err);

    let head = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let closed = desk.run(&format!(
        "propose close --registry @registry GHA01 --reason lost --final 950_{head}"
    ));
    assert_eq!(closed.code, 0, "{}", closed.err);
    desk.sign(&["GH", "VU"]);
    assert_eq!(desk.publish().code, 0);
    let reopened = desk.run("propose unfreeze --registry @registry GHA01");
    assert_eq!(reopened.code, 3, "{}", reopened.err);
    assert!(reopened.err.contains("closed for ever"), "{}", reopened.err);
}

#[test]
fn a_country_joins_with_the_invite_of_its_node() {
    let (desk, hash) = Desk::founded();
    let invite = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../protocol/tests/golden/invite-v1.txt"
    );
    fs::copy(invite, desk.path("invite")).unwrap();
    let joins = desk.run("propose member --registry @registry --invite @invite");
    assert!(
        joins.err.contains("fingerprint of the invite"),
        "{}",
        joins.err
    );
    assert_eq!(joins.code, 0, "{}", joins.err);
    desk.sign(&["GH", "CH"]);
    assert_eq!(desk.publish().code, 0);
    let shown = desk.show(&hash);
    assert_eq!(shown["members"][0]["registry"], "GHA01");
    assert!(
        shown["members"][0]["log_keys"][0]
            .as_str()
            .unwrap()
            .starts_with("0..- ")
    );
}

#[test]
fn a_lost_key_is_replaced_by_the_others_and_a_stolen_online_key_by_a_root() {
    let (desk, hash) = Desk::founded();
    desk.keys(&["VU-second", "server-second"], false);
    let lost = desk.run(
        "propose keyholders --registry @registry --of root --remove VU --add @VU-second --online-key @server-second",
    );
    let changes = lost.json()["changes"].to_string();
    assert!(changes.contains("- root: keyholder VU (key "), "{changes}");
    assert!(
        changes.contains("+ timestamp: keyholder server-second"),
        "{changes}"
    );
    desk.sign(&["GH", "CH"]);
    let old = desk.publish();
    assert_eq!(
        old.code, 4,
        "the stolen key signs no timestamp: {}",
        old.err
    );
    let published = desk.run("publish --registry @registry --key @server-second");
    assert_eq!(published.json()["root"], 2);
    assert_eq!(desk.show(&hash)["in_force"], true);
    // Whoever is gone signs nothing any more.
    desk.run("propose renew --registry @registry root");
    assert_eq!(desk.run("sign --registry @registry --key @VU").code, 4);
}

#[test]
fn a_timestamp_alone_is_published_by_the_online_key() {
    let (desk, _) = Desk::founded();
    let again = desk.publish().json();
    assert_eq!(
        (&again["snapshot"], &again["roles"]),
        (&2.into(), &serde_json::json!([]))
    );
}

#[test]
fn thresholds_that_are_unwise_are_refused_before_anybody_signs() {
    let desk = Desk::new();
    desk.keys(&["GH", "CH", "VU", "server"], false);
    let online = desk.run(
        "propose found --registry @registry --name Test --root-key @GH --root-key @CH --root-key @server \
         --root-threshold 2 --online-key @server --policy @policy",
    );
    assert_eq!(online.code, 3, "{}", online.err);
    assert!(online.err.contains("lies on a server"), "{}", online.err);
    fs::write(desk.path("policy"), "quorum none\n").unwrap();
    let none = desk.found("registry", "");
    assert_eq!(none.code, 3, "{}", none.err);
    assert!(none.err.contains("asks for no witness"), "{}", none.err);
    assert!(!desk.path("registry").exists(), "nothing was proposed");
}

#[test]
fn a_rehearsal_is_marked_everywhere_and_never_mixes_with_what_is_in_earnest() {
    let desk = Desk::new();
    desk.keys(&["GH", "CH", "VU", "server"], true);
    let card = fs::read_to_string(desk.path("GH/card.txt")).unwrap();
    assert!(card.contains("REHEARSAL"), "{card}");
    let earnest = desk.found("earnest", "");
    assert_eq!(earnest.code, 3, "{}", earnest.err);
    assert!(
        earnest.err.contains("made in a rehearsal"),
        "{}",
        earnest.err
    );
    let hash = desk.found("registry", " --rehearsal").json()["root_hash"].clone();
    desk.sign(&["GH", "CH"]);
    assert_eq!(desk.publish().code, 0);
    assert_eq!(desk.show(hash.as_str().unwrap())["rehearsal"], true);
    let table = run(&[
        "federation",
        "show",
        "--registry",
        text(&desk.path("registry")),
    ]);
    assert!(table.out.contains("REHEARSAL"), "{}", table.out);
    assert!(
        table.err.contains("--root-hash"),
        "an unpinned root is told: {}",
        table.err
    );
    for file in files(&desk.path("registry/metadata")) {
        let content = fs::read_to_string(&file).unwrap();
        assert!(
            content.contains("\"rehearsal\": true"),
            "{}",
            file.display()
        );
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(found.len() >= 6, "{found:?}");
    found
}

#[test]
fn a_member_takes_in_newer_versions_from_anybody_and_never_an_older_one() {
    let (desk, hash) = Desk::founded();
    let update =
        |from: &str, pin: &str| desk.run(&format!("update --registry @member --from @{from}{pin}"));
    let pinned = format!(" --root-hash {hash}");
    assert_eq!(
        update("registry", "").code,
        2,
        "nobody vouches for the first root"
    );
    let other = update("registry", &format!(" --root-hash {}", "0".repeat(64)));
    assert_eq!(other.code, 8, "{}", other.err);
    assert!(!desk.path("member").exists());
    assert_eq!(update("registry", &pinned).json()["changed"], true);

    copy(&desk.path("registry"), &desk.path("older"));
    entry(&desk, "entry");
    desk.run("propose member --registry @registry --entry @entry");
    desk.sign(&["VU", "CH"]);
    desk.publish();
    let taken = update("registry", &pinned).json();
    assert!(
        taken["changes"]
            .to_string()
            .contains("GHA01 (Ghana, gh.example/ledger) joins"),
        "{taken}"
    );
    assert_eq!(update("registry", &pinned).json()["changed"], false);

    let older = update("older", &pinned);
    assert_eq!(older.code, 8, "{}", older.err);
    assert!(
        older.err.contains("version 2 was seen already"),
        "{}",
        older.err
    );
    let shown = desk.run(&format!("show --registry @member{pinned}")).json();
    assert_eq!(
        (&shown["in_force"], &shown["members"][0]["registry"]),
        (&true.into(), &"GHA01".into())
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|it| (it.path(), it.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

#[test]
fn a_registry_that_somebody_changed_is_refused() {
    let (desk, hash) = Desk::founded();
    let path = desk.path("registry/metadata/1.members.json");
    let content = fs::read_to_string(&path).unwrap();
    fs::write(&path, content.replace("\"version\": 1", "\"version\": 2")).unwrap();
    let changed = desk.run(&format!("show --registry @registry --root-hash {hash}"));
    assert_eq!(changed.code, 8, "{}", changed.err);
    assert!(changed.err.contains("1.members.json"), "{}", changed.err);
}

/// A witness that runs.
struct Witness {
    _running: RunningWitness,
    data: PathBuf,
    /// Its line in a policy.
    line: String,
}

impl Witness {
    fn start(desk: &Desk, number: usize) -> Self {
        let data = desk.path(&format!("witness-{number}"));
        let name = format!("w{number}.example");
        let running = RunningWitness::start(text(&data), &name, text(&desk.passphrase));
        let made = [
            "witness",
            "--data",
            text(&data),
            "--make-only",
            "-o",
            "json",
        ];
        let made = run(&[&made[..], &["--passphrase-file", text(&desk.passphrase)]].concat());
        let key = made.json()["vkey"].as_str().unwrap().to_owned();
        let line = format!("witness w{number} {key} http://{}/\n", running.address);
        Self {
            _running: running,
            data,
            line,
        }
    }

    fn knows(&self, key: &str) {
        let logs = self.data.join("logs");
        fs::create_dir_all(&logs).unwrap();
        fs::write(logs.join("trust.vkey"), format!("{key}\n")).unwrap();
    }
}

#[test]
fn what_is_published_is_an_entry_of_a_log_that_witnesses_stand_behind() {
    let desk = Desk::new();
    let mut witnesses: Vec<Witness> = (1..=3).map(|it| Witness::start(&desk, it)).collect();
    let lines: String = witnesses.iter().map(|it| it.line.as_str()).collect();
    fs::write(
        desk.path("policy"),
        lines + "group most 2 w1 w2 w3\nquorum most\n",
    )
    .unwrap();
    desk.keys(&["GH", "CH", "VU", "server"], false);
    let hash = desk.found("registry", "").json()["root_hash"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.sign(&["GH", "CH"]);

    let begin = "publish --registry @registry --key @server --begin-log";
    let unknown = desk.run(begin);
    assert_eq!(unknown.code, 7, "{}", unknown.err);
    assert_eq!(desk.show(&hash)["in_force"], false, "nothing was published");
    let key = unknown.err.split("the key of the log, ").nth(1).unwrap();
    let key = key.split(", and publish").next().unwrap();
    witnesses.iter().for_each(|it| it.knows(key));
    // They look for new keys every second.
    let published = (0..30)
        .map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(500));
            desk.run(begin)
        })
        .find(|it| it.code != 7)
        .unwrap();
    assert_eq!(published.code, 0, "{}", published.err);
    assert_eq!(published.json()["log_size"], 1);
    assert_eq!(published.json()["log_witnessed"], true);
    let shown = desk.show(&hash);
    assert_eq!(
        (&shown["in_force"], &shown["log"]["in_force"]),
        (&true.into(), &true.into())
    );
    // A timestamp alone is no new version.
    assert_eq!(desk.publish().json()["log_size"], 1);

    // Two witnesses are away: a version waits for them, unless it can not.
    witnesses.truncate(1);
    let frozen = desk.run("propose renew --registry @registry members");
    assert_eq!(frozen.code, 0, "{}", frozen.err);
    desk.sign(&["GH", "CH"]);
    assert_eq!(desk.publish().code, 7);
    assert_eq!(desk.show(&hash)["log"]["size"], 1);
    let alone = desk.run("publish --registry @registry --key @server --without-witnesses");
    assert_eq!(alone.json()["log_witnessed"], false);
    let shown = desk.show(&hash);
    assert_eq!(
        (&shown["log"]["size"], &shown["in_force"]),
        (&2.into(), &false.into())
    );

    // A member takes it in, and begins nothing under it.
    let took = desk.run(&format!(
        "update --registry @held --from @registry --root-hash {hash}"
    ));
    assert_eq!(took.code, 0, "{}", took.err);
    let held = desk
        .run(&format!("show --registry @held --root-hash {hash}"))
        .json();
    assert_eq!(
        (&held["log"]["size"], &held["in_force"]),
        (&2.into(), &false.into())
    );
}
