use proptest::prelude::*;

use super::super::super::memory::Memory;
use super::*;

/// Made by the programs that are named, all of the same password.
const VECTORS: &str = include_str!("vectors.tsv");
const PASSWORD: &str = "correct horse 7é";

/// Makers and their hashes; where one could make none, it says so.
fn vectors() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = VECTORS.lines().map(|line| line.split_once('\t').unwrap());
    lines.filter(|(_, hash)| !hash.starts_with("ERR ") && !hash.starts_with("Fatal: "))
}

/// Those that are not verified, and what they are called.
const MUST_RESET: [(&str, &str); 22] = [
    ("htpasswd -nbs ({SHA})", "SHA-1 without salt"),
    ("mkpasswd -m gost-yescrypt", "gost-yescrypt"),
    ("mkpasswd -m sunmd5", "sunmd5"),
    ("mkpasswd -m bsdicrypt", "bsdicrypt"),
    ("mkpasswd -m descrypt", "DES crypt"),
    ("mkpasswd -m nt", "NTLM hash"),
    ("doveadm pw -s SHA256", "SHA-256 without salt"),
    ("doveadm pw -s SHA512", "SHA-512 without salt"),
    ("doveadm pw -s SMD5", "salted MD5"),
    ("doveadm pw -s SCRAM-SHA-256", "SCRAM"),
    ("Django make_password md5", "salted MD5"),
    ("passlib fshp", "FSHP"),
    ("passlib nthash", "NTLM, LM or MD5 hash"),
    ("passlib lmhash", "NTLM, LM or MD5 hash"),
    ("passlib mysql41", "MySQL hash"),
    ("passlib mssql2005", "SQL Server hash"),
    ("passlib des_crypt", "DES crypt"),
    ("passlib bsdi_crypt", "bsdicrypt"),
    ("passlib sha1_crypt", "sha1-crypt"),
    ("passlib sun_md5_crypt", "sunmd5"),
    ("passlib scram", "SCRAM"),
    ("passlib django_salted_sha1", "salted SHA-1"),
];

#[test]
fn p7_every_hash_of_another_program_is_verified_or_named_as_one_that_is_not() {
    let mut memory = Memory::new();
    let (mut verified, mut others) = (0, Vec::new());
    for (maker, hash) in vectors() {
        match read(hash) {
            Some(Foreign::Verified(kind, check)) => {
                assert_eq!(check.matches(&mut memory, PASSWORD.as_bytes()), Ok(true), "{maker}");
                assert_eq!(check.matches(&mut memory, b"correct horse 7"), Ok(false), "{maker}");
                assert!(!kind.cost.contains(' '), "{kind}");
                verified += 1;
            }
            Some(Foreign::MustReset(name)) => others.push((maker, name)),
            Some(Foreign::OutOfBounds(scheme)) => panic!("{maker}: {scheme} is out of bounds"),
            None => panic!("{maker}: nobody knows {hash}"),
        }
    }
    assert_eq!(others, MUST_RESET);
    assert!(verified > 55, "{verified}");
}

#[test]
fn e3_what_costs_as_much_as_a_hash_is_of_its_kind_and_matches_nothing() {
    let mut memory = Memory::new();
    let mut kinds = Vec::new();
    for (maker, hash) in vectors() {
        let Some(Foreign::Verified(kind, _)) = read(hash) else { continue };
        if kinds.contains(&kind) {
            continue;
        }
        let check = imitation(&kind).unwrap_or_else(|| panic!("{maker}: {kind}"));
        assert_eq!(check.cost(), kind.cost, "{maker}");
        assert_eq!(check.matches(&mut memory, PASSWORD.as_bytes()), Ok(false), "{maker}");
        kinds.push(kind);
    }
    let schemes = |scheme: &&Scheme| !kinds.iter().any(|kind| kind.scheme == **scheme);
    assert_eq!(Scheme::ALL.iter().filter(schemes).collect::<Vec<_>>(), [&Scheme::Argon2id]);
}

