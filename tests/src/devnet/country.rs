//! One country's node.

use std::path::{Path, PathBuf};

use countersign_node::ops::keys::{KeyFolder, NodeKeys};
use countersign_node::run::DataFolder;
use countersign_protocol::federation::invite::Invite;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::process::{Cli, Failure, Running, free_port, passphrase_file};
use super::witnesses::text;

/// A country's node, run by the `countersign` command.
pub struct Country {
    /// Its code.
    pub party: String,
    /// Its data folder.
    pub data: PathBuf,
    /// The base of its HTTP interface.
    pub api: String,
    /// Its libp2p address with its peer id.
    pub p2p: String,
    /// Verifies its checkpoints.
    pub log_key: String,
    token_file: PathBuf,
    passphrase: PathBuf,
    running: Option<Running>,
}

impl Country {
    /// Makes the node's data folder and chooses its ports.
    ///
    /// # Errors
    /// What the command says.
    pub async fn make(
        cli: &Cli,
        dir: &Path,
        (party, name, registry): (&str, &str, &str),
        policy: &str,
    ) -> Result<Self, Failure> {
        let origin = format!("{}.devnet.example/ledger", party.to_lowercase());
        let more = ["--name", name, "--origin", &origin, "--registry", registry];
        Self::init(cli, dir, (party, party), policy, &more).await
    }

    /// Makes the node of a country that goes on from its closed ledger, whose last head is `head`: the leaves come from the
    /// store of `closed`, which does not run any more.
    ///
    /// # Errors
    /// What the command says.
    pub async fn go_on(
        cli: &Cli,
        dir: &Path,
        closed: &Self,
        (name, registry, head): (&str, &str, &str),
        policy: &str,
    ) -> Result<Self, Failure> {
        let party = closed.party.as_str();
        let (new, old) = (
            format!("{}-again.devnet.example/ledger", party.to_lowercase()),
            format!("{}.devnet.example/ledger", party.to_lowercase()),
        );
        let store = closed.data.join("ledger").to_string_lossy().into_owned();
        let more = [
            "--name",
            name,
            "--origin",
            &new,
            "--registry",
            registry,
            "--continues",
            &store,
            "--closed-origin",
            &old,
            "--closed-at",
            head,
        ];
        let folder = format!("{party}-again");
        Self::init(cli, dir, (party, &folder), policy, &more).await
    }

    async fn init(
        cli: &Cli,
        dir: &Path,
        (party, folder): (&str, &str),
        policy: &str,
        more: &[&str],
    ) -> Result<Self, Failure> {
        let data = dir.join(folder);
        let policy_file = dir.join("witnesses.policy");
        std::fs::write(&policy_file, policy)?;
        let passphrase = passphrase_file(dir)?;
        let http = format!("127.0.0.1:{}", free_port()?);
        let listen = format!("/ip4/127.0.0.1/tcp/{}", free_port()?);
        let (policy_path, passphrase_path) =
            (policy_file.to_string_lossy(), passphrase.to_string_lossy());
        let mut args = vec!["init", "--party", party, "--network", "devnet"];
        args.extend(["--http", &http, "--p2p", &listen, "--policy", &policy_path]);
        args.extend(["--passphrase-file", &passphrase_path]);
        args.extend(more);
        let made = cli.json(&data, &args).await?;
        Ok(Self {
            party: party.to_owned(),
            api: format!("http://{http}"),
            p2p: format!("{listen}/p2p/{}", text(&made, "peer")?),
            log_key: text(&made, "log_key")?,
            token_file: PathBuf::from(text(&made, "token_file")?),
            data,
            passphrase,
            running: None,
        })
    }

