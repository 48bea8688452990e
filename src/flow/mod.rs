//! One file a story. Flows read and judge, then change the store in one transaction each; they ask nobody and
//! print nothing.
//!
//! Every write by an operator has one shape: a plan ([`Change`]) that can tell its effects, a [`Confirmed`]
//! that only a yes can make, and a commit that checks again what the plan saw.

mod accounts;
mod admin_reset;
pub mod appeal;
mod attempts;
mod budgets;
mod callers;
mod care;
mod change;
mod change_contact;
mod change_password;
mod clock;
mod codes;
mod contacts;
mod credentials;
mod deliver;
mod delivery_test;
pub mod devices;
mod disown;
pub mod doctor;
mod env;
mod error;
mod events;
mod guesses;
mod hashed;
mod login_protection;
#[cfg(test)]
mod login_protection_tests;
mod lookups;
pub mod mfa;
mod operators;
mod outages;
mod people;
mod policy;
mod post;
mod protection;
mod queue;
mod receipts;
mod records;
mod refusal;
pub mod register;
pub mod reset;
mod self_service;
mod settle;
mod setup;
mod sign_in;
mod slow;
mod surplus;
mod users;
#[cfg(test)]
mod world_tests;

pub use accounts::{AccountChanges, CreateAccount, DeleteAccount, NewAccount, UpdateAccount, list_accounts};
pub use admin_reset::{
    AdminReset, How, Made, Mode, Outlet, ReadyReset, ResetDone, batch as reset_batch, make_all,
};
pub use callers::{ChallengeState, SendChallenge, confirm_caller};
pub use care::{
    BackupStore, Chain, PurgeStore, Purged, RestoreStore, RotateKey, Rotated, check_store, copy_store,
    describe_damage, purge_due, record_creation,
};
pub use change::{Change, ChangeOfUser, Confirmed};
pub use change_contact::ContactChange;
pub use change_password::{Changed, PasswordChange};
pub use codes::{Explanation, Resend, RevokeCodes, explain as explain_codes, list as list_codes};
pub use contacts::{
    BindContact, UnbindContact, record_unmasking, require_unverified, send_contact_code, verify_contact,
};
pub use credentials::{expiry as password_expiry, rule as password_rule};
pub use deliver::{SEEN, Stay, TAKES, Terms, deliver};
pub use delivery_test::{TestedStage, authorize_test, own_addresses, send_test, stages_of};
pub use disown::{DisownDone, DisownNotice, disown, stays_blocked};
pub use env::{Actor, Courier, Decision, Env, Occasion};
pub use error::{Denial, FlowError, Missing};
pub use login_protection::{Asks, Protected};
pub use people::{find, require, require_account};
pub use policy::{Group as PolicyGroup, PolicyChanges, SetPolicy, policy_of};
pub use protection::{Guard, Way};
pub use queue::{ChannelStatus, delivery_status, hurry, waiting};
pub use receipts::{Noted, Receipt, note_receipt};
pub use records::{
    Break, Export, RecordQuery, Verified, export_records, list_records, require_key, verify as verify_chain,
    verify_records,
};
pub use refusal::Refusal;
pub use settle::Delivered;
pub use setup::{look as look_at_setup_token, redeem as redeem_setup_token};
pub use sign_in::{Owing, Presented, SignIn, SignedIn, log_in, sign_in};
pub use users::{
    Attempts, ContactState, CreateUser, DeleteUser, Diagnosis, Found, Hindrance, NewUser, Readiness,
    ReadyUser, RevokeUser, UpdateUser, UserChanges, diagnose, find_users, list_users, readiness,
    unmet_protection,
};
