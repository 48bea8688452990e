//! A few counts beside one another, with a bar for each on a terminal. On stderr: it is a summary, not data.

use unicode_width::UnicodeWidthStr;

use super::color::Streams;
use super::printer::Printer;

/// The longest bar, in columns.
const LONGEST: usize = 30;

impl Printer {
    /// A line for each, silenced by `-q`; a full bar is `whole`.
    pub fn bars(&self, rows: &[(&str, u64)], whole: u64) {
        for line in lines(rows, whole, self.streams) {
            self.note(&line);
        }
    }
}

fn lines(rows: &[(&str, u64)], whole: u64, streams: Streams) -> Vec<String> {
    let label_width = rows.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let count_width = rows.iter().map(|(_, count)| count.to_string().len()).max().unwrap_or(0);
    let columns = streams.err_columns.map_or(80, usize::from);
    let room = columns.saturating_sub(label_width + count_width + 6).min(LONGEST);
    // A bar needs a terminal, and some width to tell anything.
    let drawn = streams.err.terminal && room >= 5;
    rows.iter()
        .map(|(label, count)| {
            let label = format!("  {label}{}", " ".repeat(label_width - label.width()));
            let count_text = format!("{count:>count_width$}");
            if drawn {
                format!("{label}  {count_text}  {}", bar(*count, whole, room, streams.utf8))
            } else {
                format!("{label}  {count_text}")
            }
        })
        .collect()
}

/// What is there at all has one column at least.
fn bar(count: u64, whole: u64, room: usize, utf8: bool) -> String {
    let full = usize::try_from(u128::from(count) * (room as u128) / u128::from(whole.max(1))).unwrap_or(room);
    let full = full.clamp(usize::from(count > 0), room);
    if utf8 { "█".repeat(full) } else { "#".repeat(full) }
}

#[cfg(test)]
mod tests {
    use super::super::color::Stream;
    use super::*;

    #[test]
    fn a_bar_is_drawn_on_a_terminal_and_counts_stand_everywhere() {
        let rows = [("a cause", 50), ("another one", 100), ("rare", 1), ("none", 0)];
        assert_eq!(
            lines(&rows, 100, Streams::default()),
            ["  a cause       50", "  another one  100", "  rare           1", "  none           0"]
        );
        let terminal = Streams {
            err: Stream { terminal: true, color: false },
            err_columns: Some(30),
            ..Streams::default()
        };
        assert_eq!(
            lines(&rows, 100, terminal),
            [
                "  a cause       50  #####",
                "  another one  100  ##########",
                "  rare           1  #",
                "  none           0  "
            ]
        );
        let narrow = Streams { err_columns: Some(20), ..terminal };
        assert_eq!(lines(&rows, 100, narrow)[0], "  a cause       50");
        assert_eq!(bar(u64::MAX, u64::MAX, 7, true), "███████");
    }
}
