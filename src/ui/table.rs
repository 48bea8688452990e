//! Tables for people: columns two spaces apart, a thin line under the headings, no borders.
//!
//! On a terminal only prose is broken, and only between words: what may be copied (an id, a name, a moment) stands
//! in one piece. A list that cannot be had in the terminal's width is shown as records instead, a value a line.

use comfy_table::{ColumnConstraint, LineStyle, Table, TableStyle, Width};
use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::color::{Paint, Streams, paint};
use super::escape;

/// Columns stand this far apart.
const GAP: usize = 2;
/// A row of a table takes at most so many lines; what needs more reads better as a record.
const TALLEST: usize = 4;

/// What may become of columns that are too many for a terminal.
#[derive(Clone, Default)]
pub(super) struct Kinds {
    /// Those that may be broken between words.
    pub(super) prose: Vec<&'static str>,
    /// Those that may be left out, the first first.
    pub(super) spare: Vec<&'static str>,
}

/// A list that is laid out page by page: its columns are as wide as the first page asks for, and wider from a page on that
/// needs it.
pub(super) struct Pages {
    columns: Vec<&'static str>,
    kinds: Kinds,
    widths: Vec<usize>,
    form: Form,
}

/// What the first page decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Nothing was shown yet.
    Unknown,
    /// So many of the columns that can be spared are left out, of rows in fewer words or not.
    Table { spared: usize, brief: bool },
    /// The terminal is too narrow.
    Records,
}

impl Pages {
    pub(super) fn new(columns: Vec<&'static str>, kinds: Kinds) -> Self {
        Self { widths: vec![0; columns.len()], columns, kinds, form: Form::Unknown }
    }

    /// Makes room for rows to come, where they are known before they are shown.
    pub(super) fn make_room(&mut self, cells: &[String]) {
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = (*width).max(shown(cell).width());
        }
    }

    /// The columns that were left out.
    pub(super) fn left_out(&self) -> &[&'static str] {
        match self.form {
            Form::Table { spared, .. } => self.kinds.spare.get(..spared).unwrap_or_default(),
            Form::Unknown | Form::Records => &[],
        }
    }

    /// The next rows, after the headings where they are the first. Ends in a line feed. `brief` are the rows in fewer
    /// words; none where there are no others.
    pub(super) fn page(&mut self, rows: &[Vec<String>], brief: &[Vec<String>], streams: Streams) -> String {
        let escaped = |rows: &[Vec<String>]| -> Vec<Vec<String>> {
            rows.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect()
        };
        let rows = escaped(rows);
        let brief = if brief.is_empty() { rows.clone() } else { escaped(brief) };
        // Off a terminal nothing is wrapped: `grep` and `awk` want a row a line.
        let room = streams.columns.map(usize::from);
        let first = self.form == Form::Unknown;
        let forms = match self.form {
            Form::Unknown if room.is_none() => vec![Form::Table { spared: 0, brief: false }],
            Form::Unknown => {
                let briefly = (0..=self.kinds.spare.len()).map(|spared| Form::Table { spared, brief: true });
                std::iter::once(Form::Table { spared: 0, brief: false }).chain(briefly).collect()
            }
            decided => vec![decided],
        };
        for form in forms {
            let Form::Table { spared, brief: briefly } = form else { continue };
            let rows = if briefly { &brief } else { &rows };
            let places = self.places(spared);
            let names: Vec<&'static str> = picked(&self.columns, &places);
            let cells: Vec<Vec<String>> = rows.iter().map(|row| picked(row, &places)).collect();
            let least = picked(&self.widths, &places);
            let fitting = match room {
                None => Some(cells.clone()),
                Some(room) => fitted(&names, &self.kinds.prose, &least, &cells, room),
            };
            // A page that does not fit beneath the first is as wide as it must be.
            let Some(fitting) = fitting.or_else(|| (!first).then_some(cells)) else { continue };
            self.form = form;
            return self.drawn(&names, &places, fitting, first, streams);
        }
        self.form = Form::Records;
        let gap = if first { "" } else { "\n" };
        gap.to_owned() + &records(&self.columns, &rows, streams)
    }

    /// The columns that are shown where so many are left out.
    fn places(&self, spared: usize) -> Vec<usize> {
        let left_out = self.kinds.spare.get(..spared).unwrap_or_default();
        let kept = |at: &usize| self.columns.get(*at).is_some_and(|name| !left_out.contains(name));
        (0..self.columns.len()).filter(kept).collect()
    }

    fn drawn(
        &mut self,
        names: &[&'static str],
        places: &[usize],
        rows: Vec<Vec<String>>,
        first: bool,
        streams: Streams,
    ) -> String {
        let headings: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
        for (nth, at) in places.iter().enumerate() {
            let cells = rows.iter().filter_map(|row| row.get(nth)).chain(headings.get(nth));
            let widest = cells.flat_map(|cell| cell.lines()).map(UnicodeWidthStr::width).max();
            if let Some(width) = self.widths.get_mut(*at) {
                *width = widest.unwrap_or(0).max(*width);
            }
        }
        let rule = if streams.utf8 { '─' } else { '-' };
        let mut table = plain(TableStyle::new().header_separator(LineStyle::none().fill(rule)));
        if first {
            table.set_header(headings);
        }
        table.add_rows(rows);
        let text = finish(table, &picked(&self.widths, places));
        match text.split_once('\n').filter(|_| first) {
            // The library would count the colour's own bytes as width, so the heading is painted when it stands.
            Some((heading, rest)) => {
                format!("{}\n{rest}\n", paint(heading, Paint::Heading, streams.out.color))
            }
            None => text + "\n",
        }
    }
}

