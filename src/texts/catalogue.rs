//! Every message there is, and its fields.

use jiff::{SignedDuration, Timestamp};

use crate::domain::Secret;

/// What a field holds. `secret` must stand in the text exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Secret,
    Text,
    /// A text, or nothing: for `{% if … %}`.
    Optional,
    /// A length of time, in the words of the language.
    Span,
    /// A moment, such as `2026-11-21 18:12 UTC`.
    Moment,
    /// A moment soon to come, such as `18:12 UTC`.
    Clock,
}

/// A field with its value.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    Secret(&'a Secret),
    Text(&'a str),
    Optional(Option<&'a str>),
    Span(SignedDuration),
    Moment(Timestamp),
    Clock(Timestamp),
}

/// A message, its fields, and its shipped templates.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    pub fields: &'static [(&'static str, Kind)],
    pub(super) english: &'static str,
    pub(super) chinese: &'static str,
}

impl Entry {
    /// The field that must stand in the text exactly once.
    pub(super) fn secret(&self) -> Option<&'static str> {
        self.fields.iter().find(|(_, kind)| *kind == Kind::Secret).map(|(name, _)| *name)
    }

    /// Whether it carries a code: then no other run of digits may be as long as one.
    pub(super) fn carries_code(&self) -> bool {
        self.secret() == Some("code")
    }
}

macro_rules! field_type {
    ($life:lifetime secret) => { &$life Secret };
    ($life:lifetime text) => { &$life str };
    ($life:lifetime optional) => { Option<&$life str> };
    ($life:lifetime span) => { SignedDuration };
    ($life:lifetime moment) => { Timestamp };
    ($life:lifetime clock) => { Timestamp };
}

macro_rules! of_kind {
    ($of:ident secret) => {
        $of::Secret
    };
    ($of:ident text) => {
        $of::Text
    };
    ($of:ident optional) => {
        $of::Optional
    };
    ($of:ident span) => {
        $of::Span
    };
    ($of:ident moment) => {
        $of::Moment
    };
    ($of:ident clock) => {
        $of::Clock
    };
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $variant:ident $name:literal { $($field:ident: $kind:ident),* $(,)? })+) => {
        /// A message with the values of its fields.
        #[derive(Clone, Copy)]
        pub enum Text<'a> {
            $($(#[$doc])* $variant { $($field: field_type!('a $kind)),* }),+
        }

        impl<'a> Text<'a> {
            /// The name of its templates.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name),+ }
            }

            pub(super) fn given(&self) -> Vec<(&'static str, Given<'a>)> {
                match *self {
                    $(Self::$variant { $($field),* } => {
                        vec![$((stringify!($field), of_kind!(Given $kind)($field))),*]
                    })+
                }
            }
        }

        /// Every message, in the order of `texts list`.
        pub static CATALOGUE: &[Entry] = &[$(Entry {
            name: $name,
            fields: &[$((stringify!($field), of_kind!(Kind $kind))),*],
            english: include_str!(concat!("en/", $name, ".txt")),
            chinese: include_str!(concat!("zh-CN/", $name, ".txt")),
        }),+];
    };
}

catalogue! {
    /// For setting a new password.
    CodeReset "code_reset" { code: secret, good_for: span, good_until: clock, reference: optional }
    /// For binding a contact to an identity.
    CodeBindContact "code_bind_contact" { code: secret, good_for: span, good_until: clock, reference: optional }
    /// To the old contact before it is replaced.
    CodeLeaveContact "code_leave_contact" { code: secret, good_for: span, good_until: clock, reference: optional }
    /// For a sign-in with login protection.
    CodeLogin "code_login" { code: secret, good_for: span, good_until: clock, reference: optional }
    /// Before a critical operation (operation protection).
    CodeOperation "code_operation" { code: secret, good_for: span, good_until: clock, reference: optional }
    /// To the designated person who verifies a critical operation of somebody else.
    CodeApprove "code_approve" { code: secret, good_for: span, good_until: clock, reference: optional, user: text }
    /// For a new unified ID with a security phone number.
    CodeRegister "code_register" { code: secret, good_for: span, good_until: clock, reference: optional }
    /// To the holder of a number that somebody wanted to register with, in place of the code.
    NumberTaken "number_taken" {}
    /// Read out to support by somebody who calls: the one code that staff ask for.
    CodeCaller "code_caller" { code: secret, good_for: span, good_until: clock, reference: optional }
    /// A setup token by an administrator.
    SetupToken "setup_token" { user: text, token: secret, until: moment }
    NoticePasswordReset "notice_password_reset" { user: text, at: moment, host: text, reference: text }
    NoticePasswordChanged "notice_password_changed" { user: text, at: moment, host: text, reference: text }
    NoticePasswordSetByAdmin "notice_password_set_by_admin" { user: text, at: moment, host: text, reference: text }
    NoticePasswordSetUp "notice_password_set_up" { user: text, at: moment, host: text, reference: text }
    NoticePasswordRevoked "notice_password_revoked" { user: text, at: moment, host: text, reference: text }
    NoticeEmailBound "notice_email_bound" { user: text, at: moment, host: text, reference: text }
    NoticeMobileBound "notice_mobile_bound" { user: text, at: moment, host: text, reference: text }
    NoticeEmailReplaced "notice_email_replaced" { user: text, at: moment, host: text, reference: text }
    NoticeMobileReplaced "notice_mobile_replaced" { user: text, at: moment, host: text, reference: text }
    NoticeEmailUnbound "notice_email_unbound" { user: text, at: moment, host: text, reference: text }
    NoticeMobileUnbound "notice_mobile_unbound" { user: text, at: moment, host: text, reference: text }
    NoticeMfaBound "notice_mfa_bound" { user: text, at: moment, host: text, reference: text }
    NoticeMfaUnbound "notice_mfa_unbound" { user: text, at: moment, host: text, reference: text }
    NoticeLoginProtection "notice_login_protection" { user: text, at: moment, host: text, reference: text }
    /// After many wrong codes were entered for somebody.
    CodesGuessed "codes_guessed" { user: text, at: moment, host: text, reference: text }
    /// After somebody said that a change was not theirs; there is nothing left to disown.
    Blocked "blocked" { user: text, at: moment, host: text }
    /// The answer to an appeal, to the new contact.
    AppealApproved "appeal_approved" { user: text, serial: text, until: moment }
    /// `account` is that of an IAM user who was named: appeals are not for them.
    AppealDenied "appeal_denied" { serial: text, account: optional }
    /// Before a password stops working.
    PasswordExpiry "password_expiry" { user: text, until: moment }
    /// By `delivery test`.
    DeliveryTest "delivery_test" { host: text, at: moment }
}
