//! The conversation of a reset, and of a registration: the very steps of the step-by-step commands, in the order the
//! request asks for.

use super::captcha::{answer_captcha, show_captcha};
use super::password::{look_at, rule, set_password};
use super::questions::{CaptchaAnswer, CodeAnswer, MethodAnswer, Questions, Tale};
use super::second::second;
use super::send::send;
use super::verify::verify;
use crate::domain::captcha::proof_of_work;
use crate::domain::request::{Method, Proof, State};
use crate::domain::{Address, Channel, Secret};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal};
use crate::flow::story::register;
use crate::flow::story::request::{self, RequestView};

/// Asks whatever the request still needs, until it is done. What was typed wrong is asked again; what cannot go
/// on (expired, cancelled) is an error. Whoever goes back comes to the question before, if there is one.
pub fn walk<Q: Questions>(env: &Env<'_>, view: RequestView, questions: &Q) -> Result<RequestView, Q::Error> {
    let mut walk = Walk::begin(env, &view, questions);
    let mut view = view;
    while view.state != State::Done {
        view = walk.step(&view)?;
    }
    questions.tell(&Tale::Done(view.purpose));
    Ok(view)
}

/// Like [`walk`], where something was asked before: `None` where somebody goes back to that, from a step that is not
/// proven yet.
pub fn walk_or_back<Q: Questions>(
    env: &Env<'_>,
    view: RequestView,
    questions: &Q,
) -> Result<Option<RequestView>, Q::Error> {
    let mut walk = Walk::begin(env, &view, questions);
    let mut view = view;
    while matches!(view.state, State::Captcha | State::Method | State::Code) {
        let Some(next) = questions.or_back(|| walk.step(&view))? else { return Ok(None) };
        view = next;
    }
    while view.state != State::Done {
        view = walk.step(&view)?;
    }
    questions.tell(&Tale::Done(view.purpose));
    Ok(Some(view))
}

struct Walk<'w, 'e, Q> {
    env: &'w Env<'e>,
    questions: &'w Q,
    /// How the last code was sent, for another one.
    chosen: Option<(Method, Option<Address>)>,
    second_told: bool,
}

impl<'w, 'e, Q: Questions> Walk<'w, 'e, Q> {
    fn begin(env: &'w Env<'e>, view: &RequestView, questions: &'w Q) -> Self {
        if view.state.live() {
            questions.tell(&Tale::Open(view));
        }
        Self { env, questions, chosen: None, second_told: false }
    }

    /// Asks what the request needs next.
    fn step(&mut self, view: &RequestView) -> Result<RequestView, Q::Error> {
        match view.state {
            State::Captcha => self.captcha(view),
            State::Method => self.choose_and_send(view),
            State::Code => self.code(view),
            State::Second => {
                if !std::mem::replace(&mut self.second_told, true) {
                    // What was chosen before was for the first code.
                    self.chosen = None;
                    self.questions.tell(&Tale::Second(view.proofs.as_deref().unwrap_or_default()));
                }
                self.second(view)
            }
            State::Password => self.password(view),
            State::Done => Ok(view.clone()),
            State::Expired | State::Cancelled => Err(FlowError::from(Refusal::RequestGone).into()),
        }
    }

    /// Asks; where something can be gone back to, `None` if somebody does.
    fn ask<T>(
        &self,
        has_step_back: bool,
        ask: impl FnOnce() -> Result<T, Q::Error>,
    ) -> Result<Option<T>, Q::Error> {
        if has_step_back { self.questions.or_back(ask) } else { ask().map(Some) }
    }

    fn captcha(&self, view: &RequestView) -> Result<RequestView, Q::Error> {
        let (env, questions) = (self.env, self.questions);
        let Some(captcha) = &view.captcha else { return Err(FlowError::from(Refusal::RequestGone).into()) };
        let pictured = captcha.picture && questions.shows_pictures();
        let picture = if pictured { Some(show_captcha(env, &view.id)?.1) } else { None };
        let answer = match questions.captcha(captcha, picture.as_ref())? {
            CaptchaAnswer::Another => return Ok(view.clone()),
            CaptchaAnswer::Typed(text) => text,
            CaptchaAnswer::Work => proof_of_work::solve(&captcha.challenge, captcha.bits).to_string(),
        };
        let answered = answer_captcha(env, &view.id, &answer);
        let wrong = answered.is_err();
        let view = self.or_asked_again(view, answered)?;
        // The challenge was replaced.
        if wrong { Ok(request::show(env, &view.id)?) } else { Ok(view) }
    }

    /// The method and, for one that needs it, the full address. Nothing is asked at first where the code goes to the
    /// address that was entered.
    fn choose_and_send(&mut self, view: &RequestView) -> Result<RequestView, Q::Error> {
        if view.address_known && view.state == State::Method {
            return self.send_to_entered(view);
        }
        let waiting = view.state == State::Code;
        loop {
            let method = match self.ask(waiting, || self.questions.method(view))? {
                Some(MethodAnswer::By(method)) => method,
                // Back to the code that was asked for.
                Some(MethodAnswer::HaveCode) | None => return Ok(view.clone()),
            };
            // Only a menu can be gone back to.
            if let Some(address) = self.ask(view.methods.len() > 1 || waiting, || self.address(method))? {
                self.chosen = Some((method, address));
                return self.send(view);
            }
        }
    }

