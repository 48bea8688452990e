//! One file a story. Flows read and judge, then change the store in one transaction each; they ask nobody and
//! print nothing.
//!
//! Every write by an operator has one shape: a plan ([`Change`]) that can tell its effects, a [`Confirmed`]
//! that only a yes can make, and a commit that checks again what the plan saw.

mod foundation;
mod messages;
mod proofs;
mod story;

pub use foundation::Refusal;
pub use foundation::people::{find, require, require_account};
pub use foundation::{AboutUser, Change, Confirmed};
pub use foundation::{Actor, ConcludeOverdue, Env, Occasion, Remarks, Spawner};
pub use foundation::{Denial, FlowError, Missing, Promise, Stop, Transaction};
pub use messages::outcome::Delivered;
pub use messages::receipts::{Noted, Receipt, note_receipt};
pub use messages::status::{ChannelStatus, delivery_status, left_behind, retry_now, waiting};
pub use messages::test_message::{TestedStage, authorize_test, own_addresses, send_test, stages_of};
pub use messages::worker::{SEEN, Stay, TAKES, Terms};
pub use proofs::admission::{Asks, Owing, Protected, SignIn, SignedIn};
pub use proofs::ahead::prepare_ahead;
pub use proofs::attempts::expire as conclude_overdue_attempts;
pub use proofs::credentials::rule as password_rule;
pub use proofs::issuance::{IssueCredential, IssueMode, PreparedSecret, SecretDestination};
pub use proofs::password::Presented;
pub use proofs::sign_in::{log_in, sign_in};
pub use proofs::step_up::{Guard, Way};
pub use story::accounts::{
    AccountChanges, CreateAccount, DeleteAccount, NewAccount, UpdateAccount, list_accounts,
};
pub use story::admin_reset::{AdminReset, ResetDone, ResetOptions};
pub use story::appeal;
pub use story::audit_log::{
    Export, RecordQuery, Verified, export_records, list_records, require_key, verify as verify_chain,
    verify_records,
};
pub use story::batch;
pub use story::caller_challenge::{SendChallenge, confirm_caller};
pub use story::change_contact::ContactChange;
pub use story::change_password::{Changed, PasswordChange};
pub use story::codes::{
    CodesQuery, Ended, Explanation, Resend, ResendSetup, RevokeCodes, RevokeCodesOf, Revoked,
    SEEN_BY_SUPPORT as CODES_SEEN_BY_SUPPORT, explain as explain_codes, list as list_codes,
};
pub use story::contacts;
pub use story::contacts::{BindContact, BindOptions, UnbindContact, record_unmasking};
pub use story::delivery::deliver;
pub use story::devices;
pub use story::disown::{DisownDone, DisownNotice, disown};
pub use story::doctor;
pub use story::maintenance::{
    BackupStore, Chain, PurgeStore, Purged, RestoreStore, RotateKey, Rotated, check_store, copy_store,
    describe_damage, purge_due, record_creation,
};
pub use story::mfa;
pub use story::policy::{Group as PolicyGroup, PolicyChanges, SetPolicy, policy_of};
pub use story::register;
pub use story::reset;
pub use story::setup::{
    look_at as look_at_first_password, peek as look_at_setup_token, redeem as redeem_setup_token,
};
pub use story::users::{
    CountedHashes, CreateUser, DeleteUser, ExportUsers, Found, Group, HashState, ImportUser, Inclusion,
    LeftOut, NewUser, Readiness, RevokeUser, Shown, UpdateUser, UserChanges, count_hashes, count_users,
    diagnose, export_users, find_users, list_users, readiness, require_count, select, show_user,
};
