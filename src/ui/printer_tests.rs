use std::rc::Rc;

use super::super::color::Stream;
use super::*;

/// A stream that can be read after the printer has written to it.
#[derive(Clone, Default)]
pub(in crate::ui) struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    pub(in crate::ui) fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(in crate::ui) fn on_paper(settings: Settings, streams: Streams) -> (Printer, Paper, Paper) {
    let (out, err) = (Paper::default(), Paper::default());
    let printer = Printer::with_streams(settings, streams, Box::new(out.clone()), Box::new(err.clone()));
    (printer, out, err)
}

fn failing(kind: io::ErrorKind) -> Printer {
    let out = Box::new(Failing(kind));
    Printer::with_streams(Settings::default(), Streams::default(), out, Box::new(io::sink()))
}

fn report() -> ErrorReport {
    ErrorReport {
        kind: "refused".into(),
        message: "the password is too weak".into(),
        reason: "weak_password".into(),
        causes: vec!["it is\u{1b}[31m common".into()],
        hints: vec!["use a longer one".into()],
        ..ErrorReport::default()
    }
}

#[test]
fn a_reader_that_went_away_is_no_error_and_a_full_disk_is() {
    let gone = failing(io::ErrorKind::BrokenPipe);
    gone.text("a").unwrap();
    gone.flush().unwrap();
    assert!(gone.is_closed());
    gone.text(&"long".repeat(100_000)).unwrap();
    let full = failing(io::ErrorKind::StorageFull);
    full.text("a").unwrap();
    assert_eq!(full.flush().unwrap_err().to_string(), "the output could not be written");
    assert!(!full.is_closed());
}

#[test]
fn quiet_silences_notes_and_success_but_no_warning_and_no_error() {
    let settings = Settings { quiet: true, ..Settings::default() };
    let (printer, out, err) = on_paper(settings, Streams::default());
    printer.note("a");
    printer.done("b");
    printer.hint("c");
    printer.tell("e\nerror: forged");
    printer.warn("d");
    printer.error(&report());
    assert_eq!(out.text(), "");
    assert_eq!(
        err.text(),
        "e\\nerror: forged\nwarning: d\nerror: the password is too weak\ncaused by: it is\\u{1b}[31m common\n\
         hint: use a longer one\n"
    );
}

#[test]
fn an_error_is_one_object_where_json_was_asked_for() {
    for format in [Format::Json, Format::Jsonl] {
        let (printer, _, err) = on_paper(Settings { format, ..Settings::default() }, Streams::default());
        printer.error(&report());
        assert_eq!(
            err.text(),
            "{\"error\":{\"kind\":\"refused\",\"message\":\"the password is too weak\",\
             \"reason\":\"weak_password\",\"causes\":[\"it is\\u001b[31m common\"],\
             \"hints\":[\"use a longer one\"]}}\n"
        );
    }
}

#[test]
fn colour_is_decided_for_each_stream() {
    let streams = Streams { err: Stream { color: true, terminal: true }, ..Streams::default() };
    let (printer, _, err) = on_paper(Settings::default(), streams);
    printer.warn("x");
    assert_eq!(err.text(), "\u{1b}[1;33mwarning:\u{1b}[0m x\n");
}
