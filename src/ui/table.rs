//! Tables for people: columns two spaces apart, a thin line under the headings, no borders.
//!
//! On a terminal only prose is broken, and only between words: what may be copied (an id, a name, a moment) stands
//! in one piece. A list that cannot be had in the terminal's width is shown as records instead, a value a line.

use comfy_table::{LineStyle, Table, TableStyle};
use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::color::{Paint, Streams, paint};
use super::escape;

/// Columns stand this far apart.
const GAP: usize = 2;
/// A row of a table takes at most so many lines; what needs more reads better as a record.
const TALLEST: usize = 4;

/// What may become of columns that are too many for a terminal.
#[derive(Clone, Copy, Default)]
pub(super) struct Kinds<'k> {
    /// Those that may be broken between words.
    pub(super) prose: &'k [&'static str],
    /// Those that may be left out, the first first.
    pub(super) spare: &'k [&'static str],
    /// The rows in fewer words; none where there are no others.
    pub(super) brief: &'k [Vec<String>],
}

/// A list with headings, which ends in a line feed, and which of its columns were left out.
pub(super) fn list(
    columns: &[&'static str],
    kinds: Kinds<'_>,
    rows: &[Vec<String>],
    streams: Streams,
) -> (String, Vec<&'static str>) {
    let shown = |rows: &[Vec<String>]| -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect()
    };
    let rows = shown(rows);
    // Off a terminal nothing is wrapped: `grep` and `awk` want a row a line.
    let Some(room) = streams.columns else { return (drawn(columns, rows, streams), Vec::new()) };
    if let Some(fitting) = fitted(columns, kinds.prose, &rows, room.into()) {
        return (drawn(columns, fitting, streams), Vec::new());
    }
    let brief = if kinds.brief.is_empty() { rows.clone() } else { shown(kinds.brief) };
    for left_out in 0..=kinds.spare.len() {
        let left_out = kinds.spare.get(..left_out).unwrap_or_default();
        let kept = |at: &usize| columns.get(*at).is_some_and(|name| !left_out.contains(name));
        let places: Vec<usize> = (0..columns.len()).filter(kept).collect();
        let names: Vec<&str> = places.iter().filter_map(|at| columns.get(*at).copied()).collect();
        let cells = |row: &Vec<String>| places.iter().filter_map(|at| row.get(*at).cloned()).collect();
        let narrower: Vec<Vec<String>> = brief.iter().map(cells).collect();
        if let Some(fitting) = fitted(&names, kinds.prose, &narrower, room.into()) {
            return (drawn(&names, fitting, streams), left_out.to_vec());
        }
    }
    (records(columns, &rows, streams), Vec::new())
}

fn drawn(columns: &[&str], rows: Vec<Vec<String>>, streams: Streams) -> String {
    let headings: Vec<String> = columns.iter().map(|name| name.to_uppercase()).collect();
    let rule = if streams.utf8 { '─' } else { '-' };
    let mut table = plain(TableStyle::new().header_separator(LineStyle::none().fill(rule)));
    table.set_header(headings);
    table.add_rows(rows);
    let text = finish(table);
    match text.split_once('\n') {
        // The library would count the colour's own bytes as width, so the heading is painted when it stands.
        Some((heading, rest)) => {
            format!("{}\n{rest}\n", paint(heading, Paint::Heading, streams.out.color))
        }
        None => text + "\n",
    }
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
    finish(table) + "\n"
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
fn fitted(columns: &[&str], prose: &[&str], rows: &[Vec<String>], room: usize) -> Option<Vec<Vec<String>>> {
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
        .map(
            |(at, (wanted, prose))| {
                if *prose { column(at).map(longest_word).max().unwrap_or(0) } else { *wanted }
            },
        )
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

fn finish(mut table: Table) -> String {
    let last = table.column_count().saturating_sub(1);
    for column in table.column_iter_mut() {
        let gap = if column.index == last { 0 } else { 2 };
        column.set_padding((0, gap));
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
        let kinds = Kinds { prose: &["why"], ..Kinds::default() };
        list(&["id", "user", "why", "at"], kinds, &[row.clone(), row], streams).0
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
            let kinds = Kinds { spare: &["last sign-in", "contacts"], ..Kinds::default() };
            let streams = Streams { columns: Some(columns), ..Streams::default() };
            list(&["user", "status", "contacts", "last sign-in"], kinds, std::slice::from_ref(&row), streams)
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
