//! What a credential says of a record: nothing but what the record says, and nothing of a person.

use serde::Serialize;

use crate::article6::{AuthorisedUse, NdcPeriod};
use crate::id::AuthorisationId;
use crate::party::{Party, RegistryId};
use crate::period::Day;
use crate::record::{Article6, Authorisation, Body, Issuance, Purpose, Retire, RetireKind};
use crate::serial::{CooperativeApproachId, SectoralScope, UnitType};
use crate::units::UnitRange;

/// The subject of a credential.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Subject {
    Issuance(Issued),
    Retirement(Retired),
    Authorisation(Box<Authorised>),
}

/// Units that were issued.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Issued {
    #[serde(rename = "type")]
    kind: &'static str,
    entry: String,
    units: [UnitRange; 1],
    tonnes: String,
    unit_type: UnitType,
    project: u32,
    vintage: u16,
}

/// Units that were used or cancelled.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Retired {
    #[serde(rename = "type")]
    kind: &'static str,
    entry: String,
    units: Vec<UnitRange>,
    tonnes: String,
    retirement: RetireKind,
    purpose: Purpose,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jurisdiction: Option<Party>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ndc_year: Option<u16>,
}

/// An authorisation (4/CMA.6 paras 5 and 6): the parts that are no free text; the text itself is named by its hash.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Authorised {
    #[serde(rename = "type")]
    kind: &'static str,
    entry: String,
    authorisation: AuthorisationId,
    version: u32,
    party: Party,
    cooperative_approach: CooperativeApproachId,
    acquiring_parties: Vec<Party>,
    uses: AuthorisedUse,
    date: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue_until: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    use_until: Option<Day>,
    /// The most units that are ever first transferred under it; 0: no limit.
    quantity: String,
    registry: RegistryId,
    vintages: NdcPeriod,
    sectoral_scopes: Vec<SectoralScope>,
    projects: Vec<u32>,
    document_sha256: String,
}

/// The type of the credentials of a kind of records.
pub(super) fn kind(body: &Body) -> Option<&'static str> {
    match body {
        Body::Issuance(_) => Some("UnitIssuanceCredential"),
        Body::Retire(_) => Some("UnitRetirementCredential"),
        Body::Article6(it) => match **it {
            Article6::Authorisation(_) => Some("ItmoAuthorisationCredential"),
            _ => None,
        },
        _ => None,
    }
}

impl Subject {
    pub(super) fn of(body: &Body, index: u64) -> Option<Self> {
        let entry = index.to_string();
        match body {
            Body::Issuance(it) => Some(Self::Issuance(Issued::of(it, entry))),
            Body::Retire(it) => Some(Self::Retirement(Retired::of(it, entry))),
            Body::Article6(it) => match &**it {
                Article6::Authorisation(it) => {
                    Some(Self::Authorisation(Box::new(Authorised::of(it, entry))))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Tonnes as text: a number of JSON loses digits where readers take it for a float.
fn tonnes(ranges: &[UnitRange]) -> String {
    let sum: u128 = ranges.iter().map(|it| u128::from(it.tonnes())).sum();
    sum.to_string()
}

impl Issued {
    fn of(it: &Issuance, entry: String) -> Self {
        let Issuance {
            account: _,
            range,
            unit_type,
            project,
            year,
        } = *it;
        Self {
            kind: "UnitIssuance",
            entry,
            units: [range],
            tonnes: tonnes(&[range]),
            unit_type,
            project,
            vintage: year,
        }
    }
}

impl Retired {
    fn of(it: &Retire, entry: String) -> Self {
        let Retire {
            account: _,
            ranges,
            kind,
            purpose,
            // A commitment to a name, which is the holder's to show.
            beneficiary: _,
            claim,
        } = it;
        Self {
            kind: "UnitRetirement",
            entry,
            units: ranges.clone(),
            tonnes: tonnes(ranges),
            retirement: *kind,
            purpose: *purpose,
            reason: claim.reason.as_ref().map(ToString::to_string),
            jurisdiction: claim.jurisdiction,
            ndc_year: claim.ndc_year,
        }
    }
}

impl Authorised {
    fn of(it: &Authorisation, entry: String) -> Self {
        Self {
            kind: "ItmoAuthorisation",
            entry,
            authorisation: it.id,
            version: it.version,
            party: it.party,
            cooperative_approach: it.approach,
            acquiring_parties: it.parties.clone(),
            uses: it.uses,
            date: it.date,
            issue_until: it.issue_until,
            use_until: it.use_until,
            quantity: it.quantity.to_string(),
            registry: it.registry,
            vintages: it.vintages,
            sectoral_scopes: it.scopes.clone(),
            projects: it.projects.clone(),
            document_sha256: hex::encode(it.document),
        }
    }
}
