//! Moments as people give them, for every `--since` and `--until`: also as this program's own tables print them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{span, time, typed};

/// The text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a moment is {}", Self::FORM)]
pub struct WhenError;

impl WhenError {
    /// What one looks like.
    pub const FORM: &'static str =
        "a date, a time or an age, such as 2026-11-30, 2026-11-30T18:00:00Z, 2026-11-30 18:00 UTC or 90d";
}

/// Reads a moment: an age, so long before `now`; a time as RFC 3339 writes it, or as the tables do; or a date, which is
/// its beginning. What has no zone is in UTC, as everything that is printed.
pub fn parse(text: &str, now: Timestamp) -> Result<Timestamp, WhenError> {
    let text: &str = &typed::plain(text);
    if let Ok(ago) = span::parse(text) {
        return Ok(time::before(now, ago));
    }
    absolute(text).or_else(|error| {
        let (civil, offset) = split_zone(text)?;
        briefly(civil, now).map(|at| time::before(at, offset)).ok_or(error)
    })
}

/// Reads a moment that says its day and its year.
pub fn absolute(text: &str) -> Result<Timestamp, WhenError> {
    let text: &str = &typed::plain(text);
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let (civil, offset) = split_zone(text)?;
    // `20261130` is a date to some, and a number to others.
    if !civil.contains('-') {
        return Err(WhenError);
    }
    let at = match civil.parse::<Date>() {
        Ok(date) if civil.len() == "2026-11-30".len() => date.at(0, 0, 0, 0),
        _ => civil.parse::<DateTime>().map_err(|_| WhenError)?,
    };
    let utc = at.to_zoned(TimeZone::UTC).map_err(|_| WhenError)?.timestamp();
    Ok(time::before(utc, offset))
}

/// A moment as narrow tables and messages print it, without its year or its day: the latest such one is meant.
fn briefly(civil: &str, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let (day, time) = civil.split_once(' ').map_or((None, civil), |(day, time)| (Some(day), time));
    let time: Time = time.contains(':').then(|| time.parse().ok())??;
    let latest = |day: Date| {
        let at = day.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp();
        (at <= now).then_some(at)
    };
    match day {
        None => latest(today).or_else(|| latest(today.yesterday().ok()?)),
        // In a leap year, there may be none for seven years before.
        Some(day) if day.len() == "11-30".len() => {
            (0..=8).find_map(|back| latest(format!("{:04}-{day}", today.year() - back).parse().ok()?))
        }
        Some(_) => None,
    }
}

/// The time without its zone, and how far that is ahead of UTC: `UTC` or `GMT`, or `+01:00` after a blank.
fn split_zone(text: &str) -> Result<(&str, SignedDuration), WhenError> {
    if let Some(civil) = text.strip_suffix(['Z', 'z']) {
        return Ok((civil.trim_end(), SignedDuration::ZERO));
    }
    let Some((civil, zone)) = text.rsplit_once(' ') else { return Ok((text, SignedDuration::ZERO)) };
    if ["UTC", "GMT"].iter().any(|name| zone.eq_ignore_ascii_case(name)) {
        return Ok((civil.trim_end(), SignedDuration::ZERO));
    }
    let (sign, digits) = match zone.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return Ok((text, SignedDuration::ZERO)),
    };
    let (hours, minutes) = digits.split_once(':').ok_or(WhenError)?;
    let number = |text: &str, most: i64| -> Result<i64, WhenError> {
        let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| two && *number <= most).ok_or(WhenError)
    };
    let minutes = sign * (number(hours, 23)? * 60 + number(minutes, 59)?);
    Ok((civil.trim_end(), SignedDuration::from_mins(minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn dates_times_and_ages_are_moments() {
        let now = at("2026-11-30T12:00:00Z");
        for (text, moment) in [
            ("90d", "2026-09-01T12:00:00Z"),
            ("1h30m", "2026-11-30T10:30:00Z"),
            ("2w", "2026-11-16T12:00:00Z"),
            ("\u{ff19}\u{ff10}d", "2026-09-01T12:00:00Z"),
            ("\u{669}\u{660}d\u{a0}", "2026-09-01T12:00:00Z"),
            ("\u{ff12}\u{ff10}\u{ff12}\u{ff16}\u{2212}11\u{2013}30", "2026-11-30T00:00:00Z"),
            ("2026-11-21T18:00:00Z", "2026-11-21T18:00:00Z"),
            ("2026-11-21T18:00:00.5Z", "2026-11-21T18:00:00.5Z"),
            ("2026-11-21T18:00:00+01:00", "2026-11-21T17:00:00Z"),
            ("2026-11-30", "2026-11-30T00:00:00Z"),
            ("2026-11-30 UTC", "2026-11-30T00:00:00Z"),
            ("2026-11-30 02:05 UTC", "2026-11-30T02:05:00Z"),
            ("2026-11-30 02:05:16 UTC", "2026-11-30T02:05:16Z"),
            (" 2026-11-30 02:05 ", "2026-11-30T02:05:00Z"),
            ("2026-11-30T02:05", "2026-11-30T02:05:00Z"),
            ("2026-11-30 02:05 +01:00", "2026-11-30T01:05:00Z"),
            ("2026-11-30 02:05 -05:30", "2026-11-30T07:35:00Z"),
            ("2026-11-30 02:05Z", "2026-11-30T02:05:00Z"),
            ("2026-11-30 02:05 Z", "2026-11-30T02:05:00Z"),
            ("11-30 02:05Z", "2026-11-30T02:05:00Z"),
            ("11-30 02:05:16Z", "2026-11-30T02:05:16Z"),
            ("11-30 12:00 UTC", "2026-11-30T12:00:00Z"),
            ("11-30 12:01Z", "2025-11-30T12:01:00Z"),
            ("12-24 18:00Z", "2025-12-24T18:00:00Z"),
            ("02-29 18:00Z", "2024-02-29T18:00:00Z"),
            ("11:59 UTC", "2026-11-30T11:59:00Z"),
            ("12:01 UTC", "2026-11-29T12:01:00Z"),
        ] {
            assert_eq!(parse(text, now), Ok(at(moment)), "{text:?}");
        }
    }

    #[test]
    fn what_this_program_prints_is_read_back() {
        let when = at("2026-11-30T02:05:00Z");
        assert_eq!(parse(&time::for_people(when), when), Ok(when));
        assert_eq!(parse(&when.to_string(), when), Ok(when));
        assert_eq!(parse(&time::time_of_day(when), when), Ok(when));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        let now = at("2026-11-30T12:00:00Z");
        for text in [
            "",
            "yesterday",
            "2026-11-31",
            "2026-13-01",
            "30.11.2026",
            "2026",
            "20261130",
            "90",
            "-90d",
            "2026-11-30 25:00 UTC",
            "2026-11-30 02:05 CET",
            "11-31 02:05Z",
            "11-30 25:05Z",
            "11-30 02Z",
            "30-11 02:05Z",
            "11-30",
            "Z",
            "2026-11-30 02:05 +1:00",
            "2026-11-30 02:05 +é0:00",
        ] {
            assert_eq!(parse(text, now), Err(WhenError), "{text:?}");
        }
    }
}
