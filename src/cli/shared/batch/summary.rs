//! What a batch of resets does, in few lines.

use jiff::SignedDuration;

use crate::domain::time::span_for_people;
use crate::flow::{AboutUser, AdminReset, IssueCredential, ResetOptions};
use crate::guidance::effects::people;

/// How many people are named before the rest is only counted.
const NAMED: usize = 10;
/// How many remarks are shown before the rest is only counted.
const REMARKED: usize = 10;

/// What was seen of the plans.
#[derive(Default)]
pub(super) struct Summary {
    tokens: Group,
    passwords: Group,
    /// All effects of the only one so far.
    only: Vec<String>,
    remarks: Vec<String>,
    more_remarks: usize,
    /// Whether anybody has a password that stops working.
    replaces: bool,
    /// Whether anybody is told.
    tells: bool,
    /// Whether any secret is handed out here.
    pub(super) hands_out: bool,
}

/// Those who get the same.
#[derive(Default)]
struct Group {
    count: u64,
    named: Vec<String>,
}

impl Group {
    fn add(&mut self, path: String) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(path);
        }
    }

    fn names(&self) -> String {
        let names = self.named.join(", ");
        match self.count - self.named.len() as u64 {
            0 => names,
            more => format!("{names}, and {more} more"),
        }
    }
}

impl Summary {
    pub(super) fn see(&mut self, plan: &AdminReset) {
        let group = if plan.gives_password() { &mut self.passwords } else { &mut self.tokens };
        group.add(plan.user().path());
        self.only = if self.count() == 1 { plan.effects() } else { Vec::new() };
        for remark in plan.remarks() {
            if self.remarks.len() < REMARKED {
                self.remarks.push(remark);
            } else {
                self.more_remarks += 1;
            }
        }
        self.hands_out |= plan.hands_out();
        self.replaces |= plan.user().credential.hash.is_some();
        self.tells |= plan.tells();
    }

    fn count(&self) -> u64 {
        self.tokens.count + self.passwords.count
    }

    /// The effects to confirm: all of one person's, or those of several together.
    pub(super) fn effects(
        &self,
        options: &ResetOptions,
        token_life: SignedDuration,
        failed: u64,
    ) -> Vec<String> {
        let mut effects =
            if self.count() == 1 { self.only.clone() } else { self.together(options, token_life) };
        if failed > 0 {
            effects.push(format!("{} cannot be reset; the report gives the reasons", people(failed)));
        }
        effects
    }

    fn together(&self, options: &ResetOptions, token_life: SignedDuration) -> Vec<String> {
        let mut effects = Vec::new();
        if self.tokens.count > 0 {
            let (count, names) = (people(self.tokens.count), self.tokens.names());
            let life = span_for_people(options.expires.unwrap_or(token_life));
            effects.push(format!("{count} get a setup token, good for {life}: {names}"));
        }
        if self.passwords.count > 0 {
            let (count, names) = (people(self.passwords.count), self.passwords.names());
            effects.extend([
                format!("{count} get a generated password each: {names}"),
                "their old passwords stop working; their live codes, setup tokens and requests end"
                    .to_owned(),
                "their verified contacts are told".to_owned(),
            ]);
            let must = if options.must_change { "must" } else { "need not" };
            effects.push(format!("the passwords {must} be changed at the next sign-in"));
        }
        effects.extend(self.remarks.iter().cloned());
        if self.more_remarks > 0 {
            effects.push(format!(
                "and {} more remarks of that kind; --dry-run lists them all",
                self.more_remarks
            ));
        }
        effects
    }
}
