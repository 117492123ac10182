//! A small HTTP/1.1 client: it must not take from the server the processor time that the server is measured with.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    /// What was read and not yet used.
    read: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            read: Vec::with_capacity(4096),
        }
    }

    /// Sends a request and waits for the whole answer; gives its status.
    pub async fn ask(&mut self, request: &str) -> u16 {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.answer().await
    }

    async fn answer(&mut self) -> u16 {
        loop {
            if let Some((status, length)) = whole_answer(&self.read) {
                self.read.drain(..length);
                return status;
            }
            let count = self.stream.read_buf(&mut self.read).await.unwrap();
            assert!(count > 0, "the server closed the connection");
        }
    }
}

/// Status and length of the first answer, once all of it is there.
fn whole_answer(bytes: &[u8]) -> Option<(u16, usize)> {
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let header = std::str::from_utf8(&bytes[..end]).unwrap();
    let status = header.split(' ').nth(1).unwrap().parse().unwrap();
    let length = header
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    (bytes.len() >= end + length).then_some((status, end + length))
}

/// A request that posts JSON under an idempotency key.
pub fn post(path: &str, token: &str, key: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{FROM}\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Where requests say that they come from: an address of the machine itself is not counted.
const FROM: &str = "x-forwarded-for: 192.0.2.7";

/// A request that gets a path.
pub fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{FROM}\r\n\r\n")
}

/// A request that gets a page as browsers ask for it.
pub fn get_page(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\n{FROM}\r\naccept: text/html\r\naccept-encoding: br\r\n\r\n"
    )
}

/// The same as the browser of somebody who is signed in asks.
pub fn get_page_as(path: &str, session: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\n{FROM}\r\naccept: text/html\r\naccept-encoding: br\r\n\
         cookie: session={session}\r\n\r\n"
    )
}

/// A request that gets a path with a token.
pub fn get_as(path: &str, token: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\n{FROM}\r\nauthorization: Bearer {token}\r\n\r\n"
    )
}

/// How long each answer took over so many connections, each with one request under way. Only successes may come back.
pub async fn latencies<R>(
    address: SocketAddr,
    connections: u64,
    duration: Duration,
    requests: impl Fn(u64) -> R,
) -> Vec<Duration>
where
    R: FnMut() -> String + Send + 'static,
{
    let start = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|number| {
            let mut next = requests(number);
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                let mut taken = Vec::new();
                while start.elapsed() < duration {
                    let request = next();
                    let asked = Instant::now();
                    let status = connection.ask(&request).await;
                    taken.push(asked.elapsed());
                    assert!(
                        (200..300).contains(&status),
                        "answered with {status}: {request}"
                    );
                }
                taken
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    all
}

/// Answers a second over so many connections, each with one request under way. Only successes may come back.
pub async fn answers_per_second<R>(
    address: SocketAddr,
    connections: u64,
    duration: Duration,
    requests: impl Fn(u64) -> R,
) -> f64
where
    R: FnMut() -> String + Send + 'static,
{
    let start = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|number| {
            let mut next = requests(number);
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                let mut count = 0_u32;
                while start.elapsed() < duration {
                    let status = connection.ask(&next()).await;
                    assert!((200..300).contains(&status), "answered with {status}");
                    count += 1;
                }
                count
            })
        })
        .collect();
    let mut all = 0;
    for worker in workers {
        all += worker.await.unwrap();
    }
    f64::from(all) / start.elapsed().as_secs_f64()
}
