//! What an operator asked for and is not there.

use super::text::coded_error;

coded_error! {
    /// What an operator asked for and is not there.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    Missing {
        #[error("the account is invalid or not supported: there is no account called {0}")]
        Account(String) => "no_such_account",
        #[error("the account is invalid or not supported: there is no user {0}")]
        User(String) => "no_such_user",
        #[error("the account is invalid or not supported: nobody has the verified contact {0}")]
        Holder(String) => "no_such_user",
        #[error("there is no user with the id {0}")]
        UserId(String) => "no_such_user",
        #[error("{0} has no {1} bound")]
        Contact(String, &'static str) => "no_such_contact",
        #[error("{0} has no authenticator enrolled")]
        Mfa(String) => "no_such_mfa",
        #[error("{0} has no device with the id {1}")]
        Device(String, String) => "no_such_device",
        #[error("there is no code with the id {0}")]
        Code(String) => "no_such_code",
        #[error("no message was handed over with the id {0}")]
        Message(String) => "no_such_message",
        #[error("there is no such reference")]
        Reference => "no_such_reference",
        #[error("you have not sent this challenge")]
        Challenge => "no_such_challenge",
        #[error("there is no batch with the id or name {0}")]
        Batch(String) => "no_such_batch",
        #[error("there is no unfinished batch with these people and options")]
        UnfinishedBatch => "no_such_batch",
        #[error("the batch {0} has no sealed secrets")]
        SealedSecrets(String) => "no_sealed_secrets",
        #[error("there is no appeal with this serial number")]
        Appeal => "no_such_appeal",
    }
    /// The stable code.
    pub fn code;
}
