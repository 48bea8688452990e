//! Values of TOML for serde, and what it finds wrong with them in words for people.

use std::fmt::Display;

use serde::de::value::SeqDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeString, DeValue};

/// Why a value is none of its setting's. Texts that were given are not repeated: somebody may have put a password
/// there.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Fault {
    /// Dotted: where in the table it was found, `codes.length`.
    pub(super) key: String,
    /// Reads after the key.
    pub(super) message: String,
}

impl Fault {
    fn beneath(mut self, name: &str) -> Self {
        self.key = if self.key.is_empty() { name.to_owned() } else { format!("{name}.{}", self.key) };
        self
    }
}

impl de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Self { key: String::new(), message: message.to_string() }
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        let wanted = match wanted.to_string().as_str() {
            "a string" => "a text in quotes".to_owned(),
            "i64" => "a whole number".to_owned(),
            "a boolean" => "true or false".to_owned(),
            "a sequence" => "a list in square brackets".to_owned(),
            "a map" => "a table".to_owned(),
            other => other.to_owned(),
        };
        let found = match found {
            Unexpected::Str(_) => "a text",
            Unexpected::Signed(_) => "a whole number",
            Unexpected::Float(_) => "a number with a fraction",
            Unexpected::Bool(_) => "true or false",
            Unexpected::Seq => "a list",
            Unexpected::Map => "a table",
            _ => "a date or time",
        };
        Self::custom(format_args!("must be {wanted}, not {found}"))
    }

    fn invalid_value(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::custom(format_args!("must be {wanted}"))
    }

    fn unknown_variant(_: &str, allowed: &'static [&'static str]) -> Self {
        Self::custom(format_args!("must be {}", one_of(allowed)))
    }

    fn unknown_field(_: &str, allowed: &'static [&'static str]) -> Self {
        Self::custom(format_args!("may have only {} in each entry", one_of(allowed)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format_args!("must have {field} in each entry"))
    }
}

/// What may be said, in words: `"a", "b" or "c"`.
pub(super) fn one_of(allowed: &[&str]) -> String {
    let quoted: Vec<String> = allowed.iter().map(|value| format!("\"{value}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// Reads a value, or the value of each field of a table.
pub(super) fn read<'v, T: de::Deserialize<'v>>(value: &'v DeValue<'v>) -> Result<T, Fault> {
    T::deserialize(Value(value))
}

#[derive(Clone, Copy)]
struct Value<'v>(&'v DeValue<'v>);

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(number) => {
                let whole = i64::from_str_radix(number.as_str(), number.radix());
                // No limit is that far out.
                visitor.visit_i64(whole.unwrap_or(i64::MAX))
            }
            DeValue::Float(_) => Err(de::Error::invalid_type(Unexpected::Float(0.0), &visitor)),
            DeValue::Boolean(flag) => visitor.visit_bool(*flag),
            DeValue::Datetime(_) => Err(de::Error::invalid_type(Unexpected::Other("a date"), &visitor)),
            DeValue::Array(list) => {
                visitor.visit_seq(SeqDeserializer::new(list.iter().map(|entry| Value(entry.get_ref()))))
            }
            DeValue::Table(table) => visitor.visit_map(Entries { left: table.iter(), entry: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'v> IntoDeserializer<'v, Fault> for Value<'v> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The entries of a table; what is wrong with one has its name.
struct Entries<'v> {
    left: toml::map::Iter<'v, Spanned<DeString<'v>>, Spanned<DeValue<'v>>>,
    entry: Option<(&'v str, Value<'v>)>,
}

impl<'v> MapAccess<'v> for Entries<'v> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'v>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.entry = self.left.next().map(|(name, value)| (name.get_ref().as_ref(), Value(value.get_ref())));
        self.entry.map(|(name, _)| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'v>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (name, value) =
            self.entry.take().ok_or_else(|| de::Error::custom("has a value without a name"))?;
        seed.deserialize(value).map_err(|fault| fault.beneath(name))
    }
}
