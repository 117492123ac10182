//! Filled forms in files: TOML, YAML or JSON, told from the file's ending.

use std::path::Path;

use serde_json::{Map, Value};

use crate::commands::read_text;
use crate::exit::{Failure, Outcome};

/// Reads a filled form.
pub(crate) fn read(path: &Path) -> Outcome<Value> {
    let text = read_text(path)?;
    let ending = path.extension().and_then(|ending| ending.to_str());
    let ending = ending.unwrap_or_default().to_ascii_lowercase();
    let read = match ending.as_str() {
        "json" => serde_json::from_str(&text).map_err(|error| error.to_string()),
        "toml" => toml::from_str::<toml::Table>(&text)
            .map_err(|error| error.to_string().trim_end().to_owned())
            .map(|table| Value::Object(table.into_iter().map(entry).collect())),
        "yaml" | "yml" => serde_saphyr::from_str(&text).map_err(|error| error.to_string()),
        _ => {
            return Err(Failure::usage(format_args!(
                "{}: a form is a .toml, .yaml or .json file",
                path.display()
            )));
        }
    };
    read.map_err(|why| {
        Failure::validation(format_args!(
            "{} is not the {ending} that it should be: {why}",
            path.display()
        ))
    })
}

fn entry((name, value): (String, toml::Value)) -> (String, Value) {
    (name, of_toml(value))
}

/// Dates that TOML knows are the texts that forms want: `2023-01-01`.
fn of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Array(items) => items.into_iter().map(of_toml).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(entry).collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use std::fs;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_form_is_read_from_toml_yaml_and_json() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            (
                "a.toml",
                "title = \"Stoves\"\ncertifier = 3\nstart = 2023-01-01\n[[years]]\nvintage = 2023\n",
            ),
            (
                "a.yaml",
                "title: Stoves\ncertifier: 3\nstart: \"2023-01-01\"\nyears:\n  - vintage: 2023\n",
            ),
            (
                "a.json",
                "{\"title\":\"Stoves\",\"certifier\":3,\"start\":\"2023-01-01\",\"years\":[{\"vintage\":2023}]}",
            ),
        ];
        let wanted = json!({"title": "Stoves", "certifier": 3, "start": "2023-01-01", "years": [{"vintage": 2023}]});
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            assert_eq!(read(&path).unwrap(), wanted, "{name}");
        }
    }

    #[test]
    fn what_is_no_form_is_named_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "title = \n").unwrap();
        let failure = read(&path).unwrap_err();
        assert!(failure.message.contains("line 1"), "{}", failure.message);
        let path = folder.path().join("a.txt");
        fs::write(&path, "x").unwrap();
        assert!(read(&path).unwrap_err().message.contains(".toml"));
    }
}
