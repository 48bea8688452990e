//! Every setting, typed, with its limits. Documentation and defaults stand in `config.example.toml`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use jiff::SignedDuration;
use serde::Deserialize;

use super::channel_keys::{email, sms};
use super::channels::Channel;
use super::fields::{
    ceiling, domain, language, length_of_time, line_if_any, methods, names, path, region, store, text,
    time_zone, url, whole, words,
};
use crate::domain::mobile::Region;
use crate::domain::operator::CallerMay;
use crate::domain::request::Method;
use crate::domain::store_url::StoreUrl;
use crate::domain::text::text_enum;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Any number that still counts as a ceiling; more is a slip of the finger.
const MANY: i64 = 1_000_000;

/// A code by SMS lives no longer than this, whatever the config says (domain.md "Codes").
const SMS_CODE_CEILING: SignedDuration = SignedDuration::from_mins(10);

/// All settings, checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Settings {
    pub store: Store,
    pub help: Help,
    pub reset: Reset,
    pub register: Register,
    pub setup: Setup,
    pub codes: Codes,
    pub captcha: Captcha,
    pub password: Password,
    pub hash: Hash,
    pub contacts: Contacts,
    pub budgets: Budgets,
    pub appeals: Appeals,
    pub sources: Sources,
    pub operators: Operators,
    pub support: Support,
    pub texts: Texts,
    pub delivery: Delivery,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Store {
    /// Where the config puts the store; what counts in the end is `Config::store`.
    #[serde(deserialize_with = "store")]
    pub url: Option<StoreUrl>,
    /// How long spent requests, codes and tokens are kept (security K10).
    #[serde(deserialize_with = "length_of_time::<_, DAY, { 365 * DAY }>")]
    pub purge_after: SignedDuration,
}

/// What people are pointed to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Help {
    /// What stands before a subcommand; `None` where it is told from how a command was started.
    #[serde(deserialize_with = "line_if_any")]
    pub command: Option<String>,
    #[serde(deserialize_with = "text")]
    pub administrator_text: String,
    #[serde(deserialize_with = "url")]
    pub service_url: Option<String>,
    #[serde(deserialize_with = "url")]
    pub ticket_url: Option<String>,
    #[serde(deserialize_with = "url")]
    pub unified_id_url: Option<String>,
    #[serde(deserialize_with = "url")]
    pub register_url: Option<String>,
    pub customer_service: Vec<Phone>,
}

/// A number to call, as it is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a list of { region = \"…\", phone = \"…\" }")]
pub struct Phone {
    #[serde(deserialize_with = "text")]
    pub region: String,
    #[serde(deserialize_with = "text")]
    pub phone: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reset {
    /// In the order they are offered; never empty.
    #[serde(deserialize_with = "methods")]
    pub methods: Vec<Method>,
    #[serde(deserialize_with = "length_of_time::<_, 0, { 5 * MINUTE }>")]
    pub redirect_wait: SignedDuration,
}

/// New unified IDs that people register by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Register {
    pub enabled: bool,
}

/// Lifetimes of setup tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Setup {
    #[serde(deserialize_with = "length_of_time::<_, 1, { 7 * DAY }>")]
    pub new_user: SignedDuration,
    #[serde(deserialize_with = "length_of_time::<_, 1, { 7 * DAY }>")]
    pub reset: SignedDuration,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Codes {
    #[serde(deserialize_with = "whole::<_, _, 6, 8>")]
    pub length: usize,
    /// As configured: by email. By SMS it is [`Codes::sms_lifetime`].
    #[serde(deserialize_with = "length_of_time::<_, 1, { 24 * HOUR }>")]
    pub lifetime: SignedDuration,
    #[serde(deserialize_with = "whole::<_, _, 1, 10>")]
    pub tries: u32,
    #[serde(deserialize_with = "length_of_time::<_, 0, HOUR>")]
    pub resend_after: SignedDuration,
    /// How long too many wrong codes in a row switch a method off.
    #[serde(deserialize_with = "length_of_time::<_, HOUR, { 30 * DAY }>")]
    pub method_off_for: SignedDuration,
}

