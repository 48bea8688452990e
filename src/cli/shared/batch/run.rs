//! A batch from its beginning, or from where it was interrupted, to its end.

use std::path::Path;

use anyhow::Context as _;

use super::args::{ATOMIC, Limit};
use super::asked::{Asked, Begins};
use super::before::Before;
use super::coming::{Coming, turn};
use super::failed::{self, Failed};
use super::judged::Judged;
use super::report::Report;
use super::steps::{Done, Group, Steps};
use super::stopped::{broken, interrupted, is_of_another, stopped};
use crate::cli::shared::people::{NOBODY, Whom};
use crate::cli::shared::views::OutcomeView;
use crate::cli::shared::{Context, Failure, Session, runner};
use crate::domain::batch::{Batch, Counts, Outcome, Tally};
use crate::domain::time::{counted, for_people};
use crate::flow::batch::{self, AtOnce, Journal, NewBatch, Order, Turn, in_turn};
use crate::flow::{AboutUser, Confirmed, Env, FlowError, Missing, Refusal};
use crate::guidance::notes;
use crate::os::Rows;
use crate::ui::BetweenRows;

/// Does it, or goes on with it.
pub(in crate::cli) fn run<S: Steps>(
    session: &Session<'_>,
    steps: &S,
    asked: &Asked<'_>,
) -> Result<(), Failure> {
    asked.run.check(session.context)?;
    let (env, mut run) = (session.operating(), Run::new(session, asked)?);
    let (args, whom) = match &asked.begins {
        Begins::Again(batch) => return run.again(steps, batch),
        Begins::Anew { args, whom } => (args, *whom),
    };
    let name = args.name()?;
    let input = asked.input.unwrap_or_default();
    match batch::unfinished(&env, name.as_deref(), &asked.order, &input)? {
        Some(batch) if args.resume => return run.again(steps, &batch),
        Some(batch) => run.unfinished(batch, name.is_some())?,
        // A name is of one batch only: with a list, it can be begun by the command that goes on with it.
        None if args.resume && (name.is_none() || matches!(whom, Some(Whom::Selected(_)))) => {
            return Err(FlowError::from(Missing::UnfinishedBatch).into());
        }
        // One with another name is of the same people all the same.
        None => {
            if let Some(batch) = batch::unfinished(&env, None, &asked.order, &input)? {
                run.unfinished(batch, false)?;
            }
        }
    }
    run.anew(steps, name.as_deref(), whom)
}

/// How many rows of a journal are read at a time.
const PAGE: u32 = 256;

/// What a run of a batch works with.
struct Run<'r> {
    session: &'r Session<'r>,
    context: &'r Context<'r>,
    asked: &'r Asked<'r>,
    limit: Option<Limit>,
    /// One of the same that is not finished, besides which this one begins.
    beside: Option<Batch>,
}

impl<'r> Run<'r> {
    fn new(session: &'r Session<'r>, asked: &'r Asked<'r>) -> Result<Self, Failure> {
        Ok(Self { session, context: session.context, asked, limit: asked.run.limit()?, beside: None })
    }

    fn order(&self) -> &Order {
        &self.asked.order
    }

