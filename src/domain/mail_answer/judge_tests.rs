//! Answers of real servers, as they are sent.

use super::{About, Asked, Matter, judge};

/// The number, the text, and what it is about.
pub(super) type Answers = &'static [(&'static str, Matter)];

/// Says what the answers to a command were taken for, where that is something else.
fn wrong(asked: Asked, answers: Answers) -> Vec<String> {
    let judged = answers.iter().map(|(answer, expected)| {
        let (number, text) = answer.split_once(' ').unwrap();
        (answer, judge(number.parse().unwrap(), text, asked), *expected)
    });
    let wrong = judged.filter(|(_, found, expected)| found != expected);
    wrong.map(|(answer, found, expected)| format!("{answer}: {found}, not {expected}")).collect()
}

pub(super) fn all_right(asked: Asked, answers: Answers) {
    assert_eq!(wrong(asked, answers), Vec::<String>::new());
}

#[test]
fn postfix() {
    all_right(
        Asked::Recipient,
        &[
            ("504 5.5.2 <host>: Helo command rejected: need fully-qualified hostname", Matter::Hello),
            ("450 4.7.1 <host.example>: Helo command rejected: Host not found", Matter::Hello),
            ("550 5.7.1 <localhost>: Helo command rejected: You are not localhost", Matter::Hello),
            ("554 5.7.1 <person@example.net>: Relay access denied", Matter::Relaying),
            ("454 4.7.1 <person@example.net>: Relay access denied", Matter::Relaying),
            ("554 5.7.1 <person@example.net>: Recipient address rejected: Access denied", Matter::Relaying),
            (
                "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; \
                 https://www.spamhaus.org/query/ip/192.0.2.1",
                Matter::Blocked,
            ),
            ("554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", Matter::Blocked),
            ("450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", Matter::ReverseName),
            ("550 5.7.25 Client host rejected: cannot find your reverse hostname", Matter::ReverseName),
            ("553 5.7.1 <a@example.com>: Sender address rejected: not owned by user regain", Matter::Sender),
            ("553 5.7.1 <a@example.com>: Sender address rejected: not logged in", Matter::Sender),
            ("450 4.1.8 <a@nowhere.example>: Sender address rejected: Domain not found", Matter::Sender),
            ("550 5.1.8 <a@nowhere.example>: Sender address rejected: Domain not found", Matter::Sender),
            (
                "550 5.1.0 <a@example.com>: Sender address rejected: User unknown in virtual mailbox table",
                Matter::Sender,
            ),
            (
                "504 5.5.2 <regain@host>: Sender address rejected: need fully-qualified address",
                Matter::Sender,
            ),
            (
                "550 5.7.23 <person@example.net>: Recipient address rejected: Message rejected due to: SPF fail \
                 - not authorized.",
                Matter::Unproven,
            ),
            (
                "554 5.7.1 <person@example.net>: Recipient address rejected: Policy rejection; Message count \
                 quota exceeded",
                Matter::Limit,
            ),
            ("554 5.7.1 <person@example.net>: Recipient address rejected: quota exceeded", Matter::Limit),
            (
                "550 5.1.1 <person@example.net>: Recipient address rejected: User unknown",
                Matter::NoSuchMailbox,
            ),
            (
                "550 5.1.1 <person@example.net>: Recipient address rejected: User unknown in relay recipient table",
                Matter::NoSuchMailbox,
            ),
            (
                "550 5.1.1 <spam@relaying.example>: Recipient address rejected: User unknown",
                Matter::NoSuchMailbox,
            ),
            (
                "450 4.1.1 <person@example.net>: Recipient address rejected: unverified address: unknown user",
                Matter::NoSuchMailbox,
            ),
            (
                "450 4.1.2 <person@example.net>: Recipient address rejected: Domain not found",
                Matter::NoSuchDomain,
            ),
            (
                "504 5.5.2 <person@example>: Recipient address rejected: need fully-qualified address",
                Matter::BadAddress,
            ),
            ("450 4.2.0 <person@example.net>: Recipient address rejected: Greylisted", Matter::Later),
            ("552 5.2.2 <person@example.net>: Mailbox full", Matter::MailboxFull),
            ("452 4.2.2 <person@example.net> Quota exceeded (mailbox for user is full)", Matter::MailboxFull),
            ("452 4.3.1 Insufficient system storage", Matter::Later),
            ("451 4.3.5 Server configuration error", Matter::Later),
            ("451 4.3.0 <person@example.net>: Temporary lookup failure", Matter::Later),
            ("530 5.7.0 Must issue a STARTTLS command first", Matter::StartTls),
        ],
    );
    all_right(
        Asked::Message,
        &[
            ("554 5.7.1 Spam message rejected", Matter::Spam),
            ("550 5.7.1 Command rejected", Matter::Content),
            ("552 5.3.4 Message size exceeds fixed limit", Matter::TooLarge),
            (
                "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example",
                Matter::Blocked,
            ),
            ("451 4.7.1 Service unavailable - try again later", Matter::Later),
            ("552 5.2.2 Mailbox full", Matter::MailboxFull),
        ],
    );
}

