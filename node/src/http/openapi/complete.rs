//! What holds for every operation, added to what its handler says.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{
    AllOfBuilder, ArrayItems, Components, ObjectBuilder, OneOfBuilder, SchemaType, Type,
};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{OpenApi, Ref, RefOr, Required, Schema};

use super::answers::{NOT_MODIFIED, PROBLEM, TRIED};
use super::prose::prose;
use super::schemas::{given, tidy};
use super::{API_KEY, OPERATOR, SESSION};
use crate::http::problem::{Kind, PROBLEM_JSON, TYPE_PREFIX};
use crate::http::serve::{HEADER_BYTES_MAX, HEADERS_MAX};

/// Any media type.
const ANY_TYPE: &str = "*/*";

/// Problems that any request may meet.
const ALWAYS: [&str; 5] = ["malformed", "too-many", "internal", "busy", "timeout"];

/// What an answer says about the caller's budget, where the caller has one.
const BUDGETS: [(&str, &str); 2] = [
    (
        "RateLimit-Policy",
        "The budget that this request was paid from: its name, how many requests it holds, and the seconds in which it fills.",
    ),
    (
        "RateLimit",
        "What is left of it, and the seconds until it is full again. Both are absent where nothing is counted.",
    ),
];

/// What a request whose head is too long gets: not from the API, but from the server in front of it.
const HEAD_TOO_LONG: &str = "431";

fn head_too_long() -> Response {
    let meaning = format!(
        "The request line and headers are longer than {} KiB, or there are more than {HEADERS_MAX} headers. Nothing of it was \
         looked at: there is no body, and the connection closes.",
        HEADER_BYTES_MAX / 1024
    );
    ResponseBuilder::new().description(meaning).build()
}

/// Completes the description that the handlers gave.
pub(super) fn complete(document: &mut OpenApi) {
    let mut shared = BTreeMap::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(operation_id(method, path));
            guard(operation);
            let problems = problems(operation);
            trial(operation);
            answers(operation);
            if method == "get" && !is_stream(operation) {
                revalidation(operation);
            }
            for (status, slugs) in by_status(&problems) {
                let (name, answer) = problem(status, &slugs);
                let reference = Ref::from_response_name(name.clone());
                let responses = &mut operation.responses.responses;
                responses.insert(status.to_string(), reference.into());
                shared.insert(name, answer);
            }
            let head = Ref::from_response_name(HEAD_TOO_LONG);
            let responses = &mut operation.responses.responses;
            responses.insert(HEAD_TOO_LONG.to_owned(), head.into());
            bytes(operation);
            texts(operation);
        }
    }
    let components = document.components.get_or_insert_default();
    shared.insert(HEAD_TOO_LONG.to_owned(), head_too_long().into());
    components.responses.extend(shared);
    refer(components);
    components.schemas.values_mut().for_each(tidy);
}

/// The operations of a path, with the names of their methods.
pub(in crate::http) fn operations(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    let all = [
        ("get", item.get.as_mut()),
        ("post", item.post.as_mut()),
        ("put", item.put.as_mut()),
        ("patch", item.patch.as_mut()),
        ("delete", item.delete.as_mut()),
    ];
    let present = all
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)));
    present.collect()
}

/// `get /accounts/{id}/holdings` is `get_accounts_id_holdings`: it changes only when the route does.
fn operation_id(method: &str, path: &str) -> String {
    let words = path
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut id = method.to_owned();
    for word in words {
        id.push('_');
        id.push_str(word);
    }
    id
}

/// An operation that does not say otherwise needs a secret, of any kind.
fn guard(operation: &mut Operation) {
    let any = [SESSION, API_KEY, OPERATOR]
        .map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()));
    operation.security.get_or_insert_with(|| any.into());
}

/// Whether it can be called without a secret.
pub(in crate::http) fn is_open(operation: &Operation) -> bool {
    let anonymous = SecurityRequirement::default();
    let requirements = operation.security.iter().flatten();
    requirements
        .into_iter()
        .any(|requirement| *requirement == anonymous)
}

/// Whether a secret may be shown.
fn takes_secrets(operation: &Operation) -> bool {
    let anonymous = SecurityRequirement::default();
    let requirements = operation.security.iter().flatten();
    requirements
        .into_iter()
        .any(|requirement| *requirement != anonymous)
}

fn has_parameter(operation: &Operation, place: &ParameterIn) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(in_place)
        .any(|parameter| parameter.parameter_in == *place)
}

fn in_place(parameter: &RefOr<Parameter>) -> Option<&Parameter> {
    match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    }
}