/// Text, prefix and length of its hash aside, of a cost.
fn text_of(scheme: Scheme, cost: &str) -> String {
    let dots = |count| ".".repeat(count);
    let (salt, tag) = ("MDEyMzQ1Njc4OWFiY2RlZg", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY");
    match scheme {
        Scheme::Argon2id => unreachable!(),
        Scheme::Argon2 => format!("$argon2i$v=19${cost}${salt}${tag}"),
        Scheme::Bcrypt => format!("$2b${cost}${}", dots(53)),
        Scheme::BcryptSha256 => format!("bcrypt_sha256$$2b${cost}${}", dots(53)),
        Scheme::WordPress => format!("$wp$2y${cost}${}", dots(53)),
        Scheme::Scrypt => format!("$scrypt${cost}${salt}${tag}"),
        Scheme::Pbkdf2 => format!("{cost}${}", "0123456789abcdef".repeat(2)),
        Scheme::Yescrypt => format!("$y${cost}${}${}", dots(22), dots(43)),
        Scheme::Sha256Crypt => format!("$5${cost}${}${}", dots(16), dots(43)),
        Scheme::Sha512Crypt => format!("$6${cost}${}${}", dots(16), dots(86)),
        Scheme::Drupal => format!("$S${cost}{}", dots(51)),
        Scheme::SaltedSha => format!("{{{cost}}}{}", "MDEy".repeat(24)),
        Scheme::Phpass => format!("$P${cost}{}", dots(30)),
        Scheme::Md5Crypt => format!("${cost}${}${}", dots(8), dots(22)),
    }
}

/// The dearest of each scheme that are taken, and those a step beyond, which cost too much or protect nothing. The
/// milliseconds that the dearest took of a processor of 2026, released and the best of three, stand beside them.
const BOUNDS: &[(Scheme, &[&str], &[&str])] = &[
    (
        // 272, 250, 137
        Scheme::Argon2,
        &["m=262144,t=2,p=1", "m=65536,t=8,p=4", "m=1024,t=512,p=1", "m=65536,t=8,p=64"],
        &["m=262145,t=1,p=1", "m=262144,t=3,p=1", "m=65536,t=9,p=4", "m=1023,t=1,p=1", "m=65536,t=1,p=65"],
    ),
    // 400; also where SHA stands before it
    (Scheme::Bcrypt, &["13", "04"], &["14", "31"]),
    (Scheme::BcryptSha256, &["13", "04"], &["14", "31"]),
    (Scheme::WordPress, &["13", "04"], &["14", "31"]),
    (
        // 378, 299, 366, 412
        Scheme::Scrypt,
        &["ln=17,r=8,p=1", "ln=14,r=8,p=8", "ln=15,r=32,p=1", "ln=18,r=4,p=1"],
        &["ln=18,r=8,p=1", "ln=17,r=9,p=1", "ln=14,r=8,p=9", "ln=19,r=1,p=1", "ln=17,r=8,p=4294967295"],
    ),
    (
        // 111, 217, 377
        Scheme::Pbkdf2,
        &["pbkdf2:sha1:1200000$s", "pbkdf2:sha256:2000000$s", "pbkdf2:sha512:1200000$s"],
        &["pbkdf2:sha1:1200001$s", "pbkdf2:sha256:2000001$s", "pbkdf2:sha512:1200001$s"],
    ),
    // 397
    (Scheme::Yescrypt, &["jDT"], &["jET"]),
    // 100, and as much as 202 for a password of 64 bytes
    (
        Scheme::Sha256Crypt,
        &["rounds=1000000", "rounds=1000"],
        &["rounds=1000001", "rounds=999", "rounds=999999999"],
    ),
    // 255, and less than 455
    (
        Scheme::Sha512Crypt,
        &["rounds=1000000", "rounds=1000"],
        &["rounds=1000001", "rounds=999", "rounds=999999999"],
    ),
    // 163, and less than 312
    (Scheme::Drupal, &["I", "5"], &["J", "4", "z"]),
    (Scheme::SaltedSha, &["SSHA512"], &[]),
    // 203, and some 400
    (Scheme::Phpass, &["J", "5"], &["K", "4", "z"]),
    (Scheme::Md5Crypt, &["1", "apr1"], &[]),
];

#[test]
fn p7_each_scheme_has_its_bound_and_nothing_beyond_it_is_tried() {
    for (scheme, within, beyond) in BOUNDS {
        for cost in *within {
            let found = read(&text_of(*scheme, cost));
            let Some(Foreign::Verified(kind, _)) = found else { panic!("{scheme} {cost} is refused") };
            assert_eq!(kind.scheme, *scheme, "{cost}");
        }
        for cost in *beyond {
            let found = read(&text_of(*scheme, cost));
            assert!(matches!(found, Some(Foreign::OutOfBounds(of)) if of == *scheme), "{scheme} {cost}");
        }
    }
    let bounded: Vec<Scheme> = BOUNDS.iter().map(|(scheme, ..)| *scheme).collect();
    let foreign: Vec<Scheme> = Scheme::ALL.iter().copied().filter(|scheme| scheme.is_foreign()).collect();
    assert_eq!(bounded, foreign);
}

#[test]
fn p7_a_longer_password_makes_no_check_dearer_than_the_bound() {
    let mut memory = Memory::new();
    let long = vec![b'x'; 4_096];
    // At the bound for a short password, and so none is computed: 64 times as much would take half a minute.
    for hash in [
        text_of(Scheme::Sha256Crypt, "rounds=1000000"),
        text_of(Scheme::Sha512Crypt, "rounds=1000000"),
        text_of(Scheme::Drupal, "I"),
        text_of(Scheme::Phpass, "J"),
    ] {
        let Some(Foreign::Verified(_, check)) = read(&hash) else { panic!("{hash}") };
        assert_eq!(check.matches(&mut memory, &long), Ok(false), "{hash}");
    }
}

#[test]
fn p7_a_hash_of_nothing_or_without_salt_is_none() {
    for text in [
        "",
        "$y$j9T$2yVOnbhSbUadkXYso4F1u/$",
        "$y$j9T$2yVOnbhSbUadkXYso4F1u/$..",
        "$5$salt$",
        "$6$rounds=5000$salt$",
        "$scrypt$ln=16,r=8,p=1$5nwP4fy/NwYg5JzTujem1A$",
        "$pbkdf2-sha256$29000$HYOwFoLw/r.3NkaI8T4nhA$",
        "$pbkdf2-sha256$0$HYOwFoLw/r.3NkaI8T4nhA$yTLKSoMLZEj4VfwLfTX7Vitn9nbaU6d5QzkRgSLsnFE",
        "$argon2id$v=19$m=65536,t=3,p=4$GoNQKkUo5TxHyFkrRWjt3Q",
        "$P$H",
        "$1$9eZBJLqt$",
        // What would be {SSHA} is the hash of the password alone.
        "{SSHA}obr+BIXmtc9vUytFFrW0cDgpQHw=",
    ] {
        assert!(!matches!(read(text), Some(Foreign::Verified(..))), "{text}");
    }
    assert!(read(&format!("{{SSHA}}{}", "MDEy".repeat(400))).is_none(), "longer than any");
}

#[test]
fn a_label_counts_in_any_case_and_says_what_is_behind_it() {
    for (text, scheme) in [
        (
            "{crypt}$6$VlW64RFcuboetNmA$xjFcfN8S/czMVtgFxb4D/vS9BOd7h.s1fqXAapkZDEspCV1zgUtNdducEAG7wHHKPnuiaUCM2AEgorjKWTgfb0",
            Scheme::Sha512Crypt,
        ),
        ("{blf-crypt}$2y$05$KbpVc2k6.xejaPFUfZcqsOKzr5jQT2C0rPKmF1nUhHIwPvJcy56ru", Scheme::Bcrypt),
        ("{ssha}dc5+26r5NH8aQFGBFsKx2HwnjbS6BmoI", Scheme::SaltedSha),
        ("{MD5}$1$9eZBJLqt$472AGZwWiIjMrRqGb8QaU1", Scheme::Md5Crypt),
    ] {
        assert!(matches!(read(text), Some(Foreign::Verified(kind, _)) if kind.scheme == scheme), "{text}");
    }
    for (text, name) in [
        ("{CRYPT}SxM3vx/REaAsc", "DES crypt"),
        ("{CRYPT}SxM3vx/REaAsc1234567890.", "bigcrypt"),
        ("{CRYPT}_7C/.WyWlHboVBsSNuGw", "bsdicrypt"),
        (
            "{CRYPT}$gy$j9T$B4U6AIC5/An87SZL4bTE2.$5YtWFf2jAp05I40Km1OAYPklhFh4F4m8xt8C49EproC",
            "gost-yescrypt",
        ),
        ("{md5}X03MO1qnZdYdgyfeuILPmQ==", "MD5 without salt"),
        ("{CLEARTEXT}secret", "clear text"),
        ("$2x$05$KbpVc2k6.xejaPFUfZcqsOKzr5jQT2C0rPKmF1nUhHIwPvJcy56ru", "bcrypt of a faulty version"),
    ] {
        assert!(matches!(read(text), Some(Foreign::MustReset(found)) if found == name), "{text}");
    }
    for text in
        ["SxM3vx/REaAsc1234567890.", "secret", "!", "*", "x", "{FOO}bar", "$9$x$y", "{CRYPT}", "{", "}"]
    {
        assert!(read(text).is_none(), "{text}");
    }
}

/// One byte changed, put in or taken out, or the rest cut off.
fn mutated(text: &str, at: usize, symbol: char, how: u8) -> String {
    let mut symbols: Vec<char> = text.chars().collect();
    let at = at % symbols.len();
    match how {
        0 => symbols[at] = symbol,
        1 => symbols.insert(at, symbol),
        2 => drop(symbols.remove(at)),
        _ => symbols.truncate(at),
    }
    symbols.into_iter().collect()
}

/// Whether a check takes next to nothing.
fn is_cheap(kind: &HashKind) -> bool {
    let rounds = kind.cost.split(',').find_map(|part| part.strip_prefix("rounds=")?.parse::<u32>().ok());
    match kind.scheme {
        Scheme::Bcrypt => kind.cost == "4" || kind.cost == "5",
        Scheme::SaltedSha => true,
        Scheme::Argon2id | Scheme::Argon2 | Scheme::Scrypt | Scheme::Yescrypt => false,
        _ => rounds.is_some_and(|rounds| rounds <= 10_000),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn p7_a_damaged_hash_is_refused_or_verified_without_a_fault(
        which in 0_usize..100, at in 0_usize..200, symbol in prop::char::any(), own in prop::sample::select("$,=:{}0123456789az./+-é".chars().collect::<Vec<_>>()), any in any::<bool>(), how in 0_u8..4,
    ) {
        let all: Vec<_> = vectors().collect();
        let (_, hash) = all[which % all.len()];
        let damaged = mutated(hash, at, if any { symbol } else { own }, how);
        if let Some(Foreign::Verified(kind, check)) = read(&damaged) && is_cheap(&kind) {
            let matched = check.matches(&mut Memory::new(), b"some password");
            prop_assert_eq!(matched, Ok(false), "{}", damaged);
        }
    }

    #[test]
    fn p7_no_text_is_too_strange_to_be_read(text in "\\PC{0,80}", marked in "[$]?(5|6|y|7|1|P|S|wp|2b|scrypt|argon2id|pbkdf2)?[$:]\\PC{0,40}") {
        for text in [text, marked] {
            prop_assert!(!matches!(read(&text), Some(Foreign::Verified(kind, _)) if kind.scheme == Scheme::Argon2id));
        }
    }
}
