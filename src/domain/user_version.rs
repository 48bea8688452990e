//! By what a later change of a person is noticed.

use sha2::{Digest, Sha256};

use super::contact::Contact;
use super::user::{Credential, User};

/// As much of a hash as tells two states of one person apart.
const BYTES: usize = 16;

impl User {
    /// What is another one when anybody changed something about this person since. Failed sign-ins, the last one, and a
    /// temporary password that ends by itself are nobody's changes.
    pub fn version(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in self.parts() {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut version = hash.finalize().to_vec();
        version.truncate(BYTES);
        version
    }

    /// All of it, one after another; a field that is added has to be judged here, too.
    fn parts(&self) -> Vec<String> {
        let Self {
            id,
            account_id,
            account,
            account_status,
            account_kind,
            name,
            root,
            status,
            description,
            external_id,
            access_mode,
            login_protection,
            credential: Credential { hash, must_change, changed_at, expires_at: _, leans_on_mfa, epoch },
            failures: _,
            disowned,
            last_login_at: _,
            created_at,
            mfa,
            contacts,
            pending,
        } = self;
        let text = |text: &Option<String>| text.as_ref().map_or_else(String::new, |text| format!("={text}"));
        let mut parts = vec![
            id.clone(),
            account_id.clone(),
            account.clone(),
            account_status.to_string(),
            account_kind.to_string(),
            name.clone(),
            root.to_string(),
            status.to_string(),
            text(description),
            text(external_id),
            access_mode.to_string(),
            login_protection.to_string(),
            // Another hash of the same password is nobody's change: any other one moves the epoch.
            hash.is_some().to_string(),
            must_change.to_string(),
            changed_at.map(|at| at.to_string()).unwrap_or_default(),
            leans_on_mfa.to_string(),
            epoch.to_string(),
            text(&disowned.as_ref().map(|disowned| disowned.notice_id.clone())),
            created_at.to_string(),
            mfa.to_string(),
        ];
        for contact in contacts.iter().chain(pending) {
            let Contact {
                id,
                user_id: _,
                channel,
                address,
                key,
                verified_at,
                usable_from,
                bound_at,
                security,
                confirmation,
            } = contact;
            parts.extend([
                id.clone(),
                channel.to_string(),
                address.clone(),
                key.clone(),
                verified_at.map(|at| at.to_string()).unwrap_or_default(),
                usable_from.to_string(),
                bound_at.to_string(),
                security.to_string(),
                confirmation.to_string(),
            ]);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::{Kind, Status};
    use super::super::address::Channel;
    use super::super::user::Failures;
    use super::super::user::tests::{at, contact, somebody};
    use super::*;

    #[test]
    fn a_change_by_anybody_is_another_version_and_time_is_none() {
        let alice = somebody(Kind::Cloud, false);
        let version = alice.version();
        assert_eq!(version.len(), BYTES);
        let failures = Failures { count: 3, since: Some(at(1)), locked_until: Some(at(2)) };
        let later = User { failures, last_login_at: Some(at(9)), ..alice.clone() };
        assert_eq!(later.version(), version);
        let changed = [
            User { status: Status::Disabled, ..alice.clone() },
            User { description: Some(String::new()), ..alice.clone() },
            User { mfa: true, ..alice.clone() },
            User { credential: Credential { epoch: 1, ..Credential::default() }, ..alice.clone() },
            User { contacts: vec![contact(Channel::Email, false)], ..alice.clone() },
            User { pending: vec![contact(Channel::Email, true)], ..alice.clone() },
        ];
        for (number, user) in changed.iter().enumerate() {
            assert_ne!(user.version(), version, "{number}");
        }
    }
}
