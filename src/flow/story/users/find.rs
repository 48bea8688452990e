//! Listing and searching users.

use std::ops::ControlFlow;

use jiff::Timestamp;

use super::select::every_user;
use crate::domain::code::State as CodeState;
use crate::domain::issued::{Issued, Use};
use crate::domain::selection::Selection;
use crate::domain::spoken::Spoken;
use crate::domain::{Action, Address, Channel, Fact, NewEvent, Principal, Role, Target, Task, User, typed};
use crate::flow::foundation::{Env, FlowError, lookups, people, policies};
use crate::flow::proofs::credentials;
use crate::guidance::looks;
use crate::store::{IssuedFilter, Search, Tx};

/// The most that support finds in one search (security O5), and the most anybody does.
pub(super) const FOUND_BY_SUPPORT: u32 = 50;
const FOUND: u32 = 1000;

/// Hands users to `each`, by account and name, page by page, until it says to stop. `after` is the id of the
/// last one seen; `limit` is how many at most, and for support never more than a few (security O5). Whether there
/// are more that support was not shown.
pub fn list_users<E: From<FlowError>>(
    env: &Env<'_>,
    selection: &Selection,
    after: Option<&str>,
    limit: Option<u64>,
    mut each: impl FnMut(&User) -> Result<ControlFlow<()>, E>,
) -> Result<bool, E> {
    if env.actor.role != Role::Support {
        return every_user(env, selection, after, limit, each).map(|()| false);
    }
    let most = u64::from(FOUND_BY_SUPPORT);
    let capped = limit.is_none_or(|limit| limit > most);
    let (mut shown, mut more) = (0, false);
    every_user(env, selection, after, Some(if capped { most + 1 } else { limit.unwrap_or(most) }), |user| {
        more = shown == most;
        shown += 1;
        if more { Ok(ControlFlow::Break(())) } else { each(user) }
    })?;
    Ok(more)
}

/// What a search found.
pub struct Found {
    pub users: Vec<User>,
    /// There are more than are shown.
    pub more: bool,
    /// A piece of an address was no match.
    pub whole_addresses_only: bool,
    /// Addresses were not searched: that could not be recorded.
    pub names_only: bool,
    /// The digits that numbers were searched for, where the text can be one.
    pub number: Option<String>,
}

/// Users whose name, account, description or address holds the text, taken literally, in any case. For support an
/// address matches as a whole only, in any spelling that means the same: pieces would unmask it one by one (security
/// O2). A search that matches addresses is recorded, and so is every search by support (security O4, O5).
pub fn find_users(env: &Env<'_>, text: &str) -> Result<Found, FlowError> {
    env.authorize(Task::SearchPeople, None)?;
    let text: &str = &typed::tidied(text);
    let support = env.actor.role == Role::Support;
    let most = if support { FOUND_BY_SUPPORT } else { FOUND };
    let whole = match env.reader().who(text) {
        Ok(Principal::Holder(address)) => Some(address),
        _ => None,
    };
    let key = whole.as_ref().map(Address::key);
    let search = Search { text, address_key: key, parts_of_addresses: !support };
    let said = Spoken::parse(text);
    let by_address = text.contains('@') || text.starts_with('+') || whole.is_some() || said.is_some();
    let folded = text.to_lowercase();
    let holds = |user: &&User| {
        user.every_contact().any(|contact| {
            let part = contact.address.to_lowercase().contains(&folded) || contact.key.contains(&folded);
            let by_number = contact.channel == Channel::Mobile
                && said.as_ref().is_some_and(|said| said.is(&contact.key) || !support);
            key == Some(contact.key.as_str()) || (part && !support) || by_number
        })
    };
    let found = |users: &Vec<User>| {
        let shown = || users.iter().take(most as usize);
        let (count, matched) = (shown().count() as u64, shown().filter(holds).count() as u64);
        if by_address || matched > 0 {
            NewEvent::success(Action::LookupContact, Target::None)
                .with("found", Fact::Count(count))
                .with("by_address", Fact::Count(matched))
        } else {
            NewEvent::success(Action::LookupUser, Target::None).with("found", Fact::Count(count))
        }
    };
    let read = |tx: &mut dyn Tx| {
        let mut users = tx.find_users(&search, most + 1)?;
        let Some(said) = &said else { return Ok(users) };
        // A part of a number is for those who may see it; to support, only the whole says who it is.
        let mut by_number = tx.users_by_digits(said.end(), !support, most + 1)?;
        by_number.retain(|user| !support || user.contacts.iter().any(|contact| said.is(&contact.key)));
        by_number.retain(|user| users.iter().all(|known| known.id != user.id));
        users.extend(by_number);
        Ok(users)
    };
    let mut users = lookups::read(env, read, |users| Some(found(users)))?;
    let (event, mut names_only) = (found(&users), false);
    if !support && event.action == Action::LookupContact {
        match env.record_or_hide(&event) {
            Err(FlowError::Unrecorded { why, .. }) if !by_address => {
                let names = Search { address_key: None, parts_of_addresses: false, ..search };
                users = env.read(|tx| tx.find_users(&names, most + 1))?;
                names_only = true;
                env.remarks.remark(&looks::names_only(why));
            }
            recorded => recorded?,
        }
    }
    let more = users.len() > most as usize;
    users.truncate(most as usize);
    let number = said.map(|said| said.end().to_owned());
    Ok(Found { users, more, whole_addresses_only: support, names_only, number })
}

/// One user, with what is known of the way in; in one look.
pub struct Shown {
    pub user: User,
    /// When the password stops to be of use, and whether that is near.
    pub expiry: Option<(Timestamp, bool)>,
    /// The setup token that they can set a password with.
    pub setup_token: Option<Issued>,
}

pub fn show_user(env: &Env<'_>, who: &Principal) -> Result<Shown, FlowError> {
    let now = env.clock.now();
    let more = |tx: &mut dyn Tx, user: &User| {
        let setup =
            IssuedFilter { user_id: Some(&user.id), purpose: Some(Use::Setup), ..IssuedFilter::default() };
        // Most people have none, and the list is dear to ask.
        let newest = match tx.live_token(&user.id)? {
            Some(_) => tx.issued(&setup, now, 1)?.pop(),
            None => None,
        };
        // One whose message failed opens what it opens still, wherever it may be.
        let live = newest.filter(|of| of.state.live() || of.state == CodeState::Failed);
        Ok((policies::password(tx, &user.account_id)?, live))
    };
    let (user, (policy, setup_token)) = people::require_with(env, who, Task::ReadPeople, more)?;
    let expiry = credentials::expiry(env, &user, &policy);
    Ok(Shown { user, expiry, setup_token })
}
