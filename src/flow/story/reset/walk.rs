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
/// on (expired, cancelled) is an error. Whoever goes back comes to the question before; from the first one, out of here.
pub fn walk<Q: Questions>(env: &Env<'_>, view: RequestView, questions: &Q) -> Result<RequestView, Q::Error> {
    if view.state.live() {
        questions.tell(&Tale::Open(&view));
    }
    let mut walk = Walk { env, questions, chosen: None };
    let mut view = view;
    let mut second_told = false;
    loop {
        view = match view.state {
            State::Captcha => walk.captcha(&view)?,
            State::Method => walk.choose_and_send(&view)?,
            State::Code => walk.code(&view)?,
            State::Second => {
                if !std::mem::replace(&mut second_told, true) {
                    // What was chosen before was for the first code.
                    walk.chosen = None;
                    questions.tell(&Tale::Second(view.proofs.as_deref().unwrap_or_default()));
                }
                walk.second(&view)?
            }
            State::Password => walk.password(&view)?,
            State::Done => {
                questions.tell(&Tale::Done(view.purpose));
                return Ok(view);
            }
            State::Expired | State::Cancelled => {
                return Err(FlowError::from(Refusal::RequestGone).into());
            }
        };
    }
}

struct Walk<'w, 'e, Q> {
    env: &'w Env<'e>,
    questions: &'w Q,
    /// How the last code was sent, for another one.
    chosen: Option<(Method, Option<Address>)>,
}

impl<Q: Questions> Walk<'_, '_, Q> {
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
        loop {
            let method = match self.questions.method(view) {
                Ok(MethodAnswer::By(method)) => method,
                Ok(MethodAnswer::HaveCode) => return Ok(view.clone()),
                // Back to the code that was asked for.
                Err(error) if Q::goes_back(&error) && view.state == State::Code => return Ok(view.clone()),
                Err(error) => return Err(error),
            };
            match self.address(method) {
                // Only a menu can be gone back to.
                Err(error)
                    if Q::goes_back(&error) && (view.methods.len() > 1 || view.state == State::Code) => {}
                address => {
                    self.chosen = Some((method, address?));
                    return self.send(view);
                }
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
        let digits = match self.questions.code(view, self.env.settings.codes.length, choice) {
            Ok(CodeAnswer::Again) if self.chosen.is_some() => return self.send(view),
            Ok(CodeAnswer::Again) if view.address_known && view.state == State::Code => {
                return self.send_to_entered(view);
            }
            Ok(CodeAnswer::Again | CodeAnswer::OtherMethod) => return self.another_way(view),
            Ok(CodeAnswer::Digits(digits)) => digits,
            Err(error) if Q::goes_back(&error) && choice => return self.another_way(view),
            Err(error) => return Err(error),
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
                several => match self.questions.other_method(several, waiting)? {
                    MethodAnswer::By(method) => method,
                    MethodAnswer::HaveCode => return Ok(view.clone()),
                },
            };
            match self.address(method) {
                Err(error) if Q::goes_back(&error) && methods.len() > 1 => {}
                // Back to the code that was asked for.
                Err(error) if Q::goes_back(&error) && waiting => return Ok(view.clone()),
                address => {
                    self.chosen = Some((method, address?));
                    return self.send(view);
                }
            }
        }
    }

    fn authenticator(&self, view: &RequestView) -> Result<RequestView, Q::Error> {
        match self.questions.totp() {
            // Nothing stands before it. It is asked again, and going back twice leaves.
            Err(error) if Q::goes_back(&error) => Ok(view.clone()),
            code => self.or_asked_again(view, second(self.env, &view.id, &code?)),
        }
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
