//! Closed lists of words that types of the API keep as text, and lists in the forms that they are read in.

use countersign_protocol::record::{Organisation, Project};
use countersign_protocol::registry::Standing;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::people::AuditEvent;

/// Words as a schema.
fn words(list: &[&str], description: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(list.iter().copied()))
        .description(Some(description))
        .build()
        .into()
}

macro_rules! word_lists {
    ($($name:ident = $words:expr, $description:literal;)+) => {$(
        #[doc = $description]
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                words($words, $description)
            }
        }

        impl ToSchema for $name {}
    )+};
}

word_lists! {
    UserStateWord = &["invited", "active", "suspended", "erased"], "Where a user stands.";
    UnitsEventKind = &[
        "issuance", "split", "hold", "lift", "reserve", "free", "transfer", "lock", "release", "finalise", "acquire",
        "retire", "cancel", "hold_placed", "hold_lifted", "authorised", "use_notified",
    ], "What can happen to units.";
    CaseTextPart = &["form", "comment"], "What a text of a case is.";
    ScopeWord = &["own", "assigned", "sector", "country"], "On what an action may be used.";
    AuditEventWord = &AuditEvent::ALL.iter().map(|event| event.word()).collect::<Vec<_>>(), "What happened to a user.";
}

/// A filled form.
pub(crate) struct Form;

impl PartialSchema for Form {
    fn schema() -> RefOr<Schema> {
        let form = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .examples([serde_json::json!({"title": "Stoves on the outer islands"})])
            .description(Some(
                "A form of the process, filled or being filled: its fields by their names.",
            ));
        form.build().into()
    }
}

impl ToSchema for Form {}

/// Owners with their parts.
pub(crate) struct Shares;

impl PartialSchema for Shares {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^(0|[1-9][0-9]{0,8})$"));
        let part = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(0))
            .maximum(Some(u32::MAX));
        let shares = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .property_names(Some(number.build()))
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(Schema::Object(
                part.build(),
            )))))
            .examples([serde_json::json!({"3": 2, "5": 1})])
            .description(Some(
                "Organisations, by their numbers, with the part that each has.",
            ));
        shares.build().into()
    }
}

impl ToSchema for Shares {}

/// An organisation in a list.
#[derive(ToSchema)]
#[allow(dead_code)] // it only describes
pub(crate) struct OrganisationListed {
    /// The organisation.
    #[serde(flatten)]
    organisation: Organisation,
    /// Whether it may act; only in answers of the read model.
    standing: Option<Standing>,
    /// The newest leaf that may have changed it; only in answers of the read model.
    changed_at: Option<u64>,
}

/// A project in a list.
#[derive(ToSchema)]
#[allow(dead_code)] // it only describes
pub(crate) struct ProjectListed {
    /// The project.
    #[serde(flatten)]
    project: Project,
    /// Whether anything may happen to it; only in answers of the read model.
    standing: Option<Standing>,
    /// The newest leaf that may have changed it; only in answers of the read model.
    changed_at: Option<u64>,
}
