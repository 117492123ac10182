//! Mail: what the node tells people outside it.
//!
//! Everything goes into a queue on the disk first ([`Mail`] gives back control once it is durable) and from there to the
//! sink: a mail server over SMTP, or, without one, private files in a folder, for the operator to look at or to send on. The
//! server may be away, slow or choosy; a stop loses nothing. What it takes is forgotten here, what it refuses is kept for
//! the operator to see.
//!
//! A mail may go out twice if the node stops between the server's word and its own note of it; both have the same `Message-ID`.
//! Nothing that people write becomes a header: subjects are encoded, addresses are parsed.

mod deliver;
mod error;
mod post;
mod queue;
mod texts;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::time::Timestamp;
use lettre::message::Mailbox;
use tokio::sync::Notify;

pub use deliver::RetryRule;
pub use error::MailError;
pub use post::{Smtp, SmtpTls};
pub use queue::MAILS_WAITING_MAX;
pub use texts::{
    MAIL_LANGUAGES_MAX, MAIL_PRESETS, MAIL_TEXTS_BYTES_MAX, MAIL_TEXTS_FOLDER, MailTextError,
};

use crate::people::{Email, Link, UserId};
use post::Post;
use queue::{NewMail, Queue, ToldKey};
use texts::Texts;

/// The name of the queue in the private folder.
pub const MAIL_FILE: &str = "mail.sqlite";
/// How long news is worth sending, in milliseconds: three days.
pub const NEWS_LIFE_MS: u64 = 3 * 24 * 3_600_000;
/// How long mail that could not be sent is kept for the operator, in milliseconds: 30 days.
pub const DEAD_KEPT_MS: u64 = 30 * 24 * 3_600_000;
/// The most mails that a list shows.
pub const MAILS_SHOWN_MAX: u32 = 200;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailKind {
    /// A one-time code to join.
    Invitation,
    /// A one-time code for a new password.
    Reset,
    /// A step began to wait for its reader.
    Waits,
    /// A step still waits, and its deadline comes nearer.
    Reminder,
    /// Something was decided about its reader's case.
    Decision,
}

impl MailKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Waits => "waits",
            Self::Reminder => "reminder",
            Self::Decision => "decision",
        }
    }

    /// Whether it carries a one-time code: such a mail goes first, and nobody can turn it off.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(self, Self::Invitation | Self::Reset)
    }

    /// The values that its text may name.
    const fn values(self) -> &'static [&'static str] {
        match self {
            Self::Invitation | Self::Reset => &["registry", "url", "code", "until"],
            Self::Waits | Self::Reminder => &[
                "registry", "url", "case", "title", "stage", "step", "since", "due",
            ],
            Self::Decision => &[
                "registry", "url", "case", "title", "stage", "step", "answer", "leaf",
            ],
        }
    }
}

/// Where mail goes.
pub enum Sink {
    /// Into a folder, as one private file each.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(Box<Smtp>),
}

/// What mail is made of.
pub struct MailSettings {
    /// The queue.
    pub file: PathBuf,
    /// Where mail goes.
    pub sink: Sink,
    /// The country's own texts; the folder need not exist.
    pub texts: Option<PathBuf>,
    /// Whom mail comes from.
    pub sender: Mailbox,
    /// The registry's name.
    pub registry: String,
    /// Where the registry is reached.
    pub url: String,
    /// How often and for how long sending is tried.
    pub retry: RetryRule,
}

impl MailSettings {
    /// Mail that lies as files in `folder`, with its queue in the file `queue`.
    #[must_use]
    pub fn to_folder(queue: PathBuf, folder: PathBuf, registry: &str) -> Self {
        Self {
            file: queue,
            sink: Sink::Folder(folder),
            texts: None,
            sender: here(),
            registry: registry.to_owned(),
            url: String::new(),
            retry: RetryRule::default(),
        }
    }
}

/// The sender of mail that leaves no machine.
#[must_use]
pub fn here() -> Mailbox {
    #[expect(
        clippy::expect_used,
        reason = "the address is a constant, and a good one"
    )]
    let address = lettre::Address::new("registry", "localhost").expect("a good address");
    Mailbox::new(None, address)
}

