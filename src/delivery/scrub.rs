//! What the other side says, without what it may repeat (security T9).

use crate::domain::message::Message;

/// As much as is kept of it, in characters.
const KEPT: usize = 200;
/// Digits in a row that may be a code or a number. Replies of mail servers have three.
const LONG_RUN: usize = 5;
/// Shorter words of a message are no secret by themselves.
const SECRET_WORD: usize = 16;
const HIDDEN: &str = "[...]";

/// The words of a provider without the address, any code or number, and any token of the message; on one line.
pub fn scrubbed(words: &str, message: &Message) -> String {
    let mut text: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text = hide(&text, &message.to);
    // Tokens are long words; links may be, too, and are of no use there.
    for word in message.body.split_whitespace().filter(|word| word.len() >= SECRET_WORD) {
        text = hide(&text, word);
    }
    without_long_numbers(&text).chars().take(KEPT).collect()
}

/// Without `needle`, in whatever case it stands there.
pub(super) fn hide(text: &str, needle: &str) -> String {
    if needle.is_empty() {
        return text.to_owned();
    }
    // ASCII lowering keeps every byte in its place.
    let (lower, needle) = (text.to_ascii_lowercase(), needle.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, found) in lower.match_indices(&needle) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(HIDDEN);
        from = at + found.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// Without runs of digits that may be a code or a number, also if they are grouped by blanks and hyphens.
fn without_long_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let end = |run: &mut String, out: &mut String| {
        // What separates the run from what follows belongs to neither.
        let tail = run.trim_end_matches([' ', '-']).len();
        let (number, rest) = run.split_at(tail);
        let long = number.chars().filter(char::is_ascii_digit).count() >= LONG_RUN;
        out.push_str(if long { HIDDEN } else { number });
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
        let scrub = |words: &str| scrubbed(words, &message);
        assert_eq!(scrub("550 5.1.1 <alice@EXAMPLE.com>: no such user"), "550 5.1.1 <[...]>: no such user");
        assert_eq!(scrub("refused: 'code is 012345'"), "refused: 'code is [...]'");
        assert_eq!(scrub("refused: 012 345, 012-345."), "refused: [...], [...].");
        assert_eq!(scrub("+4915112345678 is off"), "+[...] is off");
        assert_eq!(scrub("no rgn_setup_abcdefghijklmnop\r\nhere"), "no [...]  here");
        assert_eq!(scrub("451 4.7.1 try later"), "451 4.7.1 try later");
        assert_eq!(scrub(&"x".repeat(900)).len(), KEPT);
    }
}
