//! A message to somebody, and the form in which it travels in the outbox. Its words are made in `texts`.

use super::address::Channel;

/// A message ready to be handed over. It may hold a code or a token: it exists in the clear only in memory,
/// between sealing and handing over.
#[derive(Default, zeroize::ZeroizeOnDrop)]
pub struct Message {
    /// Where it goes: an email address, or a number in E.164.
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Octets of the longest email address (RFC 5321); a mobile number is shorter.
const LONGEST_ADDRESS: usize = 254;

impl Message {
    /// As it is sealed: length-prefixed fields, so that the clear text never passes through a serialiser that
    /// keeps buffers of its own; then as many zeros as the longest address has octets more than this one, so that
    /// no length tells whether there is one (security E1).
    pub fn to_bytes(&self) -> Vec<u8> {
        let fields = [&self.to, &self.subject, &self.body];
        let room = LONGEST_ADDRESS.saturating_sub(self.to.len());
        let mut bytes = Vec::with_capacity(fields.iter().map(|field| field.len() + 4).sum::<usize>() + room);
        for field in fields {
            bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend_from_slice(field.as_bytes());
        }
        bytes.resize(bytes.len() + room, 0);
        bytes
    }

    /// What [`Message::to_bytes`] made, or nothing if it is not that.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut field = || {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
            bytes = rest;
            Some(std::str::from_utf8(text).ok()?.to_owned())
        };
        let (to, subject, body) = (field()?, field()?, field()?);
        bytes.iter().all(|byte| *byte == 0).then_some(Self { to, subject, body })
    }

    /// A decoy of the message: to nobody, as long as a real one, and never handed over.
    #[must_use]
    pub fn to_nobody(mut self) -> Self {
        self.to.clear();
        self
    }
}

/// What a notice tells about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    PasswordReset,
    PasswordChanged,
    PasswordSetByAdmin,
    PasswordSetUp,
    PasswordRevoked,
    ContactBound(Channel),
    ContactReplaced(Channel),
    ContactUnbound(Channel),
    MfaBound,
    MfaUnbound,
    LoginProtection,
}

impl Change {
    /// The stable word, in the records and in the store.
    pub fn code(self) -> &'static str {
        match self {
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::PasswordSetByAdmin => "password_set_by_admin",
            Self::PasswordSetUp => "password_set_up",
            Self::PasswordRevoked => "password_revoked",
            Self::ContactBound(Channel::Email) => "email_bound",
            Self::ContactBound(Channel::Mobile) => "mobile_bound",
            Self::ContactReplaced(Channel::Email) => "email_replaced",
            Self::ContactReplaced(Channel::Mobile) => "mobile_replaced",
            Self::ContactUnbound(Channel::Email) => "email_unbound",
            Self::ContactUnbound(Channel::Mobile) => "mobile_unbound",
            Self::MfaBound => "mfa_bound",
            Self::MfaUnbound => "mfa_unbound",
            Self::LoginProtection => "login_protection_changed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(to: &str) -> Message {
        Message { to: to.to_owned(), subject: "s".to_owned(), body: "你好\n".to_owned() }
    }

    #[test]
    fn messages_travel_as_bytes() {
        let message = message("a@b.example");
        let bytes = message.to_bytes();
        let back = Message::from_bytes(&bytes).unwrap();
        assert_eq!((&back.to, &back.subject, &back.body), (&message.to, &message.subject, &message.body));
        assert!(Message::from_bytes(&bytes[1..]).is_none());
        let longer = [bytes.as_slice(), b"x"].concat();
        assert!(Message::from_bytes(&longer).is_none());
    }

    #[test]
    fn e1_no_address_shows_in_the_length() {
        let short = message("a@b.example").to_bytes().len();
        assert_eq!(message(&format!("{}@b.example", "a".repeat(240))).to_bytes().len(), short);
        assert_eq!(message("a@b.example").to_nobody().to_bytes().len(), short);
    }
}
