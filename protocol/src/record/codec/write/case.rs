//! A process and its cases, domain to wire.

use super::{commitment, ranges, text_of};
use crate::record::codec::{purpose_number, retire_kind_number};
use crate::record::wire;
use crate::record::{
    ActedBy, AttachedDocument, CaseAct, CaseMigrated, CaseOpened, Fate, ProcessAdopted,
    ProcessPart, Reservation, Word,
};
use crate::serial::SectoralScope;

pub(super) fn process_part(it: &ProcessPart) -> wire::ProcessPart {
    wire::ProcessPart {
        process: it.process.to_vec(),
        part: it.part,
        text: it.text.clone(),
    }
}

pub(super) fn process_adopted(it: &ProcessAdopted) -> wire::ProcessAdopted {
    wire::ProcessAdopted {
        process: it.process.to_vec(),
        version: it.version,
        parts: it.parts,
        by: it.by.iter().map(acted_by).collect(),
    }
}

pub(super) fn word(word: Option<&Word>) -> String {
    word.map_or_else(String::new, ToString::to_string)
}

pub(super) fn scopes(list: &[SectoralScope]) -> Vec<u32> {
    list.iter().map(|it| u32::from(it.number())).collect()
}

pub(super) fn acted_by(it: &ActedBy) -> wire::ActedBy {
    wire::ActedBy {
        user: it.user,
        organisation: it.organisation.0,
        organisation_type: it.organisation_type.to_string(),
        role: it.role.to_string(),
        scopes: scopes(&it.scopes),
    }
}

pub(super) fn case_opened(it: &CaseOpened) -> wire::CaseOpened {
    wire::CaseOpened {
        case: it.case,
        flow: it.flow.to_string(),
        track: word(it.track.as_ref()),
        parent: it.parent.unwrap_or(0),
        title: it.title.to_string(),
        owners: it.owners.iter().map(|it| it.0).collect(),
        counterparty: it.counterparty.map_or(0, |it| it.0),
        scopes: scopes(&it.scopes),
        by: Some(acted_by(&it.by)),
        shares: it.shares.clone(),
    }
}

pub(super) fn case_act(it: &CaseAct) -> wire::CaseAct {
    let document = |it: &AttachedDocument| wire::AttachedDocument {
        kind: it.kind.to_string(),
        sha256: it.sha256.to_vec(),
    };
    let amounts = it.amounts.iter().map(|it| wire::YearTonnes {
        year: u32::from(it.year),
        tonnes: it.tonnes,
    });
    wire::CaseAct {
        case: it.case,
        step: it.step.to_string(),
        no: it.no,
        by: it.by.as_ref().map(acted_by),
        form: commitment(it.form.as_ref()),
        documents: it.documents.iter().map(document).collect(),
        comment: commitment(it.comment.as_ref()),
        names: it.names.map_or(0, |it| it.0),
        amounts: amounts.collect(),
        reservation: it.reservation.as_ref().map(reservation),
        period: it.period.map(|it| wire::Period {
            first: it.first().number(),
            last: it.last().number(),
        }),
    }
}

pub(super) fn case_migrated(it: &CaseMigrated) -> wire::CaseMigrated {
    wire::CaseMigrated {
        case: it.case,
        process: it.process.to_vec(),
        by: it.by.iter().map(acted_by).collect(),
    }
}

fn reservation(it: &Reservation) -> wire::Reservation {
    let mut wire = wire::Reservation {
        account: it.account.0,
        ranges: ranges(&it.ranges),
        ..wire::Reservation::default()
    };
    match &it.fate {
        Fate::Transfer { to } => wire.to = to.0,
        Fate::Retire {
            kind,
            purpose,
            beneficiary,
            claim,
        } => {
            wire.kind = retire_kind_number(*kind);
            wire.purpose = purpose_number(*purpose);
            wire.beneficiary = commitment(beneficiary.as_ref());
            wire.reason = text_of(claim.reason.as_ref());
            wire.jurisdiction = text_of(claim.jurisdiction.as_ref());
            wire.ndc_year = claim.ndc_year.map_or(0, u32::from);
        }
        Fate::Send(sending) => {
            wire.destination = sending.destination.to_string();
            wire.agreement = sending.agreement.to_string();
            wire.to = sending.to.0;
            wire.nonce = sending.nonce.as_bytes().to_vec();
            wire.expiry_ms = sending.expiry_ms;
        }
    }
    wire
}
