//! Putting a backup back. It revives nothing that was spent since (security K5).

use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::chain::Break;
use crate::domain::code::EndReason;
use crate::domain::time::for_people;
use crate::domain::{Action, Fact, NewEvent, Target, Task};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal, clock};
use crate::flow::story::audit_log::{self, Verified};
use crate::store::{CodesOf, StoreError, TokensOf, Transactions};

/// Further than any epoch can have moved between a backup and now: a change of password is one step.
const EPOCHS: u32 = 1_000_000;

/// What the chain of a backup's operation records must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    Whole,
    /// Somebody wants it all the same, and that is recorded.
    MayBeBroken,
}

/// Makes a copy of a backup ready to take the place of the store. The environment is that of the copy; the
/// one who calls puts it in place after the commit, because only an engine knows how.
#[derive(Debug)]
pub struct RestoreStore {
    as_of: Option<Timestamp>,
    verified: Verified,
    aside: Option<PathBuf>,
}

impl RestoreStore {
    /// Judges the copy; `aside` is what the names begin with under which the present store will be kept, if
    /// there is one.
    pub fn plan(env: &Env<'_>, aside: Option<PathBuf>, chain: Chain) -> Result<Self, FlowError> {
        env.authorize(Task::ManageStore, None)?;
        let damage = match env.store.check(true) {
            Err(error @ StoreError::Corrupt(_)) => Some(super::describe_damage(&error)),
            findings => findings?.into_iter().next(),
        };
        if let Some(finding) = damage {
            return Err(Refusal::BackupDamaged(finding).into());
        }
        let verified = env.store.read(|tx| audit_log::verify(env.keys, tx))?;
        if let Some((_, Break::UnknownKey(key))) = &verified.first_bad {
            return Err(Refusal::BackupOfOtherKey(key.clone()).into());
        }
        if let (Some((at, what)), Chain::Whole) = (&verified.first_bad, chain) {
            return Err(Refusal::BackupRecordsBroken { at: *at, what: what.clone() }.into());
        }
        let as_of = env.read(|tx| tx.last_event())?.map(|event| event.at);
        Ok(Self { as_of, verified, aside })
    }
}

impl Change for RestoreStore {
    type Done = ();

    fn effects(&self) -> Vec<String> {
        let as_of = self.as_of.map_or_else(|| "when it was made".to_owned(), for_people);
        let mut effects = vec![
            format!("the store becomes what it was at {as_of}: all later changes are undone, passwords included"),
            "anchors that `audit export` wrote since then no longer fit: export a new one".to_owned(),
            "every request, code, setup token, appeal and waiting message in the backup ends, and so does every session that follows the credential epoch"
                .to_owned(),
        ];
        if let Some(aside) = &self.aside {
            effects.push(format!("the present store is kept beside it, as {} and the time", aside.display()));
        }
        if let Some((at, what)) = &self.verified.first_bad {
            effects.push(format!("its operation records are broken at number {at}: {what}"));
        }
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<(), FlowError> {
        env.write(|tx| {
            let mut ended = tx.store.end_codes(CodesOf::Everyone, EndReason::StoreRestored)?;
            ended += tx.store.end_tokens(TokensOf::Everyone, EndReason::StoreRestored)?;
            ended += clock::expire(tx.store, Timestamp::MAX)? + tx.store.expire_undecided(Timestamp::MAX)?;
            ended += tx.store.withdraw_all()?;
            tx.store.move_epochs(EPOCHS)?;
            let mut event = NewEvent::success(Action::RestoreStore, Target::None)
                .with("ended", Fact::Count(ended))
                .with("records", Fact::Count(self.verified.events));
            if let Some((at, what)) = &self.verified.first_bad {
                event = event.with("broken_at", Fact::Count(*at)).with("broken", Fact::Word(what.code()));
            }
            Ok(event.append(tx)?)
        })
    }
}
