//! `--map FIELD=COLUMN`: which column of a file is which field.

use std::str::FromStr;

use super::field::{Field, Known, known};
use crate::domain::text::nearest;
use crate::domain::typed;

/// Every column that nothing else is said of.
const REST: &str = "*";

/// A column that has another name than its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// `None` for a column that is left out.
    field: Option<Field>,
    column: String,
}

/// Why a text is no mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("write FIELD=COLUMN, such as user=login, or =COLUMN to leave a column out")]
    Form,
    #[error("there is no field `{field}`{}", .nearest.map_or_else(String::new, |known| format!("; did you mean `{known}`?")))]
    NoField { field: String, nearest: Option<&'static str> },
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (field, column) = text.split_once('=').ok_or(MappingError::Form)?;
        let (field, column) = (typed::plain(field), typed::tidied(column));
        if column.is_empty() || (column.as_str() == REST && !field.is_empty()) {
            return Err(MappingError::Form);
        }
        let field = match field.as_str() {
            "" => None,
            word => Some(word.parse().map_err(|_| MappingError::NoField {
                field: word.to_owned(),
                nearest: nearest(word, Field::WORDS.iter().copied()),
            })?),
        };
        Ok(Self { field, column: column.to_string() })
    }
}

/// Every mapping of a command.
#[derive(Debug, Clone, Default)]
pub(super) struct Map(Vec<Mapping>);

impl Map {
    pub(super) fn new(mappings: &[Mapping]) -> Self {
        Self(mappings.to_vec())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields that stand in columns of other names, and these.
    pub(super) fn fields(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().filter_map(|mapping| Some((mapping.field?, mapping.column.as_str())))
    }

    /// The columns that have to be there.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|mapping| mapping.column.as_str()).filter(|column| *column != REST)
    }

    /// What a column or a field of one of our formats is.
    pub(super) fn known(&self, name: &str) -> Known {
        let name = typed::tidied(name);
        let mapped = self.0.iter().find(|mapping| mapping.column.eq_ignore_ascii_case(&name));
        if let Some(mapping) = mapped {
            return mapping.field.map_or(Known::Printed, Known::Field);
        }
        match known(&name) {
            // Another column was said to be it.
            Known::Field(field) if self.fields().any(|(of, _)| of == field) => Known::Printed,
            Known::Unknown(_) if self.0.iter().any(|mapping| mapping.column == REST) => Known::Printed,
            known => known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(mappings: &[&str]) -> Map {
        Map(mappings.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn a_column_is_the_field_that_it_is_said_to_be() {
        let map = map(&["user=Login Name", "=shoe size", "=email"]);
        assert_eq!(map.known("login name"), Known::Field(Field::User));
        assert_eq!(map.known("user"), Known::Printed);
        assert_eq!((map.known("Shoe Size"), map.known("email")), (Known::Printed, Known::Printed));
        assert_eq!(map.known("hat size"), Known::Unknown(None));
        assert_eq!(map.columns().collect::<Vec<_>>(), ["Login Name", "shoe size", "email"]);
    }

    #[test]
    fn the_rest_can_be_left_out() {
        assert_eq!(map(&["=*"]).known("hat size"), Known::Printed);
        assert_eq!(map(&["=*"]).known("user"), Known::Field(Field::User));
        assert_eq!(map(&["=*"]).columns().count(), 0);
    }

    #[test]
    fn what_is_no_mapping_is_told() {
        let told = |text: &str| text.parse::<Mapping>().unwrap_err().to_string();
        let form = "write FIELD=COLUMN, such as user=login, or =COLUMN to leave a column out";
        for text in ["user", "user=", "=", "user=*"] {
            assert_eq!(told(text), form, "{text}");
        }
        assert_eq!(told("emial=mail"), "there is no field `emial`; did you mean `email`?");
        assert_eq!(told("shoe=size"), "there is no field `shoe`");
    }
}
