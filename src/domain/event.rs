//! Operation records: what is written down about every success, failure, refusal and look-up (security U1).

use std::borrow::Cow;
use std::str::FromStr;

use jiff::Timestamp;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::text::text_enum;
use super::time::{in_seconds, whole_seconds};

text_enum! {
    /// The trace names of the cloud's own records (domain.md), and ours in the same style.
    Action {
        Login => "login",
        LoginFailed => "loginFailed",
        LoginAttempted => "loginAttempted",
        VerifyCodeAttempted => "verifyCodeAttempted",
        CaptchaAttempted => "fpwdCaptchaAttempted",
        SetupTokenAttempted => "setupTokenAttempted",
        ChallengeAttempted => "callerVerifyAttempted",
        DisownAttempted => "disownAttempted",
        AppealAttempted => "lookupAppealAttempted",
        /// Known to filters alone: no session is kept here, so nobody is signed out.
        Logout => "logout",
        ChangePassword => "changePassword",
        ResetRequested => "fpwdResetRequested",
        CaptchaShown => "fpwdCaptchaShown",
        CaptchaPassed => "fpwdCaptchaPassed",
        CaptchaFailed => "fpwdCaptchaFailed",
        ResetSuccess => "fpwdResetSuccess",
        ResetFailed => "fpwdResetFailed",
        ResetCancelled => "fpwdResetCancelled",
        VerifyCodeSent => "verifyCodeSent",
        VerifyCodePassed => "verifyCodePassed",
        VerifyCodeFailed => "verifyCodeFailed",
        VerifyCodeRevoked => "verifyCodeRevoked",
        DeliveryFailed => "deliveryFailed",
        DeliveryTested => "deliveryTested",
        DeliveryReceipt => "deliveryReceipt",
        UpdateUserPwd => "updateUserPwd",
        UpdateUserPwdByEmail => "updateUserPwdByEmail",
        SetPasswordByAdmin => "setPasswordByAdmin",
        SetupTokenSent => "setupTokenSent",
        NoticeQueued => "noticeQueued",
        ChallengeSent => "callerChallengeSent",
        ChallengeConfirmed => "callerVerified",
        ChallengeFailed => "callerVerifyFailed",
        DisownChange => "disownChange",
        DisownCode => "disownCode",
        CreateAccount => "createAccount",
        UpdateAccount => "updateAccount",
        DeleteAccount => "deleteAccount",
        CreateUser => "createUser",
        UpdateUser => "updateUser",
        ModifyLoginProtect => "modifyLoginProtect",
        DeleteUser => "deleteUser",
        RevokeUser => "revokeUser",
        UnlockUser => "unlockUser",
        ModifyUserEmail => "modifyUserEmail",
        ModifyUserMobile => "modifyUserMobile",
        CreateMfa => "createMFA",
        BindMfa => "BindMFA",
        UnbindMfa => "UnBindMFA",
        DeleteMfa => "deleteMFA",
        ModifySecurityPolicy => "modifySecurityPolicy",
        RememberDevice => "rememberDevice",
        ForgetDevices => "forgetDevices",
        LookupDevices => "lookupDevices",
        RegisterRequested => "registerRequested",
        RegisterFailed => "registerFailed",
        LookupContact => "lookupContact",
        LookupUser => "lookupUser",
        LookupCodes => "lookupCodes",
        ExplainCodes => "explainCodes",
        DiagnoseUser => "diagnoseUser",
        LookupRecords => "lookupRecords",
        /// Of everybody, or of an account: their contacts in full, and their hashes where these were asked for.
        ExportUsers => "exportUsers",
        /// One operator of support looked up more people than calls need.
        LookupsExceeded => "lookupsExceeded",
        OperatorRefused => "operatorRefused",
        AppealBegun => "appealBegun",
        AppealSubmitted => "appealSubmitted",
        AppealSeconded => "appealSeconded",
        AppealApproved => "appealApproved",
        AppealDenied => "appealDenied",
        AppealUsed => "appealUsed",
        LookupAppeal => "lookupAppeal",
        BatchBegun => "batchBegun",
        BatchResumed => "batchResumed",
        BatchCancelled => "batchCancelled",
        /// The secrets of a batch, which only their recipients can open.
        LookupSecrets => "lookupSecrets",
        RotateKey => "rotateKey",
        BackupStore => "backupStore",
        RestoreStore => "restoreStore",
        PurgeStore => "purgeStore",
        CreateStore => "createStore",
        ClockWentBack => "clockWentBack",
    }
}

text_enum! {
    /// How it ended.
    Outcome {
        Success => "success",
        Failure => "failure",
        Refused => "refused",
        /// Not known yet: what is judged has a record of its own.
        Attempted => "attempted",
    }
}

