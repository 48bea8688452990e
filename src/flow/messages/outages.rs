//! Channels that are down, as one worker knows them.

use jiff::{SignedDuration, Timestamp};

use crate::domain::Channel;
use crate::domain::outbox::pause_after;
use crate::domain::time::after;

/// When each channel may be tried again. A worker's own: another one finds out by itself.
#[derive(Debug, Default)]
pub(crate) struct Outages(Vec<Outage>);

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
        Self(Channel::ALL.iter().map(outage).collect())
    }

    /// Leaves a channel alone: longer with each failure in a row, and at least as long as the other side asked.
    pub(crate) fn begin(
        &mut self,
        channel: Channel,
        now: Timestamp,
        chance: u8,
        asked: Option<SignedDuration>,
    ) {
        let before =
            self.0.iter().find(|outage| outage.channel == channel).map_or(0, |outage| outage.failures);
        let failures = before.saturating_add(1);
        let until = after(now, pause_after(failures, chance).max(asked.unwrap_or_default()));
        self.end(channel);
        self.0.push(Outage { channel, failures, until });
    }

    /// It works again.
    pub(crate) fn end(&mut self, channel: Channel) {
        self.0.retain(|outage| outage.channel != channel);
    }

    /// Those to be left alone now.
    pub(crate) fn held(&self, now: Timestamp) -> Vec<Channel> {
        self.0.iter().filter(|outage| now < outage.until).map(|outage| outage.channel).collect()
    }

    /// When the first of those is tried again.
    pub(crate) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.iter().map(|outage| outage.until).filter(|until| now < *until).min()
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
        outages.begin(Channel::Email, now, 255, None);
        assert_eq!((outages.held(now), until(&outages)), (vec![Channel::Email], Some(1_000)));
        outages.begin(Channel::Email, now, 255, None);
        assert_eq!(until(&outages), Some(2_000));
        outages.begin(Channel::Mobile, now, 255, Some(SignedDuration::from_secs(90)));
        assert_eq!(outages.held(after(now, SignedDuration::from_secs(3))), [Channel::Mobile]);
        outages.end(Channel::Mobile);
        outages.end(Channel::Email);
        outages.begin(Channel::Email, now, 255, None);
        assert_eq!(until(&outages), Some(1_000));
    }
}
