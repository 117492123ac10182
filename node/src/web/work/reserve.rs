//! The units that a request is about, and what is to become of them.

use countersign_protocol::id::{AccountId, AgreementId, OrganisationId};
use countersign_protocol::record::{Claim, Name, Purpose, Reason, RetireKind};
use countersign_protocol::registry::Selection;
use countersign_protocol::units::UnitRange;
use countersign_protocol::workflow::{Effect, Flow};
use serde_json::Value;

use super::fault::Fault;
use super::form::whole;
use super::gate::Signed;
use super::step::{Ready, has_text, has_texts};
use super::typed::Typed;
use crate::app::{FavourWish, LIST_MAX, ReserveWish, UnitsFate};
use crate::http::problem::ApiError;
use crate::web::Shared;
use crate::web::list::{Choice, choices};
use crate::web::page::Page;

/// What becomes of reserved units under a flow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Transfer,
    Send,
    Retire,
}

/// What a flow does with the units that it reserves.
pub(super) fn way(flow: &Flow) -> Option<Way> {
    let has = |effect| flow.steps.iter().any(|step| step.has_effect(effect));
    [
        (Effect::Send, Way::Send),
        (Effect::Retire, Way::Retire),
        (Effect::Transfer, Way::Transfer),
    ]
    .into_iter()
    .find(|(effect, _)| has(*effect))
    .map(|(_, way)| way)
}

const PURPOSES: [(&str, Purpose); 5] = [
    ("voluntary", Purpose::Voluntary),
    ("ndc", Purpose::Ndc),
    ("international-mitigation", Purpose::InternationalMitigation),
    ("other-purposes", Purpose::OtherPurposes),
    ("overall-mitigation", Purpose::OverallMitigation),
];

const KINDS: [(&str, RetireKind); 2] = [
    ("retire", RetireKind::Retire),
    ("cancel", RetireKind::Cancel),
];

/// The fields about units on the page of a step. What the country's own form asks for already is not asked again.
pub(super) struct ReserveView {
    pub(super) is_transfer: bool,
    pub(super) is_send: bool,
    pub(super) is_retire: bool,
    pub(super) accounts: Vec<Choice>,
    pub(super) receivers: Vec<Choice>,
    pub(super) kinds: Vec<Choice>,
    pub(super) purposes: Vec<Choice>,
    pub(super) asks_ranges: bool,
    pub(super) asks_terms: bool,
    pub(super) asks_beneficiary: bool,
    pub(super) asks_reason: bool,
}

impl ReserveView {
    pub(super) fn new(
        site: &Shared,
        signed: &Signed,
        ready: &Ready,
        way: Way,
        own: OrganisationId,
        typed: &Typed,
    ) -> Result<Self, ApiError> {
        let page = &signed.page;
        let mut held = Vec::new();
        for it in site
            .app
            .accounts(&signed.caller, AccountId(0), LIST_MAX)
            .items
        {
            if it.account.organisation == own {
                let label = page.t2(
                    "account-holding",
                    "account",
                    format!("{} · {}", it.account.id, it.account.name),
                    "tonnes",
                    page.tonnes(it.available),
                );
                held.push((it.account.id.to_string(), label));
            }
        }
        let receiver = ready.case.known.case.subject.counterparty;
        let receivers = receiver
            .map(|id| site.app.accounts_of(id))
            .unwrap_or_default();
        let receivers = receivers
            .into_iter()
            .map(|it| (it.id.to_string(), format!("{} · {}", it.id, it.name)));
        let form = ready.form();
        let words = |list: &'static str, all: &[&'static str]| -> Vec<(String, String)> {
            all.iter()
                .map(|it| ((*it).to_owned(), page.word(list, it)))
                .collect()
        };
        Ok(Self {
            is_transfer: way == Way::Transfer,
            is_send: way == Way::Send,
            is_retire: way == Way::Retire,
            accounts: choices(held, Some(typed.unit("r-account"))),
            receivers: choices(receivers, Some(typed.unit("r-to"))),
            kinds: choices(
                words("retire-kind", &KINDS.map(|it| it.0)),
                Some(typed.unit("r-kind")),
            ),
            purposes: choices(
                words("purpose", &PURPOSES.map(|it| it.0)),
                Some(typed.unit("r-purpose")),
            ),
            asks_ranges: !has_texts(form, "units"),
            asks_terms: !(has_text(form, "country") && has_text(form, "agreement")),
            asks_beneficiary: !has_text(form, "beneficiary"),
            asks_reason: !has_text(form, "reason"),
        })
    }
}

/// Reads what was typed about units.
pub(super) fn wish(
    page: &Page,
    ready: &Ready,
    way: Way,
    typed: &Typed,
) -> Result<ReserveWish, Vec<Fault>> {
    let mut faults = Vec::new();
    let account = parsed(page, "r-account", typed.unit("r-account"), &mut faults);
    let units = selection(page, ready, typed, &mut faults);
    let fate = match way {
        Way::Transfer => {
            let to = parsed(page, "r-to", typed.unit("r-to"), &mut faults);
            to.map(|to| UnitsFate::Transfer { to: AccountId(to) })
        }
        Way::Send => sending(page, ready, typed, &mut faults),
        Way::Retire => retirement(page, ready, typed, &mut faults),
    };
    match (account, units, fate) {
        (Some(account), Some(units), Some(fate)) if faults.is_empty() => Ok(ReserveWish {
            account: AccountId(account),
            units,
            fate,
        }),
        _ => Err(faults),
    }
}