/// Something for one user to know.
pub struct News {
    /// What it is about.
    pub kind: MailKind,
    /// The case.
    pub case: u64,
    /// When the case entered its stage, in milliseconds since 1970.
    pub since_ms: u64,
    /// With case, stage and user what makes it one piece of news, such as `waits` or `remind-14`.
    pub about: String,
    /// Whom it is for.
    pub user: UserId,
    /// Where it goes.
    pub email: Email,
    /// The language.
    pub language: String,
    /// What it says.
    pub values: Vec<(&'static str, String)>,
}

/// A mail that waits, or could not be sent. Shows neither address nor content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the queue.
    pub id: u64,
    /// What it is about.
    pub kind: String,
    /// Whom it is for, by pseudonym.
    pub user: u64,
    /// The domain of the address.
    pub domain: String,
    /// The language.
    pub language: String,
    /// When it was queued, in milliseconds since 1970.
    pub queued_ms: u64,
    /// When it is tried next.
    pub next_ms: u64,
    /// How often it was tried.
    pub tries: u32,
    /// What the server said last.
    pub fault: Option<String>,
    /// When it was given up; `None` while it waits.
    pub dead_ms: Option<u64>,
}

/// How mail stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailStatus {
    /// `folder` or `smtp`.
    pub sink: &'static str,
    /// Mails that wait.
    pub waiting: u64,
    /// Since when the oldest of them does, in milliseconds since 1970.
    pub oldest_ms: Option<u64>,
    /// Mails that could not be sent.
    pub dead: u64,
    /// Mails that went out since the node was started.
    pub sent: u64,
    /// Why nothing goes out at the moment.
    pub fault: Option<String>,
}

/// Mail. Cheap to clone; all clones are one queue.
#[derive(Clone)]
pub struct Mail(Arc<Inner>);

struct Inner {
    queue: Queue,
    post: Post,
    texts: Texts,
    registry: String,
    url: String,
    retry: RetryRule,
    wake: Notify,
    /// One round at a time.
    turn: tokio::sync::Mutex<()>,
    sent: AtomicU64,
    fault: Mutex<Option<String>>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Mail")
            .field("sink", &self.0.post.word())
            .finish_non_exhaustive()
    }
}

impl Mail {
    /// Opens the queue, or makes it, for its owner only.
    ///
    /// # Errors
    /// [`MailError`] when the queue, the texts or the sink cannot be used.
    pub async fn open(settings: MailSettings) -> Result<Self, MailError> {
        let MailSettings {
            file,
            sink,
            texts,
            sender,
            registry,
            url,
            retry,
        } = settings;
        Ok(Self(Arc::new(Inner {
            texts: Texts::load(texts.as_deref())?,
            post: Post::new(sink, sender)?,
            queue: Queue::open(&file).await?,
            registry,
            url,
            retry,
            wake: Notify::new(),
            turn: tokio::sync::Mutex::default(),
            sent: AtomicU64::new(0),
            fault: Mutex::default(),
        })))
    }

    /// Closes the queue once what runs is done. Without it nothing is lost either.
    pub async fn close(&self) {
        self.0.queue.close().await;
    }

    /// Sends an invitation.
    ///
    /// # Errors
    /// [`MailError`] when it cannot be queued.
    pub async fn invitation(&self, link: &Link, now_ms: u64) -> Result<(), MailError> {
        self.code(MailKind::Invitation, link, now_ms).await
    }

    /// Sends a code for a new password.
    ///
    /// # Errors
    /// [`MailError`] when it cannot be queued.
    pub async fn reset(&self, link: &Link, now_ms: u64) -> Result<(), MailError> {
        self.code(MailKind::Reset, link, now_ms).await
    }

    async fn code(&self, kind: MailKind, link: &Link, now_ms: u64) -> Result<(), MailError> {
        let values = [
            ("code", link.token.expose().to_owned()),
            ("until", moment(link.expires_ms)),
        ];
        let mail = self.new_mail(
            kind,
            (link.user, &link.email),
            &link.language,
            &values,
            link.expires_ms,
        );
        self.0.queue.push(&mail, now_ms).await?;
        self.hurry(now_ms).await
    }

    /// Tells users something, each of them once: what has the same case, stage, subject and user was told. Then all news up to
    /// `size` leaves of the ledger is told. Gives how many mails were queued.
    ///
    /// # Errors
    /// [`MailError`] when nothing of it could be queued.
    pub async fn tell(
        &self,
        news: &[News],
        size: Option<u64>,
        now_ms: u64,
    ) -> Result<usize, MailError> {
        let news: Vec<(ToldKey, NewMail)> = news.iter().map(|it| self.told(it, now_ms)).collect();
        let queued = self.0.queue.tell(&news, size, now_ms).await?;
        if queued > 0 {
            self.hurry(now_ms).await?;
        }
        Ok(queued)
    }

