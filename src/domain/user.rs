//! Users: the root user of an account, and the IAM users in it.

use jiff::Timestamp;

use super::account::{Account, Kind, Status};
use super::address::Channel;
use super::contact::Contact;
use super::hash_scheme::HashKind;
use super::notice::Disowned;
use super::principal::NamedAs;
use super::text::text_enum;

text_enum! {
    /// How a user may come in. Who may come in by program only has no password to recover.
    AccessMode { Default => "default", Programmatic => "programmatic", Console => "console" }
}

text_enum! {
    /// What is asked besides the password at `login`.
    LoginProtection { None => "none", Sms => "sms", Email => "email", Vmfa => "vmfa" }
}

impl LoginProtection {
    /// Where its code goes.
    pub fn channel(self) -> Option<Channel> {
        match self {
            Self::None | Self::Vmfa => None,
            Self::Sms => Some(Channel::Mobile),
            Self::Email => Some(Channel::Email),
        }
    }
}

/// The longest description, in characters.
const DESCRIPTION_LENGTH: usize = 255;

/// Why a text cannot describe a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    #[error("a description has at most 255 characters")]
    TooLong,
    #[error("a description is one line without control characters")]
    Control,
}

/// What is noted about a user. Blank is nothing.
pub fn parse_description(text: &str) -> Result<Option<String>, DescriptionError> {
    if text.chars().any(char::is_control) {
        return Err(DescriptionError::Control);
    }
    let text = text.trim();
    if text.chars().count() > DESCRIPTION_LENGTH {
        return Err(DescriptionError::TooLong);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A stored password hash: a PHC string, or what another program wrote. No `Debug` and no `Serialize`, so that it
/// cannot slip into a record or a report.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash {
    text: String,
    kind: Option<HashKind>,
}

impl StoredHash {
    /// `kind` is none where it does not matter, or where nobody can tell.
    pub fn new(text: String, kind: Option<HashKind>) -> Self {
        Self { text, kind }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its scheme, and what a check of it costs.
    pub fn kind(&self) -> Option<&HashKind> {
        self.kind.as_ref()
    }
}

/// The password of a user and what is known of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Credential {
    /// `None`: no password, and so no sign-in.
    pub hash: Option<StoredHash>,
    pub must_change: bool,
    pub changed_at: Option<Timestamp>,
    /// The end of a temporary password; one that was ended for good ends when it began.
    pub expires_at: Option<Timestamp>,
    /// Whether it is shorter than somebody without MFA may have it (security P1).
    pub leans_on_mfa: bool,
    /// Counts the changes of the credential, so that sessions elsewhere can see that they are out of date.
    pub epoch: u64,
}

impl Credential {
    /// What a check of the password takes.
    pub fn kind(&self) -> Option<&HashKind> {
        self.hash.as_ref().and_then(StoredHash::kind)
    }

    /// Whether another program hashed the password, which no sign-in has replaced since.
    pub fn is_imported(&self) -> bool {
        self.kind().is_some_and(|kind| kind.scheme.is_foreign())
    }

    /// Whether this is a temporary password that is of no use at `now`: its time is over, or has not come, where
    /// the clock went back behind the moment it was set at (security K5).
    pub fn is_over(&self, now: Timestamp) -> bool {
        let begun = self.changed_at.is_none_or(|from| from <= now);
        self.expires_at.is_some_and(|end| end <= now || !begun)
    }
}

/// The failures at sign-in that count towards a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    pub count: u32,
    pub since: Option<Timestamp>,
    pub locked_until: Option<Timestamp>,
}

impl Failures {
    /// How many count now: those that locked no longer do when the lock has ended.
    pub fn counted(&self, now: Timestamp) -> u32 {
        if self.locked_until.is_some_and(|end| end <= now) { 0 } else { self.count }
    }

    /// The end of the lock, if it is locked now.
    pub fn locked(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|end| now < *end)
    }
}

