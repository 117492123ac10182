//! A small mail server on loopback (RFC 5321): takes mail, and misbehaves as it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How the server takes a recipient.
#[derive(Clone, Debug)]
pub enum Answer {
    /// With this reply, so many times; then it is taken.
    For(&'static str, u32),
    /// With this reply, always.
    Always(&'static str),
    /// After so long.
    After(Duration),
}

/// A mail that came in.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Header and body, with line feeds.
    pub text: String,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\n\n").next().unwrap();
        let mut lines = head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub fn body(&self) -> &str {
        self.text.split_once("\n\n").unwrap().1
    }
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    answers: BTreeMap<String, Answer>,
    logins: Vec<String>,
}

/// A running server.
pub struct Server {
    pub port: u16,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), None)
    }

    /// One that says nothing without TLS: from the first byte, or after STARTTLS.
    pub async fn guarded(begins: Begins) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, Some(begins))
    }

    /// On a port that is known before.
    pub async fn on_port(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        Self::on(listener, None)
    }

    fn on(listener: TcpListener, tls: Option<Begins>) -> Self {
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(converse(stream, tls, Arc::clone(&shared)));
            }
        });
        Self { port, state, task }
    }

    pub fn answer(&self, recipient: &str, answer: Answer) {
        let mut state = self.state.lock().unwrap();
        state.answers.insert(recipient.to_owned(), answer);
    }

    pub fn be_good(&self) {
        self.state.lock().unwrap().answers.clear();
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    pub fn forget(&self) {
        self.state.lock().unwrap().received.clear();
    }

    pub fn logins(&self) -> Vec<String> {
        self.state.lock().unwrap().logins.clone()
    }

    /// Waits until so many mails came in.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        for _ in 0..400 {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} of {count} mails came in", self.received().len());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    AtOnce,
    AfterStartTls,
}

fn acceptor() -> TlsAcceptor {
    let at = |name: &str| format!("{}/tests/mail/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    let chain = CertificateDer::pem_file_iter(at("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(at("server.key")).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain.map(|it| it.unwrap()).collect(), key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn converse(mut stream: TcpStream, tls: Option<Begins>, state: Arc<Mutex<State>>) {
    let Some(begins) = tls else {
        return serve(stream, state, true).await;
    };
    if begins == Begins::AfterStartTls {
        let mut lines = BufReader::new(&mut stream);
        lines.write_all(b"220 test\r\n").await.unwrap();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            let reply: &[u8] = match line.trim() {
                "STARTTLS" => b"220 go on\r\n",
                line if line.starts_with("EHLO") => b"250-test\r\n250 STARTTLS\r\n",
                // Not a word of a mail in plain.
                _ => b"530 STARTTLS first\r\n",
            };
            lines.write_all(reply).await.unwrap();
            if line.trim() == "STARTTLS" {
                break;
            }
        }
    }
    // A client that does not believe the certificate goes away.
    if let Ok(stream) = acceptor().accept(stream).await {
        serve(stream, state, begins == Begins::AtOnce).await;
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    state: Arc<Mutex<State>>,
    greets: bool,
) {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let (mut from, mut to) = (String::new(), Vec::new());
    if greets && write.write_all(b"220 test\r\n").await.is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let word = line.split(' ').next().unwrap().to_uppercase();
        let reply = match word.as_str() {
            "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME".to_owned(),
            "AUTH" => {
                state.lock().unwrap().logins.push(line.clone());
                "235 welcome".to_owned()
            }
            "MAIL" => {
                from = address(&line);
                to.clear();
                "250 ok".to_owned()
            }
            "RCPT" => {
                let recipient = address(&line);
                let (reply, wait) = judge(&state, &recipient);
                tokio::time::sleep(wait).await;
                if reply.starts_with("250") {
                    to.push(recipient);
                }
                reply.to_owned()
            }
            "DATA" => {
                let _ = write.write_all(b"354 go on\r\n").await;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    // A dot at the beginning is doubled on the way (RFC 5321 section 4.5.2).
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push('\n');
                }
                let received = Received {
                    from: from.clone(),
                    to: to.clone(),
                    text,
                };
                state.lock().unwrap().received.push(received);
                "250 taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 ok".to_owned(),
        };
        if write
            .write_all(format!("{reply}\r\n").as_bytes())
            .await
            .is_err()
        {
            return;
        }
        if word == "QUIT" {
            return;
        }
    }
}

fn judge(state: &Mutex<State>, recipient: &str) -> (&'static str, Duration) {
    let mut state = state.lock().unwrap();
    match state.answers.get_mut(recipient) {
        Some(Answer::For(reply, left)) if *left > 0 => {
            *left -= 1;
            (reply, Duration::ZERO)
        }
        Some(Answer::Always(reply)) => (reply, Duration::ZERO),
        Some(Answer::After(wait)) => ("250 ok", *wait),
        _ => ("250 ok", Duration::ZERO),
    }
}

fn address(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap();
    rest.split('>').next().unwrap().to_owned()
}