/// The problems that an operation can meet: those that its handler names, taken out of its answers, and those that follow
/// from its shape.
fn problems(operation: &mut Operation) -> BTreeSet<&'static str> {
    let responses = &mut operation.responses.responses;
    let named: Vec<String> = responses
        .keys()
        .filter(|key| key.starts_with(PROBLEM))
        .cloned()
        .collect();
    let mut problems: BTreeSet<&'static str> = BTreeSet::new();
    for key in named {
        responses.remove(&key);
        let slug = key.trim_start_matches(PROBLEM);
        problems.extend(Kind::all().map(Kind::slug).find(|known| *known == slug));
    }
    problems.extend(ALWAYS);
    if takes_secrets(operation) {
        problems.extend(["not-authorised", "forbidden", "second-factor"]);
    }
    if has_parameter(operation, &ParameterIn::Path) {
        problems.insert("not-found");
    }
    if takes_json(operation) {
        problems.extend(["too-large", "unsupported-media-type", "invalid"]);
        // What a body names need not exist, or not for the caller.
        if takes_secrets(operation) {
            problems.insert("not-found");
        }
    }
    problems
}

fn takes_json(operation: &Operation) -> bool {
    let Some(RefOr::T(body)) = operation.request_body.as_ref() else {
        return false;
    };
    body.content.contains_key("application/json")
}

/// The answer to a trial is a 200, beside what else that may be.
fn trial(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let Some(mut trial) = responses.remove(TRIED) else {
        return;
    };
    let made = responses.remove("200");
    if let (RefOr::T(trial), Some(RefOr::T(made))) = (&mut trial, made) {
        for (media, content) in made.content {
            let both = [trial.content.get(&media), Some(&content)];
            let schemas = both.into_iter().flatten().filter_map(schema_of);
            let choice = schemas.fold(OneOfBuilder::new(), OneOfBuilder::item);
            let content = ContentBuilder::new().schema(Some(Schema::OneOf(choice.build())));
            trial.content.insert(media, content.build().into());
        }
        trial.description = format!("It is done. {}", trial.description);
    }
    responses.insert("200".to_owned(), trial);
}

fn schema_of(content: &RefOr<Content>) -> Option<RefOr<Schema>> {
    match content {
        RefOr::T(content) => content.schema.clone(),
        RefOr::Ref(_) => None,
    }
}

/// A page of some type refers to that type, and so does the answer to a write: `Page_Account` to `Account`.
fn refer(components: &mut Components) {
    let names: BTreeSet<String> = components.schemas.keys().cloned().collect();
    for (name, schema) in &mut components.schemas {
        let Some((_, of)) = name.split_once('_') else {
            continue;
        };
        let RefOr::T(Schema::Object(object)) = schema else {
            continue;
        };
        if !names.contains(of) {
            continue;
        }
        let reference = || RefOr::from(Ref::from_schema_name(of));
        if let Some(RefOr::T(Schema::Array(items))) = object.properties.get_mut("items") {
            items.items = ArrayItems::RefOrSchema(Box::new(reference()));
        }
        if let Some(made) = object.properties.get_mut("made") {
            *made = reference();
        }
    }
}

/// What each kind of success means where the handler has no words for it, and the headers of every answer.
fn answers(operation: &mut Operation) {
    let takes_key = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(in_place)
        .any(|parameter| parameter.name == "Idempotency-Key");
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if response.description.is_empty() {
            response.description = meaning(status).to_owned();
        }
        let is_write = !response.content.is_empty() && status != "200";
        if takes_key && is_write {
            let replayed = header("`true` where this repeats an earlier answer.", &["true"]);
            let headers = &mut response.headers;
            headers.insert("Idempotency-Replayed".to_owned(), replayed.into());
        }
        response
            .headers
            .insert("X-Request-Id".to_owned(), request_id().into());
        for (name, description) in BUDGETS {
            let budget = header(description, &[]);
            response.headers.insert(name.to_owned(), budget.into());
        }
    }
}

const fn meaning(status: &str) -> &'static str {
    match status.as_bytes() {
        b"201" => "It is done: on the disk, and under a signed checkpoint where it is a record.",
        b"202" => "It was taken on.",
        b"204" => "It is done. There is no body.",
        _ => "The answer.",
    }
}

fn header(description: &str, values: &[&str]) -> Header {
    let mut schema = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    if !values.is_empty() {
        schema = schema.enum_values(Some(values.iter().copied()));
    }
    HeaderBuilder::new()
        .schema(Some(schema.build()))
        .description(Some(description))
        .build()
}

