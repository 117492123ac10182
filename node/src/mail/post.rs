//! Handing a mail over: to a server, or into a folder.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::address::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use super::Sink;
use super::error::MailError;
use super::queue::Queued;
use crate::ops::files::{self, FileFault, PRIVATE_FILE_MODE, Privacy};

/// How long the server may keep the node waiting for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long handing over one mail may take in all.
const MAIL_WITHIN: Duration = Duration::from_secs(120);
/// The largest file with certificates, in bytes.
const CERTIFICATES_BYTES_MAX: u64 = 1024 * 1024;

/// How the connection is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// In plain first, then TLS, which the server must offer.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// None: for a server on this machine.
    None,
}

/// A mail server.
pub struct Smtp {
    /// Its name, which its certificate must have.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is guarded.
    pub tls: SmtpTls,
    /// Certificates in PEM that are believed beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// User and password.
    pub login: Option<(String, SecretString)>,
}

/// Why a mail was not taken.
pub(super) enum Fault {
    /// Never: the server refuses it, or it is none.
    Refused(String),
    /// Not now: the server says so.
    Later(String),
    /// The server takes nothing at the moment: it is away, slow, or does not let this node in.
    Away(String),
}

pub(super) struct Post {
    to: To,
    sender: Mailbox,
}

enum To {
    Folder(PathBuf),
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

impl Post {
    pub(super) fn new(sink: Sink, sender: Mailbox) -> Result<Self, MailError> {
        let to = match sink {
            Sink::Folder(folder) => {
                files::create_private_folder(&folder)?;
                To::Folder(folder)
            }
            Sink::Smtp(smtp) => To::Smtp(Box::new(transport(*smtp, &sender)?)),
        };
        Ok(Self { to, sender })
    }

    pub(super) const fn word(&self) -> &'static str {
        match self.to {
            To::Folder(_) => "folder",
            To::Smtp(_) => "smtp",
        }
    }

    /// Whether mail is delivered by the time that it is queued: a folder is always there.
    pub(super) const fn is_here(&self) -> bool {
        matches!(self.to, To::Folder(_))
    }

    /// Hands a mail over.
    pub(super) async fn hand_over(&self, mail: &Queued) -> Result<(), Fault> {
        let message = self.message(mail).map_err(Fault::Refused)?;
        match &self.to {
            To::Folder(folder) => {
                // The same mail has the same name: put there twice it is there once.
                let path = folder.join(format!("{:013}-{:06}.eml", mail.queued_ms, mail.id));
                let write = move || match files::write_new(
                    &path,
                    &message.formatted(),
                    PRIVATE_FILE_MODE,
                ) {
                    Err(FileFault::Exists(_)) => Ok(()),
                    other => other,
                };
                let written = tokio::task::spawn_blocking(write).await;
                let written = written.map_err(|error| Fault::Away(error.to_string()))?;
                written.map_err(|error| Fault::Away(error.to_string()))
            }
            To::Smtp(transport) => {
                let sent = tokio::time::timeout(MAIL_WITHIN, transport.send(message)).await;
                match sent {
                    Err(_) => Err(Fault::Away("the server took too long".to_owned())),
                    Ok(Err(error)) => Err(judged(&error)),
                    Ok(Ok(_)) => Ok(()),
                }
            }
        }
    }

    /// The mail as it goes out. Headers are made by a library that encodes whatever is not plain, so that no value ends a line.
    fn message(&self, mail: &Queued) -> Result<Message, String> {
        let address: Address = mail
            .recipient
            .parse()
            .map_err(|error| format!("its address cannot be used: {error}"))?;
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(mail.queued_ms);
        let domain = self.sender.email.domain();
        let builder = Message::builder()
            .from(self.sender.clone())
            .to(Mailbox::new(None, address))
            .subject(mail.subject.clone())
            .date(at)
            .message_id(Some(format!("<{}.{}@{domain}>", mail.queued_ms, mail.id)))
            .raw_header(plain("Auto-Submitted", "auto-generated"))
            .raw_header(plain("Content-Language", &mail.language));
        let encoding = ContentTransferEncoding::QuotedPrintable;
        let body = Body::new_with_encoding(mail.body.clone(), encoding)
            .map_err(|_| "its text cannot be encoded".to_owned())?;
        let part = SinglePart::builder()
            .content_type(ContentType::TEXT_PLAIN)
            .body(body);
        let message = builder.singlepart(part);
        message.map_err(|error| format!("it cannot be written: {error}"))
    }
}

/// A header of this program's own; the value is a word or a language tag.
fn plain(name: &'static str, value: &str) -> HeaderValue {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let value: String = value.chars().filter(allowed).collect();
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// What a failure means for the mail. A server that does not let the node in says nothing about the mail.
fn judged(error: &SmtpError) -> Fault {
    let why = told(error);
    let code = error.status().map(u16::from);
    match code {
        Some(421 | 454 | 530 | 534 | 535 | 538) => Fault::Away(why),
        Some(_) if error.is_permanent() => Fault::Refused(why),
        Some(_) if error.is_transient() => Fault::Later(why),
        _ => Fault::Away(why),
    }
}

/// An error with its causes, on one line.
fn told(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

fn transport(
    smtp: Smtp,
    sender: &Mailbox,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let Smtp {
        server,
        port,
        tls,
        ca_file,
        login,
    } = smtp;
    let parameters = || {
        let mut builder = TlsParameters::builder(server.clone());
        if let Some(path) = &ca_file {
            let bytes = files::read(path, CERTIFICATES_BYTES_MAX, Privacy::Public)?;
            let wrong = |why: String| MailError::Certificates {
                path: path.clone(),
                why,
            };
            let certificate = Certificate::from_pem(&bytes).map_err(|error| wrong(told(&error)))?;
            builder = builder.add_root_certificate(certificate);
        }
        builder
            .build_rustls()
            .map_err(|error| MailError::Tls(told(&error)))
    };
    let tls = match tls {
        SmtpTls::StartTls => Tls::Required(parameters()?),
        SmtpTls::Implicit => Tls::Wrapper(parameters()?),
        SmtpTls::None => Tls::None,
    };
    let hello = ClientId::Domain(sender.email.domain().to_owned());
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
        .port(port)
        .tls(tls)
        .timeout(Some(ANSWER_WITHIN))
        .hello_name(hello);
    if let Some((user, password)) = login {
        let password = password.expose_secret().to_owned();
        builder = builder.credentials(Credentials::new(user, password));
    }
    Ok(builder.build())
}
