//! The form: answers as they were typed, and what they come to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::questions::Group;
use super::stored::Kind;
use crate::domain::address::{Address, AddressError, Channel};
use crate::domain::principal::{Principal, PrincipalError, Reader};

/// Bytes of a form as it is sealed: each is padded to them, so that a sealed one tells nothing about its length.
/// With the length that sealing puts before it, a whole number of its blocks.
pub const SIZE: usize = 16 * 1024 - 4;
/// Characters of one answer: a few sentences.
const LONGEST: usize = 500;
/// Answers of a form. The questions are 17; a file may hold fields of its own.
const MOST: usize = 100;
/// Characters of a field's name.
const LONGEST_FIELD: usize = 40;

/// The names of the answers that stand in no group.
pub const WHO: &str = "who";
pub const NEW_MOBILE: &str = "new_mobile";
pub const NEW_EMAIL: &str = "new_email";

/// What is wrong with an answer. Answers are not repeated: people type anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("is missing")]
    Missing,
    #[error("has more than {LONGEST} characters")]
    TooLong,
    #[error("holds a line break or another control character")]
    Control,
    #[error("names nobody: {0}")]
    Principal(#[from] PrincipalError),
    #[error("cannot be used: {0}")]
    Address(#[from] AddressError),
}

impl Fault {
    /// As it is told right after the answer, where no name of it stands before.
    pub fn of_the_answer(&self) -> String {
        match self {
            Self::Principal(why) => why.to_string(),
            Self::Address(why) => why.to_string(),
            Self::Missing => "this one cannot be left out".to_owned(),
            Self::TooLong | Self::Control => format!("it {self}"),
        }
    }
}

/// Why a form cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("the form holds more than {MOST} answers")]
    TooMany,
    #[error("the form holds more than {} KiB", SIZE.div_ceil(1024))]
    TooMuch,
}

/// An answer of one of the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<'f> {
    pub group: Group,
    pub field: &'f str,
    pub text: &'f str,
}

/// Answers by name: `who`, `new_mobile`, `new_email`, or `group.field`. An empty one was asked for and left out. It has
/// no `Debug`: what people claim about themselves belongs into no log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub kind: Kind,
    answers: BTreeMap<String, String>,
}

impl Form {
    pub fn new(kind: Kind) -> Self {
        Self { kind, answers: BTreeMap::new() }
    }

    pub fn set(&mut self, key: impl Into<String>, text: &str) {
        self.answers.insert(key.into(), text.trim().to_owned());
    }

    /// What was answered; `None` where nobody was asked yet.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.answers.get(key).map(String::as_str)
    }

    /// What was said in the groups, in their order.
    pub fn answers(&self) -> Vec<Answer<'_>> {
        let of = |group: &Group| {
            let group = *group;
            self.answers.iter().filter_map(move |(key, text)| {
                let (name, field) = key.split_once('.')?;
                (name == group.as_str() && !text.is_empty()).then_some(Answer { group, field, text })
            })
        };
        Group::ALL.iter().flat_map(of).collect()
    }

    /// Judges the whole: what it comes to, or all that is wrong with it, by name.
    pub fn check(mut self, reader: Reader) -> Result<Statement, Vec<(String, Fault)>> {
        let mut faults: Vec<(String, Fault)> = Vec::new();
        for (key, text) in &self.answers {
            if let Err(fault) = judge(reader, key, text) {
                faults.push((key.clone(), fault));
            }
        }
        for key in [WHO, NEW_MOBILE] {
            if self.get(key).is_none_or(str::is_empty) && !faults.iter().any(|(of, _)| of == key) {
                faults.push((key.to_owned(), Fault::Missing));
            }
        }
        let email = self.get(NEW_EMAIL).filter(|text| !text.is_empty()).map(Address::email).transpose();
        let mobile = reader.bound(Channel::Mobile, self.get(NEW_MOBILE).unwrap_or_default());
        match (reader.who(self.get(WHO).unwrap_or_default()), mobile, email) {
            (Ok(who), Ok(new_mobile), Ok(new_email)) if faults.is_empty() => {
                // As they were read, which is no longer a matter of the region.
                self.set(WHO, &who.to_string());
                self.set(NEW_MOBILE, new_mobile.as_str());
                Ok(Statement { who, new_mobile, new_email, form: self })
            }
            _ => Err(faults),
        }
    }

    /// As it is sealed.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, FormError> {
        if self.answers.len() > MOST {
            return Err(FormError::TooMany);
        }
        // Made at its full size, so that growing leaves no copy behind; a writer into it ends where it does.
        let mut bytes = Zeroizing::new(vec![b' '; SIZE]);
        serde_json::to_writer(bytes.as_mut_slice(), self).map_err(|_| FormError::TooMuch)?;
        Ok(bytes)
    }

    /// What [`Form::to_bytes`] made, or nothing if it is not that.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// A form that can be sent.
