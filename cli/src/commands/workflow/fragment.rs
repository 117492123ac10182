//! Fragments: fields that forms include by name.

use clap::Args;
use countersign_protocol::workflow::{
    FALLBACK_LANGUAGE, FRAGMENTS, Field, Fragment, Kind, fragment,
};

use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View};

#[derive(Args, Debug)]
pub(crate) struct FragmentArgs {
    /// Its name with version
    #[arg(default_value = "project/1")]
    name: String,
    /// The language of labels
    #[arg(long, default_value = FALLBACK_LANGUAGE)]
    language: String,
}

impl FragmentArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let found = fragment(&self.name).ok_or_else(|| {
            let known: Vec<&str> = FRAGMENTS.iter().map(|(name, _)| *name).collect();
            let why = format!(
                "there is no fragment {:?}; there is {}",
                self.name,
                known.join(", ")
            );
            Failure::usage(why)
        })?;
        let schema = found.schema().to_json(&self.language);
        session
            .out()
            .show(&schema, |_| table(found, &self.language))
    }
}

fn table(fragment: &Fragment, language: &str) -> View {
    let mut fields = Vec::new();
    for field in fragment.schema().fields() {
        collect(field, "", &mut fields);
    }
    Table::of(
        ["FIELD", "LABEL", "WHAT IT MAY BE"],
        "no fields",
        &fields,
        |(path, field)| {
            [
                path.clone(),
                field.node.title.get(language).to_owned(),
                may_be(&field.node.kind),
            ]
        },
    )
}

fn collect(field: &Field, within: &str, all: &mut Vec<(String, Field)>) {
    let path = format!("{within}{}", field.name);
    all.push((path.clone(), field.clone()));
    let inner = match &field.node.kind {
        Kind::Object { fields, .. } => fields,
        Kind::Array { items, .. } => match &items.kind {
            Kind::Object { fields, .. } => fields,
            _ => return,
        },
        _ => return,
    };
    for field in inner {
        collect(field, &format!("{path}."), all);
    }
}

fn may_be(kind: &Kind) -> String {
    match kind {
        Kind::Object { .. } => "a group".to_owned(),
        Kind::Array {
            items, key, max, ..
        } => {
            let key = if key.is_empty() {
                String::new()
            } else {
                format!(", each known by {}", key.join(" and "))
            };
            match &items.kind {
                Kind::Object { .. } => format!("up to {max} groups{key}"),
                inner => format!("up to {max}: {}", may_be(inner)),
            }
        }
        Kind::Text { choices, .. } if !choices.is_empty() => choices.join(", "),
        Kind::Text {
            format: Some(format),
            ..
        } => format.word().to_owned(),
        Kind::Text { min, max, .. } => format!("a text of {min} to {max} characters"),
        Kind::Integer { min, max } if *max < 1_000_000 => format!("{min} to {max}"),
        Kind::Integer { min, .. } => format!("a whole number from {min}"),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Geometry => "a Point, Polygon or MultiPolygon as GeoJSON".to_owned(),
    }
}
