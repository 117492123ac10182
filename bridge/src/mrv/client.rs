//! A DTS over HTTP: login, queries by POST, and the one write that the bridge makes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::frame::Fault;
use crate::frame::http::{Answer, Http};

/// Rows of one page of a query.
const PAGE_ROWS: u64 = 100;
/// Pages that are read: a hundred thousand activities.
const PAGES_MAX: u64 = 1_000;

/// Where the DTS is, and as whom the bridge comes: a service user of its own.
#[derive(Clone)]
pub struct DtsSettings {
    /// Its address up to `national`, such as `https://mrv.example/national`.
    pub url: String,
    /// The user's e-mail address.
    pub username: String,
    /// The user's password.
    pub password: String,
}

/// A DTS.
pub struct Dts {
    http: Http,
    settings: DtsSettings,
    token: Mutex<Option<String>>,
}

/// An activity with what it really reduced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Its id there.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its sector, in the words of the DTS; empty where it has none.
    pub sector: String,
    /// Whether the DTS has validated it.
    pub is_validated: bool,
    /// Real reductions by year, in tonnes of CO2 equivalent; the DTS counts in thousands.
    pub reduced: BTreeMap<u16, i64>,
}

/// The inventory of a year: tonnes of CO2 equivalent (thousands there) by category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The calendar year.
    pub year: u16,
    /// Whether it is final.
    pub is_final: bool,
    /// By top-level category, as the DTS names it: the sum of everything below it.
    pub categories: BTreeMap<String, i64>,
}

impl Dts {
    /// A DTS; nothing is asked yet.
    ///
    /// # Errors
    /// [`Fault::Barred`] when the address is none.
    pub fn new(settings: DtsSettings) -> Result<Self, Fault> {
        let http = Http::new(&settings.url, &[]).map_err(Fault::Barred)?;
        Ok(Self {
            http,
            settings,
            token: Mutex::default(),
        })
    }

