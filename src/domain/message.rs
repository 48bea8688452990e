//! The words of messages to people, and the form in which they travel in the outbox.

use jiff::Timestamp;

use super::address::Channel;
use super::secret::Secret;
use super::time::{for_people, span_for_people};

/// A message ready to be handed over. It may hold a code or a token: it exists in the clear only in memory,
/// between sealing and handing over.
#[derive(zeroize::ZeroizeOnDrop)]
pub struct Message {
    /// Where it goes: an email address, or a number in E.164.
    pub to: String,
    pub subject: String,
    pub body: String,
}

impl Message {
    /// As it is sealed: length-prefixed fields, so that the clear text never passes through a serialiser that
    /// keeps buffers of its own.
    pub fn to_bytes(&self) -> Vec<u8> {
        let fields = [&self.to, &self.subject, &self.body];
        let mut bytes = Vec::with_capacity(fields.iter().map(|field| field.len() + 4).sum());
        for field in fields {
            bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend_from_slice(field.as_bytes());
        }
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
        bytes.is_empty().then_some(Self { to, subject, body })
    }

    /// The same message to nobody: as long as a real one, and never handed over.
    #[must_use]
    pub fn to_nobody(mut self) -> Self {
        self.body.push_str(&" ".repeat(self.to.len()));
        self.to.clear();
        self
    }
}

/// The text with a verification code, short for a telephone. The code is the only run of that many digits in it.
pub fn verification_code(
    channel: Channel,
    to: &str,
    code: &Secret,
    what: &str,
    lifetime: jiff::SignedDuration,
) -> Message {
    if channel == Channel::Mobile {
        return Message {
            to: to.to_owned(),
            subject: "Your verification code".to_owned(),
            body: format!(
                "{} is your verification code for {what}, good for {}. Nobody here will ask you for it.\n",
                code.expose(),
                span_for_people(lifetime),
            ),
        };
    }
    Message {
        to: to.to_owned(),
        subject: "Your verification code".to_owned(),
        body: format!(
            "Your verification code is {}\n\n\
             It is for: {what}.\n\
             It is good for {} and can be used once.\n\n\
             Nobody who works here will ever ask you for it. Do not pass it on.\n\
             If you did not ask for it, do nothing: your password stays as it is.\n",
            code.expose(),
            span_for_people(lifetime),
        ),
    }
}

/// The text with the code that the designated person passes on if they agree. The name of who asks stands in it,
/// unless it holds a run of digits that could be taken for the code.
pub fn approval_code(
    channel: Channel,
    to: &str,
    code: &Secret,
    user: &str,
    lifetime: jiff::SignedDuration,
) -> Message {
    let mut runs = user.split(|c: char| !c.is_ascii_digit());
    let user = if runs.any(|run| run.len() == code.expose().len()) { "somebody" } else { user };
    let (code, lifetime) = (code.expose(), span_for_people(lifetime));
    let body = if channel == Channel::Mobile {
        format!(
            "{code}: give this code to {user} if you agree that they change their password, contact or \
             authenticator. Good for {lifetime}.\n"
        )
    } else {
        format!(
            "{user} wants to change their own password, contact or authenticator, and you are the one who agrees.\n\n\
             The code is {code}\n\n\
             Talk to them first. If you agree, give them the code; it is good for {lifetime} and can be used once.\n\
             If you do not, or did not expect this, keep it to yourself, and tell your administrator.\n"
        )
    };
    Message { to: to.to_owned(), subject: "Your verification code".to_owned(), body }
}

/// The warning before a password expires, once a password.
pub fn password_expires(to: &str, user: &str, at: Timestamp) -> Message {
    Message {
        to: to.to_owned(),
        subject: "Your password expires soon".to_owned(),
        body: format!(
            "The password of {user} expires at {}.\n\n\
             Change it before: `regain password change {user}`. Afterwards it must be changed at the next sign-in.\n",
            for_people(at),
        ),
    }
}

