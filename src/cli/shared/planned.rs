//! What a dry run shows to programs: the object that the run would print, as far as it is known beforehand.

use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::ui::{Column, Row, column};

/// The fields of a run's object, in its order. One that only the run can know is null, such as an id and a time.
#[derive(Debug)]
pub(in crate::cli) struct Planned<R> {
    row: Option<R>,
    unknown: &'static [&'static str],
    known: Vec<(&'static str, Value)>,
}

impl<R: Row> Planned<R> {
    /// As it would be.
    pub(in crate::cli) fn of(row: R) -> Self {
        Self { row: Some(row), unknown: &[], known: Vec::new() }
    }

    /// The fields alone: nothing is known yet, or nothing may be told. The row names its `FIELDS`.
    pub(in crate::cli) fn unknown() -> Self {
        Self { row: None, unknown: &[], known: Vec::new() }
    }

    /// Without the values of these fields, which are in it, or in what is in it.
    pub(in crate::cli) fn but(self, unknown: &'static [&'static str]) -> Self {
        Self { unknown, ..self }
    }

    /// With this value of a field.
    pub(in crate::cli) fn with(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.known.push((field, value.into()));
        self
    }

    fn fields(&self) -> Result<Vec<(String, Part)>, serde_json::Error> {
        let mut fields = match &self.row {
            Some(row) => match serde_json::from_str(&serde_json::to_string(row)?)? {
                Part::Object(fields) => fields,
                Part::List(_) | Part::Value(_) => Vec::new(),
            },
            None => R::FIELDS.iter().map(|name| ((*name).to_owned(), Part::Value(Value::Null))).collect(),
        };
        forget(&mut fields, self.unknown);
        for (name, value) in &self.known {
            if let Some((_, part)) = fields.iter_mut().find(|(field, _)| field == name) {
                *part = Part::Value(value.clone());
            }
        }
        Ok(fields)
    }
}

/// The object with what a dry run says of itself, which stands in the place of what the run says.
#[derive(Debug)]
pub(super) struct Tried<R> {
    pub(super) planned: Planned<R>,
    pub(super) outcome: &'static str,
    pub(super) effects: Vec<String>,
}

impl<R: Row> Serialize for Tried<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const OWN: [&str; 3] = ["dry_run", "outcome", "effects"];
        let mut map = serializer.serialize_map(None)?;
        for (name, part) in self.planned.fields().map_err(ser::Error::custom)? {
            if !OWN.contains(&name.as_str()) {
                map.serialize_entry(&name, &part)?;
            }
        }
        map.serialize_entry("dry_run", &true)?;
        map.serialize_entry("outcome", self.outcome)?;
        map.serialize_entry("effects", &self.effects)?;
        map.end()
    }
}

impl<R: Row> Row for Tried<R> {
    const COLUMNS: &'static [Column<Self>] = &[column("would happen", |row| {
        if row.effects.is_empty() { "nothing".to_owned() } else { row.effects.join("; ") }
    })];
}

/// JSON whose fields keep their order.
#[derive(Debug)]
enum Part {
    Object(Vec<(String, Part)>),
    List(Vec<Part>),
    Value(Value),
}

/// Nothing is known of the fields of these names, at whatever depth.
fn forget(fields: &mut [(String, Part)], unknown: &[&str]) {
    for (name, part) in fields {
        if unknown.contains(&name.as_str()) {
            *part = Part::Value(Value::Null);
        } else {
            part.forget(unknown);
        }
    }
}

impl Part {
    fn forget(&mut self, unknown: &[&str]) {
        match self {
            Self::Object(fields) => forget(fields, unknown),
            Self::List(parts) => parts.iter_mut().for_each(|part| part.forget(unknown)),
            Self::Value(_) => {}
        }
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(fields) => serializer.collect_map(fields.iter().map(|(name, part)| (name, part))),
            Self::List(parts) => serializer.collect_seq(parts),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Part;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Part, E> {
        Ok(Part::Value(Value::Null))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Part, E> {
        Ok(Part::Value(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Part, E> {
        Ok(Part::Value(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Part, E> {
        Ok(Part::Value(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Part, E> {
        Ok(Part::Value(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Part, E> {
        Ok(Part::Value(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Part, A::Error> {
        let mut list = Vec::new();
        while let Some(part) = parts.next_element()? {
            list.push(part);
        }
        Ok(Part::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Part, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = parts.next_entry()? {
            fields.push(field);
        }
        Ok(Part::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Thing {
        id: &'static str,
        outcome: &'static str,
        count: u64,
        at: Option<u64>,
        parts: Vec<Inner>,
    }

    #[derive(Serialize)]
    struct Inner {
        name: &'static str,
        at: u64,
    }

    impl Row for Thing {
        const COLUMNS: &'static [Column<Self>] = &[];
        const FIELDS: &'static [&'static str] = &["id", "outcome", "count", "at", "parts"];
    }

    fn shown(planned: Planned<Thing>) -> String {
        serde_json::to_string(&Tried { planned, outcome: "would_do", effects: vec!["it is made".into()] })
            .unwrap()
    }

    #[test]
    fn a_dry_run_has_the_fields_of_the_run_in_its_order() {
        let thing = Thing {
            id: "",
            outcome: "noted",
            count: 2,
            at: Some(1),
            parts: vec![Inner { name: "a", at: 3 }],
        };
        assert_eq!(
            shown(Planned::of(thing).but(&["id", "at"])),
            r#"{"id":null,"count":2,"at":null,"parts":[{"name":"a","at":null}],"dry_run":true,"outcome":"would_do","effects":["it is made"]}"#
        );
        assert_eq!(
            shown(Planned::unknown().with("count", 7)),
            r#"{"id":null,"count":7,"at":null,"parts":null,"dry_run":true,"outcome":"would_do","effects":["it is made"]}"#
        );
    }
}