    fn send_to_entered(&self, view: &RequestView) -> Result<RequestView, Q::Error> {
        let sent = send(self.env, &view.id, None, None);
        // An appeal grants a number.
        let method = if view.appealed { Some(&Method::Mobile) } else { view.methods.first() };
        if let (Ok(view), Some(method)) = (&sent, method) {
            self.questions.tell(&Tale::Sent { method: *method, view });
        }
        self.or_asked_again(view, sent)
    }

    fn address(&self, method: Method) -> Result<Option<Address>, Q::Error> {
        Ok(match method {
            Method::Email => Some(self.questions.address(Channel::Email)?),
            Method::Mobile => Some(self.questions.address(Channel::Mobile)?),
            Method::Account => None,
        })
    }

    fn send(&self, view: &RequestView) -> Result<RequestView, Q::Error> {
        let Some((method, address)) = &self.chosen else { return Ok(view.clone()) };
        let sent = send(self.env, &view.id, *method, address.as_ref());
        if let Ok(view) = &sent {
            self.questions.tell(&Tale::Sent { method: *method, view });
        }
        self.or_asked_again(view, sent)
    }

    /// What was not accepted is told, and asked again.
    fn or_asked_again(
        &self,
        view: &RequestView,
        result: Result<RequestView, FlowError>,
    ) -> Result<RequestView, Q::Error> {
        match &result {
            Err(FlowError::Denied(
                denial
                @ (Denial::Captcha | Denial::Code { .. } | Denial::Totp(_) | Denial::SecondTotp { .. }),
            )) => {
                self.questions.tell(&Tale::Denied(denial));
            }
            Err(FlowError::Refused(
                refusal @ (Refusal::TooSoon { .. }
                | Refusal::MethodOff
                | Refusal::SameProof
                | Refusal::CodeSpent
                | Refusal::WeakPassword(_)
                | Refusal::ReusedPassword
                | Refusal::Unusable(_)),
            )) => self.questions.tell(&Tale::Refused(refusal)),
            _ => return Ok(result?),
        }
        Ok(view.clone())
    }

    /// The code; sent again, or another way, if that is the answer.
    fn code(&mut self, view: &RequestView) -> Result<RequestView, Q::Error> {
        // Where the address itself says who it is, another one would be somebody else's.
        let choice = view.state == State::Second || view.appealed || !view.address_known;
        let length = self.env.settings.codes.length;
        let digits = match self.ask(choice, || self.questions.code(view, length, choice))? {
            Some(CodeAnswer::Again) if self.chosen.is_some() => return self.send(view),
            Some(CodeAnswer::Again) if view.address_known && view.state == State::Code => {
                return self.send_to_entered(view);
            }
            Some(CodeAnswer::Again | CodeAnswer::OtherMethod) | None => return self.another_way(view),
            Some(CodeAnswer::Digits(digits)) => digits,
        };
        self.or_asked_again(view, verify(self.env, &view.id, &digits))
    }

    fn another_way(&mut self, view: &RequestView) -> Result<RequestView, Q::Error> {
        if view.state == State::Second { self.ask_another_contact(view) } else { self.choose_and_send(view) }
    }

    /// One more proof: the authenticator, or a code to another contact.
    fn second(&mut self, view: &RequestView) -> Result<RequestView, Q::Error> {
        if view.proofs.as_deref() == Some(&[Proof::Totp]) {
            return self.authenticator(view);
        }
        if view.code_sent { self.code(view) } else { self.ask_another_contact(view) }
    }

    fn ask_another_contact(&mut self, view: &RequestView) -> Result<RequestView, Q::Error> {
        let proofs = view.proofs.iter().flatten();
        let methods: Vec<Method> = proofs.filter_map(|proof| proof.method()).collect();
        let waiting = view.code_sent;
        loop {
            let method = match methods.as_slice() {
                [] => return Err(FlowError::from(Refusal::NoOtherProof).into()),
                [only] => *only,
                several => match self.ask(waiting, || self.questions.other_method(several, waiting))? {
                    Some(MethodAnswer::By(method)) => method,
                    Some(MethodAnswer::HaveCode) | None => return Ok(view.clone()),
                },
            };
            match self.ask(methods.len() > 1 || waiting, || self.address(method))? {
                Some(address) => {
                    self.chosen = Some((method, address));
                    return self.send(view);
                }
                None if methods.len() > 1 => {}
                // Back to the code that was asked for.
                None => return Ok(view.clone()),
            }
        }
    }

    fn authenticator(&self, view: &RequestView) -> Result<RequestView, Q::Error> {
        let code = self.questions.totp()?;
        self.or_asked_again(view, second(self.env, &view.id, &code))
    }

    fn password(&self, view: &RequestView) -> Result<RequestView, Q::Error> {
        let rule = match rule(self.env, &view.id) {
            Err(FlowError::Refused(Refusal::NameTaken)) => return self.another_name(view),
            other => other?,
        };
        let look_at = |typed: &Secret| look_at(self.env, &view.id, typed);
        let password = self.questions.new_password(&rule, &look_at)?;
        match set_password(self.env, &view.id, &password) {
            // Taken while the password was typed.
            Err(FlowError::Refused(Refusal::NameTaken)) => self.another_name(view),
            set => self.or_asked_again(view, set),
        }
    }

    fn another_name(&self, view: &RequestView) -> Result<RequestView, Q::Error> {
        self.questions.tell(&Tale::NameTaken);
        match register::rename(self.env, &view.id, &self.questions.name()?) {
            Err(FlowError::Refused(refusal @ Refusal::NamedLikeId)) => {
                self.questions.tell(&Tale::Refused(&refusal));
                Ok(view.clone())
            }
            renamed => Ok(renamed?),
        }
    }
}
