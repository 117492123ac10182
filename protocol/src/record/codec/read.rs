//! Wire to domain: every field is checked here, and errors name it.

mod accusation;
mod article6;
mod case;
mod comparison;
mod finding;
mod freeze;
mod hold;
mod letter;
mod trust;

use crate::id::{AccountId, OrganisationId, RequestId, TransferId};
use crate::log::Hash;
use crate::record::body::{
    Account, Acquire, Agreement, AskCancel, BlockHeader, Body, Claim, Commitment, Finalise,
    Genesis, Hold, Issuance, KeyRotation, Lock, Organisation, Partner, Project, ProofReference,
    Refuse, Release, Retire, SourceSettled, Split, Transfer,
};
use crate::record::codec::{account_kind, organisation_kind, partner_status, purpose, retire_kind};
use crate::record::wire::{self, record::Body as WireBody};
use crate::record::{
    Continues, DecodeError, MAX_RANGES, MAX_SET, RECORD_VERSION, Record, is_ascending,
};
use crate::serial::{DomesticSerial, SectoralScope, YEAR_MAX, YEAR_MIN};
use crate::units::{FirstTransfer, UnitBlock, UnitRange};

/// A field reader that knows which record kind it reads, so that errors can name it.
#[derive(Clone, Copy)]
struct Reader(&'static str);

impl Reader {
    fn fail<T>(self, field: &'static str, why: &dyn std::fmt::Display) -> Result<T, DecodeError> {
        Err(DecodeError::Field {
            kind: self.0,
            field,
            why: why.to_string(),
        })
    }

    fn parse<T>(self, field: &'static str, text: &str) -> Result<T, DecodeError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        text.parse().or_else(|why: T::Err| self.fail(field, &why))
    }

    /// A text that may be absent: an empty one is.
    fn optional<T>(self, field: &'static str, text: &str) -> Result<Option<T>, DecodeError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        if text.is_empty() {
            return Ok(None);
        }
        self.parse(field, text).map(Some)
    }

    fn bytes<const N: usize>(
        self,
        field: &'static str,
        bytes: &[u8],
    ) -> Result<[u8; N], DecodeError> {
        <[u8; N]>::try_from(bytes)
            .or_else(|_| self.fail(field, &format!("has {} bytes; {N} are wanted", bytes.len())))
    }

    /// A set, written as a list in strictly ascending order so that it has one encoding.
    fn ascending<W, T: Ord>(
        self,
        field: &'static str,
        wire: &[W],
        read: impl Fn(&W) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        if wire.len() > MAX_SET {
            let why = format!("has {} entries; at most {MAX_SET} are allowed", wire.len());
            return self.fail(field, &why);
        }
        let list = wire.iter().map(read).collect::<Result<Vec<T>, _>>()?;
        if is_ascending(&list) {
            Ok(list)
        } else {
            self.fail(field, &"does not stand in strictly ascending order")
        }
    }

    fn account(self, field: &'static str, id: u32) -> Result<AccountId, DecodeError> {
        if id == 0 {
            self.fail(field, &"is 0; account numbers begin at 1")
        } else {
            Ok(AccountId(id))
        }
    }

    fn organisation(self, field: &'static str, id: u32) -> Result<OrganisationId, DecodeError> {
        if id == 0 {
            self.fail(field, &"is 0; organisation numbers begin at 1")
        } else {
            Ok(OrganisationId(id))
        }
    }

    fn project(self, number: u32) -> Result<u32, DecodeError> {
        if number == 0 {
            self.fail("project", &"is 0; project numbers begin at 1")
        } else {
            Ok(number)
        }
    }

    fn year(self, year: u32) -> Result<u16, DecodeError> {
        match u16::try_from(year) {
            Ok(year @ YEAR_MIN..=YEAR_MAX) => Ok(year),
            _ => self.fail(
                "year",
                &format!("is {year}; a calendar year from {YEAR_MIN} to {YEAR_MAX} is wanted"),
            ),
        }
    }

    /// A vintage that may be absent: 0 is.
    fn vintage_or_none(self, field: &'static str, year: u32) -> Result<Option<u16>, DecodeError> {
        match u16::try_from(year) {
            Ok(0) => Ok(None),
            Ok(year @ YEAR_MIN..=YEAR_MAX) => Ok(Some(year)),
            _ => self.fail(
                field,
                &format!("is {year}; a vintage from {YEAR_MIN} to {YEAR_MAX} is wanted, or 0"),
            ),
        }
    }

    fn scope(self, scope: u32) -> Result<SectoralScope, DecodeError> {
        let number = u8::try_from(scope)
            .or_else(|_| self.fail("scope", &format!("is {scope}; 1 to 16 are wanted")))?;
        SectoralScope::new(number).or_else(|why| self.fail("scope", &why))
    }

    fn range(
        self,
        field: &'static str,
        range: Option<wire::UnitRange>,
    ) -> Result<UnitRange, DecodeError> {
        let Some(range) = range else {
            return self.fail(field, &"is missing");
        };
        let origin = self.parse(field, &range.origin)?;
        UnitRange::new(origin, range.first, range.last).or_else(|why| self.fail(field, &why))
    }

    fn count<T>(self, list: &[T]) -> Result<(), DecodeError> {
        if list.is_empty() {
            return self.fail("ranges", &"is empty; at least one is wanted");
        }
        if list.len() > MAX_RANGES {
            return Err(DecodeError::TooManyRanges {
                kind: self.0,
                found: list.len(),
            });
        }
        Ok(())
    }

    fn ranges(self, ranges: Vec<wire::UnitRange>) -> Result<Vec<UnitRange>, DecodeError> {
        self.count(&ranges)?;
        ranges
            .into_iter()
            .map(|range| self.range("ranges", Some(range)))
            .collect()
    }

    fn blocks(self, blocks: Vec<wire::UnitBlock>) -> Result<Vec<UnitBlock>, DecodeError> {
        self.count(&blocks)?;
        blocks.into_iter().map(|block| self.block(block)).collect()
    }

    fn block(self, block: wire::UnitBlock) -> Result<UnitBlock, DecodeError> {
        let wire::UnitBlock {
            range,
            unit_type,
            scope,
            project,
            year,
            reserved,
            issued_at,
            split_from,
            first_transfer,
            authorisation,
        } = block;
        let authorisation = authorisation
            .map(|it| self.unit_authorisation(&it))
            .transpose()?;
        let first_transfer = first_transfer
            .map(|first| self.first_transfer(&first))
            .transpose()?;
        let range = self.range("blocks.range", range)?;
        let unit_type = self.parse("blocks.unit_type", &unit_type)?;
        let serial = DomesticSerial::new(
            range,
            unit_type,
            self.scope(scope)?,
            project,
            self.year(year)?,
        )
        .or_else(|why| self.fail("blocks", &why))?
        .with_reserved(reserved);
        Ok(UnitBlock {
            serial,
            issued_at,
            split_from: split_from
                .map(|range| self.range("blocks.split_from", Some(range)))
                .transpose()?,
            first_transfer,
            authorisation,
        })
    }

    fn first_transfer(self, first: &wire::FirstTransfer) -> Result<FirstTransfer, DecodeError> {
        Ok(FirstTransfer {
            cooperative_approach: self.parse(
                "first_transfer.cooperative_approach",
                &first.cooperative_approach,
            )?,
            registry: self.parse("first_transfer.registry", &first.registry)?,
            party: self.parse("first_transfer.party", &first.party)?,
        })
    }

    fn proof(self, proof: Option<wire::ProofReference>) -> Result<ProofReference, DecodeError> {
        let Some(proof) = proof else {
            return self.fail("proof", &"is missing");
        };
        if proof.index >= proof.size {
            return self.fail(
                "proof.index",
                &format!(
                    "is {}, beyond the tree of {} leaves",
                    proof.index, proof.size
                ),
            );
        }
        Ok(ProofReference {
            origin: self.parse("proof.origin", &proof.origin)?,
            index: proof.index,
            size: proof.size,
            root: self.bytes("proof.root", &proof.root)?,
        })
    }

    fn transfer(self, id: &[u8]) -> Result<TransferId, DecodeError> {
        self.bytes("transfer", id).map(TransferId)
    }

    fn hash(self, field: &'static str, bytes: &[u8]) -> Result<Hash, DecodeError> {
        self.bytes(field, bytes)
    }

    fn commitment(
        self,
        field: &'static str,
        bytes: &[u8],
    ) -> Result<Option<Commitment>, DecodeError> {
        if bytes.is_empty() {
            Ok(None)
        } else {
            self.hash(field, bytes).map(|hash| Some(Commitment(hash)))
        }
    }

    fn number<T>(
        self,
        field: &'static str,
        number: u32,
        known: impl Fn(u32) -> Option<T>,
    ) -> Result<T, DecodeError> {
        known(number).ok_or_else(|| DecodeError::Field {
            kind: self.0,
            field,
            why: format!("is {number}, which this program does not know"),
        })
    }
}

