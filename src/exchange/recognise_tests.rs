use super::*;

#[test]
fn a_format_is_known_by_its_beginning() {
    for (start, format) in [
        ("user,email\n", Format::Csv),
        ("\"Login\";\"Mail\"\n", Format::Csv),
        ("user\n", Format::Csv),
        ("# x\n\nalice:$2y$05$abc\n", Format::Htpasswd),
        ("alice:{SHA}obr+BIXmtc9vUytFFrW0cDgpQHw=\n", Format::Htpasswd),
        ("alice:07/ScAa7mFYpM\n", Format::Htpasswd),
        ("root:x:0:0:root:/root:/bin/bash\n", Format::Shadow),
        ("alice:$y$j9T$abc:19700:0:99999:7:::\n", Format::Shadow),
        ("bob:!:19700::::::\n", Format::Shadow),
        ("version: 1\n\ndn: uid=a,dc=x\n", Format::Ldif),
        ("dn: uid=alice,ou=people,dc=example,dc=com\n", Format::Ldif),
        ("dn:: dWlkPWE=\n", Format::Ldif),
        ("{\"user\":\"acme/a\",\"email\":\"x\"}\n", Format::Jsonl),
        ("{\"account\":\"acme\",\"name\":\"a\",\"created_at\":\"x\"}\n", Format::Jsonl),
        ("[{\"user\":\"a\"}]", Format::Jsonl),
        ("[]", Format::Jsonl),
        ("{\"id\":\"x\",\"realm\":\"acme\",\"roles\":{\"realm\":[", Format::Keycloak),
        ("{\"ifResourceExists\":\"SKIP\",\"users\":[]}", Format::Keycloak),
        ("[{\"id\":\"1\",\"createdTimestamp\":1,\"username\":\"a\",\"enabled\":true", Format::Keycloak),
        (
            "[ {\"id\":\"1\", \"credentials\":{\"password\":{}},\"schema_id\":\"x\",\"traits\":{}}]",
            Format::Kratos,
        ),
        ("{\"identities\":[{\"create\":{\"traits\":{}}}]}", Format::Kratos),
        ("[{\"create\":{\"traits\":{}}}]", Format::Kratos),
        ("[{\"model\":\"auth.user\",\"pk\":1,\"fields\":{\"username\":\"a\"}}]", Format::Django),
        ("{\"_id\":{\"$oid\":\"x\"},\"email\":\"a\"}\n", Format::Auth0),
        ("[{\"email\":\"a\",\"custom_password_hash\":{}}]", Format::Auth0),
        ("{\"user_id\":\"auth0|1\",\"identities\":[]}\n", Format::Auth0),
        ("{\"schemas\":[\"x\"],\"Resources\":[]}", Format::Scim),
        ("[{\"userName\":\"a\"}]", Format::Scim),
        ("{\"schemas\":[\"x\"],\"Operations\":[]}", Format::Scim),
    ] {
        assert_eq!(recognise(start.as_bytes()).map_err(|error| error.to_string()), Ok(format), "{start}");
    }
}

#[test]
fn what_can_be_several_is_asked_about() {
    let told = |start: &str| recognise(start.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        told("[{\"email\":\"a\",\"email_verified\":true}]"),
        "it can be of several formats, jsonl or auth0: name it with --format"
    );
    assert_eq!(
        told("[{\"username\":\"a\",\"email\":\"x\"}]"),
        "it can be of several formats, auth0 or keycloak: name it with --format"
    );
    for start in ["alice\n", "alice:secret\n", "{\"a\":1}", "{", "<html>"] {
        assert_eq!(told(start), "its format is not recognised: name it with --format", "{start}");
    }
}
