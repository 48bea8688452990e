//! Files as the other programs write them.

use super::tests::{error, failed, mapped, rows, told};
use super::*;

#[test]
fn passwd_and_shadow_are_one_person() {
    let passwd = "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:Alice Example,Room 3,,:/home/alice:/bin/bash\n\
                  nobody:*:65534:65534::/:/usr/sbin/nologin\nold:$1$9eZBJLqt$472AGZwWiIjMrRqGb8QaU1:5:5::/:\n";
    let shadow = "root:*:19700:0:99999:7:::\nalice:$y$j9T$x$y:0:0:99999:7:::\nlocked:!$6$salt$tag:19700:0:99999:7:::\n\
                  never:!!:19700::::::\n";
    let of_shadow = [
        "root",
        "alice must_change=true password_hash=$y$j9T$x$y",
        "locked status=disabled password_hash=$6$salt$tag",
        "never",
    ];
    let numbered = |from: usize, rows: &[&str]| -> Vec<String> {
        (from..).zip(rows).map(|(row, text)| format!("{row} {text}")).collect()
    };
    assert_eq!(rows(shadow), numbered(1, &of_shadow));
    assert_eq!(
        rows(&format!("{passwd}{shadow}")),
        [
            "3 nobody",
            "4 old password_hash=$1$9eZBJLqt$472AGZwWiIjMrRqGb8QaU1",
            "5 root description=root",
            "6 alice description=Alice Example must_change=true password_hash=$y$j9T$x$y",
            "7 locked status=disabled password_hash=$6$salt$tag",
            "8 never",
        ]
    );
    assert_eq!(
        rows(&passwd[..80]),
        ["2  ! it has 6 fields, but a line of passwd has 7 and one of shadow 9", "1 root description=root"]
    );
    assert_eq!(
        error(&format!("{shadow}{passwd}")),
        "line 5 is of passwd, below lines of shadow: put the lines of passwd first"
    );
    let (written, _) = failed("alice:$y$x:0:0:99999:7:::\nbob\n");
    assert_eq!(
        written,
        "# regain_error: it has 1 field, but a line of passwd has 7 and one of shadow 9\nbob\n"
    );
}

const LDIF: &str = "version: 1\n\n# people\ndn: ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: people\n\n\
    dn: uid=alice,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: alice\ncn: Alice Ex\n ample\n\
    # regain_error: in between\n  and on\nmail: alice@example.com\nmail: other@example.com\nmobile: +49 151 1234567\n\
    telephoneNumber: +49 30 1\nuserPassword:: e1NTSEF9ZGM1KzI2cjVOSDhhUUZHQkZzS3gySHduamJTNkJtb0k=\n\
    createTimestamp: 20261130020516Z\nentryUUID: 5d9e-1\njpegPhoto:: /9j/4AAQ\n\n\n\
    dn:: dWlkPWJvYg==\nchangetype: add\nuid: bob\nuserPassword: {CRYPT}$6$salt$tag\ndescription:: R3LDvMOfZQ==\n\
    nsAccountLock: TRUE\npwdReset: TRUE\n\ndn: uid=carol\nuid: carol\nuserPassword: hunter2\n";

#[test]
fn entries_of_a_directory_are_read() {
    let expected = [
        "8 alice email=alice@example.com mobile=+49 151 1234567 description=Alice Example \
         password_hash={SSHA}dc5+26r5NH8aQFGBFsKx2HwnjbS6BmoI external_id=5d9e-1 created_at=2026-11-30T02:05:16Z",
        "25 bob description=Gr\u{fc}\u{df}e status=disabled must_change=true password_hash=$6$salt$tag",
        "33 carol password=hunter2",
    ];
    assert_eq!(rows(LDIF), expected);
    assert_eq!(rows(&LDIF.replace('\n', "\r\n")), expected);
    let map = mapped(&["user=cn", "external_id=uid"]);
    let first = told(LDIF.as_bytes(), &map).unwrap()[0].clone();
    assert!(first.starts_with("8 Alice Example") && first.contains("external_id=alice"), "{first}");
}

