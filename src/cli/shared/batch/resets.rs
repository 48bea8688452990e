//! A reset of several people: all of them planned, asked for once, and their secrets made and hashed ahead.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::path::Path;

use super::issuing::Issuing;
use super::steps::{Done, Each, Group, Steps, by_id};
use super::summary::Summary;
use crate::cli::shared::views::OutcomeView;
use crate::cli::shared::{Context, Failure, Session};
use crate::domain::batch::Row;
use crate::flow::batch::{AtOnce, Journal, Named, Unplanned, judge};
use crate::flow::{
    AdminReset, Env, FlowError, IssueCredential, IssueMode, PreparedSecret, Promise, ResetDone, ResetOptions,
    SecretDestination, prepare_ahead,
};

/// How several people are reset.
pub(super) struct Resets<'r> {
    context: &'r Context<'r>,
    people: &'r [Named],
    options: &'r ResetOptions,
    jobs: Option<NonZeroUsize>,
    recipients: Vec<String>,
    issuing: Issuing<'r>,
    summary: RefCell<Summary>,
    life: jiff::SignedDuration,
}

impl<'r> Resets<'r> {
    pub(super) fn new(
        session: &'r Session<'r>,
        people: &'r [Named],
        options: &'r ResetOptions,
        jobs: Option<NonZeroUsize>,
        recipients: &[String],
        secrets_to: Option<&'r Path>,
    ) -> Self {
        Self {
            context: session.context,
            people,
            options,
            jobs,
            recipients: recipients.to_vec(),
            issuing: Issuing::into(secrets_to),
            summary: RefCell::default(),
            life: session.config.settings.setup.reset,
        }
    }

    /// Whether any of them may be handed a secret here.
    fn may_hand_out(&self) -> bool {
        self.options.mode == IssueMode::Generate
            || self.options.otherwise.is_some()
            || self.options.destination != SecretDestination::Nowhere
    }
}

impl Steps for Resets<'_> {
    type Plan = AdminReset;
    type Made = PreparedSecret;
    type View = OutcomeView;

    const LABEL: &'static str = "Resetting";

    fn judge(&self, env: &Env<'_>, each: &mut Each<'_, AdminReset>) -> Result<(), Failure> {
        judge(env, self.people, |env, who| AdminReset::plan(env, who, self.options.clone()), each)
    }

    fn again(&self, env: &Env<'_>, row: &Row) -> Result<AdminReset, Unplanned> {
        by_id(row, |who| AdminReset::plan(env, who, self.options.clone()))
    }

    fn changes(&self, _: &AdminReset) -> bool {
        true
    }

    fn would(&self, plan: &AdminReset) -> OutcomeView {
        would_reset(plan)
    }

    fn see(&self, plan: &AdminReset) {
        self.summary.borrow_mut().see(plan);
    }

    fn effects(&self, failed: usize) -> Vec<String> {
        self.summary.borrow().effects(self.options, self.life, failed)
    }

    fn open(&self, env: &Env<'_>, resumed: Option<&Journal>) -> Result<(), Failure> {
        let needed = match resumed {
            Some(_) => self.may_hand_out(),
            None => self.summary.borrow().hands_out,
        };
        let recipients = resumed.map_or(self.recipients.as_slice(), Journal::recipients);
        self.issuing.open(self.context, needed, recipients, resumed.map(|journal| (env, journal)))
    }

    fn close(&self, env: &Env<'_>, journal: &Journal, ended: Result<(), Failure>) -> Result<(), Failure> {
        self.issuing.close(self.context, env, journal, ended)
    }

    fn at_once(&self) -> AtOnce {
        self.issuing.at_once()
    }

    fn prepared<T>(
        &self,
        env: &Env<'_>,
        work: impl FnOnce(&dyn Fn(&AdminReset) -> Promise<Result<PreparedSecret, FlowError>>) -> T,
    ) -> T {
        prepare_ahead(env, self.jobs, work)
    }

    fn commit(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        group: Group<'_, AdminReset, PreparedSecret>,
    ) -> Result<Vec<Done>, Failure> {
        self.issuing.commit(env, journal, group, &was_reset)
    }
}

/// What a dry run shows of somebody.
pub(in crate::cli) fn would_reset(plan: &AdminReset) -> OutcomeView {
    OutcomeView { must_change: plan.must_change(), ..OutcomeView::would_do(plan.effects()) }
}

/// What was done for somebody.
pub(in crate::cli) fn was_reset(plan: &AdminReset, done: &ResetDone) -> OutcomeView {
    OutcomeView {
        must_change: plan.must_change(),
        expires_at: done.expires_at,
        effects: plan.effects(),
        remarks: plan.remarks(),
        ..OutcomeView::done()
    }
}
