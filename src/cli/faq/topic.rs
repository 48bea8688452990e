//! The pages.

use clap::ValueEnum;

/// What somebody may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Topic {
    /// A forgotten password
    Forgot,
    /// A code that does not arrive
    Codes,
    /// A locked account
    Locked,
    /// An MFA code that is not accepted
    Mfa,
    /// A new password, email address or mobile number
    Change,
    /// How sign-ins and changes are protected
    Protection,
    /// Contacts that are permanently lost
    Appeal,
    /// Account, IAM user or unified ID: which one you are
    Kinds,
}

impl Topic {
    /// As it is typed.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// The title in the first line, then the page.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Forgot => include_str!("forgot.txt"),
            Self::Codes => include_str!("codes.txt"),
            Self::Locked => include_str!("locked.txt"),
            Self::Mfa => include_str!("mfa.txt"),
            Self::Change => include_str!("change.txt"),
            Self::Protection => include_str!("protection.txt"),
            Self::Appeal => include_str!("appeal.txt"),
            Self::Kinds => include_str!("kinds.txt"),
        }
    }

    pub(super) fn title(self) -> &'static str {
        self.text().lines().next().unwrap_or_default()
    }

    /// Whether it sends people to somebody, whom the config may name.
    pub(super) fn sends_on(self) -> bool {
        matches!(self, Self::Forgot | Self::Codes | Self::Appeal | Self::Kinds)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::tree::Cli;

    /// What stands between backticks.
    fn commands(text: &str) -> impl Iterator<Item = &str> {
        text.split('`').skip(1).step_by(2)
    }

    /// Why a command line of a page could not be typed, if so: its subcommands and its options must exist.
    fn fault(line: &str) -> Option<String> {
        let mut words = line.split(' ').peekable();
        if words.next() != Some("regain") {
            return Some("it does not begin with regain".to_owned());
        }
        let mut command = Cli::command();
        command.build();
        while let Some(next) = words.peek().and_then(|word| command.find_subcommand(word)).cloned() {
            command = next;
            words.next();
        }
        if command.has_subcommands() {
            return Some(format!("{} needs a subcommand that exists", command.get_name()));
        }
        let positionals = command.get_positionals().count();
        let mut placed = 0;
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix("--") else {
                placed += 1;
                continue;
            };
            let known = command.get_arguments().find(|argument| argument.get_long() == Some(option));
            match known {
                None => return Some(format!("it has no option --{option}")),
                Some(argument) if argument.get_action().takes_values() => {
                    words.next();
                }
                Some(_) => {}
            }
        }
        let many = command
            .get_positionals()
            .any(|argument| argument.get_num_args().is_some_and(|n| n.max_values() > 1));
        (placed > positionals && !many).then(|| "it takes fewer arguments".to_owned())
    }

    #[test]
    fn no_page_names_a_command_that_does_not_exist() {
        for topic in Topic::value_variants() {
            for line in commands(topic.text()) {
                assert_eq!(fault(line), None, "`{line}` in {}", topic.name());
            }
        }
        for wrong in
            ["regain", "regain password", "regain paswort reset", "regain login USER --nothing", "ls"]
        {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn a_page_fits_a_small_window_and_ends_with_what_to_type() {
        for topic in Topic::value_variants() {
            let (name, text) = (topic.name(), topic.text());
            // With the command above it and the shell's prompt below.
            assert!(text.lines().count() <= 22, "{name}");
            for line in text.lines() {
                assert!(line.chars().count() <= 80 && line.is_ascii(), "{name}: {line}");
                assert_eq!(line.trim_end(), line, "{name}");
            }
            let (_, end) = text.split_once("\n\nWhat to type next\n").unwrap();
            assert!(end.lines().all(|line| line.starts_with("  `regain ")), "{name}: {end}");
            assert_eq!(text.lines().nth(1), Some(""), "{name}: a title and a blank line come first");
            assert_eq!(Topic::from_str(&name, false), Ok(*topic));
        }
    }
}
