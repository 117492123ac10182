//! Mail: a durable queue, a real SMTP conversation on loopback, servers that are away, slow or choosy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    unreachable_pub,
    missing_docs
)]

mod server;

use std::path::Path;
use std::time::{Duration, Instant};

use countersign_node::mail::{
    Mail, MailError, MailKind, MailSettings, MailStatus, News, RetryRule, Sink, Smtp, SmtpTls,
};
use countersign_node::people::{By, Link, NewUser, People, PeopleSettings, Profile, UserId};
use countersign_protocol::id::OrganisationId;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use server::{Answer, Begins, Server};

fn now_ms() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64
}

/// Quick enough to wait for.
const RETRY: RetryRule = RetryRule {
    tries_max: 3,
    first_ms: 30,
    longest_ms: 60,
    away_ms: 50,
    away_longest_ms: 100,
};

fn settings(folder: &Path, port: u16) -> MailSettings {
    MailSettings {
        sink: Sink::Smtp(Box::new(Smtp {
            server: "127.0.0.1".to_owned(),
            port,
            tls: SmtpTls::None,
            ca_file: None,
            login: None,
        })),
        texts: Some(folder.join("mail-texts")),
        sender: "The Registry <registry@gov.example>".parse().unwrap(),
        url: "https://registry.example".to_owned(),
        retry: RETRY,
        ..MailSettings::to_folder(
            folder.join("mail.sqlite"),
            folder.join("mail"),
            "Registry of Ghana",
        )
    }
}

/// Mail that goes out, until this is dropped.
struct Post {
    mail: Mail,
    stop: CancellationToken,
}

impl Post {
    async fn open(settings: MailSettings) -> Self {
        let mail = Mail::open(settings).await.unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(mail.clone().deliver(stop.clone()));
        Self { mail, stop }
    }

    async fn status(&self) -> MailStatus {
        self.mail.status().await.unwrap()
    }

