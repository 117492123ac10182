//! Forms against the standard: our check agrees with a general JSON Schema 2020-12 validator.

use countersign_protocol::workflow::{PRESETS, Process, Schema};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A file with one form, whose schema is given as TOML.
fn schema(toml: &str) -> Schema {
    let text = include_str!("tables/sound.toml");
    let form = format!("[[form]]\nid = \"tried\"\nlabel = \"Tried\"\nschema = {toml}\n\n[[flow]]");
    let process = Process::parse(&text.replacen("[[flow]]", &form, 1))
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    process.form("tried").unwrap().schema.clone()
}

fn standard(schema: &Schema, instance: &Value) -> bool {
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options
        .build(&schema.to_json("en"))
        .unwrap()
        .is_valid(instance)
}

/// A part of a schema as TOML.
fn part(depth: u32) -> BoxedStrategy<String> {
    let bounds = (0..6_u32, 0..6_u32).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let text = bounds.clone().prop_map(|(min, max)| {
        format!("{{ type = \"string\", minLength = {min}, maxLength = {max} }}")
    });
    let choice = Just("{ type = \"string\", enum = [\"a\", \"bb\", \"ccc\"] }".to_owned());
    let date = Just("{ type = \"string\", format = \"date\" }".to_owned());
    let number = (-9..9_i64, -9..9_i64).prop_map(|(a, b)| {
        format!(
            "{{ type = \"integer\", minimum = {}, maximum = {} }}",
            a.min(b),
            a.max(b)
        )
    });
    let leaf = prop_oneof![
        text,
        choice,
        date,
        number,
        Just("{ type = \"boolean\" }".to_owned())
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let list = (bounds, any::<bool>(), part(depth - 1)).prop_map(|((min, max), unique, items)| {
        let unique = unique && min < 2;
        format!("{{ type = \"array\", minItems = {min}, maxItems = {max}, uniqueItems = {unique}, items = {items} }}")
    });
    prop_oneof![2 => leaf, 1 => list, 1 => object(depth - 1)].boxed()
}

fn object(depth: u32) -> BoxedStrategy<String> {
    let fields = prop::collection::vec((part(depth), any::<bool>()), 1..4);
    (fields, any::<bool>()).prop_map(|(fields, open)| {
        let name = |at: usize| ["a", "b", "c"][at];
        let required: Vec<String> = fields.iter().enumerate().filter(|(_, (_, required))| *required).map(|(at, _)| format!("\"{}\"", name(at))).collect();
        let properties: Vec<String> = fields.iter().enumerate().map(|(at, (part, _))| format!("{} = {part}", name(at))).collect();
        format!("{{ type = \"object\", additionalProperties = {open}, required = [{}], properties = {{ {} }} }}", required.join(", "), properties.join(", "))
    }).boxed()
}

/// Any value that a form might be sent, near enough to the schemas above to be right now and then.
fn value() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec![
        "",
        "a",
        "bb",
        "ccc",
        "dddddd",
        "2026-02-28",
        "2026-02-30",
        "2026-2-3",
        "naïve",
    ]);
    let leaf = prop_oneof![
        text.prop_map(|text| json!(text)),
        (-12..12_i64).prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
        Just(Value::Null)
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(
                prop::sample::select(vec!["a", "b", "c", "x/y~"]).prop_map(str::to_owned),
                inner,
                0..4
            )
            .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The right instance, with one value somewhere in it put in another's place.
fn nearly(example: &Value, at: usize, other: &Value) -> Value {
    let mut changed = example.clone();
    if let Value::Object(fields) = &mut changed {
        let key = fields.keys().nth(at % fields.len().max(1)).cloned();
        if let Some(key) = key {
            let old = fields[&key].clone();
            fields.insert(
                key,
                if at.is_multiple_of(2) {
                    other.clone()
                } else {
                    nearly(&old, at / 2, other)
                },
            );
        }
    }
    changed
}

proptest! {
    #[test]
    fn our_check_and_the_standard_agree(toml in object(2), random in value(), at in 0..64_usize) {
        let schema = schema(&toml);
        let example = schema.example();
        for instance in [random.clone(), nearly(&example, at, &random), example] {
            let ours = schema.errors(&instance);
            prop_assert_eq!(ours.is_empty(), standard(&schema, &instance), "{} for {}: {:?}", toml, instance, ours);
        }
    }
}

#[test]
fn every_form_of_every_preset_is_a_schema_by_the_standard_and_takes_its_example() {
    for (name, text) in PRESETS {
        for form in Process::parse(text).unwrap().forms {
            let json = form.schema.to_json("fr");
            assert!(
                jsonschema::draft202012::meta::is_valid(&json),
                "{name} {}",
                form.id
            );
            assert!(
                standard(&form.schema, &form.schema.example()),
                "{name} {}",
                form.id
            );
            assert_eq!(
                form.schema.errors(&form.schema.example()),
                [],
                "{name} {}",
                form.id
            );
        }
    }
}

#[test]
fn each_mistake_in_a_form_has_its_pointer_and_the_way_to_mend_it() {
    let toml = r#"{ type = "object", required = ["title", "years"], properties = {
        title = { type = "string", minLength = 3 },
        price = { type = "string", format = "decimal" },
        mail = { type = "string", format = "email" },
        site = { type = "string", format = "uri" },
        kind = { type = "string", enum = ["solar", "wind"] },
        years = { type = "array", minItems = 1, uniqueItems = true, items = { type = "integer", minimum = 1990, maximum = 2199 } } } }"#;
    let schema = schema(toml);
    let errors = |instance: Value| {
        schema
            .errors(&instance)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let wrong = json!({"title": "ab", "price": "1,5", "mail": "nobody", "site": "example.org", "kind": "coal", "years": [2020, 2020, 1], "x/y": 1});
    assert_eq!(
        errors(wrong),
        [
            "/title: has 2 characters; give 3 to 10000",
            "/price: is no decimal; write it as 1.5",
            "/mail: is no email; write it as office@example.org",
            "/site: is no uri; write it as https://example.org",
            "/kind: is none of the choices; give one of solar, wind",
            "/years: has an item twice; give each once",
            "/years/2: is no whole number from 1990 to 2199; give one, without a point",
            "/x~1y: is no field of this form; take it out",
        ]
    );
    assert_eq!(
        errors(json!({"title": "abc"})),
        ["/years: is missing; fill it in"]
    );
    assert_eq!(
        errors(json!([])),
        ["the form: is not a group of fields; give one"]
    );
    assert_eq!(
        errors(json!({"title": "abc", "years": [2020.5]})),
        ["/years/0: is no whole number from 1990 to 2199; give one, without a point"]
    );
    assert_eq!(
        errors(json!({"title": "abc", "years": [2020], "price": "-12.50"})),
        Vec::<String>::new()
    );
}
