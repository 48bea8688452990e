//! A store to take care of.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::site::{Site, engine};

/// With one account and nothing that waits.
pub(crate) fn acme() -> Site {
    let site = Site::with("[captcha]\nmode = \"off\"");
    site.ok(&["-y", "account", "create", "acme", "--email", "owner@example.com"]);
    site
}

pub(crate) trait Care {
    /// Everything that is stored, wherever it stands.
    fn bytes(&self) -> [Vec<u8>; 2];
    /// The file with everything in it.
    fn whole(&self) -> Vec<u8>;
    /// Puts a file in the place of the store's, without its log.
    fn put(&self, bytes: &[u8]);
    /// A request of the account's owner with a code that was sent.
    fn request_with_code(&self) -> String;
    /// What the doctor finds: check, level and message.
    fn findings(&self, code: i32) -> Vec<(String, String, String)>;
    /// The messages of one check's errors and warnings.
    fn complaints(&self, code: i32, check: &str) -> Vec<String>;
}

impl Care for Site {
    fn bytes(&self) -> [Vec<u8>; 2] {
        engine::bytes(&self.store())
    }

    fn whole(&self) -> Vec<u8> {
        assert!(self.raw().fold_log());
        fs::read(self.store()).unwrap()
    }

    fn put(&self, bytes: &[u8]) {
        for tail in ["-wal", "-shm"] {
            let _ = fs::remove_file(self.at(&format!("data/regain/regain.db{tail}")));
        }
        fs::write(self.store(), bytes).unwrap();
    }

    fn request_with_code(&self) -> String {
        let id = self.request("acme");
        self.ok(&["request", "send", &id, "--method", "account", "-o", "json"]);
        id
    }

    fn findings(&self, code: i32) -> Vec<(String, String, String)> {
        let findings = self.fails(code, &["doctor", "-o", "json"]).json();
        let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
        let findings = findings.as_array().unwrap().iter();
        findings
            .map(|finding| (text(finding, "check"), text(finding, "level"), text(finding, "message")))
            .collect()
    }

    fn complaints(&self, code: i32, check: &str) -> Vec<String> {
        let bad = |level: &str| level == "error" || level == "warning";
        let findings = self.findings(code).into_iter();
        findings.filter(|(of, level, _)| of == check && bad(level)).map(|(_, _, message)| message).collect()
    }
}

pub(crate) fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
