//! Debian's PostgreSQL in a temporary folder.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A running server; stopped and removed when dropped.
pub struct Postgres {
    programs: PathBuf,
    folder: tempfile::TempDir,
    /// PostgreSQL refuses to run as root.
    user: Option<&'static str>,
}

impl Postgres {
    /// Starts a server.
    pub fn start() -> Self {
        let found = std::fs::read_dir("/usr/lib/postgresql").ok();
        let mut programs = found
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .filter(|path| path.join("initdb").is_file());
        let programs = programs.next();
        let programs =
            programs.expect("PostgreSQL's server is not installed: apt-get install postgresql");
        let id = Command::new("id").arg("-u").output().unwrap();
        let user = (id.stdout == b"0\n").then_some("postgres");
        let folder = tempfile::tempdir().unwrap();
        if let Some(user) = user {
            std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
            must(Command::new("chown").arg(user).arg(folder.path()));
        }
        let server = Self {
            programs,
            folder,
            user,
        };
        let data = server.folder.path().join("data");
        must(
            server
                .run("initdb")
                .args(["-A", "trust", "-U", "countersign"])
                // Not the order of bytes: the tables must ask for that themselves.
                .args(["-E", "UTF8", "--locale", "C.UTF-8", "--no-sync", "-D"])
                .arg(&data),
        );
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = off\n",
            server.folder.path().display()
        );
        std::fs::write(data.join("postgresql.auto.conf"), settings).unwrap();
        let log = server.folder.path().join("log");
        let mut start = server.run("pg_ctl");
        must(
            start
                .arg("-D")
                .arg(&data)
                .arg("-l")
                .arg(log)
                .args(["-w", "start"]),
        );
        server
    }

    pub fn url(&self) -> String {
        let host = self.folder.path().display().to_string();
        format!("postgres://countersign@localhost/postgres?host={host}")
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
        let data = self.folder.path().join("data");
        let mut stop = self.run("pg_ctl");
        let _ = stop
            .arg("-D")
            .arg(data)
            .args(["-m", "immediate", "stop"])
            .output();
    }
}

fn must(command: &mut Command) {
    let done = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        done.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
