//! A Maildir on this machine: the embedded default, for trying out and for a delivery agent of the site's own.

use std::path::{Path, PathBuf};

use super::command::with_line_feeds;
use super::error::DeliveryError;
use super::letter::{Letterhead, letter};
use super::stage::Stage;
use super::transport::{Accepted, OutboundMessage, Transport};
use crate::os::{FileError, create_folder, move_into, remove_leavings, write_unnamed};

/// Puts each message into `new` of a Maildir, as a letter to the address or the number. Its lines end as those
/// of any text file here do.
pub struct Maildir {
    folder: PathBuf,
    letterhead: Letterhead,
    host: String,
    /// Whether its folders were seen to: once is enough, unless somebody clears them away.
    furnished: bool,
}

impl Maildir {
    /// `host` is part of the files' names, as is the custom where several machines share a Maildir.
    pub fn new(folder: &Path, letterhead: Letterhead, host: &str) -> Self {
        let plain = |symbol: char| symbol.is_ascii_alphanumeric() || symbol == '.' || symbol == '-';
        let host = host.chars().map(|symbol| if plain(symbol) { symbol } else { '_' }).collect();
        Self { folder: folder.to_owned(), letterhead, host, furnished: false }
    }
}

impl Transport for Maildir {
    fn stages(&self) -> &'static [Stage] {
        &[Stage::Prepare, Stage::Accept]
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        let bytes = with_line_feeds(&letter(outbound, &self.letterhead)?);
        // A full disk or a missing permission is put right by somebody.
        let mut put = self.furnish().and_then(|()| self.put(outbound, &bytes));
        if self.furnished && put.as_ref().is_err_and(FileError::is_missing) {
            self.furnished = false;
            put = self.furnish().and_then(|()| self.put(outbound, &bytes));
        }
        let reference = put.map_err(|error| DeliveryError::temporary(Stage::Accept, error))?;
        Ok(Accepted { reference })
    }
}

impl Maildir {
    fn furnish(&mut self) -> Result<(), FileError> {
        if !self.furnished {
            ["tmp", "new", "cur"].iter().try_for_each(|part| create_folder(&self.folder.join(part)))?;
            self.furnished = true;
        }
        Ok(())
    }

    /// Gives the name of the file.
    fn put(&self, outbound: &OutboundMessage<'_>, bytes: &[u8]) -> Result<String, FileError> {
        // The same name at every try: a worker that died between the two renames of the same message (the
        // file's and the row's) leaves one letter, not two.
        let name = format!("{}.{}.{}", outbound.at.as_second(), outbound.id, self.host);
        let begun = format!("{name}.");
        let written = self.folder.join("tmp").join(format!("{begun}{}", std::process::id()));
        if outbound.again {
            // Left by workers that died, with the code in it.
            remove_leavings(&self.folder.join("tmp"), &begun);
        }
        write_unnamed(&written, bytes)?;
        move_into(&written, &self.folder.join("new").join(&name))?;
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::domain::mailbox::Mailbox;
    use crate::domain::message::Message;

    fn head() -> Letterhead {
        Letterhead { from: Mailbox::bare("regain@localhost"), reply_to: None, html: false }
    }

    fn hand_over(maildir: &mut Maildir, id: &str) -> Result<Accepted, DeliveryError> {
        let message = Message {
            to: "+4915112345678".to_owned(),
            subject: "s".to_owned(),
            body: "012345\nis it\n".to_owned(),
        };
        maildir.hand_over(&OutboundMessage {
            id,
            at: "2026-11-21T18:12:03Z".parse().unwrap(),
            message: &message,
            again: true,
        })
    }

    #[test]
    fn t4_folders_and_files_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::new(&folder.path().join("a/sms"), head(), "box/1");
        let receipt = hand_over(&mut maildir, "msg_a").unwrap();
        assert_eq!(receipt.reference, "1795284723.msg_a.box_1");
        let mode = |path: &str| folder.path().join(path).metadata().unwrap().permissions().mode() & 0o7777;
        for path in ["a", "a/sms", "a/sms/tmp", "a/sms/new", "a/sms/cur"] {
            assert_eq!(mode(path), 0o700, "{path}");
        }
        let letter = format!("a/sms/new/{}", receipt.reference);
        assert_eq!(mode(&letter), 0o600);
        let text = std::fs::read_to_string(folder.path().join(letter)).unwrap();
        assert!(text.contains("\nTo: +4915112345678\n") && text.ends_with("\n\n012345\nis it\n"), "{text}");
        assert_eq!(std::fs::read_dir(folder.path().join("a/sms/tmp")).unwrap().count(), 0);
    }

    #[test]
    fn a_message_handed_over_twice_is_one_letter() {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::new(folder.path(), head(), "box");
        for id in ["msg_a", "msg_b", "msg_a"] {
            hand_over(&mut maildir, id).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path().join("new")).unwrap().count(), 2);
    }

    #[test]
    fn k2_what_a_killed_worker_left_of_a_message_goes_with_the_next_try() {
        let folder = tempfile::tempdir().unwrap();
        let tmp = folder.path().join("tmp");
        std::fs::create_dir(&tmp).unwrap();
        for left in ["1795284723.msg_a.box.1", "1795284723.msg_b.box.1"] {
            std::fs::write(tmp.join(left), "half").unwrap();
        }
        hand_over(&mut Maildir::new(folder.path(), head(), "box"), "msg_a").unwrap();
        let left: Vec<_> = std::fs::read_dir(&tmp).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["1795284723.msg_b.box.1"]);
    }

    #[test]
    fn a_folder_that_is_gone_meanwhile_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::new(&folder.path().join("mail"), head(), "box");
        hand_over(&mut maildir, "msg_a").unwrap();
        std::fs::remove_dir_all(folder.path().join("mail")).unwrap();
        assert!(hand_over(&mut maildir, "msg_b").is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_worth_another_try() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = hand_over(&mut Maildir::new(&file, head(), "box"), "msg_a").unwrap_err();
        assert_eq!(error.to_string(), "hand the message over");
        assert_eq!(error.persistence, super::super::Persistence::Temporary);
    }
}
