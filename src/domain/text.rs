//! Enums that are written as one word in options, JSON and the store, from one definition.

use std::fmt::Write as _;

/// A stored or typed word is none of the known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("know the word")]
pub struct UnknownWord;

/// The known word that was probably meant: one slip in three letters; the rest is another word.
pub fn nearest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let slips = known.into_iter().map(|known| (strsim::osa_distance(typed, known), known));
    let (distance, known) = slips.min_by_key(|(distance, _)| *distance)?;
    (distance * 3 <= known.len()).then_some(known)
}

/// Text as a part of a URL: everything but letters, digits and `-_.~` (RFC 3986, 2.3) in hexadecimal.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Defines a field-less enum whose variants each have one written form, in both directions; where each has a sentence for
/// people beside it, too, the method that gives it is named at the end.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $text:literal: $sentence:literal,)+ }
     $(#[$about:meta])* fn $method:ident;) => {
        $crate::domain::text::text_enum! {
            $(#[$meta])* $name { $($(#[$doc])* $variant => $text),+ }
        }
        impl $name {
            $(#[$about])*
            pub const fn $method(self) -> &'static str {
                match self { $(Self::$variant => $sentence),+ }
            }
        }
    };
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every variant, in the order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Their written forms.
            pub const WORDS: &'static [&'static str] = &[$($text),+];

            /// The written form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::text::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::domain::text::UnknownWord) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(from)?;
                word.parse().map_err(|_| serde::de::Error::unknown_variant(&word, &[$($text),+]))
            }
        }
    };
}

/// Defines an error whose variants each have the stable code for scripts beside them; the method that gives it is named at
/// the end.
macro_rules! coded_error {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$of:meta])* $variant:ident $(($($tuple:tt)*))? $({ $($field:tt)* })? => $code:literal,)+
     }
     $(#[$about:meta])* $seen:vis fn $method:ident;) => {
        $(#[$meta])*
        pub enum $name { $($(#[$of])* $variant $(($($tuple)*))? $({ $($field)* })?),+ }

        impl $name {
            $(#[$about])*
            $seen fn $method(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }
        }
    };
}
pub(crate) use {coded_error, text_enum};