impl Codes {
    /// How long a code by SMS lives: as configured, but ten minutes at most.
    pub fn sms_lifetime(&self) -> SignedDuration {
        self.lifetime.min(SMS_CODE_CEILING)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Captcha {
    pub mode: CaptchaMode,
    /// Leading zero bits of a proof of work.
    #[serde(deserialize_with = "whole::<_, _, 8, 32>")]
    pub bits: u32,
}

text_enum! {
    /// How people show that they are no program.
    CaptchaMode { Picture => "picture", Work => "work", Off => "off" }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Password {
    /// A file with one refused password a line.
    #[serde(deserialize_with = "path")]
    pub extra_list: Option<PathBuf>,
    /// Hashes of passwords that were seen in breaches: a folder of ranges, or a sorted file.
    #[serde(deserialize_with = "path")]
    pub breached_list: Option<PathBuf>,
    /// Words that are too easy to guess here: the company's name, its products.
    #[serde(deserialize_with = "names")]
    pub context_words: Vec<String>,
}

/// The cost of argon2id. The floors are those of security P7. The ceilings keep one sign-in from taking a machine: 1 GiB
/// is far beyond what RFC 9106 recommends where memory is scarce, and half of its first choice. Both together are
/// bounded as every hash is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hash {
    #[serde(deserialize_with = "whole::<_, _, 19_456, 1_048_576>")]
    pub memory_kib: u32,
    #[serde(deserialize_with = "whole::<_, _, 2, 64>")]
    pub iterations: u32,
    #[serde(deserialize_with = "whole::<_, _, 1, 64>")]
    pub parallelism: u32,
    /// Mixes a secret from the key file into each hash.
    pub pepper: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Contacts {
    #[serde(deserialize_with = "length_of_time::<_, 0, { 30 * DAY }>")]
    pub cooldown: SignedDuration,
    /// By whose rules a number without a country code is read.
    #[serde(deserialize_with = "region")]
    pub region: Option<Region>,
}

/// Ceilings on sending, and on looking people up. `None` is no ceiling.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Budgets {
    #[serde(deserialize_with = "whole::<_, _, 1, MANY>")]
    pub contact_per_hour: u32,
    #[serde(deserialize_with = "whole::<_, _, 1, MANY>")]
    pub contact_per_day: u32,
    #[serde(deserialize_with = "whole::<_, _, 1, MANY>")]
    pub source_per_hour: u32,
    #[serde(deserialize_with = "ceiling::<_, MANY>")]
    pub email_per_hour: Option<NonZeroU32>,
    #[serde(deserialize_with = "ceiling::<_, MANY>")]
    pub sms_per_hour: Option<NonZeroU32>,
    /// Of one operator of support.
    #[serde(deserialize_with = "whole::<_, _, 1, MANY>")]
    pub lookups_per_hour: u32,
}

/// Recovery for people whose contacts are gone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Appeals {
    /// How many operators it takes to approve one.
    #[serde(deserialize_with = "whole::<_, _, 1, 5>")]
    pub approvals: u32,
    /// How long claims are kept, and how long an appeal waits for a decision.
    #[serde(deserialize_with = "length_of_time::<_, DAY, { 3650 * DAY }>")]
    pub keep: SignedDuration,
    /// How long a form that was left can be taken up again.
    #[serde(deserialize_with = "length_of_time::<_, HOUR, { 30 * DAY }>")]
    pub draft: SignedDuration,
    #[serde(deserialize_with = "whole::<_, _, 1, MANY>")]
    pub source_per_day: u32,
    #[serde(deserialize_with = "whole::<_, _, 1, MANY>")]
    pub person_per_day: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sources {
    /// Names of system users that may say `--source`; without it, their SSH peer is the source.
    #[serde(deserialize_with = "names")]
    pub trusted: Vec<String>,
    /// Failed sign-ins within an hour, from which a source waits before its next.
    #[serde(deserialize_with = "whole::<_, _, 1, MANY>")]
    pub slow_after: u32,
    /// How long it waits at most; not at all if this is zero.
    #[serde(deserialize_with = "length_of_time::<_, 0, { 5 * MINUTE }>")]
    pub slow_most: SignedDuration,
}

/// Names of system users, and of groups as `%group`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Operators {
    #[serde(deserialize_with = "names")]
    pub admin: Vec<String>,
    #[serde(deserialize_with = "names")]
    pub support: Vec<String>,
}

/// What the help desk must do first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Support {
    pub verified_caller: VerifiedCaller,
    /// What support may do for a caller who was verified.
    #[serde(deserialize_with = "words")]
    pub verified_caller_may: Vec<CallerMay>,
}

text_enum! {
    /// Whether support sends a setup token only to a caller who was verified.
    VerifiedCaller { Required => "required", Optional => "optional" }
}

/// The words of messages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Texts {
    /// A tag such as `zh-CN`.
    #[serde(deserialize_with = "language")]
    pub language: String,
    #[serde(deserialize_with = "path")]
    pub folder: Option<PathBuf>,
    /// For codes by SMS as `@domain #code`; empty for none.
    #[serde(deserialize_with = "domain")]
    pub sms_domain: String,
    /// Such as `Europe/Berlin`, for the times in messages.
    #[serde(deserialize_with = "time_zone")]
    pub time_zone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    pub background: bool,
    /// Names of system users that may hand in delivery receipts, besides admins.
    #[serde(deserialize_with = "names")]
    pub receipts: Vec<String>,
    #[serde(deserialize_with = "email")]
    pub email: Channel,
    #[serde(deserialize_with = "sms")]
    pub sms: Channel,
}
