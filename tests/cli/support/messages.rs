//! What people were sent: letters and SMS, and the codes in them.

use super::Site;

impl Site {
    /// Hands over what waits.
    pub fn deliver(&self) {
        self.run(&["delivery", "run", "--once", "-q"]).succeeded();
    }

    /// Every message to this address or number, handed over first; the oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<String> {
        self.deliver();
        self.delivered_to(address)
    }

    /// The same, without handing anything over: a worker of today would find that tomorrow's clock went back.
    pub fn delivered_to(&self, address: &str) -> Vec<String> {
        let mut mails: Vec<(std::time::SystemTime, String)> = Vec::new();
        for channel in ["email", "sms"] {
            let folder = self.path().join("data/regain/outbox").join(channel).join("new");
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                let at = path.metadata().unwrap().modified().unwrap();
                mails.push((at, std::fs::read_to_string(path).unwrap()));
            }
        }
        mails.sort();
        let to = format!("\nTo: {address}\n");
        mails.into_iter().map(|(_, mail)| mail).filter(|mail| mail.contains(&to)).collect()
    }

    /// The newest message with a code to this address.
    pub fn code_to(&self, address: &str) -> String {
        self.deliver();
        self.delivered_code_to(address)
    }

    /// The same, without handing anything over.
    pub fn delivered_code_to(&self, address: &str) -> String {
        let mails = self.delivered_to(address);
        let newest = mails.iter().rev().find(|mail| {
            ["verification code", "code for the call with support"]
                .iter()
                .any(|what| mail.contains(&format!("\nSubject: Your {what}\n")))
        });
        code_in(newest.unwrap_or_else(|| panic!("no code went to {address}: {mails:?}")))
    }
}

/// The plain text of a letter.
pub fn text_of(letter: &str) -> &str {
    let (_, body) = letter.split_once("\n\n").unwrap();
    match body.split_once("\n\n") {
        // One that is written twice, for those who read HTML and for the others.
        Some((head, rest)) if head.starts_with("--=_") => rest.split_once("\n--=_").unwrap().0,
        _ => body,
    }
}

/// The one run of six digits in a message.
pub fn code_in(mail: &str) -> String {
    let runs: Vec<&str> = mail.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6).collect();
    assert_eq!(runs.len(), 1, "one run of six digits, headers and all: {mail}");
    runs[0].to_owned()
}

/// A code that is not this one.
pub fn not(code: &str) -> String {
    let first = if code.starts_with('9') { '0' } else { '9' };
    format!("{first}{}", &code[1..])
}
