//! Every setting, typed. The rows of `schema` fill them in; defaults, limits and documentation stand there.

use std::num::NonZeroU32;
use std::path::PathBuf;

use jiff::SignedDuration;

use super::channels::{Channel, Delivery};
use crate::domain::request::Method;
use crate::domain::store_url::StoreUrl;

/// A code by SMS lives no longer than this, whatever the config says (domain.md "Codes").
const SMS_CODE_CEILING: SignedDuration = SignedDuration::from_mins(10);

/// All settings, checked. [`Settings::default`] has every key at its default.
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Where the config puts the store; what counts in the end is `Config::store`.
    pub url: Option<StoreUrl>,
    /// How long spent requests, codes and tokens are kept (security K10).
    pub purge_after: SignedDuration,
}

/// What people are pointed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    pub administrator_text: String,
    pub service_url: Option<String>,
    pub ticket_url: Option<String>,
    pub unified_id_url: Option<String>,
    pub register_url: Option<String>,
    pub customer_service: Vec<Phone>,
}

/// A number to call, as it is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    pub region: String,
    pub phone: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reset {
    /// In the order they are offered; never empty.
    pub methods: Vec<Method>,
    pub redirect_wait: SignedDuration,
}

/// New unified IDs that people register by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    pub enabled: bool,
}

/// Lifetimes of setup tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    pub new_user: SignedDuration,
    pub reset: SignedDuration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    pub length: usize,
    /// As configured: by email. By SMS it is [`Codes::sms_lifetime`].
    pub lifetime: SignedDuration,
    pub tries: u32,
    pub resend_after: SignedDuration,
    /// How long too many wrong codes in a row switch a method off.
    pub method_off_for: SignedDuration,
}

impl Codes {
    /// How long a code by SMS lives: as configured, but ten minutes at most.
    pub fn sms_lifetime(&self) -> SignedDuration {
        self.lifetime.min(SMS_CODE_CEILING)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captcha {
    pub mode: CaptchaMode,
    /// Leading zero bits of a proof of work.
    pub bits: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptchaMode {
    Picture,
    Work,
    Off,
}

impl CaptchaMode {
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("picture", Self::Picture), ("work", Self::Work), ("off", Self::Off)];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password {
    /// A file with one refused password a line.
    pub extra_list: Option<PathBuf>,
    /// Words that are too easy to guess here: the company's name, its products.
    pub context_words: Vec<String>,
}

/// The cost of argon2id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hash {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
    /// Mixes a secret from the key file into each hash.
    pub pepper: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacts {
    pub cooldown: SignedDuration,
}

/// Ceilings on sending, and on looking people up. `None` is no ceiling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    pub contact_per_hour: u32,
    pub contact_per_day: u32,
    pub source_per_hour: u32,
    pub email_per_hour: Option<NonZeroU32>,
    pub sms_per_hour: Option<NonZeroU32>,
    /// Of one operator of support.
    pub lookups_per_hour: u32,
}

/// Recovery for people whose contacts are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeals {
    /// How many operators it takes to approve one.
    pub approvals: u32,
    /// How long claims are kept, and how long an appeal waits for a decision.
    pub keep: SignedDuration,
    /// How long a form that was left can be taken up again.
    pub draft: SignedDuration,
    pub source_per_day: u32,
    pub person_per_day: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Names of system users that may say `--source`; without it, their SSH peer is the source.
    pub trusted: Vec<String>,
    /// Failed sign-ins within an hour, from which a source waits before its next.
    pub slow_after: u32,
    /// How long it waits at most; not at all if this is zero.
    pub slow_most: SignedDuration,
}

/// Names of system users, and of groups as `%group`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operators {
    pub admin: Vec<String>,
    pub support: Vec<String>,
}

/// What the help desk must do first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    pub verified_caller: VerifiedCaller,
}

/// Whether support sends a setup token only to a caller who was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifiedCaller {
    Required,
    Optional,
}

impl VerifiedCaller {
    pub(super) const NAMES: [(&'static str, Self); 2] =
        [("required", Self::Required), ("optional", Self::Optional)];
}

/// The words of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// A tag such as `zh-CN`.
    pub language: String,
    pub folder: Option<PathBuf>,
    /// For codes by SMS as `@domain #code`; empty for none.
    pub sms_domain: String,
}

impl Settings {
    /// Every field with nothing in it. The rows of `schema` fill all of them, so none of these is ever seen.
    pub(super) fn unfilled() -> Self {
        let never = SignedDuration::ZERO;
        Self {
            store: Store { url: None, purge_after: never },
            help: Help {
                administrator_text: String::new(),
                service_url: None,
                ticket_url: None,
                unified_id_url: None,
                register_url: None,
                customer_service: Vec::new(),
            },
            reset: Reset { methods: Vec::new(), redirect_wait: never },
            register: Register { enabled: false },
            setup: Setup { new_user: never, reset: never },
            codes: Codes { length: 0, lifetime: never, tries: 0, resend_after: never, method_off_for: never },
            captcha: Captcha { mode: CaptchaMode::Picture, bits: 0 },
            password: Password { extra_list: None, context_words: Vec::new() },
            hash: Hash { memory_kib: 0, iterations: 0, parallelism: 0, pepper: false },
            contacts: Contacts { cooldown: never },
            budgets: Budgets {
                contact_per_hour: 0,
                contact_per_day: 0,
                source_per_hour: 0,
                email_per_hour: None,
                sms_per_hour: None,
                lookups_per_hour: 0,
            },
            appeals: Appeals {
                approvals: 0,
                keep: never,
                draft: never,
                source_per_day: 0,
                person_per_day: 0,
            },
            sources: Sources { trusted: Vec::new(), slow_after: 0, slow_most: never },
            operators: Operators { admin: Vec::new(), support: Vec::new() },
            support: Support { verified_caller: VerifiedCaller::Required },
            texts: Texts { language: String::new(), folder: None, sms_domain: String::new() },
            delivery: Delivery {
                background: false,
                receipts: Vec::new(),
                email: Channel::unfilled(),
                sms: Channel::unfilled(),
            },
        }
    }
}
