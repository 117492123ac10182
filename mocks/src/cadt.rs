//! What the mocks have in common: requests and faults; and what both models of a CADT node do: the staging area and its gate.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::faults::{Doom, Fault};

/// The organisation of the mock.
pub const HOME: &str = "f796b2bbaa53ab2e9b22de9e2ff9a1b86db61382df2a16f94daf74b88556fe7f";

/// A row of the staging area.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id in the staging area.
    pub uuid: String,
    /// Its table.
    pub table: String,
    /// `INSERT`, `UPDATE` or `DELETE`.
    pub action: &'static str,
    /// The row's id in its table.
    pub id: String,
    /// What it says.
    pub data: Value,
    /// Whether somebody asked to publish it.
    pub committed: bool,
    /// Whether that failed for good.
    pub failed: bool,
}

/// A system: its rows, and what is on its way into them.
#[derive(Debug, Default)]
pub struct Node {
    /// Rows by table and id.
    pub tables: BTreeMap<String, BTreeMap<String, Value>>,
    /// The staging area.
    pub staging: Vec<Row>,
    /// Looks at the node until what was committed is published, and until it is ready after that.
    pub publishes_in: u64,
    /// Looks until it is ready; of a system with logins, requests for which the token is good.
    pub ready_in: u64,
    /// What was published, the newest first; of an older MRV, what was called, in its order.
    pub audit: Vec<Value>,
    /// Publications so far.
    pub generation: u64,
    /// Ids, or tokens, that were drawn.
    pub next: u64,
    /// Every request: method and path.
    pub requests: Vec<String>,
    /// The comment of the last commit.
    pub comment: String,
    /// The key in the header `x-api-key` without which nothing is answered.
    pub api_key: Option<String>,
    /// How many looks a publication takes, and the gate after it.
    pub slowness: (u64, u64),
    /// So many publications fail for good.
    pub failures: u64,
    /// The code lists that it shows.
    pub picklists: Value,
    /// Whether somebody made an organisation.
    pub created_organisation: bool,
    /// Whether it has no home organisation, and takes no writes.
    pub has_no_home: bool,
    /// New units that begin here are refused.
    pub refused_units: Vec<String>,
    /// Rows are looked up in an index, for a registry of many; whoever changes tables by hand leaves it off.
    pub is_indexed: bool,
    /// That index.
    pub index: Index,
}

/// Ids of rows, by table, field and value, as of a generation.
#[derive(Debug, Default)]
pub struct Index {
    generation: Option<u64>,
    ids: HashMap<(String, &'static str, String), Vec<String>>,
}

/// Fields that are asked for; lists of children by the ids in them.
const FIELDS: [&str; 2] = ["projectId", "unitBlockStart"];
const LISTS: [&str; 2] = ["issuances", "labels"];

/// Entries of the audit that are kept: nobody looks further back.
const AUDIT: usize = 5_000;

impl Node {
    /// Draws an id.
    pub fn id(&mut self) -> String {
        self.next += 1;
        format!("00000000-0000-4000-8000-{:012}", self.next)
    }

    /// The rows of a table.
    pub fn table(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.tables.get(name).into_iter().flat_map(|it| it.values())
    }

    /// Makes the index of what is published now.
    pub fn look_through(&mut self) {
        if !self.is_indexed || self.index.generation == Some(self.generation) {
            return;
        }
        let mut ids: HashMap<_, Vec<String>> = HashMap::new();
        for (table, rows) in &self.tables {
            let mut note = |field, value: &Value, id: &String| {
                if let Some(value) = value.as_str() {
                    let key = (table.clone(), field, value.to_owned());
                    ids.entry(key).or_default().push(id.clone());
                }
            };
            for (id, row) in rows {
                FIELDS
                    .into_iter()
                    .for_each(|field| note(field, &row[field], id));
                for list in LISTS {
                    let children = row[list].as_array().into_iter().flatten();
                    children.for_each(|child| note(list, &child["id"], id));
                }
            }
        }
        self.index = Index {
            generation: Some(self.generation),
            ids,
        };
    }

