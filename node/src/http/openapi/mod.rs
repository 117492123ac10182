//! What the API says about itself: OpenAPI 3.1, gathered from the handlers and the types that they take and give.
//!
//! Every route of `/api/v1` is added with `routes!`, which takes its description from the handler, so none can exist without
//! one. What holds for all of them is added here and nowhere else: who may call, the problems that the shape of a request
//! makes possible, the headers of every answer ([`complete`]).

mod answers;
mod complete;
mod feed;
mod filters;
mod parameters;
mod prose;
mod schemas;
mod words;

use std::sync::OnceLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::dto::{Fault, Problem, Trial};

pub(super) use answers::*;
pub(super) use complete::{is_open, operations};
pub(super) use feed::*;
pub(super) use filters::*;
pub(super) use parameters::*;
pub(crate) use words::*;

/// The scheme of a user's session.
const SESSION: &str = "session";

/// The scheme of an API key.
const API_KEY: &str = "api_key";

/// The scheme of the operator's token.
const OPERATOR: &str = "operator";

/// What the description begins with. `description` is in `docs/api.md` at greater length.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countersign",
        description = "One country's carbon registry.\n\nAmounts are whole tonnes of CO2 equivalent. Times are milliseconds since \
            the Unix epoch and end in `_ms`. Hashes are lower-case hex. A request with an unknown member or parameter is \
            refused; a reader of answers must ignore members that it does not know. Every error is \
            `application/problem+json` (RFC 9457): programs decide by its `type`.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    servers((url = "/api/v1", description = "This node.")),
    components(schemas(Problem, Fault, Trial)),
    modifiers(&Secrets),
    tags(
        (name = "Node", description = "The node itself."),
        (name = "Registry", description = "Organisations, accounts and projects."),
        (name = "Units", description = "Units: whole tonnes with numbers, issued, held, moved, used and cancelled."),
        (name = "Beneficiaries", description = "In whose favour units are used. The names stay in the node."),
        (name = "Transfers between countries", description = "Units that leave for a partner country or come from one."),
        (name = "Article 6", description = "Cooperative approaches, authorisations, NDCs and what is reported of them."),
        (name = "Reports", description = "What is reported under Article 6, made from the ledger."),
        (name = "Process", description = "The country's own process, as data."),
        (name = "Cases", description = "What moves through the process: organisations, projects, periods, requests."),
        (name = "Documents", description = "The documents of cases. The ledger carries their SHA-256."),
        (name = "Letters", description = "The letters of cases, and whether a file is one of them."),
        (name = "Findings and holds", description = "What certifiers ask to be mended, and what authorities order to stay."),
        (name = "Federation", description = "Partner countries and the agreements with them."),
        (name = "Bridges", description = "The systems around the registry, and whether they agree with it."),
        (name = "Monitoring data", description = "Signed data points, formulas with versions, and batches under one root."),
        (name = "Events", description = "What happened, as a feed without holes."),
        (name = "Ledger", description = "The log: heads, records, proofs, keys."),
        (name = "Signing in", description = "Sessions, invitations, passwords."),
        (name = "Own account", description = "The caller's own sessions, factors and keys."),
        (name = "Users", description = "The people of organisations, and organisations that register themselves."),
    )
)]
pub(super) struct Beginning;

/// The secrets that open the API.
struct Secrets;

impl Modify for Secrets {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let secrets = [
            (
                SESSION,
                "css_...",
                "A user's session, from `POST sign-in`: opens what the user's role may do at this moment.",
            ),
            (
                API_KEY,
                "csk_...",
                "An API key that a user made, or a token `cso_...` from `POST oauth/token`: opens the actions that it was made for, and never more than its user may.",
            ),
            (
                OPERATOR,
                "cst_...",
                "The operator's token, made by `countersign init`: opens what the ledger's own rules allow. The operator is \
                 nobody in the registry and takes no step of a case.",
            ),
        ];
        let components = document.components.get_or_insert_default();
        for (name, format, meaning) in secrets {
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format(format)
                .description(Some(meaning));
            components.add_security_scheme(name, SecurityScheme::Http(scheme.build()));
        }
    }
}

/// The whole description of `/api/v1`, as the node of this build serves it.
pub fn document() -> &'static utoipa::openapi::OpenApi {
    static DOCUMENT: OnceLock<utoipa::openapi::OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let mut document = super::api::described().into_openapi();
        complete::complete(&mut document);
        document
    })
}

/// The description as JSON, indented.
pub fn json() -> &'static str {
    static JSON: OnceLock<String> = OnceLock::new();
    JSON.get_or_init(|| {
        let mut json = document().to_pretty_json().unwrap_or_default();
        json.push('\n');
        json
    })
}

/// This description.
///
/// The same document as `countersign docs openapi` prints.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Node",
    responses((status = 200, body = serde_json::Value, content_type = "application/json")),
    security(()),
)]
pub(super) async fn show() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, json()).into_response()
}
