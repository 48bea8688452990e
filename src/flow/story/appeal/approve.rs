//! Approving: the new contacts take the place of the old ones, and what the old identity proved with ends.

use jiff::SignedDuration;

use super::claims;
use super::deny::post_result;
use super::examine::{block, person, require, target};
use super::on_record::BEFORE;
use super::view::AppealView;
use crate::domain::appeal::{Appeal, Approval, RESET_HOURS, State, Statement};
use crate::domain::code::EndReason;
use crate::domain::event::Detail;
use crate::domain::message::Change as Told;
use crate::domain::time::after;
use crate::domain::{Action, Address, Channel, Contact, Fact, NewEvent, Task, User};
use crate::flow::foundation::{
    Change, Confirmed, Env, FlowError, Missing, Refusal, Stop, Transaction, audit, people,
};
use crate::flow::proofs::credentials;
use crate::flow::story::contacts::{self, Bound};
use crate::flow::story::mfa;
use crate::guidance::effects::STAYS_BOUND;
use crate::store::Tx;
use crate::texts::Text;

/// The planned approval of an appeal.
pub struct Approve {
    appeal: Appeal,
    statement: Statement,
    user: User,
    /// Whether the authenticator goes, once this is the last approval.
    remove_mfa: bool,
    /// Operators who said yes before.
    before: u32,
    needed: u32,
}

/// What became of a decision.
pub struct Decided {
    pub view: AppealView,
    /// How many approvals are still missing.
    pub missing: u32,
    /// What keeps the person out in spite of it.
    pub remark: Option<String>,
}

impl Approve {
    pub fn plan(env: &Env<'_>, typed: &str, remove_mfa: bool) -> Result<Self, FlowError> {
        env.authorize(Task::DecideAppeals, None)?;
        if remove_mfa {
            env.authorize(Task::ManageMfa, None)?;
        }
        env.write(|tx| {
            let appeal = require(tx, typed)?;
            let user = person(tx.store, &appeal)?;
            let approvals = tx.store.approvals(&appeal.serial)?;
            let refusal = refusal(env, &appeal, user.as_ref(), &approvals);
            let target = target(&appeal, user.as_ref());
            if let Some(refusal) = refusal {
                return tx.refuse(Action::AppealApproved, target, refusal);
            }
            let (Some(user), Some(statement)) = (user, claims::statement(env, &appeal)?) else {
                return tx.refuse(Action::AppealApproved, target, Refusal::AppealOfNobody);
            };
            for address in std::iter::once(&statement.new_mobile).chain(&statement.new_email) {
                if tx.store.contact_taken(address, &user.id)? {
                    return tx.refuse(Action::AppealApproved, target, Refusal::ContactTaken);
                }
            }
            let before = u32::try_from(approvals.len()).unwrap_or(u32::MAX);
            let needed = env.settings.appeals.approvals;
            Ok(Self { appeal, statement, user, remove_mfa, before, needed })
        })
    }

    /// The appeal as it would be, and whether only the run knows since when it is decided.
    pub fn after(&self) -> (AppealView, bool) {
        let state = if self.is_last() { State::Approved } else { self.appeal.state };
        (AppealView::of(&Appeal { state, ..self.appeal.clone() }), self.is_last())
    }

    fn is_last(&self) -> bool {
        self.before + 1 >= self.needed
    }
}

/// Why this operator cannot approve it.
fn refusal(env: &Env<'_>, appeal: &Appeal, user: Option<&User>, approvals: &[Approval]) -> Option<Refusal> {
    if appeal.state != State::Submitted {
        return Some(Refusal::AppealOver(appeal.state));
    }
    let Some(user) = user else { return Some(Refusal::AppealOfNobody) };
    if !user.root {
        return Some(Refusal::AppealOfMember(user.path()));
    }
    // The uid is who acts; the name is compared, too, because an account of the machine may be made anew.
    let same = |approval: &Approval| approval.uid == env.actor.uid || approval.operator == env.actor.name;
    approvals.iter().any(same).then_some(Refusal::ApprovedAlready)
}

impl Change for Approve {
    type Done = Decided;

    fn effects(&self) -> Vec<String> {
        let who = self.user.path();
        if !self.is_last() {
            let mut effects = vec![
                format!("your approval is number {} of the {} it takes", self.before + 1, self.needed),
                "nothing else happens until the last one".to_owned(),
            ];
            if self.remove_mfa {
                effects.push("--remove-mfa counts only with the last one".to_owned());
            }
            effects.extend(self.statement.new_mobile.doubt());
            return effects;
        }
        let mut effects =
            vec![format!("{} becomes the mobile number of {who}, on your word", self.statement.new_mobile)];
        effects.extend(self.statement.new_mobile.doubt());
        if let Some(email) = &self.statement.new_email {
            effects.push(format!("{email} becomes its email address, on your word"));
        }
        for old in self.ending() {
            effects
                .push(format!("{} is no longer theirs; it is told, and codes sent to it end", old.masked()));
        }
        effects.push(format!(
            "every live code, setup token and request of {who} ends, its known devices are forgotten, and other \
             appeals for it end"
        ));
        match (self.user.mfa, self.remove_mfa) {
            (true, true) => {
                effects.push(format!("the authenticator of {who} is removed, and no longer asked for"));
            }
            (true, false) => effects.push(STAYS_BOUND.to_owned()),
            (false, true) => effects.push(format!("{who} has no authenticator to remove")),
            (false, false) => {}
        }
        if !self.user.enabled() {
            effects.push(format!("{who} is disabled, and no reset enables it"));
        }
        effects.extend(block(&self.user));
        effects.push(format!(
            "an SMS tells the new number, and the password can be reset for {RESET_HOURS} hours"
        ));
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Decided, FlowError> {
        env.write_and_send(|tx| self.decide(tx))
    }
}

impl Approve {
    /// Contacts that are not among the new ones.
    fn ending(&self) -> impl Iterator<Item = &Contact> {
        let kept = |contact: &Contact| {
            new_contact(&self.statement, contact.channel).is_some_and(|new| new.names(&contact.key))
        };
        self.user.contacts.iter().filter(move |contact| !kept(contact))
    }

