//! Random histories, folded with interruptions.

use std::time::Duration;

use countersign_node::projection::ProjectionSettings;
use countersign_protocol::record::Record;
use countersign_protocol::registry::{Command, Holding, Place, Selection};
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::deed::deed;
use crate::support::world::{countries, settle};
use crate::support::{TRADING, range};
use crate::trial::Trial;
use crate::world::{Book, Model, agrees, dump, on_both, on_postgres, on_sqlite};

/// A small generator for how the folding is interrupted.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most + 1
    }
}

/// The ledgers of three countries after random deeds, the same for the same seed.
pub(crate) fn histories(seed: u64) -> Vec<Vec<Record>> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let deeds = vec(deed(), 60..160).new_tree(&mut runner).unwrap();
    let mut trial = Trial::new();
    for deed in &deeds.current() {
        trial.run(deed);
    }
    let ledgers = trial.ledgers.into_iter();
    ledgers.map(|ledger| ledger.leaves).collect()
}

/// Grows the ledger in steps, with values that run ahead of the leaves, and breaks folding off again and again.
async fn follow_with_interruptions(
    settings: &ProjectionSettings,
    records: Vec<Record>,
    dice: &mut Dice,
) {
    let book = Book::new(records);
    book.grow(dice.up_to(40) as usize, 0);
    let mut model = Model::start(settings, &book);
    while !book.is_whole() {
        book.grow(dice.up_to(25) as usize, dice.up_to(6) - 1);
        match dice.up_to(4) {
            1 => {
                tokio::time::sleep(Duration::from_millis(dice.up_to(8))).await;
                model.kill().await;
                model = Model::start(settings, &book);
            }
            2 => {
                // Breaks off in the middle of reading a batch.
                book.fail_after(dice.up_to(30) as i64);
                tokio::time::sleep(Duration::from_millis(15)).await;
                book.fail_after(-1);
            }
            3 => model.follows(&book).await,
            _ => {}
        }
    }
    model.follows(&book).await;
    let state = book.state();
    agrees(&model.projection, &state).await;
    let followed = dump(&model.projection).await;
    model.kill().await;

    // A restart changes nothing.
    let model = Model::start(settings, &book);
    model.follows(&book).await;
    assert_eq!(dump(&model.projection).await, followed);
    model.kill().await;

    // Made anew it is the same.
    let folder = tempfile::tempdir().unwrap();
    let other = ProjectionSettings {
        file: folder.path().join("projection.sqlite"),
        url: None,
    };
    let model = Model::start(&other, &book);
    model.follows(&book).await;
    agrees(&model.projection, &state).await;
    assert_eq!(dump(&model.projection).await, followed);
    model.kill().await;
}

fn cases(of: u64) -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(of)
}

async fn body(settings: ProjectionSettings, seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let mut dice = Dice(seed * 7 + 1);
        for records in histories(seed) {
            // The next ledger finds the model of another one, which it must notice.
            follow_with_interruptions(&settings, records, &mut dice).await;
        }
    }
}

#[test]
fn rows_are_what_the_state_says_wherever_folding_broke_off_in_sqlite() {
    on_sqlite(&|settings| body(settings, 0..cases(4)));
}

#[test]
fn rows_are_what_the_state_says_wherever_folding_broke_off_in_postgresql() {
    on_postgres(&|settings| body(settings, 100..100 + cases(2)));
}

/// Units come home in parts: what is left abroad is cut at both ends of each, in whatever batches it is folded.
async fn coming_home(settings: ProjectionSettings) {
    let mut ledgers = countries(&["GH", "CH"]);
    ledgers[0].issue(TRADING, 100);
    let abroad = ledgers[1].party;
    ledgers[0].send(abroad, 100, 1);
    settle(&mut ledgers);
    for (nonce, part) in [(2, "GH-41-60"), (3, "GH-11-20"), (4, "GH-61-70")] {
        let home = ledgers[0].party;
        let mut send = ledgers[1].send_command(home, 1, nonce);
        if let Command::Send { units, .. } = &mut send {
            *units = Selection::Ranges(vec![range(part)]);
        }
        ledgers[1].must(&send);
        settle(&mut ledgers);
    }
    let home = &ledgers[0];
    let abroad = |it: &Holding| matches!(it.place, Place::Abroad(_));
    let parts = home.state.holdings().filter(abroad).count();
    assert_eq!(parts, 3, "{home:?}");
    for at_a_time in [1, 3, 1000] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("projection.sqlite");
        let settings = ProjectionSettings {
            file,
            ..settings.clone()
        };
        let book = Book::new(home.leaves.clone());
        book.grow(3, 0);
        let model = Model::start(&settings, &book);
        model.follows(&book).await;
        while !book.is_whole() {
            book.grow(at_a_time, 0);
            model.follows(&book).await;
        }
        agrees(&model.projection, &book.state()).await;
        model.kill().await;
    }
}

#[test]
fn units_that_come_home_cut_what_stays_abroad() {
    on_both(coming_home);
}
