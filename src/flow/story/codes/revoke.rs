//! Ending what is on its way: one code or setup token, those of a person, or all.

use crate::domain::code::{Code, EndReason, State};
use crate::domain::event::Detail;
use crate::domain::time::counted;
use crate::domain::token::{SetupToken, State as TokenState};
use crate::domain::{Action, Fact, NewEvent, Principal, Target, Task, User};
use crate::flow::foundation::{
    AboutUser, Change, Confirmed, Env, FlowError, Missing, Stop, Transaction, audit, lookups, people,
};
use crate::store::{CodesOf, StoreError, TokensOf, Tx};

/// More codes than a person can have alive.
const ALIVE: u32 = 200;

/// What is ended.
#[derive(Debug, Clone, Copy)]
pub enum Revoked<'a> {
    /// By its id.
    One(&'a str),
    Of(&'a Principal),
    Everything,
}

/// The planned revocation of live codes and setup tokens.
pub struct RevokeCodes {
    whose: Whose,
    /// Whether any may be live.
    live: bool,
    /// How many are, which only a dry run asks before it is done.
    ending: Option<Ended>,
}

enum Whose {
    Code(User, Box<Code>),
    Token(User, Box<SetupToken>),
    Person(User),
    Everybody,
}

impl RevokeCodes {
    pub fn plan(env: &Env<'_>, what: Revoked<'_>) -> Result<Self, FlowError> {
        let whose = match what {
            Revoked::One(id) => one(env, id)?,
            Revoked::Of(who) => Whose::Person(people::require(env, who, Task::RevokeCode)?),
            Revoked::Everything => {
                env.authorize(Task::RevokeAllCodes, None)?;
                Whose::Everybody
            }
        };
        Self::of(env, whose)
    }

    fn of(env: &Env<'_>, whose: Whose) -> Result<Self, FlowError> {
        let live = match &whose {
            Whose::Code(_, code) => code.state.live(),
            Whose::Token(_, token) => token.state == TokenState::Live,
            Whose::Person(user) => env.read(|tx| has_live(tx, user))?,
            Whose::Everybody => true,
        };
        let plan = Self { whose, live, ending: None };
        if !env.occasion.dry_run {
            return Ok(plan);
        }
        let ending = if live { env.try_out(|tx| plan.end(tx))? } else { Some(Ended::default()) };
        Ok(Self { live: ending.map_or(live, |ended| ended.all() > 0), ending, ..plan })
    }

    /// How many would end, as far as a dry run could find out.
    pub fn ending(&self) -> Option<Ended> {
        self.ending
    }

    fn end(&self, tx: &mut Transaction<'_>) -> Result<Ended, Stop> {
        Ok(match &self.whose {
            Whose::Code(user, code) => Ended { codes: end_code(tx, user, code)?, ..Ended::default() },
            Whose::Token(user, token) => {
                Ended { setup_tokens: end_token(tx, user, token)?, ..Ended::default() }
            }
            Whose::Person(user) => end_all(tx, user)?,
            Whose::Everybody => end_everybodys(tx)?,
        })
    }
}

/// A code or a setup token by its id, with whoever it is for, whom the actor may treat so.
fn one(env: &Env<'_>, id: &str) -> Result<Whose, FlowError> {
    env.authorize(Task::RevokeCode, None)?;
    let read = |tx: &mut dyn Tx| {
        let (token, code) = (tx.token(id)?, tx.code(id)?);
        let of_code = code.as_ref().and_then(|code| code.user_id.clone());
        let user_id = token.as_ref().map(|token| token.user_id.clone()).or(of_code);
        let user = tx.user_by_id(&user_id.unwrap_or_default())?;
        Ok(user.and_then(|user| match (token, code) {
            (Some(token), _) => Some(Whose::Token(user, Box::new(token))),
            (None, Some(code)) => Some(Whose::Code(user, Box::new(code))),
            (None, None) => None,
        }))
    };
    let found = lookups::read(env, read, |_| None)?.ok_or_else(|| Missing::Code(id.to_owned()))?;
    if let Whose::Code(user, _) | Whose::Token(user, _) = &found {
        env.authorize(Task::RevokeCode, Some(user))?;
    }
    Ok(found)
}

fn has_live(tx: &mut dyn Tx, user: &User) -> Result<bool, StoreError> {
    let codes = tx.codes(CodesOf::User(&user.id), ALIVE)?;
    Ok(codes.iter().any(|code| code.state.live()) || tx.live_token(&user.id)?.is_some())
}

/// How many ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    pub codes: u64,
    pub setup_tokens: u64,
}

impl Ended {
    pub fn all(self) -> u64 {
        self.codes + self.setup_tokens
    }

    /// What ended, for a sentence.
    pub fn describe(self) -> String {
        let counted: Vec<String> = [(self.codes, "code"), (self.setup_tokens, "setup token")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| counted(count, noun))
            .collect();
        if counted.is_empty() {
            "there was no live code or setup token".to_owned()
        } else {
            format!("ended {}", counted.join(" and "))
        }
    }
}

