//! Users: signing in, and the people of an organisation.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use countersign_node::http::dto::{
    AcceptInvitation, AuthenticatorMade, CodeBody, CompleteSignIn, DecideProposal, InvitationSent,
    InviteUser, NewRole, Notifications, OwnProfile, ProposalView, RecoveryCodesView, RoleAnswer,
    SignInBody, SignedIn, UserView,
};
use countersign_node::ops::files::{PRIVATE_FILE_MODE, replace};
use countersign_node::people::UserId;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::Receiver;
use dialoguer::{Input, Password};
use reqwest::Method;
use serde_json::json;

use super::organisation::ListArgs;
use super::{article6, codes};
use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};
use crate::terminal;

/// Signs in and keeps the session for later commands.
#[derive(Args, Debug)]
pub(crate) struct SignInArgs {
    /// Your e-mail address
    #[arg(long, required_unless_present_any = ["codes", "list", "forget"])]
    email: Option<String>,
    /// The one-time code of your invitation, when you have no password yet
    #[arg(long, value_name = "CODE", requires = "email")]
    code: Option<String>,
    /// Where the session goes instead (mode 0600); name it with --token-file in later commands
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Read the password from the only line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// For a trial, where one person plays everybody: accept every code of this file with a drawn password that nobody
    /// learns, and keep each session under the name in the file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["email", "out", "password_file", "list", "forget"])]
    codes: Option<PathBuf>,
    /// List the sessions that are kept
    #[arg(long, conflicts_with_all = ["email", "out", "password_file", "forget"])]
    list: bool,
    /// End the session that is kept under the name of --as, and forget it
    #[arg(long, conflicts_with_all = ["email", "out", "password_file"])]
    forget: bool,
}

impl SignInArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        if let Some(codes) = &self.codes {
            return play_everybody(codes, session);
        }
        if self.list {
            let names = session.kept()?.names();
            return session.out().show(&names, |names| {
                Table::of(["NAME"], "no session is kept", names, |name| [name.clone()])
            });
        }
        if self.forget {
            return forget(session);
        }
        let email = self.email.clone().unwrap_or_default();
        let (name, client) = (session.name()?, session.stranger()?);
        if name.is_none() && self.out.is_none() {
            return Err(Failure::usage("under which name is the session kept?")
                .hint("add --as NAME, or --out FILE"));
        }
        let file = self.password_file.as_ref();
        let what = if self.code.is_some() {
            "New password"
        } else {
            "Password"
        };
        let password = password(session, file, what, self.code.is_some())?;
        if let Some(code) = &self.code {
            join(&client, code, &password)?;
        }
        let signed_in = sign_in(session, &client, &email, &password)?;
        if signed_in.second_factor_needed {
            terminal::say(
                "your role must have a second factor: add an authenticator with `user authenticator`, then everything is open",
            );
        }
        let SignedIn {
            token, expires_ms, ..
        } = signed_in;
        let token = token.unwrap_or_default();
        let kept = match (&self.out, name) {
            (Some(out), _) => {
                replace(out, format!("{token}\n").as_bytes(), PRIVATE_FILE_MODE)?;
                format!("the session is in {}", out.display())
            }
            (None, Some(name)) => {
                session.kept()?.keep(name, &token, client.base())?;
                format!("later commands take --as {name}")
            }
            (None, None) => String::new(),
        };
        let until = expires_ms.map_or_else(String::new, moment);
        terminal::done(format_args!(
            "signed in until {until} at the latest; {kept}"
        ));
        Ok(())
    }
}

fn join(client: &Client, code: &str, password: &str) -> Outcome {
    let body = AcceptInvitation {
        token: code.to_owned(),
        password: password.to_owned(),
    };
    client.tell(&Method::POST, "invitations/accept", &body)
}

