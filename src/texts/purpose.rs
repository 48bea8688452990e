//! Which text belongs to a code's purpose, and which to a change.

use jiff::{SignedDuration, Timestamp};

use super::catalogue::Text;
use crate::domain::code::Purpose;
use crate::domain::message::Change;
use crate::domain::{Channel, Secret};

/// What every message with a code says.
#[derive(Clone, Copy)]
pub struct Carried<'a> {
    pub code: &'a Secret,
    pub good_for: SignedDuration,
    pub good_until: Timestamp,
    /// What it is disowned by.
    pub reference: Option<&'a str>,
}

/// What some say besides: those to whoever agrees to another's change, and those that prove a new contact.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// Whose change it is, or whose contact it becomes, and where.
    pub user: &'a str,
    pub host: &'a str,
    /// The kind of contact, where a command enters the code; without it, where it was asked for.
    pub confirm: Option<&'a str>,
    /// Whether an operator asks for it instead.
    pub read_out: bool,
}

impl<'a> Text<'a> {
    /// The message with a code.
    pub fn code(purpose: Purpose, carried: Carried<'a>, about: About<'a>) -> Self {
        let Carried { code, good_for, good_until, reference } = carried;
        let About { user, host, confirm, read_out } = about;
        match purpose {
            Purpose::Reset => Self::CodeReset { code, good_for, good_until, reference },
            Purpose::BindContact if read_out => {
                Self::CodeReadOut { code, good_for, good_until, reference, user, host }
            }
            Purpose::BindContact => {
                Self::CodeBindContact { code, good_for, good_until, reference, user, host, confirm }
            }
            Purpose::LeaveContact => Self::CodeLeaveContact { code, good_for, good_until, reference },
            Purpose::Register => Self::CodeRegister { code, good_for, good_until, reference },
            Purpose::SignIn => Self::CodeLogin { code, good_for, good_until, reference },
            Purpose::Protect => Self::CodeOperation { code, good_for, good_until, reference },
            Purpose::Approve => Self::CodeApprove { code, good_for, good_until, reference, user },
            Purpose::VerifyCaller => Self::CodeCaller { code, good_for, good_until, reference },
        }
    }

    /// The notice after a change: what, when, where, and how to say "this was not me" (security S7).
    pub fn notice(change: Change, user: &'a str, at: Timestamp, host: &'a str, reference: &'a str) -> Self {
        use Channel::{Email, Mobile};
        match change {
            Change::PasswordReset => Self::NoticePasswordReset { user, at, host, reference },
            Change::PasswordChanged => Self::NoticePasswordChanged { user, at, host, reference },
            Change::PasswordSetByAdmin => Self::NoticePasswordSetByAdmin { user, at, host, reference },
            Change::PasswordSetUp => Self::NoticePasswordSetUp { user, at, host, reference },
            Change::PasswordRevoked => Self::NoticePasswordRevoked { user, at, host, reference },
            Change::ContactBound(Email) => Self::NoticeEmailBound { user, at, host, reference },
            Change::ContactBound(Mobile) => Self::NoticeMobileBound { user, at, host, reference },
            Change::ContactReplaced(Email) => Self::NoticeEmailReplaced { user, at, host, reference },
            Change::ContactReplaced(Mobile) => Self::NoticeMobileReplaced { user, at, host, reference },
            Change::ContactUnbound(Email) => Self::NoticeEmailUnbound { user, at, host, reference },
            Change::ContactUnbound(Mobile) => Self::NoticeMobileUnbound { user, at, host, reference },
            Change::MfaBound => Self::NoticeMfaBound { user, at, host, reference },
            Change::MfaUnbound => Self::NoticeMfaUnbound { user, at, host, reference },
            Change::LoginProtection => Self::NoticeLoginProtection { user, at, host, reference },
        }
    }
}
