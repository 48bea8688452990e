//! CSV by RFC 4180: CRLF, a header of the field names, nested values as JSON text, null as an empty cell.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break (security T3). The rule,
//! and how to undo it: a text that begins with one of these, or with a single quote, gets one single quote in
//! front; so whoever reads the file drops the first character of every cell that begins with a single quote.
//! Numbers are left alone.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::escape;

/// The top-level fields of a serialized row, in the order of its struct.
pub(super) struct Fields<'j>(pub(super) Vec<(&'j str, &'j RawValue)>);

impl<'j> serde::Deserialize<'j> for Fields<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'j> Visitor<'j> for InOrder {
            type Value = Fields<'j>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object with a field for each column")
            }

            fn visit_map<M: MapAccess<'j>>(self, mut map: M) -> Result<Fields<'j>, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// A field's cell. On a terminal it is escaped as everything is there; in a file the data stay as they are.
pub(super) fn cell(value: &RawValue, on_terminal: bool) -> Result<Cow<'_, str>, serde_json::Error> {
    let written = value.get();
    let text = match written.as_bytes().first() {
        Some(b'"') => defuse(text(written)?),
        Some(b'n') => "".into(),
        _ => written.into(),
    };
    Ok(if on_terminal { escape::visible(&text).into_owned().into() } else { text })
}

/// The text that a JSON string stands for; one without a backslash is that text.
fn text(written: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Ok(plain.into()),
        _ => serde_json::from_str(written).map(Cow::Owned),
    }
}

/// The rule of this module's head.
fn defuse(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'']) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn undo(cell: &str) -> &str {
        cell.strip_prefix('\'').unwrap_or(cell)
    }

    #[test]
    fn t3_what_a_spreadsheet_would_run_is_defused() {
        for text in ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1"] {
            assert_eq!(defuse(text.into()), format!("'{text}"));
        }
        assert_eq!(defuse("a=1".into()), "a=1");
    }

    proptest! {
        #[test]
        fn t3_defusing_can_be_undone(text in "[=+@'\\t\\r\\n -]{0,3}.{0,8}") {
            let cell = defuse(text.as_str().into());
            prop_assert_eq!(undo(&cell), text.as_str());
        }
    }
}
