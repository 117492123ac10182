//! Runs a federation on this machine. Started by `devnet/up`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use countersign_tests::devnet::{Cli, Options, run, say};

const USAGE: &str = "usage: countersign-devnet [--once] [--json] [--keep DIR]";

fn options() -> Result<Options, String> {
    let mut options = Options::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--once" => options.once = true,
            "--json" => options.json = true,
            "--keep" => options.keep = Some(args.next().ok_or("--keep needs a folder")?.into()),
            other => match other.strip_prefix("--keep=") {
                Some(folder) => options.keep = Some(folder.into()),
                None => return Err(format!("unknown option {other}")),
            },
        }
    }
    Ok(options)
}

/// The `countersign` program: named by the environment, or beside this one.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("COUNTERSIGN_BIN").map(PathBuf::from);
    named.or_else(|| Some(std::env::current_exe().ok()?.with_file_name("countersign")))
}

fn data() -> PathBuf {
    std::env::var_os("COUNTERSIGN_DEVNET_DATA")
        .map_or_else(|| PathBuf::from("devnet/data"), PathBuf::from)
}

/// The folder of this run, and whether it is removed afterwards. Proofs that `--json` names must outlive the run.
fn folder(options: &Options) -> std::io::Result<(PathBuf, bool)> {
    let (folder, temporary) = match &options.keep {
        Some(folder) => (folder.clone(), false),
        None => {
            let name = format!("countersign-devnet-{}", std::process::id());
            (
                std::env::temp_dir().join(name),
                !(options.once && options.json),
            )
        }
    };
    std::fs::create_dir_all(&folder)?;
    if std::fs::read_dir(&folder)?.next().is_some() {
        return Err(std::io::Error::other(format!(
            "{} is not empty: name a new folder",
            folder.display()
        )));
    }
    Ok((folder.canonicalize()?, temporary))
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(why) => {
            say(format_args!("{why}\n{USAGE}"));
            return ExitCode::from(2);
        }
    };
    let Some(program) = program() else {
        say("the countersign program is not found: set COUNTERSIGN_BIN");
        return ExitCode::from(2);
    };
    let (folder, temporary) = match folder(&options) {
        Ok(folder) => folder,
        Err(error) => {
            say(format_args!("no folder for the federation: {error}"));
            return ExitCode::from(2);
        }
    };
    let done = run(Cli::at(program), &folder, &data(), &options).await;
    tidy(&folder, temporary && done.is_ok());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(format_args!("  ✗ {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn tidy(folder: &Path, remove: bool) {
    if !remove {
        say(format_args!("left behind: {}", folder.display()));
    } else if let Err(error) = std::fs::remove_dir_all(folder) {
        say(format_args!(
            "{} could not be removed: {error}",
            folder.display()
        ));
    }
}
