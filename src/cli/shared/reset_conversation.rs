//! The conversation of a forgotten password at this terminal: of a reset, a registration, a sign-in that failed.

use super::failure::Failure;
use super::kind::Kind;
use super::session::Session;
use crate::domain::request::State;
use crate::flow::reset::{self, Finisher, RequestView};
use crate::guidance::notes;
use crate::ui::{Heard, ResetDialog};

/// The questions at this terminal, with the pointers of the config.
pub(in crate::cli) fn dialog<'s>(session: &'s Session<'_>, kind: Kind) -> ResetDialog<'s> {
    let settings = &session.config.settings;
    session.context.printer.speak_to(kind.named_as());
    ResetDialog {
        printer: &session.context.printer,
        prompts: session.context.prompts(),
        help: kind.help(settings),
        reader: session.oneself().reader(),
        heard: Heard::default(),
    }
}

/// Asks on from wherever the request stands, until it is done.
pub(in crate::cli) fn go_on(session: &Session<'_>, kind: Kind, view: RequestView) -> Result<(), Failure> {
    let (id, was_over) = (view.id.clone(), view.state == State::Done);
    let walked = reset::walk(&session.oneself(), view, &dialog(session, kind));
    let done = walked.map_err(|left| Failure::from(left).or_begin_again(|| notes::resume_reset(&id)))?;
    Ok(session.context.printer.written(&done, !was_over)?)
}

/// Like [`go_on`]. False where somebody went back to whatever was asked before.
pub(in crate::cli) fn go_on_or_back(
    session: &Session<'_>,
    kind: Kind,
    view: RequestView,
) -> Result<bool, Failure> {
    let id = view.id.clone();
    let walked = reset::walk_or_back(&session.oneself(), view, &dialog(session, kind));
    let done = walked.map_err(|left| Failure::from(left).or_begin_again(|| notes::resume_reset(&id)))?;
    let printer = &session.context.printer;
    match &done {
        Some(done) => printer.written(done, true)?,
        // What was asked before goes on with no request.
        None => printer.begin_conversation(None),
    }
    Ok(done.is_some())
}

/// Suggests an authenticator to whoever has none, for the next time (domain.md, "Unified ID").
pub(in crate::cli) fn suggest_authenticator(session: &Session<'_>, finisher: &Finisher) {
    if finisher.mfa {
        return;
    }
    session.context.printer.hint(&notes::enrol(&finisher.who.to_string()));
}
