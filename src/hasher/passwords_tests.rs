use super::*;
use crate::domain::entropy::SystemEntropy;
use crate::domain::time::SystemClock;

const CHEAP: Cost = Cost { memory_kib: 4_096, iterations: 1, parallelism: 1 };
const DEAR: Cost = Cost { iterations: 2, ..CHEAP };

fn ring() -> KeyRing {
    KeyRing::generate(&SystemEntropy, &SystemClock).unwrap()
}

#[test]
fn right_wrong_and_weaker() {
    let keys = ring();
    let [cheap, dear] = [CHEAP, DEAR].map(|cost| Hasher::new(cost, false, &keys));
    let stored = cheap.hash(&Secret::from("correct horse"), &SystemEntropy).unwrap();
    assert_eq!(cheap.verify(&Secret::from("correct horse"), &stored), Ok(Checked::Right));
    assert_eq!(cheap.verify(&Secret::from("correct Horse"), &stored), Ok(Checked::Wrong));
    assert_eq!(dear.verify(&Secret::from("correct horse"), &stored), Ok(Checked::RightButOutdated));
}

#[test]
fn e3_nobody_matches_nothing() {
    let keys = ring();
    for (text, peppered) in [("", false), ("x", true), ("correct horse", true)] {
        let hasher = Hasher::new(CHEAP, peppered, &keys);
        for kind in
            ["", "argon2id m=8192,t=1,p=1", "argon2id m=1,t=1,p=1", "bcrypt 4", "bcrypt 31", "yescrypt x"]
        {
            let kind: Option<HashKind> = kind.parse().ok();
            assert_eq!(hasher.verify_nothing(&Secret::from(text), kind.as_ref()), Ok(Checked::Wrong));
        }
    }
}

#[test]
fn p10_a_pepper_is_named_by_its_key_and_nothing_verifies_without_it() {
    let mut keys = ring();
    let password = Secret::from("correct horse");
    let old = keys.newest();
    let stored = Hasher::new(CHEAP, true, &keys).hash(&password, &SystemEntropy).unwrap();
    let parts: Vec<_> = stored.as_str().split('$').map(str::to_owned).collect();
    let keyid = data_encoding::BASE64_NOPAD.encode(old.to_string().as_bytes());
    assert_eq!(parts[3], format!("m=4096,t=1,p=1,keyid={keyid}"));

    let foreign = ring();
    let elsewhere = Hasher::new(CHEAP, true, &foreign);
    assert_eq!(elsewhere.verify(&password, &stored), Err(HashError::NoKey(old)));
    assert_eq!(elsewhere.check_stored(&stored), Err(HashError::NoKey(old)));
    // Nor with the name of the key cut off, as somebody would try who has the store alone.
    let bare = StoredHash::new(stored.as_str().replace(&format!(",keyid={keyid}"), ""), None);
    assert_eq!(elsewhere.verify(&password, &bare), Ok(Checked::Wrong));

    // A newer key, or none, is a matter of the next right password.
    keys.rotate(&SystemEntropy, &SystemClock).unwrap();
    for peppered in [true, false] {
        let hasher = Hasher::new(CHEAP, peppered, &keys);
        assert_eq!(hasher.verify(&password, &stored), Ok(Checked::RightButOutdated));
        assert_eq!(hasher.verify(&Secret::from("wrong"), &stored), Ok(Checked::Wrong));
        let again = hasher.hash(&password, &SystemEntropy).unwrap();
        assert_eq!(hasher.verify(&password, &again), Ok(Checked::Right));
        // And a former password is found whatever its pepper was.
        let former = std::slice::from_ref(&stored);
        assert!(hasher.hash_unless_used(&password, former, &SystemEntropy).unwrap().is_none());
    }
}

#[test]
fn p7_a_former_password_is_found_and_every_hash_has_its_own_salt() {
    let keys = ring();
    let [cheap, dear] = [CHEAP, DEAR].map(|cost| Hasher::new(cost, true, &keys));
    let first = cheap.hash(&Secret::from("first"), &SystemEntropy).unwrap();
    let second = cheap
        .hash_unless_used(&Secret::from("second"), std::slice::from_ref(&first), &SystemEntropy)
        .unwrap()
        .unwrap();
    let salt = |hash: &StoredHash| hash.as_str().split('$').nth(4).map(str::to_owned);
    assert_ne!(salt(&first), salt(&second));
    assert_eq!(cheap.verify(&Secret::from("second"), &second), Ok(Checked::Right));
    let former = [second.clone(), first.clone()];
    for used in ["first", "second"] {
        assert!(cheap.hash_unless_used(&Secret::from(used), &former, &SystemEntropy).unwrap().is_none());
        assert!(dear.hash_unless_used(&Secret::from(used), &former, &SystemEntropy).unwrap().is_none());
    }
    let third = cheap.hash_unless_used(&Secret::from("third"), &former, &SystemEntropy).unwrap().unwrap();
    assert!(![salt(&first), salt(&second)].contains(&salt(&third)));
}

