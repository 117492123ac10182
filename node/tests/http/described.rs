//! Watches every answer that a test gets: the API's own description must have it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use countersign_node::http::openapi;
use jsonschema::Validator;
use serde_json::{Value, json};

/// What answers there were that the description does not have.
pub type Faults = Arc<Mutex<Vec<String>>>;

const PREFIX: &str = "/api/v1";

/// The description as a node serves it.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(openapi::json()).unwrap())
}

/// The router, with somebody who compares its answers with the description.
pub fn watched(router: Router, faults: Faults) -> Router {
    router.route_layer(from_fn(move |request: Request, next: Next| {
        let faults = Faults::clone(&faults);
        async move { watch(request, next, &faults).await }
    }))
}

async fn watch(request: Request, next: Next, faults: &Faults) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map(|it| it.as_str().to_owned()).unwrap_or_default();
    let shown = request.uri().to_string();
    let response = next.run(request).await;
    let Some(path) = route.strip_prefix(PREFIX).filter(|path| !path.is_empty()) else {
        return response;
    };
    // A stream does not end.
    if is_stream(response.headers()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let found = fault(path, &method, parts.status.as_u16(), &parts.headers, &bytes);
    if let Some(fault) = found {
        let mut faults = faults.lock().unwrap();
        faults.push(format!("{method} {shown}: {}: {fault}", parts.status));
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn is_stream(headers: &HeaderMap) -> bool {
    let media = headers.get("content-type");
    media.is_some_and(|media| media == "text/event-stream")
}

/// What the description does not have of an answer.
fn fault(
    path: &str,
    method: &Method,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<String> {
    let is_head = *method == Method::HEAD;
    let verb = if is_head { "get" } else { method.as_str() };
    let operation = &document()["paths"][path][verb.to_lowercase()];
    if operation.is_null() {
        let is_answer = status == 405 || *method == Method::OPTIONS;
        return (!is_answer).then(|| "no such operation is described".to_owned());
    }
    let described = resolved(&operation["responses"][status.to_string()]);
    if described.is_null() {
        let text = String::from_utf8_lossy(body);
        return Some(format!("this status is not described; it came with {text}"));
    }
    for name in described["headers"].as_object().into_iter().flatten() {
        let optional = [
            "Retry-After",
            "Idempotency-Replayed",
            "Link",
            "RateLimit",
            "RateLimit-Policy",
        ];
        if !headers.contains_key(name.0.as_str()) && !optional.contains(&name.0.as_str()) {
            return Some(format!("it has no header {}", name.0));
        }
    }
    let content = described["content"].as_object();
    let Some(content) = content.filter(|_| !is_head) else {
        return (!is_head && !body.is_empty()).then(|| "a body is not described".to_owned());
    };
    let media = headers.get("content-type").and_then(|it| it.to_str().ok());
    let media = media.unwrap_or_default();
    if !content.contains_key(media) && !content.contains_key("*/*") {
        return Some(format!("content of type {media:?} is not described"));
    }
    // A file of any type is its bytes, whichever type it is of.
    if !media.ends_with("json") || !content.contains_key(media) {
        return None;
    }
    let value: Value = serde_json::from_slice(body).unwrap();
    let schema = &content[media]["schema"];
    against(schema, &value).map(|fault| format!("{fault}\n  in {value}"))
}

/// What stands behind a reference, or the thing itself.
pub fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.trim_start_matches('#');
            resolved(document().pointer(pointer).unwrap_or(&Value::Null))
        }
        None => value,
    }
}

/// What a value has that its schema does not allow.
pub fn against(schema: &Value, value: &Value) -> Option<String> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let validator = {
        let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap();
        let validator = known.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = document()["components"].clone();
            let whole = if schema.is_object() { whole } else { json!({}) };
            Arc::new(jsonschema::draft202012::new(&whole).unwrap())
        });
        Arc::clone(validator)
    };
    let error = validator.iter_errors(value).next()?;
    Some(format!(
        "at {:?}: {error}",
        error.instance_path().to_string()
    ))
}
