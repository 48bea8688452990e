//! People: users, their contacts, passwords, authenticators and devices.

use regain::domain::account::{Account, Kind, Status};
use regain::domain::contact::{Confirmation, Contact};
use regain::domain::device::Device;
use regain::domain::mfa::StoredMfa;
use regain::domain::name::Name;
use regain::domain::{Address, Channel, Credential, Failures, StoredHash, User};
use regain::store::Tx;

use super::{Fill, Step, id};

/// One of a passphrase that nobody knows; it costs nothing to make.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNhbHQ$\
                    AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// What a check of it takes.
const KIND: &str = "argon2id m=19456,t=2,p=1";

impl Fill<'_> {
    /// IAM users with both contacts, a password and one before it, and a device; every tenth is also a unified ID, and
    /// has an authenticator.
    pub(super) fn people(&self) {
        self.each(self.count, |tx, at| {
            let user_id = id("usr", at);
            let mut user =
                User::newborn(user_id.clone(), &self.acme, format!("user{at:07}"), false, self.at(at));
            user.credential = Credential {
                hash: Some(StoredHash::new(HASH.to_owned(), KIND.parse().ok())),
                changed_at: Some(self.at(at)),
                epoch: 2,
                ..Credential::default()
            };
            let name = Name::parse(&user.name).unwrap();
            tx.insert_user(&user, &name.key(), &name.skeleton())?;
            self.contact(tx, at, Channel::Email, &format!("{}@example.com", user.name))?;
            self.contact(tx, at, Channel::Mobile, &format!("+49151{at:08}"))?;
            let (key_id, sealed) = self.sealed(HASH.as_bytes(), &user_id);
            tx.add_to_history(&user_id, self.at(at), &key_id, &sealed, 24)?;
            tx.set_failures(&user_id, Failures { count: 1, since: Some(self.at(at)), locked_until: None })?;
            tx.insert_device(&Device {
                id: id("dev", at),
                user_id: user_id.clone(),
                key_id: key_id.clone(),
                tag: self.tag("device", at),
                label: "somebody on desk".to_owned(),
                first_seen: self.at(at),
                last_seen: self.now,
            })?;
            if at.is_multiple_of(10) {
                let (key_id, sealed) = self.sealed(&[7; 20], &user_id);
                let bound_at = Some(self.at(at));
                let mfa = StoredMfa {
                    user_id,
                    key_id,
                    sealed,
                    enrolled_at: self.at(at),
                    bound_at,
                    last_step: None,
                };
                assert!(tx.enrol_mfa(&mfa)?);
                self.unified(tx, at)?;
            }
            Ok(())
        });
    }

    fn contact(&self, tx: &mut dyn Tx, at: u64, channel: Channel, address: &str) -> Step {
        let address = Address::as_stored(channel, address).unwrap();
        let contact = Contact {
            id: format!("con_{}{at:023}", u8::from(channel == Channel::Mobile)),
            user_id: id("usr", at),
            channel,
            address: address.as_str().to_owned(),
            key: address.key().to_owned(),
            verified_at: Some(self.at(at)),
            usable_from: self.at(at),
            bound_at: self.at(at),
            security: false,
            confirmation: Confirmation::Owner,
        };
        tx.insert_contact(&contact, &address.skeleton(), address.is_ascii())
    }

    fn unified(&self, tx: &mut dyn Tx, at: u64) -> Step {
        let account = Account {
            id: id("acc", at),
            name: format!("person{at:07}"),
            kind: Kind::Unified,
            status: Status::Enabled,
            user_quota: None,
            users: 0,
            created_at: self.at(at),
        };
        let name = Name::parse(&account.name).unwrap();
        tx.insert_account(&account, &name.key(), &name.skeleton())?;
        let root = User::newborn(format!("usr_1{at:023}"), &account, account.name.clone(), true, self.at(at));
        tx.insert_user(&root, "", "")
    }
}
