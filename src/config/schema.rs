//! The table of settings. A row is all there is to a setting: its key, its default, what it means, how it is read.

use super::fault::Fault;
use super::read::{
    Reading, ceiling, choice, choices, domain, flag, language, length_of_time, names, optional_text, path,
    phones, store, text, url, whole,
};
use super::schema_channels::{DELIVERY, EMAIL, SMS};
use super::schema_gateway::{EMAIL_GATEWAY, SMS_GATEWAY, SMS_OTHERS};
use super::settings::{CaptchaMode, Settings, VerifiedCaller};
use crate::domain::hash_cost::Cost;
use crate::domain::request::Method;
use toml::de::DeValue;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Any number that still counts as a ceiling; more is a slip of the finger.
const MANY: i64 = 1_000_000;

/// One setting.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Dotted: the part before the last dot is the table.
    pub(super) key: &'static str,
    /// The default, as TOML.
    pub(super) default: &'static str,
    /// Lines of documentation, for `config.example.toml`.
    pub(super) doc: &'static str,
    /// Lines that stand commented beneath it.
    pub(super) example: &'static str,
    /// Checks a value and puts it into its field.
    pub(super) read: fn(&mut Settings, &DeValue<'_>) -> Reading,
}

impl Row {
    pub(super) const fn with_example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }
}

