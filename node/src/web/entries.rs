//! Entries of the log: what each says, and the whole way from its bytes to the witnesses' signatures.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::credential::{MEDIA_TYPE, is_of};
use countersign_protocol::log::{Hash, SignedNote, TlogProof, leaf_hash, node_hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Article6, Body, Record};
use countersign_protocol::units::{UnitBlock, UnitRange};

use super::list::{Asked, ROWS};
use super::page::Page;
use super::{Shared, answer};
use crate::app::{AppError, ProofOf, StoredRecord};
use crate::http::problem::ApiError;
use crate::ledger::OWN_REQUEST;

/// An entry in one line.
pub(super) struct Line {
    pub(super) index: u64,
    /// The page of the entry.
    pub(super) path: String,
    pub(super) time_ms: u64,
    /// What kind of entry it is, in words.
    pub(super) kind: String,
    /// What it is about: names and numbers that are the same in every language.
    pub(super) about: String,
    /// The page of what it is about.
    pub(super) link: Option<String>,
}

impl Line {
    pub(super) fn of(page: &Page, stored: &StoredRecord) -> Self {
        let (about, link) = about(page, stored.index, &stored.record.body);
        Self {
            index: stored.index,
            path: page.at("entries", stored.index),
            time_ms: stored.record.time_ms,
            kind: page.word("record", stored.record.body.kind()),
            about,
            link,
        }
    }

    /// An entry of another country's ledger: what it is about has no page here but a transfer between the two countries.
    pub(super) fn abroad(page: &Page, path: String, index: u64, record: &Record) -> Self {
        let own = page.site.genesis.party;
        let (about, link) = match &record.body {
            // The case is none of this registry.
            Body::CaseAct(it) => (it.step.to_string(), None),
            Body::LetterIssued(_) => (String::new(), None),
            body => about(page, index, body),
        };
        let is_of_both = match &record.body {
            Body::Lock(it) => it.destination == own,
            Body::Acquire(it) => it.source == own,
            _ => false,
        };
        Self {
            index,
            path,
            time_ms: record.time_ms,
            kind: page.word("record", record.body.kind()),
            about,
            link: link.filter(|_| is_of_both),
        }
    }

    /// An entry that this release can not read.
    pub(super) fn unreadable(page: &Page, path: String, index: u64) -> Self {
        Self {
            index,
            path,
            time_ms: 0,
            kind: page.t("mirrored-unreadable"),
            about: String::new(),
            link: None,
        }
    }
}

/// Entries that say something about the registry, newest first: not the ends of blocks.
pub(super) fn telling(page: &Page, records: &[StoredRecord], most: usize) -> Vec<Line> {
    let of_blocks = |it: &&StoredRecord| !matches!(it.record.body, Body::BlockHeader(_));
    let lines = records.iter().filter(of_blocks).take(most);
    lines.map(|it| Line::of(page, it)).collect()
}

fn tonnes_of(ranges: &[UnitRange]) -> u64 {
    let tonnes = ranges.iter().map(|it| it.tonnes());
    tonnes.fold(0, u64::saturating_add)
}

