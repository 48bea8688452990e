//! Codes that are asked beside the right password: by login protection, and before a change of one's own.

use anyhow::anyhow;

use super::context::Session;
use super::failure::Failure;
use super::input;
use super::proofs::Codes;
use crate::domain::code::parse_typed;
use crate::domain::secret::Secret;
use crate::flow::{Asks, Denial, Env, FlowError, Guard, Protected, Refusal, SignIn, Way};
use crate::ui::{ON_THE_WAY, Printer};

/// What a code is asked for, and by whom.
pub(in crate::cli) struct Question<'q> {
    /// Where it goes, masked.
    pub(in crate::cli) to: String,
    /// Whether somebody else gets it, and passes it on.
    pub(in crate::cli) verifier: bool,
    /// Whether the person may choose another contact.
    pub(in crate::cli) others: bool,
    pub(in crate::cli) is_sent: &'q dyn Fn() -> Result<bool, FlowError>,
    pub(in crate::cli) send: &'q dyn Fn() -> Result<(), FlowError>,
}

/// Settles what operation protection asks before a change, if anything.
pub(in crate::cli) fn settle(
    session: &Session<'_>,
    env: &Env<'_>,
    guard: &Guard,
    codes: &mut Codes<'_>,
) -> Result<(), Failure> {
    let ways = guard.ways(env)?;
    if ways.is_empty() {
        return Ok(());
    }
    settle_by(session, env, guard, ways, codes)
}

/// Settles what operation protection asks, by one of these ways.
pub(in crate::cli) fn settle_by(
    session: &Session<'_>,
    env: &Env<'_>,
    guard: &Guard,
    mut ways: Vec<Way>,
    codes: &mut Codes<'_>,
) -> Result<(), Failure> {
    if let Some(wanted) = codes.to() {
        let (asked, others): (Vec<Way>, Vec<Way>) =
            ways.into_iter().partition(|way| way.is_verifier() || way.channel() == wanted);
        if let ([], [other, ..]) = (asked.as_slice(), others.as_slice()) {
            let (there, masked) = (other.channel(), other.masked());
            return Err(FlowError::from(Refusal::NoSuchWay { wanted, there, masked }).into());
        }
        ways = asked;
    }
    if ways.is_empty() {
        return Err(FlowError::from(Refusal::Unprotected).into());
    }
    loop {
        let way = chosen(session, env, guard, &ways, codes)?;
        let question = Question {
            to: way.masked(),
            verifier: way.is_verifier(),
            others: ways.len() > 1,
            is_sent: &|| guard.is_sent(env, way),
            send: &|| guard.ask(env, way),
        };
        if ask(session, codes, &question, |digits| guard.answer(env, way, digits))?.is_some() {
            return Ok(());
        }
    }
}

/// The way that the code goes: what the person chooses, else the one it was sent by last, else the first.
fn chosen<'w>(
    session: &Session<'_>,
    env: &Env<'_>,
    guard: &Guard,
    ways: &'w [Way],
    codes: &Codes<'_>,
) -> Result<&'w Way, Failure> {
    let first = ways.first().ok_or(FlowError::from(Refusal::Unprotected))?;
    let prompts = session.context.prompts();
    if ways.len() > 1 && !codes.are_given() && prompts.are_possible() {
        let items: Vec<String> = ways.iter().map(Way::masked).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let question = "This change is protected by a code. Where should it go?";
        let at = prompts.select(question, &items).map_err(Failure::Ask)?;
        return Ok(ways.get(at).unwrap_or(first));
    }
    let mut newest = None;
    for way in ways {
        let sent = guard.sent_at(env, way)?.map(|at| (at, way));
        newest = if sent.map(|(at, _)| at) > newest.map(|(at, _)| at) { sent } else { newest };
    }
    Ok(newest.map_or(first, |(_, way)| way))
}

