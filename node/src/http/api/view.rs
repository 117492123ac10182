//! From what the use cases give to what the API says.

use countersign_protocol::federation::FaultCode;
use countersign_protocol::record::Body;
use countersign_protocol::registry::{Holding, LedgerAccount, Place};
use countersign_protocol::serial::DomesticSerial;
use countersign_protocol::units::{UnitBlock, UnitRange};
use serde::Serialize;

use crate::app::{
    AccountBalances, AgreementUse, App, LedgerHead, ListedPartner, ListedTransfer, Listing,
    NodeStatus, PeerInfo, StatementEntry, StoredRecord, WitnessInfo, WitnessedHead, Written,
};
use crate::http::dto::{
    AccountView, AgreementView, Balances, CancelAsked, HeadView, Held, HoldingView, Issued, Moved,
    OpenTransfers, Page, PartnerView, PeerView, PlaceName, Receipt, RecordView, Retired, Sent,
    StatementLine, Status, TransferEvent, TransferView, Trial, Units, WitnessView, WitnessedView,
};
use crate::ledger;

pub(super) fn page<T>(listing: Listing<T>) -> Page<T> {
    let Listing { items, next } = listing;
    Page { items, next }
}

/// A list that is never long enough for pages.
pub(super) fn whole<T>(items: impl Iterator<Item = T>) -> Page<T> {
    Page {
        items: items.collect(),
        next: None,
    }
}

pub(super) fn receipt(receipt: &ledger::Receipt) -> Receipt {
    let ledger::Receipt {
        request,
        first_index,
        count,
        size,
        time_ms,
    } = *receipt;
    Receipt {
        request,
        first_index,
        count,
        size,
        time_ms,
    }
}

pub(super) fn account(of: AccountBalances) -> AccountView {
    let AccountBalances {
        account,
        available,
        on_hold,
        escrow,
    } = of;
    AccountView {
        account,
        available,
        on_hold,
        escrow,
    }
}

pub(super) fn holding(of: &Holding) -> HoldingView {
    let (place, account, party) = match of.place {
        Place::Available(account) => (PlaceName::Available, Some(account), None),
        Place::OnHold(account) | Place::Reserved(account) => {
            (PlaceName::OnHold, Some(account), None)
        }
        Place::Escrow(account) => (PlaceName::Escrow, Some(account), None),
        Place::Abroad(party) => (PlaceName::Abroad, None, Some(party)),
        Place::Used => (PlaceName::Used, None, None),
        Place::Cancelled => (PlaceName::Cancelled, None, None),
    };
    HoldingView {
        units: Units::from(&of.block),
        place,
        account,
        party,
        since: of.since,
        issued_at: of.block.issued_at,
        split_from: of.block.split_from,
        authorisation: of.block.authorisation,
        first_transfer: of.block.first_transfer,
    }
}

/// The word of a place in the read model.
pub(super) const fn place_word(place: PlaceName) -> &'static str {
    match place {
        PlaceName::Available => "available",
        PlaceName::OnHold => "on_hold",
        PlaceName::Escrow => "escrow",
        PlaceName::Abroad => "abroad",
        PlaceName::Used => "used",
        PlaceName::Cancelled => "cancelled",
    }
}

pub(super) fn statement_line(of: StatementEntry) -> StatementLine {
    StatementLine {
        index: of.index,
        time_ms: of.time_ms,
        kind: of.kind.to_owned(),
        place: match of.balance_of {
            LedgerAccount::OnHold(_) => PlaceName::OnHold,
            LedgerAccount::Escrow(_) => PlaceName::Escrow,
            _ => PlaceName::Available,
        },
        tonnes: of.tonnes,
        balance: of.balance,
    }
}

pub(super) fn partner(of: ListedPartner) -> PartnerView {
    PartnerView {
        country: of.partner.party.name().to_owned(),
        connected: of.peer.is_some_and(|peer| peer.connected),
        pinned_size: of.pinned_size,
        partner: of.partner,
    }
}

pub(super) fn agreement(of: AgreementUse) -> AgreementView {
    AgreementView {
        agreement: of.agreement,
        used_outgoing: of.outgoing,
        used_incoming: of.incoming,
        year: of.year,
        used_outgoing_in_year: of.outgoing_in_year,
        used_incoming_in_year: of.incoming_in_year,
    }
}

/// What a request would write.
pub(super) fn trial(of: &Written) -> Trial {
    Trial::of(of.records.iter().cloned().map(record).collect())
}

/// What a request that writes no record would answer, where that tells more than that it can be done.
pub(super) fn private_trial(answer: Option<&impl Serialize>) -> Trial {
    Trial {
        answer: answer.and_then(|answer| serde_json::to_value(answer).ok()),
        ..Trial::of(Vec::new())
    }
}

pub(super) fn record(of: StoredRecord) -> RecordView {
    RecordView {
        index: of.index,
        leaf_hash: of.hash,
        record: of.record,
    }
}

pub(super) fn head(of: LedgerHead) -> HeadView {
    HeadView {
        size: of.head.size,
        root: hex::encode(of.head.root),
        time_ms: of.time_ms,
        checkpoint: of.head.note.to_string(),
        witnessed: of.witnessed.map(witnessed),
    }
}

fn witnessed(of: WitnessedHead) -> WitnessedView {
    WitnessedView {
        size: of.head.size,
        root: hex::encode(of.head.root),
        checkpoint: of.head.note.to_string(),
        cosigned_by: of.cosigned_by,
    }
}

