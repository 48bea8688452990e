//! Why something is not done although it was asked for properly: the reasons, in words and as stable codes.

use jiff::Timestamp;

use super::address::Channel;
use super::appeal::{FormError, State as AppealState};
use super::chain::Break;
use super::eligibility::Ineligible;
use super::import::RecordError;
use super::password::{NormaliseError, Weakness};
use super::sign_in::PROOF_MINUTES;
use super::text::coded_error;
use super::time::{counted, for_people};

coded_error! {
    /// Why something is not done although it was asked for properly.
    #[derive(Debug, Clone, PartialEq, thiserror::Error)]
    Refusal {
        #[error("{}", weak(.0))]
        WeakPassword(Vec<Weakness>) => "weak_password",
        #[error(transparent)]
        Unusable(#[from] NormaliseError) => "unusable_password",
        #[error("this password was used before")]
        ReusedPassword => "reused_password",
        #[error("the password was changed recently and cannot be changed again before {}", for_people(*.0))]
        TooYoung(Timestamp) => "password_too_young",
        #[error("there is no such request here: it has ended, expired, or was started elsewhere")]
        RequestGone => "request_gone",
        #[error("this step is not next: {next} first")]
        WrongStep { next: &'static str } => "wrong_step",
        #[error("a code was asked for a moment ago; ask again in {seconds} second{}", if *.seconds == 1 { "" } else { "s" })]
        TooSoon { seconds: u64 } => "too_soon",
        #[error("this needs a way to send the code")]
        MethodNeeded => "method_needed",
        #[error("this method needs the full address")]
        AddressNeeded => "address_needed",
        #[error("the code goes to the number that is being registered, and to no other address")]
        NoAddressNeeded => "no_address_needed",
        #[error("this contact has already proved who you are; the next proof must come from another")]
        SameProof => "same_proof",
        #[error(
            "this device is not one you often sign in from, and nothing else is bound that could prove who you are"
        )]
        NoOtherProof => "no_other_proof",
        #[error("you cannot register yourself here")]
        RegistrationOff => "registration_off",
        // Which one it looks like is nobody's business here.
        #[error("this login ID is taken, or looks like one that is")]
        NameTaken => "name_taken",
        #[error("too many names were tried: this request has ended")]
        NamesSpent => "names_spent",
        #[error("this method is switched off here")]
        MethodOff => "method_off",
        #[error("this code can no longer be used: it has expired, was replaced, or has no tries left")]
        CodeSpent => "code_spent",
        /// What an operator would send again.
        #[error("this code can no longer be used, so it cannot be sent again")]
        NothingToResend { who: String, reset: bool } => "code_spent",
        #[error("this setup token of {0} was {1}")]
        TokenIsOver(String, &'static str) => "setup_token_over",
        #[error("this setup token of {0} was handed to an operator, and was not sent")]
        TokenHandedOut(String) => "setup_token_handed_out",
        #[error("this setup token of {0} went to an address that no longer receives any")]
        TokenWentElsewhere(String) => "setup_token_elsewhere",
        #[error("checking this took longer than a minute, so it counts as wrong")]
        OutcomeTooLate => "outcome_too_late",
        #[error("this request has no CAPTCHAs left")]
        CaptchaSpent => "captcha_spent",
        #[error("too many requests are open from here")]
        TooManyRequests => "too_many_requests",
        #[error("an account of that name exists already")]
        AccountExists => "exists",
        #[error("a user of that name exists already in this account")]
        UserExists => "exists",
        /// A row of an import.
        #[error("{0} exists already")]
        Imported(String) => "exists",
        #[error("the name looks like {0}, which exists already")]
        LooksAlike(String) => "looks_alike",
        #[error("a user cannot be called like its account")]
        NamedLikeAccount => "named_like_account",
        #[error("a name cannot look like an id, such as usr_…: choose another")]
        NamedLikeId => "named_like_id",
        #[error("no generated password meets the password policy of the account")]
        NoneFits { account: String } => "policy_unsatisfiable",
        #[error("the account may have {}, and has reached this limit", users(*.most))]
        Quota { account: String, most: u32 } => "quota",
        #[error("this external ID belongs to {0}")]
        ExternalIdTaken(String) => "external_id_taken",
        #[error("row {0} makes a user whose name looks like this one")]
        LooksLikeRow(u64) => "looks_alike",
        #[error("row {0} has this external ID, too")]
        ExternalIdOfRow(u64) => "external_id_taken",
        #[error("row {0} has this contact, too")]
        ContactOfRow(u64) => "contact_taken",
        #[error("this contact belongs to somebody else")]
        ContactTaken => "contact_taken",
        #[error("this is another mailbox than {0}, which is bound, but looks like it")]
        ContactLooksAlike(String) => "looks_alike",
        #[error("{who} must be disabled before it can be deleted")]
        NotDisabled { noun: &'static str, who: String } => "not_disabled",
        #[error("{0} has no password that could be changed at the next sign-in")]
        NoPassword(String) => "no_password",
        #[error("the password of {0} is too short for somebody without MFA, and must be changed")]
        LeansOnMfa(String) => "leans_on_mfa",
        #[error("{0} is a root user: it is managed with its account")]
        RootUser(String) => "root_user",
        #[error("only its owner can change the password of a root user")]
        RootPassword { account: String } => "root_password",
        #[error("somebody changed {0} in the meantime")]
        ChangedMeanwhile(String) => "changed_meanwhile",
        #[error("somebody changed {0} after the batch began")]
        ChangedSince(String) => "changed_since",
        #[error("the batch {name} {}", if *.over { "is over" } else { "was begun with other people or options" })]
        BatchDiffers { name: String, over: bool } => "batch_differs",
        #[error("somebody changed the options or recipients of the batch {id} without regain")]
        BatchForged { id: String } => "batch_forged",
        #[error("the batch {id} is no longer in the store, which was restored or purged")]
        BatchGone { id: String } => "batch_gone",
        #[error("the batch {id} with the same people and options is not finished: {left} of {} left", counted(*.rows, "row"))]
        BatchUnfinished { id: String, left: u64, rows: u64, of_file: bool } => "batch_unfinished",
        #[error("another process is working on the batch {id}")]
        BatchRunning { id: String } => "batch_running",
        #[error("the batch {id} was begun by another version of regain")]
        BatchOfOtherVersion { id: String } => "batch_of_other_version",
        #[error("the batch {id} {}", if *.cancelled { "was cancelled" } else { "is done" })]
        BatchOver { id: String, cancelled: bool } => "batch_over",
        #[error("no code is sent: {}", .0.describe())]
        Ineligible(Ineligible) => "ineligible",
        #[error("the contact is verified already")]
        VerifiedAlready => "verified_already",
        #[error("no {} of yours waits for a code", .0.noun())]
        NothingToVerify(Channel) => "nothing_to_verify",
        #[error("only {0} can confirm this contact, with their password")]
        OwnerConfirms(String) => "owner_confirms",
        #[error("{0} has no verified email address for a setup token")]
        NoEmail(String) => "no_verified_email",
        #[error("the caller has not been verified as {0}")]
        CallerNotVerified(String) => "caller_not_verified",
        #[error("this reference was used already, is too old, or another one of the same person was used")]
        ReferenceSpent => "reference_spent",
        #[error("more than {PROOF_MINUTES} minutes have passed since the password was given")]
        ProofTooOld => "proof_too_old",
        #[error("{0} has an authenticator bound already")]
        MfaBound(String) => "mfa_bound",
        #[error("login protection uses the authenticator, so only an administrator may remove it")]
        MfaInUse => "mfa_in_use",
        #[error("too many wrong codes of the authenticator: this request has ended")]
        SecondSpent => "second_spent",
        #[error("operation protection asks for a code before this change")]
        Unprotected => "verification_needed",
        /// The contact that a code was wanted to, and the one that there is.
        #[error("you have no {} that a code could go to", .wanted.noun())]
        NoSuchWay { wanted: Channel, there: Channel, masked: String } => "no_such_contact",
        #[error("login protection asks for a code by {by}, and {why}")]
        ProtectionUnmet { by: &'static str, why: &'static str } => "login_protection_unmet",
        #[error("login protection asks for the code of an authenticator, and {0} has none bound")]
        AuthenticatorNeeded(String) => "authenticator_needed",
        #[error("people in this account cannot change this themselves; an administrator does it for them")]
        SelfManagementOff => "self_management_off",
        #[error("{0} exists already, and is left unchanged")]
        InTheWay(String) => "exists",
        #[error("--older-than takes at least 1d: budgets count what was sent within a day")]
        TooYoungToPurge => "too_young_to_purge",
        #[error("the backup is damaged: {0}")]
        BackupDamaged(String) => "backup_damaged",
        #[error("the operation records of the backup are broken at number {at}: {what}")]
        BackupRecordsBroken { at: u64, what: Break } => "backup_records_broken",
        #[error("{0} is the store itself, not a backup of it")]
        BackupIsStore(String) => "backup_is_store",
        #[error("the store {0} is missing, although its config and key are there")]
        StoreGone(String) => "store_missing",
        #[error("the key file {0} is missing, and nobody can use the store without it")]
        KeyGone(String) => "key_missing",
        #[error("the backup was made with key {0}, which the key file here does not hold")]
        BackupOfOtherKey(String) => "backup_of_other_key",
        #[error("the anchor was not made with a key that is here: it was changed, or made for another store")]
        AnchorForged => "anchor_forged",
        #[error("there is no appeal with this serial number")]
        AppealGone => "appeal_gone",
        #[error("this appeal cannot be used: it is not approved, it is over, or it is for somebody else")]
        AppealUnusable => "appeal_unusable",
        #[error("this appeal is {0} already")]
        AppealOver(AppealState) => "appeal_over",
        #[error("the appeal is for a name that does not exist here")]
        AppealOfNobody => "appeal_of_nobody",
        #[error("{0} is an IAM user, and appeals are for accounts and unified IDs")]
        AppealOfMember(String) => "appeal_of_iam_user",
        #[error("you have approved this appeal already; another operator must approve it, too")]
        ApprovedAlready => "approved_already",
        #[error("too many appeals were submitted from here within a day")]
        TooManyAppeals => "too_many_appeals",
        #[error("too many forms from here wait to be sent")]
        TooManyForms => "too_many_forms",
        #[error("there is no such form here: it was sent, is over, or was begun elsewhere")]
        FormGone => "form_gone",
        #[error(transparent)]
        Form(#[from] FormError) => "form_too_long",
        #[error("--expect says {expected}, but there {} {found}; nothing was done", if *.found == 1 { "is" } else { "are" })]
        UnexpectedCount { expected: u64, found: u64 } => "unexpected_count",
        /// Of a row that a file has.
        #[error("{0}")]
        Unread(String) => "malformed",
        #[error(transparent)]
        Record(#[from] RecordError) => "malformed",
        #[error("the password hash is of the scheme {0}, which is cheap to guess")]
        LegacyHash(&'static str) => "legacy_hash",
        #[error("a check of the password hash, of the scheme {0}, would take too long")]
        HashTooDear(&'static str) => "hash_too_dear",
        #[error("the password hash is of no scheme that is known here")]
        UnknownHash => "unknown_hash",
        #[error("support may make at most {most} look-ups within an hour")]
        TooManyLookups { most: u32 } => "too_many_lookups",
    }
    /// Of the variant alone.
    fn own_code;
}

impl Refusal {
    /// Whether it tells of a user who was found by the name that was given.
    pub fn is_about_somebody(&self) -> bool {
        matches!(
            self,
            Self::RootPassword { .. }
                | Self::RootUser(_)
                | Self::NotDisabled { .. }
                | Self::NoPassword(_)
                | Self::LeansOnMfa(_)
                | Self::NoEmail(_)
                | Self::ChangedMeanwhile(_)
                | Self::UserExists
                | Self::Imported(_)
        )
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ineligible(reason) => reason.as_str(),
            Self::Record(error) => error.code(),
            other => other.own_code(),
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
