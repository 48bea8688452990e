//! One person with a mobile number, who asks for a code by SMS.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::site::{Ended, Site, code_in};

pub const NUMBER: &str = "+4915112345678";
pub const TOKEN: &str = "s3cr3t&token=\"x\"";

const SETTINGS: &str = r#"
[captcha]
mode = "off"
[codes]
resend_after = "0s"
[budgets]
contact_per_hour = 100
contact_per_day = 100
source_per_hour = 100
"#;

/// A site whose SMS go as these settings of `[delivery.sms]` say.
pub fn site(sms: &str) -> Site {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y", "-q"]).succeeded();
    let bind = ["user", "create", "acme/alice", "--mobile", NUMBER, "-y", "-q"];
    site.run(&bind).succeeded();
    let vouch = ["contact", "bind", "acme/alice", "--mobile", NUMBER, "--verified", "-y", "-q"];
    site.run(&vouch).succeeded();
    site.run(&["delivery", "run", "--once", "-q"]).succeeded();
    configure(&site, sms);
    site
}

pub fn configure(site: &Site, sms: &str) {
    site.configure(&format!("{SETTINGS}\n[delivery.sms]\n{sms}\n"));
    let check = site.run(&["config", "check"]);
    assert_eq!(check.code, 0, "{}", check.stdout);
}

/// The file of the gateway's secret.
pub fn token(site: &Site) -> PathBuf {
    let path = site.path().join("config/regain/gateway.token");
    std::fs::write(&path, format!("{TOKEN}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// Has a code sent by SMS, and the worker run once; the request, and how the worker ended.
pub fn ask(site: &Site) -> (String, Ended) {
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "mobile", "--address", NUMBER]).succeeded();
    (id, site.run(&["delivery", "run", "--once"]))
}

/// The newest code, as support sees it.
pub fn code(site: &Site) -> Value {
    site.json(&["codes", "list", "acme/alice"])[0].clone()
}

/// State and reason of the newest code.
pub fn fate(site: &Site) -> (String, String) {
    let code = code(site);
    let text = |key: &str| code[key].as_str().unwrap_or_default().to_owned();
    (text("state"), text("state_reason"))
}

/// What the last try of the newest message failed with.
pub fn last_error(site: &Site) -> String {
    site.newest("outbox")["last_error"].as_str().unwrap_or_default().to_owned()
}

/// Enters the code that is in this text.
pub fn enter(site: &Site, request: &str, text: &str) -> Ended {
    site.verify(request, &code_in(text))
}