#[test]
fn an_entry_fails_alone() {
    let text = "dn: uid=a\nchangetype: modify\nreplace: mail\nmail: x\n\ndn: uid=b\nuid b\n\ndn: uid=c\nuid:: ???\n\n\
                dn: uid=d\nuid: d\njpegPhoto:< file:///etc/passwd\nmail:< file:///etc/passwd\n\nuid: e\n\ndn: uid=f\nuid: f\n";
    assert_eq!(
        rows(text),
        [
            "1  ! it is a change, `modify`: only entries that are added can be read",
            "6  ! it is no line of LDIF",
            "9  ! it is no line of LDIF",
            "12 d ! it takes its value from a file or a URL, which is never opened",
            "17  ! it is no line of LDIF",
            "19 f",
        ]
    );
    let (written, again) = failed(text);
    assert!(written.starts_with(
        "# regain_error: it is a change, `modify`: only entries that are added can be read\ndn: uid=a\n"
    ));
    assert_eq!(again.len(), 5);
    let long = format!("dn: uid=a\nuid: a\njpegPhoto:: {}\n\ndn: uid=b\nuid: b\n", "x\n ".repeat(600_000));
    assert_eq!(rows(&long), ["1  ! it is longer than 1 MiB", "600005 b"]);
}

#[test]
fn a_realm_of_keycloak_is_read() {
    let argon2 = r#"{"type":"password","secretData":"{\"value\":\"6OTkZjxS57DyCBMDkrtWjf6ETZc5DIkl+pGQNmsrg2g=\",\"salt\":\"gYefDW0Z2MzTCCLHvflt7g==\",\"additionalParameters\":{}}","credentialData":"{\"hashIterations\":5,\"algorithm\":\"argon2\",\"additionalParameters\":{\"hashLength\":[\"32\"],\"memory\":[\"7168\"],\"type\":[\"id\"],\"version\":[\"1.3\"],\"parallelism\":[\"1\"]}}"}"#;
    let pbkdf2 = r#"{"type":"password","secretData":"{\"value\":\"yTLKSoMLZEj4VfwLfTX7Vitn9nbaU6d5QzkRgSLsnFE=\",\"salt\":\"HYOwFoLw/r+3NkaI8T4nhA==\"}","credentialData":"{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\"}"}"#;
    let old = r#"{"type":"password","hashedSaltedValue":"1S9Y1EtXjVOx52QNbQFrmHlmjNM=","salt":"5Jyz1lrrPSckhJAyRojxHg==","hashIterations":131000,"algorithm":"pbkdf2"}"#;
    let users = format!(
        "[ {{\"id\":\"5d9e\",\"createdTimestamp\":1796004316000,\"username\":\"alice\",\"enabled\":true,\"emailVerified\":true,\
         \"email\":\"alice@example.com\",\"firstName\":\"Alice\",\"lastName\":\"Example\",\"attributes\":{{\"phoneNumber\":\
         [\"+4915112345678\"],\"phoneNumberVerified\":[\"true\"]}},\"credentials\":[{{\"type\":\"otp\"}},{argon2}],\
         \"requiredActions\":[\"UPDATE_PASSWORD\"],\"realmRoles\":[\"x\"]}},\n\
         {{\"username\":\"bob\",\"enabled\":false,\"credentials\":[{pbkdf2}],\"requiredActions\":[]}},\n\
         {{\"username\":\"carol\",\"credentials\":[{old}]}},\n\
         {{\"username\":\"dave\",\"credentials\":[{{\"type\":\"password\",\"value\":\"hunter2\",\"temporary\":true}}]}},\n\
         {{\"username\":\"service-account-x\",\"serviceAccountClientId\":\"x\",\"enabled\":true}},\n{{\"firstName\":\"x\"}}]"
    );
    let expected = |from: u64| {
        let people = [
            "alice email=alice@example.com mobile=+4915112345678 email_verified=true mobile_verified=true description=Alice \
             Example status=enabled must_change=true password_hash=$argon2id$v=19$m=7168,t=5,p=1$gYefDW0Z2MzTCCLHvflt7g$\
             6OTkZjxS57DyCBMDkrtWjf6ETZc5DIkl+pGQNmsrg2g external_id=5d9e created_at=2026-11-30T02:05:16Z",
            "bob status=disabled must_change=false password_hash=$pbkdf2-sha256$27500$HYOwFoLw/r.3NkaI8T4nhA$\
             yTLKSoMLZEj4VfwLfTX7Vitn9nbaU6d5QzkRgSLsnFE",
            "carol password_hash=$pbkdf2$131000$5Jyz1lrrPSckhJAyRojxHg$1S9Y1EtXjVOx52QNbQFrmHlmjNM",
            "dave must_change=true password=hunter2",
            "service-account-x status=enabled access_mode=programmatic",
            " ! it does not say whom it is about",
        ];
        (from..).zip(people).map(|(row, text)| format!("{row} {text}")).collect::<Vec<_>>()
    };
    assert_eq!(
        rows(&format!("{{\"realm\":\"acme\",\"roles\":{{\"realm\":[{{}}]}},\n\"users\":{users},\"x\":[]}}")),
        expected(2)
    );
    assert_eq!(rows(&users), expected(1));
    assert_eq!(
        error("{\"realm\":\"acme\",\"clients\":[]}"),
        "it has no list of people: Keycloak has it in `users`"
    );
    let (written, again) = failed(&users);
    assert_eq!(
        written,
        "{\"users\":[\n{\"regain_error\":\"it does not say whom it is about\",\"firstName\":\"x\"}\n]}\n"
    );
    assert_eq!(again, ["2  ! it does not say whom it is about"]);
}

