//! Planning all, asking once, and doing one after the other: each is its own transaction.

use std::collections::HashMap;
use std::path::Path;

use super::people::Written;
use super::summary;
use crate::cli::shared::bulk::Tally;
use crate::cli::shared::carry_out::confirm;
use crate::cli::shared::input::PasswordSource;
use crate::cli::shared::secret_output::Parcel;
use crate::cli::shared::views::{Outcome, OutcomeView};
use crate::cli::shared::{Failure, Session, input, new_password, secret_output};
use crate::flow::{self, AdminReset, Change, Confirmed, Env, How, Made};
use crate::ui::SecretSink;
use crate::ui::progress::Progress;

/// What was asked for.
pub(super) struct Order<'a> {
    pub(super) how: How,
    /// The password is asked for at the terminal.
    pub(super) asks: bool,
    /// One USER: an object instead of a list, and its own exit code.
    pub(super) alone: bool,
    pub(super) secrets_to: Option<&'a Path>,
    pub(super) password: &'a PasswordSource,
}

/// A person with what can be done.
enum Row {
    Ready(Box<AdminReset>),
    Failed(Failure),
    /// The same person as in that row.
    Again(u64),
}

pub(super) fn run(session: &Session<'_>, people: &[Written], order: &Order<'_>) -> Result<(), Failure> {
    if order.alone
        && let [only] = people
    {
        return one(session, only, order);
    }
    let (context, env) = (session.context, session.operating());
    let rows = planned(&env, people, &order.how);
    let ready: Vec<&AdminReset> = rows.iter().filter_map(ready).collect();
    let failed = rows.iter().filter(|row| matches!(row, Row::Failed(_))).count();
    let needed = ready.iter().any(|plan| plan.hands_out());
    let dry_run = context.globals.dry_run;
    let mut sink = secret_output::open(needed, order.secrets_to, context)?;
    let yes = if dry_run || ready.is_empty() {
        None
    } else {
        let life = env.settings.setup.reset;
        Some(confirm(context, &summary::effects(&ready, &order.how, life, failed))?)
    };
    let ended = report(session, people, &rows, sink.as_mut(), yes);
    secret_output::close(sink, &context.printer, ended)
}

fn planned(env: &Env<'_>, people: &[Written], how: &How) -> Vec<Row> {
    let mut seen: HashMap<String, u64> = HashMap::new();
    people
        .iter()
        .map(|person| {
            let plan = input::who(&person.text)
                .and_then(|who| AdminReset::plan(env, &who, how.clone()).map_err(Failure::from));
            match plan {
                Err(failure) => Row::Failed(failure),
                Ok(plan) => match seen.get(plan.id()) {
                    Some(first) => Row::Again(*first),
                    None => {
                        seen.insert(plan.id().to_owned(), person.row);
                        Row::Ready(Box::new(plan))
                    }
                },
            }
        })
        .collect()
}

fn ready(row: &Row) -> Option<&AdminReset> {
    match row {
        Row::Ready(plan) => Some(plan),
        Row::Failed(_) | Row::Again(_) => None,
    }
}

/// Does it, or says what would be done, row by row. Secrets are made and hashed a few people ahead.
fn report(
    session: &Session<'_>,
    people: &[Written],
    rows: &[Row],
    mut sink: Option<&mut SecretSink>,
    yes: Option<Confirmed>,
) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let progress = yes.map(|_| Progress::start(&context.printer, rows.len() as u64, "Resetting"));
    let mut tally = Tally::default();
    let mut list = context.printer.begin_list();
    for (people, rows) in people.chunks(flow::reset_batch()).zip(rows.chunks(flow::reset_batch())) {
        let plans: Vec<&AdminReset> = rows.iter().filter_map(ready).collect();
        let mut made = if yes.is_some() { flow::make_all(&env, &plans) } else { Vec::new() }.into_iter();
        for (person, row) in people.iter().zip(rows) {
            let view = match (row, yes) {
                (Row::Failed(failure), _) => OutcomeView::failed(person.row, &person.text, failure),
                (Row::Again(first), _) => OutcomeView::duplicate(person.row, &person.text, *first),
                (Row::Ready(plan), None) => would_do(&env, person.row, plan),
                (Row::Ready(plan), Some(yes)) => {
                    let made = made.next().unwrap_or_else(|| plan.make(&env));
                    let commit = || {
                        let made = made.map_err(Failure::from)?;
                        done(&env, person.row, plan, &made, sink.as_deref_mut(), yes)
                    };
                    let done = match &progress {
                        Some(progress) => progress.suspend(commit),
                        None => commit(),
                    };
                    done.unwrap_or_else(|failure| OutcomeView::failed(person.row, &plan.path(), &failure))
                }
            };
            tally.count(&view);
            // Nobody may read on, but what was confirmed is done.
            let _ = list.row(&view.named(&context.printer.program()))?;
            // What was done before a Ctrl-C stands in the report.
            context.printer.flush()?;
            if let Some(progress) = &progress {
                progress.advance(1);
            }
        }
    }
    if let Some(progress) = progress {
        progress.finish();
    }
    list.finish("There is nobody in the list.")?;
    tally.result()
}

