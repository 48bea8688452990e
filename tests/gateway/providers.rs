//! The ready settings of docs/sms.md, against gateways that answer in the shape of each provider's documentation.

use data_encoding::BASE64;

use super::people::{NUMBER, TOKEN, ask, code, configure, enter, fate, last_error, site, token};
use super::scripted::{Act, Asked, Gateway};
use crate::site::{Site, code_in};

/// The settings beneath a heading, for a gateway at that port.
pub fn ready(heading: &str, site: &Site, port: u16) -> String {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sms.md")).unwrap();
    let (_, rest) = text.split_once(&format!("\n### {heading}\n")).unwrap();
    let (_, rest) = rest.split_once("```toml\n").unwrap();
    let (settings, _) = rest.split_once("```").unwrap();
    let path = token(site);
    let host = regex::Regex::new("(?m)^url = \"https?://[^/]*").unwrap();
    let settings = host.replace(settings, format!("url = \"http://127.0.0.1:{port}"));
    let file = regex::Regex::new("(?m)^token_file = .*").unwrap();
    file.replace(&settings, format!("token_file = \"{}\"", path.display())).into_owned()
}

fn percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let pair = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// A field of a form.
fn field(body: &str, name: &str) -> String {
    let pair = body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    percent(pair.unwrap_or_else(|| panic!("{name} is missing in {body}")))
}

/// A gateway that took the message: the request it got, after the code in it was entered.
fn accepted(heading: &str, act: Act, text: impl Fn(&Asked) -> String) -> (Site, Asked) {
    let gateway = Gateway::new(&[act]);
    let site = site("");
    configure(&site, &ready(heading, &site, gateway.port));
    let (request, ended) = ask(&site);
    assert_eq!(ended.stderr, "Handed over 1 message.\n");
    let asked = gateway.only();
    let message = text(&asked);
    assert_eq!(message, message.trim_end());
    enter(&site, &request, &message).succeeded();
    (site, asked)
}

/// A gateway that refused: state, reason, and whether it was final.
fn refused(heading: &str, act: Act) -> (String, String) {
    let gateway = Gateway::new(&[act]);
    let site = site("");
    configure(&site, &ready(heading, &site, gateway.port));
    let (_, ended) = ask(&site);
    assert_eq!(ended.code, 8, "{ended:?}");
    assert_eq!(gateway.asked().len(), 1);
    fate(&site)
}

fn receipt(site: &Site, id: &str) {
    site.run(&["delivery", "receipt", id, "--state", "delivered", "-q"]).succeeded();
    assert_eq!(code(site)["state_reason"], serde_json::Value::Null, "the code was used meanwhile");
    assert_eq!(site.newest("receipts")["arrival"], "delivered");
}

#[test]
fn kannel_is_asked_by_headers() {
    let act = Act::text("202 Accepted", "0: Accepted for delivery");
    let (_, asked) = accepted("Kannel", act, |asked| asked.body.clone());
    assert_eq!(asked.line, "POST /cgi-bin/sendsms HTTP/1.1");
    assert_eq!(asked.header("content-type"), Some("text/plain; charset=UTF-8"));
    for (name, value) in
        [("username", "regain"), ("password", TOKEN), ("from", "ACME"), ("to", NUMBER), ("coding", "0")]
    {
        assert_eq!(asked.header(&format!("x-kannel-{name}")), Some(value));
    }
    let no = Act::text("403 Forbidden", "Authorization failed for sendsms");
    // Whoever mends the password loses no message.
    let gateway = Gateway::new(&[no, Act::text("202 Accepted", "0: Accepted for delivery")]);
    let site = site("");
    configure(&site, &ready("Kannel", &site, gateway.port));
    let (request, ended) = ask(&site);
    assert_eq!(ended.stderr, "Handed over 1 message; 1 try failed.\n");
    let asked = gateway.asked();
    assert_eq!(asked.len(), 2);
    enter(&site, &request, &asked[1].body).succeeded();
}

