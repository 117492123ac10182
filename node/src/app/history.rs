//! An account's statement.

use std::collections::BTreeMap;

use countersign_protocol::id::AccountId;
use countersign_protocol::record::MAX_RANGES;
use countersign_protocol::registry::LedgerAccount;

use super::{App, AppError, Caller, LIST_MAX, Listing};

/// One line: what one leaf did to one balance of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementEntry {
    /// The leaf.
    pub index: u64,
    /// Its time in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// Its kind.
    pub kind: &'static str,
    /// The balance that changed: available, on hold or in escrow.
    pub balance_of: LedgerAccount,
    /// By how many tonnes.
    pub tonnes: i64,
    /// That balance afterwards, in tonnes.
    pub balance: i64,
}

/// The most postings that one leaf can make on one account: two for each range.
const POSTINGS_OF_A_LEAF_MAX: usize = 2 * MAX_RANGES;

impl App {
    /// The statement of an account from leaf `from` on, oldest first. All lines of a leaf are on one page.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such account.
    pub async fn statement(
        &self,
        caller: &Caller,
        account: AccountId,
        from: u64,
        limit: usize,
    ) -> Result<Listing<StatementEntry>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        self.account(caller, account)?;
        self.blocking(move |app| app.read_statement(account, from, limit))
            .await
    }

    fn read_statement(
        &self,
        account: AccountId,
        from: u64,
        limit: usize,
    ) -> Result<Listing<StatementEntry>, AppError> {
        let size = self.ledger().head().borrow().size;
        // Every leaf up to here was read whole from all three balances.
        let mut whole_up_to = size;
        let mut lines: BTreeMap<(u64, LedgerAccount), (i64, i64)> = BTreeMap::new();
        for of in [
            LedgerAccount::Available(account),
            LedgerAccount::OnHold(account),
            LedgerAccount::Escrow(account),
        ] {
            let wanted = limit + 1 + POSTINGS_OF_A_LEAF_MAX;
            let postings = self.ledger().postings(of, from, wanted)?;
            if postings.len() == wanted
                && let Some(last) = postings.last()
            {
                whole_up_to = whole_up_to.min(last.index);
            }
            for posting in postings {
                let line = lines.entry((posting.index, of)).or_default();
                line.0 += posting.delta;
                line.1 = posting.balance;
            }
        }
        let mut items = Vec::new();
        let mut next = (whole_up_to < size).then_some(whole_up_to);
        for ((index, balance_of), (tonnes, balance)) in lines {
            let is_new_leaf = items
                .last()
                .is_some_and(|last: &StatementEntry| last.index != index);
            if index >= whole_up_to {
                break;
            }
            if items.len() >= limit && is_new_leaf {
                next = Some(index);
                break;
            }
            let record = self.stored(index)?.record;
            items.push(StatementEntry {
                index,
                time_ms: record.time_ms,
                kind: record.body.kind(),
                balance_of,
                tonnes,
                balance,
            });
        }
        let next = next.map(|index| index.to_string());
        Ok(Listing { items, next })
    }
}
