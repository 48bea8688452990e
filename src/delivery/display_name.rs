//! A mailbox as it stands in a header (RFC 5322, 3.4): nothing in a name can end it (security T8), and no digits in it
//! can be taken for the code.

use std::fmt::Write as _;

use lettre::Address;

use super::error::DeliveryError;
use super::wire::{on_the_wire, one_line};
use crate::domain::mailbox::Mailbox;

/// The longest encoded word (RFC 2047, 2), without what begins and ends it.
const WORD: usize = 75 - BEGINS.len() - ENDS.len();
const BEGINS: &str = "=?utf-8?q?";
const ENDS: &str = "?=";

/// The mailbox in a header of that name, and its address.
pub(super) fn mailbox(field: &'static str, mailbox: &Mailbox) -> Result<(String, Address), DeliveryError> {
    let address = on_the_wire(field, &mailbox.address)?;
    let Some(name) = &mailbox.name else { return Ok((address.to_string(), address)) };
    Ok((format!("{} <{address}>", phrase(one_line(field, name)?)), address))
}

/// A name as words, as a quoted string, or encoded.
fn phrase(name: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~ ".contains(c);
    if !name.is_ascii() || name.contains("=?") {
        encoded(name)
    } else if name.chars().all(is_word) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// As encoded words, each of whole characters. Everything but letters is encoded: a digit could stand beside those of
/// its neighbours.
fn encoded(name: &str) -> String {
    let mut words = vec![String::new()];
    for c in name.chars() {
        let mut bytes = [0; 4];
        let mut part = String::new();
        for byte in c.encode_utf8(&mut bytes).bytes() {
            match byte {
                b' ' => part.push('_'),
                letter if letter.is_ascii_alphabetic() => part.push(char::from(letter)),
                // Writing to a string cannot fail.
                other => drop(write!(part, "={other:02X}")),
            }
        }
        match words.last_mut() {
            Some(word) if word.len() + part.len() <= WORD => word.push_str(&part),
            _ => words.push(part),
        }
    }
    let words: Vec<String> = words.iter().map(|word| format!("{BEGINS}{word}{ENDS}")).collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(from: &str) -> String {
        super::mailbox("sender", &Mailbox::parse(from).unwrap()).unwrap().0
    }

    #[test]
    fn names_are_words_quoted_or_encoded() {
        for (from, header) in [
            ("a@b.example", "a@b.example"),
            ("Acme Accounts <a@b.example>", "Acme Accounts <a@b.example>"),
            ("Acme, Inc. <a@b.example>", "\"Acme, Inc.\" <a@b.example>"),
            (r#""The \"best\" \\ Acme" <a@b.example>"#, r#""The \"best\" \\ Acme" <a@b.example>"#),
            ("Müller 7 <a@b.example>", "=?utf-8?q?M=C3=BCller_=37?= <a@b.example>"),
            ("=?utf-8?q?x?= <a@b.example>", "=?utf-8?q?=3D=3Futf=2D=38=3Fq=3Fx=3F=3D?= <a@b.example>"),
        ] {
            assert_eq!(written(from), header);
        }
    }

    #[test]
    fn a_long_name_is_folded_between_whole_characters_and_holds_no_code() {
        let header = written(&format!("{} <a@b.example>", "爱12345".repeat(12)));
        let lines: Vec<&str> = header.split("\r\n ").collect();
        assert!(lines.len() > 4 && lines.iter().all(|line| line.len() <= 90), "{header}");
        for line in &lines {
            let word = line.trim_end_matches(" <a@b.example>");
            assert!(word.len() <= 75 && word.starts_with(BEGINS) && word.ends_with(ENDS), "{word}");
            let bytes = word[BEGINS.len()..word.len() - ENDS.len()].split('=').skip(1);
            let bytes: Vec<u8> = bytes.map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect();
            assert!(std::str::from_utf8(&bytes).is_ok(), "{word}");
        }
        let digits = header.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
        assert!(digits < Some(6), "{header}");
    }

    #[test]
    fn t8_a_name_can_begin_no_header() {
        let forged = Mailbox { name: Some("x\r\nBcc: y".to_owned()), address: "a@b.example".to_owned() };
        let refused = super::mailbox("sender", &forged).unwrap_err().fault.to_string();
        assert_eq!(refused, "the sender holds a control character");
    }
}
