//! Ledgers in memory as sources, and what a read model must say of them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use countersign_node::ledger::Head;
use countersign_node::ledger::replay::ReadLeaf;
use countersign_node::projection::query::{
    CaseQuery, HoldingQuery, OrganisationQuery, Page, ProjectQuery, RetirementQuery, TransferQuery,
    Window,
};
use countersign_node::projection::{Projection, ProjectionError, ProjectionSettings, Source};
use countersign_protocol::party::Party;
use countersign_protocol::record::Record;
use countersign_protocol::registry::{
    At, Holding, Key, LedgerAccount, Place, State, Transfer, TransferKey, Value, apply,
};
use countersign_protocol::units::UnitRange;
use countersign_protocol::workflow::waiting_for;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::postgres::Postgres;

/// A ledger that grows when it is told to.
pub struct Book {
    records: Vec<Record>,
    inner: Mutex<Inner>,
    /// Reads that still succeed; below zero all do.
    reads_left: AtomicI64,
    head: watch::Sender<Head>,
}

struct Inner {
    leaves: Vec<ReadLeaf>,
    state: State,
    postings: BTreeMap<(LedgerAccount, u64), Vec<i64>>,
    /// Leaves that may be folded: values may be ahead of them.
    visible: u64,
}

fn head(size: u64) -> Head {
    Head {
        size,
        root: [0; 32],
        note: "".into(),
    }
}

impl Book {
    pub fn new(records: Vec<Record>) -> Arc<Self> {
        Arc::new(Self {
            records,
            inner: Mutex::new(Inner {
                leaves: Vec::new(),
                state: State::default(),
                postings: BTreeMap::new(),
                visible: 0,
            }),
            reads_left: AtomicI64::new(-1),
            head: watch::Sender::new(head(0)),
        })
    }

    /// A whole ledger.
    pub fn whole(records: Vec<Record>) -> Arc<Self> {
        let book = Self::new(records);
        book.grow(usize::MAX, 0);
        book
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Takes in `more` records, of which the last `hidden` may not be folded yet.
    pub fn grow(&self, more: usize, hidden: u64) {
        let mut inner = self.inner();
        let from = inner.leaves.len();
        for record in self.records.iter().skip(from).take(more) {
            let index = inner.leaves.len() as u64;
            let leaf = ReadLeaf::read(index, &record.encode()).unwrap();
            let at = At {
                index,
                hash: leaf.hash,
            };
            let applied = apply(&mut inner.state, at, record).unwrap();
            for posting in applied.postings {
                let of = inner.postings.entry((posting.account, index)).or_default();
                of.push(posting.tonnes);
            }
            inner.leaves.push(leaf);
        }
        let visible = (inner.leaves.len() as u64).saturating_sub(hidden);
        inner.visible = inner.visible.max(visible);
        self.head.send_replace(head(inner.visible));
    }

    pub fn is_whole(&self) -> bool {
        self.inner().visible == self.records.len() as u64
    }

    pub fn visible(&self) -> u64 {
        self.inner().visible
    }

    pub fn state(&self) -> State {
        self.inner().state.clone()
    }

    /// Lets so many reads succeed, and no more until it is told otherwise.
    pub fn fail_after(&self, reads: i64) {
        self.reads_left.store(reads, Ordering::SeqCst);
    }

    fn read(&self) -> Result<(), ProjectionError> {
        let left = self.reads_left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(ProjectionError::Aborted);
        }
        if left > 0 {
            self.reads_left.store(left - 1, Ordering::SeqCst);
        }
        Ok(())
    }
}

impl Source for Book {
    fn size(&self) -> Result<u64, ProjectionError> {
        Ok(self.inner().visible)
    }

