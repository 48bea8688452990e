//! What the doctor finds of a gateway before a message does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::people::{ask, configure, fate, last_error, site, token};
use crate::site::Site;

fn errors(site: &Site) -> Vec<(String, String)> {
    let findings = site.run(&["doctor", "-o", "json"]).json();
    let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let all = findings.as_array().unwrap().iter().filter(|finding| finding["level"] == "error");
    all.map(|finding| (text(finding, "message"), text(finding, "remedy"))).collect()
}

fn asking(token: &Path, more: &str) -> String {
    format!(
        "transport = \"http\"\nurl = \"https://127.0.0.1:1/?to={{{{to}}}}&text={{{{text}}}}&key={{{{token}}}}\"\n\
         token_file = \"{}\"\n{more}",
        token.display()
    )
}

/// Where a key stands in the config, as findings say it.
fn place(site: &Site, key: &str) -> usize {
    let text = fs::read_to_string(site.config()).unwrap();
    text.lines().position(|line| line.starts_with(key)).unwrap() + 1
}

#[test]
fn t4_a_secret_that_others_can_read_is_found_and_never_sent() {
    let site = site("");
    let file = token(&site);
    configure(&site, &asking(&file, ""));
    assert!(errors(&site).is_empty(), "{:?}", errors(&site));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        errors(&site),
        [(
            format!(
                "In the config, line {}, `delivery.sms.token_file`: regain cannot trust {}: others may read it (mode 0644).",
                place(&site, "token_file"),
                file.display()
            ),
            format!("chmod 600 {}", file.display())
        )]
    );
    ask(&site);
    assert_eq!(
        last_error(&site),
        format!("prepare the message: trust {}: others may read it (mode 0644)", file.display())
    );
    assert_eq!(fate(&site).0, "queued", "it goes out once that is put right");
}

#[test]
fn what_is_missing_is_found_with_line_and_key() {
    let site = site("");
    let missing = site.path().join("config/regain/no.token");
    let authorities = site.path().join("config/regain/ca.pem");
    fs::write(&authorities, "no certificate\n").unwrap();
    configure(&site, &asking(&missing, &format!("ca_file = \"{}\"", authorities.display())));
    let found = errors(&site);
    assert_eq!(
        found.iter().map(|(message, _)| message.as_str()).collect::<Vec<_>>(),
        [
            format!(
                "In the config, line {}, `delivery.sms.token_file`: regain cannot open {}.",
                place(&site, "token_file"),
                missing.display()
            ),
            format!(
                "In the config, line {}, `delivery.sms.ca_file`: {} holds no certificate in PEM.",
                place(&site, "ca_file"),
                authorities.display()
            ),
        ]
    );
    configure(&site, &asking(Path::new("x"), "").replace("\"x\"", "\"credential:gateway\""));
    assert_eq!(
        errors(&site)[0].0,
        format!(
            "In the config, line {}, `delivery.sms.token_file`: regain cannot find the credential gateway: $CREDENTIALS_DIRECTORY is not \
             set.",
            place(&site, "token_file")
        )
    );
}

#[test]
fn a_probe_says_how_far_it_comes_and_asks_nothing() {
    let gateway = super::scripted::Gateway::new(&[super::scripted::Act::Close]);
    let site = site("");
    let settings = |port: u16| {
        format!("transport = \"http\"\nurl = \"http://localhost:{port}/?to={{{{to}}}}&text={{{{text}}}}\"")
    };
    configure(&site, &settings(gateway.port));
    let probed = || {
        let findings = site.run(&["doctor", "--probe", "-o", "json"]).json();
        let of_sms = |finding: &&serde_json::Value| {
            finding["check"] == "probe" && finding["message"].as_str().unwrap().starts_with("[delivery.sms]")
        };
        findings.as_array().unwrap().iter().find(of_sms).unwrap()["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(probed(), "[delivery.sms] goes as far as it can without a message.");
    assert!(gateway.asked().is_empty());
    configure(&site, &settings(super::scripted::free_port()));
    assert!(probed().starts_with("[delivery.sms] failed to connect to the server: "), "{}", probed());
}

#[test]
fn a_credential_of_systemds_is_the_secret() {
    let gateway =
        super::scripted::Gateway::new(&[super::scripted::Act::Answer("202 Accepted", "", String::new())]);
    let site = site("");
    let folder = site.path().join("credentials");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("gateway"), "from systemd\n").unwrap();
    fs::set_permissions(folder.join("gateway"), fs::Permissions::from_mode(0o440)).unwrap();
    let settings = asking(Path::new("x"), "").replace("\"x\"", "\"credential:gateway\"");
    configure(&site, &settings.replace("https://127.0.0.1:1", &format!("http://127.0.0.1:{}", gateway.port)));
    let id = site.request("acme/alice");
    let address = ["request", "send", &id, "--method", "mobile", "--address", super::people::NUMBER];
    site.run(&address).succeeded();
    let mut worker = site.command(&["delivery", "run", "--once"]);
    assert!(worker.env("CREDENTIALS_DIRECTORY", &folder).status().unwrap().success());
    assert!(gateway.only().line.contains("&key=from%20systemd "), "{:?}", gateway.only());
}

#[test]
fn a_gateway_whose_name_leads_nowhere_is_found_unless_a_proxy_asks_for_it() {
    let site = site("");
    let file = token(&site);
    let nowhere = |more: &str| asking(&file, more).replace("127.0.0.1:1", "gateway.invalid");
    configure(&site, &nowhere(""));
    let found = errors(&site);
    let place = format!(
        "In the config, line {}, `delivery.sms.url`: nothing answers to that name.",
        place(&site, "url")
    );
    assert_eq!(found.iter().map(|(message, _)| message.as_str()).collect::<Vec<_>>(), [place]);
    configure(&site, &nowhere("proxy = \"http://127.0.0.1:1\"\n"));
    assert!(errors(&site).is_empty(), "{:?}", errors(&site));
}