/// A session, with the second factor where one guards the account.
fn sign_in(session: &Session, client: &Client, email: &str, password: &str) -> Outcome<SignedIn> {
    let body = SignInBody {
        email: email.to_owned(),
        password: password.to_owned(),
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
    if answer.token.is_none() {
        let message = "the node gave no session; is it of another version than this command?";
        return Err(Failure::other(message));
    }
    Ok(answer)
}

/// Accepts every code of a file and keeps the sessions. A person whose code was used before is passed over.
fn play_everybody(path: &Path, session: &Session) -> Outcome {
    let (client, kept) = (session.stranger()?, session.kept()?);
    let mut signed_in = Vec::new();
    for line in codes::read(path)? {
        let mut drawn = [0; 24];
        getrandom::fill(&mut drawn).map_err(Failure::other)?;
        let password = hex::encode(drawn);
        join(&client, &line.code, &password)
            .map_err(|failure| failure.hint(format_args!("the code of {}", line.name)))?;
        let answer = sign_in(session, &client, &line.email, &password)?;
        kept.keep(&line.name, &answer.token.unwrap_or_default(), client.base())?;
        signed_in.push(line);
    }
    terminal::done(format_args!(
        "{} people are signed in; name who acts with --as",
        signed_in.len()
    ));
    session.out().show(&signed_in, |all| {
        Table::of(["AS", "ROLE", "ORGANISATION>"], "nobody", all, |it| {
            [
                it.name.to_string(),
                it.role.clone(),
                it.organisation.to_string(),
            ]
        })
    })
}

/// Ends a kept session at the node, and forgets it here whatever the node says: it may be gone already.
fn forget(session: &Session) -> Outcome {
    let name = session.name()?;
    let name = name.ok_or_else(|| Failure::usage("whose session? Add --as NAME"))?;
    let ended = session
        .client()
        .and_then(|client| client.tell(&Method::POST, "sign-out", &json!({})));
    session.kept()?.forget(name)?;
    match ended {
        Ok(()) => terminal::done(format_args!("the session of {name} has ended")),
        Err(failure) => terminal::warn(format_args!(
            "the session of {name} is forgotten here; the node did not end it: {}",
            failure.message
        )),
    }
    Ok(())
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
    /// Make a new one-time code for somebody who has not joined yet; the old one is no good any more
    InviteAgain {
        /// The user's id
        user: UserId,
    },
    /// Accept an invitation, or a new password, with its one-time code
    Accept(AcceptArgs),
    /// Add an authenticator to your own account: shows its secret, and confirms it with a first code
    Authenticator {
        /// Confirm the secret that was shown before with this code
        #[arg(long, value_name = "CODE")]
        confirm: Option<String>,
    },
    /// List users
    List {
        /// Of this organisation only
        #[arg(long, value_name = "N")]
        organisation: Option<OrganisationId>,
        /// In this role only
        #[arg(long)]
        role: Option<String>,
        /// Of this state only: invited, active, suspended or erased
        #[arg(long)]
        state: Option<String>,
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
    /// List acts that wait for a second person: roles, invitations, trusted receivers, a new log key
    Proposals,
    /// Approve what somebody else proposed
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
    /// End every session of a user, such as of one whose telephone was lost
    EndSessions {
        /// The user's id
        user: UserId,
    },
    /// Take away second factors that a user has lost
    ResetFactors {
        /// The user's id
        user: UserId,
    },
    /// Show whether you get news by mail, or turn it on or off; one-time codes always come
    Notifications {
        /// on or off
        #[arg(value_enum)]
        mail: Option<OnOff>,
    },
    /// Change your own name, telephone number and language of mails
    Profile {
        /// The name
        #[arg(long)]
        name: String,
        /// The telephone number; none when left out
        #[arg(long)]
        phone: Option<String>,
        /// The language of mails, such as fr
        #[arg(long)]
        language: String,
    },
    /// Remove a user's personal data for good; what the ledger says of the pseudonym stays true
    Erase {
        /// The user's id
        user: UserId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOff {
    /// News comes by mail
    On,
    /// It does not
    Off,
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
            Self::InviteAgain { user } => {
                let path = format!("users/{user}/invitations");
                let sent: InvitationSent = client.ask(&path, &json!({}))?;
                session.out().show(&sent, invited)
            }
            Self::Accept(args) => accept(&args, session),
            Self::Authenticator { confirm } => authenticator(confirm, session),
            Self::List {
                organisation,
                role,
                state,
                list,
            } => {
                let of = organisation.map(|it| ("organisation", it.to_string()));
                let of: Vec<_> = of
                    .into_iter()
                    .chain(role.map(|it| ("role", it)))
                    .chain(state.map(|it| ("state", it)))
                    .collect();
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
            Self::Notifications { mail } => {
                let path = "me/notifications";
                if let Some(mail) = mail {
                    let mail = mail == OnOff::On;
                    client.tell(&Method::PUT, path, &Notifications { mail })?;
                }
                let now: Notifications = client.get(path, &[])?;
                session.out().show(&now, |now| {
                    let word = if now.mail { "on" } else { "off" };
                    View::pairs([("news by mail", word.to_owned())])
                })
            }
            Self::Suspend { user } => act(user, "suspend", "is suspended"),
            Self::Reactivate { user } => act(user, "reactivate", "may sign in again"),
            Self::Profile {
                name,
                phone,
                language,
            } => {
                let body = OwnProfile {
                    name,
                    phone,
                    language,
                };
                client.tell(&Method::PUT, "me/profile", &body)?;
                terminal::done(format_args!("saved"));
                Ok(())
            }
            Self::EndSessions { user } => act(user, "end-sessions", "has no open session now"),
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
    session.out().show(&sent, invited)
}

fn invited(sent: &InvitationSent) -> View {
    View::pairs([
        ("user", sent.user.to_string()),
        (
            "ends",
            sent.expires_ms.map_or_else(|| "-".to_owned(), moment),
        ),
        (
            "one-time code",
            match (&sent.token, sent.proposal) {
                (Some(token), _) => token.clone(),
                (None, Some(proposal)) => {
                    format!("waits for somebody else: user approve {proposal}")
                }
                (None, None) => "sent by mail".to_owned(),
            },
        ),
    ])
}

fn accept(args: &AcceptArgs, session: &Session) -> Outcome {
    let file = args.password_file.as_ref();
    let password = password(session, file, "New password", true)?;
    join(&session.stranger()?, &args.code, &password)?;
    terminal::done(format_args!("the password is set; sign in with it"));
    Ok(())
}

/// Where nobody can be asked, the secret is shown and the first code comes with a second call.
fn authenticator(code: Option<String>, session: &Session) -> Outcome {
    let client = session.client()?;
    let code = if let Some(code) = code {
        code
    } else {
        let made: AuthenticatorMade = client.ask("me/authenticator", &json!({}))?;
        session.out().show(&made, |made| {
            View::pairs([
                ("address", made.uri.clone()),
                ("secret", made.secret.clone()),
            ])
        })?;
        if session.no_input || !terminal::can_ask() {
            terminal::say(
                "enter it into your authenticator, then: user authenticator --confirm CODE",
            );
            return Ok(());
        }
        asked(session, "First code of your authenticator")?
    };
    let codes: RecoveryCodesView = client.ask("me/authenticator/confirm", &CodeBody { code })?;
    terminal::say("keep these codes: each signs in once when the authenticator is lost");
    let shown = |codes: &RecoveryCodesView| {
        Table::of(["RECOVERY CODE"], "no codes", &codes.codes, |code| {
            [code.clone()]
        })
    };
    session.out().show(&codes, shown)
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

/// A receiver in a few characters, such as `organisation 7` or `CH account 12`.
pub(super) fn receiver(it: &Receiver) -> String {
    match it {
        Receiver::Organisation(id) => format!("organisation {id}"),
        Receiver::Abroad { party, account } => format!("{party} account {account}"),
    }
}

/// The kind of a proposal, or what it would record.
fn what(it: &ProposalView) -> String {
    let mut records: Vec<String> = it.records.iter().map(article6::what).collect();
    if let Some(units) = &it.units {
        records.push(format!("units under {}", units.authorisation));
    }
    if let Some(process) = &it.process {
        records.push(format!("process {} {}", process.id, process.text_version));
    }
    if records.is_empty() {
        return it.kind.clone();
    }
    records.join(", ")
}

fn proposals(open: &[ProposalView]) -> View {
    Table::of(
        [
            "PROPOSAL>",
            "WHAT",
            "USER>",
            "ROLE",
            "RECEIVER",
            "PROPOSED BY>",
            "AT",
        ],
        "nothing waits",
        open,
        |it| {
            [
                it.proposal.to_string(),
                what(it),
                or_dash(it.user.as_ref()),
                or_dash(it.role.as_ref()),
                it.receiver
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), receiver),
                it.proposer
                    .map_or_else(|| "operator".to_owned(), |user| user.to_string()),
                moment(it.proposed_ms),
            ]
        },
    )
}
