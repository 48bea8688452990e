//! Long lines, broken where a person would break them.

use unicode_width::UnicodeWidthStr;

/// Stands for a space that no line is broken at. It is nobody's: a private one, and as wide as a space.
const HELD: &str = "\u{e000}";

/// Broken between words, not at hyphens, and not within a command between backticks: what is copied is copied whole. A
/// command that no line has room for stands in one of its own, from the edge on.
pub(super) fn folded(text: &str, columns: u16, indent: &str) -> String {
    let options = textwrap::Options::new(columns.into())
        .subsequent_indent(indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let room = usize::from(columns).saturating_sub(indent.len());
    let mut folded = String::new();
    let mut rest = text;
    while let Some((before, command, after)) = first_wide_command(rest, room) {
        folded.push_str(textwrap::fill(&with_commands_held(before.trim_end()), &options).trim_end());
        folded.push('\n');
        folded.push_str(command);
        folded.push('\n');
        rest = after.trim_start_matches([',', ';', '.', ' ']);
    }
    if rest.is_empty() {
        folded.truncate(folded.trim_end_matches('\n').len());
    }
    (folded + &textwrap::fill(&with_commands_held(rest), options)).replace(HELD, " ")
}

/// A page of paragraphs, items that begin with a hyphen, and commands with what they are for, for fewer columns than it
/// was written for.
pub(super) fn refolded(page: &str, columns: u16) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        let body = line.trim_start();
        let begins = body.is_empty() || body.starts_with("- ") || line.starts_with("  `");
        match blocks.last_mut() {
            Some(block) if open && !begins => {
                block.push(' ');
                block.push_str(body);
            }
            _ => blocks.push(line.to_owned()),
        }
        open = !body.is_empty();
    }
    let fold = |block: String| {
        let indent = if block.starts_with("  ") { "    " } else { "" };
        let command = block.strip_prefix("  `").and_then(|rest| rest.split_once('`'));
        match command {
            // What it is for stands below it.
            Some((command, about)) => {
                let about = folded(&format!("    {}", about.trim_start()), columns, indent);
                format!("  `{command}`\n{about}\n")
            }
            None => folded(&block, columns, indent) + "\n",
        }
    };
    blocks.into_iter().map(fold).collect()
}

/// The first command that is wider than that, with what stands before and after it.
fn first_wide_command(text: &str, room: usize) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let begins = from + text.get(from..)?.find('`')?;
        let ends = begins + 1 + text.get(begins + 1..)?.find('`')?;
        let command = text.get(begins + 1..ends)?;
        if command.width() + 2 > room {
            return Some((text.get(..begins)?, command, text.get(ends + 1..)?));
        }
        from = ends + 1;
    }
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
    fn a_page_is_folded_anew_by_its_paragraphs() {
        let page = "A title\n\nOne paragraph of two lines that\ngo on.\n\n  - an item that\n    goes on\n  - another\n\n\
                    Next\n  `regain faq`   what it is for\n";
        assert_eq!(
            refolded(page, 20),
            "A title\n\nOne paragraph of two\nlines that go on.\n\n  - an item that\n    goes on\n  - another\n\n\
             Next\n  `regain faq`\n    what it is for\n"
        );
    }

    #[test]
    fn a_command_stands_on_one_line() {
        let text = "hint: continue with it: `regain password reset --resume req_0grw7bsq8yhcs4p1tekvbt1j`";
        assert_eq!(
            folded(text, 80, ""),
            "hint: continue with it:\n`regain password reset --resume req_0grw7bsq8yhcs4p1tekvbt1j`"
        );
        assert_eq!(
            folded(text, 60, ""),
            "hint: continue with it:\nregain password reset --resume req_0grw7bsq8yhcs4p1tekvbt1j"
        );
        assert_eq!(
            folded("see `regain faq` or `regain user enable USER`, then `regain login`", 20, "  "),
            "see `regain faq` or\nregain user enable USER\nthen `regain login`"
        );
        assert_eq!(folded("a lone ` and words after it", 12, ""), "a lone ` and\nwords after\nit");
        assert_eq!(folded("- one two three", 8, "  "), "- one\n  two\n  three");
    }
}
