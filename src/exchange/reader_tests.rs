use super::*;
use crate::domain::Secret;
use crate::domain::record::Given;
use crate::exchange::FailedWriter;

/// What a text says, row by row: `row user field=value…`, or `row user? fault`.
pub(super) fn told(text: &[u8], options: &Options) -> Result<Vec<String>, String> {
    let mut reader = read(text, options).map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().map_err(|error| error.to_string())? {
        rows.push(match row {
            Ok(record) => line(&record),
            Err(RowError { row, user, fault }) => format!("{row} {} ! {fault}", user.unwrap_or_default()),
        });
    }
    Ok(rows)
}

pub(super) fn line(record: &Record) -> String {
    fn shown<T: ToString>(name: &str, given: &Given<T>) -> String {
        match given {
            Given::Nothing => String::new(),
            Given::Removed => format!(" {name}-"),
            Given::Set(value) => format!(" {name}={}", value.to_string()),
        }
    }
    let secret = |given: &Given<Secret>| match given {
        Given::Nothing => Given::Nothing,
        Given::Removed => Given::Removed,
        Given::Set(secret) => Given::Set(secret.expose().to_owned()),
    };
    [
        record.row.to_string(),
        format!(" {}", record.user.as_deref().unwrap_or("?")),
        shown("email", &record.email),
        shown("mobile", &record.mobile),
        shown("email_verified", &record.email_verified),
        shown("mobile_verified", &record.mobile_verified),
        shown("description", &record.description),
        shown("status", &record.status),
        shown("access_mode", &record.access_mode),
        shown("login_protection", &record.login_protection),
        shown("must_change", &record.must_change),
        shown("password", &secret(&record.password)),
        shown("password_hash", &secret(&record.password_hash)),
        shown("external_id", &record.external_id),
        shown("created_at", &record.created_at),
    ]
    .concat()
}

pub(super) fn rows(text: &str) -> Vec<String> {
    told(text.as_bytes(), &Options::default()).unwrap()
}

pub(super) fn error(text: &str) -> String {
    told(text.as_bytes(), &Options::default()).unwrap_err()
}

pub(super) fn mapped(map: &[&str]) -> Options {
    Options { format: None, map: map.iter().map(|text| text.parse().unwrap()).collect() }
}

