//! Users: signing in, and the people of an organisation.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    AcceptInvitation, CompleteSignIn, DecideProposal, InvitationSent, InviteUser, NewRole,
    ProposalView, RoleAnswer, SignInBody, SignedIn, UserView,
};
use countersign_node::ops::files::{PRIVATE_FILE_MODE, replace};
use countersign_node::people::UserId;
use countersign_protocol::id::OrganisationId;
use dialoguer::{Input, Password};
use reqwest::Method;
use serde_json::json;

use super::organisation::ListArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};
use crate::terminal;

/// Signs in and keeps the session for later commands.
#[derive(Args, Debug)]
pub(crate) struct SignInArgs {
    /// Your e-mail address
    #[arg(long)]
    email: String,
    /// Where the session goes (mode 0600); name it with --token-file in later commands
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Read the password from the only line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl SignInArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let password = password(session, self.password_file.as_ref(), "Password", false)?;
        let client = session.client()?;
        let body = SignInBody {
            email: self.email,
            password,
        };
        let mut answer: SignedIn = client.ask("sign-in", &body)?;
        if let Some(step) = answer.step.take() {
            let code = asked(session, "Code of your authenticator")?;
            let body = CompleteSignIn {
                step,
                code: Some(code),
                recovery_code: None,
            };
            answer = client.ask("sign-in/code", &body)?;
        }
        let token = answer.token.ok_or_else(|| {
            Failure::other("the node gave no session; is it of another version than this command?")
        })?;
        replace(
            &self.out,
            format!("{token}\n").as_bytes(),
            PRIVATE_FILE_MODE,
        )?;
        let until = answer.expires_ms.map_or_else(String::new, moment);
        terminal::done(format_args!(
            "signed in until {until} at the latest; the session is in {}",
            self.out.display()
        ));
        Ok(())
    }
}

fn asked(session: &Session, what: &str) -> Outcome<String> {
    if session.no_input || !terminal::can_ask() {
        let message = format!("{what}: nobody can be asked for it");
        return Err(Failure::new(Exit::NotAuthorised, message));
    }
    let typed = Input::<String>::new().with_prompt(what).interact_text();
    typed.map_err(Failure::other)
}

/// Never an argument: arguments are seen by everybody on the machine.
fn password(session: &Session, file: Option<&PathBuf>, what: &str, twice: bool) -> Outcome<String> {
    if let Some(path) = file {
        let text = super::read_text(path)?;
        return Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned());
    }
    if session.no_input || !terminal::can_ask() {
        let message = "a password is needed and nobody can be asked for it";
        return Err(
            Failure::new(Exit::NotAuthorised, message).hint("name a file with --password-file")
        );
    }
    let mut prompt = Password::new().with_prompt(what);
    if twice {
        prompt = prompt.with_confirmation("The same again", "These were not the same");
    }
    prompt.interact().map_err(Failure::other)
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Invite somebody; the operator gets the one-time code in hand, everybody else's invitation goes by mail
    Invite(InviteArgs),
    /// Accept an invitation, or a new password, with its one-time code
    Accept(AcceptArgs),
    /// List users
    List {
        /// Of this organisation only
        #[arg(long, value_name = "N")]
        organisation: Option<OrganisationId>,
        #[command(flatten)]
        list: ListArgs,
    },
    /// Show a user
    Show {
        /// The user's id
        user: UserId,
    },
    /// Give a user another role, or propose it where the country wants two people for that
    Role {
        /// The user's id
        user: UserId,
        /// The role
        role: String,
    },
    /// List changes of role that wait for a second person
    Proposals,
    /// Approve a change of role that somebody else proposed
    Approve {
        /// Its number
        proposal: u64,
        /// Reject it instead
        #[arg(long)]
        reject: bool,
    },
    /// Suspend a user: sessions end, keys open nothing
    Suspend {
        /// The user's id
        user: UserId,
    },
    /// End a suspension
    Reactivate {
        /// The user's id
        user: UserId,
    },
    /// Take away second factors that a user has lost
    ResetFactors {
        /// The user's id
        user: UserId,
    },
    /// Remove a user's personal data for good; what the ledger says of the pseudonym stays true
    Erase {
        /// The user's id
        user: UserId,
    },
}

