//! How to find what an operator named and is not there.

use crate::domain::id;
use crate::domain::missing::Missing;
use crate::domain::shell::word;

const USER_IDS: &str = "`regain user list -o json` shows the ids";

/// The hint.
pub fn missing(missing: &Missing) -> String {
    let hint = match missing {
        // No account can be called so.
        Missing::Account(name) if id::is_of(name, "usr") => USER_IDS,
        Missing::Account(name) if id::is_of(name, "acc") => "`regain account list -o json` shows the ids",
        Missing::Account(name) if id::is_like_one(name) => "this is an id of something else",
        Missing::Account(name) => {
            let name = word(name);
            return format!(
                "check the name (`regain user find {name}` searches), or create one: `regain account create {name}`"
            );
        }
        Missing::User(name) => {
            return format!(
                "check the name (`regain user find TEXT` searches), or create one: `regain user create {}`",
                word(name)
            );
        }
        Missing::Holder(_) => "check the address, or create one; `regain user find TEXT` searches",
        Missing::UserId(_) => USER_IDS,
        Missing::Contact(..) => "`regain contact list USER` shows what is bound",
        Missing::Mfa(_) => "`regain mfa status` shows who has one",
        Missing::Device(..) => super::notes::DEVICE_IDS,
        Missing::Code(_) => "`regain codes list` shows the ids",
        Missing::Message(_) => {
            "check the id, and try again: a receipt can arrive before the gateway's name for the message is recorded"
        }
        Missing::Reference => "have it read out again, letter by letter",
        Missing::Challenge => {
            "`regain support challenge USER` sends one; only the operator who sent it can use it"
        }
        Missing::UnfinishedBatch => "leave --resume out to begin one; `regain batch list` shows all",
        Missing::Batch(_) => "`regain batch list` shows the ids and names",
        Missing::SealedSecrets(_) => {
            "only a reset with --secrets-for seals them, and `regain store purge` deletes them"
        }
        Missing::Appeal => "`regain appeal list` shows the serial numbers",
    };
    hint.to_owned()
}
