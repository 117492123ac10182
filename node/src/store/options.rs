//! RocksDB tuned for a small machine: one writer, two cores, little memory.

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamilyDescriptor, DBCompressionType, DBRecoveryMode, LogLevel,
    MemtableFactory, Options, SliceTransform,
};

use super::Column;
use super::column::ACCOUNT_BYTES;

const REQUEST_BYTES: usize = 16;

/// Memory that a store may use.
///
/// The defaults keep an idle node well under 100 MB of resident memory and still take tens of thousands of records a
/// second on a laptop disk.
#[derive(Debug, Clone, Copy)]
pub struct StoreTuning {
    /// Unflushed writes kept in memory, over all columns, in bytes.
    pub write_buffer_bytes: usize,
    /// Blocks, indexes and filters read from disk that are kept in memory, in bytes.
    pub block_cache_bytes: usize,
    /// Table files kept open at a time.
    pub open_files_max: i32,
}

impl Default for StoreTuning {
    fn default() -> Self {
        Self {
            write_buffer_bytes: 32 << 20,
            block_cache_bytes: 16 << 20,
            open_files_max: 256,
        }
    }
}

/// Options of the database as a whole.
pub(super) fn database_options(tuning: &StoreTuning) -> Options {
    let mut options = Options::default();
    // A record that fails its checksum ends recovery there. Whether what follows mattered is for the head guard to say.
    options.set_wal_recovery_mode(DBRecoveryMode::PointInTime);
    options.set_paranoid_checks(true);
    options.set_max_open_files(tuning.open_files_max);
    // RocksDB starts sixteen threads for each column to open its files, however few they are; starting them costs more
    // than the opening, and much more where threads are dear.
    options.set_max_file_opening_threads(1);
    options.set_db_write_buffer_size(tuning.write_buffer_bytes);
    options.set_max_total_wal_size(2 * tuning.write_buffer_bytes as u64);
    options.set_max_background_jobs(2);
    options.set_bytes_per_sync(1 << 20);
    // One writer: concurrent memtable inserts and spinning for a turn only cost.
    options.set_allow_concurrent_memtable_write(false);
    options.set_enable_write_thread_adaptive_yield(false);
    options.set_skip_stats_update_on_db_open(true);
    options.set_stats_dump_period_sec(0);
    options.set_stats_persist_period_sec(0);
    options.set_log_level(LogLevel::Warn);
    options.set_keep_log_file_num(4);
    options.set_max_log_file_size(1 << 20);
    options
}

/// Options of a store that is opened beside a running writer, or to verify it.
pub(super) fn reader_options(tuning: &StoreTuning) -> Options {
    let mut options = database_options(tuning);
    // The writer may delete a file after compaction: only an open one stays readable. It also makes opening touch
    // the footer, index and properties of every file, which is what a verifier wants.
    options.set_max_open_files(-1);
    options
}

/// Every column with its options.
pub(super) fn descriptors(tuning: &StoreTuning) -> Vec<ColumnFamilyDescriptor> {
    let cache = Cache::new_lru_cache(tuning.block_cache_bytes);
    Column::ALL
        .iter()
        .map(|column| {
            ColumnFamilyDescriptor::new(column.name(), column_options(*column, tuning, &cache))
        })
        .collect()
}

fn column_options(column: Column, tuning: &StoreTuning, cache: &Cache) -> Options {
    let mut options = Options::default();
    // The shared limit above flushes first; this one keeps a single column from holding everything.
    options.set_write_buffer_size(tuning.write_buffer_bytes / 2);
    options.set_max_write_buffer_number(3);
    options.set_target_file_size_base(16 << 20);
    options.set_max_bytes_for_level_base(64 << 20);
    options.set_level_compaction_dynamic_level_bytes(true);
    options.set_compression_type(match column {
        // Hashes and random ids do not compress.
        Column::Tile | Column::Request => DBCompressionType::None,
        _ => DBCompressionType::Lz4,
    });
    set_memtable(&mut options, column);
    let mut table = BlockBasedOptions::default();
    table.set_block_cache(cache);
    table.set_cache_index_and_filter_blocks(true);
    table.set_pin_l0_filter_and_index_blocks_in_cache(true);
    table.set_block_size(8 << 10);
    table.set_format_version(6); // the footer has a checksum too
    if matches!(column, Column::Request | Column::Bundle | Column::Transfer) {
        // Nearly every question about a request id is about a new one.
        table.set_bloom_filter(10.0, false);
    }
    options.set_block_based_table_factory(&table);
    options
}

/// Inserting in order into the usual skip list costs the writer more than anything else when keys come in no order, so
/// columns get what their readers need and no more. Sorting happens when a memtable is flushed, in the background.
fn set_memtable(options: &mut Options, column: Column) {
    match column {
        // Asked for one by one, by the whole key, by whoever follows the ledger; in order at start only.
        Column::State => {
            options.set_prefix_extractor(SliceTransform::create_noop());
            options.set_memtable_factory(MemtableFactory::HashLinkList {
                bucket_count: 1 << 16,
            });
        }
        // Asked for one by one.
        Column::Request => {
            options.set_prefix_extractor(SliceTransform::create_fixed_prefix(REQUEST_BYTES));
            options.set_memtable_factory(MemtableFactory::HashLinkList {
                bucket_count: 1 << 17,
            });
        }
        // Read account by account, in order.
        Column::Posting => {
            options.set_prefix_extractor(SliceTransform::create_fixed_prefix(ACCOUNT_BYTES));
            options.set_memtable_factory(MemtableFactory::HashSkipList {
                bucket_count: 1 << 16,
                height: 4,
                branching_factor: 4,
            });
        }
        // Written in order, which a skip list takes well, or seldom.
        Column::Meta
        | Column::Leaf
        | Column::Tile
        | Column::Transfer
        | Column::Bundle
        | Column::Outcome => {}
    }
}
