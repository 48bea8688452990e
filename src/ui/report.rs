//! One report, four forms: table, JSON, JSONL, CSV.

use serde::Serialize;

use super::list::{ListWriter, csv_record, csv_writer};
use super::printer::{Format, OutputError, Printer};
use super::row::{Row, cells_of, headings};
use super::{json, table};

/// One row as a line of JSON, for a file of such lines; whatever a person typed, it is one line (security U4).
pub fn json_line<T: Serialize>(row: &T) -> Result<String, OutputError> {
    Ok(json::compact(row).map_err(OutputError::Encode)? + "\n")
}

impl Printer {
    /// One thing: an object, or its headings beside its values.
    pub fn one<R: Row>(&self, row: &R) -> Result<(), OutputError> {
        match self.format() {
            Format::Table => self.text(&table::one(&headings::<R>(), &cells_of(row), self.streams)),
            Format::Json | Format::Jsonl | Format::Csv => self.object(row),
        }
    }

    /// What a write made, for programs: the object with `changed`, which says whether anything changed. People are
    /// told by [`Printer::done`] in a sentence.
    pub fn written<R: Row>(&self, row: &R, changed: bool) -> Result<(), OutputError> {
        self.stands(changed);
        if self.format() == Format::Table { Ok(()) } else { self.object(&Written { row, changed }) }
    }

    /// [`Self::written`], and shown to people, too.
    pub fn written_and_shown<R: Row>(&self, row: &R, changed: bool) -> Result<(), OutputError> {
        self.stands(changed);
        if self.format() == Format::Table { self.one(row) } else { self.written(row, changed) }
    }

    fn object<T: Serialize>(&self, thing: &T) -> Result<(), OutputError> {
        match self.format() {
            Format::Json => self.text(&(json::pretty(thing).map_err(OutputError::Encode)? + "\n")),
            Format::Table | Format::Jsonl => {
                self.text(&(json::compact(thing).map_err(OutputError::Encode)? + "\n"))
            }
            Format::Csv => {
                let mut csv = csv_writer(self);
                csv_record(&mut csv, thing, self.streams, true)?;
                csv.flush().map_err(OutputError::Write)
            }
        }
    }

    /// Several things. `if_empty` is noted on stderr where a table would be empty.
    pub fn list<R, I>(&self, rows: I, if_empty: &str) -> Result<(), OutputError>
    where
        R: Row,
        I: IntoIterator<Item = R>,
    {
        let mut list = self.begin_list();
        for row in rows {
            if list.row(&row)?.is_break() {
                break;
            }
        }
        list.finish(if_empty)
    }

    /// A list that is written row by row, with memory for one row (for a page of them, as a table).
    pub fn begin_list<R: Row>(&self) -> ListWriter<'_, R> {
        ListWriter::new(self)
    }
}

/// What a write made, and whether it changed anything.
#[derive(Serialize)]
struct Written<'r, R> {
    #[serde(flatten)]
    row: &'r R,
    changed: bool,
}

#[cfg(test)]
mod tests {
    use super::super::color::{Stream, Streams};
    use super::super::printer::Settings;
    use super::super::printer::tests::on_paper;
    use super::super::row::{Column, column};
    use super::*;

    #[derive(Serialize)]
    struct Person {
        name: &'static str,
        last_login_at: Option<&'static str>,
        contacts: Vec<&'static str>,
        balance: i32,
    }

