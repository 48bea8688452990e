//! Output for a snapshot: what differs between two runs stands under its name.

use std::sync::LazyLock;

use regex::Regex;

use super::{Ended, Site};

impl Site {
    /// Text with everything that differs between two runs replaced by its kind.
    pub fn normalised(&self, text: &str) -> String {
        normalised(&text.replace(&*self.path().to_string_lossy(), "SITE"))
    }

    /// Exit code and both streams, normalised, for a snapshot.
    pub fn shown(&self, ended: &Ended) -> String {
        let mut text = format!("exit {}\n", ended.code);
        for (name, stream) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
            if !stream.is_empty() {
                text.extend(["--- ", name, "\n", &self.normalised(stream)]);
            }
        }
        // Blanks at the end of a table's cell would not survive an editor.
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

/// What of a text differs between runs.
pub fn normalised(text: &str) -> String {
    static KINDS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\b([a-z]{3})_[0-9a-hjkmnp-z]{24}\b", "${1}_ID"),
            (r"\bapl(-[a-hjkmnp-z]{5}){3}\b", "apl-SERIAL"),
            (r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME"),
            (r"\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC", "TIME"),
            (r"\b[0-9]{2}:[0-9]{2} UTC", "CLOCK"),
            // As letters are written that no code is seen in.
            (r"(=3[0-9]){2}:(=3[0-9]){2} UTC", "CLOCK"),
            (r"\b[0-9a-f]{32}\b", "CHALLENGE"),
            // Who acts on which machine, as sign-ins are told.
            (r"\bfrom [a-z0-9_:.-]+ on [A-Za-z0-9_.-]+[A-Za-z0-9]", "from SOMEBODY"),
        ]
        .map(|(pattern, kind)| (Regex::new(pattern).unwrap(), kind))
        .into()
    });
    KINDS.iter().fold(text.to_owned(), |text, (pattern, kind)| pattern.replace_all(&text, *kind).into_owned())
}
