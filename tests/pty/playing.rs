//! Sites for plays, and who sits down there.

use super::terminal::Terminal;
use crate::site::Site;

/// With the account `acme`, whose root user has an email address.
pub(crate) fn acme() -> Site {
    acme_with("")
}

/// With more settings than the least work that can be asked for.
pub(crate) fn acme_with(settings: &str) -> Site {
    let site = Site::with(&format!("[captcha]\nbits = 8\n{settings}"));
    site.ok(&["account", "create", "acme", "--email", "root@acme.example", "-y"]);
    site
}

/// With a password that was set by a reset.
pub(crate) fn with_password(password: &str) -> Site {
    let site = acme();
    site.set_password(&site.request_at_password(), password).succeeded();
    site.discard_mail();
    site
}

/// A wrong code that is nearly always the same one, and so stands in plays as it is.
pub(crate) fn other_than(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

pub(crate) trait Playing {
    /// As an account that asks for the password alone before people change what is theirs.
    fn without_protection(self) -> Self;
    /// Leads a request of `acme` up to its last step, step by step; its id.
    fn request_at_password(&self) -> String;
    /// Whether `acme` can sign in with a password.
    fn accepts(&self, password: &str) -> bool;
    /// Sits down at a new terminal and starts a command there.
    fn terminal(&self, arguments: &[&str]) -> Terminal;
}

impl Playing for Site {
    fn without_protection(self) -> Self {
        self.unprotected("acme");
        self
    }

    fn request_at_password(&self) -> String {
        let id = self.request("acme");
        self.ok(&["request", "send", &id, "--method", "account"]);
        self.verify(&id, &self.new_code()).succeeded();
        id
    }

    fn accepts(&self, password: &str) -> bool {
        match self.judged("acme", password) {
            0 => true,
            11 => false,
            other => panic!("verify ended with {other}"),
        }
    }

    fn terminal(&self, arguments: &[&str]) -> Terminal {
        Terminal::start(self, arguments)
    }
}
