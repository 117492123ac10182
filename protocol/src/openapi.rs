//! How the types that have one text form look in OpenAPI 3.1 (feature `openapi`). The node describes its HTTP API with it.
//!
//! Types whose members are their JSON derive `utoipa::ToSchema` where they are defined. Here are the others: their JSON is a
//! text or a number, so a pattern or a list of words says what may stand in it.

use std::borrow::Cow;

use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::id::{
    AccountId, AgreementId, AuthorisationId, Lei, OrganisationId, Origin, RequestId, Text,
    TransferId,
};
use crate::party::{Party, RegistryId};
use crate::period::{Day, Period};
use crate::permission::Action;
use crate::project::Geometry;
use crate::record::Commitment;
use crate::serial::{CooperativeApproachId, DomesticSerial, ItmoId, SectoralScope, UnitType};
use crate::units::UnitRange;

/// A SHA-256 digest as JSON shows it: 64 lower-case hex digits. Only a description; the value itself is a
/// [`Hash`](crate::log::Hash).
#[derive(Debug)]
pub struct Sha256;

/// What a text may be, with an example.
fn text(pattern: &str, example: &str, description: &str) -> RefOr<Schema> {
    string()
        .pattern(Some(pattern))
        .examples([example])
        .description(Some(description))
        .build()
        .into()
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}

fn number(description: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(0))
        .maximum(Some(u32::MAX))
        .examples([3])
        .description(Some(description))
        .build()
}

/// Types with one text form: the pattern (ECMA-262), an example that is one, and what it is.
macro_rules! texts {
    ($($type:ty, $name:literal, $pattern:literal, $example:literal, $description:literal;)+) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                text($pattern, $example, $description)
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )+};
}

texts! {
    Sha256, "Sha256", "^[0-9a-f]{64}$",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "A SHA-256 digest: 64 lower-case hex digits.";
    Commitment, "Commitment", "^[0-9a-f]{64}$",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "A salted commitment: SHA-256 of 32 random bytes and a text that stays outside the ledger. 64 lower-case hex digits.";
    TransferId, "TransferId", "^[0-9a-f]{64}$",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "A transfer between countries: a digest over its terms, so that it is the same in both ledgers. 64 lower-case hex \
         digits.";
    AuthorisationId, "AuthorisationId", "^[0-9A-Za-z]([0-9A-Za-z -]{0,30}[0-9A-Za-z])?$",
        "GH-CH-2026-01",
        "An authorisation, by the id that the authorising Party gave it: 1 to 32 letters, digits, spaces and hyphens.";
    RequestId, "RequestId",
        "^([0-9a-f]{32}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$",
        "6f1c2a5e9b304d7c8e21f0a4b6d8c3e5",
        "A request, drawn by the caller: 32 lower-case hex digits, or a UUID (RFC 9562), which is printed without hyphens.";
    RegistryId, "RegistryId", "^[A-Z]{3}[0-9]{2}$", "GHA01",
        "A registry (6/CMA.4 annex I): the country's ISO 3166-1 alpha-3 code and two digits from 01 to 99.";
    AgreementId, "AgreementId", "^[A-Za-z0-9._-]{1,64}$", "CH-GH-2020",
        "A bilateral agreement, by the name that both countries gave it: 1 to 64 characters out of `A-Z a-z 0-9 . _ -`.";
    Origin, "Origin", "^[^\\s+]{1,255}$", "registry.example.gov.gh/ledger",
        "The name of a ledger, as its checkpoints begin with it (C2SP tlog-checkpoint): 1 to 255 bytes without white space, \
         plus signs and control characters.";
    DomesticSerial, "DomesticSerial",
        "^[A-Z]{2}-[A-Z0-9.]{1,12}-[0-9]{1,2}-[0-9]{3,10}-[0-9]{4}-[0-9]{1,10}-[1-9][0-9]{0,18}-[1-9][0-9]{0,18}$",
        "VU-ITMO-11-356-2022-0-27-35",
        "The serial of a block of units in the country that issued them: country, unit type, sectoral scope, project number, \
         vintage, a reserved field, first and last number.";
    ItmoId, "ItmoId", "^CA[0-9]{4}-[A-Z]{3}[0-9]{2}-[A-Z]{3}-[0-9,]+(-[0-9,]+)?-[0-9]{4}$",
        "CA0001-GHA01-GHA-1,000-2023",
        "The identifier of an ITMO (6/CMA.4 annex I): cooperative approach, registry, first transferring Party, number or \
         first and last number, vintage.";
    CooperativeApproachId, "CooperativeApproachId", "^CA[0-9]{4}$", "CA0001",
        "A cooperative approach, by the number that the UNFCCC's centralised accounting and reporting platform gave it.";
    UnitType, "UnitType", "^[A-Z0-9.]{1,12}$", "ITMO",
        "The kind of a unit, as its serial says it: 1 to 12 capital letters, digits or dots.";
    UnitRange, "UnitRange", "^[A-Z]{2}-[1-9][0-9]{0,18}-[1-9][0-9]{0,18}$", "GH-27-35",
        "A run of whole tonnes of CO2 equivalent of one country: the country, the first and the last number, both within. A \
         number is 1 to 9223372036854775807.";
    Lei, "Lei", "^[0-9A-Z]{18}[0-9]{2}$", "529900T8BM49AURSDO55",
        "A Legal Entity Identifier (ISO 17442): 18 letters and digits, and two check digits.";
    Day, "Day", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-11-23",
        "A calendar day from 1970 on (ISO 8601).";
    Period, "Period", "^[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2021-01-01/2030-12-31",
        "Days from the first to the last, both within (ISO 8601).";
}

