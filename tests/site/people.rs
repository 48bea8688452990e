//! People of a site, and the steps of their requests.

use serde_json::Value;

use super::{Ended, Site};

impl Site {
    /// An account whose owner has a verified email address and a mobile number.
    pub fn account(&self, name: &str) {
        let email = format!("{name}@example.com");
        self.run(&["account", "create", name, "--email", &email, "-y", "-q"]).succeeded();
    }

    /// An IAM user with a verified email address of their name, who can sign in with this password.
    pub fn user(&self, user: &str, password: &str) {
        const GIVEN: &str = "given for the first sign-in only";
        let (account, name) = user.split_once('/').unwrap();
        let host = if account == "acme" { "example.com".to_owned() } else { format!("{account}.example") };
        let email = format!("{name}@{host}");
        let create = ["user", "create", user, "--email", &email, "--password-stdin", "-y", "-q"];
        self.pipe(&create, GIVEN).succeeded();
        let change = ["password", "change", user, "--password-stdin", "-q"];
        self.pipe(&change, &format!("{GIVEN}\n{password}\n")).succeeded();
    }

    /// As an account that asks for the password alone before people change what is theirs.
    pub fn unprotected(&self, account: &str) {
        let set = ["policy", "set", account, "protection", "operation_protection=false", "-y", "-q"];
        self.run(&set).succeeded();
    }

    /// Starts a request and passes its CAPTCHA, if there is one; its id.
    pub fn request(&self, user: &str) -> String {
        let started = self.run(&["request", "start", user, "-o", "json"]).succeeded().json();
        let id = started["id"].as_str().unwrap().to_owned();
        if started["state"] == "captcha" {
            self.run(&["request", "captcha", &id, "--work"]).succeeded();
        }
        id
    }

    /// Starts a request and has a code sent to an email address.
    pub fn sent(&self, user: &str, address: &str) -> String {
        let id = self.request(user);
        self.run(&["request", "send", &id, "--method", "email", "--address", address]).succeeded();
        id
    }

    pub fn verify(&self, id: &str, code: &str) -> Ended {
        self.pipe(&["request", "verify", id, "--code-stdin"], &format!("{code}\n"))
    }

    pub fn set_password(&self, id: &str, password: &str) -> Ended {
        self.pipe(&["request", "set-password", id, "--password-stdin"], &format!("{password}\n"))
    }

    /// The secrets that `--secrets-to` wrote, as person, kind and secret.
    pub fn secrets(&self, file: &str) -> Vec<[String; 3]> {
        let text = std::fs::read_to_string(self.path().join(file)).unwrap();
        let line = |line: &str| {
            let object: Value = serde_json::from_str(line).unwrap();
            assert_eq!(object.as_object().unwrap().len(), 3, "{object}");
            ["user", "kind", "secret"].map(|key| object[key].as_str().unwrap().to_owned())
        };
        text.lines().map(line).collect()
    }

    /// How `verify` judges a password.
    pub fn judged(&self, user: &str, password: &str) -> i32 {
        self.pipe(&["verify", user, "--password-stdin"], &format!("{password}\n")).code
    }
}
