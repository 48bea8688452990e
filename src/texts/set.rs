//! The templates of one language: those that regain brings, and those of the site's own over them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use minijinja::Environment;

use super::catalogue::CATALOGUE;
use super::fault::{Fault, What};
use crate::os::{self, Exposure, FileError};

/// The languages that regain brings; the first one is sent where there is nothing else.
pub const SHIPPED_LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// How a file of a template ends.
const ENDING: &str = "txt";

/// A template that is no message itself.
pub(super) struct Frame {
    pub(super) name: &'static str,
    english: &'static str,
    chinese: &'static str,
}

macro_rules! frame {
    ($name:literal) => {
        Frame {
            name: $name,
            english: include_str!(concat!("en/", $name, ".txt")),
            chinese: include_str!(concat!("zh-CN/", $name, ".txt")),
        }
    };
}

/// How a length of time is said.
pub(super) const SPAN: &str = "span";
/// What messages with a code extend.
pub(super) const CODE: &str = "code";
/// What tells of a change.
pub(super) const NOTICE: &str = "notice";

pub(super) static FRAMES: [Frame; 3] = [frame!("code"), frame!("notice"), frame!("span")];

/// The templates of a language.
#[derive(Debug, Default)]
pub(super) struct Set {
    language: String,
    own: BTreeMap<String, Own>,
    /// An engine for each message that was written.
    pub(super) engines: RefCell<BTreeMap<String, Rc<Environment<'static>>>>,
}

/// A template of the site's own.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) path: PathBuf,
    pub(super) source: String,
}

impl Set {
    /// What regain brings for a language, and nothing else.
    pub(super) fn shipped(language: &str) -> Self {
        Self { language: language.to_owned(), ..Self::default() }
    }

    /// With the files of `folder/LANGUAGE` over what regain brings. What cannot be read is left out, and told.
    pub(super) fn load(language: &str, folder: Option<&Path>, process_uid: u32) -> (Self, Vec<Fault>) {
        let mut set = Self::shipped(language);
        let mut faults = Vec::new();
        let fault = |path: &Path, what| Fault { path: path.to_owned(), line: None, what };
        let unknown = || What::NoSuchLanguage { language: language.to_owned() };
        let is_shipped = SHIPPED_LANGUAGES.contains(&language);
        let Some(root) = folder else {
            faults.extend((!is_shipped).then(|| fault(Path::new("[texts] language"), unknown())));
            return (set, faults);
        };
        let folder = root.join(language);
        // Whoever can put a file there writes to everyone in our name.
        if let Err(error) = os::check_folder(&folder, process_uid) {
            if !FileError::is_missing(&error) {
                faults.push(fault(&folder, unreadable(&error)));
            } else if !root.is_dir() {
                faults.push(fault(root, What::NoFolder));
            } else if !is_shipped {
                faults.push(fault(&folder, unknown()));
            }
            return (set, faults);
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == ENDING)) {
            let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            match os::read_trusted(path, Exposure::Readable, process_uid) {
                Ok(bytes) => match std::str::from_utf8(&bytes) {
                    Ok(text) => {
                        let own = Own {
                            path: path.clone(),
                            source: text.trim_start_matches('\u{feff}').to_owned(),
                        };
                        set.own.insert(name.to_owned(), own);
                    }
                    Err(_) => faults.push(fault(path, What::NotUtf8)),
                },
                Err(error) => faults.push(fault(path, unreadable(&error))),
            }
        }
        (set, faults)
    }

    pub(super) fn own(&self) -> &BTreeMap<String, Own> {
        &self.own
    }

    /// The template that counts, if the language has it.
    pub(super) fn source(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(|own| own.source.as_str()).or_else(|| shipped(&self.language, name))
    }

    /// The templates of this name: the one that counts, and the shipped one for it to extend.
    pub(super) fn found(&self, name: &str) -> impl Iterator<Item = (String, String)> {
        // Where regain brings nothing in this language, its English one is there to begin with.
        let brought = || shipped(&self.language, name).or_else(|| shipped(SHIPPED_LANGUAGES[0], name));
        let counts = self.source(name).or_else(brought);
        let counts = counts.map(|source| (name.to_owned(), source.to_owned()));
        // It stands in for the other, so it must not lead back to it.
        let beneath = self.own.contains_key(name).then(brought).flatten();
        counts.into_iter().chain(beneath.map(|source| (format!("shipped/{name}"), source.to_owned())))
    }
}

fn unreadable(error: &FileError) -> What {
    What::Unreadable { detail: error.to_string() }
}

/// The template that regain brings.
fn shipped(language: &str, name: &str) -> Option<&'static str> {
    let both = CATALOGUE
        .iter()
        .find(|entry| entry.name == name)
        .map(|entry| (entry.english, entry.chinese))
        .or_else(|| {
            FRAMES.iter().find(|frame| frame.name == name).map(|frame| (frame.english, frame.chinese))
        });
    match (language, both?) {
        ("en", (english, _)) => Some(english),
        ("zh-CN", (_, chinese)) => Some(chinese),
        _ => None,
    }
}
