//! The rows of one input beside each other: who is named twice, and what two of them would have.

use std::collections::HashMap;

use super::judge::Unplanned;
use crate::flow::foundation::{FlowError, Refusal};
use crate::flow::story::users::ImportUser;
use crate::os::FirstRows;

/// What the rows so far are about.
#[derive(Default)]
pub struct ImportedRows {
    /// Of people, and of what they have.
    rows: FirstRows,
    /// How many are new in an account.
    made: HashMap<String, u64>,
}

impl ImportedRows {
    /// Takes a row up; or says why not, where one before it is about the same person, or leaves no room for it. What keeps
    /// rows from being held at all is an error.
    pub fn add(&mut self, row: u64, plan: &ImportUser) -> Result<Option<Unplanned>, FlowError> {
        let refused = |refusal: Refusal| Ok(Some(Unplanned::Failed(refusal.into())));
        let identities = plan.identities();
        for identity in &identities {
            if let Some(first) = self.rows.row(identity)? {
                return Ok(Some(Unplanned::Duplicate(first)));
            }
        }
        let claims = plan.claims();
        for (claim, refusal) in &claims {
            if let Some(first) = self.rows.row(claim)? {
                return refused(refusal(first));
            }
        }
        if let Some(account) = plan.joins() {
            let made = self.made.entry(account.id.clone()).or_default();
            let users = account.users + *made;
            if let Some(most) = account.user_quota.filter(|most| users >= u64::from(*most)) {
                return refused(Refusal::Quota { account: account.name.clone(), most });
            }
            *made += 1;
        }
        for text in identities.iter().chain(claims.iter().map(|(claim, _)| claim)) {
            self.rows.note(text, row)?;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Name;
    use crate::domain::import::{ImportOptions, Key, OnConflict};
    use crate::domain::record::{Given, Record};
    use crate::flow::foundation::world_tests::World;

    fn of(user: &str) -> Record {
        Record { user: Some(user.to_owned()), ..Record::default() }
    }

    fn set(text: &str) -> Given<String> {
        Given::Set(text.to_owned())
    }

    fn update() -> ImportOptions {
        let account = Name::parse("acme").ok();
        ImportOptions { account, on_conflict: OnConflict::Update, ..ImportOptions::default() }
    }

    #[test]
    fn one_person_counts_once_in_an_input_and_what_one_row_has_no_other_gets() {
        let world = World::new();
        world.bind("alice@example.com");
        let env = world.env();
        let mut rows = ImportedRows::default();
        let mut add = |row, record: Record, options: &ImportOptions| {
            let plan = ImportUser::plan(&env, &record, options).ok().unwrap();
            match rows.add(row, &plan).unwrap() {
                None => "new".to_owned(),
                Some(Unplanned::Duplicate(first)) => format!("as {first}"),
                Some(Unplanned::Failed(FlowError::Refused(refusal))) => {
                    format!("{}: {refusal}", refusal.code())
                }
                Some(other) => panic!("{other:?}"),
            }
        };
        let by_email = ImportOptions { key: Key::Email, ..update() };
        let email = |name: &str, text: &str| Record { email: set(text), ..of(name) };
        assert_eq!(add(2, email("acme/bob", "bob@x.example"), &update()), "new");
        assert_eq!(add(3, of("acme/BOB"), &update()), "as 2");
        let like = "looks_alike: row 2 makes a user whose name looks like this one";
        assert_eq!(add(4, of("acme/b0b"), &update()), like);
        let taken = "contact_taken: row 2 has this contact, too";
        assert_eq!(add(5, email("acme/carol", "bob@x.example"), &update()), taken);
        assert_eq!(add(6, of("acme/alice"), &update()), "new");
        assert_eq!(
            add(7, email("acme/alice.smith", "alice@example.com"), &by_email),
            "as 6",
            "two names for one"
        );
        let id = |name: &str| Record { external_id: set("9"), ..of(name) };
        assert_eq!(
            (add(8, id("dave"), &update()), add(9, id("erin"), &update())),
            ("new".into(), "external_id_taken: row 8 has this external ID, too".into())
        );
    }
}
