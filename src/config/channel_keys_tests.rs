use super::*;
use crate::config::Settings;

fn read(config: &str) -> Result<Settings, Vec<String>> {
    Settings::parse(config).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn refused(lines: &str) -> Vec<String> {
    read(&format!("[delivery.sms]\ntransport = \"http\"\n{lines}")).unwrap_err()
}

const URL: &str = "url = \"https://gateway.example/?to={{to}}&text={{text}}\"";

#[test]
fn a_gateway_is_read_with_all_its_keys() {
    let settings = read(
        r#"
        [delivery.sms]
        transport = "http"
        from = "ACME"
        username = "AC1"
        ca_file = "/etc/ssl/gateway.pem"
        url = "https://gateway.example/{{id}}"
        method = "PUT"
        headers = { "Content-Type" = "application/json; charset=utf-8", "X-Key" = "{{token}}" }
        body = '''
        {"to": "{{number}}", "from": "{{from}}",
         "text": "{{text}}"}'''
        token_file = "credential:gateway"
        accept = [201]
        accept_body = ["/status=ok", "0:"]
        retry_body = ["/status=later"]
        message_id = "/id"
        refusal = "/error"
        proxy = "http://proxy.example:3128"
        "#,
    )
    .unwrap();
    let Transport::Http(gateway) = &settings.delivery.sms.transport else { panic!() };
    assert_eq!(gateway.request.method, Method::Put);
    assert_eq!(gateway.request.headers.len(), 2);
    assert!(matches!(&gateway.request.body, Some((_, None))));
    assert_eq!((gateway.rules.accept.as_slice(), gateway.rules.accept_body.len()), (&[201][..], 2));
    assert_eq!(gateway.username.as_deref(), Some("AC1"));
    assert!(gateway.token_file.is_some() && gateway.ca_file.is_some() && gateway.proxy.is_some());
    assert!(gateway.rules.message_id.is_some() && gateway.rules.refusal.is_some());
}

#[test]
fn what_cannot_work_is_told_with_line_and_key() {
    assert_eq!(refused(""), ["line 2: `delivery.sms.url` must be set for transport = \"http\""]);
    assert_eq!(
        refused("url = \"http://gateway.example/?to={{to}}&text={{text}}\""),
        ["line 3: `delivery.sms.url` must not go to another machine in the clear: use https://"]
    );
    assert_eq!(
        refused("url = \"https://gateway.example/\"\nbody = '{\"to\": \"{{to}}\"}'"),
        [
            "line 4: `delivery.sms.body` must have {{text}}, and {{to}} or {{number}}, if the URL has not: the message \
          would not be in the request"
        ]
    );
    assert_eq!(
        refused("url = \"https://gateway.example/\"\nbody = '{\"to\": \"{{to}}\", \"text\": {{text}}}'"),
        [
            "line 4: `delivery.sms.body` is not JSON once its fields are filled in: put quotation marks around each \
          field"
        ]
    );
    assert_eq!(
        refused("url = \"https://gateway.example/\"\nbody = 'to={{to}}&text={{message}}'"),
        ["line 4: `delivery.sms.body` has an unknown field; the fields are: {{to}} {{number}} {{text}} \
          {{subject}} {{id}} {{from}} {{token}} {{unicode}}"]
    );
    assert_eq!(
        refused(&format!("{URL}\nheaders = {{ X-Text = \"{{{{text}}}}\" }}")),
        ["line 4: `delivery.sms.headers` must not have {{text}} here"]
    );
    assert_eq!(
        refused(&format!("{URL}\nheaders = {{ Host = \"other.example\" }}")),
        ["line 4: `delivery.sms.headers` must name each header once, and none that frames the request"]
    );
    assert_eq!(
        refused(&format!("{URL}\nheaders = {{ Authorization = \"Bearer {{{{token}}}}\" }}")),
        ["line 2: `delivery.sms.token_file` must be set: a template uses {{token}}"]
    );
    assert_eq!(
        refused(&format!("{URL}\nheaders = {{ X-From = \"{{{{from}}}}\" }}")),
        [
            "line 4: `delivery.sms.headers` uses {{from}}, so `from` must be set to what the gateway knows you by"
        ]
    );
    assert_eq!(
        refused(&format!("{URL}\naccept = [200, 302]")),
        ["line 4: `delivery.sms.accept` must be a whole number from 200 to 299"]
    );
    assert_eq!(
        refused(&format!("{URL}\ntoken_file = \"hunter2\"")),
        [
            "line 4: `delivery.sms.token_file` must be an absolute path, or credential:NAME; the secret itself never \
          belongs in the config"
        ]
    );
    assert_eq!(
        refused(&format!("{URL}\nproxy = \"http://me:secret@proxy.example\"")),
        [
            "line 4: `delivery.sms.proxy` must be a URL that begins with http:// and holds no password, and is for a \
          gateway over https:// only"
        ]
    );
}

#[test]
fn a_key_of_another_transport_is_a_mistake() {
    assert_eq!(
        read("[delivery.sms]\nurl = \"https://gateway.example/\"").unwrap_err(),
        ["line 2: `delivery.sms.url` is for transport = \"http\" only"]
    );
    assert_eq!(
        read("[delivery.sms]\nformat = \"gammu\"").unwrap_err(),
        ["line 2: `delivery.sms.format` is for transport = \"spool\" only"]
    );
    assert_eq!(
        read("[delivery.sms]\ntransport = \"spool\"").unwrap_err(),
        ["line 2: `delivery.sms.path` must be set for transport = \"spool\""]
    );
}

#[test]
fn email_may_go_to_a_gateway_too() {
    let settings = read(
        "[delivery.email]\ntransport = \"http\"\nurl = \"https://gateway.example/\"\n\
         body = '{\"to\": \"{{to}}\", \"subject\": \"{{subject}}\", \"text\": \"{{text}}\"}'",
    )
    .unwrap();
    assert_eq!(settings.delivery.email.transport.name(), "http");
}

#[test]
fn the_keys_of_one_transport_are_mistakes_beside_another() {
    let table = |keys: &str| format!("[delivery.email]\n{keys}");
    for (keys, told) in [
        ("host = \"a.example\"", "line 2: `delivery.email.host` is for transport = \"smtp\" only"),
        ("bounces = \"<>\"", "line 2: `delivery.email.bounces` is for transport = \"smtp\" only"),
        ("argv = [\"/bin/true\"]", "line 2: `delivery.email.argv` is for transport = \"command\" only"),
        (
            "transport = \"command\"\npath = \"/m\"",
            "line 3: `delivery.email.path` is for transport = \"maildir\" only",
        ),
        // What is missing is told where the transport stands.
        (
            "from = \"a@example.com\"\ntransport = \"smtp\"",
            "line 3: `delivery.email.host` must be set for transport = \"smtp\"",
        ),
        (
            "transport = \"command\"\nargv = []",
            "line 3: `delivery.email.argv` must be set for transport = \"command\"",
        ),
        (
            "transport = \"command\"\nargv = [\"sendmail\"]",
            "line 3: `delivery.email.argv` must begin with the absolute path of a program: nothing is looked for in PATH",
        ),
    ] {
        assert_eq!(read(&table(keys)).unwrap_err(), [told]);
    }
}

#[test]
fn a_mail_server_is_checked_key_by_key() {
    let table = |keys: &str| format!("[delivery.email]\ntransport = \"smtp\"\n{keys}");
    let clear =
        "`delivery.email.tls` may be \"none\" only where host is this machine: localhost, 127.0.0.1 or ::1";
    let alone = "`delivery.email.password_file` must be set together with `username`, or neither";
    for (keys, told) in [
        (
            "host = \"mail.example.org:25\"",
            "line 3: `delivery.email.host` must be a host name or an address, without a port".to_owned(),
        ),
        ("host = \"mail.example.org\"\ntls = \"none\"", format!("line 4: {clear}")),
        ("host = \"localhost.example\"\ntls = \"none\"", format!("line 4: {clear}")),
        ("host = \"a.example\"\nusername = \"u\"", format!("line 2: {alone}")),
        ("host = \"a.example\"\npassword_file = \"/p\"", format!("line 4: {alone}")),
        (
            "host = \"a.example\"\nusername = \"u\"\npassword_file = \"hunter2\"",
            "line 5: `delivery.email.password_file` must be an absolute path, or credential:NAME; the secret itself \
             never belongs in the config"
                .to_owned(),
        ),
        ("host = \"a.example\"\nport = 70000", "line 4: `delivery.email.port` must be a whole number from 0 to 65535".to_owned()),
    ] {
        assert_eq!(read(&table(keys)).unwrap_err(), [told]);
    }
    let server = |keys: &str| match read(&table(keys)).unwrap().delivery.email.transport {
        Transport::Smtp(server) => server,
        other => panic!("{other:?}"),
    };
    for (keys, port) in [("", 587), ("tls = \"implicit\"", 465), ("tls = \"implicit\"\nport = 2465", 2465)] {
        assert_eq!(server(&format!("host = \"a.example\"\n{keys}")).port(), port);
    }
    assert_eq!(server("host = \"::1\"\ntls = \"none\"").port(), 25);
    for name in ["credential:", "credential:..", "credential:a/b"] {
        let keys = format!("host = \"a.example\"\nusername = \"u\"\npassword_file = \"{name}\"");
        assert_eq!(read(&table(&keys)).unwrap_err().len(), 1, "{name}");
    }
}