    /// Logs in.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn login(&self) -> Result<(), Fault> {
        let body = json!({"username": self.settings.username, "password": self.settings.password});
        let answer = self
            .http
            .ask(Method::POST, "auth/login", &[], Some(&body), &[])
            .await?;
        if matches!(
            answer.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        ) {
            return Err(Fault::Barred(
                "the MRV does not know the bridge's user or password".to_owned(),
            ));
        }
        let body = judged("auth/login", answer)?;
        let token = body.get("access_token").and_then(Value::as_str);
        let token =
            token.ok_or_else(|| Fault::Barred("the MRV's login gave no token".to_owned()))?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.to_owned());
        Ok(())
    }

    /// Asks with the token of the last login; a token that ran out is renewed once.
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Fault> {
        for is_second in [false, true] {
            let token = self
                .token
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            let Some(token) = token else {
                self.login().await?;
                continue;
            };
            let header = [("authorization", format!("Bearer {token}"))];
            let answer = self
                .http
                .ask(method.clone(), path, &[], body, &header)
                .await?;
            if answer.status == StatusCode::UNAUTHORIZED && !is_second {
                self.login().await?;
                continue;
            }
            return judged(path, answer);
        }
        Err(Fault::Later(format!("{path}: the MRV takes no token")))
    }

    /// Every activity with its real reductions.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn activities(&self) -> Result<Vec<Activity>, Fault> {
        let mut activities = Vec::new();
        for page in 1..=PAGES_MAX {
            let query = json!({"page": page, "size": PAGE_ROWS,
                "sort": {"key": "activityId", "order": "ASC"}});
            let answer = self
                .ask(Method::POST, "activities/query", Some(&query))
                .await?;
            let rows = answer.get("data").and_then(Value::as_array);
            let rows = rows.ok_or_else(|| {
                Fault::Later("activities/query: no rows in the answer".to_owned())
            })?;
            for row in rows {
                activities.extend(self.activity(row).await?);
            }
            let total = answer.get("total").and_then(Value::as_u64).unwrap_or(0);
            if rows.is_empty() || page * PAGE_ROWS >= total {
                break;
            }
        }
        Ok(activities)
    }

    async fn activity(&self, row: &Value) -> Result<Option<Activity>, Fault> {
        let text = |name: &str| {
            row.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let id = text("activityId");
        if id.is_empty() {
            return Ok(None);
        }
        let timeline = match row.get("mitigationTimeline").filter(|it| it.is_object()) {
            Some(timeline) => timeline.clone(),
            None => self.timeline(&id).await?,
        };
        Ok(Some(Activity {
            id,
            title: text("title"),
            sector: text("sector"),
            is_validated: row.get("validated") == Some(&Value::Bool(true)),
            reduced: reduced(&timeline),
        }))
    }

    /// The series of an activity; null where it has none.
    async fn timeline(&self, id: &str) -> Result<Value, Fault> {
        match self
            .ask(Method::GET, &format!("activities/mitigation/{id}"), None)
            .await
        {
            Ok(timeline) => Ok(timeline),
            // Activities of adaptation have none.
            Err(Fault::Refused(_)) => Ok(Value::Null),
            Err(fault) => Err(fault),
        }
    }

    /// One activity as the DTS shows it; `None` when there is none of the id.
    pub(super) async fn raw(&self, id: &str) -> Result<Option<Value>, Fault> {
        match self
            .ask(Method::GET, &format!("activities/{id}"), None)
            .await
        {
            Ok(body) if body.is_object() => Ok(Some(body)),
            Ok(_) | Err(Fault::Refused(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The inventory of a year; `None` where it was not handed in.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn inventory(&self, year: u16) -> Result<Option<Inventory>, Fault> {
        let answer = match self
            .ask(Method::GET, &format!("emissions/{year}"), None)
            .await
        {
            Ok(answer) => answer,
            Err(Fault::Refused(_)) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let row = match &answer {
            Value::Array(rows) => rows.first().cloned().unwrap_or_default(),
            other => other.clone(),
        };
        let Some(map) = row.as_object() else {
            return Ok(None);
        };
        let categories = map.iter().filter(|(_, it)| it.is_object());
        Ok(Some(Inventory {
            year,
            is_final: map.get("state") == Some(&json!("FINALIZED")),
            categories: categories
                .map(|(name, it)| (name.clone(), co2eq(it)))
                .collect(),
        }))
    }

    /// Says what an activity achieved. Its series go back as they are: the DTS replaces them with whatever is sent.
    pub(super) async fn achieved(&self, id: &str, kilotonnes: &Value) -> Result<(), Fault> {
        let timeline = self
            .ask(Method::GET, &format!("activities/mitigation/{id}"), None)
            .await?;
        let row = self.raw(id).await?.unwrap_or_default();
        let expected = row
            .get("expectedGHGReduction")
            .filter(|it| it.is_number())
            .cloned();
        let Some(expected) = expected else {
            return Err(Fault::Refused(format!(
                "activity {id} has no expected reduction, and the MRV takes no update without one: fill it in there"
            )));
        };
        let series =
            json!({"expected": timeline.get("expected"), "actual": timeline.get("actual")});
        let body = json!({
            "activityId": id,
            "mitigationTimeline": series,
            "expectedGHGReduction": expected,
            "achievedGHGReduction": kilotonnes,
        });
        self.ask(Method::PUT, "activities/mitigation/update", Some(&body))
            .await?;
        Ok(())
    }
}

/// Real reductions by year: the series begins in the activity's first year.
fn reduced(timeline: &Value) -> BTreeMap<u16, i64> {
    let start = timeline.get("startYear").and_then(Value::as_u64);
    let start = start.and_then(|it| u16::try_from(it).ok());
    let series = timeline
        .pointer("/actual/actualEmissionReduct")
        .and_then(Value::as_array);
    let (Some(start), Some(series)) = (start, series) else {
        return BTreeMap::new();
    };
    let years = start..=u16::MAX;
    years
        .zip(series)
        .filter_map(|(year, it)| Some((year, tonnes(it)?)))
        .collect()
}

/// Thousands of tonnes as tonnes.
fn tonnes(kilotonnes: &Value) -> Option<i64> {
    if let Some(whole) = kilotonnes.as_i64() {
        return whole.checked_mul(1_000);
    }
    let text = kilotonnes.as_f64()?.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    format!("{whole}{part}").parse().ok()
}

/// The sum of every `co2eq` below a category.
fn co2eq(value: &Value) -> i64 {
    let Some(map) = value.as_object() else {
        return 0;
    };
    let own = map.get("co2eq").and_then(tonnes).unwrap_or(0);
    let below = map.values().map(co2eq);
    below.fold(own, i64::saturating_add)
}

pub(super) fn judged(path: &str, answer: Answer) -> Result<Value, Fault> {
    let said = format!("{path}: {} {}", answer.status.as_u16(), answer.excerpt());
    match answer.status {
        status if status.is_success() => Ok(answer.body),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Fault::Barred(said)),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(Fault::Later(said)),
        status if status.is_client_error() => Err(Fault::Refused(said)),
        _ => Err(Fault::Later(said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_tonnes_keep_their_digits() {
        assert_eq!(tonnes(&json!(12)), Some(12_000));
        assert_eq!(tonnes(&json!(-3)), Some(-3_000));
        assert_eq!(tonnes(&json!(1.25)), Some(1_250));
        assert_eq!(tonnes(&json!(0.0015)), Some(1));
        assert_eq!(tonnes(&json!("x")), None);
    }

    #[test]
    fn a_series_begins_in_the_first_year_of_its_activity() {
        let timeline = json!({"startYear": 2021, "actual": {"actualEmissionReduct": [0, 4, 7]}});
        let wanted = BTreeMap::from([(2021, 0), (2022, 4_000), (2023, 7_000)]);
        assert_eq!(reduced(&timeline), wanted);
        assert_eq!(reduced(&Value::Null), BTreeMap::new());
    }
}
