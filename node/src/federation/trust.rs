//! Whose signatures count: the operator's witness policy and the log keys that the ledger lists.

use countersign_protocol::log::{Policy, PolicyTextError};
use countersign_protocol::record::PartnerStatus;
use countersign_protocol::registry::State;

/// The operator's policy text with a `log` line for this ledger and for every listed partner.
///
/// The text stays the operator's: its `witness`, `group` and `quorum` lines decide how many cosignatures a checkpoint
/// needs (2k > n+f and k <= n-f), here and at every partner. Frozen partners stay in: their open transfers are still
/// resolved (rule R12).
///
/// # Errors
/// If the text is not a policy; the message names the line.
pub(crate) fn effective_policy(operator: &str, state: &State) -> Result<Policy, PolicyTextError> {
    let mut keys: Vec<&str> = Vec::new();
    keys.extend(state.genesis().map(|genesis| genesis.log_key.as_str()));
    keys.extend(state.log_key().map(|(key, _)| key.as_str()));
    let listed = state
        .partners()
        .filter(|partner| partner.status != PartnerStatus::Removed);
    keys.extend(listed.map(|partner| partner.log_key.as_str()));
    let mut text = String::with_capacity(operator.len() + keys.len() * 128);
    let mut seen: Vec<&str> = Vec::new();
    for line in operator
        .lines()
        .filter_map(|line| line.trim().strip_prefix("log "))
    {
        seen.extend(line.split_whitespace().next());
    }
    for key in keys {
        if !seen.contains(&key) {
            seen.push(key);
            text.push_str("log ");
            text.push_str(key);
            text.push('\n');
        }
    }
    text.push_str(operator);
    text.parse()
}