#[test]
fn twilio_is_asked_by_a_form_with_a_password() {
    let answer = r#"{"account_sid": "AC00000000000000000000000000000000", "body": "x", "error_code": null,
        "error_message": null, "sid": "SM87105da94bff44b999e4e6eb90d8eb6a", "status": "queued", "to": "+4915112345678"}"#;
    let act = Act::json("201 Created", answer);
    let (site, asked) = accepted("Twilio", act, |asked| field(&asked.body, "Body"));
    assert!(asked.line.starts_with("POST /2010-04-01/Accounts/AC"), "{}", asked.line);
    assert_eq!(
        (field(&asked.body, "To"), field(&asked.body, "From")),
        (NUMBER.to_owned(), "+15005550006".to_owned())
    );
    let basic = BASE64.encode(format!("AC00000000000000000000000000000000:{TOKEN}").as_bytes());
    assert_eq!(asked.header("authorization"), Some(format!("Basic {basic}").as_str()));
    receipt(&site, "SM87105da94bff44b999e4e6eb90d8eb6a");

    let no = r#"{"code": 21211, "message": "The 'To' number +4915112345678 is not a valid phone number.",
        "more_info": "https://www.twilio.com/docs/errors/21211", "status": 400}"#;
    assert_eq!(
        refused("Twilio", Act::json("400 Bad Request", no)),
        (
            "failed".to_owned(),
            "hand the message over: it answered with status 400: The 'To' number [...] is not a valid phone number."
                .to_owned()
        )
    );
}

#[test]
fn vonage_says_no_with_status_200() {
    let yes = r#"{"message-count": "1", "messages": [{"to": "4915112345678", "message-id": "0A0000000123ABCD1",
        "status": "0", "remaining-balance": "3.14159265", "message-price": "0.03330000", "network": "26201"}]}"#;
    let (site, asked) = accepted("Vonage", Act::json("200 OK", yes), |asked| field(&asked.body, "text"));
    assert_eq!(field(&asked.body, "to"), NUMBER.trim_start_matches('+'));
    assert_eq!(
        (field(&asked.body, "api_secret"), field(&asked.body, "type")),
        (TOKEN.to_owned(), "text".to_owned())
    );
    receipt(&site, "0A0000000123ABCD1");

    let no = r#"{"message-count": "1", "messages": [{"status": "4", "error-text": "Bad Credentials"}]}"#;
    assert_eq!(
        refused("Vonage", Act::json("200 OK", no)),
        (
            "failed".to_owned(),
            "hand the message over: it accepted with status 200, but its answer says no: Bad Credentials"
                .to_owned()
        )
    );
}

#[test]
fn vonage_is_asked_again_where_it_is_too_busy() {
    let busy =
        r#"{"message-count": "1", "messages": [{"status": "1", "error-text": "Throughput Rate Exceeded"}]}"#;
    let yes = r#"{"message-count": "1", "messages": [{"message-id": "1", "status": "0"}]}"#;
    let gateway = Gateway::new(&[Act::json("200 OK", busy), Act::json("200 OK", yes)]);
    let site = site("");
    configure(&site, &ready("Vonage", &site, gateway.port));
    let (_, ended) = ask(&site);
    assert_eq!(ended.stderr, "Handed over 1 message; 1 try failed.\n");
    let [first, second] = &gateway.asked()[..] else { panic!() };
    assert_eq!(field(&first.body, "client-ref"), field(&second.body, "client-ref"), "one id for one message");
    assert_eq!(code_in(&field(&first.body, "text")), code_in(&field(&second.body, "text")));
    assert_eq!(last_error(&site), "");
}

#[test]
fn a_generic_gateway_is_asked_in_json() {
    let act = Act::json("202 Accepted", r#"{"id": "m-1", "state": "queued"}"#);
    let text = |asked: &Asked| {
        let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
        assert_eq!((&body["to"], &body["from"]), (&NUMBER.into(), &"ACME".into()));
        assert_eq!(asked.header("idempotency-key"), body["reference"].as_str());
        body["text"].as_str().unwrap().to_owned()
    };
    let (site, asked) = accepted("Any other that takes JSON", act, text);
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("user-agent"), Some("regain"));
    receipt(&site, "m-1");
}