/// By default, it sends no enhanced codes.
#[test]
fn exim() {
    all_right(
        Asked::Recipient,
        &[
            ("550 relay not permitted", Matter::Relaying),
            (
                "550 host.example [192.0.2.1]: is not permitted to relay through this server without authentication.",
                Matter::Relaying,
            ),
            ("550 Unrouteable address", Matter::NoSuchDomain),
            (
                "550 Verification failed for <regain@host> Unrouteable address Sender verify failed",
                Matter::Sender,
            ),
            ("451 Could not complete sender verify callout", Matter::Sender),
            ("550 Unknown user", Matter::NoSuchMailbox),
            ("550 No Such User Here", Matter::NoSuchMailbox),
            ("550 Administrative prohibition", Matter::Policy),
            ("550 rejected because 192.0.2.1 is in a black list at zen.spamhaus.org", Matter::Blocked),
            (
                "550 JunkMail rejected - host [192.0.2.1] is in an RBL, see https://rbl.example",
                Matter::Blocked,
            ),
            ("550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", Matter::Hello),
            ("550 HELO should be a FQDN or address literal (See RFC 2821 4.1.1.1)", Matter::Hello),
            ("550 SPF: 192.0.2.1 is not allowed to send mail from example.com", Matter::Unproven),
            ("550 restricted characters in address", Matter::BadAddress),
            ("451 Temporary local problem - please try later", Matter::Later),
            ("451 greylisted", Matter::Later),
            ("550 mailbox is full", Matter::MailboxFull),
        ],
    );
    all_right(
        Asked::Message,
        &[
            (
                "550 Domain example.com has exceeded the max emails per hour (125/100 (125%)) allowed. Message discarded.",
                Matter::Limit,
            ),
            ("550 This message was classified as SPAM and may not be delivered", Matter::Spam),
            ("550 High probability of spam", Matter::Spam),
            ("552 Message size exceeds maximum permitted", Matter::TooLarge),
            ("550 This message contains a virus (Eicar).", Matter::Content),
        ],
    );
    all_right(Asked::Connection, &[("501 Syntactically invalid HELO argument(s)", Matter::Hello)]);
}

#[test]
fn exchange() {
    all_right(
        Asked::Recipient,
        &[
            ("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", Matter::Relaying),
            ("550 5.7.64 TenantAttribution; Relay Access Denied [ABC.example.outlook.com]", Matter::Relaying),
            ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", Matter::Sender),
            (
                "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
                Matter::Login,
            ),
            (
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient person@example.net not found by SMTP address lookup",
                Matter::NoSuchMailbox,
            ),
            (
                "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB1.prod.outlook.com]",
                Matter::NoSuchMailbox,
            ),
            ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", Matter::Closed),
            (
                "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
                Matter::Closed,
            ),
            ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", Matter::Blocked),
            ("550 5.7.511 Access denied, banned sender[192.0.2.1]", Matter::Sender),
            (
                "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP",
                Matter::Blocked,
            ),
            (
                "550 5.7.509 Access denied, sending domain example.com does not pass DMARC verification and has \
                 a DMARC policy of reject.",
                Matter::Unproven,
            ),
            ("451 4.7.500 Server busy. Please try again later from [192.0.2.1].", Matter::Later),
            (
                "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.",
                Matter::Limit,
            ),
            ("550 5.7.705 Access denied, tenant has exceeded threshold.", Matter::Limit),
            ("452 4.3.1 Insufficient system resources", Matter::Later),
            (
                "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
                Matter::MailboxFull,
            ),
        ],
    );
    let off = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.";
    assert_eq!(judge(535, &off[4..], Asked::Connection), Matter::Login);
}

