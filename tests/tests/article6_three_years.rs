//! Three countries cooperate for three years, over real ledgers and real libp2p, by a clock in the hand: what each reports
//! passes the check of the format, no two of them differ, and nothing is counted twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_protocol::article6::aef::check::{Severity, check};
use countersign_protocol::article6::aef::{Aef, Switches};
use countersign_protocol::article6::{
    AdjustmentMethod, AefTerms, AuthorisedUse, Book, ElapsedYears, FirstTransferDefinition,
    NdcPeriod, Ratio, cross_check, net_of_uses,
};
use countersign_protocol::id::AccountId;
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    Article6, Authorisation, AuthorisationRevoked, Claim, CooperativeApproach, EmissionsLevel,
    InitialReport, LevelSeries, Metric, Ndc, Purpose, Record, RetireKind, YearLevel,
};
use countersign_protocol::registry::{Command, Selection, TransferKey, TransferStage};
use countersign_tests::countries::{Country, Witnesses, federation_by};

/// The approach of the agreements of [`federation_by`].
const APPROACH: &str = "CA0007";
const AUTHORISATION: &str = "GH-2025-01";
const YEARS: [u16; 3] = [2025, 2026, 2027];
const MAIN: AccountId = AccountId(1);

fn text<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The federation and its clock.
struct World {
    now_ms: Arc<AtomicU64>,
    countries: BTreeMap<String, Country>,
}

impl World {
    fn day(&self, day: &str) {
        let day: Day = text(day);
        let noon_ms = u64::from(day.number()) * 86_400_000 + 43_200_000;
        self.now_ms.store(noon_ms, Ordering::Relaxed);
    }

    fn at(&self, party: &str) -> &Country {
        &self.countries[party]
    }

    async fn record(&self, party: &str, it: Article6) {
        self.must(party, Command::Article6(Box::new(it))).await;
    }

    async fn must(&self, party: &str, command: Command) {
        self.at(party).submit(command).await.unwrap();
    }

    async fn issue(&self, year: u16, tonnes: u64) {
        let issue = Command::Issue {
            account: MAIN,
            project: 1,
            year,
            unit_type: text("ITMO"),
            tonnes,
        };
        self.must("GH", issue).await;
        let under = Command::AuthoriseUnits {
            account: MAIN,
            units: Selection::Tonnes(tonnes),
            authorisation: text(AUTHORISATION),
            by: Vec::new(),
        };
        self.must("GH", under).await;
    }

    async fn send(&self, from: &str, to: &str, tonnes: u64) {
        let (source, destination) = (self.at(from), self.at(to));
        let id = source.send(&destination.identity, 1, tonnes).await.unwrap();
        let sent = source.wait_for(TransferKey::Out(id), |it| it.settled_at.is_some());
        assert_eq!(sent.await.stage, TransferStage::Final);
        let key = TransferKey::In(source.identity.party, id);
        let came = destination.wait_for(key, |it| it.settled_at.is_some());
        assert_eq!(came.await.stage, TransferStage::Acquired);
    }

    async fn end(&self, party: &str, purpose: Purpose, ndc_year: Option<u16>, tonnes: u64) {
        let kind = match purpose {
            Purpose::Ndc => RetireKind::Retire,
            _ => RetireKind::Cancel,
        };
        let command = Command::Retire {
            account: MAIN,
            units: Selection::Tonnes(tonnes),
            kind,
            purpose,
            beneficiary: None,
            claim: Claim {
                ndc_year,
                ..Claim::default()
            },
        };
        self.must(party, command).await;
    }

    fn book(&self, party: &str) -> Book {
        let ledger = &self.at(party).ledger;
        let leaves = 0..ledger.head().borrow().size;
        let records = leaves.map(|index| Record::decode(&ledger.leaf(index).unwrap().unwrap()));
        Book::read(records.map(Result::unwrap)).unwrap()
    }
}

async fn world(folder: &std::path::Path) -> World {
    let now_ms = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&now_ms);
    let mut world = World {
        now_ms,
        countries: BTreeMap::new(),
    };
    world.day("2025-01-10");
    let witnesses = Witnesses::start(folder);
    let clock = Arc::new(move || clock.load(Ordering::Relaxed));
    world.countries = federation_by(clock, folder, &witnesses, &["GH", "CH", "SE"]).await;
    for party in ["GH", "CH", "SE"] {
        for it in [approach(), ndc(), initial_report()] {
            world.record(party, it).await;
        }
        for year in YEARS {
            let level = EmissionsLevel {
                series: LevelSeries::Covered,
                year,
                level: 1_000,
                source: text("Inventory"),
                by: Vec::new(),
            };
            world.record(party, Article6::EmissionsLevel(level)).await;
        }
    }
    world
}

fn approach() -> Article6 {
    Article6::CooperativeApproach(CooperativeApproach {
        id: text(APPROACH),
        title: text("Cooperation"),
        parties: vec![text("CH"), text("GH"), text("SE")],
        definition: Some(FirstTransferDefinition::UseOrCancellation),
        metric: Metric::Ghg,
        by: Vec::new(),
    })
}

fn ndc() -> Article6 {
    let level = |year, level| YearLevel { year, level };
    Article6::Ndc(Ndc {
        period: NdcPeriod::new(2021, 2030).unwrap(),
        method: AdjustmentMethod::MultiYear,
        is_ldc: false,
        is_sids: false,
        reference: level(2019, 100),
        target: level(2030, 90),
        trajectory: Vec::new(),
        by: Vec::new(),
    })
}

fn initial_report() -> Article6 {
    Article6::InitialReport(InitialReport {
        approach: text(APPROACH),
        submitted: text("2025-01-10"),
        reference: text("IR 1"),
        by: Vec::new(),
    })
}