#[derive(Clone)]
pub struct Statement {
    pub who: Principal,
    pub new_mobile: Address,
    pub new_email: Option<Address>,
    form: Form,
}

impl Statement {
    pub fn form(&self) -> &Form {
        &self.form
    }

    pub fn kind(&self) -> Kind {
        self.form.kind
    }

    /// Whether nothing was said by which anybody could tell who it is.
    pub fn is_bare(&self) -> bool {
        self.form.answers().is_empty()
    }
}

/// Judges one answer. An empty one is left out, which only the required ones cannot be.
pub fn judge(reader: Reader, key: &str, text: &str) -> Result<(), Fault> {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(Fault::Control);
    }
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(Fault::TooLong);
    }
    match key {
        WHO | NEW_MOBILE if text.is_empty() => Err(Fault::Missing),
        WHO => Ok(reader.who(text).map(|_| ())?),
        NEW_MOBILE => Ok(reader.bound(Channel::Mobile, text).map(|_| ())?),
        NEW_EMAIL if !text.is_empty() => Ok(Address::email(text).map(|_| ())?),
        _ => Ok(()),
    }
}

/// Whether a field of a group may be called so.
pub fn is_field(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=LONGEST_FIELD).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(answers: &[(&str, &str)]) -> Form {
        let mut form = Form::new(Kind::Appeal);
        for (key, text) in answers {
            form.set(*key, text);
        }
        form
    }

    #[test]
    fn a_form_comes_to_a_statement_or_to_all_its_faults() {
        let good = form(&[(WHO, "acme"), (NEW_MOBILE, "0049 151 12345678"), ("device.usual", " a laptop ")]);
        let statement = good.check(Reader::default()).ok().unwrap();
        assert_eq!(statement.new_mobile.as_str(), "+4915112345678");
        assert_eq!(statement.form().answers()[0].text, "a laptop");
        assert!(!statement.is_bare());
        let bad = form(&[(NEW_MOBILE, "12"), (NEW_EMAIL, "x"), ("phone.number", "a\u{2028}b")]);
        let faults: Vec<String> = bad
            .check(Reader::default())
            .err()
            .unwrap()
            .iter()
            .map(|(key, fault)| format!("{key} {fault}"))
            .collect();
        assert_eq!(
            faults,
            [
                "new_email cannot be used: this is not an email address: write one like name@example.com",
                "new_mobile cannot be used: write a mobile number as +, country code and number, such as \
                +4915112345678",
                "phone.number holds a line break or another control character",
                "who is missing",
            ]
        );
    }

    #[test]
    fn e1_a_kept_claim_is_read_as_a_strangers_and_its_number_stays_one() {
        let kept = form(&[(WHO, "usr_0123456789abcdefghjkmnpq"), (NEW_MOBILE, "+999123456789")]);
        let reader = Reader { former_numbers: true, ..Reader::default() };
        let statement = kept.check(reader).ok().unwrap();
        assert!(matches!(statement.who, Principal::Account(_)));
        assert_eq!(statement.new_mobile.as_str(), "+999123456789");
    }

    #[test]
    fn every_form_is_as_long_when_it_is_sealed() {
        let (short, long) = (form(&[]), form(&[("basic.name", &"x".repeat(500))]));
        assert_eq!((short.to_bytes().unwrap().len(), long.to_bytes().unwrap().len()), (SIZE, SIZE));
        assert!(Form::from_bytes(&long.to_bytes().unwrap()).is_some_and(|back| back == long));
        let mut much = form(&[]);
        for at in 0..40 {
            much.set(format!("basic.f{at}"), &"x".repeat(500));
        }
        assert_eq!(much.to_bytes().err(), Some(FormError::TooMuch));
        let mut many = form(&[]);
        for at in 0..=MOST {
            many.set(format!("basic.f{at}"), "x");
        }
        assert_eq!(many.to_bytes().err(), Some(FormError::TooMany));
    }

    #[test]
    fn names_of_fields_are_plain_words() {
        assert!(is_field("real_name") && is_field("A-1") && is_field(&"x".repeat(40)));
        for bad in ["", "a b", "a.b", "é", &"x".repeat(41)] {
            assert!(!is_field(bad), "{bad:?}");
        }
    }
}
