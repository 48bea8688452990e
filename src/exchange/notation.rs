//! The notations of password hashes: what formats take apart, and what they put together.

use data_encoding::{BASE64, BASE64_NOPAD};

/// The digest below PBKDF2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// As it is called where it has a name of its own: `pbkdf2-sha256`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// The digest in a name such as `pbkdf2-sha256`, which without one is the oldest.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name.strip_prefix("pbkdf2")? {
            "" => Some(Self::Sha1),
            rest => Self::ALL.into_iter().find(|digest| rest.strip_prefix('-') == Some(digest.as_str())),
        }
    }
}

/// A hash that was taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parts {
    Argon2 {
        kind: String,
        version: u32,
        memory: u32,
        iterations: u32,
        lanes: u32,
        salt: Vec<u8>,
        tag: Vec<u8>,
    },
    Pbkdf2 {
        digest: Digest,
        rounds: u32,
        salt: Vec<u8>,
        tag: Vec<u8>,
    },
    Scrypt {
        log_n: u32,
        r: u32,
        p: u32,
        salt: Vec<u8>,
        tag: Vec<u8>,
    },
}

/// Base64 with `.` for `+`, as crypt has it.
fn crypt_base64(bytes: &[u8]) -> String {
    BASE64_NOPAD.encode(bytes).replace('+', ".")
}

/// Base64 with or without its padding, and with either sign.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64_NOPAD.decode(text.trim_end_matches('=').replace('.', "+").as_bytes()).ok()
}

/// The numbers of `m=1,t=2`, in this order.
fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Option<[u32; N]> {
    let mut found = [0; N];
    let mut parts = text.split(',');
    for (name, number) in names.iter().zip(&mut found) {
        *number = parts.next()?.strip_prefix(name)?.strip_prefix('=')?.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

impl Parts {
    /// Takes a hash of ours apart, or one in the notation of PHC.
    pub(super) fn of(hash: &str) -> Option<Self> {
        let fields: Vec<&str> = hash.strip_prefix('$')?.split('$').collect();
        match fields[..] {
            [kind @ ("argon2i" | "argon2d" | "argon2id"), version, costs, salt, tag] => {
                let [version] = numbers(version, ["v"])?;
                let [memory, iterations, lanes] = numbers(costs, ["m", "t", "p"])?;
                let (kind, salt, tag) = (kind.to_owned(), base64(salt)?, base64(tag)?);
                Some(Self::Argon2 { kind, version, memory, iterations, lanes, salt, tag })
            }
            ["scrypt", costs, salt, tag] => {
                let [log_n, r, p] = numbers(costs, ["ln", "r", "p"])?;
                Some(Self::Scrypt { log_n, r, p, salt: base64(salt)?, tag: base64(tag)? })
            }
            [name, rounds, salt, tag] => {
                let digest = Digest::of_name(name)?;
                let (salt, tag) = (base64(salt)?, base64(tag)?);
                let rounds = rounds.parse().ok().or_else(|| {
                    let [rounds, length] = numbers(rounds, ["i", "l"])?;
                    (usize::try_from(length) == Ok(tag.len())).then_some(rounds)
                })?;
                Some(Self::Pbkdf2 { digest, rounds, salt, tag })
            }
            _ => None,
        }
    }

    /// As passlib writes it, and argon2.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Argon2 { kind, version, memory, iterations, lanes, salt, tag } => format!(
                "${kind}$v={version}$m={memory},t={iterations},p={lanes}${}${}",
                BASE64_NOPAD.encode(salt),
                BASE64_NOPAD.encode(tag)
            ),
            Self::Pbkdf2 { digest, rounds, salt, tag } => {
                let name =
                    if *digest == Digest::Sha1 { String::new() } else { format!("-{}", digest.as_str()) };
                format!("$pbkdf2{name}${rounds}${}${}", crypt_base64(salt), crypt_base64(tag))
            }
            Self::Scrypt { log_n, r, p, salt, tag } => format!(
                "$scrypt$ln={log_n},r={r},p={p}${}${}",
                BASE64_NOPAD.encode(salt),
                BASE64_NOPAD.encode(tag)
            ),
        }
    }

    /// As PHC has PBKDF2, which Auth0 and Kratos take.
    pub(super) fn written_as_phc(&self) -> String {
        match self {
            Self::Pbkdf2 { digest, rounds, salt, tag } => format!(
                "$pbkdf2-{}$i={rounds},l={}${}${}",
                digest.as_str(),
                tag.len(),
                BASE64_NOPAD.encode(salt),
                BASE64_NOPAD.encode(tag)
            ),
            Self::Argon2 { .. } | Self::Scrypt { .. } => self.written(),
        }
    }
}

/// Base64 with its padding.
pub(super) fn padded(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(super) fn is_bcrypt(hash: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|scheme| hash.starts_with(scheme))
}

/// What `crypt(3)` reads.
pub(super) fn is_crypt(hash: &str) -> bool {
    is_bcrypt(hash)
        || ["$1$", "$5$", "$6$", "$7$", "$y$", "$gy$"].iter().any(|scheme| hash.starts_with(scheme))
}

/// Whether it was made with a secret of the store, without which nobody can compare with it.
pub(super) fn is_peppered(hash: &str) -> bool {
    hash.split('$').any(|field| field.split(',').any(|parameter| parameter.starts_with("keyid=")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_are_taken_apart_and_put_together() {
        for hash in [
            "$argon2id$v=19$m=65536,t=3,p=4$GoNQKkUo5TxHyFkrRWjt3Q$s5LujWTfLboOIMZXMvCGumJrULcF07vqS2STSTO67iw",
            "$scrypt$ln=16,r=8,p=1$5nwP4fy/NwYg5JzTujem1A$9DNzaIhKLYGZWsFfah3isq3gy+cfGRtd4WX4vgewysE",
            "$pbkdf2$131000$5Jyz1lrrPSckhJAyRojxHg$1S9Y1EtXjVOx52QNbQFrmHlmjNM",
            "$pbkdf2-sha256$29000$HYOwFoLw/r.3NkaI8T4nhA$yTLKSoMLZEj4VfwLfTX7Vitn9nbaU6d5QzkRgSLsnFE",
        ] {
            assert_eq!(Parts::of(hash).map(|parts| parts.written()).as_deref(), Some(hash));
        }
        let phc =
            "$pbkdf2-sha256$i=29000,l=32$HYOwFoLw/r+3NkaI8T4nhA$yTLKSoMLZEj4VfwLfTX7Vitn9nbaU6d5QzkRgSLsnFE";
        let parts = Parts::of(phc).unwrap();
        assert!(parts.written().starts_with("$pbkdf2-sha256$29000$HYOwFoLw/r.3"));
        assert_eq!(parts.written_as_phc(), phc);
        for hash in [
            "$argon2id$v=19$m=1,t=1,p=1,keyid=AAAA$AAAA$AAAA",
            "$2y$05$KbpVc2k6.xejaPFUfZcqsOKzr5jQT2C0rPKmF1nUhHIwPvJcy56ru",
            "$pbkdf2-md5$1$AAAA$AAAA",
            "$pbkdf2-sha256$i=1,l=9$AAAA$AAAA",
            "{SSHA}AAAA",
            "",
        ] {
            assert_eq!(Parts::of(hash), None, "{hash}");
        }
        assert!(is_peppered("$argon2id$v=19$m=1,t=1,p=1,keyid=AAAA$AAAA$AAAA") && !is_peppered(phc));
    }
}
