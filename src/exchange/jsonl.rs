//! Our JSON: a person an object, a line each or in an array.

use serde_json::value::RawValue;

use super::error::RowFault;
use super::field::{Draft, Field, Known};
use super::json::{Object, given};
use super::mapping::Map;
use super::row::{Failed, filled};

pub(super) fn read(object: &Object<'_>, map: &Map) -> Result<Draft, Failed> {
    filled(Draft::default(), |draft| fields(object, map, draft))
}

fn fields(object: &Object<'_>, map: &Map, draft: &mut Draft) -> Result<(), RowFault> {
    let mut seen: Vec<Field> = Vec::new();
    for (name, value) in object.fields() {
        match map.known(name) {
            Known::Field(field) if seen.contains(&field) => return Err(RowFault::Twice(field.to_string())),
            Known::Field(field) => {
                seen.push(field);
                draft.set(field, given(value, field)?)?;
            }
            Known::Printed => {}
            Known::Unknown(_) if map.fields().any(|(_, path)| begins(path, name)) => {}
            Known::Unknown(nearest) => {
                return Err(RowFault::UnknownField { field: name.to_owned(), nearest });
            }
        }
    }
    mapped(object, map, draft)
}

/// Whether a path goes through this field.
fn begins(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

/// Sets the fields that were said to stand elsewhere.
pub(super) fn mapped(object: &Object<'_>, map: &Map, draft: &mut Draft) -> Result<(), RowFault> {
    let found = map.fields().filter_map(|(field, path)| Some((field, object.at(path)?)));
    let mut set = found.map(|(field, value): (Field, &RawValue)| draft.set(field, given(value, field)?));
    set.find(Result::is_err).unwrap_or(Ok(()))
}
