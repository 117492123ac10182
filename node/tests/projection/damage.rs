//! A model that is damaged, foreign or of another version is made anew by itself.

use std::sync::Arc;
use std::time::Duration;

use countersign_node::projection::{
    Checked, Maintenance, Projection, ProjectionSettings, Rebuilt, Source, Status,
};

use crate::support::{Ledger, TRADING};
use crate::world::{Book, Model, agrees, on_both, on_sqlite};

fn ledger(code: &str) -> Ledger {
    let mut ledger = Ledger::new(code);
    for tonnes in 1..20 {
        ledger.issue(TRADING, tonnes);
    }
    ledger
}

async fn agrees_again(settings: &ProjectionSettings, book: &Arc<Book>) {
    let model = Model::start(settings, book);
    model.follows(book).await;
    agrees(&model.projection, &book.state()).await;
    model.kill().await;
}

#[test]
fn a_damaged_file_is_made_anew() {
    on_sqlite(&|settings: ProjectionSettings| async move {
        let book = Book::whole(ledger("GH").leaves);
        agrees_again(&settings, &book).await;
        std::fs::write(&settings.file, vec![7; 8192]).unwrap();
        agrees_again(&settings, &book).await;
        // A file that is cut short in the middle.
        let bytes = std::fs::read(&settings.file).unwrap();
        std::fs::write(&settings.file, &bytes[..bytes.len() / 2]).unwrap();
        agrees_again(&settings, &book).await;
    });
}

#[test]
fn a_model_of_another_ledger_or_ahead_of_this_one_is_made_anew() {
    on_both(|settings| async move {
        agrees_again(&settings, &Book::whole(ledger("GH").leaves)).await;
        agrees_again(&settings, &Book::whole(ledger("CH").leaves)).await;
        let mut shorter = ledger("CH").leaves;
        shorter.truncate(9);
        agrees_again(&settings, &Book::whole(shorter)).await;
    });
}

#[test]
fn the_running_node_makes_it_anew_when_asked_and_a_command_does_it_on_a_stopped_one() {
    on_both(|settings| async move {
        let book = Book::whole(ledger("GH").leaves);
        let source: Arc<dyn Source> = Arc::<Book>::clone(&book);
        let maintenance = Maintenance::new(settings.clone());
        let done = maintenance.rebuild(Arc::clone(&source), |_, _| {}).await;
        let cursor = maintenance.cursor().await.unwrap().unwrap();
        assert_eq!(done.unwrap(), Rebuilt::Here(cursor));
        assert_eq!((cursor.size, cursor.complete), (book.visible(), true));

        let model = Model::start(&settings, &book);
        model.follows(&book).await;
        let done = maintenance.rebuild(source, |_, _| {}).await.unwrap();
        assert_eq!(done, Rebuilt::ByTheNode);
        let left = wait_until(&model.projection, |status| {
            !matches!(status, Status::Ready { .. })
        });
        assert!(left.await, "the node has not noticed");
        model.follows(&book).await;
        assert_eq!(maintenance.cursor().await.unwrap().unwrap(), cursor);
        agrees(&model.projection, &book.state()).await;
        model.kill().await;
    });
}

async fn wait_until(model: &Projection, holds: impl Fn(&Status) -> bool) -> bool {
    for _ in 0..20_000 {
        if holds(&model.status()) {
            return true;
        }
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    false
}

#[test]
fn a_second_node_on_the_same_folder_does_not_fold() {
    on_sqlite(&|settings: ProjectionSettings| async move {
        let book = Book::whole(ledger("GH").leaves);
        let first = Model::start(&settings, &book);
        first.follows(&book).await;
        let second = Model::start(&settings, &book);
        let refused = wait_until(&second.projection, |it| matches!(it, Status::Failed(_)));
        assert!(refused.await);
        second.kill().await;
        agrees(&first.projection, &book.state()).await;
        first.kill().await;
    });
}

#[test]
fn a_row_that_somebody_changed_added_or_took_away_is_found_and_named() {
    on_sqlite(&|settings: ProjectionSettings| async move {
        let book = Book::whole(ledger("GH").leaves);
        agrees_again(&settings, &book).await;
        let source: Arc<dyn Source> = Arc::<Book>::clone(&book);
        let maintenance = Maintenance::new(settings.clone());
        let check = || maintenance.check(Arc::clone(&source), |_, _| {});
        let sound = check().await.unwrap();
        assert!(
            matches!(sound, Checked::Same { rows } if rows > 40),
            "{sound:?}"
        );
        let url = format!("sqlite://{}", settings.file.display());
        let whole = std::fs::read(&settings.file).unwrap();
        for (tampering, table, row, why) in [
            (
                "UPDATE accounts SET available = available * 10 WHERE id = 1",
                "accounts",
                "1",
                "available is 1900",
            ),
            (
                "UPDATE ranges SET account = 2 WHERE first_unit = 4",
                "ranges",
                "\"GH\" 4",
                "account is 2",
            ),
            (
                "DELETE FROM range_events WHERE leaf = 7",
                "range_events",
                "7 0",
                "it is missing",
            ),
            (
                "DELETE FROM ranges WHERE first_unit > 100",
                "ranges",
                "\"GH\" 106",
                "it is missing",
            ),
            (
                "UPDATE organisations SET name = 'Somebody Else'",
                "organisations",
                "1",
                "name is",
            ),
            (
                "INSERT INTO case_owners VALUES (1, 1)",
                "case_owners",
                "1 1",
                "does not follow",
            ),
        ] {
            let pool = sqlx::sqlite::SqlitePool::connect(&url).await.unwrap();
            let done = sqlx::query(tampering).execute(&pool).await.unwrap();
            assert!(done.rows_affected() > 0, "{tampering}");
            pool.close().await;
            let Checked::Differs(found) = check().await.unwrap() else {
                panic!("{tampering}: nothing was noticed");
            };
            assert_eq!((found.table, found.row.as_str()), (table, row), "{found}");
            assert!(found.why.contains(why), "{found}");
            for end in ["-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", settings.file.display()));
            }
            std::fs::write(&settings.file, &whole).unwrap();
        }
        assert_eq!(check().await.unwrap(), sound);
        let left = std::fs::read_dir(settings.file.parent().unwrap()).unwrap();
        let left = left.filter(|it| {
            it.as_ref()
                .unwrap()
                .path()
                .to_string_lossy()
                .contains("check")
        });
        assert_eq!(left.count(), 0, "the comparison left something behind");
    });
}

#[test]
fn a_model_that_is_behind_is_not_compared() {
    on_both(|settings| async move {
        let book = Book::new(ledger("GH").leaves);
        book.grow(9, 0);
        agrees_again(&settings, &book).await;
        book.grow(1, 0);
        let source: Arc<dyn Source> = Arc::<Book>::clone(&book);
        let maintenance = Maintenance::new(settings.clone());
        let behind = maintenance.check(Arc::clone(&source), |_, _| {}).await;
        assert!(behind.unwrap_err().to_string().contains("9 of 10 leaves"));
        agrees_again(&settings, &book).await;
        let same = maintenance.check(source, |_, _| {}).await.unwrap();
        assert!(matches!(same, Checked::Same { .. }), "{same:?}");
    });
}
