//! Asking a person, one question for each flag that was not given.

use std::path::PathBuf;

use countersign_node::run::DataFolder;
use countersign_protocol::party::Party;
use dialoguer::{Confirm, Input, Select};

use super::InitArgs;
use super::words::{Language, PROCESSES, Question, Words};
use crate::exit::{Failure, Outcome};
use crate::terminal;

/// Asks for everything that is missing, shows what will be made and asks whether to go on. Gives the data folder.
pub(super) fn ask(args: &mut InitArgs, named: Option<DataFolder>) -> Outcome<DataFolder> {
    let language = match args.language {
        Some(language) => language,
        None => ask_language()?,
    };
    args.language = Some(language);
    let words = language.words();
    terminal::say(words.welcome);
    let party = match args.party {
        Some(party) => party,
        None => ask_country(words)?,
    };
    args.party = Some(party);
    if args.ministry.is_none() {
        args.ministry = Some(input(&words.ministry, None)?);
    }
    if args.process.is_none() {
        args.process = Some(PathBuf::from(ask_process(words)?));
    }
    if args.name.is_none() {
        args.name = Some(input(&words.name, Some(language.registry_name(party)))?);
    }
    let code = party.to_string().to_lowercase();
    if args.origin.is_none() && !args.trial {
        let usual = format!("carbon-registry.gov.{code}/ledger");
        args.origin = Some(input(&words.origin, Some(usual))?);
    }
    if !args.witnesses.are_said() && !args.trial {
        args.witnesses.files = ask_witnesses(words)?;
        args.witnesses.no_witnesses = args.witnesses.files.is_empty();
    }
    let folder = match named {
        Some(folder) => folder,
        None => {
            let usual = format!("{code}-registry");
            DataFolder::new(PathBuf::from(input::<String>(&words.folder, Some(usual))?))
        }
    };
    summary(args, words, party, &folder);
    let confirmed = Confirm::new()
        .with_prompt(words.go_on)
        .default(true)
        .interact();
    if !confirmed.map_err(Failure::other)? {
        return Err(Failure::other(words.stopped));
    }
    if args.passphrase.named().is_none() && !args.trial {
        terminal::say(words.passphrase_why);
    }
    Ok(folder)
}

fn ask_language() -> Outcome<Language> {
    let names = Language::ALL.map(|(_, name)| name);
    let chosen = Select::new()
        .with_prompt("Language / Langue / Idioma / Língua")
        .items(names)
        .default(0)
        .interact();
    let chosen = chosen.map_err(Failure::other)?;
    Ok(Language::ALL[chosen].0)
}

fn ask_country(words: &Words) -> Outcome<Party> {
    let typed = |text: &String| {
        let party = text.trim().to_uppercase().parse::<Party>();
        party.map(drop).map_err(|_| words.not_a_country)
    };
    terminal::say(words.country.why);
    let text = Input::<String>::new()
        .with_prompt(words.country.prompt)
        .validate_with(typed)
        .interact_text()
        .map_err(Failure::other)?;
    text.trim()
        .to_uppercase()
        .parse()
        .map_err(Failure::validation)
}

fn ask_process(words: &Words) -> Outcome<&'static str> {
    terminal::say(words.process.why);
    let items = PROCESSES
        .iter()
        .zip(words.processes)
        .map(|(id, what)| format!("{id}: {what}"));
    let items: Vec<String> = items.collect();
    let chosen = Select::new()
        .with_prompt(words.process.prompt)
        .items(&items)
        .default(0)
        .interact();
    Ok(PROCESSES[chosen.map_err(Failure::other)?])
}

fn ask_witnesses(words: &Words) -> Outcome<Vec<PathBuf>> {
    let are_there = |text: &String| {
        let missing = paths(text).into_iter().find(|path| !path.is_file());
        missing.map_or(Ok(()), |path| {
            Err(format!("{}: {}", path.display(), words.not_a_file))
        })
    };
    terminal::say(words.witnesses.why);
    let text = Input::<String>::new()
        .with_prompt(words.witnesses.prompt)
        .allow_empty(true)
        .validate_with(are_there)
        .interact_text();
    Ok(paths(&text.map_err(Failure::other)?))
}

fn paths(text: &str) -> Vec<PathBuf> {
    text.split_whitespace().map(PathBuf::from).collect()
}

/// One line of explanation, one line to answer on; asked again until the answer can be used.
fn input<T>(question: &Question, usual: Option<String>) -> Outcome<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    terminal::say(question.why);
    let can_be_used = |text: &String| {
        let parsed = text.trim().parse::<T>();
        parsed.map(drop).map_err(|error| error.to_string())
    };
    let mut prompt = Input::<String>::new()
        .with_prompt(question.prompt)
        .validate_with(can_be_used);
    if let Some(usual) = usual {
        prompt = prompt.default(usual);
    }
    let text = prompt.interact_text().map_err(Failure::other)?;
    text.trim().parse().map_err(Failure::validation)
}

fn summary(args: &InitArgs, words: &Words, party: Party, folder: &DataFolder) {
    let shown = |value: Option<String>| value.unwrap_or_default();
    let witnesses = if args.witnesses.no_witnesses {
        words.no_witness.to_owned()
    } else {
        let files = args.witnesses.files.iter().chain(&args.witnesses.policy);
        let files: Vec<String> = files.map(|path| path.display().to_string()).collect();
        files.join(", ")
    };
    let rows = [
        (words.country.prompt, format!("{party} {}", party.name())),
        (
            words.ministry.prompt,
            shown(args.ministry.as_ref().map(ToString::to_string)),
        ),
        (
            words.process.prompt,
            shown(args.process.as_ref().map(|it| it.display().to_string())),
        ),
        (
            words.name.prompt,
            shown(args.name.as_ref().map(ToString::to_string)),
        ),
        (
            words.origin.prompt,
            shown(args.origin.as_ref().map(ToString::to_string)),
        ),
        (words.witnesses.prompt, witnesses),
        (words.folder.prompt, folder.path().display().to_string()),
    ];
    terminal::say(words.summary);
    for (what, value) in rows {
        terminal::say(format_args!("  {what}: {value}"));
    }
}
