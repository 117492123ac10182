//! Projects of the ledger beside those of a system that only gives: found by the id that a project's form names.

use countersign_bridge::frame::{Difference, compare};
use countersign_bridge::itmo_platform::Draft;
use countersign_protocol::project::Description;
use serde_json::{Map, Value};

/// The id that a form gives a project in a system, by the system's name in forms.
pub(crate) fn in_forms<'a>(form: &'a Description, system: &str) -> Option<&'a str> {
    let ids = form.external_ids.iter();
    let mut own = ids.filter(|it| it.registry.eq_ignore_ascii_case(system));
    own.next().map(|it| it.id.as_str())
}

/// Where a project's form says something else than the platform: the fields that the platform gives, but for the ids.
pub(crate) fn of_platform(draft: &Draft, form: &Description) -> Vec<Difference> {
    let form = serde_json::to_value(form).unwrap_or_default();
    let (mut ours, mut theirs) = (Map::new(), Map::new());
    let given = draft.form.as_object().into_iter().flatten();
    for (field, value) in given.filter(|(field, _)| *field != "external_ids") {
        ours.insert(field.clone(), form.get(field).cloned().unwrap_or_default());
        theirs.insert(field.clone(), value.clone());
    }
    compare(&Value::Object(ours), &Value::Object(theirs)).differences
}
