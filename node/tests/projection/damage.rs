//! A model that is damaged, foreign or of another version is made anew by itself.

use std::sync::Arc;
use std::time::Duration;

use countersign_node::projection::{
    Maintenance, Projection, ProjectionSettings, Rebuilt, Source, Status,
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
