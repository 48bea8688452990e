//! From an answer to what it is about: by its words, which say more than a code that means many things, then by its
//! enhanced status code (RFC 3463, RFC 5248), then by its number (RFC 5321).

use super::matter::{About, Matter};
use super::phrases::PHRASES;

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Before a message: the greeting, TLS, the login.
    Connection,
    Sender,
    Recipient,
    /// The message itself.
    Message,
}

/// Words of Exchange that stand in one word, and the rules of a single mailbox.
const RULES_OF_A_MAILBOX: [&str; 3] = ["resolver.rst", "only accepts mail from", "not allowed to send to"];
/// What passes, where the server says that it does.
const LATER: [&str; 5] = ["greylist", "graylist", "grey-list", "grey list", "receiving mail"];
/// Postfix says so to whoever is not logged in, with 5.7.1, and Exchange Online of a person, with 5.4.1.
const DENIED: &str = "recipient address rejected: access denied";

/// What a refusal is about. The text is the server's, without the number it begins with.
pub fn judge(number: u16, text: &str, asked: Asked) -> Matter {
    let found = of_all(number, text, asked);
    match (asked, found.about()) {
        // Nobody was named yet.
        (Asked::Sender, About::Recipient) => Matter::Sender,
        (Asked::Connection, About::Recipient | About::Sender | About::Message) => Matter::Policy,
        _ => found,
    }
}

fn of_all(number: u16, text: &str, asked: Asked) -> Matter {
    let raw = text.to_ascii_lowercase();
    let plain = plain(&raw);
    let says = |phrase: &&str| plain.contains(*phrase);
    // Numbers that servers use for one thing.
    match number {
        530 if says(&"tls") => return Matter::StartTls,
        524 | 530 | 534 | 535 | 538 => return Matter::Login,
        517 => return Matter::Sender,
        556 => return Matter::NoSuchDomain,
        _ => {}
    }
    let passes = number < 500;
    if passes && LATER.iter().any(says) {
        return Matter::Later;
    }
    if RULES_OF_A_MAILBOX.iter().any(|words| raw.contains(words)) {
        return if says(&"too large") { Matter::TooLarge } else { Matter::Closed };
    }
    let status = status(&raw, number);
    match status {
        None | Some((7, _)) if says(&DENIED) => return Matter::Relaying,
        Some(_) if says(&DENIED) => return Matter::NoSuchMailbox,
        _ => {}
    }
    // That a network or a server is not there passes, where the server says so.
    let told = status.filter(|(subject, _)| !(passes && matches!(subject, 3 | 4)));
    let coded = told.and_then(|(subject, detail)| by_status(subject, detail));
    match PHRASES.iter().find(|(_, phrases)| phrases.iter().any(says)) {
        // A mailbox has no policy: it is the quota of who sends.
        Some((Matter::MailboxFull, _)) if matches!(status, Some((7, _))) => Matter::Limit,
        Some((spoken, _)) if fits(*spoken, coded) => *spoken,
        _ => coded.unwrap_or_else(|| by_number(number, asked)),
    }
}

/// A code that names a mailbox or a sender is believed before words that may speak of either.
fn fits(spoken: Matter, coded: Option<Matter>) -> bool {
    let clear = |matter: &Matter| matches!(matter, Matter::Sender | Matter::Unproven | Matter::ReverseName);
    let generic = matches!(spoken, Matter::Spam | Matter::Content | Matter::Blocked);
    match coded {
        Some(coded) if clear(&coded) => spoken.about() != About::Recipient,
        Some(coded) if coded.about() == About::Recipient => !generic,
        _ => true,
    }
}

/// Without what may hold any words: addresses, names of hosts, links.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((_, behind)) = after.split_once('>') else { break };
        rest = behind;
        out.push(' ');
    }
    if !rest.contains('<') {
        out.push_str(rest);
    }
    let is_name = |word: &str| {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.contains('@')
            || inner.contains("://")
            || inner.split('.').filter(|part| !part.is_empty()).count() > 1
    };
    let words = out.split_whitespace().filter(|word| !is_name(word));
    // `<x>: Recipient …` leaves a colon of its own.
    let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
    words.collect::<Vec<_>>().join(" ")
}

/// Subject and detail of the enhanced code, where there is one of the number's class: `5.1.1`, or qmail's `(#5.1.1)`. A
/// number that RFC 5321 has no meaning for stands in brackets: `(571)`.
fn status(text: &str, number: u16) -> Option<(u16, u16)> {
    let class = number / 100;
    let of_word = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_digit());
        let mut parts = word.split('.').map(|part| part.parse::<u16>().ok());
        let (first, subject, detail) = (parts.next()??, parts.next()??, parts.next()??);
        (first == class && subject <= 7 && parts.next().is_none()).then_some((subject, detail))
    };
    let in_brackets = |word: &str| {
        let number = word.strip_prefix('(')?.strip_suffix(')')?.parse::<u16>().ok()?;
        (number / 100 == class && number < 600).then_some((number / 10 % 10, number % 10))
    };
    text.split_whitespace().find_map(|word| of_word(word).or_else(|| in_brackets(word)))
}

/// What a code means; nothing where it means too much.
fn by_status(subject: u16, detail: u16) -> Option<Matter> {
    Some(match (subject, detail) {
        (1, 1 | 6 | 10) => Matter::NoSuchMailbox,
        (1, 2) => Matter::NoSuchDomain,
        (1, 3 | 4) => Matter::BadAddress,
        (1, 7 | 8) => Matter::Sender,
        (1, 90) => Matter::Limit,
        (2, 1) => Matter::MailboxOff,
        (2, 2) => Matter::MailboxFull,
        (2, 3) => Matter::TooLarge,
        (2, 4) => Matter::Closed,
        (3, 4) => Matter::TooLarge,
        (4, 1 | 4 | 310) => Matter::NoSuchDomain,
        (4, 6 | 14) => Matter::MailboxOff,
        (5, 1 | 2 | 4) => Matter::Command,
        (5, 3) => Matter::Limit,
        (6, 7..=9) => Matter::BadAddress,
        (6, _) => Matter::Content,
        (7, 2 | 124 | 129 | 133..=136) => Matter::Closed,
        (7, 4 | 5 | 8 | 11..=14 | 57 | 139) => Matter::Login,
        (7, 10 | 30) => Matter::StartTls,
        (7, 17) => Matter::NoSuchMailbox,
        (7, 18) => Matter::NoSuchDomain,
        (7, 20..=24 | 26 | 29 | 509 | 515) => Matter::Unproven,
        (7, 25) => Matter::ReverseName,
        (7, 27 | 60 | 511) => Matter::Sender,
        (7, 28 | 232 | 233 | 501..=503 | 650 | 651 | 705 | 750) => Matter::Limit,
        (7, 54 | 64) => Matter::Relaying,
        (7, 606..=649 | 708) => Matter::Blocked,
        _ => return None,
    })
}

/// Without words and code: what remains is a rule of the server's own, or of everybody's.
fn by_number(number: u16, asked: Asked) -> Matter {
    match (number, asked) {
        (..500, _) => Matter::Later,
        (500..=504 | 555, _) => Matter::Command,
        (511 | 551, _) => Matter::NoSuchMailbox,
        (552, Asked::Recipient | Asked::Message) => Matter::MailboxFull,
        (553, Asked::Recipient) => Matter::BadAddress,
        (_, Asked::Sender) => Matter::Sender,
        (_, Asked::Message) => Matter::Content,
        (_, Asked::Connection | Asked::Recipient) => Matter::Policy,
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "provider_tests.rs"]
mod provider_tests;
