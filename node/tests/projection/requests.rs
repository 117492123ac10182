//! A country with a process: cases, what they wait for, and units that move and end by request.

use std::collections::{BTreeMap, BTreeSet};

use countersign_node::projection::ProjectionSettings;
use countersign_node::projection::query::{CaseQuery, RetirementQuery, Window};
use countersign_protocol::id::{AccountId, RequestId};
use countersign_protocol::record::{Claim, Commitment, Fate, Purpose, RetireKind, Sending};
use countersign_protocol::registry::{Command, NewAct, NewCase, Place, Reserve, Selection};

use crate::small::{
    BUYER, DEVELOPER, act, authorised_project, buyer, decide, developer, monitored, official,
    plain, request, trading,
};
use crate::support::{EXPIRY_MS, Ledger, TRADING, agreement_id, text};
use crate::world::{Book, Model, agrees, dump, on_both};

const RETIRE: Fate = Fate::Retire {
    kind: RetireKind::Cancel,
    purpose: Purpose::OtherPurposes,
    beneficiary: Some(Commitment([9; 32])),
    claim: Claim {
        reason: None,
        jurisdiction: None,
        ndc_year: None,
    },
};

fn ask_to_send(ledger: &mut Ledger, from: AccountId, tonnes: u64, nonce: u8) -> u64 {
    let fate = Fate::Send(Box::new(Sending {
        destination: text("CH"),
        agreement: agreement_id(text("CH"), text("VU")),
        to: TRADING,
        nonce: RequestId([nonce; 16]),
        expiry_ms: EXPIRY_MS,
    }));
    let new = NewCase {
        flow: text("border-transfer"),
        track: None,
        parent: None,
        title: text("Units for Switzerland"),
        owners: BTreeSet::from([DEVELOPER]),
        shares: BTreeMap::new(),
        counterparty: None,
        scopes: BTreeSet::new(),
        by: developer(),
    };
    ledger.must(&Command::OpenCase(Box::new(new)));
    let case = ledger.state.cases().next_back().unwrap().number;
    let mut act = plain(case, "request", &developer());
    act.form = Some(Commitment([8; 32]));
    let reserve = Some(Reserve {
        account: from,
        units: Selection::Tonnes(tonnes),
        fate,
    });
    ledger.must(&Command::Act(Box::new(NewAct {
        act,
        issue: None,
        reserve,
    })));
    case
}

/// Whoever has one case among very many of others finds it on the first page, however late it was opened.
async fn one_of_very_many(settings: ProjectionSettings) {
    let (mut ledger, ..) = trading();
    let new = |owner, by| NewCase {
        flow: text("project"),
        track: None,
        parent: None,
        title: text("Stoves"),
        owners: BTreeSet::from([owner]),
        shares: BTreeMap::new(),
        counterparty: None,
        scopes: BTreeSet::new(),
        by,
    };
    for _ in 0..1100 {
        ledger.must(&Command::OpenCase(Box::new(new(DEVELOPER, developer()))));
    }
    ledger.must(&Command::OpenCase(Box::new(new(BUYER, buyer()))));
    let last = ledger.state.cases().next_back().unwrap().number;
    let book = Book::whole(ledger.leaves);
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    let query = CaseQuery {
        owner: Some(BUYER),
        ended: Some(false),
        window: Window {
            limit: 100,
            ..Window::default()
        },
        ..CaseQuery::default()
    };
    let found = model.projection.cases(&query).await.unwrap();
    assert_eq!((found.items.last(), found.next), (Some(&last), None));
    model.kill().await;
}

#[test]
fn a_case_among_very_many_of_others_is_on_its_owners_first_page() {
    on_both(one_of_very_many);
}

