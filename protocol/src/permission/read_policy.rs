//! The part of a permission file about acts that weigh more than others.

use super::action::Action;
use super::policy::Policy;
use super::value::Reader;
use std::collections::BTreeSet;
use toml::de::DeTable;

impl Reader<'_> {
    pub(super) fn policy(&mut self, root: &DeTable<'_>) -> Policy {
        let mut policy = Policy::default();
        if let Some(table) = self.section(root, "four_eyes", &["actions"]) {
            policy.four_eyes = self.action_set(table, "actions");
        }
        if let Some(table) = self.section(root, "second_factor", &["actions", "officials"]) {
            policy.second_factor = self.action_set(table, "actions");
            policy.officials = self.action_set(table, "officials");
        }
        policy
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

    fn action_set(&mut self, table: &DeTable<'_>, key: &str) -> BTreeSet<Action> {
        let Some(list) = table.get(key) else {
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
