//! A reset of one person, or of several one after the other.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::summary;
use crate::cli::shared::issuance::{self, FirstPassword};
use crate::cli::shared::views::{AloneView, OutcomeView, UserView, yes_or_no};
use crate::cli::shared::{Failure, Planned, Session, bulk, input, runner, secret_output};
use crate::domain::time::{SystemClock, in_seconds};
use crate::domain::{Clock, User};
use crate::flow::bulk::{Batch, Named, TOGETHER};
use crate::flow::{
    AboutUser, AdminReset, IssueCredential, IssueMode, Promise, ResetDone, ResetOptions, prepare_ahead,
};
use crate::ui::progress::Progress;
use crate::ui::{Column, Format, Row, SecretSink, column, prose};

/// Plans all, asks once, and resets one after the other. Secrets are made and hashed ahead.
pub(super) fn several(
    session: &Session<'_>,
    people: &[Named],
    options: &ResetOptions,
    secrets_to: Option<&Path>,
) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let batch = Batch::plan(&env, people, |who| AdminReset::plan(&env, who, options.clone()));
    let plans = batch.plans();
    let hands_out = plans.iter().any(|plan| plan.hands_out());
    let mut sink = secret_output::open(hands_out, secrets_to, context)?;
    if context.globals.dry_run || plans.is_empty() {
        let act = |group: Vec<(AdminReset, ())>| group.iter().map(|(plan, ())| Ok(would_do(plan))).collect();
        return bulk::report::<_, _, OutcomeView>(
            session,
            batch,
            None,
            TOGETHER,
            |_| Promise::Kept(Ok(())),
            act,
        );
    }
    let life = env.settings.setup.reset;
    let yes = runner::confirm(context, &summary::effects(&plans, options, life, batch.unplanned()))?;
    let progress = Progress::start(&context.printer, people.len() as u64, "Resetting");
    // On a terminal, a secret stands beside what became of its change.
    let at_once = if sink.as_ref().is_some_and(SecretSink::is_terminal) { 1 } else { TOGETHER };
    let ended = prepare_ahead(&env, |prepare| {
        let act = |group: Vec<_>| issuance::commit_each(&env, &group, sink.as_mut(), yes, view);
        bulk::report::<_, _, OutcomeView>(session, batch, Some(progress), at_once, prepare, act)
    });
    secret_output::close(sink, &context.printer, ended)
}

fn would_do(plan: &AdminReset) -> OutcomeView {
    OutcomeView { must_change: plan.must_change(), ..OutcomeView::would_do(plan.effects()) }
}

fn view(plan: &AdminReset, done: &ResetDone) -> OutcomeView {
    OutcomeView {
        must_change: plan.must_change(),
        expires_at: done.expires_at,
        effects: plan.effects(),
        remarks: plan.remarks(),
        ..OutcomeView::done()
    }
}

/// A reset of one USER alone.
#[derive(Serialize)]
struct ResetView {
    #[serde(flatten)]
    alone: AloneView,
    #[serde(skip)]
    must_change: Option<bool>,
    /// The end of the temporary password, or of the setup token.
    #[serde(serialize_with = "in_seconds")]
    expires_at: Option<Timestamp>,
}

impl Row for ResetView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.alone.user()),
        column("outcome", |row| row.alone.outcome().to_owned()),
        column("must change", |row| yes_or_no(row.must_change)),
        prose("remarks", |row| row.alone.remarks()),
    ];
}

/// One USER alone: an object instead of a list, and its own exit code.
pub(super) fn one(
    session: &Session<'_>,
    named: &Named,
    options: ResetOptions,
    first: &FirstPassword,
    secrets_to: Option<&Path>,
) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let env = session.operating();
    let plan = AdminReset::plan(&env, &input::who(&env, &named.text)?, options)?;
    let now = SystemClock.now();
    let alone = |user: &User, view: OutcomeView| {
        let view = OutcomeView { user: Some(user.path()), ..view }.named(&printer.program());
        let (must_change, expires_at) = (view.must_change, view.expires_at);
        ResetView {
            alone: AloneView::of(UserView::of(user, now).owing(must_change), view),
            must_change,
            expires_at,
        }
    };
    let preview = |effects: Vec<String>| {
        if printer.format() == Format::Table {
            for effect in &effects {
                printer.tell(&format!("  - {effect}"));
            }
        }
        let view = OutcomeView { remarks: plan.remarks(), ..would_do(&plan) };
        let view = alone(&plan.after(), view);
        if printer.format() == Format::Table {
            return Ok(printer.one(&view)?);
        }
        let planned = Planned::of(view);
        let planned = if plan.gives_password() {
            planned.with("password_set", true).but(&["password_changed_at", "password_expires_at"])
        } else {
            planned
        };
        runner::preview(session.context, planned, &effects, true)
    };
    let Some(done) = issuance::issue(session, &plan, first, secrets_to, preview)? else { return Ok(()) };
    let view = view(&plan, &done);
    printer.done(&format!("{}.", said(&plan)));
    for remark in &view.remarks {
        printer.note(&format!("Note: {remark}."));
    }
    Ok(printer.written(&alone(&done.user, view), true)?)
}

fn said(plan: &AdminReset) -> String {
    let path = plan.user().path();
    match (plan.mode(), plan.hands_out()) {
        (Some(IssueMode::Setup), false) => format!("A setup token for {path} is on its way"),
        (Some(IssueMode::Setup), true) => format!("Made a setup token for {path}"),
        _ => format!("Reset the password of {path}"),
    }
}