/// A user with its contacts.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub id: String,
    pub account_id: String,
    pub account: String,
    pub account_status: Status,
    pub account_kind: Kind,
    pub name: String,
    pub root: bool,
    pub status: Status,
    pub description: Option<String>,
    pub access_mode: AccessMode,
    pub login_protection: LoginProtection,
    pub credential: Credential,
    pub failures: Failures,
    /// Set while they are blocked, because somebody said that a change was not theirs.
    pub disowned: Option<Disowned>,
    pub last_login_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// What another system calls them; nobody else in the account is called so.
    pub external_id: Option<String>,
    /// Whether virtual MFA is bound.
    pub mfa: bool,
    /// One a channel: the verified one, or else the one that waits for its proof.
    pub contacts: Vec<Contact>,
    /// What waits for its proof to take the place of a verified one, and counts for nothing until then.
    pub pending: Vec<Contact>,
}

impl User {
    /// Somebody new in an account: enabled, without password and contacts.
    pub fn newborn(id: String, account: &Account, name: String, root: bool, now: Timestamp) -> Self {
        Self {
            id,
            account_id: account.id.clone(),
            account: account.name.clone(),
            account_status: account.status,
            account_kind: account.kind,
            name,
            root,
            status: Status::Enabled,
            description: None,
            access_mode: AccessMode::Default,
            login_protection: LoginProtection::None,
            credential: Credential::default(),
            failures: Failures::default(),
            disowned: None,
            last_login_at: None,
            created_at: now,
            external_id: None,
            mfa: false,
            contacts: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// As written on the command line: `acme/alice`, or `acme` for the root user.
    pub fn path(&self) -> String {
        if self.root { self.account.clone() } else { format!("{}/{}", self.account, self.name) }
    }

    /// As their own name tells.
    pub fn named_as(&self) -> NamedAs {
        if self.root { NamedAs::LoginId } else { NamedAs::Member }
    }

    pub fn contact(&self, channel: Channel) -> Option<&Contact> {
        self.contacts.iter().find(|c| c.channel == channel)
    }

    /// Each contact, and behind it the one that waits to take its place.
    pub fn every_contact(&self) -> impl Iterator<Item = &Contact> {
        Channel::ALL.iter().flat_map(|channel| self.contacts_of(*channel))
    }

    /// The contact of a channel, and the one that waits to take its place.
    pub fn contacts_of(&self, channel: Channel) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().chain(&self.pending).filter(move |contact| contact.channel == channel)
    }

    /// The contact of a channel that waits for its proof.
    pub fn unverified(&self, channel: Channel) -> Option<&Contact> {
        self.contacts_of(channel).find(|contact| contact.verified_at.is_none())
    }

    /// The address bound for email, for context words and messages.
    pub fn email(&self) -> Option<&str> {
        self.contact(Channel::Email).map(|c| c.address.as_str())
    }

    /// The kind of contact that login protection needs, and that is not there or not verified.
    pub fn lacks_for_login(&self) -> Option<Channel> {
        let channel = self.login_protection.channel()?;
        let verified = self.contact(channel).is_some_and(|contact| contact.verified_at.is_some());
        (!verified).then_some(channel)
    }

    /// Whether both the user and its account are enabled.
    pub fn enabled(&self) -> bool {
        self.status == Status::Enabled && self.account_status == Status::Enabled
    }

    /// Whether this is somebody's unified ID, and not an IAM user within one.
    pub fn is_unified_id(&self) -> bool {
        self.root && self.account_kind == Kind::Unified
    }

    /// What people are called in a sentence.
    pub fn title(&self) -> &'static str {
        if self.root { "Enterprise administrator" } else { "IAM user" }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::contact::Confirmation;
    use super::*;

    #[test]
    fn a_description_is_one_short_line() {
        assert_eq!(parse_description(" night shift "), Ok(Some("night shift".to_owned())));
        assert_eq!(parse_description("  "), Ok(None));
        assert_eq!(parse_description(&"é".repeat(255)).map(|text| text.is_some()), Ok(true));
        assert_eq!(parse_description(&"é".repeat(256)), Err(DescriptionError::TooLong));
        for text in ["a\nb", "a\0", "\u{1b}[31m", "\u{85}"] {
            assert_eq!(parse_description(text), Err(DescriptionError::Control), "{text:?}");
        }
    }

    pub(in crate::domain) fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    /// An IAM user, or with `root` the root user, of an account of this kind.
    pub(in crate::domain) fn somebody(kind: Kind, root: bool) -> User {
        let account = Account {
            id: "acc_1".to_owned(),
            name: "acme".to_owned(),
            kind,
            status: Status::Enabled,
            user_quota: None,
            users: 0,
            created_at: at(0),
        };
        User::newborn("usr_1".to_owned(), &account, "alice".to_owned(), root, at(0))
    }

    pub(in crate::domain) fn contact(channel: Channel, verified: bool) -> Contact {
        Contact {
            id: format!("con_{channel}"),
            user_id: "usr_1".to_owned(),
            channel,
            address: "x".to_owned(),
            key: "x".to_owned(),
            verified_at: verified.then(|| at(0)),
            usable_from: at(0),
            bound_at: at(0),
            security: false,
            confirmation: Confirmation::Owner,
        }
    }

    #[test]
    fn k5_a_temporary_password_is_over_at_its_end_and_before_its_beginning() {
        let temporary = |from, end| Credential { changed_at: from, expires_at: end, ..Credential::default() };
        for (from, end, over) in [
            (Some(at(0)), Some(at(100)), true),
            (Some(at(0)), Some(at(101)), false),
            (Some(at(100)), Some(at(900)), false),
            (Some(at(101)), Some(at(900)), true),
            (None, Some(at(900)), false),
            (Some(at(101)), None, false),
        ] {
            assert_eq!(temporary(from, end).is_over(at(100)), over, "{from:?} {end:?}");
        }
    }

    #[test]
    fn a_lock_lasts_until_its_end_and_its_failures_count_no_longer() {
        let failures = Failures { count: 5, since: Some(at(0)), locked_until: Some(at(100)) };
        assert_eq!((failures.locked(at(99)), failures.counted(at(99))), (Some(at(100)), 5));
        assert_eq!((failures.locked(at(100)), failures.counted(at(100))), (None, 0));
        assert_eq!(Failures { locked_until: None, ..failures }.counted(at(100)), 5);
    }

    #[test]
    fn enabled_is_who_is_enabled_in_an_account_that_is() {
        for (own, accounts, enabled) in [
            (Status::Enabled, Status::Enabled, true),
            (Status::Disabled, Status::Enabled, false),
            (Status::Enabled, Status::Disabled, false),
        ] {
            let user = User { status: own, account_status: accounts, ..somebody(Kind::Cloud, false) };
            assert_eq!(user.enabled(), enabled, "{own} {accounts}");
        }
    }

    #[test]
    fn a_unified_id_is_the_root_user_of_its_kind_of_account() {
        let is = |kind, root| somebody(kind, root).is_unified_id();
        assert!(is(Kind::Unified, true));
        assert!(!is(Kind::Unified, false) && !is(Kind::Cloud, true) && !is(Kind::Cloud, false));
    }

    #[test]
    fn login_protection_needs_a_verified_contact_of_its_channel() {
        let lacks = |by, contacts| {
            User { login_protection: by, contacts, ..somebody(Kind::Cloud, false) }.lacks_for_login()
        };
        let (email, mobile) = (contact(Channel::Email, true), contact(Channel::Mobile, false));
        let both = || vec![email.clone(), mobile.clone()];
        assert_eq!(lacks(LoginProtection::None, Vec::new()), None);
        assert_eq!(lacks(LoginProtection::Vmfa, Vec::new()), None);
        assert_eq!(lacks(LoginProtection::Email, both()), None);
        assert_eq!(lacks(LoginProtection::Sms, both()), Some(Channel::Mobile), "not verified");
        assert_eq!(lacks(LoginProtection::Sms, vec![email.clone()]), Some(Channel::Mobile));
    }
}