pub(in crate::record) fn from_wire(record: wire::Record) -> Result<Record, DecodeError> {
    let wire::Record {
        version,
        time_ms,
        request,
        body,
    } = record;
    if version != RECORD_VERSION {
        return Err(DecodeError::Version { found: version });
    }
    let body = body_from_wire(body.ok_or(DecodeError::NoBody)?)?;
    let request = RequestId(Reader("record").bytes("request", &request)?);
    Ok(Record {
        time_ms,
        request,
        body,
    })
}

fn body_from_wire(body: WireBody) -> Result<Body, DecodeError> {
    match body {
        WireBody::Genesis(it) => genesis_from_wire(&it),
        WireBody::Organisation(it) => organisation_from_wire(&it),
        WireBody::Account(it) => account_from_wire(&it),
        WireBody::Project(it) => project_from_wire(&it),
        WireBody::Issuance(it) => issuance_from_wire(it),
        WireBody::Split(it) => split_from_wire(it),
        WireBody::Hold(it) => hold_from_wire(it),
        WireBody::Transfer(it) => transfer_from_wire(it),
        WireBody::Lock(it) => lock_from_wire(it),
        WireBody::AskCancel(it) => ask_cancel_from_wire(&it),
        WireBody::Acquire(it) => acquire_from_wire(it),
        WireBody::Refuse(it) => refuse_from_wire(it),
        WireBody::Finalise(it) => finalise_from_wire(it),
        WireBody::Release(it) => release_from_wire(it),
        WireBody::SourceSettled(it) => source_settled_from_wire(it),
        WireBody::Retire(it) => retire_from_wire(it),
        WireBody::BlockHeader(it) => block_header_from_wire(&it),
        WireBody::KeyRotation(it) => key_rotation_from_wire(&it),
        WireBody::Partner(it) => partner_from_wire(&it),
        WireBody::Agreement(it) => agreement_from_wire(&it),
        WireBody::ProcessPart(it) => case::process_part(it),
        WireBody::ProcessAdopted(it) => case::process_adopted(&it),
        WireBody::CaseOpened(it) => case::case_opened(&it),
        WireBody::CaseAct(it) => case::case_act(&it),
        WireBody::FindingOpened(it) => finding::finding_opened(&it),
        WireBody::FindingAnswered(it) => finding::finding_answered(&it),
        WireBody::FindingClosed(it) => finding::finding_closed(&it),
        WireBody::CaseMigrated(it) => case::case_migrated(&it),
        WireBody::HoldPlaced(it) => hold::hold_placed(it),
        WireBody::HoldLifted(it) => hold::hold_lifted(&it),
        WireBody::LetterIssued(it) => letter::letter_issued(&it),
        WireBody::LedgerAccused(it) => accusation::accused(&it),
        WireBody::LedgerCleared(it) => accusation::cleared(&it),
        WireBody::PositionsCompared(it) => comparison::compared(it),
        WireBody::FreezeHonoured(it) => freeze::honoured(it),
        WireBody::FreezeEnded(it) => freeze::ended(it),
        WireBody::TrustedReceiver(it) => trust::trusted_receiver(&it),
        WireBody::CooperativeApproach(it) => article6::cooperative_approach(&it),
        WireBody::InitialReport(it) => article6::initial_report(&it),
        WireBody::Ndc(it) => article6::ndc(&it),
        WireBody::EmissionsLevel(it) => article6::emissions_level(&it),
        WireBody::AuthorisedEntity(it) => article6::authorised_entity(&it),
        WireBody::Authorisation(it) => article6::authorisation(&it),
        WireBody::AuthorisationRevoked(it) => article6::authorisation_revoked(&it),
        WireBody::UnitsAuthorised(it) => article6::units_authorised(it),
        WireBody::UseNotified(it) => article6::use_notified(it),
    }
}

