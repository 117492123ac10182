//! What changed between two versions, field by field.

use countersign_protocol::workflow::{FieldChange, Schema, fragment};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::description::whole;

fn form() -> &'static Schema {
    fragment("project/1").unwrap().schema()
}

fn lines(changes: &[FieldChange]) -> Vec<String> {
    let shown = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
    let line = |it: &FieldChange| {
        format!(
            "{} [{}] {} -> {}",
            it.pointer,
            it.label,
            shown(&it.old),
            shown(&it.new)
        )
    };
    changes.iter().map(line).collect()
}

#[test]
fn fields_are_named_with_their_labels_and_items_are_found_by_what_they_are() {
    let (old, mut new) = (whole(), whole());
    new["title"] = json!("Stoves on all islands");
    new.as_object_mut().unwrap().remove("link");
    // 2024 comes first now, with other tonnes; 2025 is new; 2023 is gone.
    new["estimates"] = json!([{"vintage": 2024, "tonnes": 600}, {"vintage": 2025, "tonnes": 700}]);
    new["gases"] = json!(["N2O", "CO2"]);
    new["locations"][0]["region"] = json!("Tafea Province");
    let changes = form().diff(&old, &new, "fr");
    assert_eq!(
        lines(&changes),
        [
            "/title [Titre] \"Stoves on the outer islands\" -> \"Stoves on all islands\"",
            "/link [Page web] \"https://stoves.example\" -> -",
            "/gases/1 [Gaz à effet de serre > CH4] \"CH4\" -> -",
            "/gases/0 [Gaz à effet de serre > N2O] - -> \"N2O\"",
            "/locations/0/region [Lieux > Tanna > Région ou province] \"Tafea\" -> \"Tafea Province\"",
            &format!(
                "/estimates/0 [Estimations par année > 2023] {} -> -",
                old["estimates"][0]
            ),
            "/estimates/0/tonnes [Estimations par année > 2024 > Net, tonnes] 510 -> 600",
            &format!(
                "/estimates/1 [Estimations par année > 2025] - -> {}",
                json!({"vintage": 2025, "tonnes": 700})
            ),
        ]
    );
    assert_eq!(
        changes[6].old_pointer.as_deref(),
        Some("/estimates/1/tonnes")
    );
}

#[test]
fn the_order_of_named_items_is_no_change() {
    let (old, mut new) = (whole(), whole());
    for list in ["estimates", "locations", "co_benefits", "gases"] {
        new[list].as_array_mut().unwrap().reverse();
    }
    assert_eq!(form().diff(&old, &new, "en"), []);
}

#[test]
fn an_outline_changes_as_a_whole() {
    let (old, mut new) = (whole(), whole());
    new["locations"][1]["geometry"]["coordinates"][0][1] = json!([169.63, -19.27]);
    let changes = form().diff(&old, &new, "en");
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].pointer, "/locations/1/geometry");
}

/// Any JSON, so that forms of older processes are compared too.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4_i64).prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let names = prop::sample::select(vec!["title", "estimates", "gases", "vintage", "a/b~"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(names.prop_map(str::to_owned), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The leaves of a description, with the pointer of each.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(_) if at.ends_with("/geometry") => found.push(at.to_owned()),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, inner)| leaves(inner, &format!("{at}/{name}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(n, inner)| leaves(inner, &format!("{at}/{n}"), found)),
        _ => found.push(at.to_owned()),
    }
}

/// Leaves by which an item is known: changing one makes another item of it.
fn names_an_item(pointer: &str) -> bool {
    let last = pointer.rsplit('/').next().unwrap();
    let inside = |list: &str| pointer.starts_with(&format!("/{list}/"));
    inside("gases")
        || inside("mitigation_types")
        || match last {
            "vintage" | "place" | "code" | "goal" | "indicator" | "topic" | "agency" => true,
            "registry" | "id" => true,
            "kind" => inside("related_projects"),
            "date" => inside("ratings"),
            _ => false,
        }
}

proptest! {
    #[test]
    fn every_change_shows_what_stands_in_the_two_versions(old in any_json(), new in any_json()) {
        let changes = form().diff(&old, &new, "en");
        for change in &changes {
            prop_assert_ne!(&change.old, &change.new);
            if let Some(value) = &change.new {
                prop_assert_eq!(new.pointer(&change.pointer), Some(value));
            }
            if let Some(value) = &change.old {
                prop_assert_eq!(old.pointer(change.old_pointer.as_deref().unwrap()), Some(value));
            }
        }
        if old == new {
            prop_assert!(changes.is_empty());
        }
        // Back again is the same list with the sides changed.
        prop_assert_eq!(form().diff(&new, &old, "en").len(), changes.len());
    }

    #[test]
    fn exactly_the_fields_that_were_changed_are_named(picked in prop::collection::btree_set(0..200_usize, 0..6), shuffle in any::<bool>()) {
        let (old, mut new) = (whole(), whole());
        let mut all = Vec::new();
        leaves(&old, "", &mut all);
        all.retain(|at| !names_an_item(at));
        let touched: std::collections::BTreeSet<&String> = picked.iter().map(|at| &all[at % all.len()]).collect();
        for at in &touched {
            *new.pointer_mut(at).unwrap() = json!("another");
        }
        if shuffle {
            new["estimates"].as_array_mut().unwrap().reverse();
            new["co_benefits"].as_array_mut().unwrap().reverse();
        }
        let changes = form().diff(&old, &new, "en");
        let named: std::collections::BTreeSet<String> = changes.iter().map(|it| it.old_pointer.clone().unwrap()).collect();
        let wanted: std::collections::BTreeSet<String> = touched.into_iter().cloned().collect();
        prop_assert_eq!(named, wanted);
    }
}
