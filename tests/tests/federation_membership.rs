//! Countries join by a ceremony: what the members' threshold signs is picked up by every node, from whoever has it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use countersign_tests::devnet::{Cli, Country, Devnet, Failure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn must<T>(result: Result<T, Failure>) -> T {
    result.unwrap_or_else(|why| panic!("{why}"))
}

/// A web server with the files of a folder, as a secretariat would have one.
async fn web_server(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let folder = folder.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 4096];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or("/");
                let file = std::fs::read(folder.join(path.trim_start_matches('/')));
                let (status, body) = match file {
                    Ok(body) => ("200 OK", body),
                    Err(_) => ("404 Not Found", Vec::new()),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _gone = stream.write_all(head.as_bytes()).await;
                let _gone = stream.write_all(&body).await;
            });
        }
    });
    format!("http://{address}")
}

/// The secretariat and the keyholders.
struct Ceremony<'a> {
    cli: &'a Cli,
    dir: &'a Path,
    passphrase: &'a Path,
}

impl Ceremony<'_> {
    fn path(&self, name: &str) -> String {
        self.dir.join(name).to_string_lossy().into_owned()
    }

    /// Runs `countersign federation WORDS`, where words that begin with @ are paths.
    async fn run(&self, words: &str) -> Value {
        let words = words.split(' ').map(|word| match word.strip_prefix('@') {
            Some(name) => self.path(name),
            None => word.replace('_', " "),
        });
        let mut args = vec!["federation".to_owned()];
        args.extend(words);
        if ["ceremony", "sign", "publish"].contains(&args[1].as_str()) {
            let passphrase = self.passphrase.to_string_lossy().into_owned();
            args.extend(["--passphrase-file".to_owned(), passphrase]);
        }
        args.push("--yes".to_owned());
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        must(self.cli.json(self.dir, &args).await)
    }

    async fn publish(&self) {
        for holder in ["kGH", "kCH"] {
            self.run(&format!("sign --registry @registry --key @{holder}"))
                .await;
        }
        self.run("publish --registry @registry --key @kserver")
            .await;
    }
}

fn pin(country: &Country, root_hash: &str, from: &[String]) {
    let config = country.data.join("config.toml");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(config)
        .unwrap();
    let from: Vec<String> = from.iter().map(|it| format!("\"{it}\"")).collect();
    write!(
        file,
        "\n[federation]\nroot_hash = \"{root_hash}\"\nfrom = [{}]\n",
        from.join(", ")
    )
    .unwrap();
}

