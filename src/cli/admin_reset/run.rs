//! A reset of one person.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::batch::{was_reset, would_reset};
use crate::cli::shared::issuance::{self, FirstPassword};
use crate::cli::shared::views::{AloneView, OutcomeView, UserView, yes_or_no};
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::time::{SystemClock, in_seconds};
use crate::domain::{Clock, User};
use crate::flow::batch::Named;
use crate::flow::{AboutUser, AdminReset, IssueCredential, IssueMode, ResetOptions};
use crate::ui::{Column, Format, Row, column, prose};

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
        let view = OutcomeView { remarks: plan.remarks(), ..would_reset(&plan) };
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
    let view = was_reset(&plan, &done);
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
