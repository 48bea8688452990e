//! A reset of several people: all of them planned, asked for once, and their secrets made and hashed ahead.

use std::cell::RefCell;

use jiff::SignedDuration;

use super::issuing::Issuing;
use super::steps::{Done, Each, Group, Steps, by_id};
use super::summary::Summary;
use crate::cli::shared::Failure;
use crate::cli::shared::views::OutcomeView;
use crate::domain::batch::{Counts, Row};
use crate::flow::batch::{AtOnce, Journal, Named, Unplanned, judge};
use crate::flow::{
    AdminReset, Env, FlowError, IssueCredential, IssueMode, PreparedSecret, Promise, ResetDone, ResetOptions,
    SecretDestination,
};

/// How several people are reset.
pub(super) struct Resets<'r> {
    people: &'r [Named],
    options: &'r ResetOptions,
    issuing: Issuing<'r>,
    summary: RefCell<Summary>,
    life: SignedDuration,
}

impl<'r> Resets<'r> {
    /// `life` is how long a setup token is good.
    pub(super) fn new(
        people: &'r [Named],
        options: &'r ResetOptions,
        life: SignedDuration,
        issuing: Issuing<'r>,
    ) -> Self {
        Self { people, options, life, issuing, summary: RefCell::default() }
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

    fn effects(&self, Counts { failed, .. }: Counts) -> Vec<String> {
        self.summary.borrow().effects(self.options, self.life, failed)
    }

    fn open(&self, env: &Env<'_>, resumed: Option<&Journal>) -> Result<(), Failure> {
        let needed = match resumed {
            Some(_) => self.may_hand_out(),
            None => self.summary.borrow().hands_out,
        };
        self.issuing.open(env, needed, resumed)
    }

    fn close(&self, env: &Env<'_>, journal: &Journal, ended: Result<(), Failure>) -> Result<(), Failure> {
        self.issuing.close(env, journal, ended)
    }

    fn at_once(&self) -> AtOnce {
        self.issuing.at_once()
    }

    fn prepared<T>(
        &self,
        env: &Env<'_>,
        work: impl FnOnce(&dyn Fn(&AdminReset) -> Promise<Result<PreparedSecret, FlowError>>) -> T,
    ) -> T {
        self.issuing.prepared(env, work)
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
