//! Whoever is named, and what a check of their password costs if it cannot be compared (security E3).

use crate::domain::hash_scheme::{HashKind, draw};
use crate::domain::{Principal, User};
use crate::flow::foundation::{Env, people};
use crate::keyring::Purpose;
use crate::store::{StoreError, Tx};

/// Who a name stands for, or nobody.
pub(crate) struct Named {
    pub(crate) user: Option<User>,
    /// What the name costs where there is no password to compare with: drawn from those in use by a keyed hash of the
    /// name, so that it stays the same, and tells nobody whether somebody is called so.
    pub(crate) kind: Option<HashKind>,
}

impl Named {
    /// For whoever is named, the reads are the same.
    pub(crate) fn find(env: &Env<'_>, tx: &mut dyn Tx, who: &Principal) -> Result<Self, StoreError> {
        let user = people::find(tx, who)?;
        let tallies = tx.hash_tallies(None)?;
        let tag = env.keys.lasting_mac(Purpose::Identifier, &[b"hash kind", who.key().as_bytes()]);
        Ok(Self { user, kind: draw(&tallies, &tag).cloned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StoredHash;
    use crate::flow::foundation::world_tests::{World, who};

    #[test]
    fn e3_a_name_that_nobody_has_costs_what_somebodys_would_and_keeps_it() {
        let world = World::new();
        let alice = world.alice();
        // Three of four have a password of another program; one has none, and costs nothing of its own.
        for (number, kind) in ["bcrypt 12", "bcrypt 12", "bcrypt 12", ""].into_iter().enumerate() {
            let mut user =
                User { id: format!("usr_{number}x"), name: format!("user{number}"), ..alice.clone() };
            user.credential.hash = kind.parse().ok().map(|kind| StoredHash::new("$".to_owned(), Some(kind)));
            world.with(|tx| tx.insert_user(&user, &user.name, &user.name));
        }
        let env = world.env();
        let named = |name: &str| world.with(|tx| Named::find(&env, tx, &who(name)));
        let mut foreign = 0;
        for number in 0..400 {
            let name = format!("acme/nobody{number}");
            let kind = named(&name).kind.unwrap();
            assert_eq!(named(&name).kind.as_ref(), Some(&kind), "{name}");
            foreign += u32::from(kind.scheme.is_foreign());
        }
        // The standard deviation is 9.
        assert!((260..=340).contains(&foreign), "{foreign}");
        assert!(named("acme/alice").user.is_some() && named("acme/nobody0").user.is_none());
        // Nobody can work it out without the key, and every store has another.
        let other = World::new();
        let differs = |number: u32| {
            let who = who(&format!("acme/nobody{number}"));
            let tallies = world.with(|tx| tx.hash_tallies(None));
            let tag = |env: &Env<'_>| {
                env.keys.lasting_mac(Purpose::Identifier, &[b"hash kind", who.key().as_bytes()])
            };
            draw(&tallies, &tag(&env)) != draw(&tallies, &tag(&other.env()))
        };
        assert!((0..100).any(differs));
    }
}
