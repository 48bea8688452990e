//! What the other side says, without what it may repeat (security T9).

use zeroize::Zeroizing;

use super::encoded::{HIDDEN, Needles};
use super::mailbox::quoted;
use crate::domain::message::Message;

/// As much as is kept of it, in characters.
const KEPT: usize = 200;
/// Digits in a row that may be a code (`codes.length` has no fewer) or a number. Replies of mail servers have three,
/// and the codes of SMS providers up to five: whoever looks one up needs it.
const LONG_RUN: usize = 6;
/// Digits in a row that tell too much if they are a part of this message's own code or number.
const OWN_RUN: usize = 4;
/// Shorter words of a message are no secret by themselves.
const SECRET_WORD: usize = 16;
/// As much as is looked at, in characters: what is kept stands at the beginning.
const READ: usize = 20 * KEPT;

/// The words of a provider without the address, any code or number, and any token of the message, however they are
/// written; on one line.
pub fn redacted(words: &str, message: &Message) -> String {
    let mut text: String = words.chars().take(READ).map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Tokens are long words; links may be, too, and are of no use there.
    let long_words = message.body.split_whitespace().filter(|word| word.len() >= SECRET_WORD);
    // As it was typed, and as it went out.
    let quoted = quoted(&message.to);
    let texts: Vec<&str> = [message.to.as_str(), &quoted].into_iter().chain(long_words).collect();
    let own = own_numbers(message);
    let numbers = own.iter().map(|number| number.as_str()).collect();
    text = Needles { texts, numbers }.hidden_in(&text);
    without_long_numbers(&text, &own).chars().take(KEPT).collect()
}

/// The code of a message and the number it goes to: whatever in it has as many digits.
fn own_numbers(message: &Message) -> Vec<Zeroizing<String>> {
    let runs = |text: &str| {
        let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= LONG_RUN);
        runs.map(|run| Zeroizing::new(run.to_owned())).collect::<Vec<_>>()
    };
    [runs(&message.to), runs(&message.body)].concat()
}

/// Without runs of digits that may be a code or a number, also if they are grouped by blanks and hyphens, and without
/// shorter ones that are a part of the message's own.
fn without_long_numbers(text: &str, own: &[Zeroizing<String>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let end = |run: &mut String, out: &mut String| {
        // What separates the run from what follows belongs to neither.
        let tail = run.trim_end_matches([' ', '-']).len();
        let (number, rest) = run.split_at(tail);
        let digits: Zeroizing<String> = Zeroizing::new(number.chars().filter(char::is_ascii_digit).collect());
        let part = digits.len() >= OWN_RUN && own.iter().any(|own| own.contains(digits.as_str()));
        out.push_str(if part || digits.len() >= LONG_RUN { HIDDEN } else { number });
        out.push_str(rest);
        run.clear();
    };
    for c in text.chars() {
        let goes_on = c.is_ascii_digit() || (!run.is_empty() && matches!(c, ' ' | '-'));
        if goes_on {
            run.push(c);
        } else {
            end(&mut run, &mut out);
            out.push(c);
        }
    }
    end(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t9_address_code_and_token_are_taken_out() {
        let message = Message {
            to: "Alice@example.com".to_owned(),
            subject: "s".to_owned(),
            body: "the code is 012345\n\nrgn_setup_abcdefghijklmnop\n".to_owned(),
        };
        let clean = |words: &str| redacted(words, &message);
        assert_eq!(clean("550 5.1.1 <alice@EXAMPLE.com>: no such user"), "550 5.1.1 <[...]>: no such user");
        let dots =
            Message { to: "bob..x@example.com".to_owned(), subject: String::new(), body: String::new() };
        for written in ["bob..x@example.com", "\"bob..x\"@example.com"] {
            assert_eq!(
                redacted(&format!("550 <{written}>: no such user"), &dots),
                "550 <[...]>: no such user"
            );
        }
        assert_eq!(clean("refused: 'code is 012345'"), "refused: 'code is [...]'");
        assert_eq!(clean("refused: 012 345, 012-345."), "refused: [...], [...].");
        assert_eq!(clean("+4915112345678 is off"), "+[...] is off");
        assert_eq!(clean("no rgn_setup_abcdefghijklmnop\r\nhere"), "no [...]  here");
        assert_eq!(clean("451 4.7.1 try later"), "451 4.7.1 try later");
        // What a provider calls its errors by stays, unless it could be a part of the code.
        assert_eq!(clean("30003 Unreachable"), "30003 Unreachable");
        assert_eq!(clean("error 21610, 5.7.26"), "error 21610, 5.7.26");
        for part in ["01234", "2345", "1234"] {
            assert_eq!(clean(&format!("no {part} here")), "no [...] here");
        }
        for scattered in ["012.345", "0 1 2 3 4 5", "0/1/2/3/4/5", "012_345", "012, then 345", "0.1.2.3.4.5"]
        {
            assert_eq!(clean(&format!("no {scattered}!")), "no [...]!", "{scattered}");
        }
        assert_eq!(clean("no 012345678, 987654"), "no [...], [...]", "anybody's");
        assert_eq!(clean(&"x".repeat(900)).len(), KEPT);
        let number =
            Message { to: "+4915112345678".to_owned(), subject: String::new(), body: "012345".to_owned() };
        assert_eq!(
            redacted("subscriber ..45678 of +49 (151) 12345678 is off", &number),
            "subscriber ..[...] of +[...] is off"
        );
    }
}