fn genesis_from_wire(it: &wire::Genesis) -> Result<Body, DecodeError> {
    let read = Reader("genesis");
    Ok(Body::Genesis(Genesis {
        party: read.parse("party", &it.party)?,
        origin: read.parse("origin", &it.origin)?,
        network: read.parse("network", &it.network)?,
        registry: read.parse("registry", &it.registry)?,
        name: read.parse("name", &it.name)?,
        log_key: read.parse("log_key", &it.log_key)?,
        continues: continues_from_wire(read, it.continues.as_ref())?,
    }))
}

fn continues_from_wire(
    read: Reader,
    it: Option<&wire::Continues>,
) -> Result<Option<Continues>, DecodeError> {
    let Some(it) = it else { return Ok(None) };
    Ok(Some(Continues {
        origin: read.parse("continues.origin", &it.origin)?,
        size: it.size,
        root: read.hash("continues.root", &it.root)?,
    }))
}

fn organisation_from_wire(it: &wire::Organisation) -> Result<Body, DecodeError> {
    let read = Reader("organisation");
    Ok(Body::Organisation(Organisation {
        id: read.organisation("id", it.id)?,
        name: read.parse("name", &it.name)?,
        kind: read.number("kind", it.kind, organisation_kind)?,
        organisation_type: read.optional("organisation_type", &it.organisation_type)?,
        scopes: read.ascending("scopes", &it.scopes, |it| read.scope(*it))?,
    }))
}

