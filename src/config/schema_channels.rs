//! The rows of `[delivery]`: a transport before its own keys.

use super::channels::Transport;
use super::read::{address, flag, length_of_time, names};
use super::read_channels::{
    argv, bounces, ca_file, hello, host, maildir, optional_address, password_file, port, tls, transport,
    username,
};
use super::read_gateway::sms_sender;
use super::schema::{Row, row};

/// What Debian's mail servers have their program at; `-t` reads the recipients from the message, and `-i` lets a
/// single dot stand in it.
const SENDMAIL: [&str; 3] = ["/usr/sbin/sendmail", "-t", "-i"];

/// One answer may take as long as a whole message at most: [`crate::delivery`] gives up after 50 s.
const LONGEST_ANSWER: i64 = 45;

pub(super) const DELIVERY: &[Row] = &[
    row(
        "delivery.background",
        "true",
        "true: a worker hands messages over after each request. false: only a service or a hand does.",
        |s, v| flag(v, &mut s.delivery.background),
    ),
    row(
        "delivery.receipts",
        "[]",
        "System users that may hand in delivery receipts, besides admins: the one a gateway's callback runs as.",
        |s, v| names(v, &mut s.delivery.receipts),
    ),
];

pub(super) const EMAIL: &[Row] = &[
    row(
        "delivery.email.transport",
        r#""maildir""#,
        "\"maildir\": messages are put into a folder on this machine, for trying out.\n\
         \"smtp\": to a mail server. \"http\": to an HTTP gateway. \"command\": to a program, such as sendmail.",
        |s, v| transport(v, &Transport::for_email(), &mut s.delivery.email),
    ),
    row(
        "delivery.email.path",
        r#""""#,
        "maildir: the folder, an absolute path. Empty: outbox/email beside the store's usual place.",
        |s, v| maildir(&mut s.delivery.email, "email", v),
    ),
    row("delivery.email.host", r#""""#, "smtp: the mail server, a name or an address.", |s, v| {
        host(&mut s.delivery.email, v)
    }),
    row(
        "delivery.email.port",
        "0",
        "smtp: its port. 0: 587 with \"starttls\", 465 with \"implicit\", 25 with \"none\".",
        |s, v| port(&mut s.delivery.email, v),
    ),
    row(
        "delivery.email.tls",
        r#""starttls""#,
        "smtp: \"starttls\" (required, never left out), \"implicit\" (from the first byte), or \"none\", only\n\
         where the host is this machine.",
        |s, v| tls(&mut s.delivery.email, v),
    ),
    row("delivery.email.username", r#""""#, "smtp: who logs in there. Empty: nobody does.", |s, v| {
        username(&mut s.delivery.email, v)
    }),
    row(
        "delivery.email.password_file",
        r#""""#,
        "smtp: the file that holds the password, one line, readable by its owner only: an absolute path, or\n\
         credential:NAME for one that systemd hands to the service (LoadCredential=).",
        |s, v| password_file(&mut s.delivery.email, v),
    ),
    row(
        "delivery.email.ca_file",
        r#""""#,
        "smtp: the authorities (PEM) whose certificates are trusted, an absolute path. Empty: the system's.",
        |s, v| ca_file(&mut s.delivery.email, v),
    ),
    row(
        "delivery.email.hello",
        r#""""#,
        "smtp: what this machine calls itself there. Empty: its host name.",
        |s, v| hello(&mut s.delivery.email, v),
    ),
    row(
        "delivery.email.argv",
        r#"["/usr/sbin/sendmail", "-t", "-i"]"#,
        "command: the program, an absolute path, and its arguments. The message is on its standard input.",
        |s, v| argv(&mut s.delivery.email, &SENDMAIL, v),
    ),
    row("delivery.email.from", r#""regain@localhost""#, "The sender's address.", |s, v| {
        address(v, &mut s.delivery.email.from)
    }),
    row("delivery.email.reply_to", r#""""#, "Where answers go. Empty: to the sender's address.", |s, v| {
        optional_address(v, &mut s.delivery.email.reply_to)
    }),
    row(
        "delivery.email.bounces",
        r#""""#,
        "smtp: where undeliverable messages go, the sender on the envelope. Empty: the sender's address;\n\
         \"<>\": nowhere. A program is told by its own arguments: \"-f\", \"ADDRESS\".",
        |s, v| bounces(&mut s.delivery.email, v),
    ),
    row("delivery.email.timeout", r#""20s""#, "How long one answer is waited for, 1s to 45s.", |s, v| {
        length_of_time(v, 1..=LONGEST_ANSWER, &mut s.delivery.email.timeout)
    }),
];

pub(super) const SMS: &[Row] = &[
    row(
        "delivery.sms.transport",
        r#""maildir""#,
        "\"maildir\": messages are put into a folder on this machine, for trying out.\n\
         \"http\": to an HTTP gateway. \"spool\": into the folder of an SMS daemon of this machine.\n\
         \"command\": to a program.",
        |s, v| transport(v, &Transport::for_sms(), &mut s.delivery.sms),
    ),
    row(
        "delivery.sms.path",
        r#""""#,
        "maildir: the folder, an absolute path. Empty: outbox/sms beside the store's usual place.\n\
         spool: the daemon's folder.",
        |s, v| maildir(&mut s.delivery.sms, "sms", v),
    ),
    row(
        "delivery.sms.argv",
        "[]",
        "command: the program, an absolute path, and its arguments. On its standard input are the lines\n\
         \"To: NUMBER\" and \"Message-ID: ID\", an empty line, and the text.",
        |s, v| argv(&mut s.delivery.sms, &[], v),
    )
    .with_example(r#"argv = ["/usr/local/bin/send-sms"]"#),
    row(
        "delivery.sms.from",
        r#""regain@localhost""#,
        "The sender's address in the Maildir; http: {{from}}, a number or a name, as the gateway knows it.",
        |s, v| sms_sender(&mut s.delivery.sms, v),
    ),
    row("delivery.sms.timeout", r#""20s""#, "How long one answer is waited for, 1s to 45s.", |s, v| {
        length_of_time(v, 1..=LONGEST_ANSWER, &mut s.delivery.sms.timeout)
    }),
];