#[test]
fn identities_of_kratos_are_read() {
    let alice = r#"{"id":"5d9e","credentials":{"password":{"type":"password","identifiers":["alice"],"config":{"hashed_password":"$2a$12$abc"}}},"schema_id":"default","state":"active","traits":{"username":"alice","email":"alice@example.com","phone":"+4915112345678","name":{"first":"Alice","last":"Example"}},"verifiable_addresses":[{"value":"alice@example.com","verified":true,"via":"email"},{"value":"+4915112345678","verified":false,"via":"sms"}],"created_at":"2026-11-30T02:05:16Z"}"#;
    let bob = r#"{"create":{"schema_id":"default","traits":{"email":"bob@example.com"},"state":"inactive","credentials":{"password":{"config":{"password":"hunter2"}}}},"patch_id":"1"}"#;
    let expected = [
        "1 alice email=alice@example.com mobile=+4915112345678 email_verified=true mobile_verified=false description=Alice \
         Example status=enabled password_hash=$2a$12$abc external_id=5d9e created_at=2026-11-30T02:05:16Z",
        "2 ? email=bob@example.com status=disabled password=hunter2",
    ];
    assert_eq!(rows(&format!("[{alice},{bob}]")), expected);
    assert_eq!(rows(&format!("{{\"identities\":[{alice},{bob}]}}")), expected);
    let map = mapped(&["user=traits.email"]);
    assert_eq!(
        told(format!("[{alice}]").as_bytes(), &map).unwrap()[0].split(' ').nth(1),
        Some("alice@example.com")
    );
}

#[test]
fn users_of_django_are_read() {
    let text = r#"[
{"model":"contenttypes.contenttype","pk":1,"fields":{"app_label":"auth","model":"user"}},
{"model":"auth.user","pk":7,"fields":{"password":"pbkdf2_sha256$1000$salt$tag=","last_login":null,"is_superuser":false,"username":"alice","first_name":"Alice","last_name":"Example","email":"alice@example.com","is_staff":false,"is_active":true,"date_joined":"2026-11-30T02:05:16.123Z","groups":[]}},
{"model":"people.person","pk":8,"fields":{"password":"!x","username":"bob","email":"","is_active":false,"phone_number":"0151"}}
]"#;
    assert_eq!(
        rows(text),
        [
            "3 alice email=alice@example.com description=Alice Example status=enabled password_hash=pbkdf2_sha256$1000$salt$tag= \
         external_id=7 created_at=2026-11-30T02:05:16.123Z",
            "4 bob mobile=0151 status=disabled external_id=8",
        ]
    );
}

