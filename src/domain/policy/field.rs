//! Fields of a policy as data: a name, the values allowed, and where the value lives.

use serde::Serialize;

/// Why a change of a policy is refused. What was typed is not repeated: it may have been meant for elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("there is no such field; did you mean {nearest}?")]
    UnknownFieldNear { nearest: &'static str },
    #[error("there is no such field; the fields are {}", .known.join(", "))]
    UnknownField { known: Vec<&'static str> },
    #[error("{field} must be a whole number from {minimum} to {maximum} ({unit})")]
    OutOfRange { field: &'static str, minimum: u32, maximum: u32, unit: &'static str },
    #[error("{field} must be true or false")]
    NotAFlag { field: &'static str },
    #[error("{field} must be at most {maximum} characters long")]
    TooLong { field: &'static str, maximum: usize },
    #[error("{field} must not hold control characters")]
    Control { field: &'static str },
    #[error(
        "minimum_password_length ({minimum}) is above maximum_password_length ({maximum}), so no password would do"
    )]
    MinimumAboveMaximum { minimum: u32, maximum: u32 },
    #[error("{field} must be {}{}", .words.join(" or "), if *.optional { ", or nothing" } else { "" })]
    NoneOf { field: &'static str, words: &'static [&'static str], optional: bool },
    #[error("{field} must be an email address, or a mobile number such as +4915112345678")]
    NoAddress { field: &'static str },
    #[error("admin_check=on needs somebody to ask: give scene (mobile or email) and address, too")]
    NobodyDesignated,
    #[error("scene={scene} needs the address of {} {noun}", if *.noun == "email address" { "an" } else { "a" })]
    AddressOfOtherScene { scene: &'static str, noun: &'static str },
}

/// What a field holds, the values it takes and where they live in the policy `P`.
pub enum Kind<P> {
    /// A whole number within both bounds, counted in `unit`. Where 0 switches the rule off, the help says so.
    Number { minimum: u32, maximum: u32, unit: &'static str, slot: fn(&mut P) -> &mut u32 },
    /// Yes or no: written `true` or `false`; `on`, `off`, `yes` and `no` are read too.
    Flag { slot: fn(&mut P) -> &mut bool },
    /// Free text of at most `maximum` characters, without control characters.
    Text { maximum: usize, slot: fn(&mut P) -> &mut String },
    /// One of these words; where `optional`, an empty value is none of them. `true` and `false` stand for `on` and
    /// `off` where those are the words.
    Choice {
        words: &'static [&'static str],
        optional: bool,
        get: fn(&P) -> &'static str,
        set: fn(&mut P, &str),
    },
    /// An email address or a mobile number; an empty value is none. `set` says whether it was one.
    Address { get: fn(&P) -> &str, set: fn(&mut P, &str) -> bool },
}

/// One setting of the policy `P`.
pub struct Field<P> {
    /// As it is written in commands, in JSON and in the cloud's own documentation.
    pub name: &'static str,
    /// How else it may be written.
    pub aliases: &'static [&'static str],
    pub kind: Kind<P>,
    /// One line for tables and help.
    pub help: &'static str,
}

/// A field with its present value, ready for a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldRow {
    #[serde(rename = "field")]
    pub name: &'static str,
    pub value: String,
    /// `6 to 128 characters`, `true or false`, `at most 64 characters`.
    pub range: String,
    #[serde(rename = "what")]
    pub help: &'static str,
}

/// A policy that is described by a table of fields.
pub trait FieldTable: Sized + Clone + 'static {
    fn table() -> &'static [Field<Self>];

    /// Whether the fields agree with one another; each by itself is already within its range.
    fn check_together(&self) -> Result<(), PolicyError> {
        Ok(())
    }

    /// Sets one field from what a person wrote. Fields that must agree are judged by [`FieldTable::check`],
    /// since several may be changed one after the other.
    fn set_field(&mut self, name: &str, value: &str) -> Result<(), PolicyError> {
        let table = Self::table();
        match table.iter().find(|field| field.name == name || field.aliases.contains(&name)) {
            Some(field) => field.set(self, value),
            None => Err(unknown(table, name)),
        }
    }

    /// This policy with all the changes made, or none of them.
    fn with_fields<N: AsRef<str>, V: AsRef<str>>(&self, changes: &[(N, V)]) -> Result<Self, PolicyError> {
        let mut changed = self.clone();
        for (name, value) in changes {
            changed.set_field(name.as_ref(), value.as_ref())?;
        }
        changed.check()?;
        Ok(changed)
    }

    /// Every field within its range, and all of them agreeing: also for what was read from a store.
    fn check(&self) -> Result<(), PolicyError> {
        for field in Self::table() {
            field.check(self)?;
        }
        self.check_together()
    }

    /// Every field with its value, in the order of the table.
    fn fields(&self) -> Vec<FieldRow> {
        Self::table()
            .iter()
            .map(|field| FieldRow {
                name: field.name,
                value: field.value(self),
                range: field.range(),
                help: field.help,
            })
            .collect()
    }
}

impl<P: Clone> Field<P> {
    /// A field that is written in one way.
    pub const fn new(name: &'static str, kind: Kind<P>, help: &'static str) -> Self {
        Self { name, aliases: &[], kind, help }
    }

    fn set(&self, policy: &mut P, value: &str) -> Result<(), PolicyError> {
        match &self.kind {
            Kind::Number { slot, .. } => {
                // `parse` would also take a sign; a field never has one.
                let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                let number = if digits { value.parse().ok() } else { None };
                let number = number.ok_or_else(|| self.out_of_range())?;
                self.judge_number(number)?;
                *slot(policy) = number;
            }
            Kind::Flag { slot } => {
                *slot(policy) = match value {
                    "true" | "on" | "yes" => true,
                    "false" | "off" | "no" => false,
                    _ => return Err(PolicyError::NotAFlag { field: self.name }),
                }
            }
            Kind::Text { slot, .. } => {
                self.judge_text(value)?;
                value.clone_into(slot(policy));
            }
            Kind::Choice { words, optional, set, .. } => {
                let switch = words.contains(&"on") && matches!(value, "true" | "false" | "yes" | "no");
                let none = *optional && value.is_empty();
                if !(words.contains(&value) || none || switch) {
                    return Err(PolicyError::NoneOf { field: self.name, words, optional: *optional });
                }
                set(policy, value);
            }
            Kind::Address { set, .. } => {
                if !set(policy, value) {
                    return Err(PolicyError::NoAddress { field: self.name });
                }
            }
        }
        Ok(())
    }

    fn check(&self, policy: &P) -> Result<(), PolicyError> {
        match &self.kind {
            Kind::Number { slot, .. } => self.judge_number(*slot(&mut policy.clone())),
            Kind::Text { slot, .. } => self.judge_text(slot(&mut policy.clone())),
            // Their types hold nothing else; an address is judged where it is set.
            Kind::Flag { .. } | Kind::Choice { .. } | Kind::Address { .. } => Ok(()),
        }
    }

    fn judge_number(&self, number: u32) -> Result<(), PolicyError> {
        match &self.kind {
            Kind::Number { minimum, maximum, .. } if !(*minimum..=*maximum).contains(&number) => {
                Err(self.out_of_range())
            }
            _ => Ok(()),
        }
    }

    fn judge_text(&self, text: &str) -> Result<(), PolicyError> {
        match &self.kind {
            Kind::Text { maximum, .. } if text.chars().count() > *maximum => {
                Err(PolicyError::TooLong { field: self.name, maximum: *maximum })
            }
            Kind::Text { .. } if text.chars().any(char::is_control) => {
                Err(PolicyError::Control { field: self.name })
            }
            _ => Ok(()),
        }
    }

    fn out_of_range(&self) -> PolicyError {
        let (minimum, maximum, unit) = match &self.kind {
            Kind::Number { minimum, maximum, unit, .. } => (*minimum, *maximum, *unit),
            _ => (0, 0, ""),
        };
        PolicyError::OutOfRange { field: self.name, minimum, maximum, unit }
    }

    /// Its value in a policy, as it is typed.
    pub fn value(&self, policy: &P) -> String {
        match &self.kind {
            Kind::Number { slot, .. } => slot(&mut policy.clone()).to_string(),
            Kind::Flag { slot } => slot(&mut policy.clone()).to_string(),
            Kind::Text { slot, .. } => slot(&mut policy.clone()).clone(),
            Kind::Address { get, .. } => get(policy).to_owned(),
            Kind::Choice { get, .. } => get(policy).to_owned(),
        }
    }

    fn range(&self) -> String {
        match &self.kind {
            Kind::Number { minimum, maximum, unit, .. } => format!("{minimum} to {maximum} {unit}"),
            Kind::Flag { .. } => "true or false".to_owned(),
            Kind::Text { maximum, .. } => format!("at most {maximum} characters"),
            Kind::Choice { words, .. } => words.join(" or "),
            Kind::Address { .. } => "an email address or a mobile number".to_owned(),
        }
    }
}

/// The field that was most likely meant, or all of them when none is near.
fn unknown<P>(table: &[Field<P>], name: &str) -> PolicyError {
    // Jaro-Winkler, 0 to 1: 0.8 lets slips and left-out words through, and nothing unrelated.
    const NEAR: f64 = 0.8;
    let best = table
        .iter()
        .map(|field| (field.name, strsim::jaro_winkler(field.name, name)))
        .filter(|(_, likeness)| *likeness >= NEAR)
        .max_by(|(_, left), (_, right)| left.total_cmp(right));
    match best {
        Some((nearest, _)) => PolicyError::UnknownFieldNear { nearest },
        None => PolicyError::UnknownField { known: table.iter().map(|field| field.name).collect() },
    }
}

/// A [`Kind::Number`] field: its name in the struct, both bounds, the unit and the help.
macro_rules! number {
    ($field:ident, $minimum:literal, $maximum:literal, $unit:literal, $help:literal) => {
        $crate::domain::policy::Field::new(
            stringify!($field),
            $crate::domain::policy::Kind::Number {
                minimum: $minimum,
                maximum: $maximum,
                unit: $unit,
                slot: |policy| &mut policy.$field,
            },
            $help,
        )
    };
}

/// A [`Kind::Flag`] field: its name in the struct and the help.
macro_rules! flag {
    ($field:ident, $help:literal) => {
        $crate::domain::policy::Field::new(
            stringify!($field),
            $crate::domain::policy::Kind::Flag { slot: |policy| &mut policy.$field },
            $help,
        )
    };
}

/// A [`Kind::Text`] field: its name in the struct, the most characters and the help.
macro_rules! text {
    ($field:ident, $maximum:literal, $help:literal) => {
        $crate::domain::policy::Field::new(
            stringify!($field),
            $crate::domain::policy::Kind::Text { maximum: $maximum, slot: |policy| &mut policy.$field },
            $help,
        )
    };
}

pub(super) use {flag, number, text};