    fn leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(ReadLeaf) -> bool,
    ) -> Result<(), ProjectionError> {
        self.read()?;
        let leaves = self.inner().leaves[range.start as usize..range.end as usize].to_vec();
        for leaf in leaves {
            if !visit(leaf) {
                break;
            }
        }
        Ok(())
    }

    fn value(&self, key: &Key) -> Result<Option<Value>, ProjectionError> {
        self.read()?;
        let inner = self.inner();
        let state = &inner.state;
        Ok(match key {
            Key::Holding(origin, first) => state
                .holding_of(*origin, *first)
                .filter(|it| it.block.range().first() == *first)
                .map(Value::Holding),
            Key::Transfer(key) => state.transfer(key).map(Value::Transfer),
            Key::Balance(of) => Some(Value::Balance(state.balance(*of))),
            Key::Account(id) => state.account(*id).map(|it| Value::Account(it.clone())),
            key => {
                let mut all = state.values();
                all.find(|(known, _)| known == key).map(|(_, value)| value)
            }
        })
    }

    fn holdings(&self, visit: &mut dyn FnMut(Holding) -> bool) -> Result<(), ProjectionError> {
        self.read()?;
        let all: Vec<Holding> = self.inner().state.holdings().collect();
        for holding in all {
            if !visit(holding) {
                break;
            }
        }
        Ok(())
    }

    fn postings(&self, account: LedgerAccount, leaf: u64) -> Result<Vec<i64>, ProjectionError> {
        self.read()?;
        let inner = self.inner();
        Ok(inner
            .postings
            .get(&(account, leaf))
            .cloned()
            .unwrap_or_default())
    }
}

/// A running read model.
pub struct Model {
    pub projection: Projection,
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
}