/// Waits until a country's list of partners is as wanted.
async fn partners(cli: &Cli, country: &Country, wanted: impl Fn(&[Value]) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(150);
    loop {
        let listed = must(cli.json(&country.data, &["peer", "list"]).await);
        if wanted(listed.as_array().unwrap()) {
            return;
        }
        assert!(Instant::now() < deadline, "{}: {listed}", country.party);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn status_of<'a>(listed: &'a [Value], party: &str) -> Option<&'a str> {
    let of = listed.iter().find(|it| it["party"] == party)?;
    of["status"].as_str()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_members_sign_every_node_picks_up_and_a_frozen_member_begins_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let cli = &must(Cli::built());
    let mut devnet = must(Devnet::strangers(cli.clone(), dir.path()).await);
    let passphrase = devnet.country("GH").unwrap().passphrase().to_owned();
    let ceremony = Ceremony {
        cli,
        dir: dir.path(),
        passphrase: &passphrase,
    };
    for holder in ["GH", "CH", "VU", "server"] {
        ceremony
            .run(&format!("ceremony {holder} --out @k{holder}"))
            .await;
    }
    let founded = ceremony
        .run(
            "propose found --registry @registry --name Test --root-key @kGH --root-key @kCH --root-key @kVU \
             --root-threshold 2 --online-key @kserver --policy @witnesses.policy",
        )
        .await;
    let root_hash = founded["root_hash"].as_str().unwrap().to_owned();
    ceremony.publish().await;
    for country in &devnet.countries {
        must(country.write_invite(cli).await);
        let invite = country.invite();
        let invite = invite.file_name().unwrap().to_string_lossy().into_owned();
        ceremony
            .run(&format!(
                "propose member --registry @registry --invite @{invite}"
            ))
            .await;
        ceremony.publish().await;
    }

    // The first country hears of it from the secretariat, the second from the first, and the third, which knows nobody, from a
    // file.
    let server = web_server(dir.path().join("registry")).await;
    let first = format!("{}/trust", devnet.country("GH").unwrap().api);
    for country in &mut devnet.countries {
        country.halt().await;
        let from = match country.party.as_str() {
            "GH" => vec![server.clone()],
            "CH" => vec![first.clone()],
            _ => Vec::new(),
        };
        pin(country, &root_hash, &from);
        must(country.start(cli).await);
    }
    let ghana = devnet.country("GH").unwrap();
    partners(cli, ghana, |listed| listed.len() == 2).await;
    let parcel = ceremony.path("parcel");
    must(
        cli.run(&ghana.data, ["courier", "pack", "VU", "--out", &parcel])
            .await,
    );
    let vanuatu = &devnet.country("VU").unwrap().data;
    let reply = ceremony.path("reply");
    must(
        cli.run(vanuatu, ["courier", "unpack", &parcel, "--reply", &reply])
            .await,
    );
    for country in &devnet.countries {
        partners(cli, country, |listed| {
            listed.len() == 2 && listed.iter().all(|it| it["connected"] == true)
        })
        .await;
    }

    // They agree, and units may flow.
    must(devnet.agree().await);
    let ghana = devnet.country("GH").unwrap();
    must(cli.run(&ghana.data, ["peer", "ping", "CH"]).await);

    // A member is frozen: every node lists it so, and nothing new begins with it.
    ceremony
        .run("propose freeze --registry @registry VUT01 --reason its_key_was_stolen")
        .await;
    ceremony.publish().await;
    for party in ["GH", "CH"] {
        let country = devnet.country(party).unwrap();
        partners(cli, country, |listed| {
            status_of(listed, "VU") == Some("frozen")
        })
        .await;
    }
    let send = [
        "transfer",
        "send",
        "--to",
        "VU",
        "--agreement",
        "GH-VU",
        "--from",
        "1",
        "--to-account",
        "1",
        "--tonnes",
        "1",
    ];
    let refused = cli.run(&ghana.data, send).await.unwrap_err().to_string();
    assert!(refused.contains("frozen"), "{refused}");

    // And taken back.
    ceremony
        .run("propose unfreeze --registry @registry VUT01")
        .await;
    ceremony.publish().await;
    for party in ["GH", "CH"] {
        let country = devnet.country(party).unwrap();
        partners(cli, country, |listed| {
            status_of(listed, "VU") == Some("active")
        })
        .await;
    }
    let head = a_closed_ledger(&mut devnet, &ceremony).await;
    a_new_ledger(&mut devnet, &ceremony, (&root_hash, &head)).await;
    examined(&mut devnet).await;
    devnet.stop().await;
}

/// A lock waits for a country that is gone for ever; the members name its last head, and the lock ends as its last tree says.
async fn a_closed_ledger(devnet: &mut Devnet, ceremony: &Ceremony<'_>) -> String {
    let cli = devnet.cli.clone();
    let ghana = devnet.country("GH").unwrap().data.clone();
    for words in [
        "organisation add --name Holder --kind government",
        "account open --organisation 1 --name Main --kind party-holding",
        "project add --organisation 1 --title Stoves --scope 3",
        "issue --account 1 --project 1 --year 2024 --tonnes 100",
    ] {
        must(cli.run(&ghana, words.split(' ')).await);
    }
    let vanuatu = devnet.country_mut("VU");
    let head = last_head(&vanuatu.api).await;
    vanuatu.halt().await;
    let send = "transfer send --to VU --agreement GH-VU --from 1 --to-account 1 --tonnes 40";
    let sent = must(cli.json(&ghana, &send.split(' ').collect::<Vec<_>>()).await);
    let id = sent["made"]["transfer"]
        .as_str()
        .unwrap_or_else(|| panic!("{sent}"));

    let close =
        format!("propose close --registry @registry VUT01 --reason it_was_lost --final {head}");
    ceremony.run(&close).await;
    ceremony.publish().await;

    state_of(&cli, &ghana, id, "RELEASED").await;
    let account = must(cli.json(&ghana, &["account", "show", "1"]).await);
    assert_eq!(account["account"]["available"], 100, "{account}");
    head.replace('_', " ")
}

