//! Files in the folder that an SMS daemon of this machine watches.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::DeliveryError;
use super::fault::Fault;
use super::stage::Stage;
use super::transport::{Accepted, OutboundMessage, Transport};
use crate::domain::spool::SpoolFormat;
use crate::os::{FileError, check_is_folder, move_into, remove_leavings, share_with_group, write_unnamed};

/// Puts each message into a file of its own, whole or not at all: it is written under a name that the daemon does
/// not look at, and then renamed.
pub struct Spool {
    folder: PathBuf,
    format: SpoolFormat,
    /// Where the daemon runs as another user: its group may read the files.
    group_readable: bool,
}

impl Spool {
    pub fn new(folder: &Path, format: SpoolFormat, group_readable: bool) -> Self {
        Self { folder: folder.to_owned(), format, group_readable }
    }

    fn put(&self, name: &str, bytes: &[u8], again: bool) -> Result<(), FileError> {
        // The folder is the daemon's: one that we made would not be looked into.
        check_is_folder(&self.folder)?;
        let begun = format!(".{name}.");
        let written = self.folder.join(format!("{begun}{}.LOCK", std::process::id()));
        // Left by workers that died, with the code in it. Others may wait in the folder, by the thousand.
        if again {
            remove_leavings(&self.folder, &begun);
        }
        write_unnamed(&written, bytes)?;
        let shared = if self.group_readable { share_with_group(&written) } else { Ok(()) };
        shared.and_then(|()| move_into(&written, &self.folder.join(name))).inspect_err(|_| {
            // The error says more than that the file could not be removed either.
            let _ = std::fs::remove_file(&written);
        })
    }
}

impl Transport for Spool {
    fn stages(&self) -> &'static [Stage] {
        &[Stage::Prepare, Stage::Accept]
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        let number = number(&outbound.message.to)
            .ok_or_else(|| DeliveryError::permanent(Stage::Prepare, Fault::NotANumber))?;
        // The same name at every try: a worker that died between the file's rename and the row's end leaves one
        // message, unless the daemon was faster.
        let (name, bytes) = match self.format {
            SpoolFormat::Smstools => (format!("regain-{}", outbound.id), smstools(number, outbound)),
            SpoolFormat::Gammu => (gammu_name(number, outbound), gammu(outbound)),
        };
        self.put(&name, &bytes, outbound.again)
            .map_err(|error| DeliveryError::temporary(Stage::Accept, error))?;
        Ok(Accepted { reference: name })
    }
}

/// The digits of a number of E.164.
fn number(to: &str) -> Option<&str> {
    let digits = to.strip_prefix('+')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Headers, an empty line, the text. The text cannot reach the headers: it comes after them.
fn smstools(number: &str, outbound: &OutboundMessage<'_>) -> Zeroizing<Vec<u8>> {
    let text = outbound.message.body.trim_end();
    let mut file = Zeroizing::new(String::with_capacity(text.len() + 64));
    // Writing to memory cannot fail.
    let _ = write!(file, "To: {number}\nAlphabet: UTF-8\n\n{text}\n");
    Zeroizing::new(file.as_bytes().to_vec())
}

/// `OUT<priority><date>_<time>_<serial>_<recipient>_<note>.txt`, so that codes go out in the order they were made.
fn gammu_name(number: &str, outbound: &OutboundMessage<'_>) -> String {
    let moment = outbound.at.strftime("%Y%m%d_%H%M%S");
    let note = outbound.id.replace('_', "-");
    format!("OUTA{moment}_00_+{number}_{note}.txt")
}

/// UTF-16 with its mark: anything else is read as the locale of the daemon has it.
fn gammu(outbound: &OutboundMessage<'_>) -> Zeroizing<Vec<u8>> {
    let text = outbound.message.body.trim_end();
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
    bytes.extend_from_slice(&[0xfe, 0xff]);
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    bytes
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::domain::message::Message;

    fn hand_over(spool: &mut Spool, to: &str, body: &str) -> Result<Accepted, DeliveryError> {
        let message = Message { to: to.to_owned(), subject: "s".to_owned(), body: body.to_owned() };
        let at = "2026-11-21T18:12:03Z".parse().unwrap();
        spool.hand_over(&OutboundMessage { id: "msg_a1", at, message: &message, again: true })
    }

    fn files(folder: &Path) -> Vec<(String, Vec<u8>, u32)> {
        let entry = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o7777;
            (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap(), mode)
        };
        std::fs::read_dir(folder).unwrap().map(entry).collect()
    }

    #[test]
    fn smstools_gets_headers_and_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path(), SpoolFormat::Smstools, false);
        for _ in 0..2 {
            hand_over(&mut spool, "+4915112345678", "验证码 012345\nTo: 999\n").unwrap();
        }
        let text = "To: 4915112345678\nAlphabet: UTF-8\n\n验证码 012345\nTo: 999\n";
        assert_eq!(files(folder.path()), [("regain-msg_a1".to_owned(), text.as_bytes().to_vec(), 0o600)]);
    }

    #[test]
    fn gammu_gets_a_name_that_says_all_and_marked_unicode() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path(), SpoolFormat::Gammu, true);
        hand_over(&mut spool, "+4915112345678", "码 0\n").unwrap();
        let name = "OUTA20261121_181203_00_+4915112345678_msg-a1.txt".to_owned();
        assert_eq!(files(folder.path()), [(name, vec![0xfe, 0xff, 0x78, 0x01, 0, b' ', 0, b'0'], 0o640)]);
    }

    #[test]
    fn t8_only_a_number_of_digits_becomes_part_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for format in [SpoolFormat::Smstools, SpoolFormat::Gammu] {
            let mut spool = Spool::new(folder.path(), format, false);
            for to in ["4915112345678", "+49151\nFlash: yes", "+../../x", "+", "a@b.example"] {
                let error = hand_over(&mut spool, to, "x").unwrap_err();
                assert_eq!(error.fault.to_string(), "the address is not a telephone number", "{to:?}");
            }
        }
        assert!(files(folder.path()).is_empty());
    }

    #[test]
    fn a_folder_that_is_missing_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("outgoing");
        let mut spool = Spool::new(&missing, SpoolFormat::Smstools, false);
        let error = hand_over(&mut spool, "+4915112345678", "x").unwrap_err();
        assert_eq!(error.persistence, crate::delivery::Persistence::Temporary);
        assert!(!missing.exists());
    }
}