pub(super) const fn row(
    key: &'static str,
    default: &'static str,
    doc: &'static str,
    read: fn(&mut Settings, &DeValue<'_>) -> Reading,
) -> Row {
    Row { key, default, doc, example: "", read }
}

/// Every setting, in the order of `config.example.toml`: keys of one table together. Defaults are those of cli.md
/// and domain.md; limits are named where they come from.
pub(super) static ROWS: &[Row] = &ALL;

const PARTS: [&[Row]; 7] = [GENERAL, DELIVERY, EMAIL, EMAIL_GATEWAY, SMS, SMS_OTHERS, SMS_GATEWAY];

const ALL: [Row; rows()] = {
    let mut all = [GENERAL[0]; rows()];
    let (mut part, mut at) = (0, 0);
    while part < PARTS.len() {
        let mut row = 0;
        while row < PARTS[part].len() {
            all[at] = PARTS[part][row];
            (row, at) = (row + 1, at + 1);
        }
        part += 1;
    }
    all
};

const fn rows() -> usize {
    let (mut sum, mut part) = (0, 0);
    while part < PARTS.len() {
        sum += PARTS[part].len();
        part += 1;
    }
    sum
}

const GENERAL: &[Row] = &[
    row(
        "store.url",
        r#""""#,
        "The store: an absolute path, or sqlite:PATH.\n\
         Empty: $XDG_DATA_HOME/regain/regain.db, or /var/lib/regain/regain.db for the whole machine.",
        |s, v| store(v, &mut s.store.url),
    ),
    row(
        "store.purge_after",
        r#""30d""#,
        "How long spent requests, codes and tokens are kept to explain them, 1d to 365d. Audit events stay.",
        |s, v| length_of_time(v, DAY..=365 * DAY, &mut s.store.purge_after),
    ),
    row(
        "help.command",
        r#""""#,
        "What stands before a subcommand in hints and messages, such as \"sudo -u regain regain\".\n\
         Empty: told from how the command was started that says it.",
        |s, v| optional_text(v, &mut s.help.command),
    ),
    row(
        "help.administrator_text",
        r#""If no email address or mobile number is bound to you, ask your administrator to reset your password.""#,
        "Shown to everyone before the choice of method and in the help for missing codes.",
        |s, v| text(v, &mut s.help.administrator_text),
    ),
    row("help.service_url", r#""""#, "Where people reach customer service on the web.", |s, v| {
        url(v, &mut s.help.service_url)
    }),
    row("help.ticket_url", r#""""#, "Where people submit a service ticket.", |s, v| {
        url(v, &mut s.help.ticket_url)
    }),
    row("help.unified_id_url", r#""""#, "Where people reset the password of their unified ID.", |s, v| {
        url(v, &mut s.help.unified_id_url)
    })
    .with_example(r#"unified_id_url = "https://consumer.huawei.com/en/support/content/en-us00770241/""#),
    row("help.register_url", r#""""#, "Where people register a new unified ID.", |s, v| {
        url(v, &mut s.help.register_url)
    }),
    row(
        "help.customer_service",
        "[]",
        "Customer service by telephone, a region and a number each.",
        |s, v| phones(v, &mut s.help.customer_service),
    )
    .with_example(
        "customer_service = [\n    { region = \"Chinese Mainland\", phone = \"+86 4000-955988\" },\n    \
         { region = \"Hong Kong, China\", phone = \"+852 800-931-122\" },\n]",
    ),
    row(
        "reset.methods",
        r#"["email", "mobile", "account"]"#,
        "The ways to be sent a code, in the order they are offered.",
        |s, v| {
            choices(
                v,
                &Method::ALL.iter().map(|method| (method.as_str(), *method)).collect::<Vec<_>>(),
                &mut s.reset.methods,
            )
        },
    ),
    row(
        "reset.redirect_wait",
        r#""10s""#,
        "How long \"log in now?\" waits for an answer after a reset, at most 5m.",
        |s, v| length_of_time(v, 0..=5 * MINUTE, &mut s.reset.redirect_wait),
    ),
    row(
        "register.enabled",
        "true",
        "Whether people may register a new unified ID by themselves, with a code to their mobile number.",
        |s, v| flag(v, &mut s.register.enabled),
    ),
    row(
        "setup.new_user",
        r#""7d""#,
        "How long a setup token lives that was made for a new user, at most 7d.",
        |s, v| length_of_time(v, 1..=7 * DAY, &mut s.setup.new_user),
    ),
    row(
        "setup.reset",
        r#""24h""#,
        "How long a setup token lives that was made by an administrator's reset, at most 7d.",
        |s, v| length_of_time(v, 1..=7 * DAY, &mut s.setup.reset),
    ),
    row("codes.length", "6", "Digits of a code, 6 to 8.", |s, v| whole(v, 6..=8, &mut s.codes.length)),
    row(
        "codes.lifetime",
        r#""10m""#,
        "How long a code lives: at most 24h by email; by SMS never longer than 10m, whatever stands here.",
        |s, v| length_of_time(v, 1..=24 * HOUR, &mut s.codes.lifetime),
    ),
    row("codes.tries", "5", "Wrong answers until a code is spent, 1 to 10.", |s, v| {
        whole(v, 1..=10, &mut s.codes.tries)
    }),
    row(
        "codes.resend_after",
        r#""60s""#,
        "How long until another code may be asked for, at most 1h.",
        |s, v| length_of_time(v, 0..=HOUR, &mut s.codes.resend_after),
    ),
    row(
        "codes.method_off_for",
        r#""24h""#,
        "How long 100 wrong codes in a row switch a contact or an authenticator off, and 25 from one source for that\n\
         source, after the last of them, 1h to 30d.",
        |s, v| length_of_time(v, HOUR..=30 * DAY, &mut s.codes.method_off_for),
    ),
    row(
        "captcha.mode",
        r#""picture""#,
        "\"picture\", \"work\" (a proof of work only), or \"off\", for a portal that has its own.",
        |s, v| choice(v, &CaptchaMode::NAMES, &mut s.captcha.mode),
    ),
    row(
        "captcha.bits",
        "18",
        "Zero bits a proof of work must begin with, 8 to 32: each bit more doubles the work.",
        |s, v| whole(v, 8..=32, &mut s.captcha.bits),
    ),
    row(
        "password.extra_list",
        r#""""#,
        "A file of passwords to refuse besides the common ones, one a line: an absolute path.",
        |s, v| path(v, &mut s.password.extra_list),
    ),
    row(
        "password.context_words",
        "[]",
        "Words anyone here would guess: the company, its products, its town.",
        |s, v| names(v, &mut s.password.context_words),
    ),
    // The floors are those of security P7. The ceilings keep one sign-in from taking a machine: 1 GiB is far
    // beyond what RFC 9106 recommends where memory is scarce, and half of its first choice. Both together are
    // bounded as every hash is.
    row("hash.memory_kib", "19456", "Memory of a password hash in KiB, 19456 to 1048576.", |s, v| {
        whole(v, 19_456..=1_048_576, &mut s.hash.memory_kib)
    }),
    row(
        "hash.iterations",
        "2",
        "Passes over that memory, 2 to 64: as many as write 2 GiB at most, which takes seconds.",
        |s, v| {
            whole(v, 2..=64, &mut s.hash.iterations)?;
            let max = Cost::most_iterations(s.hash.memory_kib);
            if s.hash.iterations > max {
                Err(Fault::Beside { max, other: "hash.memory_kib" })
            } else {
                Ok(())
            }
        },
    ),
    row("hash.parallelism", "1", "Lanes of a password hash, 1 to 64.", |s, v| {
        whole(v, 1..=64, &mut s.hash.parallelism)
    }),
    row(
        "hash.pepper",
        "false",
        "Mix a secret from the key file into each hash: a stolen store cannot be guessed at. Without the key file nobody can sign in.",
        |s, v| flag(v, &mut s.hash.pepper),
    ),
    row(
        "contacts.cooldown",
        r#""24h""#,
        "How long a contact that replaced another on the word of a password alone gets no reset code, at most 30d.",
        |s, v| length_of_time(v, 0..=30 * DAY, &mut s.contacts.cooldown),
    ),
    row(
        "budgets.contact_per_hour",
        "5",
        "Messages to one contact in an hour. One source asks for half of them at most; the first that a source asks\n\
         for goes out in up to twice as many; operators have as many of their own.",
        |s, v| whole(v, 1..=MANY, &mut s.budgets.contact_per_hour),
    ),
    row("budgets.contact_per_day", "10", "Messages to one contact in a day, likewise.", |s, v| {
        whole(v, 1..=MANY, &mut s.budgets.contact_per_day)
    }),
    row("budgets.source_per_hour", "10", "Messages that one source may cause in an hour.", |s, v| {
        whole(v, 1..=MANY, &mut s.budgets.source_per_hour)
    }),
    row(
        "budgets.email_per_hour",
        "0",
        "Emails of the whole store in an hour, from which no more codes go out; 0: no ceiling.",
        |s, v| ceiling(v, MANY, &mut s.budgets.email_per_hour),
    ),
    row(
        "budgets.sms_per_hour",
        "0",
        "SMS of the whole store in an hour, a long one by its parts, from which no more codes go out; 0: no ceiling.",
        |s, v| ceiling(v, MANY, &mut s.budgets.sms_per_hour),
    ),
    row(
        "budgets.lookups_per_hour",
        "120",
        "Look-ups of people by one operator of support in an hour, a search or a list for one; more are refused and\n\
         recorded as an incident.",
        |s, v| whole(v, 1..=MANY, &mut s.budgets.lookups_per_hour),
    ),
    row(
        "appeals.approvals",
        "1",
        "Operators it takes to approve an appeal, 1 to 5. With 2, nobody gives an identity away alone.",
        |s, v| whole(v, 1..=5, &mut s.appeals.approvals),
    ),
    row(
        "appeals.keep",
        r#""90d""#,
        "How long what people claim is kept, sealed, 1d to 3650d; an appeal that nobody decides ends then, too.",
        |s, v| length_of_time(v, DAY..=3650 * DAY, &mut s.appeals.keep),
    ),
    row(
        "appeals.draft",
        r#""7d""#,
        "How long a form that was left can be taken up again, 1h to 30d.",
        |s, v| length_of_time(v, HOUR..=30 * DAY, &mut s.appeals.draft),
    ),
    row("appeals.source_per_day", "10", "Appeals that one source may submit in a day.", |s, v| {
        whole(v, 1..=MANY, &mut s.appeals.source_per_day)
    }),
    row(
        "appeals.person_per_day",
        "5",
        "Appeals for one person in a day; those beyond are marked for operators, and nobody else is told.",
        |s, v| whole(v, 1..=MANY, &mut s.appeals.person_per_day),
    ),
    row(
        "sources.trusted",
        "[]",
        "System users (a portal's, a kiosk's) that may say --source ADDR. Without it, the other end of their\n\
         SSH connection is the source.",
        |s, v| names(v, &mut s.sources.trusted),
    ),
    row(
        "sources.slow_after",
        "10",
        "Failed sign-ins of one source within an hour, from which it waits before its next: a second, and one more with\n\
         each failure. A trusted source that does not say where its visitors are does not wait.",
        |s, v| whole(v, 1..=MANY, &mut s.sources.slow_after),
    ),
    row(
        "sources.slow_most",
        r#""30s""#,
        "How long it waits at most, up to 5m; \"0s\": it never waits.",
        |s, v| length_of_time(v, 0..=5 * MINUTE, &mut s.sources.slow_most),
    ),
    row(
        "operators.admin",
        "[]",
        "System users and %groups who may do everything. Root and the store's owner always may.",
        |s, v| names(v, &mut s.operators.admin),
    ),
    row(
        "operators.support",
        "[]",
        "System users and %groups who may look, resend, revoke, verify callers and send them a setup link.",
        |s, v| names(v, &mut s.operators.support),
    ),
    row(
        "support.verified_caller",
        r#""required""#,
        "\"required\": support sends a setup token only to a caller who read a code out (`regain support challenge`).\n\
         \"optional\": without one, too.",
        |s, v| choice(v, &VerifiedCaller::NAMES, &mut s.support.verified_caller),
    ),
    row(
        "texts.language",
        r#""en""#,
        "The language of messages: \"en\", \"zh-CN\", or one whose texts are in the folder.",
        |s, v| language(v, &mut s.texts.language),
    ),
    row(
        "texts.folder",
        r#""""#,
        "Texts of your own: an absolute path. A file LANGUAGE/NAME.txt there takes the place of the one that\n\
         regain brings; `regain texts list` tells the names. Empty: none.",
        |s, v| path(v, &mut s.texts.folder),
    ),
    row(
        "texts.sms_domain",
        r#""""#,
        "Ends each SMS with \"@DOMAIN #CODE\", so that a browser offers the code on that site only.",
        |s, v| domain(v, &mut s.texts.sms_domain),
    ),
];
