//! JSON objects whose values stay as they are written until they are asked for, so that no copy of a secret is made.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::error::RowFault;
use super::field::{Field, Text};
use crate::domain::record::Given;

/// An object, its fields in their order.
pub(super) struct Object<'j>(Vec<(Cow<'j, str>, &'j RawValue)>);

/// What an error of serde begins with where a field stands twice.
const TWICE: &str = "twice: ";

impl<'de: 'j, 'j> Deserialize<'de> for Object<'j> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;

        /// A name, borrowed where it holds no escape.
        #[derive(Deserialize)]
        struct Name<'n>(#[serde(borrow)] Cow<'n, str>);

        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    if fields.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format_args!("{TWICE}{name}")));
                    }
                    fields.push((name, value));
                }
                Ok(Object(fields))
            }
        }

        from.deserialize_map(Fields)
    }
}

impl<'j> Object<'j> {
    /// An object from its text.
    pub(super) fn parse(text: &'j str) -> Result<Self, RowFault> {
        serde_json::from_str(text).map_err(|error| {
            let told = error.to_string();
            let name = told.strip_prefix(TWICE).and_then(|rest| rest.rsplit_once(" at line "));
            match name {
                Some((name, _)) => RowFault::Twice(name.to_owned()),
                None if error.is_data() => RowFault::NotObject,
                None => RowFault::NotJson,
            }
        })
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &'j RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'j RawValue> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// An object within it, if there is one.
    pub(super) fn object(&self, name: &str) -> Option<Self> {
        self.get(name).and_then(|value| serde_json::from_str(value.get()).ok())
    }

    /// The objects of an array within it.
    pub(super) fn objects(&self, name: &str) -> Vec<Self> {
        self.get(name).map(items).unwrap_or_default().into_iter().filter_map(object).collect()
    }

    /// A value as the text of a field of ours.
    pub(super) fn given(&self, name: &str, field: Field) -> Result<Given<Text>, RowFault> {
        self.get(name).map_or(Ok(Given::Nothing), |value| given(value, field))
    }

    /// A text that is there, and holds something.
    pub(super) fn text(&self, name: &str) -> Option<Text> {
        self.get(name).and_then(text).filter(|text| !text.is_empty())
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(|value| serde_json::from_str(value.get()).ok())
    }

    /// What stands at the end of a path such as `attributes.mobile`; of an array, what is first in it.
    pub(super) fn at(&self, path: &str) -> Option<&'j RawValue> {
        if let Some(value) = self.get(path) {
            return first(value);
        }
        let (name, rest) = path.split_once('.')?;
        object(first(self.get(name)?)?)?.at(rest)
    }
}

fn object(value: &RawValue) -> Option<Object<'_>> {
    serde_json::from_str(value.get()).ok()
}

/// What is in an array.
pub(super) fn items(value: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

fn first(value: &RawValue) -> Option<&RawValue> {
    if value.get().starts_with('[') { items(value).into_iter().next() } else { Some(value) }
}

/// The text that a JSON string stands for.
pub(super) fn text(value: &RawValue) -> Option<Text> {
    serde_json::from_str(value.get()).map(Zeroizing::new).ok()
}

/// A value as the text of a field: strings, numbers and flags are; `null` takes away what is there.
pub(super) fn given(value: &RawValue, field: Field) -> Result<Given<Text>, RowFault> {
    match value.get().as_bytes().first() {
        Some(b'n') => Ok(Given::Removed),
        Some(b'"') => text(value).map(Given::Set).ok_or(RowFault::NotJson),
        Some(b'{' | b'[') | None => Err(RowFault::NotScalar(field.as_str())),
        Some(_) => Ok(Given::Set(Zeroizing::new(value.get().to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_gives_what_is_asked_for() {
        let text = r#"{"a":{"b":["x","y"]},"c.d":1,"e":null,"\u0066":true,"g":[{"h":"i"},2]}"#;
        let object = Object::parse(text).unwrap();
        let at = |path| object.at(path).map(RawValue::get);
        assert_eq!(at("a.b"), Some("\"x\""));
        assert_eq!(at("c.d"), Some("1"));
        assert_eq!((at("f"), at("g.h"), at("a.z"), at("g.x.y")), (Some("true"), Some("\"i\""), None, None));
        assert_eq!(object.objects("g").len(), 1);
        assert_eq!(object.flag("f"), Some(true));
        let given =
            |name| object.given(name, Field::Email).map(|given| given.set().map(|text| text.to_string()));
        assert_eq!(given("c.d"), Ok(Some("1".to_owned())));
        assert_eq!((given("e"), given("z")), (Ok(None), Ok(None)));
        assert_eq!(given("a"), Err(RowFault::NotScalar("email")));
    }

    #[test]
    fn what_is_no_object_is_told() {
        let told = |text| Object::parse(text).err();
        assert_eq!(told("[1]"), Some(RowFault::NotObject));
        assert_eq!(told("{\"a\":1"), Some(RowFault::NotJson));
        assert_eq!(told("{\"a b\":1,\"a\\u0020b\":2}"), Some(RowFault::Twice("a b".to_owned())));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        // Values are passed over without going into them.
        let deep = Object::parse(&deep).unwrap();
        assert_eq!(deep.given("a", Field::User), Err(RowFault::NotScalar("user")));
        assert!(deep.at("a.b").is_none());
    }
}