fn would_do(env: &Env<'_>, row: u64, plan: &AdminReset) -> OutcomeView {
    // Nothing else tells the effects of a row before it is done (security O3).
    let effects = plan.effects(env.settings.setup.reset);
    OutcomeView {
        must_change: plan.must_change(),
        remarks: effects.clone(),
        effects,
        ..OutcomeView::new(row, &plan.path(), Outcome::WouldDo)
    }
}

/// Hands the secret out, if there is one, and commits.
fn done(
    env: &Env<'_>,
    row: u64,
    plan: &AdminReset,
    made: &Made,
    sink: Option<&mut SecretSink>,
    yes: Confirmed,
) -> Result<OutcomeView, Failure> {
    let ready = plan.with(env, made);
    let path = plan.path();
    let effects = ready.effects();
    let done = match (sink, made.secret()) {
        (Some(sink), Some(secret)) if plan.hands_out() => {
            let parcel = Parcel { user: &path, kind: secret_output::kind(plan.mode()), secret };
            secret_output::then_commit(sink, &parcel, || ready.commit(env, yes))?
        }
        _ => ready.commit(env, yes)?,
    };
    Ok(OutcomeView {
        must_change: plan.must_change(),
        expires_at: done.expires_at,
        effects,
        remarks: plan.remarks(),
        ..OutcomeView::new(row, &path, Outcome::Done)
    })
}

/// One USER alone.
fn one(session: &Session<'_>, person: &Written, order: &Order<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let dry_run = context.globals.dry_run;
    let plan = AdminReset::plan(&env, &input::who(&person.text)?, order.how.clone())?;
    let mut sink = secret_output::open(plan.hands_out(), order.secrets_to, context)?;
    let given = order.password.read_only(context)?;
    // A weak password is refused before anything is asked, and in a dry run as in the run.
    let given = given.map(|password| plan.given(&env, &password)).transpose()?;
    let effects = plan.effects(env.settings.setup.reset);
    if dry_run {
        if context.printer.format() == crate::ui::Format::Table {
            for effect in &effects {
                context.printer.tell(&format!("  - {effect}"));
            }
        }
        let view = OutcomeView { remarks: plan.remarks(), ..would_do(&env, person.row, &plan) };
        return Ok(context.printer.one(&view.named(&context.printer.program()))?);
    }
    let yes = confirm(context, &effects)?;
    let made = match given {
        Some(made) => made,
        None if order.asks => {
            let rule = plan.rule(&env)?;
            new_password::ask(context, "--password-stdin", &rule, |typed| plan.given(&env, typed))?
        }
        None => plan.make(&env)?,
    };
    let done = done(&env, person.row, &plan, &made, sink.as_mut(), yes);
    let view = secret_output::close(sink, &context.printer, done)?;
    context.printer.done(&format!("{}.", said(&plan)));
    for remark in &view.remarks {
        context.printer.note(&format!("Note: {remark}."));
    }
    Ok(context.printer.one_if_data(&view.named(&context.printer.program()))?)
}

fn said(plan: &AdminReset) -> String {
    match (plan.mode(), plan.hands_out()) {
        (flow::Mode::Setup, false) => format!("A setup token for {} is on its way", plan.path()),
        (flow::Mode::Setup, true) => format!("Made a setup token for {}", plan.path()),
        _ => format!("Reset the password of {}", plan.path()),
    }
}