/// What a record is about, and where that is shown.
fn about(page: &Page, index: u64, body: &Body) -> (String, Option<String>) {
    let country = |party: &Party| page.country(party);
    let sum = |ranges: &[UnitRange]| {
        let first = ranges.first().map(ToString::to_string).unwrap_or_default();
        let more = if ranges.len() > 1 { " …" } else { "" };
        format!("{} · {first}{more}", page.tonnes(tonnes_of(ranges)))
    };
    let of_blocks = |blocks: &[UnitBlock]| {
        let ranges: Vec<UnitRange> = blocks.iter().map(UnitBlock::range).collect();
        page.tonnes(tonnes_of(&ranges))
    };
    let units = |range: Option<&UnitRange>| range.map(|it| page.at("units", it));
    let transfer = |id: &dyn std::fmt::Display| Some(page.at("transfers", id));
    match body {
        Body::Genesis(it) => (it.name.to_string(), None),
        Body::Organisation(it) => (it.name.to_string(), Some(page.at("organisations", it.id))),
        Body::Project(it) => (it.title.to_string(), Some(page.at("projects", it.number))),
        Body::Issuance(it) => (sum(&[it.range]), units(Some(&it.range))),
        Body::Split(it) => (it.range.to_string(), units(Some(&it.range))),
        Body::Hold(it) => (sum(&it.ranges), units(it.ranges.first())),
        Body::Transfer(it) => (sum(&it.ranges), units(it.ranges.first())),
        Body::Retire(it) => (sum(&it.ranges), Some(page.at("retirements", index))),
        Body::Lock(it) => {
            let text = format!("{} → {}", of_blocks(&it.blocks), country(&it.destination));
            (text, transfer(&it.transfer))
        }
        Body::Acquire(it) => {
            let text = format!("{} ← {}", of_blocks(&it.blocks), country(&it.source));
            (text, transfer(&it.transfer))
        }
        Body::AskCancel(it) => (String::new(), transfer(&it.transfer)),
        Body::Refuse(it) => (country(&it.source), transfer(&it.transfer)),
        Body::Finalise(it) => (String::new(), transfer(&it.transfer)),
        Body::Release(it) => (String::new(), transfer(&it.transfer)),
        Body::SourceSettled(it) => (country(&it.source), transfer(&it.transfer)),
        Body::Partner(it) => (country(&it.party), None),
        Body::LedgerAccused(it) => (
            format!("{} · {}", country(&it.party), it.kind.number()),
            Some(page.to("/transparency")),
        ),
        Body::LedgerCleared(it) => (country(&it.party), Some(page.to("/transparency"))),
        Body::PositionsCompared(it) => (
            format!("{} · {}", country(&it.party), it.differences.len()),
            Some(page.to("/transparency")),
        ),
        Body::FreezeHonoured(it) => {
            let text = format!("{} · {}", country(&it.party), sum(&it.ranges));
            (text, units(it.ranges.first()))
        }
        Body::FreezeEnded(it) => (format!("{} · {}", country(&it.party), it.hold), None),
        Body::Agreement(it) => (format!("{} · {}", it.id, country(&it.partner)), None),
        Body::CaseOpened(it) => (it.title.to_string(), None),
        Body::CaseAct(it) => about_case(page, it.case, Some(it.step.as_str())),
        Body::LetterIssued(it) => about_case(page, it.case, None),
        Body::Article6(it) => about_article6(page, index, it),
        _ => (String::new(), None),
    }
}

/// What a case is about, with one of its steps, and the page of its project.
fn about_case(page: &Page, number: u64, step: Option<&str>) -> (String, Option<String>) {
    let Ok(listed) = page.site.app.case(number) else {
        return (String::new(), None);
    };
    let flow = listed.process.flow(&listed.known.case.flow);
    let step = step.and_then(|id| flow?.step(id));
    let step = step.map(|it| it.label.get(page.language.code()).to_owned());
    let about = std::iter::once(listed.known.title.to_string()).chain(step);
    let link = listed.known.project.map(|it| page.at("projects", it));
    (about.collect::<Vec<_>>().join(" · "), link)
}

fn about_article6(page: &Page, index: u64, record: &Article6) -> (String, Option<String>) {
    let approach = |id: &dyn std::fmt::Display| Some(page.at("cooperation", id));
    let authorisation = |party: &Party, id: &dyn std::fmt::Display| {
        Some(page.to(&format!("/authorisations/{party}/{id}")))
    };
    match record {
        Article6::CooperativeApproach(it) => (it.title.to_string(), approach(&it.id)),
        Article6::InitialReport(it) => (it.approach.to_string(), approach(&it.approach)),
        Article6::AuthorisedEntity(it) => (it.name.to_string(), approach(&it.approach)),
        Article6::Authorisation(it) => (it.id.to_string(), authorisation(&it.party, &it.id)),
        Article6::AuthorisationRevoked(it) => (it.id.to_string(), authorisation(&it.party, &it.id)),
        Article6::UnitsAuthorised(it) => (it.authorisation.to_string(), None),
        Article6::EmissionsLevel(it) => (it.year.to_string(), Some(page.to("/accounting"))),
        Article6::Ndc(_) => (String::new(), Some(page.to("/accounting"))),
        Article6::UseNotified(it) => (
            page.tonnes(tonnes_of(&it.ranges)),
            Some(page.at("notices", index)),
        ),
    }
}

#[derive(Template)]
#[template(path = "web/entries.html")]
struct EntriesPage {
    page: Page,
    lines: Vec<Line>,
    older: Option<String>,
}

