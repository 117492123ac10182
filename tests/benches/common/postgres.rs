//! A PostgreSQL of our own in a temporary folder, and pgbench against it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::options::Options;

const DATABASE: &str = "postgres";

/// A running server; stopped and removed when dropped.
pub struct Postgres {
    programs: PathBuf,
    folder: tempfile::TempDir,
    /// PostgreSQL refuses to run as root.
    user: Option<&'static str>,
}

impl Postgres {
    /// Starts a server, or says why there is none to compare with.
    pub fn start(options: &Options) -> Result<Self, String> {
        let programs = programs().ok_or(
            "PostgreSQL's server programs are not installed: apt-get install postgresql-15",
        )?;
        let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
        let folder = options.scratch();
        let user = is_root.then_some("postgres");
        if let Some(user) = user {
            std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
            output(Command::new("chown").arg(user).arg(folder.path()))?;
        }
        let server = Self {
            programs,
            folder,
            user,
        };
        let data = server.data();
        output(server.run("initdb").arg("-D").arg(&data).args([
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
        ]))?;
        server.configure()?;
        let log = server.folder.path().join("log");
        output(
            server
                .run("pg_ctl")
                .arg("-D")
                .arg(&data)
                .arg("-l")
                .arg(log)
                .args(["-w", "start"]),
        )?;
        Ok(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Durable commits as shipped; memory and checkpoints so that no checkpoint falls into a measurement.
    fn configure(&self) -> Result<(), String> {
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = on\nsynchronous_commit = on\n\
             shared_buffers = 512MB\nmax_wal_size = 8GB\ncheckpoint_timeout = 30min\nmax_connections = 64\n",
            self.folder.path().display()
        );
        let file = self.data().join("postgresql.auto.conf");
        std::fs::write(&file, settings).map_err(|error| format!("{}: {error}", file.display()))
    }

    pub fn version(&self) -> String {
        output(self.run("postgres").arg("--version"))
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    /// Where a client of sqlx finds it.
    pub fn url(&self) -> String {
        let user = self.user.map_or_else(
            || output(Command::new("id").arg("-un")).unwrap_or_default(),
            str::to_owned,
        );
        let (user, host) = (user.trim(), self.folder.path().display());
        format!("postgres://{user}@localhost/{DATABASE}?host={host}")
    }

    /// Makes the schema anew with so many accounts.
    pub fn load(&self, accounts: u32) -> Result<(), String> {
        let schema = self.script("schema.sql", include_str!("../sql/schema.sql"));
        output(
            self.client("psql")
                .args([
                    "-q",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-v",
                    &format!("accounts={accounts}"),
                    "-f",
                ])
                .arg(schema)
                .arg(DATABASE),
        )?;
        Ok(())
    }

    /// Transfers per second with so many connections, each waiting for its commit.
    pub fn transfers(
        &self,
        accounts: u32,
        connections: u32,
        duration: Duration,
    ) -> Result<f64, String> {
        let script = self.script("transfer.sql", include_str!("../sql/transfer.sql"));
        let text = output(
            self.client("pgbench")
                .args([
                    "-n",
                    "-M",
                    "prepared",
                    "-j",
                    "2",
                    "-c",
                    &connections.to_string(),
                ])
                .args([
                    "-D",
                    &format!("accounts={accounts}"),
                    "-T",
                    &duration.as_secs().to_string(),
                    "-f",
                ])
                .arg(script)
                .arg(DATABASE),
        )?;
        let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
        line.and_then(|it| it.split_whitespace().next()?.parse().ok())
            .ok_or_else(|| format!("pgbench gave no figure: {text}"))
    }

    fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn client(&self, program: &str) -> Command {
        let mut command = self.run(program);
        command.arg("-h").arg(self.folder.path());
        command
    }

    fn run(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(path);
                command
            }
            None => Command::new(path),
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ =
            output(
                self.run("pg_ctl")
                    .arg("-D")
                    .arg(self.data())
                    .args(["-m", "immediate", "stop"]),
            );
    }
}

/// Debian keeps the server's programs off the path; version 15 is what the figures are quoted for.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|path| path.join("pgbench").is_file() && path.join("initdb").is_file())
        .collect();
    found.sort_by_key(|path| path.starts_with(Path::new("/usr/lib/postgresql/15")));
    found.pop()
}

fn output(command: &mut Command) -> Result<String, String> {
    let name = format!("{command:?}");
    let result = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if result.status.success() {
        Ok(String::from_utf8_lossy(&result.stdout).into_owned())
    } else {
        Err(format!(
            "{name}: {}",
            String::from_utf8_lossy(&result.stderr)
        ))
    }
}
