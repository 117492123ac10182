//! Running the `countersign` command, once or for long.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

/// How long a process may take to stop in order before it is killed.
const GRACE: Duration = Duration::from_secs(15);

/// How long a process may take until it answers.
const START: Duration = Duration::from_secs(90);

/// What went wrong, in words for a person.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// The `countersign` command.
#[derive(Clone, Debug)]
pub struct Cli(PathBuf);

impl Cli {
    /// The program that was built beside the test that runs.
    ///
    /// # Errors
    /// If it was not built.
    pub fn built() -> Result<Self, Failure> {
        let test = std::env::current_exe()?;
        let built = test.parent().and_then(Path::parent);
        let program = built.map(|folder| folder.join("countersign"));
        match program.filter(|program| program.exists()) {
            Some(program) => Ok(Self(program)),
            None => Err(Failure::new(
                "build it first: cargo build --workspace --bins",
            )),
        }
    }

    /// The program at this path.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    fn command<S: AsRef<OsStr>>(
        &self,
        data: Option<&Path>,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(&self.0);
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        command.args(args).stdin(Stdio::null()).kill_on_drop(true);
        // What the operator has set must not lead the federation's commands to another node.
        for variable in [
            "COUNTERSIGN_DATA",
            "COUNTERSIGN_URL",
            "COUNTERSIGN_TOKEN_FILE",
        ] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs a command to its end, whatever its exit code.
    ///
    /// # Errors
    /// If it can not be run at all.
    pub async fn output<S: AsRef<OsStr>>(
        &self,
        data: Option<&Path>,
        args: impl IntoIterator<Item = S>,
    ) -> Result<Output, Failure> {
        Ok(self.command(data, args).output().await?)
    }

    /// Runs a command that must succeed; gives its stdout.
    ///
    /// # Errors
    /// What it said on stderr.
    pub async fn run<S: AsRef<OsStr>>(
        &self,
        data: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Result<String, Failure> {
        let args: Vec<S> = args.into_iter().collect();
        let words: Vec<String> = args
            .iter()
            .map(|arg| arg.as_ref().to_string_lossy().into_owned())
            .collect();
        let output = self.output(Some(data), args).await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::new(format!(
                "countersign {} ({}):\n{said}",
                words.join(" "),
                output.status
            )));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs a command that must succeed and print JSON.
    ///
    /// # Errors
    /// What it said on stderr, or that it printed no JSON.
    pub async fn json(&self, data: &Path, args: &[&str]) -> Result<Value, Failure> {
        let printed = self
            .run(data, args.iter().copied().chain(["-o", "json"]))
            .await?;
        serde_json::from_str(&printed)
            .map_err(|error| Failure::new(format!("{args:?} printed no JSON: {error}\n{printed}")))
    }

    /// Starts a process that runs for long; it writes to `log`.
    ///
    /// # Errors
    /// If it can not be started.
    pub fn spawn(&self, data: &Path, args: &[&str], log: &Path) -> Result<Running, Failure> {
        self.spawn_with(data, args, log, &[])
    }

    /// The same with more of an environment; what an earlier process wrote to `log` stays.
    pub(super) fn spawn_with(
        &self,
        data: &Path,
        args: &[&str],
        log: &Path,
        environment: &[(&str, &str)],
    ) -> Result<Running, Failure> {
        let out = File::options().create(true).append(true).open(log)?;
        let child = self
            .command(Some(data), args)
            .envs(environment.iter().copied())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()?;
        Ok(Running {
            child,
            log: log.to_owned(),
        })
    }
}

/// A process that runs for long.
pub struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Waits until an address answers with 200.
    ///
    /// # Errors
    /// If the process ended, or did not answer in time; with the end of its log.
    pub async fn answers(&mut self, url: &str) -> Result<(), Failure> {
        let deadline = Instant::now() + START;
        loop {
            if let Ok(answer) = reqwest::get(url).await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(Failure::new(format!(
                    "a process ended with {status}:\n{}",
                    self.last_words()
                )));
            }
            if Instant::now() > deadline {
                return Err(Failure::new(format!(
                    "{url} does not answer with 200:\n{}",
                    self.last_words()
                )));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends it a signal by its name, such as `KILL` or `STOP`.
    pub(super) async fn signal(&self, name: &str) -> Result<(), Failure> {
        let id = self
            .child
            .id()
            .ok_or_else(|| Failure::new("the process has ended"))?;
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(id.to_string())
            .status()
            .await?;
        if sent.success() {
            return Ok(());
        }
        Err(Failure::new(format!("SIG{name} could not be sent")))
    }

    /// Ends it at once, as a machine that loses its power does.
    pub(super) async fn kill(mut self) {
        let _already_gone = self.child.kill().await;
    }

    /// Whether it runs.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Asks the process to stop, and kills it only if it does not.
    pub async fn stop(mut self) {
        if let Some(id) = self.child.id() {
            let asked = Command::new("kill")
                .arg("-TERM")
                .arg(id.to_string())
                .status()
                .await;
            if asked.is_ok() && tokio::time::timeout(GRACE, self.child.wait()).await.is_ok() {
                return;
            }
        }
        let _already_gone = self.child.kill().await;
    }
}

/// Where ports are looked for: below the range from which the system takes ports for outgoing connections, so that
/// nobody else takes one between our look and the process's start.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A port on loopback that is free, and that this process did not give out before.
///
/// # Errors
/// If there is none.
pub(super) fn free_port() -> Result<u16, Failure> {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let count = PORTS.end - PORTS.start;
    let begin = u16::try_from(std::process::id() % u32::from(count))?;
    for _ in PORTS {
        let port = PORTS.start + (begin + GIVEN.fetch_add(1, Ordering::Relaxed)) % count;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Failure::new(format!(
        "no port of 127.0.0.1 from {} to {} is free",
        PORTS.start, PORTS.end
    )))
}

/// Resolves on Ctrl-C or SIGTERM.
pub(super) async fn until_asked_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// A file that only its owner may read, with a passphrase that was drawn for this federation.
///
/// # Errors
/// If it can not be written.
pub(super) fn passphrase_file(dir: &Path) -> Result<PathBuf, Failure> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let path = dir.join("passphrase");
    if !path.exists() {
        let mut seed = [0_u8; 16];
        std::io::Read::read_exact(&mut File::open("/dev/urandom")?, &mut seed)?;
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        writeln!(file, "{}", hex::encode(seed))?;
    }
    Ok(path)
}