    /// Starts the node.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn start(&mut self, cli: &Cli) -> Result<(), Failure> {
        let passphrase = self.passphrase.to_string_lossy().into_owned();
        let args = ["serve", "--passphrase-file", &passphrase, "--log", "info"];
        let mut running = cli.spawn(&self.data, &args, &self.data.with_extension("log"))?;
        running.answers(&format!("{}/healthz", self.api)).await?;
        running.answers(&format!("{}/readyz", self.api)).await?;
        self.running = Some(running);
        Ok(())
    }

    /// Starts the node with more of an environment, and waits until it answers at all: it need not be witnessed yet.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn start_with(
        &mut self,
        cli: &Cli,
        environment: &[(&str, &str)],
    ) -> Result<(), Failure> {
        let passphrase = self.passphrase.to_string_lossy().into_owned();
        let args = ["serve", "--passphrase-file", &passphrase, "--log", "info"];
        let log = self.data.with_extension("log");
        let mut running = cli.spawn_with(&self.data, &args, &log, environment)?;
        running.answers(&format!("{}/healthz", self.api)).await?;
        self.running = Some(running);
        Ok(())
    }

    /// Kills the node.
    pub async fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill().await;
        }
    }

    /// Whether the node's process runs; one that ended by itself is forgotten.
    pub fn runs(&mut self) -> bool {
        let runs = self.running.as_mut().is_some_and(Running::runs);
        if !runs {
            self.running = None;
        }
        runs
    }

    /// The TCP port of its peer-to-peer network.
    ///
    /// # Errors
    /// If its address has none.
    pub fn p2p_port(&self) -> Result<u16, Failure> {
        let port = self
            .p2p
            .split('/')
            .nth(4)
            .and_then(|port| port.parse().ok());
        port.ok_or_else(|| Failure::new(format!("no port in {}", self.p2p)))
    }

    /// Sends the node's process a signal, such as `STOP`.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn signal(&self, name: &str) -> Result<(), Failure> {
        match &self.running {
            Some(running) => running.signal(name).await,
            None => Err(Failure::new(format!("{} does not run", self.party))),
        }
    }

    /// Whether the node's ledger is witnessed and takes writes.
    ///
    /// # Errors
    /// If it is not.
    pub async fn ready(&self) -> Result<(), Failure> {
        let answer = reqwest::get(format!("{}/readyz", self.api)).await?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(Failure::new(answer.text().await?))
        }
    }

    /// Registers an authority with an account: number 1 of each.
    ///
    /// # Errors
    /// What a command says.
    pub async fn settle_in(&self, cli: &Cli) -> Result<(), Failure> {
        let organisation = [
            "organisation",
            "add",
            "--name",
            "Climate Authority",
            "--kind",
            "government",
        ];
        cli.run(&self.data, organisation).await?;
        let account = [
            "account",
            "open",
            "--organisation",
            "1",
            "--name",
            "National holding",
            "--kind",
            "party-holding",
        ];
        cli.run(&self.data, account).await.map(|_| ())
    }

    /// Registers a project and issues so many tonnes of it into account 1.
    ///
    /// # Errors
    /// What a command says.
    pub async fn issue(&self, cli: &Cli, tonnes: &str) -> Result<(), Failure> {
        let project = [
            "project",
            "add",
            "--organisation",
            "1",
            "--title",
            "Clean cooking",
            "--scope",
            "3",
        ];
        cli.run(&self.data, project).await?;
        let issue = [
            "issue",
            "--account",
            "1",
            "--project",
            "1",
            "--year",
            "2024",
            "--tonnes",
            tonnes,
        ];
        cli.run(&self.data, issue).await.map(|_| ())
    }

    /// The file of its invite, once [`Country::write_invite`] has made it.
    #[must_use]
    pub fn invite(&self) -> PathBuf {
        self.data.with_extension("invite")
    }

    /// Writes the node's invite, for its partners.
    ///
    /// # Errors
    /// What the command says.
    pub async fn write_invite(&self, cli: &Cli) -> Result<(), Failure> {
        let invite = self.invite();
        cli.run(
            &self.data,
            ["peer", "invite", "--out", &invite.to_string_lossy()],
        )
        .await
        .map(|_| ())
    }

    /// Adds a partner whose invite says that it is reached at these addresses and nowhere else; none: it calls by itself.
    ///
    /// # Errors
    /// What the command says.
    pub async fn add_partner_at(
        &self,
        cli: &Cli,
        other: &Self,
        addresses: &[&str],
    ) -> Result<(), Failure> {
        let told = cli.json(&other.data, &["peer", "invite"]).await?;
        let invite = Invite::parse(text(&told, "invite")?.as_bytes())?;
        let mut fields = invite.fields().clone();
        fields.addresses = Vec::new();
        for address in addresses {
            fields.addresses.push(address.parse()?);
        }
        let invite = Invite::sign(fields, &other.keys()?.log)?;
        let file = other
            .data
            .with_extension(format!("invite-for-{}", self.party));
        std::fs::write(&file, invite.to_string())?;
        let fingerprint = invite.fingerprint().to_string();
        let file = file.to_string_lossy();
        let args = ["peer", "add", &file, "--fingerprint", &fingerprint];
        cli.run(&self.data, args).await.map(|_| ())
    }

    /// Its secret keys, as only its operator can read them.
    ///
    /// # Errors
    /// If a file can not be opened.
    pub fn keys(&self) -> Result<NodeKeys, Failure> {
        let passphrase = std::fs::read_to_string(&self.passphrase)?;
        let passphrase = SecretString::from(passphrase.trim_end().to_owned());
        let folder = DataFolder::new(&self.data);
        Ok(KeyFolder::new(folder.keys()).load_node(&passphrase)?)
    }

    /// Adds a partner by its invite, whose fingerprint the partner has told.
    ///
    /// # Errors
    /// What the command says.
    pub async fn add_partner(&self, cli: &Cli, other: &Self) -> Result<(), Failure> {
        let told = cli.json(&other.data, &["peer", "invite"]).await?;
        // The text that was written to the file is the one that the fingerprint is of only within the same second.
        let invite = other.invite();
        std::fs::write(&invite, text(&told, "invite")?)?;
        let args = [
            "peer",
            "add",
            &invite.to_string_lossy(),
            "--fingerprint",
            &text(&told, "fingerprint")?,
        ];
        cli.run(&self.data, args).await.map(|_| ())
    }

    /// What programs need to know of the node.
    #[must_use]
    pub fn as_json(&self) -> Value {
        json!({
            "party": self.party,
            "api": self.api,
            "p2p": self.p2p,
            "data": self.data,
            "token_file": self.token_file,
        })
    }

    /// The administrator's API key, as `init` wrote it.
    ///
    /// # Errors
    /// If its file can not be read.
    pub fn token(&self) -> Result<String, Failure> {
        Ok(std::fs::read_to_string(&self.token_file)?.trim().to_owned())
    }

    /// The process of its node, while it runs.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.running.as_ref().and_then(Running::id)
    }

    /// The file with the passphrase of its keys.
    #[must_use]
    pub fn passphrase(&self) -> &Path {
        &self.passphrase
    }

    /// Starts a node that is expected not to be ready, and waits until its log says so; the node is stopped then.
    ///
    /// # Errors
    /// If it says nothing of the kind within a minute.
    pub async fn refuses(&self, cli: &Cli, words: &str) -> Result<(), Failure> {
        let passphrase = self.passphrase.to_string_lossy().into_owned();
        let log = self.data.with_extension("log");
        let args = ["serve", "--passphrase-file", &passphrase, "--log", "info"];
        let running = cli.spawn(&self.data, &args, &log)?;
        let mut said = String::new();
        for _ in 0..600 {
            said = std::fs::read_to_string(&log)?;
            if said.contains(words) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        running.stop().await;
        if said.contains(words) {
            return Ok(());
        }
        Err(Failure::new(format!("it does not say {words:?}:\n{said}")))
    }

    /// Stops the node, to be started again.
    pub async fn halt(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Stops the node.
    pub async fn stop(self) {
        if let Some(running) = self.running {
            running.stop().await;
        }
    }
}

/// The id of the agreement between two countries.
pub(super) fn agreement_id(one: &str, other: &str) -> String {
    let mut pair = [one, other];
    pair.sort_unstable();
    format!("{}-{}", pair[0], pair[1])
}

/// Two countries agree that units may move both ways: one drafts and signs, the other countersigns, both record it.
///
/// # Errors
/// What a command says.
pub(super) async fn agree(cli: &Cli, first: &Country, second: &Country) -> Result<(), Failure> {
    let id = agreement_id(&first.party, &second.party);
    let folder = first.data.parent().unwrap_or(Path::new("."));
    let file = |stage: &str| {
        folder
            .join(format!("agreement-{id}-{stage}"))
            .to_string_lossy()
            .into_owned()
    };
    let (draft, signed, both) = (file("draft"), file("signed"), file("countersigned"));
    let (there, back) = (
        format!("{}-{}", first.party, second.party),
        format!("{}-{}", second.party, first.party),
    );
    let args = [
        "agreement",
        "draft",
        "--id",
        &id,
        "--with",
        &second.party,
        "--direction",
        &there,
        "--direction",
        &back,
        "--cooperative-approach",
        "CA0007",
        "--valid-from",
        "2021-01-01T00:00:00Z",
        "--valid-until",
        "2040-01-01T00:00:00Z",
        "--out",
        &draft,
    ];
    cli.run(&first.data, args).await?;
    cli.run(
        &first.data,
        ["agreement", "sign", &draft, "--out", &signed, "--yes"],
    )
    .await?;
    cli.run(
        &second.data,
        ["agreement", "sign", &signed, "--out", &both, "--yes"],
    )
    .await?;
    for country in [first, second] {
        cli.run(&country.data, ["agreement", "add", &both]).await?;
    }
    Ok(())
}
