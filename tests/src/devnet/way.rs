//! A way between two nodes on which the weather can be made: a TCP proxy on loopback.
//!
//! A packet that is lost shows as a pause to whoever speaks over TCP: that is how loss is made here. Delay, pauses and silence hold
//! both directions, and order is kept.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::process::{Failure, free_port};

/// Bytes that are read at once, and chunks that wait for their time: what a slow way holds.
const CHUNK_BYTES: usize = 16 * 1024;
const CHUNKS: usize = 64;

/// The pause that a lost packet makes: TCP's smallest retransmission timeout (RFC 6298 as Linux has it).
const RETRANSMISSION: Duration = Duration::from_millis(200);

/// How a way is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// How long each chunk is under way.
    pub delay: Duration,
    /// Of a thousand chunks, how many are lost once and sent again.
    pub lost_of_1000: u32,
    /// What is going on.
    pub passage: Passage,
}

/// Whether anything passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passage {
    /// Everything does.
    #[default]
    Open,
    /// Nothing does, and nobody is told: connections stay as they are.
    Silent,
    /// Connections are broken, and new ones too.
    Broken,
}

/// The way.
pub struct Way {
    /// Where the one who calls finds it.
    pub port: u16,
    weather: watch::Sender<Weather>,
    accepting: JoinHandle<()>,
}

impl Way {
    /// Opens a way to what listens at this address.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn to(target: SocketAddr) -> Result<Self, Failure> {
        let port = free_port()?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let (weather, seen) = watch::channel(Weather::default());
        let accepting = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                tokio::spawn(carry(caller, target, seen.clone()));
            }
        });
        Ok(Self {
            port,
            weather,
            accepting,
        })
    }

    /// Changes the weather.
    pub fn make(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(caller: TcpStream, target: SocketAddr, mut seen: watch::Receiver<Weather>) {
    if seen.borrow().passage == Passage::Broken {
        return;
    }
    let Ok(called) = TcpStream::connect(target).await else {
        return;
    };
    let (from_caller, to_caller) = caller.into_split();
    let (from_called, to_called) = called.into_split();
    let there = one_way(from_caller, to_called, seen.clone());
    let back = one_way(from_called, to_caller, seen.clone());
    let broken = seen.wait_for(|weather| weather.passage == Passage::Broken);
    tokio::select! {
        () = there => {}
        () = back => {}
        _ = broken => {}
    }
}

async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    seen: watch::Receiver<Weather>,
) {
    let (sender, mut waiting) = mpsc::channel::<(Instant, Vec<u8>)>(CHUNKS);
    let mut now = seen.clone();
    let reading = async move {
        let (mut count, mut due) = (0_u32, Instant::now());
        loop {
            let mut chunk = vec![0; CHUNK_BYTES];
            let Ok(read @ 1..) = from.read(&mut chunk).await else {
                return;
            };
            chunk.truncate(read);
            let weather = *now.borrow_and_update();
            count = count.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let lost = (count >> 8) % 1_000 < weather.lost_of_1000;
            let pause = if lost { RETRANSMISSION } else { Duration::ZERO };
            due = due.max(Instant::now() + weather.delay + pause);
            if sender.send((due, chunk)).await.is_err() {
                return;
            }
        }
    };
    let mut open = seen;
    let writing = async move {
        while let Some((due, chunk)) = waiting.recv().await {
            tokio::time::sleep_until(due).await;
            let passes = open.wait_for(|weather| weather.passage == Passage::Open);
            if passes.await.is_err() || to.write_all(&chunk).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(reading, writing);
}