    async fn until(&self, is_so: impl Fn(&MailStatus) -> bool) -> MailStatus {
        for _ in 0..400 {
            let status = self.status().await;
            if is_so(&status) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{:?}", self.status().await);
    }

    /// As a stop does it: nothing is finished first.
    async fn stop(self) {
        self.stop.cancel();
        self.mail.close().await;
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A port on which nobody listens.
async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn people(folder: &Path) -> People {
    let settings = PeopleSettings {
        password_memory_kib: 19 * 1024,
        password_passes: 2,
        ..PeopleSettings::default()
    };
    People::open(folder, settings).await.unwrap()
}

async fn invited(people: &People, email: &str, language: &str) -> Link {
    let new = NewUser {
        email: email.parse().unwrap(),
        profile: Profile::new("Somebody", None, language).unwrap(),
        organisation: OrganisationId(1),
        role: "administrator".to_owned(),
    };
    people.invite(By::Operator, &new, now_ms()).await.unwrap()
}

fn news(user: UserId, email: &str, about: &str) -> News {
    News {
        kind: MailKind::Waits,
        case: 7,
        since_ms: 1_000,
        about: about.to_owned(),
        user,
        email: email.parse().unwrap(),
        language: "en".to_owned(),
        values: vec![
            ("case", "7".to_owned()),
            ("title", "Stoves".to_owned()),
            ("stage", "Review".to_owned()),
            ("step", "Approve".to_owned()),
            ("since", "2026-11-01 10:00 UTC".to_owned()),
            ("due", String::new()),
        ],
    }
}

fn user(number: u64) -> UserId {
    UserId::try_from(number).unwrap()
}

/// The lines that quoted-printable broke, together again.
fn readable(body: &str) -> String {
    body.replace("=\n", "").replace("=C3=A0", "à")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_reaches_its_mailbox_in_its_language_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let post = Post::open(settings(folder.path(), server.port)).await;
    let people = people(folder.path()).await;
    for (language, subject, words) in [
        (
            "en",
            "Your invitation to Registry of Ghana",
            "one-time code",
        ),
        ("pt-BR", "O seu convite para Registry of Ghana", "convite"),
        // Nobody wrote Swahili: English stands in.
        (
            "sw",
            "Your invitation to Registry of Ghana",
            "one-time code",
        ),
    ] {
        let link = invited(
            &people,
            &format!("ama.{}@dev.example", language.to_lowercase()),
            language,
        )
        .await;
        post.mail.invitation(&link, now_ms()).await.unwrap();
        let mail = server.wait_for(1).await.pop().unwrap();
        assert_eq!(mail.from, "registry@gov.example");
        assert_eq!(mail.to, [link.email.expose()]);
        assert_eq!(mail.header("Subject"), Some(subject));
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
        let body = readable(mail.body());
        assert!(
            body.contains(link.token.expose()) && body.contains(words),
            "{body}"
        );
        assert!(!body.to_lowercase().contains("your password is"));
        post.until(|status| status.waiting == 0).await;
        let left = std::fs::read(folder.path().join("mail.sqlite")).unwrap();
        let code = link.token.expose().as_bytes();
        assert!(
            !left.windows(code.len()).any(|it| it == code),
            "the code is still in the queue"
        );
        server.forget();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_gets_its_mail_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let port = closed_port().await;
    let post = Post::open(settings(folder.path(), port)).await;
    let people = people(folder.path()).await;
    let link = invited(&people, "ama@dev.example", "en").await;
    post.mail.invitation(&link, now_ms()).await.unwrap();
    let status = post.until(|status| status.fault.is_some()).await;
    assert_eq!((status.waiting, status.dead), (1, 0));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        post.status().await.dead,
        0,
        "being away is the server's fault, not the mail's"
    );
    let server = Server::on_port(port).await;
    server.wait_for(1).await;
    let status = post.until(|status| status.waiting == 0).await;
    assert_eq!((status.sent, status.fault), (1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_put_off_is_tried_again_but_not_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    server.answer("soon@dev.example", Answer::For("450 greylisted", 2));
    server.answer("never@dev.example", Answer::Always("451 come back later"));
    let post = Post::open(settings(folder.path(), server.port)).await;
    let all = [
        news(user(1), "soon@dev.example", "waits"),
        news(user(2), "never@dev.example", "waits"),
    ];
    assert_eq!(post.mail.tell(&all, None, now_ms()).await.unwrap(), 2);
    let received = server.wait_for(1).await;
    assert_eq!(received[0].to, ["soon@dev.example"]);
    let status = post.until(|status| status.dead == 1).await;
    assert_eq!((status.waiting, status.fault), (0, None));
    let dead = post.mail.list().await.unwrap().pop().unwrap();
    assert_eq!((dead.tries, dead.user), (RETRY.tries_max, 2));
    assert!(dead.fault.unwrap().contains("451"));
    // The operator may try again.
    assert!(matches!(
        post.mail.retry(Some(dead.id + 1), now_ms()).await,
        Err(MailError::NotDead(_))
    ));
    server.be_good();
    assert_eq!(post.mail.retry(Some(dead.id), now_ms()).await.unwrap(), 1);
    assert_eq!(server.wait_for(2).await[1].to, ["never@dev.example"]);
    post.until(|status| status.waiting == 0 && status.dead == 0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_refused_holds_up_no_other_and_shows_no_address() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    server.answer(
        "gone@dev.example",
        Answer::Always("550 no such mailbox\r\n"),
    );
    let post = Post::open(settings(folder.path(), server.port)).await;
    let all = [
        news(user(1), "gone@dev.example", "waits"),
        news(user(2), "here@dev.example", "waits"),
    ];
    post.mail.tell(&all, None, now_ms()).await.unwrap();
    assert_eq!(server.wait_for(1).await[0].to, ["here@dev.example"]);
    // The server has a mail a moment before the queue knows that it has.
    post.until(|status| status.dead == 1 && status.waiting == 0)
        .await;
    let listed = post.mail.list().await.unwrap();
    let shown = format!("{listed:?}");
    assert!(
        shown.contains("dev.example") && shown.contains("550"),
        "{shown}"
    );
    assert!(!shown.contains("gone@"), "{shown}");
    assert_eq!(
        listed[0].tries, 1,
        "what is refused is not tried again by itself"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_server_keeps_nobody_waiting_who_queues() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let slow = Duration::from_secs(2);
    server.answer("slow@dev.example", Answer::After(slow));
    let post = Post::open(settings(folder.path(), server.port)).await;
    let people = people(folder.path()).await;
    let first = [news(user(1), "slow@dev.example", "waits")];
    post.mail.tell(&first, None, now_ms()).await.unwrap();
    let began = Instant::now();
    let link = invited(&people, "ama@dev.example", "en").await;
    for number in 2..20 {
        let more = [news(user(number), "slow@dev.example", "waits")];
        post.mail.tell(&more, None, now_ms()).await.unwrap();
    }
    post.mail.invitation(&link, now_ms()).await.unwrap();
    assert!(began.elapsed() < slow, "{:?}", began.elapsed());
    // The code goes before the news that was queued before it.
    let received = server.wait_for(2).await;
    assert_eq!(received[1].to, ["ama@dev.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_survives_a_stop_and_every_mail_of_it_arrives_once() {
    let folder = tempfile::tempdir().unwrap();
    let port = closed_port().await;
    let post = Post::open(settings(folder.path(), port)).await;
    let all: Vec<News> = (1..=40)
        .map(|number| news(user(number), &format!("u{number}@dev.example"), "waits"))
        .collect();
    assert_eq!(post.mail.tell(&all, Some(99), now_ms()).await.unwrap(), 40);
    post.until(|status| status.fault.is_some()).await;
    post.stop().await;
    let server = Server::on_port(port).await;
    let post = Post::open(settings(folder.path(), port)).await;
    assert_eq!(post.mail.news_size().await.unwrap(), Some(99));
    // What was told before the stop is not told again after it.
    assert_eq!(post.mail.tell(&all, Some(100), now_ms()).await.unwrap(), 0);
    server.wait_for(40).await;
    post.until(|status| status.waiting == 0).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let received = server.received();
    let mut to: Vec<&str> = received.iter().map(|it| it.to[0].as_str()).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!((to.len(), received.len()), (40, 40));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_write_becomes_a_header_or_a_recipient() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let post = Post::open(settings(folder.path(), server.port)).await;
    let mut evil = news(user(1), "ama@dev.example", "waits");
    let attack = "Stoves\r\nBcc: victim@elsewhere.example\r\n\r\nBuy now\r\n.\r\nMAIL FROM:<x@y.example>\r\n{code}";
    for value in &mut evil.values {
        if matches!(value.0, "title" | "step" | "stage") {
            value.1 = attack.to_owned();
        }
    }
    evil.language = "en\r\nX-Evil: yes".to_owned();
    post.mail.tell(&[evil], None, now_ms()).await.unwrap();
    let received = server.wait_for(1).await;
    post.until(|status| status.waiting == 0).await;
    assert_eq!(server.received().len(), 1, "{received:?}");
    let mail = &received[0];
    assert_eq!(mail.to, ["ama@dev.example"]);
    for name in ["Bcc", "Cc", "X-Evil", "MAIL FROM"] {
        assert_eq!(mail.header(name), None, "{}", mail.text);
    }
    let subject = mail.header("Subject").unwrap();
    assert!(subject.starts_with("Stoves"), "{subject}");
    // A value is put in as it stands: what looks like another value in it stays what it is.
    assert!(readable(mail.body()).contains("{code}"), "{}", mail.body());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_no_news_still_gets_codes_and_whoever_is_erased_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let port = closed_port().await;
    let post = Post::open(settings(folder.path(), port)).await;
    let people = people(folder.path()).await;
    let muted = invited(&people, "muted@dev.example", "en").await;
    let erased = invited(&people, "erased@dev.example", "en").await;
    assert!(post.mail.wants_news(muted.user).await.unwrap());
    post.mail.set_wants_news(muted.user, false).await.unwrap();
    assert!(!post.mail.wants_news(muted.user).await.unwrap());
    let all = [
        news(muted.user, "muted@dev.example", "waits"),
        news(erased.user, "erased@dev.example", "waits"),
    ];
    assert_eq!(post.mail.tell(&all, None, now_ms()).await.unwrap(), 1);
    post.mail.invitation(&muted, now_ms()).await.unwrap();
    post.mail.invitation(&erased, now_ms()).await.unwrap();
    post.mail.forget(erased.user).await.unwrap();
    let left = std::fs::read(folder.path().join("mail.sqlite")).unwrap();
    let address = b"erased@dev.example";
    assert!(!left.windows(address.len()).any(|it| it == address));
    let server = Server::on_port(port).await;
    let received = server.wait_for(1).await;
    post.until(|status| status.waiting == 0).await;
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].to, ["muted@dev.example"]);
    assert!(received[0].text.contains(muted.token.expose()));
    // News that comes later goes out again once it is wanted.
    post.mail.set_wants_news(muted.user, true).await.unwrap();
    let later = [news(muted.user, "muted@dev.example", "remind-3")];
    assert_eq!(post.mail.tell(&later, None, now_ms()).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_no_good_any_more_is_not_sent_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let post = Post::open(settings(folder.path(), server.port)).await;
    let people = people(folder.path()).await;
    let mut link = invited(&people, "late@dev.example", "en").await;
    link.expires_ms = now_ms() - 1;
    post.mail.invitation(&link, now_ms()).await.unwrap();
    post.until(|status| status.dead == 1).await;
    assert_eq!(server.received().len(), 0);
    let id = post.mail.list().await.unwrap()[0].id;
    assert!(matches!(
        post.mail.retry(Some(id), now_ms()).await,
        Err(MailError::NotDead(_))
    ));
    post.mail.close().await;
    let left = std::fs::read(folder.path().join("mail.sqlite")).unwrap();
    let code = link.token.expose().as_bytes();
    assert!(!left.windows(code.len()).any(|it| it == code));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_changes_the_words_and_a_mistake_in_them_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let texts = folder.path().join("mail-texts");
    std::fs::create_dir(&texts).unwrap();
    let own = "[waits]\nsubject = \"Kazi: {title}\"\nbody = \"Fanya: {step}\\nMwisho: {due}\\n\"\n";
    std::fs::write(texts.join("sw.toml"), own).unwrap();
    let server = Server::start().await;
    let post = Post::open(settings(folder.path(), server.port)).await;
    let mut told = news(user(1), "ama@dev.example", "waits");
    told.language = "sw-KE".to_owned();
    post.mail.tell(&[told], None, now_ms()).await.unwrap();
    let mail = server.wait_for(1).await.pop().unwrap();
    assert_eq!(mail.header("Subject"), Some("Kazi: Stoves"));
    // A line whose value is missing is left out.
    assert_eq!(mail.body().trim(), "Fanya: Approve");
    for (wrong, why) in [
        (
            "[waits]\nsubject = \"{titel}\"\nbody = \"\"\n",
            "waits.subject: there is no value {titel}",
        ),
        (
            "[waits]\nsubject = \"{title\"\nbody = \"\"\n",
            "waits.subject: a { has no }",
        ),
        (
            "[reset]\nsubject = \"\"\nbody = \"{title}\"\n",
            "reset.body: there is no value {title}",
        ),
        ("[wait]\nsubject = \"\"\nbody = \"\"\n", "wait"),
        ("[waits]\nsubject = \"\"\n", "body"),
    ] {
        std::fs::write(texts.join("sw.toml"), wrong).unwrap();
        let refused = Mail::open(settings(folder.path(), server.port))
            .await
            .unwrap_err();
        let refused = refused.to_string();
        assert!(
            refused.contains("sw.toml") && refused.contains(why),
            "{refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_signs_in_at_the_server_and_a_wrong_password_loses_no_mail() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let mut with = settings(folder.path(), server.port);
    if let Sink::Smtp(smtp) = &mut with.sink {
        smtp.login = Some(("registry".to_owned(), "a secret of mine".to_owned().into()));
    }
    let post = Post::open(with).await;
    post.mail
        .tell(&[news(user(1), "ama@dev.example", "waits")], None, now_ms())
        .await
        .unwrap();
    server.wait_for(1).await;
    // AUTH PLAIN: base64 of \0user\0password.
    assert_eq!(
        server.logins(),
        ["AUTH PLAIN AHJlZ2lzdHJ5AGEgc2VjcmV0IG9mIG1pbmU="]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_over_tls_and_not_to_a_server_that_nobody_vouches_for() {
    for (begins, tls) in [
        (Begins::AtOnce, SmtpTls::Implicit),
        (Begins::AfterStartTls, SmtpTls::StartTls),
    ] {
        let server = Server::guarded(begins).await;
        for (ca, name, is_sent) in [
            (true, "localhost", true),
            // Nobody vouches for its certificate, or it has another name.
            (false, "localhost", false),
            (true, "127.0.0.1", false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut with = settings(folder.path(), server.port);
            if let Sink::Smtp(smtp) = &mut with.sink {
                let at = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/tls/ca.pem");
                name.clone_into(&mut smtp.server);
                smtp.tls = tls;
                smtp.ca_file = ca.then(|| at.into());
            }
            let post = Post::open(with).await;
            let news = [news(user(1), "ama@dev.example", "waits")];
            post.mail.tell(&news, None, now_ms()).await.unwrap();
            let status = post
                .until(|status| status.sent == 1 || status.fault.is_some())
                .await;
            assert_eq!(
                status.sent == 1,
                is_sent,
                "{begins:?} {name} {ca}: {status:?}"
            );
            assert_eq!(status.dead, 0, "the mail waits for a server that is right");
        }
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_mail_lies_as_private_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("mail");
    let queue = folder.path().join("mail.sqlite");
    let mail = Mail::open(MailSettings::to_folder(
        queue,
        files.clone(),
        "Registry of Ghana",
    ))
    .await
    .unwrap();
    let people = people(folder.path()).await;
    let link = invited(&people, "ama@dev.example", "en").await;
    // It is there when this is answered.
    mail.invitation(&link, now_ms()).await.unwrap();
    let file = std::fs::read_dir(&files).unwrap().next().unwrap().unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(
        text.contains("To: ama@dev.example\r\n") && text.contains(link.token.expose()),
        "{text}"
    );
    assert_eq!(mail.status().await.unwrap().waiting, 0);
}