pub(super) fn status(of: NodeStatus) -> Status {
    let totals = of.totals;
    let oldest = of.open.oldest_lock_ms;
    Status {
        party: of.genesis.party,
        country: of.genesis.party.name().to_owned(),
        registry: of.genesis.registry,
        name: of.genesis.name,
        network: of.genesis.network,
        origin: of.genesis.origin,
        log_key: of.log_key,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ready: of.not_ready.is_empty(),
        not_ready: of.not_ready,
        head: head(of.head),
        witnesses: of.witnesses.into_iter().map(witness).collect(),
        peers: of.peers.into_iter().map(peer).collect(),
        open_transfers: OpenTransfers {
            outgoing: of.open.outgoing,
            incoming: of.open.incoming,
            oldest_lock_age_ms: oldest.map(|since| of.now_ms.saturating_sub(since)),
        },
        balances: Balances {
            issued: totals.issued,
            acquired: totals.acquired,
            available: totals.available,
            on_hold: totals.on_hold,
            escrow: totals.escrow,
            transferred: totals.transferred,
            used: totals.used,
            cancelled: totals.cancelled,
        },
        queue_depth: of.queue_depth as u64,
    }
}

fn witness(of: WitnessInfo) -> WitnessView {
    WitnessView {
        name: of.name,
        size: of.size,
        last_ms: of.last_ms,
        fault: of.fault,
    }
}

fn peer(of: PeerInfo) -> PeerView {
    PeerView {
        party: of.party,
        peer: of.peer,
        connected: of.connected,
        address: of.address,
        round_trip_us: of.round_trip_us,
    }
}

pub(super) fn transfer(of: ListedTransfer) -> TransferView {
    let units: Vec<Units> = of.units.iter().map(Units::from).collect();
    let covered = of.covered;
    let events = of.leaves().into_iter().map(|(index, kind)| TransferEvent {
        index,
        kind: kind.to_owned(),
        witnessed: index < covered,
    });
    let events = events.collect();
    let transfer = of.transfer;
    let code = transfer.refusal_code;
    TransferView {
        id: of.key.id(),
        direction: of.key.direction(),
        state: transfer.stage.into(),
        partner: transfer.partner,
        agreement: transfer.terms.as_ref().map(|terms| terms.agreement.clone()),
        account: transfer.terms.as_ref().map(|terms| terms.account),
        partner_account: transfer.partner_account,
        tonnes: units.iter().map(|units| units.tonnes).sum(),
        units,
        expiry_ms: transfer.expiry_ms,
        opened_ms: transfer.opened_ms,
        settled_ms: transfer.settled_ms,
        refusal_code: code,
        refusal: code
            .and_then(FaultCode::from_code)
            .map(|fault| fault.meaning().to_owned()),
        events,
    }
}

pub(super) fn issued(app: &App, written: &Written) -> Option<Issued> {
    written.find(|index, body| match body {
        Body::Issuance(it) => Some(Issued {
            index,
            account: it.account,
            range: it.range,
            tonnes: it.range.tonnes(),
            serial: serials(app, &[it.range]).into_iter().next()?,
        }),
        _ => None,
    })
}

pub(super) fn held(written: &Written) -> Option<Held> {
    written.find(|index, body| match body {
        Body::Hold(it) => Some(Held {
            index,
            account: it.account,
            ranges: it.ranges.clone(),
            lift: it.lift,
            reason: it.reason.clone(),
        }),
        _ => None,
    })
}

pub(super) fn moved(app: &App, written: &Written) -> Option<Moved> {
    written.find(|index, body| match body {
        Body::Transfer(it) => Some(Moved {
            index,
            from: it.from,
            to: it.to,
            tonnes: tonnes(&it.ranges),
            serials: serials(app, &it.ranges),
        }),
        _ => None,
    })
}

pub(super) fn sent(written: &Written) -> Option<Sent> {
    written.find(|index, body| match body {
        Body::Lock(it) => Some(Sent {
            transfer: it.transfer,
            index,
            to: it.destination,
            to_origin: it.destination_origin.clone(),
            agreement: it.agreement.clone(),
            from: it.from,
            to_account: it.to,
            tonnes: it.blocks.iter().map(UnitBlock::tonnes).sum(),
            units: it.blocks.iter().map(Units::from).collect(),
            expiry_ms: it.expiry_ms,
        }),
        _ => None,
    })
}

pub(super) fn cancel_asked(written: &Written) -> Option<CancelAsked> {
    written.find(|index, body| match body {
        Body::AskCancel(it) => Some(CancelAsked {
            transfer: it.transfer,
            index,
            reason: it.reason.clone(),
        }),
        _ => None,
    })
}

pub(super) fn retired(app: &App, written: &Written) -> Option<Retired> {
    written.find(|index, body| match body {
        Body::Retire(it) => Some(Retired {
            index,
            account: it.account,
            kind: it.kind,
            purpose: it.purpose,
            tonnes: tonnes(&it.ranges),
            units: app.blocks(&it.ranges).iter().map(Units::from).collect(),
            beneficiary: it.beneficiary,
            reason: it.claim.reason.clone(),
            jurisdiction: it.claim.jurisdiction,
        }),
        _ => None,
    })
}

fn tonnes(ranges: &[UnitRange]) -> u64 {
    ranges.iter().map(|range| range.tonnes()).sum()
}

/// A serial says where units come from, not where they are: it is the same whenever it is asked for.
fn serials(app: &App, ranges: &[UnitRange]) -> Vec<DomesticSerial> {
    app.blocks(ranges)
        .iter()
        .map(|block| block.serial)
        .collect()
}