    fn told(&self, news: &News, now_ms: u64) -> (ToldKey, NewMail) {
        let key = ToldKey {
            case: news.case,
            since_ms: news.since_ms,
            kind: news.about.clone(),
            user: news.user,
        };
        let whom = (news.user, &news.email);
        let until = now_ms.saturating_add(NEWS_LIFE_MS);
        let mail = self.new_mail(news.kind, whom, &news.language, &news.values, until);
        (key, mail)
    }

    fn new_mail(
        &self,
        kind: MailKind,
        (user, email): (UserId, &Email),
        language: &str,
        values: &[(&'static str, String)],
        good_until_ms: u64,
    ) -> NewMail {
        let mut values = values.to_vec();
        values.push(("registry", self.0.registry.clone()));
        values.push(("url", self.0.url.clone()));
        let filled = self.0.texts.fill(kind, language, &values);
        NewMail {
            kind,
            user,
            recipient: email.expose().to_owned(),
            language: language.to_owned(),
            subject: filled.subject,
            body: filled.body,
            good_until_ms,
        }
    }

    /// A word of the mails in a language, such as `yes`.
    #[must_use]
    pub fn word(&self, language: &str, word: &str) -> String {
        self.0.texts.word(language, word)
    }

    /// Leaves of the ledger of which everybody was told; `None` in a new queue.
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be read.
    pub async fn news_size(&self) -> Result<Option<u64>, MailError> {
        self.0.queue.news_size().await
    }

    /// When somebody was last reminded of cases, each with the moment when it came to its stage, in milliseconds since 1970.
    /// Those that nobody was reminded of are not in the answer.
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be read.
    pub async fn reminded(
        &self,
        stages: &[(u64, u64)],
    ) -> Result<BTreeMap<(u64, u64), u64>, MailError> {
        self.0.queue.reminded(stages).await
    }

    /// Whether a user wants news by mail.
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be read.
    pub async fn wants_news(&self, user: UserId) -> Result<bool, MailError> {
        Ok(!self.0.queue.is_muted(user).await?)
    }

    /// Turns news by mail on or off for a user. One-time codes always go.
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be written.
    pub async fn set_wants_news(&self, user: UserId, wants: bool) -> Result<(), MailError> {
        self.0.queue.mute(user, !wants).await
    }

    /// Removes everything of a user for good.
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be written.
    pub async fn forget(&self, user: UserId) -> Result<(), MailError> {
        self.0.queue.forget(user).await
    }

    /// How mail stands.
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be read.
    pub async fn status(&self) -> Result<MailStatus, MailError> {
        let (waiting, oldest_ms, dead) = self.0.queue.counts().await?;
        let fault = self.0.fault.lock();
        Ok(MailStatus {
            sink: self.0.post.word(),
            waiting,
            oldest_ms,
            dead,
            sent: self.0.sent.load(Ordering::Relaxed),
            fault: fault.unwrap_or_else(PoisonError::into_inner).clone(),
        })
    }

    /// Mail that could not be sent, then mail that waits; at most [`MAILS_SHOWN_MAX`].
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be read.
    pub async fn list(&self) -> Result<Vec<Waiting>, MailError> {
        self.0.queue.list(MAILS_SHOWN_MAX).await
    }

    /// How many mails [`retry`](Self::retry) would try again.
    ///
    /// # Errors
    /// The same as its.
    pub async fn retriable(&self, id: Option<u64>, now_ms: u64) -> Result<u64, MailError> {
        self.0.queue.revivable(id, now_ms).await
    }

    /// Tries mail again that could not be sent: one, or all. Gives how many.
    ///
    /// # Errors
    /// [`MailError::NotDead`] when the one is none of them, or its code is no good any more.
    pub async fn retry(&self, id: Option<u64>, now_ms: u64) -> Result<u64, MailError> {
        let count = self.0.queue.revive(id, NEWS_LIFE_MS, now_ms).await?;
        self.hurry(now_ms).await?;
        Ok(count)
    }

    /// Forgets what could not be sent long ago, and codes that are no good any more. To be called now and then.
    ///
    /// # Errors
    /// [`MailError`] when the queue cannot be written.
    pub async fn sweep(&self, now_ms: u64) -> Result<(), MailError> {
        let before_ms = now_ms.saturating_sub(DEAD_KEPT_MS);
        self.0.queue.sweep(before_ms, now_ms).await
    }

    fn note_fault(&self, fault: Option<String>) {
        let last = self.0.fault.lock();
        *last.unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

/// `2026-11-23 10:00 UTC`.
#[must_use]
pub fn moment(time_ms: u64) -> String {
    match Timestamp::from_seconds(time_ms / 1000) {
        Ok(at) => {
            let text = at.to_string();
            format!("{} {} UTC", &text[..10], &text[11..16])
        }
        Err(_) => String::new(),
    }
}
