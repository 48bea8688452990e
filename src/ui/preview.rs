//! What somebody is about to agree with, and the menu that asks whether they do.

use unicode_width::UnicodeWidthStr;

use super::ask_error::AskError;
use super::fold::folded;
use super::prompt::Prompts;
use super::{escape, menu, terminal};

impl Prompts<'_> {
    /// Shows a title and answers by their labels, with a menu below. All of it stands on the screen at once; where it
    /// cannot, its lines come page by page before the menu, so that nothing scrolls off unread.
    pub fn preview(
        &self,
        title: &str,
        groups: &[Vec<(&str, &str)>],
        question: &str,
        items: &[&str],
    ) -> Result<usize, AskError> {
        let (columns, rows) = terminal::size();
        let columns = columns.saturating_sub(1);
        let lines: Vec<String> = std::iter::once(title.to_owned())
            .chain(groups.iter().flat_map(|group| in_two_columns(group, columns)))
            .collect();
        let height = |lines: &[String]| lines.iter().map(|line| height(line, columns)).sum::<usize>();
        // With the line of the cursor.
        let below = menu::height(question, items, self.printer.streams.dumb) + 1;
        let mut rest = lines.as_slice();
        while !rest.is_empty() && height(rest) + below > rows {
            let fits = |count: &usize| height(rest.get(..*count).unwrap_or_default()) < rows;
            let count = (1..=rest.len()).take_while(fits).last().unwrap_or(1);
            let (page, after) = rest.split_at(count);
            for line in page {
                self.printer.tell(line);
            }
            self.ask_line("Press Enter to read on", None)?;
            rest = after;
        }
        for line in rest {
            self.printer.tell(line);
        }
        self.select(question, items)
    }
}

/// How many lines of the terminal a line takes.
fn height(line: &str, columns: usize) -> usize {
    line.width().div_ceil(columns.max(1)).max(1)
}

/// Two answers to a line where both are short.
fn in_two_columns(group: &[(&str, &str)], columns: usize) -> Vec<String> {
    const INDENT: usize = 2;
    let half = columns.saturating_sub(2 * INDENT) / 2;
    let cells: Vec<String> =
        group.iter().map(|(label, answer)| format!("{label}: {}", escape::visible(answer))).collect();
    let mut cells = cells.iter().peekable();
    let mut lines = Vec::new();
    while let Some(cell) = cells.next() {
        let short = |cell: &&String| cell.width() <= half;
        match cells.next_if(|next| short(&cell) && short(next)) {
            Some(next) => {
                let gap = " ".repeat(half - cell.width() + INDENT);
                lines.push(format!("  {cell}{gap}{next}"));
            }
            None => {
                let columns = u16::try_from(columns).unwrap_or(u16::MAX);
                lines.extend(folded(&format!("  {cell}"), columns, "    ").lines().map(str::to_owned));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_answers_share_a_line_and_long_ones_are_folded() {
        let group = [
            ("Name", "Alice"),
            ("Lost number", "+49151"),
            ("Carrier", "a long story of three carriers and one number"),
            ("Devices", "laptop"),
        ];
        assert_eq!(
            in_two_columns(&group, 44),
            [
                "  Name: Alice           Lost number: +49151",
                "  Carrier: a long story of three carriers",
                "    and one number",
                "  Devices: laptop",
            ]
        );
        assert_eq!(in_two_columns(&[("Name", "a\u{1b}b")], 44), ["  Name: a\\u{1b}b"]);
    }
}
