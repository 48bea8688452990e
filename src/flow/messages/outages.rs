//! Channels that are down, as one worker knows them.

use jiff::{SignedDuration, Timestamp};

use crate::domain::Channel;
use crate::domain::outbox::{USUAL_PAUSE, pause_after};
use crate::domain::time::after;

/// A channel is held that long at most after refusals: two hostile domains keep nobody waiting for long.
const REFUSED_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// When each channel may be tried again. A worker's own: another one finds out by itself.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    outages: Vec<Outage>,
    /// Recipients' domains that were refused in a row for what is not about the recipient.
    refused: Vec<(Channel, String)>,
}

/// How long a channel is left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Hold {
    /// As long as failures in a row ask for.
    #[default]
    Usual,
    /// At least as long as the other side asked.
    Asked(SignedDuration),
    /// Shorter: the server is there, and others may get through.
    Refused,
}

#[derive(Debug)]
struct Outage {
    channel: Channel,
    failures: u32,
    until: Timestamp,
}

impl Outages {
    /// Every channel, for ever.
    pub(crate) fn all() -> Self {
        let outage = |channel: &Channel| Outage { channel: *channel, failures: 0, until: Timestamp::MAX };
        Self { outages: Channel::ALL.iter().map(outage).collect(), refused: Vec::new() }
    }

    /// Leaves a channel alone, longer with each failure in a row.
    pub(crate) fn begin(&mut self, channel: Channel, now: Timestamp, chance: u8, hold: Hold) {
        let before =
            self.outages.iter().find(|outage| outage.channel == channel).map_or(0, |outage| outage.failures);
        let failures = before.saturating_add(1);
        let pause = match hold {
            Hold::Usual => pause_after(failures, chance, USUAL_PAUSE),
            Hold::Asked(asked) => pause_after(failures, chance, USUAL_PAUSE).max(asked),
            Hold::Refused => pause_after(failures, chance, REFUSED_PAUSE),
        };
        self.outages.retain(|outage| outage.channel != channel);
        self.outages.push(Outage { channel, failures, until: after(now, pause) });
    }

    /// A refusal that was not about the recipient: whether it is the server's answer to everybody. One domain may
    /// refuse whatever it likes and stops nobody; two in a row are no chance.
    pub(crate) fn is_of_all(&mut self, channel: Channel, domain: &str) -> bool {
        let refused = (channel, domain.to_ascii_lowercase());
        if !self.refused.contains(&refused) {
            self.refused.push(refused);
        }
        self.refused.iter().filter(|(of, _)| *of == channel).count() > 1
    }

    /// It works again.
    pub(crate) fn end(&mut self, channel: Channel) {
        self.outages.retain(|outage| outage.channel != channel);
        self.refused.retain(|(of, _)| *of != channel);
    }

    /// Those to be left alone now.
    pub(crate) fn held(&self, now: Timestamp) -> Vec<Channel> {
        self.outages.iter().filter(|outage| now < outage.until).map(|outage| outage.channel).collect()
    }

    /// When the first of those is tried again.
    pub(crate) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.outages.iter().map(|outage| outage.until).filter(|until| now < *until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_left_alone_longer_with_each_failure_and_its_success_forgets_them() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let mut outages = Outages::default();
        let until = |outages: &Outages| outages.next(now).map(|until| until.duration_since(now).as_millis());
        assert_eq!((outages.held(now), until(&outages)), (vec![], None));
        outages.begin(Channel::Email, now, 255, Hold::Usual);
        assert_eq!((outages.held(now), until(&outages)), (vec![Channel::Email], Some(1_000)));
        outages.begin(Channel::Email, now, 255, Hold::Usual);
        assert_eq!(until(&outages), Some(2_000));
        outages.begin(Channel::Mobile, now, 255, Hold::Asked(SignedDuration::from_secs(90)));
        assert_eq!(outages.held(after(now, SignedDuration::from_secs(3))), [Channel::Mobile]);
        outages.end(Channel::Mobile);
        outages.end(Channel::Email);
        outages.begin(Channel::Email, now, 255, Hold::Usual);
        assert_eq!(until(&outages), Some(1_000));
    }

    #[test]
    fn two_domains_in_a_row_are_everybody_and_one_is_nobody() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let mut outages = Outages::default();
        let email = Channel::Email;
        for domain in ["one.example", "ONE.example", "one.example"] {
            assert!(!outages.is_of_all(email, domain), "{domain}");
        }
        outages.end(email);
        assert!(!outages.is_of_all(email, "two.example"), "a success in between");
        assert!(outages.is_of_all(email, "one.example"));
        for _ in 0..20 {
            assert!(outages.is_of_all(email, "one.example"), "until the next success");
            outages.begin(email, now, 255, Hold::Refused);
        }
        assert_eq!(outages.next(now), Some(after(now, REFUSED_PAUSE)));
        assert_eq!(outages.held(now), [email]);
    }
}