/// What stands at these places.
fn picked<T: Clone>(all: &[T], places: &[usize]) -> Vec<T> {
    places.iter().filter_map(|at| all.get(*at).cloned()).collect()
}

/// One thing: its headings at the left, its values at the right. Ends in a line feed.
pub(super) fn one(columns: &[&str], cells: &[String], streams: Streams) -> String {
    let labels = columns.iter().map(|name| name.width()).max().unwrap_or(0);
    let mut table = plain(TableStyle::new());
    for (name, cell) in columns.iter().zip(cells) {
        let room = streams.columns.map(|room| usize::from(room).saturating_sub(labels + GAP));
        let value = shown(cell);
        table.add_row([format!("{name:labels$}"), room.map_or(value.clone(), |room| wrap(&value, room))]);
    }
    finish(table, &[]) + "\n"
}

/// Each row as its own block, without what is empty in it.
fn records(columns: &[&str], rows: &[Vec<String>], streams: Streams) -> String {
    let labels = columns.iter().map(|name| name.width()).max().unwrap_or(0);
    let blocks: Vec<String> = rows
        .iter()
        .map(|row| {
            let (names, cells): (Vec<String>, Vec<String>) = columns
                .iter()
                .zip(row)
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(name, cell)| (format!("{name:labels$}"), cell.clone()))
                .unzip();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            one(&names, &cells, streams)
        })
        .collect();
    blocks.join("\n")
}

