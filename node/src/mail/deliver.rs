//! From the queue to the sink: one mail after the other, again and again, ever more slowly, and not for ever.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::Mail;
use super::error::MailError;
use super::post::Fault;
use super::queue::Queued;
use crate::clock;

/// How often and for how long sending is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryRule {
    /// How often a mail is tried that the server puts off.
    pub tries_max: u32,
    /// How long a mail waits after it was put off for the first time, in milliseconds; twice as long each time after.
    pub first_ms: u64,
    /// The longest of these waits.
    pub longest_ms: u64,
    /// How long all mail waits when the server is away, in milliseconds; twice as long each time after.
    pub away_ms: u64,
    /// The longest of these waits.
    pub away_longest_ms: u64,
}

impl Default for RetryRule {
    /// A mail that is put off is tried for about two days; a server that is away is asked every five minutes at least.
    fn default() -> Self {
        Self {
            tries_max: 30,
            first_ms: 60_000,
            longest_ms: 2 * 3_600_000,
            away_ms: 5_000,
            away_longest_ms: 300_000,
        }
    }
}

impl RetryRule {
    fn wait_ms(&self, tries: u32) -> u64 {
        let doubled = self.first_ms.checked_shl(tries.min(32));
        doubled.unwrap_or(u64::MAX).min(self.longest_ms)
    }
}

/// How a round ended.
enum Round {
    /// Nothing is due before then.
    Until(Option<u64>),
    /// The server takes nothing.
    Away,
}

/// How long a quiet queue is left alone: the clock of the machine may be set.
const LOOK: Duration = Duration::from_secs(60);

impl Mail {
    /// Hands out what is queued, until the node stops.
    pub async fn deliver(self, stop: CancellationToken) {
        let mut away_ms = self.0.retry.away_ms;
        loop {
            let wait = match self.round(clock::now_ms()).await {
                Ok(Round::Until(next)) => {
                    away_ms = self.0.retry.away_ms;
                    let until = next.map_or(LOOK, |next| {
                        Duration::from_millis(next.saturating_sub(clock::now_ms()))
                    });
                    until.min(LOOK)
                }
                Ok(Round::Away) => {
                    let wait = Duration::from_millis(away_ms);
                    away_ms = away_ms.saturating_mul(2).min(self.0.retry.away_longest_ms);
                    // News does not make the server come back.
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(wait) => continue,
                    }
                }
                Err(error) => {
                    warn!(%error, "the queue of mail cannot be used; it is tried again in a minute");
                    LOOK
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.0.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// What was just queued is handed out at once where that cannot take long, and otherwise by [`Mail::deliver`].
    pub(super) async fn hurry(&self, now_ms: u64) -> Result<(), MailError> {
        if self.0.post.is_here() {
            self.round(now_ms).await?;
        } else {
            self.0.wake.notify_one();
        }
        Ok(())
    }

    /// Everything that is due, once.
    async fn round(&self, now_ms: u64) -> Result<Round, MailError> {
        let _turn = self.0.turn.lock().await;
        loop {
            // A round may take long; a folder may be told of a time that its caller chose.
            let now_ms = now_ms.max(clock::now_ms());
            let mail = match self.0.queue.next(now_ms).await? {
                Ok(mail) => mail,
                Err(next) => return Ok(Round::Until(next)),
            };
            if mail.good_until_ms <= now_ms {
                let why = "it was not sent in time";
                self.0.queue.bury(mail.id, now_ms, why).await?;
                continue;
            }
            match self.0.post.hand_over(&mail).await {
                Ok(()) => {
                    self.0.queue.done(mail.id).await?;
                    self.0.sent.fetch_add(1, Ordering::Relaxed);
                    self.note_fault(None);
                }
                Err(Fault::Refused(why)) => {
                    warn!(mail = mail.id, why, "a mail cannot be sent");
                    self.0.queue.bury(mail.id, now_ms, &why).await?;
                }
                Err(Fault::Later(why)) => self.put_off(&mail, &why, now_ms).await?,
                Err(Fault::Away(why)) => {
                    warn!(why, "mail cannot go out at the moment");
                    self.note_fault(Some(why));
                    return Ok(Round::Away);
                }
            }
        }
    }

    async fn put_off(&self, mail: &Queued, why: &str, now_ms: u64) -> Result<(), MailError> {
        let retry = &self.0.retry;
        if mail.tries.saturating_add(1) >= retry.tries_max {
            warn!(mail = mail.id, why, "a mail was put off too often");
            return self.0.queue.bury(mail.id, now_ms, why).await;
        }
        debug!(mail = mail.id, why, "a mail was put off");
        let next_ms = now_ms.saturating_add(retry.wait_ms(mail.tries));
        self.0.queue.later(mail.id, next_ms, why).await
    }
}
