//! Schemas as readers of an API want them.

use utoipa::Number;
use utoipa::openapi::schema::{ArrayItems, KnownFormat, Object, SchemaFormat, SchemaType, Type};
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
            // Naming something twice does no harm.
            array.unique_items = false;
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

/// A parameter is there or not; it is never null.
pub(super) fn given(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            if let SchemaType::Array(types) = &mut object.schema_type {
                types.retain(|it| *it != Type::Null);
                if let [one] = types.as_slice() {
                    object.schema_type = SchemaType::Type(one.clone());
                }
            }
        }
        RefOr::T(Schema::OneOf(choice)) => {
            choice.items.retain(|item| !is_null(item));
            if choice.items.len() == 1
                && let Some(one) = choice.items.pop()
            {
                *schema = one;
            }
        }
        _ => {}
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => object.schema_type == SchemaType::Type(Type::Null),
        _ => false,
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
        KnownFormat::UInt64 => (KnownFormat::Int64, usize::try_from(i64::MAX).ok()),
        _ => return,
    };
    object.format = Some(SchemaFormat::KnownFormat(format));
    object.minimum = object.minimum.take().or(Some(Number::UInt(0)));
    object.maximum = object.maximum.take().or(maximum.map(Number::UInt));
}
