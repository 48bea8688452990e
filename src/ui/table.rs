//! Tables for people: columns two spaces apart, a thin line under the headings, no borders.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use super::color::{Paint, Streams, paint};
use super::escape;

/// A list with headings. Ends in a line feed.
pub(super) fn list(columns: &[&str], rows: Vec<Vec<String>>, streams: Streams) -> String {
    let rule = if streams.utf8 { '─' } else { '-' };
    let mut table = plain(streams, TableStyle::new().header_separator(LineStyle::none().fill(rule)));
    table.set_header(columns.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| escape::visible(cell).into_owned()));
    }
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
    let mut table = plain(streams, TableStyle::new());
    for (name, cell) in columns.iter().zip(cells) {
        table.add_row([(*name).to_owned(), escape::visible(cell).into_owned()]);
    }
    finish(table) + "\n"
}

fn plain(streams: Streams, style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    if !streams.utf8 {
        table.set_truncation_indicator("...");
    }
    // Off a terminal nothing is wrapped: `grep` and `awk` want a row a line.
    if let Some(columns) = streams.columns {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
    }
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