/// The text that brings a setup token.
pub fn setup_token(to: &str, user: &str, token: &Secret, expires_at: Timestamp) -> Message {
    Message {
        to: to.to_owned(),
        subject: "Set your password".to_owned(),
        body: format!(
            "An administrator asks you to set a new password for {user}.\n\n\
             Run this, and paste the line below it when asked:\n\n\
             \x20   regain password setup\n\n\
             {}\n\n\
             It can be used once, until {}.\n\
             Nobody who works here will ever ask you for it. Do not pass it on.\n\
             If you did not expect this, tell your administrator.\n",
            token.expose(),
            for_people(expires_at),
        ),
    }
}

/// What a notice tells about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    PasswordReset,
    PasswordChanged,
    PasswordSetByAdmin,
    PasswordSetUp,
    ContactReplaced(Channel),
    ContactUnbound(Channel),
    MfaBound,
    MfaUnbound,
}

impl Change {
    fn sentence(self) -> String {
        match self {
            Self::PasswordReset => "was reset with a verification code".to_owned(),
            Self::PasswordChanged => "was changed".to_owned(),
            Self::PasswordSetByAdmin => "was set by an administrator".to_owned(),
            Self::PasswordSetUp => "was set with a setup token".to_owned(),
            Self::ContactReplaced(channel) => format!("now has another {}", channel.noun()),
            Self::ContactUnbound(channel) => format!("no longer has this {}", channel.noun()),
            Self::MfaBound => "now asks for the code of an authenticator (virtual MFA)".to_owned(),
            Self::MfaUnbound => "no longer asks for the code of an authenticator (virtual MFA)".to_owned(),
        }
    }

    /// What it is a change of: in the sentence, and in the subject.
    fn of(self) -> (&'static str, &'static str) {
        match self {
            Self::PasswordReset | Self::PasswordChanged | Self::PasswordSetByAdmin | Self::PasswordSetUp => {
                ("The password of", "Your password was changed")
            }
            Self::ContactReplaced(_) | Self::ContactUnbound(_) => {
                ("The identity", "Your contact was changed")
            }
            Self::MfaBound => ("The identity", "An authenticator was bound"),
            Self::MfaUnbound => ("The identity", "Your authenticator was taken away"),
        }
    }
}

/// The notice after a change: what, when, where, and how to say "this was not me" (security S7).
pub fn notice(to: &str, user: &str, change: Change, at: Timestamp, host: &str, reference: &str) -> Message {
    let (what, subject) = change.of();
    Message {
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: format!(
            "{what} {user} {}, at {} on {host}.\n\n\
             If this was you, there is nothing to do.\n\
             If this was not you, tell your administrator at once and quote the reference {reference}.\n",
            change.sentence(),
            for_people(at),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_travel_as_bytes() {
        let message = verification_code(
            Channel::Email,
            "a@b.example",
            &Secret::from("012345"),
            "x",
            jiff::SignedDuration::from_mins(10),
        );
        let bytes = message.to_bytes();
        let back = Message::from_bytes(&bytes).unwrap();
        assert_eq!((&back.to, &back.subject, &back.body), (&message.to, &message.subject, &message.body));
        assert!(Message::from_bytes(&bytes[1..]).is_none());
        assert_eq!(back.to_nobody().to_bytes().len(), bytes.len());
    }

    #[test]
    fn the_code_is_the_only_run_of_its_length() {
        for channel in [Channel::Email, Channel::Mobile] {
            let message = verification_code(
                channel,
                "alice@example.com",
                &Secret::from("012345"),
                "setting a new password",
                jiff::SignedDuration::from_mins(10),
            );
            let text = format!("{}\n{}", message.subject, message.body);
            let runs: Vec<&str> =
                text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6).collect();
            assert_eq!(runs, ["012345"], "{channel}");
            // One SMS of 160 characters.
            assert!(channel == Channel::Email || message.body.trim_end().len() <= 160, "{}", message.body);
        }
    }
}
