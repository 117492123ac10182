//! Transfers between countries: the list, and one transfer as two lanes, each with the entries that prove it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::federation::FaultCode;
use countersign_protocol::id::{AccountId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, ProofReference};
use countersign_protocol::registry::{Direction, TransferStage};

use super::list::{Asked, Choice, choices};
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AppError, ListedTransfer};
use crate::http::problem::ApiError;
use crate::projection::query::TransferQuery;

const STAGES: [TransferStage; 5] = [
    TransferStage::Locked,
    TransferStage::Final,
    TransferStage::Released,
    TransferStage::Acquired,
    TransferStage::Refused,
];

/// The colour of a stage.
const fn colour(stage: TransferStage) -> &'static str {
    match stage {
        TransferStage::Final | TransferStage::Acquired => "good",
        TransferStage::Locked => "warn",
        TransferStage::Released | TransferStage::Refused => "bad",
    }
}

/// A transfer in the list.
struct Row {
    link: String,
    id: String,
    route: String,
    tonnes: u64,
    state: String,
    colour: &'static str,
    opened_ms: u64,
}

#[derive(Template)]
#[template(path = "web/transfers.html")]
struct TransfersPage {
    page: Page,
    stages: Vec<Choice>,
    directions: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    is_further: bool,
}

fn route(page: &Page, direction: Direction, partner: Party) -> String {
    let (own, partner) = (page.country(page.site.genesis.party), page.country(partner));
    match direction {
        Direction::Out => format!("{own} → {partner}"),
        Direction::In => format!("{partner} → {own}"),
    }
}

fn tonnes(of: &ListedTransfer) -> u64 {
    let tonnes = of.units.iter().map(|it| it.tonnes());
    tonnes.fold(0, u64::saturating_add)
}

pub(super) async fn list(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let page = page.about("transfers", "/transfers", "countersign transfer list");
    let stage = asked.text("state").and_then(|text| {
        let named = |it: &TransferStage| it.name().eq_ignore_ascii_case(text);
        STAGES.into_iter().find(named)
    });
    let direction = match asked.text("direction") {
        Some("out") => Some(Direction::Out),
        Some("in") => Some(Direction::In),
        _ => None,
    };
    let query = TransferQuery {
        stage,
        direction,
        partner: asked.get("partner")?,
        window: asked.window(true),
        ..TransferQuery::default()
    };
    let found = site.app.find_transfers(&query).await?;
    let stages = STAGES.map(|it| {
        (
            it.name().to_ascii_lowercase(),
            page.word("state", it.name()),
        )
    });
    let directions = ["out", "in"].map(|it| (it.to_owned(), page.word("direction", it)));
    let row = |it: &ListedTransfer| Row {
        link: page.at("transfers", it.key.id()),
        id: it.key.id().to_string().chars().take(12).collect(),
        route: route(&page, it.key.direction(), it.transfer.partner),
        tonnes: tonnes(it),
        state: page.word("state", it.transfer.stage.name()),
        colour: colour(it.transfer.stage),
        opened_ms: it.transfer.opened_ms,
    };
    let shown = TransfersPage {
        stages: choices(stages, asked.text("state")),
        directions: choices(directions, asked.text("direction")),
        rows: found.items.iter().map(row).collect(),
        next: asked.going_on(&page.to("/transfers"), found.next.as_deref()),
        is_further: asked.is_further(),
        page,
    };
    answer::html(&shown.page, &shown)
}

/// A step in one of the two lanes.
struct Step {
    title: String,
    /// `done`, `now`, `failed` or `ahead`.
    state: &'static str,
    mark: &'static str,
    time_ms: Option<u64>,
    /// The own entry that proves it, and whether witnesses have seen it.
    entry: Option<(u64, bool)>,
    /// The entry of the partner's log that proves it, and the own entry that keeps the proof.
    elsewhere: Option<(String, u64)>,
    /// Whose clock says when it was.
    clock: String,
    /// The account that units left or came into.
    account: Option<String>,
}

impl Step {
    fn new(title: String, state: &'static str) -> Self {
        let mark = match state {
            "done" => "✓",
            "failed" => "✗",
            "now" => "●",
            _ => "",
        };
        Self {
            title,
            state,
            mark,
            time_ms: None,
            entry: None,
            elsewhere: None,
            clock: String::new(),
            account: None,
        }
    }

    /// The same with the account that units leave or come into.
    fn with(mut self, page: &Page, account: Option<AccountId>) -> Self {
        self.account =
            account.map(|it| page.t1("transfer-account", "account", page.plain(u64::from(it.0))));
        self
    }
}

