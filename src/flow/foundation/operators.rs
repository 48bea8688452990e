//! Which people of the store are operators of it, too (security O2).

use crate::domain::operator::Subject;
use crate::domain::user::User;
use crate::flow::foundation::Env;
use crate::os;

/// What matters about a person for whoever would act on them.
pub(crate) fn subject(env: &Env<'_>, user: &User) -> Subject {
    Subject { root: user.root, operator: may_be_operator(env, &user.name) }
}

/// Whether a person of this name may be an operator: named by the config in any case, by a group as the role is
/// judged, or as root or the store's owner. What cannot be known counts as yes.
fn may_be_operator(env: &Env<'_>, name: &str) -> bool {
    let operators = &env.settings.operators;
    let named = |listed: &String| match listed.strip_prefix('%') {
        Some(group) => os::is_in_group(name, group).unwrap_or(true),
        None => listed.eq_ignore_ascii_case(name),
    };
    let always = |uid: &u32| *uid == 0 || env.actor.store_owner == Some(*uid);
    operators.admin.iter().chain(&operators.support).any(named)
        || os::uids_of(name).is_none_or(|uids| uids.iter().any(always))
}