/// The rows with their prose wrapped to fit in `room` columns, or `None` if it would take too narrow columns.
fn fitted(
    columns: &[&'static str],
    prose: &[&'static str],
    least: &[usize],
    rows: &[Vec<String>],
    room: usize,
) -> Option<Vec<Vec<String>>> {
    let headings: Vec<String> = columns.iter().map(|name| name.to_uppercase()).collect();
    let is_prose: Vec<bool> = columns.iter().map(|name| prose.contains(name)).collect();
    let column = |at: usize| rows.iter().filter_map(move |row| row.get(at)).chain(headings.get(at));
    let wanted: Vec<usize> =
        (0..columns.len()).map(|at| column(at).map(|cell| cell.width()).max().unwrap_or(0)).collect();
    let longest_word = |cell: &String| cell.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0);
    let mut widths: Vec<usize> = wanted
        .iter()
        .zip(&is_prose)
        .enumerate()
        .map(|(at, (wanted, prose))| {
            let own = if *prose { column(at).map(longest_word).max().unwrap_or(0) } else { *wanted };
            least.get(at).copied().unwrap_or(0).max(own)
        })
        .collect();
    let gaps = GAP * columns.len().saturating_sub(1);
    let mut spare = room.checked_sub(widths.iter().sum::<usize>() + gaps)?;
    // What is left goes to those that want more, by turns.
    while spare > 0 && widths.iter().zip(&wanted).any(|(width, wanted)| width < wanted) {
        for (width, wanted) in widths.iter_mut().zip(&wanted) {
            if spare > 0 && *width < *wanted {
                *width += 1;
                spare -= 1;
            }
        }
    }
    let wrapped =
        rows.iter().map(|row| row.iter().zip(&widths).map(|(cell, width)| wrap(cell, *width)).collect());
    let wrapped: Vec<Vec<String>> = wrapped.collect();
    wrapped.iter().flatten().all(|cell| cell.lines().count() <= TALLEST).then_some(wrapped)
}

/// Broken between words, never within one: whoever copies it gets it whole.
fn wrap(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let options = Options::new(room).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

fn shown(cell: &str) -> String {
    escape::visible(cell).into_owned()
}

fn plain(style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table
}

/// Laid out, with columns of at least these widths.
fn finish(mut table: Table, least: &[usize]) -> String {
    let last = table.column_count().saturating_sub(1);
    for column in table.column_iter_mut() {
        let gap = if column.index == last { 0 } else { 2 };
        column.set_padding((0, gap));
        if let Some(width) = least.get(column.index).and_then(|width| u16::try_from(*width).ok()) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width + gap)));
        }
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "cod_zkwmfrhcnypqtvbdgjlsxaeiou";

    fn shown_at(columns: u16, why: &str) -> String {
        let streams = Streams { columns: Some(columns), ..Streams::default() };
        let row =
            vec![ID.to_owned(), "acme/alice".to_owned(), why.to_owned(), "2026-11-21 20:16 UTC".to_owned()];
        let kinds = Kinds { prose: vec!["why"], ..Kinds::default() };
        Pages::new(vec!["id", "user", "why", "at"], kinds).page(&[row.clone(), row], &[], streams)
    }

    #[test]
    fn later_pages_stand_beneath_the_first() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let streams = Streams { columns: Some(30), ..Streams::default() };
        let mut pages =
            Pages::new(vec!["row", "user", "remarks"], Kinds { prose: vec!["remarks"], ..Kinds::default() });
        pages.make_room(&row(["10", "acme/alice", ""]));
        let mut shown = pages.page(&[row(["1", "acme/bob", "is locked"])], &[], streams);
        shown += &pages.page(&[row(["9", "acme/alice", "has no address at all"])], &[], streams);
        shown += &pages.page(&[row(["10", "acme/somebody", ""])], &[], streams);
        assert_eq!(
            shown,
            "ROW  USER        REMARKS\n--------------------------\n1    acme/bob    is locked\n\
             9    acme/alice  has no\n\x20                address at\n\x20                all\n10   acme/somebody\n"
        );
    }

    #[test]
    fn prose_is_wrapped_between_words_and_nothing_else() {
        assert_eq!(
            shown_at(80, "no contact is bound"),
            "ID                              USER        WHY            AT\n\
             -------------------------------------------------------------------------------\n\
             cod_zkwmfrhcnypqtvbdgjlsxaeiou  acme/alice  no contact is  2026-11-21 20:16 UTC\n\
             \x20                                           bound\n\
             cod_zkwmfrhcnypqtvbdgjlsxaeiou  acme/alice  no contact is  2026-11-21 20:16 UTC\n\
             \x20                                           bound\n"
        );
    }

    #[test]
    fn what_can_be_spared_is_left_out_before_a_row_takes_more_than_a_line() {
        let row = ["acme/alice", "enabled", "a***@e***.com", "never"].map(str::to_owned).to_vec();
        let at = |columns| {
            let kinds = Kinds { spare: vec!["last sign-in", "contacts"], ..Kinds::default() };
            let streams = Streams { columns: Some(columns), ..Streams::default() };
            let mut pages = Pages::new(vec!["user", "status", "contacts", "last sign-in"], kinds);
            let text = pages.page(std::slice::from_ref(&row), &[], streams);
            (text, pages.left_out().to_vec())
        };
        let (text, left_out) = at(60);
        assert!(text.starts_with("USER        STATUS   CONTACTS       LAST SIGN-IN\n"), "{text}");
        assert_eq!(left_out, Vec::<&str>::new());
        assert_eq!(at(36).1, ["last sign-in"]);
        let (text, left_out) = at(20);
        assert_eq!(text, "USER        STATUS\n-------------------\nacme/alice  enabled\n");
        assert_eq!(left_out, ["last sign-in", "contacts"]);
    }

    #[test]
    fn what_fits_in_no_table_is_a_record_each() {
        let record = "id    cod_zkwmfrhcnypqtvbdgjlsxaeiou\nuser  acme/alice\nwhy   no contact is bound\n\
                      at    2026-11-21 20:16 UTC\n";
        assert_eq!(shown_at(60, "no contact is bound"), format!("{record}\n{record}"));
        // Narrower than the id, it is still in one piece.
        assert!(shown_at(20, "").lines().any(|line| line == format!("id    {ID}")));
        // Nor is prose squeezed into a column of single words.
        assert!(shown_at(80, &"one word after another ".repeat(5)).starts_with("id "));
    }
}
