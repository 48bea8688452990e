//! Time as a value. Nothing asks the system for the time but [`SystemClock`].

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Serialize, Serializer};

/// Where the present comes from. Tests pass a clock of their own; a release build has only the system's.
pub trait Clock {
    /// The present in UTC, cut to whole milliseconds: the precision in which the store keeps time, so that
    /// what was written and what is read back compare as equal.
    fn now(&self) -> Timestamp;

    /// Lets so much time pass.
    fn pause(&self, length: SignedDuration);
}

/// The system's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> Timestamp {
        whole_milliseconds(Timestamp::now())
    }

    fn pause(&self, length: SignedDuration) {
        std::thread::sleep(length.unsigned_abs());
    }
}

/// A moment cut to whole milliseconds.
pub fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// A moment cut to whole seconds: what programs are shown.
pub fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_millisecond().div_euclid(1000)).unwrap_or(at)
}

/// The first whole second from a moment on: from when something may be done, which is not told too early.
pub fn whole_seconds_from(at: Timestamp) -> Timestamp {
    let cut = whole_seconds(at);
    if cut < at { after(cut, SignedDuration::from_secs(1)) } else { cut }
}

/// A field that is a moment, or none.
pub trait Moment {
    fn moment(&self) -> Option<Timestamp>;
}

impl Moment for Timestamp {
    fn moment(&self) -> Option<Timestamp> {
        Some(*self)
    }
}

impl Moment for Option<Timestamp> {
    fn moment(&self) -> Option<Timestamp> {
        *self
    }
}

/// Serializes a moment for programs, in whole seconds (`2026-11-30T02:05:16Z`): as text they sort by time, and `jq`'s
/// `fromdate` reads them. Every moment that is serialized has this.
pub fn in_seconds<S: Serializer>(at: &impl Moment, serializer: S) -> Result<S::Ok, S::Error> {
    at.moment().map(whole_seconds).serialize(serializer)
}

/// `at` plus `span`, or the last moment that can be told if that is too far away.
pub fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// `at` minus `span`, or the first moment that can be told.
pub fn before(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// A moment for people: `2026-11-21 18:12 UTC`.
pub fn for_people(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A moment of today or tomorrow for people: `18:12 UTC`.
pub fn time_of_day(at: Timestamp) -> String {
    at.strftime("%H:%M UTC").to_string()
}

/// A moment for people who live by this zone: `2026-11-21 19:12 CET / 18:12 UTC`.
pub fn for_people_in(at: Timestamp, zone: &TimeZone) -> String {
    let Some((local, name)) = local(at, zone) else { return for_people(at) };
    let of_utc =
        if local.date() == at.to_zoned(TimeZone::UTC).date() { time_of_day(at) } else { for_people(at) };
    format!("{} {name} / {of_utc}", local.strftime("%Y-%m-%d %H:%M"))
}

/// A moment of today or tomorrow for people who live by this zone: `19:12 CET / 18:12 UTC`.
pub fn time_of_day_in(at: Timestamp, zone: &TimeZone) -> String {
    match local(at, zone) {
        Some((local, name)) => format!("{} {name} / {}", local.strftime("%H:%M"), time_of_day(at)),
        None => time_of_day(at),
    }
}

/// The local time with its name, unless it is that of UTC. Where a zone has no name but its offset, that says what it is
/// an offset of: `UTC+5:30`.
fn local(at: Timestamp, zone: &TimeZone) -> Option<(Zoned, String)> {
    let info = zone.to_offset_info(at);
    let seconds = info.offset().seconds();
    if seconds == 0 {
        return None;
    }
    let name = info.abbreviation();
    let name = if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        let minutes = seconds.unsigned_abs() / 60;
        let sign = if seconds < 0 { '-' } else { '+' };
        let rest = if minutes % 60 == 0 { String::new() } else { format!(":{:02}", minutes % 60) };
        format!("UTC{sign}{}{rest}", minutes / 60)
    };
    Some((at.to_zoned(zone.clone()), name))
}

/// So many of them: `1 message`, `2 messages`.
pub fn counted(count: impl Into<i128>, noun: &str) -> String {
    let count = count.into();
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A length of time for people, in its largest fitting unit: `24 hours`, `10 minutes`, `1 minute`.
pub fn span_for_people(span: SignedDuration) -> String {
    let (count, unit) = in_units(span);
    counted(count, unit)
}

/// A length of time in its largest fitting unit, in English and in the singular: `(24, "hour")`.
pub fn in_units(span: SignedDuration) -> (i64, &'static str) {
    let seconds = span.as_secs();
    if seconds >= 172_800 && seconds % 86_400 == 0 {
        (seconds / 86_400, "day")
    } else if seconds >= 3_600 && seconds % 3_600 == 0 {
        (seconds / 3_600, "hour")
    } else if seconds >= 60 {
        ((seconds + 59) / 60, "minute")
    } else {
        (seconds.max(0), "second")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_shown_whole_seconds_and_none_of_them_too_early() {
        #[derive(Serialize)]
        struct Shown {
            #[serde(serialize_with = "in_seconds")]
            at: Timestamp,
            #[serde(serialize_with = "in_seconds")]
            none: Option<Timestamp>,
        }
        let at: Timestamp = "2026-11-30T02:05:16.999Z".parse().unwrap();
        let shown = serde_json::to_string(&Shown { at, none: None }).unwrap();
        assert_eq!(shown, r#"{"at":"2026-11-30T02:05:16Z","none":null}"#);
        assert_eq!(whole_seconds_from(at).to_string(), "2026-11-30T02:05:17Z");
        assert_eq!(whole_seconds_from(whole_seconds(at)), whole_seconds(at));
        let before_1970: Timestamp = "1969-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(whole_seconds(before_1970).to_string(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn local_time_stands_beside_utc() {
        let zone = |rule: &str| TimeZone::posix(rule).unwrap();
        let (winter, summer) =
            ("2026-11-21T18:12:03Z".parse().unwrap(), "2026-07-21T23:12:03Z".parse().unwrap());
        for (rule, moment, clock, summers) in [
            (
                "CET-1CEST,M3.5.0,M10.5.0/3",
                "2026-11-21 19:12 CET / 18:12 UTC",
                "19:12 CET / 18:12 UTC",
                "2026-07-22 01:12 CEST / 2026-07-21 23:12 UTC",
            ),
            (
                "<+0530>-5:30",
                "2026-11-21 23:42 UTC+5:30 / 18:12 UTC",
                "23:42 UTC+5:30 / 18:12 UTC",
                "2026-07-22 04:42 UTC+5:30 / 2026-07-21 23:12 UTC",
            ),
            (
                "<-03>3",
                "2026-11-21 15:12 UTC-3 / 18:12 UTC",
                "15:12 UTC-3 / 18:12 UTC",
                "2026-07-21 20:12 UTC-3 / 23:12 UTC",
            ),
            ("UTC0", "2026-11-21 18:12 UTC", "18:12 UTC", "2026-07-21 23:12 UTC"),
        ] {
            let zone = zone(rule);
            assert_eq!(for_people_in(winter, &zone), moment);
            assert_eq!(time_of_day_in(winter, &zone), clock);
            assert_eq!(for_people_in(summer, &zone), summers);
        }
    }

    #[test]
    fn spans_read_well() {
        for (seconds, text) in [
            (1, "1 second"),
            (45, "45 seconds"),
            (60, "1 minute"),
            (61, "2 minutes"),
            (600, "10 minutes"),
            (86_400, "24 hours"),
            (604_800, "7 days"),
        ] {
            assert_eq!(span_for_people(SignedDuration::from_secs(seconds)), text);
        }
    }
}
