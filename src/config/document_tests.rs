use super::*;
use jiff::SignedDuration;

fn problems(text: &str) -> Vec<String> {
    read(text).unwrap_err().iter().map(ToString::to_string).collect()
}

fn settings(text: &str) -> Settings {
    read(text).unwrap().0
}

#[test]
fn every_default_is_valid_and_every_field_is_filled() {
    let settings = settings("");
    let Settings { codes, hash, setup, .. } = &settings;
    assert_eq!((codes.length, codes.tries), (6, 5));
    assert_eq!(codes.lifetime, SignedDuration::from_mins(10));
    assert_eq!((hash.memory_kib, hash.iterations, hash.parallelism), (19_456, 2, 1));
    assert_eq!(setup.new_user, SignedDuration::from_hours(7 * 24));
}

#[test]
fn each_row_fills_a_field_of_its_own() {
    let others = [
        ("store.url", r#""/s.db""#),
        ("store.purge_after", r#""2d""#),
        ("help.command", r#""sudo -u a regain""#),
        ("help.administrator_text", r#""Call 7.""#),
        ("help.service_url", r#""https://a""#),
        ("help.ticket_url", r#""https://a""#),
        ("help.unified_id_url", r#""http://a""#),
        ("help.register_url", r#""https://a""#),
        ("help.customer_service", r#"[{ region = "A", phone = "1" }]"#),
        ("register.enabled", "false"),
        ("reset.methods", r#"["mobile"]"#),
        ("reset.redirect_wait", r#""1s""#),
        ("setup.new_user", r#""1d""#),
        ("setup.reset", r#""1h""#),
        ("codes.length", "8"),
        ("codes.lifetime", r#""24h""#),
        ("codes.tries", "10"),
        ("codes.resend_after", r#""0s""#),
        ("codes.method_off_for", r#""1h""#),
        ("captcha.mode", r#""off""#),
        ("captcha.bits", "8"),
        ("password.extra_list", r#""/l""#),
        ("password.breached_list", r#""/b""#),
        ("password.context_words", r#"["acme"]"#),
        ("hash.memory_kib", "0x10000"),
        ("hash.iterations", "3"),
        ("hash.parallelism", "2"),
        ("hash.pepper", "true"),
        ("budgets.lookups_per_hour", "30"),
        ("contacts.cooldown", r#""0s""#),
        ("contacts.region", r#""DE""#),
        ("budgets.contact_per_hour", "1_000"),
        ("budgets.contact_per_day", "1"),
        ("budgets.source_per_hour", "1"),
        ("budgets.email_per_hour", "1"),
        ("budgets.sms_per_hour", "1"),
        ("appeals.approvals", "2"),
        ("appeals.keep", r#""1d""#),
        ("appeals.draft", r#""1h""#),
        ("appeals.source_per_day", "1"),
        ("appeals.person_per_day", "1"),
        ("sources.trusted", r#"["portal"]"#),
        ("sources.slow_after", "1"),
        ("sources.slow_most", r#""0s""#),
        ("operators.admin", r#"["alice"]"#),
        ("operators.support", r#"["%help"]"#),
        ("support.verified_caller", r#""optional""#),
        ("support.verified_caller_may", r#"["unlock"]"#),
        ("texts.language", r#""zh-CN""#),
        ("texts.folder", r#""/texts""#),
        ("texts.sms_domain", r#""example.com""#),
        ("texts.time_zone", r#""Europe/Berlin""#),
        ("delivery.background", "false"),
        ("delivery.receipts", r#"["portal"]"#),
        ("delivery.email.transport", r#""command""#),
        ("delivery.email.path", r#""/m""#),
        ("delivery.email.from", r#""a@example.com""#),
        ("delivery.email.reply_to", r#""a@example.com""#),
        ("delivery.email.timeout", r#""1s""#),
        ("delivery.sms.path", r#""/m""#),
        ("delivery.sms.from", r#""a@example.com""#),
        ("delivery.sms.timeout", r#""1s""#),
    ];
    // The keys of a transport stand beside it, and those that need others beside them.
    let smtp = "delivery.email.transport = \"smtp\"\ndelivery.email.host = \"localhost\"\n";
    let user = format!("{smtp}delivery.email.username = \"u\"\ndelivery.email.password_file = \"/p\"\n");
    let of_smtp = [
        ("delivery.email.port", "26"),
        ("delivery.email.tls", r#""none""#),
        ("delivery.email.ca_file", r#""/c""#),
        ("delivery.email.hello", r#""mail.example.org""#),
        ("delivery.email.bounces", r#""<>""#),
    ];
    let program = "delivery.sms.transport = \"command\"\ndelivery.sms.argv = [\"/bin/true\"]\n".to_owned();
    let texts = others
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .chain([smtp.to_owned(), smtp.replace("localhost", "::1"), user.clone()])
        .chain([user.replace("\"u\"", "\"v\""), user.replace("\"/p\"", "\"credential:p\"")])
        .chain(of_smtp.iter().map(|(key, value)| format!("{smtp}{key} = {value}")))
        .chain(["delivery.email.transport = \"command\"\ndelivery.email.argv = [\"/bin/true\"]".to_owned()])
        .chain([program.clone(), program.replace("true", "false")])
        .chain(of_gateways())
        .chain(of_a_spool());
    let mut seen = vec![settings("")];
    for text in texts {
        let (changed, _) = read(&text).unwrap();
        assert!(!seen.contains(&changed), "{text} fills the field of another");
        seen.push(changed);
    }
    // Seven rows need others beside them: host, username and password_file, the two argv and the two transports.
    // Then there are the eleven of a gateway twice, its username and ca_file for SMS, and two of a spool folder.
    assert_eq!(others.len() + of_smtp.len() + 6 + 2 * 11 + 2 + 2, ROWS.len());
}

/// A gateway for each channel, and each of its keys beside it.
fn of_gateways() -> Vec<String> {
    let keys = [
        ("method", r#""PUT""#),
        ("headers", r#"{ X-A = "b" }"#),
        ("body", r#""to={{to}}""#),
        ("token_file", r#""/t""#),
        ("accept", "[204]"),
        ("accept_body", r#"["/ok=1"]"#),
        ("retry_body", r#"["/ok=1"]"#),
        ("message_id", r#""/id""#),
        ("refusal", r#""/id""#),
        ("proxy", r#""http://p""#),
        ("ca_file", r#""/c""#),
        ("username", "\"u\"\nTABLE.token_file = \"/t\""),
    ];
    let of = |table: &str| {
        let base = format!(
            "{table}.transport = \"http\"\n{table}.url = \"https://g/?to={{{{to}}}}&text={{{{text}}}}\"\n"
        );
        let beside =
            keys.map(|(key, value)| format!("{base}{table}.{key} = {}", value.replace("TABLE", table)));
        [vec![base.clone(), base.replace("//g", "//h")], beside.to_vec()].concat()
    };
    [of("delivery.email"), of("delivery.sms")].concat()
}

fn of_a_spool() -> [String; 3] {
    let base = "delivery.sms.transport = \"spool\"\ndelivery.sms.path = \"/s\"\n";
    ["", "delivery.sms.format = \"gammu\"", "delivery.sms.group_readable = true"]
        .map(|key| format!("{base}{key}"))
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_what_was_meant() {
    let text = "[codes]\nlenght = 8\n\n[hsah]\nmemory_kib = 1\n[delivery.emial]\n[codes.deep]\n[operators]\nmemory_kib = 1\n[ui]\nzebra = 1\n[delivery.sms]\ncommand = 1\n[delivery.email]\npassword = 1\n";
    assert_eq!(
        problems(text),
        [
            "line 2: `codes.lenght` is not a setting; did you mean `codes.length`?",
            "line 4: `hsah` is not a setting; did you mean `hash`?",
            "line 6: `delivery.emial` is not a setting; did you mean `delivery.email`?",
            "line 7: `codes.deep` is not a setting",
            "line 9: `operators.memory_kib` is not a setting; did you mean `hash.memory_kib`?",
            "line 10: `ui` is not a setting",
            "line 13: `delivery.sms.command` is not a setting; did you mean `delivery.sms.argv`?",
            "line 15: `delivery.email.password` is not a setting; did you mean `delivery.email.password_file`?",
        ]
    );
}

#[test]
fn every_problem_of_a_file_is_told_in_the_order_of_its_lines() {
    let text = r#"
hash = 7
[codes]
length = "six"
lifetime = "25h"
tries = 11
resend_after = "soon"
[captcha]
mode = "audio"
[delivery]
background = "yes"
[delivery.email]
transport = "telegram"
path = "relative"
[budgets]
contact_per_hour = 0
"#;
    assert_eq!(
        problems(text),
        [
            "line 2: `hash` must be a table, not a whole number",
            "line 4: `codes.length` must be a whole number, not a text",
            "line 5: `codes.lifetime` must be from \"1s\" (1 second) to \"24h\" (24 hours)",
            "line 6: `codes.tries` must be a whole number from 1 to 10",
            "line 7: `codes.resend_after` must be a length of time: a number and a unit, such as 60s, 10m, 24h or 7d",
            "line 9: `captcha.mode` must be \"picture\", \"work\" or \"off\"",
            "line 11: `delivery.background` must be true or false, not a text",
            "line 13: `delivery.email.transport` must be \"maildir\", \"smtp\", \"command\" or \"http\"; this version has no other transport",
            "line 14: `delivery.email.path` must be an absolute path",
            "line 16: `budgets.contact_per_hour` must be a whole number from 1 to 1000000",
        ]
    );
}

#[test]
fn p7_k1_hard_limits_cannot_be_configured_away() {
    for (key, low, high) in [
        ("codes.length", "5", "9"),
        ("codes.tries", "0", "11"),
        ("hash.memory_kib", "19455", "1048577"),
        ("hash.iterations", "1", "65"),
        ("hash.parallelism", "0", "65"),
        ("codes.lifetime", r#""0s""#, r#""1441m""#),
        ("setup.new_user", r#""0s""#, r#""8d""#),
        ("setup.reset", r#""0s""#, r#""604801s""#),
        ("hash.iterations", "-1", "99999999999999999999"),
    ] {
        for value in [low, high] {
            let found = read(&format!("{key} = {value}")).unwrap_err();
            let limited = found[0].message.contains(" from ");
            assert!(limited && found[0].key == key, "{key} = {value}: {}", found[0]);
        }
    }
    let found = read("[hash]\nmemory_kib = 1048576\niterations = 3\n").unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "line 3: `hash.iterations` must be at most 2 beside this `hash.memory_kib`"
    );
    let long = settings(r#"codes.lifetime = "24h""#).codes;
    assert_eq!(
        (long.lifetime, long.sms_lifetime()),
        (SignedDuration::from_hours(24), SignedDuration::from_mins(10))
    );
    let short = settings(r#"codes.lifetime = "5m""#).codes;
    assert_eq!(short.sms_lifetime(), SignedDuration::from_mins(5));
}

#[test]
fn keys_that_are_at_odds_are_all_told_beside_each_other() {
    let text = r#"
[hash]
memory_kib = 1048576
iterations = 3
[delivery.email]
transport = "smtp"
from = "me"
username = "u"
argv = ["/bin/true"]
timeout = 7
[delivery.sms]
transport = "http"
body = "to={{to}}&text={{text}}&key={{token}}&by={{from}}"
headers = { X-Key = 7 }
username = "a:b"
proxy = "ftp://proxy.example"
"#;
    assert_eq!(
        problems(text),
        [
            "line 4: `hash.iterations` must be at most 2 beside this `hash.memory_kib`",
            "line 6: `delivery.email.host` must be set for transport = \"smtp\"",
            "line 6: `delivery.email.password_file` must be set together with `username`, or neither",
            "line 7: `delivery.email.from` must be an email address",
            "line 9: `delivery.email.argv` is for transport = \"command\" only",
            "line 10: `delivery.email.timeout` must be a length of time such as \"10m\", not a whole number",
            "line 12: `delivery.sms.token_file` must be set together with `username`, or neither",
            "line 12: `delivery.sms.url` must be set for transport = \"http\"",
            "line 13: `delivery.sms.body` uses {{from}}, so `from` must be set to what the gateway knows you by",
            "line 14: `delivery.sms.headers` must be a text in quotes, not a whole number",
            "line 15: `delivery.sms.username` must not hold a colon",
            "line 16: `delivery.sms.proxy` must be a URL that begins with https:// or http://",
        ]
    );
}

#[test]
fn lists_and_texts_are_judged_entry_by_entry() {
    for (line, fault) in [
        ("reset.methods = []", "must not be empty"),
        (r#"reset.methods = ["email", "email"]"#, "must not say the same twice"),
        (r#"reset.methods = ["pigeon"]"#, r#"must be "email", "mobile" or "account""#),
        (r#"operators.admin = "alice""#, "must be a list in square brackets, not a text"),
        ("operators.admin = [7]", "must be a text in quotes, not a whole number"),
        (r#"operators.admin = [" "]"#, "must not be empty"),
        (r#"help.service_url = "javascript:alert(1)""#, "must be a URL that begins with https:// or http://"),
        (r#"help.service_url = "https://a b""#, "must be a URL that begins with https:// or http://"),
        (r#"help.administrator_text = "a\nb""#, "must not hold control characters"),
        (
            r#"help.customer_service = ["hunter2"]"#,
            r#"must be a list of { region = "…", phone = "…" }, not a text"#,
        ),
        ("help.customer_service = 7", "must be a list in square brackets, not a whole number"),
        ("hash.pepper = 2026-11-30", "must be true or false, not a date or time"),
        ("codes.length = 6.5", "must be a whole number, not a number with a fraction"),
        (r#"help.customer_service = [{ region = "A", phone = " " }]"#, "must not be empty"),
        (r#"help.customer_service = [{ region = "A" }]"#, "must have phone in each entry"),
        (
            r#"help.customer_service = [{ region = "A", phone = "1", fax = "2" }]"#,
            r#"may have only "region" or "phone" in each entry"#,
        ),
        (
            r#"store.url = "postgres://h/d""#,
            "is not a store: the store is a path or sqlite:PATH; this version has no other engine",
        ),
        (r#"store.url = "regain.db""#, "must be an absolute path"),
        (r#"delivery.email.from = "Me <a@b>, <c@d.e>""#, "must have a name without < and >"),
        (r#"delivery.email.from = "Me <me>""#, "must be an email address"),
        (
            r#"delivery.email.reply_to = "Call 555123 <a@b.c>""#,
            "must have a name without six digits in a row: they could be taken for the code",
        ),
    ] {
        let key = line.split(' ').next().unwrap();
        assert_eq!(problems(line), [format!("line 1: `{key}` {fault}")]);
    }
    let long = format!("help.administrator_text = \"{}\"", "x".repeat(1_001));
    assert_eq!(problems(&long), ["line 1: `help.administrator_text` must have at most 1000 characters"]);
}

#[test]
fn t1_a_value_in_the_wrong_place_is_not_repeated() {
    let text =
        "[delivery.email]\npassword = \"hunter2\"\ntransport = \"hunter2\"\n[captcha]\nbits = \"hunter2\"\n";
    assert!(!problems(text).join("\n").contains("hunter2"));
}

#[test]
fn text_that_is_no_toml_is_told_by_line() {
    let found = problems("[codes]\nlength = 6\nlength = 7\n");
    assert_eq!(found, ["line 3: duplicate key"]);
    assert!(problems("[codes\n")[0].starts_with("line 1: "));
    assert!(problems("a = 1\nb = = 2\n")[0].starts_with("line 2: "));
}

#[test]
fn values_are_kept_on_one_line() {
    let text = "[help]\ncustomer_service = [ # ours\n  { region = \"A\", phone = \"1\" },\n]\n[hash]\nmemory_kib = 20_000\n";
    let given = read(text).unwrap().1;
    let kept: Vec<_> = given.iter().map(|given| (given.line, given.value.as_str())).collect();
    assert_eq!(kept, [(2, r#"[{ phone = "1", region = "A" }]"#), (6, "20000")]);
}

#[test]
fn comments_count_as_lines_and_stay_where_they_are_part_of_a_text() {
    let text = "# one\r\n[help]\n# three\ncommand = \"x\" # four\n#\nnone = 1\n#";
    assert_eq!(problems(text), ["line 6: `help.none` is not a setting"]);
    // The one way to write such a text that ends up on one line.
    let text = "[help]\nadministrator_text = \"\"\"\\\n# b\"\"\"";
    assert_eq!(settings(text).help.administrator_text, "# b");
}