/// Transfers asked for, taken and refused; a retirement; a request that is still open; a second project under way.
pub(crate) fn busy() -> (Ledger, u64) {
    let (mut ledger, from, to) = trading();
    let fate = || Fate::Transfer { to };
    let taken = request(&mut ledger, "transfer", "send", from, 60, fate()).unwrap();
    act(&mut ledger, plain(taken, "accept", &buyer())).unwrap();
    let refused = request(&mut ledger, "transfer", "send", from, 10, fate()).unwrap();
    let mut no = plain(refused, "accept", &buyer());
    no.no = true;
    act(&mut ledger, no).unwrap();
    let cancelled = request(&mut ledger, "transfer", "send", from, 7, fate()).unwrap();
    act(&mut ledger, plain(cancelled, "cancel", &developer())).unwrap();
    let ended = request(&mut ledger, "retirement", "request", from, 25, RETIRE).unwrap();
    act(&mut ledger, plain(ended, "approve", &official(1))).unwrap();
    // One suspension ends an open request of the holder, and another one of which only the receiver is suspended.
    request(&mut ledger, "transfer", "send", from, 5, fate()).unwrap();
    request(&mut ledger, "retirement", "request", from, 3, RETIRE).unwrap();
    decide(&mut ledger, BUYER, "suspend", 1);
    let resting = authorised_project(&mut ledger);
    monitored(&mut ledger, resting);
    decide(&mut ledger, DEVELOPER, "suspend", 1);
    decide(&mut ledger, DEVELOPER, "reactivate", 2);
    decide(&mut ledger, BUYER, "reactivate", 2);
    request(&mut ledger, "transfer", "send", from, 5, fate()).unwrap();
    // One transfer abroad is approved and locked, another is only asked for.
    ledger.meet(text("CH"));
    let sent = ask_to_send(&mut ledger, from, 4, 1);
    act(&mut ledger, plain(sent, "approve", &official(1))).unwrap();
    act(&mut ledger, plain(sent, "approve", &official(2))).unwrap();
    ask_to_send(&mut ledger, from, 2, 2);
    let project = authorised_project(&mut ledger);
    monitored(&mut ledger, project);
    (ledger, ended)
}

async fn body(settings: ProjectionSettings) {
    let (ledger, ended) = busy();
    let records = ledger.leaves;
    // Every length of the ledger once: folding goes on from there in a new process, with reservations open or not.
    let book = Book::new(records.clone());
    while !book.is_whole() {
        book.grow(1, 0);
        let model = Model::start(&settings, &book);
        model.follows(&book).await;
        if book.visible().is_multiple_of(5) {
            agrees(&model.projection, &book.state()).await;
        }
        model.kill().await;
    }
    let model = Model::start(&settings, &book);
    model.follows(&book).await;
    agrees(&model.projection, &book.state()).await;

    let all = Window {
        limit: 100,
        ..Window::default()
    };
    let query = RetirementQuery {
        purpose: Some(Purpose::OtherPurposes),
        window: all.clone(),
        ..RetirementQuery::default()
    };
    let retired = model.projection.retirements(&query).await.unwrap().items;
    let tonnes: u64 = retired.iter().map(|row| row.block.tonnes()).sum();
    assert_eq!(tonnes, 25);
    assert!(retired.iter().all(|row| row.case == Some(ended)));
    let hex = "09".repeat(32);
    assert!(
        retired
            .iter()
            .all(|row| row.beneficiary.as_ref() == Some(&hex))
    );
    let cancelled = |it: &countersign_protocol::registry::Holding| it.place == Place::Cancelled;
    let state = book.state();
    let blocks: Vec<_> = state
        .holdings()
        .filter(cancelled)
        .map(|it| it.block)
        .collect();
    assert_eq!(
        retired.iter().map(|row| row.block).collect::<Vec<_>>(),
        blocks
    );

    let query = CaseQuery {
        owner: Some(BUYER),
        window: all,
        ..CaseQuery::default()
    };
    let of_buyer = model.projection.cases(&query).await.unwrap().items;
    let owned = |it: &&countersign_protocol::registry::RegistryCase| {
        it.case.subject.owners.contains(&BUYER)
    };
    let expected: Vec<u64> = state.cases().filter(owned).map(|it| it.number).collect();
    assert_eq!(of_buyer, expected);
    assert!(!expected.is_empty());

    let followed = dump(&model.projection).await;
    model.kill().await;
    let folder = tempfile::tempdir().unwrap();
    let other = ProjectionSettings {
        file: folder.path().join("projection.sqlite"),
        url: None,
    };
    let model = Model::start(&other, &Book::whole(records.clone()));
    model.follows(&book).await;
    assert_eq!(dump(&model.projection).await, followed);
    model.kill().await;
}

#[test]
fn cases_acts_and_reserved_units_are_followed_leaf_by_leaf() {
    on_both(body);
}