    /// Rows of a table in which a field, or the id of a child in a list, has this value.
    #[must_use]
    pub fn found<'n>(&'n self, table: &str, field: &str, value: &str) -> Vec<&'n Value> {
        let known = FIELDS.into_iter().chain(LISTS).find(|it| *it == field);
        if let (true, Some(field)) = (self.is_indexed, known) {
            let key = (table.to_owned(), field, value.to_owned());
            let ids = self.index.ids.get(&key).into_iter().flatten();
            let rows = self.tables.get(table);
            return ids.filter_map(|id| rows?.get(id)).collect();
        }
        let is_it = |row: &&Value| match row[field].as_array() {
            Some(children) => children.iter().any(|it| it["id"] == *value),
            None => row[field].as_str() == Some(value),
        };
        self.table(table).filter(is_it).collect()
    }

    /// Whether something was committed and is not published yet.
    #[must_use]
    pub fn pending(&self) -> bool {
        self.staging.iter().any(|it| it.committed)
    }

    /// Whether reads show what was published, and writes are taken.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.pending() && self.ready_in == 0
    }

    /// What time does: every look at the node is a tick.
    pub fn tick(&mut self, publish: impl FnOnce(&mut Self, Vec<Row>)) {
        if self.pending() {
            if self.staging.iter().any(|it| it.failed) {
                return;
            }
            if self.publishes_in > 0 {
                self.publishes_in -= 1;
                return;
            }
            if self.failures > 0 {
                self.failures -= 1;
                for row in &mut self.staging {
                    row.failed = row.committed;
                    row.committed = false;
                }
                return;
            }
            let committed: Vec<Row> = self
                .staging
                .iter()
                .filter(|it| it.committed)
                .cloned()
                .collect();
            // Trap 1: the WHOLE staging table is truncated, not only what was committed.
            self.staging.clear();
            self.generation += 1;
            let (generation, comment) = (self.generation, self.comment.clone());
            for row in &committed {
                let entry = json!({"orgUid": HOME, "rootHash": format!("0x{generation:064x}"), "generation": generation,
                    "type": "INSERT", "table": row.table, "author": "", "comment": comment});
                self.audit.insert(0, entry);
            }
            self.audit.truncate(AUDIT);
            publish(self, committed);
            self.ready_in = self.slowness.1;
        } else if self.ready_in > 0 {
            self.ready_in -= 1;
        }
    }

    /// Why a write is refused now, if it is.
    #[must_use]
    pub fn gate(&self) -> Option<Response> {
        if self.has_no_home {
            return Some(refused(
                "Error",
                "No Home organization found, please create an organization to write data",
            ));
        }
        if self.pending() {
            let why = "You currently have changes pending on the blockchain. Please wait for them to propagate before making more changes";
            return Some(refused("Error", why));
        }
        (self.ready_in > 0).then(|| {
            refused(
                "Error",
                "Your organization data is still resyncing, please try again after it completes",
            )
        })
    }

    /// Begins to publish the staging area, or some rows of it.
    pub fn commit(&mut self, ids: Option<&[String]>, comment: &str) -> Response {
        if let Some(closed) = self.gate() {
            return closed;
        }
        if self.staging.is_empty() {
            return refused("Error committing staging table", "No changes");
        }
        self.comment = comment.to_owned();
        for row in &mut self.staging {
            row.committed = ids.is_none_or(|ids| ids.contains(&row.uuid));
        }
        self.publishes_in = self.slowness.0;
        json_ok(json!({"message": "Staging Table committed to full node", "success": true}))
    }
}

/// A good answer.
#[must_use]
pub fn json_ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

/// A refusal as CADT gives it.
#[must_use]
pub fn refused(message: &str, error: &str) -> Response {
    let body = json!({"message": message, "error": error, "success": false});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}

/// A refusal of a body that breaks its schema.
#[must_use]
pub fn invalid(errors: &[String]) -> Response {
    let body = json!({"message": "Data Validation error", "errors": errors, "success": false});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}

/// A request, taken apart.
pub struct Asked {
    /// `GET` and so on.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its query.
    pub query: BTreeMap<String, String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null where it is no JSON.
    pub body: Value,
}

/// What a system answers.
pub type Answers = fn(&mut Node, &Asked) -> Response;

/// A system that listens on this machine.
#[derive(Clone, Debug)]
pub struct Server {
    node: Arc<Mutex<Node>>,
    /// What happens to requests.
    pub doom: Arc<Doom>,
    /// Where it listens.
    pub address: SocketAddr,
}

#[derive(Clone)]
struct Serving {
    node: Arc<Mutex<Node>>,
    doom: Arc<Doom>,
    answers: Answers,
}

