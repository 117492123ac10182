//! A process and its cases, wire to domain.

use super::Reader;
use crate::id::{OrganisationId, RequestId};
use crate::period::{Day, Period};
use crate::record::codec::{purpose, retire_kind};
use crate::record::wire;
use crate::record::{
    ADOPTION_APPROVALS, ActedBy, AttachedDocument, Body, CaseAct, CaseMigrated, CaseOpened, Claim,
    DecodeError, Fate, MAX_PROCESS_PART_BYTES, MAX_SET, MIGRATION_APPROVALS, ProcessAdopted,
    ProcessPart, Reservation, Sending, YearTonnes,
};

impl Reader {
    pub(super) fn case_number(self, field: &'static str, number: u64) -> Result<u64, DecodeError> {
        if number == 0 {
            self.fail(field, &"is 0; case numbers begin at 1")
        } else {
            Ok(number)
        }
    }

    pub(super) fn acted_by(self, it: &wire::ActedBy) -> Result<ActedBy, DecodeError> {
        Ok(ActedBy {
            user: it.user,
            organisation: self.organisation("by.organisation", it.organisation)?,
            organisation_type: self.parse("by.organisation_type", &it.organisation_type)?,
            role: self.parse("by.role", &it.role)?,
            scopes: self.ascending("by.scopes", &it.scopes, |it| self.scope(*it))?,
        })
    }

    fn optional_organisation(
        self,
        field: &'static str,
        id: u32,
    ) -> Result<Option<OrganisationId>, DecodeError> {
        if id == 0 {
            return Ok(None);
        }
        self.organisation(field, id).map(Some)
    }

    fn fate(self, it: &wire::Reservation) -> Result<Fate, DecodeError> {
        let claims = !it.reason.is_empty() || !it.jurisdiction.is_empty() || it.ndc_year != 0;
        let retires = it.kind != 0 || it.purpose != 0 || !it.beneficiary.is_empty() || claims;
        let sends = !it.agreement.is_empty() || !it.nonce.is_empty() || it.expiry_ms != 0;
        match (it.destination.is_empty(), it.to) {
            (true, 0) if !sends => Ok(Fate::Retire {
                kind: self.number("reservation.kind", it.kind, retire_kind)?,
                purpose: self.number("reservation.purpose", it.purpose, purpose)?,
                beneficiary: self.commitment("reservation.beneficiary", &it.beneficiary)?,
                claim: Claim {
                    reason: self.optional("reservation.reason", &it.reason)?,
                    jurisdiction: self.optional("reservation.jurisdiction", &it.jurisdiction)?,
                    ndc_year: self.ndc_year("reservation.ndc_year", it.ndc_year)?,
                },
            }),
            (true, to) if !sends && !retires => Ok(Fate::Transfer {
                to: self.account("reservation.to", to)?,
            }),
            (false, to) if !retires => Ok(Fate::Send(Box::new(Sending {
                destination: self.parse("reservation.destination", &it.destination)?,
                agreement: self.parse("reservation.agreement", &it.agreement)?,
                to: self.account("reservation.to", to)?,
                nonce: RequestId(self.bytes("reservation.nonce", &it.nonce)?),
                expiry_ms: it.expiry_ms,
            }))),
            _ => self.fail(
                "reservation",
                &"is not for exactly one of: a transfer, a retirement, a transfer to another country",
            ),
        }
    }

    fn reservation(self, it: &wire::Reservation) -> Result<Reservation, DecodeError> {
        let fate = self.fate(it)?;
        Ok(Reservation {
            account: self.account("reservation.account", it.account)?,
            ranges: self.ranges(it.ranges.clone())?,
            fate,
        })
    }

    fn period(self, it: wire::Period) -> Result<Period, DecodeError> {
        let day = |day| Day::new(day).or_else(|why| self.fail("period", &why));
        Period::new(day(it.first)?, day(it.last)?).or_else(|why| self.fail("period", &why))
    }

    fn documents(
        self,
        list: &[wire::AttachedDocument],
    ) -> Result<Vec<AttachedDocument>, DecodeError> {
        if list.len() > MAX_SET {
            let why = format!("has {} entries; at most {MAX_SET} are allowed", list.len());
            return self.fail("documents", &why);
        }
        let read = |it: &wire::AttachedDocument| {
            Ok(AttachedDocument {
                kind: self.parse("documents.kind", &it.kind)?,
                sha256: self.hash("documents.sha256", &it.sha256)?,
            })
        };
        list.iter().map(read).collect()
    }
}

