//! Requests as somebody types them.

use serde_json::Value;

use super::look::resolved;

/// A key for examples; a real one is drawn for each wish.
const KEY: &str = "6f1c2a5e9b304d7c8e21f0a4b6d8c3e5";

/// A form, as the token endpoint takes it.
const FORM: &str = "application/x-www-form-urlencoded";

/// One request.
pub(super) struct Example {
    method: String,
    path: String,
    body: Option<String>,
    /// The type of a body that is a file.
    file: Option<String>,
    needs_secret: bool,
    needs_key: bool,
    headers: Vec<(String, String)>,
}

impl Example {
    pub(super) fn of(document: &Value, path: &str, method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut shown = path.to_owned();
        let mut query = Vec::new();
        let mut headers = Vec::new();
        let mut needs_key = false;
        for it in parameters {
            let name = it["name"].as_str().unwrap_or_default();
            let value = || value(document, it);
            match it["in"].as_str() {
                Some("path") => shown = shown.replace(&format!("{{{name}}}"), &value()),
                Some("query") if it["required"] == true => {
                    query.push(format!("{name}={}", value()));
                }
                Some("header") if name == "Idempotency-Key" => needs_key = true,
                Some("header") if name == "If-Match" => {
                    headers.push((name.to_owned(), "\"3\"".to_owned()));
                }
                _ => {}
            }
        }
        if operation["operationId"] == "get_ledger_proof" {
            query.push("index=17".to_owned());
        }
        if !query.is_empty() {
            shown = format!("{shown}?{}", query.join("&"));
        }
        let content = &operation["requestBody"]["content"];
        let json = &content["application/json"]["schema"];
        let body = json.is_object().then(|| {
            let example = &resolved(document, json)["examples"][0];
            match example {
                Value::Null => "{}".to_owned(),
                example => example.to_string(),
            }
        });
        let security = operation["security"].as_array();
        let is_open = security.is_some_and(|all| all.iter().any(|it| it == &serde_json::json!({})));
        Self {
            method: method.to_uppercase(),
            path: shown,
            file: content
                .as_object()
                .filter(|_| body.is_none())
                .and_then(|content| content.keys().next().cloned()),
            body,
            needs_secret: !is_open,
            needs_key,
            headers,
        }
    }

    /// With curl. `$SECRET` is the caller's.
    pub(super) fn curl(&self) -> String {
        let mut parts = vec!["curl".to_owned()];
        if self.method != "GET" {
            parts.push(format!("-X {}", self.method));
        }
        if self.needs_secret {
            parts.push("-H \"Authorization: Bearer $SECRET\"".to_owned());
        }
        if self.needs_key {
            parts.push(format!("-H 'Idempotency-Key: {KEY}'"));
        }
        for (name, value) in &self.headers {
            parts.push(format!("-H '{name}: {value}'"));
        }
        if let Some(body) = &self.body {
            parts.push("-H 'Content-Type: application/json'".to_owned());
            parts.push(format!("-d {}", quoted(body)));
        }
        parts.extend(self.file.as_deref().map(|media| match media {
            "*/*" => "-H 'Content-Type: application/pdf' --data-binary @report.pdf".to_owned(),
            FORM => "-d grant_type=client_credentials -d \"client_id=$CLIENT\" --data-urlencode \"client_secret=$SECRET\"".to_owned(),
            media => format!("-H 'Content-Type: {media}' --data-binary @rows.csv"),
        }));
        parts.push(format!("\"$COUNTERSIGN_URL/api/v1{}\"", self.path));
        parts.join(" \\\n  ")
    }

    /// With the command line. Documents and forms are sent by curl only.
    pub(super) fn command(&self) -> String {
        let path = self.path.trim_start_matches('/');
        if path == "data-points/file" {
            return "countersign dmrv send rows.csv".to_owned();
        }
        if self.file.is_some() {
            let rows = path.strip_prefix("bulk/");
            return rows.map_or_else(String::new, |kind| {
                format!("countersign bulk {kind} rows.csv")
            });
        }
        let mut command = format!("countersign api {} \"{path}\"", self.method);
        if let Some(body) = &self.body {
            command.push_str(&format!(" --body {}", quoted(body)));
        }
        command
    }
}

/// In the quotes of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A value for a parameter.
fn value(document: &Value, parameter: &Value) -> String {
    let schema = resolved(document, &parameter["schema"]);
    let given = [
        &parameter["example"],
        &schema["example"],
        &schema["examples"][0],
        &schema["enum"][0],
    ];
    let given = given.into_iter().find(|it| !it.is_null());
    match given {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None if schema["type"] == "integer" => "1".to_owned(),
        None => "NAME".to_owned(),
    }
}
