//! Writing messages.

use std::path::Path;

use jiff::tz::TimeZone;

use super::catalogue::{CATALOGUE, Entry, Given, Kind, Text};
use super::fault::{Fault, What};
use super::render::{self, Always, Draft};
use super::sample;
use super::set::{SHIPPED_LANGUAGES, Set};
use crate::domain::Channel;
use crate::domain::message::Message;
use crate::os;

/// A shipped text that cannot be rendered: a bug. The text reads after "failed to".
#[derive(Debug, thiserror::Error)]
#[error("write the message {name}: {what}")]
pub struct TextError {
    name: &'static str,
    what: String,
}

/// The texts of a store, in its language.
#[derive(Debug)]
pub struct Texts {
    pub(super) language: String,
    pub(super) own: Set,
    /// What goes out where the site's own cannot.
    shipped: Set,
    always: Always,
    pub(super) unread: Vec<Fault>,
    /// A time zone that this machine does not know.
    pub(super) no_zone: Option<Fault>,
}

impl Default for Texts {
    fn default() -> Self {
        Self::shipped(SHIPPED_LANGUAGES[0], "")
    }
}

impl Texts {
    /// What regain brings. A language that it does not bring is sent in English.
    pub fn shipped(language: &str, sms_domain: &str) -> Self {
        let brought = SHIPPED_LANGUAGES.into_iter().find(|brought| *brought == language);
        Self {
            language: language.to_owned(),
            own: Set::shipped(language),
            shipped: Set::shipped(brought.unwrap_or(SHIPPED_LANGUAGES[0])),
            always: Always {
                sms_domain: sms_domain.to_owned(),
                program: "regain".to_owned(),
                zone: TimeZone::UTC,
            },
            unread: Vec::new(),
            no_zone: None,
        }
    }

    /// With the site's own from `folder/LANGUAGE`, where only their owner may write. What is wrong with them
    /// keeps no message from going out: [`Texts::check`] tells.
    pub fn load(language: &str, folder: Option<&Path>, sms_domain: &str, process_uid: u32) -> Self {
        let texts = Self::shipped(language, sms_domain);
        let (own, unread) = Set::load(language, folder, process_uid);
        Self { own, unread, ..texts }
    }

    /// With what stands before a subcommand where the messages are read.
    #[must_use]
    pub fn with_program(mut self, program: &str) -> Self {
        program.clone_into(&mut self.always.program);
        self
    }

    /// With moments told in this time zone, too. One that this machine does not know keeps no message from going out:
    /// [`Texts::check`] tells.
    #[must_use]
    pub fn in_zone(mut self, name: &str) -> Self {
        match os::time_zone(name) {
            Some(zone) => self.always.zone = zone,
            None => {
                let what = What::NoSuchZone { name: name.to_owned() };
                self.no_zone = Some(Fault { path: "[texts] time_zone".into(), line: None, what });
            }
        }
        self
    }

    pub fn language(&self) -> &str {
        &self.language
    }

    /// The message for one channel. A text of the site's own that breaks a rule gives way to the shipped one.
    pub fn write(&self, text: &Text<'_>, channel: Channel, to: &str) -> Result<Message, TextError> {
        let name = text.name();
        let given = text.given();
        let draft = match CATALOGUE.iter().find(|entry| entry.name == name) {
            Some(entry) => self.draft(entry, &given, channel)?,
            None => self.shipped_draft(name, &given, channel)?,
        };
        let secret = given.iter().find_map(|(_, given)| match given {
            Given::Secret(secret) => Some(*secret),
            _ => None,
        });
        let (subject, body) = draft.reveal(secret);
        Ok(Message { to: to.to_owned(), subject, body })
    }

    fn draft(
        &self,
        entry: &Entry,
        given: &[(&'static str, Given<'_>)],
        channel: Channel,
    ) -> Result<Draft, TextError> {
        if self.own.source(entry.name).is_some()
            && let Ok(draft) = render::draft(&self.own, entry.name, given, channel, &self.always)
            && draft.judge(entry, channel).is_ok()
        {
            return Ok(draft);
        }
        self.shipped_draft(entry.name, given, channel)
    }

    fn shipped_draft(
        &self,
        name: &'static str,
        given: &[(&'static str, Given<'_>)],
        channel: Channel,
    ) -> Result<Draft, TextError> {
        render::draft(&self.shipped, name, given, channel, &self.always)
            .map_err(|failed| TextError { name, what: failed.what.to_string() })
    }

    /// How the site's own text of a message fails the rules, tried without and with its optional fields.
    pub(super) fn try_own(&self, entry: &Entry, channel: Channel) -> Result<(), render::Failed> {
        let secret = sample::secret(entry);
        let at = jiff::Timestamp::UNIX_EPOCH;
        for full in [false, true] {
            let given = sample::given(entry, &secret, at, full);
            let draft = render::draft(&self.own, entry.name, &given, channel, &self.always)?;
            let judged = draft.judge(entry, channel);
            judged.map_err(|what| render::Failed { template: None, line: None, what })?;
        }
        Ok(())
    }

    /// What goes out, with made-up values: optional fields have one.
    pub fn sample(&self, entry: &Entry, channel: Channel, at: jiff::Timestamp) -> Result<Message, TextError> {
        let secret = sample::secret(entry);
        let given = sample::given(entry, &secret, at, true);
        let draft = self.draft(entry, &given, channel)?;
        let has_secret = entry.fields.iter().any(|(_, kind)| *kind == Kind::Secret);
        let (subject, body) = draft.reveal(has_secret.then_some(&secret));
        Ok(Message { to: String::new(), subject, body })
    }

    /// The template that counts, as it stands in its file, and that file if it is the site's own.
    pub fn source(&self, name: &str) -> Option<(&str, Option<&Path>)> {
        let own = self.own.own().get(name).map(|own| own.path.as_path());
        Some((self.own.source(name).or_else(|| self.shipped.source(name))?, own))
    }
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
