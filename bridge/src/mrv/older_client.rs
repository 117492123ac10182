//! An older MRV over HTTP: the three calls that a registry made to it, and the query by which it is read back.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::judged;
use crate::frame::Fault;
use crate::frame::http::Http;

/// Rows of an answer: a second one is a project too many.
const ROWS_MAX: u64 = 2;

/// Where the MRV is, and with which key the registry comes.
#[derive(Clone)]
pub struct OlderMrvSettings {
    /// Its address up to `national`, such as `https://mrv.example/national`.
    pub url: String,
    /// The key for the header `api_key`.
    pub api_key: String,
}

/// An older MRV.
pub struct OlderMrv {
    http: Http,
}

impl OlderMrv {
    /// An MRV; nothing is asked yet.
    ///
    /// # Errors
    /// [`Fault::Barred`] when the address or the key is none.
    pub fn new(settings: &OlderMrvSettings) -> Result<Self, Fault> {
        let headers = [("api_key", settings.api_key.as_str())];
        let http = Http::new(&settings.url, &headers).map_err(Fault::Barred)?;
        Ok(Self { http })
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Value, Fault> {
        let answer = self.http.ask(method, path, &[], Some(body), &[]).await?;
        judged(path, answer)
    }

    /// The projects with this id of another system, at most two.
    pub(super) async fn programmes(&self, id: &str) -> Result<Vec<Value>, Fault> {
        let is_it = json!({"key": "externalId", "operation": "=", "value": id});
        let query = json!({"page": 1, "size": ROWS_MAX, "filterAnd": [is_it]});
        let path = "programme/query";
        let answer = self.ask(Method::POST, path, &query).await?;
        let rows = answer.get("data").and_then(Value::as_array);
        let rows = rows.ok_or_else(|| Fault::Later(format!("{path}: no rows in the answer")))?;
        // A build that does not know the filter would show any project.
        let named = |row: &&Value| row.get("externalId").and_then(Value::as_str) == Some(id);
        Ok(rows.iter().filter(named).cloned().collect())
    }

    /// Says that a project is authorised, and under which number the registry has it.
    pub(super) async fn authorise(&self, id: &str, serial: &str) -> Result<(), Fault> {
        let body = json!({"externalId": id, "serialNo": serial});
        self.put("programme/authProgramme", &body).await
    }

    /// Says that a project was refused.
    pub(super) async fn reject(
        &self,
        id: &str,
        theirs: &Value,
        comment: &str,
    ) -> Result<(), Fault> {
        let body = json!({"programmeId": theirs, "externalId": id, "comment": comment});
        self.put("programme/rejectProgramme", &body).await
    }

    /// Says how many more tonnes were issued: the MRV adds them to what it has.
    pub(super) async fn issue(&self, id: &str, more: u64) -> Result<(), Fault> {
        let body = json!({"externalId": id, "issueAmount": more});
        self.put("programme/issueCredit", &body).await
    }

    /// The same for a build that counts by mitigation action.
    pub(super) async fn issue_to(
        &self,
        id: &str,
        theirs: &Value,
        action: &str,
        more: u64,
    ) -> Result<(), Fault> {
        let amount = json!([{"actionId": action, "issueCredit": more}]);
        let body = json!({"programmeId": theirs, "externalId": id, "issueAmount": amount});
        self.put("programme/issueCredit", &body).await
    }

    async fn put(&self, path: &str, body: &Value) -> Result<(), Fault> {
        self.ask(Method::PUT, path, body).await.map(drop)
    }
}
