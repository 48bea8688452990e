//! Judging all people of a batch before anything is done for one of them.

use crate::domain::Principal;
use crate::domain::principal::PrincipalError;
use crate::flow::foundation::{AboutUser, Env, FlowError};
use crate::os::FirstRows;

/// A person as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// The line of the file, or the place on the command line, from 1 on.
    pub row: u64,
    /// What cannot be a person is found out by [`judge`], and fails alone.
    pub text: String,
    /// As they are called, where they were found already.
    pub user: Option<String>,
}

impl Named {
    /// The people of a command line.
    pub fn list(texts: &[String]) -> Vec<Self> {
        (1..).zip(texts).map(|(row, text)| Self { row, text: text.clone(), user: None }).collect()
    }
}

/// Why nothing is done for somebody.
#[derive(Debug)]
pub enum Unplanned {
    /// Named before, in that row.
    Duplicate(u64),
    /// What was written names nobody that could exist.
    Malformed(PrincipalError),
    Failed(FlowError),
}

/// Whom a row turned out to be about, or why nothing is done for them.
pub struct Judged<'n, P> {
    /// Where it comes in the batch, from 1 on.
    pub place: u64,
    pub named: &'n Named,
    pub plan: Result<P, Unplanned>,
}

impl<P: AboutUser> Judged<'_, P> {
    /// What people are called in the report: as they were found, else as they were written.
    pub fn user(&self) -> String {
        let written = || self.named.user.as_ref().unwrap_or(&self.named.text).clone();
        self.plan.as_ref().map_or_else(|_| written(), |plan| plan.user().path())
    }
}

/// Judges what would be done for each, in their order, and hands each over at once. Everybody counts once, however often and
/// in whatever way they are named. Only an error of `each` ends it early.
pub fn judge<P: AboutUser, X: From<FlowError>>(
    env: &Env<'_>,
    people: &[Named],
    plan: impl Fn(&Env<'_>, &Principal) -> Result<P, FlowError>,
    mut each: impl FnMut(Judged<'_, P>) -> Result<(), X>,
) -> Result<(), X> {
    let reader = env.reader();
    let mut seen = FirstRows::default();
    let mut all = (1..).zip(people);
    env.step_by_step(|| {
        let Some((place, named)) = all.next() else { return Ok(false) };
        let planned = reader.who(&named.text).map_err(Unplanned::Malformed);
        let planned = planned.and_then(|who| plan(env, &who).map_err(Unplanned::Failed));
        let first = match &planned {
            Ok(plan) => seen.first(&plan.user().id, named.row).map_err(FlowError::from)?,
            Err(_) => None,
        };
        let planned = first.map_or(planned, |first| Err(Unplanned::Duplicate(first)));
        each(Judged { place, named, plan: planned }).map(|()| true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::foundation::world_tests::World;
    use crate::flow::story::users::RevokeUser;

    #[test]
    fn everybody_is_judged_in_order_and_counts_once() {
        let world = World::new();
        let env = world.env();
        let people =
            Named::list(&["acme/nobody", "acme/alice", "acme/ALICE", "acme/a b!"].map(str::to_owned));
        let mut heard = Vec::new();
        judge(
            &env,
            &people,
            |env, who| RevokeUser::plan(env, who, None),
            |judged| {
                let why = match &judged.plan {
                    Ok(_) => "planned".to_owned(),
                    Err(Unplanned::Duplicate(first)) => format!("duplicate of {first}"),
                    Err(Unplanned::Malformed(_)) => "malformed".to_owned(),
                    Err(Unplanned::Failed(_)) => "failed".to_owned(),
                };
                heard.push((judged.place, judged.user(), why));
                Ok::<_, FlowError>(())
            },
        )
        .unwrap();
        let expected = [
            (1, "acme/nobody", "failed"),
            (2, "acme/alice", "planned"),
            (3, "acme/ALICE", "duplicate of 2"),
            (4, "acme/a b!", "malformed"),
        ];
        assert_eq!(heard, expected.map(|(place, user, why)| (place, user.to_owned(), why.to_owned())));
    }
}
