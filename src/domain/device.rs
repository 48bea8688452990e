//! Devices that a person signs in from, and when one is familiar enough for a reset (domain.md, "Unified ID").

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::time::after;

/// How long a device is remembered without a sign-in (domain.md).
pub const UNUSED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The most that are kept of one person; the one unused longest makes room.
pub const KEPT: usize = 20;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// What a person sits at: this machine as one of its system users, or the far end of a line to a kiosk or portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Machine { machine: String, host: String, uid: u32, user: String },
    Address(IpAddr),
}

impl Place {
    /// What tells it from others. It is a fingerprint of a person's machine: never kept but keyed-hashed.
    pub fn parts(&self) -> [String; 2] {
        match self {
            Self::Machine { machine, uid, .. } => [format!("machine {machine}"), uid.to_string()],
            Self::Address(address) => ["address".to_owned(), address.to_string()],
        }
    }

    /// By which a person knows it again, and which tells nobody else much: of an address, only its network.
    pub fn label(&self) -> String {
        match self {
            Self::Machine { host, user, .. } => format!("{user} on {host}"),
            Self::Address(IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                format!("network {a}.{b}.{c}.*")
            }
            Self::Address(IpAddr::V6(address)) => {
                let [a, b, c, ..] = address.segments();
                format!("network {a:x}:{b:x}:{c:x}:*")
            }
        }
    }
}

/// A device as stored. What it is stands nowhere: only the keyed hash does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub user_id: String,
    pub key_id: String,
    pub tag: Vec<u8>,
    pub label: String,
    /// The first full sign-in of an unbroken use.
    pub first_seen: Timestamp,
    /// The last one.
    pub last_seen: Timestamp,
}

impl Device {
    /// From when it counts as forgotten.
    pub fn forgotten_from(&self) -> Timestamp {
        after(self.last_seen, UNUSED)
    }

    /// Whether it is still remembered. Signed in "later than now" means that the clock went back: nothing is known
    /// of it then (security K5).
    pub fn remembered(&self, now: Timestamp) -> bool {
        self.last_seen <= now && now < self.forgotten_from()
    }

    /// Whether it is familiar: full sign-ins on two different days (UTC), and used since.
    pub fn known(&self, now: Timestamp) -> bool {
        self.remembered(now) && day(self.first_seen) != day(self.last_seen)
    }

    /// The device after a full sign-in at `now`.
    #[must_use]
    pub fn seen(self, now: Timestamp) -> Self {
        let first_seen = if self.remembered(now) { self.first_seen } else { now };
        Self { first_seen, last_seen: now, ..self }
    }
}

/// The day in UTC, counted from 1970.
fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SECONDS_OF_A_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn device(first: &str, last: &str) -> Device {
        Device {
            id: "dev_1".to_owned(),
            user_id: "usr_1".to_owned(),
            key_id: "abcdefgh".to_owned(),
            tag: vec![1],
            label: "alice on desk".to_owned(),
            first_seen: at(first),
            last_seen: at(last),
        }
    }

    #[test]
    fn it_is_known_on_the_second_day_and_not_before() {
        let noon = "2026-11-21T12:00:00Z";
        for (last, known) in [
            (noon, false),
            ("2026-11-21T23:59:59.999Z", false),
            ("2026-11-22T00:00:00Z", true),
            ("2026-12-24T18:00:00Z", true),
        ] {
            assert_eq!(device(noon, last).known(at(last)), known, "{last}");
        }
        // A minute apart is enough where midnight lies between, and 24 hours less a moment is not where none does.
        let late = device("2026-11-21T23:59:30Z", "2026-11-22T00:00:30Z");
        assert!(late.known(at("2026-11-22T00:00:30Z")));
        let one_day = device("2026-11-21T00:00:00Z", "2026-11-21T23:59:59.999Z");
        assert!(!one_day.known(at("2026-11-22T06:00:00Z")), "the second day needs a sign-in of its own");
    }

    #[test]
    fn it_is_forgotten_after_ninety_days_unused() {
        let known = device("2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z");
        assert!(known.known(at("2026-04-02T11:59:59.999Z")), "within the 90th day");
        assert!(!known.known(at("2026-04-02T12:00:00Z")), "on the 91st");
        let back = known.seen(at("2026-04-02T12:00:00Z"));
        assert_eq!(back.first_seen, back.last_seen, "it begins anew");
        assert!(!back.known(back.last_seen));
        assert!(back.seen(at("2026-04-03T00:00:00Z")).known(at("2026-04-03T00:00:00Z")));
    }

    #[test]
    fn k5_a_clock_that_went_back_makes_nothing_familiar() {
        let known = device("2026-11-21T12:00:00Z", "2026-11-23T12:00:00Z");
        let before = at("2026-11-22T12:00:00Z");
        assert!(!known.known(before));
        let again = known.seen(before);
        assert_eq!((again.first_seen, again.last_seen), (before, before));
    }

    #[test]
    fn a_label_tells_a_person_and_hides_the_address() {
        let machine = Place::Machine {
            machine: "0123".to_owned(),
            host: "desk".to_owned(),
            uid: 1000,
            user: "alice".to_owned(),
        };
        assert_eq!(machine.label(), "alice on desk");
        assert_eq!(Place::Address("192.0.2.77".parse().unwrap()).label(), "network 192.0.2.*");
        assert_eq!(Place::Address("2001:db8:1:2::3".parse().unwrap()).label(), "network 2001:db8:1:*");
        assert_ne!(machine.parts(), Place::Address("192.0.2.77".parse().unwrap()).parts());
    }
}
