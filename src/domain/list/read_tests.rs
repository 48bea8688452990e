use super::*;

fn people(bytes: &[u8]) -> Vec<(u64, String)> {
    read(bytes).unwrap().into_iter().map(|entry| (entry.line, entry.text)).collect()
}

fn told(text: &str) -> Vec<(u64, String)> {
    people(text.as_bytes())
}

fn at(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
}

const TWO: [(u64, &str); 2] = [(1, "acme/alice"), (2, "acme/bob")];
const BELOW: [(u64, &str); 2] = [(2, "acme/alice"), (3, "acme/bob")];

#[test]
fn a_person_a_line_with_blanks_and_comments_between() {
    let file = "\u{feff}acme/alice\r\n\n# the night shift\n  acme/bob \n\t\nacme/\u{fffd}\nacme/night shift";
    let expected = [(1, "acme/alice"), (4, "acme/bob"), (6, "acme/\u{fffd}"), (7, "acme/night shift")];
    assert_eq!(told(file), at(&expected));
    assert_eq!(told(""), at(&[]));
    // A heading alone is a list of nobody; an account that is called so has a slash.
    for text in ["user", "user\n", "\"User\"\n\n", "account,name\n", "sep=;\nuser;x\n", "[]"] {
        assert_eq!(told(text), at(&[]), "{text:?}");
    }
    assert_eq!(told("user/\nmail/"), at(&[(1, "user/"), (2, "mail/")]));
}

#[test]
fn lists_of_other_programs_are_read_as_people() {
    let utf_16 =
        |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(unit).collect() };
    for text in ["\u{feff}acme/alice\r\nacme/bob\r\n", "acme/alice\nacme/bob"] {
        assert_eq!(people(&utf_16(text, u16::to_le_bytes)), at(&TWO), "{text:?}");
        assert_eq!(people(&utf_16(text, u16::to_be_bytes)), at(&TWO), "{text:?}");
    }
    for text in [
        "acme/alice\racme/bob\r",
        "acme/alice\u{2028}acme/bob\u{85}",
        "acme/alice\u{a0}\n\u{200b}acme/bob\n",
        "acme/alice\u{200e}\n\"acme/bob\"\n",
    ] {
        assert_eq!(told(text), at(&TWO), "{text:?}");
    }
    for text in [
        "\u{feff}\"user\";\"email\"\r\n\"acme/alice\";\"alice@example.com\"\r\n\"acme/bob\";\"bob@example.com\"\r\n",
        "user\nacme/alice\nacme/bob\n",
        "User,x\nacme/alice,1\nacme/bob,2\n",
        "email\tuser\u{a0}\na@example.com\tacme/alice\nb@example.com\tacme/bob\n",
        "id,account,name\nusr_1,acme,alice\nusr_2,acme,bob\n",
    ] {
        assert_eq!(told(text), at(&BELOW), "{text:?}");
    }
    assert_eq!(told("sep=;\nuser;x\n\n'+4915112345678;y\n"), at(&[(4, "+4915112345678")]));
    assert_eq!(
        told("account,name,x\n\"a, b\",d,\"one\n\"\"two\"\nacme,acme,,,\n,,\n# \"x\nacme,e,a\"b\n"),
        at(&[(2, "a, b/d"), (4, "acme"), (7, "acme/e")])
    );
    for text in [
        "{\"user\":\"acme/alice\"}\n{\"account\":\"acme\",\"name\":\"bob\"}\n",
        "[{\"user\":\"acme/alice\"},\n{\"id\":\"x\",\"account\":\"acme\",\"name\":\"bob\"}]",
    ] {
        assert_eq!(told(text), at(&TWO), "{text:?}");
    }
}

