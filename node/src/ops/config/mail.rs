//! `[mail]`: through which server mail goes out.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use countersign_protocol::id::Text;
use lettre::message::Mailbox;
use serde::Deserialize;
use toml::Spanned;

use super::print::quoted;
use super::read::{Fault, Parsed};

/// How the connection to the mail server is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// In plain first, then TLS, which the server must offer (port 587).
    StartTls,
    /// TLS from the first byte (port 465).
    Implicit,
    /// None: only to a server on this machine.
    None,
}

impl MailTls {
    const fn word(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Implicit => "implicit",
            Self::None => "none",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// Where the password of the mail server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailPassword {
    /// The only line of a file that its owner alone can open, relative to the data folder.
    File(PathBuf),
    /// A systemd credential.
    Credential(Text<64>),
}

/// Through which server mail goes out. Without it mail lies as files in the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// The server's name, which its certificate must have.
    pub server: Text<253>,
    /// Its port.
    pub port: u16,
    /// How the connection is guarded.
    pub tls: MailTls,
    /// A file with certificates in PEM that are believed beside those of the system, relative to the data folder.
    pub ca_file: Option<PathBuf>,
    /// The user at the server, and where the password is.
    pub login: Option<(Text<200>, MailPassword)>,
    /// Whom mail comes from.
    pub sender: Mailbox,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailSection {
    server: Spanned<Parsed<Text<253>>>,
    port: Option<Spanned<u16>>,
    #[serde(default = "starttls")]
    tls: Spanned<MailTls>,
    ca_file: Option<PathBuf>,
    user: Option<Spanned<Parsed<Text<200>>>>,
    password_file: Option<PathBuf>,
    password_credential: Option<Spanned<Parsed<Text<64>>>>,
    sender: Parsed<Mailbox>,
}

fn starttls() -> Spanned<MailTls> {
    Spanned::new(0..0, MailTls::StartTls)
}

fn is_here(server: &str) -> bool {
    server == "localhost" || server.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

impl MailSection {
    pub(super) fn check(self, text: &str) -> Result<MailConfig, Fault> {
        let server_span = self.server.span();
        let server = self.server.into_inner().0;
        let tls = *self.tls.get_ref();
        if tls == MailTls::None && !is_here(server.as_str()) {
            let why = "mail to another machine goes over TLS; write tls = \"starttls\" or tls = \"implicit\"";
            return Err(Fault::at(text, self.tls.span(), why));
        }
        let port = match self.port {
            Some(port) if *port.get_ref() == 0 => {
                return Err(Fault::at(
                    text,
                    port.span(),
                    "0 is no port; write 587 or 465",
                ));
            }
            Some(port) => port.into_inner(),
            None => tls.port(),
        };
        let password = match (self.password_file, self.password_credential) {
            (Some(path), None) => Some(MailPassword::File(path)),
            (None, Some(name)) => Some(MailPassword::Credential(name.into_inner().0)),
            (None, None) => None,
            (Some(_), Some(name)) => {
                let why =
                    "the password comes from a file or from a credential; remove one of the two";
                return Err(Fault::at(text, name.span(), why));
            }
        };
        let login = match (self.user, password) {
            (Some(user), Some(password)) => Some((user.into_inner().0, password)),
            (None, None) => None,
            (Some(user), None) => {
                let why = "a user needs password_file or password_credential";
                return Err(Fault::at(text, user.span(), why));
            }
            (None, Some(_)) => {
                let why = "a password needs the user that it belongs to: add user";
                return Err(Fault::at(text, server_span, why));
            }
        };
        Ok(MailConfig {
            server,
            port,
            tls,
            ca_file: self.ca_file,
            login,
            sender: self.sender.0,
        })
    }
}

impl MailConfig {
    pub(super) fn print(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            server,
            port,
            tls,
            ca_file,
            login,
            sender,
        } = self;
        writeln!(out, "\n# Through which server mail goes out.\n[mail]")?;
        writeln!(out, "server = {}\nport = {port}", quoted(server))?;
        writeln!(out, "tls = {}", quoted(tls.word()))?;
        if let Some(path) = ca_file {
            writeln!(out, "ca_file = {}", quoted(path.display()))?;
        }
        if let Some((user, password)) = login {
            writeln!(out, "user = {}", quoted(user))?;
            match password {
                MailPassword::File(path) => {
                    writeln!(out, "password_file = {}", quoted(path.display()))?;
                }
                MailPassword::Credential(name) => {
                    writeln!(out, "password_credential = {}", quoted(name))?;
                }
            }
        }
        writeln!(out, "sender = {}", quoted(sender))
    }
}
