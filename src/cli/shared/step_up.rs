//! Codes that are asked beside the right password: by login protection, and before a change of one's own.

use anyhow::anyhow;

use super::code_dialogue::{CodeDialogue, OnEnter, kept};
use super::failure::Failure;
use super::session::Session;
use super::stdin::Lines;
use crate::domain::Secret;
use crate::flow::{Asks, Env, FlowError, Guard, Protected, Refusal, SignIn, Way};

/// What a code is asked for, and by whom.
struct Question<'q> {
    /// Where it goes, masked.
    to: String,
    /// Whether somebody else gets it, and passes it on.
    verifier: bool,
    /// Whether the person may choose another contact.
    others: bool,
    is_sent: &'q dyn Fn() -> Result<bool, FlowError>,
    send: &'q dyn Fn() -> Result<(), FlowError>,
}

/// Satisfies what operation protection asks before a change, if anything.
pub(in crate::cli) fn satisfy(
    session: &Session<'_>,
    env: &Env<'_>,
    guard: &Guard,
    lines: &mut Lines<'_>,
) -> Result<(), Failure> {
    let ways = guard.ways(env)?;
    if ways.is_empty() { Ok(()) } else { satisfy_by(session, env, guard, ways, lines) }
}

/// Satisfies operation protection by one of these ways.
pub(in crate::cli) fn satisfy_by(
    session: &Session<'_>,
    env: &Env<'_>,
    guard: &Guard,
    mut ways: Vec<Way>,
    lines: &mut Lines<'_>,
) -> Result<(), Failure> {
    if let Some(wanted) = lines.code_to() {
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
        let way = chosen(session, env, guard, &ways, lines)?;
        let question = Question {
            to: way.masked(),
            verifier: way.is_verifier(),
            others: ways.len() > 1,
            is_sent: &|| guard.is_sent(env, way),
            send: &|| guard.ask(env, way),
        };
        if ask(session, lines, &question, |digits| guard.answer(env, way, digits))?.is_some() {
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
    lines: &Lines<'_>,
) -> Result<&'w Way, Failure> {
    let first = ways.first().ok_or(FlowError::from(Refusal::Unprotected))?;
    let prompts = session.context.prompts();
    if ways.len() > 1 && !lines.have_code() && prompts.are_possible() {
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
    lines: &mut Lines<'_>,
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
        if let Some(judged) = ask(session, lines, &question, |digits| protected.enter(env, digits))? {
            return Ok(judged);
        }
    }
}

/// Has a code sent, unless one is on its way, and asks for it until it is right. `None`: by another contact.
fn ask<T>(
    session: &Session<'_>,
    lines: &mut Lines<'_>,
    question: &Question<'_>,
    enter: impl FnMut(&Secret) -> Result<T, FlowError>,
) -> Result<Option<T>, Failure> {
    let (printer, to) = (&session.context.printer, &question.to);
    let (given, was_sent) = (lines.have_code(), (question.is_sent)()?);
    // Without anybody to ask, another call without a code asks for another one.
    let unasked = !given && !session.context.prompts().are_possible();
    let mut before = None;
    if !was_sent {
        if lines.have_read_code() {
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
    } else if !given {
        printer.note(&format!("The code that was sent to {to} can still be entered."));
    }
    if question.verifier && !(was_sent && given) {
        printer.note("Somebody else gets it: they give it to you if they agree with the change.");
    }
    let other = if question.others { ", m: another contact" } else { "" };
    let dialogue = CodeDialogue {
        prompt: format!("Code (Enter: send again{other}, ?: no code came)"),
        on_enter: OnEnter::Resend(question.send),
        other: question.others,
        help: true,
        outlasts_tries: true,
    };
    dialogue.run(session, lines.code()?, enter)
}
