//! Schemas as readers of an API want them.

use utoipa::Number;
use utoipa::openapi::schema::{ArrayItems, KnownFormat, Object, SchemaFormat};
use utoipa::openapi::{RefOr, Schema};

use super::prose::prose;

/// Makes prose of the doc comments in a schema, and limits of the sizes of its integers.
pub(super) fn tidy(schema: &mut RefOr<Schema>) {
    let words = |text: &mut Option<String>| *text = text.as_deref().map(prose);
    match schema {
        RefOr::Ref(reference) => {
            if !reference.description.is_empty() {
                reference.description = prose(&reference.description);
            }
        }
        RefOr::T(Schema::Object(object)) => {
            words(&mut object.description);
            sized(object);
            object.properties.values_mut().for_each(tidy);
        }
        RefOr::T(Schema::Array(array)) => {
            words(&mut array.description);
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                tidy(items);
            }
        }
        RefOr::T(Schema::OneOf(one)) => {
            words(&mut one.description);
            one.items.iter_mut().for_each(tidy);
        }
        RefOr::T(Schema::AllOf(all)) => {
            words(&mut all.description);
            all.items.iter_mut().for_each(tidy);
        }
        RefOr::T(Schema::AnyOf(any)) => {
            words(&mut any.description);
            any.items.iter_mut().for_each(tidy);
        }
        RefOr::T(_) => {}
    }
}

/// OpenAPI knows two formats of integers, both signed: what is narrower than the one that holds it has a maximum.
fn sized(object: &mut Object) {
    let Some(SchemaFormat::KnownFormat(format)) = &object.format else {
        return;
    };
    let (format, maximum) = match format {
        KnownFormat::UInt8 => (KnownFormat::Int32, Some(usize::from(u8::MAX))),
        KnownFormat::UInt16 => (KnownFormat::Int32, Some(usize::from(u16::MAX))),
        KnownFormat::UInt32 => (KnownFormat::Int64, usize::try_from(u32::MAX).ok()),
        KnownFormat::UInt64 => (KnownFormat::Int64, None),
        _ => return,
    };
    object.format = Some(SchemaFormat::KnownFormat(format));
    object.minimum = object.minimum.take().or(Some(Number::UInt(0)));
    object.maximum = object.maximum.take().or(maximum.map(Number::UInt));
}
