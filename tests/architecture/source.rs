//! The files of the project.

use std::path::{Path, PathBuf};

pub(crate) struct File {
    /// Below `src`.
    pub(crate) path: PathBuf,
    /// The lines outside comments.
    pub(crate) code: Vec<(usize, String)>,
}

impl File {
    pub(crate) fn room(&self) -> &str {
        let first = self.path.iter().next().unwrap().to_str().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The lines before the first `#[cfg(test)]`; a file of tests alone has none.
    pub(crate) fn without_tests(&self) -> &[(usize, String)] {
        if self.path.to_string_lossy().ends_with("tests.rs") {
            return &[];
        }
        let end = self.code.iter().position(|(_, line)| line.trim() == "#[cfg(test)]");
        &self.code[..end.unwrap_or(self.code.len())]
    }
}

/// Every file below a folder of the project, by its path in the project.
pub(crate) fn files_below(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    files
}

pub(crate) fn text_of(path: &Path) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

pub(crate) fn source() -> Vec<File> {
    let file = |path: PathBuf| {
        let text = text_of(&path);
        let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        File {
            code: code.map(|(at, line)| (at + 1, line.to_owned())).collect(),
            path: path.strip_prefix("src").unwrap().to_owned(),
        }
    };
    let rust =
        files_below("src").into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    let files: Vec<File> = rust.map(file).collect();
    assert!(files.len() > 50, "the source was not found");
    files
}

/// Fails with a list, unless it is empty.
pub(crate) fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}
