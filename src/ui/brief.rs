//! One screen: what it is about, what to do, and the facts, as much as fits in the lines of a small terminal.

use super::escape;
use super::fold::folded;
use super::printer::{OutputError, Printer};

/// A terminal of 24 lines, but for the one of the next prompt.
const LINES: usize = 23;
/// How wide it is taken to be where nobody sees it.
const COLUMNS: u16 = 80;
/// Lines that steps leave to the facts beneath them.
const FACTS: usize = 9;
/// Between a fact's name and what it is.
const GAP: &str = "  ";

/// What stands on it, the most important first.
pub struct Brief<'a> {
    /// What it is about, and the answer.
    pub head: &'a [String],
    pub heading: &'a str,
    pub steps: &'a [String],
    /// Each with its name; a further line of the same has none.
    pub facts: &'a [(&'static str, String)],
    /// How to see the rest.
    pub more: &'a str,
}

impl Printer {
    /// The head whole, the first step whatever its length, and of the rest what there is room for.
    pub fn brief(&self, brief: &Brief<'_>) -> Result<(), OutputError> {
        self.text(&laid_out(brief, self.columns()))
    }
}

fn laid_out(brief: &Brief<'_>, columns: Option<u16>) -> String {
    let block = |text: &str, indent: &str| {
        let text = escape::visible(text);
        // Measured as it would look, and broken only where it is looked at.
        let height = folded(&text, columns.unwrap_or(COLUMNS), indent).lines().count();
        let shown = match columns {
            Some(columns) => folded(&text, columns, indent),
            None => text.into_owned(),
        };
        (shown, height)
    };
    let mut lines: Vec<String> = Vec::new();
    let mut left = LINES;
    for head in brief.head {
        let (text, height) = block(head, "");
        left = left.saturating_sub(height);
        lines.push(text);
    }
    let mut all = true;
    if !brief.steps.is_empty() {
        lines.extend([String::new(), brief.heading.to_owned()]);
        left = left.saturating_sub(2);
    }
    for (at, step) in brief.steps.iter().enumerate() {
        let (text, height) = block(&format!("- {step}"), "  ");
        if at > 0 && height + FACTS > left {
            all = false;
            break;
        }
        left = left.saturating_sub(height);
        lines.push(text);
    }
    // An empty line before the facts, and one for what is left out.
    left = left.saturating_sub(2);
    let label = brief.facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let indent = " ".repeat(label + GAP.len());
    let mut facts = Vec::new();
    for (name, fact) in brief.facts {
        let (text, height) = block(&format!("{name:label$}{GAP}{fact}"), &indent);
        if height > left {
            all = false;
            break;
        }
        left -= height;
        facts.push(text);
    }
    if !facts.is_empty() {
        lines.push(String::new());
        lines.extend(facts);
    }
    if !all {
        lines.push(block(brief.more, "").0);
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(steps: &[String], facts: usize) -> String {
        let facts: Vec<(&'static str, String)> =
            (0..facts).map(|at| (if at == 0 { "sign-ins" } else { "" }, format!("number {at}"))).collect();
        let head = ["acme/alice".to_owned(), "Signs in: yes.".to_owned()];
        let brief =
            Brief { head: &head, heading: "What to do next", steps, facts: &facts, more: "More: -v." };
        laid_out(&brief, Some(80))
    }

    #[test]
    fn what_fits_is_shown_whole() {
        assert_eq!(
            shown(&["Wait.".to_owned()], 2),
            "acme/alice\nSigns in: yes.\n\nWhat to do next\n- Wait.\n\nsign-ins  number 0\n          number 1\n"
        );
    }

    #[test]
    fn more_than_a_screen_is_cut_and_said_so() {
        let long = "one word after another ".repeat(20);
        for steps in [0, 1, 3, 9] {
            for facts in [0, 5, 40] {
                let text = shown(&vec![long.clone(); steps], facts);
                assert!(text.lines().count() <= LINES, "{text}");
                let cut = steps > 1 || facts == 40;
                assert_eq!(text.ends_with("More: -v.\n"), cut, "{steps} {facts}: {text}");
            }
        }
    }
}
