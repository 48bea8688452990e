//! Long lines, broken where a person would break them.

/// Stands for a space that no line is broken at. It is nobody's: a private one, and as wide as a space.
const HELD: &str = "\u{e000}";

/// Broken between words, not at hyphens, and not within a command between backticks: what is copied is copied whole.
pub(super) fn folded(text: &str, columns: u16, indent: &str) -> String {
    let options = textwrap::Options::new(columns.into())
        .subsequent_indent(indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&with_commands_held(text), options).replace(HELD, " ")
}

fn with_commands_held(text: &str) -> String {
    let mut parts: Vec<String> = text.split('`').map(str::to_owned).collect();
    // Every second part stands between two; after the last backtick of an odd number there is no command.
    let commands = parts.len().saturating_sub(1) / 2;
    for command in parts.iter_mut().skip(1).step_by(2).take(commands) {
        *command = command.replace(' ', HELD);
    }
    parts.join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_stands_on_one_line() {
        let text = "hint: go on with it: `regain password reset --resume req_0grw7bsq8yhcs4p1tekvbt1j`";
        assert_eq!(
            folded(text, 80, ""),
            "hint: go on with it:\n`regain password reset --resume req_0grw7bsq8yhcs4p1tekvbt1j`"
        );
        assert_eq!(folded("a lone ` and words after it", 12, ""), "a lone ` and\nwords after\nit");
        assert_eq!(folded("- one two three", 8, "  "), "- one\n  two\n  three");
    }
}
