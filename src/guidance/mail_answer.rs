//! What to do about what a mail server refused.

use crate::domain::mail_answer::Matter;

/// A sentence without its full stop. It names keys of `[delivery.email]`.
pub fn remedy(matter: Matter) -> &'static str {
    match matter {
        Matter::Hello => {
            "set hello to the full name of this machine, such as mail.example.com; the server rejects the name that \
             it is given now"
        }
        Matter::ReverseName => {
            "ask the owner of this machine's address to set its reverse DNS name, or set host to a relay server"
        }
        Matter::Blocked => {
            "the server, or a blocklist that it uses, rejects this machine's address: have it removed from the list, \
             or set host to a relay server"
        }
        Matter::Login => "set username and password_file: the server accepts mail only after a login",
        Matter::StartTls => "set tls to \"starttls\": the server requires it",
        Matter::Relaying => {
            "set username and password_file, or have the server's administrator let this machine send to other domains \
             (relay)"
        }
        Matter::Limit => {
            "the server limits the messages from this machine or login: wait, or ask its administrator to raise the \
             limit"
        }
        Matter::Command => {
            "check that host and port are those of a mail server; its log shows what it did not understand"
        }
        Matter::Policy => {
            "ask the server's administrator which rule refuses this machine, its login or the address: the answer does not \
             say"
        }
        Matter::Sender => "set from, and bounces, to addresses that this server lets the user name send from",
        Matter::Unproven => {
            "publish SPF and DKIM for the domain of from, or set host to the server that signs its messages"
        }
        Matter::Spam => {
            "the server treats the message as spam: check your own texts, and the SPF, DKIM and reverse DNS of the \
             sending server"
        }
        Matter::TooLarge => "shorten your own text of this message, or have the server's size limit raised",
        Matter::Content => "read the server's answer: it received the whole message and refused it",
        Matter::NoSuchMailbox => "check the address with its owner: the server knows no such mailbox",
        Matter::MailboxOff => {
            "the mailbox is switched off: its owner asks the provider, or has another address bound"
        }
        Matter::MailboxFull => {
            "the mailbox is full: its owner must make room; messages are retried until they expire"
        }
        Matter::Closed => {
            "the mailbox accepts mail from chosen senders only: its administrator must allow the address in from"
        }
        Matter::BadAddress => "check the address: the server says that it is not valid",
        Matter::NoSuchDomain => "check the part of the address after the @: no mail can be sent there",
        Matter::Later => {
            "the server asks to try later, because it is busy or greylists: test again in some minutes; waiting \
             messages are retried automatically"
        }
    }
}