/// Asks for what login protection wants besides a code of an authenticator, and lets in.
pub(in crate::cli) fn code_at_login(
    session: &Session<'_>,
    env: &Env<'_>,
    protected: &Protected,
    codes: &mut Codes<'_>,
) -> Result<SignIn, Failure> {
    let Asks::Code(contact) = protected.asks() else {
        return Err(anyhow!("login protection asks for no code").into());
    };
    let question = Question {
        to: contact.masked(),
        verifier: false,
        others: false,
        is_sent: &|| protected.is_sent(env),
        send: &|| protected.send(env),
    };
    loop {
        if let Some(judged) = ask(session, codes, &question, |digits| protected.enter(env, digits))? {
            return Ok(judged);
        }
    }
}

/// Has a code sent, unless one is on its way, and asks for it until it is right. `None`: by another contact.
fn ask<T>(
    session: &Session<'_>,
    codes: &mut Codes<'_>,
    question: &Question<'_>,
    mut enter: impl FnMut(&Secret) -> Result<T, FlowError>,
) -> Result<Option<T>, Failure> {
    let (context, length) = (session.context, session.config.settings.codes.length);
    let (printer, to) = (&context.printer, &question.to);
    let (prompts, was_sent) = (context.prompts(), (question.is_sent)()?);
    // Without anybody to ask, another call without a code asks for another one.
    let unasked = !codes.are_given() && !prompts.are_possible();
    let mut before = None;
    if !was_sent {
        if codes.was_read() {
            return Err(FlowError::from(Refusal::CodeSpent).into());
        }
        (question.send)()?;
    } else if unasked {
        before = kept((question.send)())?;
    }
    if unasked {
        return Err(Failure::CodeSent { to: to.clone(), verifier: question.verifier, kept: before });
    }
    if !was_sent {
        printer.note(&format!("A code is on its way to {to}."));
    } else if !codes.are_given() {
        printer.note(&format!("The code that was sent to {to} can still be entered."));
    }
    if question.verifier && !(was_sent && codes.are_given()) {
        printer.note("Somebody else gets it: they give it to you if they agree with the change.");
    }
    if let Some(line) = codes.line()? {
        return Ok(Some(enter(&input::digits(&line, length)?)?));
    }
    let other = if question.others { ", m: another contact" } else { "" };
    let prompt = format!("Code (Enter: send again{other}, ?: no code came)");
    loop {
        let typed = prompts.ask_line(&prompt, None).map_err(|e| Failure::unanswered(e, "--code-stdin"))?;
        match typed.trim() {
            "" => resent(printer, (question.send)())?,
            "m" | "M" if question.others => return Ok(None),
            "?" => no_code_came(session),
            text => match parse_typed(text, length) {
                Err(malformed) => printer.tell(&format!("Not accepted: {malformed}. It costs no try.")),
                Ok(digits) => match enter(&digits) {
                    Ok(done) => return Ok(Some(done)),
                    Err(FlowError::Denied(denial @ Denial::Code { .. })) => {
                        printer.tell(&format!("Not accepted: {denial}."));
                    }
                    Err(FlowError::Refused(refusal @ Refusal::CodeSpent)) => {
                        printer.tell(&format!("Not accepted: {refusal}."));
                    }
                    Err(other) => return Err(other.into()),
                },
            },
        }
    }
}

/// A new code, or why there is none yet: then the one before can still be entered.
pub(in crate::cli) fn resent(printer: &Printer, sent: Result<(), FlowError>) -> Result<(), Failure> {
    match kept(sent)? {
        None => printer.note("A new code is on its way; the one before no longer counts."),
        Some(why) => printer.tell(&format!("No new code: {why}. The one before still counts.")),
    }
    Ok(())
}

/// Why no new code was sent, so that the one before still counts.
fn kept(sent: Result<(), FlowError>) -> Result<Option<Refusal>, FlowError> {
    match sent {
        Ok(()) => Ok(None),
        Err(FlowError::Refused(why @ (Refusal::TooSoon { .. } | Refusal::Withheld(_)))) => Ok(Some(why)),
        Err(other) => Err(other),
    }
}

pub(in crate::cli) fn no_code_came(session: &Session<'_>) {
    let printer = &session.context.printer;
    printer.tell("Why a code may not come:");
    for cause in ON_THE_WAY {
        printer.tell(&format!("  - {cause}"));
    }
    printer.tell(
        "Your administrator or the help desk sees what became of it. More about it: `regain faq codes`.",
    );
}
