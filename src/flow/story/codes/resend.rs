//! A code that did not arrive: a new one takes its place.

use crate::domain::code::{Code, EndReason, Purpose, State};
use crate::domain::eligibility::By;
use crate::domain::event::Detail;
use crate::domain::{Action, Contact, Fact, Ineligible, NewEvent, Task, User};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{
    Change, Confirmed, Env, FlowError, Missing, Refusal, Transaction, audit, eligibility, lookups, people,
};
use crate::flow::proofs::codes::{self, Issue, issue};
use crate::store::{CodesOf, StoreError, Tx};

/// The planned sending of a new code in place of one that is live or did not arrive.
pub struct Resend {
    code: Code,
    user: User,
}

impl Resend {
    pub fn plan(env: &Env<'_>, id: &str) -> Result<Self, FlowError> {
        env.authorize(Task::ResendCode, None)?;
        let read = |tx: &mut dyn Tx| {
            let code = tx.code(id)?;
            let user_id = code.as_ref().and_then(|code| code.user_id.as_deref());
            let user = tx.user_by_id(user_id.unwrap_or_default())?;
            Ok(code.zip(user))
        };
        let found = lookups::read(env, read, |_| None)?;
        let (code, user) = found.ok_or_else(|| Missing::Code(id.to_owned()))?;
        env.authorize(Task::ResendCode, Some(&user))?;
        let resend = Self { code, user };
        if resend.code.can_be_sent_again(env.clock.now()) { Ok(resend) } else { Err(resend.is_over().into()) }
    }
}

impl Resend {
    /// The code whose place the new one takes.
    pub fn code(&self) -> &Code {
        &self.code
    }
}

impl Change for Resend {
    type Done = Code;

    fn effects(&self) -> Vec<String> {
        let to = self.code.destination.as_deref().unwrap_or("the bound contact");
        vec![
            format!("a new code is sent to {to} for {}", self.user.path()),
            "the code before it ends".to_owned(),
        ]
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Code, FlowError> {
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            let refuse = |tx: &mut Transaction<'_>, refusal| {
                tx.refuse(Action::VerifyCodeSent, audit::target(&user), refusal)
            };
            if self.request_is_over(tx.store)? {
                return refuse(tx, self.is_over());
            }
            let contact = match self.receiver(&user) {
                Ok(contact) => contact,
                Err(why) => return refuse(tx, Refusal::Ineligible(why)),
            };
            let charge = Charge::of(env, contact, By::Operator);
            // Judged before the code is ended that the person may yet receive.
            let purpose = self.code.purpose;
            if let Some(why) = eligibility::judge(tx, purpose, &user, contact, &charge)? {
                return refuse(tx, Refusal::Ineligible(why));
            }
            self.end_all_before(tx.store, contact)?;
            let request_id = self.code.request_id.as_deref();
            let order = Issue { purpose, user: Some(&user), request_id, to: Ok(contact), charge };
            let code = issue(tx, &order)?;
            tx.store.renew_challenge(&self.code.id, &code.id, code.expires_at)?;
            NewEvent::success(Action::VerifyCodeSent, audit::target(&user))
                .with(Detail::Code, Fact::Id(code.id.clone()))
                .append(tx)?;
            Ok(code)
        })
    }
}

impl Resend {
    fn is_over(&self) -> Refusal {
        Refusal::NothingToResend { who: self.user.path(), reset: self.code.purpose == Purpose::Reset }
    }

    /// Whether what the code is for has ended.
    fn request_is_over(&self, tx: &mut dyn Tx) -> Result<bool, StoreError> {
        let Some(id) = &self.code.request_id else { return Ok(false) };
        Ok(!tx.request(id)?.is_some_and(|request| request.state.live()))
    }

    /// The very contact the code went to, or would have gone to but for a budget.
    fn receiver<'u>(&self, user: &'u User) -> Result<&'u Contact, Ineligible> {
        let why = self.code.state_reason.as_deref().and_then(|word| word.parse::<Ineligible>().ok());
        let contact = match why {
            // What strangers asked for, or guessed, holds up no operator (security K12).
            Some(why) if why.is_of_budget() => user.contact(self.code.channel),
            _ => user.every_contact().find(|of| Some(&of.id) == self.code.contact_id.as_ref()),
        };
        contact.ok_or(why.unwrap_or(Ineligible::NoContact))
    }

    /// Whatever would be entered at the same place: a try is taken from the newest of them.
    fn end_all_before(&self, tx: &mut dyn Tx, contact: &Contact) -> Result<(), FlowError> {
        match (self.code.purpose, &self.code.request_id) {
            (Purpose::VerifyCaller, _) => {
                tx.end_code(&self.code.id, State::Superseded, Some(EndReason::NewerCode))?;
            }
            (_, Some(request)) => {
                tx.end_codes(CodesOf::Request(request), EndReason::NewerCode)?;
            }
            (_, None) => {
                codes::end_codes(tx, contact, self.code.purpose)?;
            }
        }
        tx.withdraw_for_code(&self.code.id)?;
        Ok(())
    }
}
