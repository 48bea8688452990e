//! What operators can do with codes: see their fates, send one again, revoke them. Never see one.

use crate::domain::code::{Code, EndReason, Purpose, State};
use crate::domain::eligibility::By;
use crate::domain::event::Detail;
use crate::domain::{Action, Contact, Fact, Ineligible, NewEvent, Principal, Role, Target, Task, User};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{
    Change, Confirmed, Env, FlowError, Missing, Refusal, Transaction, audit, eligibility, lookups, people,
};
use crate::flow::proofs::codes::{self, Issue, issue};
use crate::store::{CodesOf, StoreError, Tx};

/// How many are listed.
const LISTED: u32 = 200;

/// The latest codes of a person, or of everyone; newest first.
pub fn list(env: &Env<'_>, who: Option<&Principal>) -> Result<Vec<Code>, FlowError> {
    let user = who.map(|who| people::require(env, who, Task::ReadCodes)).transpose()?;
    env.authorize(Task::ReadCodes, None)?;
    env.look(|tx| {
        if env.actor.role == Role::Support {
            if user.is_none() {
                lookups::count(tx)?;
            }
            let target = user.as_ref().map_or(Target::None, audit::target);
            NewEvent::success(Action::LookupCodes, target).append(tx)?;
        }
        let of = user.as_ref().map_or(CodesOf::Everyone, |user| CodesOf::User(&user.id));
        let codes = tx.store.codes(of, LISTED)?;
        // A code for a name that nobody has is nobody's: it tells nothing that could help.
        Ok(codes.into_iter().filter(|code| code.user_id.is_some()).collect())
    })
}

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

/// The planned revocation of a person's live codes, or of everyone's.
pub struct RevokeCodes {
    user: Option<User>,
    /// Whether any may be live.
    live: bool,
}

impl RevokeCodes {
    pub fn plan(env: &Env<'_>, who: Option<&Principal>) -> Result<Self, FlowError> {
        let user = match who {
            Some(who) => Some(people::require(env, who, Task::RevokeCode)?),
            None => {
                env.authorize(Task::RevokeAllCodes, None)?;
                None
            }
        };
        let live = match &user {
            Some(user) => {
                env.read(|tx| tx.codes(CodesOf::User(&user.id), LISTED))?.iter().any(|of| of.state.live())
            }
            None => true,
        };
        Ok(Self { user, live })
    }
}

impl Change for RevokeCodes {
    /// How many ended.
    type Done = u64;

    fn effects(&self) -> Vec<String> {
        vec![match &self.user {
            Some(user) if self.live => format!("every live code of {} ends", user.path()),
            Some(user) => format!("{} has no live code", user.path()),
            None => "every live code of everybody ends".to_owned(),
        }]
    }

    fn typed(&self) -> Option<String> {
        self.user.is_none().then(|| "all".to_owned())
    }

    fn changes(&self) -> bool {
        self.live
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<u64, FlowError> {
        if !self.live {
            return Ok(0);
        }
        env.write(|tx| {
            let Some(user) = &self.user else {
                let ended = tx.store.end_codes(CodesOf::Everyone, EndReason::Operator)?;
                // What ended nothing is no event.
                if ended > 0 {
                    NewEvent::success(Action::VerifyCodeRevoked, Target::None)
                        .with("codes", Fact::Count(ended))
                        .append(tx)?;
                }
                return Ok(ended);
            };
            let mut live = tx.store.codes(CodesOf::User(&user.id), LISTED)?;
            live.retain(|code| code.state.live());
            let event = || NewEvent::success(Action::VerifyCodeRevoked, audit::target(user));
            for code in &live {
                tx.store.withdraw_for_code(&code.id)?;
                event().with(Detail::Code, Fact::Id(code.id.clone())).append(tx)?;
            }
            // With those that were kept back: they take tries, too.
            tx.store.end_codes(CodesOf::User(&user.id), EndReason::Operator)?;
            Ok(live.len() as u64)
        })
    }
}