fn parsed<T: std::str::FromStr>(
    page: &Page,
    id: &str,
    text: &str,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let read = text.trim().parse().ok();
    if read.is_none() {
        let key = if text.trim().is_empty() {
            "form-missing"
        } else {
            "fault-unreadable"
        };
        let field = id.replace("f.account", "r-there").replace("f.", "r-");
        let field = page.word("unit-field", &field);
        faults.push(Fault::at(id, format!("{field}: {}", page.t(key))));
    }
    read
}

/// A field that may be left empty.
fn optional<T: std::str::FromStr>(
    page: &Page,
    id: &str,
    text: &str,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    if text.trim().is_empty() {
        return None;
    }
    parsed(page, id, text, faults)
}

/// Which units: so many tonnes, or the ranges that are named here or in the country's form.
fn selection(
    page: &Page,
    ready: &Ready,
    typed: &Typed,
    faults: &mut Vec<Fault>,
) -> Option<Selection> {
    let tonnes = typed.unit("r-tonnes");
    if !tonnes.is_empty() {
        let read = whole(tonnes)
            .and_then(|it| u64::try_from(it).ok())
            .filter(|it| *it > 0);
        if read.is_none() {
            faults.push(Fault::at(
                "r-tonnes",
                format!(
                    "{}: {}",
                    page.word("unit-field", "r-tonnes"),
                    page.t("hint-whole")
                ),
            ));
        }
        return read.map(Selection::Tonnes);
    }
    let in_form = has_texts(ready.form(), "units");
    let named: Vec<String> = if in_form {
        let units = typed.form.as_ref().and_then(|form| form.get("units"));
        let units = units
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        units
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    } else {
        typed
            .unit("r-ranges")
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    };
    let id = if in_form { "f.units" } else { "r-ranges" };
    let ranges: Result<Vec<UnitRange>, _> = named.iter().map(|it| it.parse()).collect();
    match ranges {
        Ok(ranges) if !ranges.is_empty() => Some(Selection::Ranges(ranges)),
        _ => {
            faults.push(Fault::at(id, page.t("fault-ranges")));
            None
        }
    }
}

fn sending(
    page: &Page,
    ready: &Ready,
    typed: &Typed,
    faults: &mut Vec<Fault>,
) -> Option<UnitsFate> {
    let form = ready.form();
    let is_in_form = has_text(form, "country") && has_text(form, "agreement");
    let there = match typed.form.as_ref().and_then(|form| form.get("account")) {
        Some(Value::Number(number)) if is_in_form => number.to_string(),
        _ => typed.unit("r-there").to_owned(),
    };
    let (country, agreement) = if is_in_form {
        (
            typed.form_text("country").to_owned(),
            typed.form_text("agreement").to_owned(),
        )
    } else {
        (
            typed.unit("r-country").to_owned(),
            typed.unit("r-agreement").to_owned(),
        )
    };
    let ids = if is_in_form {
        ["f.country", "f.agreement", "f.account"]
    } else {
        ["r-country", "r-agreement", "r-there"]
    };
    let to = parsed(page, ids[0], &country.to_uppercase(), faults);
    let agreement: Option<AgreementId> = parsed(page, ids[1], &agreement, faults);
    let account = parsed(page, ids[2], &there, faults);
    Some(UnitsFate::Send {
        to: to?,
        agreement: agreement?,
        account: AccountId(account?),
        expiry_ms: None,
    })
}

fn retirement(
    page: &Page,
    ready: &Ready,
    typed: &Typed,
    faults: &mut Vec<Fault>,
) -> Option<UnitsFate> {
    let form = ready.form();
    let of = |name: &str, field: &str| {
        if has_text(form, name) {
            typed.form_text(name).to_owned()
        } else {
            typed.unit(field).to_owned()
        }
    };
    let kind = KINDS.iter().find(|(word, _)| *word == typed.unit("r-kind"));
    let purpose = PURPOSES
        .iter()
        .find(|(word, _)| *word == typed.unit("r-purpose"));
    if purpose.is_none() {
        faults.push(Fault::at(
            "r-purpose",
            format!(
                "{}: {}",
                page.word("unit-field", "r-purpose"),
                page.t("form-choose")
            ),
        ));
    }
    let reason: Option<Reason> = optional(page, "r-reason", &of("reason", "r-reason"), faults);
    let name: Option<Name> = optional(
        page,
        "r-beneficiary",
        &of("beneficiary", "r-beneficiary"),
        faults,
    );
    let jurisdiction = optional(
        page,
        "r-jurisdiction",
        &typed.unit("r-jurisdiction").to_uppercase(),
        faults,
    );
    let ndc_year = optional(page, "r-ndc-year", typed.unit("r-ndc-year"), faults);
    Some(UnitsFate::Retire {
        kind: kind.map_or(RetireKind::Retire, |(_, kind)| *kind),
        purpose: purpose?.1,
        claim: Claim {
            reason,
            jurisdiction,
            ndc_year,
        },
        beneficiary: FavourWish {
            public: name.is_some() && !typed.unit("r-public").is_empty(),
            name,
            entry: None,
        },
    })
}