impl Server {
    /// Starts one at an address; port 0 is any that is free.
    ///
    /// # Errors
    /// When the address can not be had.
    pub async fn start_at(
        address: SocketAddr,
        node: Node,
        doom: Arc<Doom>,
        answers: Answers,
    ) -> std::io::Result<Self> {
        let node = Arc::new(Mutex::new(node));
        let serving = Serving {
            node: Arc::clone(&node),
            doom: Arc::clone(&doom),
            answers,
        };
        let router = Router::new().fallback(serve).with_state(serving);
        let listener = tokio::net::TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        // It ends with the process; whoever asked it then is told by the connection.
        tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self {
            node,
            doom,
            address,
        })
    }

    /// Starts one at any free port of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(node: Node, doom: Arc<Doom>, answers: Answers) -> std::io::Result<Self> {
        Self::start_at(([127, 0, 0, 1], 0).into(), node, doom, answers).await
    }

    /// Its address as others write it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The system itself, to look into or to change by hand.
    pub fn node(&self) -> MutexGuard<'_, Node> {
        held(&self.node)
    }
}

/// A request that panicked has changed one row or none; what is there goes on.
fn held(node: &Mutex<Node>) -> MutexGuard<'_, Node> {
    node.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(State(serving): State<Serving>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes: Bytes = axum::body::to_bytes(Body::new(body), 5 << 20)
        .await
        .unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default();
    let query = query.split('&').filter_map(|it| it.split_once('='));
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query
            .map(|(name, value)| (name.to_owned(), unescaped(value)))
            .collect(),
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    };
    serving.doom.step().await;
    let fault = serving.doom.fault();
    match fault {
        Fault::Down => return (StatusCode::SERVICE_UNAVAILABLE, "down").into_response(),
        Fault::Chia => return refused("Chia Exception", "wallet is not synced"),
        Fault::Resync if asked.method != "GET" => {
            let why =
                "Your organization data is still resyncing, please try again after it completes";
            return refused("Error", why);
        }
        _ => {}
    }
    let answer = {
        let mut node = held(&serving.node);
        node.requests
            .push(format!("{} {}", asked.method, asked.path));
        let key = asked
            .headers
            .get("x-api-key")
            .and_then(|it| it.to_str().ok());
        if node.api_key.is_some() && node.api_key.as_deref() != key {
            let body = json!({"message": "CADT API key not found"});
            (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
        } else {
            (serving.answers)(&mut node, &asked)
        }
    };
    serving.doom.step().await;
    if fault == Fault::Lost {
        return (StatusCode::GATEWAY_TIMEOUT, "the answer was lost").into_response();
    }
    answer
}

fn unescaped(text: &str) -> String {
    let text = text.replace('+', " ");
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hex = text
            .get(at + 1..at + 3)
            .and_then(|it| u8::from_str_radix(it, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The rows that a list gives: one page, after the filter.
#[must_use]
pub fn page(asked: &Asked, rows: Vec<Value>) -> Response {
    let number = |name: &str| {
        asked
            .query
            .get(name)
            .and_then(|it| it.parse::<usize>().ok())
    };
    let (Some(page), Some(limit)) = (number("page"), number("limit")) else {
        return invalid(&[
            "\"page\" is required".to_owned(),
            "\"limit\" is required".to_owned(),
        ]);
    };
    if limit > 1_000 || page == 0 {
        return invalid(&["\"limit\" must be less than or equal to 1000".to_owned()]);
    }
    let filtered: Vec<Value> = rows.into_iter().filter(|it| is_wanted(asked, it)).collect();
    let pages = filtered.len().div_ceil(limit);
    let data: Vec<Value> = filtered
        .into_iter()
        .skip((page - 1) * limit)
        .take(limit)
        .collect();
    json_ok(json!({"page": page, "pageCount": pages, "data": data}))
}

fn is_wanted(asked: &Asked, row: &Value) -> bool {
    filter(asked).is_none_or(|(field, value)| row.get(field).and_then(Value::as_str) == Some(value))
}

/// Field and value of the filter, if there is one that it knows: `field:value:eq`.
#[must_use]
pub fn filter(asked: &Asked) -> Option<(&str, &str)> {
    let filter = asked.query.get("filter")?;
    let (field, rest) = filter.split_once(':')?;
    Some((field, rest.strip_suffix(":eq")?))
}

/// The members of an object; of anything else none.
#[must_use]
pub fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
