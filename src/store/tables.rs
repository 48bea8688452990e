//! One trait an aggregate. Every method is one statement or a few that belong together; judgement is not here.

use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};

use super::appeals::Appeals;
use super::batches::Batches;
use super::callers::{Challenges, Notices};
use super::error::Result;
use super::outbox::Outbox;
use super::proofs::{Attempts, Devices, Mfa, Proofs, Registrations};
use super::receipts::Receipts;
use super::tokens::{IssuedFilter, Tokens};
use crate::domain::account::Account;
use crate::domain::code::{Code, CodeMac, EndReason, State as CodeState};
use crate::domain::contact::Confirmation;
use crate::domain::event::{Event, StoredEvent};
use crate::domain::hash_scheme::HashTally;
use crate::domain::issued::Issued;
use crate::domain::name::key_of;
use crate::domain::request::{Captcha, Request, State as RequestState};
use crate::domain::{Address, Channel, Contact, Credential, Ineligible, StoredHash, User};

/// The transaction that is all of these tables.
macro_rules! transaction_of {
    ($($table:ident),+ $(,)?) => {
        /// Everything that can be done within one transaction.
        pub trait Tx: $($table +)+ {}

        impl<T: $($table +)+> Tx for T {}
    };
}

transaction_of!(
    Accounts,
    Users,
    Credentials,
    Attempts,
    Mfa,
    Appeals,
    Batches,
    Proofs,
    Contacts,
    Requests,
    Codes,
    Tokens,
    Outbox,
    Receipts,
    Challenges,
    Notices,
    Budgets,
    Audit,
    Meta,
    Devices,
    Registrations,
    Rows,
);

