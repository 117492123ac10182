//! What the ledger and the forms say of a project, as both versions of CAD Trust ask it.

use std::collections::BTreeMap;

use countersign_protocol::id::{AuthorisationId, OrganisationId};
use countersign_protocol::period::Period;
use countersign_protocol::project::Description;
use countersign_protocol::record::{AccountKind, Authorisation, Project, Purpose};
use countersign_protocol::registry::{Holding, Place, Standing};
use countersign_protocol::units::{UnitBlock, UnitRange};

use super::mapping::{Adjusted, Mapping};
use crate::frame::{Checked, View};

/// A verified period of a project: what CAD Trust calls the verification behind an issuance.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    /// The case.
    pub(crate) case: u64,
    /// Its days.
    pub(crate) period: Period,
    /// Who verified it.
    pub(crate) checked: Option<Checked>,
}

/// A project as the bridge sees it.
pub(crate) struct Facts<'a> {
    pub(crate) view: &'a View,
    pub(crate) project: &'a Project,
    pub(crate) description: Option<&'a Description>,
    /// Its ranges, by number, each with the authorisation that counts for it now.
    pub(crate) ranges: Vec<Holding>,
    /// The verified periods out of which units were issued, by case.
    pub(crate) verified: BTreeMap<u64, Verified>,
    /// The authorisations that its units are under, and how many tonnes.
    pub(crate) authorised: BTreeMap<AuthorisationId, u64>,
}

/// Why a project without a form can not be sent.
pub(crate) const NO_FORM: &str = "nothing was published about the project yet: its form is missing, or its case is not open to the public";

impl<'a> Facts<'a> {
    /// `None` when there is no such project.
    pub(crate) fn of(
        view: &'a View,
        number: u32,
        description: Option<&'a Description>,
    ) -> Option<Self> {
        let project = view.state().project(number)?;
        let in_force = |holding: Holding| Holding {
            block: view.state().in_force(&holding.block),
            ..holding
        };
        let ranges: Vec<Holding> = view.ranges(number).map(in_force).collect();
        let mut verified = BTreeMap::new();
        let mut authorised: BTreeMap<AuthorisationId, u64> = BTreeMap::new();
        for range in &ranges {
            if let Some((case, checked)) = view.monitoring_of(range.block.issued_at)
                && let Some(period) = case.period
            {
                let case = case.number;
                verified.entry(case).or_insert(Verified {
                    case,
                    period,
                    checked,
                });
            }
            if let Some(authorisation) = range.block.authorisation {
                let tonnes = authorised.entry(authorisation.id).or_default();
                *tonnes = tonnes.saturating_add(range.block.tonnes());
            }
        }
        Some(Self {
            view,
            project,
            description,
            ranges,
            verified,
            authorised,
        })
    }

    /// The project's id: registry and number, such as `GHA01-007`.
    pub(crate) fn project_id(&self) -> String {
        self.view.project_id(self.project.number)
    }

    /// Its owners, by number.
    pub(crate) fn owners(&self) -> Vec<OrganisationId> {
        let case = self.view.state().project_case(self.project.number);
        match case {
            Some(case) => case.case.subject.owners.iter().copied().collect(),
            None => vec![self.project.organisation],
        }
    }

    /// The public name of an organisation.
    pub(crate) fn name_of(&self, organisation: OrganisationId) -> String {
        let known = self.view.state().organisation(organisation);
        known.map(|it| it.name.to_string()).unwrap_or_default()
    }

    /// Where the project stands, as a key of `[project_status]`, and since when.
    pub(crate) fn status(&self) -> (&'static str, Option<u64>) {
        let number = self.project.number;
        let word = match self.view.state().project_standing(number) {
            Standing::Closed => "closed",
            Standing::Suspended => "suspended",
            _ if self.view.is_authorised(number) => "authorised",
            _ => "registered",
        };
        (word, self.view.changed_ms(number))
    }

    /// Who validated the project, and when.
    pub(crate) fn validated(&self) -> Option<(u64, Checked)> {
        let case = self.view.state().project_case(self.project.number)?.number;
        Some((case, self.view.validated(case)?))
    }

    /// The verified period behind a range.
    pub(crate) fn verified_of(&self, block: &UnitBlock) -> Option<&Verified> {
        let (case, _) = self.view.monitoring_of(block.issued_at)?;
        self.verified.get(&case.number)
    }