    fn decide(&self, tx: &mut Transaction<'_>) -> Result<Decided, Stop> {
        let user = people::unchanged(tx.store, &self.user)?;
        let (serial, target) = (self.appeal.serial.as_str(), audit::target(&user));
        // Decided, expired or gone since the plan; or approved by others, or by the same one, meanwhile.
        let appeal = tx.store.appeal(serial)?.ok_or_else(|| Stop::keep(Missing::Appeal))?;
        let approvals = tx.store.approvals(serial)?;
        if let Some(refusal) = refusal(tx.env, &appeal, Some(&user), &approvals) {
            return tx.refuse(Action::AppealApproved, target, refusal);
        }
        if approvals.len() != self.before as usize {
            return Err(Stop::keep(Refusal::ChangedMeanwhile(format!("appeal {serial}"))));
        }
        let yes = Approval { uid: tx.env.actor.uid, operator: tx.env.actor.name.clone(), at: tx.now };
        tx.store.add_approval(serial, &yes)?;
        let count = self.before + 1;
        let missing = self.needed.saturating_sub(count);
        let event = |action| {
            NewEvent::success(action, target.clone())
                .with(Detail::Serial, Fact::Id(serial.to_owned()))
                .with("approvals", Fact::Count(u64::from(count)))
                .with("own", Fact::Flag(appeal.uid == tx.env.actor.uid))
        };
        if missing > 0 {
            event(Action::AppealSeconded).append(tx)?;
            return Ok(Decided { view: AppealView::of(&appeal), missing, remark: None });
        }
        let until = after(tx.now, SignedDuration::from_hours(RESET_HOURS));
        if !tx.store.decide_appeal(serial, State::Approved, tx.now, until)? {
            return Err(Stop::keep(Refusal::ChangedMeanwhile(format!("appeal {serial}"))));
        }
        tx.store.set_decision_reason(serial, tx.env.occasion.reason.as_deref())?;
        // The old contacts are told of it, as they are of the new ones.
        let removed = self.remove_mfa && user.mfa;
        if removed {
            let without = mfa::take_away(tx, &user, mfa::forces_change(&user)).map_err(Stop::undone)?;
            tx.store.end_proofs(&without.id)?;
        }
        // All of it or nothing: an approval without its contact would lead nowhere.
        replace_contacts(tx, &user, &self.statement).map_err(Stop::undone)?;
        let ended = end_old_identity(tx.store, &user, serial)?;
        let who = user.path();
        let text = Text::AppealApproved { user: &who, serial, until };
        post_result(tx, &appeal, &self.statement.new_mobile, &text, until)?;
        let mut record = event(Action::AppealApproved)
            .with("ended", Fact::Count(ended))
            .with("removed_mfa", Fact::Flag(removed));
        // Whoever looks again must see what it was decided against.
        for (channel, key) in BEFORE {
            if let Some(before) = user.contact(channel) {
                record = record.with(key, Fact::Masked(before.masked()));
            }
        }
        record.append(tx)?;
        let appeal = Appeal { state: State::Approved, decided_at: Some(tx.now), expires_at: until, ..appeal };
        Ok(Decided { view: AppealView::of(&appeal), missing: 0, remark: block(&user) })
    }
}

/// Ends what the old identity proved with, besides its contacts: codes, tokens and requests, known devices, and other appeals. MFA
/// stays (domain.md, "Unified ID").
fn end_old_identity(tx: &mut dyn Tx, user: &User, serial: &str) -> Result<u64, FlowError> {
    tx.forget_devices(&user.id)?;
    let ended = credentials::end_everything(tx, user, EndReason::AppealApproved, None)?;
    Ok(ended + tx.end_appeals(&user.id, State::Expired, Some(serial))?)
}

/// Binds the new contacts, at once and without a cool-down: an operator vouches for them (security S5). The old ones
/// are told.
fn replace_contacts(tx: &mut Transaction<'_>, user: &User, statement: &Statement) -> Result<(), Stop> {
    for waits in &user.pending {
        contacts::withdraw(tx, waits)?;
    }
    let user = &User { pending: Vec::new(), ..user.clone() };
    for channel in [Channel::Mobile, Channel::Email] {
        let (contact, fact) = match (new_contact(statement, channel), user.contact(channel)) {
            (Some(new), Some(old)) if new.names(&old.key) => {
                tx.store.set_contact_verified(&old.id, tx.now, tx.now)?;
                continue;
            }
            (Some(new), _) => (contacts::insert(tx, user, new, Bound::ByAdmin)?, "verified"),
            (None, Some(old)) => {
                contacts::remove(tx, user, old, Told::ContactUnbound(channel))?;
                (old.clone(), "unbound")
            }
            (None, None) => continue,
        };
        contacts::event(user, &contact, fact, true).with("by", Fact::Word("appeal")).append(tx)?;
    }
    Ok(())
}

fn new_contact(statement: &Statement, channel: Channel) -> Option<&Address> {
    match channel {
        Channel::Mobile => Some(&statement.new_mobile),
        Channel::Email => statement.new_email.as_ref(),
    }
}