/// What a text is called, in a word and what it is of.
fn recognised(hasher: &Hasher<'_>, text: &str) -> String {
    match hasher.recognise(text) {
        Recognised::Verified(hash) => format!("verified {}", hash.kind().unwrap()),
        Recognised::Legacy(hash) => format!("legacy {}", hash.kind().unwrap()),
        Recognised::OutOfBounds(scheme) => format!("out of bounds: {scheme}"),
        Recognised::MustReset(name) => format!("must reset: {name}"),
        Recognised::Unknown => "unknown".to_owned(),
    }
}

#[test]
fn p7_a_hash_from_elsewhere_is_taken_by_its_scheme_and_cost() {
    let (keys, elsewhere) = (ring(), ring());
    let hasher = Hasher::new(CHEAP, false, &keys);
    let ours = hasher.hash(&Secret::from("x"), &SystemEntropy).unwrap();
    let peppered = Hasher::new(CHEAP, true, &elsewhere).hash(&Secret::from("x"), &SystemEntropy).unwrap();
    let of_cost = |cost: &str| ours.as_str().replace("m=4096,t=1,p=1", cost);
    for (text, expected) in [
        (ours.as_str(), "verified argon2id m=4096,t=1,p=1"),
        (&of_cost("m=262144,t=2,p=1"), "verified argon2id m=262144,t=2,p=1"),
        (&of_cost("m=1048576,t=2,p=1"), "out of bounds: argon2id"),
        (&of_cost("m=1048576,t=64,p=1"), "out of bounds: argon2"),
        (&of_cost("m=2048,t=1,p=1"), "verified argon2 argon2id,m=2048,t=1,p=1"),
        (peppered.as_str(), "must reset: argon2id with a pepper of another key file"),
        ("$2b$06$8uMJ3kW/pfFlQ0kpqodeMuzAJUIbtfc007sNKEeUf7siHHZgBeIMe", "verified bcrypt 6"),
        ("{SSHA}dc5+26r5NH8aQFGBFsKx2HwnjbS6BmoI", "legacy salted-sha sha1"),
        ("$2b$31$8uMJ3kW/pfFlQ0kpqodeMuzAJUIbtfc007sNKEeUf7siHHZgBeIMe", "out of bounds: bcrypt"),
        ("a187a3b813ec88ba84b0c129340d2c30", "must reset: NTLM, LM or MD5 hash"),
        ("secret", "unknown"),
    ] {
        assert_eq!(recognised(&hasher, text), expected, "{text}");
    }
    // Where ours are as dear, those of others may be.
    let dear = Hasher::new(Cost { memory_kib: 1_048_576, iterations: 2, parallelism: 1 }, false, &keys);
    assert_eq!(recognised(&dear, &of_cost("m=1048576,t=2,p=1")), "verified argon2id m=1048576,t=2,p=1");
    assert!(!dear.is_of_today(ours.kind().unwrap()) && hasher.is_of_today(ours.kind().unwrap()));
    assert!(!hasher.is_of_today(&"bcrypt 12".parse().unwrap()));
}

#[test]
fn p7_a_former_password_is_found_whatever_program_hashed_it() {
    let keys = ring();
    let hasher = Hasher::new(CHEAP, false, &keys);
    let hash = "$2b$06$8uMJ3kW/pfFlQ0kpqodeMuzAJUIbtfc007sNKEeUf7siHHZgBeIMe";
    let former = [StoredHash::new("no hash".to_owned(), None), StoredHash::new(hash.to_owned(), None)];
    let renewed = |text: &str| hasher.hash_unless_used(&Secret::from(text), &former, &SystemEntropy).unwrap();
    assert!(renewed("correct horse 7é").is_none());
    assert!(renewed("correct horse 7e").is_some());
    assert_eq!(hasher.verify(&Secret::from("correct horse 7é"), &former[1]), Ok(Checked::RightButOutdated));
    assert_eq!(hasher.verify(&Secret::from("correct horse 7e"), &former[1]), Ok(Checked::Wrong));
    assert_eq!(hasher.check_stored(&former[1]), Ok("bcrypt 6".parse().unwrap()));
    assert_eq!(hasher.check_stored(&former[0]), Err(HashError::Unreadable));
}
