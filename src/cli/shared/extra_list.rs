//! The optional list of passwords that may not be used here, read only when a password is judged.

use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;

use crate::domain::password::{ExtraList, WordList};
use crate::ui::Printer;

/// A file with one refused password a line.
pub(in crate::cli) struct FileList<'p> {
    path: Option<PathBuf>,
    printer: &'p Printer,
    text: OnceCell<String>,
}

impl<'p> FileList<'p> {
    pub(in crate::cli) fn new(path: Option<PathBuf>, printer: &'p Printer) -> Self {
        Self { path, printer, text: OnceCell::new() }
    }
}

impl ExtraList for FileList<'_> {
    fn contains(&self, candidate: &str) -> bool {
        let Some(path) = &self.path else { return false };
        // A list that cannot be read refuses nothing; `doctor` says so.
        let text = self.text.get_or_init(|| {
            self.printer.detail(|| format!("read: the list of refused passwords {}", path.display()));
            fs::read_to_string(path).unwrap_or_default()
        });
        WordList::new(text.trim_start_matches('\u{feff}')).contains(candidate)
    }
}