#[test]
fn users_of_auth0_are_read() {
    let custom = |algorithm: &str, rest: &str| {
        format!(
            "{{\"user_id\":\"x\",\"email\":\"x@example.com\",\"custom_password_hash\":{{\"algorithm\":\"{algorithm}\",{rest}}}}}"
        )
    };
    let alice = r#"{"user_id":"auth0|5d9e","username":"alice","email":"alice@example.com","email_verified":true,"phone_number":"+4915112345678","phone_verified":false,"blocked":true,"name":"Alice","created_at":"2026-11-30T02:05:16.000Z","passwordHash":"$2b$10$abc","app_metadata":{}}"#;
    let expected = "1 alice email=alice@example.com mobile=+4915112345678 email_verified=true mobile_verified=false \
                    description=Alice status=disabled password_hash=$2b$10$abc external_id=auth0|5d9e \
                    created_at=2026-11-30T02:05:16Z";
    assert_eq!(rows(&format!("[{alice}]")), [expected]);
    assert_eq!(
        rows(&format!("{alice}\n{{\"_id\":{{\"$oid\":\"1\"}},\"email\":\"b@example.com\"}}\n")),
        [expected, "2 ? email=b@example.com external_id=1"]
    );
    for (algorithm, rest, hash) in [
        ("argon2", "\"hash\":{\"value\":\"$argon2id$x\",\"encoding\":\"utf8\"}", "$argon2id$x"),
        ("bcrypt", "\"hash\":{\"value\":\"$2b$12$x\"}", "$2b$12$x"),
        ("ldap", "\"hash\":{\"value\":\"{SSHA}AAAA\"}", "{SSHA}AAAA"),
        (
            "pbkdf2",
            "\"hash\":{\"value\":\"$pbkdf2-sha512$i=1000,l=3$AAAA$AA+A\"}",
            "$pbkdf2-sha512$1000$AAAA$AA.A",
        ),
        (
            "scrypt",
            "\"hash\":{\"value\":\"000fbe\",\"encoding\":\"hex\"},\"salt\":{\"value\":\"AAAA\",\"encoding\":\"base64\"},\"cost\":4096",
            "$scrypt$ln=12,r=8,p=1$AAAA$AA++",
        ),
        ("sha1", "\"hash\":{\"value\":\"000FBE\",\"encoding\":\"hex\"}", "{SHA}AA++"),
        (
            "sha256",
            "\"hash\":{\"value\":\"000fbe\",\"encoding\":\"hex\"},\"salt\":{\"value\":\"abc\",\"position\":\"suffix\"}",
            "{SSHA256}AA++YWJj",
        ),
        (
            "sha256",
            "\"hash\":{\"value\":\"000fbe\",\"encoding\":\"hex\"},\"salt\":{\"value\":\"abc\",\"position\":\"prefix\"}",
            "{AUTH0-SHA256}000fbe",
        ),
        ("hmac", "\"hash\":{\"value\":\"0f\"}", "{AUTH0-HMAC}0f"),
    ] {
        let told = rows(&format!("[{}]", custom(algorithm, rest)));
        assert_eq!(
            told,
            [format!("1 ? email=x@example.com password_hash={hash} external_id=x")],
            "{algorithm}"
        );
    }
}

#[test]
fn resources_of_scim_are_read() {
    let alice = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","externalId":"e1","userName":"alice","displayName":"Alice Example","active":true,"emails":[{"value":"b@example.com"},{"value":"alice@example.com","primary":true}],"phoneNumbers":[{"value":"030 1","type":"work"},{"value":"+4915112345678","type":"mobile"}],"meta":{"resourceType":"User","created":"2026-11-30T02:05:16Z"}}"#;
    let group =
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[]}"#;
    let told = "alice email=alice@example.com mobile=+4915112345678 description=Alice Example status=enabled \
                external_id=e1 created_at=2026-11-30T02:05:16Z";
    assert_eq!(
        rows(&format!(
            "{{\"schemas\":[\"x:ListResponse\"],\"totalResults\":2,\"Resources\":[{group},{alice}]}}"
        )),
        [format!("2 {told}")]
    );
    assert_eq!(rows(&format!("[{alice}]")), [format!("1 {told}")]);
    let bulk = "{\"schemas\":[\"x:BulkRequest\"],\"failOnErrors\":1,\"Operations\":[\n\
                {\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"1\",\"data\":{\"userName\":\"bob\",\"password\":\" x \"}},\n\
                {\"method\":\"POST\",\"path\":\"/Groups\",\"data\":{}},\n{\"method\":\"DELETE\",\"path\":\"/Users/1\"}]}";
    assert_eq!(
        rows(bulk),
        ["2 bob password= x ", "4  ! it is a change, `DELETE`: only entries that are added can be read"]
    );
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_read_to_its_end(
        text in proptest::collection::vec(proptest::sample::select(vec![
            "user", "dn", ":", "::", ",", ";", "\"", "{", "}", "[", "]", "\n", "\r", " ", "\t", "users", "null", "1", "$", "#",
            "\\", "\u{e9}", "acme/a", "userPassword", "credentials", "sep=", "'", "\u{0}", "traits", "fields", "true",
        ]), 0..40)
    ) {
        let text = text.concat();
        for format in Format::ALL {
            let options = Options { format: Some(*format), map: Vec::new() };
            let _ = told(text.as_bytes(), &options);
        }
        let _ = told(text.as_bytes(), &Options::default());
    }
}
