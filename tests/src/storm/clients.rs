//! Clients of every country, who send units over the HTTP interface and write down what they are told.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::Random;
use crate::devnet::{Country, Failure};

/// Between two requests.
const PACE: Duration = Duration::from_millis(60);

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A lock in the last of four lives so long: a destination whose clock is a day ahead refuses it.
const SOON_MS: u64 = 2 * 3_600 * 1_000;

struct Office {
    party: String,
    api: String,
    token: String,
}

/// A request that nobody has answered yet: it is made again under its own key until somebody does.
#[derive(Clone, Debug)]
struct Order {
    from: usize,
    to: usize,
    key: String,
    tonnes: u64,
    expiry_ms: Option<u64>,
}

/// The clients.
pub(super) struct Clients {
    offices: Vec<Office>,
    web: reqwest::Client,
    random: Mutex<Random>,
    unanswered: Mutex<Vec<Order>>,
    history: PathBuf,
}

enum Answer {
    Told,
    Refused,
    Silence,
}

impl Clients {
    pub(super) fn of(countries: &[Country], seed: u64, history: &Path) -> Result<Self, Failure> {
        let mut offices = Vec::new();
        for country in countries {
            offices.push(Office {
                party: country.party.clone(),
                api: format!("{}/api/v1", country.api),
                token: country.token()?,
            });
        }
        std::fs::File::create(history)?;
        Ok(Self {
            offices,
            web: reqwest::Client::builder().timeout(PATIENCE).build()?,
            random: Mutex::new(Random::from(seed ^ 0xc11e_4715)),
            unanswered: Mutex::default(),
            history: history.to_owned(),
        })
    }

    pub(super) fn history(&self) -> &Path {
        &self.history
    }

    /// Sends until then, each request beside the others.
    pub(super) async fn send_until(
        self: std::sync::Arc<Self>,
        end: Instant,
    ) -> Result<(), Failure> {
        let mut under_way = tokio::task::JoinSet::new();
        while Instant::now() < end {
            let order = self.draw();
            let clients = std::sync::Arc::clone(&self);
            under_way.spawn(async move { clients.settle(order).await });
            tokio::time::sleep(PACE).await;
            while let Some(done) = under_way.try_join_next() {
                done??;
            }
        }
        while let Some(done) = under_way.join_next().await {
            done??;
        }
        Ok(())
    }

    /// A new request, or one that was not answered.
    fn draw(&self) -> Order {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unanswered = self
            .unanswered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !unanswered.is_empty() && random.below(2) == 0 {
            let place = random.place(unanswered.len());
            return unanswered.swap_remove(place);
        }
        let from = random.place(self.offices.len());
        let to = (from + 1 + random.place(self.offices.len() - 1)) % self.offices.len();
        let soon = random.below(4) == 0;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(0);
        Order {
            from,
            to,
            key: format!(
                "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
                random.below(1 << 32),
                random.below(1 << 16),
                random.below(1 << 12),
                random.below(1 << 12),
                random.below(1 << 48)
            ),
            tonnes: 1 + random.below(50),
            expiry_ms: soon.then_some(now_ms + SOON_MS),
        }
    }

    async fn settle(&self, order: Order) -> Result<(), Failure> {
        match self.ask(&order).await? {
            Answer::Told | Answer::Refused => {}
            Answer::Silence => {
                let mut unanswered = self
                    .unanswered
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                unanswered.push(order);
            }
        }
        Ok(())
    }

    async fn ask(&self, order: &Order) -> Result<Answer, Failure> {
        let (from, to) = (&self.offices[order.from], &self.offices[order.to]);
        let mut pair = [from.party.as_str(), to.party.as_str()];
        pair.sort_unstable();
        let body = json!({
            "to": to.party, "agreement": pair.join("-"), "from": 1, "to_account": 1,
            "units": { "tonnes": order.tonnes }, "expiry_ms": order.expiry_ms,
        });
        let asked = self
            .web
            .post(format!("{}/transfers", from.api))
            .bearer_auth(&from.token);
        let asked = asked
            .header("idempotency-key", &order.key)
            .header("content-type", "application/json");
        let Ok(answer) = asked.body(body.to_string()).send().await else {
            return Ok(Answer::Silence);
        };
        let status = answer.status();
        let Ok(text) = answer.text().await else {
            return Ok(Answer::Silence);
        };
        if status.is_success() {
            self.write_down(order, &text)?;
            return Ok(Answer::Told);
        }
        // Busy, read-only, stopping: ask again. A refusal by a rule is an answer.
        if status.is_server_error() || status.as_u16() == 429 {
            return Ok(Answer::Silence);
        }
        if matches!(status.as_u16(), 409 | 422) {
            return Ok(Answer::Refused);
        }
        Err(Failure::new(format!("{status} to a good request: {text}")))
    }

    fn write_down(&self, order: &Order, text: &str) -> Result<(), Failure> {
        let told: Value = serde_json::from_str(text)?;
        let line = json!({
            "from": self.offices[order.from].party, "to": self.offices[order.to].party, "key": order.key,
            "tonnes": order.tonnes, "transfer": told.pointer("/made/transfer"), "index": told.pointer("/receipt/first_index"),
        });
        let mut file = std::fs::File::options().append(true).open(&self.history)?;
        // In one write: others write beside us.
        Ok(file.write_all(format!("{line}\n").as_bytes())?)
    }

    /// Asks what was never answered until it is.
    pub(super) async fn finish(&self, within: Duration) -> Result<(), Failure> {
        let deadline = Instant::now() + within;
        loop {
            let order = self
                .unanswered
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let Some(order) = order else {
                return Ok(());
            };
            if Instant::now() > deadline {
                return Err(Failure::new(format!("never answered: {order:?}")));
            }
            self.settle(order).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A transfer that is not settled at its source; `None` when there is none.
    pub(super) async fn open(&self) -> Option<String> {
        for office in &self.offices {
            let asked = self
                .web
                .get(format!("{}/transfers?state=LOCKED&limit=1", office.api));
            let told = match asked.bearer_auth(&office.token).send().await {
                Ok(answer) => answer.text().await.unwrap_or_default(),
                Err(error) => return Some(format!("{}: {error}", office.party)),
            };
            let page: Value = serde_json::from_str(&told).unwrap_or_default();
            match page.get("items").and_then(Value::as_array) {
                Some(items) if items.is_empty() => {}
                _ => return Some(format!("{}: {told}", office.party)),
            }
        }
        None
    }
}