#[derive(Args, Debug)]
pub(crate) struct InviteArgs {
    /// The e-mail address
    #[arg(long)]
    email: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// The organisation, by its number
    #[arg(long, value_name = "N")]
    organisation: OrganisationId,
    /// The role in it, such as administrator
    #[arg(long)]
    role: String,
    /// The language of mails
    #[arg(long, default_value = "en")]
    language: String,
    /// The telephone number
    #[arg(long)]
    phone: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct AcceptArgs {
    /// The one-time code
    code: String,
    /// Read the new password from the only line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl UserCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let act = |user: UserId, what: &str, done: &str| {
            let path = format!("users/{user}/{what}");
            client.tell(&Method::POST, &path, &json!({}))?;
            terminal::done(format_args!("user {user} {done}"));
            Ok(())
        };
        match self {
            Self::Invite(args) => invite(args, session),
            Self::Accept(args) => accept(&args, session),
            Self::List { organisation, list } => {
                let of = organisation.map(|it| ("organisation", it.to_string()));
                let of: Vec<_> = of.into_iter().collect();
                let found: Vec<UserView> = client.list("users", &of, list.limit)?;
                session.out().show(&found, |found| table(found))
            }
            Self::Show { user } => {
                let found: UserView = client.get(&format!("users/{user}"), &[])?;
                session
                    .out()
                    .show(&found, |found| table(std::slice::from_ref(found)))
            }
            Self::Role { user, role } => {
                let path = format!("users/{user}/role");
                let answer: RoleAnswer = client.ask(&path, &NewRole { role })?;
                match answer.proposal {
                    Some(number) => terminal::done(format_args!(
                        "proposed: somebody else must approve it with `user approve {number}`"
                    )),
                    None => terminal::done(format_args!("done")),
                }
                Ok(())
            }
            Self::Proposals => {
                let found: Vec<ProposalView> = client.all("proposals")?;
                session.out().show(&found, |found| proposals(found))
            }
            Self::Approve { proposal, reject } => {
                let body = DecideProposal { approve: !reject };
                client.tell(&Method::POST, &format!("proposals/{proposal}"), &body)?;
                terminal::done(format_args!("decided"));
                Ok(())
            }
            Self::Suspend { user } => act(user, "suspend", "is suspended"),
            Self::Reactivate { user } => act(user, "reactivate", "may sign in again"),
            Self::ResetFactors { user } => act(user, "reset-factors", "has no second factor now"),
            Self::Erase { user } => {
                session.confirm(&format!(
                    "Remove everything personal about user {user} for good?"
                ))?;
                act(user, "erase", "is erased")
            }
        }
    }
}

fn invite(args: InviteArgs, session: &Session) -> Outcome {
    let body = InviteUser {
        email: args.email,
        name: args.name,
        phone: args.phone,
        language: args.language,
        organisation: args.organisation,
        role: args.role,
    };
    let sent: InvitationSent = session.client()?.ask("invitations", &body)?;
    session.out().show(&sent, |sent| {
        View::pairs([
            ("user", sent.user.to_string()),
            ("ends", moment(sent.expires_ms)),
            (
                "one-time code",
                sent.token
                    .clone()
                    .unwrap_or_else(|| "sent by mail".to_owned()),
            ),
        ])
    })
}

fn accept(args: &AcceptArgs, session: &Session) -> Outcome {
    let file = args.password_file.as_ref();
    let body = AcceptInvitation {
        token: args.code.clone(),
        password: password(session, file, "New password", true)?,
    };
    let client = session.client()?;
    client.tell(&Method::POST, "invitations/accept", &body)?;
    terminal::done(format_args!("the password is set; sign in with it"));
    Ok(())
}

fn table(users: &[UserView]) -> View {
    Table::of(
        [
            "USER>",
            "ORGANISATION>",
            "ROLE",
            "STATE",
            "2ND FACTOR",
            "NAME",
            "E-MAIL",
        ],
        "no users",
        users,
        |it| {
            [
                it.user.to_string(),
                it.organisation.to_string(),
                it.role.clone(),
                it.state.clone(),
                if it.second_factor { "yes" } else { "no" }.to_owned(),
                or_dash(it.name.as_ref()),
                or_dash(it.email.as_ref()),
            ]
        },
    )
}

fn proposals(open: &[ProposalView]) -> View {
    Table::of(
        ["PROPOSAL>", "USER>", "ROLE", "PROPOSED BY>", "AT"],
        "nothing waits",
        open,
        |it| {
            [
                it.proposal.to_string(),
                it.user.to_string(),
                it.role.clone(),
                it.proposer.to_string(),
                moment(it.proposed_ms),
            ]
        },
    )
}
