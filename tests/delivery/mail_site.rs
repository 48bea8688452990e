//! A site whose emails go to a server of the test.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use super::certificates;
use crate::site::{Ended, Site};

/// What no output, no record and no file but the one it is in may hold.
pub(crate) const PASSWORD: &str = "canary-horse-staple-9";

pub(crate) const TO: &str = "alice@example.com";

/// After `init`, with these keys in `[delivery.email]`.
pub(crate) fn site(keys: &str) -> Site {
    let site = Site::new();
    configure(&site, keys);
    site
}

pub(crate) fn configure(site: &Site, keys: &str) {
    site.configure(&format!(
        "[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"0s\"\n[delivery.email]\nfrom = \"regain@example.com\"\n{keys}"
    ));
}

/// The keys for a server on this machine.
pub(crate) fn server(port: u16, tls: &str, more: &str) -> String {
    format!(
        "transport = \"smtp\"\nhost = \"localhost\"\nport = {port}\ntls = \"{tls}\"\ntimeout = \"1s\"\n{more}"
    )
}

/// The key that has tests' own authority trusted.
pub(crate) fn trusting(name: &str) -> String {
    format!("ca_file = \"{}\"\n", certificates::file(name).display())
}

/// The keys of a login with [`PASSWORD`] in a file of the site.
pub(crate) fn login(site: &Site, password: &str) -> String {
    format!("username = \"regain\"\npassword_file = \"{}\"\n", secret(site, password).display())
}

pub(crate) fn secret(site: &Site, password: &str) -> PathBuf {
    let path = site.path().join("config/regain/smtp-password");
    std::fs::write(&path, format!("{password}\n")).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    path
}

/// How a test message fared.
pub(crate) struct Tested {
    pub(crate) ended: Ended,
    pub(crate) stages: Vec<Value>,
}

/// A test message to [`TO`]. The password is in nothing that comes of it.
pub(crate) fn test(site: &Site) -> Tested {
    test_to(site, TO)
}

pub(crate) fn test_to(site: &Site, to: &str) -> Tested {
    let ended = site.run(&["delivery", "test", "--email", to, "-o", "json"]);
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains(PASSWORD), "{text}");
    }
    let stages = serde_json::from_str::<Vec<Value>>(&ended.stdout).unwrap_or_default();
    Tested { ended, stages }
}

impl Tested {
    /// Exit code and each stage with its end, such as `8 prepare+ connect- greet?`.
    pub(crate) fn course(&self) -> String {
        let mark = |stage: &Value| match stage["ok"].as_bool() {
            Some(true) => '+',
            Some(false) => '-',
            None => '?',
        };
        let stages: Vec<String> = self
            .stages
            .iter()
            .map(|stage| format!("{}{}", stage["stage"].as_str().unwrap(), mark(stage)))
            .collect();
        format!("{} {}", self.ended.code, stages.join(" "))
    }

    /// Where it failed, and what was said of it: `connect: 127.0.0.1:9 accepts no connection`.
    pub(crate) fn failure(&self) -> String {
        let failed = self.stages.iter().find(|stage| stage["ok"] == false);
        let failed = failed.unwrap_or_else(|| panic!("nothing failed: {:?}", self.ended));
        format!("{}: {}", failed["stage"].as_str().unwrap(), failed["words"].as_str().unwrap())
    }

    pub(crate) fn remedy(&self) -> &str {
        self.stages.iter().find_map(|stage| stage["remedy"].as_str()).unwrap()
    }
}
