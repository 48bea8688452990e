//! All schemes: which one a text is of, and a check that costs as much as another.

use std::borrow::Cow;

use super::check::Check;
use super::{argon2, bcrypt, crypt, legacy, md5, must_reset, pbkdf2, portable, scrypt};
use crate::domain::hash_scheme::{HashKind, Scheme};

/// Reads a hash, or makes one that costs as much.
type Read = fn(&str) -> Option<Box<dyn Check>>;

/// How texts of a scheme begin that is known here, and how they are read. A text that only begins like one is none.
struct Format {
    scheme: Scheme,
    begins: &'static str,
    read: Read,
}

const fn format(scheme: Scheme, begins: &'static str, read: Read) -> Format {
    Format { scheme, begins, read }
}

/// All of them; the first that begins so counts.
static FORMATS: &[Format] = &[
    format(Scheme::Argon2, "$argon2", argon2::phc),
    format(Scheme::Argon2, "argon2$argon2", argon2::django),
    format(Scheme::Bcrypt, "$2a$", bcrypt::plain),
    format(Scheme::Bcrypt, "$2b$", bcrypt::plain),
    format(Scheme::Bcrypt, "$2y$", bcrypt::plain),
    format(Scheme::Bcrypt, "bcrypt$$2", bcrypt::django),
    format(Scheme::BcryptSha256, "bcrypt_sha256$$2", bcrypt::django_sha256),
    format(Scheme::WordPress, "$wp$2", bcrypt::word_press),
    format(Scheme::Scrypt, "$7$", scrypt::modular),
    format(Scheme::Scrypt, "$scrypt$", scrypt::phc),
    format(Scheme::Scrypt, "scrypt:", scrypt::werkzeug),
    format(Scheme::Scrypt, "scrypt$", scrypt::django),
    format(Scheme::Pbkdf2, "$pbkdf2$", pbkdf2::passlib),
    format(Scheme::Pbkdf2, "$pbkdf2-sha1$", pbkdf2::passlib),
    format(Scheme::Pbkdf2, "$pbkdf2-sha256$", pbkdf2::passlib),
    format(Scheme::Pbkdf2, "$pbkdf2-sha512$", pbkdf2::passlib),
    format(Scheme::Pbkdf2, "{PBKDF2}$1$", pbkdf2::dovecot),
    format(Scheme::Pbkdf2, "{PBKDF2", pbkdf2::ldap),
    format(Scheme::Pbkdf2, "{PKCS5S2}", pbkdf2::atlassian),
    format(Scheme::Pbkdf2, "$p5k2$", pbkdf2::p5k2),
    format(Scheme::Pbkdf2, "grub.pbkdf2.sha512.", pbkdf2::grub),
    format(Scheme::Pbkdf2, "pbkdf2:", pbkdf2::werkzeug),
    format(Scheme::Pbkdf2, "pbkdf2_", pbkdf2::django),
    format(Scheme::Yescrypt, "$y$", crypt::yescrypt),
    format(Scheme::Sha256Crypt, "$5$", crypt::sha256),
    format(Scheme::Sha512Crypt, "$6$", crypt::sha512),
    format(Scheme::Drupal, "$S$", portable::drupal),
    format(Scheme::SaltedSha, "{SSHA", legacy::salted),
    format(Scheme::Phpass, "$P$", portable::phpass),
    format(Scheme::Phpass, "$H$", portable::phpass),
    format(Scheme::Md5Crypt, "$1$", md5::crypt),
    format(Scheme::Md5Crypt, "$apr1$", md5::crypt),
];

/// What stands before a hash that names its own scheme, as directories and Dovecot write it.
const LABELS: [&str; 10] = [
    "{CRYPT}",
    "{BLF-CRYPT}",
    "{BCRYPT}",
    "{SHA256-CRYPT}",
    "{SHA512-CRYPT}",
    "{MD5-CRYPT}",
    "{MD5}",
    "{ARGON2}",
    "{ARGON2I}",
    "{ARGON2ID}",
];

/// Longer than any hash that a program makes.
const LONGEST: usize = 1_024;

/// What a text with a password hash is.
pub(in crate::hasher) enum Foreign {
    Verified(HashKind, Box<dyn Check>),
    /// A check would cost too much, or the hash protects nothing.
    OutOfBounds(Scheme),
    /// Of a format that is known by this name, and not verified here.
    MustReset(&'static str),
}

/// The hash in a text, if it is of a scheme that is known here.
pub(in crate::hasher) fn read(text: &str) -> Option<Foreign> {
    if text.len() > LONGEST {
        return None;
    }
    let whole = upper_label(text);
    let bare = LABELS.iter().find_map(|label| whole.strip_prefix(label)).filter(|rest| rest.starts_with('$'));
    let bare = bare.unwrap_or(&whole);
    let begun = FORMATS.iter().find(|format| bare.starts_with(format.begins));
    let read = begun.and_then(|format| Some((format.scheme, (format.read)(bare)?)));
    Some(match read {
        Some((scheme, check)) if check.is_bearable() => {
            Foreign::Verified(HashKind { scheme, cost: check.cost() }, check)
        }
        Some((scheme, _)) => Foreign::OutOfBounds(scheme),
        None => {
            let crypt = whole.strip_prefix("{CRYPT}");
            Foreign::MustReset(must_reset::name(crypt.unwrap_or(&whole), crypt.is_some())?)
        }
    })
}

/// With a label before it in capitals: the case of one does not matter (RFC 2307).
fn upper_label(text: &str) -> Cow<'_, str> {
    match text.split_once('}') {
        Some((label, rest))
            if label.starts_with('{') && label.bytes().any(|byte| byte.is_ascii_lowercase()) =>
        {
            Cow::Owned(format!("{}}}{rest}", label.to_ascii_uppercase()))
        }
        _ => Cow::Borrowed(text),
    }
}

/// A check that costs as much as those of a kind, of a hash that is nobody's (security E3).
pub(in crate::hasher) fn imitation(kind: &HashKind) -> Option<Box<dyn Check>> {
    let of_cost: Read = match kind.scheme {
        Scheme::Argon2id => return None,
        Scheme::Argon2 => argon2::imitation,
        Scheme::Bcrypt => bcrypt::imitation,
        Scheme::BcryptSha256 => bcrypt::sha256_imitation,
        Scheme::WordPress => bcrypt::word_press_imitation,
        Scheme::Scrypt => scrypt::imitation,
        Scheme::Pbkdf2 => pbkdf2::imitation,
        Scheme::Yescrypt => crypt::yescrypt_imitation,
        Scheme::Sha256Crypt => crypt::sha256_imitation,
        Scheme::Sha512Crypt => crypt::sha512_imitation,
        Scheme::Drupal => portable::drupal_imitation,
        Scheme::SaltedSha => legacy::imitation,
        Scheme::Phpass => portable::phpass_imitation,
        Scheme::Md5Crypt => md5::imitation,
    };
    of_cost(&kind.cost).filter(|check| check.is_bearable())
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
