//! The part of a permission file about acts that weigh more than others.

use super::action::Action;
use super::policy::{Counterparty, Policy};
use super::read::{COOLING_OFF_HOURS_MAX, TRUSTED_MAX};
use super::value::{Reader, Value};
use crate::id::OrganisationId;
use std::collections::BTreeSet;
use toml::de::DeTable;

impl Reader<'_> {
    pub(super) fn policy(&mut self, root: &DeTable<'_>) -> Policy {
        let mut policy = Policy::default();
        if let Some(table) = self.section(root, "four_eyes", &["actions"]) {
            policy.four_eyes = self.action_set(table);
        }
        if let Some(table) = self.section(root, "second_factor", &["actions"]) {
            policy.second_factor = self.action_set(table);
        }
        if let Some(table) = self.section(root, "cooling_off", &["hours", "actions"]) {
            policy.cooling_off = self.action_set(table);
            policy.cooling_off_hours = table
                .get("hours")
                .and_then(|value| self.number(value, COOLING_OFF_HOURS_MAX))
                .unwrap_or(0);
        }
        if let Some(table) = self.section(root, "trusted", &["parties", "organisations"]) {
            if let Some(list) = table.get("parties") {
                for value in self.array(list, TRUSTED_MAX) {
                    let party = self.text_of(value).map(|text| text.parse());
                    self.trusted(
                        value,
                        party.map(|p| p.map(Counterparty::Party)),
                        &mut policy,
                    );
                }
            }
            if let Some(list) = table.get("organisations") {
                for value in self.array(list, TRUSTED_MAX) {
                    if let Some(number) = self.number(value, u32::MAX) {
                        let organisation = Counterparty::Organisation(OrganisationId(number));
                        policy.trusted.insert(organisation);
                    }
                }
            }
        }
        policy
    }

    fn trusted<E: std::fmt::Display>(
        &mut self,
        value: &Value<'_>,
        party: Option<Result<Counterparty, E>>,
        policy: &mut Policy,
    ) {
        match party {
            Some(Ok(party)) => {
                policy.trusted.insert(party);
            }
            Some(Err(error)) => {
                self.note(
                    value.span().start,
                    error.to_string(),
                    "write it like \"GH\"",
                );
            }
            None => {}
        }
    }

    fn section<'a>(
        &mut self,
        root: &'a DeTable<'a>,
        key: &str,
        keys: &[&str],
    ) -> Option<&'a DeTable<'a>> {
        let table = self.table(root.get(key)?)?;
        self.known_keys(table, keys);
        Some(table)
    }

    fn action_set(&mut self, table: &DeTable<'_>) -> BTreeSet<Action> {
        let Some(list) = table.get("actions") else {
            return BTreeSet::new();
        };
        let mut set = BTreeSet::new();
        for (at, action) in self.actions(list) {
            if !set.insert(action) {
                self.note(at, format!("{action} stands twice"), "say it once");
            }
        }
        set
    }
}
