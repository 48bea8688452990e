use super::super::reader::{Options, read};
use super::*;
use crate::domain::account::Status;
use crate::domain::record::Given;
use crate::domain::{AccessMode, LoginProtection, Secret};

const ARGON2: &str =
    "$argon2id$v=19$m=65536,t=3,p=4$GoNQKkUo5TxHyFkrRWjt3Q$s5LujWTfLboOIMZXMvCGumJrULcF07vqS2STSTO67iw";

fn person(user: &str, hash: &str) -> Record {
    Record {
        user: Some(user.to_owned()),
        email: Given::Set("alice@example.com".to_owned()),
        mobile: Given::Set("+4915112345678".to_owned()),
        email_verified: Given::Set(true),
        mobile_verified: Given::Set(false),
        description: Given::Set(
            "Gr\u{fc}\u{df}e, \"Alice\" Example of a rather long department; second floor, room 3 "
                .trim()
                .to_owned(),
        ),
        status: Given::Set(Status::Disabled),
        access_mode: Given::Set(AccessMode::Console),
        login_protection: Given::Set(LoginProtection::Email),
        must_change: Given::Set(true),
        password_hash: Given::Set(Secret::from(hash)),
        external_id: Given::Set("=e1".to_owned()),
        created_at: Given::Set("2026-11-30T02:05:16Z".parse().unwrap()),
        ..Record::default()
    }
}

fn written(format: Format, hashes: bool, people: &[Record]) -> (String, Written) {
    let mut writer = Writer::new(format, hashes, Vec::new());
    for person in people {
        writer.write(person).unwrap();
    }
    let (bytes, written) = writer.finish().unwrap();
    (String::from_utf8(bytes).unwrap(), written)
}

fn read_back(format: Format, text: &str, recognised: bool) -> Vec<Record> {
    let format = (!recognised).then_some(format);
    let mut reader = read(text.as_bytes(), &Options { format, map: Vec::new() }).unwrap();
    let mut people = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        people.push(row.unwrap());
    }
    people
}

/// The hash that a format carries best.
fn best(format: Format) -> &'static str {
    match format {
        Format::Htpasswd | Format::Shadow => "$2y$05$KbpVc2k6.xejaPFUfZcqsOKzr5jQT2C0rPKmF1nUhHIwPvJcy56ru",
        Format::Django => "argon2$argon2id$v=19$m=102400,t=2,p=8$AAAA$AAAA",
        _ => ARGON2,
    }
}

#[test]
fn what_is_written_is_read_back() {
    for format in Format::ALL.iter().copied() {
        let people = [person("acme/alice", best(format)), person("acme/bob", best(format))];
        let (text, told) = written(format, true, &people);
        let hashes_left_out = if format == Format::Scim { 2 } else { 0 };
        assert_eq!(told, Written { people: 2, hashes_left_out, peppered: 0 }, "{format}");
        let back = read_back(format, &text, true);
        assert_eq!(back.len(), 2, "{format}: {text}");
        let names: Vec<_> = back.iter().map(|person| person.user.as_deref().unwrap()).collect();
        assert_eq!(names, if format.has_accounts() { ["acme/alice", "acme/bob"] } else { ["alice", "bob"] });
        let (back, whole) = (&back[0], &people[0]);
        let hash = |person: &Record| person.password_hash.set().map(|hash| hash.expose().to_owned());
        assert_eq!(hash(back), hash(whole).filter(|_| format != Format::Scim), "{format}");
        let bare = matches!(format, Format::Htpasswd | Format::Shadow);
        assert_eq!(back.email.set(), whole.email.set().filter(|_| !bare), "{format}");
        assert_eq!(
            back.mobile.set(),
            whole.mobile.set().filter(|_| !bare && format != Format::Django),
            "{format}"
        );
        assert_eq!(back.description.set(), whole.description.set().filter(|_| !bare), "{format}");
        assert_eq!(back.created_at.set(), whole.created_at.set().filter(|_| !bare), "{format}");
        assert_eq!(back.status.set(), whole.status.set().filter(|_| format != Format::Htpasswd), "{format}");
        assert_eq!(
            back.external_id.set(),
            whole.external_id.set().filter(|_| !bare && format != Format::Django)
        );
        if format.has_accounts() {
            let rest = |person: &Record| {
                (
                    person.email_verified.clone(),
                    person.mobile_verified.clone(),
                    person.access_mode.clone(),
                    person.login_protection.clone(),
                    person.must_change.clone(),
                )
            };
            assert_eq!(rest(back), rest(whole), "{format}");
        }
    }
}

