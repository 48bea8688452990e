//! The last step: the password, and with it the identity.

use super::newcomer::{Newcomer, newcomer};
use crate::domain::request::State;
use crate::domain::{Action, Credential, Fact, NewEvent, Secret, Target, User};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, audit};
use crate::flow::proofs::credentials;
use crate::flow::story::contacts::{self, Bound};
use crate::flow::story::request::{self, AtStep, RequestView};

/// What a password that is refused to somebody who registers is recorded as.
pub(crate) fn refusals(env: &Env<'_>, id: &str) -> (Action, Target) {
    (Action::RegisterFailed, audit::unknown_text(env.keys, id))
}

/// Makes the account of whoever has proved the number, with the password they chose. A weak one is refused, and the
/// request stays open.
pub(crate) fn finish(
    env: &Env<'_>,
    id: &str,
    proven: &Newcomer,
    typed: &Secret,
) -> Result<RequestView, FlowError> {
    let (account, root) = proven.identity(env)?;
    let prepared = credentials::prepare(env, &root, typed, refusals(env, id))?;
    env.write_and_send(|tx| {
        let AtStep { mut request, target, .. } = request::at_step(tx, id, &[State::Password])?;
        // Both are judged again: others register, too.
        if newcomer(tx, &request, target.clone())? != *proven {
            return tx.refuse(Action::RegisterFailed, target, Refusal::RequestGone);
        }
        if tx.store.contact_taken(&proven.mobile, "")? {
            return tx.refuse(Action::RegisterFailed, target, Refusal::ContactTaken);
        }
        tx.store.advance_request(id, &[State::Password], State::Done)?;
        request.state = State::Done;
        tx.store.insert_account(&account, &proven.name.key(), &proven.name.skeleton())?;
        let credential = Credential {
            hash: Some(prepared.hash.clone()),
            changed_at: Some(tx.now),
            epoch: 1,
            ..Credential::default()
        };
        let root = User { credential, created_at: tx.now, ..root.clone() };
        tx.store.insert_user(&root, "", "")?;
        // Half an identity is worse than none: a refusal undoes all of it.
        let contact = contacts::insert(tx, &root, &proven.mobile, Bound::Registered).map_err(Stop::undone)?;
        tx.store.set_request_user(id, &root.id)?;
        tx.store.delete_registration(id)?;
        NewEvent::success(Action::CreateAccount, audit::of_account(&account))
            .with("registered", Fact::Flag(true))
            .with("contact", Fact::Masked(contact.masked()))
            .append(tx)?;
        Ok(request::view_of(env, &request))
    })
}
