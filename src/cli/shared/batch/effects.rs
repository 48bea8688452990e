//! What a batch does, in few lines.

/// Of how many people the effects are shown before the question; the rest is counted.
const SHOWN: u64 = 10;

/// The effects of a change on many: each one's own, then what is the same for all.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) changing: u64,
    own: Vec<String>,
    shared: Vec<String>,
}

impl Effects {
    pub(super) fn see(&mut self, path: &str, effects: Vec<String>) {
        self.changing += 1;
        for effect in effects {
            // What does not name somebody is the same for everybody.
            if !effect.contains(path) {
                if !self.shared.contains(&effect) {
                    self.shared.push(effect);
                }
            } else if self.changing <= SHOWN {
                self.own.push(effect);
            }
        }
    }

    pub(super) fn all(&self) -> Vec<String> {
        let mut all = self.own.clone();
        if let more @ 1.. = self.changing.saturating_sub(SHOWN) {
            all.push(format!("and so for {more} more; --dry-run lists them all"));
        }
        all.extend(self.shared.iter().cloned());
        all
    }
}