#[test]
fn nothing_of_a_password_is_written_unasked() {
    for format in Format::ALL.iter().copied() {
        let mut person = person("acme/alice", best(format));
        person.password = Given::Set(Secret::from("hunter2"));
        for (hashes, kept) in [(false, false), (true, format != Format::Scim)] {
            let (text, _) = written(
                format,
                hashes,
                &[Record {
                    password: Given::Set(Secret::from("hunter2")),
                    ..self::person("acme/alice", best(format))
                }],
            );
            assert!(!text.contains("hunter2"), "{format}");
            let back = read_back(format, &text, false);
            let has_hash = back.iter().any(|person| person.password_hash.set().is_some());
            assert_eq!(has_hash, kept, "{format}");
        }
    }
}

#[test]
fn nobody_is_a_file_too() {
    for format in Format::ALL.iter().copied() {
        let (text, told) = written(format, false, &[]);
        assert_eq!((told.people, read_back(format, &text, false).len()), (0, 0), "{format}");
    }
}

#[test]
fn hashes_that_others_cannot_use_are_counted() {
    let peppered = ARGON2.replace("p=4", "p=4,keyid=AAAA");
    let told = |format, hash: &str| {
        let (_, written) = written(format, true, &[person("acme/a", hash)]);
        (written.hashes_left_out, written.peppered)
    };
    assert_eq!(told(Format::Csv, &peppered), (0, 1));
    for format in
        [Format::Keycloak, Format::Kratos, Format::Django, Format::Auth0, Format::Ldif, Format::Shadow]
    {
        assert_eq!(told(format, &peppered), (1, 0), "{format}");
    }
    for (format, hash) in [
        (Format::Htpasswd, ARGON2),
        (Format::Shadow, ARGON2),
        (Format::Keycloak, "$2b$12$x"),
        (Format::Django, "$pbkdf2-sha256$1$AAAA$AAAA"),
        (Format::Auth0, "$y$j9T$x"),
        (Format::Ldif, "pbkdf2_sha256$1$a$b"),
    ] {
        assert_eq!(told(format, hash), (1, 0), "{format}");
    }
}

#[test]
fn tables_and_lines_of_ours_are_written_for_programs_and_spreadsheets() {
    let people = [Record { user: Some("acme".to_owned()), ..Record::default() }, person("acme/alice", "x")];
    assert_eq!(
        written(Format::Csv, false, &people).0,
        "user,email,mobile,email_verified,mobile_verified,description,status,access_mode,login_protection,must_change,\
         external_id,created_at\r\nacme,,,,,,,,,,,\r\nacme/alice,alice@example.com,'+4915112345678,true,false,\"Gr\u{fc}\u{df}e, \
         \"\"Alice\"\" Example of a rather long department; second floor, room 3\",disabled,console,email,true,'=e1,\
         2026-11-30T02:05:16Z\r\n"
    );
    assert_eq!(
        written(Format::Jsonl, true, &people[..1]).0,
        "{\"user\":\"acme\",\"email\":null,\"mobile\":null,\"email_verified\":null,\"mobile_verified\":null,\"description\":null,\
         \"status\":null,\"access_mode\":null,\"login_protection\":null,\"must_change\":null,\"external_id\":null,\
         \"created_at\":null,\"password_hash\":null}\n"
    );
    assert_eq!(
        written(Format::Ldif, true, &[Record { user: Some("a,b/c".to_owned()), ..person("", "{SSHA}AAAA") }])
            .0,
        "dn: uid=c,ou=a\\,b\nobjectClass: inetOrgPerson\nuid: c\n\
         cn:: R3LDvMOfZSwgIkFsaWNlIiBFeGFtcGxlIG9mIGEgcmF0aGVyIGxvbmcgZGVwYXJ0bWVudDs\n gc2Vjb25kIGZsb29yLCByb29tIDM=\nsn: c\n\
         description:: R3LDvMOfZSwgIkFsaWNlIiBFeGFtcGxlIG9mIGEgcmF0aGVyIGxvbmcgZGVwYX\n J0bWVudDsgc2Vjb25kIGZsb29yLCByb29tIDM=\n\
         mail: alice@example.com\nmobile: +4915112345678\nentryUUID: =e1\ncreateTimestamp: 20261130020516Z\npwdReset: TRUE\n\
         nsAccountLock: true\nuserPassword:: e1NTSEF9QUFBQQ==\n\n"
    );
}
