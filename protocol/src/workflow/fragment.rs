//! Pieces of forms that come with the program, by name and version: a form includes one, and every process that does means
//! the same by the same field.
//!
//! A version is never changed once released, since processes in ledgers name it. `read/schema.rs` reads the files and
//! `narrow.rs` holds a country's own wording of a field against the fragment's.

use std::sync::LazyLock;

use serde_json::Value;

use super::read::fragment_schema;
use super::schema::{Field, FormError, Kind, Node, Schema};

/// The fragments: name with version, and text of the file.
pub const FRAGMENTS: &[(&str, &str)] = &[(
    "project/1",
    include_str!("../../presets/fragments/project-1.toml"),
)];

/// A piece of a form.
#[derive(Debug)]
pub struct Fragment {
    id: &'static str,
    schema: Schema,
    /// The same with room for a country's own fields.
    open: Schema,
}

static READ: LazyLock<Vec<Fragment>> = LazyLock::new(|| {
    let read = FRAGMENTS.iter().filter_map(|(id, text)| {
        let schema = fragment_schema(text).ok()?;
        let open = Schema {
            root: opened(&schema.root),
            fragment: None,
        };
        Some(Fragment { id, schema, open })
    });
    read.collect()
});

/// A fragment by its name with version, such as `project/1`.
#[must_use]
pub fn fragment(id: &str) -> Option<&'static Fragment> {
    READ.iter().find(|known| known.id == id)
}

impl Fragment {
    /// Its name with version.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Its fields, as a form that asked all of them and required none.
    #[must_use]
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.schema.field(name)
    }

    /// What is wrong with the fragment's fields of a form, each by itself; a country's own fields are left aside.
    #[must_use]
    pub fn shape_errors(&self, form: &Value) -> Vec<FormError> {
        self.open.errors(form)
    }
}

/// A node in which every group has room for other fields.
fn opened(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::Object { fields, .. } => Kind::Object {
            fields: fields
                .iter()
                .map(|field| Field {
                    name: field.name.clone(),
                    required: field.required,
                    node: opened(&field.node),
                })
                .collect(),
            open: true,
        },
        Kind::Array {
            items,
            min,
            max,
            unique,
            key,
        } => Kind::Array {
            items: Box::new(opened(items)),
            min: *min,
            max: *max,
            unique: *unique,
            key: key.clone(),
        },
        other => other.clone(),
    };
    Node {
        title: node.title.clone(),
        kind,
    }
}
