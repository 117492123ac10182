//! Words of the command line for the registry's enumerations.

use clap::ValueEnum;
use countersign_protocol::record;

/// What an organisation is to the registry.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OrganisationKind {
    /// The Party's own authority
    Government,
    /// A project developer
    Developer,
    /// A validation or verification body
    Certifier,
    /// Anybody else who may hold units
    Other,
}

impl From<OrganisationKind> for record::OrganisationKind {
    fn from(word: OrganisationKind) -> Self {
        match word {
            OrganisationKind::Government => Self::Government,
            OrganisationKind::Developer => Self::Developer,
            OrganisationKind::Certifier => Self::Certifier,
            OrganisationKind::Other => Self::Other,
        }
    }
}

/// What an account is for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AccountKind {
    /// The Party's own holding account
    PartyHolding,
    /// A holding account of an authorised entity
    EntityHolding,
    /// Units set aside at issuance against reversals
    Buffer,
    /// Units set aside at issuance as a share of proceeds
    ShareOfProceeds,
}

impl From<AccountKind> for record::AccountKind {
    fn from(word: AccountKind) -> Self {
        match word {
            AccountKind::PartyHolding => Self::PartyHolding,
            AccountKind::EntityHolding => Self::EntityHolding,
            AccountKind::Buffer => Self::Buffer,
            AccountKind::ShareOfProceeds => Self::ShareOfProceeds,
        }
    }
}

/// What units are used or cancelled for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Purpose {
    /// Towards the Party's NDC
    Ndc,
    /// International mitigation purposes other than an NDC
    InternationalMitigation,
    /// Other purposes
    OtherPurposes,
    /// Overall mitigation in global emissions
    OverallMitigation,
    /// Voluntary cancellation
    Voluntary,
}

impl From<Purpose> for record::Purpose {
    fn from(word: Purpose) -> Self {
        match word {
            Purpose::Ndc => Self::Ndc,
            Purpose::InternationalMitigation => Self::InternationalMitigation,
            Purpose::OtherPurposes => Self::OtherPurposes,
            Purpose::OverallMitigation => Self::OverallMitigation,
            Purpose::Voluntary => Self::Voluntary,
        }
    }
}

/// What another registry tells of units that left before their first transfer.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum NotifiedUse {
    /// Used or cancelled for international mitigation purposes other than an NDC
    InternationalMitigation,
    /// Used or cancelled for other purposes
    OtherPurposes,
    /// Cancelled for overall mitigation in global emissions
    OverallMitigation,
    /// Contributed to the Adaptation Fund
    AdaptationFund,
}

impl From<NotifiedUse> for record::NotifiedUse {
    fn from(word: NotifiedUse) -> Self {
        match word {
            NotifiedUse::InternationalMitigation => Self::InternationalMitigation,
            NotifiedUse::OtherPurposes => Self::OtherPurposes,
            NotifiedUse::OverallMitigation => Self::OverallMitigation,
            NotifiedUse::AdaptationFund => Self::AdaptationFund,
        }
    }
}

/// The word by which a serialisable enumeration is known, as the API and the records write it.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word.replace('_', " "),
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