pub trait Accounts {
    fn insert_account(&mut self, account: &Account, key: &str, skeleton: &str) -> Result<()>;
    /// By folded name.
    fn account_by_key(&mut self, key: &str) -> Result<Option<Account>>;
    fn account_by_id(&mut self, id: &str) -> Result<Option<Account>>;
    /// The name of an account that looks like this, if there is one.
    fn account_by_skeleton(&mut self, skeleton: &str) -> Result<Option<String>>;
    /// In the order of ids, after that id.
    fn accounts_page(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<Account>>;
    /// Writes name, kind, status and quota.
    fn update_account(&mut self, account: &Account, key: &str, skeleton: &str) -> Result<()>;
    /// With everything that belongs to it.
    fn delete_account(&mut self, id: &str) -> Result<()>;
    /// The stored form of a policy; `group` is `password`, `login` or `protection`.
    fn policy(&mut self, account_id: &str, group: &'static str) -> Result<Option<String>>;
    fn set_policy(&mut self, account_id: &str, group: &'static str, json: &str) -> Result<()>;
}

/// Where a user stands in the order of listing: by folded names, of the account and then of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPlace {
    pub account_id: String,
    pub account_key: String,
    /// Empty for the root user, who comes first.
    pub key: String,
}

impl UserPlace {
    pub fn of(user: &User) -> Self {
        let key = if user.root { String::new() } else { key_of(&user.name) };
        Self { account_id: user.account_id.clone(), account_key: key_of(&user.account), key }
    }
}

/// Whom to find: those whose name, account or description holds the text, literally and case-blind, and whoever has it
/// for an id, here or in another system.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    pub text: &'a str,
    /// Besides, whoever has the address with this key.
    pub address_key: Option<&'a str>,
    /// Besides, whoever has an address that holds the text.
    pub parts_of_addresses: bool,
}

pub trait Users {
    fn insert_user(&mut self, user: &User, key: &str, skeleton: &str) -> Result<()>;
    fn user_by_id(&mut self, id: &str) -> Result<Option<User>>;
    /// By folded account and user name; an empty user name is the root user.
    fn user_by_key(&mut self, account_key: &str, user_key: &str) -> Result<Option<User>>;
    /// The holder of a verified contact, within an account if one is given.
    fn user_by_contact(
        &mut self,
        channel: Channel,
        key: &str,
        account_key: Option<&str>,
    ) -> Result<Option<User>>;
    /// Whoever has the contact with this key, verified or not, within an account.
    fn user_by_address(&mut self, account_id: &str, channel: Channel, key: &str) -> Result<Option<User>>;
    /// By what another system calls them, within an account.
    fn user_by_external_id(&mut self, account_id: &str, external_id: &str) -> Result<Option<User>>;
    /// Id and name of the user of that account who is called so, else of one whose name looks so.
    fn user_called(
        &mut self,
        account_id: &str,
        key: &str,
        skeleton: &str,
    ) -> Result<Option<(String, String)>>;
    /// At most `limit` names that begin with these folded texts, by index: of accounts, or, where an account
    /// is named, `account/user` of its IAM users.
    fn names_beginning(
        &mut self,
        account_key: &str,
        user_key: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>>;
    /// By account and name, after that place; of one account, or of all. The place need not be taken any more.
    fn users_page(
        &mut self,
        account_id: Option<&str>,
        after: Option<&UserPlace>,
        limit: u32,
    ) -> Result<Vec<User>>;
    fn find_users(&mut self, search: &Search<'_>, limit: u32) -> Result<Vec<User>>;
    /// Those with a mobile number that ends with these digits, or holds them `anywhere`.
    fn users_by_digits(&mut self, digits: &str, anywhere: bool, limit: u32) -> Result<Vec<User>>;
    /// Writes name, status, description, access mode, login protection, external id, and whether the password must be
    /// changed.
    fn update_user(&mut self, user: &User, key: &str, skeleton: &str) -> Result<()>;
    /// With everything that belongs to it.
    fn delete_user(&mut self, id: &str) -> Result<()>;
}

pub trait Credentials {
    /// Writes the credential if its epoch is still the one before `credential.epoch`, and says whether it was.
    fn set_credential(&mut self, user_id: &str, credential: &Credential) -> Result<bool>;
    /// Writes a stronger hash of the same password: nothing else changes.
    fn upgrade_hash(&mut self, user_id: &str, from: &StoredHash, to: &StoredHash) -> Result<bool>;
    /// How many users have passwords of each kind, of one account or of all; for all of them it costs the same however
    /// many there are.
    fn hash_tallies(&mut self, account_id: Option<&str>) -> Result<Vec<HashTally>>;
    /// Moves every credential's epoch on, so that nothing that followed one before is believed any more.
    fn move_epochs(&mut self, by: u32) -> Result<u64>;
    /// Ends every temporary password whose time is over for good: its end becomes its beginning, so that no
    /// clock can show a moment at which it lives. The number of them.
    fn expire_passwords(&mut self, now: Timestamp) -> Result<u64>;
    fn set_last_login(&mut self, user_id: &str, at: Timestamp) -> Result<()>;
    /// Former passwords, newest first: key id and sealed hash.
    fn password_history(&mut self, user_id: &str, limit: u32) -> Result<Vec<(String, Vec<u8>)>>;
    fn add_to_history(
        &mut self,
        user_id: &str,
        at: Timestamp,
        key_id: &str,
        sealed: &[u8],
        keep: u32,
    ) -> Result<()>;
}

pub trait Contacts {
    fn insert_contact(&mut self, contact: &Contact, skeleton: &str, ascii: bool) -> Result<()>;
    /// Whether somebody has that very address, or one that looks like it where either is not ASCII;
    /// `except` is the person it is for.
    fn contact_taken(&mut self, address: &Address, except: &str) -> Result<bool>;
    fn set_contact_verified(&mut self, id: &str, at: Timestamp, usable_from: Timestamp) -> Result<()>;
    /// Who proves a contact that is not verified yet.
    fn set_contact_confirmation(&mut self, id: &str, by: Confirmation) -> Result<()>;
    fn delete_contact(&mut self, id: &str) -> Result<()>;
}

/// How many requests can go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LiveRequests {
    /// From the source, whoever they are for.
    pub of_source: u64,
    /// By the same name as typed, past their CAPTCHA.
    pub of_person: u64,
    /// Those of them that are from the source.
    pub of_both: u64,
}

pub trait Requests {
    fn insert_request(&mut self, request: &Request) -> Result<()>;
    fn request(&mut self, id: &str) -> Result<Option<Request>>;
    /// Those that somebody began from a place and that can go on, newest first.
    fn open_requests(&mut self, uid: u32, source: &str, now: Timestamp) -> Result<Vec<Request>>;
    /// Newest first.
    fn requests_of(&mut self, user_id: &str, limit: u32) -> Result<Vec<Request>>;
    /// How many are live.
    fn live_requests(&mut self, subject: &[u8], source: &str, now: Timestamp) -> Result<LiveRequests>;
    /// Notes why no code of a request goes to anybody, or that they do.
    fn set_request_ineligible(&mut self, id: &str, why: Option<Ineligible>) -> Result<()>;
    /// Stores a freshly shown CAPTCHA and counts the showing, if one is left.
    fn show_captcha(&mut self, id: &str, captcha: &Captcha) -> Result<bool>;
    /// Takes the shown CAPTCHA away, so that it can be answered once.
    fn take_captcha(&mut self, id: &str) -> Result<Option<Captcha>>;
    fn set_challenge(&mut self, id: &str, challenge: Option<&str>) -> Result<()>;
    /// Moves a request from one of some states to another, and says whether it was in one of them.
    fn advance_request(&mut self, id: &str, from: &[RequestState], to: RequestState) -> Result<bool>;
    /// Notes who a request turned out to be about: the identity that it registered.
    fn set_request_user(&mut self, id: &str, user_id: &str) -> Result<()>;
    /// Notes when and how a code was asked for, as the request has it.
    fn set_request_sent(&mut self, request: &Request) -> Result<()>;
    /// Ends every live request of a user; the number of them.
    fn end_requests(&mut self, user_id: &str, to: RequestState, except: Option<&str>) -> Result<u64>;
    /// Ends every live request whose time is over.
    fn expire_requests(&mut self, now: Timestamp) -> Result<u64>;
}

/// What a guarded try leaves behind.
#[derive(Clone)]
pub struct LiveCode {
    pub id: String,
    pub mac: CodeMac,
    pub tries_left: u32,
    pub contact_id: Option<String>,
    /// Whether nobody was sent it: it can never be right.
    pub decoy: bool,
}

/// Which codes are meant.
#[derive(Debug, Clone, Copy)]
pub enum CodesOf<'a> {
    Everyone,
    User(&'a str),
    Request(&'a str),
    Contact(&'a str),
}

pub trait Codes {
    fn insert_code(&mut self, code: &Code) -> Result<()>;
    /// Makes a code that was sent to nobody a new one that is sent to nobody: tries, times and hash are those of
    /// `code`, which has its id.
    fn renew_decoy(&mut self, code: &Code) -> Result<()>;
    fn code(&mut self, id: &str) -> Result<Option<Code>>;
    /// Newest first.
    fn codes(&mut self, of: CodesOf<'_>, limit: u32) -> Result<Vec<Code>>;
    /// Codes and setup tokens as they stand at `now`, the newest first.
    fn issued(&mut self, filter: &IssuedFilter<'_>, now: Timestamp, limit: u32) -> Result<Vec<Issued>>;
    /// The newest code of a request that may still be tried, decoys included: takes one try from it
    /// in one guarded statement (security K4).
    fn try_request_code(&mut self, request_id: &str, now: Timestamp) -> Result<Option<LiveCode>>;
    /// The newest code of a contact and a purpose that may still be tried; takes one try from it.
    fn try_contact_code(
        &mut self,
        contact_id: &str,
        purpose: crate::domain::code::Purpose,
        now: Timestamp,
    ) -> Result<Option<LiveCode>>;
    /// This code, if it may still be tried; takes one try from it.
    fn try_code(&mut self, id: &str, now: Timestamp) -> Result<Option<LiveCode>>;
    /// Uses a code up from which a try was taken, unless it has ended meanwhile; whether it had not.
    fn use_code(&mut self, id: &str) -> Result<bool>;
    /// Moves a code that is live to a final state, and says whether it was live.
    fn end_code(&mut self, id: &str, to: CodeState, reason: Option<EndReason>) -> Result<bool>;
    /// Ends every live code of these; how many.
    fn end_codes(&mut self, of: CodesOf<'_>, reason: EndReason) -> Result<u64>;
    /// Ends every live code whose time is over.
    fn expire_codes(&mut self, now: Timestamp) -> Result<u64>;
    fn set_code_delivery(
        &mut self,
        id: &str,
        state: CodeState,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<()>;
}

/// How often something was held back since a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub since: Timestamp,
    pub count: u64,
}

/// Subjects are hashes; one that begins with another belongs to it, as a contact's part that one source spent.
pub trait Budgets {
    /// How often `scope` was used for exactly this subject since then.
    fn spent(&mut self, scope: &'static str, subject: &[u8], since: Timestamp) -> Result<u64>;
    /// How often it was used for the subject and whatever belongs to it.
    fn spent_beneath(&mut self, scope: &'static str, subject: &[u8], since: Timestamp) -> Result<u64>;
    /// When `scope` was used last for the subject or what belongs to it.
    fn last_spent_beneath(&mut self, scope: &'static str, subject: &[u8]) -> Result<Option<Timestamp>>;
    /// The subjects, cut to `octets`, for which `scope` was used so often or more, with what belongs to them, and
    /// not only before then.
    fn spent_out(
        &mut self,
        scope: &'static str,
        octets: u32,
        least: u64,
        since: Timestamp,
    ) -> Result<Vec<Vec<u8>>>;
    fn spend(&mut self, scope: &'static str, subject: &[u8], at: Timestamp) -> Result<()>;
    /// Begins anew, after a success, with what belongs to the subject.
    fn forget(&mut self, scope: &'static str, subject: &[u8]) -> Result<()>;
    /// Begins anew for every subject, cut to `octets`, that was not used since then; the number of rows.
    fn forget_unused(&mut self, scope: &'static str, octets: u32, since: Timestamp) -> Result<u64>;
    fn tally(&mut self, scope: &'static str, subject: &[u8]) -> Result<Option<Tally>>;
    /// Writes the tally in the place of the one before, so that counting takes no room.
    fn set_tally(&mut self, scope: &'static str, subject: &[u8], tally: Tally) -> Result<()>;
}

/// What to list of the records.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Newest first, before this number.
    pub before: Option<u64>,
    /// The id of a user.
    pub target: Option<String>,
    /// The id of an account, besides the user's.
    pub account: Option<String>,
    /// Whom an attempt is about, which names nobody else.
    pub subject: Option<String>,
    /// What the target is called in the record, where no id is known; at most two.
    pub names: Vec<String>,
    pub action: Option<String>,
    pub outcome: Option<String>,
    /// Who acted as an operator.
    pub operator: Option<String>,
    /// Not before then.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
}

pub trait Audit {
    fn last_event(&mut self) -> Result<Option<Event>>;
    /// Number and hash of the last one.
    fn chain_head(&mut self) -> Result<Option<(u64, String)>>;
    fn append_event(&mut self, event: &Event) -> Result<()>;
    /// Newest first.
    fn events(&mut self, filter: &EventFilter, limit: u32) -> Result<Vec<Event>>;
    /// In order, after that number.
    fn events_after(&mut self, seq: u64, limit: u32) -> Result<Vec<Event>>;
    /// Hands over every one after that number, in order, as it is stored, until it is told to stop.
    fn each_event(
        &mut self,
        after: u64,
        each: &mut dyn FnMut(&StoredEvent<'_>) -> ControlFlow<()>,
    ) -> Result<()>;
}

pub trait Meta {
    /// After the clock went back by `back` to `now`. Temporary passwords that were set later than that end. Locks,
    /// counts of failures, pauses and leases of messages move back by as much, so that each lasts as long as it
    /// would have; what was spent in what is now the future counts as spent now. The number of passwords.
    fn set_clock_back(&mut self, now: Timestamp, back: SignedDuration) -> Result<u64>;
    fn meta(&mut self, key: &'static str) -> Result<Option<String>>;
    fn set_meta(&mut self, key: &'static str, value: &str) -> Result<()>;
    /// Rows spent before then are deleted: codes, requests, tokens, messages, budgets; the number of them.
    fn purge(&mut self, before: Timestamp) -> Result<u64>;
}

/// A row as a check meets it.
pub enum Inspected {
    /// With the stored form of each policy of its own.
    Account(Account, Vec<(&'static str, String)>),
    User(Box<User>),
    /// A former password.
    Former {
        user_id: String,
        key_id: String,
        sealed: Vec<u8>,
    },
    /// A row that needs no more than to be read.
    Sound,
    /// A column holds what nobody can read.
    Unreadable {
        table: &'static str,
        id: String,
        column: &'static str,
    },
}

pub trait Rows {
    /// Hands over every row that commands read, one at a time, those that they could not read too.
    fn inspect(&mut self, each: &mut dyn FnMut(Inspected)) -> Result<()>;
}
