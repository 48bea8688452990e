//! The closed list of what a refusal can be about.

use crate::domain::text::text_enum;

text_enum! {
    /// Who must mend it.
    About {
        /// This machine, its login or its settings: every message would be refused.
        Site => "site",
        /// The address or domain that messages are from.
        Sender => "sender",
        Message => "message",
        Recipient => "recipient",
        /// It passes by itself.
        Nobody => "nobody",
    }
}

text_enum! {
    /// What a mail server refused.
    Matter {
        /// The name that this machine gave itself.
        Hello => "hello",
        /// This machine's address has no name (reverse DNS).
        ReverseName => "reverse_name",
        /// This machine's address, by a blocklist or the server's own list.
        Blocked => "blocked",
        Login => "login",
        StartTls => "starttls",
        /// Sending to other domains.
        Relaying => "relaying",
        /// More messages than it takes from here.
        Limit => "limit",
        /// A command was not understood.
        Command => "command",
        /// By a rule that the answer does not name.
        Policy => "policy",
        Sender => "sender_address",
        /// SPF, DKIM or DMARC.
        Unproven => "sender_unproven",
        Spam => "spam",
        TooLarge => "too_large",
        Content => "content",
        NoSuchMailbox => "no_such_mailbox",
        MailboxOff => "mailbox_off",
        MailboxFull => "mailbox_full",
        /// It takes mail from chosen senders only.
        Closed => "mailbox_closed",
        BadAddress => "bad_address",
        NoSuchDomain => "no_such_domain",
        Later => "later",
    }
}

impl Matter {
    pub fn about(self) -> About {
        match self {
            Self::Hello
            | Self::ReverseName
            | Self::Blocked
            | Self::Login
            | Self::StartTls
            | Self::Relaying
            | Self::Limit
            | Self::Command
            | Self::Policy => About::Site,
            Self::Sender | Self::Unproven => About::Sender,
            Self::Spam | Self::TooLarge | Self::Content => About::Message,
            Self::NoSuchMailbox
            | Self::MailboxOff
            | Self::MailboxFull
            | Self::Closed
            | Self::BadAddress
            | Self::NoSuchDomain => About::Recipient,
            Self::Later => About::Nobody,
        }
    }

    /// Whether a refusal for good (5xx) ends the message. A full mailbox may be emptied while the message is good.
    pub fn ends_the_message(self) -> bool {
        self.about() == About::Recipient && self != Self::MailboxFull
    }

    /// Whether messages to other people would be refused as well.
    pub fn concerns_others(self) -> bool {
        matches!(self.about(), About::Site | About::Sender | About::Message)
    }
}
