//! What is wrong between the fields of a project's form: each field alone is right by then.

use serde_json::Value;

use crate::period::{Day, Period};
use crate::workflow::FormError;

/// The faults between the fields of a form whose fields are right one by one. Fields that are not there are not missed.
#[must_use]
pub fn faults(form: &Value) -> Vec<FormError> {
    let mut faults = Vec::new();
    faults.extend(backwards(form, ""));
    if let Some(period) = form.get("crediting_period") {
        faults.extend(backwards(period, "/crediting_period"));
    }
    let named = |name: &str| form.get(name).and_then(Value::as_array);
    if named("gases").is_some_and(|gases| !gases.is_empty()) && form.get("gwp_set").is_none() {
        let why = "is missing; say from which assessment report the gases' warming potentials come";
        faults.push(FormError::missing("/gwp_set".to_owned(), why.to_owned()));
    }
    let total = named("estimates").into_iter().flatten().map(tonnes);
    if total.fold(0, u64::saturating_add) > TONNES_MAX {
        let why = "the tonnes of all years together are too many to be counted";
        faults.push(FormError::wrong("/estimates".to_owned(), why.to_owned()));
    }
    faults
}

/// The greatest sum that every JSON reader keeps (RFC 8259 section 6).
const TONNES_MAX: u64 = 9_007_199_254_740_991;

fn tonnes(row: &Value) -> u64 {
    row.get("tonnes")
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

/// A start after its end.
fn backwards(group: &Value, pointer: &str) -> Option<FormError> {
    let day = |name| -> Option<Day> { group.get(name)?.as_str()?.parse().ok() };
    let why = Period::new(day("start")?, day("end")?).err()?;
    Some(FormError::wrong(
        format!("{pointer}/end"),
        format!("{why}; mend one of the two days"),
    ))
}
