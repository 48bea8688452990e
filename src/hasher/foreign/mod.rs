//! Password hashes that other programs made: which scheme a text is of, what a check of it costs, and the check.
//!
//! One file a family of schemes. What is here is compared with once: a right password is hashed anew, as ours.

mod argon2;
mod bcrypt;
mod crypt;
mod encodings;
mod legacy;
mod md5;
mod pbkdf2;
mod scrypt;

use super::error::HashError;
use super::memory::Memory;
use crate::domain::hash_scheme::Scheme;

/// A hash as it was stored, in the terms of its scheme.
pub(super) trait Check {
    /// Whether a check of it takes no longer than half a second of a processor, and protects anything at all
    /// (security P7). Judged before anything is computed.
    fn is_bearable(&self) -> bool;

    /// What it costs, in the words of the scheme, such as `m=65536,t=3,p=4` or `12`.
    fn cost(&self) -> String;

    /// Whether it is the hash of this password; compared in constant time.
    fn matches(&self, memory: &mut Memory, password: &[u8]) -> Result<bool, HashError>;
}

/// A scheme that is known here, and how its texts are read. A text that only begins like one is none.
struct Format {
    scheme: Scheme,
    begins: &'static str,
    read: fn(&str) -> Option<Box<dyn Check>>,
}

const fn format(scheme: Scheme, begins: &'static str, read: fn(&str) -> Option<Box<dyn Check>>) -> Format {
    Format { scheme, begins, read }
}

/// All of them; the first that begins so counts.
static FORMATS: &[Format] = &[
    format(Scheme::Argon2, "$argon2", argon2::phc),
    format(Scheme::Argon2, "argon2$argon2", argon2::django),
    format(Scheme::Argon2, "{ARGON2}", argon2::labelled),
    format(Scheme::Argon2, "{ARGON2I}", argon2::labelled),
    format(Scheme::Argon2, "{ARGON2ID}", argon2::labelled),
    format(Scheme::Bcrypt, "$2a$", bcrypt::plain),
    format(Scheme::Bcrypt, "$2b$", bcrypt::plain),
    format(Scheme::Bcrypt, "$2y$", bcrypt::plain),
    format(Scheme::Bcrypt, "{BLF-CRYPT}$2", bcrypt::labelled),
    format(Scheme::Bcrypt, "bcrypt$$2", bcrypt::django),
    format(Scheme::BcryptSha256, "bcrypt_sha256$$2", bcrypt::django_sha256),
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
    format(Scheme::Sha256Crypt, "{SHA256-CRYPT}$5$", crypt::labelled),
    format(Scheme::Sha512Crypt, "{SHA512-CRYPT}$6$", crypt::labelled),
    format(Scheme::SaltedSha, "{SSHA}", legacy::salted),
    format(Scheme::SaltedSha, "{SSHA256}", legacy::salted),
    format(Scheme::SaltedSha, "{SSHA512}", legacy::salted),
    format(Scheme::Phpass, "$P$", md5::phpass),
    format(Scheme::Phpass, "$H$", md5::phpass),
    format(Scheme::Md5Crypt, "$1$", md5::crypt),
    format(Scheme::Md5Crypt, "$apr1$", md5::crypt),
    format(Scheme::Md5Crypt, "{MD5-CRYPT}$1$", md5::labelled),
];

/// What a text with a password hash is.
pub(super) enum Foreign {
    Verified(Scheme, Box<dyn Check>),
    /// A check would cost too much, or the hash protects nothing.
    OutOfBounds(Scheme),
}

/// The hash in a text, if it is of a scheme that is verified here. `{CRYPT}` stands before any of the `$…$` ones.
pub(super) fn read(text: &str) -> Option<Foreign> {
    let text = text.strip_prefix("{CRYPT}").unwrap_or(text);
    let format = FORMATS.iter().find(|format| text.starts_with(format.begins))?;
    let check = (format.read)(text)?;
    Some(if check.is_bearable() {
        Foreign::Verified(format.scheme, check)
    } else {
        Foreign::OutOfBounds(format.scheme)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by the programs that are named, all of the same password.
    const VECTORS: &str = include_str!("vectors.tsv");
    const PASSWORD: &str = "correct horse 7é";

    /// Those that are not verified: they look at too little of a password, or nobody should rely on them any more.
    const MUST_RESET: [&str; 22] = [
        "htpasswd -nbs ({SHA})",
        "mkpasswd -m gost-yescrypt",
        "mkpasswd -m sunmd5",
        "mkpasswd -m bsdicrypt",
        "mkpasswd -m descrypt",
        "mkpasswd -m nt",
        "doveadm pw -s SHA256",
        "doveadm pw -s SHA512",
        "doveadm pw -s SMD5",
        "doveadm pw -s SCRAM-SHA-256",
        "Django make_password md5",
        "passlib fshp",
        "passlib nthash",
        "passlib lmhash",
        "passlib mysql41",
        "passlib mssql2005",
        "passlib des_crypt",
        "passlib bsdi_crypt",
        "passlib sha1_crypt",
        "passlib sun_md5_crypt",
        "passlib scram",
        "passlib django_salted_sha1",
    ];

    #[test]
    fn p7_every_hash_of_another_program_is_verified_or_named_as_one_that_is_not() {
        let mut memory = Memory::new();
        let (mut verified, mut others) = (0, Vec::new());
        for line in VECTORS.lines() {
            let (maker, hash) = line.split_once('\t').unwrap();
            if hash.starts_with("ERR ") || hash.starts_with("Fatal: ") {
                continue;
            }
            match read(hash) {
                Some(Foreign::Verified(_, check)) => {
                    assert_eq!(check.matches(&mut memory, PASSWORD.as_bytes()), Ok(true), "{maker}");
                    assert_eq!(check.matches(&mut memory, b"correct horse 7"), Ok(false), "{maker}");
                    verified += 1;
                }
                Some(Foreign::OutOfBounds(scheme)) => panic!("{maker}: {scheme} is out of bounds"),
                None => others.push(maker),
            }
        }
        let unexpected: Vec<_> = others.iter().filter(|maker| !MUST_RESET.contains(maker)).collect();
        assert!(unexpected.is_empty(), "{unexpected:?}");
        assert!(verified > 50, "{verified}");
    }
}
