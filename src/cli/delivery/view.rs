//! The state of a channel: what waits, and the last hours.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::domain::Channel;
use crate::domain::mail_answer::Matter;
use crate::domain::time::in_seconds;
use crate::flow::ChannelStatus;
use crate::guidance::mail_answer;
use crate::store::Traffic;
use crate::ui::{Column, Row, column, prose};

/// From little to much.
const UTF8: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 5] = [':', '-', '=', '+', '#'];

/// A channel as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ChannelView {
    channel: Channel,
    waiting: u64,
    #[serde(serialize_with = "in_seconds")]
    oldest: Option<Timestamp>,
    /// Of the hours below.
    handed_over: u64,
    postponed: u64,
    /// Messages that were given up.
    failed: u64,
    maybe_twice: u64,
    /// What counts for the ceiling, of the last hour.
    spent: Option<u64>,
    ceiling_per_hour: Option<u64>,
    last_error: Option<String>,
    last_error_stage: Option<String>,
    #[serde(serialize_with = "in_seconds")]
    last_error_at: Option<Timestamp>,
    /// What the mail server's answer was about.
    last_error_about: Option<Matter>,
    remedy: Option<&'static str>,
    hours: Vec<Traffic>,
    #[serde(skip)]
    utf8: bool,
}

impl ChannelView {
    pub(in crate::cli) fn new(status: ChannelStatus, utf8: bool) -> Self {
        let hours = status.hours;
        let last = status.last_failure;
        Self {
            channel: status.channel,
            waiting: status.waiting,
            oldest: status.oldest,
            handed_over: hours.iter().map(|hour| hour.handed_over).sum(),
            postponed: hours.iter().map(|hour| hour.postponed).sum(),
            failed: hours.iter().map(|hour| hour.failed).sum(),
            maybe_twice: status.maybe_twice,
            spent: status.ceiling.map(|ceiling| ceiling.spent),
            ceiling_per_hour: status.ceiling.map(|ceiling| ceiling.most),
            last_error_stage: last.as_ref().and_then(|last| last.stage.clone()),
            last_error_at: last.as_ref().and_then(|last| last.ended_at),
            last_error_about: last.as_ref().and_then(|last| last.matter),
            remedy: last.as_ref().and_then(|last| last.matter).map(mail_answer::remedy),
            last_error: last.and_then(|last| last.words),
            hours,
            utf8,
        }
    }

    fn ceiling(&self) -> String {
        match (self.spent, self.ceiling_per_hour) {
            (Some(spent), Some(most)) if spent >= most => format!("reached: {spent} of {most} an hour"),
            (Some(spent), Some(most)) => format!("{spent} of {most} an hour"),
            _ => "none".to_owned(),
        }
    }

    fn last_error(&self) -> String {
        match (&self.last_error, self.last_error_at) {
            (Some(words), Some(at)) => format!("{}: {words}", moment(Some(at))),
            _ => String::new(),
        }
    }
}

impl Row for ChannelView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("channel", |row| row.channel.to_string()),
        column("waiting", |row| row.waiting.to_string()),
        column("oldest", |row| moment(row.oldest)),
        column("last 12 hours", |row| {
            sparkline(&row.hours.iter().map(|hour| hour.handed_over).collect::<Vec<_>>(), row.utf8)
        }),
        column("handed over", |row| row.handed_over.to_string()),
        column("postponed", |row| row.postponed.to_string()),
        column("given up", |row| row.failed.to_string()),
        column("maybe twice", |row| row.maybe_twice.to_string()),
        column("ceiling", Self::ceiling),
        prose("last error", Self::last_error),
        prose("what to do", |row| row.remedy.unwrap_or_default().to_owned()),
    ];
}

/// A mark for each count, the highest for the greatest. Where nothing is there is a dot.
fn sparkline(counts: &[u64], utf8: bool) -> String {
    let (marks, none): (&[char], char) = if utf8 { (&UTF8, '·') } else { (&ASCII, '.') };
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let mark = |count: &u64| {
        if *count == 0 {
            return none;
        }
        let step = u128::from(*count) * (marks.len() as u128) / u128::from(most);
        let at = usize::try_from(step).unwrap_or(marks.len()).clamp(1, marks.len());
        marks.get(at - 1).copied().unwrap_or(none)
    };
    counts.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_has_a_mark_for_each_hour() {
        assert_eq!(sparkline(&[0, 1, 50, 100, 25], true), "·▁▄█▂");
        assert_eq!(sparkline(&[0, 1, 50, 100, 25], false), ".:-#:");
        assert_eq!(sparkline(&[0, 0], true), "··");
        assert_eq!(sparkline(&[u64::MAX, 1], true), "█▁");
        assert_eq!(sparkline(&[], true), "");
    }
}
