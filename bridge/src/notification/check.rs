//! Notifications beside the book of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::article6::Book;
use countersign_protocol::id::{AccountId, AuthorisationId};
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::{Authorisation, Clause, NotifiedUse, Purpose, UseNotified};
use countersign_protocol::registry::Place;
use countersign_protocol::units::{UnitBlock, UnitRange};

use super::{Event, Line, Notification};

/// Why a notification gives no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The line is no notification.
    #[error("the line cannot be read: {0}")]
    Unreadable(String),
    /// It stands there before.
    #[error("{registry} told this before, in line {line}: leave one of them out")]
    Repeated {
        /// The registry.
        registry: String,
        /// The line.
        line: usize,
    },
    /// The ledger has no such authorisation of its own.
    #[error("this Party gave no authorisation {0}: correct the id")]
    Authorisation(AuthorisationId),
    /// The authorisation was revoked.
    #[error("authorisation {0} was revoked: nothing is issued under it any more")]
    Revoked(AuthorisationId),
    /// Another registry than the one that the authorisation names tells of an issuance.
    #[error(
        "authorisation {id} is for units of {wanted}: correct the registry or the authorisation"
    )]
    Registry {
        /// The authorisation.
        id: AuthorisationId,
        /// The underlying registry that it names.
        wanted: String,
    },
    /// The day has not come, or is outside of the authorisation.
    #[error("the day {0} has not come, or is outside of the authorisation: correct it")]
    Day(Day),
    /// The vintage is outside of the authorisation.
    #[error("the vintage {0} is outside of the authorisation: correct it")]
    Vintage(u16),
    /// More than the authorisation allows, with the lines before.
    #[error("the authorisation allows {left} more, and {wanted} are told of")]
    Quantity {
        /// What is left.
        left: u64,
        /// What is wanted.
        wanted: u64,
    },
    /// A field is missing, or is one too many.
    #[error("{0}")]
    Field(&'static str),
    /// The units are not those that the notification says.
    #[error("{units}: {why}")]
    Units {
        /// The units.
        units: UnitRange,
        /// What is wrong.
        why: &'static str,
    },
    /// It is recorded already.
    #[error("{0}: what became of them abroad is recorded already, so there is nothing to do")]
    Recorded(UnitRange),
    /// They are not authorised for this.
    #[error("{0} is not authorised for this purpose: ask the registry what it means")]
    Purpose(UnitRange),
}

/// What officials are to do, if they agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// Issue so many units of a vintage under an authorisation.
    Issue {
        /// The authorisation.
        authorisation: AuthorisationId,
        /// The vintage.
        vintage: u16,
        /// In t CO2 eq.
        quantity: u64,
        /// The reference of the other registry.
        reference: Clause,
    },
    /// Record that units abroad were used before their first transfer.
    Record(UseNotified),
    /// End units that are still here.
    End {
        /// Where they are.
        account: AccountId,
        /// The units.
        units: UnitRange,
        /// For what.
        purpose: Purpose,
        /// The reference of the other registry.
        reference: Clause,
    },
    /// Contribute units that are still here to the Adaptation Fund: move them into an account for shares of proceeds.
    Contribute {
        /// Where they are.
        account: AccountId,
        /// The units.
        units: UnitRange,
        /// The reference of the other registry.
        reference: Clause,
    },
}

/// What becomes of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The line, from 1.
    pub line: usize,
    /// The draft, or why there is none.
    pub draft: Result<Draft, Why>,
}

/// Compares notifications with the ledger and with each other; `today` is the day on which they are read.
#[must_use]
pub fn check(book: &Book, lines: &[Line], today: Day) -> Vec<Outcome> {
    let mut told = Told::default();
    let outcome = |line: &Line| Outcome {
        line: line.number,
        draft: match &line.notification {
            Err(why) => Err(Why::Unreadable(why.clone())),
            Ok(it) => told.draft(book, (line.number, it), today),
        },
    };
    lines.iter().map(outcome).collect()
}

/// What the lines before said.
#[derive(Default)]
struct Told {
    references: BTreeMap<(String, String), usize>,
    issued: BTreeMap<AuthorisationId, u64>,
    ended: BTreeSet<UnitRange>,
}

impl Told {
    fn draft(
        &mut self,
        book: &Book,
        (line, it): (usize, &Notification),
        today: Day,
    ) -> Result<Draft, Why> {
        let registry = it.registry.to_string();
        let key = (registry.clone(), it.reference.to_string());
        let first = *self.references.entry(key).or_insert(line);
        if first != line {
            let line = first;
            return Err(Why::Repeated { registry, line });
        }
        let id = it.authorisation;
        let known = book.own_authorisation(id);
        let (terms, revoked) = known.ok_or(Why::Authorisation(id))?;
        let is_over = terms.use_until.is_some_and(|last| it.day > last);
        if it.day > today || it.day < book.first_day_of(id).unwrap_or(terms.date) || is_over {
            return Err(Why::Day(it.day));
        }
        if !terms.vintages.contains(it.vintage) {
            return Err(Why::Vintage(it.vintage));
        }
        match it.event {
            Event::Issuance if revoked => Err(Why::Revoked(id)),
            Event::Issuance => self.issuance(book, it, terms),
            Event::Use | Event::Cancellation => {
                let purpose = it
                    .purpose
                    .ok_or(Why::Field("a use or cancellation names its purpose"))?;
                self.units(book, it, Some(purpose))
            }
            Event::Contribution if it.purpose.is_some() => Err(Why::Field(
                "a contribution to the Adaptation Fund has no purpose beside it",
            )),
            Event::Contribution => self.units(book, it, None),
        }
    }

