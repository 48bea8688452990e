//! What a batch does, in few lines.

use crate::domain::User;
use crate::flow::AboutUser;

/// How many effects of single people are shown before the question; further people are counted.
const SHOWN: usize = 10;

/// The effects of a change on many: each one's own, then what is the same for all.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) changing: u64,
    /// How many more there are than those whose own effects are shown.
    more: u64,
    own: Vec<String>,
    shared: Vec<String>,
}

impl Effects {
    pub(super) fn see(&mut self, plan: &impl AboutUser, effects: Vec<String>) {
        self.changing += 1;
        let is_shown = self.own.len() < SHOWN;
        self.more += u64::from(!is_shown);
        for effect in effects {
            if self.shared.contains(&effect) {
                continue;
            }
            let is_own = names(&effect, plan.user()) || names(&effect, &plan.after());
            if !is_own {
                self.shared.push(effect);
            } else if is_shown {
                self.own.push(effect);
            }
        }
    }

    pub(super) fn all(&self) -> Vec<String> {
        let mut all = self.own.clone();
        if let more @ 1.. = self.more {
            all.push(format!("and so for {more} more; --dry-run lists them all"));
        }
        all.extend(self.shared.iter().cloned());
        all
    }
}

/// Whether an effect is about this person: what names neither them nor where they are reached is the same for everybody.
fn names(effect: &str, user: &User) -> bool {
    let contacts = || user.every_contact();
    effect.contains(&user.path())
        || contacts().any(|contact| effect.contains(&contact.address) || effect.contains(&contact.masked()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::account::{Account, Kind, Status};
    use crate::domain::{Address, Channel, Contact};

    struct Planned(User);

    impl AboutUser for Planned {
        fn user(&self) -> &User {
            &self.0
        }
    }

    fn planned(number: u32) -> Planned {
        let at = Timestamp::UNIX_EPOCH;
        let account = Account {
            id: "acc_a".to_owned(),
            name: "acme".to_owned(),
            kind: Kind::Cloud,
            status: Status::Enabled,
            user_quota: None,
            users: 0,
            created_at: at,
        };
        let mut user =
            User::newborn(format!("usr_{number}"), &account, format!("user{number:02}"), false, at);
        let address = Address::as_stored(Channel::Email, &format!("{}@x.example", user.name)).unwrap();
        user.contacts = vec![Contact::pending(String::new(), &user.id, &address, at)];
        Planned(user)
    }

    #[test]
    fn what_is_about_single_people_is_told_of_few_and_what_is_about_all_once() {
        let mut effects = Effects::default();
        for number in 1..=30 {
            let plan = planned(number);
            let (path, address) = (plan.0.path(), plan.0.contacts[0].address.clone());
            let told = format!("{} is told", plan.0.contacts[0].masked());
            let own = [format!("{path} is made"), format!("{address} is bound to it"), told];
            effects.see(&plan, own.into_iter().chain(["sessions can end".to_owned()]).collect());
        }
        let all = effects.all();
        let told: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(told.len(), 14, "{told:?}");
        assert_eq!(
            told[9..],
            [
                "acme/user04 is made",
                "user04@x.example is bound to it",
                "u***@x***.example is told",
                "and so for 26 more; --dry-run lists them all",
                "sessions can end",
            ]
        );
    }
}
