//! A sum over rows that does not depend on their order: whether two sets of rows are the same, in constant memory.

use sha2::{Digest, Sha256};

/// Count and sum of the SHA-256 of rows, modulo 2^256. It finds faults of disks and programs; a forger who can choose
/// rows freely is stopped by the tree and its signatures, not here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RowSum {
    rows: u64,
    sum: [u64; 4],
}

impl RowSum {
    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        let mut hash = Sha256::new();
        hash.update((key.len() as u64).to_be_bytes());
        hash.update(key);
        hash.update(value);
        let digest: [u8; 32] = hash.finalize().into();
        let mut carry = false;
        for (lane, bytes) in self.sum.iter_mut().zip(digest.as_chunks::<8>().0) {
            let (sum, over) = lane.overflowing_add(u64::from_le_bytes(*bytes));
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            (*lane, carry) = (sum, over || over_again);
        }
        self.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(missing_docs)]
    use super::*;

    fn sum(rows: &[(&[u8], &[u8])]) -> RowSum {
        let mut sum = RowSum::default();
        rows.iter().for_each(|(key, value)| sum.add(key, value));
        sum
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_everything_else_does() {
        let rows: [(&[u8], &[u8]); 3] = [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")];
        let mut turned = rows;
        turned.reverse();
        assert_eq!(sum(&rows), sum(&turned));
        assert_ne!(sum(&rows), sum(&rows[..2]));
        assert_ne!(sum(&[(b"a", b"1")]), sum(&[(b"a", b"2")]));
        assert_ne!(sum(&[(b"ab", b"c")]), sum(&[(b"a", b"bc")]));
        assert_ne!(sum(&[(b"a", b"1"), (b"a", b"1")]), sum(&[(b"a", b"1")]));
    }
}