/// The newest entries, or those before one.
pub(super) async fn list(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    let before = asked.get::<u64>("before")?.unwrap_or(u64::MAX);
    let end = before.min(site.app.size());
    let from = end.saturating_sub(ROWS as u64);
    let count = usize::try_from(end - from).unwrap_or(ROWS);
    let mut records = if count == 0 {
        Vec::new()
    } else {
        site.app.records(from, count).await?.items
    };
    records.reverse();
    let page = page.about(
        "entries",
        "/ledger/records",
        "countersign api GET ledger/records",
    );
    let shown = EntriesPage {
        lines: records.iter().map(|it| Line::of(&page, it)).collect(),
        older: (from > 0).then(|| page.to(&format!("/entries?before={from}"))),
        page,
    };
    answer::html(&shown.page, &shown)
}

/// One step of the way from the leaf to the root.
struct Rung {
    number: usize,
    /// The hash that is put beside.
    beside: String,
    /// Whether it stands before the one that was computed so far.
    is_left: bool,
    /// What comes of the two.
    result: String,
}

/// A signature line of a checkpoint.
struct Signature {
    name: String,
    key: String,
    /// When it was given, in milliseconds since 1970, where the witness says so and the policy believes it.
    time_ms: Option<u64>,
    is_log: bool,
}

/// A proof, step by step.
pub(super) struct Proof {
    rungs: Vec<Rung>,
    root: String,
    holds: bool,
    origin: String,
    size: u64,
    checkpoint: String,
    signatures: Vec<Signature>,
    /// Whether a quorum of the witnesses that this node believes has signed.
    is_witnessed: bool,
}

#[derive(Template)]
#[template(path = "web/entry.html")]
pub(super) struct EntryPage {
    pub(super) page: Page,
    pub(super) line: Line,
    /// The page of the list that the entry is of, and what that is called.
    pub(super) list: String,
    pub(super) list_title: String,
    /// Whose ledger it is, where it is another country's.
    pub(super) country: Option<String>,
    pub(super) json: String,
    pub(super) leaf_hash: String,
    pub(super) leaf_bytes: u64,
    pub(super) request: Option<String>,
    pub(super) proof: Option<Proof>,
    pub(super) has_credential: bool,
}

pub(super) async fn stored(site: &Shared, index: u64) -> Result<StoredRecord, ApiError> {
    let unknown = || AppError::NotFound {
        what: "entry",
        id: index.to_string(),
    };
    let found = site.app.records(index, 1).await?.items.pop();
    Ok(found.ok_or_else(unknown)?)
}

