//! When failed sign-ins lock a user (domain.md, login policy).

use jiff::{SignedDuration, Timestamp};

use super::policy::LoginPolicy;
use super::time::after;
use super::user::Failures;

/// The three numbers of the login policy that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// So many failures lock.
    pub times: u32,
    /// Within this span.
    pub period: SignedDuration,
    /// For so long.
    pub lockout: SignedDuration,
}

impl Rule {
    /// The rule of a login policy.
    pub fn of(login: &LoginPolicy) -> Self {
        Self {
            times: login.login_failed_times,
            period: SignedDuration::from_mins(login.period_with_login_failures.into()),
            lockout: SignedDuration::from_mins(login.lockout_duration.into()),
        }
    }

    fn counts_on(self, failures: Failures, now: Timestamp) -> bool {
        let within = failures.since.is_some_and(|since| since <= now && now < after(since, self.period));
        within && failures.locked_until.is_none_or(|end| now < end)
    }
}

/// Whether one more attempt can be judged now: with the `open` ones, whose outcome is not known, it does not go beyond
/// what locks. During a lock nothing counts, so nothing has to wait.
#[must_use]
pub fn has_room(failures: Failures, open: u32, rule: Rule, now: Timestamp) -> bool {
    let counted = if rule.counts_on(failures, now) { failures.count } else { 0 };
    failures.locked(now).is_some() || counted.saturating_add(open) < rule.times
}

/// The failures after one more at `now`.
#[must_use]
pub fn after_failure(before: Failures, rule: Rule, now: Timestamp) -> Failures {
    let (count, since) = if rule.counts_on(before, now) {
        (before.count.saturating_add(1), before.since)
    } else {
        (1, Some(now))
    };
    if count >= rule.times {
        // The count stays for whoever asks why; after the lock it begins anew.
        Failures { count, since, locked_until: Some(after(now, rule.lockout)) }
    } else {
        Failures { count, since, locked_until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule =
        Rule { times: 3, period: SignedDuration::from_mins(15), lockout: SignedDuration::from_mins(20) };

    fn at(minute: i64) -> Timestamp {
        after(Timestamp::UNIX_EPOCH, SignedDuration::from_mins(1_000 + minute))
    }

    #[test]
    fn the_count_of_the_policy_locks_for_its_time() {
        let first = after_failure(Failures::default(), RULE, at(0));
        let second = after_failure(first, RULE, at(1));
        assert_eq!((second.count, second.locked(at(1))), (2, None));
        let third = after_failure(second, RULE, at(2));
        assert_eq!((third.count, third.locked(at(2))), (3, Some(at(22))));
        assert_eq!(third.locked(at(22)), None, "the lock ends by waiting");
        assert_eq!(after_failure(third, RULE, at(23)).count, 1, "after a lock the count begins anew");
    }

    #[test]
    fn k11_open_attempts_take_their_place_and_lock_nobody() {
        let two = after_failure(after_failure(Failures::default(), RULE, at(0)), RULE, at(1));
        assert!(has_room(two, 0, RULE, at(1)));
        assert!(!has_room(two, 1, RULE, at(1)), "a third may be open, no fourth");
        assert!(has_room(two, 2, RULE, at(15)), "the period is over");
        assert!(!has_room(Failures::default(), 3, RULE, at(0)));
        let locked = after_failure(two, RULE, at(2));
        assert!(has_room(locked, 9, RULE, at(2)), "during a lock nothing counts");
        assert!(
            has_room(locked, 2, RULE, at(22)) && !has_room(locked, 3, RULE, at(22)),
            "after it all begins anew"
        );
    }

    #[test]
    fn failures_further_apart_than_the_period_do_not_add_up() {
        let first = after_failure(Failures::default(), RULE, at(0));
        let second = after_failure(first, RULE, at(1));
        assert_eq!(after_failure(second, RULE, at(15)).count, 1);
    }

    #[test]
    fn the_count_stands_from_its_first_failure_and_never_from_the_future() {
        let first = after_failure(Failures::default(), RULE, at(0));
        assert_eq!((first.count, first.since), (1, Some(at(0))));
        assert_eq!(after_failure(first, RULE, at(0)).count, 2, "at the same moment");
        let second = after_failure(first, RULE, at(14));
        assert_eq!((second.count, second.since), (2, Some(at(0))));
        assert_eq!(after_failure(second, RULE, at(15)).since, Some(at(15)), "begun anew");
        let back = after_failure(second, RULE, at(-1));
        assert_eq!((back.count, back.since), (1, Some(at(-1))), "the clock went back");
    }

    #[test]
    fn a_lock_that_ends_at_this_moment_has_ended() {
        let locked = Failures { count: 3, since: Some(at(0)), locked_until: Some(at(5)) };
        assert_eq!(after_failure(locked, RULE, at(5)).count, 1);
        assert_eq!(after_failure(locked, RULE, at(4)).count, 4, "it lasts still");
    }
}
