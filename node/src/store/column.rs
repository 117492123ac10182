//! The column families, their keys and their value layouts. Keys are built here and nowhere else.

use countersign_protocol::federation::MessageKind;
use countersign_protocol::id::TransferId;
use countersign_protocol::party::Party;
use countersign_protocol::registry::{LedgerAccount, Posting};

/// One column family of the store.
///
/// All integers in keys are big-endian, so that the order of bytes is the order of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// What this store is: schema version, party, origin, log key, newest witnessed checkpoint.
    Meta,
    /// Leaf index (u64) to the canonical bytes of the record.
    Leaf,
    /// Tile level (u8) and tile index (u64) to the concatenated 32-byte hashes; the last tile of a level is partial
    /// and is overwritten in place as it fills.
    Tile,
    /// Registry key bytes to registry value bytes: the fold of all leaves so far, without transfers. Read at start
    /// only.
    State,
    /// The same for transfers between countries, which are also asked for one by one.
    Transfer,
    /// Account, leaf index and position inside the leaf to a signed number of tonnes and the balance after
    /// it (both i64).
    Posting,
    /// Request id (16 bytes) to the receipt that its first submission got.
    Request,
    /// Transfer id (32 bytes) and kind of message (u8) to the proof bundle that the partner sent: our evidence.
    Bundle,
    /// Leaf index (u64) to what the record brought about beside what it says. No row where there is nothing to say.
    Outcome,
}

/// How many columns there are.
pub(super) const COLUMNS: usize = 9;

impl Column {
    /// Every column, in the order in which they are opened.
    pub const ALL: [Self; COLUMNS] = [
        Self::Meta,
        Self::Leaf,
        Self::Tile,
        Self::State,
        Self::Transfer,
        Self::Posting,
        Self::Request,
        Self::Bundle,
        Self::Outcome,
    ];

    /// The name on disk. Meta lives in the family that RocksDB always creates.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "default",
            Self::Leaf => "leaf",
            Self::Tile => "tile",
            Self::State => "state",
            Self::Transfer => "transfer",
            Self::Posting => "posting",
            Self::Request => "request",
            Self::Bundle => "bundle",
            Self::Outcome => "outcome",
        }
    }

    pub(super) const fn slot(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Self::Meta) {
            "meta"
        } else {
            self.name()
        })
    }
}

/// Key of a leaf.
pub(super) const fn leaf_key(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

/// Key of a tile.
pub(super) fn tile_key(level: u8, index: u64) -> [u8; 9] {
    let mut key = [level; 9];
    key[1..].copy_from_slice(&index.to_be_bytes());
    key
}

/// Key of a bundle.
pub(super) fn bundle_key(transfer: &TransferId, kind: MessageKind) -> [u8; 33] {
    let stage = match kind {
        MessageKind::Offer => 0,
        MessageKind::CancelAsk => 1,
        MessageKind::Receipt => 2,
        MessageKind::Notice => 3,
    };
    let mut key = [stage; 33];
    key[..32].copy_from_slice(transfer.as_bytes());
    key
}

/// Bytes of an account of the general ledger in a posting key: all of one length, so that they are a prefix.
pub(super) const ACCOUNT_BYTES: usize = 5;

/// An account of the general ledger as the head of a posting key: kind, then number or country.
pub(super) fn account_key(account: LedgerAccount) -> [u8; ACCOUNT_BYTES] {
    let (kind, rest) = match account {
        LedgerAccount::Issued => (0, [0; 4]),
        LedgerAccount::AcquiredFrom(party) => (1, party_bytes(party)),
        LedgerAccount::Available(account) => (2, account.0.to_be_bytes()),
        LedgerAccount::OnHold(account) => (3, account.0.to_be_bytes()),
        LedgerAccount::Escrow(account) => (4, account.0.to_be_bytes()),
        LedgerAccount::TransferredTo(party) => (5, party_bytes(party)),
        LedgerAccount::Used => (6, [0; 4]),
        LedgerAccount::Cancelled => (7, [0; 4]),
    };
    let mut key = [kind; ACCOUNT_BYTES];
    key[1..].copy_from_slice(&rest);
    key
}

fn party_bytes(party: Party) -> [u8; 4] {
    let [first, second] = party.alpha2();
    [first, second, 0, 0]
}

/// Key and value of one posting. Key: account, leaf index, position of the posting inside that leaf.
pub(crate) fn posting_row(index: u64, position: u32, posting: &Posting) -> ([u8; 17], [u8; 16]) {
    let mut key = [0; ACCOUNT_BYTES + 12];
    key[..ACCOUNT_BYTES].copy_from_slice(&account_key(posting.account));
    key[ACCOUNT_BYTES..ACCOUNT_BYTES + 8].copy_from_slice(&index.to_be_bytes());
    key[ACCOUNT_BYTES + 8..].copy_from_slice(&position.to_be_bytes());
    let mut value = [0; 16];
    value[..8].copy_from_slice(&posting.tonnes.to_be_bytes());
    value[8..].copy_from_slice(&posting.balance.to_be_bytes());
    (key, value)
}

/// Rows of [`Column::Meta`].
pub(super) mod meta {
    pub(in crate::store) const SCHEMA: &[u8] = b"schema";
    pub(in crate::store) const PARTY: &[u8] = b"party";
    pub(in crate::store) const ORIGIN: &[u8] = b"origin";
    pub(in crate::store) const LOG_KEY: &[u8] = b"log-key";
    pub(in crate::store) const STATE_DIGEST: &[u8] = b"state-digest";
    pub(in crate::store) const WITNESSED: &[u8] = b"witnessed";
}
