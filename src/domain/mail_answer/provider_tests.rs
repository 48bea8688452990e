//! Answers of the large providers, as they are sent.

use super::tests::all_right;
use super::{Asked, Matter};

#[test]
fn gmail_outlook_and_yahoo() {
    all_right(
        Asked::Recipient,
        &[
            (
                "550 5.1.1 The email account that you tried to reach does not exist. 5.1.1 Please try double-checking \
                 the recipient's email address for typos or unnecessary spaces. \
                 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp",
                Matter::NoSuchMailbox,
            ),
            (
                "552 5.2.2 The recipient's inbox is out of storage space and inactive. Please direct the recipient to",
                Matter::MailboxFull,
            ),
            ("550 5.2.1 The email account that you tried to reach is disabled.", Matter::MailboxOff),
            (
                "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional \
                 messages from being delivered.",
                Matter::Later,
            ),
            ("550 5.7.0 Mail relay denied [192.0.2.1]. Invalid credentials for relay", Matter::Relaying),
            ("550 5.4.5 Daily user sending limit exceeded.", Matter::Limit),
            ("530 5.7.0 Authentication Required.", Matter::Login),
            ("553 5.1.2 We weren't able to find the recipient domain.", Matter::NoSuchDomain),
            ("421 4.7.0 Try again later, closing connection.", Matter::Later),
            ("550 5.5.0 Requested action not taken: mailbox unavailable", Matter::NoSuchMailbox),
            (
                "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet \
                 service provider since part of their network is on our block list (S3150).",
                Matter::Blocked,
            ),
            (
                "421 RP-001 The mail server IP connecting to Outlook.com server has exceeded the rate limit allowed.",
                Matter::Limit,
            ),
            (
                "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
                Matter::Blocked,
            ),
            (
                "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints",
                Matter::Later,
            ),
            ("550 5.7.1 Our system is not accepting this", Matter::Policy),
        ],
    );
    all_right(
        Asked::Message,
        &[
            (
                "550 5.7.26 This mail has been blocked because the sender is unauthenticated. 5.7.26 Gmail requires \
                 all senders to authenticate with either SPF or DKIM.",
                Matter::Unproven,
            ),
            (
                "550 5.7.25 [192.0.2.1] The IP address sending this message does not have a 5.7.25 PTR record setup",
                Matter::ReverseName,
            ),
            (
                "550 5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail.",
                Matter::Spam,
            ),
            (
                "421 4.7.28 [192.0.2.1] Our system has detected an unusual rate of unsolicited mail originating from \
                 your IP address.",
                Matter::Limit,
            ),
            (
                "550 5.7.515 Access denied, sending domain example.com doesn't meet the required authentication level.",
                Matter::Sender,
            ),
            ("554 5.7.9 Message not accepted for policy reasons.", Matter::Content),
            ("554 delivery error: dd This user doesn't have a yahoo.com account", Matter::NoSuchMailbox),
            (
                "554 30 Sorry, your message to person@example.net cannot be delivered. This mailbox is disabled (554.30).",
                Matter::MailboxOff,
            ),
        ],
    );
}

#[test]
fn services_that_send_for_others() {
    all_right(
        Asked::Message,
        &[
            (
                "554 Message rejected: Email address is not verified. The following identities failed the check in \
                 region EU-WEST-1: regain@example.com",
                Matter::Sender,
            ),
            ("454 Throttling failure: Maximum sending rate exceeded.", Matter::Limit),
            ("454 Throttling failure: Daily message quota exceeded.", Matter::Limit),
            (
                "554 Access denied: User `arn:aws:iam::1:user/x` is not authorized to perform `ses:SendRawEmail`",
                Matter::Login,
            ),
            ("550 The from address does not match a verified Sender Identity.", Matter::Sender),
            ("550 Unauthenticated senders not allowed", Matter::Login),
        ],
    );
}