#[test]
fn opensmtpd_and_sendmail() {
    all_right(
        Asked::Recipient,
        &[
            ("550 Invalid recipient: <person@example.net>", Matter::NoSuchMailbox),
            ("550 5.1.1 <person@example.net>... User unknown", Matter::NoSuchMailbox),
            (
                "550 5.7.1 <person@example.net>... Relaying denied. Proper authentication required.",
                Matter::Relaying,
            ),
            ("550 5.7.1 Rejected: 192.0.2.1 listed at zen.spamhaus.org", Matter::Blocked),
            ("554 5.7.1 Fix reverse DNS for 192.0.2.1", Matter::ReverseName),
            ("550 5.2.1 <person@example.net>... Mailbox disabled for this recipient", Matter::MailboxOff),
            ("451 4.7.1 Greylisting in action, please come back in 00:05:00", Matter::Later),
            ("452 4.4.5 Insufficient disk space; try again later", Matter::Later),
        ],
    );
    all_right(
        Asked::Sender,
        &[
            ("530 5.5.1 Invalid command: Must issue an AUTH command first", Matter::Login),
            (
                "553 5.1.8 <a@nowhere.example>... Domain of sender address a@nowhere.example does not exist",
                Matter::Sender,
            ),
            ("451 4.1.8 Domain of sender address a@nowhere.example does not resolve", Matter::Sender),
            ("553 5.5.4 <regain>... Domain name required for sender address regain", Matter::Sender),
            ("550 5.1.1 User unknown", Matter::Sender),
            ("552 5.2.3 Message size exceeds fixed maximum message size (10000000)", Matter::TooLarge),
        ],
    );
}

/// Their numbers with a second digit above 5 come as `550 (571)`.
#[test]
fn courier_and_qmail() {
    all_right(
        Asked::Recipient,
        &[
            ("550 User unknown.", Matter::NoSuchMailbox),
            ("550 User <person@example.net> unknown", Matter::NoSuchMailbox),
            ("513 Relaying denied.", Matter::Relaying),
            ("517 Domain does not exist: nowhere.example.", Matter::Sender),
            ("535 Authentication required.", Matter::Login),
            ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", Matter::Relaying),
            ("550 sorry, no mailbox here by that name. (#5.1.1)", Matter::NoSuchMailbox),
            ("550 sorry, no mailbox here by that name. (#5.7.17)", Matter::NoSuchMailbox),
            ("553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)", Matter::Sender),
            ("550 (571) sorry, sender address has invalid format (#5.1.7 - chkuser)", Matter::Sender),
            ("550 (571) sorry, you are violating our security policies", Matter::Policy),
            ("522 sorry, recipient mailbox is full (#5.2.2 - chkuser)", Matter::MailboxFull),
            ("451 qq temporary problem (#4.3.0)", Matter::Later),
        ],
    );
    all_right(
        Asked::Message,
        &[("552 sorry, that message size exceeds my databytes limit (#5.3.4)", Matter::TooLarge)],
    );
}

/// What says nothing is nobody's fault but a rule's, until the server says that it is the person's.
#[test]
fn what_says_little() {
    all_right(
        Asked::Recipient,
        &[
            ("550 5.7.1 never", Matter::Policy),
            ("550 nobody", Matter::Policy),
            ("554 ", Matter::Policy),
            ("550 5.1.1 ", Matter::NoSuchMailbox),
            ("551 ", Matter::NoSuchMailbox),
            ("552 ", Matter::MailboxFull),
            ("553 ", Matter::BadAddress),
            ("556 ", Matter::NoSuchDomain),
            ("502 what?", Matter::Command),
            ("450 ", Matter::Later),
            // A code of another class than the number counts for nothing.
            ("450 5.1.1 not now", Matter::Later),
        ],
    );
    all_right(Asked::Message, &[("554 ", Matter::Content), ("554 5.7.1 never", Matter::Content)]);
    all_right(Asked::Sender, &[("550 not yours", Matter::Sender)]);
    all_right(Asked::Connection, &[("554 no", Matter::Policy), ("554 5.1.1 no", Matter::Policy)]);
}

#[test]
fn only_what_is_about_the_person_is_final_and_a_full_mailbox_is_not_yet() {
    for matter in Matter::ALL {
        let of_person = matter.about() == About::Recipient;
        assert_eq!(matter.ends_the_message(), of_person && *matter != Matter::MailboxFull, "{matter}");
        assert!(!(matter.ends_the_message() && matter.concerns_others()), "{matter}");
    }
    assert!(!Matter::Later.concerns_others());
}