#[test]
fn a_file_that_is_wrong_in_one_way_is_one_error() {
    let empty = |line, column| ListError::Empty { line, column };
    let ragged = |line, columns, heading| ListError::Ragged { line, columns, heading };
    let heading = |line, heading: &str| ListError::Heading { line, heading: heading.to_owned() };
    for (text, error) in [
        ("account,name\nacme,\nacme,u1\n", empty(2, "name")),
        ("account;name\nacme;u1\n ;u2\n", empty(3, "account")),
        ("user,email\nacme/u1,x\n\u{a0},y\n", empty(3, "user")),
        ("account,name\nacme,u1\nacme\n", ragged(3, 1, 2)),
        ("account,name\nacme,u2,extra\n", ragged(2, 3, 2)),
        ("user\nacme/u1,acme/u2\n", ragged(2, 2, 1)),
        ("user\n\"acme/u1\nacme/u2\n", ListError::Unclosed { line: 2 }),
        ("user\n\"acme/u1\nacme/u2\n\"acme/u3\n", ListError::Unclosed { line: 2 }),
        ("user;x\nacme/u1;\"a\"\"\nacme/u2;b\n", ListError::Unclosed { line: 2 }),
        ("acme/u1\n\"acme/u2\nacme/u3\n", ListError::Unclosed { line: 2 }),
        ("email\nalice@example.com\n", heading(1, "email")),
        ("# x\n\"Account\"\nacme\n", heading(2, "Account")),
        ("E-Mail Address\n", heading(1, "E-Mail Address")),
        ("{\"account\":\"acme\",\"name\":\"\"}\n", ListError::NoField { line: 1 }),
        ("[{\"user\":\"acme/u1\"},{\"account\":\"acme\",\"name\":null}]", ListError::NoFieldIn { object: 2 }),
        ("acme/alice,acme/bob\nacme/carol,x\n", ListError::NoColumn { line: 1 }),
        ("# people\n\"email\";\"name\"\nx;y\n", ListError::NoColumn { line: 2 }),
        ("{\"user\":\"acme/alice\"}\nacme/bob\n", ListError::NoJson { line: 2 }),
        ("[{\"user\":\"acme/alice\"}\n", ListError::NoJson { line: 2 }),
        ("{\"name\":\"alice\"}\n", ListError::NoField { line: 1 }),
        ("PK\u{3}\u{4}rest", ListError::NoText),
        ("acme/a\0lice\n", ListError::NoText),
    ] {
        assert_eq!(read(text.as_bytes()), Err(error), "{text:?}");
    }
}

#[test]
fn bytes_of_another_encoding_are_named_with_their_line() {
    for (bytes, line) in
        [(&b"acme/u1\r\nacme/m\xfcller\n"[..], 2), (b"\xef\xbb\xbfuser\racme/u1\racme/\xe4", 3)]
    {
        assert_eq!(read(bytes), Err(ListError::NotUtf8 { line }));
    }
    assert_eq!(read(b"\xff\xfe\x00\xd8x\x00"), Err(ListError::NoText));
    assert_eq!(read(b"a\xff\x01\x00"), Err(ListError::NoText));
}

#[test]
fn an_endless_line_is_a_row_that_can_fail() {
    assert_eq!(people(&[b'x'; 5000])[0].1.len(), LONGEST);
}

#[test]
fn people_of_an_array_have_rows_of_their_own() {
    let (alice, bob) = ("{\"user\":\"acme/alice\"}", "{\"user\":\"acme/bob\"}");
    assert_eq!(told(&format!("[{alice},{bob}]")), at(&TWO));
    assert_eq!(told(&format!("\n\n[{alice}, {bob}]\n")), at(&TWO));
    assert_eq!(told(&format!("[\n{alice},\n{bob}\n]")), at(&BELOW));
}

#[test]
fn the_error_says_what_to_do() {
    for (text, told) in [
        (
            "account,name\nacme,\n",
            "line 2 has nothing in its column `name`: write whom it is about (the root user has the name of its \
             account), or leave the line out",
        ),
        (
            "account,name\nacme\n",
            "line 2 has 1 column, but the heading has 2: give each line as many as the heading, and put what holds a \
             separator in quotes",
        ),
        (
            "mail\nx@example.com\n",
            "line 1 is a heading, `mail`, but a list of people has a column `user`, or `account` and `name`; write \
             `mail/` for an account of this name",
        ),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), told);
    }
}
