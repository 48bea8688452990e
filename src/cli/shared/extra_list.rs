//! The optional lists of passwords that may not be used here, read only when a password is judged.

use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;

use crate::config;
use crate::domain::Secret;
use crate::domain::password::{ExtraList, ListError, WordList};
use crate::os::BreachedList;
use crate::ui::Printer;

/// A file with one refused password a line, and a list of breached ones.
pub(in crate::cli) struct FileList<'p> {
    words: Option<PathBuf>,
    breached: Option<PathBuf>,
    printer: &'p Printer,
    text: OnceCell<String>,
}

impl<'p> FileList<'p> {
    pub(in crate::cli) fn new(settings: &config::Password, printer: &'p Printer) -> Self {
        let (words, breached) = (settings.extra_list.clone(), settings.breached_list.clone());
        Self { words, breached, printer, text: OnceCell::new() }
    }
}

impl ExtraList for FileList<'_> {
    fn contains(&self, candidate: &str) -> Result<bool, ListError> {
        let Some(path) = &self.words else { return Ok(false) };
        let text = match self.text.get() {
            Some(text) => text,
            None => {
                self.printer.detail(|| format!("read: the list of refused passwords {}", path.display()));
                let read = fs::read_to_string(path);
                let text = read.map_err(|source| ListError::Read { path: path.clone(), source })?;
                self.text.get_or_init(|| text)
            }
        };
        Ok(WordList::new(text.trim_start_matches('\u{feff}')).contains(candidate))
    }

    fn is_breached(&self, password: &Secret) -> Result<bool, ListError> {
        let Some(path) = &self.breached else { return Ok(false) };
        self.printer.detail(|| format!("read: the list of breached passwords {}", path.display()));
        BreachedList::open(path)?.contains(password)
    }
}
