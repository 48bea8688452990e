//! What stands in a play in the place of what differs from run to run.

/// The text with what differs from run to run put under names.
pub(crate) fn normalised(text: &str, names: &[(String, &'static str)]) -> String {
    let mut text = text.trim_end().to_owned();
    for (value, name) in names {
        text = text.replace(value, name);
    }
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if (pictured(line) || line.is_empty()) && lines.last().is_some_and(|last| last == "<picture>") {
            continue;
        }
        if pictured(line) && after_its_words(&mut lines) {
            lines.push("<picture>".to_owned());
            continue;
        }
        if line.starts_with("Press Enter for another picture") {
            // A picture may begin and end with empty lines, and hold some.
            let end =
                lines.iter().rposition(|line| !line.is_empty() && !pictured(line)).map_or(0, |at| at + 1);
            assert!(lines[end..].iter().any(|line| pictured(line)), "there is no picture:\n{text}");
            lines.truncate(end);
            lines.push("<picture>".to_owned());
        }
        lines.push(words(line));
    }
    lines.join("\n")
}

/// Whether a picture follows the words that belong to it; its empty first lines go.
fn after_its_words(lines: &mut Vec<String>) -> bool {
    let words = lines.iter().rposition(|line| !line.is_empty());
    let follows = words.is_some_and(|at| lines[at].starts_with("Scan this code"));
    if let (true, Some(at)) = (follows, words) {
        lines.truncate(at + 1);
    }
    follows
}

fn pictured(line: &str) -> bool {
    line.contains(['█', '▀', '▄'])
}

/// Ids, times and seconds under names, word by word.
fn words(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut named: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let next = words.get(at + 1).copied().unwrap_or_default();
        let is_id =
            bare.len() == 28 && matches!(bare.get(..4), Some("req_" | "cod_" | "usr_" | "dft_" | "chl_"));
        let is_date = bare.len() == 10 && bare.split('-').all(|part| part.parse::<u32>().is_ok());
        let is_time = bare.len() == 5 && bare.as_bytes()[2] == b':' && next.starts_with("UTC");
        named.push(if is_id {
            word.replace(bare, &format!("{}…", &bare[..4]))
        } else if let Some(serial) = serial(word) {
            word.replace(serial, "apl-…")
        } else if is_date {
            word.replace(bare, "<date>")
        } else if is_time {
            word.replace(bare, "<time>")
        } else if next.starts_with("seconds") && bare.parse::<u32>().is_ok() && line.contains("ask again") {
            "<n>".to_owned()
        } else {
            (*word).to_owned()
        });
    }
    named.join(" ")
}

/// The serial number of an appeal in a word.
fn serial(word: &str) -> Option<&str> {
    let at = word.find("apl-")?;
    word.get(at..at + 21)
}