/// Types that are a number in the order of registration.
macro_rules! numbers {
    ($($type:ty, $name:literal, $description:literal;)+) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                number($description).into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )+};
}

numbers! {
    OrganisationId, "OrganisationId", "An organisation of this registry, by its number, counted from 1.";
    AccountId, "AccountId", "An account of this registry, by its number, counted from 1.";
}

impl PartialSchema for SectoralScope {
    fn schema() -> RefOr<Schema> {
        let scopes = (1..=16).map(|number: u8| number.to_string());
        string()
            .enum_values(Some(scopes))
            .description(Some(
                "A sectoral scope of the Clean Development Mechanism by its number, as a text.",
            ))
            .build()
            .into()
    }
}

impl ToSchema for SectoralScope {}

impl PartialSchema for Geometry {
    fn schema() -> RefOr<Schema> {
        let kinds = string()
            .enum_values(Some(["Point", "Polygon", "MultiPolygon"]))
            .description(Some("What it is."));
        let coordinates = ArrayBuilder::new()
            .items(RefOr::T(Schema::Object(Object::with_type(
                SchemaType::AnyValue,
            ))))
            .description(Some(
                "Longitude and latitude in degrees, in lists as RFC 7946 nests them.",
            ));
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .property("type", kinds)
            .required("type")
            .property("coordinates", coordinates)
            .required("coordinates")
            .description(Some(
                "A point or an outline on the map, as a GeoJSON geometry (RFC 7946) in WGS 84.",
            ))
            .build()
            .into()
    }
}

impl ToSchema for Geometry {}

impl PartialSchema for Party {
    fn schema() -> RefOr<Schema> {
        string()
            .enum_values(Some(Self::all().map(|party| party.to_string())))
            .examples(["GH"])
            .description(Some("A country: its ISO 3166-1 alpha-2 code."))
            .build()
            .into()
    }
}

impl ToSchema for Party {}

impl PartialSchema for Action {
    fn schema() -> RefOr<Schema> {
        string()
            .enum_values(Some(Self::ALL.iter().map(|action| action.word())))
            .description(Some(
                "What can be done in a registry: the permission matrix says which role may do it.",
            ))
            .build()
            .into()
    }
}

impl ToSchema for Action {}

/// 1 to `MAX` bytes on one line. A character takes at least one byte, so no text of more characters is ever right.
impl<const MAX: usize> PartialSchema for Text<MAX> {
    fn schema() -> RefOr<Schema> {
        string()
            .min_length(Some(1))
            .max_length(Some(MAX))
            .pattern(Some(
                "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]+$",
            ))
            .description(Some(format!(
                "A text on one line: 1 to {MAX} bytes of UTF-8, without control characters, line separators and the \
                 characters that reorder text."
            )))
            .build()
            .into()
    }
}

impl<const MAX: usize> ToSchema for Text<MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Text{MAX}"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn example<T: PartialSchema>() -> serde_json::Value {
        let schema = serde_json::to_value(T::schema()).unwrap();
        schema["examples"][0].clone()
    }

    #[test]
    fn every_example_is_read_as_what_it_is_an_example_of() {
        macro_rules! read {
            ($($type:ty),+) => {$(
                let text = example::<$type>();
                let value: $type = serde_json::from_value(text.clone()).unwrap();
                assert_eq!(serde_json::to_value(&value).unwrap(), text);
            )+};
        }
        read!(
            Commitment,
            TransferId,
            RequestId,
            Party,
            RegistryId,
            AgreementId,
            Origin,
            DomesticSerial,
            ItmoId,
            CooperativeApproachId,
            UnitType,
            UnitRange,
            Lei,
            Day,
            Period,
            OrganisationId,
            AccountId
        );
    }
}