/// The country goes on in a new ledger. Its partners take that up by themselves, and units move there.
async fn a_new_ledger(
    devnet: &mut Devnet,
    ceremony: &Ceremony<'_>,
    (root_hash, head): (&str, &str),
) {
    let cli = devnet.cli.clone();
    let policy = std::fs::read_to_string(ceremony.path("witnesses.policy")).unwrap();
    let closed = devnet.country("VU").unwrap();
    let named = ("Vanuatu Carbon Registry", "VUT02", head);
    let mut again = must(Country::go_on(&cli, ceremony.dir, closed, named, &policy).await);
    for witness in &devnet.witnesses {
        must(witness.know("VU-again", &again.log_key));
    }
    let from = format!("{}/trust", devnet.country("GH").unwrap().api);
    pin(&again, root_hash, &[from]);
    must(again.start(&cli).await);
    must(again.write_invite(&cli).await);
    let invite = again.invite();
    let invite = invite.file_name().unwrap().to_string_lossy();
    let words = format!("propose member --registry @registry --invite @{invite}");
    ceremony.run(&words).await;
    ceremony.publish().await;
    for party in ["GH", "CH"] {
        let country = devnet.country(party).unwrap();
        partners(&cli, country, |listed| {
            let vanuatu = listed.iter().find(|it| it["party"] == "VU");
            vanuatu.is_some_and(|it| {
                it["status"] == "active"
                    && it["connected"] == true
                    && it["origin"] == "vu-again.devnet.example/ledger"
            })
        })
        .await;
    }

    // The agreement stands; the account of before has its number in the new ledger too.
    let settle = "organisation add --name Holder --kind government";
    must(cli.run(&again.data, settle.split(' ')).await);
    let settle = "account open --organisation 1 --name Main --kind party-holding";
    must(cli.run(&again.data, settle.split(' ')).await);
    let ghana = devnet.country("GH").unwrap().data.clone();
    let send = "transfer send --to VU --agreement GH-VU --from 1 --to-account 1 --tonnes 40";
    let sent = must(cli.json(&ghana, &send.split(' ').collect::<Vec<_>>()).await);
    let id = sent["made"]["transfer"].as_str().unwrap();
    state_of(&cli, &ghana, id, "FINAL").await;
    state_of(&cli, &again.data, id, "ACQUIRED").await;
    again.stop().await;
}

/// Waits until a country says that of a transfer.
async fn state_of(cli: &Cli, country: &Path, id: &str, wanted: &str) {
    let deadline = Instant::now() + Duration::from_secs(150);
    loop {
        let shown = cli.json(country, &["transfer", "show", id]).await;
        if shown.as_ref().is_ok_and(|it| it["state"] == wanted) {
            return;
        }
        assert!(Instant::now() < deadline, "{wanted}: {shown:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The witnessed head of a node, in the form of the trust registry, with _ for a space.
async fn last_head(api: &str) -> String {
    let note = reqwest::get(format!("{api}/log/checkpoint")).await.unwrap();
    let note = note.text().await.unwrap();
    let mut lines = note.lines().skip(1);
    format!("{}_{}", lines.next().unwrap(), lines.next().unwrap())
}

/// Ghana's operator examines Switzerland's node, with Ghana's own stopped.
async fn examined(devnet: &mut Devnet) {
    let (cli, trust) = (devnet.cli.clone(), devnet.trust.clone());
    let api = devnet.country("CH").unwrap().api.clone();
    let ghana = devnet.country_mut("GH");
    let status = must(cli.json(&ghana.data, &["status"]).await);
    let mut partners = status["peers"].as_array().unwrap().iter();
    let swiss = partners.find(|it| it["party"] == "CH").unwrap();
    let peer = swiss["peer"].as_str().unwrap();
    let address = swiss["address"]
        .as_str()
        .unwrap_or_else(|| panic!("{swiss}"));
    let address = match address.contains("/p2p/") {
        true => address.to_owned(),
        false => format!("{address}/p2p/{peer}"),
    };
    let passphrase = ghana.passphrase().to_string_lossy().into_owned();
    ghana.halt().await;
    let args = [
        "conformance",
        "--peer",
        &address,
        "--origin",
        "ch.devnet.example/ledger",
        "--trust",
        &trust.to_string_lossy(),
        "--http",
        &api,
        "--passphrase-file",
        &passphrase,
    ];
    let findings = must(cli.json(&ghana.data, &args).await);
    let findings = findings.as_array().unwrap();
    assert!(findings.len() > 20);
    let not_passed: Vec<_> = findings
        .iter()
        .filter(|it| it["result"] != "passed")
        .collect();
    assert!(not_passed.is_empty(), "{not_passed:?}");
}