pub(super) fn process_part(it: wire::ProcessPart) -> Result<Body, DecodeError> {
    let read = Reader("process_part");
    let process = read.hash("process", &it.process)?;
    let is_text = |it: char| !it.is_control() || matches!(it, '\n' | '\t');
    if it.text.is_empty() || it.text.len() > MAX_PROCESS_PART_BYTES || !it.text.chars().all(is_text)
    {
        let why = format!(
            "has {} bytes; 1 to {MAX_PROCESS_PART_BYTES} without control characters other than line feeds and tabs are \
             wanted",
            it.text.len()
        );
        return read.fail("text", &why);
    }
    Ok(Body::ProcessPart(ProcessPart {
        process,
        part: it.part,
        text: it.text,
    }))
}

pub(super) fn process_adopted(it: &wire::ProcessAdopted) -> Result<Body, DecodeError> {
    let read = Reader("process_adopted");
    if !matches!(it.by.len(), 0 | ADOPTION_APPROVALS) {
        let why = format!(
            "has {} entries; none or {ADOPTION_APPROVALS} are wanted",
            it.by.len()
        );
        return read.fail("by", &why);
    }
    let by: Result<Vec<ActedBy>, DecodeError> = it.by.iter().map(|by| read.acted_by(by)).collect();
    Ok(Body::ProcessAdopted(ProcessAdopted {
        process: read.hash("process", &it.process)?,
        version: it.version,
        parts: it.parts,
        by: by?,
    }))
}

pub(super) fn case_opened(it: &wire::CaseOpened) -> Result<Body, DecodeError> {
    let read = Reader("case_opened");
    let Some(by) = &it.by else {
        return read.fail("by", &"is missing");
    };
    let has_shares = !it.shares.is_empty();
    if has_shares && (it.shares.len() != it.owners.len() || it.shares.contains(&0)) {
        return read.fail("shares", &"does not name a part above zero for each owner");
    }
    Ok(Body::CaseOpened(CaseOpened {
        case: read.case_number("case", it.case)?,
        flow: read.parse("flow", &it.flow)?,
        track: read.optional("track", &it.track)?,
        parent: (it.parent != 0).then_some(it.parent),
        title: read.parse("title", &it.title)?,
        owners: read.ascending("owners", &it.owners, |it| read.organisation("owners", *it))?,
        counterparty: read.optional_organisation("counterparty", it.counterparty)?,
        scopes: read.ascending("scopes", &it.scopes, |it| read.scope(*it))?,
        by: read.acted_by(by)?,
        shares: it.shares.clone(),
    }))
}

pub(super) fn case_act(it: &wire::CaseAct) -> Result<Body, DecodeError> {
    let read = Reader("case_act");
    let by = it.by.as_ref().map(|by| read.acted_by(by)).transpose()?;
    let amount = |it: &wire::YearTonnes| {
        let year = read.year(it.year)?;
        let tonnes = it.tonnes;
        Ok(YearTonnes { year, tonnes })
    };
    let amounts = read.ascending("amounts", &it.amounts, amount)?;
    if !crate::record::is_by_year(&amounts) {
        return read.fail("amounts", &"names a year twice, or no tonnes");
    }
    Ok(Body::CaseAct(CaseAct {
        case: read.case_number("case", it.case)?,
        step: read.parse("step", &it.step)?,
        no: it.no,
        by,
        form: read.commitment("form", &it.form)?,
        documents: read.documents(&it.documents)?,
        comment: read.commitment("comment", &it.comment)?,
        names: read.optional_organisation("names", it.names)?,
        amounts,
        reservation: it
            .reservation
            .as_ref()
            .map(|it| read.reservation(it))
            .transpose()?,
        period: it.period.map(|it| read.period(it)).transpose()?,
    }))
}

pub(super) fn case_migrated(it: &wire::CaseMigrated) -> Result<Body, DecodeError> {
    let read = Reader("case_migrated");
    if it.by.len() != MIGRATION_APPROVALS {
        let why = format!(
            "has {} entries; {MIGRATION_APPROVALS} are wanted",
            it.by.len()
        );
        return read.fail("by", &why);
    }
    let by: Result<Vec<ActedBy>, DecodeError> = it.by.iter().map(|by| read.acted_by(by)).collect();
    Ok(Body::CaseMigrated(CaseMigrated {
        case: read.case_number("case", it.case)?,
        process: read.hash("process", &it.process)?,
        by: by?,
    }))
}
