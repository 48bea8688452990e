//! Handing out what was made, and the change it is for, in the order that loses nothing (security T5).

use std::path::Path;

use super::context::Context;
use super::failure::Failure;
use crate::domain::secret::Secret;
use crate::flow::{FlowError, Mode, Outlet};
use crate::ui::{Printer, SecretKind, SecretSink, SinkError};

/// Where secrets of this command can go.
pub(super) fn outlet(file: Option<&Path>, printer: &Printer) -> Outlet {
    if file.is_some() {
        Outlet::File
    } else if SecretSink::check(None, printer).is_ok() {
        Outlet::Terminal
    } else {
        Outlet::Nowhere
    }
}

/// Whether secrets could go to this file, or to the terminal, before anything is asked or done for them.
pub(super) fn check(file: Option<&Path>, context: &Context<'_>) -> Result<(), Failure> {
    own(file, context)?;
    SecretSink::check(file, &context.printer).map_err(|error| nowhere(error, context))
}

fn own(file: Option<&Path>, context: &Context<'_>) -> Result<(), Failure> {
    match file {
        Some(_) => context.own_file("leave --secrets-to out and use a terminal"),
        None => Ok(()),
    }
}

/// Through the service the usual hint, to name a file, would lead in a circle.
fn nowhere(error: SinkError, context: &Context<'_>) -> Failure {
    match error {
        SinkError::Nowhere if context.acts_for_another() => Failure::usage_with(
            "there is no terminal to show a secret on, and the service opens no file for you",
            "call it at a terminal, or use --setup for people with an email address",
        ),
        other => other.into(),
    }
}

/// Opens the way out if there is something to hand out; a dry run only looks whether it could be opened.
pub(super) fn open(
    needed: bool,
    file: Option<&Path>,
    context: &Context<'_>,
) -> Result<Option<SecretSink>, Failure> {
    own(file, context)?;
    if !needed {
        return Ok(None);
    }
    if context.globals.dry_run {
        return check(file, context).map(|()| None);
    }
    SecretSink::open(file, &context.printer).map(Some).map_err(|error| nowhere(error, context))
}

/// What a mode hands out.
pub(super) fn kind(mode: Mode) -> SecretKind {
    match mode {
        Mode::Given | Mode::Generate => SecretKind::Password,
        Mode::Setup => SecretKind::SetupToken,
    }
}

/// A secret on its way out.
pub(super) struct Parcel<'s> {
    pub(super) user: &'s str,
    pub(super) kind: SecretKind,
    pub(super) secret: &'s Secret,
}

/// Hands the secret out, then makes the change; takes the secret back if the change fails. So there is never a
/// new password that nobody knows.
pub(super) fn then_commit<T>(
    sink: &mut SecretSink,
    parcel: &Parcel<'_>,
    commit: impl FnOnce() -> Result<T, FlowError>,
) -> Result<T, Failure> {
    sink.hand_out(parcel.user, parcel.kind, parcel.secret)?;
    match commit() {
        Ok(done) => Ok(done),
        Err(error) => {
            sink.undo_last()?;
            Err(error.into())
        }
    }
}