#[test]
fn a_table_of_a_spreadsheet_is_read() {
    let text = "\u{feff}sep=;\r\nUser;Email;Mobile;E-Mail Verified;;Password;must_change;Created At;id\r\n\r\n\
                acme/alice;alice@example.com\u{a0};'+49 151;TRUE;;\"'=a;\"\"b \";no;2026-11-30;usr_1\r\n\
                # the night shift\r\n;;;;;;;;\r\n\
                acme/bob;;;;;;;;;;\r\n";
    assert_eq!(
        error(text),
        "line 2 has a column `E-Mail Verified` that regain does not know; did you mean `email_verified`?"
    );
    let text = text.replace("E-Mail Verified", "Email Verified");
    let expected = [
        "4 acme/alice email=alice@example.com mobile=+49 151 email_verified=true must_change=false \
         password='=a;\"b  created_at=2026-11-30T00:00:00Z",
        "7 acme/bob",
    ];
    assert_eq!(rows(&text), expected);
    for bytes in [
        text.replace("\r\n", "\n").into_bytes(),
        text.replace("\r\n", "\r").into_bytes(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ] {
        assert_eq!(told(&bytes, &Options::default()).unwrap(), expected);
    }
    assert_eq!(
        rows("account\tname\temail\nacme\tACME\ta@example.com\nacme\tx\t\n"),
        ["2 acme email=a@example.com", "3 acme/x"]
    );
    assert_eq!(rows("user\nacme/x\n"), ["2 acme/x"]);
    assert_eq!(
        rows("user,description\nacme/x,\"two\nlines\"\nacme/y,z\n"),
        ["2 acme/x description=two\nlines", "4 acme/y description=z"]
    );
}

#[test]
fn a_row_of_a_table_fails_alone() {
    let text = "user,email,status\nacme/a,x,enabled\nacme/b,x\nacme/c,x,hunter2\nacme/d,x,disabled,more\n,,enabled\nacme/e,,\n";
    assert_eq!(
        rows(text),
        [
            "2 acme/a email=x status=enabled",
            "3 acme/b ! it has 2 columns, but the heading has 3: give each line as many as the heading, and put what holds a \
         separator in quotes",
            "4 acme/c ! its `status` is none of enabled, disabled",
            "5 acme/d ! it has 4 columns, but the heading has 3: give each line as many as the heading, and put what holds a \
         separator in quotes",
            "6  ! it does not say whom it is about",
            "7 acme/e",
        ]
    );
    assert_eq!(
        told(b"user,email\nacme/a,\xe4\nacme/b,\n", &Options::default()).unwrap(),
        ["2  ! it is not UTF-8: save the file as text or CSV, in UTF-8", "3 acme/b"]
    );
}

#[test]
fn a_table_that_is_wrong_as_a_whole_is_one_error() {
    let no_heading = "line 1 is no heading: a table begins with the names of its columns, among them `user`, or `account` and \
                      `name`";
    for (text, told) in [
        ("acme/alice,hunter2\n", no_heading),
        (
            "user,emial\nacme/a,b\n",
            "line 1 has a column `emial` that regain does not know; did you mean `email`?",
        ),
        (
            "user,phone\nacme/a,b\n",
            "line 1 has a column `phone` that regain does not know; did you mean `mobile`?",
        ),
        ("user,shoe size\nacme/a,b\n", "line 1 has a column `shoe size` that regain does not know"),
        ("user,email,Email\n", "line 1 has `email` in two columns"),
        ("user,email\nacme/a,\"x\nacme/b,y\n", "the quote opened in line 2 is not closed"),
        ("user,email\nacme/a,\"x\nacme/b,y\"\n", "the quote opened in line 2 is not closed"),
        ("", "it is empty"),
        ("# nothing\n\n", "it is empty"),
        ("hello\n", "its format is not recognised: name it with --format"),
        ("PK\u{3}\u{4}", "it is not text: save it as text or CSV, in UTF-8"),
    ] {
        assert_eq!(error(text), told, "{text:?}");
    }
    let endless = format!("user,email\nacme/a,\"{}\n", "x\n".repeat(1_000_000));
    assert_eq!(error(&endless), "the quote opened in line 2 is not closed");
}

#[test]
fn columns_are_mapped_to_fields() {
    let text = "Login,Dept,user\nalice,sales,x\n";
    let told = |map: &[&str]| told(text.as_bytes(), &mapped(map));
    assert_eq!(told(&["user=login", "description=dept"]), Ok(vec!["2 alice description=sales".to_owned()]));
    assert_eq!(told(&["user=login", "=dept"]), Ok(vec!["2 alice".to_owned()]));
    assert_eq!(told(&["user=login", "=*"]), Ok(vec!["2 alice".to_owned()]));
    assert_eq!(told(&["email=mail", "=*"]), Err("there is no column `mail`, which --map names".to_owned()));
}

#[test]
fn our_json_is_read_in_lines_in_an_array_and_indented() {
    let (alice, bob) = (
        r#"{"user":"acme/alice","email":null,"mobile":"","must_change":true,"created_at":1796004316,"row":3}"#,
        r#"{"account":"acme","name":"bob","password":"hunter2 ","password_hash":"$y$x","regain_error":"x"}"#,
    );
    let told = |rows: [u64; 2]| {
        [
            format!("{} acme/alice email- must_change=true created_at=2026-11-30T02:05:16Z", rows[0]),
            format!("{} acme/bob password=hunter2  password_hash=$y$x", rows[1]),
        ]
    };
    assert_eq!(rows(&format!("{alice}\n\n# x\n{bob}\n")), told([1, 4]));
    assert_eq!(rows(&format!("[{alice},\n {bob}]")), told([1, 2]));
    assert_eq!(rows(&format!("\n[{alice},{bob}]")), told([1, 2]));
    assert_eq!(
        rows(&format!("{}\n{}\n", alice.replace(',', ",\n "), bob.replace(',', ",\n "))),
        told([1, 7])
    );
    assert_eq!(rows("[]"), [""; 0]);
}

#[test]
fn a_row_of_json_fails_alone() {
    let text = "{\"user\":\"acme/a\",\"emial\":\"x\"}\n{\"user\":\"acme/b\"\n[1]\n{\"user\":\"c\",\"status\":[]}\n\
                {\"user\":\"acme/d\",\"Email\":1,\"email\":2}\n{\"account\":\"acme\"}\n{\"user\":\"acme/e\"}\n";
    assert_eq!(
        rows(text),
        [
            "1 acme/a ! it has a field `emial` that regain does not know; did you mean `email`?",
            "2  ! it is not JSON",
            "3  ! it is no JSON object",
            "4 c ! its `status` is not text",
            "5 acme/d ! it has `email` twice",
            "6  ! its `account` has no `name` beside it (the root user has the name of its account)",
            "7 acme/e",
        ]
    );
    assert_eq!(
        error("[{\"user\":\"a\"},\n{\"user\":\"b\"}\n"),
        "line 3 is not JSON, or the file ends before its end"
    );
    let options = mapped(&["email=mails.value", "user=login"]);
    let text = r#"{"login":"a","mails":[{"value":"a@example.com"}]}"#;
    let options = Options { format: Some(Format::Jsonl), ..options };
    assert_eq!(told(text.as_bytes(), &options).unwrap(), ["1 a email=a@example.com"]);
}

#[test]
fn htpasswd_is_read() {
    assert_eq!(
        rows("# staff\nalice:$2y$05$KbpVc2k6.xejaPF\n\nbob:{SHA}obr+BIXmtc9vUytFFrW0cDgpQHw=\nx\n"),
        [
            "2 alice password_hash=$2y$05$KbpVc2k6.xejaPF",
            "4 bob password_hash={SHA}obr+BIXmtc9vUytFFrW0cDgpQHw=",
            "5  ! it is no `name:hash`",
        ]
    );
}

/// What is wrong in a file, written as its failed rows, and what is wrong in that.
pub(super) fn failed(text: &str) -> (String, Vec<String>) {
    let format = read(text.as_bytes(), &Options::default()).unwrap().format();
    let options = Options { format: Some(format), map: Vec::new() };
    let once = |text: &str| {
        let mut reader = read(text.as_bytes(), &options).unwrap();
        let mut writer = FailedWriter::new(reader.shape(), Vec::new());
        while let Some(row) = reader.next_row().unwrap() {
            if let Err(error) = row {
                writer.write(reader.raw().unwrap(), &error.to_string()).unwrap();
            }
        }
        String::from_utf8(writer.finish().unwrap()).unwrap()
    };
    let written = once(text);
    let twice = once(&written);
    assert_eq!(once(&twice), twice, "what failed fails again");
    let again = told(written.as_bytes(), &options).unwrap();
    (written, again)
}

#[test]
fn failed_rows_are_read_again() {
    let (written, again) = failed(
        "user;status;x\nacme/a;enabled\n\"acme/b\";\"x;y\";\nacme/c;x;\n".replace(";x\n", ";id\n").as_str(),
    );
    assert_eq!(
        written,
        "regain_error;user;status;id\nit has 2 columns, but the heading has 3: give each line as many as the heading, and put \
         what holds a separator in quotes;acme/a;enabled\n\
         its `status` is none of enabled, disabled;acme/b;\"x;y\";\"\"\n"
            .replace("\"\"\n", "\n")
            + "its `status` is none of enabled, disabled;acme/c;x;\n"
    );
    assert_eq!(again.len(), 3);
    let (written, _) = failed("{\"user\":\"a\",\"status\":\"x\"}\n{}\n{\"user\":\"b\"}\n");
    assert_eq!(
        written,
        "{\"regain_error\":\"its `status` is none of enabled, disabled\",\"user\":\"a\",\"status\":\"x\"}\n\
         {\"regain_error\":\"it does not say whom it is about\"}\n"
    );
    let (written, _) = failed("[{\"user\":\"a\",\"status\":\"x\"},{\"user\":\"b\"}]");
    assert_eq!(
        written,
        "[\n{\"regain_error\":\"its `status` is none of enabled, disabled\",\"user\":\"a\",\"status\":\"x\"}\n]\n"
    );
    let (written, _) = failed("alice:$y$x\nbob\n");
    assert_eq!(written, "# regain_error: it is no `name:hash`\nbob\n");
}
