//! Reading a store while it is being written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::sync::atomic::{AtomicBool, Ordering};

use common::{Folder, identity};
use countersign_node::store::{OpenOptions, Store, StoreReader, StoreTuning};

struct Stopper<'a>(&'a AtomicBool);

impl Drop for Stopper<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_reader_beside_a_busy_writer_never_sees_a_hole() {
    let folder = Folder::empty();
    // Small enough that tables are written and merged many times while the readers come and go.
    let tuning = StoreTuning {
        write_buffer_bytes: 4 << 20,
        ..StoreTuning::default()
    };
    let options = OpenOptions {
        tuning,
        ..OpenOptions::default()
    };
    let store = Store::create(&folder.path(), &identity(), &options).unwrap();
    common::append(&store, 0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Also when an assertion fails: a scope waits for its threads.
        let stopper = Stopper(&stop);
        let writer = scope.spawn(|| {
            let mut size = 1;
            while !stop.load(Ordering::Relaxed) {
                let mut batch = store.batch().unwrap();
                for index in size..size + 20 {
                    batch.leaf(index, &[7; 400]);
                    batch.state(true, index.to_be_bytes().to_vec(), Some(vec![1; 100]));
                }
                size += 20;
                store.commit(batch.finish()).unwrap();
                store.acknowledge(size, "note\n").unwrap();
            }
        });
        let mut readers = 0;
        while readers < 10 || store.leaf_count().unwrap() < 60_000 {
            readers += 1;
            let acknowledged = store.acknowledged_head().unwrap().unwrap().size;
            let reader = StoreReader::open(&folder.path()).unwrap();
            let size = reader.leaf_count().unwrap();
            assert!(size >= acknowledged, "{size} of {acknowledged}");
            let mut leaves = reader.leaves(0..u64::MAX).unwrap();
            for expected in 0..size {
                let (index, _) = leaves.next_leaf().unwrap().unwrap();
                assert_eq!(index, expected, "a hole in a reader of size {size}");
                if index % 64 == 1 {
                    assert!(reader.transfer(&index.to_be_bytes()).unwrap().is_some());
                }
            }
        }
        drop(stopper);
        writer.join().unwrap();
    });
}
