//! What is planted, and everything that was said or stored, to look for it there.

use std::cell::RefCell;

use crate::site::{Ended, Site};

pub(super) const PASSWORD: &str = "zanzibar-kettle-umbrella-quorum";
pub(super) const REFUSED: &str = "zanzibar";
pub(super) const WRONG_PLACE: &str = "xylophone4marmalade";

pub(super) const SETTINGS: &str = "[codes]\nlength = 8\nresend_after = \"0s\"\n[captcha]\nmode = \"work\"\nbits = 8\n[budgets]\ncontact_per_hour = 10\n";

/// Everything that was said or stored, by where.
#[derive(Default)]
pub(super) struct Traces(pub(super) RefCell<Vec<(String, Vec<u8>)>>);

impl Traces {
    pub(super) fn keep(&self, place: String, bytes: impl Into<Vec<u8>>) {
        self.0.borrow_mut().push((place, bytes.into()));
    }

    pub(super) fn said(&self, arguments: &[&str], ended: &Ended) {
        self.keep(format!("stdout of {arguments:?}"), ended.stdout.as_bytes());
        self.keep(format!("stderr of {arguments:?}"), ended.stderr.as_bytes());
    }

    /// What a command says, which is kept.
    pub(super) fn pipe(&self, site: &Site, arguments: &[&str], input: &str) -> Ended {
        let ended = site.pipe(arguments, input);
        self.said(arguments, &ended);
        ended
    }

    /// Every file of the site but the messages that were handed over.
    pub(super) fn files(&self, site: &Site, when: &str) {
        let mut folders = vec![site.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && path.ends_with("outbox") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    self.keep(format!("{} {when}", path.display()), std::fs::read(&path).unwrap());
                }
            }
        }
    }

    /// Where a secret, or what it becomes in a common encoding, was found.
    pub(super) fn holding(&self, secret: &str) -> Vec<String> {
        let forms = [
            secret.as_bytes().to_vec(),
            secret.chars().rev().collect::<String>().into_bytes(),
            data_encoding::HEXLOWER.encode(secret.as_bytes()).into_bytes(),
            data_encoding::BASE64.encode(secret.as_bytes()).trim_end_matches('=').as_bytes().to_vec(),
            secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ];
        let holds = |bytes: &[u8]| forms.iter().any(|form| contains(bytes, form));
        self.0.borrow().iter().filter(|(_, bytes)| holds(bytes)).map(|(place, _)| place.clone()).collect()
    }
}

pub(super) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The one run of eight digits.
pub(super) fn code_in(mail: &str) -> String {
    let mut runs = mail.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 8);
    let code = runs.next().unwrap().to_owned();
    assert_eq!(runs.next(), None, "{mail}");
    code
}