    fn env(&self) -> Env<'_> {
        self.session.operating()
    }

    fn report<S: Steps>(&self) -> Report<'_, S::View> {
        let dry_run = self.context.globals.dry_run;
        Report::begin(&self.context.printer, dry_run, self.asked.run.failed_to().is_some())
    }

    /// What to do about one that is not finished: nothing without somebody who can say that it is to be done anew.
    fn unfinished(&mut self, batch: Batch, named: bool) -> Result<(), Failure> {
        let (id, counts) = (batch.id.clone(), batch.counts);
        let of_file = batch.is_of_file();
        let refusal = Refusal::BatchUnfinished { id, left: counts.left(), rows: counts.rows, of_file };
        if named || self.context.globals.yes || !self.context.prompts().are_possible() {
            return Err(FlowError::from(refusal).into());
        }
        self.context.printer.warn(&format!("{refusal}."));
        self.context.printer.hint(&notes::resume_batch(&batch.id, of_file, None));
        self.beside = Some(batch);
        Ok(())
    }

    /// Judges all of them, asks once, and does it.
    fn anew<S: Steps>(&self, steps: &S, name: Option<&str>, whom: Option<&Whom>) -> Result<(), Failure> {
        let env = self.env();
        if whom.is_some_and(Whom::is_nobody) {
            return Ok(self.context.printer.begin_list::<S::View>().finish(NOBODY)?);
        }
        let mut judged = Judged::default();
        steps.judge(&env, &mut |of| {
            if let Ok(plan) = &of.plan {
                judged.changes |= steps.changes(plan);
                steps.see(plan);
            }
            judged.add(steps, of)
        })?;
        let Counts { rows, failed, .. } = judged.counts;
        let too_many = self.limit.is_some_and(|limit| limit.is_exceeded(failed, rows));
        if self.order().atomic && rows > ATOMIC {
            let message = format!("--atomic is for at most {ATOMIC} people, and these are {rows}");
            return Err(Failure::usage_with(message, "leave it out, or make several lists").of("--atomic"));
        }
        if too_many || (self.order().atomic && failed > 0) {
            return self.none_of_them(steps);
        }
        if self.context.globals.dry_run {
            steps.open(&env, None)?;
            return self.tried(steps);
        }
        if !judged.changes && name.is_none() {
            return self.tried(steps);
        }
        steps.open(&env, None)?;
        let effects = if judged.changes { steps.effects(judged.counts) } else { Vec::new() };
        let yes = match whom {
            Some(whom) => whom.confirm(self.context, &effects)?,
            None => runner::confirm(self.context, &effects)?,
        };
        let new = NewBatch {
            name,
            command: self.asked.command,
            order: &self.asked.order,
            input: &self.asked.input.unwrap_or_default(),
            recipients: &self.asked.recipients,
            beside: self.beside.as_ref().map(|batch| batch.id.as_str()),
        };
        let Judged { mut rows, counts, ended, longest, last, .. } = judged;
        let journal = Journal::begin(&env, &new, &mut rows, counts)?;
        drop(rows);
        self.act(steps, &journal, ended, yes, (last, &longest))
    }

    /// Shows what would be done for each, or that nothing is to be done.
    fn tried<S: Steps>(&self, steps: &S) -> Result<(), Failure> {
        let dry_run = self.context.globals.dry_run;
        self.rows(steps, |plan| {
            if dry_run || !steps.changes(plan) {
                return steps.would(plan);
            }
            // Somebody changed them since all were judged.
            let changed = Refusal::ChangedMeanwhile(plan.user().path());
            OutcomeView::failed(&FlowError::from(changed).into())
        })
    }

    /// Shows who made too many failures, and that nothing was done for the others.
    fn none_of_them<S: Steps>(&self, steps: &S) -> Result<(), Failure> {
        match self.rows(steps, |_| OutcomeView::left_alone(notes::TOO_MANY_FAIL)) {
            Err(Failure::Partial(Tally { all, failed, .. })) => Err(Failure::NothingDone { failed, all }),
            ended => ended,
        }
    }

    fn rows<S: Steps>(&self, steps: &S, view: impl Fn(&S::Plan) -> OutcomeView) -> Result<(), Failure> {
        let mut report = self.report::<S>();
        // What was refused before is recorded already.
        steps.judge(&self.env().looking_again(), &mut |of| {
            let user = of.user();
            let shown = match of.plan {
                Ok(plan) => OutcomeView { user: Some(plan.user().path()), ..view(&plan) },
                Err(why) => OutcomeView::unplanned(why, &user),
            };
            report.row(OutcomeView { row: of.named.row, ..shown }).map(drop)
        })?;
        self.write_failed(steps, report.failed.as_mut())?;
        report.finish()
    }

    /// Goes on with a batch, after it was asked for once more.
    fn again<S: Steps>(&self, steps: &S, batch: &Batch) -> Result<(), Failure> {
        let env = self.env();
        batch::resumable(&env, batch)?;
        if let Some(input) = &self.asked.input {
            batch::check_input(&env, batch, &self.asked.order, input)?;
        }
        // Whoever goes on with it does not choose anew who can open its secrets.
        if self.asked.recipients != batch.recipients {
            let message = "the batch was begun with other keys in --secrets-for, or without any";
            return Err(Failure::usage_with(message, "give what it was begun with, and nothing else")
                .of("--secrets-for"));
        }
        if self.context.globals.dry_run {
            return self.tried_again(steps, batch);
        }
        let left = batch.counts.left();
        let (by, begun) = (&batch.operator, for_people(batch.started_at));
        let effect = format!(
            "the batch {} goes on, `{}`, begun by {by} at {begun}: {left} of {} are left",
            batch.name.as_ref().unwrap_or(&batch.id),
            batch.command,
            counted(batch.counts.rows, "row")
        );
        let yes = runner::confirm(self.context, &[effect])?;
        let journal = Journal::resume(&env, batch)?;
        if let Err(failure) = steps.open(&env, Some(&journal)) {
            journal.end(&env)?;
            return Err(failure);
        }
        let failed = self.failed_before(batch)?;
        self.act(steps, &journal, failed, yes, (batch.counts.rows, ""))
    }

    /// The rows that failed before: nobody may have seen them.
    fn failed_before(&self, batch: &Batch) -> Result<Before, Failure> {
        let (mut failed, mut after) = (Before::default(), 0);
        loop {
            let rows = batch::rows(&self.env(), batch, after, PAGE)?;
            let Some(last) = rows.last() else { return Ok(failed) };
            after = last.place;
            for row in rows {
                let Some(ended) = row.ended.filter(|ended| ended.outcome == Outcome::Failed) else {
                    continue;
                };
                let user = row.person.map(|person| person.path);
                let view = OutcomeView::failed_before(user, ended.reason.as_deref().unwrap_or_default());
                let view = OutcomeView { row: row.row, ..view };
                failed.add(row.place, view).map_err(FlowError::from)?;
            }
        }
    }

    /// What a dry run shows of a batch to go on with.
    fn tried_again<S: Steps>(&self, steps: &S, batch: &Batch) -> Result<(), Failure> {
        let env = self.env();
        let mut report = self.report::<S>();
        // Those that failed before are told as the run tells of them.
        let mut failed = self.failed_before(batch)?.telling()?;
        let mut after = 0;
        loop {
            let rows = batch::rows(&env, batch, after, PAGE)?;
            let Some(last) = rows.last() else { break };
            after = last.place;
            for turn in
                rows.into_iter().filter(|row| row.ended.is_none()).filter_map(|row| turn(&env, steps, row))
            {
                let Turn { place, row, user, plan } = turn;
                failed.until(&mut report, place)?;
                let view = match plan {
                    Ok((plan, ())) => steps.would(&plan),
                    Err(why) => OutcomeView::unplanned(why, &user),
                };
                let _ = report.row(OutcomeView { row, user: Some(user), ..view })?;
            }
        }
        failed.until(&mut report, u64::MAX)?;
        report.tally.all = batch.counts.rows;
        report.finish()
    }

    /// Does what is left, in its order.
    fn act<S: Steps>(
        &self,
        steps: &S,
        journal: &Journal,
        ended: Before,
        yes: Confirmed,
        widest: (u64, &str),
    ) -> Result<(), Failure> {
        let env = self.env();
        let result = self.in_turn(steps, journal, ended, yes, widest);
        // Another process that goes on with it says how it ends.
        let is_ours = !result.as_ref().is_err_and(is_of_another);
        let result = result.map_err(|failure| broken(self.order(), journal, failure));
        // It is not over before the file has its name: whoever is killed in between can repeat the command.
        let closed = steps.close(&env, journal, result);
        let noted = if is_ours { journal.end(&env) } else { Ok(()) };
        closed.and(noted.map_err(Failure::from))
    }

    fn in_turn<S: Steps>(
        &self,
        steps: &S,
        journal: &Journal,
        ended: Before,
        yes: Confirmed,
        widest: (u64, &str),
    ) -> Result<(), Failure> {
        let env = self.env();
        let signals = BetweenRows::begin().context("the signals of a batch could not be watched")?;
        let mut report = self.report::<S>();
        let rows = journal.counts().left() + ended.count();
        let mut ended = ended.telling()?;
        report.advance_over(rows, S::LABEL, widest);
        let of_batch = journal.env(&env);
        let mut coming = Coming::of(journal, &of_batch);
        let at_once = if self.order().atomic {
            AtOnce::all(usize::try_from(rows).unwrap_or(usize::MAX))
        } else {
            steps.at_once()
        };
        let all = journal.counts().rows;
        let result = steps.prepared(&env, |prepare| {
            in_turn(
                || coming.next(steps),
                at_once,
                prepare,
                |group| {
                    let (count, first) = (group.len(), group.first().map_or(0, |turn| turn.place));
                    ended.until(&mut report, first)?;
                    let failed_so_far = report.tally;
                    let enough = |done: &[Done]| {
                        let failed = done.iter().filter(|done| done.failed()).count() as u64;
                        let failed = failed + failed_so_far.failed + failed_so_far.unknown;
                        self.limit.is_some_and(|limit| limit.is_exceeded(failed, all))
                    };
                    let done = report.suspend(|| {
                        steps.commit(
                            &env,
                            journal,
                            Group { turns: group, yes, atomic: self.order().atomic, enough: &enough },
                        )
                    })?;
                    let begun = done.len();
                    for Done { place, view } in done {
                        ended.until(&mut report, place)?;
                        let _ = report.row(view)?;
                    }
                    if begun < count || report.is_exceeded(self.limit, 0, all) {
                        return Err(stopped(self.order(), journal));
                    }
                    match signals.asked_to_end().filter(|_| journal.counts().left() > 0) {
                        Some(signal) => Err(interrupted(self.order(), signal, journal)),
                        None => Ok(()),
                    }
                },
            )
        });
        let ended_early = coming.failed.map(Failure::from).or(result.err());
        if ended_early.is_none() {
            ended.until(&mut report, u64::MAX)?;
            if let Err(failure) = self.write_failed(steps, report.failed.as_mut()) {
                // What was done stands, and the report tells what failed.
                self.context.printer.warn(&format!("{}.", failure.report().in_a_line()));
            }
        }
        report.tally.all = all;
        let finished = report.finish();
        match ended_early {
            Some(failure) => Err(failure),
            None => finished,
        }
    }

    /// Writes the rows that failed into the file for them, if there is one.
    fn write_failed<S: Steps>(&self, steps: &S, failed: Option<&mut Rows<Failed>>) -> Result<(), Failure> {
        let Some(path) = self.asked.run.failed_to() else { return Ok(()) };
        match failed.filter(|failed| !failed.is_empty()) {
            Some(rows) => failed::write(path, |out| {
                let written = steps.write_failed(rows, out)?;
                if written { Ok(()) } else { failed::write_people(self.asked.list, rows, out) }
            }),
            None => {
                self.context.printer.note(&nothing_for(path));
                Ok(())
            }
        }
    }
}

fn nothing_for(path: &Path) -> String {
    format!("No row failed: {} was not written.", path.display())
}
