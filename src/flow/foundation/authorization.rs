//! Whether whoever acts may do so, and to whom; which people of the store are operators of it, too (security O1, O2).

use crate::domain::operator::{Subject, Verdict, judge};
use crate::domain::{Action, Fact, NewEvent, Role, Target, Task, User};
use crate::flow::foundation::{Denial, Env, FlowError, audit};
use crate::os;

impl Env<'_> {
    /// Whether the actor may do this, to this person if it is about one; a no is recorded, and said all the same where
    /// the store cannot be written to.
    pub fn authorize(&self, task: Task, user: Option<&User>) -> Result<(), FlowError> {
        // Nobody else has a ceiling, and who is in a group may be for another machine to say.
        let subject = user.filter(|_| self.actor.role == Role::Support);
        let subject = subject.map(|user| Subject { root: user.root, operator: may_be_operator(self, user) });
        let callers_may = &self.settings.support.verified_caller_may;
        let verdict = judge(self.actor.role, task, subject, callers_may);
        if verdict == Verdict::Allowed {
            return Ok(());
        }
        let target = user.map_or(Target::None, audit::target);
        let event = NewEvent::refused(Action::OperatorRefused, target, verdict_code(verdict))
            .with("task", Fact::Word(task.as_str()));
        self.record(&event).or_else(|error| error.unwritable().map(drop).ok_or(error))?;
        Err(FlowError::Denied(Denial::Role { role: self.actor.role, task, verdict, themself: false }))
    }
}

fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::NotAnOperator => "not_an_operator",
        Verdict::BeyondSupport => "beyond_support",
        Verdict::Privileged => "privileged_person",
    }
}

/// Whether a person may be an operator, by their name: named by the config in any case, by a group as the role is
/// judged, or as root or the store's owner. What cannot be known counts as yes.
pub(crate) fn may_be_operator(env: &Env<'_>, user: &User) -> bool {
    let (operators, name) = (&env.settings.operators, user.name.as_str());
    let named = |listed: &String| match listed.strip_prefix('%') {
        Some(group) => os::is_in_group(name, group).unwrap_or(true),
        None => listed.eq_ignore_ascii_case(name),
    };
    let always = |uid: &u32| *uid == 0 || env.actor.store_owner == Some(*uid);
    operators.admin.iter().chain(&operators.support).any(named)
        || os::uids_of(name).is_none_or(|uids| uids.iter().any(always))
}
