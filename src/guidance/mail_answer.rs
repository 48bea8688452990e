//! What to do about what a mail server refused.

use crate::domain::mail_answer::Matter;

/// A sentence without its full stop. It names keys of `[delivery.email]`.
pub fn remedy(matter: Matter) -> &'static str {
    match matter {
        Matter::Hello => {
            "set hello to the full name of this machine, such as mail.example.com; the server does not take the name that \
             it is told now"
        }
        Matter::ReverseName => {
            "have whoever owns this machine's address give it a name (reverse DNS), or set host to a server that sends on \
             for you"
        }
        Matter::Blocked => {
            "the server, or a blocklist that it asks, turns this machine's address away: have it taken off the list, or set \
             host to a server that sends on for you"
        }
        Matter::Login => {
            "set username and password_file: the server takes nothing from whoever is not logged in"
        }
        Matter::StartTls => "set tls to \"starttls\": the server takes nothing without it",
        Matter::Relaying => {
            "set username and password_file, or have the server's administrator let this machine send to other domains \
             (relay)"
        }
        Matter::Limit => {
            "the server takes only so many messages from this machine or login: wait, or have its administrator raise the \
             limit"
        }
        Matter::Command => {
            "see that host and port are a mail server's; its log tells what it did not understand"
        }
        Matter::Policy => {
            "ask the server's administrator which rule refuses this machine, its login or the address: the answer does not \
             say"
        }
        Matter::Sender => "set from, and bounces, to addresses that this server lets the user name send by",
        Matter::Unproven => {
            "publish SPF and DKIM for the domain of from, or set host to the server that signs its messages"
        }
        Matter::Spam => {
            "the server takes the message for spam: look at your own texts, and at SPF, DKIM and reverse DNS of the server \
             that sends"
        }
        Matter::TooLarge => "shorten your own text of this message, or have the server take longer ones",
        Matter::Content => "read the server's words: it saw the whole message and did not take it",
        Matter::NoSuchMailbox => "check the address with its owner: the server knows no such mailbox",
        Matter::MailboxOff => {
            "the mailbox is switched off: its owner asks the provider, or has another address bound"
        }
        Matter::MailboxFull => {
            "the mailbox is full: its owner must make room; messages are tried again while they are good"
        }
        Matter::Closed => {
            "the mailbox takes mail from chosen senders only: its administrator must let the address in from write to it"
        }
        Matter::BadAddress => "check the address: the server does not take it for one",
        Matter::NoSuchDomain => "check the part of the address behind the @: no mail can go there",
        Matter::Later => {
            "the server asks to come later, as one that is busy or greylists does: test again in some minutes; messages \
             that wait are tried again by themselves"
        }
    }
}
