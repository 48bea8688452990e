use super::super::document;
use super::super::settings::Settings;
use super::*;

fn read(config: &str) -> Result<Settings, Vec<String>> {
    document::read(config)
        .map(|(settings, _)| settings)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
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
        ["line 4: `delivery.sms.body` has a field that is none here; these are: {{to}} {{number}} {{text}} \
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
          stands in the config"
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
