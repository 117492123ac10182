//! Starting a node in the background: a process of its own, whose log is a file in the data folder.

use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use countersign_node::run::DataFolder;

use crate::exit::{Exit, Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::terminal;

/// The log of a node that was started so.
const LOG_FILE: &str = "serve.log";

/// How long a new node may take to be up. Opening the keys costs a second or two on purpose.
const START_MAX: Duration = Duration::from_secs(60);

/// Lines of the log that are shown when it does not start.
const LAST_LINES: usize = 5;

/// Starts the node and waits until it answers.
pub(super) fn start(
    folder: &DataFolder,
    passphrase: Option<&Path>,
    named: &PassphraseArgs,
) -> Outcome {
    let log = folder.path().join(LOG_FILE);
    let opened = OpenOptions::new().create(true).append(true).open(&log);
    let opened = opened.map_err(Failure::other)?;
    let program = std::env::current_exe().map_err(Failure::other)?;
    let mut command = Command::new(program);
    command.arg("serve").arg("--data").arg(folder.path());
    if let Some(path) = passphrase {
        command.arg("--passphrase-file").arg(path);
    } else if let Some((flag, value)) = named.named() {
        command.arg(flag).arg(value);
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(opened.try_clone().map_err(Failure::other)?)
        .stderr(opened)
        // Ctrl-C at this terminal is not for the node.
        .process_group(0)
        .spawn()
        .map_err(Failure::other)?;
    wait(folder, child, &log)
}

fn wait(folder: &DataFolder, mut child: Child, log: &Path) -> Outcome {
    let begun = Instant::now();
    while begun.elapsed() < START_MAX {
        if let Some(address) = folder.read_address()?
            && std::net::TcpStream::connect(address).is_ok()
        {
            terminal::done(format_args!(
                "the node is up: http://{address}/, log in {}; stop it with `kill {}`",
                log.display(),
                child.id()
            ));
            return Ok(());
        }
        if child.try_wait().map_err(Failure::other)?.is_some() {
            return Err(ended(log));
        }
        sleep(Duration::from_millis(50));
    }
    Err(Failure::new(
        Exit::Unreachable,
        format_args!("the node does not answer yet; its log is {}", log.display()),
    ))
}

fn ended(log: &Path) -> Failure {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let failure = Failure::other("the node did not start; the end of its log:");
    let last = lines.iter().rev().take(LAST_LINES).rev();
    last.fold(failure, |failure, line| failure.hint(line))
}
