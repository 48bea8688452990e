//! The CAPTCHA before a form (security S2): the picture and the work of requests, for whoever is no operator. A form is
//! one process, so that what was shown never has to be kept.

use crate::config::CaptchaMode;
use crate::domain::captcha::{self as picture, Bitmap, proof_of_work};
use crate::domain::entropy::EntropyError;
use crate::domain::request::{CAPTCHA_SHOWINGS, Captcha};
use crate::domain::{Action, Fact, NewEvent, Role, Target, attempt};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal};
use crate::flow::proofs::attempts::{self, Spent};
use crate::flow::story::request::{self, CaptchaView};

/// Proof that the CAPTCHA was answered, or that none is asked here. Without one no form is kept and none is sent.
#[derive(Debug)]
pub struct Passed(());

/// Who stands before it must answer.
pub struct Gate {
    challenge: String,
    bits: u32,
    pictures: bool,
    shown: Option<Captcha>,
    left: u32,
}

impl Gate {
    /// The CAPTCHA for this actor, or the proof at once.
    pub fn approach(env: &Env<'_>) -> Result<Result<Passed, Self>, FlowError> {
        let mode = env.settings.captcha.mode;
        if env.actor.role != Role::Stranger || mode == CaptchaMode::Off {
            return Ok(Ok(Passed(())));
        }
        Ok(Err(Self {
            challenge: proof_of_work::challenge(env.entropy)?,
            bits: env.settings.captcha.bits,
            pictures: mode == CaptchaMode::Picture,
            shown: None,
            left: CAPTCHA_SHOWINGS,
        }))
    }

    pub fn view(&self) -> CaptchaView {
        CaptchaView {
            picture: self.pictures,
            algorithm: proof_of_work::ALGORITHM,
            challenge: self.challenge.clone(),
            bits: self.bits,
        }
    }

    /// A new picture in the place of the one before, counted.
    pub fn show(&mut self, env: &Env<'_>) -> Result<Bitmap, FlowError> {
        let Some(left) = self.left.checked_sub(1).filter(|_| self.pictures) else {
            env.record(&about(NewEvent::refused(
                Action::CaptchaShown,
                Target::None,
                Refusal::CaptchaSpent.code(),
            )))?;
            return Err(Refusal::CaptchaSpent.into());
        };
        self.left = left;
        self.show_this(env, &picture::answer(env.entropy)?)
    }

    pub(super) fn show_this(&mut self, env: &Env<'_>, answer: &str) -> Result<Bitmap, FlowError> {
        let bitmap = picture::draw(answer, env.entropy).map_err(|_| EntropyError)?;
        env.record(&about(NewEvent::success(Action::CaptchaShown, Target::None)))?;
        self.shown = Some(request::shown(env, &self.challenge, answer, env.clock.now()));
        Ok(bitmap)
    }

    /// Judges the characters of the picture, which can be answered once, or the number of the proof of work.
    pub fn answer(&mut self, env: &Env<'_>, typed: &str) -> Result<Passed, FlowError> {
        let typed = typed.trim();
        let spent = attempts::spend_typed(env, attempt::Kind::Captcha, "appeal", &self.challenge)?;
        let shown = self.shown.take().filter(|shown| env.clock.now() < shown.expires_at);
        let seen = shown.is_some_and(|shown| request::is_answer(env, &self.challenge, &shown, typed));
        let solved = proof_of_work::check(&self.challenge, self.bits, typed);
        if !seen && !solved {
            self.challenge = proof_of_work::challenge(env.entropy)?;
            conclude(env, spent, NewEvent::failure(Action::CaptchaFailed, Target::None, "wrong_captcha"))?;
            return Err(Denial::Captcha.into());
        }
        let by = if solved { "work" } else { "picture" };
        let event = NewEvent::success(Action::CaptchaPassed, Target::None).with("by", Fact::Word(by));
        conclude(env, spent, event)?;
        Ok(Passed(()))
    }

    /// Lets this machine do the work, for programs and for those who cannot see a picture.
    pub fn work(&mut self, env: &Env<'_>) -> Result<Passed, FlowError> {
        let solution = proof_of_work::solve(&self.challenge, self.bits);
        self.answer(env, &solution.to_string())
    }
}

/// Records how an answer was judged.
fn conclude(env: &Env<'_>, spent: Spent, event: NewEvent) -> Result<(), FlowError> {
    let event = about(event);
    env.write(|tx| {
        spent.conclude(tx.store, tx.now)?;
        Ok(event.append(tx)?)
    })
}

fn about(event: NewEvent) -> NewEvent {
    event.with("for", Fact::Word("appeal"))
}