/// An entry with its proof.
pub(super) async fn show(
    State(site): State<Shared>,
    Path(index): Path<String>,
    page: Page,
) -> Result<Response, ApiError> {
    let index = number(&index)?;
    let stored = stored(&site, index).await?;
    let proof = match site.app.proof(ProofOf::Index(index)).await {
        Ok(bundle) => Some(steps(&site, &bundle)?),
        Err(AppError::NotWitnessed { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let page = page.about(
        "entries",
        &format!("/ledger/proof?index={index}"),
        &format!("countersign ledger proof --index {index}"),
    );
    let json = serde_json::to_string_pretty(&stored.record).unwrap_or_default();
    let request = (stored.record.request != OWN_REQUEST).then(|| stored.record.request.to_string());
    let shown = EntryPage {
        line: Line::of(&page, &stored),
        list: page.to("/entries"),
        list_title: page.t("entries-title"),
        country: None,
        json,
        leaf_hash: hex::encode(stored.hash),
        leaf_bytes: stored.record.encode().len() as u64,
        has_credential: is_of(&stored.record),
        request,
        proof,
        page,
    };
    answer::html(&shown.page, &shown)
}

/// The proof bundle as a file, as `countersign verify` reads it.
pub(super) async fn bundle(
    State(site): State<Shared>,
    Path(index): Path<String>,
) -> Result<Response, ApiError> {
    let index = number(&index)?;
    let bundle = site.app.proof(ProofOf::Index(index)).await?;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    let mut response = ([(header::CONTENT_TYPE, text)], bundle.to_string()).into_response();
    answer::attach(&mut response, &format!("entry-{index}.proof.txt"));
    Ok(response)
}

/// The credential of an entry as a file, as `countersign verify` and every reader of JWTs takes it.
pub(super) async fn credential(
    State(site): State<Shared>,
    Path(index): Path<String>,
) -> Result<Response, ApiError> {
    let index = number(&index)?;
    let text = site.app.credential(index).await?;
    let media = HeaderValue::from_static(MEDIA_TYPE);
    let mut response = ([(header::CONTENT_TYPE, media)], text).into_response();
    answer::attach(&mut response, &format!("entry-{index}.vc.jwt"));
    Ok(response)
}

pub(super) fn number(text: &str) -> Result<u64, ApiError> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    let unknown = || AppError::NotFound {
        what: "entry",
        id: text.chars().take(48).collect(),
    };
    Ok(number.ok_or_else(unknown)?)
}

/// The steps of a proof as RFC 9162 section 2.1.3.2 walks them.
pub(super) fn steps(site: &Shared, bundle: &TlogProof) -> Result<Proof, ApiError> {
    let policy = site.app.policy()?;
    let leaf = bundle.extra.as_deref().unwrap_or_default();
    let (note, checkpoint) = countersign_protocol::log::Checkpoint::parse_note(&bundle.checkpoint)
        .map_err(|error| ApiError::new(crate::http::problem::Kind::Internal, error.to_string()))?;
    let verified = policy.check(&note).ok();
    let (rungs, root) = climb(
        &leaf_hash(leaf),
        bundle.index,
        checkpoint.size,
        &bundle.hashes,
    );
    Ok(Proof {
        holds: root == checkpoint.root,
        rungs,
        root: hex::encode(checkpoint.root),
        signatures: signatures(&note, &checkpoint.origin, verified.as_ref()),
        is_witnessed: verified.is_some(),
        origin: checkpoint.origin,
        size: checkpoint.size,
        checkpoint: bundle.checkpoint.clone(),
    })
}

fn climb(leaf: &Hash, index: u64, size: u64, hashes: &[Hash]) -> (Vec<Rung>, Hash) {
    let (mut node, mut last) = (index, size.saturating_sub(1));
    let mut computed = *leaf;
    let mut rungs = Vec::with_capacity(hashes.len());
    for (at, beside) in hashes.iter().enumerate() {
        let is_left = node % 2 == 1 || node == last;
        computed = if is_left {
            node_hash(beside, &computed)
        } else {
            node_hash(&computed, beside)
        };
        // A node without a neighbour goes up alone.
        if is_left {
            while node % 2 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        }
        (node, last) = (node >> 1, last >> 1);
        rungs.push(Rung {
            number: at + 1,
            beside: hex::encode(beside),
            is_left,
            result: hex::encode(computed),
        });
    }
    (rungs, computed)
}

fn signatures(
    note: &SignedNote,
    origin: &str,
    verified: Option<&countersign_protocol::log::VerifiedCheckpoint>,
) -> Vec<Signature> {
    let cosigners = verified.map_or(&[][..], |it| it.cosigned_by());
    let lines = note.signatures().iter();
    lines
        .map(|line| {
            let by = cosigners.iter().find(|it| it.witness == line.name());
            Signature {
                name: line.name().to_owned(),
                key: hex::encode(line.key_id()),
                time_ms: by.map(|it| it.time_s.saturating_mul(1000)),
                is_log: line.name() == origin,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::log::{Hash, leaf_hash, node_hash};

    use super::climb;

    /// RFC 9162 section 2.1.1, as it is written there.
    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [one] => *one,
            many => {
                let half = many.len().next_power_of_two() / 2;
                node_hash(&root(&many[..half]), &root(&many[half..]))
            }
        }
    }

    fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let half = leaves.len().next_power_of_two() / 2;
        if index < half {
            let mut path = path(index, &leaves[..half]);
            path.push(root(&leaves[half..]));
            path
        } else {
            let mut path = path(index - half, &leaves[half..]);
            path.push(root(&leaves[..half]));
            path
        }
    }

    #[test]
    fn the_ladder_of_every_leaf_of_every_small_tree_ends_at_the_root() {
        for size in 1..=66_usize {
            let leaves: Vec<Hash> = (0..size).map(|it| leaf_hash(&it.to_be_bytes())).collect();
            for index in 0..size {
                let hashes = path(index, &leaves);
                let (rungs, computed) = climb(&leaves[index], index as u64, size as u64, &hashes);
                assert_eq!(computed, root(&leaves), "leaf {index} of {size}");
                assert_eq!(rungs.len(), hashes.len());
            }
        }
    }
}