    fn issuance(
        &mut self,
        book: &Book,
        it: &Notification,
        terms: &Authorisation,
    ) -> Result<Draft, Why> {
        let id = it.authorisation;
        if it.units.is_some() || it.purpose.is_some() || it.party.is_some() {
            return Err(Why::Field(
                "an issuance has no units, purpose and Party: this registry numbers the units",
            ));
        }
        if it.quantity == 0 {
            return Err(Why::Field("an issuance has a quantity: write whole tonnes"));
        }
        match &terms.underlying {
            Some(wanted) if *wanted == it.registry => {}
            other => {
                let wanted = other
                    .as_ref()
                    .map_or_else(|| "this registry itself".to_owned(), ToString::to_string);
                return Err(Why::Registry { id, wanted });
            }
        }
        if terms.issue_until.is_some_and(|last| it.day > last) {
            return Err(Why::Day(it.day));
        }
        let issued = self.issued.entry(id).or_default();
        if terms.quantity != 0 {
            let left = terms.quantity.saturating_sub(book.authorised_under(id));
            let left = left.saturating_sub(*issued);
            if it.quantity > left {
                let wanted = it.quantity;
                return Err(Why::Quantity { left, wanted });
            }
        }
        *issued = issued.saturating_add(it.quantity);
        Ok(Draft::Issue {
            authorisation: id,
            vintage: it.vintage,
            quantity: it.quantity,
            reference: it.reference.clone(),
        })
    }

    /// Units that were used or cancelled for a purpose, or contributed to the Adaptation Fund.
    fn units(
        &mut self,
        book: &Book,
        it: &Notification,
        purpose: Option<Purpose>,
    ) -> Result<Draft, Why> {
        let units = it.units.ok_or(Why::Field(
            "a use, cancellation or contribution names the units",
        ))?;
        let wrong = |why| Err(Why::Units { units, why });
        if units.tonnes() != it.quantity {
            return wrong("the quantity is not the number of units: correct one of them");
        }
        if self.ended.iter().any(|other| other.overlaps(units)) {
            return wrong("a line before tells of the end of some of them already");
        }
        let Some((block, place)) = book.now(units) else {
            return wrong(
                "this ledger knows no such units in one block: name blocks as they are here",
            );
        };
        let Some(of) = block.authorisation.filter(|of| of.id == it.authorisation) else {
            return wrong("they are not under this authorisation");
        };
        if block.serial.year() != it.vintage {
            return wrong("they are of another vintage");
        }
        let draft = match place {
            Place::Used | Place::Cancelled => return wrong("they are used or cancelled already"),
            Place::OnHold(_) | Place::Escrow(_) | Place::Reserved(_) => {
                return wrong("they are on hold, on their way or set aside: settle that first");
            }
            Place::Available(account) => here(it, units, purpose, account),
            Place::Abroad(to) => record(book, it, (units, purpose), (&block, to))?,
        };
        let covers = match purpose {
            Some(Purpose::Ndc) => of.uses.covers_ndc(),
            Some(Purpose::InternationalMitigation) => of.uses.covers_imp(),
            Some(Purpose::OtherPurposes) => of.uses.covers_op(),
            Some(Purpose::OverallMitigation | Purpose::Voluntary) | None => true,
        };
        if !covers {
            return Err(Why::Purpose(units));
        }
        self.ended.insert(units);
        Ok(draft)
    }
}

/// What is to be done with units that are here.
fn here(
    it: &Notification,
    units: UnitRange,
    purpose: Option<Purpose>,
    account: AccountId,
) -> Draft {
    let reference = it.reference.clone();
    match purpose {
        Some(purpose) => Draft::End {
            account,
            units,
            purpose,
            reference,
        },
        None => Draft::Contribute {
            account,
            units,
            reference,
        },
    }
}

/// The record of a use or contribution abroad: only what was not first transferred before is told of.
fn record(
    book: &Book,
    it: &Notification,
    (units, purpose): (UnitRange, Option<Purpose>),
    (block, to): (&UnitBlock, Party),
) -> Result<Draft, Why> {
    let wrong = |why| Err(Why::Units { units, why });
    let party = it.party.unwrap_or(to);
    let told = purpose.map_or(Some(NotifiedUse::AdaptationFund), NotifiedUse::of_end);
    let Some(purpose) = told else {
        return wrong("such an end abroad is no first transfer: there is nothing to record");
    };
    if book.was_told(units, purpose, party) {
        return Err(Why::Recorded(units));
    }
    if block.first_transfer.is_some() {
        return wrong(
            "they were first transferred before: their holder reports what became of them",
        );
    }
    Ok(Draft::Record(UseNotified {
        ranges: vec![units],
        purpose,
        party,
        day: it.day,
        reference: it.reference.clone(),
        by: Vec::new(),
    }))
}
