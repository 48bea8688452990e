//! What people were sent: letters and SMS, and the codes in them.

use std::path::PathBuf;

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
        let to = format!("\nTo: {address}\n");
        let mails = self.maildir().into_iter().map(|path| std::fs::read_to_string(path).unwrap());
        mails.filter(|mail| mail.contains(&to)).collect()
    }

    /// The files of all messages that were handed over, the oldest first.
    fn maildir(&self) -> Vec<PathBuf> {
        let folder = |channel: &str| self.at(&format!("data/regain/outbox/{channel}/new"));
        let entries =
            ["email", "sms"].into_iter().filter_map(|channel| std::fs::read_dir(folder(channel)).ok());
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.unwrap().path()).collect();
        // Files that are made within some milliseconds have one time. The store knows their order, until it is purged.
        let tries = self.rows("tries");
        let place = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            tries.iter().rposition(|of| name.contains(of["message_id"].as_str().unwrap()))
        };
        let modified = |path: &PathBuf| path.metadata().unwrap().modified().unwrap();
        paths.sort_by_cached_key(|path| (place(path), modified(path), path.clone()));
        paths
    }

    /// Every message that came since these were read last, handed over first.
    pub fn new_mail(&self) -> Vec<String> {
        self.deliver();
        let mut read = self.read.lock().unwrap();
        let new = self.maildir().into_iter().filter(|path| read.insert(path.clone()));
        new.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    pub fn discard_mail(&self) {
        self.new_mail();
    }

    /// The code in the one message with a code that came since the mail was read last.
    pub fn new_code(&self) -> String {
        let mails = self.new_mail();
        let codes: Vec<&str> = mails.iter().filter_map(|mail| only_code(text_of(mail))).collect();
        let [code] = codes.as_slice() else { panic!("{} new codes came", codes.len()) };
        (*code).to_owned()
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
    only_code(mail).unwrap_or_else(|| panic!("one run of six digits, headers and all: {mail}")).to_owned()
}

fn only_code(text: &str) -> Option<&str> {
    let mut runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
    runs.next().filter(|_| runs.next().is_none())
}

/// A code that is not this one.
pub fn not(code: &str) -> String {
    let first = if code.starts_with('9') { '0' } else { '9' };
    format!("{first}{}", &code[1..])
}
