//! `--from` with the lists that other programs write, and with what this one prints.

use serde_json::{Value, json};

use super::site::{Ended, Site};

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    for name in ["acme/alice", "acme/bob", "acme/carol"] {
        site.run(&["user", "create", name, "-y", "-q"]).succeeded();
    }
    site
}

fn from(site: &Site, list: &[u8]) -> Ended {
    std::fs::write(site.at("people"), list).unwrap();
    site.run(&["user", "disable", "--from", "people", "--dry-run", "-o", "json"])
}

fn users(report: &Value) -> Vec<(u64, &str)> {
    let rows = report.as_array().unwrap().iter();
    rows.map(|row| (row["row"].as_u64().unwrap(), row["user"].as_str().unwrap_or("-"))).collect()
}

#[test]
fn lists_of_other_programs_are_read_as_people() {
    let site = site();
    let utf_16: Vec<u8> =
        "\u{feff}acme/alice\r\nacme/bob\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text = |text: &str| text.as_bytes().to_vec();
    for (list, first) in [
        (utf_16, 1),
        (text("acme/alice\racme/bob\r"), 1),
        (text("acme/alice\u{a0}\n\u{200b}acme/bob\n"), 1),
        (
            text(
                "\u{feff}\"user\";\"email\"\r\n\"acme/alice\";\"alice@example.com\"\r\n\"acme/bob\";\"bob@example.com\"\r\n",
            ),
            2,
        ),
        (text("user\nacme/alice\nacme/bob\n"), 2),
        (text("account\tname\nacme\talice\nacme\tbob\n"), 2),
        (text("{\"user\":\"acme/alice\"}\n{\"account\":\"acme\",\"name\":\"bob\"}\n"), 1),
    ] {
        let report = from(&site, &list).succeeded().json();
        assert_eq!(users(&report), [(first, "acme/alice"), (first + 1, "acme/bob")], "{list:?}");
    }
}

#[test]
fn what_is_printed_is_taken_back() {
    let site = site();
    site.json(&["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified"]);
    for format in ["csv", "json", "jsonl"] {
        let printed = site.ok(&["user", "list", "acme", "-o", format]);
        let report = from(&site, printed.as_bytes()).json();
        let read: Vec<&str> = users(&report).into_iter().map(|(_, user)| user).collect();
        assert_eq!(read, ["acme", "acme/alice", "acme/bob", "acme/carol"], "{format}: {printed}");
    }
    let report = from(&site, b"user,reason\n'+4915112345678,left\n").succeeded().json();
    assert_eq!(users(&report), [(2, "acme/alice")]);
}

#[test]
fn a_file_that_is_wrong_in_one_way_is_one_error_that_names_it() {
    let site = site();
    let cannot = "the list of people cannot be read";
    let columns = "has several columns and names none of them `user`, or `account` and `name`: give the columns \
                   these names, or write one person per line";
    for (list, told) in [
        ("email;x\nalice@example.com;1\n", format!("{cannot}: line 1 {columns}")),
        ("acme/alice,acme/bob\n", format!("{cannot}: line 1 {columns}")),
        (
            "account,name\nacme,alice\nacme,\n",
            format!(
                "{cannot}: line 3 has nothing in its column `name`: write whom it is about (the root user has the name \
                 of its account), or leave the line out"
            ),
        ),
        ("user\n\"acme/alice\nacme/bob\n", format!("{cannot}: the quote opened in line 2 is not closed")),
        ("PK\u{3}\u{4}", format!("{cannot}: the list is not text: save it as text or CSV, in UTF-8")),
        (
            "{\"user\":\"acme/alice\"}\nacme/bob\n",
            format!(
                "{cannot}: line 2 is not JSON: a JSON list has one object per line, or is one array of objects"
            ),
        ),
        (
            "{\"mail\":\"acme/alice\"}\n",
            format!("{cannot}: line 1 is an object without `user`, or `account` and `name`"),
        ),
        (
            "\n+4915112345678.0\n+4915112345679.0\n",
            format!(
                "{cannot}: none of its 2 lines is a person; line 2: a number has no decimals: a spreadsheet added \
                 them, so write the digits before them"
            ),
        ),
    ] {
        let error = from(&site, list.as_bytes()).with_code(2).error();
        assert_eq!(error["message"], told.as_str(), "{list:?}");
    }
}

#[test]
fn a_row_that_cannot_be_read_holds_what_was_written_there() {
    let site = site();
    let report =
        from(&site, "acme/alice\n+4915112345678.0\nacme/\u{430}\u{7}bob\n".as_bytes()).with_code(10).json();
    assert_eq!(users(&report), [(1, "acme/alice"), (2, "-"), (3, "-")]);
    let rows = report.as_array().unwrap();
    assert_eq!(rows[0]["text"], Value::Null);
    assert_eq!((&rows[1]["text"], &rows[1]["reason"]), (&json!("+4915112345678.0"), &json!("malformed")));
    assert_eq!(rows[2]["text"], "acme/\u{430}\\u{7}bob");
}
