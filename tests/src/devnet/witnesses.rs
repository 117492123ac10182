//! The independent witnesses.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::country::Country;
use super::process::{Cli, Failure, Running, free_port, passphrase_file};

/// A witness that stands by itself.
pub struct Witness {
    name: String,
    vkey: String,
    url: String,
    listen: String,
    data: PathBuf,
    passphrase: PathBuf,
    running: Option<Running>,
}

impl Witness {
    /// Makes the keys of a witness and chooses its port.
    ///
    /// # Errors
    /// What the command says.
    pub async fn make(cli: &Cli, dir: &Path, number: usize) -> Result<Self, Failure> {
        let name = format!("w{number}.devnet.example/witness");
        let data = dir.join(format!("witness-{number}"));
        let listen = format!("127.0.0.1:{}", free_port()?);
        let passphrase = passphrase_file(dir)?;
        let file = passphrase.to_string_lossy().into_owned();
        let args = [
            "witness",
            "--name",
            &name,
            "--listen",
            &listen,
            "--make-only",
            "--passphrase-file",
            &file,
        ];
        let made = cli.json(&data, &args).await?;
        let vkey = text(&made, "vkey")?;
        let url = text(&made, "url")?;
        Ok(Self {
            name,
            vkey,
            url,
            listen,
            data,
            passphrase,
            running: None,
        })
    }

    /// Starts it, knowing the logs of these countries.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn start(&mut self, cli: &Cli, countries: &[Country]) -> Result<(), Failure> {
        for country in countries {
            self.know(&country.party, &country.log_key)?;
        }
        self.start_again(cli).await
    }

    /// Gives it the key of a log under a name; one that runs takes it up by itself.
    ///
    /// # Errors
    /// If the file can not be written.
    pub fn know(&self, name: &str, log_key: &str) -> Result<(), Failure> {
        let logs = self.data.join("logs");
        std::fs::create_dir_all(&logs)?;
        std::fs::write(logs.join(format!("{name}.vkey")), format!("{log_key}\n"))?;
        Ok(())
    }

    /// Starts it again with the logs that it knows.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn start_again(&mut self, cli: &Cli) -> Result<(), Failure> {
        let passphrase = self.passphrase.to_string_lossy().into_owned();
        let args = [
            "witness",
            "--listen",
            &self.listen,
            "--passphrase-file",
            &passphrase,
            "--log",
            "warn",
        ];
        let mut running = cli.spawn(&self.data, &args, &self.data.with_extension("log"))?;
        running.answers(&format!("{}/healthz", self.url)).await?;
        self.running = Some(running);
        Ok(())
    }

    /// Kills it.
    pub async fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill().await;
        }
    }

    /// Whether it was started and not killed.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.running.is_some()
    }

    /// Sends it a signal, such as `STOP`.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn signal(&self, name: &str) -> Result<(), Failure> {
        match &self.running {
            Some(running) => running.signal(name).await,
            None => Err(Failure::new("the witness does not run")),
        }
    }

    /// What programs need to know of it.
    #[must_use]
    pub fn as_json(&self) -> Value {
        json!({ "name": self.name, "vkey": self.vkey, "url": self.url })
    }

    /// Stops it.
    pub async fn stop(self) {
        if let Some(running) = self.running {
            running.stop().await;
        }
    }
}

/// The policy that every node and every verifier uses.
#[must_use]
pub(super) fn policy(witnesses: &[Witness], quorum: usize) -> String {
    let mut text = String::new();
    let mut members = Vec::new();
    for (place, witness) in witnesses.iter().enumerate() {
        let member = format!("w{}", place + 1);
        text.push_str(&format!(
            "witness {member} {} {}\n",
            witness.vkey, witness.url
        ));
        members.push(member);
    }
    text.push_str(&format!(
        "group quorum-of-witnesses {quorum} {}\nquorum quorum-of-witnesses\n",
        members.join(" ")
    ));
    text
}

/// A text field of something that a command printed.
pub(super) fn text(value: &Value, field: &str) -> Result<String, Failure> {
    let found = value.get(field).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("no field {field} in {value}")))
}
