//! Domain to wire.

mod accusation;
mod article6;
mod case;
mod comparison;
mod finding;
mod freeze;
mod hold;
mod letter;
mod trust;

use crate::record::body::{Body, Commitment, Lock, ProofReference};
use crate::record::codec::{
    account_kind_number, organisation_kind_number, partner_status_number, purpose_number,
    retire_kind_number,
};
use crate::record::wire::{self, record::Body as WireBody};
use crate::record::{Continues, RECORD_VERSION, Record};
use crate::units::{UnitBlock, UnitRange};

fn range(range: &UnitRange) -> wire::UnitRange {
    wire::UnitRange {
        origin: range.origin().to_string(),
        first: range.first(),
        last: range.last(),
    }
}

fn continues(it: &Continues) -> wire::Continues {
    wire::Continues {
        origin: it.origin.to_string(),
        size: it.size,
        root: it.root.to_vec(),
    }
}

/// A text that may be absent: then it is empty.
fn text_of<T: ToString>(it: Option<&T>) -> String {
    it.map(T::to_string).unwrap_or_default()
}

fn ranges(list: &[UnitRange]) -> Vec<wire::UnitRange> {
    list.iter().map(range).collect()
}

fn blocks(list: &[UnitBlock]) -> Vec<wire::UnitBlock> {
    list.iter().map(block).collect()
}

/// The bytes that a list of blocks takes in a record.
pub(crate) fn blocks_bytes(list: &[UnitBlock]) -> usize {
    let bytes = |it: &UnitBlock| {
        let length = prost::Message::encoded_len(&block(it));
        // A tag of one byte, as in lock and acquire, and the length before the block.
        1 + prost::length_delimiter_len(length) + length
    };
    list.iter().map(bytes).sum()
}

fn block(it: &UnitBlock) -> wire::UnitBlock {
    wire::UnitBlock {
        range: Some(range(&it.range())),
        unit_type: it.serial.unit_type().to_string(),
        scope: u32::from(it.serial.scope().number()),
        project: it.serial.project(),
        year: u32::from(it.serial.year()),
        reserved: it.serial.reserved(),
        issued_at: it.issued_at,
        split_from: it.split_from.as_ref().map(range),
        first_transfer: it.first_transfer.map(|first| wire::FirstTransfer {
            cooperative_approach: first.cooperative_approach.to_string(),
            registry: first.registry.to_string(),
            party: first.party.to_string(),
        }),
        authorisation: it.authorisation.as_ref().map(article6::unit_authorisation),
    }
}

fn proof(it: &ProofReference) -> Option<wire::ProofReference> {
    let ProofReference {
        origin,
        index,
        size,
        root,
    } = it;
    Some(wire::ProofReference {
        origin: origin.to_string(),
        index: *index,
        size: *size,
        root: root.to_vec(),
    })
}

fn commitment(it: Option<&Commitment>) -> Vec<u8> {
    it.map(|commitment| commitment.0.to_vec())
        .unwrap_or_default()
}

pub(in crate::record) fn to_wire(record: &Record) -> wire::Record {
    wire::Record {
        version: RECORD_VERSION,
        time_ms: record.time_ms,
        request: record.request.as_bytes().to_vec(),
        body: Some(body_to_wire(&record.body)),
    }
}