impl Change for RevokeCodes {
    type Done = Ended;

    fn effects(&self) -> Vec<String> {
        match &self.whose {
            Whose::Code(_, code) if !self.live => vec![format!("the code {} has ended already", code.id)],
            Whose::Token(_, token) if !self.live => {
                vec![format!("the setup token {} has ended already", token.id)]
            }
            Whose::Person(user) if !self.live => {
                vec![format!("{} has no live code or setup token", user.path())]
            }
            Whose::Everybody if !self.live => vec!["nobody has a live code or setup token".to_owned()],
            Whose::Code(user, code) => {
                let to = code.destination.as_deref().unwrap_or("nobody");
                vec![format!("the code {} of {}, for {to}, ends", code.id, user.path())]
            }
            Whose::Token(user, token) => {
                let to = token.destination.as_deref().map(|to| format!(", for {to},")).unwrap_or_default();
                vec![format!("the setup token {} of {}{to} ends", token.id, user.path())]
            }
            Whose::Person(user) => vec![format!("every live code and setup token of {} ends", user.path())],
            Whose::Everybody => vec!["every live code and setup token of everybody ends".to_owned()],
        }
    }

    fn typed(&self) -> Option<String> {
        matches!(self.whose, Whose::Everybody).then(|| "all".to_owned())
    }

    fn changes(&self) -> bool {
        self.live
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Ended, FlowError> {
        if !self.live {
            return Ok(Ended::default());
        }
        env.write(|tx| self.end(tx))
    }
}

/// The planned revocation of what is live of one person among several.
pub struct RevokeCodesOf {
    user: User,
    plan: RevokeCodes,
}

impl RevokeCodesOf {
    pub fn plan(env: &Env<'_>, who: &Principal) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::RevokeCode)?;
        let plan = RevokeCodes::of(env, Whose::Person(user.clone()))?;
        Ok(Self { user, plan })
    }
}

impl AboutUser for RevokeCodesOf {
    fn user(&self) -> &User {
        &self.user
    }
}

impl Change for RevokeCodesOf {
    type Done = Ended;

    fn effects(&self) -> Vec<String> {
        self.plan.effects()
    }

    fn changes(&self) -> bool {
        self.plan.changes()
    }

    fn commit(self, env: &Env<'_>, yes: Confirmed) -> Result<Ended, FlowError> {
        self.plan.commit(env, yes)
    }
}

fn event(user: &User) -> NewEvent {
    NewEvent::success(Action::VerifyCodeRevoked, audit::target(user))
}

/// Whether it was live still.
fn end_code(tx: &mut Transaction<'_>, user: &User, code: &Code) -> Result<u64, FlowError> {
    let was_live = tx.store.code(&code.id)?.is_some_and(|code| code.state.live());
    // One that was kept back takes tries, too.
    tx.store.end_code(&code.id, State::Revoked, Some(EndReason::Operator))?;
    if was_live {
        tx.store.withdraw_for_code(&code.id)?;
        event(user).with(Detail::Code, Fact::Id(code.id.clone())).append(tx)?;
    }
    Ok(u64::from(was_live))
}

fn end_token(tx: &mut Transaction<'_>, user: &User, token: &SetupToken) -> Result<u64, FlowError> {
    let ended = tx.store.end_tokens(TokensOf::One(&token.id), EndReason::Operator)?;
    if ended > 0 {
        tx.store.withdraw_setups(Some(&user.id))?;
        event(user).with(Detail::Token, Fact::Id(token.id.clone())).append(tx)?;
    }
    Ok(ended)
}

fn end_everybodys(tx: &mut Transaction<'_>) -> Result<Ended, FlowError> {
    let codes = tx.store.end_codes(CodesOf::Everyone, EndReason::Operator)?;
    let setup_tokens = tx.store.end_tokens(TokensOf::Everyone, EndReason::Operator)?;
    tx.store.withdraw_setups(None)?;
    // What ended nothing is no event.
    if codes + setup_tokens > 0 {
        NewEvent::success(Action::VerifyCodeRevoked, Target::None)
            .with("codes", Fact::Count(codes))
            .with("setup_tokens", Fact::Count(setup_tokens))
            .append(tx)?;
    }
    Ok(Ended { codes, setup_tokens })
}

fn end_all(tx: &mut Transaction<'_>, user: &User) -> Result<Ended, FlowError> {
    let mut live = tx.store.codes(CodesOf::User(&user.id), ALIVE)?;
    live.retain(|code| code.state.live());
    let mut ended = Ended::default();
    for code in &live {
        ended.codes += end_code(tx, user, code)?;
    }
    if let Some(token) = tx.store.live_token(&user.id)? {
        ended.setup_tokens += end_token(tx, user, &token)?;
    }
    // With those that were kept back: they take tries, too.
    tx.store.end_codes(CodesOf::User(&user.id), EndReason::Operator)?;
    Ok(ended)
}