text_enum! {
    /// How much attention it deserves.
    Rating { Normal => "normal", Warning => "warning", Incident => "incident" }
}

impl Action {
    /// What a person, or somebody for them, changed about how they sign in and are reached: the changes that they may
    /// remember.
    pub const OF_A_PERSON: [Self; 16] = [
        Self::ChangePassword,
        Self::ResetSuccess,
        Self::UpdateUserPwd,
        Self::UpdateUserPwdByEmail,
        Self::SetPasswordByAdmin,
        Self::CreateUser,
        Self::UpdateUser,
        Self::ModifyLoginProtect,
        Self::RevokeUser,
        Self::DisownChange,
        Self::UnlockUser,
        Self::ModifyUserEmail,
        Self::ModifyUserMobile,
        Self::BindMfa,
        Self::UnbindMfa,
        Self::ForgetDevices,
    ];

    /// The rating of an event of this kind with this end.
    pub fn rating(self, outcome: Outcome) -> Rating {
        match (self, outcome) {
            (Self::ClockWentBack | Self::RestoreStore | Self::LookupsExceeded, _)
            | (Self::DisownChange, Outcome::Success) => Rating::Incident,
            (Self::DisownCode, _) => Rating::Warning,
            (
                Self::RevokeUser
                | Self::DeleteUser
                | Self::DeleteAccount
                | Self::RotateKey
                | Self::UnbindMfa
                | Self::ExportUsers
                | Self::AppealApproved,
                _,
            ) => Rating::Warning,
            (_, Outcome::Success | Outcome::Attempted) => Rating::Normal,
            (_, Outcome::Failure | Outcome::Refused) => Rating::Warning,
        }
    }
}

text_enum! {
    /// The details that are read back as data: written by [`NewEvent::with`], read by [`Event::text`] and its like.
    Detail {
        Arrival => "arrival",
        Code => "code",
        EmailBefore => "email_before",
        /// The address that a portal or kiosk told.
        From => "from",
        LockedUntil => "locked_until",
        Message => "message",
        MobileBefore => "mobile_before",
        /// What has to be proven besides a code.
        Needs => "needs",
        Purpose => "purpose",
        Serial => "serial",
        /// Whom an attempt is counted for, known or not.
        Subject => "subject",
        To => "to",
        Token => "token",
        TriesLeft => "tries_left",
    }
}

impl From<Detail> for &'static str {
    fn from(detail: Detail) -> Self {
        detail.as_str()
    }
}

/// A value that may stand in an event's detail. There is no variant for arbitrary text, so no secret that
/// a person typed can get there (security U3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Flag(bool),
    Count(u64),
    /// One of the program's own words.
    Word(&'static str),
    Words(Vec<&'static str>),
    Time(Timestamp),
    /// A row's identifier, made by us.
    Id(String),
    /// What [`super::address::masked`] made.
    Masked(String),
}

impl From<&Fact> for Value {
    fn from(fact: &Fact) -> Self {
        match fact {
            Fact::Flag(flag) => Self::Bool(*flag),
            Fact::Count(count) => Self::from(*count),
            Fact::Word(word) => Self::from(*word),
            Fact::Words(words) => Self::from(words.clone()),
            Fact::Time(at) => Self::from(at.to_string()),
            Fact::Id(text) | Fact::Masked(text) => Self::from(text.as_str()),
        }
    }
}

/// Whom an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The store itself.
    None,
    /// A known user or account: its id and how it was called at the time.
    Known { id: String, name: String },
    /// A name that nobody has, keyed-hashed, because people type passwords there.
    Unknown { hash: String },
}

/// An event to be written; who did it and when is added by the one who writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub action: Action,
    pub outcome: Outcome,
    /// Why it failed or was refused; a stable code.
    pub code: Option<&'static str>,
    pub target: Target,
    pub detail: Vec<(&'static str, Fact)>,
}

impl NewEvent {
    pub fn success(action: Action, target: Target) -> Self {
        Self { action, outcome: Outcome::Success, code: None, target, detail: Vec::new() }
    }

    pub fn failure(action: Action, target: Target, code: &'static str) -> Self {
        Self { action, outcome: Outcome::Failure, code: Some(code), target, detail: Vec::new() }
    }

    /// One that is about to be judged; it names nobody, so that it is the same for everyone.
    pub fn attempted(action: Action) -> Self {
        Self { outcome: Outcome::Attempted, ..Self::success(action, Target::None) }
    }

