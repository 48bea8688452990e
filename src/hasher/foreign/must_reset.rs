//! Formats that are known by name and not verified: they look at too little of a password, take no work to guess, or are
//! made by no program that many people leave.

use super::encodings::is_crypt;

/// How a text of the format begins, and what people call it.
const BEGINNINGS: &[(&str, &str)] = &[
    ("$2$", "bcrypt of its first, faulty version"),
    ("$2x$", "bcrypt of a faulty version"),
    ("$bcrypt-sha256$", "bcrypt-sha256 of passlib"),
    ("$gy$", "gost-yescrypt"),
    ("$md5$", "sunmd5"),
    ("$md5,", "sunmd5"),
    ("$sha1$", "sha1-crypt"),
    ("$3$", "NTLM hash"),
    ("$NT$", "NTLM hash"),
    ("{NT}", "NTLM hash"),
    ("{NTLM}", "NTLM hash"),
    ("{LANMAN}", "LM hash"),
    ("{LM}", "LM hash"),
    ("$scram$", "SCRAM"),
    ("SCRAM-SHA-", "SCRAM"),
    ("{SCRAM-SHA-", "SCRAM"),
    ("{DIGEST-MD5}", "DIGEST-MD5"),
    ("{CRAM-MD5}", "CRAM-MD5"),
    ("{FSHP", "FSHP"),
    ("{SHA}", "SHA-1 without salt"),
    ("{SHA1}", "SHA-1 without salt"),
    ("{SHA256}", "SHA-256 without salt"),
    ("{SHA384}", "SHA-384 without salt"),
    ("{SHA512}", "SHA-512 without salt"),
    ("{MD5}", "MD5 without salt"),
    ("{LDAP-MD5}", "MD5 without salt"),
    ("{PLAIN-MD5}", "MD5 without salt"),
    ("{SMD5}", "salted MD5"),
    ("{SASL}", "password kept elsewhere (SASL)"),
    ("{CLEAR}", "clear text"),
    ("{CLEARTEXT}", "clear text"),
    ("{PLAIN}", "clear text"),
    ("md5$", "salted MD5"),
    ("sha1$", "salted SHA-1"),
    ("U$S$", "Drupal hash over MD5"),
    ("U$P$", "phpass over MD5"),
    ("0x0100", "SQL Server hash"),
    ("0x0200", "SQL Server hash"),
];

/// What a text is called that no check here is for. `labelled` is whether `{CRYPT}` stood before it.
pub(super) fn name(text: &str, labelled: bool) -> Option<&'static str> {
    let begins = BEGINNINGS.iter().find(|(begins, _)| text.starts_with(begins));
    begins.map(|(_, name)| *name).or_else(|| unmarked(text, labelled))
}

/// Those that are known by their length alone.
fn unmarked(text: &str, labelled: bool) -> Option<&'static str> {
    let is_hex = |text: &str| text.bytes().all(|symbol| symbol.is_ascii_hexdigit());
    if text.strip_prefix('*').is_some_and(|rest| rest.len() == 40 && is_hex(rest)) {
        return Some("MySQL hash");
    }
    if text.strip_prefix("md5").is_some_and(|rest| rest.len() == 32 && is_hex(rest)) {
        return Some("MD5 hash of PostgreSQL");
    }
    if text.strip_prefix('_').is_some_and(|rest| is_crypt(rest, 19..=19)) {
        return Some("bsdicrypt");
    }
    match text.len() {
        13 if is_crypt(text, 13..=13) => Some("DES crypt"),
        24..=178 if labelled && is_crypt(text, 24..=178) => Some("bigcrypt"),
        16 if is_hex(text) => Some("old MySQL hash"),
        32 if is_hex(text) => Some("NTLM, LM or MD5 hash"),
        40 if is_hex(text) => Some("SHA-1 without salt"),
        64 if is_hex(text) => Some("SHA-256 without salt"),
        128 if is_hex(text) => Some("SHA-512 without salt"),
        _ => None,
    }
}
