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
    ($life:lifetime Secret) => { &$life Secret };
    ($life:lifetime Text) => { &$life str };
    ($life:lifetime Optional) => { Option<&$life str> };
    ($life:lifetime Span) => { SignedDuration };
    ($life:lifetime Moment) => { Timestamp };
    ($life:lifetime Clock) => { Timestamp };
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
                        vec![$((stringify!($field), Given::$kind($field))),*]
                    })+
                }
            }
        }

        /// Every message, in the order of `texts list`.
        pub static CATALOGUE: &[Entry] = &[$(Entry {
            name: $name,
            fields: &[$((stringify!($field), Kind::$kind)),*],
            english: include_str!(concat!("en/", $name, ".txt")),
            chinese: include_str!(concat!("zh-CN/", $name, ".txt")),
        }),+];
    };
}

catalogue! {
    /// For setting a new password.
    CodeReset "code_reset" { code: Secret, good_for: Span, good_until: Clock, reference: Optional }
    /// For binding a contact to an identity.
    CodeBindContact "code_bind_contact" {
        code: Secret, good_for: Span, good_until: Clock, reference: Optional, user: Text, host: Text, confirm: Optional
    }
    /// For binding a contact, read out to an operator.
    CodeReadOut "code_read_out" {
        code: Secret, good_for: Span, good_until: Clock, reference: Optional, user: Text, host: Text
    }
    /// To the old contact before it is replaced.
    CodeLeaveContact "code_leave_contact" { code: Secret, good_for: Span, good_until: Clock, reference: Optional }
    /// For a sign-in with login protection.
    CodeLogin "code_login" { code: Secret, good_for: Span, good_until: Clock, reference: Optional }
    /// Before a critical operation (operation protection).
    CodeOperation "code_operation" { code: Secret, good_for: Span, good_until: Clock, reference: Optional }
    /// To the designated person who verifies a critical operation of somebody else.
    CodeApprove "code_approve" { code: Secret, good_for: Span, good_until: Clock, reference: Optional, user: Text }
    /// For a new unified ID with a security phone number.
    CodeRegister "code_register" { code: Secret, good_for: Span, good_until: Clock, reference: Optional }
    /// To the holder of a number that somebody wanted to register with, in place of the code.
    NumberTaken "number_taken" {}
    /// Read out to support by somebody who calls: the one code that staff ask for.
    CodeCaller "code_caller" { code: Secret, good_for: Span, good_until: Clock, reference: Optional }
    /// A setup token by an administrator.
    SetupToken "setup_token" { user: Text, token: Secret, until: Moment }
    NoticePasswordReset "notice_password_reset" { user: Text, at: Moment, host: Text, reference: Text }
    NoticePasswordChanged "notice_password_changed" { user: Text, at: Moment, host: Text, reference: Text }
    NoticePasswordSetByAdmin "notice_password_set_by_admin" { user: Text, at: Moment, host: Text, reference: Text }
    NoticePasswordSetUp "notice_password_set_up" { user: Text, at: Moment, host: Text, reference: Text }
    NoticePasswordRevoked "notice_password_revoked" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeEmailBound "notice_email_bound" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeMobileBound "notice_mobile_bound" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeEmailReplaced "notice_email_replaced" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeMobileReplaced "notice_mobile_replaced" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeEmailUnbound "notice_email_unbound" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeMobileUnbound "notice_mobile_unbound" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeMfaBound "notice_mfa_bound" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeMfaUnbound "notice_mfa_unbound" { user: Text, at: Moment, host: Text, reference: Text }
    NoticeLoginProtection "notice_login_protection" { user: Text, at: Moment, host: Text, reference: Text }
    /// After many wrong codes were entered for somebody.
    CodesGuessed "codes_guessed" { user: Text, at: Moment, host: Text, reference: Text }
    /// After somebody said that a change was not theirs; there is nothing left to disown.
    Blocked "blocked" { user: Text, at: Moment, host: Text }
    /// The answer to an appeal, to the new contact.
    AppealApproved "appeal_approved" { user: Text, serial: Text, until: Moment }
    /// `account` is that of an IAM user who was named: appeals are not for them.
    AppealDenied "appeal_denied" { serial: Text, account: Optional }
    /// Before a password stops working.
    PasswordExpiry "password_expiry" { user: Text, until: Moment }
    /// By `delivery test`.
    DeliveryTest "delivery_test" { host: Text, at: Moment }
}