fn body_to_wire(body: &Body) -> WireBody {
    match body {
        Body::Genesis(it) => WireBody::Genesis(wire::Genesis {
            party: it.party.to_string(),
            origin: it.origin.to_string(),
            network: it.network.to_string(),
            registry: it.registry.to_string(),
            name: it.name.to_string(),
            log_key: it.log_key.to_string(),
            continues: it.continues.as_ref().map(continues),
        }),
        Body::Organisation(it) => WireBody::Organisation(wire::Organisation {
            id: it.id.0,
            name: it.name.to_string(),
            kind: organisation_kind_number(it.kind),
            organisation_type: case::word(it.organisation_type.as_ref()),
            scopes: case::scopes(&it.scopes),
        }),
        Body::Account(it) => WireBody::Account(wire::Account {
            id: it.id.0,
            organisation: it.organisation.0,
            name: it.name.to_string(),
            kind: account_kind_number(it.kind),
        }),
        Body::Project(it) => WireBody::Project(wire::Project {
            number: it.number,
            organisation: it.organisation.0,
            title: it.title.to_string(),
            scope: u32::from(it.scope.number()),
        }),
        Body::Issuance(it) => WireBody::Issuance(wire::Issuance {
            account: it.account.0,
            range: Some(range(&it.range)),
            unit_type: it.unit_type.to_string(),
            project: it.project,
            year: u32::from(it.year),
        }),
        Body::Split(it) => WireBody::Split(wire::Split {
            range: Some(range(&it.range)),
            at: it.at,
        }),
        Body::Hold(it) => WireBody::Hold(wire::Hold {
            account: it.account.0,
            ranges: ranges(&it.ranges),
            lift: it.lift,
            reason: it.reason.to_string(),
        }),
        Body::Transfer(it) => WireBody::Transfer(wire::Transfer {
            from: it.from.0,
            to: it.to.0,
            ranges: ranges(&it.ranges),
        }),
        Body::Retire(it) => WireBody::Retire(wire::Retire {
            account: it.account.0,
            ranges: ranges(&it.ranges),
            kind: retire_kind_number(it.kind),
            purpose: purpose_number(it.purpose),
            beneficiary: commitment(it.beneficiary.as_ref()),
            reason: text_of(it.claim.reason.as_ref()),
            jurisdiction: text_of(it.claim.jurisdiction.as_ref()),
            ndc_year: it.claim.ndc_year.map_or(0, u32::from),
        }),
        Body::BlockHeader(it) => WireBody::BlockHeader(wire::BlockHeader {
            height: it.height,
            first: it.first,
            previous: commitment(it.previous.as_ref()),
            state: it.state.to_vec(),
        }),
        Body::KeyRotation(it) => WireBody::KeyRotation(wire::KeyRotation {
            log_key: it.log_key.to_string(),
            from_size: it.from_size,
        }),
        Body::Partner(it) => WireBody::Partner(wire::Partner {
            party: it.party.to_string(),
            origin: it.origin.to_string(),
            registry: it.registry.to_string(),
            log_key: it.log_key.to_string(),
            peer: it.peer.to_string(),
            status: partner_status_number(it.status),
            invite: it.invite.to_vec(),
            continues: it.continues.as_ref().map(continues),
        }),
        Body::Agreement(it) => WireBody::Agreement(wire::Agreement {
            id: it.id.to_string(),
            partner: it.partner.to_string(),
            outgoing: it.outgoing,
            incoming: it.incoming,
            valid_from_ms: it.valid_from_ms,
            valid_to_ms: it.valid_to_ms,
            max_tonnes: it.max_tonnes,
            cooperative_approach: it.cooperative_approach.to_string(),
            document: it.document.to_vec(),
            unit_types: it.unit_types.iter().map(ToString::to_string).collect(),
            scopes: it.scopes.iter().map(|it| u32::from(it.number())).collect(),
            max_tonnes_per_year: it.max_tonnes_per_year,
            vintage_from: it.vintage_from.map_or(0, u32::from),
            vintage_until: it.vintage_until.map_or(0, u32::from),
            use_needs_source_final: it.use_needs_source_final,
        }),
        Body::ProcessPart(it) => WireBody::ProcessPart(case::process_part(it)),
        Body::ProcessAdopted(it) => WireBody::ProcessAdopted(case::process_adopted(it)),
        Body::CaseOpened(it) => WireBody::CaseOpened(case::case_opened(it)),
        Body::CaseAct(it) => WireBody::CaseAct(case::case_act(it)),
        Body::CaseMigrated(it) => WireBody::CaseMigrated(case::case_migrated(it)),
        Body::FindingOpened(it) => WireBody::FindingOpened(finding::finding_opened(it)),
        Body::FindingAnswered(it) => WireBody::FindingAnswered(finding::finding_step(it)),
        Body::FindingClosed(it) => WireBody::FindingClosed(finding::finding_step(it)),
        Body::HoldPlaced(it) => WireBody::HoldPlaced(hold::hold_placed(it)),
        Body::HoldLifted(it) => WireBody::HoldLifted(hold::hold_lifted(it)),
        Body::LetterIssued(it) => WireBody::LetterIssued(letter::letter_issued(it)),
        Body::Article6(it) => article6::article6(it),
        Body::LedgerAccused(it) => WireBody::LedgerAccused(accusation::accused(it)),
        Body::LedgerCleared(it) => WireBody::LedgerCleared(accusation::cleared(it)),
        Body::PositionsCompared(it) => WireBody::PositionsCompared(comparison::compared(it)),
        Body::FreezeHonoured(it) => WireBody::FreezeHonoured(freeze::honoured(it)),
        Body::FreezeEnded(it) => WireBody::FreezeEnded(freeze::ended(it)),
        Body::TrustedReceiver(it) => WireBody::TrustedReceiver(trust::trusted_receiver(it)),
        Body::Lock(it) => WireBody::Lock(lock(it)),
        Body::AskCancel(it) => WireBody::AskCancel(wire::AskCancel {
            transfer: it.transfer.as_bytes().to_vec(),
            reason: it.reason.to_string(),
            destination: it.destination.to_string(),
        }),
        Body::Acquire(it) => WireBody::Acquire(wire::Acquire {
            transfer: it.transfer.as_bytes().to_vec(),
            source: it.source.to_string(),
            agreement: it.agreement.to_string(),
            account: it.account.0,
            blocks: blocks(&it.blocks),
            proof: proof(&it.proof),
        }),
        Body::Refuse(it) => WireBody::Refuse(wire::Refuse {
            transfer: it.transfer.as_bytes().to_vec(),
            source: it.source.to_string(),
            code: it.code,
            reason: it.reason.to_string(),
            proof: proof(&it.proof),
        }),
        Body::Finalise(it) => WireBody::Finalise(wire::Finalise {
            transfer: it.transfer.as_bytes().to_vec(),
            proof: proof(&it.proof),
        }),
        Body::Release(it) => WireBody::Release(wire::Release {
            transfer: it.transfer.as_bytes().to_vec(),
            code: it.code,
            proof: proof(&it.proof),
        }),
        Body::SourceSettled(it) => WireBody::SourceSettled(wire::SourceSettled {
            transfer: it.transfer.as_bytes().to_vec(),
            source: it.source.to_string(),
            r#final: it.is_final,
            proof: proof(&it.proof),
        }),
    }
}

fn lock(it: &Lock) -> wire::Lock {
    wire::Lock {
        transfer: it.transfer.as_bytes().to_vec(),
        destination: it.destination.to_string(),
        destination_origin: it.destination_origin.to_string(),
        agreement: it.agreement.to_string(),
        from: it.from.0,
        to: it.to.0,
        blocks: blocks(&it.blocks),
        nonce: it.nonce.as_bytes().to_vec(),
        expiry_ms: it.expiry_ms,
    }
}