    impl Row for Person {
        const COLUMNS: &'static [Column<Self>] = &[
            column("name", |row| row.name.to_owned()),
            column("last sign-in", |row| row.last_login_at.unwrap_or("never").to_owned()),
            column("contacts", |row| row.contacts.join(", ")),
        ];
        const FIELDS: &'static [&'static str] = &["name", "last_login_at", "contacts", "balance"];
    }

    fn people() -> [Person; 2] {
        [
            Person { name: "=a\"b\u{1b}[31m", last_login_at: None, contacts: vec![], balance: -5 },
            Person {
                name: "山田",
                last_login_at: Some("2026-01-01"),
                contacts: vec!["x@y", "z"],
                balance: 1,
            },
        ]
    }

    fn shown(format: Format, streams: Streams, write: impl FnOnce(&Printer)) -> (String, String) {
        let (printer, out, err) = on_paper(Settings { format, ..Settings::default() }, streams);
        write(&printer);
        printer.flush().unwrap();
        (out.text(), err.text())
    }

    #[test]
    fn a_list_in_its_four_forms() {
        let list = |format| shown(format, Streams::default(), |p| p.list(people(), "nobody").unwrap()).0;
        assert_eq!(
            list(Format::Json),
            "[\n  {\"name\":\"=a\\\"b\\u001b[31m\",\"last_login_at\":null,\"contacts\":[],\"balance\":-5},\n  \
             {\"name\":\"山田\",\"last_login_at\":\"2026-01-01\",\"contacts\":[\"x@y\",\"z\"],\"balance\":1}\n]\n"
        );
        assert_eq!(
            list(Format::Jsonl),
            "{\"name\":\"=a\\\"b\\u001b[31m\",\"last_login_at\":null,\"contacts\":[],\"balance\":-5}\n\
             {\"name\":\"山田\",\"last_login_at\":\"2026-01-01\",\"contacts\":[\"x@y\",\"z\"],\"balance\":1}\n"
        );
        assert_eq!(
            list(Format::Csv),
            "name,last_login_at,contacts,balance\r\n\"'=a\"\"b\u{1b}[31m\",,[],-5\r\n\
             山田,2026-01-01,\"[\"\"x@y\"\",\"\"z\"\"]\",1\r\n"
        );
        assert_eq!(
            list(Format::Table),
            "NAME            LAST SIGN-IN  CONTACTS\n--------------------------------------\n\
             =a\"b\\u{1b}[31m  never\n山田            2026-01-01    x@y, z\n"
        );
    }

    #[test]
    fn one_thing_in_its_four_forms() {
        let [_, person] = people();
        let one = |format| shown(format, Streams::default(), |p| p.one(&person).unwrap()).0;
        assert_eq!(
            one(Format::Table),
            "name          山田\nlast sign-in  2026-01-01\ncontacts      x@y, z\n"
        );
        assert_eq!(
            one(Format::Json),
            "{\n  \"name\": \"山田\",\n  \"last_login_at\": \"2026-01-01\",\n  \"contacts\": [\n    \"x@y\",\n    \
             \"z\"\n  ],\n  \"balance\": 1\n}\n"
        );
        assert_eq!(one(Format::Jsonl).lines().count(), 1);
        assert_eq!(one(Format::Csv).lines().count(), 2);
    }

    #[test]
    fn what_a_write_made_says_whether_it_changed_anything() {
        let [_, person] = people();
        let written =
            |format, changed| shown(format, Streams::default(), |p| p.written(&person, changed).unwrap()).0;
        assert_eq!(written(Format::Table, true), "");
        assert!(written(Format::Json, true).ends_with("  \"balance\": 1,\n  \"changed\": true\n}\n"));
        assert_eq!(
            written(Format::Jsonl, false),
            "{\"name\":\"山田\",\"last_login_at\":\"2026-01-01\",\"contacts\":[\"x@y\",\"z\"],\"balance\":1,\"changed\":false}\n"
        );
        assert_eq!(
            written(Format::Csv, true),
            "name,last_login_at,contacts,balance,changed\r\n山田,2026-01-01,\"[\"\"x@y\"\",\"\"z\"\"]\",1,true\r\n"
        );
        let seen =
            |format| shown(format, Streams::default(), |p| p.written_and_shown(&person, true).unwrap()).0;
        assert_eq!(
            seen(Format::Table),
            "name          山田\nlast sign-in  2026-01-01\ncontacts      x@y, z\n"
        );
        assert_eq!(seen(Format::Jsonl), written(Format::Jsonl, true));
    }

    #[test]
    fn an_empty_list_is_empty_data_and_a_note_only_beside_a_table() {
        let empty = |format| {
            shown(format, Streams::default(), |p| p.list(Vec::<Person>::new(), "nothing to show").unwrap())
        };
        assert_eq!(empty(Format::Table), (String::new(), "nothing to show\n".to_owned()));
        assert_eq!(empty(Format::Json), ("[]\n".to_owned(), String::new()));
        assert_eq!(empty(Format::Jsonl), (String::new(), String::new()));
        assert_eq!(empty(Format::Csv), ("name,last_login_at,contacts,balance\r\n".to_owned(), String::new()));
    }

    #[test]
    fn t3_csv_on_a_terminal_is_escaped_too() {
        let streams = Streams { out: Stream { terminal: true, color: false }, ..Streams::default() };
        let (text, _) = shown(Format::Csv, streams, |p| p.list(people(), "").unwrap());
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn a_narrow_terminal_wraps_and_a_pipe_does_not() {
        let long =
            || Person { name: "word word word word", last_login_at: None, contacts: vec![], balance: 0 };
        let at = |columns| {
            let streams = Streams { columns, ..Streams::default() };
            shown(Format::Table, streams, |p| p.list([long()], "").unwrap()).0
        };
        assert_eq!(at(None).lines().count(), 3);
        assert_eq!(at(Some(44)), at(None));
        assert_eq!(at(Some(34)), "name          word word word word\nlast sign-in  never\n");
        assert_eq!(at(Some(24)), "name          word word\n              word word\nlast sign-in  never\n");
    }
}
