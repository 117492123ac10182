//! The platform over HTTP: login, projects, one project with its steps.

use std::sync::{Mutex, PoisonError};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::frame::Fault;
use crate::frame::http::{Answer, Http};

/// Where the platform gives the token of a login.
const TOKEN_HEADER: &str = "x-token-id";
/// The most projects that one look reads.
const PROJECTS_MAX: usize = 10_000;

/// Where the platform is, and as whom the registry comes.
#[derive(Clone)]
pub struct PlatformSettings {
    /// Its address, such as `https://platform.example/api`.
    pub url: String,
    /// The API key.
    pub api_key: String,
    /// The user's e-mail address.
    pub email: String,
    /// The user's password.
    pub password: String,
}

/// The platform.
pub struct Platform {
    http: Http,
    settings: PlatformSettings,
    token: Mutex<Option<String>>,
}

impl Platform {
    /// The platform; nothing is asked yet.
    ///
    /// # Errors
    /// [`Fault::Barred`] when address or key can not be used.
    pub fn new(settings: PlatformSettings) -> Result<Self, Fault> {
        let headers = [("x-api-key", settings.api_key.as_str())];
        let http = Http::new(&settings.url, &headers).map_err(Fault::Barred)?;
        Ok(Self {
            http,
            settings,
            token: Mutex::default(),
        })
    }

    async fn login(&self) -> Result<(), Fault> {
        let body = json!({"email": self.settings.email, "password": self.settings.password});
        let answer = self
            .http
            .ask(Method::POST, "auth/login", &[], Some(&body), &[])
            .await?;
        if matches!(
            answer.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        ) {
            return Err(Fault::Barred(
                "the platform does not know the registry's key, user or password".to_owned(),
            ));
        }
        let token = answer.header(TOKEN_HEADER).map(str::to_owned);
        judged("auth/login", answer)?;
        let token = token
            .ok_or_else(|| Fault::Barred(format!("the platform's login gave no {TOKEN_HEADER}")))?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Ok(())
    }

    async fn get(&self, path: &str) -> Result<Value, Fault> {
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
            let header = [("authorization", token)];
            let answer = self.http.ask(Method::GET, path, &[], None, &header).await?;
            if answer.status == StatusCode::UNAUTHORIZED && !is_second {
                self.login().await?;
                continue;
            }
            return judged(path, answer);
        }
        Err(Fault::Later(format!("{path}: the platform takes no token")))
    }

    /// Every project that the registry's user sees, each with its steps.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn projects(&self) -> Result<Vec<Value>, Fault> {
        let list = self.get("me/projects").await?;
        let rows = list.get("data").unwrap_or(&list).as_array();
        let rows =
            rows.ok_or_else(|| Fault::Later("me/projects: no list in the answer".to_owned()))?;
        let mut projects = Vec::new();
        for row in rows.iter().take(PROJECTS_MAX) {
            let Some(id) = id_of(row) else {
                continue;
            };
            projects.push(self.get(&format!("me/projects/{id}")).await?);
        }
        Ok(projects)
    }
}

/// An id as it goes into a path: digits, letters, hyphens.
fn id_of(row: &Value) -> Option<String> {
    let id = match row.get("id")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    (!id.is_empty() && id.chars().all(is_plain)).then_some(id)
}

fn judged(path: &str, answer: Answer) -> Result<Value, Fault> {
    let said = format!("{path}: {} {}", answer.status.as_u16(), answer.excerpt());
    match answer.status {
        status if status.is_success() => Ok(answer.body),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Fault::Barred(said)),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(Fault::Later(said)),
        status if status.is_client_error() => Err(Fault::Refused(said)),
        _ => Err(Fault::Later(said)),
    }
}
