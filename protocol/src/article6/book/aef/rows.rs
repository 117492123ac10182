//! One row at a time.

use std::collections::BTreeSet;

use super::Year;
use super::words::{
    activities, definition_word, in_metric, joined, kind_words, metric_unit, metric_word, oimp,
    purpose_word, text_or_na, timeframe,
};
use crate::article6::aef::Submission;
use crate::article6::aef::nomenclature::words;
use crate::article6::aef::value::{
    ActionDate, ActionType, Decimal, Field, List, Parties, Uid, UnitId, Value as _,
};
pub(super) use crate::article6::aef::{
    Action as ActionRow, Authorisation as AuthorisationRow, AuthorisedEntity as EntityRow,
    ItmoBlock as BlockRow,
};
use crate::article6::book::Movement;
use crate::article6::{TransferEvent, UnitEventKind, approach_of};
use crate::party::Party;
use crate::record::{
    AccountKind, Authorisation, AuthorisationRevoked, AuthorisedEntity, Metric, Purpose,
};
use crate::serial::SectoralScope;
use crate::units::{UnitBlock, UnitRange};

impl Year<'_> {
    pub(super) fn submission(&self) -> Submission {
        let ndc = self.book.ndc_of(self.terms.year);
        let (first, last) = (
            ndc.map(|it| it.period.first()),
            ndc.map(|it| it.period.last()),
        );
        Submission {
            party: Field::Is(self.own.into()),
            version: self.terms.version.into(),
            reported_year: self.terms.year.into(),
            date: self.terms.submitted.into(),
            // Blank, not NA, where no NDC is recorded: the check of the format then asks for it.
            ndc_first_year: first.map_or(Field::Absent, Field::Is),
            ndc_last_year: last.map_or(Field::Absent, Field::Is),
            ..Submission::default()
        }
    }

    /// A version, or the end of the last one. An end is told as a version of its own, because a version that was reported
    /// never changes.
    pub(super) fn authorisation(
        &self,
        it: &Authorisation,
        revoked: Option<&AuthorisationRevoked>,
    ) -> AuthorisationRow {
        let (activity_types, other_activities) = activities(it);
        let (date, version) = match revoked {
            None => (it.date, it.version),
            Some(end) => (end.date, it.version.saturating_add(1)),
        };
        let reach = |end: &AuthorisationRevoked| {
            if end.reaches_first_transferred {
                ", also for what was first transferred"
            } else {
                ", not for what was first transferred"
            }
        };
        let end = revoked.map(|end| {
            format!(
                "Revoked on {}{}: {}",
                end.date.text(),
                reach(end),
                end.reason
            )
        });
        AuthorisationRow {
            id: it.id.to_string().as_str().into(),
            date: date.into(),
            cooperative_approach: it.approach.into(),
            version: version.into(),
            quantity: (it.quantity != 0)
                .then(|| in_metric(&it.metric, it.quantity))
                .into(),
            metric: metric_word(&it.metric).into(),
            gwp_values: text_or_na(it.gases.as_ref()),
            non_ghg_metric: text_or_na(metric_unit(&it.metric)),
            sectors: self.sectors(&it.scopes).into(),
            activity_types,
            purposes: it.uses.to_string().into(),
            parties: match it.parties[..] {
                [] => Parties::Any,
                _ => Parties::These(it.parties.iter().map(|it| (*it).into()).collect()),
            }
            .into(),
            entities: (!it.entities.is_empty())
                .then(|| {
                    it.entities
                        .iter()
                        .map(ToString::to_string)
                        .collect::<List>()
                })
                .into(),
            oimp: oimp(it),
            timeframe: timeframe(it).into(),
            terms: joined([
                it.terms.as_ref().map(ToString::to_string),
                Some(format!("Changes: {}", it.changes)),
                it.reach
                    .as_ref()
                    .map(|reach| format!("After the first transfer: {reach}")),
            ]),
            first_transfer_definition: it.definition.map(definition_word).into(),
            explanation: joined([
                end,
                Some(format!("Framework: {}", it.framework)),
                other_activities,
            ]),
            ..AuthorisationRow::default()
        }
    }

    /// The sectors of these scopes; without scopes it is for every sector.
    fn sectors(&self, scopes: &[SectoralScope]) -> List {
        let sectors = &self.terms.mapping.sectors;
        let words: BTreeSet<&String> = if scopes.is_empty() {
            sectors.values().collect()
        } else {
            scopes.iter().filter_map(|it| sectors.get(it)).collect()
        };
        words.into_iter().collect()
    }

    pub(super) fn action(
        &self,
        it: &Movement,
        date: ActionDate,
    ) -> impl Iterator<Item = ActionRow> + use<> {
        let (action_type, subtype) = kind_words(it.kind);
        let by_use = matches!(
            it.kind,
            UnitEventKind::FirstTransferred {
                by: TransferEvent::UseForImp | TransferEvent::UseForOp,
                ..
            }
        );
        let is_share = matches!(
            it.kind,
            UnitEventKind::FirstTransferred {
                by: TransferEvent::AdaptationFund,
                ..
            }
        );
        let (transferring, acquiring) = match it.kind {
            UnitEventKind::Acquired { from } => (Some(from), None),
            UnitEventKind::FirstTransferred { to, .. } | UnitEventKind::Transferred { to } => {
                (None, to)
            }
            _ => (None, None),
        };
        let use_year = match it.kind {
            UnitEventKind::UsedTowardsNdc { year } => Some(year),
            _ => None,
        };
        let entity = self.entity(it);
        // A contribution to the Adaptation Fund is neither use nor cancellation. Where an entity uses and the Party is not among
        // those that are authorised, the entity alone is the user.
        let user = it
            .user
            .filter(|user| !is_share && (entity.is_none() || self.may_use(it, *user)));
        let row = ActionRow {
            date: date.into(),
            action_type: action_type.into(),
            subtype: text_or_na(subtype),
            block: self.block(&it.block),
            transferring_party: transferring.map(Into::into).into(),
            acquiring_party: acquiring.map(Into::into).into(),
            purpose: text_or_na(it.purpose.and_then(purpose_word)),
            using_party: user.map(Into::into).into(),
            using_entity: text_or_na(entity),
            use_year: use_year.into(),
            explanation: Field::NotApplicable,
            ..ActionRow::default()
        };
        let second = (self.terms.second_row_for_use && by_use).then(|| ActionRow {
            action_type: ActionType::Cancellation.into(),
            subtype: words::OTHER_CANCELLATIONS.into(),
            ..row.clone()
        });
        [Some(row), second].into_iter().flatten()
    }

    /// Whether the authorisation names a Party, or none.
    fn may_use(&self, it: &Movement, party: Party) -> bool {
        let terms = self.book.authorisation_of(&it.block);
        terms.is_none_or(|it| it.parties.is_empty() || it.parties.contains(&party))
    }

    /// The entity that used or cancelled, where the account is not the Party's own.
    fn entity(&self, it: &Movement) -> Option<&str> {
        let (organisation, kind) = self.book.accounts.get(&it.account?)?;
        if *kind == AccountKind::PartyHolding || it.purpose == Some(Purpose::Ndc) {
            return None;
        }
        let terms = self.book.authorisation_of(&it.block);
        let named = terms.map_or(&[][..], |it| &it.entities);
        let entity = self.book.entity_of(it.approach, *organisation, named)?;
        Some(entity.as_str())
    }

    pub(super) fn block(&self, block: &UnitBlock) -> BlockRow {
        let id = block.itmo_id().map(Uid::ends);
        let metric = self.book.metric_of(block).unwrap_or(&Metric::Ghg);
        let terms = self.book.authorisation_of(block);
        let kind = self.terms.mapping.mitigation_type(block.serial.scope());
        let tonnes = block.tonnes();
        BlockRow {
            cooperative_approach: approach_of(block).into(),
            // Blank where this ledger knows of none: the check of the format then asks for it.
            authorisation: block
                .authorisation
                .map_or(Field::Absent, |it| it.id.to_string().as_str().into()),
            first_transferring_party: block.first_transfer.map(|it| it.party.into()).into(),
            registry: Field::Is(self.registry.into()),
            first_id: id.map(|(first, _)| UnitId::Full(first)).into(),
            last_id: id.map(|(_, last)| UnitId::Full(last)).into(),
            underlying_registry: text_or_na(terms.and_then(|it| it.underlying.as_ref())),
            first_unit: text_or_na(unit(block, block.range().first())),
            last_unit: text_or_na(unit(block, block.range().last())),
            metric: metric_word(metric).into(),
            gwp_values: text_or_na(terms.and_then(|it| it.gases.as_ref())),
            non_ghg_metric: text_or_na(metric_unit(metric)),
            quantity: Decimal::from(tonnes).into(),
            quantity_non_ghg: match metric {
                Metric::Ghg => Field::NotApplicable,
                Metric::NonGhg { .. } => Field::Is(in_metric(metric, tonnes)),
            },
            mitigation_type: kind.into(),
            vintage: block.serial.year().into(),
        }
    }
}

pub(super) fn entity(it: &AuthorisedEntity) -> EntityRow {
    let end = it.revoked.then(|| format!("Revoked on {}", it.date.text()));
    EntityRow {
        date: it.date.into(),
        name: it.name.as_str().into(),
        country: Field::Is(it.country.into()),
        identification: it.identification.as_str().into(),
        cooperative_approach: it.approach.into(),
        conditions: text_or_na(it.conditions.as_ref()),
        change_conditions: text_or_na(it.changes.as_ref()),
        explanation: joined([end, it.information.as_ref().map(ToString::to_string)]),
    }
}

/// A unit as its own registry writes it: the domestic serial of one number.
fn unit(block: &UnitBlock, number: u64) -> Option<String> {
    let one = UnitRange::new(block.range().origin(), number, number).ok()?;
    Some(block.serial.part(one)?.to_string())
}