fn request_id() -> Header {
    header(
        "Names this request in the node's journal: quote it when you report a problem. It is the caller's own `X-Request-Id`, \
         where that has 1 to 64 characters out of `A-Z a-z 0-9 . _ -`.",
        &[],
    )
}

/// What is read carries a mark, and a request can name the one that it has.
fn revalidation(operation: &mut Operation) {
    operation
        .responses
        .responses
        .entry(NOT_MODIFIED.to_owned())
        .or_insert_with(|| not_modified().into());
    let mark = "The state that the answer follows from, in quotes: send it as `If-None-Match`, and an unchanged answer is a 304.";
    for status in ["200", NOT_MODIFIED] {
        let response = operation.responses.responses.get_mut(status);
        if let Some(RefOr::T(response)) = response {
            response
                .headers
                .insert("ETag".to_owned(), header(mark, &[]).into());
        }
    }
    let condition = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The `ETag` of the answer that the caller has: it is given again only if it changed.",
        ))
        .schema(Some(
            ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)),
        ));
    let is_list = has_query(operation, "limit");
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(condition.build().into());
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200")
        && is_list
    {
        let next = "`rel=\"next\"`: the next page, where there is one (RFC 8288).";
        let headers = &mut response.headers;
        headers.insert("Link".to_owned(), header(next, &[]).into());
    }
}

/// Whether the answer goes on while it lasts, so that it has no mark.
fn is_stream(operation: &Operation) -> bool {
    match operation.responses.responses.get("200") {
        // What is also given by pages carries a mark like any page.
        Some(RefOr::T(response)) => response.content.keys().eq(["text/event-stream"]),
        _ => false,
    }
}

fn has_query(operation: &Operation, name: &str) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(in_place)
        .any(|it| it.parameter_in == ParameterIn::Query && it.name == name)
}

fn not_modified() -> Response {
    ResponseBuilder::new()
        .description("The caller has this already: there is no body.")
        .header("X-Request-Id", request_id())
        .build()
}

fn by_status(problems: &BTreeSet<&'static str>) -> BTreeMap<u16, Vec<Kind>> {
    let mut found: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in Kind::all().filter(|kind| problems.contains(kind.slug())) {
        found.entry(kind.status().as_u16()).or_default().push(kind);
    }
    found
}

/// One status with the kinds of problem that it may be: its name among the shared answers, and the answer.
fn problem(status: u16, kinds: &[Kind]) -> (String, RefOr<Response>) {
    let slugs: Vec<&str> = kinds.iter().map(|kind| kind.slug()).collect();
    let name = format!("{status}_{}", slugs.join("_")).replace('-', "_");
    let lines = kinds
        .iter()
        .map(|kind| format!("`{TYPE_PREFIX}{}`: {}.", kind.slug(), kind.title()));
    let types = slugs.iter().map(|slug| format!("{TYPE_PREFIX}{slug}"));
    let narrowed = ObjectBuilder::new()
        .property(
            "type",
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .enum_values(Some(types)),
        )
        .property(
            "status",
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::Integer))
                .enum_values(Some([status])),
        );
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(narrowed);
    let content = ContentBuilder::new().schema(Some(Schema::AllOf(schema.build())));
    let mut answer = ResponseBuilder::new()
        .description(lines.collect::<Vec<_>>().join("\n\n"))
        .content(PROBLEM_JSON, content.build())
        .header("X-Request-Id", request_id());
    if kinds.iter().any(|kind| kind.is_worth_a_repetition()) {
        answer = answer.header(
            "Retry-After",
            header("After how many seconds to try again.", &[]),
        );
    }
    if status == 401 {
        let challenge = "The scheme that is wanted (RFC 6750).";
        answer = answer.header("WWW-Authenticate", header(challenge, &[]));
    }
    (name, answer.build().into())
}

/// What is of any type is bytes, of which a schema can say nothing.
fn bytes(operation: &mut Operation) {
    let mut contents = Vec::new();
    if let Some(RefOr::T(body)) = operation.request_body.as_mut() {
        contents.extend(body.content.get_mut(ANY_TYPE));
    }
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
        contents.extend(answer.content.get_mut(ANY_TYPE));
    }
    for content in contents {
        if let RefOr::T(content) = content {
            content.schema = None;
        }
    }
}

/// Doc comments become prose.
fn texts(operation: &mut Operation) {
    for text in [&mut operation.summary, &mut operation.description] {
        *text = text
            .as_deref()
            .map(prose)
            .filter(|text| !text.trim().is_empty());
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            parameter.description = parameter.description.as_deref().map(prose);
            parameter.schema.iter_mut().for_each(tidy);
            parameter.schema.iter_mut().for_each(given);
        }
    }
}