fn authorisation() -> Article6 {
    Article6::Authorisation(Box::new(Authorisation {
        id: text(AUTHORISATION),
        party: text("GH"),
        version: 1,
        approach: text(APPROACH),
        parties: Vec::new(),
        entities: Vec::new(),
        date: text("2025-02-01"),
        issue_until: None,
        use_until: None,
        definition: Some(FirstTransferDefinition::UseOrCancellation),
        uses: AuthorisedUse::NdcAndImp,
        oimp: Some(text("CORSIA")),
        framework: text("Framework"),
        changes: text("By a new version"),
        reach: None,
        reaches_first_transferred: false,
        quantity: 200,
        registry: text("GHA01"),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: None,
        scopes: Vec::new(),
        activities: None,
        projects: Vec::new(),
        terms: None,
        document: [0; 32],
        by: Vec::new(),
    }))
}

/// 2025: two vintages are authorised and go abroad; an airline and the atmosphere have theirs at home.
async fn first_year(world: &World) {
    world.day("2025-02-01");
    world.record("GH", authorisation()).await;
    world.issue(2023, 100).await;
    world.issue(2024, 40).await;
    world.day("2025-06-30");
    world.send("GH", "CH", 60).await;
    world
        .end("GH", Purpose::InternationalMitigation, None, 3)
        .await;
    world.end("GH", Purpose::OverallMitigation, None, 1).await;
    world.day("2025-12-31");
    world.end("CH", Purpose::Ndc, Some(2024), 5).await;
}

/// 2026: what is old leaves late, what left goes on, and is used.
async fn second_year(world: &World) {
    world.day("2026-01-01");
    world.end("CH", Purpose::Ndc, Some(2025), 7).await;
    world.day("2026-05-05");
    world.send("GH", "SE", 6).await;
    world.send("CH", "SE", 10).await;
    world
        .end("CH", Purpose::InternationalMitigation, None, 2)
        .await;
    world.issue(2025, 30).await;
    world.send("GH", "CH", 20).await;
    world.end("SE", Purpose::Ndc, Some(2026), 4).await;
}

/// 2027: Ghana revokes for what has not left. What has goes on, also home.
async fn third_year(world: &World) {
    world.day("2027-03-03");
    let revoked = AuthorisationRevoked {
        id: text(AUTHORISATION),
        party: text("GH"),
        date: text("2027-03-03"),
        reason: text("The activity ended"),
        reaches_first_transferred: false,
        by: Vec::new(),
    };
    let revoked = Article6::AuthorisationRevoked(revoked);
    world.record("GH", revoked).await;
    let swiss = &world.at("CH").identity;
    world.at("GH").send(swiss, 1, 1).await.unwrap_err();
    world.send("SE", "GH", 5).await;
    world.end("GH", Purpose::Ndc, Some(2026), 2).await;
    world.end("SE", Purpose::OverallMitigation, None, 1).await;
    world.end("CH", Purpose::Ndc, Some(2027), 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_years_of_three_countries_are_reported_without_an_error_a_difference_or_a_double_count()
 {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    first_year(&world).await;
    second_year(&world).await;
    third_year(&world).await;

    let books = ["GH", "CH", "SE"].map(|party| world.book(party));
    let aefs: Vec<Vec<Aef>> = books.iter().map(aefs_of).collect();
    for (place, own) in aefs.iter().enumerate() {
        for (count, this) in own.iter().enumerate() {
            let others = aefs.iter().enumerate().filter(|(other, _)| *other != place);
            let partners: Vec<Aef> = others.map(|(_, it)| it[count].clone()).collect();
            let report = check(this, &own[..count], &partners, &Switches::default());
            let errors = report.findings.iter();
            let errors = errors.filter(|it| it.check.severity == Severity::Error);
            let errors: Vec<_> = errors.map(|it| (it.check.id, &it.message)).collect();
            assert!(errors.is_empty(), "{place} {}: {errors:?}", YEARS[count]);
        }
    }
    let events = books.each_ref().map(Book::events);
    let parties = books.each_ref().map(|it| it.party().unwrap());
    for (one, two) in [(0, 1), (1, 2), (0, 2)] {
        let found = cross_check((parties[one], &events[one]), (parties[two], &events[two]));
        assert!(found.is_empty(), "{:?}", found.differences);
        assert!(!found.totals.is_empty(), "there was something to compare");
    }
    let net = net_of_uses(events.iter().flatten());
    assert!(net.is_zero(), "{net:?}");
    assert_eq!(net.added, 5 + 7 + 4 + 2 + 20, "what was used towards NDCs");
    balances(&books);
    for country in world.countries.into_values() {
        country.stop().await;
    }
}

fn aefs_of(book: &Book) -> Vec<Aef> {
    let of_year = |year: u16| {
        let submitted: Day = text(&format!("{}-04-10", year + 1));
        let built = book.aef(&AefTerms::first(year, submitted)).unwrap();
        assert!(built.without_initial_report.is_empty());
        built.aef
    };
    YEARS.map(of_year).into()
}

/// What Ghana first transferred is added by its vintage, what was used is subtracted by the year of its use.
fn balances(books: &[Book; 3]) {
    let of = |book: &Book| {
        let period = book.balance(2021, ElapsedYears::default()).unwrap();
        YEARS.map(|year| period.year(year).unwrap().balance.unwrap())
    };
    let whole = |it: [i64; 3]| it.map(|it| Ratio::whole(i128::from(it)));
    assert_eq!(of(&books[1]), whole([1_000 - 7, 1_000, 1_000 - 20]));
    assert_eq!(of(&books[2]), whole([1_000, 1_000 - 4, 1_000]));
    assert_eq!(of(&books[0])[1], Ratio::whole(1_000 - 2));
}
