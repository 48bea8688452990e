//! The rows of an HTTP gateway, the same for each channel: a template before what it needs.

use super::read_channels::{ca_file, username};
use super::read_gateway::{
    accept, body, conditions, endpoint, format, group_readable, headers, method, proxy, spot, token_file,
};
use super::schema::{Row, row};

/// A gateway that speaks JSON.
const EXAMPLE: &str = r#"transport = "http"
url = "https://gateway.example/v1/messages"
headers = { Authorization = "Bearer {{token}}" }
body = '{"to": "{{to}}", "text": "{{text}}", "reference": "{{id}}"}'
token_file = "/etc/regain/gateway.token"
message_id = "/id"
refusal = "/error/message""#;

macro_rules! gateway_rows {
    ($name:ident, $table:literal, $channel:ident) => {
        pub(super) const $name: &[Row] = &[
            row(
                concat!($table, ".url"),
                r#""""#,
                "http: where the request goes, https:// beyond this machine. In url, headers and body stand the fields\n\
                 {{to}} {{number}} (without +) {{text}} {{subject}} {{id}} {{from}} {{token}} {{unicode}}.",
                |s, v| endpoint(&mut s.delivery.$channel, v),
            )
            .with_example(EXAMPLE),
            row(concat!($table, ".method"), r#""POST""#, "http: \"POST\", \"GET\" or \"PUT\".", |s, v| {
                method(&mut s.delivery.$channel, v)
            }),
            row(
                concat!($table, ".headers"),
                "{}",
                "http: headers of the request. A Content-Type decides how fields are escaped in the body.",
                |s, v| headers(&mut s.delivery.$channel, v),
            ),
            row(
                concat!($table, ".body"),
                r#""""#,
                "http: the body. JSON if it begins with { or [, else a form, unless a header says otherwise.",
                |s, v| body(&mut s.delivery.$channel, v),
            ),
            row(
                concat!($table, ".token_file"),
                r#""""#,
                "http: the file that holds the gateway's secret, {{token}}: as password_file of an email transport.\n\
                 With username, the two log in as HTTP does (Basic).",
                |s, v| token_file(&mut s.delivery.$channel, v),
            ),
            row(
                concat!($table, ".accept"),
                "[200, 201, 202]",
                "http: the statuses that mean that the gateway took the message.",
                |s, v| accept(&mut s.delivery.$channel, v),
            ),
            row(
                concat!($table, ".accept_body"),
                "[]",
                "http: and what its answer must say, one of these: \"/place/in/json=value\", or how a text begins.",
                |s, v| conditions(&mut s.delivery.$channel, v, |rules| &mut rules.accept_body),
            ),
            row(
                concat!($table, ".retry_body"),
                "[]",
                "http: what an answer says that means \"try again later\", beside status 408, 425, 429 and 5xx.",
                |s, v| conditions(&mut s.delivery.$channel, v, |rules| &mut rules.retry_body),
            ),
            row(
                concat!($table, ".message_id"),
                r#""""#,
                "http: where the gateway names the message: a place in JSON, or the words before it in a text.",
                |s, v| spot(&mut s.delivery.$channel, v, |rules| &mut rules.message_id),
            ),
            row(
                concat!($table, ".refusal"),
                r#""""#,
                "http: where it says why it refuses, likewise. Empty: the whole answer.",
                |s, v| spot(&mut s.delivery.$channel, v, |rules| &mut rules.refusal),
            ),
            row(
                concat!($table, ".proxy"),
                r#""""#,
                "http: a proxy to connect through. No variable of the environment names one.",
                |s, v| proxy(&mut s.delivery.$channel, v),
            ),
        ];
    };
}

gateway_rows!(EMAIL_GATEWAY, "delivery.email", email);
gateway_rows!(SMS_GATEWAY, "delivery.sms", sms);

/// What an email transport has rows for already, and a spool folder.
pub(super) const SMS_OTHERS: &[Row] = &[
    row(
        "delivery.sms.format",
        r#""smstools""#,
        "spool: whose folder it is. \"smstools\": outgoing of SMS Server Tools; \"gammu\": the outbox of gammu-smsd.",
        |s, v| format(&mut s.delivery.sms, v),
    ),
    row(
        "delivery.sms.group_readable",
        "false",
        "spool: true: the folder's group may read the files, for a daemon that runs as another user.",
        |s, v| group_readable(&mut s.delivery.sms, v),
    ),
    row("delivery.sms.username", r#""""#, "http: the name it logs in with, beside token_file.", |s, v| {
        username(&mut s.delivery.sms, v)
    }),
    row(
        "delivery.sms.ca_file",
        r#""""#,
        "http: the authorities (PEM) whose certificates are trusted, an absolute path. Empty: the system's.",
        |s, v| ca_file(&mut s.delivery.sms, v),
    ),
];
