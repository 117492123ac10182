//! Sixty-four clients and one balance: exactly the balance is spent.

use countersign_protocol::record::Body;
use countersign_protocol::registry::LedgerAccount;
use countersign_protocol::units::UnitRange;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client, holds_together, together, tonnes, written_by};
use crate::common;
use crate::world::{AGREEMENT, World};

const CLIENTS: usize = 64;
const WISHES_EACH: usize = 3;
/// What account 1 of the world has. No multiple of a wish: something must be left over.
const BALANCE: u64 = 1000;
const WISH: u64 = 7;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spend {
    Move,
    Retire,
    Send,
}

impl Spend {
    fn request(self, client: usize) -> (&'static str, Value) {
        let units = json!({"tonnes": WISH});
        match self {
            Self::Move => (
                "/api/v1/account-transfers",
                json!({"from": 1, "to": 2, "units": units}),
            ),
            Self::Retire => (
                "/api/v1/retirements",
                json!({"account": 1, "units": units, "kind": "retire", "purpose": "voluntary",
                       "beneficiary": format!("Client {client}")}),
            ),
            Self::Send => (
                "/api/v1/transfers",
                json!({"to": "CH", "agreement": AGREEMENT, "from": 1, "to_account": 7, "units": units}),
            ),
        }
    }

    /// The ranges that the last record of a request took.
    fn taken(self, bodies: &[Body]) -> Vec<UnitRange> {
        match (self, bodies.last().unwrap()) {
            (Self::Move, Body::Transfer(it)) => it.ranges.clone(),
            (Self::Retire, Body::Retire(it)) => it.ranges.clone(),
            (Self::Send, Body::Lock(it)) => it.blocks.iter().map(|it| it.range()).collect(),
            (_, other) => panic!("a {} was written", other.kind()),
        }
    }
}

/// Every client wants a part again and again; together they want more than there is.
async fn spend(kinds: &'static [Spend]) {
    let world = World::start().await;
    let wishes = (0..CLIENTS).map(|number| {
        let (client, kind) = (
            Client::new(&world, &world.token),
            kinds[number % kinds.len()],
        );
        async move {
            let mut done = Vec::new();
            for _ in 0..WISHES_EACH {
                let key = common::request();
                let (path, body) = kind.request(number);
                let asked = client
                    .clone()
                    .insist(Method::POST, path.to_owned(), key, body);
                done.push((kind, key, asked.await));
            }
            done
        }
    });
    let answers: Vec<_> = together(wishes).await.into_iter().flatten().collect();
    let handle = world.handle();
    let mut spent: Vec<UnitRange> = Vec::new();
    let mut of_kind = [0; 3];
    for (kind, key, answer) in &answers {
        let bodies = written_by(&handle, key);
        match answer {
            Answer::Won(written) => {
                let ranges = kind.taken(&bodies);
                let sum: u64 = ranges.iter().map(|it| it.tonnes()).sum();
                assert_eq!(sum, WISH);
                assert_eq!(written["receipt"]["count"], bodies.len());
                assert_eq!(written["receipt"]["request"], key.to_string());
                spent.extend(ranges);
                of_kind[*kind as usize] += WISH;
            }
            Answer::Lost(_) => {
                assert!(answer.is_second("too-few"), "{}", answer.told());
                assert!(bodies.is_empty(), "refused and written: {bodies:?}");
            }
        }
    }
    spent.sort_unstable();
    let apart = spent.windows(2).all(|two| two[0].last() < two[1].first());
    assert!(apart, "a unit was spent twice: {spent:?}");
    let left = tonnes(&handle, LedgerAccount::Available, 1);
    assert_eq!(left, BALANCE % WISH, "less was spent than could be");
    assert_eq!(of_kind.iter().sum::<u64>(), BALANCE - left);
    let [moved, retired, sent] = of_kind;
    assert_eq!(tonnes(&handle, LedgerAccount::Available, 2), moved);
    assert_eq!(tonnes(&handle, |_| LedgerAccount::Used, 0), retired);
    assert_eq!(tonnes(&handle, LedgerAccount::Escrow, 1), sent);
    holds_together(&handle);
    let shown: Value = world.get("/api/v1/accounts/1").await;
    assert_eq!(
        (&shown["available"], &shown["escrow"]),
        (&json!(left), &json!(sent))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_move_exactly_the_balance_of_one_account() {
    spend(&[Spend::Move]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_retire_exactly_the_balance_of_one_account() {
    spend(&[Spend::Retire]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_send_exactly_the_balance_of_one_account_abroad() {
    spend(&[Spend::Send]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_that_move_retire_and_send_spend_exactly_one_balance() {
    spend(&[Spend::Move, Spend::Retire, Spend::Send]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_wish_that_many_clients_send_under_one_key_is_done_once() {
    let world = World::start().await;
    let key = common::request();
    let wishes = (0..CLIENTS).map(|_| {
        let (path, body) = Spend::Send.request(0);
        Client::new(&world, &world.token).insist(Method::POST, path.to_owned(), key, body)
    });
    let answers = together(wishes).await;
    let Answer::Won(first) = &answers[0] else {
        panic!("{}", answers[0].told());
    };
    for answer in &answers {
        assert!(
            matches!(answer, Answer::Won(it) if it == first),
            "{}",
            answer.told()
        );
    }
    assert_eq!(tonnes(&world.handle(), LedgerAccount::Escrow, 1), WISH);
    holds_together(&world.handle());
}
