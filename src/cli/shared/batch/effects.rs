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
            } else if !names(&effect, plan.user()) && !names(&effect, &plan.after()) {
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
