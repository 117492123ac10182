//! Judgements and policies as JSON. Numbers that may exceed 2^53 are texts.

use countersign_protocol::log::{Checkpoint, Cosigner, Policy};
use countersign_protocol::verdict::{Judgement, Moved, Place, Statement, Verdict};
use serde::Serialize;

/// A judgement, as data.
#[derive(Serialize)]
pub struct Shown<'a> {
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    place: Option<PlaceShown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<&'a Statement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<MovedShown<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    answered: bool,
}

#[derive(Serialize)]
struct PlaceShown<'a> {
    origin: &'a str,
    size: String,
    root: String,
    index: String,
    leaf: String,
    cosigned: Vec<CosignerShown<'a>>,
}

#[derive(Serialize)]
struct CosignerShown<'a> {
    witness: &'a str,
    time_s: String,
}

#[derive(Serialize)]
struct MovedShown<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    index: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
const fn is_false(it: &bool) -> bool {
    !*it
}

impl<'a> From<&'a Judgement> for Shown<'a> {
    fn from(it: &'a Judgement) -> Self {
        let Judgement {
            verdict,
            why,
            unproven: _,
            place,
            record: _,
            statement,
            moved,
            answered,
        } = it;
        Self {
            verdict: *verdict,
            why: why.as_deref(),
            place: place.as_ref().map(PlaceShown::from),
            says: statement.as_ref(),
            moved: moved.as_ref().map(|Moved { origin, index }| MovedShown {
                origin: origin.as_deref(),
                index: index.to_string(),
            }),
            answered: *answered,
        }
    }
}

impl<'a> From<&'a Place> for PlaceShown<'a> {
    fn from(it: &'a Place) -> Self {
        let Checkpoint { origin, size, root } = &it.head;
        let cosigner = |it: &'a Cosigner| CosignerShown {
            witness: &it.witness,
            time_s: it.time_s.to_string(),
        };
        Self {
            origin,
            size: size.to_string(),
            root: hex::encode(root),
            index: it.index.to_string(),
            leaf: hex::encode(it.leaf_hash),
            cosigned: it.cosigned_by.iter().map(cosigner).collect(),
        }
    }
}

/// A policy, as data: whom it trusts.
#[derive(Serialize)]
pub struct PolicyShown<'a> {
    logs: Vec<&'a str>,
    witnesses: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quorum: Option<&'a str>,
}

impl<'a> From<&'a Policy> for PolicyShown<'a> {
    fn from(policy: &'a Policy) -> Self {
        Self {
            logs: policy.logs().iter().map(|log| log.key.name()).collect(),
            witnesses: policy
                .witnesses()
                .iter()
                .map(|witness| witness.name.as_str())
                .collect(),
            quorum: policy.quorum(),
        }
    }
}
