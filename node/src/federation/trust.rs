//! Whose signatures count: the operator's witness policy and the log keys that the ledger lists.

use countersign_protocol::log::{Policy, PolicyTextError};
use countersign_protocol::record::PartnerStatus;
use countersign_protocol::registry::State;
use countersign_protocol::trust::Trust;

/// The operator's policy text with a `log` line for this ledger and for every listed partner.
///
/// Where there is a trust registry, its witnesses and their quorum stand in the place of the operator's, and the keys of its
/// members count too; which sizes each signs is judged with the checkpoint itself.
///
/// The text stays the operator's otherwise: its `witness`, `group` and `quorum` lines decide how many cosignatures a checkpoint
/// needs (2k > n+f and k <= n-f), here and at every partner. Frozen partners stay in: their open transfers are still
/// resolved (rule R12).
///
/// # Errors
/// If the text is not a policy; the message names the line.
pub(crate) fn effective_policy(
    operator: &str,
    state: &State,
    trust: Option<&Trust>,
) -> Result<Policy, PolicyTextError> {
    let settling = trust.and_then(Trust::to_settle);
    let agreed = settling.map(|it| it.witnesses().policy().to_string());
    let operator = agreed.as_deref().unwrap_or(operator);
    let members = settling.map(|it| it.members().iter());
    let member_keys: Vec<String> = members
        .into_iter()
        .flatten()
        .flat_map(|member| member.log_keys.iter().map(|row| row.key.to_string()))
        .collect();
    let mut keys: Vec<&str> = Vec::new();
    keys.extend(state.genesis().map(|genesis| genesis.log_key.as_str()));
    keys.extend(state.log_key().map(|(key, _)| key.as_str()));
    let listed = state
        .partners()
        .filter(|partner| partner.status != PartnerStatus::Removed);
    keys.extend(listed.map(|partner| partner.log_key.as_str()));
    keys.extend(member_keys.iter().map(String::as_str));
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
