//! Why something is not done although it was asked for properly: the reasons, in words and as stable codes.

use jiff::Timestamp;

use super::address::Channel;
use super::appeal::{FormError, State as AppealState};
use super::chain::Break;
use super::eligibility::Ineligible;
use super::password::{NormaliseError, Weakness};
use super::sign_in::PROOF_MINUTES;
use super::time::{counted, for_people};

/// Why something is not done although it was asked for properly.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("{}", weak(.0))]
    WeakPassword(Vec<Weakness>),
    #[error(transparent)]
    Unusable(#[from] NormaliseError),
    #[error("this password was used before")]
    ReusedPassword,
    #[error("the password was changed a short while ago and cannot be changed again before {}", for_people(*.0))]
    TooYoung(Timestamp),
    #[error("there is no such request here: it has ended, expired, or was started elsewhere")]
    RequestGone,
    #[error("this step does not come now: {next} first")]
    WrongStep { next: &'static str },
    #[error("a code was asked for a moment ago; ask again in {seconds} second{}", if *.seconds == 1 { "" } else { "s" })]
    TooSoon { seconds: u64 },
    #[error("this needs a way to send the code")]
    MethodNeeded,
    #[error("this method needs the full address")]
    AddressNeeded,
    #[error("the code goes to the number that is being registered, and to no other address")]
    NoAddressNeeded,
    #[error("this contact has proved who you are already; one more proof comes from another")]
    SameProof,
    #[error(
        "this device is not one you often sign in from, and nothing else is bound that could prove who you are"
    )]
    NoOtherProof,
    #[error("nobody can register here by themselves")]
    RegistrationOff,
    // Which one it looks like is nobody's business here.
    #[error("this login ID is taken, or looks like one that is")]
    NameTaken,
    #[error("too many names were tried: this request has ended")]
    NamesSpent,
    #[error("this method is switched off here")]
    MethodOff,
    #[error("this code can no longer be used: it has expired, was replaced, or has no tries left")]
    CodeSpent,
    /// What an operator would send again.
    #[error("this code can no longer be used, so that there is none to send again")]
    NothingToResend { who: String, reset: bool },
    #[error("this took longer than a minute to be judged, and counts as wrong")]
    OutcomeTooLate,
    #[error("no more CAPTCHAs in this request")]
    CaptchaSpent,
    #[error("too many requests are open from here")]
    TooManyRequests,
    #[error("an account of that name exists already")]
    AccountExists,
    #[error("a user of that name exists already in this account")]
    UserExists,
    #[error("the name looks like {0}, which exists already")]
    LooksAlike(String),
    #[error("a user cannot be called like its account")]
    NamedLikeAccount,
    #[error("the password policy of the account lets no generated password through")]
    NoneFits { account: String },
    #[error("the account may have {} and has as many", users(*.most))]
    Quota { account: String, most: u32 },
    #[error("this contact belongs to somebody else")]
    ContactTaken,
    #[error("{who} must be disabled before it can be deleted")]
    NotDisabled { noun: &'static str, who: String },
    #[error("{0} is a root user: it lives and ends with its account")]
    RootUser(String),
    #[error("the password of a root user is changed by its owner only")]
    RootPassword { account: String },
    #[error("somebody changed {0} in the meantime")]
    ChangedMeanwhile(String),
    #[error("no code is sent: {}", .0.describe())]
    Ineligible(Ineligible),
    #[error("the contact is verified already")]
    VerifiedAlready,
    #[error("{0} has no verified email address for a setup token")]
    NoEmail(String),
    #[error("the caller has not been verified as {0}")]
    CallerNotVerified(String),
    #[error("this reference was used already, is too old, or another one of the same person was used")]
    ReferenceSpent,
    #[error("more than {PROOF_MINUTES} minutes have passed since the password was given")]
    ProofTooOld,
    #[error("{0} has an authenticator bound already")]
    MfaBound(String),
    #[error("login protection uses the authenticator, so only an administrator may take it away")]
    MfaInUse,
    #[error("too many wrong codes of the authenticator: this request has ended")]
    SecondSpent,
    #[error("operation protection asks for a code before this change")]
    Unprotected,
    /// The contact that a code was wanted to, and the one that there is.
    #[error("you have no {} that a code could go to", .wanted.noun())]
    NoSuchWay { wanted: Channel, there: Channel, masked: String },
    #[error("login protection asks for a code by {by}, and {why}")]
    ProtectionUnmet { by: &'static str, why: &'static str },
    #[error("login protection asks for the code of an authenticator, and {0} has none bound")]
    AuthenticatorNeeded(String),
    #[error("people of this account do not change this by themselves; an administrator does it for them")]
    SelfManagementOff,
    #[error("{0} exists already, and is not touched")]
    InTheWay(String),
    #[error("requests and codes are kept for a day at least, because budgets count what was sent within it")]
    TooYoungToPurge,
    #[error("the backup is damaged: {0}")]
    BackupDamaged(String),
    #[error("the operation records of the backup are broken at number {at}: {what}")]
    BackupRecordsBroken { at: u64, what: Break },
    #[error("{0} is the store itself, and no backup of it")]
    BackupIsStore(String),
    #[error("the store {0} is missing, although its config and key are there")]
    StoreGone(String),
    #[error("the key file {0} is missing, and nobody can use the store without it")]
    KeyGone(String),
    #[error("the backup was made with key {0}, which the key file here does not hold")]
    BackupOfOtherKey(String),
    #[error("the anchor does not carry the mark of a key here: it was changed, or made for another store")]
    AnchorForged,
    #[error("there is no appeal with this serial number")]
    AppealGone,
    #[error("this appeal cannot be used: it is not approved, it is over, or it is for somebody else")]
    AppealUnusable,
    #[error("this appeal is {0} already")]
    AppealOver(AppealState),
    #[error("the appeal is for a name that nobody has here")]
    AppealOfNobody,
    #[error("{0} is an IAM user, and appeals are for accounts and unified IDs")]
    AppealOfMember(String),
    #[error("you have approved this appeal already, and it takes somebody else")]
    ApprovedAlready,
    #[error("too many appeals were submitted from here within a day")]
    TooManyAppeals,
    #[error("too many forms from here wait to be sent")]
    TooManyForms,
    #[error("there is no such form here: it was sent, is over, or was begun elsewhere")]
    FormGone,
    #[error(transparent)]
    Form(#[from] FormError),
    #[error("{most} look-ups within an hour are as many as support may make")]
    TooManyLookups { most: u32 },
    #[error("a temporary password or a setup token lives for at most {0} days")]
    TooLong(u32),
}

impl Refusal {
    /// The stable code, for JSON and the operation records.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooManyLookups { .. } => "too_many_lookups",
            Self::WeakPassword(_) => "weak_password",
            Self::Unusable(_) => "unusable_password",
            Self::ReusedPassword => "reused_password",
            Self::TooYoung(_) => "password_too_young",
            Self::RequestGone => "request_gone",
            Self::WrongStep { .. } => "wrong_step",
            Self::TooSoon { .. } => "too_soon",
            Self::MethodNeeded => "method_needed",
            Self::AddressNeeded => "address_needed",
            Self::NoAddressNeeded => "no_address_needed",
            Self::SameProof => "same_proof",
            Self::NoOtherProof => "no_other_proof",
            Self::RegistrationOff => "registration_off",
            Self::NameTaken => "name_taken",
            Self::NamesSpent => "names_spent",
            Self::MethodOff => "method_off",
            Self::CodeSpent | Self::NothingToResend { .. } => "code_spent",
            Self::OutcomeTooLate => "outcome_too_late",
            Self::CaptchaSpent => "captcha_spent",
            Self::TooManyRequests => "too_many_requests",
            Self::AccountExists | Self::UserExists => "exists",
            Self::LooksAlike(_) => "looks_alike",
            Self::NamedLikeAccount => "named_like_account",
            Self::NoneFits { .. } => "policy_unsatisfiable",
            Self::Quota { .. } => "quota",
            Self::ContactTaken => "contact_taken",
            Self::NotDisabled { .. } => "not_disabled",
            Self::RootUser(_) => "root_user",
            Self::RootPassword { .. } => "root_password",
            Self::ChangedMeanwhile(_) => "changed_meanwhile",
            Self::Ineligible(reason) => reason.as_str(),
            Self::VerifiedAlready => "verified_already",
            Self::NoEmail(_) => "no_verified_email",
            Self::CallerNotVerified(_) => "caller_not_verified",
            Self::ReferenceSpent => "reference_spent",
            Self::ProofTooOld => "proof_too_old",
            Self::MfaBound(_) => "mfa_bound",
            Self::MfaInUse => "mfa_in_use",
            Self::SecondSpent => "second_spent",
            Self::Unprotected => "verification_needed",
            Self::NoSuchWay { .. } => "no_such_contact",
            Self::ProtectionUnmet { .. } => "login_protection_unmet",
            Self::AuthenticatorNeeded(_) => "authenticator_needed",
            Self::SelfManagementOff => "self_management_off",
            Self::InTheWay(_) => "exists",
            Self::TooYoungToPurge => "too_young_to_purge",
            Self::BackupDamaged(_) => "backup_damaged",
            Self::BackupRecordsBroken { .. } => "backup_records_broken",
            Self::BackupIsStore(_) => "backup_is_store",
            Self::StoreGone(_) => "store_missing",
            Self::KeyGone(_) => "key_missing",
            Self::BackupOfOtherKey(_) => "backup_of_other_key",
            Self::AnchorForged => "anchor_forged",
            Self::TooLong(_) => "too_long",
            Self::AppealGone => "appeal_gone",
            Self::AppealUnusable => "appeal_unusable",
            Self::AppealOver(_) => "appeal_over",
            Self::AppealOfNobody => "appeal_of_nobody",
            Self::AppealOfMember(_) => "appeal_of_iam_user",
            Self::ApprovedAlready => "approved_already",
            Self::TooManyAppeals => "too_many_appeals",
            Self::TooManyForms => "too_many_forms",
            Self::FormGone => "form_gone",
            Self::Form(_) => "form_too_long",
        }
    }
}

/// So many users, in words.
pub fn users(count: u32) -> String {
    counted(count, "user")
}

fn weak(all: &[Weakness]) -> String {
    let reasons: Vec<String> = all.iter().map(ToString::to_string).collect();
    reasons.join("; ")
}