fn account_from_wire(it: &wire::Account) -> Result<Body, DecodeError> {
    let read = Reader("account");
    Ok(Body::Account(Account {
        id: read.account("id", it.id)?,
        organisation: read.organisation("organisation", it.organisation)?,
        name: read.parse("name", &it.name)?,
        kind: read.number("kind", it.kind, account_kind)?,
    }))
}

fn project_from_wire(it: &wire::Project) -> Result<Body, DecodeError> {
    let read = Reader("project");
    Ok(Body::Project(Project {
        number: read.project(it.number)?,
        organisation: read.organisation("organisation", it.organisation)?,
        title: read.parse("title", &it.title)?,
        scope: read.scope(it.scope)?,
    }))
}

fn issuance_from_wire(it: wire::Issuance) -> Result<Body, DecodeError> {
    let read = Reader("issuance");
    Ok(Body::Issuance(Issuance {
        account: read.account("account", it.account)?,
        range: read.range("range", it.range)?,
        unit_type: read.parse("unit_type", &it.unit_type)?,
        project: read.project(it.project)?,
        year: read.year(it.year)?,
    }))
}

fn split_from_wire(it: wire::Split) -> Result<Body, DecodeError> {
    Ok(Body::Split(Split {
        range: Reader("split").range("range", it.range)?,
        at: it.at,
    }))
}

fn hold_from_wire(it: wire::Hold) -> Result<Body, DecodeError> {
    let read = Reader("hold");
    Ok(Body::Hold(Hold {
        account: read.account("account", it.account)?,
        ranges: read.ranges(it.ranges)?,
        lift: it.lift,
        reason: read.parse("reason", &it.reason)?,
    }))
}

fn transfer_from_wire(it: wire::Transfer) -> Result<Body, DecodeError> {
    let read = Reader("transfer");
    Ok(Body::Transfer(Transfer {
        from: read.account("from", it.from)?,
        to: read.account("to", it.to)?,
        ranges: read.ranges(it.ranges)?,
    }))
}

fn lock_from_wire(it: wire::Lock) -> Result<Body, DecodeError> {
    let read = Reader("lock");
    Ok(Body::Lock(Lock {
        transfer: read.transfer(&it.transfer)?,
        destination: read.parse("destination", &it.destination)?,
        destination_origin: read.parse("destination_origin", &it.destination_origin)?,
        agreement: read.parse("agreement", &it.agreement)?,
        from: read.account("from", it.from)?,
        to: read.account("to", it.to)?,
        blocks: read.blocks(it.blocks)?,
        nonce: RequestId(read.bytes("nonce", &it.nonce)?),
        expiry_ms: it.expiry_ms,
    }))
}

fn ask_cancel_from_wire(it: &wire::AskCancel) -> Result<Body, DecodeError> {
    let read = Reader("ask_cancel");
    Ok(Body::AskCancel(AskCancel {
        transfer: read.transfer(&it.transfer)?,
        reason: read.parse("reason", &it.reason)?,
        destination: read.parse("destination", &it.destination)?,
    }))
}

fn acquire_from_wire(it: wire::Acquire) -> Result<Body, DecodeError> {
    let read = Reader("acquire");
    Ok(Body::Acquire(Acquire {
        transfer: read.transfer(&it.transfer)?,
        source: read.parse("source", &it.source)?,
        agreement: read.parse("agreement", &it.agreement)?,
        account: read.account("account", it.account)?,
        blocks: read.blocks(it.blocks)?,
        proof: read.proof(it.proof)?,
    }))
}

