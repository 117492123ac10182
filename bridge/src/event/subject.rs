//! What an event is about, as a path below `/api/v1/`.

use countersign_protocol::record::{Article6, Body, HoldOn};
use countersign_protocol::registry::Outcome;
use countersign_protocol::units::UnitRange;

use super::EventKind;

/// The path of what a record is about; `None` for the ledger itself.
pub(super) fn of(kind: EventKind, body: &Body, outcome: &Outcome) -> Option<String> {
    Some(match body {
        Body::Genesis(_) | Body::BlockHeader(_) | Body::KeyRotation(_) | Body::ProcessPart(_) => {
            return None;
        }
        Body::ProcessAdopted(it) => format!("processes/{}", it.version),
        Body::Organisation(it) => format!("organisations/{}", it.id),
        Body::Account(it) => format!("accounts/{}", it.id),
        Body::Project(it) => format!("projects/{}", it.number),
        Body::Issuance(it) => units(it.range),
        Body::Split(it) => units(it.range),
        Body::Hold(it) => format!("accounts/{}", it.account),
        Body::Transfer(it) => format!("accounts/{}", it.from),
        Body::Retire(it) => format!("accounts/{}", it.account),
        Body::Lock(it) => format!("transfers/{}", it.transfer),
        Body::AskCancel(it) => format!("transfers/{}", it.transfer),
        Body::Acquire(it) => format!("transfers/{}", it.transfer),
        Body::Refuse(it) => format!("transfers/{}", it.transfer),
        Body::Finalise(it) => format!("transfers/{}", it.transfer),
        Body::Release(it) => format!("transfers/{}", it.transfer),
        Body::SourceSettled(it) => format!("transfers/{}", it.transfer),
        Body::Partner(it) => format!("partners/{}", it.party),
        Body::LedgerAccused(it) => format!("partners/{}", it.party),
        Body::LedgerCleared(it) => format!("partners/{}", it.party),
        Body::PositionsCompared(it) => format!("reconciliations/{}", it.party),
        Body::FreezeHonoured(it) => format!("freezes/{}/{}", it.party, it.hold),
        Body::FreezeEnded(it) => format!("freezes/{}/{}", it.party, it.hold),
        Body::Agreement(it) => format!("agreements/{}", it.id),
        Body::CaseOpened(it) => format!("cases/{}", it.case),
        Body::CaseAct(it) => acted(kind, outcome).unwrap_or_else(|| format!("cases/{}", it.case)),
        Body::CaseMigrated(it) => format!("cases/{}", it.case),
        Body::FindingOpened(it) => format!("cases/{}/findings/{}", it.case, it.number),
        Body::FindingAnswered(it) | Body::FindingClosed(it) => {
            format!("cases/{}/findings/{}", it.case, it.number)
        }
        Body::TrustedReceiver(it) => format!("organisations/{}", it.organisation),
        Body::LetterIssued(it) => format!("letters/{}", hex::encode(it.sha256)),
        Body::HoldPlaced(it) => match &it.on {
            HoldOn::Account(account) => format!("accounts/{account}"),
            HoldOn::Project(project) => format!("projects/{project}"),
            HoldOn::Organisation(organisation) => format!("organisations/{organisation}"),
            HoldOn::Ranges(_) => format!("standing-holds/{}", it.hold),
        },
        Body::HoldLifted(it) => format!("standing-holds/{}", it.hold),
        Body::Article6(it) => article6(it),
    })
}

/// The path of what a record of Article 6 is about.
#[must_use]
pub fn article6(it: &Article6) -> String {
    match it {
        Article6::CooperativeApproach(it) => format!("cooperative-approaches/{}", it.id),
        Article6::InitialReport(it) => format!("cooperative-approaches/{}", it.approach),
        Article6::AuthorisedEntity(it) => format!("cooperative-approaches/{}", it.approach),
        Article6::Ndc(it) => format!("ndcs/{}", it.period.first()),
        Article6::EmissionsLevel(it) => format!("levels/{}", it.year),
        Article6::Authorisation(it) => format!("authorisations/{}/{}", it.party, it.id),
        Article6::AuthorisationRevoked(it) => format!("authorisations/{}/{}", it.party, it.id),
        Article6::UnitsAuthorised(it) => {
            it.ranges.first().map_or_else(String::new, |it| units(*it))
        }
        Article6::UseNotified(it) => it.ranges.first().map_or_else(String::new, |it| units(*it)),
    }
}

fn units(range: UnitRange) -> String {
    format!("units/{range}")
}

/// The organisation or project that a step is about, where the type names one; else its case is the subject.
fn acted(kind: EventKind, outcome: &Outcome) -> Option<String> {
    let case = outcome.case.as_ref()?;
    match kind.name().split('.').next() {
        Some("organisation") => Some(format!("organisations/{}", case.owners.first()?)),
        Some("project") => Some(format!("projects/{}", case.project?)),
        _ => None,
    }
}
