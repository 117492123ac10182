//! What the pages show of the description, in the order in which they show it.

use serde_json::Value;

use super::{PLACE, examples};

/// A tag with its operations: one page.
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) about: String,
    pub(super) operations: Vec<Operation>,
}

/// A method of a path.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) about: Vec<String>,
    pub(super) secret: &'static str,
    pub(super) parameters: Vec<Member>,
    pub(super) body: Option<(String, Kind)>,
    pub(super) answers: Vec<Answer>,
    pub(super) curl: String,
    pub(super) command: String,
}

/// A parameter, or a member of a type.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
    pub(super) about: String,
    pub(super) limits: String,
}

/// What a value is: words, some of which lead to a type.
#[derive(Clone, Default)]
pub(super) struct Kind(pub(super) Vec<(String, Option<String>)>);

/// An answer of an operation.
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) about: Vec<String>,
    pub(super) kind: Kind,
}

/// A type with its members or words.
pub(super) struct Described {
    pub(super) name: String,
    pub(super) about: Vec<String>,
    pub(super) kind: Kind,
    pub(super) limits: String,
    pub(super) members: Vec<Member>,
    pub(super) variants: Vec<(Kind, String)>,
    pub(super) example: Option<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn paragraphs(value: &Value) -> Vec<String> {
    let text = value.as_str().unwrap_or_default();
    let paragraphs = text.split("\n\n").filter(|it| !it.trim().is_empty());
    paragraphs.map(str::to_owned).collect()
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The kinds of secret: how each begins, and what it opens.
pub(super) fn secrets(document: &Value) -> Vec<(String, String)> {
    let schemes = members(&document["components"]["securitySchemes"]);
    let shown =
        schemes.map(|(_, scheme)| (text(&scheme["bearerFormat"]), text(&scheme["description"])));
    shown.collect()
}

/// The topics in the order of the description, each with its operations by path.
pub(super) fn topics(document: &Value) -> Vec<Topic> {
    let topic = |tag: &Value| {
        let name = text(&tag["name"]);
        let paths = members(&document["paths"]);
        let operations = paths.flat_map(|(path, item)| {
            let methods = members(item);
            methods.map(move |(method, operation)| (path, method, operation))
        });
        let of_topic = operations.filter(|(.., it)| it["tags"][0] == tag["name"]);
        Topic {
            slug: slug(&name),
            about: text(&tag["description"]),
            operations: of_topic
                .map(|(path, method, it)| operation(document, path, method, it))
                .collect(),
            name,
        }
    };
    list(&document["tags"]).map(topic).collect()
}

fn operation(document: &Value, path: &str, method: &str, it: &Value) -> Operation {
    let content = members(&it["requestBody"]["content"]).next();
    let body = content.map(|(media, content)| (media.clone(), kind(&content["schema"])));
    let example = examples::Example::of(document, path, method, it);
    Operation {
        id: text(&it["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&it["summary"]),
        about: paragraphs(&it["description"]),
        secret: secret(&it["security"]),
        parameters: list(&it["parameters"]).map(parameter).collect(),
        body,
        answers: members(&it["responses"])
            .map(|(status, response)| answer(document, status, response))
            .collect(),
        curl: example.curl(),
        command: example.command(),
    }
}

/// Who may call.
fn secret(security: &Value) -> &'static str {
    let is_open = list(security).any(|it| it.as_object().is_some_and(serde_json::Map::is_empty));
    match (is_open, security.as_array().map_or(0, Vec::len)) {
        (true, ..=1) => "open to everybody",
        (true, _) => "open to everybody, and shows more to who may see more",
        (false, _) => "a session, an API key or the operator's token",
    }
}

fn parameter(it: &Value) -> Member {
    Member {
        name: text(&it["name"]),
        place: text(&it["in"]),
        kind: kind(&it["schema"]),
        is_required: it["required"] == true,
        about: text(&it["description"]),
        limits: limits(&it["schema"]),
    }
}

/// What stands behind a reference, or the thing itself.
pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().map(|it| it.trim_start_matches('#'));
    target.map_or(value, |pointer| document.pointer(pointer).unwrap_or(value))
}

fn answer(document: &Value, status: &str, response: &Value) -> Answer {
    let response = resolved(document, response);
    let content = members(&response["content"]).next();
    let is_problem = status.starts_with(['4', '5']);
    let kind = content.filter(|_| !is_problem).map(|(media, content)| {
        let mut kind = kind(&content["schema"]);
        if media != "application/json" {
            kind.0.push((format!(" ({media})"), None));
        }
        kind
    });
    Answer {
        status: status.to_owned(),
        about: paragraphs(&response["description"]),
        kind: kind.unwrap_or_default(),
    }
}

/// Every type, by name.
pub(super) fn types(document: &Value) -> Vec<Described> {
    let all = members(&document["components"]["schemas"]);
    all.map(|(name, schema)| described(name, schema)).collect()
}

fn described(name: &str, schema: &Value) -> Described {
    let parts = list(&schema["allOf"]).chain([schema]);
    let own = parts.flat_map(|part| {
        let required: Vec<&str> = list(&part["required"]).filter_map(Value::as_str).collect();
        let rows = members(&part["properties"]);
        rows.map(move |(name, it)| member(name, it, required.contains(&name.as_str())))
    });
    let flattened = list(&schema["allOf"]).filter(|part| part["$ref"].is_string());
    let flattened = flattened.map(|part| Member {
        name: "...".to_owned(),
        place: String::new(),
        kind: kind(part),
        is_required: true,
        about: "all members of this type".to_owned(),
        limits: String::new(),
    });
    let variants = list(&schema["oneOf"]).map(|it| (kind(it), text(&it["description"])));
    let example = schema["examples"].get(0);
    Described {
        name: name.to_owned(),
        about: paragraphs(&schema["description"]),
        kind: kind(schema),
        limits: limits(schema),
        members: flattened.chain(own).collect(),
        variants: variants.collect(),
        example: example.map(Value::to_string),
    }
}

fn member(name: &str, it: &Value, is_required: bool) -> Member {
    Member {
        name: name.to_owned(),
        place: String::new(),
        kind: kind(it),
        is_required,
        about: text(&it["description"]),
        limits: limits(it),
    }
}

fn word(text: impl Into<String>) -> Kind {
    Kind(vec![(text.into(), None)])
}

/// What a value of a schema is.
pub(super) fn kind(schema: &Value) -> Kind {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        let place = format!("{PLACE}/types#{name}");
        return Kind(vec![(name.to_owned(), Some(place))]);
    }
    let choices: Vec<Kind> = list(&schema["oneOf"]).map(kind).collect();
    if !choices.is_empty() {
        return joined(choices, " or ");
    }
    let parts: Vec<Kind> = list(&schema["allOf"]).map(kind).collect();
    if !parts.is_empty() {
        return joined(parts, " with ");
    }
    if schema["items"].is_object() {
        let mut of = word("list of ");
        of.0.extend(kind(&schema["items"]).0);
        return of;
    }
    let properties: Vec<_> = members(&schema["properties"]).collect();
    if let ([(name, inner)], true) = (properties.as_slice(), schema["description"].is_string()) {
        // One variant of a choice: `{"tonnes": integer}`.
        let mut of = word(format!("{{\"{name}\": "));
        of.0.extend(kind(inner).0);
        of.0.push(("}".to_owned(), None));
        return of;
    }
    word(match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(" or ")
        }
        _ => "any JSON".to_owned(),
    })
}

fn joined(kinds: Vec<Kind>, between: &str) -> Kind {
    let mut all = Kind::default();
    for kind in kinds {
        if !all.0.is_empty() {
            all.0.push((between.to_owned(), None));
        }
        all.0.extend(kind.0);
    }
    all
}

/// The bounds of a value, in words.
fn limits(schema: &Value) -> String {
    let mut found = Vec::new();
    let words: Vec<&str> = list(&schema["enum"]).filter_map(Value::as_str).collect();
    if !words.is_empty() {
        found.push(format!("one of {}", words.join(", ")));
    }
    for (key, name) in [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters at least"),
        ("maxLength", "characters at most"),
        ("default", "by default"),
        ("pattern", "pattern"),
    ] {
        match &schema[key] {
            Value::Null => {}
            Value::String(text) => found.push(format!("{name} {text}")),
            value => found.push(format!("{name} {value}")),
        }
    }
    found.join("; ")
}