    pub fn refused(action: Action, target: Target, code: &'static str) -> Self {
        Self { action, outcome: Outcome::Refused, code: Some(code), target, detail: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, key: impl Into<&'static str>, fact: Fact) -> Self {
        self.detail.push((key.into(), fact));
        self
    }

    /// The detail as one JSON object.
    pub fn detail_json(&self) -> Map<String, Value> {
        self.detail.iter().map(|(key, fact)| ((*key).to_owned(), Value::from(fact))).collect()
    }
}

/// A detail, read or as it is stored.
trait Facts {
    /// `None` where what is stored cannot be read.
    fn facts(&self) -> Option<Cow<'_, Map<String, Value>>>;
}

impl Facts for Map<String, Value> {
    fn facts(&self) -> Option<Cow<'_, Self>> {
        Some(Cow::Borrowed(self))
    }
}

impl Facts for &str {
    fn facts(&self) -> Option<Cow<'_, Map<String, Value>>> {
        serde_json::from_str(self).ok().map(Cow::Owned)
    }
}

/// A detail with its moments in whole seconds; there is no free text in it.
fn with_seconds<D: Facts, S: Serializer>(detail: &D, serializer: S) -> Result<S::Ok, S::Error> {
    let facts = detail.facts().ok_or_else(|| S::Error::custom("the detail cannot be read"))?;
    // A failed try to read a moment takes long.
    let may_be_one =
        |text: &&str| text.starts_with(|first: char| first.is_ascii_digit() || "+-".contains(first));
    let shown = |value: &Value| match value.as_str().filter(may_be_one).and_then(|text| text.parse().ok()) {
        Some(at) => Value::from(whole_seconds(at).to_string()),
        None => value.clone(),
    };
    serializer.collect_map(facts.iter().map(|(key, value)| (key, shown(value))))
}

/// An event as stored and listed, with texts and a detail of its own, or as a [`StoredEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event<T = String, D = Map<String, Value>> {
    pub seq: u64,
    #[serde(serialize_with = "in_seconds")]
    pub at: Timestamp,
    pub action: T,
    pub rating: T,
    pub outcome: T,
    /// What the operator gave with `--reason`, else the stable code of the failure.
    pub reason: Option<T>,
    pub code: Option<T>,
    /// Who acted, from the kernel.
    pub actor: T,
    /// Its name, if it was an operator's act.
    pub operator: Option<T>,
    pub host: T,
    pub process: u32,
    pub target: Option<T>,
    pub target_id: Option<T>,
    #[serde(serialize_with = "with_seconds", bound(serialize = "D: Facts"))]
    pub detail: D,
    pub ticket: Option<T>,
    pub key_id: T,
    /// Keyed hash over the event before this one and everything above, in hexadecimal.
    pub hash: T,
}

/// An event as it stands in its row, the detail still in JSON.
pub type StoredEvent<'r> = Event<&'r str, &'r str>;

impl Event {
    /// A detail as it was written; `None` where it is missing or no text.
    pub fn text(&self, key: Detail) -> Option<&str> {
        self.detail.get(key.as_str())?.as_str()
    }

    /// A detail as what its text stands for: a time, an address, a word of an enum.
    pub fn read<T: FromStr>(&self, key: Detail) -> Option<T> {
        self.text(key)?.parse().ok()
    }

    /// A detail that is a number.
    pub fn count(&self, key: Detail) -> Option<u64> {
        self.detail.get(key.as_str())?.as_u64()
    }

    /// The detail as it is stored.
    pub fn detail_text(&self) -> String {
        // A map of texts to values cannot fail.
        serde_json::to_string(&self.detail).unwrap_or_default()
    }
}

impl StoredEvent<'_> {
    /// Whether the detail can be read.
    pub fn is_readable(&self) -> bool {
        self.detail.facts().is_some()
    }
}

impl<T: AsRef<str>, D> Event<T, D> {
    /// The parts the chain's hash covers, after the hash of the event before; with the detail as it is stored.
    pub fn chained_parts<'e>(&'e self, detail: &'e str) -> [Cow<'e, [u8]>; 16] {
        let text = |text: &'e T| Cow::Borrowed(text.as_ref().as_bytes());
        let optional = |text: &'e Option<T>| match text {
            Some(text) => Cow::Owned([b"1", text.as_ref().as_bytes()].concat()),
            None => Cow::Borrowed(b"0".as_slice()),
        };
        [
            Cow::Owned(self.seq.to_be_bytes().to_vec()),
            Cow::Owned(self.at.as_millisecond().to_be_bytes().to_vec()),
            text(&self.action),
            text(&self.rating),
            text(&self.outcome),
            optional(&self.reason),
            optional(&self.code),
            text(&self.actor),
            optional(&self.operator),
            text(&self.host),
            Cow::Owned(self.process.to_be_bytes().to_vec()),
            optional(&self.target),
            optional(&self.target_id),
            Cow::Borrowed(detail.as_bytes()),
            optional(&self.ticket),
            text(&self.key_id),
        ]
    }
}