fn refuse_from_wire(it: wire::Refuse) -> Result<Body, DecodeError> {
    let read = Reader("refuse");
    Ok(Body::Refuse(Refuse {
        transfer: read.transfer(&it.transfer)?,
        source: read.parse("source", &it.source)?,
        code: it.code,
        reason: read.parse("reason", &it.reason)?,
        proof: read.proof(it.proof)?,
    }))
}

fn finalise_from_wire(it: wire::Finalise) -> Result<Body, DecodeError> {
    let read = Reader("finalise");
    Ok(Body::Finalise(Finalise {
        transfer: read.transfer(&it.transfer)?,
        proof: read.proof(it.proof)?,
    }))
}

fn release_from_wire(it: wire::Release) -> Result<Body, DecodeError> {
    let read = Reader("release");
    let transfer = read.transfer(&it.transfer)?;
    Ok(Body::Release(Release {
        transfer,
        code: it.code,
        proof: read.proof(it.proof)?,
    }))
}

fn source_settled_from_wire(it: wire::SourceSettled) -> Result<Body, DecodeError> {
    let read = Reader("source_settled");
    Ok(Body::SourceSettled(SourceSettled {
        transfer: read.transfer(&it.transfer)?,
        source: read.parse("source", &it.source)?,
        is_final: it.r#final,
        proof: read.proof(it.proof)?,
    }))
}

fn retire_from_wire(it: wire::Retire) -> Result<Body, DecodeError> {
    let read = Reader("retire");
    Ok(Body::Retire(Retire {
        account: read.account("account", it.account)?,
        ranges: read.ranges(it.ranges)?,
        kind: read.number("kind", it.kind, retire_kind)?,
        purpose: read.number("purpose", it.purpose, purpose)?,
        beneficiary: read.commitment("beneficiary", &it.beneficiary)?,
        claim: Claim {
            reason: read.optional("reason", &it.reason)?,
            jurisdiction: read.optional("jurisdiction", &it.jurisdiction)?,
            ndc_year: read.ndc_year("ndc_year", it.ndc_year)?,
        },
    }))
}

fn block_header_from_wire(it: &wire::BlockHeader) -> Result<Body, DecodeError> {
    let read = Reader("block_header");
    Ok(Body::BlockHeader(BlockHeader {
        height: it.height,
        first: it.first,
        previous: read.commitment("previous", &it.previous)?,
        state: read.hash("state", &it.state)?,
    }))
}

fn key_rotation_from_wire(it: &wire::KeyRotation) -> Result<Body, DecodeError> {
    let log_key = Reader("key_rotation").parse("log_key", &it.log_key)?;
    Ok(Body::KeyRotation(KeyRotation {
        log_key,
        from_size: it.from_size,
    }))
}

fn partner_from_wire(it: &wire::Partner) -> Result<Body, DecodeError> {
    let read = Reader("partner");
    Ok(Body::Partner(Partner {
        party: read.parse("party", &it.party)?,
        origin: read.parse("origin", &it.origin)?,
        registry: read.parse("registry", &it.registry)?,
        log_key: read.parse("log_key", &it.log_key)?,
        peer: read.parse("peer", &it.peer)?,
        status: read.number("status", it.status, partner_status)?,
        invite: read.hash("invite", &it.invite)?,
        continues: continues_from_wire(read, it.continues.as_ref())?,
    }))
}

fn agreement_from_wire(it: &wire::Agreement) -> Result<Body, DecodeError> {
    let read = Reader("agreement");
    Ok(Body::Agreement(Agreement {
        id: read.parse("id", &it.id)?,
        partner: read.parse("partner", &it.partner)?,
        outgoing: it.outgoing,
        incoming: it.incoming,
        valid_from_ms: it.valid_from_ms,
        valid_to_ms: it.valid_to_ms,
        max_tonnes: it.max_tonnes,
        cooperative_approach: read.parse("cooperative_approach", &it.cooperative_approach)?,
        document: read.hash("document", &it.document)?,
        unit_types: read.ascending("unit_types", &it.unit_types, |it| {
            read.parse("unit_types", it)
        })?,
        scopes: read.ascending("scopes", &it.scopes, |it| read.scope(*it))?,
        max_tonnes_per_year: it.max_tonnes_per_year,
        vintage_from: read.vintage_or_none("vintage_from", it.vintage_from)?,
        vintage_until: read.vintage_or_none("vintage_until", it.vintage_until)?,
        use_needs_source_final: it.use_needs_source_final,
    }))
}