    /// An authorisation of this Party.
    pub(crate) fn authorisation(&self, id: AuthorisationId) -> Option<&'a Authorisation> {
        let own = self.view.party()?;
        Some(&self.view.state().authorisation(own, id)?.latest)
    }

    /// Where a range is, as a key of `[unit_status]`.
    pub(crate) fn place(&self, holding: &Holding) -> &'static str {
        let is_buffer = |account| {
            let known = self.view.state().account(account);
            known.is_some_and(|it| it.kind == AccountKind::Buffer)
        };
        match holding.place {
            Place::Available(account) | Place::OnHold(account) if is_buffer(account) => "buffer",
            Place::Available(_) => "available",
            Place::OnHold(_) => "on_hold",
            Place::Reserved(_) => "reserved",
            Place::Escrow(_) => "escrow",
            Place::Abroad(_) => "abroad",
            Place::Used => "used",
            Place::Cancelled => "cancelled",
        }
    }

    /// Who holds a range, or held it last, by public name; `None` abroad.
    pub(crate) fn holder(&self, holding: &Holding) -> Option<String> {
        let account = match holding.place {
            Place::Available(it) | Place::OnHold(it) | Place::Reserved(it) | Place::Escrow(it) => {
                it
            }
            Place::Used | Place::Cancelled => self.view.ended(holding.since)?.account,
            Place::Abroad(_) => return None,
        };
        let organisation = self.view.state().account(account)?.organisation;
        Some(self.name_of(organisation))
    }

    /// Why a range has its status, in words.
    pub(crate) fn reason(&self, holding: &Holding, mapping: &Mapping) -> Result<String, String> {
        let key = match (holding.place, self.view.ended(holding.since)) {
            (Place::Used | Place::Cancelled, Some(ended)) => purpose(ended.purpose),
            (Place::Used | Place::Cancelled, None) => {
                return Err("the ledger does not say why the units ended".to_owned());
            }
            _ => self.place(holding),
        };
        let words = mapping.unit_reasons.get(key);
        let words = words
            .ok_or_else(|| format!("{key:?} has no words in [unit_reasons] of the mapping"))?;
        let mut said = words.clone();
        if let Place::Abroad(party) = holding.place {
            said.push_str(": ");
            said.push_str(party.name());
        }
        if let Some(ended) = self.view.ended(holding.since) {
            said.extend(ended.claim.ndc_year.map(|year| format!(", for {year}")));
            said.extend(
                ended
                    .claim
                    .reason
                    .as_ref()
                    .map(|reason| format!(": {reason}")),
            );
        }
        Ok(said)
    }

    /// The corresponding adjustment of a range, as the ledger and the country's reports have it.
    pub(crate) fn adjustment<'m>(&self, block: &UnitBlock, mapping: &'m Mapping) -> &'m Adjusted {
        let words = &mapping.adjustment;
        let Some(first_ms) = self.view.first_transferred_ms(block) else {
            return match block.authorisation {
                Some(_) => &words.authorised,
                None => &words.not_authorised,
            };
        };
        let year = countersign_protocol::period::Day::of_ms(first_ms).year();
        match words.reported_through {
            Some(reported) if year <= reported => &words.reported,
            _ => &words.first_transferred,
        }
    }
}

/// A purpose as a key of `[unit_reasons]`.
const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ndc => "ndc",
        Purpose::InternationalMitigation => "international_mitigation",
        Purpose::OtherPurposes => "other_purposes",
        Purpose::OverallMitigation => "overall_mitigation",
        Purpose::Voluntary => "voluntary",
    }
}

/// A unit as the registry writes it: the domestic serial of one number.
pub(crate) fn unit(block: &UnitBlock, number: u64) -> Result<String, String> {
    let one =
        UnitRange::new(block.range().origin(), number, number).map_err(|it| it.to_string())?;
    let serial = block.serial.part(one);
    serial
        .map(|it| it.to_string())
        .ok_or_else(|| "the number is not in the range".to_owned())
}

/// Our key of a range: its first number, which a split leaves to the one and gives anew to the other.
pub(crate) fn unit_key(block: &UnitBlock) -> String {
    format!("unit/{}-{}", block.range().origin(), block.range().first())
}

/// The group of a range: its issuance.
pub(crate) fn unit_group(block: &UnitBlock) -> String {
    format!("issuance/{}", block.issued_at)
}
