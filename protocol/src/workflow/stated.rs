//! What a filled form says that the ledger must know: read out of it, so that nobody types a number twice.

use super::model::{EffectRule, Process, Step};
use super::schema::FormError;
use super::vocabulary::Effect;
use crate::id::OrganisationId;
use crate::period::{Day, Period, PeriodError};
use crate::record::YearTonnes;
use serde_json::Value;
use std::collections::BTreeMap;

/// What an act states in public, beside the commitment to its form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// The certifier that the step assigns.
    pub names: Option<OrganisationId>,
    /// The verified tonnes of each vintage, years ascending.
    pub amounts: Vec<YearTonnes>,
    /// The days of a crediting or monitoring period.
    pub period: Option<Period>,
}

/// Reads what an act with this form states.
///
/// The tonnes are those of the field that an issuance later reads: a list of objects with `vintage` and `tonnes`, in which
/// a vintage that stands several times is added up.
///
/// # Errors
/// [`FormError`] for a field that does not say what the ledger needs.
pub fn stated(process: &Process, step: &Step, form: &Value) -> Result<Stated, FormError> {
    let own = |rule: &&EffectRule| field_of(rule, step).is_some();
    let assigns = step
        .effects
        .iter()
        .filter(own)
        .find(|rule| rule.effect == Effect::AssignCertifier);
    let names = assigns
        .and_then(|rule| field_of(rule, step))
        .map(|field| organisation(form, field))
        .transpose()?;
    let rules = || {
        let steps = process.flows.iter().flat_map(|flow| &flow.steps);
        steps.flat_map(|it| &it.effects)
    };
    let verified =
        rules().find_map(|rule| field_of(rule, step).filter(|_| rule.effect.is_issuance()));
    let amounts = verified
        .map(|field| tonnes(form, field))
        .transpose()?
        .unwrap_or_default();
    let period = rules()
        .find_map(|rule| field_of(rule, step).filter(|_| rule.effect.acts_on_period()))
        .map(|field| period(form, field))
        .transpose()?;
    Ok(Stated {
        names,
        amounts,
        period,
    })
}

/// The field of a rule that stands in the form which the step fills in.
fn field_of<'a>(rule: &'a EffectRule, step: &Step) -> Option<&'a str> {
    let (form, field) = rule.field.as_deref()?.split_once('.')?;
    (step.form.as_deref() == Some(form)).then_some(field)
}

fn wrong(pointer: String, message: &str) -> FormError {
    FormError::wrong(pointer, message.to_owned())
}

fn organisation(form: &Value, field: &str) -> Result<OrganisationId, FormError> {
    let number = match form.get(field) {
        Some(Value::Number(number)) => number.as_u64().and_then(|it| u32::try_from(it).ok()),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let asked = "it must be the number of a registered certifier";
    number
        .map(OrganisationId)
        .ok_or_else(|| wrong(format!("/{field}"), asked))
}

fn period(form: &Value, field: &str) -> Result<Period, FormError> {
    let pointer = format!("/{field}");
    let day = |name: &str| -> Result<Day, FormError> {
        let text = form.get(field).and_then(|value| value.get(name));
        let text = text.and_then(Value::as_str).unwrap_or_default();
        text.parse()
            .map_err(|error: PeriodError| wrong(format!("{pointer}/{name}"), &error.to_string()))
    };
    let (first, last) = (day("start")?, day("end")?);
    Period::new(first, last).map_err(|error| wrong(pointer, &error.to_string()))
}

fn tonnes(form: &Value, field: &str) -> Result<Vec<YearTonnes>, FormError> {
    let pointer = format!("/{field}");
    let rows = form
        .get(field)
        .and_then(Value::as_array)
        .ok_or_else(|| wrong(pointer.clone(), "it must list vintages and tonnes"))?;
    let mut by_year: BTreeMap<u16, u64> = BTreeMap::new();
    for (row, at) in rows.iter().zip(0..) {
        let number = |name| row.get(name).and_then(Value::as_u64);
        let asked = "it must have a whole year as vintage and whole tonnes";
        let refused = || wrong(format!("{pointer}/{at}"), asked);
        let year = number("vintage").and_then(|it| u16::try_from(it).ok());
        let (year, tonnes) = year.zip(number("tonnes")).ok_or_else(refused)?;
        let sum = by_year.entry(year).or_default();
        *sum = sum
            .checked_add(tonnes)
            .ok_or_else(|| wrong(format!("{pointer}/{at}"), "the tonnes are too many"))?;
    }
    Ok(by_year
        .into_iter()
        .map(|(year, tonnes)| YearTonnes { year, tonnes })
        .collect())
}