/// A step of the partner's, as an own entry proves it.
struct Proven {
    proof: ProofReference,
    /// The own entry that keeps the proof.
    kept_in: u64,
    /// When the partner's entry was written, by its clock, where it is known here.
    their_ms: Option<u64>,
}

impl Proven {
    fn mark(&self, page: &Page, step: &mut Step) {
        step.elsewhere = Some((elsewhere(page, &self.proof), self.kept_in));
        step.time_ms = self.their_ms;
    }
}

/// One country's part in a transfer.
struct Lane {
    title: String,
    steps: Vec<Step>,
}

/// A range that moves.
struct Moving {
    link: String,
    serial: String,
    itmo: String,
    tonnes: u64,
}

#[derive(Template)]
#[template(path = "web/transfer.html")]
struct TransferPage {
    page: Page,
    id: String,
    route: String,
    tonnes: u64,
    state: String,
    colour: &'static str,
    /// Where the units are now, and who must act next.
    now: String,
    next: String,
    lanes: [Lane; 2],
    units: Vec<Moving>,
    agreement: Option<String>,
    expiry_ms: Option<u64>,
    refusal: Option<String>,
    newest: u64,
    is_witnessed: bool,
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let unknown = || AppError::NotFound {
        what: "transfer",
        id: text.chars().take(64).collect(),
    };
    let id: TransferId = text.parse().map_err(|_| unknown())?;
    let found = site.app.transfer(id).await?;
    let page = page.about(
        "transfers",
        &format!("/transfers/{id}"),
        &format!("countersign transfer show {id}"),
    );
    let lanes = lanes(&site, &page, &found).await?;
    let stage = found.transfer.stage;
    let state = stage.name().to_ascii_lowercase();
    let key = match (stage, found.transfer.opened_at < found.covered) {
        (TransferStage::Locked, false) => "locked-unwitnessed".to_owned(),
        _ => state,
    };
    let partner = page.country(found.transfer.partner);
    let terms = found.transfer.terms.as_ref();
    let code = found.transfer.refusal_code.and_then(FaultCode::from_code);
    let newest = found.newest_leaf();
    let shown = TransferPage {
        id: id.to_string(),
        route: route(&page, found.key.direction(), found.transfer.partner),
        tonnes: tonnes(&found),
        state: page.word("state", stage.name()),
        colour: colour(stage),
        now: page.t1(&format!("transfer-now-{key}"), "country", &partner),
        next: page.t1(&format!("transfer-next-{key}"), "country", &partner),
        lanes,
        units: found
            .units
            .iter()
            .map(|it| Moving {
                link: page.at("units", it.serial),
                serial: it.serial.to_string(),
                itmo: it.itmo_id().map(|id| id.to_string()).unwrap_or_default(),
                tonnes: it.tonnes(),
            })
            .collect(),
        agreement: terms.map(|it| it.agreement.to_string()),
        expiry_ms: found.transfer.expiry_ms,
        refusal: code.map(|it| it.meaning().to_owned()),
        is_witnessed: newest < found.covered,
        newest,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// The partner's leaf that an own entry relies on.
async fn proof_in(site: &Shared, index: u64) -> Result<Option<Proven>, ApiError> {
    let Some(stored) = site.app.records(index, 1).await?.items.pop() else {
        return Ok(None);
    };
    let proof = match stored.record.body {
        Body::Acquire(it) => it.proof,
        Body::Refuse(it) => it.proof,
        Body::Finalise(it) => it.proof,
        Body::Release(it) => it.proof,
        Body::SourceSettled(it) => it.proof,
        _ => return Ok(None),
    };
    let their_ms = site
        .app
        .mirrored_time(proof.origin.as_str(), proof.index)
        .await?;
    Ok(Some(Proven {
        proof,
        kept_in: index,
        their_ms,
    }))
}

fn elsewhere(page: &Page, proof: &ProofReference) -> String {
    page.t2(
        "transfer-elsewhere",
        "entry",
        page.n(proof.index),
        "origin",
        &proof.origin,
    )
}

async fn lanes(site: &Shared, page: &Page, of: &ListedTransfer) -> Result<[Lane; 2], ApiError> {
    let own = page.country(site.genesis.party);
    let partner = page.country(of.transfer.partner);
    let settled = match of.transfer.settled_at {
        Some(index) => proof_in(site, index).await?,
        None => None,
    };
    let (source, destination, names) = match of.key.direction() {
        Direction::Out => {
            let destination = their_answer(page, of, settled.as_ref());
            (own_source(page, of), destination, (own, partner))
        }
        Direction::In => {
            let offered = proof_in(site, of.transfer.opened_at).await?;
            let source = their_source(page, of, offered.as_ref(), settled.as_ref());
            (source, own_destination(page, of), (partner, own))
        }
    };
    let lane = |key: &str, country: &str, mut steps: Vec<Step>| {
        for step in &mut steps {
            step.clock = page.t1("transfer-clock", "country", country);
        }
        Lane {
            title: page.t1(key, "country", country),
            steps,
        }
    };
    Ok([
        lane("lane-source", &names.0, source),
        lane("lane-destination", &names.1, destination),
    ])
}

/// A step that an entry of this ledger proves.
fn own_step(
    page: &Page,
    of: &ListedTransfer,
    key: &str,
    state: &'static str,
    index: u64,
    time_ms: Option<u64>,
) -> Step {
    Step {
        entry: Some((index, index < of.covered)),
        time_ms,
        ..Step::new(page.t(key), state)
    }
}

/// The account of this ledger that units leave or come into.
fn own_account(of: &ListedTransfer) -> Option<AccountId> {
    of.transfer.terms.as_ref().map(|terms| terms.account)
}

/// What this ledger did as the source.
fn own_source(page: &Page, of: &ListedTransfer) -> Vec<Step> {
    let transfer = &of.transfer;
    let opened = (transfer.opened_at, Some(transfer.opened_ms));
    let lock = own_step(page, of, "step-lock", "done", opened.0, opened.1);
    let mut steps = vec![lock.with(page, own_account(of))];
    let is_covered = transfer.opened_at < of.covered;
    steps.push(Step::new(
        page.t("step-witnessed"),
        if is_covered { "done" } else { "now" },
    ));
    if let Some(index) = transfer.cancel_asked_at {
        steps.push(own_step(page, of, "step-cancel-asked", "done", index, None));
    }
    let ended = transfer.settled_ms;
    steps.push(match (transfer.stage, transfer.settled_at) {
        (TransferStage::Released, Some(index)) => {
            own_step(page, of, "step-release", "failed", index, ended)
        }
        (_, Some(index)) => own_step(page, of, "step-finalise", "done", index, ended),
        _ => Step::new(page.t("step-finalise"), "ahead"),
    });
    steps
}

/// What this ledger did as the destination.
fn own_destination(page: &Page, of: &ListedTransfer) -> Vec<Step> {
    let transfer = &of.transfer;
    let opened = (transfer.opened_at, Some(transfer.opened_ms));
    let answer = if transfer.stage == TransferStage::Refused {
        own_step(page, of, "step-refuse", "failed", opened.0, opened.1)
    } else {
        let step = own_step(page, of, "step-acquire", "done", opened.0, opened.1);
        step.with(page, own_account(of))
    };
    let settled = match transfer.settled_at {
        Some(index) => own_step(page, of, "step-settled", "done", index, transfer.settled_ms),
        None => Step::new(page.t("step-settled"), "ahead"),
    };
    vec![answer, settled]
}

/// What the source did, as far as its proofs say.
fn their_source(
    page: &Page,
    of: &ListedTransfer,
    offered: Option<&Proven>,
    settled: Option<&Proven>,
) -> Vec<Step> {
    let mut lock = Step::new(page.t("step-lock"), "done");
    if let Some(proven) = offered {
        proven.mark(page, &mut lock);
    }
    let key = match of.transfer.stage {
        TransferStage::Refused => "step-release",
        _ => "step-finalise",
    };
    let state = if settled.is_some() { "done" } else { "ahead" };
    let mut end = Step::new(page.t(key), state);
    if let Some(proven) = settled {
        proven.mark(page, &mut end);
    }
    vec![lock, end]
}

/// What the destination did, as far as its proof says.
fn their_answer(page: &Page, of: &ListedTransfer, proof: Option<&Proven>) -> Vec<Step> {
    let is_covered = of.transfer.opened_at < of.covered;
    let step = match (of.transfer.stage, proof) {
        (TransferStage::Released, Some(_)) => Step::new(page.t("step-refuse"), "failed"),
        (_, Some(_)) => Step::new(page.t("step-acquire"), "done"),
        (_, None) if is_covered => Step::new(page.t("step-answer"), "now"),
        (_, None) => Step::new(page.t("step-answer"), "ahead"),
    };
    let account = match of.transfer.stage {
        TransferStage::Released => None,
        _ => of.transfer.partner_account,
    };
    let mut step = step.with(page, account);
    if let Some(proven) = proof {
        proven.mark(page, &mut step);
    }
    vec![step]
}