impl Model {
    pub fn start(settings: &ProjectionSettings, book: &Arc<Book>) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let source: Arc<dyn Source> = Arc::<Book>::clone(book);
        let head = book.head.subscribe();
        let projection = Projection::start(settings.clone(), source, head, &tasks, stop.clone());
        Self {
            projection,
            tasks,
            stop,
        }
    }

    /// Everything that may be folded is in.
    pub async fn follows(&self, book: &Book) {
        let last = book.visible().checked_sub(1);
        let patience = Duration::from_secs(60);
        if let Some(last) = last {
            let followed = self.projection.wait_for(last, patience).await;
            assert!(followed, "{:?}, not {last}", self.projection.status());
        }
    }

    /// Ends it wherever it is.
    pub async fn kill(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Runs a body on both databases; each has a folder of its own.
pub fn on_both<F: Future<Output = ()>>(body: impl Fn(ProjectionSettings) -> F) {
    on_sqlite(&body);
    on_postgres(&body);
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

pub fn on_sqlite<F: Future<Output = ()>>(body: &impl Fn(ProjectionSettings) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("projection.sqlite");
    runtime().block_on(body(ProjectionSettings { file, url: None }));
}

pub fn on_postgres<F: Future<Output = ()>>(body: &impl Fn(ProjectionSettings) -> F) {
    let server = Postgres::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("projection.sqlite");
    let url = Some(server.url());
    runtime().block_on(body(ProjectionSettings { file, url }));
}

/// Every item of a list, read in pages of `limit`.
pub async fn all<T, F>(limit: usize, page: impl Fn(Window) -> F) -> Vec<T>
where
    F: Future<Output = Result<Page<T>, ProjectionError>>,
{
    let mut items = Vec::new();
    let mut window = Window {
        limit,
        ..Window::default()
    };
    loop {
        let Page {
            items: more, next, ..
        } = page(window.clone()).await.unwrap();
        assert!(more.len() <= limit);
        items.extend(more);
        match next {
            Some(next) => window.after = Some(next),
            None => return items,
        }
    }
}

/// Everything that the model says, as text.
pub async fn dump(model: &Projection) -> Vec<String> {
    let mut said = Vec::new();
    macro_rules! list {
        ($limit:literal, $method:ident, $query:ident) => {{
            let rows = all($limit, |window| async move {
                let query = $query {
                    window,
                    ..$query::default()
                };
                model.$method(&query).await
            });
            let rows = rows.await;
            said.extend(rows.iter().map(|row| format!("{row:?}")));
            rows
        }};
    }
    list!(3, organisations, OrganisationQuery);
    list!(4, projects, ProjectQuery);
    list!(7, holdings, HoldingQuery);
    list!(2, transfers, TransferQuery);
    list!(2, retirements, RetirementQuery);
    let cases = list!(3, cases, CaseQuery);
    for case in cases {
        let acts = all(
            2,
            |window| async move { model.case_acts(case, &window).await },
        )
        .await;
        said.extend(acts.iter().map(|act| format!("{case}: {act:?}")));
    }
    let accounts = all(
        2,
        |window| async move { model.accounts(None, &window).await },
    )
    .await;
    said.extend(accounts.iter().map(|row| format!("{row:?}")));
    for origin in ["GH", "CH", "VU", "BR"] {
        let events = all(9, |window| async move {
            let range = UnitRange::new(origin.parse().unwrap(), 1, i64::MAX as u64).unwrap();
            model.events(range, &window).await
        });
        said.extend(events.await.iter().map(|row| format!("{row:?}")));
    }
    said
}

/// Holds every list against the state.
pub async fn agrees(model: &Projection, state: &State) {
    let holdings = all(5, |window| async move {
        let query = HoldingQuery {
            window,
            ..HoldingQuery::default()
        };
        model.holdings(&query).await
    });
    let expected: Vec<Holding> = state.holdings().collect();
    let mut found = holdings.await;
    found.sort_by_key(|it| (it.block.range().origin(), it.block.range().first()));
    assert_eq!(found, expected);
    for holding in &expected {
        custody(model, holding).await;
    }
    let accounts = all(
        2,
        |window| async move { model.accounts(None, &window).await },
    )
    .await;
    let found: Vec<_> = accounts
        .iter()
        .map(|it| (it.id, it.organisation, it.available, it.on_hold, it.escrow))
        .collect();
    let balance = |of| state.balance(of);
    let expected: Vec<_> = state
        .accounts()
        .map(|it| {
            let id = it.id;
            let available = balance(LedgerAccount::Available(id));
            let on_hold = balance(LedgerAccount::OnHold(id));
            let escrow = balance(LedgerAccount::Escrow(id));
            (id, it.organisation, available, on_hold, escrow)
        })
        .collect();
    assert_eq!(found, expected);
    standings(model, state).await;
    transfers(model, state).await;
    cases(model, state).await;
    sums(model, state).await;
}

/// Own units by authorisation and place, each range in one of the sums.
async fn sums(model: &Projection, state: &State) {
    let Some(own) = state.genesis().map(|it| it.party) else {
        return;
    };
    let mut expected: BTreeMap<(bool, &str), u64> = BTreeMap::new();
    let holdings = state.holdings();
    for holding in holdings.filter(|it| it.block.range().origin() == own) {
        let place = match holding.place {
            Place::Available(_) => "available",
            Place::OnHold(_) | Place::Reserved(_) => "on_hold",
            Place::Escrow(_) => "escrow",
            Place::Abroad(_) => "abroad",
            Place::Used => "used",
            Place::Cancelled => "cancelled",
        };
        let key = (holding.block.authorisation.is_some(), place);
        *expected.entry(key).or_default() += holding.block.tonnes();
    }
    let statistics = model.statistics(own).await.unwrap();
    let mut found: BTreeMap<(bool, &str), u64> = BTreeMap::new();
    for it in &statistics.placed {
        *found
            .entry((it.authorised.is_some(), &it.place))
            .or_default() += it.tonnes;
        if let Some(number) = it.authorised {
            let one = state.holding_of(own, number).unwrap();
            assert!(one.block.authorisation.is_some(), "{number}");
        }
    }
    assert_eq!(found, expected);
    let left: u64 = statistics.passed.iter().map(|it| it.times).sum();
    let acts: u64 = state.cases().map(|it| u64::from(it.acts)).sum();
    assert!(left <= acts, "{left} stages were left by {acts} acts");
}

async fn standings(model: &Projection, state: &State) {
    let rows = all(2, |window| async move {
        let query = OrganisationQuery {
            window,
            ..OrganisationQuery::default()
        };
        model.organisations(&query).await
    });
    let found: Vec<_> = rows
        .await
        .into_iter()
        .map(|it| (it.id, it.name, it.standing))
        .collect();
    let expected: Vec<_> = state
        .organisations()
        .map(|it| {
            let standing = state.organisation_standing(it.id).name().to_owned();
            (it.id, it.name.to_string(), standing)
        })
        .collect();
    assert_eq!(found, expected);
    let rows = all(2, |window| async move {
        let query = ProjectQuery {
            window,
            ..ProjectQuery::default()
        };
        model.projects(&query).await
    });
    let found: Vec<_> = rows
        .await
        .into_iter()
        .map(|it| (it.number, it.organisation, it.title, it.scope, it.standing))
        .collect();
    let expected: Vec<_> = state
        .projects()
        .map(|it| {
            let standing = state.project_standing(it.number).name().to_owned();
            let title = it.title.to_string();
            (it.number, it.organisation, title, it.scope, standing)
        })
        .collect();
    assert_eq!(found, expected);
}

async fn transfers(model: &Projection, state: &State) {
    let rows = all(3, |window| async move {
        let query = TransferQuery {
            window,
            ..TransferQuery::default()
        };
        model.transfers(&query).await
    });
    let found: BTreeMap<TransferKey, u64> = rows
        .await
        .into_iter()
        .map(|row| (row.key, row.opened_at))
        .collect();
    let expected: BTreeMap<TransferKey, u64> = state
        .transfers()
        .map(|(key, it)| (*key, it.opened_at))
        .collect();
    assert_eq!(found, expected);
    for stage in state.transfers().map(|(_, it)| it.stage) {
        let query = TransferQuery {
            stage: Some(stage),
            window: Window {
                limit: 1000,
                ..Window::default()
            },
            ..TransferQuery::default()
        };
        let found = model.transfers(&query).await.unwrap().items.len();
        let there = |(_, it): &(&TransferKey, &Transfer)| it.stage == stage;
        assert_eq!(found, state.transfers().filter(there).count(), "{stage:?}");
    }
}

async fn cases(model: &Projection, state: &State) {
    for case in state.cases() {
        let number = case.number;
        let process = state.process_of(&case.case.process).unwrap();
        let limit = Window {
            limit: 1000,
            ..Window::default()
        };
        let query = CaseQuery {
            stage: Some(case.case.stage.clone()),
            flow: Some(case.case.flow.clone()),
            kind: Some(case.kind),
            window: limit.clone(),
            ..CaseQuery::default()
        };
        let found = model.cases(&query).await.unwrap().items;
        assert!(found.contains(&number), "case {number} in its stage");
        let acts = model.case_acts(number, &limit).await.unwrap().items;
        let acts = acts
            .iter()
            .filter(|act| matches!(act.answer.as_str(), "opened" | "yes" | "no"));
        assert_eq!(
            acts.count(),
            case.acts as usize + 1,
            "acts of case {number}"
        );
        let waiting = match case.end {
            None => waiting_for(process, &case.case).unwrap(),
            Some(_) => Vec::new(),
        };
        for step in waiting.iter().filter(|step| step.awaited) {
            for rule in &step.by {
                for role in &rule.roles {
                    let query = CaseQuery {
                        waits_for: Some(role.clone()),
                        waits_for_type: Some(rule.organisation_type.clone()),
                        window: limit.clone(),
                        ..CaseQuery::default()
                    };
                    let found = model.cases(&query).await.unwrap().items;
                    assert!(found.contains(&number), "case {number} waits for {role}");
                }
            }
        }
        let query = CaseQuery {
            ended: Some(false),
            window: limit.clone(),
            ..CaseQuery::default()
        };
        let has_ended = case.end.is_some();
        let open = model.cases(&query).await.unwrap().items;
        assert_eq!(open.contains(&number), !has_ended, "case {number} is open");
    }
}

/// The last thing that happened to a range put it where it is.
async fn custody(model: &Projection, holding: &Holding) {
    let range = holding.block.range();
    let events = all(
        3,
        |window| async move { model.events(range, &window).await },
    )
    .await;
    assert!(events.iter().all(|event| event.range.overlaps(range)));
    assert!(
        events
            .windows(2)
            .all(|two| (two[0].leaf, two[0].position) < (two[1].leaf, two[1].position))
    );
    let last = events
        .iter()
        .rev()
        .find(|event| !matches!(event.kind.as_str(), "split" | "hold_placed" | "hold_lifted"));
    let last = last.unwrap_or_else(|| panic!("{range} has no history"));
    assert_eq!(last.leaf, holding.since, "{range}: {last:?}");
    let (kinds, account, party): (&[&str], _, Option<Party>) = match holding.place {
        Place::Available(account) => {
            let kinds: &[&str] = &["issuance", "transfer", "lift", "free", "release", "acquire"];
            (kinds, last.to == Some(account), last.party)
        }
        Place::OnHold(account) => (&["hold"], last.to == Some(account), None),
        Place::Reserved(account) => (&["reserve"], last.to == Some(account), None),
        Place::Escrow(account) => (&["lock"], last.from == Some(account), last.party),
        Place::Abroad(party) => (&["finalise"], true, Some(party)),
        Place::Used => (&["retire"], true, None),
        Place::Cancelled => (&["cancel"], true, None),
    };
    assert!(kinds.contains(&last.kind.as_str()), "{holding:?}: {last:?}");
    assert!(account, "{holding:?}: {last:?}");
    assert_eq!(last.party, party, "{holding:?}: {last:?}");
}
