//! What every command knows: the data folder, the node's address and token, how to print and whether to ask.

use std::path::PathBuf;

use clap::Args;
use countersign_node::ops::config::Config;
use countersign_node::people::Bearer;
use countersign_node::run::DataFolder;
use countersign_protocol::record::Word;
use dialoguer::Confirm;

use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::kept::Kept;
use crate::output::{Format, Out};
use crate::terminal;

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Session {
    /// The data folder
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "COUNTERSIGN_DATA",
        hide_env_values = true
    )]
    data: Option<PathBuf>,
    /// How to print data
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    output: Format,
    /// The node's HTTP address; by default the one that the node in the data folder listens on
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "COUNTERSIGN_URL",
        hide_env_values = true
    )]
    url: Option<String>,
    /// The file with a token, a session (see sign-in) or an API key; by default the operator's token in the data folder
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "COUNTERSIGN_TOKEN_FILE",
        hide_env_values = true
    )]
    token_file: Option<PathBuf>,
    /// Act as somebody who signed in under this name (see sign-in). Where several people act, it is given for each of them
    #[arg(long = "as", global = true, value_name = "NAME")]
    names: Vec<Word>,
    /// The folder where sessions are kept by name; by default one in your home folder
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "COUNTERSIGN_SESSIONS",
        hide_env_values = true
    )]
    sessions: Option<PathBuf>,
    /// Never ask: fail where an answer would be needed
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Answer every question whether to go on with yes
    #[arg(short, long, global = true)]
    yes: bool,
}

impl Session {
    /// How data is printed.
    pub(crate) fn out(&self) -> Out {
        Out {
            format: self.output,
        }
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> Outcome<DataFolder> {
        let Some(path) = &self.data else {
            return Err(Failure::usage("which data folder?")
                .hint("name it with --data DIR, or in the variable COUNTERSIGN_DATA"));
        };
        Ok(DataFolder::new(path))
    }

    /// The data folder, if one was named.
    pub(crate) fn named_folder(&self) -> Option<DataFolder> {
        self.data.as_ref().map(DataFolder::new)
    }

    /// The data folder, unless another machine's node was named.
    pub(crate) fn local(&self) -> Outcome<Option<DataFolder>> {
        if self.url.is_some() {
            return Ok(None);
        }
        self.folder().map(Some)
    }

    /// The running node's API, for whoever acts.
    pub(crate) fn client(&self) -> Outcome<Client> {
        match self.names.as_slice() {
            [] => Client::new(&self.base(None)?, self.token()?),
            [name] => self.client_as(name),
            _ => Err(Failure::usage("this is done by one person: give --as once")),
        }
    }

    /// The running node's API for each of those who act: in a step that several people take.
    pub(crate) fn clients(&self) -> Outcome<Vec<(Option<Word>, Client)>> {
        if self.names.is_empty() {
            return Ok(vec![(None, self.client()?)]);
        }
        let each = self.names.iter();
        each.map(|name| Ok((Some(name.clone()), self.client_as(name)?)))
            .collect()
    }

    /// The running node's API, for nobody yet: to sign in.
    pub(crate) fn stranger(&self) -> Outcome<Client> {
        Client::new(&self.base(self.names.first())?, None)
    }

    fn client_as(&self, name: &Word) -> Outcome<Client> {
        let token = self.kept()?.read(name)?;
        Client::new(&self.base(Some(name))?, Some(token))
    }

    /// Sessions that are kept by name.
    pub(crate) fn kept(&self) -> Outcome<Kept> {
        Kept::new(self.sessions.as_deref())
    }

    /// The one name under which somebody acts, if any was given.
    pub(crate) fn name(&self) -> Outcome<Option<&Word>> {
        match self.names.as_slice() {
            [] => Ok(None),
            [name] => Ok(Some(name)),
            _ => Err(Failure::usage("give --as once")),
        }
    }

    /// A session remembers its node: nobody has to name it again.
    fn base(&self, name: Option<&Word>) -> Outcome<String> {
        if let Some(url) = &self.url {
            return Ok(url.clone());
        }
        if self.data.is_none()
            && let Some(name) = name
            && let Some(node) = self.kept()?.node(name)
        {
            return Ok(node);
        }
        let folder = self.folder()?;
        let listens = match folder.read_address()? {
            Some(address) => address,
            None => Config::load(folder.path())?.http.listen,
        };
        Ok(format!("http://{listens}"))
    }

    /// Without a token only what is public can be read: the node says so when it is not enough.
    fn token(&self) -> Outcome<Option<Bearer>> {
        let path = match (&self.token_file, &self.data) {
            (Some(path), _) => path.clone(),
            (None, Some(data)) => {
                let path = DataFolder::new(data).token();
                if path.symlink_metadata().is_err() {
                    return Ok(None);
                }
                path
            }
            (None, None) => return Ok(None),
        };
        Bearer::read(&path)
            .map(Some)
            .map_err(|error| Failure::new(Exit::NotAuthorised, error))
    }

    /// Asks whether to go on.
    pub(crate) fn confirm(&self, question: &str) -> Outcome {
        if self.yes {
            return Ok(());
        }
        if self.no_input || !terminal::can_ask() {
            return Err(
                Failure::usage(format_args!("{question} Nobody can be asked"))
                    .hint("add --yes to go on without being asked"),
            );
        }
        let answer = Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact();
        if answer.map_err(Failure::other)? {
            Ok(())
        } else {
            Err(Failure::other("nothing was done"))
        }
    }
}
